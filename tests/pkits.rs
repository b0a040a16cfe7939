//! The path validation cases of NIST (PKITS), whole.
//!
//! `testdata/pkits/cases.txt` has one line for each: the section, what comes out, the certificate in
//! question, the others on its path, the lists of revoked certificates, and the policy inputs. What comes out
//! is `good`, or the check with its outcome and the rule that was broken (for paths) or the doubt (for
//! revocation). Every case insists on revocation data. Where a case comes out otherwise than NIST states, it
//! stands in `testdata/known-differences.txt` with the reason.

mod common;

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use common::sample;
use eseal::trust::{ChainState, PolicyRules, Revocation};
use eseal::verify::{CertificateReport, Need};
use eseal::{Certificate, Evidence, Outcome, Policy, Role, Time, Trust, Verdict, Verifier, checks};

/// The suite's test policies count up from here.
const POLICY: &str = "2.16.840.1.101.3.2.1.48";

struct Files(HashMap<String, Vec<u8>>);

impl Files {
    fn read() -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(sample("pkits/pkits.zip"))).unwrap();
        let mut files = HashMap::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            files.insert(file.name().unwrap().into_owned(), bytes);
        }
        Files(files)
    }

    fn get(&self, name: &str, ending: &str) -> &[u8] {
        self.0.get(&format!("{name}.{ending}")).unwrap_or_else(|| panic!("no file {name}.{ending}"))
    }

    fn certificate(&self, name: &str) -> Certificate {
        Certificate::from_der(self.get(name, "crt")).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

struct Case<'t> {
    section: &'t str,
    expected: &'t str,
    certificate: &'t str,
    others: Vec<&'t str>,
    lists: Vec<&'t str>,
    rules: PolicyRules,
}

impl<'t> Case<'t> {
    fn parse(line: &'t str) -> Self {
        let parts: Vec<_> = line.split(" | ").collect();
        let [section, expected, certificate, others, lists, inputs] = parts[..] else {
            panic!("not six parts: {line}")
        };
        let names = |list: &'t str| list.split(' ').filter(|name| *name != "-").collect();
        let mut rules = PolicyRules::default();
        for input in inputs.split(' ').filter(|input| *input != "-") {
            match input.split_once('=') {
                Some(("policies", list)) => {
                    rules.acceptable = list.split(',').map(|number| format!("{POLICY}.{number}")).collect();
                }
                None if input == "required" => rules.required = true,
                None if input == "without-mapping" => rules.without_mapping = true,
                None if input == "without-any" => rules.without_any = true,
                _ => panic!("unknown input: {input}"),
            }
        }
        Case { section, expected, certificate, others: names(others), lists: names(lists), rules }
    }

    fn judge(&self, files: &Files) -> CertificateReport {
        let trust = Trust::new().signatories([files.certificate("TrustAnchorRootCertificate")]);
        let mut evidence = Evidence::new().certificates(self.others.iter().map(|name| files.certificate(name)));
        evidence = evidence.crl(files.get("TrustAnchorRootCRL", "crl")).unwrap();
        for list in &self.lists {
            evidence = evidence.crl(files.get(list, "crl")).unwrap_or_else(|error| panic!("{list}: {error}"));
        }
        let policy =
            Policy { revocation: Need::Required, certificate_policies: self.rules.clone(), ..Policy::default() };
        let at: Time = "2020-06-01T00:00:00Z".parse().unwrap();
        let verifier = Verifier::new(&trust).evidence(&evidence).policy(policy);
        verifier.certificate(&files.certificate(self.certificate), Role::Signatory, at, at)
    }
}

/// `good`, or the first check that is not, and why.
fn told(report: &CertificateReport) -> String {
    let Some(finding) = report.checks.iter().find(|one| one.needed && one.outcome != Outcome::Pass) else {
        assert_eq!(report.verdict, Verdict::Valid);
        return "good".into();
    };
    assert_ne!(report.verdict, Verdict::Valid);
    let outcome = if finding.outcome == Outcome::Fail { "fail" } else { "unknown" };
    let reason = match (&report.chain.state, finding.check) {
        (ChainState::Broken(obstacle) | ChainState::NotFound(obstacle), _) => format!(" {:?}", obstacle.problem),
        (ChainState::Holds, check) if check == checks::CERTIFICATE_REVOCATION.name() => {
            let doubt = report.chain.links.iter().rev().find_map(|link| match &link.revocation {
                Revocation::Revoked { reason, .. } => Some(format!(" {reason:?}")),
                Revocation::Unknown { why, .. } => Some(format!(" {why:?}")),
                _ => None,
            });
            doubt.unwrap_or_default()
        }
        _ => String::new(),
    };
    format!("{} {outcome}{reason}", finding.check)
}

#[test]
fn every_case_comes_out_as_stated() {
    let files = Files::read();
    let table = String::from_utf8(sample("pkits/cases.txt")).unwrap();
    let differences = String::from_utf8(sample("known-differences.txt")).unwrap();
    let differences: HashMap<_, _> = differences
        .lines()
        .filter_map(|line| line.strip_prefix("pkits/"))
        .map(|line| line.split_once(" · ").unwrap())
        .collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in table.lines() {
        let case = Case::parse(line);
        let report = case.judge(&files);
        let found = told(&report);
        let expected = match differences.get(case.section) {
            Some(line) => {
                let parts: Vec<_> = line.split(" · ").collect();
                let [stated, found, reason] = parts[..] else { panic!("not four parts: {line}") };
                assert!(stated == case.expected && stated != found && reason.len() > 20, "{line}");
                found
            }
            None => case.expected,
        };
        if found != expected {
            wrong.push(format!("{} expected {expected}, found {found}\n{report}", case.section));
        }
        count += 1;
    }
    assert_eq!(count, 246, "the suite has 246 cases here");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
