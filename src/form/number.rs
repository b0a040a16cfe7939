//! Exact decimal numbers, and amounts in the characters that cannot be altered (大写).

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A decimal number of up to 28 digits, exact: 0.1 and 0.2 make 0.3.
///
/// It is written without an exponent and without zeros that say nothing.
///
/// ```
/// use eseal::form::Number;
///
/// let amount: Number = "1234.50".parse()?;
/// assert_eq!(amount.to_string(), "1234.5");
/// assert_eq!(amount.in_words().as_deref(), Some("壹仟贰佰叁拾肆元伍角整"));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(Decimal);

impl Number {
    pub(crate) const ZERO: Number = Number(Decimal::ZERO);

    pub(crate) fn whole(value: i64) -> Self {
        Number(Decimal::from(value))
    }

    pub(crate) fn count(value: usize) -> Self {
        Number(Decimal::from(value))
    }

    /// A number of JSON, with its exponent if it has one.
    pub(crate) fn of_json(digits: &str) -> Option<Self> {
        let exact = Decimal::from_str_exact(digits).ok();
        exact.or_else(|| Decimal::from_scientific(digits).ok()).map(Number)
    }

    /// What people write: full-width figures, thousands set apart, the sign of the yuan.
    pub(crate) fn of_people(text: &str) -> Option<Self> {
        let plain: String = text
            .trim()
            .trim_start_matches(['¥', '￥'])
            .trim_end_matches('元')
            .chars()
            .filter(|character| !matches!(character, ',' | '，' | ' '))
            .map(narrow)
            .collect();
        let shaped = plain.strip_prefix('-').unwrap_or(&plain);
        let figures = !shaped.is_empty() && shaped.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        figures.then(|| Decimal::from_str_exact(&plain).ok().map(Number)).flatten()
    }

    /// How many decimals it has.
    pub(crate) fn decimals(self) -> u32 {
        self.0.normalize().scale()
    }

    /// As a whole number, if it is one.
    pub(crate) fn as_whole(self) -> Option<i64> {
        self.0.is_integer().then(|| i64::try_from(self.0).ok()).flatten()
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Half is rounded away from zero, as amounts are (四舍五入).
    pub(crate) fn rounded(self, decimals: u32) -> Self {
        Number(self.0.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero))
    }

    /// With so many decimals at least, and thousands set apart when asked for.
    pub(crate) fn shown(self, decimals: u32, thousands: bool) -> String {
        let mut value = self.0.normalize();
        if value.scale() < decimals {
            value.rescale(decimals);
        }
        let text = value.abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut shown = String::from(if value.is_sign_negative() && !value.is_zero() { "-" } else { "" });
        for (at, figure) in whole.chars().enumerate() {
            let left = whole.len().saturating_sub(at);
            if thousands && at > 0 && left.is_multiple_of(3) {
                shown.push(',');
            }
            shown.push(figure);
        }
        if !fraction.is_empty() {
            shown.push('.');
            shown.push_str(fraction);
        }
        shown
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Number)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Number)
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).map(Number)
    }

    pub(crate) fn by(self, other: Self) -> Option<Self> {
        self.0.checked_div(other.0).map(Number)
    }

    /// The amount of yuan in words (大写金额), to the fen; `None` below zero, from 10^12 yuan on, and when a fen
    /// is divided.
    #[must_use]
    pub fn in_words(self) -> Option<String> {
        let fen = self.0.checked_mul(Decimal::ONE_HUNDRED)?;
        let fen = fen.is_integer().then(|| u64::try_from(fen).ok()).flatten()?;
        let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
        if yuan >= 1_000_000_000_000 {
            return None;
        }
        let mut words = if yuan > 0 { format!("{}元", in_words(yuan)) } else { String::new() };
        match (jiao, fen) {
            (0, 0) if yuan == 0 => words.push_str("零元整"),
            (0, 0) => words.push('整'),
            (0, fen) => {
                words.push_str(if yuan > 0 { "零" } else { "" });
                words.push_str(&format!("{}分", figure(fen)));
            }
            (jiao, 0) => words.push_str(&format!("{}角整", figure(jiao))),
            (jiao, fen) => words.push_str(&format!("{}角{}分", figure(jiao), figure(fen))),
        }
        Some(words)
    }
}

/// A full-width character as the usual one.
pub(crate) fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character).saturating_sub(0xfee0)).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    }
}

fn figure(value: u64) -> char {
    "零壹贰叁肆伍陆柒捌玖".chars().nth(usize::try_from(value).unwrap_or_default()).unwrap_or('零')
}

/// A whole number above zero, in groups of ten thousands; one 零 for figures that are passed over.
fn in_words(mut value: u64) -> String {
    let mut groups = Vec::new();
    while value > 0 {
        groups.push(value % 10_000);
        value /= 10_000;
    }
    let mut words = String::new();
    let mut passed = false;
    for (group, unit) in groups.into_iter().zip(["", "万", "亿"]).rev() {
        if group == 0 {
            passed = !words.is_empty();
            continue;
        }
        if !words.is_empty() && (passed || group < 1000) {
            words.push('零');
        }
        passed = false;
        group_in_words(group, &mut words);
        words.push_str(unit);
    }
    words
}

fn group_in_words(group: u64, words: &mut String) {
    let mut passed = false;
    let mut begun = false;
    for (power, unit) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let own = group / power % 10;
        if own == 0 {
            passed = begun;
            continue;
        }
        if passed {
            words.push('零');
        }
        (passed, begun) = (false, true);
        words.push(figure(own));
        words.push_str(unit);
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_zero() {
            true => f.write_str("0"),
            false => write!(f, "{}", self.0.normalize()),
        }
    }
}

impl FromStr for Number {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::of_people(text)
            .ok_or_else(|| Error::malformed("this is no decimal number of up to 28 digits, such as 1234.50"))
    }
}

impl TryFrom<String> for Number {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Number> for String {
    fn from(number: Number) -> String {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_in_words() {
        for (amount, words) in [
            ("0", "零元整"),
            ("0.05", "伍分"),
            ("0.5", "伍角整"),
            ("0.56", "伍角陆分"),
            ("10", "壹拾元整"),
            ("100", "壹佰元整"),
            ("101", "壹佰零壹元整"),
            ("1000.05", "壹仟元零伍分"),
            ("10010", "壹万零壹拾元整"),
            ("10001", "壹万零壹元整"),
            ("11000", "壹万壹仟元整"),
            ("100000", "壹拾万元整"),
            ("1234567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
            ("100000000", "壹亿元整"),
            ("100000001", "壹亿零壹元整"),
            ("100010000", "壹亿零壹万元整"),
            ("1002003004", "壹拾亿零贰佰万叁仟零肆元整"),
            ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ] {
            assert_eq!(number(amount).in_words().as_deref(), Some(words), "{amount}");
        }
        for none in ["-1", "0.001", "1000000000000"] {
            assert_eq!(number(none).in_words(), None, "{none}");
        }
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(number("￥１２,３４５.6０元").to_string(), "12345.6");
        assert_eq!(number("-0.00").to_string(), "0");
        for bad in ["", "-", "1e5", "abc", "1.2.3", "0x10", "99999999999999999999999999999999"] {
            assert!(bad.parse::<Number>().is_err(), "{bad}");
        }
        assert_eq!(number("1234567.5").shown(2, true), "1,234,567.50");
        assert_eq!(number("-1234.567").shown(2, false), "-1234.567");
        assert_eq!(number("2.5").rounded(0).to_string(), "3");
    }

    #[test]
    fn decimals_are_exact() {
        let sum = number("0.1").plus(number("0.2")).unwrap();
        assert_eq!(sum, number("0.3"));
        assert!(number("1").by(Number::ZERO).is_none());
        let large = number("9999999999999999999999999999");
        assert!(large.times(large).is_none(), "too large is no number, not a wrong one");
    }
}
