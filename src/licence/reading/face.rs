//! The words on the pages against the data.

use std::collections::BTreeMap;

use crate::document::{Glyph, Sight, Visibility};
use crate::error::Error;
use crate::finding::checks;
use crate::licence::Remark;
use crate::licence::carrier::Carrier;
use crate::licence::data::{Data, Line, PictureLine, hundredths, nfc};
use crate::licence::reading::upon::Upon;
use crate::units::{Area, Mm, Page};
use crate::verify::Verified;

/// How far words may stand from where the data have them, in hundredths of a millimetre: the two formats round.
const TOLERANCE: i64 = 60;

/// The most differences that are told one by one.
const MOST: usize = 20;

/// Compares what each page shows with what the data say that it shows: each line of words has to begin where it is
/// said to and to say what it is said to, no others may be there, and all of them have to be seen.
pub(super) fn compare<D: Carrier>(
    verified: &Verified<'_, D>,
    data: &Data,
    upon: &Upon<'_>,
) -> Result<Vec<Remark>, Error> {
    let document = verified.document();
    let mut expected: BTreeMap<u32, Vec<&Line>> = BTreeMap::new();
    for line in &data.shown {
        expected.entry(line.page).or_default().push(line);
    }
    let count = u32::try_from(document.count()?).unwrap_or(u32::MAX);
    let mut differences = Vec::new();
    if let Some((page, _)) = expected.iter().find(|(page, _)| !(1..=count).contains(*page)) {
        differences.push(fault(
            format!("the data have words on page {page}, and there are {count} pages"),
            format!("数据所述第 {page} 页不存在"),
        ));
    }
    document.watch(&mut (1..=count).map(Page), &mut |sight| {
        let lines = expected.get(&sight.page.0).map(Vec::as_slice).unwrap_or_default();
        differences.extend(compare_page(&sight, lines));
        let pictures: Vec<_> = data.pictures.iter().filter(|picture| picture.page == sight.page.0).collect();
        differences.extend(pictures.iter().filter_map(|picture| picture_seen(picture, &sight)));
        let areas: Vec<Area> = pictures.iter().map(|picture| area_of(picture)).collect();
        differences.extend(upon.judge(&sight, &areas, &|form, seal| document.draws(form, seal))?);
        Ok(differences.len() < MOST)
    })?;
    differences.extend(compare_tags(document, data)?);
    if differences.iter().all(|one| one.check() != checks::LICENCE_FACE.name()) {
        let told = format!("{} lines of words on {count} pages, as the data say", data.shown.len());
        let chinese = format!("{count} 页共 {} 行文字与数据一致", data.shown.len());
        differences.push(Remark::pass(checks::LICENCE_FACE, told, chinese));
    }
    Ok(differences)
}

pub(super) fn sides(area: &Area) -> [i64; 4] {
    [area.left, area.top, area.width, area.height].map(hundredths)
}

pub(super) fn are_near(one: [i64; 4], other: [i64; 4]) -> bool {
    one.into_iter().zip(other).all(|(own, other)| own.abs_diff(other) <= TOLERANCE.unsigned_abs())
}

fn area_of(picture: &PictureLine) -> Area {
    let [left, top, width, height] = picture.area.map(|side| Mm(side as f64 / 100.0));
    Area { page: Page(picture.page), left, top, width, height }
}

/// Whether something is drawn where a picture belongs, and is seen: a picture that a page merely holds is not.
fn picture_seen(picture: &PictureLine, sight: &Sight) -> Option<Remark> {
    let name = picture.item.as_ref().map_or_else(String::new, |item| format!(" \"{}\"", item.escape_debug()));
    let (page, check) = (picture.page, checks::LICENCE_PICTURE);
    if !sight.marks.iter().any(|mark| are_near(sides(mark), picture.area)) {
        let told = format!("page {page} draws nothing where the picture{name} belongs");
        return Some(Remark::fail(check, told, format!("第 {page} 页未在应有位置显示图片{name}")));
    }
    let here = sight.unseen.iter().filter(|(area, _)| are_near(sides(area), picture.area)).map(|(_, seen)| *seen);
    let seen: Vec<Visibility> = here.collect();
    if seen.contains(&Visibility::Unseen) {
        let told = format!("nobody sees the picture{name} on page {page}: something lies over it, or it has no ink");
        return Some(Remark::fail(check, told, format!("第 {page} 页的图片{name}被遮盖或不可见")));
    }
    seen.contains(&Visibility::Doubtful).then(|| {
        let told = format!("whether the picture{name} on page {page} is seen cannot be told");
        Remark::unknown(check, told, format!("第 {page} 页的图片{name}是否可见无法判定"))
    })
}

/// A page's words in the order in which it shows them.
struct Shown<'s> {
    page: Area,
    glyphs: Vec<&'s Glyph>,
}

impl<'s> Shown<'s> {
    fn of(sight: &'s Sight) -> Self {
        Shown { page: sight.area(), glyphs: sight.own().iter().filter(|glyph| !glyph.text.trim().is_empty()).collect() }
    }

    /// The nearest character to a place that begins a line of words, and is not taken.
    fn at(&self, place: [i64; 2], first: Option<char>, taken: &[bool]) -> Option<usize> {
        let distance = |glyph: &Glyph| {
            let (left, top) = (hundredths(Mm(glyph.origin.0)), hundredths(Mm(glyph.origin.1)));
            let [x, y] = place;
            left.abs_diff(x).max(top.abs_diff(y))
        };
        let near = self.glyphs.iter().zip(taken).enumerate().filter(|(_, (_, taken))| !**taken);
        let near = near.map(|(index, (glyph, _))| (index, *glyph, distance(glyph)));
        let near = near.filter(|(_, _, distance)| *distance <= TOLERANCE.unsigned_abs());
        // Of two that stand in one place the one that fits counts, so that nothing hides below.
        let fits = |glyph: &Glyph| first.is_some_and(|first| nfc(&glyph.text).starts_with(first));
        near.min_by_key(|(_, glyph, distance)| (!fits(glyph), *distance)).map(|(index, ..)| index)
    }

    /// How many characters of a line need not be seen: grounds of tables are laid over watermarks, which are turned.
    fn tolerated(&self, range: std::ops::Range<usize>) -> usize {
        let glyphs = self.glyphs.get(range).unwrap_or_default();
        if glyphs.iter().all(|glyph| is_turned(glyph)) { glyphs.len() / 2 } else { 0 }
    }

    /// How many characters are seen or not; what reaches over the edges of the page, as watermarks do, is not judged.
    fn count(&self, range: std::ops::Range<usize>, seen: Visibility) -> usize {
        let glyphs = self.glyphs.get(range).unwrap_or_default();
        glyphs.iter().filter(|glyph| glyph.seen == seen && self.page.contains(&glyph.area)).count()
    }

    fn text(&self, range: std::ops::Range<usize>) -> String {
        let glyphs = self.glyphs.get(range).unwrap_or_default();
        plain(&glyphs.iter().map(|glyph| glyph.text.as_str()).collect::<String>())
    }
}

/// Whether a character stands neither level nor upright: words that do are taken for a watermark.
pub(super) fn is_turned(glyph: &Glyph) -> bool {
    /// Words turned by a few degrees look level.
    const TURNED: f64 = 0.1;
    glyph.towards.0.abs() > TURNED && glyph.towards.1.abs() > TURNED
}

/// Text without white space, in one form.
pub(super) fn plain(text: &str) -> String {
    nfc(text).chars().filter(|each| !each.is_whitespace()).collect()
}

fn compare_page(sight: &Sight, lines: &[&Line]) -> Vec<Remark> {
    let page = sight.page;
    let mut differences = Vec::new();
    if sight.unreadable > 0 {
        differences.push(fault(
            format!("{page} shows {} characters of which the font does not say what they mean", sight.unreadable),
            format!("第 {} 页有 {} 个字符无法识别", page.0, sight.unreadable),
        ));
    }
    let shown = Shown::of(sight);
    let mut taken = vec![false; shown.glyphs.len()];
    let mut starts: Vec<(usize, &Line)> = Vec::new();
    for line in lines {
        match shown.at(line.at, plain(&line.text).chars().next(), &taken) {
            Some(index) => {
                if let Some(taken) = taken.get_mut(index) {
                    *taken = true;
                }
                starts.push((index, line));
            }
            None => differences.push(missing(page, line)),
        }
    }
    starts.sort_by_key(|(index, _)| *index);
    let first = starts.first().map_or(shown.glyphs.len(), |(index, _)| *index);
    let before = shown.text(0..first);
    if !before.is_empty() {
        differences.push(extra(page, &before));
    }
    let ends = starts.iter().skip(1).map(|(index, _)| *index).chain([shown.glyphs.len()]);
    for ((start, line), end) in starts.iter().zip(ends) {
        let (found, wanted) = (shown.text(*start..end), plain(&line.text));
        let unseen = shown.count(*start..end, Visibility::Unseen);
        if unseen > shown.tolerated(*start..end) {
            differences.push(hidden(page, line, unseen));
        }
        if found == wanted {
            continue;
        }
        match found.strip_prefix(&wanted) {
            Some(rest) => differences.push(extra(page, rest)),
            None => differences.push(other(page, line, &found)),
        }
    }
    let doubtful = shown.count(0..shown.glyphs.len(), Visibility::Doubtful);
    if doubtful > 0 {
        let told =
            format!("whether {doubtful} characters on {page} are seen cannot be told: something may lie over them");
        let chinese = format!("第 {} 页有 {doubtful} 个字符是否可见无法判定", page.0);
        differences.push(Remark::unknown(checks::LICENCE_FACE, told, chinese));
    }
    differences
}

fn hidden(page: Page, line: &Line, count: usize) -> Remark {
    let told = format!(
        "nobody sees {count} characters of {} on {page}: something lies over them, or they have the colour of their ground",
        named(line)
    );
    fault(told, format!("第 {} 页{}有 {count} 个字符被遮盖或不可见", page.0, named_in_chinese(line)))
}

/// How a line is named in findings: by its item, for what it says may be somebody's number.
fn named(line: &Line) -> String {
    match &line.item {
        Some(item) => format!("the item \"{}\"", item.escape_debug()),
        None => format!("the words \"{}\"", short(&line.text)),
    }
}

fn named_in_chinese(line: &Line) -> String {
    match &line.item {
        Some(item) => format!("信息项“{}”", item.escape_debug()),
        None => format!("文字“{}”", short(&line.text)),
    }
}

fn short(text: &str) -> String {
    text.chars().take(24).collect::<String>().escape_debug().to_string()
}

fn missing(page: Page, line: &Line) -> Remark {
    let told = format!("{page} does not show {} where the data have it", named(line));
    fault(told, format!("第 {} 页未在应有位置显示{}", page.0, named_in_chinese(line)))
}

fn other(page: Page, line: &Line, found: &str) -> Remark {
    let count = found.chars().count();
    let told = format!("{page} shows something else than the data say for {} ({count} characters)", named(line));
    fault(told, format!("第 {} 页{}与数据不一致", page.0, named_in_chinese(line)))
}

pub(super) fn extra(page: Page, text: &str) -> Remark {
    let count = text.chars().count();
    let told = format!("{page} shows {count} characters that the data do not have");
    fault(told, format!("第 {} 页显示了数据中没有的 {count} 个字符", page.0))
}

/// What the tags say that items show, against the data; where there are tags.
fn compare_tags<D: Carrier>(document: &D, data: &Data) -> Result<Vec<Remark>, Error> {
    let Some(tagged) = document.tagged()? else { return Ok(Vec::new()) };
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for line in &data.shown {
        if let Some(item) = &line.item {
            expected.entry(leaf(item)).or_default().push_str(&plain(&line.text));
        }
    }
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (name, words) in tagged {
        found.entry(name).or_default().push_str(&plain(&words));
    }
    let differs =
        expected.iter().filter(|(item, words)| found.get(*item).is_none_or(|found| sorted(found) != sorted(words)));
    Ok(differs
        .take(MOST)
        .map(|(item, _)| {
            let told = format!("the tag \"{}\" does not lead to what the data say", item.escape_debug());
            fault(told, format!("标引“{}”与数据不一致", item.escape_debug()))
        })
        .collect())
}

/// The last part of a path, which the tag is called by.
fn leaf(path: &str) -> String {
    path.rsplit('.').next().unwrap_or(path).to_owned()
}

/// Rows may come in another order in the tree.
fn sorted(text: &str) -> Vec<char> {
    let mut letters: Vec<_> = text.chars().collect();
    letters.sort_unstable();
    letters
}

fn fault(english: String, chinese: String) -> Remark {
    Remark::fail(checks::LICENCE_FACE, english, chinese)
}
