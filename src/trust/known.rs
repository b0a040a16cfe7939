//! Facts that others know and a seal does not say.

use std::fmt;

use crate::error::BoxError;
use crate::time::Time;

/// Who can tell in which state a seal was at some instant: its making authority's register, or a
/// signed copy of what that knows.
///
/// With the feature "ledger", `Ledger` and `ledger::Snapshot` are such sources; a status service of
/// another authority is asked in an implementation of one's own.
pub trait StatusSource: fmt::Debug + Send + Sync {
    /// The state of the seal with these bytes (DER) at an instant.
    ///
    /// # Errors
    ///
    /// In the source's own words when it cannot be asked; the verifier reports that as unknown.
    fn status_at(&self, seal: &[u8], at: Time) -> Result<SealStatus, BoxError>;
}

/// What a source knows about a seal at an instant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SealStatus {
    /// It was in force.
    InForce {
        /// Since when.
        since: Time,
        /// When it went out of force later, and into which state, as far as that is known.
        ended: Option<(Time, String)>,
    },
    /// It was not.
    NotInForce {
        /// In which state it was, in words.
        state: String,
        /// Since when.
        since: Time,
    },
    /// It was suspended, and may come back into force.
    Suspended {
        /// In which state it was, in words.
        state: String,
        /// Since when.
        since: Time,
    },
    /// The source does not know the seal. It may be another authority's.
    NotOnRecord,
    /// The source knows the seal, and not its state at that instant; the sentence says why.
    Unknown(String),
}
