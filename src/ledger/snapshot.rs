//! The states of all seals, signed, for verifiers that cannot ask.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, Credentials};
use crate::error::{BoxError, Error};
use crate::ledger::signed::Signed;
use crate::ledger::{Head, Sm3, answer};
use crate::lifecycle::State;
use crate::time::Time;
use crate::trust::{SealStatus, StatusSource};

const KIND: &str = "ledger snapshot";

/// In which states the seals of a register were up to some time, signed by its keeper.
///
/// It answers a [`Verifier`](crate::Verifier) as the ledger would: see
/// [`Verifier::knowing`](crate::Verifier::knowing). Of what came after it was signed it knows nothing and
/// says so. Only one that was signed with the expected certificate can be had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot(Signed<Statement>);

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    head: Head,
    at: Time,
    /// Each seal's states, in the order in which it came into them.
    seals: BTreeMap<Sm3, Vec<(Time, State)>>,
}

impl Snapshot {
    pub(super) fn sign(
        head: Head,
        seals: BTreeMap<Sm3, Vec<(Time, State)>>,
        keeper: &Credentials,
        at: Time,
    ) -> Result<Self, Error> {
        Signed::sign(KIND, Statement { head, at, seals }, keeper).map(Snapshot)
    }

    /// Reads a snapshot that the holder of `keeper` signed.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::open`](crate::ledger::Checkpoint::open).
    pub fn open(json: &str, keeper: &Certificate) -> Result<Self, Error> {
        Signed::open(KIND, json, keeper, |statement: &Statement| statement.at).map(Snapshot)
    }

    /// One line of JSON.
    ///
    /// # Errors
    ///
    /// None that can be met; it is there for the writer of JSON.
    pub fn to_json(&self) -> Result<String, Error> {
        self.0.to_json()
    }

    /// Up to when it knows.
    #[must_use]
    pub fn at(&self) -> Time {
        self.0.statement.at
    }

    /// Where the ledger ended of which it was made.
    #[must_use]
    pub fn head(&self) -> Head {
        self.0.statement.head
    }

    /// How many seals it lists.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.statement.seals.len()
    }

    /// Whether it lists none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl StatusSource for Snapshot {
    fn status_at(&self, seal: &[u8], at: Time) -> Result<SealStatus, BoxError> {
        let statement = &self.0.statement;
        let Some(history) = statement.seals.get(&Sm3::of(seal)) else { return Ok(SealStatus::NotOnRecord) };
        let status = answer(history, at);
        // A state that nothing follows still holds after the snapshot; one in force may not.
        if at > statement.at && matches!(status, SealStatus::InForce { .. }) {
            return Ok(SealStatus::Unknown(format!(
                "the snapshot was signed at {}, and says nothing of {at}",
                statement.at
            )));
        }
        Ok(status)
    }
}
