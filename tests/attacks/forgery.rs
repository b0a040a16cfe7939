//! Universal signature forgery: a signature dictionary that nothing can be checked by.

use eseal::checks;

use crate::document::Doc;
use crate::{Seen, caught_among_others, look, upon_all};

#[test]
fn ranges_that_are_none() {
    let format = checks::SIGNATURE_FORMAT;
    upon_all(|scene, way, doc| {
        let hole = doc.hole(20);
        let (start, end) = (hole.start, hole.end);
        let old = ranges(doc);
        for (what, text, part) in [
            ("missing", "", "no /ByteRange"),
            ("null", "/ByteRange null", "no /ByteRange"),
            ("a number", "/ByteRange 0", "not a direct array"),
            ("a reference", "/ByteRange 12 0 R", "not a direct array"),
            ("empty", "/ByteRange []", "has 0 elements"),
            ("nothing", "/ByteRange [0 0 0 0]", "not two ranges"),
            ("one range", &format!("/ByteRange [0 {start}]"), "has 2 elements"),
            ("three", &format!("/ByteRange [0 {start} {end}]"), "has 3 elements"),
            ("five", &format!("/ByteRange [0 {start} {end} 1 2]"), "has 5 elements"),
            ("six", "/ByteRange [0 1 2 3 4 5]", "has 6 elements"),
            ("negative", &format!("/ByteRange [0 {start} {end} -1]"), "something else than"),
            ("negative at first", &format!("/ByteRange [-1 {start} {end} 9]"), "something else than"),
            ("real", &format!("/ByteRange [0 {start}.0 {end} 9]"), "something else than"),
            ("a string", &format!("/ByteRange [0 (1) {end} 9]"), "something else than"),
            ("referred to", "/ByteRange [0 12 0 R 3 4]", "something else than"),
            ("huge", &format!("/ByteRange [0 {start} {end} 9999999999]"), "reaches beyond"),
            ("not from the beginning", &format!("/ByteRange [1 {start} {end} 9]"), "begins at byte 1"),
            ("a hole too small", &format!("/ByteRange [0 {} {end} 9]", start + 2), "leaves out the bytes"),
            ("a hole too large", &format!("/ByteRange [0 {} {end} 9]", start - 2), "leaves out the bytes"),
            ("everything", &format!("/ByteRange [0 {start} {start} 9]"), "two ranges with something between"),
        ] {
            let bytes = doc.overwritten(doc.places(20)[0], &old, text);
            caught_among_others(what, way, scene, &bytes, format, part);
        }
        // A comment between the numbers changes what was signed, and nothing else.
        let spelled = old.replacen("0 ", "0%", 1);
        let bytes = doc.overwritten(doc.places(20)[0], &old, &spelled);
        assert!(!matches!(look(scene, &bytes), Seen::Judged(eseal::Verdict::Valid, ..)), "{way:?}");
    });
}

fn ranges(doc: &Doc) -> String {
    let text = String::from_utf8_lossy(&doc.bytes[doc.places(20)[0]..]).into_owned();
    let at = text.find("/ByteRange").unwrap();
    text[at..=at + text[at..].find(']').unwrap()].to_owned()
}

#[test]
fn contents_that_are_none() {
    let format = checks::SIGNATURE_FORMAT;
    upon_all(|scene, way, doc| {
        let hole = doc.hole(20);
        let whole = String::from_utf8_lossy(&doc.bytes[hole.clone()]).into_owned();
        let changed = |text: &str| {
            let mut bytes = doc.bytes.clone();
            bytes[hole.clone()].copy_from_slice(format!("{text:<width$}", width = hole.len()).as_bytes());
            bytes
        };
        for (what, text, part) in [
            ("null", "null", "no /Contents"),
            ("empty", "<>", "is empty"),
            ("a zero", "<00>", "is empty"),
            ("zeros", "<0000000000000000>", "is empty"),
            ("a number", "0", "not a direct string"),
            ("a name", "/Nothing", "not a direct string"),
            ("a reference", "12 0 R", "not a direct string"),
            ("an array", "[]", "not a direct string"),
            ("no hexadecimal", "(0)", "not in hexadecimal form"),
            ("an element without an end", "<3080", ""),
            ("an INTEGER", "<020101>", "begins with the tag 0x02"),
            ("an element of nothing", "<3000>", ""),
            ("an element that is too long", "<30FF00>", ""),
        ] {
            let bytes = changed(text);
            if text.starts_with('<') && !text.ends_with('>') {
                assert!(!matches!(look(scene, &bytes), Seen::Judged(eseal::Verdict::Valid, ..)), "{what}");
            } else if part.is_empty() {
                caught_among_others(what, way, scene, &bytes, format, "");
            } else {
                caught_among_others(what, way, scene, &bytes, format, part);
            }
        }
        // Behind the value: other bytes than zeros, an odd number of digits, and white space, which is none.
        let end = whole.len() - 1;
        let hidden = changed(&format!("{}7>", &whole[..end - 1]));
        caught_among_others("hidden", way, scene, &hidden, format, "something else than zeros");
        let odd = changed(&format!("{} >", &whole[..end - 1]));
        caught_among_others("odd", way, scene, &odd, format, "odd number of digits");
        // Without its key: a field that says it is signed, and is not.
        let keyless = doc.overwritten(doc.places(20)[0], "/Contents", "/Nontents");
        caught_among_others("no key", way, scene, &keyless, format, "no /Contents");
        let typed = doc.overwritten(doc.places(20)[0], "/Type /Sig ", "/Type /Fig ");
        caught_among_others("another type", way, scene, &typed, format, "its /Type is /Fig");
    });
}
