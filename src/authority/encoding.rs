//! Certificates and lists of revoked ones, written (RFC 5280, 4 and 5).

use ::der::asn1::{BitString, ObjectIdentifier, OctetString, SetOfVec};
use ::der::{Any, Decode as _, Encode, Sequence, Tag, ValueOrd};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::authority::Usage;
use crate::authority::keys::PublicHalf;
use crate::crypto::SignatureAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::time::{Time, Validity};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const LIST_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// What cannot be written came from the caller: a name, a time, a number.
pub(super) fn unwritable(source: ::der::Error) -> Error {
    Error::new(ErrorKind::Misuse, format!("this cannot be written into a certificate ({source})"))
}

pub(super) fn encode(value: &impl Encode) -> Result<Vec<u8>, Error> {
    value.to_der().map_err(unwritable)
}

#[derive(Clone, Sequence)]
pub(super) struct AlgorithmIdentifier {
    pub(super) algorithm: ObjectIdentifier,
    pub(super) parameters: Option<Any>,
}

impl AlgorithmIdentifier {
    /// A key on a named curve.
    pub(super) fn on_curve(curve: ObjectIdentifier) -> Self {
        AlgorithmIdentifier { algorithm: crate::crypto::oid::EC_PUBLIC_KEY, parameters: Some(Any::from(curve)) }
    }

    pub(super) fn of_signature(algorithm: SignatureAlgorithm) -> Self {
        let parameters = algorithm.has_null_parameters().then(Any::null);
        AlgorithmIdentifier { algorithm: algorithm.oid(), parameters }
    }
}

/// C=CN, an organisation and a common name; or a name that stands in a certificate.
#[derive(Clone)]
pub(super) struct Name(Any);

#[derive(Sequence, ValueOrd)]
struct Attribute {
    kind: ObjectIdentifier,
    value: Any,
}

impl Name {
    pub(super) fn new(organisation: &str, common_name: &str) -> Result<Self, Error> {
        let parts = [
            (COUNTRY, Tag::PrintableString, "CN"),
            (ORGANISATION, Tag::Utf8String, organisation),
            (COMMON_NAME, Tag::Utf8String, common_name),
        ];
        let name: Vec<SetOfVec<Attribute>> = parts
            .into_iter()
            .map(|(kind, tag, text)| {
                let value = Any::new(tag, text.as_bytes())?;
                SetOfVec::try_from(vec![Attribute { kind, value }])
            })
            .collect::<Result<_, _>>()
            .map_err(unwritable)?;
        Self::read(&encode(&name)?)
    }

    pub(super) fn read(der: &[u8]) -> Result<Self, Error> {
        Any::from_der(der).map(Name).map_err(unwritable)
    }

    pub(super) fn der(&self) -> Result<Vec<u8>, Error> {
        encode(&self.0)
    }
}

#[derive(Sequence)]
pub(super) struct Extension {
    id: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    critical: bool,
    value: OctetString,
}

impl Extension {
    fn new(id: ObjectIdentifier, critical: bool, value: &impl Encode) -> Result<Self, Error> {
        let value = OctetString::new(encode(value)?).map_err(unwritable)?;
        Ok(Extension { id, critical, value })
    }
}

pub(super) fn subject_key_id(id: &[u8]) -> Result<Extension, Error> {
    Extension::new(SUBJECT_KEY_ID, false, &OctetString::new(id).map_err(unwritable)?)
}

#[derive(Sequence)]
struct AuthorityKeyIdentifier {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    key: Option<OctetString>,
}

pub(super) fn authority_key_id(id: &[u8]) -> Result<Extension, Error> {
    let key = Some(OctetString::new(id).map_err(unwritable)?);
    Extension::new(AUTHORITY_KEY_ID, false, &AuthorityKeyIdentifier { key })
}

#[derive(Sequence)]
struct BasicConstraints {
    #[asn1(default = "Default::default")]
    authority: bool,
    #[asn1(optional = "true")]
    path_length: Option<u8>,
}

pub(super) fn basic_constraints(authority: bool, path_length: Option<u8>) -> Result<Extension, Error> {
    Extension::new(BASIC_CONSTRAINTS, true, &BasicConstraints { authority, path_length })
}

/// A named list of bits: DER leaves out the zeros at its end (X.690, 11.2.2).
pub(super) fn key_usage(usages: &[Usage]) -> Result<Extension, Error> {
    let bits = usages.iter().fold(0_u8, |bits, usage| bits | 0x80 >> *usage as u8);
    let unused = u8::try_from(bits.trailing_zeros()).unwrap_or(0);
    let bits = BitString::new(unused, [bits]).map_err(unwritable)?;
    Extension::new(KEY_USAGE, true, &bits)
}

pub(super) fn extended_key_usage(purposes: &Vec<ObjectIdentifier>, critical: bool) -> Result<Extension, Error> {
    Extension::new(EXTENDED_KEY_USAGE, critical, purposes)
}

pub(super) fn list_number(number: u64) -> Result<Extension, Error> {
    Extension::new(LIST_NUMBER, false, &number)
}

/// A critical extension whose content is NULL.
pub(super) fn unknown(id: ObjectIdentifier) -> Result<Extension, Error> {
    Extension::new(id, true, &Any::null())
}

/// An extension whose content is written already.
pub(super) fn raw(id: ObjectIdentifier, critical: bool, value: &[u8]) -> Result<Extension, Error> {
    Ok(Extension { id, critical, value: OctetString::new(value).map_err(unwritable)? })
}

/// What a certificate says.
pub(super) struct Content<'a> {
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) issuer: Name,
    pub(super) validity: Validity,
    pub(super) subject: Name,
    pub(super) public_key: &'a PublicHalf,
    pub(super) extensions: Vec<Extension>,
}

#[derive(Sequence)]
struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial: Any,
    signature: AlgorithmIdentifier,
    issuer: Any,
    validity: Span,
    subject: Any,
    public_key: SubjectPublicKeyInfo,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

#[derive(Sequence)]
struct Span {
    not_before: Any,
    not_after: Any,
}

#[derive(Sequence)]
struct SubjectPublicKeyInfo {
    algorithm: AlgorithmIdentifier,
    bits: BitString,
}

impl Content<'_> {
    /// The TBSCertificate, to be signed.
    pub(super) fn encode(self) -> Result<Vec<u8>, Error> {
        encode(&TbsCertificate {
            version: 2,
            serial: Any::new(Tag::Integer, self.serial).map_err(unwritable)?,
            signature: AlgorithmIdentifier::of_signature(self.algorithm),
            issuer: self.issuer.0,
            validity: Span { not_before: time(self.validity.not_before)?, not_after: time(self.validity.not_after)? },
            subject: self.subject.0,
            public_key: SubjectPublicKeyInfo {
                algorithm: self.public_key.identifier(),
                bits: BitString::from_bytes(self.public_key.octets()).map_err(unwritable)?,
            },
            extensions: self.extensions,
        })
    }
}

/// UTCTime for the years 1950 to 2049, GeneralizedTime for all others (RFC 5280, 4.1.2.5).
fn time(time: Time) -> Result<Any, Error> {
    let text = time.to_generalized();
    match text.split_at_checked(2) {
        Some(("19", short)) if short >= "50" => Any::new(Tag::UtcTime, short.as_bytes()),
        Some(("20", short)) if short < "50" => Any::new(Tag::UtcTime, short.as_bytes()),
        _ => Any::new(Tag::GeneralizedTime, text.as_bytes()),
    }
    .map_err(unwritable)
}

#[derive(Sequence)]
struct TbsCertificateList {
    version: u8,
    signature: AlgorithmIdentifier,
    issuer: Any,
    this_update: Any,
    next_update: Any,
    revoked: Option<Vec<Revoked>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

#[derive(Sequence)]
struct Revoked {
    serial: Any,
    date: Any,
}

/// The TBSCertList, to be signed. `revoked` has the content of each serial number.
pub(super) fn list(
    algorithm: SignatureAlgorithm,
    issuer: Name,
    span: Validity,
    revoked: &[(&[u8], Time)],
    extensions: Vec<Extension>,
) -> Result<Vec<u8>, Error> {
    let revoked: Vec<_> = revoked
        .iter()
        .map(|(serial, date)| {
            Ok(Revoked { serial: Any::new(Tag::Integer, *serial).map_err(unwritable)?, date: time(*date)? })
        })
        .collect::<Result<_, Error>>()?;
    encode(&TbsCertificateList {
        version: 1,
        signature: AlgorithmIdentifier::of_signature(algorithm),
        issuer: issuer.0,
        this_update: time(span.not_before)?,
        next_update: time(span.not_after)?,
        // Without entries there is no list of them either (RFC 5280, 5.1.2.6).
        revoked: if revoked.is_empty() { None } else { Some(revoked) },
        extensions,
    })
}

#[derive(Sequence)]
struct Signed {
    content: Any,
    algorithm: AlgorithmIdentifier,
    value: BitString,
}

/// A Certificate or a CertificateList.
pub(super) fn signed(content: &[u8], algorithm: SignatureAlgorithm, value: &[u8]) -> Result<Vec<u8>, Error> {
    encode(&Signed {
        content: Any::from_der(content).map_err(unwritable)?,
        algorithm: AlgorithmIdentifier::of_signature(algorithm),
        value: BitString::from_bytes(value).map_err(unwritable)?,
    })
}

/// A PEM block (RFC 7468).
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}
