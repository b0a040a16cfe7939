//! Writing SignedData with one signer: detached with the attributes of PAdES B-B, or around a digest.

use ::der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use ::der::{Decode as _, Encode as _, Sequence, ValueOrd};
use spki::AlgorithmIdentifierOwned;

use crate::crypto::algorithm::KeyKind;
use crate::crypto::cms::oid;
use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm};
use crate::error::{Error, ErrorKind};
use crate::time::Time;

/// `Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }`,
/// RFC 5652, 5.3.
#[derive(Clone, Debug, Sequence, ValueOrd)]
struct Attribute {
    kind: ObjectIdentifier,
    values: SetOfVec<Any>,
}

/// `ESSCertIDv2`, RFC 5035, 4. The hash algorithm is left out when it is SHA-256, its default, and so
/// is the issuer's serial (EN 319 122-1, 5.2.2.3).
#[derive(Clone, Debug, Sequence)]
struct EssCertIdV2 {
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    certificate_hash: OctetString,
}

/// `SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }`, RFC 5035, 3.
#[derive(Clone, Debug, Sequence)]
struct SigningCertificateV2 {
    certificates: Vec<EssCertIdV2>,
}

/// `CMSAlgorithmProtection`, RFC 6211, 2.
#[derive(Clone, Debug, Sequence)]
struct AlgorithmProtection {
    digest: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT")]
    signature: AlgorithmIdentifierOwned,
}

#[derive(Clone, Debug, Sequence)]
struct EncapsulatedContent {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    content: Option<OctetString>,
}

#[derive(Clone, Debug, Sequence)]
struct IssuerAndSerial {
    issuer: Any,
    serial: Any,
}

#[derive(Clone, Debug, Sequence, ValueOrd)]
struct SignerInfo {
    version: u8,
    id: Any,
    digest: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    signed: Option<SetOfVec<Attribute>>,
    algorithm: AlgorithmIdentifierOwned,
    value: OctetString,
}

#[derive(Clone, Debug, Sequence)]
struct SignedData {
    version: u8,
    digests: SetOfVec<AlgorithmIdentifierOwned>,
    content: EncapsulatedContent,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true")]
    certificates: SetOfVec<Any>,
    signers: SetOfVec<SignerInfo>,
}

#[derive(Clone, Debug, Sequence)]
struct ContentInfo {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: SignedData,
}

/// A signed message in the making: everything but the value.
///
/// SM2 signatures take the identifiers of GB/T 35275, all others those of RFC 5652.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    chain: Vec<Certificate>,
    signed: Signed,
}

/// What the value of a message is over.
#[derive(Clone, Debug)]
enum Signed {
    /// Attributes, one of them the digest of content that is elsewhere.
    Attributes(SetOfVec<Attribute>),
    /// The content, which is a digest and stands inside.
    Digest(Vec<u8>),
}

impl Message {
    /// The attributes of PAdES B-B (EN 319 142-1, 6.3) over a digest of the document. PAdES leaves the
    /// time of signing to the document; where no document tells it, the attributes do.
    pub(crate) fn new(
        algorithm: SignatureAlgorithm,
        certificate: &Certificate,
        chain: &[Certificate],
        digest: &[u8],
        time: Option<Time>,
    ) -> Result<Self, Error> {
        let mut attributes = vec![
            attribute(oid::CONTENT_TYPE, &content_type(algorithm))?,
            attribute(oid::MESSAGE_DIGEST, &octets(digest)?)?,
            attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate(algorithm.digest(), certificate)?)?,
        ];
        if !is_gm(algorithm) {
            let protection =
                AlgorithmProtection { digest: digest_identifier(algorithm)?, signature: identifier(algorithm)? };
            attributes.push(attribute(oid::ALGORITHM_PROTECTION, &protection)?);
        }
        if let Some(time) = time {
            attributes.push(attribute(oid::SIGNING_TIME, &signing_time(time)?)?);
        }
        let signed = Signed::Attributes(SetOfVec::from_iter(attributes).map_err(encoding)?);
        Ok(Message { algorithm, certificate: certificate.clone(), chain: chain.to_vec(), signed })
    }

    /// The digest itself as the content, signed without attributes: the elder form of GB/T 35275 in OFD.
    pub(crate) fn around(
        algorithm: SignatureAlgorithm,
        certificate: &Certificate,
        chain: &[Certificate],
        digest: &[u8],
    ) -> Self {
        let signed = Signed::Digest(digest.to_vec());
        Message { algorithm, certificate: certificate.clone(), chain: chain.to_vec(), signed }
    }

    /// The attributes with which a message was prepared elsewhere, as [`Message::to_be_signed`] gave them.
    pub(crate) fn resumed(
        algorithm: SignatureAlgorithm,
        certificate: &Certificate,
        chain: &[Certificate],
        to_be_signed: &[u8],
    ) -> Result<Self, Error> {
        let signed = Signed::Attributes(SetOfVec::from_der(to_be_signed).map_err(encoding)?);
        Ok(Message { algorithm, certificate: certificate.clone(), chain: chain.to_vec(), signed })
    }

    /// The message-digest inside attributes that [`Message::to_be_signed`] gave.
    pub(crate) fn digest_within(to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
        let attributes: SetOfVec<Attribute> = SetOfVec::from_der(to_be_signed).map_err(encoding)?;
        let digest = attributes.iter().find(|attribute| attribute.kind == oid::MESSAGE_DIGEST);
        let value = digest.and_then(|attribute| attribute.values.iter().next());
        let value = value.ok_or_else(|| Error::malformed("the attributes have no message-digest"))?;
        value.decode_as::<OctetString>().map(|octets| octets.as_bytes().to_vec()).map_err(encoding)
    }

    /// What the key signs: the attributes as a DER SET OF, or the content without its header (RFC 5652, 5.4).
    pub(crate) fn to_be_signed(&self) -> Result<Vec<u8>, Error> {
        match &self.signed {
            Signed::Attributes(attributes) => attributes.to_der().map_err(encoding),
            Signed::Digest(digest) => Ok(digest.clone()),
        }
    }

    /// The finished ContentInfo around a signature value.
    pub(crate) fn assemble(&self, value: &[u8]) -> Result<Vec<u8>, Error> {
        let id = IssuerAndSerial {
            issuer: Any::from_der(self.certificate.issuer_raw()).map_err(encoding)?,
            serial: Any::new(::der::Tag::Integer, self.certificate.serial_raw()).map_err(encoding)?,
        };
        let (attributes, content) = match &self.signed {
            Signed::Attributes(attributes) => (Some(attributes.clone()), None),
            Signed::Digest(digest) => (None, Some(octets(digest)?)),
        };
        let signer = SignerInfo {
            version: 1,
            id: Any::encode_from(&id).map_err(encoding)?,
            digest: digest_identifier(self.algorithm)?,
            signed: attributes,
            algorithm: identifier(self.algorithm)?,
            value: octets(value)?,
        };
        let certificates: Vec<Any> = std::iter::once(&self.certificate)
            .chain(&self.chain)
            .map(|certificate| Any::from_der(certificate.der()))
            .collect::<Result<_, _>>()
            .map_err(encoding)?;
        let signed = SignedData {
            version: 1,
            digests: SetOfVec::from_iter([digest_identifier(self.algorithm)?]).map_err(encoding)?,
            content: EncapsulatedContent { content_type: content_type(self.algorithm), content },
            certificates: SetOfVec::from_iter(certificates).map_err(encoding)?,
            signers: SetOfVec::from_iter([signer]).map_err(encoding)?,
        };
        let content_type = if is_gm(self.algorithm) { oid::GM_SIGNED_DATA } else { oid::SIGNED_DATA };
        ContentInfo { content_type, content: signed }.to_der().map_err(encoding)
    }
}

/// The most bytes that a signature value of this algorithm by this key can have.
pub(crate) fn signature_room(key: KeyKind) -> usize {
    match key {
        KeyKind::Ed25519 => 64,
        // SEQUENCE { r, s }: two integers with a zero octet in front, and three headers.
        KeyKind::P256 | KeyKind::Sm2 => 2 * (32 + 1 + 2) + 2,
        KeyKind::P384 => 2 * (48 + 1 + 2) + 2,
        KeyKind::Rsa(bits) => bits.div_ceil(8),
    }
}

fn is_gm(algorithm: SignatureAlgorithm) -> bool {
    algorithm == SignatureAlgorithm::Sm2Sm3
}

fn content_type(algorithm: SignatureAlgorithm) -> ObjectIdentifier {
    if is_gm(algorithm) { oid::GM_DATA } else { oid::DATA }
}

fn attribute(kind: ObjectIdentifier, value: &(impl ::der::Tagged + ::der::EncodeValue)) -> Result<Attribute, Error> {
    let value = Any::encode_from(value).map_err(encoding)?;
    Ok(Attribute { kind, values: SetOfVec::from_iter([value]).map_err(encoding)? })
}

/// UTCTime up to 2049, GeneralizedTime from then on (RFC 5652, 11.3).
fn signing_time(time: Time) -> Result<Any, Error> {
    let text = time.to_generalized();
    let short = (1950..2050).contains(&time.parts().year());
    let (tag, digits) = match text.get(2..).filter(|_| short) {
        Some(digits) => (::der::Tag::UtcTime, digits),
        None => (::der::Tag::GeneralizedTime, text.as_str()),
    };
    Any::new(tag, digits.as_bytes()).map_err(encoding)
}

fn signing_certificate(digest: DigestAlgorithm, certificate: &Certificate) -> Result<SigningCertificateV2, Error> {
    // The hash that names the certificate need not be the signature's; SHA-256 is left unsaid.
    let hash_algorithm = match digest {
        DigestAlgorithm::Sha256 => None,
        other => Some(AlgorithmIdentifierOwned { oid: other.oid(), parameters: None }),
    };
    let id = EssCertIdV2 { hash_algorithm, certificate_hash: octets(&certificate.digest(digest)?)? };
    Ok(SigningCertificateV2 { certificates: vec![id] })
}

fn digest_identifier(algorithm: SignatureAlgorithm) -> Result<AlgorithmIdentifierOwned, Error> {
    Ok(AlgorithmIdentifierOwned { oid: algorithm.digest().oid(), parameters: None })
}

fn identifier(algorithm: SignatureAlgorithm) -> Result<AlgorithmIdentifierOwned, Error> {
    if algorithm.oid() == crate::crypto::oid::RSA_PSS {
        return Err(Error::unsupported("signing by RSASSA-PSS is not built in; sign by RSASSA-PKCS1-v1_5"));
    }
    let parameters = if algorithm.has_null_parameters() { Some(Any::null()) } else { None };
    Ok(AlgorithmIdentifierOwned { oid: algorithm.oid(), parameters })
}

fn octets(bytes: &[u8]) -> Result<OctetString, Error> {
    OctetString::new(bytes).map_err(encoding)
}

fn encoding(source: ::der::Error) -> Error {
    Error::new(ErrorKind::Malformed, format!("encoding a CMS structure failed ({source})")).caused_by(source)
}
