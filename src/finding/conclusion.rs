//! The one rule by which findings become a conclusion (EN 319 102-1, 5.1.3; GB/T 38540-2020, 7.3).

use std::fmt;

use serde::Serialize;

use crate::finding::{Finding, Outcome, Verdict, checks};

/// The main indication of EN 319 102-1, 5.1.3, table 5.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    /// There was nothing to judge (a validator's own addition; the standard judges one signature).
    NoSignatureFound,
    /// All that is needed passed.
    TotalPassed,
    /// What is known suffices neither for the one nor for the other.
    Indeterminate,
    /// The signature is not what it claims to be, or was made by someone who could not make it.
    TotalFailed,
}

impl Indication {
    /// The name in the standard, such as `TOTAL_PASSED`; written with an underscore throughout.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Indication::NoSignatureFound => "NO_SIGNATURE_FOUND",
            Indication::TotalPassed => "TOTAL_PASSED",
            Indication::Indeterminate => "INDETERMINATE",
            Indication::TotalFailed => "TOTAL_FAILED",
        }
    }
}

impl fmt::Display for Indication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! sub_indications {
    ($($variant:ident = $name:literal, $main:ident, $says:literal;)*) => {
        /// The sub-indication of EN 319 102-1, 5.1.3, table 6: why a signature did not pass.
        ///
        /// In the order of the validation blocks: where several apply, the first one stands for them, as
        /// the standard's procedure would have ended there.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[non_exhaustive]
        pub enum SubIndication {
            $(#[doc = $says] $variant,)*
        }

        impl SubIndication {
            /// All of them, in the order in which one takes the place of another.
            pub const ALL: &[SubIndication] = &[$(SubIndication::$variant),*];

            /// The name in the standard, such as `HASH_FAILURE`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(SubIndication::$variant => $name,)* }
            }

            /// The main indication under which the standard has it.
            #[must_use]
            pub fn indication(self) -> Indication {
                match self { $(SubIndication::$variant => Indication::$main,)* }
            }
        }
    };
}

sub_indications! {
    FormatFailure = "FORMAT_FAILURE", TotalFailed,
        "It does not have the form of a signature, or something was changed that it does not permit.";
    HashFailure = "HASH_FAILURE", TotalFailed,
        "The protected bytes are not the ones that were signed.";
    SigCryptoFailure = "SIG_CRYPTO_FAILURE", TotalFailed,
        "The signature value does not verify with the signatory's key.";
    NotYetValid = "NOT_YET_VALID", TotalFailed,
        "It was made before the signatory's certificate became valid.";
    Expired = "EXPIRED", TotalFailed,
        "It was made after the signatory's certificate, or the seal, had ended.";
    Revoked = "REVOKED", TotalFailed,
        "It was made after the signatory's certificate had been revoked, or while the seal was not in force.";
    NoSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND", Indeterminate,
        "Whose certificate it was made with cannot be told.";
    SignedDataNotFound = "SIGNED_DATA_NOT_FOUND", Indeterminate,
        "What was signed is not at hand.";
    PolicyProcessingError = "POLICY_PROCESSING_ERROR", Indeterminate,
        "It was made under a signature policy that cannot be processed here.";
    SignaturePolicyNotAvailable = "SIGNATURE_POLICY_NOT_AVAILABLE", Indeterminate,
        "It was made under a signature policy whose text is not at hand.";
    NoCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND", Indeterminate,
        "No chain leads from the certificate to an anchor.";
    NoCertificateChainFoundNoPoe = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", Indeterminate,
        "The only chain ends in an anchor that is not believed any more.";
    CertificateChainGeneralFailure = "CERTIFICATE_CHAIN_GENERAL_FAILURE", Indeterminate,
        "The chain breaks a rule of RFC 5280, or revocation data that is needed is missing.";
    RevokedNoPoe = "REVOKED_NO_POE", Indeterminate,
        "The certificate is revoked, and nothing proves that the signature is older.";
    RevokedCaNoPoe = "REVOKED_CA_NO_POE", Indeterminate,
        "An authority of the chain is revoked, and nothing proves that the signature is older.";
    ChainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE", Indeterminate,
        "The certificate is not meant for such signatures.";
    OutOfBoundsNotRevoked = "OUT_OF_BOUNDS_NOT_REVOKED", Indeterminate,
        "The certificate is outside its validity and not revoked, and nothing proves that the signature is older.";
    OutOfBoundsNoPoe = "OUT_OF_BOUNDS_NO_POE", Indeterminate,
        "The certificate is outside its validity, and nothing proves that the signature is older.";
    RevocationOutOfBoundsNoPoe = "REVOCATION_OUT_OF_BOUNDS_NO_POE", Indeterminate,
        "The revocation data's issuer is outside its validity, and nothing proves that the data are older.";
    TryLater = "TRY_LATER", Indeterminate,
        "With fresher data the answer would be another.";
    CryptoConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE", Indeterminate,
        "An algorithm or a key is none that the policy admits.";
    CryptoConstraintsFailureNoPoe = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", Indeterminate,
        "An algorithm or a key has become too weak, and nothing proves that the signature is older.";
    SigConstraintsFailure = "SIG_CONSTRAINTS_FAILURE", Indeterminate,
        "The signature lacks something, or has something, that the rules for such signatures forbid.";
    TimestampOrderFailure = "TIMESTAMP_ORDER_FAILURE", Indeterminate,
        "The time stamps stand in an order that cannot be.";
    NoPoe = "NO_POE", Indeterminate,
        "Nothing proves that it existed when it would have to.";
    Generic = "GENERIC", Indeterminate,
        "For another reason, which the findings tell.";
}

impl fmt::Display for SubIndication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose rule draws the conclusion.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Standard {
    /// EN 319 102-1: a signature fails only for what the standard calls a failure. Whatever is wrong
    /// about a certificate leaves it indeterminate, since it may have been right once.
    #[default]
    Etsi,
    /// GB/T 38540-2020, 6.3 and 7.3, and GB/T 35275: each check that fails ends the verification, and
    /// the seal or the signature with it.
    Gb,
}

/// What many findings come to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Conclusion {
    /// Passed, failed or neither.
    pub indication: Indication,
    /// Why, unless it passed.
    pub sub_indication: Option<SubIndication>,
}

impl Conclusion {
    /// Nothing was there to be judged.
    pub(crate) const NOTHING: Conclusion =
        Conclusion { indication: Indication::NoSignatureFound, sub_indication: None };

    /// The one rule. Only what is needed counts. The worst main indication is the conclusion's; of the
    /// reasons for it the first in the order of the validation blocks stands for all.
    ///
    /// ```
    /// use eseal::{Conclusion, Indication, Standard};
    ///
    /// assert_eq!(Conclusion::of([], Standard::Etsi).indication, Indication::NoSignatureFound);
    /// ```
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>, standard: Standard) -> Self {
        let needed = findings.into_iter().filter(|finding| finding.needed);
        Self::worst(needed.map(|finding| Self::of_one(finding, standard)))
    }

    /// The worst of several conclusions; of none, [`Conclusion::NOTHING`].
    pub(crate) fn worst(all: impl IntoIterator<Item = Conclusion>) -> Self {
        all.into_iter()
            .max_by_key(|one| (one.indication, std::cmp::Reverse(one.sub_indication)))
            .unwrap_or(Self::NOTHING)
    }

    fn of_one(finding: &Finding, standard: Standard) -> Self {
        let reason = || finding.sub_indication.or_else(|| default_reason(finding));
        let (indication, sub_indication) = match finding.outcome {
            Outcome::Pass => (Indication::TotalPassed, None),
            Outcome::Unknown => (Indication::Indeterminate, reason()),
            Outcome::Fail => match (standard, reason()) {
                // A failure without a reason of the standard's fails all the same.
                (Standard::Etsi, Some(reason)) if !is_of_a_seal(finding) => (reason.indication(), Some(reason)),
                (_, reason) => (Indication::TotalFailed, reason),
            },
        };
        Conclusion { indication, sub_indication }
    }

    /// The same in one word.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self.indication {
            Indication::NoSignatureFound => Verdict::Unsigned,
            Indication::TotalPassed => Verdict::Valid,
            Indication::Indeterminate => Verdict::Indeterminate,
            Indication::TotalFailed => Verdict::Invalid,
        }
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sub_indication {
            Some(reason) => write!(f, "{}, {reason}", self.indication),
            None => write!(f, "{}", self.indication),
        }
    }
}

/// Seals have their own standard, whatever kind of signature they lie beside.
fn is_of_a_seal(finding: &Finding) -> bool {
    finding.check.starts_with("seal.")
}

/// What a check that did not pass means, unless the finding itself says something more exact.
fn default_reason(finding: &Finding) -> Option<SubIndication> {
    use SubIndication as S;
    let is_fail = finding.outcome == Outcome::Fail;
    let either = |failed, unknown| Some(if is_fail { failed } else { unknown });
    let is = |list: &[crate::finding::Check]| list.iter().any(|check| check.name() == finding.check);
    if is(&[checks::DOCUMENT_INTACT, checks::DOCUMENT_REFERENCES]) {
        either(S::HashFailure, S::SignedDataNotFound)
    } else if is(&[
        checks::DOCUMENT_STRUCTURE,
        checks::DOCUMENT_COVERAGE,
        checks::DOCUMENT_CHANGES,
        checks::SIGNATURE_FORMAT,
        checks::SEAL_FORMAT,
        checks::SEAL_ENCODING,
        checks::SEAL_SAME,
    ]) {
        either(S::FormatFailure, S::Generic)
    } else if is(&[checks::SIGNATURE_VALUE, checks::SEAL_MAKER_SIGNATURE]) {
        either(S::SigCryptoFailure, S::CryptoConstraintsFailure)
    } else if is(&[checks::SIGNATURE_ALGORITHM, checks::SEAL_MAKER_ALGORITHM]) {
        Some(S::CryptoConstraintsFailure)
    } else if is(&[checks::CERTIFICATE_TRUSTED, checks::SEAL_MAKER_TRUSTED]) {
        either(S::CertificateChainGeneralFailure, S::NoCertificateChainFound)
    } else if is(&[checks::CERTIFICATE_USAGE, checks::SEAL_MAKER_USAGE]) {
        Some(S::ChainConstraintsFailure)
    } else if is(&[checks::CERTIFICATE_VALIDITY, checks::SEAL_MAKER_VALIDITY]) {
        Some(S::OutOfBoundsNoPoe)
    } else if is(&[checks::CERTIFICATE_REVOCATION, checks::SEAL_MAKER_REVOCATION]) {
        either(S::RevokedNoPoe, S::CertificateChainGeneralFailure)
    } else if is(&[checks::SEAL_STATUS]) {
        either(S::Revoked, S::TryLater)
    } else if is(&[checks::SEAL_IN_VALIDITY]) {
        either(S::Expired, S::OutOfBoundsNoPoe)
    } else if is(&[
        checks::SIGNATURE_ATTRIBUTES,
        checks::SIGNATURE_PROPERTY,
        checks::SIGNATURE_SEED_VALUES,
        checks::SEAL_SIGNATORY_LISTED,
        checks::SEAL_CREATED,
        checks::SEAL_TIME_STAMP,
        checks::TIME_CLAIMED,
    ]) {
        Some(S::SigConstraintsFailure)
    } else {
        either(S::Generic, S::Generic).filter(|_| !is_fail)
    }
}

#[cfg(test)]
mod tests {
    use super::{Conclusion, Indication, Standard, SubIndication as S};
    use crate::finding::{Finding, Outcome, checks};

    fn etsi(findings: &[Finding]) -> Conclusion {
        Conclusion::of(findings, Standard::Etsi)
    }

    #[test]
    fn a_chain_that_fails_fails_by_one_standard_and_is_open_by_the_other() {
        let usage = [Finding::fail(checks::CERTIFICATE_USAGE, "")];
        let reason = Some(S::ChainConstraintsFailure);
        assert_eq!(etsi(&usage), Conclusion { indication: Indication::Indeterminate, sub_indication: reason });
        let gb = Conclusion::of(&usage, Standard::Gb);
        assert_eq!(gb, Conclusion { indication: Indication::TotalFailed, sub_indication: reason });
        // A seal fails by its own standard wherever it lies.
        let listed = [Finding::fail(checks::SEAL_SIGNATORY_LISTED, "")];
        assert_eq!(etsi(&listed).indication, Indication::TotalFailed);
    }

    #[test]
    fn the_worst_decides_and_the_first_reason_stands_for_all() {
        let chain = Finding::unknown(checks::CERTIFICATE_TRUSTED, "");
        let hash = Finding::fail(checks::DOCUMENT_INTACT, "");
        let ended = Finding::unknown(checks::CERTIFICATE_VALIDITY, "");
        assert_eq!(etsi(&[ended.clone(), chain.clone()]).sub_indication, Some(S::NoCertificateChainFound));
        assert_eq!(etsi(&[ended.clone(), hash.clone(), chain]).sub_indication, Some(S::HashFailure));
        let told = ended.because(S::RevokedNoPoe);
        assert_eq!(etsi(std::slice::from_ref(&told)).sub_indication, Some(S::RevokedNoPoe));
        assert_eq!(etsi(&[told.clone().not_needed(), hash.not_needed()]), Conclusion::NOTHING);
    }

    /// Whatever a check says, no outcome but a pass is ever a pass, by either standard.
    #[test]
    fn no_finding_that_did_not_pass_passes() {
        for check in checks::ALL {
            for standard in [Standard::Etsi, Standard::Gb] {
                for outcome in [Outcome::Unknown, Outcome::Fail] {
                    let mut finding = Finding::fail(*check, "");
                    finding.outcome = outcome;
                    let concluded = Conclusion::of([&finding], standard);
                    assert!(concluded.indication >= Indication::Indeterminate, "{} {outcome}", check.name());
                    for reason in S::ALL {
                        let concluded = Conclusion::of([&finding.clone().because(*reason)], standard);
                        assert!(concluded.indication >= Indication::Indeterminate, "{} {reason}", check.name());
                        assert_eq!(concluded.sub_indication, Some(*reason));
                    }
                }
            }
        }
    }
}
