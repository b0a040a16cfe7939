//! What others sign with and nobody here does: verified, never made (feature `algorithms`).

mod rsa;

use ::ecdsa::signature::hazmat::PrehashVerifier as _;
use ::ecdsa::{Signature, VerifyingKey};
use sha2::Digest as _;
use shake::{ExtendableOutput as _, Update as _, XofReader as _};

use crate::crypto::algorithm::{Judgement, KeyKind, PublicKey};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, digest};
use crate::error::Error;

/// Checks a value; the algorithm is known to fit the key's kind.
pub(crate) fn verify(algorithm: SignatureAlgorithm, key: &PublicKey, message: &[u8], value: &[u8]) -> Judgement {
    let hash = || digest(algorithm.digest(), message);
    let holds = match key.kind() {
        KeyKind::Ed448 => Ok(ed448(key.bits(), message, value)),
        KeyKind::Rsa(_) => rsa::verify(algorithm, key.bits(), message, value),
        kind => hash().and_then(|hash| ecdsa(kind, key.bits(), hash, value)),
    };
    match holds {
        Ok(true) => Judgement::Good { raw: false },
        Ok(false) => Judgement::Bad,
        Err(error) => Judgement::Unsupported(error.to_string()),
    }
}

fn ed448(key: &[u8], message: &[u8], value: &[u8]) -> bool {
    let Ok(key) = <&[u8; 57]>::try_from(key) else { return false };
    let key = ed448_goldilocks::VerifyingKey::from_bytes(key);
    let value = ed448_goldilocks::Signature::try_from(value);
    key.is_ok_and(|key| value.is_ok_and(|value| key.verify_raw(&value, message).is_ok()))
}

/// ECDSA over a digest: the number that the digest is, however long (FIPS 186-5, 6.4.2).
fn ecdsa(kind: KeyKind, key: &[u8], hash: Vec<u8>, value: &[u8]) -> Result<bool, Error> {
    macro_rules! on {
        ($curve:ty, $side:literal) => {{
            // Short digests are refused below half of the curve's length; as numbers they are what
            // they are with zeros in front.
            let mut number = vec![0; usize::saturating_sub($side, hash.len())];
            number.extend_from_slice(&hash);
            let key = VerifyingKey::<$curve>::from_sec1_bytes(key);
            let value = Signature::<$curve>::from_der(value);
            Ok(key.is_ok_and(|key| value.is_ok_and(|value| key.verify_prehash(&number, &value).is_ok())))
        }};
    }
    match kind {
        KeyKind::P256 => on!(p256::NistP256, 32),
        KeyKind::P384 => on!(p384::NistP384, 48),
        KeyKind::P521 => on!(p521::NistP521, 66),
        KeyKind::Brainpool256 => on!(bp256::BrainpoolP256r1, 32),
        KeyKind::Brainpool384 => on!(bp384::BrainpoolP384r1, 48),
        other => Err(Error::unsupported(format!("ECDSA with a key of {other} is not built in"))),
    }
}

/// A digest that `ring` does not make.
#[derive(Clone)]
pub(crate) enum Hasher {
    Sha224(sha2::Sha224),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
    Shake256(shake::Shake256),
}

impl Hasher {
    pub(crate) fn new(algorithm: DigestAlgorithm) -> Result<Self, Error> {
        Ok(match algorithm {
            DigestAlgorithm::Sha224 => Hasher::Sha224(sha2::Sha224::new()),
            DigestAlgorithm::Sha3_224 => Hasher::Sha3_224(sha3::Sha3_224::new()),
            DigestAlgorithm::Sha3_256 => Hasher::Sha3_256(sha3::Sha3_256::new()),
            DigestAlgorithm::Sha3_384 => Hasher::Sha3_384(sha3::Sha3_384::new()),
            DigestAlgorithm::Sha3_512 => Hasher::Sha3_512(sha3::Sha3_512::new()),
            DigestAlgorithm::Shake256 => Hasher::Shake256(shake::Shake256::default()),
            other => return Err(Error::unsupported(format!("{other} is not built in"))),
        })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha224(hasher) => sha2::Digest::update(hasher, bytes),
            Hasher::Sha3_224(hasher) => sha3::Digest::update(hasher, bytes),
            Hasher::Sha3_256(hasher) => sha3::Digest::update(hasher, bytes),
            Hasher::Sha3_384(hasher) => sha3::Digest::update(hasher, bytes),
            Hasher::Sha3_512(hasher) => sha3::Digest::update(hasher, bytes),
            Hasher::Shake256(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Sha224(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha3_224(hasher) => sha3::Digest::finalize(hasher).to_vec(),
            Hasher::Sha3_256(hasher) => sha3::Digest::finalize(hasher).to_vec(),
            Hasher::Sha3_384(hasher) => sha3::Digest::finalize(hasher).to_vec(),
            Hasher::Sha3_512(hasher) => sha3::Digest::finalize(hasher).to_vec(),
            Hasher::Shake256(hasher) => {
                let mut octets = vec![0; 64];
                hasher.finalize_xof().read(&mut octets);
                octets
            }
        }
    }
}

#[cfg(test)]
mod tests;
