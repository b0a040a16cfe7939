//! Seal signatures over given bytes with one thing wrong; what is not wrong was signed well.

use eseal::authority::{Algorithm, Usage};
use eseal::verify::SignatureReport;
use eseal::{Outcome, Policy, Seal, Validity, Verdict, Verifier};

use crate::common::der::{Node, bit_string, octet_string, oid, primitive, sequence};
use crate::common::scene::{List, Scene, SealDraft, SignatureDraft, algorithms, digest, raw, sign};
use crate::common::{assert_judged, assert_told};

const CONTENT: &[u8] = "签章信息".as_bytes();

fn report(verifier: &Verifier<'_>, scene: &Scene, der: &[u8]) -> SignatureReport {
    verifier.detached(der, CONTENT, scene.now)
}

#[track_caller]
fn judged(what: &str, verifier: &Verifier<'_>, scene: &Scene, der: &[u8], verdict: Verdict, fails: &[&str]) {
    let report = report(verifier, scene, der);
    assert_judged(what, report.verdict, &report.checks, verdict, fails);
}

#[track_caller]
fn invalid(what: &str, scene: &Scene, der: &[u8], fails: &[&str]) {
    judged(what, &scene.verifier(), scene, der, Verdict::Invalid, fails);
}

#[track_caller]
fn valid(what: &str, scene: &Scene, der: &[u8]) {
    judged(what, &scene.verifier(), scene, der, Verdict::Valid, &[]);
}

#[test]
fn what_was_signed() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let draft = || scene.signature_draft(CONTENT);
        valid("good", &scene, &draft().der());

        invalid("other content", &scene, &scene.signature_draft(b"other").der(), &["document.intact"]);
        invalid("no digest", &scene, &SignatureDraft { digest: Vec::new(), ..draft() }.der(), &["document.intact"]);
        let zeros = SignatureDraft { digest: vec![0; 32], ..draft() }.der();
        invalid("a digest of zeros", &scene, &zeros, &["document.intact"]);

        // Each field of what was signed, changed afterwards.
        for (what, path) in [("version", [0, 0]), ("time", [0, 2]), ("property", [0, 4])] {
            let mut der = Node::read(&draft().der());
            let octets = der.at_mut(&path).octets_mut();
            let last = octets.len() - 2.min(octets.len());
            octets[last] ^= 1;
            invalid(what, &scene, &der.der(), &["signature.value"]);
        }
        let mut der = Node::read(&draft().der());
        der.at_mut(&[0, 3]).octets_mut()[5] ^= 1;
        invalid("digest", &scene, &der.der(), &["document.intact", "signature.value"]);
        let mut der = Node::read(&draft().der());
        der.at_mut(&[0, 1, 0, 3, 1]).octets_mut()[99] ^= 1;
        invalid("the seal's picture", &scene, &der.der(), &["seal.maker-signature", "signature.value"]);
    }
}

#[test]
fn by_whom_it_was_signed() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let draft = || scene.signature_draft(CONTENT);
        let namesake = scene.issue(|_| ());
        assert_eq!(namesake.credentials.certificate().subject(), scene.signatory.credentials.certificate().subject());

        let der = SignatureDraft { signer: &namesake, ..draft() }.der();
        invalid("a namesake", &scene, &der, &["seal.signatory-listed"]);
        let good = draft();
        let der = good.with_value(&sign(&namesake, &good.to_be_signed()));
        invalid("a namesake's key", &scene, &der, &["signature.value"]);
        let mut der = Node::read(&good.der());
        *der.at_mut(&[1]) = octet_string(namesake.credentials.certificate().der());
        invalid("a namesake's certificate", &scene, &der.der(), &["signature.value", "seal.signatory-listed"]);
        let der = SignatureDraft { signer: &scene.maker, ..draft() }.der();
        invalid("the maker", &scene, &der, &["seal.signatory-listed"]);

        let mut der = Node::read(&good.der());
        *der.at_mut(&[1]) = octet_string(b"not a certificate");
        invalid("no certificate", &scene, &der.der(), &["signature.value"]);
    }
}

/// A seal for exactly this signatory and a signature with it.
fn with_own_seal(scene: &Scene, signer: &eseal::authority::Issued) -> Vec<u8> {
    let list = List::Certificates(vec![signer.credentials.certificate().clone()]);
    let seal = SealDraft { list, ..scene.seal_draft() }.der();
    SignatureDraft { seal, signer, ..scene.signature_draft(CONTENT) }.der()
}

#[test]
fn the_signatorys_certificate() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let now = scene.now;
        valid("good", &scene, &with_own_seal(&scene, &scene.issue(|_| ())));
        let validity = |from: i64, to: i64| {
            let validity = Validity { not_before: now.plus_seconds(from), not_after: now.plus_seconds(to) };
            with_own_seal(&scene, &scene.issue(|profile| profile.validity = validity))
        };
        valid("its first second", &scene, &validity(0, 99));
        valid("its last second", &scene, &validity(-99, 0));
        invalid("a second early", &scene, &validity(1, 99), &["certificate.validity"]);
        invalid("a second late", &scene, &validity(-99, -1), &["certificate.validity"]);

        let usage = |usages: Vec<Usage>| with_own_seal(&scene, &scene.issue(|profile| profile.key_usage = usages));
        invalid("may not sign", &scene, &usage(vec![Usage::KeyAgreement]), &["certificate.usage"]);
        invalid("may certify only", &scene, &usage(vec![Usage::CertificateSigning]), &["certificate.usage"]);
        valid("non-repudiation", &scene, &usage(vec![Usage::NonRepudiation]));
        valid("a web server's purpose", &scene, &{
            let server = vec!["1.3.6.1.5.5.7.3.1".to_owned()];
            with_own_seal(&scene, &scene.issue(|profile| profile.extended_key_usage = server))
        });

        let below = scene.authority.issue_under(&scene.maker, &scene.authority.profile("示例市人民政府")).unwrap();
        let trust = scene.trust.clone().intermediates([scene.maker.credentials.certificate().clone()]);
        let verifier = Verifier::new(&trust);
        let der = with_own_seal(&scene, &below);
        judged("issued by a leaf", &verifier, &scene, &der, Verdict::Invalid, &["certificate.trusted"]);
        let report = report(&verifier, &scene, &der);
        assert_told("a leaf", &report.checks, "certificate.trusted", Outcome::Fail, "is not an authority");

        let stranger = eseal::authority::Authority::new(algorithm, now).unwrap();
        let strange = stranger.issue(&stranger.profile("示例市人民政府")).unwrap();
        invalid("another root", &scene, &with_own_seal(&scene, &strange), &["certificate.trusted"]);
    }
}

#[test]
fn whom_the_seal_lists() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let own = scene.signatory.credentials.certificate();
        let label = if algorithm == Algorithm::Sm2 { "SM3" } else { "SHA256" };
        let listing = |digest: Vec<u8>| {
            let list = List::Digests(vec![(label.into(), digest)]);
            let seal = SealDraft { list, ..scene.seal_draft() }.der();
            SignatureDraft { seal, ..scene.signature_draft(CONTENT) }.der()
        };
        let good = digest(algorithm, own.der());
        valid("by its digest", &scene, &listing(good.clone()));
        let mut wrong = good.clone();
        wrong[31] ^= 1;
        let fails = &["seal.signatory-listed"];
        invalid("a wrong digest", &scene, &listing(wrong), fails);
        invalid("half a digest", &scene, &listing(good[..16].to_vec()), fails);
        invalid(
            "another's digest",
            &scene,
            &listing(digest(algorithm, scene.maker.credentials.certificate().der())),
            fails,
        );

        let nobody = SealDraft { list: List::Certificates(Vec::new()), ..scene.seal_draft() }.der();
        let der = SignatureDraft { seal: nobody, ..scene.signature_draft(CONTENT) }.der();
        invalid("nobody", &scene, &der, fails);
        let both = vec![scene.maker.credentials.certificate().clone(), own.clone()];
        let two = SealDraft { list: List::Certificates(both), ..scene.seal_draft() }.der();
        valid("two", &scene, &SignatureDraft { seal: two, ..scene.signature_draft(CONTENT) }.der());
    }
}

#[test]
fn the_seal_in_it() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let with = |seal: Vec<u8>| SignatureDraft { seal, ..scene.signature_draft(CONTENT) }.der();
        let draft = scene.seal_draft();
        let value = sign(&scene.signatory, &draft.info().der());
        invalid("not made by its maker", &scene, &with(draft.with_value(&value)), &["seal.maker-signature"]);
        let reversed = Validity { not_before: scene.now.plus_years(2), not_after: scene.now.plus_years(1) };
        let seal = SealDraft { validity: reversed, ..scene.seal_draft() }.der();
        invalid("reversed", &scene, &with(seal), &["seal.in-validity"]);
        let stranger = eseal::authority::Authority::new(algorithm, scene.now).unwrap();
        let maker = stranger.issue(&stranger.profile("示例印章制作中心")).unwrap();
        let seal = SealDraft { maker: &maker, ..scene.seal_draft() }.der();
        invalid("a stranger's", &scene, &with(seal), &["seal.maker-trusted"]);
    }
}

#[test]
fn when_it_was_signed() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let now = scene.now;
        let span = Validity { not_before: now.plus_days(10), not_after: now.plus_days(20) };
        let seal = SealDraft { validity: span, ..scene.seal_draft() }.der();
        let later = now.plus_days(30);
        for (what, time, fails) in [
            ("its first second", span.not_before, &[][..]),
            ("its last second", span.not_after, &[]),
            ("a second early", span.not_before.plus_seconds(-1), &["seal.in-validity"]),
            ("a second late", span.not_after.plus_seconds(1), &["seal.in-validity"]),
        ] {
            let der = SignatureDraft { seal: seal.clone(), time, ..scene.signature_draft(CONTENT) }.der();
            let report = scene.verifier().detached(&der, CONTENT, later);
            let verdict = if fails.is_empty() { Verdict::Valid } else { Verdict::Invalid };
            assert_judged(what, report.verdict, &report.checks, verdict, fails);
        }
        let before = SignatureDraft { time: now.plus_seconds(-1), ..scene.signature_draft(CONTENT) }.der();
        invalid("before its seal was made", &scene, &before, &["seal.created", "seal.in-validity"]);
        let future = SignatureDraft { time: now.plus_days(1), ..scene.signature_draft(CONTENT) }.der();
        judged("tomorrow", &scene.verifier(), &scene, &future, Verdict::Indeterminate, &[]);
        let soon = SignatureDraft { time: now.plus_seconds(300), ..scene.signature_draft(CONTENT) }.der();
        valid("by a clock that is ahead", &scene, &soon);
    }
}

#[test]
fn encodings_that_a_strict_reader_refuses() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let strict = scene.verifier().policy(Policy::strict_2020());
        let draft = || scene.signature_draft(CONTENT);
        let good = draft().der();
        judged("good, strictly", &strict, &scene, &good, Verdict::Valid, &[]);
        let critical =
            sequence([sequence([oid("1.3.6.1.5.5.7.1.4"), primitive(0x01, &[0xFF]), octet_string(b"unknown")])]);
        for (what, der) in [
            ("trailing zeros", [good.as_slice(), &[0; 7]].concat()),
            ("an unknown critical extension", SignatureDraft { extensions: Some(critical), ..draft() }.der()),
        ] {
            valid(what, &scene, &der);
            judged(what, &strict, &scene, &der, Verdict::Invalid, &["seal.encoding"]);
        }
        // Plug-ins write one version for all seals.
        let version = SignatureDraft { version: 5, ..draft() }.der();
        judged("another version than the seal's", &strict, &scene, &version, Verdict::Valid, &[]);
        let bare = draft().with_value(&raw(&sign(&scene.signatory, &draft().to_be_signed())));
        if algorithm == Algorithm::Sm2 {
            valid("r‖s in 64 octets", &scene, &bare);
            judged("r‖s in 64 octets", &strict, &scene, &bare, Verdict::Invalid, &["seal.encoding"]);
        } else {
            invalid("r‖s, which nobody writes for ECDSA", &scene, &bare, &["signature.value"]);
        }
        let told = [good.as_slice(), b"\x01"].concat();
        invalid("trailing bytes", &scene, &told, &["signature.format"]);
        invalid("cut", &scene, &good[..good.len() - 1], &["signature.format"]);
        let mut der = Node::read(&good);
        *der.at_mut(&[3]) = bit_string(&[]);
        invalid("no value", &scene, &der.der(), &["signature.value"]);
    }
}

#[test]
fn a_seal_is_no_signature_of_a_document() {
    let scene = Scene::new(algorithms()[0]);
    let seal = Seal::from_der(scene.seal.der()).unwrap();
    let report = report(&scene.verifier(), &scene, seal.der());
    assert_eq!(report.verdict, Verdict::Invalid, "{report}");
}

/// SM2 signatures that other products make by other rules.
#[cfg(feature = "sm")]
mod sm2 {
    use eseal::authority::{Algorithm, Issued};
    use sm2::dsa::SigningKey;
    use sm2::dsa::signature::Signer as _;
    use sm2::pkcs8::DecodePrivateKey as _;

    use super::{CONTENT, invalid, raw, valid};
    use crate::common::der::{Node, primitive, sequence};
    use crate::common::scene::{Scene, SignatureDraft};
    use crate::common::{assert_told, sample};

    fn key(by: &Issued, id: &str) -> SigningKey {
        use base64::Engine as _;
        let text: String = by.key_pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
        SigningKey::new(id, &sm2::SecretKey::from_pkcs8_der(&der).unwrap()).unwrap()
    }

    /// A DER value under an identity of the signatory.
    pub(crate) fn sign_as(id: &str, by: &Issued, message: &[u8]) -> Vec<u8> {
        to_der(&key(by, id).sign(message).to_bytes())
    }

    fn to_der(raw: &[u8]) -> Vec<u8> {
        let number = |octets: &[u8]| {
            let mut octets: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
            if octets.first().is_none_or(|first| first & 0x80 != 0) {
                octets.insert(0, 0);
            }
            primitive(0x02, &octets)
        };
        sequence([number(&raw[..32]), number(&raw[32..])]).der()
    }

    #[test]
    fn another_identity() {
        let scene = Scene::new(Algorithm::Sm2);
        let draft = scene.signature_draft(CONTENT);
        let message = draft.to_be_signed();
        valid("the default", &scene, &draft.with_value(&sign_as("1234567812345678", &scene.signatory, &message)));
        for id in ["", "1234567812345679", "31010600012345"] {
            let der = draft.with_value(&sign_as(id, &scene.signatory, &message));
            invalid(id, &scene, &der, &["signature.value"]);
        }
    }

    #[test]
    fn over_the_digest_alone() {
        use sm2::dsa::signature::hazmat::PrehashSigner as _;
        let scene = Scene::new(Algorithm::Sm2);
        let draft = scene.signature_draft(CONTENT);
        let value = key(&scene.signatory, "1234567812345678").sign_prehash(&draft.digest).unwrap();
        let der = draft.with_value(&to_der(&value.to_bytes()));
        invalid("dataHash alone", &scene, &der, &["signature.value"]);
        let report = super::report(&scene.verifier(), &scene, &der);
        assert_told("dataHash alone", &report.checks, "signature.value", eseal::Outcome::Fail, "dataHash alone");
    }

    /// Two products take the digest of the identity and the key into the document's digest.
    #[test]
    fn a_digest_with_the_identity() {
        let scene = Scene::new(Algorithm::Sm2);
        let certificate = Node::read(scene.signatory.credentials.certificate().der());
        let point = &certificate.at(&[0, 6, 1]).octets()[1..];
        let digest = eseal::sm2_digest(point, eseal::SM2_DEFAULT_ID, CONTENT).unwrap().to_vec();
        let der = SignatureDraft { digest, ..scene.signature_draft(CONTENT) }.der();
        invalid("with Z", &scene, &der, &["document.intact"]);
    }

    /// r and s of zero or of the group's order are refused, whatever the digest.
    #[test]
    fn numbers_out_of_range() {
        let scene = Scene::new(Algorithm::Sm2);
        let draft = scene.signature_draft(CONTENT);
        let order = [
            0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x72, 0x03,
            0xDF, 0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x23,
        ];
        let good = raw(&sign_as("1234567812345678", &scene.signatory, &draft.to_be_signed()));
        for bad in [[0; 32], order, [0xFF; 32]] {
            for raw in [[&bad, &good[32..]].concat(), [&good[..32], &bad].concat()] {
                invalid("DER", &scene, &draft.with_value(&to_der(&raw)), &["signature.value"]);
                invalid("raw", &scene, &draft.with_value(&raw), &["signature.value"]);
            }
        }
        // Numbers with zeros in front are not DER.
        let mut long = Node::read(&to_der(&good));
        long.at_mut(&[0]).octets_mut().splice(0..0, [0, 0]);
        invalid("zeros in front", &scene, &draft.with_value(&long.der()), &["signature.value"]);
        // One raw value of a real product, to know that the others fail for their numbers.
        assert!(!sample("signatures/derived/v4_signature_raw_rs.dat").is_empty());
    }
}

#[cfg(feature = "sm")]
pub(crate) use sm2::sign_as;
