//! Keys behind a function: of messages, and of digests.

use std::fmt;

use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm, SigningKey, digest};
use crate::error::{BoxError, Error};
use crate::keys::value::{ValueForm, raw_to_der};

/// A key behind a function that signs messages.
///
/// ```
/// # #[cfg(feature = "authority")] {
/// use eseal::keys::MessageKey;
/// use eseal::{Credentials, SignatureAlgorithm};
///
/// # let now: eseal::Time = "2026-08-01T00:00:00Z".parse()?;
/// # let device = eseal::authority::Authority::new(eseal::authority::Algorithm::P256, now)?.signatory("示例")?;
/// let certificate = device.certificate().clone();
/// // The function would ask the device; the key itself never comes here.
/// let key = MessageKey::new(SignatureAlgorithm::EcdsaSha256, move |message: &[u8]| Ok(device.sign(message)?));
/// let credentials = Credentials::new(vec![certificate], key)?;
/// assert!(credentials.sign(b"a message").is_ok());
/// # }
/// # Ok::<(), eseal::Error>(())
/// ```
pub struct MessageKey<F> {
    algorithm: SignatureAlgorithm,
    sign: F,
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> MessageKey<F> {
    /// `sign` hashes the message as `algorithm` prescribes and gives ECDSA and SM2 values in DER.
    pub fn new(algorithm: SignatureAlgorithm, sign: F) -> Self {
        MessageKey { algorithm, sign }
    }
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> SigningKey for MessageKey<F> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        None
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        (self.sign)(message)
    }
}

impl<F> fmt::Debug for MessageKey<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageKey({})", self.algorithm)
    }
}

/// A key behind a function that signs digests: the function gets what [`digest_to_sign`] makes.
///
/// ```
/// # #[cfg(feature = "sm")] {
/// use eseal::keys::{DigestKey, ValueForm};
/// use eseal::{Certificate, Credentials, SignatureAlgorithm};
///
/// # fn device(e: &[u8]) -> Result<Vec<u8>, std::io::Error> { Ok(vec![0; 64]) }
/// # fn demo(certificate: Certificate) -> Result<(), eseal::Error> {
/// let key = DigestKey::new(SignatureAlgorithm::Sm2Sm3, &certificate, ValueForm::Raw, |e: &[u8]| Ok(device(e)?));
/// let credentials = Credentials::new(vec![certificate], key)?;
/// # Ok(())
/// # }
/// # }
/// ```
pub struct DigestKey<F> {
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    form: ValueForm,
    sign: F,
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> DigestKey<F> {
    /// `certificate` is the key's: an SM2 digest includes the public key. `form` is how `sign` writes ECDSA and
    /// SM2 values; RSA values it gives as they are.
    pub fn new(algorithm: SignatureAlgorithm, certificate: &Certificate, form: ValueForm, sign: F) -> Self {
        DigestKey { algorithm, certificate: certificate.clone(), form, sign }
    }
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> SigningKey for DigestKey<F> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        None
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        let value = (self.sign)(&digest_to_sign(self.algorithm, &self.certificate, message)?)?;
        match self.form {
            ValueForm::Raw if is_on_curve(self.algorithm) => Ok(raw_to_der(&value)?),
            _ => Ok(value),
        }
    }
}

impl<F> fmt::Debug for DigestKey<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigestKey({}, {})", self.algorithm, self.certificate.subject())
    }
}

/// Whether values of this algorithm are pairs of numbers.
pub(super) fn is_on_curve(algorithm: SignatureAlgorithm) -> bool {
    use SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, Sm2Sm3};
    matches!(algorithm, EcdsaSha256 | EcdsaSha384 | Sm2Sm3)
}

/// What a key that signs digests is given for a message: for SM2 `SM3(Z ‖ message)`, where Z binds the
/// certificate's key and the default identity; for the others the digest of the message.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for Ed25519, which signs messages only; when the
/// algorithm belongs to a feature that is switched off.
pub fn digest_to_sign(
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    message: &[u8],
) -> Result<Vec<u8>, Error> {
    match algorithm {
        SignatureAlgorithm::Ed25519 => {
            Err(Error::unsupported("Ed25519 signs messages, not digests (RFC 8032): use a MessageKey"))
        }
        #[cfg(feature = "sm")]
        SignatureAlgorithm::Sm2Sm3 => {
            let point = certificate.public_key()?.bits();
            Ok(crate::crypto::sm2_digest(point, crate::crypto::SM2_DEFAULT_ID, message)?.to_vec())
        }
        other => {
            let _ = certificate;
            digest(other.digest(), message)
        }
    }
}

/// `DigestInfo` (RFC 8017, 9.2): what keys sign that apply the bare RSASSA-PKCS1-v1_5 padding, such as
/// `CKM_RSA_PKCS`.
///
/// ```
/// let info = eseal::keys::digest_info(eseal::DigestAlgorithm::Sha256, &[7; 32])?;
/// assert_eq!((info.len(), info[0]), (51, 0x30));
/// # Ok::<(), eseal::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when the digest has another length than the algorithm's.
pub fn digest_info(algorithm: DigestAlgorithm, digest: &[u8]) -> Result<Vec<u8>, Error> {
    if digest.len() != algorithm.length() {
        let told = format!("{} bytes are no digest by {algorithm}", digest.len());
        return Err(Error::new(crate::error::ErrorKind::Misuse, told));
    }
    let oid = algorithm.oid();
    // Each part is shorter than 128 octets, so each length is one octet.
    let short = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    let identifier = [&[6, short(oid.as_bytes().len())], oid.as_bytes(), &[5, 0]].concat();
    let content = [&[0x30, short(identifier.len())], identifier.as_slice(), &[4, short(digest.len())], digest].concat();
    Ok([&[0x30, short(content.len())], content.as_slice()].concat())
}
