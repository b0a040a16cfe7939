//! What a draft shows, for whoever compares it with what a document shows.

use crate::compose::draft::{Mark, Sheet};
use crate::compose::words::Words;
use crate::units::Mm;

impl Words {
    /// Where the first character that is seen begins on its base line.
    pub(crate) fn place(&self) -> (Mm, Mm) {
        let blank = self.text.chars().take_while(|each| each.is_whitespace()).count();
        let (left, baseline) = self.at;
        let Some(advances) = self.advances.as_ref().filter(|_| blank > 0) else { return (left, baseline) };
        let along: f64 = advances.iter().take(blank).map(|advance| advance * self.stretch + self.spacing.0).sum();
        let (sine, cosine) = self.rotation.to_radians().sin_cos();
        (Mm(left.0 + along * cosine), Mm(baseline.0 - along * sine))
    }
}

impl Sheet {
    /// All marks, those that fields show included, from the bottom to the top.
    pub(crate) fn all_marks(&self) -> Vec<&Mark> {
        let mut found = Vec::new();
        for mark in self.marks() {
            match mark {
                Mark::Field(field) => found.extend(&field.shown),
                other => found.push(other),
            }
        }
        found
    }
}
