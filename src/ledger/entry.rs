//! One line of the ledger, and its one way of being written.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Context, Error};
use crate::ledger::Sm3;
use crate::lifecycle::{Operation, Provenance, State};
use crate::time::Time;

/// The most bytes of an entry in canonical JSON. Texts of operators are bounded by
/// [`Deed`](crate::ledger::Deed), so honest entries stay below 8 kB.
pub(crate) const LONGEST: usize = 64 << 10;

/// Something that happened to a seal: who did what, when and why, and what came of it.
///
/// Entries are numbered from 0 without gaps, and each holds the digest of the one before it: change
/// one, and every later one says so. They are written as canonical JSON – these fields in this order, no
/// spaces, absent fields left out – and the digest is SM3 over just those bytes, so that the chain can be
/// checked by a program of ten lines in any language.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Entry {
    /// The entry's number, counted from 0.
    pub sequence: u64,
    /// The digest of the entry before; [`Sm3::NONE`] in the first.
    pub previous: Sm3,
    /// When it was written into the ledger, by the clock of who wrote it.
    pub recorded: Time,
    /// When it took effect. It lies before `recorded` where a register takes over what happened
    /// earlier elsewhere, or where a seal is given up as of the day on which it was lost.
    pub at: Time,
    /// Who did it: a person or a system, in the register's own words.
    pub by: String,
    /// Why, in the register's own words; codes for it are in `operation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was done.
    pub operation: Operation,
    /// To which seal.
    pub seal: SealRef,
    /// The seal's state before; absent when it was not on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<State>,
    /// The seal's state from then on.
    pub after: State,
    /// The last instant at which the seal and a certificate that it lists are valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// The seal that this one was made of, or that takes this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<Sm3>,
    /// Where a migrated or remade seal comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// Papers that the register keeps elsewhere, such as an application and its approval.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub evidence: Vec<Evidence>,
}

/// Which seal an entry is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealRef {
    /// Its identifier (`esID`), or that of the application. Seals made of one another may share one.
    pub id: String,
    /// Its owner's code, such as the unified social credit code (GB 32100).
    pub owner: String,
    /// The SM3 digest of the seal's bytes: what tells two seals apart. Absent as long as there are no
    /// bytes, which is while it is applied for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm3: Option<Sm3>,
}

/// A paper that is kept elsewhere.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is.
    pub what: String,
    /// Its digest.
    pub sm3: Sm3,
}

impl Entry {
    /// The entry in canonical JSON: the bytes over which its digest is taken.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge) when it is longer than 64 KiB.
    pub fn to_json(&self) -> Result<String, Error> {
        let text = serde_json::to_string(self)
            .map_err(|source| Error::malformed("the entry cannot be written as JSON").caused_by(source))?;
        if text.len() > LONGEST {
            return Err(Error::too_large(format!("the entry has {} bytes, more than {LONGEST}", text.len())));
        }
        Ok(text)
    }

    /// Reads an entry, and refuses any that is not written in the canonical way.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) with the place at which it is no JSON, or no entry, or
    /// when the same entry would be written in other bytes.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(Error::too_large(format!("the entry has {} bytes, more than {LONGEST}", text.len())));
        }
        let entry: Entry = serde_json::from_str(text)
            .map_err(|source| Error::malformed(format!("not an entry of a ledger: {source}")).caused_by(source))?;
        if entry.to_json().context("reading an entry")? != text {
            return Err(Error::malformed(format!(
                "entry {} is not written in the canonical way: these fields in this order, without spaces",
                entry.sequence
            )));
        }
        Ok(entry)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry { sequence, at, operation, seal, after, by, reason, .. } = self;
        write!(f, "{sequence:>6}  {at}  {operation} → {after}  {}  {}  by {by}", seal.id, seal.owner)?;
        match reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}
