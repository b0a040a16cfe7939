//! Emblems: the caller's artwork.

use usvg::tiny_skia_path::{PathSegment, PathStroker, Stroke as Pen};
use usvg::{FillRule as Rule, Group, Node, Paint, Transform};

use crate::draw::drawing::{FillRule, Shape};
use crate::error::{Context as _, Error, ErrorKind};
use crate::font::{Bounds, Path, Point};
use crate::limits::Limits;
use crate::picture::svg;

/// Groups within groups; the reader bounds the text's own nesting already.
const DEPTH: usize = 256;

/// Artwork for the middle of a seal, from SVG: its filled and stroked shapes as a silhouette in the
/// seal's one colour.
///
/// The crate brings no emblem of its own: the national emblem and the Party's are protected by law,
/// and their artwork is whoever's who may use them.
///
/// ```
/// use eseal::draw::Emblem;
///
/// let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></svg>"#;
/// Emblem::from_svg(svg)?;
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Emblem {
    shapes: Vec<Shape>,
    bounds: Bounds,
}

impl Emblem {
    /// Reads artwork. Needs the feature `svg`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the bytes are no SVG or show nothing, [`ErrorKind::TooLarge`] when
    /// they exceed the default [`Limits`], [`ErrorKind::Unsupported`] for what a silhouette cannot
    /// have: white shapes, gradients, transparency, clipping, text, images.
    pub fn from_svg(bytes: &[u8]) -> Result<Self, Error> {
        read(bytes).context("the emblem")
    }

    /// The shapes, as large as goes into a circle with this centre and radius.
    pub(super) fn shapes(&self, centre: Point, radius: f64) -> Vec<Shape> {
        let middle = self.bounds.middle();
        let scale = radius / self.reach(middle);
        let place =
            |point: Point| Point::new(centre.x + (point.x - middle.x) * scale, centre.y + (point.y - middle.y) * scale);
        self.shapes.iter().map(|shape| Shape { path: shape.path.map(place), rule: shape.rule }).collect()
    }

    /// How far the artwork reaches from its middle: its own points, not the corners of its bounds.
    fn reach(&self, middle: Point) -> f64 {
        let ends = self.shapes.iter().flat_map(|shape| shape.path.ends());
        let reach = ends.map(|point| (point.x - middle.x).hypot(point.y - middle.y)).fold(0.0, f64::max);
        reach.max(f64::max(self.bounds.width(), self.bounds.height()) / 2.0).max(1e-9)
    }
}

fn read(bytes: &[u8]) -> Result<Emblem, Error> {
    let tree = svg::read(bytes, &Limits::default())?;
    let mut shapes = Vec::new();
    collect(tree.root(), &mut shapes, 0)?;
    let bounds = shapes.iter().filter_map(|shape: &Shape| shape.path.bounds()).reduce(Bounds::union);
    let bounds = bounds.filter(|bounds| (bounds.width() + bounds.height()).is_finite());
    let bounds = bounds.filter(|bounds| bounds.width() > 0.0 && bounds.height() > 0.0);
    let bounds = bounds.ok_or_else(|| Error::malformed("it shows nothing"))?;
    Ok(Emblem { shapes, bounds })
}

fn collect(group: &Group, shapes: &mut Vec<Shape>, depth: usize) -> Result<(), Error> {
    if depth > DEPTH {
        return Err(Error::too_large(format!("its groups are nested deeper than {DEPTH}")));
    }
    let plain = group.clip_path().is_none()
        && group.mask().is_none()
        && group.filters().is_empty()
        && group.opacity().get() >= 1.0;
    if !plain {
        return Err(flat("it clips, masks, filters or is see-through"));
    }
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, shapes, depth.saturating_add(1))?,
            Node::Path(path) => outline(path, shapes)?,
            Node::Image(_) => return Err(svg::refused("image")),
            Node::Text(_) => return Err(svg::refused("text")),
        }
    }
    Ok(())
}

fn outline(path: &usvg::Path, shapes: &mut Vec<Shape>) -> Result<(), Error> {
    if !path.is_visible() {
        return Ok(());
    }
    let place = path.abs_transform();
    if let Some(fill) = path.fill() {
        ink(fill.paint(), fill.opacity().get())?;
        let rule = match fill.rule() {
            Rule::NonZero => FillRule::NonZero,
            Rule::EvenOdd => FillRule::EvenOdd,
        };
        shapes.push(Shape { path: converted(path.data(), place), rule });
    }
    if let Some(stroke) = path.stroke() {
        ink(stroke.paint(), stroke.opacity().get())?;
        if stroke.dasharray().is_some() {
            return Err(flat("it has dashed lines"));
        }
        let pen: Pen = stroke.to_tiny_skia();
        let scale = PathStroker::compute_resolution_scale(&place) * 16.0;
        let stroked = path.data().stroke(&pen, scale);
        let stroked = stroked.ok_or_else(|| Error::malformed("a line in it cannot be drawn"))?;
        shapes.push(Shape { path: converted(&stroked, place), rule: FillRule::NonZero });
    }
    Ok(())
}

/// A silhouette has ink and no other paint.
fn ink(paint: &Paint, opacity: f32) -> Result<(), Error> {
    let Paint::Color(colour) = paint else {
        return Err(flat("it has a gradient or a pattern"));
    };
    if opacity < 1.0 {
        return Err(flat("it is see-through"));
    }
    if colour.red > 200 && colour.green > 200 && colour.blue > 200 {
        return Err(flat("it paints in white, which would have to be a hole"));
    }
    Ok(())
}

fn flat(what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("{what}: seals have one colour, so give a silhouette of plain shapes with holes cut out"),
    )
}

fn converted(path: &usvg::tiny_skia_path::Path, place: Transform) -> Path {
    let point = |point: usvg::tiny_skia_path::Point| {
        let mut point = point;
        place.map_point(&mut point);
        Point::new(f64::from(point.x), f64::from(point.y))
    };
    let mut converted = Path::new();
    let mut open = false;
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                if std::mem::replace(&mut open, true) {
                    converted.close();
                }
                converted.move_to(point(to));
            }
            PathSegment::LineTo(to) => converted.line_to(point(to)),
            PathSegment::QuadTo(control, to) => converted.quadratic_to(point(control), point(to)),
            PathSegment::CubicTo(first, second, to) => converted.cubic_to(point(first), point(second), point(to)),
            PathSegment::Close => {
                converted.close();
                open = false;
            }
        }
    }
    if open {
        converted.close();
    }
    converted
}
