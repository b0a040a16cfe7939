//! Judging the tokens of time stamps (RFC 3161; EN 319 102-1, 5.4), over a signature's value and over a document.

use crate::crypto::cms::reference;
use crate::crypto::{Certificate, digest};
use crate::error::Error;
use crate::finding::{Check, Finding, Outcome, SubIndication, checks};
use crate::time::Time;
use crate::timestamp::{Token, purpose_fault};
use crate::trust::Chain;
use crate::verify::Verifier;
use crate::verify::attributes::judge_attributes;
use crate::verify::carried::carried_by;
use crate::verify::chain::{self, judge_certificate};
use crate::verify::cms::{CmsContext, Content, judge_form, judge_inner_digest, judge_value, signing_certificate};
use crate::verify::document::{CLOCK_SKEW, validity_at};
use crate::verify::existence::Moment;
use crate::verify::report::Times;
use crate::verify::strength::judge_digest_strength;

/// Judges a document time stamp's token; its imprint is the caller's to compare.
pub(super) fn judge_document_time_stamp(
    verifier: &Verifier<'_>,
    token: &Token<'_>,
    moment: Moment,
    findings: &mut Vec<Finding>,
) -> (Option<Certificate>, Option<Chain>) {
    let (certificate, mut judged, chain) = judge_token(verifier, token, moment);
    findings.append(&mut judged);
    (certificate, chain)
}

/// What a time stamp over a signature's value is worth.
pub(super) struct Stamped {
    /// The time that it proves, when it holds.
    pub(super) proven: Option<Time>,
    /// The time that it says, when it could be read and is over this value, believed or not.
    pub(super) told: Option<Time>,
    /// Who stamped it, when that could be read.
    pub(super) authority: Option<String>,
    /// What was seen: a pass, a failure, or unknown where no anchor vouches for its authority.
    pub(super) finding: Finding,
    /// The path of its authority's certificate.
    pub(super) chain: Option<Chain>,
}

/// Judges a token over `value`, the content octets of a signature's value: readable, over this value,
/// signed, by an authority that is believed.
pub(super) fn judge_stamp(
    verifier: &Verifier<'_>,
    check: Check,
    token: &[u8],
    value: &[u8],
    moment: Moment,
) -> Stamped {
    let now = moment.as_of();
    let lost = |finding| Stamped { proven: None, told: None, authority: None, finding, chain: None };
    let token = match Token::read(token, verifier.limits.certificates) {
        Ok(token) => token,
        Err(error) => return lost(Finding::fail(check, error.to_string())),
    };
    let imprint = match &token.imprint_algorithm {
        Ok(algorithm) => {
            let strength = judge_digest_strength(verifier, check, *algorithm, now);
            if strength.outcome != Outcome::Pass {
                return lost(strength);
            }
            digest(*algorithm, value).map_err(|error| error.to_string())
        }
        Err(reason) => Err(reason.clone()),
    };
    match imprint {
        Err(reason) => return lost(Finding::unknown(check, reason)),
        Ok(imprint) if imprint != token.imprint => {
            return lost(Finding::fail(check, "the time stamp is over another signature than this one"));
        }
        Ok(_) => {}
    }
    let told = Some(token.time);
    let (certificate, judged, chain) = judge_token(verifier, &token, moment);
    let authority = certificate.map(|certificate| certificate.subject().to_owned());
    let worst =
        judged.iter().filter(|finding| finding.needed && finding.outcome != Outcome::Pass).max_by_key(|f| f.outcome);
    match worst {
        None if token.time > now.plus_seconds(CLOCK_SKEW) => Stamped {
            proven: None,
            told,
            authority,
            finding: Finding::unknown(check, format!("the time stamp is of {}, after {now}", token.time))
                .because(SubIndication::TimestampOrderFailure),
            chain,
        },
        None => Stamped {
            proven: told,
            told,
            authority,
            finding: Finding::pass(
                check,
                format!("a trusted time stamp proves that the signature existed at {}", token.told()),
            ),
            chain,
        },
        Some(worst) => {
            let detail = format!("a time stamp of {} is over this signature, but {}", token.time, worst.detail);
            let finding = if worst.outcome == Outcome::Fail { Finding::fail } else { Finding::unknown };
            let reason = worst.sub_indication;
            let finding = Finding { sub_indication: reason, ..finding(check, detail) };
            Stamped { proven: None, told, authority, finding, chain }
        }
    }
}

/// A token's own signature and certificate. What it stamps is compared elsewhere.
fn judge_token(
    verifier: &Verifier<'_>,
    token: &Token<'_>,
    moment: Moment,
) -> (Option<Certificate>, Vec<Finding>, Option<Chain>) {
    let as_of = moment.as_of();
    let mut findings = judge_form(&token.signed);
    let ([signer], Some(content)) = (token.signed.signers.as_slice(), &token.signed.content) else {
        return (None, findings, None);
    };
    let context = CmsContext {
        verifier,
        digest: &[],
        protects_nothing: false,
        protected: &|| Err(Error::malformed("a token signs its own content")),
        label: "ETSI.RFC3161",
        extra: &[],
        moment,
    };
    findings.extend(judge_inner_digest(signer, content));
    let Some(certificate) = signing_certificate(signer, &token.signed.certificates, &mut findings) else {
        return (None, findings, None);
    };
    match &signer.signed {
        Some(attributes) => {
            judge_attributes(&context, &token.signed, signer, attributes, Some(&certificate), &mut findings);
            if reference(attributes).is_none() {
                findings.push(Finding::fail(
                    checks::SIGNATURE_ATTRIBUTES,
                    "no signing-certificate attribute names the time-stamping authority's certificate (RFC 3161, 2.4.2)",
                ));
            }
        }
        None => findings.push(Finding::fail(
            checks::SIGNATURE_ATTRIBUTES,
            "a time-stamp token has signed attributes (RFC 3161, 2.4.2)",
        )),
    }
    judge_value(&context, signer, &certificate, Content::Encapsulated(content.to_vec()), as_of, &mut findings);
    findings.extend(judge_info(token, &certificate));
    findings.push(validity_at(&certificate, token.time, "the stamped time"));
    findings.extend(token_age(&certificate, token.time, as_of));
    // Not as of the stamped time: a token does not prove when it was made itself.
    let times = Times { claimed: Some(token.time), proven: moment.existed, counted: as_of };
    let carried = carried_by(&token.signed, signer, &token.signed.certificates);
    let chain =
        judge_certificate(verifier, &chain::TIME_STAMPER, &certificate, &carried, (&times, moment.now), &mut findings);
    (Some(certificate), findings, Some(chain))
}

/// What the token says of itself, beside its time and what it is over.
fn judge_info(token: &Token<'_>, certificate: &Certificate) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(critical) = token.unknown_critical.first() {
        let told = format!("the token has the critical extension {critical}, which is not known");
        findings.push(Finding::unknown(checks::SIGNATURE_FORMAT, told));
    }
    // The purpose itself is judged with the certificate.
    if certificate.extended_key_usage().is_some() && !certificate.extended_key_usage_is_critical() {
        findings.extend(purpose_fault(certificate).map(|told| Finding::fail(checks::CERTIFICATE_USAGE, told)));
    }
    // RFC 3161, 2.4.2 wants one of the certificate's names; the attribute that names the certificate decides
    // whose the token is, so that a name in other letters does no harm.
    if token.authority.as_ref().is_some_and(|name| name != certificate.subject_raw()) {
        let told = format!("tolerated: the token calls its authority by another name than {}", certificate.subject());
        findings.push(Finding::note(checks::SIGNATURE_ATTRIBUTES, told));
    }
    findings
}

/// A token whose authority's certificate has ended may have been made afterwards, with any time in it
/// (EN 319 102-1, 5.4); only a later time stamp over it could tell.
fn token_age(certificate: &Certificate, stamped: Time, now: Time) -> Option<Finding> {
    let ended = certificate.validity().not_after;
    let (reason, told) = if now > ended {
        let told = "the time-stamping authority's certificate ended at";
        (SubIndication::OutOfBoundsNoPoe, format!("{told} {ended}, and nothing proves that the token is older"))
    } else if stamped > now.plus_seconds(CLOCK_SKEW) {
        let told = format!("the stamped time, {stamped}, lies after {now}, when the token existed for certain");
        (SubIndication::TimestampOrderFailure, told)
    } else {
        return None;
    };
    Some(Finding::unknown(checks::CERTIFICATE_VALIDITY, told).because(reason))
}
