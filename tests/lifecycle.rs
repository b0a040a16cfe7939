//! Migrating, remaking, and planning for many.

#![cfg(all(feature = "sm", feature = "ofd", feature = "authority"))]

mod sealing;

use eseal::authority::Profile;
use eseal::lifecycle::{
    Candidate, Carried, IdPolicy, Plan, PlanPolicy, Provenance, RemakeReason, SourceFormat, Step, Workshop, carry_out,
    evidence, plan,
};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    DigestAlgorithm, Edition, Error, ErrorKind, Mm, Picture, Seal, SealMaker, Time, Validity, Verdict, Verifier,
};
use sealing::{World, children, edit, now, octets, of, sequence, time, tlv};

fn old(world: &World, edition: Edition) -> Seal {
    let new = world.maker.prepare(world.content()).edition(edition);
    new.extension("1.2.3.4", true, b"theirs").unwrap().make(now()).unwrap()
}

/// Another maker, on the platform to which seals move.
fn platform(world: &World) -> SealMaker {
    let validity = Validity { not_before: now().plus_days(-1), not_after: now().plus_years(6) };
    let profile = Profile { validity, ..world.authority.profile("平台") };
    SealMaker::new(world.authority.issue(&profile).unwrap().credentials)
}

fn later() -> Time {
    now().plus_days(100)
}

fn valid(world: &World, seal: &Seal, at: Time) {
    let report = Verifier::new(&world.trust).seal(seal, at);
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, words: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn migrating_carries_everything_over() {
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    for from in [Edition::Gmt0031_2014, Edition::Gbt38540_2020] {
        for to in [Edition::Gbt38540_2020, Edition::Gmt0031_2025] {
            let old = old(&world, from);
            let judged = evidence(&verifier, &old, later()).unwrap();
            let new = platform.migrate(&judged, to).by("王工").make(later()).unwrap();
            assert_eq!((new.edition(), new.created()), (to, later()));
            assert_eq!((new.id(), new.name(), new.kind_code()), (old.id(), old.name(), old.kind_code()));
            assert_eq!((new.validity(), new.signatories()), (old.validity(), old.signatories()));
            assert_eq!(new.picture().unwrap(), old.picture().unwrap());
            assert_eq!(new.extension("1.2.3.4"), Some((true, &b"theirs"[..])));
            let records = Provenance::of(&new, Provenance::DEFAULT_OID).unwrap();
            let [record] = records.as_slice() else { panic!("{records:?}") };
            assert_eq!(record.source_format, SourceFormat::from(from));
            assert_eq!(record.source_sm3.to_vec(), old.digest(DigestAlgorithm::Sm3).unwrap());
            assert_eq!(record.source_id.as_deref(), Some(old.id()));
            assert_eq!((record.migrated_at, record.by.as_str()), (later(), "王工"));
            valid(&world, &new, later());
        }
    }
}

#[test]
fn every_ancestor_is_on_record() {
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    let first = old(&world, Edition::Gmt0031_2014);
    let judged = evidence(&verifier, &first, later()).unwrap();
    let second = platform.migrate(&judged, Edition::Gbt38540_2020).make(later()).unwrap();
    let judged = evidence(&verifier, &second, later()).unwrap();
    let remake = platform.remake(&judged, RemakeReason::CarrierLost);
    let third = remake.id(IdPolicy::Replace("31010600099999".parse().unwrap())).make(later().plus_days(1)).unwrap();
    assert_eq!(third.id(), "31010600099999");
    let records = Provenance::of(&third, Provenance::DEFAULT_OID).unwrap();
    let digests: Vec<_> = records.iter().map(|one| one.source_sm3.to_vec()).collect();
    let digest = |seal: &Seal| seal.digest(DigestAlgorithm::Sm3).unwrap();
    assert_eq!(digests, [digest(&second), digest(&first)]);
    assert_eq!(records[0].source_id.as_deref(), Some("31010600012345"));
    // Under an identifier of the platform's own.
    let judged = evidence(&verifier, &first, later()).unwrap();
    let migration = platform.migrate(&judged, Edition::Gbt38540_2020).provenance_oid("1.2.156.1.2.3");
    let own = migration.make(later()).unwrap();
    assert_eq!(Provenance::of(&own, "1.2.156.1.2.3").unwrap().len(), 1);
    assert!(Provenance::of(&own, Provenance::DEFAULT_OID).unwrap().is_empty());
    let migration = platform.migrate(&judged, Edition::Gbt38540_2020).provenance_oid("one.two");
    refused(migration.make(later()), ErrorKind::Misuse, "not an object identifier");
}

#[test]
fn only_valid_seals_are_migrated() {
    let world = World::new();
    let verifier = Verifier::new(&world.trust);
    let forged = edit(world.seal().der(), &[0, 2, 1], |_| tlv(0x0C, "另一公司".as_bytes()));
    let forged = Seal::from_der(&forged).unwrap();
    refused(evidence(&verifier, &forged, later()), ErrorKind::NotValid, "31010600012345");
    // One that has ended can still be told from a forged one.
    let seal = world.seal();
    assert_eq!(evidence(&verifier, &seal, now().plus_years(5)).unwrap().at(), seal.validity().not_after);
    assert_eq!(evidence(&verifier, &seal, now().plus_days(-9)).unwrap().at(), now());
}

#[test]
fn validity_never_grows_on_the_quiet() {
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    let old = old(&world, Edition::Gmt0031_2014);
    let judged = evidence(&verifier, &old, later()).unwrap();
    let asked = Validity { not_before: now().plus_days(-50), not_after: now().plus_years(50) };
    let new = platform.migrate(&judged, Edition::Gbt38540_2020).validity(asked).make(later()).unwrap();
    assert_eq!(new.validity(), old.validity());
    let new = platform.remake(&judged, RemakeReason::CarrierDamaged).validity(asked).make(later()).unwrap();
    assert_eq!(new.validity(), old.validity());
    let sooner = Validity { not_before: later(), not_after: later().plus_days(5) };
    let new = platform.migrate(&judged, Edition::Gbt38540_2020).validity(sooner).make(later()).unwrap();
    assert_eq!(new.validity(), sooner);
    // Where the end is the reason it grows as asked, and no further than the certificates listed.
    let new = platform.remake(&judged, RemakeReason::Expiry).validity(asked).make(later()).unwrap();
    assert_eq!(new.validity(), world.signatory.certificate().validity());
    refused(platform.remake(&judged, RemakeReason::Expiry).make(later()), ErrorKind::Misuse, "a new validity");
    // Nothing is left of one that has ended.
    let after = now().plus_years(2).plus_days(1);
    let judged = evidence(&verifier, &old, after).unwrap();
    let migration = platform.migrate(&judged, Edition::Gbt38540_2020);
    refused(migration.make(after), ErrorKind::NotAllowed, "nothing of its validity");
}

#[test]
fn each_reason_asks_for_its_own() {
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    let old = world.seal();
    let judged = evidence(&verifier, &old, later()).unwrap();
    let renewed = world.authority.signatory("示例有限公司").unwrap();
    let list = || Signatories::listed([renewed.certificate()]);
    let remake = |reason| platform.remake(&judged, reason);

    refused(remake(RemakeReason::CertificateRenewed).make(later()), ErrorKind::Misuse, "the certificates of those");
    let new = remake(RemakeReason::CertificateRenewed).signatories(list()).make(later()).unwrap();
    assert!(new.signatories().names(renewed.certificate()));
    assert!(!new.signatories().names(world.signatory.certificate()));
    assert_eq!(new.picture().unwrap().bytes(), old.picture().unwrap().bytes());

    refused(remake(RemakeReason::KeyCompromised).make(later()), ErrorKind::Misuse, "over a new key");
    let same = Signatories::listed([world.signatory.certificate(), renewed.certificate()]);
    let compromised = remake(RemakeReason::KeyCompromised).signatories(same);
    refused(compromised.make(later()), ErrorKind::Misuse, "was in the old seal");
    remake(RemakeReason::KeyCompromised).signatories(list()).make(later()).unwrap();

    let picture = || Picture::svg(b"<svg/>", Mm(40.0), Mm(40.0)).unwrap();
    refused(remake(RemakeReason::PictureChanged).make(later()), ErrorKind::Misuse, "its new picture");
    refused(
        remake(RemakeReason::CarrierLost).picture(picture()).make(later()),
        ErrorKind::NotAllowed,
        "keeps its picture",
    );
    let new = remake(RemakeReason::PictureChanged).picture(picture()).make(later()).unwrap();
    assert_eq!(new.picture().unwrap(), picture());
}

#[test]
fn nothing_is_dropped_in_silence() {
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    let migrate = |bytes: &[u8]| {
        let old = Seal::from_der(bytes).unwrap();
        let judged = evidence(&verifier, &old, later()).unwrap();
        platform.migrate(&judged, Edition::Gmt0031_2025).make(later())
    };
    // An extension of a foreign shape comes along as it is.
    let foreign = sequence(&[&tlv(0x0C, b"theirs"), &[2, 1, 9]]);
    let new = migrate(&world.seal_with(&[4], |_| sequence(&[&foreign]))).unwrap();
    assert!(new.der().windows(foreign.len()).any(|window| window == foreign));
    valid(&world, &new, later());
    // What cannot be taken apart is not carried over, nor dropped.
    let lost = world.seal_with(&[4], |_| tlv(0x30, &[6, 9]));
    refused(migrate(&lost), ErrorKind::NotAllowed, "its extensions cannot be told apart");
    let gbk = world.seal_with(&[2, 1], |_| tlv(0x0C, &[0xCA, 0xBE, 0xC0, 0xFD]));
    refused(migrate(&gbk), ErrorKind::NotAllowed, "its name is not UTF-8");
    let nobody = world.seal_with(&[2, 3], |_| sequence(&[&tlv(0x16, b"1")]));
    refused(migrate(&nobody), ErrorKind::Mismatch, "something that is no certificate");
    let junk =
        world.seal_with(&[2, 3], |_| sequence(&[&octets(world.signatory.certificate().der()), &octets(b"junk")]));
    refused(migrate(&junk), ErrorKind::Mismatch, "something that is no certificate");
    let kind = world.seal_with(&[2, 0], |_| vec![2, 3, 1, 0, 0]);
    refused(migrate(&kind), ErrorKind::NotAllowed, "written as 65536");
    let long = world.seal_with(&[1], |_| tlv(0x16, &[b'1'; 129]));
    refused(migrate(&long), ErrorKind::Malformed, "keeping the identifier");
    let old = old(&world, Edition::Gbt38540_2020);
    let judged = evidence(&verifier, &old, later()).unwrap();
    let back = platform.migrate(&judged, Edition::Gmt0031_2014).make(later());
    refused(back, ErrorKind::Unsupported, "superseded");
}

#[test]
fn migrated_seals_of_2025_have_their_time_stamp() {
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    let old = old(&world, Edition::Gmt0031_2014);
    let judged = evidence(&verifier, &old, later()).unwrap();
    let migration = platform.migrate(&judged, Edition::Gmt0031_2025);
    let new = migration.time_stamp(|value| Ok(world.token(value, later()))).make(later()).unwrap();
    let report = verifier.seal(&new, later());
    assert!(of(report.findings(), "seal.time-stamp")[0].detail.contains("existed at"), "{report}");
    assert_eq!(report.verdict(), Verdict::Valid);
}

/// A structure from before 2014 with this name and a picture.
fn packed(name: &str, picture: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 318];
    bytes[..2].copy_from_slice(b"ES");
    bytes[6..9].copy_from_slice(b"PNG");
    bytes[10..14].copy_from_slice(&(picture.len() as u32).to_le_bytes());
    bytes[78..78 + name.len()].copy_from_slice(name.as_bytes());
    [bytes.as_slice(), picture, b"certificate"].concat()
}

/// A batch in which each case occurs.
struct Batch {
    world: World,
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Batch {
    fn new() -> Self {
        let world = World::new();
        let with = |id: &str, edition, years| {
            let content =
                SealContent { id: id.parse().unwrap(), validity: Validity::years(now(), years), ..world.content() };
            world.maker.prepare(content).edition(edition).make(now()).unwrap().der().to_vec()
        };
        let good = with("good", Edition::Gbt38540_2020, 2);
        let mut newer = world.content();
        newer.id = "twice".parse().unwrap();
        let newer = world.maker.create(newer, now().plus_days(1)).unwrap();
        let picture = sealing::picture();
        let files = vec![
            ("good", good.clone()),
            ("same-bytes", good.clone()),
            ("old", with("old", Edition::Gmt0031_2014, 2)),
            ("old-and-ending", with("old-and-ending", Edition::Gmt0031_2014, 0)),
            ("ending", {
                let end = later().plus_days(10);
                let validity = Validity { not_before: now(), not_after: end };
                let content = SealContent { id: "ending".parse().unwrap(), validity, ..world.content() };
                world.maker.create(content, now()).unwrap().der().to_vec()
            }),
            ("renewed", with("renewed", Edition::Gbt38540_2020, 2)),
            ("twice-older", with("twice", Edition::Gbt38540_2020, 2)),
            ("twice-newer", newer.der().to_vec()),
            ("vendor", packed("示例有限公司", picture.bytes())),
            ("vendor-unknown", packed("另一公司", picture.bytes())),
            ("picture", picture.bytes().to_vec()),
            ("forged", edit(&good, &[0, 1], |_| tlv(0x16, b"forged"))),
            ("corrupt", good[..good.len() / 2].to_vec()),
        ];
        Batch { world, files }
    }

    fn candidates(&self) -> Vec<Candidate<'_>> {
        let renewed = self.world.authority.signatory("示例有限公司").unwrap();
        self.files
            .iter()
            .map(|(label, bytes)| {
                let mut candidate = Candidate::new(*label, bytes);
                if *label == "renewed" {
                    candidate.signatories = Some(vec![renewed.certificate().clone()]);
                }
                if ["vendor", "picture"].contains(label) {
                    let id = format!("from-{label}").parse().unwrap();
                    let validity = Validity::years(later(), 1);
                    candidate.content = Some(SealContent { id, validity, ..self.world.content() });
                }
                candidate
            })
            .collect()
    }
}

#[test]
fn a_plan_for_a_batch() {
    let batch = Batch::new();
    let policy = PlanPolicy::new(Verifier::new(&batch.world.trust));
    let candidates = batch.candidates();
    let planned = plan(&candidates, &policy, later()).unwrap();
    assert_eq!(planned.items.len(), candidates.len());
    let step = |label: &str| planned.items.iter().find(|item| item.label == label).unwrap().step.clone();
    let to = Edition::Gbt38540_2020;
    let expiry = Step::Remake { reason: RemakeReason::Expiry, to, validity: Some(Validity::years(later(), 5)) };
    assert_eq!(step("good"), Step::Keep);
    assert_eq!(step("same-bytes"), Step::Skip { duplicate_of: "good".into() });
    assert_eq!(step("old"), Step::Migrate { to });
    assert_eq!(step("old-and-ending"), expiry);
    assert_eq!(step("ending"), expiry);
    assert_eq!(step("renewed"), Step::Remake { reason: RemakeReason::CertificateRenewed, to, validity: None });
    assert_eq!(step("twice-older"), Step::Skip { duplicate_of: "twice-newer".into() });
    assert_eq!(step("twice-newer"), Step::Keep);
    assert_eq!(step("vendor"), Step::Migrate { to });
    assert_eq!(step("picture"), Step::Migrate { to });
    for (label, words) in
        [("vendor-unknown", "the register has to say"), ("forged", "does not verify"), ("corrupt", "the data ends")]
    {
        let Step::Refuse { findings } = step(label) else { panic!("{label}") };
        assert!(findings.iter().any(|one| one.detail.contains(words)), "{label}: {findings:?}");
    }
    // Printed, stored, read back.
    let table = planned.to_string();
    assert!(
        table.contains("13 seals as of 2025-06-09T00:00:00Z: 2 keep, 3 migrate, 3 refuse, 3 remake, 2 skip"),
        "{table}"
    );
    assert!(table.contains("twice-older") && table.contains("it is a duplicate of twice-newer"), "{table}");
    let stored = serde_json::to_string(&planned).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&stored).unwrap(), planned);
    // The same in, the same out.
    assert_eq!(plan(&candidates, &policy, later()).unwrap(), planned);
}

#[test]
fn a_plan_carried_out() {
    let batch = Batch::new();
    let (world, platform) = (&batch.world, platform(&batch.world));
    let policy = PlanPolicy::new(Verifier::new(&world.trust));
    let candidates = batch.candidates();
    let planned = plan(&candidates, &policy, later()).unwrap();
    let workshop = Workshop { by: "批量迁移".into(), ..Workshop::new(&platform) };
    let mut made = 0;
    for (item, candidate) in planned.items.iter().zip(&candidates) {
        match carry_out(item, candidate, &policy, &workshop, later()).unwrap() {
            Carried::Made(seal) => {
                made += 1;
                valid(world, &seal, later());
                let records = Provenance::of(&seal, Provenance::DEFAULT_OID).unwrap();
                let hex: String = records[0].source_sm3.iter().map(|octet| format!("{octet:02x}")).collect();
                assert_eq!((hex, records[0].by.as_str()), (item.source_sm3.clone(), "批量迁移"));
                assert_eq!(seal.picture().unwrap().bytes(), sealing::picture().bytes());
                assert_eq!(seal.id(), item.id.as_deref().unwrap());
            }
            Carried::Kept => assert_eq!(item.step, Step::Keep),
            Carried::Skipped(_) => assert!(matches!(item.step, Step::Skip { .. })),
            Carried::Refused(_) => assert!(matches!(item.step, Step::Refuse { .. })),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(made, 6);
    // A plan is about these bytes and no others, and a candidate that has changed is refused alone.
    let mut swapped = candidates[2].clone();
    swapped.bytes = candidates[0].bytes;
    refused(
        carry_out(&planned.items[2], &swapped, &policy, &workshop, later()),
        ErrorKind::Mismatch,
        "the plan is about",
    );
    carry_out(&planned.items[3], &candidates[3], &policy, &workshop, later()).unwrap();
}

#[test]
fn plans_with_other_rules() {
    let batch = Batch::new();
    let candidates = batch.candidates();
    let policy = PlanPolicy {
        to: Edition::Gmt0031_2025,
        days: 365 * 3,
        new_id: Some(|seal: &Seal| format!("new-{}", seal.id()).parse()),
        ..PlanPolicy::new(Verifier::new(&batch.world.trust))
    };
    let planned = plan(&candidates, &policy, later()).unwrap();
    let [good, ..] = planned.items.as_slice() else { panic!() };
    assert!(matches!(good.step, Step::Remake { reason: RemakeReason::Expiry, to: Edition::Gmt0031_2025, .. }));
    assert_eq!(good.new_id, IdPolicy::Replace("new-good".parse().unwrap()));
    let platform = platform(&batch.world);
    let stamper = batch.world.authority.time_stamper().unwrap().at(later());
    let workshop = Workshop { time_stamp: Some(&stamper), ..Workshop::new(&platform) };
    let Carried::Made(seal) = carry_out(good, &candidates[0], &policy, &workshop, later()).unwrap() else { panic!() };
    assert_eq!((seal.id(), seal.edition()), ("new-good", Edition::Gmt0031_2025));
    assert!(seal.time_stamp().is_some());
    valid(&batch.world, &seal, later());
    // One label for two is a mistake; another owner makes another seal of the same number.
    let twice = [candidates[0].clone(), candidates[0].clone()];
    refused(plan(&twice, &policy, later()), ErrorKind::Misuse, "labelled \"good\"");
    let mut owned = candidates.clone();
    for (candidate, owner) in owned.iter_mut().filter(|one| one.label.starts_with("twice")).zip(["甲", "乙"]) {
        candidate.owner = Some(owner.into());
    }
    let planned = plan(&owned, &PlanPolicy::new(Verifier::new(&batch.world.trust)), later()).unwrap();
    assert!(planned.items.iter().filter(|item| item.label.starts_with("twice")).all(|item| item.step == Step::Keep));
    // Nobody is believed: nothing is done, and each is accounted for.
    let nobody = eseal::Trust::new();
    let planned = plan(&candidates, &PlanPolicy::new(Verifier::new(&nobody)), later()).unwrap();
    assert_eq!(planned.items.len(), candidates.len());
    assert!(matches!(&planned.items[0].step, Step::Refuse { findings } if findings[0].check == "seal.maker-trusted"));
}

#[test]
fn kinds_by_their_number() {
    assert_eq!(SealKind::from_code(1), Some(SealKind::Organisation));
    assert_eq!(SealKind::from_code(2), Some(SealKind::Person));
    assert_eq!(SealKind::from_code(15), Some(SealKind::Code(15)));
    assert_eq!((SealKind::from_code(-1), SealKind::from_code(65_536)), (None, None));
    let world = World::new();
    let (platform, verifier) = (platform(&world), Verifier::new(&world.trust));
    let seal = world.seal();
    let judged = evidence(&verifier, &seal, later()).unwrap();
    let new = platform.migrate(&judged, Edition::Gbt38540_2020).kind(SealKind::Code(3)).make(later()).unwrap();
    assert_eq!(new.kind_code(), 3);
    assert_eq!(children(new.der()).len(), 4);
    assert_eq!(new.created(), time("2025-06-09T00:00:00Z"));
}
