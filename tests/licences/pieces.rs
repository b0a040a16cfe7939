//! The pieces of a PDF, to be taken out, edited and put back; and what is asked of what was edited.

use std::io::Read as _;

use eseal::licence::Licence;
use eseal::{Outcome, Verdict};

use crate::common;
use crate::frame::findings;

pub(crate) const FACE: &str = "licence.face";

/// The text of a PDF, byte by byte.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The newest object with this number.
pub(crate) fn object(bytes: &[u8], number: u32) -> Vec<u8> {
    let head = format!("\n{number} 0 obj");
    let from = common::pdf::rfind(bytes, head.as_bytes()).unwrap() + head.len();
    let end = common::pdf::find(bytes, b"endobj", from).unwrap();
    bytes[from..end].trim_ascii().to_vec()
}

/// The number that follows a part of a text.
pub(crate) fn number_after(text: &str, part: &str) -> u32 {
    let rest = text.rsplit_once(part).unwrap_or_else(|| panic!("no {part} in {text}")).1;
    rest.split(' ').next().unwrap().parse().unwrap()
}

/// The entries of a stream, and what is in it.
pub(crate) fn stream(object: &[u8]) -> (String, Vec<u8>) {
    let at = common::pdf::find(object, b"stream\n", 0).unwrap();
    let end = common::pdf::rfind(object, b"endstream").unwrap();
    let entries = text(&object[..at]).trim().to_owned();
    let data = &object[at + "stream\n".len()..end];
    let mut content = Vec::new();
    if entries.contains("FlateDecode") {
        flate2::read::ZlibDecoder::new(data).read_to_end(&mut content).unwrap();
    } else {
        content = data.to_vec();
    }
    (entries, content)
}

/// A stream with these entries, unpacked.
pub(crate) fn plain(entries: &str, content: &[u8]) -> Vec<u8> {
    let (head, rest) = entries.split_once("/Length ").unwrap_or((entries.trim_end_matches(">>"), ">>"));
    let rest = rest.trim_start_matches(|each: char| each.is_ascii_digit());
    let entries = format!("{head}/Length {}{rest}", content.len());
    let entries = entries.replace("/Filter /FlateDecode", "").replace("/Filter/FlateDecode", "");
    [format!("{entries}\nstream\n").as_bytes(), content, b"\nendstream"].concat()
}

/// Asserts the verdict, and that this check says so with these words.
#[track_caller]
pub(crate) fn assert_says(what: &str, licence: Licence, (check, outcome): (&str, Outcome), english: &str) {
    let verdict = if outcome == Outcome::Fail { Verdict::Invalid } else { Verdict::Indeterminate };
    assert_eq!(licence.verdict(), verdict, "{what}: {licence}");
    common::assert_told(what, &findings(&licence), check, outcome, english);
    let is_meant = |one: &&eseal::licence::Remark| one.check() == check && one.outcome() == outcome;
    assert!(licence.findings().iter().find(is_meant).is_some_and(|one| !one.chinese.is_empty()), "{what}");
    assert!(licence.require_good().is_err(), "{what}");
}
