//! Types of licences as data: what a licence of the type says, how it looks, who seals it where.

mod check;
mod item;

use serde::{Deserialize, Serialize};

pub use crate::licence::profile::item::{Block, Item, ItemKind};

use crate::compose::Layout;
use crate::error::{Context, Error};
use crate::identifier::LicenceTypeCode;
use crate::licence::remark::require_good;
use crate::licence::{Body, Day, HolderKind, Metadata};

/// The JSON schema of profiles (2020-12). The face is described by [`compose::SCHEMA`](crate::compose::SCHEMA).
pub const SCHEMA: &str = include_str!("schema.json");

/// The largest profile that is read: a face of many pages has some hundred kilobytes.
const MOST_BYTES: usize = 4 << 20;

/// A type of licence: a file in JSON with the blocks that concrete-licence standards have.
///
/// | block | what it says |
/// | --- | --- |
/// | `type` | name, code, defining body, who may hold it |
/// | `items` | what a licence of the type says beside or by its metadata, with the rules for each |
/// | `catalogue` | what the catalogue needs to know of each licence |
/// | `face` | how it looks: a [`Layout`] |
/// | `seals` | who seals it, and in which slot of the face |
/// | `validity` | how long it is in force |
/// | `copy` | whether annotated copies are made of it, and what they show |
///
/// ```
/// use eseal::licence::Profile;
///
/// let profile = Profile::from_json(include_str!("../../../testdata/licence-profiles/teacher.json"))?;
/// assert_eq!(profile.kind.name, "教师资格证书");
/// assert!(profile.check().iter().all(|remark| !remark.is_fault()));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Where its schema is published; for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The profile's version, from 1 on. A version that licences were issued by is not changed.
    pub version: u32,
    /// The type.
    #[serde(rename = "type")]
    pub kind: TypeRules,
    /// What a licence says.
    pub items: Vec<Item>,
    /// What the catalogue needs.
    #[serde(default)]
    pub catalogue: CatalogueRules,
    /// How it looks. Placeholders are the items' keys and the short names of the metadata.
    pub face: Layout,
    /// By which convention the tags are named that tell what shows which item (`TypeID` of the custom tags).
    #[serde(default = "Profile::default_tags")]
    pub tags: String,
    /// Who seals it, in this order.
    pub seals: Vec<SealRules>,
    /// How long it is in force.
    #[serde(default)]
    pub validity: ValidityRule,
    /// Annotated copies.
    #[serde(default)]
    pub copy: CopyRules,
}

/// The requirements of a licence's type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRules {
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: LicenceTypeCode,
    /// Who defines it.
    pub definer: Body,
    /// Which kinds of codes its holders may have.
    pub holder_kinds: Vec<HolderKind>,
    /// How many holders one licence may have.
    #[serde(default = "TypeRules::one")]
    pub most_holders: usize,
    /// How many bodies may issue one together.
    #[serde(default = "TypeRules::one")]
    pub most_issuers: usize,
}

impl TypeRules {
    const fn one() -> usize {
        1
    }
}

/// What the catalogue needs to know of each licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogueRules {
    /// Whether the region has to be told in which the licence is kept.
    pub needs_region: bool,
    /// Whether the service item has to be told that it comes from.
    pub needs_item: bool,
}

/// A seal on the face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealRules {
    /// The name of its slot in the face.
    pub slot: String,
    /// What it is, for people: `发证机关`.
    pub title: String,
    /// Whose it is: the first, second … of the issuers.
    #[serde(default = "SealRules::first")]
    pub issuer: usize,
}

impl SealRules {
    const fn first() -> usize {
        1
    }
}

/// How long licences of a type are in force.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValidityRule {
    /// As each licence says, or for good.
    #[default]
    Free,
    /// For good: no last day may be told.
    LongTerm,
    /// Each licence has to tell its last day.
    Stated,
    /// So many years: the last day is the one before the anniversary of the first.
    Years(u16),
}

/// Annotated copies of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopyRules {
    /// Whether copies may be made.
    pub is_allowed: bool,
    /// What lies over every page; `{purpose}`, `{maker}`, `{made}` and `{until}` stand for what the copy says.
    pub watermark: String,
    /// For how many days a copy may be used at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_days: Option<u16>,
}

impl Default for CopyRules {
    fn default() -> Self {
        CopyRules { is_allowed: true, watermark: "仅供{purpose}使用　{maker}".into(), longest_days: None }
    }
}

impl Profile {
    fn default_tags() -> String {
        "urn:eseal:licence".into()
    }

    /// Reads a profile, and checks it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with line and column where it is not of [`SCHEMA`];
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) above 4 MiB; [`ErrorKind::NotValid`](crate::ErrorKind::NotValid)
    /// with the findings of [`Profile::check`] that say no.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let profile = Self::read(json)?;
        require_good(&format!("the profile of {}", profile.kind.name), profile.check())?;
        Ok(profile)
    }

    /// Reads a profile, and leaves it to the caller to [`Profile::check`] it.
    ///
    /// # Errors
    ///
    /// As [`Profile::from_json`], but for what the check finds.
    pub fn read(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let json = json.as_ref();
        if json.len() > MOST_BYTES {
            return Err(Error::too_large(format!("the profile has {} bytes; the limit is {MOST_BYTES}", json.len())));
        }
        serde_json::from_slice(json)
            .map_err(|source| Error::malformed(source.to_string()).caused_by(source))
            .context("the profile cannot be read")
    }

    /// The item of that key.
    #[must_use]
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.key == key)
    }

    /// Sets the days between which a licence of this type is in force, where the rule says so by itself.
    pub fn date(&self, metadata: &mut Metadata) {
        if let ValidityRule::Years(years) = self.validity {
            let from = *metadata.valid_from.get_or_insert(metadata.issued);
            metadata.valid_until = Some(last_day(from, years));
        }
    }
}

/// The day before the anniversary.
fn last_day(from: Day, years: u16) -> Day {
    from.plus_years(i32::from(years)).plus_days(-1)
}
