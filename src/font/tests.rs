use crate::error::ErrorKind;
use crate::font::{Font, Script, script_of};

macro_rules! font {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/fonts/", $name))
    };
}

const SONG: &[u8] = font!("NotoSerifCJKsc-Bold-subset.otf");
const FIGURES: &[u8] = font!("SealFigures.ttf");
const COLLECTION: &[u8] = font!("collection.ttc");
const ARABIC: &[u8] = font!("NotoNaskhArabic-Bold-subset.ttf");
const TIBETAN: &[u8] = font!("NotoSerifTibetan-Bold-subset.ttf");

fn shared<T: Send + Sync>() {}

#[test]
fn cff_truetype_and_collections_are_read() {
    shared::<Font>();
    assert_eq!(Font::read(SONG, 0).unwrap().name(), "Noto Serif CJK SC Bold");
    assert_eq!(Font::read(FIGURES, 0).unwrap().name(), "Seal Figures Regular");
    assert_eq!(Font::read(COLLECTION, 0).unwrap().name(), "Seal Figures Regular");
    assert_eq!(Font::read(COLLECTION, 1).unwrap().name(), "Noto Sans Mongolian Regular");
    let error = Font::read(COLLECTION, 2).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("index 2"), "{error}");
    assert_eq!(Font::read(b"no font".as_slice(), 0).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn an_outline_stands_on_the_baseline_and_downwards_is_positive() {
    let font = Font::read(SONG, 0).unwrap();
    let ink = font.glyph('国', None).unwrap().path.bounds().unwrap();
    assert!(ink.top < -0.7 && ink.bottom > -0.05 && ink.bottom < 0.12, "{ink:?}");
    assert!((font.glyph('国', None).unwrap().advance - 1.0).abs() < 1e-9);
    let (top, bottom) = font.face();
    assert!(top <= ink.top + 0.03 && bottom >= ink.bottom - 0.03, "{top} {bottom} {ink:?}");
    let figure = Font::read(FIGURES, 0).unwrap().glyph('0', None).unwrap().path.bounds().unwrap();
    assert!((figure.height() - 0.71).abs() < 0.02, "{figure:?}");
}

#[test]
fn missing_characters_are_named_once_each() {
    let font = Font::read(SONG, 0).unwrap();
    assert_eq!(font.missing("龘示龘𠮷\u{200D}"), "龘𠮷");
    let error = font.require("示龘").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.to_string().contains("龘 (U+9F98)"), "{error}");
    assert!(font.require("示例市").is_ok());
}

#[test]
fn scripts_are_told_by_their_letters() {
    assert_eq!(script_of("示例 ABC 123"), Script::Plain);
    assert_eq!(script_of("ꆈꌠ"), Script::Plain);
    assert_eq!(script_of("شىنجاڭ 1"), Script::Joined);
    assert_eq!(script_of("མི"), Script::Joined);
    assert_eq!(script_of("ᠬᠣᠲᠠ"), Script::Mongolian);
}

#[test]
fn letters_join_and_stack() {
    let arabic = Font::read(ARABIC, 0).unwrap();
    // Joined, the same letters are narrower than each on its own.
    let joined = arabic.set("خەلق").unwrap().width;
    let apart: f64 = "خەلق".chars().map(|letter| arabic.set(&letter.to_string()).unwrap().width).sum();
    assert!(joined < apart * 0.95, "{joined} {apart}");
    let tibetan = Font::read(TIBETAN, 0).unwrap();
    let stack = tibetan.set("སྲི").unwrap();
    let below = tibetan.set("ས").unwrap();
    assert!(stack.path.bounds().unwrap().bottom > below.path.bounds().unwrap().bottom + 0.05);
}

#[test]
fn directions_are_not_mixed() {
    let arabic = Font::read(COLLECTION, 0).unwrap();
    assert!(arabic.set("AB").is_ok());
    let error = Font::read(ARABIC, 0).unwrap().set("خ龘").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
}

#[test]
fn broken_fonts_do_no_harm() {
    for bytes in [FIGURES, COLLECTION, TIBETAN] {
        for length in (0..bytes.len()).step_by(397) {
            use_up(&bytes[..length]);
        }
        for at in (0..bytes.len()).step_by(331) {
            for value in [0x00, 0xFF, bytes[at] ^ 0x80] {
                let mut broken = bytes.to_vec();
                broken[at] = value;
                use_up(&broken);
            }
        }
    }
}

fn use_up(bytes: &[u8]) {
    let Ok(font) = Font::read(bytes, 0) else { return };
    for character in ['0', 'M', 'མ'] {
        let _ = font.glyph(character, None);
    }
    let _ = font.set("མི");
    let _ = font.set("A0");
}
