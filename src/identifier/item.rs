//! Codes of service items (GB/T 39554.1-2020).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::identifier::{CreditCode, admit, text_type};

const CLAUSE: &str = "GB/T 39554.1-2020";

/// The code of a service item in the basic catalogue (基本编码): 12 digits.
///
/// ```
/// use eseal::identifier::BasicItemCode;
///
/// assert_eq!("370117002011".parse::<BasicItemCode>()?.as_str(), "370117002011");
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BasicItemCode(String);

impl BasicItemCode {
    /// What can be said about a text as a code of the basic catalogue.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        let check = checks::IDENTIFIER_STRUCTURE;
        let finding = if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Finding::pass(check, "12 digits")
        } else {
            Finding::fail(check, "a code of the basic catalogue has 12 digits")
        };
        vec![finding.under(CLAUSE)]
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BasicItemCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("code of a service item", BasicItemCode::examine(text))?;
        Ok(BasicItemCode(text.to_owned()))
    }
}

impl fmt::Display for BasicItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(BasicItemCode);

/// The code under which a body carries out a service item (实施编码): 31 characters, that body's unified
/// social credit code, the level at which it acts, and the item's code in the basic catalogue.
///
/// ```
/// use eseal::identifier::{ItemCode, ItemLevel};
///
/// let code: ItemCode = "11370800MB285591843370117002011".parse()?;
/// assert_eq!(code.body().as_str(), "11370800MB28559184");
/// assert_eq!(code.level(), ItemLevel::City);
/// assert_eq!(code.basic().as_str(), "370117002011");
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemCode {
    body: CreditCode,
    level: ItemLevel,
    basic: BasicItemCode,
}

/// The level of government at which a service item is carried out (行使层级).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemLevel {
    /// 1
    Country,
    /// 2
    Province,
    /// 3
    City,
    /// 4
    County,
    /// 5
    Township,
    /// 6
    Village,
}

impl ItemLevel {
    const ALL: [ItemLevel; 6] = [
        ItemLevel::Country,
        ItemLevel::Province,
        ItemLevel::City,
        ItemLevel::County,
        ItemLevel::Township,
        ItemLevel::Village,
    ];

    /// The digit in the code, 1 to 6.
    #[must_use]
    pub fn digit(self) -> u8 {
        self as u8 + 1
    }
}

impl ItemCode {
    /// Puts a code together.
    #[must_use]
    pub fn new(body: CreditCode, level: ItemLevel, basic: BasicItemCode) -> Self {
        ItemCode { body, level, basic }
    }

    /// What can be said about a text as the code under which an item is carried out.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        let structure = checks::IDENTIFIER_STRUCTURE;
        let Some((body, level, basic)) = split(text) else {
            let length = text.chars().count();
            let told = format!("a code under which an item is carried out has 31 characters, this has {length}");
            return vec![Finding::fail(structure, told).under(CLAUSE)];
        };
        let mut findings = CreditCode::examine(body);
        findings.push(match read_level(level) {
            Some(level) => Finding::pass(structure, format!("level {}", level.digit())).under(CLAUSE),
            None => Finding::fail(structure, "character 19 is the level, a digit from 1 to 6").under(CLAUSE),
        });
        findings.extend(BasicItemCode::examine(basic));
        findings
    }

    /// The body that carries the item out.
    #[must_use]
    pub fn body(&self) -> &CreditCode {
        &self.body
    }

    /// The level at which it does.
    #[must_use]
    pub fn level(&self) -> ItemLevel {
        self.level
    }

    /// The item in the basic catalogue.
    #[must_use]
    pub fn basic(&self) -> &BasicItemCode {
        &self.basic
    }
}

fn split(text: &str) -> Option<(&str, &str, &str)> {
    (text.len() == 31).then(|| Some((text.get(..18)?, text.get(18..19)?, text.get(19..)?)))?
}

fn read_level(digit: &str) -> Option<ItemLevel> {
    ItemLevel::ALL.into_iter().find(|level| level.digit().to_string() == digit)
}

impl FromStr for ItemCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("code of a service item", ItemCode::examine(text))?;
        let parts = split(text).and_then(|(body, level, basic)| Some((body, read_level(level)?, basic)));
        let (body, level, basic) =
            parts.ok_or_else(|| Error::malformed("a code of a service item has 31 characters"))?;
        Ok(ItemCode { body: body.parse()?, level, basic: basic.parse()? })
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.body, self.level.digit(), self.basic)
    }
}

text_type!(ItemCode);
