//! Annotations and signatures that lie over what was signed, and signatures that are used a second time.

use eseal::{Outcome, Payload, Verdict, checks};

use crate::common::assert_told;
use crate::document::{Doc, new_field};
use crate::{Seen, caught_among_others, comes_out, look, upon_all};

fn annotated(doc: &Doc, entries: &str) -> Doc {
    doc.with(&[
        (3, doc.body(3).replacen(" 17 0 R]", " 17 0 R 63 0 R]", 1)),
        (63, format!("<< /Type /Annot {entries} >>")),
    ])
}

/// Evil annotations: certified for annotations, and covered by one. Types that are made to cover are not let
/// pass, nor what hides a whole signature; of all others it is told where they lie.
#[test]
fn evil_annotations() {
    let area = "/Rect [0 0 595 842]";
    upon_all(|scene, way, doc| {
        for subtype in ["FreeText", "Stamp", "Redact", "Watermark"] {
            let evil = annotated(doc, &format!("/Subtype /{subtype} {area} /AP << /N 11 0 R >>"));
            comes_out(subtype, way, scene, &evil.bytes, "?xxx", "");
        }
        for subtype in ["Square", "Highlight", "Line", "Polygon", "Ink", "Text"] {
            let over_all = annotated(doc, &format!("/Subtype /{subtype} {area} /AP << /N 11 0 R >>"));
            comes_out(subtype, way, scene, &over_all.bytes, "?xx?", "");
            for apart in ["/Rect [400 400 500 500]", "/Rect [0 30 50 50] /AP << /N 11 0 R >>"] {
                let apart = annotated(doc, &format!("/Subtype /{subtype} {apart}"));
                comes_out(subtype, way, scene, &apart.bytes, "?xxv", "");
            }
        }
        if way.level == Some(3) {
            let told = |text: &str, entries: &str, outcome| match look(scene, &annotated(doc, entries).bytes) {
                Seen::Judged(_, findings, _) => {
                    assert_told("over", &findings, checks::DOCUMENT_CHANGES.name(), outcome, text);
                }
                Seen::Refused(error) => panic!("{error}"),
            };
            told(
                "lie over pages that were signed; look at page 1",
                "/Subtype /Square /Rect [400 400 500 500]",
                Outcome::Pass,
            );
            // Beside a signature, partly over it, and over the whole of it: with a drawing and without.
            told("over a part of a signature; look at page 1", "/Subtype /Square /Rect [0 30 50 50]", Outcome::Pass);
            told("over the whole of a signature", "/Subtype /Square /Rect [0 30 150 90]", Outcome::Unknown);
            told("over a part of a signature", "/Subtype /Text /Rect [0 30 150 90]", Outcome::Pass);
            let drawn = "/Subtype /Text /Rect [0 30 150 90] /AP << /N 11 0 R >>";
            told("over the whole of a signature", drawn, Outcome::Unknown);
        }
        for (what, entries, part) in [
            ("a script", "/Subtype /Link /Rect [0 0 9 9] /A << /S /JavaScript /JS (x) >>", "brings an action"),
            ("a program", "/Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (x) >>", "brings an action"),
            ("a submission", "/Subtype /Link /Rect [0 0 9 9] /A << /S /SubmitForm /F (x) >>", "brings an action"),
            (
                "a link and then a script",
                "/Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (x) /Next << /S /JavaScript >> >>",
                "brings an action",
            ),
            ("a widget of no field", "/Subtype /Widget /FT /Tx /T (x) /Rect [0 0 99 99]", "belongs to no field"),
        ] {
            comes_out(what, way, scene, &annotated(doc, entries).bytes, "xxxx", part);
        }
    });
}

/// Sneaky signatures: a new field over what was certified, signed by anyone or not at all.
#[test]
fn sneaky_signatures() {
    const SEEN: &str = "/T (sneaky) /Rect [0 0 595 842]";
    const UNSEEN: &str = "/T (sneaky) /Rect [0 0 0 0]";
    upon_all(|scene, way, doc| {
        let signing =
            |text: &str| doc.signed(scene, Payload::Cms, 61, "", &new_field(doc, &format!("{text} /V 61 0 R")));
        comes_out("seen", way, scene, &signing(SEEN).bytes, "vxxx", "new visible field can hide");
        comes_out(
            "seen and empty",
            way,
            scene,
            &doc.with(&new_field(doc, SEEN)).bytes,
            "vxxx",
            "new visible field can hide",
        );
        comes_out("not seen", way, scene, &signing(UNSEEN).bytes, "vxvv", "");
        comes_out("not seen and empty", way, scene, &doc.with(&new_field(doc, UNSEEN)).bytes, "vvvv", "");
        for (what, text, part) in [
            ("a name with a period", "/T (a.b) /Rect [0 0 0 0]", "one with a period"),
            ("the name of another", "/T (name) /Rect [0 0 0 0]", "the name of an old field"),
            ("no name", "/Rect [0 0 0 0]", "has no name"),
            ("a script", "/T (x) /Rect [0 0 0 0] /AA << >>", "brings an action"),
            ("no signature field", "/T (x) /Rect [0 0 0 0] /FT /Tx", "a key twice"),
        ] {
            comes_out(what, way, scene, &doc.with(&new_field(doc, text)).bytes, "xxxx", part);
        }
        let nameless = doc.with(&new_field(doc, "/T /x /Rect [0 0 0 0]"));
        let part = "a name that is no string";
        caught_among_others(part, way, scene, &nameless.bytes, checks::DOCUMENT_CHANGES, part);
        // It is signed, and its value is worth nothing: the worst of all signatures is the document's.
        let sneaky = signing(UNSEEN);
        let at = sneaky.hole(61).start + 801;
        let mut forged = sneaky.bytes.clone();
        forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
        match look(scene, &forged) {
            Seen::Judged(verdict, _, text) => assert_ne!(verdict, Verdict::Valid, "{way:?}: {text}"),
            Seen::Refused(error) => panic!("{error}"),
        }
    });
}

/// A second field shows the first one's signature, or a copy of it.
#[test]
fn recycled_signatures() {
    upon_all(|scene, way, doc| {
        let spare = doc.edited(8, "/FT /Sig", "/FT /Sig /V 20 0 R");
        comes_out("the spare field", way, scene, &spare.bytes, "xxxx", "an old object for its signature");
        let field = doc.with(&new_field(doc, "/T (evil) /Rect [0 0 99 99] /V 20 0 R"));
        comes_out("a new field", way, scene, &field.bytes, "xxxx", "an old object for its signature");
        let text = String::from_utf8_lossy(&doc.bytes[doc.places(20)[0]..]).into_owned();
        let copied = text.split_once("obj\n").unwrap().1.split_once("\nendobj").unwrap().0.to_owned();
        let copy = doc.with(&[(61, copied), (8, doc.body(8).replacen("/FT", "/V 61 0 R /FT", 1))]);
        let format = checks::SIGNATURE_FORMAT;
        caught_among_others("a copy", way, scene, &copy.bytes, format, "but its /Contents stands at");
        let phantom = doc.edited(6, "/V (Alice)", "/V 20 0 R");
        let (changes, part) = (checks::DOCUMENT_CHANGES, "which is no signature field, got or lost a signature");
        caught_among_others("a text field", way, scene, &phantom.bytes, changes, part);
        caught_among_others("a text field", way, scene, &phantom.bytes, format, "not of the type /Sig");
    });
}
