//! Which ways lead from the trailer to each object.
//!
//! The index is made of one revision, the oldest that a signature closed, and goes on with what each
//! later revision adds. Nothing is taken out of it: what was once reached in a role keeps it.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::document::pdf::changes::role::{Role, linkable};
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::error::Error;

/// The owner of what several fields share, and of what belongs to none.
pub(super) const SHARED: u32 = 0;

/// The bits of what is part of several fields, and of several signature fields.
const SHARED_BIT: u32 = 1 << 31;
const SHARED_SIGNATURE_BIT: u32 = 1 << 30;

/// One way to an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) role: Role,
    /// The field that it is a part of.
    pub(super) owner: u32,
    /// The revision in which it was first reached so.
    pub(super) born: usize,
}

/// A field or a widget.
#[derive(Debug)]
pub(super) struct Node {
    /// The field above.
    pub(super) parent: u32,
    /// The full name.
    pub(super) name: Rc<str>,
    /// `/FT`, own or inherited.
    pub(super) kind: Option<Rc<[u8]>>,
    /// The revision in which it was first seen.
    pub(super) born: usize,
}

/// What is known of an object.
struct Seen {
    roles: u32,
    owner: u32,
    /// The first object that led there, and by which key.
    from: u32,
    key: u32,
}

/// A reference that is still to be followed.
#[derive(Clone, Copy)]
struct Open {
    reference: Reference,
    role: Role,
    way: Way,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Way {
    from: u32,
    owner: u32,
    key: u32,
}

pub(super) struct Index {
    /// The numbers that later revisions list: only of those each way is kept.
    tracked: HashSet<u32>,
    seen: HashMap<u32, Seen>,
    reaches: HashMap<u32, Vec<Reach>>,
    pub(super) fields: HashMap<u32, Node>,
    /// The full names of fields.
    pub(super) names: HashSet<Rc<str>>,
    /// On which page an annotation is listed.
    pub(super) shown: HashMap<u32, u32>,
    keys: Vec<Rc<[u8]>>,
    known_keys: HashMap<Rc<[u8]>, u32>,
    open: Vec<Open>,
    /// What links name, and the role of what has no other.
    links: Vec<Open>,
    /// The later revision in which data for validation first came, if they did.
    pub(super) evidence_since: Option<usize>,
    /// The revision that is being walked.
    born: usize,
}

impl Index {
    /// Walks the whole of a revision.
    pub(super) fn of(view: &View<'_>, tracked: HashSet<u32>) -> Result<Self, Error> {
        let mut index = Index {
            tracked,
            seen: HashMap::new(),
            reaches: HashMap::new(),
            fields: HashMap::new(),
            names: HashSet::new(),
            shown: HashMap::new(),
            keys: Vec::new(),
            known_keys: HashMap::new(),
            open: Vec::new(),
            links: Vec::new(),
            evidence_since: None,
            born: view.revision,
        };
        if let Some(trailer) = view.trailer() {
            index.enter_trailer(trailer);
            index.walk(view)?;
        }
        Ok(index)
    }

    pub(super) fn enter_trailer(&mut self, trailer: &Dictionary) {
        for entry in &trailer.entries {
            let role = match entry.key.as_slice() {
                b"Root" => Role::Catalog,
                b"Info" => Role::Info,
                b"Prev" | b"Size" | b"XRefStm" | b"Length" | b"Filter" | b"DecodeParms" | b"W" | b"Index" => continue,
                _ => Role::Frozen,
            };
            self.enter(&entry.value, role, 0, SHARED, &entry.key);
        }
    }

    /// Notes a value that stands in the object `from`, to be walked.
    pub(super) fn enter(&mut self, value: &Object, role: Role, from: u32, owner: u32, key: &[u8]) {
        let key = self.intern(key);
        self.visit(value, role, Way { from, owner, key });
    }

    /// The ways to an object that later revisions list, until now.
    pub(super) fn reaches(&self, number: u32) -> &[Reach] {
        self.reaches.get(&number).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether something that shows no field leads to an object.
    pub(super) fn is_shared_beyond_fields(&self, number: u32) -> bool {
        let own = Role::FieldPart.bit() | Role::SignaturePart.bit() | SHARED_BIT | SHARED_SIGNATURE_BIT;
        self.seen.get(&number).is_some_and(|seen| seen.roles & !own != 0)
    }

    pub(super) fn is_reached(&self, number: u32) -> bool {
        self.seen.contains_key(&number)
    }

    pub(super) fn has_role(&self, number: u32, role: Role) -> bool {
        self.seen.get(&number).is_some_and(|seen| seen.roles & role.bit() != 0)
    }

    /// The objects above, the nearest first, as far as `depth`.
    pub(super) fn above(&self, number: u32, depth: usize) -> impl Iterator<Item = u32> {
        let up = |number: &u32| self.seen.get(number).map(|seen| seen.from).filter(|from| *from != 0);
        std::iter::successors(Some(number), up).take(depth)
    }

    /// The keys by which the trailer first led to an object.
    pub(super) fn path(&self, number: u32, depth: usize) -> String {
        let keys: Vec<_> = self.above(number, depth).filter_map(|number| self.seen.get(&number)).collect();
        let name = |seen: &&Seen| {
            let key = usize::try_from(seen.key).ok().and_then(|key| self.keys.get(key));
            key.map(|key| format!("/{}", String::from_utf8_lossy(key))).unwrap_or_default()
        };
        keys.iter().rev().map(name).collect()
    }

    /// Enters what an object that had a role before has come to hold.
    pub(super) fn renew(&mut self, view: &View<'_>, indirect: &Indirect, reach: Reach) -> Result<(), Error> {
        self.born = view.revision;
        let number = indirect.reference.number;
        if reach.role == Role::Field {
            return self.enter_field(view, indirect);
        }
        let key = self.seen.get(&number).map_or(0, |seen| seen.key);
        self.visit(&indirect.object, reach.role, Way { from: number, owner: reach.owner, key });
        Ok(())
    }

    /// Follows everything that was entered.
    pub(super) fn walk(&mut self, view: &View<'_>) -> Result<(), Error> {
        self.born = view.revision;
        loop {
            while let Some(open) = self.open.pop() {
                self.follow(view, open)?;
            }
            let Some(link) = self.links.pop() else { return Ok(()) };
            let is_known = self.seen.get(&link.reference.number).is_some_and(|seen| seen.roles & linkable() != 0);
            if !is_known {
                self.open.push(link);
            }
        }
    }

    fn follow(&mut self, view: &View<'_>, open: Open) -> Result<(), Error> {
        let number = open.reference.number;
        if self.seen.get(&number).is_some_and(|seen| seen.roles & open.role.bit() != 0) && !open.role.is_owned() {
            return Ok(());
        }
        // A page lists its widgets anew with each one that comes, and they are fields already.
        let is_listed = open.role == Role::Annotation && self.shown.contains_key(&number);
        if is_listed && self.has_role(number, Role::Field) {
            return Ok(());
        }
        // What cannot be read leads nowhere; its own change is judged all the same.
        let indirect = match view.load(open.reference) {
            Err(error) if error.ends_the_work() => return Err(error),
            loaded => loaded.ok().flatten(),
        };
        let role = self.resolve(view, &open, indirect.as_deref())?;
        let Some(owner) = self.mark(number, role, open.way) else { return Ok(()) };
        let Some(indirect) = indirect else { return Ok(()) };
        view.work.spend(STEP)?;
        if role == Role::Field {
            return self.enter_field(view, &indirect);
        }
        self.visit(&indirect.object, role, Way { from: number, owner, key: open.way.key });
        Ok(())
    }

    /// The role that an object has in truth: some keys lead to objects of several kinds.
    fn resolve(&mut self, view: &View<'_>, open: &Open, indirect: Option<&Indirect>) -> Result<Role, Error> {
        let number = open.reference.number;
        let dictionary = indirect.and_then(Indirect::dictionary);
        let is_array = indirect.is_some_and(|indirect| indirect.object.as_array().is_some());
        Ok(match open.role {
            Role::PageTree if dictionary.is_some_and(|node| node.get("Kids").is_none()) => Role::Page,
            Role::StructureKids if !is_array => Role::StructureElement,
            Role::ParentValue if !is_array => Role::StructureElement,
            Role::Annotation => {
                let page = self.page_above(open.way.from, view);
                self.shown.entry(number).or_insert(page);
                match dictionary.and_then(|annotation| annotation.name("Subtype")) {
                    _ if self.has_role(number, Role::Field) => Role::Field,
                    // A widget of no field shows what nobody can fill in.
                    Some(b"Widget") => Role::Frozen,
                    _ => Role::Annotation,
                }
            }
            Role::FieldPart if dictionary.is_some_and(|value| value.get("ByteRange").is_some()) => Role::Signature,
            role => role,
        })
    }

    /// The page that holds an array of annotations.
    fn page_above(&self, number: u32, view: &View<'_>) -> u32 {
        let mut above = self.above(number, view.work.limits.depth);
        above.find(|number| self.has_role(*number, Role::Page)).unwrap_or(number)
    }

    /// Notes a role; its owner when it is new there, nothing otherwise.
    fn mark(&mut self, number: u32, role: Role, way: Way) -> Option<u32> {
        let seen = self.seen.entry(number).or_insert(Seen { roles: 0, owner: way.owner, from: way.from, key: way.key });
        let (mut bit, mut owner) = (role.bit(), way.owner);
        if role.is_owned() {
            let is_first = seen.roles & (Role::FieldPart.bit() | Role::SignaturePart.bit()) == 0;
            if is_first {
                seen.owner = owner;
            } else if seen.owner != owner {
                bit = if role == Role::FieldPart { SHARED_BIT } else { SHARED_SIGNATURE_BIT };
                owner = SHARED;
            }
        }
        if seen.roles & bit != 0 {
            return None;
        }
        seen.roles |= bit;
        if self.tracked.contains(&number) {
            self.reaches.entry(number).or_default().push(Reach { role, owner, born: self.born });
        }
        Some(owner)
    }

    /// A field, whose name and type its descendants inherit.
    fn enter_field(&mut self, view: &View<'_>, indirect: &Indirect) -> Result<(), Error> {
        let number = indirect.reference.number;
        let parent = self.above(number, view.work.limits.depth).skip(1).find(|above| self.fields.contains_key(above));
        let parent = parent.unwrap_or(SHARED);
        let Some(dictionary) = indirect.dictionary() else { return Ok(()) };
        let (above, inherited) = match self.fields.get(&parent) {
            Some(node) => (Some(Rc::clone(&node.name)), node.kind.clone()),
            None => (None, None),
        };
        let partial = dictionary.get("T").and_then(Object::as_string).map(|bytes| view.text(indirect, bytes));
        let name: Rc<str> = match (above, partial.transpose()?) {
            (Some(above), Some(partial)) if above.len() < LONG => format!("{above}.{partial}").into(),
            (Some(above), _) => above,
            (None, partial) => partial.unwrap_or_default().into(),
        };
        let kind = view.get(dictionary, "FT").ok().flatten().and_then(|kind| kind.as_name().map(Rc::from));
        let kind = kind.or(inherited);
        let is_signature = kind.as_deref() == Some(b"Sig");
        self.names.insert(Rc::clone(&name));
        let born = self.fields.get(&number).map_or(self.born, |node| node.born);
        self.fields.insert(number, Node { parent, name, kind, born });
        for entry in &dictionary.entries {
            let role = match Role::Field.of_key(&entry.key) {
                Role::FieldPart if entry.key == b"V" && is_signature => Role::Signature,
                Role::FieldPart if is_signature => Role::SignaturePart,
                role => role,
            };
            let key = self.intern(&entry.key);
            let way = Way { from: number, owner: number, key };
            match role {
                Role::Link => self.link(&entry.value, Role::Frozen, way),
                role => self.visit(&entry.value, role, way),
            }
        }
        Ok(())
    }

    /// Walks a value within one object; its nesting is bounded where it is read.
    fn visit(&mut self, value: &Object, role: Role, way: Way) {
        match &value.value {
            Value::Reference(reference) => self.open.push(Open { reference: *reference, role, way }),
            Value::Array(items) if role.may_name_places() && is_destination(items) => {
                items.iter().for_each(|item| self.link(item, role.of_link(), way));
            }
            Value::Array(items) => {
                let role = role.of_item();
                items.iter().rev().for_each(|item| self.visit(item, role, way));
            }
            Value::Dictionary(dictionary) => self.visit_dictionary(dictionary, role, way),
            _ => {}
        }
    }

    /// Notes what a link names. What stands in its place has the role that things without links have.
    fn link(&mut self, value: &Object, role: Role, way: Way) {
        match &value.value {
            Value::Reference(reference) => self.links.push(Open { reference: *reference, role, way }),
            Value::Array(items) => items.iter().for_each(|item| self.link(item, role, way)),
            Value::Dictionary(dictionary) => self.visit_dictionary(dictionary, role, way),
            _ => {}
        }
    }

    fn visit_dictionary(&mut self, dictionary: &Dictionary, role: Role, way: Way) {
        let mut form = None;
        for entry in dictionary.entries.iter().rev() {
            let below = role.of_key(&entry.key);
            let key = self.intern(&entry.key);
            match below {
                Role::Form => form = Some((entry, key)),
                Role::Link => self.link(&entry.value, role.of_link(), Way { key, ..way }),
                _ => self.visit(&entry.value, below, Way { key, ..way }),
            }
        }
        // What is put down last is followed first: the fields have to be known before the pages.
        if let Some((entry, key)) = form {
            self.visit(&entry.value, Role::Form, Way { key, ..way });
        }
    }

    fn intern(&mut self, key: &[u8]) -> u32 {
        if let Some(known) = self.known_keys.get(key) {
            return *known;
        }
        let number = self.keys.len() as u32;
        let key: Rc<[u8]> = key.into();
        self.keys.push(Rc::clone(&key));
        self.known_keys.insert(key, number);
        number
    }
}

/// Names of fields do not grow beyond this: a deep tree of long names would fill the memory.
const LONG: usize = 4096;

/// What walking an object costs beyond reading it, as much as so many bytes.
const STEP: u64 = 64;

/// Whether an array names a place on a page (12.3.2.2): the page is no part of it.
fn is_destination(items: &[Object]) -> bool {
    let [page, fit, ..] = items else { return false };
    page.as_reference().is_some() && fit.as_name().is_some_and(|fit| fit.starts_with(b"Fit") || fit == b"XYZ")
}
