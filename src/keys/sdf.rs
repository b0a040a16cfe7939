//! Cryptographic devices with the interface of GM/T 0018 (SDF).

use std::fmt;
use std::sync::Mutex;

use crate::crypto::{Certificate, SignatureAlgorithm, SigningKey};
use crate::error::{BoxError, Error, ErrorKind};
use crate::keys::gm::sign_by;
use crate::keys::{EccPublicKey, EccSignature, Secret};

/// A session with a device, in the shapes of GM/T 0018: implement it over the device's library, a function for a
/// function.
///
/// ```c
/// int SDF_GetPrivateKeyAccessRight(void *hSession, unsigned int uiKeyIndex, unsigned char *pucPassword,
///                                  unsigned int uiPwdLength);
/// int SDF_ReleasePrivateKeyAccessRight(void *hSession, unsigned int uiKeyIndex);
/// int SDF_ExportSignPublicKey_ECC(void *hSession, unsigned int uiKeyIndex, ECCrefPublicKey *);
/// int SDF_InternalSign_ECC(void *hSession, unsigned int uiISKIndex, unsigned char *pucData /* 32 */,
///                          unsigned int uiDataLength, ECCSignature *);
/// ```
///
/// A session is one thread's at a time; [`SdfKey`] sees to that. The right to use a key belongs to the session.
pub trait SdfDevice: fmt::Debug + Send {
    /// `SDF_GetPrivateKeyAccessRight`.
    ///
    /// # Errors
    ///
    /// What the device returned.
    fn private_key_access_right(&mut self, index: u32, password: &[u8]) -> Result<(), SdfError>;

    /// `SDF_ReleasePrivateKeyAccessRight`.
    ///
    /// # Errors
    ///
    /// What the device returned.
    fn release_private_key_access_right(&mut self, index: u32) -> Result<(), SdfError>;

    /// `SDF_ExportSignPublicKey_ECC`.
    ///
    /// # Errors
    ///
    /// What the device returned.
    fn export_sign_public_key(&mut self, index: u32) -> Result<EccPublicKey, SdfError>;

    /// `SDF_InternalSign_ECC`: `digest` is e = SM3(Z ‖ message), which the device does not hash again.
    ///
    /// # Errors
    ///
    /// What the device returned.
    fn internal_sign(&mut self, index: u32, digest: &[u8; 32]) -> Result<EccSignature, SdfError>;
}

/// A return code of SDF other than `SDR_OK` (GM/T 0018, annex A).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SdfError(pub u32);

impl SdfError {
    /// `SDR_PARDENY`: no right to use the private key.
    pub const ACCESS_DENIED: SdfError = SdfError(0x0100_0007);
    /// `SDR_KEYNOTEXIST`.
    pub const NO_SUCH_KEY: SdfError = SdfError(0x0100_0008);
    /// `SDR_INARGERR`.
    pub const ARGUMENT: SdfError = SdfError(0x0100_001D);
}

impl fmt::Display for SdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match self.0 {
            0x0100_0002 => "the device does not support this",
            0x0100_0003 => "the device cannot be reached",
            0x0100_0004 => "the device has a fault",
            0x0100_0005 => "the device cannot be opened",
            0x0100_0006 => "no session can be opened",
            0x0100_0007 => "there is no right to use this private key: its access password is wrong or was not given",
            0x0100_0008 => "there is no key under this index",
            0x0100_000D => "the device could not sign",
            0x0100_001D => "what was given is not what the device takes",
            _ => "the device refused",
        };
        write!(f, "{told} (SDF 0x{:08X})", self.0)
    }
}

impl std::error::Error for SdfError {}

/// A key under an index in a device of GM/T 0018. Such devices hold no certificates: it comes from the caller.
#[derive(Debug)]
pub struct SdfKey<D: SdfDevice> {
    device: Mutex<D>,
    index: u32,
    certificate: Certificate,
    password: Secret,
}

impl<D: SdfDevice> SdfKey<D> {
    /// Gets the right to use the key under `index`, and looks whether the certificate is that key's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the device refuses, its words being the source; [`ErrorKind::Mismatch`] when
    /// certificate and key do not belong together.
    pub fn open(mut device: D, index: u32, password: Secret, certificate: &Certificate) -> Result<Self, Error> {
        let point = device.export_sign_public_key(index).map_err(refused)?.point()?;
        if certificate.public_key()?.bits() != point {
            let told = format!("the certificate of {} is not that of the key {index}", certificate.subject());
            return Err(Error::new(ErrorKind::Mismatch, told));
        }
        device.private_key_access_right(index, password.reveal().as_bytes()).map_err(refused)?;
        Ok(SdfKey { device: Mutex::new(device), index, certificate: certificate.clone(), password })
    }

    fn sign_digest(&self, digest: &[u8; 32]) -> Result<EccSignature, SdfError> {
        let mut device = self.device.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match device.internal_sign(self.index, digest) {
            Err(SdfError::ACCESS_DENIED) => {
                device.private_key_access_right(self.index, self.password.reveal().as_bytes())?;
                device.internal_sign(self.index, digest)
            }
            answer => answer,
        }
    }
}

impl<D: SdfDevice> Drop for SdfKey<D> {
    fn drop(&mut self) {
        let device = self.device.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The session ends with the device at the latest: that it cannot be given back does no harm.
        let _ = device.release_private_key_access_right(self.index);
    }
}

impl<D: SdfDevice> SigningKey for SdfKey<D> {
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

fn refused(error: SdfError) -> Error {
    Error::new(ErrorKind::Signer, format!("the cryptographic device: {error}")).caused_by(error)
}
