//! Square and rectangular seals: names of persons, words for counters.

use crate::draw::Fonts;
use crate::draw::drawing::{Colour, Drawing};
use crate::draw::lint;
use crate::draw::round::check_text;
use crate::draw::rules::Owner;
use crate::draw::shapes::{frame, rectangle};
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::font::{Font, Path, Point, is_invisible, is_selector};
use crate::units::Mm;

/// The most characters of a name seal.
const MOST: usize = 24;

/// Between two characters, and from the edge to them, in parts of the shorter side.
const BETWEEN: f64 = 0.035;
const MARGIN: f64 = 0.055;

/// Which part of a seal takes the ink.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Relief {
    /// Red characters on paper, within an edge (阳文, 朱文).
    #[default]
    Yang,
    /// Characters left out of a red ground (阴文, 白文).
    Yin,
}

/// What is added to a person's name.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Ending {
    /// Nothing.
    #[default]
    None,
    /// 印, "seal".
    Yin,
    /// 之印, "seal of"; fills the square after a name of two characters.
    ZhiYin,
}

/// A square or rectangular seal.
///
/// Characters stand in columns of two that are read from the right, as on seals of old; a name of
/// three has its first character alone on the right, a name of two has each alone. A rectangle one and a half times as wide as high
/// has one row instead, a tall one has one column.
///
/// ```
/// # fn example(song: eseal::draw::Font) -> Result<(), eseal::Error> {
/// use eseal::Mm;
/// use eseal::draw::{Ending, Square};
///
/// let drawing = Square::name(Mm(18.0), "王小明").ending(Ending::Yin).draw(&song)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a description draws nothing until `draw`"]
pub struct Square {
    pub(super) owner: Option<Owner>,
    pub(super) text: String,
    pub(super) width: f64,
    pub(super) height: f64,
    edge: Option<f64>,
    relief: Relief,
    ending: Ending,
    from_left: bool,
    colour: Colour,
}

impl Square {
    /// A person's name in a square with sides of this length, over all.
    pub fn name(side: Mm, name: impl Into<String>) -> Self {
        Square::rectangle(side, side, name)
    }

    /// The name seal of a legal representative: 18 mm.
    pub fn legal_representative(name: impl Into<String>) -> Self {
        let owner = Owner::LegalRepresentative;
        let mut square = Square::name(Mm(owner.rule().usual), name);
        square.owner = Some(owner);
        square
    }

    /// Text in a rectangle.
    pub fn rectangle(width: Mm, height: Mm, text: impl Into<String>) -> Self {
        Square {
            owner: None,
            text: text.into(),
            width: width.0,
            height: height.0,
            edge: None,
            relief: Relief::Yang,
            ending: Ending::None,
            from_left: false,
            colour: Colour::RED,
        }
    }

    /// Red characters, or a red ground.
    pub fn relief(mut self, relief: Relief) -> Self {
        self.relief = relief;
        self
    }

    /// What is added to the name.
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Rows that are read from the left, as in print, instead of columns from the right.
    pub fn from_left(mut self) -> Self {
        self.from_left = true;
        self
    }

    /// Another thickness of the edge than a twentieth of the shorter side.
    pub fn edge(mut self, thickness: Mm) -> Self {
        self.edge = Some(thickness.0);
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
        lint::square(self)
    }

    /// Draws it.
    ///
    /// # Errors
    ///
    /// As [`Round::draw`](crate::draw::Round::draw).
    pub fn draw(&self, fonts: impl Into<Fonts>) -> Result<Drawing, Error> {
        let edge = self.check()?;
        let font = fonts.into().text;
        let characters = self.characters();
        let text: String = characters.iter().map(|(character, _)| character).collect();
        if characters.len() > MOST {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("\"{text}\" has {} characters; a name seal has {MOST} at most", characters.len()),
            ));
        }
        font.require(&text)?;
        let fields = self.fields(characters.len(), edge);
        let mut ink = Path::new();
        let mut smallest = (f64::INFINITY, f64::INFINITY);
        for ((character, selector), field) in characters.iter().zip(&fields) {
            ink.append(&self.engrave(&font, (*character, *selector), field)?);
            smallest = (smallest.0.min(field.width), smallest.1.min(field.height));
        }
        let mut drawing = Drawing::new(self.width, self.height, self.colour);
        drawing.findings = self.lint();
        drawing.findings.push(lint::legible_size(&text, smallest));
        match self.relief {
            Relief::Yang => {
                drawing.add(&frame(self.width, self.height, edge));
                drawing.add(&ink);
            }
            Relief::Yin => {
                let mut ground = rectangle(0.0, 0.0, self.width, self.height);
                ground.append(&ink);
                drawing.add(&ground);
            }
        }
        Ok(drawing)
    }

    /// The thickness of the edge, when everything goes together.
    fn check(&self) -> Result<f64, Error> {
        let sides = 5.0..=200.0;
        if !sides.contains(&self.width) || !sides.contains(&self.height) {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("a seal of {} × {} mm is none: 5 to 200 mm are drawn", self.width, self.height),
            ));
        }
        check_text("the name", &self.text)?;
        let shorter = self.width.min(self.height);
        let edge = self.edge.unwrap_or(shorter / 20.0);
        if edge > 0.0 && edge <= shorter / 6.0 {
            return Ok(edge);
        }
        Err(Error::new(ErrorKind::Misuse, format!("an edge of {edge} mm does not go with {shorter} mm")))
    }

    /// The characters with the selectors behind them; the ending with them.
    fn characters(&self) -> Vec<(char, Option<char>)> {
        let ending = match self.ending {
            Ending::None => "",
            Ending::Yin => "印",
            Ending::ZhiYin => "之印",
        };
        let mut characters: Vec<(char, Option<char>)> = Vec::new();
        for character in self.text.chars().chain(ending.chars()).filter(|character| !character.is_whitespace()) {
            match characters.last_mut() {
                Some((_, selector)) if is_selector(character) => *selector = Some(character),
                _ if is_invisible(character) => {}
                _ => characters.push((character, None)),
            }
        }
        characters
    }

    /// One field for each character, in the order of reading.
    fn fields(&self, count: usize, edge: f64) -> Vec<Field> {
        let shorter = self.width.min(self.height);
        let margin = edge + MARGIN * shorter;
        let whole =
            Field { left: margin, top: margin, width: self.width - 2.0 * margin, height: self.height - 2.0 * margin };
        let gap = BETWEEN * shorter;
        if self.width > 1.5 * self.height {
            return whole.columns(count, gap);
        }
        if self.height > 1.5 * self.width {
            return whole.rows(count, gap);
        }
        if self.from_left {
            return whole.lines(count, gap);
        }
        if count == 2 {
            return whole.columns(2, gap).into_iter().rev().collect();
        }
        // Columns of two from the right; what is odd stands alone in the first one.
        let columns = count.div_ceil(2);
        let alone = count % 2 == 1;
        let mut fields = Vec::new();
        for (place, column) in whole.columns(columns, gap).into_iter().rev().enumerate() {
            let in_column = if alone && place == 0 { 1 } else { 2 };
            fields.extend(column.rows(in_column, gap));
        }
        fields
    }

    /// A character, stretched so that its face fills the field; as a hole in a red ground.
    fn engrave(&self, font: &Font, (character, selector): (char, Option<char>), field: &Field) -> Result<Path, Error> {
        let glyph = font.glyph(character, selector)?;
        let (top, bottom) = font.face();
        let face = (bottom - top).max(0.1);
        let (across, down) = (field.width / face, field.height / face);
        let middle = Point::new(glyph.advance / 2.0, f64::midpoint(top, bottom));
        let (x, y) = (field.left + field.width / 2.0, field.top + field.height / 2.0);
        let path = glyph.path.map(|at| Point::new(x + (at.x - middle.x) * across, y + (at.y - middle.y) * down));
        // Fonts draw outlines with the clock (TrueType) or against it (CFF). The ground runs with it, and
        // what runs against it, inside, is left out.
        let against = path.area() < 0.0;
        Ok(if self.relief == Relief::Yin && !against { path.reversed() } else { path })
    }
}

/// Where a character stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Field {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Field {
    fn columns(&self, count: usize, gap: f64) -> Vec<Field> {
        let width = share(self.width, count, gap);
        (0..count).map(|at| Field { left: self.left + at as f64 * (width + gap), width, ..*self }).collect()
    }

    fn rows(&self, count: usize, gap: f64) -> Vec<Field> {
        let height = share(self.height, count, gap);
        (0..count).map(|at| Field { top: self.top + at as f64 * (height + gap), height, ..*self }).collect()
    }

    /// As many rows as columns, or one fewer; the last row is stretched.
    fn lines(&self, count: usize, gap: f64) -> Vec<Field> {
        let in_row = (1..=MOST).find(|side| side * side >= count).unwrap_or(1);
        let rows = count.div_ceil(in_row);
        let mut left = count;
        let mut fields = Vec::new();
        for row in self.rows(rows, gap) {
            let here = left.min(in_row);
            left -= here;
            fields.extend(row.columns(here, gap));
        }
        fields
    }
}

fn share(length: f64, count: usize, gap: f64) -> f64 {
    let count = count.max(1) as f64;
    ((length - gap * (count - 1.0)) / count).max(0.01)
}
