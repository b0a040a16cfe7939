//! Paths: what every drawing is made of.

/// A point. In fonts the unit is the em and the origin stands on the baseline; in drawings the unit
/// is the millimetre and the origin is the upper left corner. In both, y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Point {
    pub(crate) const fn new(x: f64, y: f64) -> Self {
        Point { x, y }
    }

    /// The point that lies `part` of the way to `other`.
    pub(crate) fn towards(self, other: Point, part: f64) -> Point {
        Point::new(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)
    }
}

/// One step of a path. Quadratic curves are raised to cubic ones: PDF and OFD readers know those best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment {
    Move(Point),
    Line(Point),
    Cubic(Point, Point, Point),
    Close,
}

/// Contours, each begun by a move and ended by a close.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Path {
    segments: Vec<Segment>,
}

/// The smallest upright rectangle around something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Path {
    pub(crate) fn new() -> Self {
        Path::default()
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    pub(crate) fn move_to(&mut self, to: Point) {
        self.segments.push(Segment::Move(to));
    }

    pub(crate) fn line_to(&mut self, to: Point) {
        self.segments.push(Segment::Line(to));
    }

    pub(crate) fn quadratic_to(&mut self, control: Point, to: Point) {
        let from = self.last().unwrap_or(control);
        self.cubic_to(from.towards(control, 2.0 / 3.0), to.towards(control, 2.0 / 3.0), to);
    }

    pub(crate) fn cubic_to(&mut self, first: Point, second: Point, to: Point) {
        self.segments.push(Segment::Cubic(first, second, to));
    }

    pub(crate) fn close(&mut self) {
        self.segments.push(Segment::Close);
    }

    pub(crate) fn append(&mut self, other: &Path) {
        self.segments.extend_from_slice(&other.segments);
    }

    /// The path with every point moved; exact for what keeps straight lines straight.
    pub(crate) fn map(&self, place: impl Fn(Point) -> Point) -> Path {
        let moved = |segment: &Segment| match *segment {
            Segment::Move(to) => Segment::Move(place(to)),
            Segment::Line(to) => Segment::Line(place(to)),
            Segment::Cubic(first, second, to) => Segment::Cubic(place(first), place(second), place(to)),
            Segment::Close => Segment::Close,
        };
        Path { segments: self.segments.iter().map(moved).collect() }
    }

    /// The path with its lines turned into curves and everything cut into `pieces`, so that
    /// [`Path::map`] can bend it.
    pub(crate) fn divided(&self, pieces: u32) -> Path {
        let mut divided = Path::new();
        let (mut start, mut from) = (Point::default(), Point::default());
        for segment in &self.segments {
            match *segment {
                Segment::Move(to) => {
                    divided.move_to(to);
                    (start, from) = (to, to);
                }
                Segment::Line(to) => {
                    divided.pieces(from, line(from, to), pieces);
                    from = to;
                }
                Segment::Cubic(first, second, to) => {
                    divided.pieces(from, (first, second, to), pieces);
                    from = to;
                }
                Segment::Close => {
                    if from != start {
                        divided.pieces(from, line(from, start), pieces);
                    }
                    divided.close();
                    from = start;
                }
            }
        }
        divided
    }

    /// The contours run the other way round.
    pub(crate) fn reversed(&self) -> Path {
        let mut reversed = Path::new();
        for contour in self.contours() {
            reversed.append_reversed(contour);
        }
        reversed
    }

    /// The area enclosed, negative where contours run against the clock as seen on the page.
    pub(crate) fn area(&self) -> f64 {
        let mut area = 0.0;
        let (mut start, mut from) = (Point::default(), Point::default());
        for segment in &self.segments {
            let to = match *segment {
                Segment::Move(to) => {
                    start = to;
                    to
                }
                Segment::Line(to) => {
                    area += cross(from, to) / 2.0;
                    to
                }
                Segment::Cubic(first, second, to) => {
                    area += swept(from, first, second, to);
                    to
                }
                Segment::Close => {
                    area += cross(from, start) / 2.0;
                    start
                }
            };
            from = to;
        }
        area
    }

    /// The bounds of what is drawn, curves followed.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let mut bounds: Option<Bounds> = None;
        let mut from = Point::default();
        for segment in &self.segments {
            match *segment {
                Segment::Move(to) | Segment::Line(to) => {
                    bounds = Some(Bounds::around(bounds, to));
                    from = to;
                }
                Segment::Cubic(first, second, to) => {
                    bounds = Some(Bounds::around(bounds, to));
                    for at in turns(from, first, second, to) {
                        bounds = Some(Bounds::around(bounds, on_cubic(from, first, second, to, at)));
                    }
                    from = to;
                }
                Segment::Close => {}
            }
        }
        bounds
    }

    /// Where each step ends.
    #[cfg(feature = "svg")]
    pub(crate) fn ends(&self) -> impl Iterator<Item = Point> {
        self.segments.iter().filter_map(end)
    }

    fn last(&self) -> Option<Point> {
        match self.segments.last()? {
            Segment::Move(to) | Segment::Line(to) | Segment::Cubic(_, _, to) => Some(*to),
            Segment::Close => None,
        }
    }

    fn contours(&self) -> impl Iterator<Item = &[Segment]> {
        self.segments.split_inclusive(|segment| matches!(segment, Segment::Close))
    }

    fn pieces(&mut self, mut from: Point, (mut first, mut second, to): (Point, Point, Point), pieces: u32) {
        for left in (2..=pieces).rev() {
            let part = 1.0 / f64::from(left);
            let (a, b, c) = (from.towards(first, part), first.towards(second, part), second.towards(to, part));
            let (d, e) = (a.towards(b, part), b.towards(c, part));
            let middle = d.towards(e, part);
            self.cubic_to(a, d, middle);
            (from, first, second) = (middle, e, c);
        }
        self.cubic_to(first, second, to);
    }

    fn append_reversed(&mut self, contour: &[Segment]) {
        let ends: Vec<Point> = contour.iter().filter_map(end).collect();
        let Some(start) = ends.last() else { return };
        self.move_to(*start);
        let steps = contour.iter().skip(1).filter(|segment| end(segment).is_some());
        for (segment, to) in steps.rev().zip(ends.iter().rev().skip(1)) {
            match segment {
                Segment::Cubic(first, second, _) => self.cubic_to(*second, *first, *to),
                _ => self.line_to(*to),
            }
        }
        self.close();
    }
}

impl Bounds {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn middle(&self) -> Point {
        Point::new(f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    pub(crate) fn union(self, other: Bounds) -> Bounds {
        Bounds {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn around(bounds: Option<Bounds>, point: Point) -> Bounds {
        let alone = Bounds { left: point.x, top: point.y, right: point.x, bottom: point.y };
        bounds.map_or(alone, |bounds| bounds.union(alone))
    }
}

/// Where a step ends.
fn end(segment: &Segment) -> Option<Point> {
    match segment {
        Segment::Move(to) | Segment::Line(to) | Segment::Cubic(_, _, to) => Some(*to),
        Segment::Close => None,
    }
}

/// A line as a curve.
fn line(from: Point, to: Point) -> (Point, Point, Point) {
    (from.towards(to, 1.0 / 3.0), from.towards(to, 2.0 / 3.0), to)
}

fn on_cubic(from: Point, first: Point, second: Point, to: Point, at: f64) -> Point {
    let (a, b, c) = (from.towards(first, at), first.towards(second, at), second.towards(to, at));
    a.towards(b, at).towards(b.towards(c, at), at)
}

/// Where a curve turns in x or in y, between its ends.
fn turns(from: Point, first: Point, second: Point, to: Point) -> impl Iterator<Item = f64> {
    let x = roots(from.x, first.x, second.x, to.x);
    let y = roots(from.y, first.y, second.y, to.y);
    x.into_iter().chain(y).flatten().filter(|at| (0.0..=1.0).contains(at))
}

/// The zeros of a cubic's slope.
fn roots(from: f64, first: f64, second: f64, to: f64) -> [Option<f64>; 2] {
    let a = to - 3.0 * second + 3.0 * first - from;
    let b = 2.0 * (second - 2.0 * first + from);
    let c = first - from;
    if a.abs() < 1e-12 {
        return [(b.abs() > 1e-12).then(|| -c / b), None];
    }
    let inner = b * b - 4.0 * a * c;
    if inner < 0.0 {
        return [None, None];
    }
    [Some((-b + inner.sqrt()) / (2.0 * a)), Some((-b - inner.sqrt()) / (2.0 * a))]
}

fn cross(a: Point, b: Point) -> f64 {
    a.x * b.y - b.x * a.y
}

/// The area between a curve and the origin.
fn swept(from: Point, first: Point, second: Point, to: Point) -> f64 {
    let near = 6.0 * (cross(from, first) + cross(second, to));
    let far = 3.0 * (cross(from, second) + cross(first, second) + cross(first, to));
    (near + far + cross(from, to)) / 20.0
}

#[cfg(test)]
mod tests {
    use super::{Path, Point, Segment};

    fn square() -> Path {
        let mut path = Path::new();
        path.move_to(Point::new(0.0, 0.0));
        path.line_to(Point::new(2.0, 0.0));
        path.line_to(Point::new(2.0, 2.0));
        path.quadratic_to(Point::new(1.0, 4.0), Point::new(0.0, 2.0));
        path.close();
        path
    }

    #[test]
    fn bounds_follow_curves_and_not_their_control_points() {
        let bounds = square().bounds().unwrap();
        assert_eq!((bounds.left, bounds.top, bounds.right), (0.0, 0.0, 2.0));
        assert!((bounds.bottom - 3.0).abs() < 1e-9, "{bounds:?}");
        assert_eq!(Path::new().bounds(), None);
    }

    #[test]
    fn reversing_turns_the_area_round_and_twice_is_nothing() {
        let path = square();
        assert!(path.area() > 5.0, "{}", path.area());
        assert!((path.area() + path.reversed().area()).abs() < 1e-9);
        assert_eq!(path.reversed().reversed().bounds(), path.bounds());
        assert!((path.reversed().reversed().area() - path.area()).abs() < 1e-9);
    }

    #[test]
    fn dividing_keeps_the_shape() {
        let divided = square().divided(4);
        assert!((divided.area() - square().area()).abs() < 1e-9);
        assert!(divided.segments().iter().all(|segment| !matches!(segment, Segment::Line(_))));
        let (bounds, whole) = (divided.bounds().unwrap(), square().bounds().unwrap());
        assert!((bounds.bottom - whole.bottom).abs() < 1e-9);
    }
}
