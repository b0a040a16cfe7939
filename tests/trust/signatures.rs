//! What revocation says of signatures, whose time is claimed or proven; and what they carry.

use std::sync::Barrier;
use std::thread;

use eseal::authority::{Algorithm, ListProfile, RevokedEntry};
use eseal::trust::{Origin, Revocation};
use eseal::verify::{Need, SignatureReport};
use eseal::{Evidence, Outcome, Policy, Role, Trust, Validity, Verdict, Verifier};

use crate::common::der::{Node, constructed, oid, sequence, set};
use crate::common::scene::{CmsDraft, Scene, algorithms};
use crate::{World, assert_finding};

const CONTENT: &[u8] = b"content";
const REVOCATION: &str = "certificate.revocation";

/// A list by the scene's root on which the signatory is, since then.
fn list(scene: &Scene, days: i64, reason: Option<u8>) -> Vec<u8> {
    let entry = RevokedEntry {
        certificate: scene.signatory.credentials.certificate(),
        since: scene.now.plus_days(days),
        reason,
        extensions: Vec::new(),
    };
    signed(scene, vec![entry])
}

fn signed(scene: &Scene, revoked: Vec<RevokedEntry<'_>>) -> Vec<u8> {
    let span = Validity { not_before: scene.now.plus_days(-1), not_after: scene.now.plus_days(90) };
    let list = ListProfile { span, number: Some(1), revoked, extensions: Vec::new() };
    scene.authority.list(scene.authority.issued_root(), &list).unwrap()
}

/// Judged twenty days after the clock, when the signature was made.
fn judge(scene: &Scene, evidence: &Evidence, signature: &[u8]) -> SignatureReport {
    scene.verifier().evidence(evidence).detached(signature, CONTENT, scene.now.plus_days(20))
}

#[test]
fn a_seal_signature_is_judged_by_the_time_that_it_claims() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let signature = scene.signature_draft(CONTENT).der();
        for (days, reason, verdict, outcome, part) in [
            (-5, None, Verdict::Invalid, Outcome::Fail, "no reason told"),
            (-5, Some(1), Verdict::Invalid, Outcome::Fail, "compromised"),
            (5, Some(4), Verdict::Valid, Outcome::Pass, "after the time that the signature claims"),
            (5, Some(1), Verdict::Indeterminate, Outcome::Unknown, "can claim an earlier time"),
            (-5, Some(6), Verdict::Indeterminate, Outcome::Unknown, "on hold"),
        ] {
            let evidence = Evidence::new().crl(list(&scene, days, reason)).unwrap();
            let report = judge(&scene, &evidence, &signature);
            assert_eq!(report.verdict, verdict, "{report}");
            assert_finding(&report.checks, REVOCATION, outcome, part);
        }
        let evidence = Evidence::new().crl(signed(&scene, Vec::new())).unwrap();
        let report = judge(&scene, &evidence, &signature);
        assert_eq!(report.verdict, Verdict::Valid, "{report}");
        assert_finding(&report.checks, REVOCATION, Outcome::Pass, "was not revoked");
        assert!(report.chains.len() >= 2, "signatory and maker have a chain each");
        assert!(serde_json::to_string(&report).unwrap().contains("\"chains\":[{\"role\":\"signatory\""));
    }
}

#[test]
fn a_revoked_maker_makes_the_seal_doubtful() {
    let scene = Scene::new(Algorithm::P256);
    let entry = |days, reason| RevokedEntry {
        certificate: scene.maker.credentials.certificate(),
        since: scene.now.plus_days(days),
        reason,
        extensions: Vec::new(),
    };
    for (days, reason, verdict, outcome) in [
        (-5, Some(4), Verdict::Invalid, Outcome::Fail),
        (5, Some(4), Verdict::Valid, Outcome::Pass),
        (5, Some(1), Verdict::Indeterminate, Outcome::Unknown),
    ] {
        let evidence = Evidence::new().crl(signed(&scene, vec![entry(days, reason)])).unwrap();
        let report = scene.verifier().evidence(&evidence).seal(&scene.seal, scene.now.plus_days(20));
        assert_eq!(report.verdict(), verdict, "{report}");
        assert_finding(report.findings(), "seal.maker-revocation", outcome, "was revoked at");
        assert_eq!(report.chains().len(), 1);
    }
}

#[test]
fn cms_without_a_time_stamp_is_judged_as_of_now() {
    let scene = Scene::new(Algorithm::P256);
    let signature = CmsDraft::new(&scene, CONTENT).der();
    for (days, verdict, outcome, part) in [
        // Without a proof of time EN 319 102-1 leaves it at REVOKED_NO_POE, even where the claim is too late.
        (-5, Verdict::Indeterminate, Outcome::Fail, "the signature is of"),
        (5, Verdict::Indeterminate, Outcome::Unknown, "nothing proves that the signature is older"),
        (50, Verdict::Valid, Outcome::Pass, ""),
    ] {
        let evidence = Evidence::new().crl(list(&scene, days, None)).unwrap();
        let report = judge(&scene, &evidence, &signature);
        assert_eq!(report.verdict, verdict, "{report}");
        assert_finding(&report.checks, REVOCATION, outcome, part);
    }
}

#[test]
fn what_a_signature_carries_is_used() {
    let scene = Scene::new(Algorithm::P256);
    let clean = signed(&scene, Vec::new());
    let revoked = list(&scene, -5, Some(1));
    let insisting = Policy { revocation: Need::Required, ..Policy::default() };
    let makers = Evidence::new();
    let judge = |signature: &[u8]| {
        let verifier = Verifier::new(&scene.trust).evidence(&makers).policy(insisting.clone());
        verifier.detached(signature, CONTENT, scene.now.plus_days(20))
    };
    let bare = CmsDraft::new(&scene, CONTENT).der();
    assert_finding(&judge(&bare).checks, REVOCATION, Outcome::Unknown, "no revocation data");
    // SignedData.crls.
    let in_crls = |list: &[u8]| {
        let mut tree = Node::read(&bare);
        let fields = tree.at_mut(&[1, 0]).nodes_mut();
        let signers = fields.len() - 1;
        fields.insert(signers, constructed(0xA1, vec![Node::read(list)]));
        tree.der()
    };
    // adbe-revocationInfoArchival among the signed attributes.
    let in_archival = |list: &[u8]| {
        let mut draft = CmsDraft::new(&scene, CONTENT);
        let values = sequence([constructed(0xA0, vec![sequence([Node::read(list)])])]);
        draft.attributes.push(sequence([oid("1.2.840.113583.1.1.8"), set([values])]));
        draft.der()
    };
    for carried in [in_crls(&clean), in_archival(&clean)] {
        let report = judge(&carried);
        assert_eq!(report.verdict, Verdict::Valid, "{report}");
        let Revocation::Good { told } = &report.chains[0].links[0].revocation else { panic!("{report}") };
        assert_eq!(told.origin, Origin::Signature);
        assert_eq!(told.der(), clean);
    }
    for carried in [in_crls(&revoked), in_archival(&revoked)] {
        let report = judge(&carried);
        assert_eq!(report.verdict, Verdict::Indeterminate, "{report}");
        assert_finding(&report.checks, REVOCATION, Outcome::Fail, "its key was compromised");
    }
}

#[test]
fn threads_share_what_was_judged_and_get_the_same_answers() {
    let world = World::new(Algorithm::P256);
    let span = Validity { not_before: world.now, not_after: world.now.plus_days(30) };
    let list = ListProfile { span, revoked: vec![world.entry(world.now.plus_days(10), Some(1))], ..world.list() };
    let evidence = world.evidence().crl(world.signed(&list)).unwrap();
    let policy = Policy { revocation: Need::Required, ..Policy::default() };
    let verifier = Verifier::new(&world.trust).evidence(&evidence).policy(policy);
    let barrier = Barrier::new(8);
    // Before and after the revocation, before and after the list, asked by all at once and again.
    let days = [5, 15, 9, 10, 11, 40, 5, 15];
    thread::scope(|scope| {
        for turn in 0..8 {
            let (verifier, barrier, world, evidence) = (&verifier, &barrier, &world, &evidence);
            scope.spawn(move || {
                barrier.wait();
                for step in 0..32 {
                    let at = world.now.plus_days(days[(turn + step) % days.len()]);
                    let shared = verifier.certificate(world.leaf(), Role::Signatory, at, at);
                    let alone = Verifier::new(&world.trust).evidence(evidence).policy(verifier_policy());
                    let alone = alone.certificate(world.leaf(), Role::Signatory, at, at);
                    assert_eq!(shared.verdict, alone.verdict);
                    assert_eq!(shared.checks, alone.checks);
                }
            });
        }
    });
}

fn verifier_policy() -> Policy {
    Policy { revocation: Need::Required, ..Policy::default() }
}

#[test]
fn another_policy_or_evidence_begins_with_a_blank_memory() {
    let world = World::new(Algorithm::P256);
    let none = Evidence::new().certificates([world.middle().clone()]);
    let revoked = ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), None)], ..world.list() };
    let known = world.evidence().crl(world.signed(&revoked)).unwrap();
    let verifier = Verifier::new(&world.trust).evidence(&none);
    let judge =
        |verifier: &Verifier<'_>| verifier.certificate(world.leaf(), Role::Signatory, world.now, world.now).verdict;
    assert_eq!(judge(&verifier), Verdict::Valid);
    assert_eq!(judge(&verifier.clone().policy(verifier_policy())), Verdict::Indeterminate);
    assert_eq!(judge(&verifier.clone().evidence(&known)), Verdict::Invalid);
    assert_eq!(judge(&verifier), Verdict::Valid);
    let nobody = Trust::new();
    assert_eq!(judge(&Verifier::new(&nobody).evidence(&none)), Verdict::Indeterminate);
}
