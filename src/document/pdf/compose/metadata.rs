//! What a document says about itself: the information dictionary, XMP (ISO 16684-1) and the claim of ISO 19005-3.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use moxcms::ColorProfile;
use pdf_writer::{Chunk, Dict, Filter, Finish as _, Name, Ref, Str, TextStr};
use quick_xml::escape::escape;

use crate::deflate::zlib_small;
use crate::error::{Error, ErrorKind};
use crate::time::Time;

/// Title, author and the like.
#[derive(Clone, Debug, Default)]
pub(super) struct Description {
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) created: Option<Time>,
    pub(super) language: Option<String>,
    pub(super) custom_data: Vec<(String, String)>,
}

/// The namespace of data by name and value, which this crate writes and reads.
pub(in crate::document::pdf) const DATA: &str = "urn:x-eseal:data#";

/// Who wrote it.
const PRODUCER: &str = concat!("eseal ", env!("CARGO_PKG_VERSION"));

impl Description {
    /// The entries of the information dictionary; XMP says the same (ISO 19005-3, 6.6.3).
    pub(super) fn info(&self, info: &mut Dict<'_>) {
        for (key, value) in [("Title", &self.title), ("Author", &self.author), ("Subject", &self.subject)] {
            if let Some(value) = value {
                info.pair(Name(key.as_bytes()), TextStr(value));
            }
        }
        info.pair(Name(b"Producer"), TextStr(PRODUCER));
        if let Some(time) = self.created {
            info.pair(Name(b"CreationDate"), Str(date(time).as_bytes()));
            info.pair(Name(b"ModDate"), Str(date(time).as_bytes()));
        }
    }

    /// The metadata stream's packet.
    pub(super) fn xmp(&self) -> Result<String, Error> {
        let told = [&self.title, &self.author, &self.subject].into_iter().flatten();
        let values = self.custom_data.iter().map(|(_, value)| value);
        if let Some(text) = told.chain(values).find(|text| text.chars().any(is_no_xml)) {
            let text = text.escape_debug();
            return Err(Error::misuse(format!(
                "the metadata \"{text}\" has a control character, which XML cannot hold"
            )));
        }
        let mut xmp = String::from(HEAD);
        xmp.push_str("<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">");
        xmp.push_str("<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>\n");
        self.dublin_core(&mut xmp);
        xmp.push_str("<rdf:Description rdf:about=\"\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">");
        xmp.push_str(&format!("<pdf:Producer>{}</pdf:Producer></rdf:Description>\n", escape(PRODUCER)));
        if let Some(time) = self.created.map(moment) {
            xmp.push_str("<rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">");
            let dates = ["CreateDate", "ModifyDate", "MetadataDate"];
            dates.iter().for_each(|name| xmp.push_str(&format!("<xmp:{name}>{time}</xmp:{name}>")));
            xmp.push_str("</rdf:Description>\n");
        }
        self.data(&mut xmp)?;
        xmp.push_str(TAIL);
        Ok(xmp)
    }

    fn dublin_core(&self, xmp: &mut String) {
        xmp.push_str("<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">");
        xmp.push_str("<dc:format>application/pdf</dc:format>");
        let mut add = |name: &str, list: &str, language: &str, value: &Option<String>| {
            if let Some(value) = value {
                let value = escape(value.as_str());
                xmp.push_str(&format!(
                    "<dc:{name}><rdf:{list}><rdf:li{language}>{value}</rdf:li></rdf:{list}></dc:{name}>"
                ));
            }
        };
        add("title", "Alt", " xml:lang=\"x-default\"", &self.title);
        add("creator", "Seq", "", &self.author);
        add("description", "Alt", " xml:lang=\"x-default\"", &self.subject);
        add("language", "Bag", "", &self.language);
        xmp.push_str("</rdf:Description>\n");
    }

    /// Data by name, and the schema that says what they are (ISO 19005-3, 6.6.2.3). A name that occurs again has
    /// its values in one sequence, for RDF knows each property once.
    fn data(&self, xmp: &mut String) -> Result<(), Error> {
        if self.custom_data.is_empty() {
            return Ok(());
        }
        let mut names: Vec<&str> = Vec::new();
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &self.custom_data {
            if !is_name(name) {
                let detail = "cannot name data: it has letters first, then letters, digits, - and _";
                return Err(Error::misuse(format!("\"{}\" {detail}", name.escape_debug())));
            }
            let known = values.entry(name).or_default();
            if known.is_empty() {
                names.push(name);
            }
            known.push(value);
        }
        xmp.push_str(&format!("<rdf:Description rdf:about=\"\" xmlns:data=\"{DATA}\">"));
        for name in &names {
            match values.get(name).map(Vec::as_slice).unwrap_or_default() {
                [one] => xmp.push_str(&format!("<data:{name}>{}</data:{name}>", escape(*one))),
                several => {
                    let items: String =
                        several.iter().map(|one| format!("<rdf:li>{}</rdf:li>", escape(*one))).collect();
                    xmp.push_str(&format!("<data:{name}><rdf:Seq>{items}</rdf:Seq></data:{name}>"));
                }
            }
        }
        xmp.push_str("</rdf:Description>\n");
        xmp.push_str(SCHEMA);
        for name in &names {
            let kind = if values.get(name).is_some_and(|values| values.len() > 1) { "seq Text" } else { "Text" };
            xmp.push_str(&format!(
                "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
                 <pdfaProperty:valueType>{kind}</pdfaProperty:valueType><pdfaProperty:category>external\
                 </pdfaProperty:category><pdfaProperty:description>{name}</pdfaProperty:description></rdf:li>"
            ));
        }
        xmp.push_str("</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>\n");
        Ok(())
    }
}

const HEAD: &str = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";
const TAIL: &str = "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>";

const SCHEMA: &str = "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" \
    xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" \
    xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\"><pdfaExtension:schemas><rdf:Bag>\
    <rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>Data of the document by name and value</pdfaSchema:schema>\
    <pdfaSchema:namespaceURI>urn:x-eseal:data#</pdfaSchema:namespaceURI><pdfaSchema:prefix>data</pdfaSchema:prefix>\
    <pdfaSchema:property><rdf:Seq>";

/// A cautious subset of XML names.
fn is_name(name: &str) -> bool {
    let is_first = |character: char| character.is_alphabetic() || character == '_';
    let is_next = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    name.starts_with(is_first) && name.chars().all(is_next)
}

fn is_no_xml(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r') || matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

/// China's clock is eight hours ahead; documents show the day that people there had.
const AHEAD: i64 = 8 * 3600;

/// `D:20250301080000+08'00'` (ISO 32000-1, 7.9.4).
pub(super) fn date(time: Time) -> String {
    let parts = time.plus_seconds(AHEAD).parts();
    let (hour, minute, second) = parts.to_hms();
    let (year, month, day) = (parts.year(), u8::from(parts.month()), parts.day());
    format!("D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}+08'00'")
}

/// `2025-03-01T08:00:00+08:00`.
fn moment(time: Time) -> String {
    let parts = time.plus_seconds(AHEAD).parts();
    let (hour, minute, second) = parts.to_hms();
    let (year, month, day) = (parts.year(), u8::from(parts.month()), parts.day());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00")
}

/// The profile of sRGB, deflated, the same each time.
static SRGB: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| zlib_small(&srgb()?).ok());

fn srgb() -> Option<Vec<u8>> {
    let mut profile = ColorProfile::new_srgb();
    // A tag of later editions than those that ISO 19005-3 (6.2.2) knows, and the white that those ask of displays.
    profile.cicp = None;
    profile.media_white_point = Some(profile.white_point);
    let mut bytes = profile.encode().ok()?;
    // The day of making (ICC.1, 7.2.8) is that of the standard which the profile describes, IEC 61966-2-1.
    let day = [1999_u16, 10, 18, 0, 0, 0].map(u16::to_be_bytes).concat();
    bytes.get_mut(24..36)?.copy_from_slice(&day);
    Some(bytes)
}

/// Writes the profile.
pub(super) fn write_profile(chunk: &mut Chunk, number: Ref) -> Result<(), Error> {
    let profile = SRGB.as_deref();
    let profile = profile.ok_or_else(|| Error::new(ErrorKind::Unsupported, "the profile of sRGB cannot be made"))?;
    let mut stream = chunk.stream(number, profile);
    stream.filter(Filter::FlateDecode);
    stream.pair(Name(b"N"), 3);
    Ok(())
}

/// Says that colours are those of sRGB (ISO 19005-3, 6.2.3).
pub(super) fn write_intent(catalog: &mut Dict<'_>, profile: Ref) {
    let mut intents = catalog.insert(Name(b"OutputIntents")).array();
    let mut intent = intents.push().dict();
    intent.pair(Name(b"Type"), Name(b"OutputIntent")).pair(Name(b"S"), Name(b"GTS_PDFA1"));
    intent.pair(Name(b"OutputConditionIdentifier"), Str(b"sRGB IEC61966-2.1"));
    intent.pair(Name(b"Info"), Str(b"sRGB IEC61966-2.1")).pair(Name(b"DestOutputProfile"), profile);
    intent.finish();
}
