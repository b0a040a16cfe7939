//! Judging seals and documents: the only issuer of evidence.
//!
//! Facts first, one verdict last: each check yields a [`Finding`](crate::Finding), and one rule in one
//! place ([`Conclusion`](crate::Conclusion)) folds them.

mod algorithms;
mod attributes;
mod carried;
mod certificate;
mod chain;
mod cms;
#[cfg(feature = "ofd")]
mod data;
mod document;
mod existence;
mod known;
mod level;
mod payload;
mod policy;
mod report;
mod result;
mod seal;
mod standing;
mod status;
mod strength;
mod token;
mod verifier;
#[cfg(any(feature = "pdf", feature = "ofd"))]
mod xml;

pub use crate::verify::algorithms::{AlgorithmLimit, AlgorithmTable, Primitive};
pub use crate::verify::certificate::CertificateReport;
pub use crate::verify::existence::{Basis, Proof, ProofKind, TimeUse};
pub use crate::verify::level::{Level, LevelReport};
pub use crate::verify::policy::{Encoding, MakerRule, Need, Policy, SigningTimeRule};
pub use crate::verify::report::{
    Answer, CertificateSummary, Report, SealReport, SealSummary, SignatureKind, SignatureReport, Times, Verified,
};
pub use crate::verify::result::{LicenceState, ResultCode};
pub use crate::verify::standing::SealStanding;
pub use crate::verify::verifier::Verifier;
