//! Words and pictures that are on a licence's own pages, and that nobody sees.

use eseal::licence::{Licence, Reading};
use eseal::verify::ResultCode;
use eseal::{Document as _, Mm, Outcome, Page, Pdf, Verdict};

use crate::common;
use crate::common::package::Package;
use crate::frame::{assert_licence, laid_out, ofd, read, resealed, world};
use crate::pieces::{FACE, assert_says, number_after, object, plain, stream, text};
use crate::world::World;

/// A PDF as its issuer composes it, with this drawn before and behind what its page shows, and sealed by the issuer.
/// `PHOTO` stands for what brings the unit square over the photo.
fn issued_with(world: &World, before: &str, behind: &str) -> Licence {
    let bytes = laid_out("teacher").to_pdf().unwrap().document().as_bytes().into_owned();
    let page = common::pdf::rfind(&bytes, b"/Type/Page/").unwrap();
    let head = common::pdf::find(&bytes, b"/Contents ", page).unwrap();
    let contents = number_after(&self::text(&bytes[head..head + 24]), "/Contents ");
    let (entries, drawn) = stream(&object(&bytes, contents));
    let text = text(&drawn);
    let photo = text.split("/I0 Do").next().unwrap().trim_end().rsplit('q').next().unwrap().trim();
    let drawn = [before.as_bytes(), b"\n", &drawn, b"\n", behind.replace("PHOTO", photo).as_bytes()].concat();
    let edited = Pdf::read(common::pdf::revised(&bytes, &[(contents, plain(&entries, &drawn))])).unwrap();
    let office = world.office(2).unwrap();
    let stamp = world.stamp(&office).unwrap().on(Page(1), Mm(200.0), Mm(120.0));
    read(world, &stamp.apply(&edited, &office.by).unwrap(), &Reading::new())
}

/// Words and pictures that are there and that nobody sees, on the issuer's own page.
#[test]
fn what_a_pdf_shows_is_seen() {
    let world = world();
    let box_over = "q 1 g 60 60 500 420 re f Q";
    for (what, before, behind) in [
        ("as it is", "", ""),
        ("a ground", box_over, ""),
        ("a coloured ground and a frame", ".9 .95 1 rg 0 0 842 596 re f", "q .5 w 30 30 780 530 re S Q"),
        ("hairs across", "", "q .2 w 0 300 m 842 300 l S Q"),
        ("a box beside the words", "", "q 1 g 0 0 20 596 re f Q"),
        ("a path that is not painted", "", "q 60 60 500 420 re n Q"),
        ("a box that is cut off", "", "q 0 0 5 5 re W n 1 g 60 60 500 420 re f Q"),
    ] {
        assert_licence(what, &issued_with(&world, before, behind), Verdict::Valid, ResultCode::Valid, &[]);
    }
    for (what, behind) in [
        ("a white box", box_over),
        ("a round box", "q 1 1 1 rg 40 270 m 40 -60 680 -60 680 270 c 680 600 40 600 40 270 c f Q"),
        ("a thick line", "q 1 G 300 w 60 300 m 560 300 l S Q"),
        ("strips", "q 1 g 60 60 500 100 re 60 160 500 100 re 60 260 500 100 re 60 360 500 100 re f Q"),
        ("a picture", "q 500 0 0 420 60 60 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{1} EI Q"),
    ] {
        let licence = issued_with(&world, "", behind);
        assert_says(what, licence, (FACE, Outcome::Fail), "nobody sees");
    }
    assert_says(
        "a shading",
        issued_with(&world, "", "q 60 60 500 420 re W n /X sh Q"),
        (FACE, Outcome::Unknown),
        "cannot be told",
    );
    // All words in the colour of the ground, which is painted below them.
    let ground = "0 g 0 0 842 596 re f";
    assert_says("black on black", issued_with(&world, ground, ""), (FACE, Outcome::Fail), "nobody sees");
    // The photo, and nothing else.
    let over = "q PHOTO 1 g 0 0 1 1 re f Q";
    assert_says(
        "the photo",
        issued_with(&world, "", over),
        ("licence.picture", Outcome::Fail),
        "nobody sees the picture",
    );
}

#[test]
fn what_an_ofd_shows_is_seen() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let shown = package.text(page);
    let first = shown.find("<ofd:ImageObject").unwrap();
    assert!(first < shown.find("<ofd:TextObject").unwrap());
    let end = shown.rfind("</ofd:Layer>").unwrap();
    let read_with = |before: &str, behind: &str| {
        let edited = format!("{}{before}{}{behind}{}", &shown[..first], &shown[first..end], &shown[end..]);
        read(&world, &resealed(&world, package.clone().with(page, edited), &own), &Reading::new())
    };
    let path = |colour: &str, entries: &str| {
        format!(
            "<ofd:PathObject ID=\"9001\" Boundary=\"20 20 180 150\" Fill=\"true\" Stroke=\"false\" {entries}>\
             <ofd:FillColor Value=\"{colour}\"/><ofd:AbbreviatedData>M 0 0 L 180 0 L 180 150 L 0 150 C</ofd:AbbreviatedData>\
             </ofd:PathObject>"
        )
    };
    let white = path("255 255 255", "");
    for (what, before, behind) in [
        ("as it is", "", ""),
        ("a ground", white.as_str(), ""),
        ("a tint", "", &path("0 0 255", "Alpha=\"40\"")),
        ("one that does not show", "", &path("0 0 255", "Visible=\"false\"")),
    ] {
        assert_licence(what, &read_with(before, behind), Verdict::Valid, ResultCode::Valid, &[]);
    }
    assert_says("a white box", read_with("", &white), (FACE, Outcome::Fail), "nobody sees");
    assert_says("a dark box", read_with("", &path("0 0 0", "")), (FACE, Outcome::Fail), "nobody sees");
    assert_says("black on black", read_with(&path("0 0 0", ""), ""), (FACE, Outcome::Fail), "nobody sees");
    // Words in white, of which the data say that they are there.
    let mut parts = shown.split("<ofd:FillColor Value=\"");
    let pale: String = parts.next().unwrap().to_owned()
        + &parts
            .map(|part| "<ofd:FillColor Value=\"255 255 255".to_owned() + &part[part.find('"').unwrap()..])
            .collect::<String>();
    let licence = read(&world, &resealed(&world, package.clone().with(page, pale), &own), &Reading::new());
    assert_says("white words", licence, (FACE, Outcome::Fail), "nobody sees");
}

/// A link that draws, and an annotation in the very place of the seal.
#[test]
fn annotations_of_an_ofd_hide_behind_nothing() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let document = package.text("Doc_0/Document.xml");
    let page = document.split("<ofd:Page ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let space = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
    let annotated = |kind: &str, boundary: &str, inside: &str| {
        let list = format!(
            "<ofd:Annotations {space}><ofd:Page PageID=\"{page}\"><ofd:FileLoc>Annot_0.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
        );
        let notes = format!(
            "<ofd:PageAnnot {space}><ofd:Annot ID=\"9001\" Type=\"{kind}\" Creator=\"x\" LastModDate=\"2025-03-01\">\
             <ofd:Appearance {boundary}>{inside}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
        );
        let document =
            document.replace("</ofd:Pages>", "</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>");
        let edited = package.clone().with("Doc_0/Document.xml", document);
        let edited = edited.with("Doc_0/Annots/Annotations.xml", list).with("Doc_0/Annots/Annot_0.xml", notes);
        read(&world, &resealed(&world, edited, &own), &Reading::new())
    };
    let white = "<ofd:PathObject ID=\"9002\" Boundary=\"0 0 60 80\" Fill=\"true\" Stroke=\"false\">\
                 <ofd:FillColor Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 0 L 60 0 L 60 80 C</ofd:AbbreviatedData></ofd:PathObject>";
    let there = "Boundary=\"100 60 60 80\"";
    assert_licence("a link", &annotated("Link", there, ""), Verdict::Valid, ResultCode::Valid, &[]);
    for (what, kind, boundary) in [
        ("a link that draws", "Link", there),
        ("one without a place", "Stamp", ""),
        ("one in the place of the seal", "Stamp", "Boundary=\"200 120 42 42\""),
    ] {
        assert_says(what, annotated(kind, boundary, white), (FACE, Outcome::Fail), "an annotation lies upon");
    }
}
