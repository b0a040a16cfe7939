//! Scripts whose letters join, stack or change places, set by a shaper.

use harfrust::{Buffer, Direction, ShapeOptions, ShaperFont, shape};
use skrifa::GlyphId;

use crate::error::{Error, ErrorKind};
use crate::font::{Font, Path, Point};

/// How a text has to be set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Script {
    /// One character after the other, each on its own: Han, Latin, Yi, Hangul.
    Plain,
    /// Letters that join along the line, or stack: Arabic (Uyghur, Kazakh, Kirghiz), Tibetan, Dai.
    Joined,
    /// Mongolian, Todo, Sibe, Manchu: letters join downwards.
    Mongolian,
}

/// Text that was set: one outline in ems, from 0 to `width` along the baseline.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) path: Path,
    pub(crate) width: f64,
}

/// Text may be set by one script's rules only; digits and punctuation go with any.
pub(crate) fn script_of(text: &str) -> Script {
    let scripts = || text.chars().map(script_of_character);
    if scripts().any(|script| script == Script::Mongolian) {
        Script::Mongolian
    } else if scripts().any(|script| script == Script::Joined) {
        Script::Joined
    } else {
        Script::Plain
    }
}

fn script_of_character(character: char) -> Script {
    match u32::from(character) {
        0x1800..=0x18AF | 0x11660..=0x1167F => Script::Mongolian,
        // Combining marks; Hebrew to Tibetan with Arabic and the Indic scripts; Myanmar; Khmer; Tai
        // scripts; Vedic and supplements; marks for symbols; Arabic presentation forms.
        0x0300..=0x036F
        | 0x0590..=0x109F
        | 0x1700..=0x17FF
        | 0x1900..=0x1AAF
        | 0x1CD0..=0x1CFF
        | 0x20D0..=0x20FF
        | 0xA840..=0xA9FF
        | 0xAA60..=0xAADF
        | 0xFB1D..=0xFDFF
        | 0xFE70..=0xFEFE => Script::Joined,
        _ => Script::Plain,
    }
}

impl Font {
    /// Sets `text` on one line, as its script is set.
    pub(crate) fn set(&self, text: &str) -> Result<Run, Error> {
        self.require(text)?;
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        if buffer.direction() == Direction::RightToLeft && text.chars().any(reads_rightwards) {
            return Err(Error::unsupported(format!(
                "\"{text}\" mixes letters that read to the left with others that read to the right: \
                 give each its own line"
            )));
        }
        let cannot = |error| {
            Error::new(ErrorKind::Unsupported, format!("\"{text}\" cannot be set with \"{}\": {error}", self.name))
        };
        shape(&ShaperFont::new(self.inner()), &mut buffer, ShapeOptions::new()).map_err(cannot)?;
        self.run_of(&buffer)
    }

    fn run_of(&self, buffer: &Buffer) -> Result<Run, Error> {
        let units = f64::from(self.inner().units_per_em());
        let mut run = Run { path: Path::new(), width: 0.0 };
        for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            if info.glyph_id == 0 {
                return Err(Error::new(
                    ErrorKind::Mismatch,
                    format!("the font \"{}\" lacks a form of a letter that the text needs", self.name),
                ));
            }
            let glyph = self.outline(GlyphId::new(info.glyph_id))?;
            let x = run.width + f64::from(position.x_offset) / units;
            let y = -f64::from(position.y_offset) / units;
            run.path.append(&glyph.path.map(|point| Point::new(point.x + x, point.y + y)));
            run.width += f64::from(position.x_advance) / units;
        }
        Ok(run)
    }
}

/// Letters of scripts that are known to read to the right.
fn reads_rightwards(character: char) -> bool {
    let right_to_left = matches!(u32::from(character), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFE);
    character.is_alphabetic() && !right_to_left
}
