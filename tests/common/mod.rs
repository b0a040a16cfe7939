//! What the tests of the whole crate share.

#![allow(dead_code, reason = "each test program uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};

use eseal::{Finding, Outcome};

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
