//! What follows one after the other: cut into sheets.

use crate::compose::draft::Mark;
use crate::compose::layout::Valign;
use crate::compose::plan::Context;
use crate::compose::plan::block::PlanBlock;
use crate::compose::plan::grid::LaidTable;
use crate::compose::plan::table::PlanTable;
use crate::compose::text::{Bounds, Line};
use crate::error::{Error, ErrorKind};

/// More sheets than anybody prints of one record.
const MOST_SHEETS: usize = 10_000;
/// More blocks than those have.
const MOST_BLOCKS: usize = 500_000;

/// A block that is filled and measured.
enum Ready<'p> {
    Lines {
        lines: Vec<Line>,
        before: f64,
        after: f64,
        keep: bool,
    },
    Table {
        laid: LaidTable<'p>,
        table: &'p PlanTable,
        context: Context<'p>,
    },
    /// What does not break.
    Whole {
        label: &'p str,
        height: f64,
        marks: Vec<Mark>,
        before: f64,
        after: f64,
        keep: bool,
    },
    Space(f64),
    Break,
}

/// Sheets of a flow: what is on each.
pub(super) struct Flow {
    /// Left, top, width and height of the room on each sheet.
    body: [f64; 4],
    sheets: Vec<Vec<Mark>>,
    /// Where the next block begins.
    y: f64,
    /// Whether the next block has all the room that a sheet can give.
    is_at_top: bool,
}

impl Flow {
    pub(super) fn new(body: [f64; 4], from: f64) -> Self {
        Flow { body, sheets: vec![Vec::new()], y: from, is_at_top: from <= body[1] }
    }

    pub(super) fn finish(self) -> Vec<Vec<Mark>> {
        self.sheets
    }

    /// Lets blocks flow, as a list of a page, or of what repeats.
    pub(super) fn run(&mut self, blocks: &[PlanBlock], context: &Context<'_>) -> Result<(), Error> {
        // Lists within lists are walked through first, so that what is kept together is seen as one row of blocks.
        let mut all = Vec::new();
        gather(blocks, context, &mut all)?;
        let mut ready = Vec::new();
        for (block, context) in all {
            ready.extend(self.ready(block, context)?);
        }
        let heads = heads(&ready);
        for (number, block) in ready.into_iter().enumerate() {
            // What has to stay on the sheet with its end.
            let next = heads.get(number + 1).copied().unwrap_or_default();
            self.place(block, next)?;
        }
        Ok(())
    }

    fn ready<'p>(&self, block: &'p PlanBlock, context: Context<'p>) -> Result<Option<Ready<'p>>, Error> {
        let [_, _, width, _] = self.body;
        let told = |label: &str| format!("{label}{}", context.scope.told());
        Ok(Some(match block {
            PlanBlock::Space(height) => Ready::Space(*height),
            PlanBlock::Break => Ready::Break,
            PlanBlock::Repeat { .. } => return Ok(None),
            PlanBlock::Text { id, .. } | PlanBlock::Canvas { id, .. } if context.scope.hides(id.as_deref()) => {
                return Ok(None);
            }
            PlanBlock::Table(table) if context.scope.hides(table.id.as_deref()) => return Ok(None),
            PlanBlock::Text { label, text, before, after, keep, is_entry, .. } => {
                let set =
                    text.set(Bounds { width, height: None }, &context).map_err(|error| error.context(told(label)))?;
                if *is_entry {
                    let height = set.height.max(text.look.size) + 1.0;
                    let marks = text.placed(set, [0.0, 0.0, width, height], Valign::Middle, (0.0, 0.0), &context);
                    let (before, after, keep) = (*before, *after, *keep);
                    return Ok(Some(Ready::Whole { label, height, marks, before, after, keep }));
                }
                Ready::Lines { lines: set.lines, before: *before, after: *after, keep: *keep }
            }
            PlanBlock::Table(table) => {
                let laid = LaidTable::of(table, &context).map_err(|error| error.context(told(&table.label)))?;
                Ready::Table { laid, table, context }
            }
            PlanBlock::Canvas { label, height, elements, keep, .. } => {
                let mut marks = Vec::new();
                for element in elements {
                    element.put(&mut marks, (0.0, 0.0), None, &context)?;
                }
                Ready::Whole { label, height: *height, marks, before: 0.0, after: 0.0, keep: *keep }
            }
        }))
    }

    fn bottom(&self) -> f64 {
        let [_, top, _, height] = self.body;
        top + height + 0.01
    }

    fn next_sheet(&mut self) -> Result<(), Error> {
        if self.sheets.len() >= MOST_SHEETS {
            return Err(Error::too_large(format!("the flow needs more than {MOST_SHEETS} sheets")));
        }
        self.sheets.push(Vec::new());
        let [_, top, ..] = self.body;
        (self.y, self.is_at_top) = (top, true);
        Ok(())
    }

    fn put(&mut self, marks: Vec<Mark>, height: f64) {
        let [left, ..] = self.body;
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.extend(marks.into_iter().map(|mark| mark.moved(left, self.y)));
        }
        self.y += height;
        self.is_at_top = false;
    }

    fn place(&mut self, block: Ready<'_>, next: f64) -> Result<(), Error> {
        match block {
            Ready::Space(height) => {
                // Room at the top of a further sheet would be a hole.
                if !self.is_at_top || self.sheets.len() == 1 {
                    self.y += height;
                    self.is_at_top = false;
                }
                Ok(())
            }
            Ready::Break => self.next_sheet(),
            Ready::Whole { label, height, marks, before, after, keep } => {
                let next = if keep { next + after } else { 0.0 };
                self.room(before, height, next)?;
                if self.y + height > self.bottom() {
                    return Err(Error::new(
                        ErrorKind::Mismatch,
                        format!("{label}: it is {height:.1} mm high, and a sheet has not that much room"),
                    ));
                }
                self.put(marks, height);
                self.y += after;
                Ok(())
            }
            Ready::Lines { lines, before, after, keep } => {
                self.lines(lines, before, after, if keep { next + after } else { 0.0 })
            }
            Ready::Table { laid, table, context } => self.table(&laid, table, &context, next),
        }
    }

    /// Room above a block, or a new sheet where it does not fit.
    fn room(&mut self, before: f64, height: f64, next: f64) -> Result<(), Error> {
        let before = if self.is_at_top { 0.0 } else { before };
        if !self.is_at_top && self.y + before + height + next > self.bottom() {
            return self.next_sheet();
        }
        self.y += before;
        Ok(())
    }

    /// A paragraph: never its first line alone below, nor its last alone above.
    fn lines(&mut self, lines: Vec<Line>, before: f64, after: f64, next: f64) -> Result<(), Error> {
        let all: f64 = lines.iter().map(|line| line.pitch).sum();
        let [_, _, _, height] = self.body;
        // What is kept with what follows moves as a whole, if a sheet can hold it.
        let together = if all + next <= height { all } else { 0.0 };
        let first: f64 = lines.iter().take(if lines.len() <= 3 { lines.len() } else { 2 }).map(|line| line.pitch).sum();
        if next > 0.0 {
            self.room(before, together.max(first), next)?
        } else {
            self.room(before, first, 0.0)?
        }
        let mut left = lines.len();
        for line in lines {
            let fits = self.y + line.pitch <= self.bottom();
            // The last two stay together.
            let would_part = left == 2 && self.y + 2.0 * line.pitch > self.bottom();
            if (!fits || would_part) && !self.is_at_top {
                self.next_sheet()?;
            }
            if self.y + line.pitch > self.bottom() {
                return Err(Error::new(ErrorKind::Mismatch, "a line of text is higher than the room of a sheet"));
            }
            let pitch = line.pitch;
            self.put(line.into_strip(0.0), pitch);
            left -= 1;
        }
        self.y += after;
        Ok(())
    }

    fn table(
        &mut self,
        laid: &LaidTable<'_>,
        table: &PlanTable,
        context: &Context<'_>,
        next: f64,
    ) -> Result<(), Error> {
        let (count, header) = (laid.len(), laid.header());
        if count == 0 {
            return Ok(());
        }
        let next = if table.keep { next + table.after } else { 0.0 };
        if !self.is_at_top {
            self.y += table.before;
        }
        let mut start = 0;
        while start < count {
            // Rows that come again stand above the first of each further part.
            let again = if start == 0 { 0..0 } else { 0..header };
            let room = self.bottom() - self.y - laid.heights(again.clone());
            let end = self.part(laid, start, room, next);
            let Some(end) = end else {
                if self.is_at_top {
                    return Err(Error::new(
                        ErrorKind::Mismatch,
                        format!(
                            "{}: row {} and what it hangs together with are higher than the room of a sheet",
                            table.label,
                            start + 1
                        ),
                    ));
                }
                self.next_sheet()?;
                continue;
            };
            let mut marks = Vec::new();
            let ranges: Vec<_> = [again, start..end].into_iter().filter(|range| !range.is_empty()).collect();
            laid.draw(&mut marks, (0.0, 0.0), &ranges, context)?;
            let height = ranges.iter().map(|range| laid.heights(range.clone())).sum();
            self.put(marks, height);
            start = end;
            if start < count {
                self.next_sheet()?;
            }
        }
        self.y += table.after;
        Ok(())
    }

    /// Where the part that begins with a row ends, if any of it fits.
    fn part(&self, laid: &LaidTable<'_>, start: usize, room: f64, next: f64) -> Option<usize> {
        let count = laid.len();
        let mut used = 0.0;
        let mut best = None;
        for row in start..count {
            used += laid.heights(row..row + 1);
            if used > room {
                break;
            }
            let is_end = row + 1 == count;
            // The end of a table that is kept with what follows does not stay without it.
            let is_allowed =
                if is_end { used + next <= room || (next > 0.0 && self.is_at_top) } else { laid.may_break(row + 1) };
            // Rows that head the table do not stay alone.
            if is_allowed && (row + 1 > laid.header() || is_end) {
                best = Some(row + 1);
            }
        }
        best
    }
}

/// How much of each block has to fit below the end of one that is kept with it.
fn heads(ready: &[Ready<'_>]) -> Vec<f64> {
    let mut heads = vec![0.0; ready.len() + 1];
    for (number, block) in ready.iter().enumerate().rev() {
        let next = heads.get(number + 1).copied().unwrap_or_default();
        let head = match block {
            Ready::Space(height) => height + next,
            Ready::Break => 0.0,
            Ready::Whole { height, before, after, keep, .. } => {
                before + height + if *keep { after + next } else { 0.0 }
            }
            Ready::Lines { lines, before, after, keep } => {
                let is_short = lines.len() <= 3;
                let first =
                    lines.iter().take(if is_short { lines.len() } else { 2 }).map(|line| line.pitch).sum::<f64>();
                before + first + if *keep && is_short { after + next } else { 0.0 }
            }
            Ready::Table { laid, table, .. } => {
                let first = (laid.header() + 1..=laid.len()).find(|row| *row == laid.len() || laid.may_break(*row));
                table.before + laid.heights(0..first.unwrap_or_default())
            }
        };
        if let Some(place) = heads.get_mut(number) {
            *place = head;
        }
    }
    heads
}

/// Blocks with the values that they see, those of lists once for each row.
fn gather<'p>(
    blocks: &'p [PlanBlock],
    context: &Context<'p>,
    all: &mut Vec<(&'p PlanBlock, Context<'p>)>,
) -> Result<(), Error> {
    for block in blocks {
        if all.len() > MOST_BLOCKS {
            return Err(Error::too_large(format!("the flow has more than {MOST_BLOCKS} blocks")));
        }
        let PlanBlock::Repeat { label, id, list, blocks } = block else {
            all.push((block, context.clone()));
            continue;
        };
        if context.scope.hides(id.as_deref()) {
            continue;
        }
        let rows = context.scope.list(list).map_err(|error| error.context(label))?;
        for (number, row) in rows.iter().enumerate() {
            if !id.as_deref().is_some_and(|id| row.hides(id)) {
                gather(blocks, &context.within(context.scope.row(list, number, Some(row))), all)?;
            }
        }
    }
    Ok(())
}
