//! What the tests of the whole crate share.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};

use eseal::{Document, Finding, Outcome, Report, Verdict};

/// A file or folder below `testdata/`.
pub fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// The bytes of a file below `testdata/`.
pub fn sample(name: &str) -> Vec<u8> {
    fs::read(testdata(name)).unwrap_or_else(|error| panic!("testdata/{name}: {error}"))
}

/// The names of the checks that failed and that the verdict depends on.
pub fn failed<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<&'static str> {
    let mut names: Vec<_> = findings
        .into_iter()
        .filter(|finding| finding.needed && finding.outcome == Outcome::Fail)
        .map(|finding| finding.check)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

pub mod der;
#[cfg(any(feature = "fetch", feature = "csc"))]
pub mod http;
pub mod package;
pub mod scene;

/// Asserts a verdict and which checks fail; what fails beside them would make a twin say nothing.
#[track_caller]
pub fn assert_judged(what: &str, verdict: Verdict, findings: &[Finding], expected: Verdict, fails: &[&str]) {
    let told: Vec<_> = findings.iter().map(|finding| format!("  {finding}")).collect();
    let told = told.join("\n");
    assert_eq!(verdict, expected, "{what}\n{told}");
    let mut fails = fails.to_vec();
    fails.sort_unstable();
    assert_eq!(failed(findings), fails, "{what}\n{told}");
}

/// Asserts that one finding has this check, this outcome and this in its sentence.
#[track_caller]
pub fn assert_told(what: &str, findings: &[Finding], check: &str, outcome: Outcome, part: &str) {
    let found =
        |finding: &&Finding| finding.check == check && finding.outcome == outcome && finding.detail.contains(part);
    let told: Vec<_> = findings.iter().map(|finding| format!("  {finding}")).collect();
    assert!(findings.iter().any(|one| found(&one)), "{what}: no {check} {outcome} \"{part}\"\n{}", told.join("\n"));
}

/// All findings of a report, those about the document last.
pub fn all_findings<D: Document>(report: &Report<'_, D>) -> Vec<Finding> {
    report.signatures().iter().flat_map(|one| &one.checks).chain(report.findings()).cloned().collect()
}

/// A generator of numbers that are the same each time (xorshift).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }
}
pub mod pdf;
