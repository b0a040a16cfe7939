//! The checks on a certificate, the same for makers and signatories.

use crate::crypto::Certificate;
use crate::finding::{Check, Finding, checks};
use crate::time::Time;
use crate::trust::{Path, Role, find_path};
use crate::verify::{Need, Verifier};

/// The names under which one certificate's checks are reported.
pub(super) struct Names {
    pub(super) role: Role,
    purposes: Purposes,
    pub(super) usage: Check,
    pub(super) trusted: Check,
    pub(super) revocation: Check,
}

/// What is asked of extendedKeyUsage.
#[derive(Clone, Copy)]
enum Purposes {
    /// Nothing: no registered purpose marks a seal's certificate, and the makers of whole provinces
    /// have certificates for web servers (seal-format practice).
    Any,
    /// Not one for web servers or for time-stamping alone (RFC 9336; EN 319 102-1 leaves it to the
    /// policy).
    Documents,
    /// Time-stamping, and that alone (RFC 3161, 2.3).
    TimeStamping,
}

/// Who made a seal signature, or a signature of GB/T 35275.
pub(super) const SEAL_SIGNATORY: Names = Names {
    role: Role::Signatory,
    purposes: Purposes::Any,
    usage: checks::CERTIFICATE_USAGE,
    trusted: checks::CERTIFICATE_TRUSTED,
    revocation: checks::CERTIFICATE_REVOCATION,
};

/// Who made a CMS signature of RFC 5652.
pub(super) const SIGNATORY: Names = Names {
    role: Role::Signatory,
    purposes: Purposes::Documents,
    usage: checks::CERTIFICATE_USAGE,
    trusted: checks::CERTIFICATE_TRUSTED,
    revocation: checks::CERTIFICATE_REVOCATION,
};

pub(super) const MAKER: Names = Names {
    role: Role::SealMaker,
    purposes: Purposes::Any,
    usage: checks::SEAL_MAKER_USAGE,
    trusted: checks::SEAL_MAKER_TRUSTED,
    revocation: checks::SEAL_MAKER_REVOCATION,
};

pub(super) const TIME_STAMPER: Names = Names {
    role: Role::TimeStamper,
    purposes: Purposes::TimeStamping,
    usage: checks::CERTIFICATE_USAGE,
    trusted: checks::CERTIFICATE_TRUSTED,
    revocation: checks::CERTIFICATE_REVOCATION,
};

/// Usage, path and revocation of a certificate as of `at`.
pub(super) fn judge_certificate(
    verifier: &Verifier<'_>,
    names: &Names,
    certificate: &Certificate,
    pool: &[Certificate],
    at: Time,
    findings: &mut Vec<Finding>,
) {
    findings.push(usage(names, certificate));
    findings.push(match find_path(certificate, pool, verifier.trust, names.role, at, &verifier.limits) {
        Path::Holds(path) => Finding::pass(names.trusted, format!("the chain holds as of {at}: {}", path.join(" ← "))),
        Path::Broken(reason) => Finding::fail(names.trusted, reason),
        Path::NotFound(reason) => Finding::unknown(names.trusted, reason),
    });
    let unknown = Finding::unknown(names.revocation, "no revocation data was at hand");
    findings.push(if verifier.policy.revocation == Need::Required { unknown } else { unknown.not_needed() });
}

/// digitalSignature or nonRepudiation where keyUsage is present (seal-format practice; RFC 5280,
/// 4.2.1.3), and the purposes that the role asks for.
fn usage(names: &Names, certificate: &Certificate) -> Finding {
    const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
    const SERVER: &str = "1.3.6.1.5.5.7.3.1";
    let subject = certificate.subject();
    if certificate.key_usage().is_some_and(|usage| !usage.may_sign()) {
        return Finding::fail(
            names.usage,
            format!("the key usage of {subject} has neither digitalSignature nor nonRepudiation"),
        );
    }
    match (names.purposes, certificate.extended_key_usage()) {
        (Purposes::TimeStamping, Some([only])) if only == TIME_STAMPING => {}
        (Purposes::TimeStamping, _) => {
            return Finding::fail(
                names.usage,
                format!("{subject} is not certified for time-stamping, and for that alone"),
            );
        }
        (Purposes::Documents, Some([only])) if only == TIME_STAMPING || only == SERVER => {
            return Finding::fail(names.usage, format!("{subject} is certified for another purpose only ({only})"));
        }
        _ => {}
    }
    let detail = match certificate.key_usage() {
        Some(_) => format!("the key of {subject} may sign"),
        None => format!("the certificate of {subject} does not restrict its key's usage"),
    };
    Finding::pass(names.usage, detail)
}
