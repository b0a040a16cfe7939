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
    /// GB/T 38540-2020, in force; version number 4. What this crate writes by default.
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

/// What seal data are, those that are refused included: what a migrated or remade seal was made of.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceFormat {
    /// A seal of GM/T 0031-2014.
    Gmt0031_2014,
    /// A seal of the interim platform standard C 0119.
    C0119,
    /// A seal of GB/T 38540-2020.
    Gbt38540_2020,
    /// A seal of GM/T 0031-2025.
    Gmt0031_2025,
    /// A packed structure from before 2014.
    PackedStructure,
    /// A picture alone.
    Picture,
}

impl SourceFormat {
    /// Every format there is.
    pub const ALL: [SourceFormat; 6] = [
        SourceFormat::Gmt0031_2014,
        SourceFormat::C0119,
        SourceFormat::Gbt38540_2020,
        SourceFormat::Gmt0031_2025,
        SourceFormat::PackedStructure,
        SourceFormat::Picture,
    ];

    /// The name, as it is serialised and written into seals.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SourceFormat::Gmt0031_2014 => "gmt0031-2014",
            SourceFormat::C0119 => "c0119",
            SourceFormat::Gbt38540_2020 => "gbt38540-2020",
            SourceFormat::Gmt0031_2025 => "gmt0031-2025",
            SourceFormat::PackedStructure => "packed-structure",
            SourceFormat::Picture => "picture",
        }
    }
}

impl fmt::Display for SourceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Edition> for SourceFormat {
    fn from(edition: Edition) -> Self {
        match edition {
            Edition::Gmt0031_2014 => SourceFormat::Gmt0031_2014,
            Edition::Gbt38540_2020 => SourceFormat::Gbt38540_2020,
            Edition::Gmt0031_2025 => SourceFormat::Gmt0031_2025,
        }
    }
}
