//! Content that was hidden before signing and comes out later, content that is replaced, and objects that a
//! cross-reference section leads elsewhere.

use crate::comes_out;
use crate::document::{Doc, Entry, Objects, XMP, stream};
use crate::upon_all;

/// What it is, how it is made, and what is to be told of it or comes out at each level.
type Attack = (&'static str, fn(&Doc) -> Doc, &'static str);

const JS: &str = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";

fn edit(doc: &Doc, number: u32, old: &str, new: &str) -> Doc {
    doc.edited(number, old, new)
}

fn entry(doc: &Doc, number: u32, entry: Entry) -> Doc {
    doc.revised(&[], &[(number, entry)], "/Root 1 0 R")
}

/// What no signature allows, whatever its level.
fn attacks() -> Vec<Attack> {
    vec![
        // Hide.
        (
            "the cover emptied",
            |doc| doc.with(&[(10, stream("/Type /XObject /Subtype /Form /BBox [0 0 0 0]", ""))]),
            "object 10 0",
        ),
        ("the cover freed", |doc| entry(doc, 10, Entry::Free), "was taken away"),
        ("the cover made a null", |doc| doc.with(&[(10, "null".into())]), "object 10 0"),
        ("the cover out of the resources", |doc| edit(doc, 3, "/Over 10 0 R", ""), "/Resources of the page"),
        (
            "hidden by a box",
            |doc| edit(doc, 3, "/Type /Page", "/Type /Page /CropBox [0 0 9 9]"),
            "/CropBox of the page",
        ),
        (
            "hidden by a layer",
            |doc| edit(doc, 1, "/Type /Catalog", "/Type /Catalog /OCProperties << /OCGs [] >>"),
            "/OCProperties",
        ),
        // Replace.
        ("the content replaced", |doc| doc.with(&[(4, stream("", "BT (evil) Tj ET"))]), "object 4 0"),
        ("the content switched", |doc| edit(doc, 3, "/Contents 4 0 R", "/Contents 12 0 R"), "/Contents of the page"),
        ("content added", |doc| edit(doc, 3, "/Contents 4 0 R", "/Contents [4 0 R 12 0 R]"), "/Contents of the page"),
        ("a font replaced", |doc| edit(doc, 9, "/Helvetica", "/Symbol"), "object 9 0"),
        ("a font of the form replaced", |doc| edit(doc, 5, "/Helv 9 0 R", "/Helv 12 0 R"), "/Helv"),
        ("an appearance that the page draws", |doc| doc.with(&[(18, stream("/Subtype /Form", "evil"))]), "object 18 0"),
        (
            "an appearance given up that the page draws",
            |doc| {
                let field = doc.body(17).replace("/AP << /N 18 0 R >>", "/AP 61 0 R");
                let before = doc.with(&[(17, field), (61, "<< /N 18 0 R >>".into())]);
                before.with(&[(18, stream("/Subtype /Form", "evil"))])
            },
            "object 18 0",
        ),
        ("a field moved", |doc| edit(doc, 6, "/Rect [10 10", "/Rect [300 10"), "/Rect of the field"),
        ("a field made a parent of nothing", |doc| edit(doc, 6, "/FT /Tx", "/FT /Tx /Kids []"), "/Kids of the field"),
        ("a field of another type", |doc| edit(doc, 6, "/FT /Tx", "/FT /Btn"), "/FT of the field"),
        ("a field renamed", |doc| edit(doc, 6, "/T (name)", "/T (nam)"), "/T of the field"),
        ("a field taken out", |doc| edit(doc, 5, "[6 0 R ", "["), "taken out of the form"),
        // Hide and replace.
        ("another page", |doc| edit(doc, 2, "/Kids [3 0 R]", "/Kids [14 0 R]"), "object 2 0"),
        ("a page more", |doc| edit(doc, 2, "/Kids [3 0 R]", "/Kids [3 0 R 14 0 R]"), "object 2 0"),
        ("another page tree", |doc| edit(doc, 1, "/Pages 2 0 R", "/Pages 15 0 R"), "/Pages was changed"),
        (
            "another catalog",
            |doc| {
                let catalog = doc.body(1).replace("/Pages 2 0 R", "/Pages 15 0 R");
                doc.revised(&[(60, catalog)], &[], "/Root 60 0 R")
            },
            "the trailer's /Root",
        ),
        (
            "there and back",
            |doc| doc.with(&[(4, stream("", "BT (evil) Tj ET"))]).with(&[(4, doc.body(4))]),
            "object 4 0",
        ),
        // Cross-references that lead elsewhere, without a new object.
        ("to old bytes", |doc| entry(doc, 4, Entry::At(doc.places(4)[0], 0)), "object 4 0"),
        ("to another object", |doc| entry(doc, 4, Entry::At(doc.places(12)[0], 0)), "object 4 0"),
        ("to the header", |doc| entry(doc, 4, Entry::At(0, 0)), "object 4 0"),
        ("into the middle of a stream", |doc| entry(doc, 4, Entry::At(doc.places(10)[0] + 70, 0)), "object 4 0"),
        ("to another generation", |doc| entry(doc, 4, Entry::At(doc.places(4)[1], 1)), "was taken away"),
        // Actions and scripts.
        (
            "a script on opening",
            |doc| edit(doc, 1, "/Type /Catalog", &format!("/Type /Catalog /OpenAction {JS}")),
            "/OpenAction was added",
        ),
        (
            "scripts by name",
            |doc| {
                edit(
                    doc,
                    1,
                    "/Type /Catalog",
                    &format!("/Type /Catalog /Names << /JavaScript << /Names [(a) {JS}] >> >>"),
                )
            },
            "/Names was added",
        ),
        (
            "a script of a page",
            |doc| edit(doc, 3, "/Type /Page", &format!("/Type /Page /AA << /O {JS} >>")),
            "/AA of the page",
        ),
        (
            "a script of a field",
            |doc| edit(doc, 6, "/FT /Tx", &format!("/FT /Tx /AA << /K {JS} >>")),
            "/AA of the field",
        ),
        ("calculations", |doc| edit(doc, 5, "/SigFlags 3", "/SigFlags 3 /CO [6 0 R]"), "/CO was added"),
        ("XFA", |doc| edit(doc, 5, "/SigFlags 3", "/SigFlags 3 /XFA []"), "/XFA was added"),
        // The evidence.
        ("the signature hidden", |doc| edit(doc, 7, "/F 4", "/F 2"), "/F"),
        ("the signature moved", |doc| edit(doc, 7, "/Rect [10 40", "/Rect [900 40"), "/Rect"),
        ("the signature's widget gone", |doc| edit(doc, 3, "7 0 R ", ""), "was taken from its page"),
        ("the signature drawn anew", |doc| edit(doc, 7, "/FT /Sig", "/FT /Sig /AP << /N 11 0 R >>"), "/AP"),
        (
            "another reason",
            |doc| {
                let text = String::from_utf8_lossy(&doc.bytes[doc.places(20)[0]..]).into_owned();
                let body = text.split_once("obj\n").unwrap().1.split_once("\nendobj").unwrap().0.to_owned();
                doc.with(&[(20, body.replacen("/Filter", "/Reason (Paid) /Filter", 1))])
            },
            "written anew",
        ),
        (
            "the description with an entity",
            |doc| {
                let text = format!("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>{XMP}");
                doc.with(&[(19, stream("/Type /Metadata /Subtype /XML", &text))])
            },
            "declares a document type",
        ),
        (
            "validation data over content",
            |doc| {
                let catalog = doc.body(1).replacen("/Pages", "/DSS << /Certs [12 0 R] >> /Pages", 1);
                doc.with(&[(1, catalog), (12, stream("", "evil"))])
            },
            "something that is no new stream",
        ),
        (
            "validation data in the place of content",
            |doc| {
                let catalog = doc.body(1).replacen("/Pages", "/DSS 12 0 R /Pages", 1);
                doc.with(&[(1, catalog), (12, "<< /Certs [] >>".into())])
            },
            "took over an object",
        ),
    ]
}

#[test]
fn what_was_signed_is_shown_otherwise() {
    upon_all(|scene, way, doc| {
        for (what, attack, part) in attacks() {
            comes_out(what, way, scene, &attack(doc).bytes, "xxxx", part);
        }
    });
}

/// The certification itself is taken away, weakened or doubled.
#[test]
fn certifications_are_kept() {
    upon_all(|scene, way, doc| {
        if way.level.is_none() {
            let added = doc.edited(1, "/Type /Catalog", "/Type /Catalog /Perms << /DocMDP 20 0 R >>");
            return comes_out(
                "a certification made of a signature",
                way,
                scene,
                &added.bytes,
                "xxxx",
                "/Perms was added",
            );
        }
        for (what, old, new, part) in [
            ("no certification", "/Perms << /DocMDP 20 0 R >>", "", "/Perms was removed"),
            ("another", "/DocMDP 20 0 R", "/DocMDP 12 0 R", "/Perms was changed"),
            ("with usage rights", "/DocMDP 20 0 R", "/DocMDP 20 0 R /UR3 12 0 R", "/Perms was changed"),
        ] {
            comes_out(what, way, scene, &doc.edited(1, old, new).bytes, "xxxx", part);
        }
    });
}

/// What honest programs do, at each level.
#[test]
fn honest_revisions() {
    let cases: Vec<Attack> = vec![
        ("nothing", |doc| doc.with(&[]), "vvvv"),
        ("what nothing leads to", |doc| doc.with(&[(70, "<< /Nothing true >>".into())]), "vvvv"),
        ("as it was", |doc| doc.with(&[(4, doc.body(4))]), "vvvv"),
        ("an entry as it was", |doc| entry(doc, 4, Entry::At(*doc.places(4).last().unwrap(), 0)), "vvvv"),
        (
            "a description",
            |doc| doc.with(&[(19, stream("/Type /Metadata /Subtype /XML", &XMP.replace("one", "two")))]),
            "vvvv",
        ),
        ("information", |doc| doc.revised(&[(71, "<< /Title (x) >>".into())], &[], "/Root 1 0 R /Info 71 0 R"), "vvvv"),
        ("validation data", evidence, "vvvv"),
        (
            "more of them, and fewer hints",
            |doc| {
                let once = evidence(doc);
                once.with(&[(66, "<< /Type /VRI /Cert [64 0 R] >>".into())])
            },
            "vvvv",
        ),
        (
            "a value and its appearance",
            |doc| {
                let field = doc.body(6).replace("(Alice)", "(Bob)").replace("/N 11 0 R", "/N 62 0 R");
                let drawn = stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Bob) Tj ET");
                doc.with(&[(6, field), (62, drawn)])
            },
            "vxvv",
        ),
        (
            "an appearance overwritten",
            |doc| doc.with(&[(11, stream("/Type /XObject /Subtype /Form", "BT (Bob) Tj ET"))]),
            "vxvv",
        ),
        ("viewers draw anew", |doc| edit(doc, 5, "/SigFlags 3", "/SigFlags 3 /NeedAppearances true"), "vxvv"),
        ("a square moved", |doc| edit(doc, 13, "[200 200", "[250 200"), "?xxv"),
        ("a square removed", |doc| edit(doc, 3, " 13 0 R", ""), "?xxv"),
    ];
    upon_all(|scene, way, doc| {
        for (what, change, by_level) in &cases {
            comes_out(what, way, scene, &change(doc).bytes, by_level, "");
        }
    });
}

fn evidence(doc: &Doc) -> Doc {
    let objects: Objects = vec![
        (
            1,
            doc.body(1).replacen(
                "/Pages",
                "/DSS << /Type /DSS /Certs [64 0 R] /OCSPs [65 0 R] /VRI << /AA 66 0 R >> >> /Pages",
                1,
            ),
        ),
        (64, stream("", "a certificate")),
        (65, stream("", "an answer")),
        (66, "<< /Type /VRI /Cert [64 0 R] /OCSP [65 0 R] >>".into()),
    ];
    doc.with(&objects)
}
