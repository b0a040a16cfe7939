//! Instants, days and spans of validity.

mod day;

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use ::time::format_description::well_known::Rfc3339;
use ::time::{Date, Month, OffsetDateTime, UtcOffset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

pub use crate::time::day::Day;

#[cfg(feature = "licence")]
pub(crate) use crate::time::day::{read_time, write_time};

/// An instant, in whole seconds of Coordinated Universal Time.
///
/// Whatever needs to know the time takes one as an argument; only [`Time::now`] reads a clock. It
/// is written and read as RFC 3339, and serialised so.
///
/// ```
/// use eseal::Time;
///
/// let time: Time = "2025-03-01T08:00:00+08:00".parse()?;
/// assert_eq!(time.to_string(), "2025-03-01T00:00:00Z");
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Time(i64);

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the ends of what RFC 3339 and ASN.1 can say.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

impl Time {
    /// The present, by the system's clock.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        Time::from_unix_seconds(i64::try_from(since).unwrap_or(LAST))
    }

    /// Seconds since 1970-01-01T00:00:00Z; clamped to the years 1 to 9999.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Time(seconds.clamp(FIRST, LAST))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// The instant `days` later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_unix_seconds(self.0.saturating_add(days.saturating_mul(86_400)))
    }

    /// The instant `seconds` later (earlier when negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_seconds(self.0.saturating_add(seconds))
    }

    /// The same date and time of day `years` later; 29 February becomes 28 February where needed.
    #[must_use]
    pub fn plus_years(self, years: i32) -> Self {
        let parts = self.parts();
        let year = parts.year().saturating_add(years).clamp(1, 9999);
        let date = Date::from_calendar_date(year, parts.month(), parts.day())
            .or_else(|_| Date::from_calendar_date(year, Month::February, 28));
        match date {
            Ok(date) => Self::from_unix_seconds(parts.replace_date(date).unix_timestamp()),
            Err(_) => self,
        }
    }

    /// The calendar's view of the instant, in UTC.
    pub(crate) fn parts(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// From year, month, day, hour, minute and second of a clock that is `offset` seconds ahead of UTC.
    pub(crate) fn from_parts(parts: [i64; 6], offset: i64) -> Option<Self> {
        let [year, month, day, hour, minute, second] = parts;
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
        let small = |value: i64| u8::try_from(value).ok();
        let clock = ::time::Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
        let seconds = date.with_time(clock).assume_utc().unix_timestamp().checked_sub(offset)?;
        (FIRST..=LAST).contains(&seconds).then_some(Time(seconds))
    }

    /// `YYYYMMDDHHMMSSZ`, the content of a DER GeneralizedTime.
    pub(crate) fn to_generalized(self) -> String {
        let p = self.parts();
        let (year, month, day) = p.to_calendar_date();
        let (hour, minute, second) = p.to_hms();
        format!("{year:04}{:02}{day:02}{hour:02}{minute:02}{second:02}Z", u8::from(month))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts().format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        OffsetDateTime::parse(text.trim(), &Rfc3339)
            .map(|parsed| Time::from_unix_seconds(parsed.to_offset(UtcOffset::UTC).unix_timestamp()))
            .map_err(|source| {
                Error::malformed(format!(
                    "\"{text}\" is not a time; write it as RFC 3339, for example 2025-03-01T08:00:00+08:00"
                ))
                .caused_by(source)
            })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A span of time; both ends belong to it, as in X.509 (RFC 5280, 4.1.2.5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Validity {
    /// The first instant.
    pub not_before: Time,
    /// The last instant.
    pub not_after: Time,
}

impl Validity {
    /// `years` years from `start` on.
    ///
    /// ```
    /// use eseal::{Time, Validity};
    ///
    /// let start: Time = "2025-03-01T00:00:00Z".parse()?;
    /// let validity = Validity::years(start, 5);
    /// assert!(validity.contains("2030-03-01T00:00:00Z".parse()?));
    /// assert!(!validity.contains("2030-03-01T00:00:01Z".parse()?));
    /// # Ok::<(), eseal::Error>(())
    /// ```
    #[must_use]
    pub fn years(start: Time, years: u16) -> Self {
        Validity { not_before: start, not_after: start.plus_years(i32::from(years)) }
    }

    /// Whether the instant lies within, ends included.
    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        self.not_before <= time && time <= self.not_after
    }

    /// Whether it ends before it begins.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        self.not_after < self.not_before
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.not_before, self.not_after)
    }
}
