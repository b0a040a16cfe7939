//! Recording: from deeds to entries, and into the store.

use std::collections::HashMap;

use crate::error::{Context, Error, ErrorKind};
use crate::ledger::chain::{Walk, keys_of};
use crate::ledger::deed::Subject;
use crate::ledger::{Deed, Entry, Head, Index, Key, Ledger, Line, Lookup, SealRef, Sm3, Store};
use crate::lifecycle::State;
use crate::time::Time;

/// How often to try again when others write at the same time. Each time somebody's entry was written,
/// so the limit is reached only where hundreds write without pause.
const ATTEMPTS: usize = 1000;

/// The most deeds in one batch.
const MOST_DEEDS: usize = 10_000;

/// The most bytes of one seal, as [`Limits::seal_bytes`](crate::Limits) has it by default.
pub(super) const MOST_SEAL_BYTES: usize = 16 << 20;

impl<S: Store> Ledger<S> {
    /// Records deeds in their order: all of them, or none. When it returns, they are on stable storage.
    ///
    /// Deeds that belong together go into one call, so that no failure comes between them: the new seal
    /// is made and issued, and with the same stroke the old one superseded.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when a seal's state does not allow the deed; the message names both
    /// states. [`ErrorKind::Misuse`] when the deed is not complete. [`ErrorKind::Store`] when the storage
    /// did not take it; then nothing of it was recorded, unless the connection to a server broke just as it
    /// answered: look the seal up before trying again.
    pub fn record(&self, deeds: &[Deed], now: Time) -> Result<Vec<Entry>, Error> {
        if deeds.len() > MOST_DEEDS {
            return Err(Error::too_large(format!("{} deeds at once are more than {MOST_DEEDS}", deeds.len())));
        }
        for deed in deeds {
            deed.check()?;
            if deed.bytes.as_ref().is_some_and(|bytes| bytes.len() > MOST_SEAL_BYTES) {
                return Err(Error::too_large(format!("a seal of more than {MOST_SEAL_BYTES} bytes is not recorded")));
            }
        }
        let blobs: Vec<_> =
            deeds.iter().filter_map(|deed| deed.bytes.as_deref()).map(|bytes| (Sm3::of(bytes), bytes)).collect();
        for _ in 0..ATTEMPTS {
            let head = self.store.head()?;
            let (entries, lines) = self.draft(deeds, head, now)?;
            if lines.is_empty() || self.store.append(&head, &lines, &blobs)? {
                return Ok(entries);
            }
        }
        Err(Error::new(
            ErrorKind::Store,
            format!("others wrote into the ledger {ATTEMPTS} times while this tried to; try again"),
        ))
    }

    fn draft(&self, deeds: &[Deed], head: Head, now: Time) -> Result<(Vec<Entry>, Vec<Line>), Error> {
        let mut draft =
            Draft { ledger: self, walk: Walk::default(), seals: HashMap::new(), applications: HashMap::new() };
        let (mut head, mut entries, mut lines) = (head, Vec::new(), Vec::new());
        for (at, deed) in deeds.iter().enumerate() {
            let doing = || format!("deed {} of {}, \"{}\"", at.saturating_add(1), deeds.len(), deed.operation);
            let entry = draft.entry(deed, head, now).map_err(|error| error.context(doing()))?;
            let text = entry.to_json()?;
            let sm3 = Sm3::of(text.as_bytes());
            head = Head { length: head.length.saturating_add(1), sm3 };
            lines.push(Line { sequence: entry.sequence, text, sm3, keys: keys_of(&entry) });
            entries.push(entry);
        }
        Ok((entries, lines))
    }

    /// Where the application for a seal of this identifier stands, by the entries about it in order.
    fn application(&self, id: &str) -> Result<Option<State>, Error> {
        let mut state = None;
        for entry in self.history(Lookup::Id(id))? {
            match entry.seal.sm3 {
                None => state = Some(entry.after).filter(|after| *after != State::Rejected),
                Some(_) if entry.before.is_none_or(|before| before == State::Approved) => state = None,
                Some(_) => {}
            }
        }
        Ok(state)
    }
}

/// Entries about to be written, judged by the same rules as those that are read.
struct Draft<'a, S> {
    ledger: &'a Ledger<S>,
    walk: Walk,
    /// What is known of seals: from the store, and from the deeds before.
    seals: HashMap<Sm3, Option<(SealRef, State)>>,
    applications: HashMap<String, Option<State>>,
}

impl<S: Store> Draft<'_, S> {
    fn entry(&mut self, deed: &Deed, head: Head, now: Time) -> Result<Entry, Error> {
        let seal = self.subject(&deed.subject)?;
        let before = match seal.sm3 {
            Some(sm3) => match self.learn(sm3)? {
                Some((_, state)) => Some(state),
                None => self.learn_application(&seal.id)?,
            },
            None => self.learn_application(&seal.id)?,
        };
        if let Some(counterpart) = deed.counterpart {
            self.learn(counterpart)?;
        }
        let entry = Entry {
            sequence: head.length,
            previous: head.sm3,
            recorded: now,
            at: deed.at.unwrap_or(now),
            by: deed.by.clone(),
            reason: deed.reason.clone(),
            operation: deed.operation,
            before,
            after: deed.operation.apply_to(before).context(format_args!("the seal {}", seal.id))?,
            seal,
            until: deed.until,
            counterpart: deed.counterpart,
            provenance: deed.provenance.clone(),
            evidence: deed.evidence.clone(),
        };
        self.walk.judge(&entry).map_err(|told| Error::new(ErrorKind::NotAllowed, told))?;
        self.note(&entry);
        Ok(entry)
    }

    fn subject(&mut self, subject: &Subject) -> Result<SealRef, Error> {
        match subject {
            Subject::Told(seal) => Ok(seal.clone()),
            Subject::Known(sm3) => match self.learn(*sm3)? {
                Some((seal, _)) => Ok(seal),
                None => Err(Error::new(ErrorKind::NotAllowed, format!("no seal with the digest {sm3} is on record"))),
            },
        }
    }

    fn learn(&mut self, sm3: Sm3) -> Result<Option<(SealRef, State)>, Error> {
        if let Some(known) = self.seals.get(&sm3) {
            return Ok(known.clone());
        }
        let last = self.ledger.last_of(sm3)?;
        let known = last.map(|entry| {
            self.walk.know_seal(sm3, entry.after, entry.at);
            (entry.seal, entry.after)
        });
        self.seals.insert(sm3, known.clone());
        Ok(known)
    }

    fn learn_application(&mut self, id: &str) -> Result<Option<State>, Error> {
        if let Some(known) = self.applications.get(id) {
            return Ok(*known);
        }
        let known = self.ledger.application(id)?;
        if let Some(state) = known {
            self.walk.know_application(id, state);
        }
        self.applications.insert(id.to_owned(), known);
        Ok(known)
    }

    fn note(&mut self, entry: &Entry) {
        match entry.seal.sm3 {
            Some(sm3) => {
                self.seals.insert(sm3, Some((entry.seal.clone(), entry.after)));
                if entry.before.is_none_or(|before| before == State::Approved) {
                    self.applications.insert(entry.seal.id.clone(), None);
                }
            }
            None => {
                let state = Some(entry.after).filter(|after| *after != State::Rejected);
                self.applications.insert(entry.seal.id.clone(), state);
            }
        }
    }
}

impl<S: Store> Ledger<S> {
    fn last_of(&self, sm3: Sm3) -> Result<Option<Entry>, Error> {
        let key = Key { index: Index::Seal, value: sm3.to_string() };
        self.store.find(&key)?.last().map(|sequence| self.entry(*sequence)).transpose()
    }
}
