//! From a composed file to an issued licence: sealed by each of its issuers, whole.

use crate::crypto::Certificate;
use crate::document::Format;
use crate::error::{Error, ErrorKind};
use crate::licence::carrier::Carrier;
use crate::licence::owner::owner_codes;
use crate::licence::profile::SealRules;
use crate::licence::{Metadata, Profile};
use crate::seal::Signatory;
use crate::stamp::{Place, Prepared, Stamp};

/// A licence that was composed and is not sealed: nobody has reason to believe it.
///
/// [`Composed::issue`] seals it, and refuses every stamp that would leave something of it unprotected.
#[derive(Clone, Debug)]
#[must_use = "a licence that nobody seals proves nothing"]
pub struct Composed<D> {
    document: D,
    metadata: Metadata,
    /// The seals that are missing.
    seals: Vec<SealRules>,
}

/// A licence with at least one of its seals.
#[derive(Clone, Debug)]
pub struct Issued<D> {
    document: D,
    metadata: Metadata,
    missing: Vec<SealRules>,
}

impl<D: Carrier> Composed<D> {
    pub(super) fn new(document: D, metadata: Metadata, profile: &Profile) -> Self {
        // Slots for issuers that this licence does not have stay empty.
        let seals = profile.seals.iter().filter(|seal| seal.issuer <= metadata.issuers.len()).cloned().collect();
        Composed { document, metadata, seals }
    }

    /// The file as it will be sealed, for whoever wants to look at it before.
    #[must_use]
    pub fn document(&self) -> &D {
        &self.document
    }

    /// The metadata.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Seals it with the seal of one of its issuers: in that issuer's slot, unless the stamp has a place.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when the stamp would leave a part of the file unprotected, metadata, data or pages,
    /// or is none of a seal; [`ErrorKind::Mismatch`] when the signatory's certificate names another body than the
    /// licence's issuers; as [`Stamp::apply`].
    pub fn issue(self, stamp: Stamp<'_>, by: &Signatory) -> Result<Issued<D>, Error> {
        Issued { document: self.document, metadata: self.metadata, missing: self.seals }.seal(stamp, by)
    }

    /// The same with a key elsewhere: what is prepared is finished by [`Prepared::signed`], and is then the licence.
    ///
    /// # Errors
    ///
    /// As [`Composed::issue`].
    pub fn prepare(&self, stamp: Stamp<'_>, by: &Certificate) -> Result<Prepared<D>, Error> {
        let slot = chosen_slot(&self.metadata, &self.seals, by)?;
        ready(&self.document, stamp, slot)?.prepare(&self.document, by)
    }
}

impl<D: Carrier> Issued<D> {
    /// Seals it with the seal of one more issuer, as [`Composed::issue`].
    ///
    /// # Errors
    ///
    /// As [`Composed::issue`]; [`ErrorKind::NotAllowed`] when no seal is missing.
    pub fn seal(mut self, stamp: Stamp<'_>, by: &Signatory) -> Result<Self, Error> {
        let slot = chosen_slot(&self.metadata, &self.missing, by.certificate())?.clone();
        let stamp = ready(&self.document, stamp, &slot)?;
        self.document = stamp.apply(&self.document, by)?;
        if !self.document.protects_pairs()? {
            return Err(Error::new(ErrorKind::NotAllowed, "the seal leaves the licence's metadata unprotected"));
        }
        self.missing.retain(|seal| seal.slot != slot.slot);
        Ok(self)
    }

    /// Whose seals are missing, by the titles of the profile.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().map(|seal| seal.title.as_str())
    }

    /// The licence as it stands, with seals missing or without.
    #[must_use]
    pub fn document(&self) -> &D {
        &self.document
    }

    /// The metadata.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What its file is called by common practice: its identifier, and the ending of the format.
    #[must_use]
    pub fn file_name(&self) -> String {
        let ending = if D::FORMAT == Format::Ofd { "ofd" } else { "pdf" };
        format!("{}.{ending}", self.metadata.id)
    }

    /// The licence.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when seals are missing; the message names them.
    pub fn finish(self) -> Result<D, Error> {
        if self.missing.is_empty() {
            return Ok(self.document);
        }
        let titles: Vec<_> = self.missing().collect();
        let told = format!("the licence {} lacks the seals of: {}", self.metadata.id, titles.join("、"));
        Err(Error::new(ErrorKind::NotAllowed, told))
    }
}

/// The slot of the issuer that the certificate names; of a certificate that names none, the first that is empty.
fn chosen_slot<'s>(metadata: &Metadata, missing: &'s [SealRules], by: &Certificate) -> Result<&'s SealRules, Error> {
    let codes = owner_codes(by);
    let issuer = |seal: &SealRules| metadata.issuers.get(seal.issuer.saturating_sub(1));
    let Some(first) = missing.first() else {
        return Err(Error::new(ErrorKind::NotAllowed, format!("the licence {} has all its seals", metadata.id)));
    };
    if codes.is_empty() {
        return Ok(first);
    }
    let found = missing.iter().find(|seal| issuer(seal).is_some_and(|body| codes.contains(&body.code)));
    found.ok_or_else(|| {
        let own: Vec<_> = codes.iter().map(ToString::to_string).collect();
        let wanted: Vec<_> = missing.iter().filter_map(issuer).map(|body| body.code.to_string()).collect();
        let told = format!(
            "wrong issuer code for the seal's owner: the certificate is of {}, and a seal of {} is missing",
            own.join(", "),
            wanted.join(", ")
        );
        Error::new(ErrorKind::Mismatch, told)
    })
}

/// The stamp with its place, if it protects everything.
fn ready<'s, D: Carrier>(document: &D, stamp: Stamp<'s>, slot: &SealRules) -> Result<Stamp<'s>, Error> {
    if !stamp.has_seal() {
        let told = "a licence is sealed with a seal: begin with Stamp::of, not with Stamp::signature";
        return Err(Error::new(ErrorKind::NotAllowed, told));
    }
    let left_out = document.left_out_by(&stamp);
    if let Some(first) = left_out.first() {
        let told = format!(
            "the stamp would leave {} of the licence's files unprotected, such as {first}: metadata and data outside of \
             what is sealed can be forged under a good seal, so leave out Stamp::protecting",
            left_out.len()
        );
        return Err(Error::new(ErrorKind::NotAllowed, told));
    }
    Ok(if stamp.has_place() { stamp } else { stamp.at(Place::slot(&slot.slot)) })
}

