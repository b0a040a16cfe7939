//! Content as operators of a content stream (ISO 32000-2, 8 and 9).

use std::collections::{BTreeSet, HashMap};

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content as Operators, Dict, Name, Ref, Settings};

use crate::document::ofd::{Cap, Figure, Ink, Join, Outline, Step, Stroke};
use crate::document::pdf::compose::content::{Content, Object};
use crate::document::pdf::compose::face::{Faces, Part};
use crate::document::pdf::compose::line;
use crate::error::{Context as _, Error};
use crate::units::Mm;

/// How deep clipped content may be nested.
const DEPTH: usize = 24;
/// From so many steps on, an outline is long.
const LONG: usize = 24;

/// A content stream, and what it refers to.
#[derive(Clone, Debug, Default)]
pub(in crate::document::pdf) struct Painted {
    pub(in crate::document::pdf) stream: Vec<u8>,
    pub(in crate::document::pdf) used: Used,
}

/// The resources of a content stream.
#[derive(Clone, Debug, Default)]
pub(in crate::document::pdf) struct Used {
    pub(in crate::document::pdf) fonts: BTreeSet<Part>,
    pub(in crate::document::pdf) images: BTreeSet<usize>,
    pub(in crate::document::pdf) templates: BTreeSet<usize>,
    pub(in crate::document::pdf) opacities: BTreeSet<u8>,
}

/// The numbers of the objects to which content refers.
#[derive(Debug, Default)]
pub(in crate::document::pdf) struct Numbers {
    pub(in crate::document::pdf) fonts: HashMap<Part, i32>,
    pub(in crate::document::pdf) images: Vec<i32>,
    pub(in crate::document::pdf) templates: Vec<i32>,
}

impl Used {
    /// Writes the entries of a resource dictionary.
    pub(in crate::document::pdf) fn write(&self, resources: &mut Dict<'_>, numbers: &Numbers) {
        if !self.fonts.is_empty() {
            let mut fonts = resources.insert(Name(b"Font")).dict();
            for part in &self.fonts {
                let number = numbers.fonts.get(part).copied().unwrap_or(1);
                fonts.pair(Name(part.name().as_bytes()), Ref::new(number));
            }
        }
        if !self.images.is_empty() || !self.templates.is_empty() {
            let mut shown = resources.insert(Name(b"XObject")).dict();
            let places = [(&self.images, &numbers.images, 'I'), (&self.templates, &numbers.templates, 'T')];
            for (used, numbers, letter) in places {
                for place in used {
                    let number = numbers.get(*place).copied().unwrap_or(1);
                    shown.pair(Name(format!("{letter}{place}").as_bytes()), Ref::new(number));
                }
            }
        }
        if !self.opacities.is_empty() {
            let mut states = resources.insert(Name(b"ExtGState")).dict();
            for opacity in &self.opacities {
                let part = round(f64::from(*opacity) / 255.0);
                let mut state = states.insert(Name(format!("G{opacity}").as_bytes())).dict();
                state.pair(Name(b"CA"), part).pair(Name(b"ca"), part);
            }
        }
    }
}

/// What content may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'k> {
    pub(super) images: usize,
    /// The heights of the templates, in millimetres.
    pub(super) templates: &'k [f64],
}

/// Paints content on a sheet of the given height, one above the other.
pub(super) fn paint(
    contents: &[&Content],
    height: f64,
    known: Known<'_>,
    faces: &mut Faces<'_>,
) -> Result<Painted, Error> {
    let operators = Operators::with_settings(Settings { pretty: false });
    let mut painter = Painter { operators, used: Used::default(), height, known, faces };
    contents.iter().try_for_each(|content| painter.content(content, DEPTH))?;
    Ok(Painted { stream: painter.operators.finish().into_vec(), used: painter.used })
}

pub(super) struct Painter<'p, 't> {
    pub(super) operators: Operators,
    pub(super) used: Used,
    height: f64,
    known: Known<'p>,
    pub(super) faces: &'p mut Faces<'t>,
}

impl Painter<'_, '_> {
    fn content(&mut self, content: &Content, depth: usize) -> Result<(), Error> {
        let depth =
            depth.checked_sub(1).ok_or_else(|| Error::misuse("clipped content is nested too deep for readers"))?;
        for object in &content.objects {
            match object {
                Object::Text(text) => {
                    line::show(self, text).context(format_args!("the text \"{}\"", text.text))?;
                }
                Object::Figure(figure) => self.figure(figure)?,
                Object::Image { image, area } => self.image(image.0, *area)?,
                Object::Template { template, at } => self.template(template.0, *at)?,
                Object::Clipped(outline, content) => {
                    self.operators.save_state();
                    self.clip(outline)?;
                    self.content(content, depth)?;
                    self.operators.restore_state();
                }
            }
        }
        Ok(())
    }

    /// A place in millimetres from the upper left corner, in points from the lower left.
    pub(super) fn at(&self, x: f64, y: f64) -> (f32, f32) {
        (points(x), points(self.height - y))
    }

    /// How opaque what follows is, until the state is restored.
    pub(super) fn opacity(&mut self, opacity: u8) {
        if opacity != u8::MAX {
            self.used.opacities.insert(opacity);
            self.operators.set_parameters(Name(format!("G{opacity}").as_bytes()));
        }
    }

    fn figure(&mut self, figure: &Figure) -> Result<(), Error> {
        let fill = figure.fill.as_ref().map(colour).transpose()?;
        let stroke = figure.stroke.as_ref().map(|stroke| colour(&stroke.ink)).transpose()?;
        if fill.is_none() && stroke.is_none() {
            return Err(Error::misuse("a figure is neither filled nor drawn along, so that nobody would see it"));
        }
        let opacity = |ink: Option<([f32; 3], u8)>| ink.map(|(_, opacity)| opacity);
        if fill.is_some() && stroke.is_some() && opacity(fill) != opacity(stroke) {
            return Err(Error::misuse("a figure is filled and drawn along with different opacities: make it two"));
        }
        self.operators.save_state();
        self.opacity(opacity(fill).or(opacity(stroke)).unwrap_or(u8::MAX));
        if let Some(([red, green, blue], _)) = fill {
            self.operators.set_fill_rgb(red, green, blue);
        }
        if let Some((style, ([red, green, blue], _))) = figure.stroke.as_ref().zip(stroke) {
            self.operators.set_stroke_rgb(red, green, blue);
            self.line_style(style)?;
        }
        if let Some(clip) = &figure.clip {
            self.clip(clip)?;
        }
        if stroke.is_none() && figure.outline.steps().len() >= LONG {
            // In millimetres, as it was given, its numbers are shorter: a QR code has a thousand.
            let scale = Mm(1.0).to_points() as f32;
            self.operators.transform([scale, 0.0, 0.0, -scale, 0.0, points(self.height)]);
            self.outline(&figure.outline, |x, y| (round(x), round(y)))?;
        } else {
            let height = self.height;
            self.outline(&figure.outline, |x, y| (points(x), points(height - y)))?;
        }
        match (fill.is_some(), stroke.is_some(), figure.is_even_odd) {
            (true, true, true) => self.operators.fill_even_odd_and_stroke(),
            (true, true, false) => self.operators.fill_nonzero_and_stroke(),
            (true, false, true) => self.operators.fill_even_odd(),
            (true, false, false) => self.operators.fill_nonzero(),
            (false, ..) => self.operators.stroke(),
        };
        self.operators.restore_state();
        Ok(())
    }

    fn line_style(&mut self, stroke: &Stroke) -> Result<(), Error> {
        let is_length = |value: &f64| value.is_finite() && *value >= 0.0;
        let is_gapless = !stroke.dashes.is_empty() && stroke.dashes.iter().sum::<f64>() <= 0.0;
        if !is_length(&stroke.width) || stroke.width <= 0.0 || !stroke.dashes.iter().all(is_length) || is_gapless {
            let (width, dashes) = (stroke.width, &stroke.dashes);
            return Err(Error::misuse(format!(
                "a line of the width {width} with the dashes {dashes:?} cannot be drawn"
            )));
        }
        self.operators.set_line_width(points(stroke.width));
        match stroke.cap {
            Cap::Butt => {}
            Cap::Round => drop(self.operators.set_line_cap(LineCapStyle::RoundCap)),
            Cap::Square => drop(self.operators.set_line_cap(LineCapStyle::ProjectingSquareCap)),
        }
        match stroke.join {
            Join::Miter => {}
            Join::Round => drop(self.operators.set_line_join(LineJoinStyle::RoundJoin)),
            Join::Bevel => drop(self.operators.set_line_join(LineJoinStyle::BevelJoin)),
        }
        if !stroke.dashes.is_empty() {
            self.operators.set_dash_pattern(stroke.dashes.iter().map(|dash| points(*dash)), 0.0);
        }
        Ok(())
    }

    fn clip(&mut self, outline: &Outline) -> Result<(), Error> {
        let height = self.height;
        self.outline(outline, |x, y| (points(x), points(height - y)))?;
        self.operators.clip_nonzero().end_path();
        Ok(())
    }

    /// Draws an outline; `at` says where its points stand in the space of the operators.
    fn outline(&mut self, outline: &Outline, at: impl Fn(f64, f64) -> (f32, f32)) -> Result<(), Error> {
        if !outline.is_sound() {
            return Err(Error::misuse("an outline begins with move_to, and all its numbers are finite"));
        }
        let mut pen = (0.0, 0.0);
        for step in outline.steps() {
            match *step {
                Step::Move(to) => {
                    let (x, y) = at(to.0, to.1);
                    self.operators.move_to(x, y);
                }
                Step::Line(to) => {
                    let (x, y) = at(to.0, to.1);
                    self.operators.line_to(x, y);
                }
                // PDF knows cubic curves only: its control points lie two thirds of the way to the quadratic one.
                Step::Quadratic([control, to]) => {
                    let near = |end: (f64, f64)| {
                        (end.0 + (control.0 - end.0) * 2.0 / 3.0, end.1 + (control.1 - end.1) * 2.0 / 3.0)
                    };
                    self.curve([near(pen), near(to), to].map(|(x, y)| at(x, y)));
                }
                Step::Cubic(points) => self.curve(points.map(|(x, y)| at(x, y))),
                Step::Close => drop(self.operators.close_path()),
            }
            pen = step.points().last().copied().unwrap_or(pen);
        }
        Ok(())
    }

    fn curve(&mut self, [(a, b), (c, d), (x, y)]: [(f32, f32); 3]) {
        self.operators.cubic_to(a, b, c, d, x, y);
    }

    fn image(&mut self, image: usize, [left, top, width, height]: [f64; 4]) -> Result<(), Error> {
        if image >= self.known.images {
            return Err(Error::misuse("a picture is one of another document"));
        }
        if ![left, top, width, height].iter().all(|value| value.is_finite()) || width <= 0.0 || height <= 0.0 {
            let detail = "a picture has no place or no size: give finite distances and sides above zero";
            return Err(Error::misuse(detail));
        }
        self.used.images.insert(image);
        let (x, y) = self.at(left, top + height);
        self.operators.save_state().transform([points(width), 0.0, 0.0, points(height), x, y]);
        self.operators.x_object(Name(format!("I{image}").as_bytes())).restore_state();
        Ok(())
    }

    fn template(&mut self, template: usize, (left, top): (f64, f64)) -> Result<(), Error> {
        let height = self.known.templates.get(template).copied();
        let height = height.ok_or_else(|| {
            Error::misuse("a template is one of another document, or was added behind the template that shows it")
        })?;
        if !left.is_finite() || !top.is_finite() {
            return Err(Error::misuse("a template has no place: give finite distances"));
        }
        self.used.templates.insert(template);
        let (x, y) = self.at(left, top + height);
        let name = format!("T{template}");
        if x == 0.0 && y == 0.0 {
            self.operators.x_object(Name(name.as_bytes()));
        } else {
            self.operators.save_state().transform([1.0, 0.0, 0.0, 1.0, x, y]);
            self.operators.x_object(Name(name.as_bytes())).restore_state();
        }
        Ok(())
    }
}

/// Red, green and blue from 0 to 1, and how opaque it is.
pub(super) fn colour(ink: &Ink) -> Result<([f32; 3], u8), Error> {
    let (parts, opacity) = ink
        .as_rgb()
        .ok_or_else(|| Error::misuse("a colour is in a colour space of an OFD document: give red, green and blue"))?;
    Ok((parts.map(|part| round(f64::from(part) / 255.0)), opacity))
}

/// To a ten-thousandth, so that numbers stay short.
pub(super) fn round(value: f64) -> f32 {
    ((value * 1e4).round() / 1e4) as f32
}

pub(super) fn points(length: f64) -> f32 {
    round(Mm(length).to_points())
}
