//! SM2 with SM3. The one module that knows which crate does the arithmetic.

use std::borrow::Cow;

use sm2::dsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use sm2::dsa::{Signature, SigningKey as Sm2SigningKey, VerifyingKey as Sm2VerifyingKey};
use sm3::{Digest as _, Sm3};

use crate::crypto::algorithm::Judgement;
use crate::error::{Error, ErrorKind};

/// The identity that signers have unless they agreed on another (GB/T 35276).
pub const SM2_DEFAULT_ID: &[u8] = b"1234567812345678";

const DEFAULT_ID: &str = "1234567812345678";

/// The curve's a, b, xG and yG, as GB/T 32918.5 lists them; they go into every Z.
const CURVE: [[u8; 32]; 4] = [
    hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"),
    hex("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"),
    hex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
    hex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"),
];

#[allow(clippy::indexing_slicing)] // Evaluated by the compiler, which would stop at a wrong index.
const fn hex(text: &str) -> [u8; 32] {
    const fn digit(byte: u8) -> u8 {
        if byte <= b'9' { byte - b'0' } else { byte - b'A' + 10 }
    }
    let text = text.as_bytes();
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 32 {
        bytes[at] = digit(text[2 * at]) << 4 | digit(text[2 * at + 1]);
        at += 1;
    }
    bytes
}

/// The digest `e = SM3(Z ‖ message)` that an SM2 signature is made over (GB/T 32918.2-2016, 6.1), for
/// devices that sign a digest instead of a message.
///
/// `public_key` is the uncompressed point, `04 ‖ x ‖ y`; `id` is the signer's identity, usually
/// [`SM2_DEFAULT_ID`].
///
/// # Errors
///
/// [`ErrorKind::Malformed`] when the public key is not such a point, [`ErrorKind::Misuse`] when the
/// identity has 8192 bytes or more.
///
/// ```
/// let mut point = vec![4];
/// point.extend([0x11; 64]);
/// let digest = eseal::sm2_digest(&point, eseal::SM2_DEFAULT_ID, b"to be signed")?;
/// assert_eq!(digest.len(), 32);
/// # Ok::<(), eseal::Error>(())
/// ```
pub fn sm2_digest(public_key: &[u8], id: &[u8], message: &[u8]) -> Result<[u8; 32], Error> {
    let mut hasher = Sm3::new_with_prefix(identity(public_key, id)?);
    hasher.update(message);
    Ok(hasher.finalize().into())
}

/// The DER form, `SEQUENCE { r, s }` (GB/T 35276), of an SM2 value that a device gave as
/// `r ‖ s` in 64 bytes.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] when there are not 64 bytes, or a number lies outside 1 to n − 1.
///
/// ```
/// let mut raw = [0; 64];
/// (raw[31], raw[63]) = (1, 2);
/// assert_eq!(eseal::sm2_value_to_der(&raw)?, [0x30, 6, 2, 1, 1, 2, 1, 2]);
/// # Ok::<(), eseal::Error>(())
/// ```
pub fn sm2_value_to_der(raw: &[u8]) -> Result<Vec<u8>, Error> {
    let signature = Signature::from_slice(raw).map_err(|source| {
        Error::malformed(format!(
            "{} bytes are no SM2 value r ‖ s: 64 are, with both numbers below the order",
            raw.len()
        ))
        .caused_by(source)
    })?;
    Ok(signature.to_der().as_bytes().to_vec())
}

/// Z, the digest of who signs: identity, curve and key (GB/T 32918.2-2016, 5.5).
fn identity(public_key: &[u8], id: &[u8]) -> Result<[u8; 32], Error> {
    let [4, point @ ..] = public_key else {
        return Err(Error::malformed("an SM2 public key is an uncompressed point, 04 ‖ x ‖ y"));
    };
    if point.len() != 64 {
        return Err(Error::malformed(format!("an SM2 point has 64 bytes, not {}", point.len())));
    }
    let bits = u16::try_from(id.len() * 8)
        .map_err(|_| Error::new(ErrorKind::Misuse, "an SM2 identity has at most 8191 bytes"))?;
    let mut hasher = Sm3::new();
    hasher.update(bits.to_be_bytes());
    hasher.update(id);
    for constant in CURVE {
        hasher.update(constant);
    }
    hasher.update(point);
    Ok(hasher.finalize().into())
}

/// A public key with its Z, ready to verify.
#[derive(Clone)]
pub(crate) struct VerifyingKey {
    key: Sm2VerifyingKey,
    identity: [u8; 32],
}

impl VerifyingKey {
    pub(crate) fn new(point: &[u8]) -> Result<Self, Error> {
        let key = Sm2VerifyingKey::from_sec1_bytes(DEFAULT_ID, point)
            .map_err(|source| Error::malformed("the SM2 public key is not a point of the curve").caused_by(source))?;
        let identity = identity(&key.to_sec1_bytes(), SM2_DEFAULT_ID)?;
        Ok(VerifyingKey { key, identity })
    }

    pub(crate) fn verify(&self, message: &[u8], value: &[u8]) -> Judgement {
        self.verify_digest(&self.prefixed_digest(message), value)
    }

    /// The digest of Z and the message, which SM2 signs.
    pub(crate) fn prefixed_digest(&self, message: &[u8]) -> [u8; 32] {
        let mut hasher = Sm3::new_with_prefix(self.identity);
        hasher.update(message);
        hasher.finalize().into()
    }

    /// Checks a value over a digest `e` that was made elsewhere.
    pub(crate) fn verify_digest(&self, e: &[u8; 32], value: &[u8]) -> Judgement {
        let (signature, raw) = match Signature::from_der(value) {
            Ok(signature) => (signature, false),
            // Exactly 64 bytes that are no DER SEQUENCE: r ‖ s, as one provincial product writes.
            Err(_) => match Signature::from_slice(value) {
                Ok(signature) => (signature, true),
                Err(_) => return Judgement::Bad,
            },
        };
        if self.key.verify_prehash(e, &signature).is_ok() { Judgement::Good { raw } } else { Judgement::Bad }
    }
}

/// A private key; the crate beneath wipes it when it is dropped.
pub(crate) struct PrivateKey(Sm2SigningKey);

impl PrivateKey {
    /// From the secret number, 32 bytes, most significant first.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, Error> {
        let padded: Cow<'_, [u8]> = if secret.len() < 32 {
            Cow::Owned([vec![0; 32 - secret.len()], secret.to_vec()].concat())
        } else {
            Cow::Borrowed(secret)
        };
        Sm2SigningKey::from_slice(DEFAULT_ID, &padded)
            .map(PrivateKey)
            .map_err(|source| Error::malformed("the SM2 private key is not a number below the order").caused_by(source))
    }

    /// The public half, `04 ‖ x ‖ y`.
    pub(crate) fn public_bits(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_bytes().into_vec()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.sign_digest(&sm2_digest(&self.public_bits(), SM2_DEFAULT_ID, message)?)
    }

    /// Signs a digest `e` that was made elsewhere.
    pub(crate) fn sign_digest(&self, e: &[u8; 32]) -> Result<Vec<u8>, Error> {
        let failed = || Error::new(ErrorKind::Signer, "the SM2 software key could not sign");
        // The nonce is RFC 6979's: no source of randomness to run dry or to repeat itself.
        let signature: Signature = self.0.sign_prehash(e).map_err(|source| failed().caused_by(source))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::{PrivateKey, SM2_DEFAULT_ID, VerifyingKey, hex, identity, sm2_digest};
    use crate::crypto::Judgement;

    /// GB/T 32918.5-2017, annex A.
    const D: [u8; 32] = hex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    const X: [u8; 32] = hex("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020");
    const Y: [u8; 32] = hex("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13");
    const Z: [u8; 32] = hex("B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3");
    const E: [u8; 32] = hex("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640");
    const R: [u8; 32] = hex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3");
    const S: [u8; 32] = hex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");

    fn point() -> Vec<u8> {
        [&[4][..], &X, &Y].concat()
    }

    #[test]
    fn the_standard_s_example() {
        assert_eq!(PrivateKey::new(&D).unwrap().public_bits(), point());
        assert_eq!(identity(&point(), SM2_DEFAULT_ID).unwrap(), Z);
        assert_eq!(sm2_digest(&point(), SM2_DEFAULT_ID, b"message digest").unwrap(), E);
        let key = VerifyingKey::new(&point()).unwrap();
        let raw = [R, S].concat();
        assert_eq!(key.verify(b"message digest", &raw), Judgement::Good { raw: true });
        assert_eq!(key.verify(b"message digesT", &raw), Judgement::Bad);
    }

    #[test]
    fn own_values_are_der_and_bound_to_the_identity() {
        let key = PrivateKey::new(&D).unwrap();
        let value = key.sign(b"form").unwrap();
        let public = VerifyingKey::new(&key.public_bits()).unwrap();
        assert_eq!(public.verify(b"form", &value), Judgement::Good { raw: false });
        let without_identity = sm2_digest(&key.public_bits(), b"", b"form").unwrap();
        assert_eq!(public.verify_digest(&without_identity, &value), Judgement::Bad);
    }

    #[test]
    fn values_outside_the_range_are_bad() {
        let key = VerifyingKey::new(&point()).unwrap();
        let order = hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
        for bad in [[[0; 32], S].concat(), [R, [0; 32]].concat(), [order, S].concat(), [R, order].concat()] {
            assert_eq!(key.verify(b"message digest", &bad), Judgement::Bad);
        }
        assert_eq!(key.verify(b"message digest", b""), Judgement::Bad);
    }
}
