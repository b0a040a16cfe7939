//! Habits of OFD packages.

use std::io::{Cursor, Read as _, Write as _};

use crate::sealing::{World, now, of, package, told};
use crate::*;
use eseal::seal::SealSignature;
use eseal::verify::SignatureKind;
use eseal::{Document as _, ErrorKind, Ofd, Outcome, Page, Stamp, Trust, Verdict, Verifier};

/// Rewrites a package, each entry by its name and content; `None` drops it.
fn rewritten(bytes: &[u8], change: impl Fn(&str, Vec<u8>) -> Vec<(String, Vec<u8>)>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        for (name, content) in change(&name, content) {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn replaced(text: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(text).unwrap().replace(from, to).into_bytes()
}

#[test]
fn quirk_29_forms_of_the_description() {
    // No year in a namespace, relative paths; elements in another order; attributes nobody knows.
    for (name, count) in [("testImageNotFound.ofd", 2), ("999.ofd", 1), ("DigitalSign.ofd", 1), ("v4signed.ofd", 1)] {
        let reports = judged_package(package(name), now());
        assert_eq!(reports.len(), count, "{name}");
        for report in reports {
            told(&report.checks, "document.references", Outcome::Pass, "");
        }
    }
    // Provider with elements in place of attributes, and a check method of another number.
    let reports = judged_package(package("n.ofd"), now());
    assert_eq!(reports[0].kind, SignatureKind::SealSignature);
}

#[test]
fn quirk_30_forms_of_identifiers() {
    let open = package("SESV4SignDoc.ofd");
    let list = "Doc_0/Signs/Signatures.xml";
    let forms =
        ["<ofd:MaxSignId>1</ofd:MaxSignId>", "<ofd:MaxSignId>0</ofd:MaxSignId><ofd:MaxSignId>s1</ofd:MaxSignId>", ""];
    let world = World::new();
    let seal = world.seal();
    for form in forms {
        let odd = rewritten(&open, |name, bytes| {
            let bytes = if name == list { with_max_sign_id(&bytes, form) } else { bytes };
            vec![(name.to_owned(), bytes)]
        });
        told(&judged_package(odd.clone(), now())[0].checks, "document.references", Outcome::Pass, "");
        // On writing there is exactly one, and it is the highest in use.
        let valid = Verifier::new(&world.trust).seal(&seal, now().plus_days(1)).require_valid().unwrap();
        let document = Ofd::read(odd).unwrap();
        let stamp = Stamp::of(valid).on(Page(1), eseal::Mm(10.0), eseal::Mm(10.0));
        let stamped = stamp.apply(&document, &world.signatory).unwrap();
        let bytes = stamped.as_bytes().to_vec();
        let text = entry(&bytes, list);
        assert_eq!(text.matches("MaxSignId>").count(), 2, "{text}");
        let reports = judged_package(bytes, now().plus_days(2));
        assert_eq!(reports.len(), 2);
        told(&reports[1].checks, "document.references", Outcome::Pass, "");
    }
}

fn with_max_sign_id(bytes: &[u8], form: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let start = text.find("<ofd:MaxSignId>").unwrap();
    let end = text.find("</ofd:MaxSignId>").unwrap() + "</ofd:MaxSignId>".len();
    format!("{}{form}{}", &text[..start], &text[end..]).into_bytes()
}

fn entry(package: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn quirk_31_no_seal_node_no_type() {
    let reports = judged_package(package("999.ofd"), now());
    assert_eq!(reports[0].kind, SignatureKind::SealSignature);
    told(&reports[0].checks, "seal.maker-signature", Outcome::Pass, "");
    assert!(of(&reports[0].checks, "seal.same").is_empty());
}

#[test]
fn quirk_32_date_of_the_description_is_no_evidence() {
    // v4signed.ofd writes local time there; timeInfo counts.
    let bytes = package("v4signed.ofd");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
    let mut value = Vec::new();
    archive.by_name("Doc_0/Signs/Sign_0/SignedValue.dat").unwrap().read_to_end(&mut value).unwrap();
    let signed = SealSignature::from_der(&value).unwrap();
    assert_eq!(judged_package(bytes, now())[0].times.claimed, Some(signed.time()));
}

#[test]
fn quirk_33_locked_document_signed_again() {
    let locked = package("V4RideRight.ofd");
    let world = World::new();
    let seal = world.seal();
    let valid = Verifier::new(&world.trust).seal(&seal, now().plus_days(1)).require_valid().unwrap();
    let stamp = Stamp::of(valid).on(Page(1), eseal::Mm(10.0), eseal::Mm(10.0));
    let refused = stamp.apply(&Ofd::read(locked.clone()).unwrap(), &world.signatory).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotAllowed, "{refused}");
    // Who does it all the same spoils the first signature, and the report names the list.
    let forced = rewritten(&locked, |name, bytes| {
        let bytes = if name.ends_with("Signatures.xml") { replaced(bytes, "</ofd:Max", " </ofd:Max") } else { bytes };
        vec![(name.to_owned(), bytes)]
    });
    let report = judged_package(forced, now()).remove(0);
    told(&report.checks, "document.references", Outcome::Fail, "Signatures.xml");
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn quirk_34_rebuilt_after_signing() {
    let report = judged_package(package("n.ofd"), now()).remove(0);
    told(&report.checks, "document.references", Outcome::Fail, "");
    let spaced = rewritten(&package("999.ofd"), |name, bytes| {
        let bytes = if name.ends_with("Document.xml") { [bytes.as_slice(), b" "].concat() } else { bytes };
        vec![(name.to_owned(), bytes)]
    });
    let report = judged_package(spaced, now()).remove(0);
    told(&report.checks, "document.references", Outcome::Fail, "Document.xml");
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn quirk_35_paths_in_another_case() {
    let good = package("999.ofd");
    let renamed = rewritten(&good, |name, bytes| {
        let name = if name.ends_with("Content.xml") { name.replace("Content", "CONTENT") } else { name.to_owned() };
        vec![(name, bytes)]
    });
    let report = judged_package(renamed.clone(), now()).remove(0);
    told(&report.checks, "document.references", Outcome::Pass, "tolerated: listed files whose names");
    let document = Ofd::read(renamed).unwrap();
    let anchors = Trust::new();
    let report = Verifier::new(&anchors).policy(strict()).document(&document, now()).unwrap();
    told(&report.signatures()[0].checks, "document.references", Outcome::Fail, "other capitals or slashes");
    assert_eq!(report.verdict(), Verdict::Invalid);
    // Two that differ in nothing else are one too many.
    let doubled = rewritten(&good, |name, bytes| {
        let mut both = vec![(name.to_owned(), bytes.clone())];
        if name.ends_with("Content.xml") {
            both.push((name.replace("Content", "CONTENT"), b"<other/>".to_vec()));
        }
        both
    });
    let trust = Trust::new();
    let doubled = Ofd::read(doubled);
    let refused = match &doubled {
        Err(_) => true,
        Ok(document) => match Verifier::new(&trust).document(document, now()) {
            Err(_) => true,
            Ok(report) => report.verdict() == Verdict::Invalid,
        },
    };
    assert!(refused);
}
