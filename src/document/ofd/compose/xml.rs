//! Writing XML parts: names with the standard's prefix, values escaped, numbers short.

use std::fmt::Write as _;

use crate::document::ofd::xml::escape;
use crate::error::{Error, ErrorKind};

pub(super) const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// A part in the making.
#[derive(Debug)]
pub(super) struct Part {
    text: String,
    /// The elements that are open.
    open: Vec<&'static str>,
    /// The first value that XML cannot hold.
    bad: Option<String>,
}

impl Part {
    /// A part with its root open.
    pub(super) fn new(root: &'static str, attributes: &[(&str, &str)]) -> Self {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let mut part = Part { text, open: Vec::new(), bad: None };
        let named = [("xmlns:ofd", NAMESPACE)];
        let all: Vec<_> = named.iter().chain(attributes).copied().collect();
        part.open(root, &all);
        part
    }

    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push('>');
        self.open.push(name);
    }

    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.end(name);
        }
    }

    /// An element without contents.
    pub(super) fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push_str("/>");
    }

    /// An element with text alone.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        self.text.push('>');
        self.value(text);
        self.end(name);
    }

    /// A leaf, where there is something to write.
    pub(super) fn leaf_if(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, &[], text);
        }
    }

    fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.text.push_str("<ofd:");
        self.text.push_str(name);
        for (key, value) in attributes {
            for piece in [" ", key, "=\""] {
                self.text.push_str(piece);
            }
            self.value(value);
            self.text.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        for piece in ["</ofd:", name, ">"] {
            self.text.push_str(piece);
        }
    }

    /// Text of an element or an attribute.
    fn value(&mut self, text: &str) {
        // Numbers, which most of it is, need no look at characters.
        let is_plain = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
        if text.bytes().all(is_plain) {
            self.text.push_str(text);
            return;
        }
        if self.bad.is_none() && text.chars().any(|character| !is_xml(character)) {
            self.bad = Some(text.escape_debug().to_string());
        }
        self.text.push_str(&escape(text));
    }

    /// The finished part.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        while !self.open.is_empty() {
            self.close();
        }
        match self.bad {
            None => Ok(self.text.into_bytes()),
            Some(bad) => Err(Error::new(
                ErrorKind::Misuse,
                format!("\"{bad}\" has a control character, which XML cannot hold: take it out"),
            )),
        }
    }
}

/// The characters of XML 1.0, production 2.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A number with at most four decimals, a tenth of a micrometre, and no more than it needs.
pub(super) fn number(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

/// Writes a number behind others: paths have thousands.
pub(super) fn push_number(text: &mut String, value: f64) {
    /// Below this every ten-thousandth is a number of its own.
    const MOST: f64 = 1e11;
    if value.is_nan() || value.abs() >= MOST {
        // Writing to a string does not fail.
        let _ = write!(text, "{value}");
        return;
    }
    let scaled = (value * 1e4).round() as i64;
    if scaled < 0 {
        text.push('-');
    }
    let (whole, mut part) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
    push_whole(text, whole);
    if part > 0 {
        text.push('.');
        let mut power = 1000;
        while part > 0 {
            text.push(digit(part / power));
            (part, power) = (part % power, power / 10);
        }
    }
}

fn push_whole(text: &mut String, number: u64) {
    if number >= 10 {
        push_whole(text, number / 10);
    }
    text.push(digit(number));
}

/// The last decimal digit.
fn digit(number: u64) -> char {
    char::from(b'0' + (number % 10) as u8)
}

/// Numbers with spaces between them, as in `ST_Array` and `ST_Box`.
pub(super) fn numbers(values: &[f64]) -> String {
    let mut text = String::with_capacity(values.len() * 8);
    for value in values {
        if !text.is_empty() {
            text.push(' ');
        }
        push_number(&mut text, *value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{number, numbers};

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let written =
            [(0.0, "0"), (-0.00001, "0"), (1.5, "1.5"), (-2.0304, "-2.0304"), (0.1 + 0.2, "0.3"), (297.0, "297")];
        for (value, text) in written {
            assert_eq!(number(value), text);
        }
        assert_eq!(
            (number(99.99996).as_str(), number(-0.05).as_str(), number(1e12).as_str()),
            ("100", "-0.05", "1000000000000")
        );
        assert_eq!((numbers(&[]).as_str(), numbers(&[1.0, -0.5, 2.25]).as_str()), ("", "1 -0.5 2.25"));
    }
}
