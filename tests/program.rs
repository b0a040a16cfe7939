//! The program's commands about the life of seals, run as they are run: what they do, how they end (0 done or
//! valid, 1 looked and it is not, 2 could not look), and what they say.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use eseal::authority::{Algorithm, Authority, Issued, Profile, TimeStampingAuthority};
use eseal::ledger::{FileStore, Lookup, Sm3};
use eseal::lifecycle::{Operation, Plan, Provenance, SourceFormat, State, Step};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Credentials, Edition, Ledger, Mm, Picture, Seal, SealMaker, Time, Validity};

const PNG: &[u8] = include_bytes!("../testdata/pictures/round.png");
/// id-kp-timeStamping.
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const OWNER: &str = "91310000MA1FL0000X";

fn now() -> Time {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

/// A folder with an authority's certificates and keys, gone at last.
struct Desk {
    folder: PathBuf,
    maker: SealMaker,
    us: Issued,
    renewed: Issued,
}

impl Desk {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("eseal-desk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let authority = Authority::new(Algorithm::Sm2, now().plus_days(-400)).unwrap();
        let issue = |subject: &str| authority.issue(&authority.profile(subject)).unwrap();
        let maker = issue("制章中心");
        let desk = Desk {
            us: issue("示例有限公司"),
            renewed: authority
                .issue(&Profile {
                    validity: Validity { not_before: now().plus_days(-9), not_after: now().plus_years(3) },
                    ..authority.profile("示例有限公司")
                })
                .unwrap(),
            maker: SealMaker::new(maker.credentials.clone()),
            folder,
        };
        let clerk = authority
            .issue(&Profile { extended_key_usage: vec![TIME_STAMPING.into()], ..authority.profile("时间戳") })
            .unwrap();
        desk.put("clerk.pem", &clerk.certificate_pem);
        desk.put("clerk.key", &clerk.key_pem);
        desk.put("root.pem", authority.root_pem());
        desk.put("maker.pem", &maker.certificate_pem);
        desk.put("maker.key", &maker.key_pem);
        desk.put("us.pem", &desk.us.certificate_pem);
        desk.put("renewed.pem", &desk.renewed.certificate_pem);
        desk.put("round.png", PNG);
        desk
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap()
    }

    fn seal(&self, name: &str) -> Seal {
        Seal::from_der(&self.read(name)).unwrap()
    }

    /// Runs the program in the folder; answers what it said, having checked how it ended.
    #[track_caller]
    fn run(&self, code: i32, arguments: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
        let output = command.current_dir(&self.folder).args(arguments.split_whitespace()).output().unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "eseal {arguments}: {told}");
        told
    }

    #[track_caller]
    fn says(&self, code: i32, arguments: &str, words: &str) {
        let told = self.run(code, arguments);
        assert!(told.contains(words), "eseal {arguments}: no \"{words}\" in: {told}");
    }

    /// An old seal.
    fn old(&self, id: &str, edition: Edition, days: i64) -> Vec<u8> {
        let content = SealContent {
            id: id.parse().unwrap(),
            kind: SealKind::Organisation,
            name: "示例有限公司".into(),
            picture: Picture::png(PNG, Mm(42.0), Mm(42.0)).unwrap(),
            signatories: Signatories::listed([self.us.credentials.certificate()]),
            validity: Validity { not_before: now().plus_days(-300), not_after: now().plus_days(days) },
        };
        let seal = self.maker.prepare(content).edition(edition).make(now().plus_days(-300)).unwrap();
        seal.der().to_vec()
    }

    fn ledger(&self, name: &str) -> Ledger<FileStore> {
        Ledger::new(FileStore::open_read_only(self.folder.join(name)).unwrap())
    }

    /// Where each seal of a register stands.
    fn states(&self, name: &str) -> Vec<(String, State)> {
        let list = self.ledger(name).list(now().plus_days(1)).unwrap();
        list.into_iter().map(|standing| (standing.seal.id, standing.state)).collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const KEY: &str = "--certificate maker.pem --key maker.key";
const AT: &str = "--at 2026-03-01T00:00:00Z";

#[test]
fn make() {
    let desk = Desk::new("make");
    let make = format!("seal make {KEY} --signatory us.pem --id 31010600012345 --name 示例有限公司 {AT}");
    desk.says(0, &format!("{make} --picture round.png -o seal.esl"), "made 31010600012345");
    let seal = desk.seal("seal.esl");
    assert_eq!((seal.edition(), seal.created(), seal.name()), (Edition::Gbt38540_2020, now(), "示例有限公司"));
    assert_eq!(seal.picture().unwrap().bytes(), PNG);
    desk.says(0, &format!("seal verify seal.esl --trust root.pem {AT}"), "valid");
    desk.run(1, &format!("seal verify seal.esl {AT}"));
    // Bad twins: nothing is written.
    desk.says(2, &format!("{make} --picture none.png -o bad.esl"), "cannot read none.png");
    desk.says(2, &format!("{make} --picture us.pem -o bad.esl"), "picture");
    desk.says(2, &format!("{make} --picture round.png --width 0 -o bad.esl"), "above zero");
    let late = make.replace("2026-03", "2056-03");
    desk.says(2, &format!("{late} --picture round.png -o bad.esl"), "制章中心");
    assert!(!desk.folder.join("bad.esl").exists());
}

/// Not a test by itself: the time-stamping authority behind a command, when a test below asks for it.
#[test]
fn the_authority_behind_a_command() {
    let Ok(folder) = std::env::var("ESEAL_TEST_AUTHORITY") else { return };
    let read = |name: &str| fs::read(Path::new(&folder).join(name)).unwrap();
    let clerk = Credentials::from_pem(&read("clerk.pem"), &read("clerk.key")).unwrap();
    let answer = TimeStampingAuthority::new(clerk, now()).answer(&read("request")).unwrap();
    fs::write(Path::new(&folder).join("answer"), answer).unwrap();
}

#[test]
fn seals_of_2025_with_a_time_stamp() {
    let desk = Desk::new("stamped");
    let itself = std::env::current_exe().unwrap();
    let ask = format!(
        "cat > request && ESEAL_TEST_AUTHORITY=. {} the_authority_behind_a_command > told 2>&1 && cat answer",
        itself.display()
    );
    desk.put("ask.sh", ask);
    let make =
        format!("seal make {KEY} --signatory us.pem --id 31010600012345 --name 示例有限公司 --picture round.png {AT}");
    let stamped = "--to 2025 --time-stamp-by ./ask.sh";
    fs::set_permissions(desk.folder.join("ask.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    desk.run(0, &format!("{make} {stamped} -o seal.esl"));
    let seal = desk.seal("seal.esl");
    assert!(seal.edition() == Edition::Gmt0031_2025 && seal.time_stamp().is_some());
    desk.says(0, &format!("seal verify seal.esl --trust root.pem {AT}"), "valid");
    desk.run(0, &format!("seal migrate seal.esl {KEY} --trust root.pem {AT} {stamped} -o migrated.esl"));
    desk.run(
        0,
        &format!("seal remake seal.esl {KEY} --trust root.pem {AT} --reason carrier-lost {stamped} -o again.esl"),
    );
    assert!(desk.seal("migrated.esl").time_stamp().is_some() && desk.seal("again.esl").time_stamp().is_some());
    assert_ne!(desk.seal("migrated.esl").time_stamp(), seal.time_stamp());
    // A plan's seals are stamped one by one.
    desk.put("old/a.esl", desk.old("3101060011", Edition::Gmt0031_2014, 500));
    desk.run(0, "plan old --to 2025 --trust root.pem --at 2026-03-01T00:00:00Z --out plan.json");
    let carry = format!("carry-out plan.json {KEY} --trust root.pem --ledger register -o new {AT}");
    desk.says(0, &format!("{carry} --time-stamp-by ./ask.sh"), "1 done now");
    let new = fs::read_dir(desk.folder.join("new")).unwrap().next().unwrap().unwrap().path();
    assert!(Seal::from_der(&fs::read(new).unwrap()).unwrap().time_stamp().is_some());
    // Bad twins: no answer, no authority's answer, an answer to another request, an edition without a place for it.
    desk.says(2, &format!("{make} --to 2025 --time-stamp-by false -o bad.esl"), "the command ended with");
    desk.says(2, &format!("{make} --to 2025 --time-stamp-by date -o bad.esl"), "time");
    desk.put("stale.sh", "cat answer");
    fs::set_permissions(desk.folder.join("stale.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    desk.run(2, &format!("{make} --to 2025 --time-stamp-by ./stale.sh -o bad.esl"));
    desk.says(2, &format!("{make} --time-stamp-by ./ask.sh -o bad.esl"), "no place for a time stamp");
    desk.says(
        2,
        &format!("seal migrate seal.esl {KEY} --trust root.pem {AT} --time-stamp-by ./ask.sh -o bad.esl"),
        "--to 2025",
    );
    assert!(!desk.folder.join("bad.esl").exists());
}

#[test]
fn migrate() {
    let desk = Desk::new("migrate");
    desk.put("old.esl", desk.old("3101060001", Edition::Gmt0031_2014, 500));
    let migrate = format!("seal migrate {KEY} --trust root.pem {AT}");
    desk.says(0, &format!("{migrate} old.esl -o new.esl"), "The old seal stays in force");
    let (old, new) = (desk.seal("old.esl"), desk.seal("new.esl"));
    assert_eq!((new.edition(), new.id(), new.validity()), (Edition::Gbt38540_2020, old.id(), old.validity()));
    assert_eq!(new.picture().unwrap(), old.picture().unwrap());
    desk.says(0, "seal show new.esl", "(3101060001), at 2026-03-01T00:00:00Z by");
    desk.run(0, &format!("{migrate} old.esl -o new5.esl --to 2025"));
    assert_eq!(desk.seal("new5.esl").edition(), Edition::Gmt0031_2025);

    // With a register it is recorded along, with one stroke.
    desk.run(0, &format!("{migrate} old.esl -o on-record.esl --ledger register --owner {OWNER} --by clerk"));
    let states = [("3101060001".to_owned(), State::Superseded), ("3101060001".to_owned(), State::Active)];
    assert_eq!(desk.states("register"), states);
    // A seal that was superseded has no second successor, and nothing is written.
    let again = format!("{migrate} old.esl -o twice.esl --ledger register --owner {OWNER}");
    desk.says(2, &again, "superseded");
    assert!(!desk.folder.join("twice.esl").exists());
    assert_eq!(desk.states("register"), states);

    let mut forged = desk.read("old.esl");
    let at = forged.windows(6).position(|window| window == "示例".as_bytes()).unwrap();
    forged[at + 2] ^= 1;
    desk.put("forged.esl", &forged);
    desk.says(2, &format!("{migrate} forged.esl -o bad.esl"), "seal.maker-signature");
    desk.put("cut.esl", &desk.read("old.esl")[..300]);
    desk.says(2, &format!("{migrate} cut.esl -o bad.esl"), "cut.esl");
    desk.says(2, &format!("{migrate} old.esl --name 另一公司 -o bad.esl"), "keeps the name");
    desk.says(2, &format!("{migrate} old.esl --to 2014 -o bad.esl"), "no longer made");
    assert!(!desk.folder.join("bad.esl").exists());
}

/// The structure of a product from before 2014, packed without gaps, its picture behind it.
fn packed(name: &str) -> Vec<u8> {
    let mut bytes = vec![0; 318];
    bytes[..2].copy_from_slice(b"ES");
    bytes[6..9].copy_from_slice(b"PNG");
    bytes[10..14].copy_from_slice(&(PNG.len() as u32).to_le_bytes());
    bytes[78..78 + name.len()].copy_from_slice(name.as_bytes());
    bytes.extend(PNG);
    bytes
}

#[test]
fn migrate_what_is_no_seal() {
    let desk = Desk::new("migrate-other");
    desk.put("vendor.dat", packed("示例有限公司"));
    let migrate = format!("seal migrate {KEY} --trust root.pem {AT} --signatory us.pem");
    desk.says(2, &format!("{migrate} round.png -o bad.esl"), "give --id, --name and --signatory");
    desk.run(
        0,
        &format!("{migrate} round.png --id 3101060002 --name 示例有限公司 --width 40 --years 2 -o picture.esl"),
    );
    let seal = desk.seal("picture.esl");
    assert_eq!((seal.name(), seal.picture().unwrap().bytes()), ("示例有限公司", PNG));
    assert_eq!((seal.picture().unwrap().width(), seal.validity().not_after), (Mm(40.0), now().plus_years(2)));
    let records = Provenance::of(&seal, Provenance::DEFAULT_OID).unwrap();
    assert_eq!(records[0].source_format, SourceFormat::Picture);
    assert_eq!(Sm3::from_octets(records[0].source_sm3), Sm3::of(PNG));

    // The vendor's data say the name; another one asks for another seal.
    desk.run(0, &format!("{migrate} vendor.dat --id 3101060003 -o vendor.esl --ledger register --owner {OWNER}"));
    assert_eq!(desk.seal("vendor.esl").name(), "示例有限公司");
    let states = [("3101060003".to_owned(), State::Superseded), ("3101060003".to_owned(), State::Active)];
    assert_eq!(desk.states("register"), states);
    desk.says(2, &format!("{migrate} vendor.dat --id 3101060003 --name 另一公司 -o bad.esl"), "a new name asks for");
    desk.says(2, &format!("{migrate} root.pem --id 3101060003 --name x -o bad.esl"), "root.pem");
    let nobody = migrate.replace("--signatory us.pem", "");
    desk.run(2, &format!("{nobody} round.png --id 3101060002 --name 示例 -o bad.esl"));
    assert!(!desk.folder.join("bad.esl").exists());
}

#[test]
fn remake() {
    let desk = Desk::new("remake");
    desk.put("old.esl", desk.old("3101060004", Edition::Gbt38540_2020, 10));
    desk.put("new.svg", r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"/>"#);
    let remake = format!("seal remake old.esl {KEY} --trust root.pem {AT}");
    desk.says(0, &format!("{remake} --reason expiry --years 1 -o new.esl"), "remade 3101060004");
    assert_eq!(desk.seal("new.esl").validity().not_after, now().plus_years(1));
    desk.run(0, &format!("{remake} --reason certificate-renewed --signatory renewed.pem -o renewed.esl"));
    assert!(desk.seal("renewed.esl").signatories().names(desk.renewed.credentials.certificate()));
    assert_eq!(desk.seal("renewed.esl").validity().not_after, now().plus_days(10));
    desk.run(0, &format!("{remake} --reason picture-changed --picture new.svg -o picture.esl"));

    let recorded = format!("{remake} --reason carrier-lost -o lost.esl --ledger register --owner {OWNER} --by clerk");
    desk.run(0, &recorded);
    desk.says(0, "seal history old.esl --ledger register", "supersede");
    desk.says(0, "seal history lost.esl --ledger register", "remake (carrier-lost)");

    desk.says(2, &format!("{remake} --reason expiry -o bad.esl"), "a new validity");
    desk.says(2, &format!("{remake} --reason renamed -o bad.esl"), "expected one of expiry");
    desk.says(2, &format!("{remake} --reason carrier-lost --picture new.svg -o bad.esl"), "keeps its picture");
    desk.says(2, &format!("{remake} --reason key-compromised --signatory us.pem -o bad.esl"), "a new key");
    assert!(!desk.folder.join("bad.esl").exists());
}

/// Six old seals, and what is to become of each.
fn archive(desk: &Desk) {
    desk.put("old/a-2014.esl", desk.old("3101060011", Edition::Gmt0031_2014, 500));
    desk.put("old/b-good.esl", desk.old("3101060012", Edition::Gbt38540_2020, 500));
    desk.put("old/c-ending.esl", desk.old("3101060013", Edition::Gbt38540_2020, 10));
    desk.put("old/d-twin.esl", desk.read("old/a-2014.esl"));
    desk.put("old/e-picture.png", PNG);
    desk.put("old/f-cut.esl", &desk.read("old/b-good.esl")[..200]);
    let picture =
        format!(r#"{{"owner": "{OWNER}", "id": "3101060015", "name": "示例有限公司", "signatories": ["us.pem"]}}"#);
    desk.put("about.json", format!(r#"{{"old/e-picture.png": {picture}, "old/b-good.esl": {{"owner": "{OWNER}"}}}}"#));
}

const PLAN: &str = "plan old --trust root.pem --about about.json --at 2026-03-01T00:00:00Z";

#[test]
fn plan_and_carry_out() {
    let desk = Desk::new("plan");
    archive(&desk);
    // One is refused, and the command's end says so.
    desk.says(1, &format!("{PLAN} --out plan.json"), "1 keep, 2 migrate, 1 refuse, 1 remake, 1 skip");
    let plan: Plan = serde_json::from_slice(&desk.read("plan.json")).unwrap();
    let steps: Vec<_> = plan.items.iter().map(|item| &item.step).collect();
    assert!(matches!(
        steps.as_slice(),
        [
            Step::Migrate { .. },
            Step::Keep,
            Step::Remake { .. },
            Step::Skip { .. },
            Step::Migrate { .. },
            Step::Refuse { .. }
        ]
    ));
    let carry = format!(
        "carry-out plan.json {KEY} --trust root.pem --about about.json --ledger register --by clerk -o new {AT}"
    );
    desk.says(0, &carry, "6 lines: 6 done now, 0 before, 0 failed");
    let find = |stem: &str| {
        let mut names = fs::read_dir(desk.folder.join("new")).unwrap().map(|entry| entry.unwrap().path());
        names.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(stem))
    };
    for (stem, id) in [("a-2014", "3101060011"), ("c-ending", "3101060013"), ("e-picture", "3101060015")] {
        let seal = Seal::from_der(&fs::read(find(stem).unwrap()).unwrap()).unwrap();
        assert_eq!((seal.id(), seal.edition()), (id, Edition::Gbt38540_2020));
    }
    assert!(find("b-good").is_none() && find("d-twin").is_none() && find("f-cut").is_none());
    let ledger = desk.ledger("register");
    assert!(ledger.verify().unwrap().is_sound());
    let refused = ledger.history(Lookup::Id("old/f-cut.esl")).unwrap();
    assert_eq!(refused.last().unwrap().operation, Operation::Reject);
    assert_eq!(refused.last().unwrap().evidence[0].sm3, Sm3::of(&desk.read("old/f-cut.esl")));
    let head = ledger.head().unwrap();
    let states = desk.states("register");
    let active = states.iter().filter(|(_, state)| *state == State::Active).count();
    assert_eq!((states.len(), active), (7, 4), "{states:?}");
    drop(ledger);
    desk.says(0, "seal history old/f-cut.esl --ledger register", "reject");

    // Again: nothing is done twice, and a file that is missing is written from the register.
    let lost = find("a-2014").unwrap();
    let bytes = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    desk.says(0, &carry, "6 lines: 0 done now, 6 before, 0 failed");
    assert_eq!(fs::read(&lost).unwrap(), bytes);
    assert_eq!(desk.ledger("register").head().unwrap(), head);
    // Planned anew, the register's word counts: what was superseded is not migrated again.
    let told = desk.run(1, &format!("{PLAN} --ledger register").replace("03-01T", "03-02T"));
    let refused = told.lines().filter(|line| line.contains("refuse: ") && line.contains("superseded")).count();
    assert_eq!(refused, 2, "{told}");
}

#[test]
fn a_plan_is_about_these_bytes_and_no_others() {
    let desk = Desk::new("plan-bad");
    archive(&desk);
    desk.run(1, &format!("{PLAN} --out plan.json"));
    let carry = format!("carry-out plan.json {KEY} --trust root.pem --about about.json --ledger register -o new {AT}");
    // One was exchanged since, one is gone; the others are carried out.
    desk.put("old/a-2014.esl", desk.old("3101060099", Edition::Gmt0031_2014, 500));
    let ending = desk.read("old/c-ending.esl");
    fs::remove_file(desk.folder.join("old/c-ending.esl")).unwrap();
    let told = desk.run(1, &carry);
    assert!(told.contains("old/a-2014.esl  FAILED: the plan is about"), "{told}");
    assert!(told.contains("old/c-ending.esl  FAILED: cannot read"), "{told}");
    assert!(told.contains("4 done now, 0 before, 2 failed"), "{told}");
    // Back again it goes on with what was left.
    desk.put("old/c-ending.esl", ending);
    desk.says(1, &carry, "1 done now, 4 before, 1 failed");

    desk.put("no-plan.json", "{}");
    desk.says(2, &carry.replace("plan.json", "no-plan.json"), "is not a plan");
    desk.put("about.json", r#"{"old/nobody.esl": {}}"#);
    desk.says(2, &carry, "none of the files");
    desk.put("about.json", r#"{"old/b-good.esl": {"ownr": "x"}}"#);
    desk.says(2, &carry, "unknown field");
    let forged = carry.replace("maker.key", "us.key").replace("register", "other");
    desk.put("us.key", &desk.us.key_pem);
    desk.put("about.json", "{}");
    desk.run(2, &forged);
    assert!(!desk.folder.join("other").exists());
}

#[test]
fn deeds_lists_and_histories() {
    let desk = Desk::new("deeds");
    desk.put("one.esl", desk.old("3101060021", Edition::Gbt38540_2020, 500));
    desk.put("two.esl", desk.old("3101060022", Edition::Gbt38540_2020, 20));
    for seal in ["one.esl", "two.esl"] {
        desk.run(
            0,
            &format!("seal register {seal} --ledger register --owner {OWNER} --by clerk --at 2025-06-01T00:00:00Z"),
        );
    }
    desk.says(2, &format!("seal register one.esl --ledger register --owner {OWNER} --by clerk"), "cannot become made");
    desk.run(0, "seal freeze 3101060021 --ledger register --by clerk --because 失窃待查 --at 2025-07-01T00:00:00Z");
    desk.says(2, "seal freeze one.esl --ledger register --by clerk", "a seal that is frozen");
    desk.run(0, "seal unfreeze one.esl --ledger register --by clerk --at 2025-08-01T00:00:00Z");
    desk.says(2, "seal freeze 3101069999 --ledger register --by clerk", "no seal 3101069999 is on record");
    desk.says(2, "seal freeze one.esl --ledger nowhere --by clerk", "nowhere");
    desk.says(2, "seal cancel one.esl --ledger register --by clerk --reason bored", "possible values");
    desk.run(0, "seal cancel two.esl --ledger register --by clerk --reason renamed --at 2025-09-01T00:00:00Z");
    let told = desk.run(2, "seal unfreeze two.esl --ledger register --by clerk");
    assert!(told.contains("cancelled") && told.contains("active"), "{told}");
    // A deed cannot be slipped in before the last one.
    let early = "seal freeze one.esl --ledger register --by clerk --at 2025-06-15T00:00:00Z";
    desk.says(2, early, "before what happened to the seal last");

    let list = |at: &str| desk.run(0, &format!("seal list --ledger register --at {at}"));
    assert!(list("2025-06-15T00:00:00Z").contains("2 seals, 2 in force"));
    assert!(list("2025-07-15T00:00:00Z").contains("2 seals, 1 in force"));
    assert!(list("2025-09-15T00:00:00Z").contains("cancelled"));
    let json: serde_json::Value =
        serde_json::from_str(&desk.run(0, "seal list --ledger register --id 3101060022 --json")).unwrap();
    assert_eq!(json[0]["state"], "cancelled");
    desk.says(0, "seal list --ledger register --owner nobody", "0 seals");
    let history = desk.run(0, "seal history one.esl --ledger register");
    assert!(history.lines().count() == 4 && history.contains("失窃待查"), "{history}");
    desk.says(1, "seal history 3101069999 --ledger register", "nothing is on record");
}

/// The lines of an export, its end written anew as somebody would who cuts it.
fn cut(lines: &str, entries: usize) -> String {
    let mut kept = String::new();
    let (mut count, mut last) = (0, String::new());
    for line in lines.lines().filter(|line| !line.starts_with("{\"end\"")) {
        if line.starts_with("{\"entry\"") {
            if count == entries {
                break;
            }
            count += 1;
            last = line.rsplit_once("\"sm3\":\"").unwrap().1.trim_end_matches("\"}").to_owned();
        }
        kept += &format!("{line}\n");
    }
    kept + &format!("{{\"end\":{{\"length\":{count},\"sm3\":\"{last}\"}}}}\n")
}

#[test]
fn registers_are_verified_exported_and_imported() {
    let desk = Desk::new("ledger");
    desk.put("one.esl", desk.old("3101060031", Edition::Gbt38540_2020, 500));
    desk.run(
        0,
        &format!("seal register one.esl --ledger register --owner {OWNER} --by clerk --at 2025-06-01T00:00:00Z"),
    );
    desk.run(0, "seal freeze one.esl --ledger register --by clerk --because lost");
    desk.run(0, "seal unfreeze one.esl --ledger register --by clerk");
    desk.run(0, &format!("ledger checkpoint register {KEY} -o checkpoint.json {AT}"));
    desk.says(0, "ledger export register -o lines.jsonl", "exported 4 entries");
    let lines = String::from_utf8(desk.read("lines.jsonl")).unwrap();
    let against = "--checkpoint checkpoint.json --keeper maker.pem";
    desk.says(0, &format!("ledger verify lines.jsonl {against}"), "sound: 4 entries");

    // Cut at an entry, and the end written anew: the chain holds, and the checkpoint shows it.
    desk.put("cut.jsonl", cut(&lines, 3));
    desk.says(0, "ledger verify cut.jsonl", "sound: 3 entries");
    desk.says(1, &format!("ledger verify cut.jsonl {against}"), "the signed checkpoint counts 4 entries, 3 are left");
    desk.run(0, "ledger import cut.jsonl --ledger shorter");
    desk.says(1, &format!("ledger verify shorter {against}"), "the signed checkpoint counts 4 entries, 3 are left");
    // Gone on otherwise after the cut: as long as before, and not the same.
    desk.run(0, "seal cancel one.esl --reason ordered --ledger shorter --by thief");
    desk.says(1, &format!("ledger verify shorter {against}"), "up to it all was rewritten");
    desk.run(0, "ledger export shorter -o other.jsonl");
    desk.says(1, &format!("ledger verify other.jsonl {against}"), "BROKEN at entry 3");
    // A checkpoint that was changed, or of somebody else's key, is none.
    let checkpoint = String::from_utf8(desk.read("checkpoint.json")).unwrap();
    desk.put("forged.json", checkpoint.replace("\"length\":4", "\"length\":3"));
    desk.says(2, "ledger verify cut.jsonl --checkpoint forged.json --keeper maker.pem", "not to be believed");
    desk.says(2, "ledger verify cut.jsonl --checkpoint checkpoint.json --keeper us.pem", "not to be believed");

    desk.says(0, "ledger import lines.jsonl --ledger copy", "imported 4 entries");
    desk.run(0, "ledger export copy -o again.jsonl");
    assert_eq!(desk.read("again.jsonl"), lines.as_bytes());
    // An import that broke off takes what is missing; one of another register does not go in.
    desk.says(0, "ledger import lines.jsonl --ledger copy", "imported 4 entries");
    desk.says(2, "ledger import other.jsonl --ledger copy", "holds another entry 3");
    for (at, what) in [(1, "{\"seal\""), (2, "{\"entry\"")] {
        let mut list: Vec<_> = lines.lines().collect();
        assert!(list.remove(at).starts_with(what));
        desk.put("gap.jsonl", list.join("\n") + "\n");
        desk.says(1, "ledger verify gap.jsonl", "BROKEN at entry 0");
        desk.says(2, "ledger import gap.jsonl --ledger never", "not imported");
    }
    assert!(!Path::new(&desk.folder.join("never")).exists());
    desk.says(2, "ledger verify one.esl", "not a register");
    desk.says(2, "ledger verify nowhere", "nowhere");
    #[cfg(not(feature = "postgres"))]
    desk.says(2, "ledger verify postgresql://127.0.0.1/none", "without PostgreSQL");
    #[cfg(feature = "postgres")]
    desk.run(2, "ledger verify postgresql://nobody@127.0.0.1:1/none?connect_timeout=2");
}

/// Each form from the program: the same seal as SVG, PNG, PDF and OFD, and nothing that was asked for left out in
/// silence.
#[test]
fn draw() {
    let desk = Desk::new("draw");
    let font = |name: &str| fs::read(format!("{}/testdata/fonts/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    desk.put("song.otf", font("NotoSerifCJKsc-Bold-subset.otf"));
    desk.put("figures.ttf", font("SealFigures.ttf"));
    desk.put("tibetan.ttf", font("NotoSerifTibetan-Bold-subset.ttf"));
    let fonts = "--font song.otf --figures-font figures.ttf";
    let draw = format!("seal draw 示例贸易有限公司 --owner limited-company --code 1101010000015 {fonts}");
    for (ending, beginning) in [
        ("svg", &b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40mm\" height=\"40mm\""[..]),
        ("png", &[0x89, b'P', b'N', b'G']),
        ("pdf", b"%PDF-"),
        ("ofd", b"PK"),
        ("xml", b"<ofd:PathObject ID=\"1\""),
    ] {
        desk.says(0, &format!("{draw} -o seal.{ending}"), "pass drawing.size");
        assert!(desk.read(&format!("seal.{ending}")).starts_with(beginning), "{ending}");
    }
    let picture = "--picture seal.ofd --width 40 -o seal.esl";
    desk.says(
        0,
        &format!("seal make {KEY} --signatory us.pem --id 31010600012345 --name 示例有限公司 {picture} {AT}"),
        "made 31010600012345",
    );
    assert_eq!(desk.seal("seal.esl").picture().unwrap().bytes(), desk.read("seal.ofd"));
    for (good, size) in [
        ("示例公司 --owner invoice --code 91110101MA00000000 --number 2", "40 mm × 30 mm"),
        ("示例市税务局 --owner tax-office --row 征税专用章", "40 mm × 30 mm"),
        ("王小明 --owner legal-representative --ending", "18 mm × 18 mm"),
        ("张三 --form square --width 20 --ending=之印 --yin --colour #C00000", "20 mm × 20 mm"),
        ("示例市 --diameter 45 --star --second-name གྲོང་ཁྱེར --second-font tibetan.ttf", "45 mm × 45 mm"),
    ] {
        desk.says(0, &format!("seal draw {good} {fonts} -o other.svg"), size);
    }
    desk.says(0, "seal draw --owner list", "trade-union");
    // A rule is broken: it is drawn, and told.
    desk.says(1, &format!("{draw} --diameter 42 -o large.svg"), "FAIL drawing.size");
    assert!(desk.folder.join("large.svg").exists());
    for (bad, words) in [
        (format!("{draw} --number 2"), "--number does not go with a round seal"),
        (format!("{draw} --yin"), "--yin does not go with a round seal"),
        (format!("seal draw 王 --owner legal-representative {fonts} --star"), "--star does not go with a square seal"),
        (format!("seal draw 示例 {fonts}"), "give --owner or --diameter"),
        (format!("seal draw 示例 {fonts} --form oval"), "give --owner or --width"),
        (format!("seal draw 龘 {fonts} --diameter 42"), "龘"),
        (format!("seal draw 示例 {fonts} --owner nobody"), "limited-company"),
        (format!("seal draw 示例 {fonts} --diameter 42 --ending=章"), "印 or 之印"),
    ] {
        desk.says(2, &format!("{bad} -o bad.svg"), words);
    }
    desk.says(2, &format!("{draw} -o bad.jpg"), "svg, png, pdf, ofd or xml");
    assert!(!desk.folder.join("bad.svg").exists() && !desk.folder.join("bad.jpg").exists());
}

/// A signature without a seal shows nothing, and may close a document; whoever protects chosen files alone is told what
/// that comes to.
#[test]
fn signatures_without_a_seal() {
    let desk = Desk::new("sign");
    desk.put("us.key", &desk.us.key_pem);
    desk.put("form.ofd", fs::read(format!("{}/testdata/ofd/helloworld.ofd", env!("CARGO_MANIFEST_DIR"))).unwrap());
    let sign = format!("stamp form.ofd --certificate us.pem --key us.key {AT}");
    desk.run(0, &format!("{sign} --lock -o closed.ofd"));
    let told = desk.run(0, &format!("verify closed.ofd --trust root.pem {AT}"));
    assert!(told.contains("signature \"s001\" (Sign ") && !told.contains("  seal  "), "{told}");
    desk.says(2, &sign.replace("form.ofd", "closed.ofd").replace("--key", "-o again.ofd --key"), "locked");
    desk.run(0, &format!("{sign} --payload cms-digest -o digest.ofd"));
    desk.run(0, &format!("{sign} --protect /Doc_0/Document.xml -o some.ofd"));
    desk.says(1, &format!("verify some.ofd --trust root.pem {AT}"), "FAIL document.coverage");
    for (more, words) in [
        ("--page 1 --left 20", "shows no picture"),
        ("--payload seal-signature", "needs a seal"),
        ("--protect /none", "/none"),
        ("--seal none.esl", "--trust"),
    ] {
        desk.says(2, &format!("{sign} {more} -o bad.ofd"), words);
    }
    assert!(!desk.folder.join("bad.ofd").exists());
}

#[test]
fn forms_of_others_are_listed_and_filled_in() {
    let desk = Desk::new("forms");
    desk.put("form.pdf", include_bytes!("../testdata/forms/reportlab.pdf"));
    desk.put("font.otf", include_bytes!("../testdata/letters/LetterSong-subset.otf"));
    desk.put("data.json", r#"{"text_solid": "电子印章", "limited": 12345, "agreed": true, "uses": ["a", "c"]}"#);
    desk.says(0, "form fields form.pdf", "kind: radio buttons = \"first\" of \"first\", \"second\", \"third\"");
    let fill = "form fill form.pdf --font font.otf --output filled.pdf --data";
    desk.says(0, &format!("{fill} data.json"), "filled in filled.pdf");
    let told: serde_json::Value = serde_json::from_str(&desk.run(0, "form fields filled.pdf --json")).unwrap();
    let values = |name: &str| {
        let field = told.as_array().unwrap().iter().find(|field| field["name"] == name).unwrap();
        field["values"].clone()
    };
    assert_eq!(values("text_solid"), serde_json::json!(["电子印章"]));
    assert_eq!(values("limited"), serde_json::json!(["12345"]));
    assert_eq!((values("agreed"), values("uses")), (serde_json::json!(["Yes"]), serde_json::json!(["a", "c"])));
    desk.says(0, &format!("{fill} data.json --flatten"), "filled in");
    assert_eq!(desk.run(0, "form fields filled.pdf"), "");
    for (data, said) in [
        (r#"{"nobody": "电"}"#, "has no field \"nobody\""),
        (r#"{"limited": "123456"}"#, "the field \"limited\": the text has 6 characters"),
        (r#"{"limited": {}}"#, "the value of \"limited\" is {}"),
        ("[]", "no JSON object"),
    ] {
        desk.put("wrong.json", data);
        desk.says(2, &format!("{fill} wrong.json"), said);
    }
}
