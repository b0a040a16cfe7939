//! Holders of licences and the kinds of codes that name them (GB/T 36903-2018, annex A).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::identifier::{CitizenNumber, CreditCode};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $chinese:literal;)*) => {
        /// What kind of code names a holder (持证主体代码类型). Serialised as its three digits.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum HolderKind {
            $($(#[$doc])* $variant,)*
        }

        impl HolderKind {
            /// All of them, in the order of their codes.
            pub const ALL: [HolderKind; 16] = [$(HolderKind::$variant),*];

            /// Its three digits.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(HolderKind::$variant => $code,)*
                }
            }

            /// Its name in the standard.
            #[must_use]
            pub fn chinese(self) -> &'static str {
                match self {
                    $(HolderKind::$variant => $chinese,)*
                }
            }
        }
    };
}

kinds! {
    /// 001
    CreditCode = "001", "统一社会信用代码";
    /// 099
    OtherOrganisation = "099", "其他法人或其他组织有效证件代码";
    /// 111
    CitizenNumber = "111", "公民身份号码";
    /// 114
    ArmyOfficer = "114", "中国人民解放军军官证";
    /// 115
    PoliceOfficer = "115", "中国人民武装警察部队警官证";
    /// 118
    ArmySoldier = "118", "解放军士兵证";
    /// 119
    PoliceSoldier = "119", "武警士兵证";
    /// 120
    ArmyCivilian = "120", "解放军文职人员证";
    /// 122
    PoliceCivilian = "122", "武警文职人员证";
    /// 411
    DiplomaticPassport = "411", "外交护照";
    /// 412
    ServicePassport = "412", "公务护照";
    /// 413
    OrdinaryServicePassport = "413", "公务普通护照";
    /// 414
    Passport = "414", "普通护照";
    /// 511
    TaiwanPass = "511", "台湾居民来往大陆通行证";
    /// 516
    HongKongMacaoPass = "516", "港澳居民来往内地通行证";
    /// 999
    OtherPerson = "999", "其他自然人有效证件";
}

impl HolderKind {
    /// The kind with these three digits.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        HolderKind::ALL.into_iter().find(|kind| kind.code() == code.trim())
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(chinese: &str) -> Option<Self> {
        HolderKind::ALL.into_iter().find(|kind| kind.chinese() == chinese.trim())
    }

    /// Whether it names a natural person; else it names an organisation.
    #[must_use]
    pub fn is_person(self) -> bool {
        !self.code().starts_with('0')
    }

    /// What is wrong with a code of this kind; nothing if it is good. The sentence does not name the code.
    ///
    /// Unified social credit codes and citizens' numbers are checked by their standards; for the others no rule
    /// is public, so length and characters are looked at alone.
    #[must_use]
    pub fn fault(self, code: &str) -> Option<String> {
        match self {
            HolderKind::CreditCode => code.parse::<CreditCode>().err().map(|error| error.to_string()),
            HolderKind::CitizenNumber => code.parse::<CitizenNumber>().err().map(|error| error.to_string()),
            _ => document_fault(code),
        }
    }
}

/// Numbers of papers: letters, digits and Chinese characters (officers' papers have 字第 in them), and what joins
/// them.
fn document_fault(code: &str) -> Option<String> {
    let length = code.chars().count();
    if !(1..=64).contains(&length) {
        return Some(format!("a paper's number has 1 to 64 characters, this has {length}"));
    }
    let is_good = |each: char| each.is_alphanumeric() || matches!(each, '-' | '/' | '(' | ')' | '（' | '）' | '〔' | '〕');
    let at = code.chars().position(|each| !is_good(each))?;
    Some(format!("character {} of the paper's number is neither a letter nor a digit", at.saturating_add(1)))
}

impl fmt::Display for HolderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.chinese())
    }
}

impl TryFrom<String> for HolderKind {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        HolderKind::of(&text).ok_or_else(|| {
            Error::malformed(format!("\"{}\" is no code of a kind of holders", text.escape_debug()))
        })
    }
}

impl From<HolderKind> for String {
    fn from(kind: HolderKind) -> String {
        kind.code().into()
    }
}

/// Who holds a licence. `Debug` and [`Holder::masked`] do not show the codes of natural persons.
#[derive(Clone, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// The name.
    pub name: String,
    /// The code.
    pub code: String,
    /// What kind of code it is.
    pub kind: HolderKind,
}

impl Holder {
    /// A body by its unified social credit code.
    #[must_use]
    pub fn body(name: impl Into<String>, code: &CreditCode) -> Self {
        Holder { name: name.into(), code: code.to_string(), kind: HolderKind::CreditCode }
    }

    /// A citizen.
    #[must_use]
    pub fn citizen(name: impl Into<String>, number: &CitizenNumber) -> Self {
        Holder { name: name.into(), code: number.to_string(), kind: HolderKind::CitizenNumber }
    }

    /// The code as it may be shown: a natural person's with stars in its middle.
    #[must_use]
    pub fn masked(&self) -> String {
        if self.kind.is_person() { mask(&self.code) } else { self.code.clone() }
    }
}

/// The first three and the last four characters; of short texts only the last.
pub(crate) fn mask(text: &str) -> String {
    let length = text.chars().count();
    let (first, last) = if length >= 12 { (3, 4) } else { (0, length.min(4) / 2) };
    let is_shown = |at: usize| at < first || at >= length.saturating_sub(last);
    text.chars().enumerate().map(|(at, each)| if is_shown(at) { each } else { '*' }).collect()
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { name, kind, .. } = self;
        f.debug_struct("Holder").field("name", name).field("code", &self.masked()).field("kind", kind).finish()
    }
}
