//! What hides what: whether a person sees the words of a page, or they have the colour of their ground, or something
//! was painted over them later.
//!
//! The page is cut into cells of some tenths of a millimetre. Each keeps the colour of its ground and how much was
//! painted over it; a character is asked for at sixteen places within it. Thin lines hide nothing, and what is
//! see-through hides as much as it is not. What cannot be told surely, such as a picture with a mask that cannot be
//! read, hides perhaps.

use std::ops::Range;

use crate::document::sight::shape::Shape;
use crate::document::sight::{Ink, Visibility};
use crate::units::{Area, Mm};

/// The side of a cell, in millimetres; of large pages more.
const CELL: f64 = 0.4;
/// The most cells along the longer side.
const SIDE: f64 = 1024.0;
/// How many cells may be painted on one page, and edges followed, before it is given up: honest pages have some
/// millions.
const WORK: usize = 1 << 26;
/// The same for all pages of a document.
pub(crate) const WORK_OF_ALL: usize = 1 << 28;

/// A character is looked at in so many columns and rows, and in its inner part: ink hardly reaches its sides.
const PLACES: usize = 4;
const ALL: usize = PLACES * PLACES;
const INNER: f64 = 0.7;
/// So many places make it unseen: more than a line through it, less than half of it.
const MANY: usize = 6;

/// What hides more than this part leaves too little to read.
const OPAQUE: f32 = 0.6;
/// Colours nearer than that, in parts of the whole range, are one to the eye.
const CONTRAST: f32 = 0.04;
/// The least that shines through, so that logarithms stay finite.
const LEAST: f32 = 0.001;

/// What is known of each character when it is shown, in the order in which they are.
#[derive(Clone, Debug)]
struct Shown {
    /// At how many places it cannot be seen from the beginning, surely and perhaps.
    faint: (usize, usize),
    /// What had been painted before, at each place: surely, perhaps.
    before: [(f32, f32); ALL],
}

/// The cells of one page.
#[derive(Debug)]
pub(crate) struct Veil {
    page: Area,
    cell: f64,
    columns: usize,
    rows: usize,
    /// How far each colour is from white in red, green and blue, and whether it is unknown.
    ground: Vec<[u8; 4]>,
    /// How much was painted: the logarithm of what still shines through, turned positive.
    sure: Vec<f32>,
    perhaps: Vec<f32>,
    shown: Vec<Shown>,
    pictures: Vec<(Area, Shown)>,
    most: usize,
    left: usize,
}

impl Veil {
    /// A page that nothing was painted on; `most` is what may be done for it at most.
    pub(crate) fn new(page: Area, most: usize) -> Self {
        let cell = CELL.max(page.width.0.max(page.height.0) / SIDE);
        let count = |side: Mm| (side.0 / cell).ceil().clamp(0.0, SIDE + 1.0) as usize;
        let (columns, rows) = (count(page.width), count(page.height));
        let (ground, sure, perhaps) = (Vec::new(), Vec::new(), Vec::new());
        let (shown, pictures, most) = (Vec::new(), Vec::new(), most.min(WORK));
        Veil { page, cell, columns, rows, ground, sure, perhaps, shown, pictures, most, left: most }
    }

    /// Whether there was more on the page than is looked at.
    pub(crate) fn has_given_up(&self) -> bool {
        self.left == 0
    }

    /// What was done for the page.
    pub(crate) fn spent(&self) -> usize {
        self.most.saturating_sub(self.left)
    }

    fn spend(&mut self, work: usize) -> bool {
        self.left = self.left.saturating_sub(work);
        self.left > 0
    }

    /// Paints a shape within a clip.
    pub(crate) fn paint(&mut self, shape: &Shape, clip: &Area, ink: Ink) {
        for cells in self.cells(shape, clip, ink) {
            self.fill(cells, ink);
        }
    }

    /// Paints a shape of which each place is opaque to another degree.
    pub(crate) fn paint_by(&mut self, shape: &Shape, clip: &Area, ink: Ink, opacity: impl Fn(f64, f64) -> f32) {
        for cells in self.cells(shape, clip, ink) {
            for index in cells {
                let centre = |place: usize| (place as f64 + 0.5) * self.cell;
                let (row, column) = (index / self.columns.max(1), index % self.columns.max(1));
                let opacity = ink.opacity * opacity(centre(column), centre(row));
                if opacity > 0.0 {
                    self.fill(index..index.saturating_add(1), Ink { opacity, ..ink });
                }
            }
        }
    }

    /// The cells that a shape takes within a clip, row by row; none when that is too much work.
    fn cells(&mut self, shape: &Shape, clip: &Area, ink: Ink) -> Vec<Range<usize>> {
        let clip = clip.intersection(&self.page).filter(|_| ink.opacity > 0.0 && !self.has_given_up());
        let Some(clip) = clip else { return Vec::new() };
        if shape.is_cut {
            self.left = 0;
            return Vec::new();
        }
        let most = self.left / 4;
        let (spans, edges) = shape.spans(self.cell, &clip, most);
        let area: usize = spans.iter().map(|(_, columns)| columns.len().saturating_add(1)).sum();
        let work =
            if edges < most { edges.saturating_mul(4).saturating_add(area).saturating_add(1) } else { self.left };
        if !self.spend(work) {
            return Vec::new();
        }
        let count = self.columns.saturating_mul(self.rows);
        if self.sure.is_empty() {
            (self.ground, self.sure, self.perhaps) = (vec![[0; 4]; count], vec![0.0; count], vec![0.0; count]);
        }
        let of_row = |(row, columns): (usize, Range<usize>)| {
            let first = row.saturating_mul(self.columns);
            let end = columns.end.min(self.columns);
            first.saturating_add(columns.start.min(end))..first.saturating_add(end)
        };
        spans.into_iter().map(of_row).collect()
    }

    /// Paints cells in a row.
    fn fill(&mut self, cells: Range<usize>, ink: Ink) {
        let opacity = ink.opacity.clamp(0.0, 1.0);
        // What nothing was shown below hides nothing.
        if !(self.shown.is_empty() && self.pictures.is_empty()) {
            let hides = -(1.0 - opacity).max(LEAST).ln();
            let painted = if ink.is_plain { &mut self.sure } else { &mut self.perhaps };
            painted.get_mut(cells.clone()).into_iter().flatten().for_each(|cell| *cell += hides);
        }
        let Some(ground) = self.ground.get_mut(cells) else { return };
        let Some(colour) = ink.colour.filter(|_| ink.is_plain) else {
            ground.iter_mut().for_each(|[.., unknown]| *unknown = 1);
            return;
        };
        let [red, green, blue] = colour.map(|part| 255 - part);
        if opacity >= 1.0 {
            ground.fill([red, green, blue, 0]);
            return;
        }
        for [own_red, own_green, own_blue, unknown] in ground {
            for (part, new) in [(own_red, red), (own_green, green), (own_blue, blue)] {
                let (old, new) = (f32::from(*part), f32::from(new));
                *part = (old + (new - old) * opacity).round() as u8;
            }
            *unknown = if opacity > OPAQUE { 0 } else { *unknown };
        }
    }

    /// Notes a character that is shown, as the next one.
    pub(crate) fn show(&mut self, area: &Area, clip: &Area, ink: Ink) {
        let shown = self.look_at(area, clip, ink);
        self.shown.push(shown);
    }

    /// Notes a picture that has been painted.
    pub(crate) fn show_picture(&mut self, area: &Area, clip: &Area, ink: Ink) {
        let shown = self.look_at(area, clip, ink);
        self.pictures.push((*area, shown));
    }

    fn look_at(&self, area: &Area, clip: &Area, ink: Ink) -> Shown {
        let mut faint = (0_usize, 0_usize);
        let mut before = [(0.0, 0.0); ALL];
        for ((x, y), before) in places(area).zip(&mut before) {
            let is_clipped = !contains(clip, x, y) || !contains(&self.page, x, y);
            let index = self.index(x, y);
            *before = self.painted(index);
            let is_faint = is_clipped || self.is_faint(index, ink);
            faint.0 = faint.0.saturating_add(usize::from(is_faint));
            faint.1 = faint.1.saturating_add(usize::from(!ink.is_plain));
        }
        Shown { faint, before }
    }

    /// Whether ink does not stand out from the ground at a place.
    fn is_faint(&self, index: usize, ink: Ink) -> bool {
        let [red, green, blue, unknown] = self.ground.get(index).copied().unwrap_or_default();
        if ink.opacity < CONTRAST {
            return true;
        }
        let Some(colour) = ink.colour.filter(|_| unknown == 0) else { return false };
        let parts = colour.into_iter().zip([red, green, blue]);
        let most = parts.map(|(own, ground)| own.abs_diff(255 - ground)).max().unwrap_or_default();
        f32::from(most) / 255.0 * ink.opacity < CONTRAST
    }

    fn index(&self, x: f64, y: f64) -> usize {
        let (column, row) = ((x / self.cell).floor(), (y / self.cell).floor());
        if !(column >= 0.0 && row >= 0.0) || column as usize >= self.columns {
            return usize::MAX;
        }
        (row as usize).saturating_mul(self.columns).saturating_add(column as usize)
    }

    fn painted(&self, index: usize) -> (f32, f32) {
        let at = |painted: &[f32]| painted.get(index).copied().unwrap_or_default();
        (at(&self.sure), at(&self.perhaps))
    }

    /// Whether a character can still be seen, by its place in the order of showing.
    pub(crate) fn seen(&self, number: usize, area: &Area) -> Visibility {
        self.shown.get(number).map_or(Visibility::Doubtful, |shown| self.judge(shown, area))
    }

    /// The pictures that cannot be seen any more, or perhaps not.
    pub(crate) fn unseen_pictures(&self) -> impl Iterator<Item = (Area, Visibility)> {
        let judged = self.pictures.iter().map(|(area, shown)| (*area, self.judge(shown, area)));
        judged.filter(|(_, seen)| *seen != Visibility::Seen)
    }

    fn judge(&self, shown: &Shown, area: &Area) -> Visibility {
        let (sure, perhaps) = self.hidden(shown, area);
        let (sure, perhaps) = (shown.faint.0.max(sure), shown.faint.1.max(perhaps));
        match (sure >= MANY, perhaps >= MANY || self.has_given_up()) {
            (true, _) => Visibility::Unseen,
            (false, true) => Visibility::Doubtful,
            (false, false) => Visibility::Seen,
        }
    }

    /// At how many places a character is hidden by what came since, surely and perhaps.
    fn hidden(&self, shown: &Shown, area: &Area) -> (usize, usize) {
        let enough = -(1.0 - OPAQUE).ln();
        let mut hidden = (0_usize, 0_usize);
        for ((x, y), before) in places(area).zip(&shown.before) {
            let now = self.painted(self.index(x, y));
            let is_sure = now.0 - before.0 >= enough;
            hidden.0 = hidden.0.saturating_add(usize::from(is_sure));
            hidden.1 = hidden.1.saturating_add(usize::from(is_sure || now.0 + now.1 - before.0 - before.1 >= enough));
        }
        hidden
    }

    /// How many of the first `count` characters and of the pictures were hidden since this was last asked, surely and
    /// perhaps; what hides them counts as known from now on. `areas` are those of the characters.
    pub(crate) fn hides<'a>(&mut self, areas: impl Iterator<Item = &'a Area>) -> (usize, usize) {
        let mut count = (0_usize, 0_usize);
        let mut shown = std::mem::take(&mut self.shown);
        let mut pictures = std::mem::take(&mut self.pictures);
        let all = shown.iter_mut().zip(areas.copied()).chain(pictures.iter_mut().map(|(area, shown)| (shown, *area)));
        for (shown, area) in all {
            if !self.spend(ALL) {
                break;
            }
            let (sure, perhaps) = self.hidden(shown, &area);
            count.0 = count.0.saturating_add(usize::from(sure >= MANY));
            count.1 = count.1.saturating_add(usize::from(sure < MANY && perhaps >= MANY));
            for ((x, y), before) in places(&area).zip(&mut shown.before) {
                *before = self.painted(self.index(x, y));
            }
        }
        (self.shown, self.pictures) = (shown, pictures);
        count
    }
}

/// The places within a character at which it is looked at.
fn places(area: &Area) -> impl Iterator<Item = (f64, f64)> {
    let step = |index: usize| (1.0 - INNER) / 2.0 + INNER * (index as f64 + 0.5) / PLACES as f64;
    let (left, top, width, height) = (area.left.0, area.top.0, area.width.0, area.height.0);
    (0..ALL).map(move |index| (left + width * step(index % PLACES), top + height * step(index / PLACES)))
}

fn contains(area: &Area, x: f64, y: f64) -> bool {
    (area.left.0..=area.right().0).contains(&x) && (area.top.0..=area.bottom().0).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::Veil;
    use crate::document::sight::shape::Shape;
    use crate::document::sight::{Ink, Visibility};
    use crate::units::{Area, Mm, Page};

    const PAGE: Area = area(0.0, 0.0, 210.0, 297.0);

    const fn area(left: f64, top: f64, width: f64, height: f64) -> Area {
        Area { page: Page(1), left: Mm(left), top: Mm(top), width: Mm(width), height: Mm(height) }
    }

    const WHITE: Ink = Ink { colour: Some([255; 3]), ..Ink::BLACK };

    /// One word of 5 mm at (50, 50), before and behind what is painted.
    fn word(before: &[(Area, Ink)], own: Ink, after: &[(Area, Ink)]) -> Visibility {
        let mut veil = Veil::new(PAGE, usize::MAX);
        before.iter().for_each(|(area, ink)| veil.paint(&Shape::of(area), &PAGE, *ink));
        let place = area(50.0, 50.0, 5.0, 5.0);
        veil.show(&place, &PAGE, own);
        after.iter().for_each(|(area, ink)| veil.paint(&Shape::of(area), &PAGE, *ink));
        veil.seen(0, &place)
    }

    #[test]
    fn words_are_seen_unless_something_lies_over_them_or_below_them_in_their_colour() {
        let (cell, dark) = (area(40.0, 40.0, 30.0, 30.0), Ink { colour: Some([20, 20, 120]), ..Ink::BLACK });
        let thin = area(40.0, 52.4, 30.0, 0.2);
        let aside = area(52.0, 40.0, 30.0, 30.0);
        let tint = Ink { opacity: 0.25, ..Ink::BLACK };
        let masked = Ink { is_plain: false, ..Ink::BLACK };
        let nowhere = Ink { opacity: 0.0, ..Ink::BLACK };
        for (what, before, own, after, seen) in [
            ("alone", vec![], Ink::BLACK, vec![], Visibility::Seen),
            ("in a cell", vec![(cell, dark)], WHITE, vec![], Visibility::Seen),
            ("underlined and struck out", vec![], Ink::BLACK, vec![(thin, Ink::BLACK)], Visibility::Seen),
            ("below a tint", vec![], Ink::BLACK, vec![(cell, tint)], Visibility::Seen),
            ("below many tints", vec![], Ink::BLACK, vec![(cell, tint); 6], Visibility::Unseen),
            ("below white", vec![], Ink::BLACK, vec![(cell, WHITE)], Visibility::Unseen),
            ("half below white", vec![], Ink::BLACK, vec![(aside, WHITE)], Visibility::Unseen),
            ("below what may hide", vec![], Ink::BLACK, vec![(cell, masked)], Visibility::Doubtful),
            ("below nothing", vec![], Ink::BLACK, vec![(cell, nowhere)], Visibility::Seen),
            ("white on paper", vec![], WHITE, vec![], Visibility::Unseen),
            (
                "nearly white on paper",
                vec![],
                Ink { colour: Some([250, 250, 248]), ..Ink::BLACK },
                vec![],
                Visibility::Unseen,
            ),
            (
                "grey as a watermark",
                vec![],
                Ink { colour: Some([128; 3]), opacity: 0.25, ..Ink::BLACK },
                vec![],
                Visibility::Seen,
            ),
            ("in the colour of the cell", vec![(cell, dark)], dark, vec![], Visibility::Unseen),
            (
                "in the colour of a cell that is covered",
                vec![(cell, dark), (cell, WHITE)],
                dark,
                vec![],
                Visibility::Seen,
            ),
            ("without ink", vec![], nowhere, vec![], Visibility::Unseen),
            ("behind a mask", vec![], masked, vec![], Visibility::Doubtful),
        ] {
            assert_eq!(word(&before, own, &after), seen, "{what}");
        }
    }

    #[test]
    fn strips_hide_together_and_a_clip_hides() {
        let strips: Vec<_> = (0..40).map(|row| (area(40.0, 45.0 + 0.3 * f64::from(row), 30.0, 0.3), WHITE)).collect();
        assert_eq!(word(&[], Ink::BLACK, &strips), Visibility::Unseen);
        let mut veil = Veil::new(PAGE, usize::MAX);
        let place = area(50.0, 50.0, 5.0, 5.0);
        veil.show(&place, &area(0.0, 0.0, 51.0, 297.0), Ink::BLACK);
        assert_eq!(veil.seen(0, &place), Visibility::Unseen);
        veil.show(&area(-3.0, 50.0, 5.0, 5.0), &PAGE, Ink::BLACK);
        assert_eq!(veil.seen(1, &area(-3.0, 50.0, 5.0, 5.0)), Visibility::Unseen, "beside the page");
    }

    #[test]
    fn what_is_told_once_is_not_told_again() {
        let mut veil = Veil::new(PAGE, usize::MAX);
        let place = area(50.0, 50.0, 5.0, 5.0);
        veil.show(&place, &PAGE, Ink::BLACK);
        assert_eq!(veil.hides([&place].into_iter()), (0, 0));
        veil.paint(&Shape::of(&area(40.0, 40.0, 30.0, 30.0)), &PAGE, WHITE);
        assert_eq!(veil.hides([&place].into_iter()), (1, 0));
        assert_eq!(veil.hides([&place].into_iter()), (0, 0));
    }

    #[test]
    fn endless_painting_is_given_up_and_nothing_is_sure_then() {
        let mut veil = Veil::new(PAGE, 1 << 20);
        let place = area(50.0, 50.0, 5.0, 5.0);
        veil.show(&place, &PAGE, Ink::BLACK);
        for _ in 0..20 {
            veil.paint(&Shape::of(&area(100.0, 0.0, 100.0, 297.0)), &PAGE, WHITE);
        }
        assert!(veil.has_given_up());
        assert_eq!(veil.seen(0, &place), Visibility::Doubtful);
        // A shape of more points than are kept may be any.
        let mut veil = Veil::new(PAGE, usize::MAX);
        veil.show(&place, &PAGE, Ink::BLACK);
        let mut shape = Shape::polygon(&[(0.0, 0.0)]);
        (0..1 << 20).for_each(|_| shape.line_to((1.0, 1.0)));
        veil.paint(&shape, &PAGE, WHITE);
        assert_eq!(veil.seen(0, &place), Visibility::Doubtful);
    }
}
