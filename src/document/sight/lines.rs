//! Lines of writing, put together from single characters by where they stand, and found in them: words.
//!
//! Files show text in pieces and in any order; what belongs together is told by the eye. Spaces do not count,
//! since many writers leave them out and set the next word further away.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization as _;

use crate::document::sight::{Glyph, Sight};
use crate::units::Area;

/// Characters stand on one line while their baselines differ by no more than this part of their size.
const SLANT: f64 = 0.3;

/// A line ends where the next character is further away than so many of its size: 落款 and dates are
/// spread, columns stand further apart.
const GAP: f64 = 3.0;

/// What is shown again this near, in parts of its size, is the same character in another weight or shadow.
const TWICE: f64 = 0.12;

/// Characters that follow one another on one line, blanks left out.
#[derive(Debug)]
pub(crate) struct Line<'s> {
    glyphs: Vec<&'s Glyph>,
}

impl<'s> Line<'s> {
    /// Where it stands.
    pub(crate) fn area(&self) -> Option<Area> {
        union(&self.glyphs)
    }

    /// What it says, blanks left out, in the compatible form of each character (UAX #15): ToUnicode maps
    /// often give radicals and full-width forms for the plain characters that people write.
    fn letters(&self) -> Vec<(char, usize)> {
        let plain =
            |(index, glyph): (usize, &&Glyph)| glyph.text.nfkc().map(move |one| (one, index)).collect::<Vec<_>>();
        let letters = self.glyphs.iter().enumerate().flat_map(plain);
        letters.filter(|(letter, _)| !letter.is_whitespace()).collect()
    }

    /// The words as text.
    #[cfg(test)]
    fn text(&self) -> String {
        self.letters().into_iter().map(|(letter, _)| letter).collect()
    }

    /// Where `wanted` stands in the line; `wanted` is plain already.
    fn find(&self, wanted: &[char]) -> Vec<Area> {
        self.find_by(|letters| {
            let starts = letters.iter().map(|(letter, _)| letter).zip(wanted).all(|(one, other)| one == other);
            (starts && letters.len() >= wanted.len()).then_some(wanted.len())
        })
    }

    /// Where `matches` finds that the letters before it begin with what is looked for, and how many of them
    /// are that.
    pub(crate) fn find_by(&self, matches: impl Fn(&[(char, usize)]) -> Option<usize>) -> Vec<Area> {
        let letters = self.letters();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty()) {
            let length = matches(rest).filter(|length| *length > 0);
            let glyphs: Vec<&Glyph> = rest
                .iter()
                .take(length.unwrap_or(0))
                .filter_map(|(_, index)| self.glyphs.get(*index).copied())
                .collect();
            found.extend(union(&glyphs));
            at += length.unwrap_or(1);
        }
        found
    }
}

fn union(glyphs: &[&Glyph]) -> Option<Area> {
    glyphs.iter().map(|glyph| glyph.area).reduce(|all, one| all.union(&one))
}

/// The letters that a keyword is searched by.
pub(crate) fn letters_of(keyword: &str) -> Vec<char> {
    keyword.nfkc().filter(|letter| !letter.is_whitespace()).collect()
}

impl Sight {
    /// The lines of the page, from top to bottom and from left to right.
    pub(crate) fn lines(&self) -> Vec<Line<'_>> {
        let mut glyphs: Vec<Measured<'_>> =
            self.glyphs.iter().filter(|glyph| !glyph.is_blank()).map(Measured::of).collect();
        glyphs.sort_by(|one, two| one.heading.cmp(&two.heading).then(one.across.total_cmp(&two.across)));
        let mut lines = Vec::new();
        for row in glyphs.chunk_by(|one, two| one.is_beside(two)) {
            let mut row: Vec<&Measured<'_>> = row.iter().collect();
            row.sort_by(|one, two| one.along.total_cmp(&two.along));
            row.dedup_by(|later, earlier| later.repeats(earlier));
            let runs = row.chunk_by(|one, two| one.is_followed_by(two));
            lines.extend(runs.map(|run| Line { glyphs: run.iter().map(|one| one.glyph).collect() }));
        }
        lines.sort_by(|one, two| reading_order(one.area().as_ref(), two.area().as_ref()));
        lines
    }

    /// Where a keyword stands on the page, from top to bottom and from left to right. A match stands on one
    /// line.
    pub(crate) fn find(&self, keyword: &str) -> Vec<Area> {
        let wanted = letters_of(keyword);
        let mut found: Vec<Area> = self.lines().iter().flat_map(|line| line.find(&wanted)).collect();
        found.sort_by(|one, two| reading_order(Some(one), Some(two)));
        found
    }
}

/// What stands clearly higher comes first; of what stands level, what stands further left.
fn reading_order(one: Option<&Area>, two: Option<&Area>) -> Ordering {
    // Lines of one height are told apart to two millimetres, which keeps the order a total one.
    let rank = |area: Option<&Area>| {
        area.map_or((0, 0), |area| ((area.centre().1.0 / 2.0).round() as i64, micrometres(area.left.0)))
    };
    rank(one).cmp(&rank(two))
}

fn micrometres(length: f64) -> i64 {
    (length * 1000.0).round() as i64
}

/// A character as its line sees it.
struct Measured<'s> {
    glyph: &'s Glyph,
    /// The direction of writing in whole degrees.
    heading: i32,
    /// The place of its line, and its place on it.
    across: f64,
    along: f64,
}

impl<'s> Measured<'s> {
    fn of(glyph: &'s Glyph) -> Self {
        let (x, y) = glyph.towards;
        let (left, top) = glyph.origin;
        Measured {
            glyph,
            heading: y.atan2(x).to_degrees().round() as i32,
            across: top * x - left * y,
            along: left * x + top * y,
        }
    }

    fn is_beside(&self, next: &Self) -> bool {
        self.heading == next.heading && next.across - self.across <= SLANT * self.glyph.em.min(next.glyph.em)
    }

    fn is_followed_by(&self, next: &Self) -> bool {
        next.along - (self.along + self.glyph.advance) <= GAP * self.glyph.em.max(next.glyph.em)
    }

    fn repeats(&self, earlier: &Self) -> bool {
        self.glyph.text == earlier.glyph.text && self.along - earlier.along <= TWICE * earlier.glyph.em
    }
}

#[cfg(test)]
mod tests {
    use crate::document::sight::{Glyph, Ink, Sight, Visibility};
    use crate::units::{Area, Mm, Page};

    fn glyph(text: &str, left: f64, top: f64) -> Glyph {
        let area = Area { page: Page(1), left: Mm(left), top: Mm(top - 4.0), width: Mm(5.0), height: Mm(5.0) };
        let (ink, seen) = (Ink::BLACK, Visibility::Seen);
        Glyph { text: text.into(), area, origin: (left, top), towards: (1.0, 0.0), advance: 5.0, em: 5.0, ink, seen }
    }

    fn page(glyphs: Vec<Glyph>) -> Sight {
        Sight { glyphs, ..Sight::new(Page(1), (Mm(210.0), Mm(297.0))) }
    }

    #[test]
    fn words_are_put_together_by_their_places() {
        // Out of order, in two weights, with blanks, a radical and a full-width form.
        let sight = page(vec![
            glyph("章", 26.0, 50.0),
            glyph("盖", 20.0, 50.3),
            glyph("盖", 20.2, 50.3),
            glyph(" ", 25.0, 50.0),
            glyph("⼀", 20.0, 90.0),
            glyph("２", 25.0, 90.0),
        ]);
        let found = sight.find("盖 章");
        assert_eq!(found.len(), 1);
        assert!((found[0].left.0 - 20.0).abs() < 0.3 && (found[0].right().0 - 31.0).abs() < 1e-9, "{}", found[0]);
        assert_eq!(sight.find("一2").len(), 1);
        assert!(sight.find("章盖").is_empty());
        assert_eq!(sight.lines().iter().map(super::Line::text).collect::<Vec<_>>(), ["盖章", "一2"]);
    }

    #[test]
    fn columns_are_no_line_and_matches_come_in_reading_order() {
        let sight = page(vec![
            glyph("甲", 120.0, 200.0),
            glyph("甲", 20.0, 200.4),
            glyph("甲", 20.0, 100.0),
            glyph("乙", 25.0, 130.0),
            glyph("丙", 60.0, 130.0),
        ]);
        let found: Vec<_> = sight.find("甲").iter().map(|area| (area.left.0, area.bottom().0.round())).collect();
        assert_eq!(found, [(20.0, 101.0), (20.0, 201.0), (120.0, 201.0)]);
        assert!(sight.find("乙丙").is_empty(), "30 mm apart");
    }

    #[test]
    fn vertical_and_turned_writing() {
        let down = |text: &str, top: f64| Glyph { towards: (0.0, 1.0), ..glyph(text, 20.0, top) };
        let back = |text: &str, left: f64| Glyph { towards: (-1.0, 0.0), ..glyph(text, left, 80.0) };
        let sight = page(vec![down("上", 20.0), down("下", 25.0), back("右", 90.0), back("左", 85.0)]);
        assert_eq!(sight.find("上下").len(), 1);
        assert_eq!(sight.find("右左").len(), 1);
        assert!(sight.find("下上").is_empty() && sight.find("左右").is_empty());
    }
}
