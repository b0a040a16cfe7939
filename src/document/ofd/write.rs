//! Writing a package anew around the entries that stay as they are.
//!
//! An entry that is not changed keeps its bytes, its place and its record in the directory, the
//! encoding of its name included; only the offset in the record is set anew. The end of a zip64 package
//! is written as that of a plain one, in which everything that is written here has room.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Crc;
use serde::{Deserialize, Serialize};

use crate::crypto::{DigestAlgorithm, Digester};
use crate::deflate::{deflate, deflate_best, inflate};
use crate::document::is_dense;
use crate::document::ofd::package::{END_RECORD_MARK, Entry, Package};
use crate::error::Error;
use crate::finding::Finding;
use crate::limits::Limits;
use crate::time::Time;

const UTF8_NAME: u16 = 1 << 11;
/// Version 2.0: deflate and folders.
const VERSION: u16 = 20;
/// What the directory and a signature's value may need beside the contents.
const ROOM_TO_GROW: usize = 16 << 10;

/// Date and time in the form of a zip package.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct ZipTime(u16, u16);

impl ZipTime {
    /// The first day that the form can say.
    const EPOCH: Self = ZipTime(0x21, 0);

    /// In UTC; before 1980 and after 2107 the ends of what the form can say.
    pub(super) fn of(time: Time) -> Self {
        let parts = time.parts();
        let year = parts.year().clamp(1980, 2107).saturating_sub(1980);
        let (hour, minute, second) = parts.to_hms();
        let date = year << 9 | i32::from(u8::from(parts.month())) << 5 | i32::from(parts.day());
        let clock = u16::from(hour) << 11 | u16::from(minute) << 5 | u16::from(second) >> 1;
        ZipTime(u16::try_from(date).unwrap_or(0x21), clock)
    }
}

/// The package with new contents in the entries of `changed` and with the files `added` behind all
/// others.
pub(super) fn rewrite(
    package: &Package,
    changed: &BTreeMap<usize, Vec<u8>>,
    added: &[(String, Vec<u8>)],
    time: ZipTime,
    limits: &Limits,
) -> Result<Package, Error> {
    let more: usize = changed
        .values()
        .map(Vec::len)
        .chain(added.iter().map(|(name, bytes)| name.len().saturating_add(bytes.len())))
        .sum();
    let room = package.bytes().len().saturating_add(more).saturating_add(ROOM_TO_GROW);
    let mut writer = Writer { out: Vec::with_capacity(room), time };
    writer.out.extend_from_slice(package.prelude());
    let mut order: Vec<usize> = (0..package.entries().len()).collect();
    order.sort_by_key(|index| package.entry(*index).map_or(0, Entry::start));
    let mut written: BTreeMap<usize, Written> = BTreeMap::new();
    for index in order {
        let entry = package.entry(index)?;
        let one = match changed.get(&index) {
            Some(bytes) => writer.replace(entry, package.record(entry), bytes)?,
            None => writer.carry_over(entry, package.span(entry), package.record(entry))?,
        };
        written.insert(index, one);
    }
    let mut written: Vec<Written> = written.into_values().collect();
    for (name, bytes) in added {
        written.push(writer.add_file(name, bytes)?);
    }
    let comment = package.comment().to_owned();
    writer.finish(written, &comment)?.known_or_read(package.findings(), limits)
}

/// The package with one more file behind all others; everything before keeps its place, and the bytes
/// are not copied.
pub(super) fn append(
    package: Package,
    name: &str,
    contents: &[u8],
    time: ZipTime,
    limits: &Limits,
) -> Result<Package, Error> {
    let comment = package.comment().to_owned();
    let findings = package.findings().to_owned();
    let mut written = Vec::with_capacity(package.entries().len().saturating_add(1));
    for entry in package.entries() {
        written.push(Written { entry: entry.clone(), record: package.record(entry).to_owned() });
    }
    let directory = package.directory();
    let mut out = package.into_bytes();
    out.truncate(directory.start);
    let mut writer = Writer { out, time };
    written.push(writer.add_file(name, contents)?);
    writer.finish(written, &comment)?.known_or_read(&findings, limits)
}

/// A package of these files, in their order, as of 1980: the same files give the same bytes.
pub(super) fn compose(files: &[(String, Contents)], limits: &Limits) -> Result<Package, Error> {
    let room = files.iter().map(|(name, contents)| name.len() * 2 + 150 + contents.room()).sum();
    let mut writer = Writer { out: Vec::with_capacity(room), time: ZipTime::EPOCH };
    let mut written = Vec::with_capacity(files.len());
    let mut room = MOST_KEPT;
    for (name, contents) in files {
        let mut one = match contents {
            Contents::Plain(bytes) => writer.add_file(name, bytes)?,
            Contents::Packed(packed) => writer.add_packed(name, packed)?,
        };
        if let Some(left) = room.checked_sub(contents.weight()) {
            room = left;
            one.entry = one.entry.keeping(contents.clone());
        }
        written.push(one);
    }
    writer.finish(written, &[])?.known_or_read(&[], limits)
}

/// How many bytes of a new package's files are kept for the stamp that follows, which hashes them.
const MOST_KEPT: usize = 1 << 20;

/// What is in a file of a new package.
#[derive(Clone, Debug)]
pub(super) enum Contents {
    Plain(Arc<Vec<u8>>),
    Packed(Arc<Packed>),
}

impl Contents {
    pub(super) fn plain(bytes: Vec<u8>) -> Self {
        Contents::Plain(Arc::new(bytes))
    }

    /// What keeping it costs: what is packed is kept by whoever packed it.
    fn weight(&self) -> usize {
        match self {
            Contents::Plain(bytes) => bytes.len(),
            Contents::Packed(_) => 0,
        }
    }

    fn room(&self) -> usize {
        match self {
            Contents::Plain(bytes) => bytes.len() / 2,
            Contents::Packed(packed) => packed.data.len(),
        }
    }
}

/// Contents that were compressed once, to be written into many packages.
#[derive(Debug)]
pub(super) struct Packed {
    is_folded: bool,
    crc: u32,
    length: usize,
    data: Vec<u8>,
    /// Digests that stamps have asked for.
    digests: Mutex<Vec<(DigestAlgorithm, Vec<u8>)>>,
}

/// Digests follow from the contents.
impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data && (self.crc, self.length) == (other.crc, other.length)
    }
}

impl Packed {
    /// Compresses as small as it gets: it is done once.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Error> {
        let folded = deflate_best(bytes)?;
        let is_folded = folded.is_some();
        let data = folded.unwrap_or_else(|| bytes.to_vec());
        Ok(Packed { is_folded, crc: checksum(bytes), length: bytes.len(), data, digests: Mutex::default() })
    }

    /// The digest of the contents, made once.
    pub(super) fn digest(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = digests.iter().find(|(known, _)| *known == algorithm) {
            return Ok(known.clone());
        }
        let mut digester = Digester::new(algorithm)?;
        match self.is_folded {
            true => inflate(&self.data, self.length as u64, &mut |chunk| digester.update(chunk))?,
            false => digester.update(&self.data),
        }
        let made = digester.finish();
        digests.push((algorithm, made.clone()));
        Ok(made)
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// An entry that stands in its place, with its record for the directory.
struct Written {
    entry: Entry,
    record: Vec<u8>,
}

struct Writer {
    out: Vec<u8>,
    time: ZipTime,
}

impl Writer {
    /// Copies an entry and gives its record with the new offset.
    fn carry_over(&mut self, entry: &Entry, span: &[u8], record: &[u8]) -> Result<Written, Error> {
        let offset = self.offset()?;
        let entry = entry.moved_to(self.out.len());
        self.out.extend_from_slice(span);
        let mut record = record.to_owned();
        put(&mut record, 42, &offset.to_le_bytes());
        Ok(Written { entry, record })
    }

    /// Writes new contents under the name, and with the attributes, of an old record.
    fn replace(&mut self, entry: &Entry, old: &[u8], bytes: &[u8]) -> Result<Written, Error> {
        let field = |range: std::ops::Range<usize>| old.get(range).unwrap_or_default();
        let number =
            |at: usize| field(at..at.saturating_add(2)).iter().rev().fold(0, |sum, byte| sum << 8 | u16::from(*byte));
        let name = field(46..46_usize.saturating_add(usize::from(number(28)))).to_owned();
        let mut written = self.add(entry.name(), &name, number(8) & UTF8_NAME, bytes)?;
        // Who made it, and the attributes that go with that.
        put(&mut written.record, 4, field(4..6));
        put(&mut written.record, 36, field(36..42));
        Ok(written)
    }

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<Written, Error> {
        self.add(name, name.as_bytes(), if name.is_ascii() { 0 } else { UTF8_NAME }, bytes)
    }

    fn add_packed(&mut self, name: &str, packed: &Packed) -> Result<Written, Error> {
        let flags = if name.is_ascii() { 0 } else { UTF8_NAME };
        self.put(name, name.as_bytes(), flags, packed.is_folded, &packed.data, (packed.crc, packed.length))
    }

    /// Writes an entry, whose `raw` name may be in another encoding.
    fn add(&mut self, name: &str, raw: &[u8], flags: u16, bytes: &[u8]) -> Result<Written, Error> {
        let folded = if is_dense(bytes) { None } else { deflate(bytes)? };
        let data = folded.as_deref().unwrap_or(bytes);
        self.put(name, raw, flags, folded.is_some(), data, (checksum(bytes), bytes.len()))
    }

    /// Writes an entry that is compressed already; `plain` is the checksum of its contents, and how many they are.
    fn put(
        &mut self,
        name: &str,
        raw: &[u8],
        flags: u16,
        is_folded: bool,
        contents: &[u8],
        plain: (u32, usize),
    ) -> Result<Written, Error> {
        let (start, offset) = (self.out.len(), self.offset()?);
        let mut common = Vec::new();
        for word in [VERSION, flags, if is_folded { 8 } else { 0 }, self.time.1, self.time.0] {
            common.extend(word.to_le_bytes());
        }
        for word in [plain.0, size(contents.len())?, size(plain.1)?] {
            common.extend(word.to_le_bytes());
        }
        let name_length =
            u16::try_from(raw.len()).map_err(|_| Error::unsupported("a file name is too long for zip"))?;
        common.extend(name_length.to_le_bytes());
        common.extend([0, 0]);
        self.out.extend(b"PK\x03\x04");
        self.out.extend_from_slice(&common);
        self.out.extend_from_slice(raw);
        let data = self.out.len()..self.out.len().saturating_add(contents.len());
        self.out.extend_from_slice(contents);
        let mut record = b"PK\x01\x02".to_vec();
        record.extend(VERSION.to_le_bytes());
        record.extend(common);
        // No comment, the first disk, no attributes.
        record.extend([0; 10]);
        record.extend(offset.to_le_bytes());
        record.extend_from_slice(raw);
        let entry = Entry::written(name, is_folded, plain.0, plain.1 as u64, start..data.end, data);
        Ok(Written { entry, record })
    }

    fn offset(&self) -> Result<u32, Error> {
        size(self.out.len())
    }

    /// Writes the directory and its end.
    fn finish(mut self, written: Vec<Written>, comment: &[u8]) -> Result<Laid, Error> {
        let (at, start) = (self.out.len(), self.offset()?);
        let count = u16::try_from(written.len()).ok().filter(|count| *count < u16::MAX);
        let count = count.ok_or_else(|| Error::unsupported("the package would have more than 65534 entries"))?;
        let mut entries = Vec::with_capacity(written.len());
        for Written { entry, record } in written {
            let begin = self.out.len();
            self.out.extend_from_slice(&record);
            entries.push(entry.with_record(begin..self.out.len()));
        }
        let directory = at..self.out.len();
        self.out.extend(END_RECORD_MARK);
        self.out.extend([0; 4]);
        self.out.extend(count.to_le_bytes());
        self.out.extend(count.to_le_bytes());
        self.out.extend(size(directory.len())?.to_le_bytes());
        self.out.extend(start.to_le_bytes());
        let length =
            u16::try_from(comment.len()).map_err(|_| Error::unsupported("the package's comment is too long"))?;
        self.out.extend(length.to_le_bytes());
        let comment_start = self.out.len();
        self.out.extend_from_slice(comment);
        Ok(Laid { comment: comment_start..self.out.len(), bytes: self.out, entries, directory })
    }
}

/// A package as it was written.
struct Laid {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    directory: Range<usize>,
    comment: Range<usize>,
}

impl Laid {
    /// What was just written need not be read again. Only where the old package had oddities, which tell
    /// of places in it, is the new one looked at anew.
    fn known_or_read(self, findings: &[Finding], limits: &Limits) -> Result<Package, Error> {
        match findings {
            [] => Package::known(self.bytes, self.entries, self.directory, self.comment, limits),
            _ => Package::read(self.bytes, limits),
        }
    }
}

/// Overwrites bytes of a record.
fn put(record: &mut [u8], at: usize, bytes: &[u8]) {
    record.iter_mut().skip(at).zip(bytes).for_each(|(old, new)| *old = *new);
}

fn size(length: usize) -> Result<u32, Error> {
    u32::try_from(length)
        .ok()
        .filter(|size| *size < u32::MAX)
        .ok_or_else(|| Error::unsupported("the package would exceed 4 GiB, and zip64 is not written"))
}
