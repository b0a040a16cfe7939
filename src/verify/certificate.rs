//! Judging a certificate by itself.

use std::fmt;

use serde::Serialize;

use crate::crypto::Certificate;
use crate::finding::{Finding, Verdict};
use crate::time::Time;
use crate::trust::{Carried, Chain, Role};
use crate::verify::Verifier;
use crate::verify::chain::{self, judge_certificate};
use crate::verify::document::validity_at;
use crate::verify::report::{CertificateSummary, Times, write_findings};

/// What was found about a certificate.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a report says nothing until it is read"]
pub struct CertificateReport {
    /// The conclusion.
    pub verdict: Verdict,
    /// Which certificate.
    pub certificate: CertificateSummary,
    /// The path to an anchor, and what is known of each certificate on it.
    pub chain: Chain,
    /// Every finding, in the order of the checks.
    pub checks: Vec<Finding>,
}

pub(super) fn judge_alone(
    verifier: &Verifier<'_>,
    certificate: &Certificate,
    role: Role,
    at: Time,
    now: Time,
) -> CertificateReport {
    let names = match role {
        Role::SealMaker => &chain::MAKER,
        Role::Signatory => &chain::SEAL_SIGNATORY,
        Role::TimeStamper => &chain::TIME_STAMPER,
    };
    let mut checks = vec![validity_at(certificate, at, "the time in question")];
    // Whoever asks about a time knows it.
    let times = Times { claimed: Some(at), proven: Some(at), counted: at };
    let chain = judge_certificate(verifier, names, certificate, &Carried::default(), (&times, now), &mut checks);
    CertificateReport {
        verdict: Verdict::of(&checks),
        certificate: CertificateSummary::from(certificate),
        chain,
        checks,
    }
}

impl fmt::Display for CertificateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: certificate of {}, judged as of {}", self.verdict, self.certificate, self.chain.at)?;
        write_findings(f, &self.checks, "  ")
    }
}
