//! A store that forgets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::ledger::Sm3;
use crate::ledger::store::{Head, Index, Key, Line, Store, Totals};

/// Keeps a ledger in memory: for tests, and to look into an exported one.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<(String, Sm3)>,
    keys: BTreeSet<(Key, u64)>,
    blobs: BTreeMap<Sm3, Vec<u8>>,
}

impl MemoryStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An append changes nothing before it has all it needs, so a poisoned lock guards whole contents.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn head(&self) -> Head {
        self.lines.last().map_or(Head::EMPTY, |(_, sm3)| Head { length: self.lines.len() as u64, sm3: *sm3 })
    }
}

impl Store for MemoryStore {
    fn head(&self) -> Result<Head, Error> {
        Ok(self.kept().head())
    }

    fn append(&self, expected: &Head, lines: &[Line], blobs: &[(Sm3, &[u8])]) -> Result<bool, Error> {
        let mut kept = self.kept();
        if kept.head() != *expected {
            return Ok(false);
        }
        for line in lines {
            kept.lines.push((line.text.clone(), line.sm3));
            kept.keys.extend(line.keys.iter().map(|key| (key.clone(), line.sequence)));
        }
        for (sm3, bytes) in blobs {
            kept.blobs.entry(*sm3).or_insert_with(|| bytes.to_vec());
        }
        Ok(true)
    }

    fn read(&self, from: u64, most: usize) -> Result<Vec<(String, Sm3)>, Error> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.kept().lines.iter().skip(from).take(most).cloned().collect())
    }

    fn find(&self, key: &Key) -> Result<Vec<u64>, Error> {
        let (first, last) = ((key.clone(), 0), (key.clone(), u64::MAX));
        Ok(self.kept().keys.range(first..=last).map(|(_, sequence)| *sequence).collect())
    }

    fn find_up_to(&self, index: Index, last: &str) -> Result<Vec<u64>, Error> {
        let first = (Key { index, value: String::new() }, 0);
        let last = (Key { index, value: last.to_owned() }, u64::MAX);
        Ok(self.kept().keys.range(first..=last).map(|(_, sequence)| *sequence).collect())
    }

    fn blob(&self, seal: &Sm3) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.kept().blobs.get(seal).cloned())
    }

    fn totals(&self) -> Result<Totals, Error> {
        let kept = self.kept();
        Ok(Totals { lines: kept.lines.len() as u64, keys: kept.keys.len() as u64, blobs: kept.blobs.len() as u64 })
    }

    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}
