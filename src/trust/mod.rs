//! Belief: anchors by role, paths to them, and what was revoked.

mod anchors;
mod chain;
mod constraints;
mod crl;
mod evidence;
mod general;
mod known;
mod memory;
mod ocsp;
mod path;
mod policy;
mod revocation;
mod watch;

#[cfg(all(test, feature = "authority", feature = "sm"))]
mod tests;

pub use crate::trust::anchors::{Anchor, Role, Trust};
pub use crate::trust::chain::{
    Chain, ChainState, Doubt, EvidenceKind, Link, Obstacle, Problem, Reason, Revocation, Told, Wanted,
};
pub use crate::trust::evidence::{Evidence, Origin};
pub use crate::trust::known::{SealStatus, StatusSource};
pub use crate::trust::policy::PolicyRules;
pub use crate::trust::revocation::Freshness;

pub(crate) use crate::trust::evidence::Carried;
pub(crate) use crate::trust::memory::Memory;
pub(crate) use crate::trust::path::Question;
pub(crate) use crate::trust::revocation::exempt;
