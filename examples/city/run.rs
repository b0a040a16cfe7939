//! Carrying it out: many threads make, one records, in the order of the plan.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use eseal::ledger::{Deed, FileStore, Lookup, Sm3};
use eseal::lifecycle::{Candidate, Operation, Plan, PlanPolicy, Workshop, carry_out, plan};
use eseal::{Ledger, Verifier};
use indicatif::{ProgressBar, ProgressStyle};

use crate::world::{Failure, New, World, now};

const BY: &str = "示例市印章平台";

/// How many seals are recorded with one stroke at most.
const BATCH: usize = 32;

/// A run about to go on, wherever an earlier one ended.
pub(crate) struct Run<'w> {
    world: &'w World,
    candidates: Vec<Candidate<'w>>,
    policy: PlanPolicy<'w>,
    pub(crate) plan: Plan,
    pub(crate) ledger: Ledger<FileStore>,
}

/// The deeds that account for one seal, or why there are none.
type Made = Result<Vec<Deed>, Failure>;

impl<'w> Run<'w> {
    pub(crate) fn prepare(world: &'w World, folder: &Path) -> Result<Self, Failure> {
        let candidates: Vec<_> = world
            .old
            .iter()
            .map(|old| Candidate {
                owner: Some(old.owner.clone()),
                signatories: Some(old.current.clone()),
                content: old.content.clone(),
                ..Candidate::new(&old.label, &old.bytes)
            })
            .collect();
        let policy = PlanPolicy { years: 4, ..PlanPolicy::new(Verifier::new(&world.trust)) };
        let plan = plan(&candidates, &policy, now()?)?;
        fs::write(folder.join("plan.json"), serde_json::to_string_pretty(&plan)?)?;
        let ledger = Ledger::new(FileStore::open_or_create(folder.join("register"))?);
        Ok(Run { world, candidates, policy, plan, ledger })
    }

    /// Does what is not done yet; answers how many seals that were.
    pub(crate) fn carry_out(&self, threads: usize, acknowledge: bool) -> Result<usize, Failure> {
        let count = self.world.old.len() + self.world.new.len();
        let open: Vec<_> = (0..count)
            .map(|number| Ok((number, self.is_done(number)?)))
            .filter_map(|answer: Result<_, Failure>| match answer {
                Ok((_, true)) => None,
                Ok((number, false)) => Some(Ok(number)),
                Err(error) => Some(Err(error)),
            })
            .collect::<Result<_, _>>()?;
        let bar = ProgressBar::new(count as u64).with_style(
            ProgressStyle::with_template("{bar:40} {pos}/{len} seals, {per_sec}, {eta} left")?.progress_chars("█▓░"),
        );
        bar.set_position((count - open.len()) as u64);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::sync_channel::<(usize, Made)>(4 * BATCH);
        thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                let (sender, next, open) = (sender.clone(), &next, &open);
                scope.spawn(move || {
                    while let Some(number) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                        // The recorder hangs up when it failed.
                        if sender.send((*number, self.deeds(*number))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            self.record(receiver, &open, &bar, acknowledge)
        })?;
        bar.finish_and_clear();
        Ok(open.len())
    }

    /// Records what comes in, in the order of the plan, so that the register is the same whatever the
    /// threads did and however often the run was broken off.
    fn record(
        &self,
        receiver: mpsc::Receiver<(usize, Made)>,
        open: &[usize],
        bar: &ProgressBar,
        acknowledge: bool,
    ) -> Result<(), Failure> {
        let mut waiting: BTreeMap<usize, Made> = BTreeMap::new();
        let mut wanted = open.iter().copied().peekable();
        let now = now()?;
        let mut finished = false;
        while !finished {
            match receiver.recv() {
                Ok((number, made)) => drop(waiting.insert(number, made)),
                Err(mpsc::RecvError) => finished = true,
            }
            waiting.extend(receiver.try_iter());
            let (mut deeds, mut count) = (Vec::new(), 0);
            while let Some(made) = wanted.peek().and_then(|number| waiting.remove(number)) {
                deeds.extend(made?);
                wanted.next();
                count += 1;
                if count == BATCH || wanted.peek().is_none_or(|number| !waiting.contains_key(number)) {
                    self.ledger.record(&deeds, now)?;
                    bar.inc(count as u64);
                    if acknowledge {
                        println!("recorded {}", self.ledger.head()?.length);
                    }
                    (deeds, count) = (Vec::new(), 0);
                }
            }
        }
        match wanted.next() {
            Some(number) => Err(format!("number {number} was never made").into()),
            None => Ok(()),
        }
    }

    /// Whether a seal is accounted for: each is with one stroke.
    fn is_done(&self, number: usize) -> Result<bool, Failure> {
        Ok(match (self.plan.items.get(number), self.request(number)) {
            (Some(item), _) => self.ledger.accounts_for(item)?,
            (None, Some(new)) => !self.ledger.history(Lookup::Id(new.content.id.as_str()))?.is_empty(),
            (None, None) => true,
        })
    }

    fn request(&self, number: usize) -> Option<&New> {
        self.world.new.get(number.checked_sub(self.world.old.len())?)
    }

    fn deeds(&self, number: usize) -> Made {
        if let Some(new) = self.request(number) {
            let seal = self.world.maker.create(new.content.clone(), now()?)?;
            return Ok(vec![
                Deed::made(Operation::Make, &seal, &new.owner).by(BY),
                Deed::known(Operation::Issue, Sm3::of(seal.der())).by(BY),
            ]);
        }
        let item = self.plan.items.get(number).ok_or("the plan is too short")?;
        let candidate = self.candidates.get(number).ok_or("a candidate is missing")?;
        let workshop = Workshop { by: BY.into(), ..Workshop::new(&self.world.maker) };
        let carried = carry_out(item, candidate, &self.policy, &workshop, now()?)?;
        Ok(self.ledger.account(item, candidate, &carried, &workshop)?)
    }
}
