//! Times of day, and days as people write them.

use std::fmt;

use crate::form::number::narrow;
use crate::time::Day;

/// A day in any spelling that [`Day::read`] knows, its figures full-width or not.
pub(super) fn day_of_people(text: &str) -> Option<Day> {
    let text: String = text.chars().map(narrow).collect();
    Day::read(&text).ok()
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
    use super::{Clock, day_of_people};

    #[test]
    fn days_as_people_write_them() {
        for text in ["2024-02-29", "2024/2/29", "20240229", "2024年2月29日", "２０２４.02.29", "2024-02-29 10:00:00"]
        {
            assert_eq!(day_of_people(text).map(|day| day.to_string()).as_deref(), Some("2024-02-29"), "{text}");
        }
        for text in ["2023-02-29", "24-02-01", "2024-13-01", "2024年2月", "", "2024-02", "二〇二四年二月一日"]
        {
            assert_eq!(day_of_people(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_day() {
        let clock = |text: &str| Clock::of_people(text).map(|clock| clock.to_string());
        assert_eq!(clock("8:05").as_deref(), Some("08:05"));
        assert_eq!((clock("24:00"), clock("8"), clock("8:60"), clock("08:05:30")), (None, None, None, None));
    }
}
