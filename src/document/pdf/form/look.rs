//! How fields of a form look: the content of their appearance streams (ISO 32000-2, 12.7.4.3 and 12.5.5).
//!
//! All lengths are points, from the lower left corner of the widget as its text reads.

use std::collections::BTreeSet;

use pdf_writer::{Content as Operators, Name, Settings};

use crate::document::pdf::compose::{Faces, Glyph, Part, run};
use crate::document::pdf::form::frame::{Colour, Frame, set_colour};
use crate::error::{Error, ErrorKind};

/// What a field says, and how.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::document::pdf) struct Words<'w> {
    pub(in crate::document::pdf) text: &'w str,
    /// The size of the font; 0 for as large as fits, up to [`LARGEST`].
    pub(in crate::document::pdf) size: f64,
    pub(in crate::document::pdf) colour: Colour,
    pub(in crate::document::pdf) align: Align,
    pub(in crate::document::pdf) setting: Setting<'w>,
}

/// Where lines of a field stand (`/Q`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How text is set.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::document::pdf) enum Setting<'w> {
    Line,
    /// Wrapped, from the top.
    Lines,
    /// So many cells of equal width, a character in each.
    Comb(usize),
    /// Options below each other, those marked that are chosen.
    List(&'w [(String, bool)]),
}

/// What the size of text is where a field leaves it to its reader, at most.
const LARGEST: f64 = 12.0;
/// What text may shrink to: 八号, the smallest of the sizes of Chinese type, which can just be read.
const SMALLEST: f64 = 5.0;
/// The least width of a cell in points: a narrower one would show no character of the smallest size.
const NARROWEST: f64 = 1.0;
/// How far lines are from each other, in ems.
const LEADING: f64 = 1.25;
/// The middle of an ideograph above its base line, and its top and bottom, in ems.
const MIDDLE: f64 = 0.38;
const TOP: f64 = 0.88;
const BOTTOM: f64 = 0.12;

/// A content stream and the fonts it uses.
#[derive(Debug)]
pub(in crate::document::pdf) struct Drawn {
    pub(in crate::document::pdf) stream: Vec<u8>,
    pub(in crate::document::pdf) fonts: BTreeSet<Part>,
}

/// A field for text or a choice. Text that does not fit shrinks, and is an error where it would not be read any more.
pub(in crate::document::pdf) fn text(
    frame: &Frame,
    words: &Words<'_>,
    face: usize,
    faces: &mut Faces<'_>,
) -> Result<Drawn, Error> {
    let mut to = Operators::with_settings(Settings { pretty: false });
    to.save_state();
    frame.draw(&mut to);
    to.restore_state();
    to.begin_marked_content(Name(b"Tx"));
    let mut fonts = BTreeSet::new();
    let text = plain(words.text)?;
    let (aside, above) = frame.margins();
    let (width, height) = (frame.width - 2.0 * aside, frame.height - 2.0 * above);
    if !text.is_empty() || matches!(words.setting, Setting::List(_)) {
        if width <= 0.0 || height <= 0.0 {
            return Err(Error::new(ErrorKind::Mismatch, "the field is too small for any text"));
        }
        to.save_state();
        let edge = frame.edge();
        let clip = [edge, edge, frame.width - 2.0 * edge, frame.height - 2.0 * edge].map(|side| side as f32);
        to.rect(clip[0], clip[1], clip[2], clip[3]).clip_nonzero().end_path();
        let mut sheet =
            Sheet { to: &mut to, fonts: &mut fonts, faces, face, words, frame, aside, above, width, height };
        match &words.setting {
            Setting::Line => sheet.line(&text)?,
            Setting::Lines => sheet.lines(&text)?,
            Setting::Comb(cells) => sheet.comb(&text, *cells)?,
            Setting::List(options) => sheet.list(options)?,
        }
        to.restore_state();
    }
    to.end_marked_content();
    Ok(Drawn { stream: to.finish().into_vec(), fonts })
}

/// Line ends in one form, tabs as blanks; other control characters cannot be shown.
fn plain(text: &str) -> Result<String, Error> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    match text.chars().find(|one| one.is_control() && *one != '\n') {
        Some(one) => {
            Err(Error::new(ErrorKind::Mismatch, format!("the text has the control character U+{:04X}", u32::from(one))))
        }
        None => Ok(text),
    }
}

struct Sheet<'s, 't> {
    to: &'s mut Operators,
    fonts: &'s mut BTreeSet<Part>,
    faces: &'s mut Faces<'t>,
    face: usize,
    words: &'s Words<'s>,
    frame: &'s Frame,
    aside: f64,
    above: f64,
    width: f64,
    height: f64,
}

impl Sheet<'_, '_> {
    /// The largest size that is asked for and fits.
    fn fitting(&self, fits: impl Fn(f64) -> Result<bool, Error>) -> Result<f64, Error> {
        let wanted = if self.words.size > 0.0 { self.words.size } else { LARGEST };
        let least = wanted.min(SMALLEST);
        let mut size = wanted;
        while !fits(size)? {
            if size <= least {
                return Err(Error::new(
                    ErrorKind::Mismatch,
                    format!("the text does not fit, not even in {least} points: shorten it"),
                ));
            }
            size = (size - (size / 25.0).max(0.25)).max(least);
        }
        Ok(size)
    }

    fn line(&mut self, text: &str) -> Result<(), Error> {
        if text.contains('\n') {
            return Err(Error::new(ErrorKind::Mismatch, "the text has several lines, and the field has one"));
        }
        let glyphs = self.faces.set(self.face, text)?;
        let ems = length(&glyphs);
        // A size that the field's maker chose is kept in a field that is too low for it, as viewers do.
        let size = self.fitting(|size| {
            let is_low = self.words.size <= 0.0 && size * (TOP + BOTTOM) > self.height;
            Ok(ems * size <= self.width && !is_low)
        })?;
        let baseline = self.frame.height / 2.0 - MIDDLE * size;
        self.show(&glyphs, size, baseline);
        Ok(())
    }

    fn lines(&mut self, text: &str) -> Result<(), Error> {
        let font = self.faces.font(self.face)?;
        font.require(&text.replace('\n', ""))?;
        let size = self.fitting(|size| {
            let lines = font.lines(text, self.width / size)?;
            let height = (lines.len().saturating_sub(1) as f64 * LEADING + TOP + BOTTOM) * size;
            let is_wide = lines.iter().any(|line| line.width * size > self.width + 0.01);
            Ok(height <= self.height - 2.0 && !is_wide)
        })?;
        let first = self.frame.height - self.above - 1.0 - TOP * size;
        for (place, line) in font.lines(text, self.width / size)?.iter().enumerate() {
            let glyphs = self.faces.set(self.face, line.text)?;
            self.show(&glyphs, size, first - place as f64 * LEADING * size);
        }
        Ok(())
    }

    fn comb(&mut self, text: &str, cells: usize) -> Result<(), Error> {
        let glyphs = self.faces.set(self.face, text)?;
        if glyphs.len() > cells {
            let count = glyphs.len();
            let text = format!("the text has {count} characters, and the field {cells} cells");
            return Err(Error::new(ErrorKind::Mismatch, text));
        }
        let cell = self.frame.width / cells.max(1) as f64;
        if cell < NARROWEST {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!("{cells} cells are too many for the width of the field"),
            ));
        }
        let widest = glyphs.iter().map(|glyph| glyph.advance).fold(0.0, f64::max);
        let size = self.fitting(|size| {
            let is_low = self.words.size <= 0.0 && size * (TOP + BOTTOM) > self.height;
            Ok(widest * size <= cell && !is_low)
        })?;
        let before = match self.words.align {
            Align::Left => 0,
            Align::Centre => (cells - glyphs.len()) / 2,
            Align::Right => cells - glyphs.len(),
        };
        self.divide(cells, cell);
        let baseline = self.frame.height / 2.0 - MIDDLE * size;
        for (place, glyph) in glyphs.iter().enumerate() {
            let left = (before + place) as f64 * cell + (cell - glyph.advance * size) / 2.0;
            self.write(std::slice::from_ref(glyph), size, left, baseline);
        }
        Ok(())
    }

    /// Lines between cells, where the field has a border.
    fn divide(&mut self, cells: usize, cell: f64) {
        let line = self.frame.edge();
        if line <= 0.0 || !set_colour(self.to, &self.frame.border, false) {
            return;
        }
        self.to.set_line_width(line as f32);
        for place in 1..cells {
            let x = (place as f64 * cell) as f32;
            self.to.move_to(x, line as f32).line_to(x, (self.frame.height - line) as f32).stroke();
        }
    }

    /// Options up to the last that is chosen, where it would not be seen otherwise; no more are set than can be seen.
    fn list(&mut self, options: &[(String, bool)]) -> Result<(), Error> {
        let room = |size: f64| (self.height / (size * LEADING)).floor() as usize;
        let last = options.iter().rposition(|(_, is_chosen)| *is_chosen).unwrap_or(0);
        let most = room(SMALLEST);
        let begin = last.saturating_add(1).saturating_sub(most);
        let mut set = Vec::new();
        for (text, is_chosen) in options.iter().skip(begin).take(most) {
            set.push((self.faces.set(self.face, &plain(text)?.replace('\n', " "))?, *is_chosen));
        }
        let widest = set.iter().map(|(glyphs, _)| length(glyphs)).fold(0.0, f64::max);
        let size = self.fitting(|size| Ok(widest * size <= self.width && size * LEADING <= self.height))?;
        let step = size * LEADING;
        let room = room(size);
        let first = last.saturating_add(1).saturating_sub(room).saturating_sub(begin);
        for (place, (glyphs, is_chosen)) in set.iter().skip(first).take(room).enumerate() {
            let top = self.frame.height - self.above - place as f64 * step;
            if *is_chosen {
                self.to.set_fill_rgb(0.6, 0.757, 0.855);
                let (left, lower) = (self.aside - 1.0, top - step);
                self.to.rect(left as f32, lower as f32, (self.width + 2.0) as f32, step as f32).fill_nonzero();
            }
            self.show(glyphs, size, top - step / 2.0 - MIDDLE * size);
        }
        Ok(())
    }

    /// A line where the field's alignment puts it.
    fn show(&mut self, glyphs: &[Glyph], size: f64, baseline: f64) {
        let free = self.width - length(glyphs) * size;
        let left = match self.words.align {
            Align::Left => 0.0,
            Align::Centre => free / 2.0,
            Align::Right => free,
        };
        self.write(glyphs, size, self.aside + left, baseline);
    }

    fn write(&mut self, glyphs: &[Glyph], size: f64, left: f64, baseline: f64) {
        if !set_colour(self.to, &self.words.colour, true) {
            self.to.set_fill_gray(0.0);
        }
        let round = |value: f64| ((value * 1e3).round() / 1e3) as f32;
        self.to.begin_text().set_text_matrix([1.0, 0.0, 0.0, 1.0, round(left), round(baseline)]);
        let line: Vec<(Glyph, f64)> = glyphs.iter().map(|glyph| (*glyph, glyph.advance)).collect();
        run(self.to, self.fonts, size, &line);
        self.to.end_text();
    }
}

fn length(glyphs: &[Glyph]) -> f64 {
    glyphs.iter().map(|glyph| glyph.advance).sum()
}
