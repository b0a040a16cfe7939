//! Seals with one thing wrong, each with a good signature of its maker unless that is what is wrong.

use eseal::authority::{Algorithm, Authority, Issued, Profile, Usage};
use eseal::{ErrorKind, Outcome, Policy, Seal, Time, Trust, Validity, Verdict, Verifier};

use crate::common::der::Node;
use crate::common::scene::{List, Scene, SealDraft, algorithms, digest, raw, sign};
use crate::common::{assert_judged, assert_told};

#[track_caller]
fn judged(what: &str, verifier: &Verifier<'_>, der: &[u8], at: Time, verdict: Verdict, fails: &[&str]) {
    let seal = Seal::from_der(der).unwrap();
    let report = verifier.seal(&seal, at);
    assert_judged(what, report.verdict(), report.findings(), verdict, fails);
}

#[track_caller]
fn invalid(what: &str, scene: &Scene, der: &[u8], fails: &[&str]) {
    judged(what, &scene.verifier(), der, scene.now, Verdict::Invalid, fails);
}

#[test]
fn what_the_maker_writes_is_what_the_standard_spells() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let draft = scene.seal_draft();
        let own = Node::read(scene.seal.der());
        assert_eq!(own.at(&[0]).der(), draft.info().der());
        judged("good", &scene.verifier(), &draft.der(), scene.now, Verdict::Valid, &[]);
    }
}

#[test]
fn signed_by_the_maker() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let good = scene.seal_draft().der();

        let mut changed = Node::read(&good);
        changed.at_mut(&[0, 3, 1]).octets_mut()[99] ^= 1;
        invalid("a byte of the picture", &scene, &changed.der(), &["seal.maker-signature"]);

        let mut changed = Node::read(&good);
        *changed.at_mut(&[0, 2, 6]) = crate::common::der::generalized_time(scene.now.plus_years(9));
        invalid("a longer validity", &scene, &changed.der(), &["seal.maker-signature"]);

        let draft = scene.seal_draft();
        let other = scene.authority.issue(&scene.authority.profile("示例印章制作中心")).unwrap();
        let forged = draft.with_value(&sign(&other, &draft.info().der()));
        invalid("another key, the same name", &scene, &forged, &["seal.maker-signature"]);

        // What GM/T 0031-2014 signs, under the layout of GB/T 38540-2020.
        let whole = Node::read(&good);
        let earlier = crate::common::der::sequence(whole.nodes()[..3].to_vec()).der();
        let earlier = draft.with_value(&sign(&scene.maker, &earlier));
        invalid("the bytes of an earlier edition", &scene, &earlier, &["seal.maker-signature"]);
    }
}

#[test]
fn both_ends_belong_to_the_validity() {
    let scene = Scene::new(algorithms()[0]);
    let validity = Validity::years(scene.now.plus_days(1), 1);
    let der = SealDraft { validity, ..scene.seal_draft() }.der();
    let verifier = scene.verifier();
    let Validity { not_before, not_after } = validity;
    judged("its first second", &verifier, &der, not_before, Verdict::Valid, &[]);
    judged("its last second", &verifier, &der, not_after, Verdict::Valid, &[]);
    judged("a second early", &verifier, &der, not_before.plus_seconds(-1), Verdict::Invalid, &["seal.in-validity"]);
    judged("a second late", &verifier, &der, not_after.plus_seconds(1), Verdict::Invalid, &["seal.in-validity"]);
}

#[test]
fn dates_that_cannot_be() {
    let scene = Scene::new(algorithms()[0]);
    let now = scene.now;
    let reversed = Validity { not_before: now.plus_years(2), not_after: now.plus_years(1) };
    let der = SealDraft { validity: reversed, ..scene.seal_draft() }.der();
    invalid("reversed", &scene, &der, &["seal.in-validity"]);
    let report = scene.verifier();
    let seal = Seal::from_der(&der).unwrap();
    assert_told("reversed", report.seal(&seal, now).findings(), "seal.in-validity", Outcome::Fail, "reversed");

    let der = SealDraft { created: now.plus_seconds(1), ..scene.seal_draft() }.der();
    invalid("made after its use", &scene, &der, &["seal.created"]);
    let created = now.plus_years(2).plus_seconds(1);
    let der = SealDraft { created, ..scene.seal_draft() }.der();
    let at = created.plus_days(1);
    judged("made after its end", &scene.verifier(), &der, at, Verdict::Invalid, &["seal.created", "seal.in-validity"]);
    let der = SealDraft { created: now.plus_days(-2), ..scene.seal_draft() }.der();
    invalid("made before its maker was certified", &scene, &der, &["seal.maker-validity"]);
}

/// The maker's certificate is wrong, everything else is good.
fn made_by<'s>(scene: &'s Scene, maker: &'s Issued) -> Vec<u8> {
    SealDraft { maker, ..scene.seal_draft() }.der()
}

#[test]
fn the_makers_certificate() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let now = scene.now;
        let usage = |usage| scene.issue(|profile| profile.key_usage = vec![usage]);
        let maker = usage(Usage::KeyEncipherment);
        invalid("may not sign", &scene, &made_by(&scene, &maker), &["seal.maker-usage"]);
        for good in [Usage::DigitalSignature, Usage::NonRepudiation] {
            judged("may sign", &scene.verifier(), &made_by(&scene, &usage(good)), now, Verdict::Valid, &[]);
        }
        let maker = scene.issue(|profile| profile.key_usage.clear());
        judged("may do all", &scene.verifier(), &made_by(&scene, &maker), now, Verdict::Valid, &[]);

        let ended = Validity { not_before: now.plus_years(-3), not_after: now.plus_seconds(-1) };
        let maker = scene.issue(|profile| profile.validity = ended);
        invalid("had ended", &scene, &made_by(&scene, &maker), &["seal.maker-validity"]);
        let ends = Validity { not_before: now.plus_years(-3), not_after: now };
        let maker = scene.issue(|profile| profile.validity = ends);
        judged("ends in this second", &scene.verifier(), &made_by(&scene, &maker), now, Verdict::Valid, &[]);
        let later = now.plus_days(1);
        judged("has ended since", &scene.verifier(), &made_by(&scene, &maker), later, Verdict::Valid, &[]);
        let strict = scene.verifier().policy(Policy::strict_2020());
        let fails = &["seal.maker-validity"];
        judged("has ended since, strictly", &strict, &made_by(&scene, &maker), later, Verdict::Invalid, fails);

        let maker = scene.issue(|profile| profile.unknown_critical = Some("1.3.6.1.4.1.99999.1".into()));
        invalid("an unknown critical extension", &scene, &made_by(&scene, &maker), &["seal.maker-trusted"]);
    }
}

#[test]
fn the_makers_chain() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let (now, root) = (scene.now, scene.authority.root().clone());
        let good = scene.seal_draft().der();
        let seal = Seal::from_der(&good).unwrap();

        let nobody = Trust::new();
        judged("no anchors", &Verifier::new(&nobody), &good, now, Verdict::Indeterminate, &[]);
        let persons = Trust::new().signatories([root.clone()]);
        let report = Verifier::new(&persons);
        let report = report.seal(&seal, now);
        assert_told("anchors for persons", report.findings(), "seal.maker-trusted", Outcome::Unknown, "no anchors");
        assert_eq!(report.verdict(), Verdict::Indeterminate);

        // Another root of the same name.
        let stranger = Authority::new(algorithm, now).unwrap();
        assert_eq!(stranger.root().subject(), root.subject());
        let strangers = Trust::new().seal_makers([stranger.root().clone()]);
        judged("another root", &Verifier::new(&strangers), &good, now, Verdict::Invalid, &["seal.maker-trusted"]);

        // A signatory plays the authority.
        let profile = scene.authority.profile("示例印章制作中心");
        let maker = scene.authority.issue_under(&scene.signatory, &profile).unwrap();
        let trust =
            Trust::new().seal_makers([root.clone()]).intermediates([scene.signatory.credentials.certificate().clone()]);
        let der = made_by(&scene, &maker);
        judged("no authority", &Verifier::new(&trust), &der, now, Verdict::Invalid, &["seal.maker-trusted"]);
        let report = Verifier::new(&trust);
        let seal = Seal::from_der(&der).unwrap();
        let part = "is not an authority";
        assert_told("no authority", report.seal(&seal, now).findings(), "seal.maker-trusted", Outcome::Fail, part);
    }
}

#[test]
fn authorities_between_maker_and_root() {
    let scene = Scene::new(algorithms()[0]);
    let now = scene.now;
    let between = |change: &dyn Fn(&mut Profile)| {
        let mut profile = scene.authority.profile("between");
        profile.authority = true;
        profile.key_usage = vec![Usage::CertificateSigning];
        change(&mut profile);
        let between = scene.authority.issue(&profile).unwrap();
        let maker = scene.authority.issue_under(&between, &scene.authority.profile("示例印章制作中心")).unwrap();
        let trust = Trust::new()
            .seal_makers([scene.authority.root().clone()])
            .intermediates([between.credentials.certificate().clone()]);
        (trust, made_by(&scene, &maker))
    };
    let (trust, der) = between(&|_| ());
    judged("good", &Verifier::new(&trust), &der, now, Verdict::Valid, &[]);
    let without = Trust::new().seal_makers([scene.authority.root().clone()]);
    judged("missing", &Verifier::new(&without), &der, now, Verdict::Indeterminate, &[]);
    let ended = Validity { not_before: now.plus_years(-3), not_after: now.plus_days(-1) };
    let fails = &["seal.maker-trusted"];
    for (what, change) in [
        ("ended", Box::new(move |profile: &mut Profile| profile.validity = ended) as Box<dyn Fn(&mut Profile)>),
        ("no authority", Box::new(|profile| profile.authority = false)),
        ("may not certify", Box::new(|profile| profile.key_usage = vec![Usage::DigitalSignature])),
        ("unknown critical", Box::new(|profile| profile.unknown_critical = Some("1.3.6.1.4.1.99999.1".into()))),
    ] {
        let (trust, der) = between(&*change);
        judged(what, &Verifier::new(&trust), &der, now, Verdict::Invalid, fails);
    }
}

#[test]
fn too_many_authorities_below_one_another() {
    let scene = Scene::new(algorithms()[0]);
    let mut profile = scene.authority.profile("upper");
    (profile.authority, profile.path_length) = (true, Some(0));
    profile.key_usage = vec![Usage::CertificateSigning];
    let upper = scene.authority.issue(&profile).unwrap();
    (profile.subject, profile.path_length) = ("lower".into(), None);
    let lower = scene.authority.issue_under(&upper, &profile).unwrap();
    let maker = scene.authority.issue_under(&lower, &scene.authority.profile("示例印章制作中心")).unwrap();
    let middle = [&upper, &lower].map(|issued| issued.credentials.certificate().clone());
    let trust = Trust::new().seal_makers([scene.authority.root().clone()]).intermediates(middle);
    let der = made_by(&scene, &maker);
    judged("path length", &Verifier::new(&trust), &der, scene.now, Verdict::Invalid, &["seal.maker-trusted"]);
}

#[test]
fn encodings_that_a_strict_reader_refuses() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let strict = scene.verifier().policy(Policy::strict_2020());
        let draft = scene.seal_draft();
        let good = draft.der();
        judged("good, strictly", &strict, &good, scene.now, Verdict::Valid, &[]);
        let mut cases = vec![("trailing zeros", [good.as_slice(), &[0, 0, 0]].concat())];
        let bare = draft.with_value(&raw(&sign(&scene.maker, &draft.info().der())));
        match algorithm {
            Algorithm::Sm2 => cases.push(("r‖s in 64 octets", bare)),
            _ => invalid("r‖s, which nobody writes for ECDSA", &scene, &bare, &["seal.maker-signature"]),
        }
        let extension = crate::common::der::sequence([]);
        let wrapped = crate::common::der::explicit(0, extension);
        cases.push(("wrapped extensions", SealDraft { extensions: Some(wrapped), ..scene.seal_draft() }.der()));
        for (what, der) in cases {
            judged(what, &scene.verifier(), &der, scene.now, Verdict::Valid, &[]);
            judged(what, &strict, &der, scene.now, Verdict::Invalid, &["seal.encoding"]);
        }
        let error = Seal::from_der(&[good.as_slice(), b"x"].concat()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains("follow"), "{error}");
    }
}

#[test]
fn algorithms_that_do_not_fit_the_key() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let mut der = Node::read(&scene.seal_draft().der());
        *der.at_mut(&[2]) = crate::common::der::oid("1.2.840.113549.1.1.11");
        let seal = Seal::from_der(&der.der()).unwrap();
        let report = scene.verifier().seal(&seal, scene.now).require_valid().unwrap_err();
        assert_eq!(report.kind(), ErrorKind::NotValid);
        assert!(report.findings().iter().any(|finding| finding.check == "seal.maker-signature"), "{report:?}");
    }
}

#[cfg(feature = "sm")]
#[test]
fn another_sm2_identity() {
    let scene = Scene::new(Algorithm::Sm2);
    let draft = scene.seal_draft();
    let message = draft.info().der();
    let der = draft.with_value(&super::signature::sign_as("", &scene.maker, &message));
    invalid("no identity", &scene, &der, &["seal.maker-signature"]);
    let der = draft.with_value(&super::signature::sign_as("1234567812345678", &scene.maker, &message));
    judged("the default identity", &scene.verifier(), &der, scene.now, Verdict::Valid, &[]);
}

#[test]
fn lists_of_digests() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let own = digest(algorithm, scene.signatory.credentials.certificate().der());
        for label in ["SM3", "SHA256", "sha-256", "1.2.156.10197.1.401.1", "?"] {
            let list = List::Digests(vec![(label.into(), own.clone())]);
            let seal = Seal::from_der(&SealDraft { list, ..scene.seal_draft() }.der()).unwrap();
            assert_eq!(scene.verifier().seal(&seal, scene.now).verdict(), Verdict::Valid);
            let is_sm2 = algorithm == Algorithm::Sm2;
            let expected = match label {
                "?" => true,
                "SM3" | "1.2.156.10197.1.401.1" => is_sm2,
                _ => !is_sm2,
            };
            let names = seal.signatories().names(scene.signatory.credentials.certificate());
            assert_eq!(names, expected, "{label} {algorithm:?}");
        }
    }
}
