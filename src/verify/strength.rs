//! Whether algorithms and keys were strong enough at the time for which existence is proven.

use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm};
use crate::finding::{Check, Finding, SubIndication};
use crate::time::Time;
use crate::verify::Verifier;
use crate::verify::algorithms::Strength;

/// A signature's algorithm and its key. `at` is when the signature existed for certain.
pub(super) fn judge_strength(
    verifier: &Verifier<'_>,
    check: Check,
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    at: Time,
) -> Finding {
    match certificate.public_key().map(|key| key.kind()) {
        Ok(kind) => {
            let strength = verifier.policy.algorithms.judge(algorithm, kind, at);
            tell(verifier, check, strength, &format!("{algorithm}, key {kind}"), at)
        }
        Err(error) => Finding::unknown(check, error.to_string()),
    }
}

/// A digest that something rests on by itself.
pub(super) fn judge_digest_strength(
    verifier: &Verifier<'_>,
    check: Check,
    digest: DigestAlgorithm,
    at: Time,
) -> Finding {
    tell(verifier, check, verifier.policy.algorithms.judge_digest(digest, at), &digest.to_string(), at)
}

fn tell(verifier: &Verifier<'_>, check: Check, strength: Strength, what: &str, at: Time) -> Finding {
    let table = &verifier.policy.algorithms.name;
    match strength {
        Strength::Good => Finding::pass(check, what.to_owned()),
        Strength::Forecast(used, until) => Finding::pass(
            check,
            format!("{what}; by the forecast of the table \"{table}\", {used} is strong enough until {until} only"),
        ),
        Strength::Ended(used, until) => Finding::unknown(
            check,
            format!(
                "{what}: by the table \"{table}\", {used} is strong enough until {until} only, and nothing proves that \
                 the signature existed before {at}"
            ),
        )
        .because(SubIndication::CryptoConstraintsFailureNoPoe),
        Strength::Never(used) => {
            Finding::unknown(check, format!("{what}: the table \"{table}\" does not admit {used}"))
                .because(SubIndication::CryptoConstraintsFailure)
        }
    }
}
