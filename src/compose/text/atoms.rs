//! Text as single characters, each with its font, its look and how much room it takes.

use std::ops::Range;
use std::sync::Arc;

use crate::compose::text::look::Look;
use crate::compose::text::template::shortened;
use crate::error::{Error, ErrorKind};
use crate::font::{Font, Script, is_invisible, script_of};

/// The fonts of a layout by their names.
#[derive(Clone, Debug, Default)]
pub(in crate::compose) struct Faces {
    faces: Vec<(Arc<str>, Font)>,
    fallback: Option<usize>,
}

impl Faces {
    pub(in crate::compose) fn new(faces: Vec<(Arc<str>, Font)>, fallback: Option<&str>) -> Self {
        let fallback = fallback.and_then(|name| faces.iter().position(|(own, _)| **own == *name));
        Faces { faces, fallback }
    }

    /// The place of the font of that name, or of the one that stands in.
    pub(in crate::compose) fn place(&self, name: &str) -> Result<usize, Error> {
        let own = self.faces.iter().position(|(own, _)| **own == *name);
        own.or(self.fallback).ok_or_else(|| {
            let detail =
                format!("no font is called \"{}\": give one by Assets::font, or a fallback", name.escape_debug());
            Error::new(ErrorKind::Mismatch, detail)
        })
    }

    pub(in crate::compose) fn name(&self, place: usize) -> Arc<str> {
        self.faces.get(place).map_or_else(|| "".into(), |(name, _)| Arc::clone(name))
    }

    /// The font that shows a character, and how wide it is there in ems.
    fn showing(&self, place: usize, character: char) -> Option<(usize, f64)> {
        [Some(place), self.fallback].into_iter().flatten().find_map(|place| {
            let (_, font) = self.faces.get(place)?;
            font.shown_width(character).map(|width| (place, width))
        })
    }
}

/// A piece of a text that is to be set.
#[derive(Clone, Debug)]
pub(in crate::compose) struct Piece<'p> {
    pub(in crate::compose) show: Show<'p>,
    pub(in crate::compose) look: Arc<Look>,
    /// The field whose value it shows.
    pub(in crate::compose) field: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub(in crate::compose) enum Show<'p> {
    Text(&'p str),
    Own(String),
    Check { is_on: bool, equals: Option<Arc<str>>, is_one_of_many: bool },
}

/// One character, or a check box.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) character: char,
    /// Which piece it is of: its look and its field.
    pub(super) piece: usize,
    pub(super) face: usize,
    /// How wide it is, in millimetres at the size that its look says.
    pub(super) width: f64,
    /// What stands between it and the next on its line.
    pub(super) gap: f64,
    /// What can be spared at the end of a line: the blank half of a mark that closes.
    pub(super) spare: f64,
}

/// What stands for a check box where lines are broken: an ideograph.
const BOX: char = '〓';
/// Nothing that is seen, and where no line is broken.
const JOINER: char = '\u{2060}';

/// Text in single characters.
#[derive(Clone, Debug)]
pub(in crate::compose) struct Text<'p> {
    pub(super) pieces: Vec<Piece<'p>>,
    pub(super) atoms: Vec<Atom>,
    /// The text as it is looked at for breaks, and where each atom begins in it.
    pub(super) shape: String,
    pub(super) starts: Vec<usize>,
    /// Sums of widths and gaps before each atom, and of all.
    sums: Vec<f64>,
}

impl<'p> Text<'p> {
    /// Measures pieces.
    pub(in crate::compose) fn of(pieces: Vec<Piece<'p>>, faces: &Faces) -> Result<Self, Error> {
        let mut text =
            Text { pieces: Vec::new(), atoms: Vec::new(), shape: String::new(), starts: Vec::new(), sums: Vec::new() };
        for (number, piece) in pieces.iter().enumerate() {
            let face = faces.place(&piece.look.font)?;
            match &piece.show {
                Show::Text(shown) => text.add(shown, number, face, piece, faces)?,
                Show::Own(shown) => text.add(shown, number, face, piece, faces)?,
                Show::Check { .. } => {
                    text.push(BOX, number, face, piece.look.size * piece.look.stretch);
                    text.push(JOINER, number, face, 0.0);
                }
            }
        }
        text.pieces = pieces;
        text.gaps();
        text.sums = std::iter::once(0.0)
            .chain(text.atoms.iter().scan(0.0, |sum, atom| {
                *sum += atom.width + atom.gap;
                Some(*sum)
            }))
            .collect();
        Ok(text)
    }

    pub(in crate::compose) fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }

    /// What it says, for messages.
    pub(in crate::compose) fn said(&self) -> String {
        shortened(&self.shape.replace(BOX, "☐").replace(JOINER, ""))
    }

    /// The first piece's look is that of the paragraph.
    pub(super) fn look(&self) -> Arc<Look> {
        self.pieces.first().map(|piece| Arc::clone(&piece.look)).unwrap_or_default()
    }

    fn add(&mut self, shown: &str, number: usize, face: usize, piece: &Piece<'_>, faces: &Faces) -> Result<(), Error> {
        if script_of(shown) != Script::Plain {
            return Err(Error::unsupported(format!(
                "the text \"{}\" has letters that join or stack (Tibetan, Uyghur, Mongolian), which layouts do not \
                 set: show it as a picture",
                shortened(shown)
            )));
        }
        let em = piece.look.size * piece.look.stretch;
        let mut missing = String::new();
        for character in shown.chars() {
            match character {
                '\n' => self.push('\n', number, face, 0.0),
                '\r' => {}
                '\t' => self.push(' ', number, face, em),
                _ if is_invisible(character) => self.push(character, number, face, 0.0),
                _ if character.is_control() => {
                    return Err(Error::new(
                        ErrorKind::Mismatch,
                        format!(
                            "the text \"{}\" has the control character U+{:04X}",
                            shortened(shown),
                            u32::from(character)
                        ),
                    ));
                }
                _ => match faces.showing(face, character) {
                    Some((face, width)) => self.push(character, number, face, width * em),
                    None if missing.contains(character) => {}
                    None => missing.push(character),
                },
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = missing.chars().map(|one| format!("{one} (U+{:04X})", u32::from(one))).collect();
        Err(Error::new(
            ErrorKind::Mismatch,
            format!(
                "the font \"{}\" has no glyph for {}, nor has a fallback: give a font that has",
                faces.name(face),
                names.join(", ")
            ),
        ))
    }

    fn push(&mut self, character: char, piece: usize, face: usize, width: f64) {
        self.starts.push(self.shape.len());
        // Quotation marks of Chinese text are wide, and open and close like brackets.
        self.shape.push(match character {
            '“' | '‘' => '「',
            '”' | '’' => '」',
            other => other,
        });
        self.atoms.push(Atom { character, piece, face, width, gap: 0.0, spare: 0.0 });
    }

    /// Room between characters: what the style adds, what Latin keeps from Chinese, what punctuation shares.
    fn gaps(&mut self) {
        let mut following: Option<char> = None;
        for atom in self.atoms.iter_mut().rev() {
            let Some(piece) = self.pieces.get(atom.piece) else { continue };
            let look = &piece.look;
            let em = look.size * look.stretch;
            let is_wide = atom.width > 0.9 * em;
            if atom.width > 0.0 {
                atom.gap = look.spacing;
            }
            if look.compress && is_wide {
                let kind = mark(atom.character);
                let next = following.map(mark).unwrap_or_default();
                let shares = matches!(
                    (kind, next),
                    (Kind::Closing, Kind::Closing | Kind::Opening) | (Kind::Opening, Kind::Opening)
                );
                if shares {
                    atom.gap -= em / 2.0;
                }
                if kind == Kind::Closing {
                    atom.spare = em / 2.0;
                }
            }
            if look.autospace && following.is_some_and(|next| meet(atom.character, next)) {
                atom.gap += em / 4.0;
            }
            if !is_invisible(atom.character) {
                following = Some(atom.character);
            }
        }
    }

    /// Where an atom of the shape begins.
    pub(super) fn atoms_of(&self, bytes: Range<usize>) -> Range<usize> {
        let at = |byte: usize| self.starts.partition_point(|start| *start < byte);
        at(bytes.start)..at(bytes.end)
    }

    /// Without the blanks at its end.
    pub(super) fn trimmed(&self, mut atoms: Range<usize>) -> Range<usize> {
        while atoms.end > atoms.start && self.atoms.get(atoms.end - 1).is_some_and(is_blank) {
            atoms.end -= 1;
        }
        atoms
    }

    /// How wide a line of these is, in millimetres at the size that its looks say.
    pub(super) fn width(&self, atoms: Range<usize>) -> f64 {
        let atoms = self.trimmed(atoms);
        let Some(last) = atoms.end.checked_sub(1).filter(|_| !atoms.is_empty()).and_then(|last| self.atoms.get(last))
        else {
            return 0.0;
        };
        let sum = |at: usize| self.sums.get(at).copied().unwrap_or_default();
        sum(atoms.end) - sum(atoms.start) - last.gap - last.spare
    }
}

/// Blanks, ends of lines, and what is never seen.
pub(super) fn is_blank(atom: &Atom) -> bool {
    atom.character.is_whitespace() || is_invisible(atom.character)
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Kind {
    #[default]
    None,
    Opening,
    Closing,
}

/// Marks with a blank half, by the side that it lies on.
fn mark(character: char) -> Kind {
    match character {
        '（' | '《' | '〈' | '「' | '『' | '【' | '〔' | '［' | '｛' | '“' | '‘' | '〖' => Kind::Opening,
        '）' | '》' | '〉' | '」' | '』' | '】' | '〕' | '］' | '｝' | '”' | '’' | '〗' | '，' | '。' | '、' | '；'
        | '：' => Kind::Closing,
        _ => Kind::None,
    }
}

/// Whether Chinese meets Latin letters or figures.
fn meet(one: char, other: char) -> bool {
    let is_latin = |c: char| c.is_ascii_alphanumeric() || ('\u{C0}'..'\u{250}').contains(&c);
    (is_han(one) && is_latin(other)) || (is_latin(one) && is_han(other))
}

fn is_han(character: char) -> bool {
    matches!(u32::from(character), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF | 0x3007)
}

/// Whether a line may be spread between the two: not within a Latin word or a number.
pub(super) fn may_part(one: char, other: char) -> bool {
    let is_word = |c: char| c.is_ascii_graphic() || ('\u{C0}'..'\u{250}').contains(&c);
    !(is_word(one) && is_word(other))
}
