//! Whose a certificate is, by unified social credit codes.

use std::collections::BTreeSet;

use crate::crypto::{Certificate, organisation_numbers};
use crate::identifier::CreditCode;

/// The good codes among the numbers that a certificate gives its subject, whatever stands around them (`NTRCN-…`).
pub(super) fn owner_codes(certificate: &Certificate) -> BTreeSet<CreditCode> {
    let numbers = organisation_numbers(certificate);
    let words = numbers.iter().flat_map(|number| number.split(|each: char| !each.is_ascii_alphanumeric()));
    words.filter_map(|word| word.parse().ok()).collect()
}
