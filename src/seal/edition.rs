//! The standards under which seals were and are made.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The standard whose structures a seal or a seal signature has.
///
/// It is told by shape, not by the version number inside, which real files set at will.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Edition {
    /// GM/T 0031-2014, superseded; often called V1.
    #[serde(rename = "GM/T 0031-2014")]
    Gmt0031_2014,
    /// GB/T 38540-2020, in force; version number 4. What this crate writes.
    #[serde(rename = "GB/T 38540-2020")]
    Gbt38540_2020,
    /// GM/T 0031-2025; version number 5: the structures of 2020 with a time stamp on the seal.
    #[serde(rename = "GM/T 0031-2025")]
    Gmt0031_2025,
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Edition::Gmt0031_2014 => "GM/T 0031-2014",
            Edition::Gbt38540_2020 => "GB/T 38540-2020",
            Edition::Gmt0031_2025 => "GM/T 0031-2025",
        })
    }
}
