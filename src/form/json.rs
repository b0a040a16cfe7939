//! JSON as it was written: numbers keep all their digits, and a name that occurs twice is refused.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::Error;
use crate::form::number::Number;

/// How deep the JSON of a form may be nested: tables in tables have eight levels at most.
pub(crate) const DEPTH: usize = 16;

/// One JSON value.
#[derive(Clone, Eq, PartialEq)]
pub(crate) enum Json {
    Null,
    Flag(bool),
    /// The digits as written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads one value that takes all of `bytes`.
    pub(crate) fn read(bytes: &[u8], most: usize) -> Result<Self, Error> {
        if bytes.len() > most {
            return Err(Error::too_large(format!("the JSON has {} bytes; the limit is {most}", bytes.len())));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let raw: &RawValue = serde_json::from_slice(bytes).map_err(unreadable)?;
        Self::of(raw.get(), DEPTH)
    }

    fn of(raw: &str, depth: usize) -> Result<Self, Error> {
        let below =
            || depth.checked_sub(1).ok_or_else(|| Error::too_large(format!("the JSON is nested deeper than {DEPTH}")));
        Ok(match raw.trim_start().as_bytes().first() {
            Some(b'{') => {
                let (members, depth) = (serde_json::from_str::<Members<'_>>(raw).map_err(unreadable)?, below()?);
                let read = |(name, raw): (String, &RawValue)| Ok((name, Self::of(raw.get(), depth)?));
                Json::Object(members.0.into_iter().map(read).collect::<Result<_, Error>>()?)
            }
            Some(b'[') => {
                let (items, depth) = (serde_json::from_str::<Vec<&RawValue>>(raw).map_err(unreadable)?, below()?);
                Json::List(items.into_iter().map(|raw| Self::of(raw.get(), depth)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Json::Text(serde_json::from_str(raw).map_err(unreadable)?),
            Some(b't') => Json::Flag(true),
            Some(b'f') => Json::Flag(false),
            Some(b'n') | None => Json::Null,
            Some(_) => Json::Number(raw.trim().to_owned()),
        })
    }

    /// What a template holds of it: defaults.
    pub(crate) fn from_serde(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(flag) => Json::Flag(*flag),
            serde_json::Value::Number(number) => Json::Number(number.to_string()),
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(items) => Json::List(items.iter().map(Self::from_serde).collect()),
            serde_json::Value::Object(members) => {
                Json::Object(members.iter().map(|(name, value)| (name.clone(), Self::from_serde(value))).collect())
            }
        }
    }

    /// The one spelling of a value: names in the order of their code points, no spaces, texts in Unicode's
    /// normal form C, numbers without an exponent and without zeros that say nothing.
    pub(crate) fn canonical(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, to: &mut String) {
        match self {
            Json::Null => to.push_str("null"),
            Json::Flag(flag) => to.push_str(if *flag { "true" } else { "false" }),
            Json::Number(digits) => match Number::of_json(digits) {
                Some(number) => to.push_str(&number.to_string()),
                None => to.push_str(digits),
            },
            Json::Text(text) => quote(text, to),
            Json::List(items) => {
                to.push('[');
                for (at, item) in items.iter().enumerate() {
                    to.push_str(if at == 0 { "" } else { "," });
                    item.write(to);
                }
                to.push(']');
            }
            Json::Object(members) => {
                to.push('{');
                let named: BTreeMap<String, &Json> =
                    members.iter().map(|(name, value)| (name.nfc().collect(), value)).collect();
                for (at, (name, value)) in named.into_iter().enumerate() {
                    to.push_str(if at == 0 { "" } else { "," });
                    quote(&name, to);
                    to.push(':');
                    value.write(to);
                }
                to.push('}');
            }
        }
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.get(name),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What an error calls it.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Flag(_) => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "a text",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// A form's values are personal: what sort they are, never what they say.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sort())
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::malformed(format!("this is no good JSON: {error}"))
}

/// A string by the rules of RFC 8785: only what has to be escaped is.
fn quote(text: &str, to: &mut String) {
    to.push('"');
    for character in text.nfc() {
        match character {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\u{8}' => to.push_str("\\b"),
            '\t' => to.push_str("\\t"),
            '\n' => to.push_str("\\n"),
            '\u{c}' => to.push_str("\\f"),
            '\r' => to.push_str("\\r"),
            '\0'..='\u{1f}' => {
                // Writing into a text does not fail.
                let _ = write!(to, "\\u{:04x}", u32::from(character));
            }
            _ => to.push(character),
        }
    }
    to.push('"');
}

/// An object's members in their order.
struct Members<'j>(Vec<(String, &'j RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfMembers)
    }
}

struct OfMembers;

impl<'de> Visitor<'de> for OfMembers {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(String, &'de RawValue)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            // Names that differ in their normal form only would be one name once they are canonical.
            if !names.insert(name.nfc().collect::<String>()) {
                return Err(A::Error::custom(format!("the name \"{name}\" occurs twice: which counts is not said")));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::Json;
    use crate::ErrorKind;

    fn canonical(text: &str) -> String {
        Json::read(text.as_bytes(), 1 << 20).unwrap().canonical()
    }

    #[test]
    fn one_value_has_one_spelling() {
        assert_eq!(canonical(" {\"b\" : 1.50, \"a\":[1e2, -0.0, \"\\u4e2d\\/\"] } "), r#"{"a":[100,0,"中/"],"b":1.5}"#);
        assert_eq!(canonical("\"e\\u0301\""), "\"é\"", "composed");
        assert_eq!(canonical("\"\\u0001\\n\""), "\"\\u0001\\n\"");
        assert_eq!(canonical("12345678901234567.89"), "12345678901234567.89", "no digit is lost");
    }

    #[test]
    fn what_two_readers_would_read_differently_is_refused() {
        let refused = |text: &str| Json::read(text.as_bytes(), 1000).unwrap_err();
        assert!(refused(r#"{"a":1,"a":2}"#).to_string().contains("occurs twice"));
        assert!(refused("{\"é\":1,\"e\u{301}\":2}").to_string().contains("occurs twice"));
        assert_eq!(refused("{\"a\":1} {}").kind(), ErrorKind::Malformed);
        assert_eq!(refused(&"[".repeat(999)).kind(), ErrorKind::Malformed);
        assert_eq!(refused(&format!("{}{}", "[".repeat(20), "]".repeat(20))).kind(), ErrorKind::TooLarge);
        assert_eq!(refused(&" ".repeat(1001)).kind(), ErrorKind::TooLarge);
    }
}
