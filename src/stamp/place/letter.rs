//! Places on official letters, by GB/T 9704-2012 (党政机关公文格式), 7.3.5, and the rows of its edition of 1999.

use crate::document::{Document, Line, Shown, Sight};
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::stamp::place::{Ground, Resolved};
use crate::units::{Area, Mm, Page};

/// The measures of the standard, in millimetres, for paper of A4.
pub mod measures {
    /// From the page's left edge to the type area (天头订口, 5.1.2).
    pub const BINDING: f64 = 28.0;
    /// The width of the type area (版心, 5.1.2).
    pub const TYPE_WIDTH: f64 = 156.0;
    /// The pitch of lines: 22 to the height of 225 mm (5.2.2).
    pub const LINE: f64 = 225.0 / 22.0;
    /// The pitch of characters: 28 to the width (5.2.2).
    pub const CHARACTER: f64 = TYPE_WIDTH / 28.0;
    /// Between seals in a row, at most (edition of 1999, 8.2.8.3).
    pub const GAP: f64 = 3.0;
    /// Seals in a row, at most (edition of 1999, 8.2.8.3).
    pub const IN_A_ROW: usize = 3;
    /// How far name and date stand below the seal's centre, in parts of its height: the standard says "slightly".
    pub const BELOW_CENTRE: f64 = 0.1;
}

use measures::{BELOW_CENTRE, BINDING, CHARACTER, GAP, IN_A_ROW, LINE, TYPE_WIDTH};

/// A place on an official letter, found by the names and the date that stand below its text.
///
/// The name is the last one in the document that a date follows. Where the rules cannot all be kept, the stamp
/// presses name and date all the same, and a finding `placement.letter` tells by how many millimetres a rule is
/// missed; a strict stamp is refused then.
///
/// ```
/// use eseal::place::Letter;
/// use eseal::{Mm, Page};
///
/// let alone = Letter::single("示例市人民政府");
/// let second_of_three = Letter::joint(["示例市财政局", "示例市教育局", "示例市民政局"], 2);
/// let in_rows = Letter::row(Page(2), Mm(120.0), 4, 5);
/// let signature = Letter::signature("市长");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Letter {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Single(String),
    Dated,
    Joint(Vec<String>, usize),
    Row { page: Page, top: Mm, number: usize, of: usize },
    Signature(String),
}

impl Letter {
    /// The seal of one organ that signs alone (7.3.5.1): upright, centred on the date, pressing the name and the
    /// date, which stand slightly below its centre; its top within one line of the text.
    pub fn single(organ: impl Into<String>) -> Self {
        Letter { kind: Kind::Single(organ.into()) }
    }

    /// The same where no name is written above the date: centred on the last date of the document.
    pub fn dated() -> Self {
        Letter { kind: Kind::Dated }
    }

    /// One of the seals of organs that sign together (7.3.5.1): each on its own name, upright and centred; the last
    /// one on its name and the date. `number` counts from 1.
    pub fn joint<S: Into<String>>(organs: impl IntoIterator<Item = S>, number: usize) -> Self {
        Letter { kind: Kind::Joint(organs.into_iter().map(Into::into).collect(), number) }
    }

    /// One of several seals in rows, where no names are written for them (edition of 1999, 8.2.8.3): at most three
    /// in a row, not touching and no more than 3 mm apart, each row centred in the type area. `top` is the first
    /// row's upper side; `number` counts from 1 to `of`. All seals are taken to be as large as this one.
    pub fn row(page: Page, top: Mm, number: usize, of: usize) -> Self {
        Letter { kind: Kind::Row { page, top, number, of } }
    }

    /// The stamped signature of a person (签发人签名章, 7.3.5.3): two characters to the right of the person's title
    /// and level with it, four characters from the right side of the type area.
    pub fn signature(title: impl Into<String>) -> Self {
        Letter { kind: Kind::Signature(title.into()) }
    }

    pub(super) fn resolve<D: Document>(&self, ground: &Ground<'_, D>, resolved: &mut Resolved) -> Result<(), Error> {
        match &self.kind {
            Kind::Single(organ) => single(ground, organ, resolved),
            Kind::Dated => {
                let (sight, date) =
                    last(ground, "a date such as 2025年3月1日", |sight| dates(sight).last().copied())?;
                press(ground, &sight, &date, &[date], resolved);
                Ok(())
            }
            Kind::Joint(organs, number) => joint(ground, organs, *number, resolved),
            Kind::Row { page, top, number, of } => row(ground, *page, *top, (*number, *of), resolved),
            Kind::Signature(title) => signature(ground, title, resolved),
        }
    }
}

/// The last page on which something is found, and what it is.
fn last<D: Document, T>(
    ground: &Ground<'_, D>,
    what: &str,
    find: impl Fn(&Sight) -> Option<T>,
) -> Result<(Sight, T), Error> {
    let count = ground.document.count()?;
    let mut found = None;
    // From the last page on backwards: letters are signed at their end.
    let mut pages = (1..=u32::try_from(count).unwrap_or(u32::MAX)).rev().map(Page);
    ground.document.look(&mut pages, &mut |sight| {
        found = find(&sight).map(|what| (sight, what));
        Ok(found.is_none())
    })?;
    found.ok_or_else(|| {
        let detail =
            format!("the letter has no {what} in the text of its {count} pages: place the stamp by another way");
        Error::new(ErrorKind::Mismatch, detail)
    })
}

/// The dates of a page in reading order: 2025年3月1日, 二〇二五年三月一日.
fn dates(sight: &Sight) -> Vec<Area> {
    sight
        .lines()
        .iter()
        .flat_map(|line| line.find_by(|letters| length_of_date(letters.iter().map(|one| one.0))))
        .collect()
}

/// How many letters the date has with which these begin.
fn length_of_date(letters: impl Iterator<Item = char>) -> Option<usize> {
    const DIGITS: &str = "0123456789〇○零一二三四五六七八九十";
    let mut letters = letters.peekable();
    let mut length = 0;
    for (unit, most) in [('年', 4), ('月', 3), ('日', 3)] {
        let mut digits = 0;
        while letters.next_if(|letter| DIGITS.contains(*letter)).is_some() {
            digits += 1;
        }
        if !(1..=most).contains(&digits) || letters.next() != Some(unit) {
            return None;
        }
        length += digits + 1;
    }
    Some(length)
}

/// The name of an organ and the date below it.
fn signed_off(sight: &Sight, organ: &str) -> Option<(Area, Area)> {
    let dates = dates(sight);
    let names = sight.find(organ);
    names.iter().rev().find_map(|name| {
        // Within three lines below, and not beside it.
        let below = |date: &&Area| (0.0..=3.0 * LINE).contains(&(date.centre().1 - name.bottom()).0);
        dates.iter().find(below).map(|date| (*name, *date))
    })
}

fn single<D: Document>(ground: &Ground<'_, D>, organ: &str, resolved: &mut Resolved) -> Result<(), Error> {
    let what = format!("name \"{organ}\" with a date within three lines below it");
    let (sight, (name, date)) = last(ground, &what, |sight| signed_off(sight, organ))?;
    press(ground, &sight, &date, &[name, date], resolved);
    Ok(())
}

/// Where the text ends above a place.
fn end_of_text(sight: &Sight, above: &Area) -> Option<Mm> {
    let lines = sight.lines();
    let areas = lines.iter().filter_map(Line::area).filter(|line| line.centre().1 < above.top);
    areas.map(|line| line.bottom()).reduce(|one, two| if one > two { one } else { two })
}

/// Puts a seal on words: centred on `middle` from side to side, and down as the rules have it.
fn press<D>(ground: &Ground<'_, D>, sight: &Sight, middle: &Area, words: &[Area], resolved: &mut Resolved) {
    let block = words.iter().copied().reduce(|all, one| all.union(&one)).unwrap_or(*middle);
    let height = ground.height;
    let text_ends = end_of_text(sight, &block);
    let wanted = block.centre().1.0 - height.0 * (0.5 + BELOW_CENTRE);
    // All words lie within the seal's height whatever else has to give way.
    let (first, last) = (block.bottom().0 - height.0, block.top.0);
    let (least, most) = text_ends.map_or((f64::NEG_INFINITY, f64::INFINITY), |end| (end.0, end.0 + LINE));
    let top = wanted.clamp(least, most.max(least)).clamp(first.min(last), last.max(first));
    let left = middle.centre().0 - Mm(ground.width.0 / 2.0);
    let seal = ground.area(sight.page, left, Mm(top));
    resolved.shown.push(Shown::whole(seal));
    resolved.pressed.extend_from_slice(words);
    resolved.findings.extend(judged(&seal, &block, text_ends));
}

/// Whether the rules of 7.3.5.1 are kept.
fn judged(seal: &Area, block: &Area, text_ends: Option<Mm>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = |is_kept: bool, detail: String| {
        let finding = if is_kept { Finding::pass } else { Finding::fail };
        findings.push(finding(checks::PLACEMENT_LETTER, detail));
    };
    match text_ends {
        Some(end) => {
            let apart = (seal.top - end).0;
            let is_kept = (-0.01..=LINE + 0.01).contains(&apart);
            told(
                is_kept,
                format!("the seal's top is {apart:.2} mm below the text; within one line are 0 to {LINE:.2} mm"),
            );
        }
        None => {
            told(false, "no text of the letter stands above the name on its page, which a seal has to follow".into())
        }
    }
    let below = (block.centre().1 - seal.centre().1).0;
    told(
        below >= 0.0,
        format!("the name and the date stand {below:.2} mm below the seal's centre; they are to be below it"),
    );
    let is_within = block.top >= seal.top && block.bottom() <= seal.bottom();
    if !is_within {
        let (block, seal) = (block.height, seal.height);
        told(false, format!("the name and the date, {:.2} mm high, do not go under the seal of {}", block.0, seal));
    }
    findings
}

/// The seals of several organs, each on its own name.
fn joint<D: Document>(
    ground: &Ground<'_, D>,
    organs: &[String],
    number: usize,
    resolved: &mut Resolved,
) -> Result<(), Error> {
    let wanted = number.checked_sub(1).filter(|index| *index < organs.len()).ok_or_else(|| {
        Error::new(ErrorKind::Misuse, format!("there is no organ {number} among {} that sign together", organs.len()))
    })?;
    let what = format!("names {} in its signature", organs.join(", "));
    let all_names =
        |sight: &Sight| -> Option<Vec<Area>> { organs.iter().map(|organ| sight.find(organ).last().copied()).collect() };
    let (sight, names) = last(ground, &what, all_names)?;
    let name = names.get(wanted).copied().ok_or_else(|| Error::new(ErrorKind::Misuse, "there is no such name"))?;
    if number == organs.len()
        && let Some(organ) = organs.last()
        && let Some((name, date)) = signed_off(&sight, organ)
    {
        let block = name.union(&date);
        let (left, _) = name.centre();
        resolved.shown.push(ground.centred(sight.page, left, block.centre().1));
        resolved.pressed.extend([name, date]);
    } else {
        let (left, top) = name.centre();
        resolved.shown.push(ground.centred(sight.page, left, top));
        resolved.pressed.push(name);
    }
    resolved.findings.push(apart(ground, &name, &names));
    resolved.findings.extend(below_text(ground, &sight, &names));
    resolved.findings.push(within_type_area(&sight, resolved.shown.last()));
    Ok(())
}

/// Whether the seals, taken to be of one size, stay clear of one another.
fn apart<D>(ground: &Ground<'_, D>, name: &Area, names: &[Area]) -> Finding {
    let between = |other: &Area| {
        let (x, y) = (name.centre().0 - other.centre().0, name.centre().1 - other.centre().1);
        // Seals are round, or as wide as high: what parts them is the wider of the two ways.
        (x.0.abs() - ground.width.0).max(y.0.abs() - ground.height.0)
    };
    let nearest = names.iter().filter(|other| *other != name).map(between).fold(f64::INFINITY, f64::min);
    if nearest > 0.0 {
        Finding::pass(checks::PLACEMENT_LETTER, format!("the seals on the names are {nearest:.2} mm apart or more"))
    } else {
        let detail = format!("the seals on the names touch: {:.2} mm are missing between them", -nearest);
        Finding::fail(checks::PLACEMENT_LETTER, detail)
    }
}

/// Whether the first row's top is within one line of the text.
fn below_text<D>(ground: &Ground<'_, D>, sight: &Sight, names: &[Area]) -> Option<Finding> {
    let first = names.iter().min_by(|one, two| one.top.0.total_cmp(&two.top.0))?;
    let end = end_of_text(sight, first)?;
    let apart = first.centre().1.0 - ground.height.0 / 2.0 - end.0;
    let detail =
        format!("the first row of seals begins {apart:.2} mm below the text; within one line are 0 to {LINE:.2} mm");
    let is_kept = (-0.01..=LINE + 0.01).contains(&apart);
    Some(if is_kept {
        Finding::pass(checks::PLACEMENT_LETTER, detail)
    } else {
        Finding::fail(checks::PLACEMENT_LETTER, detail)
    })
}

/// Whether a row ends within the type area.
fn within_type_area(sight: &Sight, shown: Option<&Shown>) -> Finding {
    let right = shown.map_or(0.0, |shown| shown.area.right().0);
    let most = sight.width.0.min(BINDING + TYPE_WIDTH);
    let detail = format!("the seal ends {right:.2} mm from the page's left edge, the type area {most:.2} mm");
    if right <= most + 0.01 {
        Finding::pass(checks::PLACEMENT_LETTER, detail)
    } else {
        Finding::fail(checks::PLACEMENT_LETTER, detail)
    }
}

fn row<D: Document>(
    ground: &Ground<'_, D>,
    page: Page,
    top: Mm,
    (number, of): (usize, usize),
    resolved: &mut Resolved,
) -> Result<(), Error> {
    let refused = |detail: String| Err(Error::new(ErrorKind::Misuse, detail));
    if number == 0 || number > of {
        return refused(format!("there is no seal {number} among {of}"));
    }
    let width = ground.width.0;
    let fitting = ((TYPE_WIDTH / width).floor() as usize).min(IN_A_ROW);
    if fitting == 0 {
        return refused(format!("a seal {width} mm wide is wider than the type area of {TYPE_WIDTH} mm"));
    }
    let (line, place) = ((number - 1) / fitting, (number - 1) % fitting);
    let in_row = fitting.min(of - line * fitting);
    // As far apart as the type area lets them be, three millimetres at most.
    let gap = match fitting {
        1 => GAP,
        _ => ((TYPE_WIDTH - fitting as f64 * width) / (fitting - 1) as f64).min(GAP),
    };
    if gap <= 0.0 {
        return refused(format!("{fitting} seals {width} mm wide touch one another in a row of {TYPE_WIDTH} mm"));
    }
    let row_width = in_row as f64 * width + (in_row - 1) as f64 * gap;
    let left = BINDING + (TYPE_WIDTH - row_width) / 2.0 + place as f64 * (width + gap);
    let down = top.0 + line as f64 * (ground.height.0 + gap);
    resolved.shown.push(Shown::whole(ground.area(page, Mm(left), Mm(down))));
    let detail = format!("seal {} of {in_row} in row {}, {gap:.2} mm from its neighbours", place + 1, line + 1);
    resolved.findings.push(Finding::pass(checks::PLACEMENT_LETTER, detail));
    Ok(())
}

fn signature<D: Document>(ground: &Ground<'_, D>, title: &str, resolved: &mut Resolved) -> Result<(), Error> {
    let what = format!("title \"{title}\"");
    let (sight, title) = last(ground, &what, |sight| sight.find(title).last().copied())?;
    let left = title.right() + Mm(2.0 * CHARACTER);
    let (_, middle) = title.centre();
    let area = ground.area(sight.page, left, middle - Mm(ground.height.0 / 2.0));
    let wanted = BINDING + TYPE_WIDTH - 4.0 * CHARACTER;
    let off = area.right().0 - wanted;
    let detail = format!(
        "the stamped signature ends {:.2} mm from the page's left edge; four characters from the type area's side are \
         {wanted:.2} mm",
        area.right().0
    );
    let finding = if off.abs() <= CHARACTER { Finding::pass } else { Finding::fail };
    resolved.findings.push(finding(checks::PLACEMENT_LETTER, detail));
    resolved.shown.push(Shown::whole(area));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::length_of_date;

    #[test]
    fn dates_in_both_writings() {
        let length = |text: &str| length_of_date(text.chars());
        assert_eq!(length("2025年3月1日印发"), Some(9));
        assert_eq!(length("二〇二五年十二月三十一日"), Some(12));
        for none in ["2025年3月", "年月日", "12025年3月1日", "2025-3-1", ""] {
            assert_eq!(length(none), None, "{none}");
        }
    }
}
