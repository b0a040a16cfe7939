//! What stands at places.

use std::sync::Arc;

use crate::compose::colour::Colour;
use crate::compose::draft::{Mark, Photo};
use crate::compose::field::{Field, FieldKind};
use crate::compose::layout::{Aspect, CheckMark, CodeLevel, Element, Image, Qr, TextBlock, Valign};
use crate::compose::plan::grid::LaidTable;
use crate::compose::plan::scope::{is_static, said, ticked};
use crate::compose::plan::table::PlanTable;
use crate::compose::plan::text::{PlanText, Source};
use crate::compose::plan::{Compiler, Context, named, shared};
use crate::compose::shapes;
use crate::compose::text::{Bounds, Look, Part, parse};
use crate::compose::values::Value;
use crate::error::{Context as _, Error, ErrorKind};
use crate::picture::PictureFormat;
use crate::units::Mm;

/// An element with its place.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    label: String,
    id: Option<String>,
    /// None where it takes the whole cell.
    area: Option<[f64; 4]>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// The same for all records.
    Marks(Vec<Mark>),
    Text(PlanText),
    Table(Box<PlanTable>),
    Image {
        source: Picture,
        aspect: Aspect,
    },
    Code {
        parts: Vec<Part>,
        level: CodeLevel,
        quiet: u32,
        colour: Colour,
    },
    Check {
        field: Arc<str>,
        equals: Option<Arc<str>>,
        colour: Colour,
    },
    Frame(crate::compose::layout::Frame),
    Seal(String),
}

#[derive(Clone, Debug)]
enum Picture {
    Field(Arc<str>),
    Asset(String),
}

impl<'l> Compiler<'l> {
    /// Elements at places; `place` says where the list stands.
    pub(super) fn elements(&self, list: &'l [Element], look: &Look, place: &str) -> Result<Vec<Placed>, Error> {
        let mut placed = Vec::with_capacity(list.len());
        for (number, element) in list.iter().enumerate() {
            let label = named(&format!("{place}[{number}]"), id_of(element));
            placed.extend(self.keep(&label, self.element(element, look, &label))?);
        }
        Ok(placed)
    }

    fn element(&self, element: &'l Element, look: &Look, label: &str) -> Result<Placed, Error> {
        let area = area_of(element);
        if let Some(area) = area {
            shapes::finite(&area)?;
            let [_, _, width, height] = area;
            if width <= 0.0 || height <= 0.0 {
                return Err(Error::malformed("a box is [left, top, width, height], with sides above nought"));
            }
        }
        let what = match element {
            Element::Text(block) => self.text(block, look, label)?,
            Element::Table(table) => What::Table(Box::new(self.deeper(|| self.table(table, None, look, label))?)),
            Element::Image(image) => self.image(image, label)?,
            Element::Qr(code) => self.code(code, label)?,
            Element::Line(line) => What::Marks(vec![shapes::line(line)?]),
            Element::Frame(frame) => match area {
                Some(area) => What::Marks(shapes::frame(frame, area)?),
                None => What::Frame(frame.clone()),
            },
            Element::Check(check) => self.check(check, label),
            Element::Path(curve) => What::Marks(vec![shapes::curve(curve)?]),
            Element::Seal(slot) => {
                self.note_seal(&slot.name)?;
                What::Seal(slot.name.clone())
            }
        };
        Ok(Placed { label: label.to_owned(), id: id_of(element).map(ToOwned::to_owned), area, what })
    }

    fn text(&self, block: &'l TextBlock, look: &Look, label: &str) -> Result<What, Error> {
        let source = Source::of(block);
        let text = PlanText::compile(&source, look, self)?;
        self.note_text(label, &text);
        if let (Some([left, top, width, height]), Some(faces), true) = (block.area, self.faces, text.is_static()) {
            let pieces = crate::compose::text::Text::of(text.literals(), faces)?;
            let setting = pieces.set(Bounds { width, height: Some(height) }, faces)?;
            let valign = text.look.valign.unwrap_or_default();
            return Ok(What::Marks(setting.into_marks(height, valign, (left, top))));
        }
        Ok(What::Text(text))
    }

    fn image(&self, image: &Image, label: &str) -> Result<What, Error> {
        let source = match (&image.field, &image.asset) {
            (Some(field), None) => {
                self.note(label, field);
                Picture::Field(shared(field))
            }
            (None, Some(asset)) => {
                self.know_asset(asset)?;
                Picture::Asset(asset.clone())
            }
            _ => return Err(Error::malformed("an image has one of \"field\" and \"asset\"")),
        };
        Ok(What::Image { source, aspect: image.aspect })
    }

    fn code(&self, code: &Qr, label: &str) -> Result<What, Error> {
        let parts = parse(&code.text)?;
        for part in &parts {
            match part {
                Part::Value(name) => self.note(label, name),
                Part::Literal(_) | Part::Row => {}
                _ => {
                    return Err(Error::malformed("a QR code says text and values, and no page numbers or check boxes"));
                }
            }
        }
        if code.quiet > 100 {
            return Err(Error::malformed("a quiet zone has at most 100 modules"));
        }
        if let (Some(area), true) = (code.area, is_static(&parts)) {
            let text: String = parts
                .iter()
                .filter_map(|part| if let Part::Literal(text) = part { Some(&**text) } else { None })
                .collect();
            return Ok(What::Marks(shapes::code(&text, code.level, code.quiet, code.colour, area)?));
        }
        Ok(What::Code { parts, level: code.level, quiet: code.quiet, colour: code.colour })
    }

    fn check(&self, check: &CheckMark, label: &str) -> What {
        self.note(label, &check.field);
        What::Check { field: shared(&check.field), equals: check.equals.as_deref().map(shared), colour: check.colour }
    }
}

impl<'l> Source<'l> {
    pub(super) fn of(block: &'l TextBlock) -> Self {
        Source {
            text: &block.text,
            runs: &block.runs,
            style: block.style.as_ref(),
            field: block.field.as_deref(),
            entry: block.entry.as_ref(),
        }
    }
}

impl Placed {
    /// The lower end of its place, if it says one.
    pub(super) fn bottom(&self) -> f64 {
        self.area.map_or(0.0, |[_, top, _, height]| top + height)
    }

    /// Puts it on the page; `origin` is the upper left corner of what it stands on, `room` the place of what has no
    /// box of its own.
    pub(super) fn put(
        &self,
        marks: &mut Vec<Mark>,
        origin: (f64, f64),
        room: Option<[f64; 4]>,
        context: &Context<'_>,
    ) -> Result<(), Error> {
        if context.scope.hides(self.id.as_deref()) {
            return Ok(());
        }
        self.try_put(marks, origin, room, context)
            .map_err(|error| error.context(format!("{}{}", self.label, context.scope.told())))
    }

    fn try_put(
        &self,
        marks: &mut Vec<Mark>,
        origin: (f64, f64),
        room: Option<[f64; 4]>,
        context: &Context<'_>,
    ) -> Result<(), Error> {
        if let What::Marks(own) = &self.what {
            marks.extend(own.iter().map(|mark| mark.clone().moved(origin.0, origin.1)));
            return Ok(());
        }
        let own = self.area.map(|[left, top, width, height]| [left + origin.0, top + origin.1, width, height]);
        let area =
            own.or(room).ok_or_else(|| Error::malformed("it has no \"box\": only in a cell may that be left out"))?;
        let [left, top, width, height] = area;
        match &self.what {
            What::Marks(_) => {}
            What::Text(text) => marks.append(&mut text.marks(area, Valign::Top, context)?),
            What::Table(table) => {
                let laid = LaidTable::of(table, context)?;
                if (table.width() - width).abs() > 0.05 || laid.height() > height + 0.01 {
                    return Err(Error::new(
                        ErrorKind::Mismatch,
                        format!(
                            "the table is {:.1} mm wide and {:.1} mm high, and its place {width:.1} mm and {height:.1} mm",
                            table.width(),
                            laid.height()
                        ),
                    ));
                }
                laid.draw_all(marks, (left, top), context)?;
            }
            What::Image { source, aspect } => marks.extend(image(source, *aspect, area, context)?),
            What::Code { parts, level, quiet, colour } => {
                let text = code_text(parts, context)?;
                if !text.is_empty() {
                    marks.append(&mut shapes::code(&text, *level, *quiet, *colour, area)?);
                }
            }
            What::Check { field, equals, colour } => {
                marks.push(check(field, equals.as_deref(), *colour, area, context)?)
            }
            What::Frame(frame) => marks.append(&mut shapes::frame(frame, area)?),
            What::Seal(name) => marks.push(Mark::Seal { name: name.clone(), area: area.map(Mm) }),
        }
        Ok(())
    }
}

fn code_text(parts: &[Part], context: &Context<'_>) -> Result<String, Error> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Value(name) => match context.scope.value(name)? {
                Some((value, _)) => text.push_str(&said(name, value)?),
                // A blank row shows no code.
                None => return Ok(String::new()),
            },
            Part::Row => text.push_str(&context.scope.number().unwrap_or_default().to_string()),
            Part::Page | Part::Pages | Part::Check { .. } => {}
        }
    }
    Ok(text)
}

fn image(source: &Picture, aspect: Aspect, area: [f64; 4], context: &Context<'_>) -> Result<Option<Mark>, Error> {
    let (bytes, field) = match source {
        Picture::Asset(name) => (context.assets.picture_of(name), None),
        Picture::Field(name) => match context.scope.value(name)? {
            None => (None, None),
            Some((Value::Image(bytes), way)) => (Some(bytes), Some(way)),
            // No picture was given, and none is asked for.
            Some((Value::Text(text), _)) if text.is_empty() => (None, None),
            Some(_) => {
                return Err(Error::new(ErrorKind::Mismatch, format!("the value \"{name}\" is no picture")));
            }
        },
    };
    let Some(bytes) = bytes else { return Ok(None) };
    let told = || field.as_ref().map_or_else(|| "the picture".to_owned(), |field| format!("the picture \"{field}\""));
    let (wide, high) = pixels(bytes).context(told())?;
    let [left, top, width, height] = area;
    let ratio = wide / high;
    let (shown_width, shown_height) = match aspect {
        Aspect::Stretch => (width, height),
        Aspect::Contain => (width.min(height * ratio), height.min(width / ratio)),
        Aspect::Error if (ratio / (width / height) - 1.0).abs() > 0.02 => {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "{} has {wide} × {high} pixels, and its place is {width} mm × {height} mm: the ratios differ",
                    told()
                ),
            ));
        }
        Aspect::Error => (width, height),
    };
    let area = [left + (width - shown_width) / 2.0, top + (height - shown_height) / 2.0, shown_width, shown_height];
    Ok(Some(Mark::Image(Photo { bytes: Arc::clone(bytes), area: area.map(Mm), field })))
}

/// The sides of a PNG or JPEG picture.
fn pixels(bytes: &[u8]) -> Result<(f64, f64), Error> {
    let format = match PictureFormat::sniff(bytes) {
        Some(PictureFormat::Png) => image::ImageFormat::Png,
        Some(PictureFormat::Jpeg) => image::ImageFormat::Jpeg,
        _ => return Err(Error::unsupported("it is neither PNG nor JPEG: convert it")),
    };
    let reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), format);
    let (width, height) =
        reader.into_dimensions().map_err(|source| Error::malformed("it cannot be read").caused_by(source))?;
    if width == 0 || height == 0 {
        return Err(Error::malformed("it has no pixels"));
    }
    Ok((f64::from(width), f64::from(height)))
}

fn check(
    field: &Arc<str>,
    equals: Option<&str>,
    colour: Colour,
    area: [f64; 4],
    context: &Context<'_>,
) -> Result<Mark, Error> {
    let found = context.scope.value(field)?;
    let name = found.as_ref().map_or_else(|| field.to_string(), |(_, way)| way.to_string());
    let (is_on, is_one_of_many) = ticked(field, found.map(|(value, _)| value), equals)?;
    let (name, kind) = match equals {
        None => (name, FieldKind::Check { is_on }),
        Some(value) if is_one_of_many => (name, FieldKind::Radio { value: value.to_owned(), is_on }),
        Some(value) => (format!("{name}.{value}"), FieldKind::Check { is_on }),
    };
    let [left, top, width, height] = area;
    let side = width.min(height);
    let area = [left + (width - side) / 2.0, top + (height - side) / 2.0, side, side];
    Ok(Mark::Field(Field {
        name,
        label: None,
        kind,
        area: area.map(Mm),
        font: (context.faces.name(0), Mm(side)),
        is_required: false,
        is_read_only: false,
        shown: shapes::check_box(area, is_on, colour),
    }))
}

fn id_of(element: &Element) -> Option<&str> {
    match element {
        Element::Text(one) => one.id.as_deref(),
        Element::Table(one) => one.id.as_deref(),
        Element::Image(one) => one.id.as_deref(),
        Element::Qr(one) => one.id.as_deref(),
        Element::Line(one) => one.id.as_deref(),
        Element::Frame(one) => one.id.as_deref(),
        Element::Check(one) => one.id.as_deref(),
        Element::Path(one) => one.id.as_deref(),
        Element::Seal(one) => Some(&one.name),
    }
}

fn area_of(element: &Element) -> Option<[f64; 4]> {
    match element {
        Element::Text(one) => one.area,
        Element::Table(one) => one.area,
        Element::Image(one) => one.area,
        Element::Qr(one) => one.area,
        Element::Frame(one) => one.area,
        Element::Check(one) => one.area,
        Element::Seal(one) => one.area,
        Element::Line(_) | Element::Path(_) => None,
    }
}
