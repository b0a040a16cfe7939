//! Signature wrapping: what was signed is moved, and something else stands in the hole that is left.

use eseal::{Verdict, checks};

use crate::document::{Doc, Kind};
use crate::{Seen, look, upon_all};

/// The signed tail is moved behind new objects, a table among them at the very place to which the tail's own
/// `startxref` leads; a new signature dictionary names the moved ranges.
struct Wrapping<'d> {
    doc: &'d Doc,
    /// Between the end of the signature and the table.
    filling: String,
    /// Behind the table, before the tail.
    rest: String,
}

impl Wrapping<'_> {
    /// With `contents` in the new dictionary, and ranges that name the moved tail.
    fn bytes(&self, contents: impl Fn(&str) -> String, ranges: impl Fn(usize, usize, usize) -> String) -> Vec<u8> {
        let doc = self.doc;
        let (hole, section) = (doc.hole(20), doc.section.unwrap());
        let tail = &doc.bytes[hole.end..];
        let value = String::from_utf8_lossy(&doc.bytes[hole.clone()]).into_owned();
        // The table has to stand where the old one stood, so what is new goes behind it.
        let gap = section - hole.end;
        let mut filling = format!("\n>>\nendobj\n{}", self.filling);
        assert!(filling.len() <= gap, "{} bytes do not fit {gap}", filling.len());
        filling.extend(std::iter::repeat_n(' ', gap - filling.len()));
        let head = doc.bytes[..hole.end].to_vec();
        // Twice, since the length of the table decides where things stand.
        let mut moved = 0;
        let mut bytes = Vec::new();
        for _ in 0..3 {
            bytes = [head.as_slice(), filling.as_bytes()].concat();
            let dictionary = format!(
                "20 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached {} /Contents {} >>\nendobj\n",
                ranges(hole.start, moved, tail.len()),
                contents(&value)
            );
            let evil = "4 0 obj\n<< /Length 15 >>\nstream\nBT (evil) Tj ET\nendstream\nendobj\n";
            let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
            // The table's own length is known when its rows are counted.
            let end = section + table.len() + 40 * 20 + 200;
            for number in 1..20 {
                let place = if number == 4 { end } else { *doc.places(number).last().unwrap() };
                table.push_str(&format!("{number} 1\n{place:010} 00000 n \n"));
            }
            table.push_str(&format!("20 1\n{:010} 00000 n \n", end + evil.len()));
            table.push_str(&format!("trailer\n<< /Size 900 /Root 1 0 R >>\nstartxref\n{section}\n%%EOF\n"));
            bytes.extend(table.into_bytes());
            bytes.resize(end, b' ');
            bytes.extend(format!("{evil}{dictionary}{}", self.rest).into_bytes());
            moved = bytes.len();
            bytes.extend_from_slice(tail);
        }
        bytes
    }
}

/// Never valid: the hole is larger than the signature, or holds something else than one, or the file is broken.
#[test]
fn the_tail_moved() {
    upon_all(|scene, way, doc| {
        if way.kind != Kind::Table || way.is_twice {
            return;
        }
        let numbers = |start: usize, moved: usize, length: usize| format!("/ByteRange [0 {start} {moved} {length}]");
        let wrapping = |rest: &str| Wrapping { doc, filling: String::new(), rest: rest.to_owned() };
        let copied = |value: &str| value.to_owned();
        let variants: Vec<(&str, Vec<u8>)> = vec![
            ("a copy of the value", wrapping("").bytes(copied, numbers)),
            ("bytes in between", wrapping("% filled\n").bytes(copied, numbers)),
            ("no value of its own", wrapping("").bytes(|_| "<00>".into(), numbers)),
            ("a value that is open", wrapping(">").bytes(|value| value.trim_end_matches('>').to_owned(), numbers)),
            ("more ranges", wrapping("").bytes(copied, |a, b, c| format!("/ByteRange [0 {a} {b} {c} 0 0]"))),
            (
                "ranges twice",
                wrapping("").bytes(copied, |a, b, c| format!("/ByteRange [0 {a} {b} {c}] /ByteRange [0 {a} {b} {c}]")),
            ),
            ("values twice", wrapping("").bytes(|value| format!("{value} /Contents {value}"), numbers)),
            (
                "the old dictionary's ranges",
                wrapping("").bytes(copied, |a, _, c| format!("/ByteRange [0 {a} {} {c}]", doc.hole(20).end)),
            ),
        ];
        for (what, bytes) in variants {
            match look(scene, &bytes) {
                Seen::Refused(error) => assert!(error.len() > 10, "{what}: {error}"),
                Seen::Judged(verdict, findings, text) => {
                    assert_eq!(verdict, Verdict::Invalid, "{what}, {way:?}: {text}");
                    let told = crate::common::failed(&findings);
                    let expected = [checks::SIGNATURE_FORMAT.name(), checks::DOCUMENT_COVERAGE.name()];
                    assert!(expected.iter().any(|check| told.contains(check)), "{what}, {way:?}: {text}");
                }
            }
        }
    });
}

/// A hole that is larger than the value, with objects in it, by a signatory who signs it so.
#[test]
fn a_hole_with_room() {
    upon_all(|scene, way, doc| {
        let hole = doc.hole(20);
        for inside in ["><evil", ">>endobj ", "> /Reason(x) ", ">/Contents<"] {
            let mut bytes = doc.bytes.clone();
            let at = hole.end - 40;
            bytes[at..at + inside.len()].copy_from_slice(inside.as_bytes());
            match look(scene, &bytes) {
                Seen::Refused(error) => assert!(error.len() > 10, "{inside}: {error}"),
                Seen::Judged(verdict, findings, text) => {
                    assert_eq!(verdict, Verdict::Invalid, "{inside}, {way:?}: {text}");
                    let told = crate::common::failed(&findings);
                    assert!(told.contains(&checks::SIGNATURE_FORMAT.name()), "{inside}, {way:?}: {text}");
                }
            }
        }
    });
}
