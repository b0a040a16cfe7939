//! Asking whether a seal was in force.

use crate::finding::{Finding, SubIndication, checks};
use crate::seal::Seal;
use crate::time::Time;
use crate::trust::SealStatus;
use crate::verify::{Need, Verifier};

/// What the source says of the seal as of `used`, when it was used. Without an answer the finding
/// weighs what the policy says; a bad answer always counts.
pub(super) fn judge_status(verifier: &Verifier<'_>, seal: &Seal, used: Time) -> Finding {
    let unknown = |told: String| {
        let finding = Finding::unknown(checks::SEAL_STATUS, told);
        if verifier.policy.seal_status == Need::Required { finding } else { finding.not_needed() }
    };
    let Some(source) = verifier.status else {
        return unknown("the making authority was not asked: a seal carries no status in itself".into());
    };
    match source.status_at(seal.der(), used) {
        Ok(SealStatus::InForce { since, ended: None }) => {
            Finding::pass(checks::SEAL_STATUS, format!("in force since {since}, and so at {used}"))
        }
        Ok(SealStatus::InForce { since, ended: Some((ended, state)) }) => Finding::pass(
            checks::SEAL_STATUS,
            format!("in force since {since}, and so at {used}; later, at {ended}, it became {state}"),
        ),
        Ok(SealStatus::NotInForce { state, since }) => {
            Finding::fail(checks::SEAL_STATUS, format!("at {used} the seal was not in force: {state} ({since})"))
        }
        Ok(SealStatus::Suspended { state, since }) => {
            let told = format!("at {used} the seal was suspended: {state} ({since})");
            Finding::fail(checks::SEAL_STATUS, told).because(SubIndication::TryLater)
        }
        Ok(SealStatus::NotOnRecord) => unknown("the source that was asked does not know this seal".into()),
        Ok(SealStatus::Unknown(told)) => unknown(told),
        Err(error) => unknown(format!("the source of seal states could not be asked: {error}")),
    }
}
