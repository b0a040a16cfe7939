//! The signatures of a file: what each says, what it covers, what came after it.
//!
//! Judged are the bytes as they lie in the file, through the revision that the signature closed;
//! what the newest revision shows is compared with that.

mod changes;
mod ranges;
mod subject;
mod terms;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::document::pdf::changes::{Case, History, Permissions, Restriction};
use crate::document::pdf::dss;
use crate::document::pdf::field::{self, Field, Form};
use crate::document::pdf::file::{File, Indirect, View, Work, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::document::pdf::page::{self, PageNode, Rectangle};
use crate::document::pdf::signature::changes::{later_fields, removed_signatures};
use crate::document::pdf::signature::subject::Subject;
use crate::document::pdf::signature::terms::Terms;
use crate::document::{Announced, Found, Survey};
use crate::error::Error;
use crate::finding::{Check, Finding, checks};
use crate::limits::Limits;
use crate::units::{Area, Page};

/// Finds every signature of the newest revision, in the order of their places in the file.
pub(super) fn survey(file: &File, limits: &Limits) -> Result<Survey, Error> {
    let work = Work::new(file, limits);
    let view = work.view();
    let mut findings = file.findings();
    findings.extend(structure(&view)?);
    let broken = |what: &str, fault: Option<Error>| {
        let text = |fault: Error| format!("{what} is broken, so that readers differ in what they show: {fault}");
        fault.map(|fault| Finding::fail(checks::DOCUMENT_STRUCTURE, text(fault)))
    };
    let (form, fault) = field::form_as_found(&view)?;
    findings.extend(broken("the form", fault));
    findings.extend(form.repeated.map(|twice| {
        Finding::unknown(checks::DOCUMENT_STRUCTURE, format!("the tree of fields reaches object {twice} twice"))
    }));
    let groups = groups(&view, &form)?;
    if groups.len() > limits.signatures {
        return Err(Error::too_large(format!(
            "the document has {} signatures, and the limit is {}",
            groups.len(),
            limits.signatures
        )));
    }
    let (pages, fault) = page::pages_as_found(&view)?;
    findings.extend(broken("the page tree", fault));
    findings.extend(page::repeated(&pages).map(|page| {
        Finding::unknown(checks::DOCUMENT_STRUCTURE, format!("the page {page} stands in the page tree more than once"))
    }));
    let shown = shown(&view, &pages, &groups)?;
    let mut drafts = Vec::new();
    for group in &groups {
        drafts.push(examine(&view, group, &pages, &shown)?);
    }
    refuse_overlaps(&mut drafts);
    drafts.sort_by_key(|draft| draft.order);
    judge_changes(&work, &pages, &mut drafts)?;
    findings.extend(removed_signatures(&work, &form)?);
    findings.extend(work.oddities());
    let is_stamp = |draft: &&Draft| draft.found.announced == Announced::TimeStamp;
    let stamps: Vec<_> = drafts.iter().filter(is_stamp).map(|draft| draft.found.revision).collect();
    let (kept, told) = dss::kept(&work, &stamps)?;
    findings.extend(told);
    let found = drafts.into_iter().map(|draft| draft.found).collect();
    Ok(Survey { found, findings, pages: pages.len(), kept })
}

/// The fields that show one signature, and where it is.
struct Group<'f> {
    fields: Vec<&'f Field>,
    value: Rc<Object>,
}

impl Group<'_> {
    /// The annotations that show the signature: the widgets, and those that its dictionary names besides.
    fn annotations(&self, view: &View<'_>) -> Result<Vec<Reference>, Error> {
        let mut all: Vec<Reference> = self.fields.iter().flat_map(|field| field.widgets.iter().copied()).collect();
        let signature = view.follow(&self.value)?;
        if let Some(dictionary) = signature.as_dictionary()
            && let Some(further) = view.get(dictionary, "ESEAL_Shown")?
        {
            all.extend(further.as_array().unwrap_or_default().iter().filter_map(Object::as_reference));
        }
        Ok(all)
    }
}

/// A signature with what only this module needs to know of it.
struct Draft {
    found: Found,
    hole: Option<(u64, u64)>,
    order: u64,
    /// What it lays down for what comes after it.
    restriction: Restriction,
}

/// Repeated keys where readers might see different documents, and who certified it.
fn structure(view: &View<'_>) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let catalog = view.catalog()?;
    let repeated = |what: &str, dictionary: Option<&Dictionary>| {
        let key = dictionary?.repeated()?;
        Some(Finding::fail(checks::DOCUMENT_STRUCTURE, format!("{what} has the key /{key} twice")))
    };
    findings.extend(repeated("the catalog", catalog.dictionary()));
    let form = field::form_dictionary(view)?;
    findings.extend(repeated("the form's dictionary", form.as_ref()));
    if form.is_some_and(|form| matches!(field::is_redrawn(view, &form), Ok(true))) {
        let text = "the form tells readers to draw its fields anew (/NeedAppearances): values may show otherwise than \
                    when they were signed, and some readers then draw no stamp; another reader shows it";
        findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, text));
    }
    let Some(dictionary) = catalog.dictionary() else { return Ok(findings) };
    if let Some(permissions) = view.get(dictionary, "Perms")?
        && let Some(certification) = permissions.as_dictionary().and_then(|entries| entries.reference("DocMDP"))
    {
        let text = format!("the document is certified by the signature in object {certification}");
        findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, text));
    }
    Ok(findings)
}

/// The signed fields, those with the same value together.
fn groups<'f>(view: &View<'_>, form: &'f Form) -> Result<Vec<Group<'f>>, Error> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    let mut by_reference: HashMap<Reference, usize> = HashMap::new();
    for field in &form.fields {
        let Some(value) = &field.value else { continue };
        if !field.is_signature() && !looks_signed(view, value)? {
            continue;
        }
        let known = value.as_reference().and_then(|reference| by_reference.get(&reference));
        match known.and_then(|index| groups.get_mut(*index)) {
            Some(group) => group.fields.push(field),
            None => {
                if let Some(reference) = value.as_reference() {
                    by_reference.insert(reference, groups.len());
                }
                groups.push(Group { fields: vec![field], value: Rc::clone(value) });
            }
        }
    }
    Ok(groups)
}

/// Whether a field that is no signature field has a signature for its value all the same.
fn looks_signed(view: &View<'_>, value: &Object) -> Result<bool, Error> {
    let value = view.follow(value)?;
    Ok(value.as_dictionary().is_some_and(|value| value.get("ByteRange").is_some()))
}

/// On which pages widgets are shown, counted from 0.
type Shown = HashMap<Reference, Vec<usize>>;

/// An annotation belongs to one page; of one that stands on many not all are told.
const SHOWN: usize = 16;

fn shown(view: &View<'_>, pages: &[PageNode], groups: &[Group<'_>]) -> Result<Shown, Error> {
    let mut wanted = HashSet::new();
    for group in groups {
        wanted.extend(group.annotations(view)?);
    }
    let mut shown = Shown::new();
    if wanted.is_empty() {
        return Ok(shown);
    }
    for (index, page) in pages.iter().enumerate() {
        for annotation in page::annotations(view, page.reference)? {
            if wanted.contains(&annotation) {
                let list = shown.entry(annotation).or_default();
                if list.last() != Some(&index) && list.len() < SHOWN {
                    list.push(index);
                }
            }
        }
    }
    Ok(shown)
}

/// Collects findings about one signature.
struct Notes(Vec<Finding>);

impl Notes {
    fn format(&mut self, text: impl Into<String>) {
        self.0.push(Finding::fail(checks::SIGNATURE_FORMAT, text));
    }

    fn has_failed(&self, check: Check) -> bool {
        use crate::finding::Outcome;
        self.0.iter().any(|finding| finding.check == check.name() && finding.outcome == Outcome::Fail)
    }
}

/// All about one signature that can be said without looking into it.
fn examine(view: &View<'_>, group: &Group<'_>, pages: &[PageNode], shown: &Shown) -> Result<Draft, Error> {
    let mut notes = Notes(Vec::new());
    let names: Vec<&str> = group.fields.iter().map(|field| field.name.as_str()).collect();
    if group.fields.iter().any(|field| !field.is_signature()) {
        notes.format("a field that shows it is not of the type /Sig");
    }
    if group.fields.len() > 1 {
        let text = format!("{} fields show this one signature", group.fields.len());
        notes.0.push(Finding::note(checks::SIGNATURE_FORMAT, text));
    }
    let newest = dictionary_object(view, &group.value, &mut notes)?;
    let reach = match newest.as_ref().and_then(|indirect| indirect.dictionary()) {
        Some(dictionary) => ranges::reach(view, dictionary),
        None => None,
    };
    let writer = |as_of| {
        let number = newest.as_ref()?.reference.number;
        view.work.file.chain.find(number, as_of).map(|found| found.1)
    };
    let revision = reach.or_else(|| writer(view.revision)).unwrap_or(view.revision);
    let written = writer(revision).or_else(|| writer(view.revision));
    let signed_view = view.work.view_of(revision);
    let signed = match &newest {
        Some(indirect) => readable(signed_view.load(indirect.reference))?,
        None => None,
    };
    let is_same = match (&signed, &newest) {
        (Some(signed), Some(newest)) => signed.object == newest.object,
        (None, None) => true,
        _ => false,
    };
    let signature = signed.or(newest);
    let mut draft = match signature.as_deref().and_then(|indirect| Some((indirect, indirect.dictionary()?))) {
        Some((indirect, dictionary)) => {
            let subject = Subject { view: signed_view, indirect, dictionary };
            subject.read(notes, written)?
        }
        None => nothing(notes),
    };
    draft.found.id = names.join(", ");
    draft.found.areas = areas(view, group, pages, shown)?;
    let later = view.revision.saturating_sub(revision);
    draft.found.later = later;
    draft.found.revision = revision;
    if !is_same {
        draft.found.findings.push(Finding::fail(
            checks::DOCUMENT_CHANGES,
            "the signature dictionary was written anew after signing, and now says something else",
        ));
    }
    if later > 0 {
        draft.found.findings.extend(later_fields(&signed_view, group)?);
    }
    draft.restriction.revision = revision;
    if let Some(signature) = &signature {
        let fields: Vec<Reference> = group.fields.iter().map(|field| field.indirect.reference).collect();
        draft.restriction = Restriction::read(&signed_view, signature, &fields)?;
        let terms = Terms { view: signed_view, signature, restriction: &draft.restriction };
        draft.found.seeded = terms.seeded(group)?;
    }
    Ok(draft)
}

/// Judges what came after each signature.
fn judge_changes(work: &Work<'_>, pages: &[PageNode], drafts: &mut [Draft]) -> Result<(), Error> {
    let first = drafts.iter().map(|draft| draft.restriction.revision).min();
    let mut history = History::read(work, pages, first.unwrap_or(usize::MAX))?;
    let permissions = Permissions::of(drafts.iter().map(|draft| &draft.restriction));
    let signatures: Vec<Area> = drafts.iter().flat_map(|draft| draft.found.areas.iter().cloned()).collect();
    history.weigh(work, &permissions, &signatures)?;
    let mut judged = Vec::new();
    for draft in drafts.iter() {
        let (revision, coverage) = (draft.restriction.revision, draft.found.coverage);
        let case = Case { work, history: &history, permissions: &permissions, revision, coverage };
        let mut one = case.judge()?;
        one.findings.extend(certification(draft, first));
        one.findings.extend(permissions.is_exceeded_by(&draft.restriction).then(|| {
            let text = "its certification or its field's lock would allow more than signatures from before it do, which \
                        it cannot";
            Finding::unknown(checks::DOCUMENT_CHANGES, text)
        }));
        judged.push(one);
    }
    for (draft, judged) in drafts.iter_mut().zip(judged) {
        draft.found.modification_level = judged.level;
        draft.found.changes = judged.changes;
        draft.found.findings.extend(judged.findings);
    }
    Ok(())
}

/// A certification is the first signature of its document (12.8.2.2), which closed the revision `first`.
fn certification(draft: &Draft, first: Option<usize>) -> Option<Finding> {
    let Restriction { certifies, claims_only, revision, .. } = draft.restriction;
    if certifies && first.is_some_and(|first| first < revision) {
        let text = "it certifies the document, and there are signatures from before it";
        return Some(Finding::fail(checks::SIGNATURE_FORMAT, text));
    }
    claims_only.then(|| {
        let text = "it calls itself a certification, and the catalog's /Perms does not name it: it certifies nothing";
        Finding::note(checks::SIGNATURE_FORMAT, text)
    })
}

/// The signature dictionary that a field's value refers to.
fn dictionary_object(view: &View<'_>, value: &Object, notes: &mut Notes) -> Result<Option<Rc<Indirect>>, Error> {
    let Some(reference) = value.as_reference() else {
        notes.format(format!("the field's /V is {}, not a reference to a signature dictionary", value.kind()));
        return Ok(None);
    };
    let loaded = match view.load(reference) {
        Ok(loaded) => loaded,
        Err(error) if error.ends_the_work() => return Err(error),
        Err(error) => {
            notes.format(format!("the signature dictionary cannot be read: {error}"));
            return Ok(None);
        }
    };
    match loaded {
        None => notes.format(format!("the field's /V refers to object {reference}, which does not exist")),
        Some(indirect) if indirect.dictionary().is_none() => {
            notes.format(format!("the field's /V refers to {}, not to a signature dictionary", indirect.object.kind()));
        }
        Some(indirect) => return Ok(Some(indirect)),
    }
    Ok(None)
}

/// A signed field without a signature.
fn nothing(mut notes: Notes) -> Draft {
    notes.0.push(Finding::fail(checks::DOCUMENT_COVERAGE, "it protects nothing: there is no signature dictionary"));
    Draft {
        found: Found { findings: notes.0, ..Found::default() },
        hole: None,
        order: u64::MAX,
        restriction: Restriction::default(),
    }
}

/// Where a signature shows.
fn areas(view: &View<'_>, group: &Group<'_>, pages: &[PageNode], shown: &Shown) -> Result<Vec<Area>, Error> {
    let mut areas = Vec::new();
    for reference in group.annotations(view)? {
        let Some(widget) = readable(view.load(reference))? else { continue };
        let Some(rectangle) = widget.dictionary().and_then(|widget| widget.get("Rect")) else { continue };
        let Some(rectangle) = Rectangle::of(view, rectangle)? else { continue };
        if rectangle.width() <= 0.0 || rectangle.height() <= 0.0 {
            continue;
        }
        for index in shown.get(&reference).into_iter().flatten() {
            let (Some(page), Ok(number)) = (pages.get(*index), u32::try_from(index + 1)) else { continue };
            areas.push(page.geometry(view)?.area(Page(number), &rectangle));
        }
    }
    Ok(areas)
}

/// No two signatures may leave out the same bytes: each hole holds one signature (BR-7).
fn refuse_overlaps(drafts: &mut [Draft]) {
    let mut holes: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(hole) = draft.hole {
            holes.entry(hole).or_default().push(index);
        }
    }
    let mut bad = HashSet::new();
    let mut furthest: Option<(u64, usize)> = None;
    for ((start, end), members) in &holes {
        let Some(first) = members.first() else { continue };
        if members.len() > 1 {
            bad.extend(members);
        }
        if let Some((reach, other)) = furthest
            && *start < reach
        {
            bad.extend(members);
            bad.insert(other);
        }
        if furthest.is_none_or(|(reach, _)| *end > reach) {
            furthest = Some((*end, *first));
        }
    }
    for index in bad {
        if let Some(draft) = drafts.get_mut(index) {
            let text = "the bytes that its /ByteRange leaves out overlap those of another signature";
            draft.found.findings.push(Finding::fail(checks::SIGNATURE_FORMAT, text));
        }
    }
}
