//! Round seals.

use crate::draw::Fonts;
use crate::draw::drawing::{Colour, Drawing};
#[cfg(feature = "svg")]
use crate::draw::emblem::Emblem;
use crate::draw::lint;
use crate::draw::rules::{Form, Middle, Owner};
use crate::draw::shapes::{Oval, star, star_feet};
use crate::draw::text::{Arc, Cells, Measure, Row, Set, free_half_width};
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::font::{FACE, Font, Point, Script, script_of};
use crate::units::Mm;

/// The most characters that a ring is drawn with.
pub(super) const MOST_CHARACTERS: usize = 80;

/// The most rows of text.
const MOST_ROWS: usize = 8;

/// Proportions, in parts of the seal's radius where nothing else is said. They were taken from the
/// rules where these speak (a star of 14 mm in a seal of 42 mm) and are otherwise usual.
mod part {
    /// From the edge to the heads of the characters.
    pub(super) const GAP: f64 = 0.052;
    /// Height of the name's characters, alone and below a second ring.
    pub(super) const NAME: f64 = 0.29;
    pub(super) const NAME_BELOW: f64 = 0.215;
    /// Height of the second ring's characters.
    pub(super) const SECOND: f64 = 0.165;
    /// Height of a second ring whose words stand upright, and of the name below it.
    pub(super) const COLUMNS: f64 = 0.29;
    pub(super) const NAME_BELOW_COLUMNS: f64 = 0.18;
    /// Between the two rings.
    pub(super) const BETWEEN: f64 = 0.04;
    /// The star's circle: a diameter of 14 mm for 42 mm.
    pub(super) const STAR: f64 = 1.0 / 3.0;
    /// The emblem's circle.
    #[cfg(feature = "svg")]
    pub(super) const EMBLEM: f64 = 0.42;
    /// Height of a row of text, and from the star's feet to it.
    pub(super) const ROW: f64 = 0.195;
    pub(super) const ABOVE_ROW: f64 = 0.115;
    /// Figures at the lower rim: height, distance from one to the next, distance from the edge.
    pub(super) const FIGURE: f64 = 0.062;
    pub(super) const FIGURES_APART: f64 = 0.060;
    pub(super) const FIGURES_GAP: f64 = 0.036;
    /// What nothing comes closer to its neighbour than.
    pub(super) const CLEAR: f64 = 0.035;
}

/// Height and width of a face: the widest characters of a short name, the narrowest of a long one.
const WIDEST: f64 = 0.80;
const NARROWEST: f64 = 0.46;

/// A round seal: a name along the ring, an emblem or a star in the middle, rows of text below it, a
/// number at the lower rim.
///
/// ```
/// # fn example(song: eseal::draw::Font) -> Result<(), eseal::Error> {
/// use eseal::Mm;
/// use eseal::draw::Round;
///
/// let drawing = Round::new(Mm(42.0), "示例市第一中学").star().row("财务专用章").draw(&song)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a description draws nothing until `draw`"]
pub struct Round {
    pub(super) owner: Option<Owner>,
    pub(super) name: String,
    pub(super) diameter: f64,
    pub(super) edge: f64,
    pub(super) inner_edge: Option<f64>,
    pub(super) centre: Centre,
    pub(super) rows: Vec<String>,
    pub(super) code: Option<String>,
    second: Option<(String, Font)>,
    height: Option<f64>,
    sweep: Option<f64>,
    pub(super) colour: Colour,
}

/// What stands in the middle.
#[derive(Clone, Debug)]
pub(super) enum Centre {
    Nothing,
    Star,
    #[cfg(feature = "svg")]
    Emblem(Emblem),
}

impl Round {
    /// A seal of this diameter, over all, with an edge of 1.2 mm from 42 mm on and 1 mm below.
    pub fn new(diameter: Mm, name: impl Into<String>) -> Self {
        Round {
            owner: None,
            name: name.into(),
            diameter: diameter.0,
            edge: if diameter.0 >= 42.0 { 1.2 } else { 1.0 },
            inner_edge: None,
            centre: Centre::Nothing,
            rows: Vec::new(),
            code: None,
            second: None,
            height: None,
            sweep: None,
            colour: Colour::RED,
        }
    }

    /// A seal as the rule for its owner has it: usual size, edge, and the star where one belongs. An
    /// emblem is the caller's to give.
    ///
    /// Owners whose seals are not round get a round one all the same, and a finding that says so.
    pub fn of(owner: Owner, name: impl Into<String>) -> Self {
        let rule = owner.rule();
        let mut round = Round::new(Mm(rule.usual), name);
        round.owner = Some(owner);
        round.edge = rule.edge.map_or(round.edge, |(least, _)| least);
        round.inner_edge = rule.inner_edge;
        if matches!(rule.middle, Middle::Star | Middle::EmblemOrStar) || owner == Owner::TradeUnion {
            round.centre = Centre::Star;
        }
        round
    }

    /// Another diameter.
    pub fn diameter(mut self, diameter: Mm) -> Self {
        self.diameter = diameter.0;
        self
    }

    /// Another thickness of the edge.
    pub fn edge(mut self, thickness: Mm) -> Self {
        self.edge = thickness.0;
        self
    }

    /// A second, inner edge of this thickness.
    pub fn inner_edge(mut self, thickness: Mm) -> Self {
        self.inner_edge = Some(thickness.0);
        self
    }

    /// The five-pointed star in the middle.
    pub fn star(mut self) -> Self {
        self.centre = Centre::Star;
        self
    }

    /// Nothing in the middle.
    pub fn blank(mut self) -> Self {
        self.centre = Centre::Nothing;
        self
    }

    /// An emblem in the middle.
    #[cfg(feature = "svg")]
    pub fn emblem(mut self, emblem: &Emblem) -> Self {
        self.centre = Centre::Emblem(emblem.clone());
        self
    }

    /// A row of text below the middle: a department, a purpose. Several stand below one another.
    pub fn row(mut self, text: impl Into<String>) -> Self {
        self.rows.push(text.into());
        self
    }

    /// The seal's number at the lower rim, reading from left to right.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The name in a second language, in its own font, on a ring outside the first. Arabic scripts
    /// and Tibetan are bent along the ring; Mongolian words stand upright in columns.
    pub fn second_name(mut self, name: impl Into<String>, font: &Font) -> Self {
        self.second = Some((name.into(), font.clone()));
        self
    }

    /// Another height of the name's characters.
    pub fn name_height(mut self, height: Mm) -> Self {
        self.height = Some(height.0);
        self
    }

    /// Another sweep of the name, from the middle of its first to the middle of its last character,
    /// in degrees.
    pub fn sweep(mut self, degrees: f64) -> Self {
        self.sweep = Some(degrees);
        self
    }

    /// Another colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// What the rules say about this description, before anything is drawn.
    #[must_use]
    pub fn lint(&self) -> Vec<Finding> {
        lint::round(self)
    }

    /// Draws it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when a font lacks characters, which are named; [`ErrorKind::Misuse`]
    /// when the text is empty or too long or measures leave no room; [`ErrorKind::Unsupported`] when a
    /// script cannot be set.
    pub fn draw(&self, fonts: impl Into<Fonts>) -> Result<Drawing, Error> {
        self.check()?;
        let mut plan = Plan { round: self, fonts: fonts.into(), radius: self.diameter / 2.0, taken: Vec::new() };
        let mut drawing = Drawing::new(self.diameter, self.diameter, self.colour);
        drawing.findings = self.lint();
        plan.edges(&mut drawing);
        plan.code(&mut drawing)?;
        let inner = plan.names(&mut drawing)?;
        let below = plan.middle(&mut drawing, inner);
        plan.rows(&mut drawing, below)?;
        Ok(drawing)
    }

    fn check(&self) -> Result<(), Error> {
        let refused = |message: String| Err(Error::new(ErrorKind::Misuse, message));
        let thickness = self.edge + self.inner_edge.map_or(0.0, |inner| inner + inner_gap(self.diameter / 2.0));
        if !(10.0..=200.0).contains(&self.diameter) {
            return refused(format!("a round seal of {} mm is none: 10 to 200 mm are drawn", self.diameter));
        }
        let positive = self.edge > 0.0 && self.inner_edge.is_none_or(|inner| inner > 0.0);
        if !positive || thickness.is_nan() || thickness > self.diameter / 8.0 {
            return refused(format!("an edge of {thickness} mm does not go with {} mm", self.diameter));
        }
        check_text("the name", &self.name)?;
        if let Some((second, _)) = &self.second {
            check_text("the second name", second)?;
        }
        if self.rows.len() > MOST_ROWS {
            return refused(format!("{} rows do not go into a seal: the limit is {MOST_ROWS}", self.rows.len()));
        }
        self.rows.iter().try_for_each(|row| check_text("a row", row))?;
        if let Some(code) = &self.code {
            check_text("the code", code)?;
        }
        if self.sweep.is_some_and(|sweep| !(0.0..=345.0).contains(&sweep)) {
            return refused("a name sweeps over 0 to 345 degrees".into());
        }
        let height = self.height.unwrap_or(1.0);
        if !(height > 0.0 && height <= self.diameter / 4.0) {
            return refused(format!("characters {height} mm high do not go into a ring of {} mm", self.diameter));
        }
        Ok(())
    }
}

/// Text that can be drawn at all.
pub(super) fn check_text(what: &str, text: &str) -> Result<(), Error> {
    let count = text.chars().count();
    if text.trim().is_empty() {
        return Err(Error::new(ErrorKind::Misuse, format!("{what} is empty")));
    }
    if count > MOST_CHARACTERS {
        return Err(Error::new(
            ErrorKind::Misuse,
            format!("{what} has {count} characters; the limit is {MOST_CHARACTERS}: use the standard short name"),
        ));
    }
    Ok(())
}

/// Between the outer and the inner edge.
fn inner_gap(radius: f64) -> f64 {
    radius * 0.024
}

/// A seal on its way to a drawing.
struct Plan<'a> {
    round: &'a Round,
    fonts: Fonts,
    radius: f64,
    /// Boxes of characters that stand already.
    taken: Vec<[Point; 4]>,
}

impl Plan<'_> {
    fn outer(&self) -> Oval {
        Oval { centre: Point::new(self.radius, self.radius), a: self.radius, b: self.radius }
    }

    /// The circle inside all edges.
    fn inside(&self) -> Oval {
        let inner = self.round.inner_edge.map_or(0.0, |inner| inner + inner_gap(self.radius));
        self.outer().inset(self.round.edge + inner)
    }

    fn edges(&self, drawing: &mut Drawing) {
        drawing.add(&self.outer().edge(self.round.edge));
        if let Some(inner) = self.round.inner_edge {
            drawing.add(&self.outer().inset(self.round.edge + inner_gap(self.radius)).edge(inner));
        }
    }

    fn code(&mut self, drawing: &mut Drawing) -> Result<(), Error> {
        let Some(code) = &self.round.code else { return Ok(()) };
        let cells = Cells::of(&self.fonts.figures, code, Measure::Ink)?.even();
        let height = part::FIGURE * self.radius;
        let arc = Arc {
            oval: self.inside().inset(part::FIGURES_GAP * self.radius),
            height,
            least_height: height,
            widest: FACE / (cells.bottom - cells.top).max(0.1),
            narrowest: 0.0,
            sweep: self.code_sweep().to_radians(),
            below: true,
        };
        self.put(drawing, arc.set(&cells));
        Ok(())
    }

    /// The sweep of the code, in degrees.
    fn code_sweep(&self) -> f64 {
        let count = self.round.code.as_ref().map_or(0, |code| code.chars().count());
        let apart = part::FIGURES_APART * self.radius / (self.inside().a - part::FIGURES_GAP * self.radius);
        (count.saturating_sub(1) as f64 * apart).to_degrees().min(150.0)
    }

    /// The rings; returns the radius that they leave free.
    fn names(&mut self, drawing: &mut Drawing) -> Result<f64, Error> {
        let rim = self.inside().inset(part::GAP * self.radius);
        let Some((second, font)) = &self.round.second else {
            let height = self.round.height.unwrap_or(part::NAME * self.radius);
            return self.name(drawing, rim, height);
        };
        let columns = script_of(second) == Script::Mongolian;
        let height = self.radius * if columns { part::COLUMNS } else { part::SECOND };
        let arc = Arc { sweep: self.most_sweep().min(270.0).to_radians(), ..self.arc(rim, height, 0.0) };
        let set = match script_of(second) {
            Script::Plain => {
                let cells = Cells::of(font, second, Measure::Ink)?;
                Arc { widest: 1.3, sweep: self.sweep_of(cells.len() as f64 * 0.7).to_radians(), ..arc }.set(&cells)
            }
            Script::Joined => Arc { widest: 1.1, ..arc }.bend(&font.set(second)?),
            Script::Mongolian => {
                let cells = Cells::columns(font, second)?;
                let natural = FACE / (cells.bottom - cells.top).max(0.1);
                Arc {
                    widest: 1.6 * natural,
                    narrowest: 0.0,
                    sweep: self.sweep_of(cells.len() as f64).to_radians(),
                    ..arc
                }
                .set(&cells)
            }
        };
        let low = set.height;
        self.put(drawing, set);
        let below = rim.inset(low + part::BETWEEN * self.radius);
        self.name(
            drawing,
            below,
            self.round
                .height
                .unwrap_or(self.radius * if columns { part::NAME_BELOW_COLUMNS } else { part::NAME_BELOW }),
        )
    }

    fn name(&mut self, drawing: &mut Drawing, heads: Oval, height: f64) -> Result<f64, Error> {
        if script_of(&self.round.name) != Script::Plain {
            let run = self.fonts.text.set(&self.round.name)?;
            let set = Arc { widest: 1.1, ..self.arc(heads, height, self.most_sweep().min(270.0)) }.bend(&run);
            self.put(drawing, set);
            return Ok(heads.a - height);
        }
        let cells = Cells::of(&self.fonts.text, &self.round.name, Measure::Face)?;
        let sweep = self.round.sweep.unwrap_or_else(|| self.sweep_of(cells.len() as f64));
        let set = self.arc(heads, height, sweep).set(&cells);
        drawing.findings.push(lint::legible(&self.round.name, &set));
        let inner = heads.a - set.height;
        self.put(drawing, set);
        Ok(inner)
    }

    fn arc(&self, oval: Oval, height: f64, degrees: f64) -> Arc {
        let (widest, narrowest) = (WIDEST, NARROWEST);
        Arc { oval, height, least_height: height * 0.62, widest, narrowest, sweep: degrees.to_radians(), below: false }
    }

    /// How far a name of so many characters sweeps: a short one keeps to the top, a long one runs
    /// almost round.
    fn sweep_of(&self, count: f64) -> f64 {
        let wanted = 302.0 * (1.0 - (-count / 7.2).exp());
        if count <= 1.0 { 0.0 } else { wanted.min(self.most_sweep()) }
    }

    /// What the code and, at the lower end, the rows leave free.
    fn most_sweep(&self) -> f64 {
        let code = if self.round.code.is_some() { 360.0 - self.code_sweep() - 42.0 } else { 302.0 };
        if self.round.rows.is_empty() { code } else { code.min(284.0) }
    }

    /// What stands in the middle; returns the height below which rows may stand.
    fn middle(&self, drawing: &mut Drawing, inner: f64) -> f64 {
        let most = inner - 2.0 * part::CLEAR * self.radius;
        let centre = Point::new(self.radius, self.radius);
        match &self.round.centre {
            Centre::Star => {
                let reach = (part::STAR * self.radius).min(most);
                drawing.add(&star(centre, reach));
                self.radius + reach * star_feet()
            }
            #[cfg(feature = "svg")]
            Centre::Emblem(emblem) => {
                let reach = (part::EMBLEM * self.radius).min(most);
                emblem.shapes(centre, reach).iter().for_each(|shape| drawing.add_shape(shape));
                self.radius + reach * 0.92
            }
            Centre::Nothing if self.round.rows.len() > 1 => {
                let rows = self.round.rows.len() as f64;
                let block = rows * part::ROW * 1.35 * self.radius;
                self.radius + (0.12 * self.radius - block / 2.0).max(-0.5 * self.radius)
            }
            Centre::Nothing => self.radius + part::STAR * self.radius * star_feet(),
        }
    }

    fn rows(&mut self, drawing: &mut Drawing, below: f64) -> Result<(), Error> {
        let mut top = below + part::ABOVE_ROW * self.radius;
        for text in &self.round.rows {
            let cells = Cells::of(&self.fonts.text, text, Measure::Face)?;
            let mut height = part::ROW * self.radius;
            let set = loop {
                let room = self.room(top, height);
                let width = height * 0.82;
                let row = Row { top: Point::new(self.radius, top), height, width, pitch: width / FACE * 1.08, room };
                let set = row.set(&cells);
                if set.width >= 0.55 * height || height < part::ROW * self.radius * 0.45 {
                    break set;
                }
                height *= 0.96;
            };
            if set.width < 0.2 * set.height {
                return Err(Error::new(
                    ErrorKind::Misuse,
                    format!("the row \"{text}\" has no room inside the ring: shorten it or give fewer rows"),
                ));
            }
            drawing.findings.push(lint::legible(text, &set));
            top += set.height * 1.3;
            self.put(drawing, set);
        }
        Ok(())
    }

    /// The width that is free for a row.
    fn room(&self, top: f64, height: f64) -> f64 {
        let clear = part::CLEAR * self.radius;
        let bottom = top + height;
        let inside = self.inside().inset(part::GAP * self.radius);
        let widest = inside.half_width(bottom).min(inside.half_width(top));
        let free = free_half_width(&self.taken, self.radius, (top - clear, bottom + clear), widest);
        (2.0 * (free - 1.6 * clear)).max(0.1)
    }

    fn put(&mut self, drawing: &mut Drawing, set: Set) {
        drawing.add(&set.path);
        self.taken.extend(set.boxes);
    }
}

impl Round {
    /// The form that is drawn, for the rules.
    pub(super) const FORM: Form = Form::Round;
}
