//! How strictly to judge: data with a name.

use serde::{Deserialize, Serialize};

use crate::trust::{Freshness, PolicyRules};

/// The knobs of verification, each with its default, its consequence and the clause it serves.
///
/// ```
/// use eseal::verify::{Encoding, MakerRule, Policy};
///
/// let strict = Policy::strict_2020();
/// assert_eq!(strict.maker, MakerRule::Strict2020);
/// assert_eq!(Policy::default().encoding, Encoding::Tolerant);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// At which time the seal maker's certificate has to have been good.
    pub maker: MakerRule,
    /// What becomes of a seal that is not encoded as its edition prescribes.
    pub encoding: Encoding,
    /// Which time counts for a signatory's certificate when no time stamp proves one.
    pub signing_time: SigningTimeRule,
    /// Whether the verdict needs to know that no certificate was revoked. Default
    /// [`Need::WhenKnown`]: without revocation data a signature can be valid, and the report says
    /// that revocation was not looked at.
    pub revocation: Need,
    /// How old revocation data may be at the time that counts. Default [`Freshness::NextUpdate`].
    pub freshness: Freshness,
    /// What is asked of the certificate policies along a path (RFC 5280, 6.1.1 c to f). Default: nothing.
    pub certificate_policies: PolicyRules,
    /// Whether the verdict needs the seal's status from its making authority. Default
    /// [`Need::WhenKnown`]: a seal file carries no status, and not every verifier can ask.
    pub seal_status: Need,
}

impl Policy {
    /// The letter of GB/T 38540-2020: the maker's certificate has to be good at the time of
    /// verification (6.3 d has no exception for what was valid then), and deviations from the
    /// prescribed encoding fail.
    #[must_use]
    pub fn strict_2020() -> Self {
        Policy { maker: MakerRule::Strict2020, encoding: Encoding::Strict, ..Policy::default() }
    }
}

/// At which time the seal maker's certificate has to have been in its validity.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MakerRule {
    /// When the seal was made (GM/T 0031-2025). The default: makers' certificates end after three to
    /// five years, and seals made by them go on.
    #[default]
    TimeAware2025,
    /// At the time of verification (GB/T 38540-2020, 6.3 d, read literally).
    Strict2020,
}

/// What becomes of deviations from the prescribed encoding.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// They are told and do not count. The default: real products deviate.
    #[default]
    Tolerant,
    /// Those that a strict reader refuses fail.
    Strict,
}

/// Which time counts for a signatory's certificate when no time stamp proves one.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigningTimeRule {
    /// Each format by its own standard: for seal signatures and GB/T 35275 the time that the
    /// signatory claims (GB/T 38540-2020, 7.3), for CMS of RFC 5652 the time of verification
    /// (EN 319 102-1, 5.3). The default.
    #[default]
    ByStandard,
    /// The claimed time for all.
    Claimed,
    /// The time of verification for all: a claim proves nothing.
    Proven,
}

/// Whether a verdict insists on an answer.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// An answer counts when there is one.
    #[default]
    WhenKnown,
    /// Without an answer the verdict is indeterminate.
    Required,
}
