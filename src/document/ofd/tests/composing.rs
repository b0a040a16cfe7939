//! Documents composed here: valid by the schema, the same each time, and as every other when it comes to
//! stamps.

use super::schema::fault;
use super::{assert_as_read, assert_finding, layout, parts, stamp, survey, text};
use crate::document::ofd::compose::{
    Annotation, AnnotationKind, Cap, Content, Destination, Figure, Heading, Ink, Join, NewAttachment, NewColourSpace,
    NewFont, NewOfd, Outline, Stroke, Tag, Text,
};
use crate::document::{Coverage, Document};
use crate::error::ErrorKind;
use crate::finding::{Outcome, checks};
use crate::limits::Limits;
use crate::time::Time;
use crate::units::{Mm, Page};

fn testdata(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn time() -> Time {
    "2025-03-01T08:00:00+08:00".parse().unwrap()
}

const ID: &str = "5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081";

/// A licence with everything that can be in a document.
fn licence() -> NewOfd {
    let mut new = NewOfd::new(ID, Mm(210.0), Mm(297.0));
    new.title("示例许可证 <正本>").author("示例市人民政府").subject("licence").created(time());
    new.custom_data("ZZBS", "1.2.156.3005.2").custom_data("KZ_备注", "\"a\" & b");
    let print = new.colour_space(NewColourSpace::cmyk().profile(b"profile".to_vec()));
    let grey = new.colour_space(NewColourSpace::grey());
    new.colour_space(NewColourSpace::rgb());
    let song = new.font(NewFont::named("宋体").family("SimSun")).unwrap();
    let own = new.font(NewFont::embedded("Own", [&[0, 1, 0, 0][..], b"glyphs"].concat())).unwrap();
    let picture = new.image(testdata("pictures/small/rgba.png")).unwrap();
    let again = new.image(testdata("pictures/small/rgba.png")).unwrap();
    assert_eq!(picture, again);
    let mut frame = Content::new();
    frame.figure(Figure::of(Outline::rectangle(10.0, 10.0, 190.0, 277.0)).stroke(Stroke {
        cap: Cap::Round,
        join: Join::Bevel,
        dashes: vec![2.0, 1.0],
        ..Stroke::new(Ink::within(print, &[0, 255, 255, 0]), 0.5)
    }));
    let frame = new.template(frame);
    let mut above = Content::new();
    above.text(Text::new("样本", song, Mm(30.0)).at(Mm(60.0), Mm(150.0)).ink(Ink::rgb(200, 200, 200).alpha(96)));
    let above = new.template(above);
    let mut face = Content::new();
    let holder = face.text(Text::new("持证者 ABC：示例", song, Mm(5.0)).at(Mm(30.0), Mm(60.0)));
    face.text(Text::new("竖排", song, Mm(5.0)).at(Mm(30.0), Mm(80.0)).vertical().bold());
    face.text(Text::new("印章", own, Mm(5.0)).at(Mm(30.0), Mm(100.0)).glyphs([7, 9]).advances([6.5]));
    let circle = Outline::ellipse(100.0, 150.0, 20.0, 10.0);
    let clip = Outline::rectangle(90.0, 140.0, 20.0, 20.0);
    face.figure(Figure::of(circle).fill_even_odd(Ink::within(grey, &[128])).clip(clip));
    let curve = Outline::new().move_to(1.0, 2.0).quadratic_to([(3.0, 4.0), (5.0, 6.0)]).line_to(-7.0, 8.0).close();
    face.figure(Figure::of(curve).fill(Ink::BLACK).stroke(Stroke::new(Ink::BLACK, 0.1)));
    let image = face.image(picture, Mm(150.0), Mm(30.0), Mm(30.0), Mm(30.0));
    let first = new.page_on(face, &[frame], &[above]);
    let second = new.page(Content::new());
    new.sized(Mm(297.0), Mm(210.0));
    let mut mark = Content::new();
    mark.text(Text::new("仅供测试", song, Mm(8.0)).at(Mm(2.0), Mm(10.0)));
    for (page, kind) in [(second, AnnotationKind::Watermark), (first, AnnotationKind::Stamp)] {
        let annotation = Annotation {
            kind,
            creator: "示例".into(),
            changed: time(),
            remark: Some("a remark".into()),
            area: [Mm(20.0), Mm(200.0), Mm(60.0), Mm(20.0)],
            appearance: mark.clone(),
        };
        new.annotate(page, annotation);
    }
    new.attach(NewAttachment {
        format: Some("XML".into()),
        created: Some(time()),
        is_visible: false,
        usage: Some("face data".into()),
        ..NewAttachment::new("../照面数据", b"<data/>".to_vec())
    });
    new.attach(NewAttachment::new("plain", vec![0; 2048]));
    let holder = Tag::new("Holder").object(first, holder).child(Tag::new("Photo").object(first, image));
    new.tag("urn:example:licence", Tag::new("Licence").child(holder).child(Tag::new("Kind").text("a < b")));
    let to = |page, top| Destination { page, top: Mm(top) };
    let below = Heading { title: "副页".into(), to: to(second, 0.0), children: Vec::new() };
    new.heading(Heading { title: "正页".into(), to: to(first, 10.5), children: vec![below] });
    new.bookmark("second", to(second, 20.0));
    new
}

#[test]
fn every_part_is_valid_by_the_schema() {
    let ofd = licence().finish().unwrap();
    assert_eq!(ofd.page_count(), 2);
    assert_eq!(ofd.page_size(Page(1)).unwrap(), (Mm(210.0), Mm(297.0)));
    assert_eq!(ofd.page_size(Page(2)).unwrap(), (Mm(297.0), Mm(210.0)));
    assert_as_read(&ofd);
    let limits = Limits::default();
    let stamped = stamp(&ofd, &layout(vec![super::area(1, 20.0), super::area(2, 5.0)], Some(b"s"), &limits), b"v");
    let all = parts(&stamped.as_bytes());
    let mut checked = 0;
    for (name, contents) in &all {
        if name.ends_with(".xml") && !name.contains("/Tag_") && !name.contains("Attach_") {
            assert_eq!(fault(contents), None, "{name}: {}", String::from_utf8_lossy(contents));
            checked += 1;
        }
    }
    assert_eq!(checked, 15, "{:?}", all.iter().map(|(name, _)| name).collect::<Vec<_>>());
    let mut bare = NewOfd::new(ID, Mm(10.0), Mm(10.0));
    bare.page(Content::new());
    let bare = bare.finish().unwrap();
    assert!(parts(&bare.as_bytes()).iter().all(|(_, contents)| fault(contents).is_none()));
}

#[test]
fn numbers_of_objects_are_unique_and_counted() {
    let ofd = licence().finish().unwrap();
    let mut ids = Vec::new();
    for (name, contents) in parts(&ofd.as_bytes()) {
        if !name.ends_with(".xml") || name.contains("Attach") || name == "OFD.xml" {
            continue;
        }
        let text = String::from_utf8(contents).unwrap();
        ids.extend(text.split(" ID=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<u32>().unwrap()));
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    let highest = format!("<ofd:MaxUnitID>{}</ofd:MaxUnitID>", ids.last().unwrap());
    assert!(text(&ofd.as_bytes(), "Doc_0/Document.xml").contains(&highest));
    // The tags refer to the objects that were meant.
    let tags = text(&ofd.as_bytes(), "Doc_0/Tags/Tag_0.xml");
    let page = text(&ofd.as_bytes(), "Doc_0/Pages/Page_0/Content.xml");
    let photo = page.split("<ofd:ImageObject ID=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(tags.contains(&format!(">{photo}</ofd:ObjectRef></tag:Photo>")), "{tags}");
    assert!(tags.contains("<tag:Kind>a &lt; b</tag:Kind>"), "{tags}");
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    assert!(licence().finish().unwrap().as_bytes() == licence().finish().unwrap().as_bytes());
}

#[test]
fn text_says_where_each_character_stands() {
    let ofd = licence().finish().unwrap();
    let page = text(&ofd.as_bytes(), "Doc_0/Pages/Page_0/Content.xml");
    for part in [
        "DeltaX=\"g 3 5 g 4 2.5 5 5\">持证者 ABC：示例</ofd:TextCode>",
        "Weight=\"700\"",
        "DeltaY=\"5\">竖排",
        "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"2\" GlyphCount=\"2\"><ofd:Glyphs>7 9</ofd:Glyphs>",
        "DeltaX=\"6.5\">印章",
        "<ofd:Area><ofd:Path Boundary=\"0 0 40 20\" Stroke=\"false\" Fill=\"true\"><ofd:AbbreviatedData>M 10 0 L 30 0",
        "M 8.3 0.3 Q 10.3 2.3 12.3 4.3 L 0.3 6.3 C",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
}

#[test]
fn a_composed_document_is_stamped_and_its_changes_are_seen() {
    let limits = Limits::default();
    let stamped = stamp(&licence().finish().unwrap(), &layout(vec![], Some(b"seal"), &limits), b"v");
    let found = &survey(&stamped.as_bytes()).found[0];
    assert_eq!(found.coverage, Coverage::Whole, "{:#?}", found.findings);
    for part in
        ["Doc_0/Annots/Page_1/Annotation.xml", "Doc_0/Tpls/Tpl_0/Content.xml", "OFD.xml", "Doc_0/Tags/Tag_0.xml"]
    {
        let changed = super::with_text(&stamped.as_bytes(), part, |text| text.replacen("</", " </", 1));
        let found = &survey(&changed).found[0];
        assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, Outcome::Fail, part);
    }
}

/// What somebody does to a document and to its page.
type Change<'c> = &'c dyn Fn(&mut NewOfd, &mut Content);

#[test]
fn what_cannot_be_written_is_refused() {
    let with = |change: Change<'_>| {
        let mut new = NewOfd::new(ID, Mm(210.0), Mm(297.0));
        let mut content = Content::new();
        change(&mut new, &mut content);
        new.page(content);
        new.finish().map(|_| ()).map_err(|error| (error.kind(), error.to_string()))
    };
    assert_eq!(with(&|_, _| ()), Ok(()));
    let other = licence();
    let song = NewOfd::new(ID, Mm(1.0), Mm(1.0)).font(NewFont::named("宋体")).unwrap();
    let misuses: &[(&str, Change<'_>)] = &[
        ("font of another document", &|_, page| _ = page.text(Text::new("a", song, Mm(5.0)))),
        ("shows nothing", &|new, page| {
            let font = new.font(NewFont::named("a")).unwrap();
            page.text(Text::new("", font, Mm(5.0)));
        }),
        ("shows nothing", &|new, page| {
            let font = new.font(NewFont::named("a")).unwrap();
            page.text(Text::new("a", font, Mm(f64::NAN)));
        }),
        ("finite advances", &|new, page| {
            let font = new.font(NewFont::named("a")).unwrap();
            page.text(Text::new("abc", font, Mm(5.0)).advances([1.0]));
        }),
        ("one for each", &|new, page| {
            let font = new.font(NewFont::named("a")).unwrap();
            page.text(Text::new("abc", font, Mm(5.0)).glyphs([1]));
        }),
        ("control character", &|new, _| _ = new.title("a\0b")),
        ("neither filled nor drawn", &|_, page| _ = page.figure(Figure::of(Outline::rectangle(0.0, 0.0, 1.0, 1.0)))),
        ("begins with move_to", &|_, page| {
            page.figure(Figure::of(Outline::new().line_to(1.0, 1.0)).fill(Ink::BLACK));
        }),
        ("begins with move_to", &|_, page| {
            page.figure(Figure::of(Outline::rectangle(0.0, f64::INFINITY, 1.0, 1.0)).fill(Ink::BLACK));
        }),
        ("cannot be drawn", &|_, page| {
            page.figure(Figure::of(Outline::rectangle(0.0, 0.0, 1.0, 1.0)).stroke(Stroke::new(Ink::BLACK, 0.0)));
        }),
        ("components", &|new, page| {
            let grey = new.colour_space(NewColourSpace::grey());
            page.figure(Figure::of(Outline::rectangle(0.0, 0.0, 1.0, 1.0)).fill(Ink::within(grey, &[1, 2])));
        }),
        ("no size", &|new, page| {
            let image = new.image(testdata("pictures/small/rgba.png")).unwrap();
            page.image(image, Mm(0.0), Mm(0.0), Mm(0.0), Mm(1.0));
        }),
        ("no XML name", &|new, _| _ = new.tag("urn:a", Tag::new("a b"))),
        ("refers to no object", &|new, page| {
            let item = page.figure(Figure::of(Outline::rectangle(0.0, 0.0, 1.0, 1.0)).fill(Ink::BLACK));
            let empty = new.page(Content::new());
            new.tag("urn:a", Tag::new("a").object(empty, item));
        }),
        ("shows nothing", &|new, _| {
            new.page(Content::new());
            new.sized(Mm(0.0), Mm(1.0));
        }),
    ];
    for (part, change) in misuses {
        let (kind, told) = with(*change).unwrap_err();
        assert_eq!(kind, ErrorKind::Misuse, "{told}");
        assert!(told.contains(part), "no \"{part}\" in: {told}");
    }
    let mut none = NewOfd::new(ID, Mm(1.0), Mm(1.0));
    assert!(none.finish().unwrap_err().to_string().contains("at least one page"));
    assert_eq!(none.image(b"GIF89a".to_vec()).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(none.font(NewFont::embedded("a", b"ttcf".to_vec())).unwrap_err().kind(), ErrorKind::Unsupported);
    none.page(Content::new());
    let page = crate::document::ofd::compose::PageId::clone(&licence_page(&other));
    none.bookmark("a", Destination { page, top: Mm(0.0) });
    assert!(none.finish().unwrap_err().to_string().contains("another document"));
}

/// The last page of a document with more than one.
fn licence_page(licence: &NewOfd) -> crate::document::ofd::compose::PageId {
    licence.clone().page(Content::new())
}
