//! Cross-reference sections, their chain, and the revisions they make (ISO 32000-2, 7.5.4 to 7.5.8).
//!
//! The chain begins at the last `startxref` and follows `/Prev`. Nothing is looked for by scanning:
//! what the chain does not reach is not part of the document.

mod reader;
mod revisions;

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::document::pdf::object::{Dictionary, Reference};
use crate::document::pdf::source::Source;
use crate::document::pdf::xref::reader::{Reader, hybrid_finding, last_start};
pub(super) use crate::document::pdf::xref::reader::{filters, header};
use crate::document::pdf::xref::revisions::revisions;
use crate::error::Error;
use crate::finding::Finding;
use crate::limits::Limits;

/// Where an object is to be found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Free,
    /// In the file, at an offset.
    At {
        offset: u64,
        generation: u16,
    },
    /// In an object stream.
    Packed {
        stream: u32,
        index: u32,
    },
}

impl Place {
    /// How the object `number` that is there is referred to; nothing when it is free.
    fn reference(self, number: u32) -> Option<Reference> {
        match self {
            Place::Free => None,
            Place::At { generation, .. } => Some(Reference { number, generation }),
            Place::Packed { .. } => Some(Reference { number, generation: 0 }),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Row {
    number: u32,
    revision: u32,
    place: Place,
}

/// How a cross-reference section is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Table,
    Stream,
}

/// One update of the file; the first is the original.
#[derive(Clone, Debug)]
pub(super) struct Revision {
    /// Where the section begins that `startxref` names.
    pub(super) section: u64,
    pub(super) kind: Kind,
    pub(super) trailer: Dictionary,
    /// Right behind `%%EOF`, and behind the end of its line.
    pub(super) mark: u64,
    pub(super) end: u64,
}

/// The chain of revisions, oldest first, and where each object was in each of them.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) revisions: Vec<Revision>,
    /// By number; of each number the newest first.
    rows: Vec<Row>,
    /// The numbers that each revision lists.
    written: Vec<Vec<u32>>,
    /// What is wrong or odd without making the file unreadable.
    pub(super) findings: Vec<Finding>,
    pub(super) hybrid: bool,
}

/// A section as it is read, with the mark that ends it when one follows.
struct Section {
    at: u64,
    kind: Kind,
    trailer: Dictionary,
    rows: Vec<(u32, Place)>,
    mark: Option<Mark>,
}

/// The entries of a table.
struct Rows {
    list: Vec<(u32, Place)>,
    /// Whether its first subsection says that it begins with object 1 and begins with object 0, so that each
    /// number in it is one too high.
    is_shifted: bool,
}

/// `startxref`, its number, and where the line of `%%EOF` ends.
struct Mark {
    number: u64,
    mark: u64,
    end: u64,
}

impl Chain {
    /// Follows the chain. Offsets in the file count from `shift`, where its header stands.
    pub(super) fn read(source: &Source, shift: u64, limits: &Limits) -> Result<Self, Error> {
        let start = last_start(source)?;
        let findings = Vec::new();
        let mut reader = Reader { source, shift, limits, entries: 0, unfolded: 0, conflicts: 0, hidden: 0, findings };
        let sections = reader.sections(start)?;
        let mut findings = std::mem::take(&mut reader.findings);
        let hybrid = sections.iter().any(|section| section.trailer.get("XRefStm").is_some());
        if hybrid {
            findings.push(hybrid_finding(&reader));
        }
        let (revisions, rows) = revisions(sections, start, source, shift, &mut findings)?;
        let mut written = vec![Vec::new(); revisions.len()];
        for row in &rows {
            if let Some(list) = written.get_mut(row.revision as usize) {
                list.push(row.number);
            }
        }
        Ok(Chain { revisions, rows, written, findings, hybrid })
    }

    pub(super) fn newest(&self) -> usize {
        self.revisions.len().saturating_sub(1)
    }

    /// Where an object is as of a revision, and the revision that put it there.
    pub(super) fn find(&self, number: u32, revision: usize) -> Option<(Place, usize)> {
        // Of each number the newest row comes first, and an object may be written by every revision.
        let revision = u32::try_from(revision).unwrap_or(u32::MAX);
        let wanted = (number, Reverse(revision));
        let at = self.rows.partition_point(|row| (row.number, Reverse(row.revision)) < wanted);
        let row = self.rows.get(at).filter(|row| row.number == number)?;
        Some((row.place, row.revision as usize))
    }

    /// How an object is referred to as of a revision; nothing when it is free or was never there.
    pub(super) fn reference(&self, number: u32, revision: usize) -> Option<Reference> {
        self.find(number, revision)?.0.reference(number)
    }

    /// The objects that are there as of a revision, in the order of their numbers.
    pub(super) fn present(&self, revision: usize) -> impl Iterator<Item = Reference> {
        let mut last = None;
        self.rows.iter().filter(move |row| row.revision as usize <= revision).filter_map(move |row| {
            // Of each number the newest row comes first.
            if last.replace(row.number) == Some(row.number) {
                return None;
            }
            row.place.reference(row.number)
        })
    }

    /// The numbers of all object streams that objects ever stood in.
    pub(super) fn packs(&self) -> HashSet<u32> {
        let stream = |row: &Row| match row.place {
            Place::Packed { stream, .. } => Some(stream),
            _ => None,
        };
        self.rows.iter().filter_map(stream).collect()
    }

    /// The objects that one revision writes or frees.
    pub(super) fn written_in(&self, revision: usize) -> &[u32] {
        self.written.get(revision).map(Vec::as_slice).unwrap_or_default()
    }

    /// The highest object number there ever was.
    pub(super) fn highest(&self) -> u32 {
        self.rows.last().map_or(0, |row| row.number)
    }
}
