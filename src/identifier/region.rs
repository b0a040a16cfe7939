//! Regions (GB/T 2260).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::identifier::{admit, text_type};

/// A region's code: six digits, two each for province, prefecture and county (GB/T 2260).
///
/// The shape is checked, not the membership: codes that have gone out of use stay good inside older
/// identifiers. `100000` stands for the country as a whole, as in the codes of central bodies.
///
/// ```
/// use eseal::identifier::{Region, RegionLevel};
///
/// let county: Region = "621002".parse()?;
/// assert_eq!(county.level(), RegionLevel::County);
/// assert_eq!(county.parent().map(|region| region.to_string()), Some("621000".into()));
/// assert!("620000".parse::<Region>()?.contains(&county));
/// assert!("990000".parse::<Region>().is_err());
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region {
    province: u8,
    prefecture: u8,
    county: u8,
}

/// How large a region is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegionLevel {
    /// The country: `100000`.
    Country,
    /// A province, an autonomous region or a municipality under the central government: `XX0000`.
    Province,
    /// A prefecture or a city with districts: `XXYY00`.
    Prefecture,
    /// A county, a district or a city without districts: `XXYYZZ`.
    County,
}

impl Region {
    /// The country as a whole, `100000`.
    pub const COUNTRY: Region = Region { province: 10, prefecture: 0, county: 0 };

    /// What can be said about a text as a region's code.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        let check = checks::IDENTIFIER_STRUCTURE;
        let finding = match Region::read(text) {
            Ok(region) => Finding::pass(check, format!("{region} has the shape of a region's code")),
            Err(reason) => Finding::fail(check, reason),
        };
        vec![finding.under("GB/T 2260")]
    }

    /// The code, or what is wrong with it in words that follow "the region's code".
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let pair = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<u8>().ok());
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        let (true, Some(province), Some(prefecture), Some(county)) = (digits, pair(0), pair(2), pair(4)) else {
            return Err("a region's code has six digits".into());
        };
        let region = Region { province, prefecture, county };
        if region == Region::COUNTRY {
            return Ok(region);
        }
        // The provinces by their great regions, Taiwan, Hong Kong and Macao.
        if !matches!(province, 11..=65 | 71 | 81 | 82) {
            return Err(format!("no province has the number {province:02}"));
        }
        if prefecture == 0 && county != 0 {
            return Err(format!("the region {text} names a county of no prefecture"));
        }
        Ok(region)
    }

    /// How large it is.
    #[must_use]
    pub fn level(self) -> RegionLevel {
        match (self.province, self.prefecture, self.county) {
            (10, _, _) => RegionLevel::Country,
            (_, 0, 0) => RegionLevel::Province,
            (_, _, 0) => RegionLevel::Prefecture,
            _ => RegionLevel::County,
        }
    }

    /// The region it belongs to; of the country nothing.
    #[must_use]
    pub fn parent(self) -> Option<Region> {
        match self.level() {
            RegionLevel::Country => None,
            RegionLevel::Province => Some(Region::COUNTRY),
            RegionLevel::Prefecture => Some(Region { prefecture: 0, ..self }),
            RegionLevel::County => Some(Region { county: 0, ..self }),
        }
    }

    /// Whether the other one is this region or lies in it.
    #[must_use]
    pub fn contains(self, other: &Region) -> bool {
        std::iter::successors(Some(*other), |region| region.parent()).any(|region| region == self)
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("region's code", Region::examine(text))?;
        Region::read(text).map_err(Error::malformed)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}{:02}", self.province, self.prefecture, self.county)
    }
}

text_type!(Region);
