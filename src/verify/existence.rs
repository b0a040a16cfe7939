//! Since when things are proven to have existed (EN 319 102-1, 5.6.2).

use std::fmt;

use serde::Serialize;

use crate::document::{Coverage, Found, Protected};
use crate::time::Time;

/// What a time is worth.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Basis {
    /// A time stamp that holds proves that the signature existed by then.
    Proven,
    /// The signatory says so, and by the signature's standard or by the policy that counts.
    Claimed,
    /// Nothing earlier is known: the time of verification.
    Verification,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Basis::Proven => "proven",
            Basis::Claimed => "claimed",
            Basis::Verification => "time of verification",
        })
    }
}

/// What proves that a signature existed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProofKind {
    /// A time stamp over the signature's value.
    SignatureTimeStamp,
    /// A document time stamp whose bytes hold the signature.
    DocumentTimeStamp,
}

/// A proof of existence: at `time` the signature was there.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Proof {
    /// By when it existed.
    pub time: Time,
    /// What proves it.
    pub kind: ProofKind,
    /// The field of the document time stamp; the subject of the authority for others.
    pub by: String,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ProofKind::SignatureTimeStamp => write!(f, "{} by a time stamp of {}", self.time, self.by),
            ProofKind::DocumentTimeStamp => write!(f, "{} by the document time stamp \"{}\"", self.time, self.by),
        }
    }
}

/// For which checks a time counted, and what that time is worth.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TimeUse {
    /// The names of the checks.
    pub checks: Vec<&'static str>,
    /// The time as of which they were made.
    pub time: Time,
    /// What it is worth.
    pub basis: Basis,
}

/// As of when something is judged: it existed for certain at one time, and what is known is what is known now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// When it existed, as a later time stamp proves.
    pub(super) existed: Option<Time>,
    /// The time of verification.
    pub(super) now: Time,
}

impl Moment {
    pub(super) fn as_of(self) -> Time {
        self.existed.unwrap_or(self.now)
    }
}

/// The document time stamps that were found to hold, and what each of them covers.
#[derive(Debug, Default)]
pub(super) struct Existence {
    proofs: Vec<(u64, Proof)>,
}

impl Existence {
    /// Remembers a document time stamp that holds. It proves all that lies in front of its own room, if
    /// its ranges are what a signature's ranges must be.
    pub(super) fn add(&mut self, stamp: &Found, time: Time) {
        let is_sound = matches!(stamp.coverage, Coverage::Revision | Coverage::Whole);
        if let (true, Some((hole, _))) = (is_sound, room(stamp)) {
            let proof = Proof { time, kind: ProofKind::DocumentTimeStamp, by: stamp.id.clone() };
            self.proofs.push((hole, proof));
        }
    }

    /// The earliest proof for a signature: that of the earliest time stamp which covers its room.
    pub(super) fn of(&self, found: &Found) -> Option<&Proof> {
        let (_, end) = room(found)?;
        let covering = self.proofs.iter().filter(|(reach, _)| end <= *reach).map(|(_, proof)| proof);
        covering.min_by_key(|proof| proof.time)
    }
}

/// Where the room of a signature begins and ends: the bytes that its two ranges leave out.
pub(super) fn room(found: &Found) -> Option<(u64, u64)> {
    match &found.protected {
        Protected::Ranges(ranges) => match ranges.as_slice() {
            [(0, length), (start, _)] if length <= start => Some((*length, *start)),
            _ => None,
        },
        _ => None,
    }
}
