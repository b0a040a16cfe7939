//! Stamps of our own: many in one file, and attacks upon them that leave all else intact.

use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Document as _, Limits, Mm, ModificationLevel, Page, Payload, Pdf, Picture, Seal, SealMaker, Signatory, Stamp, Time,
    Trust, Validity, Verdict, Verifier, checks,
};

use super::{File, form, stream};

struct Scene {
    trust: Trust,
    seal: Seal,
    signatory: Signatory,
    now: Time,
}

fn scene() -> Scene {
    let now: Time = "2025-06-01T00:00:00Z".parse().unwrap();
    let authority = Authority::new(Algorithm::P256, now).unwrap();
    let maker = authority.issue(&authority.profile("maker")).unwrap();
    let us = authority.issue(&authority.profile("us")).unwrap();
    let trust = Trust::new().seal_makers_pem(authority.root_pem().as_bytes()).unwrap();
    let trust = trust.signatories_pem(authority.root_pem().as_bytes()).unwrap();
    let pem = |text: &str| text.as_bytes().to_vec();
    let maker = SealMaker::from_pem(&pem(&maker.certificate_pem), &pem(&maker.key_pem)).unwrap();
    let signatory = Signatory::from_pem(&pem(&us.certificate_pem), &pem(&us.key_pem)).unwrap();
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pictures/round.png")).unwrap();
    let content = SealContent {
        id: "31010600012345".parse().unwrap(),
        kind: SealKind::Organisation,
        name: "Example".into(),
        picture: Picture::png(&picture, Mm(42.0), Mm(42.0)).unwrap(),
        signatories: Signatories::listed([signatory.certificate()]),
        validity: Validity::years(now, 5),
    };
    Scene { trust, seal: maker.create(content, now).unwrap(), signatory, now }
}

impl Scene {
    fn stamped(&self, pdf: &Pdf, index: u32) -> Pdf {
        let verifier = Verifier::new(&self.trust);
        let seal = verifier.seal(&self.seal, self.now).require_valid().unwrap();
        let payload = if index.is_multiple_of(2) { Payload::Cms } else { Payload::SealSignature };
        let place = Mm(f64::from(index) * 5.0);
        Stamp::of(seal).on(Page(1), place, place).payload(payload).apply(pdf, &self.signatory).unwrap()
    }

    fn verdicts(&self, bytes: &[u8]) -> (Verdict, Vec<&'static str>, String) {
        let pdf = Pdf::read(bytes).unwrap();
        let report = Verifier::new(&self.trust).document(&pdf, self.now).unwrap();
        let all = report.signatures().iter().flat_map(|one| &one.checks).chain(report.findings());
        let mut failed: Vec<_> = all.filter(|one| one.outcome == eseal::Outcome::Fail).map(|one| one.check).collect();
        failed.sort_unstable();
        failed.dedup();
        (report.verdict(), failed, report.to_string())
    }
}

#[test]
fn ten_in_one_file() {
    let scene = scene();
    let mut pdf = Pdf::read(form("", "").bytes).unwrap();
    for index in 0..10 {
        pdf = scene.stamped(&pdf, index);
    }
    let report = Verifier::new(&scene.trust).document(&pdf, scene.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    for (index, one) in report.signatures().iter().enumerate() {
        let level = if index == 9 { ModificationLevel::None } else { ModificationLevel::FormFilling };
        assert_eq!(one.modification_level, Some(level));
        let added = one.changes.iter().filter(|change| change.detail.contains("a signature was added")).count();
        assert_eq!(added, 9 - index, "{:#?}", one.changes);
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["signatures"][0]["modification_level"], "form-filling");
    assert_eq!(json["signatures"][0]["changes"][0]["kind"], "signature-field");
    assert!(json["signatures"][0]["changes"][0]["area"]["width"].is_number(), "{json}");
}

/// The least work that a survey of the document takes, to one part in fifty.
fn work(pdf: &Pdf) -> u64 {
    let (mut too_little, mut enough) = (0_u64, 1 << 30);
    while enough - too_little > 1 + too_little / 50 {
        let middle = too_little + (enough - too_little) / 2;
        let limits = Limits { unfolded_bytes: middle, ..Limits::default() };
        if pdf.survey(&limits).is_ok() { enough = middle } else { too_little = middle }
    }
    enough
}

/// Ten times the signatures take ten times the work, not a hundred times: what revisions share is read once.
#[test]
fn work_grows_with_the_signatures() {
    let scene = scene();
    let mut pdf = Pdf::read(form("", "").bytes).unwrap();
    let mut works = Vec::new();
    for index in 0..60 {
        pdf = scene.stamped(&pdf, index % 30);
        if index == 5 || index == 59 {
            works.push((work(&pdf), pdf.len()));
        }
    }
    let [(few, few_bytes), (many, bytes)] = works[..] else { unreachable!() };
    assert!(many < few * 12, "{few} for 6 signatures in {few_bytes} bytes, {many} for 60 in {bytes}");
}

/// Only the check of changes tells, since every signature value still holds.
#[test]
fn attacks_upon_stamps() {
    let scene = scene();
    let twice = scene.stamped(&scene.stamped(&Pdf::read(form("", "").bytes).unwrap(), 0), 1);
    let file = File { bytes: twice.as_bytes().into_owned() };
    assert_eq!(scene.verdicts(&file.bytes).0, Verdict::Valid);
    let fill = file.edited(6, "(Alice)", "(Bob)");
    assert_eq!(scene.verdicts(&fill.bytes).0, Verdict::Valid);
    for (what, later) in [
        ("content", file.one(4, stream("", "evil"))),
        ("cover", file.one(10, stream("/Subtype /Form", ""))),
        ("page tree", file.edited(2, "/Kids [3 0 R]", "/Kids [14 0 R 3 0 R]")),
        ("script", file.edited(1, "/Type /Catalog", "/Type /Catalog /OpenAction << /S /JavaScript /JS (x) >>")),
        ("moved", file.edited(6, "/Rect [10 10", "/Rect [0 0")),
    ] {
        let (verdict, failed, report) = scene.verdicts(&later.bytes);
        assert_eq!(verdict, Verdict::Invalid, "{what}: {report}");
        assert_eq!(failed, [checks::DOCUMENT_CHANGES.name()], "{what}: {report}");
    }
}

/// Whatever is cut off or flipped behind the signature: no panic, and never valid with it changed.
#[test]
fn hostile_revisions() {
    let file = super::permitted::stamped_time(&super::permitted::filled(&super::signed()));
    let limits = Limits { unfolded_bytes: 8 << 20, stream_bytes: 4 << 20, ..Limits::default() };
    let trust = Trust::new();
    let verifier = Verifier::new(&trust).limits(limits.clone());
    let now: Time = "2026-01-01T00:00:00Z".parse().unwrap();
    let look = |bytes: Vec<u8>| {
        if let Ok(pdf) = Pdf::read_within(bytes, &limits) {
            let _ = verifier.document(&pdf, now);
        }
    };
    for length in (0..file.bytes.len()).step_by(17) {
        look(file.bytes[..length].to_vec());
    }
    for at in (0..file.bytes.len()).step_by(5) {
        let mut bytes = file.bytes.clone();
        bytes[at] ^= if at % 2 == 0 { 0x01 } else { 0x10 };
        look(bytes);
    }
}
