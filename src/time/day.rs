//! Days of the calendar in China, and the spellings in which systems and people hand them over.

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "form")]
use ::time::Duration;
use ::time::{Date, Month};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::time::Time;

/// China's clock is ahead of Coordinated Universal Time by so many seconds.
const AHEAD: i64 = 8 * 3600;

/// A day of the calendar in China.
///
/// Written as `YYYY-MM-DD`, and read so by [`FromStr`] and serde; [`Day::read`] takes the other spellings in use.
///
/// ```
/// use eseal::Day;
///
/// let day = Day::read("20250301")?;
/// assert_eq!(day.to_string(), "2025-03-01");
/// assert_eq!(day.chinese(), "2025年3月1日");
/// assert_eq!(Day::read("1740758400000")?, day); // milliseconds since 1970, China's midnight
/// assert_eq!(day.start().to_string(), "2025-02-28T16:00:00Z");
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// A day.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for a day that is not in the calendar, which begins here with
    /// the year 1.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, Error> {
        let parts = [i64::from(year), i64::from(month), i64::from(day), 0, 0, 0];
        let is_known = Time::from_parts(parts, AHEAD).is_some();
        let month_named = Month::try_from(month).ok().filter(|_| is_known);
        let date = month_named.and_then(|month| Date::from_calendar_date(year.into(), month, day).ok());
        date.map(Day)
            .ok_or_else(|| Error::malformed(format!("{year:04}-{month:02}-{day:02} is no day of the calendar")))
    }

    /// The day on which an instant falls in China.
    #[must_use]
    pub fn of(time: Time) -> Self {
        Day(time.plus_seconds(AHEAD).parts().date())
    }

    /// Reads a day in any spelling in use: `2025-03-01`, `20250301`, `2025/3/1`, `2025.3.1`, `2025年3月1日`, any of these
    /// with a time of day behind it (which is dropped), `20250301083000`, or 13 digits of milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it is none of these, or no day of the calendar.
    pub fn read(text: &str) -> Result<Self, Error> {
        read_time(text).map(Day::of)
    }

    /// When it begins.
    #[must_use]
    pub fn start(self) -> Time {
        let (year, month, day) = self.0.to_calendar_date();
        let parts = [i64::from(year), i64::from(u8::from(month)), i64::from(day), 0, 0, 0];
        Time::from_parts(parts, AHEAD).unwrap_or(Time::from_unix_seconds(0))
    }

    /// Its last second.
    #[must_use]
    pub fn end(self) -> Time {
        self.start().plus_seconds(86_399)
    }

    /// The same day so many years later; 29 February becomes 28 February where needed.
    #[must_use]
    pub fn plus_years(self, years: i32) -> Self {
        Day::of(self.start().plus_seconds(AHEAD).plus_years(years).plus_seconds(-AHEAD))
    }

    /// The day so many days later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Day::of(self.start().plus_days(days))
    }

    /// The same, or none where the calendar of four figures has ended.
    #[cfg(feature = "form")]
    pub(crate) fn checked_plus_days(self, days: i64) -> Option<Self> {
        // All days of the calendar are nearer to each other than that.
        let near = days.unsigned_abs() < 8_000_000;
        near.then(|| self.0.checked_add(Duration::days(days)).map(Day)).flatten()
    }

    /// How many days later `other` is.
    #[cfg(feature = "form")]
    pub(crate) fn days_to(self, other: Self) -> i64 {
        i64::from(other.0.to_julian_day()).saturating_sub(i64::from(self.0.to_julian_day()))
    }

    /// How many whole months lie between.
    #[cfg(feature = "form")]
    pub(crate) fn months_to(self, other: Self) -> i64 {
        let months = |day: Self| i64::from(day.0.year()) * 12 + i64::from(u8::from(day.0.month()));
        let between = months(other).saturating_sub(months(self));
        let unfinished = i64::from(other.0.day() < self.0.day());
        match between >= 0 {
            true => between.saturating_sub(unfinished),
            false => -other.months_to(self),
        }
    }

    /// As official papers write it: `2025年3月1日`.
    #[must_use]
    pub fn chinese(self) -> String {
        let (year, month, day) = self.0.to_calendar_date();
        format!("{year}年{}月{day}日", u8::from(month))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::malformed(format!("\"{}\" is no day: write it as 2025-03-01", text.escape_debug()));
        let shape = text.len() == 10
            && text.bytes().zip(0..).all(|(byte, at)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return Err(wrong());
        }
        let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        let small = |value: Option<u16>| value.and_then(|value| u8::try_from(value).ok()).ok_or_else(wrong);
        Day::new(year.ok_or_else(wrong)?, small(month)?, small(day)?)
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

/// Reads an instant in any spelling in use: those of [`Day::read`], with the time of day where there is one and
/// the day's beginning where there is none, and RFC 3339. Without a zone it is China's time.
pub(crate) fn read_time(text: &str) -> Result<Time, Error> {
    let text = text.trim();
    let wrong = || {
        let shown: String = text.chars().take(40).collect();
        Error::malformed(format!("\"{}\" is no date: write it as 2025-03-01", shown.escape_debug()))
    };
    if text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let millis: i64 = text.parse().map_err(|_| wrong())?;
        return Ok(Time::from_unix_seconds(millis.div_euclid(1000)));
    }
    if text.contains('T') && (text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']))) {
        return text.parse();
    }
    let numbers = numbers(text).ok_or_else(wrong)?;
    Time::from_parts(numbers, AHEAD).ok_or_else(wrong)
}

/// Year, month, day, hour, minute and second out of a text that has nothing else in it.
fn numbers(text: &str) -> Option<[i64; 6]> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = [0_i64; 6];
    if digits {
        let widths: &[usize] = match text.len() {
            8 => &[4, 2, 2],
            12 => &[4, 2, 2, 2, 2],
            14 => &[4, 2, 2, 2, 2, 2],
            _ => return None,
        };
        let mut rest = text;
        for (part, width) in parts.iter_mut().zip(widths) {
            let (number, after) = rest.split_at_checked(*width)?;
            (*part, rest) = (number.parse().ok()?, after);
        }
        return Some(parts);
    }
    // A fraction of a second is dropped.
    let whole = text
        .rsplit_once('.')
        .filter(|(whole, fraction)| whole.contains(':') && fraction.bytes().all(|byte| byte.is_ascii_digit()));
    let text = whole.map_or(text, |(whole, _)| whole);
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let separators: &[_] = &['-', '/', '.', '年', '月', '日', ' ', 'T', ':'];
    let found: Vec<&str> = text.split(separators).filter(|part| !part.is_empty()).collect();
    let plausible = found.iter().zip(0..).all(|(part, at)| {
        let width = if at == 0 { part.len() == 4 } else { part.len() <= 2 };
        width && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    if !plausible || !matches!(found.len(), 3 | 5 | 6) {
        return None;
    }
    for (part, number) in parts.iter_mut().zip(found) {
        *part = number.parse().ok()?;
    }
    Some(parts)
}

/// An instant as the strict writer of licences puts it: `2025-03-01 08:00:00`, China's time.
#[cfg(feature = "licence")]
pub(crate) fn write_time(time: Time) -> String {
    let parts = time.plus_seconds(AHEAD).parts();
    let (hour, minute, second) = parts.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", Day::of(time))
}

#[cfg(test)]
mod tests {
    use super::Day;
    #[cfg(feature = "licence")]
    use super::read_time;

    #[test]
    fn all_spellings_in_use_are_read_and_one_is_written() {
        for text in [
            "2025-03-01",
            "20250301",
            "2025/3/1",
            "2025.3.1",
            "2025年3月1日",
            "2025-03-01 00:00:00",
            "2025-03-01T23:59:59",
            "2025-03-01 08:30:00.0",
            "2025-03-01 08:30",
            "20250301235959",
            "202503010830",
            "2025-02-28T16:00:00Z",
            "2025-03-01T00:00:00+08:00",
            "1740758400000",
            "1740844799999",
            " 2025-03-01 ",
        ] {
            assert_eq!(Day::read(text).unwrap().to_string(), "2025-03-01", "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2025",
            "2025-02-30",
            "20251301",
            "2025-03-01-01-01-01-01",
            "25-03-01",
            "长期",
            "-2025-03-01",
            "2025-003-01",
            "99999999",
            "2025030",
            "２０２５-03-01",
            "2025-03-01T25:00:00",
            "0000-01-01",
            "99999999999999999999",
            "2025-03-+1",
        ] {
            let told = Day::read(text).map(|day| day.to_string());
            assert!(told.is_err(), "{text}: {told:?}");
        }
        for text in ["20250301", "2025-3-1", "2025-03-01 ", "2025-02-29", "2025-03-0a"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_begin_at_chinas_midnight() {
        let day: Day = "2024-02-29".parse().unwrap();
        assert_eq!(day.start().to_string(), "2024-02-28T16:00:00Z");
        assert_eq!(day.end().to_string(), "2024-02-29T15:59:59Z");
        assert_eq!((Day::of(day.start()), Day::of(day.end())), (day, day));
        assert_eq!(day.plus_years(1).to_string(), "2025-02-28");
        assert_eq!(day.plus_days(1).to_string(), "2024-03-01");
        assert!(Day::read("2025-03-01T08:00:00-99:00").is_err());
    }

    #[test]
    #[cfg(feature = "licence")]
    fn instants_are_written_in_chinas_time() {
        let end = "2024-02-29".parse::<Day>().unwrap().end();
        assert_eq!(super::write_time(end), "2024-02-29 23:59:59");
        assert_eq!(read_time(&super::write_time(end)).unwrap(), end);
    }

    #[test]
    #[cfg(feature = "form")]
    fn spans() {
        let day = |text: &str| Day::read(text).unwrap();
        assert_eq!(day("2024-01-31").days_to(day("2024-03-01")), 30);
        assert_eq!(day("2024-01-31").months_to(day("2024-02-29")), 0);
        assert_eq!(day("2024-01-15").months_to(day("2025-01-15")), 12);
        assert_eq!(day("2025-01-15").months_to(day("2024-01-16")), -11);
        assert_eq!(day("2024-12-31").checked_plus_days(1), Some(day("2025-01-01")));
        assert_eq!(day("2024-12-31").checked_plus_days(i64::MAX), None);
    }
}
