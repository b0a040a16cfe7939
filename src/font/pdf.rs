//! An embedded font as PDF objects: Type 0 with Identity-H, so that codes are glyphs (ISO 32000-2, 9.7 and 9.9).

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish as _, Name, Rect, Ref, Str};

use crate::error::Error;
use crate::font::embed::{Embedded, Program, Set};

/// How many objects a font takes.
pub(crate) const OBJECTS: i32 = 5;

impl Embedded {
    /// Writes the objects `first` to `first` + 4; the first is the font.
    pub(crate) fn write(&self, chunk: &mut Chunk, first: i32) -> Result<(), Error> {
        let number = |place: i32| Ref::new(first.saturating_add(place));
        let (font, descendant, descriptor, program, meanings) = (number(0), number(1), number(2), number(3), number(4));
        let name = Name(self.name.as_bytes());
        let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
        chunk
            .type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(meanings);
        let mut cid_font = chunk.cid_font(descendant);
        let is_true_type = matches!(self.program, Program::TrueType(_));
        cid_font.subtype(if is_true_type { CidFontType::Type2 } else { CidFontType::Type0 });
        cid_font.base_font(name).system_info(system).font_descriptor(descriptor).default_width(1000.0);
        if is_true_type {
            cid_font.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        cid_font.widths().consecutive(0, self.widths.iter().map(|width| *width as f32));
        cid_font.finish();
        let [left, lower, right, upper] = self.bounds.map(|side| side as f32);
        let mut entry = chunk.font_descriptor(descriptor);
        entry.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(left, lower, right, upper)).italic_angle(0.0);
        entry.ascent(self.ascent as f32).descent(self.descent as f32).cap_height(self.cap_height as f32).stem_v(80.0);
        if is_true_type {
            entry.font_file2(program)
        } else {
            entry.font_file3(program)
        };
        entry.finish();
        let (Program::TrueType(outlines) | Program::Cff(outlines)) = &self.program;
        let bytes = deflated(outlines)?;
        let mut stream = chunk.stream(program, &bytes);
        stream.filter(Filter::FlateDecode);
        if is_true_type {
            stream.pair(Name(b"Length1"), i32::try_from(outlines.len()).unwrap_or(i32::MAX));
        } else {
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        }
        stream.finish();
        let mut map = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), system);
        for (code, meaning) in &self.meanings {
            map.pair_with_multiple(*code, meaning.chars());
        }
        let bytes = deflated(&map.finish())?;
        chunk.stream(meanings, &bytes).filter(Filter::FlateDecode);
        Ok(())
    }
}

/// The string that shows these glyphs.
pub(crate) fn codes(set: &[Set]) -> Vec<u8> {
    set.iter().flat_map(|one| one.code.to_be_bytes()).collect()
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|source| Error::too_large("the font does not compress").caused_by(source))
}
