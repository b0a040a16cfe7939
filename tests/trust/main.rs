//! Whom to believe, and until when: paths and revocation, each rule with its bad twins.

#![cfg(all(feature = "sm", feature = "ofd"))]

#[path = "../common/mod.rs"]
mod common;

mod lists;
mod ocsp;
mod paths;
mod signatures;

use eseal::authority::{Algorithm, Authority, Issued, ListProfile, RawExtension, RevokedEntry};
use eseal::trust::Revocation;
use eseal::verify::{CertificateReport, Need};
use eseal::{Certificate, Evidence, Finding, Outcome, Policy, Role, Time, Trust, Validity, Verdict, Verifier, checks};

/// An authority with an intermediate one, and whom that certified.
struct World {
    authority: Authority,
    trust: Trust,
    leaf: Issued,
    now: Time,
}

impl World {
    fn new(algorithm: Algorithm) -> Self {
        let now: Time = common::scene::CLOCK.parse().unwrap();
        let authority = Authority::new(algorithm, now).unwrap().with_intermediate().unwrap();
        let leaf = authority.issue(&authority.profile("示例市人民政府")).unwrap();
        let trust = Trust::new().signatories([authority.root().clone()]);
        World { authority, trust, leaf, now }
    }

    fn all() -> Vec<Self> {
        common::scene::algorithms().into_iter().map(World::new).collect()
    }

    fn leaf(&self) -> &Certificate {
        self.leaf.credentials.certificate()
    }

    fn middle(&self) -> &Certificate {
        self.authority.issuer().credentials.certificate()
    }

    /// A list of the clock's time by the intermediate authority.
    fn list(&self) -> ListProfile<'_> {
        let span = Validity { not_before: self.now.plus_days(-1), not_after: self.now.plus_days(30) };
        ListProfile { span, number: Some(7), revoked: Vec::new(), extensions: Vec::new() }
    }

    /// An entry for the leaf.
    fn entry(&self, since: Time, reason: Option<u8>) -> RevokedEntry<'_> {
        RevokedEntry { certificate: self.leaf(), since, reason, extensions: Vec::new() }
    }

    fn signed(&self, list: &ListProfile<'_>) -> Vec<u8> {
        self.authority.list(self.authority.issuer(), list).unwrap()
    }

    /// The intermediate certificate, and the root's list, on which nobody is.
    fn evidence(&self) -> Evidence {
        let root = self.authority.list(self.authority.issued_root(), &self.list()).unwrap();
        Evidence::new().certificates([self.middle().clone()]).crl(root).unwrap()
    }

    /// The leaf judged as of the clock, by a policy that insists.
    fn judge(&self, evidence: &Evidence) -> CertificateReport {
        self.judge_at(evidence, self.now)
    }

    fn judge_at(&self, evidence: &Evidence, at: Time) -> CertificateReport {
        let now = self.now.plus_days(400);
        let policy = Policy { revocation: Need::Required, ..Policy::default() };
        let verifier = Verifier::new(&self.trust).evidence(evidence).policy(policy);
        verifier.certificate(self.leaf(), Role::Signatory, at, now)
    }

    /// The state of the leaf by one more list.
    fn by_list(&self, list: &ListProfile<'_>) -> CertificateReport {
        self.judge(&self.evidence().crl(self.signed(list)).unwrap())
    }
}

fn extension(id: &str, critical: bool, value: &common::der::Node) -> RawExtension {
    RawExtension { id: id.into(), critical, value: value.der() }
}

/// Asserts verdict, the outcome of the check on revocation, and what its sentence has to say.
#[track_caller]
fn assert_revocation(report: &CertificateReport, verdict: Verdict, outcome: Outcome, part: &str) {
    assert_eq!(report.verdict, verdict, "{report}");
    assert_finding(&report.checks, checks::CERTIFICATE_REVOCATION.name(), outcome, part);
}

#[track_caller]
fn assert_good(report: &CertificateReport) {
    assert_revocation(report, Verdict::Valid, Outcome::Pass, "was not revoked");
    let below = report.chain.links.iter().filter(|link| link.revocation != Revocation::Anchor);
    assert!(below.clone().count() > 0 && below.clone().all(|link| matches!(link.revocation, Revocation::Good { .. })));
    assert!(report.chain.wanted.is_empty());
}

#[track_caller]
fn assert_unknown(report: &CertificateReport, part: &str) {
    assert_revocation(report, Verdict::Indeterminate, Outcome::Unknown, part);
}

#[track_caller]
fn assert_revoked(report: &CertificateReport, part: &str) {
    assert_revocation(report, Verdict::Invalid, Outcome::Fail, part);
}

#[track_caller]
fn assert_finding(findings: &[Finding], check: &str, outcome: Outcome, part: &str) {
    common::assert_told("report", findings, check, outcome, part);
}
