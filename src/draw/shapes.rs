//! Edges, stars and frames.

use std::f64::consts::{PI, TAU};

use crate::font::{Path, Point};

/// How far the control points of a quarter of a circle stand from its ends, in radii; the curve then
/// leaves the circle by less than 0.03 %.
const QUARTER: f64 = 0.552_284_749_8;

/// An ellipse; a circle when both half axes are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Oval {
    pub(super) centre: Point,
    /// Half the width.
    pub(super) a: f64,
    /// Half the height.
    pub(super) b: f64,
}

impl Oval {
    /// The ellipse whose axes are shorter by `distance` at each end.
    pub(super) fn inset(self, distance: f64) -> Oval {
        Oval { a: self.a - distance, b: self.b - distance, ..self }
    }

    /// Half the width at the height `y`; 0 above and below.
    pub(super) fn half_width(self, y: f64) -> f64 {
        let part = (y - self.centre.y) / self.b;
        self.a * (1.0 - part * part).max(0.0).sqrt()
    }

    /// The outline, with the clock.
    pub(super) fn outline(self) -> Path {
        let Oval { centre, a, b } = self;
        let at = |x: f64, y: f64| Point::new(centre.x + a * x, centre.y + b * y);
        let q = QUARTER;
        let mut path = Path::new();
        path.move_to(at(0.0, -1.0));
        path.cubic_to(at(q, -1.0), at(1.0, -q), at(1.0, 0.0));
        path.cubic_to(at(1.0, q), at(q, 1.0), at(0.0, 1.0));
        path.cubic_to(at(-q, 1.0), at(-1.0, q), at(-1.0, 0.0));
        path.cubic_to(at(-1.0, -q), at(-q, -1.0), at(0.0, -1.0));
        path.close();
        path
    }

    /// An edge of this thickness, inwards from the outline.
    pub(super) fn edge(self, thickness: f64) -> Path {
        let mut path = self.outline();
        path.append(&self.inset(thickness).outline().reversed());
        path
    }
}

/// The five-pointed star whose tips stand on a circle, one upwards. Its inner corners are where the
/// lines between the tips cross.
pub(super) fn star(centre: Point, radius: f64) -> Path {
    let inner = radius * (PI / 10.0).sin() / (3.0 * PI / 10.0).sin();
    let mut path = Path::new();
    for corner in 0..10_u32 {
        let angle = TAU * f64::from(corner) / 10.0;
        let reach = if corner % 2 == 0 { radius } else { inner };
        let point = Point::new(centre.x + reach * angle.sin(), centre.y - reach * angle.cos());
        if corner == 0 { path.move_to(point) } else { path.line_to(point) }
    }
    path.close();
    path
}

/// How far below its centre the star's feet stand, in radii.
pub(super) fn star_feet() -> f64 {
    (PI / 5.0).cos()
}

/// An upright rectangle, with the clock.
pub(super) fn rectangle(left: f64, top: f64, width: f64, height: f64) -> Path {
    let (right, bottom) = (left + width, top + height);
    let mut path = Path::new();
    path.move_to(Point::new(left, top));
    for (x, y) in [(right, top), (right, bottom), (left, bottom)] {
        path.line_to(Point::new(x, y));
    }
    path.close();
    path
}

/// A rectangular edge of this thickness around the whole area from the origin.
pub(super) fn frame(width: f64, height: f64, thickness: f64) -> Path {
    let mut path = rectangle(0.0, 0.0, width, height);
    let inner = rectangle(thickness, thickness, width - 2.0 * thickness, height - 2.0 * thickness);
    path.append(&inner.reversed());
    path
}

#[cfg(test)]
mod tests {
    use super::{Oval, frame, star};
    use crate::font::Point;

    #[test]
    fn an_edge_has_the_area_of_a_ring() {
        let oval = Oval { centre: Point::new(21.0, 21.0), a: 21.0, b: 21.0 };
        let wanted = std::f64::consts::PI * (21.0_f64.powi(2) - 19.8_f64.powi(2));
        assert!((oval.edge(1.2).area() - wanted).abs() < wanted * 0.002, "{}", oval.edge(1.2).area());
        let bounds = oval.edge(1.2).bounds().unwrap();
        assert!((bounds.width() - 42.0).abs() < 1e-9 && (bounds.height() - 42.0).abs() < 1e-9);
    }

    #[test]
    fn a_star_stands_upright_in_its_circle() {
        let bounds = star(Point::new(0.0, 0.0), 7.0).bounds().unwrap();
        assert!((bounds.top + 7.0).abs() < 1e-9);
        assert!((bounds.width() - 2.0 * 7.0 * 72_f64.to_radians().sin()).abs() < 1e-9);
        assert!((bounds.bottom - 7.0 * super::star_feet()).abs() < 1e-9);
    }

    #[test]
    fn a_frame_has_a_hole() {
        assert!((frame(20.0, 20.0, 1.0).area() - 76.0).abs() < 1e-9);
    }
}
