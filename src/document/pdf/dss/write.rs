//! Adding to the store: one revision behind the document, which keeps all that is there.

use std::collections::HashMap;
use std::rc::Rc;

use crate::crypto::{DigestAlgorithm, digest};
use crate::document::pdf::dss::{ARRAYS, locate};
use crate::document::pdf::file::{File, Indirect, View, Work};
use crate::document::pdf::object::Object;
use crate::document::pdf::stamp::refuse_broken;
use crate::document::pdf::text;
use crate::document::pdf::writer::Writer;
use crate::document::{Addition, Hint, KeptKind};
use crate::error::Error;
use crate::limits::Limits;

/// The revision that adds what is not there yet; `None` when all is.
pub(in crate::document::pdf) fn revision(
    file: &File,
    addition: &Addition,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Error> {
    let work = Work::new(file, limits);
    let view = work.view();
    // No certification and no lock forbids such an update (12.8.2.2).
    refuse_broken(&view, false)?;
    let mut update = Update { view, writer: Writer::new(view)?, pieces: HashMap::new() };
    let store = update.store()?;
    let lists = update.add_pieces(&store, addition)?;
    if lists.iter().all(|(_, new)| new.is_empty()) && addition.hints.is_empty() {
        return Ok(None);
    }
    let hints = update.add_hints(&store, &addition.hints)?;
    update.write(&store, &lists, &hints)?;
    update.declare_extension()?;
    Ok(Some(update.writer.finish()?.bytes))
}

/// Where the store stands; nothing where there is none yet.
struct Store {
    catalog: Rc<Indirect>,
    found: Option<(Rc<Indirect>, Object)>,
}

struct Update<'v> {
    view: View<'v>,
    writer: Writer<'v>,
    /// The objects that hold pieces, by the SHA-256 of what is in them.
    pieces: HashMap<Vec<u8>, String>,
}

/// A key of the store, and the references that it has to get.
type Lists = Vec<(&'static str, Vec<String>)>;

impl Update<'_> {
    fn store(&self) -> Result<Store, Error> {
        let catalog = self.view.catalog()?;
        let entries = catalog.dictionary().ok_or_else(|| Error::malformed("the catalog is no dictionary"))?;
        let found = locate(&self.view, &catalog, entries, "DSS")?;
        Ok(Store { catalog: Rc::clone(&catalog), found })
    }

    /// Adds a stream for each piece that no array has yet.
    fn add_pieces(&mut self, store: &Store, addition: &Addition) -> Result<Lists, Error> {
        let mut lists = Vec::new();
        for (key, kind) in ARRAYS {
            let there = self.references(store, key)?;
            let mut new = Vec::new();
            for der in addition.pieces.iter().filter(|piece| piece.0 == kind).map(|piece| &piece.1) {
                let reference = self.piece(der)?;
                if !there.contains(&reference) && !new.contains(&reference) {
                    new.push(reference);
                }
            }
            lists.push((key, new));
        }
        Ok(lists)
    }

    /// The references that an array has; what each leads to is remembered.
    fn references(&mut self, store: &Store, key: &str) -> Result<Vec<String>, Error> {
        let Some((holder, object)) = &store.found else { return Ok(Vec::new()) };
        let Some(entries) = object.as_dictionary() else {
            return Err(Error::malformed(format!("/DSS is {}, not a dictionary", object.kind())));
        };
        let Some((_, array)) = locate(&self.view, holder, entries, key)? else { return Ok(Vec::new()) };
        let mut references = Vec::new();
        for item in array.as_array().unwrap_or_default() {
            let Some(reference) = item.as_reference() else { continue };
            let text = format!("{reference} R");
            if let Some(stream) = self.view.load(reference)?.filter(|found| found.is_stream()) {
                let key = fingerprint(&self.view.stream(&stream)?)?;
                self.pieces.entry(key).or_insert_with(|| text.clone());
            }
            references.push(text);
        }
        Ok(references)
    }

    /// The object that holds a piece: the one that is there, or a new one.
    fn piece(&mut self, der: &[u8]) -> Result<String, Error> {
        let key = fingerprint(der)?;
        if let Some(reference) = self.pieces.get(&key) {
            return Ok(reference.clone());
        }
        let number = self.writer.number()?;
        self.writer.add_stream(number, b"<< >>", der.to_vec())?;
        let reference = format!("{number} 0 R");
        self.pieces.insert(key, reference.clone());
        Ok(reference)
    }

    fn write(&mut self, store: &Store, lists: &Lists, hints: &str) -> Result<(), Error> {
        let Some((holder, object)) = &store.found else {
            let mut text = "<< /Type /DSS".to_owned();
            for (key, new) in lists.iter().filter(|(_, new)| !new.is_empty()) {
                text.push_str(&format!(" /{key} [{}]", new.join(" ")));
            }
            if !hints.is_empty() {
                text.push_str(&format!(" /VRI <<{hints} >>"));
            }
            let number = self.writer.number()?;
            self.writer.add(number, format!("{text} >>").into_bytes());
            return self.writer.set(&store.catalog, &store.catalog.object, "DSS", &format!("{number} 0 R"));
        };
        let entries = object.as_dictionary().ok_or_else(|| Error::malformed("/DSS is no dictionary"))?;
        for (key, new) in lists.iter().filter(|(_, new)| !new.is_empty()) {
            match locate(&self.view, holder, entries, key)? {
                Some((holder, array)) => self.writer.append(&holder, &array, &new.join(" "))?,
                None => self.writer.set(holder, object, key, &format!("[{}]", new.join(" ")))?,
            }
        }
        match locate(&self.view, holder, entries, "VRI")? {
            _ if hints.is_empty() => Ok(()),
            None => self.writer.set(holder, object, "VRI", &format!("<<{hints} >>")),
            Some((holder, old)) => self.writer.extend(&holder, &old, hints),
        }
    }

    /// What belongs to which signature (/VRI), for readers that want hints: the entries that are new.
    fn add_hints(&mut self, store: &Store, hints: &[Hint]) -> Result<String, Error> {
        let old = match &store.found {
            Some((holder, object)) => match object.as_dictionary() {
                Some(entries) => locate(&self.view, holder, entries, "VRI")?,
                None => None,
            },
            None => None,
        };
        let old = old.as_ref().and_then(|(_, old)| old.as_dictionary());
        let mut text = String::new();
        // An old entry stays as it is: removing or changing one looks like an attack.
        for hint in hints.iter().filter(|hint| old.is_none_or(|old| old.get(&hint.key).is_none())) {
            text.push_str(&format!(" /{} {} 0 R", hint.key, self.hint(hint)?));
        }
        Ok(text)
    }

    fn hint(&mut self, hint: &Hint) -> Result<u32, Error> {
        let number = self.writer.number()?;
        let mut body = b"<< /Type /VRI".to_vec();
        // The names are in the singular here.
        for (name, kind) in [("Cert", KeptKind::Certificate), ("CRL", KeptKind::Crl), ("OCSP", KeptKind::Ocsp)] {
            let mut references = Vec::new();
            for (_, der) in hint.pieces.iter().filter(|piece| piece.0 == kind) {
                references.push(self.piece(der)?);
            }
            if !references.is_empty() {
                body.extend_from_slice(format!(" /{name} [{}]", references.join(" ")).as_bytes());
            }
        }
        if let Some(time) = hint.time {
            body.extend_from_slice(b" /TU ");
            body.extend_from_slice(&self.writer.string(number, text::encode_date(time).as_bytes())?);
        }
        if let Some(token) = &hint.token {
            let stream = self.writer.number()?;
            self.writer.add_stream(stream, b"<< >>", token.clone())?;
            body.extend_from_slice(format!(" /TS {stream} 0 R").as_bytes());
        }
        body.extend_from_slice(b" >>");
        self.writer.add(number, body);
        Ok(number)
    }

    /// EN 319 142-1, 5.4: below PDF 2.0 the store is an extension to declare, unless a later one is.
    fn declare_extension(&mut self) -> Result<(), Error> {
        const ESIC: &str = "<< /BaseVersion /1.7 /ExtensionLevel 1 >>";
        let catalog = self.view.catalog()?;
        let entries = catalog.dictionary().ok_or_else(|| Error::malformed("the catalog is no dictionary"))?;
        let version = entries.name("Version").map(|name| String::from_utf8_lossy(name).into_owned());
        let version = version.unwrap_or_default().max(self.view.work.file.version.clone());
        if version.as_str() >= "2.0" {
            return Ok(());
        }
        let Some((holder, extensions)) = locate(&self.view, &catalog, entries, "Extensions")? else {
            return self.writer.set(&catalog, &catalog.object, "Extensions", &format!("<< /ESIC {ESIC} >>"));
        };
        let Some(entries) = extensions.as_dictionary() else { return Ok(()) };
        if entries.get("ESIC").is_some() || entries.get("ADBE").is_some() {
            return Ok(());
        }
        self.writer.set(&holder, &extensions, "ESIC", ESIC)
    }
}

fn fingerprint(der: &[u8]) -> Result<Vec<u8>, Error> {
    digest(DigestAlgorithm::Sha256, der)
}
