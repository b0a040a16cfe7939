//! Every case below `testdata/cases`: a file that says what should become of another file.
//!
//! A case is text: `key: value` lines up to the first blank line; what follows is for people. The keys:
//!
//! | key | value | how often |
//! | --- | --- | --- |
//! | `file` | what to look at, below `testdata`; the ending says as what: `.esl` a seal, `.dat` a signature that stands apart, `.ofd`, `.pdf` | once |
//! | `content` | what a `.dat` signs | with `.dat` |
//! | `trust` | a certificate to believe for every role | any |
//! | `intermediate` | a certificate to try, not to believe | any |
//! | `at` | the time of verification, RFC 3339 | once |
//! | `password` | of an encrypted PDF | at most once |
//! | `needs` | `encryption`: looked at only where that feature is switched on | at most once |
//! | `policy` | a policy's name, such as `strict-2020` | at most once |
//! | `conclusion` | in the words of EN 319 102-1: `INDETERMINATE, NO_POE` | at most once |
//! | `pades` | of each signature of a PDF, by spaces: `B-B`, `B-T`, `B-LT`, `B-LTA`, `none` | at most once |
//! | `expect` | `valid`, `invalid`, `indeterminate`, `unsigned` or `error` | once |
//! | `check` | a check and an outcome that has to be among the findings: `seal.signatory-listed fail` | any; at least the reason when not valid |
//! | `check-only-fails` | the checks that may fail, by spaces; no other may | with `invalid` |
//! | `signatures` | how many there are | at most once |
//! | `coverage` | of each signature, by spaces: `none`, `unclear`, `partial`, `revision`, `whole` | at most once |
//! | `levels` | how far revisions after each signature went: `none`, `lta-update`, `form-filling`, `annotations`, `other` | at most once |
//! | `error` | what the error says | with `error` |
//! | `comment`, `source` | for people | any |
//!
//! One run reports every case that fails. Where a case differs from what its source states, it stands
//! in `testdata/known-differences.txt` with the reason.

#![cfg(all(feature = "sm", feature = "ofd"))]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::{failed, sample, testdata};
use eseal::verify::SignatureReport;
use eseal::{
    Certificate, Conclusion, Coverage, Document, Finding, Ofd, Outcome, Policy, Seal, Time, Trust, Verdict, Verifier,
};

const KEYS: &[&str] = &[
    "file",
    "content",
    "trust",
    "intermediate",
    "at",
    "needs",
    "password",
    "policy",
    "conclusion",
    "pades",
    "expect",
    "check",
    "check-only-fails",
    "signatures",
    "coverage",
    "levels",
    "error",
    "comment",
    "source",
];
const REPEATED: &[&str] = &["trust", "intermediate", "check", "comment", "source"];

#[test]
fn every_case_comes_out_as_it_says() {
    let mut names = Vec::new();
    let mut failures = Vec::new();
    for (name, text) in case_files() {
        let outcome = Case::parse(&text).and_then(|case| if case.is_built_in() { case.run() } else { Ok(()) });
        if let Err(reason) = outcome {
            failures.push(format!("{name}\n    {}", reason.replace('\n', "\n    ")));
        }
        names.push(name);
    }
    assert!(names.len() > 20, "only {} cases were found", names.len());
    assert!(failures.is_empty(), "{} of {} cases fail:\n{}", failures.len(), names.len(), failures.join("\n"));
}

/// Each line names a case that comes out otherwise than its source states: the case, what was stated,
/// what was found, and why. Those of NIST are looked at by `tests/pkits.rs`.
#[test]
fn known_differences_are_of_cases_and_have_reasons() {
    let cases: BTreeMap<_, _> = case_files().into_iter().collect();
    let text = String::from_utf8(sample("known-differences.txt")).unwrap();
    let is_ours = |line: &&str| !line.is_empty() && !line.starts_with('#') && !line.starts_with("pkits/");
    for line in text.lines().filter(is_ours) {
        let parts: Vec<_> = line.split(" · ").map(str::trim).collect();
        let [name, stated, found, reason] = parts.as_slice() else { panic!("not four parts: {line}") };
        let case = cases.get(*name).unwrap_or_else(|| panic!("there is no case {name}"));
        let case = Case::parse(case).unwrap();
        assert_ne!(stated, found, "{name}: no difference");
        assert!(reason.len() > 20, "{name}: no reason");
        let told = |check: &str| case.checks.iter().any(|told| *told == *check);
        assert!(case.expect == *found || told(found), "{name} says nothing of \"{found}\"");
    }
}

/// A file without a case is a file that nobody looks at.
#[test]
fn every_sample_has_a_case() {
    let used: BTreeSet<_> =
        case_files().into_iter().map(|(_, text)| Case::parse(&text).unwrap().one("file").unwrap().to_owned()).collect();
    // Forms are filled in, which no case does.
    let filled = include_str!("pdf_forms.rs");
    let is_filled =
        |file: &str| file.strip_prefix("forms/").is_some_and(|name| filled.contains(&format!("\"{name}\"")));
    let mut unused = Vec::new();
    for folder in ["seals", "signatures", "ofd", "pdf", "forms"] {
        for file in files_below(folder) {
            let is_sample = [".esl", ".dat", ".ofd", ".pdf"].iter().any(|ending| file.ends_with(ending));
            if is_sample && !used.contains(&file) && !is_filled(&file) {
                unused.push(file);
            }
        }
    }
    assert!(unused.is_empty(), "no case looks at {unused:?}");
}

fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(testdata(folder)).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() { found.extend(files_below(&name)) } else { found.push(name) }
    }
    found
}

/// The names of all cases and their text, in the order of the names.
fn case_files() -> Vec<(String, String)> {
    let mut cases: Vec<_> = files_below("cases")
        .into_iter()
        .filter_map(|name| Some((name.strip_prefix("cases/")?.strip_suffix(".case")?.to_owned(), name)))
        .map(|(name, file)| (name, String::from_utf8(sample(&file)).unwrap()))
        .collect();
    cases.sort();
    cases
}

/// What a case says.
struct Case {
    lines: Vec<(String, String)>,
    expect: String,
    checks: Vec<String>,
}

/// What was seen.
struct Seen {
    verdict: Verdict,
    findings: Vec<Finding>,
    /// The coverage of each signature; nothing for a seal.
    coverage: Vec<Coverage>,
    conclusion: Conclusion,
    /// The PAdES level of each signature.
    pades: Vec<String>,
    /// How far later revisions went.
    levels: Vec<String>,
    text: String,
}

impl Case {
    fn parse(text: &str) -> Result<Self, String> {
        let mut lines: Vec<(String, String)> = Vec::new();
        for line in text.lines().take_while(|line| !line.trim().is_empty()) {
            let (key, value) = line.split_once(": ").ok_or_else(|| format!("not a key and a value: {line}"))?;
            if !KEYS.contains(&key) {
                return Err(format!("unknown key: {key}"));
            }
            if !REPEATED.contains(&key) && lines.iter().any(|(before, _)| before == key) {
                return Err(format!("twice: {key}"));
            }
            lines.push((key.to_owned(), value.trim().to_owned()));
        }
        let mut case = Case { lines, expect: String::new(), checks: Vec::new() };
        case.expect = case.one("expect")?.to_owned();
        case.checks = case.all("check").map(str::to_owned).collect();
        case.check_itself()?;
        Ok(case)
    }

    /// A case that does not say why would pass for the wrong reason.
    fn check_itself(&self) -> Result<(), String> {
        let tells = |outcome: &str| self.checks.iter().any(|check| check.ends_with(outcome));
        match self.expect.as_str() {
            "valid" | "unsigned" => Ok(()),
            "invalid" if !tells(" fail") => Err("it has to say which check fails".into()),
            "invalid" => self.one("check-only-fails").map(drop),
            "indeterminate" if !tells(" unknown") => Err("it has to say which check is unknown".into()),
            "indeterminate" => Ok(()),
            "error" => self.one("error").map(drop),
            other => Err(format!("unknown verdict: {other}")),
        }?;
        for check in &self.checks {
            let (name, outcome) = check.split_once(' ').ok_or("a check needs an outcome")?;
            if !eseal::checks::ALL.iter().any(|known| known.name() == name) {
                return Err(format!("there is no check {name}"));
            }
            if !["pass", "unknown", "fail"].contains(&outcome) {
                return Err(format!("there is no outcome {outcome}"));
            }
        }
        Ok(())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.lines.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn all<'c>(&'c self, key: &'c str) -> impl Iterator<Item = &'c str> {
        self.lines.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn one(&self, key: &str) -> Result<&str, String> {
        self.get(key).ok_or_else(|| format!("it has no {key}"))
    }

    /// Whether the features that it needs are switched on.
    fn is_built_in(&self) -> bool {
        let is_pdf = self.get("file").is_some_and(|file| file.ends_with(".pdf"));
        let is_encrypted = self.get("password").is_some() || self.get("needs") == Some("encryption");
        !is_pdf || (cfg!(feature = "pdf") && (!is_encrypted || cfg!(feature = "encryption")))
    }

    fn run(&self) -> Result<(), String> {
        match (self.look()?, self.expect.as_str()) {
            (Ok(seen), "error") => Err(format!("expected an error, found {}", seen.text)),
            (Ok(seen), _) => self.compare(&seen),
            (Err(error), "error") => {
                let part = self.one("error")?;
                let said = error.to_string();
                if said.contains(part) { Ok(()) } else { Err(format!("the error says: {said}")) }
            }
            (Err(error), _) => Err(format!("it could not be looked at: {error}")),
        }
    }

    /// The outer error is the case's own fault.
    fn look(&self) -> Result<Result<Seen, eseal::Error>, String> {
        let at: Time = self.one("at")?.parse().map_err(|error| format!("at: {error}"))?;
        let trust =
            Trust::new().everything(self.certificates("trust")?).intermediates(self.certificates("intermediate")?);
        let verifier = Verifier::new(&trust).policy(match self.get("policy") {
            None => Policy::default(),
            Some(name) => Policy::named(name).map_err(|error| error.to_string())?,
        });
        let file = self.one("file")?;
        let bytes = sample(file);
        Ok(match file.rsplit_once('.').map(|(_, ending)| ending) {
            Some("esl") => Seal::from_der(&bytes).map(|seal| {
                let report = verifier.seal(&seal, at);
                Seen {
                    verdict: report.verdict(),
                    findings: report.findings().to_vec(),
                    coverage: Vec::new(),
                    conclusion: report.conclusion(),
                    pades: Vec::new(),
                    levels: Vec::new(),
                    text: report.to_string(),
                }
            }),
            Some("dat") => {
                let report = verifier.detached(&bytes, &sample(self.one("content")?), at);
                Ok(Seen {
                    verdict: report.verdict,
                    coverage: vec![report.coverage],
                    conclusion: report.conclusion,
                    pades: Vec::new(),
                    levels: Vec::new(),
                    text: report.to_string(),
                    findings: report.checks,
                })
            }
            Some("ofd") => Ofd::read(bytes).and_then(|ofd| document(&verifier, &ofd, at)),
            #[cfg(feature = "pdf")]
            Some("pdf") => {
                let password = self.get("password").unwrap_or_default();
                eseal::Pdf::read_with_password(bytes, password, &eseal::Limits::default())
                    .and_then(|pdf| document(&verifier, &pdf, at))
            }
            other => return Err(format!("nobody knows what to do with {other:?}")),
        })
    }

    fn certificates(&self, key: &str) -> Result<Vec<Certificate>, String> {
        self.all(key)
            .map(|file| Certificate::from_pem(&sample(file)).map_err(|error| format!("{file}: {error}")))
            .collect()
    }

    fn compare(&self, seen: &Seen) -> Result<(), String> {
        let mut wrong = Vec::new();
        let verdict = format!("{:?}", seen.verdict).to_lowercase();
        if verdict != self.expect {
            wrong.push(format!("expected {}, found {verdict}", self.expect));
        }
        for told in &self.checks {
            let found = |finding: &&Finding| format!("{} {}", finding.check, outcome(finding.outcome)) == *told;
            if seen.findings.iter().find(found).is_none() {
                wrong.push(format!("no finding says \"{told}\""));
            }
        }
        let allowed: Vec<_> = self.get("check-only-fails").unwrap_or_default().split_whitespace().collect();
        for name in failed(&seen.findings).into_iter().filter(|name| !allowed.contains(name)) {
            wrong.push(format!("{name} fails too"));
        }
        let count = seen.coverage.len().to_string();
        if self.get("signatures").is_some_and(|told| told != count) {
            wrong.push(format!("found {count} signatures"));
        }
        if let Some(told) = self.get("conclusion").filter(|told| *told != seen.conclusion.to_string()) {
            wrong.push(format!("expected {told}, found {}", seen.conclusion));
        }
        if let Some(told) = self.get("pades").filter(|told| *told != seen.pades.join(" ")) {
            wrong.push(format!("expected the level {told}, found {}", seen.pades.join(" ")));
        }
        if let Some(told) = self.get("coverage") {
            let found: Vec<_> = seen.coverage.iter().map(|one| format!("{one:?}").to_lowercase()).collect();
            if told != found.join(" ") {
                wrong.push(format!("expected the coverage {told}, found {}", found.join(" ")));
            }
        }
        if let Some(told) = self.get("levels").filter(|told| *told != seen.levels.join(" ")) {
            wrong.push(format!("expected the levels {told}, found {}", seen.levels.join(" ")));
        }
        if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{}", wrong.join("\n"), seen.text)) }
    }
}

fn document<D: Document>(verifier: &Verifier<'_>, document: &D, at: Time) -> Result<Seen, eseal::Error> {
    let report = verifier.document(document, at)?;
    let findings = report.signatures().iter().flat_map(|one| &one.checks).chain(report.findings()).cloned().collect();
    let coverage = report.signatures().iter().map(|one| one.coverage).collect();
    let pades = |one: &SignatureReport| {
        let told = one.level.as_ref().and_then(|told| told.level);
        told.map_or("none".to_owned(), |level| level.to_string().trim_start_matches("PAdES ").to_owned())
    };
    let pades = report.signatures().iter().map(pades).collect();
    let level = |one: &SignatureReport| {
        let level = one.modification_level.map(|level| serde_json::to_string(&level).unwrap_or_default());
        level.map_or_else(|| "unknown".to_owned(), |level| level.trim_matches('"').to_owned())
    };
    let levels = report.signatures().iter().map(level).collect();
    let conclusion = report.conclusion();
    Ok(Seen { verdict: report.verdict(), findings, coverage, conclusion, pades, levels, text: report.to_string() })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Unknown => "unknown",
        Outcome::Fail => "fail",
    }
}
