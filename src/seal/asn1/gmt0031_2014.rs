//! GM/T 0031-2014 ("V1"): read, and written for tests alone.
//!
//! The maker signs a SEQUENCE of SES_SealInfo, certificate and algorithm that stands nowhere in the
//! file; the signatory signs TBS_Sign, which holds certificate and algorithm.

use ::der::asn1::ObjectIdentifier;

use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::seal::Edition;
use crate::seal::asn1::common::{self, Notes};
use crate::seal::asn1::gbt38540_2020::{read_certificates, read_embedded_seal};
use crate::seal::asn1::{SealParts, SignatureParts};
use crate::time::{Time, Validity};
use crate::timestamp::Token;

#[cfg(any(test, feature = "authority"))]
pub(crate) use writing::{encode_info, encode_seal, encode_signature, encode_to_be_made, encode_to_be_signed};

/// China has one time zone, eight hours ahead, and local times without a zone are meant in it.
const CHINA: i64 = 8 * 3600;

/// The most certificates looked at in a token.
const CERTIFICATES: usize = 32;

/// ```text
/// SESeal ::= SEQUENCE { esealInfo SES_SealInfo, signInfo SES_SignInfo }
/// SES_SignInfo ::= SEQUENCE {
///     cert                OCTET STRING,
///     signatureAlgorithm  OBJECT IDENTIFIER,
///     signData            BIT STRING }
/// ```
///
/// GM/T 0031-2014, 6.1.1.
///
/// Without signInfo, or with something else in its place (quirk 9), the seal is read and is not signed.
pub(super) fn read_seal(info: &Tlv<'_>, sign_info: Option<&Tlv<'_>>) -> Result<SealParts, Error> {
    let mut notes = Notes::default();
    let mut fields = info.expect(tag::SEQUENCE, "SESeal.esealInfo")?.children();
    let header = common::read_header(&fields.next("SES_SealInfo.header")?, &mut notes)?;
    let id = common::read_id(&fields.next("SES_SealInfo.esID")?, &mut notes);
    let property = fields.take(tag::SEQUENCE, "SES_SealInfo.property")?;
    let picture = common::read_picture(&fields.next("SES_SealInfo.picture")?, &mut notes)?;
    let extensions = common::read_trailing_extensions(&mut fields, &mut notes)?;

    let mut property_fields = property.children();
    let kind = property_fields.take(tag::INTEGER, "SES_SealInfo.property.type")?.small_integer("property.type")?;
    let name = property_fields.next("SES_SealInfo.property.name")?;
    let name_is_whole = name.text().1;
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

    let sign_info = sign_info.filter(|element| element.tag == tag::SEQUENCE);
    let signed = sign_info.map(|element| read_sign_info(info, element, &mut notes)).transpose()?.unwrap_or_default();

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
        name_is_whole,
        signed: signed.bytes,
        maker: signed.maker,
        algorithm: signed.algorithm,
        value: signed.value,
        time_stamp: None,
        deviations: notes.0,
    })
}

/// The maker's part; nothing at all in a seal that is not signed.
#[derive(Default)]
struct Signed {
    bytes: Vec<u8>,
    maker: Vec<u8>,
    algorithm: Option<ObjectIdentifier>,
    value: Vec<u8>,
}

fn read_sign_info(info: &Tlv<'_>, sign_info: &Tlv<'_>, notes: &mut Notes) -> Result<Signed, Error> {
    let mut fields = sign_info.children();
    let maker = fields.take(tag::OCTET_STRING, "SES_SignInfo.cert")?;
    let algorithm = fields.next("SES_SignInfo.signatureAlgorithm")?;
    let value = fields.next("SES_SignInfo.signData")?;
    let value = notes.bits(&value, "SES_SignInfo.signData")?.to_vec();
    fields.finish("SES_SignInfo")?;
    Ok(Signed {
        bytes: common::wrap_sequence(&[info.raw, maker.raw, algorithm.raw])?,
        maker: maker.value.to_vec(),
        algorithm: Some(common::read_algorithm(&algorithm, "SES_SignInfo.signatureAlgorithm", notes)?),
        value,
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
    let algorithm = fields.next("TBS_Sign.signatureAlgorithm")?;
    let algorithm = common::read_algorithm(&algorithm, "TBS_Sign.signatureAlgorithm", &mut notes)?;
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
/// say how. A token, a DER time and two kinds of ASCII text are read. A token here was made before the
/// signature and hence proves nothing about it: its time is the signatory's claim like the others.
fn read_time(content: &[u8], at: usize, notes: &mut Notes) -> Result<Time, Error> {
    if let Ok(token) = Token::read(content, CERTIFICATES) {
        notes.tolerated(format!(
            "TBS_Sign.timeInfo holds a time-stamp token of {}, which was made before the signature and proves nothing about it",
            token.time
        ));
        return Ok(token.time);
    }
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

/// For tests: seals and signatures as old systems left them. No one is to make new ones.
#[cfg(any(test, feature = "authority"))]
mod writing {
    use ::der::asn1::{Any, BitString, Ia5String, ObjectIdentifier, OctetString, UtcTime};
    use ::der::{Decode as _, Encode as _, Sequence};

    use super::CHINA;
    use crate::error::{Error, ErrorKind};
    use crate::seal::asn1::SealDraft;
    use crate::seal::asn1::common::wrap_sequence;
    use crate::seal::asn1::gbt38540_2020::{
        SesEsPictrueInfo, SesHeader, encode_extensions, encode_header, encode_picture, encoding, ia5,
    };
    use crate::seal::content::List;
    use crate::time::Time;

    /// The version that real files of this edition mostly have.
    const VERSION: u8 = 1;

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
    struct SesEsPropertyInfo {
        kind: u32,
        name: String,
        cert_list: Vec<OctetString>,
        create_date: UtcTime,
        valid_start: UtcTime,
        valid_end: UtcTime,
    }

    #[derive(Debug, Sequence)]
    struct SesSignInfo {
        certificate: OctetString,
        algorithm: ObjectIdentifier,
        value: BitString,
    }

    #[derive(Debug, Sequence)]
    struct TbsSign {
        version: u8,
        eseal: Any,
        time_info: BitString,
        data_hash: BitString,
        property_info: Ia5String,
        certificate: OctetString,
        algorithm: ObjectIdentifier,
    }

    pub(crate) fn encode_info(draft: &SealDraft<'_>) -> Result<Vec<u8>, Error> {
        let content = draft.content;
        let List::Certificates(list) = &content.signatories.0 else {
            return Err(Error::new(ErrorKind::Misuse, "GM/T 0031-2014 has no list of certificates' digests"));
        };
        let list = list.iter().map(|der| OctetString::new(der.clone())).collect::<Result<_, _>>();
        let info = SesSealInfo {
            header: encode_header(VERSION)?,
            es_id: ia5(content.id.as_str())?,
            property: SesEsPropertyInfo {
                kind: u32::try_from(content.kind.code()).unwrap_or(u32::MAX),
                name: content.name.clone(),
                cert_list: list.map_err(encoding)?,
                create_date: utc(draft.created)?,
                valid_start: utc(content.validity.not_before)?,
                valid_end: utc(content.validity.not_after)?,
            },
            picture: encode_picture(&content.picture)?,
            ext_datas: encode_extensions(draft)?,
        };
        info.to_der().map_err(encoding)
    }

    /// A SEQUENCE of information, certificate and algorithm that stands nowhere in the file (6.1.1.2).
    pub(crate) fn encode_to_be_made(info: &[u8], maker: &[u8], algorithm: ObjectIdentifier) -> Result<Vec<u8>, Error> {
        let certificate = OctetString::new(maker).and_then(|octets| octets.to_der()).map_err(encoding)?;
        wrap_sequence(&[info, &certificate, &algorithm.to_der().map_err(encoding)?])
    }

    pub(crate) fn encode_seal(
        info: &[u8],
        maker: &[u8],
        algorithm: ObjectIdentifier,
        value: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let sign_info = SesSignInfo {
            certificate: OctetString::new(maker).map_err(encoding)?,
            algorithm,
            value: BitString::from_bytes(value).map_err(encoding)?,
        };
        wrap_sequence(&[info, &sign_info.to_der().map_err(encoding)?])
    }

    /// The time is written as text in China's zone: a widely used reader wants it so.
    pub(crate) fn encode_to_be_signed(
        seal: &[u8],
        time: Time,
        digest: &[u8],
        property: &str,
        certificate: &[u8],
        algorithm: ObjectIdentifier,
    ) -> Result<Vec<u8>, Error> {
        let local = time.plus_seconds(CHINA).to_string().replace('T', " ").replace('Z', "");
        let to_sign = TbsSign {
            version: VERSION,
            eseal: Any::from_der(seal).map_err(encoding)?,
            time_info: BitString::from_bytes(local.as_bytes()).map_err(encoding)?,
            data_hash: BitString::from_bytes(digest).map_err(encoding)?,
            property_info: ia5(property)?,
            certificate: OctetString::new(certificate).map_err(encoding)?,
            algorithm,
        };
        to_sign.to_der().map_err(encoding)
    }

    pub(crate) fn encode_signature(to_sign: &[u8], value: &[u8]) -> Result<Vec<u8>, Error> {
        let value = BitString::from_bytes(value).and_then(|bits| bits.to_der()).map_err(encoding)?;
        wrap_sequence(&[to_sign, &value])
    }

    fn utc(time: Time) -> Result<UtcTime, Error> {
        let seconds = u64::try_from(time.unix_seconds()).unwrap_or(0);
        UtcTime::from_unix_duration(std::time::Duration::from_secs(seconds)).map_err(encoding)
    }
}
