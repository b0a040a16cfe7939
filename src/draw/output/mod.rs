//! The four writers. All get the same rounded outlines.

mod ofd;
mod pdf;
mod png;
mod svg;

pub(super) use crate::draw::output::pdf::{Contents, Placed, document};
pub(super) use crate::draw::output::png::{encode, mask_of, pixels};

/// A number with at most four decimals and no more than it needs.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(0.0, "0"), (-0.00001, "0"), (10.0, "10"), (1.25, "1.25"), (-0.5, "-0.5")] {
            assert_eq!(number(value), text);
        }
    }
}
