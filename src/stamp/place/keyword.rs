//! Places by a word of the text.

use crate::document::{Document, Sight};
use crate::error::{Error, ErrorKind};
use crate::stamp::place::{Ground, Pages, Resolved};
use crate::units::{Area, Mm, Page};

/// A word of the text, upon which the picture is centred.
///
/// Blanks do not count, and neither do differences of form that Unicode calls compatible: （ finds (, and the
/// radical ⽅ finds 方. A match stands on one line of writing. Matches are counted page by page, from top to
/// bottom and from left to right, as a reader meets them and not as the file has them.
///
/// ```
/// use eseal::place::{Anchor, Keyword, Pages};
/// use eseal::{Mm, Page};
///
/// let last = Keyword::new("（盖章）").from_end(1);
/// let third_on_page_two = Keyword::new("签字").nth(3).pages(Pages::only(Page(2)));
/// let beside = Keyword::new("甲方：").anchor(Anchor::Right).offset(Mm(25.0), Mm(0.0));
/// let all = Keyword::new("骑缝处").every();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Keyword {
    word: String,
    which: Which,
    pages: Pages,
    anchor: Anchor,
    offset: (Mm, Mm),
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Nth(usize),
    FromEnd(usize),
    Every,
}

/// A point of a match.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Anchor {
    /// The middle.
    Centre,
    /// The middle of the left side.
    Left,
    /// The middle of the right side.
    Right,
    /// The middle of the upper side.
    Top,
    /// The middle of the lower side.
    Bottom,
    /// The upper left corner.
    TopLeft,
    /// The upper right corner.
    TopRight,
    /// The lower left corner.
    BottomLeft,
    /// The lower right corner.
    BottomRight,
}

impl Anchor {
    fn of(self, area: &Area) -> (Mm, Mm) {
        use Anchor::{Bottom, BottomLeft, BottomRight, Left, Right, Top, TopLeft, TopRight};
        let (middle, centre) = area.centre();
        let across = match self {
            Left | TopLeft | BottomLeft => area.left,
            Right | TopRight | BottomRight => area.right(),
            _ => middle,
        };
        let down = match self {
            Top | TopLeft | TopRight => area.top,
            Bottom | BottomLeft | BottomRight => area.bottom(),
            _ => centre,
        };
        (across, down)
    }
}

impl Keyword {
    /// The first match in the document.
    pub fn new(word: impl Into<String>) -> Self {
        Keyword {
            word: word.into(),
            which: Which::Nth(1),
            pages: Pages::all(),
            anchor: Anchor::Centre,
            offset: (Mm(0.0), Mm(0.0)),
        }
    }

    /// The match with this number; the first is 1.
    pub fn nth(mut self, number: usize) -> Self {
        self.which = Which::Nth(number);
        self
    }

    /// The match with this number, counted from the end; the last is 1.
    pub fn from_end(mut self, number: usize) -> Self {
        self.which = Which::FromEnd(number);
        self
    }

    /// All matches, by one signature.
    pub fn every(mut self) -> Self {
        self.which = Which::Every;
        self
    }

    /// Looks on these pages only.
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    /// The point of the match on which the picture's centre stands.
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }

    /// Moves the picture to the right and down; negative lengths move it to the left and up.
    pub fn offset(mut self, right: Mm, down: Mm) -> Self {
        self.offset = (right, down);
        self
    }

    pub(super) fn resolve<D: Document>(&self, ground: &Ground<'_, D>, resolved: &mut Resolved) -> Result<(), Error> {
        for found in self.find(ground)? {
            let (left, top) = self.anchor.of(&found);
            resolved.shown.push(ground.centred(found.page, left + self.offset.0, top + self.offset.1));
            resolved.pressed.push(found);
        }
        Ok(())
    }

    fn find<D: Document>(&self, ground: &Ground<'_, D>) -> Result<Vec<Area>, Error> {
        let search = Search::of(ground, &self.word, self.pages)?;
        let place = match self.which {
            Which::Every if !search.found.is_empty() => return Ok(search.found),
            Which::Every => None,
            Which::Nth(number) => number.checked_sub(1),
            Which::FromEnd(number) => search.found.len().checked_sub(number).filter(|_| number > 0),
        };
        match place.and_then(|place| search.found.get(place)) {
            Some(found) => Ok(vec![*found]),
            None => Err(search.refusal(self)),
        }
    }
}

/// What was found where, and how much was read.
struct Search {
    found: Vec<Area>,
    pages: (Page, Page),
    characters: usize,
    unreadable: usize,
}

/// More matches of one word are refused.
const MATCHES: usize = 100_000;

impl Search {
    fn of<D: Document>(ground: &Ground<'_, D>, word: &str, pages: Pages) -> Result<Self, Error> {
        if word.trim().is_empty() {
            return Err(Error::new(ErrorKind::Misuse, "the keyword is empty: give the word that the stamp belongs to"));
        }
        let pages = pages.list(ground.document.count()?)?;
        let ends = pages.first().zip(pages.last()).map(|(first, last)| (*first, *last));
        let mut search = Search {
            found: Vec::new(),
            pages: ends.ok_or_else(|| Error::new(ErrorKind::Misuse, "there is no page to look on"))?,
            characters: 0,
            unreadable: 0,
        };
        ground.look(&pages, |sight: Sight| {
            search.characters += sight.glyphs.len();
            search.unreadable += sight.unreadable;
            search.found.extend(sight.find(word));
            if search.found.len() > MATCHES {
                return Err(Error::too_large(format!("\"{word}\" stands in the text more than {MATCHES} times")));
            }
            Ok(())
        })?;
        Ok(search)
    }

    /// Says what there is instead of what was asked for.
    fn refusal(&self, keyword: &Keyword) -> Error {
        const TOLD: usize = 5;
        let Search { found, pages: (first, last), characters, unreadable } = self;
        let wanted = match keyword.which {
            Which::Nth(number) => format!("match {number} of"),
            Which::FromEnd(number) => format!("match {number} from the end of"),
            Which::Every => "any match of".into(),
        };
        let mut told = if found.is_empty() {
            format!(
                "it does not stand there, among {characters} characters that were read on pages {} to {}",
                first.0, last.0
            )
        } else {
            let places: Vec<String> = found.iter().take(TOLD).map(Area::to_string).collect();
            let more = if found.len() > TOLD { "; and more" } else { "" };
            format!("it stands there {} times: {}{more}", found.len(), places.join("; "))
        };
        if *unreadable > 0 {
            told.push_str(&format!("; of {unreadable} characters the fonts do not say what they are"));
        }
        Error::new(ErrorKind::Mismatch, format!("{wanted} \"{}\" is asked for, and {told}", keyword.word))
    }
}
