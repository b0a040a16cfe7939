//! Deciding for many seals at once what is to become of each, without touching a key.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, DigestAlgorithm, digest};
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, Outcome, Verdict, checks};
use crate::lifecycle::{IdPolicy, Provenance, RemakeReason};
use crate::seal::{
    Edition, Salvaged, Seal, SealContent, SealId, SealMaker, Signatories, SourceFormat, ValidSeal, salvage,
};
use crate::time::{Time, Validity};
use crate::timestamp::TimeStamper;
use crate::verify::Verifier;

/// Judges a seal for being migrated or remade: as of `now`, or of the nearest time at which it could be
/// in force, so that a seal whose validity is over can still be told from a forged one.
///
/// # Errors
///
/// [`ErrorKind::NotValid`] with the findings that say no.
pub fn evidence<'s>(verifier: &Verifier<'_>, seal: &'s Seal, now: Time) -> Result<ValidSeal<'s>, Error> {
    verifier.seal(seal, time_of_judgement(seal, now)).require_valid()
}

/// `now`, moved into the seal's validity, and not before it was made.
fn time_of_judgement(seal: &Seal, now: Time) -> Time {
    let validity = seal.validity();
    now.min(validity.not_after).max(validity.not_before).max(seal.created())
}

/// One old seal, or what is left of one, and what the register knows about it.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// What the register calls it: a file's name, a key. Unique within a batch.
    pub label: String,
    /// The bytes: a seal of any edition, a structure of an old product, a picture.
    pub bytes: &'a [u8],
    /// The owner's code (统一社会信用代码) or another name of the register's; without it the first
    /// signatory's subject stands for the owner.
    pub owner: Option<String>,
    /// The certificates with which is stamped today; without them those in the seal count.
    pub signatories: Option<Vec<Certificate>>,
    /// For bytes that are no seal: what a seal made of them is to say. Its picture has to be the one in
    /// the bytes.
    pub content: Option<SealContent>,
}

impl<'a> Candidate<'a> {
    /// A candidate about which nothing more is known.
    #[must_use]
    pub fn new(label: impl Into<String>, bytes: &'a [u8]) -> Self {
        Candidate { label: label.into(), bytes, owner: None, signatories: None, content: None }
    }
}

/// Hands out identifiers for new seals, given the old one.
pub type NewId = fn(&Seal) -> Result<SealId, Error>;

/// By which rules a plan is made.
#[derive(Clone, Debug)]
pub struct PlanPolicy<'t> {
    /// Whom to believe when the old seals are judged.
    pub verifier: Verifier<'t>,
    /// The oldest edition that is good enough: seals of older ones are migrated to it. Default
    /// GB/T 38540-2020.
    pub to: Edition,
    /// Seals and certificates that end within this many days are remade. Default 30.
    pub days: i64,
    /// For how many years a seal is valid that is remade because its validity ends. Default 5.
    pub years: u16,
    /// Gives migrated and remade seals a new identifier; without it they keep theirs.
    pub new_id: Option<NewId>,
}

impl<'t> PlanPolicy<'t> {
    /// The default rules, with this verifier.
    #[must_use]
    pub fn new(verifier: Verifier<'t>) -> Self {
        PlanPolicy { verifier, to: Edition::Gbt38540_2020, days: 30, years: 5, new_id: None }
    }
}

/// What is to become of one seal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Step {
    /// Nothing: it is good as it is.
    Keep,
    /// A seal of another edition is made of it.
    Migrate {
        /// Of which edition.
        to: Edition,
    },
    /// A seal of the same owner and name is made in its place.
    Remake {
        /// Why.
        reason: RemakeReason,
        /// Of which edition.
        to: Edition,
        /// The new validity, where its end is the reason.
        validity: Option<Validity>,
    },
    /// Nothing: it is there twice.
    Skip {
        /// The label of the one that stays.
        duplicate_of: String,
    },
    /// Nothing can be done without somebody looking at it.
    Refuse {
        /// What speaks against it.
        findings: Vec<Objection>,
    },
}

impl Step {
    fn name(&self) -> &'static str {
        match self {
            Step::Keep => "keep",
            Step::Migrate { .. } => "migrate",
            Step::Remake { .. } => "remake",
            Step::Skip { .. } => "skip",
            Step::Refuse { .. } => "refuse",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Step::Keep => Ok(()),
            Step::Migrate { to } => write!(f, " to {to}"),
            Step::Remake { reason, to, validity: None } => write!(f, " as {to}: {reason}"),
            Step::Remake { reason, to, validity: Some(validity) } => {
                write!(f, " as {to}, valid {validity}: {reason}")
            }
            Step::Skip { duplicate_of } => write!(f, ", it is a duplicate of {duplicate_of}"),
            Step::Refuse { findings } => {
                let told: Vec<_> = findings.iter().map(|one| one.detail.as_str()).collect();
                write!(f, ": {}", told.join("; "))
            }
        }
    }
}

/// A finding that speaks against a seal, in a form that can be stored and read back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Objection {
    /// The name of the check, as in [`checks`].
    pub check: String,
    /// The clause that it comes from.
    pub clause: String,
    /// What was seen.
    pub detail: String,
}

impl From<&Finding> for Objection {
    fn from(finding: &Finding) -> Self {
        Objection { check: finding.check.into(), clause: finding.clause.into(), detail: finding.detail.clone() }
    }
}

/// One line of a plan.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PlanItem {
    /// The candidate's label.
    pub label: String,
    /// The SM3 digest of the candidate's bytes, in hexadecimal: the plan is about these and no others.
    pub source_sm3: String,
    /// What the bytes are, where that could be told.
    pub source_format: Option<SourceFormat>,
    /// The old seal's identifier.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its owner, as far as known.
    pub owner: Option<String>,
    /// What becomes of its identifier.
    pub new_id: IdPolicy,
    /// What is to be done.
    #[serde(flatten)]
    pub step: Step,
}

/// What is to become of each seal of a batch: plain data, to be printed, stored as JSON, reviewed, and
/// carried out later.
///
/// `Display` prints a table.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[must_use = "a plan does nothing until it is carried out"]
pub struct Plan {
    /// As of when it was made.
    pub at: Time,
    /// One line for each candidate, in their order.
    pub items: Vec<PlanItem>,
}

/// Decides what is to become of each candidate, without touching a key. As many items come out as
/// candidates go in, in the same order.
///
/// Bytes that cannot be read and seals that were not found valid are refused with the findings;
/// candidates with the same bytes, and of several seals with the same owner, kind and identifier all but
/// the one made last, are skipped.
///
/// # Errors
///
/// [`ErrorKind::Misuse`] when two candidates have one label; [`ErrorKind::Unsupported`] when SM3 is not
/// built in.
pub fn plan(candidates: &[Candidate<'_>], policy: &PlanPolicy<'_>, now: Time) -> Result<Plan, Error> {
    check_labels(candidates)?;
    let mut cases =
        candidates.iter().map(|candidate| Case::decide(candidate, policy, now)).collect::<Result<Vec<_>, Error>>()?;
    skip_same_bytes(&mut cases);
    skip_same_seals(&mut cases);
    Ok(Plan { at: now, items: cases.into_iter().map(|case| case.item).collect() })
}

fn check_labels(candidates: &[Candidate<'_>]) -> Result<(), Error> {
    let mut labels: Vec<_> = candidates.iter().map(|one| one.label.as_str()).collect();
    labels.sort_unstable();
    let twice = labels.windows(2).find_map(|pair| match pair {
        [first, second] if first == second => Some(*first),
        _ => None,
    });
    match twice {
        Some(label) => Err(Error::new(ErrorKind::Misuse, format!("two candidates are labelled \"{label}\""))),
        None => Ok(()),
    }
}

/// A line of the plan, and what it takes to find duplicates.
struct Case {
    item: PlanItem,
    seal: Option<Seal>,
}

impl Case {
    fn decide(candidate: &Candidate<'_>, policy: &PlanPolicy<'_>, now: Time) -> Result<Self, Error> {
        let mut item = PlanItem {
            label: candidate.label.clone(),
            source_sm3: hex(&digest(DigestAlgorithm::Sm3, candidate.bytes)?),
            source_format: None,
            id: None,
            name: None,
            owner: candidate.owner.clone(),
            new_id: IdPolicy::Keep,
            step: Step::Keep,
        };
        let seal = match Seal::from_der(candidate.bytes) {
            Ok(seal) => seal,
            Err(error) => {
                item.step = decide_salvaged(candidate, policy, &error, &mut item);
                return Ok(Case { item, seal: None });
            }
        };
        item.source_format = Some(seal.edition().into());
        item.id = Some(seal.id().to_owned());
        item.name = Some(seal.name().to_owned());
        let first = || seal.signatories().certificates().first().map(|one| one.subject().to_owned());
        item.owner = item.owner.or_else(first);
        item.step = decide_seal(candidate, &seal, policy, now);
        if matches!(item.step, Step::Migrate { .. } | Step::Remake { .. })
            && let Some(new_id) = policy.new_id
        {
            match new_id(&seal) {
                Ok(id) => item.new_id = IdPolicy::Replace(id),
                Err(error) => item.step = refuse(format!("no new identifier: {error}")),
            }
        }
        Ok(Case { item, seal: Some(seal) })
    }

    /// The judged seals alone can stand for others.
    fn stays(&self) -> bool {
        matches!(self.item.step, Step::Keep | Step::Migrate { .. } | Step::Remake { .. })
    }
}

/// What is to become of bytes that are no seal that is read.
fn decide_salvaged(candidate: &Candidate<'_>, policy: &PlanPolicy<'_>, error: &Error, item: &mut PlanItem) -> Step {
    let Some(salvaged) = salvage(candidate.bytes) else { return refuse(error.to_string()) };
    item.source_format = Some(salvaged.format);
    item.name = salvaged.name.clone();
    let Some(content) = &candidate.content else {
        return refuse(format!("{error}; the register has to say what a new seal is to hold"));
    };
    item.id = Some(content.id.to_string());
    if let Some(told) = disagreement(&salvaged, content) {
        return refuse(told);
    }
    item.name = Some(content.name.clone());
    Step::Migrate { to: policy.to }
}

/// Where the register and the old data contradict each other.
fn disagreement(salvaged: &Salvaged, content: &SealContent) -> Option<String> {
    if salvaged.name.as_ref().is_some_and(|name| name.trim() != content.name.trim()) {
        return Some(format!(
            "the register calls the seal \"{}\", the old data \"{}\": a new name asks for a new seal, not for a migrated one",
            content.name,
            salvaged.name.as_deref().unwrap_or_default()
        ));
    }
    (salvaged.picture.as_deref() != Some(content.picture.bytes()))
        .then(|| "the picture in the register is not the one in the old data".into())
}

/// What is to become of a seal that could be read.
fn decide_seal(candidate: &Candidate<'_>, seal: &Seal, policy: &PlanPolicy<'_>, now: Time) -> Step {
    let report = policy.verifier.seal(seal, time_of_judgement(seal, now));
    if report.verdict() != Verdict::Valid {
        let against = report.findings().iter().filter(|one| one.needed && one.outcome != Outcome::Pass);
        return Step::Refuse { findings: against.map(Objection::from).collect() };
    }
    let soon = now.plus_days(policy.days);
    let remake = |reason, validity| Step::Remake { reason, to: seal.edition().max(policy.to), validity };
    if seal.validity().not_after <= soon {
        return remake(RemakeReason::Expiry, Some(Validity::years(now, policy.years)));
    }
    let renewed = candidate.signatories.as_ref().is_some_and(|current| !lists_exactly(seal, current));
    if seal.edition() < policy.to {
        return Step::Migrate { to: policy.to };
    }
    let ends = seal.signatories().certificates().iter().any(|one| one.validity().not_after <= soon);
    if renewed || (ends && candidate.signatories.is_none()) {
        return remake(RemakeReason::CertificateRenewed, None);
    }
    Step::Keep
}

/// Whether the seal names these certificates and has room for no others.
fn lists_exactly(seal: &Seal, current: &[Certificate]) -> bool {
    current.iter().all(|one| seal.signatories().names(one)) && seal.signatories().len() <= current.len()
}

/// The same bytes twice: the first stays.
fn skip_same_bytes(cases: &mut [Case]) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for case in cases {
        match seen.get(&case.item.source_sm3) {
            Some(first) => case.item.step = Step::Skip { duplicate_of: first.clone() },
            None => {
                seen.insert(case.item.source_sm3.clone(), case.item.label.clone());
            }
        }
    }
}

/// Several seals of one owner, kind and identifier: the one made last stays.
fn skip_same_seals(cases: &mut [Case]) {
    let mut last: BTreeMap<(String, i64, String), (Time, String)> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.stays()) {
        let Some((key, created)) = identity(case) else { continue };
        let label = case.item.label.clone();
        let kept = last.entry(key).or_insert_with(|| (created, label.clone()));
        if kept.0 < created {
            *kept = (created, label);
        }
    }
    for case in cases.iter_mut().filter(|case| case.stays()) {
        let kept = identity(case).and_then(|(key, _)| last.get(&key));
        if let Some((_, label)) = kept.filter(|(_, label)| *label != case.item.label) {
            case.item.step = Step::Skip { duplicate_of: label.clone() };
        }
    }
}

fn identity(case: &Case) -> Option<((String, i64, String), Time)> {
    let seal = case.seal.as_ref()?;
    let owner = case.item.owner.clone().unwrap_or_default();
    Some(((owner, seal.kind_code(), seal.id().to_owned()), seal.created()))
}

/// The finding that the bytes are nothing of which a seal could be made.
fn refuse(detail: String) -> Step {
    Step::Refuse { findings: vec![Objection::from(&Finding::fail(checks::SEAL_FORMAT, detail))] }
}

/// Whose key carries plans out, and what goes into the new seals.
pub struct Workshop<'a> {
    /// Who makes the new seals.
    pub maker: &'a SealMaker,
    /// Who does it, in the register's own words, for the new seals' [`Provenance`].
    pub by: String,
    /// The object identifier of the provenance, in dots; usually [`Provenance::DEFAULT_OID`].
    pub provenance_oid: String,
    /// Asked for a time stamp for each seal of GM/T 0031-2025; without it none is put in.
    pub time_stamp: Option<&'a dyn TimeStamper>,
}

impl<'a> Workshop<'a> {
    /// A workshop that stamps no time and records the maker's own name.
    #[must_use]
    pub fn new(maker: &'a SealMaker) -> Self {
        Workshop {
            maker,
            by: maker.certificate().subject().to_owned(),
            provenance_oid: Provenance::DEFAULT_OID.into(),
            time_stamp: None,
        }
    }
}

impl fmt::Debug for Workshop<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Workshop({:?}, by {:?})", self.maker, self.by)
    }
}

/// What came of one line of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Carried {
    /// Nothing had to be done.
    Kept,
    /// A new seal was made.
    Made(Seal),
    /// It was there twice; the label of the other one.
    Skipped(String),
    /// It was refused when the plan was made, with these findings.
    Refused(Vec<Objection>),
}

/// Carries out one line of a plan. The old seal is judged again: a plan that lay around for a month is
/// about a seal that may have been replaced since.
///
/// Lines are independent of each other: carry them out in any order, on as many threads as there are,
/// and one that fails leaves the others alone. The same line carried out twice makes two seals; that
/// each is carried out once is the register's business, by the digest of the source.
///
/// # Errors
///
/// [`ErrorKind::Mismatch`] when the candidate is not the one that the line is about, by its label or its
/// bytes; else as [`SealMaker::migrate`] and [`SealMaker::remake`].
pub fn carry_out(
    item: &PlanItem,
    candidate: &Candidate<'_>,
    policy: &PlanPolicy<'_>,
    workshop: &Workshop<'_>,
    now: Time,
) -> Result<Carried, Error> {
    let found = hex(&digest(DigestAlgorithm::Sm3, candidate.bytes)?);
    if item.label != candidate.label || item.source_sm3 != found {
        return Err(Error::new(
            ErrorKind::Mismatch,
            format!(
                "the plan is about {} with the digest {}, the candidate is {} with {found}",
                item.label, item.source_sm3, candidate.label
            ),
        ));
    }
    match &item.step {
        Step::Keep => Ok(Carried::Kept),
        Step::Skip { duplicate_of } => Ok(Carried::Skipped(duplicate_of.clone())),
        Step::Refuse { findings } => Ok(Carried::Refused(findings.clone())),
        Step::Migrate { to } => migrate(item, *to, candidate, policy, workshop, now).map(Carried::Made),
        Step::Remake { reason, to, validity } => {
            let seal = Seal::from_der(candidate.bytes)?;
            let mut remake = workshop
                .maker
                .remake(&evidence(&policy.verifier, &seal, now)?, *reason)
                .edition(*to)
                .id(item.new_id.clone())
                .by(&workshop.by)
                .provenance_oid(&workshop.provenance_oid);
            if let Some(current) = &candidate.signatories {
                remake = remake.signatories(Signatories::listed(current));
            }
            if let Some(validity) = validity {
                remake = remake.validity(*validity);
            }
            if let Some(stamper) = stamper(workshop, *to) {
                remake = remake.time_stamped_by(stamper);
            }
            remake.make(now).map(Carried::Made)
        }
    }
}

fn migrate(
    item: &PlanItem,
    to: Edition,
    candidate: &Candidate<'_>,
    policy: &PlanPolicy<'_>,
    workshop: &Workshop<'_>,
    now: Time,
) -> Result<Seal, Error> {
    let seal = match Seal::from_der(candidate.bytes) {
        Ok(seal) => seal,
        Err(error) => return make_of_salvaged(item, to, candidate, error, workshop, now),
    };
    let mut migration = workshop
        .maker
        .migrate(&evidence(&policy.verifier, &seal, now)?, to)
        .id(item.new_id.clone())
        .by(&workshop.by)
        .provenance_oid(&workshop.provenance_oid);
    if let Some(current) = &candidate.signatories {
        migration = migration.signatories(Signatories::listed(current));
    }
    if let Some(stamper) = stamper(workshop, to) {
        migration = migration.time_stamped_by(stamper);
    }
    migration.make(now)
}

/// A seal of a picture or of an old product's data: the register's content, and where it comes from.
fn make_of_salvaged(
    item: &PlanItem,
    to: Edition,
    candidate: &Candidate<'_>,
    error: Error,
    workshop: &Workshop<'_>,
    now: Time,
) -> Result<Seal, Error> {
    let (Some(salvaged), Some(content)) = (salvage(candidate.bytes), &candidate.content) else { return Err(error) };
    if let Some(told) = disagreement(&salvaged, content) {
        return Err(Error::new(ErrorKind::Mismatch, told));
    }
    let mut content = content.clone();
    if let IdPolicy::Replace(id) = &item.new_id {
        content.id = id.clone();
    }
    let digest = digest(DigestAlgorithm::Sm3, candidate.bytes)?;
    let record = Provenance {
        source_format: salvaged.format,
        source_sm3: <[u8; 32]>::try_from(digest).unwrap_or_default(),
        source_id: None,
        migrated_at: now,
        by: workshop.by.clone(),
    };
    let id = super::provenance::parse_oid(&workshop.provenance_oid)?;
    let mut new = workshop.maker.prepare(content).edition(to).provenance_under(id, record);
    if let Some(stamper) = stamper(workshop, to) {
        new = new.time_stamped_by(stamper);
    }
    new.make(now)
}

fn stamper<'a>(workshop: &Workshop<'a>, to: Edition) -> Option<&'a dyn TimeStamper> {
    workshop.time_stamp.filter(|_| to == Edition::Gmt0031_2025)
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.items.iter().map(|item| item.label.chars().count()).max().unwrap_or_default();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for item in &self.items {
            *counts.entry(item.step.name()).or_default() += 1;
            let name = item.name.as_deref().unwrap_or("?").escape_debug().to_string();
            let id = item.id.as_deref().unwrap_or("?").escape_debug().to_string();
            writeln!(f, "{:width$}  {id} \"{name}\"  {}", item.label, item.step)?;
        }
        let counts: Vec<_> = counts.iter().map(|(step, count)| format!("{count} {step}")).collect();
        writeln!(f, "{} seals as of {}: {}", self.items.len(), self.at, counts.join(", "))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("{octet:02x}")).collect()
}
