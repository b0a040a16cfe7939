//! The list of all files of a package, OFDEntries.xml (GM/T 0099-2020, annex D).
//!
//! It holds names and no digests: it shows that files were added or taken out, not that they were
//! changed.

use std::collections::BTreeSet;

use crate::document::ofd::package::Package;
use crate::document::ofd::survey::few;
use crate::document::ofd::xml::{Element, Tree};
use crate::document::{Announced, Coverage, Found, Protected};
use crate::error::{Context, Error};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

pub(super) const LIST: &str = "OFDEntries.xml";
const CLAUSE: &str = "GM/T 0099-2020 annex D";

/// The list of all files, as far as it can be read.
#[derive(Debug)]
pub(super) struct Entries {
    index: usize,
    value: Option<usize>,
    listed: BTreeSet<usize>,
    missing: Vec<String>,
    broken: Option<String>,
}

/// Reads the list, if the package has one.
pub(super) fn read(package: &Package, limits: &Limits) -> Result<Option<Entries>, Error> {
    let Some(located) = package.find(LIST) else { return Ok(None) };
    let mut entries =
        Entries { index: located.index, value: None, listed: BTreeSet::new(), missing: Vec::new(), broken: None };
    if let Err(error) = entries.fill(package, limits).context(package.path(located.index)) {
        entries.broken = Some(error.to_string());
    }
    Ok(Some(entries))
}

impl Entries {
    fn fill(&mut self, package: &Package, limits: &Limits) -> Result<(), Error> {
        let bytes = package.unfold(self.index)?;
        let tree = Tree::read(&bytes, limits)?;
        let root = tree.rooted("DocEntries")?;
        let value = root.only("SignedValueLoc")?.map_or("", Element::text);
        self.value = package.locate("", value).map(|located| located.index);
        for file in root.only("FileList")?.into_iter().flat_map(|list| list.all("File")) {
            let location = file.attribute("FileLoc").unwrap_or_default();
            match package.locate("", location) {
                Some(located) => drop(self.listed.insert(located.index)),
                None => self.missing.push(location.to_owned()),
            }
        }
        Ok(())
    }

    /// The list and its value.
    pub(super) fn own_files(&self) -> impl Iterator<Item = usize> {
        [Some(self.index), self.value].into_iter().flatten()
    }

    /// `alone` says that no other signature protects the contents of the files.
    pub(super) fn judge(
        self,
        package: &Package,
        limits: &Limits,
        alone: bool,
        document: &mut Vec<Finding>,
    ) -> Result<Found, Error> {
        let smuggled: Vec<_> = package
            .files()
            .iter()
            .filter(|(_, index)| !self.listed.contains(index) && !self.own_files().any(|own| own == **index))
            .map(|(name, _)| format!("/{name}"))
            .collect();
        if self.broken.is_none() && !smuggled.is_empty() {
            let detail = format!("the list of all files ({LIST}) does not name {}", few(&smuggled));
            document.push(Finding::fail(checks::DOCUMENT_STRUCTURE, detail).under(CLAUSE));
        }
        if !self.missing.is_empty() {
            let detail =
                format!("the list of all files ({LIST}) names {}, which the package lacks", few(&self.missing));
            document.push(Finding::fail(checks::DOCUMENT_STRUCTURE, detail).under(CLAUSE));
        }
        let mut findings = Vec::new();
        let payload = self.payload(package, limits, &mut findings);
        if findings.is_empty() {
            let detail = format!("the list of all files names {} of them", self.listed.len());
            findings.push(Finding::pass(checks::SIGNATURE_FORMAT, detail).under(CLAUSE));
        }
        let detail = "the names of the files are protected, not what is in them";
        findings.push(match alone {
            true => Finding::unknown(checks::DOCUMENT_COVERAGE, detail).under(CLAUSE),
            false => Finding::note(checks::DOCUMENT_COVERAGE, format!("{detail}: that is for the other signatures")),
        });
        Ok(Found {
            id: "OFDEntries".to_owned(),
            announced: Announced::Sign,
            label: "Sign of the list of all files".to_owned(),
            payload,
            coverage: if self.listed.is_empty() { Coverage::None } else { Coverage::Partial },
            findings,
            protected: Protected::Part(package.path(self.index)),
            ..Found::default()
        })
    }

    fn payload(&self, package: &Package, limits: &Limits, findings: &mut Vec<Finding>) -> Vec<u8> {
        let mut fail = |detail: String| findings.push(Finding::fail(checks::SIGNATURE_FORMAT, detail).under(CLAUSE));
        if let Some(broken) = &self.broken {
            fail(format!("the list of all files cannot be read: {broken}"));
        }
        let Some(value) = self.value else {
            fail("the list of all files names no value file that is there".to_owned());
            return Vec::new();
        };
        match package.entry(value).map(|entry| entry.size()) {
            Ok(size) if size <= limits.seal_bytes as u64 => {}
            _ => {
                fail(format!("the value exceeds {} bytes (Limits::seal_bytes)", limits.seal_bytes));
                return Vec::new();
            }
        }
        package.unfold(value).map(|bytes| bytes.into_owned()).unwrap_or_else(|error| {
            fail(format!("the value cannot be read: {error}"));
            Vec::new()
        })
    }
}
