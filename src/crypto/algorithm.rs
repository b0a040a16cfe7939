//! Which algorithms there are, how they are named, and which key verifies which value.

use std::fmt;

use ::der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};

use crate::crypto::international;
use crate::der::{Tlv, tag};
use crate::error::Error;

#[cfg(feature = "sm")]
use crate::crypto::sm;

/// Object identifiers of algorithms and of what carries them.
pub(crate) mod oid {
    use ::der::asn1::ObjectIdentifier;

    const fn new(dotted: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(dotted)
    }

    pub(crate) const MD5: ObjectIdentifier = new("1.2.840.113549.2.5");
    pub(crate) const SHA1: ObjectIdentifier = new("1.3.14.3.2.26");
    pub(crate) const SHA256: ObjectIdentifier = new("2.16.840.1.101.3.4.2.1");
    pub(crate) const SHA384: ObjectIdentifier = new("2.16.840.1.101.3.4.2.2");
    pub(crate) const SHA512: ObjectIdentifier = new("2.16.840.1.101.3.4.2.3");
    pub(crate) const SHA224: ObjectIdentifier = new("2.16.840.1.101.3.4.2.4");
    pub(crate) const SHA3_224: ObjectIdentifier = new("2.16.840.1.101.3.4.2.7");
    pub(crate) const SHA3_256: ObjectIdentifier = new("2.16.840.1.101.3.4.2.8");
    pub(crate) const SHA3_384: ObjectIdentifier = new("2.16.840.1.101.3.4.2.9");
    pub(crate) const SHA3_512: ObjectIdentifier = new("2.16.840.1.101.3.4.2.10");
    pub(crate) const SHAKE256: ObjectIdentifier = new("2.16.840.1.101.3.4.2.12");
    /// The same with its length as a parameter (RFC 8419, 3.1 allows either with Ed448).
    pub(crate) const SHAKE256_LEN: ObjectIdentifier = new("2.16.840.1.101.3.4.2.18");
    pub(crate) const SM3: ObjectIdentifier = new("1.2.156.10197.1.401");
    /// SM3 "without key", the same function under a second number.
    pub(crate) const SM3_PLAIN: ObjectIdentifier = new("1.2.156.10197.1.401.1");

    pub(crate) const SM2_CURVE: ObjectIdentifier = new("1.2.156.10197.1.301");
    pub(crate) const SM2_SIGN: ObjectIdentifier = new("1.2.156.10197.1.301.1");
    pub(crate) const SM2_SM3: ObjectIdentifier = new("1.2.156.10197.1.501");
    /// A widespread slip of the pen for the one above (seal-format quirk: read, never written).
    pub(crate) const SM2_SM3_MISSPELT: ObjectIdentifier = new("1.2.156.10197.501");

    pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = new("1.2.840.10045.2.1");
    pub(crate) const P256: ObjectIdentifier = new("1.2.840.10045.3.1.7");
    pub(crate) const P384: ObjectIdentifier = new("1.3.132.0.34");
    pub(crate) const P521: ObjectIdentifier = new("1.3.132.0.35");
    pub(crate) const BRAINPOOL_P256: ObjectIdentifier = new("1.3.36.3.3.2.8.1.1.7");
    pub(crate) const BRAINPOOL_P384: ObjectIdentifier = new("1.3.36.3.3.2.8.1.1.11");
    pub(crate) const ECDSA_SHA1: ObjectIdentifier = new("1.2.840.10045.4.1");
    pub(crate) const ECDSA_SHA256: ObjectIdentifier = new("1.2.840.10045.4.3.2");
    pub(crate) const ECDSA_SHA384: ObjectIdentifier = new("1.2.840.10045.4.3.3");
    pub(crate) const ECDSA_SHA512: ObjectIdentifier = new("1.2.840.10045.4.3.4");

    pub(crate) const RSA: ObjectIdentifier = new("1.2.840.113549.1.1.1");
    pub(crate) const RSA_SHA1: ObjectIdentifier = new("1.2.840.113549.1.1.5");
    pub(crate) const RSA_MGF1: ObjectIdentifier = new("1.2.840.113549.1.1.8");
    pub(crate) const RSA_PSS: ObjectIdentifier = new("1.2.840.113549.1.1.10");
    pub(crate) const RSA_SHA256: ObjectIdentifier = new("1.2.840.113549.1.1.11");
    pub(crate) const RSA_SHA384: ObjectIdentifier = new("1.2.840.113549.1.1.12");
    pub(crate) const RSA_SHA512: ObjectIdentifier = new("1.2.840.113549.1.1.13");
    pub(crate) const ED25519: ObjectIdentifier = new("1.3.101.112");
    pub(crate) const ED448: ObjectIdentifier = new("1.3.101.113");
}

/// ECDSA and RSASSA-PKCS1-v1_5 with digests that are verified and not signed with.
const RARE: [(DigestAlgorithm, ObjectIdentifier, ObjectIdentifier); 5] = [
    (DigestAlgorithm::Sha224, new_oid("1.2.840.10045.4.3.1"), new_oid("1.2.840.113549.1.1.14")),
    (DigestAlgorithm::Sha3_224, new_oid("2.16.840.1.101.3.4.3.9"), new_oid("2.16.840.1.101.3.4.3.13")),
    (DigestAlgorithm::Sha3_256, new_oid("2.16.840.1.101.3.4.3.10"), new_oid("2.16.840.1.101.3.4.3.14")),
    (DigestAlgorithm::Sha3_384, new_oid("2.16.840.1.101.3.4.3.11"), new_oid("2.16.840.1.101.3.4.3.15")),
    (DigestAlgorithm::Sha3_512, new_oid("2.16.840.1.101.3.4.3.12"), new_oid("2.16.840.1.101.3.4.3.16")),
];

const fn new_oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

/// A digest algorithm.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// MD5: read in old OFD packages, reported as broken, never written.
    Md5,
    /// SHA-1: read, reported as weak, never written.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-224: verified, never signed with, like all below but SM3.
    Sha224,
    /// SHA3-224 (FIPS 202).
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
    /// SHAKE256 with 64 bytes, Ed448's digest (RFC 8419).
    Shake256,
    /// SM3 (GB/T 32905).
    Sm3,
}

impl DigestAlgorithm {
    /// The algorithm with this object identifier.
    pub(crate) fn from_oid(wanted: &ObjectIdentifier) -> Result<Self, Error> {
        match *wanted {
            oid::MD5 => Ok(DigestAlgorithm::Md5),
            oid::SHA1 => Ok(DigestAlgorithm::Sha1),
            oid::SHA256 => Ok(DigestAlgorithm::Sha256),
            oid::SHA384 => Ok(DigestAlgorithm::Sha384),
            oid::SHA512 => Ok(DigestAlgorithm::Sha512),
            oid::SHA224 => Ok(DigestAlgorithm::Sha224),
            oid::SHA3_224 => Ok(DigestAlgorithm::Sha3_224),
            oid::SHA3_256 => Ok(DigestAlgorithm::Sha3_256),
            oid::SHA3_384 => Ok(DigestAlgorithm::Sha3_384),
            oid::SHA3_512 => Ok(DigestAlgorithm::Sha3_512),
            oid::SHAKE256 | oid::SHAKE256_LEN => Ok(DigestAlgorithm::Shake256),
            oid::SM3 | oid::SM3_PLAIN => Ok(DigestAlgorithm::Sm3),
            other => Err(Error::unsupported(format!("the digest algorithm {other} is not built in"))),
        }
    }

    pub(crate) fn oid(self) -> ObjectIdentifier {
        match self {
            DigestAlgorithm::Md5 => oid::MD5,
            DigestAlgorithm::Sha1 => oid::SHA1,
            DigestAlgorithm::Sha256 => oid::SHA256,
            DigestAlgorithm::Sha384 => oid::SHA384,
            DigestAlgorithm::Sha512 => oid::SHA512,
            DigestAlgorithm::Sha224 => oid::SHA224,
            DigestAlgorithm::Sha3_224 => oid::SHA3_224,
            DigestAlgorithm::Sha3_256 => oid::SHA3_256,
            DigestAlgorithm::Sha3_384 => oid::SHA3_384,
            DigestAlgorithm::Sha3_512 => oid::SHA3_512,
            DigestAlgorithm::Shake256 => oid::SHAKE256,
            DigestAlgorithm::Sm3 => oid::SM3,
        }
    }

    /// How many bytes its digests have.
    pub(crate) fn length(self) -> usize {
        match self {
            DigestAlgorithm::Md5 => 16,
            DigestAlgorithm::Sha1 => 20,
            DigestAlgorithm::Sha224 | DigestAlgorithm::Sha3_224 => 28,
            DigestAlgorithm::Sha256 | DigestAlgorithm::Sha3_256 | DigestAlgorithm::Sm3 => 32,
            DigestAlgorithm::Sha384 | DigestAlgorithm::Sha3_384 => 48,
            DigestAlgorithm::Sha512 | DigestAlgorithm::Sha3_512 | DigestAlgorithm::Shake256 => 64,
        }
    }

    /// Whether collisions can be made today.
    #[must_use]
    pub fn is_broken(self) -> bool {
        matches!(self, DigestAlgorithm::Md5 | DigestAlgorithm::Sha1)
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DigestAlgorithm::Md5 => "MD5",
            DigestAlgorithm::Sha1 => "SHA-1",
            DigestAlgorithm::Sha256 => "SHA-256",
            DigestAlgorithm::Sha384 => "SHA-384",
            DigestAlgorithm::Sha512 => "SHA-512",
            DigestAlgorithm::Sha224 => "SHA-224",
            DigestAlgorithm::Sha3_224 => "SHA3-224",
            DigestAlgorithm::Sha3_256 => "SHA3-256",
            DigestAlgorithm::Sha3_384 => "SHA3-384",
            DigestAlgorithm::Sha3_512 => "SHA3-512",
            DigestAlgorithm::Shake256 => "SHAKE256",
            DigestAlgorithm::Sm3 => "SM3",
        })
    }
}

/// A signature algorithm, digest included; the curve or the length is the key's.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA with SHA-256; values are DER.
    EcdsaSha256,
    /// ECDSA with SHA-384; values are DER.
    EcdsaSha384,
    /// ECDSA with another digest: verified, never signed.
    EcdsaOther(DigestAlgorithm),
    /// Ed25519 (RFC 8032), pure.
    Ed25519,
    /// Ed448 (RFC 8032), pure: verified, never signed.
    Ed448,
    /// RSASSA-PKCS1-v1_5 with SHA-1: verified, reported as weak, never signed.
    RsaPkcs1Sha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 bytes.
    RsaPssSha512,
    /// RSASSA-PKCS1-v1_5 with another digest: verified, never signed.
    RsaPkcs1Other(DigestAlgorithm),
    /// RSASSA-PSS with other parameters: verified, never signed.
    RsaPssOther {
        /// The message's digest.
        digest: DigestAlgorithm,
        /// The digest of the mask generation function, MGF1.
        mask: DigestAlgorithm,
        /// The salt's length in bytes.
        salt: u16,
    },
    /// SM2 with SM3 (GB/T 32918.2, GB/T 35276); values are DER, the signer's identity is the default one.
    Sm2Sm3,
}

impl SignatureAlgorithm {
    /// The digest within.
    #[must_use]
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            SignatureAlgorithm::RsaPkcs1Sha1 => DigestAlgorithm::Sha1,
            SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::RsaPkcs1Sha256 | SignatureAlgorithm::RsaPssSha256 => {
                DigestAlgorithm::Sha256
            }
            SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::RsaPkcs1Sha384 | SignatureAlgorithm::RsaPssSha384 => {
                DigestAlgorithm::Sha384
            }
            SignatureAlgorithm::Ed25519 | SignatureAlgorithm::RsaPkcs1Sha512 | SignatureAlgorithm::RsaPssSha512 => {
                DigestAlgorithm::Sha512
            }
            SignatureAlgorithm::Sm2Sm3 => DigestAlgorithm::Sm3,
            SignatureAlgorithm::Ed448 => DigestAlgorithm::Shake256,
            SignatureAlgorithm::EcdsaOther(digest)
            | SignatureAlgorithm::RsaPkcs1Other(digest)
            | SignatureAlgorithm::RsaPssOther { digest, .. } => digest,
        }
    }

    /// ECDSA with this digest.
    fn ecdsa(digest: DigestAlgorithm) -> Self {
        match digest {
            DigestAlgorithm::Sha256 => SignatureAlgorithm::EcdsaSha256,
            DigestAlgorithm::Sha384 => SignatureAlgorithm::EcdsaSha384,
            other => SignatureAlgorithm::EcdsaOther(other),
        }
    }

    /// RSASSA-PKCS1-v1_5 with this digest.
    fn rsa(digest: DigestAlgorithm) -> Self {
        match digest {
            DigestAlgorithm::Sha1 => SignatureAlgorithm::RsaPkcs1Sha1,
            DigestAlgorithm::Sha256 => SignatureAlgorithm::RsaPkcs1Sha256,
            DigestAlgorithm::Sha384 => SignatureAlgorithm::RsaPkcs1Sha384,
            DigestAlgorithm::Sha512 => SignatureAlgorithm::RsaPkcs1Sha512,
            other => SignatureAlgorithm::RsaPkcs1Other(other),
        }
    }

    /// The object identifier under which it is written.
    pub(crate) fn oid(self) -> ObjectIdentifier {
        match self {
            SignatureAlgorithm::EcdsaSha256 => oid::ECDSA_SHA256,
            SignatureAlgorithm::EcdsaSha384 => oid::ECDSA_SHA384,
            SignatureAlgorithm::Ed25519 => oid::ED25519,
            SignatureAlgorithm::RsaPkcs1Sha1 => oid::RSA_SHA1,
            SignatureAlgorithm::RsaPkcs1Sha256 => oid::RSA_SHA256,
            SignatureAlgorithm::RsaPkcs1Sha384 => oid::RSA_SHA384,
            SignatureAlgorithm::RsaPkcs1Sha512 => oid::RSA_SHA512,
            SignatureAlgorithm::RsaPssSha256
            | SignatureAlgorithm::RsaPssSha384
            | SignatureAlgorithm::RsaPssSha512
            | SignatureAlgorithm::RsaPssOther { .. } => oid::RSA_PSS,
            SignatureAlgorithm::Sm2Sm3 => oid::SM2_SM3,
            SignatureAlgorithm::Ed448 => oid::ED448,
            SignatureAlgorithm::EcdsaOther(DigestAlgorithm::Sha1) => oid::ECDSA_SHA1,
            SignatureAlgorithm::EcdsaOther(DigestAlgorithm::Sha512) => oid::ECDSA_SHA512,
            SignatureAlgorithm::EcdsaOther(digest) => {
                RARE.iter().find(|rare| rare.0 == digest).map_or(oid::EC_PUBLIC_KEY, |rare| rare.1)
            }
            SignatureAlgorithm::RsaPkcs1Other(digest) => {
                RARE.iter().find(|rare| rare.0 == digest).map_or(oid::RSA, |rare| rare.2)
            }
        }
    }

    /// Whether the AlgorithmIdentifier carries a NULL (RFC 4055, 5: RSA must, the others must not).
    pub(crate) fn has_null_parameters(self) -> bool {
        matches!(
            self,
            SignatureAlgorithm::RsaPkcs1Sha1
                | SignatureAlgorithm::RsaPkcs1Sha256
                | SignatureAlgorithm::RsaPkcs1Sha384
                | SignatureAlgorithm::RsaPkcs1Sha512
                | SignatureAlgorithm::RsaPkcs1Other(_)
        )
    }

    /// Whether signatures are made by it here, and not only verified.
    pub(crate) fn is_made(self) -> bool {
        !matches!(
            self,
            SignatureAlgorithm::RsaPkcs1Sha1
                | SignatureAlgorithm::Ed448
                | SignatureAlgorithm::EcdsaOther(_)
                | SignatureAlgorithm::RsaPkcs1Other(_)
                | SignatureAlgorithm::RsaPssOther { .. }
        )
    }

    /// Whether keys of this kind make values of this algorithm.
    pub(crate) fn fits(self, key: KeyKind) -> bool {
        match self {
            SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::EcdsaOther(_) => {
                matches!(
                    key,
                    KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Brainpool256 | KeyKind::Brainpool384
                )
            }
            SignatureAlgorithm::Ed25519 => key == KeyKind::Ed25519,
            SignatureAlgorithm::Ed448 => key == KeyKind::Ed448,
            SignatureAlgorithm::Sm2Sm3 => key == KeyKind::Sm2,
            _ => matches!(key, KeyKind::Rsa(_)),
        }
    }

    /// Reads an AlgorithmIdentifier.
    ///
    /// `digest` helps where the identifier names the key's algorithm only, as old CMS does.
    pub(crate) fn from_identifier(identifier: &Tlv<'_>, digest: Option<DigestAlgorithm>) -> Result<Self, Error> {
        let what = "AlgorithmIdentifier";
        let mut parts = identifier.expect(tag::SEQUENCE, what)?.children();
        let algorithm = parts.next(what)?.oid(what)?;
        let parameters = if parts.is_empty() { None } else { Some(parts.next(what)?) };
        if algorithm == oid::RSA_PSS {
            return pss(parameters);
        }
        Self::from_oid(&algorithm, digest)
    }

    /// Reads a bare object identifier, as seals have it.
    pub(crate) fn from_oid(algorithm: &ObjectIdentifier, digest: Option<DigestAlgorithm>) -> Result<Self, Error> {
        let unsupported = || Error::unsupported(format!("the signature algorithm {algorithm} is not built in"));
        match *algorithm {
            oid::ECDSA_SHA256 => Ok(SignatureAlgorithm::EcdsaSha256),
            oid::ECDSA_SHA384 => Ok(SignatureAlgorithm::EcdsaSha384),
            oid::ED25519 => Ok(SignatureAlgorithm::Ed25519),
            oid::RSA_SHA1 => Ok(SignatureAlgorithm::RsaPkcs1Sha1),
            oid::RSA_SHA256 => Ok(SignatureAlgorithm::RsaPkcs1Sha256),
            oid::RSA_SHA384 => Ok(SignatureAlgorithm::RsaPkcs1Sha384),
            oid::RSA_SHA512 => Ok(SignatureAlgorithm::RsaPkcs1Sha512),
            oid::SM2_SM3 | oid::SM2_SIGN | oid::SM2_CURVE | oid::SM2_SM3_MISSPELT => Ok(SignatureAlgorithm::Sm2Sm3),
            oid::ECDSA_SHA1 => Ok(SignatureAlgorithm::EcdsaOther(DigestAlgorithm::Sha1)),
            oid::ECDSA_SHA512 => Ok(SignatureAlgorithm::EcdsaOther(DigestAlgorithm::Sha512)),
            oid::ED448 => Ok(SignatureAlgorithm::Ed448),
            // Old CMS names the key's algorithm alone.
            oid::RSA => match digest {
                None | Some(DigestAlgorithm::Md5 | DigestAlgorithm::Sm3 | DigestAlgorithm::Shake256) => {
                    Err(unsupported())
                }
                Some(digest) => Ok(Self::rsa(digest)),
            },
            oid::EC_PUBLIC_KEY => match digest {
                None | Some(DigestAlgorithm::Md5 | DigestAlgorithm::Shake256) => Err(unsupported()),
                Some(DigestAlgorithm::Sm3) => Ok(SignatureAlgorithm::Sm2Sm3),
                Some(digest) => Ok(Self::ecdsa(digest)),
            },
            other => RARE
                .iter()
                .find_map(|(digest, ecdsa, rsa)| match other {
                    found if found == *ecdsa => Some(SignatureAlgorithm::EcdsaOther(*digest)),
                    found if found == *rsa => Some(SignatureAlgorithm::RsaPkcs1Other(*digest)),
                    _ => None,
                })
                .ok_or_else(unsupported),
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = match self {
            SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::EcdsaOther(_) => {
                "ECDSA"
            }
            SignatureAlgorithm::Ed25519 => return f.write_str("Ed25519"),
            SignatureAlgorithm::Ed448 => return f.write_str("Ed448"),
            SignatureAlgorithm::RsaPssOther { digest, mask, salt } => {
                return write!(f, "RSASSA-PSS with {digest}, MGF1 with {mask} and a salt of {salt} bytes");
            }
            SignatureAlgorithm::RsaPssSha256 | SignatureAlgorithm::RsaPssSha384 | SignatureAlgorithm::RsaPssSha512 => {
                "RSASSA-PSS"
            }
            SignatureAlgorithm::Sm2Sm3 => "SM2",
            _ => "RSASSA-PKCS1-v1_5",
        };
        write!(f, "{family} with {}", self.digest())
    }
}

/// Reads RSASSA-PSS-params (RFC 4055, 3.1). Usual are MGF1 with the message's digest and a salt as long
/// as that; other combinations are legal.
fn pss(parameters: Option<Tlv<'_>>) -> Result<SignatureAlgorithm, Error> {
    let what = "RSASSA-PSS-params";
    let (mut hash, mut mask, mut salt) = (DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, 20);
    if let Some(parameters) = parameters {
        let mut parts = parameters.expect(tag::SEQUENCE, what)?.children();
        if let Some(part) = parts.optional(tag::context(0, true), what)? {
            hash = digest_identifier(&part.children().next(what)?)?;
        }
        if let Some(part) = parts.optional(tag::context(1, true), what)? {
            let mut mgf = part.children().take(tag::SEQUENCE, what)?.children();
            let function = mgf.next(what)?.oid(what)?;
            if function != oid::RSA_MGF1 {
                return Err(Error::unsupported(format!("the mask generation function {function} is not built in")));
            }
            mask = digest_identifier(&mgf.next(what)?)?;
        }
        if let Some(part) = parts.optional(tag::context(2, true), what)? {
            salt = part.children().take(tag::INTEGER, what)?.small_integer(what)?;
        }
        if let Some(part) = parts.optional(tag::context(3, true), what)?
            && part.children().take(tag::INTEGER, what)?.small_integer(what)? != 1
        {
            return Err(Error::malformed("RSASSA-PSS-params: the trailer field is not 1"));
        }
        parts.finish(what)?;
    }
    match (hash, mask, salt) {
        (DigestAlgorithm::Sha256, DigestAlgorithm::Sha256, 32) => Ok(SignatureAlgorithm::RsaPssSha256),
        (DigestAlgorithm::Sha384, DigestAlgorithm::Sha384, 48) => Ok(SignatureAlgorithm::RsaPssSha384),
        (DigestAlgorithm::Sha512, DigestAlgorithm::Sha512, 64) => Ok(SignatureAlgorithm::RsaPssSha512),
        (digest, mask, salt) => {
            let salt = u16::try_from(salt)
                .map_err(|_| Error::malformed(format!("RSASSA-PSS-params: a salt of {salt} bytes cannot be")))?;
            Ok(SignatureAlgorithm::RsaPssOther { digest, mask, salt })
        }
    }
}

/// Reads an AlgorithmIdentifier of a digest.
fn digest_identifier(identifier: &Tlv<'_>) -> Result<DigestAlgorithm, Error> {
    let what = "digest AlgorithmIdentifier";
    DigestAlgorithm::from_oid(&identifier.expect(tag::SEQUENCE, what)?.children().next(what)?.oid(what)?)
}

/// What kind of key it is; RSA with its length in bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyKind {
    Brainpool256,
    Brainpool384,
    Ed25519,
    Ed448,
    P256,
    P384,
    P521,
    Rsa(usize),
    Sm2,
}

impl KeyKind {
    /// The algorithm by which keys of this kind sign where nobody names another; none where they only verify here.
    pub(crate) fn usual(self) -> Option<SignatureAlgorithm> {
        match self {
            KeyKind::Ed25519 => Some(SignatureAlgorithm::Ed25519),
            KeyKind::P256 => Some(SignatureAlgorithm::EcdsaSha256),
            KeyKind::P384 => Some(SignatureAlgorithm::EcdsaSha384),
            KeyKind::Rsa(_) => Some(SignatureAlgorithm::RsaPkcs1Sha256),
            KeyKind::Sm2 => Some(SignatureAlgorithm::Sm2Sm3),
            KeyKind::Brainpool256 | KeyKind::Brainpool384 | KeyKind::Ed448 | KeyKind::P521 => None,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyKind::Brainpool256 => f.write_str("brainpoolP256r1"),
            KeyKind::Brainpool384 => f.write_str("brainpoolP384r1"),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::Ed448 => f.write_str("Ed448"),
            KeyKind::P521 => f.write_str("P-521"),
            KeyKind::P256 => f.write_str("P-256"),
            KeyKind::P384 => f.write_str("P-384"),
            KeyKind::Rsa(bits) => write!(f, "RSA of {bits} bits"),
            KeyKind::Sm2 => f.write_str("SM2"),
        }
    }
}

/// A public key, ready to verify.
#[derive(Clone)]
pub(crate) struct PublicKey {
    kind: KeyKind,
    /// What stands in the BIT STRING of the SubjectPublicKeyInfo: a point, or RSAPublicKey.
    bits: Vec<u8>,
    #[cfg(feature = "sm")]
    sm2: Option<sm::VerifyingKey>,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub(crate) fn from_spki(spki: &Tlv<'_>) -> Result<Self, Error> {
        let what = "SubjectPublicKeyInfo";
        let mut parts = spki.expect(tag::SEQUENCE, what)?.children();
        let mut algorithm = parts.take(tag::SEQUENCE, what)?.children();
        let bits = parts.take(tag::BIT_STRING, what)?.bits(what)?;
        let family = algorithm.next(what)?.oid(what)?;
        let kind = match family {
            oid::EC_PUBLIC_KEY => curve(&algorithm.next(what)?.oid(what)?)?,
            oid::RSA | oid::RSA_PSS => KeyKind::Rsa(modulus_bits(bits)?),
            oid::ED25519 => KeyKind::Ed25519,
            oid::ED448 => KeyKind::Ed448,
            other => return Err(Error::unsupported(format!("keys of algorithm {other} are not built in"))),
        };
        Self::new(kind, bits)
    }

    pub(crate) fn new(kind: KeyKind, bits: &[u8]) -> Result<Self, Error> {
        Ok(PublicKey {
            kind,
            bits: bits.to_vec(),
            #[cfg(feature = "sm")]
            sm2: if kind == KeyKind::Sm2 { Some(sm::VerifyingKey::new(bits)?) } else { None },
        })
    }

    pub(crate) fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key's bits as they stand in a SubjectPublicKeyInfo.
    pub(crate) fn bits(&self) -> &[u8] {
        &self.bits
    }

    #[cfg(feature = "sm")]
    fn sm2_verify(&self, message: &[u8], value: &[u8]) -> Judgement {
        self.sm2.as_ref().map_or(Judgement::Bad, |key| key.verify(message, value))
    }

    #[cfg(not(feature = "sm"))]
    #[allow(clippy::unused_self)]
    fn sm2_verify(&self, _: &[u8], _: &[u8]) -> Judgement {
        Judgement::Unsupported("SM2 needs the \"sm\" feature of this crate".into())
    }

    #[cfg(feature = "sm")]
    pub(crate) fn sm2(&self) -> Option<&sm::VerifyingKey> {
        self.sm2.as_ref()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind)
    }
}

pub(crate) fn curve(named: &ObjectIdentifier) -> Result<KeyKind, Error> {
    match *named {
        oid::SM2_CURVE => Ok(KeyKind::Sm2),
        oid::P256 => Ok(KeyKind::P256),
        oid::P384 => Ok(KeyKind::P384),
        oid::P521 => Ok(KeyKind::P521),
        oid::BRAINPOOL_P256 => Ok(KeyKind::Brainpool256),
        oid::BRAINPOOL_P384 => Ok(KeyKind::Brainpool384),
        other => Err(Error::unsupported(format!("the elliptic curve {other} is not built in"))),
    }
}

/// The length of the modulus in an RSAPublicKey.
fn modulus_bits(key: &[u8]) -> Result<usize, Error> {
    let what = "RSAPublicKey.modulus";
    let modulus = Tlv::only(key, what)?.expect(tag::SEQUENCE, what)?.children().take(tag::INTEGER, what)?.value;
    let first = modulus.iter().position(|octet| *octet != 0).unwrap_or(modulus.len());
    let significant = modulus.get(first..).unwrap_or_default();
    let leading = significant.first().map_or(0, |octet| octet.leading_zeros() as usize);
    Ok((significant.len() * 8).saturating_sub(leading))
}

/// What came of checking a signature value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Judgement {
    /// It verifies. `raw`: it was SM2's `r‖s` without DER around, which is tolerated and told.
    Good { raw: bool },
    /// It does not verify.
    Bad,
    /// It cannot be told; the sentence says why.
    Unsupported(String),
}

/// Checks `value` over `message`. The message is hashed here, as the algorithm prescribes.
pub(crate) fn verify(algorithm: SignatureAlgorithm, key: &PublicKey, message: &[u8], value: &[u8]) -> Judgement {
    if !algorithm.fits(key.kind()) {
        // A value of one algorithm under a key of another can verify under no reading.
        return Judgement::Bad;
    }
    match algorithm {
        SignatureAlgorithm::Sm2Sm3 => key.sm2_verify(message, value),
        _ => international::verify(algorithm, key, message, value),
    }
}
