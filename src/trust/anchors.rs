//! Who is believed without proof, and for what.

use serde::Serialize;

use crate::crypto::{Certificate, Name, PublicKey};
use crate::der::Tlv;
use crate::error::{Context, Error};
use crate::time::Time;
use crate::trust::constraints::NameConstraints;

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

/// One whose word is taken: a certificate, or a bare name and key, perhaps within bounds.
///
/// Of an anchor's certificate the name, the key, the longest path and the name constraints count
/// (RFC 5280, 6.1.1 d; RFC 5937); its validity and its key usage do not, since roots without
/// keyCertSign exist, and who believes one decides how long.
///
/// ```no_run
/// use eseal::{Anchor, Certificate, Trust};
///
/// let old_root = Certificate::from_pem(&std::fs::read("old-root.pem")?)?;
/// let trust = Trust::new().signatories([Anchor::from(old_root).until("2027-01-01T00:00:00Z".parse()?)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Anchor {
    certificate: Option<Certificate>,
    subject: String,
    name: Name,
    /// The name in DER: OCSP answers name issuers by its digest.
    name_der: Vec<u8>,
    key: Result<PublicKey, String>,
    until: Option<Time>,
    path_length: Option<u32>,
    constraints: Vec<NameConstraints>,
    defect: Option<String>,
}

impl From<Certificate> for Anchor {
    fn from(certificate: Certificate) -> Self {
        let (constraints, defect) = match NameConstraints::of(&certificate) {
            Ok(constraints) => (constraints.into_iter().collect(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        Anchor {
            subject: certificate.subject().to_owned(),
            name: certificate.subject_name().clone(),
            name_der: certificate.subject_raw().to_vec(),
            key: certificate.public_key().cloned().map_err(|error| error.to_string()),
            until: None,
            path_length: certificate.path_length(),
            constraints,
            defect,
            certificate: Some(certificate),
        }
    }
}

impl Anchor {
    /// A bare name and key: a Name and a SubjectPublicKeyInfo, both in DER.
    ///
    /// # Errors
    ///
    /// When either cannot be read, or the key's algorithm is not built in.
    pub fn from_name_and_key(name: &[u8], key: &[u8]) -> Result<Self, Error> {
        let parsed = Name::from_der(name).context("an anchor's name")?;
        let key = PublicKey::from_spki(&Tlv::only(key, "SubjectPublicKeyInfo")?).context("an anchor's key")?;
        Ok(Anchor {
            certificate: None,
            subject: Certificate::name_as_text(name)?,
            name: parsed,
            name_der: name.to_vec(),
            key: Ok(key),
            until: None,
            path_length: None,
            constraints: Vec::new(),
            defect: None,
        })
    }

    /// Believes it only for what is judged as of this time or earlier.
    #[must_use]
    pub fn until(mut self, last: Time) -> Self {
        self.until = Some(last);
        self
    }

    /// Admits at most this many authorities between it and the certificate in question.
    #[must_use]
    pub fn path_length(mut self, most: u32) -> Self {
        self.path_length = Some(self.path_length.map_or(most, |own| own.min(most)));
        self
    }

    /// Believes it only for names within these constraints (NameConstraints in DER; RFC 5280,
    /// 4.2.1.10), beside those in its certificate.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn name_constraints(mut self, der: &[u8]) -> Result<Self, Error> {
        self.constraints.push(NameConstraints::from_der(der)?);
        Ok(self)
    }

    /// Its certificate, where it is one.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Its name as text, for people.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    pub(crate) fn name_der(&self) -> &[u8] {
        &self.name_der
    }

    pub(crate) fn key(&self) -> Result<&PublicKey, &String> {
        self.key.as_ref()
    }

    pub(crate) fn ends(&self) -> Option<Time> {
        self.until
    }

    pub(crate) fn longest(&self) -> Option<u32> {
        self.path_length
    }

    pub(crate) fn constraints(&self) -> &[NameConstraints] {
        &self.constraints
    }

    /// Why it cannot be used, where its certificate's constraints cannot be read.
    pub(crate) fn defect(&self) -> Option<&str> {
        self.defect.as_deref()
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
    seal_makers: Vec<Anchor>,
    signatories: Vec<Anchor>,
    time_stampers: Vec<Anchor>,
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
    pub fn seal_makers<A: Into<Anchor>>(mut self, anchors: impl IntoIterator<Item = A>) -> Self {
        self.seal_makers.extend(anchors.into_iter().map(Into::into));
        self
    }

    /// Believes these for signatories.
    #[must_use]
    pub fn signatories<A: Into<Anchor>>(mut self, anchors: impl IntoIterator<Item = A>) -> Self {
        self.signatories.extend(anchors.into_iter().map(Into::into));
        self
    }

    /// Believes these for time-stamping authorities.
    #[must_use]
    pub fn time_stampers<A: Into<Anchor>>(mut self, anchors: impl IntoIterator<Item = A>) -> Self {
        self.time_stampers.extend(anchors.into_iter().map(Into::into));
        self
    }

    /// Believes these for every role: for tests, and for worlds with one root.
    #[must_use]
    pub fn everything<A: Into<Anchor>>(self, anchors: impl IntoIterator<Item = A>) -> Self {
        let anchors: Vec<Anchor> = anchors.into_iter().map(Into::into).collect();
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

    pub(crate) fn anchors(&self, role: Role) -> &[Anchor] {
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
