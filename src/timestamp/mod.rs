//! Time stamps (RFC 3161; GB/T 20520 has the same shapes): asking for tokens, checking the answer, reading
//! tokens. Carrying bytes to an authority and back is the caller's business, behind [`TimeStamper`]; whether
//! the authority is believed is the [`Verifier`](crate::Verifier)'s.
//!
//! ```
//! # #[cfg(all(feature = "authority", feature = "sm"))] {
//! use eseal::authority::{Algorithm, Authority};
//! use eseal::timestamp::Channel;
//!
//! let now: eseal::Time = "2026-08-01T08:00:00Z".parse()?;
//! let authority = Authority::new(Algorithm::P256, now)?.time_stamper()?;
//! // The closure would post the request to the authority's address.
//! let channel = Channel::new(|request: &[u8]| Ok(authority.answer(request)?)).room(8_000);
//! let token = eseal::timestamp::ask(&channel, b"a signature's value", eseal::DigestAlgorithm::Sha256, now)?;
//! assert!(token.len() < 8_000);
//! # }
//! # Ok::<(), eseal::Error>(())
//! ```

mod ask;
mod request;
mod response;
mod stamper;
mod token;

#[cfg(all(test, feature = "authority"))]
mod tests;

pub use crate::timestamp::ask::{ask, ask_for_digest};
pub use crate::timestamp::request::Request;
pub use crate::timestamp::response::{Response, Status};
pub use crate::timestamp::stamper::{Channel, Nonce, TimeStamper};

pub(crate) use crate::timestamp::ask::check_token;
#[cfg(feature = "authority")]
pub(crate) use crate::timestamp::request::MessageImprint;
pub(crate) use crate::timestamp::token::{Token, purpose_fault};

/// The most certificates looked at in a token that was asked for.
const CERTIFICATES: usize = 64;

/// Object identifiers.
pub(crate) mod oid {
    use ::der::asn1::ObjectIdentifier;

    /// id-ct-TSTInfo.
    pub(crate) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
    /// id-kp-timeStamping, in dots.
    pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
}
