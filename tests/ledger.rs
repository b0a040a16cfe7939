//! The ledger beside the other rooms: what it tells a verifier, and the program's commands about it.

#![cfg(all(feature = "ledger", feature = "pdf", feature = "authority"))]

use eseal::authority::{Algorithm, Authority};
use eseal::ledger::{Deed, Lookup, MemoryStore, Sm3, Snapshot};
use eseal::lifecycle::{CancelReason, Operation, RemakeReason, State};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::verify::{Need, Policy};
use eseal::{
    BoxError, Document, Finding, Ledger, Mm, Outcome, Page, Pdf, Picture, Seal, SealMaker, SealStatus, Signatory,
    Stamp, StatusSource, Time, Trust, Validity, Verdict, Verifier,
};

const OWNER: &str = "91310000MA1FL0000X";

fn now() -> Time {
    "2026-03-01T08:00:00+08:00".parse().unwrap()
}

struct Scene {
    trust: Trust,
    authority: Authority,
    signatory: Signatory,
    seal: Seal,
}

impl Scene {
    fn new() -> Self {
        let authority = Authority::new(Algorithm::Sm2, now()).unwrap();
        let signatory = Signatory::new(authority.signatory("示例有限公司").unwrap());
        let png = include_bytes!("../testdata/pictures/round.png");
        let content = SealContent {
            id: "31010600012345".parse().unwrap(),
            kind: SealKind::Organisation,
            name: "示例有限公司".into(),
            picture: Picture::png(png, Mm(42.0), Mm(42.0)).unwrap(),
            signatories: Signatories::listed([signatory.certificate()]),
            validity: Validity::years(now(), 2),
        };
        let seal = SealMaker::new(authority.seal_maker().unwrap()).create(content, now()).unwrap();
        let trust = Trust::new().everything([authority.root().clone()]);
        Scene { trust, authority, signatory, seal }
    }

    fn stamped(&self, at: Time) -> Pdf {
        let form = include_bytes!("../testdata/forms/form-fill.pdf");
        let seal = Verifier::new(&self.trust).seal(&self.seal, at).require_valid().unwrap();
        Stamp::of(seal).on(Page(1), Mm(10.0), Mm(10.0)).apply(&Pdf::read(form).unwrap(), &self.signatory).unwrap()
    }

    #[cfg(feature = "ofd")]
    fn stamped_pages(&self, at: Time) -> eseal::Ofd {
        let pages = eseal::Ofd::read(include_bytes!("../testdata/ofd/helloworld.ofd")).unwrap();
        let seal = Verifier::new(&self.trust).seal(&self.seal, at).require_valid().unwrap();
        Stamp::of(seal).on(Page(1), Mm(10.0), Mm(10.0)).apply(&pages, &self.signatory).unwrap()
    }

    fn sm3(&self) -> Sm3 {
        Sm3::of(self.seal.der())
    }

    fn ledger(&self) -> Ledger<MemoryStore> {
        let ledger = Ledger::new(MemoryStore::new());
        let deeds = [
            Deed::made(Operation::Make, &self.seal, OWNER).by("制章系统"),
            Deed::known(Operation::Issue, self.sm3()).by("王工"),
        ];
        ledger.record(&deeds, now()).unwrap();
        ledger
    }
}

fn status(findings: &[Finding]) -> &Finding {
    findings.iter().find(|finding| finding.check == "seal.status").unwrap()
}

/// The verdict on a document and what is said of its seal's status.
fn judged<D: Document>(verifier: &Verifier<'_>, document: &D, at: Time) -> (Verdict, Finding) {
    let report = verifier.document(document, at).unwrap();
    (report.verdict(), status(&report.signatures()[0].checks).clone())
}

#[test]
fn a_stamp_is_judged_by_the_seals_state_when_it_was_made() {
    let scene = Scene::new();
    let (early, late) = (scene.stamped(now().plus_days(1)), scene.stamped(now().plus_days(20)));
    let ledger = scene.ledger();
    let verifier = Verifier::new(&scene.trust).knowing(&ledger);
    let today = now().plus_days(30);
    for document in [&early, &late] {
        let (verdict, status) = judged(&verifier, document, today);
        assert_eq!((verdict, status.outcome), (Verdict::Valid, Outcome::Pass));
    }
    let cancel = Deed::known(Operation::Cancel(CancelReason::Dissolved), scene.sm3()).by("王工");
    ledger.record(&[cancel.at(now().plus_days(10))], now().plus_days(25)).unwrap();

    let (verdict, status) = judged(&verifier, &early, today);
    assert_eq!((verdict, status.outcome), (Verdict::Valid, Outcome::Pass));
    assert!(status.detail.contains("later") && status.detail.contains("cancelled"), "{}", status.detail);
    let (verdict, status) = judged(&verifier, &late, today);
    assert_eq!((verdict, status.outcome, status.needed), (Verdict::Invalid, Outcome::Fail, true));
    assert!(status.detail.contains("注销"), "{}", status.detail);
    // Nobody can stamp with it any more.
    assert!(verifier.seal(&scene.seal, today).require_valid().is_err());
    // Without the register nothing of it is known, and the report says so.
    let (verdict, status) = judged(&Verifier::new(&scene.trust), &late, today);
    assert_eq!((verdict, status.outcome, status.needed), (Verdict::Valid, Outcome::Unknown, false));
}

/// Every way in which a seal goes out of force, for each format: what was stamped before stays valid, and what is
/// stamped after is not, by the seal's state and nothing else.
#[test]
fn documents_outlive_their_seals() {
    let scene = Scene::new();
    let successor = {
        let old = Verifier::new(&scene.trust).seal(&scene.seal, now()).require_valid().unwrap();
        let maker = SealMaker::new(scene.authority.seal_maker().unwrap());
        maker.remake(&old, RemakeReason::CarrierLost).make(now().plus_days(10)).unwrap()
    };
    let new = Sm3::of(successor.der());
    let superseded = vec![
        Deed::made(Operation::Remake(RemakeReason::CarrierLost), &successor, OWNER).counterpart(scene.sm3()),
        Deed::known(Operation::Issue, new),
        Deed::known(Operation::Supersede, scene.sm3()).counterpart(new),
    ];
    for (deeds, chinese) in [
        (superseded, "已被替换"),
        (vec![Deed::known(Operation::Freeze, scene.sm3())], "冻结"),
        (vec![Deed::known(Operation::Cancel(CancelReason::Renamed), scene.sm3())], "注销"),
        (vec![Deed::known(Operation::Invalidate, scene.sm3())], "无效"),
        (vec![Deed::known(Operation::Expire, scene.sm3())], "过期"),
    ] {
        let ledger = scene.ledger();
        let deeds: Vec<_> = deeds.into_iter().map(|deed| deed.by("王工").at(now().plus_days(10))).collect();
        ledger.record(&deeds, now().plus_days(10)).unwrap();
        let verifier = Verifier::new(&scene.trust).knowing(&ledger);
        let (early, late, today) = (now().plus_days(9), now().plus_days(11), now().plus_days(30));
        both(&verifier, &scene.stamped(early), &scene.stamped(late), today, chinese);
        #[cfg(feature = "ofd")]
        both(&verifier, &scene.stamped_pages(early), &scene.stamped_pages(late), today, chinese);
    }
}

#[track_caller]
fn both<D: Document>(verifier: &Verifier<'_>, early: &D, late: &D, today: Time, chinese: &str) {
    let (verdict, status) = judged(verifier, early, today);
    assert_eq!((verdict, status.outcome), (Verdict::Valid, Outcome::Pass), "{status}");
    assert!(status.detail.contains("later"), "{status}");
    let report = verifier.document(late, today).unwrap();
    let against: Vec<_> = report.signatures()[0].checks.iter().filter(|one| one.outcome == Outcome::Fail).collect();
    assert_eq!(report.verdict(), Verdict::Invalid);
    assert!(against.len() == 1 && against[0].check == "seal.status", "{against:?}");
    assert!(against[0].detail.contains(chinese), "{against:?}");
}

#[test]
fn no_answer_is_not_a_good_one() {
    #[derive(Debug)]
    struct Silent;
    impl StatusSource for Silent {
        fn status_at(&self, _: &[u8], _: Time) -> Result<SealStatus, BoxError> {
            Err("the line is dead".into())
        }
    }
    let scene = Scene::new();
    let stamped = scene.stamped(now());
    let empty = Ledger::new(MemoryStore::new());
    for source in [&Silent as &dyn StatusSource, &empty] {
        let verifier = Verifier::new(&scene.trust).knowing(source);
        let (verdict, status) = judged(&verifier, &stamped, now());
        assert_eq!((verdict, status.outcome, status.needed), (Verdict::Valid, Outcome::Unknown, false));
        let demanding = verifier.policy(Policy { seal_status: Need::Required, ..Policy::default() });
        let (verdict, status) = judged(&demanding, &stamped, now());
        assert_eq!((verdict, status.outcome, status.needed), (Verdict::Indeterminate, Outcome::Unknown, true));
    }
}

#[test]
fn a_snapshot_serves_where_the_register_cannot_be_asked() {
    let scene = Scene::new();
    let ledger = scene.ledger();
    let keeper = scene.authority.seal_maker().unwrap();
    ledger.record(&[Deed::known(Operation::Freeze, scene.sm3()).by("王工")], now().plus_days(5)).unwrap();
    let json = ledger.snapshot(&keeper, now().plus_days(6)).unwrap().to_json().unwrap();
    let snapshot = Snapshot::open(&json, keeper.certificate()).unwrap();
    let verifier = Verifier::new(&scene.trust).knowing(&snapshot);
    assert_eq!(judged(&verifier, &scene.stamped(now().plus_days(1)), now().plus_days(9)).0, Verdict::Valid);
    assert_eq!(judged(&verifier, &scene.stamped(now().plus_days(5)), now().plus_days(9)).0, Verdict::Invalid);
}

#[test]
fn a_seal_ends_with_its_last_certificate() {
    let scene = Scene::new();
    let ledger = scene.ledger();
    let entry = &ledger.history(Lookup::Seal(scene.sm3())).unwrap()[0];
    let certificate = scene.signatory.certificate().validity().not_after;
    assert_eq!(entry.until, Some(certificate.min(scene.seal.validity().not_after)));
    assert_eq!(entry.after, State::Made);
    assert_eq!(ledger.seal_bytes(scene.sm3()).unwrap().unwrap(), scene.seal.der());
}

#[cfg(feature = "cli")]
mod program {
    use super::{OWNER, Scene, now};
    use eseal::Document as _;
    use eseal::authority::{Algorithm, Authority};
    use std::fs;
    use std::path::PathBuf;
    use std::process::Command;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("eseal-program-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
            fs::write(self.0.join(name), bytes).unwrap();
        }

        /// Runs the program in the folder; answers what it said, having checked how it ended.
        fn run(&self, code: i32, arguments: &str) -> String {
            let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
            let output = command.current_dir(&self.0).args(arguments.split(' ')).output().unwrap();
            let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(code), "eseal {arguments}: {told}");
            told
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn from_the_first_entry_to_an_offline_answer() {
        let scene = Scene::new();
        let folder = Folder::new();
        let keepers = Authority::new(Algorithm::Sm2, now()).unwrap();
        let keeper = keepers.issue(&keepers.profile("登记机关")).unwrap();
        folder.put("keeper.pem", &keeper.certificate_pem);
        folder.put("keeper.key", &keeper.key_pem);
        folder.put("root.pem", scene.authority.root_pem());
        folder.put("seal.esl", scene.seal.der());
        folder.put("stamped.pdf", scene.stamped(now().plus_days(1)).as_bytes());

        let at = now();
        folder.run(0, &format!("seal register seal.esl --ledger register --owner {OWNER} --by maker --at {at}"));
        assert!(folder.run(0, "seal list --ledger register").contains("1 seals, 1 in force"));
        assert!(folder.run(0, "seal list --ledger register --expiring 1").contains("0 seals"));
        let told = folder.run(2, "seal unfreeze seal.esl --ledger register --by x");
        assert!(told.contains("active"), "{told}");
        folder.run(0, "seal freeze 31010600012345 --ledger register --by x --because lost");
        assert!(folder.run(0, "seal list --ledger register").contains("frozen"));
        folder.run(0, "seal unfreeze seal.esl --ledger register --by x");
        folder.run(0, "ledger checkpoint register --certificate keeper.pem --key keeper.key -o checkpoint");
        folder.run(0, "seal cancel seal.esl --reason dissolved --ledger register --by x");
        let history = folder.run(0, "seal history seal.esl --ledger register");
        assert_eq!(history.lines().count(), 5, "{history}");
        assert!(history.contains("cancel (dissolved)") && history.contains("lost"), "{history}");
        assert_eq!(folder.run(1, "seal history nobody --ledger register").lines().count(), 1);

        assert!(folder.run(0, "ledger verify register").contains("sound: 5 entries"));
        folder.run(0, "ledger verify register --checkpoint checkpoint --keeper keeper.pem");
        folder.run(2, "ledger verify register --checkpoint checkpoint --keeper root.pem");
        folder.run(0, "ledger export register -o lines.jsonl");
        folder.run(0, "ledger verify lines.jsonl");
        folder.run(0, "ledger import lines.jsonl --ledger copy");
        assert!(folder.run(0, "ledger verify copy --json").contains("\"length\": 5"));

        let lines = fs::read_to_string(folder.0.join("lines.jsonl")).unwrap();
        folder.put("forged.jsonl", lines.replacen("lost", "cost", 1));
        assert!(folder.run(1, "ledger verify forged.jsonl").contains("BROKEN at entry 2"));
        folder.run(2, "ledger import forged.jsonl --ledger never");
        folder.put("cut.jsonl", lines.lines().take(4).map(|line| format!("{line}\n")).collect::<String>());
        assert!(folder.run(1, "ledger verify cut.jsonl").contains("cut off"));

        folder.run(0, "ledger snapshot register --certificate keeper.pem --key keeper.key -o snapshot");
        let good = format!("verify stamped.pdf --trust root.pem --at {}", at.plus_days(2));
        assert!(folder.run(0, &format!("{good} --ledger register")).contains("seal.status"));
        folder.run(0, &format!("{good} --snapshot snapshot --keeper keeper.pem"));
        folder.run(2, &format!("{good} --snapshot snapshot --keeper root.pem"));
    }
}
