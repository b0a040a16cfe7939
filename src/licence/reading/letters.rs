//! Whether the letters of a note are those that its font says they are. A font that was made to lie can be told by some
//! signs only: letters that draw nothing, boxes, or what another letter looks like.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::document::{Letter, Sight};
use crate::finding::checks;
use crate::licence::Remark;

/// How far ink reaches beyond its letter at most, in ems.
const REACH: f64 = 1.0;
/// Which part of the em a letter fills at most: the blackest ideographs fill two thirds.
const INK: f64 = 0.8;

/// What is to be said of the letters of what lies upon a page in this place.
pub(super) fn judge(sight: &Sight, laid: usize) -> Option<Remark> {
    let page = sight.page;
    let own: Vec<&Letter> = sight.letters.iter().filter(|letter| letter.laid == Some(laid)).collect();
    let told = own.iter().find_map(|letter| odd(letter)).or_else(|| taken(&sight.letters, &own));
    if let Some((letter, english, chinese)) = told {
        let english = format!("the note on {page} draws \"{}\" {english}: its font lies", letter.escape_debug());
        let chinese = format!("第 {} 页加注字体有误：字符“{letter}”{chinese}", page.0);
        return Some(Remark::fail(checks::LICENCE_FACE, english, chinese));
    }
    let unknown = own.iter().filter(|letter| letter.look.is_none()).count();
    (unknown > 0).then(|| {
        let english = format!(
            "whether {unknown} letters of the note on {page} look like what they mean cannot be told: its fonts are not \
             embedded, or of an old kind"
        );
        let chinese = format!("第 {} 页加注有 {unknown} 个字符的字形无法核对（字体未嵌入或类型较旧）", page.0);
        Remark::unknown(checks::LICENCE_FACE, english, chinese)
    })
}

type Told<'l> = (&'l str, &'static str, &'static str);

/// A letter that looks like none.
fn odd(letter: &Letter) -> Option<Told<'_>> {
    let look = letter.look.as_ref()?;
    let text = letter.text.as_str();
    if look.outline.is_empty() {
        return Some((text, "as nothing", "不显示"));
    }
    let [left, top, right, bottom] = look.reach;
    // An em stands from 0.88 above the line to 0.12 below it.
    if left < -REACH || right > 1.0 + REACH || top < -0.88 - REACH || bottom > 0.12 + REACH {
        return Some((text, "far beyond its place", "字形超出字位"));
    }
    (look.ink > INK && !is_block(text)).then_some((text, "as a box", "显示为实心块"))
}

/// A letter that looks exactly like another one, of the note or of the page.
fn taken<'l>(all: &'l [Letter], own: &[&'l Letter]) -> Option<Told<'l>> {
    let mut known: BTreeMap<&[i32], Vec<&str>> = BTreeMap::new();
    for letter in all {
        let outline = letter.look.iter().map(|look| look.outline.as_slice()).find(|outline| !outline.is_empty());
        if let Some(outline) = outline {
            known.entry(outline).or_default().push(&letter.text);
        }
    }
    let differs = |letter: &&&Letter| {
        let outline = letter.look.as_ref().map(|look| look.outline.as_slice()).unwrap_or_default();
        let others = known.get(outline).map(Vec::as_slice).unwrap_or_default();
        others.iter().any(|other| !are_alike(other, &letter.text))
    };
    own.iter().find(differs).map(|letter| (letter.text.as_str(), "as another letter", "字形为其他字符"))
}

/// Whether two texts may look the same: what Unicode takes for one, and letters and strokes that many scripts share.
fn are_alike(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.nfkc().collect::<String>();
    let may_share = |text: &str| !text.chars().all(|each| each.is_ascii_digit() || is_ideograph(each));
    let is_radical = |text: &str| text.chars().all(|each| matches!(each, '\u{2E80}'..='\u{2EFF}'));
    plain(one) == plain(other)
        || may_share(one) && may_share(other)
        || has_stroke(one) && has_stroke(other)
        || is_radical(one)
        || is_radical(other)
}

/// Unified ideographs.
fn is_ideograph(each: char) -> bool {
    matches!(each, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// One stroke, which dashes and bars have too; a ring, which zeros have too.
fn has_stroke(text: &str) -> bool {
    let is_one = |each: char| {
        matches!(each, '一' | '〇' | '0' | 'O' | 'o' | '○' | '\u{2010}'..='\u{2015}' | '\u{30FC}' | '-')
            || matches!(each, '丨' | '|' | '1' | 'l' | 'I' | '丶' | '丿')
    };
    text.chars().all(is_one)
}

/// Letters that are boxes.
fn is_block(text: &str) -> bool {
    text.chars().all(|each| matches!(each, '\u{2580}'..='\u{25FF}' | '\u{2B1B}' | '\u{1FB00}'..='\u{1FBFF}'))
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::document::{Letter, Look, Sight};
    use crate::finding::Outcome;
    use crate::units::{Mm, Page};

    fn letter(text: &str, laid: Option<usize>, outline: &[i32]) -> Letter {
        let look = Look { outline: outline.to_vec(), reach: [0.0, -0.8, 1.0, 0.1], ink: 0.3 };
        Letter { text: text.into(), laid, look: Some(look) }
    }

    fn outcome(letters: Vec<Letter>) -> Option<(Outcome, String)> {
        let mut sight = Sight::new(Page(1), (Mm(210.0), Mm(297.0)));
        sight.letters = letters;
        judge(&sight, 0).map(|remark| (remark.outcome(), remark.finding.detail))
    }

    #[track_caller]
    fn lies(letters: Vec<Letter>, part: &str) {
        let (outcome, told) = outcome(letters).unwrap();
        assert!(outcome == Outcome::Fail && told.contains(part), "{told}");
    }

    #[test]
    fn letters_look_like_what_they_mean() {
        let (eight, nine) = ([1, 2, 3], [1, 2, 4]);
        let good = || vec![letter("8", None, &eight), letter("8", Some(0), &eight), letter("9", Some(0), &nine)];
        assert_eq!(outcome(good()), None);
        // Another font for the same letter, and letters that may look the same.
        assert_eq!(outcome(vec![letter("8", None, &nine), letter("8", Some(0), &eight)]), None);
        for (one, other) in [("A", "А"), ("一", "—"), ("⼀", "一"), ("长", "\u{2ED3}"), ("·", "•"), ("（", "(")]
        {
            let alike = vec![letter(one, None, &eight), letter(other, Some(0), &eight)];
            assert_eq!(outcome(alike), None, "{one} {other}");
        }
        lies(vec![letter("8", None, &eight), letter("3", Some(0), &eight)], "as another letter");
        lies(vec![letter("年", Some(0), &eight), letter("月", Some(0), &eight)], "as another letter");
        // What lies elsewhere is not the note's.
        assert_eq!(outcome(vec![letter("8", None, &eight), letter("3", Some(1), &eight)]), None);
    }

    #[test]
    fn letters_are_neither_boxes_nor_nothing_nor_far_away() {
        let with = |change: fn(&mut Look)| {
            let mut one = letter("年", Some(0), &[1, 2]);
            change(one.look.as_mut().unwrap());
            vec![one]
        };
        lies(with(|look| look.outline.clear()), "as nothing");
        lies(with(|look| look.ink = 0.95), "as a box");
        lies(with(|look| look.reach[2] = 9.0), "far beyond");
        lies(with(|look| look.reach[1] = -9.0), "far beyond");
        let mut block = letter("█", Some(0), &[1, 2]);
        block.look.as_mut().unwrap().ink = 1.0;
        assert_eq!(outcome(vec![block]), None);
        let unknown = Letter { text: "年".into(), laid: Some(0), look: None };
        assert_eq!(outcome(vec![unknown]).unwrap().0, Outcome::Unknown);
    }
}
