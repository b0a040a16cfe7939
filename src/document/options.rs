//! What a PDF signature may lay down for what comes after it, and how it is made.

use std::fmt;

use serde::Serialize;

use crate::crypto::Certificate;

/// What may still be done to a PDF document after a signature (`/P` of ISO 32000-2, table 257); later
/// variants permit more.
///
/// What makes signatures last – validation data and document time stamps – is always permitted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permitted {
    /// Nothing (1). Some viewers then reject even what makes the signature last.
    Nothing,
    /// To fill in forms and to sign (2).
    FormFilling,
    /// That, and to add, change and remove annotations (3). Annotations can cover what was certified.
    Annotations,
}

impl Permitted {
    /// The number that stands in the file.
    pub(crate) fn level(self) -> i64 {
        match self {
            Permitted::Nothing => 1,
            Permitted::FormFilling => 2,
            Permitted::Annotations => 3,
        }
    }
}

impl fmt::Display for Permitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Permitted::Nothing => "no change",
            Permitted::FormFilling => "form filling and signing",
            Permitted::Annotations => "form filling, signing and annotations",
        })
    }
}

/// Which fields of a PDF form a signature locks, and what it leaves permitted for the whole document
/// (ISO 32000-2, tables 236 and 259).
///
/// ```
/// use eseal::{FieldLock, Permitted};
///
/// let amounts = FieldLock::only(["order.total", "order.lines"]);
/// let closed = FieldLock::all().permitting(Permitted::Nothing);
/// # let _ = (amounts, closed);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldLock {
    pub(crate) action: LockAction,
    /// Full names of fields; each stands for all fields below it as well.
    pub(crate) names: Vec<String>,
    pub(crate) permitted: Option<Permitted>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LockAction {
    All,
    Include,
    Exclude,
}

impl LockAction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            LockAction::All => "All",
            LockAction::Include => "Include",
            LockAction::Exclude => "Exclude",
        }
    }
}

impl FieldLock {
    /// Locks every field.
    #[must_use]
    pub fn all() -> Self {
        FieldLock { action: LockAction::All, names: Vec::new(), permitted: None }
    }

    /// Locks the fields with these full names, and those below them.
    #[must_use]
    pub fn only(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        FieldLock { action: LockAction::Include, names, permitted: None }
    }

    /// Locks every field but those with these full names, and those below them.
    #[must_use]
    pub fn all_but(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        FieldLock { action: LockAction::Exclude, names, permitted: None }
    }

    /// Limits what is done to the whole document from now on, as a certification would (PDF 2.0).
    #[must_use]
    pub fn permitting(mut self, permitted: Permitted) -> Self {
        self.permitted = Some(permitted);
        self
    }
}

/// What only PDF knows, of all that a document is told to leave room for a signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct PdfOptions<'a> {
    pub(crate) certify: Option<Permitted>,
    pub(crate) lock: Option<&'a FieldLock>,
    pub(crate) attestation: Option<&'a str>,
    /// Whether a hybrid of tables and streams may be stamped.
    pub(crate) hybrid: bool,
    /// Whether a time stamp will be put into the signature.
    pub(crate) time_stamped: bool,
    /// The signatory's certificate, then those above it as far as they are at hand.
    pub(crate) certificates: Vec<&'a Certificate>,
}
