//! Electronic seals.

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

#[cfg(feature = "authority")]
pub mod authority;

mod crypto;
mod der;
mod document;
mod error;
mod finding;
mod limits;
mod picture;
mod time;
mod units;

pub use crate::crypto::{Certificate, Credentials, DigestAlgorithm, SignatureAlgorithm, SigningKey, SoftwareKey};
#[cfg(feature = "pkcs12")]
pub use crate::crypto::Pkcs12;
#[cfg(feature = "sm")]
pub use crate::crypto::{SM2_DEFAULT_ID, sm2_digest};
pub use crate::error::{BoxError, Error, ErrorKind};
pub use crate::finding::{Check, Finding, Outcome, Verdict, checks};
pub use crate::limits::Limits;
pub use crate::picture::{Picture, PictureFormat};
pub use crate::time::{Time, Validity};
pub use crate::units::{Area, Mm, Page};
