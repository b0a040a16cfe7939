//! X.509 certificates, read with `x509-parser`.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ::der::asn1::ObjectIdentifier;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::crypto::algorithm::{Judgement, PublicKey, SignatureAlgorithm, verify};
use crate::crypto::name::Name;
use crate::crypto::{DigestAlgorithm, digest, keyfile};
use crate::der::{Tlv, tag};
use crate::error::{Context, Error, ErrorKind};
use crate::time::{Time, Validity};

/// An X.509 certificate (RFC 5280, GB/T 20518), with the bytes that arrived.
///
/// Two certificates are equal when their bytes are; subjects prove nothing.
///
/// ```no_run
/// use eseal::Certificate;
///
/// let certificate = Certificate::from_pem(&std::fs::read("us.pem")?)?;
/// println!("{} until {}", certificate.subject(), certificate.validity().not_after);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    tbs: Vec<u8>,
    subject: String,
    subject_raw: Vec<u8>,
    subject_name: Name,
    issuer: String,
    issuer_raw: Vec<u8>,
    issuer_name: Name,
    serial: Vec<u8>,
    validity: Validity,
    spki: Vec<u8>,
    public_key: Result<PublicKey, String>,
    signature_algorithm: Result<SignatureAlgorithm, String>,
    signature: Vec<u8>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<Vec<String>>,
    extended_key_usage_is_critical: bool,
    constraints: Option<(bool, Option<u32>)>,
    unknown_critical: Vec<String>,
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    extensions: Vec<Extension>,
    /// The identifier of an extension that is there twice (RFC 5280, 4.2 forbids that).
    doubled: Option<String>,
}

/// One extension, by its place in the certificate.
struct Extension {
    id: ObjectIdentifier,
    value: Range<usize>,
}

/// The bits of the keyUsage extension (RFC 5280, 4.2.1.3); bit 0 is digitalSignature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct KeyUsage(u16);

impl KeyUsage {
    /// digitalSignature or nonRepudiation: real signatories have either (seal-format practice).
    pub(crate) fn may_sign(self) -> bool {
        self.0 & 0b11 != 0
    }

    /// Whether a bit is set, counted from 0.
    pub(crate) fn has(self, bit: u32) -> bool {
        bit < 16 && self.0 & (1 << bit) != 0
    }

    pub(crate) fn may_certify(self) -> bool {
        self.0 & (1 << 5) != 0
    }

    pub(crate) fn may_sign_lists(self) -> bool {
        self.0 & (1 << 6) != 0
    }
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// A key or an algorithm that is not built in is no error here: a signature made with it will be
    /// reported as one that cannot be told.
    ///
    /// # Errors
    ///
    /// When the bytes are not one certificate and nothing else.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Parsed::read(der).map(|parsed| Certificate(Arc::new(parsed))).context("reading a certificate")
    }

    /// Reads the first certificate in a PEM file; DER is taken too.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::list_from_pem(pem)?
            .into_iter()
            .next()
            .ok_or_else(|| Error::malformed("there is no certificate in the file: expected PEM or DER"))
    }

    /// Reads all certificates in a PEM file, in their order; a single one in DER is taken too.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read, or there is none.
    pub fn list_from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        if pem.first() == Some(&tag::SEQUENCE) {
            return Ok(vec![Self::from_der(pem)?]);
        }
        let blocks = keyfile::pem_blocks(pem)?;
        let list: Vec<_> = blocks
            .iter()
            .filter(|block| matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE"))
            .map(|block| Self::from_der(&block.der))
            .collect::<Result<_, _>>()?;
        if list.is_empty() {
            return Err(Error::malformed("there is no certificate in the file: expected PEM or DER"));
        }
        Ok(list)
    }

    /// A Name in DER as text, for people.
    pub(crate) fn name_as_text(der: &[u8]) -> Result<String, Error> {
        x509_parser::x509::X509Name::from_der(der)
            .map(|(_, name)| name.to_string())
            .map_err(|source| Error::malformed(format!("it is not a distinguished name ({source})")))
    }

    /// The bytes that arrived.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The subject's name as text, for people; it identifies nothing.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The issuer's name as text, for people.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The serial number in hexadecimal, without leading zeros.
    #[must_use]
    pub fn serial_number(&self) -> String {
        let hex: String = self.0.serial.iter().map(|octet| format!("{octet:02X}")).collect();
        let short = hex.trim_start_matches('0');
        if short.is_empty() { "0".into() } else { short.into() }
    }

    /// From when to when it is valid, both ends included.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.0.validity
    }

    /// Whether it says of itself that it is an authority's (basicConstraints).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.0.constraints.is_some_and(|(authority, _)| authority)
    }

    /// The digest of the whole certificate, as seals and attributes name it.
    ///
    /// # Errors
    ///
    /// When the algorithm belongs to a feature that is switched off.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        digest(algorithm, &self.0.der)
    }

    /// Refuses a certificate that is about to be used outside its validity, or whose key may not sign.
    pub(crate) fn require_usable(&self, at: Time) -> Result<(), Error> {
        let refused = |why: String| Err(Error::new(ErrorKind::NotAllowed, why));
        if !self.validity().contains(at) {
            return refused(format!("the certificate of {} is valid {}, not at {at}", self.subject(), self.validity()));
        }
        if self.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return refused(format!("the certificate of {} does not allow its key to sign", self.subject()));
        }
        Ok(())
    }

    pub(crate) fn subject_raw(&self) -> &[u8] {
        &self.0.subject_raw
    }

    pub(crate) fn issuer_raw(&self) -> &[u8] {
        &self.0.issuer_raw
    }

    /// The subject's name as it is compared.
    pub(crate) fn subject_name(&self) -> &Name {
        &self.0.subject_name
    }

    /// The issuer's name as it is compared.
    pub(crate) fn issuer_name(&self) -> &Name {
        &self.0.issuer_name
    }

    /// Whether subject and issuer have one name (RFC 5280, 6.1).
    pub(crate) fn is_self_issued(&self) -> bool {
        self.0.subject_name == self.0.issuer_name
    }

    /// The SubjectPublicKeyInfo in DER.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.0.spki
    }

    /// The content of the extension with this identifier.
    pub(crate) fn extension(&self, id: &ObjectIdentifier) -> Option<&[u8]> {
        let extension = self.0.extensions.iter().find(|extension| extension.id == *id)?;
        self.0.der.get(extension.value.clone())
    }

    /// The identifier of an extension that is there more than once.
    pub(crate) fn doubled_extension(&self) -> Option<&str> {
        self.0.doubled.as_deref()
    }

    /// The content octets of the serial number.
    pub(crate) fn serial_raw(&self) -> &[u8] {
        &self.0.serial
    }

    pub(crate) fn public_key(&self) -> Result<&PublicKey, Error> {
        self.0.public_key.as_ref().map_err(|reason| Error::unsupported(reason.clone()))
    }

    /// By which algorithm its issuer signed it.
    pub(crate) fn signature_algorithm(&self) -> Result<SignatureAlgorithm, &str> {
        self.0.signature_algorithm.as_ref().copied().map_err(String::as_str)
    }

    pub(crate) fn key_usage(&self) -> Option<KeyUsage> {
        self.0.key_usage
    }

    /// The purposes in extendedKeyUsage, as OIDs in dots; `None` without the extension.
    pub(crate) fn extended_key_usage(&self) -> Option<&[String]> {
        self.0.extended_key_usage.as_deref()
    }

    /// Whether whoever does not understand extendedKeyUsage has to refuse the certificate.
    pub(crate) fn extended_key_usage_is_critical(&self) -> bool {
        self.0.extended_key_usage_is_critical
    }

    /// The longest path that may follow below this authority.
    pub(crate) fn path_length(&self) -> Option<u32> {
        self.0.constraints.and_then(|(_, length)| length)
    }

    /// Critical extensions that nothing here processes.
    pub(crate) fn unknown_critical(&self) -> &[String] {
        &self.0.unknown_critical
    }

    pub(crate) fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.subject_key_id.as_deref()
    }

    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_deref()
    }

    /// Whether `issuer`'s key signed this certificate. Names are the caller's to compare.
    pub(crate) fn signed_by(&self, issuer: &Certificate) -> Judgement {
        match issuer.public_key() {
            Ok(key) => self.signed_with(key),
            Err(error) => Judgement::Unsupported(error.to_string()),
        }
    }

    /// Whether this key signed the certificate.
    pub(crate) fn signed_with(&self, key: &PublicKey) -> Judgement {
        match &self.0.signature_algorithm {
            Ok(algorithm) => verify(*algorithm, key, &self.0.tbs, &self.0.signature),
            Err(reason) => Judgement::Unsupported(reason.clone()),
        }
    }
}

impl Parsed {
    fn read(der: &[u8]) -> Result<Self, Error> {
        let what = "Certificate";
        let outer = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?;
        let mut parts = outer.children();
        let tbs = parts.take(tag::SEQUENCE, "Certificate.tbsCertificate")?;
        let algorithm = parts.take(tag::SEQUENCE, "Certificate.signatureAlgorithm")?;
        // A value that does not end on a whole octet verifies by no algorithm; the rest can be read.
        let signature = parts.take(tag::BIT_STRING, "Certificate.signatureValue")?.bits(what).unwrap_or_default();
        parts.finish(what)?;
        let (_, certificate) = X509Certificate::from_der(der)
            .map_err(|source| Error::malformed(format!("it is not an X.509 certificate ({source})")))?;
        let fields = &certificate.tbs_certificate;
        let spki = Tlv::only(fields.subject_pki.raw, "Certificate.subjectPublicKeyInfo")?;
        let mut parsed = Parsed {
            der: der.to_vec(),
            tbs: tbs.raw.to_vec(),
            subject: fields.subject.to_string(),
            subject_raw: fields.subject.as_raw().to_vec(),
            subject_name: Name::from_der(fields.subject.as_raw())?,
            issuer: fields.issuer.to_string(),
            issuer_raw: fields.issuer.as_raw().to_vec(),
            issuer_name: Name::from_der(fields.issuer.as_raw())?,
            serial: fields.raw_serial().to_vec(),
            validity: Validity {
                not_before: Time::from_unix_seconds(fields.validity.not_before.timestamp()),
                not_after: Time::from_unix_seconds(fields.validity.not_after.timestamp()),
            },
            spki: spki.raw.to_vec(),
            public_key: PublicKey::from_spki(&spki).map_err(|error| error.to_string()),
            signature_algorithm: algorithm_of(&tbs, &algorithm).map_err(|error| error.to_string()),
            signature: signature.to_vec(),
            key_usage: None,
            extended_key_usage: None,
            extended_key_usage_is_critical: false,
            constraints: None,
            unknown_critical: Vec::new(),
            subject_key_id: None,
            authority_key_id: None,
            extensions: Vec::new(),
            doubled: None,
        };
        parsed.list_extensions(&tbs)?;
        for extension in fields.extensions() {
            parsed.take_extension(extension.parsed_extension(), extension.critical, &extension.oid.to_id_string());
        }
        Ok(parsed)
    }

    /// Notes where each extension stands.
    fn list_extensions(&mut self, tbs: &Tlv<'_>) -> Result<(), Error> {
        let what = "Certificate.extensions";
        let Some(wrapper) = tbs.list(what)?.into_iter().find(|field| field.tag == tag::context(3, true)) else {
            return Ok(());
        };
        for extension in wrapper.children().take(tag::SEQUENCE, what)?.list(what)? {
            let mut parts = extension.expect(tag::SEQUENCE, what)?.children();
            let id = parts.next(what)?.oid(what)?;
            parts.optional(tag::BOOLEAN, what)?;
            let value = parts.take(tag::OCTET_STRING, what)?;
            if self.extensions.iter().any(|other| other.id == id) {
                self.doubled = Some(id.to_string());
            }
            let end = value.at + value.raw.len();
            self.extensions.push(Extension { id, value: end - value.value.len()..end });
        }
        Ok(())
    }

    fn take_extension(&mut self, extension: &ParsedExtension<'_>, critical: bool, oid: &str) {
        match extension {
            ParsedExtension::KeyUsage(usage) => self.key_usage = Some(KeyUsage(usage.flags)),
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = Some(purposes(usage));
                self.extended_key_usage_is_critical = critical;
            }
            ParsedExtension::BasicConstraints(basic) => {
                self.constraints = Some((basic.ca, basic.path_len_constraint));
            }
            ParsedExtension::SubjectKeyIdentifier(id) => self.subject_key_id = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                self.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            // They constrain nothing that is checked here: names of alternatives, places to fetch from.
            ParsedExtension::SubjectAlternativeName(_)
            | ParsedExtension::IssuerAlternativeName(_)
            | ParsedExtension::CertificatePolicies(_)
            | ParsedExtension::CRLDistributionPoints(_)
            | ParsedExtension::AuthorityInfoAccess(_)
            | ParsedExtension::SubjectInfoAccess(_) => {}
            // Those that a path is judged by; what they say is read there.
            ParsedExtension::NameConstraints(_)
            | ParsedExtension::PolicyMappings(_)
            | ParsedExtension::PolicyConstraints(_)
            | ParsedExtension::InhibitAnyPolicy(_) => {}
            _ if critical => self.unknown_critical.push(oid.to_owned()),
            _ => {}
        }
    }
}

/// The algorithm of a certificate's or a list's signature. It stands in what is signed and once more
/// beside the value, where anyone can change it; the two have to agree (RFC 5280, 4.1.1.2). Parameters
/// may differ, NULL here and none there: certificates of SM2 have that.
pub(crate) fn algorithm_of(tbs: &Tlv<'_>, outer: &Tlv<'_>) -> Result<SignatureAlgorithm, Error> {
    let what = "TBSCertificate.signature";
    let inner = tbs.list(what)?.into_iter().find(|field| field.tag == tag::SEQUENCE);
    let inner = inner.ok_or_else(|| Error::malformed(format!("{what} is missing")))?;
    let (signed, told) = (inner.children().next(what)?.oid(what)?, outer.children().next(what)?.oid(what)?);
    if signed != told {
        return Err(Error::malformed(format!(
            "it names two signature algorithms, {signed} where it is signed and {told}"
        )));
    }
    SignatureAlgorithm::from_identifier(outer, None)
}

fn purposes(usage: &x509_parser::extensions::ExtendedKeyUsage<'_>) -> Vec<String> {
    let named = [
        (usage.any, "2.5.29.37.0"),
        (usage.server_auth, "1.3.6.1.5.5.7.3.1"),
        (usage.client_auth, "1.3.6.1.5.5.7.3.2"),
        (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
        (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
        (usage.time_stamping, "1.3.6.1.5.5.7.3.8"),
        (usage.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
    ];
    let named = named.iter().filter(|(set, _)| *set).map(|(_, oid)| (*oid).to_owned());
    named.chain(usage.other.iter().map(x509_parser::oid_registry::Oid::to_id_string)).collect()
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial {})", self.0.subject, self.serial_number())
    }
}
