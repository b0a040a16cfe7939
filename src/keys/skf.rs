//! Smart keys with the interface of GM/T 0016 (SKF).

use std::fmt;
use std::sync::Mutex;

use crate::crypto::{Certificate, Credentials, SignatureAlgorithm, SigningKey};
use crate::error::{BoxError, Context, Error, ErrorKind};
use crate::keys::gm::sign_by;
use crate::keys::{EccPublicKey, EccSignature, Secret};

/// An open container of a smart key, in the shapes of GM/T 0016: implement it over the driver that came with the
/// key, a function for a function.
///
/// ```c
/// ULONG SKF_VerifyPIN(HAPPLICATION, ULONG ulPINType /* 1: user */, LPSTR szPIN, ULONG *pulRetryCount);
/// ULONG SKF_ExportCertificate(HCONTAINER, BOOL bSignFlag /* TRUE */, BYTE *pbCert, ULONG *pulCertLen);
/// ULONG SKF_ExportPublicKey(HCONTAINER, BOOL bSignFlag /* TRUE */, BYTE *pbBlob, ULONG *pulBlobLen);
/// ULONG SKF_ECCSignData(HCONTAINER, BYTE *pbData, ULONG ulDataLen /* 32 */, PECCSIGNATUREBLOB);
/// ```
///
/// A handle of SKF may be used by one thread at a time; [`SkfKey`] sees to that.
pub trait SkfContainer: fmt::Debug + Send {
    /// `SKF_VerifyPIN` with the user's PIN, on the application of the container.
    ///
    /// # Errors
    ///
    /// What the driver returned; the count of tries that are left belongs into [`SkfError::tries_left`].
    fn verify_pin(&mut self, pin: &str) -> Result<(), SkfError>;

    /// `SKF_ExportCertificate` of the signing key: DER.
    ///
    /// # Errors
    ///
    /// What the driver returned.
    fn export_certificate(&mut self) -> Result<Vec<u8>, SkfError>;

    /// `SKF_ExportPublicKey` of the signing key.
    ///
    /// # Errors
    ///
    /// What the driver returned.
    fn export_public_key(&mut self) -> Result<EccPublicKey, SkfError>;

    /// `SKF_ECCSignData`: `digest` is e = SM3(Z ‖ message), which the device does not hash again.
    ///
    /// # Errors
    ///
    /// What the driver returned.
    fn ecc_sign_data(&mut self, digest: &[u8; 32]) -> Result<EccSignature, SkfError>;
}

/// A return code of SKF other than `SAR_OK` (GM/T 0016, annex A).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SkfError {
    /// The code, such as `0x0A000024`.
    pub code: u32,
    /// How many tries are left for the PIN, where `SKF_VerifyPIN` told.
    pub tries_left: Option<u32>,
}

impl SkfError {
    /// `SAR_PIN_INCORRECT`.
    pub const PIN_INCORRECT: u32 = 0x0A00_0024;
    /// `SAR_PIN_LOCKED`.
    pub const PIN_LOCKED: u32 = 0x0A00_0025;
    /// `SAR_USER_NOT_LOGGED_IN`.
    pub const NOT_LOGGED_IN: u32 = 0x0A00_002D;
    /// `SAR_INDATALENERR`.
    pub const DATA_LENGTH: u32 = 0x0A00_0010;

    /// A code by itself.
    #[must_use]
    pub fn new(code: u32) -> Self {
        SkfError { code, tries_left: None }
    }
}

impl fmt::Display for SkfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match self.code {
            0x0A00_0003 => "the key does not support this",
            0x0A00_0005 => "the handle is not valid: open the device again",
            0x0A00_000A => "the key's usage does not allow it",
            0x0A00_000F => "the key did not answer in time",
            Self::DATA_LENGTH => "what was given has the wrong length",
            0x0A00_001B => "the container holds no such key",
            0x0A00_001C => "the container holds no certificate",
            0x0A00_0023 => "the key was taken out",
            Self::PIN_INCORRECT => "the PIN is wrong",
            Self::PIN_LOCKED => "the PIN is locked: have the key's administrator unlock it",
            0x0A00_0027 => "the PIN is too short or too long",
            Self::NOT_LOGGED_IN => "the PIN was not given",
            _ => "the key refused",
        };
        write!(f, "{told} (SKF 0x{:08X})", self.code)?;
        match self.tries_left {
            Some(count) => write!(f, "; {count} tries are left"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SkfError {}

/// A key in a smart key of GM/T 0016.
///
/// The PIN is given once. If the key forgets it, as on being taken out, it is given once more; a PIN that was
/// called wrong never is, since a few wrong tries lock the key.
#[derive(Debug)]
pub struct SkfKey<C> {
    container: Mutex<C>,
    certificate: Certificate,
    pin: Secret,
}

impl<C: SkfContainer> SkfKey<C> {
    /// Gives the PIN, takes the certificate out, and looks whether it is that of the container's key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the device refuses, its words being the source; [`ErrorKind::Mismatch`] when
    /// certificate and key do not belong together.
    pub fn open(mut container: C, pin: Secret) -> Result<Self, Error> {
        container.verify_pin(pin.reveal()).map_err(refused)?;
        let certificate = container.export_certificate().map_err(refused)?;
        let certificate = Certificate::from_der(&certificate).context("the certificate in the key")?;
        let point = container.export_public_key().map_err(refused)?.point()?;
        if certificate.public_key()?.bits() != point {
            let told = format!("the certificate of {} in the key is another key's", certificate.subject());
            return Err(Error::new(ErrorKind::Mismatch, told));
        }
        Ok(SkfKey { container: Mutex::new(container), certificate, pin })
    }

    /// The certificate that came out of the key.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Pairs the key with its certificate; `above` are the certificates of the authorities.
    ///
    /// # Errors
    ///
    /// As [`Credentials::new`].
    pub fn into_credentials(self, above: impl IntoIterator<Item = Certificate>) -> Result<Credentials, Error>
    where
        C: 'static,
    {
        let chain = std::iter::once(self.certificate.clone()).chain(above).collect();
        Credentials::new(chain, self)
    }

    fn sign_digest(&self, digest: &[u8; 32]) -> Result<EccSignature, SkfError> {
        let mut container = self.container.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match container.ecc_sign_data(digest) {
            Err(SkfError { code: SkfError::NOT_LOGGED_IN, .. }) => {
                container.verify_pin(self.pin.reveal())?;
                container.ecc_sign_data(digest)
            }
            answer => answer,
        }
    }
}

impl<C: SkfContainer> SigningKey for SkfKey<C> {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::Sm2Sm3
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        self.certificate.public_key().ok().map(|key| key.bits().to_vec())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        sign_by(&self.certificate, message, |digest| self.sign_digest(digest))
    }
}

fn refused(error: SkfError) -> Error {
    Error::new(ErrorKind::Signer, format!("the smart key: {error}")).caused_by(error)
}
