//! Signatures that last: levels B-T to B-LTA made, renewed, told and refused.

#![cfg(feature = "pdf")]

mod common;

use common::scene::Scene;
use common::{all_findings, assert_told, sample};
use eseal::archive::{Archive, Hints, time_stamped};
use eseal::authority::{Algorithm, Authority, Fault, TimeStampingAuthority};
use eseal::verify::{Basis, Level, Need, ProofKind};
use eseal::{
    Coverage, DigestAlgorithm, Document, ErrorKind, Evidence, Indication, Limits, Mm, Outcome, Page, Payload, Pdf,
    Policy, Report, SubIndication, Time, Trust, Validity, Verdict, Verifier,
};

struct World {
    scene: Scene,
    trust: Trust,
    clerk: TimeStampingAuthority,
    evidence: Evidence,
}

impl World {
    fn new() -> Self {
        Self::of(Algorithm::P256)
    }

    fn of(algorithm: Algorithm) -> Self {
        let scene = Scene::new(algorithm);
        let trust = Trust::new().everything([scene.authority.root().clone()]);
        let clerk = scene.authority.time_stamper().unwrap();
        let evidence = Evidence::new().crl(scene.authority.crl(&[]).unwrap()).unwrap();
        World { scene, trust, clerk, evidence }
    }

    /// Stamped and time-stamped: B-T.
    fn timed(&self) -> Pdf {
        let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
        let stamp = self.scene.stamp().payload(Payload::Cms).on(Page(1), Mm(20.0), Mm(30.0));
        stamp.time_stamped_by(&self.clerk).apply(&form, &self.scene.by()).unwrap()
    }

    fn now(&self) -> Time {
        self.scene.now
    }

    fn judge<'d>(&self, document: &'d Pdf, at: Time) -> Report<'d, Pdf> {
        Verifier::new(&self.trust).document(document, at).unwrap()
    }

    /// With the caller's evidence.
    fn judge_helped<'d>(&self, document: &'d Pdf, at: Time) -> Report<'d, Pdf> {
        Verifier::new(&self.trust).evidence(&self.evidence).document(document, at).unwrap()
    }

    fn long_term(&self) -> Pdf {
        let timed = self.timed();
        let verified = self.judge_helped(&timed, self.now()).require_valid().unwrap();
        Archive::of(&verified).evidence(&self.evidence).keep().unwrap()
    }

    fn archived(&self) -> Pdf {
        let timed = self.timed();
        let verified = self.judge_helped(&timed, self.now()).require_valid().unwrap();
        Archive::of(&verified).evidence(&self.evidence).stamped(&self.clerk, self.now()).unwrap()
    }
}

fn level(report: &Report<'_, Pdf>) -> Option<Level> {
    report.signatures()[0].level.as_ref().and_then(|told| told.level)
}

fn missing(report: &Report<'_, Pdf>) -> String {
    report.signatures()[0].level.as_ref().map(|told| told.missing.join("; ")).unwrap_or_default()
}

/// What a document itself holds, written again as others would read it.
fn reread(document: &Pdf) -> Pdf {
    Pdf::read(document.as_bytes().into_owned()).unwrap()
}

#[test]
fn each_level_is_made_and_told_with_what_the_next_one_lacks() {
    let world = World::new();
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let stamp = world.scene.stamp().payload(Payload::Cms).on(Page(1), Mm(20.0), Mm(30.0));
    let basic = stamp.apply(&form, &world.scene.by()).unwrap();
    let report = world.judge(&basic, world.now());
    assert_eq!(level(&report), Some(Level::Basic), "{report}");
    assert!(missing(&report).contains("a time stamp over the signature"), "{report}");

    let timed = world.timed();
    let report = world.judge(&timed, world.now());
    assert_eq!(level(&report), Some(Level::Timed), "{report}");
    assert!(missing(&report).contains("a CRL or an OCSP answer about"), "{report}");

    let kept = reread(&world.long_term());
    let report = world.judge(&kept, world.now());
    assert_eq!(level(&report), Some(Level::LongTerm), "{report}");
    assert!(missing(&report).contains("a document time stamp over the validation data"), "{report}");
    assert_eq!(report.signatures()[0].coverage, Coverage::Revision);
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");

    let archived = reread(&world.archived());
    let report = world.judge(&archived, world.now());
    assert_eq!(level(&report), Some(Level::Archived), "{report}");
    assert_eq!((missing(&report).as_str(), report.verdict()), ("", Verdict::Valid), "{report}");
    let text = serde_json::to_string(&report).unwrap();
    assert!(text.contains("\"level\":{\"level\":\"B-LTA\",\"missing\":[]}"), "{text}");
}

/// Without the caller's help, by what the file carries alone, even where revocation has to be known.
#[test]
fn what_is_kept_serves_a_verifier_who_has_nothing() {
    let world = World::new();
    let policy = Policy { revocation: Need::Required, ..Policy::default() };
    let strict = Verifier::new(&world.trust).policy(policy);
    let timed = world.timed();
    let report = strict.document(&timed, world.now()).unwrap();
    assert_eq!(report.verdict(), Verdict::Indeterminate, "{report}");
    for document in [world.long_term(), world.archived()] {
        let report = strict.document(&document, world.now().plus_days(20)).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        assert_told("kept", &all_findings(&report), "certificate.revocation", Outcome::Pass, "was not revoked");
    }
}

/// The signatory's certificate ends after three years, the time-stamping authority's after five, the root's
/// after ten: each link of the archive carries the one before it.
#[test]
fn renewal_carries_a_signature_over_the_end_of_what_proved_it() {
    let world = World::new();
    let archived = world.archived();
    let in_four_years = world.now().plus_years(4);
    let report = world.judge(&archived, in_four_years);
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    let signature = &report.signatures()[0];
    assert_eq!(signature.times.proven, Some(world.now()));
    let kinds: Vec<_> = signature.proofs.iter().map(|proof| proof.kind).collect();
    assert_eq!(kinds, [ProofKind::DocumentTimeStamp, ProofKind::SignatureTimeStamp]);
    let used = signature.judged_as_of.iter().find(|used| used.checks.contains(&"certificate.validity")).unwrap();
    assert_eq!((used.time, used.basis), (world.now(), Basis::Proven));

    // Not renewed in time: nothing proves that the time stamps are older than the authority's certificate.
    let in_six_years = world.now().plus_years(6);
    let report = world.judge(&archived, in_six_years);
    assert_eq!(report.conclusion().indication, Indication::Indeterminate, "{report}");
    assert_told("late", &all_findings(&report), "certificate.validity", Outcome::Unknown, "nothing proves");

    // Renewed in the fourth year by an authority of then.
    let later = Authority::new(Algorithm::P256, in_four_years).unwrap();
    let clerk = later.time_stamper().unwrap();
    let span = Validity { not_before: in_four_years, not_after: in_four_years.plus_days(30) };
    let fresh = world.scene.authority.crl_by(world.scene.authority.issued_root(), &[], span).unwrap();
    let evidence = world.evidence.clone().crl(fresh).unwrap().crl(later.crl(&[]).unwrap()).unwrap();
    let trust = Trust::new().everything([world.scene.authority.root().clone(), later.root().clone()]);
    let verifier = Verifier::new(&trust).evidence(&evidence);
    let verified = verifier.document(&archived, in_four_years).unwrap().require_valid().unwrap();
    let renewed = reread(&Archive::of(&verified).evidence(&evidence).stamped(&clerk, in_four_years).unwrap());
    let report = Verifier::new(&trust).document(&renewed, in_six_years).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    assert_eq!(level(&report), Some(Level::Archived), "{report}");
    assert_eq!(report.signatures()[0].times.proven, Some(world.now()), "{report}");
    assert_eq!(report.signatures().len(), 3);
}

#[test]
fn what_is_missing_is_refused_and_named() {
    let world = World::new();
    let timed = world.timed();
    let verified = world.judge(&timed, world.now()).require_valid().unwrap();
    let archive = Archive::of(&verified);
    let wanted: Vec<_> = archive.missing().iter().map(ToString::to_string).collect();
    assert!(!wanted.is_empty());
    let refused = archive.keep().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotAllowed);
    assert!(refused.to_string().contains(&wanted[0]), "{refused}");
    assert_eq!(archive.stamped(&world.clerk, world.now()).unwrap_err().kind(), ErrorKind::NotAllowed);
    // The verifier had the data, and the archive was not given them.
    let helped = world.judge_helped(&timed, world.now()).require_valid().unwrap();
    let refused = Archive::of(&helped).keep().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotAllowed);
    assert!(refused.to_string().contains("Archive::evidence"), "{refused}");
    // What is not valid cannot be archived at all: there is no evidence of it.
    let nobody = Trust::new();
    assert!(Verifier::new(&nobody).document(&timed, world.now()).unwrap().require_valid().is_err());
}

#[test]
fn bad_time_stamps_make_no_document() {
    let world = World::new();
    let kept = world.long_term();
    for fault in [Fault::Rejects, Fault::OtherImprint, Fault::OtherNonce, Fault::AlteredTime, Fault::NoCertificate] {
        let clerk = world.scene.authority.time_stamper().unwrap().with(fault);
        let limits = Limits::default();
        let refused = time_stamped(&kept, &clerk, DigestAlgorithm::Sha256, world.now(), &limits).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::TimeStamp, "{fault:?}: {refused}");
    }
}

/// A second call adds nothing, a second archive shares what is there, and old bytes stay as they are.
#[test]
fn nothing_is_written_twice_and_nothing_is_changed() {
    let world = World::new();
    let kept = world.long_term();
    let verified = world.judge_helped(&kept, world.now()).require_valid().unwrap();
    let again = Archive::of(&verified).evidence(&world.evidence).keep().unwrap();
    assert_eq!(again.as_bytes(), kept.as_bytes());
    let archived = Archive::of(&verified).evidence(&world.evidence).stamped(&world.clerk, world.now()).unwrap();
    assert!(archived.as_bytes().starts_with(&kept.as_bytes()));
    let second = world.judge_helped(&archived, world.now()).require_valid().unwrap();
    let renewed = Archive::of(&second).evidence(&world.evidence).stamped(&world.clerk, world.now()).unwrap();
    assert!(renewed.as_bytes().starts_with(&archived.as_bytes()));
    let report = world.judge(&renewed, world.now());
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
}

#[test]
fn hints_for_readers_that_want_them() {
    let world = World::new();
    let timed = world.timed();
    let verified = world.judge_helped(&timed, world.now()).require_valid().unwrap();
    for (hints, key) in [(Hints::Claimed(world.now()), "/TU"), (Hints::Stamped(&world.clerk, world.now()), "/TS")] {
        let archive = Archive::of(&verified).evidence(&world.evidence).hints(hints);
        let kept = archive.keep().unwrap();
        let bytes = kept.as_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let at = text.rfind("/VRI <<").expect("a dictionary of hints");
        let name: String = text[at + 9..].chars().take(40).collect();
        assert!(name.chars().all(|digit| digit.is_ascii_digit() || ('A'..='F').contains(&digit)), "{name}");
        assert!(text.contains(key), "{key}");
        let report = world.judge(&kept, world.now());
        assert_eq!((report.verdict(), level(&report)), (Verdict::Valid, Some(Level::LongTerm)), "{report}");
    }
}

/// Bytes of the archive changed behind the signature leave the signature what it is, and the time stamp fails.
#[test]
fn an_archive_that_was_changed_proves_nothing() {
    let world = World::new();
    let kept = world.long_term();
    let archived = world.archived();
    let at = kept.as_bytes().len() - 40;
    let mut bytes = archived.as_bytes().into_owned();
    // White space in the first revision's tail would do as well: what counts is that it is covered.
    let place = bytes[..at].windows(4).rposition(|window| window == b"/DSS").unwrap();
    bytes[place + 1] = b'X';
    let Ok(changed) = Pdf::read(bytes) else { return };
    let report = world.judge(&changed, world.now().plus_years(4));
    assert_ne!(report.verdict(), Verdict::Valid, "{report}");
    assert_told("changed", &all_findings(&report), "document.intact", Outcome::Fail, "messageImprint");
}

#[test]
fn chinese_signatures_last_by_chinese_time_stamps() {
    if cfg!(not(feature = "sm")) {
        return;
    }
    let world = World::of(Algorithm::Sm2);
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let stamped = world.scene.stamped(&form, Payload::SealSignature);
    let verified = world.judge_helped(&stamped, world.now()).require_valid().unwrap();
    let archived = Archive::of(&verified).evidence(&world.evidence).stamped(&world.clerk, world.now()).unwrap();
    let report = world.judge(&archived, world.now().plus_years(4));
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    assert_eq!(report.signatures()[0].times.proven, Some(world.now()), "{report}");
    let gm = Policy::gm_only();
    let report = Verifier::new(&world.trust).policy(gm).document(&archived, world.now()).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
}

/// A time stamp by somebody who is not believed, or from before, proves nothing about the signature.
#[test]
fn time_stamps_that_prove_nothing() {
    let world = World::new();
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let limits = Limits::default();
    let now = world.now();
    // Stamped before it was signed.
    let first = time_stamped(&form, &world.clerk, DigestAlgorithm::Sha256, now, &limits).unwrap();
    let signed = world.scene.stamped(&first, Payload::Cms);
    let report = world.judge(&signed, now);
    let signature = report.signatures().last().unwrap();
    assert_eq!((signature.times.proven, signature.proofs.len()), (None, 0), "{report}");
    assert_eq!(signature.level.as_ref().unwrap().level, Some(Level::Basic), "{report}");
    // By a stranger.
    let stranger = Authority::new(Algorithm::P256, now).unwrap().time_stamper().unwrap();
    let stamped = time_stamped(&signed, &stranger, DigestAlgorithm::Sha256, now, &limits).unwrap();
    let report = world.judge(&stamped, now);
    assert_eq!(report.signatures()[1].times.proven, None, "{report}");
    // It calls itself by the name of the one that is believed.
    assert_eq!(report.conclusion().sub_indication, Some(SubIndication::CertificateChainGeneralFailure), "{report}");
    // A time stamp that says it is of later than the one over it.
    let later = now.plus_days(5);
    let clerk = world.scene.authority.time_stamper().unwrap();
    let ahead = time_stamped(&signed, &clerk.at(later), DigestAlgorithm::Sha256, later, &limits).unwrap();
    let both = time_stamped(&ahead, &world.clerk, DigestAlgorithm::Sha256, now, &limits).unwrap();
    let report = world.judge(&both, later.plus_days(1));
    let middle = &report.signatures()[2];
    assert_eq!(middle.conclusion.sub_indication, Some(SubIndication::TimestampOrderFailure), "{report}");
}
