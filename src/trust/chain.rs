//! What came of judging a certificate: facts, for reports and for those who conclude from them.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::crypto::Certificate;
use crate::time::Time;
use crate::trust::{Origin, Role};

/// The path that was found for a certificate, and what is known of each certificate on it.
#[derive(Clone, Debug, Serialize)]
pub struct Chain {
    /// For which role an anchor was looked for.
    pub role: Role,
    /// As of when the certificates were judged.
    pub at: Time,
    /// Whether the path holds.
    pub state: ChainState,
    /// The certificates, that in question first. The last is the anchor's where the anchor is one; where
    /// no path was found, the certificates of the attempt that got furthest.
    pub links: Vec<Link>,
    /// The anchor's name, where a path was found.
    pub anchor: Option<String>,
    /// What was missing, and where it is said to be had.
    pub wanted: Vec<Wanted>,
}

impl Chain {
    /// The first certificate that was revoked at the time in question, and whether it is that in
    /// question itself.
    #[must_use]
    pub fn revoked(&self) -> Option<(&Link, bool)> {
        let at = self.links.iter().position(|link| matches!(link.revocation, Revocation::Revoked { .. }))?;
        self.links.get(at).map(|link| (link, at == 0))
    }
}

/// Whether a path holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainState {
    /// It leads to an anchor and keeps the rules of RFC 5280, 6.1.
    Holds,
    /// Paths were found, and each breaks a rule; of several the one that got furthest is told.
    Broken(Obstacle),
    /// No path was found, or one that cannot be judged.
    NotFound(Obstacle),
}

/// Why a path does not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Obstacle {
    /// The rule.
    pub problem: Problem,
    /// One sentence.
    pub detail: String,
}

/// The rule that a path breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Problem {
    /// No anchor for the role was given.
    NoAnchors,
    /// No certificate at hand issued one on the path.
    NoIssuer,
    /// The anchor was believed only until a time that has passed.
    AnchorEnded,
    /// The limits were reached before the search ended.
    Limits,
    /// An algorithm or a structure is not built in.
    Unsupported,
    /// A certificate was not signed by the key of the issuer that it names.
    Signature,
    /// An authority's certificate was not yet valid.
    NotYetValid,
    /// An authority's certificate had ended.
    Expired,
    /// A certificate was issued by one that is no authority's (basicConstraints).
    NotAuthority,
    /// An authority's key may not sign certificates (keyUsage).
    KeyUsage,
    /// There are more authorities than one of them allows below itself, or more than a path may have.
    PathLength,
    /// A critical extension is not known, or an extension cannot be read or is there twice.
    Extension,
    /// A name lies outside the name constraints.
    Name,
    /// The certificate policies do not hold down the path.
    Policy,
}

/// One certificate on a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// The certificate.
    #[serde(serialize_with = "summary")]
    pub certificate: Certificate,
    /// Whether it was revoked.
    pub revocation: Revocation,
}

/// Whether a certificate was revoked at the time in question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Revocation {
    /// It is an anchor, which nobody can revoke but who believes it.
    Anchor,
    /// It says itself that there is nothing to ask; the sentence says how.
    NotAsked {
        /// One sentence.
        reason: String,
    },
    /// It was not revoked.
    Good {
        /// By whose word.
        told: Told,
    },
    /// It was revoked by then.
    Revoked {
        /// Since when: the earlier of the date of revocation and the invalidity date.
        since: Time,
        /// Why.
        reason: Reason,
        /// By whose word.
        told: Told,
    },
    /// It was revoked after the time in question.
    RevokedLater {
        /// Since when.
        since: Time,
        /// Why.
        reason: Reason,
        /// By whose word.
        told: Told,
    },
    /// It cannot be told.
    Unknown {
        /// What is the matter with the data.
        why: Doubt,
        /// One sentence.
        detail: String,
    },
}

/// Why it cannot be told whether a certificate was revoked.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Doubt {
    /// There is no data about it.
    NoData,
    /// There is data, but its signature, its signer or its scope does not allow its use.
    NotUsable,
    /// There is data, and it is too old for the time in question, or does not cover it.
    Stale,
    /// The responder says that it does not know the certificate.
    NotKnown,
}

/// The piece of evidence that an answer rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// What it is.
    pub kind: EvidenceKind,
    /// Where it comes from.
    pub origin: Origin,
    /// Whose signature it bears.
    pub signer: String,
    /// Until when the certificate of whoever signed it is valid; absent for an anchor that is a bare key.
    pub signer_until: Option<Time>,
    /// As of when it speaks.
    pub this_update: Time,
    /// When the next one is due.
    pub next_update: Option<Time>,
    /// The list or the response itself, in DER.
    #[serde(skip)]
    pub(crate) der: Arc<Vec<u8>>,
}

impl Told {
    /// The list (CertificateList) or the response (OCSPResponse or BasicOCSPResponse) itself, in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// A kind of evidence.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// A certificate of an issuer.
    Certificate,
    /// A list of revoked certificates.
    Crl,
    /// An OCSP answer.
    Ocsp,
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EvidenceKind::Certificate => "certificate",
            EvidenceKind::Crl => "list of revoked certificates",
            EvidenceKind::Ocsp => "OCSP answer",
        })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by the {} of {} ({})", self.kind, self.this_update, self.signer)
    }
}

/// Something that was missing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wanted {
    /// What.
    pub kind: EvidenceKind,
    /// The certificate that it is about: whose issuer, or whose state.
    #[serde(serialize_with = "summary")]
    pub certificate: Certificate,
    /// The issuer's certificate, where it is known: an OCSP request names both.
    #[serde(serialize_with = "summaries")]
    pub issuer: Option<Certificate>,
    /// Where the certificate says that it can be had. A stranger wrote these.
    pub addresses: Vec<String>,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = self.certificate.subject();
        match self.kind {
            EvidenceKind::Certificate => write!(f, "the certificate of {}", self.certificate.issuer())?,
            EvidenceKind::Crl => write!(f, "a list of revoked certificates about {whose}")?,
            EvidenceKind::Ocsp => write!(f, "an OCSP answer about {whose}")?,
        }
        if self.addresses.is_empty() { Ok(()) } else { write!(f, " from {}", self.addresses.join(" or ")) }
    }
}

/// Why a certificate was revoked (CRLReason; RFC 5280, 5.3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// No reason is told.
    Unspecified,
    /// The key is no longer its owner's alone.
    KeyCompromise,
    /// An authority's key is no longer its owner's alone.
    AuthorityCompromise,
    /// Names or the like have changed.
    AffiliationChanged,
    /// Another certificate has taken its place.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// It is on hold, and may be released or revoked for good.
    Hold,
    /// It was on hold, and is no longer (in a delta).
    Released,
    /// A right was withdrawn.
    PrivilegeWithdrawn,
    /// An attribute authority's key is no longer its owner's alone.
    AttributeAuthorityCompromise,
    /// A number that the standard does not have.
    Other,
}

impl Reason {
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            0 => Reason::Unspecified,
            1 => Reason::KeyCompromise,
            2 => Reason::AuthorityCompromise,
            3 => Reason::AffiliationChanged,
            4 => Reason::Superseded,
            5 => Reason::CessationOfOperation,
            6 => Reason::Hold,
            8 => Reason::Released,
            9 => Reason::PrivilegeWithdrawn,
            10 => Reason::AttributeAuthorityCompromise,
            _ => Reason::Other,
        }
    }

    /// Whether somebody else may have the key, and so may have signed with any date.
    #[must_use]
    pub fn is_compromise(self) -> bool {
        matches!(
            self,
            Reason::KeyCompromise | Reason::AuthorityCompromise | Reason::AttributeAuthorityCompromise | Reason::Other
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Unspecified => "no reason told",
            Reason::KeyCompromise => "its key was compromised",
            Reason::AuthorityCompromise => "the authority's key was compromised",
            Reason::AffiliationChanged => "affiliation changed",
            Reason::Superseded => "superseded",
            Reason::CessationOfOperation => "no longer needed",
            Reason::Hold => "on hold",
            Reason::Released => "released from hold",
            Reason::PrivilegeWithdrawn => "privilege withdrawn",
            Reason::AttributeAuthorityCompromise => "the attribute authority's key was compromised",
            Reason::Other => "a reason that is not known",
        })
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    subject: &'a str,
    issuer: &'a str,
    serial_number: String,
    validity: crate::time::Validity,
}

impl<'a> From<&'a Certificate> for Summary<'a> {
    fn from(certificate: &'a Certificate) -> Self {
        Summary {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            serial_number: certificate.serial_number(),
            validity: certificate.validity(),
        }
    }
}

fn summary<S: Serializer>(certificate: &Certificate, serializer: S) -> Result<S::Ok, S::Error> {
    Summary::from(certificate).serialize(serializer)
}

#[allow(clippy::ref_option, reason = "the shape that serde calls it with")]
fn summaries<S: Serializer>(certificate: &Option<Certificate>, serializer: S) -> Result<S::Ok, S::Error> {
    certificate.as_ref().map(Summary::from).serialize(serializer)
}
