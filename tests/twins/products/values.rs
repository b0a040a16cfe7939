//! What stands in the value beside the description, and what the description says of it.

use eseal::authority::Algorithm;
use eseal::verify::{Encoding, Policy};
use eseal::{Ofd, Outcome, Verdict, Verifier};

use super::{CHANGED, PLAIN, Product, judged, replaced, rich};
use crate::common::package::Package;
use crate::common::scene::{CmsDraft, Scene, SealDraft, algorithms, raw, sign, signature_oid};
use crate::common::{all_findings, assert_judged, assert_told, sample};

/// Beside a value that holds no seal, the seal is a file like others: whoever could exchange it would show another
/// picture.
#[test]
fn a_seal_beside_a_digital_signature() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let signed = |product: &Product| {
            let package = product.sign(&scene, rich());
            let value = CmsDraft::new(&scene, package.get(product.description)).der();
            package.with(product.value, value)
        };
        let other = SealDraft { picture: sample("pictures/small/rgb.png"), ..scene.seal_draft() }.der();
        let good = signed(&PLAIN);
        let findings = judged("listed", &scene, &good, Verdict::Valid, &[]);
        assert_told("listed", &findings, "seal.signatory-listed", Outcome::Pass, "the seal lists");
        judged("exchanged", &scene, &good.with(PLAIN.seal, other.clone()), Verdict::Invalid, CHANGED);
        let open = signed(&Product { left_out: &[PLAIN.seal], ..PLAIN });
        for package in [open.clone(), open.with(PLAIN.seal, other)] {
            let findings = judged("not listed", &scene, &package, Verdict::Invalid, &["document.coverage"]);
            assert_told("not listed", &findings, "document.coverage", Outcome::Fail, "the value does not hold");
        }
        // Where the value holds the seal, that one counts.
        let held = Product { left_out: &[PLAIN.seal], ..PLAIN }.sign(&scene, rich());
        judged("held", &scene, &held, Verdict::Valid, &[]);
    }
}

/// The description names the algorithm that the value is made with (18.2).
#[test]
fn the_method_that_the_description_names() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let plain = PLAIN.sign(&scene, rich());
        let named = |method: &str| plain.clone().edited(PLAIN.description, signature_oid(algorithm), method);
        let by_seal = |method: &str| PLAIN.sign_anew(&scene, named(method));
        let by_cms = |method: &str| {
            let package = named(method);
            let value = CmsDraft::new(&scene, package.get(PLAIN.description)).der();
            package.with(PLAIN.value, value)
        };
        for of in [&by_seal as &dyn Fn(&str) -> Package, &by_cms] {
            let rsa = of("1.2.840.113549.1.1.11");
            let findings = judged("another", &scene, &rsa, Verdict::Indeterminate, &[]);
            assert_told("another", &findings, "signature.algorithm", Outcome::Unknown, "SignatureMethod");
            for unknown in ["SM2", "1.2.3", ""] {
                judged(unknown, &scene, &of(unknown), Verdict::Valid, &[]);
            }
        }
        if algorithm == Algorithm::Sm2 {
            for same in ["1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.1.301"] {
                let findings = judged(same, &scene, &by_cms(same), Verdict::Valid, &[]);
                assert!(!findings.iter().any(|finding| finding.detail.contains("SignatureMethod")), "{same}");
            }
        }
    }
}

/// A value without anything around it, made by the algorithm that the description names; whose it is the caller knows.
#[test]
fn bare_values() {
    const BARE: Product = Product { seal: "", ..PLAIN };
    let mut all = algorithms();
    all.push(Algorithm::Rsa);
    for algorithm in all {
        let scene = Scene::new(algorithm);
        let signed = BARE.listed(|text| replaced(&text, "Seal", "Sign")).sign(&scene, rich());
        let message = signed.get(BARE.description).to_vec();
        let package = |value: &[u8]| Ofd::read(signed.clone().with(BARE.value, value).write()).unwrap();
        let own = scene.trust.clone().intermediates([scene.signatory.credentials.certificate().clone()]);
        let told = |ofd: &Ofd, policy: Policy| {
            let report = Verifier::new(&own).policy(policy).document(ofd, scene.now).unwrap();
            (report.verdict(), all_findings(&report))
        };
        let value = sign(&scene.signatory, &message);
        let good = package(&value);
        let (verdict, findings) = told(&good, Policy::default());
        assert_judged("good", verdict, &findings, Verdict::Valid, &[]);
        // Nobody at hand whose it could be; another's; over something else.
        let unknown = scene.verifier().document(&good, scene.now).unwrap();
        assert_judged("whose", unknown.verdict(), &all_findings(&unknown), Verdict::Indeterminate, &[]);
        for wrong in [sign(&scene.maker, &message), sign(&scene.signatory, b"another description")] {
            let (verdict, findings) = told(&package(&wrong), Policy::default());
            assert_judged("wrong", verdict, &findings, Verdict::Indeterminate, &[]);
            assert_told("wrong", &findings, "signature.value", Outcome::Unknown, "verifies with none");
        }
        let (verdict, findings) = told(&package(b"no value"), Policy::default());
        assert_judged("junk", verdict, &findings, Verdict::Invalid, &["signature.format"]);
        if algorithm == Algorithm::Sm2 {
            let octets = package(&raw(&value));
            let (verdict, findings) = told(&octets, Policy::default());
            assert_judged("octets", verdict, &findings, Verdict::Valid, &[]);
            let (verdict, findings) = told(&octets, Policy { encoding: Encoding::Strict, ..Policy::default() });
            assert_eq!(verdict, Verdict::Invalid);
            assert_told("octets", &findings, "seal.encoding", Outcome::Fail, "SignedValue");
        }
    }
}
