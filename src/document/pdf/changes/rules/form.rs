//! The form: its fields may become more, by signature fields only.

use std::collections::HashSet;
use std::rc::Rc;

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::Part;
use crate::document::pdf::changes::places::extent;
use crate::document::pdf::changes::rules::catalog::done;
use crate::document::pdf::changes::step::{At, Listed, Shows, Step, Touched};
use crate::document::pdf::file::readable;
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::error::Error;

/// What a new field turned out to be.
struct NewField {
    name: Rc<str>,
    /// The object that shows it.
    widget: Widget,
    signature: Option<Signature>,
}

/// A widget's dictionary with the object's number.
type Widget = (u32, Dictionary);

/// What kind of signature a new field holds.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Signature {
    Approval,
    TimeStamp,
}

/// A new node of the tree of fields that is still to be looked at.
struct Open {
    reference: Reference,
    above: Option<Rc<str>>,
    kind: Option<Rc<[u8]>>,
}

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn form(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        for difference in Self::differing(old, new)? {
            let key = difference.key;
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let (one, two) = (before.as_ref(), after.as_ref());
            let name = String::from_utf8_lossy(&key);
            let text = format!("the form's /{name} was {}", done(one, two));
            match key.as_slice() {
                b"Fields" => self.fields(at, one, two)?,
                b"DR" => self.resources(at, one, two, true)?,
                b"SigFlags" => {
                    let level =
                        if only_adds_flags(one, two) { ModificationLevel::LtaUpdate } else { ModificationLevel::Other };
                    self.record_values(at, level, ChangeKind::Form, text, one, two);
                }
                b"NeedAppearances" | b"DA" | b"Q" if two.is_none_or(|two| is_scalar(&two.value)) => {
                    let redraws = key == b"NeedAppearances" && two.and_then(|two| two.value.as_boolean()) == Some(true);
                    let record =
                        self.record_values(at, ModificationLevel::FormFilling, ChangeKind::Form, text, one, two);
                    if let Some(record) = record {
                        record.touched = Touched::Fields;
                        record.shows = redraws.then_some(Shows::Redraw);
                    }
                }
                _ => self.refuse(at, ChangeKind::Form, text, one, two),
            }
        }
        Ok(())
    }

    /// Resources for the appearance of fields: more of them, and none changed.
    pub(in crate::document::pdf::changes) fn resources(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
        has_categories: bool,
    ) -> Result<(), Error> {
        for difference in Self::differing(old, new)? {
            let name = String::from_utf8_lossy(&difference.key).into_owned();
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let are_dictionaries = [&before, &after]
                .iter()
                .all(|part| part.as_ref().is_some_and(|part| part.dictionary().is_some() && !part.is_stream()));
            if has_categories && are_dictionaries && difference.key != b"ProcSet" {
                self.resources(at, before.as_ref(), after.as_ref(), false)?;
                continue;
            }
            let text = format!("the form's resource /{name} was {}", done(before.as_ref(), after.as_ref()));
            let level = match (&before, difference.key.as_slice()) {
                // Names of procedure sets mean nothing any more (14.2).
                (None, _) | (_, b"ProcSet") => ModificationLevel::FormFilling,
                _ => ModificationLevel::Other,
            };
            let (old, new) = (difference.old.as_ref(), difference.new.as_ref());
            self.record_values(at, level, ChangeKind::Form, text, old, new);
        }
        Ok(())
    }

    /// An array of fields: all that were there stay, and what comes is a signature field.
    pub(in crate::document::pdf::changes) fn fields(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let what = (ChangeKind::Form, "a list of fields");
        let Some(Listed { gone, fresh, twice }) = self.listed(at, what, old, new)? else { return Ok(()) };
        for item in gone {
            let number = item.value.as_reference().map_or(0, |reference| reference.number);
            let what = self.field_name(number);
            self.refuse(at, ChangeKind::Form, format!("the {what} was taken out of the form"), Some(&item), None);
        }
        let above =
            self.index.above(at.number, self.new.work.limits.depth).find_map(|above| self.index.fields.get(&above));
        let (above, kind) = above.map_or((None, None), |node| (Some(Rc::clone(&node.name)), node.kind.clone()));
        let mut strange: Vec<Part<'w>> = twice.into_iter().collect();
        for item in fresh {
            match item.value.as_reference() {
                Some(reference) => {
                    self.new_fields(at, Open { reference, above: above.clone(), kind: kind.clone() })?;
                }
                None => strange.push(item),
            }
        }
        for item in strange {
            let text = "a list of fields got something that is no new field";
            self.refuse(at, ChangeKind::Form, text, None, Some(&item));
        }
        Ok(())
    }

    /// A new field and the new fields beneath it.
    fn new_fields(&mut self, at: At, first: Open) -> Result<(), Error> {
        let mut open = vec![first];
        let mut known = HashSet::new();
        while let Some(node) = open.pop() {
            let reference = node.reference;
            if !known.insert(reference) || known.len() > self.new.work.limits.depth {
                self.refuse_field(at, reference, "stands in it in a circle or too deep");
                return Ok(());
            }
            match self.new_field(node, &mut open)? {
                Ok(Some(field)) => self.welcome(at, reference, &field)?,
                Ok(None) => {}
                Err(problem) => self.refuse_field(at, reference, problem),
            }
        }
        Ok(())
    }

    fn refuse_field(&mut self, at: At, reference: Reference, problem: &str) {
        let text = format!("the form got a new field, object {reference}, that {problem}");
        self.refuse(at, ChangeKind::SignatureField, text, None, None);
    }

    /// Looks at a new node: a signature field, or one that only holds new fields.
    fn new_field(&mut self, node: Open, open: &mut Vec<Open>) -> Result<Result<Option<NewField>, &'static str>, Error> {
        let reference = node.reference;
        if self.was_there(reference) {
            return Ok(Err("is an old object"));
        }
        let Some(field) = readable(self.new.load(reference))?.map(|indirect| Part::of(self.new, indirect)) else {
            return Ok(Err("cannot be read"));
        };
        let Some(dictionary) = field.dictionary().cloned() else { return Ok(Err("is no dictionary")) };
        if dictionary.repeated().is_some() {
            return Ok(Err("has a key twice"));
        }
        if dictionary.get("A").is_some() || dictionary.get("AA").is_some() {
            return Ok(Err("brings an action"));
        }
        let Some(partial) = field.get("T")? else { return Ok(Err("has no name")) };
        let Some(partial) = partial.value.as_string().map(|bytes| partial.view.text(&partial.holder, bytes)) else {
            return Ok(Err("has a name that is no string"));
        };
        let partial = partial?;
        if partial.is_empty() || partial.contains('.') {
            return Ok(Err("has an empty name or one with a period"));
        }
        let name: Rc<str> = match &node.above {
            Some(above) => format!("{above}.{partial}").into(),
            None => partial.into(),
        };
        if self.index.names.contains(&name) {
            return Ok(Err("has the name of an old field"));
        }
        let kind = field.get("FT")?.and_then(|kind| kind.value.as_name().map(Rc::from)).or(node.kind);
        let mut widgets = Vec::new();
        let mut is_parent = false;
        for item in field.get("Kids")?.iter().flat_map(Part::items) {
            let Some(kid) = item.as_reference() else { return Ok(Err("has a kid that is no reference")) };
            match readable(self.new.load(kid))?.as_ref().and_then(|kid| kid.dictionary()) {
                Some(inner) if inner.get("T").is_some() => {
                    is_parent = true;
                    open.push(Open { reference: kid, above: Some(Rc::clone(&name)), kind: kind.clone() });
                }
                Some(_) if self.was_there(kid) => return Ok(Err("has an old object for its kid")),
                Some(inner) if inner.get("A").is_some() || inner.get("AA").is_some() => {
                    return Ok(Err("brings an action"));
                }
                Some(inner) => widgets.push((kid.number, inner.clone())),
                None => return Ok(Err("has a kid that cannot be read")),
            }
        }
        if is_parent && widgets.is_empty() && dictionary.get("V").is_none() && dictionary.get("Rect").is_none() {
            return Ok(Ok(None));
        }
        if kind.as_deref() != Some(b"Sig") {
            return Ok(Err("is no signature field"));
        }
        if widgets.len() + usize::from(dictionary.get("Rect").is_some()) > 1 {
            return Ok(Err("shows at several places"));
        }
        let signature = match dictionary.get("V") {
            Some(value) => match self.new_signature(value)? {
                Ok(signature) => Some(signature),
                Err(problem) => return Ok(Err(problem)),
            },
            None => None,
        };
        let widget = widgets.pop().unwrap_or((reference.number, dictionary));
        Ok(Ok(Some(NewField { name, widget, signature })))
    }

    /// The value of a field that is signed now: a signature dictionary that was not there before.
    pub(super) fn new_signature(&mut self, value: &Object) -> Result<Result<Signature, &'static str>, Error> {
        let Some(reference) = value.as_reference() else { return Ok(Err("has a value that is no reference")) };
        if self.was_there(reference) {
            return Ok(Err("has an old object for its signature"));
        }
        let Some(signature) = readable(self.new.load(reference))? else {
            return Ok(Err("has a signature that cannot be read"));
        };
        let Some(dictionary) = signature.dictionary().filter(|_| !signature.is_stream()) else {
            return Ok(Err("has a value that is no signature dictionary"));
        };
        if dictionary.get("ByteRange").is_none() || dictionary.get("Contents").is_none() {
            return Ok(Err("has a value that is no signature dictionary"));
        }
        let is_stamp =
            dictionary.name("Type") == Some(b"DocTimeStamp") || dictionary.name("SubFilter") == Some(b"ETSI.RFC3161");
        Ok(Ok(if is_stamp { Signature::TimeStamp } else { Signature::Approval }))
    }

    /// Notes a new signature field: what nobody sees and what only stamps time goes along with
    /// long-term validation.
    fn welcome(&mut self, at: At, reference: Reference, field: &NewField) -> Result<(), Error> {
        let (number, widget) = &field.widget;
        let is_visible = is_visible(self, widget)?;
        let level = match field.signature {
            _ if is_visible => ModificationLevel::FormFilling,
            Some(Signature::Approval) => ModificationLevel::FormFilling,
            _ => ModificationLevel::LtaUpdate,
        };
        let kind = match field.signature {
            Some(Signature::TimeStamp) => ChangeKind::TimeStamp,
            _ => ChangeKind::SignatureField,
        };
        let name = &field.name;
        let what = match field.signature {
            Some(Signature::TimeStamp) => "a document time stamp was added",
            Some(Signature::Approval) => "a signature was added",
            None => "an empty signature field was added",
        };
        let seen = if is_visible { "" } else { ", invisible" };
        let area = self.places.area_of(&self.new, widget, None)?;
        let object = if *number == reference.number { String::new() } else { format!(", shown by object {number} 0") };
        let text = format!("{what}: the field \"{name}\", object {reference}{object}{seen}");
        if let Some(record) = self.record(at, level, kind, text) {
            record.later = level;
            record.change.object = Some(reference.to_string());
            record.change.page = area.as_ref().map(|area| area.page).or(record.change.page);
            record.change.area = area;
            if is_visible {
                record.touched = Touched::NewField(Rc::clone(name));
            } else if field.signature == Some(Signature::Approval) {
                record.touched = Touched::Field(Rc::clone(name));
            }
        }
        Ok(())
    }
}

/// Whether a widget shows anything (tables 166 and 167): it has an extent, and is not hidden.
pub(super) fn is_visible(step: &Step<'_, '_>, widget: &Dictionary) -> Result<bool, Error> {
    const HIDDEN_OR_NO_VIEW: i64 = 2 | 32;
    const PRINT_OR_TOGGLE: i64 = 4 | 256;
    let flags = step.new.get(widget, "F")?.and_then(|flags| flags.as_integer()).unwrap_or(0);
    let is_hidden = flags & 2 != 0 || (flags & HIDDEN_OR_NO_VIEW != 0 && flags & PRINT_OR_TOGGLE == 0);
    Ok(!is_hidden && extent(&step.new, widget)?.is_some())
}

/// Whether the flags of the form only gained SignaturesExist and AppendOnly (table 225).
fn only_adds_flags(old: Option<&Part<'_>>, new: Option<&Part<'_>>) -> bool {
    let flags = |part: Option<&Part<'_>>| part.map_or(Some(0), |part| part.value.as_integer());
    match (flags(old), flags(new)) {
        (Some(old), Some(new)) => new & old == old && (new | old) & !3 == old & !3,
        _ => false,
    }
}

pub(super) fn is_scalar(value: &Object) -> bool {
    value.as_array().is_none() && value.as_dictionary().is_none()
}
