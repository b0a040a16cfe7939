//! What a signature lays down for what comes after it: a certification, locked fields
//! (ISO 32000-2, 12.8.2.2 and 12.8.2.4).

use crate::document::options::LockAction;
use crate::document::pdf::field::{Field, Form, is_within};
use crate::document::pdf::file::View;
use crate::document::pdf::seed::seed_values;
use crate::document::pdf::stamp::Stamp;
use crate::document::pdf::stamp::permission::{Lock, field_lock};
use crate::document::pdf::text;
use crate::document::pdf::writer::Writer;
use crate::document::seed::Offer;
use crate::document::{FieldLock, Layout, Permitted};
use crate::error::{Error, ErrorKind};

/// A certification, and what is locked: by the field's own word or by the signatory's.
#[derive(Debug)]
pub(super) struct Promise {
    certify: Option<Permitted>,
    lock: Option<Lock>,
    /// Whether the lock is the signatory's, so that the field has to learn of it.
    is_new: bool,
}

impl Promise {
    pub(super) fn of(view: &View<'_>, layout: &Layout<'_>, form: &Form, target: Option<&Field>) -> Result<Self, Error> {
        let options = &layout.pdf;
        let is_signed = form.fields.iter().any(|field| field.is_signature() && field.value.is_some());
        if options.certify.is_some() && is_signed {
            return Err(not_allowed(
                "the document has signatures, and a certification is the first signature of its document: stamp it \
                 without certifying it",
            ));
        }
        if options.certify.is_none() && options.attestation.is_some() {
            let text = "a legal attestation belongs to a certification: certify the document, or leave it out";
            return Err(Error::new(ErrorKind::Misuse, text));
        }
        let own = match target {
            Some(field) => field_lock(view, field)?,
            None => None,
        };
        let lock = match (own, options.lock) {
            (Some(_), Some(_)) => {
                return Err(Error::new(
                    ErrorKind::Mismatch,
                    format!(
                        "the field \"{}\" has a lock of its own, which holds: leave yours out",
                        layout.field.unwrap_or_default()
                    ),
                ));
            }
            (Some(own), None) => Some(own),
            (None, Some(asked)) if target.is_some() && is_signed && asked.permitted.is_some() => {
                return Err(not_allowed(
                    "the document has signatures, so its fields cannot get a lock that limits the whole document: \
                     stamp a new field, or lock fields only",
                ));
            }
            (None, Some(asked)) => Some(written(asked, form)?),
            (None, None) => None,
        };
        Ok(Promise { certify: options.certify, is_new: options.lock.is_some(), lock })
    }

    /// Whether nothing may be changed after it.
    fn locks_document(&self) -> bool {
        self.certify == Some(Permitted::Nothing) || self.lock.as_ref().is_some_and(|lock| lock.level == Some(1))
    }

    /// `/Reference` of the signature dictionary with the object number `signature` (table 256).
    pub(super) fn references(&self, writer: &Writer<'_>, signature: u32) -> Result<Option<Vec<u8>>, Error> {
        if self.certify.is_none() && self.lock.is_none() {
            return Ok(None);
        }
        let mut references = b"[".to_vec();
        if let Some(permitted) = self.certify {
            let parameters = format!("<< /Type /TransformParams /V /1.2 /P {} >>", permitted.level());
            let text = format!("<< /Type /SigRef /TransformMethod /DocMDP /TransformParams {parameters} >>");
            references.extend_from_slice(text.as_bytes());
        }
        if let Some(lock) = &self.lock {
            references.extend_from_slice(
                b"<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << /Type /TransformParams /V /1.2",
            );
            lock.write(writer, signature, &mut references)?;
            references.extend_from_slice(b" >> >>");
        }
        references.push(b']');
        Ok(Some(references))
    }
}

impl Lock {
    /// `/Action` and `/Fields`, in the object `number`.
    fn write(&self, writer: &Writer<'_>, number: u32, text: &mut Vec<u8>) -> Result<(), Error> {
        text.extend_from_slice(format!(" /Action /{}", self.action.name()).as_bytes());
        if let Some(names) = &self.fields {
            text.extend_from_slice(b" /Fields [");
            for name in names {
                text.extend_from_slice(&writer.string(number, name)?);
            }
            text.push(b']');
        }
        Ok(())
    }
}

impl Stamp<'_, '_> {
    /// The dictionary that tells what the field locks, when that is the signatory's wish; its number.
    pub(super) fn add_lock(&mut self) -> Result<Option<u32>, Error> {
        let Some(lock) = self.promise.lock.as_ref().filter(|_| self.promise.is_new) else { return Ok(None) };
        let number = self.writer.number()?;
        let mut body = b"<< /Type /SigFieldLock".to_vec();
        lock.write(&self.writer, number, &mut body)?;
        if let Some(level) = lock.level {
            body.extend_from_slice(format!(" /P {level}").as_bytes());
        }
        body.extend_from_slice(b" >>");
        self.writer.add(number, body);
        Ok(Some(number))
    }

    /// Names the certification in the catalog, without which it is none, and what is attested.
    pub(super) fn certify(&mut self, signature: u32) -> Result<(), Error> {
        if self.promise.certify.is_none() {
            return Ok(());
        }
        let catalog = self.view.catalog()?;
        let dictionary = catalog.dictionary().ok_or_else(|| Error::malformed("the catalog is no dictionary"))?;
        match self.find(&catalog, dictionary, "Perms")? {
            Some((holder, permissions)) => {
                self.writer.set(&holder, &permissions, "DocMDP", &format!("{signature} 0 R"))?;
            }
            None => {
                let text = format!("<< /DocMDP {signature} 0 R >>");
                self.writer.set(&catalog, &catalog.object, "Perms", &text)?;
            }
        }
        let Some(attestation) = self.layout.pdf.attestation else { return Ok(()) };
        let number = self.writer.number()?;
        let text = self.writer.string(number, &text::encode(attestation))?;
        self.writer.add(number, [b"<< /Attestation ", text.as_slice(), b" >>"].concat());
        self.writer.set(&catalog, &catalog.object, "Legal", &format!("{number} 0 R"))
    }
}

/// Refuses a stamp that is not what the field asks for.
pub(super) fn refuse_unasked(
    view: &View<'_>,
    field: &Field,
    layout: &Layout<'_>,
    promise: &Promise,
) -> Result<(), Error> {
    let Some(values) = seed_values(view, field)? else { return Ok(()) };
    let options = &layout.pdf;
    let offer = Offer {
        filter: layout.filter.into(),
        sub_filter: layout.sub_filter.into(),
        digest: Some(layout.digest),
        reason: layout.reason.map(str::to_owned),
        attestation: options.attestation.map(str::to_owned),
        certification: promise.certify.map_or(0, Permitted::level),
        locks_document: promise.locks_document(),
        time_stamped: Some(options.time_stamped),
        certificates: Some(options.certificates.clone()),
    };
    let problems = values.problems(&offer);
    if problems.is_empty() {
        return Ok(());
    }
    let text = format!("the field \"{}\" asks for another signature: {}", field.name, problems.join("; "));
    Err(not_allowed(text))
}

/// The signatory's lock with the names as they stand in a file. A name that no field has is refused: it
/// would lock nothing.
fn written(lock: &FieldLock, form: &Form) -> Result<Lock, Error> {
    let level = lock.permitted.map(Permitted::level);
    if lock.action == LockAction::All {
        return Ok(Lock { action: lock.action, fields: None, level });
    }
    if lock.names.is_empty() {
        return Err(Error::new(ErrorKind::Misuse, "a lock of some fields names none: say which"));
    }
    let unknown = lock.names.iter().find(|name| !form.fields.iter().any(|field| is_within(&field.name, name)));
    if let Some(name) = unknown {
        return Err(Error::new(ErrorKind::Mismatch, format!("the form has no field \"{name}\" to be locked")));
    }
    let fields = lock.names.iter().map(|name| text::encode(name)).collect();
    Ok(Lock { action: lock.action, fields: Some(fields), level })
}

fn not_allowed(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotAllowed, text)
}
