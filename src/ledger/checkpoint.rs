//! Signed ends of the ledger.

use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, Credentials};
use crate::error::Error;
use crate::ledger::signed::Signed;
use crate::ledger::{Broken, Head, Sm3};
use crate::time::Time;

const KIND: &str = "ledger checkpoint";

/// Where a ledger ended at some time, signed by its keeper.
///
/// A chain shows what was changed in it, not what was cut off its end, nor that all of it was written
/// anew. A checkpoint that is kept elsewhere shows both: see
/// [`Ledger::verify_against`](crate::Ledger::verify_against). Only one that was signed with the expected
/// certificate can be had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint(Signed<Statement>);

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    head: Head,
    at: Time,
}

impl Checkpoint {
    pub(super) fn sign(head: Head, keeper: &Credentials, at: Time) -> Result<Self, Error> {
        Signed::sign(KIND, Statement { head, at }, keeper).map(Checkpoint)
    }

    /// Reads a checkpoint that the holder of `keeper` signed.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) when it is none; [`NotValid`](crate::ErrorKind::NotValid)
    /// when another certificate signed it, outside its validity, or the value does not verify.
    pub fn open(json: &str, keeper: &Certificate) -> Result<Self, Error> {
        Signed::open(KIND, json, keeper, |statement: &Statement| statement.at).map(Checkpoint)
    }

    /// One line of JSON.
    ///
    /// # Errors
    ///
    /// None that can be met; it is there for the writer of JSON.
    pub fn to_json(&self) -> Result<String, Error> {
        self.0.to_json()
    }

    /// Where the ledger ended.
    #[must_use]
    pub fn head(&self) -> Head {
        self.0.statement.head
    }

    /// When it was signed, by the keeper's word.
    #[must_use]
    pub fn at(&self) -> Time {
        self.0.statement.at
    }

    /// What is wrong with a ledger that has only so many entries, if it should have more.
    pub(super) fn cut(&self, length: u64) -> Option<Broken> {
        let counted = self.head().length;
        (length < counted).then(|| Broken {
            sequence: length,
            detail: format!("the signed checkpoint counts {counted} entries, {length} are left"),
        })
    }

    /// What is wrong with a ledger whose entry at the checkpoint has this digest.
    pub(super) fn rewritten(&self, sm3: Sm3) -> Option<Broken> {
        let Head { length, sm3: signed } = self.head();
        (sm3 != signed).then(|| Broken {
            sequence: length.saturating_sub(1),
            detail: format!("its digest is {sm3}, and the signed checkpoint has {signed}: up to it all was rewritten"),
        })
    }
}
