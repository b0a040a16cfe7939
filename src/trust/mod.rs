//! Belief: anchors by role, and paths to them.

mod anchors;
mod known;
mod path;

pub use crate::trust::anchors::{Role, Trust};
pub use crate::trust::known::{SealStatus, StatusSource};

pub(crate) use crate::trust::path::{Path, find_path};
