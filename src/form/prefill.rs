//! Filling in from what somebody else vouches for, with the evidence kept.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::Error;
use crate::form::field::{Field, FieldKind, Role};
use crate::form::instance::Instance;
use crate::form::json::Json;
use crate::form::read::Reader;
use crate::form::template::Template;
use crate::form::value::Value;
use crate::limits::Limits;
use crate::time::Time;

/// What a form can be filled in from: a verified licence, a register's answer. Whoever makes one vouches that it was
/// verified; the digest says what exactly.
///
/// `Debug` shows the names of the values only.
#[derive(Clone, PartialEq)]
pub struct Source {
    /// What it is: a licence's identifier (ZZBS), a case's number.
    pub identifier: String,
    /// The SM3 digest of the document, in hexadecimal digits.
    pub digest: String,
    /// When it was verified.
    pub at: Time,
    /// Its values by the names that fields ask for in `prefill`, such as `licence.CZZT`.
    pub values: BTreeMap<String, String>,
}

/// That values of an instance came from a source, kept in the instance.
#[derive(Clone, Eq, PartialEq)]
pub struct Evidence {
    /// What the source is.
    pub identifier: String,
    /// The SM3 digest of the source's document, in hexadecimal digits.
    pub digest: String,
    /// When it was verified.
    pub at: Time,
    /// The fields that were filled in, each with the SM3 digest of its value's canonical JSON, so that it can
    /// be told whether a value was changed by hand later.
    pub fields: BTreeMap<String, String>,
}

impl Template {
    /// Fills in from a source: each field that is empty and asks for a name which the source has. Returns the keys
    /// of the fields that were filled in; with any, the evidence is kept in the instance.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when a value of the source cannot be read as its field's
    /// kind; [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) when the template cannot be filled in.
    pub fn prefill(&self, instance: &mut Instance, source: &Source) -> Result<Vec<String>, Error> {
        self.require_good()?;
        let limits = Limits::default();
        let mut reader = Reader { template: self, limits: &limits, unknown: Vec::new() };
        let mut evidence = Evidence {
            identifier: source.identifier.clone(),
            digest: source.digest.clone(),
            at: source.at,
            fields: BTreeMap::new(),
        };
        let mut filled = Vec::new();
        let empty = |field: &&Field| instance.values.get(&field.key).is_none_or(Value::is_empty);
        for field in self.fields().iter().filter(empty) {
            let Some((name, text)) = field.prefill.iter().find_map(|name| source.values.get_key_value(name)) else {
                continue;
            };
            let json = Json::Object([(field.key.clone(), Json::Text(text.clone()))].into());
            let mut read = reader.form(&json)?;
            match read.remove(&field.key) {
                Some(Value::Unread(_)) => {
                    let detail = format!(
                        "{name} of {} does not go into {} ({}): it is no value of its kind",
                        source.identifier, field.label, field.key
                    );
                    return Err(Error::new(crate::error::ErrorKind::Mismatch, detail));
                }
                Some(value) => {
                    evidence.fields.insert(field.key.clone(), value_digest(&value)?);
                    filled.push((field.key.clone(), value));
                }
                None => {}
            }
        }
        let keys = filled.iter().map(|(key, _)| key.clone()).collect();
        instance.values.extend(filled);
        if !evidence.fields.is_empty() {
            instance.evidence.push(evidence);
        }
        Ok(keys)
    }
}

pub(crate) fn value_digest(value: &Value) -> Result<String, Error> {
    crate::crypto::sm3(value.json().canonical().as_bytes())
}

/// Whether a template may ask for a source here.
pub(crate) fn takes_source(field: &Field) -> bool {
    field.kind.has_value()
        && !matches!(field.kind, FieldKind::Table | FieldKind::Calculated | FieldKind::Image | FieldKind::Attachments)
        && matches!(field.role, Role::Filled | Role::Shown | Role::Hidden)
}

impl Evidence {
    pub(crate) fn json(&self) -> Json {
        let text = |text: &dyn fmt::Display| Json::Text(text.to_string());
        let fields = self.fields.iter().map(|(key, digest)| (key.clone(), text(digest))).collect();
        Json::Object(
            [
                ("identifier".to_owned(), text(&self.identifier)),
                ("sm3".to_owned(), text(&self.digest)),
                ("at".to_owned(), text(&self.at)),
                ("fields".to_owned(), Json::Object(fields)),
            ]
            .into(),
        )
    }

    pub(crate) fn read(json: &Json) -> Result<Self, Error> {
        let wrong = || Error::malformed("evidence has identifier, sm3, at and fields, each a text or texts by name");
        let text = |name: &str| json.member(name).and_then(Json::text).map(str::to_owned).ok_or_else(wrong);
        let Some(Json::Object(fields)) = json.member("fields") else { return Err(wrong()) };
        let field = |(key, digest): (&String, &Json)| Ok((key.clone(), digest.text().ok_or_else(wrong)?.to_owned()));
        Ok(Evidence {
            identifier: text("identifier")?,
            digest: text("sm3")?,
            at: text("at")?.parse()?,
            fields: fields.iter().map(field).collect::<Result<_, Error>>()?,
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.values.keys().collect();
        write!(f, "Source({}, {names:?})", self.identifier)
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.fields.keys().collect();
        write!(f, "Evidence({} at {}, {names:?})", self.identifier, self.at)
    }
}
