//! The logical structure (14.7): elements for new fields may be added, none that was there changed.

use std::collections::{BTreeMap, HashSet};

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::{Part, same};
use crate::document::pdf::changes::rules::catalog::done;
use crate::document::pdf::changes::step::{At, Step};
use crate::document::pdf::file::{View, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::error::Error;

const STRUCTURE: ChangeKind = ChangeKind::Structure;
const LTA: ModificationLevel = ModificationLevel::LtaUpdate;

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn structure_root(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        for difference in Self::differing(Some(old), Some(new))? {
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let (one, two) = (before.as_ref(), after.as_ref());
            match difference.key.as_slice() {
                b"K" => self.structure_kids(at, difference.old.as_ref(), difference.new.as_ref())?,
                b"ParentTree" => self.parent_tree(at)?,
                b"ParentTreeNextKey" if rises(one, two) => {}
                key => {
                    let text = format!("/{} of the structure was {}", String::from_utf8_lossy(key), done(one, two));
                    self.refuse(at, STRUCTURE, text, difference.old.as_ref(), difference.new.as_ref());
                }
            }
        }
        Ok(())
    }

    pub(in crate::document::pdf::changes) fn structure_element(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        for difference in Self::differing(Some(old), Some(new))? {
            if difference.key == b"K" {
                self.structure_kids(at, difference.old.as_ref(), difference.new.as_ref())?;
                continue;
            }
            let text = format!("/{} of a structure element was changed", String::from_utf8_lossy(&difference.key));
            self.refuse(at, STRUCTURE, text, difference.old.as_ref(), difference.new.as_ref());
        }
        Ok(())
    }

    /// The kids of an element: one or an array of them. Those that were there stay in their order.
    pub(in crate::document::pdf::changes) fn structure_kids(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let (before, after) = (kids(old)?, kids(new)?);
        let mut waiting = before.iter().peekable();
        let mut fresh = Vec::new();
        for kid in &after {
            let is_next = match waiting.peek() {
                Some(expected) => same(expected, kid)?,
                None => false,
            };
            if is_next {
                waiting.next();
            } else {
                fresh.push(kid);
            }
        }
        if waiting.next().is_some() {
            self.refuse(at, STRUCTURE, "kids of a structure element were removed or moved", old, new);
            return Ok(());
        }
        for kid in fresh {
            match self.check_kid(kid)? {
                Ok(()) => {
                    self.record(at, LTA, STRUCTURE, "the structure got an element for a new field");
                }
                Err(problem) => {
                    let text = format!("the structure got something that {problem}");
                    self.refuse(at, STRUCTURE, text, None, Some(kid));
                }
            }
        }
        Ok(())
    }

    /// A new kid: a reference to the annotation of a new field, or a new element that holds such.
    fn check_kid(&self, kid: &Part<'w>) -> Result<Result<(), &'static str>, Error> {
        let mut open = vec![kid.clone()];
        let mut known: HashSet<Reference> = HashSet::new();
        while let Some(kid) = open.pop() {
            if let Some(reference) = kid.value.as_reference() {
                if self.was_there(reference) || !known.insert(reference) {
                    return Ok(Err("was there before"));
                }
                if known.len() > self.new.work.limits.depth {
                    return Ok(Err("is more than the elements of a field"));
                }
            }
            let Some(kid) = readable(kid.followed())? else { return Ok(Err("cannot be read")) };
            let Some(dictionary) = kid.dictionary() else { return Ok(Err("marks content of a page")) };
            match dictionary.name("Type") {
                Some(b"OBJR") if self.is_new_annotation(dictionary) => {}
                Some(b"OBJR") => return Ok(Err("refers to an object that is not new")),
                Some(b"MCR") => return Ok(Err("marks content of a page")),
                _ if dictionary.get("S").is_none() => return Ok(Err("is no element")),
                _ => open.extend(kids(kid.raw("K").as_ref())?),
            }
        }
        Ok(Ok(()))
    }

    fn is_new_annotation(&self, reference: &Dictionary) -> bool {
        let number = reference.reference("Obj").map_or(0, |object| object.number);
        self.index.fields.get(&number).is_some_and(|node| node.born == self.new.revision)
            || reference.reference("Obj").is_some_and(|object| !self.was_there(object))
    }

    /// The tree that leads from content to elements: what was there stays. It is compared as a
    /// whole, since its nodes may be distributed anew.
    pub(in crate::document::pdf::changes) fn parent_tree(&mut self, at: At) -> Result<(), Error> {
        if std::mem::replace(&mut self.has_compared_tree, true) {
            return Ok(());
        }
        let (old, new) = (leaves(&self.old)?, leaves(&self.new)?);
        for (key, before) in &old {
            let is_kept = match new.get(key) {
                Some(after) => same(before, after)?,
                None => false,
            };
            if !is_kept {
                let text = format!("the structure's parent tree leads elsewhere for the key {key}");
                self.refuse(at, STRUCTURE, text, Some(before), new.get(key));
            }
        }
        self.record(at, LTA, STRUCTURE, "the structure's parent tree was added to");
        Ok(())
    }
}

fn rises(old: Option<&Part<'_>>, new: Option<&Part<'_>>) -> bool {
    let number = |part: Option<&Part<'_>>| part.map_or(Some(0), |part| part.value.as_integer());
    number(old).zip(number(new)).is_some_and(|(old, new)| new >= old)
}

/// The kids as they are written, whether they stand in an array or alone.
fn kids<'w>(part: Option<&Part<'w>>) -> Result<Vec<Part<'w>>, Error> {
    let Some(part) = part else { return Ok(Vec::new()) };
    let Some(value) = readable(part.clone().followed())? else { return Ok(Vec::new()) };
    match &value.value.value {
        Value::Array(items) => Ok(items.iter().map(|item| value.beside(item)).collect()),
        _ => Ok(vec![part.clone()]),
    }
}

/// The entries of the parent tree, by their numbers.
fn leaves<'w>(view: &View<'w>) -> Result<BTreeMap<i64, Part<'w>>, Error> {
    let mut found = BTreeMap::new();
    let catalog = Part::of(*view, view.catalog()?);
    let Some(root) = readable(catalog.get("StructTreeRoot"))? else { return Ok(found) };
    let mut open: Vec<Part<'w>> = root.raw("ParentTree").into_iter().collect();
    let mut known: HashSet<Reference> = HashSet::new();
    while let Some(node) = open.pop() {
        if node.value.as_reference().is_some_and(|reference| !known.insert(reference)) {
            continue;
        }
        let Some(node) = readable(node.followed())? else { continue };
        if let Some(numbers) = readable(node.get("Nums"))? {
            view.work.spend(numbers.items().len() as u64)?;
            for pair in numbers.items().chunks_exact(2) {
                if let [key, value] = pair
                    && let Some(key) = key.as_integer()
                {
                    found.insert(key, numbers.beside(value));
                }
            }
        }
        if let Some(kids) = readable(node.get("Kids"))? {
            let is_reference = |kid: &&Object| kid.as_reference().is_some();
            open.extend(kids.items().iter().filter(is_reference).map(|kid| kids.beside(kid)));
        }
    }
    Ok(found)
}
