//! Who is believed without proof, and for what.

use serde::Serialize;

use crate::crypto::Certificate;
use crate::error::Error;

/// What an anchor is believed for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Making seals.
    SealMaker,
    /// Stamping and signing documents.
    Signatory,
    /// Telling the time.
    TimeStamper,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Role::SealMaker => "makers of seals",
            Role::Signatory => "signatories",
            Role::TimeStamper => "time-stamping authorities",
        })
    }
}

/// The anchors that a verifier believes, each for its own role, and certificates that help to reach
/// them.
///
/// The three sets are apart so that a person's certificate authority does not become a maker of
/// seals. With no anchors at all every chain is *unknown*, never good and never bad.
///
/// ```no_run
/// use eseal::Trust;
///
/// let trust = Trust::new()
///     .seal_makers_pem(&std::fs::read("makers.pem")?)?
///     .signatories_pem(&std::fs::read("ca.pem")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Trust {
    seal_makers: Vec<Certificate>,
    signatories: Vec<Certificate>,
    time_stampers: Vec<Certificate>,
    intermediates: Vec<Certificate>,
}

impl Trust {
    /// Believes nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Believes these for makers of seals.
    #[must_use]
    pub fn seal_makers(mut self, anchors: impl IntoIterator<Item = Certificate>) -> Self {
        self.seal_makers.extend(anchors);
        self
    }

    /// Believes these for signatories.
    #[must_use]
    pub fn signatories(mut self, anchors: impl IntoIterator<Item = Certificate>) -> Self {
        self.signatories.extend(anchors);
        self
    }

    /// Believes these for time-stamping authorities.
    #[must_use]
    pub fn time_stampers(mut self, anchors: impl IntoIterator<Item = Certificate>) -> Self {
        self.time_stampers.extend(anchors);
        self
    }

    /// Believes these for every role: for tests, and for worlds with one root.
    #[must_use]
    pub fn everything(self, anchors: impl IntoIterator<Item = Certificate>) -> Self {
        let anchors: Vec<_> = anchors.into_iter().collect();
        self.seal_makers(anchors.clone()).signatories(anchors.clone()).time_stampers(anchors)
    }

    /// Certificates that may stand between an anchor and a signatory, a maker or a time-stamping
    /// authority. They are not believed, only tried.
    #[must_use]
    pub fn intermediates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.intermediates.extend(certificates);
        self
    }

    /// Believes the certificates in a PEM (or a single DER) file for makers of seals.
    ///
    /// # Errors
    ///
    /// When the file holds no certificate, or one that cannot be read.
    pub fn seal_makers_pem(self, pem: &[u8]) -> Result<Self, Error> {
        Ok(self.seal_makers(Certificate::list_from_pem(pem)?))
    }

    /// Believes the certificates in a PEM (or a single DER) file for signatories.
    ///
    /// # Errors
    ///
    /// As [`Trust::seal_makers_pem`].
    pub fn signatories_pem(self, pem: &[u8]) -> Result<Self, Error> {
        Ok(self.signatories(Certificate::list_from_pem(pem)?))
    }

    /// Believes the certificates in a PEM (or a single DER) file for time-stamping authorities.
    ///
    /// # Errors
    ///
    /// As [`Trust::seal_makers_pem`].
    pub fn time_stampers_pem(self, pem: &[u8]) -> Result<Self, Error> {
        Ok(self.time_stampers(Certificate::list_from_pem(pem)?))
    }

    pub(crate) fn anchors(&self, role: Role) -> &[Certificate] {
        match role {
            Role::SealMaker => &self.seal_makers,
            Role::Signatory => &self.signatories,
            Role::TimeStamper => &self.time_stampers,
        }
    }

    pub(crate) fn helpers(&self) -> &[Certificate] {
        &self.intermediates
    }
}
