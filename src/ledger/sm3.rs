//! SM3 digests as values with a name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::crypto::{DigestAlgorithm, digest};
use crate::error::Error;

/// An SM3 digest (GB/T 32905), written as 64 lower-case hexadecimal digits.
///
/// ```
/// use eseal::ledger::Sm3;
///
/// let digest = Sm3::of(b"abc");
/// assert!(digest.to_string().starts_with("66c7f0f462eeedd9"));
/// assert_eq!(digest.to_string().parse::<Sm3>()?, digest);
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sm3([u8; 32]);

impl Sm3 {
    /// What stands where an entry names the one before it and there is none.
    pub const NONE: Sm3 = Sm3([0; 32]);

    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        // The feature "ledger" brings SM3 along, so it is always there and always has 32 octets.
        let octets = digest(DigestAlgorithm::Sm3, bytes).unwrap_or_default();
        Sm3(<[u8; 32]>::try_from(octets).unwrap_or_default())
    }

    /// A digest that was computed elsewhere.
    #[must_use]
    pub fn from_octets(octets: [u8; 32]) -> Self {
        Sm3(octets)
    }

    /// The 32 octets.
    #[must_use]
    pub fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Sm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Sm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sm3({self})")
    }
}

impl FromStr for Sm3 {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::malformed("an SM3 digest has 64 lower-case hexadecimal digits");
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refuse());
        }
        let octets = digits.chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        <[u8; 32]>::try_from(octets.collect::<Vec<_>>()).map(Sm3).map_err(|_| refuse())
    }
}

impl TryFrom<String> for Sm3 {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Sm3> for String {
    fn from(digest: Sm3) -> String {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Sm3;

    #[test]
    fn text_and_back() {
        let digest = Sm3::of(b"");
        assert_eq!(digest.to_string(), "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
        assert_eq!(digest.to_string().parse::<Sm3>().unwrap(), digest);
        let text = digest.to_string();
        for bad in [text.to_uppercase(), text.replacen('1', "é", 1), text[1..].to_owned(), format!("{text}0")] {
            assert!(bad.parse::<Sm3>().unwrap_err().to_string().contains("64 lower-case"), "{bad}");
        }
    }
}
