//! The zip package of an OFD document: its files, found the way every reader finds them.
//!
//! A package that two readers could take for two different documents is either refused or told as a
//! finding. Files are unfolded only when they are asked for, and never beyond what they announce.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use encoding_rs::GB18030;
use flate2::Crc;
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};
use unicode_normalization::UnicodeNormalization as _;

use crate::crypto::{DigestAlgorithm, Digester, digest};
use crate::deflate::inflate;
use crate::document::ofd::write::Contents;
use crate::error::{Context, Error};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// Compressed parts below this size may have any ratio.
const RATIO_FREE: u64 = 1 << 20;
/// The longest data descriptor: signature, CRC and two sizes of eight bytes.
const MAX_DESCRIPTOR: usize = 24;
/// The fixed part of a record of the directory, and of the end-of-directory record.
const RECORD: usize = 46;
const END_RECORD: usize = 22;
const LOCAL_HEADER_MARK: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR_MARK: [u8; 4] = *b"PK\x07\x08";
pub(super) const END_RECORD_MARK: [u8; 4] = *b"PK\x05\x06";

/// A package whose directory has been read and checked.
#[derive(Clone)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct Package {
    bytes: Vec<u8>,
    /// In the order of the directory.
    entries: Vec<Entry>,
    /// Files by their name.
    names: BTreeMap<String, usize>,
    /// Files by their name as a careless reader or disk takes it; `None` where several share it.
    folded: BTreeMap<String, Option<usize>>,
    findings: Vec<Finding>,
    directory: Range<usize>,
    comment: Range<usize>,
}

/// One entry of a package.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct Entry {
    /// With `/` between its parts and none in front.
    name: String,
    is_folder: bool,
    /// Whether the name is written with `\` where `/` belongs.
    is_slashed: bool,
    is_deflated: bool,
    crc: u32,
    size: u64,
    data: Range<usize>,
    /// From the local header to the next entry's, or to the directory.
    span: Range<usize>,
    /// In the directory.
    record: Range<usize>,
    kept: Kept,
}

/// What is known of an entry that was written here: for whoever goes on writing. Whoever verifies looks at the bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(pub(super) Option<Contents>);

/// It says nothing that the bytes do not.
#[cfg(test)]
impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A file that a location in XML leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Located {
    pub(super) index: usize,
    /// Whether the name was the very one, not one that a careless reader takes for it.
    pub(super) exact: bool,
}

impl Package {
    /// Reads the directory and checks it against the entries.
    pub(super) fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        check_size(&bytes, limits)?;
        let listing = list(&bytes, limits)?;
        let Listing { entries, findings, directory, comment } = listing;
        let mut package =
            Package { bytes, entries, names: BTreeMap::new(), folded: BTreeMap::new(), findings, directory, comment };
        package.check_costs(limits)?;
        package.lay_out()?;
        package.index_names()?;
        package.check_ends();
        Ok(package)
    }

    /// A package that was just written here: its names and costs are checked, the rest is known.
    pub(super) fn known(
        bytes: Vec<u8>,
        entries: Vec<Entry>,
        directory: Range<usize>,
        comment: Range<usize>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        check_size(&bytes, limits)?;
        if entries.len() > limits.entries {
            return Err(too_many(entries.len() as u64, limits));
        }
        let (names, folded, findings) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut package = Package { bytes, entries, names, folded, findings, directory, comment };
        package.check_costs(limits)?;
        package.index_names()?;
        Ok(package)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Where the directory stands.
    pub(super) fn directory(&self) -> Range<usize> {
        self.directory.clone()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What is odd about the package, beyond which it was readable.
    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn entry(&self, index: usize) -> Result<&Entry, Error> {
        self.entries.get(index).ok_or_else(|| Error::malformed("the package has no such entry"))
    }

    /// The files by name.
    pub(super) fn files(&self) -> &BTreeMap<String, usize> {
        &self.names
    }

    /// The comment at the end of the package.
    pub(super) fn comment(&self) -> &[u8] {
        self.bytes.get(self.comment.clone()).unwrap_or_default()
    }

    /// The absolute path of an entry.
    pub(super) fn path(&self, index: usize) -> String {
        format!("/{}", self.entries.get(index).map_or("", |entry| &entry.name))
    }

    /// Whether the entry's name is written with `\` where `/` belongs, which not every reader understands.
    pub(super) fn is_slashed(&self, index: usize) -> bool {
        self.entries.get(index).is_some_and(|entry| entry.is_slashed)
    }

    /// The file with exactly this name, or the only one that a careless reader takes for it.
    pub(super) fn find(&self, name: &str) -> Option<Located> {
        if let Some(index) = self.names.get(name) {
            return Some(Located { index: *index, exact: true });
        }
        let index = (*self.folded.get(&fold(name))?)?;
        Some(Located { index, exact: false })
    }

    /// The file that a location written in a part of `folder` leads to: from the package's root with
    /// a leading `/`, else from the folder; and, as many writers mean it, from the root after all.
    pub(super) fn locate(&self, folder: &str, location: &str) -> Option<Located> {
        let relative = || self.find(&resolve(folder, location)?);
        let rooted = || self.find(&resolve("", location)?);
        let exact = |located: &Located| located.exact;
        relative().filter(exact).or_else(|| rooted().filter(exact)).or_else(relative).or_else(rooted)
    }

    /// The contents of a file.
    pub(super) fn unfold(&self, index: usize) -> Result<Cow<'_, [u8]>, Error> {
        let entry = self.entry(index)?;
        if !entry.is_deflated {
            return self.stream(index, &mut |_| ()).map(|()| Cow::Borrowed(self.data(entry)));
        }
        let mut unfolded = Vec::new();
        self.stream(index, &mut |chunk| unfolded.extend_from_slice(chunk)).map(|()| Cow::Owned(unfolded))
    }

    /// Hands the contents of a file to `sink` piece by piece; what was handed over counts only
    /// when the length and the checksum turned out right.
    pub(super) fn stream(&self, index: usize, sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let entry = self.entry(index)?;
        let mut crc = Crc::new();
        let mut feed = |chunk: &[u8]| {
            crc.update(chunk);
            sink(chunk);
        };
        if entry.is_deflated {
            inflate(self.data(entry), entry.size, &mut feed).context(format_args!("/{}", entry.name))?;
        } else {
            feed(self.data(entry));
        }
        if crc.sum() != entry.crc {
            return Err(Error::malformed(format!(
                "/{}: the checksum of the contents is {:08x}, the package says {:08x}",
                entry.name,
                crc.sum(),
                entry.crc
            )));
        }
        Ok(())
    }

    /// The contents of a file that is written on: those that are kept, where it was written here.
    pub(super) fn contents(&self, index: usize) -> Result<Cow<'_, [u8]>, Error> {
        match &self.entry(index)?.kept.0 {
            Some(Contents::Plain(plain)) => Ok(Cow::Borrowed(plain)),
            _ => self.unfold(index),
        }
    }

    /// The digest of a file that is to be protected, of what is kept where it was written here.
    pub(super) fn digest(&self, index: usize, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        match &self.entry(index)?.kept.0 {
            Some(Contents::Plain(plain)) => digest(algorithm, plain),
            Some(Contents::Packed(packed)) => packed.digest(algorithm),
            None => self.digest_bytes(index, algorithm),
        }
    }

    /// The digest of a file as it stands in the package.
    pub(super) fn digest_bytes(&self, index: usize, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        let mut digester = Digester::new(algorithm)?;
        self.stream(index, &mut |chunk| digester.update(chunk))?;
        Ok(digester.finish())
    }

    fn data(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.data.clone()).unwrap_or_default()
    }

    /// The bytes of an entry as they stand, local header and all.
    pub(super) fn span(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.span.clone()).unwrap_or_default()
    }

    /// The entry's record in the directory.
    pub(super) fn record(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.record.clone()).unwrap_or_default()
    }

    /// What stands before the first entry.
    pub(super) fn prelude(&self) -> &[u8] {
        let first = self.entries.iter().map(|entry| entry.span.start).min().unwrap_or(0);
        self.bytes.get(..first).unwrap_or_default()
    }

    fn check_costs(&self, limits: &Limits) -> Result<(), Error> {
        let mut total = 0_u64;
        for Entry { name, size, data, is_deflated, .. } in &self.entries {
            total = total.saturating_add(*size);
            let packed = data.len() as u64;
            if !is_deflated && *size != packed {
                return Err(Error::malformed(format!("/{name}: stored in {packed} bytes, and said to have {size}")));
            }
            if *size > limits.stream_bytes {
                return Err(Error::too_large(format!(
                    "/{name} unfolds to {size} bytes, more than {} (Limits::stream_bytes)",
                    limits.stream_bytes
                )));
            }
            if *size > RATIO_FREE && *size > packed.saturating_mul(limits.ratio) {
                return Err(Error::too_large(format!(
                    "/{name} unfolds from {packed} to {size} bytes, more than {} times (Limits::ratio)",
                    limits.ratio
                )));
            }
        }
        if total > limits.unfolded_bytes {
            return Err(Error::too_large(format!(
                "the package unfolds to {total} bytes, more than {} (Limits::unfolded_bytes)",
                limits.unfolded_bytes
            )));
        }
        Ok(())
    }

    /// Finds the end of each entry, and refuses entries that share bytes.
    fn lay_out(&mut self) -> Result<(), Error> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|index| self.entries.get(*index).map(|entry| entry.span.start));
        let mut next = self.directory.start;
        let mut next_name = "the directory".to_owned();
        for index in order.into_iter().rev() {
            let Some(entry) = self.entries.get_mut(index) else { continue };
            if entry.data.end > next {
                return Err(Error::malformed(format!(
                    "the zip entry /{} reaches to byte {} and overlaps {next_name} at byte {next}",
                    entry.name, entry.data.end
                )));
            }
            entry.span.end = next;
            next = entry.span.start;
            next_name = format!("/{}", entry.name);
        }
        self.check_gaps();
        Ok(())
    }

    /// Looks at what stands between the entries.
    fn check_gaps(&mut self) {
        let (mut hidden, mut idle) = (None, None);
        for entry in &self.entries {
            let gap = self.bytes.get(entry.data.end..entry.span.end).unwrap_or_default();
            if contains(gap, LOCAL_HEADER_MARK) {
                hidden.get_or_insert(entry);
            } else if gap.len() > MAX_DESCRIPTOR {
                idle.get_or_insert(entry);
            }
        }
        let place = |entry: &Entry| format!("behind /{}, at byte {},", entry.name, entry.data.end);
        let hidden = hidden.map(|entry| {
            let detail = format!("{} stands a zip entry that the directory does not list", place(entry));
            Finding::fail(checks::DOCUMENT_STRUCTURE, detail)
        });
        let idle = idle.map(|entry| {
            let detail = format!("{} stand bytes that belong to nothing", place(entry));
            Finding::note(checks::DOCUMENT_STRUCTURE, detail)
        });
        self.findings.extend(hidden.into_iter().chain(idle));
    }

    fn index_names(&mut self) -> Result<(), Error> {
        let mut folders = BTreeMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let names = if entry.is_folder { &mut folders } else { &mut self.names };
            if names.insert(entry.name.clone(), index).is_some() {
                return Err(Error::malformed(format!(
                    "the package has two entries called /{}: one reader takes the first, another the last",
                    entry.name
                )));
            }
        }
        for (name, index) in &self.names {
            let slot = self.folded.entry(fold(name));
            slot.and_modify(|other| *other = None).or_insert(Some(*index));
        }
        let twins: Vec<_> = self.folded.iter().filter(|(_, index)| index.is_none()).map(|(name, _)| name).collect();
        if let Some(twin) = twins.first() {
            self.findings.push(Finding::fail(
                checks::DOCUMENT_STRUCTURE,
                format!(
                    "{} names of files differ only in case, in how their characters are composed or in dots and blanks at \
                     the end, such as /{twin}: some readers take one for the other",
                    twins.len()
                ),
            ));
        }
        if let Some(both) = folders.keys().find(|name| self.names.contains_key(*name)) {
            let detail = format!("/{both} is both a file and a folder of the package");
            self.findings.push(Finding::fail(checks::DOCUMENT_STRUCTURE, detail));
        }
        Ok(())
    }

    /// Looks at what stands before the first entry and behind the directory.
    fn check_ends(&mut self) {
        let prelude = self.prelude();
        if !prelude.is_empty() {
            let detail = format!("{} bytes stand before the first entry of the package", prelude.len());
            let hides = contains(prelude, LOCAL_HEADER_MARK);
            let finding = Finding::note(checks::DOCUMENT_STRUCTURE, detail.clone());
            self.findings.push(if hides {
                Finding::fail(checks::DOCUMENT_STRUCTURE, detail + ", a zip entry among them")
            } else {
                finding
            });
        }
        if let Some(other) = self.other_end() {
            self.findings.push(Finding::fail(
                checks::DOCUMENT_STRUCTURE,
                format!("the package has a second end-of-directory record at byte {other}: readers may start from it"),
            ));
        }
        let behind = self.bytes.len().saturating_sub(self.comment.end);
        if behind > 0 {
            let detail = format!("{behind} bytes stand behind the end of the package");
            self.findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, detail));
        }
    }

    /// An end-of-directory record, other than the one used, whose comment reaches to the end of the
    /// file: the one that a reader looks for who takes the comment's length at its word.
    fn other_end(&self) -> Option<usize> {
        let farthest = self.bytes.len().saturating_sub(END_RECORD.saturating_add(usize::from(u16::MAX)));
        let tail = self.bytes.get(farthest..)?;
        marks(tail, END_RECORD_MARK)
            .filter_map(|at| Some((farthest.saturating_add(at), read_u16(tail.get(at..at + END_RECORD)?, 20))))
            .find(|(at, comment)| {
                *at != self.directory.end && at.saturating_add(END_RECORD).saturating_add(*comment) == self.bytes.len()
            })
            .map(|(at, _)| at)
    }
}

impl Entry {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Where it begins.
    pub(super) fn start(&self) -> usize {
        self.span.start
    }

    /// An entry that was just written, local header and all, to `span`.
    pub(super) fn written(
        name: &str,
        is_deflated: bool,
        crc: u32,
        size: u64,
        span: Range<usize>,
        data: Range<usize>,
    ) -> Self {
        Entry {
            name: name.to_owned(),
            is_folder: false,
            is_slashed: false,
            is_deflated,
            crc,
            size,
            data,
            span,
            record: 0..0,
            kept: Kept::default(),
        }
    }

    /// The same entry with what is known of its contents.
    pub(super) fn keeping(mut self, contents: Contents) -> Self {
        self.kept = Kept(Some(contents));
        self
    }

    /// The same entry, its bytes copied to another place.
    pub(super) fn moved_to(&self, start: usize) -> Self {
        let moved = |at: usize| at.saturating_sub(self.span.start).saturating_add(start);
        Entry { data: moved(self.data.start)..moved(self.data.end), span: start..moved(self.span.end), ..self.clone() }
    }

    pub(super) fn with_record(mut self, record: Range<usize>) -> Self {
        self.record = record;
        self
    }
}

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Package({} bytes, {} entries)", self.bytes.len(), self.entries.len())
    }
}

/// The folder of a file, without a `/` at either end.
pub(super) fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A name without what disks and readers may pass over: case, how characters are composed, and dots and blanks at the
/// end of a part.
fn fold(name: &str) -> String {
    let mut folded = name.to_lowercase();
    if !folded.is_ascii() {
        folded = folded.nfc().collect();
    }
    let passed_over = ['.', ' '];
    if folded.split('/').any(|part| part.ends_with(passed_over)) {
        folded = folded.split('/').map(|part| part.trim_end_matches(passed_over)).collect::<Vec<_>>().join("/");
    }
    folded
}

/// The name that a location leads to from `folder`; `None` when it leads out of the package.
pub(super) fn resolve(folder: &str, location: &str) -> Option<String> {
    let location = location.trim().replace('\\', "/");
    let (base, rest) = match location.strip_prefix('/') {
        Some(rest) => ("", rest),
        None => (folder, location.as_str()),
    };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn check_size(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    if bytes.len() as u64 <= limits.document_bytes {
        return Ok(());
    }
    Err(Error::too_large(format!(
        "the package has {} bytes, more than {} (Limits::document_bytes)",
        bytes.len(),
        limits.document_bytes
    )))
}

struct Listing {
    entries: Vec<Entry>,
    findings: Vec<Finding>,
    directory: Range<usize>,
    comment: Range<usize>,
}

fn list(bytes: &[u8], limits: &Limits) -> Result<Listing, Error> {
    let archive = ZipArchive::from_slice(bytes)
        .map_err(|source| unreadable("the file is no OFD package: it has no zip directory", source))?;
    if archive.entries_hint() > limits.entries as u64 {
        return Err(too_many(archive.entries_hint(), limits));
    }
    let mut lister = Lister { archive: &archive, entries: Vec::new(), findings: Vec::new(), noted: 0 };
    let mut end = offset(archive.directory_offset())?;
    let directory_start = end;
    let mut records = archive.entries();
    while let Some(record) = records.next_entry().map_err(|source| {
        unreadable(&format!("the zip directory is broken after {} entries", lister.entries.len()), source)
    })? {
        if lister.entries.len() >= limits.entries {
            return Err(too_many(archive.entries_hint(), limits));
        }
        end = lister.add(&record)?;
    }
    let Lister { entries, mut findings, .. } = lister;
    let end_record = offset(archive.eocd_offset())?;
    let length = end.saturating_sub(directory_start) as u64;
    let told = told_length(bytes, end, end_record);
    if told != Some(length) {
        let told = told.map_or_else(|| "something else".to_owned(), |told| told.to_string());
        findings.push(Finding::fail(
            checks::DOCUMENT_STRUCTURE,
            format!("the zip directory has {length} bytes, its end says {told}"),
        ));
    }
    if entries.len() as u64 != archive.entries_hint() {
        findings.push(Finding::fail(
            checks::DOCUMENT_STRUCTURE,
            format!("the zip directory lists {} entries, its end says {}", entries.len(), archive.entries_hint()),
        ));
    }
    let comment = end_record.saturating_add(END_RECORD)..offset(archive.end_offset())?;
    Ok(Listing { entries, findings, directory: directory_start..end_record, comment })
}

/// How long the directory is by its end, or by the end that zip64 puts between the two (APPNOTE 4.3.14).
fn told_length(bytes: &[u8], directory_end: usize, end_record: usize) -> Option<u64> {
    const ZIP64_LENGTH: usize = 40;
    if directory_end == end_record {
        let told = bytes.get(end_record.saturating_add(12)..)?.first_chunk::<4>()?;
        return Some(u32::from_le_bytes(*told).into());
    }
    let told = bytes.get(directory_end.saturating_add(ZIP64_LENGTH)..end_record)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*told))
}

fn too_many(count: u64, limits: &Limits) -> Error {
    Error::too_large(format!(
        "the package has {count} entries or more, the limit is {} (Limits::entries)",
        limits.entries
    ))
}

fn unreadable(what: &str, source: rawzip::Error) -> Error {
    Error::malformed(format!("{what}: {source}")).caused_by(source)
}

fn offset(value: u64) -> Result<usize, Error> {
    usize::try_from(value)
        .map_err(|_| Error::too_large(format!("the zip offset {value} is beyond this machine's memory")))
}

/// A name as it is found, and what was told by it.
struct Name {
    name: String,
    is_folder: bool,
    is_slashed: bool,
}

struct Lister<'b> {
    archive: &'b ZipSliceArchive<&'b [u8]>,
    entries: Vec<Entry>,
    findings: Vec<Finding>,
    /// How many entries were found odd; only the first few are told.
    noted: usize,
}

impl Lister<'_> {
    /// Adds an entry and gives the end of its record.
    fn add(&mut self, record: &ZipFileHeaderRecord<'_>) -> Result<usize, Error> {
        let raw = record.file_path().as_bytes().to_owned();
        let Name { name, is_folder, is_slashed } = self.name(&raw, record.flags().bits())?;
        let flags = record.flags();
        if flags.is_encrypted() || flags.bits() & (1 << 6 | 1 << 13) != 0 {
            return Err(Error::unsupported(format!("the zip entry /{name} is encrypted, which OFD does not know")));
        }
        if record.mode().is_symlink() {
            return Err(Error::malformed(format!("the zip entry /{name} is a symbolic link")));
        }
        let is_deflated = match record.compression_method() {
            CompressionMethod::STORE => false,
            CompressionMethod::DEFLATE => true,
            other => {
                return Err(Error::unsupported(format!(
                    "the zip entry /{name} is compressed by method {other}; OFD readers know deflate alone"
                )));
            }
        };
        self.check_other_name(record, &name);
        let (data, start) = self.data(record, &name)?;
        let record_start = offset(record.central_directory_offset())?;
        let length = |at: usize| read_u16(self.archive.get_ref(), record_start.saturating_add(at));
        let record_end =
            [28, 30, 32].into_iter().map(length).fold(record_start.saturating_add(RECORD), usize::saturating_add);
        let size = record.uncompressed_size_hint();
        if is_folder && size != 0 {
            self.odd(Finding::fail(
                checks::DOCUMENT_STRUCTURE,
                format!("the folder /{name} has {size} bytes of contents"),
            ));
        }
        self.entries.push(Entry {
            name,
            is_folder,
            is_slashed,
            is_deflated,
            crc: record.crc32(),
            size,
            data,
            span: start..start,
            record: record_start..record_end,
            kept: Kept::default(),
        });
        Ok(record_end)
    }

    /// The name as the package's XML would write it.
    fn name(&mut self, raw: &[u8], flags: u16) -> Result<Name, Error> {
        let shown = String::from_utf8_lossy(raw).into_owned();
        let mut name = match std::str::from_utf8(raw) {
            Ok(name) => name.to_owned(),
            // Without the UTF-8 flag the name is in whatever the writer's machine used; in China, GBK.
            Err(_) => match GB18030.decode_without_bom_handling_and_without_replacement(raw) {
                Some(name) if flags & (1 << 11) == 0 => name.into_owned(),
                _ => {
                    let detail = format!("the file name \"{shown}\" is neither UTF-8 nor GBK");
                    self.odd(Finding::unknown(checks::DOCUMENT_STRUCTURE, detail));
                    shown.clone()
                }
            },
        };
        let refuse = |why: &str| Err(Error::malformed(format!("the zip entry \"{}\" {why}", shown.escape_debug())));
        let is_slashed = name.contains('\\');
        if is_slashed {
            name = name.replace('\\', "/");
            let detail = format!("the file name \"{shown}\" is written with \\ where / belongs");
            self.odd(Finding::note(checks::DOCUMENT_STRUCTURE, detail));
        }
        if let Some(rest) = name.strip_prefix('/') {
            name = rest.to_owned();
            let detail = format!("the file name \"{shown}\" begins with /");
            self.odd(Finding::note(checks::DOCUMENT_STRUCTURE, detail));
        }
        let is_folder = name.ends_with('/');
        if is_folder {
            name.pop();
        }
        if name.chars().any(char::is_control) {
            return refuse("has a control character in its name");
        }
        for part in name.split('/') {
            match part {
                "" => return refuse("has an empty part in its name, or is an absolute path"),
                "." | ".." => return refuse("leads out of its folder"),
                _ => {}
            }
        }
        Ok(Name { name, is_folder, is_slashed })
    }

    /// Some readers prefer the name in an extra field (Info-ZIP's Unicode path) to the entry's own.
    fn check_other_name(&mut self, record: &ZipFileHeaderRecord<'_>, name: &str) {
        const UNICODE_PATH: u16 = 0x7075;
        for (_, data) in record.extra_fields().filter(|(id, _)| id.as_u16() == UNICODE_PATH) {
            // A version and a checksum stand before the name.
            let other = data.get(5..).map(String::from_utf8_lossy).unwrap_or_default();
            if other.trim_matches('/').replace('\\', "/") != name {
                let detail =
                    format!("the entry /{name} has a second name in its extra field, \"{}\"", other.escape_debug());
                self.odd(Finding::fail(checks::DOCUMENT_STRUCTURE, detail));
            }
        }
    }

    /// Where the compressed bytes are and where the local header begins; compares the two headers.
    fn data(&mut self, record: &ZipFileHeaderRecord<'_>, name: &str) -> Result<(Range<usize>, usize), Error> {
        let archive = self.archive;
        let entry = archive.get_entry(record.wayfinder()).map_err(|source| {
            unreadable(&format!("the zip entry /{name} does not lie at byte {}", record.local_header_offset()), source)
        })?;
        let local = entry.local_header();
        let (start, end) = entry.compressed_data_range();
        let mut differ = |what: &str| {
            self.odd(Finding::fail(
                checks::DOCUMENT_STRUCTURE,
                format!("the zip directory and the header of /{name} differ in {what}: readers see different packages"),
            ));
        };
        if local.file_path().as_bytes() != record.file_path().as_bytes() {
            differ("the name");
        }
        if local.compression_method() != record.compression_method() {
            differ("the method of compression");
        }
        let wanted = (record.crc32(), record.compressed_size_hint(), record.uncompressed_size_hint());
        let is_told = if local.flags().has_data_descriptor() {
            let behind = usize::try_from(end).ok().and_then(|end| archive.get_ref().get(end..)).unwrap_or_default();
            describes(behind, wanted)
        } else {
            (local.crc32(), local.compressed_size_hint(), local.uncompressed_size_hint()) == wanted
        };
        if !is_told {
            differ("size or checksum");
        }
        Ok((offset(start)?..offset(end)?, offset(record.local_header_offset())?))
    }

    /// Tells an oddity; after the first few, no more.
    fn odd(&mut self, finding: Finding) {
        const TOLD: usize = 8;
        self.noted = self.noted.saturating_add(1);
        if self.noted <= TOLD || finding.needed && !self.findings.iter().any(|told| told.needed) {
            self.findings.push(finding);
        }
    }
}

/// Whether a data descriptor says so: with or without its mark, the sizes in four bytes or, as zip64 has them, in
/// eight. Which of these it is, nothing tells for certain, and writers differ.
fn describes(behind: &[u8], (crc, packed, size): (u32, u64, u64)) -> bool {
    let behind = behind.strip_prefix(&DESCRIPTOR_MARK).unwrap_or(behind);
    let Some(sizes) = behind.strip_prefix(&crc.to_le_bytes()) else { return false };
    let long = sizes.starts_with(&[packed.to_le_bytes(), size.to_le_bytes()].concat());
    let short = u32::try_from(packed).ok().zip(u32::try_from(size).ok());
    long || short.is_some_and(|(packed, size)| sizes.starts_with(&[packed.to_le_bytes(), size.to_le_bytes()].concat()))
}

fn read_u16(bytes: &[u8], at: usize) -> usize {
    let pair = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
    pair.map_or(0, |pair| usize::from(u16::from_le_bytes(*pair)))
}

fn contains(bytes: &[u8], mark: [u8; 4]) -> bool {
    marks(bytes, mark).next().is_some()
}

/// Where a mark stands. Nearly no block holds its first two bytes in a row, and is then passed over
/// without looking at its bytes one by one.
fn marks(bytes: &[u8], mark: [u8; 4]) -> impl Iterator<Item = usize> {
    const BLOCK: usize = 64;
    let [first, second, ..] = mark;
    bytes.chunks(BLOCK).enumerate().flat_map(move |(number, block)| {
        let start = number * BLOCK;
        let behind = bytes.get(start + 1..).unwrap_or_default();
        let pair = block.iter().zip(behind).fold(false, |seen, (a, b)| seen | ((*a == first) & (*b == second)));
        let places = if pair { start..start + block.len() } else { 0..0 };
        places.filter(move |at| bytes.get(*at..).and_then(<[u8]>::first_chunk) == Some(&mark))
    })
}

#[cfg(test)]
mod tests {
    use super::{LOCAL_HEADER_MARK, contains, marks};

    #[test]
    fn marks_are_found_wherever_blocks_begin() {
        for at in 0..200 {
            let mut bytes = vec![b'P'; 210];
            bytes[at..at + 4].copy_from_slice(&LOCAL_HEADER_MARK);
            assert_eq!(marks(&bytes, LOCAL_HEADER_MARK).collect::<Vec<_>>(), [at]);
            assert!(!contains(&bytes[..at + 3], LOCAL_HEADER_MARK));
        }
        assert!(!contains(b"PK", LOCAL_HEADER_MARK));
    }
}
