//! Forms that others made: their fields are listed, filled in, drawn and flattened, before and after a stamp.

#![cfg(feature = "compose")]

mod common;

use common::scene::{Scene, algorithms};
use common::{Numbers, all_findings, assert_judged, sample};
use eseal::pdf::{FieldValue, Font};
use eseal::{ErrorKind, FieldKind, FormField, Mm, Page, Payload, Pdf, Verdict};

fn form(name: &str) -> Pdf {
    Pdf::read(sample(&format!("forms/{name}"))).unwrap()
}

fn song() -> Font {
    Font::read(sample("letters/LetterSong-subset.otf"), 0).unwrap()
}

fn fields(pdf: &Pdf) -> Vec<FormField> {
    pdf.form_fields().unwrap()
}

fn field(pdf: &Pdf, name: &str) -> FormField {
    let found = fields(pdf).into_iter().find(|field| field.name == name);
    found.unwrap_or_else(|| {
        panic!("no field {name} in {:?}", fields(pdf).iter().map(|one| &one.name).collect::<Vec<_>>())
    })
}

fn values(pdf: &Pdf, name: &str) -> Vec<String> {
    field(pdf, name).values
}

fn bytes(pdf: &Pdf) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.write_to(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn fill(pdf: &Pdf, wanted: &[(&str, FieldValue)]) -> Pdf {
    let filled = pdf.fill(wanted, &song()).unwrap();
    // Nothing that was there is touched, and what was written can be read as every other file.
    let (before, after) = (bytes(pdf), bytes(&filled));
    assert!(after.starts_with(&before));
    Pdf::read(after).unwrap()
}

#[track_caller]
fn refused(pdf: &Pdf, name: &str, value: impl Into<FieldValue>, kind: ErrorKind, part: &str) {
    let error = pdf.fill(&[(name, value.into())], &song()).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    let text = error.to_string();
    assert!(text.contains(part) && text.contains(&format!("\"{name}\"")), "{text}");
}

#[test]
fn fields_are_listed_with_all_that_they_say() {
    let pdf = form("reportlab.pdf");
    let names: Vec<_> = fields(&pdf).into_iter().map(|field| (field.name, field.kind)).collect();
    assert_eq!(names.len(), 14, "{names:?}");
    let one = field(&pdf, "text_solid");
    assert_eq!((one.kind, one.tool_tip.as_deref()), (FieldKind::Text, Some("solid")));
    let area = one.widgets[0].area.unwrap();
    assert!((area.left.to_points() - 20.0).abs() < 0.01 && (area.top.to_points() - 20.0).abs() < 0.01, "{area}");
    assert!((area.width.to_points() - 150.0).abs() < 0.01 && area.page == Page(1));
    assert_eq!(field(&pdf, "limited").max_length, Some(5));
    assert!(field(&pdf, "long").multiple && field(&pdf, "fixed").read_only);
    assert_eq!(values(&pdf, "fixed"), ["fixed"]);
    assert_eq!(field(&pdf, "secret").kind, FieldKind::Password);
    let kind = field(&pdf, "kind");
    assert_eq!((kind.kind, kind.values), (FieldKind::Radio, vec!["first".to_owned()]));
    let of: Vec<_> = kind.widgets.iter().map(|widget| widget.value.clone().unwrap()).collect();
    assert_eq!(of, ["first", "second", "third"]);
    assert_eq!(values(&pdf, "crossed"), ["Yes"]);
    assert!(values(&pdf, "agreed").is_empty());
    let list = field(&pdf, "uses");
    assert_eq!((list.kind, list.multiple), (FieldKind::List, true));
    assert_eq!(list.options.iter().map(|one| one.shown.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
}

/// Inherited entries, values in `/Opt`, names that are not ASCII, turned pages.
#[test]
fn odd_forms_are_listed_too() {
    let pdf = form("undrawn.pdf");
    let one = field(&pdf, "人.name");
    assert_eq!((one.kind, one.values, one.widgets[0].drawn), (FieldKind::Text, vec!["old".into()], false));
    assert_eq!(field(&pdf, "twice").widgets.len(), 2);
    assert_eq!(field(&pdf, "push").kind, FieldKind::PushButton);
    let pdf = form("options.pdf");
    assert_eq!(values(&pdf, "sex"), ["男"]);
    let shown = |name: &str| field(&pdf, name).options.into_iter().map(|one| one.value).collect::<Vec<_>>();
    assert_eq!(shown("sex"), ["男", "女"]);
    assert_eq!(shown("named"), ["是", "否 #"]);
    assert_eq!((shown("unison"), shown("list")), (vec!["On".into()], vec!["1".into(), "2".into(), "3".into()]));
    let pdf = form("mupdf.pdf");
    let area = field(&pdf, "name").widgets[0].area.unwrap();
    let (width, height) = pdf.page_size(Page(1)).unwrap();
    assert!(width.0 < height.0, "the page is turned");
    assert!(area.height.0 > area.width.0, "and so is what stands on it: {area}");
}

#[test]
fn text_is_filled_in_and_drawn() {
    let pdf = form("reportlab.pdf");
    let long = "电子印章应用，应当端正。\n电子印章";
    let filled = fill(
        &pdf,
        &[
            ("text_solid", "电子印章".into()),
            ("text_dashed", "示例市人民政府".into()),
            ("text_inset", "012".into()),
            ("text_bevelled", "电子".into()),
            ("text_underlined", "印章".into()),
            ("limited", "12345".into()),
            ("long", long.into()),
        ],
    );
    assert_eq!(values(&filled, "text_solid"), ["电子印章"]);
    assert_eq!(values(&filled, "long"), [long]);
    assert_eq!(values(&filled, "limited"), ["12345"]);
    let again = fill(&filled, &[("text_solid", "".into()), ("limited", "0".into())]);
    assert_eq!(values(&again, "text_solid"), [""]);
    assert_eq!(values(&again, "limited"), ["0"]);
    assert_eq!(bytes(&filled), bytes(&pdf_again(&pdf, long)), "the same values give the same bytes");
}

fn pdf_again(pdf: &Pdf, long: &str) -> Pdf {
    let wanted: Vec<(&str, FieldValue)> = vec![
        ("text_solid", "电子印章".into()),
        ("text_dashed", "示例市人民政府".into()),
        ("text_inset", "012".into()),
        ("text_bevelled", "电子".into()),
        ("text_underlined", "印章".into()),
        ("limited", "12345".into()),
        ("long", long.into()),
    ];
    pdf.fill(&wanted, &song()).unwrap()
}

#[test]
fn buttons_and_lists_take_their_values() {
    let pdf = form("reportlab.pdf");
    let several = FieldValue::Several(vec!["c".into(), "1".into()]);
    let wanted = [
        ("agreed", true.into()),
        ("crossed", false.into()),
        ("kind", "third".into()),
        ("use", "3".into()),
        ("uses", several),
    ];
    let filled = fill(&pdf, &wanted);
    assert_eq!(values(&filled, "agreed"), ["Yes"]);
    assert!(values(&filled, "crossed").is_empty());
    assert_eq!(values(&filled, "kind"), ["third"]);
    assert_eq!((values(&filled, "use"), values(&filled, "uses")), (vec!["c".into()], vec!["a".into(), "c".into()]));
    let pdf = form("options.pdf");
    let filled =
        fill(&pdf, &[("sex", "女".into()), ("named", "否 #".into()), ("unison", true.into()), ("list", "三".into())]);
    assert_eq!(values(&filled, "sex"), ["女"]);
    assert_eq!(values(&filled, "named"), ["否 #"]);
    assert_eq!((values(&filled, "unison"), values(&filled, "list")), (vec!["On".into()], vec!["3".into()]));
    let off = fill(&filled, &[("sex", false.into()), ("unison", "Off".into())]);
    assert!(values(&off, "sex").is_empty() && values(&off, "unison").is_empty());
}

#[test]
fn what_a_field_does_not_take_is_refused_by_name() {
    let pdf = form("reportlab.pdf");
    refused(&pdf, "nobody", "电子", ErrorKind::Mismatch, "has no field");
    refused(&pdf, "fixed", "电子", ErrorKind::NotAllowed, "read-only");
    refused(&pdf, "secret", "电子", ErrorKind::NotAllowed, "password");
    refused(&pdf, "limited", "123456", ErrorKind::Mismatch, "6 characters, and the field takes 5");
    refused(&pdf, "text_solid", "电子\n印章", ErrorKind::Mismatch, "several lines");
    refused(&pdf, "text_solid", "电\u{7}子", ErrorKind::Mismatch, "U+0007");
    refused(&pdf, "text_solid", "龘", ErrorKind::Mismatch, "U+9F98");
    refused(&pdf, "text_solid", "电子印章".repeat(20).as_str(), ErrorKind::Mismatch, "does not fit");
    refused(&pdf, "long", "电子印章".repeat(200).as_str(), ErrorKind::Mismatch, "does not fit");
    refused(&pdf, "text_solid", true, ErrorKind::Mismatch, "takes a text");
    refused(&pdf, "kind", "fourth", ErrorKind::Mismatch, "\"first\", \"second\", \"third\"");
    refused(&pdf, "kind", true, ErrorKind::Mismatch, "several buttons");
    refused(&pdf, "agreed", "No", ErrorKind::Mismatch, "none of its values");
    refused(&pdf, "use", "d", ErrorKind::Mismatch, "none of its options");
    refused(&pdf, "use", vec!["a".to_owned(), "b".to_owned()], ErrorKind::Mismatch, "it takes one");
    let twice = pdf.fill(&[("long", "电".into()), ("long", "子".into())], &song()).unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::Misuse);
    refused(&form("undrawn.pdf"), "push", "01", ErrorKind::NotAllowed, "no value");
    refused(&form("inherited.pdf"), "group.seal", "电子", ErrorKind::NotAllowed, "signature field");
    // A text that shrinks is not refused: five points are the least.
    fill(&pdf, &[("text_solid", "电子印章".repeat(7).as_str().into())]);
}

/// A form that tells readers to draw it is drawn, and does not tell them any more.
#[test]
fn what_nobody_drew_is_drawn() {
    let pdf = form("undrawn.pdf");
    let error = pdf.fill(&[("人.name", "电子印章".into())], &song()).unwrap_err();
    assert!(error.to_string().contains("\"rich\""), "its old text is drawn too, which this font cannot: {error}");
    let wanted: Vec<(&str, FieldValue)> = vec![
        ("人.name", "电子印章".into()),
        ("twice", "012".into()),
        ("rich", "印章".into()),
        ("turned", "电子".into()),
        ("box", true.into()),
    ];
    let filled = fill(&pdf, &wanted);
    assert_eq!((values(&filled, "rich"), values(&filled, "box")), (vec!["印章".into()], vec!["Yes".into()]));
    assert!(fields(&filled).iter().flat_map(|one| &one.widgets).all(|one| one.drawn));
    assert!(is_redrawn(&pdf) && !is_redrawn(&filled));
    assert_eq!(bytes(&filled.draw_missing(&song()).unwrap()), bytes(&filled));
    let error = pdf.draw_missing(&song()).unwrap_err();
    assert!(error.to_string().contains("\"人.name\""), "it says \"old\": {error}");
    let nothing = form("options.pdf");
    assert_eq!(bytes(&nothing.draw_missing(&song()).unwrap()), bytes(&nothing), "all of it is drawn");
}

/// Whether readers are told to draw, by what the survey for signatories says.
fn is_redrawn(pdf: &Pdf) -> bool {
    pdf.suspicions().unwrap().iter().any(|finding| finding.detail.contains("NeedAppearances"))
}

#[test]
fn broken_forms_are_told() {
    let error = form("cyclic.pdf").form_fields().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("twice"), "{error}");
    let error = form("kid-is-a-number.pdf").form_fields().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("/Kids"), "{error}");
    for broken in ["cyclic.pdf", "kid-is-a-number.pdf"] {
        assert_eq!(form(broken).fill(&[("a", "电子".into())], &song()).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(form(broken).flatten().unwrap_err().kind(), ErrorKind::Malformed);
    }
    let xfa = form("xfa.pdf");
    let error = xfa.fill(&[("name", "电子".into())], &song()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("without_xfa"), "{error}");
    let plain = xfa.without_xfa().unwrap();
    assert_eq!(values(&fill(&plain, &[("name", "电子".into())]), "name"), ["电子"]);
    assert_eq!(bytes(&plain.without_xfa().unwrap()), bytes(&plain));
    let none = Pdf::read(sample("letters/single.pdf")).unwrap();
    assert!(fields(&none).is_empty());
    assert_eq!(none.fill(&[("a", "电".into())], &song()).unwrap_err().kind(), ErrorKind::NotAllowed);
}

#[test]
fn flattened_fields_are_gone_and_still_seen() {
    let pdf = form("inherited.pdf");
    let flat = Pdf::read(bytes(&pdf.flatten().unwrap())).unwrap();
    let left = fields(&flat);
    assert_eq!(left.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["group.seal"], "seals have yet to come");
    let text = String::from_utf8_lossy(&bytes(&flat)).into_owned();
    assert!(
        text.contains("/Field1") && text.contains("/Field2") && !text.contains("/Field3"),
        "hidden ones stay unseen"
    );
    assert!(text.contains(" 200 300 cm /Field1 Do") && text.contains(" 200 100 cm /Field2 Do"));
    let error = form("undrawn.pdf").flatten().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("draw_missing"), "{error}");
    let options = form("options.pdf").flatten().unwrap();
    assert!(fields(&options).is_empty());
    assert_eq!(bytes(&options.flatten().unwrap()), bytes(&options));
}

/// Fill, stamp, verify; then fill what the stamp leaves open.
#[test]
fn forms_are_filled_before_and_after_a_stamp() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let pdf = fill(&form("reportlab.pdf"), &[("text_solid", "电子印章".into())]);
        let stamped = scene.stamped(&pdf, Payload::Cms);
        let report = scene.verifier().document(&stamped, scene.now).unwrap();
        assert_judged("filled and stamped", report.verdict(), &all_findings(&report), Verdict::Valid, &[]);
        // Without any word of the signatory fields may be filled in.
        let several = FieldValue::Several(vec!["a".into(), "c".into()]);
        let wanted =
            [("text_dashed", "示例市".into()), ("agreed", true.into()), ("kind", "second".into()), ("uses", several)];
        let later = fill(&stamped, &wanted);
        assert_eq!(values(&later, "uses"), ["a", "c"]);
        let report = scene.verifier().document(&later, scene.now).unwrap();
        assert_judged("filled after it", report.verdict(), &all_findings(&report), Verdict::Valid, &[]);
        let told: Vec<String> = all_findings(&report).iter().map(|finding| finding.to_string()).collect();
        assert!(told.iter().any(|one| one.contains("form")), "{told:#?}");
        assert!(!told.iter().any(|one| one.contains("only the value or only the appearance")), "{told:#?}");
        let error = later.flatten().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        let both = scene.stamped(&later, Payload::Cms);
        let report = scene.verifier().document(&both, scene.now).unwrap();
        assert_judged("and stamped again", report.verdict(), &all_findings(&report), Verdict::Valid, &[]);
    }
}

/// The order of a counter: fill in, make it a part of the page, put the seal into the field that waits for it.
#[test]
fn a_seal_goes_into_the_field_that_is_left() {
    let scene = Scene::new(algorithms()[0]);
    let pdf = fill(&form("inherited.pdf"), &[("seen", "电子".into()), ("group.text", "印章".into())]);
    let flat = pdf.flatten().unwrap();
    for (what, form) in [("kept", &pdf), ("flattened", &flat)] {
        let stamped = scene.stamp().payload(Payload::Cms).in_field("group.seal").apply(form, &scene.by()).unwrap();
        let report = scene.verifier().document(&stamped, scene.now).unwrap();
        assert_judged(what, report.verdict(), &all_findings(&report), Verdict::Valid, &[]);
        assert!(field(&stamped, "group.seal").signed);
        // The value that was filled in is protected as everything else.
        let mut tampered = bytes(&stamped);
        let value = tampered.windows(5).rposition(|window| window == b"FEFF7").unwrap();
        tampered[value + 4] = b'6';
        let tampered = Pdf::read(tampered).unwrap();
        let report = scene.verifier().document(&tampered, scene.now).unwrap();
        assert_judged(what, report.verdict(), &all_findings(&report), Verdict::Invalid, &["document.intact"]);
    }
    let rich = fill(&form("undrawn.pdf"), &[("rich", "印章".into()), ("人.name", "电".into())]);
    let stamped = scene.stamped(&rich, Payload::Cms);
    refused(&stamped, "rich", "电子", ErrorKind::NotAllowed, "rich text");
}

#[test]
fn what_signatures_forbid_is_not_filled_in() {
    use eseal::{FieldLock, Permitted};
    let scene = Scene::new(algorithms()[0]);
    let pdf = form("reportlab.pdf");
    let stamp = || scene.stamp().payload(Payload::Cms).on(Page(1), Mm(20.0), Mm(100.0));
    let certified = stamp().certify(Permitted::Nothing).apply(&pdf, &scene.by()).unwrap();
    let error = certified.fill(&[("text_solid", "电子".into())], &song()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("allows no change"), "{error}");
    let certified = stamp().certify(Permitted::FormFilling).apply(&pdf, &scene.by()).unwrap();
    let filled = fill(&certified, &[("text_solid", "电子".into())]);
    let report = scene.verifier().document(&filled, scene.now).unwrap();
    assert_judged("permitted", report.verdict(), &all_findings(&report), Verdict::Valid, &[]);
    let locked = stamp().lock_fields(FieldLock::only(["text_solid"])).apply(&pdf, &scene.by()).unwrap();
    refused(&locked, "text_solid", "电子", ErrorKind::NotAllowed, "locked");
    let filled = fill(&locked, &[("text_dashed", "电子".into())]);
    let report = scene.verifier().document(&filled, scene.now).unwrap();
    assert_judged("not locked", report.verdict(), &all_findings(&report), Verdict::Valid, &[]);
}

#[cfg(feature = "encryption")]
#[test]
fn encrypted_forms_stay_encrypted() {
    let pdf = form("encrypted.pdf");
    let filled = fill(&pdf, &[("text_solid", "电子印章".into()), ("kind", "second".into())]);
    assert_eq!(values(&filled, "text_solid"), ["电子印章"]);
    let written = bytes(&filled);
    let utf16: Vec<u8> = "电子印章".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hex: String = utf16.iter().map(|byte| format!("{byte:02X}")).collect();
    let has = |wanted: &[u8]| written.windows(wanted.len()).any(|window| window == wanted);
    assert!(!has(&utf16) && !has(hex.as_bytes()), "the value is not in clear");
    let flat = filled.flatten().unwrap();
    assert!(fields(&Pdf::read(bytes(&flat)).unwrap()).is_empty());
}

/// Whatever a form was made into, looking at it and filling it in ends, in order or with an error.
#[test]
fn mutated_forms_do_no_harm() {
    let font = song();
    let mut numbers = Numbers(0x5eed);
    for name in ["undrawn.pdf", "options.pdf", "inherited.pdf", "mupdf.pdf", "xfa.pdf"] {
        let bytes = sample(&format!("forms/{name}"));
        for round in 0..60 {
            let mut broken = bytes.clone();
            for _ in 0..1 + round % 4 {
                let at = numbers.below(broken.len());
                broken[at] = match numbers.below(4) {
                    0 => b'0' + u8::try_from(numbers.below(10)).unwrap(),
                    1 => b'/',
                    2 => b' ',
                    _ => u8::try_from(numbers.below(256)).unwrap(),
                };
            }
            let Ok(pdf) = Pdf::read(broken) else { continue };
            let names: Vec<String> =
                pdf.form_fields().map_or(Vec::new(), |all| all.into_iter().map(|one| one.name).collect());
            for name in &names {
                for value in [FieldValue::from("电子"), true.into(), "2".into()] {
                    if let Ok(filled) = pdf.fill(&[(name, value)], &font) {
                        let _ = filled.form_fields();
                    }
                }
            }
            let _ = pdf.draw_missing(&font).and_then(|drawn| drawn.flatten());
            let _ = pdf.flatten();
            let _ = pdf.without_xfa();
        }
    }
}

/// A form of one text field whose dictionary has these entries, and further objects from 10 on.
fn crafted(entries: &str, further: &[(u32, String)]) -> Pdf {
    let is_plain = !entries.contains("/FT") && !entries.contains("/Rect");
    let own = if is_plain { "/FT /Tx /Rect [10 10 200 40]" } else { "" };
    let field = format!("<< /Type /Annot /Subtype /Widget /T (a) {own} {entries} >>");
    let mut objects = vec![
        (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /NeedAppearances true >> >>"),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Annots [4 0 R] >>"),
        (4, field.as_str()),
    ];
    objects.extend(further.iter().map(|(number, body)| (*number, body.as_str())));
    Pdf::read(common::pdf::document(&objects)).unwrap()
}

/// What is small in the file and large in the work ends soon.
#[test]
fn greedy_forms_are_refused() {
    let comb = crafted("/Ff 16777216 /MaxLen 900000000000 /MK << /BC [0] >>", &[]);
    refused(&comb, "a", "012", ErrorKind::Mismatch, "too many for the width");
    // Fifty thousand fields that inherit one text, or one list, of a megabyte each.
    let kids: Vec<(u32, String)> = (10..50_010).map(|one| (one, format!("<< /Parent 4 0 R /T ({one}) >>"))).collect();
    let names: String = (10..50_010).map(|one| format!("{one} 0 R ")).collect();
    let text = "1".repeat(1 << 20);
    let options = "(1)".repeat(100_000);
    for (inherited, kind) in [(format!("/V ({text})"), "/Tx"), (format!("/Opt [{options}]"), "/Ch")] {
        let form = crafted(&format!("/FT {kind} {inherited} /Kids [{names}]"), &kids);
        let error = form.form_fields().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    }
    // Sizes and sides that no page has.
    for odd in [
        "/DA (/F 1000 Tf)",
        "/DA (/F 1e300 Tf 7 g)",
        "/FT /Tx /Rect [0 0 1000000000 1000000000]",
        "/MK << /R 45 /BC [1 2] >>",
        "/Q 9",
    ] {
        let form = crafted(odd, &[]);
        let filled = form.fill(&[("a", "012".into())], &song());
        assert!(filled.is_ok() || odd.contains("/Rect"), "{odd}: {:?}", filled.err());
    }
}

/// Fields that are written down oddly are filled in whole, or refused by name.
#[test]
fn odd_fields_are_filled_in_whole_or_refused() {
    let widget = |entries: &str| format!("<< /Type /Annot /Subtype /Widget /Rect [10 10 200 40] {entries} >>");
    // One name, written down twice: one field.
    let twice = {
        let (one, two) = (widget("/T (a) /FT /Tx"), widget("/T (a) /FT /Tx"));
        Pdf::read(common::pdf::document(&[
            (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] >> >>"),
            (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
            (3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Annots [4 0 R 5 0 R] >>"),
            (4, &one),
            (5, &two),
        ]))
        .unwrap()
    };
    let filled = fill(&twice, &[("a", "电子".into())]);
    assert_eq!(fields(&filled).into_iter().map(|one| one.values).collect::<Vec<_>>(), [["电子"], ["电子"]]);
    assert!(fields(&filled.flatten().unwrap()).is_empty());
    // Buttons of which nobody drew any: none can be on.
    let kids = [(10, widget("/Parent 4 0 R")), (11, widget("/Parent 4 0 R"))];
    let undrawn = crafted("/FT /Btn /Ff 32768 /Opt [(x)(y)] /Kids [10 0 R 11 0 R]", &kids);
    refused(&undrawn, "a", "x", ErrorKind::Mismatch, "none of its values");
    refused(&undrawn, "a", true, ErrorKind::Mismatch, "no appearances");
    // One box in two states of one name, and a value that no state has.
    let look = || "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nn\nendstream".to_owned();
    let drawn = crafted(
        "/FT /Btn /Rect [10 10 20 20] /V /Gone /AS /Gone /AP << /N << /On 10 0 R /Off 11 0 R >> >>",
        &[(10, look()), (11, look())],
    );
    assert_eq!(values(&drawn, "a"), ["Gone"]);
    assert_eq!(values(&fill(&drawn, &[("a", true.into())]), "a"), ["On"]);
    // Bounds that are none, and a list that takes what it does not offer.
    refused(&crafted("/MaxLen 0", &[]), "a", "1", ErrorKind::Mismatch, "takes 0");
    fill(&crafted("/MaxLen -4", &[]), &[("a", "012".into())]);
    let combo = crafted("/FT /Ch /Ff 393216 /Rect [10 10 200 40] /Opt [[(1)<FEFF7535>][(2)<FEFF5B50>]]", &[]);
    assert_eq!(values(&fill(&combo, &[("a", "子".into())]), "a"), ["2"]);
    assert_eq!(values(&fill(&combo, &[("a", "印章".into())]), "a"), ["印章"]);
    refused(&combo, "a", "印\n章", ErrorKind::Mismatch, "");
    refused(&combo, "a", FieldValue::Several(vec!["1".into(), "2".into()]), ErrorKind::Mismatch, "takes one");
    // On no page, and without a place: the value is kept, and nothing is drawn.
    let nowhere = crafted("/FT /Tx /Rect [0 0 0 0]", &[]);
    assert_eq!(values(&fill(&nowhere, &[("a", "012".into())]), "a"), ["012"]);
    // Old and new readers would see two forms.
    let hybrid = Pdf::read(sample("pdf/unsigned/hybrid.pdf")).unwrap();
    let error = hybrid.fill(&[("a", "电".into())], &song()).unwrap_err();
    assert!(error.kind() == ErrorKind::NotAllowed && error.to_string().contains("hybrid"), "{error}");
    // A node that is its own kid, and one that is its parent's parent.
    for (entries, kid) in
        [("/Kids [4 0 R]", None), ("/Kids [10 0 R]", Some("<< /Parent 4 0 R /T (b) /Kids [4 0 R] >>"))]
    {
        let kids: Vec<_> = kid.map(|kid| (10, kid.to_owned())).into_iter().collect();
        let cyclic = crafted(&format!("/FT /Tx {entries}"), &kids);
        assert_eq!(cyclic.form_fields().unwrap_err().kind(), ErrorKind::Malformed, "{entries}");
        assert_eq!(cyclic.flatten().unwrap_err().kind(), ErrorKind::Malformed, "{entries}");
    }
}
