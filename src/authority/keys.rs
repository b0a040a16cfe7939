//! Keys for the throw-away authority.

use ::der::asn1::{BitString, ObjectIdentifier, OctetString};
use ::der::{Any, Encode as _, Sequence};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use zeroize::Zeroizing;

use crate::authority::Algorithm;
use crate::authority::encoding::{self, AlgorithmIdentifier, unwritable};
use crate::crypto::{DigestAlgorithm, KeyKind, SigningKey as _, SoftwareKey, digest, oid, pem_blocks};
use crate::error::{Error, ErrorKind};

/// Published keys. The first is the roots', so that no other certificate has a root's key.
const RSA_ROOT: &[u8] = include_bytes!("rsa/published-test-key-0.pem");
const RSA_OTHERS: [&[u8]; 4] = [
    include_bytes!("rsa/published-test-key-1.pem"),
    include_bytes!("rsa/published-test-key-2.pem"),
    include_bytes!("rsa/published-test-key-3.pem"),
    include_bytes!("rsa/published-test-key-4.pem"),
];

/// A private key in PKCS#8 with its public half.
pub(super) struct KeyPair {
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicHalf,
}

/// What a certificate is about: the public half of a key, wherever its private half is.
pub(super) struct PublicHalf {
    algorithm: Algorithm,
    octets: Vec<u8>,
}

impl KeyPair {
    /// A key for a root.
    pub(super) fn root(algorithm: Algorithm) -> Result<Self, Error> {
        match algorithm {
            Algorithm::Rsa => Self::published(RSA_ROOT),
            other => Self::generate(other),
        }
    }

    /// A key for the certificate that is issued as number `count`.
    pub(super) fn next(algorithm: Algorithm, count: u64) -> Result<Self, Error> {
        match algorithm {
            Algorithm::Rsa => {
                let turn = count % RSA_OTHERS.len() as u64;
                let (_, pem) = (0..).zip(RSA_OTHERS).find(|(at, _)| *at == turn).unwrap_or((0, RSA_ROOT));
                Self::published(pem)
            }
            other => Self::generate(other),
        }
    }

    /// A key that was issued before.
    pub(super) fn read(algorithm: Algorithm, pem: &str) -> Result<Self, Error> {
        let der = pem_blocks(pem.as_bytes())?.into_iter().next().map(|block| block.der).unwrap_or_default();
        Self::new(algorithm, der)
    }

    fn published(pem: &[u8]) -> Result<Self, Error> {
        let der = pem_blocks(pem)?.into_iter().next().map(|block| block.der).unwrap_or_default();
        Self::new(Algorithm::Rsa, der)
    }

    fn generate(algorithm: Algorithm) -> Result<Self, Error> {
        let random = SystemRandom::new();
        let failed = |_| Error::new(ErrorKind::Signer, "the system gives no random numbers to make a key of");
        if algorithm == Algorithm::P256 {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).map_err(failed)?;
            return Self::new(algorithm, Zeroizing::new(document.as_ref().to_vec()));
        }
        // One number in four thousand million is not below the order; three in a row are not.
        let mut secret = Zeroizing::new([0; 32]);
        let mut key = Err(Error::new(ErrorKind::Signer, "no key could be made"));
        for _ in 0..3 {
            random.fill(secret.as_mut()).map_err(failed)?;
            key = SoftwareKey::on_curve(KeyKind::Sm2, secret.as_ref(), None);
            if key.is_ok() {
                break;
            }
        }
        Self::new(algorithm, sm2_pkcs8(secret.as_ref(), &key?.public_key().unwrap_or_default())?)
    }

    fn new(algorithm: Algorithm, pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        let octets = SoftwareKey::from_der(&pkcs8)?.public_key().unwrap_or_default();
        Ok(KeyPair { pkcs8, public: PublicHalf { algorithm, octets } })
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(super) fn public(&self) -> &PublicHalf {
        &self.public
    }

    pub(super) fn load(&self) -> Result<SoftwareKey, Error> {
        SoftwareKey::from_der(&self.pkcs8)
    }
}

impl PublicHalf {
    /// The content of a subjectPublicKey.
    pub(super) fn new(algorithm: Algorithm, octets: &[u8]) -> Self {
        PublicHalf { algorithm, octets: octets.to_vec() }
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The key's identifier by the first method of RFC 7093, 2.
    pub(super) fn id(&self) -> Result<Vec<u8>, Error> {
        let mut id = digest(DigestAlgorithm::Sha256, &self.octets)?;
        id.truncate(20);
        Ok(id)
    }

    /// How a SubjectPublicKeyInfo names the algorithm.
    pub(super) fn identifier(&self) -> AlgorithmIdentifier {
        match self.algorithm {
            Algorithm::P256 => AlgorithmIdentifier::on_curve(oid::P256),
            Algorithm::Rsa => AlgorithmIdentifier { algorithm: oid::RSA, parameters: Some(Any::null()) },
            Algorithm::Sm2 => AlgorithmIdentifier::on_curve(oid::SM2_CURVE),
        }
    }
}

/// PrivateKeyInfo (RFC 5958, 2).
#[derive(Sequence)]
struct PrivateKeyInfo {
    version: u8,
    algorithm: AlgorithmIdentifier,
    key: OctetString,
}

/// ECPrivateKey (RFC 5915, 3).
#[derive(Sequence)]
struct EcPrivateKey {
    version: u8,
    secret: OctetString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    curve: Option<ObjectIdentifier>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public: Option<BitString>,
}

fn sm2_pkcs8(secret: &[u8], public: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let key = EcPrivateKey {
        version: 1,
        secret: OctetString::new(secret).map_err(unwritable)?,
        curve: None,
        public: Some(BitString::from_bytes(public).map_err(unwritable)?),
    };
    let key = Zeroizing::new(encoding::encode(&key)?);
    let info = PrivateKeyInfo {
        version: 0,
        algorithm: AlgorithmIdentifier::on_curve(oid::SM2_CURVE),
        key: OctetString::new(key.as_slice()).map_err(unwritable)?,
    };
    info.to_der().map(Zeroizing::new).map_err(unwritable)
}
