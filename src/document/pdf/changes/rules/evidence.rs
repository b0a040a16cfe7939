//! Data for validation (12.8.4.3) and the extensions that announce them (7.12): both only grow.

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::Part;
use crate::document::pdf::changes::role::Role;
use crate::document::pdf::changes::rules::catalog::done;
use crate::document::pdf::changes::step::{At, Listed, Step};
use crate::document::pdf::file::readable;
use crate::error::Error;

const EVIDENCE: ChangeKind = ChangeKind::Evidence;
const LTA: ModificationLevel = ModificationLevel::LtaUpdate;
pub(super) const TAKEN: &str = "the data for validation took over an object that was something else";

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn dss(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let Some(whole) = new.filter(|new| new.dictionary().is_some()) else {
            let since = self.index.evidence_since;
            let text = "the data for validation, /DSS, were removed";
            if let Some(record) = self.record_values(at, ModificationLevel::Other, EVIDENCE, text, old, new)
                && let Some(since) = since
            {
                // For signatures from before the data came, all is as it was.
                (record.born, record.later) = (since, LTA);
            }
            return Ok(());
        };
        if old.is_none() {
            self.index.evidence_since.get_or_insert(self.new.revision);
            self.record(at, LTA, EVIDENCE, "data for validation, /DSS, were added");
        }
        for difference in Self::differing(old, Some(whole))? {
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let (one, two) = (before.as_ref(), after.as_ref());
            match difference.key.as_slice() {
                _ if self.takes_over(difference.new.as_ref()) => self.refuse(at, EVIDENCE, TAKEN, one, two),
                b"Certs" | b"OCSPs" | b"CRLs" => self.evidence(at, one, two)?,
                b"VRI" => self.vri(at, one, two)?,
                b"Type" => {}
                key => {
                    let text = format!("/{} of the DSS was {}", String::from_utf8_lossy(key), done(one, two));
                    self.refuse(at, EVIDENCE, text, one, two);
                }
            }
        }
        Ok(())
    }

    /// A list of certificates, OCSP answers or revocation lists.
    pub(in crate::document::pdf::changes) fn evidence(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let what = (EVIDENCE, "a list in the data for validation");
        let Some(Listed { gone, fresh, .. }) = self.listed(at, what, old, new)? else { return Ok(()) };
        if !gone.is_empty() {
            let text = format!("{} left out of the data for validation", entries(gone.len()));
            self.record(at, LTA, EVIDENCE, text);
        }
        let count = fresh.len();
        for item in fresh {
            let is_strange = item.value.as_reference().is_none() || self.takes_over(Some(&item));
            let is_stream = readable(item.clone().followed())?.is_some_and(|stream| stream.is_stream());
            if is_strange || !is_stream {
                let text = "the data for validation got something that is no new stream";
                self.refuse(at, EVIDENCE, text, None, Some(&item));
            }
        }
        if count > 0 {
            self.record(at, LTA, EVIDENCE, format!("{} added to the data for validation", entries(count)));
        }
        Ok(())
    }

    /// Whether a reference takes over an object that was something else: one that led a life outside the data
    /// for validation, or one that this revision overwrites.
    pub(in crate::document::pdf::changes) fn takes_over(&self, value: Option<&Part<'w>>) -> bool {
        let Some(reference) = value.and_then(|value| value.value.as_reference()) else { return false };
        let number = reference.number;
        let mut above = self.index.above(number, self.new.work.limits.depth);
        if above.any(|above| self.index.has_role(above, Role::Dss)) {
            return false;
        }
        self.was_there(reference) && (self.index.is_reached(number) || self.is_overwritten(number))
    }

    pub(in crate::document::pdf::changes) fn vri(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        for difference in Self::differing(old, new)? {
            if difference.key == b"Type" {
                continue;
            }
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            match after.as_ref().filter(|after| after.dictionary().is_some()) {
                Some(_) if self.takes_over(difference.new.as_ref()) => {
                    self.refuse(at, EVIDENCE, TAKEN, before.as_ref(), after.as_ref());
                }
                Some(after) => self.vri_entry(at, before.as_ref(), Some(after))?,
                None => {
                    let key = String::from_utf8_lossy(&difference.key).into_owned();
                    let text = format!("the data for validating the signature {key} were removed");
                    self.refuse(at, EVIDENCE, text, difference.old.as_ref(), difference.new.as_ref());
                }
            }
        }
        Ok(())
    }

    /// The data for one signature.
    pub(in crate::document::pdf::changes) fn vri_entry(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        for difference in Self::differing(old, new)? {
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let (one, two) = (before.as_ref(), after.as_ref());
            match difference.key.as_slice() {
                _ if self.takes_over(difference.new.as_ref()) => self.refuse(at, EVIDENCE, TAKEN, one, two),
                // An entry only hints at data that the DSS lists (12.8.4.3); what it leaves out stays there.
                b"Cert" | b"OCSP" | b"CRL" => self.evidence(at, one, two)?,
                b"Type" | b"TU" | b"TS" => {}
                key => {
                    let text =
                        format!("/{} of an entry of the VRI was {}", String::from_utf8_lossy(key), done(one, two));
                    self.refuse(at, EVIDENCE, text, one, two);
                }
            }
        }
        Ok(())
    }

    pub(in crate::document::pdf::changes) fn extensions(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        for difference in Self::differing(old, new)? {
            let name = String::from_utf8_lossy(&difference.key).into_owned();
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let is_kept = match (&before, &after) {
                (None, Some(_)) => true,
                (Some(_), None) => difference.key == b"Type",
                (Some(before), Some(after)) => only_rises(before, after)?,
                (None, None) => true,
            };
            let text = format!("the extension /{name} was {}", done(before.as_ref(), after.as_ref()));
            let level = if is_kept { LTA } else { ModificationLevel::Other };
            self.record_values(at, level, ChangeKind::Extension, text, before.as_ref(), after.as_ref());
        }
        Ok(())
    }

    /// What one developer declares, where it stands alone.
    pub(in crate::document::pdf::changes) fn extension(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        let level = if only_rises(old, new)? { LTA } else { ModificationLevel::Other };
        self.record_values(at, level, ChangeKind::Extension, "an extension was changed", Some(old), Some(new));
        Ok(())
    }
}

fn entries(count: usize) -> String {
    if count == 1 { "1 entry was".into() } else { format!("{count} entries were") }
}

/// Whether each extension of one developer is still there, at its level or a higher one.
fn only_rises(old: &Part<'_>, new: &Part<'_>) -> Result<bool, Error> {
    let (old, new) = (declared(old)?, declared(new)?);
    Ok(old.iter().all(|(base, level)| new.iter().any(|(new_base, new_level)| new_base >= base && new_level >= level)))
}

/// Base version and level of each extension: one dictionary, or an array of them.
fn declared(part: &Part<'_>) -> Result<Vec<(String, i64)>, Error> {
    let mut list = Vec::new();
    let alone = [part.value.clone()];
    let items = if part.value.as_array().is_some() { part.items() } else { &alone };
    for item in items {
        let Some(item) = readable(part.beside(item).followed())? else { continue };
        let base = item.name("BaseVersion").map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default();
        let level = item.dictionary().and_then(|item| item.integer("ExtensionLevel")).unwrap_or(0);
        list.push((base, level));
    }
    Ok(list)
}
