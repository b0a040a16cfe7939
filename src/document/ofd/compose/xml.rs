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
            // Writing to a string does not fail.
            let _ = write!(self.text, "</ofd:{name}>");
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
        self.check(text);
        let _ = write!(self.text, ">{}</ofd:{name}>", escape(text));
    }

    /// A leaf, where there is something to write.
    pub(super) fn leaf_if(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, &[], text);
        }
    }

    fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        let _ = write!(self.text, "<ofd:{name}");
        for (key, value) in attributes {
            self.check(value);
            let _ = write!(self.text, " {key}=\"{}\"", escape(value));
        }
    }

    fn check(&mut self, text: &str) {
        if self.bad.is_none() && text.chars().any(|character| !is_xml(character)) {
            self.bad = Some(text.escape_debug().to_string());
        }
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
        let _ = write!(text, "{value}");
        return;
    }
    let scaled = (value * 1e4).round() as i64;
    if scaled < 0 {
        text.push('-');
    }
    let (whole, part) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
    let _ = write!(text, "{whole}");
    if part > 0 {
        let digits = format_part(part);
        text.push('.');
        text.push_str(digits.as_str().trim_end_matches('0'));
    }
}

/// Four digits.
fn format_part(part: u64) -> String {
    let digit = |power: u64| char::from(b'0' + u8::try_from(part / power % 10).unwrap_or_default());
    [1000, 100, 10, 1].map(digit).iter().collect()
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
