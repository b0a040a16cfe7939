//! Keys behind a service with the API of the Cloud Signature Consortium, version 2 (and 1.0.4, as far as both
//! have the same methods): `signatures/signHash`.
//!
//! What is spoken is ours; carrying it is the caller's: a [`Transport`] posts JSON to a method below the
//! service's address and brings back status and body. With the feature `fetch` there is one.
//!
//! ```no_run
//! # fn post(url: &str, bearer: &str, body: &[u8]) -> Result<(u16, Vec<u8>), std::io::Error> { unimplemented!() }
//! use eseal::Signatory;
//! use eseal::keys::Secret;
//! use eseal::keys::csc::{Answer, Call, Carrier, Service};
//!
//! let carrier = Carrier::new(|call: &Call<'_>| {
//!     let url = format!("https://csc.example/csc/v2/{}", call.method);
//!     let (status, body) = post(&url, call.bearer.map_or("", |token| token.reveal()), call.body)?;
//!     Ok(Answer { status, body })
//! });
//! let service = Service::new(carrier).bearer(Secret::new("the token of OAuth"));
//! let id = service.credentials()?.into_iter().next().ok_or("the service has no credential for us")?;
//! let key = service.credential(&id)?.authorized_by("PIN", Secret::new("123456"));
//! let signatory = Signatory::new(key.into_credentials()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod credential;
mod service;
mod transport;
mod wire;

pub use crate::keys::csc::credential::Credential;
pub use crate::keys::csc::service::{Info, Service};
pub use crate::keys::csc::transport::{Answer, Call, Carrier, Transport};
