//! Citizens' numbers (GB 11643-1999).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::identifier::{Region, admit, checksum, text_type};

const CLAUSE: &str = "GB 11643-1999";

/// A citizen's number (公民身份号码): region, date of birth, sequence and check character, 18 in all.
///
/// It is personal: `Debug` masks it, and no finding or error quotes it. `Display` and serde write it whole,
/// since a licence shows it; for reports take [`masked`](Self::masked).
///
/// ```
/// use eseal::identifier::CitizenNumber;
///
/// let number: CitizenNumber = "11010519491231002X".parse()?;
/// assert_eq!(number.masked(), "110***********002X");
/// assert_eq!(format!("{number:?}"), "CitizenNumber(110***********002X)");
/// assert_eq!(number.born(), (1949, 12, 31));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenNumber(String);

impl CitizenNumber {
    /// What can be said about a text as a citizen's number. The older form of 15 digits is recognised and not
    /// admitted: it has no check character, and has not been valid since 2013.
    #[must_use]
    pub fn examine(text: &str) -> Vec<Finding> {
        let structure = checks::IDENTIFIER_STRUCTURE;
        if let Err(reason) = shape(text) {
            return vec![Finding::fail(structure, reason).under(CLAUSE)];
        }
        let mut findings = vec![Finding::pass(structure, "17 digits and a check character").under(CLAUSE)];
        let check = checks::IDENTIFIER_CHECK_CHARACTER;
        let right = checksum::mod_11_2(text.chars().take(17)) == text.chars().nth(17);
        findings.push(if right {
            Finding::pass(check, "the last character is right").under(CLAUSE)
        } else {
            Finding::fail(check, "the last character does not go with the 17 digits before it").under(CLAUSE)
        });
        let check = checks::IDENTIFIER_PARTS;
        findings.push(match date(text) {
            Some(_) => Finding::pass(check, "the date of birth is a day of the calendar").under(CLAUSE),
            None => Finding::fail(check, "the date of birth is no day of the calendar").under(CLAUSE),
        });
        findings.push(match Region::read(text.get(..6).unwrap_or_default()) {
            Ok(_) => Finding::pass(check, "the first six digits have the shape of a region's code").under("GB/T 2260"),
            Err(reason) => Finding::fail(check, reason).not_needed().under("GB/T 2260"),
        });
        findings
    }

    /// The number in clear, for the licence that shows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first three and the last four characters, the others as stars.
    #[must_use]
    pub fn masked(&self) -> String {
        let (first, last) = (self.0.get(..3).unwrap_or_default(), self.0.get(14..).unwrap_or_default());
        format!("{first}***********{last}")
    }

    /// Year, month and day of birth.
    #[must_use]
    pub fn born(&self) -> (u16, u8, u8) {
        date(&self.0).unwrap_or_default()
    }

    /// Where the number was first given, if that has the shape of a region's code.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        Region::read(self.0.get(..6)?).ok()
    }
}

fn shape(text: &str) -> Result<(), String> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let length = text.chars().count();
    if length == 15 && digits(text) {
        return Err("this is a number of the older form with 15 digits, which is no longer valid".into());
    }
    if length != 18 {
        return Err(format!("a citizen's number has 18 characters, this has {length}"));
    }
    match (text.get(..17), text.get(17..)) {
        (Some(body), Some(_)) if !digits(body) => Err("one of the first 17 characters is no digit".into()),
        (Some(_), Some("x")) => Err("the last character is a small x: it has to be a capital".into()),
        (Some(_), Some(last)) if last == "X" || digits(last) => Ok(()),
        _ => Err("the last character is neither a digit nor X".into()),
    }
}

/// The date in characters 7 to 14, if it is one.
fn date(text: &str) -> Option<(u16, u8, u8)> {
    let year: u16 = text.get(6..10)?.parse().ok()?;
    let month: u8 = text.get(10..12)?.parse().ok()?;
    let day: u8 = text.get(12..14)?.parse().ok()?;
    let name = time::Month::try_from(month).ok()?;
    let possible = year >= 1800 && time::Date::from_calendar_date(year.into(), name, day).is_ok();
    possible.then_some((year, month, day))
}

impl FromStr for CitizenNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        admit("citizen's number", CitizenNumber::examine(text))?;
        Ok(CitizenNumber(text.to_owned()))
    }
}

impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenNumber({})", self.masked())
    }
}

impl fmt::Display for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Drop for CitizenNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

text_type!(CitizenNumber);
