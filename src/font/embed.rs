//! Fonts made small for a document: only the glyphs that it shows, and what says what they mean.

use std::collections::BTreeMap;

use harfrust::{Buffer, ShapeOptions, ShaperFont, shape};
use skrifa::GlyphId;
use subsetter::GlyphRemapper;

use crate::error::{Error, ErrorKind};
use crate::font::{Font, Script, script_of};

/// Collects what a document shows of a font.
#[derive(Debug)]
pub(crate) struct Subset<'f> {
    font: &'f Font,
    remapper: GlyphRemapper,
    /// What each glyph of the subset means.
    meanings: BTreeMap<u16, String>,
    /// The width of each, in thousandths of the em.
    widths: BTreeMap<u16, f64>,
}

/// A glyph of a text that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Set {
    /// Its number in the subset, which is its CID in PDF and its glyph index in OFD.
    pub(crate) code: u16,
    /// How far the next one stands, in ems.
    pub(crate) advance: f64,
    /// How far it is moved itself, in ems to the right and upwards.
    pub(crate) offset: (f64, f64),
}

/// A font program with what a document says about it.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// The PostScript name with the six letters that mark a subset (ISO 32000-2, 9.9.2).
    pub(crate) name: String,
    pub(crate) program: Program,
    /// In thousandths of the em, from glyph 0 on.
    pub(crate) widths: Vec<f64>,
    pub(crate) meanings: BTreeMap<u16, String>,
    /// Left, lower, right and upper in thousandths of the em.
    pub(crate) bounds: [f64; 4],
    pub(crate) ascent: f64,
    pub(crate) descent: f64,
    pub(crate) cap_height: f64,
}

/// The outlines.
#[derive(Debug)]
pub(crate) enum Program {
    /// A TrueType font whole.
    TrueType(Vec<u8>),
    /// The table `CFF ` alone, CID-keyed.
    Cff(Vec<u8>),
}

impl<'f> Subset<'f> {
    pub(crate) fn of(font: &'f Font) -> Self {
        let remapper = GlyphRemapper::new();
        Subset { font, remapper, meanings: BTreeMap::new(), widths: BTreeMap::new() }
    }

    /// Takes the glyphs of a text into the subset, and gives them in the order in which they are shown.
    pub(crate) fn set(&mut self, text: &str) -> Result<Vec<Set>, Error> {
        self.font.require(text)?;
        match script_of(text) {
            Script::Plain => {
                let shown = text.chars().filter(|character| !super::is_invisible(*character));
                shown.map(|character| self.plain(character)).collect()
            }
            Script::Joined | Script::Mongolian => self.shaped(text),
        }
    }

    /// How far the font itself moves the pen behind a glyph of the subset, in ems.
    pub(crate) fn width(&self, code: u16) -> f64 {
        self.widths.get(&code).map_or(1.0, |width| width / 1000.0)
    }

    fn plain(&mut self, character: char) -> Result<Set, Error> {
        let missing = || Error::new(ErrorKind::Mismatch, format!("the font has no glyph for {character}"));
        let id = self.font.glyph_id(character).ok_or_else(missing)?.to_u32();
        let units = f64::from(self.font.inner().units_per_em());
        let advance = f64::from(self.font.inner().glyph_metrics().h_advance(id.into())) / units;
        let code = self.take(id, advance, &character.to_string())?;
        Ok(Set { code, advance, offset: (0.0, 0.0) })
    }

    fn shaped(&mut self, text: &str) -> Result<Vec<Set>, Error> {
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        shape(&ShaperFont::new(self.font.inner()), &mut buffer, ShapeOptions::new())
            .map_err(|error| Error::unsupported(format!("\"{text}\" cannot be set: {error}")))?;
        let units = f64::from(self.font.inner().units_per_em());
        let starts: std::collections::BTreeSet<usize> =
            buffer.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let mut told = std::collections::BTreeSet::new();
        let mut set = Vec::new();
        for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            let start = info.cluster as usize;
            let end = starts.range(start + 1..).next().copied().unwrap_or(text.len());
            // Of several glyphs for one piece of text the first says all of it.
            let meaning = if told.insert(start) { text.get(start..end).unwrap_or_default() } else { "" };
            let natural = f64::from(self.font.inner().glyph_metrics().h_advance(info.glyph_id.into())) / units;
            let code = self.take(info.glyph_id, natural, meaning)?;
            let offset = (f64::from(position.x_offset) / units, f64::from(position.y_offset) / units);
            set.push(Set { code, advance: f64::from(position.x_advance) / units, offset });
        }
        Ok(set)
    }

    fn take(&mut self, id: u32, advance: f64, meaning: &str) -> Result<u16, Error> {
        let id = u16::try_from(id).map_err(|_| Error::unsupported("the font has more than 65535 glyphs"))?;
        let code = self.remapper.remap(id);
        self.widths.insert(code, advance * 1000.0);
        if !meaning.is_empty() {
            self.meanings.entry(code).or_insert_with(|| meaning.to_owned());
        }
        Ok(code)
    }

    /// Makes the small font.
    pub(crate) fn finish(self) -> Result<Embedded, Error> {
        let units = f64::from(self.font.inner().units_per_em());
        let metrics = self.font.inner().metrics();
        let thousandths = |length: f64| length * 1000.0 / units;
        let bounds = metrics.bounds;
        let sides = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max];
        let line = metrics.typo_line.or(metrics.hhea_line);
        let (ascent, descent) = line.map_or((880.0, -120.0), |line| {
            (thousandths(f64::from(line.ascender.to_f32())), thousandths(f64::from(line.descender.to_f32())))
        });
        let cap_height = metrics.cap_height.map_or(700.0, |height| thousandths(f64::from(height.to_f32())));
        let sfnt = self.sfnt()?;
        let program = match table(&sfnt, b"CFF ") {
            Some(outlines) => Program::Cff(outlines.to_vec()),
            None => Program::TrueType(sfnt),
        };
        let count = self.remapper.num_gids();
        let unknown = f64::from(self.font.inner().glyph_metrics().h_advance(GlyphId::NOTDEF)) * 1000.0 / units;
        Ok(Embedded {
            name: self.name(),
            program,
            widths: (0..count).map(|code| self.widths.get(&code).copied().unwrap_or(unknown)).collect(),
            meanings: self.meanings,
            bounds: sides.map(|side| thousandths(f64::from(side.to_f32()))),
            ascent,
            descent,
            cap_height,
        })
    }

    fn sfnt(&self) -> Result<Vec<u8>, Error> {
        let (bytes, index) = self.font.source()?;
        subsetter::subset(bytes, index, &self.remapper).map_err(|error| {
            Error::new(
                ErrorKind::Unsupported,
                format!("the font \"{}\" cannot be made smaller: {error}", self.font.name()),
            )
        })
    }

    /// A font file of the glyphs in use that maps characters to them itself: for formats whose text is characters.
    pub(crate) fn font_file(&self) -> Result<Vec<u8>, Error> {
        let mut characters = BTreeMap::new();
        for (code, meaning) in &self.meanings {
            let mut letters = meaning.chars();
            if let (Some(letter), None) = (letters.next(), letters.next()) {
                characters.insert(u32::from(letter), *code);
            }
        }
        Ok(with_table(&self.sfnt()?, *b"cmap", &character_map(&characters)))
    }

    fn name(&self) -> String {
        let plain: String = self.font.name().chars().filter(|one| one.is_ascii_alphanumeric() || *one == '-').collect();
        let plain = if plain.is_empty() { "Font".to_owned() } else { plain };
        // The letters follow from the glyphs, so that the same text gives the same file.
        let mut sum = self.remapper.remapped_gids().fold(5381_u64, |sum, id| sum.wrapping_mul(33) ^ u64::from(id));
        let mut tag = String::new();
        for _ in 0..6 {
            tag.push(char::from(b'A' + (sum % 26) as u8));
            sum /= 26;
        }
        format!("{tag}+{plain}")
    }
}

/// A table of a font file.
fn table<'t>(sfnt: &'t [u8], tag: &[u8; 4]) -> Option<&'t [u8]> {
    let count = usize::from(u16::from_be_bytes(sfnt.get(4..6)?.try_into().ok()?));
    let record = sfnt.get(12..)?.chunks_exact(16).take(count).find(|record| record.starts_with(tag))?;
    let number = |range: std::ops::Range<usize>| Some(u32::from_be_bytes(record.get(range)?.try_into().ok()?) as usize);
    let (offset, length) = (number(8..12)?, number(12..16)?);
    sfnt.get(offset..offset.checked_add(length)?)
}

/// The font file with one more table (OpenType, table directory).
fn with_table(sfnt: &[u8], tag: [u8; 4], data: &[u8]) -> Vec<u8> {
    let count = sfnt.get(4..6).map_or(0, |count| {
        u16::from_be_bytes([count.first().copied().unwrap_or(0), count.get(1).copied().unwrap_or(0)])
    });
    let tags = sfnt.get(12..).unwrap_or_default().chunks_exact(16).take(usize::from(count));
    let mut tables: BTreeMap<[u8; 4], &[u8]> = tags
        .filter_map(|record| {
            let tag: [u8; 4] = record.get(..4)?.try_into().ok()?;
            Some((tag, table(sfnt, &tag)?))
        })
        .collect();
    tables.insert(tag, data);
    let count = tables.len() as u16;
    let power = 1_u16 << count.ilog2();
    let mut head = sfnt.get(..4).unwrap_or_default().to_vec();
    for word in [count, power * 16, count.ilog2() as u16, (count - power) * 16] {
        head.extend(word.to_be_bytes());
    }
    let mut body = Vec::new();
    let start = 12 + 16 * tables.len();
    for (tag, data) in tables {
        head.extend(tag);
        for word in [checksum(data), (start + body.len()) as u32, data.len() as u32] {
            head.extend(word.to_be_bytes());
        }
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    head.extend(body);
    head
}

fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0, |sum: u32, part| {
        let word = part.iter().chain(&[0; 3]).take(4).fold(0, |word, byte| word << 8 | u32::from(*byte));
        sum.wrapping_add(word)
    })
}

/// A table `cmap` of one segmented coverage of all of Unicode (format 12).
fn character_map(characters: &BTreeMap<u32, u16>) -> Vec<u8> {
    let mut groups: Vec<(u32, u32, u32)> = Vec::new();
    for (character, glyph) in characters {
        let glyph = u32::from(*glyph);
        match groups.last_mut() {
            Some((from, to, first)) if *to + 1 == *character && *first + (*character - *from) == glyph => {
                *to = *character
            }
            _ => groups.push((*character, *character, glyph)),
        }
    }
    let mut table = Vec::new();
    for word in [0_u16, 1, 3, 10] {
        table.extend(word.to_be_bytes());
    }
    table.extend(12_u32.to_be_bytes());
    table.extend([0, 12, 0, 0]);
    for word in [16 + 12 * groups.len() as u32, 0, groups.len() as u32] {
        table.extend(word.to_be_bytes());
    }
    for (from, to, first) in groups {
        for word in [from, to, first] {
            table.extend(word.to_be_bytes());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Program, Subset, table};
    use crate::font::Font;

    fn font(name: &str) -> Font {
        let path = format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"));
        Font::read(std::fs::read(path).unwrap(), 0).unwrap()
    }

    #[test]
    fn only_what_is_shown_is_kept_and_the_same_each_time() {
        for (name, text) in [("letters/LetterSong-subset.otf", "电子印章电子"), ("fonts/SealFigures.ttf", "0123")]
        {
            let font = font(name);
            let embedded = || {
                let mut subset = Subset::of(&font);
                let codes: Vec<u16> = subset.set(text).unwrap().iter().map(|one| one.code).collect();
                (codes, subset.finish().unwrap())
            };
            let (codes, one) = embedded();
            let different: std::collections::BTreeSet<char> = text.chars().collect();
            assert_eq!(one.widths.len(), different.len() + 1, "and the glyph for what is missing");
            assert_eq!(codes[0], 1);
            assert_eq!(one.meanings[&1], text.chars().next().unwrap().to_string());
            let (Program::Cff(bytes) | Program::TrueType(bytes)) = &one.program;
            let (Program::Cff(again) | Program::TrueType(again)) = embedded().1.program;
            assert_eq!(*bytes, again);
            assert!(bytes.len() < font.source().unwrap().0.len() / 3, "{}", bytes.len());
            assert_eq!((&one.name[6..7], one.name.len() > 7), ("+", true));
        }
    }

    #[test]
    fn font_files_map_their_characters() {
        for (name, text) in [("letters/LetterSong-subset.otf", "印章应用"), ("fonts/SealFigures.ttf", "0189")] {
            let font = font(name);
            let mut subset = Subset::of(&font);
            subset.set(text).unwrap();
            let small = Font::read(subset.font_file().unwrap(), 0).unwrap();
            assert_eq!(small.missing(text), "");
            assert_eq!(small.missing("示"), "示");
            for letter in text.chars() {
                let (one, other) = (small.glyph(letter, None).unwrap(), font.glyph(letter, None).unwrap());
                assert_eq!(one.path.bounds().unwrap().width(), other.path.bounds().unwrap().width());
            }
        }
    }

    #[test]
    fn joined_letters_keep_their_forms_and_their_meaning() {
        let font = font("fonts/NotoNaskhArabic-Bold-subset.ttf");
        let mut subset = Subset::of(&font);
        let set = subset.set("خەلق").unwrap();
        let apart: f64 = "خەلق".chars().map(|one| font.measure(&one.to_string()).unwrap()).sum();
        assert!(set.iter().map(|one| one.advance).sum::<f64>() < apart, "joined");
        let said: String = subset.finish().unwrap().meanings.into_values().collect();
        assert_eq!(said.chars().count(), 4);
    }

    #[test]
    fn tables_of_broken_files_are_none() {
        assert_eq!(table(b"", b"CFF "), None);
        assert_eq!(table(&[0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, b'C', b'F', b'F', b' '], b"CFF "), None);
    }
}
