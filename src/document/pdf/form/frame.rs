//! What stands behind a field's text, and buttons (ISO 32000-2, 12.5.4 and 12.7.5.2).
//!
//! All lengths are points, from the lower left corner of the widget as its text reads.

use pdf_writer::{Content as Operators, Settings};

/// What lies behind and around a field's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::document::pdf) struct Frame {
    pub(in crate::document::pdf) width: f64,
    pub(in crate::document::pdf) height: f64,
    pub(in crate::document::pdf) background: Colour,
    pub(in crate::document::pdf) border: Colour,
    pub(in crate::document::pdf) line: f64,
    pub(in crate::document::pdf) style: Edge,
    pub(in crate::document::pdf) is_round: bool,
}

/// How a border is drawn (table 168).
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::document::pdf) enum Edge {
    #[default]
    Solid,
    Dashed(Vec<f64>),
    /// As if the field stood out.
    Beveled,
    /// As if it were sunk.
    Inset,
    Underline,
}

/// Components: one of grey, three of RGB, four of inks; none for no colour.
pub(in crate::document::pdf) type Colour = Vec<f32>;

impl Frame {
    /// What is left free at the sides, and above and below.
    pub(super) fn margins(&self) -> (f64, f64) {
        let line = self.edge();
        let double = if matches!(self.style, Edge::Beveled | Edge::Inset) { 2.0 * line } else { line };
        (double + 2.0, double + 1.0)
    }

    /// The width of the border where there is one.
    pub(super) fn edge(&self) -> f64 {
        if self.border.is_empty() { 0.0 } else { self.line }
    }

    pub(super) fn draw(&self, to: &mut Operators) {
        if set_colour(to, &self.background, true) {
            self.shape(to, 0.0);
            to.fill_nonzero();
        }
        let line = self.edge();
        if line <= 0.0 || !set_colour(to, &self.border, false) {
            return;
        }
        if matches!(self.style, Edge::Beveled | Edge::Inset) && !self.is_round {
            self.bevel(to, line);
            set_colour(to, &self.border, false);
        }
        to.set_line_width(line as f32);
        match &self.style {
            Edge::Dashed(dashes) => drop(to.set_dash_pattern(dashes.iter().map(|dash| *dash as f32), 0.0)),
            Edge::Underline => {
                to.move_to(0.0, (line / 2.0) as f32).line_to(self.width as f32, (line / 2.0) as f32).stroke();
                return;
            }
            _ => {}
        }
        self.shape(to, line / 2.0);
        to.stroke();
    }

    /// The outline, so far within the widget's edge.
    fn shape(&self, to: &mut Operators, inset: f64) {
        let (width, height) = (self.width - 2.0 * inset, self.height - 2.0 * inset);
        if self.is_round {
            ellipse(to, self.width / 2.0, self.height / 2.0, width.min(height) / 2.0);
        } else {
            to.rect(inset as f32, inset as f32, width as f32, height as f32);
        }
    }

    /// Two corners of light and shade within the border.
    fn bevel(&self, to: &mut Operators, line: f64) {
        let (light, shade) = if self.style == Edge::Beveled { (1.0, 0.5) } else { (0.5, 0.75) };
        let (near, far) = (line, 2.0 * line);
        let (right, top) = (self.width, self.height);
        let corners = [
            (
                light,
                [
                    (near, near),
                    (near, top - near),
                    (right - near, top - near),
                    (right - far, top - far),
                    (far, top - far),
                    (far, far),
                ],
            ),
            (
                shade,
                [
                    (right - near, top - near),
                    (right - near, near),
                    (near, near),
                    (far, far),
                    (right - far, far),
                    (right - far, top - far),
                ],
            ),
        ];
        for (grey, points) in corners {
            to.set_fill_gray(grey);
            for (place, (x, y)) in points.into_iter().enumerate() {
                if place == 0 {
                    to.move_to(x as f32, y as f32);
                } else {
                    to.line_to(x as f32, y as f32);
                }
            }
            to.close_path().fill_nonzero();
        }
    }
}

fn ellipse(to: &mut Operators, x: f64, y: f64, radius: f64) {
    let handle = radius * 0.552_284_749_830_793_4;
    let at = |dx: f64, dy: f64| ((x + dx) as f32, (y + dy) as f32);
    let start = at(radius, 0.0);
    to.move_to(start.0, start.1);
    for [a, b, c] in [
        [at(radius, handle), at(handle, radius), at(0.0, radius)],
        [at(-handle, radius), at(-radius, handle), at(-radius, 0.0)],
        [at(-radius, -handle), at(-handle, -radius), at(0.0, -radius)],
        [at(handle, -radius), at(radius, -handle), at(radius, 0.0)],
    ] {
        to.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1);
    }
    to.close_path();
}

/// Chooses a colour for filling or for lines; whether there is one.
pub(super) fn set_colour(to: &mut Operators, colour: &[f32], is_fill: bool) -> bool {
    match (colour, is_fill) {
        ([grey], true) => to.set_fill_gray(*grey),
        ([grey], false) => to.set_stroke_gray(*grey),
        ([red, green, blue], true) => to.set_fill_rgb(*red, *green, *blue),
        ([red, green, blue], false) => to.set_stroke_rgb(*red, *green, *blue),
        ([c, m, y, k], true) => to.set_fill_cmyk(*c, *m, *y, *k),
        ([c, m, y, k], false) => to.set_stroke_cmyk(*c, *m, *y, *k),
        _ => return false,
    };
    true
}

/// The marks of check boxes and radio buttons.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::document::pdf) enum Mark {
    #[default]
    Tick,
    Circle,
    Cross,
    Diamond,
    Square,
}

/// A button, on or off.
pub(in crate::document::pdf) fn button(frame: &Frame, mark: Option<Mark>, colour: &[f32]) -> Vec<u8> {
    let mut to = Operators::with_settings(Settings { pretty: false });
    to.save_state();
    frame.draw(&mut to);
    to.restore_state();
    if let Some(mark) = mark {
        to.save_state();
        if !set_colour(&mut to, colour, true) {
            to.set_fill_gray(0.0);
        }
        set_colour(&mut to, colour, false);
        draw_mark(&mut to, frame, mark);
        to.restore_state();
    }
    to.finish().into_vec()
}

fn draw_mark(to: &mut Operators, frame: &Frame, mark: Mark) {
    let side = (frame.width.min(frame.height) - 2.0 * frame.edge()).max(0.0);
    let (x, y) = (frame.width / 2.0, frame.height / 2.0);
    let at = |dx: f64, dy: f64| ((x + dx * side) as f32, (y + dy * side) as f32);
    let points: &[(f64, f64)] = match mark {
        Mark::Circle => {
            ellipse(to, x, y, side * 0.25);
            to.fill_nonzero();
            return;
        }
        Mark::Tick | Mark::Cross => {
            to.set_line_width((side * 0.12) as f32);
            let lines: &[&[(f64, f64)]] = match mark {
                Mark::Tick => &[&[(-0.30, 0.0), (-0.08, -0.24), (0.32, 0.28)]],
                _ => &[&[(-0.28, -0.28), (0.28, 0.28)], &[(-0.28, 0.28), (0.28, -0.28)]],
            };
            lines.iter().for_each(|line| polyline(to, line, at));
            to.stroke();
            return;
        }
        Mark::Diamond => &[(-0.3, 0.0), (0.0, 0.3), (0.3, 0.0), (0.0, -0.3)],
        Mark::Square => &[(-0.25, -0.25), (-0.25, 0.25), (0.25, 0.25), (0.25, -0.25)],
    };
    polyline(to, points, at);
    to.fill_nonzero();
}

fn polyline(to: &mut Operators, line: &[(f64, f64)], at: impl Fn(f64, f64) -> (f32, f32)) {
    for (place, (dx, dy)) in line.iter().enumerate() {
        let (x, y) = at(*dx, *dy);
        if place == 0 {
            to.move_to(x, y)
        } else {
            to.line_to(x, y)
        };
    }
}
