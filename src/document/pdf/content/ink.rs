//! Colours and what hides what (ISO 32000-2, 8.6, 8.9 and 11): of a page that is looked at closely, everything that is
//! painted is painted into its veil.

use std::collections::HashMap;
use std::rc::Rc;

use crate::document::pdf::content::interpret::{Interpreter, Run};
use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::content::state::extent;
use crate::document::pdf::content::tokens::Tokens;
use crate::document::pdf::file::Indirect;
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::sight::{Ink, Shape};
use crate::error::{Error, ErrorKind};
use crate::units::Area;

/// What fills or draws lines.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) ink: Ink,
    /// Whether one number is a grey, three are red, green and blue, and four are printing inks.
    is_device: bool,
}

impl Pen {
    pub(super) const BLACK: Pen = Pen { ink: Ink::BLACK, is_device: true };

    pub(super) fn is_white(&self) -> bool {
        self.ink.colour == Some([255; 3])
    }

    fn set(&mut self, colour: Option<[u8; 3]>, is_plain: bool) {
        self.ink = Ink { colour, is_plain, ..self.ink };
    }
}

/// How opaque the dots of a picture are, line by line from the top.
pub(super) struct Mask {
    width: usize,
    height: usize,
    dots: Vec<u8>,
}

impl Mask {
    /// At a place within the unit square, which the picture fills.
    fn at(&self, (x, y): (f64, f64)) -> f32 {
        let index = |part: f64, count: usize| ((part * count as f64).max(0.0) as usize).min(count.saturating_sub(1));
        let (column, row) = (index(x, self.width), index(1.0 - y, self.height));
        let dot = self.dots.get(row.saturating_mul(self.width).saturating_add(column));
        f32::from(dot.copied().unwrap_or(u8::MAX)) / 255.0
    }
}

/// Masks that were read already, by the numbers of their objects; nothing for those that are not understood.
pub(super) type Masks = HashMap<u32, Option<Rc<Mask>>>;

/// More masks are not kept: what shows so many shows them once.
const MASKS: usize = 16;

impl Interpreter<'_, '_> {
    /// Sets a colour; whether the operator does that.
    pub(super) fn colour(
        &mut self,
        operator: &[u8],
        tokens: &Tokens<'_>,
        resources: &Dictionary,
    ) -> Result<bool, Error> {
        let is_device = match operator {
            b"cs" | b"CS" => self.is_device(tokens.name().unwrap_or_default(), resources)?,
            b"g" | b"rg" | b"k" | b"sc" | b"scn" | b"G" | b"RG" | b"K" | b"SC" | b"SCN" => true,
            _ => return Ok(false),
        };
        let fills = operator.iter().all(u8::is_ascii_lowercase);
        let pen = if fills { &mut self.state.fill } else { &mut self.state.stroke };
        match operator.to_ascii_lowercase().as_slice() {
            b"cs" => {
                pen.is_device = is_device;
                pen.set(is_device.then_some([0; 3]), true);
            }
            b"sc" | b"scn" => {
                let is_pattern = tokens.name().is_some();
                let colour = device_colour(tokens).filter(|_| pen.is_device && !is_pattern);
                pen.set(colour, !is_pattern);
            }
            _ => {
                pen.is_device = true;
                pen.set(device_colour(tokens), true);
            }
        }
        Ok(true)
    }

    /// Whether the numbers of a colour space are grey, red, green and blue, or inks; those of spaces that describe a
    /// device count as the device's own.
    fn is_device(&self, name: &[u8], resources: &Dictionary) -> Result<bool, Error> {
        if matches!(name, b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK") {
            return Ok(true);
        }
        let Some(space) = self.resource(resources, "ColorSpace", name)? else { return Ok(false) };
        let space = self.view.follow(&space)?;
        let family = space.as_array().and_then(<[Object]>::first).and_then(Object::as_name).or(space.as_name());
        Ok(matches!(family, Some(b"ICCBased" | b"CalRGB" | b"CalGray" | b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK")))
    }

    /// How opaque a dictionary of parameters makes what follows (8.4.5).
    pub(super) fn opacity(&mut self, entries: &Dictionary) -> Result<(), Error> {
        for (key, pen) in [("ca", &mut self.state.fill), ("CA", &mut self.state.stroke)] {
            if let Some(opacity) = self.view.get(entries, key)?.and_then(|opacity| opacity.as_number()) {
                pen.ink.opacity = opacity.clamp(0.0, 1.0) as f32;
            }
        }
        if let Some(mask) = self.view.get(entries, "SMask")? {
            self.state.is_masked = mask.as_name() != Some(b"None");
        }
        if let Some(mode) = self.view.get(entries, "BM")? {
            let first = mode.as_array().and_then(<[Object]>::first).and_then(Object::as_name).or(mode.as_name());
            self.state.is_mixed = !matches!(first, Some(b"Normal" | b"Compatible"));
        }
        Ok(())
    }

    /// What a pen paints with here.
    pub(super) fn ink(&self, pen: &Pen) -> Ink {
        let state = &self.state;
        let is_plain = !state.is_masked && !state.is_mixed && self.layers == 0 && state.is_clip_box;
        let (group, is_group_plain) = state.group;
        let opacity = pen.ink.opacity * group;
        Ink { is_plain: pen.ink.is_plain && is_plain && is_group_plain, opacity, ..pen.ink }
    }

    /// What characters are shown with, by the mode of rendering (9.3.6). Those that are drawn have colours of their own.
    pub(super) fn ink_of_text(&self, is_drawn: bool) -> Ink {
        let (fill, stroke) = (self.ink(&self.state.fill), self.ink(&self.state.stroke));
        match self.state.text.mode {
            3 | 7 => Ink::NONE,
            1 | 5 => stroke,
            2 | 6 if fill.colour != stroke.colour => Ink { colour: None, ..fill },
            _ if is_drawn => Ink { colour: None, ..fill },
            _ => fill,
        }
    }

    /// Begins a group, which is painted by itself and then as a whole as what is in force says (11.6.6).
    pub(super) fn begin_group(&mut self) {
        let whole = self.ink(&Pen { ink: Ink { is_plain: true, ..self.state.fill.ink }, is_device: true });
        self.state.group = (whole.opacity, whole.is_plain);
        (self.state.fill.ink.opacity, self.state.stroke.ink.opacity) = (1.0, 1.0);
        (self.state.is_masked, self.state.is_mixed) = (false, false);
    }

    /// Adds to the outlines what one operator draws, its points being those of the page.
    pub(super) fn outline(run: &mut Run<'_>, operator: &[u8], points: &[(f64, f64)]) {
        let shape = &mut run.shape;
        match (operator, points) {
            (b"m", [to]) => shape.move_to(*to),
            (b"l", [to]) => shape.line_to(*to),
            (b"c", [first, second, to]) => shape.curve_to(*first, *second, *to),
            (b"v", [second, to]) => shape.curve_to(shape.last().unwrap_or(*to), *second, *to),
            (b"y", [first, to]) => shape.curve_to(*first, *to, *to),
            (b"re", [one, two, three, four]) => {
                shape.move_to(*one);
                [two, four, three].into_iter().for_each(|corner| shape.line_to(*corner));
                shape.close();
            }
            (b"h" | b"b" | b"b*" | b"s", _) => shape.close(),
            _ => {}
        }
    }

    /// Paints a path that ends.
    pub(super) fn veil_path(&mut self, shape: &Shape, fills: bool, strokes: bool) {
        let clip = self.state.clip;
        if fills {
            let ink = self.ink(&self.state.fill);
            self.sight.paint(shape, &clip, ink);
        }
        if strokes {
            let (ink, width) = (self.ink(&self.state.stroke), self.length(self.state.line_width));
            self.sight.paint(&shape.stroked(width), &clip, ink);
        }
    }

    /// Paints all that the clip leaves, where it is not known with what.
    pub(super) fn veil_clip(&mut self) {
        let (clip, ink) = (self.state.clip, self.ink(&self.state.fill));
        self.sight.paint(&Shape::of(&clip), &clip, Ink { colour: None, is_plain: false, ..ink });
    }

    /// Paints a picture, which fills the unit square.
    pub(super) fn veil_image(&mut self, image: Option<&Dictionary>, is_stencil: bool) -> Result<(), Error> {
        let place = self.state.place;
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|corner| place.apply(corner));
        let (shape, clip) = (Shape::polygon(&corners), self.state.clip);
        let mut ink = Ink { colour: None, ..self.ink(&self.state.fill) };
        let entry = |key: &str| image.and_then(|image| image.get(key));
        let is_stencil = is_stencil || entry("ImageMask").and_then(Object::as_boolean) == Some(true);
        if is_stencil || ["Mask", "OC", "SMaskInData"].iter().any(|key| entry(key).is_some()) {
            ink.is_plain = false;
        }
        let mask = match entry("SMask") {
            Some(mask) => Some(self.mask(mask)?.zip(place.inverse())),
            None => None,
        };
        match &mask {
            None => self.sight.paint(&shape, &clip, ink),
            Some(Some((mask, back))) => {
                self.sight.paint_by(&shape, &clip, ink, |x, y| mask.at(back.apply((x, y))));
            }
            Some(None) => self.sight.paint(&shape, &clip, Ink { is_plain: false, ..ink }),
        }
        if let Some(area) = extent(self.sight.page, &corners) {
            // Of a picture with a mask it is seen what the mask leaves.
            self.sight.show_picture(&area, &clip, Ink { is_plain: true, ..ink });
        }
        Ok(())
    }

    /// A mask of eight bits for each dot.
    fn mask(&mut self, mask: &Object) -> Result<Option<Rc<Mask>>, Error> {
        let Some(number) = mask.as_reference().map(|reference| reference.number) else { return Ok(None) };
        if let Some(known) = self.masks.get(&number) {
            return Ok(known.clone());
        }
        let read = match self.stream(mask)? {
            Some(mask) => self.read_mask(&mask)?.map(Rc::new),
            None => None,
        };
        if self.masks.len() >= MASKS {
            self.masks.clear();
        }
        self.masks.insert(number, read.clone());
        Ok(read)
    }

    fn read_mask(&self, mask: &Indirect) -> Result<Option<Mask>, Error> {
        let Some(entries) = mask.dictionary() else { return Ok(None) };
        let side =
            |key: &str| entries.integer(key).and_then(|side| usize::try_from(side).ok()).filter(|side| *side > 0);
        let (Some(width), Some(height), Some(8)) = (side("Width"), side("Height"), entries.integer("BitsPerComponent"))
        else {
            return Ok(None);
        };
        if entries.get("Decode").is_some() {
            return Ok(None);
        }
        let dots = match self.view.stream(mask) {
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(_) => return Ok(None),
            Ok(dots) => dots,
        };
        Ok((Some(dots.len()) == width.checked_mul(height)).then_some(Mask { width, height, dots }))
    }

    /// Draws the glyph of a font that is made of content streams (9.6.4): it may paint anything. What words are in it
    /// is nobody's text.
    pub(super) fn draw_glyph(&mut self, glyph: &Indirect, resources: &Dictionary, place: Matrix) -> Result<(), Error> {
        if self.depth >= super::interpret::FORMS {
            return Ok(());
        }
        let content = match self.view.stream(glyph) {
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(_) => return Ok(()),
            Ok(content) => content,
        };
        let (before, marks, is_drawing) = (self.state.clone(), self.sight.marks.len(), self.is_drawing);
        self.state.place = place;
        self.is_drawing = true;
        self.depth += 1;
        let done = self.run(&content, resources);
        self.depth -= 1;
        self.is_drawing = is_drawing;
        self.sight.marks.truncate(marks);
        self.state = before;
        done
    }

    /// Cuts what follows to the box of a form (8.10.2).
    pub(super) fn clip_to(&mut self, bounds: Option<Area>) {
        let Some(bounds) = bounds.filter(|_| self.sight.is_close()) else { return };
        let nothing = Area { width: crate::units::Mm(0.0), height: crate::units::Mm(0.0), ..self.state.clip };
        self.state.clip = bounds.intersection(&self.state.clip).unwrap_or(nothing);
        let [a, b, c, d, ..] = self.state.place.0;
        self.state.is_clip_box &= (a == 0.0 && d == 0.0) || (b == 0.0 && c == 0.0);
    }
}

/// The operands as a colour of a device: grey, RGB or CMYK.
fn device_colour(tokens: &Tokens<'_>) -> Option<[u8; 3]> {
    let numbers: Vec<f64> = tokens.operands.iter().filter_map(Object::as_number).collect();
    let colour = match numbers.as_slice() {
        [grey] => [*grey; 3],
        [red, green, blue] => [*red, *green, *blue],
        [cyan, magenta, yellow, black] => {
            [cyan, magenta, yellow].map(|ink| (1.0 - ink.clamp(0.0, 1.0)) * (1.0 - black.clamp(0.0, 1.0)))
        }
        _ => return None,
    };
    Some(colour.map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8))
}
