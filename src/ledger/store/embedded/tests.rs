//! The loss of power: what was not synced is there, is not, or is there in part, in any mixture.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::{FileStore, Opened, builder};
use crate::ledger::store::Store as _;
use crate::ledger::store::file::{Disk, Pages};
use crate::ledger::{Deed, Head, Ledger, Sm3};
use crate::lifecycle::Operation;
use crate::time::Time;

/// The part of a write that a disk does at once.
const SECTOR: usize = 512;

/// What happened to the disk, in order.
#[derive(Clone, Debug)]
enum Event {
    Write(usize, Vec<u8>),
    Resize(usize),
    Sync,
    /// The caller was told that the ledger has so many entries.
    Acknowledged(Head),
}

/// A disk that remembers all that was done to it.
#[derive(Debug)]
struct Tape {
    bytes: Vec<u8>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Tape {
    fn note(&mut self, event: Event) {
        play(&mut self.bytes, &event);
        self.events.lock().unwrap().push(event);
    }
}

impl Disk for Tape {
    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = offset as usize;
        let part = self.bytes.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(part);
        Ok(())
    }

    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.note(Event::Write(offset as usize, data.to_vec()));
        Ok(())
    }

    fn resize(&mut self, length: u64) -> io::Result<()> {
        self.note(Event::Resize(length as usize));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.note(Event::Sync);
        Ok(())
    }
}

fn play(bytes: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Write(at, data) => {
            bytes.resize(bytes.len().max(at + data.len()), 0);
            bytes[*at..at + data.len()].copy_from_slice(data);
        }
        Event::Resize(length) => bytes.resize(*length, 0),
        Event::Sync | Event::Acknowledged(_) => {}
    }
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % end
    }
}

fn now() -> Time {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn deeds(number: usize) -> [Deed; 2] {
    let bytes = format!("the bytes of seal {number}").repeat(30 + number * 40).into_bytes();
    let seal = Sm3::of(&bytes);
    let made = Deed::kept(Operation::Make, format!("seal {number}"), "91310000MA1FL0000X", bytes).by("制章系统");
    [made, Deed::known(Operation::Issue, seal).by("王工")]
}

/// A register's bytes after it was filled and closed, all that happened to the disk, and its lines.
fn recorded(start: Vec<u8>) -> (Vec<Event>, Vec<(String, Sm3)>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let tape = Tape { bytes: start, events: Arc::clone(&events) };
    let database = builder().create_with_backend(Pages::on(tape)).unwrap();
    let ledger = Ledger::new(FileStore { path: "tape".into(), database: Opened::Write(database) });
    for number in 1..12 {
        ledger.record(&deeds(number), now()).unwrap();
        let head = ledger.head().unwrap();
        events.lock().unwrap().push(Event::Acknowledged(head));
    }
    let lines = ledger.store().read(0, 1000).unwrap();
    ledger.into_store().close().unwrap();
    let events = events.lock().unwrap().clone();
    (events, lines)
}

/// What is left of the disk when power fails after so many events, and what was acknowledged by then.
fn left(start: &[u8], events: &[Event], after: usize, chance: &mut Chance) -> (Vec<u8>, u64) {
    let past = &events[..after];
    let synced = past.iter().rposition(|event| matches!(event, Event::Sync)).map_or(0, |at| at + 1);
    let mut bytes = start.to_vec();
    past[..synced].iter().for_each(|event| play(&mut bytes, event));
    for event in &past[synced..] {
        match (event, chance.below(3)) {
            (_, 0) => {}
            // A write that was torn between sectors.
            (Event::Write(at, data), 1) => {
                let cut = (chance.below(data.len() + 1) / SECTOR) * SECTOR;
                play(&mut bytes, &Event::Write(*at, data[..cut].to_vec()));
            }
            _ => play(&mut bytes, event),
        }
    }
    let acknowledged = past.iter().rev().find_map(|event| match event {
        Event::Acknowledged(head) => Some(head.length),
        _ => None,
    });
    (bytes, acknowledged.unwrap_or(2))
}

#[test]
fn power_that_fails_at_any_point_loses_nothing_that_was_acknowledged() {
    let folder = std::env::temp_dir().join(format!("eseal-power-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path: PathBuf = folder.join("register");
    let first = Ledger::new(FileStore::create(&path).unwrap());
    first.record(&deeds(0), now()).unwrap();
    first.into_store().close().unwrap();
    let start = std::fs::read(&path).unwrap();
    let (events, lines) = recorded(start.clone());
    assert!(events.iter().filter(|event| matches!(event, Event::Sync)).count() >= 12);

    let mut chance = Chance(20260301);
    let mut rolled_back = 0;
    for round in 0..300 {
        let after = chance.below(events.len() + 1);
        let (bytes, acknowledged) = left(&start, &events, after, &mut chance);
        std::fs::write(&path, &bytes).unwrap();
        let ledger = FileStore::open(&path).map(Ledger::new).unwrap_or_else(|error| panic!("{round}: {error}"));
        let examination = ledger.verify().unwrap();
        assert!(examination.is_sound(), "round {round}, after event {after}: {examination}");
        let held = ledger.store().read(0, 1000).unwrap();
        assert!(held.len() as u64 >= acknowledged, "round {round}: {} of {acknowledged} are left", held.len());
        assert_eq!(held, lines[..held.len()], "round {round}");
        rolled_back += usize::from(held.len() < lines.len());
        // It goes on from there.
        ledger.record(&deeds(100 + round), now()).unwrap();
        assert!(ledger.verify().unwrap().is_sound());
    }
    assert!(rolled_back > 100, "{rolled_back}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The twin that shows that the test can fail: a disk that lies about syncing loses what was acknowledged.
#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    let folder = std::env::temp_dir().join(format!("eseal-lying-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path: PathBuf = folder.join("register");
    Ledger::new(FileStore::create(&path).unwrap()).into_store().close().unwrap();
    let start = std::fs::read(&path).unwrap();
    let (events, lines) = recorded(start.clone());
    let honest: Vec<_> = events.into_iter().filter(|event| !matches!(event, Event::Sync)).collect();
    let mut chance = Chance(7);
    let lost = (0..20).filter(|_| {
        let (bytes, acknowledged) = left(&start, &honest, honest.len() - 1, &mut chance);
        std::fs::write(&path, &bytes).unwrap();
        let held = FileStore::open(&path).and_then(|store| store.read(0, 1000));
        held.is_err() || held.is_ok_and(|held| (held.len() as u64) < acknowledged || held.len() < lines.len())
    });
    assert!(lost.count() > 10);
    std::fs::remove_dir_all(&folder).unwrap();
}
