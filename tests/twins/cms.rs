//! SignedData over given bytes with one thing wrong; what is not wrong was signed well.

use eseal::authority::{Algorithm, Authority, Usage};
use eseal::{Outcome, Validity, Verdict};

use crate::common::der::{Node, octet_string, oid, set};
use crate::common::scene::{
    CONTENT_TYPE, CmsDraft, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2, SIGNING_TIME, Scene, algorithms, attribute, digest,
    raw, sign, signing_certificate,
};
use crate::common::{assert_judged, assert_told};

const CONTENT: &[u8] = b"what is signed";

#[track_caller]
fn judged(what: &str, scene: &Scene, der: &[u8], verdict: Verdict, fails: &[&str]) {
    let report = scene.verifier().detached(der, CONTENT, scene.now);
    assert_judged(what, report.verdict, &report.checks, verdict, fails);
}

#[track_caller]
fn invalid(what: &str, scene: &Scene, der: &[u8], fails: &[&str]) {
    judged(what, scene, der, Verdict::Invalid, fails);
}

/// What is wrong about the certificate: GB/T 35275 lets the signature fail, EN 319 102-1 leaves it open.
#[track_caller]
fn not_believed(what: &str, scene: &Scene, algorithm: Algorithm, der: &[u8], fails: &[&str]) {
    let verdict = if algorithm == Algorithm::Sm2 { Verdict::Invalid } else { Verdict::Indeterminate };
    judged(what, scene, der, verdict, fails);
}

/// The draft with one change.
fn with(scene: &Scene, change: impl FnOnce(&mut CmsDraft<'_>)) -> Vec<u8> {
    let mut draft = CmsDraft::new(scene, CONTENT);
    change(&mut draft);
    draft.der()
}

#[test]
fn what_was_signed() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        judged("good", &scene, &with(&scene, |_| ()), Verdict::Valid, &[]);
        let wrong = attribute(MESSAGE_DIGEST, [octet_string(&digest(algorithm, b"other"))]);
        invalid("another digest", &scene, &with(&scene, |draft| draft.replace(wrong)), &["document.intact"]);
        let short = attribute(MESSAGE_DIGEST, [octet_string(&digest(algorithm, CONTENT)[..31])]);
        invalid("a digest cut short", &scene, &with(&scene, |draft| draft.replace(short)), &["document.intact"]);
        let report = scene.verifier().detached(&with(&scene, |_| ()), b"other", scene.now);
        assert_judged("other content", report.verdict, &report.checks, Verdict::Invalid, &["document.intact"]);

        // The attributes were signed as they were, not as they are now.
        let mut der = Node::read(&with(&scene, |_| ()));
        let attributes = der.at_mut(&[1, 0, 4, 0, 3]);
        let time = attributes.nodes_mut().iter_mut().find(|one| *one.at(&[0]) == oid(SIGNING_TIME)).unwrap();
        time.at_mut(&[1, 0]).octets_mut()[1] ^= 1;
        let report = scene.verifier().detached(&der.der(), CONTENT, scene.now);
        assert_told("signing-time", &report.checks, "signature.value", Outcome::Fail, "does not verify");
        assert_eq!(report.verdict, Verdict::Invalid);
    }
}

#[test]
fn attributes_each_once() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let own = octet_string(&digest(algorithm, CONTENT));
        let other = octet_string(&digest(algorithm, b"other"));
        let fails: &[&str] = &["document.intact", "signature.attributes"];
        invalid("no message-digest", &scene, &with(&scene, |draft| draft.without(MESSAGE_DIGEST)), fails);
        let two = attribute(MESSAGE_DIGEST, [own.clone(), other.clone()]);
        invalid("two values", &scene, &with(&scene, |draft| draft.replace(two)), fails);
        let again = attribute(MESSAGE_DIGEST, [other]);
        invalid("two attributes", &scene, &with(&scene, |draft| draft.attributes.push(again)), fails);
        let fails = &["signature.attributes"];
        let without = with(&scene, |draft| draft.without(CONTENT_TYPE));
        not_believed("no content-type", &scene, algorithm, &without, fails);
        let another = attribute(CONTENT_TYPE, [oid("1.2.840.113549.1.9.16.1.4")]);
        invalid("another content-type", &scene, &with(&scene, |draft| draft.replace(another)), fails);
        let namesake = scene.issue(|_| ());
        let other = signing_certificate(algorithm, namesake.credentials.certificate());
        let another = with(&scene, |draft| draft.replace(other));
        not_believed("another certificate named", &scene, algorithm, &another, fails);
        let without = with(&scene, |draft| draft.without(SIGNING_CERTIFICATE_V2));
        judged("no certificate named", &scene, &without, Verdict::Valid, &[]);
    }
}

#[test]
fn exactly_one_signer() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let draft = CmsDraft::new(&scene, CONTENT);
        let signer = || draft.signer_info(None);
        invalid("two", &scene, &draft.with_signers(vec![signer(), signer()]), &["signature.format"]);
        let bad = CmsDraft::new(&scene, b"other").signer_info(None);
        invalid("a good and a bad one", &scene, &draft.with_signers(vec![signer(), bad]), &["signature.format"]);
        invalid("none", &scene, &draft.with_signers(Vec::new()), &["signature.format"]);
    }
}

#[test]
fn without_attributes() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let direct = |message: &[u8]| {
            let mut draft = CmsDraft::new(&scene, CONTENT);
            draft.attributes.clear();
            draft.with_signers(vec![draft.signer_info(Some(message))])
        };
        judged("over the content", &scene, &direct(CONTENT), Verdict::Valid, &[]);
        let report = scene.verifier().detached(&direct(b"other"), CONTENT, scene.now);
        assert_told("over other content", &report.checks, "signature.value", Outcome::Fail, "does not verify");
        assert_eq!(report.verdict, Verdict::Invalid);

        // A signature over attributes is taken for one over content that consists of them.
        let attributes = set(CmsDraft::new(&scene, CONTENT).attributes).der();
        let report = scene.verifier().detached(&direct(&attributes), &attributes, scene.now);
        assert_told("replayed", &report.checks, "signature.value", Outcome::Fail, "attributes of another signature");
        assert_eq!(report.verdict, Verdict::Invalid);
    }
}

#[test]
fn content_inside() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let inside = |content: &[u8]| {
            with(&scene, |draft| {
                draft.replace(attribute(MESSAGE_DIGEST, [octet_string(&digest(algorithm, content))]));
                draft.content = Some(content.to_vec());
            })
        };
        judged("the digest", &scene, &inside(&digest(algorithm, CONTENT)), Verdict::Valid, &[]);
        invalid("another digest", &scene, &inside(&digest(algorithm, b"other")), &["document.intact"]);
        invalid("nothing", &scene, &inside(b""), &["document.intact"]);
        let mixed = with(&scene, |draft| draft.content = Some(digest(algorithm, CONTENT)));
        invalid("message-digest of the outer bytes", &scene, &mixed, &["document.intact"]);
    }
}

#[test]
fn the_signers_certificate() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let now = scene.now;
        let namesake = scene.issue(|_| ()).credentials.certificate().clone();
        let other_first = with(&scene, |draft| draft.certificates.insert(0, namesake.clone()));
        judged("a namesake's first", &scene, &other_first, Verdict::Valid, &[]);
        let only_other = with(&scene, |draft| draft.certificates = vec![namesake.clone()]);
        judged("only a namesake's", &scene, &only_other, Verdict::Indeterminate, &[]);

        let by = |signer: &eseal::authority::Issued| {
            let certificate = signer.credentials.certificate();
            let mut draft = CmsDraft { signer, ..CmsDraft::new(&scene, CONTENT) };
            draft.certificates = vec![certificate.clone()];
            draft.replace(signing_certificate(algorithm, certificate));
            draft.der()
        };
        let validity = Validity { not_before: now.plus_years(-2), not_after: now.plus_seconds(-1) };
        let ended = scene.issue(|profile| profile.validity = validity);
        // By GB/T 35275 the claimed time counts; by RFC 5652 the signature may be older than it is told to be.
        let report = scene.verifier().detached(&by(&ended), CONTENT, now.plus_days(1));
        match algorithm {
            Algorithm::Sm2 => {
                let fails = &["certificate.validity"];
                assert_judged("ended before", report.verdict, &report.checks, Verdict::Invalid, fails);
            }
            _ => assert_judged("ended before", report.verdict, &report.checks, Verdict::Indeterminate, &[]),
        }
        let usage = scene.issue(|profile| profile.key_usage = vec![Usage::KeyAgreement]);
        not_believed("may not sign", &scene, algorithm, &by(&usage), &["certificate.usage"]);
        let purpose = scene.issue(|profile| profile.extended_key_usage = vec!["1.3.6.1.5.5.7.3.8".into()]);
        let is_gm = algorithm == Algorithm::Sm2;
        let fails: &[&str] = if is_gm { &[] } else { &["certificate.usage"] };
        let verdict = if is_gm { Verdict::Valid } else { Verdict::Indeterminate };
        judged("for time stamps alone", &scene, &by(&purpose), verdict, fails);

        // Of another root with the same name, which sends its own chain along.
        let stranger = Authority::new(algorithm, now).unwrap();
        let strange = stranger.issue(&stranger.profile("示例市人民政府")).unwrap();
        let mut draft = CmsDraft { signer: &strange, ..CmsDraft::new(&scene, CONTENT) };
        draft.certificates = vec![strange.credentials.certificate().clone(), stranger.root().clone()];
        draft.replace(signing_certificate(algorithm, strange.credentials.certificate()));
        not_believed("another root", &scene, algorithm, &draft.der(), &["certificate.trusted"]);

        // A leaf that plays the authority, sent along.
        let below = scene.authority.issue_under(&scene.maker, &scene.authority.profile("below")).unwrap();
        let mut draft = CmsDraft { signer: &below, ..CmsDraft::new(&scene, CONTENT) };
        let maker = scene.maker.credentials.certificate().clone();
        draft.certificates = vec![below.credentials.certificate().clone(), maker];
        draft.replace(signing_certificate(algorithm, below.credentials.certificate()));
        not_believed("issued by a leaf", &scene, algorithm, &draft.der(), &["certificate.trusted"]);
    }
}

#[test]
fn values_of_another_shape() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = with(&scene, |_| ());
        let value = |change: &dyn Fn(&[u8]) -> Vec<u8>| {
            let mut der = Node::read(&good);
            let value = der.at_mut(&[1, 0, 4, 0, 5]);
            *value = octet_string(&change(value.octets()));
            der.der()
        };
        match algorithm {
            Algorithm::Sm2 => judged("r‖s", &scene, &value(&raw), Verdict::Valid, &[]),
            _ => invalid("r‖s, which nobody writes for ECDSA", &scene, &value(&raw), &["signature.value"]),
        }
        invalid("nothing", &scene, &value(&|_| Vec::new()), &["signature.value"]);
        let longer = value(&|value| [value, &[0]].concat());
        invalid("a zero behind", &scene, &longer, &["signature.value"]);
        let other = sign(&scene.maker, b"something else");
        invalid("another's", &scene, &value(&|_| other.clone()), &["signature.value"]);
        invalid("a byte behind", &scene, &[good.as_slice(), b"x"].concat(), &["signature.format"]);
        invalid("cut", &scene, &good[..good.len() - 1], &["signature.format"]);
    }
}
