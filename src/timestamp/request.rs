//! TimeStampReq (RFC 3161, 2.4.1).

use ::der::asn1::{Any, ObjectIdentifier, OctetString};
use ::der::{Encode as _, Sequence, Tag};

use crate::crypto::{DigestAlgorithm, digest};
use crate::der::{Tlv, tag};
use crate::error::{Context, Error, ErrorKind};
use crate::timestamp::stamper;
use crate::timestamp::token::read_imprint;

/// A request for a time stamp: the digest of what is to be stamped, a policy, a nonce. The authority's
/// certificate is always asked for, since whoever verifies needs it.
///
/// [`ask`](crate::timestamp::ask) makes and sends one; by itself it serves transports that put requests into
/// files: write [`Request::to_der`], and check what comes back with
/// [`Response::token_for`](crate::timestamp::Response::token_for).
///
/// ```
/// use eseal::DigestAlgorithm;
/// use eseal::timestamp::{Nonce, Request};
///
/// let request = Request::over(b"a signature's value", DigestAlgorithm::Sha256)?.nonce(Nonce::Fixed(vec![7]))?;
/// assert_eq!(Request::from_der(&request.to_der()?)?, request);
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    algorithm: DigestAlgorithm,
    imprint: Vec<u8>,
    policy: Option<ObjectIdentifier>,
    /// The content octets of the INTEGER.
    nonce: Option<Vec<u8>>,
    certificate: bool,
}

#[derive(Sequence)]
struct TimeStampReq {
    version: u8,
    imprint: MessageImprint,
    policy: Option<ObjectIdentifier>,
    nonce: Option<Any>,
    #[asn1(default = "Default::default")]
    certificate: bool,
}

/// `MessageImprint`, RFC 3161, 2.4.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct MessageImprint {
    algorithm: spki::AlgorithmIdentifierOwned,
    digest: OctetString,
}

impl MessageImprint {
    pub(crate) fn new(algorithm: DigestAlgorithm, digest: &[u8]) -> Result<Self, Error> {
        // RFC 8017, appendix A.2.4: digests of the SHA family are written with NULL by most authorities and
        // without by others; RFC 5754, 2 prefers without, and all take both.
        let algorithm = spki::AlgorithmIdentifierOwned { oid: algorithm.oid(), parameters: None };
        Ok(MessageImprint { algorithm, digest: OctetString::new(digest).map_err(unwritable)? })
    }
}

impl Request {
    /// Asks for a stamp over the digest of `value`, by `algorithm`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] for a digest of which collisions can be made; when the algorithm belongs to a
    /// feature that is switched off.
    pub fn over(value: &[u8], algorithm: DigestAlgorithm) -> Result<Self, Error> {
        refuse_broken(algorithm)?;
        Self::over_digest(digest(algorithm, value)?, algorithm)
    }

    /// Asks for a stamp over a digest that was made elsewhere, as over a document's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the digest has another length than the algorithm's, or one of which collisions
    /// can be made.
    pub fn over_digest(imprint: Vec<u8>, algorithm: DigestAlgorithm) -> Result<Self, Error> {
        refuse_broken(algorithm)?;
        if imprint.len() != algorithm.length() {
            let told = format!("{} bytes are no digest by {algorithm}", imprint.len());
            return Err(Error::new(ErrorKind::Misuse, told));
        }
        Ok(Request { algorithm, imprint, policy: None, nonce: None, certificate: true })
    }

    /// Asks for this policy, an object identifier in dots.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when it is none.
    pub fn policy(mut self, dotted: &str) -> Result<Self, Error> {
        self.policy = Some(stamper::policy(dotted)?);
        Ok(self)
    }

    /// Gives the request a nonce that the answer has to repeat.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimeStamp`] when the system gives no random numbers.
    pub fn nonce(mut self, nonce: stamper::Nonce) -> Result<Self, Error> {
        self.nonce = match nonce {
            stamper::Nonce::Random => Some(integer(&random()?)),
            stamper::Nonce::Fixed(number) => Some(integer(&number)),
            stamper::Nonce::Absent => None,
        };
        Ok(self)
    }

    /// The TimeStampReq, to be sent as `application/timestamp-query`.
    ///
    /// # Errors
    ///
    /// When it cannot be encoded, as with a nonce of megabytes.
    pub fn to_der(&self) -> Result<Vec<u8>, Error> {
        let nonce = self.nonce.as_deref().map(|octets| Any::new(Tag::Integer, octets)).transpose();
        TimeStampReq {
            version: 1,
            imprint: MessageImprint::new(self.algorithm, &self.imprint)?,
            policy: self.policy,
            nonce: nonce.map_err(unwritable)?,
            certificate: self.certificate,
        }
        .to_der()
        .map_err(unwritable)
    }

    /// Reads a TimeStampReq, as an authority does, or whoever stored one.
    ///
    /// # Errors
    ///
    /// When the bytes are none, or ask for a digest that is not built in.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes).context("reading a time-stamp request")
    }

    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let what = "TimeStampReq";
        let mut fields = Tlv::only(bytes, what)?.expect(tag::SEQUENCE, what)?.children();
        let version = fields.take(tag::INTEGER, "TimeStampReq.version")?.small_integer("TimeStampReq.version")?;
        if version != 1 {
            return Err(Error::unsupported(format!("requests have version 1, this has {version}")));
        }
        let (algorithm, imprint) = read_imprint(&fields.next("TimeStampReq.messageImprint")?)?;
        let policy = fields.optional(tag::OID, "TimeStampReq.reqPolicy")?;
        let nonce = fields.optional(tag::INTEGER, "TimeStampReq.nonce")?;
        let certificate = fields.optional(tag::BOOLEAN, "TimeStampReq.certReq")?;
        fields.optional(tag::context(0, true), "TimeStampReq.extensions")?;
        fields.finish(what)?;
        let request = Self::over_digest(imprint, algorithm.map_err(Error::unsupported)?)?;
        Ok(Request {
            policy: policy.map(|policy| policy.oid("TimeStampReq.reqPolicy")).transpose()?,
            nonce: nonce.map(|nonce| nonce.value.to_vec()),
            certificate: certificate.is_some_and(|flag| flag.value != [0]),
            ..request
        })
    }

    pub(crate) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    pub(crate) fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    pub(crate) fn asked_policy(&self) -> Option<ObjectIdentifier> {
        self.policy
    }

    pub(crate) fn asked_nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// Whether the authority's certificate is to be in the token.
    #[cfg(feature = "authority")]
    pub(crate) fn wants_certificate(&self) -> bool {
        self.certificate
    }
}

/// 128 bits, twice what RFC 3161, 2.4.1 calls large enough.
fn random() -> Result<[u8; 16], Error> {
    let mut number = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut number)
        .map_err(|_| Error::new(ErrorKind::TimeStamp, "the system gives no random number for the request"))?;
    Ok(number)
}

/// The content of an INTEGER that is not negative, in its shortest form.
fn integer(number: &[u8]) -> Vec<u8> {
    let significant = number.iter().position(|octet| *octet != 0).and_then(|at| number.get(at..)).unwrap_or_default();
    let sign = significant.first().is_none_or(|first| first & 0x80 != 0);
    let mut octets = if sign { vec![0] } else { Vec::new() };
    octets.extend_from_slice(significant);
    octets
}

fn unwritable(source: ::der::Error) -> Error {
    Error::new(ErrorKind::Misuse, format!("the time-stamp request cannot be written ({source})")).caused_by(source)
}

/// What collisions can be made of proves nothing about one value.
fn refuse_broken(algorithm: DigestAlgorithm) -> Result<(), Error> {
    if algorithm.is_broken() {
        let told = format!("a time stamp over a digest by {algorithm} proves little: ask for SHA-256 or SM3");
        return Err(Error::new(ErrorKind::Misuse, told));
    }
    Ok(())
}
