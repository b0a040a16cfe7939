//! Text set in lines: how wide it is, and where it breaks.
//!
//! Breaks follow UAX #14, which knows what Chinese typography forbids (禁则): no 。，、）》 at the beginning of a line,
//! no （《 at its end, numbers and Latin words in one piece.

use std::ops::Range;

use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::error::{Error, ErrorKind};
use crate::font::{Font, is_invisible};

/// One line of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextLine<'t> {
    /// What stands on it, without the blanks at its end.
    pub(crate) text: &'t str,
    /// Its width in ems.
    pub(crate) width: f64,
    /// Whether the paragraph ends here, so that the line is not spread.
    pub(crate) is_last: bool,
}

impl Font {
    /// How wide text is on one line, in ems: multiply by the size of the font. Each character stands on its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the font lacks characters.
    pub fn measure(&self, text: &str) -> Result<f64, Error> {
        self.require(text)?;
        Ok(text.chars().map(|character| self.advance(character)).sum())
    }

    pub(crate) fn advance(&self, character: char) -> f64 {
        self.shown_width(character).unwrap_or(0.0)
    }

    /// How wide a character is in ems, if the font has it.
    pub(crate) fn shown_width(&self, character: char) -> Option<f64> {
        if is_invisible(character) {
            return Some(0.0);
        }
        let units = f64::from(self.inner().units_per_em());
        self.glyph_id(character).map(|id| f64::from(self.inner().glyph_metrics().h_advance(id)) / units)
    }

    /// Breaks text into lines no wider than `width` ems. What cannot be broken and is wider is cut where the line
    /// ends.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the font lacks characters, [`ErrorKind::Misuse`] when the width is not above
    /// nought.
    pub(crate) fn lines<'t>(&self, text: &'t str, width: f64) -> Result<Vec<TextLine<'t>>, Error> {
        if !(width.is_finite() && width > 0.0) {
            return Err(Error::new(ErrorKind::Misuse, format!("lines {width} ems wide cannot hold text")));
        }
        let shown: String = text.chars().filter(|character| !character.is_control()).collect();
        self.require(&shown)?;
        let piece = |range: Range<usize>| text.get(range).unwrap_or_default().trim_end();
        let broken = break_lines(text, |range| self.width_of(piece(range)), |_| width);
        let line = |(range, is_last)| TextLine {
            text: piece(Clone::clone(&range)),
            width: self.width_of(piece(range)),
            is_last,
        };
        Ok(broken.into_iter().map(line).collect())
    }

    /// Blanks at the end hang over.
    fn width_of(&self, text: &str) -> f64 {
        let width: f64 = text.chars().map(|character| self.advance(character)).sum();
        width - ROUNDING
    }
}

/// Breaks text into lines; each with its bytes, and whether a paragraph ends there. `measure` tells how wide a piece is
/// without the blanks at its end, which hang over; `room` how wide the line of a number may be. What cannot be broken
/// and is wider is cut where the line ends.
pub(crate) fn break_lines(
    text: &str,
    measure: impl Fn(Range<usize>) -> f64,
    room: impl Fn(usize) -> f64,
) -> Vec<(Range<usize>, bool)> {
    let mut lines: Vec<(Range<usize>, bool)> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (at, opportunity) in linebreaks(text) {
        if end > start && measure(start..at) > room(lines.len()) {
            lines.push((start..end, false));
            start = end;
        }
        // Full lines of what has no place to break.
        if measure(start..at) > room(lines.len()) {
            let piece = text.get(start..at).unwrap_or_default().trim_end();
            let mut begin = start;
            for (place, character) in piece.char_indices().map(|(place, character)| (start + place, character)) {
                if place > begin && measure(begin..place + character.len_utf8()) > room(lines.len()) {
                    lines.push((begin..place, false));
                    begin = place;
                }
            }
            start = begin;
        }
        end = at;
        if opportunity == BreakOpportunity::Mandatory {
            lines.push((start..at, true));
            start = at;
        }
    }
    lines
}

/// Sums of advances are rounded.
const ROUNDING: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use crate::error::ErrorKind;
    use crate::font::Font;

    fn song() -> Font {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/letters/LetterSong-subset.otf");
        Font::read(std::fs::read(path).unwrap(), 0).unwrap()
    }

    fn lines(text: &str, width: f64) -> Vec<String> {
        song().lines(text, width).unwrap().iter().map(|line| line.text.to_owned()).collect()
    }

    #[test]
    fn no_line_begins_with_a_stop_or_ends_with_an_opening_bracket() {
        assert_eq!(lines("电子印章，应当端正。", 4.0), ["电子印", "章，应当", "端正。"]);
        assert_eq!(lines("电子印（盖章）应当", 4.0), ["电子印", "（盖章）", "应当"]);
        assert_eq!(lines("年12345678月", 5.0), ["年", "12345678", "月"], "a number stays in one piece");
    }

    #[test]
    fn paragraphs_end_and_widths_are_told() {
        let font = song();
        let lines = font.lines("电子印章\n应当端", 3.0).unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.text, line.width.round(), line.is_last)).collect();
        assert_eq!(told, [("电子印", 3.0, false), ("章", 1.0, true), ("应当端", 3.0, true)]);
        assert!(font.lines("", 3.0).unwrap().is_empty());
        assert!((font.measure("电子").unwrap() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_has_no_break_is_cut_and_every_line_fits() {
        let font = song();
        let text = "12345678123456781234567812345678电子";
        let lines = font.lines(text, 3.0).unwrap();
        assert!(lines.len() > 4);
        assert!(lines.iter().all(|line| line.width <= 3.0 + 1e-6), "{lines:?}");
        assert_eq!(lines.iter().map(|line| line.text).collect::<String>(), text);
        assert_eq!(font.lines("电子", 0.0).unwrap_err().kind(), ErrorKind::Misuse);
        assert_eq!(font.lines("电子", 0.5).unwrap().len(), 2, "a character wider than the line stands alone");
        assert_eq!(font.lines("龘", 3.0).unwrap_err().kind(), ErrorKind::Mismatch);
    }
}
