//! Every sub-indication of EN 319 102-1 is reached by something that deserves it, and every result code.

#![cfg(feature = "pdf")]

mod common;

use common::der::{Node, constructed, octet_string, oid, sequence};
use common::scene::{CONTENT_TYPE, CmsDraft, MESSAGE_DIGEST, Scene, attribute, digest};
use common::{all_findings, assert_told, sample};
use eseal::archive::time_stamped;
use eseal::authority::{Algorithm, Authority, Issued, Usage};
use eseal::verify::{AlgorithmTable, LicenceState, Need, Primitive, ResultCode, SignatureReport};
use eseal::{
    BoxError, DigestAlgorithm, Evidence, Indication, Limits, Outcome, Payload, Pdf, Policy, SealStatus, StatusSource,
    SubIndication as S, Time, Trust, Validity, Verifier,
};

const CONTENT: &[u8] = b"what is signed";
const TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
const CONTENT_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.20";
const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";

fn scene() -> Scene {
    Scene::new(Algorithm::P256)
}

fn with(scene: &Scene, change: impl FnOnce(&mut CmsDraft<'_>)) -> Vec<u8> {
    let mut draft = CmsDraft::new(scene, CONTENT);
    change(&mut draft);
    draft.der()
}

/// A signature by another certificate of the scene's authority.
fn by(scene: &Scene, signer: &Issued, change: impl FnOnce(&mut CmsDraft<'_>)) -> Vec<u8> {
    let certificate = signer.credentials.certificate();
    let mut draft = CmsDraft { signer, ..CmsDraft::new(scene, CONTENT) };
    draft.certificates = vec![certificate.clone()];
    draft.certificates.extend(signer.credentials.chain().iter().cloned());
    draft.replace(common::scene::signing_certificate(Algorithm::P256, certificate));
    change(&mut draft);
    draft.der()
}

fn everything(scene: &Scene) -> Trust {
    Trust::new().everything([scene.authority.root().clone()])
}

#[track_caller]
fn concludes(
    report: &SignatureReport,
    indication: Indication,
    reason: impl Into<Option<S>>,
    check: &str,
    outcome: Outcome,
) {
    assert_eq!(
        (report.conclusion.indication, report.conclusion.sub_indication),
        (indication, reason.into()),
        "{report}"
    );
    assert!(report.checks.iter().any(|one| one.check == check && one.outcome == outcome), "no {check}: {report}");
    assert_eq!(report.verdict, report.conclusion.verdict());
}

#[track_caller]
fn open(report: &SignatureReport, reason: S, check: &str, outcome: Outcome) {
    concludes(report, Indication::Indeterminate, reason, check, outcome);
}

#[track_caller]
fn fails(report: &SignatureReport, reason: S, check: &str) {
    concludes(report, Indication::TotalFailed, reason, check, Outcome::Fail);
}

#[test]
fn what_was_signed() {
    let scene = scene();
    let judge = |der: &[u8], content: &[u8]| scene.verifier().detached(der, content, scene.now);
    let good = with(&scene, |_| ());
    let report = judge(&good, CONTENT);
    concludes(&report, Indication::TotalPassed, None, "signature.value", Outcome::Pass);
    fails(&judge(&good, b"something else"), S::HashFailure, "document.intact");
    let mut value = Node::read(&good);
    *value.at_mut(&[1, 0, 4, 0, 5]) = octet_string(&common::scene::sign(&scene.maker, b"other"));
    fails(&judge(&value.der(), CONTENT), S::SigCryptoFailure, "signature.value");
    let draft = CmsDraft::new(&scene, CONTENT);
    let two = draft.with_signers(vec![draft.signer_info(None), draft.signer_info(None)]);
    fails(&judge(&two, CONTENT), S::FormatFailure, "signature.format");
    let both = attribute(CONTENT_TYPE, [oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.7.2")]);
    let both = with(&scene, |draft| draft.replace(both));
    fails(&judge(&both, CONTENT), S::FormatFailure, "signature.attributes");
    let none = with(&scene, |draft| draft.without(CONTENT_TYPE));
    open(&judge(&none, CONTENT), S::SigConstraintsFailure, "signature.attributes", Outcome::Fail);
    let other = attribute(MESSAGE_DIGEST, [octet_string(&digest(Algorithm::P256, b"other"))]);
    fails(&judge(&with(&scene, |draft| draft.replace(other)), CONTENT), S::HashFailure, "document.intact");
}

#[test]
fn whose_certificate_it_is() {
    let scene = scene();
    let judge = |der: &[u8], at: Time| scene.verifier().detached(der, CONTENT, at);
    let namesake = scene.issue(|_| ()).credentials.certificate().clone();
    let unknown = with(&scene, |draft| draft.certificates = vec![namesake]);
    open(&judge(&unknown, scene.now), S::NoSigningCertificateFound, "signature.value", Outcome::Unknown);
    let nobody = Trust::new();
    let report = Verifier::new(&nobody).detached(&with(&scene, |_| ()), CONTENT, scene.now);
    open(&report, S::NoCertificateChainFound, "certificate.trusted", Outcome::Unknown);
    let usage = scene.issue(|profile| profile.key_usage = vec![Usage::KeyAgreement]);
    let wrong = by(&scene, &usage, |_| ());
    open(&judge(&wrong, scene.now), S::ChainConstraintsFailure, "certificate.usage", Outcome::Fail);
    let below = scene.authority.issue_under(&scene.maker, &scene.authority.profile("below")).unwrap();
    let leaf = by(&scene, &below, |draft| draft.certificates.push(scene.maker.credentials.certificate().clone()));
    let report = judge(&leaf, scene.now);
    open(&report, S::CertificateChainGeneralFailure, "certificate.trusted", Outcome::Fail);
    let good = with(&scene, |_| ());
    let late = scene.now.plus_years(4);
    open(&judge(&good, late), S::OutOfBoundsNoPoe, "certificate.validity", Outcome::Unknown);
    let start = scene.now.plus_days(30);
    let later = Validity { not_before: start, not_after: start.plus_years(1) };
    let later = scene.issue(|profile| profile.validity = later);
    fails(&judge(&by(&scene, &later, |_| ()), scene.now), S::NotYetValid, "certificate.validity");
}

/// A content time stamp says that the signature was made after it.
#[test]
fn made_after_the_end() {
    let scene = scene();
    let trust = everything(&scene);
    let end = scene.now.plus_days(10);
    let short = Validity { not_before: scene.now, not_after: end };
    let short = scene.issue(|profile| profile.validity = short);
    let stamped_at = |time: Time| {
        let token = scene.authority.time_stamper().unwrap().at(time).stamp(CONTENT).unwrap();
        attribute(CONTENT_TIME_STAMP, [Node::read(&token)])
    };
    let after = by(&scene, &short, |draft| draft.attributes.push(stamped_at(end.plus_days(1))));
    let report = Verifier::new(&trust).detached(&after, CONTENT, end.plus_days(2));
    fails(&report, S::Expired, "certificate.validity");
    let before = by(&scene, &short, |draft| draft.attributes.push(stamped_at(scene.now)));
    let report = Verifier::new(&trust).detached(&before, CONTENT, end.plus_days(2));
    open(&report, S::OutOfBoundsNoPoe, "certificate.validity", Outcome::Unknown);

    let revoked = scene.now.plus_days(1);
    let certificate = scene.signatory.credentials.certificate();
    let span = Validity { not_before: scene.now.plus_days(3), not_after: scene.now.plus_days(40) };
    let list = scene.authority.crl_by(scene.authority.issued_root(), &[(certificate, revoked)], span).unwrap();
    let evidence = Evidence::new().crl(list).unwrap();
    let judge = |der: &[u8]| Verifier::new(&trust).evidence(&evidence).detached(der, CONTENT, scene.now.plus_days(4));
    let after = with(&scene, |draft| draft.attributes.push(stamped_at(scene.now.plus_days(2))));
    fails(&judge(&after), S::Revoked, "certificate.revocation");
    open(&judge(&with(&scene, |_| ())), S::RevokedNoPoe, "certificate.revocation", Outcome::Unknown);
}

#[test]
fn revoked_above_and_data_that_is_old() {
    let scene = scene();
    let chained = Authority::new(Algorithm::P256, scene.now).unwrap().with_intermediate().unwrap();
    let signer = chained.issue(&chained.profile("示例市人民政府")).unwrap();
    let middle = chained.issuer().credentials.certificate();
    let trust = Trust::new().everything([chained.root().clone()]);
    let late = scene.now.plus_days(4);
    let span = Validity { not_before: scene.now.plus_days(3), not_after: scene.now.plus_days(40) };
    let by_root =
        |revoked: &[(&eseal::Certificate, Time)], span| chained.crl_by(chained.issued_root(), revoked, span).unwrap();
    let own = chained.crl_by(chained.issuer(), &[], span).unwrap();
    let der = by(&scene, &signer, |_| ());
    let list = by_root(&[(middle, scene.now.plus_days(1))], span);
    let evidence = Evidence::new().crl(list).unwrap().crl(own.clone()).unwrap();
    let report = Verifier::new(&trust).evidence(&evidence).detached(&der, CONTENT, late);
    open(&report, S::RevokedCaNoPoe, "certificate.revocation", Outcome::Unknown);

    let strict = || Policy { revocation: Need::Required, ..Policy::default() };
    let old = Validity { not_before: scene.now, not_after: scene.now.plus_days(1) };
    let evidence = Evidence::new().crl(by_root(&[], old)).unwrap().crl(own).unwrap();
    let report = Verifier::new(&trust).policy(strict()).evidence(&evidence).detached(&der, CONTENT, late);
    open(&report, S::TryLater, "certificate.revocation", Outcome::Unknown);
    let report = Verifier::new(&trust).policy(strict()).detached(&der, CONTENT, late);
    open(&report, S::CertificateChainGeneralFailure, "certificate.revocation", Outcome::Unknown);
}

#[test]
fn what_the_policy_asks() {
    let scene = scene();
    let good = with(&scene, |_| ());
    let judge = |policy: Policy, der: &[u8]| scene.verifier().policy(policy).detached(der, CONTENT, scene.now);
    let report = judge(Policy::gm_only(), &good);
    open(&report, S::CryptoConstraintsFailure, "signature.algorithm", Outcome::Unknown);
    let mut algorithms = AlgorithmTable::etsi();
    let ecdsa = algorithms.limits.iter_mut().filter(|limit| limit.algorithm == Primitive::Ecdsa);
    ecdsa.for_each(|limit| limit.until = Some("2020-01-01T00:00:00Z".parse().unwrap()));
    let ended = Policy { algorithms, ..Policy::default() };
    open(&judge(ended, &good), S::CryptoConstraintsFailureNoPoe, "signature.algorithm", Outcome::Unknown);
    let timed = Policy { time_stamp: Need::Required, ..Policy::default() };
    open(&judge(timed, &good), S::NoPoe, "time.stamp", Outcome::Unknown);

    let policy = |id: &str| attribute(SIGNATURE_POLICY, [sequence([oid(id)])]);
    let named = with(&scene, |draft| draft.attributes.push(policy("1.2.3.4")));
    let known = |list: &[&str]| Policy {
        signature_policies: Some(list.iter().map(|one| (*one).to_owned()).collect()),
        ..Policy::default()
    };
    open(&judge(known(&["1.2.3.5"]), &named), S::PolicyProcessingError, "signature.policy", Outcome::Unknown);
    let report = judge(known(&["1.2.3.4"]), &named);
    concludes(&report, Indication::TotalPassed, None, "signature.policy", Outcome::Pass);
    let report = judge(Policy::default(), &named);
    concludes(&report, Indication::TotalPassed, None, "signature.policy", Outcome::Pass);
    let broken = attribute(SIGNATURE_POLICY, [sequence([octet_string(b"?")])]);
    let broken = with(&scene, |draft| draft.attributes.push(broken));
    let report = judge(Policy::default(), &broken);
    open(&report, S::PolicyProcessingError, "signature.policy", Outcome::Unknown);
}

#[test]
fn the_order_of_time_stamps_and_the_delay() {
    let scene = scene();
    let trust = everything(&scene);
    let clerk = |time| scene.authority.time_stamper().unwrap().at(time);
    let later = scene.now.plus_days(1);
    let token = clerk(later).stamp(CONTENT).unwrap();
    let der = with(&scene, |draft| draft.attributes.push(attribute(CONTENT_TIME_STAMP, [Node::read(&token)])));
    let stamp = |der: &[u8], time: Time| {
        let mut signed = Node::read(der);
        let signer = signed.at_mut(&[1, 0, 4, 0]);
        let value = signer.at(&[5]).octets().to_vec();
        let token = clerk(time).stamp(&value).unwrap();
        signer.nodes_mut().push(constructed(0xA1, vec![attribute(TIME_STAMP, [Node::read(&token)])]));
        signed.der()
    };
    let report = Verifier::new(&trust).detached(&stamp(&der, scene.now), CONTENT, later.plus_days(1));
    open(&report, S::TimestampOrderFailure, "time.stamp", Outcome::Unknown);
    let report = Verifier::new(&trust).detached(&stamp(&der, later), CONTENT, later.plus_days(1));
    concludes(&report, Indication::TotalPassed, None, "time.stamp", Outcome::Pass);

    let hasty = Policy { time_stamp_delay: Some(3600), ..Policy::default() };
    let judge = |time| {
        let der = stamp(&with(&scene, |_| ()), time);
        Verifier::new(&trust).policy(hasty.clone()).detached(&der, CONTENT, later.plus_days(1))
    };
    concludes(&judge(scene.now.plus_seconds(3600)), Indication::TotalPassed, None, "time.stamp", Outcome::Pass);
    open(&judge(later), S::SigConstraintsFailure, "time.claimed", Outcome::Unknown);
}

/// A page that stands in the page tree twice: something is odd for which the standard has no other word.
#[test]
fn for_another_reason() {
    let scene = scene();
    let plain = common::pdf::minimal(&[0]);
    let pages = b"<< /Type /Pages /Kids [ 3 0 R 3 0 R ] /Count 2 /MediaBox [0 0 595 842] >>".to_vec();
    let twice = Pdf::read(common::pdf::append(&plain, &[(2, pages)])).unwrap();
    let judge = |document: &Pdf| {
        let stamped = scene.stamped(document, Payload::Cms);
        let report = scene.verifier().document(&stamped, scene.now).unwrap();
        (report.conclusion(), all_findings(&report))
    };
    let (conclusion, findings) = judge(&twice);
    assert_eq!((conclusion.indication, conclusion.sub_indication), (Indication::Indeterminate, Some(S::Generic)));
    assert_told("twice", &findings, "document.structure", Outcome::Unknown, "more than once");
    assert_eq!(judge(&Pdf::read(plain).unwrap()).0.indication, Indication::TotalPassed);
}

/// The files of a package that a signature lists under a digest that nobody knows: they may be what was signed.
#[test]
#[cfg(all(feature = "ofd", feature = "sm"))]
fn what_was_signed_is_not_at_hand() {
    let scene = Scene::new(Algorithm::Sm2);
    let package = eseal::Ofd::read(sample("ofd/helloworld.ofd")).unwrap();
    let stamped = scene.stamped(&package, Payload::SealSignature);
    let package = common::package::Package::read(&eseal::Document::as_bytes(&stamped));
    let name = package.names().into_iter().find(|name| name.ends_with("Signature.xml")).unwrap().to_owned();
    let method = package.text(&name);
    let at = method.find("CheckMethod=\"").unwrap() + "CheckMethod=\"".len();
    let end = at + method[at..].find('"').unwrap();
    let changed = package.with(&name, format!("{}1.2.3.4{}", &method[..at], &method[end..])).write();
    let document = eseal::Ofd::read(changed).unwrap();
    let report = scene.verifier().document(&document, scene.now).unwrap();
    let findings = &report.signatures()[0].checks;
    assert_told("unknown digest", findings, "document.references", Outcome::Unknown, "1.2.3.4");
    // The description was changed too, which is the worse; what the references come to by themselves is told.
    let reference = findings.iter().find(|one| one.check == "document.references").unwrap();
    assert_eq!(eseal::Conclusion::of([reference], eseal::Standard::Gb).sub_indication, Some(S::SignedDataNotFound));
}

/// Answers as the register does, whatever it is asked about.
#[derive(Debug)]
struct Register(SealStatus);

impl StatusSource for Register {
    fn status_at(&self, _: &[u8], _: Time) -> Result<SealStatus, BoxError> {
        Ok(self.0.clone())
    }
}

#[test]
fn every_result_code() {
    let scene = scene();
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let stamped = scene.stamped(&form, Payload::SealSignature);
    let now = scene.now;
    let judge =
        |verifier: Verifier<'_>, document: &Pdf, at: Time| verifier.document(document, at).unwrap().result_code();
    assert_eq!(judge(scene.verifier(), &stamped, now), ResultCode::Valid);
    let frozen = Register(SealStatus::Suspended { state: "frozen".into(), since: now });
    assert_eq!(judge(scene.verifier().knowing(&frozen), &stamped, now), ResultCode::Suspended);
    let cancelled = Register(SealStatus::NotInForce { state: "cancelled".into(), since: now });
    assert_eq!(judge(scene.verifier().knowing(&cancelled), &stamped, now), ResultCode::NoLongerValid);
    let nobody = Trust::new();
    assert_eq!(judge(Verifier::new(&nobody), &stamped, now), ResultCode::Insufficient);
    assert_eq!(judge(scene.verifier(), &form, now), ResultCode::NotFound);
    let mut bytes = eseal::Document::as_bytes(&stamped).into_owned();
    let at = bytes.windows(9).position(|window| window == b"/MediaBox").unwrap();
    bytes[at + 1] = b'X';
    let changed = Pdf::read(bytes).unwrap();
    assert_eq!(judge(scene.verifier(), &changed, now), ResultCode::Wrong);
    // By the claimed time the seal was not in its validity yet.
    let start = now.plus_days(30);
    let later =
        scene.issue(|profile| profile.validity = Validity { not_before: start, not_after: start.plus_years(1) });
    let early = by(&scene, &later, |_| ());
    let report = scene.verifier().detached(&early, CONTENT, now);
    assert_eq!(ResultCode::of(report.conclusion), ResultCode::NotYetActive);
    assert_eq!(ResultCode::for_request(b"", || ResultCode::Valid), ResultCode::NoParameters);
    assert_eq!(ResultCode::for_request(b"x", || ResultCode::Valid), ResultCode::Valid);

    let states = [
        (LicenceState::InForce, 0),
        (LicenceState::Inactive, 1),
        (LicenceState::Suspended, 2),
        (LicenceState::Ended, 3),
        (LicenceState::Unknown, 4),
        (LicenceState::NotOnRecord, 5),
    ];
    for (state, number) in states {
        assert_eq!(ResultCode::Valid.and_licence(state).number(), number, "{state:?}");
        assert_eq!(ResultCode::Wrong.and_licence(state), ResultCode::Wrong, "{state:?}");
    }
    let report = scene.verifier().document(&stamped, now).unwrap();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["result_code"], 0);
    assert_eq!(json["indication"], "TOTAL_PASSED");
    assert_eq!(json["signatures"][0]["standard"], "gb");
}

/// The report as XML says the same: well-formed, in its namespace, whatever stands in names.
#[test]
fn the_report_as_xml() {
    let scene = scene();
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let stamped = scene.stamped(&form, Payload::Cms);
    let clerk = scene.authority.time_stamper().unwrap();
    let trust = everything(&scene);
    let lasting = time_stamped(&stamped, &clerk, DigestAlgorithm::Sha256, scene.now, &Limits::default()).unwrap();
    for (document, main) in [(&lasting, "total-passed"), (&stamped, "total-passed")] {
        let xml = Verifier::new(&trust).document(document, scene.now).unwrap().to_xml().unwrap();
        assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{xml}");
        assert!(xml.contains("<ValidationReport xmlns=\"http://uri.etsi.org/19102/v1.2.1#\""), "{xml}");
        assert!(xml.contains(&format!("urn:etsi:019102:mainindication:{main}")), "{xml}");
        assert!(xml.contains("urn:etsi:019102:validationObject:certificate"), "{xml}");
    }
    let nobody = Trust::new();
    let xml = Verifier::new(&nobody).document(&stamped, scene.now).unwrap().to_xml().unwrap();
    assert!(xml.contains("urn:etsi:019102:subindication:NO_CERTIFICATE_CHAIN_FOUND"), "{xml}");
    let unsigned = scene.verifier().document(&form, scene.now).unwrap().to_xml().unwrap();
    assert!(unsigned.contains("no-signature-found"), "{unsigned}");
}

#[test]
fn policies_are_data_with_names() {
    for name in Policy::NAMES {
        let policy = Policy::named(name).unwrap();
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy, "{name}");
    }
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
    // The manual lists every knob with the default that it has.
    let manual = std::fs::read_to_string(format!("{}/src/manual/verdicts.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for (knob, default) in serde_json::to_value(Policy::default()).unwrap().as_object().unwrap() {
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{knob}` |")));
        let row = row.unwrap_or_else(|| panic!("the manual has no row for {knob}"));
        if let Some(word) = default.as_str() {
            assert!(row.contains(&format!("| `{word}` |")), "{row}, not {word}");
        }
    }
    let scene = scene();
    let good = with(&scene, |_| ());
    let verifier = scene.verifier().policy(Policy::etsi_like());
    let report = verifier.detached(&good, CONTENT, scene.now);
    assert_told("revocation", &report.checks, "certificate.revocation", Outcome::Unknown, "");
    assert_eq!(report.conclusion.indication, Indication::Indeterminate);
}
