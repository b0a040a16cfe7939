//! PDF

/// A PDF document.
#[derive(Clone, Debug)]
pub struct Pdf;
