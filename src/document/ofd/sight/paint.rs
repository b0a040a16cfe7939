//! What hides what: of a page that is looked at closely, its paths and pictures are painted into its veil
//! (GB/T 33190-2016, 8, 9 and 10).

use std::collections::HashMap;

use crate::document::ofd::Ofd;
use crate::document::ofd::package::{Package, folder, resolve};
use crate::document::ofd::path_data::{MOST, steps};
use crate::document::ofd::sight::{Scope, boundary, six};
use crate::document::ofd::xml::{Element, Tree};
use crate::document::sight::{Ink, Shape, Sight};
use crate::error::{Context as _, Error};
use crate::units::Area;

/// How long a chain of `Relative` drawing parameters is followed.
const CHAIN: usize = 16;
/// The default width of lines, in millimetres (table 22).
const LINE_WIDTH: f64 = 0.353;
/// Into how many lines an arc is cut.
const ARC: usize = 24;

/// Drawing parameters by their IDs (8.2), and where pictures are.
#[derive(Debug, Default)]
pub(in crate::document::ofd) struct Styles {
    parameters: HashMap<String, Style>,
    pictures: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct Style {
    fill: Option<Ink>,
    stroke: Option<Ink>,
    width: Option<f64>,
    relative: Option<String>,
}

impl Styles {
    /// Reads a list of resources; one that is not there adds nothing.
    pub(super) fn add(&mut self, ofd: &Ofd, from: &str, location: &str) -> Result<(), Error> {
        let package = ofd.package();
        let Some(located) = package.locate(from, location) else { return Ok(()) };
        let path = package.path(located.index);
        let tree = Tree::read(&package.unfold(located.index)?, ofd.limits()).context(&path)?;
        let root = tree.root()?;
        let own = folder(path.trim_start_matches('/'));
        let inner = resolve(own, root.attribute("BaseLoc").unwrap_or_default()).unwrap_or_else(|| own.to_owned());
        for node in root.children().flat_map(|group| group.children().collect::<Vec<_>>()) {
            let Some(id) = node.attribute("ID") else { continue };
            match node.name() {
                "DrawParam" => drop(self.parameters.insert(id.to_owned(), Style::of(node))),
                "MultiMedia" => {
                    let location = node.first("MediaFile").map(Element::text).unwrap_or_default();
                    let file = package.locate(&inner, location).or_else(|| package.locate(own, location));
                    self.pictures.extend(file.map(|file| (id.to_owned(), file.index)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What an object says itself, or the drawing parameters that it or its layer names.
    fn find<T: Copy>(
        &self,
        node: Element<'_>,
        layer: Option<&str>,
        own: Option<T>,
        pick: fn(&Style) -> Option<T>,
    ) -> Option<T> {
        let chain = |id: &str| {
            let first = self.parameters.get(id);
            let next = |style: &&Style| self.parameters.get(style.relative.as_ref()?);
            std::iter::successors(first, next).take(CHAIN).find_map(pick)
        };
        own.or_else(|| node.attribute("DrawParam").and_then(chain)).or_else(|| layer.and_then(chain))
    }

    /// What characters are shown with: filled, and in black, unless it is said otherwise (11.3).
    pub(super) fn ink_of_text(&self, node: Element<'_>, layer: Option<&str>) -> Ink {
        let fill = self.find(node, layer, node.first("FillColor").map(colour), |style| style.fill);
        let stroke = self.find(node, layer, node.first("StrokeColor").map(colour), |style| style.stroke);
        let ink = match (node.attribute("Fill") != Some("false"), node.attribute("Stroke") == Some("true")) {
            (true, _) => fill.unwrap_or(Ink::BLACK),
            (false, true) => stroke.unwrap_or(Ink::BLACK),
            (false, false) => Ink::NONE,
        };
        faded(ink, node)
    }
}

impl Style {
    fn of(node: Element<'_>) -> Self {
        Style {
            fill: node.first("FillColor").map(colour),
            stroke: node.first("StrokeColor").map(colour),
            width: number(node, "LineWidth"),
            relative: node.attribute("Relative").map(str::to_owned),
        }
    }
}

fn number(node: Element<'_>, name: &str) -> Option<f64> {
    node.attribute(name)?.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// 0 to 255 as 0 to 1.
fn alpha(node: Element<'_>) -> f32 {
    number(node, "Alpha").map_or(1.0, |alpha| (alpha / 255.0).clamp(0.0, 1.0) as f32)
}

/// With the object's own opacity; what its clips leave of it is not worked out, nor which of two colours counts.
fn faded(ink: Ink, node: Element<'_>) -> Ink {
    let is_once = |name: &str| node.all(name).nth(1).is_none();
    let is_plain = node.first("Clips").is_none() && is_once("FillColor") && is_once("StrokeColor");
    Ink { opacity: ink.opacity * alpha(node), is_plain: ink.is_plain && is_plain, ..ink }
}

/// The colour of a `FillColor` or `StrokeColor`: grey, red, green and blue, or inks, of eight bits each. Patterns and
/// shadings have none, and those of palettes are not looked up.
fn colour(node: Element<'_>) -> Ink {
    let opacity = alpha(node);
    let is_pattern = node.children().any(|child| child.name() == "Pattern");
    if node.children().next().is_some() || node.attribute("Index").is_some() {
        return Ink { colour: None, opacity, is_plain: !is_pattern };
    }
    let part = |word: &str| match word.strip_prefix('#') {
        Some(digits) => u16::from_str_radix(digits, 16).ok().map(f64::from),
        None => word.parse::<f64>().ok(),
    };
    let value = node.attribute("Value").unwrap_or_default();
    let parts: Vec<f64> = value.split_whitespace().filter_map(part).map(|part| part.clamp(0.0, 255.0)).collect();
    let colour = match parts.as_slice() {
        [grey] => [*grey; 3],
        [red, green, blue] => [*red, *green, *blue],
        [cyan, magenta, yellow, black] => [cyan, magenta, yellow].map(|ink| (255.0 - ink) * (255.0 - black) / 255.0),
        _ => [0.0; 3],
    };
    Ink { colour: Some(colour.map(|part| part.round() as u8)), opacity, is_plain: true }
}

/// Paints what an object shows that is no text; whether it shows anything.
pub(super) fn object(node: Element<'_>, scope: &Scope<'_>, sight: &mut Sight) -> Result<(), Error> {
    let Some(area) = boundary(node, scope.from, sight.page) else { return Ok(()) };
    let matrix = node.attribute("CTM").and_then(six);
    match node.name() {
        "PathObject" => path(node, scope, (area, matrix), sight),
        "ImageObject" => {
            let matrix = matrix.unwrap_or([area.width.0, 0.0, 0.0, area.height.0, 0.0, 0.0]);
            let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|at| placed(at, &area, &matrix));
            let file = node.attribute("ResourceID").and_then(|id| scope.styles.pictures.get(id)).copied();
            let is_opaque = node.attribute("ImageMask").is_none() && is_opaque(scope.package, file)?;
            let ink = faded(Ink { colour: None, is_plain: is_opaque, ..Ink::BLACK }, node);
            sight.paint(&Shape::polygon(&corners), &area, ink);
            sight.show_picture(&area, &sight.area(), Ink { is_plain: true, ..ink });
        }
        // What others are made of is not followed.
        _ => sight.paint(&Shape::of(&area), &area, Ink { colour: None, is_plain: false, ..Ink::BLACK }),
    }
    Ok(())
}

fn path(node: Element<'_>, scope: &Scope<'_>, (area, matrix): (Area, Option<[f64; 6]>), sight: &mut Sight) {
    let matrix = matrix.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let place = |at: (f64, f64)| placed(at, &area, &matrix);
    let mut shape = outline(node.first("AbbreviatedData").map(Element::text).unwrap_or_default(), place);
    shape.is_even_odd = node.attribute("Rule") == Some("Even-Odd");
    let (styles, layer) = (scope.styles, scope.layer);
    if node.attribute("Fill") == Some("true")
        && let Some(ink) = styles.find(node, layer, node.first("FillColor").map(colour), |style| style.fill)
    {
        sight.paint(&shape, &area, faded(ink, node));
    }
    if node.attribute("Stroke") != Some("false") {
        let ink = styles.find(node, layer, node.first("StrokeColor").map(colour), |style| style.stroke);
        let width = styles.find(node, layer, number(node, "LineWidth"), |style| style.width).unwrap_or(LINE_WIDTH);
        let [a, b, c, d, ..] = matrix;
        let stroke = shape.stroked(width * (a * d - b * c).abs().sqrt());
        sight.paint(&stroke, &area, faded(ink.unwrap_or(Ink::BLACK), node));
    }
}

/// From an object's own coordinates to those of the page.
fn placed((x, y): (f64, f64), area: &Area, [a, b, c, d, e, f]: &[f64; 6]) -> (f64, f64) {
    (area.left.0 + a * x + c * y + e, area.top.0 + b * x + d * y + f)
}

/// Path data as a shape, each point at its place.
fn outline(data: &str, place: impl Fn((f64, f64)) -> (f64, f64)) -> Shape {
    // A word has a letter and a blank at least.
    let mut shape = Shape::default();
    shape.is_cut = data.len() / 2 >= MOST;
    let mut at = (0.0, 0.0);
    let mut begin = at;
    for (letter, numbers) in steps(data) {
        match (letter, numbers.as_slice()) {
            ('M', [x, y]) => {
                (at, begin) = ((*x, *y), (*x, *y));
                shape.move_to(place(at));
                continue;
            }
            ('L', [x, y]) => shape.line_to(place((*x, *y))),
            ('Q', [a, b, x, y]) => {
                let towards = |from: f64, control: f64| from + (control - from) * 2.0 / 3.0;
                let (first, second) = ((towards(at.0, *a), towards(at.1, *b)), (towards(*x, *a), towards(*y, *b)));
                shape.curve_to(place(first), place(second), place((*x, *y)));
            }
            ('B', [a, b, c, d, x, y]) => shape.curve_to(place((*a, *b)), place((*c, *d)), place((*x, *y))),
            ('A', [rx, ry, angle, large, sweep, x, y]) => {
                let way = (*large != 0.0, *sweep != 0.0);
                arc(at, (*x, *y), (*rx, *ry), *angle, way).into_iter().for_each(|point| shape.line_to(place(point)));
            }
            _ => {
                shape.close();
                at = begin;
                continue;
            }
        }
        if let [.., x, y] = numbers.as_slice() {
            at = (*x, *y);
        }
    }
    shape
}

/// An elliptical arc as lines, by its ends (SVG 1.1, F.6.5, whose arcs these are).
fn arc(
    from: (f64, f64),
    to: (f64, f64),
    radii: (f64, f64),
    degrees: f64,
    (is_large, is_clockwise): (bool, bool),
) -> Vec<(f64, f64)> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let half = ((from.0 - to.0) / 2.0, (from.1 - to.1) / 2.0);
    let (x, y) = (cos * half.0 + sin * half.1, cos * half.1 - sin * half.0);
    let (mut rx, mut ry) = (radii.0.abs(), radii.1.abs());
    let reach = (x / rx).powi(2) + (y / ry).powi(2);
    if !(reach.is_finite() && reach > 0.0) {
        return vec![to];
    }
    if reach > 1.0 {
        (rx, ry) = (rx * reach.sqrt(), ry * reach.sqrt());
    }
    let far = (rx * y).powi(2) + (ry * x).powi(2);
    let part = (((rx * ry).powi(2) - far) / far).max(0.0).sqrt() * if is_large == is_clockwise { -1.0 } else { 1.0 };
    let (cx, cy) = (part * rx * y / ry, -part * ry * x / rx);
    let angle = |x: f64, y: f64| (y / ry).atan2(x / rx);
    let (first, last) = (angle(x - cx, y - cy), angle(-x - cx, -y - cy));
    let turn = (last - first).rem_euclid(std::f64::consts::TAU);
    let turn = if is_clockwise { turn } else { turn - std::f64::consts::TAU };
    let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    let point = |step: usize| {
        let (sine, cosine) = (first + turn * step as f64 / ARC as f64).sin_cos();
        let (x, y) = (cx + rx * cosine, cy + ry * sine);
        (middle.0 + cos * x - sin * y, middle.1 + sin * x + cos * y)
    };
    (1..=ARC).map(point).collect()
}

/// Whether a picture surely lets nothing through: JPEG, BMP, and PNG without transparency.
fn is_opaque(package: &Package, file: Option<usize>) -> Result<bool, Error> {
    /// The part of a PNG that says its kind of colours, and how far the mark of transparency is looked for.
    const KIND: usize = 25;
    let Some(file) = file else { return Ok(false) };
    let bytes = package.unfold(file)?;
    Ok(match bytes.as_ref() {
        [0xFF, 0xD8, 0xFF, ..] | [b'B', b'M', ..] => true,
        [0x89, b'P', b'N', b'G', ..] => {
            let has_parts = matches!(bytes.get(KIND), Some(4 | 6) | None);
            !has_parts && !bytes.windows(4).any(|window| window == b"tRNS")
        }
        _ => false,
    })
}
