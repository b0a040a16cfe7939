use super::*;
use crate::crypto::{DigestAlgorithm, digest};
use crate::document::pdf::Hole;
use crate::document::pdf::xref::Kind;
use crate::document::{Reserved, Shown};
use crate::picture::Picture;
use crate::units::{Area, Mm, Page};

/// A one-element SEQUENCE, as good as any signature for a document that does not look into it.
const PAYLOAD: &[u8] = &[0x30, 3, 2, 1, 7];

fn layout(limits: &Limits) -> Layout<'_> {
    Layout {
        shown: Vec::new(),
        field_stays: false,
        picture: None,
        field: None,
        seal: None,
        seal_digest: None,
        is_seal: false,
        room: 64,
        digest: DigestAlgorithm::Sha256,
        filter: "Adobe.PPKLite",
        sub_filter: "ETSI.CAdES.detached",
        method: String::new(),
        time: "2025-03-01T08:00:00+08:00".parse().unwrap(),
        name: None,
        reason: None,
        location: None,
        lock: false,
        protected: None,
        pdf: crate::document::PdfOptions::default(),
        limits,
    }
}

fn picture() -> Picture {
    let mut png = std::io::Cursor::new(Vec::new());
    let pixels = image::RgbaImage::from_pixel(2, 2, image::Rgba([200, 0, 0, 128]));
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    Picture::png(png.get_ref(), Mm(20.0), Mm(10.0)).unwrap()
}

fn area(page: u32) -> Area {
    Area { page: Page(page), left: Mm(30.0), top: Mm(25.0), width: Mm(20.0), height: Mm(10.0) }
}

fn stamped(pdf: &Pdf, layout: &Layout<'_>) -> Pdf {
    let Reserved { document, hole, digest, .. } = pdf.reserve(layout).unwrap();
    assert_eq!(digest, document.protected_digest(&hole, DigestAlgorithm::Sha256).unwrap());
    document.fill_room(&hole, PAYLOAD).unwrap()
}

fn refused(bytes: Vec<u8>, change: impl Fn(&mut Layout<'_>)) -> crate::error::Error {
    let limits = Limits::default();
    let mut layout = layout(&limits);
    change(&mut layout);
    Pdf::read(bytes).unwrap().reserve(&layout).unwrap_err()
}

/// The newest signature is sound, covers everything, and shows in `areas`.
fn check_newest(pdf: &Pdf, areas: &[Area]) -> Found {
    let mut survey = survey(pdf);
    let found = survey.found.pop().unwrap();
    for check in [checks::SIGNATURE_FORMAT, checks::DOCUMENT_COVERAGE, checks::DOCUMENT_CHANGES] {
        let (outcome, text) = outcome(&found, check).unwrap();
        assert_eq!(outcome, Outcome::Pass, "{text}");
    }
    assert_eq!((found.coverage, found.later), (Coverage::Whole, 0));
    assert_eq!(found.payload, PAYLOAD);
    assert_eq!(found.areas.len(), areas.len());
    for (seen, wanted) in found.areas.iter().zip(areas) {
        assert_eq!(seen.page, wanted.page);
        let sides = |area: &Area| [area.left.0, area.top.0, area.width.0, area.height.0];
        for (one, two) in sides(seen).into_iter().zip(sides(wanted)) {
            assert!((one - two).abs() < 1e-4, "{seen} is not {wanted}");
        }
    }
    found
}

#[test]
fn documents_of_others_are_stamped_twice() {
    let limits = Limits::default();
    let picture = picture();
    for (name, bytes) in SAMPLES {
        let password = if name.contains("aes256") { "usersecret" } else { "" };
        let is_readable = password.is_empty() || cfg!(feature = "encryption");
        if !is_readable || name.starts_with("attacks") || name.contains("hybrid") {
            continue;
        }
        let pdf = Pdf::read_with_password(*bytes, password, &limits).unwrap();
        let before = survey(&pdf).found.len();
        let first = Layout {
            shown: vec![Shown::whole(area(1))],
            picture: Some(&picture),
            seal: Some(b"the seal"),
            name: Some("某某公司 (test)"),
            ..layout(&limits)
        };
        let once = stamped(&pdf, &first);
        let found = check_newest(&once, &[area(1)]);
        assert_eq!(found.seal.as_deref(), Some(&b"the seal"[..]), "{name}");
        assert_eq!(found.claimed.unwrap().to_string(), "2025-03-01T00:00:00Z");
        let twice = stamped(&once, &layout(&limits));
        check_newest(&twice, &[]);
        let bytes_now = twice.as_bytes();
        assert!(bytes_now.starts_with(bytes), "{name}: nothing old may change");
        let again = Pdf::read_with_password(bytes_now.into_owned(), password, &limits).unwrap();
        let survey = survey(&again);
        assert_eq!(survey.found.len(), before + 2, "{name}");
        let earlier = survey.found.iter().find(|found| found.id == "Signature1").unwrap();
        assert_eq!((earlier.coverage, earlier.later), (Coverage::Revision, 1), "{name}");
        let (changes, text) = outcome(earlier, checks::DOCUMENT_CHANGES).unwrap();
        assert_eq!(changes, Outcome::Pass, "{name}: {text}");
        assert_eq!(twice.file.chain.revisions.last().unwrap().kind, pdf.file.chain.revisions.last().unwrap().kind);
    }
}

#[test]
fn sections_are_of_the_newest_kind_and_trailers_are_carried_on() {
    let limits = Limits::default();
    let pdf = Pdf::read(sample("unsigned/object-streams")).unwrap();
    let once = stamped(&pdf, &layout(&limits));
    assert_eq!(once.file.chain.revisions[1].kind, Kind::Stream);
    let bytes = append(&one_page("", ""), &[], "/Root 1 0 R /Info 9 0 R /ID [<0102> <0304>] /Private (x)");
    let text = String::from_utf8_lossy(&stamped(&Pdf::read(bytes).unwrap(), &layout(&limits)).as_bytes()).into_owned();
    let trailer = text.rsplit("trailer").next().unwrap();
    assert!(trailer.contains("/Root 1 0 R") && trailer.contains("/Info 9 0 R") && trailer.contains("/Private (x)"));
    assert!(trailer.contains("/ID [<0102> <") && !trailer.contains("<0304>"), "{trailer}");
    assert!(trailer.contains("/Size 102"), "{trailer}");
}

#[test]
fn old_text_is_kept_where_objects_are_written_again() {
    let limits = Limits::default();
    let catalog = "/AcroForm << /NeedAppearances true /DA (/Helv 0 Tf) % note\n /Fields [] >> /Odd#20Key 1.50";
    let pdf = Pdf::read(one_page(catalog, "/Annots 9 0 R")).unwrap();
    let pdf = stamped(&pdf, &Layout { shown: vec![Shown::whole(area(1))], ..layout(&limits) });
    let text = String::from_utf8_lossy(&pdf.as_bytes()).into_owned();
    let catalog = text.rsplit("\n1 0 obj").next().unwrap().split("endobj").next().unwrap().to_owned();
    for kept in ["/NeedAppearances  false", "/DA (/Helv 0 Tf) % note\n", "/Odd#20Key 1.50", "/SigFlags 3"] {
        assert!(catalog.contains(kept), "{kept}: {catalog}");
    }
    assert!(catalog.contains("/ESIC << /BaseVersion /1.7 /ExtensionLevel 2 >>"), "{catalog}");
    check_newest(&pdf, &[area(1)]);
}

#[test]
fn arrays_that_stand_alone_are_updated_where_they_stand() {
    let limits = Limits::default();
    let bytes = build(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R /Extensions << /ADBE << /BaseVersion /1.7 >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /MediaBox [0 0 595 842] >>",
        "<< /Type /Page /Parent 2 0 R /Annots 5 0 R >>",
        "<< /Fields 6 0 R >>",
        "[]",
        "[ 7 0 R ]",
        "<< /FT /Tx /T (Signature1) >>",
    ]);
    let pdf = stamped(&Pdf::read(&bytes).unwrap(), &Layout { shown: vec![Shown::whole(area(1))], ..layout(&limits) });
    assert_eq!(check_newest(&pdf, &[area(1)]).id, "Signature2");
    let written = pdf.file.chain.written_in(1);
    assert!(written.starts_with(&[1, 4, 5, 6]) && !written.contains(&3), "{written:?}");
}

#[test]
fn turned_and_cropped_pages_show_the_stamp_where_asked() {
    let limits = Limits::default();
    let picture = picture();
    for rotate in [0, 90, 180, 270, -90, 450] {
        let page = format!("/Rotate {rotate} /MediaBox [0 0 600 500] /CropBox [50 20 550 480] /UserUnit 1.5");
        let pdf = Pdf::read(one_page("", &page)).unwrap();
        let layout = Layout { shown: vec![Shown::whole(area(1))], picture: Some(&picture), ..layout(&limits) };
        let pdf = stamped(&pdf, &layout);
        check_newest(&pdf, &[area(1)]);
        let text = String::from_utf8_lossy(&pdf.as_bytes()).into_owned();
        assert_eq!(text.contains("/Matrix"), rotate % 360 != 0, "{rotate}");
    }
}

#[test]
fn empty_fields_are_used() {
    let limits = Limits::default();
    let picture = picture();
    let pdf = Pdf::read(sample("unsigned/two-empty-signature-fields")).unwrap();
    let layout = Layout { field: Some("Sig2"), picture: Some(&picture), ..layout(&limits) };
    let pdf = stamped(&pdf, &layout);
    let found = survey(&pdf).found.remove(0);
    assert_eq!((found.id.as_str(), found.areas.len(), found.coverage), ("Sig2", 1, Coverage::Whole));
    let signed: Vec<_> = pdf.fields().unwrap().into_iter().map(|field| (field.name, field.signed)).collect();
    assert_eq!(signed, [("Sig1".to_owned(), false), ("Sig2".to_owned(), true)]);
    let error = pdf.reserve(&layout).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("\"Sig2\" is signed already"), "{error}");
    // Only while nothing is signed may a field be moved.
    let moved = Layout { field: Some("Sig1"), shown: vec![Shown::whole(area(1))], ..layout.clone() };
    let error = pdf.reserve(&moved).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("moving the field \"Sig1\" would break"), "{error}");
    let pdf = Pdf::read(sample("unsigned/two-empty-signature-fields")).unwrap();
    check_newest(&stamped(&pdf, &moved), &[area(1)]);
}

#[test]
fn locks_of_fields_are_taken_over_and_obeyed() {
    let limits = Limits::default();
    let bytes = build(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R 6 0 R] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /MediaBox [0 0 595 842] >>",
        "<< /Type /Page /Parent 2 0 R >>",
        "<< /FT /Sig /T (a) /Lock << /Type /SigFieldLock /Action /Include /Fields [(b)] >> >>",
        "<< /FT /Sig /T (b) >>",
        "<< /FT /Sig /T (b2) /Lock << /Type /SigFieldLock /Action /All /P 1 >> >>",
    ]);
    let with = |field: &'static str| Layout { field: Some(field), ..layout(&limits) };
    let pdf = stamped(&Pdf::read(&bytes).unwrap(), &with("a"));
    let text = String::from_utf8_lossy(&pdf.as_bytes()).into_owned();
    assert!(text.contains(
        "/TransformMethod /FieldMDP /TransformParams << /Type /TransformParams /V /1.2 /Action /Include /Fields [<62>]"
    ));
    let error = pdf.reserve(&with("b")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("\"b\" was locked by the signature in the field \"a\""), "{error}");
    let pdf = stamped(&pdf, &with("b2"));
    let error = pdf.reserve(&layout(&limits)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("\"b2\" locked the document"), "{error}");
}

#[test]
fn forbidden_stamps_are_refused_with_the_reason() {
    let certified = |level: u8| {
        build(&[
            "<< /Type /Catalog /Pages 2 0 R /Perms << /DocMDP 4 0 R >> >>",
            "<< /Type /Pages /Kids [3 0 R] /MediaBox [0 0 595 842] >>",
            "<< /Type /Page /Parent 2 0 R >>",
            &format!("<< /Reference [<< /TransformMethod /DocMDP /TransformParams << /P {level} >> >>] >>"),
        ])
    };
    let good = one_page("", "");
    for (bytes, reason) in [
        (sample("unsigned/hybrid").to_vec(), "hybrid"),
        ([&b"\n"[..], &good].concat(), "1 bytes stand before the header"),
        ([&good, &b"<!-- -->"[..]].concat(), "8 bytes follow the last revision"),
        (certified(1), "allows no change at all"),
        (one_page("/NeedsRendering true /AcroForm << /Fields [] /XFA [] >>", ""), "dynamic XFA"),
    ] {
        let error = refused(bytes, |_| {});
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        assert!(error.to_string().contains(reason), "{error}");
    }
    let limits = Limits::default();
    let certified = Pdf::read(certified(2)).unwrap();
    assert!(certified.reserve(&layout(&limits)).is_ok());
    let error = certified.reserve(&Layout { shown: vec![Shown::whole(area(1))], ..layout(&limits) }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("a new field that is seen"), "{error}");
}

#[test]
fn layouts_that_cannot_be_are_refused() {
    let good = one_page("/AcroForm << /Fields [] >>", "");
    let far = Area { left: Mm(500.0), ..area(1) };
    let flat = Area { height: Mm(0.0), ..area(1) };
    let with_area = |area: Area| refused(good.clone(), |layout| layout.shown = vec![Shown::whole(area)]).kind();
    assert_eq!(with_area(far), ErrorKind::Misuse);
    assert_eq!(with_area(flat), ErrorKind::Misuse);
    assert_eq!(with_area(area(2)), ErrorKind::Misuse);
    assert_eq!(refused(good.clone(), |layout| layout.field = Some("a.b")).kind(), ErrorKind::Misuse);
    assert_eq!(refused(good.clone(), |layout| layout.room = 0).kind(), ErrorKind::Misuse);
    assert_eq!(refused(good.clone(), |layout| layout.room = usize::MAX).kind(), ErrorKind::Misuse);
    let text = sample("pyhanko-generated/textfield-filled-after-sign").to_vec();
    let name = Pdf::read(&text).unwrap();
    let work = name.work();
    let form = crate::document::pdf::field::form(&work.view()).unwrap();
    let other = form.fields.iter().find(|field| !field.is_signature()).unwrap().name.clone();
    let limits = Limits::default();
    let error = name.reserve(&Layout { field: Some(&other), ..layout(&limits) }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[test]
fn holes_are_plain_data_and_hold_so_much() {
    let limits = Limits::default();
    let pdf = Pdf::read(one_page("", "")).unwrap();
    let Reserved { document, hole, digest: reserved, property } = pdf.reserve(&layout(&limits)).unwrap();
    let stored = document.as_bytes().into_owned();
    let json = serde_json::to_string(&hole).unwrap();
    let hole: Hole = serde_json::from_str(&json).unwrap();
    let [(_, a), (b, c)] = hole.ranges.as_slice() else { unreachable!() };
    assert_eq!(property, format!("/ByteRange [0 {a} {b} {c}]"));
    let parts = [&stored[..*a as usize], &stored[*b as usize..]].concat();
    assert_eq!(reserved, digest(DigestAlgorithm::Sha256, &parts).unwrap());

    let again = Pdf::read(&stored).unwrap();
    let error = again.clone().fill_room(&hole, &[0x30; 65]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().contains("65 bytes") && error.to_string().contains("has 64"), "{error}");
    let filled = again.clone().fill_room(&hole, PAYLOAD).unwrap();
    check_newest(&filled, &[]);
    let changed: Vec<usize> = stored
        .iter()
        .zip(filled.as_bytes().iter())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|pair| pair.0)
        .collect();
    assert!(changed.iter().all(|at| *at > hole.offset as usize && *at <= hole.offset as usize + 10), "{changed:?}");
    for wrong in [pdf.clone(), filled, stamped(&pdf, &Layout { room: 63, ..layout(&limits) })] {
        assert_eq!(wrong.fill_room(&hole, PAYLOAD).unwrap_err().kind(), ErrorKind::Mismatch);
    }
    let moved = Hole { offset: hole.offset - 5, ..hole.clone() };
    assert_eq!(again.fill_room(&moved, PAYLOAD).unwrap_err().kind(), ErrorKind::Mismatch);
}

/// A stamp on a plain page, as bytes, with the number of the signature dictionary.
fn signed_page() -> (Vec<u8>, u32) {
    let limits = Limits::default();
    let layout =
        Layout { shown: vec![Shown::whole(area(1))], seal: Some(b"seal"), reason: Some("reason"), ..layout(&limits) };
    let pdf = stamped(&Pdf::read(one_page("", "")).unwrap(), &layout);
    let work = pdf.work();
    let form = crate::document::pdf::field::form(&work.view()).unwrap();
    let number = form.fields[0].value.as_ref().unwrap().as_reference().unwrap().number;
    (pdf.as_bytes().into_owned(), number)
}

fn look(bytes: Vec<u8>) -> Found {
    survey(&Pdf::read(bytes).unwrap()).found.remove(0)
}

#[test]
fn changes_after_the_stamp_are_told() {
    let (bytes, signature) = signed_page();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let dictionary = text.split(&format!("\n{signature} 0 obj\n")).nth(1).unwrap().split("\nendobj").next().unwrap();
    let rewrite = |old: &str, new: &str| append(&bytes, &[(signature, &dictionary.replace(old, new))], "/Root 1 0 R");
    let changes = |bytes: Vec<u8>| outcome(&look(bytes), checks::DOCUMENT_CHANGES).unwrap();

    let (unknown, text) = changes(append(&bytes, &[(3, "<< /Type /Page /Parent 2 0 R >>")], "/Root 1 0 R"));
    assert!(unknown == Outcome::Fail && text.contains("taken from its page"), "{text}");
    let (unknown, text) = changes(append(&bytes, &[(50, "<< >>")], "/Root 1 0 R"));
    let told = "1 revision followed with updates for long-term validation";
    assert_eq!((unknown, text.as_str()), (Outcome::Pass, told));
    let (failed, text) = changes(rewrite("<726561736F6E>", "<72656173>"));
    assert!(failed == Outcome::Fail && text.contains("written anew after signing"), "{text}");
    let (failed, text) = changes([&bytes, &b"3 0 obj\n<< >>\nendobj\n"[..]].concat());
    assert!(failed == Outcome::Fail && text.contains("bytes that no signature protects"), "{text}");
    let spaced = look([&bytes, &b"\n \n"[..]].concat());
    assert_eq!(spaced.coverage, Coverage::Whole);
    assert!(outcome(&spaced, checks::DOCUMENT_COVERAGE).unwrap().1.contains("3 bytes of white space"));
}

#[test]
fn broken_dictionaries_fail_and_are_never_dropped() {
    let (bytes, signature) = signed_page();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let contents = text.split("/Contents<").nth(1).unwrap().split('>').next().unwrap().to_owned();
    let ranges = text.split("/ByteRange").nth(1).unwrap().split(']').next().unwrap().to_owned() + "]";
    let body = |old: &str, new: &str| -> Vec<u8> {
        let at = bytes.windows(old.len()).rposition(|window| window == old.as_bytes()).unwrap();
        let padded = format!("{new:<0$}", old.len());
        let mut bytes = bytes.clone();
        bytes[at..at + old.len()].copy_from_slice(padded.as_bytes());
        bytes
    };
    let zeros = "0".repeat(contents.len());
    let long = format!("/Contents<{contents}>");
    let junk = format!("{}41", &contents[..contents.len() - 2]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (body("/Type/Sig", "/Type/Sg "), "its /Type is /Sg"),
        (body("/SubFilter/ETSI.CAdES.detached", "/SubFilter 1 0 R"), "its /SubFilter is a reference"),
        (body("/Filter/Adobe.PPKLite", "/Filter(Adobe.PPKLit)"), "its /Filter is a string"),
        (body(&contents, &zeros), "its /Contents is empty"),
        (body(&long, "/Contents<>"), "its /Contents is empty"),
        (body(&long, "/Contents null"), "it has no /Contents"),
        (body(&long, "/Contents 3 0 R"), "its /Contents is a reference"),
        (body(&contents, &junk), "something else than zeros follows"),
        (body(&contents, &format!("01{}", &contents[2..])), "begins with the tag 0x01"),
        (body(&contents, &contents[..contents.len() - 1]), "odd number of digits"),
        (body(&ranges, " null"), "it has no /ByteRange"),
        (body(&ranges, "[0 10 20]"), "has 3 elements"),
        (body(&ranges, "[0 10 -20 30]"), "something else than direct whole numbers"),
        (body(&ranges, "[0 9 20 9999]"), "reaches beyond"),
        (body(&ranges, "[0 0 0 0]"), "not two ranges"),
        (body(&ranges, "[1 10 20 30]"), "begins at byte 1"),
        (body("/Reason <726561736F6E>", "/Type /Sig"), "has the key /Type twice"),
        (append(&bytes, &[(signature, "(x)")], "/Root 1 0 R"), "refers to a string"),
    ];
    for (bytes, reason) in cases {
        let found = look(bytes);
        let (failed, text) = outcome(&found, checks::SIGNATURE_FORMAT).unwrap();
        assert!(failed == Outcome::Fail && text.contains(reason), "{reason}: {text}");
        assert_eq!(found.id, "Signature1");
    }
}

#[test]
fn one_signature_in_two_fields_and_a_recycled_one() {
    let (bytes, signature) = signed_page();
    let form = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [60 0 R 61 0 R] >> >>";
    let field = |name: &str| format!("<< /FT /Sig /T ({name}) /V {signature} 0 R >>");
    let found = look(append(&bytes, &[(1, form), (60, &field("one")), (61, &field("two"))], "/Root 1 0 R"));
    assert_eq!(found.id, "one, two");
    let (failed, text) = outcome(&found, checks::DOCUMENT_CHANGES).unwrap();
    assert!(failed == Outcome::Fail && text.contains("was not there when the signature was made"), "{text}");
}

#[test]
fn a_seal_beside_the_signature_has_to_be_signed() {
    let (bytes, _) = signed_page();
    assert_eq!(look(bytes.clone()).seal.as_deref(), Some(&b"seal"[..]));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let seal: u32 = text.rsplit("/ESEAL_Seal ").next().unwrap().split(' ').next().unwrap().parse().unwrap();
    // The seal as of the signed revision counts, whatever was written later.
    let body = "<< /Length 5 >>\nstream\nother\nendstream";
    let later = look(append(&bytes, &[(seal, body)], "/Root 1 0 R"));
    assert_eq!(later.seal.as_deref(), Some(&b"seal"[..]));
    let missing = replaced(
        &bytes,
        &format!("/ESEAL_Seal {seal} 0 R >>\nendobj"),
        &format!("/ESEAL_Seal {:<1$} >>\nendobj", 7, seal.to_string().len() + 4),
    );
    let (failed, text) = outcome(&look(missing), checks::SEAL_SAME).unwrap();
    assert!(failed == Outcome::Fail && text.contains("refers to no stream"), "{text}");
}

#[test]
fn overlapping_holes_fail() {
    let (bytes, signature) = signed_page();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let dictionary = text.split(&format!("\n{signature} 0 obj\n")).nth(1).unwrap().split("\nendobj").next().unwrap();
    let form = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [60 0 R 61 0 R] >> >>";
    let field = |name: &str, value: u32| format!("<< /FT /Sig /T ({name}) /V {value} 0 R >>");
    let objects = [(1, form), (60, &field("one", signature)), (61, &field("two", 62)), (62, dictionary)];
    let survey = survey(&Pdf::read(append(&bytes, &objects, "/Root 1 0 R")).unwrap());
    assert_eq!(survey.found.len(), 2);
    for found in &survey.found {
        let (failed, text) = outcome(found, checks::SIGNATURE_FORMAT).unwrap();
        assert!(failed == Outcome::Fail && text.contains("overlap those of another signature"), "{text}");
    }
}

/// The objects of a stamp are those that are drawn of its picture, and of no other; nor are they once one was edited.
#[cfg(feature = "compose")]
#[test]
fn what_a_stamp_shows_is_its_picture() {
    let (limits, picture) = (Limits::default(), picture());
    let layout = Layout { shown: vec![Shown::whole(area(1))], picture: Some(&picture), ..layout(&limits) };
    let page = "/MediaBox [0 0 600 500]";
    let pdf = stamped(&Pdf::read(one_page("", page)).unwrap(), &layout);
    let draws = |pdf: &Pdf, picture: &Picture| {
        let mut is_drawn = false;
        pdf.watch(&mut std::iter::once(Page(1)), &mut |sight| {
            let laid = sight.laid.last().unwrap();
            assert!(laid.painted == 1 && laid.words.is_empty() && !laid.changes, "{laid:?}");
            for (form, painted) in &laid.forms {
                is_drawn |= *painted == laid.painted && pdf.draws(*form, picture)?;
            }
            Ok(false)
        })
        .unwrap();
        is_drawn
    };
    assert!(draws(&pdf, &picture));
    let other = image::RgbaImage::from_pixel(2, 2, image::Rgba([200, 0, 0, 255]));
    let mut png = std::io::Cursor::new(Vec::new());
    other.write_to(&mut png, image::ImageFormat::Png).unwrap();
    assert!(!draws(&pdf, &Picture::png(png.get_ref(), Mm(20.0), Mm(10.0)).unwrap()));
    let bytes = pdf.as_bytes().into_owned();
    let at = bytes.windows(8).rposition(|window| window == b"/Width 2").unwrap();
    let mut edited = bytes.clone();
    edited[at + 7] = b'1';
    assert!(!draws(&Pdf::read(edited).unwrap(), &picture));
}
