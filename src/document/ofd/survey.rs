//! Every signature of a package: what it protects, whether that is as it was, how much that covers.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::crypto::{DigestAlgorithm, Digester, digest};
use crate::document::ofd::coverage::Elsewhere;
use crate::document::ofd::description::{Description, List, ListEntry, Reference};
use crate::document::ofd::integrity;
use crate::document::ofd::package::{Package, folder};
use crate::document::ofd::reach::{Reach, Role};
use crate::document::ofd::strays::Strays;
use crate::document::ofd::structure::{Body, Structure};
use crate::document::{Announced, Found, Protected, Survey};
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, Outcome, checks};
use crate::limits::Limits;
use crate::units::{Area, Mm, Page};

pub(super) fn survey(package: &Package, structure: &Structure, limits: &Limits) -> Result<Survey, Error> {
    let mut findings = [package.findings(), &structure.findings].concat();
    let mut signed = signatures(package, structure, limits, &mut findings)?;
    let desk = Desk::new(package, &signed);
    let mut reach = Reach::of(structure, &desk, limits);
    for index in signed.iter().flat_map(Signed::files) {
        reach.take(index, Role::Signature);
    }
    let entries = integrity::read(package, limits)?;
    for index in entries.iter().flat_map(|entries| entries.own_files()) {
        reach.take(index, Role::Integrity);
    }
    findings.append(&mut reach.findings());
    let is_open = signed.iter().any(|one| one.description.as_ref().is_some_and(|own| !own.protects(structure.root)));
    let strays = Strays::among((package, structure), &reach, is_open, limits, &mut findings);
    let elsewhere = Elsewhere::of(structure, &desk, limits);
    let digests = desk.finish();
    let elsewhere = elsewhere.map(|elsewhere| elsewhere.vouched_by(&signed, &digests));
    let ground = Ground { package, structure, reach: &reach, strays: &strays, digests: &digests, elsewhere, limits };
    let mut spent = 0;
    let mut found = Vec::new();
    for one in &mut signed {
        found.push(ground.judge(one, &mut spent)?);
    }
    if let Some(entries) = entries {
        let alone = found.is_empty();
        found.push(entries.judge(package, limits, alone, &mut findings)?);
    }
    if findings.iter().all(|finding| finding.outcome == Outcome::Pass) {
        let detail = format!("{} files, each under one name, as every reader finds them", package.files().len());
        findings.insert(0, Finding::pass(checks::DOCUMENT_STRUCTURE, detail));
    }
    Ok(Survey { found, findings, pages: structure.first()?.pages.len(), kept: Vec::new() })
}

/// A signature that the list names, with its description as far as it can be read.
pub(super) struct Signed<'s> {
    pub(super) body: &'s Body,
    /// Which of the package's documents that is, counted from zero.
    pub(super) number: usize,
    /// Signatures.xml.
    list: usize,
    entry: ListEntry,
    /// How many stand behind it in the list.
    later: usize,
    /// Signature.xml.
    index: Option<usize>,
    pub(super) description: Option<Description>,
    findings: Vec<Finding>,
}

impl Signed<'_> {
    /// The files that it consists of.
    fn files(&self) -> impl Iterator<Item = usize> {
        let seal = self.description.as_ref().and_then(|description| description.seal.as_ref()?.1);
        [Some(self.list), self.index, self.value(), seal.map(|located| located.index)].into_iter().flatten()
    }

    fn value(&self) -> Option<usize> {
        self.description.as_ref()?.value.as_ref()?.1.map(|located| located.index)
    }
}

/// Reads the lists of signatures and the descriptions that they name.
fn signatures<'s>(
    package: &Package,
    structure: &'s Structure,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Signed<'s>>, Error> {
    let mut signed: Vec<Signed<'s>> = Vec::new();
    let mut descriptions = BTreeSet::new();
    let mut values = BTreeSet::new();
    for (document, body) in structure.bodies.iter().enumerate() {
        let Some(location) = &body.signatures else { continue };
        let Some(located) = package.locate("", location) else {
            let detail = format!("OFD.xml names the list of signatures \"{location}\", and it is not there");
            findings.push(Finding::fail(checks::DOCUMENT_STRUCTURE, detail));
            continue;
        };
        let list = match List::read(package, located.index, limits) {
            Ok(list) => list,
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(error) => {
                let detail = format!("the list of signatures cannot be read: {error}");
                findings.push(Finding::fail(checks::DOCUMENT_STRUCTURE, detail));
                continue;
            }
        };
        if list.highest.len() > 1 {
            let detail = format!("the list of signatures has {} MaxSignId", list.highest.len());
            findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, detail));
        }
        let mut ids = BTreeSet::new();
        let (first, count) = (signed.len(), list.entries.len());
        for (number, entry) in list.entries.into_iter().enumerate() {
            let later = count.saturating_sub(number).saturating_sub(1);
            let mut one = Signed {
                body,
                number: document,
                list: located.index,
                entry,
                later,
                index: None,
                description: None,
                findings: Vec::new(),
            };
            one.describe(package, limits, &mut descriptions)?;
            if one.value().is_some_and(|value| !values.insert(value)) {
                one.fail("its value is the value of another signature too");
                one.description.iter_mut().for_each(|description| description.value = None);
            }
            if one.entry.id.as_ref().is_some_and(|id| !ids.insert(id.clone())) {
                one.fail("the list has another signature with the same ID");
            }
            signed.push(one);
        }
        signed.iter_mut().skip(first).for_each(|one| one.judge_base(&ids));
    }
    if signed.len() > limits.signatures {
        let detail = format!(
            "the package has {} signatures, more than {} (Limits::signatures)",
            signed.len(),
            limits.signatures
        );
        return Err(Error::too_large(detail));
    }
    Ok(signed)
}

impl Signed<'_> {
    /// Reads the description, unless another signature has the same one.
    fn describe(&mut self, package: &Package, limits: &Limits, seen: &mut BTreeSet<usize>) -> Result<(), Error> {
        if self.entry.id.is_none() {
            self.note("the list gives it no ID");
        }
        if let Err(kind) = self.entry.announced() {
            let detail = format!("its Type is \"{kind}\", neither Seal nor Sign");
            self.fail(detail);
        }
        let list = package.path(self.list);
        let folder = folder(list.trim_start_matches('/'));
        let location = self.entry.location.clone().unwrap_or_default();
        let Some(located) = package.locate(folder, &location) else {
            self.fail(format!("its description \"{location}\" is not in the package"));
            return Ok(());
        };
        if !seen.insert(located.index) {
            self.fail(format!("its description \"{location}\" is that of another signature"));
            return Ok(());
        }
        self.index = Some(located.index);
        match Description::read(package, located.index, limits) {
            Ok(description) => {
                for name in &description.missing {
                    self.findings
                        .push(Finding::fail(checks::SIGNATURE_FORMAT, format!("the description has no {name}")));
                }
                self.description = Some(description);
            }
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(error) => self.fail(format!("its description cannot be read: {error}")),
        }
        Ok(())
    }

    /// GM/T 0099-2020, annex B: what a signature builds on has to be there; it is judged as every other is.
    fn judge_base(&mut self, ids: &BTreeSet<String>) {
        let Some(base) = self.entry.relative.clone() else { return };
        if self.entry.id.as_ref() == Some(&base) {
            self.fail("it is said to build on itself (Relative)");
        } else if ids.contains(&base) {
            self.note(format!("it builds on the signature \"{base}\" (Relative)"));
        } else {
            let told = "which the list does not name: it may have been taken out";
            self.fail(format!("it builds on the signature \"{base}\" (Relative), {told}"));
        }
    }

    fn fail(&mut self, detail: impl Into<String>) {
        self.findings.push(Finding::fail(checks::SIGNATURE_FORMAT, detail));
    }

    fn note(&mut self, detail: impl Into<String>) {
        self.findings.push(Finding::note(checks::SIGNATURE_FORMAT, detail));
    }
}

pub(super) type Digests = HashMap<(usize, DigestAlgorithm), Result<Vec<u8>, String>>;

/// Where listed files are unfolded: once each, for all signatures that list them and for whoever reads
/// what is in them.
pub(super) struct Desk<'p> {
    package: &'p Package,
    /// What is still to be digested, and how.
    wanted: RefCell<BTreeMap<usize, Vec<DigestAlgorithm>>>,
    digests: RefCell<Digests>,
}

impl<'p> Desk<'p> {
    fn new(package: &'p Package, signed: &[Signed<'_>]) -> Self {
        let mut wanted: BTreeMap<usize, Vec<DigestAlgorithm>> = BTreeMap::new();
        for description in signed.iter().filter_map(|one| one.description.as_ref()) {
            let Ok(algorithm) = description.digest() else { continue };
            for located in description.references.iter().filter_map(|reference| reference.located) {
                let algorithms = wanted.entry(located.index).or_default();
                if !algorithms.contains(&algorithm) {
                    algorithms.push(algorithm);
                }
            }
        }
        Desk { package, wanted: RefCell::new(wanted), digests: RefCell::default() }
    }

    pub(super) fn package(&self) -> &'p Package {
        self.package
    }

    /// The contents of a file, digested on the way where that is wanted.
    pub(super) fn unfold(&self, index: usize) -> Result<Cow<'p, [u8]>, Error> {
        let contents = self.package.unfold(index);
        for algorithm in self.wanted.borrow_mut().remove(&index).unwrap_or_default() {
            let digest = match &contents {
                Ok(contents) => digest(algorithm, contents).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            self.digests.borrow_mut().insert((index, algorithm), digest);
        }
        contents
    }

    /// Digests what nobody read, piece by piece.
    fn finish(&self) -> Digests {
        let mut digests = self.digests.take();
        for (index, algorithms) in self.wanted.take() {
            let mut running = Vec::new();
            for algorithm in algorithms {
                match Digester::new(algorithm) {
                    Ok(digester) => running.push((algorithm, digester)),
                    Err(error) => drop(digests.insert((index, algorithm), Err(error.to_string()))),
                }
            }
            let sink = &mut |chunk: &[u8]| running.iter_mut().for_each(|(_, digester)| digester.update(chunk));
            let broken = self.package.stream(index, sink).err().map(|error| error.to_string());
            for (algorithm, digester) in running {
                let digest = broken.clone().map_or_else(|| Ok(digester.finish()), Err);
                digests.insert((index, algorithm), digest);
            }
        }
        digests
    }
}

/// All that signatures are judged by.
pub(super) struct Ground<'g> {
    pub(super) package: &'g Package,
    pub(super) structure: &'g Structure,
    pub(super) reach: &'g Reach<'g>,
    pub(super) strays: &'g Strays,
    digests: &'g Digests,
    /// Where the package holds several documents, what is for the signatures of each.
    pub(super) elsewhere: Option<Elsewhere>,
    limits: &'g Limits,
}

/// How the listed files compare with what was signed.
#[derive(Default)]
struct Compared {
    matching: usize,
    missing: Vec<String>,
    differing: Vec<String>,
    /// With a `CheckValue` that is no base64, so that no file could match it.
    garbled: Vec<String>,
    unreadable: Vec<String>,
    inexact: usize,
}

impl Ground<'_> {
    fn judge(&self, one: &mut Signed<'_>, spent: &mut u64) -> Result<Found, Error> {
        let mut findings = std::mem::take(&mut one.findings);
        let kind = one.entry.kind.as_deref().unwrap_or("Seal");
        let method = one.description.as_ref().and_then(|description| description.method.as_deref());
        let label = [kind, method.unwrap_or_default()].join(" ").trim().to_owned();
        let location = one.entry.location.as_deref().unwrap_or_default();
        let mut found = Found {
            id: one.entry.id.clone().unwrap_or_else(|| location.to_owned()),
            announced: one.entry.announced().unwrap_or(Announced::Signature),
            label,
            claimed: one.description.as_ref().and_then(|description| description.claimed),
            property: one.index.map(|index| self.package.path(index)),
            later: one.later,
            method: method.map(str::to_owned),
            protected: one.index.map_or(Protected::Nothing, |index| Protected::Part(self.package.path(index))),
            ..Found::default()
        };
        if let Some(description) = &one.description {
            found.payload = self.payload(description, spent, &mut findings)?;
            found.seal = self.seal(description, spent, &mut findings)?;
            found.areas = areas(description, one.body, &mut findings);
            self.format(description, &mut findings);
            let compared = self.references(description, &mut findings);
            found.deviations.extend(compared.deviation());
            let listed = self.listed(description);
            found.coverage = self.coverage(one, &found.payload, &listed, &mut findings);
            findings.push(self.changes(one, description, &listed, &compared));
        } else if !findings.iter().any(|finding| finding.needed) {
            findings.push(Finding::fail(checks::SIGNATURE_FORMAT, "the signature has no description"));
        }
        found.findings = findings;
        Ok(found)
    }

    fn payload(
        &self,
        description: &Description,
        spent: &mut u64,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<u8>, Error> {
        let Some((location, located)) = &description.value else { return Ok(Vec::new()) };
        let fail = |detail: String| Finding::fail(checks::SIGNATURE_FORMAT, detail);
        match located {
            None => findings.push(fail(format!("its value \"{location}\" is not in the package"))),
            Some(located) => match self.small(located.index, spent)? {
                Ok(payload) if payload.is_empty() => findings.push(fail(format!("its value \"{location}\" is empty"))),
                Ok(payload) => return Ok(payload),
                Err(why) => findings.push(fail(format!("its value cannot be read: {why}"))),
            },
        }
        Ok(Vec::new())
    }

    fn seal(
        &self,
        description: &Description,
        spent: &mut u64,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let Some((location, located)) = &description.seal else { return Ok(None) };
        let Some(located) = located else {
            let detail = format!("the copy of the seal \"{location}\" is not in the package");
            findings.push(Finding::note(checks::SIGNATURE_FORMAT, detail));
            return Ok(None);
        };
        match self.small(located.index, spent)? {
            Ok(seal) => Ok(Some(seal)),
            Err(why) => {
                let detail = format!("the copy of the seal cannot be read: {why}");
                findings.push(Finding::fail(checks::SIGNATURE_FORMAT, detail));
                Ok(None)
            }
        }
    }

    /// The contents of a value or a seal; signatures may share a seal, so that what is handed out is
    /// counted.
    fn small(&self, index: usize, spent: &mut u64) -> Result<Result<Vec<u8>, String>, Error> {
        let size = self.package.entry(index)?.size();
        if size > self.limits.seal_bytes as u64 {
            let limit = self.limits.seal_bytes;
            return Ok(Err(format!("it has {size} bytes, more than {limit} (Limits::seal_bytes)")));
        }
        *spent = spent.saturating_add(size);
        if *spent > self.limits.unfolded_bytes {
            let limit = self.limits.unfolded_bytes;
            return Err(Error::too_large(format!(
                "the signatures' values and seals exceed {limit} bytes (Limits::unfolded_bytes)"
            )));
        }
        Ok(self.package.unfold(index).map(|bytes| bytes.into_owned()).map_err(|error| error.to_string()))
    }

    fn format(&self, description: &Description, findings: &mut Vec<Finding>) {
        if findings.iter().any(|finding| finding.needed) {
            return;
        }
        let (files, places) = (description.references.len(), description.stamps.len());
        let detail = format!("files that the description lists: {files}; places where the stamp shows: {places}");
        findings.push(Finding::pass(checks::SIGNATURE_FORMAT, detail));
    }

    /// Whether each listed file is the one that was signed.
    fn references(&self, description: &Description, findings: &mut Vec<Finding>) -> Compared {
        let mut compared = Compared::default();
        if description.references.is_empty() {
            findings
                .push(Finding::fail(checks::DOCUMENT_REFERENCES, "the signature lists no file: it protects nothing"));
            return compared;
        }
        let algorithm = match description.digest() {
            Ok(algorithm) => algorithm,
            Err(error) => {
                findings.push(Finding::unknown(checks::DOCUMENT_REFERENCES, error.to_string()));
                return compared;
            }
        };
        for reference in &description.references {
            self.compare(reference, algorithm, &mut compared);
        }
        findings.push(compared.conclude(description.references.len(), algorithm));
        if algorithm.is_broken() {
            let detail = format!(
                "the files are digested with {algorithm}, for which other files with the same digest can be made"
            );
            findings.push(Finding::unknown(checks::SIGNATURE_ALGORITHM, detail));
        }
        compared
    }

    fn compare(&self, reference: &Reference, algorithm: DigestAlgorithm, compared: &mut Compared) {
        let Some(located) = reference.located else {
            return compared.missing.push(reference.location.clone());
        };
        let is_slashed = reference.location.contains('\\') || self.package.is_slashed(located.index);
        compared.inexact = compared.inexact.saturating_add(usize::from(!located.exact || is_slashed));
        let Some(value) = &reference.value else {
            return compared.garbled.push(reference.location.clone());
        };
        match self.digests.get(&(located.index, algorithm)) {
            Some(Ok(digest)) if value == digest => {
                compared.matching = compared.matching.saturating_add(1);
            }
            Some(Ok(_)) => compared.differing.push(reference.location.clone()),
            Some(Err(why)) => compared.unreadable.push(why.clone()),
            None => compared.unreadable.push(reference.location.clone()),
        }
    }

    /// For each entry of the package whether the signature lists it.
    fn listed(&self, description: &Description) -> Vec<bool> {
        let mut listed = vec![false; self.package.entries().len()];
        for located in description.references.iter().filter_map(|reference| reference.located) {
            listed.iter_mut().skip(located.index).take(1).for_each(|entry| *entry = true);
        }
        listed
    }

    /// Whether anything was added after signing: since every protected file has its digest, this can
    /// be told for certain.
    fn changes(&self, one: &Signed<'_>, description: &Description, listed: &[bool], compared: &Compared) -> Finding {
        let check = checks::DOCUMENT_CHANGES;
        if let Some(removed) = self.strays.signatures.iter().find(|index| is_listed(listed, **index)) {
            let path = self.package.path(*removed);
            return Finding::fail(check, format!("it protects {path}, and the list no longer names that signature"));
        }
        let later = one.later;
        let list = self.package.path(one.list);
        let is_locked = is_listed(listed, one.list);
        if compared.holds(description.references.len()) {
            return Finding::pass(
                check,
                match later {
                    0 => "no signature follows, and no file that it protects was changed".to_owned(),
                    _ => format!("signatures that follow: {later}; no file that it protects was changed"),
                },
            );
        }
        if is_locked && later > 0 {
            let detail = format!(
                "it locked the document (it protects {list}), which was signed again: signatures that follow: {later}"
            );
            return Finding::fail(check, detail);
        }
        if compared.is_known() {
            return Finding::fail(check, "files that it protects were changed or taken out after signing");
        }
        Finding::unknown(check, "whether the files that it protects were changed is not known")
    }
}

pub(super) fn is_listed(listed: &[bool], index: usize) -> bool {
    listed.get(index).copied().unwrap_or(false)
}

impl Compared {
    fn holds(&self, listed: usize) -> bool {
        listed > 0 && self.matching == listed
    }

    /// What a strict reader would not have found (seal-format practice: some products write paths with other
    /// capitals, or with backslashes, than the package has).
    fn deviation(&self) -> Option<String> {
        let told =
            format!("listed files whose names the package writes with other capitals or slashes: {}", self.inexact);
        (self.inexact > 0).then_some(told)
    }

    /// Whether some file is known to be another one.
    fn is_known(&self) -> bool {
        !self.missing.is_empty() || !self.differing.is_empty()
    }

    /// Whether some file cannot be the one that was signed.
    fn fails(&self) -> bool {
        self.is_known() || !self.garbled.is_empty()
    }

    fn conclude(&self, listed: usize, algorithm: DigestAlgorithm) -> Finding {
        let mut detail = format!("{} of {listed} files match ({algorithm})", self.matching);
        for (what, names) in [
            ("missing", &self.missing),
            ("changed", &self.differing),
            ("listed with a CheckValue that is no base64", &self.garbled),
            ("not readable", &self.unreadable),
        ] {
            if !names.is_empty() {
                detail.push_str(&format!("; {what}: {}", few(names)));
            }
        }
        if self.holds(listed) {
            Finding::pass(checks::DOCUMENT_REFERENCES, detail)
        } else if self.fails() {
            Finding::fail(checks::DOCUMENT_REFERENCES, detail)
        } else {
            Finding::unknown(checks::DOCUMENT_REFERENCES, detail)
        }
    }
}

/// The stamps that the signatures of a document show; of a clipped one the part that shows. What cannot be
/// read shows nothing here: whether that forbids another stamp is decided where one is written.
pub(super) fn stamps_of(package: &Package, body: &Body, limits: &Limits) -> Result<Vec<Area>, Error> {
    let Some(located) = body.signatures.as_ref().and_then(|location| package.locate("", location)) else {
        return Ok(Vec::new());
    };
    let list = List::read(package, located.index, limits)?;
    let path = package.path(located.index);
    let mut shown = Vec::new();
    for location in list.entries.iter().filter_map(|entry| entry.location.as_deref()) {
        let Some(located) = package.locate(folder(path.trim_start_matches('/')), location) else { continue };
        let Ok(description) = Description::read(package, located.index, limits) else { continue };
        shown.extend(areas(&description, body, &mut Vec::new()));
    }
    Ok(shown)
}

/// Where the stamp shows; of a clipped one the part that shows.
fn areas(description: &Description, body: &Body, findings: &mut Vec<Finding>) -> Vec<Area> {
    let mut areas = Vec::new();
    for stamp in &description.stamps {
        let page = stamp.page.as_ref().and_then(|id| body.page_ids.get(id));
        let page = page.and_then(|index| u32::try_from(index.checked_add(1)?).ok());
        if let (Some(page), Some([left, top, width, height])) = (page, stamp.boundary) {
            let [x, y, w, h] = stamp.clip.unwrap_or([0.0, 0.0, width, height]);
            let [left, top, width, height] = [left + x, top + y, w, h].map(Mm);
            areas.push(Area { page: Page(page), left, top, width, height });
        }
    }
    let nowhere = description.stamps.len().saturating_sub(areas.len());
    if nowhere > 0 {
        let detail = format!("StampAnnot that name no page of the document, or no place on it: {nowhere}");
        findings.push(Finding::note(checks::SIGNATURE_FORMAT, detail));
    }
    areas
}

/// The first few names.
pub(super) fn few(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
