//! The level of a PAdES signature (EN 319 142-1, 6), and what is missing for the next.
//!
//! A level is a matter of form: which data a file holds. Whether they are believed is the verdict's.

use std::fmt;

use serde::Serialize;

use crate::crypto::cms::{Attributes, SignedData, oid};
use crate::crypto::{Certificate, Judgement};
use crate::document::{Found, Kept, KeptKind};
use crate::finding::{Outcome, Standard, checks};
use crate::limits::Limits;
use crate::timestamp::Token;
use crate::trust::{Carried, Evidence, Origin, Role, Trust, exempt};
use crate::verify::existence::room;
use crate::verify::report::{SignatureKind, SignatureReport};

/// A level of EN 319 142-1, 6; each has all that the one before has.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub enum Level {
    /// A signature with the attributes that PAdES asks for.
    #[serde(rename = "B-B")]
    Basic,
    /// With a time stamp that says when it existed.
    #[serde(rename = "B-T")]
    Timed,
    /// With the certificates and revocation data for its own and its time stamps' chains in the file.
    #[serde(rename = "B-LT")]
    LongTerm,
    /// With a document time stamp over all that.
    #[serde(rename = "B-LTA")]
    Archived,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Basic => "PAdES B-B",
            Level::Timed => "PAdES B-T",
            Level::LongTerm => "PAdES B-LT",
            Level::Archived => "PAdES B-LTA",
        })
    }
}

/// Which level a signature has.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LevelReport {
    /// The level; none for signatures of PDF that lack something of the first.
    pub level: Option<Level>,
    /// What is missing for the next level, each in a sentence; nothing at the highest.
    pub missing: Vec<String>,
}

/// The parts of a document that its signatures' levels hang on.
pub(super) struct Holdings<'a> {
    found: &'a [Found],
    reports: &'a [SignatureReport],
    trust: &'a Trust,
    limits: &'a Limits,
    /// The document time stamps that are what they stamp, believed or not, each with where its room begins.
    stamps: Vec<(u64, &'a Found)>,
    certificates: Vec<(Certificate, usize)>,
    revocation: Vec<(Evidence, usize)>,
}

impl<'a> Holdings<'a> {
    /// What a document holds, once all its signatures are judged.
    pub(super) fn new(
        found: &'a [Found],
        kept: &[Kept],
        reports: &'a [SignatureReport],
        (trust, limits): (&'a Trust, &'a Limits),
    ) -> Self {
        let stamps = found.iter().zip(reports).filter(|(_, report)| is_sound_stamp(report));
        let stamps = stamps.filter_map(|(stamp, _)| room(stamp).map(|(start, _)| (start, stamp))).collect();
        let mut holdings =
            Holdings { found, reports, trust, limits, stamps, certificates: Vec::new(), revocation: Vec::new() };
        for piece in kept {
            match piece.kind {
                KeptKind::Certificate => {
                    holdings.certificates.extend(Certificate::from_der(&piece.der).ok().map(|one| (one, piece.since)));
                }
                KeptKind::Crl | KeptKind::Ocsp => {
                    let items = vec![(Origin::Document, piece.der.clone())];
                    let read = Carried { certificates: Vec::new(), items }.read(limits);
                    holdings.revocation.push((read, piece.since));
                }
            }
        }
        holdings
    }

    /// The level of one CMS signature of a PDF.
    pub(super) fn level(&self, index: usize, signed: &SignedData<'_>) -> Option<LevelReport> {
        let (found, report) = (self.found.get(index)?, self.reports.get(index)?);
        if report.kind != SignatureKind::Cms || report.standard != Standard::Etsi {
            return None;
        }
        let lacks = basic_faults(found, signed);
        if !lacks.is_empty() {
            return Some(LevelReport { level: None, missing: lacks });
        }
        let later = self.stamps_after(found);
        let own = own_tokens(signed, self.limits);
        if own.is_empty() && later.is_empty() {
            let missing = "a time stamp over the signature, or a document time stamp behind it".to_owned();
            return Some(LevelReport { level: Some(Level::Basic), missing: vec![missing] });
        }
        let mut needed = vec![(signed.signers.first().and_then(|signer| signer_of(signer, signed)), Role::Signatory)];
        let mut pool = signed.certificates.clone();
        for token in &own {
            needed.push((token_signer(token), Role::TimeStamper));
            pool.extend(token.signed.certificates.iter().cloned());
        }
        if let (true, Some(stamp)) = (own.is_empty(), later.first()) {
            // It is the document time stamp that makes this one timed.
            let token = Token::read(&stamp.payload, self.limits.certificates).ok();
            needed.push((token.as_ref().and_then(token_signer), Role::TimeStamper));
            pool.extend(token.iter().flat_map(|token| token.signed.certificates.iter().cloned()));
        }
        let store = Store { holdings: self, inside: pool };
        let walked: Vec<_> = needed.into_iter().map(|(leaf, role)| store.walk(leaf, role)).collect();
        let mut missing: Vec<String> = walked.iter().flat_map(|walk| walk.missing.iter().cloned()).collect();
        missing.dedup();
        if !missing.is_empty() {
            return Some(LevelReport { level: Some(Level::Timed), missing });
        }
        let since = walked.iter().map(|walk| walk.since).max().unwrap_or(0);
        // The time stamp that closes the archive is another than the one that says when the signature existed.
        let closing = later.iter().skip(usize::from(own.is_empty()));
        if closing.into_iter().any(|stamp| stamp.revision >= since) {
            return Some(LevelReport { level: Some(Level::Archived), missing: Vec::new() });
        }
        let missing = "a document time stamp over the validation data".to_owned();
        Some(LevelReport { level: Some(Level::LongTerm), missing: vec![missing] })
    }

    /// The document time stamps over a signature.
    fn stamps_after(&self, found: &Found) -> Vec<&'a Found> {
        let Some((_, end)) = room(found) else { return Vec::new() };
        self.stamps.iter().filter(|(start, _)| end <= *start).map(|(_, stamp)| *stamp).collect()
    }
}

/// Whether a document time stamp is over its document, believed or not.
fn is_sound_stamp(report: &SignatureReport) -> bool {
    let passes = |name: &str| {
        let mut all = report.checks.iter().filter(|finding| finding.check == name).peekable();
        all.peek().is_some() && all.all(|finding| finding.outcome == Outcome::Pass)
    };
    report.kind == SignatureKind::DocumentTimeStamp
        && passes(checks::DOCUMENT_INTACT.name())
        && passes(checks::SIGNATURE_VALUE.name())
}

/// What of EN 319 142-1, 6.3, level B-B, a signature lacks.
fn basic_faults(found: &Found, signed: &SignedData<'_>) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut lack = |missing: bool, what: &str| {
        if missing {
            lacks.push(what.to_owned());
        }
    };
    lack(!found.label.ends_with("ETSI.CAdES.detached"), "the SubFilter /ETSI.CAdES.detached");
    lack(found.claimed.is_none(), "the time of signing in /M");
    lack(signed.content.is_some(), "a SignedData without content of its own");
    lack(signed.certificates.is_empty(), "the signatory's certificate in the SignedData");
    let attributes = match signed.signers.as_slice() {
        [signer] => signer.signed.as_ref(),
        _ => {
            lack(true, "exactly one signer");
            None
        }
    };
    let count = |kind| attributes.map_or(0, |attributes: &Attributes<'_>| attributes.count(kind));
    lack(count(&oid::CONTENT_TYPE) != 1, "the attribute content-type");
    lack(count(&oid::MESSAGE_DIGEST) != 1, "the attribute message-digest");
    let references = count(&oid::SIGNING_CERTIFICATE) + count(&oid::SIGNING_CERTIFICATE_V2);
    lack(references == 0, "the attribute signing-certificate-v2");
    lack(count(&oid::SIGNING_TIME) > 0, "signed attributes without signing-time");
    lacks
}

/// The signature time stamps that are over the value, believed or not.
fn own_tokens<'a>(signed: &'a SignedData<'_>, limits: &Limits) -> Vec<Token<'a>> {
    let Some(signer) = signed.signers.first() else { return Vec::new() };
    let values = signer.unsigned.iter().flat_map(|attributes| attributes.all(&oid::TIME_STAMP_TOKEN));
    values
        .filter_map(|value| Token::read(value.raw, limits.certificates).ok())
        .filter(|token| {
            let digest = token.imprint_algorithm.as_ref().ok().map(|algorithm| {
                crate::crypto::digest(*algorithm, &signer.value).is_ok_and(|digest| digest == token.imprint)
            });
            digest == Some(true)
        })
        .collect()
}

fn signer_of(signer: &crate::crypto::cms::SignerInfo<'_>, signed: &SignedData<'_>) -> Option<Certificate> {
    signed.certificates.iter().find(|certificate| signer.id.names(certificate)).cloned()
}

fn token_signer(token: &Token<'_>) -> Option<Certificate> {
    signer_of(token.signed.signers.first()?, &token.signed)
}

/// The validation data for one signature.
struct Store<'s, 'a> {
    holdings: &'s Holdings<'a>,
    /// From inside the signature, there since it was made.
    inside: Vec<Certificate>,
}

/// What following a chain came to.
struct Walk {
    missing: Vec<String>,
    /// The revision in which all that was used is there.
    since: usize,
}

impl Store<'_, '_> {
    /// Follows the issuers from a certificate up to one that issued itself or is believed.
    fn walk(&self, leaf: Option<Certificate>, role: Role) -> Walk {
        const LONGEST: usize = 16;
        let mut walk = Walk { missing: Vec::new(), since: 0 };
        let Some(mut certificate) = leaf else {
            walk.missing.push(format!("the certificate of one of the {role}"));
            return walk;
        };
        for _ in 0..LONGEST {
            let anchors = self.holdings.trust.anchors(role);
            let is_anchor = anchors.iter().any(|anchor| anchor.certificate() == Some(&certificate));
            if is_anchor || certificate.is_self_issued() {
                return walk;
            }
            let Some((issuer, since)) = self.issuer(&certificate, role) else {
                walk.missing.push(format!("the certificate of {}", certificate.issuer()));
                return walk;
            };
            walk.since = walk.since.max(since);
            match self.told(&certificate, &issuer) {
                Some(since) => walk.since = walk.since.max(since),
                None => walk.missing.push(format!("a CRL or an OCSP answer about {}", certificate.subject())),
            }
            certificate = issuer;
        }
        walk
    }

    fn issuer(&self, certificate: &Certificate, role: Role) -> Option<(Certificate, usize)> {
        let issued = |issuer: &Certificate| {
            issuer.subject_name() == certificate.issuer_name()
                && matches!(certificate.signed_by(issuer), Judgement::Good { .. })
        };
        let inside = self.inside.iter().map(|one| (one, 0));
        let beside = self.holdings.certificates.iter().map(|(one, since)| (one, *since));
        // Whoever believes an anchor has it.
        let anchors = self.holdings.trust.anchors(role).iter().filter_map(|anchor| anchor.certificate());
        let found = inside.chain(beside).chain(anchors.map(|one| (one, 0))).filter(|(one, _)| issued(one));
        found.min_by_key(|(_, since)| *since).map(|(one, since)| (one.clone(), since))
    }

    /// The first revision that has revocation data about a certificate.
    fn told(&self, certificate: &Certificate, issuer: &Certificate) -> Option<usize> {
        if exempt(certificate).is_some() {
            return Some(0);
        }
        let about = self.holdings.revocation.iter().filter(|(evidence, _)| evidence.tells_about(certificate, issuer));
        about.map(|(_, since)| *since).min()
    }
}
