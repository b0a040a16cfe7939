//! GM/T 0031-2014 ("V1"), read only.
//!
//! The maker signs a SEQUENCE of SES_SealInfo, certificate and algorithm that stands nowhere in the
//! file; the signatory signs TBS_Sign, which holds certificate and algorithm.

use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::seal::Edition;
use crate::seal::asn1::common::{self, Notes};
use crate::seal::asn1::gbt38540_2020::{read_certificates, read_embedded_seal};
use crate::seal::asn1::{SealParts, SignatureParts};
use crate::time::{Time, Validity};

/// China has one time zone, eight hours ahead, and local times without a zone are meant in it.
const CHINA: i64 = 8 * 3600;

/// ```text
/// SESeal ::= SEQUENCE { esealInfo SES_SealInfo, signInfo SES_SignInfo }
/// SES_SignInfo ::= SEQUENCE {
///     cert                OCTET STRING,
///     signatureAlgorithm  OBJECT IDENTIFIER,
///     signData            BIT STRING }
/// ```
///
/// GM/T 0031-2014, 6.1.1.
pub(super) fn read_seal(info: &Tlv<'_>, sign_info: &Tlv<'_>) -> Result<SealParts, Error> {
    let mut notes = Notes::default();
    let mut fields = info.expect(tag::SEQUENCE, "SESeal.esealInfo")?.children();
    let header = common::read_header(&fields.next("SES_SealInfo.header")?, &mut notes)?;
    let id = fields.next("SES_SealInfo.esID")?;
    let id = notes.text(&id, tag::IA5_STRING, "SES_SealInfo.esID");
    let property = fields.take(tag::SEQUENCE, "SES_SealInfo.property")?;
    let picture = common::read_picture(&fields.next("SES_SealInfo.picture")?, &mut notes)?;
    let extensions = common::read_trailing_extensions(&mut fields, &mut notes)?;

    let mut property_fields = property.children();
    let kind = property_fields.take(tag::INTEGER, "SES_SealInfo.property.type")?.small_integer("property.type")?;
    let name = property_fields.next("SES_SealInfo.property.name")?;
    let name = notes.text(&name, tag::UTF8_STRING, "SES_SealInfo.property.name");
    let list = property_fields.take(tag::SEQUENCE, "SES_SealInfo.property.certList")?;
    let signatories = read_certificates(&list, &mut notes)?;
    let mut date = |name: &str| -> Result<Time, Error> {
        let element = property_fields.next(name)?;
        notes.time(&element, tag::UTC_TIME, name)
    };
    let created = date("SES_SealInfo.property.createDate")?;
    let not_before = date("SES_SealInfo.property.validStart")?;
    let not_after = date("SES_SealInfo.property.validEnd")?;
    property_fields.finish("SES_SealInfo.property")?;

    let mut sign_fields = sign_info.expect(tag::SEQUENCE, "SESeal.signInfo")?.children();
    let maker = sign_fields.take(tag::OCTET_STRING, "SES_SignInfo.cert")?;
    let algorithm = sign_fields.next("SES_SignInfo.signatureAlgorithm")?;
    let value = sign_fields.next("SES_SignInfo.signData")?;
    let value = notes.bits(&value, "SES_SignInfo.signData")?.to_vec();
    sign_fields.finish("SES_SignInfo")?;

    Ok(SealParts {
        edition: Edition::Gmt0031_2014,
        version: header.version,
        vendor: header.vendor,
        id,
        kind,
        name,
        signatories,
        created,
        validity: Validity { not_before, not_after },
        picture_type: picture.kind,
        picture: picture.data,
        width: picture.width,
        height: picture.height,
        extensions,
        signed: common::wrap_sequence(&[info.raw, maker.raw, algorithm.raw])?,
        maker: maker.value.to_vec(),
        algorithm: algorithm.oid("SES_SignInfo.signatureAlgorithm")?,
        value,
        time_stamp: None,
        deviations: notes.0,
    })
}

/// ```text
/// SES_Signature ::= SEQUENCE { toSign TBS_Sign, signature BIT STRING }
/// TBS_Sign ::= SEQUENCE {
///     version             INTEGER,
///     eseal               SESeal,
///     timeInfo            BIT STRING,
///     dataHash            BIT STRING,
///     propertyInfo        IA5String,
///     cert                OCTET STRING,
///     signatureAlgorithm  OBJECT IDENTIFIER }
/// ```
///
/// GM/T 0031-2014, 6.2.1.
pub(super) fn read_signature(to_sign: &Tlv<'_>, value: &Tlv<'_>) -> Result<SignatureParts, Error> {
    let mut notes = Notes::default();
    let mut fields = to_sign.expect(tag::SEQUENCE, "SES_Signature.toSign")?.children();
    let version = fields.take(tag::INTEGER, "TBS_Sign.version")?.small_integer("TBS_Sign.version")?;
    let seal = read_embedded_seal(&fields.next("TBS_Sign.eseal")?, &mut notes)?;
    let time = fields.next("TBS_Sign.timeInfo")?;
    let time_info = notes.bits(&time, "TBS_Sign.timeInfo")?;
    let time = read_time(time_info, time.at, &mut notes)?;
    let digest = fields.next("TBS_Sign.dataHash")?;
    let digest = notes.bits(&digest, "TBS_Sign.dataHash")?.to_vec();
    let property = fields.next("TBS_Sign.propertyInfo")?;
    let property = notes.text(&property, tag::IA5_STRING, "TBS_Sign.propertyInfo");
    let certificate = fields.take(tag::OCTET_STRING, "TBS_Sign.cert")?.value.to_vec();
    let algorithm = fields.next("TBS_Sign.signatureAlgorithm")?.oid("TBS_Sign.signatureAlgorithm")?;
    fields.finish("TBS_Sign")?;
    Ok(SignatureParts {
        edition: Edition::Gmt0031_2014,
        version,
        seal,
        time,
        digest,
        property,
        extensions: Vec::new(),
        signed: to_sign.raw.to_vec(),
        certificate,
        algorithm,
        value: notes.bits(value, "SES_Signature.signature")?.to_vec(),
        time_stamp: None,
        deviations: notes.0,
    })
}

/// What the BIT STRING of timeInfo holds: the text allows "a time stamp or a UTCTime" and does not
/// say how. A DER time and two kinds of ASCII text are read; a token is not, as nobody was seen to
/// write one.
fn read_time(content: &[u8], at: usize, notes: &mut Notes) -> Result<Time, Error> {
    let der = Tlv::only(content, "TBS_Sign.timeInfo").and_then(|element| element.time("TBS_Sign.timeInfo"));
    if let Ok(time) = der {
        return Ok(time);
    }
    let text = std::str::from_utf8(content).unwrap_or_default().trim();
    if let Ok(time) = text.parse::<Time>() {
        notes.tolerated(format!("TBS_Sign.timeInfo holds the text \"{text}\""));
        return Ok(time);
    }
    if let Some(time) = read_local_time(text) {
        notes.tolerated(format!("TBS_Sign.timeInfo holds the text \"{text}\", taken as the time in China (UTC+8)"));
        return Ok(time);
    }
    Err(Error::malformed(format!(
        "TBS_Sign.timeInfo: its {} bytes are no time that is known, at byte {at}",
        content.len()
    )))
}

/// `yyyy-MM-dd HH:mm:ss`, without a zone.
fn read_local_time(text: &str) -> Option<Time> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let mut numbers = date.split('-').chain(clock.split(':')).map(|number| number.parse::<i64>().ok());
    let mut next = || numbers.next().flatten();
    let parts = [next()?, next()?, next()?, next()?, next()?, next()?];
    Time::from_parts(parts, CHINA)
}
