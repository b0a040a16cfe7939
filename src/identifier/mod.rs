//! Identifiers of persons, bodies, seals, service items and licences: read, checked and built.
//!
//! Each is a type of its own that holds a good identifier only, so a register keyed by one holds no
//! misspelt ones. [`FromStr`](std::str::FromStr) admits what passes every check that counts; to learn *what*
//! is wrong with a text, ask the type's `examine`: the shape, the check character and the parts inside are
//! findings of their own, since an identifier can be well checked and wrongly built.
//!
//! ```
//! use eseal::Outcome;
//! use eseal::identifier::LicenceId;
//!
//! // The issuer is a region's code where the issuing body's code belongs; the check character is right.
//! let findings = LicenceId::examine("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9");
//! let of = |name| findings.iter().find(|finding| finding.check == name).map(|finding| finding.outcome);
//! assert_eq!(of("identifier.structure"), Some(Outcome::Fail));
//! assert_eq!(of("identifier.check-character"), Some(Outcome::Pass));
//! ```

mod checksum;
mod citizen;
mod credit;
mod item;
mod licence;
mod region;
mod seal;
#[cfg(test)]
mod tests;

pub use crate::identifier::citizen::CitizenNumber;
pub use crate::identifier::credit::CreditCode;
pub use crate::identifier::item::{BasicItemCode, ItemCode, ItemLevel};
pub use crate::identifier::licence::{IssuerRule, LicenceId, LicenceIdRule, LicenceTypeCode};
pub use crate::identifier::region::{Region, RegionLevel};
pub use crate::identifier::seal::{FurtherRule, SealCode, SealCodeRule};

use crate::error::Error;
use crate::finding::{Finding, Verdict};

/// Refuses a text unless every finding that counts passed. The message names the kind of identifier and the
/// worst finding, never the text: it may be a citizen's number.
fn admit(kind: &str, findings: Vec<Finding>) -> Result<(), Error> {
    match findings.iter().filter(|finding| finding.needed).max_by_key(|finding| finding.outcome) {
        Some(worst) if Verdict::of(&findings) != Verdict::Valid => {
            let message = format!("this is no good {kind}: {}", worst.detail);
            Err(Error::malformed(message).with_findings(findings))
        }
        _ => Ok(()),
    }
}

/// What makes a newtype out of a text: parsing, printing and serde, all by way of `FromStr`.
macro_rules! text_type {
    ($type:ident) => {
        impl TryFrom<String> for $type {
            type Error = crate::error::Error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> String {
                id.to_string()
            }
        }
    };
}
use text_type;
