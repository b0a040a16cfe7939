//! Judging CMS SignedData (RFC 5652, EN 319 102-1, EN 319 142-1; GB/T 35275).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::crypto::cms::{Attributes, SignedData, SignerInfo, oid, reference};
use crate::crypto::{Certificate, Judgement, SignatureAlgorithm, digest, verify};
use crate::der::tag;
use crate::error::Error;
use crate::finding::{Finding, SubIndication, checks};
use crate::time::Time;
use crate::trust::{Chain, Revocation};
use crate::verify::attributes::judge_attributes;
use crate::verify::carried::carried_by;
use crate::verify::chain::{self, judge_certificate};
use crate::verify::document::{CLOCK_SKEW, no_digest, validity_at};
use crate::verify::existence::{Moment, Proof, ProofKind};
use crate::verify::report::Times;
use crate::verify::strength::{judge_digest_strength, judge_strength};
use crate::verify::token::judge_stamp;
use crate::verify::{Encoding, Need, SigningTimeRule, Verifier};

/// What the judgement of a CMS signature needs to know of its surroundings.
pub(super) struct CmsContext<'a> {
    pub(super) verifier: &'a Verifier<'a>,
    /// The digest of the protected bytes, by the algorithm that the payload asked for.
    pub(super) digest: &'a [u8],
    /// Whether what is protected could not be made out.
    pub(super) protects_nothing: bool,
    /// The protected bytes themselves, for signatures without signed attributes.
    pub(super) protected: &'a dyn Fn() -> Result<Vec<u8>, Error>,
    pub(super) label: &'a str,
    /// Certificates from beside the signature.
    pub(super) extra: &'a [Vec<u8>],
    /// When it existed for certain by what lies around it, and the time of verification.
    pub(super) moment: Moment,
}

/// What is known after the judgement.
pub(super) struct CmsOutcome {
    pub(super) certificate: Option<Certificate>,
    pub(super) times: Times,
    /// What its own time stamps prove.
    pub(super) proofs: Vec<Proof>,
    /// Whether a readable time stamp is over its value, believed or not.
    pub(super) is_stamped: bool,
    pub(super) chains: Vec<Chain>,
}

/// Judges a detached signature, or one that holds the digest as its content.
pub(super) fn judge_cms(
    context: &CmsContext<'_>,
    signed: &SignedData<'_>,
    claimed: Option<Time>,
    findings: &mut Vec<Finding>,
) -> CmsOutcome {
    let times = Times { claimed, proven: context.moment.existed, counted: context.moment.as_of() };
    let mut outcome =
        CmsOutcome { certificate: None, times, proofs: Vec::new(), is_stamped: false, chains: Vec::new() };
    findings.extend(judge_form(signed));
    let [signer] = signed.signers.as_slice() else {
        return outcome;
    };
    let content = judge_content(context, signed, signer, findings);
    let mut pool = signed.certificates.clone();
    pool.extend(context.extra.iter().filter_map(|der| Certificate::from_der(der).ok()));
    let certificate = signing_certificate(signer, &pool, findings);
    if let Some(attributes) = &signer.signed {
        outcome.times.claimed = signing_time(attributes).or(claimed);
        judge_attributes(context, signed, signer, attributes, certificate.as_ref(), findings);
    }
    judge_time_stamps(context, signer, &mut outcome, findings);
    let proven = outcome.proofs.iter().map(|proof| proof.time).chain(context.moment.existed).min();
    let after = judge_content_time_stamp(context, signer, &content, proven, findings);
    outcome.times.proven = proven;
    let by_claim = claim_counts(context, signed);
    outcome.times.counted = proven.or(outcome.times.claimed.filter(|_| by_claim)).unwrap_or(context.moment.now);
    let Some(certificate) = certificate else {
        return outcome;
    };
    // A claim makes no algorithm stronger than it is.
    judge_value(context, signer, &certificate, content, proven.unwrap_or(context.moment.now), findings);
    findings.push(judge_validity(&certificate, &outcome.times, by_claim, after));
    let names = if signed.gm { &chain::SEAL_SIGNATORY } else { &chain::SIGNATORY };
    let carried = carried_by(signed, signer, &pool);
    let times = (&outcome.times, context.moment.now);
    let chain = judge_certificate(context.verifier, names, &certificate, &carried, times, findings);
    findings.extend(after.and_then(|after| judge_revoked_before(&chain, after)));
    findings.extend(judge_proof_of_data(context, signed, &certificate));
    outcome.chains.insert(0, chain);
    outcome.certificate = Some(certificate);
    outcome
}

/// Exactly one signer, and DER (RFC 5652; EN 319 142-1, 5.2).
pub(super) fn judge_form(signed: &SignedData<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let standard = if signed.gm { "GB/T 35275" } else { "RFC 5652" };
    findings.push(match signed.signers.len() {
        1 => Finding::pass(checks::SIGNATURE_FORMAT, format!("SignedData of {standard} with one signer")),
        count => Finding::fail(
            checks::SIGNATURE_FORMAT,
            format!("SignedData has {count} signers, where a document's signature has exactly one"),
        ),
    });
    if !signed.is_der {
        findings.push(Finding::note(checks::SIGNATURE_FORMAT, "tolerated: the SignedData is BER, not DER"));
    }
    if signed.unreadable > 0 {
        let told = format!("tolerated: {} certificates in the SignedData cannot be read", signed.unreadable);
        findings.push(Finding::note(checks::SIGNATURE_FORMAT, told));
    }
    findings
}

/// What the signer's digest or signature is over.
pub(super) enum Content {
    /// The protected bytes, whose digest is known.
    Protected,
    /// The content inside the SignedData, which was found to stand for the protected bytes.
    Encapsulated(Vec<u8>),
}

/// Whether the signature is about the protected bytes.
fn judge_content(
    context: &CmsContext<'_>,
    signed: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    findings: &mut Vec<Finding>,
) -> Content {
    let Some(content) = &signed.content else {
        if let Some(finding) = judge_message_digest(context, signer) {
            findings.push(finding);
        }
        return Content::Protected;
    };
    // GM.sm2cms.detached, adbe.pkcs7.sha1 and GB/T 35275 in OFD hold the digest of the protected
    // bytes as their content, ofdrw can write it as base64 text, and some hold the bytes themselves.
    let is_digest = !context.digest.is_empty()
        && (content.as_ref() == context.digest
            || content.as_ref() == STANDARD.encode(context.digest).as_bytes()
            || own_digest(signer, content).as_deref() == Some(context.digest));
    if context.label.contains("adbe.pkcs7.detached") || context.label.contains("ETSI.CAdES.detached") {
        findings.push(Finding::fail(
            checks::SIGNATURE_FORMAT,
            "the SubFilter promises a detached signature, but the SignedData holds content of its own",
        ));
    }
    findings.push(if is_digest {
        Finding::pass(checks::DOCUMENT_INTACT, "the content of the SignedData is the digest of the protected bytes")
    } else {
        Finding::fail(
            checks::DOCUMENT_INTACT,
            format!(
                "the content of the SignedData ({} bytes) does not stand for the protected bytes: they were changed",
                content.len()
            ),
        )
    });
    if let Some(finding) = judge_inner_digest(signer, content) {
        findings.push(finding);
    }
    Content::Encapsulated(content.to_vec())
}

/// The message-digest attribute over detached content. Without attributes the value itself covers it.
fn judge_message_digest(context: &CmsContext<'_>, signer: &SignerInfo<'_>) -> Option<Finding> {
    let attributes = signer.signed.as_ref()?;
    let told = attributes.single(&oid::MESSAGE_DIGEST);
    Some(match (told, &signer.digest) {
        (_, Err(reason)) => {
            let reason = Finding::unknown(checks::DOCUMENT_INTACT, reason.clone());
            reason.because(SubIndication::CryptoConstraintsFailure)
        }
        (None, _) => Finding::fail(checks::DOCUMENT_INTACT, "the signed attributes have no single message-digest"),
        (Some(_), Ok(_)) if context.digest.is_empty() => no_digest(context.protects_nothing),
        (Some(told), Ok(algorithm)) if told.value == context.digest => {
            Finding::pass(checks::DOCUMENT_INTACT, format!("message-digest is the {algorithm} of the protected bytes"))
        }
        (Some(told), Ok(algorithm)) => Finding::fail(
            checks::DOCUMENT_INTACT,
            format!(
                "message-digest is {}, the {algorithm} of the protected bytes is {}: they were changed",
                crate::crypto::hex(told.value),
                crate::crypto::hex(context.digest)
            ),
        ),
    })
}

/// The digest of content that is inside, by the signer's own algorithm.
fn own_digest(signer: &SignerInfo<'_>, content: &[u8]) -> Option<Vec<u8>> {
    digest(signer.digest.clone().ok()?, content).ok()
}

/// The message-digest attribute over content that is inside.
pub(super) fn judge_inner_digest(signer: &SignerInfo<'_>, content: &[u8]) -> Option<Finding> {
    let told = signer.signed.as_ref()?.single(&oid::MESSAGE_DIGEST).map(|value| value.value);
    let Some(own) = own_digest(signer, content) else {
        let told = "the digest algorithm of the signature is not built in";
        return Some(Finding::unknown(checks::DOCUMENT_INTACT, told).because(SubIndication::CryptoConstraintsFailure));
    };
    (told != Some(&own)).then(|| {
        Finding::fail(checks::DOCUMENT_INTACT, "message-digest is not the digest of the content that was signed")
    })
}

/// EN 319 102-1, 5.2.3: the identifier names candidates, the signing-certificate attribute decides.
/// Never simply the first in the set.
pub(super) fn signing_certificate(
    signer: &SignerInfo<'_>,
    pool: &[Certificate],
    findings: &mut Vec<Finding>,
) -> Option<Certificate> {
    let mut candidates = pool.iter().filter(|certificate| signer.id.names(certificate));
    let reference = signer.signed.as_ref().and_then(reference);
    let found = match &reference {
        Some(reference) => candidates.clone().find(|one| reference.is(one)).or_else(|| candidates.next()),
        None => candidates.next(),
    };
    if found.is_none() {
        findings.push(
            Finding::unknown(
                checks::SIGNATURE_VALUE,
                format!(
                    "none of the {} certificates at hand is the signer's, so the value cannot be checked",
                    pool.len()
                ),
            )
            .because(SubIndication::NoSigningCertificateFound),
        );
    }
    found.cloned()
}

fn signing_time(attributes: &Attributes<'_>) -> Option<Time> {
    attributes.single(&oid::SIGNING_TIME)?.time("signing-time").ok()
}

/// The value, over the attributes as they stand, or over the content where there are none.
pub(super) fn judge_value(
    context: &CmsContext<'_>,
    signer: &SignerInfo<'_>,
    certificate: &Certificate,
    content: Content,
    at: Time,
    findings: &mut Vec<Finding>,
) {
    let algorithm = match &signer.algorithm {
        Ok(algorithm) => *algorithm,
        Err(reason) => {
            findings.push(Finding::unknown(checks::SIGNATURE_VALUE, reason.clone()));
            return;
        }
    };
    findings.push(judge_strength(context.verifier, checks::SIGNATURE_ALGORITHM, algorithm, certificate, at));
    let is_edwards = matches!(algorithm, SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448);
    if let Some(digest) = signer.digest.as_ref().ok().filter(|digest| **digest != algorithm.digest()) {
        if !is_edwards {
            findings.push(Finding::unknown(
                checks::SIGNATURE_ALGORITHM,
                format!("the signer digests by another algorithm than its signature names ({algorithm})"),
            ));
        }
        findings.push(judge_digest_strength(context.verifier, checks::SIGNATURE_ALGORITHM, *digest, at));
    }
    let message = match (&signer.signed, content) {
        (Some(attributes), _) => Ok(attributes.to_be_signed()),
        (None, Content::Encapsulated(content)) => Ok(content),
        (None, Content::Protected) => (context.protected)(),
    };
    let message = match message {
        Ok(message) => message,
        Err(error) => {
            findings.push(Finding::unknown(checks::SIGNATURE_VALUE, error.to_string()));
            return;
        }
    };
    // RFC 5652, 5.3: a SET OF attributes that was signed once can be replayed as content.
    if signer.signed.is_none() && message.first() == Some(&tag::SET) {
        findings.push(Finding::fail(
            checks::SIGNATURE_VALUE,
            "what was signed are attributes of another signature, passed off as content",
        ));
        return;
    }
    let judgement = match certificate.public_key() {
        Ok(key) => verify(algorithm, key, &message, &signer.value),
        Err(error) => Judgement::Unsupported(error.to_string()),
    };
    let direct = signer.signed.is_none() && matches!(judgement, Judgement::Good { .. });
    let finding = match judgement {
        Judgement::Good { raw } => {
            if raw {
                // Quirk 12.
                let detail = "the value is r‖s in 64 bytes, not DER";
                findings.push(match context.verifier.policy.encoding {
                    Encoding::Tolerant => Finding::note(checks::SIGNATURE_FORMAT, format!("tolerated: {detail}")),
                    Encoding::Strict => Finding::fail(checks::SIGNATURE_FORMAT, detail),
                });
            }
            Finding::pass(checks::SIGNATURE_VALUE, format!("signed by {} ({algorithm})", certificate.subject()))
        }
        Judgement::Bad => Finding::fail(
            checks::SIGNATURE_VALUE,
            format!("the value does not verify with the certificate of {}", certificate.subject()),
        ),
        Judgement::Unsupported(reason) => Finding::unknown(checks::SIGNATURE_VALUE, reason),
    };
    findings.push(finding);
    if direct && !findings.iter().any(|finding| finding.check == checks::DOCUMENT_INTACT.name()) {
        findings.push(Finding::pass(checks::DOCUMENT_INTACT, "the value was made over the protected bytes themselves"));
    }
}

/// The signature time stamps among the unsigned attributes (RFC 3161, appendix A). One that does not hold
/// is told and proves nothing; the signature is then judged without it.
fn judge_time_stamps(
    context: &CmsContext<'_>,
    signer: &SignerInfo<'_>,
    outcome: &mut CmsOutcome,
    findings: &mut Vec<Finding>,
) {
    for token in signer.unsigned.iter().flat_map(|attributes| attributes.all(&oid::TIME_STAMP_TOKEN)) {
        let stamped = judge_stamp(context.verifier, checks::TIME_STAMP, token.raw, &signer.value, context.moment);
        outcome.is_stamped |= stamped.told.is_some();
        if let Some(time) = stamped.proven {
            let by = stamped.authority.unwrap_or_default();
            outcome.proofs.push(Proof { time, kind: ProofKind::SignatureTimeStamp, by });
        }
        findings.push(stamped.finding.not_needed());
        outcome.chains.extend(stamped.chain);
    }
}

/// The content time stamp among the signed attributes (EN 319 122-1, 5.2.8): the signature was made after
/// it. Returns that time, when the stamp holds.
fn judge_content_time_stamp(
    context: &CmsContext<'_>,
    signer: &SignerInfo<'_>,
    content: &Content,
    proven: Option<Time>,
    findings: &mut Vec<Finding>,
) -> Option<Time> {
    let token = signer.signed.as_ref()?.all(&oid::CONTENT_TIME_STAMP).next()?;
    let stamped = match content {
        Content::Encapsulated(content) => Ok(content.clone()),
        Content::Protected => (context.protected)(),
    };
    let stamped = match stamped {
        Ok(content) => judge_stamp(context.verifier, checks::TIME_STAMP, token.raw, &content, context.moment),
        Err(error) => {
            findings.push(Finding::unknown(checks::TIME_STAMP, error.to_string()).not_needed());
            return None;
        }
    };
    findings.push(stamped.finding.not_needed());
    if let (Some(after), Some(proven)) = (stamped.proven, proven)
        && after > proven.plus_seconds(CLOCK_SKEW)
    {
        let told = format!("the content was stamped at {after}, after the signature over it had been, at {proven}");
        findings.push(Finding::unknown(checks::TIME_STAMP, told).because(SubIndication::TimestampOrderFailure));
    }
    stamped.proven
}

/// Whether the claimed time counts for the signatory's certificate where no time stamp proves one.
fn claim_counts(context: &CmsContext<'_>, signed: &SignedData<'_>) -> bool {
    match context.verifier.policy.signing_time {
        SigningTimeRule::ByStandard => signed.gm,
        SigningTimeRule::Claimed => true,
        SigningTimeRule::Proven => false,
    }
}

/// EN 319 102-1, 5.6.2.2: once the certificate has ended its issuer answers for it no more, so where revocation
/// has to be known, the data has to be proven older than that. Only a document time stamp proves it.
fn judge_proof_of_data(
    context: &CmsContext<'_>,
    signed: &SignedData<'_>,
    certificate: &Certificate,
) -> Option<Finding> {
    let Moment { existed, now } = context.moment;
    let ended = certificate.validity().not_after;
    let is_asked = context.verifier.policy.revocation == Need::Required && !signed.gm;
    (is_asked && now > ended && existed.is_none()).then(|| {
        let told = format!("the certificate ended at {ended}, and nothing proves that the revocation data are older");
        Finding::unknown(checks::CERTIFICATE_REVOCATION, told).because(SubIndication::NoPoe)
    })
}

/// EN 319 102-1, 5.3: a content time stamp proves that the signature was made after it, and so after a
/// revocation that was before.
fn judge_revoked_before(chain: &Chain, after: Time) -> Option<Finding> {
    let (link, is_own) = chain.revoked()?;
    let Revocation::Revoked { since, .. } = &link.revocation else { return None };
    (is_own && *since < after).then(|| {
        let told = format!("the certificate was revoked at {since}, and the signature was made after {after}");
        Finding::fail(checks::CERTIFICATE_REVOCATION, format!("{told}, when its content was stamped"))
            .because(SubIndication::Revoked)
    })
}

/// EN 319 102-1, 5.3 and 5.5: outside its validity now, a certificate may have been in it when the signature
/// was made; without proof of that nothing is concluded. `after` is when it had not been made yet.
fn judge_validity(certificate: &Certificate, times: &Times, by_claim: bool, after: Option<Time>) -> Finding {
    let validity = certificate.validity();
    if let Some(after) = after.filter(|after| *after > validity.not_after) {
        let told = format!(
            "the certificate ended at {}, and the signature was made after {after}, when its content was stamped",
            validity.not_after
        );
        return Finding::fail(checks::CERTIFICATE_VALIDITY, told).because(SubIndication::Expired);
    }
    let at = times.counted;
    let by_proof_or_claim = times.proven.is_some() || (by_claim && times.claimed.is_some());
    if !by_proof_or_claim && at > validity.not_after {
        return Finding::unknown(
            checks::CERTIFICATE_VALIDITY,
            format!("the certificate ended at {}, and nothing proves that the signature is older", validity.not_after),
        );
    }
    let finding = validity_at(certificate, at, "the time that counts");
    // A proof says that it existed then, not that it was made then.
    match times.proven {
        Some(_) if at > validity.not_after => finding.because(SubIndication::OutOfBoundsNoPoe),
        _ => finding,
    }
}
