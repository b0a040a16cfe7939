//! What forbids a stamp: the file's state, a certification, a lock (ISO 32000-2, 12.8.2 and 12.7.5.5).

use crate::document::Layout;
use crate::document::options::LockAction;
use crate::document::pdf::changes::transforms;
use crate::document::pdf::field::{self, Field, Form};
use crate::document::pdf::file::View;
use crate::document::pdf::object::Object;
use crate::error::{Error, ErrorKind};
use crate::finding::Outcome;

/// What a field locks once it is signed.
#[derive(Debug)]
pub(super) struct Lock {
    pub(super) action: LockAction,
    /// The names, as bytes of text strings; none for all fields.
    pub(super) fields: Option<Vec<Vec<u8>>>,
    /// `/P`: what it leaves permitted for the whole document.
    pub(super) level: Option<i64>,
}

fn not_allowed(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotAllowed, text)
}

/// Refuses a file to which nothing can be added that all readers see as one; `hybrid` admits one that two kinds
/// of readers see differently.
pub(in crate::document::pdf) fn refuse_broken(view: &View<'_>, hybrid: bool) -> Result<(), Error> {
    let file = view.work.file;
    if file.chain.hybrid && !hybrid {
        return Err(not_allowed(
            "the file is a hybrid of cross-reference tables and streams, in which old and new readers see different \
             documents: save it anew as PDF 1.5 or later, then stamp it, or allow it by `Stamp::on_hybrid`",
        ));
    }
    if let Some(fault) = file.findings().into_iter().find(|finding| finding.outcome == Outcome::Fail) {
        return Err(not_allowed(format!("the file is broken and not to be signed: {}", fault.detail)));
    }
    if !file.may_be_signed() {
        return Err(not_allowed("the document's owner does not allow signing with the user's password"));
    }
    refuse_dynamic_form(view)
}

/// Refuses what would break other signatures, or the owner's word.
pub(super) fn refuse_forbidden(
    view: &View<'_>,
    form: &Form,
    target: Option<&Field>,
    layout: &Layout<'_>,
) -> Result<(), Error> {
    refuse_certified(view, !layout.shown.is_empty() && target.is_none(), layout.pdf.certify.is_some())?;
    for signed in form.fields.iter().filter(|field| field.value.is_some() && field.is_signature()) {
        refuse_locked(view, signed, target)?;
    }
    Ok(())
}

/// Refuses to fill in fields where signatures do not permit it.
#[cfg(feature = "compose")]
pub(in crate::document::pdf) fn refuse_filling<'f>(
    view: &View<'_>,
    form: &Form,
    targets: impl Iterator<Item = &'f Field> + Clone,
) -> Result<(), Error> {
    refuse_certified(view, false, false)?;
    for signed in form.fields.iter().filter(|field| field.value.is_some() && field.is_signature()) {
        targets.clone().try_for_each(|target| refuse_locked(view, signed, Some(target)))?;
    }
    Ok(())
}

/// Viewers draw such a form anew each time, signed or not.
fn refuse_dynamic_form(view: &View<'_>) -> Result<(), Error> {
    let catalog = view.catalog()?;
    let Some(dictionary) = catalog.dictionary() else { return Ok(()) };
    let renders = view.get(dictionary, "NeedsRendering")?.and_then(|value| value.as_boolean()) == Some(true);
    let has_xfa = field::form_dictionary(view)?.is_some_and(|form| form.get("XFA").is_some());
    if renders && has_xfa {
        return Err(not_allowed(
            "the document is a dynamic XFA form, which cannot be signed safely: print it to PDF first",
        ));
    }
    Ok(())
}

/// A certification may forbid every change (12.8.2.2); a new visible field could hide what it
/// certified, and verifiers take it for an attack.
fn refuse_certified(view: &View<'_>, is_new_and_shown: bool, certifies: bool) -> Result<(), Error> {
    let catalog = view.catalog()?;
    let Some(dictionary) = catalog.dictionary() else { return Ok(()) };
    let Some(permissions) = view.get(dictionary, "Perms")? else { return Ok(()) };
    let Some(permissions) = permissions.as_dictionary() else { return Ok(()) };
    let Some(certification) = view.get(permissions, "DocMDP")? else { return Ok(()) };
    let Some(certification) = certification.as_dictionary() else {
        return Err(not_allowed("the document is certified by something that is no signature"));
    };
    for parameters in transforms(view, certification, b"DocMDP")? {
        // The level is 2 where none is given.
        let level = view.get(&parameters, "P")?.map_or(Some(2), |level| level.as_integer());
        if !matches!(level, Some(2 | 3)) {
            return Err(not_allowed("the document is certified, and its certification allows no change at all"));
        }
    }
    if certifies {
        return Err(not_allowed(
            "the document is certified already, and a certification is the first signature of its document: stamp it \
             without certifying it",
        ));
    }
    if is_new_and_shown {
        return Err(not_allowed(
            "the document is certified: a stamp can go into a field that it has, or be invisible, but not bring a new \
             field that is seen",
        ));
    }
    Ok(())
}

/// A signed field may have locked the document, or the field that is to be signed now.
fn refuse_locked(view: &View<'_>, signed: &Field, target: Option<&Field>) -> Result<(), Error> {
    if let Some(dictionary) = signed.dictionary()
        && let Some(lock) = view.get(dictionary, "Lock")?
        && let Some(lock) = lock.as_dictionary()
        && view.get(lock, "P")?.and_then(|level| level.as_integer()) == Some(1)
    {
        return Err(not_allowed(format!("the signature in the field \"{}\" locked the document", signed.name)));
    }
    let (Some(target), Some(value)) = (target, &signed.value) else { return Ok(()) };
    let Some(reference) = value.as_reference() else { return Ok(()) };
    let Some(signature) = view.load(reference)? else { return Ok(()) };
    let Some(dictionary) = signature.dictionary() else { return Ok(()) };
    for parameters in transforms(view, dictionary, b"FieldMDP")? {
        let mut names = Vec::new();
        if let Some(fields) = view.get(&parameters, "Fields")? {
            for name in fields.as_array().unwrap_or_default().iter().filter_map(Object::as_string) {
                names.push(view.text(&signature, name)?);
            }
        }
        let is_named = names.iter().any(|name| field::is_within(&target.name, name));
        let is_locked = match parameters.name("Action") {
            Some(b"Include") => is_named,
            Some(b"Exclude") => !is_named,
            _ => true,
        };
        if is_locked {
            let (name, other) = (&target.name, &signed.name);
            return Err(not_allowed(format!(
                "the field \"{name}\" was locked by the signature in the field \"{other}\""
            )));
        }
    }
    Ok(())
}

/// What an empty field says that it locks when it is signed.
pub(super) fn field_lock(view: &View<'_>, field: &Field) -> Result<Option<Lock>, Error> {
    use crate::document::pdf::file::Followed;
    let Some(dictionary) = field.dictionary() else { return Ok(None) };
    let Some(lock) = view.get(dictionary, "Lock")? else { return Ok(None) };
    let Some(entries) = lock.as_dictionary() else {
        return Err(Error::malformed(format!("the /Lock of the field \"{}\" is {}", field.name, lock.kind())));
    };
    let action = match entries.name("Action") {
        Some(b"All") => LockAction::All,
        Some(b"Include") => LockAction::Include,
        Some(b"Exclude") => LockAction::Exclude,
        _ => return Err(Error::malformed(format!("the /Lock of the field \"{}\" has no known /Action", field.name))),
    };
    let level = view.get(entries, "P")?.and_then(|level| level.as_integer());
    if action == LockAction::All {
        return Ok(Some(Lock { action, fields: None, level }));
    }
    let holder = match &lock {
        Followed::There(indirect) => indirect,
        _ => &field.indirect,
    };
    let mut fields = Vec::new();
    if let Some(value) = entries.get("Fields") {
        let list = view.follow(value)?;
        let holder = match &list {
            Followed::There(indirect) => indirect,
            _ => holder,
        };
        for name in list.as_array().unwrap_or_default().iter().filter_map(Object::as_string) {
            fields.push(view.decrypted(holder, name)?);
        }
    }
    Ok(Some(Lock { action, fields: Some(fields), level }))
}
