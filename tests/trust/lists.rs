//! Lists of revoked certificates.

use eseal::authority::{Algorithm, ListProfile};
use eseal::trust::{Doubt, EvidenceKind, Freshness, Reason, Revocation};
use eseal::{Evidence, Outcome, Policy, Role, Validity, Verdict, Verifier};

use crate::common::der::{Node, constructed, explicit, generalized_time, integer, primitive, sequence};
use crate::{World, assert_good, assert_revocation, assert_revoked, assert_unknown, extension};

#[test]
fn who_is_not_listed_is_good_and_who_is_was_revoked() {
    for world in World::all() {
        let report = world.by_list(&world.list());
        assert_good(&report);
        let Revocation::Good { told } = &report.chain.links[0].revocation else { unreachable!() };
        assert_eq!((told.kind, told.this_update), (EvidenceKind::Crl, world.now.plus_days(-1)));
        assert_eq!(told.signer, world.middle().subject());
        let before = ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), Some(4))], ..world.list() };
        let report = world.by_list(&before);
        assert_revoked(&report, "superseded");
        assert_eq!(report.chain.revoked().map(|(_, own)| own), Some(true));
        let after = ListProfile { revoked: vec![world.entry(world.now.plus_days(3), None)], ..world.list() };
        assert_revocation(&world.by_list(&after), Verdict::Valid, Outcome::Pass, "after the time that is proven");
    }
}

#[test]
fn without_data_nothing_is_known_and_the_policy_decides() {
    let world = World::new(Algorithm::P256);
    let evidence = Evidence::new().certificates([world.middle().clone()]);
    let report = world.judge(&evidence);
    assert_unknown(&report, "no revocation data was at hand");
    assert!(matches!(report.chain.links[0].revocation, Revocation::Unknown { why: Doubt::NoData, .. }));
    assert_eq!(report.chain.wanted.len(), 2);
    assert_eq!(report.chain.wanted[0].certificate, *world.leaf());
    assert_eq!(report.chain.wanted[0].issuer.as_ref(), Some(world.middle()));
    let relaxed = Verifier::new(&world.trust).evidence(&evidence);
    let report = relaxed.certificate(world.leaf(), Role::Signatory, world.now, world.now);
    assert_revocation(&report, Verdict::Valid, Outcome::Unknown, "no revocation data was at hand");
}

#[test]
fn what_is_wanted_has_the_addresses_that_the_certificate_names() {
    let mut world = World::new(Algorithm::P256);
    let uri = |text: &str| primitive(0x86, text.as_bytes());
    let point = sequence([constructed(0xA0, vec![constructed(0xA0, vec![uri("http://a.example/ca.crl")])])]);
    let access = sequence([
        sequence([crate::common::der::oid("1.3.6.1.5.5.7.48.1"), uri("http://a.example/ocsp")]),
        sequence([crate::common::der::oid("1.3.6.1.5.5.7.48.2"), uri("http://a.example/ca.crt")]),
    ]);
    let mut profile = world.authority.profile("with addresses");
    profile.extensions =
        vec![extension("2.5.29.31", false, &sequence([point])), extension("1.3.6.1.5.5.7.1.1", false, &access)];
    world.leaf = world.authority.issue(&profile).unwrap();
    let report = world.judge(&world.evidence());
    let wanted: Vec<_> = report.chain.wanted.iter().map(|one| (one.kind, one.addresses.concat())).collect();
    let addresses = [(EvidenceKind::Ocsp, "http://a.example/ocsp"), (EvidenceKind::Crl, "http://a.example/ca.crl")];
    assert_eq!(wanted, addresses.map(|(kind, address)| (kind, address.to_owned())));
    assert_unknown(&report, "http://a.example/ca.crl");
    // Without the intermediate certificate, that is what is wanted.
    let report = world.judge(&Evidence::new());
    assert_eq!(report.chain.wanted.len(), 1);
    assert_eq!(report.chain.wanted[0].kind, EvidenceKind::Certificate);
    assert_eq!(report.chain.wanted[0].addresses, ["http://a.example/ca.crt"]);
}

#[test]
fn a_revoked_authority_takes_all_with_it() {
    for world in World::all() {
        let entry = eseal::authority::RevokedEntry {
            certificate: world.middle(),
            since: world.now.plus_days(-2),
            reason: Some(2),
            extensions: Vec::new(),
        };
        let list = ListProfile { revoked: vec![entry], ..world.list() };
        let list = world.authority.list(world.authority.issued_root(), &list).unwrap();
        let evidence = Evidence::new()
            .certificates([world.middle().clone()])
            .crl(list)
            .unwrap()
            .crl(world.signed(&world.list()))
            .unwrap();
        let report = world.judge(&evidence);
        assert_revoked(&report, "authority's key was compromised");
        assert_eq!(
            report.chain.revoked().map(|(link, own)| (link.certificate.clone(), own)),
            Some((world.middle().clone(), false))
        );
    }
}

#[test]
fn a_list_that_is_too_old_covers_nothing() {
    let world = World::new(Algorithm::P256);
    let span = Validity { not_before: world.now.plus_days(-40), not_after: world.now.plus_days(-10) };
    let old = ListProfile { span, ..world.list() };
    let report = world.by_list(&old);
    assert_unknown(&report, "does not cover that time");
    assert!(matches!(report.chain.links[0].revocation, Revocation::Unknown { why: Doubt::Stale, .. }));
    // A revocation in it counts all the same.
    let listed = ListProfile { revoked: vec![world.entry(world.now.plus_days(-50), None)], ..old.clone() };
    assert_revoked(&world.by_list(&listed), "was revoked");
    // By age instead of by its own word.
    let evidence = world.evidence().crl(world.signed(&old)).unwrap();
    for (days, verdict) in [(41, Verdict::Valid), (39, Verdict::Indeterminate)] {
        let freshness = Freshness::Seconds(days * 86_400);
        let policy = Policy { revocation: eseal::verify::Need::Required, freshness, ..Policy::default() };
        let verifier = Verifier::new(&world.trust).evidence(&evidence).policy(policy);
        let report = verifier.certificate(world.leaf(), Role::Signatory, world.now, world.now);
        assert_eq!(report.verdict, verdict, "{report}");
    }
}

#[test]
fn the_last_second_of_a_list_counts_and_the_next_does_not() {
    let world = World::new(Algorithm::P256);
    let evidence = world.evidence().crl(world.signed(&world.list())).unwrap();
    let due = world.now.plus_days(30);
    assert_good(&world.judge_at(&evidence, due));
    assert_unknown(&world.judge_at(&evidence, due.plus_seconds(1)), "does not cover that time");
}

#[test]
fn later_data_tells_of_earlier_times_while_the_certificate_lasts() {
    let world = World::new(Algorithm::P256);
    let span = Validity { not_before: world.now.plus_days(100), not_after: world.now.plus_days(130) };
    let later = ListProfile { span, ..world.list() };
    assert_good(&world.by_list(&later));
    // Data from after the time of verification is nobody's.
    let span = Validity { not_before: world.now.plus_days(500), not_after: world.now.plus_days(530) };
    assert_unknown(&world.by_list(&ListProfile { span, ..world.list() }), "after the time of verification");
    // Once the certificate has ended it may have been dropped, unless the list says that it keeps them.
    let mut short = World::new(Algorithm::P256);
    let mut profile = short.authority.profile("short");
    profile.validity.not_after = short.now.plus_days(50);
    short.leaf = short.authority.issue(&profile).unwrap();
    assert_unknown(&short.by_list(&ListProfile { span: later.span, ..short.list() }), "does not cover that time");
    let keeps = extension("2.5.29.60", false, &generalized_time(short.now.plus_days(-100)));
    let kept = ListProfile { span: later.span, extensions: vec![keeps], ..short.list() };
    assert_good(&short.by_list(&kept));
}

#[test]
fn lists_by_others_and_broken_ones() {
    for world in World::all() {
        let other = World::new(world.leaf.credentials.algorithm().into_algorithm());
        // Another authority, same name, another key: whatever its list says does not count.
        let foreign = ListProfile { revoked: vec![world.entry(world.now.plus_days(-9), None)], ..world.list() };
        let foreign = other.authority.list(other.authority.issuer(), &foreign).unwrap();
        let evidence = world.evidence().crl(foreign).unwrap().certificates([other.middle().clone()]);
        assert_unknown(&world.judge(&evidence), "it is not known whether");
        // The root's list is not about what the intermediate authority issued.
        assert_unknown(&world.judge(&world.evidence()), "no revocation data");
        // A broken signature, in one bit.
        let mut broken = world.signed(&world.list());
        *broken.last_mut().unwrap() ^= 1;
        assert_unknown(&world.judge(&world.evidence().crl(broken).unwrap()), "not signed by its issuer's key");
        // A list whose entries were taken out after it was signed.
        let listed = ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), None)], ..world.list() };
        let mut tree = Node::read(&world.signed(&listed));
        tree.at_mut(&[0]).nodes_mut().remove(5);
        assert_unknown(&world.judge(&world.evidence().crl(tree.der()).unwrap()), "not signed by its issuer's key");
    }
}

trait IntoAlgorithm {
    fn into_algorithm(self) -> Algorithm;
}

impl IntoAlgorithm for eseal::SignatureAlgorithm {
    fn into_algorithm(self) -> Algorithm {
        if self == eseal::SignatureAlgorithm::Sm2Sm3 { Algorithm::Sm2 } else { Algorithm::P256 }
    }
}

#[test]
fn two_lists_of_one_number_that_disagree() {
    let world = World::new(Algorithm::P256);
    let clean = world.signed(&world.list());
    let listed = ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), Some(1))], ..world.list() };
    let listed = world.signed(&listed);
    for lists in [[clean.clone(), listed.clone()], [listed, clean]] {
        let [first, second] = lists;
        let evidence = world.evidence().crl(first).unwrap().crl(second).unwrap();
        assert_revoked(&world.judge(&evidence), "its key was compromised");
    }
}

#[test]
fn a_hold_lasts_until_newer_data_no_longer_knows_it() {
    let world = World::new(Algorithm::P256);
    let held = ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), Some(6))], ..world.list() };
    assert_unknown(&world.by_list(&held), "on hold");
    let span = Validity { not_before: world.now.plus_days(2), not_after: world.now.plus_days(32) };
    let released = world.signed(&ListProfile { span, number: Some(8), ..world.list() });
    let evidence = world.evidence().crl(world.signed(&held)).unwrap().crl(released).unwrap();
    assert_good(&world.judge(&evidence));
    // A revocation for good stays one, whatever a newer list leaves out.
    let gone = ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), Some(1))], ..world.list() };
    let released = world.signed(&ListProfile { span, number: Some(8), ..world.list() });
    let evidence = world.evidence().crl(world.signed(&gone)).unwrap().crl(released).unwrap();
    assert_revoked(&world.judge(&evidence), "its key was compromised");
}

#[test]
fn an_invalidity_date_counts_before_the_date_of_revocation() {
    let world = World::new(Algorithm::P256);
    let mut entry = world.entry(world.now.plus_days(5), Some(1));
    entry.extensions = vec![extension("2.5.29.24", false, &generalized_time(world.now.plus_days(-5)))];
    assert_revoked(&world.by_list(&ListProfile { revoked: vec![entry], ..world.list() }), "its key was compromised");
}

#[test]
fn deltas_build_on_their_list_and_on_no_other() {
    let world = World::new(Algorithm::P256);
    let complete = world.signed(&world.list());
    let delta = |base: u32, number, revoked| {
        let span = Validity { not_before: world.now, not_after: world.now.plus_days(2) };
        let extensions = vec![extension("2.5.29.27", true, &integer(base))];
        world.signed(&ListProfile { span, number: Some(number), revoked, extensions })
    };
    let judge = |lists: &[Vec<u8>]| {
        let add = |evidence: Evidence, list: &Vec<u8>| evidence.crl(list.clone()).unwrap();
        world.judge(&lists.iter().fold(world.evidence(), add))
    };
    let revoked = || vec![world.entry(world.now.plus_days(-1), Some(1))];
    assert_good(&judge(&[complete.clone(), delta(7, 8, vec![])]));
    assert_revoked(&judge(&[complete.clone(), delta(7, 8, revoked())]), "its key was compromised");
    // Alone, or on a later base than that at hand, a delta says nothing.
    assert_unknown(&judge(&[delta(7, 8, revoked())]), "no revocation data");
    assert_good(&judge(&[complete.clone(), delta(9, 10, revoked())]));
    // On hold in the list, released by the delta.
    let held = ListProfile { revoked: vec![world.entry(world.now.plus_days(-1), Some(6))], ..world.list() };
    let released = vec![world.entry(world.now.plus_days(-1), Some(8))];
    assert_good(&judge(&[world.signed(&held), delta(7, 8, released)]));
    // A delta that somebody else signed does not count.
    let mut broken = delta(7, 8, revoked());
    *broken.last_mut().unwrap() ^= 1;
    assert_good(&judge(&[complete, broken]));
}

/// IssuingDistributionPoint with these flags set.
fn scope(parts: Vec<Node>) -> eseal::authority::RawExtension {
    extension("2.5.29.28", true, &sequence(parts))
}

#[test]
fn a_list_is_about_what_its_scope_says() {
    let world = World::new(Algorithm::P256);
    let yes = |number: u8| primitive(0x80 | number, &[0xFF]);
    let with = |parts| world.by_list(&ListProfile { extensions: vec![scope(parts)], ..world.list() });
    assert_good(&with(vec![yes(1)]));
    assert_unknown(&with(vec![yes(2)]), "no revocation data");
    assert_unknown(&with(vec![yes(5)]), "no revocation data");
    // Some reasons only: two lists together cover all of them.
    let reasons = |octets: [u8; 3]| vec![primitive(0x83, &octets)];
    assert_unknown(&with(reasons([5, 0x60, 0])), "some reasons of revocation only");
    let some = |octets, revoked| {
        world.signed(&ListProfile { extensions: vec![scope(reasons(octets))], revoked, ..world.list() })
    };
    let both = |first, second| world.judge(&world.evidence().crl(first).unwrap().crl(second).unwrap());
    assert_good(&both(some([0, 0x60, 0], vec![]), some([7, 0x1F, 0x80], vec![])));
    let listed = vec![world.entry(world.now.plus_days(-2), Some(4))];
    assert_revoked(&both(some([0, 0x60, 0], vec![]), some([7, 0x1F, 0x80], listed)), "superseded");
    // A distribution point that the certificate does not name.
    let point = explicit(0, constructed(0xA0, vec![primitive(0x86, b"http://elsewhere.example/ca.crl")]));
    assert_unknown(&with(vec![point]), "no revocation data");
}

#[test]
fn something_critical_and_unknown_makes_a_list_good_for_revocations_only() {
    let world = World::new(Algorithm::P256);
    let odd = || extension("1.2.156.99999.1", true, &integer(1));
    let list = ListProfile { extensions: vec![odd()], ..world.list() };
    assert_unknown(&world.by_list(&list), "1.2.156.99999.1, which is not known");
    let listed = ListProfile { revoked: vec![world.entry(world.now.plus_days(-2), None)], ..list };
    assert_revoked(&world.by_list(&listed), "was revoked");
    let mut entry = eseal::authority::RevokedEntry { certificate: world.middle(), ..world.entry(world.now, None) };
    entry.extensions = vec![odd()];
    let list = ListProfile { revoked: vec![entry], ..world.list() };
    assert_unknown(&world.by_list(&list), "1.2.156.99999.1, which is not known");
}

#[test]
fn a_list_signed_with_another_key_of_its_issuer_needs_a_path_of_its_own() {
    for world in World::all() {
        let authority = &world.authority;
        let mut profile = authority.authority_profile("eseal test intermediate");
        profile.key_usage = vec![eseal::authority::Usage::ListSigning];
        profile.authority = false;
        let signer = authority.issue_under(authority.issued_root(), &profile).unwrap();
        let list = authority.list(&signer, &world.list()).unwrap();
        let with = |evidence: Evidence| evidence.crl(list.clone()).unwrap();
        let certificate = signer.credentials.certificate();
        assert_good(&world.judge(&with(world.evidence().certificates([certificate.clone()]))));
        assert_unknown(&world.judge(&with(world.evidence())), "it is not known");
        // Revoked itself, it speaks for nobody.
        let entry = eseal::authority::RevokedEntry {
            certificate,
            since: world.now.plus_days(-2),
            reason: Some(1),
            extensions: Vec::new(),
        };
        let root = ListProfile { revoked: vec![entry], number: Some(9), ..world.list() };
        let root = authority.list(authority.issued_root(), &root).unwrap();
        let evidence = world.evidence().certificates([certificate.clone()]).crl(root).unwrap();
        assert_unknown(&world.judge(&with(evidence)), "was revoked itself");
        // A key that may not sign lists.
        profile.key_usage = vec![eseal::authority::Usage::DigitalSignature];
        let signer = authority.issue_under(authority.issued_root(), &profile).unwrap();
        let list = authority.list(&signer, &world.list()).unwrap();
        let evidence = world.evidence().certificates([signer.credentials.certificate().clone()]).crl(list).unwrap();
        assert_unknown(&world.judge(&evidence), "its key may not (keyUsage)");
    }
}

#[test]
fn an_anchor_of_the_same_name_cannot_speak_for_another() {
    // Two roots are believed; the second's authority took the name of the first's.
    let world = World::new(Algorithm::P256);
    let mallory = World::new(Algorithm::P256);
    let list = mallory.authority.list(mallory.authority.issuer(), &world.list()).unwrap();
    let evidence = world.evidence().certificates([mallory.middle().clone()]).crl(list).unwrap();
    let renamed = eseal::authority::Profile {
        subject: "another root".into(),
        ..mallory.authority.authority_profile("another root")
    };
    let other = mallory.authority.certify(mallory.authority.issued_root(), mallory.authority.issued_root(), &renamed);
    let trust = world
        .trust
        .clone()
        .signatories([other.unwrap().credentials.certificate().clone(), mallory.authority.root().clone()]);
    let policy = Policy { revocation: eseal::verify::Need::Required, ..Policy::default() };
    let verifier = Verifier::new(&trust).evidence(&evidence).policy(policy);
    let report = verifier.certificate(world.leaf(), Role::Signatory, world.now, world.now);
    assert_unknown(&report, "it is not known");
}

#[test]
fn a_large_list_is_searched_by_its_index() {
    let world = World::new(Algorithm::P256);
    let mut tree = Node::read(
        &world.signed(&ListProfile { revoked: vec![world.entry(world.now.plus_days(-3), Some(1))], ..world.list() }),
    );
    let own = tree.at(&[0, 5, 0]).clone();
    let date = own.nodes()[1].clone();
    let entries = tree.at_mut(&[0, 5]).nodes_mut();
    entries.extend((1..40_000).map(|serial| sequence([integer(serial), date.clone()])));
    // Signed anew by the authority's key.
    let content = tree.at(&[0]).der();
    let value = crate::common::scene::sign(world.authority.issuer(), &content);
    *tree.at_mut(&[2]) = crate::common::der::bit_string(&value);
    let evidence = world.evidence().crl(tree.der()).unwrap();
    let report = world.judge(&evidence);
    assert_revoked(&report, "its key was compromised");
    let Revocation::Revoked { reason, .. } = report.chain.links[0].revocation else { panic!("{report}") };
    assert_eq!(reason, Reason::KeyCompromise);
}

#[test]
fn what_is_no_list_is_refused_with_a_sentence() {
    for bad in [&b""[..], b"x", &[0x30, 0], &[0x30, 0x80, 0, 0], b"-----BEGIN X509 CRL-----\nAA\n"] {
        let error = Evidence::new().crl(bad).unwrap_err();
        assert!(error.to_string().len() > 20, "{error}");
    }
}
