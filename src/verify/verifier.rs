//! The verifier.

use std::sync::Arc;

use crate::crypto::Certificate;
use crate::document::Document;
use crate::error::Error;
use crate::limits::Limits;
use crate::seal::Seal;
use crate::time::Time;
use crate::trust::{Evidence, Memory, Role, StatusSource, Trust};
use crate::verify::certificate::{CertificateReport, judge_alone};
use crate::verify::document::{judge_detached, judge_document};
use crate::verify::known::KnownSeals;
use crate::verify::seal::judge_seal;
use crate::verify::{Policy, Report, SealReport, SignatureReport};

/// Judges seals and documents as of a time, by its anchors and its policy.
///
/// ```no_run
/// use eseal::{Pdf, Time, Trust, Verifier};
///
/// let trust = Trust::new().signatories_pem(&std::fs::read("ca.pem")?)?;
/// let form = Pdf::read(&std::fs::read("form.pdf")?)?;
/// let report = Verifier::new(&trust).document(&form, Time::now())?;
/// println!("{report}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It can be shared by threads, and remembers the chains that it has judged and the seals whose maker's value it
/// has found good: in a batch of documents by one signatory the chain is built, its signatures and lists are
/// checked, and so is the maker's value, once. A chain is used again only for the span of time in which each
/// comparison would come out the same, a seal only where it is the same to the byte. So keep one for many documents.
#[derive(Clone, Debug)]
pub struct Verifier<'t> {
    pub(super) trust: &'t Trust,
    pub(super) evidence: Option<&'t Evidence>,
    /// Of these anchors, this evidence, policy and limits: another of them begins a new one.
    pub(super) memory: Arc<Memory>,
    pub(super) known: Arc<KnownSeals>,
    pub(super) status: Option<&'t dyn StatusSource>,
    pub(super) policy: Policy,
    pub(super) limits: Limits,
}

impl<'t> Verifier<'t> {
    /// A verifier that believes these anchors, with the default policy and limits.
    #[must_use]
    pub fn new(trust: &'t Trust) -> Self {
        Verifier {
            trust,
            evidence: None,
            memory: Arc::default(),
            known: Arc::default(),
            status: None,
            policy: Policy::default(),
            limits: Limits::default(),
        }
    }

    /// Uses these certificates, lists of revoked ones and OCSP answers, beside what documents carry.
    #[must_use]
    pub fn evidence(mut self, evidence: &'t Evidence) -> Self {
        self.evidence = Some(evidence);
        self.memory = Arc::default();
        self
    }

    /// Asks this source whether a seal was in force when it was used. Its answers stand in the report as
    /// `seal.status`: a seal that was frozen or given up by then makes the verdict invalid.
    #[must_use]
    pub fn knowing(mut self, source: &'t dyn StatusSource) -> Self {
        self.status = Some(source);
        self
    }

    /// Judges by another policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self.memory = Arc::default();
        self
    }

    /// Admits more or less of strangers' input.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.memory = Arc::default();
        self
    }

    /// Judges a seal as of `now` (GB/T 38540-2020, 6.3). Whatever is wrong with it is in the report.
    pub fn seal<'s>(&self, seal: &'s Seal, now: Time) -> SealReport<'s> {
        SealReport::new(seal, now, judge_seal(self, seal, now, now))
    }

    /// Judges a certificate by itself: its key usage, its validity, its path to an anchor for this role,
    /// and whether any certificate on that was revoked, all as of `at` with what is known at `now`.
    pub fn certificate(&self, certificate: &Certificate, role: Role, at: Time, now: Time) -> CertificateReport {
        judge_alone(self, certificate, role, at, now)
    }

    /// Judges a signature that stands apart from what it signs, as of `now`: a seal signature, CMS
    /// or a time-stamp token in DER, and the bytes that it protects.
    ///
    /// For a stamp taken out of an OFD the content is the description file, `Signature.xml`; the files
    /// that the description lists are then the caller's to check.
    pub fn detached(&self, signature: &[u8], content: &[u8], now: Time) -> SignatureReport {
        judge_detached(self, signature, content, now)
    }

    /// Judges every signature of a document as of `now`.
    ///
    /// # Errors
    ///
    /// Only when it could not look: the document exceeds the limits or is too broken to be walked.
    /// Whatever it saw, good or bad, is in the report.
    pub fn document<'d, D: Document>(&self, document: &'d D, now: Time) -> Result<Report<'d, D>, Error> {
        judge_document(self, document, now)
    }
}
