//! Getting what a judgement lacks over HTTP: lists of revoked certificates, OCSP answers, certificates of issuers;
//! and time stamps (feature `fetch`).
//!
//! The rest of the crate opens no socket: a report lists what was [`Wanted`](crate::trust::Wanted) with its
//! addresses, and a [`Fetcher`] makes [`Evidence`](crate::Evidence) of it for those who want that. Addresses come
//! out of certificates, that is from strangers, so the fetcher goes to public addresses only, follows few redirects,
//! reads no more than it was told, and waits no longer. What it gets is judged like evidence from anywhere: it is
//! signed, or it is worth nothing, which is why plain HTTP does.
//!
//! ```no_run
//! use eseal::fetch::Fetcher;
//! use eseal::{Pdf, Time, Trust, Verifier};
//!
//! # fn demo(trust: &Trust, form: &Pdf) -> Result<(), eseal::Error> {
//! let now = Time::now();
//! let fetcher = Fetcher::new();
//! let fetched = fetcher.complete(now, |evidence| {
//!     let report = Verifier::new(trust).evidence(evidence).document(form, now)?;
//!     let chains = report.signatures().iter().flat_map(|signature| &signature.chains);
//!     Ok(chains.flat_map(|chain| chain.wanted.clone()).collect())
//! })?;
//! let report = Verifier::new(trust).evidence(&fetched.evidence).document(form, now)?;
//! for missed in &fetched.missed {
//!     println!("{}: {}", missed.wanted, missed.reason);
//! }
//! # Ok(())
//! # }
//! ```

mod address;
mod cache;
mod client;
#[cfg(feature = "csc")]
mod csc;
mod evidence;
mod ocsp;
mod time_stamp;

pub use crate::fetch::client::Fetcher;
#[cfg(feature = "csc")]
pub use crate::fetch::csc::HttpTransport;
pub use crate::fetch::evidence::{Fetched, Missed};
pub use crate::fetch::time_stamp::HttpTimeStamper;
