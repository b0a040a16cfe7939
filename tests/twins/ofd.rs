//! Stamped OFD packages with one thing changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eseal::authority::Algorithm;
use eseal::{Coverage, Document as _, ErrorKind, Mm, Ofd, Outcome, Page, Payload, Validity, Verdict};

use crate::common::package::Package;
use crate::common::scene::{Scene, SealDraft, SignatureDraft, algorithms, digest};
use crate::common::{all_findings, assert_judged, assert_told, sample};

const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";
const LIST: &str = "Doc_0/Signs/Signatures.xml";
const DESCRIPTION: &str = "Doc_0/Signs/Sign_0/Signature.xml";
const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
const SEAL: &str = "Doc_0/Signs/Sign_0/Seal.esl";

/// The package with one stamp.
fn stamped(scene: &Scene) -> Package {
    let ofd = Ofd::read(sample("ofd/helloworld.ofd")).unwrap();
    Package::read(&scene.stamped(&ofd, Payload::SealSignature).as_bytes())
}

/// The package with another stamp on it.
fn again(scene: &Scene, package: &Package) -> Package {
    let ofd = Ofd::read(package.write()).unwrap();
    let stamp = scene.stamp().on(Page(1), Mm(100.0), Mm(200.0));
    Package::read(&stamp.apply(&ofd, &scene.by()).unwrap().as_bytes())
}

/// The package with a value over the description as it stands now.
fn signed_anew(scene: &Scene, package: Package) -> Package {
    let draft = scene.signature_draft(package.get(DESCRIPTION));
    package.with(VALUE, draft.der())
}

/// The text without the element that begins with `start`.
fn cut(text: &str, start: &str, end: &str) -> String {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    let to = from + text[from..].find(end).unwrap() + end.len();
    [&text[..from], &text[to..]].concat()
}

#[track_caller]
fn judged(what: &str, scene: &Scene, bytes: Vec<u8>, verdict: Verdict, fails: &[&str]) {
    let ofd = Ofd::read(bytes).unwrap();
    let report = scene.verifier().document(&ofd, scene.now).unwrap();
    assert_judged(what, report.verdict(), &all_findings(&report), verdict, fails);
}

#[track_caller]
fn invalid(what: &str, scene: &Scene, package: &Package, fails: &[&str]) {
    judged(what, scene, package.write(), Verdict::Invalid, fails);
}

#[track_caller]
fn told(what: &str, scene: &Scene, package: &Package, check: &str, outcome: Outcome, part: &str) {
    let ofd = Ofd::read(package.write()).unwrap();
    let report = scene.verifier().document(&ofd, scene.now).unwrap();
    assert_told(what, &all_findings(&report), check, outcome, part);
}

#[test]
fn good_and_packed_anew() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = stamped(&scene);
        judged("good", &scene, good.write(), Verdict::Valid, &[]);
        judged("signed by the letter", &scene, signed_anew(&scene, good.clone()).write(), Verdict::Valid, &[]);
        judged("twice", &scene, again(&scene, &good).write(), Verdict::Valid, &[]);
    }
}

#[test]
fn files_that_it_protects() {
    let fails = &["document.references", "document.changes"];
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = stamped(&scene);
        let page = String::from_utf8(good.get(PAGE).to_vec()).unwrap();
        let edited = good.clone().with(PAGE, page.replacen("</", " </", 1));
        invalid("a page", &scene, &edited, fails);
        told("a page", &scene, &edited, "document.references", Outcome::Fail, PAGE);
        let edited = good.clone().edited("OFD.xml", "<ofd:DocInfo>", "<ofd:DocInfo><ofd:Title>x</ofd:Title>");
        invalid("the title", &scene, &edited, fails);
        let fewer = good.clone().without(PAGE);
        let structure = &["document.references", "document.changes", "document.structure"];
        invalid("a page taken out", &scene, &fewer, structure);
        let public = good.clone().with("Doc_0/PublicRes.xml", "<ofd:Res xmlns:ofd=\"http://www.ofdspec.org/2016\"/>");
        invalid("the resources", &scene, &public, fails);
    }
}

#[test]
fn the_description() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = stamped(&scene);
        let text = good.text(DESCRIPTION);
        let intact = &["document.intact"];
        let moved = good.clone().edited(DESCRIPTION, "Boundary=\"20 30", "Boundary=\"20 31");
        invalid("Boundary", &scene, &moved, intact);
        let at = text.find("<ofd:StampAnnot").unwrap();
        let end = at + text[at..].find('>').unwrap() + 1;
        let two = [&text[..end], &text[at..]].concat();
        invalid("another StampAnnot", &scene, &good.clone().with(DESCRIPTION, two), intact);
        let fewer = cut(&text, &format!("<ofd:Reference FileRef=\"/{PAGE}"), "</ofd:Reference>");
        let package = good.clone().with(DESCRIPTION, fewer);
        invalid("a reference fewer", &scene, &package, &["document.intact", "document.coverage"]);
        invalid("a page that nobody signed", &scene, &signed_anew(&scene, package), &["document.coverage"]);

        let missing = "<ofd:References CheckMethod=\"x\"><ofd:Reference FileRef=\"/a.xml\"><ofd:CheckValue>AA==\
                       </ofd:CheckValue></ofd:Reference>";
        let at = text.find("<ofd:References").unwrap();
        let end = at + text[at..].find('>').unwrap() + 1;
        let method = &text[at..end];
        let package = good.clone().with(DESCRIPTION, text.replacen(method, &missing.replacen("x", "SM3", 1), 1));
        let package = package.edited(DESCRIPTION, "CheckMethod=\"SM3\"", method[16..].trim_end_matches('>'));
        let fails = &["document.references", "document.changes"];
        invalid("a missing file", &scene, &signed_anew(&scene, package), fails);

        let none = cut(&text, "<ofd:Reference ", "</ofd:References>").replacen(
            method,
            &(method.to_owned() + "</ofd:References>"),
            1,
        );
        let package = signed_anew(&scene, good.clone().with(DESCRIPTION, none));
        invalid("no reference", &scene, &package, &["document.references", "document.coverage"]);
    }
}

#[test]
fn weak_digests_of_files() {
    let scene = Scene::new(Algorithm::P256);
    let good = stamped(&scene);
    let text = good.text(DESCRIPTION);
    // SHA-1 values of all files, signed well.
    let mut weak = text.replacen("2.16.840.1.101.3.4.2.1", "SHA1", 1);
    for (name, content) in &good.0 {
        let own = STANDARD.encode(digest(Algorithm::P256, content));
        let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, content);
        if weak.contains(&own) && !name.is_empty() {
            weak = weak.replace(&own, &STANDARD.encode(sha1));
        }
    }
    let package = signed_anew(&scene, good.clone().with(DESCRIPTION, weak));
    judged("SHA-1", &scene, package.write(), Verdict::Indeterminate, &[]);
    told("SHA-1", &scene, &package, "signature.algorithm", Outcome::Unknown, "SHA-1");
    let package = signed_anew(&scene, good.edited(DESCRIPTION, "2.16.840.1.101.3.4.2.1", "CRC32"));
    judged("CRC-32", &scene, package.write(), Verdict::Indeterminate, &[]);
}

#[test]
fn the_seal_beside_the_signature() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = stamped(&scene);
        let other = SealDraft { picture: sample("pictures/small/rgb.png"), ..scene.seal_draft() }.der();
        let package = good.clone().with(SEAL, other.clone());
        invalid("exchanged", &scene, &package, &["document.references", "document.changes", "seal.same"]);
        // Where the description does not list it, only the comparison with the signed seal tells.
        let fewer = cut(&good.text(DESCRIPTION), &format!("<ofd:Reference FileRef=\"/{SEAL}"), "</ofd:Reference>");
        let unlisted = signed_anew(&scene, good.clone().with(DESCRIPTION, fewer));
        judged("not listed", &scene, unlisted.write(), Verdict::Valid, &[]);
        invalid("exchanged, not listed", &scene, &unlisted.clone().with(SEAL, other), &["seal.same"]);
        judged("taken out, not listed", &scene, unlisted.without(SEAL).write(), Verdict::Valid, &[]);
    }
}

#[test]
fn the_value() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = stamped(&scene);
        let package = good.clone().without(VALUE);
        invalid("taken out", &scene, &package, &["signature.format", "signature.value"]);
        let package = good.clone().with(VALUE, Vec::new());
        invalid("empty", &scene, &package, &["signature.format", "signature.value"]);
        let package = good.clone().with(VALUE, good.get(SEAL));
        invalid("a seal", &scene, &package, &["signature.format"]);
        let other = scene.signature_draft(b"another description").der();
        invalid("of another document", &scene, &good.clone().with(VALUE, other), &["document.intact"]);
        let twice = again(&scene, &good);
        let value = twice.get("Doc_0/Signs/Sign_1/SignedValue.dat").to_vec();
        let exchanged = good.clone().with(VALUE, value);
        invalid("of another stamp", &scene, &exchanged, &["document.intact"]);
        let namesake = scene.issue(|_| ());
        let draft = SignatureDraft { signer: &namesake, ..scene.signature_draft(good.get(DESCRIPTION)) };
        invalid("of a namesake", &scene, &good.clone().with(VALUE, draft.der()), &["seal.signatory-listed"]);
        let draft = SignatureDraft { property: "/elsewhere".into(), ..scene.signature_draft(good.get(DESCRIPTION)) };
        let package = good.clone().with(VALUE, draft.der());
        judged("another property", &scene, package.write(), Verdict::Valid, &[]);
        told("another property", &scene, &package, "signature.property", Outcome::Unknown, "/elsewhere");
    }
}

#[test]
fn times_at_the_ends_of_the_seal() {
    let scene = Scene::new(algorithms()[0]);
    let good = stamped(&scene);
    let validity = Validity { not_before: scene.now, not_after: scene.now.plus_days(1) };
    let seal = SealDraft { validity, ..scene.seal_draft() }.der();
    // The seal beside the signature is exchanged too, and the description that lists it.
    let own = STANDARD.encode(digest(scene.algorithm, good.get(SEAL)));
    let package = good.clone().edited(DESCRIPTION, &own, &STANDARD.encode(digest(scene.algorithm, &seal)));
    let package = package.with(SEAL, seal.clone());
    for (time, fails) in [(0, &[][..]), (86_400, &[]), (86_401, &["seal.in-validity"])] {
        let time = scene.now.plus_seconds(time);
        let draft = SignatureDraft { seal: seal.clone(), time, ..scene.signature_draft(package.get(DESCRIPTION)) };
        let ofd = Ofd::read(package.clone().with(VALUE, draft.der()).write()).unwrap();
        let report = scene.verifier().document(&ofd, scene.now.plus_days(2)).unwrap();
        let verdict = if fails.is_empty() { Verdict::Valid } else { Verdict::Invalid };
        assert_judged("time", report.verdict(), &all_findings(&report), verdict, fails);
    }
}

#[test]
fn files_that_nobody_signed() {
    let scene = Scene::new(algorithms()[0]);
    let good = stamped(&scene);
    let package = good.clone().with("notes.txt", "nothing leads here");
    judged("a stray", &scene, package.write(), Verdict::Valid, &[]);
    told("a stray", &scene, &package, "document.structure", Outcome::Pass, "/notes.txt");

    // A file that the document names and that was missing when it was stamped is shown now.
    let ofd = Ofd::read(sample("ofd/Page5.ofd")).unwrap();
    let package = Package::read(&scene.stamped(&ofd, Payload::SealSignature).as_bytes());
    let resources = "<ofd:Res xmlns:ofd=\"http://www.ofdspec.org/2016\" BaseLoc=\"Res\"/>";
    let package = package.with("Doc_0/PublicRes.xml", resources);
    invalid("resources that were missing", &scene, &package, &["document.coverage"]);
}

#[test]
fn two_files_of_one_name() {
    let scene = Scene::new(algorithms()[0]);
    let good = stamped(&scene);
    for (name, content) in [(PAGE, b"<Page/>".as_slice()), (DESCRIPTION, b"<Signature/>"), ("OFD.xml", b"<OFD/>")] {
        let bytes = good.clone().with_twin(name, content);
        match Ofd::read(bytes) {
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Malformed);
                assert!(error.to_string().contains(name), "{error}");
            }
            Ok(ofd) => {
                let report = scene.verifier().document(&ofd, scene.now).unwrap();
                assert_eq!(report.verdict(), Verdict::Invalid, "{name}: {report}");
            }
        }
    }
}

#[test]
fn the_list_of_signatures() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = stamped(&scene);
        let twice = again(&scene, &good);
        let list = twice.text(LIST);
        let second = list.rfind("<ofd:Signature ").unwrap();
        let without_second = cut(&list[second..], "<ofd:Signature ", "/>");
        let package = twice.clone().with(LIST, [&list[..second], &without_second].concat());
        judged("the second entry removed", &scene, package.write(), Verdict::Indeterminate, &[]);
        told("removed", &scene, &package, "document.changes", Outcome::Unknown, "may have been taken out");
        let package = twice.clone().with(LIST, cut(&list, "<ofd:Signature ", "/>"));
        invalid("the first entry removed", &scene, &package, &["document.changes"]);

        // Whoever calls the seal a digital signature hides the stamp from readers.
        let package = good.clone().edited(LIST, "Type=\"Seal\"", "Type=\"Sign\"");
        judged("called Sign", &scene, package.write(), Verdict::Indeterminate, &[]);
        told("called Sign", &scene, &package, "signature.format", Outcome::Unknown, "readers show no stamp");

        // No list at all: nothing is judged, and the traces are told.
        let package = good.clone().without(LIST);
        let ofd = Ofd::read(package.write()).unwrap();
        let report = scene.verifier().document(&ofd, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Unsigned);
        assert!(report.findings().iter().any(|finding| finding.outcome != Outcome::Pass), "{report}");
        assert_eq!(report.require_valid().unwrap_err().kind(), ErrorKind::NotValid);

        let one = &list[list.find("<ofd:Signature ").unwrap()..second];
        let package = good.clone().edited(LIST, "</ofd:Signatures>", &format!("{one}</ofd:Signatures>"));
        let fails = &["signature.format", "signature.value"];
        let ofd = Ofd::read(package.write()).unwrap();
        let report = scene.verifier().document(&ofd, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Invalid, "{fails:?} {report}");
        assert_told("one entry twice", &all_findings(&report), "signature.format", Outcome::Fail, "another signature");
    }
}

#[test]
fn another_document_in_the_package() {
    let fails = &["document.references", "document.changes"];
    let scene = Scene::new(algorithms()[0]);
    let good = stamped(&scene);
    let document = good.text("Doc_0/Document.xml");
    let body = "<ofd:DocBody><ofd:DocInfo><ofd:DocID>2</ofd:DocID></ofd:DocInfo>\
                <ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>";
    let second = good.clone().edited("OFD.xml", "</ofd:OFD>", body).with("Doc_1/Document.xml", document.as_bytes());
    let ofd = Ofd::read(second.write()).unwrap();
    let report = scene.verifier().document(&ofd, scene.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Invalid);
    assert_told("a second DocBody", &all_findings(&report), "document.references", Outcome::Fail, "OFD.xml");
    assert_ne!(report.signatures()[0].coverage, Coverage::Whole, "{report}");

    let redirected = good.clone().edited("OFD.xml", "Doc_0/Document.xml", "Doc_0/Other.xml");
    let redirected = redirected.with("Doc_0/Other.xml", document.as_bytes());
    let ofd = Ofd::read(redirected.write()).unwrap();
    let report = scene.verifier().document(&ofd, scene.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Invalid, "{report}");
    for check in fails {
        assert_told("DocRoot redirected", &all_findings(&report), check, Outcome::Fail, "");
    }

    // The same where OFD.xml is not protected, as with many products.
    let fewer = cut(&good.text(DESCRIPTION), "<ofd:Reference FileRef=\"/OFD.xml", "</ofd:Reference>");
    let open = signed_anew(&scene, good.with(DESCRIPTION, fewer));
    judged("OFD.xml not protected", &scene, open.write(), Verdict::Valid, &[]);
    let redirected = open.clone().edited("OFD.xml", "Doc_0/Document.xml", "Doc_0/Other.xml");
    let redirected = redirected.with("Doc_0/Other.xml", document.as_bytes());
    let ofd = Ofd::read(redirected.write()).unwrap();
    let report = scene.verifier().document(&ofd, scene.now).unwrap();
    assert_ne!(report.verdict(), Verdict::Valid, "{report}");
    let second = open.edited("OFD.xml", "</ofd:OFD>", body).with("Doc_1/Document.xml", document.as_bytes());
    let ofd = Ofd::read(second.write()).unwrap();
    let report = scene.verifier().document(&ofd, scene.now).unwrap();
    assert_ne!(report.verdict(), Verdict::Valid, "{report}");
}

#[test]
fn after_the_lock() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let ofd = Ofd::read(sample("ofd/helloworld.ofd")).unwrap();
        let locked = scene.stamp().on(Page(1), Mm(1.0), Mm(1.0)).lock().apply(&ofd, &scene.by()).unwrap();
        judged("locked", &scene, locked.as_bytes().into_owned(), Verdict::Valid, &[]);
        let error = scene.stamp().on(Page(1), Mm(9.0), Mm(9.0)).apply(&locked, &scene.by()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        assert!(error.to_string().contains("lock"), "{error}");

        // What another product would do all the same: the second stamp of an open copy, put in.
        let twice = again(&scene, &stamped(&scene));
        let mut package = Package::read(&locked.as_bytes()).with(LIST, twice.get(LIST).to_vec());
        for (name, content) in twice.0.iter().filter(|(name, _)| name.contains("Sign_1/")) {
            package = package.with(name, content.clone());
        }
        let ofd = Ofd::read(package.write()).unwrap();
        let report = scene.verifier().document(&ofd, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Invalid);
        assert_told("stamped on", &report.signatures()[0].checks, "document.changes", Outcome::Fail, "locked");
    }
}
