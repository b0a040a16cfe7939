//! Findings of this room, in both languages.

use std::fmt;

use serde::Serialize;

use crate::error::Error;
use crate::finding::{Check, Finding, Outcome, SubIndication, Verdict};

/// A [`Finding`] whose sentence is told in Chinese too.
///
/// Neither sentence shows the number of a natural person.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Remark {
    /// The finding, with its sentence in English.
    #[serde(flatten)]
    pub finding: Finding,
    /// The same sentence in Chinese.
    pub chinese: String,
}

impl Remark {
    pub(crate) fn pass(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Remark { finding: Finding::pass(check, english), chinese: chinese.into() }
    }

    pub(crate) fn fail(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Remark { finding: Finding::fail(check, english), chinese: chinese.into() }
    }

    pub(crate) fn unknown(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Remark { finding: Finding::unknown(check, english), chinese: chinese.into() }
    }

    /// An oddity that is tolerated and told.
    pub(crate) fn note(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Remark { finding: Finding::note(check, english), chinese: chinese.into() }
    }

    pub(crate) fn because(mut self, reason: SubIndication) -> Self {
        self.finding = self.finding.because(reason);
        self
    }

    /// The check's stable name.
    #[must_use]
    pub fn check(&self) -> &'static str {
        self.finding.check
    }

    /// What was seen.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.finding.outcome
    }

    /// Whether it says no to something that is asked for.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        self.finding.needed && self.finding.outcome != Outcome::Pass
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.finding, self.chinese)
    }
}

/// The findings alone.
pub(crate) fn findings(remarks: &[Remark]) -> Vec<Finding> {
    remarks.iter().map(|remark| remark.finding.clone()).collect()
}

/// Refuses what has a fault. The message names the first of the worst.
pub(crate) fn require_good(what: &str, remarks: Vec<Remark>) -> Result<(), Error> {
    let worst = remarks.iter().filter(|remark| remark.is_fault()).min_by_key(|remark| std::cmp::Reverse(remark.outcome()));
    let Some(worst) = worst else { return Ok(()) };
    let findings = findings(&remarks);
    let verdict = Verdict::of(&findings);
    let message = format!("{what} is {verdict}: {} ({}; {})", worst.finding.detail, worst.check(), worst.chinese);
    Err(Error::not_valid(message, findings))
}
