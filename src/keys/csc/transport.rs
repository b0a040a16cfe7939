//! Carrying calls to a service.

use std::fmt;

use crate::error::BoxError;
use crate::keys::Secret;

/// One call: a POST of JSON.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// The method below the service's address, such as `signatures/signHash`.
    pub method: &'c str,
    /// What goes into `Authorization: Bearer …`.
    pub bearer: Option<&'c Secret>,
    /// The body, `application/json`. It may hold a PIN: it is not to be logged.
    pub body: &'c [u8],
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Carries calls to a service and brings back its answers, whatever their status.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Posts the call.
    ///
    /// # Errors
    ///
    /// When no answer came; an answer with a status above 399 is an answer.
    fn post(&self, call: &Call<'_>) -> Result<Answer, BoxError>;
}

/// A [`Transport`] made of a closure.
pub struct Carrier<F>(F);

impl<F: Fn(&Call<'_>) -> Result<Answer, BoxError> + Send + Sync> Carrier<F> {
    /// Carries through `post`.
    pub fn new(post: F) -> Self {
        Carrier(post)
    }
}

impl<F: Fn(&Call<'_>) -> Result<Answer, BoxError> + Send + Sync> Transport for Carrier<F> {
    fn post(&self, call: &Call<'_>) -> Result<Answer, BoxError> {
        (self.0)(call)
    }
}

impl<F> fmt::Debug for Carrier<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carrier")
    }
}
