//! The codes that registers give to seals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::identifier::{Region, admit, text_type};

/// A seal's code (印章编码): 13 digits in the registers of the police, 14 on platforms for e-seals; the first six
/// are a region, the others a running or random number.
///
/// No published rule fixes the 14 digits, and a national one is expected; until then what counts is a
/// [`SealCodeRule`], and `FromStr` applies its default.
///
/// ```
/// use eseal::identifier::SealCode;
///
/// let code: SealCode = "62100200000001".parse()?;
/// assert_eq!(code.region().map(|region| region.to_string()), Some("621002".into()));
/// assert!("99100200000001".parse::<SealCode>().is_err());
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealCode(String);

/// What is wrong with a code, in words that end a sentence; or nothing.
pub type FurtherRule = fn(&str) -> Result<(), String>;

/// What a register asks of its codes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SealCodeRule {
    /// The numbers of digits it has. Default: 13 and 14.
    pub lengths: Vec<usize>,
    /// Whether the first six digits are a region (GB/T 2260). Default: yes.
    pub begins_with_region: bool,
    /// A rule of the register's own, asked last. Default: none.
    pub further: Option<FurtherRule>,
}

impl Default for SealCodeRule {
    fn default() -> Self {
        SealCodeRule { lengths: vec![13, 14], begins_with_region: true, further: None }
    }
}

impl SealCode {
    /// What can be said about a text as a seal's code by the default rule.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        SealCode::examine_by(text, &SealCodeRule::default())
    }

    /// What can be said about a text as a seal's code by a register's rule.
    #[must_use]
    pub fn examine_by(text: &str, rule: &SealCodeRule) -> Vec<Finding> {
        let structure = checks::IDENTIFIER_STRUCTURE;
        if !rule.lengths.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let lengths: Vec<String> = rule.lengths.iter().map(usize::to_string).collect();
            return vec![Finding::fail(structure, format!("a seal's code has {} digits", lengths.join(" or ")))];
        }
        let mut findings = vec![Finding::pass(structure, format!("{} digits", text.len()))];
        let check = checks::IDENTIFIER_PARTS;
        let number = if rule.begins_with_region {
            findings.push(match Region::read(text.get(..6).unwrap_or_default()) {
                Ok(region) => Finding::pass(check, format!("registered in region {region}")),
                Err(reason) => Finding::fail(check, reason),
            });
            text.get(6..).unwrap_or_default()
        } else {
            text
        };
        if number.bytes().all(|byte| byte == b'0') {
            findings.push(Finding::fail(check, "the number after the region is zero"));
        }
        if let Some(Err(reason)) = rule.further.map(|further| further(text)) {
            findings.push(Finding::fail(check, reason));
        }
        findings
    }

    /// A code by a register's rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the findings when the rule refuses it.
    pub fn parse_by(text: &str, rule: &SealCodeRule) -> Result<Self, Error> {
        admit("seal's code", SealCode::examine_by(text, rule))?;
        Ok(SealCode(text.to_owned()))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region of the register, if the code begins with one.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        Region::read(self.0.get(..6)?).ok()
    }
}

impl FromStr for SealCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        SealCode::parse_by(text, &SealCodeRule::default())
    }
}

impl fmt::Display for SealCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(SealCode);
