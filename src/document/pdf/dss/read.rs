//! Reading the store, revision by revision.

use std::collections::HashSet;

use crate::document::pdf::dss::ARRAYS;
use crate::document::pdf::file::{View, Work};
use crate::document::pdf::object::{Object, Reference};
use crate::document::{Kept, KeptKind};
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, checks};

/// What the newest store and those of `revisions` hold, each piece once, with the first of the revisions that
/// has it. A store that cannot be read helps no signature and harms none; it is told.
pub(in crate::document::pdf) fn kept(work: &Work<'_>, revisions: &[usize]) -> Result<(Vec<Kept>, Vec<Finding>), Error> {
    let newest = work.view().revision;
    let mut revisions: Vec<_> = revisions.iter().copied().chain([newest]).collect();
    revisions.sort_unstable();
    revisions.dedup();
    let mut all = Collected::default();
    for revision in revisions {
        if let Err(error) = all.collect(&work.view_of(revision), revision) {
            if error.kind() == ErrorKind::TooLarge {
                return Err(error);
            }
            let told = format!("the document security store of revision {revision} cannot be read: {error}");
            all.findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, told));
        }
    }
    Ok((all.kept, all.findings))
}

#[derive(Default)]
struct Collected {
    kept: Vec<Kept>,
    findings: Vec<Finding>,
    /// The objects that were read, as one revision wrote them.
    seen: HashSet<(Reference, u64)>,
}

impl Collected {
    fn collect(&mut self, view: &View<'_>, revision: usize) -> Result<(), Error> {
        let catalog = view.catalog()?;
        let Some(entries) = catalog.dictionary() else { return Ok(()) };
        let Some(store) = view.get(entries, "DSS")? else { return Ok(()) };
        let Some(store) = store.as_dictionary() else {
            return Err(Error::malformed(format!("/DSS is {}, not a dictionary", store.kind())));
        };
        for (key, kind) in ARRAYS {
            let Some(array) = view.get(store, key)? else { continue };
            for item in array.as_array().unwrap_or_default() {
                self.take(view, revision, kind, item)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, view: &View<'_>, revision: usize, kind: KeptKind, item: &Object) -> Result<(), Error> {
        let Some(reference) = item.as_reference() else { return Ok(()) };
        let Some(stream) = view.load(reference)?.filter(|found| found.is_stream()) else { return Ok(()) };
        if !self.seen.insert((reference, stream.object.span.start)) {
            return Ok(());
        }
        let most = view.work.limits.revocation_items;
        if self.kept.len() >= most {
            return Err(Error::too_large(format!("the document security store has more than {most} pieces")));
        }
        let der = view.stream(&stream)?;
        if self.kept.iter().all(|kept| kept.kind != kind || kept.der != der) {
            self.kept.push(Kept { kind, der, since: revision });
        }
        Ok(())
    }
}
