//! Layouts: what they accept, where things come to stand, how they break over sheets, and what is refused by name.

#![cfg(feature = "compose")]

mod common;

use std::sync::LazyLock;

use common::scene::Scene;
use common::{assert_told, sample};
use eseal::authority::Algorithm;
use eseal::compose::{
    Assets, Block, Canvas, Draft, Element, Fault, Font, Layout, Mark, Overlay, PageMaster, PdfFields, PdfOptions,
    Prepared, SCHEMA, Space, TextBlock, Value, Values, Watermark, Words,
};
use eseal::{Document as _, ErrorKind, Mm, Ofd, Outcome, Payload, Pdf, Verdict};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let font = |name: &str| Font::read(sample(&format!("fonts/{name}")), 0).unwrap();
    Assets::new().font("song", font("FormSong.otf")).font("hei", font("FormHei.otf")).fallback("song")
});

fn layout(json: &Json) -> Layout {
    Layout::from_json(json.to_string()).unwrap()
}

fn fixed(elements: Json) -> Layout {
    layout(&json!({"pages": [{"fixed": elements}]}))
}

fn flow(blocks: Json) -> Layout {
    layout(&json!({"pages": [{"flow": blocks}]}))
}

fn drawn(layout: &Layout, values: &Values) -> Draft {
    let mut draft = layout.draft(&ASSETS, values).unwrap_or_else(|error| panic!("{error}"));
    draft.id("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081").created("2025-03-01T00:00:00Z".parse().unwrap());
    draft
}

#[track_caller]
fn refused(layout: &Layout, values: &Values, kind: ErrorKind, parts: &[&str]) {
    let error = layout.draft(&ASSETS, values).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "\"{part}\" is not in: {error}");
    }
}

/// All words of a page, those of fields too.
fn words(draft: &Draft, page: usize) -> Vec<Words> {
    fn gather(marks: &[Mark], words: &mut Vec<Words>) {
        for mark in marks {
            match mark {
                Mark::Words(one) => words.push(one.clone()),
                Mark::Field(field) => gather(&field.shown, words),
                _ => {}
            }
        }
    }
    let mut all = Vec::new();
    gather(draft.sheets()[page].marks(), &mut all);
    all
}

fn said(draft: &Draft, page: usize) -> String {
    words(draft, page).iter().map(Words::text).collect()
}

/// The lines of a page: what stands on one base line, with its height.
fn lines(draft: &Draft, page: usize) -> Vec<(String, f64)> {
    let mut lines: Vec<(String, f64)> = Vec::new();
    for words in words(draft, page) {
        let y = words.origin().1.0;
        match lines.last_mut().filter(|(_, last)| (*last - y).abs() < 0.01) {
            Some((text, _)) => text.push_str(words.text()),
            None => lines.push((words.text().to_owned(), y)),
        }
    }
    lines
}

#[test]
fn a_text_that_does_not_fit_is_told_by_element_field_and_text() {
    let box_of = |fit: Json| {
        fixed(json!([{"kind": "text", "id": "holder", "box": [20, 20, 30, 6], "field": "CZZT",
                      "style": {"size": 12, "fit": fit}}]))
    };
    let long = Values::new().text("CZZT", "示例市很长很长的单位名称");
    refused(&box_of(json!("error")), &long, ErrorKind::Mismatch, &["\"holder\"", "\"CZZT\"", "示例市很长", "2 lines"]);
    refused(&box_of(json!({"shrink": 10})), &long, ErrorKind::Mismatch, &["10.0 points"]);
    refused(&box_of(json!({"wrap": 1})), &long, ErrorKind::Mismatch, &["1 at most"]);
    // Twelve characters fit 30 mm at 7 points: 12 × 2.47 mm.
    let small = drawn(&box_of(json!({"shrink": 6})), &long);
    let found = words(&small, 0);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!((found[0].em().to_points() - 7.0).abs() < 1e-9, "{:?}", found[0].em());
    assert_eq!(found[0].text(), "示例市很长很长的单位名称", "nothing is cut off");
    // Somebody's number is not told.
    let number = Values::new().text("CZZT", "11010519491231002X11010519491231002X11010519491231002X");
    let error = box_of(json!("error")).draft(&ASSETS, &number).unwrap_err().to_string();
    assert!(error.contains("does not fit") && !error.contains("19491231"), "{error}");
    // What has no break and is wider than its place is told as well: it is never drawn over the edge.
    let narrow = fixed(json!([{"kind": "text", "box": [20, 20, 2, 60], "text": "宽", "style": {"size": 22}}]));
    refused(&narrow, &Values::new(), ErrorKind::Mismatch, &["7.8 mm wide", "2.0 mm"]);
}

#[test]
fn values_that_are_missing_or_of_another_kind_are_named() {
    let one = |element: Json| fixed(json!([element]));
    let text = one(json!({"kind": "text", "id": "t", "box": [20, 20, 100, 8], "text": "姓名：{name}"}));
    refused(&text, &Values::new(), ErrorKind::Mismatch, &["\"t\"", "no value \"name\""]);
    refused(&text, &Values::new().flag("name", true), ErrorKind::Mismatch, &["\"name\"", "yes or no"]);
    refused(&text, &Values::new().list("name", vec![]), ErrorKind::Mismatch, &["a list"]);
    assert_eq!(said(&drawn(&text, &Values::new().text("name", "")), 0), "姓名：");
    let many = Values::new().choices("name", vec!["甲".into(), "乙".into()]);
    assert_eq!(said(&drawn(&text, &many), 0), "姓名：甲、乙");
    let check = one(json!({"kind": "check", "box": [20, 20, 5, 5], "field": "agree"}));
    refused(&check, &Values::new().text("agree", "是"), ErrorKind::Mismatch, &["\"agree\""]);
    let image = one(json!({"kind": "image", "box": [20, 20, 30, 40], "field": "photo", "aspect": "error"}));
    refused(&image, &Values::new().image("photo", b"GIF89a".to_vec()), ErrorKind::Unsupported, &["\"photo\"", "PNG"]);
    let broken = Values::new().image("photo", b"\x89PNG\r\n\x1a\nbroken".to_vec());
    refused(&image, &broken, ErrorKind::Malformed, &["\"photo\""]);
    let square = Values::new().image("photo", sample("pictures/small/rgba.png"));
    refused(&image, &square, ErrorKind::Mismatch, &["\"photo\"", "ratios differ"]);
    let unknown = one(json!({"kind": "image", "box": [20, 20, 30, 40], "asset": "emblem"}));
    refused(&unknown, &Values::new(), ErrorKind::Mismatch, &["\"emblem\""]);
    refused(&text, &Values::new().text("name", "龘"), ErrorKind::Mismatch, &["U+9F98", "\"song\""]);
    refused(&text, &Values::new().text("name", "\u{7}"), ErrorKind::Mismatch, &["U+0007"]);
    refused(&text, &Values::new().text("name", "བོད"), ErrorKind::Unsupported, &["join or stack"]);
    let code = one(json!({"kind": "qr", "id": "q", "box": [20, 20, 30, 30], "text": "{name}"}));
    refused(&code, &Values::new().text("name", "长".repeat(1500)), ErrorKind::Mismatch, &["\"q\"", "4500 bytes"]);
}

#[test]
fn a_character_that_one_font_lacks_is_shown_in_the_fallback() {
    // A font of seal figures knows no Chinese.
    let figures = Font::read(sample("fonts/SealFigures.ttf"), 0).unwrap();
    let assets = ASSETS.clone().font("figures", figures);
    let layout =
        fixed(json!([{"kind": "text", "box": [20, 20, 100, 8], "text": "12示34", "style": {"font": "figures"}}]));
    let draft = layout.draft(&assets, &Values::new()).unwrap();
    let found: Vec<_> =
        words(&draft, 0).iter().map(|one| (one.text().to_owned(), one.font_name().to_owned())).collect();
    let expected = [("12", "figures"), ("示", "song"), ("34", "figures")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn lines_stand_as_they_are_told_to() {
    let at = |align: &str| {
        let layout = fixed(json!([{"kind": "text", "box": [20, 20, 60, 30], "text": "示例市\n公章",
                                   "style": {"size": 20, "align": align, "pitch": 10}}]));
        let draft = drawn(&layout, &Values::new());
        words(&draft, 0).iter().map(|one| one.origin().0.0).collect::<Vec<_>>()
    };
    let em = Mm::from_points(20.0).0;
    let near = |found: Vec<f64>, wanted: [f64; 2]| {
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 0.01), "{found:?}, not {wanted:?}");
    };
    near(at("left"), [20.0, 20.0]);
    near(at("centre"), [50.0 - 1.5 * em, 50.0 - em]);
    near(at("right"), [80.0 - 3.0 * em, 80.0 - 2.0 * em]);
    near(at("distributed"), [20.0, 20.0]);
    // Both lines are paragraphs, so that neither is spread.
    near(at("justify"), [20.0, 20.0]);
    for (valign, wanted) in [("top", 20.0), ("middle", 25.0), ("bottom", 30.0)] {
        let layout = fixed(json!([{"kind": "text", "box": [20, 20, 60, 10.0 + em], "text": "公章",
                                   "style": {"size": 20, "valign": valign}}]));
        let y = words(&drawn(&layout, &Values::new()), 0)[0].origin().1.0;
        assert!((y - wanted - 0.88 * em).abs() < 0.01, "{valign}: {y}");
    }
}

#[test]
fn chinese_prose_is_set_as_it_is_printed() {
    let style = json!({"size": 14, "align": "justify", "indent": 2, "compress": true, "autospace": true});
    let text = "根据《中华人民共和国社会保险法》（2018年修正）、《失业保险条例》等规定，经审核，同意A123456号申请。";
    let draft = drawn(&flow(json!([{"kind": "text", "text": text, "style": style}])), &Values::new());
    let all = lines(&draft, 0);
    assert_eq!(all.iter().map(|(line, _)| line.as_str()).collect::<String>(), text);
    assert!(all.len() >= 2, "{all:?}");
    for (line, _) in &all {
        assert!(!line.starts_with(['，', '。', '、', '）', '》']), "{line}");
        assert!(!line.ends_with(['（', '《']), "{line}");
    }
    let em = Mm::from_points(14.0).0;
    let first = &words(&draft, 0)[0];
    assert!((first.origin().0.0 - 28.0 - 2.0 * em).abs() < 0.01, "two characters of indent");
    let whole: String = all.iter().map(|(line, _)| line.as_str()).collect();
    assert!(whole.contains("A123456"), "{whole}");
    assert!(all.iter().any(|(line, _)| line.contains("A123456")), "a number is not divided: {all:?}");
}

#[test]
fn rows_break_over_sheets_and_their_head_comes_again() {
    let table = json!([{"kind": "table", "id": "list", "columns": [20, 100], "header": 1, "rows": [
        {"height": 10, "cells": [{"text": "序号"}, {"text": "姓名"}]},
        {"height": 10, "repeat": "members", "cells": [{"text": "第{@row}行"}, {"text": "{name}"}]}
    ]}]);
    let members = |count: usize| {
        Values::new()
            .list("members", (0..count).map(|number| Values::new().text("name", format!("甲{number}乙"))).collect())
    };
    // 225 mm hold 22 rows of 10 mm: 21 and the head.
    for (count, pages) in [(0, 1), (21, 1), (22, 2), (42, 2), (43, 3)] {
        let draft = drawn(&flow(table.clone()), &members(count));
        assert_eq!(draft.sheets().len(), pages, "{count}");
        for page in 0..pages {
            assert!(said(&draft, page).starts_with("序号姓名"), "{count}: {}", said(&draft, page));
        }
        let all: String = (0..pages).map(|page| said(&draft, page)).collect();
        for number in 0..count {
            assert_eq!(all.matches(&format!("第{}行甲{number}乙", number + 1)).count(), 1, "row {number} of {count}");
        }
    }
    // Ten thousand are a book, and no harm.
    let draft = drawn(&flow(table.clone()), &members(10_000));
    assert_eq!(draft.sheets().len(), 10_000_usize.div_ceil(21));
    let pdf = draft.to_pdf(&PdfOptions::default()).unwrap();
    assert_eq!(pdf.page_count().unwrap(), draft.sheets().len());
    refused(&flow(table), &members(100_001), ErrorKind::TooLarge, &["\"members\"", "100001"]);
}

#[test]
fn a_cell_beside_a_list_is_named_again_on_the_next_sheet() {
    let table = flow(json!([{"kind": "table", "columns": [20, 100], "rows": [
        {"height": 10, "cells": [{"rows": 2, "text": "成员"}, {"text": "姓名"}]},
        {"height": 10, "repeat": "members", "cells": [{"text": "{name}"}]}
    ]}]));
    let values = Values::new().list("members", vec![Values::new().text("name", "示例"); 30]);
    let draft = drawn(&table, &values);
    assert_eq!(draft.sheets().len(), 2);
    assert!(said(&draft, 0).contains("成员") && said(&draft, 1).contains("成员"));
    // Cells that belong together otherwise stay on one sheet.
    let kept = flow(json!([{"kind": "space", "height": 200}, {"kind": "table", "columns": [20, 100], "rows": [
        {"height": 20, "cells": [{"rows": 2, "text": "照片"}, {"text": "一"}]},
        {"height": 20, "cells": [{"text": "二"}]}
    ]}]));
    let draft = drawn(&kept, &Values::new());
    assert_eq!((said(&draft, 0).as_str(), said(&draft, 1).as_str()), ("", "照片一二"));
    let high =
        flow(json!([{"kind": "table", "id": "high", "columns": [20], "rows": [{"height": 300, "cells": [{}]}]}]));
    refused(&high, &Values::new(), ErrorKind::Mismatch, &["\"high\"", "row 1"]);
}

#[test]
fn paragraphs_do_not_leave_single_lines_and_headings_stay_with_what_they_head() {
    let text = "示例".repeat(200);
    let layout = flow(json!([
        {"kind": "space", "height": 196}, {"kind": "text", "text": "标题", "keep": true, "style": {"pitch": 10}},
        {"kind": "text", "text": "{text}", "style": {"pitch": 10}}
    ]));
    // Below 196 mm two lines fit: the heading and one, which may not stand alone.
    let draft = drawn(&layout, &Values::new().text("text", text.clone()));
    assert_eq!(said(&draft, 0), "", "the heading goes with its text");
    assert_eq!(said(&draft, 1), format!("标题{text}"));
    let prose =
        flow(json!([{"kind": "space", "height": 190}, {"kind": "text", "text": "{text}", "style": {"pitch": 10}}]));
    let draft = drawn(&prose, &Values::new().text("text", text));
    let counts = (lines(&draft, 0).len(), lines(&draft, 1).len());
    assert!(counts.0 >= 2 && counts.1 >= 2, "{counts:?}");
}

#[test]
fn pages_are_numbered_and_what_runs_is_where_it_belongs() {
    let running =
        |on: &str, text: &str| json!({"on": on, "elements": [{"kind": "text", "box": [20, 10, 100, 8], "text": text}]});
    let layout = layout(&json!({
        "every": [running("all", "{@page}/{@pages}"), running("first", "首"), running("rest", "余"),
                  running("last", "末"), running("odd", "奇"), running("even", "偶")],
        "pages": [{"flow": [{"kind": "break"}, {"kind": "break"}]}, {"page": {"paper": "A5", "orientation": "landscape"}}]
    }));
    let draft = drawn(&layout, &Values::new());
    let said: Vec<_> = (0..4).map(|page| said(&draft, page)).collect();
    assert_eq!(said, ["1/4首奇", "2/4余偶", "3/4余奇", "4/4余末偶"]);
    assert_eq!(draft.sheets()[3].size(), (Mm(210.0), Mm(148.0)));
    refused(&flow(json!([{"kind": "text", "text": "{@page}"}])), &Values::new(), ErrorKind::Malformed, &["\"fixed\""]);
}

#[test]
fn what_is_hidden_is_left_out_with_all_that_is_in_it() {
    let layout = layout(&json!({"pages": [
        {"id": "front", "flow": [
            {"kind": "text", "id": "a", "text": "甲"},
            {"kind": "table", "columns": [30, 30], "rows": [
                {"id": "r", "cells": [{"text": "乙{missing}", "columns": 2}]},
                {"repeat": "list", "id": "each", "cells": [{"text": "{x}"}, {"id": "c", "text": "丙"}]}]},
            {"kind": "repeat", "list": "list", "blocks": [{"kind": "text", "id": "b", "text": "丁{x}"}]}
        ]},
        {"id": "back", "fixed": [{"kind": "text", "box": [20, 20, 50, 8], "text": "戊"}]}
    ]}));
    let row = |x: &str| Values::new().text("x", x);
    let list = vec![row("1").hide("c"), row("2").hide("each"), row("3").hide("b")];
    let values = Values::new().list("list", list).hide("r").hide("a");
    let draft = drawn(&layout, &values);
    assert_eq!((said(&draft, 0).as_str(), said(&draft, 1).as_str()), ("13丙丁1丁2", "戊"));
    assert_eq!(drawn(&layout, &values.clone().hide("back")).sheets().len(), 1);
    refused(&layout, &values.hide("front").hide("back"), ErrorKind::Mismatch, &["hidden"]);
}

#[test]
fn a_layout_is_checked_against_the_fields() {
    let layout = layout(&json!({
        "styles": {"a": {"base": "b"}, "b": {"base": "a"}},
        "pages": [{"fixed": [
            {"kind": "text", "id": "one", "box": [20, 20, 100, 8], "text": "{name} {nmae}"},
            {"kind": "text", "box": [20, 30, 100, 8], "text": "甲", "style": "lost"},
            {"kind": "seal", "name": "issuer", "box": [20, 20, 42, 42]},
            {"kind": "seal", "name": "issuer", "box": [80, 20, 42, 42]},
            {"kind": "text", "box": [20, 30, -1, 8], "text": "甲"},
            {"kind": "image", "box": [20, 20, 42, 42]}
        ], "flow": [
            {"kind": "table", "columns": [20, 20], "rows": [
                {"cells": [{"text": "甲"}]},
                {"repeat": "members", "cells": [{"text": "{name}"}, {"text": "{born} {city}"}]}
            ]},
            {"kind": "repeat", "list": "nothing", "blocks": [
                {"kind": "canvas", "height": 50, "elements": [{"kind": "seal", "name": "own", "box": [0, 0, 42, 42]}]}]}
        ]}]
    }));
    let faults = layout.check(&["name", "members", "members.name", "members.born", "city", "unused"]);
    let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let wanted = [
        "\"unused\" nowhere",
        "asks for \"nmae\"",
        "asks for \"nothing\"",
        "builds on itself",
        "no style is called \"lost\"",
        "two seals are called \"issuer\"",
        "with sides above nought",
        "one of \"field\" and \"asset\"",
        "do not fill the columns",
        "stands in what repeats",
    ];
    for part in wanted {
        assert!(told.iter().any(|told| told.contains(part)), "\"{part}\" was not told: {told:#?}");
    }
    assert!(faults.contains(&Fault::NotShown { field: "unused".into() }));
    let named =
        |field: &str| faults.iter().any(|fault| matches!(fault, Fault::NotShown { field: own } if own == field));
    assert!(!named("city") && !named("members.born") && !named("members"), "{told:#?}");
    let good = fixed(json!([{"kind": "text", "box": [20, 20, 100, 8], "text": "{name}{?agree}"}]));
    assert_eq!(good.check(&["name", "agree"]), []);
}

#[test]
fn hostile_layouts_are_refused_in_time() {
    for (bad, part) in [
        ("", "no JSON object"),
        ("[]", "no JSON object"),
        (r#"{"pages": [], "pags": []}"#, "pags"),
        (r#"{"pages": [{"fixed": [{"kind": "text", "box": [0, 0, 1]}]}]}"#, "length"),
        (r#"{"pages": [{"fixed": [{"kind": "script"}]}]}"#, "script"),
        (r##"{"style": {"colour": "#GG0000"}}"##, "#GG0000"),
        (r#"{"style": {"size": "特大"}}"#, "特大"),
        (r#"{"style": {"fit": "cut"}}"#, "not cut"),
        (r#"{"style": "#, "EOF"),
    ] {
        let error = Layout::from_json(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains(part), "{error}");
    }
    let nested = |depth: usize| {
        let open = r#"{"kind":"table","columns":[90],"rows":[{"cells":[{"elements":["#.repeat(depth);
        let open = open.replacen("\"kind\":\"table\",", "\"kind\":\"table\",\"box\":[0,0,90,200],", depth);
        format!("{{\"pages\":[{{\"fixed\":[{open}{}]}}]}}", "]}]}]}".repeat(depth))
    };
    assert_eq!(Layout::from_json(nested(10_000)).unwrap_err().kind(), ErrorKind::Malformed, "too deep for JSON");
    let deep = Layout::from_json(nested(15)).unwrap();
    refused(&deep, &Values::new(), ErrorKind::TooLarge, &["deep"]);
    // What code can build and JSON cannot.
    let text = |area: [f64; 4]| Layout {
        pages: vec![PageMaster {
            fixed: vec![Element::Text(TextBlock { area: Some(area), text: "甲".into(), ..TextBlock::default() })],
            ..PageMaster::default()
        }],
        ..Layout::default()
    };
    for number in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        refused(&text([number, 0.0, 10.0, 10.0]), &Values::new(), ErrorKind::Malformed, &["pages[0].fixed[0]"]);
        refused(&text([0.0, 0.0, 10.0, number]), &Values::new(), ErrorKind::Malformed, &["pages[0].fixed[0]"]);
        let flow = vec![Block::Space(Space { height: number })];
        let space = Layout { pages: vec![PageMaster { flow, ..PageMaster::default() }], ..Layout::default() };
        refused(&space, &Values::new(), ErrorKind::Malformed, &["pages[0].flow[0]"]);
        let flow = vec![Block::Canvas(Canvas { height: number, ..Canvas::default() })];
        let canvas = Layout { pages: vec![PageMaster { flow, ..PageMaster::default() }], ..Layout::default() };
        refused(&canvas, &Values::new(), ErrorKind::Malformed, &["pages[0].flow[0]"]);
    }
    let breaks = vec![Block::Break; 20_000];
    let many = Layout { pages: vec![PageMaster { flow: breaks, ..PageMaster::default() }], ..Layout::default() };
    refused(&many, &Values::new(), ErrorKind::TooLarge, &["sheets"]);
    refused(&Layout::default(), &Values::new(), ErrorKind::Malformed, &["at least one page"]);
    let paper = layout(&json!({"page": {"paper": {"width": 1e9, "height": 1}}, "pages": [{}]}));
    refused(&paper, &Values::new(), ErrorKind::Malformed, &["paper"]);
    let margins = json!({"page": {"margins": {"top": 200, "right": 0, "bottom": 100, "left": 0}}, "pages": [{"flow": [{"kind": "break"}]}]});
    refused(&layout(&margins), &Values::new(), ErrorKind::Malformed, &["no room"]);
    // Lists within lists multiply.
    let inner = Values::new().list("b", vec![Values::new(); 1000]);
    let outer = Values::new().list("a", vec![inner; 1000]);
    let squared = flow(json!([{"kind": "repeat", "list": "a", "blocks": [
        {"kind": "repeat", "list": "b", "blocks": [{"kind": "space", "height": 0}]}]}]));
    refused(&squared, &outer, ErrorKind::TooLarge, &["blocks"]);
}

/// Whether a value is of a schema: the keywords that ours uses.
fn is_of(schema: &Json, value: &Json, root: &Json) -> bool {
    let of = |name: &str| schema.get(name);
    if let Some(reference) = of("$ref").and_then(Json::as_str) {
        return is_of(&root["$defs"][reference.rsplit('/').next().unwrap()], value, root);
    }
    if let Some(any) = of("anyOf") {
        return any.as_array().unwrap().iter().any(|one| is_of(one, value, root));
    }
    let number = value.as_f64();
    let fits_type = match of("type").and_then(Json::as_str) {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some(other) => panic!("{other}"),
    };
    let in_range = of("minimum").and_then(Json::as_f64).is_none_or(|least| number.is_none_or(|number| number >= least))
        && of("maximum").and_then(Json::as_f64).is_none_or(|most| number.is_none_or(|number| number <= most));
    let is_one = of("enum").is_none_or(|list| list.as_array().unwrap().contains(value))
        && of("const").is_none_or(|one| one == value);
    let matches = of("pattern").is_none_or(|pattern| {
        assert_eq!(pattern, "^#[0-9A-Fa-f]{6}$");
        value.as_str().is_some_and(|text| text.parse::<eseal::compose::Colour>().is_ok())
    });
    let is_long = of("minLength").is_none_or(|_| value.as_str().is_some_and(|text| !text.is_empty()));
    let items = value.as_array().is_none_or(|items| {
        let count = items.len() as u64;
        of("minItems").and_then(Json::as_u64).is_none_or(|least| count >= least)
            && of("maxItems").and_then(Json::as_u64).is_none_or(|most| count <= most)
            && of("items").is_none_or(|schema| items.iter().all(|item| is_of(schema, item, root)))
    });
    let entries = value.as_object().is_none_or(|entries| {
        let known = |name: &str| of("properties").and_then(|properties| properties.get(name));
        let required = of("required").and_then(Json::as_array).cloned().unwrap_or_default();
        required.iter().all(|name| entries.contains_key(name.as_str().unwrap()))
            && entries.iter().all(|(name, value)| match (known(name), of("additionalProperties")) {
                (Some(schema), _) => is_of(schema, value, root),
                (None, Some(Json::Bool(false))) => false,
                (None, Some(schema)) => is_of(schema, value, root),
                (None, None) => true,
            })
    });
    fits_type && in_range && is_one && matches && is_long && items && entries
}

#[test]
fn the_schema_says_what_the_reader_accepts() {
    let schema: Json = serde_json::from_str(SCHEMA).unwrap();
    for name in ["licence", "form"] {
        let json: Json = serde_json::from_slice(&sample(&format!("layouts/{name}.json"))).unwrap();
        assert!(is_of(&schema, &json, &schema), "{name}");
        // What is written back is of the schema too, and the same layout.
        let layout = Layout::from_json(json.to_string()).unwrap();
        let written = serde_json::to_value(&layout).unwrap();
        assert!(is_of(&schema, &written, &schema), "{name}: {written}");
        assert_eq!(Layout::from_json(written.to_string()).unwrap(), layout);
    }
    let element = |element: Json| json!({"pages": [{"fixed": [element]}]});
    let block = |block: Json| json!({"pages": [{"flow": [block]}]});
    let area = json!([0, 0, 10, 10]);
    let good = [
        element(
            json!({"kind": "text", "id": "a", "box": area, "text": "甲", "runs": [{"text": "乙", "style": "s"}], "field": "f",
            "style": {"base": "s", "font": "song", "size": "三号", "colour": "#FF0000", "opacity": 0.5, "align": "justify", "valign": "middle",
            "indent": 2, "pitch": 8, "spacing": 0.2, "stretch": 0.9, "fit": {"wrap": 2, "shrink": 8}, "compress": true, "autospace": false},
            "entry": {"kind": "choice", "label": "甲", "required": true, "read_only": false, "most": 8, "options": ["甲"]}}),
        ),
        element(json!({"kind": "image", "box": area, "asset": "a", "aspect": "stretch"})),
        element(json!({"kind": "qr", "box": area, "text": "{a}", "level": "H", "quiet": 2, "colour": "#000000"})),
        element(json!({"kind": "line", "from": [0, 0], "to": [9, 9], "width": 0.3, "dash": [1, 2]})),
        element(json!({"kind": "frame", "box": area, "lines": [{"width": 1, "inset": 2}], "fill": "#FFFFFF"})),
        element(json!({"kind": "check", "box": area, "field": "f", "equals": "甲"})),
        element(json!({"kind": "path", "data": "M 0 0 L 1 1 Z", "fill": "#000000", "stroke": "#000000", "width": 1})),
        element(json!({"kind": "seal", "name": "s", "box": area})),
        block(json!({"kind": "canvas", "height": 10, "elements": [], "keep": true})),
        block(json!({"kind": "repeat", "list": "l", "blocks": [{"kind": "break"}]})),
        block(json!({"kind": "space", "height": 1})),
        block(
            json!({"kind": "table", "columns": [1], "header": 1, "borders": {"outer": 1, "inner": 0, "colour": "#000000"}, "padding": [1, 1],
            "rows": [{"height": 5, "fixed": true, "repeat": "l", "least": 3, "cells": [{"columns": 1, "rows": 1, "fill": "#EEEEEE", "borders": [0, 0, 0, 0], "elements": []}]}]}),
        ),
        json!({"page": {"paper": {"width": 100, "height": 50}, "orientation": "landscape"}, "watermark": {"text": "甲", "repeat": [50, 40]}, "pages": [{"flow_from": 50}]}),
    ];
    for json in &good {
        assert!(is_of(&schema, json, &schema), "{json}");
        Layout::from_json(json.to_string()).unwrap_or_else(|error| panic!("{error}: {json}"));
    }
    let bad = [
        element(json!({"kind": "text", "colour": "#000000"})),
        element(json!({"kind": "line", "from": [0, 0]})),
        element(json!({"kind": "qr", "box": area})),
        element(json!({"kind": "qr", "text": "a", "level": "X"})),
        element(json!({"kind": "break"})),
        element(json!({"kind": "seal", "box": area})),
        block(json!({"kind": "seal", "name": "s"})),
        block(json!({"kind": "table", "columns": [1], "rows": [{"cell": []}]})),
        json!({"style": {"fit": {"cut": true}}}),
        json!({"style": {"align": "center"}}),
        json!({"page": {"paper": "Letter"}}),
        json!({"every": [{"on": "never"}]}),
    ];
    for json in &bad {
        assert!(!is_of(&schema, json, &schema), "{json}");
        Layout::from_json(json.to_string()).expect_err(&json.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever is set stands within its box, whole and in order; what cannot is an error.
    #[test]
    fn text_stays_in_its_box(
        text in "[示例市民政务（）《》，。、；：“”A-Za-z0-9 .\\-]{0,120}",
        width in 3.0_f64..120.0,
        height in 3.0_f64..60.0,
        size in 5.0_f64..30.0,
        align in prop::sample::select(vec!["left", "centre", "right", "justify", "distributed"]),
        indent in 0.0_f64..3.0,
        compress: bool,
        autospace: bool,
        spacing in -0.2_f64..1.0,
        shrink in prop::option::of(4.0_f64..8.0),
    ) {
        let mut style = json!({"size": size, "align": align, "indent": indent, "compress": compress,
                               "autospace": autospace, "spacing": spacing});
        if let Some(least) = shrink {
            style["fit"] = json!({"shrink": least.min(size)});
        }
        let layout = fixed(json!([{"kind": "text", "box": [10, 10, width, height], "field": "t", "style": style}]));
        let values = Values::new().text("t", text.clone());
        match layout.draft(&ASSETS, &values) {
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Mismatch),
            Ok(draft) => {
                let all = words(&draft, 0);
                let shown: String = all.iter().map(Words::text).collect();
                let plain = |text: &str| text.chars().filter(|one| !one.is_whitespace()).collect::<String>();
                prop_assert_eq!(plain(&shown), plain(&text));
                for one in &all {
                    let (x, y) = one.origin();
                    let em = one.em().0;
                    prop_assert!(x.0 >= 10.0 - 0.01, "{:?}", one);
                    prop_assert!(y.0 - 0.88 * em >= 10.0 - 0.02 && y.0 + 0.12 * em <= 10.0 + height + 0.02, "{:?}", one);
                    // An ideograph takes its em.
                    let last = one.text().chars().last().unwrap_or(' ');
                    let wide = if "示例市民政务".contains(last) { em } else { 0.0 };
                    let end = one.last_origin().0 + wide;
                    prop_assert!(end <= 10.0 + width + 0.02, "{} > {}: {:?}", end, 10.0 + width, one);
                }
            }
        }
    }
}

#[test]
fn fields_are_drawn_or_filled_in_as_it_is_asked() {
    let layout = fixed(json!([
        {"kind": "text", "box": [20, 20, 60, 8], "field": "name", "entry": {"label": "姓名", "required": true, "most": 20}},
        {"kind": "text", "box": [20, 30, 60, 8], "field": "city", "entry": {"kind": "choice", "options": ["甲市", "乙市"]}},
        {"kind": "text", "box": [20, 40, 60, 8], "text": "{?sex=男}男 {?sex=女}女"},
        {"kind": "text", "box": [20, 50, 60, 8], "text": "{?kinds=甲}甲 {?kinds=乙}乙"},
        {"kind": "check", "box": [20, 60, 5, 5], "field": "agree"},
        {"kind": "seal", "name": "issuer", "box": [100, 200, 42, 42]}
    ]));
    let values = Values::new().text("name", "张示例").text("city", "乙市").text("sex", "女");
    let values = values.with("kinds", Value::Choices(vec!["甲".into()])).flag("agree", true);
    let draft = drawn(&layout, &values);
    let plain = draft.to_pdf(&PdfOptions::default()).unwrap();
    let names = |pdf: &Pdf| pdf.form_fields().unwrap().into_iter().map(|field| field.name).collect::<Vec<_>>();
    assert_eq!(names(&plain), ["issuer"]);
    let mut options = PdfOptions::default();
    options.fields = PdfFields::Interactive;
    let form = draft.to_pdf(&options).unwrap();
    let fields = form.form_fields().unwrap();
    let of =
        |name: &str| fields.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("{name}: {fields:?}"));
    assert_eq!(of("name").values, ["张示例"]);
    assert!(of("name").required && of("name").max_length == Some(20) && of("name").tool_tip.as_deref() == Some("姓名"));
    assert_eq!((of("city").values.as_slice(), of("city").options.len()), (&["乙市".to_owned()][..], 2));
    assert_eq!((of("sex").values.as_slice(), of("sex").widgets.len()), (&["女".to_owned()][..], 2));
    assert_eq!((of("kinds.甲").values.len(), of("kinds.乙").values.len(), of("agree").values.len()), (1, 0, 1));
}

fn licence(room: bool) -> Draft {
    let layout = fixed(json!([
        {"kind": "text", "box": [20, 20, 100, 10], "text": "示例证书"},
        {"kind": "seal", "name": "issuer", "box": [100, 200, 42, 42]}
    ]));
    let mut draft = drawn(&layout, &Values::new());
    if room {
        draft.keep_room();
    }
    draft
}

fn note() -> Overlay {
    Overlay::new("song").watermark(Watermark::new("仅用于示例")).note("加注件：仅用于示例，2025年3月1日")
}

#[test]
fn a_note_over_a_sealed_original_leaves_its_seal_good() {
    for algorithm in [Algorithm::Sm2, Algorithm::P256] {
        let scene = Scene::new(algorithm);
        let seal = |pdf: &Pdf| {
            scene
                .stamp()
                .payload(Payload::SealSignature)
                .at(eseal::Place::slot("issuer"))
                .apply(pdf, &scene.by())
                .unwrap()
        };
        let sealed = seal(&licence(true).to_pdf(&PdfOptions::default()).unwrap());
        let copy = note().on_pdf(&sealed, &ASSETS).unwrap();
        assert!(copy.as_bytes().starts_with(&sealed.as_bytes()));
        let report = scene.verifier().document(&copy, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{report:#?}");
        let findings = &report.signatures()[0].checks;
        assert_told("a note", findings, "document.changes", Outcome::Pass, "1 revision followed");
        // A copy of a copy is refused, and so is a note where no room was kept.
        assert_eq!(note().on_pdf(&copy, &ASSETS).unwrap_err().kind(), ErrorKind::NotAllowed);
        let bare = seal(&licence(false).to_pdf(&PdfOptions::default()).unwrap());
        let error = note().on_pdf(&bare, &ASSETS).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        assert!(error.to_string().contains("keeps no room"), "{error}");
        // Whoever makes the copy can seal it as well.
        let twice = scene.stamp().payload(Payload::SealSignature).on(eseal::Page(1), Mm(20.0), Mm(60.0));
        let twice = twice.apply(&copy, &scene.by()).unwrap();
        assert_eq!(scene.verifier().document(&twice, scene.now).unwrap().verdict(), Verdict::Valid);
    }
}

#[test]
fn a_note_over_a_sealed_package_is_refused() {
    let scene = Scene::new(Algorithm::Sm2);
    let plain: Ofd = licence(false).to_ofd().unwrap();
    let noted = note().on_ofd(&plain, &ASSETS, "示例中心", scene.now).unwrap();
    let again = note().on_ofd(&noted, &ASSETS, "示例中心", scene.now).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Unsupported);
    let place = eseal::Place::slot("issuer");
    let sealed = scene.stamp().at(place).apply(&noted, &scene.by()).unwrap();
    assert_eq!(scene.verifier().document(&sealed, scene.now).unwrap().verdict(), Verdict::Valid);
    let error = note().on_ofd(&sealed, &ASSETS, "示例中心", scene.now).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("protects all files"), "{error}");
}

#[test]
fn prepared_layouts_make_small_documents_alike() {
    let layout = Layout::from_json(sample("layouts/form.json")).unwrap();
    let font = |name: &str| Font::read(sample(&format!("fonts/{name}")), 0).unwrap();
    let assets = ASSETS.clone().font("kai", font("FormKai.ttf"));
    let prepared = Prepared::new(&layout, &assets).unwrap();
    let values = |name: &str| {
        let texts = ["date", "sex", "nation", "born", "code", "address"];
        let all = texts.iter().fold(Values::new().text("name", name), |all, field| all.text(*field, "甲"));
        all.choices("kinds", vec![])
            .flag("agree", false)
            .image("photo", sample("layouts/photo.jpg"))
            .list("members", vec![])
    };
    for name in ["张三", "鑫淼"] {
        let mut draft = prepared.draft(&values(name)).unwrap();
        draft.id("1").created("2025-03-01T00:00:00Z".parse().unwrap());
        let (pdf, ofd) = (draft.to_pdf(&PdfOptions::default()).unwrap(), draft.to_ofd().unwrap());
        assert!(pdf.len() < 100_000 && ofd.len() < 100_000, "{} and {} bytes", pdf.len(), ofd.len());
    }
}
