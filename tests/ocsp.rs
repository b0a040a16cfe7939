//! OpenSSL's OCSP cases, whole, and answers that our own authority gives.
//!
//! `testdata/ocsp/openssl.txt` has one line for each: the case, what comes out, the time, the root, others
//! on the path, the certificate in question, the responses. What comes out is the state of each certificate
//! below the anchor, that in question first.

mod common;

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use common::sample;
use eseal::trust::Revocation;
use eseal::verify::{CertificateReport, Need};
use eseal::{Certificate, Evidence, Finding, Outcome, Policy, Role, Time, Trust, Verdict, Verifier, checks};

fn files() -> HashMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(sample("ocsp/openssl.zip"))).unwrap();
    let mut files = HashMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn states(report: &CertificateReport) -> String {
    let below = report.chain.links.iter().filter(|link| link.revocation != Revocation::Anchor);
    let states = below.map(|link| match &link.revocation {
        Revocation::Good { .. } => "good".to_owned(),
        Revocation::Unknown { why, .. } => format!("{why:?}"),
        other => format!("{other:?}"),
    });
    states.collect::<Vec<_>>().join(" ")
}

/// What a policy that insists says. SHA-1, by which these certificates are signed, is a matter of its own.
#[track_caller]
fn assert_told(name: &str, report: &CertificateReport, known: bool) {
    let told = report.checks.iter().find(|one| one.check == checks::CERTIFICATE_REVOCATION.name()).unwrap();
    let outcome = if known { Outcome::Pass } else { Outcome::Unknown };
    assert_eq!((told.outcome, told.needed), (outcome, true), "{name}\n{report}");
    assert!(known || report.verdict == Verdict::Indeterminate, "{name}\n{report}");
    let good = |one: &Finding| one.outcome == Outcome::Pass || one.check == checks::SIGNATURE_ALGORITHM.name();
    assert!(!known || report.checks.iter().all(good), "{name}\n{report}");
}

#[test]
fn every_case_of_openssl_comes_out_as_stated() {
    let files = files();
    let certificate = |name: &str| Certificate::from_pem(&files[name]).unwrap();
    let table = String::from_utf8(sample("ocsp/openssl.txt")).unwrap();
    let mut wrong = Vec::new();
    for line in table.lines() {
        let parts: Vec<_> = line.split(" | ").collect();
        let [name, expected, at, root, others, leaf, responses] = parts[..] else { panic!("not seven parts: {line}") };
        let at: Time = at.parse().unwrap();
        let trust = Trust::new().signatories([certificate(root)]);
        let others = others.split(' ').filter(|name| *name != "-").map(certificate);
        let mut evidence = Evidence::new().certificates(others);
        for response in responses.split(' ') {
            evidence = evidence.ocsp(files[response].clone()).unwrap();
        }
        let leaf = certificate(leaf);
        let verifier = Verifier::new(&trust).evidence(&evidence);
        let found = states(&verifier.certificate(&leaf, Role::Signatory, at, at));
        // With a policy that insists, nothing but a whole chain of answers makes it valid.
        let insisting = Policy { revocation: Need::Required, ..Policy::default() };
        let report = verifier.policy(insisting).certificate(&leaf, Role::Signatory, at, at);
        let complete = states(&report).split(' ').all(|state| state == "good");
        assert_told(name, &report, complete);
        if found != expected {
            wrong.push(format!("{name}: expected {expected}, found {found}"));
        }
    }
    assert_eq!(table.lines().count(), 29);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
