//! PDF

mod appearance;
#[cfg(feature = "encryption")]
mod encryption;

/// A PDF document.
#[derive(Clone, Debug)]
pub struct Pdf;
