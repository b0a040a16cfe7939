//! Elliptic seals: invoices, tax offices, enterprises with foreign capital.

use crate::draw::Fonts;
use crate::draw::drawing::{Colour, Drawing};
use crate::draw::lint;
use crate::draw::round::check_text;
use crate::draw::rules::Owner;
use crate::draw::shapes::Oval as Ellipse;
use crate::draw::text::{Arc, Cells, Measure, Row, Set, free_half_width};
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::font::{FACE, Point};
use crate::units::Mm;

/// The measures of notice 7 of 2011, in millimetres and degrees.
mod invoice {
    pub(super) const NAME_HEIGHT: f64 = 4.2;
    pub(super) const NAME_GAP: f64 = 0.5;
    pub(super) const SWEEP: (f64, f64) = (210.0, 260.0);
    pub(super) const FIGURE_HEIGHT: f64 = 3.7;
    pub(super) const FIGURE_WIDTH: f64 = 1.3;
    /// 18 figures are 26 mm wide, ink to ink.
    pub(super) const FIGURE_PITCH: f64 = (26.0 - FIGURE_WIDTH) / 17.0;
    pub(super) const PURPOSE_TOP: f64 = 4.2;
    pub(super) const PURPOSE_HEIGHT: f64 = 4.6;
    pub(super) const PURPOSE_WIDTH: f64 = 3.0;
    pub(super) const NUMBER_TOP: f64 = 10.0;
    pub(super) const NUMBER_HEIGHT: f64 = 2.2;
    pub(super) const NUMBER_WIDTH: f64 = 1.7;
}

/// An elliptic seal: a name along the upper arc, figures in the middle, a purpose below.
///
/// ```
/// # fn example(fang_song: eseal::draw::Font, arial: eseal::draw::Font) -> Result<(), eseal::Error> {
/// use eseal::draw::{Fonts, Oval};
///
/// let fonts = Fonts::new(&fang_song).figures(&arial);
/// let drawing = Oval::invoice("示例贸易有限公司", "91110101MA00000000").draw(&fonts)?;
/// assert_eq!((drawing.width().0, drawing.height().0), (40.0, 30.0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a description draws nothing until `draw`"]
pub struct Oval {
    pub(super) owner: Option<Owner>,
    pub(super) name: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) edge: f64,
    pub(super) figures: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) number: Option<u32>,
    colour: Colour,
}

impl Oval {
    /// A seal of this width and height, over all, with an edge of 1 mm.
    pub fn new(width: Mm, height: Mm, name: impl Into<String>) -> Self {
        Oval {
            owner: None,
            name: name.into(),
            width: width.0,
            height: height.0,
            edge: 1.0,
            figures: None,
            purpose: None,
            number: None,
            colour: Colour::RED,
        }
    }

    /// The seal for invoices (发票专用章), in the exact measures of the tax administration's notice 7
    /// of 2011: 40 × 30 mm, edge 1 mm, name 4.2 mm high over 210° to 260°, identifier 3.7 mm high and
    /// 26 mm wide, the words 4.6 mm high from 4.2 mm below the middle on.
    pub fn invoice(name: impl Into<String>, taxpayer: impl Into<String>) -> Self {
        let mut oval = Oval::new(Mm(40.0), Mm(30.0), name).figures(taxpayer).purpose("发票专用章");
        oval.owner = Some(Owner::Invoice);
        oval
    }

    /// A tax office's seal for one purpose, such as 征税专用章, in the invoice seal's form. `number`
    /// tells several apart.
    pub fn tax_office(name: impl Into<String>, purpose: impl Into<String>) -> Self {
        let mut oval = Oval::new(Mm(40.0), Mm(30.0), name).purpose(purpose);
        oval.owner = Some(Owner::TaxOffice);
        oval
    }

    /// The seal of an enterprise with foreign capital: 45 × 30 mm.
    pub fn foreign_invested(name: impl Into<String>) -> Self {
        let mut oval = Oval::new(Mm(45.0), Mm(30.0), name);
        oval.owner = Some(Owner::ForeignInvested);
        oval
    }

    /// Figures in the middle.
    pub fn figures(mut self, figures: impl Into<String>) -> Self {
        self.figures = Some(figures.into());
        self
    }

    /// What the seal is for, below the middle.
    pub fn purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }

    /// The number among several of one kind, at the bottom; leave it out when there is one only.
    pub fn number(mut self, number: u32) -> Self {
        self.number = Some(number);
        self
    }

    /// Another thickness of the edge.
    pub fn edge(mut self, thickness: Mm) -> Self {
        self.edge = thickness.0;
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
        lint::oval(self)
    }

    /// Draws it.
    ///
    /// # Errors
    ///
    /// As [`Round::draw`](crate::draw::Round::draw).
    pub fn draw(&self, fonts: impl Into<Fonts>) -> Result<Drawing, Error> {
        self.check()?;
        let fonts = fonts.into();
        let mut drawing = Drawing::new(self.width, self.height, self.colour);
        drawing.findings = self.lint();
        drawing.add(&self.outer().edge(self.edge));
        let ring = self.ring(&fonts)?;
        drawing.findings.push(lint::legible(&self.name, &ring));
        drawing.add(&ring.path);
        for set in [self.middle(&fonts)?, self.below(&fonts, &ring)?, self.bottom(&fonts)?].into_iter().flatten() {
            drawing.add(&set.path);
        }
        Ok(drawing)
    }

    fn check(&self) -> Result<(), Error> {
        let refused = |message: String| Err(Error::new(ErrorKind::Misuse, message));
        let side = 15.0..=200.0;
        if !side.contains(&self.width) || !side.contains(&self.height) || self.height > self.width {
            return refused(format!(
                "an elliptic seal of {} × {} mm is none: it lies, and has 15 to 200 mm",
                self.width, self.height
            ));
        }
        if !(self.edge > 0.0 && self.edge <= self.height / 10.0) {
            return refused(format!("an edge of {} mm does not go with {} mm", self.edge, self.height));
        }
        check_text("the name", &self.name)?;
        for (what, text) in [("the figures", &self.figures), ("the purpose", &self.purpose)] {
            text.as_deref().map_or(Ok(()), |text| check_text(what, text))?;
        }
        Ok(())
    }

    /// Measures are those of a seal 30 mm high; other seals are in proportion.
    fn scale(&self) -> f64 {
        self.height / 30.0
    }

    fn centre(&self) -> Point {
        Point::new(self.width / 2.0, self.height / 2.0)
    }

    fn outer(&self) -> Ellipse {
        Ellipse { centre: self.centre(), a: self.width / 2.0, b: self.height / 2.0 }
    }

    fn ring(&self, fonts: &Fonts) -> Result<Set, Error> {
        let cells = Cells::of(&fonts.text, &self.name, Measure::Face)?;
        let height = invoice::NAME_HEIGHT * self.scale();
        let (least, most) = invoice::SWEEP;
        // By the number of characters: 210° for 8, 260° for 24.
        let part = ((cells.len() as f64 - 8.0) / 16.0).clamp(0.0, 1.0);
        let arc = Arc {
            oval: self.outer().inset(self.edge + invoice::NAME_GAP * self.scale()),
            height,
            // The rule gives the height and lets the width follow from the number.
            least_height: height,
            widest: 0.95,
            narrowest: 0.0,
            sweep: if cells.len() < 2 { 0.0 } else { (least + (most - least) * part).to_radians() },
            below: false,
        };
        Ok(arc.set(&cells))
    }

    fn middle(&self, fonts: &Fonts) -> Result<Option<Set>, Error> {
        let Some(figures) = &self.figures else { return Ok(None) };
        let height = invoice::FIGURE_HEIGHT * self.scale();
        let top = Point::new(self.centre().x, self.centre().y - height / 2.0);
        let cells = Cells::of(&fonts.figures, figures, Measure::Ink)?;
        Ok(Some(figure_row(&cells, top, height, invoice::FIGURE_WIDTH, invoice::FIGURE_PITCH, self)))
    }

    fn below(&self, fonts: &Fonts, ring: &Set) -> Result<Option<Set>, Error> {
        let Some(purpose) = &self.purpose else { return Ok(None) };
        let scale = self.scale();
        let (height, width) = (invoice::PURPOSE_HEIGHT * scale, invoice::PURPOSE_WIDTH * scale);
        let top = Point::new(self.centre().x, self.centre().y + invoice::PURPOSE_TOP * scale);
        let band = (top.y - 0.3 * scale, top.y + height);
        let inside = self.outer().inset(self.edge + scale).half_width(band.1);
        let room = 2.0 * (free_half_width(&ring.boxes, top.x, band, inside) - 0.5 * scale).max(0.1);
        let cells = Cells::of(&fonts.text, purpose, Measure::Ink)?;
        // The rule leaves the distance free: a fifth of the width where there is room.
        let count = cells.len().max(2) as f64;
        let pitch = (width * 1.2).min((room - width) / (count - 1.0)).max(width * 0.6);
        let row = Row { top, height, width: width.min(pitch * 0.98), pitch, room: f64::INFINITY };
        Ok(Some(row.set(&cells)))
    }

    fn bottom(&self, fonts: &Fonts) -> Result<Option<Set>, Error> {
        let Some(number) = self.number else { return Ok(None) };
        let scale = self.scale();
        let top = Point::new(self.centre().x, self.centre().y + invoice::NUMBER_TOP * scale);
        let cells = Cells::of(&fonts.figures, &format!("({number})"), Measure::Ink)?;
        let (height, width) = (invoice::NUMBER_HEIGHT * scale, invoice::NUMBER_WIDTH);
        Ok(Some(figure_row(&cells, top, height, width, width * 1.1, self)))
    }
}

/// Figures of one width, ink to ink.
fn figure_row(cells: &Cells, top: Point, height: f64, width: f64, pitch: f64, oval: &Oval) -> Set {
    let widest = cells.cells.iter().filter_map(|cell| cell.path.bounds()).map(|ink| ink.width()).fold(0.1, f64::max);
    let mut even = cells.clone();
    even.cells.iter_mut().for_each(|cell| cell.slot = 1.0);
    let scale = oval.scale();
    let room = 2.0 * oval.outer().inset(oval.edge + scale).half_width(top.y);
    Row { top, height, width: width * scale / widest * FACE, pitch: pitch * scale, room }.set(&even)
}
