//! Writes a revision behind a file (ISO 32000-2, 7.5.6): objects, and one cross-reference section of
//! the same kind as the newest.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use crate::crypto::{DigestAlgorithm, Digester};
use crate::document::pdf::file::{Class, File, Indirect, View};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::document::pdf::xref::Kind;
use crate::error::{Error, ErrorKind};

/// The trailer's entries that belong to its section and not to the document.
pub(super) const OWN_ENTRIES: [&str; 11] =
    ["Size", "Prev", "ID", "XRefStm", "Type", "W", "Index", "Filter", "DecodeParms", "Length", "DL"];

/// A revision in the making.
pub(super) struct Writer<'v> {
    view: View<'v>,
    next: u32,
    objects: BTreeMap<u32, (u16, Vec<u8>)>,
    drafts: BTreeMap<u32, Draft>,
}

/// An old object that is to be written again, and what is to be another in it.
struct Draft {
    indirect: Rc<Indirect>,
    patches: Vec<(Range<u64>, Vec<u8>)>,
}

/// A revision's bytes, and where the text of each object begins in the file.
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    pub(super) bodies: BTreeMap<u32, u64>,
}

impl<'v> Writer<'v> {
    pub(super) fn new(view: View<'v>) -> Result<Self, Error> {
        let size = view.trailer().and_then(|trailer| trailer.integer("Size")).unwrap_or(0);
        let size =
            u32::try_from(size).map_err(|_| Error::malformed(format!("the trailer's /Size {size} cannot be")))?;
        let next = size.max(view.work.file.chain.highest().saturating_add(1));
        Ok(Writer { view, next, objects: BTreeMap::new(), drafts: BTreeMap::new() })
    }

    /// A number that no object has had.
    pub(super) fn number(&mut self) -> Result<u32, Error> {
        let number = self.next;
        // The writer of pictures counts in 31 bits, as most readers do.
        if number > (i32::MAX as u32) - 100_000 {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!("object numbers from {number} on are too large to add to"),
            ));
        }
        self.next += 1;
        Ok(number)
    }

    /// The number that [`Writer::number`] would give next.
    pub(super) fn upcoming(&self) -> u32 {
        self.next
    }

    /// Adds an object: what stands between `obj` and `endobj`.
    pub(super) fn add(&mut self, number: u32, body: Vec<u8>) {
        self.objects.insert(number, (0, body));
        self.next = self.next.max(number.saturating_add(1));
    }

    /// Adds a stream; its dictionary, `<< … >>`, gets its `/Length` here.
    pub(super) fn add_stream(&mut self, number: u32, dictionary: &[u8], data: Vec<u8>) -> Result<(), Error> {
        let data = self.view.work.file.encrypt(Class::Stream, Reference { number, generation: 0 }, data)?;
        let open = dictionary.trim_ascii_end();
        let open = open.strip_suffix(b">>").ok_or_else(|| Error::malformed("a stream's dictionary does not end"))?;
        let mut body = open.to_vec();
        body.extend_from_slice(format!("\n/Length {} >>\nstream\n", data.len()).as_bytes());
        body.extend_from_slice(&data);
        body.extend_from_slice(b"\nendstream");
        self.add(number, body);
        Ok(())
    }

    /// A string for the object `number`, in hexadecimal notation.
    pub(super) fn string(&self, number: u32, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        string(self.view.work.file, Reference { number, generation: 0 }, bytes)
    }

    /// The bytes of a string as the object `number` stores them.
    #[cfg(feature = "compose")]
    pub(super) fn stored(&self, number: u32, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        self.view.work.file.encrypt(Class::String, Reference { number, generation: 0 }, bytes.to_vec())
    }

    /// A string for an object that is there already, and may be of a later generation.
    #[cfg(feature = "compose")]
    pub(super) fn string_in(&self, of: Reference, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        string(self.view.work.file, of, bytes)
    }

    /// Sets a key of a dictionary that stands in `holder`.
    pub(super) fn set(
        &mut self,
        holder: &Rc<Indirect>,
        dictionary: &Object,
        key: &str,
        text: &str,
    ) -> Result<(), Error> {
        let entries = dictionary.as_dictionary().ok_or_else(|| broken(holder, "it is no dictionary"))?;
        let mut old = entries.entries.iter().filter(|entry| entry.key == key.as_bytes());
        let (span, text) = match (old.next(), old.next()) {
            (Some(entry), None) => (entry.value.span.clone(), format!(" {text}")),
            (None, _) => (before(dictionary, 2), format!("\n/{key} {text}\n")),
            _ => return Err(broken(holder, &format!("it has the key /{key} twice"))),
        };
        self.patch(holder, span, text.into_bytes())
    }

    /// Takes a key out of a dictionary that stands in `holder`, if it is there.
    #[cfg(feature = "compose")]
    pub(super) fn remove(&mut self, holder: &Rc<Indirect>, dictionary: &Object, key: &str) -> Result<(), Error> {
        let entries = dictionary.as_dictionary().map(|dictionary| dictionary.entries.as_slice()).unwrap_or_default();
        for entry in entries.iter().filter(|entry| entry.key == key.as_bytes()) {
            self.patch(holder, entry.at..entry.value.span.end, Vec::new())?;
        }
        Ok(())
    }

    /// Appends to an array that stands in `holder`.
    pub(super) fn append(&mut self, holder: &Rc<Indirect>, array: &Object, text: &str) -> Result<(), Error> {
        if array.as_array().is_none() {
            return Err(broken(holder, "it is no array"));
        }
        self.patch(holder, before(array, 1), format!(" {text}").into_bytes())
    }

    /// Adds entries to a dictionary that stands in `holder`.
    pub(super) fn extend(&mut self, holder: &Rc<Indirect>, dictionary: &Object, entries: &str) -> Result<(), Error> {
        if dictionary.as_dictionary().is_none() {
            return Err(broken(holder, "it is no dictionary"));
        }
        self.patch(holder, before(dictionary, 2), format!("{entries}\n").into_bytes())
    }

    fn patch(&mut self, holder: &Rc<Indirect>, span: Range<u64>, text: Vec<u8>) -> Result<(), Error> {
        if holder.is_stream() {
            return Err(broken(holder, "it is a stream where a dictionary or an array belongs"));
        }
        let draft = self
            .drafts
            .entry(holder.reference.number)
            .or_insert_with(|| Draft { indirect: Rc::clone(holder), patches: Vec::new() });
        draft.patches.push((span, text));
        Ok(())
    }

    /// The revision, to stand behind the file.
    pub(super) fn finish(mut self) -> Result<Written, Error> {
        for draft in std::mem::take(&mut self.drafts).into_values() {
            let body = self.render(&draft)?;
            let Reference { number, generation } = draft.indirect.reference;
            self.objects.insert(number, (generation, body));
        }
        let start = self.view.work.file.source.len();
        let bodies = self.objects.values().map(|(_, body)| body.len().saturating_add(64));
        let mut bytes = Vec::with_capacity(bodies.fold(4096, usize::saturating_add));
        if !ends_line(self.view.work.file)? {
            bytes.push(b'\n');
        }
        let mut bodies = BTreeMap::new();
        let mut rows = Vec::new();
        for (number, (generation, body)) in &self.objects {
            rows.push((*number, *generation, start.saturating_add(bytes.len() as u64)));
            bytes.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
            bodies.insert(*number, start.saturating_add(bytes.len() as u64));
            bytes.extend_from_slice(body);
            bytes.extend_from_slice(b"\nendobj\n");
        }
        self.section(start, &mut bytes, rows)?;
        Ok(Written { bytes, bodies })
    }

    /// The old text with its patches.
    fn render(&self, draft: &Draft) -> Result<Vec<u8>, Error> {
        let Draft { indirect, patches } = draft;
        let span = &indirect.object.span;
        let text = self.view.source_text(indirect, span)?;
        let mut patches = patches.clone();
        // In an object stream strings are clear; outside they are encrypted one by one.
        if indirect.pack.is_some() && self.view.work.file.is_encrypted() {
            let mut strings = Vec::new();
            collect_strings(&indirect.object, &mut strings);
            for (place, bytes) in strings {
                let replaced = patches.iter().any(|(span, _)| span.start <= place.start && place.end <= span.end);
                if !replaced {
                    patches.push((place, string(self.view.work.file, indirect.reference, &bytes)?));
                }
            }
        }
        patches.sort_by_key(|(span, _)| span.start);
        let mut body = Vec::with_capacity(text.len());
        let mut at = span.start;
        let cut = |from: u64, to: u64| {
            let range = usize::try_from(from.checked_sub(span.start)?).ok()?
                ..usize::try_from(to.checked_sub(span.start)?).ok()?;
            text.get(range)
        };
        for (place, new) in &patches {
            body.extend_from_slice(cut(at, place.start).ok_or_else(|| broken(indirect, "its parts overlap"))?);
            body.extend_from_slice(new);
            at = place.end;
        }
        body.extend_from_slice(cut(at, span.end).ok_or_else(|| broken(indirect, "its parts overlap"))?);
        Ok(body)
    }

    /// The cross-reference section, the trailer and what ends the revision.
    fn section(&self, start: u64, bytes: &mut Vec<u8>, mut rows: Vec<(u32, u16, u64)>) -> Result<(), Error> {
        let file = self.view.work.file;
        let newest = file.newest()?;
        let offset = start.saturating_add(bytes.len() as u64);
        let id = self.id()?;
        match newest.kind {
            Kind::Table => {
                if offset >= 10_000_000_000 {
                    return Err(Error::too_large(
                        "the cross-reference tables of this file cannot say offsets above 10 GB",
                    ));
                }
                bytes.extend_from_slice(b"xref\n");
                table(bytes, &rows);
                bytes.extend_from_slice(b"trailer\n<<");
                self.trailer(bytes, self.next, newest.section, &id)?;
                bytes.extend_from_slice(b" >>\n");
            }
            Kind::Stream => {
                let number = self.next;
                rows.push((number, 0, offset));
                let (index, data) = stream(&rows);
                bytes.extend_from_slice(
                    format!("{number} 0 obj\n<< /Type /XRef /W [1 8 2] /Index [{index}]").as_bytes(),
                );
                bytes.extend_from_slice(format!(" /Length {}", data.len()).as_bytes());
                self.trailer(bytes, number.saturating_add(1), newest.section, &id)?;
                bytes.extend_from_slice(b" >>\nstream\n");
                bytes.extend_from_slice(&data);
                bytes.extend_from_slice(b"\nendstream\nendobj\n");
            }
        }
        bytes.extend_from_slice(format!("startxref\n{offset}\n%%EOF\n").as_bytes());
        Ok(())
    }

    /// The trailer's entries: the document's own are copied, whatever they are.
    fn trailer(&self, bytes: &mut Vec<u8>, size: u32, previous: u64, id: &str) -> Result<(), Error> {
        let file = self.view.work.file;
        bytes.extend_from_slice(format!(" /Size {size} /Prev {previous} /ID {id}").as_bytes());
        for entry in &file.trailer()?.entries {
            if OWN_ENTRIES.iter().any(|own| own.as_bytes() == entry.key) {
                continue;
            }
            let span = entry.at..entry.value.span.end;
            bytes.push(b' ');
            bytes.extend_from_slice(&file.source.slice(span)?.unwrap_or_default());
        }
        Ok(())
    }

    /// The first half stays, the second tells this revision from all others (14.4). It is made from
    /// the revision, so that the same stamp twice gives the same file.
    fn id(&self) -> Result<String, Error> {
        let old = match self.view.trailer() {
            Some(trailer) => self.view.get(trailer, "ID")?.and_then(|id| strings(&id)),
            None => None,
        };
        let mut digester = Digester::new(DigestAlgorithm::Sha256)?;
        digester.update(&self.view.work.file.source.len().to_be_bytes());
        old.iter().flatten().for_each(|half| digester.update(half));
        for (number, (generation, body)) in &self.objects {
            digester.update(format!("{number} {generation} {}", body.len()).as_bytes());
            ends(body).into_iter().for_each(|part| digester.update(part));
        }
        let hex = |half: &[u8]| String::from_utf8_lossy(&hex_digits(half)).into_owned();
        let new = hex(digester.finish().get(..16).unwrap_or_default());
        let first = old.as_ref().and_then(|halves| halves.first()).map_or_else(|| new.clone(), |half| hex(half));
        Ok(format!("[<{first}> <{new}>]"))
    }
}

/// What of an object tells it from others: not the middle of a long one, which is the empty room for a
/// signature, or a picture.
fn ends(body: &[u8]) -> [&[u8]; 2] {
    const END: usize = 8 << 10;
    match body.split_at_checked(END).zip(body.len().checked_sub(2 * END).and_then(|at| body.get(at + END..))) {
        Some(((head, _), tail)) => [head, tail],
        None => [body, &[]],
    }
}

fn broken(holder: &Indirect, problem: &str) -> Error {
    Error::malformed(format!("object {} cannot be written again: {problem}", holder.reference))
}

/// The place right before an object's closing bracket.
fn before(object: &Object, bracket: u64) -> Range<u64> {
    let at = object.span.end.saturating_sub(bracket);
    at..at
}

fn strings(array: &Object) -> Option<Vec<Vec<u8>>> {
    array.as_array()?.iter().map(|item| item.as_string().map(<[u8]>::to_vec)).collect()
}

fn ends_line(file: &File) -> Result<bool, Error> {
    let length = file.source.len();
    let last = file.source.slice(length.saturating_sub(1)..length)?;
    Ok(last.is_some_and(|last| matches!(last.as_ref(), [b'\n' | b'\r'])))
}

fn string(file: &File, of: Reference, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let bytes = file.encrypt(Class::String, of, bytes.to_vec())?;
    Ok([&b"<"[..], &hex_digits(&bytes), b">"].concat())
}

/// Two digits for each byte.
pub(super) fn hex_digits(bytes: &[u8]) -> Vec<u8> {
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'A' + (half - 10) };
    let mut digits = vec![0; bytes.len().saturating_mul(2)];
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    digits
}

fn collect_strings(object: &Object, strings: &mut Vec<(Range<u64>, Vec<u8>)>) {
    match &object.value {
        Value::String(bytes) => strings.push((object.span.clone(), bytes.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_strings(item, strings)),
        Value::Dictionary(Dictionary { entries }) => {
            entries.iter().for_each(|entry| collect_strings(&entry.value, strings));
        }
        _ => {}
    }
}

/// Runs of neighbouring numbers.
fn runs(rows: &[(u32, u16, u64)]) -> Vec<Vec<&(u32, u16, u64)>> {
    let mut runs: Vec<Vec<&(u32, u16, u64)>> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| last.0.checked_add(1) == Some(row.0)) => run.push(row),
            _ => runs.push(vec![row]),
        }
    }
    runs
}

/// Entries of 20 bytes each (7.5.4).
fn table(bytes: &mut Vec<u8>, rows: &[(u32, u16, u64)]) {
    for run in runs(rows) {
        let first = run.first().map_or(0, |row| row.0);
        bytes.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
        for (_, generation, offset) in run {
            bytes.extend_from_slice(format!("{offset:010} {generation:05} n \n").as_bytes());
        }
    }
}

/// `/Index` and entries of one, eight and two bytes (7.5.8.3).
fn stream(rows: &[(u32, u16, u64)]) -> (String, Vec<u8>) {
    let mut index = Vec::new();
    let mut data = Vec::new();
    for run in runs(rows) {
        index.push(format!("{} {}", run.first().map_or(0, |row| row.0), run.len()));
        for (_, generation, offset) in run {
            data.push(1);
            data.extend_from_slice(&offset.to_be_bytes());
            data.extend_from_slice(&generation.to_be_bytes());
        }
    }
    (index.join(" "), data)
}

/// A number as PDF writes it: no exponent, five places at most.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
