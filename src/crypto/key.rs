//! Private keys: the narrow trait, and keys in software.

use std::fmt;

use crate::crypto::algorithm::{KeyKind, SignatureAlgorithm};
use crate::crypto::international;
use crate::der::tag;
use crate::error::{BoxError, Error};

#[cfg(feature = "sm")]
use crate::crypto::sm;

/// A private key, wherever it lives: in this process, in a device, behind a service.
///
/// You rarely call it: wrap it in [`Credentials`](crate::Credentials) with its certificate and pass
/// that on. The message is short (the DER of what is signed), whatever the document's size, and it is
/// not hashed yet: the implementer hashes it as [`SigningKey::algorithm`] prescribes. For devices that
/// take an SM2 digest there is [`sm2_digest`](crate::sm2_digest).
///
/// A value that does not verify with the certificate never gets into a seal or a document, so a key
/// that answers wrongly is told by an error.
///
/// ```
/// use eseal::{BoxError, SignatureAlgorithm, SigningKey};
///
/// #[derive(Debug)]
/// struct RemoteKey;
///
/// impl SigningKey for RemoteKey {
///     fn algorithm(&self) -> SignatureAlgorithm {
///         SignatureAlgorithm::EcdsaSha256
///     }
///     fn public_key(&self) -> Option<Vec<u8>> {
///         None
///     }
///     fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, BoxError> {
///         Err("the line is down".into())
///     }
/// }
/// ```
pub trait SigningKey: fmt::Debug + Send + Sync {
    /// The algorithm of the values that [`SigningKey::sign`] makes.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public half if the key can show it: the octets in the BIT STRING of its
    /// SubjectPublicKeyInfo (an uncompressed point, an RSAPublicKey, an Ed25519 key). It serves to
    /// check that certificate and key belong together.
    fn public_key(&self) -> Option<Vec<u8>>;

    /// Signs a message. ECDSA and SM2 values are DER, `SEQUENCE { r, s }`.
    ///
    /// # Errors
    ///
    /// Whatever the key's keeper has to say; it becomes the source of an
    /// [`ErrorKind::Signer`](crate::ErrorKind::Signer).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError>;
}

/// A private key in this process's memory, for tests, for small services, and for those whose keys
/// are files. It does not print.
///
/// SM2 keys are wiped when they are dropped, and so is every buffer a key passed through on its way
/// from a file.
pub struct SoftwareKey(Secret);

enum Secret {
    International(international::PrivateKey),
    #[cfg(feature = "sm")]
    Sm2(sm::PrivateKey),
}

impl SoftwareKey {
    /// Reads a private key from PEM; DER is taken too.
    ///
    /// It may be PKCS#8, SEC 1 (`EC PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), of SM2, P-256, P-384,
    /// Ed25519 or RSA from 2048 bits on. The first private key in the file counts.
    ///
    /// # Errors
    ///
    /// When there is none or it cannot be read; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported)
    /// when it is of another kind, or a P-256 or P-384 key without its public half: load that with its
    /// certificate by [`Credentials::from_pem`](crate::Credentials::from_pem).
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::load(pem, None, None)
    }

    /// Reads a private key from DER.
    ///
    /// # Errors
    ///
    /// As [`SoftwareKey::from_pem`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.first() != Some(&tag::SEQUENCE) {
            return Err(Error::malformed("reading a private key: the bytes are not DER"));
        }
        Self::load(der, None, None)
    }

    /// Reads an encrypted private key (`ENCRYPTED PRIVATE KEY`, PKCS#8) from PEM or DER. A key in clear
    /// is read too, whatever the password.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when the password does not open it;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when it asks for more rounds of password
    /// hashing than [`Limits`](crate::Limits) admit by default; else as [`SoftwareKey::from_pem`].
    #[cfg(feature = "pkcs12")]
    pub fn from_encrypted(bytes: &[u8], password: &str) -> Result<Self, Error> {
        Self::load(bytes, Some(password), None)
    }

    /// A key on a curve from its secret number; `point` is the public half, which ECDSA needs.
    pub(crate) fn on_curve(kind: KeyKind, secret: &[u8], point: Option<&[u8]>) -> Result<Self, Error> {
        match (kind, point) {
            #[cfg(feature = "sm")]
            (KeyKind::Sm2, _) => sm::PrivateKey::new(secret).map(|key| SoftwareKey(Secret::Sm2(key))),
            #[cfg(not(feature = "sm"))]
            (KeyKind::Sm2, _) => Err(Error::unsupported("SM2 needs the \"sm\" feature of this crate")),
            (_, Some(point)) => international::PrivateKey::ecdsa(kind, secret, point).map(Self::international),
            (_, None) => Err(Error::unsupported(format!(
                "the {kind} key comes without its public half: load it together with its certificate"
            ))),
        }
    }

    /// An RSA key from an RSAPrivateKey.
    pub(crate) fn rsa(der: &[u8]) -> Result<Self, Error> {
        international::PrivateKey::rsa(der).map(Self::international)
    }

    /// An Ed25519 key from its seed.
    pub(crate) fn ed25519(seed: &[u8]) -> Result<Self, Error> {
        international::PrivateKey::ed25519(seed).map(Self::international)
    }

    /// The key of SM2, if it is one.
    #[cfg(feature = "sm")]
    pub(crate) fn sm2(&self) -> Option<&sm::PrivateKey> {
        match &self.0 {
            Secret::Sm2(key) => Some(key),
            Secret::International(_) => None,
        }
    }

    fn international(key: international::PrivateKey) -> Self {
        SoftwareKey(Secret::International(key))
    }
}

impl SigningKey for SoftwareKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        match &self.0 {
            Secret::International(key) => key.algorithm(),
            #[cfg(feature = "sm")]
            Secret::Sm2(_) => SignatureAlgorithm::Sm2Sm3,
        }
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        Some(match &self.0 {
            Secret::International(key) => key.public_bits(),
            #[cfg(feature = "sm")]
            Secret::Sm2(key) => key.public_bits(),
        })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        let value = match &self.0 {
            Secret::International(key) => key.sign(message),
            #[cfg(feature = "sm")]
            Secret::Sm2(key) => key.sign(message),
        };
        value.map_err(BoxError::from)
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({}, secret)", self.algorithm())
    }
}
