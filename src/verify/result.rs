//! The eight result codes of the sharing interface for electronic licences (GB/T 36906).

use std::fmt;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::finding::{Conclusion, Indication, SubIndication};

/// What a sharing service answers to `verifyFile` and `verifyCertInfo`.
///
/// [`Report::result_code`](crate::Report::result_code) gives those that verification itself can tell; whether
/// a licence is in force is on record at its issuer, and whoever asked there answers by
/// [`ResultCode::and_licence`]. Serialised as its number, and read from that or from a text of it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ResultCode {
    /// 0: correct and valid.
    Valid,
    /// 1: correct, not yet in force.
    NotYetActive,
    /// 2: correct, suspended for the time being.
    Suspended,
    /// 3: correct, no longer in force.
    NoLongerValid,
    /// 4: what is at hand does not suffice to tell.
    Insufficient,
    /// 5: there is no such licence, or nothing in the file that could be verified.
    NotFound,
    /// 6: nothing was handed in.
    NoParameters,
    /// 7: wrong or incomplete, in part or as a whole.
    Wrong,
}

/// Where a licence stands by the record of its issuer (GB/T 36903; elicence states).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LicenceState {
    /// Issued and not yet in force.
    Inactive,
    /// In force.
    InForce,
    /// Suspended or frozen.
    Suspended,
    /// Ended, withdrawn, cancelled, revoked, superseded or transferred away.
    Ended,
    /// The issuer has no such licence.
    NotOnRecord,
    /// The issuer was not asked, or did not answer.
    Unknown,
}

impl ResultCode {
    /// From what verification concluded. A seal that is frozen makes its document suspended, not wrong: what
    /// was signed is correct; a certificate or a seal that had ended makes it no longer valid.
    #[must_use]
    pub fn of(conclusion: Conclusion) -> Self {
        use SubIndication as S;
        match (conclusion.indication, conclusion.sub_indication) {
            (Indication::NoSignatureFound, _) => ResultCode::NotFound,
            (Indication::TotalPassed, _) => ResultCode::Valid,
            (Indication::Indeterminate, _) => ResultCode::Insufficient,
            (Indication::TotalFailed, Some(S::NotYetValid)) => ResultCode::NotYetActive,
            (Indication::TotalFailed, Some(S::TryLater)) => ResultCode::Suspended,
            (Indication::TotalFailed, Some(S::Expired | S::Revoked | S::RevokedNoPoe | S::RevokedCaNoPoe)) => {
                ResultCode::NoLongerValid
            }
            (Indication::TotalFailed, _) => ResultCode::Wrong,
        }
    }

    /// The answer for a request: with nothing handed in, [`ResultCode::NoParameters`].
    #[must_use]
    pub fn for_request(content: &[u8], judged: impl FnOnce() -> Self) -> Self {
        if content.is_empty() { ResultCode::NoParameters } else { judged() }
    }

    /// Takes in what the issuer's record says of the licence: a good file of a licence that has ended is
    /// [`ResultCode::NoLongerValid`], and a bad file stays what it is.
    ///
    /// ```
    /// use eseal::verify::{LicenceState, ResultCode};
    ///
    /// assert_eq!(ResultCode::Valid.and_licence(LicenceState::Suspended), ResultCode::Suspended);
    /// assert_eq!(ResultCode::Wrong.and_licence(LicenceState::InForce), ResultCode::Wrong);
    /// ```
    #[must_use]
    pub fn and_licence(self, state: LicenceState) -> Self {
        if self != ResultCode::Valid {
            return self;
        }
        match state {
            LicenceState::InForce => ResultCode::Valid,
            LicenceState::Inactive => ResultCode::NotYetActive,
            LicenceState::Suspended => ResultCode::Suspended,
            LicenceState::Ended => ResultCode::NoLongerValid,
            LicenceState::NotOnRecord => ResultCode::NotFound,
            LicenceState::Unknown => ResultCode::Insufficient,
        }
    }

    /// The number that goes over the wire, 0 to 7.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            ResultCode::Valid => 0,
            ResultCode::NotYetActive => 1,
            ResultCode::Suspended => 2,
            ResultCode::NoLongerValid => 3,
            ResultCode::Insufficient => 4,
            ResultCode::NotFound => 5,
            ResultCode::NoParameters => 6,
            ResultCode::Wrong => 7,
        }
    }

    fn of_number(number: u64) -> Option<Self> {
        use ResultCode as R;
        let all = [
            R::Valid, R::NotYetActive, R::Suspended, R::NoLongerValid, R::Insufficient, R::NotFound, R::NoParameters, R::Wrong,
        ];
        all.into_iter().find(|code| u64::from(code.number()) == number)
    }

    /// The interface's own words.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            ResultCode::Valid => "正确且有效",
            ResultCode::NotYetActive => "正确,尚未生效",
            ResultCode::Suspended => "正确,暂时失效",
            ResultCode::NoLongerValid => "正确,已失效",
            ResultCode::Insufficient => "信息不足,无法核验",
            ResultCode::NotFound => "未找到",
            ResultCode::NoParameters => "无参数",
            ResultCode::Wrong => "部分错误或不完整",
        }
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.chinese())
    }
}

impl Serialize for ResultCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

impl<'de> Deserialize<'de> for ResultCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_any(Digit)?;
        ResultCode::of_number(number).ok_or_else(|| D::Error::custom(format!("a result is 0 to 7, not {number}")))
    }
}

/// A number, or a text of one.
struct Digit;

impl Visitor<'_> for Digit {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a result from 0 to 7")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u64, E> {
        text.trim().parse().map_err(|_| E::custom(format!("\"{}\" is no result", text.escape_debug())))
    }
}
