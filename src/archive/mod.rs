//! Making signatures last: validation data and document time stamps added to a PDF (EN 319 142-1, 5.4 to 5.5 and 6).
//!
//! A signature proves itself for as long as its certificate is valid and its algorithms hold. What proves it
//! later has to be in the file by then: the certificates and revocation data of all chains (level B-LT), and over
//! them a document time stamp (B-LTA), renewed before its own certificate ends. All is added behind the signatures
//! that are there, and none of them is touched.

use std::fmt;

use crate::crypto::{Certificate, DigestAlgorithm, KeyKind};
use crate::document::{Addition, Document as _, Hint, KeptKind, Layout, Pdf};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::time::Time;
use crate::timestamp::{TimeStamper, ask, ask_for_digest};
use crate::trust::{Chain, ChainState, Evidence, Origin, Revocation, Told, Wanted};
use crate::verify::Verified;

/// What is written about which signature its validation data belongs to (`/VRI`). Some old readers ask for it.
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub enum Hints<'a> {
    /// Nothing: readers take all that is there. The default, as EN 319 142-1, 5.4.2.3 advises.
    #[default]
    None,
    /// An entry for each signature, with the time of writing by the writer's word (`/TU`).
    Claimed(Time),
    /// An entry for each signature, with a time stamp over the signature's contents (`/TS`), asked for at this
    /// time.
    Stamped(&'a dyn TimeStamper, Time),
}

impl fmt::Debug for Hints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hints::None => f.write_str("None"),
            Hints::Claimed(time) => write!(f, "Claimed({time})"),
            Hints::Stamped(stamper, time) => write!(f, "Stamped({stamper:?}, {time})"),
        }
    }
}

/// Brings the signatures of a document to the levels B-LT and B-LTA, and renews those that are there.
///
/// ```no_run
/// use eseal::archive::Archive;
/// use eseal::{Evidence, Pdf, Time, Trust, Verifier};
/// # fn demo(stamped: &Pdf, trust: &Trust, authority: &dyn eseal::timestamp::TimeStamper)
/// #     -> Result<(), Box<dyn std::error::Error>> {
/// let evidence = Evidence::new().crl(std::fs::read("ca.crl")?)?.ocsp(std::fs::read("signatory.ors")?)?;
/// let now = Time::now();
/// let verified = Verifier::new(trust).evidence(&evidence).document(stamped, now)?.require_valid()?;
/// let lasting = Archive::of(&verified).evidence(&evidence).stamped(authority, now)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is added until `keep` or `stamped` is called"]
pub struct Archive<'a> {
    verified: &'a Verified<'a, Pdf>,
    evidence: Option<&'a Evidence>,
    hints: Hints<'a>,
    limits: Limits,
}

impl<'a> Archive<'a> {
    /// Of a document whose signatures were found valid: what is not cannot be archived into validity.
    pub fn of(verified: &'a Verified<'a, Pdf>) -> Self {
        Archive { verified, evidence: None, hints: Hints::None, limits: Limits::default() }
    }

    /// Takes revocation data and certificates from here; hand in what the verifier had. What the file has
    /// already is not written again.
    pub fn evidence(mut self, evidence: &'a Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// Writes which data belongs to which signature.
    pub fn hints(mut self, hints: Hints<'a>) -> Self {
        self.hints = hints;
        self
    }

    /// What the document may cost.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What is missing before the level B-LT can be reached: nothing, or what to fetch and where it is said to
    /// be had.
    #[must_use]
    pub fn missing(&self) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for one in self.chains().flat_map(|chain| &chain.wanted) {
            if !wanted.contains(one) {
                wanted.push(one.clone());
            }
        }
        wanted
    }

    /// Adds the validation data of every signature and time stamp: level B-LT.
    ///
    /// Returned unchanged when all is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when something is missing (the message says what; see [`Archive::missing`]), or
    /// the file is one that nothing can be added to; [`ErrorKind::TimeStamp`] when the stamper of
    /// [`Hints::Stamped`] gives no good token.
    pub fn keep(&self) -> Result<Pdf, Error> {
        let document = self.verified.document();
        let mut addition = Addition::default();
        for chain in self.chains() {
            self.collect(chain, &mut addition.pieces)?;
        }
        addition.hints = self.hint_list(document)?;
        document.keeping(&addition, &self.limits)
    }

    /// Adds what [`Archive::keep`] does, and a document time stamp over all: level B-LTA. Of a document that
    /// has one already the last time stamp's validation data is added first, which renews it.
    ///
    /// `now` is the time of asking.
    ///
    /// # Errors
    ///
    /// As [`Archive::keep`]; [`ErrorKind::TimeStamp`] when the authority gives no good token.
    pub fn stamped(&self, stamper: &dyn TimeStamper, now: Time) -> Result<Pdf, Error> {
        let digest = stamper.digest().unwrap_or_else(|| self.usual_digest());
        time_stamped(&self.keep()?, stamper, digest, now, &self.limits)
    }

    fn chains(&self) -> impl Iterator<Item = &'a Chain> {
        self.verified.signatures().iter().flat_map(|signature| &signature.chains)
    }

    /// SM3 where all signatories have keys of SM2, SHA-256 elsewhere.
    fn usual_digest(&self) -> DigestAlgorithm {
        let mut leaves = self.chains().filter_map(|chain| chain.links.first()).peekable();
        let is_sm2 = |certificate: &Certificate| certificate.public_key().is_ok_and(|key| key.kind() == KeyKind::Sm2);
        let all = leaves.peek().is_some() && leaves.all(|link| is_sm2(&link.certificate));
        if all { DigestAlgorithm::Sm3 } else { DigestAlgorithm::Sha256 }
    }

    /// The certificates of a chain and what tells that none of them was revoked.
    fn collect(&self, chain: &Chain, pieces: &mut Vec<(KeptKind, Vec<u8>)>) -> Result<(), Error> {
        if !matches!(chain.state, ChainState::Holds) {
            let whose = chain.links.first().map_or("a signatory", |link| link.certificate.subject());
            let told = format!("the chain of {whose} does not hold, so there is nothing to keep for it");
            return Err(Error::new(ErrorKind::NotAllowed, told));
        }
        for (place, link) in chain.links.iter().enumerate() {
            add(pieces, KeptKind::Certificate, link.certificate.der());
            if matches!(link.revocation, Revocation::Anchor | Revocation::NotAsked { .. }) {
                continue;
            }
            if let Revocation::Unknown { detail, .. } = &link.revocation {
                return Err(self.lacking(&link.certificate, detail));
            }
            let issuer = chain.links.get(place + 1).map(|link| &link.certificate);
            let added = self.evidence.is_some_and(|evidence| take(evidence, &link.certificate, issuer, pieces));
            if !added && told(&link.revocation).is_some_and(|told| told.origin == Origin::Caller) {
                let detail = "the verifier was handed data about it: hand the same to `Archive::evidence`";
                return Err(self.lacking(&link.certificate, detail));
            }
        }
        Ok(())
    }

    fn lacking(&self, certificate: &Certificate, detail: &str) -> Error {
        let wanted: Vec<_> = self.missing().iter().map(ToString::to_string).collect();
        let told = format!(
            "the document cannot be made to last: it is not known whether {} was revoked ({detail}). Missing: {}",
            certificate.subject(),
            wanted.join("; ")
        );
        Error::new(ErrorKind::NotAllowed, told)
    }

    /// An entry for each signature, with all that belongs to it.
    fn hint_list(&self, document: &Pdf) -> Result<Vec<Hint>, Error> {
        if matches!(self.hints, Hints::None) {
            return Ok(Vec::new());
        }
        let mut hints = Vec::new();
        let survey = document.survey(&self.limits)?;
        for (found, report) in survey.found.iter().zip(self.verified.signatures()) {
            let Some(contents) = found.contents() else { continue };
            let mut pieces = Vec::new();
            for chain in &report.chains {
                self.collect(chain, &mut pieces)?;
            }
            let (time, token) = match self.hints {
                Hints::None => (None, None),
                Hints::Claimed(time) => (Some(time), None),
                Hints::Stamped(stamper, now) => (None, Some(ask(stamper, &contents, self.usual_digest(), now)?)),
            };
            hints.push(Hint { key: Hint::key_of(&contents)?, pieces, time, token });
        }
        Ok(hints)
    }
}

/// By whose word it is known whether a certificate was revoked.
fn told(revocation: &Revocation) -> Option<&Told> {
    match revocation {
        Revocation::Good { told } | Revocation::Revoked { told, .. } | Revocation::RevokedLater { told, .. } => {
            Some(told)
        }
        _ => None,
    }
}

/// Takes what is about a certificate; whether there was anything.
fn take(
    evidence: &Evidence,
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    pieces: &mut Vec<(KeptKind, Vec<u8>)>,
) -> bool {
    let Some(issuer) = issuer.or_else(|| evidence.certificates.iter().find(|one| issued(one, certificate))) else {
        return false;
    };
    let (lists, answers) = evidence.about(certificate, issuer);
    let found = !lists.is_empty() || !answers.is_empty();
    for list in lists {
        add(pieces, KeptKind::Crl, list.der());
    }
    for answer in answers {
        add(pieces, KeptKind::Ocsp, &answer.whole());
        for responder in &answer.certificates {
            add(pieces, KeptKind::Certificate, responder.der());
        }
    }
    found
}

fn issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    issuer.subject_raw() == certificate.issuer_raw()
}

/// Adds a piece that is not there yet.
fn add(pieces: &mut Vec<(KeptKind, Vec<u8>)>, kind: KeptKind, der: &[u8]) {
    if pieces.iter().all(|piece| piece.0 != kind || piece.1 != der) {
        pieces.push((kind, der.to_vec()));
    }
}

/// The document with a document time stamp behind all that is there (ISO 32000-2, 12.8.5).
///
/// Any document can be stamped so, signed or not: it proves that the document existed.
///
/// # Errors
///
/// [`ErrorKind::TimeStamp`] when the authority gives no good token, or one larger than it said;
/// [`ErrorKind::NotAllowed`] when the file is one that nothing can be added to.
pub fn time_stamped(
    document: &Pdf,
    stamper: &dyn TimeStamper,
    digest: DigestAlgorithm,
    now: Time,
    limits: &Limits,
) -> Result<Pdf, Error> {
    let layout = Layout::of_time_stamp(stamper.room(), digest, now, limits);
    let reserved = document.reserve(&layout)?;
    let token = ask_for_digest(stamper, reserved.digest, digest, now)?;
    reserved.document.fill_room(&reserved.hole, &token)
}
