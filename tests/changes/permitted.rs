use super::*;
use crate::file::Row;
use eseal::ChangeKind;

const LTA: ModificationLevel = ModificationLevel::LtaUpdate;
const FILLING: ModificationLevel = ModificationLevel::FormFilling;
const WIDGET: &str = "/Type /Annot /Subtype /Widget /FT /Sig /F 132 /P 3 0 R";

/// A new field that object 60 is, on the page and in the form, signed by object 61 if told so.
pub(crate) fn new_field(file: &File, text: &str, signed: Option<&str>) -> File {
    let objects = [
        (5, file.body(5).replacen(" 31 0 R]", " 31 0 R 60 0 R]", 1)),
        (3, file.body(3).replacen(" 31 0 R]", " 31 0 R 60 0 R]", 1)),
        (60, format!("<< {WIDGET} {text} {} >>", if signed.is_some() { "/V 61 0 R" } else { "" })),
    ];
    match signed {
        Some(extra) => file.signed(61, extra, &objects),
        None => file.with(&objects),
    }
}

pub(crate) fn filled(file: &File) -> File {
    file.with(&[
        (6, file.body(6).replace("(Alice)", "(Bob)").replace("/N 11 0 R", "/N 62 0 R")),
        (62, stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Bob) Tj ET")),
    ])
}

pub(crate) fn annotated(file: &File, subtype: &str, more: &str) -> File {
    file.with(&[
        (3, file.body(3).replacen(" 31 0 R]", " 31 0 R 63 0 R]", 1)),
        (63, format!("<< /Type /Annot /Subtype /{subtype} /Rect [0 0 100 35] {more} >>")),
    ])
}

pub(crate) fn stamped_time(file: &File) -> File {
    new_field(file, "/T (stamp) /Rect [0 0 0 0]", Some("/Type /DocTimeStamp /SubFilter /ETSI.RFC3161"))
}

pub(crate) fn evidence(file: &File) -> File {
    file.with(&[
        (1, file.body(1).replace("/Outlines", "/DSS << /Type /DSS /Certs [64 0 R] >> /Outlines")),
        (64, stream("", "der")),
    ])
}

#[test]
fn forms_are_filled_in() {
    let file = signed();
    let judged = passes("a value and its appearance", &filled(&file), FILLING);
    let value = judged.changes.iter().find(|change| change.new.as_deref() == Some("\"Bob\"")).unwrap();
    assert_eq!(value.old.as_deref(), Some("\"Alice\""));
    assert_eq!((value.kind, value.revision), (ChangeKind::FieldValue, 4));
    assert_eq!((value.object.as_deref(), value.path.as_str()), (Some("6 0"), "/Root/AcroForm/Fields"));
    assert_eq!(value.page.map(|page| page.0), Some(1));
    let drawn = stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Bob) Tj ET");
    passes("an appearance overwritten", &file.one(11, drawn), FILLING);
    passes("a choice", &file.edited(6, "/V (Alice)", "/V [(a) (b)] /I [0 1] /Ff 1 /Q 2 /DA (/Helv 9 Tf)"), FILLING);
    passes("emptied", &file.edited(6, "/V (Alice)", ""), FILLING);
    passes("twice", &filled(&file).edited(6, "(Bob)", "(Carol)"), FILLING);
    let judged = passes("drawn anew", &file.edited(5, "/SigFlags 3", "/SigFlags 3 /NeedAppearances true"), FILLING);
    assert!(judged.text.contains("/NeedAppearances"), "{}", judged.text);
    let font = file.edited(5, "/Helv 9 0 R", "/Helv 9 0 R /New << /Type /Font /Subtype /Type1 /BaseFont /Courier >>");
    passes("a font more", &font, FILLING);
}

#[test]
fn further_signatures() {
    let file = signed();
    let visible = new_field(&file, "/T (two) /Rect [0 0 90 90]", Some(""));
    let judged = passes("a visible one", &visible, FILLING);
    let change = judged.changes.iter().find(|change| change.kind == ChangeKind::SignatureField).unwrap();
    assert!(change.area.is_some_and(|area| area.page.0 == 1), "{change:?}");
    passes("an invisible one", &new_field(&file, "/T (two) /Rect [0 0 0 0]", Some("")), FILLING);
    passes("an empty field", &new_field(&file, "/T (two) /Rect [0 0 0 0]", None), LTA);
    passes("an empty field to be seen", &new_field(&file, "/T (two) /Rect [0 0 9 9]", None), FILLING);
    passes("a time stamp", &stamped_time(&file), LTA);
    let spare = file.signed(61, "", &[(8, file.body(8).replace("/T (spare)", "/T (spare) /V 61 0 R"))]);
    let judged = passes("the spare field", &spare, FILLING);
    assert!(judged.changes.iter().any(|change| change.kind == ChangeKind::Signing), "{judged:#?}");
    // A field with its widget apart, and one below another.
    let apart = file.signed(
        61,
        "",
        &[
            (5, file.body(5).replace(" 31 0 R]", " 31 0 R 60 0 R]")),
            (3, file.body(3).replace(" 31 0 R]", " 31 0 R 65 0 R]")),
            (60, "<< /T (parent) /Kids [66 0 R] >>".into()),
            (66, "<< /FT /Sig /T (child) /Parent 60 0 R /V 61 0 R /Kids [65 0 R] >>".into()),
            (65, "<< /Type /Annot /Subtype /Widget /Parent 66 0 R /P 3 0 R /Rect [0 0 9 9] >>".into()),
        ],
    );
    let judged = passes("in parts", &apart, FILLING);
    assert!(judged.text.contains("\"parent.child\""), "{}", judged.text);
    // An empty field in one revision, moved in the next, signed in the third.
    let draft = new_field(&file, "/T (two) /Rect [0 0 9 9]", None);
    let moved = draft.edited(60, "/Rect [0 0 9 9]", "/Rect [5 5 9 9]");
    let done = moved.signed(61, "", &[(60, moved.body(60).replace("/T (two)", "/T (two) /V 61 0 R"))]);
    passes("a draft", &done, FILLING);
}

/// A code that authenticates the whole file names a new object in each revision (ISO/TS 32004).
#[test]
fn codes_of_the_whole_file() {
    let file = signed().revision(
        &[(80, "<< /A 1 >>".into())],
        &[],
        "/Root 1 0 R /Info 16 0 R /AuthCode << /SigObjRef 80 0 R >>",
    );
    passes("a code", &file, LTA);
    let again =
        file.revision(&[(81, "<< /A 2 >>".into())], &[], "/Root 1 0 R /Info 16 0 R /AuthCode << /SigObjRef 81 0 R >>");
    passes("another", &again, LTA);
}

/// What fields show and what they say are changed together, or it is told.
#[test]
fn fields_that_may_not_show_what_they_say() {
    let file = signed();
    let told = "of these fields only the value or only the appearance was changed, so that they may not show what they \
                say: \"name\"";
    let both = passes("both", &filled(&file), FILLING);
    assert!(!both.text.contains("may not show"), "{}", both.text);
    let area = both.changes.iter().find_map(|change| change.area);
    assert!(area.is_some_and(|area| area.page.0 == 1 && (area.width.0 - 31.75).abs() < 0.01), "{both:#?}");
    let drawn = stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Bob) Tj ET");
    for change in [file.edited(6, "(Alice)", "(Bob)"), file.one(11, drawn)] {
        assert!(passes("one", &change, FILLING).text.contains(told), "{}", first(&change).text);
    }
}

#[test]
fn tags_of_new_fields() {
    let file = signed();
    let tagged = |element: &str| {
        new_field(&file, "/T (two) /Rect [0 0 90 90] /StructParent 1", Some("")).with(&[
            (50, file.body(50).replace("[51 0 R]", "[51 0 R 67 0 R]").replace("NextKey 1", "NextKey 2")),
            (52, "<< /Nums [0 [51 0 R] 1 67 0 R] >>".into()),
            (67, element.into()),
        ])
    };
    // In one revision with the field, as writers do it; here the field came one before.
    let element = "<< /Type /StructElem /S /Form /P 50 0 R /K << /Type /OBJR /Obj 60 0 R /Pg 3 0 R >> >>";
    let objects = [
        (5, file.body(5).replace(" 31 0 R]", " 31 0 R 60 0 R]")),
        (3, file.body(3).replace(" 31 0 R]", " 31 0 R 60 0 R]")),
        (60, format!("<< {WIDGET} /T (two) /Rect [0 0 9 9] /StructParent 1 /V 61 0 R >>")),
        (50, file.body(50).replace("[51 0 R]", "[51 0 R 67 0 R]").replace("NextKey 1", "NextKey 2")),
        (52, "<< /Nums [0 [51 0 R] 1 67 0 R] >>".into()),
        (67, element.into()),
    ];
    passes("a tag", &file.signed(61, "", &objects), FILLING);
    fails("a tag for old content", &tagged("<< /S /P /P 50 0 R /Pg 3 0 R /K 0 >>"), "marks content of a page");
    fails("a tag for an old field", &tagged(&element.replace("60 0 R", "6 0 R")), "not new");
}

#[test]
fn what_makes_signatures_last() {
    let file = signed();
    let once = evidence(&file);
    passes("evidence", &once, LTA);
    passes("evidence and a time stamp", &stamped_time(&once), LTA);
    let more = once.with(&[
        (1, once.body(1).replace("[64 0 R]", "[64 0 R 68 0 R] /VRI << /AA << /Cert [68 0 R] /TU (D:2026) >> >>")),
        (68, stream("", "more")),
    ]);
    passes("more evidence", &more, LTA);
    passes("a description", &file.one(17, stream("/Type /Metadata /Subtype /XML", &XMP.replace("one", "two"))), LTA);
    passes("information", &file.one(16, "<< /Title (two) /ModDate (D:2026) >>"), LTA);
    let moved = file.revision(&[(69, "<< /Title (x) >>".into())], &[], "/Root 1 0 R /Info 69 0 R");
    passes("other information", &moved, LTA);
    passes("no information", &file.revision(&[], &[], "/Root 1 0 R"), LTA);
    let extended = file.edited(1, "/ADBE", "/ESIC << /BaseVersion /1.7 /ExtensionLevel 2 >> /ADBE");
    passes("an extension", &extended, LTA);
    passes("a higher version", &file.edited(1, "/Version /1.7", "/Version /2.0"), LTA);
    passes("what nothing leads to", &file.one(70, "<< /Nothing true >>"), LTA);
    passes("as it was", &file.one(4, file.body(4)), LTA);
    passes("in another order", &file.one(9, "<</BaseFont/Helvetica/Subtype/Type1/Type/Font>>"), LTA);
    passes("what nothing led to, freed", &file.revision(&[], &[Row::Free(12)], "/Root 1 0 R /Info 16 0 R"), LTA);
}

/// Without a word of the signatories it cannot be told whether they meant to allow annotations.
#[test]
fn annotations_are_left_open() {
    let file = signed();
    let open = |what: &str, file: &File| {
        expect(what, file, Outcome::Unknown, ModificationLevel::Annotations, "no signature says whether")
    };
    let judged = open("added", &annotated(&file, "Highlight", ""));
    assert!(judged.changes[0].area.is_some_and(|area| (area.width.0 - 35.28).abs() < 0.01), "{judged:#?}");
    open("changed", &file.edited(13, "/Rect [200", "/Rect [250"));
    open("its appearance", &file.one(19, stream("/Subtype /Form", "1 1 2 2 re f")));
    open("removed", &file.edited(3, "13 0 R ", ""));
    open("a link", &annotated(&file, "Link", "/A << /S /URI /URI (https://example.com) >>"));
    fails("a script", &annotated(&file, "Link", "/A << /S /JavaScript /JS (x) >>"), "brings an action");
    fails("a program", &annotated(&file, "Link", "/A << /S /Launch /F (x) >>"), "brings an action");
    fails("events", &annotated(&file, "Square", "/AA << >>"), "brings an action");
    fails("made a widget", &file.edited(13, "/Square", "/Widget"), "was made a widget");
}

#[test]
fn documents_of_others() {
    use ModificationLevel::{FormFilling, LtaUpdate, None, Other};
    let levels: &[(&str, &[ModificationLevel])] = &[
        ("pyhanko/extensions-indirect", &[FormFilling, None]),
        ("pyhanko/extensions-update-direct", &[FormFilling, None]),
        ("pyhanko/form-update-override-appearance-stream", &[FormFilling, None]),
        ("pyhanko/form-update-override-appearance-stream-sneaky", &[Other, None]),
        ("pyhanko/minimal-signed-twice-second-created", &[FormFilling, None]),
        ("pyhanko/pades-lta-dss-indirect-arrs-test-2", &[FormFilling, FormFilling, LtaUpdate]),
        ("pyhanko/tail-uncovered", &[Other]),
        ("pyhanko/weird-byterange", &[Other]),
        ("pyhanko/sig-with-ski-sid", &[None]),
        ("pyhanko-generated/b-lt", &[LtaUpdate]),
        ("pyhanko-generated/signature-widget-removed-from-page", &[Other]),
        ("pyhanko-generated/textfield-filled-after-sign", &[FormFilling]),
        ("pyhanko-generated/xmp-external-entity", &[Other, Other]),
        ("attacks/siwa_C", &[Other]),
    ];
    for (name, levels) in levels {
        let bytes = std::fs::read(format!("{}/testdata/pdf/{name}.pdf", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let judged = all(&bytes);
        let seen: Vec<_> = judged.iter().map(|one| one.level.unwrap()).collect();
        assert_eq!(&seen, levels, "{name}");
        for one in &judged {
            let is_fine = one.level < Some(Other);
            assert_eq!(one.outcome == Outcome::Pass, is_fine, "{name}: {}", one.text);
        }
    }
}
