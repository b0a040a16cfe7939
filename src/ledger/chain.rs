//! The rules that a chain of entries keeps, walked from its beginning. Nothing here knows a store.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use crate::ledger::store::{Head, Index, Key};
use crate::ledger::{Entry, Sm3};
use crate::lifecycle::{Operation, State};
use crate::time::Time;

/// What came of walking along a ledger.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[must_use = "an examination says nothing until it is looked at"]
#[non_exhaustive]
pub struct Examination {
    /// Where the ledger ends, as far as it is sound.
    pub head: Head,
    /// The first thing that is wrong.
    pub broken: Option<Broken>,
}

/// The first thing that is wrong with a ledger.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Broken {
    /// The number of the entry that is wrong or missing.
    pub sequence: u64,
    /// What is wrong with it, in one sentence.
    pub detail: String,
}

impl Examination {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.broken.is_none()
    }
}

impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.broken {
            None => write!(f, "the ledger is sound: {}", self.head),
            Some(Broken { sequence, detail }) => {
                write!(f, "the ledger is BROKEN at entry {sequence}: {detail}; sound up to there: {}", self.head)
            }
        }
    }
}

/// A walk along a chain. It holds where each seal stands, by which the next entry is judged.
#[derive(Debug, Default)]
pub(super) struct Walk {
    head: Option<Head>,
    seals: HashMap<Sm3, (State, Time)>,
    applications: HashMap<String, State>,
}

impl Walk {
    pub(super) fn head(&self) -> Head {
        self.head.unwrap_or(Head::EMPTY)
    }

    /// Takes the next entry as it is stored, or says what is wrong with it.
    pub(super) fn take(&mut self, text: &str, sm3: Sm3) -> Result<Entry, Broken> {
        let head = self.head();
        let broken = |detail: String| Broken { sequence: head.length, detail };
        let digest = Sm3::of(text.as_bytes());
        if digest != sm3 {
            return Err(broken(format!("its digest is {digest}, not {sm3}: it was changed")));
        }
        let entry = Entry::from_json(text).map_err(|error| broken(error.to_string()))?;
        if entry.sequence != head.length {
            return Err(broken(format!("entry {} stands in its place", entry.sequence)));
        }
        if entry.previous != head.sm3 {
            return Err(broken(format!(
                "it follows an entry whose digest is {}, and the one before it has {}",
                entry.previous, head.sm3
            )));
        }
        self.judge(&entry).map_err(broken)?;
        self.head = Some(Head { length: head.length.saturating_add(1), sm3 });
        Ok(entry)
    }

    /// Judges whether what an entry says can have happened, and takes note of it.
    pub(super) fn judge(&mut self, entry: &Entry) -> Result<(), String> {
        if entry.at > entry.recorded {
            return Err(format!("it took effect at {}, after it was recorded, {}", entry.at, entry.recorded));
        }
        let before = self.standing(entry)?;
        if entry.before != before {
            let name = |state: Option<State>| state.map_or("not on record", State::name);
            return Err(format!("it says that the seal was {}, and it was {}", name(entry.before), name(before)));
        }
        let after = entry.operation.apply_to(before).map_err(|error| error.to_string())?;
        if entry.after != after {
            return Err(format!("{} leads to {after}, and it says {}", entry.operation, entry.after));
        }
        if entry.operation == Operation::Supersede {
            self.judge_successor(entry)?;
        }
        self.note(entry);
        Ok(())
    }

    /// The state of the entry's seal: its own, or while there is none that of the application for it.
    fn standing(&self, entry: &Entry) -> Result<Option<State>, String> {
        let Some(sm3) = entry.seal.sm3 else {
            return Ok(self.applications.get(&entry.seal.id).copied());
        };
        let Some((state, at)) = self.seals.get(&sm3) else {
            return Ok(self.applications.get(&entry.seal.id).copied());
        };
        if entry.at < *at {
            return Err(format!(
                "it took effect at {}, before what happened to the seal last, at {at}; check the clock",
                entry.at
            ));
        }
        Ok(Some(*state))
    }

    /// Old and new are never both out of force: what takes a seal's place is in force by then.
    fn judge_successor(&self, entry: &Entry) -> Result<(), String> {
        let successor = entry.counterpart.ok_or("it does not say which seal takes the place")?;
        if Some(successor) == entry.seal.sm3 {
            return Err("a seal cannot take its own place".into());
        }
        match self.seals.get(&successor) {
            Some((State::Active, _)) => Ok(()),
            Some((state, _)) => Err(format!("the seal that is to take its place, {successor}, is {state}")),
            None => Err(format!("the seal that is to take its place, {successor}, is not on record")),
        }
    }

    fn note(&mut self, entry: &Entry) {
        let id = &entry.seal.id;
        match entry.seal.sm3 {
            Some(sm3) => {
                if entry.before.is_none_or(|before| before == State::Approved) {
                    self.applications.remove(id);
                }
                self.seals.insert(sm3, (entry.after, entry.at));
            }
            // After a refusal one may apply again.
            None if entry.after == State::Rejected => drop(self.applications.remove(id)),
            None => drop(self.applications.insert(id.clone(), entry.after)),
        }
    }

    /// Tells the walk what is on record of a seal, where it did not come along all the way.
    pub(super) fn know_seal(&mut self, sm3: Sm3, state: State, at: Time) {
        self.seals.insert(sm3, (state, at));
    }

    /// Tells the walk in which state an application is.
    pub(super) fn know_application(&mut self, id: &str, state: State) {
        self.applications.insert(id.to_owned(), state);
    }
}

/// By what an entry is to be found.
pub(super) fn keys_of(entry: &Entry) -> Vec<Key> {
    let mut keys = vec![
        Key { index: Index::Id, value: entry.seal.id.clone() },
        Key { index: Index::Owner, value: entry.seal.owner.clone() },
    ];
    let mut add = |index, value: Option<String>| keys.extend(value.map(|value| Key { index, value }));
    add(Index::Seal, entry.seal.sm3.map(|sm3| sm3.to_string()));
    let source = entry.provenance.as_ref().map(|provenance| Sm3::from_octets(provenance.source_sm3));
    add(Index::Source, source.map(|sm3| sm3.to_string()));
    add(Index::Until, entry.until.map(|until| until.to_string()));
    keys
}

/// Whether an entry brings a seal's bytes along.
pub(super) fn brings_bytes(entry: &Entry) -> Option<Sm3> {
    entry.seal.sm3.filter(|_| entry.after == State::Made)
}
