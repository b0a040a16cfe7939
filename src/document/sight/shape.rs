//! Shapes as far as they hide something: outlines of straight lines, in millimetres of the page.

use std::ops::Range;

use crate::units::{Area, Mm};

/// Into how many lines a curve is cut.
const CURVE: usize = 12;
/// More points are not kept, and what they paint is not known.
const POINTS: usize = 1 << 20;

/// Outlines that enclose what is painted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shape {
    contours: Vec<Vec<(f64, f64)>>,
    points: usize,
    /// Whether there was more of it than is kept.
    pub(crate) is_cut: bool,
    /// Whether what two outlines enclose is outside again.
    pub(crate) is_even_odd: bool,
}

/// A crossing of an edge with the middle of a row: the row, where, and which way the edge leads.
type Crossing = (usize, f64, i32);

impl Shape {
    /// A rectangle.
    pub(crate) fn of(area: &Area) -> Self {
        let (left, top, right, bottom) = (area.left.0, area.top.0, area.right().0, area.bottom().0);
        Shape::polygon(&[(left, top), (right, top), (right, bottom), (left, bottom)])
    }

    pub(crate) fn polygon(points: &[(f64, f64)]) -> Self {
        let mut shape = Shape::default();
        for (index, point) in points.iter().enumerate() {
            if index == 0 { shape.move_to(*point) } else { shape.line_to(*point) }
        }
        shape
    }

    pub(crate) fn move_to(&mut self, to: (f64, f64)) {
        self.is_cut |= self.points >= POINTS;
        if !self.is_cut {
            self.points = self.points.saturating_add(1);
            self.contours.push(vec![to]);
        }
    }

    pub(crate) fn line_to(&mut self, to: (f64, f64)) {
        self.is_cut |= self.points >= POINTS;
        let Some(last) = self.contours.last_mut().filter(|_| !self.is_cut) else { return };
        self.points = self.points.saturating_add(1);
        last.push(to);
    }

    /// Where the pen is.
    pub(crate) fn last(&self) -> Option<(f64, f64)> {
        self.contours.last()?.last().copied()
    }

    pub(crate) fn curve_to(&mut self, first: (f64, f64), second: (f64, f64), to: (f64, f64)) {
        let Some(from) = self.last() else { return };
        for step in 1..=CURVE {
            let t = step as f64 / CURVE as f64;
            let s = 1.0 - t;
            let at = |from: f64, first: f64, second: f64, to: f64| {
                s * s * s * from + 3.0 * s * s * t * first + 3.0 * s * t * t * second + t * t * t * to
            };
            self.line_to((at(from.0, first.0, second.0, to.0), at(from.1, first.1, second.1, to.1)));
        }
    }

    /// Back to where the outline began; what follows begins there.
    pub(crate) fn close(&mut self) {
        let first = self.contours.last().and_then(|last| last.first()).copied();
        if let Some(first) = first {
            self.line_to(first);
            self.move_to(first);
        }
    }

    /// Whether it is one upright rectangle.
    pub(crate) fn is_upright_box(&self) -> bool {
        let mut contours = self.contours.iter().filter(|contour| contour.len() > 1);
        let (Some(contour), None) = (contours.next(), contours.next()) else { return false };
        let Some((low, high)) = bounds(contour) else { return false };
        let near = |one: f64, other: f64| (one - other).abs() < 0.01;
        let is_corner = |point: &(f64, f64)| {
            (near(point.0, low.0) || near(point.0, high.0)) && (near(point.1, low.1) || near(point.1, high.1))
        };
        // Neighbours share a side, and a rectangle has four of them.
        let is_side = |pair: &[(f64, f64)]| match pair {
            [one, two] => near(one.0, two.0) || near(one.1, two.1),
            _ => true,
        };
        let has = |x: f64, y: f64| contour.iter().any(|point| near(point.0, x) && near(point.1, y));
        let corners = [(low.0, low.1), (low.0, high.1), (high.0, low.1), (high.0, high.1)];
        contour.len() <= 6
            && contour.iter().all(is_corner)
            && contour.windows(2).all(is_side)
            && corners.iter().all(|(x, y)| has(*x, *y))
    }

    /// What a pen of this width paints along the outlines: a rectangle for each line, which reaches half a width
    /// beyond its ends.
    pub(crate) fn stroked(&self, width: f64) -> Shape {
        let mut strokes = Shape { is_cut: self.is_cut, ..Shape::default() };
        let half = width / 2.0;
        for pair in self.contours.iter().flat_map(|contour| contour.windows(2)) {
            let [one, two] = pair else { continue };
            let (x, y) = (two.0 - one.0, two.1 - one.1);
            let length = x.hypot(y);
            if !(length.is_finite() && length > 0.0) {
                continue;
            }
            let (along, across) = ((x / length * half, y / length * half), (-y / length * half, x / length * half));
            let corner = |point: &(f64, f64), end: f64, side: f64| {
                (point.0 + along.0 * end + across.0 * side, point.1 + along.1 * end + across.1 * side)
            };
            strokes.move_to(corner(one, -1.0, -1.0));
            strokes.line_to(corner(two, 1.0, -1.0));
            strokes.line_to(corner(two, 1.0, 1.0));
            strokes.line_to(corner(one, -1.0, 1.0));
        }
        strokes
    }

    /// The cells whose middles lie inside, row by row, and how many edges were followed for it; no more than `most`.
    pub(crate) fn spans(&self, cell: f64, clip: &Area, most: usize) -> (Vec<(usize, Range<usize>)>, usize) {
        let columns = cells(clip.left, clip.right(), cell);
        let rows = cells(clip.top, clip.bottom(), cell);
        let mut crossings: Vec<Crossing> = Vec::new();
        let mut work = 0_usize;
        for contour in &self.contours {
            let (Some(first), Some(last)) = (contour.first(), contour.last()) else { continue };
            let edges = contour.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
            for (from, to) in edges.chain([(*last, *first)]) {
                work = work.saturating_add(1).saturating_add(cross(from, to, cell, &rows, &mut crossings));
                if work > most {
                    return (Vec::new(), most);
                }
            }
        }
        crossings.sort_unstable_by(|one, two| one.0.cmp(&two.0).then(one.1.total_cmp(&two.1)));
        let mut spans = Vec::new();
        for row in crossings.chunk_by(|one, two| one.0 == two.0) {
            let mut winding = 0_i32;
            for pair in row.windows(2) {
                let [(row, from, way), (_, to, _)] = pair else { continue };
                winding = winding.saturating_add(*way);
                let is_inside = if self.is_even_odd { winding % 2 != 0 } else { winding != 0 };
                let covered = cells(Mm(*from), Mm(*to), cell);
                let covered = covered.start.max(columns.start)..covered.end.min(columns.end);
                if is_inside && !covered.is_empty() {
                    spans.push((*row, covered));
                }
            }
        }
        (spans, work)
    }
}

fn bounds(points: &[(f64, f64)]) -> Option<((f64, f64), (f64, f64))> {
    let all = |pick: fn(f64, f64) -> f64, of: fn(&(f64, f64)) -> f64| points.iter().map(of).reduce(pick);
    let low = (all(f64::min, |point| point.0)?, all(f64::min, |point| point.1)?);
    Some((low, (all(f64::max, |point| point.0)?, all(f64::max, |point| point.1)?)))
}

/// The cells whose middles lie between two places.
fn cells(from: Mm, to: Mm, cell: f64) -> Range<usize> {
    let at = |place: Mm| (place.0 / cell - 0.5).ceil().max(0.0) as usize;
    at(from)..at(to)
}

/// Notes where an edge crosses the middles of rows.
fn cross(from: (f64, f64), to: (f64, f64), cell: f64, rows: &Range<usize>, into: &mut Vec<Crossing>) -> usize {
    let is_finite = [from.0, from.1, to.0, to.1].iter().all(|number| number.is_finite());
    let (low, high, way) = if from.1 <= to.1 { (from, to, 1) } else { (to, from, -1) };
    let own = cells(Mm(low.1), Mm(high.1), cell);
    let own = own.start.max(rows.start)..own.end.min(rows.end);
    if !is_finite || own.is_empty() {
        return 0;
    }
    let slope = (high.0 - low.0) / (high.1 - low.1);
    let count = own.len();
    into.extend(own.map(|row| {
        let y = (row as f64 + 0.5) * cell;
        (row, low.0 + (y - low.1) * slope, way)
    }));
    count
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use crate::units::{Area, Mm, Page};

    const PAGE: Area = Area { page: Page(1), left: Mm(0.0), top: Mm(0.0), width: Mm(100.0), height: Mm(100.0) };

    /// How many cells of 1 mm it takes.
    fn size(shape: &Shape) -> usize {
        shape.spans(1.0, &PAGE, usize::MAX).0.iter().map(|(_, columns)| columns.len()).sum()
    }

    #[test]
    fn shapes_fill_the_cells_that_they_enclose() {
        let square = |from: f64, to: f64| [(from, from), (to, from), (to, to), (from, to)];
        assert_eq!(size(&Shape::polygon(&square(10.0, 20.0))), 100);
        assert_eq!(size(&Shape::polygon(&square(-10.0, 20.0))), 400, "beyond the page");
        assert_eq!(size(&Shape::polygon(&[(10.0, 10.0), (30.0, 10.0), (10.0, 30.0)])), 190);
        let mut ring = Shape::polygon(&square(10.0, 30.0));
        ring.close();
        for (index, point) in square(15.0, 25.0).iter().enumerate() {
            if index == 0 { ring.move_to(*point) } else { ring.line_to(*point) }
        }
        assert_eq!(size(&ring), 400, "turning the same way");
        ring.is_even_odd = true;
        assert_eq!(size(&ring), 300);
        let mut round = Shape::polygon(&[(20.0, 10.0)]);
        round.curve_to((33.0, 10.0), (33.0, 30.0), (20.0, 30.0));
        round.curve_to((7.0, 30.0), (7.0, 10.0), (20.0, 10.0));
        assert!((280..330).contains(&size(&round)), "{}", size(&round));
        let line = Shape::polygon(&[(10.0, 10.0), (30.0, 10.0)]);
        assert_eq!(size(&line), 0);
        assert_eq!(size(&line.stroked(4.0)), 24 * 4);
        assert_eq!(size(&Shape::polygon(&[(0.0, f64::NAN), (f64::INFINITY, 3.0), (5.0, 50.0)])), 0);
    }

    #[test]
    fn upright_boxes_are_known() {
        assert!(Shape::of(&PAGE).is_upright_box());
        let mut closed = Shape::of(&PAGE);
        closed.close();
        assert!(closed.is_upright_box());
        assert!(!Shape::polygon(&[(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]).is_upright_box());
        assert!(!Shape::polygon(&[(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)]).is_upright_box(), "a bow");
        assert!(!Shape::polygon(&[(5.0, 0.0), (10.0, 5.0), (5.0, 10.0), (0.0, 5.0)]).is_upright_box(), "on its tip");
        let mut two = Shape::of(&PAGE);
        two.move_to((1.0, 1.0));
        two.line_to((2.0, 2.0));
        assert!(!two.is_upright_box());
    }
}
