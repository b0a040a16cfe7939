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
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Numbers with spaces between them, as in `ST_Array` and `ST_Box`.
pub(super) fn numbers(values: &[f64]) -> String {
    values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(" ")
}
