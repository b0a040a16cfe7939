//! Words that open keys.

use std::fmt;

use zeroize::Zeroizing;

/// A PIN, a password, a token of access: wiped when it is dropped, never printed.
///
/// ```
/// let pin = eseal::keys::Secret::new("123456");
/// assert_eq!(format!("{pin:?}"), "Secret");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the words over.
    pub fn new(words: impl Into<String>) -> Self {
        Secret(Zeroizing::new(words.into()))
    }

    /// The words, for whoever has to hand them on.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
