//! The catalog: what it leads to has rules of its own, or may not change at all.

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::Part;
use crate::document::pdf::changes::rules::evidence::TAKEN;
use crate::document::pdf::changes::step::{At, Step};
use crate::error::Error;

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn catalog(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        for difference in Self::differing(Some(old), Some(new))? {
            let key = difference.key;
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let (one, two) = (before.as_ref(), after.as_ref());
            match key.as_slice() {
                b"AcroForm" if two.is_some() => self.form(at, one, two)?,
                b"DSS" if self.takes_over(difference.new.as_ref()) => {
                    self.refuse(at, ChangeKind::Evidence, TAKEN, difference.old.as_ref(), difference.new.as_ref());
                }
                b"DSS" => self.dss(at, one, two)?,
                b"Extensions" => self.extensions(at, one, two)?,
                b"Metadata" => self.metadata(at, one, two)?,
                b"Version" => self.version(at, one, two),
                b"MarkInfo" => self.mark_information(at, one, two)?,
                _ => {
                    let name = String::from_utf8_lossy(&key);
                    let done = done(one, two);
                    let text = format!("the catalog's /{name} was {done}");
                    let (old, new) = (difference.old.as_ref(), difference.new.as_ref());
                    self.refuse(at, kind_of_key(&key), text, old, new);
                }
            }
        }
        Ok(())
    }

    /// The version may only rise.
    fn version(&mut self, at: At, old: Option<&Part<'w>>, new: Option<&Part<'w>>) {
        let number = |part: Option<&Part<'w>>| {
            let name = part?.value.as_name()?;
            std::str::from_utf8(name).ok()?.parse::<f64>().ok()
        };
        let before = number(old).or_else(|| self.new.work.file.version.parse().ok()).unwrap_or(0.0);
        let (kind, text) = (ChangeKind::Extension, "the version of PDF that the document declares was changed");
        match number(new) {
            Some(after) if after >= before => {
                self.record_values(at, ModificationLevel::LtaUpdate, kind, text, old, new);
            }
            _ => self.refuse(at, kind, text, old, new),
        }
    }

    /// What it says about tags may be added to.
    fn mark_information(&mut self, at: At, old: Option<&Part<'w>>, new: Option<&Part<'w>>) -> Result<(), Error> {
        let is_kept = Self::differing(old, new)?.iter().all(|difference| difference.new.is_some());
        let text = "what the document says about its tags was changed";
        if is_kept && new.is_some_and(|new| new.dictionary().is_some()) {
            self.record_values(at, ModificationLevel::LtaUpdate, ChangeKind::Structure, text, old, new);
        } else {
            self.refuse(at, ChangeKind::Structure, text, old, new);
        }
        Ok(())
    }
}

/// What became of a value.
pub(super) fn done<T>(old: Option<T>, new: Option<T>) -> &'static str {
    match (old, new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

fn kind_of_key(key: &[u8]) -> ChangeKind {
    match key {
        b"OpenAction" | b"AA" | b"Names" => ChangeKind::Action,
        b"Pages" => ChangeKind::PageTree,
        b"Perms" => ChangeKind::Permissions,
        b"StructTreeRoot" => ChangeKind::Structure,
        b"AcroForm" => ChangeKind::Form,
        _ => ChangeKind::Catalog,
    }
}
