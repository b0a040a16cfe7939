use super::permitted::{annotated, evidence, filled, new_field, stamped_time};
use super::*;

const PASS: Outcome = Outcome::Pass;
const FAIL: Outcome = Outcome::Fail;

/// Certified at a level, as `/P` says it.
fn certified(level: &str) -> File {
    let parameters = format!("<< /Type /TransformParams {level} /V /1.2 >>");
    let extra =
        format!("/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams {parameters} /Data 1 0 R >>]");
    signed_with("/Perms << /DocMDP 20 0 R >>", "", &extra)
}

/// A change, and what becomes of it at the levels 1 to 3.
type Case = (&'static str, fn(&File) -> File, [Outcome; 3]);

/// A signature that locks fields.
fn locking(lock: &str) -> File {
    let extra = format!(
        "/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << {lock} >> /Data 1 0 R >>]"
    );
    signed_with("", "", &extra)
}

fn spare_signed(file: &File) -> File {
    file.signed(61, "", &[(8, file.body(8).replace("/T (spare)", "/T (spare) /V 61 0 R"))])
}

#[track_caller]
fn outcome(what: &str, file: &File, expected: Outcome) -> Judged {
    let judged = first(file);
    assert_eq!(judged.outcome, expected, "{what}: {}\n{:#?}", judged.text, judged.changes);
    judged
}

#[test]
fn certifications() {
    let cases: Vec<Case> = vec![
        ("evidence", evidence, [PASS; 3]),
        ("a time stamp", stamped_time, [PASS; 3]),
        ("a value", filled, [FAIL, PASS, PASS]),
        ("the spare field signed", spare_signed, [FAIL, PASS, PASS]),
        ("an invisible signature", |file| new_field(file, "/T (x) /Rect [0 0 0 0]", Some("")), [FAIL, PASS, PASS]),
        // The sneaky signature: a new field may cover what was certified.
        ("a visible signature", |file| new_field(file, "/T (x) /Rect [0 0 99 99]", Some("")), [FAIL; 3]),
        ("a visible field", |file| new_field(file, "/T (x) /Rect [0 0 99 99]", None), [FAIL; 3]),
        ("a square", |file| annotated(file, "Square", ""), [FAIL, FAIL, PASS]),
        // Evil annotations.
        ("a text", |file| annotated(file, "FreeText", ""), [FAIL; 3]),
        ("a stamp", |file| annotated(file, "Stamp", ""), [FAIL; 3]),
        ("a redaction", |file| annotated(file, "Redact", ""), [FAIL; 3]),
        ("content", |file| file.one(4, stream("", "evil")), [FAIL; 3]),
        ("permissions", |file| file.edited(1, "/Perms << /DocMDP 20 0 R >>", ""), [FAIL; 3]),
        ("other permissions", |file| file.edited(1, "/DocMDP 20 0 R", "/DocMDP 12 0 R"), [FAIL; 3]),
    ];
    for (what, change, expected) in cases {
        for (level, expected) in ["/P 1", "/P 2", "/P 3"].into_iter().zip(expected) {
            outcome(&format!("{what} at {level}"), &change(&certified(level)), expected);
        }
        outcome(&format!("{what} without a level"), &change(&certified("")), expected[1]);
    }
    let strange = outcome("a level that is none", &filled(&certified("/P 9")), Outcome::Unknown);
    assert!(strange.text.contains("none of 1, 2 and 3"), "{}", strange.text);
    let judged = outcome("sneaky", &new_field(&certified("/P 2"), "/T (x) /Rect [0 0 99 99]", Some("")), FAIL);
    assert!(judged.text.contains("in a certified document a new visible field"), "{}", judged.text);
}

#[test]
fn a_certification_is_the_first_signature() {
    let file = signed();
    let reference = "/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>]";
    let field = file.body(8).replace("/T (spare)", "/T (spare) /V 61 0 R");
    let catalog = file.body(1).replace("/Outlines", "/Perms << /DocMDP 61 0 R >> /Outlines");
    let later = file.signed(61, reference, &[(8, field.clone()), (1, catalog)]);
    let judged = all(&later.bytes);
    assert_eq!(judged[0].outcome, FAIL, "{}", judged[0].text);
    let told = |finding: &&Finding| finding.detail.contains("there are signatures from before it");
    assert_eq!(judged[1].findings.iter().find(told).map(|finding| finding.outcome), Some(FAIL));
    // One that the catalog does not name certifies nothing.
    let claimed = file.signed(61, reference, &[(8, field)]);
    let judged = all(&filled(&claimed).bytes);
    assert_eq!((judged[0].outcome, judged[1].outcome), (PASS, PASS), "{judged:#?}");
    assert!(judged[1].findings.iter().any(|finding| finding.detail.contains("certifies nothing")));
}

#[test]
fn locks_of_fields() {
    let spare = |lock: &str| spare_signed(&locking(lock));
    for (lock, value, other) in [
        ("/Action /All", FAIL, FAIL),
        ("/Action /Include /Fields [(name)]", FAIL, PASS),
        ("/Action /Include /Fields [(nam)]", PASS, PASS),
        ("/Action /Include /Fields [(name2) (spare)]", PASS, FAIL),
        ("/Action /Exclude /Fields [(name)]", PASS, FAIL),
        ("/Action /Exclude /Fields [(name2)]", FAIL, FAIL),
        ("/Action /Nothing", FAIL, FAIL),
    ] {
        let judged = outcome(lock, &filled(&locking(lock)), value);
        assert_eq!(judged.level == Some(ModificationLevel::Other), value == FAIL, "{lock}");
        assert_eq!(judged.text.contains("a signature locked that field"), value == FAIL, "{lock}: {}", judged.text);
        outcome(lock, &spare(lock), other);
        outcome(lock, &stamped_time(&locking(lock)), PASS);
        outcome(lock, &evidence(&locking(lock)), PASS);
        // To make a field read-only says nothing else.
        outcome(lock, &locking(lock).edited(6, "/FT /Tx", "/FT /Tx /Ff 1"), PASS);
    }
    // What two fields share cannot be told apart.
    let shared = |file: File| {
        let field = file.body(31).replace("/N 21 0 R", "/N 11 0 R");
        file.one(31, field)
    };
    let file = shared(form("", ""));
    let extra =
        "/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(name)] >> >>]";
    let field = file.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
    let file = file.signed(20, extra, &[(7, field)]);
    outcome("shared", &file.one(11, stream("/Subtype /Form", "x")), FAIL);
}

/// A later signature locks the document; it cannot give more than an earlier one.
#[test]
fn locks_of_documents() {
    let lock = |level: u8| signed_with("", &format!("/Lock << /Type /SigFieldLock /Action /All /P {level} >>"), "");
    outcome("evidence", &evidence(&lock(1)), PASS);
    outcome("a value", &filled(&lock(1)), FAIL);
    outcome("a value", &filled(&lock(2)), PASS);
    outcome("a square", &annotated(&lock(2), "Square", ""), FAIL);
    outcome("a square", &annotated(&lock(3), "Square", ""), PASS);
    // Certified for filling in; the second signature wants annotations allowed.
    let file = certified("/P 2");
    let file = file.one(8, file.body(8).replace("/T (spare)", "/T (spare) /Lock << /Action /All /P 3 >>"));
    assert_eq!(first(&file).outcome, FAIL, "a lock may not be added");
    let form = form("/Perms << /DocMDP 20 0 R >>", "");
    let form = form.one(8, form.body(8).replace("/T (spare)", "/T (spare) /Lock << /Action /All /P 3 >>"));
    let extra = "/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >>]";
    let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
    let twice = annotated(&spare_signed(&form.signed(20, extra, &[(7, field)])), "Square", "");
    let judged = all(&twice.bytes);
    assert_eq!((judged[0].outcome, judged[1].outcome), (FAIL, FAIL), "{judged:#?}");
}

/// A lock that would allow more than what is in force allows nothing more, and that it claims so is told.
#[test]
fn permissions_that_come_too_late() {
    for (certified, locked, expected) in
        [(2, 3, Outcome::Unknown), (2, 2, PASS), (2, 1, PASS), (1, 3, Outcome::Unknown)]
    {
        let form = form("/Perms << /DocMDP 20 0 R >>", "");
        let lock = format!("/T (spare) /Lock << /Action /All /P {locked} >>");
        let form = form.one(8, form.body(8).replace("/T (spare)", &lock));
        let extra = format!("/Reference [<< /TransformMethod /DocMDP /TransformParams << /P {certified} >> >>]");
        let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
        let judged = all(&spare_signed(&form.signed(20, &extra, &[(7, field)])).bytes);
        let told = |finding: &&Finding| finding.detail.contains("would allow more than signatures from before it");
        let found = judged[1].findings.iter().find(told).map_or(PASS, |finding| finding.outcome);
        assert_eq!(found, expected, "/P {certified}, then {locked}: {:#?}", judged[1].findings);
        assert_eq!(judged[0].outcome, if certified == 1 { FAIL } else { PASS }, "/P {certified}, then {locked}");
    }
}

/// What stands in the structure for an annotation comes and goes with it, where annotations may; nothing else does.
#[test]
fn tags_of_annotations() {
    let note = "<< /Type /Annot /Subtype /Square /StructParent 1 /Rect [200 200 300 300] >>";
    let content = |object: u32| format!("<< /Type /OBJR /Obj {object} 0 R /Pg 3 0 R >>");
    let tagged = |level: &str, kids: &str| {
        let form = form("/Perms << /DocMDP 20 0 R >>", "").with(&[
            (13, note.into()),
            (50, "<< /Type /StructTreeRoot /K [51 0 R 53 0 R] /ParentTree 52 0 R /ParentTreeNextKey 2 >>".into()),
            (52, "<< /Nums [0 [51 0 R] 1 53 0 R] >>".into()),
            (53, format!("<< /Type /StructElem /S /Annot /P 50 0 R /Pg 3 0 R /K {kids} >>")),
        ]);
        let extra = format!("/Reference [<< /TransformMethod /DocMDP /TransformParams << {level} >> >>]");
        let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
        form.signed(20, &extra, &[(7, field)])
    };
    let without_note = |file: &File| (3, file.body(3).replace(" 13 0 R", ""));
    let without_tag = |file: &File| (50, file.body(50).replace(" 53 0 R", ""));
    let without_key = |file: &File| (52, file.body(52).replace(" 1 53 0 R", ""));
    let alone = |level: &str| tagged(level, &content(13));
    for (level, expected) in [("/P 3", PASS), ("/P 2", FAIL)] {
        let file = alone(level);
        outcome("both", &file.with(&[without_note(&file), without_tag(&file), without_key(&file)]), expected);
        outcome("the note", &file.with(&[without_note(&file)]), expected);
        let freed = file.revision(
            &[without_note(&file), without_tag(&file), without_key(&file)],
            &[crate::file::Row::Free(13), crate::file::Row::Free(53)],
            "/Root 1 0 R /Info 16 0 R",
        );
        outcome("both, freed", &freed, expected);
        let emptied = file.body(53).replace(&content(13), "[]");
        outcome("its content", &file.with(&[without_note(&file), (53, emptied), without_key(&file)]), expected);
        // Another note in place of the old one.
        let replaced = file.with(&[
            (3, file.body(3).replace(" 13 0 R", " 63 0 R")),
            (63, note.replace("/StructParent 1", "/StructParent 2")),
            (53, file.body(53).replace("13 0 R", "63 0 R")),
            (50, file.body(50).replace("NextKey 2", "NextKey 3")),
            (52, "<< /Nums [0 [51 0 R] 2 53 0 R] >>".into()),
        ]);
        outcome("another note", &replaced, expected);
    }
    let file = alone("/P 3");
    let judged = outcome("the tag alone", &file.with(&[without_tag(&file), without_key(&file)]), FAIL);
    assert!(judged.text.contains("removed or moved"), "{}", judged.text);
    outcome("the key alone", &file.with(&[without_key(&file)]), FAIL);
    outcome("the key of content", &file.edited(52, "0 [51 0 R] ", ""), FAIL);
    let more = file.with(&[without_note(&file), (50, file.body(50).replace("51 0 R 53 0 R", "")), without_key(&file)]);
    outcome("another element with it", &more, FAIL);
    let mixed = tagged("/P 3", &format!("[1 {}]", content(13)));
    outcome(
        "an element with text",
        &mixed.with(&[without_note(&mixed), without_tag(&mixed), without_key(&mixed)]),
        FAIL,
    );
    let kept = mixed.body(53).replace(&content(13), "");
    outcome("the note out of it", &mixed.with(&[without_note(&mixed), (53, kept), without_key(&mixed)]), PASS);
    outcome("a text that is said", &file.edited(53, "/S /Annot", "/S /Annot /ActualText (evil)"), FAIL);
}
