//! Keys elsewhere: in devices, in tokens, behind services.
//!
//! Each is a [`SigningKey`](crate::SigningKey), so that it goes wherever a key in a file goes: pair it with its
//! certificate in [`Credentials`](crate::Credentials). What a key answers is checked against the certificate
//! before it gets into a seal or a document.
//!
//! | where the key is | use |
//! | --- | --- |
//! | behind a function of yours that signs messages | [`MessageKey`] |
//! | behind a function of yours that signs digests | [`DigestKey`] |
//! | in a token or module with PKCS#11 | `Pkcs11Key` (feature `pkcs11`) |
//! | behind a service of the Cloud Signature Consortium | [`csc`] (feature `csc`) |
//! | in a smart key with the interface of GM/T 0016 | [`SkfKey`] (feature `sm`) |
//! | in a cryptographic device with the interface of GM/T 0018 | [`SdfKey`] (feature `sm`) |
//! | on another machine, reached by mail or by hand | [`Stamp::prepare`](crate::Stamp::prepare) |

#[cfg(feature = "csc")]
pub mod csc;
mod function;
#[cfg(feature = "sm")]
mod gm;
#[cfg(feature = "pkcs11")]
mod pkcs11;
#[cfg(feature = "sm")]
mod sdf;
mod secret;
#[cfg(feature = "sm")]
mod skf;
mod value;

pub use crate::keys::function::{DigestKey, MessageKey, digest_info, digest_to_sign};
#[cfg(feature = "sm")]
pub use crate::keys::gm::{EccPublicKey, EccSignature};
#[cfg(feature = "pkcs11")]
pub use crate::keys::pkcs11::{KeyName, Pkcs11Key, Pkcs11Token, Sm2Mechanism, TokenName};
#[cfg(feature = "sm")]
pub use crate::keys::sdf::{SdfDevice, SdfError, SdfKey};
pub use crate::keys::secret::Secret;
#[cfg(feature = "sm")]
pub use crate::keys::skf::{SkfContainer, SkfError, SkfKey};
pub use crate::keys::value::ValueForm;
