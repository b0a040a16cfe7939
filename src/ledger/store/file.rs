//! The register's file: a header of our own, and behind it the database's pages.
//!
//! This is the one place in the library that opens a file by its path: locking, syncing and renaming are
//! what makes a register survive, and none of them can be asked of bytes handed in.
//!
//! The database checks pages that are in use; bytes between them it does not look at. So a register that
//! is closed holds a digest over all of its bytes, in the header:
//!
//! ```text
//! 0     "eseal register 1"      16 bytes
//! 16    "U" in use, "C" closed
//! 24    closed: the length of what follows the header, 8 bytes, most significant first
//! 32    closed: SHA-256 of what follows the header
//! 64    zeros
//! 4096  the database
//! ```
//!
//! The state becomes "in use" before the first byte of the database changes. So a closed register in which
//! any byte is not what it was is refused, and one that was in use when power failed is checked page by
//! page and rolled back to its last commit.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

use crate::crypto::{DigestAlgorithm, Digester};
use crate::error::{Error, ErrorKind};

const MAGIC: &[u8; 16] = b"eseal register 1";
const IN_USE: u8 = b'U';
const CLOSED: u8 = b'C';

/// Where the database begins: one of its pages, so that pages stay on sectors.
const START: u64 = 4096;

/// A register's file, locked, its header read.
#[derive(Debug)]
pub(super) struct Register {
    file: File,
    /// Whether it was closed and is, byte for byte, as it was then.
    pub(super) whole: bool,
}

/// How a register is to be opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Access {
    Read,
    Write,
}

impl Register {
    /// Opens and locks a register and checks its header, and if it was closed all of it.
    pub(super) fn open(path: &Path, access: Access) -> Result<Self, Error> {
        let file = OpenOptions::new()
            .read(true)
            .write(access == Access::Write)
            .open(path)
            .map_err(|error| failed(path, "cannot be opened", error))?;
        lock(&file, path, access)?;
        let whole = check(&file).map_err(|error| error.context(path.display()))?;
        Ok(Register { file, whole })
    }

    /// Makes an empty register beside `path`, to be put in its place by [`publish`].
    pub(super) fn draft(path: &Path) -> Result<(Self, PathBuf), Error> {
        let draft = draft_path(path);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&draft)
            .map_err(|error| failed(path, "cannot be made", error))?;
        lock(&file, &draft, Access::Write)?;
        // What a process left that was killed while it made one.
        file.set_len(0).map_err(|error| failed(path, "cannot be made", error))?;
        Ok((Register { file, whole: true }, draft))
    }

    pub(super) fn into_backend(self) -> Pages<File> {
        Pages::on(self.file)
    }
}

/// Gives a finished draft its name, unless there is something of that name.
pub(super) fn publish(draft: &Path, path: &Path) -> Result<(), Error> {
    fs::hard_link(draft, path).map_err(|error| failed(path, "cannot be made", error))?;
    fs::remove_file(draft).map_err(|error| failed(draft, "cannot be removed", error))?;
    // A new name is safe once its folder is; not every system lets a folder be synced.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn draft_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn lock(file: &File, path: &Path, access: Access) -> Result<(), Error> {
    let locked = match access {
        Access::Read => file.try_lock_shared(),
        Access::Write => file.try_lock(),
    };
    match locked {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::Store,
            format!(
                "{}: the register is in use by another process; wait until it is closed, or share one through PostgreSQL",
                path.display()
            ),
        )),
        Err(TryLockError::Error(error)) => Err(failed(path, "cannot be locked", error)),
    }
}

/// What the system says, and what to do about it.
pub(super) fn failed(path: &Path, what: &str, error: io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::FileTooLarge | io::ErrorKind::QuotaExceeded => {
            "; make room and open it again: all that was acknowledged is in it"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; it can be read, and to write one needs the permission"
        }
        _ => "",
    };
    Error::new(ErrorKind::Store, format!("{}: the register {what}: {error}{advice}", path.display())).caused_by(error)
}

/// What a register lies on: a file, and in tests one that loses power.
pub(super) trait Disk: std::fmt::Debug + Send + 'static {
    fn size(&self) -> io::Result<u64>;
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()>;
    fn resize(&mut self, length: u64) -> io::Result<()>;
    /// When it returns, all that was written before is on stable storage.
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut file = self;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(out)
    }

    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.write_all(data)
    }

    fn resize(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Reads the header; answers whether the register was closed and is as it was then.
fn check(disk: &impl Disk) -> Result<bool, Error> {
    let mut header = [0; START as usize];
    disk.read_at(0, &mut header).map_err(|error| {
        Error::new(ErrorKind::Store, format!("not a register: it has no header of {START} bytes ({error})"))
    })?;
    let (magic, rest) = header.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Error::new(ErrorKind::Store, "not a register of this program: it begins otherwise"));
    }
    if rest.first() == Some(&IN_USE) && rest.iter().skip(1).all(|octet| *octet == 0) {
        return Ok(false);
    }
    let now = closed_header(disk).map_err(|error| {
        Error::new(ErrorKind::Store, format!("the register cannot be read: {error}")).caused_by(error)
    })?;
    if now.as_slice() == header.as_slice() {
        return Ok(true);
    }
    Err(Error::new(
        ErrorKind::Store,
        "the register is damaged: its bytes are not those with which it was closed; restore it from a copy or from an export",
    ))
}

fn length(disk: &impl Disk) -> io::Result<u64> {
    Ok(disk.size()?.saturating_sub(START))
}

/// The header of a closed register with these contents.
fn closed_header(disk: &impl Disk) -> io::Result<Vec<u8>> {
    let length = length(disk)?;
    let mut digester = Digester::new(DigestAlgorithm::Sha256).map_err(io::Error::other)?;
    let mut buffer = vec![0; 1 << 16];
    let mut done = 0;
    while done < length {
        let count = (length - done).min(1 << 16);
        let part = buffer.get_mut(..count as usize).unwrap_or_default();
        disk.read_at(START.saturating_add(done), part)?;
        digester.update(part);
        done = done.saturating_add(count);
    }
    let mut header = MAGIC.to_vec();
    header.push(CLOSED);
    header.resize(24, 0);
    header.extend(length.to_be_bytes());
    header.extend(digester.finish());
    header.resize(START as usize, 0);
    Ok(header)
}

fn in_use_header() -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.push(IN_USE);
    header.resize(START as usize, 0);
    header
}

/// The database's pages behind the header. A file's lock lasts as long as it is open.
#[derive(Debug)]
pub(super) struct Pages<D>(Mutex<Open<D>>);

#[derive(Debug)]
struct Open<D> {
    disk: D,
    /// Whether the header says "in use".
    marked: bool,
    /// Whether something could not be written; then the register stays marked, and is checked when it
    /// is opened again.
    failed: bool,
}

impl<D: Disk> Pages<D> {
    pub(super) fn on(disk: D) -> Self {
        Pages(Mutex::new(Open { disk, marked: false, failed: false }))
    }

    fn open(&self) -> MutexGuard<'_, Open<D>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, deed: impl FnOnce(&mut D) -> io::Result<()>) -> io::Result<()> {
        let mut open = self.open();
        let done = open.mark().and_then(|()| deed(&mut open.disk));
        open.failed |= done.is_err();
        done
    }
}

impl<D: Disk> Open<D> {
    fn mark(&mut self) -> io::Result<()> {
        if !self.marked {
            self.disk.write_at(0, &in_use_header())?;
            self.disk.sync()?;
            self.marked = true;
        }
        Ok(())
    }
}

fn shifted(offset: u64) -> io::Result<u64> {
    offset.checked_add(START).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

impl<D: Disk> StorageBackend for Pages<D> {
    fn len(&self) -> io::Result<u64> {
        length(&self.open().disk)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.open().disk.read_at(shifted(offset)?, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(|disk| disk.resize(shifted(len)?))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut open = self.open();
        let done = open.disk.sync();
        open.failed |= done.is_err();
        done
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(|disk| disk.write_at(shifted(offset)?, data))
    }

    fn close(&self) -> io::Result<()> {
        let mut open = self.open();
        if open.marked && !open.failed {
            open.disk.sync()?;
            let header = closed_header(&open.disk)?;
            open.disk.write_at(0, &header)?;
            open.disk.sync()?;
            open.marked = false;
        }
        Ok(())
    }
}
