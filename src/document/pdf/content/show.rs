//! Text: which characters stand where (ISO 32000-2, 9.3 and 9.4).

use std::rc::Rc;

use crate::document::pdf::content::font::Font;
use crate::document::pdf::content::interpret::{Interpreter, Run, grown};
use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::content::state::extent;
use crate::document::pdf::content::tokens::Tokens;
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::sight::{Glyph, Ink, Shape, Visibility};
use crate::error::Error;
use crate::units::Area;

impl Interpreter<'_, '_> {
    pub(super) fn text_state(&mut self, operator: &[u8], tokens: &Tokens<'_>, run: &Run<'_>) -> Result<bool, Error> {
        let text = &mut self.state.text;
        let number = tokens.number(0).unwrap_or(0.0);
        match operator {
            b"BT" => (text.matrix, text.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            b"Tc" => text.letter_space = number,
            b"Tw" => text.word_space = number,
            b"Tz" => text.stretch = number / 100.0,
            b"TL" => text.leading = number,
            b"Ts" => text.rise = number,
            b"Tr" => text.mode = tokens.operands.last().and_then(Object::as_integer).unwrap_or(0),
            b"Td" | b"TD" => {
                if let Some([x, y]) = tokens.numbers() {
                    if operator == b"TD" {
                        text.leading = -y;
                    }
                    text.next_line(x, y);
                }
            }
            b"Tm" => {
                if let Some(matrix) = tokens.numbers() {
                    (text.matrix, text.line) = (Matrix(matrix), Matrix(matrix));
                }
            }
            b"T*" => text.next_line(0.0, -text.leading),
            b"Tf" => {
                text.size = number;
                let name = tokens.operands.iter().rev().find_map(Object::as_name).unwrap_or_default();
                let font = self.resource(run.resources, "Font", name)?;
                self.state.text.font = self.font(font.as_ref())?;
            }
            b"gs" => self.graphics_state(tokens.name().unwrap_or_default(), run.resources)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A dictionary of parameters says how opaque things are, and may name a font too.
    fn graphics_state(&mut self, name: &[u8], resources: &Dictionary) -> Result<(), Error> {
        let Some(parameters) = self.resource(resources, "ExtGState", name)? else { return Ok(()) };
        let parameters = self.view.follow(&parameters)?;
        let Some(entries) = parameters.as_dictionary() else { return Ok(()) };
        self.opacity(entries)?;
        let Some(list) = self.view.get(entries, "Font")? else { return Ok(()) };
        if let [font, size] = list.as_array().unwrap_or_default() {
            self.state.text.font = self.font(Some(font))?;
            self.state.text.size = self.view.follow(size)?.as_number().unwrap_or(0.0);
        }
        Ok(())
    }

    fn font(&mut self, object: Option<&Object>) -> Result<Option<Rc<Font>>, Error> {
        let Some(object) = object else { return Ok(None) };
        let number = object.as_reference().map(|reference| reference.number);
        if let Some(known) = number.and_then(|number| self.fonts.get(&number)) {
            return Ok(Some(Rc::clone(known)));
        }
        let font = self.view.follow(object)?;
        let Some(entries) = font.as_dictionary() else { return Ok(None) };
        let font = Rc::new(Font::read(&self.view, entries)?);
        self.fonts.extend(number.map(|number| (number, Rc::clone(&font))));
        Ok(Some(font))
    }

    pub(super) fn text(&mut self, operator: &[u8], tokens: &Tokens<'_>, run: &Run<'_>) -> Result<(), Error> {
        match operator {
            b"Tj" => {}
            b"'" => self.state.text.next_line(0.0, -self.state.text.leading),
            b"\"" => {
                self.state.text.word_space = tokens.number(2).unwrap_or(0.0);
                self.state.text.letter_space = tokens.number(1).unwrap_or(0.0);
                self.state.text.next_line(0.0, -self.state.text.leading);
            }
            b"TJ" => {
                for item in tokens.operands.last().and_then(Object::as_array).unwrap_or_default() {
                    if let Some(back) = item.as_number() {
                        self.kern(back);
                    } else if let Some(bytes) = item.as_string() {
                        self.show(bytes, run.resources)?;
                    }
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        match tokens.operands.last().and_then(Object::as_string) {
            Some(bytes) => self.show(bytes, run.resources),
            None => Ok(()),
        }
    }

    fn kern(&mut self, back: f64) {
        let text = &mut self.state.text;
        let by = -back / 1000.0 * text.size;
        let is_vertical = text.font.as_ref().is_some_and(|font| font.is_vertical);
        if is_vertical { text.advance(0.0, by) } else { text.advance(by * text.stretch, 0.0) }
    }

    /// Shows a string (9.4.3 and 9.4.4).
    fn show(&mut self, bytes: &[u8], outer: &Dictionary) -> Result<(), Error> {
        let Some(font) = self.state.text.font.clone().filter(|_| !self.is_drawing) else { return Ok(()) };
        for code in font.codes(bytes) {
            let place = self.state.text.glyph_space().then(self.state.place);
            #[cfg(feature = "compose")]
            if let Some(text) = code.text.as_ref().filter(|_| self.sight.is_close()) {
                let laid = self.is_upon.then_some(self.sight.laid.len());
                self.letters.note(&font, laid, (code.code, font.cid(code.code)), text);
            }
            if let Some((glyph, matrix)) = font.drawing(code.code).filter(|_| self.sight.is_close()) {
                let resources = font.resources.as_ref().unwrap_or(outer);
                self.draw_glyph(glyph, resources, matrix.then(place))?;
            }
            self.note(&font, code.text, code.width, place)?;
            let text = &mut self.state.text;
            let space = text.letter_space + if code.is_space { text.word_space } else { 0.0 };
            if font.is_vertical {
                // The usual metrics of vertical writing (9.7.4.3, /DW2): one size down.
                text.advance(0.0, space - text.size);
            } else {
                text.advance((code.width * text.size + space) * text.stretch, 0.0);
            }
        }
        Ok(())
    }

    /// Notes a glyph. Which of the render modes is in force does not matter: what was recognised in a scan is
    /// written invisibly over it (9.3.6).
    fn note(&mut self, font: &Font, text: Option<String>, width: f64, place: Matrix) -> Result<(), Error> {
        let (left, right, lower, upper) = match font.is_vertical {
            true => (-width / 2.0, width / 2.0, -1.0, 0.0),
            false => (0.0, width, font.descent, font.ascent),
        };
        let corners = [(left, lower), (right, lower), (left, upper), (right, upper)].map(|point| place.apply(point));
        let Some(area) = extent(self.sight.page, &corners) else { return Ok(()) };
        // What an annotation says counts where it is cut off too, so that it does not say half of it.
        if area.intersection(&self.state.clip).is_none() && !self.is_upon {
            return Ok(());
        }
        if let (Some(text), Some(Some(field))) = (&text, self.marked.last()) {
            self.sight.add_to_field(field, text, true)?;
        }
        let Some(text) = text else {
            self.sight.unreadable = self.sight.unreadable.saturating_add(1);
            return self.sight.add_mark(area);
        };
        let (origin, ahead) = (place.apply((0.0, 0.0)), if font.is_vertical { (0.0, -1.0) } else { (1.0, 0.0) });
        let ahead = place.apply(ahead);
        let (x, y) = (ahead.0 - origin.0, ahead.1 - origin.1);
        let length = x.hypot(y);
        let [a, b, c, d, ..] = place.0;
        let em = (a * d - b * c).abs().sqrt();
        if !(length > 0.0 && em.is_finite()) {
            return Ok(());
        }
        let advance = if font.is_vertical { length } else { length * width };
        self.note_pen(&area, em)?;
        let (ink, seen, towards) = (self.ink_of_text(font.is_drawn()), Visibility::Seen, (x / length, y / length));
        let clip = self.state.clip;
        // What is cut out by letters is no box any more (9.3.6).
        self.state.is_clip_box &= !(4..=7).contains(&self.state.text.mode);
        self.sight.add_glyph(Glyph { text, area, origin, towards, advance, em, ink, seen }, &clip)
    }

    /// Letters that a broad pen draws the outlines of are more than letters.
    fn note_pen(&mut self, area: &Area, em: f64) -> Result<(), Error> {
        const BROAD: f64 = 0.15;
        let is_outlined = matches!(self.state.text.mode, 1 | 2 | 5 | 6);
        let width = self.length(self.state.line_width);
        if is_outlined && width > BROAD * em && self.sight.is_close() {
            self.sight.painted = self.sight.painted.saturating_add(1);
            let (ink, clip) = (self.ink(&self.state.stroke), self.state.clip);
            self.sight.paint(&Shape::of(&grown(*area, width / 2.0)), &clip, Ink { is_plain: false, ..ink });
        }
        Ok(())
    }
}
