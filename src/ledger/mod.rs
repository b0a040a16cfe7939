//! The register of seals: an append-only, hash-chained record of what happened to each.
//!
//! A seal's bytes cannot say whether it is in force: it may have been frozen or given up since. The
//! ledger can, *as of any instant*; it keeps every version of a seal's bytes, and each change of state with
//! who, when and why. Its entries form a chain by SM3, so that whoever changes, drops or slips in one is
//! found out by [`Ledger::verify`]; that nothing was cut off at the end is seen against a signed
//! [`Checkpoint`].
//!
//! Entries lie in a [`Store`]: [`FileStore`] is one file without a server, [`MemoryStore`] forgets, and
//! `PostgresStore` (feature "postgres") is shared by several machines. The ledger records deeds; it does
//! not do them: seals are made by [`SealMaker`](crate::SealMaker).
//!
//! ```
//! use eseal::ledger::{Deed, MemoryStore, Sm3};
//! use eseal::lifecycle::{Operation, State};
//! use eseal::{Ledger, Time};
//!
//! let ledger = Ledger::new(MemoryStore::new());
//! let now: Time = "2025-03-01T08:00:00+08:00".parse()?;
//! # let bytes = b"a seal".to_vec();
//! let seal = Sm3::of(&bytes);
//! ledger.record(
//!     &[
//!         Deed::kept(Operation::Make, "31010600012345", "91310000MA1FL0000X", bytes).by("制章系统"),
//!         Deed::known(Operation::Issue, seal).by("王工"),
//!     ],
//!     now,
//! )?;
//! ledger.record(&[Deed::known(Operation::Freeze, seal).by("王工").because("失窃待查")], now.plus_days(30))?;
//!
//! let then = ledger.status_at(seal, now.plus_days(7))?.map(|standing| standing.state);
//! assert_eq!(then, Some(State::Active));
//! let today = ledger.status_at(seal, now.plus_days(60))?.map(|standing| standing.state);
//! assert_eq!(today, Some(State::Frozen));
//! assert!(ledger.verify()?.is_sound());
//! # Ok::<(), eseal::Error>(())
//! ```

mod account;
mod chain;
mod checkpoint;
mod deed;
mod entry;
mod lines;
mod record;
mod signed;
mod sm3;
mod snapshot;
mod store;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::crypto::Credentials;
use crate::error::{BoxError, Context, Error};
use crate::ledger::chain::{Walk, brings_bytes, keys_of};
use crate::lifecycle::State;
use crate::time::Time;
use crate::trust::{SealStatus, StatusSource};

pub use crate::ledger::chain::{Broken, Examination};
pub use crate::ledger::checkpoint::Checkpoint;
pub use crate::ledger::deed::Deed;
pub use crate::ledger::entry::{Entry, Evidence, SealRef};
pub use crate::ledger::lines::{examine_lines, examine_lines_against};
pub use crate::ledger::sm3::Sm3;
pub use crate::ledger::snapshot::Snapshot;
#[cfg(feature = "postgres")]
pub use crate::ledger::store::PostgresStore;
pub use crate::ledger::store::{FileStore, Head, Index, Key, Line, MemoryStore, Store, Totals};

/// How many entries are read at once on a walk.
const STRIDE: usize = 1000;

/// A register of seals in a [`Store`].
///
/// It holds nothing in memory, so several may share a store; [`Ledger::record`] is safe from many
/// threads and, where the store is, from many machines.
#[derive(Debug)]
pub struct Ledger<S = Box<dyn Store>> {
    store: S,
}

/// What to look for in a ledger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lookup<'a> {
    /// Everything about the identifier (`esID`).
    Id(&'a str),
    /// Everything about an owner's seals.
    Owner(&'a str),
    /// What happened to the seal with these bytes.
    Seal(Sm3),
    /// The seals that were made of the one with these bytes.
    Source(Sm3),
}

/// Where a seal stands at some instant.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// Which seal.
    pub seal: SealRef,
    /// Its state.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// The last instant at which the seal and a certificate that it lists are valid, where it is known.
    pub until: Option<Time>,
    /// The entry that says so.
    pub sequence: u64,
    /// The seal that it was made of, or that took its place, by that entry.
    pub counterpart: Option<Sm3>,
}

impl<S: Store> Ledger<S> {
    /// The ledger in a store.
    pub fn new(store: S) -> Self {
        Ledger { store }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The store, to close it.
    #[must_use]
    pub fn into_store(self) -> S {
        self.store
    }

    /// Where the ledger ends.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) when the storage cannot be read; so for all that
    /// follow.
    pub fn head(&self) -> Result<Head, Error> {
        self.store.head()
    }

    /// All entries that are found by `lookup`, in the order in which they were recorded.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`], and when an entry cannot be read.
    pub fn history(&self, lookup: Lookup<'_>) -> Result<Vec<Entry>, Error> {
        let (index, value) = match lookup {
            Lookup::Id(id) => (Index::Id, id.to_owned()),
            Lookup::Owner(code) => (Index::Owner, code.to_owned()),
            Lookup::Seal(sm3) => (Index::Seal, sm3.to_string()),
            Lookup::Source(sm3) => (Index::Source, sm3.to_string()),
        };
        let numbers = self.store.find(&Key { index, value })?;
        numbers.into_iter().map(|sequence| self.entry(sequence)).collect()
    }

    /// The entry with this number.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`], and when there is none.
    pub fn entry(&self, sequence: u64) -> Result<Entry, Error> {
        let found = self.store.read(sequence, 1)?.into_iter().next();
        let entry = found.map(|(text, _)| Entry::from_json(&text)).transpose()?;
        entry
            .filter(|entry| entry.sequence == sequence)
            .ok_or_else(|| Error::malformed(format!("the ledger has no entry {sequence}: verify it")))
    }

    /// Where the seal with these bytes stood at an instant; `None` when it was not on record, or had
    /// not been made by then.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`].
    pub fn status_at(&self, seal: Sm3, at: Time) -> Result<Option<Standing>, Error> {
        Ok(standing_at(&self.history(Lookup::Seal(seal))?, at))
    }

    /// Where the seals that are found by `lookup` stood at an instant, in the order in which they came
    /// onto the record.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`].
    pub fn standings(&self, lookup: Lookup<'_>, at: Time) -> Result<Vec<Standing>, Error> {
        Ok(standings(self.history(lookup)?, at))
    }

    /// Where every seal on record stood at an instant.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`].
    pub fn list(&self, at: Time) -> Result<Vec<Standing>, Error> {
        let mut entries = Vec::new();
        self.each(|text, _| {
            entries.push(Entry::from_json(text)?);
            Ok(())
        })?;
        Ok(standings(entries, at))
    }

    /// The bytes of a seal on record.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`], and when the bytes are not the ones of that digest.
    pub fn seal_bytes(&self, seal: Sm3) -> Result<Option<Vec<u8>>, Error> {
        let bytes = self.store.blob(&seal)?;
        if bytes.as_ref().is_some_and(|bytes| Sm3::of(bytes) != seal) {
            return Err(Error::malformed(format!(
                "the bytes kept for the seal {seal} were changed: verify the ledger"
            )));
        }
        Ok(bytes)
    }

    /// The seals, active or frozen at `now`, that cannot be used after `days` more days since they end
    /// by then, or the last certificate that they list does; those whose time is over come first.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`].
    pub fn expiring(&self, now: Time, days: u32) -> Result<Vec<Standing>, Error> {
        let last = now.plus_days(i64::from(days)).to_string();
        let mut found = Vec::new();
        for sequence in self.store.find_up_to(Index::Until, &last)? {
            let Some(sm3) = self.entry(sequence)?.seal.sm3 else { continue };
            let standing = self.status_at(sm3, now)?;
            found.extend(standing.filter(|one| matches!(one.state, State::Active | State::Frozen)));
        }
        Ok(found)
    }

    /// Walks along the whole ledger: each entry's digest, number, predecessor and legality, each key by
    /// which it is found, and the bytes of each seal. Names the first that is broken.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`]: when it could not look.
    pub fn verify(&self) -> Result<Examination, Error> {
        self.store.check()?;
        let mut walk = Walk::default();
        let mut keys: BTreeMap<Key, Vec<u64>> = BTreeMap::new();
        let mut seals = HashSet::new();
        let mut broken = None;
        self.each(|text, sm3| {
            if broken.is_some() {
                return Ok(());
            }
            match walk.take(text, sm3) {
                Err(found) => broken = Some(found),
                Ok(entry) => {
                    for key in keys_of(&entry) {
                        keys.entry(key).or_default().push(entry.sequence);
                    }
                    if let Some(seal) = brings_bytes(&entry) {
                        seals.insert(seal);
                        broken = self.check_bytes(seal, entry.sequence)?;
                    }
                }
            }
            Ok(())
        })?;
        if broken.is_none() {
            broken = self.check_stock(&keys, seals.len(), walk.head())?;
        }
        Ok(Examination { head: walk.head(), broken })
    }

    /// As [`Ledger::verify`], and sees to it that all the checkpoint counted is still there.
    ///
    /// # Errors
    ///
    /// As [`Ledger::verify`].
    pub fn verify_against(&self, checkpoint: &Checkpoint) -> Result<Examination, Error> {
        let mut examination = self.verify()?;
        if examination.is_sound() {
            examination.broken = self.check_cut(checkpoint)?;
        }
        Ok(examination)
    }

    fn check_cut(&self, checkpoint: &Checkpoint) -> Result<Option<Broken>, Error> {
        let Some(last) = checkpoint.head().length.checked_sub(1) else { return Ok(None) };
        Ok(match self.store.read(last, 1)?.first() {
            None => checkpoint.cut(self.head()?.length),
            Some((_, sm3)) => checkpoint.rewritten(*sm3),
        })
    }

    fn check_bytes(&self, seal: Sm3, sequence: u64) -> Result<Option<Broken>, Error> {
        let broken = |detail| Ok(Some(Broken { sequence, detail }));
        match self.store.blob(&seal)? {
            None => broken(format!("the bytes of its seal {seal} are missing")),
            Some(bytes) if Sm3::of(&bytes) != seal => broken(format!("the bytes of its seal {seal} were changed")),
            Some(_) => Ok(None),
        }
    }

    /// What the store holds beside the chain is what the chain accounts for, neither less nor more.
    fn check_stock(&self, keys: &BTreeMap<Key, Vec<u64>>, seals: usize, head: Head) -> Result<Option<Broken>, Error> {
        for (key, numbers) in keys {
            let found = self.store.find(key)?;
            if found != *numbers {
                let wrong = numbers.iter().find(|sequence| !found.contains(sequence)).or(found.first());
                let detail = format!("looking for \"{}\" finds {found:?}, and {numbers:?} have it", key.value);
                return Ok(Some(Broken { sequence: wrong.copied().unwrap_or_default(), detail }));
            }
        }
        let expected = Totals {
            lines: head.length,
            keys: keys.values().map(|numbers| numbers.len() as u64).sum(),
            blobs: seals as u64,
        };
        let totals = self.store.totals()?;
        if totals != expected || self.store.head()? != head {
            let detail = format!("the store holds {totals:?}, and the entries account for {expected:?}");
            return Ok(Some(Broken { sequence: head.length, detail }));
        }
        Ok(None)
    }

    /// Hands out every entry as it is stored.
    fn each(&self, mut take: impl FnMut(&str, Sm3) -> Result<(), Error>) -> Result<(), Error> {
        let mut from = 0;
        loop {
            let lines = self.store.read(from, STRIDE)?;
            for (text, sm3) in &lines {
                take(text, *sm3)?;
            }
            if lines.len() < STRIDE {
                return Ok(());
            }
            from += STRIDE as u64;
        }
    }

    /// Signs where the ledger ends. Kept elsewhere, it makes it visible if entries are cut off or
    /// rewritten.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`], and [`ErrorKind::Signer`](crate::ErrorKind::Signer) when the key does not
    /// sign.
    pub fn checkpoint(&self, keeper: &Credentials, now: Time) -> Result<Checkpoint, Error> {
        Checkpoint::sign(self.head()?, keeper, now)
    }

    /// Signs the states of all seals up to `now`, for verifiers that cannot ask.
    ///
    /// # Errors
    ///
    /// As [`Ledger::checkpoint`].
    pub fn snapshot(&self, keeper: &Credentials, now: Time) -> Result<Snapshot, Error> {
        let head = self.head()?;
        let mut histories: BTreeMap<Sm3, Vec<(Time, State)>> = BTreeMap::new();
        let mut count = 0;
        self.each(|text, _| {
            let entry = Entry::from_json(text)?;
            // Entries that others added since the head was read belong to the next snapshot.
            if count < head.length
                && let Some(sm3) = entry.seal.sm3
            {
                histories.entry(sm3).or_default().push((entry.at, entry.after));
            }
            count += 1;
            Ok(())
        })?;
        Snapshot::sign(head, histories, keeper, now)
    }
}

impl<S: Store> StatusSource for Ledger<S> {
    fn status_at(&self, seal: &[u8], at: Time) -> Result<SealStatus, BoxError> {
        let sm3 = Sm3::of(seal);
        let history = self.history(Lookup::Seal(sm3)).context("asking the ledger")?;
        let told: Vec<_> = history.iter().map(|entry| (entry.at, entry.after)).collect();
        Ok(answer(&told, at))
    }
}

/// The answer to a verifier, from a seal's states in the order in which it came into them.
fn answer(history: &[(Time, State)], at: Time) -> SealStatus {
    let Some((since, state)) = history.iter().rev().find(|(since, _)| *since <= at) else {
        return match history.first() {
            Some((first, _)) => SealStatus::NotInForce { state: "not yet on record".into(), since: *first },
            None => SealStatus::NotOnRecord,
        };
    };
    if !state.is_in_force() {
        let (told, since) = (format!("{state} ({})", state.chinese()), *since);
        return match state {
            State::Frozen => SealStatus::Suspended { state: told, since },
            _ => SealStatus::NotInForce { state: told, since },
        };
    }
    let ended = history.iter().find(|(later, state)| *later > at && !state.is_in_force());
    SealStatus::InForce { since: *since, ended: ended.map(|(later, state)| (*later, state.name().to_owned())) }
}

fn standings(entries: Vec<Entry>, at: Time) -> Vec<Standing> {
    let mut order = Vec::new();
    let mut histories: HashMap<Sm3, Vec<Entry>> = HashMap::new();
    for entry in entries {
        let Some(sm3) = entry.seal.sm3 else { continue };
        histories.entry(sm3).or_insert_with(|| {
            order.push(sm3);
            Vec::new()
        });
        histories.entry(sm3).or_default().push(entry);
    }
    order.iter().filter_map(|sm3| standing_at(histories.get(sm3)?, at)).collect()
}

/// The standing by a seal's own entries, which are in the order of their effect.
fn standing_at(history: &[Entry], at: Time) -> Option<Standing> {
    let past = || history.iter().rev().filter(|entry| entry.at <= at);
    let entry = past().next()?;
    Some(Standing {
        seal: entry.seal.clone(),
        state: entry.after,
        since: entry.at,
        until: past().find_map(|entry| entry.until),
        sequence: entry.sequence,
        counterpart: entry.counterpart,
    })
}
