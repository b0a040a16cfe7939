//! Incremental saving: new bytes behind what was signed, in every state of brokenness.

use eseal::checks;

use crate::document::{Doc, Kind, stream};
use crate::{caught, caught_among_others, comes_out, refused, upon_all};

const EVIL: &str = "4 0 obj\n<< /Length 15 >>\nstream\nBT (evil) Tj ET\nendstream\nendobj\n";

fn behind(doc: &Doc, text: &str) -> Vec<u8> {
    [doc.bytes.as_slice(), text.as_bytes()].concat()
}

/// Nothing that lies behind the last revision is looked past, whatever it is.
#[test]
fn bytes_behind_the_end() {
    upon_all(|scene, way, doc| {
        for (what, text) in [
            ("a comment", "% a comment\n"),
            ("an archive", "PK\x03\x04"),
            ("an object", EVIL),
            ("an end", "%%EOF\n"),
            ("a page of another language", "<html><script>alert(1)</script></html>"),
            ("a table without its end", "xref\n0 1\n0000000000 65535 f \n"),
            ("an object and a trailer", "4 0 obj\nnull\nendobj\ntrailer\n<< /Root 1 0 R >>\n"),
        ] {
            let bytes = behind(doc, text);
            caught_among_others(
                what,
                way,
                scene,
                &bytes,
                checks::DOCUMENT_CHANGES,
                "that no signature protects follow",
            );
            caught_among_others(what, way, scene, &bytes, checks::DOCUMENT_STRUCTURE, "follow the last revision");
        }
        comes_out("white space", way, scene, &behind(doc, "\r\n \t\0\n"), "vvvv", "");
    });
}

#[test]
fn updates_without_what_an_update_needs() {
    upon_all(|scene, way, doc| {
        let (section, start) = (doc.section.unwrap(), doc.bytes.len());
        // The old section is used again: what was appended is no part of any revision.
        let again = behind(doc, &format!("{EVIL}startxref\n{section}\n%%EOF\n"));
        caught_among_others(
            "the old section",
            way,
            scene,
            &again,
            checks::DOCUMENT_CHANGES,
            "that no signature protects",
        );
        // No section at all: the last startxref leads to an object, to a trailer, to nothing.
        let trailer = format!("trailer\n<< /Size 900 /Root 1 0 R /Prev {section} >>\n");
        for (what, at) in [("to the object", start), ("to the trailer", start + EVIL.len()), ("far away", 99_999_999)] {
            let bytes = behind(doc, &format!("{EVIL}{trailer}startxref\n{at}\n%%EOF\n"));
            refused(what, way, scene, &bytes, "cross-reference section");
        }
        let bytes = behind(doc, &format!("{EVIL}{trailer}startxref\n%%EOF\n"));
        refused("to no place", way, scene, &bytes, "not followed by an offset");
        // A section that does not go on: all that was there is gone, and the signature with it.
        let at = start + EVIL.len();
        let table = |trailer: &str| {
            format!("{EVIL}xref\n4 1\n{start:010} 00000 n \ntrailer\n{trailer}\nstartxref\n{at}\n%%EOF\n")
        };
        let alone = behind(doc, &table("<< /Size 900 /Root 1 0 R >>"));
        refused("without /Prev", way, scene, &alone, "the catalog, object 1 0, is missing");
        let rootless = behind(doc, &table(&format!("<< /Size 900 /Prev {section} >>")));
        refused("without /Root", way, scene, &rootless, "/Root");
        let circle = behind(doc, &table(&format!("<< /Size 900 /Root 1 0 R /Prev {at} >>")));
        refused("in a circle", way, scene, &circle, "in a circle");
        let doubled = behind(doc, &table(&format!("<< /Size 900 /Root 1 0 R /Root 1 0 R /Prev {section} >>")));
        refused("with a key twice", way, scene, &doubled, "/Root twice");
        // Whole, and without its mark; then without the end of its line.
        let whole = doc.with(&[(4, stream("", "BT (evil) Tj ET"))]);
        let cut = &whole.bytes[..whole.bytes.len() - "%%EOF\n".len()];
        caught_among_others("without %%EOF", way, scene, cut, checks::DOCUMENT_STRUCTURE, "is not followed by");
        let bare = &whole.bytes[..whole.bytes.len() - 1];
        caught("without the end of its line", way, scene, bare, checks::DOCUMENT_CHANGES, "object 4 0");
    });
}

/// Cut somewhere in the update: the signature is never found valid with half of it.
#[test]
fn updates_that_are_cut_off() {
    upon_all(|scene, way, doc| {
        if way.level.is_some() || way.is_twice {
            return;
        }
        let whole = doc.with(&[(4, stream("", "BT (evil) Tj ET"))]);
        for length in doc.bytes.len() + 1..whole.bytes.len() - "%%EOF\n".len() {
            let cut = &whole.bytes[..length];
            match crate::look(scene, cut) {
                crate::Seen::Judged(verdict, _, text) => {
                    assert_eq!(verdict, eseal::Verdict::Invalid, "{way:?}, {length}: {text}");
                }
                crate::Seen::Refused(error) => assert!(error.len() > 10),
            }
        }
    });
}

/// The last `startxref` leads back to an earlier revision, within what was signed.
#[test]
fn revisions_that_are_left_out() {
    upon_all(|scene, way, doc| {
        let first = doc.bytes.windows(9).position(|window| window == b"startxref").unwrap();
        let earlier: String = doc.bytes[first + 10..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .map(|byte| char::from(*byte))
            .collect();
        let bytes = behind(doc, &format!("startxref\n{earlier}\n%%EOF\n"));
        match crate::look(scene, &bytes) {
            crate::Seen::Judged(verdict, _, text) => assert_ne!(verdict, eseal::Verdict::Valid, "{way:?}: {text}"),
            crate::Seen::Refused(error) => panic!("{way:?}: {error}"),
        }
    });
}

/// One update in which an object stands twice, and one whose entries lie behind its end.
#[test]
fn updates_that_readers_read_differently() {
    upon_all(|scene, way, doc| {
        if way.kind != Kind::Table {
            return;
        }
        let (section, start) = (doc.section.unwrap(), doc.bytes.len());
        let body = "70 0 obj\n<< /Nothing true >>\nendobj\n";
        let at = start + body.len();
        let table = |rows: &str| {
            format!("{body}xref\n{rows}trailer\n<< /Size 900 /Root 1 0 R /Prev {section} >>\nstartxref\n{at}\n%%EOF\n")
        };
        let row = format!("70 1\n{start:010} 00000 n \n");
        comes_out("once", way, scene, &behind(doc, &table(&row)), "vvvv", "");
        let structure = checks::DOCUMENT_STRUCTURE;
        let twice = behind(doc, &table(&format!("{row}{row}")));
        caught("twice", way, scene, &twice, structure, "lists object 70 twice");
        let beyond = behind(doc, &table("70 1\n0099999999 00000 n \n"));
        caught("beyond", way, scene, &beyond, structure, "behind its own end");
    });
}
