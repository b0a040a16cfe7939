//! Where the ledger's lines and the seals' bytes lie.

mod embedded;
mod file;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::ledger::Sm3;

pub use crate::ledger::store::embedded::FileStore;
pub use crate::ledger::store::memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use crate::ledger::store::postgres::PostgresStore;

/// Where a ledger ends: how many entries it has, and the digest of the last.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many entries.
    pub length: u64,
    /// The digest of the last one; [`Sm3::NONE`] when there is none.
    pub sm3: Sm3,
}

impl Head {
    /// The end of an empty ledger.
    pub const EMPTY: Head = Head { length: 0, sm3: Sm3::NONE };
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries, the last one's digest {}", self.length, self.sm3)
    }
}

/// One entry as a store keeps it. A store looks into none of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// The entry's number, counted from 0.
    pub sequence: u64,
    /// The entry in canonical JSON.
    pub text: String,
    /// The digest of the text.
    pub sm3: Sm3,
    /// By what it is to be found.
    pub keys: Vec<Key>,
}

/// One way to find an entry.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Key {
    /// By what.
    pub index: Index,
    /// By which value.
    pub value: String,
}

/// By what entries are found.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Index {
    /// The seal's identifier.
    Id,
    /// The owner's code.
    Owner,
    /// The digest of the seal, in hexadecimal digits.
    Seal,
    /// The digest of the seal that one was made of, in hexadecimal digits.
    Source,
    /// The last instant of use in RFC 3339, which sorts as time does.
    Until,
}

impl Index {
    /// The number by which stores tell them apart.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Index::Id => 0,
            Index::Owner => 1,
            Index::Seal => 2,
            Index::Source => 3,
            Index::Until => 4,
        }
    }
}

/// How much a store holds: with it a walk along the chain finds what no entry accounts for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// Entries.
    pub lines: u64,
    /// Keys of all entries together.
    pub keys: u64,
    /// Seals' bytes.
    pub blobs: u64,
}

/// Keeps lines, keys and seals' bytes for a [`Ledger`](crate::Ledger).
///
/// Two promises are asked for, and nothing of seals is known here. *All or nothing*: an append is on
/// stable storage when it is answered, or leaves no trace. *Compare and swap*: it is refused when the
/// ledger does not end where the caller thinks, so that writers who do not know of each other neither
/// lose nor double an entry.
pub trait Store: fmt::Debug + Send + Sync {
    /// Where the ledger ends.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read; so for every method.
    fn head(&self) -> Result<Head, Error>;

    /// Adds lines and the bytes of seals if the ledger still ends at `expected`; answers whether it did.
    /// Bytes that are kept already are kept once.
    ///
    /// # Errors
    ///
    /// When the storage did not take all of it; then it took none of it.
    fn append(&self, expected: &Head, lines: &[Line], blobs: &[(Sm3, &[u8])]) -> Result<bool, Error>;

    /// At most `most` entries from number `from` on, in order: each text with its digest as stored.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read.
    fn read(&self, from: u64, most: usize) -> Result<Vec<(String, Sm3)>, Error>;

    /// The numbers of the entries found by a key, in order.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read.
    fn find(&self, key: &Key) -> Result<Vec<u64>, Error>;

    /// The numbers of the entries that are found in `index` by a value up to and including `last`, in
    /// the order of values.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read.
    fn find_up_to(&self, index: Index, last: &str) -> Result<Vec<u64>, Error>;

    /// A seal's bytes.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read.
    fn blob(&self, seal: &Sm3) -> Result<Option<Vec<u8>>, Error>;

    /// How much there is of everything.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read.
    fn totals(&self) -> Result<Totals, Error>;

    /// Looks for damage that shows in the storage itself, below what entries say.
    ///
    /// # Errors
    ///
    /// With what is damaged.
    fn check(&self) -> Result<(), Error>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn head(&self) -> Result<Head, Error> {
        (**self).head()
    }

    fn append(&self, expected: &Head, lines: &[Line], blobs: &[(Sm3, &[u8])]) -> Result<bool, Error> {
        (**self).append(expected, lines, blobs)
    }

    fn read(&self, from: u64, most: usize) -> Result<Vec<(String, Sm3)>, Error> {
        (**self).read(from, most)
    }

    fn find(&self, key: &Key) -> Result<Vec<u64>, Error> {
        (**self).find(key)
    }

    fn find_up_to(&self, index: Index, last: &str) -> Result<Vec<u64>, Error> {
        (**self).find_up_to(index, last)
    }

    fn blob(&self, seal: &Sm3) -> Result<Option<Vec<u8>>, Error> {
        (**self).blob(seal)
    }

    fn totals(&self) -> Result<Totals, Error> {
        (**self).totals()
    }

    fn check(&self) -> Result<(), Error> {
        (**self).check()
    }
}
