//! Many records at once: each is worked on by one of several threads, and the results come in the order of the
//! records, one for each, with the reason where there is none.
//!
//! Memory stays the same however many records there are: no more are under way or waiting for their turn than the
//! batch's window. What was done is known by the numbers of the records ([`Done`]), so that a batch which was broken
//! off goes on where it was.
//!
//! ```
//! use eseal::batch::{Batch, Done};
//!
//! let mut sum = 0;
//! let summary = Batch::new().threads(2).run(
//!     (1..=1000_u64).into_iter(),
//!     |_, record| Ok(record * 2),
//!     |_, result| {
//!         sum += result?;
//!         Ok(())
//!     },
//! )?;
//! assert_eq!((sum, summary.done.count()), (1_001_000, 1000));
//!
//! // The numbers of what was done can be kept, and the batch be gone on with.
//! let kept: Done = summary.done.to_string().parse()?;
//! let again = Batch::new().resume(kept).run(1..=1001_u64, |_, record| Ok(record), |_, result| result.map(drop))?;
//! assert_eq!((again.worked, again.skipped), (1, 1000));
//! # Ok::<(), eseal::Error>(())
//! ```

mod done;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;

pub use crate::batch::done::Done;

/// How a batch is worked through.
#[must_use = "a batch does nothing until it is run"]
pub struct Batch<'a> {
    threads: usize,
    window: usize,
    done: Done,
    cancelled: Option<&'a AtomicBool>,
    progress: Option<Box<dyn FnMut(Progress) + 'a>>,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Records that were worked on, with success or without.
    pub worked: usize,
    /// Of these, those without.
    pub failed: usize,
    /// Records that were done before.
    pub skipped: usize,
    /// How many records there are at most, where their source knows that.
    pub total: Option<usize>,
}

/// What became of a batch.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// The numbers of all records that are done, those of earlier runs too.
    pub done: Done,
    /// Records that were worked on, with success or without.
    pub worked: usize,
    /// Of these, those without.
    pub failed: usize,
    /// Records that were done before.
    pub skipped: usize,
    /// Whether it was broken off before the last record.
    pub is_cancelled: bool,
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("threads", &self.threads).field("window", &self.window).finish_non_exhaustive()
    }
}

impl Default for Batch<'_> {
    fn default() -> Self {
        Batch::new()
    }
}

impl<'a> Batch<'a> {
    /// On all cores, from the first record on.
    pub fn new() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Batch { threads, window: threads.saturating_mul(8), done: Done::default(), cancelled: None, progress: None }
    }

    /// On so many threads; 0 counts as 1.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self.window = self.window.max(self.threads);
        self
    }

    /// How many records are under way or wait for their turn at most; by default eight for each core.
    pub fn window(mut self, records: usize) -> Self {
        self.window = records.max(1);
        self
    }

    /// Passes over the records that were done before. Records without success are tried again.
    pub fn resume(mut self, done: Done) -> Self {
        self.done = done;
        self
    }

    /// Stops taking records once this is set. Those under way are finished, and told.
    pub fn cancelled_by(mut self, flag: &'a AtomicBool) -> Self {
        self.cancelled = Some(flag);
        self
    }

    /// Tells how far it has come, after each record.
    pub fn progress(mut self, tell: impl FnMut(Progress) + 'a) -> Self {
        self.progress = Some(Box::new(tell));
        self
    }

    /// Works through the records. `work` is given the number of each, from 0, and the record, on any thread; `take`
    /// is given the numbers and the results, in their order, on this one. A panic of `work` is a result without
    /// success.
    ///
    /// A record counts as done once `take` has returned: what it keeps is to be kept by then.
    ///
    /// # Errors
    ///
    /// What `take` returns: that ends the batch.
    pub fn run<R, O: Send>(
        mut self,
        records: impl Iterator<Item = R> + Send,
        work: impl Fn(usize, R) -> Result<O, Error> + Sync,
        mut take: impl FnMut(usize, Result<O, Error>) -> Result<(), Error>,
    ) -> Result<Summary, Error> {
        let total = records.size_hint().1;
        let known = self.done.clone();
        let queue = Queue {
            window: self.window,
            cancelled: self.cancelled,
            state: Mutex::new(State {
                records,
                next: 0,
                told: 0,
                ready: BTreeMap::new(),
                has_ended: false,
                is_cancelled: false,
            }),
            turn: Condvar::new(),
        };
        let mut summary =
            Summary { done: std::mem::take(&mut self.done), worked: 0, failed: 0, skipped: 0, is_cancelled: false };
        let taken = std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| queue.work(&known, &work));
            }
            let taken = self.tell(&queue, total, &mut summary, &mut take);
            queue.end();
            taken
        });
        summary.is_cancelled = queue.lock().is_cancelled;
        taken.map(|()| summary)
    }

    fn tell<I, O>(
        &mut self,
        queue: &Queue<'_, I, O>,
        total: Option<usize>,
        summary: &mut Summary,
        take: &mut impl FnMut(usize, Result<O, Error>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while let Some((number, result)) = queue.next_result() {
            match result {
                None => summary.skipped += 1,
                Some(result) => {
                    let is_done = result.is_ok();
                    take(number, result)?;
                    summary.worked += 1;
                    if is_done {
                        summary.done.insert(number);
                    } else {
                        summary.failed += 1;
                    }
                }
            }
            if let Some(progress) = &mut self.progress {
                let Summary { worked, failed, skipped, .. } = *summary;
                progress(Progress { worked, failed, skipped, total });
            }
        }
        Ok(())
    }
}

/// What the threads share.
struct Queue<'q, I, O> {
    window: usize,
    cancelled: Option<&'q AtomicBool>,
    state: Mutex<State<I, O>>,
    turn: Condvar,
}

struct State<I, O> {
    records: I,
    /// The number of the next record.
    next: usize,
    /// How many results were told.
    told: usize,
    /// Results that wait for their turn; none for what was passed over.
    ready: BTreeMap<usize, Option<Result<O, Error>>>,
    has_ended: bool,
    is_cancelled: bool,
}

impl<I, O> Queue<'_, I, O> {
    /// A thread that panicked did so outside of the lock, so the state is good.
    fn lock(&self) -> MutexGuard<'_, State<I, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, guard: MutexGuard<'g, State<I, O>>) -> MutexGuard<'g, State<I, O>> {
        self.turn.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.lock().has_ended = true;
        self.turn.notify_all();
    }

    /// The result whose turn it is; none when all are told.
    fn next_result(&self) -> Option<(usize, Option<Result<O, Error>>)> {
        let mut state = self.lock();
        loop {
            let number = state.told;
            if let Some(result) = state.ready.remove(&number) {
                state.told += 1;
                self.turn.notify_all();
                return Some((number, result));
            }
            if state.has_ended && number == state.next {
                return None;
            }
            state = self.wait(state);
        }
    }
}

impl<R, I: Iterator<Item = R>, O> Queue<'_, I, O> {
    fn work(&self, known: &Done, work: &impl Fn(usize, R) -> Result<O, Error>) {
        while let Some((number, record)) = self.next_record(known) {
            let result = catch_unwind(AssertUnwindSafe(|| work(number, record)));
            let result = result.unwrap_or_else(|_| {
                Err(Error::misuse(format!("the work on record {number} panicked: that is a defect of the program")))
            });
            self.lock().ready.insert(number, Some(result));
            self.turn.notify_all();
        }
    }

    /// The next record, once there is room for its result.
    fn next_record(&self, known: &Done) -> Option<(usize, R)> {
        let mut state = self.lock();
        loop {
            if self.cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed)) && !state.has_ended {
                state.has_ended = true;
                state.is_cancelled = true;
                self.turn.notify_all();
            }
            if state.has_ended {
                return None;
            }
            if state.next >= state.told.saturating_add(self.window) {
                state = self.wait(state);
                continue;
            }
            let Some(record) = state.records.next() else {
                state.has_ended = true;
                self.turn.notify_all();
                return None;
            };
            let number = state.next;
            state.next += 1;
            if !known.contains(number) {
                return Some((number, record));
            }
            state.ready.insert(number, None);
            self.turn.notify_all();
        }
    }
}
