//! Widths of the standard fonts, which files before PDF 1.5 do not give (ISO 32000-2, 9.6.2.2).

/// In thousandths of the font's size, from the space to the tilde. The oblique faces have the same; of bold
/// faces they differ by a few hundredths, which matters for no place.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
];

/// The width of a character in a font that gives none, in sizes of the font.
pub(super) fn standard_width(font: &[u8], character: Option<char>) -> f64 {
    let is = |name: &[u8]| font.windows(name.len()).any(|window| window == name);
    if is(b"Courier") {
        return 0.6;
    }
    let table = if is(b"Times") { &TIMES } else { &HELVETICA };
    let place = character.and_then(|one| usize::try_from(u32::from(one).checked_sub(32)?).ok());
    place.and_then(|place| table.get(place)).map_or(0.556, |width| f64::from(*width) / 1000.0)
}
