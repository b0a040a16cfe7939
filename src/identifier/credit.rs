//! Unified social credit codes (GB 32100-2015).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::identifier::{Region, admit, checksum, text_type};

const CLAUSE: &str = "GB 32100-2015";

/// A unified social credit code (统一社会信用代码): 18 characters that name a body.
///
/// | characters | what they are |
/// | --- | --- |
/// | 1 | the department that registers: 1 state organs, 5 civil affairs, 9 market regulation, Y others … |
/// | 2 | the category within that department |
/// | 3 to 8 | the region of registration (GB/T 2260), `100000` for central bodies |
/// | 9 to 17 | the organisation's code (GB 11714) with a check character of its own |
/// | 18 | the check character |
///
/// Small letters are not taken for capitals: a register that holds both holds one body twice.
///
/// ```
/// use eseal::identifier::CreditCode;
///
/// let code: CreditCode = "91350100M000100Y43".parse()?;
/// assert_eq!(code.organisation(), "M000100Y4");
/// assert_eq!(code.region().map(|region| region.to_string()), Some("350100".into()));
/// assert!("91350100M000100Y44".parse::<CreditCode>().is_err());
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

impl CreditCode {
    /// What can be said about a text as a unified social credit code: its shape, its check character, and
    /// for information its region and the check character of the organisation's code inside it, which older
    /// registers did not always keep.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        let structure = checks::IDENTIFIER_STRUCTURE;
        if let Err(reason) = shape(text) {
            return vec![Finding::fail(structure, reason).under(CLAUSE)];
        }
        let mut findings = vec![Finding::pass(structure, "18 characters, none of them I, O, S, V or Z").under(CLAUSE)];
        findings.push(check_character(text));
        findings.push(region(text));
        findings.push(organisation(text));
        findings
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The department that registered the body and the category: the first two characters.
    #[must_use]
    pub fn category(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// Where the body was registered, if that has the shape of a region's code.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        Region::read(self.0.get(2..8)?).ok()
    }

    /// The organisation's code (GB 11714): 9 characters.
    #[must_use]
    pub fn organisation(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }
}

fn shape(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length != 18 {
        return Err(format!("a unified social credit code has 18 characters, this has {length}"));
    }
    match text.chars().zip(1..).find(|(each, _)| !checksum::is_unified(*each)) {
        None => {}
        Some((each, at)) if each.is_ascii_lowercase() => {
            return Err(format!("character {at} is the small letter {each}: letters are capitals"));
        }
        Some((each, at)) => {
            return Err(format!("character {at} is '{}', which these codes do not use", each.escape_debug()));
        }
    }
    match text.chars().zip(1..).skip(2).take(6).find(|(each, _)| !each.is_ascii_digit()) {
        Some((each, at)) => Err(format!("character {at} is {each}; 3 to 8 are a region's digits")),
        None => Ok(()),
    }
}

fn check_character(text: &str) -> Finding {
    let check = checks::IDENTIFIER_CHECK_CHARACTER;
    let finding = match (checksum::unified(text.chars().take(17)), text.chars().nth(17)) {
        (Some(right), Some(found)) if right == found => Finding::pass(check, format!("{found} is right")),
        (Some(right), Some(found)) => {
            Finding::fail(check, format!("the last character is {found}, and has to be {right}"))
        }
        _ => Finding::fail(check, "it cannot be computed"),
    };
    finding.under(CLAUSE)
}

fn region(text: &str) -> Finding {
    let check = checks::IDENTIFIER_PARTS;
    let finding = match Region::read(text.get(2..8).unwrap_or_default()) {
        Ok(region) => Finding::pass(check, format!("registered in region {region}")),
        Err(reason) => Finding::fail(check, reason),
    };
    finding.not_needed().under("GB/T 2260")
}

fn organisation(text: &str) -> Finding {
    let check = checks::IDENTIFIER_PARTS;
    let (right, found) = (checksum::organisation(text.chars().skip(8).take(8)), text.chars().nth(16));
    let finding = match (right, found) {
        (Some(right), Some(found)) if right == found => {
            Finding::pass(check, "the organisation's code inside has the right check character")
        }
        (Some(right), Some(found)) => {
            Finding::fail(check, format!("the organisation's code inside ends with {found}, and should with {right}"))
        }
        _ => Finding::fail(check, "the organisation's code inside cannot be checked"),
    };
    finding.not_needed().under("GB 11714-1997")
}

impl FromStr for CreditCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("unified social credit code", CreditCode::examine(text))?;
        Ok(CreditCode(text.to_owned()))
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(CreditCode);
