//! From an unsigned PDF document to one with ten stamps, by every algorithm and in every way.

#![cfg(feature = "pdf")]

mod common;

use common::pdf::minimal;
use common::scene::{Scene, algorithms, content, credentials, raw, sign};
use common::{all_findings, sample};
#[cfg(feature = "encryption")]
use eseal::Limits;
use eseal::authority::Algorithm;
use eseal::seal::{SealContent, Signatories};
use eseal::{
    BoxError, Coverage, Credentials, Document as _, ErrorKind, Finding, Mm, ModificationLevel, Outcome, Page, Payload,
    Pdf, Prepared, SealMaker, Signatory, SignatureAlgorithm, SigningKey, Stamp, Trust, Verdict, Verifier,
};

const BOTH: [Payload; 2] = [Payload::SealSignature, Payload::Cms];

const UNSIGNED: &[&str] = &[
    "pdf/unsigned/form-simple.pdf",
    "pdf/unsigned/form-fill.pdf",
    "pdf/unsigned/linearized.pdf",
    "pdf/unsigned/object-streams.pdf",
    "pdf/unsigned/pdfa-pdfua.pdf",
    "pdf/unsigned/two-empty-signature-fields.pdf",
];

fn read(name: &str) -> Pdf {
    Pdf::read(sample(name)).unwrap()
}

/// All of `count` signatures are valid, and the last protects everything.
#[track_caller]
fn sound(scene: &Scene, pdf: &Pdf, count: usize) {
    let report = scene.verifier().document(pdf, scene.now.plus_days(1)).unwrap();
    let signatures = report.signatures();
    assert_eq!(signatures.len(), count, "{report}");
    let (last, earlier) = signatures.split_last().unwrap();
    assert_eq!((last.verdict, last.coverage), (Verdict::Valid, Coverage::Whole), "{report}");
    for one in earlier {
        assert_eq!((one.verdict, one.coverage), (Verdict::Valid, Coverage::Revision), "{report}");
        assert_eq!(one.modification_level, Some(ModificationLevel::FormFilling), "{report}");
    }
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
}

#[track_caller]
fn is_prefix(earlier: &Pdf, later: &Pdf) {
    assert!(later.as_bytes().starts_with(&earlier.as_bytes()), "earlier bytes were changed");
}

#[test]
fn ten_stamps_one_after_another() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let mut pdf = Pdf::read(minimal(&[0, 90])).unwrap();
        for count in 1..=10_u32 {
            let place = Mm(f64::from(count) * 8.0);
            let stamp = scene.stamp().payload(BOTH[usize::try_from(count).unwrap() % 2]).reason("同意");
            let stamped = stamp.on(Page(1 + count % 2), place, place).apply(&pdf, &scene.by()).unwrap();
            is_prefix(&pdf, &stamped);
            sound(&scene, &stamped, usize::try_from(count).unwrap());
            pdf = stamped;
        }
        let fields = pdf.fields().unwrap();
        assert_eq!(fields.len(), 10);
        assert!(fields.iter().all(|field| field.signed));
        // What another process reads is the same document.
        sound(&scene, &Pdf::read(pdf.as_bytes().into_owned()).unwrap(), 10);
        let mut written = Vec::new();
        pdf.write_to(&mut written).unwrap();
        assert_eq!(written, pdf.as_bytes().as_ref());
    }
}

#[test]
fn documents_of_every_build() {
    for algorithm in [Algorithm::P256, Algorithm::Rsa] {
        let scene = Scene::new(algorithm);
        for name in UNSIGNED {
            for payload in BOTH {
                let before = read(name);
                let once = scene.stamped(&before, payload);
                is_prefix(&before, &once);
                sound(&scene, &once, 1);
                let twice = scene.stamped(&once, payload);
                is_prefix(&once, &twice);
                sound(&scene, &twice, 2);
            }
        }
    }
}

#[cfg(feature = "sm")]
#[test]
fn documents_of_every_build_by_sm2() {
    let scene = Scene::new(Algorithm::Sm2);
    for name in UNSIGNED {
        for payload in BOTH {
            sound(&scene, &scene.stamped(&read(name), payload), 1);
        }
    }
}

/// Old and new readers see different documents in a file with both kinds of section.
#[test]
fn hybrid_documents() {
    let scene = Scene::new(algorithms()[0]);
    let stamp = scene.stamp().on(Page(1), Mm(1.0), Mm(1.0));
    let error = stamp.apply(&read("pdf/unsigned/hybrid.pdf"), &scene.by()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    assert!(error.to_string().contains("hybrid"), "{error}");
}

#[test]
fn rotated_pages() {
    let scene = Scene::new(algorithms()[0]);
    let pdf = Pdf::read(minimal(&[0, 90, 180, 270, -90, 450])).unwrap();
    assert_eq!(pdf.page_count().unwrap(), 6);
    let [upright, turned] = [(Mm(209.9), Mm(297.0)), (Mm(297.0), Mm(209.9))];
    for (page, (width, height)) in (1..).zip([upright, turned, upright, turned, turned, turned]) {
        let size = pdf.page_size(Page(page)).unwrap();
        assert!((size.0 - width).0.abs() < 0.1 && (size.1 - height).0.abs() < 0.1, "{page}: {size:?}");
        let stamped = scene.stamp().on(Page(page), Mm(12.0), Mm(34.0)).apply(&pdf, &scene.by()).unwrap();
        let report = scene.verifier().document(&stamped, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid);
        let [place] = report.signatures()[0].places.as_slice() else { panic!("{report}") };
        let expected = [(place.left, 12.0), (place.top, 34.0), (place.width, 42.0), (place.height, 42.0)];
        assert!(expected.iter().all(|(found, told)| (found.0 - told).abs() < 0.01), "page {page}: {place}");
        assert_eq!(place.page, Page(page));
    }
}

#[test]
fn an_empty_field_and_a_new_one() {
    for payload in BOTH {
        let scene = Scene::new(algorithms()[0]);
        let pdf = read("pdf/unsigned/two-empty-signature-fields.pdf");
        let names: Vec<_> = pdf.fields().unwrap().into_iter().map(|field| (field.name, field.signed)).collect();
        assert_eq!(names.len(), 2);
        let first = &names[0].0;
        let stamp = || scene.stamp().payload(payload);
        let once = stamp().in_field(first).apply(&pdf, &scene.by()).unwrap();
        sound(&scene, &once, 1);
        let fields = once.fields().unwrap();
        assert_eq!(fields.iter().map(|field| field.signed).collect::<Vec<_>>(), [true, false]);
        let report = scene.verifier().document(&once, scene.now).unwrap();
        assert_eq!(&report.signatures()[0].id, first);

        let error = stamp().in_field(first).apply(&once, &scene.by()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        assert!(error.to_string().contains("signed already"), "{error}");
        let both = stamp().in_field(&names[1].0).apply(&once, &scene.by()).unwrap();
        sound(&scene, &both, 2);
        let third = stamp().in_field("盖章处").on(Page(1), Mm(5.0), Mm(5.0)).apply(&both, &scene.by()).unwrap();
        sound(&scene, &third, 3);
        assert!(third.fields().unwrap().iter().any(|field| field.name == "盖章处" && field.signed));
    }
}

#[test]
fn fields_that_are_no_signature_fields() {
    let scene = Scene::new(algorithms()[0]);
    let pdf = read("pdf/unsigned/form-simple.pdf");
    for name in ["", "a.b"] {
        let error = scene.stamp().in_field(name).apply(&pdf, &scene.by()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "{name}: {error}");
    }
}

#[test]
fn places_that_are_nowhere() {
    let scene = Scene::new(algorithms()[0]);
    let pdf = Pdf::read(minimal(&[0])).unwrap();
    for (page, left, top) in [
        (0, 10.0, 10.0),
        (2, 10.0, 10.0),
        (u32::MAX, 10.0, 10.0),
        (1, f64::NAN, 10.0),
        (1, 10.0, f64::NEG_INFINITY),
        (1, 300.0, 10.0),
        (1, 10.0, 300.0),
        (1, -43.0, 10.0),
        (1, 1e300, 10.0),
    ] {
        let error = scene.stamp().on(Page(page), Mm(left), Mm(top)).apply(&pdf, &scene.by()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "page {page}, {left}, {top}: {error}");
    }
    let two = scene.stamp().on(Page(1), Mm(1.0), Mm(1.0)).on(Page(1), Mm(50.0), Mm(1.0));
    let twice = two.apply(&pdf, &scene.by()).unwrap();
    sound(&scene, &twice, 1);
    // Half on the page is on the page.
    let stamped = scene.stamp().on(Page(1), Mm(-20.0), Mm(280.0)).apply(&pdf, &scene.by()).unwrap();
    sound(&scene, &stamped, 1);
    sound(&scene, &scene.stamp().apply(&pdf, &scene.by()).unwrap(), 1);
}

#[cfg(feature = "encryption")]
#[test]
fn encrypted_documents() {
    let scene = Scene::new(algorithms()[0]);
    for password in ["usersecret", "ownersecret"] {
        for payload in BOTH {
            let open = |bytes: Vec<u8>| Pdf::read_with_password(bytes, password, &Limits::default());
            let before = open(sample("pdf/unsigned/encrypted-aes256.pdf")).unwrap();
            let once = scene.stamped(&before, payload);
            is_prefix(&before, &once);
            sound(&scene, &once, 1);
            let again = open(once.as_bytes().into_owned()).unwrap();
            sound(&scene, &again, 1);
            sound(&scene, &scene.stamped(&again, payload), 2);
            let error = Pdf::read(once.as_bytes().into_owned()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAllowed);
        }
    }
    let signed = sample("pdf/pyhanko-generated/signed-aes256.pdf");
    let pdf = Pdf::read_with_password(signed, "usersecret", &Limits::default()).unwrap();
    let stamped = scene.stamped(&pdf, Payload::Cms);
    let report = scene.verifier().document(&stamped, scene.now).unwrap();
    assert_eq!(report.signatures().len(), 2);
    assert_eq!(report.signatures()[1].verdict, Verdict::Valid, "{report}");
}

/// A stamp of ours on what others signed leaves their signatures as they were, but for the revision
/// that follows.
#[test]
fn beside_signatures_of_other_products() {
    let scene = Scene::new(Algorithm::Rsa);
    for name in [
        "pdf/pyhanko/pades-with-old-style-signing-cert-attr.pdf",
        "pdf/pyhanko/minimal-signed-twice-second-created.pdf",
        "pdf/pyhanko/sig-with-ski-sid.pdf",
        "pdf/pyhanko-generated/b-lt.pdf",
    ] {
        let before = read(name);
        let after = scene.stamped(&before, Payload::Cms);
        is_prefix(&before, &after);
        let values = |pdf: &Pdf| {
            let report = scene.verifier().document(pdf, scene.now).unwrap();
            let good = |one: &&Finding| ["document.intact", "signature.value"].contains(&one.check);
            let signatures = report.signatures().iter();
            signatures.map(|one| one.checks.iter().filter(good).cloned().collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let (before, after) = (values(&before), values(&after));
        assert_eq!(before, after[..before.len()], "{name}");
        assert_eq!(after.len(), before.len() + 1);
        assert!(after.last().unwrap().iter().all(|one| one.outcome == Outcome::Pass), "{name}");
    }
}

#[test]
fn prepared_here_and_signed_elsewhere() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        for payload in BOTH {
            let pdf = read("pdf/unsigned/form-fill.pdf");
            let certificate = scene.signatory.credentials.certificate();
            let stamp = scene.stamp().payload(payload).on(Page(1), Mm(5.0), Mm(5.0));
            let stored = serde_json::to_string(&stamp.prepare(&pdf, certificate).unwrap()).unwrap();
            let restored = || serde_json::from_str::<Prepared<Pdf>>(&stored).unwrap();
            let value = sign(&scene.signatory, restored().to_be_signed());
            let stamped = restored().signed(&value).unwrap().finish().unwrap();
            is_prefix(&pdf, &stamped);
            sound(&scene, &stamped, 1);
            let other = sign(&scene.maker, restored().to_be_signed());
            for wrong in [sign(&scene.signatory, b"x"), other, raw(&value), Vec::new(), vec![0; 4096]] {
                assert_eq!(restored().signed(&wrong).unwrap_err().kind(), ErrorKind::Signer);
            }
        }
    }
}

#[test]
fn what_was_stored_was_changed() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let scene = Scene::new(algorithms()[0]);
    for payload in BOTH {
        let stamp = scene.stamp().payload(payload);
        let pdf = Pdf::read(minimal(&[0])).unwrap();
        let prepared = stamp.prepare(&pdf, scene.signatory.credentials.certificate()).unwrap();
        let stored: serde_json::Value = serde_json::to_value(&prepared).unwrap();
        let refused = |what: &str, change: &dyn Fn(&mut serde_json::Value)| {
            let mut changed = stored.clone();
            change(&mut changed);
            let error = serde_json::from_value::<Prepared<Pdf>>(changed).err();
            assert!(error.is_some(), "{what}");
        };
        let bytes = STANDARD.decode(stored["document"].as_str().unwrap()).unwrap();
        for at in [20, 300, bytes.len() - 3] {
            refused("a byte", &|value| {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1;
                value["document"] = STANDARD.encode(bytes).into();
            });
        }
        refused("another digest", &|value| {
            let message = STANDARD.decode(value["to_be_signed"].as_str().unwrap()).unwrap();
            let digest = common::scene::digest(scene.algorithm, &{
                let places = common::pdf::signatures(&bytes).remove(0);
                common::pdf::within(&bytes, places.numbers)
            });
            let at = common::pdf::find(&message, &digest, 0).unwrap();
            let mut message = message;
            message[at] ^= 1;
            value["to_be_signed"] = STANDARD.encode(message).into();
        });
        refused("the ranges", &|value| value["hole"]["ranges"] = serde_json::json!([[0, 10]]));
        refused("huge ranges", &|value| value["hole"]["ranges"] = serde_json::json!([[u64::MAX, u64::MAX]]));
        refused("the format", &|value| value["format"] = "OFD".into());
        refused("no certificate", &|value| value["certificates"] = serde_json::json!([]));
        // What nobody protects, the room itself and what follows, is told when the room is filled.
        let hole = common::pdf::signatures(&bytes).remove(0).contents;
        let mut dirty = bytes.clone();
        dirty[hole.end - 9] = b'1';
        for (bytes, part) in [(dirty, "no empty room"), ([&bytes[..], b" "].concat(), "its length")] {
            let mut changed = stored.clone();
            changed["document"] = STANDARD.encode(bytes).into();
            let prepared = serde_json::from_value::<Prepared<Pdf>>(changed).unwrap();
            let value = sign(&scene.signatory, prepared.to_be_signed());
            let error = prepared.signed(&value).unwrap().finish().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            assert!(error.to_string().contains(part), "{error}");
        }
        // The room elsewhere in the document: the value is never written over what is signed.
        let mut changed = stored.clone();
        changed["hole"]["offset"] = 100.into();
        if let Ok(prepared) = serde_json::from_value::<Prepared<Pdf>>(changed) {
            let value = sign(&scene.signatory, prepared.to_be_signed());
            let error = prepared.signed(&value).unwrap().finish().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
        }
    }
}

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
        let pdf = Pdf::read(minimal(&[0])).unwrap();
        let own = &scene.signatory.credentials;
        for payload in BOTH {
            let good = sign(&scene.signatory, b"another message");
            for answer in [None, Some(Vec::new()), Some(vec![0; 64]), Some(vec![0x30; 100_000]), Some(good)] {
                let key = Liar { algorithm: own.algorithm(), answer };
                let liar = Credentials::new(vec![own.certificate().clone()], key).unwrap();
                let error = scene.stamp().payload(payload).apply(&pdf, &Signatory::new(liar)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Signer, "{error}");
            }
        }
    }
}

#[test]
fn keys_from_files() {
    let scene = Scene::new(Algorithm::P256);
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    for name in ["ed25519", "rsa2048", "p256", "p384"] {
        let credentials = credentials(name);
        let certificate = credentials.certificate().clone();
        let content =
            SealContent { signatories: Signatories::listed([&certificate]), ..content(&scene.signatory, now) };
        let seal = SealMaker::new(credentials.clone()).create(content, now).unwrap();
        let trust = Trust::new().everything([certificate]);
        let verifier = Verifier::new(&trust);
        for payload in BOTH {
            let stamp = Stamp::of(verifier.seal(&seal, now).require_valid().unwrap()).payload(payload);
            let pdf = Pdf::read(minimal(&[0])).unwrap();
            let stamped = stamp.apply(&pdf, &Signatory::new(credentials.clone())).unwrap();
            let report = verifier.document(&stamped, now).unwrap();
            assert_eq!(report.verdict(), Verdict::Valid, "{name}: {report}");
        }
    }
}

/// The certificates between come along in CMS, so that the root alone suffices.
#[test]
fn a_chain_that_comes_along() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let authority = eseal::authority::Authority::new(algorithm, scene.now).unwrap().with_intermediate().unwrap();
        let signatory = authority.issue(&authority.profile("示例市人民政府")).unwrap();
        let seal =
            SealMaker::new(scene.maker.credentials.clone()).create(content(&signatory, scene.now), scene.now).unwrap();
        let trust = Trust::new().seal_makers([scene.authority.root().clone()]).signatories([authority.root().clone()]);
        let verifier = Verifier::new(&trust);
        let stamped = |payload| {
            let stamp = Stamp::of(verifier.seal(&seal, scene.now).require_valid().unwrap()).payload(payload);
            let by = Signatory::new(signatory.credentials.clone());
            stamp.apply(&Pdf::read(minimal(&[0])).unwrap(), &by).unwrap()
        };
        let cms = stamped(Payload::Cms);
        let report = verifier.document(&cms, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        // A seal signature has no place for them.
        let sealed = stamped(Payload::SealSignature);
        let report = verifier.document(&sealed, scene.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Indeterminate);
        let open: Vec<_> = all_findings(&report)
            .into_iter()
            .filter(|one| one.needed && one.outcome == Outcome::Unknown)
            .map(|one| one.check)
            .collect();
        assert_eq!(open, ["certificate.trusted"]);
    }
}
