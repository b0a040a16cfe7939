use super::*;
use crate::file::Row;
use eseal::ChangeKind;

const JS: &str = "<< /S /JavaScript /JS (app.alert(1)) >>";

#[test]
fn nothing_is_changed_by_nothing() {
    let file = signed();
    let judged = first(&file);
    assert_eq!((judged.outcome, judged.level), (Outcome::Pass, Some(ModificationLevel::None)), "{}", judged.text);
    passes("an empty revision", &file.with(&[]), ModificationLevel::LtaUpdate);
}

/// Incremental saving: new content over signed content.
#[test]
fn pages_and_what_they_draw() {
    let file = signed();
    let page = ChangeKind::Page;
    for (what, later) in [
        ("content", file.one(4, stream("", "BT (evil) Tj ET"))),
        ("an added content", file.edited(3, "/Contents [4 0 R", "/Contents [4 0 R 12 0 R")),
        ("content switched to what was hidden", file.edited(3, "/Contents [4 0 R 18 0 R]", "/Contents 12 0 R")),
        ("the length of a content", file.one(23, "5")),
        ("a font", file.one(9, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>")),
        ("another resource", file.edited(3, "/F1 9 0 R", "/F1 60 0 R")),
        ("a box", file.edited(3, "/Type /Page", "/Type /Page /CropBox [0 0 9 9]")),
        ("a rotation", file.edited(3, "/Type /Page", "/Type /Page /Rotate 90")),
        ("what a page referred to in vain", file.one(40, "<< /S /Anything >>")),
    ] {
        let judged = fails(what, &later, "changes that no signature allows");
        assert!(judged.changes.iter().any(|change| change.kind == page || what == "a font"), "{what}: {judged:#?}");
        let is_shown = judged.changes.iter().any(|change| change.page.map(|page| page.0) == Some(1));
        assert!(is_shown || what == "a font", "{what}: {judged:#?}");
    }
    fails("scripts", &file.edited(3, "/Type /Page", &format!("/Type /Page /AA << /O {JS} >>")), "/AA of the page");
    let twice = file.edited(3, "/Type /Page", "/Type /Page /Contents 12 0 R");
    assert!(Pdf::read(twice.bytes).unwrap().page_count().is_err());
}

/// Shadow attacks: hide, and hide and replace.
#[test]
fn shadows() {
    let file = signed();
    let empty = stream("/Type /XObject /Subtype /Form /BBox [0 0 0 0]", "");
    fails("the cover emptied", &file.one(10, empty), "object 10 0");
    fails("the cover freed", &file.revision(&[], &[Row::Free(10)], "/Root 1 0 R /Info 16 0 R"), "was taken away");
    fails("pages replaced", &file.edited(2, "/Kids [3 0 R]", "/Kids [14 0 R]"), "object 2 0");
    fails("a page added", &file.edited(2, "/Kids [3 0 R]", "/Kids [3 0 R 14 0 R]"), "object 2 0");
    fails("another page tree", &file.edited(1, "/Pages 2 0 R", "/Pages 15 0 R"), "the catalog's /Pages was changed");
    let catalog = file.body(1).replace("/Pages 2 0 R", "/Pages 15 0 R");
    let other = file.revision(&[(60, catalog)], &[], "/Root 60 0 R /Info 16 0 R");
    fails("another catalog", &other, "the trailer's /Root");
    // A revision that hides and one that shows again: nothing is left to be seen in the newest.
    let hidden = file.one(4, stream("", "BT (evil) Tj ET")).one(4, file.body(4));
    fails("content changed and changed back", &hidden, "object 4 0");
}

/// A cross-reference section that leads to other bytes, without a new object.
#[test]
fn redirected_objects() {
    let file = signed();
    let rows = |row: Row| file.revision(&[], &[row], "/Root 1 0 R /Info 16 0 R");
    let old = file.first_offset(4);
    assert!(old < file.offset(4));
    fails("to old bytes within what is signed", &rows(Row::At(4, old, 0)), "object 4 0");
    fails("to another object", &rows(Row::At(4, file.offset(12), 0)), "object 4 0");
    fails("freed", &rows(Row::Free(4)), "was taken away");
    fails("to another generation", &rows(Row::At(4, file.offset(4), 1)), "was taken away");
    passes("to where it is", &rows(Row::At(4, file.offset(4), 0)), ModificationLevel::LtaUpdate);
}

#[test]
fn the_catalog_and_scripts() {
    let file = signed();
    let add = |text: &str| file.edited(1, "/Type /Catalog", &format!("/Type /Catalog {text}"));
    for (what, text, part) in [
        ("a script on opening", format!("/OpenAction {JS}"), "/OpenAction was added"),
        ("scripts", format!("/AA << /WC {JS} >>"), "/AA was added"),
        ("scripts by name", format!("/Names << /JavaScript << /Names [(a) {JS}] >> >>"), "/Names was added"),
        ("layers", "/OCProperties << >>".into(), "/OCProperties was added"),
        ("labels", "/PageLabels << >>".into(), "/PageLabels was added"),
        ("permissions", "/Perms << /DocMDP 20 0 R >>".into(), "/Perms was added"),
        ("usage rights", "/Perms << /UR3 20 0 R >>".into(), "/Perms was added"),
        ("a private key", "/Private 4 0 R".into(), "/Private was added"),
        ("how it is viewed", "/ViewerPreferences << /HideToolbar true >>".into(), "/ViewerPreferences was added"),
    ] {
        fails(what, &add(&text), part);
    }
    // Without the form there is no signature to be found, and that is told of the document.
    let bare = Pdf::read(file.edited(1, "/AcroForm 5 0 R", "").bytes).unwrap();
    let trust = Trust::new();
    let report = Verifier::new(&trust).document(&bare, "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let told = report.findings().iter().find(|finding| finding.detail.contains("was removed later")).unwrap();
    assert_eq!((told.check, told.outcome), (checks::DOCUMENT_CHANGES.name(), Outcome::Fail));
    fails("the structure removed", &file.edited(1, "/StructTreeRoot 50 0 R", ""), "/StructTreeRoot was removed");
    fails("a lower version", &file.edited(1, "/Version /1.7", "/Version /1.4"), "version");
    fails("a lower extension", &file.edited(1, "/ExtensionLevel 8", "/ExtensionLevel 3"), "/ADBE was changed");
    fails("no extension", &file.edited(1, "/ADBE", "/Type"), "/ADBE was removed");
    fails("an outline", &file.edited(24, "(here)", "(there)"), "object 24 0");
    fails("a key twice", &add("/Lang (a) /Lang (b)"), "key /Lang twice");
    let strange = file.revision(&[], &[], "/Root 1 0 R /Info 16 0 R /Strange 4 0 R");
    fails("a key of the trailer", &strange, "the trailer's /Strange");
}

#[test]
fn descriptions_that_do_harm() {
    let file = signed();
    let xmp = |text: &str| file.one(17, stream("/Type /Metadata /Subtype /XML", text));
    let entity = format!("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>{XMP}");
    fails("an external entity", &xmp(&entity), "declares a document type");
    fails("an entity", &xmp(&XMP.replace("one", "&lol;")), "refers to an entity");
    fails("cut off", &xmp(&XMP[..XMP.len() - 3]), "XML");
    fails("something else", &xmp("<html/>"), "neither xmpmeta nor RDF");
    fails("no stream", &file.one(17, "<< /Type /Metadata >>"), "it is no stream");
    fails("removed", &file.edited(1, "/Metadata 17 0 R", ""), "was removed");
}

#[test]
fn fields_that_were_there() {
    let file = signed();
    for (what, old, new, part) in [
        ("a script", "/FT /Tx", format!("/FT /Tx /AA << /K {JS} >>"), "/AA of the field \"name\""),
        ("an action", "/FT /Tx", format!("/FT /Tx /A {JS}"), "/A of the field \"name\""),
        ("moved", "/Rect [10 10 100 30]", "/Rect [10 10 500 800]".into(), "/Rect of the field \"name\""),
        ("renamed", "/T (name)", "/T (other)".into(), "/T of the field \"name\""),
        ("another type", "/FT /Tx", "/FT /Btn".into(), "/FT of the field \"name\""),
        ("another page", "/P 3 0 R", "/P 14 0 R".into(), "/P of the field \"name\""),
        ("a limit", "/FT /Tx", "/FT /Tx /MaxLen 3".into(), "/MaxLen of the field \"name\""),
        ("flags that are none", "/F 4", "/F 12 0 R".into(), "/F of the field \"name\""),
        ("a signature for its value", "/V (Alice)", "/V 20 0 R".into(), "no signature field"),
        ("a dictionary for its value", "/V (Alice)", "/V << /A 1 >>".into(), "a value that no field can have"),
    ] {
        fails(what, &file.edited(6, old, &new), part);
    }
    fails("taken out", &file.edited(5, "6 0 R ", ""), "the field \"name\" was taken out of the form");
    fails("taken from its page", &file.edited(3, "6 0 R ", ""), "field \"name\" was taken from its page");
    fails("an appearance that the page draws too", &file.one(21, stream("/Subtype /Form", "evil")), "object 21 0");
    fails("kids for a field that had none", &file.edited(6, "/FT /Tx", "/FT /Tx /Kids []"), "/Kids of the field");
    // An appearance that something else leads to is given up for another: what else leads there keeps the old one.
    for way in ["/Private 70 0 R", "/Outlines << /Count 0 /Private 70 0 R >>"] {
        let form = form(way, "").with(&[(70, "<< /N 11 0 R >>".into())]);
        let form = form.edited(6, "/AP << /N 11 0 R >>", "/AP 70 0 R");
        let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
        let file = form.signed(20, "", &[(7, field)]);
        let drawn =
            file.with(&[(6, file.body(6).replace("/AP 70 0 R", "/AP << /N 71 0 R >>")), (71, stream("", "q Q"))]);
        fails("an appearance that is used elsewhere", &drawn, "which something else than a field uses too");
    }
    let calculated = file.edited(5, "/SigFlags 3", "/SigFlags 3 /CO [6 0 R] /XFA []");
    fails("calculations and XFA", &calculated, "/CO was added");
    fails("flags of the form", &file.edited(5, "/SigFlags 3", "/SigFlags 0"), "/SigFlags was changed");
    fails("a font of the form", &file.edited(5, "/Helv 9 0 R", "/Helv 6 0 R"), "resource /Helv was changed");
}

/// Signatures that were there: dictionary overriding, deleted and moved evidence.
#[test]
fn the_signature_itself() {
    let file = signed_with("", "", "/Reason (agreed)");
    let all_changes = fails("another reason", &file.edited(20, "(agreed)", "(paid)"), "written anew");
    assert!(all_changes.changes.iter().any(|change| change.kind == ChangeKind::Signature), "{all_changes:#?}");
    fails("moved", &file.edited(7, "/Rect [10 40", "/Rect [300 40"), "changed after it was signed: its /Rect");
    fails("another appearance", &file.edited(7, "/T (sig)", "/T (sig) /AP << /N 11 0 R >>"), "its /AP");
    fails("hidden", &file.edited(7, "/F 4", "/F 2"), "its /F");
    fails(
        "its drawing",
        &drawn().one(70, stream("/Subtype /Form", "evil")),
        "what the field \"sig\" shows was changed",
    );
    fails("taken from its page", &file.edited(3, "7 0 R ", ""), "field \"sig\" was taken from its page");
    passes("only a type", &retyped(), ModificationLevel::LtaUpdate);
    // Acrobat marks signed fields as read-only when it likes; the number says nothing else.
    passes("read-only", &file.edited(7, "/F 4", "/F 4 /Ff 1"), ModificationLevel::LtaUpdate);
    fails("a name for a number", &file.edited(7, "/F 4", "/F 4 /Ff /Yes"), "its /Ff");
    // Another signature in its place: the old one is not found any more, and that is told.
    let replaced = file.signed(60, "", &[(7, file.body(7).replace("/V 20 0 R", "/V 60 0 R"))]);
    let told = all(&replaced.bytes).remove(0).findings;
    assert!(told.iter().any(|finding| finding.detail.contains("was removed later")), "{told:#?}");
}

/// With an appearance for the signature.
fn drawn() -> File {
    let form = form("", "");
    let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R /AP << /N 70 0 R /D 70 0 R >>");
    form.signed(20, "", &[(7, field), (70, stream("/Subtype /Form", "good"))])
}

/// Objects that are what they seem and a drawing at once: a stream has data beside its entries.
#[test]
fn pages_and_annotations_that_are_streams() {
    for (number, body) in [
        (3, "/Type /Page /Parent 2 0 R /Annots [7 0 R 13 0 R] /Resources << /XObject << /P 3 0 R >> >>"),
        (13, "/Type /Annot /Subtype /Square /Rect [0 0 9 9]"),
        (51, "/Type /StructElem /S /P /P 50 0 R /Pg 3 0 R /K [0]"),
    ] {
        let form = form("", "").one(number, stream(body, "good"));
        let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
        let file = form.signed(20, "", &[(7, field)]);
        passes("nothing", &file.with(&[]), ModificationLevel::LtaUpdate);
        fails("data", &file.one(number, stream(body, "evil")), "was or became a stream");
    }
}

fn retyped() -> File {
    let form = form("", "").one(7, "<< /FT /Sig /T (sig) /V 20 0 R /Rect [0 0 0 0] >>");
    form.signed(20, "", &[]).one(7, "<< /Type /Annot /FT /Sig /T (sig) /V 20 0 R /Rect [0 0 0 0] >>")
}

/// Recycled values and phantom fields.
#[test]
fn new_fields_that_are_none() {
    let file = signed();
    let widget = "/Type /Annot /Subtype /Widget /F 4 /P 3 0 R /Rect [0 0 500 500]";
    let add = |body: &str| {
        let (form, page) = (file.body(5), file.body(3));
        let form = form.replace("31 0 R]", "31 0 R 60 0 R]");
        let page = page.replace("31 0 R]", "31 0 R 60 0 R]");
        file.with(&[(5, form), (3, page), (60, body.into())])
    };
    let field = |text: &str| add(&format!("<< {widget} {text} >>"));
    fails("a text field", &field("/FT /Tx /T (new)"), "is no signature field");
    fails("the name of another", &field("/FT /Sig /T (name)"), "has the name of an old field");
    fails("a name with a period", &field("/FT /Sig /T (a.b)"), "with a period");
    fails("no name", &field("/FT /Sig"), "has no name");
    fails("an action", &field(&format!("/FT /Sig /T (new) /AA << /E {JS} >>")), "brings an action");
    fails("a recycled signature", &field("/FT /Sig /T (new) /V 20 0 R"), "an old object for its signature");
    fails("a direct value", &field("/FT /Sig /T (new) /V << /ByteRange [] >>"), "no reference");
    fails("several places", &field("/FT /Sig /T (new) /Kids [61 0 R]"), "cannot be read");
    fails("an old object", &file.edited(5, "31 0 R]", "31 0 R 13 0 R]"), "is an old object");
    fails(
        "a widget without a field",
        &file.with(&[
            (3, file.body(3).replace("31 0 R]", "31 0 R 60 0 R]")),
            (60, format!("<< {widget} /AP << /N 10 0 R >> >>")),
        ]),
        "belongs to no field",
    );
    fails("a recycled value", &file.edited(8, "/T (spare)", "/T (spare) /V 20 0 R"), "an old object for its signature");
    fails("a value that is none", &file.edited(8, "/T (spare)", "/T (spare) /V 12 0 R"), "an old object");
}

#[test]
fn evidence_that_is_none() {
    let file = signed();
    let dss = |text: &str| file.edited(1, "/Type /Catalog", &format!("/Type /Catalog /DSS << {text} >>"));
    fails("an old stream", &dss("/Certs [4 0 R]"), "something that is no new stream");
    fails("no stream", &dss("/Certs [(x)]"), "something that is no new stream");
    fails("a strange key", &dss("/Script (x)"), "/Script of the DSS was added");
    let cert = (60, stream("", "der"));
    let with = file.with(&[
        (1, file.body(1).replace("/Outlines", "/DSS 61 0 R /Outlines")),
        cert,
        (61, "<< /Certs [60 0 R] /VRI << /AA << /Cert [60 0 R] >> >> >>".into()),
    ]);
    passes("honest", &with, ModificationLevel::LtaUpdate);
    // They came after the signature: for it, nothing is gone when they are.
    passes("come and gone", &with.edited(1, "/DSS 61 0 R", ""), ModificationLevel::LtaUpdate);
    // Objects that were there, whether anything led to them or not, are not overwritten with evidence.
    for old in [12, 9] {
        let moved = file.with(&[
            (1, file.body(1).replace("/Outlines", &format!("/DSS {old} 0 R /Outlines"))),
            (60, stream("", "der")),
            (old, "<< /Certs [60 0 R] >>".into()),
        ]);
        fails("the whole over an old object", &moved, "took over an object");
        let list = dss(&format!("/Certs {old} 0 R")).one(old, "[]");
        fails("a list over an old object", &list, "");
        let hints = file.with(&[
            (1, file.body(1).replace("/Outlines", &format!("/DSS << /VRI << /AA {old} 0 R >> >> /Outlines"))),
            (old, "<< /Type /VRI >>".into()),
        ]);
        fails("hints over an old object", &hints, "took over an object");
    }
    fails("content overwritten beside", &with.one(4, stream("", "evil")), "object 4 0");

    // What the signature found there stays.
    let form = form("/DSS 61 0 R", "")
        .with(&[(60, stream("", "der")), (61, "<< /Certs [60 0 R] /VRI << /AA << /Cert [60 0 R] >> >> >>".into())]);
    let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
    let file = form.signed(20, "", &[(7, field)]);
    fails("removed", &file.edited(1, "/DSS 61 0 R", ""), "were removed");
    fails("an entry removed", &file.edited(61, "/VRI << /AA", "/VRI << /BB"), "signature AA were removed");
    let emptied = file.edited(61, "/AA << /Cert [60 0 R]", "/AA << ");
    passes("an entry, which only hints, emptied", &emptied, ModificationLevel::LtaUpdate);
    fails("a certificate overwritten", &file.one(60, stream("", "other")), "object 60 0");
    passes("a stale one left out", &file.edited(61, "/Certs [60 0 R]", "/Certs []"), ModificationLevel::LtaUpdate);
}

#[test]
fn structure_that_was_there() {
    let file = signed();
    fails("a text", &file.edited(51, "(old)", "(evil)"), "/ActualText of a structure element");
    fails("a kind", &file.edited(51, "/S /P ", "/S /Artifact "), "/S of a structure element");
    fails("kids", &file.edited(51, "/K [0]", "/K [1]"), "removed or moved");
    fails("more content", &file.edited(51, "/K [0]", "/K [0 1]"), "marks content");
    fails("kinds", &file.edited(50, "/K [51 0 R]", "/K [51 0 R] /RoleMap << /P /Artifact >>"), "/RoleMap");
    fails("a tree that leads elsewhere", &file.edited(52, "[51 0 R]", "[50 0 R]"), "leads elsewhere for the key 0");
    fails("an element gone", &file.edited(50, "/K [51 0 R]", "/K []"), "removed or moved");
}

/// What follows the last revision, or is no revision.
#[test]
fn bytes_that_form_no_revision() {
    let file = signed();
    let behind = |text: &str| File { bytes: [&file.bytes, text.as_bytes()].concat() };
    let body = "4 0 obj\n<< /Length 4 >>\nstream\nevil\nendstream\nendobj\n";
    let before = all(&file.bytes).remove(0).level;
    assert_eq!(before, Some(ModificationLevel::None));
    for (what, text) in [
        ("a body", body.to_owned()),
        ("a comment", "% more\n".into()),
        ("a body and a trailer", format!("{body}trailer\n<< /Root 1 0 R >>\n")),
        ("a copy of the signature", format!("20 0 obj\n{}\nendobj\n", file.body(20))),
        ("a body and a mark", format!("{body}%%EOF\n")),
    ] {
        fails(what, &behind(&text), "bytes that no signature protects follow the last revision");
    }
    // A section that startxref does not lead to is no part of the document; a wrong one breaks it.
    for text in [format!("{body}startxref\n0\n%%EOF\n"), "startxref\n99999999\n%%EOF\n".into()] {
        assert!(Pdf::read(behind(&text).bytes).is_err(), "{text}");
    }
    // The old section named again, over a new body.
    let at = file::find_last(&file.bytes, "startxref").unwrap();
    let again = behind(&format!("{body}{}", String::from_utf8_lossy(&file.bytes[at..])));
    let judged = all(&again.bytes).remove(0);
    assert_eq!(judged.outcome, Outcome::Fail, "{}", judged.text);
}

/// One object that is a field and the drawings of letters: "V" may not become another letter.
#[test]
fn objects_of_two_kinds() {
    let form = form("", "");
    let font = "<< /Type /Font /Subtype /Type3 /CharProcs 6 0 R >>";
    let form = form.one(9, font);
    let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
    let file = form.signed(20, "", &[(7, field)]);
    fails(
        "a letter",
        &file.with(&[(6, file.body(6).replace("/V (Alice)", "/V 60 0 R")), (60, stream("", "evil"))]),
        "object 6 0",
    );
}

#[test]
fn object_streams_that_are_overwritten() {
    let sample = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/testdata/pdf/pyhanko/minimal-signed-twice-second-created.pdf"
    ));
    let file = File { bytes: sample.unwrap() };
    let root = "/Root 10 0 R";
    let good = all(&file.revision(&[(500, "<< >>".into())], &[], root).bytes);
    assert!(good.iter().all(|one| one.outcome == Outcome::Pass), "{good:#?}");
    let objects = [
        (20, "<< /Fields [21 0 R] /SigFlags 3 >>"),
        (21, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig1) /V 18 0 R /Rect [0 0 300 144] /P 11 0 R >>"),
        (22, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"),
        (23, "<< >>"),
    ];
    let (mut index, mut text) = (String::new(), String::new());
    for (number, body) in objects {
        index.push_str(&format!("{number} {} ", text.len()));
        text.push_str(&format!("{body} "));
    }
    let body = stream(&format!("/Type /ObjStm /N 4 /First {}", index.len()), &format!("{index}{text}"));
    let bad = all(&file.revision(&[(16, body)], &[], root).bytes);
    assert!(!bad.is_empty() && bad.iter().all(|one| one.outcome == Outcome::Fail), "{bad:#?}");
    assert!(bad.iter().any(|one| one.text.contains("the object stream was written anew")), "{bad:#?}");
}
