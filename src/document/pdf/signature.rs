//! The signatures of a file: what each says, what it covers, what came after it.
//!
//! Judged are the bytes as they lie in the file, through the revision that the signature closed;
//! what the newest revision shows is compared with that.

mod changes;
mod ranges;
mod terms;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::der::Tlv;
use crate::document::pdf::changes::{Case, History, Restriction};
use crate::document::pdf::dss;
use crate::document::pdf::field::{self, Field, Form};
use crate::document::pdf::file::{File, Indirect, View, Work, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::document::pdf::page::{self, PageNode, Rectangle};
use crate::document::pdf::signature::changes::{later_fields, removed_signatures};
use crate::document::pdf::signature::ranges::Ranges;
use crate::document::pdf::signature::terms::Terms;
use crate::document::pdf::text;
use crate::document::{Announced, Coverage, Found, Protected, Survey};
use crate::error::{Context as _, Error};
use crate::finding::{Check, Finding, checks};
use crate::limits::Limits;
use crate::time::Time;
use crate::units::{Area, Page};

/// The formats of `/SubFilter` that somebody here can read.
const SUB_FILTERS: [&[u8]; 8] = [
    b"adbe.pkcs7.detached",
    b"adbe.pkcs7.sha1",
    b"adbe.x509.rsa_sha1",
    b"ETSI.CAdES.detached",
    b"ETSI.RFC3161",
    b"GM.sm2seal",
    b"GM.sm2cms.detached",
    b"GM.SM2",
];

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
    value: Object,
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
    findings.extend(repeated("the form's dictionary", field::form_dictionary(view)?.as_ref()));
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
                groups.push(Group { fields: vec![field], value: Object::clone(value) });
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
    let history = History::read(work, pages, first.unwrap_or(usize::MAX))?;
    let restrictions: Vec<&Restriction> = drafts.iter().map(|draft| &draft.restriction).collect();
    let signatures: Vec<Area> = drafts.iter().flat_map(|draft| draft.found.areas.iter().cloned()).collect();
    let mut judged = Vec::new();
    for draft in drafts.iter() {
        let signatures = &signatures;
        let (revision, coverage) = (draft.restriction.revision, draft.found.coverage);
        let case = Case { work, history: &history, restrictions: &restrictions, revision, coverage, signatures };
        let mut one = case.judge()?;
        one.findings.extend(certification(draft, &restrictions));
        judged.push(one);
    }
    for (draft, judged) in drafts.iter_mut().zip(judged) {
        draft.found.modification_level = judged.level;
        draft.found.changes = judged.changes;
        draft.found.findings.extend(judged.findings);
    }
    Ok(())
}

/// A certification is the first signature of its document (12.8.2.2).
fn certification(draft: &Draft, all: &[&Restriction]) -> Option<Finding> {
    let Restriction { certifies, claims_only, revision, .. } = draft.restriction;
    if certifies && all.iter().any(|other| other.revision < revision) {
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
        found: Found {
            id: String::new(),
            announced: Announced::Signature,
            label: String::new(),
            payload: Vec::new(),
            seal: None,
            certificates: Vec::new(),
            claimed: None,
            property: None,
            coverage: Coverage::None,
            revision: 0,
            later: 0,
            modification_level: None,
            changes: Vec::new(),
            areas: Vec::new(),
            deviations: Vec::new(),
            seeded: None,
            findings: notes.0,
            protected: Protected::Nothing,
        },
        hole: None,
        order: u64::MAX,
        restriction: Restriction::default(),
    }
}

/// A signature dictionary as of the revision that it closed.
struct Subject<'s> {
    view: View<'s>,
    indirect: &'s Indirect,
    dictionary: &'s Dictionary,
}

impl Subject<'_> {
    fn read(&self, mut notes: Notes, written: Option<usize>) -> Result<Draft, Error> {
        self.check_form(&mut notes);
        let sub_filter = self.check_names(&mut notes);
        let ranges = Ranges::read(&self.view, self.dictionary, &mut notes.0);
        let payload = self.payload(&sub_filter, &mut notes)?;
        let judged = ranges::judge(&self.view, self.dictionary, ranges, !payload.is_empty(), written, &mut notes.0)?;
        let seal = self.seal(&judged, &mut notes)?;
        let label = |key: &str| self.dictionary.name(key).map(|name| String::from_utf8_lossy(name).into_owned());
        if !notes.has_failed(checks::SIGNATURE_FORMAT) {
            notes.0.push(Finding::pass(
                checks::SIGNATURE_FORMAT,
                format!("the signature dictionary, object {}, is as it should be", self.indirect.reference),
            ));
        }
        let is_stamp = sub_filter == b"ETSI.RFC3161" || self.dictionary.name("Type") == Some(b"DocTimeStamp");
        let found = Found {
            id: String::new(),
            announced: if is_stamp { Announced::TimeStamp } else { Announced::Signature },
            label: [label("Filter"), label("SubFilter")].into_iter().flatten().collect::<Vec<_>>().join(" "),
            payload,
            seal,
            certificates: self.certificates()?,
            claimed: self.claimed()?,
            property: None,
            coverage: judged.coverage,
            revision: 0,
            later: 0,
            modification_level: None,
            changes: Vec::new(),
            areas: Vec::new(),
            deviations: Vec::new(),
            seeded: None,
            findings: notes.0,
            protected: judged.protected,
        };
        let order = judged.hole.map_or(u64::MAX, |hole| hole.0);
        Ok(Draft { found, hole: judged.hole, order, restriction: Restriction::default() })
    }

    fn check_form(&self, notes: &mut Notes) {
        if let Some(key) = self.dictionary.repeated() {
            notes.format(format!("the signature dictionary has the key /{key} twice"));
        }
        if self.indirect.pack.is_some() {
            notes.format("the signature dictionary stands in an object stream, where no signature can be");
        }
        match self.dictionary.get("Type").map(|value| (value, value.as_name())) {
            None | Some((_, Some(b"Sig" | b"DocTimeStamp"))) => {}
            Some((_, Some(other))) => {
                notes.format(format!("its /Type is /{}, not /Sig", String::from_utf8_lossy(other)));
            }
            Some((value, None)) => notes.format(format!("its /Type is {}, not a name", value.kind())),
        }
    }

    /// The names of handler and format, which have to stand in the dictionary itself.
    fn check_names(&self, notes: &mut Notes) -> Vec<u8> {
        let mut named = |key: &str| match self.dictionary.get(key).map(|value| (value, value.as_name())) {
            Some((_, Some(name))) => name.to_vec(),
            Some((value, None)) => {
                notes.format(format!("its /{key} is {}, not a direct name", value.kind()));
                Vec::new()
            }
            None => {
                notes.format(format!("it has no /{key}"));
                Vec::new()
            }
        };
        named("Filter");
        let sub_filter = named("SubFilter");
        if !sub_filter.is_empty() && !SUB_FILTERS.contains(&sub_filter.as_slice()) {
            let name = String::from_utf8_lossy(&sub_filter);
            let text = format!("its /SubFilter /{name} is none of those known; what it holds decides");
            notes.0.push(Finding::note(checks::SIGNATURE_FORMAT, text));
        }
        sub_filter
    }

    /// The signature itself: the one ASN.1 element that `/Contents` begins with.
    fn payload(&self, sub_filter: &[u8], notes: &mut Notes) -> Result<Vec<u8>, Error> {
        let Some(contents) = self.dictionary.get("Contents") else {
            notes.format("it has no /Contents, hence no signature value");
            return Ok(Vec::new());
        };
        let Value::String(bytes) = &contents.value else {
            notes.format(format!("its /Contents is {}, not a direct string", contents.kind()));
            return Ok(Vec::new());
        };
        let text = self.view.source_text(self.indirect, &contents.span)?;
        if text.first() != Some(&b'<') {
            notes.format("its /Contents is not in hexadecimal form");
        }
        let digits = text.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
        if text.first() == Some(&b'<') && digits % 2 == 1 {
            notes.format("its /Contents has an odd number of digits");
        }
        // A bare PKCS#1 value comes as an OCTET STRING, everything else as a SEQUENCE.
        let wanted = if sub_filter == b"adbe.x509.rsa_sha1" { 0x04 } else { 0x30 };
        if bytes.iter().all(|byte| *byte == 0) {
            notes.format("its /Contents is empty: there is no signature value");
            return Ok(Vec::new());
        }
        if bytes.len() > self.view.work.limits.seal_bytes {
            let most = self.view.work.limits.seal_bytes;
            return Err(Error::too_large(format!("a signature of {} bytes exceeds the limit of {most}", bytes.len())))
                .context(format_args!("object {}", self.indirect.reference));
        }
        let (element, rest) = match Tlv::first(bytes, "/Contents") {
            Ok(read) if read.0.tag == wanted || read.0.tag == 0x30 => read,
            Ok(read) => {
                notes.format(format!("its /Contents begins with the tag 0x{:02X}, as no signature does", read.0.tag));
                return Ok(Vec::new());
            }
            Err(error) => {
                notes.format(format!("its /Contents is no ASN.1: {error}"));
                return Ok(Vec::new());
            }
        };
        if rest.iter().any(|byte| *byte != 0) {
            notes.format(format!("something else than zeros follows the {} bytes of the signature", element.raw.len()));
        }
        if !element.shortest {
            let text = "the signature is encoded in BER with indefinite or long lengths, where DER is asked for";
            notes.0.push(Finding::note(checks::SIGNATURE_FORMAT, text));
        }
        Ok(element.raw.to_vec())
    }

    /// The certificates beside the signature: one string or an array of them.
    fn certificates(&self) -> Result<Vec<Vec<u8>>, Error> {
        let Some(value) = self.dictionary.get("Cert") else { return Ok(Vec::new()) };
        let mut list = Vec::new();
        let one = std::slice::from_ref(value);
        for item in value.as_array().unwrap_or(one).iter().take(self.view.work.limits.certificates) {
            if let Some(bytes) = item.as_string() {
                list.push(self.view.decrypted(self.indirect, bytes)?);
            }
        }
        Ok(list)
    }

    fn claimed(&self) -> Result<Option<Time>, Error> {
        let Some(date) = self.dictionary.get("M").and_then(Object::as_string) else { return Ok(None) };
        Ok(text::decode_date(&self.view.decrypted(self.indirect, date)?))
    }

    /// The seal that our own stamps lay beside the signature; it has to be signed with the rest.
    fn seal(&self, judged: &ranges::Judged, notes: &mut Notes) -> Result<Option<Vec<u8>>, Error> {
        let Some(value) = self.dictionary.get("ESEAL_Seal") else { return Ok(None) };
        let fail = |text: String| Finding::fail(checks::SEAL_SAME, text);
        let stream = match value.as_reference().map(|reference| self.view.load(reference)) {
            Some(Ok(Some(stream))) if stream.is_stream() => stream,
            Some(Err(error)) => {
                notes.0.push(fail(format!("the seal beside the signature cannot be read: {error}")));
                return Ok(None);
            }
            _ => {
                notes.0.push(fail("/ESEAL_Seal of the signature dictionary refers to no stream".into()));
                return Ok(None);
            }
        };
        let span = self.view.data_span(&stream)?;
        if stream.pack.is_some() || !judged.covers(stream.object.span.start, span.end) {
            notes.0.push(fail(format!(
                "the seal beside the signature, object {}, is not protected by it",
                stream.reference
            )));
        }
        match self.view.stream(&stream) {
            Ok(bytes) if bytes.len() <= self.view.work.limits.seal_bytes => Ok(Some(bytes)),
            Ok(bytes) => {
                Err(Error::too_large(format!("the seal in object {} has {} bytes", stream.reference, bytes.len())))
            }
            Err(error) => {
                notes.0.push(fail(format!("the seal beside the signature cannot be read: {error}")));
                Ok(None)
            }
        }
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
