//! Which records are done.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The numbers of records that are done, from 0, as spans: a batch that went well takes one, whatever its size.
///
/// It is written as `0-99,105` and read so; nothing is written as an empty text.
///
/// ```
/// use eseal::batch::Done;
///
/// let mut done: Done = "0-2,5".parse()?;
/// done.insert(3);
/// done.insert(4);
/// assert_eq!(done.to_string(), "0-5");
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Done {
    /// The first and the last number of each span, with a gap between any two.
    spans: BTreeMap<usize, usize>,
}

impl Done {
    /// Whether a record is done.
    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        self.spans.range(..=number).next_back().is_some_and(|(_, last)| number <= *last)
    }

    /// Says that a record is done.
    pub fn insert(&mut self, number: usize) {
        if self.contains(number) {
            return;
        }
        let before = self.spans.range(..number).next_back().map(|(first, last)| (*first, *last));
        let first = before.filter(|(_, last)| last.checked_add(1) == Some(number)).map_or(number, |(first, _)| first);
        let last = number.checked_add(1).and_then(|next| self.spans.remove(&next)).unwrap_or(number);
        self.spans.insert(first, last);
    }

    /// How many are done.
    #[must_use]
    pub fn count(&self) -> usize {
        self.spans.iter().map(|(first, last)| last.saturating_sub(*first).saturating_add(1)).sum()
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.spans.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "," })?;
            match first == last {
                true => write!(f, "{first}")?,
                false => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Done {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::malformed("this is no list of what was done: write spans in order, as in 0-99,105");
        let mut done = Done::default();
        let mut least = 0;
        for span in text.trim().split(',').filter(|span| !span.is_empty()) {
            let (first, last) = span.split_once('-').unwrap_or((span, span));
            let number = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
            let (first, last) = (number(first)?, number(last)?);
            if first < least || last < first {
                return Err(wrong());
            }
            match done.spans.last_entry().filter(|entry| entry.get().checked_add(1) == Some(first)) {
                Some(mut entry) => drop(entry.insert(last)),
                None => drop(done.spans.insert(first, last)),
            }
            least = last.checked_add(1).ok_or_else(wrong)?;
        }
        Ok(done)
    }
}

impl TryFrom<String> for Done {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Done> for String {
    fn from(done: Done) -> String {
        done.to_string()
    }
}
