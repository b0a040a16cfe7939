//! `/ByteRange`: what it names, and whether that is a whole revision (ISO 32000-2, 12.8.1).

use crate::document::pdf::file::View;
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::{Coverage, Protected};
use crate::error::Error;
use crate::finding::{Finding, checks};

/// `[start before after rest]` of an array of four numbers that lie within the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranges {
    start: u64,
    /// The length of the first range.
    before: u64,
    after: u64,
    /// The length of the second range.
    rest: u64,
}

/// What came out of it.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) coverage: Coverage,
    pub(super) protected: Protected,
    /// The bytes left out, as (start, end).
    pub(super) hole: Option<(u64, u64)>,
}

impl Judged {
    /// Whether all bytes from `start` to `end` are protected.
    pub(super) fn covers(&self, start: u64, end: u64) -> bool {
        match &self.protected {
            Protected::Ranges(ranges) => ranges
                .iter()
                .any(|(at, length)| *at <= start && at.checked_add(*length).is_some_and(|reach| end <= reach)),
            _ => false,
        }
    }
}

impl Ranges {
    /// The four numbers, direct and whole, and within the file; what is wrong goes to `findings`.
    pub(super) fn read(view: &View<'_>, dictionary: &Dictionary, findings: &mut Vec<Finding>) -> Option<Self> {
        match Self::parse(view, dictionary) {
            Ok(ranges) => Some(ranges),
            Err(problem) => {
                findings.push(Finding::fail(checks::SIGNATURE_FORMAT, problem));
                None
            }
        }
    }

    fn parse(view: &View<'_>, dictionary: &Dictionary) -> Result<Self, String> {
        let value = dictionary.get("ByteRange").ok_or("it has no /ByteRange, hence protects nothing")?;
        let items =
            value.as_array().ok_or_else(|| format!("its /ByteRange is {}, not a direct array", value.kind()))?;
        if items.len() != 4 {
            return Err(format!("its /ByteRange has {} elements, not 4", items.len()));
        }
        let number = |item: &Object| item.as_integer().and_then(|number| u64::try_from(number).ok());
        let numbers: Option<Vec<u64>> = items.iter().map(number).collect();
        let numbers = numbers.ok_or("its /ByteRange holds something else than direct whole numbers from 0 on")?;
        let &[start, before, after, rest] = numbers.as_slice() else { return Err("its /ByteRange is odd".into()) };
        let length = view.work.file.source.len();
        let end = after.checked_add(rest).filter(|end| *end <= length);
        if end.is_none() || start.checked_add(before).is_none_or(|end| end > length) {
            return Err(format!("its /ByteRange reaches beyond the {length} bytes of the file"));
        }
        Ok(Ranges { start, before, after, rest })
    }

    fn end(&self) -> u64 {
        self.after.saturating_add(self.rest)
    }

    fn protected(&self) -> Protected {
        Protected::Ranges(vec![(self.start, self.before), (self.after, self.rest)])
    }
}

/// The revision at whose end the ranges of a signature dictionary end.
pub(super) fn reach(view: &View<'_>, dictionary: &Dictionary) -> Option<usize> {
    closed(view, Ranges::parse(view, dictionary).ok()?.end())
}

/// The revision that ends at `end`, which may leave out the end of its last line.
fn closed(view: &View<'_>, end: u64) -> Option<usize> {
    view.work
        .file
        .chain
        .revisions
        .iter()
        .position(|revision| revision.end > 0 && (revision.mark..=revision.end).contains(&end))
}

/// Judges the ranges of a signature dictionary that was last written in the revision `written`.
pub(super) fn judge(
    view: &View<'_>,
    dictionary: &Dictionary,
    ranges: Option<Ranges>,
    has_value: bool,
    written: Option<usize>,
    findings: &mut Vec<Finding>,
) -> Result<Judged, Error> {
    let Some(ranges) = ranges else {
        if let Some(protected) = strange(view, dictionary).filter(|_| has_value) {
            findings.push(Finding::fail(checks::DOCUMENT_COVERAGE, UNCLEAR));
            return Ok(Judged { coverage: Coverage::Unclear, protected: Protected::Ranges(protected), hole: None });
        }
        findings.push(Finding::fail(checks::DOCUMENT_COVERAGE, "it cannot be told which bytes it protects"));
        return Ok(Judged { coverage: Coverage::None, protected: Protected::Nothing, hole: None });
    };
    let hole = (ranges.start.saturating_add(ranges.before), ranges.after);
    if !has_value {
        findings.push(Finding::fail(checks::DOCUMENT_COVERAGE, "without a signature value nothing is protected"));
        return Ok(Judged { coverage: Coverage::None, protected: Protected::Nothing, hole: Some(hole) });
    }
    if let Err(problem) = check_hole(dictionary, &ranges) {
        findings.push(Finding::fail(checks::SIGNATURE_FORMAT, problem));
        findings.push(Finding::fail(checks::DOCUMENT_COVERAGE, UNCLEAR));
        return Ok(Judged { coverage: Coverage::Unclear, protected: ranges.protected(), hole: Some(hole) });
    }
    let (coverage, finding) = extent(view, &ranges, written);
    findings.push(finding);
    Ok(Judged { coverage, protected: ranges.protected(), hole: Some(hole) })
}

const UNCLEAR: &str = "it is unclear what it protects: its ranges are not what a signature's must be";

/// More ranges than this no writer makes by mistake.
const STRANGE: usize = 16;

/// One range, or three and more: what they name can be digested, and closes no revision.
fn strange(view: &View<'_>, dictionary: &Dictionary) -> Option<Vec<(u64, u64)>> {
    let items = dictionary.get("ByteRange")?.as_array()?;
    let numbers: Vec<u64> = items.iter().map(|item| u64::try_from(item.as_integer()?).ok()).collect::<Option<_>>()?;
    let (pairs, rest) = numbers.as_chunks::<2>();
    let length = view.work.file.source.len();
    let lies_within = |[start, size]: &[u64; 2]| start.checked_add(*size).is_some_and(|end| end <= length);
    let is_fit = rest.is_empty() && (1..=STRANGE).contains(&pairs.len()) && pairs.len() != 2;
    (is_fit && pairs.iter().all(lies_within)).then(|| pairs.iter().map(|[start, size]| (*start, *size)).collect())
}

/// The ranges leave out the string `/Contents` and nothing else (BR-2 to BR-6): the parser found
/// that string within the signature dictionary, so that the comparison of places says it all.
fn check_hole(dictionary: &Dictionary, ranges: &Ranges) -> Result<(), String> {
    let Ranges { start, before, after, rest } = *ranges;
    if start != 0 {
        return Err(format!("its /ByteRange begins at byte {start}, not at the beginning of the file"));
    }
    if before == 0 || rest == 0 || after <= before {
        return Err("its /ByteRange is not two ranges with something between them".into());
    }
    let contents = dictionary.get("Contents").map(|contents| contents.span.clone()).unwrap_or_default();
    if contents == (before..after) {
        return Ok(());
    }
    Err(format!(
        "its /ByteRange leaves out the bytes {before} to {after}, but its /Contents stands at {} to {}",
        contents.start, contents.end
    ))
}

/// How much of the file well-formed ranges cover.
fn extent(view: &View<'_>, ranges: &Ranges, written: Option<usize>) -> (Coverage, Finding) {
    let chain = &view.work.file.chain;
    let end = ranges.end();
    let partial = |text: String| (Coverage::Partial, Finding::fail(checks::DOCUMENT_COVERAGE, text));
    let Some(index) = closed(view, end) else {
        return partial(format!("it protects the bytes up to {end}, where no revision ends"));
    };
    let up_to = chain.revisions.get(..=index).unwrap_or_default();
    if let Some(beyond) = up_to.iter().find(|revision| revision.section >= end) {
        return partial(format!(
            "it ends at byte {end}, but the revision that ends there uses a cross-reference section at byte {}",
            beyond.section
        ));
    }
    if written.is_some_and(|written| written > index) {
        return partial(format!("it ends with revision {}, before the one that wrote it", index + 1));
    }
    let is_last = index == chain.newest();
    let file_ends = view.work.file.source.end_of_text() <= end;
    if is_last && file_ends {
        let left = view.work.file.source.len().saturating_sub(end);
        let mut text = "it protects the whole document".to_owned();
        if left > 0 {
            text.push_str(&format!(", but for {left} bytes of white space at the end"));
        }
        return (Coverage::Whole, Finding::pass(checks::DOCUMENT_COVERAGE, text));
    }
    let text = format!("it protects the revisions up to {} of {}, up to byte {end}", index + 1, chain.revisions.len());
    (Coverage::Revision, Finding::pass(checks::DOCUMENT_COVERAGE, text))
}
