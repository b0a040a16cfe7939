//! The client, and what it may cost.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use crate::error::{BoxError, Error, ErrorKind};
use crate::fetch::HttpTimeStamper;
use crate::fetch::address::{Admitted, Gate};
use crate::fetch::cache::Cache;
use crate::time::Time;

/// Fetches over HTTP, within limits. Share one: it keeps connections and what it got lately.
///
/// Without more it goes to public addresses only, follows 3 redirects, waits 15 seconds for a whole answer, reads
/// 64 MiB of it, and keeps answers for an hour, 64 MiB of them. It uses no proxy.
#[derive(Debug)]
pub struct Fetcher {
    admitted: Admitted,
    seconds: u64,
    redirects: u32,
    most_bytes: usize,
    agent: Agent,
    cache: Mutex<Cache>,
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new()
    }
}

impl Fetcher {
    /// A fetcher with the limits that are told above.
    #[must_use]
    pub fn new() -> Self {
        let (admitted, seconds, redirects) = (Admitted::default(), 15, 3);
        let agent = agent(&admitted, seconds, redirects);
        let cache = Mutex::new(Cache::new(64 << 20, 3600));
        Fetcher { admitted, seconds, redirects, most_bytes: 64 << 20, agent, cache }
    }

    /// Goes to hosts of these names only, whichever certificate names others.
    #[must_use]
    pub fn only_hosts<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.admitted.names = Some(names.into_iter().map(|name| name.into().to_ascii_lowercase()).collect());
        self.rebuilt()
    }

    /// Goes to loopback, private and other special addresses too: for services within one's own network. Name them
    /// with [`Fetcher::only_hosts`], or a stranger's certificate can make this machine ask any of its neighbours.
    #[must_use]
    pub fn admit_private_addresses(mut self) -> Self {
        self.admitted.private = true;
        self.rebuilt()
    }

    /// Waits so many seconds for a whole answer, redirects included.
    #[must_use]
    pub fn timeout(mut self, seconds: u64) -> Self {
        self.seconds = seconds;
        self.rebuilt()
    }

    /// Follows so many redirects.
    #[must_use]
    pub fn redirects(mut self, most: u32) -> Self {
        self.redirects = most;
        self.rebuilt()
    }

    /// Reads so many bytes of an answer and refuses longer ones.
    #[must_use]
    pub fn most_bytes(mut self, bytes: usize) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// Keeps answers for so many seconds, so many bytes of them; 0 keeps none.
    #[must_use]
    pub fn cache(mut self, bytes: usize, seconds: u32) -> Self {
        self.cache = Mutex::new(Cache::new(bytes, i64::from(seconds)));
        self
    }

    /// The authority at this address, as a [`TimeStamper`](crate::TimeStamper).
    #[must_use]
    pub fn time_stamper(self: &Arc<Self>, address: impl Into<String>) -> HttpTimeStamper {
        HttpTimeStamper::new(self.clone(), address.into())
    }

    /// Carries calls to the signature service at this address, such as `https://csc.example/csc/v2`.
    #[cfg(feature = "csc")]
    #[must_use]
    pub fn signature_service(self: &Arc<Self>, address: impl Into<String>) -> crate::fetch::HttpTransport {
        crate::fetch::HttpTransport::new(self.clone(), address.into())
    }

    /// The most bytes of one answer.
    pub(super) fn most(&self) -> usize {
        self.most_bytes
    }

    fn rebuilt(mut self) -> Self {
        self.agent = agent(&self.admitted, self.seconds, self.redirects);
        self
    }

    /// What is at an address.
    pub(super) fn get(&self, address: &str, now: Time) -> Result<Arc<Vec<u8>>, Error> {
        self.cached(address.as_bytes().to_vec(), now, || {
            require_http(address)?;
            self.read(self.agent.get(address).call()?)
        })
        .map_err(|source| unreachable(address, source))
    }

    /// What a host answers to a question that may be asked again.
    pub(super) fn ask(&self, address: &str, kind: &str, body: &[u8], now: Time) -> Result<Arc<Vec<u8>>, Error> {
        let question = [address.as_bytes(), &[0], body].concat();
        self.cached(question, now, || self.post(address, kind, body)).map_err(|source| unreachable(address, source))
    }

    /// What a host answers to a question that is asked once.
    pub(super) fn post(&self, address: &str, kind: &str, body: &[u8]) -> Result<Vec<u8>, BoxError> {
        require_http(address)?;
        self.read(self.agent.post(address).header("Content-Type", kind).send(body)?)
    }

    /// Posts JSON and brings back whatever is answered, refusals too.
    #[cfg(feature = "csc")]
    pub(super) fn post_json(
        &self,
        address: &str,
        bearer: Option<&str>,
        body: &[u8],
    ) -> Result<(u16, Vec<u8>), BoxError> {
        let mut call = self.agent.post(address).config().http_status_as_error(false).build();
        call = call.header("Content-Type", "application/json").header("Accept", "application/json");
        if let Some(token) = bearer {
            call = call.header("Authorization", format!("Bearer {token}"));
        }
        let answer = call.send(body)?;
        Ok((answer.status().as_u16(), self.read(answer)?))
    }

    /// Whether PINs may be sent there: over TLS, or within one's own network where that was admitted.
    #[cfg(feature = "csc")]
    pub(super) fn keeps_secrets(&self, address: &str) -> bool {
        self.admitted.private || address.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }

    fn cached(
        &self,
        question: Vec<u8>,
        now: Time,
        fetch: impl FnOnce() -> Result<Vec<u8>, BoxError>,
    ) -> Result<Arc<Vec<u8>>, BoxError> {
        if let Some(known) = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(&question, now) {
            return Ok(known);
        }
        let answer = Arc::new(fetch()?);
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).put(question, answer.clone(), now);
        Ok(answer)
    }

    fn read(&self, mut answer: ureq::http::Response<ureq::Body>) -> Result<Vec<u8>, BoxError> {
        let limit = u64::try_from(self.most_bytes).unwrap_or(u64::MAX);
        Ok(answer.body_mut().with_config().limit(limit).read_to_vec()?)
    }
}

/// `ldap:` stands in many certificates, and anything can.
fn require_http(address: &str) -> Result<(), BoxError> {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Ok(());
    }
    Err(format!("{} is no address of HTTP", address.escape_debug()).into())
}

fn agent(admitted: &Admitted, seconds: u64, redirects: u32) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(seconds)))
        .max_redirects(redirects)
        .max_redirects_will_error(true)
        .max_response_header_size(16 << 10)
        .user_agent(concat!("eseal/", env!("CARGO_PKG_VERSION")))
        .proxy(None)
        .build();
    let gate = Gate { admitted: admitted.clone(), resolver: DefaultResolver::default() };
    Agent::with_parts(config, DefaultConnector::default(), gate)
}

fn unreachable(address: &str, source: BoxError) -> Error {
    let told = format!("fetching {}: {source}", address.escape_debug());
    Error::new(ErrorKind::Unreachable, told).caused_by(source)
}
