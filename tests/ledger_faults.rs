//! What may happen to a register: its process is killed, the disk is full, the file may not be written, is
//! in use, or damaged. With real processes; `.ci/kill-city` does the killing in large.

#![cfg(all(feature = "cli", unix))]

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use eseal::authority::{Algorithm, Authority};
use eseal::ledger::{Deed, FileStore, Head, Sm3, Standing};
use eseal::lifecycle::{Operation, State};
use eseal::{ErrorKind, Ledger, Time};

/// A folder of a test's own, empty at first and gone at last.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("eseal-faults-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::set_permissions(&self.0, Permissions::from_mode(0o755));
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The example, which `cargo test` builds along; built here when only this test was asked for.
fn city() -> PathBuf {
    let profile = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    let path = profile.join("examples/city");
    if !path.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--all-features", "--example", "city"]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    }
    path
}

fn eseal(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eseal")).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn run_city(folder: &Path, old: usize, new: usize) -> Command {
    let mut command = Command::new(city());
    command.arg("--folder").arg(folder);
    command.args(["--old", &old.to_string(), "--new", &new.to_string(), "--acknowledge"]);
    command
}

fn head_of(folder: &Path) -> Head {
    let ledger = Ledger::new(FileStore::open_read_only(folder.join("register")).unwrap());
    assert!(ledger.verify().unwrap().is_sound());
    ledger.head().unwrap()
}

/// Numbers that look like chance and are the same each time, unless a seed is given.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        Chance(std::env::var("ESEAL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20260301))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn killed_at_any_point_it_ends_in_the_same_register() {
    let kills: usize = std::env::var("ESEAL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(5);
    let (old, new) = (30, 10);
    let whole = Folder::new("whole");
    let begun = Instant::now();
    let output = run_city(&whole.0, old, new).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let took = begun.elapsed();
    let expected = head_of(&whole.0);

    let (mut chance, mut killed, mut round) = (Chance::new(), 0, 0);
    while killed < kills {
        round += 1;
        let folder = Folder::new(&format!("killed-{round}"));
        let mut acknowledged = 0;
        loop {
            let after = took.mul_f64(chance.below(1000) as f64 / 1000.0);
            // Enough were killed: the last one may end.
            let after = if killed < kills { after } else { Duration::from_secs(600) };
            let (length, ended) = run_until(&folder.0, old, new, after);
            acknowledged = acknowledged.max(length);
            if ended {
                break;
            }
            killed += 1;
            // Now and then somebody looks before it goes on, else it has to recover by itself.
            if chance.below(2) == 0 && folder.join("register").exists() {
                check_register(&folder.join("register"), acknowledged);
            }
        }
        assert_eq!(head_of(&folder.0), expected, "round {round}, after {killed} kills");
    }
}

/// Lets the city run for so long, then kills it; answers what it acknowledged and whether it had ended.
fn run_until(folder: &Path, old: usize, new: usize, after: Duration) -> (u64, bool) {
    let mut child = run_city(folder, old, new).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = thread::spawn(move || {
        let told = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("recorded ")?.parse::<u64>().ok());
        told.max().unwrap_or(0)
    });
    let deadline = Instant::now() + after;
    let mut ended = None;
    while ended.is_none() && Instant::now() < deadline {
        ended = child.try_wait().unwrap();
        thread::sleep(Duration::from_millis(1));
    }
    if ended.is_none() {
        // SIGKILL: nothing in the process runs after it.
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    if let Some(status) = ended {
        assert!(status.success(), "{}", told(&output));
    }
    (reader.join().unwrap(), ended.is_some())
}

/// Nothing acknowledged is lost, nothing is doubled, and no old seal went out of force without a new one.
fn check_register(path: &Path, acknowledged: u64) {
    let ledger = Ledger::new(FileStore::open(path).unwrap());
    let examination = ledger.verify().unwrap();
    assert!(examination.is_sound(), "{examination}");
    assert!(ledger.head().unwrap().length >= acknowledged, "{acknowledged} were acknowledged");
    let now = "2026-03-01T08:00:00+08:00".parse().unwrap();
    let list = ledger.list(now).unwrap();
    let active: Vec<_> = list.iter().filter(|standing| standing.state == State::Active).collect();
    let mut ids: Vec<_> = active.iter().map(|standing| &standing.seal.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), active.len(), "two seals in force have one identifier");
    let replaced = |old: &Standing| active.iter().any(|new| new.seal.sm3 == old.counterpart);
    assert!(list.iter().filter(|standing| standing.state == State::Superseded).all(replaced));
    ledger.into_store().close().unwrap();
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    let (folder, whole) = (Folder::new("full"), Folder::new("full-whole"));
    assert!(run_city(&folder.0, 12, 2).output().unwrap().status.success());
    let before = fs::metadata(folder.join("register")).unwrap().len();
    // Files may grow to 64 KiB more; the signal that would tell so is ignored, and writing fails.
    let blocks = (before + (64 << 10)) / 512;
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]).arg(city());
    limited.arg("--folder").arg(&folder.0).args(["--old", "12", "--new", "150", "--acknowledge"]);
    let output = limited.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("make room"), "{}", told(&output));
    let acknowledged = told(&output).lines().filter_map(|line| line.strip_prefix("recorded ")?.parse().ok()).max();
    check_register(&folder.join("register"), acknowledged.unwrap_or(0));
    // With room again it goes on.
    assert!(run_city(&folder.0, 12, 150).output().unwrap().status.success());
    assert!(run_city(&whole.0, 12, 150).output().unwrap().status.success());
    assert_eq!(head_of(&folder.0), head_of(&whole.0));
}

fn now() -> Time {
    "2026-03-01T08:00:00+08:00".parse().unwrap()
}

fn filled(path: &Path, count: usize) -> Ledger<FileStore> {
    let ledger = Ledger::new(FileStore::create(path).unwrap());
    for number in 0..count {
        let bytes = format!("the bytes of seal {number}").repeat(20).into_bytes();
        let seal = Sm3::of(&bytes);
        let made = Deed::kept(Operation::Make, format!("seal {number}"), "91310000MA1FL0000X", bytes).by("制章系统");
        ledger.record(&[made, Deed::known(Operation::Issue, seal).by("王工")], now()).unwrap();
    }
    ledger
}

#[test]
fn a_register_that_may_not_be_written_can_be_read() {
    let folder = Folder::new("read-only");
    let register = folder.join("register");
    filled(&register, 3).into_store().close().unwrap();
    let bytes = fs::read(&register).unwrap();
    // Root may write everything, so the program runs as nobody.
    let program = folder.join("eseal");
    fs::copy(env!("CARGO_BIN_EXE_eseal"), &program).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&register, Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(&folder.0, Permissions::from_mode(0o555)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            command.uid(65534).gid(65534);
        }
        command.args(arguments).arg("--ledger").arg(&register).output().unwrap()
    };
    let refused = run(&["seal", "freeze", "seal 1", "--by", "x"]);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    assert!(told(&refused).contains("needs the permission"), "{}", told(&refused));
    let listed = run(&["seal", "list", "--at", "2026-03-02T00:00:00Z"]);
    assert!(listed.status.success(), "{}", told(&listed));
    assert!(told(&listed).contains("3 seals, 3 in force"), "{}", told(&listed));
    assert_eq!(fs::read(&register).unwrap(), bytes);
}

#[test]
fn a_register_in_use_is_told() {
    let folder = Folder::new("locked");
    let register = folder.join("register");
    let held = filled(&register, 2);
    let path = register.to_str().unwrap();
    for arguments in [
        vec!["seal", "list", "--ledger", path],
        vec!["seal", "freeze", "seal 1", "--by", "x", "--ledger", path],
        vec!["ledger", "verify", path],
    ] {
        let output = eseal(&arguments);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains("in use by another process"), "{}", told(&output));
    }
    assert!(held.verify().unwrap().is_sound());
    held.into_store().close().unwrap();
    assert!(eseal(&["ledger", "verify", path]).status.success());
}

#[test]
fn any_byte_that_changed_in_a_closed_register_is_found() {
    let folder = Folder::new("damaged");
    let register = folder.join("register");
    filled(&register, 3).into_store().close().unwrap();
    let bytes = fs::read(&register).unwrap();
    let mut chance = Chance::new();
    // The header's every byte, and one in each of 300 parts of the whole file.
    let places = (0..80).chain(spread(bytes.len(), 300, &mut chance)).collect::<Vec<_>>();
    let refused = |bad: &[u8], what: &str| {
        fs::write(&register, bad).unwrap();
        for opened in [FileStore::open(&register), FileStore::open_read_only(&register)] {
            assert_eq!(opened.expect_err(what).kind(), ErrorKind::Store, "{what}");
        }
        assert_eq!(fs::read(&register).unwrap(), bad, "{what}: it was touched");
    };
    for place in places {
        let mut bad = bytes.clone();
        bad[place] ^= 1 << chance.below(8);
        // One bit apart from "closed" is not "in use", and from that nothing is.
        refused(&bad, &format!("byte {place}"));
    }
    for length in [0, 1, 16, 4095, 4096, 4097, bytes.len() / 2, bytes.len() - 1] {
        refused(&bytes[..length], &format!("cut to {length}"));
    }
    refused(&[bytes.clone(), vec![0]].concat(), "one more byte");
    refused(&[bytes.clone(), vec![0; 4096]].concat(), "one more page");
    let output = eseal(&["ledger", "verify", register.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("damaged"), "{}", told(&output));
    fs::write(&register, &bytes).unwrap();
    assert!(eseal(&["ledger", "verify", register.to_str().unwrap()]).status.success());
}

/// A register as it is when power fails: its pages are checked when it is opened.
#[test]
fn a_damaged_page_in_a_register_that_was_not_closed() {
    let folder = Folder::new("unclosed");
    let (register, copy) = (folder.join("register"), folder.join("copy"));
    let held = filled(&register, 3);
    let head = held.head().unwrap();
    let keeper = Authority::new(Algorithm::Sm2, now()).unwrap().seal_maker().unwrap();
    let checkpoint = held.checkpoint(&keeper, now()).unwrap();
    let mut exported = Vec::new();
    held.export(&mut exported).unwrap();
    let bytes = fs::read(&register).unwrap();
    drop(held);

    fs::write(&copy, &bytes).unwrap();
    assert!(FileStore::open_read_only(&copy).unwrap_err().to_string().contains("not closed"));
    let ledger = Ledger::new(FileStore::open(&copy).unwrap());
    assert_eq!(ledger.head().unwrap(), head);
    assert!(ledger.verify().unwrap().is_sound());
    drop(ledger);

    let mut chance = Chance::new();
    let (mut refused, mut found, mut same, mut shorter) = (0, 0, 0, 0);
    for place in spread(bytes.len(), 400, &mut chance) {
        let mut bad = bytes.clone();
        bad[place] ^= 1 << chance.below(8);
        fs::write(&copy, &bad).unwrap();
        let looked = FileStore::open(&copy).map(Ledger::new).and_then(|ledger| {
            let examination = ledger.verify()?;
            let mut lines = Vec::new();
            ledger.export(&mut lines)?;
            Ok((examination, lines, ledger.verify_against(&checkpoint)?))
        });
        match looked {
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Store | ErrorKind::Malformed), "byte {place}: {error}");
                refused += 1;
            }
            Ok((examination, ..)) if !examination.is_sound() => found += 1,
            // The byte is in no page that is in use: all that can be had of the register is what was there.
            Ok((_, lines, _)) if lines == exported => same += 1,
            // The last commit is damaged, and to a register that was not closed that is what the loss of power in
            // the midst of it is: it goes back to the commit before. The signed checkpoint shows it.
            Ok((_, _, against)) => {
                assert!(!against.is_sound(), "byte {place}");
                assert_eq!(against.broken.unwrap().sequence, head.length - 2, "byte {place}");
                shorter += 1;
            }
        }
    }
    println!("of 400 bytes: {refused} refused, {found} found, {same} hold nothing, {shorter} went back one commit");
    assert!(refused + found > 0 && same > 0);
}

/// A place in each of so many parts of something of this length.
fn spread(length: usize, parts: usize, chance: &mut Chance) -> Vec<usize> {
    let part = length / parts;
    (0..parts).map(|number| number * part + chance.below(part as u64) as usize).collect()
}
