//! How a widget that somebody else made is to look (ISO 32000-2, 12.5.6.19 and 12.7.4.3).

use std::rc::Rc;

use crate::document::pdf::compose::Faces;
use crate::document::pdf::field::Field;
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::form::frame::{self, Colour, Edge, Frame, Mark};
use crate::document::pdf::form::look::{self, Align, Drawn, Setting, Words};
use crate::document::pdf::form::read::{Place, find, flag, inherited, is_comb, text};
use crate::document::pdf::form::{FieldKind, FormField};
use crate::document::pdf::object::Object;
use crate::document::pdf::page::Rectangle;
use crate::error::Error;

/// What a widget's dictionary, its field and its form say about how it is drawn.
#[derive(Debug)]
pub(super) struct Sketch {
    pub(super) frame: Frame,
    /// Quarter turns against the clock.
    pub(super) turns: i64,
    size: f64,
    colour: Colour,
    align: Align,
    caption: String,
    flags: i64,
}

impl Sketch {
    /// None for a widget without an area, which shows nothing.
    pub(super) fn of(
        view: &View<'_>,
        form: &Place,
        field: &Field,
        widget: &Rc<Indirect>,
        flags: i64,
        kind: FieldKind,
    ) -> Result<Option<Self>, Error> {
        let Some(dictionary) = widget.dictionary() else { return Ok(None) };
        let rectangle = match dictionary.get("Rect") {
            Some(rectangle) => Rectangle::of(view, rectangle)?,
            None => None,
        };
        let sides = rectangle.map(|one| (one.width(), one.height()));
        let Some((width, height)) = sides.filter(|(width, height)| *width > 0.0 && *height > 0.0) else {
            return Ok(None);
        };
        let look = find(view, widget, dictionary, "MK")?;
        let entry = |key: &str| match &look {
            Some((holder, look)) => look.as_dictionary().map_or(Ok(None), |look| find(view, holder, look, key)),
            None => Ok(None),
        };
        let degrees = entry("R")?.and_then(|(_, degrees)| degrees.as_integer()).unwrap_or(0);
        let turns = degrees.rem_euclid(360) / 90;
        let (width, height) = if turns % 2 == 0 { (width, height) } else { (height, width) };
        let (line, style) = border(view, widget)?;
        let is_round = kind == FieldKind::Radio && caption(view, entry("CA")?)?.is_none_or(|sign| sign == "l");
        let frame = Frame {
            width,
            height,
            background: colour(entry("BG")?.as_ref()),
            border: colour(entry("BC")?.as_ref()),
            line,
            style,
            is_round,
        };
        let (size, colour) = match nearest(view, form, field, widget, "DA")? {
            Some((holder, value)) => match value.as_string() {
                Some(bytes) => appearance(&view.decrypted(&holder, bytes)?),
                None => (0.0, Vec::new()),
            },
            None => (0.0, Vec::new()),
        };
        let align = match nearest(view, form, field, widget, "Q")?.and_then(|(_, align)| align.as_integer()) {
            Some(1) => Align::Centre,
            Some(2) => Align::Right,
            _ => Align::Left,
        };
        let caption = caption(view, entry("CA")?)?.unwrap_or_default();
        Ok(Some(Sketch { frame, turns, size, colour, align, caption, flags }))
    }

    /// Draws what a field for text or a choice says, or the caption of a button that does something.
    pub(super) fn draw(&self, field: &FormField, faces: &mut Faces<'_>) -> Result<Drawn, Error> {
        let first = field.values.first().map(String::as_str).unwrap_or_default();
        let option = field.options.iter().find(|option| option.value == first);
        let shown = option.map_or(first, |option| &option.shown);
        let marked: Vec<(String, bool)>;
        let (text, setting) = match field.kind {
            FieldKind::List => {
                let chosen = |value: &String| field.values.contains(value);
                marked = field.options.iter().map(|one| (one.shown.clone(), chosen(&one.value))).collect();
                ("", Setting::List(&marked))
            }
            FieldKind::DropDown => (shown, Setting::Line),
            FieldKind::Text => match field.max_length {
                Some(cells) if is_comb(self.flags) => (first, Setting::Comb(cells)),
                _ if self.flags & flag::MULTI_LINE != 0 => (first, Setting::Lines),
                _ => (first, Setting::Line),
            },
            FieldKind::PushButton => (self.caption.as_str(), Setting::Line),
            _ => ("", Setting::Line),
        };
        let align = if field.kind == FieldKind::PushButton { Align::Centre } else { self.align };
        let words = Words { text, size: self.size, colour: self.colour.clone(), align, setting };
        look::text(&self.frame, &words, 0, faces)
    }

    /// Draws a check box or a radio button, on or off.
    pub(super) fn button(&self, is_on: bool) -> Vec<u8> {
        // Signs of ZapfDingbats, as table 192 names them.
        let mark = match (self.caption.as_str(), self.frame.is_round) {
            ("l", _) | ("", true) => Mark::Circle,
            ("8", _) => Mark::Cross,
            ("u", _) => Mark::Diamond,
            ("n", _) => Mark::Square,
            _ => Mark::Tick,
        };
        frame::button(&self.frame, is_on.then_some(mark), &self.colour)
    }

    /// The entries of the form's dictionary that say how large it is, and how it is turned.
    pub(super) fn entries(&self) -> String {
        let matrix = match self.turns {
            1 => " /Matrix [0 1 -1 0 0 0]",
            2 => " /Matrix [-1 0 0 -1 0 0]",
            3 => " /Matrix [0 -1 1 0 0 0]",
            _ => "",
        };
        let side = crate::document::pdf::writer::number;
        format!("/BBox [0 0 {} {}]{matrix}", side(self.frame.width), side(self.frame.height))
    }
}

/// A key of the widget, of its field and those above it, or of the form.
fn nearest(
    view: &View<'_>,
    form: &Place,
    field: &Field,
    widget: &Rc<Indirect>,
    key: &str,
) -> Result<Option<Place>, Error> {
    if let Some(dictionary) = widget.dictionary()
        && let Some(own) = find(view, widget, dictionary, key)?
    {
        return Ok(Some(own));
    }
    if let Some(above) = inherited(view, field, key)? {
        return Ok(Some(above));
    }
    form.1.as_dictionary().map_or(Ok(None), |dictionary| find(view, &form.0, dictionary, key))
}

fn caption(view: &View<'_>, place: Option<Place>) -> Result<Option<String>, Error> {
    place.map_or(Ok(None), |place| text(view, &place))
}

/// Components from 0 to 1: of grey, RGB or inks; none is no colour.
fn colour(place: Option<&Place>) -> Colour {
    let items = place.and_then(|(_, colour)| colour.as_array()).unwrap_or_default();
    let parts: Vec<f32> = items.iter().take(5).filter_map(Object::as_number).map(component).collect();
    if matches!(parts.len(), 1 | 3 | 4) { parts } else { Colour::new() }
}

fn component(value: f64) -> f32 {
    if value.is_finite() { value.clamp(0.0, 1.0) as f32 } else { 0.0 }
}

/// `/BS`, or its older form `/Border`.
fn border(view: &View<'_>, widget: &Rc<Indirect>) -> Result<(f64, Edge), Error> {
    let Some(dictionary) = widget.dictionary() else { return Ok((1.0, Edge::Solid)) };
    let is_width = |width: &f64| (0.0..=100.0).contains(width);
    let Some((holder, style)) = find(view, widget, dictionary, "BS")? else {
        let border = find(view, widget, dictionary, "Border")?;
        let width = border.and_then(|(_, border)| border.as_array()?.get(2)?.as_number());
        return Ok((width.filter(is_width).unwrap_or(1.0), Edge::Solid));
    };
    let Some(entries) = style.as_dictionary() else { return Ok((1.0, Edge::Solid)) };
    let width = find(view, &holder, entries, "W")?.and_then(|(_, width)| width.as_number());
    let edge = match entries.name("S") {
        Some(b"D") => {
            let dashes = find(view, &holder, entries, "D")?;
            let list = dashes.as_ref().and_then(|(_, dashes)| dashes.as_array()).unwrap_or_default();
            let dashes: Vec<f64> = list.iter().take(8).filter_map(Object::as_number).filter(is_width).collect();
            let is_drawn = dashes.iter().sum::<f64>() > 0.0;
            Edge::Dashed(if is_drawn { dashes } else { vec![3.0] })
        }
        Some(b"B") => Edge::Beveled,
        Some(b"I") => Edge::Inset,
        Some(b"U") => Edge::Underline,
        _ => Edge::Solid,
    };
    Ok((width.filter(is_width).unwrap_or(1.0), edge))
}

/// The size and the colour that a default appearance names: `/Helv 12 Tf 0 g`.
fn appearance(text: &[u8]) -> (f64, Colour) {
    let text = String::from_utf8_lossy(text);
    let mut operands: Vec<&str> = Vec::new();
    let (mut size, mut colour) = (0.0, Colour::new());
    for word in text.split_ascii_whitespace() {
        let numbers = |count: usize| -> Colour {
            let from = operands.len().saturating_sub(count);
            let parts = operands.iter().skip(from).filter_map(|word| word.parse().ok()).map(component);
            parts.collect()
        };
        match word {
            "Tf" => size = operands.last().and_then(|word| word.parse().ok()).unwrap_or(0.0),
            "g" => colour = numbers(1),
            "rg" => colour = numbers(3),
            "k" => colour = numbers(4),
            operand => {
                operands.push(operand);
                continue;
            }
        }
        operands.clear();
    }
    let is_size = (0.0..=1000.0).contains(&size);
    (if is_size { size } else { 0.0 }, if matches!(colour.len(), 1 | 3 | 4) { colour } else { Colour::new() })
}

#[cfg(test)]
mod tests {
    use super::appearance;

    #[test]
    fn default_appearances() {
        assert_eq!(appearance(b"/Helv 12 Tf 0 g"), (12.0, vec![0.0]));
        assert_eq!(appearance(b"0 0.5 1 rg /F1 9.5 Tf"), (9.5, vec![0.0, 0.5, 1.0]));
        assert_eq!(appearance(b"/F1 0 Tf 0 0 0 1 k\n"), (0.0, vec![0.0, 0.0, 0.0, 1.0]));
        assert_eq!(appearance(b"/F1 -3 Tf x rg"), (0.0, vec![]));
        assert_eq!(appearance(b"\xFF\xFE NaN Tf NaN g"), (0.0, vec![0.0]));
    }
}
