//! Structures that all editions share, and the habits of those who write them.

use ::der::asn1::ObjectIdentifier;

use crate::crypto::oid;
use crate::der::{Reader, Tlv, tag};
use crate::error::Error;
use crate::seal::asn1::{Deviation, Extension, Extensions};
use crate::time::Time;

/// Collects deviations while a structure is read.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<Deviation>);

impl Notes {
    /// An oddity that only a strict reader refuses.
    pub(super) fn strict(&mut self, detail: impl Into<String>) {
        self.0.push(Deviation { detail: detail.into(), strict: true });
    }

    /// An oddity that every reader tolerates.
    pub(super) fn tolerated(&mut self, detail: impl Into<String>) {
        self.0.push(Deviation { detail: detail.into(), strict: false });
    }

    /// A string that has to be of one type and of its characters.
    pub(super) fn text(&mut self, element: &Tlv<'_>, tag: u8, what: &str) -> String {
        let (text, whole) = element.text();
        if element.tag != tag {
            self.strict(format!("{what} is a string of another type than the standard's"));
        }
        if !whole {
            self.strict(format!("{what} is not UTF-8: its bytes are kept, what is shown is damaged"));
        } else if tag != tag::UTF8_STRING && !text.is_ascii() {
            self.strict(format!("{what} holds characters that its type does not have"));
        }
        text
    }

    /// A time that has to be of one type.
    pub(super) fn time(&mut self, element: &Tlv<'_>, tag: u8, what: &str) -> Result<Time, Error> {
        let time = element.time(what)?;
        if element.tag != tag {
            let (found, wanted) =
                if tag == tag::UTC_TIME { ("GeneralizedTime", "UTCTime") } else { ("UTCTime", "GeneralizedTime") };
            self.strict(format!("{what} is a {found} where the standard has a {wanted}"));
        }
        Ok(time)
    }

    /// A BIT STRING for which an OCTET STRING is tolerated (quirk 6).
    pub(super) fn bits<'a>(&mut self, element: &Tlv<'a>, what: &str) -> Result<&'a [u8], Error> {
        if element.tag == tag::OCTET_STRING {
            self.strict(format!("{what} is an OCTET STRING where the standard has a BIT STRING"));
            return Ok(element.value);
        }
        element.expect(tag::BIT_STRING, what)?.bits(what)
    }
}

/// ```text
/// SES_Header ::= SEQUENCE {
///     ID       IA5String,   -- "ES"
///     version  INTEGER,
///     Vid      IA5String }
/// ```
pub(super) struct Header {
    pub(super) version: i64,
    pub(super) vendor: String,
}

pub(super) fn read_header(element: &Tlv<'_>, notes: &mut Notes) -> Result<Header, Error> {
    let what = "SES_SealInfo.header";
    let mut fields = element.expect(tag::SEQUENCE, what)?.children();
    let id = fields.next("SES_SealInfo.header.ID")?;
    let id = notes.text(&id, tag::IA5_STRING, "SES_SealInfo.header.ID");
    if id != "ES" {
        notes.strict(format!("SES_SealInfo.header.ID is \"{}\", not \"ES\"", id.escape_debug()));
    }
    let version = fields.take(tag::INTEGER, "SES_SealInfo.header.version")?.small_integer(what)?;
    let vendor = fields.next("SES_SealInfo.header.Vid")?;
    let vendor = notes.text(&vendor, tag::IA5_STRING, "SES_SealInfo.header.Vid");
    fields.finish(what)?;
    if vendor.starts_with("Vid") {
        notes.tolerated(format!("SES_SealInfo.header.Vid repeats its own field's name: \"{}\"", vendor.escape_debug()));
    }
    Ok(Header { version, vendor })
}

/// The identifier. Some products write the field's name into it (quirk 17); it is kept as it is.
pub(super) fn read_id(element: &Tlv<'_>, notes: &mut Notes) -> String {
    let id = notes.text(element, tag::IA5_STRING, "SES_SealInfo.esID");
    if id.starts_with("esID") {
        notes.tolerated(format!("SES_SealInfo.esID repeats its own field's name: \"{}\"", id.escape_debug()));
    }
    id
}

/// The algorithm of a signature. One number is a widespread slip of the pen (quirk 37).
pub(super) fn read_algorithm(element: &Tlv<'_>, what: &str, notes: &mut Notes) -> Result<ObjectIdentifier, Error> {
    let algorithm = element.oid(what)?;
    if algorithm == oid::SM2_SM3_MISSPELT {
        notes.tolerated(format!("{what} is {algorithm}, a misspelt {} (SM2 with SM3)", oid::SM2_SM3));
    }
    Ok(algorithm)
}

/// ```text
/// SES_ESPictrueInfo ::= SEQUENCE {
///     type    IA5String,
///     data    OCTET STRING,
///     width   INTEGER,      -- millimetres
///     height  INTEGER }     -- millimetres
/// ```
pub(super) struct PictureParts {
    pub(super) kind: String,
    pub(super) data: Vec<u8>,
    pub(super) width: i64,
    pub(super) height: i64,
}

pub(super) fn read_picture(element: &Tlv<'_>, notes: &mut Notes) -> Result<PictureParts, Error> {
    let what = "SES_SealInfo.picture";
    let mut fields = element.expect(tag::SEQUENCE, what)?.children();
    let kind = fields.next("SES_SealInfo.picture.type")?;
    let kind = notes.text(&kind, tag::IA5_STRING, "SES_SealInfo.picture.type");
    let data = fields.take(tag::OCTET_STRING, "SES_SealInfo.picture.data")?.value.to_vec();
    let width = fields.take(tag::INTEGER, "SES_SealInfo.picture.width")?.small_integer(what)?;
    let height = fields.take(tag::INTEGER, "SES_SealInfo.picture.height")?.small_integer(what)?;
    fields.finish(what)?;
    Ok(PictureParts { kind, data, width, height })
}

/// The extensions at the end of SES_SealInfo: an untagged SEQUENCE in practice; wrapped in a tag or
/// in an OCTET STRING by some (quirk 4).
pub(super) fn read_trailing_extensions(fields: &mut Reader<'_>, notes: &mut Notes) -> Result<Extensions, Error> {
    let what = "SES_SealInfo.extDatas";
    if fields.is_empty() {
        return Ok(Extensions::default());
    }
    let element = fields.next(what)?;
    fields.finish("SES_SealInfo")?;
    match element.tag {
        tag::SEQUENCE => Ok(read_extensions(&element, notes)),
        wrapper if wrapper == tag::OCTET_STRING || wrapper == tag::context(0, true) => {
            notes.strict(format!("{what} stands in a wrapper that the standard does not have"));
            let inner = Tlv::only(element.value, what)?.expect(tag::SEQUENCE, what)?;
            Ok(read_extensions(&inner, notes))
        }
        _ => Err(element.expect(tag::SEQUENCE, what).err().unwrap_or_else(|| Error::malformed(what))),
    }
}

/// ```text
/// ExtensionDatas ::= SEQUENCE SIZE (0..MAX) OF ExtData
/// ExtData ::= SEQUENCE {
///     extnID     OBJECT IDENTIFIER,
///     critical   BOOLEAN DEFAULT FALSE,
///     extnValue  OCTET STRING }
/// ```
///
/// An element of another shape is kept as it is and told; its bytes stay in what was signed (quirk 3).
pub(super) fn read_extensions(element: &Tlv<'_>, notes: &mut Notes) -> Extensions {
    let mut extensions = Extensions::default();
    let Ok(list) = element.list("ExtensionDatas") else {
        notes.strict("ExtensionDatas is not a sequence of extensions");
        extensions.unreadable = true;
        return extensions;
    };
    for item in list {
        match read_extension(&item) {
            Ok(extension) => extensions.list.push(extension),
            Err(error) => {
                notes.tolerated(format!("an extension has a shape of its own ({error})"));
                extensions.foreign.push(item.raw.to_vec());
            }
        }
    }
    extensions
}

fn read_extension(item: &Tlv<'_>) -> Result<Extension, Error> {
    let mut fields = item.expect(tag::SEQUENCE, "ExtData")?.children();
    let id = fields.next("ExtData.extnID")?.oid("ExtData.extnID")?;
    // FALSE written out is not DER for a default value; so many products do it that nothing is said.
    let critical = fields.optional(tag::BOOLEAN, "ExtData.critical")?;
    let critical = critical.is_some_and(|flag| flag.value.iter().any(|octet| *octet != 0));
    let value = fields.take(tag::OCTET_STRING, "ExtData.extnValue")?.value.to_vec();
    fields.finish("ExtData")?;
    Ok(Extension { id, critical, value })
}

/// A time stamp field: `[0]` around a BIT STRING, or in its place (the tagging in print is unclear).
///
/// Junk in it is handed on as it is (quirk 26): it is no reason to refuse the seal, whose signature
/// does not cover it. Whoever judges the time stamp finds out.
pub(super) fn read_time_stamp(element: &Tlv<'_>, what: &str, notes: &mut Notes) -> Vec<u8> {
    let explicit = element.tag == tag::context(0, true);
    let implicit = element.tag == tag::context(0, false);
    let inner = if explicit { Tlv::only(element.value, what) } else { Ok(*element) };
    let read = inner.and_then(|inner| {
        if implicit { inner.bits(what).map(<[u8]>::to_vec) } else { notes.bits(&inner, what).map(<[u8]>::to_vec) }
    });
    match read {
        Ok(token) if implicit => {
            notes.tolerated(format!("{what} is tagged implicitly"));
            token
        }
        Ok(token) if explicit => token,
        Ok(token) => {
            notes.strict(format!("{what} stands without its tag [0]"));
            token
        }
        Err(error) => {
            notes.strict(error.to_string());
            element.value.to_vec()
        }
    }
}

/// A SEQUENCE around elements that stand elsewhere: what GM/T 0031-2014 signs.
pub(super) fn wrap_sequence(elements: &[&[u8]]) -> Result<Vec<u8>, Error> {
    use ::der::Encode as _;
    let content = elements.concat();
    let any = ::der::asn1::Any::new(::der::Tag::Sequence, content);
    any.and_then(|any| any.to_der()).map_err(super::gbt38540_2020::encoding)
}
