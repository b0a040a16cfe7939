//! The signed attributes of CMS (RFC 5652, 11; EN 319 122-1, 5).

use crate::crypto::cms::{Attributes, SignedData, SignerInfo, oid, reference};
use crate::crypto::{Certificate, DigestAlgorithm, SignatureAlgorithm};
use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::finding::{Finding, Outcome, SubIndication, checks};
use crate::verify::Verifier;
use crate::verify::cms::CmsContext;

/// The rules for signed attributes (RFC 5652, 11; EN 319 122-1, 5; RFC 6211).
pub(super) fn judge_attributes(
    context: &CmsContext<'_>,
    signed: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    attributes: &Attributes<'_>,
    certificate: Option<&Certificate>,
    findings: &mut Vec<Finding>,
) {
    let fail = |detail: String| Finding::fail(checks::SIGNATURE_ATTRIBUTES, detail);
    let before = findings.len();
    for (kind, name) in [(oid::CONTENT_TYPE, "content-type"), (oid::MESSAGE_DIGEST, "message-digest")] {
        if attributes.single(&kind).is_none() {
            let count = attributes.count(&kind);
            let told = format!("{name} has to be there once with one value; it is there {count} times");
            // Of two values readers may take either: no signature has that by accident.
            let reason = if count == 0 { SubIndication::SigConstraintsFailure } else { SubIndication::FormatFailure };
            findings.push(fail(told).because(reason));
        }
    }
    if let Some(told) = attributes.single(&oid::CONTENT_TYPE).and_then(|value| value.oid("content-type").ok()) {
        let both_data =
            [oid::DATA, oid::GM_DATA].contains(&told) && [oid::DATA, oid::GM_DATA].contains(&signed.content_type);
        if told != signed.content_type && both_data {
            let told = format!("tolerated: content-type is {told}, the content is called {}", signed.content_type);
            findings.push(Finding::note(checks::SIGNATURE_ATTRIBUTES, told));
        } else if told != signed.content_type {
            let told = format!("content-type is {told}, the content is called {}", signed.content_type);
            findings.push(fail(told).because(SubIndication::FormatFailure));
        }
    }
    findings.extend(judge_reference(context, attributes, certificate));
    findings.extend(judge_protection(signer, attributes));
    findings.extend(judge_policy(context.verifier, attributes));
    if !attributes.is_sorted() {
        findings.push(Finding::note(
            checks::SIGNATURE_ATTRIBUTES,
            "tolerated: the signed attributes are not sorted as DER asks",
        ));
    }
    if findings.iter().skip(before).all(|finding| finding.outcome == Outcome::Pass) {
        findings.push(Finding::pass(
            checks::SIGNATURE_ATTRIBUTES,
            "the signed attributes say what they have to, each once",
        ));
    }
}

/// signing-certificate has to name the certificate; PAdES asks for it, older signatures go without.
fn judge_reference(
    context: &CmsContext<'_>,
    attributes: &Attributes<'_>,
    certificate: Option<&Certificate>,
) -> Option<Finding> {
    let count = attributes.count(&oid::SIGNING_CERTIFICATE_V2) + attributes.count(&oid::SIGNING_CERTIFICATE);
    if count == 0 {
        let missing = "no signing-certificate attribute names the certificate";
        return context
            .label
            .contains("ETSI.CAdES.detached")
            .then(|| Finding::unknown(checks::SIGNATURE_ATTRIBUTES, format!("{missing}, as PAdES requires")));
    }
    match (reference(attributes), certificate) {
        (Some(reference), Some(certificate)) if reference.is(certificate) => None,
        (Some(_), None) => None,
        (Some(_), Some(certificate)) => Some(
            Finding::fail(
                checks::SIGNATURE_ATTRIBUTES,
                format!("signing-certificate names another certificate than that of {}", certificate.subject()),
            )
            .because(SubIndication::NoSigningCertificateFound),
        ),
        (None, _) => Some(
            Finding::unknown(checks::SIGNATURE_ATTRIBUTES, "the signing-certificate attribute cannot be read")
                .because(SubIndication::NoSigningCertificateFound),
        ),
    }
}

/// cms-algorithm-protection, compared when present (RFC 6211, 3).
fn judge_protection(signer: &SignerInfo<'_>, attributes: &Attributes<'_>) -> Option<Finding> {
    if attributes.count(&oid::ALGORITHM_PROTECTION) == 0 {
        return None;
    }
    let fail = || {
        let told = "the algorithms differ from those that were signed (cms-algorithm-protection)";
        Some(Finding::fail(checks::SIGNATURE_ATTRIBUTES, told).because(SubIndication::FormatFailure))
    };
    let Some(value) = attributes.single(&oid::ALGORITHM_PROTECTION) else { return fail() };
    let what = "CMSAlgorithmProtection";
    let read = || -> Result<(DigestAlgorithm, Option<SignatureAlgorithm>), Error> {
        let mut parts = value.children();
        let digest = parts.take(tag::SEQUENCE, what)?.children().next(what)?.oid(what)?;
        let digest = DigestAlgorithm::from_oid(&digest)?;
        let signature = parts.optional(tag::context(1, true), what)?;
        // [1] IMPLICIT AlgorithmIdentifier: the same content under another tag.
        let signature = signature
            .map(|element| SignatureAlgorithm::from_identifier(&Tlv { tag: tag::SEQUENCE, ..element }, Some(digest)));
        Ok((digest, signature.transpose()?))
    };
    match read() {
        Err(error) => Some(Finding::unknown(checks::SIGNATURE_ATTRIBUTES, error.to_string())),
        Ok((digest, signature)) => {
            let same = signer.digest == Ok(digest) && signature.is_none_or(|told| signer.algorithm == Ok(told));
            if same { None } else { fail() }
        }
    }
}

/// signature-policy-identifier (EN 319 122-1, 5.2.9; EN 319 102-1, 5.2.4): under which policy the signatory
/// wants the signature to be read. Whether that one can be processed is the verifier's policy.
fn judge_policy(verifier: &Verifier<'_>, attributes: &Attributes<'_>) -> Option<Finding> {
    if attributes.count(&oid::SIGNATURE_POLICY) == 0 {
        return None;
    }
    let what = "SignaturePolicyIdentifier";
    let value = attributes.single(&oid::SIGNATURE_POLICY)?;
    let named = match value.tag {
        // signaturePolicyImplied: whoever reads it knows which.
        tag::NULL => return None,
        _ => value.children().next(what).and_then(|id| id.oid(what)),
    };
    let refuse =
        |told: String| Finding::unknown(checks::SIGNATURE_POLICY, told).because(SubIndication::PolicyProcessingError);
    Some(match (named, &verifier.policy.signature_policies) {
        (Err(error), _) => refuse(format!("the signature policy that it names cannot be read: {error}")),
        (Ok(named), None) => {
            Finding::note(checks::SIGNATURE_POLICY, format!("made under the signature policy {named}"))
        }
        (Ok(named), Some(known)) if known.iter().any(|one| *one == named.to_string()) => {
            Finding::pass(checks::SIGNATURE_POLICY, format!("made under the signature policy {named}"))
        }
        (Ok(named), Some(_)) => {
            refuse(format!("made under the signature policy {named}, which is none of those known"))
        }
    })
}
