//! Bytes from strangers: cut, flipped, doubled, blown up. Nothing panics, nothing is valid that was
//! changed, and each refusal says what and where.

#![cfg_attr(not(all(feature = "pdf", feature = "ofd")), allow(unused_imports, unused_mut))]

mod common;

use common::scene::{CmsDraft, Scene, algorithms};
use common::{Numbers, sample};
#[cfg(any(feature = "encryption", feature = "pkcs12"))]
use eseal::Limits;
use eseal::authority::Algorithm;
use eseal::{Certificate, Credentials, Error, ErrorKind, Seal, SoftwareKey, Validity, Verdict};

/// Every way to spoil a few bytes, at every `stride`-th place: cut there, one bit flipped, the octet
/// doubled, all bits set or cleared.
fn spoiled(bytes: &[u8], stride: usize, mut look: impl FnMut(usize, &[u8])) {
    let mut copy = bytes.to_vec();
    for at in (0..bytes.len()).step_by(stride) {
        let own = bytes[at];
        look(at, &bytes[..at]);
        for octet in [own ^ 1 << (at % 8), own.wrapping_mul(2), 0xFF, 0x00, 0x80] {
            if octet != own {
                copy[at] = octet;
                look(at, &copy);
            }
        }
        copy[at] = own;
    }
}

/// A refusal with an empty or a rambling message helps nobody.
#[track_caller]
fn says_what(error: &Error) {
    let text = error.to_string();
    assert!(text.len() > 10 && text.len() < 2000, "{text}");
}

#[test]
fn seals() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let verifier = scene.verifier();
        // Values by ECDSA are checked fast; those by SM2 only now and then.
        let mut turn = 0;
        let often = if algorithm == Algorithm::Sm2 { 197 } else { 7 };
        spoiled(scene.seal.der(), 1, |at, bytes| match Seal::from_der(bytes) {
            Err(error) => says_what(&error),
            Ok(seal) => {
                turn += 1;
                if turn % often == 0 {
                    let verdict = verifier.seal(&seal, scene.now).verdict();
                    assert_ne!(verdict, Verdict::Valid, "changed at {at}: {seal:?}");
                }
                drop((seal.picture(), seal.signatories().certificates(), format!("{seal:?}")));
            }
        });
    }
}

#[test]
fn seals_of_other_products() {
    for name in ["ofdrw-UserV1", "ofdrw-UserV4", "ofdrw-UserV5", "v4_seal_digestlist"] {
        let bytes = sample(&format!("seals/{name}.esl"));
        // The first kilobyte holds the structure, the rest is mostly picture.
        spoiled(&bytes, 211, |_, bytes| drop(Seal::from_der(bytes)));
        let mut copy = bytes.clone();
        for at in 0..900 {
            copy[at] = copy[at].wrapping_mul(2);
            drop(Seal::from_der(&copy));
            copy[at] = bytes[at];
        }
    }
}

#[test]
fn signatures_that_stand_apart() {
    let scene = Scene::new(Algorithm::P256);
    let content = b"content";
    let verifier = scene.verifier();
    for der in [scene.signature_draft(content).der(), CmsDraft::new(&scene, content).der()] {
        assert_eq!(verifier.detached(&der, content, scene.now).verdict, Verdict::Valid);
        spoiled(&der, 3, |at, bytes| {
            let report = verifier.detached(bytes, content, scene.now);
            assert!(report.verdict != Verdict::Valid || is_unsigned(&der, bytes), "changed at {at}: {report}");
        });
    }
}

/// Whether the two differ only in what nobody signs and nobody reads in SignedData: its version, the
/// list of digests, the SignerInfo's version.
fn is_unsigned(good: &[u8], bad: &[u8]) -> bool {
    let tree = common::der::Node::read(good);
    if tree.nodes().len() != 2 || good.len() != bad.len() {
        return false;
    }
    let unread: [&[usize]; 3] = [&[1, 0, 0], &[1, 0, 1], &[1, 0, 4, 0, 0]];
    let unread = unread.map(|path| tree.place(path));
    let differing = (0..good.len()).filter(|at| good[*at] != bad[*at]);
    differing.into_iter().all(|at| unread.iter().any(|place| place.contains(&at)))
}

#[test]
fn certificates_and_pem() {
    let scene = Scene::new(algorithms()[0]);
    let certificate = scene.signatory.credentials.certificate().clone();
    spoiled(certificate.der(), 1, |_, bytes| match Certificate::from_der(bytes) {
        Err(error) => says_what(&error),
        Ok(read) => assert_ne!(read, certificate),
    });
    let pem = scene.signatory.certificate_pem.as_bytes();
    spoiled(pem, 1, |_, bytes| drop(Certificate::list_from_pem(bytes).map_err(|error| says_what(&error))));
    let key = scene.signatory.key_pem.as_bytes();
    spoiled(key, 1, |_, bytes| drop(SoftwareKey::from_pem(bytes).map_err(|error| says_what(&error))));
    spoiled(key, 3, |_, bytes| drop(Credentials::from_pem(pem, bytes)));
}

/// A certificate that was revoked stays so, whatever is done to the list or the answer that tells it: one
/// that still reads is another, whose signature does not hold.
#[test]
fn lists_of_revoked_certificates_and_ocsp_answers() {
    use eseal::authority::{AnswerProfile, ListProfile, RevokedEntry, StateToTell};
    use eseal::verify::Need;
    use eseal::{DigestAlgorithm, Evidence, Policy, Role, Verifier};
    let scene = Scene::new(Algorithm::P256);
    let (certificate, root) = (scene.signatory.credentials.certificate(), scene.authority.issued_root());
    let since = scene.now.plus_days(-3);
    let entry = RevokedEntry { certificate, since, reason: Some(1), extensions: Vec::new() };
    let span = Validity { not_before: scene.now.plus_days(-1), not_after: scene.now.plus_days(9) };
    let list = ListProfile { span, number: Some(1), revoked: vec![entry], extensions: Vec::new() };
    let list = scene.authority.list(root, &list).unwrap();
    let answer = AnswerProfile {
        certificate,
        issuer: scene.authority.root(),
        digest: DigestAlgorithm::Sha1,
        state: StateToTell::Revoked(since, Some(1)),
        this_update: scene.now,
        next_update: None,
        extensions: Vec::new(),
    };
    let answer = scene.authority.ocsp(root, true, scene.now, &[answer]).unwrap();
    type Reader = fn(Evidence, Vec<u8>) -> Result<Evidence, Error>;
    for (good, read) in [(list, Evidence::crl as Reader), (answer, Evidence::ocsp as Reader)] {
        let judge = |evidence: &Evidence| {
            let policy = Policy { revocation: Need::Required, ..Policy::default() };
            let verifier = Verifier::new(&scene.trust).evidence(evidence).policy(policy);
            verifier.certificate(certificate, Role::Signatory, scene.now, scene.now).verdict
        };
        assert_eq!(judge(&read(Evidence::new(), good.clone()).unwrap()), Verdict::Invalid);
        spoiled(&good, 1, |at, bytes| match read(Evidence::new(), bytes.to_vec()) {
            Err(error) => says_what(&error),
            Ok(evidence) => assert_ne!(judge(&evidence), Verdict::Valid, "changed at {at}"),
        });
    }
}

#[cfg(feature = "pkcs12")]
#[test]
fn key_files() {
    use eseal::Pkcs12;
    let limits = Limits { password_rounds: 3000, ..Limits::default() };
    for (name, password, stride) in [
        ("in-clear.p12", "secret", 13),
        ("one-round.p12", "secret", 7),
        ("nested.p12", "secret", 61),
        ("ber.p12", "secret", 311),
        ("modern.p12", "secret", 311),
        ("two-pairs.p12", "secret", 509),
        ("USER.p12", "777777", 101),
    ] {
        let bytes = sample(&format!("keys/{name}"));
        spoiled(&bytes, stride, |_, bytes| {
            if let Err(error) = Pkcs12::open(bytes, password, &limits) {
                says_what(&error);
            }
        });
    }
    for name in ["encrypted-one-round.der", "p256-sec1.pem", "p384.pem", "rsa2048-pkcs1.pem", "ed25519.pem"] {
        let bytes = sample(&format!("keys/{name}"));
        spoiled(&bytes, 7, |_, bytes| drop(SoftwareKey::from_encrypted(bytes, "secret")));
    }
}

#[cfg(feature = "ofd")]
#[test]
fn ofd_packages() {
    use common::package::Package;
    use eseal::{Document as _, Ofd, Payload};
    let scene = Scene::new(Algorithm::P256);
    let good = scene.stamped(&Ofd::read(sample("ofd/helloworld.ofd")).unwrap(), Payload::SealSignature);
    let good = good.as_bytes().into_owned();
    let own = Package::read(&good);
    let verifier = scene.verifier();
    spoiled(&good, 19, |at, bytes| match Ofd::read(bytes) {
        Err(error) => says_what(&error),
        Ok(ofd) => match verifier.document(&ofd, scene.now) {
            Err(error) => says_what(&error),
            Ok(report) if report.verdict() == Verdict::Valid => {
                // Times and attributes of the zip entries say nothing about their contents, nor does the
                // number of the disk at the end.
                let read = std::panic::catch_unwind(|| Package::read(bytes));
                let same = read.map_or(at + 22 >= good.len(), |read| read.0 == own.0);
                assert!(same, "changed at {at}: {report}");
            }
            Ok(_) => {}
        },
    });
}

#[cfg(feature = "ofd")]
#[test]
fn ofd_packages_of_other_products() {
    use eseal::{Document as _, Ofd};
    let scene = Scene::new(Algorithm::P256);
    let mut numbers = Numbers(7);
    for name in ["999", "DigitalSign", "V4RideRight", "hello-integrity", "n", "testImageNotFound", "v4signed"] {
        let good = sample(&format!("ofd/{name}.ofd"));
        for _ in 0..20 {
            let mut bytes = good.clone();
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(bytes.len());
                bytes[at] = u8::try_from(numbers.below(256)).unwrap();
            }
            let ofd = Ofd::read(bytes);
            drop(ofd.map(|ofd| drop(scene.verifier().document(&ofd, scene.now))));
            let cut = numbers.below(good.len());
            let error = Ofd::read(&good[..cut]).unwrap_err();
            says_what(&error);
        }
        assert_eq!(Ofd::read(good.as_slice()).unwrap().as_bytes().len(), good.len());
    }
}

/// Within the text of each file: every file that the reader follows is spoiled by itself.
#[cfg(feature = "ofd")]
#[test]
fn files_of_ofd_packages() {
    use common::package::Package;
    use eseal::{Ofd, Payload};
    let scene = Scene::new(Algorithm::P256);
    let good = scene.stamped(&Ofd::read(sample("ofd/helloworld.ofd")).unwrap(), Payload::SealSignature);
    let package = Package::read(&eseal::Document::as_bytes(&good));
    // The list of signatures is open until the document is locked: more may be added.
    let is_protected = |name: &str| name.ends_with(".xml") && !name.ends_with("Signatures.xml");
    for (name, content) in package.0.iter().filter(|(name, _)| is_protected(name)) {
        spoiled(content, 41, |at, bytes| {
            let Ok(ofd) = Ofd::read(package.clone().with(name, bytes).write()) else { return };
            let Ok(report) = scene.verifier().document(&ofd, scene.now) else { return };
            assert_ne!(report.verdict(), Verdict::Valid, "{name} changed at {at}: {report}");
        });
    }
}

#[cfg(feature = "pdf")]
#[test]
fn pdf_documents() {
    use common::pdf::{minimal, payload as payload_of, signatures};
    use eseal::{Document as _, Payload, Pdf};
    let scene = Scene::new(Algorithm::P256);
    let verifier = scene.verifier();
    for payload in [Payload::SealSignature, Payload::Cms] {
        let good = scene.stamped(&Pdf::read(minimal(&[0])).unwrap(), payload).as_bytes().into_owned();
        let places = signatures(&good).remove(0);
        let hole = places.contents.clone();
        let own = payload_of(&good, &places);
        spoiled(&good, 17, |at, bytes| match Pdf::read(bytes) {
            Err(error) => says_what(&error),
            Ok(pdf) => match verifier.document(&pdf, scene.now) {
                Err(error) => says_what(&error),
                Ok(report) if report.verdict() == Verdict::Valid => {
                    let same = hole.contains(&at)
                        && bytes.len() == good.len()
                        && (bytes.eq_ignore_ascii_case(&good) || is_unsigned(&own, &payload_of(bytes, &places)));
                    // The end of the last line may be missing.
                    assert!(same || bytes.len() + 1 == good.len(), "changed at {at}: {report}");
                }
                Ok(_) => {}
            },
        });
    }
}

#[cfg(feature = "pdf")]
#[test]
fn pdf_documents_of_other_products() {
    use eseal::Pdf;
    let scene = Scene::new(Algorithm::P256);
    let mut numbers = Numbers(11);
    let names = [
        "pyhanko/extensions-indirect",
        "pyhanko/minimal-signed-twice-second-created",
        "pyhanko/pades-lta-dss-indirect-arrs-test-2",
        "pyhanko/tail-uncovered",
        "pyhanko-generated/b-lt",
        "pyhanko-generated/textfield-filled-after-sign",
        "attacks/siwa_C",
        "attacks/usf_01_Empty_Contents",
        "unsigned/hybrid",
        "unsigned/linearized",
        "unsigned/object-streams",
        "unsigned/pdfa-pdfua",
        "unsigned/two-empty-signature-fields",
    ];
    for name in names {
        let good = sample(&format!("pdf/{name}.pdf"));
        for _ in 0..50 {
            let mut bytes = good.clone();
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(bytes.len());
                bytes[at] = u8::try_from(numbers.below(256)).unwrap();
            }
            if let Ok(pdf) = Pdf::read(bytes) {
                drop(scene.verifier().document(&pdf, scene.now).map(|report| report.to_string()));
                drop((pdf.page_count(), pdf.fields()));
                drop(scene.stamp().on(eseal::Page(1), eseal::Mm(1.0), eseal::Mm(1.0)).apply(&pdf, &scene.by()));
            }
            drop(Pdf::read(&good[..numbers.below(good.len())]).map(|pdf| {
                drop(scene.verifier().document(&pdf, scene.now));
            }));
        }
    }
}

#[cfg(feature = "encryption")]
#[test]
fn encrypted_pdf_documents() {
    use eseal::Pdf;
    let scene = Scene::new(Algorithm::P256);
    let good = sample("pdf/unsigned/encrypted-aes256.pdf");
    spoiled(&good, 101, |_, bytes| {
        if let Ok(pdf) = Pdf::read_with_password(bytes, "usersecret", &Limits::default()) {
            drop(scene.verifier().document(&pdf, scene.now));
        }
    });
}

/// Everything that reads bytes, with what it says of them.
fn every_reader(bytes: Vec<u8>) -> Vec<(&'static str, Option<Error>)> {
    let scene = Scene::new(Algorithm::P256);
    let report = scene.verifier().detached(&bytes, b"", scene.now);
    assert_eq!(report.verdict, Verdict::Invalid);
    let mut list = vec![
        ("Seal::from_der", Seal::from_der(&bytes).err()),
        ("SealSignature::from_der", eseal::seal::SealSignature::from_der(&bytes).err()),
        ("Certificate::from_der", Certificate::from_der(&bytes).err()),
        ("Certificate::from_pem", Certificate::from_pem(&bytes).err()),
        ("SoftwareKey::from_pem", SoftwareKey::from_pem(&bytes).err()),
        ("SoftwareKey::from_der", SoftwareKey::from_der(&bytes).err()),
        ("Credentials::from_pem", Credentials::from_pem(&bytes, &bytes).err()),
        ("Picture::png", eseal::Picture::png(&bytes, eseal::Mm(1.0), eseal::Mm(1.0)).err()),
        ("Picture::sniffed", eseal::Picture::sniffed(&bytes, eseal::Mm(1.0), eseal::Mm(1.0)).err()),
    ];
    #[cfg(feature = "pkcs12")]
    list.push(("Pkcs12::open", eseal::Pkcs12::open(&bytes, "", &Limits::default()).err()));
    #[cfg(all(feature = "pdf", feature = "ofd"))]
    list.push(("Ofd::read", eseal::Ofd::read(bytes.clone()).err()));
    #[cfg(all(not(feature = "pdf"), feature = "ofd"))]
    list.push(("Ofd::read", eseal::Ofd::read(bytes).err()));
    #[cfg(feature = "pdf")]
    list.push(("Pdf::read", eseal::Pdf::read(bytes).err()));
    list
}

#[test]
fn nothing_at_all() {
    for (reader, error) in every_reader(Vec::new()) {
        let error = error.unwrap_or_else(|| panic!("{reader} takes nothing"));
        assert!([ErrorKind::Malformed, ErrorKind::Unsupported].contains(&error.kind()), "{reader}: {error}");
        says_what(&error);
    }
}

/// Two hundred megabytes of zeros: refused, and no more memory than they themselves take.
#[test]
fn very_many_zeros() {
    const MANY: usize = 200 << 20;
    let before = peak_memory();
    for (reader, error) in every_reader(vec![0; MANY]) {
        let error = error.unwrap_or_else(|| panic!("{reader} takes zeros"));
        assert!(error.kind() != ErrorKind::Misuse, "{reader}: {error}");
        says_what(&error);
    }
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        // The input, the copy that this test makes of it, and what other tests take meanwhile.
        assert!(after - before < 2 * (MANY >> 10) + (150 << 10), "{before} kB before, {after} kB after");
    }
}

/// In kilobytes, where the system tells.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A hundred thousand elements in one another, of definite and of indefinite length.
#[test]
fn elements_in_elements() {
    let indefinite = [0x30, 0x80].repeat(100_000);
    let mut definite = vec![0x30, 0x00];
    for _ in 0..20_000 {
        let length = definite.len();
        let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
        let mut header = vec![0x30];
        match u8::try_from(length) {
            Ok(short @ 0..=0x7F) => header.push(short),
            _ => header.extend([&[0x80 | u8::try_from(octets.len()).unwrap()], octets.as_slice()].concat()),
        }
        definite.splice(0..0, header);
    }
    let huge = [&[0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF][..], &[0; 64]].concat();
    for bytes in [indefinite, definite, huge, vec![0x30, 0xFF], vec![0x3F; 5000], vec![0x24, 0x80, 0x00]] {
        for (reader, error) in every_reader(bytes) {
            says_what(&error.unwrap_or_else(|| panic!("{reader} takes it")));
        }
    }
}

#[test]
fn a_key_of_another_certificate() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let certificate = scene.signatory.certificate_pem.as_bytes();
        let error = Credentials::from_pem(certificate, scene.maker.key_pem.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("示例市人民政府"), "{error}");
        let error = Credentials::from_pem(certificate, &sample("keys/ed25519.pem")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("Ed25519"), "{error}");
    }
}

#[test]
fn keys_that_are_too_short_or_of_another_kind() {
    let error = SoftwareKey::from_pem(&sample("keys/rsa1024.pem")).unwrap_err();
    assert!(error.to_string().contains("1024") || error.to_string().contains("2048"), "{error}");
    let error = SoftwareKey::from_pem(&sample("keys/secp256k1.pem")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[cfg(feature = "pkcs12")]
#[test]
fn a_wrong_password() {
    for name in ["USER.p12", "modern.p12", "legacy.p12"] {
        let bytes = sample(&format!("keys/{name}"));
        for wrong in ["", "Secret", "密码"] {
            let error = eseal::Pkcs12::open(&bytes, wrong, &Limits::default()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch, "{name}: {error}");
            assert!(error.to_string().contains("password"), "{error}");
        }
    }
    let costly = sample("keys/costly.p12");
    let error = eseal::Pkcs12::open(&costly, "secret", &Limits::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().contains("password_rounds"), "{error}");
}

#[test]
fn a_seal_that_would_end_before_it_begins() {
    let scene = Scene::new(algorithms()[0]);
    let maker = eseal::SealMaker::new(scene.maker.credentials.clone());
    let validity = Validity { not_before: scene.now, not_after: scene.now.plus_seconds(-1) };
    let content = eseal::seal::SealContent { validity, ..common::scene::content(&scene.signatory, scene.now) };
    let error = maker.create(content, scene.now).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    let text = error.to_string();
    assert!(text.contains("reversed") && text.contains("2025-02-28T23:59:59Z"), "{text}");
}

#[cfg(feature = "ofd")]
mod ofd {
    use eseal::{ErrorKind, Limits, Ofd};

    use super::common::package::Package;
    use super::common::sample;

    #[track_caller]
    fn refused(bytes: Vec<u8>, limits: &Limits, kind: ErrorKind, part: &str) {
        let error = Ofd::read_within(bytes, limits).map(drop).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }

    fn plain() -> Package {
        Package::read(&sample("ofd/helloworld.ofd"))
    }

    /// An entry that unfolds to more than its share is refused by its size, by its ratio, by the sum.
    #[test]
    fn bombs() {
        let zeros = vec![b' '; 24 << 20];
        let text = plain().text("OFD.xml");
        let bomb = plain().with("OFD.xml", [text.as_bytes(), &zeros].concat()).write();
        assert!(bomb.len() < 100_000);
        let small = Limits { stream_bytes: 1 << 20, ..Limits::default() };
        refused(bomb.clone(), &small, ErrorKind::TooLarge, "OFD.xml");
        let ratio = Limits { ratio: 10, ..Limits::default() };
        refused(bomb.clone(), &ratio, ErrorKind::TooLarge, "OFD.xml");
        let sum = Limits { unfolded_bytes: 4 << 20, ..Limits::default() };
        refused(bomb, &sum, ErrorKind::TooLarge, "");
        let few = Limits { entries: 3, ..Limits::default() };
        refused(plain().write(), &few, ErrorKind::TooLarge, "entries");
        let short = Limits { document_bytes: 100, ..Limits::default() };
        refused(plain().write(), &short, ErrorKind::TooLarge, "100");
    }

    #[test]
    fn elements_in_elements() {
        let deep = format!("<ofd:OFD xmlns:ofd=\"x\">{}", "<a>".repeat(200_000));
        let error = Ofd::read(plain().with("OFD.xml", deep).write()).map(drop).unwrap_err();
        assert!(error.to_string().contains("OFD.xml"), "{error}");
    }

    #[test]
    fn entities() {
        let text = plain().text("OFD.xml");
        let body = text.split_once("?>").unwrap().1;
        for entity in ["\"x\"", "SYSTEM \"file:///etc/passwd\"", "\"&b;&b;\""] {
            let text = format!("<?xml version=\"1.0\"?><!DOCTYPE o [<!ENTITY a {entity}>]>{body}");
            let text = text.replacen("<ofd:DocRoot>", "<ofd:DocRoot>&a;", 1);
            let error = Ofd::read(plain().with("OFD.xml", text).write()).map(drop).unwrap_err();
            assert!(error.to_string().contains("OFD.xml"), "{error}");
        }
    }

    #[test]
    fn names_that_lead_out_of_the_package() {
        for name in ["../OFD.xml", "a/../../b", "C:\\b", "a\0b"] {
            let bytes = plain().with(name, "x").write();
            match Ofd::read(bytes) {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Malformed, "{name:?}: {error}"),
                Ok(ofd) => drop(ofd),
            }
        }
    }
}

#[cfg(feature = "pdf")]
mod pdf {
    use eseal::{Error, ErrorKind, Limits, Pdf, Verdict};

    use super::common::pdf::{append, find, last_section, minimal};
    use super::common::scene::{Scene, algorithms};

    /// Reads the document and looks at it as far as it can be looked at.
    fn look(bytes: &[u8], limits: &Limits) -> Result<Verdict, Error> {
        let scene = Scene::new(algorithms()[0]);
        let pdf = Pdf::read_within(bytes, limits)?;
        let pages = pdf.page_count();
        let verdict = scene.verifier().limits(limits.clone()).document(&pdf, scene.now)?.verdict();
        pages.map(|_| verdict)
    }

    #[track_caller]
    fn refused(bytes: &[u8], kind: ErrorKind, part: &str) {
        let error = look(bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }

    /// The document with one text replaced by another of the same length.
    fn with(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let at = find(bytes, from.as_bytes(), 0).unwrap_or_else(|| panic!("no {from}"));
        let mut bytes = bytes.to_vec();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        bytes
    }

    /// `/Prev` that leads to itself, in a circle, and out of the file.
    #[test]
    fn circles_of_cross_references() {
        let one = minimal(&[0]);
        let two = append(&one, &[(90, b"null".to_vec())]);
        let (first, second) = (last_section(&one), last_section(&two));
        let back = |to: usize| with(&two, &format!("/Prev {first}"), &format!("/Prev {to}"));
        refused(&back(second), ErrorKind::Malformed, &second.to_string());
        let three = append(&two, &[(91, b"null".to_vec())]);
        let circle = with(&three, &format!("/Prev {first} "), &format!("/Prev {} ", last_section(&three)));
        refused(&circle, ErrorKind::Malformed, "");
        refused(&with(&two, &format!("/Prev {first}"), "/Prev 999"), ErrorKind::Malformed, "999");
        refused(&with(&two, &format!("/Prev {first}"), "/Prev -10"), ErrorKind::Malformed, "");
    }

    #[test]
    fn circles_of_pages_and_fields() {
        let tree = with(&minimal(&[0]), "/Kids [ 3 0 R ]", "/Kids [ 2 0 R ]");
        refused(&tree, ErrorKind::Malformed, "2 0");
        let scene = Scene::new(algorithms()[0]);
        let catalog = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [90 0 R] >> >>".to_vec();
        let field = b"<< /T (a) /FT /Sig /Kids [90 0 R] >>".to_vec();
        let form = append(&minimal(&[0]), &[(1, catalog), (90, field)]);
        match look(&form, &Limits::default()) {
            Err(error) => assert!(error.to_string().contains("90"), "{error}"),
            Ok(verdict) => assert_ne!(verdict, Verdict::Valid),
        }
        let length = with(&minimal(&[0]), "/Length 24", "/Length 4 ");
        drop(look(&length, &Limits::default()));
        drop(scene);
    }

    #[test]
    fn arrays_in_arrays() {
        for (open, close) in [("[", "]"), ("<< /A ", ">>")] {
            let deep = open.repeat(100_000) + &close.repeat(100_000);
            let catalog = format!("<< /Type /Catalog /Pages 2 0 R /Deep {deep} >>").into_bytes();
            let error = look(&append(&minimal(&[0]), &[(1, catalog)]), &Limits::default()).unwrap_err();
            assert!([ErrorKind::TooLarge, ErrorKind::Malformed].contains(&error.kind()), "{error}");
            assert!(error.to_string().contains("deep"), "{error}");
        }
    }

    #[test]
    fn limits_that_are_reached() {
        let document = append(&minimal(&[0; 20]), &[(90, b"null".to_vec())]);
        let limits = Limits::default;
        for (limits, part) in [
            (Limits { document_bytes: 100, ..limits() }, "100"),
            (Limits { objects: 5, ..limits() }, "objects"),
            (Limits { revisions: 1, ..limits() }, "cross-reference sections"),
            (Limits { pages: 19, ..limits() }, "pages"),
        ] {
            let error = look(&document, &limits).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{part}: {error}");
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!(look(&document, &limits()).unwrap(), Verdict::Unsigned);
    }

    /// A stream of cross-references that unfolds to far more than it is.
    #[test]
    fn bombs() {
        use std::io::Write as _;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; 8 << 20]).unwrap();
        let data = encoder.finish().unwrap();
        let mut bytes = minimal(&[0]);
        let at = bytes.len();
        let head = format!(
            "99 0 obj\n<< /Type /XRef /Size 2000000 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length {} >>\nstream\n",
            data.len()
        );
        bytes.extend(head.bytes());
        bytes.extend(&data);
        bytes.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").bytes());
        let limits = Limits { stream_bytes: 1 << 20, ..Limits::default() };
        assert_eq!(look(&bytes, &limits).unwrap_err().kind(), ErrorKind::TooLarge);
        let limits = Limits { ratio: 10, ..Limits::default() };
        assert_eq!(look(&bytes, &limits).unwrap_err().kind(), ErrorKind::TooLarge);
        let limits = Limits { objects: 1000, ..Limits::default() };
        assert_eq!(look(&bytes, &limits).unwrap_err().kind(), ErrorKind::TooLarge);
    }
}
