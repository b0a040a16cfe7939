//! Places where there is room.

use crate::document::{Document, Shown, Sight};
use crate::error::{Error, ErrorKind};
use crate::stamp::place::Ground;
use crate::units::{Area, Mm, Page};

/// The place nearest to a wanted one that covers no text, no picture, no line and no annotation.
///
/// What is drawn in white leaves room, and so does what covers nearly the whole page: a tint or a pattern. A page
/// that is one scan is such a page, so on scans give a place by millimetres.
///
/// ```
/// use eseal::place::Free;
/// use eseal::{Mm, Page};
///
/// let room = Free::near(Page(1), Mm(150.0), Mm(240.0)).clear(Mm(3.0));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Free {
    page: Page,
    wanted: (Mm, Mm),
    clear: Mm,
    margin: Mm,
}

/// The most cells along one side of the page.
const CELLS: f64 = 1000.0;
/// The finest cell, in millimetres.
const FINEST: f64 = 0.5;

impl Free {
    /// Room for the picture, with its centre as near as can be to a point so far from the page's left and upper
    /// edge. Two millimetres stay clear around it, and five at the edge of the page.
    pub fn near(page: Page, left: Mm, top: Mm) -> Self {
        Free { page, wanted: (left, top), clear: Mm(2.0), margin: Mm(5.0) }
    }

    /// How far what is on the page has to be away.
    pub fn clear(mut self, clear: Mm) -> Self {
        self.clear = clear;
        self
    }

    /// How far the edge of the page has to be away.
    pub fn margin(mut self, margin: Mm) -> Self {
        self.margin = margin;
        self
    }

    pub(super) fn resolve<D: Document>(&self, ground: &Ground<'_, D>) -> Result<Shown, Error> {
        let lengths = [self.wanted.0, self.wanted.1, self.clear, self.margin];
        if lengths.iter().any(|length| !length.0.is_finite()) || self.clear.0 < 0.0 {
            return Err(Error::new(
                ErrorKind::Misuse,
                "a place with room is wanted near a point, and its lengths are no numbers",
            ));
        }
        let sight = ground.look_at(self.page)?;
        let Shown { area: wanted, .. } = ground.centred(self.page, self.wanted.0, self.wanted.1);
        let obstacles = obstacles(&sight, self.clear);
        let is_free = |area: &Area| !obstacles.iter().any(|obstacle| obstacle.overlaps(area));
        if self.is_within(&sight, &wanted) && is_free(&wanted) {
            return Ok(Shown::whole(wanted));
        }
        let found = self.search(&sight, &obstacles, &wanted);
        found.map(Shown::whole).ok_or_else(|| {
            Error::new(
                ErrorKind::Mismatch,
                format!(
                    "{} has no room for {} × {} that is {} clear of what is on it: take another page, or less clearance",
                    self.page, ground.width, ground.height, self.clear
                ),
            )
        })
    }

    fn is_within(&self, sight: &Sight, area: &Area) -> bool {
        let least = self.margin.0;
        area.left.0 >= least
            && area.top.0 >= least
            && area.right().0 <= sight.width.0 - least
            && area.bottom().0 <= sight.height.0 - least
    }

    /// Lays a grid over the page, and tries every cell as the upper left corner.
    fn search(&self, sight: &Sight, obstacles: &[Area], wanted: &Area) -> Option<Area> {
        let grid = Grid::of(sight, obstacles);
        let mut best: Option<(f64, Area)> = None;
        for row in 0..grid.rows {
            for column in 0..grid.columns {
                let (left, top) = (Mm(column as f64 * grid.cell), Mm(row as f64 * grid.cell));
                let area = Area { left, top, ..*wanted };
                let away = (left - wanted.left).0.hypot((top - wanted.top).0);
                let is_better = best.as_ref().is_none_or(|(least, _)| away < *least);
                if is_better && self.is_within(sight, &area) && grid.is_free(&area) {
                    best = Some((away, area));
                }
            }
        }
        best.map(|(_, area)| area)
    }
}

/// What has to be kept clear of, with the distance to keep.
fn obstacles(sight: &Sight, clear: Mm) -> Vec<Area> {
    let glyphs = sight.glyphs.iter().filter(|glyph| !glyph.is_blank()).map(|glyph| &glyph.area);
    let marks = sight.marks.iter().filter(|mark| !sight.is_background(mark));
    let around = |area: &Area| Area {
        left: area.left - clear,
        top: area.top - clear,
        width: area.width + clear + clear,
        height: area.height + clear + clear,
        ..*area
    };
    glyphs.chain(marks).chain(&sight.upon).map(around).collect()
}

/// The page in cells, with the number of covered cells above and to the left of each.
struct Grid {
    cell: f64,
    columns: usize,
    rows: usize,
    covered: Vec<u32>,
}

impl Grid {
    fn of(sight: &Sight, obstacles: &[Area]) -> Self {
        let cell = (sight.width.0.max(sight.height.0) / CELLS).max(FINEST);
        let (columns, rows) = ((sight.width.0 / cell).ceil() as usize, (sight.height.0 / cell).ceil() as usize);
        let mut grid = Grid { cell, columns, rows, covered: vec![0; (columns + 1) * (rows + 1)] };
        // Each obstacle is noted at its corners, and the sums of these tell how many lie over a cell.
        let mut over = vec![0_i64; (columns + 1) * (rows + 1)];
        for obstacle in obstacles {
            let (left, top, right, bottom) = grid.cells(obstacle);
            for (column, row, sign) in [(left, top, 1), (right, top, -1), (left, bottom, -1), (right, bottom, 1)] {
                if let Some(count) = over.get_mut(grid.index(column, row)) {
                    *count += sign;
                }
            }
        }
        let at = |list: &[i64], index: Option<usize>| index.and_then(|index| list.get(index)).copied().unwrap_or(0);
        let mut sums = over.clone();
        for row in 0..=rows {
            for column in 0..=columns {
                let here = grid.index(column, row);
                let left = column.checked_sub(1).map(|column| grid.index(column, row));
                let above = row.checked_sub(1).map(|row| grid.index(column, row));
                let corner = column.checked_sub(1).zip(row.checked_sub(1)).map(|(column, row)| grid.index(column, row));
                let sum = at(&over, Some(here)) + at(&sums, left) + at(&sums, above) - at(&sums, corner);
                if let Some(place) = sums.get_mut(here) {
                    *place = sum;
                }
            }
        }
        for row in 0..rows {
            for column in 0..columns {
                let is_covered = u32::from(at(&sums, Some(grid.index(column, row))) > 0);
                let before = grid.count(column, row + 1) + grid.count(column + 1, row) - grid.count(column, row);
                let index = grid.index(column + 1, row + 1);
                if let Some(place) = grid.covered.get_mut(index) {
                    *place = before + is_covered;
                }
            }
        }
        grid
    }

    fn index(&self, column: usize, row: usize) -> usize {
        row * (self.columns + 1) + column
    }

    fn count(&self, column: usize, row: usize) -> u32 {
        self.covered.get(self.index(column.min(self.columns), row.min(self.rows))).copied().unwrap_or(0)
    }

    /// The cells that an area touches: from, and up to but not including.
    fn cells(&self, area: &Area) -> (usize, usize, usize, usize) {
        let from = |length: Mm, most: usize| ((length.0 / self.cell).floor().max(0.0) as usize).min(most);
        let to = |length: Mm, most: usize| ((length.0 / self.cell).ceil().max(0.0) as usize).min(most);
        (
            from(area.left, self.columns),
            from(area.top, self.rows),
            to(area.right(), self.columns),
            to(area.bottom(), self.rows),
        )
    }

    fn is_free(&self, area: &Area) -> bool {
        let (left, top, right, bottom) = self.cells(area);
        // Added first, so that nothing goes below nought.
        self.count(right, bottom) + self.count(left, top) == self.count(left, bottom) + self.count(right, top)
    }
}
