//! Revisions are made of sections (ISO 32000-2, 7.5.6 and annex F).

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::document::pdf::lexer::Lexer;
use crate::document::pdf::source::Source;
use crate::document::pdf::xref::{Place, Revision, Row, Section, header};
use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// Makes revisions of the sections: each is one, but the first two of a linearized file make one
/// together, as the first stands before the second (ISO 32000-2, annex F.3).
pub(super) fn revisions(
    sections: Vec<Section>,
    start: u64,
    source: &Source,
    shift: u64,
    findings: &mut Vec<Finding>,
) -> Result<(Vec<Revision>, Vec<Row>), Error> {
    let fail = |text: String| Finding::fail(checks::DOCUMENT_STRUCTURE, text);
    let mut revisions: Vec<Revision> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut sections = sections.into_iter().rev().peekable();
    while let Some(oldest) = sections.next() {
        let is_pair = revisions.is_empty() && sections.peek().is_some_and(|newer| newer.at < oldest.at);
        let number = revisions.len() as u32;
        let (section, oldest, mark) = match sections.next_if(|_| is_pair) {
            Some(mut first_page) => {
                if !is_linearized(source, shift) {
                    findings.push(fail(format!(
                        "the cross-reference section at byte {} continues at byte {}, behind it, and the file is not \
                         linearized",
                        first_page.at, oldest.at
                    )));
                }
                let mark = oldest.mark.filter(|mark| mark.number.saturating_add(shift) == first_page.at);
                let first_section = first_page.at.min(oldest.at);
                first_page.rows.extend(older_rows(&first_page.rows, oldest.rows));
                (first_page, first_section, mark)
            }
            None => {
                let at = oldest.at;
                let mut oldest = oldest;
                let mark = oldest.mark.take().filter(|mark| mark.number.saturating_add(shift) == at);
                (oldest, at, mark)
            }
        };
        if mark.is_none() {
            findings.push(fail(format!(
                "the cross-reference section at byte {} is not followed by a \"startxref\" that names it and by \
                 \"%%EOF\"",
                section.at
            )));
        }
        let (mark, end) = mark.map_or((0, 0), |mark| (mark.mark, mark.end));
        check_rows(&section.rows, number, end, shift, findings);
        if let Some(before) = revisions.last()
            && (oldest < before.end || section.at <= before.section)
        {
            findings.push(fail(format!(
                "the cross-reference section at byte {} stands within the revision before it, which ends at byte {}",
                section.at, before.end
            )));
        }
        rows.extend(section.rows.iter().map(|(object, place)| Row {
            number: *object,
            revision: number,
            place: *place,
        }));
        let (kind, trailer) = (section.kind, section.trailer);
        revisions.push(Revision { section: section.at, kind, trailer, mark, end });
    }
    if let Some(newest) = revisions.last()
        && newest.section != start.saturating_add(shift)
    {
        return Err(Error::malformed("the chain of cross-reference sections does not end where it begins"));
    }
    rows.sort_by_key(|row| (row.number, Reverse(row.revision)));
    Ok((revisions, rows))
}

/// The rows of the main section that the first-page section does not replace.
fn older_rows(newer: &[(u32, Place)], older: Vec<(u32, Place)>) -> Vec<(u32, Place)> {
    let replaced: HashSet<u32> = newer.iter().map(|row| row.0).collect();
    older.into_iter().filter(|row| !replaced.contains(&row.0)).collect()
}

/// No object may be listed twice, nor stand beyond the end of the revision that lists it: there,
/// somebody could put it later.
fn check_rows(rows: &[(u32, Place)], revision: u32, end: u64, shift: u64, findings: &mut Vec<Finding>) {
    let fail = |text: String| Finding::fail(checks::DOCUMENT_STRUCTURE, text);
    let mut numbers: Vec<u32> = rows.iter().map(|row| row.0).collect();
    numbers.sort_unstable();
    if let Some(twice) = numbers.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[u32]>::first) {
        findings.push(fail(format!("revision {} lists object {twice} twice", revision + 1)));
    }
    let beyond = rows.iter().find_map(|(number, place)| match place {
        Place::At { offset, .. } if end > 0 && offset.saturating_add(shift) >= end => Some((number, offset)),
        _ => None,
    });
    if let Some((number, offset)) = beyond {
        findings.push(fail(format!(
            "revision {} lists object {number} at byte {offset}, behind its own end at byte {end}",
            revision + 1
        )));
    }
}

/// Whether the first object of the file is a linearization dictionary.
fn is_linearized(source: &Source, shift: u64) -> bool {
    let head = source.slice(shift..source.len().min(shift.saturating_add(2048)));
    let head = head.ok().flatten().unwrap_or_default();
    let mut lexer = Lexer::new(&head, shift, &Limits::default());
    lexer.skip_space();
    header(&mut lexer).is_some()
        && lexer
            .object()
            .is_ok_and(|object| object.as_dictionary().is_some_and(|dictionary| dictionary.get("Linearized").is_some()))
}
