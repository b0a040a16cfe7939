//! Fonts as documents embed them: a part that is made once and shared, and a small one for what else a document shows.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use crate::deflate::{zlib, zlib_small};
use crate::error::Error;
use crate::font::{Compact, Font, OBJECTS, Script, Set, Subset, is_invisible, script_of};

/// A font as documents embed it.
///
/// A document embeds only the glyphs that it shows. Making that part of a large font takes longer than all the rest
/// of a document, so for many documents alike it is made once, by [`Typeface::prepared`], of all their fixed text and
/// whatever characters are common; a document that shows others embeds those beside it.
///
/// Cloning shares everything.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use eseal::pdf::{Font, Typeface};
///
/// let song = Font::read(include_bytes!("../../../../testdata/fonts/NotoSerifCJKsc-Bold-subset.otf"), 0)?;
/// let once = Typeface::of(&song);
/// let often = Typeface::prepared(&song, "示例市人民政府")?;
/// # let _ = (once, often);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Typeface {
    inner: Arc<Inner>,
}

struct Inner {
    font: Font,
    fixed: Option<Fixed>,
}

/// The part that is the same in all documents.
struct Fixed {
    /// The glyph of each character, and how far it moves the pen, in ems.
    glyphs: HashMap<char, (u16, f64)>,
    program: Compact,
}

impl Typeface {
    /// A font of which each document embeds what it shows.
    #[must_use]
    pub fn of(font: &Font) -> Self {
        Typeface { inner: Arc::new(Inner { font: font.clone(), fixed: None }) }
    }

    /// A font of which every document embeds these characters, made small and compressed here and once. Those that
    /// the font lacks are left out; who shows one gets an error that names it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for fonts that cannot be made smaller, such as
    /// variable ones with CFF2 outlines.
    pub fn prepared(font: &Font, characters: &str) -> Result<Self, Error> {
        let missing = font.missing(characters);
        let wanted: BTreeSet<char> = characters.chars().filter(|one| stands_alone(*one)).collect();
        let mut subset = Subset::of(font);
        let mut glyphs = HashMap::new();
        for character in wanted.into_iter().filter(|one| !missing.contains(*one)) {
            let set = subset.set(character.encode_utf8(&mut [0; 4]))?;
            glyphs.extend(set.first().map(|set| (character, (set.code, set.advance))));
        }
        let program = subset.finish()?.compact(zlib_small)?;
        Ok(Typeface { inner: Arc::new(Inner { font: font.clone(), fixed: Some(Fixed { glyphs, program }) }) })
    }

    /// The font.
    #[must_use]
    pub fn font(&self) -> &Font {
        &self.inner.font
    }
}

impl fmt::Debug for Typeface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.inner.fixed.as_ref().map_or(0, |fixed| fixed.glyphs.len());
        write!(f, "Typeface({:?}, {count} characters prepared)", self.inner.font.name())
    }
}

/// Whether a character is shown, and looks the same whatever stands beside it.
fn stands_alone(character: char) -> bool {
    let is_plain = script_of(character.encode_utf8(&mut [0; 4])) == Script::Plain;
    is_plain && !is_invisible(character) && !character.is_control()
}

/// The part of a typeface in which a glyph is, and its name among the resources.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(in crate::document::pdf) struct Part {
    pub(in crate::document::pdf) face: usize,
    pub(in crate::document::pdf) is_fixed: bool,
}

impl Part {
    pub(in crate::document::pdf) fn name(self) -> String {
        format!("{}{}", if self.is_fixed { 'F' } else { 'S' }, self.face)
    }
}

/// A glyph that is shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::document::pdf) struct Glyph {
    pub(in crate::document::pdf) part: Part,
    pub(in crate::document::pdf) code: u16,
    /// How far the font moves the pen, and how far it has to be moved, in ems.
    pub(in crate::document::pdf) natural: f64,
    pub(in crate::document::pdf) advance: f64,
    /// How far the glyph is moved itself, to the right and upwards.
    pub(in crate::document::pdf) offset: (f64, f64),
}

/// What a document in the making shows of its typefaces.
pub(in crate::document::pdf) struct Faces<'t> {
    typefaces: &'t [Typeface],
    extra: Vec<Option<Subset<'t>>>,
}

impl<'t> Faces<'t> {
    pub(in crate::document::pdf) fn of(typefaces: &'t [Typeface]) -> Self {
        Faces { typefaces, extra: typefaces.iter().map(|_| None).collect() }
    }

    pub(in crate::document::pdf) fn font(&self, face: usize) -> Result<&'t Font, Error> {
        Ok(&self.typeface(face)?.inner.font)
    }

    fn typeface(&self, face: usize) -> Result<&'t Typeface, Error> {
        self.typefaces.get(face).ok_or_else(|| Error::misuse("a text is in a font of another document"))
    }

    /// The part in which characters are looked for first.
    pub(in crate::document::pdf) fn first_part(&mut self, face: usize) -> Result<Part, Error> {
        let is_fixed = self.typeface(face)?.inner.fixed.is_some();
        if !is_fixed {
            self.extra(face)?;
        }
        Ok(Part { face, is_fixed })
    }

    /// The glyphs of a text, in the order in which they are shown.
    pub(in crate::document::pdf) fn set(&mut self, face: usize, text: &str) -> Result<Vec<Glyph>, Error> {
        let typeface = self.typeface(face)?;
        let Some(fixed) = typeface.inner.fixed.as_ref().filter(|_| script_of(text) == Script::Plain) else {
            return self.set_extra(face, text);
        };
        let part = Part { face, is_fixed: true };
        let mut glyphs = Vec::with_capacity(text.len() / 2);
        for character in text.chars().filter(|one| !is_invisible(*one)) {
            match fixed.glyphs.get(&character) {
                Some((code, width)) => {
                    let (natural, advance) = (*width, *width);
                    glyphs.push(Glyph { part, code: *code, natural, advance, offset: (0.0, 0.0) });
                }
                None => glyphs.append(&mut self.set_extra(face, character.encode_utf8(&mut [0; 4]))?),
            }
        }
        Ok(glyphs)
    }

    fn set_extra(&mut self, face: usize, text: &str) -> Result<Vec<Glyph>, Error> {
        let extra = self.extra(face)?;
        let part = Part { face, is_fixed: false };
        let shown = |Set { code, advance, offset }| (code, advance, offset);
        let set: Vec<_> = extra.set(text)?.into_iter().map(shown).collect();
        let glyph = |(code, advance, offset)| Glyph { part, code, natural: extra.width(code), advance, offset };
        Ok(set.into_iter().map(glyph).collect())
    }

    fn extra(&mut self, face: usize) -> Result<&mut Subset<'t>, Error> {
        let font = self.font(face)?;
        let place = self.extra.get_mut(face).ok_or_else(|| Error::misuse("a text is in a font of another document"))?;
        Ok(place.get_or_insert_with(|| Subset::of(font)))
    }

    /// Writes the parts that are in use, five objects each from `first` on; gives their numbers.
    pub(in crate::document::pdf) fn write(
        self,
        used: &BTreeSet<Part>,
        first: i32,
        mut write: impl FnMut(&Compact, i32) -> Result<(), Error>,
    ) -> Result<HashMap<Part, i32>, Error> {
        let mut next = first;
        let mut numbers = HashMap::new();
        let mut put = |part: Part, font: &Compact| {
            write(font, next)?;
            numbers.insert(part, next);
            next = next.saturating_add(OBJECTS);
            Ok::<_, Error>(())
        };
        for (face, (typeface, extra)) in self.typefaces.iter().zip(self.extra).enumerate() {
            let part = |is_fixed| Part { face, is_fixed };
            if let Some(fixed) = typeface.inner.fixed.as_ref().filter(|_| used.contains(&part(true))) {
                put(part(true), &fixed.program)?;
            }
            if let Some(extra) = extra.filter(|_| used.contains(&part(false))) {
                put(part(false), &extra.finish()?.compact(zlib)?)?;
            }
        }
        Ok(numbers)
    }
}
