//! What a copy's note draws: whoever makes a copy lays words over the issuer's pages, and nothing but words. They say
//! what the note says, they are seen, and they leave the pages as they were.

use crate::document::{Glyph, Laid, Sight, Visibility};
use crate::error::Error;
use crate::finding::checks;
use crate::licence::annotate::read_note;
use crate::licence::carrier::Carrier;
use crate::licence::reading::face::{is_turned, plain};
use crate::licence::{CopyNote, Remark};
use crate::units::Area;

/// More characters are no note.
const LONGEST: usize = 4000;
/// So often a watermark may stand on a page.
const OFTEN: usize = 200;

/// So many words of a page are compared with what lies over them.
const CROWD: usize = 20_000;

/// What lets half of the page through hides no words of it.
const SEE_THROUGH: f32 = 0.5;
/// Ink as pale as this or paler, in parts of the range from black to white, rubs out what it lies over.
const PALE: f32 = 0.5;

/// How far characters of a line may stand from where the one before leads, in sizes of the font: along the line and
/// across it.
const ALONG: f64 = 1.2;
const ACROSS: f64 = 0.25;
/// How far the next row of a line that was broken is below, in sizes of the font.
const ROWS: std::ops::RangeInclusive<f64> = 0.8..=3.0;

/// The notes that were laid over a document.
pub(super) struct Notes {
    fields: Vec<(String, Vec<Area>)>,
    /// The lines of the first, without white space, the longest first.
    lines: Vec<String>,
    /// The one of them that says what the note is.
    last: String,
    said: Option<CopyNote>,
}

impl Notes {
    /// Of a document that may have none.
    pub(super) fn of<D: Carrier>(document: &D) -> Result<Self, Error> {
        let fields = document.notes()?;
        let text = fields.iter().map(|(text, _)| text.as_str()).find(|text| !text.is_empty()).unwrap_or_default();
        let mut lines: Vec<String> = text.lines().map(plain).filter(|line| !line.is_empty()).collect();
        let last = lines.last().cloned().unwrap_or_default();
        lines.sort_by_key(|line| std::cmp::Reverse(line.len()));
        Ok(Notes { said: read_note(text), lines, last, fields })
    }

    /// Whether there is one.
    pub(super) fn is_there(&self) -> bool {
        !self.lines.is_empty()
    }

    /// What it says; nothing where it is not of the form in which notes of copies are written.
    pub(super) fn said(&self) -> Option<&CopyNote> {
        self.said.as_ref()
    }

    /// The places that are kept for a note.
    pub(super) fn areas(&self) -> impl Iterator<Item = &Area> {
        self.fields.iter().flat_map(|(_, areas)| areas)
    }

    /// What the fields say, if that can be one note: all that are filled in say the same.
    pub(super) fn compare(&self) -> Option<Remark> {
        let mut filled = self.fields.iter().map(|(text, _)| text).filter(|text| !text.is_empty());
        let first = filled.next()?;
        if filled.any(|other| other != first) {
            return Some(unlike("the notes on the pages say different things", "各页加注内容不一致"));
        }
        self.said
            .is_none()
            .then(|| unlike("the note that was laid over the licence is none of a copy", "加注内容无法识别"))
    }

    /// The pages that are kept for a note and have none, where others have one.
    pub(super) fn missing(&self, sight: &Sight, laid: &[&Laid]) -> Option<Remark> {
        let page = sight.page;
        let is_kept = self.areas().any(|area| area.page == page);
        (self.is_there() && is_kept && laid.is_empty()).then(|| {
            let told = format!("the note of the copy is not on {page}");
            unlike(told, format!("第 {} 页没有加注内容", page.0))
        })
    }

    /// What is laid over a page by one of the fields.
    pub(super) fn judge(&self, sight: &Sight, laid: &Laid, pictures: &[Area]) -> Vec<Remark> {
        let page = sight.page;
        let words = sight.glyphs.get(laid.words.clone()).unwrap_or_default();
        let words: Vec<&Glyph> = words.iter().filter(|glyph| !glyph.text.trim().is_empty()).collect();
        let mut remarks: Vec<Remark> = means(laid).into_iter().chain(visibility(sight, &words)).collect();
        let lines = self.split(&words).unwrap_or_default();
        // Watermarks may reach over the edges of the page, by half; the note's own line is seen whole.
        let is_said = |line: &String| {
            lines.iter().filter(|(own, _)| own == line).any(|(_, words)| {
                let seen = words.iter().filter(|glyph| glyph.seen != Visibility::Unseen).count();
                seen == words.len() || (*line != self.last && seen.saturating_mul(2) >= words.len())
            })
        };
        if !self.lines.iter().all(is_said) {
            let told = format!("what is laid over {page} is not what the note of the copy says");
            remarks.push(unlike(told, format!("第 {} 页所绘加注与加注内容不一致", page.0)));
        }
        for (line, words) in &lines {
            remarks.extend(self.judge_line(sight, line, words, pictures));
        }
        remarks
    }

    /// The lines that are shown, if what is shown is lines of the note and nothing else.
    fn split<'g>(&self, words: &[&'g Glyph]) -> Option<Vec<(&str, Vec<&'g Glyph>)>> {
        let mut lines = Vec::new();
        let mut rest = words.get(..words.len().min(LONGEST + 1))?;
        while !rest.is_empty() {
            let (line, count) = self.lines.iter().find_map(|line| Some((line.as_str(), begins(rest, line)?)))?;
            let (own, after) = rest.split_at_checked(count)?;
            lines.push((line, own.to_vec()));
            rest = after;
            if lines.len() > OFTEN || words.len() > LONGEST {
                return None;
            }
        }
        Some(lines)
    }

    fn judge_line(&self, sight: &Sight, line: &str, words: &[&Glyph], pictures: &[Area]) -> Vec<Remark> {
        let page = sight.page;
        let mut remarks = Vec::new();
        if !is_one_line(words) {
            let told = format!("the note on {page} is scattered: its characters stand as if they were the licence's");
            remarks.push(fault(told, format!("第 {} 页加注文字排列分散，可能与原文混淆", page.0)));
        }
        if !is_legible(words) {
            let told = format!("the note on {page} is too small to be read");
            remarks.push(fault(told, format!("第 {} 页加注文字过小，无法阅读", page.0)));
        }
        if line != self.last && !self.is_watermark(line, words) {
            let told = format!("the note on {page} has words beside it that may be taken for the licence's own");
            remarks.push(doubt(told, format!("第 {} 页加注旁有其他文字，可能与原文混淆", page.0)));
        }
        let hiding = words.iter().filter(|glyph| glyph.ink.opacity > SEE_THROUGH && glyph.seen != Visibility::Unseen);
        let hiding: Vec<_> = hiding.copied().collect();
        let near = hiding.iter().map(|glyph| glyph.area).reduce(|all, one| all.union(&one));
        let below: Vec<Area> = match near {
            Some(near) => {
                let below = sight.own().iter().filter(|word| !word.is_blank() && word.area.overlaps(&near));
                below.map(|word| inner(&word.area)).chain(pictures.iter().copied()).collect()
            }
            None => Vec::new(),
        };
        let is_over = |glyph: &&&Glyph| below.iter().take(CROWD).any(|below| below.overlaps(&inner(&glyph.area)));
        let hiding: Vec<_> = hiding.iter().filter(is_over).collect();
        if below.len() > CROWD {
            let told = format!("{page} has too many words to compare them with the note over them");
            remarks.push(doubt(told, format!("第 {} 页文字过多，无法核对加注是否遮盖原文", page.0)));
        }
        if hiding.iter().any(|glyph| is_pale(glyph)) {
            let told =
                format!("the note on {page} lies over words or pictures of it in a pale colour, which rubs them out");
            remarks.push(fault(told, format!("第 {} 页加注以浅色覆盖原文", page.0)));
        } else if !hiding.is_empty() {
            let count = hiding.len();
            let told =
                format!("{count} characters of the note on {page} lie over words or pictures of it, not see-through");
            remarks.push(doubt(told, format!("第 {} 页加注有 {count} 个不透明字符压在原文上", page.0)));
        }
        remarks
    }

    /// Whether words are taken for what they are, beside the note's own line: turned, or with what the copy is for.
    fn is_watermark(&self, line: &str, words: &[&Glyph]) -> bool {
        let is_turned = words.iter().all(|glyph| is_turned(glyph));
        let is_said = |note: &CopyNote| line.contains(&plain(&note.purpose)) || line.contains(&plain(&note.maker));
        is_turned || self.said.as_ref().is_some_and(is_said)
    }
}

/// What a note is drawn with.
fn means(laid: &Laid) -> Vec<Remark> {
    let (area, page) = (&laid.area, laid.area.page.0);
    let mut remarks = Vec::new();
    if laid.painted > 0 {
        let told = format!("what was laid over the page on {area} paints more than words: it may hide the face");
        remarks.push(fault(told, format!("第 {page} 页加注处绘有文字以外的内容，可能遮盖版面")));
    }
    if laid.changes {
        let told = format!("what was laid over the page on {area} shows something else at other times");
        remarks.push(fault(told, format!("第 {page} 页加注在不同情况下显示不同内容")));
    }
    remarks
}

/// Whether the words are seen, as far as they are on the page.
fn visibility(sight: &Sight, words: &[&Glyph]) -> Option<Remark> {
    let (page, whole) = (sight.page, sight.area());
    let is_here = |glyph: &&&Glyph| whole.contains(&glyph.area);
    let count = |seen: Visibility| words.iter().filter(is_here).filter(|glyph| glyph.seen == seen).count();
    match (count(Visibility::Unseen), count(Visibility::Doubtful)) {
        (0, 0) => None,
        (0, doubtful) => {
            let told = format!("whether {doubtful} characters of the note on {page} are seen cannot be told");
            Some(doubt(told, format!("第 {} 页加注有 {doubtful} 个字符是否可见无法判定", page.0)))
        }
        (unseen, _) => {
            let told = format!("nobody sees {unseen} characters of the note on {page}");
            Some(fault(told, format!("第 {} 页加注有 {unseen} 个字符不可见", page.0)))
        }
    }
}

/// How many characters say a line.
fn begins(words: &[&Glyph], line: &str) -> Option<usize> {
    let mut rest = line;
    for (count, glyph) in words.iter().enumerate() {
        if rest.is_empty() {
            return Some(count);
        }
        rest = rest.strip_prefix(plain(&glyph.text).as_str())?;
    }
    rest.is_empty().then_some(words.len())
}

/// Whether characters follow one another on a line, or on rows below each other.
fn is_one_line(words: &[&Glyph]) -> bool {
    let Some(first) = words.first() else { return true };
    let (x, y) = first.towards;
    let place = |glyph: &Glyph| {
        let (right, down) = (glyph.origin.0 - first.origin.0, glyph.origin.1 - first.origin.1);
        ((right * x + down * y) / first.em, (down * x - right * y) / first.em)
    };
    let is_alike = |glyph: &&Glyph| {
        let turn = (glyph.towards.0 - x).abs().max((glyph.towards.1 - y).abs());
        turn < 0.02 && (glyph.em - first.em).abs() <= 0.02 * first.em
    };
    let follows = |pair: &[&Glyph]| {
        let [before, next] = pair else { return true };
        let ((along, across), (own_along, own_across)) = (place(before), place(next));
        let gap = own_along - along - before.advance / first.em;
        let down = own_across - across;
        let is_beside = gap.abs() <= ALONG && down.abs() <= ACROSS;
        is_beside || (own_along.abs() <= ALONG && ROWS.contains(&down))
    };
    words.iter().all(is_alike) && words.windows(2).all(follows)
}

/// Whether characters are large enough to be read, and not squeezed.
fn is_legible(words: &[&Glyph]) -> bool {
    /// Some three points.
    const LEAST: f64 = 1.0;
    const NARROW: f64 = 0.3;
    let (wide, size) = words.iter().fold((0.0, 0.0), |sum, glyph| (sum.0 + glyph.advance, sum.1 + glyph.em));
    wide >= NARROW * size && words.iter().all(|glyph| glyph.em >= LEAST)
}

/// The part of a character's place where its ink is.
fn inner(area: &Area) -> Area {
    const MARGIN: f64 = 0.15;
    let (width, height) = (area.width.0, area.height.0);
    let mut inner = *area;
    (inner.left.0, inner.top.0) = (area.left.0 + width * MARGIN, area.top.0 + height * MARGIN);
    (inner.width.0, inner.height.0) = (width * (1.0 - 2.0 * MARGIN), height * (1.0 - 2.0 * MARGIN));
    inner
}

fn is_pale(glyph: &Glyph) -> bool {
    glyph.ink.colour.is_some_and(|colour| colour.iter().all(|part| f32::from(*part) / 255.0 >= PALE))
}

fn unlike(english: impl Into<String>, chinese: impl Into<String>) -> Remark {
    Remark::fail(checks::LICENCE_COPY, english, chinese)
}

fn fault(english: String, chinese: String) -> Remark {
    Remark::fail(checks::LICENCE_FACE, english, chinese)
}

fn doubt(english: String, chinese: String) -> Remark {
    Remark::unknown(checks::LICENCE_FACE, english, chinese)
}
