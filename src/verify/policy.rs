//! How strictly to judge: data with a name.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::trust::{Freshness, PolicyRules};
use crate::verify::AlgorithmTable;

/// The knobs of verification, each with its default, its consequence and the clause it serves.
///
/// ```
/// use eseal::verify::{Encoding, MakerRule, Policy};
///
/// let strict = Policy::strict_2020();
/// assert_eq!(strict.maker, MakerRule::Strict2020);
/// assert_eq!(Policy::default().encoding, Encoding::Tolerant);
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// What the policy is called in reports. Default `default`.
    pub name: String,
    /// At which time the seal maker's certificate has to have been good (GB/T 38540-2020, 6.3 d). Default
    /// [`MakerRule::TimeAware2025`].
    pub maker: MakerRule,
    /// What becomes of a seal that is not encoded as its edition prescribes (GB/T 38540-2020, 6.1 and 7.1).
    /// Default [`Encoding::Tolerant`].
    pub encoding: Encoding,
    /// Which time counts for a signatory's certificate when no time stamp proves one (GB/T 38540-2020, 7.3;
    /// EN 319 102-1, 5.3). Default [`SigningTimeRule::ByStandard`].
    pub signing_time: SigningTimeRule,
    /// Whether the verdict needs to know that no certificate was revoked (RFC 5280, 6.3; GB/T 38540-2020, 6.3 d
    /// and 7.3). Default [`Need::WhenKnown`]: without revocation data a signature can be valid, and the report
    /// says that revocation was not looked at.
    pub revocation: Need,
    /// How old revocation data may be at the time that counts (RFC 5280, 6.3.3; EN 319 102-1, 5.2.5). Default
    /// [`Freshness::NextUpdate`].
    pub freshness: Freshness,
    /// What is asked of the certificate policies along a path (RFC 5280, 6.1.1 c to f). Default: nothing.
    pub certificate_policies: PolicyRules,
    /// Whether the verdict needs the seal's status from its making authority (State Council measure on e-seals,
    /// 2025). Default [`Need::WhenKnown`]: a seal file carries no status, and not every verifier can ask.
    pub seal_status: Need,
    /// Which algorithms are strong enough, and until when (TS 119 312; GB/T 38540-2020, 6.1). Default
    /// [`AlgorithmTable::default`]: those of both worlds.
    pub algorithms: AlgorithmTable,
    /// Whether the verdict needs a proof of when the signature existed (EN 319 102-1, 5.2.8). Default
    /// [`Need::WhenKnown`]: a signature without a time stamp can be valid.
    pub time_stamp: Need,
    /// How many seconds the proven time may lie after the claimed one (EN 319 102-1, 5.5.4, step 5). Default
    /// none: a time stamp added years later, when a file is archived, does no harm.
    pub time_stamp_delay: Option<u32>,
    /// The signature policies that are known here, as object identifiers in dots (EN 319 102-1, 5.2.4).
    /// Default none: every signature policy is told, and none is asked for or refused. With a list a
    /// signature made under any other is indeterminate, `POLICY_PROCESSING_ERROR`.
    pub signature_policies: Option<Vec<String>>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            name: "default".into(),
            maker: MakerRule::default(),
            encoding: Encoding::default(),
            signing_time: SigningTimeRule::default(),
            revocation: Need::default(),
            seal_status: Need::default(),
            algorithms: AlgorithmTable::default(),
            time_stamp: Need::default(),
            time_stamp_delay: None,
            signature_policies: None,
            freshness: Freshness::default(),
            certificate_policies: PolicyRules::default(),
        }
    }
}

impl Policy {
    /// The names that [`Policy::named`] knows.
    pub const NAMES: [&'static str; 4] = ["default", "strict-2020", "gm-only", "etsi-like"];

    /// A policy by its name.
    ///
    /// ```
    /// use eseal::Policy;
    ///
    /// for name in Policy::NAMES {
    ///     assert_eq!(Policy::named(name)?.name, name);
    /// }
    /// assert!(Policy::named("lenient").is_err());
    /// # Ok::<(), eseal::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when there is none of this name.
    pub fn named(name: &str) -> Result<Self, Error> {
        match name {
            "default" => Ok(Policy::default()),
            "strict-2020" => Ok(Policy::strict_2020()),
            "gm-only" => Ok(Policy::gm_only()),
            "etsi-like" => Ok(Policy::etsi_like()),
            other => Err(Error::new(
                ErrorKind::Misuse,
                format!("there is no policy \"{other}\": take one of {}", Policy::NAMES.join(", ")),
            )),
        }
    }

    /// SM2 and SM3 only: for services that admit nothing else (GB/T 38540-2020, 6.1; GM/T 0031-2025).
    #[must_use]
    pub fn gm_only() -> Self {
        Policy { name: "gm-only".into(), algorithms: AlgorithmTable::gm(), ..Policy::default() }
    }

    /// What European validators do by default: algorithms of TS 119 312 alone, no claimed time counts, and
    /// revocation has to be known.
    #[must_use]
    pub fn etsi_like() -> Self {
        Policy {
            name: "etsi-like".into(),
            algorithms: AlgorithmTable::etsi(),
            signing_time: SigningTimeRule::Proven,
            revocation: Need::Required,
            ..Policy::default()
        }
    }

    /// The letter of GB/T 38540-2020: the maker's certificate has to be good at the time of
    /// verification (6.3 d has no exception for what was valid then), and deviations from the
    /// prescribed encoding fail.
    #[must_use]
    pub fn strict_2020() -> Self {
        Policy {
            name: "strict-2020".into(),
            maker: MakerRule::Strict2020,
            encoding: Encoding::Strict,
            ..Policy::default()
        }
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
