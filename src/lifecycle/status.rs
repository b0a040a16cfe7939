//! The states of a seal, what may follow what, and the deeds that lead there.
//!
//! The model is that of the measures on electronic seals (国办发〔2025〕33号): application, making, filing,
//! suspension, remaking and cancellation. It knows no clock and no register: both ask it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::seal::SourceFormat;
use crate::time::Time;

/// Where a seal stands in its life. The seal's bytes do not say it; only a register does.
///
/// ```text
/// Applied → Approved → Made → Active ⇄ Frozen
/// Applied → Rejected
/// Active | Frozen → Expired | Cancelled | Superseded | Invalidated
/// Expired | Cancelled | Superseded → Destroyed
/// ```
///
/// ```
/// use eseal::lifecycle::State;
///
/// assert!(State::Active.may_become(State::Frozen));
/// assert!(!State::Cancelled.may_become(State::Active));
/// assert_eq!(State::Frozen.chinese(), "冻结");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Asked for.
    Applied,
    /// The application was granted.
    Approved,
    /// The application was refused. Nothing follows.
    Rejected,
    /// Signed by the maker, not yet handed over.
    Made,
    /// In force.
    Active,
    /// Suspended; it may come into force again.
    Frozen,
    /// Its validity is over.
    Expired,
    /// Given up for good, because its owner asked or ended.
    Cancelled,
    /// Replaced by a remade or migrated seal.
    Superseded,
    /// Found to be unlawful and marked so by the making unit. Nothing follows: it stays as evidence.
    Invalidated,
    /// The key and its carrier are destroyed. Nothing follows; the bytes stay on record.
    Destroyed,
}

impl State {
    /// All of them, in the order of a seal's life.
    pub const ALL: [State; 11] = [
        State::Applied,
        State::Approved,
        State::Rejected,
        State::Made,
        State::Active,
        State::Frozen,
        State::Expired,
        State::Cancelled,
        State::Superseded,
        State::Invalidated,
        State::Destroyed,
    ];

    /// Whether a seal in this state may come into `next` at once. No state follows itself.
    #[must_use]
    pub fn may_become(self, next: State) -> bool {
        use State::{
            Active, Applied, Approved, Cancelled, Destroyed, Expired, Frozen, Invalidated, Made, Rejected, Superseded,
        };
        matches!(
            (self, next),
            (Applied, Approved | Rejected)
                | (Approved, Made)
                | (Made, Active)
                | (Active, Frozen)
                | (Frozen, Active)
                | (Active | Frozen, Expired | Cancelled | Superseded | Invalidated)
                | (Expired | Cancelled | Superseded, Destroyed)
        )
    }

    /// Whether a seal in this state may be used to stamp.
    #[must_use]
    pub fn is_in_force(self) -> bool {
        self == State::Active
    }

    /// Whether nothing follows this state.
    #[must_use]
    pub fn is_final(self) -> bool {
        !Self::ALL.iter().any(|next| self.may_become(*next))
    }

    /// The name in English, as it is serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Approved => "approved",
            State::Rejected => "rejected",
            State::Made => "made",
            State::Active => "active",
            State::Frozen => "frozen",
            State::Expired => "expired",
            State::Cancelled => "cancelled",
            State::Superseded => "superseded",
            State::Invalidated => "invalidated",
            State::Destroyed => "destroyed",
        }
    }

    /// The name in Chinese, as registers show it.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            State::Applied => "已申请",
            State::Approved => "已批准",
            State::Rejected => "已驳回",
            State::Made => "已制作",
            State::Active => "有效",
            State::Frozen => "冻结",
            State::Expired => "过期",
            State::Cancelled => "注销",
            State::Superseded => "已被替换",
            State::Invalidated => "无效",
            State::Destroyed => "销毁",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The state that follows, if it may.
///
/// # Errors
///
/// [`ErrorKind::NotAllowed`] with the names of both states.
///
/// ```
/// use eseal::lifecycle::{State, transition};
///
/// assert_eq!(transition(State::Frozen, State::Active)?, State::Active);
/// let refused = transition(State::Cancelled, State::Active).unwrap_err();
/// assert!(refused.to_string().contains("cancelled") && refused.to_string().contains("active"));
/// # Ok::<(), eseal::Error>(())
/// ```
pub fn transition(from: State, to: State) -> Result<State, Error> {
    if from.may_become(to) {
        return Ok(to);
    }
    let next: Vec<_> = State::ALL.iter().filter(|next| from.may_become(**next)).map(|next| next.name()).collect();
    let may = if next.is_empty() { "nothing follows it".into() } else { format!("it may become {}", next.join(", ")) };
    Err(Error::new(
        ErrorKind::NotAllowed,
        format!("a seal that is {from} ({}) cannot become {to} ({}): {may}", from.chinese(), to.chinese()),
    ))
}

/// Why a seal is made again for the same owner, under the same name.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RemakeReason {
    /// Its validity ended or is about to.
    Expiry,
    /// A signatory's certificate was renewed or reissued, so the seal no longer lists the one in use
    /// (GB/T 38540-2020, 7.2 a).
    CertificateRenewed,
    /// The maker's certificate was replaced.
    MakerCertificateChanged,
    /// The carrier is damaged.
    CarrierDamaged,
    /// The carrier is lost.
    CarrierLost,
    /// The key that stamps is, or may be, in the wrong hands.
    KeyCompromised,
    /// The picture is a new one.
    PictureChanged,
    /// Those who may stamp are others than before.
    SignatoriesChanged,
}

impl RemakeReason {
    /// Every reason there is.
    pub const ALL: [RemakeReason; 8] = [
        RemakeReason::Expiry,
        RemakeReason::CertificateRenewed,
        RemakeReason::MakerCertificateChanged,
        RemakeReason::CarrierDamaged,
        RemakeReason::CarrierLost,
        RemakeReason::KeyCompromised,
        RemakeReason::PictureChanged,
        RemakeReason::SignatoriesChanged,
    ];

    /// The name, as it is serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RemakeReason::Expiry => "expiry",
            RemakeReason::CertificateRenewed => "certificate-renewed",
            RemakeReason::MakerCertificateChanged => "maker-certificate-changed",
            RemakeReason::CarrierDamaged => "carrier-damaged",
            RemakeReason::CarrierLost => "carrier-lost",
            RemakeReason::KeyCompromised => "key-compromised",
            RemakeReason::PictureChanged => "picture-changed",
            RemakeReason::SignatoriesChanged => "signatories-changed",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            RemakeReason::Expiry => "有效期届满",
            RemakeReason::CertificateRenewed => "证书更新",
            RemakeReason::MakerCertificateChanged => "制章人证书变更",
            RemakeReason::CarrierDamaged => "载体损坏",
            RemakeReason::CarrierLost => "载体丢失",
            RemakeReason::KeyCompromised => "签名制作数据失密",
            RemakeReason::PictureChanged => "印模变更",
            RemakeReason::SignatoriesChanged => "签章人变更",
        }
    }

    /// Whether the picture has to stay the same, byte for byte.
    #[must_use]
    pub fn keeps_picture(self) -> bool {
        self != RemakeReason::PictureChanged
    }
}

impl fmt::Display for RemakeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a seal is given up for good. A new name is a reason to cancel and to make a new seal; it is
/// never a reason to remake.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CancelReason {
    /// The owner has a new name.
    Renamed,
    /// The owner was dissolved.
    Dissolved,
    /// The owner, or its authority for this seal, was withdrawn.
    Withdrawn,
    /// The owner's licence was revoked.
    LicenceRevoked,
    /// The owner is bankrupt.
    Bankrupt,
    /// The owner was split.
    Split,
    /// The owner was merged into another.
    Merged,
    /// The owner asked for it.
    Requested,
    /// The owner did not ask although it had to, and the issuing department decided.
    Ordered,
}

impl CancelReason {
    /// Every reason there is.
    pub const ALL: [CancelReason; 9] = [
        CancelReason::Renamed,
        CancelReason::Dissolved,
        CancelReason::Withdrawn,
        CancelReason::LicenceRevoked,
        CancelReason::Bankrupt,
        CancelReason::Split,
        CancelReason::Merged,
        CancelReason::Requested,
        CancelReason::Ordered,
    ];

    /// The name, as it is serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CancelReason::Renamed => "renamed",
            CancelReason::Dissolved => "dissolved",
            CancelReason::Withdrawn => "withdrawn",
            CancelReason::LicenceRevoked => "licence-revoked",
            CancelReason::Bankrupt => "bankrupt",
            CancelReason::Split => "split",
            CancelReason::Merged => "merged",
            CancelReason::Requested => "requested",
            CancelReason::Ordered => "ordered",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            CancelReason::Renamed => "名称变更",
            CancelReason::Dissolved => "解散",
            CancelReason::Withdrawn => "撤销",
            CancelReason::LicenceRevoked => "吊销",
            CancelReason::Bankrupt => "破产",
            CancelReason::Split => "分立",
            CancelReason::Merged => "合并",
            CancelReason::Requested => "申请注销",
            CancelReason::Ordered => "责令注销",
        }
    }
}

impl fmt::Display for CancelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What was done to a seal: the deed that a register records beside the state it led to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operation {
    /// It was asked for.
    Apply,
    /// The application was granted.
    Approve,
    /// The application was refused.
    Reject,
    /// It was made.
    Make,
    /// It was made of a seal of another edition or another system.
    Migrate,
    /// It was made of an older seal of the same owner.
    Remake(RemakeReason),
    /// It was handed over and came into force.
    Issue,
    /// It was suspended.
    Freeze,
    /// Its suspension was lifted.
    Unfreeze,
    /// Its validity was found to be over.
    Expire,
    /// It was given up for good.
    Cancel(CancelReason),
    /// Another seal took its place.
    Supersede,
    /// It was marked as unlawful.
    Invalidate,
    /// Its key and carrier were destroyed.
    Destroy,
}

impl Operation {
    /// The state to which the deed leads.
    #[must_use]
    pub fn leads_to(self) -> State {
        match self {
            Operation::Apply => State::Applied,
            Operation::Approve => State::Approved,
            Operation::Reject => State::Rejected,
            Operation::Make | Operation::Migrate | Operation::Remake(_) => State::Made,
            Operation::Issue | Operation::Unfreeze => State::Active,
            Operation::Freeze => State::Frozen,
            Operation::Expire => State::Expired,
            Operation::Cancel(_) => State::Cancelled,
            Operation::Supersede => State::Superseded,
            Operation::Invalidate => State::Invalidated,
            Operation::Destroy => State::Destroyed,
        }
    }

    /// The state after the deed, done to a seal in state `from`; `None` stands for a seal that the
    /// register does not know yet. Old seals, made elsewhere, enter a register as approved or made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] with the names of both states, or of the deed that cannot be a first
    /// one.
    pub fn apply_to(self, from: Option<State>) -> Result<State, Error> {
        match (self, from) {
            (Operation::Apply | Operation::Approve, None)
            | (Operation::Make | Operation::Migrate | Operation::Remake(_), None) => Ok(self.leads_to()),
            (_, None) => Err(Error::new(
                ErrorKind::NotAllowed,
                format!("a seal that is not on record cannot become {}: record first how it was made", self.leads_to()),
            )),
            // The same state is reached in two ways, and each has its own beginning.
            (Operation::Issue, Some(from)) if from != State::Made => Err(refuse(self, from)),
            (Operation::Unfreeze, Some(from)) if from != State::Frozen => Err(refuse(self, from)),
            (_, Some(from)) => transition(from, self.leads_to()),
        }
    }

    /// The name of the deed, without its reason.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Operation::Apply => "apply",
            Operation::Approve => "approve",
            Operation::Reject => "reject",
            Operation::Make => "make",
            Operation::Migrate => "migrate",
            Operation::Remake(_) => "remake",
            Operation::Issue => "issue",
            Operation::Freeze => "freeze",
            Operation::Unfreeze => "unfreeze",
            Operation::Expire => "expire",
            Operation::Cancel(_) => "cancel",
            Operation::Supersede => "supersede",
            Operation::Invalidate => "invalidate",
            Operation::Destroy => "destroy",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Operation::Remake(reason) => write!(f, " ({reason})"),
            Operation::Cancel(reason) => write!(f, " ({reason})"),
            _ => Ok(()),
        }
    }
}

fn refuse(operation: Operation, from: State) -> Error {
    Error::new(
        ErrorKind::NotAllowed,
        format!("a seal that is {from} cannot become {} by \"{}\"", operation.leads_to(), operation.name()),
    )
}

/// The state of a seal after its suspension.
///
/// # Errors
///
/// As [`transition`].
pub fn freeze(from: State) -> Result<State, Error> {
    Operation::Freeze.apply_to(Some(from))
}

/// The state of a seal after its suspension was lifted.
///
/// # Errors
///
/// As [`transition`]; a seal that is not frozen cannot be unfrozen, even if it is active.
pub fn unfreeze(from: State) -> Result<State, Error> {
    Operation::Unfreeze.apply_to(Some(from))
}

/// The state of a seal after it was given up.
///
/// # Errors
///
/// As [`transition`].
pub fn cancel(from: State, reason: CancelReason) -> Result<State, Error> {
    Operation::Cancel(reason).apply_to(Some(from))
}

/// The state of a seal after another took its place.
///
/// # Errors
///
/// As [`transition`].
pub fn supersede(from: State) -> Result<State, Error> {
    Operation::Supersede.apply_to(Some(from))
}

/// Where a seal comes from: the record that a migrated or remade seal carries and a register keeps.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// What the source was.
    pub source_format: SourceFormat,
    /// The SM3 digest of all the source's bytes; in hexadecimal where it is serialised.
    #[serde(with = "hexadecimal")]
    pub source_sm3: [u8; 32],
    /// The source's identifier (`esID`), if it has one.
    pub source_id: Option<String>,
    /// When the new seal was made.
    pub migrated_at: Time,
    /// Who did it: an operator or a service, in the register's own words.
    pub by: String,
}

mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&digest.iter().map(|octet| format!("{octet:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let octets: Vec<u8> = text
            .as_bytes()
            .chunks(2)
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let digest = <[u8; 32]>::try_from(octets).ok().filter(|_| text.len() == 64);
        digest.ok_or_else(|| serde::de::Error::custom("a SM3 digest has 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::{CancelReason, Operation, Provenance, RemakeReason, SourceFormat, State, transition};
    use crate::error::ErrorKind;

    /// The whole table of 5.2, written out: every pair that is not here is illegal.
    const LEGAL: [(State, State); 17] = [
        (State::Applied, State::Approved),
        (State::Applied, State::Rejected),
        (State::Approved, State::Made),
        (State::Made, State::Active),
        (State::Active, State::Frozen),
        (State::Frozen, State::Active),
        (State::Active, State::Expired),
        (State::Active, State::Cancelled),
        (State::Active, State::Superseded),
        (State::Active, State::Invalidated),
        (State::Frozen, State::Expired),
        (State::Frozen, State::Cancelled),
        (State::Frozen, State::Superseded),
        (State::Frozen, State::Invalidated),
        (State::Expired, State::Destroyed),
        (State::Cancelled, State::Destroyed),
        (State::Superseded, State::Destroyed),
    ];

    #[test]
    fn all_pairs_of_states() {
        for from in State::ALL {
            for to in State::ALL {
                let legal = LEGAL.contains(&(from, to));
                assert_eq!(from.may_become(to), legal, "{from} → {to}");
                match transition(from, to) {
                    Ok(next) => assert!(legal && next == to),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::NotAllowed);
                        let told = error.to_string();
                        assert!(told.contains(from.name()) && told.contains(to.name()), "{told}");
                    }
                }
            }
        }
    }

    #[test]
    fn final_states() {
        let last: Vec<_> = State::ALL.into_iter().filter(|state| state.is_final()).collect();
        assert_eq!(last, [State::Rejected, State::Invalidated, State::Destroyed]);
    }

    #[test]
    fn a_deed_has_its_own_beginning() {
        assert_eq!(Operation::Issue.apply_to(Some(State::Made)).unwrap(), State::Active);
        assert_eq!(Operation::Unfreeze.apply_to(Some(State::Frozen)).unwrap(), State::Active);
        for (deed, from) in [(Operation::Issue, State::Frozen), (Operation::Unfreeze, State::Made)] {
            let told = deed.apply_to(Some(from)).unwrap_err().to_string();
            assert!(told.contains(from.name()) && told.contains("active"), "{told}");
        }
        let told = Operation::Freeze.apply_to(None).unwrap_err().to_string();
        assert!(told.contains("not on record"), "{told}");
        assert_eq!(Operation::Migrate.apply_to(None).unwrap(), State::Made);
    }

    #[test]
    fn names_in_json() {
        for state in State::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
        for reason in RemakeReason::ALL {
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("\"{reason}\""));
        }
        for reason in CancelReason::ALL {
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("\"{reason}\""));
        }
        for format in SourceFormat::ALL {
            assert_eq!(serde_json::to_string(&format).unwrap(), format!("\"{format}\""));
        }
        let deed = Operation::Remake(RemakeReason::KeyCompromised);
        let text = serde_json::to_string(&deed).unwrap();
        assert_eq!(text, r#"{"remake":"key-compromised"}"#);
        assert_eq!(serde_json::from_str::<Operation>(&text).unwrap(), deed);
    }

    #[test]
    fn provenance_in_json() {
        let provenance = Provenance {
            source_format: SourceFormat::Gmt0031_2014,
            source_sm3: [0xA5; 32],
            source_id: Some("31010600012345".into()),
            migrated_at: "2025-03-01T00:00:00Z".parse().unwrap(),
            by: "王工".into(),
        };
        let text = serde_json::to_string(&provenance).unwrap();
        assert!(text.contains(&"a5".repeat(32)), "{text}");
        assert_eq!(serde_json::from_str::<Provenance>(&text).unwrap(), provenance);
        for bad in [text.replace("a5a5", "a5"), text.replace("a5a5", "zza5"), text.replace("a5a5", "é5a5")] {
            assert!(serde_json::from_str::<Provenance>(&bad).is_err(), "{bad}");
        }
    }
}
