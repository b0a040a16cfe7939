//! Whom to ask for time stamps, and how.

use std::fmt;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::DigestAlgorithm;
use crate::error::{BoxError, Error, ErrorKind};

/// How many bytes are kept for a token whose authority does not tell: most have 3 to 8 kB.
const ROOM: usize = 16_000;

/// How many seconds an authority's clock may differ from the caller's.
const TOLERANCE: u32 = 300;

/// A time-stamping authority as its caller reaches it: carries a request there and the answer back, and says
/// what to ask for.
///
/// Nearly everyone has one by [`Channel`], a closure with options; with the feature `fetch` there is one that
/// posts over HTTP. What comes back is checked by [`ask`](crate::timestamp::ask) before it is used.
///
/// ```
/// use eseal::{BoxError, timestamp::TimeStamper};
///
/// #[derive(Debug)]
/// struct ByCourier;
///
/// impl TimeStamper for ByCourier {
///     fn exchange(&self, _request: &[u8]) -> Result<Vec<u8>, BoxError> {
///         Err("the courier is out".into())
///     }
/// }
/// let now = "2026-08-01T08:00:00Z".parse()?;
/// let refused = eseal::timestamp::ask(&ByCourier, b"value", eseal::DigestAlgorithm::Sha256, now).unwrap_err();
/// assert_eq!(refused.kind(), eseal::ErrorKind::TimeStamp);
/// # Ok::<(), eseal::Error>(())
/// ```
pub trait TimeStamper: fmt::Debug + Send + Sync {
    /// Carries a TimeStampReq in DER to the authority and brings back its TimeStampResp in DER (over HTTP:
    /// POST of `application/timestamp-query`, answered by `application/timestamp-reply`; RFC 3161, 3.4).
    ///
    /// # Errors
    ///
    /// Whatever went wrong on the way; it becomes the source of an
    /// [`ErrorKind::TimeStamp`](crate::ErrorKind::TimeStamp).
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, BoxError>;

    /// The digest that the authority wants. `None`, the default, leaves it to what is stamped: SM3 for SM2
    /// signatures, for others the signature's own digest.
    fn digest(&self) -> Option<DigestAlgorithm> {
        None
    }

    /// The policy to ask for, an object identifier in dots. `None`, the default, leaves it to the authority.
    fn policy(&self) -> Option<&str> {
        None
    }

    /// Which nonce goes into the request.
    fn nonce(&self) -> Nonce {
        Nonce::Random
    }

    /// The most bytes that a token of this authority has: a document keeps so much room for it. Default
    /// 16 000.
    fn room(&self) -> usize {
        ROOM
    }

    /// How many seconds the stamped time may lie from the time at which the caller asks, before or after;
    /// default 300.
    fn tolerance(&self) -> u32 {
        TOLERANCE
    }
}

/// The nonce of a request: a number that the answer has to repeat, so that it cannot be an old one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Nonce {
    /// 128 random bits.
    #[default]
    Random,
    /// This number, most significant octet first: for tests, and for transports that number their requests.
    Fixed(Vec<u8>),
    /// None: for authorities that refuse requests with one.
    Absent,
}

/// A [`TimeStamper`] made of a closure, with options.
///
/// ```no_run
/// # fn post(url: &str, kind: &str, body: &[u8]) -> Result<Vec<u8>, std::io::Error> { unimplemented!() }
/// use eseal::timestamp::Channel;
///
/// let authority = Channel::new(|request: &[u8]| {
///     Ok(post("https://tsa.example/", "application/timestamp-query", request)?)
/// })
/// .policy("1.2.156.1.1")?
/// .room(8_000);
/// # Ok::<(), eseal::Error>(())
/// ```
pub struct Channel<F> {
    exchange: F,
    digest: Option<DigestAlgorithm>,
    policy: Option<String>,
    nonce: Nonce,
    room: usize,
    tolerance: u32,
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> Channel<F> {
    /// Asks through `exchange`: request in, answer out, both in DER.
    pub fn new(exchange: F) -> Self {
        Channel { exchange, digest: None, policy: None, nonce: Nonce::Random, room: ROOM, tolerance: TOLERANCE }
    }

    /// Asks for stamps over this digest, whatever is stamped.
    #[must_use]
    pub fn digest(mut self, algorithm: DigestAlgorithm) -> Self {
        self.digest = Some(algorithm);
        self
    }

    /// Asks for this policy, an object identifier in dots.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when it is none.
    pub fn policy(mut self, dotted: &str) -> Result<Self, Error> {
        policy(dotted)?;
        self.policy = Some(dotted.to_owned());
        Ok(self)
    }

    /// Which nonce goes into requests; without it a random one.
    #[must_use]
    pub fn nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = nonce;
        self
    }

    /// The most bytes that a token has; without it 16 000.
    #[must_use]
    pub fn room(mut self, bytes: usize) -> Self {
        self.room = bytes;
        self
    }

    /// How many seconds the stamped time may lie from the caller's, before or after; without it 300.
    #[must_use]
    pub fn tolerance(mut self, seconds: u32) -> Self {
        self.tolerance = seconds;
        self
    }
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> TimeStamper for Channel<F> {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, BoxError> {
        (self.exchange)(request)
    }

    fn digest(&self) -> Option<DigestAlgorithm> {
        self.digest
    }

    fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    fn nonce(&self) -> Nonce {
        self.nonce.clone()
    }

    fn room(&self) -> usize {
        self.room
    }

    fn tolerance(&self) -> u32 {
        self.tolerance
    }
}

impl<F> fmt::Debug for Channel<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Channel { exchange: _, digest, policy, nonce, room, tolerance } = self;
        f.debug_struct("Channel")
            .field("digest", digest)
            .field("policy", policy)
            .field("nonce", nonce)
            .field("room", room)
            .field("tolerance", tolerance)
            .finish_non_exhaustive()
    }
}

pub(super) fn policy(dotted: &str) -> Result<ObjectIdentifier, Error> {
    ObjectIdentifier::new(dotted).map_err(|source| {
        let told = format!("the time-stamp policy \"{dotted}\" is not an object identifier in dots");
        Error::new(ErrorKind::Misuse, told).caused_by(source)
    })
}
