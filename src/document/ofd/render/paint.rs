//! Walking the objects of a page and painting each (GB/T 33190-2016, 8 to 13).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::document::ofd::Ofd;
use crate::document::ofd::description::numbers;
use crate::document::ofd::render::colour::{Paint, alpha, paint};
use crate::document::ofd::render::outline::from_abbreviated;
use crate::document::ofd::render::resources::{Resources, element};
use crate::document::ofd::render::svg::{Matrix, Svg};
use crate::document::ofd::xml::{Element, Tree};
use crate::error::Error;
use crate::font::Font;
use crate::picture::PictureFormat;

/// Objects of one page that are painted, composite ones counted as often as they are shown.
const MOST_OBJECTS: usize = 1 << 20;
/// How deep composite objects may stand in one another.
const COMPOSITES: usize = 8;
/// What is told at most.
const MOST_NOTES: usize = 50;

/// The default width of lines, in millimetres (table 22).
const LINE_WIDTH: f64 = 0.353;
/// How far miters reach at most, in widths.
const MITER_LIMIT: f64 = 4.234;

pub(super) struct Painter<'o> {
    pub(super) ofd: &'o Ofd,
    pub(super) resources: Resources,
    /// The caller's, for what the document's fonts lack.
    pub(super) fonts: &'o [Font],
    /// The document's own, by their numbers; `None` for those without a file that can be used.
    pub(super) embedded: BTreeMap<String, Option<Rc<Font>>>,
    pub(super) svg: Svg,
    pub(super) notes: Vec<String>,
    spent: usize,
    composites: usize,
}

/// The drawing parameters that an object inherits, the nearest first.
type Parameters = Vec<(Rc<Tree>, usize, usize)>;

impl<'o> Painter<'o> {
    pub(super) fn new(ofd: &'o Ofd, resources: Resources, fonts: &'o [Font], svg: Svg) -> Self {
        let (embedded, notes) = (BTreeMap::new(), Vec::new());
        Painter { ofd, resources, fonts, embedded, svg, notes, spent: 0, composites: 0 }
    }

    /// Tells what could not be shown, each thing once.
    pub(super) fn note(&mut self, told: &str) {
        if self.notes.len() < MOST_NOTES && !self.notes.iter().any(|other| other == told) {
            self.notes.push(told.to_owned());
        }
    }

    /// The layers of a page: those called background first, those called foreground last.
    pub(super) fn layers(&mut self, tree: &Tree) -> Result<(), Error> {
        let Some(content) = tree.root()?.first("Content") else { return Ok(()) };
        let place = |layer: &Element<'_>| match layer.attribute("Type") {
            Some("Background") => 0,
            Some("Foreground") => 2,
            _ => 1,
        };
        let mut layers: Vec<_> = content.all("Layer").collect();
        layers.sort_by_key(place);
        for layer in layers {
            let parameters = layer.attribute("DrawParam").map(|id| self.resources.parameters(id));
            self.block(layer, &parameters.unwrap_or_default())?;
        }
        Ok(())
    }

    /// The appearance of an annotation.
    pub(super) fn appearance(&mut self, node: Element<'_>) -> Result<(), Error> {
        let [x, y, ..] = node.attribute("Boundary").and_then(numbers).unwrap_or_default();
        self.svg.open_moved(x, y, None)?;
        self.block(node, &Vec::new())?;
        self.svg.close();
        Ok(())
    }

    fn block(&mut self, node: Element<'_>, inherited: &Parameters) -> Result<(), Error> {
        for object in node.children() {
            self.spent = self.spent.saturating_add(1);
            if self.spent > MOST_OBJECTS {
                return Err(Error::too_large(format!("the page shows more than {MOST_OBJECTS} objects")));
            }
            match object.name() {
                "PageBlock" => self.block(object, inherited)?,
                "TextObject" | "PathObject" | "ImageObject" | "CompositeObject" => self.object(object, inherited)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What all objects have in common: a boundary, clips, a matrix.
    fn object(&mut self, node: Element<'_>, inherited: &Parameters) -> Result<(), Error> {
        if node.attribute("Visible") == Some("false") {
            return Ok(());
        }
        let Some([x, y, width, height]) = node.attribute("Boundary").and_then(numbers) else {
            self.note("an object without a boundary is not shown");
            return Ok(());
        };
        let style = Style { node, parameters: self.parameters(node, inherited) };
        // Glyphs reach out of the boundaries that real products write.
        let cut = Some([0.0, 0.0, width, height]).filter(|_| node.name() != "TextObject");
        self.svg.open_moved(x, y, cut)?;
        let clips = self.clips(node)?;
        let matrix = node.attribute("CTM").and_then(matrix);
        match node.name() {
            "PathObject" => self.path(node, &style, matrix)?,
            "TextObject" => self.text(node, &style, matrix)?,
            "ImageObject" => {
                let matrix = matrix.unwrap_or([width, 0.0, 0.0, height, 0.0, 0.0]);
                self.image(node, matrix)?;
            }
            _ => self.composite(node, matrix, inherited)?,
        }
        (0..=clips).for_each(|_| self.svg.close());
        Ok(())
    }

    fn parameters(&self, node: Element<'_>, inherited: &Parameters) -> Parameters {
        let mut own = node.attribute("DrawParam").map_or_else(Vec::new, |id| self.resources.parameters(id));
        own.extend(inherited.iter().cloned());
        own
    }

    /// Opens a group for each clip, and says how many.
    fn clips(&mut self, node: Element<'_>) -> Result<usize, Error> {
        let mut opened = 0;
        for clip in node.all("Clips").flat_map(|clips| clips.all("Clip").collect::<Vec<_>>()) {
            let mut outlines = Vec::new();
            for area in clip.all("Area") {
                let Some(path) = area.first("Path") else {
                    self.note("a clip by text is not applied");
                    continue;
                };
                let [x, y, ..] = path.attribute("Boundary").and_then(numbers).unwrap_or_default();
                let data = path.first("AbbreviatedData").and_then(|data| from_abbreviated(data.text()));
                let inner = path.attribute("CTM").and_then(matrix).unwrap_or(IDENTITY);
                let outer = area.attribute("CTM").and_then(matrix).unwrap_or(IDENTITY);
                let whole = product(outer, product([1.0, 0.0, 0.0, 1.0, x, y], inner));
                outlines.extend(data.map(|data| (data, Some(whole))));
            }
            if !outlines.is_empty() {
                self.svg.open_clipped(&outlines)?;
                opened += 1;
            }
        }
        Ok(opened)
    }

    fn path(&mut self, node: Element<'_>, style: &Style<'_>, matrix: Option<Matrix>) -> Result<(), Error> {
        let Some(data) = node.first("AbbreviatedData").and_then(|data| from_abbreviated(data.text())) else {
            return Ok(());
        };
        let fill = match node.attribute("Fill") {
            Some("true") => style.colour("FillColor", &self.resources, &mut self.svg)?,
            _ => None,
        };
        let stroke = match node.attribute("Stroke") {
            Some("false") => None,
            _ => Some(style.colour("StrokeColor", &self.resources, &mut self.svg)?.unwrap_or_else(Paint::black)),
        };
        let mut attributes = Paint::attribute(fill.as_ref(), "fill");
        if node.attribute("Rule") == Some("Even-Odd") {
            attributes.push_str(" fill-rule=\"evenodd\"");
        }
        if stroke.is_some() {
            attributes.push(' ');
            attributes.push_str(&Paint::attribute(stroke.as_ref(), "stroke"));
            attributes.push_str(&style.line());
        }
        let opacity = alpha(node.attribute("Alpha"));
        if opacity < 1.0 {
            attributes.push_str(&format!(" opacity=\"{opacity:.4}\""));
        }
        self.svg.open_transformed(matrix.unwrap_or(IDENTITY));
        self.svg.path(&data, &attributes)?;
        self.svg.close();
        Ok(())
    }

    fn image(&mut self, node: Element<'_>, matrix: Matrix) -> Result<(), Error> {
        let id = node.attribute("ResourceID").unwrap_or_default();
        let Some(index) = self.resources.file(id) else {
            self.note(&format!("the picture {id} is not there"));
            return Ok(());
        };
        if node.attribute("ImageMask").is_some() {
            self.note(&format!("the mask of the picture {id} is not applied"));
        }
        let bytes = self.ofd.package().unfold(index)?;
        self.svg.open_transformed(matrix);
        self.picture(&bytes, None)?;
        self.svg.close();
        Ok(())
    }

    /// A picture, as far as SVG knows its format.
    pub(super) fn picture(&mut self, bytes: &[u8], size: Option<(f64, f64)>) -> Result<(), Error> {
        match PictureFormat::sniff(bytes) {
            Some(PictureFormat::Png) => self.svg.image("image/png", bytes, size),
            Some(PictureFormat::Jpeg) => self.svg.image("image/jpeg", bytes, size),
            Some(PictureFormat::Gif) => self.svg.image("image/gif", bytes, size),
            Some(PictureFormat::Svg) => self.svg.image("image/svg+xml", bytes, size),
            Some(PictureFormat::Bmp) => match self.as_png(bytes) {
                Some(png) => self.svg.image("image/png", &png, size),
                None => {
                    self.note("a picture in BMP cannot be read");
                    Ok(())
                }
            },
            _ => {
                self.note("a picture is neither PNG, JPEG, GIF, BMP nor SVG, and is not shown");
                Ok(())
            }
        }
    }

    /// Browsers know BMP, the libraries that rasterise SVG do not.
    fn as_png(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Bmp);
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(self.ofd.limits().pixels.saturating_mul(4));
        reader.limits(limits);
        let mut png = std::io::Cursor::new(Vec::new());
        reader.decode().ok()?.write_to(&mut png, image::ImageFormat::Png).ok()?;
        Some(png.into_inner())
    }

    fn composite(&mut self, node: Element<'_>, matrix: Option<Matrix>, inherited: &Parameters) -> Result<(), Error> {
        let id = node.attribute("ResourceID").unwrap_or_default();
        let place = self.resources.node(id);
        let unit = place.as_ref().and_then(element);
        let Some(content) = unit.and_then(|unit| unit.first("Content")).filter(|_| self.composites < COMPOSITES) else {
            self.note(&format!("the composite object {id} is not there, or holds itself"));
            return Ok(());
        };
        self.composites += 1;
        self.svg.open_transformed(matrix.unwrap_or(IDENTITY));
        self.block(content, inherited)?;
        self.svg.close();
        self.composites -= 1;
        Ok(())
    }
}

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Six finite numbers.
pub(super) fn matrix(text: &str) -> Option<Matrix> {
    let numbers: Option<Vec<f64>> =
        text.split_whitespace().map(|word| word.parse().ok().filter(|number: &f64| number.is_finite())).collect();
    numbers?.try_into().ok()
}

/// The matrix that applies `inner` first.
pub(super) fn product(outer: Matrix, inner: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = inner;
    let [p, q, r, s, t, u] = outer;
    [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u]
}

/// An object's own attributes, and those of the drawing parameters that it inherits.
pub(super) struct Style<'t> {
    node: Element<'t>,
    parameters: Parameters,
}

impl Style<'_> {
    /// The colour that the object or its parameters name.
    pub(super) fn colour(&self, name: &str, resources: &Resources, svg: &mut Svg) -> Result<Option<Paint>, Error> {
        if let Some(own) = self.node.first(name) {
            return paint(own, resources, svg).map(Some);
        }
        for place in &self.parameters {
            if let Some(node) = element(place).and_then(|node| node.first(name)) {
                return paint(node, resources, svg).map(Some);
            }
        }
        Ok(None)
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let inherited = || self.parameters.iter().find_map(|place| element(place)?.attribute(name).map(str::to_owned));
        self.node.attribute(name).map(str::to_owned).or_else(inherited)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name)?.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
    }

    /// How lines are drawn, as attributes.
    fn line(&self) -> String {
        let mut text = format!(" stroke-width=\"{}\"", self.number("LineWidth").unwrap_or(LINE_WIDTH));
        match self.attribute("Cap").as_deref() {
            Some("Round") => text.push_str(" stroke-linecap=\"round\""),
            Some("Square") => text.push_str(" stroke-linecap=\"square\""),
            _ => {}
        }
        match self.attribute("Join").as_deref() {
            Some("Round") => text.push_str(" stroke-linejoin=\"round\""),
            Some("Bevel") => text.push_str(" stroke-linejoin=\"bevel\""),
            _ => {
                let limit = self.number("MiterLimit").unwrap_or(MITER_LIMIT).max(1.0);
                text.push_str(&format!(" stroke-miterlimit=\"{limit}\""));
            }
        }
        let dashes: Vec<String> = self
            .attribute("DashPattern")
            .iter()
            .flat_map(|pattern| pattern.split_whitespace())
            .filter_map(|word| word.parse::<f64>().ok().filter(|length| length.is_finite() && *length >= 0.0))
            .map(|length| length.to_string())
            .collect();
        if !dashes.is_empty() {
            let offset = self.number("DashOffset").unwrap_or(0.0);
            text.push_str(&format!(" stroke-dasharray=\"{}\" stroke-dashoffset=\"{offset}\"", dashes.join(" ")));
        }
        text
    }
}
