//! What a machine takes for valid while a person sees something else: things that whoever makes a copy lays over the
//! issuer's pages.

use eseal::compose::{Overlay, Watermark};
use eseal::licence::{Licence, Reading};
use eseal::verify::ResultCode;
use eseal::{Document as _, Mm, Outcome, Page, Pdf, Picture, Verdict};

use crate::frame::{assert_licence, issue, note, pdf, read, world};
use crate::pieces::{FACE, assert_says, number_after, object, plain, stream, text};
use crate::world::World;
use crate::{common, samples};

const NOTE: &str =
    "加注件\u{3000}用途：办理示例贷款\u{3000}制作者：示例市政务服务中心\u{3000}制作时间：2025-03-01 08:00:00";

/// A good original with a good note over it, which nobody sealed yet.
struct Copy {
    world: World,
    bytes: Vec<u8>,
    /// The field that holds the note, what it shows, and how.
    field: u32,
    look: u32,
    entries: String,
    words: String,
}

impl Copy {
    fn new() -> Self {
        let mark = Watermark { size: eseal::compose::Size(36.0), ..Watermark::new("仅供办理示例贷款使用") };
        Copy::of(Overlay::new("song").watermark(mark).note(NOTE))
    }

    fn of(overlay: Overlay) -> Self {
        let world = world();
        let original = pdf(&world, "teacher");
        let bytes = overlay.on_pdf(&original, &samples::assets().unwrap()).unwrap().as_bytes().into_owned();
        let all = text(&bytes);
        let at = all.rfind("/T(eseal_note_1)").unwrap();
        let look = number_after(all[at..].split(" 0 R >>").next().unwrap(), "/N ");
        let head = all[..at].rfind(" 0 obj").unwrap();
        let field = all[..head].rsplit(|each: char| !each.is_ascii_digit()).next().unwrap().parse().unwrap();
        let (entries, words) = stream(&object(&bytes, look));
        let words = text(&words);
        Copy { world, bytes, field, look, entries, words }
    }

    /// The look of the note with this content.
    fn drawn(&self, content: &str) -> (u32, Vec<u8>) {
        (self.look, plain(&self.entries, content.as_bytes()))
    }

    /// With these objects written anew, sealed by a body that verifiers trust, and read.
    fn sealed_with(&self, objects: &[(u32, Vec<u8>)]) -> Licence {
        let bytes = if objects.is_empty() { self.bytes.clone() } else { common::pdf::revised(&self.bytes, objects) };
        let maker = self.world.office(6).unwrap();
        let copy = self.world.stamp(&maker).unwrap().apply(&Pdf::read(bytes).unwrap(), &maker.by).unwrap();
        let report = self.world.verifier().document(&copy, self.world.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "as a document: {report}");
        read(&self.world, &copy, &Reading::new())
    }

    fn sealed(&self, content: &str) -> Licence {
        self.sealed_with(&[self.drawn(content)])
    }
}

const COPY: &str = "licence.copy";

/// Everything that a content stream can lay over a page, beside words.
#[test]
fn notes_of_copies_draw_words_and_nothing_else() {
    let copy = Copy::new();
    let words = copy.words.clone();
    assert_licence("good", &copy.sealed(&words), Verdict::Valid, ResultCode::Valid, &[]);
    let more = "more than words";
    for (what, content) in [
        ("a white box", format!("q 1 g 100 100 300 300 re f Q\n{words}")),
        ("a box behind the words", format!("{words}\nq 1 1 1 rg 0 0 800 500 re f* Q")),
        ("a box that is drawn through a form", format!("{words}\nq 0 0 0 0 k 0 0 m 800 0 l 800 500 l h b Q")),
        ("a thick line", format!("q 1 G 300 w 0 200 m 800 200 l S Q\n{words}")),
        ("a picture in the stream", format!("q 800 0 0 500 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{1} EI Q\n{words}")),
        ("a shading", format!("q 0 0 800 500 re W n /Sh sh Q\n{words}")),
        ("letters drawn by a broad pen", words.replacen("BT", "1 G 40 w BT 2 Tr", 1)),
        (
            "a hundred hairs",
            format!("q 1 G .2 w {} Q\n{words}", (0..100).map(|y| format!("0 {y} m 800 {y} l S ")).collect::<String>()),
        ),
    ] {
        assert_says(what, copy.sealed(&content), (FACE, Outcome::Fail), more);
    }
    let unseen = "nobody sees";
    for (what, content) in [
        ("white words", words.replace("0 0 0 rg", "1 1 1 rg")),
        ("nearly white words", words.replace("0 0 0 rg", ".99 .99 .99 rg")),
        ("white ink", words.replace("0 0 0 rg", "0 0 0 0 k")),
        ("words that are not painted", words.replace("0 0 0 rg\nBT", "0 0 0 rg\nBT 3 Tr")),
        ("words that cut", words.replace("0 0 0 rg\nBT", "0 0 0 rg\nBT 7 Tr")),
        ("words without ink", words.replace("0 0 0 rg", "/G0 gs")),
        ("words that are cut off", words.replace("0 0 0 rg\nBT", "0 0 842 12 re W n 0 0 0 rg\nBT")),
    ] {
        let entries = copy.entries.replace("/ExtGState<<", "/ExtGState<</G0<</ca 0>>");
        let look = (copy.look, plain(&entries, content.as_bytes()));
        assert_says(what, copy.sealed_with(&[look]), (FACE, Outcome::Fail), unseen);
    }
    let other = "not what the note of the copy says";
    let note = words.split_once("0 0 0 rg").unwrap();
    for (what, content) in [
        ("the purpose alone", note.0.to_owned()),
        ("the note alone", format!("q 0 0 0 rg{}", note.1)),
        ("a letter less", words.replacen(r"[(\000\001", "[(", 1)),
        ("a letter more", words.replacen(r"[(\000\001", r"[(\000\001\000\001", 1)),
        ("other words", format!("{words}\nq BT 1 0 0 1 300 300 Tm /S2 9 Tf <00010002> Tj ET Q")),
        ("words beside the page", words.replace("230.5139 9.5839 Tm", "230.5139 -90 Tm")),
        ("words cut off wholly", words.replace("0 0 0 rg\nBT", "0 0 1 1 re W n 0 0 0 rg\nBT")),
    ] {
        assert_says(what, copy.sealed(&content), (COPY, Outcome::Fail), other);
    }
    assert_says("nothing", copy.sealed(""), (COPY, Outcome::Fail), "is not on page 1");
}

/// Words that say what they have to, where they are taken for the issuer's.
#[test]
fn notes_of_copies_stand_by_themselves() {
    let copy = Copy::new();
    let words = copy.words.clone();
    // Letters that are moved about, turned, or of another size.
    let at = words.rfind("[(").unwrap();
    let moved = |kern: &str| format!("{}[{kern} {}", &words[..at], &words[at + 1..]);
    assert_licence("moved whole", &copy.sealed(&moved("-3000")), Verdict::Valid, ResultCode::Valid, &[]);
    // Behind the second letter.
    let split = |by: &str| {
        let (head, tail) = words.split_at(at + r"[(\000\013\000\f".len());
        format!("{head}{by}{tail}")
    };
    for (what, content) in [
        ("a gap", split(") -20000 (")),
        ("a leap upwards", split(")] TJ 200 Ts [(")),
        ("another size", split(")] TJ /S2 10 Tf [(")),
        ("elsewhere", split(")] TJ 1 0 0 1 400 400 Tm [(")),
    ] {
        assert_says(what, copy.sealed(&content), (FACE, Outcome::Fail), "scattered");
    }
    let size = |how: &str| words.replace("/S2 9 Tf", how);
    assert_says("tiny", copy.sealed(&size("/S2 1 Tf")), (FACE, Outcome::Fail), "too small");
    assert_says("squeezed", copy.sealed(&size(" 5 Tz /S2 9 Tf")), (FACE, Outcome::Fail), "too small");
    assert_licence("small", &copy.sealed(&size("/S2 5 Tf")), Verdict::Valid, ResultCode::Valid, &[]);
    // Over the face: in black it may be read for the face's words, in a pale colour it rubs them out.
    let over = words.replace("230.5139 9.5839 Tm", "100 300 Tm").replace("/S2 9 Tf", "/S2 14 Tf");
    assert_says("over the face", copy.sealed(&over), (FACE, Outcome::Unknown), "lie over words or pictures");
    let pale = words.replace("/G64 gs 0.502 0.502 0.502 rg", " .8 g");
    assert_says("pale", copy.sealed(&pale), (FACE, Outcome::Fail), "pale colour");
    let dark = words.replace("/G64 gs", " ");
    assert_says(
        "a dark watermark",
        copy.sealed(&dark.replace("0.502 0.502 0.502 rg", "0 g")),
        (FACE, Outcome::Unknown),
        "not see-through",
    );
    // A mask, another way of mixing, a layer: whether it is seen cannot be told, or changes.
    let states = copy.entries.replace("/ExtGState<<", "/ExtGState<</M<</SMask<</S/Alpha>>>>/B<</BM/Screen>>");
    for (what, state) in [("a mask", "/M gs"), ("mixed colours", "/B gs")] {
        let content = words.replacen("0 0 0 rg", &format!("0 0 0 rg {state}"), 1);
        let look = (copy.look, plain(&states, content.as_bytes()));
        assert_says(what, copy.sealed_with(&[look]), (FACE, Outcome::Unknown), "are seen cannot be told");
    }
    let layer = format!("/OC /L BDC\n{words}\nEMC");
    assert_says("a layer", copy.sealed(&layer), (FACE, Outcome::Fail), "at other times");
    let field = text(&object(&copy.bytes, copy.field));
    for (what, from, to, check, told) in [
        ("another look", "/AP << ", "/AP << /R 901 0 R ", FACE, "at other times"),
        ("hidden", "/F 4", "/F 6", COPY, "is not on page 1"),
        ("only for printing", "/F 4", "/F 36", COPY, "is not on page 1"),
        ("not in print", "/F 4", "/F 0", FACE, "at other times"),
        ("never larger", "/F 4", "/F 12", FACE, "at other times"),
        ("without a look", "/AP << /N", "/AP << /X", COPY, "is not on page 1"),
    ] {
        let field = if field.contains(from) {
            field.replace(from, to)
        } else {
            field.replace(&from.replace(' ', ""), &to.replace(' ', ""))
        };
        let licence = copy.sealed_with(&[(copy.field, field.into_bytes()), (901, b"<<>>".to_vec())]);
        assert_says(what, licence, (check, Outcome::Fail), told);
    }
    // A word beside the note that may be taken for the face's.
    let mark = Watermark { angle: 0.0, size: eseal::compose::Size(20.0), ..Watermark::new("有效") };
    let beside = Copy::of(Overlay::new("song").watermark(mark).note(NOTE));
    assert_says("beside", beside.sealed(&beside.words), (FACE, Outcome::Unknown), "taken for the licence's own");
    // The same again and again over the page, as some want it.
    let mark = Watermark { repeat: Some([60.0, 40.0]), ..Watermark::new("仅供办理示例贷款使用") };
    let often = Copy::of(Overlay::new("song").watermark(mark).note(NOTE));
    assert_licence("often", &often.sealed(&often.words), Verdict::Valid, ResultCode::Valid, &[]);
}

/// The seal of who makes a copy: see-through as seals are, and its own picture.
#[test]
fn seals_on_copies_hide_nothing() {
    let world = world();
    let maker = world.office(6).unwrap();
    let picture = Picture::sniffed(&samples::portrait(0).unwrap(), Mm(42.0), Mm(42.0)).unwrap();
    let (name, code) = samples::BODIES[6];
    let opaque = world.office_showing(name, Some(code), 6, picture).unwrap();
    let original = pdf(&world, "teacher");
    let verified = world.verifier().document(&original, world.now).unwrap().require_valid().unwrap();
    let good = Licence::read(&verified, &Reading::new()).unwrap().require_good().unwrap();
    let composer = samples::composer("teacher").unwrap();
    let annotated = composer.annotate(&verified, &good, &note(&world), world.now).unwrap();
    for (what, left, top) in [("over words", 60.0, 60.0), ("beside them", 4.0, 4.0)] {
        let stamp = world.stamp(&maker).unwrap().on(Page(1), Mm(left), Mm(top));
        let licence = read(&world, &annotated.clone().seal(stamp, &maker.by).unwrap(), &Reading::new());
        assert_licence(what, &licence, Verdict::Valid, ResultCode::Valid, &[]);
    }
    let stamp = world.stamp(&opaque).unwrap().on(Page(1), Mm(60.0), Mm(60.0));
    let licence = read(&world, &annotated.clone().seal(stamp, &opaque.by).unwrap(), &Reading::new());
    assert_says("opaque", licence, (FACE, Outcome::Fail), "the seal of who made the copy hides");
    // In a place of its own making, which is larger than the seal.
    let copy = Copy::new();
    let all = text(&copy.bytes);
    let newest = |part: &str| {
        let at = all.rfind(part).unwrap();
        let head = all[..at].rfind(" 0 obj").unwrap();
        let number: u32 = all[..head].rsplit(|each: char| !each.is_ascii_digit()).next().unwrap().parse().unwrap();
        (number, text(&object(&copy.bytes, number)))
    };
    let ((page, page_text), (catalog, catalog_text)) = (newest("/Type/Page/"), newest("/Type/Catalog"));
    let field = format!("<</Type/Annot/Subtype/Widget/T(x)/FT/Sig/F 4/P {page} 0 R/Rect[10 10 310 310]>>");
    let objects = [
        (900, field.into_bytes()),
        (page, page_text.replace("/Annots[", "/Annots[900 0 R ").into_bytes()),
        (catalog, catalog_text.replace("/Fields[", "/Fields[900 0 R ").into_bytes()),
    ];
    let placed = Pdf::read(common::pdf::revised(&copy.bytes, &objects)).unwrap();
    let maker = copy.world.office(6).unwrap();
    let sealed = copy.world.stamp(&maker).unwrap().in_field("x").apply(&placed, &maker.by).unwrap();
    let licence = read(&copy.world, &sealed, &Reading::new());
    assert_says("large", licence, (FACE, Outcome::Unknown), "larger than it is");
}

/// Nothing of this is said of copies of any type, whichever way they were made.
#[test]
fn copies_of_every_type_are_good() {
    let world = world();
    let maker = world.office(6).unwrap();
    for name in samples::TYPES {
        let composer = samples::composer(name).unwrap();
        let original = pdf(&world, name);
        let verified = world.verifier().document(&original, world.now).unwrap().require_valid().unwrap();
        let good = Licence::read(&verified, &Reading::new()).unwrap().require_good().unwrap();
        let annotated = composer.annotate(&verified, &good, &note(&world), world.now).unwrap();
        let copy = annotated.seal(world.stamp(&maker).unwrap(), &maker.by).unwrap();
        assert_licence(name, &read(&world, &copy, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
        let anew = composer.lay_out_copy(&good, &samples::face(name).unwrap(), &note(&world), world.now).unwrap();
        let pdf = issue(&world, anew.to_pdf().unwrap(), name);
        assert_licence(name, &read(&world, &pdf, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
        let ofd = issue(&world, anew.to_ofd().unwrap(), name);
        assert_licence(name, &read(&world, &ofd, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
    }
}

/// Fonts of a note that draw something else than they say.
#[test]
fn fonts_of_notes_do_not_lie() {
    let copy = Copy::new();
    let font = number_after(copy.entries.split(" 0 R>>/Ext").next().unwrap(), "/S2 ");
    let entries = text(&object(&copy.bytes, font));
    let map = number_after(&entries, "/ToUnicode ");
    let (map_entries, meanings) = stream(&object(&copy.bytes, map));
    let meanings = text(&meanings);
    let words = copy.words.clone();
    // What was drawn for one letter is said to be another, and the other way round: the text is what it was.
    let swapped = |content: &str, one: &str, other: &str| {
        content.replace(one, "\u{1}").replace(other, one).replace('\u{1}', other)
    };
    let (three, eight) = (r"\000 ", r"\000#");
    assert!(words.contains(three) && words.contains(eight), "{words}");
    let lying = swapped(&meanings, "<0033>", "<0038>");
    let objects = [copy.drawn(&swapped(&words, three, eight)), (map, plain(&map_entries, lying.as_bytes()))];
    assert_says("swapped", copy.sealed_with(&objects), (FACE, Outcome::Fail), "as another letter");
    // A letter that draws nothing: the code of a blank is said to mean it.
    let blank = swapped(&meanings, "<52A0>", "<0020>");
    let content = words.replace(r#"\000""#, "").replace(r"\000\013", r#"\000""#);
    let objects = [copy.drawn(&content), (map, plain(&map_entries, blank.as_bytes()))];
    assert_says("blank", copy.sealed_with(&objects), (FACE, Outcome::Fail), "as nothing");
    // A font that is made of drawings, one of which is a box over all of the page.
    let drawing = |content: &str| {
        let resources = copy.entries.replace("/Font<<", "/Font<</T 901 0 R");
        let font = "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 97/LastChar 97\
                    /Widths[1000]/Encoding<</Differences[97/uni52A0]>>/CharProcs<</uni52A0 902 0 R>>/Resources<<>>>>";
        let words = words.replace(r"[(\000\013", r"/T 9 Tf (a) Tj /S2 9 Tf [(");
        let drawing = format!("<</Length {}>>\nstream\n{content}\nendstream", content.len());
        [(copy.look, plain(&resources, words.as_bytes())), (901, font.into()), (902, drawing.into_bytes())]
    };
    let white = "1000 0 d0 1 g -90000 -90000 180000 180000 re f";
    assert_says("a drawn box", copy.sealed_with(&drawing(white)), (FACE, Outcome::Fail), "more than words");
    let picture = "1000 0 d0 90000 0 0 90000 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{1} EI";
    assert_says("a drawn picture", copy.sealed_with(&drawing(picture)), (FACE, Outcome::Fail), "more than words");
    let unknown = copy.sealed_with(&drawing("1000 0 d0"));
    assert_says("nothing drawn", unknown, (FACE, Outcome::Unknown), "look like what they mean cannot be told");
    // A font that is not in the file: each reader shows another.
    let below = text(&object(&copy.bytes, number_after(&entries.replace("[", " "), "/DescendantFonts ")));
    let descriptor = number_after(&below, "/FontDescriptor ");
    let bare = text(&object(&copy.bytes, descriptor)).replace("/FontFile3", "/X");
    let licence = copy.sealed_with(&[(descriptor, bare.into_bytes())]);
    assert_says("not embedded", licence, (FACE, Outcome::Unknown), "not embedded");
}
