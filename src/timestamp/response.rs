//! TimeStampResp (RFC 3161, 2.4.2).

use std::fmt;

use crate::der::{Tlv, tag};
use crate::error::{Context, Error, ErrorKind};
use crate::time::Time;
use crate::timestamp::{CERTIFICATES, Request, Token};

/// How an authority answered (PKIStatus, RFC 3161, 2.4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// As asked.
    Granted,
    /// With changes; which ones, only a comparison tells.
    GrantedWithModifications,
    /// Refused.
    Rejected,
    /// Not yet: ask again later.
    Waiting,
    /// Granted, and the authority's certificate is about to be revoked.
    RevocationWarning,
    /// Refused, since the authority's certificate was revoked.
    Revoked,
    /// A number that the standard does not have.
    Other(i64),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Granted => "granted",
            Status::GrantedWithModifications => "granted with modifications",
            Status::Rejected => "rejected",
            Status::Waiting => "waiting: ask again later",
            Status::RevocationWarning => "a warning that the authority's certificate is about to be revoked",
            Status::Revoked => "revoked: the authority's certificate no longer holds",
            Status::Other(number) => return write!(f, "the unknown status {number}"),
        })
    }
}

/// The bits of PKIFailureInfo that RFC 3161, 2.4.2 gives to time-stamping, and what they say.
const FAILURES: [(u32, &str); 8] = [
    (0, "it does not know or support the algorithm asked for"),
    (2, "it does not permit or support this kind of request"),
    (5, "the request has the wrong format"),
    (14, "its source of time is not available"),
    (15, "it does not support the policy asked for"),
    (16, "it does not support an extension of the request"),
    (17, "it could not understand or provide additional information that was asked for"),
    (25, "it failed within"),
];

/// An authority's answer, read and not yet checked.
#[derive(Clone, Debug)]
pub struct Response {
    status: Status,
    texts: Vec<String>,
    failures: u32,
    token: Option<Vec<u8>>,
}

impl Response {
    /// Reads a TimeStampResp.
    ///
    /// # Errors
    ///
    /// When the bytes are none: where it breaks.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes).context("reading a time-stamping authority's answer")
    }

    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let what = "TimeStampResp";
        let mut fields = Tlv::only(bytes, what)?.expect(tag::SEQUENCE, what)?.children();
        let mut info = fields.take(tag::SEQUENCE, "TimeStampResp.status")?.children();
        let token = fields.optional(tag::SEQUENCE, "TimeStampResp.timeStampToken")?;
        fields.finish(what)?;
        let status = info.take(tag::INTEGER, "PKIStatusInfo.status")?.small_integer("PKIStatusInfo.status")?;
        let texts = match info.optional(tag::SEQUENCE, "PKIStatusInfo.statusString")? {
            Some(list) => list.list("PKIStatusInfo.statusString")?.iter().map(|text| text.text().0).collect(),
            None => Vec::new(),
        };
        let failures = match info.optional(tag::BIT_STRING, "PKIStatusInfo.failInfo")? {
            Some(bits) => failure_bits(bits.value),
            None => 0,
        };
        info.finish("PKIStatusInfo")?;
        let status = match status {
            0 => Status::Granted,
            1 => Status::GrantedWithModifications,
            2 => Status::Rejected,
            3 => Status::Waiting,
            4 => Status::RevocationWarning,
            5 => Status::Revoked,
            other => Status::Other(other),
        };
        Ok(Response { status, texts, failures, token: token.map(|token| token.raw.to_vec()) })
    }

    /// How the authority answered.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it did not grant the request, in sentences: what its failure bits say, and its own words.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let told = FAILURES.iter().filter(|(bit, _)| self.failures & 1 << bit != 0).map(|(_, told)| (*told).to_owned());
        let words = self.texts.iter().map(|text| format!("\"{}\"", text.escape_debug()));
        told.chain(words).collect()
    }

    /// The token, if there is one; nothing is checked.
    #[must_use]
    pub fn token(&self) -> Option<&[u8]> {
        self.token.as_deref()
    }

    /// The token, checked to be what `request` asked for at `now`: granted, over this digest, with this nonce
    /// and policy, of a time not further from `now` than `tolerance` seconds, by one signer whose certificate
    /// is in it, named by its attributes and certified for time-stamping alone, with a value that verifies.
    /// Whether the authority is believed is not asked here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimeStamp`] with the reason.
    pub fn token_for(&self, request: &Request, now: Time, tolerance: u32) -> Result<Vec<u8>, Error> {
        let refuse = |message: String| Err(Error::new(ErrorKind::TimeStamp, message));
        if !matches!(self.status, Status::Granted | Status::GrantedWithModifications) {
            let reasons = self.reasons();
            let reasons = if reasons.is_empty() { "no reason was given".to_owned() } else { reasons.join("; ") };
            return refuse(format!("the time-stamping authority answered: {}; {reasons}", self.status));
        }
        let Some(bytes) = &self.token else {
            return refuse("the time-stamping authority granted the request, but gave no token".into());
        };
        let token = Token::read(bytes, CERTIFICATES).map_err(|error| {
            Error::new(ErrorKind::TimeStamp, format!("the token that was given: {error}")).caused_by(error)
        })?;
        match unlike(&token, request).or_else(|| implausible(&token, now, tolerance)).or_else(|| token.fault()) {
            None => Ok(bytes.clone()),
            Some(reason) => refuse(format!("the token that was given is not used: {reason}")),
        }
    }
}

/// In which respect the token is not what was asked for.
fn unlike(token: &Token<'_>, request: &Request) -> Option<String> {
    if token.imprint_algorithm.as_ref() != Ok(&request.algorithm()) || token.imprint != request.imprint() {
        return Some("it is over something else than what was to be stamped".into());
    }
    if let Some(nonce) = request.asked_nonce()
        && token.nonce.as_deref() != Some(nonce)
    {
        return Some("it does not repeat the nonce of the request, so it may be an old one".into());
    }
    if let Some(policy) = request.asked_policy()
        && token.policy != policy
    {
        return Some(format!("it is of the policy {}, {policy} was asked for", token.policy));
    }
    let critical = token.unknown_critical.first()?;
    Some(format!("it has the critical extension {critical}, which is not known"))
}

fn implausible(token: &Token<'_>, now: Time, tolerance: u32) -> Option<String> {
    let apart = (token.time.unix_seconds() - now.unix_seconds()).unsigned_abs();
    (apart > u64::from(tolerance))
        .then(|| format!("it is of {}, {apart} seconds from {now}: one of the two clocks is wrong", token.time))
}

/// The first 32 bits of a BIT STRING; bit 0 is the first octet's most significant one.
fn failure_bits(content: &[u8]) -> u32 {
    let octets = content.iter().skip(1).take(4).flat_map(|octet| (0..8).map(move |at| octet & 0x80 >> at != 0));
    (0..).zip(octets).filter(|(_, set)| *set).fold(0, |bits, (at, _)| bits | 1_u32 << at)
}
