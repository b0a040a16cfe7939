//! Lines: where text breaks, how small it has to be, and where each word stands.

use std::ops::Range;

use crate::compose::draft::Mark;
use crate::compose::field::{Field, FieldKind};
use crate::compose::layout::{Align, Valign};
use crate::compose::shapes;
use crate::compose::text::atoms::{Atom, Faces, Piece, Show, Text, may_part};
use crate::compose::text::look::Look;
use crate::compose::words::Words;
use crate::error::{Error, ErrorKind};
use crate::font::{break_lines, is_invisible};
use crate::units::Mm;

/// How far an ideograph's square reaches above the base line, in ems. Fonts differ by some hundredths; one number keeps
/// the base lines of all in one line.
const ASCENT: f64 = 0.88;
/// Sums of lengths are rounded, by far less than anyone sees.
const ROUNDING: f64 = 1e-6;
/// By how many points text is made smaller at a time, so that neighbours come out alike.
const STEP: f64 = 0.5 * 25.4 / 72.0;

/// Where text has to go.
#[derive(Clone, Copy, Debug)]
pub(in crate::compose) struct Bounds {
    pub(in crate::compose) width: f64,
    /// None where the place grows with the text.
    pub(in crate::compose) height: Option<f64>,
}

/// Text in lines that fit.
#[derive(Clone, Debug, Default)]
pub(in crate::compose) struct Setting {
    pub(in crate::compose) lines: Vec<Line>,
    /// From the top of the first line's characters to the bottom of the last's.
    pub(in crate::compose) height: f64,
}

/// One line, with the place of its words from the left edge and the base line.
#[derive(Clone, Debug)]
pub(in crate::compose) struct Line {
    pub(in crate::compose) marks: Vec<Mark>,
    /// Its base line below the top of the first line's characters.
    pub(in crate::compose) baseline: f64,
    /// How far it is from the line above.
    pub(in crate::compose) pitch: f64,
    /// The size of its largest character.
    pub(in crate::compose) size: f64,
}

/// Lines by their atoms; whether a paragraph begins and ends with each.
type Broken = Vec<(Range<usize>, bool, bool)>;

impl Text<'_> {
    /// Sets the text in lines, smaller where its look says so.
    pub(in crate::compose) fn set(&self, bounds: Bounds, faces: &Faces) -> Result<Setting, Error> {
        let look = self.look();
        if self.is_empty() {
            return Ok(Setting::default());
        }
        let least = look.least.unwrap_or(look.size);
        let mut size = look.size;
        loop {
            let scale = size / look.size;
            let broken = self.broken(bounds.width, scale);
            let setting = self.measured(&broken, scale, &look);
            match self.misfit(&broken, &setting, bounds, scale, &look) {
                None => return Ok(self.placed(setting, &broken, bounds.width, scale, faces)),
                Some(_) if size > least + ROUNDING => size = (size - STEP).max(least),
                Some(why) => return Err(Error::new(ErrorKind::Mismatch, why)),
            }
        }
    }

    fn broken(&self, width: f64, scale: f64) -> Broken {
        let look = self.look();
        let indent = look.indent * look.size * look.stretch * scale;
        let mut lines: Broken = Vec::new();
        // Paragraphs are broken one by one, since the first line of each is shorter.
        let mut start = 0;
        let ends = self.shape.match_indices('\n').map(|(at, _)| at + 1).chain([self.shape.len()]);
        for end in ends {
            let piece = self.shape.get(start..end).unwrap_or_default();
            if piece.is_empty() {
                continue;
            }
            let measure = |bytes: Range<usize>| {
                self.width(self.atoms_of(bytes.start + start..bytes.end + start)) * scale - ROUNDING
            };
            let room = |line: usize| if line == 0 { width - indent } else { width };
            for (number, (bytes, is_last)) in break_lines(piece, measure, room).into_iter().enumerate() {
                lines.push((self.atoms_of(bytes.start + start..bytes.end + start), number == 0, is_last));
            }
            start = end;
        }
        lines
    }

    /// The lines without their words.
    fn measured(&self, broken: &Broken, scale: f64, look: &Look) -> Setting {
        let mut lines: Vec<Line> = Vec::with_capacity(broken.len());
        for (atoms, ..) in broken {
            let sizes = self.atoms.get(atoms.clone()).unwrap_or_default().iter().map(|atom| self.size_of(atom));
            let size = scale * sizes.fold(0.0, f64::max).max(if atoms.is_empty() { look.size } else { 0.0 });
            let pitch = look.pitch_of(size, scale);
            let baseline = lines.last().map_or(ASCENT * size, |above| above.baseline + pitch);
            lines.push(Line { marks: Vec::new(), baseline, pitch, size });
        }
        let height = lines.last().map_or(0.0, |last| last.baseline + (1.0 - ASCENT) * last.size);
        Setting { lines, height }
    }

    fn size_of(&self, atom: &Atom) -> f64 {
        self.pieces.get(atom.piece).map_or(0.0, |piece| piece.look.size)
    }

    /// Why it does not fit.
    fn misfit(&self, broken: &Broken, setting: &Setting, bounds: Bounds, scale: f64, look: &Look) -> Option<String> {
        let count = broken.len();
        let shown = || {
            let points = Mm(look.size * scale).to_points();
            format!("the text \"{}\" does not fit: at {points:.1} points it", self.said())
        };
        let indent = look.indent * look.size * look.stretch * scale;
        let wide = |(atoms, is_first, _): &(Range<usize>, bool, bool)| {
            self.width(atoms.clone()) * scale + if *is_first { indent } else { 0.0 }
        };
        let widest = broken.iter().map(wide).fold(0.0, f64::max);
        if widest > bounds.width + 0.001 {
            return Some(format!("{} is {widest:.1} mm wide and its place {:.1} mm", shown(), bounds.width));
        }
        if let Some(most) = look.wrap.filter(|most| usize::try_from(*most).is_ok_and(|most| count > most)) {
            return Some(format!("{} takes {count} lines of {:.1} mm, {most} at most", shown(), bounds.width));
        }
        let height = bounds.height.filter(|height| setting.height > height + 0.01)?;
        Some(format!(
            "{} takes {count} lines of {:.1} mm, {:.1} mm high, and its place is {height:.1} mm high",
            shown(),
            bounds.width,
            setting.height
        ))
    }

    fn placed(&self, mut setting: Setting, broken: &Broken, width: f64, scale: f64, faces: &Faces) -> Setting {
        for (line, (atoms, is_first, is_last)) in setting.lines.iter_mut().zip(broken) {
            line.marks = self.words(self.trimmed(atoms.clone()), *is_first, *is_last, width, scale, faces);
        }
        setting
    }

    /// The words of a line.
    fn words(
        &self,
        atoms: Range<usize>,
        is_first: bool,
        is_last: bool,
        width: f64,
        scale: f64,
        faces: &Faces,
    ) -> Vec<Mark> {
        let look = self.look();
        let indent = if is_first { look.indent * look.size * look.stretch * scale } else { 0.0 };
        let spare = (width - indent - self.width(atoms.clone()) * scale).max(0.0);
        let (left, spread) = match look.align {
            Align::Left => (0.0, false),
            Align::Centre => (spare / 2.0, false),
            Align::Right => (spare, false),
            Align::Justify => (0.0, !is_last),
            Align::Distributed => (0.0, true),
        };
        let places = if spread { self.places(atoms.clone(), look.align == Align::Distributed) } else { Vec::new() };
        // One character, or none, cannot be spread: it stands in the middle of where it would.
        let left = if places.is_empty() && look.align == Align::Distributed { spare / 2.0 } else { left };
        let added = if places.is_empty() { 0.0 } else { spare / places.len() as f64 };
        let mut writer = Writer { text: self, faces, scale, marks: Vec::new(), open: None };
        let mut x = indent + left;
        let mut places = places.into_iter().peekable();
        for at in atoms {
            let Some(atom) = self.atoms.get(at) else { continue };
            writer.add(atom, x);
            x += (atom.width + atom.gap) * scale;
            if places.next_if_eq(&at).is_some() {
                x += added;
            }
        }
        writer.finish()
    }

    /// Behind which atoms a line may be spread.
    fn places(&self, atoms: Range<usize>, is_forced: bool) -> Vec<usize> {
        let Some(last) = atoms.end.checked_sub(1) else { return Vec::new() };
        let visible = |at: &usize| self.atoms.get(*at).is_some_and(|atom| !is_invisible(atom.character));
        let all: Vec<usize> = (atoms.start..last).filter(visible).collect();
        let parts = |at: &usize| match (self.atoms.get(*at), self.atoms.get(*at + 1)) {
            (Some(one), Some(other)) => may_part(one.character, other.character),
            _ => false,
        };
        let some: Vec<usize> = all.iter().copied().filter(parts).collect();
        if some.is_empty() && is_forced { all } else { some }
    }
}

/// Gathers atoms of one look, font and field into words.
struct Writer<'t> {
    text: &'t Text<'t>,
    faces: &'t Faces,
    scale: f64,
    marks: Vec<Mark>,
    open: Option<Open>,
}

struct Open {
    piece: usize,
    face: usize,
    words: Words,
    /// Where the last character begins.
    last: f64,
    advances: Vec<f64>,
}

impl Writer<'_> {
    fn add(&mut self, atom: &Atom, x: f64) {
        let Some(piece) = self.text.pieces.get(atom.piece) else { return };
        if let Show::Check { is_on, equals, is_one_of_many } = &piece.show {
            self.close();
            if !is_invisible(atom.character) {
                self.marks.push(self.check(piece, x, *is_on, equals.as_deref(), *is_one_of_many));
            }
            return;
        }
        if is_invisible(atom.character) || atom.character == '\n' {
            return;
        }
        match &mut self.open {
            Some(open) if open.piece == atom.piece && open.face == atom.face => {
                open.words.text.push(atom.character);
                open.advances.push(x - open.last);
                open.last = x;
            }
            _ => {
                self.close();
                self.open = Some(self.begin(atom, piece, x));
            }
        }
    }

    fn begin(&self, atom: &Atom, piece: &Piece<'_>, x: f64) -> Open {
        let look = &piece.look;
        let mut words = Words::new(atom.character, self.faces.name(atom.face), Mm(look.size * self.scale))
            .at(Mm(x), Mm(0.0))
            .colour(look.colour)
            .opacity(look.opacity)
            .stretch(look.stretch);
        words.field.clone_from(&piece.field);
        Open { piece: atom.piece, face: atom.face, words, last: x, advances: Vec::new() }
    }

    fn close(&mut self) {
        if let Some(Open { mut words, advances, .. }) = self.open.take() {
            words.advances = Some(advances);
            self.marks.push(Mark::Words(words));
        }
    }

    /// A check box in a line: a square as large as an ideograph's face.
    fn check(&self, piece: &Piece<'_>, x: f64, is_on: bool, equals: Option<&str>, is_one_of_many: bool) -> Mark {
        let size = piece.look.size * self.scale;
        let side = size * 0.84;
        let (left, top) = (x + (size * piece.look.stretch - side) / 2.0, side / 2.0 - size * (ASCENT - 0.5) - side);
        let area = [Mm(left), Mm(top), Mm(side), Mm(side)];
        let shown = shapes::check_box([left, top, side, side], is_on, piece.look.colour);
        let name = piece.field.as_deref().unwrap_or_default().to_owned();
        let (name, kind) = match equals {
            None => (name, FieldKind::Check { is_on }),
            Some(value) if is_one_of_many => (name, FieldKind::Radio { value: value.to_owned(), is_on }),
            Some(value) => (format!("{name}.{value}"), FieldKind::Check { is_on }),
        };
        Mark::Field(Field {
            name,
            label: None,
            kind,
            area,
            font: (self.faces.name(0), Mm(size)),
            is_required: false,
            is_read_only: false,
            shown,
        })
    }

    fn finish(mut self) -> Vec<Mark> {
        self.close();
        self.marks
    }
}

impl Setting {
    /// All words, in a box of that height, from its upper left corner.
    pub(in crate::compose) fn into_marks(self, height: f64, valign: Valign, at: (f64, f64)) -> Vec<Mark> {
        let spare = (height - self.height).max(0.0);
        let top = match valign {
            Valign::Top => 0.0,
            Valign::Middle => spare / 2.0,
            Valign::Bottom => spare,
        };
        let mut marks = Vec::new();
        for line in self.lines {
            marks.extend(line.marks.into_iter().map(|mark| mark.moved(at.0, at.1 + top + line.baseline)));
        }
        marks
    }
}

impl Line {
    /// Its words from the top of a strip that is as high as the pitch: as paragraphs in the flow have them.
    pub(in crate::compose) fn into_strip(self, left: f64) -> Vec<Mark> {
        let baseline = (self.pitch - self.size) / 2.0 + ASCENT * self.size;
        self.marks.into_iter().map(|mark| mark.moved(left, baseline)).collect()
    }
}
