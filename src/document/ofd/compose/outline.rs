//! Outlines: what paths and clips are made of (GB/T 33190-2016, 9.1).

use crate::document::ofd::compose::xml::push_number;
use crate::error::{Error, ErrorKind};

/// Lines and curves, in millimetres from the upper left corner of whatever they stand on; y grows downwards.
///
/// ```
/// use eseal::ofd::Outline;
///
/// let triangle = Outline::new().move_to(10.0, 0.0).line_to(20.0, 20.0).line_to(0.0, 20.0).close();
/// let frame = Outline::rectangle(5.0, 5.0, 200.0, 287.0);
/// # let _ = (triangle, frame);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "an outline is drawn where it is given to"]
pub struct Outline {
    steps: Vec<Step>,
}

type Point = (f64, f64);

/// A step of an outline: a line or a curve from where the one before ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::document) enum Step {
    Move(Point),
    Line(Point),
    /// Control point and end.
    Quadratic([Point; 2]),
    /// Two control points and the end.
    Cubic([Point; 3]),
    Close,
}

impl Step {
    /// Its letter in `AbbreviatedData`.
    fn letter(&self) -> char {
        match self {
            Step::Move(_) => 'M',
            Step::Line(_) => 'L',
            Step::Quadratic(_) => 'Q',
            Step::Cubic(_) => 'B',
            Step::Close => 'C',
        }
    }

    pub(in crate::document) fn points(&self) -> &[Point] {
        match self {
            Step::Move(point) | Step::Line(point) => std::slice::from_ref(point),
            Step::Quadratic(points) => points,
            Step::Cubic(points) => points,
            Step::Close => &[],
        }
    }

    fn points_mut(&mut self) -> &mut [Point] {
        match self {
            Step::Move(point) | Step::Line(point) => std::slice::from_mut(point),
            Step::Quadratic(points) => points,
            Step::Cubic(points) => points,
            Step::Close => &mut [],
        }
    }
}

impl Outline {
    /// An outline without lines.
    pub fn new() -> Self {
        Outline::default()
    }

    /// A closed rectangle.
    pub fn rectangle(left: f64, top: f64, width: f64, height: f64) -> Self {
        let (right, bottom) = (left + width, top + height);
        Outline::new().move_to(left, top).line_to(right, top).line_to(right, bottom).line_to(left, bottom).close()
    }

    /// A closed ellipse around a centre, in four curves that leave it by less than a thousandth of a radius.
    pub fn ellipse(x: f64, y: f64, radius_x: f64, radius_y: f64) -> Self {
        // (4/3)·tan(π/8)
        const HANDLE: f64 = 0.552_284_749_830_793_4;
        let (a, b) = (radius_x * HANDLE, radius_y * HANDLE);
        let (left, right, top, bottom) = (x - radius_x, x + radius_x, y - radius_y, y + radius_y);
        Outline::new()
            .move_to(right, y)
            .cubic_to([(right, y + b), (x + a, bottom), (x, bottom)])
            .cubic_to([(x - a, bottom), (left, y + b), (left, y)])
            .cubic_to([(left, y - b), (x - a, top), (x, top)])
            .cubic_to([(x + a, top), (right, y - b), (right, y)])
            .close()
    }

    /// Begins a new line.
    pub fn move_to(self, x: f64, y: f64) -> Self {
        self.step(Step::Move((x, y)))
    }

    /// A straight line.
    pub fn line_to(self, x: f64, y: f64) -> Self {
        self.step(Step::Line((x, y)))
    }

    /// A quadratic Bézier curve: control point and end.
    pub fn quadratic_to(self, points: [(f64, f64); 2]) -> Self {
        self.step(Step::Quadratic(points))
    }

    /// A cubic Bézier curve: two control points and the end.
    pub fn cubic_to(self, points: [(f64, f64); 3]) -> Self {
        self.step(Step::Cubic(points))
    }

    /// A straight line back to where the line began.
    pub fn close(self) -> Self {
        self.step(Step::Close)
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Moves every point.
    pub(super) fn shift(&mut self, right: f64, down: f64) {
        for point in self.steps.iter_mut().flat_map(Step::points_mut) {
            *point = (point.0 + right, point.1 + down);
        }
    }

    #[cfg(feature = "compose")]
    pub(in crate::document) fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn points(&self) -> impl Iterator<Item = Point> {
        self.steps.iter().flat_map(Step::points).copied()
    }

    /// Whether it begins somewhere, and all its numbers are some.
    pub(in crate::document) fn is_sound(&self) -> bool {
        let begins = matches!(self.steps.first(), Some(Step::Move(_)));
        begins && self.points().all(|(x, y)| x.is_finite() && y.is_finite())
    }

    /// The words of `AbbreviatedData`, counted from another origin.
    pub(super) fn data(&self, origin: (f64, f64)) -> Result<String, Error> {
        if !self.is_sound() {
            let detail = "an outline begins with move_to, and all its numbers are finite";
            return Err(Error::new(ErrorKind::Misuse, detail));
        }
        let mut data = String::with_capacity(self.steps.len() * 16);
        for step in &self.steps {
            if !data.is_empty() {
                data.push(' ');
            }
            data.push(step.letter());
            for (x, y) in step.points() {
                data.push(' ');
                push_number(&mut data, x - origin.0);
                data.push(' ');
                push_number(&mut data, y - origin.1);
            }
        }
        Ok(data)
    }

    /// Left, top, right and bottom of its points, those beside the curve included.
    pub(super) fn bounds(&self) -> [f64; 4] {
        let mut points = self.points();
        let Some((x, y)) = points.next() else { return [0.0; 4] };
        points.fold([x, y, x, y], |[left, top, right, bottom], (x, y)| {
            [left.min(x), top.min(y), right.max(x), bottom.max(y)]
        })
    }
}
