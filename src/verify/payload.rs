//! What a signature is by its bytes, whatever its surroundings call it.

use ::der::asn1::ObjectIdentifier;

use crate::crypto::cms::SignedData;
use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm, digest};
use crate::der::{Tlv, tag};
use crate::document::{Announced, Found};
use crate::error::Error;
use crate::seal::SealSignature;
use crate::timestamp::Token;

/// A signature's bytes, read by what they are.
pub(super) enum Payload<'a> {
    Seal(Box<SealSignature>),
    Cms(SignedData<'a>),
    TimeStamp(Box<Token<'a>>),
    /// SM2's SEQUENCE { r, s } alone, `adbe.x509.rsa_sha1`'s OCTET STRING, or what the algorithm that an OFD's
    /// description names gives.
    Raw(&'a [u8]),
    /// Nothing to be read: the document's findings say why.
    Missing,
    Unreadable(String),
}

impl<'a> Payload<'a> {
    pub(super) fn read(found: &'a Found, limits: &crate::limits::Limits) -> Self {
        let bytes = found.payload.as_slice();
        if bytes.is_empty() {
            return Payload::Missing;
        }
        if bytes.len() > limits.seal_bytes {
            return Payload::Unreadable(format!(
                "the signature has {} bytes, more than the {} that the limits allow",
                bytes.len(),
                limits.seal_bytes
            ));
        }
        let read = if SealSignature::looks_like(bytes) {
            SealSignature::from_der(bytes).map(|signature| Payload::Seal(Box::new(signature)))
        } else if SignedData::looks_like(bytes) && found.announced == Announced::TimeStamp {
            Token::read(bytes, limits.certificates).map(|token| Payload::TimeStamp(Box::new(token)))
        } else if SignedData::looks_like(bytes) {
            SignedData::read(bytes, limits.certificates).map(Payload::Cms)
        } else if is_bare_value(bytes, named_algorithm(found)) {
            Ok(Payload::Raw(bytes))
        } else {
            Err(Error::malformed("it is neither a seal signature nor CMS nor a bare signature value"))
        };
        read.unwrap_or_else(|error| Payload::Unreadable(error.to_string()))
    }

    /// The digest of the protected bytes that has to be known to judge it.
    pub(super) fn wants(&self) -> Option<DigestAlgorithm> {
        match self {
            Payload::Seal(signature) => Some(data_hash_algorithm(signature)),
            Payload::Cms(signed) => signed.signers.first().and_then(|signer| cms_digest(signed, signer)),
            Payload::TimeStamp(token) => token.imprint_algorithm.clone().ok(),
            Payload::Raw(_) | Payload::Missing | Payload::Unreadable(_) => None,
        }
        .filter(|algorithm| digest(*algorithm, b"").is_ok())
    }
}

impl Payload<'_> {
    /// The signatory's certificate as the signature names it, then the others that lie beside it.
    pub(super) fn certificates(&self) -> Vec<&Certificate> {
        match self {
            Payload::Seal(signature) => signature.certificate().ok().into_iter().collect(),
            Payload::Cms(signed) => {
                let is_own = |one: &&Certificate| signed.signers.first().is_some_and(|signer| signer.id.names(one));
                let (own, others): (Vec<_>, Vec<_>) = signed.certificates.iter().partition(is_own);
                if own.is_empty() { Vec::new() } else { own.into_iter().chain(others).collect() }
            }
            Payload::TimeStamp(_) | Payload::Raw(_) | Payload::Missing | Payload::Unreadable(_) => Vec::new(),
        }
    }
}

/// GB/T 38540-2020, 7.1: SM3 with SM2; with another algorithm its own digest.
fn data_hash_algorithm(signature: &SealSignature) -> DigestAlgorithm {
    match SignatureAlgorithm::from_oid(&signature.algorithm(), None) {
        Ok(algorithm) => algorithm.digest(),
        Err(_) => DigestAlgorithm::Sm3,
    }
}

/// `adbe.pkcs7.sha1` encapsulates the SHA-1 of the ranges, whatever the signer digests by.
fn cms_digest(signed: &SignedData<'_>, signer: &crate::crypto::cms::SignerInfo<'_>) -> Option<DigestAlgorithm> {
    match &signed.content {
        Some(content) if content.len() == 20 => Some(DigestAlgorithm::Sha1),
        _ => signer.digest.clone().ok(),
    }
}

/// The algorithm that the description of an OFD's signature names (GB/T 33190-2016, 18.2).
pub(super) fn named_algorithm(found: &Found) -> Option<SignatureAlgorithm> {
    let oid = ObjectIdentifier::new(found.method.as_deref()?).ok()?;
    SignatureAlgorithm::from_oid(&oid, None).ok()
}

/// A SEQUENCE of two INTEGERs, or an OCTET STRING, and nothing else; or as many octets as the named algorithm gives
/// without a structure around them.
fn is_bare_value(bytes: &[u8], named: Option<SignatureAlgorithm>) -> bool {
    use SignatureAlgorithm::{
        Ed25519, RsaPkcs1Other, RsaPkcs1Sha1, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512, Sm2Sm3,
    };
    let integers = |list: Vec<Tlv<'_>>| list.len() == 2 && list.iter().all(|item| item.tag == tag::INTEGER);
    let is_structure = Tlv::only(bytes, "").is_ok_and(|element| {
        element.tag == tag::OCTET_STRING || (element.tag == tag::SEQUENCE && element.list("").is_ok_and(integers))
    });
    is_structure
        || match named {
            Some(Sm2Sm3 | Ed25519) => bytes.len() == 64,
            // Keys of 1024 to 8192 bits.
            Some(RsaPkcs1Sha1 | RsaPkcs1Sha256 | RsaPkcs1Sha384 | RsaPkcs1Sha512 | RsaPkcs1Other(_)) => {
                (128..=1024).contains(&bytes.len())
            }
            _ => false,
        }
}
