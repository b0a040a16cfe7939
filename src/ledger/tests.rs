use super::store::{Index, Key, Line, Store as _};
use super::{Deed, Entry, Evidence, FileStore, Head, Ledger, Lookup, MemoryStore, Sm3, examine_lines};
use crate::error::ErrorKind;
use crate::lifecycle::{CancelReason, Operation, State};
use crate::time::Time;
use crate::trust::{SealStatus, StatusSource};

fn now() -> Time {
    "2026-03-01T08:00:00+08:00".parse().unwrap()
}

fn make(name: &str) -> (Sm3, Vec<Deed>) {
    let bytes = format!("the bytes of {name}").into_bytes();
    let seal = Sm3::of(&bytes);
    let deeds = vec![
        Deed::kept(Operation::Make, name, "91310000MA1FL0000X", bytes).by("制章系统").evidence("申请表", Sm3::of(b"a")),
        Deed::known(Operation::Issue, seal).by("王工"),
    ];
    (seal, deeds)
}

/// A ledger of some entries of every kind.
fn filled() -> Ledger<MemoryStore> {
    let ledger = Ledger::new(MemoryStore::new());
    fill(&ledger);
    ledger
}

fn fill<S: super::Store>(ledger: &Ledger<S>) {
    let (first, deeds) = make("first");
    ledger.record(&deeds, now()).unwrap();
    let (second, mut deeds) = make("second");
    deeds.push(Deed::known(Operation::Supersede, first).counterpart(second).by("王工").because("到期重制"));
    ledger.record(&deeds, now().plus_days(1)).unwrap();
    ledger.record(&[Deed::known(Operation::Freeze, second).by("李工")], now().plus_days(2)).unwrap();
}

#[test]
fn a_seals_state_as_of_any_instant() {
    let ledger = filled();
    let (first, second) = (make("first").0, make("second").0);
    let state = |seal, at| ledger.status_at(seal, at).unwrap().map(|standing| standing.state);
    assert_eq!(state(first, now().plus_seconds(-1)), None);
    assert_eq!(state(first, now()), Some(State::Active));
    assert_eq!(state(first, now().plus_days(1)), Some(State::Superseded));
    assert_eq!(state(second, now().plus_days(1)), Some(State::Active));
    assert_eq!(state(second, now().plus_days(9)), Some(State::Frozen));
    assert_eq!(state(Sm3::NONE, now().plus_days(9)), None);
    assert_eq!(ledger.list(now().plus_days(9)).unwrap().len(), 2);
    assert_eq!(ledger.standings(Lookup::Owner("91310000MA1FL0000X"), now()).unwrap().len(), 1);
    assert_eq!(ledger.history(Lookup::Id("first")).unwrap().len(), 3);
    assert_eq!(ledger.seal_bytes(first).unwrap().unwrap(), b"the bytes of first");
}

#[test]
fn illegal_deeds_leave_no_trace() {
    let ledger = filled();
    let (first, second) = (make("first").0, make("second").0);
    let head = ledger.head().unwrap();
    let refuse = |deed: Deed, kind, told: &str| {
        let (_, mut deeds) = make("third");
        deeds.push(deed);
        let error = ledger.record(&deeds, now().plus_days(3)).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(ledger.head().unwrap(), head);
    };
    use ErrorKind::{Misuse, NotAllowed};
    refuse(Deed::known(Operation::Unfreeze, first).by("王工"), NotAllowed, "superseded");
    refuse(Deed::known(Operation::Freeze, second).by("王工"), NotAllowed, "frozen");
    refuse(Deed::known(Operation::Freeze, Sm3::NONE).by("王工"), NotAllowed, "on record");
    refuse(Deed::known(Operation::Unfreeze, second), Misuse, "who did it");
    refuse(Deed::known(Operation::Unfreeze, second).by("a\nb"), Misuse, "control");
    refuse(Deed::known(Operation::Make, second).by("王工"), Misuse, "bytes");
    refuse(make("first").1.remove(0), NotAllowed, "superseded");
    refuse(Deed::known(Operation::Supersede, second).by("王工"), Misuse, "counterpart");
    refuse(Deed::known(Operation::Supersede, second).counterpart(first).by("王工"), NotAllowed, "superseded");
    refuse(Deed::known(Operation::Supersede, second).counterpart(second).by("王工"), NotAllowed, "own place");
    let early = Deed::known(Operation::Unfreeze, second).by("王工").at(now());
    refuse(early, NotAllowed, "before what happened");
    let late = Deed::known(Operation::Unfreeze, second).by("王工").at(now().plus_days(4));
    refuse(late, NotAllowed, "after it was recorded");
}

#[test]
fn applications_become_seals() {
    let ledger = Ledger::new(MemoryStore::new());
    let apply = |operation| Deed::applied(operation, "third", "91310000MA1FL0000X").by("窗口");
    let entries = ledger.record(&[apply(Operation::Apply), apply(Operation::Reject)], now()).unwrap();
    assert_eq!(entries[1].after, State::Rejected);
    ledger.record(&[apply(Operation::Apply)], now()).unwrap();
    let (seal, deeds) = make("third");
    assert_eq!(ledger.record(&deeds, now()).unwrap_err().kind(), ErrorKind::NotAllowed);
    ledger.record(&[apply(Operation::Approve)], now()).unwrap();
    let entries = ledger.record(&deeds, now()).unwrap();
    assert_eq!((entries[0].before, entries[0].after), (Some(State::Approved), State::Made));
    // The application is spent: another seal of this identifier needs another.
    let remade = Deed::kept(Operation::Make, "third", "91310000MA1FL0000X", *b"other").by("制章系统");
    assert_eq!(ledger.record(&[remade], now()).unwrap()[0].before, None);
    assert_eq!(ledger.status_at(seal, now()).unwrap().unwrap().state, State::Active);
    assert!(ledger.verify().unwrap().is_sound());
}

#[test]
fn seals_about_to_end() {
    let ledger = Ledger::new(MemoryStore::new());
    for (name, days) in [("a", 10), ("b", 40), ("c", -5)] {
        let (seal, mut deeds) = make(name);
        deeds[0].until = Some(now().plus_days(days));
        deeds[1] = Deed::known(Operation::Issue, seal).by("王工");
        ledger.record(&deeds, now()).unwrap();
    }
    let names = |days| -> Vec<_> {
        ledger.expiring(now(), days).unwrap().into_iter().map(|standing| standing.seal.id).collect()
    };
    assert_eq!(names(30), ["c", "a"]);
    assert_eq!(names(40), ["c", "a", "b"]);
    let cancel = Deed::known(Operation::Cancel(CancelReason::Dissolved), make("c").0).by("王工");
    ledger.record(&[cancel], now()).unwrap();
    assert_eq!(names(30), ["a"]);
}

#[test]
fn answers_for_the_verifier() {
    let ledger = filled();
    let ask = |name: &str, at| StatusSource::status_at(&ledger, format!("the bytes of {name}").as_bytes(), at).unwrap();
    let ended = Some((now().plus_days(1), "superseded".to_owned()));
    assert_eq!(ask("first", now()), SealStatus::InForce { since: now(), ended });
    assert!(matches!(ask("first", now().plus_days(2)), SealStatus::NotInForce { .. }));
    assert!(matches!(ask("first", now().plus_days(-2)), SealStatus::NotInForce { .. }));
    assert_eq!(ask("fourth", now()), SealStatus::NotOnRecord);
}

#[test]
fn entries_have_one_way_of_being_written() {
    let ledger = filled();
    let entry = ledger.entry(0).unwrap();
    assert_eq!(entry.evidence, [Evidence { what: "申请表".into(), sm3: Sm3::of(b"a") }]);
    let text = entry.to_json().unwrap();
    assert_eq!(Entry::from_json(&text).unwrap(), entry);
    let bad = [
        text.replacen("{\"", "{ \"", 1),
        text.replacen("\"sequence\":0", "\"sequence\":00", 1),
        text.replacen("\"sequence\":0,", "\"sequence\":0,\"x\":1,", 1),
        text.replacen("Z\"", "+00:00\"", 1),
        text.replacen("make", "mak\\u0065", 1),
        format!("{text}\n"),
    ];
    for bad in bad {
        assert_eq!(Entry::from_json(&bad).unwrap_err().kind(), ErrorKind::Malformed, "{bad}");
    }
}

/// Rebuilds the ledger with one line changed and the chain closed again, so that only the rule breaks.
fn forged(change: impl Fn(&mut Entry), at: u64) -> Ledger<MemoryStore> {
    let (ledger, store) = (filled(), MemoryStore::new());
    let mut head = Head::EMPTY;
    for sequence in 0..ledger.head().unwrap().length {
        let mut entry = ledger.entry(sequence).unwrap();
        entry.previous = head.sm3;
        if sequence == at {
            change(&mut entry);
        }
        let text = entry.to_json().unwrap();
        let line = Line { sequence, sm3: Sm3::of(text.as_bytes()), text, keys: super::keys_of(&entry) };
        let bytes = entry.seal.sm3.and_then(|seal| ledger.seal_bytes(seal).unwrap()).unwrap_or_default();
        let blobs = [(Sm3::of(&bytes), bytes.as_slice())];
        assert!(store.append(&head, std::slice::from_ref(&line), &blobs).unwrap());
        head = Head { length: sequence + 1, sm3: line.sm3 };
    }
    Ledger::new(store)
}

#[test]
fn the_first_broken_entry_is_named() {
    assert!(forged(|_| {}, 0).verify().unwrap().is_sound());
    let broken = |change: &dyn Fn(&mut Entry), at, told: &str| {
        let examination = forged(change, at).verify().unwrap();
        let broken = examination.broken.expect(told);
        assert_eq!(broken.sequence, at, "{}", broken.detail);
        assert!(broken.detail.contains(told), "{}", broken.detail);
        assert_eq!(examination.head.length, at);
    };
    broken(&|entry| entry.previous = Sm3::of(b"x"), 2, "follows an entry");
    broken(&|entry| entry.sequence = 7, 3, "stands in its place");
    broken(&|entry| entry.after = State::Active, 4, "leads to superseded");
    broken(&|entry| entry.before = Some(State::Frozen), 4, "and it was active");
    broken(&|entry| entry.counterpart = None, 4, "which seal takes the place");
    broken(&|entry| entry.at = entry.at.plus_days(9), 1, "after it was recorded");
    broken(&|entry| entry.at = entry.at.plus_days(-9), 5, "before what happened");
}

#[test]
fn what_the_chain_does_not_account_for_is_found() {
    let slip = |blobs: &[(Sm3, &[u8])], keys: Vec<Key>| {
        let ledger = Ledger::new(MemoryStore::new());
        let (_, deeds) = make("first");
        ledger.record(&deeds, now()).unwrap();
        let head = ledger.head().unwrap();
        let recorded = ledger.record(&[Deed::known(Operation::Freeze, make("first").0).by("x")], now()).unwrap();
        let text = recorded[0].to_json().unwrap();
        let store = MemoryStore::new();
        let old: Vec<_> = (0..2).map(|at| ledger.entry(at).unwrap()).collect();
        for entry in old {
            let text = entry.to_json().unwrap();
            let line =
                Line { sequence: entry.sequence, sm3: Sm3::of(text.as_bytes()), text, keys: super::keys_of(&entry) };
            let bytes = b"the bytes of first";
            store.append(&store.head().unwrap(), &[line], &[(Sm3::of(bytes), bytes)]).unwrap();
        }
        let line = Line { sequence: 2, sm3: Sm3::of(text.as_bytes()), text, keys };
        assert!(store.append(&head, &[line], blobs).unwrap());
        Ledger::new(store).verify().unwrap()
    };
    let key = |index, value: &str| Key { index, value: value.into() };
    let seal = make("first").0.to_string();
    let good = || vec![key(Index::Id, "first"), key(Index::Owner, "91310000MA1FL0000X"), key(Index::Seal, &seal)];
    assert!(slip(&[], good()).is_sound());
    assert!(slip(&[], good()[..2].to_vec()).broken.unwrap().detail.contains(&seal));
    let mut more = good();
    more.push(key(Index::Source, "x"));
    assert!(slip(&[], more).broken.unwrap().detail.contains("account for"));
    assert!(slip(&[(Sm3::of(b"x"), b"x")], good()).broken.unwrap().detail.contains("account for"));
}

#[test]
fn lines_out_and_in() {
    let ledger = filled();
    let mut lines = Vec::new();
    let head = ledger.export(&mut lines).unwrap();
    let examination = examine_lines(lines.as_slice()).unwrap();
    assert!(examination.is_sound(), "{examination}");
    assert_eq!(examination.head, head);
    let other = Ledger::new(MemoryStore::new());
    assert_eq!(other.import(&lines).unwrap(), head);
    assert_eq!(other.import(&lines).unwrap(), head, "again, and nothing is doubled");
    assert!(other.verify().unwrap().is_sound());
    let mut again = Vec::new();
    other.export(&mut again).unwrap();
    assert_eq!(again, lines);
    let third = Ledger::new(MemoryStore::new());
    third.record(&make("third").1, now()).unwrap();
    assert_eq!(third.import(&lines).unwrap_err().kind(), ErrorKind::NotAllowed);
}

#[test]
fn every_byte_of_the_lines_counts() {
    let mut lines = Vec::new();
    filled().export(&mut lines).unwrap();
    for at in 0..lines.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut bad = lines.clone();
            bad[at] ^= flip;
            let sound = examine_lines(bad.as_slice()).is_ok_and(|examination| examination.is_sound());
            assert!(!sound, "byte {at} ^ {flip}");
        }
        // All but the last line's end counts.
        let sound = examine_lines(&lines[..at]).is_ok_and(|examination| examination.is_sound());
        assert!(!sound || at + 1 == lines.len(), "cut at {at}");
    }
}

#[cfg(feature = "authority")]
mod signed {
    use super::super::{Checkpoint, Snapshot};
    use super::{filled, make, now};
    use crate::authority::{Algorithm, Authority};
    use crate::error::ErrorKind;
    use crate::ledger::{Deed, Ledger, MemoryStore};
    use crate::lifecycle::Operation;
    use crate::trust::{SealStatus, StatusSource};

    #[test]
    fn a_checkpoint_shows_what_was_cut() {
        let authority = Authority::new(Algorithm::Sm2, now()).unwrap();
        let keeper = authority.seal_maker().unwrap();
        let ledger = filled();
        let checkpoint = ledger.checkpoint(&keeper, now().plus_days(2)).unwrap();
        let json = checkpoint.to_json().unwrap();
        let checkpoint = Checkpoint::open(&json, keeper.certificate()).unwrap();
        assert!(ledger.verify_against(&checkpoint).unwrap().is_sound());
        ledger.record(&[Deed::known(Operation::Unfreeze, make("second").0).by("x")], now().plus_days(3)).unwrap();
        assert!(ledger.verify_against(&checkpoint).unwrap().is_sound());

        let cut = Ledger::new(MemoryStore::new());
        cut.record(&make("first").1, now()).unwrap();
        assert!(cut.verify().unwrap().is_sound());
        let broken = cut.verify_against(&checkpoint).unwrap().broken.unwrap();
        assert!(broken.sequence == 2 && broken.detail.contains("2 are left"), "{}", broken.detail);
        for name in ["second", "third"] {
            cut.record(&make(name).1, now()).unwrap();
        }
        let broken = cut.verify_against(&checkpoint).unwrap().broken.unwrap();
        assert!(broken.sequence == 5 && broken.detail.contains("rewritten"), "{}", broken.detail);

        let other = authority.seal_maker().unwrap();
        let refused = Checkpoint::open(&json, other.certificate()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotValid);
        assert_eq!(refused.findings()[0].check, "ledger.statement");
        let forged = json.replacen("\"length\":6", "\"length\":5", 1);
        assert_ne!(forged, json);
        assert_eq!(Checkpoint::open(&forged, keeper.certificate()).unwrap_err().kind(), ErrorKind::NotValid);
        // One statement cannot be passed off as another.
        assert!(Snapshot::open(&json, keeper.certificate()).is_err());
    }

    #[test]
    fn a_snapshot_answers_as_the_ledger_does() {
        let authority = Authority::new(Algorithm::Sm2, now()).unwrap();
        let keeper = authority.seal_maker().unwrap();
        let ledger = filled();
        let json = ledger.snapshot(&keeper, now().plus_days(3)).unwrap().to_json().unwrap();
        let snapshot = Snapshot::open(&json, keeper.certificate()).unwrap();
        assert_eq!(snapshot.len(), 2);
        for name in ["first", "second", "third"] {
            let bytes = format!("the bytes of {name}");
            for day in -1..=3 {
                let at = now().plus_days(day);
                let asked = StatusSource::status_at(&ledger, bytes.as_bytes(), at).unwrap();
                assert_eq!(snapshot.status_at(bytes.as_bytes(), at).unwrap(), asked, "{name} at {at}");
            }
        }
        let forged = json.replacen("frozen", "active", 1);
        assert_eq!(Snapshot::open(&forged, keeper.certificate()).unwrap_err().kind(), ErrorKind::NotValid);
        let fresh = Ledger::new(MemoryStore::new());
        fresh.record(&make("first").1, now()).unwrap();
        let snapshot = fresh.snapshot(&keeper, now().plus_days(1)).unwrap();
        let later = snapshot.status_at(b"the bytes of first", now().plus_days(2)).unwrap();
        assert!(matches!(later, SealStatus::Unknown(_)), "{later:?}");
    }
}

#[test]
fn a_file_keeps_what_was_recorded() {
    let folder = std::env::temp_dir().join(format!("eseal-ledger-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("register");
    let ledger = Ledger::new(FileStore::create(&path).unwrap());
    fill(&ledger);
    let told = FileStore::open(&path).unwrap_err().to_string();
    assert!(told.contains("in use by another"), "{told}");
    assert!(FileStore::create(&path).unwrap_err().to_string().contains("already"));
    ledger.into_store().close().unwrap();

    let read = Ledger::new(FileStore::open_read_only(&path).unwrap());
    let again = Ledger::new(FileStore::open_read_only(&path).unwrap());
    assert!(read.verify().unwrap().is_sound());
    assert_eq!(read.head().unwrap(), filled().head().unwrap());
    let (_, deeds) = make("third");
    assert_eq!(again.record(&deeds, now().plus_days(9)).unwrap_err().kind(), ErrorKind::Store);
    drop((read, again));
    std::fs::remove_dir_all(&folder).unwrap();
}
