use crate::document::Document as _;
use crate::document::ofd::{Figure, Ink, Outline, Stroke};
use crate::document::pdf::compose::{Content, FontId, NewAttachment, NewField, NewPdf, Relationship, Text, Typeface};
use crate::document::pdf::{FieldKind, Pdf};
use crate::error::{Error, ErrorKind};
use crate::font::Font;
use crate::units::{Area, Mm, Page};

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn song() -> Font {
    Font::read(sample("letters/LetterSong-subset.otf"), 0).unwrap()
}

fn bytes(pdf: &Pdf) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.write_to(&mut bytes).unwrap();
    bytes
}

fn count(bytes: &[u8], wanted: &str) -> usize {
    bytes.windows(wanted.len()).filter(|window| *window == wanted.as_bytes()).count()
}

/// A document of one page, with a font of which some characters are prepared.
fn document(prepared: &str) -> (NewPdf, FontId) {
    let mut document = NewPdf::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
    document.created("2025-03-01T00:00:00Z".parse().unwrap());
    let typeface =
        if prepared.is_empty() { Typeface::of(&song()) } else { Typeface::prepared(&song(), prepared).unwrap() };
    let font = document.font(typeface);
    (document, font)
}

fn text(text: &str, font: FontId) -> Text {
    Text::new(text, font, Mm(5.0)).at(Mm(20.0), Mm(40.0))
}

fn page(text: Text) -> Content {
    let mut page = Content::new();
    page.text(text);
    page
}

/// What is read off the first page: characters, and where each begins on its base line.
fn seen(pdf: &Pdf) -> Vec<(String, (f64, f64))> {
    let mut seen = Vec::new();
    let look = &mut |sight: crate::document::Sight| {
        seen.extend(sight.glyphs.iter().map(|glyph| (glyph.text.clone(), glyph.origin)));
        Ok(false)
    };
    pdf.look(&mut std::iter::once(Page(1)), look).unwrap();
    seen
}

fn said(pdf: &Pdf) -> String {
    seen(pdf).into_iter().map(|(text, _)| text).collect()
}

fn refused(document: &NewPdf, kind: ErrorKind, part: &str) {
    let error = document.finish().unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn text_is_read_as_it_was_written() {
    for prepared in ["", "电子印章", "电子印章应用端正"] {
        let (mut document, font) = document(prepared);
        document.page(page(text("电子印章应用端正", font)));
        let pdf = document.finish().unwrap();
        assert_eq!(said(&pdf), "电子印章应用端正", "{prepared}");
        let fonts = count(&bytes(&pdf), "/Subtype/Type0");
        assert_eq!(fonts, if prepared == "电子印章" { 2 } else { 1 }, "{prepared}: no font without use");
    }
}

/// Where a reader finds characters is where they were put, whatever the font would do.
#[test]
fn characters_stand_where_they_are_put() {
    let (mut document, font) = document("电子");
    let line = || text("电子印章", font);
    let lines = [
        (line(), [(20.0, 40.0), (25.0, 40.0), (30.0, 40.0), (35.0, 40.0)]),
        (line().advances([10.0, 20.0, 5.0]), [(20.0, 40.0), (30.0, 40.0), (50.0, 40.0), (55.0, 40.0)]),
        (line().spacing(Mm(1.0)), [(20.0, 40.0), (26.0, 40.0), (32.0, 40.0), (38.0, 40.0)]),
        (line().stretch(0.5), [(20.0, 40.0), (22.5, 40.0), (25.0, 40.0), (27.5, 40.0)]),
        (line().stretch(2.0).advances([7.0, 7.0, 7.0]), [(20.0, 40.0), (27.0, 40.0), (34.0, 40.0), (41.0, 40.0)]),
        (line().turned(90.0), [(20.0, 40.0), (20.0, 35.0), (20.0, 30.0), (20.0, 25.0)]),
        (line().vertical(), [(20.0, 40.0), (20.0, 45.0), (20.0, 50.0), (20.0, 55.0)]),
        (line().vertical().advances([6.0, 6.0, 6.0]), [(20.0, 40.0), (20.0, 46.0), (20.0, 52.0), (20.0, 58.0)]),
    ];
    for (line, expected) in lines {
        let mut one = document.clone();
        one.page(page(line.clone()));
        let found = seen(&one.finish().unwrap());
        assert_eq!(found.len(), 4, "{line:?}");
        for ((_, (x, y)), (left, top)) in found.iter().zip(expected) {
            assert!((x - left).abs() < 0.01 && (y - top).abs() < 0.01, "{line:?}: {found:?}");
        }
    }
    let mut other = Content::new();
    let inner = document.template_sized(page(text("电", font).at(Mm(2.0), Mm(6.0))), Mm(10.0), Mm(10.0)).unwrap();
    other.template(inner, Mm(100.0), Mm(200.0));
    document.page(other);
    document.sized(Mm(297.0), Mm(210.0));
    let found = seen(&document.finish().unwrap());
    assert!((found[0].1.0 - 102.0).abs() < 0.01 && (found[0].1.1 - 206.0).abs() < 0.01, "{found:?}");
}

#[test]
fn the_same_calls_give_the_same_bytes_and_another_id_others() {
    let make = |id: &str| {
        let (mut document, font) = document("电子");
        document.id(id).title("应用").custom_data("ZZBS", "1.2.156").page(page(text("电子印章", font)));
        document.finish().unwrap()
    };
    assert_eq!(bytes(&make("a")), bytes(&make("a")));
    assert_ne!(bytes(&make("a")), bytes(&make("b")));
    let named = make("5f6e4b7a-0c9d-4e1f-8a2b-3c4d5e6f7081");
    let id = named.file.trailer().unwrap().get("ID").unwrap().as_array().unwrap()[0].as_string().unwrap().to_vec();
    assert_eq!(id, 0x5f6e_4b7a_0c9d_4e1f_8a2b_3c4d_5e6f_7081_u128.to_be_bytes(), "a UUID is the identifier itself");
}

/// What is prepared once is the same in all documents, and nothing of one document gets into another.
#[test]
fn clones_share_and_do_not_mix() {
    let (mut master, font) = document("电子印章0123456789");
    let image = master.image(&sample("pictures/round.png")).unwrap();
    assert_eq!(master.image(&sample("pictures/round.png")).unwrap(), image, "the same bytes are one picture");
    let mut fixed = Content::new();
    fixed.text(text("电子", font)).image(image, Mm(1.0), Mm(1.0), Mm(30.0), Mm(30.0));
    let fixed = master.template(fixed).unwrap();
    let make = |own: &str| {
        let mut own_document = master.clone();
        let content = page(Text::new(own, font, Mm(5.0)).at(Mm(20.0), Mm(60.0)));
        own_document.page_on(content.clone(), &[fixed], &[]);
        own_document.page_on(content, &[], &[fixed]);
        own_document.finish().unwrap()
    };
    let (one, two) = (make("印章"), make("端正"));
    assert_eq!(count(&bytes(&one), "/Subtype/Image"), 2, "a picture and its mask, on two pages");
    assert_eq!(count(&bytes(&one), "/Subtype/Type0"), 1);
    assert_eq!(count(&bytes(&two), "/Subtype/Type0"), 2);
    assert_eq!(said(&two), "电子端正");
    assert_eq!(bytes(&make("印章")), bytes(&one));
}

#[test]
fn what_a_document_says_of_itself() {
    let (mut document, font) = document("");
    document.title("应用 <&>").author("示例市").subject("三").language("zh-CN");
    document.custom_data("ZZBS", "1.2 & 3").custom_data("KZ_甲", "一").custom_data("KZ_甲", "二");
    let attachment = NewAttachment::new("data.json", "application/json", "{}").relationship(Relationship::Data);
    document.attach(attachment).page(page(text("电子", font)));
    let written = bytes(&document.finish().unwrap());
    let xmp = String::from_utf8_lossy(&written).into_owned();
    for part in [
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
        "应用 &lt;&amp;&gt;</rdf:li>",
        "<xmp:CreateDate>2025-03-01T08:00:00+08:00</xmp:CreateDate>",
        "<data:ZZBS>1.2 &amp; 3</data:ZZBS>",
        "<data:KZ_甲><rdf:Seq><rdf:li>一</rdf:li><rdf:li>二</rdf:li></rdf:Seq></data:KZ_甲>",
        "<pdfaProperty:name>KZ_甲</pdfaProperty:name><pdfaProperty:valueType>seq Text</pdfaProperty:valueType>",
        "/CreationDate(D:20250301080000+08'00')",
        "/AFRelationship/Data",
        "/S/GTS_PDFA1",
        "/DisplayDocTitle true",
    ] {
        assert!(xmp.contains(part), "{part}");
    }
}

#[test]
fn fields_are_read_as_they_were_made() {
    let (mut document, font) = document("电子印章");
    let area = |top: f64| Area { page: Page(1), left: Mm(20.0), top: Mm(top), width: Mm(60.0), height: Mm(8.0) };
    document.page(Content::new());
    document.field(NewField::text("one.name", area(20.0), font, Mm(4.0)).value("电子").max_length(8).required());
    document.field(NewField::check_box("one.agreed", area(30.0)).export("是").checked().tool_tip("应用"));
    let radio = NewField::radio("kind").choice("a", area(40.0)).choice("b", area(50.0)).value("b");
    document.field(radio.read_only());
    let list = NewField::drop_down("use", area(60.0), font, Mm(4.0)).option("1", "电子").option("2", "印章");
    document.field(list.value("2"));
    document.field(NewField::signature("seal", area(80.0)));
    let pdf = document.finish().unwrap();
    let fields = pdf.form_fields().unwrap();
    let told: Vec<_> = fields.iter().map(|one| (one.name.as_str(), one.kind, one.values.join("+"))).collect();
    let expected = [
        ("one.name", FieldKind::Text, "电子"),
        ("one.agreed", FieldKind::CheckBox, "是"),
        ("kind", FieldKind::Radio, "b"),
        ("use", FieldKind::DropDown, "2"),
        ("seal", FieldKind::Signature, ""),
    ];
    let mut expected: Vec<_> = expected.map(|(name, kind, value)| (name, kind, value.to_owned())).to_vec();
    expected.sort_by_key(|one| one.0);
    let mut sorted = told.clone();
    sorted.sort_by_key(|one| one.0);
    assert_eq!(sorted, expected);
    let field = |name: &str| fields.iter().find(|one| one.name == name).unwrap();
    assert_eq!((field("one.name").max_length, field("one.name").required), (Some(8), true));
    assert_eq!(field("one.agreed").tool_tip.as_deref(), Some("应用"));
    assert!(field("kind").read_only && fields.iter().flat_map(|one| &one.widgets).all(|one| one.drawn));
    let found = field("kind").widgets[1].area.unwrap();
    assert!((found.top.0 - 50.0).abs() < 0.01 && (found.left.0 - 20.0).abs() < 0.01, "{found}");
    // The same rules for what others fill in: a form of ours is as every other.
    let filled = pdf.fill(&[("one.name", "印章".into()), ("use", "1".into())], &song()).unwrap();
    assert_eq!(filled.form_fields().unwrap().iter().find(|one| one.name == "use").unwrap().values, ["1"]);
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let fresh = || document("");
    let on_page = |change: &dyn Fn(&mut NewPdf, &mut Content, FontId)| {
        let (mut document, font) = fresh();
        let mut page = Content::new();
        change(&mut document, &mut page, font);
        document.page(page);
        document
    };
    refused(&fresh().0, ErrorKind::Misuse, "at least one page");
    type Case<'c> = (ErrorKind, &'c str, &'c dyn Fn(&mut NewPdf, &mut Content, FontId));
    let cases: [Case<'_>; 14] = [
        (ErrorKind::Mismatch, "U+9F98", &|_, page, font| {
            page.text(text("龘", font));
        }),
        (ErrorKind::Misuse, "shows nothing", &|_, page, font| {
            page.text(text("", font));
        }),
        (ErrorKind::Misuse, "control characters", &|_, page, font| {
            page.text(text("电\n子", font));
        }),
        (ErrorKind::Misuse, "needs 1 finite", &|_, page, font| {
            page.text(text("电子", font).advances([]));
        }),
        (ErrorKind::Misuse, "no ratio", &|_, page, font| {
            page.text(text("电子", font).stretch(0.0));
        }),
        (ErrorKind::Misuse, "another document", &|_, page, _| {
            page.text(text("电", FontId(7)));
        }),
        (ErrorKind::Misuse, "neither filled", &|_, page, _| {
            page.figure(Figure::of(Outline::rectangle(0.0, 0.0, 1.0, 1.0)));
        }),
        (ErrorKind::Misuse, "begins with move_to", &|_, page, _| {
            page.figure(Figure::of(Outline::new().line_to(1.0, 1.0)).fill(Ink::BLACK));
        }),
        (ErrorKind::Misuse, "cannot be drawn", &|_, page, _| {
            page.figure(Figure::of(Outline::rectangle(0.0, 0.0, 1.0, 1.0)).stroke(Stroke::new(Ink::BLACK, f64::NAN)));
        }),
        (ErrorKind::Misuse, "cannot name data", &|document, _, _| {
            document.custom_data("a b", "");
        }),
        (ErrorKind::Misuse, "control character", &|document, _, _| {
            document.title("\u{1}");
        }),
        (ErrorKind::Misuse, "media type", &|document, _, _| {
            document.attach(NewAttachment::new("a", "json", ""));
        }),
        (ErrorKind::Misuse, "two attachments", &|document, _, _| {
            let one = NewAttachment::new("a", "text/plain", "");
            document.attach(one.clone()).attach(one);
        }),
        (ErrorKind::Misuse, "identifier", &|document, _, _| {
            document.id(" ");
        }),
    ];
    for (kind, part, change) in cases {
        refused(&on_page(change), kind, part);
    }
    let mut page = Content::new();
    for _ in 0..40 {
        let mut outer = Content::new();
        outer.clipped(Outline::rectangle(0.0, 0.0, 1.0, 1.0), page);
        page = outer;
    }
    let (mut document, _) = fresh();
    document.page(page);
    refused(&document, ErrorKind::Misuse, "nested too deep");
    for (width, height) in [(0.0, 10.0), (10.0, f64::NAN), (6000.0, 10.0)] {
        let mut document = NewPdf::new("a", Mm(width), Mm(height));
        document.page(Content::new());
        refused(&document, ErrorKind::Misuse, "cannot be");
    }
}

#[test]
fn fields_that_make_no_sense_are_refused() {
    let area = Area { page: Page(1), left: Mm(20.0), top: Mm(20.0), width: Mm(20.0), height: Mm(8.0) };
    let refused = |part: &str, fields: &dyn Fn(FontId) -> Vec<NewField>| {
        let (mut document, font) = document("电子印章");
        document.page(Content::new());
        for field in fields(font) {
            document.field(field);
        }
        let error: Error = document.finish().unwrap_err();
        assert!(error.to_string().contains(part) && error.to_string().contains("the field \""), "{error}");
    };
    let name = |name: &str| NewField::check_box(name, area);
    refused("of which a part is empty", &|_| vec![name("a..b")]);
    refused("that another has", &|_| vec![name("a"), name("a")]);
    refused("whole name of another", &|_| vec![name("a"), name("a.b")]);
    refused("that another has, or begins with", &|_| vec![name("a.b"), name("a")]);
    refused("says Off", &|_| vec![name("a").export("Off")]);
    refused("page 2, which the document has not", &|_| vec![NewField::signature("a", Area { page: Page(2), ..area })]);
    refused("no size", &|_| vec![NewField::signature("a", Area { width: Mm(0.0), ..area })]);
    refused("3 characters, of 2", &|font| vec![NewField::text("a", area, font, Mm(4.0)).value("电子印").max_length(2)]);
    refused("as many cells", &|font| vec![NewField::text("a", area, font, Mm(4.0)).comb()]);
    refused("does not fit", &|font| vec![NewField::text("a", area, font, Mm(4.0)).value("电子印章".repeat(9))]);
    refused("value of its own", &|_| vec![NewField::radio("a").choice("x", area).choice("x", area)]);
    refused("has the value \"z\"", &|_| vec![NewField::radio("a").choice("x", area).value("z")]);
    refused("none of its options", &|font| vec![NewField::list("a", area, font, Mm(4.0)).option("1", "电").value("2")]);
    refused("not for several", &|font| {
        vec![NewField::list("a", area, font, Mm(4.0)).option("1", "电").option("2", "子").value("1").value("2")]
    });
}
