//! Runs content streams, noting what shows where (ISO 32000-2, 8 and 9).

use std::collections::HashMap;
use std::rc::Rc;

use crate::document::pdf::content::font::Font;
use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::content::state::{State, extent};
use crate::document::pdf::content::tokens::Tokens;
use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::sight::{Glyph, Sight};
use crate::error::{Error, ErrorKind};
use crate::units::Area;

/// Bytes of content that one page may run, forms counted as often as they are shown: honest pages have less
/// than ten million.
const CONTENT: usize = 64 << 20;
/// Saved states, and forms within forms.
const STATES: usize = 512;
const FORMS: usize = 24;

/// Fonts that were read already, by the number of their object; pages share them.
pub(super) type Fonts = HashMap<u32, Rc<Font>>;

pub(super) struct Interpreter<'i, 'w> {
    pub(super) view: View<'w>,
    pub(super) fonts: &'i mut Fonts,
    pub(super) sight: &'i mut Sight,
    pub(super) state: State,
    /// How many bytes of content may still come, and how many forms deep this one is.
    pub(super) left: usize,
    pub(super) depth: usize,
    /// The marked content that is open: which field of the data it shows (14.6), if any.
    marked: Vec<Option<String>>,
}

/// What one stream runs with.
struct Run<'r> {
    resources: &'r Dictionary,
    saved: Vec<State>,
    /// Points of the path, in millimetres.
    path: Vec<(f64, f64)>,
    clips: bool,
}

impl<'i, 'w> Interpreter<'i, 'w> {
    pub(super) fn new(view: View<'w>, fonts: &'i mut Fonts, sight: &'i mut Sight, place: Matrix) -> Self {
        let state = State::new(place, sight.area());
        Interpreter { view, fonts, sight, state, left: CONTENT, depth: 0, marked: Vec::new() }
    }

    /// Runs one stream of content; the state is afterwards what it was before.
    pub(super) fn run(&mut self, content: &[u8], resources: &Dictionary) -> Result<(), Error> {
        self.left = self.left.checked_sub(content.len()).ok_or_else(|| {
            Error::too_large(format!("{} runs more than {CONTENT} bytes of content", self.sight.page))
        })?;
        let before = self.state.clone();
        let limits = self.view.work.limits.clone();
        let mut tokens = Tokens::new(content, &limits);
        let mut run = Run { resources, saved: Vec::new(), path: Vec::new(), clips: false };
        let open = self.marked.len();
        while let Some(operator) = tokens.operator()? {
            self.step(operator, &mut tokens, &mut run)?;
        }
        // Marked content does not reach beyond its stream.
        self.marked.truncate(open);
        self.state = before;
        Ok(())
    }

    fn step(&mut self, operator: &[u8], tokens: &mut Tokens<'_>, run: &mut Run<'_>) -> Result<(), Error> {
        match operator {
            b"q" if run.saved.len() < STATES => run.saved.push(self.state.clone()),
            b"q" => return Err(Error::too_large(format!("{} saves more than {STATES} states", self.sight.page))),
            b"Q" => {
                if let Some(saved) = run.saved.pop() {
                    self.state = saved;
                }
            }
            b"cm" => {
                if let Some(matrix) = tokens.numbers() {
                    self.state.place = Matrix(matrix).then(self.state.place);
                }
            }
            b"w" => self.state.line_width = tokens.number(0).unwrap_or(1.0),
            b"Do" => self.show_object(tokens.name().unwrap_or_default(), run.resources)?,
            b"ID" => {
                tokens.skip_image_data();
                self.show_image()?;
            }
            b"BMC" | b"BDC" => self.begin_marked(&tokens.operands)?,
            b"EMC" => drop(self.marked.pop()),
            b"sh" => self.mark(Some(self.state.clip))?,
            b"g" | b"rg" | b"k" | b"sc" | b"scn" => self.state.fill_is_white = is_white(tokens),
            b"G" | b"RG" | b"K" | b"SC" | b"SCN" => self.state.stroke_is_white = is_white(tokens),
            b"cs" => self.state.fill_is_white = false,
            b"CS" => self.state.stroke_is_white = false,
            _ => {
                let done = self.path(operator, tokens, run)? || self.text_state(operator, tokens, run)?;
                if !done {
                    self.text(operator, tokens)?;
                }
            }
        }
        Ok(())
    }

    /// Marked content says which field it shows as `/Field << /Name (…) >> BDC`.
    fn begin_marked(&mut self, operands: &[Object]) -> Result<(), Error> {
        if self.marked.len() >= STATES {
            let detail = format!("{} nests marked content more than {STATES} deep", self.sight.page);
            return Err(Error::too_large(detail));
        }
        let field = match operands {
            [tag, properties] if tag.as_name() == Some(b"Field") => {
                let name = properties.as_dictionary().and_then(|entries| entries.get("Name"));
                name.and_then(Object::as_string).map(crate::document::pdf::text::decode)
            }
            _ => None,
        };
        if let Some(field) = &field {
            self.sight.add_to_field(field, "", false)?;
        }
        self.marked.push(field);
        Ok(())
    }

    /// Building and painting of paths: of a curve its control points count, which hold it.
    fn path(&mut self, operator: &[u8], tokens: &Tokens<'_>, run: &mut Run<'_>) -> Result<bool, Error> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        match operator {
            b"m" | b"l" => points.extend(tokens.numbers().map(|[x, y]| (x, y))),
            b"c" => points.extend(tokens.numbers().into_iter().flat_map(|[a, b, c, d, e, f]| [(a, b), (c, d), (e, f)])),
            b"v" | b"y" => points.extend(tokens.numbers().into_iter().flat_map(|[a, b, c, d]| [(a, b), (c, d)])),
            b"re" => {
                let corners = |[x, y, w, h]: [f64; 4]| [(x, y), (x + w, y), (x, y + h), (x + w, y + h)];
                points.extend(tokens.numbers().into_iter().flat_map(corners));
            }
            b"h" => {}
            b"W" | b"W*" => run.clips = true,
            b"f" | b"F" | b"f*" => self.paint(run, true, false)?,
            b"S" | b"s" => self.paint(run, false, true)?,
            b"B" | b"B*" | b"b" | b"b*" => self.paint(run, true, true)?,
            b"n" => self.paint(run, false, false)?,
            _ => return Ok(false),
        }
        run.path.extend(points.into_iter().map(|point| self.state.place.apply(point)));
        Ok(true)
    }

    /// Ends a path. White on paper covers what it covers, and leaves room.
    fn paint(&mut self, run: &mut Run<'_>, fills: bool, strokes: bool) -> Result<(), Error> {
        let area = extent(self.sight.page, &run.path);
        run.path.clear();
        self.sight.painted = self.sight.painted.saturating_add(usize::from(fills || strokes));
        if strokes && !self.state.stroke_is_white {
            let half = self.length(self.state.line_width) / 2.0;
            self.mark(area.map(|area| grown(area, half)))?;
        } else if fills && !self.state.fill_is_white {
            self.mark(area)?;
        }
        if std::mem::take(&mut run.clips) {
            let nothing = Area { width: crate::units::Mm(0.0), height: crate::units::Mm(0.0), ..self.state.clip };
            self.state.clip = area.and_then(|area| area.intersection(&self.state.clip)).unwrap_or(nothing);
        }
        Ok(())
    }

    fn mark(&mut self, area: Option<Area>) -> Result<(), Error> {
        self.sight.painted = self.sight.painted.saturating_add(1);
        match area.and_then(|area| area.intersection(&self.state.clip)) {
            Some(seen) => self.sight.add_mark(seen),
            None => Ok(()),
        }
    }

    /// A length of the content in millimetres.
    fn length(&self, length: f64) -> f64 {
        let [a, b, c, d, ..] = self.state.place.0;
        length.abs() * (a * d - b * c).abs().sqrt()
    }

    fn show_image(&mut self) -> Result<(), Error> {
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|corner| self.state.place.apply(corner));
        self.mark(extent(self.sight.page, &corners))
    }

    fn show_object(&mut self, name: &[u8], resources: &Dictionary) -> Result<(), Error> {
        let Some(object) = self.resource(resources, "XObject", name)? else { return Ok(()) };
        let Some(object) = self.stream(&object)? else { return Ok(()) };
        match object.dictionary().and_then(|entries| entries.name("Subtype")) {
            Some(b"Image") => self.show_image(),
            Some(b"Form") => self.show_form(&object, Some(resources)),
            _ => Ok(()),
        }
    }

    /// Runs a form (8.10.1); one without resources of its own takes those of whoever shows it.
    pub(super) fn show_form(&mut self, form: &Indirect, outer: Option<&Dictionary>) -> Result<(), Error> {
        let Some(entries) = form.dictionary() else { return Ok(()) };
        if self.depth >= FORMS {
            return Err(Error::too_large(format!("{} shows forms within forms, more than {FORMS}", self.sight.page)));
        }
        let content = match self.view.stream(form) {
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(_) => return Ok(()),
            Ok(content) => content,
        };
        let own = self.view.get(entries, "Resources")?;
        let own = own.as_ref().and_then(|resources| resources.as_dictionary());
        let empty = Dictionary::default();
        let resources = own.or(outer).unwrap_or(&empty);
        let before = self.state.clone();
        if let Some(matrix) = Matrix::of(&self.view, entries.get("Matrix"))? {
            self.state.place = matrix.then(self.state.place);
        }
        self.depth += 1;
        let done = self.run(&content, resources);
        self.depth -= 1;
        self.state = before;
        done
    }

    /// An entry of a category of the resources, as it stands there.
    fn resource(&self, resources: &Dictionary, category: &str, name: &[u8]) -> Result<Option<Object>, Error> {
        let Some(category) = self.view.get(resources, category)? else { return Ok(None) };
        let name = String::from_utf8_lossy(name);
        Ok(category.as_dictionary().and_then(|entries| entries.get(&name)).cloned())
    }

    fn stream(&self, object: &Object) -> Result<Option<Rc<Indirect>>, Error> {
        match self.view.follow(object)? {
            Followed::There(indirect) if indirect.is_stream() => Ok(Some(indirect)),
            _ => Ok(None),
        }
    }

    fn text_state(&mut self, operator: &[u8], tokens: &Tokens<'_>, run: &Run<'_>) -> Result<bool, Error> {
        let text = &mut self.state.text;
        let number = tokens.number(0).unwrap_or(0.0);
        match operator {
            b"BT" => (text.matrix, text.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            b"Tc" => text.letter_space = number,
            b"Tw" => text.word_space = number,
            b"Tz" => text.stretch = number / 100.0,
            b"TL" => text.leading = number,
            b"Ts" => text.rise = number,
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

    /// A dictionary of parameters may name a font too.
    fn graphics_state(&mut self, name: &[u8], resources: &Dictionary) -> Result<(), Error> {
        let Some(parameters) = self.resource(resources, "ExtGState", name)? else { return Ok(()) };
        let parameters = self.view.follow(&parameters)?;
        let Some(entries) = parameters.as_dictionary() else { return Ok(()) };
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

    fn text(&mut self, operator: &[u8], tokens: &Tokens<'_>) -> Result<(), Error> {
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
                        self.show(bytes)?;
                    }
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        match tokens.operands.last().and_then(Object::as_string) {
            Some(bytes) => self.show(bytes),
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
    fn show(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(font) = self.state.text.font.clone() else { return Ok(()) };
        for code in font.codes(bytes) {
            let place = self.state.text.glyph_space().then(self.state.place);
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
        if area.intersection(&self.state.clip).is_none() {
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
        self.sight.add_glyph(Glyph { text, area, origin, towards: (x / length, y / length), advance, em })
    }
}

/// Whether the operands are those of white in grey, RGB or CMYK; a pattern is not white.
fn is_white(tokens: &Tokens<'_>) -> bool {
    let numbers: Vec<f64> = tokens.operands.iter().filter_map(Object::as_number).collect();
    match numbers.as_slice() {
        [grey] => *grey >= 1.0,
        [red, green, blue] => [red, green, blue].iter().all(|part| **part >= 1.0),
        [cyan, magenta, yellow, black] => [cyan, magenta, yellow, black].iter().all(|part| **part <= 0.0),
        _ => false,
    }
}

fn grown(area: Area, by: f64) -> Area {
    use crate::units::Mm;
    Area {
        left: Mm(area.left.0 - by),
        top: Mm(area.top.0 - by),
        width: Mm(area.width.0 + 2.0 * by),
        height: Mm(area.height.0 + 2.0 * by),
        ..area
    }
}
