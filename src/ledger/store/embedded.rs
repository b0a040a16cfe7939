//! The register in one file, without a server.
//!
//! Of the two candidates – SQLite and redb – redb is taken. Both survive the loss of power. redb is Rust
//! throughout and takes its storage through a trait, so that a register can lie behind a header with a
//! digest over all of its bytes (see `file.rs`), and each of its pages in use has a checksum of its own;
//! SQLite pages have none. It is also twice as fast at commits of the size of an entry.

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use redb::{
    Builder, Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase as _, ReadableTableMetadata as _,
    TableDefinition,
};

use crate::error::{Context, Error, ErrorKind};
use crate::ledger::Sm3;
use crate::ledger::store::file::{Access, Register, failed, publish};
use crate::ledger::store::{Head, Index, Key, Line, Store, Totals};

/// Number → digest and text.
const LINES: TableDefinition<'_, u64, (&[u8; 32], &str)> = TableDefinition::new("lines");
/// Index, value and number.
const KEYS: TableDefinition<'_, (u8, &str, u64), ()> = TableDefinition::new("keys");
/// Digest → bytes of a seal.
const BLOBS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("blobs");

/// Memory for pages: a city's register fits several times.
const CACHE: usize = 64 << 20;

/// A ledger in one file. It survives the loss of power and the death of the process: an entry that was
/// acknowledged is there after a restart.
///
/// One process at a time may write; to share a register between machines there is `PostgresStore` behind
/// the feature "postgres". Opening and closing read the whole file once, about a second for each
/// gigabyte, and find any byte that changed while it was closed.
pub struct FileStore {
    path: PathBuf,
    database: Opened,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileStore({})", self.path.display())
    }
}

enum Opened {
    Write(Database),
    Read(ReadOnlyDatabase),
}

impl FileStore {
    /// Makes an empty register.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] when there is something of that name already, or when it cannot be written.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        if path.exists() {
            return Err(Error::new(
                ErrorKind::Store,
                format!("{}: there is a file already; open it, or choose another name", path.display()),
            ));
        }
        let (register, draft) = Register::draft(path)?;
        let wrong = |error: redb::Error| told(path, "cannot be made", error);
        let database = builder().create_with_backend(register.into_backend()).map_err(|error| wrong(error.into()))?;
        make_tables(&database).map_err(wrong)?;
        database.close().map_err(|error| wrong(error.into()))?;
        publish(&draft, path)?;
        Self::open(path)
    }

    /// Opens a register. One that was in use when its process died is checked and rolled back to the
    /// last entry that was acknowledged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] when there is none, it is in use by another process, may not be written, or
    /// is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let register = Register::open(path, Access::Write)?;
        let mut builder = builder();
        builder.set_check_integrity_on_open(!register.whole);
        let database = builder
            .create_with_backend(register.into_backend())
            .map_err(|error| told(path, "cannot be opened", error.into()))?;
        Ok(FileStore { path: path.to_owned(), database: Opened::Write(database) })
    }

    /// Opens a register, or makes an empty one.
    ///
    /// # Errors
    ///
    /// As [`FileStore::open`] and [`FileStore::create`].
    pub fn open_or_create(path: impl AsRef<Path>) -> Result<Self, Error> {
        if path.as_ref().exists() { Self::open(path) } else { Self::create(path) }
    }

    /// Opens a register to read it; several processes may at once.
    ///
    /// # Errors
    ///
    /// As [`FileStore::open`]; and when it was in use as its process died: then it has to be opened for
    /// writing once, to be checked.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let register = Register::open(path, Access::Read)?;
        if !register.whole {
            return Err(Error::new(
                ErrorKind::Store,
                format!(
                    "{}: the register was not closed; open it for writing once, to have it checked",
                    path.display()
                ),
            ));
        }
        let database = builder()
            .open_read_only_with_backend(register.into_backend())
            .map_err(|error| told(path, "cannot be opened", error.into()))?;
        Ok(FileStore { path: path.to_owned(), database: Opened::Read(database) })
    }

    /// Closes the register and says whether that went well. Dropping it closes it too, in silence.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] when the last bytes cannot be written. What was acknowledged is safe even so.
    pub fn close(self) -> Result<(), Error> {
        let closed = match self.database {
            Opened::Write(database) => database.close(),
            Opened::Read(database) => database.close(),
        };
        closed.map_err(|error| told(&self.path, "cannot be closed", error.into()))
    }

    fn begin(&self) -> Result<ReadTransaction, redb::Error> {
        Ok(match &self.database {
            Opened::Write(database) => database.begin_read()?,
            Opened::Read(database) => database.begin_read()?,
        })
    }

    fn read_by<T>(&self, read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, Error> {
        self.begin()
            .and_then(|transaction| read(&transaction))
            .map_err(|error| told(&self.path, "cannot be read", error))
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    builder
}

fn make_tables(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(LINES)?;
    transaction.open_table(KEYS)?;
    transaction.open_table(BLOBS)?;
    Ok(transaction.commit()?)
}

/// The database's error in our words; what the system said keeps its advice.
fn told(path: &Path, what: &str, error: redb::Error) -> Error {
    match error {
        redb::Error::Io(error) => failed(path, what, error),
        redb::Error::PreviousIo => Error::new(
            ErrorKind::Store,
            format!("{}: the register {what} after an earlier failure; open it again", path.display()),
        ),
        redb::Error::Corrupted(told) => Error::new(
            ErrorKind::Store,
            format!("{}: the register is damaged ({told}); restore it from a copy or an export", path.display()),
        ),
        error => {
            Error::new(ErrorKind::Store, format!("{}: the register {what}: {error}", path.display())).caused_by(error)
        }
    }
}

impl Store for FileStore {
    fn head(&self) -> Result<Head, Error> {
        self.read_by(|transaction| head_of(&transaction.open_table(LINES)?))
    }

    fn append(&self, expected: &Head, lines: &[Line], blobs: &[(Sm3, &[u8])]) -> Result<bool, Error> {
        let Opened::Write(database) = &self.database else {
            return Err(Error::new(
                ErrorKind::Store,
                format!("{}: the register was opened to be read only", self.path.display()),
            ));
        };
        append(database, expected, lines, blobs).map_err(|error| told(&self.path, "cannot be written", error))
    }

    fn read(&self, from: u64, most: usize) -> Result<Vec<(String, Sm3)>, Error> {
        self.read_by(|transaction| {
            let table = transaction.open_table(LINES)?;
            let lines = table.range(from..)?.take(most).map(|line| {
                let (_, value) = line?;
                let (sm3, text) = value.value();
                Ok((text.to_owned(), Sm3::from_octets(*sm3)))
            });
            lines.collect()
        })
    }

    fn find(&self, key: &Key) -> Result<Vec<u64>, Error> {
        let index = key.index.number();
        self.read_by(|transaction| numbers(transaction, (index, &key.value, 0), (index, &key.value, u64::MAX)))
            .context(format_args!("looking for {}", key.value))
    }

    fn find_up_to(&self, index: Index, last: &str) -> Result<Vec<u64>, Error> {
        let index = index.number();
        self.read_by(|transaction| numbers(transaction, (index, "", 0), (index, last, u64::MAX)))
    }

    fn blob(&self, seal: &Sm3) -> Result<Option<Vec<u8>>, Error> {
        self.read_by(|transaction| {
            let table = transaction.open_table(BLOBS)?;
            Ok(table.get(seal.octets())?.map(|bytes| bytes.value().to_vec()))
        })
    }

    fn totals(&self) -> Result<Totals, Error> {
        self.read_by(|transaction| {
            Ok(Totals {
                lines: transaction.open_table(LINES)?.len()?,
                keys: transaction.open_table(KEYS)?.len()?,
                blobs: transaction.open_table(BLOBS)?.len()?,
            })
        })
    }

    /// All bytes, or all pages in use, were checked when it was opened.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

fn head_of(lines: &impl redb::ReadableTable<u64, (&'static [u8; 32], &'static str)>) -> Result<Head, redb::Error> {
    Ok(match lines.last()? {
        None => Head::EMPTY,
        Some((sequence, value)) => {
            Head { length: sequence.value().saturating_add(1), sm3: Sm3::from_octets(*value.value().0) }
        }
    })
}

/// The database lets one writer in at a time, so nothing happens between the look and the insertion.
/// A transaction that is not committed leaves no trace.
fn append(database: &Database, expected: &Head, lines: &[Line], blobs: &[(Sm3, &[u8])]) -> Result<bool, redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(LINES)?;
        if head_of(&table)? != *expected {
            return Ok(false);
        }
        let mut keys = transaction.open_table(KEYS)?;
        for line in lines {
            table.insert(line.sequence, (line.sm3.octets(), line.text.as_str()))?;
            for key in &line.keys {
                keys.insert((key.index.number(), key.value.as_str(), line.sequence), ())?;
            }
        }
        let mut table = transaction.open_table(BLOBS)?;
        for (sm3, bytes) in blobs {
            table.insert(sm3.octets(), *bytes)?;
        }
    }
    transaction.commit()?;
    Ok(true)
}

fn numbers(
    transaction: &ReadTransaction,
    first: (u8, &str, u64),
    last: (u8, &str, u64),
) -> Result<Vec<u64>, redb::Error> {
    let table = transaction.open_table(KEYS)?;
    let found = table.range(first..=last)?.map(|key| Ok(key?.0.value().2));
    found.collect()
}
