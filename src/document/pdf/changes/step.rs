//! One revision against the one before: what it wrote, and whether each way to it allows that.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use crate::document::change::{Change, ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::{Difference, Part, differences, same, same_object};
use crate::document::pdf::changes::index::{Index, Reach, SHARED};
use crate::document::pdf::changes::places::Places;
use crate::document::pdf::changes::role::Role;
use crate::document::pdf::file::{View, readable};
use crate::document::pdf::object::{Object, Reference};
use crate::document::pdf::writer::OWN_ENTRIES;
use crate::document::pdf::xref::Place;
use crate::error::Error;
use crate::units::Area;

/// A change with what is needed to judge it for one signature or another.
pub(super) struct Record {
    /// The revision that made it, counted from 0, and the one in which the thing came up.
    pub(super) step: usize,
    pub(super) born: usize,
    /// What it amounts to for signatures of before that.
    pub(super) later: ModificationLevel,
    pub(super) touched: Touched,
    /// What it does to what the form shows.
    pub(super) shows: Option<Shows>,
    /// The revision of the first signature that locks what it touches.
    pub(super) locked_since: Option<usize>,
    /// What an annotation does to a signature.
    pub(super) upon: Upon,
    pub(super) change: Change,
}

/// What a change does to what viewers show of the form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shows {
    /// A field says something else.
    Value,
    /// A field looks otherwise.
    Appearance,
    /// Viewers are told to draw all fields anew.
    Redraw,
}

/// What an annotation does to a signature; later variants do more.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Upon {
    Nothing,
    /// It draws something that could hide what it lies over, if it lies over a signature.
    Drawn,
    /// It lies over a part of one, or draws nothing.
    Touches,
    /// It draws something over the whole of one.
    Hides,
}

/// What a change touches that a signature can lock or a certification can forbid.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Touched {
    Nothing,
    /// The value of a field with this full name.
    Field(Rc<str>),
    /// Something that several fields share.
    Fields,
    /// A signature field with this full name that is new and visible.
    NewField(Rc<str>),
    /// An annotation of a type that can cover content with anything.
    Cover,
}

/// More changes than this are not listed and not judged one by one.
const LISTED: usize = 100_000;

/// What one comparison costs, as much as so many bytes.
const STEP: u64 = 64;

/// Where a change was found.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// The object; 0 for the trailer.
    pub(super) number: u32,
    pub(super) reach: Reach,
}

/// An object that a revision wrote or freed.
struct Written<'w> {
    number: u32,
    old: Option<Part<'w>>,
    new: Option<Part<'w>>,
}

pub(super) struct Step<'s, 'w> {
    pub(super) old: View<'w>,
    pub(super) new: View<'w>,
    pub(super) index: &'s mut Index,
    pub(super) places: &'s Places<'w>,
    /// The numbers of all object streams.
    pub(super) packs: &'s HashSet<u32>,
    pub(super) records: &'s mut Vec<Record>,
    /// Whether the tree that leads from content to elements was compared.
    pub(super) has_compared_tree: bool,
}

impl<'w> Step<'_, 'w> {
    /// Judges all that the revision changed, and takes what it added into the index.
    pub(super) fn judge(&mut self) -> Result<(), Error> {
        self.judge_trailer()?;
        let written = self.written()?;
        let mut cases: Vec<(Reach, usize)> = Vec::new();
        for (position, one) in written.iter().enumerate() {
            // What this revision itself came to lead to was judged with what leads there.
            let older = self.index.reaches(one.number).iter().filter(|reach| reach.born < self.new.revision);
            cases.extend(older.map(|reach| (*reach, position)));
        }
        cases.sort_by_key(|(reach, position)| (reach.role, *position));
        for (reach, position) in cases {
            let Some(one) = written.get(position) else { continue };
            self.judge_object(At { number: one.number, reach }, one.old.as_ref(), one.new.as_ref())?;
            if let Some(new) = &one.new {
                self.index.renew(&self.new, &new.holder, reach)?;
            }
            self.index.walk(&self.new)?;
        }
        Ok(())
    }

    /// The objects that are others than they were. One that was written again as it was is none.
    fn written(&mut self) -> Result<Vec<Written<'w>>, Error> {
        let chain = &self.new.work.file.chain;
        let mut numbers = chain.written_in(self.new.revision).to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        self.new.work.spend(16 * numbers.len() as u64)?;
        let mut written = Vec::new();
        for number in numbers {
            let place = |view: &View<'_>| chain.find(number, view.revision).map_or(Place::Free, |found| found.0);
            let (before, after) = (place(&self.old), place(&self.new));
            if before == after {
                continue;
            }
            if self.packs.contains(&number) && self.is_used_pack(number) {
                self.fault(number, "the object stream was written anew, and all objects in it with it");
            }
            if self.index.reaches(number).is_empty() {
                continue;
            }
            let generation = generation(before).or(generation(after)).unwrap_or(0);
            let reference = Reference { number, generation };
            let old = readable(self.old.load(reference))?.map(|object| Part::of(self.old, object));
            let new = readable(self.new.load(reference))?.map(|object| Part::of(self.new, object));
            match (&old, &new) {
                (Some(old), Some(new)) if same_object(old, new)? => {}
                _ => written.push(Written { number, old, new }),
            }
        }
        Ok(written)
    }

    /// Whether objects of the older revision stand in this object stream.
    fn is_used_pack(&self, number: u32) -> bool {
        matches!(self.new.work.file.chain.find(number, self.old.revision), Some((Place::At { .. }, _)))
    }

    fn fault(&mut self, number: u32, text: &str) {
        let reach = Reach { role: Role::Frozen, owner: SHARED, born: 0 };
        self.record(At { number, reach }, ModificationLevel::Other, ChangeKind::File, text);
    }

    fn judge_trailer(&mut self) -> Result<(), Error> {
        let (Some(old), Some(new)) = (self.old.trailer(), self.new.trailer()) else { return Ok(()) };
        let at = At { number: 0, reach: Reach { role: Role::Frozen, owner: SHARED, born: 0 } };
        let keys: BTreeSet<&[u8]> = old.entries.iter().chain(&new.entries).map(|entry| entry.key.as_slice()).collect();
        for key in keys {
            let name = String::from_utf8_lossy(key);
            let (before, after) = (old.get(&name), new.get(&name));
            if before == after {
                continue;
            }
            match key {
                _ if OWN_ENTRIES.iter().any(|own| own.as_bytes() == key) => {}
                b"Info" => {
                    let text = "the trailer's /Info was changed";
                    self.record(at, ModificationLevel::LtaUpdate, ChangeKind::Metadata, text);
                }
                // A code that authenticates the whole file is another in each revision (ISO/TS 32004).
                b"AuthCode" => {}
                // What is dropped leads nowhere, and nothing shows it.
                _ if after.is_none() && key != b"Root" && key != b"Encrypt" => {}
                _ => self.refuse(at, ChangeKind::File, format!("the trailer's /{name} was changed"), None, None),
            }
        }
        self.index.enter_trailer(new);
        self.index.walk(&self.new)
    }

    fn judge_object(&mut self, at: At, old: Option<&Part<'w>>, new: Option<&Part<'w>>) -> Result<(), Error> {
        let level = match at.reach.role {
            Role::FieldPart => ModificationLevel::FormFilling,
            Role::Annotation | Role::AnnotationPart => ModificationLevel::Annotations,
            Role::Info => ModificationLevel::LtaUpdate,
            _ => ModificationLevel::Other,
        };
        let level = match at.reach.role {
            Role::SignaturePart if self.may_be_redrawn(at.reach.owner)? => ModificationLevel::FormFilling,
            Role::StructureElement if self.went_with_its_annotation(old, new)? => ModificationLevel::Annotations,
            _ => level,
        };
        let (Some(old), Some(new)) = (old, new) else {
            let done = if old.is_some() { "was taken away" } else { "was put where nothing was" };
            self.record_part(at, level, done);
            return Ok(());
        };
        if let Some(key) = new.dictionary().and_then(|dictionary| dictionary.repeated()) {
            self.record(
                at,
                ModificationLevel::Other,
                kind_of(at.reach.role),
                format!("it has the key /{key} twice now"),
            );
            return Ok(());
        }
        if at.reach.role.has_entries_only() && (old.is_stream() || new.is_stream()) {
            self.record_part(at, ModificationLevel::Other, "was or became a stream");
            return Ok(());
        }
        match at.reach.role {
            Role::Catalog => self.catalog(at, old, new),
            Role::Form => self.form(at, Some(old), Some(new)),
            Role::Fields => self.fields(at, Some(old), Some(new)),
            Role::Field => self.field(at, old, new),
            Role::Resources => self.resources(at, Some(old), Some(new), true),
            Role::Category => self.resources(at, Some(old), Some(new), false),
            Role::Metadata => self.metadata(at, Some(old), Some(new)),
            Role::Dss => self.dss(at, Some(old), Some(new)),
            Role::Evidence => self.evidence(at, Some(old), Some(new)),
            Role::Vri => self.vri(at, Some(old), Some(new)),
            Role::VriEntry => self.vri_entry(at, Some(old), Some(new)),
            Role::Extensions => self.extensions(at, Some(old), Some(new)),
            Role::Extension => self.extension(at, old, new),
            Role::StructureRoot => self.structure_root(at, old, new),
            Role::ParentTree | Role::Numbers => self.parent_tree(at),
            Role::StructureKids => self.structure_kids(at, Some(old), Some(new)),
            Role::StructureElement => self.structure_element(at, old, new),
            Role::Page => self.page(at, old, new),
            Role::Annotations => self.annotations(at, Some(old), Some(new)),
            Role::Annotation => self.annotation(at, old, new),
            _ => {
                self.record_part(at, level, "was changed");
                Ok(())
            }
        }
    }

    /// Whether a structure element was freed together with the annotation for which it stood.
    fn went_with_its_annotation(&self, old: Option<&Part<'w>>, new: Option<&Part<'w>>) -> Result<bool, Error> {
        match old.filter(|_| new.is_none()) {
            Some(element) => self.stood_for_gone(element),
            None => Ok(false),
        }
    }

    /// Whether the appearance of a signature field belongs to that one alone, and it was empty.
    fn may_be_redrawn(&self, owner: u32) -> Result<bool, Error> {
        Ok(owner != SHARED && !self.is_signed(owner)?)
    }

    /// Notes a change of something that has no rule of its own but its level.
    fn record_part(&mut self, at: At, level: ModificationLevel, done: &str) {
        let detail = match at.reach.role {
            Role::FieldPart | Role::SignaturePart => {
                format!("what the {} shows {done}", self.field_name(at.reach.owner))
            }
            Role::AnnotationPart => format!("a part of an annotation {done}"),
            Role::Annotation => format!("an annotation {done}"),
            Role::StructureElement if level < ModificationLevel::Other => {
                format!("the structure element of an annotation {done}")
            }
            Role::Info => format!("the document's information {done}"),
            Role::Signature => format!("a signature that was there, or what it leads to, {done}"),
            _ => format!("an object that nothing may change {done}"),
        };
        let kind = match at.reach.role {
            Role::Frozen => self.kind_above(at.number),
            Role::SignaturePart if level < ModificationLevel::Other => ChangeKind::FieldValue,
            role => kind_of(role),
        };
        let touched = match at.reach.role {
            Role::FieldPart | Role::SignaturePart => self.touched(at.reach.owner),
            _ => Touched::Nothing,
        };
        let shows = (at.reach.role == Role::FieldPart).then_some(Shows::Appearance);
        let area = self.area_of_field(at.reach.owner);
        if let Some(record) = self.record(at, level, kind, detail) {
            (record.touched, record.shows) = (touched, shows);
            record.change.area = area;
        }
    }

    /// Where a field shows, as far as it has one place.
    pub(super) fn area_of_field(&self, number: u32) -> Option<Area> {
        let reference = self.new.work.file.chain.reference(number, self.new.revision)?;
        let field = self.new.load(reference).ok().flatten()?;
        let page = self.places.page_of(self.index, number, self.new.work.limits.depth);
        self.places.area_of(&self.new, field.dictionary()?, page).ok().flatten()
    }

    /// The field, as far as it is one alone.
    pub(super) fn touched(&self, owner: u32) -> Touched {
        self.index.fields.get(&owner).map_or(Touched::Fields, |node| Touched::Field(Rc::clone(&node.name)))
    }

    pub(super) fn field_name(&self, number: u32) -> String {
        match self.index.fields.get(&number) {
            Some(node) => format!("field \"{}\"", node.name),
            None => "form".into(),
        }
    }

    /// What kind of thing a frozen object belongs to.
    fn kind_above(&self, number: u32) -> ChangeKind {
        let depth = self.new.work.limits.depth;
        for above in self.index.above(number, depth).skip(1) {
            for (role, kind) in [
                (Role::Page, ChangeKind::Page),
                (Role::PageTree, ChangeKind::PageTree),
                (Role::Signature, ChangeKind::Signature),
                (Role::Field, ChangeKind::Form),
                (Role::Form, ChangeKind::Form),
                (Role::Dss, ChangeKind::Evidence),
                (Role::StructureRoot, ChangeKind::Structure),
                (Role::Catalog, ChangeKind::Catalog),
            ] {
                if self.index.has_role(above, role) {
                    return kind;
                }
            }
        }
        ChangeKind::File
    }

    /// Notes a change.
    pub(super) fn record(
        &mut self,
        at: At,
        level: ModificationLevel,
        kind: ChangeKind,
        detail: impl Into<String>,
    ) -> Option<&mut Record> {
        if self.records.len() >= LISTED {
            return self.refuse_more();
        }
        let depth = self.new.work.limits.depth;
        let object = (at.number != 0).then(|| {
            let reference = self.new.work.file.chain.reference(at.number, self.new.revision);
            reference.unwrap_or(Reference { number: at.number, generation: 0 }).to_string()
        });
        let path = self.index.path(at.number, depth);
        let detail = match &object {
            Some(object) if !path.is_empty() => format!("{} (object {object}, {path})", detail.into()),
            Some(object) => format!("{} (object {object})", detail.into()),
            None => detail.into(),
        };
        let page = self.places.page_of(self.index, at.number, depth);
        let revision = self.new.revision.saturating_add(1);
        let (old, new, area) = (None, None, None);
        self.records.push(Record {
            step: self.new.revision,
            born: at.reach.born,
            later: level.min(most_if_new(at.reach.role, kind)),
            touched: Touched::Nothing,
            shows: None,
            locked_since: None,
            upon: Upon::Nothing,
            change: Change { level, kind, revision, object, path, page, area, old, new, detail },
        });
        self.records.last_mut()
    }

    fn refuse_more(&mut self) -> Option<&mut Record> {
        let (step, revision) = (self.new.revision, self.new.revision.saturating_add(1));
        if self.records.last().is_none_or(|last| last.change.kind != ChangeKind::File || last.step != step) {
            let detail = format!("there are more than {LISTED} changes, and the rest was not judged");
            let level = ModificationLevel::Other;
            let (object, page, area, old, new) = (None, None, None, None, None);
            let (kind, path) = (ChangeKind::File, String::new());
            let change = Change { level, kind, revision, object, path, page, area, old, new, detail };
            let (touched, shows, locked_since, upon) = (Touched::Nothing, None, None, Upon::Nothing);
            let (born, later) = (0, level);
            self.records.push(Record { step, born, later, touched, shows, locked_since, upon, change });
        }
        None
    }

    /// Notes what became of a value.
    pub(super) fn record_values(
        &mut self,
        at: At,
        level: ModificationLevel,
        kind: ChangeKind,
        detail: impl Into<String>,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Option<&mut Record> {
        let record = self.record(at, level, kind, detail)?;
        record.change.old = old.map(Part::shown);
        record.change.new = new.map(Part::shown);
        Some(record)
    }

    /// Notes what nothing allows.
    pub(super) fn refuse(
        &mut self,
        at: At,
        kind: ChangeKind,
        detail: impl Into<String>,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) {
        self.record_values(at, ModificationLevel::Other, kind, detail, old, new);
    }

    /// Whether the object was there before, or something old refers to it.
    pub(super) fn was_there(&self, reference: Reference) -> bool {
        let place = self.new.work.file.chain.find(reference.number, self.old.revision);
        place.is_some_and(|found| found.0 != Place::Free) || self.is_older(reference.number)
    }

    /// Whether an object that was there stands elsewhere now.
    pub(super) fn is_overwritten(&self, number: u32) -> bool {
        let place = |revision| self.new.work.file.chain.find(number, revision).map(|found| found.0);
        let old = place(self.old.revision).filter(|place| *place != Place::Free);
        old.is_some() && old != place(self.new.revision)
    }

    /// Whether something led to the object before this revision.
    fn is_older(&self, number: u32) -> bool {
        self.index.reaches(number).iter().any(|reach| reach.born < self.new.revision)
    }

    /// The two values of an entry, each followed.
    pub(super) fn followed(
        old: Option<Part<'w>>,
        new: Option<Part<'w>>,
    ) -> Result<(Option<Part<'w>>, Option<Part<'w>>), Error> {
        let follow = |part: Option<Part<'w>>| match part {
            Some(part) => readable(part.followed()),
            None => Ok(None),
        };
        Ok((follow(old)?, follow(new)?))
    }

    /// The entries of two dictionaries that differ; of one that is missing, all of the other.
    pub(super) fn differing(old: Option<&Part<'w>>, new: Option<&Part<'w>>) -> Result<Vec<Difference<'w>>, Error> {
        let empty = |part: &Part<'w>| part.beside(&Object::null());
        match (old, new) {
            (Some(old), Some(new)) => differences(old, new),
            (Some(old), None) => differences(old, &empty(old)),
            (None, Some(new)) => differences(&empty(new), new),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// The items of two arrays that are gone, and those that are new.
    fn items(old: Option<&Part<'w>>, new: Option<&Part<'w>>) -> Result<(Vec<Part<'w>>, Vec<Part<'w>>), Error> {
        let list = |part: Option<&Part<'w>>| -> Vec<Part<'w>> {
            part.map(|part| part.items().iter().map(|item| part.beside(item)).collect()).unwrap_or_default()
        };
        let (old, new) = (list(old), list(new));
        // References tell themselves apart; the few other items are compared one by one.
        let references = |list: &[Part<'w>]| -> HashSet<Reference> {
            list.iter().filter_map(|item| item.value.as_reference()).collect()
        };
        let (before, after) = (references(&old), references(&new));
        let is_in = |item: &Part<'w>, set: &HashSet<Reference>, list: &[Part<'w>]| -> Result<bool, Error> {
            if let Some(reference) = item.value.as_reference() {
                return Ok(set.contains(&reference));
            }
            for other in list.iter().filter(|other| other.value.as_reference().is_none()) {
                item.view.work.spend(STEP)?;
                if same(item, other)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for item in &old {
            if !is_in(item, &after, &new)? {
                gone.push(item.clone());
            }
        }
        for item in &new {
            if !is_in(item, &before, &old)? {
                fresh.push(item.clone());
            }
        }
        Ok((gone, fresh))
    }
}

/// What became of an array.
pub(super) struct Listed<'w> {
    pub(super) gone: Vec<Part<'w>>,
    /// What is new, each reference once.
    pub(super) fresh: Vec<Part<'w>>,
    /// A reference that is new and stands there twice.
    pub(super) twice: Option<Part<'w>>,
}

impl<'w> Step<'_, 'w> {
    /// What an array lost and what it got; nothing when it is no array any more, which no rule allows.
    pub(super) fn listed(
        &mut self,
        at: At,
        (kind, what): (ChangeKind, &str),
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<Option<Listed<'w>>, Error> {
        if new.is_some_and(|new| new.value.as_array().is_none()) {
            self.refuse(at, kind, format!("{what} is no array any more"), old, new);
            return Ok(None);
        }
        let (gone, mut fresh) = Self::items(old, new)?;
        let (mut known, mut twice) = (HashSet::new(), None);
        fresh.retain(|item| {
            let is_first = item.value.as_reference().is_none_or(|reference| known.insert(reference));
            if !is_first {
                twice = Some(item.clone());
            }
            is_first
        });
        Ok(Some(Listed { gone, fresh, twice }))
    }
}

/// The generation under which an object is referred to.
fn generation(place: Place) -> Option<u16> {
    match place {
        Place::At { generation, .. } => Some(generation),
        Place::Packed { .. } => Some(0),
        Place::Free => None,
    }
}

fn kind_of(role: Role) -> ChangeKind {
    match role {
        Role::Form | Role::Fields | Role::Field | Role::Resources | Role::Category => ChangeKind::Form,
        Role::FieldPart => ChangeKind::FieldValue,
        Role::Signature | Role::SignaturePart => ChangeKind::Signature,
        Role::Info | Role::Metadata => ChangeKind::Metadata,
        Role::Dss | Role::Evidence | Role::Vri | Role::VriEntry => ChangeKind::Evidence,
        Role::Extensions | Role::Extension => ChangeKind::Extension,
        Role::StructureRoot
        | Role::ParentTree
        | Role::Numbers
        | Role::ParentValue
        | Role::StructureKids
        | Role::StructureElement => ChangeKind::Structure,
        Role::PageTree => ChangeKind::PageTree,
        Role::Page => ChangeKind::Page,
        Role::Annotations | Role::Annotation | Role::AnnotationPart => ChangeKind::Annotation,
        Role::Catalog | Role::Frozen | Role::Link => ChangeKind::Catalog,
    }
}

/// The most that a change can amount to for a signature that is older than what was changed.
fn most_if_new(role: Role, kind: ChangeKind) -> ModificationLevel {
    match role {
        _ if kind == ChangeKind::Action => ModificationLevel::Other,
        Role::Field | Role::FieldPart | Role::SignaturePart | Role::Signature => ModificationLevel::FormFilling,
        Role::Annotation | Role::AnnotationPart => ModificationLevel::Annotations,
        Role::Dss | Role::Evidence | Role::Vri | Role::VriEntry => ModificationLevel::LtaUpdate,
        _ => ModificationLevel::Other,
    }
}
