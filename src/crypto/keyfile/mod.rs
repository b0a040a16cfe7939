//! Keys and certificates as they lie in files.

#[cfg(feature = "pkcs12")]
mod encryption;
#[cfg(feature = "pkcs12")]
mod oid;
#[cfg(feature = "pkcs12")]
mod password;
mod pem;
#[cfg(feature = "pkcs12")]
mod pkcs12;
mod private_key;

#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use crate::crypto::key::SoftwareKey;
use crate::crypto::keyfile::private_key::{Hints, Shape, named_curve};
use crate::crypto::{KeyKind, PublicKey};
use crate::der::{Tlv, tag};
use crate::error::{Context, Error};

#[cfg(feature = "pkcs12")]
use crate::crypto::keyfile::password::{Password, Rounds};
#[cfg(feature = "pkcs12")]
use crate::error::ErrorKind;
#[cfg(feature = "pkcs12")]
use crate::limits::Limits;

#[cfg(feature = "pkcs12")]
pub use crate::crypto::keyfile::pkcs12::Pkcs12;

pub(crate) use crate::crypto::keyfile::pem::{PemBlock, pem_blocks};

impl SoftwareKey {
    /// Reads a private key from PEM or DER, whichever it is, encrypted or not.
    ///
    /// `public` is the certificate's key: some files hold the private half of a P-256 or P-384 key
    /// only, and signing with it takes both.
    pub(crate) fn load(bytes: &[u8], password: Option<&str>, public: Option<&PublicKey>) -> Result<Self, Error> {
        let hints = Hints { public, curve: None };
        let load = || {
            if bytes.first() == Some(&tag::SEQUENCE) {
                return load_der(bytes, password, hints);
            }
            load_pem(&pem_blocks(bytes)?, password, hints)
        };
        load().context("reading a private key")
    }
}

fn load_pem(blocks: &[PemBlock], password: Option<&str>, mut hints: Hints<'_>) -> Result<SoftwareKey, Error> {
    let block = blocks
        .iter()
        .find(|block| block.label.ends_with("PRIVATE KEY"))
        .ok_or_else(|| Error::malformed("there is no private key in the file: expected PEM or DER"))?;
    if block.encrypted {
        return Err(Error::unsupported(
            "the PEM block is encrypted in the manner of RFC 1421 (Proc-Type: 4,ENCRYPTED), which is not built in: \
             convert it with \"openssl pkcs8 -topk8 -v2 aes-256-cbc\"",
        ));
    }
    hints.curve = curve_beside(blocks, block);
    load_der(&block.der, password, hints)
}

/// The curve named beside an ECPrivateKey: by its label or by a block of parameters.
fn curve_beside(blocks: &[PemBlock], key: &PemBlock) -> Option<KeyKind> {
    match key.label.as_str() {
        "SM2 PRIVATE KEY" => Some(KeyKind::Sm2),
        "EC PRIVATE KEY" => {
            let parameters = blocks.iter().find(|block| block.label == "EC PARAMETERS")?;
            named_curve(&Tlv::only(&parameters.der, "EC PARAMETERS").ok()?).ok()
        }
        _ => None,
    }
}

fn load_der(der: &[u8], password: Option<&str>, hints: Hints<'_>) -> Result<SoftwareKey, Error> {
    if private_key::shape(der)? == Shape::Encrypted {
        return private_key::read(&unlock(der, password)?, hints);
    }
    private_key::read(der, hints)
}

#[cfg(feature = "pkcs12")]
fn unlock(der: &[u8], password: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let password = password.ok_or_else(|| {
        Error::new(ErrorKind::Mismatch, "the private key is encrypted: load it together with its password")
    })?;
    encryption::open_private_key(der, &Password::new(password), &mut Rounds::new(&Limits::default()))
}

#[cfg(not(feature = "pkcs12"))]
fn unlock(_: &[u8], _: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Error> {
    Err(Error::unsupported("the private key is encrypted, which needs the \"pkcs12\" feature of this crate"))
}
