//! What verification tells: facts first, one verdict last.

use std::fmt;

use serde::Serialize;

use crate::crypto::Certificate;
use crate::document::{Change, Coverage, Document, Format, ModificationLevel};
use crate::error::Error;
use crate::finding::{Conclusion, Finding, Indication, Outcome, Standard, Verdict, checks};
use crate::seal::{Edition, Seal, ValidSeal};
use crate::time::{Time, Validity};
use crate::trust::Chain;
use crate::units::Area;
use crate::verify::existence::{Basis, Proof, TimeUse};
use crate::verify::{LevelReport, Policy, ResultCode};

/// What was found about a seal.
///
/// `Display` prints one line per finding, worst first.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a report says nothing until it is read, or require_valid is called"]
pub struct SealReport<'s> {
    verdict: Verdict,
    #[serde(flatten)]
    conclusion: Conclusion,
    at: Time,
    seal: SealSummary,
    checks: Vec<Finding>,
    chains: Vec<Chain>,
    #[serde(skip)]
    judged: &'s Seal,
}

impl<'s> SealReport<'s> {
    pub(super) fn new(seal: &'s Seal, at: Time, (checks, chains): (Vec<Finding>, Vec<Chain>)) -> Self {
        let conclusion = Conclusion::of(&checks, Standard::Gb);
        let verdict = conclusion.verdict();
        SealReport { verdict, conclusion, at, seal: SealSummary::of(seal, verdict), checks, chains, judged: seal }
    }

    /// The conclusion with its reason.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// The conclusion.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// As of when it was judged.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Every finding, in the order of the checks.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.checks
    }

    /// The paths that were looked for, the maker's first: what is known of each certificate on them, and
    /// what was missing.
    pub fn chains(&self) -> &[Chain] {
        &self.chains
    }

    /// Turns the report into evidence, which is what stamping asks for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings that say no.
    pub fn require_valid(self) -> Result<ValidSeal<'s>, Error> {
        match self.verdict {
            Verdict::Valid => Ok(ValidSeal::assertion(self.judged, self.at)),
            verdict => Err(not_valid(&format!("the seal {}", self.judged.id()), verdict, self.checks)),
        }
    }
}

impl fmt::Display for SealReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: seal {}, judged as of {}", self.verdict, self.seal, self.at)?;
        write_reason(f, self.conclusion, "  ")?;
        write_findings(f, &self.checks, "  ")
    }
}

/// What was found about a document.
///
/// As JSON (by `serde`) it has `verdict` and `signatures` at its top, each signature with its
/// `kind`, `id`, `signer`, `times`, `coverage`, `modification_level`,
/// `changes`, `seal` and `checks`; fields are only ever added.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a report says nothing until it is read, or require_valid is called"]
pub struct Report<'d, D> {
    verdict: Verdict,
    #[serde(flatten)]
    conclusion: Conclusion,
    result_code: ResultCode,
    answer: Answer,
    format: Format,
    at: Time,
    /// The name of the policy.
    policy: String,
    pages: usize,
    signatures: Vec<SignatureReport>,
    /// About the document as a whole.
    checks: Vec<Finding>,
    #[serde(skip)]
    document: &'d D,
}

/// The three-part answer that stamping components give: seal, seal status, document.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// Are the seals good, each by itself, when they were used?
    pub seal: Verdict,
    /// Were they in force, as far as known? `unsigned` when there is no seal at all.
    pub seal_status: Verdict,
    /// Is the document what was signed, by whom it says?
    pub document: Verdict,
}

/// The worst of all signatures and of the document as a whole, by the findings that are asked for.
fn fold(signatures: &[SignatureReport], checks: &[Finding], counts: impl Fn(&Finding) -> bool) -> Conclusion {
    let some =
        |findings: &[Finding], standard| Conclusion::of(findings.iter().filter(|finding| counts(finding)), standard);
    let each = signatures.iter().map(|signature| some(&signature.checks, signature.standard));
    Conclusion::worst(each.chain([some(checks, Standard::Etsi)]))
}

impl Answer {
    fn of(signatures: &[SignatureReport], whole: &[Finding]) -> Self {
        let is_status = |finding: &Finding| finding.check == checks::SEAL_STATUS.name();
        let is_seal = |finding: &Finding| finding.check.starts_with("seal.") && !is_status(finding);
        let all = || signatures.iter().flat_map(|signature| &signature.checks);
        // Told even where the policy does not insist on it.
        let status: Vec<_> = all()
            .filter(|finding| is_status(finding))
            .map(|finding| Finding { needed: true, ..finding.clone() })
            .collect();
        let document = match signatures.is_empty() {
            true => Conclusion::NOTHING,
            false => fold(signatures, whole, |finding| !is_seal(finding) && !is_status(finding)),
        };
        Answer {
            seal: fold(signatures, &[], is_seal).verdict(),
            seal_status: Conclusion::of(&status, Standard::Gb).verdict(),
            document: document.verdict(),
        }
    }
}

impl<'d, D: Document> Report<'d, D> {
    pub(super) fn new(
        document: &'d D,
        at: Time,
        policy: &Policy,
        pages: usize,
        signatures: Vec<SignatureReport>,
        checks: Vec<Finding>,
    ) -> Self {
        let answer = Answer::of(&signatures, &checks);
        let conclusion = match signatures.is_empty() {
            true => Conclusion::NOTHING,
            false => fold(&signatures, &checks, |_| true),
        };
        let result_code = ResultCode::of(conclusion);
        let verdict = conclusion.verdict();
        let policy = policy.name.clone();
        Report {
            verdict,
            conclusion,
            result_code,
            answer,
            format: D::FORMAT,
            at,
            policy,
            pages,
            signatures,
            checks,
            document,
        }
    }

    /// The conclusion with its reason, in the words of EN 319 102-1.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// The conclusion as the sharing interface for electronic licences says it.
    #[must_use]
    pub fn result_code(&self) -> ResultCode {
        self.result_code
    }

    /// The name of the policy by which it was judged.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The conclusion over all signatures: the worst of them, and [`Verdict::Unsigned`] without any.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Seal, seal status, document.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.answer
    }

    /// As of when it was judged.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// One report for each signature, in the order in which the document keeps them.
    pub fn signatures(&self) -> &[SignatureReport] {
        &self.signatures
    }

    /// What was found about the document as a whole.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.checks
    }

    /// Turns the report into evidence, which is what reading data out of a document asks for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings that say no.
    pub fn require_valid(self) -> Result<Verified<'d, D>, Error> {
        if self.verdict == Verdict::Valid {
            return Ok(Verified::assertion(self.document, self.at, self.signatures));
        }
        let findings = self.signatures.into_iter().flat_map(|signature| signature.checks).chain(self.checks).collect();
        Err(not_valid(&format!("the {}", D::FORMAT), self.verdict, findings))
    }
}

impl<D: Document> fmt::Display for Report<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} of {} pages with {} signatures, judged as of {}",
            self.verdict,
            self.format,
            self.pages,
            self.signatures.len(),
            self.at
        )?;
        write_reason(f, self.conclusion, "  ")?;
        let Answer { seal, seal_status, document } = self.answer;
        writeln!(f, "  seal: {seal} · seal status: {} · document: {document}", status_word(seal_status))?;
        write_findings(f, &self.checks, "  ")?;
        for signature in &self.signatures {
            write!(f, "{signature}")?;
        }
        Ok(())
    }
}

fn status_word(status: Verdict) -> &'static str {
    match status {
        Verdict::Valid => "in force",
        Verdict::Invalid => "NOT in force",
        Verdict::Indeterminate => "not known",
        Verdict::Unsigned => "no seal",
    }
}

/// What kind of signature it turned out to be.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignatureKind {
    /// CMS SignedData, of RFC 5652 or GB/T 35275.
    Cms,
    /// A document time stamp.
    DocumentTimeStamp,
    /// A signature value without a certificate.
    Raw,
    /// A seal signature of GB/T 38540 or one of its siblings.
    SealSignature,
    /// Nothing that could be made out.
    Unreadable,
}

/// What was found about one signature.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a report says nothing until it is read"]
pub struct SignatureReport {
    /// The conclusion about this signature in one word.
    pub verdict: Verdict,
    /// The same with its reason, in the words of EN 319 102-1.
    #[serde(flatten)]
    pub conclusion: Conclusion,
    /// Whose rule drew the conclusion.
    pub standard: Standard,
    /// What it turned out to be.
    pub kind: SignatureKind,
    /// PDF: the field's full name (several when fields share a signature); OFD: the signature's ID.
    pub id: String,
    /// What its surroundings call it: `/Filter /SubFilter` in PDF, `Type` and method in OFD.
    pub label: String,
    /// The SHA-256 of the signature's own bytes in hexadecimal, by which reports name it.
    pub digest: String,
    /// The edition of a seal signature.
    pub edition: Option<Edition>,
    /// Whose certificate it was made with.
    pub signer: Option<CertificateSummary>,
    /// When.
    pub times: Times,
    /// What proves when it existed.
    pub proofs: Vec<Proof>,
    /// Which time counted for which checks, and whether that time was proven or claimed.
    pub judged_as_of: Vec<TimeUse>,
    /// How much of the document it protects.
    pub coverage: Coverage,
    /// How far later revisions went beyond it (PDF); absent when that cannot be told.
    pub modification_level: Option<ModificationLevel>,
    /// What later revisions changed (PDF).
    pub changes: Vec<Change>,
    /// PDF: its level by EN 319 142-1, and what is missing for the next; absent for others.
    pub level: Option<LevelReport>,
    /// Where it shows.
    pub places: Vec<Area>,
    /// The seal in it or beside it.
    pub seal: Option<SealSummary>,
    /// The paths that were looked for, for signatory, time-stamping authority and seal maker, in the
    /// order of the checks: what is known of each certificate on them, and what was missing.
    pub chains: Vec<Chain>,
    /// Every finding, in the order of the checks.
    pub checks: Vec<Finding>,
    /// The time of verification.
    #[serde(skip)]
    pub(super) verified_at: Time,
}

impl SignatureReport {
    /// Draws the conclusion from the findings, once all are there.
    pub(super) fn conclude(&mut self) {
        self.conclusion = Conclusion::of(&self.checks, self.standard);
        self.verdict = self.conclusion.verdict();
        self.judged_as_of = self.time_uses();
    }

    /// The time that a document time stamp proves, when it holds.
    pub(super) fn stamped_at(&self) -> Option<Time> {
        self.times.claimed.filter(|_| self.kind == SignatureKind::DocumentTimeStamp && self.verdict == Verdict::Valid)
    }

    fn time_uses(&self) -> Vec<TimeUse> {
        const BY_COUNTED: [&str; 4] =
            ["certificate.validity", "certificate.trusted", "certificate.revocation", "seal.in-validity"];
        const BY_PROOF: [&str; 1] = ["signature.algorithm"];
        let made = |names: &[&'static str]| -> Vec<&'static str> {
            let is_made = |name: &&&'static str| self.checks.iter().any(|finding| finding.check == **name);
            names.iter().filter(is_made).copied().collect()
        };
        let proven = self.times.proven;
        let without_claims = proven.unwrap_or(self.verified_at);
        let basis = if proven.is_some() { Basis::Proven } else { Basis::Verification };
        let uses = [
            TimeUse { checks: made(&BY_COUNTED), time: self.times.counted, basis: self.times.basis(self.verified_at) },
            TimeUse { checks: made(&BY_PROOF), time: without_claims, basis },
        ];
        uses.into_iter().filter(|used| !used.checks.is_empty()).collect()
    }
}

impl fmt::Display for SignatureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}: signature \"{}\" ({}), protects {}", self.verdict, self.id, self.label, self.coverage)?;
        if let Some(signer) = &self.signer {
            writeln!(f, "    signatory  {signer}")?;
        }
        if let Some(seal) = &self.seal {
            writeln!(f, "    seal       {seal}")?;
        }
        for place in &self.places {
            writeln!(f, "    shown      {place}")?;
        }
        write_reason(f, self.conclusion, "    ")?;
        writeln!(f, "    time       {}", self.times)?;
        if let Some(LevelReport { level, missing }) = &self.level {
            let level = level.map_or("none of PAdES".to_owned(), |level| level.to_string());
            let lacks = if missing.is_empty() { String::new() } else { format!("; it lacks {}", missing.join(", ")) };
            writeln!(f, "    level      {level}{lacks}")?;
        }
        for proof in &self.proofs {
            writeln!(f, "    existed    {proof}")?;
        }
        for change in &self.changes {
            writeln!(f, "    changed    {change}")?;
        }
        write_findings(f, &self.checks, "    ")
    }
}

/// The times of a signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Times {
    /// When it was made by the signatory's word.
    pub claimed: Option<Time>,
    /// When it existed for certain, by a time stamp that holds.
    pub proven: Option<Time>,
    /// The time as of which the signatory's certificate was judged.
    pub counted: Time,
}

impl Times {
    /// What the time that counted is worth.
    fn basis(&self, verified_at: Time) -> Basis {
        match (self.proven, self.claimed) {
            (Some(proven), _) if proven == self.counted => Basis::Proven,
            (_, Some(claimed)) if claimed == self.counted && claimed != verified_at => Basis::Claimed,
            _ => Basis::Verification,
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.claimed {
            Some(claimed) => write!(f, "claimed {claimed}")?,
            None => f.write_str("none claimed")?,
        }
        if let Some(proven) = self.proven {
            write!(f, ", proven {proven}")?;
        }
        write!(f, ", judged as of {}", self.counted)
    }
}

/// What a report says of a certificate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct CertificateSummary {
    /// The subject's name.
    pub subject: String,
    /// The issuer's name.
    pub issuer: String,
    /// The serial number in hexadecimal.
    pub serial_number: String,
    /// From when to when it is valid.
    pub validity: Validity,
}

impl From<&Certificate> for CertificateSummary {
    fn from(certificate: &Certificate) -> Self {
        CertificateSummary {
            subject: certificate.subject().to_owned(),
            issuer: certificate.issuer().to_owned(),
            serial_number: certificate.serial_number(),
            validity: certificate.validity(),
        }
    }
}

impl fmt::Display for CertificateSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (serial {}, issued by {})", self.subject, self.serial_number, self.issuer)
    }
}

/// What a report says of a seal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SealSummary {
    /// The conclusion about the seal by itself.
    pub verdict: Verdict,
    /// The identifier (`esID`).
    pub id: String,
    /// The name.
    pub name: String,
    /// The number of its kind.
    pub kind_code: i64,
    /// Whose software made it.
    pub vendor: String,
    /// The standard whose structure it has.
    pub edition: Edition,
    /// When it was made.
    pub created: Time,
    /// When it may be used.
    pub validity: Validity,
    /// The maker's subject; absent when the maker's certificate cannot be read.
    pub maker: Option<CertificateSummary>,
    /// How many signatories it lists.
    pub signatories: usize,
    /// The picture's type as the seal writes it.
    pub picture_type: String,
    /// The picture's width in millimetres.
    pub picture_width: i64,
    /// The picture's height in millimetres.
    pub picture_height: i64,
    /// The seal itself.
    #[serde(skip)]
    pub(crate) judged: Seal,
}

impl SealSummary {
    pub(super) fn of(seal: &Seal, verdict: Verdict) -> Self {
        let parts = seal.parts();
        SealSummary {
            verdict,
            id: seal.id().to_owned(),
            name: seal.name().to_owned(),
            kind_code: seal.kind_code(),
            vendor: seal.vendor().to_owned(),
            edition: seal.edition(),
            created: seal.created(),
            validity: seal.validity(),
            maker: seal.maker().ok().map(CertificateSummary::from),
            signatories: seal.signatories().len(),
            picture_type: parts.picture_type.clone(),
            picture_width: parts.width,
            picture_height: parts.height,
            judged: seal.clone(),
        }
    }
}

impl fmt::Display for SealSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\" of {}, valid {}", self.id, self.name, self.edition, self.validity)
    }
}

/// A document whose signatures were found valid, and when that was: what reading data out of a
/// document asks for. Only the verifier makes one.
#[derive(Debug)]
pub struct Verified<'d, D> {
    document: &'d D,
    at: Time,
    signatures: Vec<SignatureReport>,
}

impl<'d, D: Document> Verified<'d, D> {
    /// States that `document` was found valid at `at`. Only the verifier says so.
    pub(crate) fn assertion(document: &'d D, at: Time, signatures: Vec<SignatureReport>) -> Self {
        Verified { document, at, signatures }
    }

    /// What was found about each signature.
    pub fn signatures(&self) -> &[SignatureReport] {
        &self.signatures
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &'d D {
        self.document
    }

    /// As of when it was found valid.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }
}

fn not_valid(what: &str, verdict: Verdict, findings: Vec<Finding>) -> Error {
    let mut against: Vec<Finding> =
        findings.into_iter().filter(|finding| finding.needed && finding.outcome != Outcome::Pass).collect();
    against.sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    let reason = match against.first() {
        Some(worst) => format!("{what} is {verdict}: {} ({})", worst.detail, worst.check),
        None => format!("{what} is {verdict}"),
    };
    Error::not_valid(reason, against)
}

/// The reason, where there is one to tell.
fn write_reason(f: &mut fmt::Formatter<'_>, conclusion: Conclusion, indent: &str) -> fmt::Result {
    match conclusion.indication {
        Indication::TotalPassed | Indication::NoSignatureFound => Ok(()),
        _ => writeln!(f, "{indent}{conclusion}"),
    }
}

/// Worst first; what decides before what is only told.
pub(super) fn write_findings(f: &mut fmt::Formatter<'_>, findings: &[Finding], indent: &str) -> fmt::Result {
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| (!finding.needed, std::cmp::Reverse(finding.outcome)));
    sorted.iter().try_for_each(|finding| writeln!(f, "{indent}{finding}"))
}
