//! Words across a page.

use crate::compose::draft::Mark;
use crate::compose::words::Words;
use crate::units::Mm;

/// Words of one line, turned and put in the middle of the page, or so far from one another that they cover it.
pub(super) fn turned(line: &[Mark], angle: f64, repeat: Option<[f64; 2]>, (width, height): (f64, f64)) -> Vec<Mark> {
    let words: Vec<&Words> =
        line.iter().filter_map(|mark| if let Mark::Words(words) = mark { Some(words) } else { None }).collect();
    let long = words.iter().map(|words| words.at.0.0 + words.length()).fold(0.0, f64::max);
    let size = words.iter().map(|words| words.size.0).fold(0.0, f64::max);
    let (sin, cos) = angle.to_radians().sin_cos();
    let mut marks = Vec::new();
    let mut put = |x: f64, y: f64| {
        for words in &words {
            // From the middle of the line; against the clock, y growing downwards.
            let (along, down) = (words.at.0.0 - long / 2.0, size * 0.38);
            let at = (x + along * cos + down * sin, y - along * sin + down * cos);
            let mut own = (*words).clone().at(Mm(at.0), Mm(at.1)).rotation(angle);
            own.field = None;
            marks.push(Mark::Words(own));
        }
    };
    match repeat {
        None => put(width / 2.0, height / 2.0),
        Some([right, down]) => {
            // Every second row is moved by half, and the rows reach over the edges.
            let (right, down) = (right.max(5.0), down.max(5.0));
            let mut y = down / 2.0;
            let mut is_moved = false;
            while y < height {
                let mut x = if is_moved { right } else { right / 2.0 };
                while x < width {
                    put(x, y);
                    x += right;
                }
                y += down;
                is_moved = !is_moved;
            }
        }
    }
    marks
}
