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
mod lifecycle;
pub mod seal;
mod trust;
pub use crate::seal::{Edition, Seal, SealContent, SealMaker, Signatory};
pub use crate::trust::{Role, Trust};
#[cfg(any(feature = "pdf", feature = "ofd"))]
mod stamp;
#[cfg(feature = "ofd")]
pub use crate::document::Ofd;
#[cfg(feature = "pdf")]
pub use crate::document::Pdf;
pub use crate::stamp::{Payload, Prepared, Signed, Stamp};
mod timestamp;
pub mod verify;
pub use crate::verify::{Policy, Report, Verified, Verifier};
