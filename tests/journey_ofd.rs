//! From an unsigned OFD package to one with ten stamps, by every algorithm and in every way.

#![cfg(feature = "ofd")]

mod common;

use common::package::Package;
use common::scene::{Scene, algorithms, content};
use common::{assert_told, sample};
use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, Signatories};
use eseal::verify::SignatureKind;
use eseal::{
    BoxError, Coverage, Credentials, Document as _, Edition, ErrorKind, Mm, Ofd, Outcome, Page, Payload, Prepared,
    SealMaker, Signatory, SignatureAlgorithm, SigningKey, Stamp, Trust, Verdict, Verifier,
};

const SAMPLES: &[&str] = &["ofd/helloworld.ofd", "ofd/Page5.ofd"];

fn read(name: &str) -> Ofd {
    Ofd::read(sample(name)).unwrap()
}

#[track_caller]
fn valid(scene: &Scene, ofd: &Ofd, signatures: usize) {
    let report = scene.verifier().document(ofd, scene.now.plus_days(1)).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    assert_eq!(report.signatures().len(), signatures);
    assert!(report.signatures().iter().all(|one| one.coverage == Coverage::Whole), "{report}");
    report.require_valid().unwrap();
}

/// All files of the earlier package stand in the later one, but for the list of signatures and, with
/// the first stamp, the entrance that names it.
#[track_caller]
fn unchanged(earlier: &Ofd, later: &Ofd, may_change: &[&str]) {
    let (earlier, later) = (Package::read(&earlier.as_bytes()), Package::read(&later.as_bytes()));
    for (name, content) in &earlier.0 {
        if !may_change.contains(&name.as_str()) {
            assert!(later.get(name) == content.as_slice(), "{name} was changed");
        }
    }
}

#[test]
fn ten_stamps_one_after_another() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let mut ofd = read("ofd/Page5.ofd");
        for count in 1..=10 {
            let place = Mm(f64::from(count) * 10.0);
            let stamp = scene.stamp().on(Page(1 + u32::try_from(count).unwrap() % 5), place, place);
            let stamped = stamp.apply(&ofd, &scene.by()).unwrap();
            let list = "Doc_0/Signs/Signatures.xml";
            unchanged(&ofd, &stamped, if count == 1 { &["OFD.xml"] } else { std::slice::from_ref(&list) });
            valid(&scene, &stamped, usize::try_from(count).unwrap());
            ofd = stamped;
        }
        let places: usize = {
            let report = scene.verifier().document(&ofd, scene.now).unwrap();
            report.signatures().iter().map(|one| one.places.len()).sum()
        };
        assert_eq!(places, 10);
        // What another process reads is the same document.
        valid(&scene, &Ofd::read(ofd.as_bytes()).unwrap(), 10);
        let mut written = Vec::new();
        ofd.write_to(&mut written).unwrap();
        assert_eq!(written, ofd.as_bytes().as_ref());
    }
}

#[test]
fn every_sample_by_rsa() {
    let scene = Scene::new(Algorithm::Rsa);
    for name in SAMPLES {
        let once = scene.stamped(&read(name), Payload::SealSignature);
        valid(&scene, &once, 1);
        valid(&scene, &scene.stamped(&once, Payload::SealSignature), 2);
    }
}

/// A stamp of ours on what others signed leaves their signatures as they were.
#[cfg(feature = "sm")]
#[test]
fn beside_stamps_of_other_products() {
    let scene = Scene::new(Algorithm::Sm2);
    for name in ["ofd/999.ofd", "ofd/v4signed.ofd", "ofd/SESV4SignDoc.ofd"] {
        let before = read(name);
        let after = scene.stamped(&before, Payload::SealSignature);
        let report = |ofd: &Ofd| {
            let report = scene.verifier().document(ofd, scene.now.plus_years(2)).unwrap();
            report.signatures().iter().map(|one| (one.id.clone(), one.verdict, one.coverage)).collect::<Vec<_>>()
        };
        let (before, after) = (report(&before), report(&after));
        assert_eq!(before, after[..before.len()], "{name}");
        assert_eq!(after.len(), before.len() + 1);
        assert_eq!(after.last().unwrap().1, Verdict::Valid, "{name}");
    }
    for name in ["ofd/V4RideRight.ofd", "ofd/gen_14_digital_sign.ofd", "ofd/testImageNotFound.ofd"] {
        let stamp = scene.stamp().on(Page(1), Mm(10.0), Mm(10.0));
        let error = stamp.apply(&read(name), &scene.by()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed, "{name}: {error}");
    }
}

#[test]
fn invisible_and_in_several_places() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let ofd = read("ofd/Page5.ofd");
        let invisible = scene.stamp().apply(&ofd, &scene.by()).unwrap();
        valid(&scene, &invisible, 1);
        let mut stamp = scene.stamp();
        for page in 1..=5 {
            stamp = stamp.on(Page(page), Mm(168.0), Mm(100.0));
        }
        let everywhere = stamp.apply(&invisible, &scene.by()).unwrap();
        valid(&scene, &everywhere, 2);
        let report = scene.verifier().document(&everywhere, scene.now).unwrap();
        let pages: Vec<_> = report.signatures()[1].places.iter().map(|area| area.page.0).collect();
        assert_eq!(pages, [1, 2, 3, 4, 5]);
        assert!(report.signatures()[0].places.is_empty());
        assert_eq!(report.signatures()[1].places[2].left, Mm(168.0));
        assert_eq!(report.signatures()[1].places[2].width, Mm(42.0));
    }
}

#[test]
fn places_that_are_nowhere() {
    let scene = Scene::new(algorithms()[0]);
    let ofd = read("ofd/helloworld.ofd");
    for (page, left) in [(0, 10.0), (2, 10.0), (u32::MAX, 10.0), (1, f64::NAN), (1, f64::INFINITY)] {
        let error = scene.stamp().on(Page(page), Mm(left), Mm(10.0)).apply(&ofd, &scene.by()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "page {page}, {left}: {error}");
    }
}

#[test]
fn prepared_here_and_signed_elsewhere() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let ofd = read("ofd/Page5.ofd");
        let certificate = scene.signatory.credentials.certificate();
        let prepared = scene.stamp().on(Page(2), Mm(5.0), Mm(5.0)).prepare(&ofd, certificate).unwrap();
        let stored = serde_json::to_string(&prepared).unwrap();
        drop(prepared);

        let prepared: Prepared<Ofd> = serde_json::from_str(&stored).unwrap();
        let value = common::scene::sign(&scene.signatory, prepared.to_be_signed());
        let stamped = prepared.signed(&value).unwrap().finish().unwrap();
        valid(&scene, &stamped, 1);

        // A value for something else, and a value of somebody else.
        let wrong = common::scene::sign(&scene.signatory, b"something else");
        let prepared: Prepared<Ofd> = serde_json::from_str(&stored).unwrap();
        assert_eq!(prepared.signed(&wrong).unwrap_err().kind(), ErrorKind::Signer);
        let prepared: Prepared<Ofd> = serde_json::from_str(&stored).unwrap();
        let wrong = common::scene::sign(&scene.maker, prepared.to_be_signed());
        assert_eq!(prepared.signed(&wrong).unwrap_err().kind(), ErrorKind::Signer);
        // r‖s is refused and said to be what it is.
        let prepared: Prepared<Ofd> = serde_json::from_str(&stored).unwrap();
        let error = prepared.signed(&common::scene::raw(&value)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer);
    }
}

#[test]
fn what_was_stored_was_changed() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let scene = Scene::new(algorithms()[0]);
    let prepared =
        scene.stamp().prepare(&read("ofd/helloworld.ofd"), scene.signatory.credentials.certificate()).unwrap();
    let stored: serde_json::Value = serde_json::to_value(&prepared).unwrap();
    let bytes = STANDARD.decode(stored["document"].as_str().unwrap()).unwrap();
    let refused = |value: serde_json::Value, part: &str| {
        let error = serde_json::from_value::<Prepared<Ofd>>(value).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    };
    let package = Package::read(&bytes);
    let mut changed = stored.clone();
    let moved = package.clone().edited("Doc_0/Signs/Sign_0/Signature.xml", "20250301", "20250302");
    changed["document"] = STANDARD.encode(moved.write()).into();
    refused(changed, "one of them was changed");
    let mut changed = stored.clone();
    let mut message = STANDARD.decode(stored["to_be_signed"].as_str().unwrap()).unwrap();
    let at = message.len() - 40;
    message[at] ^= 1;
    changed["to_be_signed"] = STANDARD.encode(message).into();
    let outcome = serde_json::from_value::<Prepared<Ofd>>(changed);
    if let Ok(prepared) = outcome {
        // What is signed then is another message; the value of the true one does not verify.
        let value =
            common::scene::sign(&scene.signatory, &STANDARD.decode(stored["to_be_signed"].as_str().unwrap()).unwrap());
        assert_eq!(prepared.signed(&value).unwrap_err().kind(), ErrorKind::Signer);
    }
    for (key, value, part) in [
        ("format", "PDF".into(), "PDF"),
        ("document", "!".into(), "base64"),
        ("document", STANDARD.encode(b"nothing").into(), ""),
        ("certificates", serde_json::json!([]), "no certificate"),
        ("certificates", serde_json::json!(["AAAA"]), "certificate"),
        ("algorithm", "rot13".into(), ""),
        ("hole", serde_json::json!({}), ""),
    ] {
        let mut changed = stored.clone();
        changed[key] = value;
        refused(changed, part);
    }
    // A page edited while it was stored is not protected by what is signed; verifying tells.
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let text = package.text(page).replacen("</", " </", 1);
    let mut changed = stored.clone();
    changed["document"] = STANDARD.encode(package.with(page, text).write()).into();
    let finished = serde_json::from_value::<Prepared<Ofd>>(changed).map(|prepared| {
        let value = common::scene::sign(&scene.signatory, prepared.to_be_signed());
        prepared.signed(&value).unwrap().finish()
    });
    if let Ok(Ok(ofd)) = finished {
        let report = scene.verifier().document(&ofd, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Invalid, "{report}");
        assert_told("edited", &report.signatures()[0].checks, "document.references", Outcome::Fail, page);
    }
}

/// A key that answers with something else than a signature of the message.
#[derive(Debug)]
struct Liar {
    algorithm: SignatureAlgorithm,
    answer: Option<Vec<u8>>,
}

impl SigningKey for Liar {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        None
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.answer.clone().ok_or_else(|| "the device is locked".into())
    }
}

#[test]
fn a_key_that_answers_wrongly() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let ofd = read("ofd/helloworld.ofd");
        let credentials = &scene.signatory.credentials;
        let good = common::scene::sign(&scene.signatory, b"another message");
        for answer in [None, Some(Vec::new()), Some(vec![0x30]), Some(vec![0; 64]), Some(good)] {
            let is_refusal = answer.is_none();
            let key = Liar { algorithm: credentials.algorithm(), answer };
            let liar = Credentials::new(vec![credentials.certificate().clone()], key).unwrap();
            let error = scene.stamp().apply(&ofd, &Signatory::new(liar)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Signer, "{error}");
            assert_eq!(error.to_string().contains("the device is locked"), is_refusal, "{error}");
        }
    }
}

#[test]
fn whom_the_seal_does_not_list() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let ofd = read("ofd/helloworld.ofd");
        let namesake = Signatory::new(scene.issue(|_| ()).credentials);
        let error = scene.stamp().apply(&ofd, &namesake).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("does not list"), "{error}");
    }
}

#[test]
fn a_seal_that_is_not_valid_now() {
    let scene = Scene::new(algorithms()[0]);
    let late = scene.now.plus_years(2).plus_seconds(1);
    let error = scene.verifier().seal(&scene.seal, late).require_valid().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotValid);
    assert_eq!(error.findings()[0].check, "seal.in-validity");
    let nobody = Trust::new();
    let error = Verifier::new(&nobody).seal(&scene.seal, scene.now).require_valid().unwrap_err();
    assert_eq!((error.kind(), error.findings()[0].check), (ErrorKind::NotValid, "seal.maker-trusted"));
}

/// Keys that the throw-away authority does not make: self-signed certificates are their own anchors.
#[test]
fn keys_from_files() {
    let scene = Scene::new(Algorithm::P256);
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    for name in ["ed25519", "rsa2048", "p256", "p384"] {
        let credentials = common::scene::credentials(name);
        let certificate = credentials.certificate().clone();
        let maker = SealMaker::new(credentials.clone());
        let content =
            SealContent { signatories: Signatories::listed([&certificate]), ..content(&scene.signatory, now) };
        let seal = maker.create(content, now).unwrap();
        let trust = Trust::new().everything([certificate]);
        let verifier = Verifier::new(&trust);
        let stamp = Stamp::of(verifier.seal(&seal, now).require_valid().unwrap());
        let stamped = stamp.apply(&read("ofd/helloworld.ofd"), &Signatory::new(credentials)).unwrap();
        let report = verifier.document(&stamped, now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{name}: {report}");
    }
}

/// A chain of three, and a seal maker of another algorithm than the signatory's.
#[cfg(feature = "sm")]
#[test]
fn authorities_and_algorithms_mixed() {
    let scene = Scene::new(Algorithm::Sm2);
    let authority = Authority::new(Algorithm::P256, scene.now).unwrap().with_intermediate().unwrap();
    let signatory = authority.issue(&authority.profile("示例市人民政府")).unwrap();
    let content = content(&signatory, scene.now);
    let seal = SealMaker::new(scene.maker.credentials.clone()).create(content, scene.now).unwrap();
    let trust = Trust::new()
        .seal_makers([scene.authority.root().clone()])
        .signatories([authority.root().clone()])
        .intermediates([authority.issuer().credentials.certificate().clone()]);
    let verifier = Verifier::new(&trust);
    let stamp = Stamp::of(verifier.seal(&seal, scene.now).require_valid().unwrap());
    let by = Signatory::new(signatory.credentials.clone());
    let stamped = stamp.apply(&read("ofd/helloworld.ofd"), &by).unwrap();
    assert_eq!(verifier.document(&stamped, scene.now).unwrap().verdict(), Verdict::Valid);
    // Without the certificate in between nothing can be told.
    let trust = Trust::new().seal_makers([scene.authority.root().clone()]).signatories([authority.root().clone()]);
    let report = Verifier::new(&trust).document(&stamped, scene.now).unwrap().verdict();
    assert_eq!(report, Verdict::Indeterminate);
}

/// Digital signatures (`Sign`), with and without a seal, by every algorithm and in both forms of GB/T 35275.
#[test]
fn digital_signatures() {
    let mut kinds = vec![(Algorithm::P256, Payload::Cms), (Algorithm::Rsa, Payload::Cms)];
    if cfg!(feature = "sm") {
        kinds.extend([(Algorithm::Sm2, Payload::Cms), (Algorithm::Sm2, Payload::CmsDigest)]);
    }
    for (algorithm, payload) in kinds {
        let scene = Scene::new(algorithm);
        let ofd = read("ofd/Page5.ofd");
        for stamp in [scene.stamp(), Stamp::signature(scene.now)] {
            let signed = stamp.payload(payload).apply(&ofd, &scene.by()).unwrap();
            valid(&scene, &signed, 1);
            let report = scene.verifier().document(&signed, scene.now).unwrap();
            let one = &report.signatures()[0];
            assert_eq!(one.kind, SignatureKind::Cms);
            assert!(one.label.starts_with("Sign "), "{}", one.label);
            assert_eq!(one.times.claimed, Some(scene.now), "{payload:?}");
            assert!(one.places.is_empty());
            let package = Package::read(&signed.as_bytes());
            assert!(package.text("Doc_0/Signs/Signatures.xml").contains("Type=\"Sign\""));
            // It shows nothing, so there is no picture for readers to take.
            assert!(one.seal.is_none() && !package.names().contains(&"Doc_0/Signs/Sign_0/Seal.esl"));

            // Bad twins, each by its check.
            let twin = |package: Package, check: &str, part: &str| {
                let ofd = Ofd::read(package.write()).unwrap();
                let report = scene.verifier().document(&ofd, scene.now).unwrap();
                assert_eq!(report.verdict(), Verdict::Invalid, "{report}");
                assert_told(part, &report.signatures()[0].checks, check, Outcome::Fail, part);
            };
            let description = "Doc_0/Signs/Sign_0/Signature.xml";
            let year =
                package.clone().edited(description, "<ofd:SignatureDateTime>2025", "<ofd:SignatureDateTime>2024");
            twin(year, "document.intact", "changed");
            let page = package.clone().edited("Doc_0/Pages/Page_4/Content.xml", "</", " </");
            twin(page, "document.references", "/Doc_0/Pages/Page_4/Content.xml");
            let value = "Doc_0/Signs/Sign_0/SignedValue.dat";
            let mut flipped = package.get(value).to_vec();
            *flipped.last_mut().unwrap() ^= 1;
            twin(package.clone().with(value, flipped), "signature.value", "");
        }
    }
}

/// A digital signature of one document beside another: everything in it is genuine but what it is about.
#[test]
fn a_digital_signature_of_another_document() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let sign = |name: &str| Stamp::signature(scene.now).apply(&read(name), &scene.by()).unwrap();
        let (one, other) = (sign("ofd/helloworld.ofd"), sign("ofd/Page5.ofd"));
        let value = "Doc_0/Signs/Sign_0/SignedValue.dat";
        let strange = Package::read(&other.as_bytes()).get(value).to_vec();
        let mixed = Ofd::read(Package::read(&one.as_bytes()).with(value, strange).write()).unwrap();
        let report = scene.verifier().document(&mixed, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Invalid, "{report}");
        assert_told("mixed", &report.signatures()[0].checks, "document.intact", Outcome::Fail, "message-digest is");
    }
}

#[test]
fn signatures_that_the_format_does_not_know() {
    let scene = Scene::new(Algorithm::P256);
    let ofd = read("ofd/helloworld.ofd");
    let refused = |stamp: Stamp<'_>, kind: ErrorKind, part: &str| {
        let error = stamp.apply(&ofd, &scene.by()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    };
    let shown = scene.stamp().payload(Payload::Cms).on(Page(1), Mm(10.0), Mm(10.0));
    refused(shown, ErrorKind::Misuse, "shows no picture");
    let plain = Stamp::signature(scene.now);
    refused(plain.payload(Payload::SealSignature), ErrorKind::Misuse, "needs a seal");
    refused(scene.stamp().payload(Payload::CmsDigest), ErrorKind::Unsupported, "which is for SM2");
}

/// Stamps by seals, a signature in between, and a signature that closes the document to all others.
#[test]
fn continued_and_closed() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let stamped = scene.stamped(&read("ofd/Page5.ofd"), Payload::SealSignature);
        let signed = Stamp::signature(scene.now).apply(&stamped, &scene.by()).unwrap();
        let stamped = scene.stamped(&signed, Payload::SealSignature);
        let closed = Stamp::signature(scene.now).lock().apply(&stamped, &scene.by()).unwrap();
        valid(&scene, &closed, 4);
        let labels = |ofd: &Ofd| {
            let report = scene.verifier().document(ofd, scene.now).unwrap();
            report.signatures().iter().map(|one| one.label[..4].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(labels(&closed), ["Seal", "Sign", "Seal", "Sign"]);
        for more in [scene.stamp(), Stamp::signature(scene.now)] {
            let error = more.apply(&closed, &scene.by()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAllowed);
            assert!(error.to_string().contains("it locked the document"), "{error}");
        }
        // Whoever takes the closing signature out of the list, to go on, is found out.
        let list = "Doc_0/Signs/Signatures.xml";
        let package = Package::read(&closed.as_bytes());
        let text = package.text(list);
        let at = text.rfind("<ofd:Signature ").unwrap();
        let opened = text[..at].to_owned() + "</ofd:Signatures>";
        let opened = Ofd::read(package.with(list, opened).write()).unwrap();
        let report = scene.verifier().document(&opened, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Indeterminate, "{report}");
        assert_told("opened", report.findings(), "document.changes", Outcome::Unknown, "may have been taken out");
    }
}

/// A seal of GM/T 0031-2025 stamps as one of GB/T 38540-2020 does.
#[test]
fn seals_of_the_latest_edition() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let maker = SealMaker::new(scene.maker.credentials.clone());
        let content = content(&scene.signatory, scene.now);
        let seal = maker.prepare(content).edition(Edition::Gmt0031_2025).make(scene.now).unwrap();
        let stamp = Stamp::of(scene.verifier().seal(&seal, scene.now).require_valid().unwrap());
        let stamped = stamp.on(Page(3), Mm(10.0), Mm(10.0)).apply(&read("ofd/Page5.ofd"), &scene.by()).unwrap();
        valid(&scene, &stamped, 1);
        let report = scene.verifier().document(&stamped, scene.now).unwrap();
        assert_eq!(report.signatures()[0].edition, Some(Edition::Gmt0031_2025));
        let package = Package::read(&stamped.as_bytes());
        assert_eq!(package.get("Doc_0/Signs/Sign_0/Seal.esl"), seal.der());
        // The copy beside it exchanged for a seal of the elder edition, its digest with it.
        let exchanged = Ofd::read(package.with("Doc_0/Signs/Sign_0/Seal.esl", scene.seal.der()).write()).unwrap();
        let report = scene.verifier().document(&exchanged, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Invalid, "{report}");
        assert_told("exchanged", &report.signatures()[0].checks, "document.references", Outcome::Fail, "Seal.esl");
    }
}

#[test]
fn digital_signatures_prepared_here_and_made_elsewhere() {
    let payload = if cfg!(feature = "sm") { Payload::CmsDigest } else { Payload::Cms };
    let scene = Scene::new(*algorithms().last().unwrap());
    let ofd = read("ofd/Page5.ofd");
    let certificate = scene.signatory.credentials.certificate();
    for payload in [payload, Payload::Cms] {
        let prepared = Stamp::signature(scene.now).payload(payload).prepare(&ofd, certificate).unwrap();
        let stored = serde_json::to_string(&prepared).unwrap();
        let prepared: Prepared<Ofd> = serde_json::from_str(&stored).unwrap();
        let value = common::scene::sign(&scene.signatory, prepared.to_be_signed());
        valid(&scene, &prepared.signed(&value).unwrap().finish().unwrap(), 1);
        let prepared: Prepared<Ofd> = serde_json::from_str(&stored).unwrap();
        let wrong = common::scene::sign(&scene.maker, prepared.to_be_signed());
        assert_eq!(prepared.signed(&wrong).unwrap_err().kind(), ErrorKind::Signer);
    }
}
