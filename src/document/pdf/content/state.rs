//! The graphics state, as far as it decides where something shows (ISO 32000-2, 8.4 and 9.3).

use std::rc::Rc;

use crate::document::pdf::content::font::Font;
use crate::document::pdf::content::ink::Pen;
use crate::document::pdf::content::matrix::Matrix;
use crate::units::{Area, Mm, Page};

#[derive(Clone)]
pub(super) struct State {
    /// From the units of the content to millimetres of the page as displayed.
    pub(super) place: Matrix,
    /// What is painted beyond this does not show.
    pub(super) clip: Area,
    /// Whether it is cut by upright rectangles alone, which that area is then.
    pub(super) is_clip_box: bool,
    pub(super) fill: Pen,
    pub(super) stroke: Pen,
    /// Whether a soft mask is in force, and whether colours are mixed in another way than by covering.
    pub(super) is_masked: bool,
    pub(super) is_mixed: bool,
    /// How opaque the groups are in which it is painted, and whether nothing else becomes of them.
    pub(super) group: (f32, bool),
    pub(super) line_width: f64,
    pub(super) text: TextState,
}

#[derive(Clone)]
pub(super) struct TextState {
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) letter_space: f64,
    pub(super) word_space: f64,
    /// 1 is the font's own width.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    /// The mode of rendering: 0 fills.
    pub(super) mode: i64,
    pub(super) matrix: Matrix,
    pub(super) line: Matrix,
}

impl State {
    pub(super) fn new(place: Matrix, clip: Area) -> Self {
        let text = TextState {
            font: None,
            size: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            matrix: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        };
        State {
            place,
            clip,
            is_clip_box: true,
            fill: Pen::BLACK,
            stroke: Pen::BLACK,
            is_masked: false,
            is_mixed: false,
            group: (1.0, true),
            line_width: 1.0,
            text,
        }
    }
}

impl TextState {
    /// Goes to the beginning of another line.
    pub(super) fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.matrix = self.line;
    }

    /// From a glyph's space, in which the font's size is 1, to the units of the content.
    pub(super) fn glyph_space(&self) -> Matrix {
        Matrix([self.size * self.stretch, 0.0, 0.0, self.size, 0.0, self.rise]).then(self.matrix)
    }

    /// Moves on behind a glyph, or by a number of an array for `TJ`.
    pub(super) fn advance(&mut self, right: f64, up: f64) {
        self.matrix = Matrix::translation(right, up).then(self.matrix);
    }
}

/// The smallest upright area that holds all points.
pub(super) fn extent(page: Page, points: &[(f64, f64)]) -> Option<Area> {
    let least = |each: fn(&(f64, f64)) -> f64| points.iter().map(each).fold(f64::INFINITY, f64::min);
    let most = |each: fn(&(f64, f64)) -> f64| points.iter().map(each).fold(f64::NEG_INFINITY, f64::max);
    let (left, top) = (least(|point| point.0), least(|point| point.1));
    let (width, height) = (most(|point| point.0) - left, most(|point| point.1) - top);
    let is_one = [left, top, width, height].iter().all(|number| number.is_finite());
    is_one.then_some(Area { page, left: Mm(left), top: Mm(top), width: Mm(width), height: Mm(height) })
}
