//! What a signatory may lay down and what fields may ask for: certifications, locks, seed values, tags,
//! PDF/A – each with what must not be.

#![cfg(feature = "pdf")]

mod common;

use common::pdf::{append, document, find, minimal, object, rfind, set_payload, signatures, within};
use common::scene::{Scene, algorithms, sign};
use common::{all_findings, assert_judged, assert_told, sample};
use eseal::authority::TimeStampingAuthority;
use eseal::timestamp::TimeStamper;
use eseal::{
    BoxError, Document as _, ErrorKind, FieldLock, Finding, Mm, ModificationLevel, Outcome, Page, Payload, Pdf,
    Permitted, Stamp, SubIndication, Trust, Verdict, Verifier,
};

const BOTH: [Payload; 2] = [Payload::SealSignature, Payload::Cms];

/// A page with a text field, object 6, and an empty signature field, object 7, with `more` in it.
fn form(more: &str) -> Vec<u8> {
    let field =
        format!("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /F 4 /P 3 0 R /Rect [300 300 420 420] {more} >>");
    document(&[
        (1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 7 0 R] /DA (/Helv 0 Tf) >> >>"),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"),
        (3, "<< /Type /Page /Parent 2 0 R /Resources << >> /Contents 4 0 R /Annots [6 0 R 7 0 R] >>"),
        (4, "<< /Length 23 >>\nstream\n0.5 g 10 10 100 100 re f\nendstream"),
        (5, "<< /Type /XObject /Subtype /Form /BBox [0 0 80 20] /Length 0 >>\nstream\n\nendstream"),
        (
            6,
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Amount) /V (10) /F 4 /P 3 0 R /Rect [10 10 90 30] \
             /AP << /N 5 0 R >> >>",
        ),
        (7, &field),
    ])
}

fn sealed<'s>(scene: &'s Scene, payload: Payload) -> Stamp<'s> {
    scene.stamp().payload(payload).in_field("Seal")
}

/// The object as it stands, with `new` in place of `old`.
fn edited(bytes: &[u8], number: u32, old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes[object(bytes, number)].to_vec()).unwrap();
    assert!(text.contains(old), "{old}: {text}");
    let body = text.split_once("obj").unwrap().1.trim_end_matches("endobj").replacen(old, new, 1);
    append(bytes, &[(number, body.trim().as_bytes().to_vec())])
}

fn findings(scene: &Scene, bytes: &[u8]) -> (Verdict, Vec<Finding>, Vec<Option<ModificationLevel>>) {
    let pdf = Pdf::read(bytes).unwrap();
    let report = scene.verifier().document(&pdf, scene.now.plus_days(1)).unwrap();
    let levels = report.signatures().iter().map(|one| one.modification_level).collect();
    (report.verdict(), all_findings(&report), levels)
}

#[track_caller]
fn judged(scene: &Scene, bytes: &[u8], what: &str, verdict: Verdict, fails: &[&str]) {
    let (seen, findings, _) = findings(scene, bytes);
    assert_judged(what, seen, &findings, verdict, fails);
}

#[track_caller]
fn refused(scene: &Scene, bytes: &[u8], stamp: Stamp<'_>, kind: ErrorKind, part: &str) {
    let error = stamp.apply(&Pdf::read(bytes).unwrap(), &scene.by()).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(part), "{part}: {error}");
}

fn applied(scene: &Scene, bytes: &[u8], stamp: Stamp<'_>) -> Vec<u8> {
    stamp.apply(&Pdf::read(bytes).unwrap(), &scene.by()).unwrap().as_bytes().into_owned()
}

const CHANGES: &[&str] = &["document.changes"];

#[test]
fn certifications_permit_what_they_say() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        for payload in BOTH {
            for (permitted, level) in
                [(Permitted::Nothing, 1), (Permitted::FormFilling, 2), (Permitted::Annotations, 3)]
            {
                let certified = applied(&scene, &form(""), sealed(&scene, payload).certify(permitted));
                judged(&scene, &certified, "certified", Verdict::Valid, &[]);
                let (_, told, _) = findings(&scene, &certified);
                assert_told("certified", &told, "document.structure", Outcome::Pass, "is certified by the signature");
                let filled = edited(&certified, 6, "(10)", "(99)");
                let note = append(
                    &edited(&certified, 3, "/Annots [6 0 R 7 0 R]", "/Annots [6 0 R 7 0 R 900 0 R]"),
                    &[(900, b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (n) >>".to_vec())],
                );
                let content = append(&certified, &[(4, b"<< /Length 1 >>\nstream\nq\nendstream".to_vec())]);
                let may =
                    |least: i64| if level >= least { (Verdict::Valid, &[][..]) } else { (Verdict::Invalid, CHANGES) };
                judged(&scene, &filled, &format!("filled, P={level}"), may(2).0, may(2).1);
                judged(&scene, &note, &format!("annotated, P={level}"), may(3).0, may(3).1);
                judged(&scene, &content, "content", Verdict::Invalid, CHANGES);
                // Another stamp needs form filling; a new field that is seen is never permitted.
                let invisible = scene.stamp().payload(payload);
                if level == 1 {
                    refused(&scene, &certified, invisible, ErrorKind::NotAllowed, "allows no change at all");
                } else {
                    judged(&scene, &applied(&scene, &certified, invisible), "signed again", Verdict::Valid, &[]);
                    let shown = scene.stamp().on(Page(1), Mm(1.0), Mm(1.0));
                    refused(&scene, &certified, shown, ErrorKind::NotAllowed, "bring a new field that is seen");
                }
            }
        }
    }
}

#[test]
fn a_certification_comes_first_and_once() {
    let scene = Scene::new(algorithms()[0]);
    let signed = applied(&scene, &form(""), scene.stamp());
    refused(&scene, &signed, scene.stamp().certify(Permitted::FormFilling), ErrorKind::NotAllowed, "first signature");
    let certified = applied(&scene, &form(""), scene.stamp().certify(Permitted::FormFilling).attest("no scripts"));
    refused(
        &scene,
        &certified,
        scene.stamp().certify(Permitted::FormFilling),
        ErrorKind::NotAllowed,
        "first signature",
    );
    assert!(rfind(&certified, b"/Legal").is_some() && rfind(&certified, b"/Attestation <6E6F").is_some());
    refused(&scene, &form(""), scene.stamp().attest("x"), ErrorKind::Misuse, "belongs to a certification");
    // Without the catalog's word it is no certification: changing that afterwards is an attack.
    let robbed = edited(&certified, 1, "/Perms", "/Parms");
    judged(&scene, &robbed, "robbed", Verdict::Invalid, CHANGES);
}

#[test]
fn locks_hold_what_they_name() {
    let scene = Scene::new(algorithms()[0]);
    for payload in BOTH {
        for (lock, holds) in [
            (FieldLock::all(), true),
            (FieldLock::only(["Amount"]), true),
            (FieldLock::only(["Seal"]), false),
            (FieldLock::all_but(["Amount"]), false),
            (FieldLock::all_but(["Seal"]), true),
            (FieldLock::only(["Seal"]).permitting(Permitted::Nothing), true),
            (FieldLock::only(["Seal"]).permitting(Permitted::FormFilling), false),
        ] {
            for in_field in [true, false] {
                let stamp = if in_field { sealed(&scene, payload) } else { scene.stamp().payload(payload) };
                let what = format!("{lock:?}, in the field: {in_field}");
                let locked = applied(&scene, &form(""), stamp.lock_fields(lock.clone()));
                judged(&scene, &locked, &what, Verdict::Valid, &[]);
                let filled = edited(&locked, 6, "(10)", "(99)");
                let (verdict, fails) = if holds { (Verdict::Invalid, CHANGES) } else { (Verdict::Valid, &[][..]) };
                judged(&scene, &filled, &what, verdict, fails);
            }
        }
    }
}

#[test]
fn locks_that_cannot_be() {
    let scene = Scene::new(algorithms()[0]);
    let own = form("/Lock << /Type /SigFieldLock /Action /Include /Fields [(Amount)] >>");
    let stamp = || sealed(&scene, Payload::Cms);
    refused(&scene, &own, stamp().lock_fields(FieldLock::all()), ErrorKind::Mismatch, "has a lock of its own");
    let none = || FieldLock::only(Vec::<String>::new());
    refused(&scene, &form(""), stamp().lock_fields(none()), ErrorKind::Misuse, "names none");
    refused(&scene, &form(""), stamp().lock_fields(FieldLock::only(["Amoun"])), ErrorKind::Mismatch, "\"Amoun\"");
    // The field's own lock is copied.
    let locked = applied(&scene, &own, stamp());
    judged(&scene, &locked, "own lock", Verdict::Valid, &[]);
    judged(&scene, &edited(&locked, 6, "(10)", "(99)"), "own lock broken", Verdict::Invalid, CHANGES);
    // On a signed document an old field learns no lock that would change it.
    let signed = applied(&scene, &form(""), scene.stamp());
    let closing = FieldLock::all().permitting(Permitted::Nothing);
    refused(&scene, &signed, stamp().lock_fields(closing), ErrorKind::NotAllowed, "cannot get a lock");
    let twice = applied(&scene, &signed, stamp().lock_fields(FieldLock::all()));
    judged(&scene, &twice, "locked second", Verdict::Valid, &[]);
    // A locked document takes no further stamp.
    let closed = applied(&scene, &form(""), stamp().lock_fields(FieldLock::all().permitting(Permitted::Nothing)));
    refused(&scene, &closed, scene.stamp(), ErrorKind::NotAllowed, "locked the document");
}

/// Each entry: seed values, what complies, what does not, and what the refusal says.
#[test]
fn seed_values_are_obeyed() {
    let scene = Scene::new(algorithms()[0]);
    let certificate = scene.signatory.credentials.certificate();
    let hex = |der: &[u8]| der.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let (own, root) = (hex(certificate.der()), hex(scene.authority.root().der()));
    let cms = || sealed(&scene, Payload::Cms);
    let ses = || sealed(&scene, Payload::SealSignature);
    type Make<'m, 's> = &'m dyn Fn() -> Stamp<'s>;
    let certifying = || cms().certify(Permitted::FormFilling);
    let with_chain = || cms().chain([scene.authority.root().clone()]);
    let seen = || cms().reason("seen");
    let closing = || cms().lock_fields(FieldLock::all().permitting(Permitted::Nothing));
    let table: &[(String, Option<Make<'_, '_>>, Option<Make<'_, '_>>, &str)] = &[
        ("/Ff 1 /Filter /Adobe.PPKLite".into(), Some(&cms), Some(&ses), "/Filter wants \"Adobe.PPKLite\""),
        (
            "/Ff 2 /SubFilter [/x /GM.sm2seal]".into(),
            Some(&ses),
            Some(&cms),
            "/SubFilter wants \"x\" or \"GM.sm2seal\"",
        ),
        ("/Ff 4 /V 3".into(), Some(&cms), None, ""),
        ("/Ff 4 /V 4".into(), None, Some(&cms), "version 4"),
        ("/Ff 8 /Reasons [(seen) (agreed)]".into(), Some(&seen), Some(&cms), "/Reasons wants one of"),
        ("/Ff 8 /Reasons [(agreed)]".into(), None, Some(&seen), "/Reasons wants \"agreed\", not \"seen\""),
        ("/Ff 8 /Reasons []".into(), Some(&cms), Some(&seen), "wants no reason"),
        ("/Ff 8 /Reasons [(.)]".into(), Some(&cms), Some(&seen), "wants no reason"),
        ("/Reasons [(agreed)]".into(), Some(&seen), None, ""),
        (
            "/Ff 16 /LegalAttestation [(none)]".into(),
            None,
            Some(&certifying),
            "/LegalAttestation wants one of \"none\"",
        ),
        ("/Ff 32 /AddRevInfo true".into(), None, Some(&cms), "/AddRevInfo"),
        ("/Ff 32 /AddRevInfo false".into(), Some(&cms), None, ""),
        ("/Ff 64 /DigestMethod [/SHA256]".into(), Some(&cms), None, ""),
        ("/Ff 64 /DigestMethod [(SHA512)]".into(), None, Some(&cms), "/DigestMethod wants \"SHA512\", not \"SHA256\""),
        ("/Ff 128 /LockDocument /true".into(), Some(&closing), Some(&cms), "/LockDocument wants that nothing"),
        ("/Ff 128 /LockDocument /false".into(), Some(&cms), Some(&closing), "is not locked"),
        ("/Ff 256 /AppearanceFilter (Fancy)".into(), None, Some(&cms), "\"Fancy\""),
        ("/Ff 512".into(), None, Some(&cms), "not known"),
        ("/MDP << /P 0 >>".into(), Some(&cms), Some(&certifying), "/MDP wants no certification"),
        ("/MDP << /P 2 >>".into(), Some(&certifying), Some(&cms), "/MDP wants a certification with /P 2"),
        ("/MDP << /P 1 >>".into(), None, Some(&certifying), "and this is a certification with /P 2"),
        ("/TimeStamp << /URL (http://tsa) /Ff 1 >>".into(), None, Some(&cms), "a time stamp from http://tsa"),
        ("/TimeStamp << /URL (http://tsa) >>".into(), Some(&cms), None, ""),
        (format!("/Cert << /Ff 1 /Subject [<{own}>] >>"), Some(&cms), None, ""),
        (
            format!("/Cert << /Ff 1 /Subject [<{root}>] /URL (http://ca) >>"),
            None,
            Some(&cms),
            "(certificates: http://ca)",
        ),
        (format!("/Cert << /Subject [<{root}>] >>"), Some(&cms), None, ""),
        (format!("/Cert << /Ff 2 /Issuer [<{root}>] >>"), Some(&with_chain), None, ""),
        (format!("/Cert << /Ff 2 /Issuer [<{own}>] >>"), None, Some(&with_chain), "certain issuers"),
        ("/Cert << /Ff 4 /OID [(1.2.3)] >>".into(), None, Some(&cms), "certificate policies \"1.2.3\""),
        ("/Cert << /Ff 8 /SubjectDN [<< /CN (nobody) >>] >>".into(), None, Some(&cms), "a subject with CN=nobody"),
        ("/Cert << /Ff 32 /KeyUsage [(XXXXXX1)] >>".into(), None, Some(&cms), "a key usage of \"XXXXXX1\""),
        ("/Cert << /Ff 32 /KeyUsage [(XXXXXX1) (1XXXXX0)] >>".into(), Some(&cms), None, ""),
        ("/Cert << /SignaturePolicyOID (1.2.3) >>".into(), None, Some(&cms), "signature policy"),
    ];
    for (seed, good, bad, part) in table {
        let bytes = form(&format!("/SV << /Type /SV {seed} >>"));
        if let Some(good) = good {
            let stamped = good().apply(&Pdf::read(&bytes).unwrap(), &scene.by());
            let stamped = stamped.unwrap_or_else(|error| panic!("{seed}: {error}"));
            let (verdict, told, _) = findings(&scene, &stamped.as_bytes());
            assert_eq!(verdict, Verdict::Valid, "{seed}: {told:#?}");
            assert_told(seed, &told, "signature.seed-values", Outcome::Pass, "is what its field asked for");
        }
        if let Some(bad) = bad {
            refused(&scene, &bytes, bad(), ErrorKind::NotAllowed, part);
        }
    }
    // Unless named, a field asks nobody.
    let bytes = form("/SV << /Type /SV /Ff 8 /Reasons [(x)] >>");
    judged(&scene, &applied(&scene, &bytes, scene.stamp()), "another field", Verdict::Valid, &[]);
}

/// A signer that does not obey: the entry takes effect by a letter, and the value is made anew.
#[test]
fn seed_values_that_were_not_obeyed_are_told() {
    let scene = Scene::new(algorithms()[0]);
    for (seed, part) in [
        ("/Ff 1 /Filter /Adobe.PPKLite", "/Filter wants \"Adobe.PPKLite\""),
        ("/Ff 8 /Reasons [(seen)]", "/Reasons wants one of \"seen\", and none is given"),
        ("/Ff 64 /DigestMethod [/SHA512]", "/DigestMethod wants \"SHA512\""),
        ("/MDP << /P 1 >>", "/MDP wants a certification with /P 1"),
        ("/TimeStamp << /URL (http://tsa) /Ff 1 >>", "a time stamp from http://tsa"),
        ("/Cert << /Ff 8 /SubjectDN [<< /CN (nobody) >>] >>", "a subject with CN=nobody"),
    ] {
        let mut bytes = applied(&scene, &form(&format!("/XV << {seed} >>")), sealed(&scene, Payload::SealSignature));
        judged(&scene, &bytes, "nothing asked", Verdict::Valid, &[]);
        let mut from = 0;
        while let Some(at) = find(&bytes, b"/XV <<", from) {
            bytes[at + 1] = b'S';
            from = at + 1;
        }
        let places = signatures(&bytes).remove(0);
        let signed = scene.signature_draft(&within(&bytes, places.numbers)).der();
        set_payload(&mut bytes, &places, &signed);
        let (verdict, told, _) = findings(&scene, &bytes);
        assert_judged(seed, verdict, &told, Verdict::Indeterminate, &[]);
        assert_told(seed, &told, "signature.seed-values", Outcome::Unknown, part);
        let pdf = Pdf::read(&bytes).unwrap();
        let report = scene.verifier().document(&pdf, scene.now.plus_days(1)).unwrap();
        let reason = report.conclusion().sub_indication;
        assert_eq!(reason, Some(SubIndication::SigConstraintsFailure), "{seed}: {report}");
    }
}

/// A tagged page, and its structure's root with `tree` for its parent tree.
fn tagged(tree: &str, kids: &str) -> Vec<u8> {
    let root = format!("<< /Type /StructTreeRoot /K {kids} {tree} >>");
    document(&[
        (1, "<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 5 0 R /Lang (zh) >>"),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"),
        (3, "<< /Type /Page /Parent 2 0 R /Resources << >> /Contents 4 0 R /StructParents 0 >>"),
        (4, "<< /Length 34 >>\nstream\n/P << /MCID 0 >> BDC 1 1 9 9 re f EMC\nendstream"),
        (5, &root),
        (6, "<< /Type /StructElem /S /Document /P 5 0 R /K 7 0 R >>"),
        (7, "<< /Type /StructElem /S /P /P 6 0 R /Pg 3 0 R /K 0 >>"),
        (8, "<< /Nums [0 [7 0 R]] /Limits [0 0] >>"),
        (9, "<< /Kids [8 0 R] /Limits [0 0] >>"),
    ])
}

#[test]
fn tagged_documents_stay_tagged() {
    let scene = Scene::new(algorithms()[0]);
    let flat = "/ParentTree << /Nums [0 [7 0 R]] >> /ParentTreeNextKey 1";
    for (tree, kids, key) in [
        (flat, "6 0 R", 1),
        (flat, "[6 0 R]", 1),
        ("/ParentTree 9 0 R", "[6 0 R]", 1),
        ("/ParentTree 9 0 R /ParentTreeNextKey 40", "6 0 R", 40),
        ("/ParentTree << /Kids [9 0 R] >> /ParentTreeNextKey 1", "6 0 R", 1),
        ("", "7 0 R", 0),
    ] {
        let mut bytes = tagged(tree, kids);
        for count in 1..=2_usize {
            let stamp = scene.stamp().payload(BOTH[count - 1]).on(Page(1), Mm(10.0 * count as f64), Mm(10.0));
            bytes = applied(&scene, &bytes, stamp);
            let (verdict, told, levels) = findings(&scene, &bytes);
            assert_eq!(verdict, Verdict::Valid, "{tree}: {told:#?}");
            assert_eq!(levels.len(), count);
            let text = String::from_utf8_lossy(&bytes).split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            // The second stamp stays out of the structure, which another signed by then.
            let newest = key;
            assert!(!text.contains(&format!("/StructParent {}", key + 1)), "{tree}: {text}");
            let widget = text.rfind(&format!("/StructParent {newest}")).unwrap_or_else(|| panic!("{tree}: {text}"));
            assert!(text[..widget].rfind("/Subtype /Widget").is_some());
            assert!(text.contains("/S /Form") && text.contains("/Type /OBJR") && text.contains("/Tabs /S"));
            assert!(text.contains(&format!("/ParentTreeNextKey {}", newest + 1)), "{tree}: {text}");
            if tree.contains('9') {
                assert!(text.contains(&format!("/Limits [0 {newest}]")), "{text}");
            }
        }
        // What the element says may not be another later.
        let at = rfind(&bytes, b"/S /Form").unwrap();
        let start = rfind(&bytes[..at], b" 0 obj").unwrap();
        let digits = bytes[..start].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let number: u32 = std::str::from_utf8(&bytes[start - digits..start]).unwrap().parse().unwrap();
        let evil = edited(&bytes, number, "/S /Form", "/S /P");
        judged(&scene, &evil, "element changed", Verdict::Invalid, CHANGES);
    }
    // An untagged document gets no tags.
    let plain = applied(&scene, &minimal(&[0]), scene.stamp().on(Page(1), Mm(1.0), Mm(1.0)));
    assert!(find(&plain, b"/StructParent", 0).is_none() && find(&plain, b"/Tabs", 0).is_none());
}

/// A page of a file that claims to keep a part of ISO 19005, with an output intent or none.
fn archived(part: u32, intent: &str) -> Vec<u8> {
    let xmp = format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
         <rdf:Description rdf:about='' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' pdfaid:part='{part}' \
         pdfaid:conformance='B'/></rdf:RDF></x:xmpmeta>"
    );
    let metadata = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n{xmp}\nendstream", xmp.len());
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R {intent} >>");
    document(&[
        (1, &catalog),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"),
        (3, "<< /Type /Page /Parent 2 0 R /Resources << >> /Contents 4 0 R >>"),
        (4, "<< /Length 0 >>\nstream\n\nendstream"),
        (5, &metadata),
        (6, "<< /Type /OutputIntent /S /GTS_PDFA1 /DestOutputProfile 7 0 R >>"),
        (7, "<< /N 3 /Length 0 >>\nstream\n\nendstream"),
    ])
}

#[test]
fn archived_documents_keep_their_promise() {
    const RGB: &str = "/OutputIntents [6 0 R]";
    let scene = Scene::new(algorithms()[0]);
    for (part, intent, soft, calibrated) in [
        (1, RGB, false, false),
        (1, "", false, true),
        (2, RGB, true, false),
        (2, "", false, true),
        (3, RGB, true, false),
    ] {
        let before = archived(part, intent);
        let stamped = applied(&scene, &before, scene.stamp().on(Page(1), Mm(10.0), Mm(10.0)));
        judged(&scene, &stamped, "archived", Verdict::Valid, &[]);
        let added = &stamped[before.len()..];
        let has = |text: &str| find(added, text.as_bytes(), 0).is_some();
        assert_eq!(has("/SMask"), soft, "part {part}, {intent}");
        assert_eq!(has("/ImageMask true"), !soft, "part {part}, {intent}");
        assert_eq!(has("/CalRGB"), calibrated, "part {part}, {intent}");
        assert!(!has("/Group") && !has("\n5 0 obj") && has("/ID ["), "part {part}");
        assert!(has("/F 132") && has("/AP << /N "));
    }
    // A plain document may be see-through.
    let plain = applied(&scene, &minimal(&[0]), scene.stamp().on(Page(1), Mm(1.0), Mm(1.0)));
    assert!(find(&plain, b"/SMask", 0).is_some() && find(&plain, b"/CalRGB", 0).is_none());
}

#[cfg(feature = "svg")]
#[test]
fn see_through_drawings_are_no_part_of_pdf_a_1() {
    let mut scene = Scene::new(algorithms()[0]);
    let svg = |opacity: &str| {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='42mm' height='42mm' viewBox='0 0 42 42'>\
             <circle cx='21' cy='21' r='20' fill='red' {opacity}/></svg>"
        );
        eseal::Picture::svg(text.as_bytes(), Mm(42.0), Mm(42.0)).unwrap()
    };
    for (opacity, is_good) in [("", true), ("fill-opacity='0.5'", false)] {
        let content =
            eseal::seal::SealContent { picture: svg(opacity), ..common::scene::content(&scene.signatory, scene.now) };
        scene.seal = eseal::SealMaker::new(scene.maker.credentials.clone()).create(content, scene.now).unwrap();
        let stamp = |part| {
            let pdf = Pdf::read(archived(part, "/OutputIntents [6 0 R]")).unwrap();
            scene.stamp().on(Page(1), Mm(10.0), Mm(10.0)).apply(&pdf, &scene.by())
        };
        assert!(stamp(2).is_ok());
        match stamp(1) {
            Ok(_) => assert!(is_good),
            Err(error) => assert!(!is_good && error.to_string().contains("see-through in places"), "{error}"),
        }
    }
}

#[test]
fn hybrids_by_choice() {
    let scene = Scene::new(algorithms()[0]);
    let hybrid = sample("pdf/unsigned/hybrid.pdf");
    refused(&scene, &hybrid, scene.stamp(), ErrorKind::NotAllowed, "on_hybrid");
    let stamped = applied(&scene, &hybrid, scene.stamp().on_hybrid());
    let section = &stamped[rfind(&stamped, b"trailer").unwrap()..];
    assert!(find(section, b"/XRefStm", 0).is_none(), "the hidden section is the old revision's");
    let (verdict, told, _) = findings(&scene, &stamped);
    assert_told("hybrid", &told, "document.structure", Outcome::Pass, "hybrid of cross-reference tables");
    assert_judged("hybrid", verdict, &told, Verdict::Valid, &[]);
}

#[test]
fn room_as_asked_for() {
    let scene = Scene::new(algorithms()[0]);
    let hole = |stamp: Stamp<'_>| {
        let stamped = applied(&scene, &minimal(&[0]), stamp);
        signatures(&stamped)[0].contents.len()
    };
    let usual = hole(scene.stamp());
    assert_eq!(hole(scene.stamp().room(1)), usual, "never less than needed");
    assert_eq!(hole(scene.stamp().room(100_000)), 200_002);
}

/// An authority that announces shorter tokens than it gives.
#[derive(Debug)]
struct Stingy(TimeStampingAuthority);

impl TimeStamper for Stingy {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.0.exchange(request)
    }

    fn room(&self) -> usize {
        1
    }
}

#[test]
fn room_that_turns_out_too_small() {
    let scene = Scene::new(algorithms()[0]);
    let stingy = Stingy(scene.authority.time_stamper().unwrap());
    let pdf = Pdf::read(minimal(&[0])).unwrap();
    for payload in BOTH {
        // In phases the error says how much is needed, and asking for so much helps.
        let certificate = scene.signatory.credentials.certificate();
        let in_phases = |room: usize| {
            let stamp = scene.stamp().payload(payload).time_stamped_by(&stingy).room(room);
            let prepared = stamp.prepare(&pdf, certificate).unwrap();
            let value = sign(&scene.signatory, prepared.to_be_signed());
            let signed = prepared.signed(&value).unwrap().time_stamped(&stingy, scene.now).unwrap();
            (signed.payload().len(), signed.finish())
        };
        let (needed, outcome) = in_phases(0);
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains(&format!("the signature has {needed} bytes")), "{error}");
        // Values of ECDSA and SM2 differ by some octets in their length.
        assert!(in_phases(needed + 16).1.is_ok());
        // In one call it is seen to.
        let stamped = applied(&scene, &minimal(&[0]), scene.stamp().payload(payload).time_stamped_by(&stingy));
        judged(&scene, &stamped, "stamped in one call", Verdict::Valid, &[]);
    }
}

#[test]
fn a_time_stamp_that_a_field_asks_for() {
    let scene = Scene::new(algorithms()[0]);
    let clerk = scene.authority.time_stamper().unwrap();
    let trust = Trust::new().everything([scene.authority.root().clone()]);
    let bytes = form("/SV << /Type /SV /TimeStamp << /URL (http://tsa) /Ff 1 >> >>");
    for payload in BOTH {
        let stamped = applied(&scene, &bytes, sealed(&scene, payload).time_stamped_by(&clerk));
        let pdf = Pdf::read(stamped).unwrap();
        let report = Verifier::new(&trust).document(&pdf, scene.now.plus_days(1)).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        let told = all_findings(&report);
        assert_told("time-stamped", &told, "signature.seed-values", Outcome::Pass, "is what its field asked for");
    }
}

#[test]
fn ofd_has_other_means() {
    #[cfg(feature = "ofd")]
    {
        let scene = Scene::new(algorithms()[0]);
        let ofd = eseal::Ofd::read(sample("ofd/helloworld.ofd")).unwrap();
        for stamp in [scene.stamp().certify(Permitted::Nothing), scene.stamp().lock_fields(FieldLock::all())] {
            let error = stamp.apply(&ofd, &scene.by()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        }
    }
}

/// Readers stop to draw fields anew, unless a value would vanish by that.
#[test]
fn appearances_that_are_asked_for() {
    let scene = Scene::new(algorithms()[0]);
    let asking = edited(&form(""), 1, "/DA", "/NeedAppearances true /DA");
    let undrawn = edited(&asking, 6, "/AP << /N 5 0 R >>", "");
    for (before, wanted) in [(asking, "/NeedAppearances false"), (undrawn, "/NeedAppearances true")] {
        let stamped = applied(&scene, &before, scene.stamp().on(Page(1), Mm(100.0), Mm(100.0)));
        judged(&scene, &stamped, wanted, Verdict::Valid, &[]);
        let catalog = String::from_utf8_lossy(&stamped[object(&stamped, 1)]).into_owned();
        let catalog = catalog.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        assert!(catalog.contains(wanted), "{catalog}");
        // Who has no choice is told, before and after: some readers draw no stamp there.
        let stays = wanted.ends_with("true");
        let told = Pdf::read(before).unwrap().suspicions().unwrap();
        let told = told.iter().any(|one| one.detail.contains("save the form in a program that draws its values"));
        let (_, findings, _) = findings(&scene, &stamped);
        let noted = findings.iter().any(|one| one.detail.contains("some readers then draw no stamp"));
        assert_eq!((told, noted), (stays, stays), "{findings:#?}");
    }
}

/// One odd thing in each file, and the honest file beside it.
#[test]
fn what_to_know_before_signing() {
    let told = |bytes: &[u8]| Pdf::read(bytes).unwrap().suspicions().unwrap();
    assert!(told(&minimal(&[0, 90])).is_empty());
    assert!(told(&form("")).is_empty(), "{:?}", told(&form("")));
    let base = form("");
    let page = "/Contents 4 0 R";
    for (what, bytes, check, part) in [
        (
            "layer",
            edited(
                &append(&base, &[(800, b"<< /Type /OCG /Name (x) >>".to_vec())]),
                1,
                "/Type /Catalog",
                "/Type /Catalog /OCProperties << /OCGs [800 0 R] /D << /OFF [800 0 R] >> >>",
            ),
            "document.hidden",
            "layer 800 0",
        ),
        (
            "unused page",
            append(&base, &[(800, b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec())]),
            "document.hidden",
            "/Page 800 0",
        ),
        (
            "unused drawing",
            append(&base, &[(800, b"<< /Subtype /Form /BBox [0 0 1 1] /Length 0 >>\nstream\n\nendstream".to_vec())]),
            "document.hidden",
            "/Form 800 0",
        ),
        (
            "cover",
            edited(
                &append(&base, &[(800, b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] >>".to_vec())]),
                3,
                "/Annots [6 0 R 7 0 R]",
                "/Annots [6 0 R 7 0 R 800 0 R]",
            ),
            "document.hidden",
            "object 800 0",
        ),
        ("a plain twin", form("/MK << >>"), "", ""),
        ("undrawn", edited(&base, 6, "/AP << /N 5 0 R >>", ""), "document.hidden", "\"Amount\""),
        (
            "script",
            edited(&base, 1, "/Type /Catalog", "/Type /Catalog /OpenAction << /S /JavaScript /JS (app.beep()) >>"),
            "document.active",
            "scripts stand in the document (object 1 0)",
        ),
        (
            "launch",
            edited(&base, 3, page, "/Contents 4 0 R /AA << /O << /S /Launch /F (x.exe) >> >>"),
            "document.active",
            "actions start something",
        ),
        (
            "elsewhere",
            append(&base, &[(4, b"<< /Length 0 /F (http://example.com/x) >>\nstream\n\nendstream".to_vec())]),
            "document.active",
            "from other files (object 4 0)",
        ),
        (
            "font",
            edited(
                &append(&base, &[(800, b"<< /Type /Font /Subtype /TrueType /BaseFont /SimSun >>".to_vec())]),
                3,
                "/Resources << >>",
                "/Resources << /Font << /F 800 0 R >> >>",
            ),
            "document.hidden",
            "fonts are named and not embedded",
        ),
    ] {
        let findings = told(&bytes);
        if check.is_empty() {
            assert!(findings.is_empty(), "{what}: {findings:?}");
            continue;
        }
        let found = findings
            .iter()
            .any(|one| one.check == check && one.outcome == Outcome::Unknown && one.detail.contains(part));
        assert!(found, "{what}: {findings:?}");
    }
    let standard = edited(
        &append(&base, &[(800, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec())]),
        3,
        "/Resources << >>",
        "/Resources << /Font << /F 800 0 R >> >>",
    );
    assert!(told(&standard).is_empty());
}
