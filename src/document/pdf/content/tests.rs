use crate::document::Document as _;
use crate::document::pdf::Pdf;
use crate::document::sight::{Sight, Visibility};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::units::{Area, Page};

/// A document of one page of 200 × 100 points. Object 3 is the page, 4 its content, 5 and on are `objects`.
fn document(page: &str, content: &str, objects: &[String]) -> Vec<u8> {
    let mut all = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 100] >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R {page} >>"),
        stream("", content),
    ];
    all.extend_from_slice(objects);
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, body) in (1..).zip(&all) {
        offsets.push(bytes.len());
        bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", all.len() + 1).bytes());
    offsets.iter().for_each(|offset| bytes.extend(format!("{offset:010} 00000 n \n").bytes()));
    let trailer = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", all.len() + 1);
    bytes.extend(trailer.bytes());
    bytes
}

fn stream(entries: &str, content: &str) -> String {
    format!("<< {entries} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

fn try_look(bytes: Vec<u8>, limits: &Limits) -> Result<Sight, Error> {
    let pdf = Pdf::read_within(bytes, limits)?;
    let mut seen = None;
    pdf.look(&mut std::iter::once(Page(1)), &mut |sight| {
        seen = Some(sight);
        Ok(true)
    })?;
    Ok(seen.unwrap())
}

fn look(page: &str, content: &str, objects: &[String]) -> Sight {
    try_look(document(page, content, objects), &Limits::default()).unwrap()
}

/// Left, top, right and bottom in points, rounded to hundredths.
fn points(area: &Area) -> [f64; 4] {
    [area.left, area.top, area.right(), area.bottom()].map(|side| (side.to_points() * 100.0).round() / 100.0)
}

const HELVETICA: &str = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";

#[test]
fn text_in_pieces_with_spacing_and_kerning() {
    let content = "BT /F 10 Tf 20 50 Td (Se) Tj [(al) -500 (he)] TJ 2 Tc (re) Tj ET";
    let sight = look(HELVETICA, content, &[]);
    // S 667 e 556 a 556 l 222, then half a size, h 556 e 556, r 333 + 2 points.
    let found = sight.find("Sealhere");
    let width = 6.67 + 5.56 + 5.56 + 2.22 + 5.0 + 5.56 + 5.56 + 3.33 + 2.0 + 5.56;
    let expected = [20.0, 100.0 - 50.0 - 8.8, 20.0 + width, 51.2];
    assert_eq!(points(&found[0]), expected.map(|side: f64| (side * 100.0).round() / 100.0));
    assert_eq!(sight.find("Seal here").len(), 1, "blanks do not count");
    assert!(sight.find("seal").is_empty());
}

#[test]
fn every_operator_that_moves_text() {
    let content = "BT /F 10 Tf 12 TL 50 Tz 10 80 Td (A) ' (B) Tj T* (C) Tj 5 -12 TD (D) Tj 3 Ts (E) Tj \
        1 0 0 1 100 20 Tm 4 1 (F G) \" ET";
    let sight = look(HELVETICA, content, &[]);
    let places: Vec<_> = sight
        .glyphs
        .iter()
        .filter(|glyph| !glyph.is_blank())
        .map(|glyph| {
            (
                glyph.text.as_str(),
                (glyph.area.left.to_points() * 100.0).round() / 100.0,
                (100.0 - glyph.area.bottom().to_points() - 1.2 + 2.4).round(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            ("A", 10.0, 68.0),
            ("B", 13.34, 68.0),
            ("C", 10.0, 56.0),
            ("D", 15.0, 44.0),
            ("E", 18.61, 47.0),
            ("F", 100.0, 11.0),
            // F 611 and the space 278 at half width, with 1 for each letter and 4 for the word.
            ("G", 107.45, 11.0),
        ]
    );
}

#[test]
fn composite_fonts_say_what_their_codes_mean() {
    let cid = |encoding: &str, more: &str| {
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /{encoding} {more} /DescendantFonts [<< /Type /Font \
             /Subtype /CIDFontType0 /BaseFont /X /DW 1000 /W [2 [600] 5 6 400] /CIDSystemInfo << /Registry (Adobe) \
             /Ordering (GB1) /Supplement 2 >> >>] >>"
        )
    };
    let map = "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0001> <0006> <7AE0> endbfrange";
    let objects = [
        cid("Identity-H", "/ToUnicode 6 0 R"),
        stream("", map),
        cid("UniGB-UTF16-H", ""),
        cid("GBK-EUC-H", ""),
        cid("Identity-H", ""),
        cid("UniGB-UCS2-V", ""),
    ];
    let page = "/Resources << /Font << /A 5 0 R /B 7 0 R /C 8 0 R /D 9 0 R /E 10 0 R >> >>";
    // 盖章: by ToUnicode no such codes, in UTF-16 76D6 7AE0, in GBK B8C7 D5C2.
    let content = "BT 10 0 0 10 10 80 Tm /A 1 Tf <000200010005> Tj 1 0 0 1 10 60 Tm /B 10 Tf <76D67AE00041> Tj \
        1 0 0 1 10 40 Tm /C 10 Tf <B8C7D5C241> Tj 1 0 0 1 10 20 Tm /D 10 Tf <00010002> Tj \
        1 0 0 1 150 90 Tm /E 10 Tf <76D67AE0> Tj ET";
    let sight = look(page, content, &objects);
    assert_eq!(sight.unreadable, 2);
    let first = sight.find("竡章竤");
    assert_eq!(points(&first[0]), [10.0, 11.2, 30.0, 21.2], "0.6 + 1 + 0.4 of 10");
    let found = sight.find("盖章");
    assert_eq!(found.len(), 3);
    assert_eq!(points(&found[1]), [10.0, 31.2, 30.0, 41.2]);
    assert_eq!(points(&found[2]), [10.0, 51.2, 30.0, 61.2]);
    assert_eq!(sight.find("盖章A").len(), 2);
    assert_eq!(points(&found[0]), [145.0, 10.0, 155.0, 30.0], "downwards");
}

#[test]
fn turned_pages_and_forms() {
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Matrix [1 0 0 1 10 0] /Resources << /Font << /G << /Type \
         /Font /Subtype /Type1 /BaseFont /Courier >> >> >>",
        "BT /G 10 Tf (in) Tj ET",
    );
    let page = "/Rotate 90 /Resources << /XObject << /X 5 0 R >> >>";
    let sight = look(page, "q 1 0 0 1 20 30 cm /X Do Q", &[form]);
    assert!((sight.width.to_points() - 100.0).abs() < 1e-9);
    // At (30, 30) of the page; turned clockwise, that is 30 from the left and 30 from the top, text downwards.
    assert_eq!(points(&sight.find("in")[0]), [28.8, 30.0, 38.8, 42.0]);
}

#[test]
fn pictures_lines_and_what_leaves_room() {
    let page = "/Resources << /XObject << /I 5 0 R >> >>";
    let image =
        stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "x");
    let content = "1 g 0 0 200 100 re f 0 g q 20 0 0 10 5 5 cm /I Do Q 2 w 50 50 m 90 50 l S \
        q 100 0 20 20 re W n 90 10 100 30 re f Q q BI /W 1 /H 1 ID \x01 EI Q 150 60 m 160 80 170 80 180 60 c f n";
    let sight = look(page, content, &[image]);
    let marks: Vec<_> = sight.marks.iter().map(points).collect();
    assert_eq!(
        marks,
        [
            [5.0, 85.0, 25.0, 95.0],
            [49.0, 49.0, 91.0, 51.0],
            [100.0, 80.0, 120.0, 90.0],
            [0.0, 99.0, 1.0, 100.0],
            [150.0, 20.0, 180.0, 40.0],
        ]
    );
}

#[test]
fn annotations_are_seen_and_their_words_read() {
    let appearance = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 20 10] /Resources << /Font << /G << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>",
        "0 0 20 10 re f BT /G 5 Tf 0 2 Td (ab) Tj ET",
    );
    let annotation = |more: &str| format!("<< /Type /Annot /Rect [100 40 140 60] {more} >>");
    let objects = [
        appearance,
        annotation("/Subtype /Stamp /AP << /N 5 0 R >>"),
        annotation("/Subtype /Stamp /F 2 /AP << /N 5 0 R >>"),
        annotation("/Subtype /Link"),
    ];
    let sight = look("/Annots [6 0 R 7 0 R 8 0 R]", "", &objects);
    assert_eq!(sight.upon.iter().map(points).collect::<Vec<_>>(), [[100.0, 40.0, 140.0, 60.0]]);
    assert!(sight.marks.is_empty());
    assert_eq!(points(&sight.find("ab")[0]), [100.0, 47.2, 112.0, 57.2], "twice as large as its form says");
}

#[test]
fn simple_fonts_with_names_of_their_own() {
    let page = "/Resources << /Font << /F << /Type /Font /Subtype /TrueType /BaseFont /X /FirstChar 65 /Widths [500 700] \
        /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [65 /uni76D6 /uni7AE0 /g12] >> >> >> >>";
    let sight = look(page, "BT /F 10 Tf 10 10 Td (ABC) Tj ET", &[]);
    assert_eq!(points(&sight.find("盖章")[0])[2], 22.0);
    assert_eq!(sight.unreadable, 1);
}

#[test]
fn work_is_bounded() {
    // A form that shows itself, and two that show each other twice, are ended.
    let own = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>", "/X Do");
    let bytes = document("/Resources << /XObject << /X 5 0 R >> >>", "/X Do", &[own]);
    let error = try_look(bytes, &Limits::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(error.to_string().contains("forms within forms"), "{error}");
    let deep = "q ".repeat(10_000);
    let error = try_look(document("", &deep, &[]), &Limits::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    let twice = |next: usize| {
        let entries =
            format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {next} 0 R >> >>");
        stream(&entries, &"/X Do ".repeat(50))
    };
    let objects: Vec<String> = (0..20).map(|index| twice(6 + index)).collect();
    let bytes = document("/Resources << /XObject << /X 5 0 R >> >>", "/X Do", &objects);
    let error = try_look(bytes, &Limits { unfolded_bytes: 1 << 20, ..Limits::default() }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

#[test]
fn what_is_broken_shows_nothing_and_does_no_harm() {
    for content in ["BT /F Tf (x Tj", "<< Do", "/Missing Do", "BT (x) Tj ET", "1 2 3 cm ) ] > Q Q Q", "BT /F 1e9 Tf"] {
        let sight = look(HELVETICA, content, &[]);
        assert!(sight.glyphs.is_empty(), "{content}");
    }
    let sight = look("/Annots [99 0 R 4 0 R] /Resources 99 0 R", "", &[]);
    assert!(sight.glyphs.is_empty() && sight.marks.is_empty());
}

/// A page of which it is told what hides what.
fn watch(page: &str, content: &str, objects: &[String]) -> Sight {
    let pdf = Pdf::read(document(page, content, objects)).unwrap();
    let mut seen = None;
    pdf.watch(&mut std::iter::once(Page(1)), &mut |sight| {
        seen = Some(sight);
        Ok(true)
    })
    .unwrap();
    seen.unwrap()
}

#[test]
fn what_lies_over_words_hides_them_as_far_as_it_is_opaque() {
    let resources = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> \
        /ExtGState << /H << /ca .4 >> /O << /ca 1 >> /M << /SMask << /S /Luminosity >> >> /N << /SMask /None >> /B << /BM /Multiply >> >> \
        /ColorSpace << /S [/Separation /Red /DeviceCMYK << >>] /I [/ICCBased 9 0 R] >> \
        /XObject << /Opaque 5 0 R /Clear 6 0 R /Half 7 0 R /Odd 8 0 R /Form 10 0 R /Layer 11 0 R /Group 15 0 R >> >>";
    let image = |entries: &str| {
        stream(
            &format!("/Subtype /Image /Width 1 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray {entries}"),
            "ab",
        )
    };
    let mask =
        |dots: &str| stream("/Subtype /Image /Width 1 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray", dots);
    let objects = [
        image(""),
        image("/SMask 12 0 R"),
        image("/SMask 13 0 R"),
        image("/SMask 14 0 R"),
        "null".to_owned(),
        stream("/Subtype /Form /BBox [0 0 10 10] /Matrix [20 0 0 10 0 0]", "1 g 0 0 10 10 re f"),
        stream("/Subtype /Form /BBox [0 0 200 100] /OC << /Type /OCG >>", "1 g 0 0 200 100 re f"),
        mask("\u{1}\u{1}"),
        // The upper half of the picture is opaque.
        mask("~\u{1}"),
        mask("abc"),
        stream(
            "/Subtype /Form /BBox [0 0 200 100] /Group << /S /Transparency >> /Resources << /ExtGState << /O << /ca 1 >> >> >>",
            "/O gs 1 g 0 0 200 100 re f",
        ),
    ];
    use Visibility::{Doubtful, Seen, Unseen};
    for (painted, seen) in [
        ("", Seen),
        ("1 g 0 0 200 100 re f", Unseen),
        ("1 g 0 0 200 100 re n", Seen),
        ("/H gs 1 g 0 0 200 100 re f", Seen),
        ("/H gs 1 g 0 0 200 100 re f 0 0 200 100 re f", Unseen),
        ("/H gs /O gs 0 0 200 100 re f", Unseen),
        ("/M gs 0 0 200 100 re f", Doubtful),
        ("/M gs /N gs 0 0 200 100 re f", Unseen),
        ("/B gs 0 0 200 100 re f", Doubtful),
        ("0 50 200 .5 re f", Seen),
        ("1 w 0 55 m 200 55 l S", Seen),
        ("40 w 0 55 m 200 55 l S", Unseen),
        ("0 0 100 200 0 0 cm", Seen),
        ("q 200 0 0 100 0 0 cm /Opaque Do Q", Unseen),
        ("q 200 0 0 100 0 0 cm /Clear Do Q", Seen),
        ("q 200 0 0 100 0 0 cm /Half Do Q", Seen),
        ("q 200 0 0 30 0 35 cm /Odd Do Q", Doubtful),
        ("q 0 0 5 5 re W n 200 0 0 100 0 0 cm /Opaque Do Q", Seen),
        ("q 0 0 m 200 0 l 200 100 l h W n 200 0 0 100 0 0 cm /Opaque Do Q", Doubtful),
        ("/Form Do", Unseen),
        ("/Layer Do", Doubtful),
        ("/Group Do", Unseen),
        ("/H gs /Group Do", Seen),
        ("/M gs /Group Do", Doubtful),
        ("/OC /X BDC 0 0 200 100 re f EMC", Doubtful),
        ("/P /X BDC 0 0 200 100 re f EMC", Unseen),
        ("/OC /X BDC EMC 0 0 200 100 re f", Unseen),
    ] {
        let sight = watch(resources, &format!("BT /F 20 Tf 20 50 Td (S) Tj ET q {painted} Q"), &objects);
        assert_eq!(sight.glyphs[0].seen, seen, "{painted}");
    }
    for (ink, seen) in [
        ("", Seen),
        ("1 g", Unseen),
        ("0 0 0 0 k", Unseen),
        ("/I cs 1 1 1 sc", Unseen),
        ("/S cs 1 scn", Seen),
        ("1 g 0 g", Seen),
        ("3 Tr", Unseen),
        ("1 g 1 Tr", Seen),
        ("1 G 1 Tr", Unseen),
        ("1 g 2 Tr", Seen),
        ("1 g 1 G 2 Tr", Unseen),
        ("1 0 0 rg 0 0 200 100 re f", Unseen),
        ("1 0 0 rg 0 0 200 100 re f 1 g", Seen),
        ("1 g 0 0 200 100 re f 0 g", Seen),
    ] {
        let sight = watch(resources, &format!("{ink} BT /F 20 Tf 20 50 Td (S) Tj ET"), &objects);
        assert_eq!(sight.glyphs[0].seen, seen, "{ink}");
    }
    // The upper half of a picture over the word.
    let sight = watch(resources, "BT /F 20 Tf 20 50 Td (S) Tj ET q 200 0 0 40 0 30 cm /Half Do Q", &objects);
    assert_eq!(sight.glyphs[0].seen, Seen, "a half of a half");
    assert!(!look(resources, "BT /F 20 Tf 20 50 Td (S) Tj ET", &objects).is_close());
}

/// A font of Type 3 whose letter fills the em, over a word of another font.
#[test]
fn drawn_letters_are_seen_themselves_and_hide_what_is_below() {
    let resources = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> /T << /Type /Font \
        /Subtype /Type3 /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 /Widths [1] /Encoding << /Differences [97 /A] >> \
        /CharProcs << /A 5 0 R >> /Resources << >> >> >> >>";
    let drawing = [stream("", "1 0 d0 -1 -1 3 3 re f")];
    let sight = watch(resources, "BT /F 20 Tf 20 50 Td (S) Tj /T 20 Tf -10 0 Td (a) Tj ET", &drawing);
    let seen: Vec<_> = sight.glyphs.iter().map(|glyph| (glyph.text.as_str(), glyph.seen)).collect();
    assert_eq!(seen, [("S", Visibility::Unseen), ("A", Visibility::Seen)]);
    assert!(sight.marks.is_empty() && sight.painted > 0);
}
