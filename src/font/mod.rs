//! Fonts that the caller supplies: outlines, widths, shaping. Nothing here knows a seal or a page.

mod embed;
mod layout;
mod path;
mod pdf;
#[cfg(feature = "compose")]
mod program;
mod shape;

use std::fmt;
use std::sync::Arc;

use skrifa::font::Source;
use skrifa::font::name::NameId;
use skrifa::{DrawMemory, GlyphId, PathSink, ScalerFont};

use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

pub(crate) use crate::font::embed::{Embedded, Set, Subset};
#[cfg(feature = "compose")]
pub(crate) use crate::font::layout::break_lines;
pub(crate) use crate::font::path::{Bounds, Path, Point, Segment};
pub(crate) use crate::font::pdf::{Compact, OBJECTS, SYSTEM, codes};
#[cfg(feature = "compose")]
pub(crate) use crate::font::program::{Program, outlines};
pub(crate) use crate::font::shape::{Run, Script, script_of};

/// How much of the em the ink of an ideograph takes at most, by the usual design of Song faces: its
/// face (字面).
pub(crate) const FACE: f64 = 0.92;

/// A font: TrueType or OpenType with outlines, or one font of a collection.
///
/// Cloning shares the bytes.
///
/// ```
/// # fn example(bytes: Vec<u8>) -> Result<(), eseal::Error> {
/// use eseal::draw::Font;
///
/// let song = Font::read(bytes, 0)?;
/// assert!(song.missing("示例市人民政府").is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Font {
    scaler: Arc<ScalerFont>,
    /// Its place in a collection.
    index: u32,
    name: String,
    /// Where the em square of ideographs begins and ends, in ems below the baseline.
    em: (f64, f64),
}

/// A glyph's outline in ems.
#[derive(Clone, Debug)]
pub(crate) struct Glyph {
    pub(crate) path: Path,
    pub(crate) advance: f64,
}

impl Font {
    /// Reads a font from its bytes; `index` is its place in a collection (`.ttc`), 0 otherwise.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the bytes are no font or the collection has no such font,
    /// [`ErrorKind::Unsupported`] when it has no outlines or no map of characters,
    /// [`ErrorKind::TooLarge`] when it has more than 512 MiB, the default of
    /// [`Limits::stream_bytes`](crate::Limits::stream_bytes).
    pub fn read(bytes: impl Into<Vec<u8>>, index: u32) -> Result<Self, Error> {
        let bytes: Vec<u8> = bytes.into();
        let limit = Limits::default().stream_bytes;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
            return Err(Error::too_large(format!("the font has {} bytes; the limit is {limit}", bytes.len())));
        }
        let length = bytes.len();
        let font = skrifa::Font::new(bytes, index).ok_or_else(|| {
            Error::malformed(format!("the {length} bytes are no font, or a collection without a font of index {index}"))
        })?;
        let name = name(&font);
        if font.outline_glyphs().is_empty() {
            return Err(Error::unsupported(format!("the font \"{name}\" has no outlines: give one that has")));
        }
        if !font.charmap().has_unicode() {
            return Err(Error::unsupported(format!(
                "the font \"{name}\" does not say which glyphs stand for which characters of Unicode"
            )));
        }
        let em = em_square(&font);
        Ok(Font { scaler: Arc::new(ScalerFont::unhinted(font, None)), index, name, em })
    }

    /// Reads a font that a document embeds, which may lack the map of characters: its glyphs are then known
    /// by their numbers alone.
    #[cfg(any(feature = "compose", feature = "render"))]
    pub(crate) fn of_document(bytes: Vec<u8>) -> Result<Self, Error> {
        let font = skrifa::Font::new(bytes, 0).ok_or_else(|| Error::malformed("the file is no font"))?;
        if font.outline_glyphs().is_empty() {
            return Err(Error::unsupported("the font has no outlines"));
        }
        let (name, em) = (name(&font), em_square(&font));
        Ok(Font { scaler: Arc::new(ScalerFont::unhinted(font, None)), index: 0, name, em })
    }

    /// The number of the glyph that stands for a character.
    #[cfg(feature = "render")]
    pub(crate) fn number_of(&self, character: char) -> Option<u32> {
        self.glyph_id(character).map(GlyphId::to_u32)
    }

    /// The outline of a glyph in ems, if there is such a glyph and it can be drawn.
    #[cfg(any(feature = "compose", feature = "render"))]
    pub(crate) fn outline_of(&self, number: u32) -> Option<Path> {
        self.outline(GlyphId::new(number)).ok().map(|glyph| glyph.path)
    }

    /// The font's full name, as it calls itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The characters of `text` that the font cannot show, each once.
    #[must_use]
    pub fn missing(&self, text: &str) -> String {
        let mut missing = String::new();
        for character in text.chars() {
            let known = is_invisible(character) || self.glyph_id(character).is_some();
            if !known && !missing.contains(character) {
                missing.push(character);
            }
        }
        missing
    }

    /// A font file with only the characters of `text`, to be embedded into a document: some kilobytes instead of
    /// some megabytes. It maps its characters itself, as OFD asks for; the same text gives the same file.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use eseal::draw::Font;
    ///
    /// let song = Font::read(include_bytes!("../../testdata/fonts/NotoSerifCJKsc-Bold-subset.otf"), 0)?;
    /// let small = Font::read(song.subset("示例市")?, 0)?;
    /// assert!(small.missing("示例市").is_empty());
    /// assert_eq!(small.missing("人民"), "人民");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the font lacks characters, [`ErrorKind::Unsupported`] for fonts that cannot be
    /// made smaller, such as variable ones with CFF2 outlines.
    pub fn subset(&self, text: &str) -> Result<Vec<u8>, Error> {
        let mut subset = Subset::of(self);
        subset.set(text)?;
        subset.font_file()
    }

    /// Whether both were read from the same bytes.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.scaler, &other.scaler)
    }

    /// Refuses text that the font cannot show, naming the characters.
    pub(crate) fn require(&self, text: &str) -> Result<(), Error> {
        let missing = self.missing(text);
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = missing.chars().map(|c| format!("{c} (U+{:04X})", u32::from(c))).collect();
        Err(Error::new(
            ErrorKind::Mismatch,
            format!("the font \"{}\" has no glyph for {}: give a font that has", self.name, names.join(", ")),
        ))
    }

    /// The top and the bottom of an ideograph's face, in ems below the baseline.
    pub(crate) fn face(&self) -> (f64, f64) {
        let (top, bottom) = self.em;
        let margin = (bottom - top) * (1.0 - FACE) / 2.0;
        (top + margin, bottom - margin)
    }

    /// Whether it has a glyph for a character that is seen.
    #[cfg(feature = "compose")]
    pub(crate) fn shows(&self, character: char) -> bool {
        !is_invisible(character) && self.glyph_id(character).is_some()
    }

    /// The glyph of a character, which may be chosen by a variation selector behind it.
    pub(crate) fn glyph(&self, character: char, selector: Option<char>) -> Result<Glyph, Error> {
        let chosen = selector.and_then(|selector| self.inner().charmap().map_unicode_variant(character, selector));
        let id = chosen.or_else(|| self.glyph_id(character)).ok_or_else(|| {
            Error::new(ErrorKind::Mismatch, format!("the font \"{}\" has no glyph for {character}", self.name))
        })?;
        self.outline(id)
    }

    pub(crate) fn inner(&self) -> &skrifa::Font {
        self.scaler.font()
    }

    /// The bytes that the font was read from, and its place in them.
    pub(crate) fn source(&self) -> Result<(&[u8], u32), Error> {
        match self.inner().source() {
            Source::Blob(bytes) => Ok((bytes.as_ref(), self.index)),
            Source::TableFunction(_) => Err(Error::unsupported("the font was not read from bytes")),
        }
    }

    fn glyph_id(&self, character: char) -> Option<GlyphId> {
        self.inner().charmap().map_unicode(character).filter(|id| *id != GlyphId::NOTDEF)
    }

    fn outline(&self, id: GlyphId) -> Result<Glyph, Error> {
        let units = f64::from(self.inner().units_per_em());
        let mut sink = Sink { path: Path::new(), units, open: false };
        if let Some(outline) = self.scaler.outline(id) {
            outline.draw(DrawMemory::Scratch, &mut sink).map_err(|error| {
                Error::malformed(format!(
                    "glyph {} of the font \"{}\" cannot be drawn: {error}",
                    id.to_u32(),
                    self.name
                ))
            })?;
        }
        sink.finish();
        let advance = f64::from(self.inner().glyph_metrics().h_advance(id)) / units;
        let finite = sink.path.bounds().is_none_or(|bounds| (bounds.width() + bounds.height()).is_finite());
        if !finite || !advance.is_finite() {
            return Err(Error::malformed(format!(
                "glyph {} of the font \"{}\" has points that are no numbers",
                id.to_u32(),
                self.name
            )));
        }
        Ok(Glyph { path: sink.path, advance })
    }
}

impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Font({:?})", self.name)
    }
}

/// Characters that are obeyed and not shown: selectors and joiners.
pub(crate) fn is_invisible(character: char) -> bool {
    is_selector(character) || matches!(character, '\u{200B}'..='\u{200F}' | '\u{180E}' | '\u{2060}' | '\u{FEFF}')
}

/// Variation selectors, by which a name's writer chooses among forms of one character.
pub(crate) fn is_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}')
}

fn name(font: &skrifa::Font) -> String {
    let named = |id| {
        let name: String = font.names().get(id)?.english_or_first()?.name().chars().take(128).collect();
        (!name.trim().is_empty()).then_some(name)
    };
    named(NameId::FULL_NAME).or_else(|| named(NameId::FAMILY_NAME)).unwrap_or_else(|| "unnamed".into())
}

/// Ascender and descender of an East Asian font span its em square (OpenType, `OS/2`,
/// sTypoAscender); where another font's do not, the square is assumed where such fonts have it.
fn em_square(font: &skrifa::Font) -> (f64, f64) {
    let units = f64::from(font.units_per_em());
    let line = font.metrics().typo_line.map(|line| {
        let (above, below) = (f64::from(line.ascender.to_f32()), f64::from(line.descender.to_f32()));
        (-above / units, -below / units)
    });
    line.filter(|(top, bottom)| (bottom - top - 1.0).abs() < 0.01).unwrap_or((-0.88, 0.12))
}

/// Collects an outline, from font units upwards to ems downwards.
struct Sink {
    path: Path,
    units: f64,
    open: bool,
}

impl Sink {
    fn point(&self, x: f32, y: f32) -> Point {
        Point::new(f64::from(x) / self.units, -f64::from(y) / self.units)
    }

    fn finish(&mut self) {
        if std::mem::take(&mut self.open) {
            self.path.close();
        }
    }
}

impl PathSink for Sink {
    fn move_to(&mut self, x: f32, y: f32) {
        self.finish();
        self.open = true;
        self.path.move_to(self.point(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.point(x, y));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.path.quadratic_to(self.point(cx0, cy0), self.point(x, y));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.path.cubic_to(self.point(cx0, cy0), self.point(cx1, cy1), self.point(x, y));
    }

    fn close(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests;
