//! Objects as of any revision, and what looking at them may cost.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::rc::Rc;

use crate::document::pdf::extent::{self, Extent};
use crate::document::pdf::file::{Class, File};
use crate::document::pdf::filter::{self, Filter};
use crate::document::pdf::lexer::{Lexer, cut};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::document::pdf::xref::{self, Place};
use crate::error::{Context as _, Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// Whether an object must have ended here: another one begins, or a cross-reference section.
fn stops(lexer: &mut Lexer<'_>) -> bool {
    lexer.keyword(b"xref") || lexer.keyword(b"startxref") || xref::header(lexer).is_some()
}

/// What one question about a file may still cost, and what it has read already.
pub(in crate::document::pdf) struct Work<'f> {
    pub(in crate::document::pdf) file: &'f File,
    pub(in crate::document::pdf) limits: Limits,
    left: Cell<u64>,
    objects: RefCell<HashMap<(u32, u64, u32), Rc<Indirect>>>,
    packs: RefCell<HashMap<u64, Rc<Pack>>>,
    /// Bytes of text of the objects kept, bytes of the streams kept.
    kept: Cell<u64>,
    held: Cell<u64>,
    /// What was odd about the objects that were read.
    oddities: RefCell<Vec<Finding>>,
}

/// An object stream that was unpacked.
struct Pack {
    text: Rc<Vec<u8>>,
    /// Object numbers and where each begins.
    index: Vec<(u32, u64)>,
}

/// Parsed objects are kept while their text has no more bytes than this, unpacked streams while they
/// have no more than that; otherwise they are read again. A parsed object takes about twenty times
/// its text.
const KEPT_TEXT: u64 = 8 << 20;
const KEPT_BYTES: u64 = 64 << 20;

/// How many oddities of objects are told.
const ODDITIES: usize = 50;

/// What looking an object up costs, even when it was read already: as much as so many bytes.
const LOOK: u64 = 64;

impl<'f> Work<'f> {
    pub(in crate::document::pdf) fn new(file: &'f File, limits: &Limits) -> Self {
        Work {
            file,
            limits: limits.clone(),
            left: Cell::new(limits.unfolded_bytes),
            objects: RefCell::default(),
            packs: RefCell::default(),
            kept: Cell::new(0),
            held: Cell::new(0),
            oddities: RefCell::default(),
        }
    }

    /// The file as of its newest revision.
    pub(in crate::document::pdf) fn view(&self) -> View<'_> {
        self.view_of(self.file.chain.newest())
    }

    /// The file as of a revision, counted from 0.
    pub(in crate::document::pdf) fn view_of(&self, revision: usize) -> View<'_> {
        View { work: self, revision }
    }

    fn keep(&self, key: (u32, u64, u32), indirect: &Rc<Indirect>) {
        // The least that a parsed object takes counts for the shortest text.
        let size = (indirect.object.span.end - indirect.object.span.start).max(32);
        if size > KEPT_TEXT / 8 {
            return;
        }
        let mut objects = self.objects.borrow_mut();
        if self.kept.get().saturating_add(size) > KEPT_TEXT {
            objects.clear();
            self.kept.set(0);
        }
        self.kept.set(self.kept.get().saturating_add(size));
        objects.insert(key, Rc::clone(indirect));
    }

    /// Notes what is odd about an object; of very many oddities not all are told.
    fn note(&self, oddity: Finding) {
        let mut oddities = self.oddities.borrow_mut();
        if oddities.len() < ODDITIES && !oddities.contains(&oddity) {
            oddities.push(oddity);
        }
    }

    /// What was odd about the objects that were read until now.
    pub(in crate::document::pdf) fn oddities(&self) -> Vec<Finding> {
        self.oddities.borrow().clone()
    }

    /// Counts work; `bytes` is how much was read, or what is as costly.
    pub(in crate::document::pdf) fn spend(&self, bytes: u64) -> Result<(), Error> {
        let left = self.left.get().checked_sub(bytes).ok_or_else(|| {
            Error::too_large(format!(
                "reading the document's objects takes more than {} bytes of work",
                self.limits.unfolded_bytes
            ))
        })?;
        self.left.set(left);
        Ok(())
    }
}

/// The file as of one revision.
#[derive(Clone, Copy)]
pub(in crate::document::pdf) struct View<'w> {
    pub(in crate::document::pdf) work: &'w Work<'w>,
    pub(in crate::document::pdf) revision: usize,
}

/// An indirect object.
#[derive(Debug)]
pub(in crate::document::pdf) struct Indirect {
    pub(in crate::document::pdf) reference: Reference,
    pub(in crate::document::pdf) object: Object,
    /// For a stream: where its data begin.
    data: Option<u64>,
    /// The text of the object stream that it stands in.
    pub(in crate::document::pdf) pack: Option<Rc<Vec<u8>>>,
}

impl Indirect {
    pub(in crate::document::pdf) fn dictionary(&self) -> Option<&Dictionary> {
        self.object.as_dictionary()
    }

    pub(in crate::document::pdf) fn is_stream(&self) -> bool {
        self.data.is_some()
    }
}

/// An object that was found, directly or by reference.
pub(in crate::document::pdf) enum Followed<'a> {
    Here(&'a Object),
    There(Rc<Indirect>),
    Nothing(Object),
}

impl Deref for Followed<'_> {
    type Target = Object;

    fn deref(&self) -> &Object {
        match self {
            Followed::Here(object) => object,
            Followed::There(indirect) => &indirect.object,
            Followed::Nothing(null) => null,
        }
    }
}

impl<'w> View<'w> {
    pub(in crate::document::pdf) fn file(&self) -> &'w File {
        self.work.file
    }

    /// The trailer of the revision.
    pub(in crate::document::pdf) fn trailer(&self) -> Option<&'w Dictionary> {
        self.file().chain.revisions.get(self.revision).map(|revision| &revision.trailer)
    }

    /// The catalog.
    pub(in crate::document::pdf) fn catalog(&self) -> Result<Rc<Indirect>, Error> {
        let root = self.trailer().and_then(|trailer| trailer.reference("Root"));
        let root = root.ok_or_else(|| Error::malformed("the trailer has no /Root that refers to the catalog"))?;
        let catalog = self.load(root)?.filter(|catalog| catalog.dictionary().is_some());
        catalog.ok_or_else(|| Error::malformed(format!("the catalog, object {root}, is missing or no dictionary")))
    }

    /// An indirect object; nothing when it is free or was never there, which counts as null (7.3.10).
    pub(in crate::document::pdf) fn load(&self, reference: Reference) -> Result<Option<Rc<Indirect>>, Error> {
        self.work.spend(LOOK)?;
        let Some((place, _)) = self.file().chain.find(reference.number, self.revision) else { return Ok(None) };
        let key = match place {
            Place::Free => return Ok(None),
            Place::At { generation, .. } if generation != reference.generation => return Ok(None),
            Place::Packed { .. } if reference.generation != 0 => return Ok(None),
            Place::At { offset, .. } => (reference.number, offset, 0),
            Place::Packed { stream, index } => (reference.number, self.pack_offset(stream)?, index.saturating_add(1)),
        };
        if let Some(known) = self.work.objects.borrow().get(&key) {
            return Ok(Some(Rc::clone(known)));
        }
        let loaded = match place {
            Place::Packed { stream, index } => self.load_packed(reference, stream, index),
            _ => self.load_at(reference, key.1),
        };
        let loaded = Rc::new(loaded.context(format_args!("object {reference}"))?);
        self.work.keep(key, &loaded);
        Ok(Some(loaded))
    }

    fn load_at(&self, reference: Reference, offset: u64) -> Result<Indirect, Error> {
        let file = self.file();
        let at = offset.checked_add(file.shift).filter(|at| *at < file.source.len());
        let at = at.ok_or_else(|| Error::malformed(format!("it is said to stand at byte {offset}, beyond the end")))?;
        file.source.read(at, &self.work.limits, |lexer| self.read_indirect(lexer, reference, offset))
    }

    fn read_indirect(&self, lexer: &mut Lexer<'_>, reference: Reference, offset: u64) -> Result<Indirect, Error> {
        if xref::header(lexer) != Some(reference) {
            return Err(Error::malformed(format!(
                "no \"{reference} obj\" stands at byte {offset}, where it is said to"
            )));
        }
        let read = lexer.object();
        self.work.spend(lexer.consumed() as u64)?;
        let object = read?;
        lexer.skip_space();
        let mut data = None;
        if matches!(object.value, Value::Dictionary(_)) && lexer.keyword(b"stream") {
            if extent::begin(lexer)? {
                self.note(reference, "the line on which its \"stream\" stands does not end as it should");
            }
            data = Some(lexer.position());
        } else if !lexer.take(b"endobj") {
            if !stops(lexer) {
                return Err(lexer.fault("\"endobj\" is missing"));
            }
            self.note(reference, "its \"endobj\" is missing");
        }
        Ok(Indirect { reference, object, data, pack: None })
    }

    /// Where an object stream stands; within a stream there is none (7.5.7).
    fn pack_offset(&self, stream: u32) -> Result<u64, Error> {
        match self.file().chain.find(stream, self.revision) {
            Some((Place::At { offset, .. }, _)) => Ok(offset),
            _ => Err(Error::malformed(format!("the object stream {stream} 0 is missing"))),
        }
    }

    fn load_packed(&self, reference: Reference, stream: u32, index: u32) -> Result<Indirect, Error> {
        let pack = self.pack(stream).context(format_args!("object stream {stream} 0"))?;
        let entry = usize::try_from(index).ok().and_then(|index| pack.index.get(index));
        let &(_, start) = entry.filter(|(number, _)| *number == reference.number).ok_or_else(|| {
            Error::malformed(format!("the object stream {stream} 0 does not hold it as its number {index}"))
        })?;
        let text = usize::try_from(start).ok().and_then(|start| pack.text.get(start..)).unwrap_or_default();
        let mut lexer = Lexer::new(text, start, &self.work.limits);
        let read = lexer.object();
        self.work.spend(lexer.consumed() as u64)?;
        Ok(Indirect { reference, object: read?, data: None, pack: Some(Rc::clone(&pack.text)) })
    }

    fn pack(&self, stream: u32) -> Result<Rc<Pack>, Error> {
        let offset = self.pack_offset(stream)?;
        if let Some(known) = self.work.packs.borrow().get(&offset) {
            return Ok(Rc::clone(known));
        }
        let indirect = self.load(Reference { number: stream, generation: 0 })?;
        let indirect = indirect.ok_or_else(|| Error::malformed("it is missing"))?;
        let pack = Rc::new(self.unpack(&indirect)?);
        let size = pack.text.len() as u64;
        let mut packs = self.work.packs.borrow_mut();
        if self.work.held.get().saturating_add(size) > KEPT_BYTES {
            packs.clear();
            self.work.held.set(0);
        }
        self.work.held.set(self.work.held.get().saturating_add(size));
        packs.insert(offset, Rc::clone(&pack));
        Ok(pack)
    }

    fn unpack(&self, indirect: &Indirect) -> Result<Pack, Error> {
        let dictionary = indirect.dictionary().filter(|dictionary| dictionary.name("Type") == Some(b"ObjStm"));
        let dictionary = dictionary.ok_or_else(|| Error::malformed("its /Type is not /ObjStm"))?;
        let number = |key: &str| {
            let value = dictionary.integer(key).and_then(|value| usize::try_from(value).ok());
            value.ok_or_else(|| Error::malformed(format!("its /{key} is missing or no number")))
        };
        let (count, first) = (number("N")?, number("First")?);
        let text = self.stream(indirect)?;
        if count > self.work.limits.objects.min(text.len()) {
            return Err(Error::malformed(format!("it cannot hold {count} objects in {} bytes", text.len())));
        }
        let mut lexer = Lexer::new(text.get(..first).unwrap_or_default(), 0, &self.work.limits);
        let mut index = Vec::with_capacity(count);
        for _ in 0..count {
            let mut next = || {
                lexer.skip_white();
                lexer.digits().ok_or_else(|| lexer.fault("its index is cut off"))
            };
            let (number, at) = (next()?, next()?);
            let number = u32::try_from(number).map_err(|_| Error::malformed("its index has a number above 32 bits"))?;
            index.push((number, at.saturating_add(first as u64)));
        }
        Ok(Pack { text: Rc::new(text), index })
    }

    /// Where a stream's data stand in the file, as they are.
    pub(in crate::document::pdf) fn data_span(&self, indirect: &Indirect) -> Result<Range<u64>, Error> {
        let (Some(start), Some(dictionary)) = (indirect.data, indirect.dictionary()) else {
            return Err(Error::malformed(format!("object {} is no stream", indirect.reference)));
        };
        let length = self.get(dictionary, "Length")?.and_then(|length| u64::try_from(length.as_integer()?).ok());
        let spend = |bytes| self.work.spend(bytes);
        let extent = extent::end(&self.file().source, start, length, &self.work.limits, spend);
        let Extent { span, oddity } = extent.context(format_args!("object {}", indirect.reference))?;
        if let Some(oddity) = oddity {
            self.work.note(oddity);
        }
        Ok(span)
    }

    /// Notes what is odd about an object and leaves no doubt about what it says.
    pub(in crate::document::pdf) fn note(&self, reference: Reference, oddity: &str) {
        let text = format!("object {reference} is written oddly: {oddity}");
        self.work.note(Finding::note(checks::DOCUMENT_STRUCTURE, text));
    }

    /// A stream's data, decrypted and decoded.
    pub(in crate::document::pdf) fn stream(&self, indirect: &Indirect) -> Result<Vec<u8>, Error> {
        let span = self.data_span(indirect)?;
        let dictionary = indirect.dictionary().ok_or_else(|| Error::malformed("it is no stream"))?;
        let (length, most) = (span.end - span.start, self.work.limits.stream_bytes);
        self.work.spend(length)?;
        if length > most {
            return Err(Error::too_large(format!("a stream to be read has {length} bytes, and the limit is {most}")));
        }
        let data = self.file().source.slice(span)?.unwrap_or_default();
        let filters = xref::filters(dictionary, |object| Ok(self.follow(object)?.clone()))?;
        let data = if self.is_clear(dictionary, &filters) {
            data
        } else {
            self.file().decrypt(Class::Stream, indirect.reference, &data)?.into()
        };
        let data = filter::decode(&filters, &data, &self.work.limits, self.work.left.get())?;
        self.work.spend(data.len() as u64)?;
        Ok(data)
    }

    /// Whether a stream's data stand in clear: cross-references do even in an encrypted file, and so does what
    /// a filter of its own or the encryption dictionary takes out (7.6.3, 7.6.6).
    fn is_clear(&self, dictionary: &Dictionary, filters: &[Filter]) -> bool {
        let kind = dictionary.name("Type");
        let own = filters.first().filter(|filter| filter.name == b"Crypt");
        let is_identity = own.is_some_and(|filter| {
            let parameters = filter.parameters.as_ref();
            parameters.and_then(|parameters| parameters.name("Name")).is_none_or(|name| name == b"Identity")
        });
        !self.file().is_encrypted()
            || kind == Some(b"XRef")
            || is_identity
            || (kind == Some(b"Metadata") && !self.file().encrypts_metadata())
    }

    /// The object itself, or the one it refers to.
    pub(in crate::document::pdf) fn follow<'a>(&self, object: &'a Object) -> Result<Followed<'a>, Error> {
        let Some(mut reference) = object.as_reference() else { return Ok(Followed::Here(object)) };
        for _ in 0..self.work.limits.depth {
            match self.load(reference)? {
                None => return Ok(Followed::Nothing(Object::null())),
                Some(indirect) => match indirect.object.as_reference() {
                    Some(next) => reference = next,
                    None => return Ok(Followed::There(indirect)),
                },
            }
        }
        Err(Error::malformed(format!("the reference at byte {} leads to references only", object.span.start)))
    }

    /// The value of a key, followed.
    pub(in crate::document::pdf) fn get<'a>(
        &self,
        dictionary: &'a Dictionary,
        key: &str,
    ) -> Result<Option<Followed<'a>>, Error> {
        let Some(value) = dictionary.get(key) else { return Ok(None) };
        let followed = self.follow(value).context(format_args!("/{key}"))?;
        Ok((followed.value != Value::Null).then_some(followed))
    }

    /// The bytes of a string that stands in `holder`, decrypted.
    pub(in crate::document::pdf) fn decrypted(&self, holder: &Indirect, string: &[u8]) -> Result<Vec<u8>, Error> {
        if holder.pack.is_some() || !self.file().is_encrypted() {
            return Ok(string.to_vec());
        }
        self.file().decrypt(Class::String, holder.reference, string)
    }

    /// A text string as text.
    pub(in crate::document::pdf) fn text(&self, holder: &Indirect, string: &[u8]) -> Result<String, Error> {
        Ok(crate::document::pdf::text::decode(&self.decrypted(holder, string)?))
    }

    /// The source text of a part of an indirect object.
    pub(in crate::document::pdf) fn source_text(&self, holder: &Indirect, span: &Range<u64>) -> Result<Vec<u8>, Error> {
        let text = match &holder.pack {
            Some(text) => cut(text, 0, span),
            None => self.file().source.slice(span.clone())?.map(std::borrow::Cow::into_owned),
        };
        text.ok_or_else(|| Error::new(ErrorKind::Malformed, format!("object {}: its text is gone", holder.reference)))
    }
}

/// What cannot be read is nothing; only a limit or a failing storage stops the work.
pub(in crate::document::pdf) fn readable<T>(result: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.ends_the_work() => Err(error),
        result => Ok(result.ok().flatten()),
    }
}
