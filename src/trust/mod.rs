//! Belief: anchors by role, and paths to them.

mod anchors;
mod path;

pub use crate::trust::anchors::{Role, Trust};

pub(crate) use crate::trust::path::{Path, find_path};
