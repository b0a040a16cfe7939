//! A certificate and the key that belongs to it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::crypto::{Certificate, Judgement, SignatureAlgorithm, SigningKey, SoftwareKey, verify};
use crate::error::{BoxError, Error, ErrorKind};

/// A certificate, the certificates above it, and the private key that belongs to it.
///
/// Wrap it in [`SealMaker`](crate::SealMaker) or [`Signatory`](crate::Signatory): the two roles are
/// never the same parameter.
#[derive(Clone)]
pub struct Credentials {
    certificate: Certificate,
    chain: Vec<Certificate>,
    key: Arc<dyn SigningKey>,
    /// The same key, where it lies in this process's memory.
    software: Option<Arc<SoftwareKey>>,
}

impl Credentials {
    /// Pairs a key with its certificate. `chain` begins with the key's own certificate; those of the
    /// authorities above it may follow and are put into CMS signatures.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the key is another certificate's, or makes values of an algorithm
    /// that the certificate's key cannot; [`ErrorKind::Misuse`] when the chain is empty.
    pub fn new(chain: Vec<Certificate>, key: impl SigningKey + 'static) -> Result<Self, Error> {
        let key = Arc::new(key);
        let software = Arc::<dyn Any + Send + Sync>::downcast(key.clone()).ok();
        let mut chain = chain.into_iter();
        let Some(certificate) = chain.next() else {
            return Err(Error::new(ErrorKind::Misuse, "credentials need a certificate: the chain is empty"));
        };
        let public = certificate.public_key()?;
        let algorithm = key.algorithm();
        if !algorithm.fits(public.kind()) {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "the key signs by {algorithm}, the certificate of {} holds a key of {}",
                    certificate.subject(),
                    public.kind()
                ),
            ));
        }
        if key.public_key().is_some_and(|bits| bits != public.bits()) {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "the private key is not that of the certificate of {} (serial {})",
                    certificate.subject(),
                    certificate.serial_number()
                ),
            ));
        }
        Ok(Credentials { certificate, chain: chain.collect(), key, software })
    }

    /// Reads a certificate (and those above it) and its private key from PEM or DER.
    ///
    /// # Errors
    ///
    /// When either cannot be read, or as [`Credentials::new`].
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, Error> {
        Self::load(certificates, key, None)
    }

    /// Reads a certificate (and those above it) and its encrypted private key (PKCS#8) from PEM or DER.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the password does not open the key; else as
    /// [`Credentials::from_pem`].
    #[cfg(feature = "pkcs12")]
    pub fn from_pem_with_password(certificates: &[u8], key: &[u8], password: &str) -> Result<Self, Error> {
        Self::load(certificates, key, Some(password))
    }

    fn load(certificates: &[u8], key: &[u8], password: Option<&str>) -> Result<Self, Error> {
        let chain = Certificate::list_from_pem(certificates)?;
        let public = chain.first().and_then(|certificate| certificate.public_key().ok());
        let key = SoftwareKey::load(key, password, public)?;
        Self::new(chain, key)
    }

    /// The key's own certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificates above it, as far as they were given.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The algorithm of the values that the key makes.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    /// Has the key sign, and checks the value before anyone else sees it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the key refuses, or answers with a value that does not verify.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let refused = |source: BoxError| {
            Error::new(ErrorKind::Signer, format!("the key of {} did not sign: {source}", self.certificate.subject()))
                .caused_by(source)
        };
        #[cfg(feature = "sm")]
        if let Some(key) = self.software.as_deref().and_then(SoftwareKey::sm2)
            && let Some(public) = self.certificate.public_key()?.sm2()
        {
            // The seal is in the message: its digest, which takes longer than either, serves the value and its check.
            let e = public.prefixed_digest(message);
            let value = key.sign_digest(&e).map_err(|source| refused(source.into()))?;
            refuse(public.verify_digest(&e, &value), self.algorithm(), &self.certificate, &value)?;
            return Ok(value);
        }
        let value = self.key.sign(message).map_err(refused)?;
        check_value(self.algorithm(), &self.certificate, message, &value)?;
        Ok(value)
    }
}

/// Refuses a signature value that does not verify: it must never be written.
pub(crate) fn check_value(
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    message: &[u8],
    value: &[u8],
) -> Result<(), Error> {
    refuse(verify(algorithm, certificate.public_key()?, message, value), algorithm, certificate, value)
}

fn refuse(
    judgement: Judgement,
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    value: &[u8],
) -> Result<(), Error> {
    match judgement {
        Judgement::Good { raw: false } => Ok(()),
        Judgement::Good { raw: true } => Err(Error::new(
            ErrorKind::Signer,
            "the key answered with r‖s of 64 bytes; make DER of it with sm2_value_to_der (GB/T 35276)",
        )),
        Judgement::Bad => Err(Error::new(
            ErrorKind::Signer,
            format!(
                "the key answered with a value of {} bytes that does not verify by {algorithm} with the certificate of {}",
                value.len(),
                certificate.subject()
            ),
        )),
        Judgement::Unsupported(reason) => Err(Error::unsupported(reason)),
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, {})", self.certificate, self.algorithm())
    }
}
