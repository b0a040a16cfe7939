//! What the letters look like that lie upon a page, and those of the page to compare them with (ISO 32000-2, 9.7 and
//! 9.9): a font says itself what its letters mean, and may draw others.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::document::pdf::content::font::Font;
use crate::document::pdf::content::interpret::Interpreter;
use crate::document::sight::{Letter, Look, Shape};
use crate::error::{Error, ErrorKind};
use crate::font::{self, Path, Segment};
use crate::units::{Area, Mm, Page};

/// More letters of one page are not looked at.
const MOST: usize = 8192;
/// Into how many cells an em is cut to measure ink.
const CELLS: f64 = 48.0;
/// How far the em reaches above the line.
const ABOVE: f64 = 0.88;

/// The letters that were shown: by their fonts, what lies upon the page apart, and by their codes.
#[derive(Default)]
pub(super) struct Letters {
    fonts: Vec<Rc<Font>>,
    places: HashMap<*const Font, usize>,
    shown: BTreeMap<(usize, Option<usize>, u32), (u32, String)>,
    /// How many are of the page, and how many lie upon it.
    counts: [usize; 2],
}

impl Letters {
    /// Notes a letter that is shown.
    pub(super) fn note(&mut self, font: &Rc<Font>, laid: Option<usize>, (code, cid): (u32, u32), text: &str) {
        let [own, upon] = &mut self.counts;
        let count = if laid.is_some() { upon } else { own };
        if *count > MOST || text.trim().is_empty() {
            return;
        }
        let font = *self.places.entry(Rc::as_ptr(font)).or_insert_with(|| {
            self.fonts.push(Rc::clone(font));
            self.fonts.len().saturating_sub(1)
        });
        if let Entry::Vacant(vacant) = self.shown.entry((font, laid, code)) {
            vacant.insert((cid, text.to_owned()));
            *count = count.saturating_add(1);
        }
    }
}

impl Interpreter<'_, '_> {
    /// Looks at the letters, where there are some upon the page.
    pub(super) fn look_at_letters(&mut self) -> Result<(), Error> {
        let letters = std::mem::take(&mut self.letters);
        let [_, upon] = letters.counts;
        if upon == 0 || upon > MOST {
            // Of too many none is looked at, which tells nothing of any.
            let unknown = |((_, laid, _), (_, text)): ((usize, Option<usize>, u32), (u32, String))| Letter {
                text,
                laid,
                look: None,
            };
            self.sight.letters = letters.shown.into_iter().filter(|_| upon > 0).map(unknown).collect();
            return Ok(());
        }
        let mut seen = Vec::new();
        for (number, font) in letters.fonts.iter().enumerate() {
            let own = letters.shown.range((number, None, 0)..=(number, Some(usize::MAX), u32::MAX));
            let own: Vec<_> = own.map(|((_, laid, _), (cid, text))| (*laid, *cid, text)).collect();
            let looks = self.outlines(font, &own.iter().map(|(_, cid, _)| *cid).collect::<Vec<_>>())?;
            for (index, (laid, _, text)) in own.into_iter().enumerate() {
                let look = looks.as_ref().map(|looks| looks.get(index).cloned().flatten().unwrap_or_default());
                seen.push(Letter { text: text.clone(), laid, look });
            }
        }
        self.sight.letters = seen;
        Ok(())
    }

    /// What letters look like; nothing where their font does not tell, for it is not embedded or of another kind.
    fn outlines(&self, font: &Font, cids: &[u32]) -> Result<Option<Vec<Option<Look>>>, Error> {
        let Some((file, program)) = font.program() else { return Ok(None) };
        let bytes = match self.view.stream(file) {
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(_) => return Ok(None),
            Ok(bytes) => bytes,
        };
        let paths = font::outlines(&bytes, program, cids);
        Ok(paths.map(|paths| paths.iter().map(|path| path.as_ref().map(look)).collect()))
    }
}

/// An outline, its reach and how much of its em it fills.
fn look(path: &Path) -> Look {
    let Some(bounds) = path.bounds() else { return Look::default() };
    let mut shape = Shape::default();
    let mut outline = Vec::new();
    let at = |point: font::Point| (point.x, point.y + ABOVE);
    let mut trace = |points: &[font::Point]| {
        outline.push(i32::MIN);
        outline.extend(points.iter().flat_map(|point| [point.x, point.y]).map(|part| (part * 1000.0).round() as i32));
    };
    for segment in path.segments() {
        match *segment {
            Segment::Move(to) => {
                trace(&[to]);
                shape.move_to(at(to));
            }
            Segment::Line(to) => {
                trace(&[to]);
                shape.line_to(at(to));
            }
            Segment::Cubic(one, two, to) => {
                trace(&[one, two, to]);
                shape.curve_to(at(one), at(two), at(to));
            }
            Segment::Close => {}
        }
    }
    let em = Area { page: Page(1), left: Mm(0.0), top: Mm(0.0), width: Mm(1.0), height: Mm(1.0) };
    let (spans, _) = shape.spans(1.0 / CELLS, &em, 1 << 20);
    let filled: usize = spans.iter().map(|(_, columns)| columns.len()).sum();
    let reach = [bounds.left, bounds.top, bounds.right, bounds.bottom];
    Look { outline, reach, ink: filled as f64 / (CELLS * CELLS) }
}
