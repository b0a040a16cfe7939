//! What the changes mean for one signature.

use std::collections::BTreeSet;

use crate::document::Coverage;
use crate::document::change::{Change, ChangeKind, ModificationLevel};
use crate::document::pdf::changes::History;
use crate::document::pdf::changes::permission::Restriction;
use crate::document::pdf::changes::step::{Record, Shows, Touched};
use crate::document::pdf::file::Work;
use crate::error::Error;
use crate::finding::{Finding, Outcome, checks};
use crate::units::{Area, Mm};

/// How many changes are told of one signature, those that go furthest first.
const LISTED: usize = 200;

/// How many of them a sentence names.
const NAMED: usize = 3;

/// One signature, with all that bears upon what came after it.
pub(in crate::document::pdf) struct Case<'c> {
    pub(in crate::document::pdf) work: &'c Work<'c>,
    pub(in crate::document::pdf) history: &'c History,
    /// The restrictions of all signatures.
    pub(in crate::document::pdf) restrictions: &'c [&'c Restriction],
    /// The revision that it closed.
    pub(in crate::document::pdf) revision: usize,
    pub(in crate::document::pdf) coverage: Coverage,
    /// Where signatures show.
    pub(in crate::document::pdf) signatures: &'c [Area],
}

/// What came out.
pub(in crate::document::pdf) struct Judged {
    pub(in crate::document::pdf) level: Option<ModificationLevel>,
    pub(in crate::document::pdf) changes: Vec<Change>,
    pub(in crate::document::pdf) findings: Vec<Finding>,
}

/// A change as this signature sees it.
struct Seen<'r> {
    record: &'r Record,
    level: ModificationLevel,
    /// Why it is forbidden although its level would be allowed.
    reason: Option<&'static str>,
}

/// What is in force.
struct Force<'c> {
    restrictions: Vec<&'c Restriction>,
    allowed: Option<ModificationLevel>,
    is_certified: bool,
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
        let force = match self.force() {
            Ok(force) => force,
            Err(problem) => {
                judged.findings.push(Finding::unknown(checks::DOCUMENT_CHANGES, problem));
                Force { restrictions: Vec::new(), allowed: None, is_certified: false }
            }
        };
        let mut seen = Vec::new();
        for record in self.history.records.iter().filter(|record| record.step > self.revision) {
            seen.push(self.see(record, &force)?);
        }
        seen.sort_by_key(|seen| (std::cmp::Reverse((seen.level, seen.reason.is_some())), seen.record.step));
        let level = seen.first().map_or(ModificationLevel::LtaUpdate, |worst| worst.level);
        let level = level.max(ModificationLevel::LtaUpdate);
        judged.level = Some(level);
        judged.findings.push(sentence(later, level, &force, &seen));
        judged.findings.extend(flagged(&seen, self.signatures));
        judged.changes.extend(seen.iter().take(LISTED).map(|seen| {
            let mut change = seen.record.change.clone();
            change.level = seen.level;
            if let Some(reason) = seen.reason {
                change.detail = format!("{}: {reason}", change.detail);
            }
            change
        }));
        Ok(())
    }

    /// What this signature and those before it laid down.
    fn force(&self) -> Result<Force<'_>, String> {
        let restrictions: Vec<&Restriction> =
            self.restrictions.iter().copied().filter(|restriction| restriction.revision <= self.revision).collect();
        let mut allowed = None;
        for restriction in &restrictions {
            if let Some(level) = restriction.allows()? {
                allowed = Some(allowed.map_or(level, |least: ModificationLevel| least.min(level)));
            }
        }
        let is_certified = restrictions.iter().any(|restriction| restriction.certifies);
        Ok(Force { restrictions, allowed, is_certified })
    }

    fn see<'r>(&self, record: &'r Record, force: &Force<'_>) -> Result<Seen<'r>, Error> {
        let level = if record.born <= self.revision { record.change.level } else { record.later };
        let locks = |name: &str| -> Result<bool, Error> {
            for restriction in &force.restrictions {
                self.work.spend(restriction.size() as u64)?;
                if restriction.locks(name) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let reason = match &record.touched {
            Touched::Field(name) if locks(name)? => Some("a signature locked that field"),
            Touched::NewField(name) if locks(name)? => Some("a signature locked that field"),
            Touched::Fields if force.restrictions.iter().any(|restriction| restriction.has_locks()) => {
                Some("a signature locked fields that share it")
            }
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
        Ok(Seen { record, level, reason })
    }
}

/// Without any word of the signatories fields may be filled in, and whether annotations were meant
/// to be allowed cannot be told.
fn sentence(later: usize, level: ModificationLevel, force: &Force<'_>, seen: &[Seen<'_>]) -> Finding {
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
fn flagged(seen: &[Seen<'_>], signatures: &[Area]) -> Vec<Finding> {
    [redrawn(seen), misshown(seen), covered(seen, signatures)].into_iter().flatten().collect()
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

/// Annotations over what was signed. What they hide of a page no program can tell; of a signature it can.
fn covered(seen: &[Seen<'_>], signatures: &[Area]) -> Option<Finding> {
    let over: Vec<&Area> = seen
        .iter()
        .filter(|seen| seen.level == ModificationLevel::Annotations)
        .filter_map(|seen| seen.record.change.area.as_ref())
        .collect();
    let named = |areas: &[&Area]| areas.iter().take(NAMED).map(|area| area.to_string()).collect::<Vec<_>>().join("; ");
    let upon: Vec<&Area> =
        over.iter().copied().filter(|area| signatures.iter().any(|signature| overlap(area, signature))).collect();
    if !upon.is_empty() {
        let text = format!("annotations that came later lie over a signature, and may hide it: {}", named(&upon));
        return Some(Finding::unknown(checks::DOCUMENT_CHANGES, text));
    }
    let text = format!("annotations that came later lie over pages that were signed; look at {}", named(&over));
    (!over.is_empty()).then(|| Finding::note(checks::DOCUMENT_CHANGES, text))
}

fn overlap(one: &Area, two: &Area) -> bool {
    let meet = |from: Mm, length: Mm, other: Mm, its: Mm| from.0 < other.0 + its.0 && other.0 < from.0 + length.0;
    one.page == two.page
        && meet(one.left, one.width, two.left, two.width)
        && meet(one.top, one.height, two.top, two.height)
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
