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

    pub(super) fn into_backend(self) -> Pages {
        Pages(Mutex::new(Open { file: self.file, marked: false, failed: false }))
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

/// Reads the header; answers whether the register was closed and is as it was then.
fn check(file: &File) -> Result<bool, Error> {
    let mut header = [0; START as usize];
    read_at(file, 0, &mut header).map_err(|error| {
        Error::new(ErrorKind::Store, format!("not a register: it has no header of {START} bytes ({error})"))
    })?;
    let (magic, rest) = header.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Error::new(ErrorKind::Store, "not a register of this program: it begins otherwise"));
    }
    if rest.first() == Some(&IN_USE) && rest.iter().skip(1).all(|octet| *octet == 0) {
        return Ok(false);
    }
    let now = length(file).and_then(|length| closed_header(file, length)).map_err(|error| {
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

fn length(file: &File) -> io::Result<u64> {
    Ok(file.metadata()?.len().saturating_sub(START))
}

/// The header of a closed register with these contents.
fn closed_header(file: &File, length: u64) -> io::Result<Vec<u8>> {
    let mut digester = Digester::new(DigestAlgorithm::Sha256).map_err(io::Error::other)?;
    let mut file = file;
    file.seek(SeekFrom::Start(START))?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => digester.update(buffer.get(..count).unwrap_or_default()),
        }
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

fn read_at(mut file: &File, offset: u64, out: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(out)
}

fn write_at(mut file: &File, offset: u64, data: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(data)
}

/// The database's pages behind the header. The lock lasts as long as the file is open.
#[derive(Debug)]
pub(super) struct Pages(Mutex<Open>);

#[derive(Debug)]
struct Open {
    file: File,
    /// Whether the header says "in use".
    marked: bool,
    /// Whether something could not be written; then the register stays marked, and is checked when it
    /// is opened again.
    failed: bool,
}

impl Pages {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, deed: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        let mut open = self.open();
        let done = open.mark().and_then(|()| deed(&open.file));
        open.failed |= done.is_err();
        done
    }
}

impl Open {
    fn mark(&mut self) -> io::Result<()> {
        if !self.marked {
            write_at(&self.file, 0, &in_use_header())?;
            self.file.sync_data()?;
            self.marked = true;
        }
        Ok(())
    }
}

fn shifted(offset: u64) -> io::Result<u64> {
    offset.checked_add(START).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

impl StorageBackend for Pages {
    fn len(&self) -> io::Result<u64> {
        length(&self.open().file)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        read_at(&self.open().file, shifted(offset)?, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(|file| file.set_len(shifted(len)?))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut open = self.open();
        let done = open.file.sync_data();
        open.failed |= done.is_err();
        done
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(|file| write_at(file, shifted(offset)?, data))
    }

    fn close(&self) -> io::Result<()> {
        let mut open = self.open();
        if open.marked && !open.failed {
            open.file.sync_data()?;
            let header = length(&open.file).and_then(|length| closed_header(&open.file, length))?;
            write_at(&open.file, 0, &header)?;
            open.file.sync_data()?;
            open.marked = false;
        }
        Ok(())
    }
}
