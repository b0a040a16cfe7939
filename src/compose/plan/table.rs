//! Tables of a plan: where each cell is in the grid.

use crate::compose::colour::Colour;
use crate::compose::layout::{Borders, Cell, Row, Table};
use crate::compose::plan::element::Placed;
use crate::compose::plan::text::{PlanText, Source};
use crate::compose::plan::{Compiler, named};
use crate::compose::shapes;
use crate::compose::text::{Bounds, Look};
use crate::error::{Context as _, Error};

/// More columns than fit on any paper.
const COLUMNS: usize = 500;
/// More rows than any template writes down one by one.
const ROWS: usize = 20_000;

/// A table whose cells know their places.
#[derive(Clone, Debug)]
pub(super) struct PlanTable {
    pub(super) label: String,
    pub(super) id: Option<String>,
    /// Where columns begin, and where the last ends.
    pub(super) lefts: Vec<f64>,
    pub(super) rows: Vec<PlanRow>,
    pub(super) cells: Vec<PlanCell>,
    pub(super) header: usize,
    pub(super) borders: Borders,
    pub(super) padding: [f64; 2],
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) keep: bool,
}

#[derive(Clone, Debug)]
pub(super) struct PlanRow {
    pub(super) id: Option<String>,
    pub(super) height: f64,
    pub(super) is_fixed: bool,
    pub(super) repeat: Option<String>,
    pub(super) least: usize,
}

#[derive(Clone, Debug)]
pub(super) struct PlanCell {
    pub(super) label: String,
    pub(super) id: Option<String>,
    /// The rows that it takes, by their places in the layout.
    pub(super) rows: std::ops::Range<usize>,
    pub(super) columns: std::ops::Range<usize>,
    pub(super) text: Option<PlanText>,
    pub(super) elements: Vec<Placed>,
    pub(super) fill: Option<Colour>,
    pub(super) borders: Option<[f64; 4]>,
}

impl PlanTable {
    pub(super) fn width(&self) -> f64 {
        self.lefts.last().copied().unwrap_or_default()
    }

    /// From the left edge of the first to the right edge of the last.
    pub(super) fn across(&self, columns: &std::ops::Range<usize>) -> (f64, f64) {
        let at = |place: usize| self.lefts.get(place).copied().unwrap_or_default();
        (at(columns.start), at(columns.end) - at(columns.start))
    }
}

impl<'l> Compiler<'l> {
    /// A table; `room` is the width that it may have in the flow.
    pub(super) fn table(
        &self,
        table: &'l Table,
        room: Option<f64>,
        around: &Look,
        label: &str,
    ) -> Result<PlanTable, Error> {
        let look = self.looks.within(around, table.style.as_ref())?;
        if table.columns.is_empty() || table.columns.len() > COLUMNS || table.rows.len() > ROWS {
            return Err(Error::malformed(format!("a table has 1 to {COLUMNS} columns, and at most {ROWS} rows")));
        }
        let mut lefts = vec![0.0];
        for width in &table.columns {
            shapes::positive("a column", *width)?;
            lefts.push(lefts.last().copied().unwrap_or_default() + width);
        }
        let width = lefts.last().copied().unwrap_or_default();
        if let Some(room) = room.filter(|room| width > room + 0.05) {
            return Err(Error::malformed(format!(
                "the columns are {width:.1} mm wide together, the flow {room:.1} mm"
            )));
        }
        for value in
            [table.borders.outer, table.borders.inner, table.padding[0], table.padding[1], table.before, table.after]
        {
            if !(0.0..=1000.0).contains(&value) {
                return Err(Error::malformed(
                    "a border, a padding or the room beside a table is below nought, or no number",
                ));
            }
        }
        if table.header > table.rows.len() {
            return Err(Error::malformed("more rows are to be repeated than there are: see \"header\""));
        }
        let mut built = PlanTable {
            label: label.to_owned(),
            id: table.id.clone(),
            lefts,
            rows: Vec::with_capacity(table.rows.len()),
            cells: Vec::new(),
            header: table.header,
            borders: table.borders,
            padding: table.padding,
            before: table.before,
            after: table.after,
            keep: table.keep,
        };
        // How many rows of each column are taken from above.
        let mut taken = vec![0_usize; table.columns.len()];
        for (number, row) in table.rows.iter().enumerate() {
            let place = named(&format!("{label}.rows[{number}]"), row.id.as_deref());
            if let Some(plan) = self.keep(&place, plan_row(row))? {
                built.rows.push(plan);
            } else {
                // Its cells are looked at all the same.
                built.rows.push(PlanRow { id: None, height: 0.0, is_fixed: false, repeat: None, least: 0 });
            }
            let left = table.rows.len() - number;
            let mut work = || self.row(row, number, left, &mut taken, &mut built, &look, &place);
            match &row.repeat {
                Some(list) => self.within_list(&place, list, work)?,
                None => work()?,
            }
        }
        Ok(built)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one walk over the grid")]
    fn row(
        &self,
        row: &'l Row,
        number: usize,
        left: usize,
        taken: &mut [usize],
        built: &mut PlanTable,
        around: &Look,
        place: &str,
    ) -> Result<(), Error> {
        let look = self.looks.within(around, row.style.as_ref())?;
        let mut column = 0;
        for (index, cell) in row.cells.iter().enumerate() {
            let label = named(&format!("{place}.cells[{index}]"), cell.id.as_deref());
            while taken.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            let columns = column..column.saturating_add(cell.columns);
            let is_free = taken.get(columns.clone()).is_some_and(|rows| rows.iter().all(|rows| *rows == 0));
            if cell.columns == 0 || cell.rows == 0 || !is_free || cell.rows > left {
                let detail = format!(
                    "it takes {} columns from the {} on and {} rows, which the table has not free",
                    cell.columns,
                    column.saturating_add(1),
                    cell.rows
                );
                self.keep::<()>(&label, Err(Error::malformed(detail)))?;
                return Ok(());
            }
            if row.repeat.is_some() && cell.rows > 1 {
                self.keep::<()>(&label, Err(Error::malformed("a cell of a row that repeats takes one row")))?;
                return Ok(());
            }
            taken.get_mut(columns.clone()).into_iter().flatten().for_each(|rows| *rows = cell.rows);
            column = columns.end;
            let rows = number..number.saturating_add(cell.rows);
            let planned = self.cell(cell, rows, columns, built, &look, &label);
            built.cells.extend(self.keep(&label, planned)?);
        }
        if taken.contains(&0) {
            let detail = "its cells do not fill the columns: give a cell for each, or let one take several";
            self.keep::<()>(place, Err(Error::malformed(detail)))?;
        }
        taken.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        Ok(())
    }

    fn cell(
        &self,
        cell: &'l Cell,
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
        table: &PlanTable,
        look: &Look,
        label: &str,
    ) -> Result<PlanCell, Error> {
        let source = Source {
            text: &cell.text,
            runs: &cell.runs,
            style: cell.style.as_ref(),
            field: cell.field.as_deref(),
            entry: cell.entry.as_ref(),
        };
        let (_, width) = table.across(&columns);
        let inner = width - 2.0 * table.padding[0];
        let mut text = None;
        if !cell.text.is_empty() || !cell.runs.is_empty() || cell.field.is_some() {
            if inner <= 0.0 {
                return Err(Error::malformed("the padding leaves no room for text"));
            }
            let mut own = PlanText::compile(&source, look, self)?;
            self.note_text(label, &own);
            let of = table.rows.get(rows.clone()).unwrap_or_default();
            let height = of.iter().all(|row| row.is_fixed).then(|| of.iter().map(|row| row.height).sum::<f64>());
            let is_bounded = height.is_some() && of.iter().all(|row| row.repeat.is_none());
            let height = height.map(|height| height - 2.0 * table.padding[1]);
            if let Some(faces) = self.faces.filter(|_| height.is_none() || is_bounded) {
                // Of rows that come later nothing is known yet.
                if of.len() == rows.len() {
                    own.prepare(Bounds { width: inner, height }, faces)?;
                }
            }
            text = Some(own);
        }
        if cell.borders.is_some_and(|widths| widths.iter().any(|width| !(0.0..=100.0).contains(width))) {
            return Err(Error::malformed("a border is 0 to 100 mm wide"));
        }
        let elements = self.deeper(|| self.elements(&cell.elements, look, &format!("{label}.elements")))?;
        let (id, fill, borders) = (cell.id.clone(), cell.fill, cell.borders);
        Ok(PlanCell { label: label.to_owned(), id, rows, columns, text, elements, fill, borders })
    }
}

fn plan_row(row: &Row) -> Result<PlanRow, Error> {
    if !(0.0..=5000.0).contains(&row.height) {
        return Err(Error::malformed("a row is 0 to 5000 mm high"));
    }
    if row.fixed && row.height <= 0.0 {
        return Err(Error::malformed("a row of a fixed height says how high it is"));
    }
    if row.least > 10_000 {
        return Err(Error::malformed("at most 10000 rows are filled up with blank ones")).context("\"least\"");
    }
    Ok(PlanRow {
        id: row.id.clone(),
        height: row.height,
        is_fixed: row.fixed,
        repeat: row.repeat.clone(),
        least: row.least,
    })
}
