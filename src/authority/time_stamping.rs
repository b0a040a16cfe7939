//! A throw-away time-stamping authority.

use std::sync::atomic::{AtomicU64, Ordering};

use ::der::asn1::{Any, BitString, ObjectIdentifier};
use ::der::{Decode as _, Sequence, Tag};

use crate::authority::encoding::{encode, unwritable};
use crate::crypto::cms::Message;
use crate::crypto::{Credentials, SignatureAlgorithm, digest};
use crate::error::{BoxError, Error};
use crate::time::Time;
use crate::timestamp::{self, MessageImprint, Request, TimeStamper};

/// Below the enterprise number that is kept for documentation (RFC 5612).
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3161.1");
const OTHER_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3161.2");

/// A time-stamping authority in this process: a [`TimeStamper`] for tests and examples, right or wrong as a
/// test wants it.
///
/// ```
/// use eseal::authority::{Algorithm, Authority, Fault};
/// use eseal::{DigestAlgorithm, ErrorKind, timestamp};
///
/// let now: eseal::Time = "2026-08-01T00:00:00Z".parse()?;
/// let authority = Authority::new(Algorithm::P256, now)?.time_stamper()?;
/// timestamp::ask(&authority, b"value", DigestAlgorithm::Sha256, now)?;
/// let forgetful = authority.with(Fault::OtherNonce);
/// let error = timestamp::ask(&forgetful, b"value", DigestAlgorithm::Sha256, now).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::TimeStamp);
/// assert!(error.to_string().contains("nonce"));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Debug)]
pub struct TimeStampingAuthority {
    credentials: Credentials,
    time: Time,
    fault: Option<Fault>,
    /// Whether tokens stand under the outer identifier of GB/T 35275.
    gm: bool,
    accuracy: Option<u16>,
    count: AtomicU64,
}

/// What a time-stamping authority does wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// Refuses each request.
    Rejects,
    /// Grants the request and gives no token.
    GivesNone,
    /// Answers with bytes that are no answer.
    Babbles,
    /// Stamps something else.
    OtherImprint,
    /// Repeats another nonce.
    OtherNonce,
    /// Stamps under another policy than the one asked for.
    OtherPolicy,
    /// Writes another time into the token, an hour earlier, after it was signed.
    AlteredTime,
    /// Writes a time without the Z that makes it UTC.
    LocalTime,
    /// Leaves out the attribute that names its certificate (ESSCertID).
    NoCertificateId,
    /// Leaves out its certificate, although asked for it.
    NoCertificate,
    /// Lets two signers sign the token.
    TwoSigners,
    /// Adds a critical extension that nobody knows.
    CriticalExtension,
    /// Calls itself by another name than its certificate's.
    OtherName,
}

/// `TSTInfo`, RFC 3161, 2.4.2.
#[derive(Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    imprint: MessageImprint,
    serial: u64,
    time: Any,
    accuracy: Option<Accuracy>,
    nonce: Option<Any>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    authority: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct Accuracy {
    seconds: u16,
}

#[derive(Sequence)]
struct Extension {
    id: ObjectIdentifier,
    critical: bool,
    value: ::der::asn1::OctetString,
}

#[derive(Sequence)]
struct TimeStampResp {
    status: PkiStatusInfo,
    token: Option<Any>,
}

#[derive(Sequence)]
struct PkiStatusInfo {
    status: u8,
    text: Option<Vec<String>>,
    failure: Option<BitString>,
}

impl TimeStampingAuthority {
    /// An authority with these credentials, right or wrong as their certificate is, whose clock stands at
    /// `time`.
    #[must_use]
    pub fn new(credentials: Credentials, time: Time) -> Self {
        let gm = credentials.algorithm() == SignatureAlgorithm::Sm2Sm3;
        TimeStampingAuthority { credentials, time, fault: None, gm, accuracy: None, count: AtomicU64::new(1) }
    }

    /// Sets its clock.
    #[must_use]
    pub fn at(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    /// Has it do something wrong.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Whether tokens stand under the outer identifier of GB/T 35275 (true, the default with SM2 keys) or of
    /// RFC 5652; both are met in China.
    #[must_use]
    pub fn in_gm_form(mut self, gm: bool) -> Self {
        self.gm = gm;
        self
    }

    /// Tells in its tokens how far, in seconds, the true time may lie from the stamped one.
    #[must_use]
    pub fn accurate_to(mut self, seconds: u16) -> Self {
        self.accuracy = Some(seconds);
        self
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate(&self) -> &crate::Certificate {
        self.credentials.certificate()
    }

    /// Answers a TimeStampReq with a TimeStampResp, both in DER. A request that cannot be read is rejected, as
    /// an authority on the network would.
    ///
    /// # Errors
    ///
    /// When it cannot sign.
    pub fn answer(&self, request: &[u8]) -> Result<Vec<u8>, Error> {
        match self.fault {
            Some(Fault::Babbles) => return Ok(b"<html>502 Bad Gateway</html>".to_vec()),
            Some(Fault::Rejects) => return refusal("closed on Sundays", 14),
            Some(Fault::GivesNone) => return response(0, None),
            _ => {}
        }
        match Request::from_der(request) {
            Ok(request) => response(0, Some(&self.token(&request)?)),
            Err(error) => refusal(&error.to_string(), 5),
        }
    }

    /// A token over the digest of `value` by the algorithm that goes with its key, without anybody's asking:
    /// such as stands in old documents.
    ///
    /// # Errors
    ///
    /// When it cannot sign.
    pub fn stamp(&self, value: &[u8]) -> Result<Vec<u8>, Error> {
        self.token(&Request::over(value, self.credentials.algorithm().digest())?)
    }

    fn token(&self, request: &Request) -> Result<Vec<u8>, Error> {
        let content = encode(&self.content(request)?)?;
        let named = self.fault != Some(Fault::NoCertificateId);
        let message = Message::around(timestamp::oid::TST_INFO, &content, &self.credentials, named)?;
        let value = self.credentials.sign(&message.to_be_signed()?)?;
        let second = if self.fault == Some(Fault::TwoSigners) {
            // One algorithm's values never repeat: the second differs in its last octet at least.
            let mut other = value.clone();
            other.iter_mut().next_back().into_iter().for_each(|octet| *octet ^= 1);
            Some(other)
        } else {
            None
        };
        let values: Vec<&[u8]> = std::iter::once(value.as_slice()).chain(second.as_deref()).collect();
        let certificates = request.wants_certificate() && self.fault != Some(Fault::NoCertificate);
        let token = message.assemble_token(&values, self.gm, certificates)?;
        Ok(if self.fault == Some(Fault::AlteredTime) { self.altered(token) } else { token })
    }

    fn content(&self, request: &Request) -> Result<TstInfo, Error> {
        let algorithm = request.algorithm();
        let imprint = match self.fault {
            Some(Fault::OtherImprint) => digest(algorithm, b"something else")?,
            _ => request.imprint().to_vec(),
        };
        let policy = match self.fault {
            Some(Fault::OtherPolicy) => OTHER_POLICY,
            _ => request.asked_policy().unwrap_or(POLICY),
        };
        let nonce = match self.fault {
            Some(Fault::OtherNonce) => Some(&[1][..]),
            _ => request.asked_nonce(),
        };
        let mut time = self.time.to_generalized();
        if self.fault == Some(Fault::LocalTime) {
            time.pop();
        }
        let unknown = (self.fault == Some(Fault::CriticalExtension)).then(|| {
            let value = ::der::asn1::OctetString::new([5, 0].as_slice()).map_err(unwritable)?;
            Ok(vec![Extension { id: OTHER_POLICY, critical: true, value }])
        });
        Ok(TstInfo {
            version: 1,
            policy,
            imprint: MessageImprint::new(algorithm, &imprint)?,
            serial: self.count.fetch_add(1, Ordering::Relaxed),
            time: Any::new(Tag::GeneralizedTime, time.as_bytes()).map_err(unwritable)?,
            accuracy: self.accuracy.map(|seconds| Accuracy { seconds }),
            nonce: nonce.map(|octets| Any::new(Tag::Integer, octets)).transpose().map_err(unwritable)?,
            authority: Some(self.name()?),
            extensions: unknown.transpose()?,
        })
    }

    /// `directoryName [4] EXPLICIT Name`.
    fn name(&self) -> Result<Any, Error> {
        let certificate = self.credentials.certificate();
        let name = if self.fault == Some(Fault::OtherName) {
            encode(&Vec::<Any>::new())?
        } else {
            certificate.subject_raw().to_vec()
        };
        let number = ::der::TagNumber(4);
        Any::new(Tag::ContextSpecific { constructed: true, number }, name).map_err(unwritable)
    }

    /// The token with its time an hour earlier, under the signature that it had.
    fn altered(&self, mut token: Vec<u8>) -> Vec<u8> {
        let (own, other) = (self.time.to_generalized(), self.time.plus_seconds(-3600).to_generalized());
        let at = token.windows(own.len()).position(|window| window == own.as_bytes());
        if let Some(place) = at.and_then(|at| token.get_mut(at..at + own.len())) {
            place.copy_from_slice(other.as_bytes());
        }
        token
    }
}

impl TimeStamper for TimeStampingAuthority {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, BoxError> {
        Ok(self.answer(request)?)
    }

    /// Three times what its longest token has; certificates of throw-away authorities are small.
    fn room(&self) -> usize {
        8_000
    }
}

fn response(status: u8, token: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let token = token.map(Any::from_der).transpose().map_err(unwritable)?;
    encode(&TimeStampResp { status: PkiStatusInfo { status, text: None, failure: None }, token })
}

/// A rejection with one failure bit.
fn refusal(why: &str, bit: u8) -> Result<Vec<u8>, Error> {
    let bits = (0x8000_0000_u32 >> bit).to_be_bytes();
    let octets = bits.get(..usize::from(bit / 8) + 1).unwrap_or_default();
    let failure = BitString::new(7 - bit % 8, octets).map_err(unwritable)?;
    let status = PkiStatusInfo { status: 2, text: Some(vec![why.to_owned()]), failure: Some(failure) };
    encode(&TimeStampResp { status, token: None })
}
