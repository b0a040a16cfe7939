//! Writing SignedData: one signer, with the attributes of PAdES B-B over detached content, around the
//! content of a time-stamp token, or around a digest.

use ::der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use ::der::{Decode as _, Encode as _, Sequence, ValueOrd};
use spki::AlgorithmIdentifierOwned;

use crate::crypto::algorithm::KeyKind;
use crate::crypto::cms::{Attributes, oid, reference};
use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm};
use crate::der::Tlv;
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
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    unsigned: Option<SetOfVec<Attribute>>,
}

#[derive(Clone, Debug, Sequence)]
struct SignedData {
    version: u8,
    digests: SetOfVec<AlgorithmIdentifierOwned>,
    content: EncapsulatedContent,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    certificates: Option<SetOfVec<Any>>,
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
    attributes: Option<SetOfVec<Attribute>>,
    /// The type and the bytes of content that travels inside.
    inside: Option<(ObjectIdentifier, Vec<u8>)>,
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
        Ok(Message {
            algorithm,
            certificate: certificate.clone(),
            chain: chain.to_vec(),
            attributes: Some(SetOfVec::from_iter(attributes).map_err(encoding)?),
            inside: None,
        })
    }

    /// The digest itself as the content, signed without attributes: the elder form of GB/T 35275 in OFD.
    pub(crate) fn of_digest(
        algorithm: SignatureAlgorithm,
        certificate: &Certificate,
        chain: &[Certificate],
        digest: &[u8],
    ) -> Self {
        Message {
            algorithm,
            certificate: certificate.clone(),
            chain: chain.to_vec(),
            attributes: None,
            inside: Some((content_type(algorithm), digest.to_vec())),
        }
    }

    /// The attributes of a time-stamp token (RFC 3161, 2.4.2; RFC 5816) around its content.
    #[cfg(feature = "authority")]
    pub(crate) fn around(
        kind: ObjectIdentifier,
        content: &[u8],
        by: &crate::crypto::Credentials,
        named: bool,
    ) -> Result<Self, Error> {
        let (algorithm, certificate) = (by.algorithm(), by.certificate());
        let digest = crate::crypto::digest(algorithm.digest(), content)?;
        let mut attributes =
            vec![attribute(oid::CONTENT_TYPE, &kind)?, attribute(oid::MESSAGE_DIGEST, &octets(&digest)?)?];
        if named {
            let value = signing_certificate(algorithm.digest(), certificate)?;
            attributes.push(attribute(oid::SIGNING_CERTIFICATE_V2, &value)?);
        }
        Ok(Message {
            algorithm,
            certificate: certificate.clone(),
            chain: by.chain().to_vec(),
            attributes: Some(SetOfVec::from_iter(attributes).map_err(encoding)?),
            inside: Some((kind, content.to_vec())),
        })
    }

    /// The attributes with which a message was prepared elsewhere, as [`Message::to_be_signed`] gave them.
    pub(crate) fn resumed(
        algorithm: SignatureAlgorithm,
        certificate: &Certificate,
        chain: &[Certificate],
        to_be_signed: &[u8],
    ) -> Result<Self, Error> {
        let attributes = Some(SetOfVec::from_der(to_be_signed).map_err(encoding)?);
        Ok(Message { algorithm, certificate: certificate.clone(), chain: chain.to_vec(), attributes, inside: None })
    }

    /// The message-digest inside attributes that [`Message::to_be_signed`] gave.
    pub(crate) fn digest_within(to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
        let attributes: SetOfVec<Attribute> = SetOfVec::from_der(to_be_signed).map_err(encoding)?;
        let digest = attributes.iter().find(|attribute| attribute.kind == oid::MESSAGE_DIGEST);
        let value = digest.and_then(|attribute| attribute.values.iter().next());
        let value = value.ok_or_else(|| Error::malformed("the attributes have no message-digest"))?;
        value.decode_as::<OctetString>().map(|octets| octets.as_bytes().to_vec()).map_err(encoding)
    }

    /// Whether attributes that [`Message::to_be_signed`] gave name this certificate as the signer's.
    pub(crate) fn names(to_be_signed: &[u8], certificate: &Certificate) -> Result<bool, Error> {
        let attributes = Attributes::read(&Tlv::only(to_be_signed, "the attributes")?)?;
        Ok(reference(&attributes).is_some_and(|reference| reference.is(certificate)))
    }

    /// What the key signs: the attributes as a DER SET OF, or the content without its header (RFC 5652, 5.4).
    pub(crate) fn to_be_signed(&self) -> Result<Vec<u8>, Error> {
        match (&self.attributes, &self.inside) {
            (Some(attributes), _) => attributes.to_der().map_err(encoding),
            (None, Some((_, content))) => Ok(content.clone()),
            (None, None) => Err(Error::new(ErrorKind::Misuse, "a message has attributes, content, or both")),
        }
    }

    /// The finished ContentInfo around a signature value, with a time-stamp token over that value if there is
    /// one (RFC 3161, appendix A).
    pub(crate) fn assemble(&self, value: &[u8], token: Option<&[u8]>) -> Result<Vec<u8>, Error> {
        let signer = self.signer(value, token)?;
        self.wrap(vec![signer], is_gm(self.algorithm), true)
    }

    /// One signer's part.
    fn signer(&self, value: &[u8], token: Option<&[u8]>) -> Result<SignerInfo, Error> {
        let id = IssuerAndSerial {
            issuer: Any::from_der(self.certificate.issuer_raw()).map_err(encoding)?,
            serial: Any::new(::der::Tag::Integer, self.certificate.serial_raw()).map_err(encoding)?,
        };
        Ok(SignerInfo {
            version: 1,
            id: Any::encode_from(&id).map_err(encoding)?,
            digest: digest_identifier(self.algorithm)?,
            signed: self.attributes.clone(),
            algorithm: identifier(self.algorithm)?,
            value: octets(value)?,
            unsigned: token.map(unsigned).transpose()?,
        })
    }

    /// `gm`: under the outer identifier of GB/T 35275.
    fn wrap(&self, signers: Vec<SignerInfo>, gm: bool, with_certificates: bool) -> Result<Vec<u8>, Error> {
        let certificates = std::iter::once(&self.certificate).chain(&self.chain);
        let certificates: Vec<Any> = certificates
            .map(|certificate| Any::from_der(certificate.der()))
            .collect::<Result<_, _>>()
            .map_err(encoding)?;
        let certificates =
            with_certificates.then(|| SetOfVec::from_iter(certificates)).transpose().map_err(encoding)?;
        let own = content_type(self.algorithm);
        let (content_type, content) = match &self.inside {
            None => (own, None),
            Some((kind, content)) => (*kind, Some(octets(content)?)),
        };
        let signed = SignedData {
            // RFC 5652, 5.1: 3 where the content is not id-data.
            version: if content_type == own { 1 } else { 3 },
            digests: SetOfVec::from_iter([digest_identifier(self.algorithm)?]).map_err(encoding)?,
            content: EncapsulatedContent { content_type, content },
            certificates,
            signers: SetOfVec::from_iter(signers).map_err(encoding)?,
        };
        let content_type = if gm { oid::GM_SIGNED_DATA } else { oid::SIGNED_DATA };
        ContentInfo { content_type, content: signed }.to_der().map_err(encoding)
    }

    /// The message signed by each of these values: a token with more than one is what an authority never gives.
    #[cfg(feature = "authority")]
    pub(crate) fn assemble_token(&self, values: &[&[u8]], gm: bool, certificates: bool) -> Result<Vec<u8>, Error> {
        let signers = values.iter().map(|value| self.signer(value, None)).collect::<Result<_, _>>()?;
        self.wrap(signers, gm, certificates)
    }
}

/// The unsigned attributes that hold a time-stamp token.
fn unsigned(token: &[u8]) -> Result<SetOfVec<Attribute>, Error> {
    let value = Any::from_der(token).map_err(encoding)?;
    let values = SetOfVec::from_iter([value]).map_err(encoding)?;
    SetOfVec::from_iter([Attribute { kind: oid::TIME_STAMP_TOKEN, values }]).map_err(encoding)
}

/// The most bytes that a signature value of this algorithm by this key can have.
pub(crate) fn signature_room(key: KeyKind) -> usize {
    match key {
        KeyKind::Ed25519 => 64,
        // SEQUENCE { r, s }: two integers with a zero octet in front, and three headers.
        KeyKind::P256 | KeyKind::Brainpool256 | KeyKind::Sm2 => 2 * (32 + 1 + 2) + 2,
        KeyKind::P384 | KeyKind::Brainpool384 => 2 * (48 + 1 + 2) + 2,
        KeyKind::P521 => 2 * (66 + 2) + 3,
        KeyKind::Ed448 => 114,
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
    let parameters = if algorithm.oid() == crate::crypto::oid::RSA_PSS {
        Some(pss_parameters(algorithm.digest())?)
    } else {
        algorithm.has_null_parameters().then(Any::null)
    };
    Ok(AlgorithmIdentifierOwned { oid: algorithm.oid(), parameters })
}

/// `RSASSA-PSS-params`, RFC 4055, 3.1; the trailer field has its default.
#[derive(Clone, Debug, Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    hash: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT")]
    mask: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT")]
    salt: u8,
}

/// MGF1 with the same digest, and a salt as long as the digest.
fn pss_parameters(digest: DigestAlgorithm) -> Result<Any, Error> {
    let hash = AlgorithmIdentifierOwned { oid: digest.oid(), parameters: Some(Any::null()) };
    let mask = AlgorithmIdentifierOwned {
        oid: crate::crypto::oid::RSA_MGF1,
        parameters: Some(Any::encode_from(&hash).map_err(encoding)?),
    };
    let salt = u8::try_from(digest.length()).unwrap_or(u8::MAX);
    Any::encode_from(&PssParameters { hash, mask, salt }).map_err(encoding)
}

fn octets(bytes: &[u8]) -> Result<OctetString, Error> {
    OctetString::new(bytes).map_err(encoding)
}

fn encoding(source: ::der::Error) -> Error {
    Error::new(ErrorKind::Malformed, format!("encoding a CMS structure failed ({source})")).caused_by(source)
}
