//! The one error of the crate.

use std::fmt;

use crate::finding::Finding;

/// Why something could not be done or could not be looked at.
///
/// A bad signature is not an error but a [`Finding`]; an error says that there was nothing to judge,
/// or that a deed was refused. [`Error::kind`] tells who has to act; the message says what was wrong
/// and where (a byte offset, an object number, a path in the package).
///
/// ```
/// use eseal::{ErrorKind, Seal};
///
/// let error = Seal::from_der(b"not a seal").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Malformed);
/// assert!(error.to_string().contains("byte 0"));
/// ```
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

/// Behind one word, so that results stay small.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Inner {
    kind: ErrorKind,
    message: String,
    #[source]
    source: Option<BoxError>,
    findings: Vec<Finding>,
}

/// An error of somebody else's making, as a key's device or a transport reports it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Who has to act on an [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Whoever sent the bytes: they are not what they should be.
    Malformed,
    /// The caller: two inputs do not belong together (key and certificate, signatory and seal).
    Mismatch,
    /// The caller: an argument that no data can cause, such as page 0 or a width below zero.
    Misuse,
    /// Nobody: the document, the seal or its status forbids it.
    NotAllowed,
    /// The caller asked for evidence and the findings say no; they are in [`Error::findings`].
    NotValid,
    /// Whoever runs the key; the source has the device's own words.
    Signer,
    /// Whoever runs the time-stamping authority.
    TimeStamp,
    /// Whoever runs the storage of the register, or of a document that is read in place: it is full,
    /// locked, not to be read or written, or damaged.
    Store,
    /// Whoever runs the network or the host: something could not be fetched.
    Unreachable,
    /// The caller: raise a limit of [`Limits`](crate::Limits) or refuse the input.
    TooLarge,
    /// Well formed, but an edition, algorithm or feature that is not built in; the message says which.
    Unsupported,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), source: None, findings: Vec::new() }))
    }

    /// Whether nothing more can be said of the input: a limit was exceeded, or its storage failed. What
    /// else is wrong with a part of it may be told as a finding.
    pub(crate) fn ends_the_work(&self) -> bool {
        matches!(self.kind(), ErrorKind::TooLarge | ErrorKind::Store)
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Misuse, message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::TooLarge, message)
    }

    /// The findings that refuse the evidence asked for.
    pub(crate) fn not_valid(message: impl Into<String>, findings: Vec<Finding>) -> Self {
        Self::new(ErrorKind::NotValid, message).with_findings(findings)
    }

    /// Keeps what was seen.
    pub(crate) fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.0.findings = findings;
        self
    }

    /// Keeps `source` as the reason beneath this error.
    pub(crate) fn caused_by(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says in front of the message what was being done or looked at.
    pub(crate) fn context(mut self, doing: impl fmt::Display) -> Self {
        self.0.message = format!("{doing}: {}", self.0.message);
        self
    }

    /// Who has to act.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The findings behind a [`ErrorKind::NotValid`], worst first, and behind a refused identifier; otherwise none.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.kind, self.0.message)?;
        for finding in &self.0.findings {
            write!(f, "\n  {finding}")?;
        }
        match &self.0.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

/// Adds context to a result on its way up.
pub(crate) trait Context<T> {
    fn context(self, doing: impl fmt::Display) -> Result<T, Error>;
}

impl<T> Context<T> for Result<T, Error> {
    fn context(self, doing: impl fmt::Display) -> Result<T, Error> {
        self.map_err(|error| error.context(doing))
    }
}
