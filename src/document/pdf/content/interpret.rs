//! Runs content streams, noting what shows where (ISO 32000-2, 8).

use std::collections::HashMap;
use std::rc::Rc;

use crate::document::pdf::content::font::Font;
use crate::document::pdf::content::ink::Masks;
use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::content::state::{State, extent};
use crate::document::pdf::content::tokens::Tokens;
use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::pdf::page::Rectangle;
use crate::document::sight::{Shape, Sight};
use crate::error::{Error, ErrorKind};
use crate::units::Area;

/// Bytes of content that one page may run, forms counted as often as they are shown: honest pages have less
/// than ten million.
const CONTENT: usize = 64 << 20;
/// Saved states, and forms within forms.
const STATES: usize = 512;
pub(super) const FORMS: usize = 24;

/// Fonts that were read already, by the number of their object; pages share them.
pub(super) type Fonts = HashMap<u32, Rc<Font>>;

pub(super) struct Interpreter<'i, 'w> {
    pub(super) view: View<'w>,
    pub(super) fonts: &'i mut Fonts,
    pub(super) masks: Masks,
    pub(super) sight: &'i mut Sight,
    pub(super) state: State,
    /// How many bytes of content may still come, and how many forms deep this one is.
    pub(super) left: usize,
    pub(super) depth: usize,
    /// The marked content that is open: which field of the data it shows (14.6), if any.
    pub(super) marked: Vec<Option<String>>,
    /// The depths of marked content at which layers are open, which may be switched off (8.11), and of other layers.
    open_layers: Vec<usize>,
    pub(super) layers: usize,
    /// Whether there were any.
    pub(super) has_layers: bool,
    /// The forms that were shown, and how often each painted something else than words.
    pub(super) forms: Vec<(u32, usize)>,
    #[cfg(feature = "compose")]
    pub(super) letters: super::letters::Letters,
    /// Whether what is run lies upon a page that is looked at closely.
    pub(super) is_upon: bool,
    /// Whether what is run draws a glyph: words in it are none of the page.
    pub(super) is_drawing: bool,
}

/// What one stream runs with.
pub(super) struct Run<'r> {
    pub(super) resources: &'r Dictionary,
    saved: Vec<State>,
    /// Points of the path, in millimetres.
    path: Vec<(f64, f64)>,
    /// The path itself, where the page is looked at closely.
    pub(super) shape: Shape,
    clips: bool,
}

impl<'i, 'w> Interpreter<'i, 'w> {
    pub(super) fn new(view: View<'w>, fonts: &'i mut Fonts, sight: &'i mut Sight, place: Matrix) -> Self {
        let state = State::new(place, sight.area());
        Interpreter {
            view,
            fonts,
            masks: Masks::new(),
            sight,
            state,
            left: CONTENT,
            depth: 0,
            marked: Vec::new(),
            open_layers: Vec::new(),
            layers: 0,
            has_layers: false,
            forms: Vec::new(),
            #[cfg(feature = "compose")]
            letters: super::letters::Letters::default(),
            is_upon: false,
            is_drawing: false,
        }
    }

    /// Runs one stream of content; the state is afterwards what it was before.
    pub(super) fn run(&mut self, content: &[u8], resources: &Dictionary) -> Result<(), Error> {
        self.left = self.left.checked_sub(content.len()).ok_or_else(|| {
            Error::too_large(format!("{} runs more than {CONTENT} bytes of content", self.sight.page))
        })?;
        let before = self.state.clone();
        let limits = self.view.work.limits.clone();
        let mut tokens = Tokens::new(content, &limits);
        let mut run = Run { resources, saved: Vec::new(), path: Vec::new(), shape: Shape::default(), clips: false };
        let open = self.marked.len();
        while let Some(operator) = tokens.operator()? {
            self.step(operator, &mut tokens, &mut run)?;
        }
        // Marked content does not reach beyond its stream.
        self.marked.truncate(open);
        self.close_layers();
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
                let is_stencil = tokens.operands.iter().any(|one| one.as_boolean() == Some(true));
                tokens.skip_image_data();
                self.show_image(None, is_stencil)?;
            }
            b"BMC" | b"BDC" => self.begin_marked(&tokens.operands)?,
            b"EMC" => {
                self.marked.pop();
                self.close_layers();
            }
            b"sh" => {
                self.mark(Some(self.state.clip))?;
                self.veil_clip();
            }
            _ => {
                let done = self.colour(operator, tokens, run.resources)?
                    || self.path(operator, tokens, run)?
                    || self.text_state(operator, tokens, run)?;
                if !done {
                    self.text(operator, tokens, run)?;
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
        if let [tag, _] = operands
            && tag.as_name() == Some(b"OC")
        {
            self.open_layers.push(self.marked.len());
            self.layers = self.layers.saturating_add(1);
            self.has_layers = true;
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

    /// Ends the layers whose marked content has ended.
    fn close_layers(&mut self) {
        while self.open_layers.pop_if(|depth| *depth >= self.marked.len()).is_some() {
            self.layers = self.layers.saturating_sub(1);
        }
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
            b"h" | b"f" | b"F" | b"f*" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" | b"n" => {}
            b"W" | b"W*" => run.clips = true,
            _ => return Ok(false),
        }
        points.iter_mut().for_each(|point| *point = self.state.place.apply(*point));
        if self.sight.is_close() {
            Self::outline(run, operator, &points);
            run.shape.is_even_odd = operator.ends_with(b"*");
        }
        run.path.extend(points);
        match operator {
            b"f" | b"F" | b"f*" => self.paint(run, true, false)?,
            b"S" | b"s" => self.paint(run, false, true)?,
            b"B" | b"B*" | b"b" | b"b*" => self.paint(run, true, true)?,
            b"n" => self.paint(run, false, false)?,
            _ => {}
        }
        Ok(true)
    }

    /// Ends a path. White on paper covers what it covers, and leaves room.
    fn paint(&mut self, run: &mut Run<'_>, fills: bool, strokes: bool) -> Result<(), Error> {
        let area = extent(self.sight.page, &run.path);
        run.path.clear();
        let shape = std::mem::take(&mut run.shape);
        self.veil_path(&shape, fills, strokes);
        self.sight.painted = self.sight.painted.saturating_add(usize::from(fills || strokes));
        if strokes && !self.state.stroke.is_white() {
            let half = self.length(self.state.line_width) / 2.0;
            self.mark(area.map(|area| grown(area, half)))?;
        } else if fills && !self.state.fill.is_white() {
            self.mark(area)?;
        }
        if std::mem::take(&mut run.clips) {
            let nothing = Area { width: crate::units::Mm(0.0), height: crate::units::Mm(0.0), ..self.state.clip };
            self.state.clip = area.and_then(|area| area.intersection(&self.state.clip)).unwrap_or(nothing);
            self.state.is_clip_box &= shape.is_upright_box();
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
    pub(super) fn length(&self, length: f64) -> f64 {
        let [a, b, c, d, ..] = self.state.place.0;
        length.abs() * (a * d - b * c).abs().sqrt()
    }

    fn show_image(&mut self, image: Option<&Dictionary>, is_stencil: bool) -> Result<(), Error> {
        if self.sight.is_close() {
            self.veil_image(image, is_stencil)?;
        }
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|corner| self.state.place.apply(corner));
        self.mark(extent(self.sight.page, &corners))
    }

    fn show_object(&mut self, name: &[u8], resources: &Dictionary) -> Result<(), Error> {
        let Some(object) = self.resource(resources, "XObject", name)? else { return Ok(()) };
        let Some(object) = self.stream(&object)? else { return Ok(()) };
        match object.dictionary().and_then(|entries| entries.name("Subtype")) {
            Some(b"Image") => self.show_image(object.dictionary(), false),
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
        if let Some(bounds) = entries.get("BBox")
            && let Some(bounds) = Rectangle::of(&self.view, bounds)?
        {
            let bounds = bounds.corners().map(|corner| self.state.place.apply(corner));
            self.clip_to(extent(self.sight.page, &bounds));
        }
        if entries.get("Group").is_some() {
            self.begin_group();
        }
        let is_layer = entries.get("OC").is_some();
        self.layers = self.layers.saturating_add(usize::from(is_layer));
        self.has_layers |= is_layer;
        let painted = self.sight.painted;
        self.depth += 1;
        let done = self.run(&content, resources);
        self.depth -= 1;
        if self.sight.is_close() && self.forms.len() < FORMS {
            self.forms.push((form.reference.number, self.sight.painted.saturating_sub(painted)));
        }
        self.layers = self.layers.saturating_sub(usize::from(is_layer));
        self.state = before;
        done
    }

    /// An entry of a category of the resources, as it stands there.
    pub(super) fn resource(
        &self,
        resources: &Dictionary,
        category: &str,
        name: &[u8],
    ) -> Result<Option<Object>, Error> {
        let Some(category) = self.view.get(resources, category)? else { return Ok(None) };
        let name = String::from_utf8_lossy(name);
        Ok(category.as_dictionary().and_then(|entries| entries.get(&name)).cloned())
    }

    pub(super) fn stream(&self, object: &Object) -> Result<Option<Rc<Indirect>>, Error> {
        match self.view.follow(object)? {
            Followed::There(indirect) if indirect.is_stream() => Ok(Some(indirect)),
            _ => Ok(None),
        }
    }
}

pub(super) fn grown(area: Area, by: f64) -> Area {
    use crate::units::Mm;
    Area {
        left: Mm(area.left.0 - by),
        top: Mm(area.top.0 - by),
        width: Mm(area.width.0 + 2.0 * by),
        height: Mm(area.height.0 + 2.0 * by),
        ..area
    }
}
