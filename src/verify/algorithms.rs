//! Which algorithms are strong enough, and until when: a table that can be replaced.

use serde::{Deserialize, Serialize};

use crate::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
use crate::time::Time;

/// What a limit is about: a digest, a kind of key, or a scheme.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Primitive {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA3-224 to SHA3-512.
    Sha3,
    /// SHAKE256 with 64 bytes.
    Shake256,
    /// SM3.
    Sm3,
    /// Keys of RSA, by the bits of their modulus.
    Rsa,
    /// The scheme RSASSA-PKCS1-v1_5, by the same bits.
    RsaPkcs1,
    /// The scheme RSASSA-PSS, by the same bits.
    RsaPss,
    /// Keys of ECDSA, by the bits of their curve.
    Ecdsa,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// SM2.
    Sm2,
}

/// Until when an algorithm is strong enough.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AlgorithmLimit {
    /// Of what.
    pub algorithm: Primitive,
    /// For keys with at least this many bits; of several limits the one with the most bits that a key
    /// reaches holds. Zero for whatever has no length. Default 0.
    #[serde(default)]
    pub from_bits: usize,
    /// The first instant at which it is strong enough no more; absent: no end is set.
    #[serde(default)]
    pub until: Option<Time>,
}

/// Algorithms and their ends (TS 119 312; GB/T 32905, GB/T 32918).
///
/// What is not in the table is not admitted. A limit counts against the time at which the signature is
/// proven to have existed; without proof, against the time of verification.
///
/// ```
/// use eseal::verify::{AlgorithmTable, Primitive};
///
/// let mut table = AlgorithmTable::etsi();
/// table.limits.retain(|limit| limit.algorithm != Primitive::Sha1);
/// let text = serde_json::to_string(&table)?;
/// assert_eq!(serde_json::from_str::<AlgorithmTable>(&text)?, table);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct AlgorithmTable {
    /// What the table is called in findings.
    pub name: String,
    /// When its limits were last looked at.
    pub updated: Time,
    /// Whether limits that lie after `updated` count. Default: no, they are told: such ends are forecasts,
    /// and have been moved before.
    #[serde(default)]
    pub forecasts_count: bool,
    /// The limits.
    pub limits: Vec<AlgorithmLimit>,
}

/// What a table says about several primitives at a time; of several the worst.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Strength {
    /// All are admitted.
    Good,
    /// All are admitted, but by a forecast this one would not be any more.
    Forecast(Use, Time),
    /// This one was admitted until then.
    Ended(Use, Time),
    /// This one is not in the table.
    Never(Use),
}

/// A primitive as it is used, with the length of its key in bits; zero where it has none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Use {
    primitive: Primitive,
    bits: usize,
}

impl AlgorithmTable {
    /// The table of TS 119 312 as validators have it. It knows no Chinese algorithms.
    #[must_use]
    pub fn etsi() -> Self {
        let until = |algorithm, from_bits, until| AlgorithmLimit { algorithm, from_bits, until };
        let limits = vec![
            until(Primitive::Md5, 0, day(2004, 8)),
            until(Primitive::Sha1, 0, day(2012, 8)),
            until(Primitive::Sha224, 0, day(2029, 1)),
            until(Primitive::Sha256, 0, None),
            until(Primitive::Sha384, 0, None),
            until(Primitive::Sha512, 0, None),
            until(Primitive::Sha3, 0, None),
            until(Primitive::Shake256, 0, None),
            until(Primitive::Rsa, 786, day(2010, 8)),
            until(Primitive::Rsa, 1024, day(2019, 10)),
            until(Primitive::Rsa, 1900, day(2029, 1)),
            until(Primitive::Rsa, 3000, None),
            until(Primitive::RsaPkcs1, 786, day(2029, 1)),
            until(Primitive::RsaPss, 786, None),
            until(Primitive::Ecdsa, 160, day(2012, 8)),
            until(Primitive::Ecdsa, 224, day(2021, 10)),
            until(Primitive::Ecdsa, 256, None),
            // Not in TS 119 312; nothing is known against them.
            until(Primitive::Ed25519, 0, None),
            until(Primitive::Ed448, 0, None),
        ];
        AlgorithmTable {
            name: "TS 119 312".into(),
            updated: Time::from_unix_seconds(UPDATED),
            forecasts_count: false,
            limits,
        }
    }

    /// SM2 and SM3, and nothing else.
    #[must_use]
    pub fn gm() -> Self {
        let limits =
            [Primitive::Sm2, Primitive::Sm3].map(|algorithm| AlgorithmLimit { algorithm, from_bits: 0, until: None });
        AlgorithmTable { name: "GM".into(), limits: limits.into(), ..Self::etsi() }
    }

    /// Until when a primitive of this length is admitted; `None` when it never is.
    fn until(&self, used: Use) -> Option<Option<Time>> {
        let reached = |limit: &&AlgorithmLimit| limit.algorithm == used.primitive && limit.from_bits <= used.bits;
        self.limits.iter().filter(reached).max_by_key(|limit| limit.from_bits).map(|limit| limit.until)
    }

    /// Whether a signature by this algorithm and key is strong enough at `at`.
    pub(super) fn judge(&self, algorithm: SignatureAlgorithm, key: KeyKind, at: Time) -> Strength {
        let mut worst = Strength::Good;
        for used in uses(algorithm, key) {
            match self.until(used) {
                None => return Strength::Never(used),
                Some(Some(until)) if at >= until => {
                    let is_forecast = until > self.updated && !self.forecasts_count;
                    worst = match (worst, is_forecast) {
                        (Strength::Ended(..), _) => worst,
                        (_, true) => Strength::Forecast(used, until),
                        (_, false) => Strength::Ended(used, until),
                    };
                }
                Some(_) => {}
            }
        }
        worst
    }

    /// The same for a digest by itself.
    pub(super) fn judge_digest(&self, digest: DigestAlgorithm, at: Time) -> Strength {
        let used = digest_use(digest);
        match self.until(used) {
            None => Strength::Never(used),
            Some(Some(until)) if at >= until && (until <= self.updated || self.forecasts_count) => {
                Strength::Ended(used, until)
            }
            Some(Some(until)) if at >= until => Strength::Forecast(used, until),
            Some(_) => Strength::Good,
        }
    }
}

/// Both worlds: what [`AlgorithmTable::etsi`] has and what [`AlgorithmTable::gm`] has.
impl Default for AlgorithmTable {
    fn default() -> Self {
        let mut table = Self::etsi();
        table.limits.extend(Self::gm().limits);
        AlgorithmTable { name: "TS 119 312 and GM".into(), ..table }
    }
}

/// 2024-10-01: the update of the table from which the limits were taken.
const UPDATED: i64 = 1_727_740_800;

/// The first day of a month.
fn day(year: i64, month: i64) -> Option<Time> {
    Time::from_parts([year, month, 1, 0, 0, 0], 0)
}

impl std::fmt::Display for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.primitive {
            Primitive::Md5 => "MD5",
            Primitive::Sha1 => "SHA-1",
            Primitive::Sha224 => "SHA-224",
            Primitive::Sha256 => "SHA-256",
            Primitive::Sha384 => "SHA-384",
            Primitive::Sha512 => "SHA-512",
            Primitive::Sha3 => "SHA-3",
            Primitive::Shake256 => "SHAKE256",
            Primitive::Sm3 => "SM3",
            Primitive::Rsa => return write!(f, "RSA of {} bits", self.bits),
            Primitive::RsaPkcs1 => return write!(f, "RSASSA-PKCS1-v1_5 of {} bits", self.bits),
            Primitive::RsaPss => return write!(f, "RSASSA-PSS of {} bits", self.bits),
            Primitive::Ecdsa => return write!(f, "ECDSA of {} bits", self.bits),
            Primitive::Ed25519 => "Ed25519",
            Primitive::Ed448 => "Ed448",
            Primitive::Sm2 => "SM2",
        };
        f.write_str(name)
    }
}

fn digest_use(digest: DigestAlgorithm) -> Use {
    let primitive = match digest {
        DigestAlgorithm::Md5 => Primitive::Md5,
        DigestAlgorithm::Sha1 => Primitive::Sha1,
        DigestAlgorithm::Sha224 => Primitive::Sha224,
        DigestAlgorithm::Sha256 => Primitive::Sha256,
        DigestAlgorithm::Sha384 => Primitive::Sha384,
        DigestAlgorithm::Sha512 => Primitive::Sha512,
        DigestAlgorithm::Sha3_224
        | DigestAlgorithm::Sha3_256
        | DigestAlgorithm::Sha3_384
        | DigestAlgorithm::Sha3_512 => Primitive::Sha3,
        DigestAlgorithm::Shake256 => Primitive::Shake256,
        DigestAlgorithm::Sm3 => Primitive::Sm3,
    };
    Use { primitive, bits: 0 }
}

/// All that a signature's strength hangs on: its digest, its key, its scheme.
fn uses(algorithm: SignatureAlgorithm, key: KeyKind) -> Vec<Use> {
    let mut uses = vec![digest_use(algorithm.digest())];
    if let SignatureAlgorithm::RsaPssOther { mask, .. } = algorithm {
        uses.push(digest_use(mask));
    }
    let mut add = |primitive, bits| uses.push(Use { primitive, bits });
    match key {
        KeyKind::Rsa(bits) => {
            let is_pss = matches!(
                algorithm,
                SignatureAlgorithm::RsaPssSha256
                    | SignatureAlgorithm::RsaPssSha384
                    | SignatureAlgorithm::RsaPssSha512
                    | SignatureAlgorithm::RsaPssOther { .. }
            );
            add(Primitive::Rsa, bits);
            add(if is_pss { Primitive::RsaPss } else { Primitive::RsaPkcs1 }, bits);
        }
        KeyKind::P256 | KeyKind::Brainpool256 => add(Primitive::Ecdsa, 256),
        KeyKind::P384 | KeyKind::Brainpool384 => add(Primitive::Ecdsa, 384),
        KeyKind::P521 => add(Primitive::Ecdsa, 521),
        KeyKind::Ed25519 => add(Primitive::Ed25519, 0),
        KeyKind::Ed448 => add(Primitive::Ed448, 0),
        KeyKind::Sm2 => add(Primitive::Sm2, 0),
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::{AlgorithmTable, Strength};
    use crate::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm as A};
    use crate::time::Time;

    fn at(text: &str) -> Time {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    /// The rows of the table, each from both sides of its limit.
    #[test]
    fn limits_hold_to_the_second() {
        let table = AlgorithmTable::etsi();
        let rows = [
            (A::RsaPkcs1Other(DigestAlgorithm::Md5), KeyKind::Rsa(2048), "2004-08-01"),
            (A::RsaPkcs1Sha1, KeyKind::Rsa(2048), "2012-08-01"),
            (A::RsaPkcs1Sha256, KeyKind::Rsa(1023), "2010-08-01"),
            (A::RsaPkcs1Sha256, KeyKind::Rsa(1024), "2019-10-01"),
            (A::RsaPkcs1Sha256, KeyKind::Rsa(1899), "2019-10-01"),
            (A::EcdsaOther(DigestAlgorithm::Sha1), KeyKind::P256, "2012-08-01"),
        ];
        for (algorithm, key, end) in rows {
            let end = at(end);
            assert_eq!(table.judge(algorithm, key, end.plus_seconds(-1)), Strength::Good, "{algorithm} {key}");
            assert!(
                matches!(table.judge(algorithm, key, end), Strength::Ended(_, until) if until == end),
                "{algorithm} {key}"
            );
        }
    }

    #[test]
    fn forecasts_are_told_until_they_count() {
        let mut table = AlgorithmTable::etsi();
        let judge = |table: &AlgorithmTable| table.judge(A::RsaPkcs1Sha256, KeyKind::Rsa(2048), at("2029-01-01"));
        assert!(matches!(judge(&table), Strength::Forecast(..)));
        table.forecasts_count = true;
        assert!(matches!(judge(&table), Strength::Ended(..)));
        // A forecast that is passed over hides no end that counts.
        table.forecasts_count = false;
        let sha1 = table.judge(A::RsaPkcs1Sha1, KeyKind::Rsa(2048), at("2030-01-01"));
        assert!(matches!(sha1, Strength::Ended(_, until) if until == at("2012-08-01")));
        assert_eq!(table.judge(A::RsaPssSha256, KeyKind::Rsa(3000), at("2050-01-01")), Strength::Good);
    }

    #[test]
    fn each_world_has_its_own_table() {
        let (etsi, gm, both) = (AlgorithmTable::etsi(), AlgorithmTable::gm(), AlgorithmTable::default());
        let now = at("2026-01-01");
        let sm2 = |table: &AlgorithmTable| table.judge(A::Sm2Sm3, KeyKind::Sm2, now);
        let ecdsa = |table: &AlgorithmTable| table.judge(A::EcdsaSha256, KeyKind::P256, now);
        assert!(matches!(sm2(&etsi), Strength::Never(_)));
        assert!(matches!(ecdsa(&gm), Strength::Never(_)));
        assert_eq!([sm2(&gm), sm2(&both), ecdsa(&etsi), ecdsa(&both)], [Strength::Good; 4]);
        assert!(matches!(both.judge(A::RsaPkcs1Sha256, KeyKind::Rsa(512), at("2000-01-01")), Strength::Never(_)));
    }
}
