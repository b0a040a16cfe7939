//! Judging a document: each signature by what its bytes are, whatever its surroundings call it.

use crate::crypto::cms::SignedData;
use crate::crypto::{Certificate, DigestAlgorithm, Judgement, SignatureAlgorithm, digest, hex, verify};
use crate::der::{Tlv, tag};
use crate::document::{Announced, Coverage, Document, Found, Kept, KeptKind, Protected};
use crate::error::Error;
use crate::finding::{Conclusion, Finding, Outcome, Standard, SubIndication, Verdict, checks};
use crate::seal::{Seal, SealSignature};
use crate::time::Time;
use crate::timestamp::Token;
use crate::trust::{Carried, Evidence, Origin};
use crate::verify::chain::{self, judge_certificate};
use crate::verify::cms::{CmsContext, judge_cms};
use crate::verify::existence::{Existence, Moment, Proof, ProofKind};
use crate::verify::level::Holdings;
use crate::verify::payload::{Payload, named_algorithm};
use crate::verify::report::{CertificateSummary, SealSummary, SignatureKind, SignatureReport, Times};
use crate::verify::seal::{clause, judge_encoding, judge_seal, raw_value};
use crate::verify::strength::{judge_digest_strength, judge_strength};
use crate::verify::token::{judge_document_time_stamp, judge_stamp};
use crate::verify::{Encoding, Need, Report, SigningTimeRule, Verifier};

/// How far a signatory's clock may run ahead of the verifier's.
pub(super) const CLOCK_SKEW: i64 = 300;

pub(super) fn judge_document<'d, D: Document>(
    verifier: &Verifier<'_>,
    document: &'d D,
    now: Time,
) -> Result<Report<'d, D>, Error> {
    let mut survey = document.survey(&verifier.limits)?;
    let payloads: Vec<_> = survey.found.iter().map(|found| Payload::read(found, &verifier.limits)).collect();
    // All digests are asked for together, so that the document is read once for all its signatures.
    let wanted: Vec<_> = survey
        .found
        .iter()
        .zip(&payloads)
        .filter_map(|(found, payload)| wants(found, payload).map(|algorithm| (found, algorithm)))
        .collect();
    let mut digests = document.digests(&wanted)?.into_iter();
    let digests: Vec<_> = survey
        .found
        .iter()
        .zip(&payloads)
        .map(|(found, payload)| wants(found, payload).and_then(|_| digests.next()).unwrap_or_default())
        .collect();
    // Latest first: what a document time stamp proves counts for all that stands before it, earlier
    // document time stamps among them (EN 319 102-1, 5.6.2).
    let evidence = carried_evidence(verifier, &survey.kept);
    let helped;
    let verifier = match &evidence {
        Some(evidence) => {
            helped = verifier.clone().evidence(evidence);
            &helped
        }
        None => verifier,
    };
    let mut existence = Existence::default();
    let mut signatures = Vec::new();
    for ((found, payload), digest) in survey.found.iter().zip(&payloads).zip(digests).rev() {
        let protected = || document.protected_bytes(found).map(|bytes| bytes.into_owned());
        let protects_nothing = matches!(found.protected, Protected::Nothing);
        let existed = existence.of(found).cloned();
        let case = Case { verifier, found, digest, protects_nothing, protected: &protected, now, existed };
        let report = case.judge(payload);
        if let (SignatureKind::DocumentTimeStamp, Some(time)) = (report.kind, report.stamped_at()) {
            existence.add(found, time);
        }
        signatures.push(report);
    }
    signatures.reverse();
    let holdings = Holdings::new(&survey.found, &survey.kept, &signatures, (verifier.trust, &verifier.limits));
    let levels: Vec<_> = payloads
        .iter()
        .enumerate()
        .map(|(index, payload)| match payload {
            Payload::Cms(signed) => holdings.level(index, signed),
            _ => None,
        })
        .collect();
    drop(holdings);
    drop(payloads);
    for ((signature, level), found) in signatures.iter_mut().zip(levels).zip(&mut survey.found) {
        (signature.level, signature.changes) = (level, std::mem::take(&mut found.changes));
    }
    Ok(Report::new(document, now, &verifier.policy, survey.pages, signatures, survey.findings))
}

/// What the caller handed in together with what the document carries; `None` where it carries nothing, so
/// that what is known of other documents' chains serves it too.
fn carried_evidence(verifier: &Verifier<'_>, kept: &[Kept]) -> Option<Evidence> {
    if kept.is_empty() {
        return None;
    }
    let mut carried = Carried::default();
    for piece in kept {
        match piece.kind {
            KeptKind::Certificate => carried.certificates.extend(Certificate::from_der(&piece.der).ok()),
            KeptKind::Crl | KeptKind::Ocsp => carried.items.push((Origin::Document, piece.der.clone())),
        }
    }
    Some(verifier.evidence.cloned().unwrap_or_default().with_carried(&carried, &verifier.limits))
}

/// The digest to ask the document for; none where nothing is protected, for the digest of nothing is a
/// digest too, and anyone can sign that.
fn wants(found: &Found, payload: &Payload<'_>) -> Option<DigestAlgorithm> {
    payload.wants().filter(|_| !matches!(found.protected, Protected::Nothing))
}

/// Judges a signature that stands apart from what it signs: `content` is what it protects.
pub(super) fn judge_detached(verifier: &Verifier<'_>, signature: &[u8], content: &[u8], now: Time) -> SignatureReport {
    let found =
        Found { label: "detached".into(), payload: signature.to_vec(), coverage: Coverage::Whole, ..Found::default() };
    let payload = Payload::read(&found, &verifier.limits);
    let digest = payload.wants().and_then(|algorithm| digest(algorithm, content).ok()).unwrap_or_default();
    let protected = || Ok(content.to_vec());
    let existed = None;
    Case { verifier, found: &found, digest, protects_nothing: false, protected: &protected, now, existed }
        .judge(&payload)
}

/// One signature, and what is known about it.
struct Case<'a> {
    verifier: &'a Verifier<'a>,
    found: &'a Found,
    digest: Vec<u8>,
    /// Whether what is protected could not be made out.
    protects_nothing: bool,
    protected: &'a dyn Fn() -> Result<Vec<u8>, Error>,
    now: Time,
    /// What a later document time stamp proves.
    existed: Option<Proof>,
}

/// Why there is no digest of the protected bytes.
pub(super) fn no_digest(protects_nothing: bool) -> Finding {
    if protects_nothing {
        let told = "what the signature protects could not be made out, so nothing is intact";
        return Finding::fail(checks::DOCUMENT_INTACT, told).because(SubIndication::FormatFailure);
    }
    Finding::unknown(checks::DOCUMENT_INTACT, "the digest algorithm of the signature is not built in")
        .because(SubIndication::CryptoConstraintsFailure)
}

impl Case<'_> {
    fn judge(&self, payload: &Payload<'_>) -> SignatureReport {
        let mut report = self.blank();
        match payload {
            Payload::Seal(signature) => self.judge_seal_signature(signature, &mut report),
            Payload::Cms(signed) => self.judge_cms(signed, &mut report),
            Payload::TimeStamp(token) => self.judge_time_stamp(token, &mut report),
            Payload::Raw(value) => self.judge_raw(value, &mut report),
            Payload::Missing => {
                report.checks.push(Finding::fail(checks::SIGNATURE_VALUE, "there is no signature value to check"));
            }
            Payload::Unreadable(reason) => {
                report.checks.push(Finding::fail(checks::SIGNATURE_FORMAT, reason.clone()));
            }
        }
        if let Some(seeded) = &self.found.seeded {
            let proven = report.times.proven.is_some();
            report.checks.push(seeded.judge(payload.wants(), payload.certificates(), proven));
        }
        report.conclude();
        report
    }

    /// When the signature existed for certain, as far as that can be told from outside it.
    fn moment(&self) -> Moment {
        Moment { existed: self.existed.as_ref().map(|proof| proof.time), now: self.now }
    }

    /// EN 319 102-1, 5.2.8: a policy may insist on a proof of the time.
    fn judge_proof(&self, times: &Times) -> Option<Finding> {
        if times.proven.is_some() || self.verifier.policy.time_stamp == Need::WhenKnown {
            return None;
        }
        let told = "nothing proves when the signature existed, and the policy asks for it";
        Some(Finding::unknown(checks::TIME_STAMP, told).because(SubIndication::NoPoe))
    }

    fn blank(&self) -> SignatureReport {
        let found = self.found;
        SignatureReport {
            verdict: Verdict::Indeterminate,
            conclusion: Conclusion::NOTHING,
            standard: Standard::Etsi,
            kind: SignatureKind::Unreadable,
            id: found.id.clone(),
            label: found.label.clone(),
            digest: digest(DigestAlgorithm::Sha256, &found.payload).map_or_else(|_| String::new(), |own| hex(&own)),
            edition: None,
            signer: None,
            times: Times {
                claimed: found.claimed,
                proven: self.existed.as_ref().map(|proof| proof.time),
                counted: self.moment().as_of(),
            },
            proofs: self.existed.iter().cloned().collect(),
            judged_as_of: Vec::new(),
            coverage: found.coverage,
            modification_level: found.modification_level,
            // They are many where signatures are, and no check is made of them: the report takes them over.
            changes: Vec::new(),
            level: None,
            places: found.areas.clone(),
            seal: None,
            chains: Vec::new(),
            checks: found.findings.iter().cloned().chain(self.deviations()).collect(),
            verified_at: self.now,
        }
    }

    /// What the format is lax about, by the policy.
    fn deviations(&self) -> impl Iterator<Item = Finding> {
        let strict = self.verifier.policy.encoding == Encoding::Strict;
        self.found.deviations.iter().map(move |told| match strict {
            false => Finding::note(checks::DOCUMENT_REFERENCES, format!("tolerated: {told}")),
            true => Finding::fail(checks::DOCUMENT_REFERENCES, told.clone()),
        })
    }

    /// What the document carries for the judgement of certificates.
    fn carried(&self) -> Carried {
        let certificates = self.found.certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
        Carried { certificates, items: Vec::new() }
    }

    /// GB/T 38540-2020, 7.3, with the letters of seal-format practice.
    fn judge_seal_signature(&self, signature: &SealSignature, report: &mut SignatureReport) {
        let claimed = signature.time();
        let stamped = signature
            .time_stamp()
            .map(|token| judge_stamp(self.verifier, checks::TIME_STAMP, token, signature.value(), self.moment()));
        // A time stamp that holds takes the place of timeInfo (GB/T 38540-2020, 7.3).
        let own = stamped.as_ref().and_then(|stamped| stamped.proven);
        if let Some((time, stamped)) = own.zip(stamped.as_ref()) {
            let by = stamped.authority.clone().unwrap_or_default();
            report.proofs.push(Proof { time, kind: ProofKind::SignatureTimeStamp, by });
        }
        let proven = report.proofs.iter().map(|proof| proof.time).min();
        let counted = proven.unwrap_or(match self.verifier.policy.signing_time {
            SigningTimeRule::Proven => self.now,
            SigningTimeRule::ByStandard | SigningTimeRule::Claimed => claimed,
        });
        report.kind = SignatureKind::SealSignature;
        report.standard = Standard::Gb;
        report.edition = Some(signature.edition());
        report.times = Times { claimed: Some(claimed), proven, counted };
        let times = report.times;
        let findings = &mut report.checks;
        // a: the data parses.
        let clause = clause(signature.edition());
        findings.push(
            Finding::pass(checks::SIGNATURE_FORMAT, format!("a seal signature of {}", signature.edition()))
                .under(clause),
        );
        findings.extend(self.judge_type());
        findings.extend(judge_encoding(self.verifier, signature.deviations()));
        self.judge_extensions(signature, findings);
        // b to e: value, list, certificate, time.
        match signature.certificate() {
            Err(error) => findings.push(Finding::fail(checks::SIGNATURE_VALUE, error.to_string())),
            Ok(certificate) => {
                report.signer = Some(CertificateSummary::from(certificate));
                self.judge_seal_value(signature, proven.unwrap_or(self.now), findings);
                findings.push(listed(signature.seal(), certificate));
                findings.push(validity_at(certificate, counted, "the time of signing").under(clause));
                let carried = self.carried();
                let names = &chain::SEAL_SIGNATORY;
                let chain =
                    judge_certificate(self.verifier, names, certificate, &carried, (&times, self.now), findings);
                report.chains.push(chain);
            }
        }
        findings.push(self.judge_claim(&report.times));
        findings.extend(self.judge_proof(&report.times));
        // h: the texts do not say whether a time stamp that fails voids the signature; it proves no time.
        if let Some(stamped) = stamped {
            findings.push(stamped.finding.not_needed());
            report.chains.extend(stamped.chain);
        }
        // f: the document's digest.
        findings.push(self.judge_data_hash(signature).under(clause));
        findings.extend(self.judge_property(signature.property()));
        findings.extend(self.judge_copy(signature.seal()));
        // g: the seal, at the time of signing.
        let (seal, chains) = judge_seal(self.verifier, signature.seal(), counted, self.now);
        report.seal = Some(SealSummary::of(signature.seal(), Verdict::of(&seal)));
        findings.extend(seal);
        report.chains.extend(chains);
    }

    /// GB/T 33190-2016, 18.1: `Sign` is for digital signatures, and readers show no stamp for one. The list that says
    /// so is protected by a later signature at best, so whoever wants to hide a stamp writes it there.
    fn judge_type(&self) -> Option<Finding> {
        let told = "the list calls it a digital signature (Type Sign), for which readers show no stamp, but its value is \
                    a seal's: the list was changed, or was never right";
        let is_sign = self.found.announced == Announced::Sign;
        is_sign.then(|| Finding::unknown(checks::SIGNATURE_FORMAT, told))
    }

    fn judge_extensions(&self, signature: &SealSignature, findings: &mut Vec<Finding>) {
        for extension in signature.extensions().iter().filter(|extension| extension.critical) {
            // The texts do not say what an unknown critical extension means.
            let detail = format!("TBS_Sign has the critical extension {}, which is not known", extension.id);
            findings.push(match self.verifier.policy.encoding {
                Encoding::Tolerant => Finding::note(checks::SEAL_ENCODING, format!("tolerated: {detail}")),
                Encoding::Strict => Finding::fail(checks::SEAL_ENCODING, detail),
            });
        }
    }

    /// GB/T 33190-2016, 18.2: the description names the algorithm, which has to be that of the value. The value is judged
    /// by its own; a reader that goes by the description may see something else.
    fn judge_method(&self, used: SignatureAlgorithm) -> Option<Finding> {
        let text = self.found.method.as_deref().filter(|text| !text.is_empty())?;
        let named = named_algorithm(self.found);
        let check = checks::SIGNATURE_ALGORITHM;
        match named {
            Some(named) if named == used => None,
            Some(named) => Some(Finding::unknown(
                check,
                format!(
                    "the description says that the value was made with {named} (SignatureMethod), and it was with {used}"
                ),
            )),
            None => {
                let told = format!(
                    "the description names no algorithm that is known (SignatureMethod \"{}\")",
                    text.escape_debug()
                );
                Some(Finding::note(check, told))
            }
        }
    }

    fn judge_seal_value(&self, signature: &SealSignature, at: Time, findings: &mut Vec<Finding>) {
        let Ok(certificate) = signature.certificate() else { return };
        let algorithm = match SignatureAlgorithm::from_oid(&signature.algorithm(), None) {
            Ok(algorithm) => algorithm,
            Err(error) => {
                findings.push(Finding::unknown(checks::SIGNATURE_VALUE, error.to_string()));
                return;
            }
        };
        let key = match certificate.public_key() {
            Ok(key) => key,
            Err(error) => {
                findings.push(Finding::unknown(checks::SIGNATURE_VALUE, error.to_string()));
                return;
            }
        };
        findings.push(judge_strength(self.verifier, checks::SIGNATURE_ALGORITHM, algorithm, certificate, at));
        findings.extend(self.judge_method(algorithm));
        let finding = match verify(algorithm, key, signature.signed(), signature.value()) {
            Judgement::Good { raw } => {
                if raw {
                    findings.extend(judge_encoding(self.verifier, &[raw_value("SES_Signature.signature")]));
                }
                Finding::pass(checks::SIGNATURE_VALUE, format!("signed by {} ({algorithm})", certificate.subject()))
            }
            Judgement::Bad => Finding::fail(checks::SIGNATURE_VALUE, bad_value(signature)),
            Judgement::Unsupported(reason) => Finding::unknown(checks::SIGNATURE_VALUE, reason),
        };
        findings.push(finding);
    }

    /// The claim is told as what it is. A claim about the future cannot be judged by today's data; that
    /// matters only where something is judged by it, the certificate or the seal beside the signature.
    fn judge_claim(&self, times: &Times) -> Finding {
        let Some(claimed) = times.claimed else {
            return Finding::note(checks::TIME_CLAIMED, "no time of signing is claimed");
        };
        let doubt = |told: String| {
            let finding = Finding::unknown(checks::TIME_CLAIMED, told);
            let counts = times.counted == claimed || self.found.seal.is_some();
            if counts { finding } else { finding.not_needed() }
        };
        if claimed > self.now.plus_seconds(CLOCK_SKEW) {
            return doubt(format!(
                "the signature claims to be of {claimed}, after the time of verification, {}",
                self.now
            ));
        }
        let delay = self.verifier.policy.time_stamp_delay;
        match times.proven {
            Some(proven) if delay.is_some_and(|most| claimed.plus_seconds(i64::from(most)) < proven) => {
                let told = format!("the signature claims to be of {claimed}, and is proven from {proven} on only");
                Finding::unknown(checks::TIME_CLAIMED, format!("{told}: later than the policy allows"))
            }
            Some(proven) if claimed > proven.plus_seconds(CLOCK_SKEW) => doubt(format!(
                "the signature claims to be of {claimed}, but a time stamp proves that it existed at {proven}"
            )),
            Some(proven) => Finding::note(
                checks::TIME_CLAIMED,
                format!("{claimed} is the signatory's claim; a time stamp proves {proven}"),
            ),
            None => Finding::note(
                checks::TIME_CLAIMED,
                format!("{claimed} is the signatory's claim; no time stamp proves it"),
            ),
        }
    }

    /// The digest, and of a wrong one whether SM2's prefix is in it (quirk 14): that is told, and not accepted.
    fn judge_data_hash(&self, signature: &SealSignature) -> Finding {
        let mut finding = self.judge_digest(signature.digest(), "dataHash");
        // Only a description (OFD) is small enough to be hashed once more for the sake of a better sentence.
        let small = signature.property().starts_with('/') && !self.digest.is_empty();
        if finding.outcome == Outcome::Fail
            && small
            && let (Ok(certificate), Ok(content)) = (signature.certificate(), (self.protected)())
            && has_prefix(certificate, signature.digest(), &content)
        {
            finding.detail =
                "dataHash is the digest of SM2's prefix Z and the protected bytes, which old products wrote: the standard \
                 has the digest of the bytes alone"
                    .into();
        }
        finding
    }

    fn judge_digest(&self, signed: &[u8], what: &str) -> Finding {
        if self.digest.is_empty() {
            return no_digest(self.protects_nothing);
        }
        if signed == self.digest {
            return Finding::pass(checks::DOCUMENT_INTACT, format!("{what} is the digest of the protected bytes"));
        }
        Finding::fail(
            checks::DOCUMENT_INTACT,
            format!(
                "{what} is {}, the digest of the protected bytes is {}: they were changed",
                hex(signed),
                hex(&self.digest)
            ),
        )
    }

    /// In OFD propertyInfo has to name the description file; some write it into a JSON object.
    fn judge_property(&self, property: &str) -> Option<Finding> {
        let path = self.found.property.as_deref()?;
        let bare = path.trim_start_matches('/');
        Some(if property.trim_start_matches('/') == bare || property.contains(bare) {
            Finding::pass(checks::SIGNATURE_PROPERTY, format!("propertyInfo names {path}"))
        } else {
            Finding::unknown(
                checks::SIGNATURE_PROPERTY,
                format!("propertyInfo is \"{}\", the description is {path}", property.escape_debug()),
            )
            .not_needed()
        })
    }

    /// What lies beside the signature must be the seal that was signed, or a reader could show
    /// another picture than the one signed.
    fn judge_copy(&self, seal: &Seal) -> Option<Finding> {
        let copy = self.found.seal.as_deref()?;
        Some(if copy == seal.der() {
            Finding::pass(checks::SEAL_SAME, "the seal beside the signature is the one in it")
        } else {
            Finding::fail(
                checks::SEAL_SAME,
                "the seal that lies beside the signature is another than the one that was signed",
            )
        })
    }

    fn judge_cms(&self, signed: &SignedData<'_>, report: &mut SignatureReport) {
        report.kind = SignatureKind::Cms;
        let context = CmsContext {
            verifier: self.verifier,
            digest: &self.digest,
            protects_nothing: self.protects_nothing,
            protected: self.protected,
            label: &self.found.label,
            extra: &self.found.certificates,
            moment: self.moment(),
        };
        report.standard = if signed.gm { Standard::Gb } else { Standard::Etsi };
        let outcome = judge_cms(&context, signed, self.found.claimed, &mut report.checks);
        let used = signed.signers.first().and_then(|signer| signer.algorithm.clone().ok());
        report.checks.extend(used.and_then(|used| self.judge_method(used)));
        report.times = outcome.times;
        report.proofs.extend(outcome.proofs);
        report.chains = outcome.chains;
        report.checks.push(self.judge_claim(&report.times));
        report.checks.extend(self.judge_proof(&report.times));
        let Some(certificate) = outcome.certificate else { return };
        report.signer = Some(CertificateSummary::from(&certificate));
        let Some(bytes) = self.found.seal.as_deref() else { return };
        match Seal::from_der(bytes) {
            Err(error) => report.checks.push(Finding::fail(checks::SEAL_FORMAT, error.to_string())),
            Ok(seal) => {
                report.checks.push(listed(&seal, &certificate));
                let used = report.times.proven.or(report.times.claimed).unwrap_or(self.now);
                let (findings, chains) = judge_seal(self.verifier, &seal, used, self.now);
                report.seal = Some(SealSummary::of(&seal, Verdict::of(&findings)));
                report.checks.extend(findings);
                report.chains.extend(chains);
            }
        }
    }

    fn judge_time_stamp(&self, token: &Token<'_>, report: &mut SignatureReport) {
        report.kind = SignatureKind::DocumentTimeStamp;
        report.times = Times { claimed: Some(token.time), ..report.times };
        report.checks.push(Finding::pass(checks::SIGNATURE_FORMAT, "a time-stamp token over the document"));
        report.checks.push(self.judge_digest(&token.imprint, "messageImprint"));
        if let Ok(algorithm) = &token.imprint_algorithm {
            let check = checks::SIGNATURE_ALGORITHM;
            report.checks.push(judge_digest_strength(self.verifier, check, *algorithm, self.moment().as_of()));
        }
        let (certificate, chain) = judge_document_time_stamp(self.verifier, token, self.moment(), &mut report.checks);
        report.chains.extend(chain);
        report.signer = certificate.as_ref().map(CertificateSummary::from);
    }

    /// A value without a certificate: `adbe.x509.rsa_sha1` has one in the dictionary, a bare SM2
    /// value has none anywhere, and is tried with those that the caller has at hand.
    fn judge_raw(&self, value: &[u8], report: &mut SignatureReport) {
        report.kind = SignatureKind::Raw;
        let mut pool: Vec<_> =
            self.found.certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
        pool.extend_from_slice(self.verifier.trust.helpers());
        let message = match (self.protected)() {
            Ok(message) => message,
            Err(error) => {
                let told = Finding::unknown(checks::SIGNATURE_VALUE, error.to_string());
                report.checks.push(told.because(SubIndication::SignedDataNotFound));
                return;
            }
        };
        let (algorithm, octets) = raw_parts(value, named_algorithm(self.found));
        let verifies =
            |certificate| match verify(algorithm, Certificate::public_key(certificate).ok()?, &message, octets) {
                Judgement::Good { raw } => Some((certificate, raw)),
                _ => None,
            };
        let Some((certificate, raw)) = pool.iter().find_map(verifies) else {
            report.checks.push(Finding::unknown(
                checks::SIGNATURE_VALUE,
                format!(
                    "the signature is a bare value and verifies with none of the {} certificates at hand: whose it is cannot be told",
                    pool.len()
                ),
            ));
            return;
        };
        report.signer = Some(CertificateSummary::from(certificate));
        let is_gm = algorithm == SignatureAlgorithm::Sm2Sm3;
        report.standard = if is_gm { Standard::Gb } else { Standard::Etsi };
        let by_claim = match self.verifier.policy.signing_time {
            SigningTimeRule::Proven => false,
            SigningTimeRule::Claimed => true,
            SigningTimeRule::ByStandard => is_gm,
        };
        let proven = report.times.proven;
        let counted = proven.or(report.times.claimed.filter(|_| by_claim)).unwrap_or(self.now);
        report.times.counted = counted;
        let findings = &mut report.checks;
        findings.push(Finding::pass(checks::SIGNATURE_FORMAT, "a signature value by itself"));
        if raw {
            findings.extend(judge_encoding(self.verifier, &[raw_value("SignedValue")]));
        }
        findings.push(Finding::pass(checks::DOCUMENT_INTACT, "the value was made over the protected bytes themselves"));
        let check = checks::SIGNATURE_ALGORITHM;
        findings.push(judge_strength(self.verifier, check, algorithm, certificate, proven.unwrap_or(self.now)));
        findings.extend(self.judge_method(algorithm));
        let told = format!("the value verifies with the certificate of {} ({algorithm})", certificate.subject());
        findings.push(Finding::pass(checks::SIGNATURE_VALUE, told));
        findings.push(validity_at(certificate, counted, "the time that counts"));
        let times = report.times;
        let carried = Carried { certificates: pool.clone(), ..self.carried() };
        let names = &chain::SEAL_SIGNATORY;
        let chain = judge_certificate(self.verifier, names, certificate, &carried, (&times, self.now), findings);
        report.chains.push(chain);
        report.checks.push(self.judge_claim(&report.times));
        report.checks.extend(self.judge_proof(&report.times));
    }
}

/// What a bare value is: what its description names; without one, PKCS#1 in an OCTET STRING, or SM2's SEQUENCE { r, s }.
fn raw_parts(value: &[u8], named: Option<SignatureAlgorithm>) -> (SignatureAlgorithm, &[u8]) {
    match (named, Tlv::only(value, "Contents")) {
        (Some(named), _) => (named, value),
        (None, Ok(element)) if element.tag == tag::OCTET_STRING => (SignatureAlgorithm::RsaPkcs1Sha1, element.value),
        _ => (SignatureAlgorithm::Sm2Sm3, value),
    }
}

/// 7.3 c: certificates are compared, never subjects.
fn listed(seal: &Seal, certificate: &Certificate) -> Finding {
    let who = format!("{} (serial {})", certificate.subject(), certificate.serial_number());
    if seal.signatories().names(certificate) {
        return Finding::pass(checks::SEAL_SIGNATORY_LISTED, format!("the seal lists {who}"));
    }
    if seal.signatories().digests().any(|digest| has_prefix(certificate, digest, certificate.der())) {
        return Finding::fail(
            checks::SEAL_SIGNATORY_LISTED,
            format!("the seal lists {who} by a digest with SM2's prefix Z, which is no digest of a certificate"),
        );
    }
    Finding::fail(
        checks::SEAL_SIGNATORY_LISTED,
        format!("the seal lists {} signatories, and {who} is not among them", seal.signatories().len()),
    )
}

/// Whether a digest is of SM2's prefix Z, with the certificate's key, and the bytes (quirk 14).
fn has_prefix(certificate: &Certificate, digest: &[u8], bytes: &[u8]) -> bool {
    #[cfg(feature = "sm")]
    {
        let key = certificate.public_key().ok().and_then(|key| key.sm2());
        key.is_some_and(|key| key.prefixed_digest(bytes) == digest)
    }
    #[cfg(not(feature = "sm"))]
    {
        let _ = (certificate, digest, bytes);
        false
    }
}

pub(super) fn validity_at(certificate: &Certificate, at: Time, which: &str) -> Finding {
    let validity = certificate.validity();
    if validity.contains(at) {
        return Finding::pass(checks::CERTIFICATE_VALIDITY, format!("{which}, {at}, lies within {validity}"));
    }
    let early = at < validity.not_before;
    Finding::fail(
        checks::CERTIFICATE_VALIDITY,
        format!("{which}, {at}, lies outside the certificate's validity, {validity}"),
    )
    .because(if early { SubIndication::NotYetValid } else { SubIndication::Expired })
}

/// What to say of a value that does not verify; one old product signed the document's digest alone,
/// and that is named (quirk 13).
fn bad_value(signature: &SealSignature) -> String {
    #[cfg(feature = "sm")]
    {
        let key = signature.certificate().ok().and_then(|certificate| certificate.public_key().ok());
        let digest = <[u8; 32]>::try_from(signature.digest()).ok();
        if let (Some(key), Some(digest)) = (key.and_then(|key| key.sm2()), digest)
            && matches!(key.verify_digest(&digest, signature.value()), Judgement::Good { .. })
        {
            return "the value was made over dataHash alone, not over the seal signature: it binds neither seal nor time"
                .into();
        }
    }
    #[cfg(not(feature = "sm"))]
    let _ = signature;
    "the value does not verify with the signatory's certificate: what was signed was changed, or another key signed"
        .into()
}
