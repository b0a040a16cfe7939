//! Judging a seal: the list of GB/T 38540-2020, 6.3, with the additions of GM/T 0031-2025.

use crate::crypto::{Judgement, SignatureAlgorithm, verify};
use crate::finding::{Finding, Outcome, SubIndication, checks};
use crate::seal::{Deviation, Edition, Seal};
use crate::time::Time;
use crate::trust::{Carried, Chain};
use crate::verify::chain::{self, judge_certificate};
use crate::verify::existence::Moment;
use crate::verify::report::Times;
use crate::verify::status::judge_status;
use crate::verify::strength::judge_strength;
use crate::verify::token::judge_stamp;
use crate::verify::{Encoding, MakerRule, Verifier};

/// Judges a seal. `used` is when it was used (the signing time, or the time of verification when the
/// seal is looked at by itself); `now` is the time of verification.
///
/// All checks are made and told; the texts' "exit" at the first failure is their least.
pub(super) fn judge_seal(verifier: &Verifier<'_>, seal: &Seal, used: Time, now: Time) -> (Vec<Finding>, Vec<Chain>) {
    let edition = seal.edition();
    let mut findings = vec![Finding::pass(
        checks::SEAL_FORMAT,
        format!("a seal of {edition} (version {}), made with software of \"{}\"", seal.parts().version, seal.vendor()),
    )];
    findings.extend(judge_encoding(verifier, &seal.parts().deviations));
    let mut chains: Vec<_> = judge_maker(verifier, seal, now, &mut findings).into_iter().collect();
    findings.push(judge_created(seal, used));
    findings.push(judge_validity(seal, used));
    findings.extend(judge_time_stamp(verifier, seal, now, &mut chains));
    findings.extend(judge_certificate_dates(seal));
    findings.extend(judge_extensions(verifier, seal));
    findings.push(judge_picture(seal));
    findings.push(judge_status(verifier, seal, used));
    (findings, chains)
}

/// Tells every deviation; those that a strict reader refuses fail where the policy is strict.
pub(super) fn judge_encoding(verifier: &Verifier<'_>, deviations: &[Deviation]) -> Vec<Finding> {
    let strict = verifier.policy.encoding == Encoding::Strict;
    let told = deviations.iter().map(|deviation| {
        if strict && deviation.strict {
            Finding::fail(checks::SEAL_ENCODING, deviation.detail.clone())
        } else {
            Finding::note(checks::SEAL_ENCODING, format!("tolerated: {}", deviation.detail))
        }
    });
    told.collect()
}

/// 6.3 b and d: the maker's signature, certificate and chain.
fn judge_maker(verifier: &Verifier<'_>, seal: &Seal, now: Time, findings: &mut Vec<Finding>) -> Option<Chain> {
    let parts = seal.parts();
    let (maker, algorithm) = match (seal.maker(), parts.algorithm) {
        (Ok(maker), Some(algorithm)) => (maker, algorithm),
        (_, None) => {
            let told = "the seal is not signed: where its maker's certificate and signature belong there is nothing";
            findings.push(Finding::fail(checks::SEAL_MAKER_SIGNATURE, told));
            return None;
        }
        (Err(error), _) => {
            findings.push(Finding::fail(checks::SEAL_MAKER_SIGNATURE, error.to_string()));
            return None;
        }
    };
    let finding = match SignatureAlgorithm::from_oid(&algorithm, None) {
        Err(error) => Finding::unknown(checks::SEAL_MAKER_SIGNATURE, error.to_string()),
        Ok(algorithm) => match maker
            .public_key()
            .map(|key| verifier.known.judge(seal, || verify(algorithm, key, &parts.signed, &parts.value)))
        {
            Ok(Judgement::Good { raw }) => {
                if raw {
                    findings.extend(judge_encoding(verifier, &[raw_value("SESeal.signedValue")]));
                }
                findings.push(judge_strength(verifier, checks::SEAL_MAKER_ALGORITHM, algorithm, maker, now));
                Finding::pass(checks::SEAL_MAKER_SIGNATURE, format!("signed by {} ({algorithm})", maker.subject()))
            }
            Ok(Judgement::Bad) => Finding::fail(
                checks::SEAL_MAKER_SIGNATURE,
                format!(
                    "the value does not verify with the certificate of {}: the seal was changed after it was made, or was never signed by that key",
                    maker.subject()
                ),
            ),
            Ok(Judgement::Unsupported(reason)) => Finding::unknown(checks::SEAL_MAKER_SIGNATURE, reason),
            Err(error) => Finding::unknown(checks::SEAL_MAKER_SIGNATURE, error.to_string()),
        },
    };
    findings.push(finding);
    let (at, clause, rule) = match verifier.policy.maker {
        MakerRule::TimeAware2025 => {
            (seal.created(), "GM/T 0031-2025 (time-aware maker rule)", "when the seal was made (the rule of 2025)")
        }
        MakerRule::Strict2020 => (now, "GB/T 38540-2020 6.3 d", "the time of verification (the rule of 2020)"),
    };
    let validity = maker.validity();
    let detail = format!("the maker's certificate is valid {validity}; {at} counts, {rule}");
    findings.push(
        match validity.contains(at) {
            true if validity.contains(now) => Finding::pass(checks::SEAL_MAKER_VALIDITY, detail),
            true => Finding::pass(checks::SEAL_MAKER_VALIDITY, format!("{detail}; it has ended since")),
            false => Finding::fail(checks::SEAL_MAKER_VALIDITY, detail),
        }
        .under(clause),
    );
    // The seal's date is its maker's claim; the letter of 2020 asks about today.
    let times = Times { claimed: Some(at), proven: None, counted: at };
    let chain = judge_certificate(verifier, &chain::MAKER, maker, &Carried::default(), (&times, now), findings);
    if seal.signatories().names(maker) {
        // Quirk 22.
        let told = format!("the seal lists its own maker, {}, among those who may stamp with it", maker.subject());
        findings.push(Finding::note(checks::SEAL_SIGNATORY_LISTED, told));
    }
    Some(chain)
}

/// GM/T 0031-2025: the time stamp, where there is one, has to hold, and the date of making must not be
/// later than its time. The maker's signature is judged apart from it (quirk 26).
fn judge_time_stamp(verifier: &Verifier<'_>, seal: &Seal, now: Time, chains: &mut Vec<Chain>) -> Option<Finding> {
    let parts = seal.parts();
    let token = parts.time_stamp.as_deref()?;
    let judge = |now| {
        let moment = Moment { existed: None, now };
        judge_stamp(verifier, checks::SEAL_TIME_STAMP, token, &parts.value, moment)
    };
    let mut stamped = judge(now);
    chains.extend(stamped.chain.take());
    let created = seal.created();
    let Some(told) = stamped.told else { return Some(stamped.finding) };
    if created > told {
        let detail = format!("the seal says it was made at {created}, but its time stamp is of {told}, before that");
        return Some(Finding::fail(checks::SEAL_TIME_STAMP, detail));
    }
    // The authority's certificate ends as the maker's does, and seals go on: like the rule for makers, and
    // else a seal would be worse off with a time stamp than without.
    if stamped.finding.outcome == Outcome::Unknown && told <= now && judge(told).finding.outcome == Outcome::Pass {
        return Some(stamped.finding.not_needed());
    }
    Some(stamped.finding)
}

/// Quirk 20: certificates that were not valid yet when the seal was made. For the maker's the rule of
/// 2025 has a check of its own; the rest is told.
fn judge_certificate_dates(seal: &Seal) -> Vec<Finding> {
    let created = seal.created();
    let listed = seal.signatories().certificates();
    let early = listed.iter().chain(seal.maker().ok()).filter(|one| one.validity().not_before > created);
    let told = early.map(|one| {
        let detail = format!(
            "the seal was made at {created}, before the certificate of {} (serial {}) became valid at {}",
            one.subject(),
            one.serial_number(),
            one.validity().not_before
        );
        Finding::note(checks::SEAL_CREATED, detail)
    });
    told.collect()
}

/// The texts do not say what an unknown critical extension means.
fn judge_extensions(verifier: &Verifier<'_>, seal: &Seal) -> Vec<Finding> {
    let critical = seal.parts().extensions.list.iter().filter(|extension| extension.critical);
    let told = critical.map(|extension| Deviation {
        detail: format!("the seal has the critical extension {}, which is not known", extension.id),
        strict: true,
    });
    judge_encoding(verifier, &told.collect::<Vec<_>>())
}

/// The date of making cannot lie after the seal's use, nor after the end of its validity.
fn judge_created(seal: &Seal, used: Time) -> Finding {
    let (created, validity) = (seal.created(), seal.validity());
    if created > used {
        return Finding::fail(checks::SEAL_CREATED, format!("the seal says it was made at {created}, after {used}"));
    }
    if created > validity.not_after {
        return Finding::fail(
            checks::SEAL_CREATED,
            format!("the seal says it was made at {created}, after its validity had ended at {}", validity.not_after),
        );
    }
    Finding::pass(checks::SEAL_CREATED, format!("made at {created}"))
}

/// 6.3 e and 7.3: both ends belong to the validity; the texts do not say, and X.509 has it so.
fn judge_validity(seal: &Seal, used: Time) -> Finding {
    let validity = seal.validity();
    if validity.is_reversed() {
        return Finding::fail(checks::SEAL_IN_VALIDITY, format!("the seal's validity is reversed: {validity}"));
    }
    if validity.contains(used) {
        return Finding::pass(checks::SEAL_IN_VALIDITY, format!("{used} lies within {validity}"));
    }
    let early = used < validity.not_before;
    Finding::fail(checks::SEAL_IN_VALIDITY, format!("{used} lies outside the seal's validity, {validity}"))
        .because(if early { SubIndication::NotYetValid } else { SubIndication::Expired })
}

/// The picture is for people; what is odd about it is told and does not decide.
fn judge_picture(seal: &Seal) -> Finding {
    let parts = seal.parts();
    let size = format!("{} × {} mm, {} bytes", parts.width, parts.height, parts.picture.len());
    let named = seal.picture_type();
    let Some(found) = seal.picture_format() else {
        return Finding::unknown(
            checks::SEAL_PICTURE,
            format!("the picture ({size}) calls itself \"{}\" and is of no known format", named.escape_debug()),
        )
        .not_needed();
    };
    if parts.width <= 0 || parts.height <= 0 {
        return Finding::fail(checks::SEAL_PICTURE, format!("the picture has an impossible size: {size}")).not_needed();
    }
    let name = found.seal_name();
    // Quirk 18: lower case, other names, none at all.
    if named != name {
        return Finding::note(
            checks::SEAL_PICTURE,
            format!("the picture calls itself \"{}\" and is {name} ({size})", named.escape_debug()),
        );
    }
    if parts.width > 100 || parts.height > 100 {
        return Finding::note(checks::SEAL_PICTURE, format!("{name}, {size}: the size is probably in pixels"));
    }
    Finding::pass(checks::SEAL_PICTURE, format!("{name}, {size}"))
}

/// Quirk 12: r‖s where DER belongs.
pub(super) fn raw_value(what: &str) -> Deviation {
    Deviation { detail: format!("{what} holds r‖s in 64 bytes where GB/T 35276 has a DER SEQUENCE"), strict: true }
}

/// The clause under which a seal signature of this edition is judged.
pub(super) fn clause(edition: Edition) -> &'static str {
    match edition {
        Edition::Gmt0031_2014 => "GM/T 0031-2014 6.2.3",
        Edition::Gbt38540_2020 => "GB/T 38540-2020 7.3",
        Edition::Gmt0031_2025 => "GM/T 0031-2025",
    }
}
