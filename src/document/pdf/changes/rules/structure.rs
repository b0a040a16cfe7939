//! The logical structure (14.7): elements for new fields and annotations may be added, and those of annotations go
//! with them; none else that was there may change.

use std::collections::{BTreeMap, HashSet};

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::{Part, same};
use crate::document::pdf::changes::role::Role;
use crate::document::pdf::changes::rules::catalog::done;
use crate::document::pdf::changes::step::{At, Step};
use crate::document::pdf::file::{View, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::document::pdf::page;
use crate::error::Error;

const STRUCTURE: ChangeKind = ChangeKind::Structure;
const LTA: ModificationLevel = ModificationLevel::LtaUpdate;
const NOTES: ModificationLevel = ModificationLevel::Annotations;

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
        if old.name("Type") == Some(b"OBJR") {
            return self.annotation_content(at, old, new);
        }
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
        let (mut before, after) = (kids(old)?, kids(new)?);
        let mut fresh = added(&before, &after)?;
        if fresh.is_none() {
            let count = before.len();
            before = self.without_gone(before, &after)?;
            fresh = added(&before, &after)?;
            if before.len() < count && fresh.is_some() {
                self.record(at, NOTES, STRUCTURE, "the structure lost what stood for an annotation that was removed");
            }
        }
        let Some(fresh) = fresh else {
            self.refuse(at, STRUCTURE, "kids of a structure element were removed or moved", old, new);
            return Ok(());
        };
        for kid in fresh {
            match self.check_kid(kid)? {
                Ok(()) => {
                    self.record(at, LTA, STRUCTURE, "the structure got an element for a new field or annotation");
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
            if is_kept {
                continue;
            }
            if !new.contains_key(key) && self.led_to_gone(before, *key)? {
                let text = format!("the structure's parent tree lost the key {key} of an annotation that was removed");
                self.record(at, NOTES, STRUCTURE, text);
                continue;
            }
            let text = format!("the structure's parent tree leads elsewhere for the key {key}");
            self.refuse(at, STRUCTURE, text, Some(before), new.get(key));
        }
        self.record(at, LTA, STRUCTURE, "the structure's parent tree was added to");
        Ok(())
    }
}

/// What stands in the structure for annotations goes with them.
impl<'w> Step<'_, 'w> {
    /// A reference to an annotation (14.7.5.3) that was written anew: still to the same one, or to a new one in
    /// place of one that was removed.
    fn annotation_content(&mut self, at: At, old: &Part<'w>, new: &Part<'w>) -> Result<(), Error> {
        let number = |part: &Part<'w>| part.dictionary().and_then(|one| one.reference("Obj")).map(|one| one.number);
        let is_fine = match (number(old), new.dictionary().filter(|new| new.name("Type") == Some(b"OBJR"))) {
            (Some(one), Some(dictionary)) if self.is_note(one) => {
                number(new) == Some(one) || (self.is_gone(one)? && self.is_new_annotation(dictionary))
            }
            _ => false,
        };
        let text = "what stands in the structure for an annotation was changed";
        if is_fine {
            self.record_values(at, NOTES, STRUCTURE, text, Some(old), Some(new));
        } else {
            self.refuse(at, STRUCTURE, text, Some(old), Some(new));
        }
        Ok(())
    }

    /// The kids without those that stood for annotations which were removed, and are gone themselves.
    fn without_gone(&self, kids: Vec<Part<'w>>, left: &[Part<'w>]) -> Result<Vec<Part<'w>>, Error> {
        let mut kept = Vec::new();
        for kid in kids {
            let mut is_left = !self.stood_for_gone(&kid)?;
            for other in left {
                is_left = is_left || same(&kid, other)?;
            }
            if is_left {
                kept.push(kid);
            }
        }
        Ok(kept)
    }

    /// Whether a kid, or an element that went away, stood for nothing but annotations that were removed.
    pub(in crate::document::pdf::changes) fn stood_for_gone(&self, kid: &Part<'w>) -> Result<bool, Error> {
        let mut open = vec![kid.clone()];
        let mut looked_at = 0_usize;
        while let Some(kid) = open.pop() {
            looked_at += 1;
            let kid = readable(kid.followed())?.filter(|_| looked_at <= self.old.work.limits.depth);
            let Some(kid) = kid else { return Ok(false) };
            let Some(dictionary) = kid.dictionary() else { return Ok(false) };
            match dictionary.name("Type") {
                Some(b"OBJR") => {
                    let number = dictionary.reference("Obj").map_or(0, |object| object.number);
                    if !self.is_note(number) || !self.is_gone(number)? {
                        return Ok(false);
                    }
                }
                Some(b"MCR") => return Ok(false),
                _ => {
                    let inner = self::kids(kid.raw("K").as_ref())?;
                    if inner.is_empty() {
                        return Ok(false);
                    }
                    open.extend(inner);
                }
            }
        }
        Ok(true)
    }

    /// Whether an entry of the parent tree led from an annotation that was removed, which has this key.
    fn led_to_gone(&self, element: &Part<'w>, key: i64) -> Result<bool, Error> {
        let Some(element) = readable(element.clone().followed())? else { return Ok(false) };
        for kid in kids(element.raw("K").as_ref())? {
            let Some(kid) = readable(kid.followed())? else { continue };
            let object =
                kid.dictionary().filter(|kid| kid.name("Type") == Some(b"OBJR")).and_then(|kid| kid.reference("Obj"));
            let Some(object) = object.filter(|object| self.is_note(object.number)) else { continue };
            let annotation = readable(self.old.load(object))?;
            let its_key = annotation.as_ref().and_then(|one| one.dictionary()?.integer("StructParent"));
            if its_key == Some(key) && self.is_gone(object.number)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an object is an annotation that shows no field.
    fn is_note(&self, number: u32) -> bool {
        self.index.has_role(number, Role::Annotation) && !self.index.fields.contains_key(&number)
    }

    /// Whether the page that listed an annotation does so no longer.
    fn is_gone(&self, number: u32) -> Result<bool, Error> {
        let Some(page) = self.index.shown.get(&number) else { return Ok(false) };
        let chain = &self.new.work.file.chain;
        let Some(page) = chain.reference(*page, self.new.revision) else { return Ok(false) };
        Ok(!page::annotations(&self.new, page)?.iter().any(|annotation| annotation.number == number))
    }
}

/// The kids that are new, when all that were there stand in their order still.
fn added<'k, 'w>(before: &[Part<'w>], after: &'k [Part<'w>]) -> Result<Option<Vec<&'k Part<'w>>>, Error> {
    let mut waiting = before.iter().peekable();
    let mut fresh = Vec::new();
    for kid in after {
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
    Ok(waiting.next().is_none().then_some(fresh))
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
