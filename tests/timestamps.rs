//! Time stamps over signatures and seals: made, read, and refused where they prove nothing.

mod common;

use common::der::{Node, constructed};
use common::scene::{CmsDraft, Scene, algorithms, attribute, content};
use common::{assert_told, sample};
use eseal::authority::{Algorithm, Fault, TimeStampingAuthority};
use eseal::lifecycle::RemakeReason;
use eseal::{
    Document, Edition, ErrorKind, Mm, Ofd, Outcome, Page, Payload, Pdf, Prepared, SealMaker, Stamp, Time, Trust,
    Verdict, Verifier,
};

const CONTENT: &[u8] = b"what is signed";
const TOKEN: &str = "1.2.840.113549.1.9.16.2.14";

fn form() -> Pdf {
    Pdf::read(sample("forms/form-fill.pdf")).unwrap()
}

fn package() -> Ofd {
    Ofd::read(sample("ofd/helloworld.ofd")).unwrap()
}

/// Believes the scene's root for time-stamping too.
fn trust(scene: &Scene) -> Trust {
    Trust::new().everything([scene.authority.root().clone()])
}

fn clerk(scene: &Scene) -> TimeStampingAuthority {
    scene.authority.time_stamper().unwrap()
}

#[track_caller]
fn holds<D: Document>(what: &str, scene: &Scene, stamped: &D, at: Time) {
    let trust = trust(scene);
    let report = Verifier::new(&trust).document(stamped, scene.now.plus_days(1)).unwrap();
    let [signature] = report.signatures() else { panic!("{what}: {report}") };
    assert_eq!(report.verdict(), Verdict::Valid, "{what}: {report}");
    assert_told(what, &signature.checks, "time.stamp", Outcome::Pass, &format!("existed at {at}"));
    assert_eq!((signature.times.proven, signature.times.counted), (Some(at), at), "{what}");
}

#[test]
fn every_payload_takes_a_time_stamp_in_one_call() {
    let mut all = algorithms();
    all.push(Algorithm::Rsa);
    for algorithm in all {
        let scene = Scene::new(algorithm);
        let clerk = clerk(&scene);
        let stamp = |payload| scene.stamp().payload(payload).on(Page(1), Mm(20.0), Mm(30.0)).time_stamped_by(&clerk);
        for payload in [Payload::Cms, Payload::SealSignature] {
            let stamped = stamp(payload).apply(&form(), &scene.by()).unwrap();
            holds(&format!("{algorithm:?} {payload:?} in PDF"), &scene, &stamped, scene.now);
        }
        let stamped = stamp(Payload::SealSignature).apply(&package(), &scene.by()).unwrap();
        holds(&format!("{algorithm:?} in OFD"), &scene, &stamped, scene.now);
    }
}

#[test]
fn with_a_key_and_an_authority_elsewhere() {
    let scene = Scene::new(Algorithm::P256);
    let by = scene.by();
    for payload in [Payload::Cms, Payload::SealSignature] {
        let stamp = || scene.stamp().payload(payload).on(Page(1), Mm(20.0), Mm(30.0));
        let prepared = stamp().time_stamp_room(6000).prepare(&form(), by.certificate()).unwrap();
        let stored = serde_json::to_string(&prepared).unwrap();
        let prepared: Prepared<Pdf> = serde_json::from_str(&stored).unwrap();
        let value = by.credentials().sign(prepared.to_be_signed()).unwrap();
        let signed = prepared.signed(&value).unwrap();
        // The token comes days later; what was asked elsewhere is checked all the same.
        let later = scene.now.plus_days(2);
        let token = clerk(&scene).at(later).stamp(signed.value()).unwrap();
        let trust = trust(&scene);
        let stamped = signed.clone().with_token(&token).unwrap().finish().unwrap();
        let report = Verifier::new(&trust).document(&stamped, later.plus_days(1)).unwrap();
        assert_eq!(report.signatures()[0].times.proven, Some(later), "{report}");
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        let now = signed.clone().time_stamped(&clerk(&scene), scene.now).unwrap().finish().unwrap();
        holds("asked once signed", &scene, &now, scene.now);

        let copied = clerk(&scene).stamp(b"another signature").unwrap();
        let error = signed.clone().with_token(&copied).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimeStamp);
        assert!(error.to_string().contains("something else"), "{error}");
        assert!(signed.with_token(b"no token").unwrap_err().to_string().contains("byte 0"));

        let tight = stamp().time_stamp_room(100).prepare(&form(), by.certificate()).unwrap();
        let value = by.credentials().sign(tight.to_be_signed()).unwrap();
        let signed = tight.signed(&value).unwrap();
        let token = clerk(&scene).stamp(signed.value()).unwrap();
        let error = signed.with_token(&token).unwrap().finish().unwrap_err();
        assert!(error.to_string().contains("room"), "{error}");
    }
}

#[test]
fn no_document_comes_out_of_a_bad_answer() {
    let scene = Scene::new(Algorithm::P256);
    for (fault, words) in
        [(Fault::Rejects, "closed on Sundays"), (Fault::OtherNonce, "nonce"), (Fault::AlteredTime, "seconds from")]
    {
        let clerk = clerk(&scene).with(fault);
        let error = scene.stamp().payload(Payload::Cms).time_stamped_by(&clerk).apply(&form(), &scene.by());
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimeStamp);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn what_was_stored_is_not_believed() {
    let scene = Scene::new(Algorithm::P256);
    let other = scene.issue(|profile| profile.subject = "another".into());
    for (payload, words) in [(Payload::Cms, "names another certificate"), (Payload::SealSignature, "does not list")] {
        let prepared = scene.stamp().payload(payload).prepare(&form(), scene.by().certificate()).unwrap();
        let mut stored = serde_json::to_value(&prepared).unwrap();
        let change = |stored: &serde_json::Value| {
            serde_json::from_value::<Prepared<Pdf>>(stored.clone()).unwrap_err().to_string()
        };
        let certificates = stored["certificates"].clone();
        stored["certificates"] = serde_json::json!([base64_of(other.credentials.certificate().der())]);
        assert!(change(&stored).contains(words), "{}", change(&stored));
        stored["certificates"] = certificates;
        stored["algorithm"] = "Ed25519".into();
        assert!(change(&stored).contains("one of them was changed"), "{}", change(&stored));
    }
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A detached signature with whatever token `make` makes of its value.
fn with_token(scene: &Scene, make: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut signature = Node::read(&CmsDraft::new(scene, CONTENT).der());
    let signer = signature.at_mut(&[1, 0, 4, 0]).nodes_mut();
    let token = make(signer.last().unwrap().octets());
    signer.push(constructed(0xA1, vec![attribute(TOKEN, [Node::read(&token)])]));
    signature.der()
}

/// A signature stands by itself where its token does not hold; the token is told and proves nothing.
#[track_caller]
fn proves_nothing(what: &str, scene: &Scene, signature: &[u8], outcome: Outcome, words: &str) {
    let trust = trust(scene);
    let report = Verifier::new(&trust).detached(signature, CONTENT, scene.now);
    assert_told(what, &report.checks, "time.stamp", outcome, words);
    assert_eq!((report.times.proven, report.verdict), (None, Verdict::Valid), "{what}: {report}");
}

#[test]
fn tokens_that_prove_nothing() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = with_token(&scene, |value| clerk(&scene).stamp(value).unwrap());
        let everything = trust(&scene);
        let report = Verifier::new(&everything).detached(&good, CONTENT, scene.now);
        assert_eq!((report.times.proven, report.verdict), (Some(scene.now), Verdict::Valid), "{report}");

        for (fault, outcome, words) in [
            (Fault::OtherImprint, Outcome::Fail, "over another signature"),
            (Fault::AlteredTime, Outcome::Fail, "message-digest is not the digest"),
            (Fault::LocalTime, Outcome::Fail, "ending in Z"),
            (Fault::NoCertificateId, Outcome::Fail, "no signing-certificate attribute"),
            (Fault::TwoSigners, Outcome::Fail, "2 signers"),
            (Fault::CriticalExtension, Outcome::Unknown, "critical extension"),
        ] {
            let signature = with_token(&scene, |value| clerk(&scene).with(fault).stamp(value).unwrap());
            proves_nothing(&format!("{fault:?}"), &scene, &signature, outcome, words);
        }
        let copied = with_token(&scene, |_| clerk(&scene).stamp(b"another signature's value").unwrap());
        proves_nothing("copied", &scene, &copied, Outcome::Fail, "over another signature");
        let late = with_token(&scene, |value| clerk(&scene).at(scene.now.plus_days(1)).stamp(value).unwrap());
        proves_nothing("of tomorrow", &scene, &late, Outcome::Unknown, "after");

        let purposes = |purposes: &[&str], critical: bool| {
            let issued = scene.issue(|profile| {
                profile.extended_key_usage = purposes.iter().map(|&purpose| purpose.to_owned()).collect();
                profile.extended_key_usage_is_critical = critical;
            });
            with_token(&scene, |value| TimeStampingAuthority::new(issued.credentials, scene.now).stamp(value).unwrap())
        };
        const STAMPING: &str = "1.3.6.1.5.5.7.3.8";
        const SERVER: &str = "1.3.6.1.5.5.7.3.1";
        proves_nothing("no purpose", &scene, &purposes(&[], true), Outcome::Fail, "not certified for time-stamping");
        proves_nothing("two", &scene, &purposes(&[STAMPING, SERVER], true), Outcome::Fail, "not certified");
        proves_nothing("not critical", &scene, &purposes(&[STAMPING], false), Outcome::Fail, "not critical");

        // Nobody vouches for the authority.
        let report = scene.verifier().detached(&good, CONTENT, scene.now);
        assert_told("no anchor", &report.checks, "time.stamp", Outcome::Unknown, "no anchors for time-stamping");
        assert_eq!(report.times.proven, None);
    }
}

#[test]
fn seals_of_2025_made_migrated_and_remade_with_a_time_stamp() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let maker = SealMaker::new(scene.maker.credentials.clone());
        let trust = trust(&scene);
        let verifier = Verifier::new(&trust);
        let holds = |seal: &eseal::Seal, at: Time| {
            let report = verifier.seal(seal, at.plus_days(1));
            assert_told("seal", report.findings(), "seal.time-stamp", Outcome::Pass, &format!("existed at {at}"));
            assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        };
        let own = clerk(&scene);
        let new = maker.prepare(content(&scene.signatory, scene.now)).edition(Edition::Gmt0031_2025);
        let seal = new.time_stamped_by(&own).make(scene.now).unwrap();
        holds(&seal, scene.now);

        let later = scene.now.plus_days(10);
        let own = clerk(&scene).at(later);
        let old = verifier.seal(&scene.seal, later).require_valid().unwrap();
        let migrated = maker.migrate(&old, Edition::Gmt0031_2025).time_stamped_by(&own).make(later).unwrap();
        holds(&migrated, later);
        let old = verifier.seal(&seal, later).require_valid().unwrap();
        let remake = maker.remake(&old, RemakeReason::MakerCertificateChanged).time_stamped_by(&own);
        let remade = remake.make(later).unwrap();
        holds(&remade, later);

        let refused = |fault: Fault, words: &str| {
            let bad = clerk(&scene).with(fault);
            let new = maker.prepare(content(&scene.signatory, scene.now)).edition(Edition::Gmt0031_2025);
            let error = new.time_stamped_by(&bad).make(scene.now).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimeStamp);
            assert!(error.to_string().contains(words), "{error}");
        };
        refused(Fault::Rejects, "closed on Sundays");
        refused(Fault::OtherImprint, "something else");
        let in_2020 = maker.prepare(content(&scene.signatory, scene.now)).time_stamped_by(&own).make(later);
        assert_eq!(in_2020.unwrap_err().kind(), ErrorKind::Misuse);

        // Stamped with it, and stamped in time: each its own token.
        let by = clerk(&scene).at(later);
        let stamped = Stamp::of(verifier.seal(&migrated, later).require_valid().unwrap())
            .on(Page(1), Mm(20.0), Mm(30.0))
            .time_stamped_by(&by)
            .apply(&package(), &scene.by())
            .unwrap();
        let report = verifier.document(&stamped, later.plus_days(1)).unwrap();
        assert_eq!(report.signatures()[0].edition, Some(Edition::Gmt0031_2025));
        assert_eq!((report.verdict(), report.signatures()[0].times.proven), (Verdict::Valid, Some(later)), "{report}");
    }
}

/// A request and its answer, both by OpenSSL: tokens with all that TSTInfo can have.
#[test]
fn an_answer_of_openssl() {
    use eseal::timestamp::{Request, Response};
    let request = Request::from_der(&sample("timestamps/openssl.tsq")).unwrap();
    let bytes = sample("timestamps/openssl.tsr");
    let answer = Response::from_der(&bytes).unwrap();
    let at: Time = OPENSSL_TIME.parse().unwrap();
    let token = answer.token_for(&request, at, 0).unwrap();
    let error = answer.token_for(&request, at.plus_seconds(2), 1).unwrap_err();
    assert!(error.to_string().contains("2 seconds from"), "{error}");
    let other = Request::over(b"another value", eseal::DigestAlgorithm::Sha256).unwrap();
    assert!(answer.token_for(&other, at, 0).unwrap_err().to_string().contains("something else"));
    // Each octet of what the token says, of its attributes, its certificate and its value counts. What else there is,
    // numbers of versions and names of algorithms that are named again, no signature covers (RFC 5652, 5.4).
    let parts = Node::read(&token);
    let signer = parts.at(&[1, 0, 4, 0]);
    let attributes = signer.at(&[3]).nodes().iter().map(Node::der);
    let covered = [parts.at(&[1, 0, 2, 1, 0]).octets().to_vec(), signer.at(&[5]).octets().to_vec()];
    for part in attributes.chain(covered).chain([parts.at(&[1, 0, 3, 0]).der()]) {
        let start = bytes.windows(part.len()).position(|window| window == part).unwrap();
        for place in start..start + part.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            let judged = Response::from_der(&damaged).and_then(|answer| answer.token_for(&request, at, 0));
            assert!(judged.is_err(), "octet {place}");
        }
    }
}

const OPENSSL_TIME: &str = "2026-11-23T04:57:00Z";

#[test]
fn an_answer_of_2015_is_read_and_not_used() {
    use eseal::timestamp::{Request, Response, Status};
    let answer = Response::from_der(&sample("timestamps/geotrust-2015.tsr")).unwrap();
    assert_eq!((answer.status(), answer.reasons().len()), (Status::Granted, 0));
    let error = Request::from_der(&sample("timestamps/geotrust-2015.tsq")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    // In a signature it proves nothing, since its digest proves nothing.
    let scene = Scene::new(Algorithm::P256);
    let old = with_token(&scene, |_| answer.token().unwrap().to_vec());
    proves_nothing("SHA-1", &scene, &old, Outcome::Unknown, "SHA-1");
}

/// GlobalSign's authority stamped a signature of 2021: real tokens, in a document by pyHanko.
#[test]
fn tokens_of_a_public_authority() {
    let bytes = sample("pdf/pyhanko/minimal-signed-twice-second-created.pdf");
    let places = common::pdf::signatures(&bytes);
    let at = [1, 0, usize::MAX, 0, usize::MAX, 0, 1, 0];
    let (mut anchors, mut tokens) = (Vec::new(), Vec::new());
    for place in &places {
        let payload = Node::read(&common::pdf::payload(&bytes, place));
        // The last of SignedData's parts, its first signer, its last part: the unsigned attributes.
        let token = at.iter().fold(&payload, |node, step| {
            let nodes = node.nodes();
            &nodes[if *step == usize::MAX { nodes.len() - 1 } else { *step }]
        });
        tokens.push(token.der());
        let certificates = token.at(&[1, 0, 3]).nodes();
        anchors.extend(certificates.iter().filter_map(|one| eseal::Certificate::from_der(&one.der()).ok()));
    }
    assert!(!anchors.is_empty());
    let trust = Trust::new().time_stampers(anchors);
    let now: Time = "2021-01-12T00:00:00Z".parse().unwrap();
    let verifier = Verifier::new(&trust);
    let document = Pdf::read(bytes).unwrap();
    let report = verifier.document(&document, now).unwrap();
    let last = report.signatures().last().unwrap();
    assert_told("a real one", &last.checks, "time.stamp", Outcome::Pass, "existed at 2021-01-1");
    assert!(last.times.proven.is_some(), "{report}");
    // The same token, copied under a signature of one's own.
    let scene = Scene::new(Algorithm::P256);
    let copied = with_token(&scene, |_| tokens.pop().unwrap());
    proves_nothing("copied", &scene, &copied, Outcome::Fail, "over another signature");
}
