//! Days of the calendar and times of day, without a place on earth.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use crate::error::Error;
use crate::form::number::narrow;
use crate::time::Time;

/// A day of the calendar, written `YYYY-MM-DD`.
///
/// ```
/// use eseal::form::Day;
///
/// let day: Day = "2024年2月29日".parse()?;
/// assert_eq!(day.to_string(), "2024-02-29");
/// assert!("2023-02-29".parse::<Day>().is_err());
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day it is in China at this time.
    #[must_use]
    pub fn of(time: Time) -> Self {
        Day(time.plus_seconds(8 * 3600).parts().date())
    }

    pub(crate) fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        // There was no year nought.
        let year = Some(year).filter(|year| *year > 0)?;
        Date::from_calendar_date(year.into(), Month::try_from(month).ok()?, day).ok().map(Day)
    }

    /// What people and registers write: `2024-02-29`, `2024/2/29`, `2024.2.29`, `20240229`, `2024年2月29日`, each
    /// with a time of day behind it or not, which is left out.
    pub(crate) fn of_people(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().map(narrow).collect();
        let text = text.split(['T', ' ']).next()?;
        if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::new(
                text.get(..4)?.parse().ok()?,
                text.get(4..6)?.parse().ok()?,
                text.get(6..)?.parse().ok()?,
            );
        }
        let parts: Vec<&str> = match text.split_once('年') {
            Some((year, rest)) => {
                let (month, day) = rest.split_once('月')?;
                vec![year, month, day.strip_suffix('日')?]
            }
            None => text.split(['-', '/', '.']).collect(),
        };
        let [year, month, day] = parts.as_slice() else { return None };
        let figures = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let shaped = year.len() == 4 && [year, month, day].into_iter().all(|part| figures(part));
        shaped.then(|| Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)).flatten()
    }

    /// As official papers write it: `2024年2月29日`.
    #[must_use]
    pub fn in_chinese(self) -> String {
        format!("{}年{}月{}日", self.0.year(), u8::from(self.0.month()), self.0.day())
    }

    /// How many days later `other` is.
    pub(crate) fn days_to(self, other: Self) -> i64 {
        i64::from(other.0.to_julian_day()).saturating_sub(i64::from(self.0.to_julian_day()))
    }

    /// How many whole months lie between.
    pub(crate) fn months_to(self, other: Self) -> i64 {
        let months = |day: Self| i64::from(day.0.year()) * 12 + i64::from(u8::from(day.0.month()));
        let between = months(other).saturating_sub(months(self));
        let unfinished = i64::from(other.0.day() < self.0.day());
        match between >= 0 {
            true => between.saturating_sub(unfinished),
            false => -other.months_to(self),
        }
    }

    /// The day so many days later.
    pub(crate) fn plus(self, days: i64) -> Option<Self> {
        // All days of the calendar are nearer to each other than that.
        let near = days.unsigned_abs() < 8_000_000;
        near.then(|| self.0.checked_add(time::Duration::days(days)).map(Day)).flatten()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::of_people(text).ok_or_else(|| Error::malformed("this is no day of the calendar; write it as 2024-02-29"))
    }
}

impl TryFrom<String> for Day {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

/// A time of day in minutes, written `HH:MM`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Clock(u16);

impl Clock {
    pub(crate) fn of_people(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().map(narrow).collect();
        let mut parts = text.split(':');
        let mut next = |end: u16| {
            let part = parts.next()?;
            let figures = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            figures.then(|| part.parse::<u16>().ok()).flatten().filter(|value| *value < end)
        };
        let (hour, minute) = (next(24)?, next(60)?);
        let rest: Vec<&str> = parts.collect();
        matches!(rest.as_slice(), [] | ["00"]).then_some(Clock(hour * 60 + minute))
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Day};

    #[test]
    fn days_as_people_write_them() {
        for text in ["2024-02-29", "2024/2/29", "20240229", "2024年2月29日", "２０２４.02.29", "2024-02-29 10:00:00"]
        {
            assert_eq!(Day::of_people(text).map(|day| day.to_string()).as_deref(), Some("2024-02-29"), "{text}");
        }
        for text in [
            "2023-02-29",
            "24-02-01",
            "2024-13-01",
            "2024年2月",
            "",
            "2024-02",
            "二〇二四年二月一日",
            "0000-01-01",
            "99999-01-01",
        ] {
            assert_eq!(Day::of_people(text), None, "{text}");
        }
    }

    #[test]
    fn spans() {
        let day = |text: &str| Day::of_people(text).unwrap();
        assert_eq!(day("2024-01-31").days_to(day("2024-03-01")), 30);
        assert_eq!(day("2024-01-31").months_to(day("2024-02-29")), 0);
        assert_eq!(day("2024-01-15").months_to(day("2025-01-15")), 12);
        assert_eq!(day("2025-01-15").months_to(day("2024-01-16")), -11);
        assert_eq!(day("2024-12-31").plus(1), Some(day("2025-01-01")));
        let clock = |text: &str| Clock::of_people(text).map(|clock| clock.to_string());
        assert_eq!(clock("8:05").as_deref(), Some("08:05"));
        assert_eq!((clock("24:00"), clock("8"), clock("8:60"), clock("08:05:30")), (None, None, None, None));
    }
}
