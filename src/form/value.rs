//! Values of fields, each in the type of its field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::form::clock::Clock;
use crate::form::expression::Worth;
use crate::form::json::Json;
use crate::form::number::{Number, narrow};
use crate::identifier::{CitizenNumber, CreditCode};
use crate::time::Day;

/// Values by the keys of their fields: a form's, or a row's.
pub type Record = BTreeMap<String, Value>;

/// The value of a field.
///
/// `Debug` shows citizens' numbers masked and texts shortened, since values are personal.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Text of one or several lines; a telephone number.
    Text(String),
    /// A number or an amount.
    Number(Number),
    /// A day.
    Day(Day),
    /// From one day to another.
    Span(Day, Day),
    /// A time of day.
    Clock(Clock),
    /// Yes or no.
    Flag(bool),
    /// The code of a code table's entry.
    Code(String),
    /// Several codes, in the order of their table.
    Codes(Vec<String>),
    /// A citizen's number.
    Citizen(CitizenNumber),
    /// A unified social credit code.
    Credit(CreditCode),
    /// A picture.
    Image(Image),
    /// What is handed in with the form.
    Files(Vec<HandedIn>),
    /// The rows of a table.
    Rows(Vec<Record>),
    /// What could not be read as the field's kind; judging tells it.
    Unread(Unread),
}

/// A picture that was filled in.
#[derive(Clone, PartialEq)]
pub struct Image {
    /// Its file's name.
    pub name: String,
    /// PNG or JPEG.
    pub bytes: Vec<u8>,
}

/// A paper or a file that is handed in with a form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HandedIn {
    /// What it is called.
    pub name: String,
    /// How many copies or pages.
    pub copies: Option<Number>,
    /// The SM3 digest of the file in hexadecimal digits.
    pub digest: Option<String>,
}

/// What was filled in and cannot be read.
#[derive(Clone, Eq, PartialEq)]
pub struct Unread(pub(crate) Json);

impl Value {
    /// Whether nothing was filled in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Text(text) | Value::Code(text) => text.is_empty(),
            Value::Codes(codes) => codes.is_empty(),
            Value::Files(files) => files.is_empty(),
            Value::Rows(rows) => rows.is_empty(),
            Value::Unread(Unread(json)) => *json == Json::Null,
            _ => false,
        }
    }

    /// What expressions calculate with.
    pub(crate) fn worth(&self) -> Worth {
        if self.is_empty() {
            return Worth::Nothing;
        }
        match self {
            Value::Text(text) | Value::Code(text) => Worth::Text(text.clone()),
            Value::Number(number) => Worth::Number(*number),
            Value::Day(day) => Worth::Day(*day),
            Value::Span(first, last) => Worth::Span(*first, *last),
            Value::Clock(clock) => Worth::Clock(*clock),
            Value::Flag(flag) => Worth::Flag(*flag),
            Value::Codes(codes) => Worth::List(codes.iter().cloned().map(Worth::Text).collect()),
            Value::Citizen(number) => Worth::Text(number.as_str().to_owned()),
            Value::Credit(code) => Worth::Text(code.to_string()),
            Value::Files(files) => Worth::Rows(files.len()),
            Value::Rows(rows) => Worth::Rows(rows.len()),
            Value::Image(_) => Worth::Rows(1),
            Value::Unread(_) => Worth::Nothing,
        }
    }

    /// What a calculation gave.
    pub(crate) fn of_worth(worth: Worth) -> Option<Self> {
        Some(match worth {
            Worth::Text(text) => Value::Text(text),
            Worth::Number(number) => Value::Number(number),
            Worth::Day(day) => Value::Day(day),
            Worth::Span(first, last) => Value::Span(first, last),
            Worth::Clock(clock) => Value::Clock(clock),
            Worth::Flag(flag) => Value::Flag(flag),
            Worth::Nothing | Worth::List(_) | Worth::Rows(_) => return None,
        })
    }

    /// As JSON, in the one spelling that is embedded and digested.
    pub(crate) fn json(&self) -> Json {
        let text = |text: &dyn fmt::Display| Json::Text(text.to_string());
        match self {
            Value::Text(own) | Value::Code(own) => text(own),
            Value::Number(number) => Json::Number(number.to_string()),
            Value::Day(day) => text(day),
            Value::Span(first, last) => {
                Json::Object([("from".to_owned(), text(first)), ("to".to_owned(), text(last))].into())
            }
            Value::Clock(clock) => text(clock),
            Value::Flag(flag) => Json::Flag(*flag),
            Value::Codes(codes) => Json::List(codes.iter().map(|code| text(code)).collect()),
            Value::Citizen(number) => text(number),
            Value::Credit(code) => text(code),
            Value::Image(image) => Json::Object(
                [
                    ("data".to_owned(), Json::Text(STANDARD.encode(&image.bytes))),
                    ("name".to_owned(), text(&image.name)),
                ]
                .into(),
            ),
            Value::Files(files) => Json::List(files.iter().map(HandedIn::json).collect()),
            Value::Rows(rows) => Json::List(rows.iter().map(record_json).collect()),
            Value::Unread(Unread(json)) => json.clone(),
        }
    }
}

impl HandedIn {
    fn json(&self) -> Json {
        let mut members = BTreeMap::from([("name".to_owned(), Json::Text(self.name.clone()))]);
        members.extend(self.copies.map(|copies| ("copies".to_owned(), Json::Number(copies.to_string()))));
        members.extend(self.digest.clone().map(|digest| ("sm3".to_owned(), Json::Text(digest))));
        Json::Object(members)
    }
}

/// A record without what is empty: a field left empty and one that is not there are the same form.
pub(crate) fn record_json(record: &Record) -> Json {
    let filled = record.iter().filter(|(_, value)| !value.is_empty());
    Json::Object(filled.map(|(key, value)| (key.clone(), value.json())).collect())
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) | Value::Code(text) => write!(f, "\"{}\"", discreet(text)),
            Value::Number(number) => write!(f, "{}", discreet(&number.to_string())),
            Value::Day(day) => write!(f, "{day}"),
            Value::Span(first, last) => write!(f, "{first} to {last}"),
            Value::Clock(clock) => write!(f, "{clock}"),
            Value::Flag(flag) => write!(f, "{flag}"),
            Value::Codes(codes) => write!(f, "{codes:?}"),
            Value::Citizen(number) => write!(f, "{number:?}"),
            Value::Credit(code) => write!(f, "{code}"),
            Value::Image(image) => write!(f, "a picture of {} bytes", image.bytes.len()),
            Value::Files(files) => write!(f, "{} files", files.len()),
            Value::Rows(rows) => f.debug_list().entries(rows).finish(),
            Value::Unread(Unread(json)) => write!(f, "unread: {json:?}"),
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({}, {} bytes)", self.name, self.bytes.len())
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text for reports: at most twenty characters, and long runs of figures – numbers of citizens, of accounts, of
/// telephones – masked but for their ends.
pub(crate) fn discreet(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 20;
    let mut shown = String::new();
    let mut run = String::new();
    for character in text.chars().take(LONGEST + 20).map(narrow) {
        if character.is_ascii_digit() || (character.eq_ignore_ascii_case(&'x') && run.len() >= 14) {
            run.push(character);
            continue;
        }
        put_masked(&run, &mut shown);
        run.clear();
        shown.push(character);
    }
    put_masked(&run, &mut shown);
    if shown.chars().count() > LONGEST {
        shown = shown.chars().take(LONGEST).chain(['…']).collect();
    }
    if shown == text { Cow::Borrowed(text) } else { Cow::Owned(shown) }
}

fn put_masked(run: &str, to: &mut String) {
    if run.len() < 9 {
        to.push_str(run);
        return;
    }
    let stars = run.len().saturating_sub(5);
    let (first, last) = (run.get(..3).unwrap_or_default(), run.get(run.len().saturating_sub(2)..).unwrap_or_default());
    to.push_str(first);
    to.extend(std::iter::repeat_n('*', stars));
    to.push_str(last);
}

#[cfg(test)]
mod tests {
    use super::{Value, discreet};

    #[test]
    fn personal_values_do_not_print() {
        assert_eq!(discreet("甲 11010519491231002X"), "甲 110*************2X");
        assert_eq!(discreet("一二三四五六七八九十一二三四五六七八九十尾"), "一二三四五六七八九十一二三四五六七八九十…");
        assert_eq!(discreet("2024-01-01"), "2024-01-01");
        let citizen = Value::Citizen("11010519491231002X".parse().unwrap());
        assert!(!format!("{citizen:?}").contains("19491231"));
        let text = Value::Text("11010519491231002X".into());
        assert!(!format!("{text:?}").contains("19491231"));
    }
}
