//! Writing a package anew around the entries that stay as they are.
//!
//! An entry that is not changed keeps its bytes, its place and its record in the directory, the
//! encoding of its name included; only the offset in the record is set anew.

use std::collections::BTreeMap;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use serde::{Deserialize, Serialize};

use crate::document::is_dense;
use crate::document::ofd::package::{Entry, Package};
use crate::error::Error;
use crate::time::Time;

const UTF8_NAME: u16 = 1 << 11;
/// Version 2.0: deflate and folders.
const VERSION: u16 = 20;

/// Date and time in the form of a zip package.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct ZipTime(u16, u16);

impl ZipTime {
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
) -> Result<Vec<u8>, Error> {
    if package.is_zip64() {
        return Err(Error::unsupported("the package is in the zip64 format, to which no file can be added"));
    }
    let more: usize = changed
        .values()
        .map(Vec::len)
        .chain(added.iter().map(|(name, bytes)| name.len().saturating_add(bytes.len())))
        .sum();
    let mut writer = Writer {
        out: Vec::with_capacity(package.bytes().len().saturating_add(more).saturating_add(4096)),
        time,
        deflater: None,
    };
    writer.out.extend_from_slice(package.prelude());
    let mut order: Vec<usize> = (0..package.entries().len()).collect();
    order.sort_by_key(|index| package.entry(*index).map_or(0, Entry::start));
    let mut records: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    for index in order {
        let entry = package.entry(index)?;
        let record = match changed.get(&index) {
            Some(bytes) => writer.replace(package.record(entry), bytes)?,
            None => writer.carry_over(package.span(entry), package.record(entry))?,
        };
        records.insert(index, record);
    }
    let mut directory: Vec<u8> = records.into_values().flatten().collect();
    for (name, bytes) in added {
        directory.append(&mut writer.add(name.as_bytes(), if name.is_ascii() { 0 } else { UTF8_NAME }, bytes)?);
    }
    let count = package.entries().len().saturating_add(added.len());
    writer.finish(&directory, count, package.comment())
}

struct Writer {
    out: Vec<u8>,
    time: ZipTime,
    /// Used for one entry after the other, since making one costs more than most entries do.
    deflater: Option<Compress>,
}

impl Writer {
    /// Copies an entry and gives its record with the new offset.
    fn carry_over(&mut self, span: &[u8], record: &[u8]) -> Result<Vec<u8>, Error> {
        let offset = self.offset()?;
        self.out.extend_from_slice(span);
        let mut record = record.to_owned();
        put(&mut record, 42, &offset.to_le_bytes());
        Ok(record)
    }

    /// Writes new contents under the name, and with the attributes, of an old record.
    fn replace(&mut self, old: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let field = |range: std::ops::Range<usize>| old.get(range).unwrap_or_default();
        let number =
            |at: usize| field(at..at.saturating_add(2)).iter().rev().fold(0, |sum, byte| sum << 8 | u16::from(*byte));
        let name = field(46..46_usize.saturating_add(usize::from(number(28)))).to_owned();
        let mut record = self.add(&name, number(8) & UTF8_NAME, bytes)?;
        // Who made it, and the attributes that go with that.
        put(&mut record, 4, field(4..6));
        put(&mut record, 36, field(36..42));
        Ok(record)
    }

    /// Writes an entry and gives its record.
    fn add(&mut self, name: &[u8], flags: u16, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let offset = self.offset()?;
        let folded = if is_dense(bytes) { None } else { Some(self.deflate(bytes)?) };
        let folded = folded.filter(|folded| folded.len() < bytes.len());
        let (method, data) = folded.as_deref().map_or((0_u16, bytes), |folded| (8, folded));
        let mut crc = Crc::new();
        crc.update(bytes);
        let mut common = Vec::new();
        for word in [VERSION, flags, method, self.time.1, self.time.0] {
            common.extend(word.to_le_bytes());
        }
        for word in [crc.sum(), size(data.len())?, size(bytes.len())?] {
            common.extend(word.to_le_bytes());
        }
        let name_length =
            u16::try_from(name.len()).map_err(|_| Error::unsupported("a file name is too long for zip"))?;
        common.extend(name_length.to_le_bytes());
        common.extend([0, 0]);
        self.out.extend(b"PK\x03\x04");
        for part in [&common, name, data] {
            self.out.extend_from_slice(part);
        }
        let mut record = b"PK\x01\x02".to_vec();
        record.extend(VERSION.to_le_bytes());
        record.extend(common);
        // No comment, the first disk, no attributes.
        record.extend([0; 10]);
        record.extend(offset.to_le_bytes());
        record.extend_from_slice(name);
        Ok(record)
    }

    fn deflate(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = || Error::malformed("a file could not be compressed");
        let deflater = self.deflater.get_or_insert_with(|| Compress::new(Compression::default(), false));
        deflater.reset();
        let mut folded = Vec::with_capacity(bytes.len().saturating_add(64));
        loop {
            let taken = usize::try_from(deflater.total_in()).unwrap_or(usize::MAX);
            let rest = bytes.get(taken..).unwrap_or_default();
            let status = deflater.compress_vec(rest, &mut folded, FlushCompress::Finish);
            match status.map_err(|source| failed().caused_by(source))? {
                Status::StreamEnd => return Ok(folded),
                // What does not fit is larger than it was: such an entry is stored.
                _ if folded.len() > bytes.len() => return Ok(folded),
                _ => folded.reserve(4096),
            }
        }
    }

    fn offset(&self) -> Result<u32, Error> {
        size(self.out.len())
    }

    fn finish(mut self, directory: &[u8], count: usize, comment: &[u8]) -> Result<Vec<u8>, Error> {
        let start = self.offset()?;
        let count = u16::try_from(count).ok().filter(|count| *count < u16::MAX);
        let count = count.ok_or_else(|| Error::unsupported("the package would have more than 65534 entries"))?;
        self.out.extend_from_slice(directory);
        self.out.extend(b"PK\x05\x06\0\0\0\0");
        self.out.extend(count.to_le_bytes());
        self.out.extend(count.to_le_bytes());
        self.out.extend(size(directory.len())?.to_le_bytes());
        self.out.extend(start.to_le_bytes());
        let length =
            u16::try_from(comment.len()).map_err(|_| Error::unsupported("the package's comment is too long"))?;
        self.out.extend(length.to_le_bytes());
        self.out.extend_from_slice(comment);
        Ok(self.out)
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
