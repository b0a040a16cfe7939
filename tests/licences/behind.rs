//! What comes behind the seal of a PDF licence: each is named by the finding that catches it, with the part that was
//! touched, in English and Chinese.

use eseal::licence::{Licence, Reading};
use eseal::verify::ResultCode;
use eseal::{Document as _, ErrorKind, Mm, Outcome, Page, Pdf, Stamp, Verdict};

use crate::common;
use crate::frame::{assert_licence, findings, offices, pdf, read, world};
use crate::world::World;

/// A sealed licence whose objects can be written anew by a revision behind the seal.
struct Sealed {
    world: World,
    bytes: Vec<u8>,
}

/// A form XObject that covers all below it with white.
const COVER: &[u8] = b"<</Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<<>>/Length 28>>\nstream\n1 1 1 rg 0 0 200 200 re f \n\nendstream";

impl Sealed {
    fn new() -> Self {
        let world = world();
        let bytes = pdf(&world, "teacher").as_bytes().into_owned();
        Sealed { world, bytes }
    }

    /// The newest object of which this is a part, with its number.
    fn object(&self, part: &str) -> (u32, String) {
        let text: String = self.bytes.iter().map(|byte| char::from(*byte)).collect();
        let at = text.rfind(part).unwrap_or_else(|| panic!("no {part}"));
        let head = text[..at].rfind(" 0 obj").unwrap();
        let number = text[..head].rsplit(|each: char| !each.is_ascii_digit()).next().unwrap().parse().unwrap();
        let end = at + text[at..].find("endobj").unwrap();
        (number, text[head + " 0 obj".len()..end].trim().to_owned())
    }

    fn number(&self, part: &str) -> u32 {
        self.object(part).0
    }

    /// With these objects written anew.
    fn with(&self, objects: &[(u32, &[u8])]) -> Vec<u8> {
        let objects: Vec<_> = objects.iter().map(|(number, body)| (*number, body.to_vec())).collect();
        common::pdf::revised(&self.bytes, &objects)
    }

    /// With one object changed.
    fn changed(&self, part: &str, from: &str, to: &str) -> Vec<u8> {
        let (number, text) = self.object(part);
        assert!(text.contains(from), "no {from} in {text}");
        self.with(&[(number, text.replace(from, to).as_bytes())])
    }

    /// With an annotation over the photo and most of the face.
    fn annotated(&self, entries: &str, in_form: bool) -> Vec<u8> {
        let (page, text) = self.object("/Type/Page/");
        let page_text = text.replace("/Annots[", "/Annots[900 0 R ");
        let annotation = format!("<</Type/Annot{entries}/F 4/P {page} 0 R/Rect[300 300 500 500]/AP<</N 901 0 R>>>>");
        let (catalog, text) = self.object("/Type/Catalog");
        let catalog_text = text.replace("/Fields[", "/Fields[900 0 R ");
        let mut objects = vec![(900, annotation.as_bytes()), (901, COVER), (page, page_text.as_bytes())];
        if in_form {
            objects.push((catalog, catalog_text.as_bytes()));
        }
        self.with(&objects)
    }

    fn read(&self, bytes: Vec<u8>) -> Licence {
        read(&self.world, &Pdf::read(bytes).unwrap(), &Reading::new())
    }
}

/// Asserts that this check fails with these words, and that nothing is read out of the licence.
#[track_caller]
fn assert_named(what: &str, licence: Licence, check: &str, [english, chinese]: [&str; 2]) {
    assert_eq!((licence.verdict(), licence.result_code()), (Verdict::Invalid, ResultCode::Wrong), "{what}: {licence}");
    common::assert_told(what, &findings(&licence), check, Outcome::Fail, english);
    let told = licence.findings().iter().any(|one| one.check() == check && one.chinese.contains(chinese));
    assert!(told, "{what}: no {chinese} in {licence}");
    assert_eq!(licence.require_good().unwrap_err().kind(), ErrorKind::NotValid, "{what}");
}

#[test]
fn revisions_behind_the_seal_are_named_by_what_they_touch() {
    let sealed = Sealed::new();
    let stream = |bytes: &[u8]| [b"<</Length 0>>\nstream\n", bytes, b"\nendstream"].concat();
    let (data, photo) = (sealed.number("/Type/EmbeddedFile"), sealed.number("/Width 295"));
    let (_, page) = sealed.object("/Type/Page/");
    let contents: u32 = page.split("/Contents ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let seal = sealed.object("/T(issuer)").1;
    let look: u32 = seal.split("/AP << /N ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let dots = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>\nstream\n0\nendstream";
    let protected = "licence.protected";
    let changes = "document.changes";
    let cases: Vec<(&str, Vec<u8>, &str, [&str; 2])> = vec![
        (
            "what the page draws",
            sealed.with(&[(contents, &stream(b"q Q"))]),
            protected,
            ["what a page shows was changed", "版面内容"],
        ),
        ("the photo", sealed.with(&[(photo, dots)]), protected, ["a picture was changed", "图片"]),
        (
            "the data",
            sealed.with(&[(data, &stream(b"{}"))]),
            protected,
            ["the embedded data were changed", "照面数据附件"],
        ),
        (
            "other data",
            sealed.changed("/Type/Catalog", "[(licence.json)", "[(other)900 0 R(licence.json)"),
            protected,
            ["the embedded data were changed", "照面数据附件"],
        ),
        (
            "the metadata",
            sealed.with(&[(sealed.number("/Type/Metadata/"), &stream(b"<x/>"))]),
            protected,
            ["the metadata were changed", "元数据"],
        ),
        ("the seal's look", sealed.with(&[(look, COVER)]), protected, ["a seal or its place was changed", "印章"]),
        (
            "the pages",
            sealed.changed("/Type/Pages", "/Count 1", "/Count 2"),
            protected,
            ["", "盖章后第 3 次修订改动了"],
        ),
        (
            "a font",
            sealed.changed("/Type/Font/Subtype/Type0", "/Identity-H", "/Identity-V"),
            protected,
            ["what a page is drawn with was changed", "版面资源"],
        ),
        (
            "a note",
            sealed.annotated("/Subtype/FreeText/Contents(x)", false),
            protected,
            ["annotations over the pages were changed", "批注"],
        ),
        (
            "a stamp",
            sealed.annotated("/Subtype/Stamp", false),
            protected,
            ["annotations over the pages were changed", "批注"],
        ),
        (
            "an empty place for a signature that covers the face",
            sealed.annotated("/Subtype/Widget/T(x)/FT/Sig", true),
            protected,
            ["a seal or its place was changed", "印章位"],
        ),
        ("a field", sealed.annotated("/Subtype/Widget/T(x)/FT/Tx/V(x)", true), protected, ["a new field", "改动了"]),
        (
            "the room for a note",
            {
                let (number, text) = sealed.object("/T(eseal_note_1)");
                let at = text.find("/AP<</N ").unwrap();
                sealed.with(&[(number, format!("{}/AP<</N 901 0 R>>>>", &text[..at]).as_bytes()), (901, COVER)])
            },
            protected,
            ["a field was changed", "表单域"],
        ),
        (
            "bytes behind the end",
            [sealed.bytes.clone(), b"abc".to_vec()].concat(),
            changes,
            ["follow the last revision", "不允许的改动"],
        ),
    ];
    for (what, bytes, check, words) in cases {
        assert_named(what, sealed.read(bytes), check, words);
    }
    // A revision that touches nothing of it, and an empty place that shows nowhere, are no edits.
    let unused = sealed.with(&[(950, b"<</A 1>>")]);
    assert_licence("nothing", &sealed.read(unused), Verdict::Valid, ResultCode::Valid, &[]);
    let (catalog, text) = sealed.object("/Type/Catalog");
    let text = text.replace("/Fields[", "/Fields[900 0 R ");
    let place = b"<</T(x)/FT/Sig/Type/Annot/Subtype/Widget/F 132/Rect[0 0 0 0]>>";
    let unseen = sealed.with(&[(900, place), (catalog, text.as_bytes())]);
    assert_licence("unseen", &sealed.read(unseen), Verdict::Valid, ResultCode::Valid, &[]);
}

/// Every part of the file, changed where it lies: the seal's digest says no.
#[test]
fn bytes_edited_in_place_are_found_wherever_they_lie() {
    let sealed = Sealed::new();
    let parts = [
        "/Type/EmbeddedFile",
        "/Type/Metadata/",
        "/Width 295",
        "/Type/Page/",
        "/Type/Catalog",
        "/Subtype/CIDFontType0C",
        "/T(issuer)",
        "/ByteRange",
        "/DescendantFonts",
    ];
    for part in parts {
        let at = common::pdf::find(&sealed.bytes, part.as_bytes(), 0).unwrap();
        // In a stream the first bytes of its data, else a letter of the part's own name.
        let behind = common::pdf::find(&sealed.bytes, b"stream\n", at).filter(|stream| stream - at < 250);
        let at = behind.map_or(at + 2, |stream| stream + "stream\n".len() + 6);
        let mut bytes = sealed.bytes.clone();
        bytes[at] ^= 1;
        let licence = sealed.read(bytes);
        if part == "/ByteRange" {
            assert_eq!(licence.verdict(), Verdict::Invalid, "{licence}");
            common::assert_told(part, &findings(&licence), "signature.format", Outcome::Fail, "ByteRange");
            continue;
        }
        assert_named(part, licence, "document.intact", ["they were changed", "受保护的内容在盖章后被改动"]);
    }
}

/// Whoever has a certificate can sign: nobody but the issuer lays something over the face.
#[test]
fn later_signatures_do_not_hide_the_face() {
    let sealed = Sealed::new();
    let document = Pdf::read(sealed.bytes.clone()).unwrap();
    let other = sealed.world.office_of("示例个人", None, 79).unwrap();
    let (page, left, top) = (Page(1), Mm(60.0), Mm(60.0));
    let unseen = Stamp::signature(sealed.world.now).apply(&document, &other.by).unwrap();
    assert_licence("unseen", &read(&sealed.world, &unseen, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
    // In a place that somebody made for it, and that looks as they like.
    let covered = Pdf::read(sealed.annotated("/Subtype/Widget/T(x)/FT/Sig", true)).unwrap();
    let seen = Stamp::signature(sealed.world.now).in_field("x").apply(&covered, &other.by).unwrap();
    let licence = read(&sealed.world, &seen, &Reading::new());
    assert_named("seen", licence, "licence.protected", ["no seal is in it", "不是电子印章"]);
    // A seal of another body, and one more of the issuer's own.
    let office = sealed.world.office(6).unwrap();
    let again = sealed.world.stamp(&office).unwrap().on(page, left, top).apply(&document, &office.by).unwrap();
    let licence = read(&sealed.world, &again, &Reading::new());
    assert_named("another body's", licence, "licence.issuer", ["wrong issuer code", "不一致"]);
    let own = &offices(&sealed.world, "teacher")[0];
    let again = sealed.world.stamp(own).unwrap().on(page, left, top).apply(&document, &own.by).unwrap();
    assert_licence("own", &read(&sealed.world, &again, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
}
