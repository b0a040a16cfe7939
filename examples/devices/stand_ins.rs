//! Devices in software, in the shapes of the two standards, that refuse what a device refuses. The keys behind them
//! are throw-away ones; a real adapter calls the driver's functions in their places.

use eseal::keys::{EccPublicKey, EccSignature, SdfDevice, SdfError, SkfContainer, SkfError};
use eseal::{Certificate, SigningKey, SoftwareKey};

/// What signs a digest of 32 bytes and answers r ‖ s.
pub(crate) type Sign = Box<dyn Fn(&[u8; 32]) -> [u8; 64] + Send>;

/// What a device keeps: a key that signs digests, and how it is locked.
pub(crate) struct Chip {
    /// Signs e = SM3(Z ‖ message).
    pub(crate) sign: Sign,
    /// The uncompressed point.
    pub(crate) point: Vec<u8>,
    pub(crate) certificate: Certificate,
    pub(crate) password: &'static str,
    pub(crate) open: bool,
    pub(crate) tries: u32,
}

impl std::fmt::Debug for Chip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chip")
    }
}

impl Chip {
    /// A chip with this key, locked.
    pub(crate) fn new(key_pem: &str, certificate: &Certificate, password: &'static str) -> Self {
        let key = SoftwareKey::from_pem(key_pem.as_bytes()).expect("a key");
        let point = key.public_key().expect("a public half");
        Chip {
            sign: sm2_digest_signer(key_pem),
            point,
            certificate: certificate.clone(),
            password,
            open: false,
            tries: 3,
        }
    }

    fn unlock(&mut self, password: &[u8]) -> bool {
        self.open = self.tries > 0 && password == self.password.as_bytes();
        self.tries = if self.open { 3 } else { self.tries.saturating_sub(1) };
        self.open
    }

    fn key(&self) -> EccPublicKey {
        let mut key = EccPublicKey { bits: 256, x: [0; 64], y: [0; 64] };
        key.x[32..].copy_from_slice(&self.point[1..33]);
        key.y[32..].copy_from_slice(&self.point[33..]);
        key
    }

    fn signature(&self, digest: &[u8; 32]) -> EccSignature {
        let value = (self.sign)(digest);
        let mut signature = EccSignature { r: [0; 64], s: [0; 64] };
        signature.r[32..].copy_from_slice(&value[..32]);
        signature.s[32..].copy_from_slice(&value[32..]);
        signature
    }
}

/// SM2 over a digest, which software keys of the crate do not offer: with the arithmetic's own crate.
fn sm2_digest_signer(key_pem: &str) -> Sign {
    use sm2::dsa::signature::hazmat::PrehashSigner as _;
    let key = sm2::dsa::SigningKey::from_slice("1234567812345678", &secret(key_pem)).expect("a key of SM2");
    Box::new(move |digest| {
        let value: sm2::dsa::Signature = key.sign_prehash(digest).expect("a value");
        value.to_bytes().into()
    })
}

/// The secret number in a throw-away key's PKCS#8: an OCTET STRING of 32 behind the version of its ECPrivateKey.
fn secret(key_pem: &str) -> Vec<u8> {
    use base64::Engine as _;
    let text: String = key_pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(text).expect("PEM");
    let before = [2, 1, 1, 4, 32];
    let at = der.windows(before.len()).position(|window| window == before).expect("a key of SM2") + before.len();
    der[at..at + 32].to_vec()
}

/// A container of a smart key (GM/T 0016).
#[derive(Debug)]
pub(crate) struct SoftContainer(pub(crate) Chip);

impl SkfContainer for SoftContainer {
    fn verify_pin(&mut self, pin: &str) -> Result<(), SkfError> {
        if self.0.tries == 0 {
            return Err(SkfError { code: SkfError::PIN_LOCKED, tries_left: Some(0) });
        }
        if self.0.unlock(pin.as_bytes()) {
            return Ok(());
        }
        Err(SkfError { code: SkfError::PIN_INCORRECT, tries_left: Some(self.0.tries) })
    }

    fn export_certificate(&mut self) -> Result<Vec<u8>, SkfError> {
        Ok(self.0.certificate.der().to_vec())
    }

    fn export_public_key(&mut self) -> Result<EccPublicKey, SkfError> {
        Ok(self.0.key())
    }

    fn ecc_sign_data(&mut self, digest: &[u8; 32]) -> Result<EccSignature, SkfError> {
        if !self.0.open {
            return Err(SkfError::new(SkfError::NOT_LOGGED_IN));
        }
        Ok(self.0.signature(digest))
    }
}

/// A device with one key under index 1 (GM/T 0018).
#[derive(Debug)]
pub(crate) struct SoftDevice(pub(crate) Chip);

impl SoftDevice {
    fn at(&mut self, index: u32) -> Result<&mut Chip, SdfError> {
        if index == 1 { Ok(&mut self.0) } else { Err(SdfError::NO_SUCH_KEY) }
    }
}

impl SdfDevice for SoftDevice {
    fn private_key_access_right(&mut self, index: u32, password: &[u8]) -> Result<(), SdfError> {
        if self.at(index)?.unlock(password) { Ok(()) } else { Err(SdfError::ACCESS_DENIED) }
    }

    fn release_private_key_access_right(&mut self, index: u32) -> Result<(), SdfError> {
        self.at(index)?.open = false;
        Ok(())
    }

    fn export_sign_public_key(&mut self, index: u32) -> Result<EccPublicKey, SdfError> {
        Ok(self.at(index)?.key())
    }

    fn internal_sign(&mut self, index: u32, digest: &[u8; 32]) -> Result<EccSignature, SdfError> {
        let chip = self.at(index)?;
        if chip.open { Ok(chip.signature(digest)) } else { Err(SdfError::ACCESS_DENIED) }
    }
}
