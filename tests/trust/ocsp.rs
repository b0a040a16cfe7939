//! OCSP answers.

use eseal::authority::{Algorithm, AnswerProfile, Issued, Profile, StateToTell, Usage};
use eseal::trust::{Doubt, EvidenceKind, Reason, Revocation};
use eseal::{Certificate, DigestAlgorithm, Evidence, Verdict};

use crate::common::der::{Node, generalized_time, integer, primitive};
use crate::{World, assert_good, assert_revoked, assert_unknown, extension};

const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";

impl World {
    fn answer(&self) -> AnswerProfile<'_> {
        AnswerProfile {
            certificate: self.leaf(),
            issuer: self.middle(),
            digest: DigestAlgorithm::Sha1,
            state: StateToTell::Good,
            this_update: self.now.plus_days(-1),
            next_update: Some(self.now.plus_days(6)),
            extensions: Vec::new(),
        }
    }

    fn respond(&self, by: &Issued, answer: &AnswerProfile<'_>) -> Vec<u8> {
        self.authority.ocsp(by, true, self.now, std::slice::from_ref(answer)).unwrap()
    }

    fn by_answer(&self, answer: &AnswerProfile<'_>) -> eseal::verify::CertificateReport {
        let response = self.respond(self.authority.issuer(), answer);
        self.judge(&self.evidence().ocsp(response).unwrap())
    }

    fn delegate(&self, change: impl FnOnce(&mut Profile)) -> Issued {
        let mut profile = self.authority.profile("eseal test responder");
        profile.key_usage = vec![Usage::DigitalSignature];
        profile.extended_key_usage = vec![OCSP_SIGNING.into()];
        profile.extensions = vec![extension("1.3.6.1.5.5.7.48.1.5", false, &primitive(5, &[]))];
        change(&mut profile);
        self.authority.issue(&profile).unwrap()
    }
}

#[test]
fn the_issuer_answers_by_name_and_by_key() {
    for world in World::all() {
        for by_key in [false, true] {
            for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sm3] {
                let answer = AnswerProfile { digest, ..world.answer() };
                let by = world.authority.issuer();
                let response = world.authority.ocsp(by, by_key, world.now, &[answer]).unwrap();
                let report = world.judge(&world.evidence().ocsp(response).unwrap());
                assert_good(&report);
                let Revocation::Good { told } = &report.chain.links[0].revocation else { unreachable!() };
                assert_eq!(told.kind, EvidenceKind::Ocsp);
            }
        }
        let since = world.now.plus_days(-4);
        for (reason, expected) in [(None, Reason::Unspecified), (Some(1), Reason::KeyCompromise)] {
            let report =
                world.by_answer(&AnswerProfile { state: StateToTell::Revoked(since, reason), ..world.answer() });
            assert_revoked(&report, "was revoked at");
            let Revocation::Revoked { reason, since: told, .. } = report.chain.links[0].revocation else { panic!() };
            assert_eq!((reason, told), (expected, since));
        }
    }
}

#[test]
fn an_answer_is_about_one_certificate_by_one_issuer() {
    let world = World::new(Algorithm::P256);
    let other = world.authority.issue(&world.authority.profile("other")).unwrap();
    let other = other.credentials.certificate();
    let revoked = StateToTell::Revoked(world.now.plus_days(-4), None);
    assert_unknown(&world.by_answer(&AnswerProfile { certificate: other, ..world.answer() }), "no revocation data");
    let wrong: [&Certificate; 2] = [world.authority.root(), other];
    for issuer in wrong {
        assert_unknown(&world.by_answer(&AnswerProfile { issuer, ..world.answer() }), "no revocation data");
    }
    // Among several answers the right one counts.
    let answers = [AnswerProfile { certificate: other, state: revoked, ..world.answer() }, world.answer()];
    let response = world.authority.ocsp(world.authority.issuer(), false, world.now, &answers).unwrap();
    assert_good(&world.judge(&world.evidence().ocsp(response).unwrap()));
}

#[test]
fn unknown_stale_and_future_answers_do_not_cover() {
    let world = World::new(Algorithm::P256);
    let report = world.by_answer(&AnswerProfile { state: StateToTell::Unknown, ..world.answer() });
    assert_unknown(&report, "does not know the certificate");
    assert!(matches!(report.chain.links[0].revocation, Revocation::Unknown { why: Doubt::NotKnown, .. }));
    let stale = AnswerProfile {
        this_update: world.now.plus_days(-9),
        next_update: Some(world.now.plus_days(-2)),
        ..world.answer()
    };
    assert_unknown(&world.by_answer(&stale), "does not cover that time");
    assert_unknown(&world.by_answer(&AnswerProfile { next_update: None, ..world.answer() }), "names no next one");
    let future = AnswerProfile { this_update: world.now.plus_days(500), next_update: None, ..world.answer() };
    assert_unknown(&world.by_answer(&future), "after the time of verification");
    // Of later on it covers earlier times; of a certificate that has ended only with an archive.
    let later = AnswerProfile { this_update: world.now.plus_days(99), next_update: None, ..world.answer() };
    assert_good(&world.by_answer(&later));
    let mut short = World::new(Algorithm::P256);
    let mut profile = short.authority.profile("short");
    profile.validity.not_after = short.now.plus_days(50);
    short.leaf = short.authority.issue(&profile).unwrap();
    let late = AnswerProfile { this_update: short.now.plus_days(99), next_update: None, ..short.answer() };
    assert_unknown(&short.by_answer(&late), "does not cover that time");
    let cutoff = extension("1.3.6.1.5.5.7.48.1.6", false, &generalized_time(short.now.plus_days(-300)));
    assert_good(&short.by_answer(&AnswerProfile { extensions: vec![cutoff], ..late }));
}

#[test]
fn delegates_answer_for_the_issuer_that_certified_them() {
    for world in World::all() {
        let by =
            |delegate: &Issued| world.judge(&world.evidence().ocsp(world.respond(delegate, &world.answer())).unwrap());
        let good = world.delegate(|_| ());
        assert_good(&by(&good));
        assert_unknown(&by(&world.delegate(|profile| profile.extended_key_usage.clear())), "is not certified to");
        let any = |profile: &mut Profile| profile.extended_key_usage = vec!["2.5.29.37.0".into()];
        assert_unknown(&by(&world.delegate(any)), "is not certified to");
        let ended = |profile: &mut Profile| profile.validity.not_after = world.now.plus_days(-1);
        assert_unknown(&by(&world.delegate(ended)), "outside its validity");
        // Certified by the root, not by the authority that it answers for.
        let profile = Profile { extended_key_usage: vec![OCSP_SIGNING.into()], ..world.authority.profile("aside") };
        let aside = world.authority.issue_under(world.authority.issued_root(), &profile).unwrap();
        assert_unknown(&by(&aside), "was not certified by the issuer");
        // Certified by somebody who took the authority's name.
        let mallory = World::new(match world.leaf.credentials.algorithm() {
            eseal::SignatureAlgorithm::Sm2Sm3 => Algorithm::Sm2,
            _ => Algorithm::P256,
        });
        assert_unknown(&by(&mallory.delegate(|_| ())), "signature");
    }
}

#[test]
fn a_delegate_that_has_to_be_checked_is() {
    let world = World::new(Algorithm::P256);
    let delegate = world.delegate(|profile| profile.extensions.clear());
    let response = world.respond(&delegate, &world.answer());
    // Nothing is known of it: not enough for a policy that insists.
    assert_unknown(&world.judge(&world.evidence().ocsp(response.clone()).unwrap()), "it is not known whether");
    // Its own word for itself is not enough.
    let itself = AnswerProfile { certificate: delegate.credentials.certificate(), ..world.answer() };
    let itself = world.respond(&delegate, &itself);
    let evidence = world.evidence().ocsp(response.clone()).unwrap().ocsp(itself).unwrap();
    assert_ne!(world.judge(&evidence).verdict, Verdict::Valid);
    // Its issuer's is.
    let by_issuer = AnswerProfile { certificate: delegate.credentials.certificate(), ..world.answer() };
    let told = |answer: &AnswerProfile<'_>| {
        let own = world.respond(world.authority.issuer(), answer);
        world.judge(&world.evidence().ocsp(response.clone()).unwrap().ocsp(own).unwrap())
    };
    assert_good(&told(&by_issuer));
    let since = world.now.plus_days(-3);
    assert_unknown(
        &told(&AnswerProfile { state: StateToTell::Revoked(since, Some(1)), ..by_issuer }),
        "was revoked at",
    );
}

#[test]
fn broken_answers() {
    let world = World::new(Algorithm::P256);
    let response = world.respond(world.authority.issuer(), &world.answer());
    let basic = Node::read(Node::read(&response).at(&[1, 0, 1]).octets());
    // The bare BasicOCSPResponse, as signatures carry it, is read too.
    assert_good(&world.judge(&world.evidence().ocsp(basic.der()).unwrap()));
    let mut forged = basic.clone();
    *forged.at_mut(&[0, 1]) = generalized_time(world.now.plus_days(1));
    assert_unknown(&world.judge(&world.evidence().ocsp(forged.der()).unwrap()), "not signed by the issuer's key");
    let odd = extension("1.2.156.99999.1", true, &integer(1));
    let report = world.by_answer(&AnswerProfile { extensions: vec![odd], ..world.answer() });
    assert_unknown(&report, "1.2.156.99999.1, which is not known");
    for (status, part) in [(1, "malformed"), (3, "later"), (6, "does not answer")] {
        let error = Evidence::new().ocsp(vec![0x30, 3, 0x0A, 1, status]).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_revocation_counts_whoever_tells_of_it() {
    let world = World::new(Algorithm::P256);
    let revoked = AnswerProfile { state: StateToTell::Revoked(world.now.plus_days(-2), Some(1)), ..world.answer() };
    let list = world.signed(&world.list());
    let response = world.respond(world.authority.issuer(), &revoked);
    let evidence = world.evidence().crl(list).unwrap().ocsp(response).unwrap();
    assert_revoked(&world.judge(&evidence), "its key was compromised");
}
