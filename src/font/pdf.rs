//! An embedded font as PDF objects: Type 0 with Identity-H, so that codes are glyphs (ISO 32000-2, 9.7 and 9.9).

use pdf_writer::types::{FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Dict, Finish as _, Name, Rect, Ref, Str};

use crate::deflate::zlib_small;
use crate::error::Error;
use crate::font::embed::{Embedded, Program, Set};

/// How many objects a font takes.
pub(crate) const OBJECTS: i32 = 5;

/// A font that is compressed once, to be written into any number of documents.
#[derive(Debug)]
pub(crate) struct Compact {
    name: String,
    /// The font's program and its map of meanings, deflated.
    program: Vec<u8>,
    map: Vec<u8>,
    /// The length of a whole TrueType font; the table `CFF ` alone has none.
    true_type: Option<usize>,
    /// Runs of widths that are not those of an ideograph, with the first glyph of each.
    widths: Vec<(u16, Vec<f32>)>,
    bounds: [f32; 4],
    ascent: f32,
    descent: f32,
    cap_height: f32,
}

/// The width of an ideograph in thousandths of the em, which needs not be written.
const IDEOGRAPH: f64 = 1000.0;

impl Embedded {
    /// Writes the objects `first` to `first` + 4; the first is the font.
    pub(crate) fn write(&self, chunk: &mut Chunk, first: i32) -> Result<(), Error> {
        self.compact(zlib_small)?.write(chunk, first);
        Ok(())
    }

    /// Compresses what is long.
    pub(crate) fn compact(&self, zlib: fn(&[u8]) -> Result<Vec<u8>, Error>) -> Result<Compact, Error> {
        let (Program::TrueType(outlines) | Program::Cff(outlines)) = &self.program;
        let mut map = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), system());
        for (code, meaning) in &self.meanings {
            map.pair_with_multiple(*code, meaning.chars());
        }
        Ok(Compact {
            name: self.name.clone(),
            program: zlib(outlines)?,
            map: zlib(&map.finish())?,
            true_type: matches!(self.program, Program::TrueType(_)).then_some(outlines.len()),
            widths: runs(&self.widths),
            bounds: self.bounds.map(|side| side as f32),
            ascent: self.ascent as f32,
            descent: self.descent as f32,
            cap_height: self.cap_height as f32,
        })
    }
}

fn system() -> SystemInfo<'static> {
    let [registry, ordering] = SYSTEM;
    SystemInfo { registry: Str(registry), ordering: Str(ordering), supplement: 0 }
}

/// The strings of a font's objects: by which system its characters are numbered.
pub(crate) const SYSTEM: [&[u8]; 2] = [b"Adobe", b"Identity"];

/// The widths that differ from the default, neighbours together.
fn runs(widths: &[f64]) -> Vec<(u16, Vec<f32>)> {
    let mut runs: Vec<(u16, Vec<f32>)> = Vec::new();
    for (code, width) in (0_u16..).zip(widths).filter(|(_, width)| **width != IDEOGRAPH) {
        match runs.last_mut() {
            Some((first, run)) if usize::from(*first) + run.len() == usize::from(code) => run.push(*width as f32),
            _ => runs.push((code, vec![*width as f32])),
        }
    }
    runs
}

impl Compact {
    /// Writes the objects `first` to `first` + 4; the first is the font.
    pub(crate) fn write(&self, chunk: &mut Chunk, first: i32) {
        for place in 0..OBJECTS {
            let number = Ref::new(first.saturating_add(place));
            match self.data(place) {
                Some(data) => self.entries(place, first, SYSTEM, &mut chunk.stream(number, data)),
                None => self.entries(place, first, SYSTEM, &mut chunk.indirect(number).dict()),
            }
        }
    }

    /// What stands in the stream of the object in this place, deflated, if it is one.
    pub(crate) fn data(&self, place: i32) -> Option<&[u8]> {
        match place {
            3 => Some(&self.program),
            4 => Some(&self.map),
            _ => None,
        }
    }

    /// Writes the entries of the object in this place, but for `/Length`; `system` is [`SYSTEM`] as the file stores it.
    pub(crate) fn entries(&self, place: i32, first: i32, system: [&[u8]; 2], dict: &mut Dict<'_>) {
        let number = |place: i32| Ref::new(first.saturating_add(place));
        match place {
            0 => {
                dict.pair(Name(b"Type"), Name(b"Font")).pair(Name(b"Subtype"), Name(b"Type0"));
                dict.pair(Name(b"BaseFont"), Name(self.name.as_bytes()));
                dict.pair(Name(b"Encoding"), Name(b"Identity-H"));
                dict.insert(Name(b"DescendantFonts")).array().item(number(1));
                dict.pair(Name(b"ToUnicode"), number(4));
            }
            1 => self.cid_font(dict, system, number(2)),
            2 => self.descriptor(dict, number(3)),
            3 => {
                dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
                match self.true_type {
                    Some(length) => dict.pair(Name(b"Length1"), i32::try_from(length).unwrap_or(i32::MAX)),
                    None => dict.pair(Name(b"Subtype"), Name(b"CIDFontType0C")),
                };
            }
            _ => drop(dict.pair(Name(b"Filter"), Name(b"FlateDecode"))),
        }
    }

    fn cid_font(&self, dict: &mut Dict<'_>, [registry, ordering]: [&[u8]; 2], descriptor: Ref) {
        let is_true_type = self.true_type.is_some();
        let subtype: &[u8] = if is_true_type { b"CIDFontType2" } else { b"CIDFontType0" };
        dict.pair(Name(b"Type"), Name(b"Font")).pair(Name(b"Subtype"), Name(subtype));
        dict.pair(Name(b"BaseFont"), Name(self.name.as_bytes()));
        let mut system = dict.insert(Name(b"CIDSystemInfo")).dict();
        system.pair(Name(b"Registry"), Str(registry)).pair(Name(b"Ordering"), Str(ordering));
        system.pair(Name(b"Supplement"), 0);
        system.finish();
        dict.pair(Name(b"FontDescriptor"), descriptor).pair(Name(b"DW"), IDEOGRAPH as f32);
        if is_true_type {
            dict.pair(Name(b"CIDToGIDMap"), Name(b"Identity"));
        }
        if self.widths.is_empty() {
            return;
        }
        let mut widths = dict.insert(Name(b"W")).array();
        for (first, run) in &self.widths {
            widths.item(i32::from(*first));
            widths.push().array().items(run.iter().copied());
        }
    }

    fn descriptor(&self, dict: &mut Dict<'_>, program: Ref) {
        let [left, lower, right, upper] = self.bounds;
        dict.pair(Name(b"Type"), Name(b"FontDescriptor")).pair(Name(b"FontName"), Name(self.name.as_bytes()));
        let flags = i32::try_from(FontFlags::SYMBOLIC.bits()).unwrap_or_default();
        dict.pair(Name(b"Flags"), flags).pair(Name(b"FontBBox"), Rect::new(left, lower, right, upper));
        dict.pair(Name(b"ItalicAngle"), 0).pair(Name(b"Ascent"), self.ascent).pair(Name(b"Descent"), self.descent);
        dict.pair(Name(b"CapHeight"), self.cap_height).pair(Name(b"StemV"), 80);
        let key: &[u8] = if self.true_type.is_some() { b"FontFile2" } else { b"FontFile3" };
        dict.pair(Name(key), program);
    }
}

/// The string that shows these glyphs.
pub(crate) fn codes(set: &[Set]) -> Vec<u8> {
    set.iter().flat_map(|one| one.code.to_be_bytes()).collect()
}
