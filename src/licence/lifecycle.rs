//! The life of a licence: its states, and the deeds that lead from one to another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::identifier::LicenceId;
use crate::time::Time;
use crate::verify::LicenceState;

/// Where a licence stands by the record of its issuer.
///
/// [`LicenceState`] is the same as far as the result codes of the sharing interface tell it; there is one way from
/// here to there, and none to a result code beside it.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// 未激活: issued, and not yet in force.
    Inactive,
    /// 有效: in force.
    Valid,
    /// 暂扣: suspended.
    Suspended,
    /// 撤销: withdrawn, since it should not have been issued.
    Withdrawn,
    /// 注销: cancelled.
    Cancelled,
    /// 失效: ended by its dates.
    Expired,
    /// 办理转出: transferred to another issuer.
    TransferredOut,
    /// 吊销: revoked as a penalty.
    Revoked,
    /// 换发: another one stands in its place.
    Superseded,
    /// 其他, with a description.
    Other(String),
}

impl State {
    /// The code of the interface, where it has one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            State::Inactive | State::Superseded => None,
            State::Valid => Some("01"),
            State::Suspended => Some("02"),
            State::Withdrawn => Some("03"),
            State::Cancelled => Some("04"),
            State::Expired => Some("05"),
            State::TransferredOut => Some("06"),
            State::Revoked => Some("07"),
            State::Other(_) => Some("99"),
        }
    }

    /// The state of a code; `described` is what 99 comes with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] for another code, and for 99 without a description.
    pub fn of(code: &str, described: Option<&str>) -> Result<Self, Error> {
        match (code.trim(), described.map(str::trim).filter(|text| !text.is_empty())) {
            ("01", _) => Ok(State::Valid),
            ("02", _) => Ok(State::Suspended),
            ("03", _) => Ok(State::Withdrawn),
            ("04", _) => Ok(State::Cancelled),
            ("05", _) => Ok(State::Expired),
            ("06", _) => Ok(State::TransferredOut),
            ("07", _) => Ok(State::Revoked),
            ("99", Some(text)) => Ok(State::Other(text.to_owned())),
            ("99", None) => Err(Error::malformed("the state 99 (其他) needs a description")),
            (other, _) => Err(Error::malformed(format!("\"{}\" is no state of a licence", other.escape_debug()))),
        }
    }

    /// What it is called.
    #[must_use]
    pub fn chinese(&self) -> &str {
        match self {
            State::Inactive => "未激活",
            State::Valid => "有效",
            State::Suspended => "暂扣",
            State::Withdrawn => "撤销",
            State::Cancelled => "注销",
            State::Expired => "失效",
            State::TransferredOut => "办理转出",
            State::Revoked => "吊销",
            State::Superseded => "换发",
            State::Other(text) => text,
        }
    }

    /// Whether the licence has lost its force, so that another may be issued in its place.
    #[must_use]
    pub fn is_voided(&self) -> bool {
        !matches!(self, State::Inactive | State::Valid | State::Suspended)
    }

    /// Whether this state may be followed by that.
    #[must_use]
    pub fn may_become(&self, next: &State) -> bool {
        use State as S;
        match (self, next) {
            (S::Inactive, S::Valid) | (S::Valid, S::Suspended) | (S::Suspended, S::Valid) => true,
            (S::TransferredOut, S::Valid) => true,
            (S::Valid | S::Suspended, next) => next.is_voided(),
            _ => false,
        }
    }

    /// The next state.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when this one may not be followed by it; the message names both.
    pub fn become_next(&self, next: State) -> Result<State, Error> {
        if self.may_become(&next) {
            return Ok(next);
        }
        let told = format!("a licence that is {self} cannot become {next}");
        Err(Error::new(ErrorKind::NotAllowed, told))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            State::Inactive => "inactive",
            State::Valid => "valid",
            State::Suspended => "suspended",
            State::Withdrawn => "withdrawn",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
            State::TransferredOut => "transferred out",
            State::Revoked => "revoked",
            State::Superseded => "superseded",
            State::Other(_) => "other",
        };
        write!(f, "{word} ({})", self.chinese())
    }
}

impl From<&State> for LicenceState {
    fn from(state: &State) -> Self {
        match state {
            State::Inactive => LicenceState::Inactive,
            State::Valid => LicenceState::InForce,
            State::Suspended => LicenceState::Suspended,
            // Whatever has lost its force, for whichever reason.
            _ => LicenceState::Ended,
        }
    }
}

/// What is done to a licence (业务操作), with the interface's codes 01 to 10.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// 01 新办: a new licence.
    New,
    /// 02 延续: a new one in place of one that ended or is about to.
    Renew,
    /// 03 暂扣: suspend it.
    Suspend,
    /// 04 失效: it has ended by its dates.
    Expire,
    /// 05 注销: it ends as [`State::Cancelled`], [`State::Withdrawn`], [`State::Revoked`] or
    /// [`State::TransferredOut`].
    End(State),
    /// 06 发还: give it back after a suspension, or put it in force the first time.
    Restore,
    /// 07 其他, with a description.
    Other(String),
    /// 08 转入: a new one in place of one that was transferred out elsewhere.
    TransferIn,
    /// 09 变更: a new one in place of one whose content changed.
    Change,
    /// 10 取消转出: take a transfer back.
    CancelTransferOut,
}

impl Operation {
    /// The interface's two digits.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Operation::New => "01",
            Operation::Renew => "02",
            Operation::Suspend => "03",
            Operation::Expire => "04",
            Operation::End(_) => "05",
            Operation::Restore => "06",
            Operation::Other(_) => "07",
            Operation::TransferIn => "08",
            Operation::Change => "09",
            Operation::CancelTransferOut => "10",
        }
    }

    /// Whether a new licence comes of it.
    #[must_use]
    pub fn begins(&self) -> bool {
        matches!(self, Operation::New) || self.needs_prior()
    }

    /// Whether it has to carry the identifier of the licence in whose place the new one stands (关联证照标识).
    #[must_use]
    pub fn needs_prior(&self) -> bool {
        matches!(self, Operation::Renew | Operation::TransferIn | Operation::Change)
    }

    /// The state that it leads to from another; none for those that begin a licence.
    fn leads_to(&self) -> Option<State> {
        match self {
            Operation::Suspend => Some(State::Suspended),
            Operation::Expire => Some(State::Expired),
            Operation::End(state) => Some(state.clone()),
            Operation::Restore | Operation::CancelTransferOut => Some(State::Valid),
            Operation::Other(text) => Some(State::Other(text.clone())),
            Operation::New | Operation::Renew | Operation::TransferIn | Operation::Change => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Operation::New => "新办",
            Operation::Renew => "延续",
            Operation::Suspend => "暂扣",
            Operation::Expire => "失效",
            Operation::End(state) => state.chinese(),
            Operation::Restore => "发还",
            Operation::Other(text) => text,
            Operation::TransferIn => "转入",
            Operation::Change => "变更",
            Operation::CancelTransferOut => "取消转出",
        };
        write!(f, "{} {word}", self.code())
    }
}

/// A deed on a licence's record.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    /// What was done.
    pub operation: Operation,
    /// When.
    pub at: Time,
    /// Where it led.
    pub state: State,
}

/// The record of one licence: what was done to it, and where it stands. Plain data; keeping it is the business of
/// whoever runs a register.
///
/// ```
/// use eseal::licence::{Operation, Record, State};
///
/// let now: eseal::Time = "2025-03-01T00:00:00Z".parse()?;
/// let id: eseal::identifier::LicenceId =
///     "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1".parse()?;
/// let mut old = Record::begin(id.clone(), now);
/// let renewed = old.succeed(Operation::Renew, id.next()?, now.plus_years(1))?;
/// assert_eq!((old.state(), renewed.prior()), (&State::Superseded, Some(&id)));
/// let error = old.apply(Operation::Suspend, now.plus_years(1)).unwrap_err();
/// assert!(error.to_string().contains("superseded") && error.to_string().contains("suspended"));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Record {
    id: LicenceId,
    state: State,
    prior: Option<LicenceId>,
    deeds: Vec<Deed>,
}

impl Record {
    /// A new licence (01), in force.
    #[must_use]
    pub fn begin(id: LicenceId, at: Time) -> Self {
        Record::started(id, None, Operation::New, State::Valid, at)
    }

    /// A new licence (01) that comes into force later, by [`Operation::Restore`].
    #[must_use]
    pub fn begin_inactive(id: LicenceId, at: Time) -> Self {
        Record::started(id, None, Operation::New, State::Inactive, at)
    }

    fn started(id: LicenceId, prior: Option<LicenceId>, operation: Operation, state: State, at: Time) -> Self {
        Record { id, prior, deeds: vec![Deed { operation, at, state: state.clone() }], state }
    }

    /// The licence's identifier.
    #[must_use]
    pub fn id(&self) -> &LicenceId {
        &self.id
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The licence in whose place it stands.
    #[must_use]
    pub fn prior(&self) -> Option<&LicenceId> {
        self.prior.as_ref()
    }

    /// What was done to it, the oldest first.
    #[must_use]
    pub fn deeds(&self) -> &[Deed] {
        &self.deeds
    }

    /// When it lost its force.
    #[must_use]
    pub fn voided_at(&self) -> Option<Time> {
        self.deeds.last().filter(|_| self.state.is_voided()).map(|deed| deed.at)
    }

    /// Does something to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when the state does not allow it: the message names the state and the one that
    /// was to follow; [`ErrorKind::Misuse`] for an operation that begins a licence, for an end that is none, and for
    /// a time before the last deed.
    pub fn apply(&mut self, operation: Operation, at: Time) -> Result<&State, Error> {
        let next = operation.leads_to().ok_or_else(|| {
            let told = format!("{operation} begins another licence: call Record::succeed on the one before it");
            Error::misuse(told)
        })?;
        let is_end = matches!(next, State::Cancelled | State::Withdrawn | State::Revoked | State::TransferredOut);
        if matches!(operation, Operation::End(_)) && !is_end {
            return Err(Error::misuse(format!(
                "operation 05 ends a licence as cancelled, withdrawn, revoked or transferred out, not as {next}"
            )));
        }
        let transfer_ends = operation == Operation::CancelTransferOut && self.state != State::TransferredOut;
        let restored_transfer = operation == Operation::Restore && self.state == State::TransferredOut;
        if transfer_ends || restored_transfer {
            let told = format!("a licence that is {} does not become {next} by {operation}", self.state);
            return Err(Error::new(ErrorKind::NotAllowed, told));
        }
        self.go_to(operation, next, at)
    }

    /// Issues another licence in its place: by [`Operation::Renew`] or [`Operation::Change`] this one is
    /// superseded, unless it has lost its force before; by [`Operation::TransferIn`] it has to be transferred out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when its state does not allow it; [`ErrorKind::Misuse`] for another operation, the
    /// same identifier, or a time before the last deed.
    pub fn succeed(&mut self, operation: Operation, id: LicenceId, at: Time) -> Result<Record, Error> {
        if !operation.needs_prior() {
            return Err(Error::misuse(format!("{operation} issues nothing in place of another licence")));
        }
        if id == self.id {
            return Err(Error::misuse("the new licence has the identifier of the old: call LicenceId::next"));
        }
        match (&operation, &self.state) {
            (Operation::TransferIn, State::TransferredOut) => {}
            (Operation::Renew, State::Expired | State::Cancelled) => {}
            (Operation::TransferIn, state) => {
                let told = format!("a licence that is {state} was not transferred out, so none comes in its place");
                return Err(Error::new(ErrorKind::NotAllowed, told));
            }
            _ => {
                self.go_to(operation.clone(), State::Superseded, at)?;
            }
        }
        Ok(Record::started(id, Some(self.id.clone()), operation, State::Valid, at))
    }

    fn go_to(&mut self, operation: Operation, next: State, at: Time) -> Result<&State, Error> {
        if self.deeds.last().is_some_and(|last| at < last.at) {
            return Err(Error::misuse(format!("{operation} at {at} lies before the last deed on record")));
        }
        let next = self.state.become_next(next)?;
        self.deeds.push(Deed { operation, at, state: next.clone() });
        self.state = next;
        Ok(&self.state)
    }
}

/// Checks the link of a new licence to that in whose place it stands, as it arrives over an interface: renewal,
/// transfer and change have to name the one of the holder's licences of this type that lost its force last.
///
/// # Errors
///
/// [`ErrorKind::NotAllowed`] when there is no link, a link where none belongs, or one to another licence than that
/// voided last; the message names both.
pub fn require_link(operation: &Operation, link: Option<&LicenceId>, held: &[Record]) -> Result<(), Error> {
    let refuse = |told: String| Err(Error::new(ErrorKind::NotAllowed, told));
    let last = held.iter().filter_map(|record| Some((record.voided_at()?, record.id()))).max_by_key(|(at, _)| *at);
    match (operation.needs_prior(), link, last) {
        (false, None, _) => Ok(()),
        (false, Some(link), _) => refuse(format!("{operation} names a licence before it, {link}: it has none")),
        (true, None, _) => refuse(format!("{operation} has to name the licence in whose place the new one stands")),
        (true, Some(link), None) => {
            refuse(format!("{operation} names {link}, and the holder has no licence that lost its force"))
        }
        (true, Some(link), Some((_, last))) if link == last => Ok(()),
        (true, Some(link), Some((at, last))) => {
            refuse(format!("{operation} names {link}; the licence that lost its force last, at {at}, is {last}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation as O, Record, State as S, require_link};
    use crate::identifier::LicenceId;
    use crate::time::Time;
    use crate::verify::{LicenceState, ResultCode};

    fn id(version: u16) -> LicenceId {
        let first: LicenceId =
            "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1".parse().unwrap();
        LicenceId::new(first.kind().clone(), first.issuer().clone(), first.serial(), version).unwrap()
    }

    fn at(day: i64) -> Time {
        "2025-03-01T00:00:00Z".parse::<Time>().unwrap().plus_days(day)
    }

    fn all() -> Vec<S> {
        vec![
            S::Inactive, S::Valid, S::Suspended, S::Withdrawn, S::Cancelled, S::Expired, S::TransferredOut, S::Revoked,
            S::Superseded, S::Other("其他".into()),
        ]
    }

    #[test]
    fn exactly_the_legal_transitions_are_allowed() {
        let legal = |from: &S, to: &S| match from {
            S::Inactive => *to == S::Valid,
            S::Valid => !matches!(to, S::Inactive | S::Valid),
            S::Suspended => !matches!(to, S::Inactive | S::Suspended),
            S::TransferredOut => *to == S::Valid,
            _ => false,
        };
        for from in all() {
            for to in all() {
                assert_eq!(from.may_become(&to), legal(&from, &to), "{from} to {to}");
                if let Err(error) = from.become_next(to.clone()) {
                    let told = error.to_string();
                    assert!(told.contains(&from.to_string()) && told.contains(&to.to_string()), "{told}");
                }
            }
        }
    }

    #[test]
    fn states_answer_by_the_codes_of_the_interface() {
        for state in all() {
            let class = ResultCode::Valid.and_licence(LicenceState::from(&state)).number();
            let expected = match state {
                S::Valid => 0,
                S::Inactive => 1,
                S::Suspended => 2,
                _ => 3,
            };
            assert_eq!(class, expected, "{state}");
            if let Some(code) = state.code() {
                assert_eq!(S::of(code, Some("其他")).unwrap(), state);
            }
        }
        assert!(S::of("99", None).is_err());
        assert!(S::of("08", None).is_err());
    }

    #[test]
    fn a_life_goes_its_legal_way() {
        let mut record = Record::begin_inactive(id(1), at(0));
        assert!(record.apply(O::Suspend, at(1)).is_err());
        assert_eq!(record.apply(O::Restore, at(1)).unwrap(), &S::Valid);
        assert_eq!(record.apply(O::Suspend, at(2)).unwrap(), &S::Suspended);
        assert!(record.apply(O::CancelTransferOut, at(3)).is_err());
        assert_eq!(record.apply(O::Restore, at(3)).unwrap(), &S::Valid);
        assert!(record.apply(O::End(S::Valid), at(4)).is_err());
        assert_eq!(record.apply(O::End(S::TransferredOut), at(4)).unwrap(), &S::TransferredOut);
        assert!(record.apply(O::Restore, at(5)).is_err());
        assert_eq!(record.apply(O::CancelTransferOut, at(5)).unwrap(), &S::Valid);
        assert!(record.apply(O::Expire, at(4)).unwrap_err().to_string().contains("before the last deed"));
        assert_eq!(record.apply(O::End(S::Revoked), at(6)).unwrap(), &S::Revoked);
        for operation in [O::Suspend, O::Restore, O::Expire, O::End(S::Cancelled), O::CancelTransferOut] {
            let told = record.apply(operation, at(7)).unwrap_err().to_string();
            assert!(told.contains("revoked (吊销)"), "{told}");
        }
        assert!(record.apply(O::Renew, at(7)).is_err());
        assert_eq!(record.deeds().len(), 7);
        let stored = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&stored).unwrap(), record);
    }

    #[test]
    fn what_stands_in_anothers_place_names_it() {
        let mut old = Record::begin(id(1), at(0));
        assert!(old.clone().succeed(O::TransferIn, id(2), at(1)).is_err());
        assert!(old.clone().succeed(O::New, id(2), at(1)).is_err());
        assert!(old.clone().succeed(O::Change, id(1), at(1)).is_err());
        let mut second = old.succeed(O::Change, id(2), at(1)).unwrap();
        assert_eq!((old.state(), second.prior()), (&S::Superseded, Some(&id(1))));
        assert!(old.succeed(O::Renew, id(3), at(2)).is_err());
        second.apply(O::Expire, at(9)).unwrap();
        let third = second.succeed(O::Renew, id(3), at(10)).unwrap();
        assert_eq!(second.state(), &S::Expired);
        let held = [old, second, third];
        require_link(&O::New, None, &held).unwrap();
        require_link(&O::Renew, Some(&id(2)), &held).unwrap();
        for (operation, link) in [(O::New, Some(id(2))), (O::Renew, None), (O::Change, Some(id(1))), (O::TransferIn, Some(id(3)))] {
            let told = require_link(&operation, link.as_ref(), &held).unwrap_err().to_string();
            assert!(link.is_none_or(|link| told.contains(&link.to_string())), "{told}");
        }
        assert!(require_link(&O::Renew, Some(&id(1)), &[]).is_err());
        let codes: Vec<_> = [O::New, O::Renew, O::Suspend, O::Expire, O::End(S::Cancelled), O::Restore, O::Other("x".into()), O::TransferIn, O::Change, O::CancelTransferOut]
            .iter().map(O::code).collect();
        assert_eq!(codes, ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]);
    }
}
