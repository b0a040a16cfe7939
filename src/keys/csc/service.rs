//! A service: what it says of itself, which credentials it keeps for the caller.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::keys::Secret;
use crate::keys::csc::wire::{ListAnswer, ListRequest, Refusal};
use crate::keys::csc::{Call, Credential, Transport};

/// The most bytes of an answer that are looked at.
const MOST: usize = 4 << 20;

/// The most pages of a list that are asked for.
const PAGES: usize = 100;

/// A service of the Cloud Signature Consortium.
#[derive(Clone, Debug)]
pub struct Service {
    transport: Arc<dyn Transport>,
    bearer: Option<Secret>,
}

/// What a service says of itself (`info`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Info {
    /// The version of the API, such as `2.0.0.2`.
    #[serde(default)]
    pub specs: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// The methods that it has, such as `signatures/signHash`.
    #[serde(default)]
    pub methods: Vec<String>,
}

impl Service {
    /// A service that is reached by `transport`.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Service { transport: Arc::new(transport), bearer: None }
    }

    /// Shows this token of access (OAuth 2) on each call.
    #[must_use]
    pub fn bearer(mut self, token: Secret) -> Self {
        self.bearer = Some(token);
        self
    }

    /// What the service says of itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the service is not reached, says no, or answers something else.
    pub fn info(&self) -> Result<Info, Error> {
        self.call("info", &serde_json::json!({}))
    }

    /// The identifiers of the credentials that it keeps for the caller.
    ///
    /// # Errors
    ///
    /// As [`Service::info`].
    pub fn credentials(&self) -> Result<Vec<String>, Error> {
        let (mut found, mut page) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let request = ListRequest { page_token: page.as_deref(), max_results: 100 };
            let answer: ListAnswer = self.call("credentials/list", &request)?;
            found.extend(answer.credential_ids);
            page = answer.next_page_token.filter(|token| !token.is_empty());
            if page.is_none() {
                return Ok(found);
            }
        }
        Err(signer(format!("the signature service's list of credentials has no end after {PAGES} pages")))
    }

    /// A credential with its certificates.
    ///
    /// # Errors
    ///
    /// As [`Service::info`]; [`ErrorKind::Signer`] when its key is disabled or its certificate is not valid.
    pub fn credential(&self, id: &str) -> Result<Credential, Error> {
        Credential::open(self.clone(), id)
    }

    /// Calls a method and reads its answer.
    pub(super) fn call<T: DeserializeOwned>(&self, method: &str, request: &impl Serialize) -> Result<T, Error> {
        let failed = |told: String| signer(format!("the signature service, {method}: {told}"));
        let body = serde_json::to_vec(request).map_err(|error| failed(error.to_string()))?;
        let body = Zeroizing::new(body);
        let answer = self
            .transport
            .post(&Call { method, bearer: self.bearer.as_ref(), body: &body })
            .map_err(|source| failed(format!("it was not reached: {source}")).caused_by(source))?;
        if answer.body.len() > MOST {
            return Err(failed(format!("its answer has {} bytes, more than {MOST}", answer.body.len())));
        }
        if !(200..300).contains(&answer.status) {
            return Err(failed(refusal(answer.status, &answer.body)));
        }
        serde_json::from_slice(&answer.body)
            .map_err(|source| failed(format!("its answer is not what the method gives ({source})")).caused_by(source))
    }
}

/// What an answer with an error status says, in its own words where it has some.
fn refusal(status: u16, body: &[u8]) -> String {
    let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else {
        return format!("it answered with the status {status} and no reason");
    };
    let said = match refusal.error.as_str() {
        "invalid_request" => "the request is not accepted",
        "unauthorized_client" | "access_denied" => "access is denied: look after the token of access and the PIN",
        "invalid_token" => "the token of access is not valid or no longer so: get another one",
        "expired_token" => "the token of access has expired: get another one",
        "invalid_otp" | "invalid_pin" => "the PIN or one-time password is wrong",
        "unsupported_grant_type" | "unsupported_response_type" => "the way of getting access is not supported",
        _ => "it said no",
    };
    let words = refusal.error_description.unwrap_or_default();
    format!("{said} (status {status}, {}: \"{}\")", refusal.error.escape_debug(), words.escape_debug())
}

pub(super) fn signer(message: String) -> Error {
    Error::new(ErrorKind::Signer, message)
}
