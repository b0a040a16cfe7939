//! The ledger in PostgreSQL, against a real server. `ESEAL_POSTGRES` says how to reach one, such as
//! `host=127.0.0.1 port=5433 user=postgres`; without it the test has nothing to say. What is done past the ledger is done
//! with the server's own `psql`.

#![cfg(feature = "postgres")]

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use eseal::ledger::{Deed, MemoryStore, PostgresStore, Sm3, examine_lines};
use eseal::lifecycle::{Operation, State};
use eseal::{ErrorKind, Ledger, Time};

const WRITERS: usize = 8;
const EACH: usize = 25;

fn now() -> Time {
    "2026-03-01T08:00:00+08:00".parse().unwrap()
}

/// What the server answers, or how it refuses.
fn sql(address: &str, text: &str) -> Result<String, String> {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", text]);
    let output = psql.output().expect("psql, which comes with the server, can be run");
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(told(&output.stdout)) } else { Err(told(&output.stderr)) }
}

/// A schema of its own for each test; what earlier runs left is removed.
fn server(schema: &str) -> Option<String> {
    let Ok(address) = std::env::var("ESEAL_POSTGRES") else {
        eprintln!("ESEAL_POSTGRES names no server: nothing is tested");
        return None;
    };
    sql(&address, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
    Some(format!("{address} application_name={schema} options='-c search_path={schema}'"))
}

fn make(name: &str) -> (Sm3, [Deed; 2]) {
    let bytes = format!("the bytes of {name}").into_bytes();
    let seal = Sm3::of(&bytes);
    let made = Deed::kept(Operation::Make, name, "91310000MA1FL0000X", bytes).by("制章系统");
    (seal, [made, Deed::known(Operation::Issue, seal).by("王工")])
}

#[test]
fn many_writers_lose_and_double_nothing() {
    let Some(address) = server("eseal_many") else { return };
    let done = Arc::new(AtomicBool::new(false));
    // While they write, one reads, and never sees a chain that does not hold.
    let reader = {
        let (address, done) = (address.clone(), Arc::clone(&done));
        thread::spawn(move || {
            let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
            let mut length = 0;
            while !done.load(Ordering::Relaxed) {
                let head = ledger.head().unwrap();
                assert!(head.length >= length);
                length = head.length;
            }
        })
    };
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let address = address.clone();
            thread::spawn(move || {
                // A connection of its own, as another machine has.
                let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
                let record = |at: usize| {
                    let (seal, deeds) = make(&format!("seal {writer}/{at}"));
                    ledger.record(&deeds, now()).unwrap();
                    seal
                };
                (0..EACH).map(record).collect::<Vec<_>>()
            })
        })
        .collect();
    let seals: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    done.store(true, Ordering::Relaxed);
    reader.join().unwrap();

    let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
    assert_eq!(ledger.head().unwrap().length, (WRITERS * EACH * 2) as u64);
    let examination = ledger.verify().unwrap();
    assert!(examination.is_sound(), "{examination}");
    assert_eq!(seals.iter().collect::<BTreeSet<_>>().len(), WRITERS * EACH);
    for seal in seals {
        assert_eq!(ledger.status_at(seal, now()).unwrap().unwrap().state, State::Active);
    }
}

#[test]
fn of_two_who_do_the_same_one_does_it() {
    let Some(address) = server("eseal_same") else { return };
    let (seal, deeds) = make("seal");
    let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
    ledger.record(&deeds, now()).unwrap();
    let freezers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let address = address.clone();
            thread::spawn(move || {
                let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
                ledger.record(&[Deed::known(Operation::Freeze, seal).by(format!("{writer}"))], now())
            })
        })
        .collect();
    let answers: Vec<_> = freezers.into_iter().map(|freezer| freezer.join().unwrap()).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().flat_map(|answer| answer.as_ref().err()).all(|error| error.kind() == ErrorKind::NotAllowed));
    assert_eq!(ledger.head().unwrap().length, 3);
}

#[test]
fn nothing_can_be_changed_and_what_is_forced_is_found() {
    let Some(address) = server("eseal_forced") else { return };
    let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
    for name in ["a", "b", "c"] {
        ledger.record(&make(name).1, now()).unwrap();
    }
    for change in [
        "UPDATE eseal_lines SET text = ''",
        "DELETE FROM eseal_lines WHERE sequence = 5",
        "DELETE FROM eseal_keys",
        "TRUNCATE eseal_blobs",
    ] {
        let told = sql(&address, change).unwrap_err();
        assert!(told.contains("append-only"), "{told}");
    }
    // Whoever owns the tables can switch the triggers off; the chain shows what was done then.
    for (change, sequence) in [
        ("UPDATE eseal_lines SET text = replace(text, '王工', '李工') WHERE sequence = 3", 3),
        ("DELETE FROM eseal_keys WHERE sequence = 2 AND index = 2", 2),
        ("UPDATE eseal_blobs SET bytes = 'x' WHERE bytes = 'the bytes of b'", 2),
        ("DELETE FROM eseal_keys WHERE sequence = 4; DELETE FROM eseal_lines WHERE sequence = 4", 4),
    ] {
        sql(&address, &format!("BEGIN; SET LOCAL session_replication_role = replica; {change}; COMMIT")).unwrap();
        let broken = ledger.verify().unwrap().broken.unwrap();
        assert_eq!(broken.sequence, sequence, "{change}: {}", broken.detail);
        // Back to what it was.
        let Some(fresh) = server("eseal_forced") else { return };
        let again = Ledger::new(PostgresStore::connect(&fresh).unwrap());
        for name in ["a", "b", "c"] {
            again.record(&make(name).1, now()).unwrap();
        }
    }
}

#[test]
fn a_connection_that_broke_is_made_anew() {
    let Some(address) = server("eseal_broken") else { return };
    let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
    ledger.record(&make("a").1, now()).unwrap();
    let others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'eseal_broken'";
    let ended = sql(&address, &format!("SELECT pg_terminate_backend(pid) {others}")).unwrap();
    assert_eq!(ended, "t", "the store's one connection");
    // The server answers before the other end has gone.
    while sql(&address, &format!("SELECT count(*) {others}")).unwrap() != "0" {
        thread::sleep(std::time::Duration::from_millis(5));
    }
    // The call that meets the broken connection may fail, and says so; none is half done.
    let first = ledger.record(&make("b").1, now());
    if let Err(error) = &first {
        assert_eq!(error.kind(), ErrorKind::Store);
        ledger.record(&make("b").1, now()).unwrap();
    }
    assert_eq!(ledger.head().unwrap().length, 4);
    assert!(ledger.verify().unwrap().is_sound());
    let error = PostgresStore::connect("host=127.0.0.1 port=1 user=nobody connect_timeout=2").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(PostgresStore::connect("no such thing").unwrap_err().kind(), ErrorKind::Misuse);
}

#[test]
fn out_and_into_another_store() {
    let Some(address) = server("eseal_lines") else { return };
    let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
    for name in ["a", "b", "印章"] {
        ledger.record(&make(name).1, now()).unwrap();
    }
    let mut lines = Vec::new();
    let head = ledger.export(&mut lines).unwrap();
    assert!(examine_lines(lines.as_slice()).unwrap().is_sound());
    let other = Ledger::new(MemoryStore::new());
    assert_eq!(other.import(&lines).unwrap(), head);
    assert!(other.verify().unwrap().is_sound());
}

/// Real processes, as on two machines: each enters its seals with the program, one process for each seal.
#[cfg(feature = "cli")]
#[test]
fn processes_that_write_at_once_lose_and_double_nothing() {
    use eseal::authority::{Algorithm, Authority};
    use eseal::seal::{SealContent, SealKind, Signatories};
    use eseal::{Mm, Picture, SealMaker, Validity};
    use std::process::Command;

    const MACHINES: usize = 4;
    const SEALS: usize = 40;

    let Some(address) = server("eseal_processes") else { return };
    let url = url(&address, "eseal_processes");
    let folder = std::env::temp_dir().join(format!("eseal-processes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let authority = Authority::new(Algorithm::Sm2, now()).unwrap();
    let (maker, us) = (SealMaker::new(authority.seal_maker().unwrap()), authority.signatory("示例").unwrap());
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"/>"#;
    let content = |machine, number| SealContent {
        id: format!("31010{machine}{number:04}").parse().unwrap(),
        kind: SealKind::Organisation,
        name: "示例".into(),
        picture: Picture::svg(svg, Mm(42.0), Mm(42.0)).unwrap(),
        signatories: Signatories::listed([us.certificate()]),
        validity: Validity::years(now(), 2),
    };
    let machines: Vec<_> = (0..MACHINES)
        .map(|machine| {
            let seals: Vec<_> = (0..SEALS)
                .map(|number| {
                    let seal = maker.create(content(machine, number), now()).unwrap();
                    let path = folder.join(format!("{machine}-{number}.esl"));
                    std::fs::write(&path, seal.der()).unwrap();
                    (path, Sm3::of(seal.der()))
                })
                .collect();
            let url = url.clone();
            thread::spawn(move || {
                for (path, _) in &seals {
                    let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
                    command.args(["seal", "register"]).arg(path).args([
                        "--ledger",
                        &url,
                        "--owner",
                        "91310000MA1FL0000X",
                    ]);
                    let output = command.args(["--by", &format!("machine {machine}")]).output().unwrap();
                    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                }
                seals
            })
        })
        .collect();
    let seals: Vec<_> = machines.into_iter().flat_map(|machine| machine.join().unwrap()).collect();
    let run = |code: i32, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_eseal")).args(arguments).output().unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    };
    let entries = MACHINES * SEALS * 2;
    let ledger = Ledger::new(PostgresStore::connect(&address).unwrap());
    assert_eq!(ledger.head().unwrap().length, entries as u64);
    for (path, seal) in &seals {
        assert_eq!(ledger.history(eseal::ledger::Lookup::Seal(*seal)).unwrap().len(), 2);
        assert_eq!(ledger.seal_bytes(*seal).unwrap().unwrap(), std::fs::read(path).unwrap());
    }
    // The other commands reach the server by its address, too.
    assert!(run(0, &["ledger", "verify", &url]).contains(&format!("sound: {entries} entries")));
    let one = seals[0].0.to_str().unwrap();
    run(0, &["seal", "freeze", one, "--ledger", &url, "--by", "x"]);
    assert!(run(2, &["seal", "freeze", one, "--ledger", &url, "--by", "x"]).contains("frozen"));
    assert!(run(0, &["seal", "list", "--ledger", &url]).contains("160 seals, 159 in force"));
    let lines = folder.join("lines.jsonl");
    run(0, &["ledger", "export", &url, "-o", lines.to_str().unwrap()]);
    let Some(_) = server("eseal_imported") else { return };
    let other = url.replace("eseal_processes", "eseal_imported");
    run(0, &["ledger", "import", lines.to_str().unwrap(), "--ledger", &other]);
    assert!(run(0, &["ledger", "verify", &other]).contains(&format!("sound: {} entries", entries + 1)));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The same server as an address that the program takes.
#[cfg(feature = "cli")]
fn url(address: &str, schema: &str) -> String {
    let part = |name: &str| {
        let found = address.split_whitespace().find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_else(|| panic!("ESEAL_POSTGRES says no {name}")).to_owned()
    };
    let (user, host, port, database) = (part("user"), part("host"), part("port"), part("dbname"));
    format!("postgresql://{user}@{host}:{port}/{database}?options=-c%20search_path%3D{schema}")
}
