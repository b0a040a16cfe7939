//! Leaving room for a signature: the sequence that keeps every earlier signature whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::crypto::{DigestAlgorithm, digest};
use crate::document::ofd::Ofd;
use crate::document::ofd::description::{Description, List};
use crate::document::ofd::integrity;
use crate::document::ofd::package::Package;
use crate::document::ofd::structure::{Body, Structure};
use crate::document::ofd::write::{ZipTime, rewrite};
use crate::document::ofd::xml::{Element, Tree, escape};
use crate::document::{Layout, Reserved, Shown, page_index};
use crate::error::{Context, Error, ErrorKind};
use crate::finding::Outcome;
use crate::limits::Limits;
use crate::units::{Area, Mm};

const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// Where the signature goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hole {
    /// The description, `Signature.xml`, as a name within the package.
    pub(super) description: String,
    /// The value file, which is not there yet.
    pub(super) value: String,
    time: ZipTime,
}

pub(super) fn reserve(ofd: &Ofd, layout: &Layout<'_>) -> Result<Reserved<Ofd>, Error> {
    let (package, structure) = (ofd.package(), ofd.structure());
    let body = structure.first()?;
    refuse_unsound(package, structure, layout.digest)?;
    check_areas(layout, body)?;
    let mut plan = Plan::new(package, structure, layout.limits)?;
    let folder = plan.new_folder(body)?;
    let kind = if layout.is_seal { "Seal" } else { "Sign" };
    let (own_id, stamp_ids) = plan.ids.take(layout.shown.len())?;
    let description = format!("{folder}/Signature.xml");
    plan.list(&own_id, kind, &description)?;
    if let Some(seal) = layout.seal {
        plan.added.push((format!("{folder}/Seal.esl"), seal.to_owned()));
    }
    let value = format!("{folder}/SignedValue.dat");
    let written = plan.describe(body, layout, &folder, &stamp_ids)?;
    plan.added.push((description.clone(), written.into_bytes()));
    let time = ZipTime::of(layout.time);
    let rewritten = rewrite(package, &plan.changed, &plan.added, time, ofd.limits());
    let rewritten = rewritten.context("the package with room for a signature")?;
    let document = ofd.rebuilt(rewritten, structure.naming_signatures(&plan.list_name))?;
    let digest = document.digest_of(&description, layout.digest)?;
    let property = format!("/{description}");
    Ok(Reserved { document, hole: Hole { description, value, time }, digest, property })
}

pub(super) fn fill(ofd: Ofd, hole: &Hole, payload: &[u8]) -> Result<Ofd, Error> {
    let package = ofd.package();
    if !package.files().contains_key(&hole.description) {
        let detail = format!("the package has no /{}: it is not the one in which room was left", hole.description);
        return Err(Error::new(ErrorKind::Mismatch, detail));
    }
    if package.find(&hole.value).is_some() {
        let detail = format!("/{} is there already: each room takes one signature", hole.value);
        return Err(Error::new(ErrorKind::NotAllowed, detail));
    }
    ofd.with_file(&hole.value, payload, hole.time)
}

/// A package that readers could take for different documents is not stamped: the stamp would vouch
/// for all of them.
fn refuse_unsound(package: &Package, structure: &Structure, algorithm: DigestAlgorithm) -> Result<(), Error> {
    let findings = package.findings().iter().chain(&structure.findings);
    if let Some(finding) = findings.into_iter().find(|finding| finding.outcome != Outcome::Pass) {
        let detail =
            format!("the package is not sound and has to be made anew before it is stamped: {}", finding.detail);
        return Err(Error::new(ErrorKind::NotAllowed, detail));
    }
    if package.find(integrity::LIST).is_some() {
        let detail = "the package has a list of all its files (OFDEntries.xml), so that no file may be added; \
                      stamp it before that list is made";
        return Err(Error::new(ErrorKind::NotAllowed, detail));
    }
    if algorithm.is_broken() {
        let detail = format!("{algorithm} is broken and is not used for new signatures");
        return Err(Error::new(ErrorKind::Misuse, detail));
    }
    Ok(())
}

fn check_areas(layout: &Layout<'_>, body: &Body) -> Result<(), Error> {
    layout.shown.iter().try_for_each(|shown| {
        page_index(shown.area.page, body.pages.len())?;
        shown.check()
    })
}

/// What will be different in the package.
struct Plan<'p> {
    package: &'p Package,
    structure: &'p Structure,
    limits: &'p Limits,
    /// The list of signatures of the first document, if it has one.
    existing: Option<(usize, List)>,
    /// Its name within the package, and whether it is new.
    list_name: String,
    ids: Ids,
    changed: BTreeMap<usize, Vec<u8>>,
    added: Vec<(String, Vec<u8>)>,
}

impl<'p> Plan<'p> {
    fn new(package: &'p Package, structure: &'p Structure, limits: &'p Limits) -> Result<Self, Error> {
        let body = structure.first()?;
        let existing = existing_list(package, body, limits)?;
        let list_name = match &existing {
            Some((index, _)) => package.path(*index).trim_start_matches('/').to_owned(),
            None => within(&body.folder, "Signs/Signatures.xml"),
        };
        if existing.is_none() && package.find(&list_name).is_some() {
            let detail = format!("the package has a list of signatures, /{list_name}, that OFD.xml does not name");
            return Err(Error::new(ErrorKind::NotAllowed, detail));
        }
        let mut plan = Plan {
            package,
            structure,
            limits,
            existing,
            list_name,
            ids: Ids::default(),
            changed: BTreeMap::new(),
            added: Vec::new(),
        };
        plan.look_at_signatures()?;
        Ok(plan)
    }

    /// Notes the IDs in use, and refuses to change what an earlier signature protects (18.1: a list
    /// that is protected is closed).
    fn look_at_signatures(&mut self) -> Result<(), Error> {
        let mut to_change = self.structure.root;
        if let Some((index, list)) = &self.existing {
            to_change = *index;
            let highest = list.highest.iter().map(String::as_str);
            highest.chain(list.entries.iter().filter_map(|entry| entry.id.as_deref())).for_each(|id| self.ids.note(id));
        }
        for (number, body) in self.structure.bodies.iter().enumerate() {
            let Some((index, list)) = existing_list(self.package, body, self.limits)? else { continue };
            for entry in &list.entries {
                let id = entry.id.as_deref().unwrap_or("without ID");
                let description =
                    self.description(index, entry.location.as_deref().unwrap_or_default()).context(format_args!(
                        "the signature \"{id}\" cannot be read, so whether the package may be changed is not known"
                    ))?;
                if description.protects(to_change) {
                    let detail = format!(
                        "the signature \"{id}\" protects {}: it locked the document, another signature would break it",
                        self.package.path(to_change)
                    );
                    return Err(Error::new(ErrorKind::NotAllowed, detail));
                }
                if number == 0 {
                    description.stamps.iter().filter_map(|stamp| stamp.id.as_deref()).for_each(|id| self.ids.note(id));
                }
            }
        }
        Ok(())
    }

    fn description(&self, list: usize, location: &str) -> Result<Description, Error> {
        let path = self.package.path(list);
        let folder = crate::document::ofd::package::folder(path.trim_start_matches('/'));
        let located = self.package.locate(folder, location);
        let located = located.ok_or_else(|| Error::malformed(format!("\"{location}\" is not in the package")))?;
        Description::read(self.package, located.index, self.limits)
    }

    /// A folder that the package does not have: one number above the highest in use.
    fn new_folder(&self, body: &Body) -> Result<String, Error> {
        let base = within(&body.folder, "Signs/Sign_");
        let folded = base.to_lowercase();
        let numbers = self.package.entries().iter().filter_map(|entry| {
            let rest = entry.name().to_lowercase();
            let number = rest.strip_prefix(&folded)?.split('/').next()?;
            number.parse::<u32>().ok()
        });
        let next = match numbers.max() {
            Some(highest) => highest
                .checked_add(1)
                .ok_or_else(|| Error::unsupported("the signatures' folders have no free number"))?,
            None => 0,
        };
        Ok(format!("{base}{next}"))
    }

    /// Adds the signature to the list; makes the list, and names it in OFD.xml, where there is none.
    fn list(&mut self, id: &str, kind: &str, description: &str) -> Result<(), Error> {
        let highest = self.ids.highest();
        let Some((index, list)) = &self.existing else {
            let line = entry("ofd:", id, kind, description);
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signatures xmlns:ofd=\"{NAMESPACE}\">\
                 <ofd:MaxSignId>{highest}</ofd:MaxSignId>{line}</ofd:Signatures>"
            );
            self.added.push((self.list_name.clone(), text.into_bytes()));
            let changed = name_list(self.package, self.structure, &self.list_name, self.limits)?;
            self.changed.insert(self.structure.root, changed);
            return Ok(());
        };
        let path = self.package.path(*index);
        let bytes = self.package.unfold(*index)?;
        list.tree.editable().context(&path)?;
        let root = list.tree.rooted("Signatures").context(&path)?;
        let changed = extend_list(&bytes, root, &highest, |prefix| entry(prefix, id, kind, description));
        self.changed.insert(*index, changed);
        Ok(())
    }

    /// Writes the description, which lists every file of the package as it will be stored.
    fn describe(&self, body: &Body, layout: &Layout<'_>, folder: &str, ids: &[String]) -> Result<String, Error> {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signature xmlns:ofd=\"{NAMESPACE}\"><ofd:SignedInfo>\
             <ofd:Provider ProviderName=\"eseal\" Version=\"{}\"/><ofd:SignatureMethod>{}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>{}</ofd:SignatureDateTime><ofd:References CheckMethod=\"{}\">",
            env!("CARGO_PKG_VERSION"),
            escape(&layout.method),
            layout.time.to_generalized(),
            layout.digest.oid(),
        );
        for (name, digest) in self.digests(layout)? {
            // Writing into a String cannot fail.
            let _ = write!(
                text,
                "<ofd:Reference FileRef=\"/{}\"><ofd:CheckValue>{}</ofd:CheckValue></ofd:Reference>",
                escape(&name),
                STANDARD.encode(digest)
            );
        }
        text.push_str("</ofd:References>");
        for (shown, id) in layout.shown.iter().zip(ids) {
            let page = body.pages.get(page_index(shown.area.page, body.pages.len())?);
            let page = page.map_or("", |page| page.id.as_str());
            let place = stamp_place(shown);
            let _ = write!(text, "<ofd:StampAnnot ID=\"{id}\" PageRef=\"{}\" {place}/>", escape(page));
        }
        let folder = escape(folder);
        if layout.seal.is_some() {
            let _ = write!(text, "<ofd:Seal><ofd:BaseLoc>/{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>");
        }
        let _ = write!(
            text,
            "</ofd:SignedInfo><ofd:SignedValue>/{folder}/SignedValue.dat</ofd:SignedValue></ofd:Signature>"
        );
        Ok(text)
    }

    /// The digests of the files to protect, by name.
    fn digests(&self, layout: &Layout<'_>) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let chosen = self.chosen(layout)?;
        let mut digests = BTreeMap::new();
        for (name, index) in self.package.files().iter().filter(|(name, _)| self.is_protected(name, layout, &chosen)) {
            let digest = match self.changed.get(index) {
                Some(bytes) => digest(layout.digest, bytes)?,
                None => self.package.digest(*index, layout.digest)?,
            };
            digests.insert(name.clone(), digest);
        }
        for (name, bytes) in &self.added {
            // The seal's copy is protected whatever was chosen: readers show its picture.
            let is_seal = name.ends_with("/Seal.esl");
            if is_seal || self.is_protected(name, layout, &chosen) {
                let known = layout.seal_digest.as_ref().filter(|_| is_seal);
                let digest = known.map_or_else(|| digest(layout.digest, bytes), |known| Ok(known.clone()));
                digests.insert(name.clone(), digest?);
            }
        }
        Ok(digests)
    }

    /// Everything but the list while further signatures shall be possible, or what was chosen. This
    /// signature's description and value are not among the files yet.
    fn is_protected(&self, name: &str, layout: &Layout<'_>, chosen: &Option<BTreeSet<String>>) -> bool {
        let is_open_list = name == self.list_name && !layout.lock;
        let is_chosen = chosen.as_ref().is_none_or(|chosen| chosen.contains(name));
        !is_open_list && (is_chosen || name == self.list_name)
    }

    /// The names of the files that were chosen, each of which has to be there.
    fn chosen(&self, layout: &Layout<'_>) -> Result<Option<BTreeSet<String>>, Error> {
        let Some(paths) = layout.protected else { return Ok(None) };
        let mut chosen = BTreeSet::new();
        for path in paths {
            let located = self.package.locate("", path).filter(|located| located.exact);
            let located = located.ok_or_else(|| {
                let detail = format!("the package has no file \"{path}\", which was to be protected");
                Error::new(ErrorKind::Misuse, detail)
            })?;
            chosen.insert(self.package.path(located.index).trim_start_matches('/').to_owned());
        }
        if chosen.is_empty() {
            return Err(Error::new(ErrorKind::Misuse, "no file was chosen: a signature has to protect something"));
        }
        Ok(Some(chosen))
    }
}

fn existing_list(package: &Package, body: &Body, limits: &Limits) -> Result<Option<(usize, List)>, Error> {
    let Some(location) = &body.signatures else { return Ok(None) };
    let located = package.locate("", location).ok_or_else(|| {
        let detail = format!("OFD.xml names the list of signatures \"{location}\", and it is not there");
        Error::new(ErrorKind::NotAllowed, detail)
    })?;
    Ok(Some((located.index, List::read(package, located.index, limits)?)))
}

fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn entry(prefix: &str, id: &str, kind: &str, description: &str) -> String {
    format!("<{prefix}Signature ID=\"{id}\" Type=\"{kind}\" BaseLoc=\"/{}\"/>", escape(description))
}

/// OFD.xml with the list of signatures named in the document's DocBody.
fn name_list(package: &Package, structure: &Structure, list: &str, limits: &Limits) -> Result<Vec<u8>, Error> {
    let bytes = package.contents(structure.root)?;
    let path = package.path(structure.root);
    let tree = Tree::read(&bytes, limits).context(&path)?;
    tree.editable().context(&path)?;
    let root = tree.rooted("OFD").context(&path)?;
    let doc_body = root.first("DocBody");
    // The schema's order is DocInfo, DocRoot, Versions, Signatures.
    let before = doc_body.and_then(|body| {
        body.children().filter(|child| matches!(child.name(), "DocInfo" | "DocRoot" | "Versions")).last()
    });
    let (doc_body, before) = doc_body.zip(before).ok_or_else(|| Error::malformed("/OFD.xml has no DocRoot"))?;
    // An empty element stands where the list should be named: it gives way.
    let name = |prefix: &str| format!("<{prefix}Signatures>/{}</{prefix}Signatures>", escape(list));
    let edits = match doc_body.first("Signatures") {
        Some(empty) => vec![(empty.span(), name(empty.prefix()))],
        None => vec![(before.span().end..before.span().end, name(before.prefix()))],
    };
    Ok(edit(&bytes, edits))
}

/// The list with one more entry and exactly one MaxSignId.
fn extend_list(bytes: &[u8], root: Element<'_>, highest: &str, line: impl Fn(&str) -> String) -> Vec<u8> {
    let prefix = root.prefix();
    let maximum = format!("<{prefix}MaxSignId>{highest}</{prefix}MaxSignId>");
    let line = line(prefix);
    let Some(inside) = root.inside() else {
        let end = root.span().end;
        let name = root.qualified();
        return edit(bytes, vec![(end.saturating_sub(2)..end, format!(">{maximum}{line}</{name}>"))]);
    };
    let mut edits = Vec::new();
    let mut known = root.all("MaxSignId");
    match known.next() {
        Some(first) => edits.push((first.span(), maximum)),
        None => edits.push((inside.start..inside.start, maximum)),
    }
    edits.extend(known.map(|other| (other.span(), String::new())));
    let at = root.all("Signature").last().map_or(inside.end, |last| last.span().end);
    edits.push((at..at, line));
    edit(bytes, edits)
}

/// Replaces ranges that do not overlap; equal places keep the order given.
fn edit(bytes: &[u8], mut edits: Vec<(Range<usize>, String)>) -> Vec<u8> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut edited = Vec::with_capacity(bytes.len().saturating_add(256));
    let mut at = 0;
    for (range, text) in edits {
        edited.extend_from_slice(bytes.get(at..range.start).unwrap_or_default());
        edited.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    edited.extend_from_slice(bytes.get(at..).unwrap_or_default());
    edited
}

/// `Boundary`, which holds the whole picture, and `Clip`, which is measured from its corner (table 69).
fn stamp_place(shown: &Shown) -> String {
    let numbers = |lengths: [Mm; 4]| lengths.map(millimetres).join(" ");
    let Area { left, top, width, height, .. } = shown.area;
    let boundary = format!("Boundary=\"{}\"", numbers([left, top, width, height]));
    match shown.clip {
        Some(clip) => {
            let clip = numbers([clip.left - left, clip.top - top, clip.width, clip.height]);
            format!("{boundary} Clip=\"{clip}\"")
        }
        None => boundary,
    }
}

/// To a tenth of a micrometre, without needless digits.
fn millimetres(length: Mm) -> String {
    let text = format!("{:.4}", length.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The IDs of signatures and stamps, which share one space: letters and a number, in the form in
/// which the highest is written (`s003`, `4`, `01`).
#[derive(Debug, Default)]
struct Ids {
    highest: u64,
    form: Option<(String, usize)>,
}

impl Ids {
    fn note(&mut self, id: &str) {
        let digits = id.trim_start_matches(|character: char| !character.is_ascii_digit());
        let Ok(number) = digits.parse::<u64>() else { return };
        let prefix = id.strip_suffix(digits).unwrap_or_default();
        // A form that is no XML name is not taken up.
        let is_plain =
            prefix.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
        if is_plain && (self.form.is_none() || number > self.highest) {
            self.form = Some((prefix.to_owned(), digits.len()));
        }
        self.highest = self.highest.max(number);
    }

    /// An ID for the signature and one for each of its stamps.
    fn take(&mut self, stamps: usize) -> Result<(String, Vec<String>), Error> {
        let own = self.next()?;
        let stamps = (0..stamps).map(|_| self.next()).collect::<Result<_, _>>()?;
        Ok((own, stamps))
    }

    fn next(&mut self) -> Result<String, Error> {
        let next = self.highest.checked_add(1);
        self.highest =
            next.ok_or_else(|| Error::unsupported("the list of signatures has no free ID above its highest"))?;
        Ok(self.highest())
    }

    fn highest(&self) -> String {
        let (prefix, width) = self.form.as_ref().map_or(("s", 3), |(prefix, width)| (prefix, *width));
        format!("{prefix}{:0width$}", self.highest)
    }
}
