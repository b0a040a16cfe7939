//! How fields in the making look.

use std::collections::BTreeSet;

use crate::deflate::zlib;
use crate::document::pdf::compose::field::{Kind, NewField, Style, flag};
use crate::document::pdf::compose::paint::{Used, colour};
use crate::document::pdf::compose::{Faces, Part};
use crate::document::pdf::form::frame::{self, Frame, Mark};
use crate::document::pdf::form::look::{self, Align, Setting, Words};
use crate::error::{Context as _, Error};
use crate::units::Mm;

/// A look of a widget, to be written as a form XObject.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) size: (f32, f32),
    /// Deflated.
    pub(super) stream: Vec<u8>,
    pub(super) used: Used,
}

/// A field whose looks were drawn.
#[derive(Debug)]
pub(in crate::document::pdf::compose) struct Painted<'f> {
    pub(super) field: &'f NewField,
    /// For each widget the looks: of a button off and on, else one.
    pub(super) looks: Vec<Vec<Look>>,
    /// `/DA`, for those who write into it.
    pub(super) style: Option<String>,
}

impl NewField {
    pub(in crate::document::pdf::compose) fn paint<'f>(&'f self, faces: &mut Faces<'_>) -> Result<Painted<'f>, Error> {
        self.paint_unnamed(faces).context(format_args!("the field \"{}\"", self.name))
    }

    fn paint_unnamed<'f>(&'f self, faces: &mut Faces<'_>) -> Result<Painted<'f>, Error> {
        self.check()?;
        let mut looks = Vec::new();
        let mut style = None;
        for area in self.areas() {
            if ![area.width, area.height].into_iter().all(Mm::is_positive) || !(area.left.0 + area.top.0).is_finite() {
                return Err(Error::misuse("it has no place or no size: give finite distances and sides above zero"));
            }
            let around = self.frame(&area)?;
            looks.push(match &self.kind {
                Kind::Text { style: text, value, most, .. } => {
                    let setting = match most {
                        Some(most) if self.flags & flag::COMB != 0 => Setting::Comb(*most),
                        _ if self.flags & flag::MULTI_LINE != 0 => Setting::Lines,
                        _ => Setting::Line,
                    };
                    style = Some(text.appearance(faces)?);
                    vec![text.look(&around, value, setting, faces)?]
                }
                Kind::Choice { style: text, options, chosen, .. } => {
                    style = Some(text.appearance(faces)?);
                    vec![self.choice_look(&around, text, options, chosen, faces)?]
                }
                Kind::Check { .. } | Kind::Radio { .. } => {
                    let is_radio = matches!(self.kind, Kind::Radio { .. });
                    let mark = if is_radio { Mark::Circle } else { Mark::Tick };
                    let look = |mark| plain_look(&around, frame::button(&around, mark, &[0.0]));
                    vec![look(None)?, look(Some(mark))?]
                }
                Kind::Signature { .. } => vec![plain_look(&around, frame::button(&around, None, &[]))?],
            });
        }
        Ok(Painted { field: self, looks, style })
    }

    fn choice_look(
        &self,
        frame: &Frame,
        style: &Style,
        options: &[(String, String)],
        chosen: &[String],
        faces: &mut Faces<'_>,
    ) -> Result<Look, Error> {
        if self.flags & flag::COMBO != 0 {
            let value = chosen.first().map(String::as_str).unwrap_or_default();
            let option = options.iter().find(|(export, _)| export == value);
            return style.look(frame, option.map_or(value, |(_, shown)| shown), Setting::Line, faces);
        }
        let marked: Vec<(String, bool)> =
            options.iter().map(|(export, shown)| (shown.clone(), chosen.contains(export))).collect();
        style.look(frame, "", Setting::List(&marked), faces)
    }
}

fn plain_look(frame: &Frame, stream: Vec<u8>) -> Result<Look, Error> {
    let size = (frame.width as f32, frame.height as f32);
    Ok(Look { size, stream: zlib(&stream)?, used: Used::default() })
}

impl Style {
    fn look(&self, frame: &Frame, text: &str, setting: Setting<'_>, faces: &mut Faces<'_>) -> Result<Look, Error> {
        let (parts, _) = colour(&self.ink)?;
        let size = self.points()?;
        let words = Words { text, size, colour: parts.to_vec(), align: self.align, setting };
        let drawn = look::text(frame, &words, self.font.0, faces)?;
        let used = Used { fonts: drawn.fonts, ..Used::default() };
        Ok(Look { used, ..plain_look(frame, drawn.stream)? })
    }

    fn points(&self) -> Result<f64, Error> {
        let size = self.size.to_points();
        if size.is_finite() && size >= 0.0 {
            Ok(size)
        } else {
            Err(Error::misuse("its font has no size: give 0 or more"))
        }
    }

    fn appearance(&self, faces: &mut Faces<'_>) -> Result<String, Error> {
        let part = faces.first_part(self.font.0)?;
        let ([red, green, blue], _) = colour(&self.ink)?;
        let size = (self.points()? * 1e2).round() / 1e2;
        Ok(format!("/{} {size} Tf {red} {green} {blue} rg", part.name()))
    }

    pub(super) fn align(&self) -> i32 {
        match self.align {
            Align::Left => 0,
            Align::Centre => 1,
            Align::Right => 2,
        }
    }
}

impl Painted<'_> {
    /// The fonts that its looks use, and that whoever writes into it will.
    pub(in crate::document::pdf::compose) fn fonts(&self, faces: &mut Faces<'_>) -> Result<BTreeSet<Part>, Error> {
        let mut fonts: BTreeSet<Part> =
            self.looks.iter().flatten().flat_map(|look| &look.used.fonts).copied().collect();
        if let Kind::Text { style, .. } | Kind::Choice { style, .. } = &self.field.kind {
            fonts.insert(faces.first_part(style.font.0)?);
        }
        Ok(fonts)
    }
}
