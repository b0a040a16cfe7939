//! ECDSA, RSA and Ed25519, by `ring`. The only place that names its signature algorithms; what it does not
//! verify goes to `rare`.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_SHA256,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
};

use crate::crypto::SignatureAlgorithm;
use crate::crypto::algorithm::{Judgement, KeyKind, PublicKey};
use crate::error::{Error, ErrorKind};

/// Checks a value; the algorithm is known to fit the key's kind.
pub(crate) fn verify(algorithm: SignatureAlgorithm, key: &PublicKey, message: &[u8], value: &[u8]) -> Judgement {
    let Some(verifier) = verifier(algorithm, key.kind()) else {
        return rare(algorithm, key, message, value);
    };
    match UnparsedPublicKey::new(verifier, key.bits()).verify(message, value) {
        Ok(()) => Judgement::Good { raw: false },
        Err(_) if is_pkcs1(algorithm) => lax(algorithm, key, message, value),
        Err(_) => Judgement::Bad,
    }
}

fn is_pkcs1(algorithm: SignatureAlgorithm) -> bool {
    matches!(
        algorithm,
        SignatureAlgorithm::RsaPkcs1Sha1
            | SignatureAlgorithm::RsaPkcs1Sha256
            | SignatureAlgorithm::RsaPkcs1Sha384
            | SignatureAlgorithm::RsaPkcs1Sha512
    )
}

/// Some signers leave the NULL out of the digest's identifier, which verifiers accept (RFC 8017, appendix B.1) and
/// `ring` does not.
#[cfg(feature = "algorithms")]
fn lax(algorithm: SignatureAlgorithm, key: &PublicKey, message: &[u8], value: &[u8]) -> Judgement {
    match rare(algorithm, key, message, value) {
        good @ Judgement::Good { .. } => good,
        _ => Judgement::Bad,
    }
}

#[cfg(not(feature = "algorithms"))]
fn lax(_: SignatureAlgorithm, _: &PublicKey, _: &[u8], _: &[u8]) -> Judgement {
    Judgement::Bad
}

#[cfg(feature = "algorithms")]
fn rare(algorithm: SignatureAlgorithm, key: &PublicKey, message: &[u8], value: &[u8]) -> Judgement {
    crate::crypto::rare::verify(algorithm, key, message, value)
}

#[cfg(not(feature = "algorithms"))]
fn rare(algorithm: SignatureAlgorithm, key: &PublicKey, _: &[u8], _: &[u8]) -> Judgement {
    let needs = "needs the \"algorithms\" feature of this crate";
    Judgement::Unsupported(format!("{algorithm} with a key of {} {needs}", key.kind()))
}

/// Short RSA keys are admitted here, since an old signature is to be judged and not left untold;
/// the verifier reports them as weak.
fn verifier(algorithm: SignatureAlgorithm, key: KeyKind) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (algorithm, key) {
        (SignatureAlgorithm::EcdsaSha256, KeyKind::P256) => &ECDSA_P256_SHA256_ASN1,
        (SignatureAlgorithm::EcdsaSha384, KeyKind::P256) => &ECDSA_P256_SHA384_ASN1,
        (SignatureAlgorithm::EcdsaSha256, KeyKind::P384) => &ECDSA_P384_SHA256_ASN1,
        (SignatureAlgorithm::EcdsaSha384, KeyKind::P384) => &ECDSA_P384_SHA384_ASN1,
        (SignatureAlgorithm::Ed25519, _) => &ED25519,
        (SignatureAlgorithm::RsaPkcs1Sha1, KeyKind::Rsa(1024..=8192)) => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (SignatureAlgorithm::RsaPkcs1Sha256, KeyKind::Rsa(1024..=8192)) => {
            &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (SignatureAlgorithm::RsaPkcs1Sha384, KeyKind::Rsa(2048..=8192)) => &RSA_PKCS1_2048_8192_SHA384,
        (SignatureAlgorithm::RsaPkcs1Sha512, KeyKind::Rsa(1024..=8192)) => {
            &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        (SignatureAlgorithm::RsaPssSha256, KeyKind::Rsa(2048..=8192)) => &RSA_PSS_2048_8192_SHA256,
        (SignatureAlgorithm::RsaPssSha384, KeyKind::Rsa(2048..=8192)) => &RSA_PSS_2048_8192_SHA384,
        (SignatureAlgorithm::RsaPssSha512, KeyKind::Rsa(2048..=8192)) => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// A private key of one of these algorithms.
pub(crate) enum PrivateKey {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// An ECDSA key from its secret number and its public point.
    pub(crate) fn ecdsa(kind: KeyKind, secret: &[u8], point: &[u8]) -> Result<Self, Error> {
        let random = SystemRandom::new();
        match kind {
            KeyKind::P256 => {
                EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_ASN1_SIGNING, secret, point, &random)
                    .map(PrivateKey::P256)
            }
            KeyKind::P384 => {
                EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P384_SHA384_ASN1_SIGNING, secret, point, &random)
                    .map(PrivateKey::P384)
            }
            other => return Err(Error::unsupported(format!("{other} is not an ECDSA key"))),
        }
        .map_err(rejected)
    }

    /// An RSA key from an RSAPrivateKey (RFC 8017, A.1.2) of 2048 to 4096 bits.
    pub(crate) fn rsa(der: &[u8]) -> Result<Self, Error> {
        RsaKeyPair::from_der(der).map(PrivateKey::Rsa).map_err(rejected)
    }

    /// An Ed25519 key from its seed of 32 bytes.
    pub(crate) fn ed25519(seed: &[u8]) -> Result<Self, Error> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(PrivateKey::Ed25519).map_err(rejected)
    }

    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            PrivateKey::P256(_) => SignatureAlgorithm::EcdsaSha256,
            PrivateKey::P384(_) => SignatureAlgorithm::EcdsaSha384,
            PrivateKey::Rsa(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            PrivateKey::Ed25519(_) => SignatureAlgorithm::Ed25519,
        }
    }

    /// The public half, as it stands in the BIT STRING of a SubjectPublicKeyInfo.
    pub(crate) fn public_bits(&self) -> Vec<u8> {
        match self {
            PrivateKey::P256(key) | PrivateKey::P384(key) => key.public_key().as_ref().to_vec(),
            PrivateKey::Rsa(key) => key.public().as_ref().to_vec(),
            PrivateKey::Ed25519(key) => key.public_key().as_ref().to_vec(),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        let refused = |_| Error::new(ErrorKind::Signer, "the software key could not sign");
        match self {
            PrivateKey::P256(key) | PrivateKey::P384(key) => {
                key.sign(&random, message).map(|value| value.as_ref().to_vec()).map_err(refused)
            }
            PrivateKey::Rsa(key) => {
                let mut value = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut value).map_err(refused)?;
                Ok(value)
            }
            PrivateKey::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
        }
    }
}

/// A key that `ring` does not take: say in which respect.
fn rejected(reason: ring::error::KeyRejected) -> Error {
    let hint = match reason.to_string().as_str() {
        "TooSmall" => "; RSA keys must have at least 2048 bits",
        "TooLarge" => "; RSA keys may have at most 4096 bits",
        "InconsistentComponents" => {
            return Error::malformed(format!(
                "the private key contradicts itself ({reason}): its private and public halves do not belong together"
            ));
        }
        _ => "",
    };
    Error::unsupported(format!("the private key is not usable ({reason}){hint}"))
}
