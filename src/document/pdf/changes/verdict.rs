//! What the changes mean for one signature.

use std::collections::BTreeSet;

use crate::document::Coverage;
use crate::document::change::{Change, ChangeKind, ModificationLevel};
use crate::document::pdf::changes::History;
use crate::document::pdf::changes::permission::{Force, Permissions};
use crate::document::pdf::changes::step::{Record, Shows, Touched, Upon};
use crate::document::pdf::file::Work;
use crate::error::Error;
use crate::finding::{Finding, Outcome, checks};

/// How many changes are told of one signature, those that go furthest first.
const LISTED: usize = 200;

/// What seeing one change costs, as much as so many bytes.
const SEEN: u64 = 16;

/// How many of them a sentence names.
const NAMED: usize = 3;

/// One signature, with all that bears upon what came after it.
pub(in crate::document::pdf) struct Case<'c> {
    pub(in crate::document::pdf) work: &'c Work<'c>,
    pub(in crate::document::pdf) history: &'c History,
    /// What all signatures lay down.
    pub(in crate::document::pdf) permissions: &'c Permissions<'c>,
    /// The revision that it closed.
    pub(in crate::document::pdf) revision: usize,
    pub(in crate::document::pdf) coverage: Coverage,
}

/// What came out.
pub(in crate::document::pdf) struct Judged {
    pub(in crate::document::pdf) level: Option<ModificationLevel>,
    pub(in crate::document::pdf) changes: Vec<Change>,
    pub(in crate::document::pdf) findings: Vec<Finding>,
}

/// A change as this signature sees it.
#[derive(Clone, Copy)]
struct Seen<'r> {
    record: &'r Record,
    level: ModificationLevel,
    /// Why it is forbidden although its level would be allowed.
    reason: Option<&'static str>,
}

impl Case<'_> {
    pub(in crate::document::pdf) fn judge(&self) -> Result<Judged, Error> {
        let later = self.work.file.chain.newest().saturating_sub(self.revision);
        let mut judged = Judged { level: Some(ModificationLevel::None), changes: Vec::new(), findings: Vec::new() };
        if later > 0 {
            self.judge_later(later, &mut judged)?;
        } else if self.coverage >= Coverage::Revision && self.work.file.trailing().is_none() {
            judged.findings.push(Finding::pass(checks::DOCUMENT_CHANGES, "nothing was added after it"));
        }
        self.judge_trailing(&mut judged);
        if self.coverage < Coverage::Revision {
            self.judge_uncovered(&mut judged);
        }
        Ok(judged)
    }

    /// A signature that closes no revision allows nothing, whatever was found behind it.
    fn judge_uncovered(&self, judged: &mut Judged) {
        judged.level = if self.coverage == Coverage::None { None } else { Some(ModificationLevel::Other) };
        judged.findings.retain(|finding| finding.outcome != Outcome::Pass);
        if judged.findings.is_empty() {
            let text = "what it does not protect may have changed";
            judged.findings.push(Finding::unknown(checks::DOCUMENT_CHANGES, text));
        }
    }

    fn judge_trailing(&self, judged: &mut Judged) {
        let Some(trailing) = self.work.file.trailing() else { return };
        let detail = format!(
            "{} bytes that no signature protects follow the last revision, from byte {} on",
            trailing.end - trailing.start,
            trailing.start
        );
        judged.level = Some(ModificationLevel::Other);
        judged.findings.push(Finding::fail(checks::DOCUMENT_CHANGES, detail.clone()));
        let (level, kind) = (ModificationLevel::Other, ChangeKind::File);
        let revision = self.work.file.chain.revisions.len();
        let (object, page, area, old, new) = (None, None, None, None, None);
        let path = String::new();
        judged.changes.insert(0, Change { level, kind, revision, object, path, page, area, old, new, detail });
    }

    fn judge_later(&self, later: usize, judged: &mut Judged) -> Result<(), Error> {
        if let Some(broken) = &self.history.broken {
            judged.level = None;
            let text = format!("what {} changed cannot be told: {broken}", followed(later));
            judged.findings.push(Finding::unknown(checks::DOCUMENT_CHANGES, text));
            return Ok(());
        }
        let force = self.permissions.after(self.revision).unwrap_or_else(|problem| {
            judged.findings.push(Finding::unknown(checks::DOCUMENT_CHANGES, problem));
            Force::default()
        });
        let records = &self.history.records;
        let later_on = records.partition_point(|record| record.step <= self.revision);
        let records = records.get(later_on..).unwrap_or_default();
        self.work.spend(SEEN.saturating_mul(records.len() as u64))?;
        let mut seen: Vec<_> = records.iter().map(|record| self.see(record, force)).collect();
        let level = seen.iter().map(|seen| seen.level).max().unwrap_or(ModificationLevel::LtaUpdate);
        let level = level.max(ModificationLevel::LtaUpdate);
        judged.level = Some(level);
        put_first(&mut seen);
        judged.findings.push(sentence(later, level, force, &seen));
        judged.findings.extend(flagged(&seen));
        judged.changes.extend(seen.iter().take(LISTED).map(Seen::told));
        Ok(())
    }

    fn see<'r>(&self, record: &'r Record, force: Force) -> Seen<'r> {
        let level = if record.born <= self.revision { record.change.level } else { record.later };
        let is_locked = record.locked_since.is_some_and(|since| since <= self.revision);
        let reason = match &record.touched {
            Touched::Field(_) | Touched::NewField(_) if is_locked => Some("a signature locked that field"),
            Touched::Fields if is_locked => Some("a signature locked fields that share it"),
            Touched::NewField(_) if force.is_certified => {
                Some("in a certified document a new visible field can hide what was certified")
            }
            Touched::Cover if force.allowed == Some(ModificationLevel::Annotations) => {
                Some("annotations of this type can hide what was certified")
            }
            _ => None,
        };
        let level = match (&record.touched, reason) {
            (_, None) | (Touched::Cover, _) => level,
            _ => ModificationLevel::Other,
        };
        Seen { record, level, reason }
    }
}

impl Seen<'_> {
    /// What goes further comes before what goes less far, and the forbidden before the allowed.
    fn rank(&self) -> impl Ord {
        std::cmp::Reverse((self.level, self.reason.is_some()))
    }

    fn told(&self) -> Change {
        let mut change = self.record.change.clone();
        change.level = self.level;
        if let Some(reason) = self.reason {
            change.detail = format!("{}: {reason}", change.detail);
        }
        change
    }
}

/// Brings the changes that are told to the front, in the order of their revisions where they go equally far. The
/// many that are not told stay in no order: of a document with many signatures each sees nearly all changes.
fn put_first(seen: &mut Vec<Seen<'_>>) {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    let key = |index: &usize| (seen.get(*index).map(Seen::rank), *index);
    if order.len() > LISTED {
        order.select_nth_unstable_by_key(LISTED, key);
    }
    order.get_mut(..LISTED.min(seen.len())).unwrap_or_default().sort_unstable_by_key(key);
    *seen = order.iter().filter_map(|index| seen.get(*index).copied()).collect();
}

/// Without any word of the signatories fields may be filled in, and whether annotations were meant
/// to be allowed cannot be told.
fn sentence(later: usize, level: ModificationLevel, force: Force, seen: &[Seen<'_>]) -> Finding {
    let allowed = force.allowed.unwrap_or(ModificationLevel::FormFilling);
    let hidden = seen.iter().find(|seen| seen.reason.is_some() && seen.level <= allowed);
    let names = named(seen, level);
    if level <= allowed && hidden.is_none() {
        return Finding::pass(checks::DOCUMENT_CHANGES, format!("{} with {level}{names}", followed(later)));
    }
    if level == ModificationLevel::Annotations && force.allowed.is_none() {
        let text = format!("{} with {level}, and no signature says whether they are allowed{names}", followed(later));
        return Finding::unknown(checks::DOCUMENT_CHANGES, text);
    }
    let names = match hidden.filter(|_| level <= allowed) {
        Some(hidden) => format!(": {}: {}", hidden.record.change.detail, hidden.reason.unwrap_or_default()),
        None => names,
    };
    let most = if force.allowed.is_some() && level != ModificationLevel::Other {
        format!(", where no more than {allowed} is allowed")
    } else {
        String::new()
    };
    Finding::fail(checks::DOCUMENT_CHANGES, format!("{} with {level}{most}{names}", followed(later)))
}

/// What no rule forbids and everyone should know.
fn flagged(seen: &[Seen<'_>]) -> Vec<Finding> {
    [redrawn(seen), misshown(seen), covered(seen)].into_iter().flatten().collect()
}

/// Tells of forms that viewers draw anew, so that a value may show otherwise than it did.
fn redrawn(seen: &[Seen<'_>]) -> Option<Finding> {
    seen.iter().find(|seen| seen.record.shows == Some(Shows::Redraw)).map(|_| {
        let text = "viewers are told to draw the fields of the form anew (/NeedAppearances), so that they may show \
                    otherwise than they did when it was signed";
        Finding::note(checks::DOCUMENT_CHANGES, text)
    })
}

/// Fields that say one thing and may show another: they look otherwise and say the same, or the reverse.
fn misshown(seen: &[Seen<'_>]) -> Option<Finding> {
    let names = |shows: Shows| -> BTreeSet<&str> {
        let of = seen.iter().filter(|seen| seen.record.shows == Some(shows));
        of.filter_map(|seen| if let Touched::Field(name) = &seen.record.touched { Some(name.as_ref()) } else { None })
            .collect()
    };
    let (said, shown) = (names(Shows::Value), names(Shows::Appearance));
    let told: Vec<String> =
        said.symmetric_difference(&shown).take(NAMED).map(|name| format!("\"{}\"", name.escape_debug())).collect();
    let text = format!(
        "of these fields only the value or only the appearance was changed, so that they may not show what they say: {}",
        told.join(", ")
    );
    (!told.is_empty()).then(|| Finding::note(checks::DOCUMENT_CHANGES, text))
}

/// Annotations over what was signed. Whoever allows annotations allows them wherever they lie, and what one hides
/// of a page no program can tell, so that it is told where to look. What hides a whole signature is another matter:
/// nobody signs to be covered up.
fn covered(seen: &[Seen<'_>]) -> Option<Finding> {
    let over = |least: Upon| {
        let all = seen.iter().filter(|seen| seen.level == ModificationLevel::Annotations && seen.record.upon >= least);
        let areas: Vec<_> = all.filter_map(|seen| seen.record.change.area.as_ref()).take(NAMED).collect();
        areas.iter().map(|area| area.to_string()).collect::<Vec<_>>().join("; ")
    };
    let (hiding, touching, any) = (over(Upon::Hides), over(Upon::Touches), over(Upon::Nothing));
    let told = |what: &str, places: &str| format!("annotations that came later lie over {what}; look at {places}");
    let check = checks::DOCUMENT_CHANGES;
    if !hiding.is_empty() {
        return Some(Finding::unknown(check, told("the whole of a signature, and may hide it", &hiding)));
    }
    if !touching.is_empty() {
        return Some(Finding::note(check, told("a part of a signature", &touching)));
    }
    (!any.is_empty()).then(|| Finding::note(check, told("pages that were signed", &any)))
}

fn followed(later: usize) -> String {
    if later == 1 { "1 revision followed".into() } else { format!("{later} revisions followed") }
}

/// The changes that decide.
fn named(seen: &[Seen<'_>], level: ModificationLevel) -> String {
    let deciding: Vec<_> = seen.iter().filter(|seen| seen.level == level).collect();
    let mut texts: Vec<String> = Vec::new();
    for seen in &deciding {
        let reason = seen.reason.map(|reason| format!(", and {reason}")).unwrap_or_default();
        let text = format!("{}{reason}", seen.record.change.detail);
        if texts.len() < NAMED && !texts.contains(&text) {
            texts.push(text);
        }
    }
    let more = match deciding.len().saturating_sub(texts.len()) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    if texts.is_empty() { String::new() } else { format!(": {}{more}", texts.join("; ")) }
}
