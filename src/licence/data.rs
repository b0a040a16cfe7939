//! The data that are embedded in a licence: metadata, the face's values, and what its pages show where.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::compose::{Draft, Mark};

use crate::error::Error;
use crate::licence::pixels;
use crate::licence::{Face, FaceValue, Metadata, Profile};
use crate::limits::Limits;
use crate::units::Mm;

/// The name of the attachment.
pub(super) const FILE: &str = "licence.json";

/// The extension that holds the SM3 of the attachment (数据摘要).
pub(super) const DIGEST: &str = "KZ_SJZY";

const FORMAT: &str = "eseal-licence/1";

/// What is embedded. Written as canonical JSON: keys in the order of their characters, which is why fields have that
/// order here; no white space, texts in Unicode's form C.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    pub(super) face: BTreeMap<String, Datum>,
    format: String,
    pub(super) metadata: Value,
    pub(super) pictures: Vec<PictureLine>,
    /// The version of the type's profile.
    pub(super) profile: u32,
    pub(super) shown: Vec<Line>,
}

/// A value of the face.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Datum {
    Text(String),
    Rows(Vec<BTreeMap<String, String>>),
    Picture {
        /// Of its dots.
        sha256: String,
    },
}

/// Words on one line of a page.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// Where they begin on their base line, in hundredths of a millimetre.
    pub(super) at: [i64; 2],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<String>,
    pub(super) page: u32,
    pub(super) text: String,
}

/// A picture on a page.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PictureLine {
    /// Left, top, width and height in hundredths of a millimetre.
    pub(super) area: [i64; 4],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<String>,
    pub(super) page: u32,
    /// Only tells the data and the pages of one file apart, which its seal protects both: a digest that processors
    /// make by themselves does, and spares a photograph a millisecond.
    pub(super) sha256: String,
}

impl Data {
    /// The data of a licence that was laid out.
    pub(super) fn of(profile: &Profile, metadata: &Metadata, face: &Face, draft: &Draft) -> Result<Self, Error> {
        let mut values = BTreeMap::new();
        let mut digests = Digests::default();
        for (key, value) in face.iter() {
            let datum = match value {
                FaceValue::Text(text) => Datum::Text(text.clone()),
                FaceValue::Rows(rows) => Datum::Rows(rows.clone()),
                FaceValue::Picture(bytes) => Datum::Picture { sha256: digests.of(bytes)? },
            };
            values.insert(key.to_owned(), datum);
        }
        let (mut shown, mut pictures) = (Vec::new(), Vec::new());
        for (sheet, page) in draft.sheets().iter().zip(1..) {
            for mark in sheet.all_marks() {
                match mark {
                    Mark::Words(words) if !words.text().trim().is_empty() => {
                        let (left, baseline) = words.place();
                        let item = words.shows().map(str::to_owned);
                        let at = [hundredths(left), hundredths(baseline)];
                        shown.push(Line { page, text: words.text().to_owned(), at, item });
                    }
                    Mark::Image(photo) => {
                        let (sha256, item) = (digests.of(&photo.bytes)?, photo.field.as_deref().map(str::to_owned));
                        pictures.push(PictureLine { page, area: photo.area.map(hundredths), sha256, item });
                    }
                    _ => {}
                }
            }
        }
        let (format, profile) = (FORMAT.to_owned(), profile.version);
        Ok(Data { format, profile, metadata: metadata.to_value(), face: values, shown, pictures })
    }

    /// The attachment.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let failed =
            |source: serde_json::Error| Error::misuse("the licence's data cannot be written").caused_by(source);
        serde_json::to_vec(self).map_err(failed)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let data: Data = serde_json::from_slice(bytes)
            .map_err(|source| Error::malformed(format!("the attachment {FILE}: {source}")).caused_by(source))?;
        if data.format != FORMAT {
            let format = data.format.escape_debug();
            return Err(Error::unsupported(format!(
                "the attachment {FILE} is of the format \"{format}\", not {FORMAT}"
            )));
        }
        Ok(data)
    }

    /// The face's texts and rows; pictures stay on the pages.
    pub(super) fn values(&self) -> Face {
        let mut face = Face::new();
        for (key, datum) in &self.face {
            match datum {
                Datum::Text(text) => face.text(key, text),
                Datum::Rows(rows) => face.rows(key, rows.clone()),
                Datum::Picture { .. } => continue,
            };
        }
        face
    }
}

impl Data {
    /// The digests of the face's pictures by their keys.
    pub(super) fn picture_digests(&self) -> BTreeMap<String, String> {
        let picture = |(key, datum): (&String, &Datum)| match datum {
            Datum::Picture { sha256 } => Some((key.clone(), sha256.clone())),
            _ => None,
        };
        self.face.iter().filter_map(picture).collect()
    }
}

/// Digests of pictures, each made once: a photo is a value of the face and stands on a page.
#[derive(Default)]
struct Digests(Vec<(*const u8, String)>);

impl Digests {
    fn of(&mut self, bytes: &std::sync::Arc<[u8]>) -> Result<String, Error> {
        let address = bytes.as_ptr();
        if let Some((_, known)) = self.0.iter().find(|(own, _)| *own == address) {
            return Ok(known.clone());
        }
        let made = pixels::digest_file(bytes, &Limits::default())?;
        self.0.push((address, made.clone()));
        Ok(made)
    }
}

pub(super) fn hundredths(length: Mm) -> i64 {
    // Pages are some metres wide at most; what is no number becomes 0.
    (length.0 * 100.0).round() as i64
}

/// Unicode's form C, in which texts are written.
pub(super) fn nfc(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Data, Datum, FORMAT, Line, PictureLine};

    #[test]
    fn members_stand_in_the_order_of_their_keys() {
        let rows = vec![BTreeMap::from([("名称".to_owned(), "甲".to_owned()), ("b".to_owned(), "1".to_owned())])];
        let data = Data {
            face: BTreeMap::from([
                ("photo".to_owned(), Datum::Picture { sha256: "00".to_owned() }),
                ("members".to_owned(), Datum::Rows(rows)),
                ("a".to_owned(), Datum::Text("文字".to_owned())),
            ]),
            format: FORMAT.to_owned(),
            metadata: serde_json::json!({"ZZMC": "示例证", "CZZT": ["甲", "乙"], "KZ_A": "1"}),
            pictures: vec![PictureLine {
                area: [1, 2, 3, 4],
                item: Some("photo".into()),
                page: 1,
                sha256: "00".into(),
            }],
            profile: 1,
            shown: vec![
                Line { at: [1, 2], item: None, page: 1, text: "文字".to_owned() },
                Line { at: [3, 4], item: Some("a".to_owned()), page: 2, text: "字".to_owned() },
            ],
        };
        // Of this type maps are ordered by their keys.
        type Sorted = BTreeMap<String, serde_json::Value>;
        fn sorted(value: serde_json::Value) -> String {
            match value {
                serde_json::Value::Object(members) => {
                    let members: Sorted = members.into_iter().collect();
                    let written = members.into_iter().map(|(key, value)| format!("\"{key}\":{}", sorted(value)));
                    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
                }
                serde_json::Value::Array(items) => {
                    format!("[{}]", items.into_iter().map(sorted).collect::<Vec<_>>().join(","))
                }
                other => other.to_string(),
            }
        }
        let written = data.to_bytes().unwrap();
        let read: serde_json::Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(String::from_utf8(written.clone()).unwrap(), sorted(read));
        assert!(Data::read(&written).unwrap() == data);
    }
}
