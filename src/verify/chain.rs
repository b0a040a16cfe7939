//! The checks on a certificate, the same for makers and signatories.

use crate::crypto::Certificate;
use crate::finding::{Check, Finding, Outcome, SubIndication, checks};
use crate::time::Time;
use crate::trust::{Carried, Chain, ChainState, Doubt, Evidence, Link, Problem, Question, Reason, Revocation, Role};
use crate::verify::report::Times;
use crate::verify::strength::{judge_digest_strength, judge_strength};
use crate::verify::{Need, Verifier};

/// The names under which one certificate's checks are reported.
pub(super) struct Names {
    pub(super) role: Role,
    purposes: Purposes,
    pub(super) usage: Check,
    pub(super) trusted: Check,
    pub(super) revocation: Check,
    algorithm: Check,
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
    algorithm: checks::SIGNATURE_ALGORITHM,
};

/// Who made a CMS signature of RFC 5652.
pub(super) const SIGNATORY: Names = Names {
    role: Role::Signatory,
    purposes: Purposes::Documents,
    usage: checks::CERTIFICATE_USAGE,
    trusted: checks::CERTIFICATE_TRUSTED,
    revocation: checks::CERTIFICATE_REVOCATION,
    algorithm: checks::SIGNATURE_ALGORITHM,
};

pub(super) const MAKER: Names = Names {
    role: Role::SealMaker,
    purposes: Purposes::Any,
    usage: checks::SEAL_MAKER_USAGE,
    trusted: checks::SEAL_MAKER_TRUSTED,
    revocation: checks::SEAL_MAKER_REVOCATION,
    algorithm: checks::SEAL_MAKER_ALGORITHM,
};

pub(super) const TIME_STAMPER: Names = Names {
    role: Role::TimeStamper,
    purposes: Purposes::TimeStamping,
    usage: checks::CERTIFICATE_USAGE,
    trusted: checks::CERTIFICATE_TRUSTED,
    revocation: checks::CERTIFICATE_REVOCATION,
    algorithm: checks::SIGNATURE_ALGORITHM,
};

/// Usage, path and revocation of a certificate as of the time that counts, with what is known at `now`.
pub(super) fn judge_certificate(
    verifier: &Verifier<'_>,
    names: &Names,
    certificate: &Certificate,
    carried: &Carried,
    (times, now): (&Times, Time),
    findings: &mut Vec<Finding>,
) -> Chain {
    findings.push(usage(names, certificate));
    let question = Question {
        role: names.role,
        trust: verifier.trust,
        policies: &verifier.policy.certificate_policies,
        freshness: verifier.policy.freshness,
        strict: verifier.policy.revocation == Need::Required,
        limits: &verifier.limits,
    };
    let none = Evidence::default();
    let help = verifier.evidence.unwrap_or(&none);
    let chain = verifier.memory.chain(&question, certificate, help, carried, (times.counted, now));
    findings.push(trusted(names, &chain));
    findings.push(revocation(verifier, names, &chain, times));
    findings.extend(weak_links(verifier, names, &chain, times.proven.unwrap_or(now)));
    chain
}

/// The certificates of the path whose own signatures are too weak by the time for which they are proven
/// (EN 319 102-1, 5.5.4, step 10). An anchor is believed whatever it is signed with.
fn weak_links(verifier: &Verifier<'_>, names: &Names, chain: &Chain, at: Time) -> Vec<Finding> {
    let mut weak = Vec::new();
    for (place, link) in chain.links.iter().enumerate() {
        if matches!(link.revocation, Revocation::Anchor) || link.certificate.is_self_issued() {
            continue;
        }
        let Ok(algorithm) = link.certificate.signature_algorithm() else { continue };
        let finding = match chain.links.get(place + 1) {
            Some(issuer) => judge_strength(verifier, names.algorithm, algorithm, &issuer.certificate, at),
            None => judge_digest_strength(verifier, names.algorithm, algorithm.digest(), at),
        };
        if finding.outcome != Outcome::Pass {
            let detail =
                format!("the certificate of {} is signed weakly: {}", link.certificate.subject(), finding.detail);
            weak.push(Finding { detail, ..finding });
        }
    }
    weak
}

fn trusted(names: &Names, chain: &Chain) -> Finding {
    match &chain.state {
        ChainState::Holds => {
            let subjects: Vec<_> = chain.links.iter().map(|link| link.certificate.subject()).collect();
            let bare = chain.links.iter().all(|link| link.revocation != Revocation::Anchor);
            let end = chain.anchor.as_deref().filter(|_| bare);
            let path: Vec<_> = subjects.into_iter().chain(end).collect();
            Finding::pass(names.trusted, format!("the chain holds as of {}: {}", chain.at, path.join(" ← ")))
        }
        ChainState::Broken(obstacle) => {
            Finding::fail(names.trusted, format!("{} (as of {})", obstacle.detail, chain.at))
                .because(reason(obstacle.problem))
        }
        ChainState::NotFound(obstacle) => {
            Finding::unknown(names.trusted, obstacle.detail.clone()).because(reason(obstacle.problem))
        }
    }
}

/// What a path's fault means in the words of EN 319 102-1, 5.2.6.
fn reason(problem: Problem) -> SubIndication {
    match problem {
        Problem::NoAnchors | Problem::NoIssuer => SubIndication::NoCertificateChainFound,
        Problem::AnchorEnded => SubIndication::NoCertificateChainFoundNoPoe,
        Problem::Expired | Problem::NotYetValid => SubIndication::OutOfBoundsNoPoe,
        Problem::Unsupported => SubIndication::CryptoConstraintsFailure,
        Problem::Limits => SubIndication::Generic,
        _ => SubIndication::CertificateChainGeneralFailure,
    }
}

/// Whether a certificate of the path was revoked, and what that says of the signature.
///
/// A revocation by the time that is proven, or that the signatory claims, is a failure. One in between
/// that time and now is none; but where nothing proves the time, whoever has got hold of the key can
/// claim any (EN 319 102-1, 5.2.6 and 5.5.4; RFC 5280, 5.3.1).
fn revocation(verifier: &Verifier<'_>, names: &Names, chain: &Chain, times: &Times) -> Finding {
    let each = chain.links.iter().enumerate();
    let mut findings: Vec<_> = each.map(|(place, link)| judge_link(names, link, place == 0, times)).collect();
    if !matches!(chain.state, ChainState::Holds) {
        findings.truncate(1);
    }
    let told: Vec<_> = findings.iter().filter(|one| !one.detail.is_empty()).map(|one| one.detail.clone()).collect();
    let worst = findings.into_iter().max_by_key(|finding| (finding.outcome, finding.needed));
    let Some(mut finding) = worst else { return Finding::unknown(names.revocation, "there is no chain") };
    if finding.outcome == Outcome::Pass {
        finding.detail = if told.is_empty() { "an anchor is not revoked by anyone".into() } else { told.join("; ") };
    }
    if finding.outcome == Outcome::Unknown && !finding.needed {
        finding.needed = verifier.policy.revocation == Need::Required;
        let wanted: Vec<_> = chain.wanted.iter().map(ToString::to_string).collect();
        if !wanted.is_empty() {
            finding.detail = format!("{}; what would tell: {}", finding.detail, wanted.join(", "));
        }
    }
    finding
}

/// One certificate of the path; `is_own` is that of the signatory itself. That nothing is known counts only
/// where the policy insists.
fn judge_link(names: &Names, link: &Link, is_own: bool, times: &Times) -> Finding {
    let revoked = if is_own { SubIndication::RevokedNoPoe } else { SubIndication::RevokedCaNoPoe };
    let who = link.certificate.subject();
    let check = names.revocation;
    match &link.revocation {
        Revocation::Anchor => Finding::pass(check, ""),
        Revocation::NotAsked { reason } => Finding::pass(check, format!("{who} is not asked about: {reason}")),
        Revocation::Good { told } => Finding::pass(check, format!("{who} was not revoked, {told}")),
        Revocation::Unknown { why, detail } => {
            let told = format!("it is not known whether {who} was revoked: {detail}");
            let reason = match why {
                Doubt::Stale => SubIndication::TryLater,
                _ => SubIndication::CertificateChainGeneralFailure,
            };
            Finding::unknown(check, told).because(reason).not_needed()
        }
        Revocation::Revoked { since, reason: Reason::Hold, told } => {
            Finding::unknown(check, format!("{who} is on hold since {since}, {told}; ask again when that has ended"))
                .because(SubIndication::TryLater)
        }
        Revocation::Revoked { since, reason, told } => {
            let detail = format!("{who} was revoked at {since} ({reason}), {told}");
            let afterwards = times.proven.is_some() || times.claimed.is_some_and(|claimed| *since <= claimed);
            if afterwards {
                return Finding::fail(
                    check,
                    format!(
                        "{detail}; the signature is of {}",
                        times.proven.or(times.claimed).unwrap_or(times.counted)
                    ),
                )
                .because(revoked);
            }
            Finding::unknown(check, format!("{detail}, and nothing proves that the signature is older"))
                .because(revoked)
        }
        Revocation::RevokedLater { since, reason, told } => {
            let detail = format!("{who} was revoked at {since} ({reason}), {told}");
            if times.proven.is_some() {
                return Finding::pass(check, format!("{detail}, after the time that is proven"));
            }
            if reason.is_compromise() {
                let told = "whoever has got hold of the key can claim an earlier time, and nothing proves it";
                return Finding::unknown(check, format!("{detail}; {told}")).because(revoked);
            }
            Finding::pass(check, format!("{detail}, after the time that the signature claims"))
        }
    }
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
