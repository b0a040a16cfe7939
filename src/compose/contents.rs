//! What a draft shows, for whoever compares it with what a document shows.

use crate::compose::draft::{Mark, Sheet, Words};
use crate::units::Mm;

impl Words {
    /// Where the first character begins on its base line.
    pub(crate) fn place(&self) -> (Mm, Mm) {
        self.at
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
