//! Reading SignedData over the bytes that arrived.

use std::borrow::Cow;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::cms::oid;
use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm};
use crate::der::{Tlv, tag};
use crate::error::{Error, ErrorKind};

/// SignedData, by reference into the bytes that arrived.
///
/// ```text
/// SignedData ::= SEQUENCE {
///     version           INTEGER,
///     digestAlgorithms  SET OF AlgorithmIdentifier,
///     encapContentInfo  SEQUENCE { eContentType OBJECT IDENTIFIER,
///                                  eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates      [0] IMPLICIT SET OF CertificateChoices OPTIONAL,
///     crls              [1] IMPLICIT SET OF RevocationInfoChoice OPTIONAL,
///     signerInfos       SET OF SignerInfo }
/// ```
///
/// RFC 5652, 5.1; GB/T 35275-2017, 8.1 has the same shape under other identifiers.
#[derive(Debug)]
pub(crate) struct SignedData<'a> {
    /// Whether the outer identifier is GB/T 35275's.
    pub(crate) gm: bool,
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content: Option<Cow<'a, [u8]>>,
    pub(crate) certificates: Vec<Certificate>,
    /// How many certificates could not be read.
    pub(crate) unreadable: usize,
    /// Lists of revoked certificates and other such information, each as it stands.
    pub(crate) revocation: Vec<Tlv<'a>>,
    pub(crate) signers: Vec<SignerInfo<'a>>,
    /// Whether every length is definite and shortest.
    pub(crate) is_der: bool,
}

/// One signer's part (RFC 5652, 5.3).
#[derive(Debug)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) id: SignerId<'a>,
    /// The digest algorithm, or why it is none that is built in.
    pub(crate) digest: Result<DigestAlgorithm, String>,
    pub(crate) signed: Option<Attributes<'a>>,
    pub(crate) algorithm: Result<SignatureAlgorithm, String>,
    pub(crate) value: Cow<'a, [u8]>,
    pub(crate) unsigned: Option<Attributes<'a>>,
}

/// How a SignerInfo names its certificate.
#[derive(Debug)]
pub(crate) enum SignerId<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    SubjectKeyId(&'a [u8]),
}

impl SignerId<'_> {
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match self {
            SignerId::IssuerAndSerial { issuer, serial } => {
                certificate.issuer_raw() == *issuer && certificate.serial_raw() == *serial
            }
            SignerId::SubjectKeyId(id) => certificate.subject_key_id() == Some(*id),
        }
    }
}

/// A SET OF Attribute, with its bytes.
#[derive(Debug)]
pub(crate) struct Attributes<'a> {
    raw: &'a [u8],
    list: Vec<(ObjectIdentifier, Vec<Tlv<'a>>)>,
}

impl<'a> Attributes<'a> {
    /// The bytes as they are signed: a SET OF in place of the [0] tag, nothing else changed
    /// (RFC 5652, 5.4). Never encoded anew: an unsorted set verifies as it stands.
    pub(crate) fn to_be_signed(&self) -> Vec<u8> {
        let mut bytes = self.raw.to_vec();
        if let Some(first) = bytes.first_mut() {
            *first = tag::SET;
        }
        bytes
    }

    /// How many attributes have this type.
    pub(crate) fn count(&self, wanted: &ObjectIdentifier) -> usize {
        self.list.iter().filter(|(kind, _)| kind == wanted).count()
    }

    /// The value of a single-valued attribute: present once, with one value.
    pub(crate) fn single(&self, wanted: &ObjectIdentifier) -> Option<Tlv<'a>> {
        let mut values = self.list.iter().filter(|(kind, _)| kind == wanted).map(|(_, values)| values);
        match (values.next().map(Vec::as_slice), values.next()) {
            (Some([value]), None) => Some(*value),
            _ => None,
        }
    }

    /// Every value of an attribute that may be there more than once.
    pub(crate) fn all<'s>(&'s self, wanted: &'s ObjectIdentifier) -> impl Iterator<Item = Tlv<'a>> + 's {
        self.list.iter().filter(move |(kind, _)| kind == wanted).flat_map(|(_, values)| values.iter().copied())
    }

    /// Whether the set is sorted as DER asks.
    pub(crate) fn is_sorted(&self) -> bool {
        let Ok(set) = Tlv::only(self.raw, "attributes") else { return false };
        set.list("attributes").is_ok_and(|list| {
            list.windows(2).all(|pair| match pair {
                [first, second] => first.raw <= second.raw,
                _ => true,
            })
        })
    }

    pub(crate) fn read(element: &Tlv<'a>) -> Result<Self, Error> {
        let mut list = Vec::new();
        for attribute in element.list("attributes")? {
            let mut parts = attribute.expect(tag::SEQUENCE, "Attribute")?.children();
            let kind = parts.next("Attribute.attrType")?.oid("Attribute.attrType")?;
            let values = parts.take(tag::SET, "Attribute.attrValues")?.list("Attribute.attrValues")?;
            parts.finish("Attribute")?;
            list.push((kind, values));
        }
        Ok(Attributes { raw: element.raw, list })
    }
}

impl<'a> SignedData<'a> {
    /// Whether the bytes begin like a ContentInfo: a SEQUENCE that begins with an object identifier.
    pub(crate) fn looks_like(bytes: &[u8]) -> bool {
        let Ok((outer, _)) = Tlv::first(bytes, "") else { return false };
        outer.tag == tag::SEQUENCE && outer.value.first() == Some(&tag::OID)
    }

    /// Reads a ContentInfo that holds SignedData.
    pub(crate) fn read(bytes: &'a [u8], most_certificates: usize) -> Result<Self, Error> {
        let outer = Tlv::only(bytes, "ContentInfo")?.expect(tag::SEQUENCE, "ContentInfo")?;
        let mut parts = outer.children();
        let kind = parts.next("ContentInfo.contentType")?.oid("ContentInfo.contentType")?;
        let gm = match kind {
            oid::SIGNED_DATA => false,
            oid::GM_SIGNED_DATA => true,
            other => return Err(Error::unsupported(format!("the CMS content {other} is not SignedData"))),
        };
        let content = parts.take(tag::context(0, true), "ContentInfo.content")?;
        parts.finish("ContentInfo")?;
        let mut data = content.children();
        let signed = data.take(tag::SEQUENCE, "SignedData")?;
        data.finish("ContentInfo.content")?;
        Self::read_fields(&signed, gm, outer.is_der(), most_certificates)
    }

    fn read_fields(signed: &Tlv<'a>, gm: bool, is_der: bool, most_certificates: usize) -> Result<Self, Error> {
        let mut fields = signed.children();
        fields.take(tag::INTEGER, "SignedData.version")?;
        fields.take(tag::SET, "SignedData.digestAlgorithms")?;
        let mut inner = fields.take(tag::SEQUENCE, "SignedData.encapContentInfo")?.children();
        let content_type = inner.next("eContentType")?.oid("eContentType")?;
        let content = match inner.optional(tag::context(0, true), "eContent")? {
            Some(wrapper) => Some(wrapper.children().next("eContent")?.octets("eContent")?),
            None => None,
        };
        let (mut certificates, mut unreadable) = (Vec::new(), 0);
        if let Some(set) = fields.optional(tag::context(0, true), "SignedData.certificates")? {
            for element in set.list("SignedData.certificates")? {
                if certificates.len() + unreadable >= most_certificates {
                    return Err(Error::new(
                        ErrorKind::TooLarge,
                        format!("SignedData.certificates: more than the {most_certificates} that the limits allow"),
                    ));
                }
                match Certificate::from_der(element.raw) {
                    Ok(certificate) => certificates.push(certificate),
                    Err(_) => unreadable += 1,
                }
            }
        }
        let revocation = fields.optional(tag::context(1, true), "SignedData.crls")?;
        let revocation = revocation.map(|set| set.list("SignedData.crls")).transpose()?.unwrap_or_default();
        let mut signers = Vec::new();
        for element in fields.take(tag::SET, "SignedData.signerInfos")?.list("SignerInfo")? {
            signers.push(SignerInfo::read(&element)?);
        }
        fields.finish("SignedData")?;
        Ok(SignedData { gm, content_type, content, certificates, unreadable, revocation, signers, is_der })
    }
}

impl<'a> SignerInfo<'a> {
    fn read(element: &Tlv<'a>) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "SignerInfo")?.children();
        fields.take(tag::INTEGER, "SignerInfo.version")?;
        let sid = fields.next("SignerInfo.sid")?;
        let id = if sid.tag == tag::SEQUENCE {
            let mut parts = sid.children();
            let issuer = parts.take(tag::SEQUENCE, "SignerInfo.sid.issuer")?.raw;
            let serial = parts.take(tag::INTEGER, "SignerInfo.sid.serialNumber")?.value;
            SignerId::IssuerAndSerial { issuer, serial }
        } else {
            SignerId::SubjectKeyId(sid.expect(tag::context(0, false), "SignerInfo.sid")?.value)
        };
        let digest = fields.take(tag::SEQUENCE, "SignerInfo.digestAlgorithm")?;
        let digest = digest.children().next("digestAlgorithm")?.oid("digestAlgorithm")?;
        let digest = DigestAlgorithm::from_oid(&digest).map_err(|error| error.to_string());
        let signed = fields.optional(tag::context(0, true), "SignerInfo.signedAttrs")?;
        let signed = signed.as_ref().map(Attributes::read).transpose()?;
        let identifier = fields.take(tag::SEQUENCE, "SignerInfo.signatureAlgorithm")?;
        let algorithm = SignatureAlgorithm::from_identifier(&identifier, digest.clone().ok());
        let value = fields.next("SignerInfo.signature")?;
        let value = match value.tag & !0x20 {
            tag::OCTET_STRING => value.octets("SignerInfo.signature")?,
            _ => value.expect(tag::OCTET_STRING, "SignerInfo.signature")?.octets("SignerInfo.signature")?,
        };
        let unsigned = fields.optional(tag::context(1, true), "SignerInfo.unsignedAttrs")?;
        let unsigned = unsigned.as_ref().map(Attributes::read).transpose()?;
        fields.finish("SignerInfo")?;
        Ok(SignerInfo { id, digest, signed, algorithm: algorithm.map_err(|error| error.to_string()), value, unsigned })
    }
}
