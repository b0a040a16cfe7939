//! The signature fields of a form: their names, values and widgets (ISO 32000-2, 12.7).

use std::collections::HashSet;
use std::rc::Rc;

use crate::document::pdf::file::{Indirect, View, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::error::{Context as _, Error};

/// A field that ends a branch of the tree.
pub(super) struct Field {
    /// The partial names from the root on, joined by periods.
    pub(super) name: String,
    pub(super) indirect: Rc<Indirect>,
    /// `/FT`, own or inherited.
    pub(super) kind: Option<Vec<u8>>,
    /// `/V`, own or inherited, as it is written.
    pub(super) value: Option<Rc<Object>>,
    /// The object in which `/V` stands.
    pub(super) holder: Reference,
    /// The annotations that show it.
    pub(super) widgets: Vec<Reference>,
    /// The nodes of the tree above it, the nearest first.
    pub(super) above: Option<Rc<Above>>,
}

/// A node of the tree, and those above it.
pub(super) struct Above {
    indirect: Rc<Indirect>,
    above: Option<Rc<Above>>,
}

impl Field {
    pub(super) fn is_signature(&self) -> bool {
        self.kind.as_deref() == Some(b"Sig")
    }

    pub(super) fn dictionary(&self) -> Option<&Dictionary> {
        self.indirect.dictionary()
    }

    /// The nodes from the field itself up to the root.
    pub(super) fn line(&self) -> impl Iterator<Item = &Rc<Indirect>> {
        let mut above = self.above.as_deref();
        let parents = std::iter::from_fn(move || {
            let one = above?;
            above = one.above.as_deref();
            Some(&one.indirect)
        });
        std::iter::once(&self.indirect).chain(parents)
    }
}

/// The fields of a form, and the objects of which all this is made.
#[derive(Default)]
pub(super) struct Form {
    pub(super) fields: Vec<Field>,
    /// The numbers of all objects that were read to find the fields.
    pub(super) objects: HashSet<u32>,
    /// An object that the tree reaches twice.
    pub(super) repeated: Option<Reference>,
}

/// The form's dictionary.
pub(super) fn form_dictionary(view: &View<'_>) -> Result<Option<Dictionary>, Error> {
    let catalog = view.catalog()?;
    let Some(catalog) = catalog.dictionary() else { return Ok(None) };
    let Some(form) = view.get(catalog, "AcroForm")? else { return Ok(None) };
    match form.as_dictionary() {
        Some(dictionary) => Ok(Some(dictionary.clone())),
        None => Err(Error::malformed(format!("the catalog's /AcroForm is {}, not a dictionary", form.kind()))),
    }
}

/// A node of the tree that is still to be looked at.
struct Open {
    reference: Reference,
    name: Option<String>,
    kind: Option<Vec<u8>>,
    value: Option<(Rc<Object>, Reference)>,
    above: Option<Rc<Above>>,
    depth: usize,
}

/// What a byte of a full name costs, as much as so many bytes.
const NAME: u64 = 16;

/// Walks the tree of fields, all of which has to be sound.
pub(super) fn form(view: &View<'_>) -> Result<Form, Error> {
    match form_as_found(view)? {
        (form, None) => Ok(form),
        (_, Some(fault)) => Err(fault),
    }
}

/// The fields that can be found, and the first fault that keeps others from being found.
pub(super) fn form_as_found(view: &View<'_>) -> Result<(Form, Option<Error>), Error> {
    let mut form = Form::default();
    let fault = match walk(view, &mut form) {
        Err(error) if error.ends_the_work() => return Err(error),
        Err(error) => Some(error),
        Ok(fault) => fault,
    };
    Ok((form, fault))
}

/// Branches of the tree that cannot be read are left out; the first fault of one is told.
fn walk(view: &View<'_>, form: &mut Form) -> Result<Option<Error>, Error> {
    let mut fault = None;
    let catalog = view.catalog()?;
    note(&mut form.objects, Some(catalog.reference));
    note(&mut form.objects, catalog.dictionary().and_then(|catalog| catalog.reference("AcroForm")));
    let Some(dictionary) = form_dictionary(view)? else { return Ok(fault) };
    note(&mut form.objects, dictionary.reference("Fields"));
    let roots = match view.get(&dictionary, "Fields")? {
        Some(fields) => references(&fields, "the form's /Fields")?,
        None => return Ok(fault),
    };
    let root = |reference| Open { reference, name: None, kind: None, value: None, above: None, depth: 0 };
    let mut open: Vec<Open> = roots.into_iter().rev().map(root).collect();
    while let Some(node) = open.pop() {
        if !form.objects.insert(node.reference.number) {
            form.repeated = Some(node.reference);
            continue;
        }
        if node.depth > view.work.limits.depth {
            return Err(Error::too_large(format!(
                "the tree of fields is deeper than {} levels",
                view.work.limits.depth
            )));
        }
        let number = node.reference;
        match visit(view, node, form, &mut open).context(format_args!("field {number}")) {
            Err(error) if error.ends_the_work() => return Err(error),
            visited => fault = fault.or(visited.err()),
        }
    }
    Ok(fault)
}

fn note(objects: &mut HashSet<u32>, reference: Option<Reference>) {
    objects.extend(reference.map(|reference| reference.number));
}

fn references(array: &Object, what: &str) -> Result<Vec<Reference>, Error> {
    let items =
        array.as_array().ok_or_else(|| Error::malformed(format!("{what} is {}, not an array", array.kind())))?;
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        match item.as_reference() {
            Some(reference) => list.push(reference),
            None => return Err(Error::malformed(format!("{what} holds {}, not only references", item.kind()))),
        }
    }
    Ok(list)
}

fn visit(view: &View<'_>, node: Open, form: &mut Form, open: &mut Vec<Open>) -> Result<(), Error> {
    let Some(indirect) = view.load(node.reference)? else { return Ok(()) };
    let Some(dictionary) = indirect.dictionary() else { return Ok(()) };
    let partial = match view.get(dictionary, "T")? {
        Some(name) => match name.as_string() {
            Some(bytes) => Some(view.text(&indirect, bytes)?),
            None => return Err(Error::malformed(format!("its /T is {}, not a string", name.kind()))),
        },
        None => None,
    };
    let name = match (node.name, partial) {
        (Some(parent), Some(partial)) => Some(format!("{parent}.{partial}")),
        (parent, partial) => partial.or(parent),
    };
    // Many fields may stand below one long name.
    view.work.spend(NAME.saturating_mul(name.as_ref().map_or(0, String::len) as u64))?;
    let kind = view.get(dictionary, "FT")?.and_then(|kind| kind.as_name().map(<[u8]>::to_vec)).or(node.kind);
    let value = dictionary.get("V").map(|value| (Rc::new(value.clone()), node.reference)).or(node.value);
    let below = Rc::new(Above { indirect: Rc::clone(&indirect), above: node.above.clone() });
    let mut widgets = Vec::new();
    let mut is_parent = false;
    if let Some(kids) = view.get(dictionary, "Kids")? {
        note(&mut form.objects, dictionary.reference("Kids"));
        for reference in references(&kids, "its /Kids")?.into_iter().rev() {
            let kid = view.load(reference)?;
            let is_field = kid
                .as_ref()
                .and_then(|kid| kid.dictionary())
                .is_some_and(|kid| ["T", "Kids", "V"].iter().any(|key| kid.get(key).is_some()));
            if is_field {
                is_parent = true;
                let (name, kind, value) = (name.clone(), kind.clone(), value.clone());
                let above = Some(Rc::clone(&below));
                open.push(Open { reference, name, kind, value, above, depth: node.depth + 1 });
            } else {
                widgets.push(reference);
                form.objects.insert(reference.number);
            }
        }
        widgets.reverse();
    } else if dictionary.get("Rect").is_some() || dictionary.name("Subtype") == Some(b"Widget") {
        widgets.push(node.reference);
    }
    if form.objects.len() > view.work.limits.objects {
        return Err(Error::too_large(format!("the form has more than {} objects", view.work.limits.objects)));
    }
    if !is_parent || !widgets.is_empty() {
        let name = name.unwrap_or_default();
        let holder = value.as_ref().map_or(node.reference, |value| value.1);
        let value = value.map(|value| value.0);
        form.fields.push(Field { name, indirect, kind, value, holder, widgets, above: node.above });
    }
    Ok(())
}

/// Whether readers are told to draw the fields of a form anew.
pub(super) fn is_redrawn(view: &View<'_>, form: &Dictionary) -> Result<bool, Error> {
    Ok(view.get(form, "NeedAppearances")?.and_then(|value| value.as_boolean()) == Some(true))
}

/// The fields for text and choices that have values and no appearance, which each reader draws for itself.
pub(super) fn undrawn(view: &View<'_>, form: &Form) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for field in &form.fields {
        let is_drawn = matches!(field.kind.as_deref(), Some(b"Tx" | b"Ch"));
        let is_filled = |value: &Object| value.as_string().is_none_or(|text| !text.is_empty());
        if !is_drawn || !field.value.as_deref().is_some_and(is_filled) {
            continue;
        }
        for widget in &field.widgets {
            let widget = readable(view.load(*widget))?;
            let has_look = widget.is_some_and(|one| one.dictionary().is_some_and(|one| one.get("AP").is_some()));
            if !has_look {
                names.push(field.name.clone());
                break;
            }
        }
    }
    Ok(names)
}

/// Whether a lock that names `locked` holds the field `name`: the field itself or one above it.
pub(super) fn is_within(name: &str, locked: &str) -> bool {
    name.strip_prefix(locked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn locks_match_whole_names() {
        assert!(is_within("a.b", "a") && is_within("a", "a"));
        assert!(!is_within("Signature10", "Signature1"));
        assert!(!is_within("a", "a.b"));
    }
}
