//! Both formats show the same in the same places; what a draft says can be read back from either.

use std::collections::BTreeMap;

use crate::compose::{Assets, Draft, Font, Layout, Overlay, PdfOptions, Prepared, Values, Watermark};
use crate::document::{Document, Ofd, Pdf, Sight};
use crate::units::Page;

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn assets() -> Assets {
    let font = |name: &str| Font::read(data(&format!("fonts/{name}")), 0).unwrap();
    let assets = Assets::new().font("song", font("FormSong.otf")).font("hei", font("FormHei.otf"));
    assets.font("kai", font("FormKai.ttf")).fallback("song")
}

fn layout(name: &str) -> Layout {
    Layout::from_json(data(&format!("layouts/{name}.json"))).unwrap()
}

fn licence() -> Values {
    Values::new()
        .text("CZZT", "张示例")
        .text("CZZTDM", "11010519491231002X")
        .text("KZ_ZYFW", "内科专业、儿科专业、预防保健科专业、全科医学专业（含社区卫生服务），以及其他执业范围")
        .text("ZZBH", "示例〔2026〕第 000123 号")
        .text("ZZYXQQSRQ", "2026年3月1日")
        .text("ZZYXQJZRQ", "2031年2月28日")
        .text("ZZBS", "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1")
        .text("ZZBFJG", "示例市卫生健康委员会")
        .text("ZZBFRQ", "2026年3月1日")
        .image("photo", data("layouts/photo.png"))
}

fn form(members: usize) -> Values {
    let member = |number: usize| {
        let name = if number.is_multiple_of(2) { "李示例" } else { "王示例" };
        Values::new()
            .text("name", name)
            .text("relation", "子女")
            .text("work", format!("示例市第{number}中学"))
            .text("note", "")
    };
    Values::new()
        .text("date", "2026年3月1日")
        .text("name", "张示例")
        .text("sex", "女")
        .text("nation", "汉族")
        .text("born", "1949年12月31日")
        .text("code", "11010519491231002X")
        .text("address", "示例省示例市示例区示例街道示例路128号3号楼2单元1001室")
        .choices("kinds", vec!["养老".into(), "医疗".into()])
        .flag("agree", true)
        .image("photo", data("layouts/photo.jpg"))
        .list("members", (1..=members).map(member).collect())
}

fn described(mut draft: Draft) -> Draft {
    draft.id("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081").title("示例").created("2026-03-01T00:00:00Z".parse().unwrap());
    draft
}

fn sights<D: Document>(document: &D, count: u32) -> Vec<Sight> {
    let mut sights = Vec::new();
    let mut pages = (1..=count).map(Page);
    document
        .look(&mut pages, &mut |sight| {
            Ok({
                sights.push(sight);
                true
            })
        })
        .unwrap();
    sights
}

/// Characters with the places where they begin, sorted, blanks left out.
fn characters(sight: &Sight) -> Vec<(String, f64, f64)> {
    let mut all: Vec<_> = sight
        .glyphs
        .iter()
        .filter(|glyph| !glyph.is_blank())
        .map(|glyph| (glyph.text.clone(), glyph.origin.0, glyph.origin.1))
        .collect();
    all.sort_by(|a, b| (a.2.round(), a.1.round(), &a.0).partial_cmp(&(b.2.round(), b.1.round(), &b.0)).unwrap());
    all
}

/// The two documents show the same characters within a tenth of a millimetre, and mark the same areas.
#[track_caller]
fn same(pdf: &Pdf, ofd: &Ofd) -> usize {
    let count = u32::try_from(ofd.page_count()).unwrap();
    assert_eq!(pdf.page_count().unwrap(), ofd.page_count());
    let mut compared = 0;
    for (one, other) in sights(pdf, count).iter().zip(&sights(ofd, count)) {
        assert!((one.width.0 - other.width.0).abs() < 0.01 && (one.height.0 - other.height.0).abs() < 0.01);
        let (in_pdf, mut in_ofd) = (characters(one), characters(other));
        assert_eq!(in_pdf.len(), in_ofd.len(), "{} characters and {}", in_pdf.len(), in_ofd.len());
        for (text, x, y) in &in_pdf {
            let found = in_ofd.iter().position(|(t, a, b)| t == text && (a - x).abs() < 0.1 && (b - y).abs() < 0.1);
            let found = found.unwrap_or_else(|| panic!("{text} at {x:.2}, {y:.2} is not in the OFD: {in_ofd:?}"));
            in_ofd.swap_remove(found);
            compared += 1;
        }
    }
    compared
}

#[test]
fn both_formats_show_the_same_in_the_same_places() {
    for (name, values, pages, least) in [("licence", licence(), 1, 150), ("form", form(14), 2, 400)] {
        let draft = described(layout(name).draft(&assets(), &values).unwrap());
        assert_eq!(draft.sheets().len(), pages, "{name}");
        let (pdf, ofd) = (draft.to_pdf(&PdfOptions::default()).unwrap(), draft.to_ofd().unwrap());
        assert!(same(&pdf, &ofd) > least, "{name}");
        // What was made ready beforehand changes nothing of what is seen, and the same calls give the same bytes.
        for prepared in [
            Prepared::new(&layout(name), &assets()).unwrap(),
            Prepared::with_samples(&layout(name), &assets(), std::slice::from_ref(&values)).unwrap(),
        ] {
            let make = || {
                let draft = described(prepared.draft(&values).unwrap());
                (draft.to_pdf(&PdfOptions::default()).unwrap(), draft.to_ofd().unwrap())
            };
            let (one, two) = (make(), make());
            assert!(same(&one.0, &ofd) > least && same(&pdf, &one.1) > least, "{name}");
            assert_eq!(one.0.as_bytes(), two.0.as_bytes(), "{name}");
            assert_eq!(one.1.as_bytes(), two.1.as_bytes(), "{name}");
        }
    }
}

#[test]
fn stretched_spaced_and_turned_words_are_in_the_same_places() {
    use crate::compose::{Sheet, Words};
    use crate::units::Mm;
    let mut draft = described(Draft::new("0", assets()));
    let mut sheet = Sheet::new(Mm(100.0), Mm(80.0));
    let words = |top: f64| Words::new("示例 A1、证书", "song", Mm(5.0)).at(Mm(20.0), Mm(top));
    sheet.words(words(10.0).stretch(0.7)).words(words(20.0).spacing(Mm(1.5)));
    sheet.words(words(60.0).rotation(30.0)).words(words(70.0).rotation(-12.0).stretch(1.3).opacity(0.4));
    sheet.words(words(30.0).advances([6.0, 7.0, 2.0, 3.0, 4.0, 9.0, 5.0]));
    draft.page(sheet);
    assert_eq!(same(&draft.to_pdf(&PdfOptions::default()).unwrap(), &draft.to_ofd().unwrap()), 35);
}

#[test]
fn what_shows_a_field_can_be_read_back_from_both() {
    let draft = described(layout("form").draft(&assets(), &form(2)).unwrap());
    let pdf = draft.to_pdf(&PdfOptions::default()).unwrap().shown_fields().unwrap();
    let ofd = draft.to_ofd().unwrap().shown_fields("urn:eseal:data").unwrap();
    let (pdf, ofd) = (BTreeMap::from_iter(pdf), BTreeMap::from_iter(ofd));
    let address = "示例省示例市示例区示例街道示例路128号3号楼2单元1001室";
    for said in [&pdf, &ofd] {
        assert_eq!(said["address"], address, "on two lines");
        assert_eq!(said["members.0.name"], "王示例");
        assert_eq!(said["members.1.name"], "李示例");
        assert_eq!(said["members.1.work"], "示例市第2中学");
        assert!(!said.contains_key("members.2.name"), "blank rows show nothing: {said:?}");
    }
    // The name is shown twice, in its cell and in the promise.
    assert_eq!((pdf["name"].as_str(), ofd["name"].as_str()), ("张示例张示例", "张示例张示例"));
    assert_eq!(pdf["code"], "11010519491231002X");
    assert_eq!(draft.to_ofd().unwrap().shown_fields("urn:other").unwrap(), []);
}

#[test]
fn names_of_fields_that_xml_cannot_have_come_back() {
    let layout = Layout::from_json(
        r#"{"pages": [{"fixed": [
            {"kind": "text", "box": [20, 20, 80, 8], "field": "证照（副本） 1"},
            {"kind": "text", "box": [20, 40, 80, 8], "field": "_x0041_"},
            {"kind": "text", "box": [20, 60, 80, 8], "field": "1a"}
        ]}]}"#,
    );
    let values = Values::new().text("证照（副本） 1", "甲").text("_x0041_", "乙").text("1a", "丙");
    let draft = described(layout.unwrap().draft(&assets(), &values).unwrap());
    let expected: Vec<_> = [("证照（副本） 1", "甲"), ("_x0041_", "乙"), ("1a", "丙")]
        .map(|(name, said)| (name.to_owned(), said.to_owned()))
        .into();
    assert_eq!(draft.to_ofd().unwrap().shown_fields("urn:eseal:data").unwrap(), expected);
    assert_eq!(draft.to_pdf(&PdfOptions::default()).unwrap().shown_fields().unwrap(), expected);
}

#[test]
fn seal_places_are_found_in_both() {
    let draft = described(layout("licence").draft(&assets(), &licence()).unwrap());
    let (pdf, ofd) = (draft.to_pdf(&PdfOptions::default()).unwrap(), draft.to_ofd().unwrap());
    let (one, other) = (Document::slot(&pdf, "issuer").unwrap(), Document::slot(&ofd, "issuer").unwrap());
    assert!(one.is_field && !other.is_field);
    for (a, b) in [
        (one.area.left, other.area.left),
        (one.area.top, other.area.top),
        (one.area.width, other.area.width),
        (one.area.height, other.area.height),
    ] {
        assert!((a.0 - b.0).abs() < 0.02, "{:?} and {:?}", one.area, other.area);
    }
    assert!((other.area.left.0 - 184.0).abs() < 0.01 && (other.area.width.0 - 42.0).abs() < 0.01);
}

#[test]
fn notes_are_laid_over_both_in_the_same_places() {
    let overlay = Overlay::new("song").watermark(Watermark::new("仅用于示例")).note("加注件：仅用于示例，2026年3月1日");
    let mut anew = described(layout("licence").draft(&assets(), &licence()).unwrap());
    let plain = (anew.to_pdf(&PdfOptions::default()).unwrap(), anew.to_ofd().unwrap());
    let before = same(&plain.0, &plain.1);
    let time = "2026-03-01T00:00:00Z".parse().unwrap();
    let (pdf, ofd) =
        (overlay.on_pdf(&plain.0, &assets()).unwrap(), overlay.on_ofd(&plain.1, &assets(), "示例中心", time).unwrap());
    let added = 5 + "加注件：仅用于示例，2026年3月1日".chars().count();
    assert_eq!(same(&pdf, &ofd), before + added);
    anew.lay_over(&overlay).unwrap();
    assert_eq!(same(&anew.to_pdf(&PdfOptions::default()).unwrap(), &ofd), before + added);
    assert!(pdf.as_bytes().starts_with(&plain.0.as_bytes()), "nothing before is touched");
}
