//! Time stamps over HTTP (RFC 3161, 3.4).

use std::sync::Arc;

use crate::crypto::DigestAlgorithm;
use crate::error::{BoxError, Error};
use crate::fetch::Fetcher;
use crate::timestamp::{Channel, Nonce, TimeStamper};

/// A time-stamping authority at an address of HTTP.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use eseal::fetch::Fetcher;
///
/// let fetcher = Arc::new(Fetcher::new().only_hosts(["tsa.example"]));
/// let authority = fetcher.time_stamper("https://tsa.example/").policy("1.2.156.1.1")?;
/// let token = eseal::timestamp::ask(&authority, b"value", eseal::DigestAlgorithm::Sm3, eseal::Time::now())?;
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Debug)]
pub struct HttpTimeStamper {
    channel: Channel<Post>,
}

type Post = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync>;

impl HttpTimeStamper {
    pub(super) fn new(fetcher: Arc<Fetcher>, address: String) -> Self {
        let post: Post = Box::new(move |request| fetcher.post(&address, "application/timestamp-query", request));
        HttpTimeStamper { channel: Channel::new(post) }
    }

    /// As [`Channel::digest`].
    #[must_use]
    pub fn digest(self, algorithm: DigestAlgorithm) -> Self {
        HttpTimeStamper { channel: self.channel.digest(algorithm) }
    }

    /// As [`Channel::policy`].
    ///
    /// # Errors
    ///
    /// As [`Channel::policy`].
    pub fn policy(self, dotted: &str) -> Result<Self, Error> {
        Ok(HttpTimeStamper { channel: self.channel.policy(dotted)? })
    }

    /// As [`Channel::room`].
    #[must_use]
    pub fn room(self, bytes: usize) -> Self {
        HttpTimeStamper { channel: self.channel.room(bytes) }
    }

    /// As [`Channel::tolerance`].
    #[must_use]
    pub fn tolerance(self, seconds: u32) -> Self {
        HttpTimeStamper { channel: self.channel.tolerance(seconds) }
    }
}

impl TimeStamper for HttpTimeStamper {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.channel.exchange(request)
    }

    fn digest(&self) -> Option<DigestAlgorithm> {
        TimeStamper::digest(&self.channel)
    }

    fn policy(&self) -> Option<&str> {
        TimeStamper::policy(&self.channel)
    }

    fn nonce(&self) -> Nonce {
        TimeStamper::nonce(&self.channel)
    }

    fn room(&self) -> usize {
        TimeStamper::room(&self.channel)
    }

    fn tolerance(&self) -> u32 {
        TimeStamper::tolerance(&self.channel)
    }
}
