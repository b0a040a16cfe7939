//! GB/T 38540-2020 ("V4").
//!
//! What the maker signs is the whole SES_SealInfo and nothing else; what the signatory signs is the
//! whole TBS_Sign. Certificates and algorithm stand outside and are not signed.

use std::collections::BTreeSet;

use ::der::asn1::{Any, BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, PrintableString};
use ::der::{DateTime, Decode as _, Encode as _, Sequence};

use crate::der::{Tlv, tag};
use crate::error::{Context, Error, ErrorKind};
use crate::picture::Picture;
use crate::seal::Edition;
use crate::seal::asn1::common::{self, Notes};
use crate::seal::asn1::{Extensions, SealDraft, SealParts, SignatureParts};
use crate::seal::content::{List, Signatories};
use crate::time::{Time, Validity};

/// ```text
/// SESeal ::= SEQUENCE {
///     eSealInfo    SES_SealInfo,
///     cert         OCTET STRING,        -- the maker's certificate
///     signAlgID    OBJECT IDENTIFIER,
///     signedValue  BIT STRING,
///     timeStamp    [0] EXPLICIT BIT STRING OPTIONAL }   -- GM/T 0031-2025 only
/// ```
///
/// GB/T 38540-2020, 6.1; GM/T 0031-2025.
#[derive(Debug, Sequence)]
struct SeSeal {
    info: Any,
    certificate: OctetString,
    algorithm: ObjectIdentifier,
    value: BitString,
    /// Only in GM/T 0031-2025. EXPLICIT: so the one other product that writes it, too.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    time_stamp: Option<BitString>,
}

/// ```text
/// SES_SealInfo ::= SEQUENCE {
///     header    SES_Header,
///     esID      IA5String,
///     property  SES_ESPropertyInfo,
///     picture   SES_ESPictrueInfo,
///     extDatas  ExtensionDatas OPTIONAL }
/// ```
#[derive(Debug, Sequence)]
struct SesSealInfo {
    header: SesHeader,
    es_id: Ia5String,
    property: SesEsPropertyInfo,
    picture: SesEsPictrueInfo,
    #[asn1(optional = "true")]
    ext_datas: Option<Vec<Any>>,
}

#[derive(Debug, Sequence)]
pub(super) struct SesHeader {
    id: Ia5String,
    version: u8,
    vid: Ia5String,
}

/// ```text
/// SES_ESPropertyInfo ::= SEQUENCE {
///     type          INTEGER,
///     name          UTF8String,
///     certListType  INTEGER,            -- 1 certificates, 2 digests
///     certList      SES_CertList,       -- either form, without a tag
///     createDate    GeneralizedTime,
///     validStart    GeneralizedTime,
///     validEnd      GeneralizedTime }
/// ```
#[derive(Debug, Sequence)]
struct SesEsPropertyInfo {
    kind: u32,
    name: String,
    cert_list_type: u8,
    cert_list: Any,
    create_date: GeneralizedTime,
    valid_start: GeneralizedTime,
    valid_end: GeneralizedTime,
}

/// ```text
/// CertDigestObj ::= SEQUENCE { type PrintableString, value OCTET STRING }
/// ```
#[derive(Debug, Sequence)]
struct CertDigestObj {
    kind: PrintableString,
    value: OctetString,
}

#[derive(Debug, Sequence)]
pub(super) struct SesEsPictrueInfo {
    kind: Ia5String,
    data: OctetString,
    width: u32,
    height: u32,
}

/// `critical` is written even when it is FALSE, which DER would leave out: widely used readers take
/// an extension of two elements for damaged and drop it.
#[derive(Debug, Sequence)]
struct ExtData {
    id: ObjectIdentifier,
    critical: bool,
    value: OctetString,
}

/// ```text
/// TBS_Sign ::= SEQUENCE {
///     version       INTEGER,
///     eseal         SESeal,
///     timeInfo      GeneralizedTime,
///     dataHash      BIT STRING,
///     propertyInfo  IA5String,
///     extDatas      [0] EXPLICIT ExtensionDatas OPTIONAL }
/// ```
///
/// GB/T 38540-2020, 7.1.
#[derive(Debug, Sequence)]
struct TbsSign {
    version: u8,
    eseal: Any,
    time_info: GeneralizedTime,
    data_hash: BitString,
    property_info: Ia5String,
}

/// ```text
/// SES_Signature ::= SEQUENCE {
///     toSign          TBS_Sign,
///     cert            OCTET STRING,     -- the signatory's certificate
///     signatureAlgID  OBJECT IDENTIFIER,
///     signature       BIT STRING,
///     timeStamp       [0] EXPLICIT BIT STRING OPTIONAL }
/// ```
#[derive(Debug, Sequence)]
struct SesSignature {
    to_sign: Any,
    certificate: OctetString,
    algorithm: ObjectIdentifier,
    value: BitString,
    /// A time-stamp token over the octets of the value.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    time_stamp: Option<BitString>,
}

/// Who made the software that made the seal.
const VENDOR: &str = "eseal";

/// SES_SealInfo for new content: the bytes that the maker signs.
pub(super) fn encode_info(draft: &SealDraft<'_>, version: u8) -> Result<Vec<u8>, Error> {
    let SealDraft { content, created, .. } = draft;
    let (list_type, list) = encode_list(&content.signatories)?;
    let info = SesSealInfo {
        header: encode_header(version)?,
        es_id: ia5(content.id.as_str())?,
        property: SesEsPropertyInfo {
            kind: u32::try_from(content.kind.code()).unwrap_or(u32::MAX),
            name: content.name.clone(),
            cert_list_type: list_type,
            cert_list: list,
            create_date: generalized(*created)?,
            valid_start: generalized(content.validity.not_before)?,
            valid_end: generalized(content.validity.not_after)?,
        },
        picture: encode_picture(&content.picture)?,
        ext_datas: encode_extensions(draft)?,
    };
    info.to_der().map_err(encoding)
}

pub(super) fn encode_header(version: u8) -> Result<SesHeader, Error> {
    Ok(SesHeader { id: ia5("ES")?, version, vid: ia5(VENDOR)? })
}

pub(super) fn encode_picture(picture: &Picture) -> Result<SesEsPictrueInfo, Error> {
    Ok(SesEsPictrueInfo {
        kind: ia5(picture.format().seal_name())?,
        data: OctetString::new(picture.bytes()).map_err(encoding)?,
        width: whole_millimetres(picture.width().0)?,
        height: whole_millimetres(picture.height().0)?,
    })
}

/// The extensions, and those of a foreign shape as they were; nothing at all where there are none.
pub(super) fn encode_extensions(draft: &SealDraft<'_>) -> Result<Option<Vec<Any>>, Error> {
    let own = draft.extensions.iter().map(|one| {
        let value = OctetString::new(one.value.clone())?;
        Any::encode_from(&ExtData { id: one.id, critical: one.critical, value })
    });
    let foreign = draft.foreign.iter().map(|raw| Any::from_der(raw));
    let all = own.chain(foreign).collect::<Result<Vec<_>, ::der::Error>>().map_err(encoding)?;
    Ok((!all.is_empty()).then_some(all))
}

/// The seal around its signed information.
pub(super) fn encode_seal(
    info: &[u8],
    maker: &[u8],
    algorithm: ObjectIdentifier,
    value: &[u8],
    time_stamp: Option<&[u8]>,
) -> Result<Vec<u8>, Error> {
    let seal = SeSeal {
        info: Any::from_der(info).map_err(encoding)?,
        certificate: OctetString::new(maker).map_err(encoding)?,
        algorithm,
        value: BitString::from_bytes(value).map_err(encoding)?,
        time_stamp: time_stamp.map(BitString::from_bytes).transpose().map_err(encoding)?,
    };
    seal.to_der().map_err(encoding)
}

/// TBS_Sign: the bytes that the signatory signs. The seal goes in as it is. `version` is the seal's,
/// as GB/T 38540-2020, 7.1.2 wants it.
pub(crate) fn encode_to_be_signed(
    version: u8,
    seal: &[u8],
    time: Time,
    digest: &[u8],
    property: &str,
) -> Result<Vec<u8>, Error> {
    let to_sign = TbsSign {
        version,
        eseal: Any::from_der(seal).map_err(encoding)?,
        time_info: generalized(time)?,
        data_hash: BitString::from_bytes(digest).map_err(encoding)?,
        property_info: ia5(property)?,
    };
    to_sign.to_der().map_err(encoding)
}

/// The seal signature around what was signed.
pub(crate) fn encode_signature(
    to_sign: &[u8],
    certificate: &[u8],
    algorithm: ObjectIdentifier,
    value: &[u8],
    time_stamp: Option<&[u8]>,
) -> Result<Vec<u8>, Error> {
    let signature = SesSignature {
        to_sign: Any::from_der(to_sign).map_err(encoding)?,
        certificate: OctetString::new(certificate).map_err(encoding)?,
        algorithm,
        value: BitString::from_bytes(value).map_err(encoding)?,
        time_stamp: time_stamp.map(BitString::from_bytes).transpose().map_err(encoding)?,
    };
    signature.to_der().map_err(encoding)
}

fn encode_list(signatories: &Signatories) -> Result<(u8, Any), Error> {
    match &signatories.0 {
        List::Certificates(list) => {
            let list: Vec<OctetString> =
                list.iter().map(|der| OctetString::new(der.clone())).collect::<Result<_, _>>().map_err(encoding)?;
            Ok((1, Any::encode_from(&list).map_err(encoding)?))
        }
        List::Digests(list) => {
            let objects = list.iter().map(|(label, value)| {
                Ok(CertDigestObj { kind: PrintableString::new(label)?, value: OctetString::new(value.clone())? })
            });
            let objects: Vec<CertDigestObj> = objects.collect::<Result<_, ::der::Error>>().map_err(encoding)?;
            Ok((2, Any::encode_from(&objects).map_err(encoding)?))
        }
    }
}

pub(super) fn ia5(text: &str) -> Result<Ia5String, Error> {
    Ia5String::new(text).map_err(encoding)
}

fn generalized(time: Time) -> Result<GeneralizedTime, Error> {
    // The `der` crate reaches back to 1970 only, and so do seals.
    let seconds = u64::try_from(time.unix_seconds()).unwrap_or(0);
    let date = DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).map_err(encoding)?;
    Ok(GeneralizedTime::from_date_time(date))
}

/// The structure has integers; a fraction would be lost on the quiet.
fn whole_millimetres(side: f64) -> Result<u32, Error> {
    let rounded = side.round();
    if (side - rounded).abs() > 1e-9 || !(1.0..=10_000.0).contains(&rounded) {
        return Err(Error::new(
            ErrorKind::Misuse,
            format!("a seal's picture has sides of 1 to 10000 whole millimetres (GB/T 38540-2020, 6.1), not {side} mm"),
        ));
    }
    Ok(rounded as u32)
}

pub(super) fn encoding(source: ::der::Error) -> Error {
    Error::malformed(format!("a value cannot be put into the seal's structure ({source})")).caused_by(source)
}

/// Reads a seal of four elements.
pub(super) fn read_seal(
    info: &Tlv<'_>,
    maker: &Tlv<'_>,
    algorithm: &Tlv<'_>,
    value: &Tlv<'_>,
) -> Result<SealParts, Error> {
    let mut notes = Notes::default();
    let mut fields = info.expect(tag::SEQUENCE, "SESeal.eSealInfo")?.children();
    let header = common::read_header(&fields.next("SES_SealInfo.header")?, &mut notes)?;
    let id = common::read_id(&fields.next("SES_SealInfo.esID")?, &mut notes);
    let property = read_property(&fields.next("SES_SealInfo.property")?, &mut notes)?;
    let picture = common::read_picture(&fields.next("SES_SealInfo.picture")?, &mut notes)?;
    let extensions = common::read_trailing_extensions(&mut fields, &mut notes)?;
    let edition = if header.version == 5 { Edition::Gmt0031_2025 } else { Edition::Gbt38540_2020 };
    if !matches!(header.version, 4 | 5) {
        notes.tolerated(format!("SES_SealInfo.header.version is {}, where this layout has 4 or 5", header.version));
    }
    Ok(SealParts {
        edition,
        version: header.version,
        vendor: header.vendor,
        id,
        kind: property.kind,
        name: property.name,
        signatories: property.signatories,
        created: property.created,
        validity: property.validity,
        picture_type: picture.kind,
        picture: picture.data,
        width: picture.width,
        height: picture.height,
        extensions,
        name_is_whole: property.name_is_whole,
        signed: info.raw.to_vec(),
        maker: maker.expect(tag::OCTET_STRING, "SESeal.cert")?.value.to_vec(),
        algorithm: Some(common::read_algorithm(algorithm, "SESeal.signAlgID", &mut notes)?),
        value: notes.bits(value, "SESeal.signedValue")?.to_vec(),
        time_stamp: None,
        deviations: notes.0,
    })
}

struct Property {
    kind: i64,
    name: String,
    name_is_whole: bool,
    signatories: Signatories,
    created: Time,
    validity: Validity,
}

fn read_property(element: &Tlv<'_>, notes: &mut Notes) -> Result<Property, Error> {
    let what = "SES_SealInfo.property";
    let mut fields = element.expect(tag::SEQUENCE, what)?.children();
    let kind = fields.take(tag::INTEGER, "SES_SealInfo.property.type")?.small_integer(what)?;
    let name = fields.next("SES_SealInfo.property.name")?;
    let name_is_whole = name.text().1;
    let name = notes.text(&name, tag::UTF8_STRING, "SES_SealInfo.property.name");
    let list_type = fields.take(tag::INTEGER, "SES_SealInfo.property.certListType")?.small_integer(what)?;
    let list = fields.take(tag::SEQUENCE, "SES_SealInfo.property.certList")?;
    let signatories = match list_type {
        1 => read_certificates(&list, notes)?,
        2 => read_digests(&list)?,
        other => {
            return Err(Error::malformed(format!(
                "SES_SealInfo.property.certListType is {other}: 1 stands for certificates, 2 for digests, at byte {}",
                list.at
            )));
        }
    };
    let mut short = 0;
    let mut date = |name: &str| -> Result<Time, Error> {
        let element = fields.next(name)?;
        short += usize::from(element.tag == tag::UTC_TIME);
        notes.time(&element, tag::GENERALIZED_TIME, name)
    };
    let created = date("SES_SealInfo.property.createDate")?;
    let not_before = date("SES_SealInfo.property.validStart")?;
    let not_after = date("SES_SealInfo.property.validEnd")?;
    fields.finish(what)?;
    if short == 3 {
        // Nothing else tells a seal of C 0119 from one of GB/T 38540-2020; only a signature around it does.
        notes.tolerated(
            "all dates of the seal are UTCTime, as in seals of C 0119, an interim standard that was given up",
        );
    }
    Ok(Property { kind, name, name_is_whole, signatories, created, validity: Validity { not_before, not_after } })
}

/// `CertInfoList ::= SEQUENCE OF OCTET STRING`. Items of another type match nobody (quirk 10).
pub(super) fn read_certificates(list: &Tlv<'_>, notes: &mut Notes) -> Result<Signatories, Error> {
    let mut certificates = Vec::new();
    for item in list.list("SES_SealInfo.property.certList")? {
        if item.tag != tag::OCTET_STRING {
            notes.tolerated("an item of SES_SealInfo.property.certList is not an OCTET STRING: it names nobody");
            certificates.push(Vec::new());
            continue;
        }
        certificates.push(item.value.to_vec());
    }
    let mut seen = BTreeSet::new();
    if certificates.iter().any(|one| !one.is_empty() && !seen.insert(one.as_slice())) {
        notes.tolerated("SES_SealInfo.property.certList names one certificate twice");
    }
    Ok(Signatories(List::Certificates(certificates)))
}

fn read_digests(list: &Tlv<'_>) -> Result<Signatories, Error> {
    let what = "SES_SealInfo.property.certList";
    let mut digests = Vec::new();
    for item in list.list(what)? {
        let mut fields = item.expect(tag::SEQUENCE, what)?.children();
        let kind = fields.next("CertDigestObj.type")?.text().0;
        let value = fields.take(tag::OCTET_STRING, "CertDigestObj.value")?.value.to_vec();
        fields.finish("CertDigestObj")?;
        digests.push((kind, value));
    }
    Ok(Signatories(List::Digests(digests)))
}

/// Reads a seal signature of four or five elements.
pub(super) fn read_signature(
    to_sign: &Tlv<'_>,
    certificate: &Tlv<'_>,
    algorithm: &Tlv<'_>,
    value: &Tlv<'_>,
    time_stamp: Option<&Tlv<'_>>,
) -> Result<SignatureParts, Error> {
    let mut notes = Notes::default();
    let mut fields = to_sign.expect(tag::SEQUENCE, "SES_Signature.toSign")?.children();
    let version = fields.take(tag::INTEGER, "TBS_Sign.version")?.small_integer("TBS_Sign.version")?;
    let seal = read_embedded_seal(&fields.next("TBS_Sign.eseal")?, &mut notes)?;
    let time = fields.next("TBS_Sign.timeInfo")?;
    let time = notes.time(&time, tag::GENERALIZED_TIME, "TBS_Sign.timeInfo")?;
    let digest = fields.next("TBS_Sign.dataHash")?;
    let digest = notes.bits(&digest, "TBS_Sign.dataHash")?.to_vec();
    let property = fields.next("TBS_Sign.propertyInfo")?;
    let property = notes.text(&property, tag::IA5_STRING, "TBS_Sign.propertyInfo");
    let extensions = match fields.optional(tag::context(0, true), "TBS_Sign.extDatas")? {
        Some(wrapper) => {
            // EXPLICIT in the one real sample; the wrapper's content itself where it is IMPLICIT.
            let inner = wrapper.list("TBS_Sign.extDatas")?;
            match inner.as_slice() {
                [only] if only.list("").is_ok_and(|l| l.iter().all(|item| item.tag == tag::SEQUENCE)) => {
                    common::read_extensions(only, &mut notes)
                }
                _ => common::read_extensions(&wrapper, &mut notes),
            }
        }
        None => Extensions::default(),
    };
    fields.finish("TBS_Sign")?;
    let time_stamp = time_stamp.map(|element| common::read_time_stamp(element, "SES_Signature.timeStamp", &mut notes));
    Ok(SignatureParts {
        // The seal inside decides between the two editions that share this layout.
        edition: Edition::Gbt38540_2020,
        version,
        seal,
        time,
        digest,
        property,
        extensions: extensions.list,
        signed: to_sign.raw.to_vec(),
        certificate: certificate.expect(tag::OCTET_STRING, "SES_Signature.cert")?.value.to_vec(),
        algorithm: common::read_algorithm(algorithm, "SES_Signature.signatureAlgID", &mut notes)?,
        value: notes.bits(value, "SES_Signature.signature")?.to_vec(),
        time_stamp,
        deviations: notes.0,
    })
}

/// The dataHash in a TBS_Sign.
pub(crate) fn digest_within(to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut fields = Tlv::only(to_be_signed, "TBS_Sign")?.expect(tag::SEQUENCE, "TBS_Sign")?.children();
    for field in ["TBS_Sign.version", "TBS_Sign.eseal", "TBS_Sign.timeInfo"] {
        fields.next(field)?;
    }
    let digest = fields.take(tag::BIT_STRING, "TBS_Sign.dataHash")?;
    digest.bits("TBS_Sign.dataHash").map(<[u8]>::to_vec)
}

/// The seal inside a message that [`encode_to_be_signed`] made.
pub(crate) fn seal_within(to_be_signed: &[u8]) -> Result<&[u8], Error> {
    let mut fields = Tlv::only(to_be_signed, "TBS_Sign")?.expect(tag::SEQUENCE, "TBS_Sign")?.children();
    fields.next("TBS_Sign.version")?;
    Ok(fields.take(tag::SEQUENCE, "TBS_Sign.eseal")?.raw)
}

/// The seal in a signature: a SEQUENCE, or (quirk 8) an OCTET STRING around one.
pub(super) fn read_embedded_seal(element: &Tlv<'_>, notes: &mut Notes) -> Result<Vec<u8>, Error> {
    if element.tag == tag::OCTET_STRING {
        notes.strict("TBS_Sign.eseal stands in an OCTET STRING");
        return Ok(element.value.to_vec());
    }
    Ok(element.expect(tag::SEQUENCE, "TBS_Sign.eseal").context("reading a seal signature")?.raw.to_vec())
}
