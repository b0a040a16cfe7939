//! Font programs as documents embed them: outlines by the numbers by which text shows them.

use skrifa::GlyphId;
use skrifa::raw::ps::Sid;
use skrifa::raw::ps::cff::CffFontRef;

use crate::font::{Font, Path, Sink};

/// How a program is packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Program {
    /// TrueType: the numbers are those of its glyphs.
    TrueType,
    /// A table of Adobe's compact format alone: the numbers are CIDs, if it has some, or those of its glyphs.
    Compact,
}

/// The outlines of these glyphs in ems, y downwards; none of a glyph that is not there or does not draw, nothing at all
/// where the program cannot be read.
pub(crate) fn outlines(bytes: &[u8], program: Program, numbers: &[u32]) -> Option<Vec<Option<Path>>> {
    match program {
        Program::TrueType => {
            let font = Font::of_document(bytes.to_vec()).ok()?;
            Some(numbers.iter().map(|number| font.outline_of(*number)).collect())
        }
        Program::Compact => {
            let font = CffFontRef::new_cff(bytes, 0, None).ok()?;
            Some(numbers.iter().map(|number| compact(&font, *number)).collect())
        }
    }
}

fn compact(font: &CffFontRef<'_>, number: u32) -> Option<Path> {
    let glyph = match font.charset().filter(|_| font.is_cid()) {
        Some(charset) => charset.glyph_id(Sid::new(u16::try_from(number).ok()?))?,
        None => GlyphId::new(number),
    };
    let units = f64::from(font.upem());
    if glyph.to_u32() >= font.num_glyphs() || units <= 0.0 {
        return None;
    }
    let part = font.subfont(font.subfont_index(glyph)?, &[]).ok()?;
    let mut sink = Sink { path: Path::new(), units, open: false };
    font.draw(&part, glyph, &[], None, &mut sink).ok()?;
    sink.finish();
    let is_finite = sink.path.bounds().is_none_or(|bounds| (bounds.width() + bounds.height()).is_finite());
    is_finite.then_some(sink.path)
}
