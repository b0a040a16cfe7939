//! Certificates, algorithms and keys; digests and CMS.
//!
//! Private keys stay behind [`SigningKey`]; [`SoftwareKey`] is one implementation of it, a device or
//! a remote service is another. Which library does the arithmetic shows nowhere outside this room.

mod algorithm;
mod certificate;
mod credentials;
mod digest;
mod international;
mod key;
mod keyfile;
mod name;
#[cfg(feature = "algorithms")]
mod rare;
#[cfg(feature = "sm")]
mod sm;
mod subject;

pub(crate) mod cms;

pub use crate::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub use crate::crypto::certificate::Certificate;
pub use crate::crypto::credentials::Credentials;
pub use crate::crypto::key::{SigningKey, SoftwareKey};
#[cfg(feature = "pkcs12")]
pub use crate::crypto::keyfile::Pkcs12;
#[cfg(feature = "sm")]
pub use crate::crypto::sm::{SM2_DEFAULT_ID, sm2_digest, sm2_value_to_der};

#[cfg(feature = "pkcs11")]
pub(crate) use crate::crypto::algorithm::curve;
pub(crate) use crate::crypto::algorithm::{Judgement, KeyKind, PublicKey, oid, verify};
pub(crate) use crate::crypto::certificate::algorithm_of;
pub(crate) use crate::crypto::credentials::check_value;
#[cfg(feature = "form")]
pub(crate) use crate::crypto::digest::sm3;
pub(crate) use crate::crypto::digest::{Digester, digest, hex};
pub(crate) use crate::crypto::keyfile::pem_blocks;
pub(crate) use crate::crypto::name::{Name, mailboxes};
#[cfg(feature = "licence")]
pub(crate) use crate::crypto::subject::numbers as organisation_numbers;
pub(crate) use crate::crypto::subject::{policies, subject_says};
