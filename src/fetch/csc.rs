//! Calls to signature services over HTTP.

use std::sync::Arc;

use crate::error::BoxError;
use crate::fetch::Fetcher;
use crate::keys::Secret;
use crate::keys::csc::{Answer, Call, Transport};

/// A signature service at an address of HTTP.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use eseal::fetch::Fetcher;
/// use eseal::keys::csc::Service;
///
/// let fetcher = Arc::new(Fetcher::new().only_hosts(["csc.example"]));
/// let service = Service::new(fetcher.signature_service("https://csc.example/csc/v2"));
/// println!("{}", service.info()?.name);
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Debug)]
pub struct HttpTransport {
    fetcher: Arc<Fetcher>,
    address: String,
}

impl HttpTransport {
    pub(super) fn new(fetcher: Arc<Fetcher>, address: String) -> Self {
        HttpTransport { fetcher, address: address.trim_end_matches('/').to_owned() }
    }
}

impl Transport for HttpTransport {
    fn post(&self, call: &Call<'_>) -> Result<Answer, BoxError> {
        if !self.fetcher.keeps_secrets(&self.address) {
            return Err("PINs and tokens of access are sent over https only".into());
        }
        let address = format!("{}/{}", self.address, call.method);
        let (status, body) = self.fetcher.post_json(&address, call.bearer.map(Secret::reveal), call.body)?;
        Ok(Answer { status, body })
    }
}
