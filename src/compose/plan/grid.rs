//! Tables filled: how many rows there are, how high each is, and what of it is drawn on which sheet.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::compose::draft::Mark;
use crate::compose::layout::Valign;
use crate::compose::plan::Context;
use crate::compose::plan::table::{PlanCell, PlanTable};
use crate::compose::shapes::ink;
use crate::compose::text::{Bounds, Setting};
use crate::compose::values::Values;
use crate::document::ofd::{Cap, Figure, Outline, Stroke};
use crate::error::{Context as _, Error, ErrorKind};

/// More rows than this on paper are no table.
const MOST_ROWS: usize = 100_000;

/// A table with all its rows.
#[derive(Debug)]
pub(super) struct LaidTable<'t> {
    table: &'t PlanTable,
    rows: Vec<LaidRow<'t>>,
    /// By the rows where they begin.
    cells: Vec<LaidCell<'t>>,
    /// Those that take several rows, by their places in `cells`.
    long: Vec<usize>,
    /// How many rows come again on every sheet.
    header: usize,
}

#[derive(Clone, Copy, Debug)]
struct LaidRow<'t> {
    /// Its place in the layout.
    place: usize,
    height: f64,
    of: Option<RowOf<'t>>,
}

/// Which row of which list.
type RowOf<'t> = (&'t str, usize, Option<&'t Values>);

#[derive(Debug)]
struct LaidCell<'t> {
    cell: &'t PlanCell,
    rows: Range<usize>,
    setting: Setting,
    is_hidden: bool,
}

impl<'t> LaidTable<'t> {
    /// Fills a table.
    pub(super) fn of(table: &'t PlanTable, context: &Context<'t>) -> Result<Self, Error> {
        let mut laid = LaidTable { table, rows: Vec::new(), cells: Vec::new(), long: Vec::new(), header: 0 };
        laid.expand(context)?;
        laid.set_cells(context)?;
        laid.stretch()?;
        Ok(laid)
    }

    pub(super) fn height(&self) -> f64 {
        self.heights(0..self.rows.len())
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn header(&self) -> usize {
        self.header
    }

    pub(super) fn heights(&self, rows: Range<usize>) -> f64 {
        self.rows.get(rows).unwrap_or_default().iter().map(|row| row.height).sum()
    }

    /// Whether the table may go on on another sheet before a row: not within a cell of several rows, unless that spans
    /// a list.
    pub(super) fn may_break(&self, row: usize) -> bool {
        let across = self.long.iter().filter_map(|place| self.cells.get(*place));
        row >= self.header
            && across.filter(|cell| cell.rows.start < row && row < cell.rows.end).all(|cell| self.spans_list(cell))
    }

    fn spans_list(&self, cell: &LaidCell<'_>) -> bool {
        let rows = self.table.rows.get(cell.cell.rows.clone()).unwrap_or_default();
        rows.iter().any(|row| row.repeat.is_some())
    }

    /// The rows that there are.
    fn expand(&mut self, context: &Context<'t>) -> Result<(), Error> {
        for (place, row) in self.table.rows.iter().enumerate() {
            if place == self.table.header {
                self.header = self.rows.len();
            }
            if context.scope.hides(row.id.as_deref()) {
                continue;
            }
            let Some(list) = row.repeat.as_deref() else {
                self.rows.push(LaidRow { place, height: row.height, of: None });
                continue;
            };
            let values = context.scope.list(list)?;
            let count = values.len().max(row.least);
            if count.saturating_add(self.rows.len()) > MOST_ROWS {
                return Err(Error::too_large(format!("\"{list}\" has {count} rows; a table has at most {MOST_ROWS}")));
            }
            for number in 0..count {
                let own = values.get(number);
                if own.is_some_and(|own| row.id.as_deref().is_some_and(|id| own.hides(id))) {
                    continue;
                }
                self.rows.push(LaidRow { place, height: row.height, of: Some((list, number, own)) });
            }
        }
        if self.table.header >= self.table.rows.len() {
            self.header = self.rows.len();
        }
        Ok(())
    }

    /// Which rows there are of those of a cell.
    fn actual(&self, places: &Range<usize>) -> Range<usize> {
        let at = |place: usize| self.rows.partition_point(|row| row.place < place);
        at(places.start)..at(places.end)
    }

    fn set_cells(&mut self, context: &Context<'t>) -> Result<(), Error> {
        let mut cells = Vec::new();
        for cell in &self.table.cells {
            let actual = self.actual(&cell.rows);
            let repeats =
                cell.rows.len() == 1 && self.table.rows.get(cell.rows.start).is_some_and(|row| row.repeat.is_some());
            if repeats {
                for row in actual {
                    cells.push(self.set_cell(cell, row..row + 1, context)?);
                }
            } else if !actual.is_empty() {
                cells.push(self.set_cell(cell, actual, context)?);
            }
        }
        cells.sort_by_key(|cell| (cell.rows.start, cell.cell.columns.start));
        self.long =
            (0..cells.len()).filter(|place| cells.get(*place).is_some_and(|cell| cell.rows.len() > 1)).collect();
        self.cells = cells;
        Ok(())
    }

    fn set_cell(&self, cell: &'t PlanCell, rows: Range<usize>, context: &Context<'t>) -> Result<LaidCell<'t>, Error> {
        self.scoped(&rows, context, |context| {
            let is_hidden = context.scope.hides(cell.id.as_deref());
            let mut setting = Setting::default();
            if let (Some(text), false) = (&cell.text, is_hidden) {
                let (_, width) = self.table.across(&cell.columns);
                let of = self.rows.get(rows.clone()).unwrap_or_default();
                let is_fixed = |row: &LaidRow<'_>| self.table.rows.get(row.place).is_some_and(|row| row.is_fixed);
                let height = of.iter().all(is_fixed).then(|| of.iter().map(|row| row.height).sum::<f64>());
                let [beside, above] = self.table.padding;
                let bounds = Bounds { width: width - 2.0 * beside, height: height.map(|height| height - 2.0 * above) };
                let told = || format!("{}{}", cell.label, context.scope.told());
                setting = text.set(bounds, context).map_err(|error| error.context(told()))?;
            }
            Ok(LaidCell { cell, rows: rows.clone(), setting, is_hidden })
        })
    }

    /// Does something with the values that a cell sees: of a row that repeats, those of the row.
    fn scoped<T>(
        &self,
        rows: &Range<usize>,
        context: &Context<'t>,
        work: impl FnOnce(&Context<'t>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let of = self.rows.get(rows.start).filter(|_| rows.len() == 1).and_then(|row| row.of);
        match of {
            None => work(context),
            Some((list, number, values)) => work(&context.within(context.scope.row(list, number, values))),
        }
    }

    /// Rows grow with what is in them.
    fn stretch(&mut self) -> Result<(), Error> {
        let [_, above] = self.table.padding;
        let need = |cell: &LaidCell<'_>| {
            let text = if cell.setting.lines.is_empty() { 0.0 } else { cell.setting.height + 2.0 * above };
            let bottoms = cell.cell.elements.iter().filter(|_| !cell.is_hidden).map(|element| element.bottom());
            bottoms.fold(text, f64::max)
        };
        let is_fixed = |place: usize| self.table.rows.get(place).is_some_and(|row| row.is_fixed);
        // Those of one row first: what they ask for is there for the others.
        for is_long in [false, true] {
            for cell in self.cells.iter().filter(|cell| (cell.rows.len() > 1) == is_long) {
                let own = self.rows.get_mut(cell.rows.clone()).unwrap_or_default();
                let missing = need(cell) - own.iter().map(|row| row.height).sum::<f64>();
                if missing <= 0.01 {
                    continue;
                }
                let Some(row) = own.iter_mut().rev().find(|row| !is_fixed(row.place)) else {
                    return Err(Error::new(
                        ErrorKind::Mismatch,
                        format!(
                            "{}: what is in it is {missing:.1} mm higher than its rows, which are fixed",
                            cell.cell.label
                        ),
                    ));
                };
                row.height += missing;
            }
        }
        Ok(())
    }

    /// Draws the whole table.
    pub(super) fn draw_all(&self, marks: &mut Vec<Mark>, at: (f64, f64), context: &Context<'t>) -> Result<(), Error> {
        self.draw(marks, at, std::slice::from_ref(&(0..self.rows.len())), context)
    }

    /// Draws rows one below the other as a table of their own.
    pub(super) fn draw(
        &self,
        marks: &mut Vec<Mark>,
        at: (f64, f64),
        ranges: &[Range<usize>],
        context: &Context<'t>,
    ) -> Result<(), Error> {
        let mut tops = vec![0.0];
        for row in ranges.iter().flat_map(|range| self.rows.get(range.clone()).unwrap_or_default()) {
            tops.push(tops.last().copied().unwrap_or_default() + row.height);
        }
        let mut rules = Rules::new(tops.len() - 1, self.table);
        let (mut fills, mut contents) = (Vec::new(), Vec::new());
        let mut before = 0;
        for range in ranges {
            for cell in self.cells_within(range) {
                let rows = cell.rows.start.max(range.start)..cell.rows.end.min(range.end);
                let part = rows.start - range.start + before..rows.end - range.start + before;
                let top = |place: usize| tops.get(place).copied().unwrap_or_default();
                let (left, width) = self.table.across(&cell.cell.columns);
                let area = [at.0 + left, at.1 + top(part.start), width, top(part.end) - top(part.start)];
                rules.surround(&part, &cell.cell.columns, cell.cell.borders);
                if let Some(colour) = cell.cell.fill {
                    let [left, top, width, height] = area;
                    fills
                        .push(Mark::Figure(Figure::of(Outline::rectangle(left, top, width, height)).fill(ink(colour))));
                }
                if !cell.is_hidden {
                    let is_first = cell.rows.start >= range.start;
                    self.fill_cell(cell, area, is_first, &mut contents, context)?;
                }
            }
            before += range.len();
        }
        marks.append(&mut fills);
        rules.draw(marks, &tops, &self.table.lefts, at, self.table.borders.colour);
        marks.append(&mut contents);
        Ok(())
    }

    fn cells_within(&self, range: &Range<usize>) -> impl Iterator<Item = &LaidCell<'t>> {
        let at = |row: usize| self.cells.partition_point(|cell| cell.rows.start < row);
        let begun = self.cells.get(at(range.start)..at(range.end)).unwrap_or_default();
        let (start, long) = (range.start, &self.long);
        let earlier = long.iter().filter_map(|place| self.cells.get(*place));
        begun.iter().chain(earlier.filter(move |cell| cell.rows.start < start && cell.rows.end > start))
    }

    fn fill_cell(
        &self,
        cell: &LaidCell<'t>,
        area: [f64; 4],
        is_first: bool,
        marks: &mut Vec<Mark>,
        context: &Context<'t>,
    ) -> Result<(), Error> {
        let [left, top, width, height] = area;
        let [beside, above] = self.table.padding;
        let inner = [left + beside, top + above, width - 2.0 * beside, height - 2.0 * above];
        self.scoped(&cell.rows, context, |context| {
            // What goes on on another sheet is named there again, and filled in once.
            if let Some(text) = cell.cell.text.as_ref().filter(|text| is_first || text.is_static()) {
                let [.., height] = inner;
                if cell.setting.height > height + 0.01 {
                    let detail = "the part of it that is on this sheet is lower than its text: let rows be higher";
                    return Err(Error::new(ErrorKind::Mismatch, format!("{}: {detail}", cell.cell.label)));
                }
                let [left, top, ..] = inner;
                let mut shown = text.placed(cell.setting.clone(), inner, Valign::Middle, (left, top), context);
                marks.append(&mut shown);
            }
            if is_first {
                for element in &cell.cell.elements {
                    element.put(marks, (left, top), Some(inner), context).context("the table")?;
                }
            }
            Ok(())
        })
    }
}

/// The lines of a table by the edges of its places: how wide each is.
struct Rules {
    rows: usize,
    columns: usize,
    outer: f64,
    inner: f64,
    /// Above each place, row by row, and below the last row.
    level: Vec<Edge>,
    /// At the left of each place, row by row, and at the right of the last column.
    upright: Vec<Edge>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Edge {
    usual: f64,
    /// What a cell says.
    own: Option<f64>,
}

impl Edge {
    fn width(self) -> f64 {
        self.own.unwrap_or(self.usual)
    }
}

impl Rules {
    fn new(rows: usize, table: &PlanTable) -> Self {
        let columns = table.lefts.len().saturating_sub(1);
        let none = |count: usize| vec![Edge::default(); count];
        let (level, upright) = (none((rows + 1) * columns), none(rows * (columns + 1)));
        Rules { rows, columns, outer: table.borders.outer, inner: table.borders.inner, level, upright }
    }

    /// The four sides of a cell. Where two cells meet, the wider of what they say counts.
    fn surround(&mut self, rows: &Range<usize>, columns: &Range<usize>, own: Option<[f64; 4]>) {
        let side = |place: usize| own.and_then(|own| own.get(place).copied());
        for column in columns.clone() {
            for (row, place) in [(rows.start, 0), (rows.end, 2)] {
                let usual = if row == 0 || row == self.rows { self.outer } else { self.inner };
                put(self.level.get_mut(row * self.columns + column), usual, side(place));
            }
        }
        for row in rows.clone() {
            for (column, place) in [(columns.start, 3), (columns.end, 1)] {
                let usual = if column == 0 || column == self.columns { self.outer } else { self.inner };
                put(self.upright.get_mut(row * (self.columns + 1) + column), usual, side(place));
            }
        }
    }

    /// One figure for each width, lines as long as they can be.
    fn draw(&self, marks: &mut Vec<Mark>, tops: &[f64], lefts: &[f64], at: (f64, f64), colour: crate::compose::Colour) {
        // By micrometres, so that widths can be told apart.
        let mut figures: BTreeMap<u64, (f64, Outline)> = BTreeMap::new();
        let mut line = |width: f64, from: (f64, f64), to: (f64, f64)| {
            let (_, outline) = figures.entry((width * 1000.0) as u64).or_insert_with(|| (width, Outline::new()));
            let own = std::mem::take(outline);
            *outline = own.move_to(at.0 + from.0, at.1 + from.1).line_to(at.0 + to.0, at.1 + to.1);
        };
        let place = |list: &[f64], at: usize| list.get(at).copied().unwrap_or_default();
        for row in 0..=self.rows {
            let widths = (0..self.columns).map(|column| self.level.get(row * self.columns + column));
            for (columns, width) in runs(widths) {
                let y = place(tops, row);
                line(width, (place(lefts, columns.start), y), (place(lefts, columns.end), y));
            }
        }
        for column in 0..=self.columns {
            let widths = (0..self.rows).map(|row| self.upright.get(row * (self.columns + 1) + column));
            for (rows, width) in runs(widths) {
                let x = place(lefts, column);
                line(width, (x, place(tops, rows.start)), (x, place(tops, rows.end)));
            }
        }
        for (width, outline) in figures.into_values() {
            let stroke = Stroke { cap: Cap::Square, ..Stroke::new(ink(colour), width) };
            marks.push(Mark::Figure(Figure::of(outline).stroke(stroke)));
        }
    }
}

fn put(edge: Option<&mut Edge>, usual: f64, own: Option<f64>) {
    if let Some(edge) = edge {
        edge.usual = edge.usual.max(usual);
        edge.own = match (edge.own, own) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
    }
}

/// Neighbours of one width together; nothing where none is drawn.
fn runs<'e>(edges: impl Iterator<Item = Option<&'e Edge>>) -> Vec<(Range<usize>, f64)> {
    let mut runs: Vec<(Range<usize>, f64)> = Vec::new();
    for (place, width) in edges.map(|edge| edge.copied().unwrap_or_default().width()).enumerate() {
        match runs.last_mut() {
            Some((range, before)) if range.end == place && *before == width => range.end = place + 1,
            _ if width > 0.001 => runs.push((place..place + 1, width)),
            _ => {}
        }
    }
    runs
}
