//! Text on arcs and in rows.

use crate::draw::shapes::Oval;
use crate::error::Error;
use crate::font::{Bounds, FACE, Font, Path, Point, Run, is_invisible, is_selector};

/// Room on both sides of a letter, digit or bracket, in ems.
const BEARING: f64 = 0.07;

/// The width of a space, in ems.
const SPACE: f64 = 0.45;

/// Room between neighbours' faces where they come closest, as part of their width.
const TIGHTEST: f64 = 1.0;

/// Pieces into which a curve is cut before it is bent.
const PIECES: u32 = 3;

/// A character on its own, in ems: its middle stands at x = 0, its baseline at y = 0.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) path: Path,
    /// The width that it takes; 1 for an ideograph.
    pub(super) slot: f64,
}

/// Characters with the top and the bottom of the tallest, in ems below the baseline.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Text that has its place.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) path: Path,
    /// The corners of each character's face.
    pub(super) boxes: Vec<[Point; 4]>,
    /// The height of a face in millimetres.
    pub(super) height: f64,
    /// The width of an ideograph's face in millimetres.
    pub(super) width: f64,
}

/// How the height of text is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Measure {
    /// From the top to the bottom of the face of ideographs, whichever characters there are.
    Face,
    /// From the highest to the lowest ink of the very text.
    Ink,
}

impl Cells {
    /// Each character of `text` as a cell.
    pub(super) fn of(font: &Font, text: &str, measure: Measure) -> Result<Self, Error> {
        font.require(text)?;
        let mut cells = Vec::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            if is_invisible(character) {
                continue;
            }
            let selector = characters.next_if(|next| is_selector(*next));
            cells.push(Cell::of(font, character, selector)?);
        }
        let (top, bottom) = font.face();
        let set = Cells { cells, top, bottom };
        Ok(match (measure, set.ink()) {
            (Measure::Ink, Some(ink)) if ink.height() > 0.3 => Cells { top: ink.top, bottom: ink.bottom, ..set },
            _ => set,
        })
    }

    /// The same width for each, as figures of a number have it.
    pub(super) fn even(mut self) -> Self {
        let widest = self.cells.iter().map(|cell| cell.slot).fold(0.0, f64::max);
        self.cells.iter_mut().for_each(|cell| cell.slot = widest);
        self
    }

    /// Words that are written downwards, each a column: what stands along the line in the font is
    /// turned by a quarter with the clock.
    pub(super) fn columns(font: &Font, text: &str) -> Result<Self, Error> {
        let mut cells = Vec::new();
        let mut longest: f64 = 0.0;
        for word in text.split_whitespace() {
            let run = font.set(word)?;
            let Some(ink) = run.path.bounds() else { continue };
            let middle = ink.middle();
            let path = run.path.map(|point| Point::new(middle.y - point.y, point.x - ink.left));
            longest = longest.max(ink.width());
            cells.push(Cell { path, slot: ink.height() + 4.0 * BEARING });
        }
        Ok(Cells { cells, top: 0.0, bottom: longest })
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    fn ink(&self) -> Option<Bounds> {
        self.cells.iter().filter_map(|cell| cell.path.bounds()).reduce(Bounds::union)
    }

    fn face_height(&self) -> f64 {
        (self.bottom - self.top).max(0.1)
    }

    /// How far each cell's middle stands from the first one's, in ems.
    fn middles(&self) -> Vec<f64> {
        let mut middles = Vec::new();
        let (mut at, mut before) = (0.0, None);
        for cell in &self.cells {
            if let Some(before) = before {
                at += f64::midpoint(before, cell.slot);
            }
            middles.push(at);
            before = Some(cell.slot);
        }
        middles
    }

    fn width(&self) -> f64 {
        self.cells.iter().map(|cell| cell.slot).sum()
    }
}

impl Cell {
    fn of(font: &Font, character: char, selector: Option<char>) -> Result<Self, Error> {
        let glyph = font.glyph(character, selector)?;
        let Some(ink) = glyph.path.bounds().filter(|_| !character.is_whitespace()) else {
            return blank(font, character);
        };
        // Ideographs stand where their square is; everything else, brackets above all, where its ink is.
        let (middle, slot) = if is_ideograph(character) {
            (glyph.advance / 2.0, 1.0)
        } else {
            (ink.middle().x, ink.width() + 2.0 * BEARING)
        };
        Ok(Cell { path: glyph.path.map(|point| Point::new(point.x - middle, point.y)), slot })
    }
}

/// A character that shows nothing is a space, or the font has no outline for it.
fn blank(font: &Font, character: char) -> Result<Cell, Error> {
    if !character.is_whitespace() {
        return Err(Error::unsupported(format!(
            "the font \"{}\" has a glyph for {character} that draws nothing: give a font with outlines",
            font.name()
        )));
    }
    Ok(Cell { path: Path::new(), slot: SPACE })
}

/// Characters that fill a square: ideographs, radicals, kana, Hangul, Yi, Zhuyin.
fn is_ideograph(character: char) -> bool {
    matches!(u32::from(character),
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3040..=0x312F | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xA000..=0xA4CF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// How text goes along an arc.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    /// Where the heads of the characters stand; their feet where they stand upright at the bottom.
    pub(super) oval: Oval,
    /// The height wanted, and the least to which it may fall so that characters stay legible.
    pub(super) height: f64,
    pub(super) least_height: f64,
    /// The greatest and the least width of a face, in heights.
    pub(super) widest: f64,
    pub(super) narrowest: f64,
    /// From the middle of the first to the middle of the last character, as seen from the centre.
    pub(super) sweep: f64,
    /// Whether the text stands along the lower side, feet outwards.
    pub(super) below: bool,
}

impl Arc {
    /// Spreads the cells over the arc, equally far from one another; characters become narrower, and
    /// then lower, until they fit.
    pub(super) fn set(&self, cells: &Cells) -> Set {
        let middles = cells.middles();
        let whole = middles.last().copied().unwrap_or_default();
        let mut height = self.height;
        loop {
            let track = Track::new(self.oval, height / 2.0);
            let length = 2.0 * track.length_at(self.sweep / 2.0);
            let places = places(&middles, whole, length);
            let up = height / cells.face_height();
            let across = (self.widest * height / FACE).min(self.tightest(&track, height, &places, &middles));
            let lower = height * 0.98;
            if across * FACE < self.narrowest * height && lower >= self.least_height {
                height = lower;
                continue;
            }
            return self.place(cells, &track, &places, (across, up));
        }
    }

    /// Bends a run of joined letters along the arc, as one piece.
    pub(super) fn bend(&self, run: &Run) -> Set {
        let Some(ink) = run.path.bounds() else {
            return Set { path: Path::new(), boxes: Vec::new(), height: self.height, width: 0.0 };
        };
        let track = Track::new(self.oval, self.height / 2.0);
        let longest = 2.0 * track.length_at(self.sweep / 2.0);
        let up = self.height / ink.height();
        let across = (up * self.widest).min(longest / ink.width());
        let middle = ink.middle();
        let bent = |point: Point| {
            let along = (point.x - middle.x) * across;
            self.spot(&track, along, Point::new(0.0, (point.y - middle.y) * up))
        };
        let path = run.path.divided(PIECES).map(bent);
        // Boxes for the neighbours to keep clear of: the run in twenty pieces.
        let step = ink.width() / 20.0;
        let boxes = (0..20_u32).map(|piece| {
            let left = ink.left + step * f64::from(piece);
            [(left, ink.top), (left + step, ink.top), (left + step, ink.bottom), (left, ink.bottom)]
                .map(|(x, y)| bent(Point::new(x, y)))
        });
        Set { path, boxes: boxes.collect(), height: self.height, width: across * FACE }
    }

    /// Millimetres to the em at which neighbours just do not touch where the arc is shortest.
    fn tightest(&self, track: &Track, height: f64, places: &[f64], middles: &[f64]) -> f64 {
        let inner = |place: f64| self.spot(track, place, Point::new(0.0, self.towards_centre(height / 2.0)));
        let gaps = places.windows(2).zip(middles.windows(2)).filter_map(|(places, middles)| {
            let (&[from, to], &[first, second]) = (places, middles) else { return None };
            let (a, b) = (inner(from), inner(to));
            Some(((a.x - b.x).hypot(a.y - b.y) * TIGHTEST) / (second - first))
        });
        gaps.fold(f64::INFINITY, f64::min)
    }

    fn towards_centre(&self, distance: f64) -> f64 {
        if self.below { -distance } else { distance }
    }

    fn place(&self, cells: &Cells, track: &Track, places: &[f64], (across, up): (f64, f64)) -> Set {
        let middle = f64::midpoint(cells.top, cells.bottom);
        let height = up * cells.face_height();
        let mut set = Set { path: Path::new(), boxes: Vec::new(), height, width: across * FACE };
        for (cell, place) in cells.cells.iter().zip(places) {
            let placed = |point: Point| self.spot(track, *place, Point::new(point.x * across, (point.y - middle) * up));
            set.path.append(&cell.path.map(placed));
            let (x, top, bottom) = (cell.slot * FACE / 2.0, cells.top, cells.bottom);
            set.boxes.push([(-x, top), (x, top), (x, bottom), (-x, bottom)].map(|(x, y)| placed(Point::new(x, y))));
        }
        set
    }

    /// A point beside the track: `along` it from the middle of the text rightwards, then `beside` in
    /// the character's own directions.
    fn spot(&self, track: &Track, along: f64, beside: Point) -> Point {
        let (origin, outwards) = track.at(along);
        let centre = self.oval.centre;
        let tangent = Point::new(-outwards.y, outwards.x);
        // Along the lower side, the upper side's mirror image: downwards is outwards there.
        let down = if self.below { beside.y } else { -beside.y };
        let x = origin.x + tangent.x * beside.x + outwards.x * down;
        let y = origin.y + tangent.y * beside.x + outwards.y * down;
        Point::new(centre.x + x, if self.below { centre.y - y } else { centre.y + y })
    }
}

/// Where each middle stands on the track, from the middle of the whole.
fn places(middles: &[f64], whole: f64, length: f64) -> Vec<f64> {
    let scale = if whole > 0.0 { length / whole } else { 0.0 };
    middles.iter().map(|middle| (middle - whole / 2.0) * scale).collect()
}

/// The line that runs inside an ellipse at a fixed distance, measured from its uppermost point.
struct Track {
    oval: Oval,
    distance: f64,
    /// Lengths from the uppermost point at equal steps of the angle up to half a turn; none for a circle.
    lengths: Vec<f64>,
}

/// Steps in half a turn.
const STEPS: u32 = 2048;

impl Track {
    fn new(oval: Oval, distance: f64) -> Self {
        let mut track = Track { oval, distance, lengths: Vec::new() };
        if (oval.a - oval.b).abs() > 1e-9 {
            let mut before = track.point(0.0).0;
            let mut length = 0.0;
            for step in 0..=STEPS {
                let (here, _) = track.point(angle_of(f64::from(step)));
                length += (here.x - before.x).hypot(here.y - before.y);
                track.lengths.push(length);
                before = here;
            }
        }
        track
    }

    /// The point and the direction outwards at an angle of the ellipse's equation, from the top with
    /// the clock; as seen from the centre.
    fn point(&self, angle: f64) -> (Point, Point) {
        let Oval { a, b, .. } = self.oval;
        let (sin, cos) = angle.sin_cos();
        let steep = (b * sin).hypot(a * cos);
        let outwards = Point::new(b * sin / steep, -a * cos / steep);
        (Point::new(a * sin - outwards.x * self.distance, -b * cos - outwards.y * self.distance), outwards)
    }

    /// The length from the top to the point that is seen at `sight` from the centre.
    fn length_at(&self, sight: f64) -> f64 {
        let Oval { a, b, .. } = self.oval;
        if self.lengths.is_empty() {
            return sight * (a - self.distance);
        }
        let angle = (sight.sin() / a).atan2(sight.cos() / b);
        let step = angle / std::f64::consts::PI * f64::from(STEPS);
        let below = self.length_of(step.floor());
        below + (self.length_of(step.floor() + 1.0) - below) * step.fract()
    }

    fn length_of(&self, step: f64) -> f64 {
        let last = self.lengths.last().copied().unwrap_or_default();
        self.lengths.get(step.max(0.0) as usize).copied().unwrap_or(last)
    }

    fn at(&self, length: f64) -> (Point, Point) {
        if self.lengths.is_empty() {
            return self.point(length / (self.oval.a - self.distance));
        }
        let wanted = length.abs();
        let after = self.lengths.partition_point(|known| *known < wanted).max(1);
        let step = (after - 1) as f64;
        let (low, high) = (self.length_of(step), self.length_of(step + 1.0));
        let part = if high > low { ((wanted - low) / (high - low)).min(1.0) } else { 0.0 };
        self.point(angle_of(step + part) * length.signum())
    }
}

fn angle_of(step: f64) -> f64 {
    std::f64::consts::PI * step / f64::from(STEPS)
}

/// How text goes in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The middle of the row's upper side.
    pub(super) top: Point,
    /// The height of the characters.
    pub(super) height: f64,
    /// The width of an ideograph's face.
    pub(super) width: f64,
    /// From the middle of one ideograph to the next.
    pub(super) pitch: f64,
    /// The widest that the row may become.
    pub(super) room: f64,
}

impl Row {
    /// Sets the cells in the row; narrower where the room asks for it.
    pub(super) fn set(&self, cells: &Cells) -> Set {
        let natural = cells.width() * self.pitch;
        let squeeze = if natural > self.room { self.room / natural } else { 1.0 };
        let (across, pitch) = (self.width / FACE * squeeze, self.pitch * squeeze);
        let up = self.height / cells.face_height();
        let middles = cells.middles();
        let whole = middles.last().copied().unwrap_or_default();
        let mut set = Set { path: Path::new(), boxes: Vec::new(), height: self.height, width: across * FACE };
        for (cell, middle) in cells.cells.iter().zip(&middles) {
            let x = self.top.x + (middle - whole / 2.0) * pitch;
            let placed = |point: Point| Point::new(x + point.x * across, self.top.y + (point.y - cells.top) * up);
            set.path.append(&cell.path.map(placed));
            let (half, top, bottom) = (cell.slot * FACE / 2.0, cells.top, cells.bottom);
            let corners = [(-half, top), (half, top), (half, bottom), (-half, bottom)];
            set.boxes.push(corners.map(|(x, y)| placed(Point::new(x, y))));
        }
        set
    }
}

/// Half the width that stays free around the vertical line through `x`, between two heights, when
/// `boxes` keep their places. `widest` at most.
pub(super) fn free_half_width(boxes: &[[Point; 4]], x: f64, (top, bottom): (f64, f64), widest: f64) -> f64 {
    let mut free = widest;
    for corners in boxes {
        for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            for step in 0..=16_u32 {
                let point = from.towards(*to, f64::from(step) / 16.0);
                if (top..=bottom).contains(&point.y) {
                    free = free.min((point.x - x).abs());
                }
            }
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use super::{Arc, Track, free_half_width};
    use crate::draw::shapes::Oval;
    use crate::font::Point;

    const CENTRE: Point = Point::new(0.0, 0.0);

    #[test]
    fn a_track_of_an_ellipse_that_is_almost_a_circle_is_one() {
        let circle = Track::new(Oval { centre: CENTRE, a: 10.0, b: 10.0 }, 2.0);
        let ellipse = Track::new(Oval { centre: CENTRE, a: 10.0, b: 10.000_001 }, 2.0);
        for sight in [0.1, 1.0, 2.0, 3.0] {
            assert!((circle.length_at(sight) - ellipse.length_at(sight)).abs() < 1e-4);
            let length = circle.length_at(sight);
            for length in [length, -length] {
                let (a, b) = (circle.at(length).0, ellipse.at(length).0);
                assert!((a.x - b.x).hypot(a.y - b.y) < 1e-4, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn what_stands_below_is_the_mirror_image_with_feet_outwards() {
        let arc = Arc {
            oval: Oval { centre: CENTRE, a: 10.0, b: 10.0 },
            height: 2.0,
            least_height: 1.0,
            widest: 1.0,
            narrowest: 0.4,
            sweep: 1.0,
            below: true,
        };
        let track = Track::new(arc.oval, 1.0);
        let foot = arc.spot(&track, 0.0, Point::new(0.0, 1.0));
        assert!((foot.y - 10.0).abs() < 1e-9 && foot.x.abs() < 1e-9, "{foot:?}");
        let right = arc.spot(&track, 2.0, Point::new(0.0, 0.0));
        assert!(right.x > 1.9 && right.y > 8.0, "{right:?}");
    }

    #[test]
    fn free_room_ends_where_a_box_begins() {
        let corners = [(3.0, 0.0), (5.0, 0.0), (5.0, 2.0), (3.0, 2.0)].map(|(x, y)| Point::new(x, y));
        assert!((free_half_width(&[corners], 0.0, (1.0, 2.0), 9.0) - 3.0).abs() < 1e-9);
        assert!((free_half_width(&[corners], 0.0, (3.0, 4.0), 9.0) - 9.0).abs() < 1e-9);
    }
}
