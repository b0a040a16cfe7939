//! Data in a document: what its description says by name, the files that travel with it, the pictures on its pages.
//!
//! Whoever asks for it has to know that the document was found valid: the door is [`Verified`](crate::Verified).

use std::collections::BTreeSet;
use std::rc::Rc;

use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, escape};

use crate::document::pdf::compose::DATA;
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::document::pdf::{Pdf, page};
use crate::document::seen::{Dots, Seen};
use crate::error::{Context, Error};
use crate::units::Page;

/// The most files that travel with one document, and values of its description.
const MOST: usize = 10_000;

/// How deep forms may draw forms.
const FORMS: usize = 16;

/// A file that travels with a PDF (ISO 32000-2, 7.11.4).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct EmbeddedFile {
    /// What it is called.
    pub name: String,
    /// Its media type, as written.
    pub media_type: Option<String>,
    /// Its contents.
    pub contents: Vec<u8>,
}

impl Pdf {
    /// Names and values that this crate's writer puts into the description (XMP), in their order. A name may
    /// occur again.
    pub(crate) fn custom_data(&self) -> Result<Vec<(String, String)>, Error> {
        let work = self.work();
        let view = work.view();
        let catalog = view.catalog()?;
        let reference = catalog.dictionary().and_then(|catalog| catalog.reference("Metadata"));
        let Some(reference) = reference else { return Ok(Vec::new()) };
        match view.load(reference)?.filter(|metadata| metadata.is_stream()) {
            Some(metadata) => read_data(&view.stream(&metadata)?),
            None => Ok(Vec::new()),
        }
    }

    /// The files of the name tree `/EmbeddedFiles` and of `/AF`, each once.
    pub(crate) fn embedded_files(&self) -> Result<Vec<EmbeddedFile>, Error> {
        let work = self.work();
        let view = work.view();
        let mut files = Files { view: &view, found: Vec::new(), known: BTreeSet::new() };
        let catalog = view.catalog()?;
        let Some(dictionary) = catalog.dictionary() else { return Ok(Vec::new()) };
        if let Some(names) = view.get(dictionary, "Names")?
            && let Some(names) = names.as_dictionary()
            && let Some(tree) = view.get(names, "EmbeddedFiles")?
        {
            files.tree(&tree, view.work.limits.depth)?;
        }
        if let Some(associated) = view.get(dictionary, "AF")? {
            for file in associated.as_array().unwrap_or_default() {
                files.add(file)?;
            }
        }
        Ok(files.found)
    }

    /// The pictures that a page's resources hold, those of its forms included.
    pub(crate) fn pictures(&self, number: Page) -> Result<Vec<Seen>, Error> {
        let work = self.work();
        let view = work.view();
        let nodes = page::pages(&view)?;
        let node = page::page(&nodes, number)?;
        let Some(page) = view.load(node.reference)? else { return Ok(Vec::new()) };
        let resources = match page.dictionary() {
            Some(dictionary) => node.resources(&view, dictionary)?,
            None => return Ok(Vec::new()),
        };
        let mut pictures = Pictures { view: &view, found: Vec::new(), known: BTreeSet::new() };
        pictures.within(&resources, FORMS)?;
        Ok(pictures.found)
    }
}

/// The data of the namespace, in a description. Entities of its own, and another namespace, say nothing.
fn read_data(text: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let text = std::str::from_utf8(text)
        .map_err(|source| Error::malformed("the document's description is not UTF-8").caused_by(source))?;
    let mut reader = NsReader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    let mut found: Vec<(String, String)> = Vec::new();
    // The property that is open, the depth below it, and whether a value is being read.
    let mut open: Option<(String, usize)> = None;
    let mut value: Option<String> = None;
    loop {
        let at = reader.buffer_position();
        let (namespace, event) = reader.read_resolved_event().map_err(|source| {
            let told = format!("the document's description is not well formed at byte {at}");
            Error::malformed(told).caused_by(source)
        })?;
        let is_ours = matches!(namespace, ResolveResult::Bound(uri) if uri.as_ref() == DATA);
        if found.len() > MOST {
            return Err(Error::too_large(format!("the document's description has more than {MOST} values")));
        }
        match event {
            Event::Eof => return Ok(found),
            Event::DocType(_) => return Err(Error::malformed("the document's description has a DOCTYPE")),
            Event::Start(element) => match &mut open {
                None if is_ours => {
                    open = Some((element.local_name().as_ref().to_owned(), 0));
                    value = Some(String::new());
                }
                None => {}
                Some((_, depth)) => {
                    *depth = depth.saturating_add(1);
                    // A list's item; what stood before it was white space.
                    value = (element.local_name().as_ref() == "li").then(String::new);
                }
            },
            Event::End(element) => {
                let Some((name, depth)) = &mut open else { continue };
                let is_value = *depth == 0 || element.local_name().as_ref() == "li";
                if let Some(text) = value.take().filter(|_| is_value) {
                    found.push((name.clone(), text));
                }
                match depth.checked_sub(1) {
                    Some(less) => *depth = less,
                    None => open = None,
                }
            }
            Event::Text(text) => {
                if let Some(value) = &mut value {
                    value.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = escape::resolve_xml_entity(&reference).map(str::to_owned);
                if let (Some(value), Some(text)) = (&mut value, character.or(named)) {
                    value.push_str(&text);
                }
            }
            _ => {}
        }
    }
}

struct Files<'v, 'w> {
    view: &'v View<'w>,
    found: Vec<EmbeddedFile>,
    known: BTreeSet<Reference>,
}

impl Files<'_, '_> {
    fn tree(&mut self, node: &Object, depth: usize) -> Result<(), Error> {
        let depth = depth.checked_sub(1).ok_or_else(|| Error::too_large("the names of attachments are nested too deep"))?;
        let Some(node) = node.as_dictionary() else { return Ok(()) };
        if let Some(names) = self.view.get(node, "Names")? {
            for file in names.as_array().unwrap_or_default().iter().skip(1).step_by(2) {
                self.add(file)?;
            }
        }
        if let Some(kids) = self.view.get(node, "Kids")? {
            for kid in kids.as_array().unwrap_or_default() {
                self.view.work.spend(64)?;
                let kid = self.view.follow(kid)?;
                self.tree(&kid, depth)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, file: &Object) -> Result<(), Error> {
        let Some(reference) = file.as_reference() else { return Ok(()) };
        if !self.known.insert(reference) {
            return Ok(());
        }
        if self.found.len() >= MOST {
            return Err(Error::too_large(format!("more than {MOST} files travel with the document")));
        }
        if let Some(file) = self.read(reference).context(format_args!("the attachment in object {reference}"))? {
            self.found.push(file);
        }
        Ok(())
    }

    fn read(&self, reference: Reference) -> Result<Option<EmbeddedFile>, Error> {
        let view = self.view;
        let Some(holder) = view.load(reference)? else { return Ok(None) };
        let Some(specification) = holder.dictionary() else { return Ok(None) };
        let text = |key: &str| match specification.get(key).and_then(Object::as_string) {
            Some(text) => view.text(&holder, text).map(Some),
            None => Ok(None),
        };
        let name = match text("UF")? {
            Some(name) => name,
            None => text("F")?.unwrap_or_default(),
        };
        let Some(embedded) = view.get(specification, "EF")? else { return Ok(None) };
        let stream = embedded.as_dictionary().and_then(|files| files.reference("F").or_else(|| files.reference("UF")));
        let Some(stream) = stream.map(|stream| view.load(stream)).transpose()?.flatten() else {
            return Err(Error::malformed("its stream is not there"));
        };
        let media_type = stream.dictionary().and_then(|stream| stream.name("Subtype"));
        let media_type = media_type.map(|name| String::from_utf8_lossy(name).into_owned());
        Ok(Some(EmbeddedFile { name, media_type, contents: view.stream(&stream)? }))
    }
}

struct Pictures<'v, 'w> {
    view: &'v View<'w>,
    found: Vec<Seen>,
    known: BTreeSet<Reference>,
}

impl Pictures<'_, '_> {
    fn within(&mut self, resources: &Dictionary, depth: usize) -> Result<(), Error> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        let Some(objects) = self.view.get(resources, "XObject")? else { return Ok(()) };
        let Some(objects) = objects.as_dictionary() else { return Ok(()) };
        let references: Vec<_> = objects.entries.iter().filter_map(|entry| entry.value.as_reference()).collect();
        for reference in references {
            if !self.known.insert(reference) {
                continue;
            }
            let Some(object) = self.view.load(reference)? else { continue };
            let Some(dictionary) = object.dictionary() else { continue };
            match dictionary.name("Subtype") {
                Some(b"Image") => {
                    let dots = self.dots(&object).context(format_args!("the picture in object {reference}"))?;
                    self.found.push(Seen { area: None, dots });
                }
                Some(b"Form") => {
                    if let Some(resources) = self.view.get(dictionary, "Resources")?
                        && let Some(resources) = resources.as_dictionary()
                    {
                        self.within(resources, depth)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn dots(&self, image: &Rc<Indirect>) -> Result<Dots, Error> {
        let Some(dictionary) = image.dictionary() else { return Ok(Dots::Other) };
        let filter = self.view.get(dictionary, "Filter")?;
        if filter.as_ref().and_then(|filter| filter.as_name()) == Some(b"DCTDecode") {
            let span = self.view.data_span(image)?;
            return Ok(match self.view.file().source.slice(span)? {
                Some(bytes) if !self.view.file().is_encrypted() => Dots::File(bytes.into_owned()),
                _ => Dots::Other,
            });
        }
        let side = |key: &str| dictionary.integer(key).and_then(|side| u32::try_from(side).ok());
        let space = self.view.get(dictionary, "ColorSpace")?;
        let components = match space.as_ref().and_then(|space| space.as_name()) {
            Some(b"DeviceGray") => 1,
            Some(b"DeviceRGB") => 3,
            _ => return Ok(Dots::Other),
        };
        let (Some(width), Some(height), Some(8)) = (side("Width"), side("Height"), dictionary.integer("BitsPerComponent"))
        else {
            return Ok(Dots::Other);
        };
        let opacity = match dictionary.reference("SMask") {
            Some(mask) => match self.view.load(mask)? {
                Some(mask) => Some(self.view.stream(&mask)?),
                None => None,
            },
            None => None,
        };
        Ok(Dots::Raw { width, height, components, colours: self.view.stream(image)?, opacity })
    }
}
