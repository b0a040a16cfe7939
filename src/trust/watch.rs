//! An instant that remembers what it was compared with.

use std::cell::Cell;

use crate::time::{Time, Validity};

/// The time as of which something is judged. Whoever asks whether an instant was reached narrows the
/// span in which every answer would be the same; in that span a judgement can be used again.
#[derive(Debug)]
pub(crate) struct Watch {
    time: Time,
    from: Cell<i64>,
    until: Cell<i64>,
}

impl Watch {
    pub(crate) fn new(time: Time) -> Self {
        Watch { time, from: Cell::new(i64::MIN), until: Cell::new(i64::MAX) }
    }

    pub(crate) fn time(&self) -> Time {
        self.time
    }

    /// Whether the instant is not later than this time.
    pub(crate) fn reached(&self, instant: Time) -> bool {
        self.reached_second(instant.unix_seconds())
    }

    fn reached_second(&self, second: i64) -> bool {
        let reached = second <= self.time.unix_seconds();
        if reached {
            self.from.set(self.from.get().max(second));
        } else {
            self.until.set(self.until.get().min(second - 1));
        }
        reached
    }

    /// Whether this time is later than the instant.
    pub(crate) fn passed(&self, instant: Time) -> bool {
        self.reached_second(instant.unix_seconds().saturating_add(1))
    }

    /// Whether this time lies within the span, ends included.
    pub(crate) fn lies_in(&self, validity: Validity) -> bool {
        self.reached(validity.not_before) && !self.passed(validity.not_after)
    }

    /// The first and the last second for which every answer so far would have been the same.
    pub(crate) fn span(&self) -> (i64, i64) {
        (self.from.get(), self.until.get())
    }
}

#[cfg(test)]
mod tests {
    use super::Watch;
    use crate::time::{Time, Validity};

    #[test]
    fn the_span_is_that_of_equal_answers() {
        let at = Time::from_unix_seconds;
        let watch = Watch::new(at(100));
        assert_eq!(watch.span(), (i64::MIN, i64::MAX));
        assert!(watch.lies_in(Validity { not_before: at(40), not_after: at(160) }));
        assert_eq!(watch.span(), (40, 160));
        assert!(watch.reached(at(100)) && !watch.passed(at(100)) && !watch.reached(at(120)));
        assert_eq!(watch.span(), (100, 100));
    }
}
