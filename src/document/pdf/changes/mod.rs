//! What later revisions changed, and whether a signature of before allows it.
//!
//! A signature closes a revision, and others may follow. Between each revision and the next, from the
//! oldest that a signature closed on, every object that was written, freed or redirected has to be
//! explained: for each way by which the trailer leads to it, a rule says how far the change goes.
//! What no rule explains is no permitted change. Each such step is judged once, whatever the number
//! of signatures; what a signature of before then makes of it depends on the permissions that were
//! in force and on whether the changed thing existed when it was made.

mod compare;
mod index;
mod permission;
mod places;
mod role;
mod rules;
mod step;
mod verdict;

pub(super) use crate::document::pdf::changes::permission::{Permissions, Restriction, transforms};
pub(super) use crate::document::pdf::changes::verdict::Case;

use std::collections::HashMap;
use std::rc::Rc;

use crate::document::change::ModificationLevel;
use crate::document::pdf::changes::index::Index;
use crate::document::pdf::changes::places::Places;
use crate::document::pdf::changes::step::{Record, Step, Touched, Upon};
use crate::document::pdf::file::Work;
use crate::document::pdf::page::PageNode;
use crate::error::Error;
use crate::units::{Area, Page};

/// All changes from a revision on.
pub(super) struct History {
    records: Vec<Record>,
    /// Why they could not be looked at.
    broken: Option<String>,
}

impl History {
    /// Judges all steps after the revision `first`; nothing is done when it is the newest.
    pub(super) fn read(work: &Work<'_>, pages: &[PageNode], first: usize) -> Result<Self, Error> {
        let mut history = History { records: Vec::new(), broken: None };
        if first >= work.file.chain.newest() {
            return Ok(history);
        }
        match history.steps(work, pages, first) {
            Err(error) if error.ends_the_work() => return Err(error),
            Err(error) => history.broken = Some(error.to_string()),
            Ok(()) => {}
        }
        Ok(history)
    }

    fn steps(&mut self, work: &Work<'_>, pages: &[PageNode], first: usize) -> Result<(), Error> {
        let chain = &work.file.chain;
        let later = first.saturating_add(1)..=chain.newest();
        let tracked = later.clone().flat_map(|revision| chain.written_in(revision).iter().copied()).collect();
        let packs = chain.packs();
        let mut index = Index::of(&work.view_of(first), tracked)?;
        let places = Places::new(work.view(), pages);
        for revision in later {
            let mut step = Step {
                old: work.view_of(revision.saturating_sub(1)),
                new: work.view_of(revision),
                index: &mut index,
                places: &places,
                packs: &packs,
                records: &mut self.records,
                has_compared_tree: false,
            };
            step.judge()?;
        }
        Ok(())
    }

    /// Notes of each change what it has to do with signatures: which of them first locks what it touches, and
    /// what it does to one, where `signatures` show.
    pub(super) fn weigh(
        &mut self,
        work: &Work<'_>,
        permissions: &Permissions<'_>,
        signatures: &[Area],
    ) -> Result<(), Error> {
        let mut locked: HashMap<Rc<str>, Option<usize>> = HashMap::new();
        let mut by_page: HashMap<Page, Vec<&Area>> = HashMap::new();
        signatures.iter().for_each(|area| by_page.entry(area.page).or_default().push(area));
        for record in &mut self.records {
            record.locked_since = match &record.touched {
                Touched::Field(name) | Touched::NewField(name) => match locked.get(name) {
                    Some(known) => *known,
                    None => {
                        let since = permissions.locked_since(work, name)?;
                        locked.insert(Rc::clone(name), since);
                        since
                    }
                },
                Touched::Fields => permissions.any_locked_since(),
                Touched::Nothing | Touched::Cover => None,
            };
            let is_annotation = ModificationLevel::Annotations == record.change.level.min(record.later);
            let Some(area) = record.change.area.as_ref().filter(|_| is_annotation) else { continue };
            let near = by_page.get(&area.page).map(Vec::as_slice).unwrap_or_default();
            work.spend(near.len() as u64)?;
            let is_drawn = record.upon == Upon::Drawn;
            let upon = near
                .iter()
                .filter(|signature| area.overlaps(signature))
                .map(|signature| if is_drawn && area.contains(signature) { Upon::Hides } else { Upon::Touches });
            record.upon = upon.max().unwrap_or(Upon::Nothing);
        }
        Ok(())
    }
}
