//! The structures in which devices of GM/T 0016 and GM/T 0018 hand out numbers of the SM2 curve.

use crate::crypto::{Certificate, SignatureAlgorithm};
use crate::error::{BoxError, Error, ErrorKind};
use crate::keys::function::digest_to_sign;
use crate::keys::value::raw_to_der;

/// `ECCPUBLICKEYBLOB` (GM/T 0016, 6.4.5) and `ECCrefPublicKey` (GM/T 0018, 5.4): each coordinate in 64 octets,
/// right-aligned behind zeros.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EccPublicKey {
    /// The length of the field in bits: 256 for SM2.
    pub bits: u32,
    /// The x coordinate.
    pub x: [u8; 64],
    /// The y coordinate.
    pub y: [u8; 64],
}

/// `ECCSIGNATUREBLOB` (GM/T 0016, 6.4.9) and `ECCSignature` (GM/T 0018, 5.4): each number in 64 octets,
/// right-aligned behind zeros.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EccSignature {
    /// r.
    pub r: [u8; 64],
    /// s.
    pub s: [u8; 64],
}

/// Has a device sign the digest of a message, SM3(Z ‖ message), and gives the value in DER.
pub(super) fn sign_by<E: Into<BoxError>>(
    certificate: &Certificate,
    message: &[u8],
    sign: impl FnOnce(&[u8; 32]) -> Result<EccSignature, E>,
) -> Result<Vec<u8>, BoxError> {
    let digest = digest_to_sign(SignatureAlgorithm::Sm2Sm3, certificate, message)?;
    let digest = <[u8; 32]>::try_from(digest).map_err(|_| "an SM3 digest has 32 bytes")?;
    Ok(sign(&digest).map_err(Into::into)?.to_der()?)
}

impl EccPublicKey {
    /// The uncompressed point, `04 ‖ x ‖ y`.
    pub(super) fn point(&self) -> Result<Vec<u8>, Error> {
        if self.bits != 256 {
            let told = format!("the device's key has {} bits: a key for SM2 has 256", self.bits);
            return Err(Error::new(ErrorKind::Mismatch, told));
        }
        Ok([&[4], number(&self.x, "the x coordinate")?, number(&self.y, "the y coordinate")?].concat())
    }
}

impl EccSignature {
    /// `SEQUENCE { r, s }`.
    pub(super) fn to_der(self) -> Result<Vec<u8>, Error> {
        raw_to_der(&[number(&self.r, "r")?, number(&self.s, "s")?].concat())
    }
}

/// The 32 octets of a number; a device that aligns it otherwise is not guessed at.
fn number<'b>(blob: &'b [u8; 64], what: &str) -> Result<&'b [u8], Error> {
    let (zeros, number) = blob.split_at(32);
    if zeros.iter().all(|octet| *octet == 0) {
        return Ok(number);
    }
    let told =
        format!("the device wrote {what} of SM2 not right-aligned behind 32 zeros, as GM/T 0016 and 0018 have it");
    Err(Error::new(ErrorKind::Signer, told))
}
