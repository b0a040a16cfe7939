//! Paths to anchors.

use eseal::authority::{Algorithm, Issued, Profile, Usage};
use eseal::trust::{ChainState, PolicyRules, Problem, Revocation};
use eseal::verify::CertificateReport;
use eseal::{Anchor, Certificate, Evidence, Outcome, Policy, Role, Trust, Verdict, Verifier, checks};

use crate::common::der::{Node, constructed, oid, primitive, sequence};
use crate::{World, assert_finding, extension};

#[track_caller]
fn assert_path(report: &CertificateReport, verdict: Verdict, problem: Option<Problem>) {
    assert_eq!(report.verdict, verdict, "{report}");
    let (outcome, found) = match &report.chain.state {
        ChainState::Holds => (Outcome::Pass, None),
        ChainState::Broken(obstacle) => (Outcome::Fail, Some(obstacle.problem)),
        ChainState::NotFound(obstacle) => (Outcome::Unknown, Some(obstacle.problem)),
    };
    assert_eq!(found, problem, "{report}");
    assert_finding(&report.checks, checks::CERTIFICATE_TRUSTED.name(), outcome, "");
}

fn judge(world: &World, leaf: &Issued, others: impl IntoIterator<Item = Certificate>) -> CertificateReport {
    let evidence = Evidence::new().certificates(others);
    let verifier = Verifier::new(&world.trust).evidence(&evidence);
    verifier.certificate(leaf.credentials.certificate(), Role::Signatory, world.now, world.now)
}

fn certificate(issued: &Issued) -> Certificate {
    issued.credentials.certificate().clone()
}

#[test]
fn a_path_is_told_with_its_certificates() {
    for world in World::all() {
        let report = judge(&world, &world.leaf, [world.middle().clone()]);
        assert_path(&report, Verdict::Valid, None);
        let path: Vec<_> = report.chain.links.iter().map(|link| link.certificate.clone()).collect();
        assert_eq!(path, [world.leaf().clone(), world.middle().clone(), world.authority.root().clone()]);
        assert_eq!(report.chain.anchor.as_deref(), Some(world.authority.root().subject()));
        assert_eq!(report.chain.links[2].revocation, Revocation::Anchor);
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["chain"]["links"][2]["revocation"]["state"], "anchor");
        assert_eq!(json["chain"]["links"][0]["certificate"]["subject"], world.leaf().subject());
        // Another role's anchors are not asked.
        let makers = Trust::new().seal_makers([world.authority.root().clone()]);
        let evidence = Evidence::new().certificates([world.middle().clone()]);
        let verifier = Verifier::new(&makers).evidence(&evidence);
        let report = verifier.certificate(world.leaf(), Role::Signatory, world.now, world.now);
        assert_path(&report, Verdict::Indeterminate, Some(Problem::NoAnchors));
    }
}

#[test]
fn a_root_that_comes_along_is_not_believed() {
    let world = World::new(Algorithm::P256);
    let other = World::new(Algorithm::P256);
    let pool = [other.middle().clone(), other.authority.root().clone()];
    let report = judge(&world, &other.leaf, pool);
    assert_ne!(report.verdict, Verdict::Valid);
    // Both roots have one name: a wrong key is what is seen.
    assert_path(&report, Verdict::Invalid, Some(Problem::Signature));
}

#[test]
fn the_same_subject_with_another_key() {
    for world in World::all() {
        let twin = world.authority.issue_under(
            world.authority.issued_root(),
            &Profile { path_length: Some(0), ..world.authority.authority_profile("eseal test intermediate") },
        );
        let twin = certificate(&twin.unwrap());
        assert_path(&judge(&world, &world.leaf, [twin.clone()]), Verdict::Invalid, Some(Problem::Signature));
        // Beside the right one it does no harm.
        assert_path(&judge(&world, &world.leaf, [twin, world.middle().clone()]), Verdict::Valid, None);
    }
}

#[test]
fn nobody_below_a_signatory() {
    for world in World::all() {
        let below = world.authority.issue_under(&world.leaf, &world.authority.profile("below")).unwrap();
        let report = judge(&world, &below, [world.leaf().clone(), world.middle().clone()]);
        assert_path(&report, Verdict::Invalid, Some(Problem::NotAuthority));
        // An authority whose key may not certify, and one too deep.
        let mut profile = world.authority.authority_profile("weak");
        profile.key_usage = vec![Usage::DigitalSignature];
        let weak = world.authority.issue_under(world.authority.issued_root(), &profile).unwrap();
        let below = world.authority.issue_under(&weak, &world.authority.profile("below")).unwrap();
        assert_path(&judge(&world, &below, [certificate(&weak)]), Verdict::Invalid, Some(Problem::KeyUsage));
        let deep = world.authority.issue(&world.authority.authority_profile("deep")).unwrap();
        let below = world.authority.issue_under(&deep, &world.authority.profile("below")).unwrap();
        let report = judge(&world, &below, [certificate(&deep), world.middle().clone()]);
        assert_path(&report, Verdict::Invalid, Some(Problem::PathLength));
    }
}

#[test]
fn an_authority_that_ended_in_between() {
    let world = World::new(Algorithm::P256);
    for (from, to, problem) in [(-900, -3, Problem::Expired), (3, 900, Problem::NotYetValid)] {
        let mut profile = world.authority.authority_profile("between");
        profile.validity.not_before = world.now.plus_days(from);
        profile.validity.not_after = world.now.plus_days(to);
        let between = world.authority.issue_under(world.authority.issued_root(), &profile).unwrap();
        let below = world.authority.issue_under(&between, &world.authority.profile("below")).unwrap();
        let report = judge(&world, &below, [certificate(&between)]);
        assert_path(&report, Verdict::Invalid, Some(problem));
        // Judged as of a time at which both were valid, it holds.
        let then = if from < 0 { world.now.plus_days(-4) } else { world.now.plus_days(4) };
        let mut profile = world.authority.profile("below");
        profile.validity.not_before = world.now.plus_days(-800);
        let below = world.authority.issue_under(&between, &profile).unwrap();
        let evidence = Evidence::new().certificates([certificate(&between)]);
        let verifier = Verifier::new(&world.trust).evidence(&evidence);
        let report = verifier.certificate(below.credentials.certificate(), Role::Signatory, then, world.now);
        assert_path(&report, Verdict::Valid, None);
    }
}

#[test]
fn authorities_that_certify_one_another() {
    let world = World::new(Algorithm::P256);
    let other = World::new(Algorithm::P256);
    let (ours, theirs) = (&world.authority, &other.authority);
    // The other authority has a name of its own, and ours vouches for it.
    let own = theirs.certify(theirs.issued_root(), theirs.issued_root(), &theirs.authority_profile("theirs")).unwrap();
    let cross = ours.certify(ours.issued_root(), &own, &ours.authority_profile("theirs")).unwrap();
    let back = theirs.certify(&own, ours.issued_root(), &theirs.authority_profile("eseal test root")).unwrap();
    let leaf = theirs.issue_under(&own, &theirs.profile("their signatory")).unwrap();
    let pool = [certificate(&own), certificate(&back), certificate(&cross)];
    assert_path(&judge(&world, &leaf, pool.clone()), Verdict::Valid, None);
    // Without the cross certificate the two lead to one another and nowhere else: our anchor's name is borne
    // by their root, with another key.
    let report = judge(&world, &leaf, [pool[0].clone(), pool[1].clone()]);
    assert_path(&report, Verdict::Invalid, Some(Problem::Signature));
}

#[test]
fn ten_thousand_certificates_cost_no_more_than_the_limits() {
    let world = World::new(Algorithm::P256);
    // A chain as long as that: each certificate is issued by the one before.
    let mut profile = world.authority.authority_profile("link 0");
    let mut last = world.authority.issue_under(world.authority.issued_root(), &profile).unwrap();
    let mut chain = vec![certificate(&last)];
    for number in 1..40 {
        profile.subject = format!("link {number}");
        last = world.authority.issue_under(&last, &profile).unwrap();
        chain.push(certificate(&last));
    }
    let leaf = world.authority.issue_under(&last, &world.authority.profile("leaf")).unwrap();
    assert_path(&judge(&world, &leaf, chain.clone()), Verdict::Invalid, Some(Problem::PathLength));
    // Ten thousand below one another, with names alone: their values are another certificate's.
    let pattern = Node::read(world.middle().der());
    let called = |node: &mut Node, path: usize, number: usize| {
        *node.at_mut(&[0, path, 2, 0, 1]).octets_mut() = format!("link {number}").into_bytes();
    };
    let long: Vec<_> = (0..10_000_usize)
        .map(|number| {
            let mut link = pattern.clone();
            called(&mut link, 3, number + 1);
            called(&mut link, 5, number);
            // Without the identifiers of keys, names are all there is to go by.
            link.at_mut(&[0, 7, 0]).nodes_mut().drain(..2);
            Certificate::from_der(&link.der()).unwrap()
        })
        .collect();
    let mut lost = Node::read(leaf.credentials.certificate().der());
    called(&mut lost, 3, 0);
    lost.at_mut(&[0, 7, 0]).nodes_mut().remove(0);
    let lost = Certificate::from_der(&lost.der()).unwrap();
    let evidence = Evidence::new().certificates(long);
    let verifier = Verifier::new(&world.trust).evidence(&evidence);
    let report = verifier.certificate(&lost, Role::Signatory, world.now, world.now);
    assert_ne!(report.verdict, Verdict::Valid);
    assert!(matches!(report.chain.state, ChainState::Broken(_) | ChainState::NotFound(_)), "{report}");
    // Many of one name: each has another serial number and the wrong key.
    let crowd: Vec<_> = (0..10_000_u32)
        .map(|number| {
            let mut twin = pattern.clone();
            *twin.at_mut(&[0, 1]) = primitive(2, &[&[1], &number.to_be_bytes()[..]].concat());
            let key = twin.at_mut(&[0, 6, 1]).octets_mut();
            let end = key.len() - 4;
            key[end..].copy_from_slice(&number.to_be_bytes());
            Certificate::from_der(&twin.der()).unwrap()
        })
        .collect();
    let stranger = world.authority.issue(&world.authority.profile("stranger")).unwrap();
    let report = judge(&world, &stranger, crowd);
    assert_ne!(report.verdict, Verdict::Valid);
    assert_path(&report, Verdict::Indeterminate, Some(Problem::Limits));
}

#[test]
fn anchors_within_bounds() {
    for world in World::all() {
        let root = world.authority.root();
        let evidence = Evidence::new().certificates([world.middle().clone()]);
        let judge = |anchor: Anchor| {
            let trust = Trust::new().signatories([anchor]);
            Verifier::new(&trust).evidence(&evidence).certificate(world.leaf(), Role::Signatory, world.now, world.now)
        };
        let tree = Node::read(root.der());
        let (name, key) = (tree.at(&[0, 5]).der(), tree.at(&[0, 6]).der());
        let bare = || Anchor::from_name_and_key(&name, &key).unwrap();
        assert_path(&judge(bare()), Verdict::Valid, None);
        assert_path(&judge(bare().until(world.now)), Verdict::Valid, None);
        let ended = judge(bare().until(world.now.plus_seconds(-1)));
        assert_path(&ended, Verdict::Indeterminate, Some(Problem::AnchorEnded));
        assert_path(&judge(bare().path_length(0)), Verdict::Invalid, Some(Problem::PathLength));
        assert_path(&judge(bare().path_length(1)), Verdict::Valid, None);
        let subtree = |name: Node| sequence([constructed(0xA0, vec![sequence([constructed(0xA4, vec![name])])])]);
        let country = |code: &str| {
            sequence([constructed(0x31, vec![sequence([oid("2.5.4.6"), primitive(0x13, code.as_bytes())])])])
        };
        let within = |code| bare().name_constraints(&subtree(country(code)).der()).unwrap();
        assert_path(&judge(within("cn")), Verdict::Valid, None);
        assert_path(&judge(within("DE")), Verdict::Invalid, Some(Problem::Name));
        let other = World::new(Algorithm::P256);
        let key = Node::read(other.authority.root().der()).at(&[0, 6]).der();
        let wrong = judge(Anchor::from_name_and_key(&name, &key).unwrap());
        assert_path(&wrong, Verdict::Invalid, Some(Problem::Signature));
        assert!(Anchor::from_name_and_key(&name, &name).is_err() && Anchor::from_name_and_key(b"", &key).is_err());
    }
}

#[test]
fn policies_and_critical_extensions() {
    let world = World::new(Algorithm::P256);
    let policies = |id: &str| extension("2.5.29.32", false, &sequence([sequence([oid(id)])]));
    let issue = |extensions| {
        let mut profile = world.authority.authority_profile("with policies");
        profile.extensions = vec![policies("1.2.156.99999.2")];
        let middle = world.authority.issue_under(world.authority.issued_root(), &profile).unwrap();
        let profile = Profile { extensions, ..world.authority.profile("leaf") };
        (world.authority.issue_under(&middle, &profile).unwrap(), certificate(&middle))
    };
    let judge = |(leaf, middle): &(Issued, Certificate), rules: PolicyRules| {
        let evidence = Evidence::new().certificates([middle.clone()]);
        let policy = Policy { certificate_policies: rules, ..Policy::default() };
        let verifier = Verifier::new(&world.trust).evidence(&evidence).policy(policy);
        verifier.certificate(leaf.credentials.certificate(), Role::Signatory, world.now, world.now)
    };
    let rules = |id: &str| PolicyRules { acceptable: vec![id.into()], required: true, ..PolicyRules::default() };
    let same = issue(vec![policies("1.2.156.99999.2")]);
    assert_path(&judge(&same, rules("1.2.156.99999.2")), Verdict::Valid, None);
    assert_path(&judge(&same, rules("1.2.156.99999.3")), Verdict::Invalid, Some(Problem::Policy));
    let other = issue(vec![policies("1.2.156.99999.3")]);
    assert_path(&judge(&other, rules("1.2.156.99999.3")), Verdict::Invalid, Some(Problem::Policy));
    assert_path(&judge(&other, PolicyRules::default()), Verdict::Valid, None);
    // The same extension twice, and one that nobody knows.
    let twice = issue(vec![policies("1.2.156.99999.2"), policies("1.2.156.99999.3")]);
    assert_path(&judge(&twice, PolicyRules::default()), Verdict::Invalid, Some(Problem::Extension));
    let odd = issue(vec![extension("1.2.156.99999.1", true, &primitive(5, &[]))]);
    assert_path(&judge(&odd, PolicyRules::default()), Verdict::Invalid, Some(Problem::Extension));
    // Name constraints that cannot be read forbid all.
    let mut profile = world.authority.authority_profile("odd constraints");
    profile.extensions = vec![extension("2.5.29.30", true, &primitive(2, &[1]))];
    let middle = world.authority.issue_under(world.authority.issued_root(), &profile).unwrap();
    let leaf = world.authority.issue_under(&middle, &world.authority.profile("leaf")).unwrap();
    let unreadable = (leaf, certificate(&middle));
    assert_path(&judge(&unreadable, PolicyRules::default()), Verdict::Invalid, Some(Problem::Extension));
}

#[test]
fn the_algorithm_beside_the_value_is_the_one_that_is_signed() {
    let world = World::new(Algorithm::P256);
    let mut tree = Node::read(world.leaf().der());
    *tree.at_mut(&[1]) = sequence([oid("1.2.840.10045.4.3.3")]);
    let leaf = Certificate::from_der(&tree.der()).unwrap();
    let evidence = Evidence::new().certificates([world.middle().clone()]);
    let verifier = Verifier::new(&world.trust).evidence(&evidence);
    let report = verifier.certificate(&leaf, Role::Signatory, world.now, world.now);
    assert_path(&report, Verdict::Indeterminate, Some(Problem::Unsupported));
}
