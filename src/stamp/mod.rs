//! Putting a seal, a document and a signature together, in phases.
//!
//! A signature lies inside the file it signs, so its size is reserved before its value is known;
//! therefore stamping has phases: *prepare* leaves room and says what is to be signed, a key signs
//! it – here, in a device, on another machine – and *finish* puts the value into its room.

mod payload;
pub mod place;
mod prepared;

use crate::crypto::{Certificate, KeyKind, SignatureAlgorithm};
use crate::document::{Document, Layout, Shown};
use crate::error::{Context, Error, ErrorKind};
use crate::limits::Limits;
use crate::seal::{Signatory, ValidSeal, require_listed};
use crate::units::{Mm, Page};

pub use crate::stamp::payload::Payload;
pub use crate::stamp::place::{Place, Placement};
pub use crate::stamp::prepared::{Prepared, Signed};

use crate::stamp::payload::Draft;
use crate::stamp::place::Ground;

/// A stamp about to be put on a document: a valid seal, where it shows, and how it is signed.
///
/// Without a place it is invisible. By default the signature is a seal signature of GB/T 38540; see
/// [`Payload`].
///
/// With a key at hand [`Stamp::apply`] does all in one call; for a key elsewhere use
/// [`Stamp::prepare`].
#[derive(Debug)]
#[must_use = "a stamp does nothing until it is applied"]
pub struct Stamp<'s> {
    seal: ValidSeal<'s>,
    places: Vec<Place>,
    strict: bool,
    payload: Payload,
    algorithm: Option<SignatureAlgorithm>,
    chain: Vec<Certificate>,
    field: Option<String>,
    reason: Option<String>,
    location: Option<String>,
    lock: bool,
    limits: Limits,
}

impl<'s> Stamp<'s> {
    /// A stamp of a seal that the verifier found valid. The judgement is spent: the time of signing
    /// is the time of judgement.
    ///
    /// ```compile_fail,E0308
    /// # fn never(seal: eseal::Seal) {
    /// let stamp = eseal::Stamp::of(seal); // a seal that nobody judged
    /// # }
    /// ```
    pub fn of(seal: ValidSeal<'s>) -> Self {
        Stamp {
            seal,
            places: Vec::new(),
            strict: false,
            payload: Payload::SealSignature,
            algorithm: None,
            chain: Vec::new(),
            field: None,
            reason: None,
            location: None,
            lock: false,
            limits: Limits::default(),
        }
    }

    /// Shows the picture on a page, in the size the seal gives it. `left` and `top` are the distances
    /// of the picture's upper left corner from the page's upper left corner as displayed.
    ///
    /// May be called again for further places, see [`Stamp::at`].
    pub fn on(self, page: Page, left: Mm, top: Mm) -> Self {
        self.at(Place::at(page, left, top))
    }

    /// Shows the picture at a [`Place`]: in a corner, on a keyword, in a form's slot, by the rules for official
    /// letters, across the edges of pages, where there is room.
    ///
    /// May be called again; a place may be on many pages. One signature covers all of them. In PDF the first is
    /// the signature field's, and the others are annotations in the same revision, which is why a document that
    /// has signatures already takes one place only.
    pub fn at(mut self, place: impl Into<Place>) -> Self {
        self.places.push(place.into());
        self
    }

    /// Refuses a place that leaves the page, covers another stamp, cuts text that it is not to press, or breaks a
    /// rule for official letters. Otherwise [`Stamp::placement`] tells of these.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Where it would show on this document, and what speaks against that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the document has no such keyword or no room, [`ErrorKind::Misuse`] when it has
    /// no such page or slot, or when what is asked for cannot be.
    pub fn placement<D: Document>(&self, document: &D) -> Result<Placement, Error> {
        let ground = self.ground(document);
        let mut resolved = ground.resolve(&self.places)?;
        let mut findings = std::mem::take(&mut resolved.findings);
        findings.append(&mut place::survey(&ground, &resolved)?);
        let own = resolved.field_area.into_iter();
        Ok(Placement { areas: own.chain(resolved.shown.iter().map(Shown::visible)).collect(), findings })
    }

    /// PDF: uses the empty signature field of this name, or makes one of this name if there is none.
    /// With a field that exists and no place given, the stamp shows where the field is.
    pub fn in_field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// Chooses what kind of signature is made.
    pub fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }

    /// PDF: why it is stamped, for the signature dictionary.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// PDF: where it is stamped, for the signature dictionary.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// OFD: closes the document: the list of signatures is protected too, and no further stamp can
    /// be added (GB/T 33190-2016, 18.1).
    pub fn lock(mut self) -> Self {
        self.lock = true;
        self
    }

    /// For a key elsewhere: the algorithm of the values it makes, where that is not the usual one
    /// for the certificate's key (SM2 with SM3, ECDSA with the digest of the curve's length, RSA
    /// with SHA-256, Ed25519).
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// For a key elsewhere: certificates above the signatory's, to be put into CMS signatures.
    pub fn chain(mut self, chain: impl IntoIterator<Item = Certificate>) -> Self {
        self.chain = chain.into_iter().collect();
        self
    }

    /// What the document may cost.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Prepares, signs and finishes in one step, with a key at hand.
    ///
    /// # Errors
    ///
    /// As [`Stamp::prepare`], and [`ErrorKind::Signer`] when the key does not sign.
    pub fn apply<D: Document>(mut self, document: &D, by: &Signatory) -> Result<D, Error> {
        let credentials = by.credentials();
        self.algorithm = Some(credentials.algorithm());
        self.chain = credentials.chain().to_vec();
        let prepared = self.prepare(document, credentials.certificate())?;
        let value = credentials.sign(prepared.to_be_signed())?;
        prepared.with_checked_value(&value)?.finish()
    }

    /// Leaves room in the document and says what is to be signed. Nothing of the key is needed but
    /// its certificate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the seal does not list the certificate,
    /// [`ErrorKind::NotAllowed`] when the certificate is not in its validity, or the document forbids
    /// another signature, [`ErrorKind::Misuse`] when a place is not on the document.
    pub fn prepare<D: Document>(self, document: &D, by: &Certificate) -> Result<Prepared<D>, Error> {
        let seal = self.seal.seal();
        require_listed(seal, by)?;
        // GB/T 38540-2020, 7.2: the chain is the business of whoever verifies.
        by.require_usable(self.seal.at())?;
        let algorithm = self.algorithm_for(by)?;
        let draft =
            Draft { payload: self.payload, seal, time: self.seal.at(), algorithm, certificate: by, chain: &self.chain };
        let picture = if self.is_visible() { Some(seal.picture()?) } else { None };
        let (shown, slot) = self.places_on(document)?;
        let (filter, sub_filter) = self.payload.pdf_names();
        let layout = Layout {
            shown,
            field_stays: slot.is_some(),
            picture: picture.as_ref(),
            field: slot.as_deref().or(self.field.as_deref()),
            seal: draft.carries_seal(D::FORMAT).then(|| seal.der()),
            room: draft.room()?,
            digest: algorithm.digest(),
            filter,
            sub_filter,
            method: algorithm.oid().to_string(),
            time: self.seal.at(),
            name: Some(seal.name()),
            reason: self.reason.as_deref(),
            location: self.location.as_deref(),
            lock: self.lock,
            limits: &self.limits,
        };
        draft.check_format(D::FORMAT)?;
        let reserved = document.reserve(&layout).context(format_args!("stamping the {}", D::FORMAT))?;
        let to_be_signed = draft.to_be_signed(&reserved.digest, &reserved.property)?;
        Ok(Prepared::new(reserved, to_be_signed, &draft))
    }

    /// With a field named and no place, the field's own place shows the picture.
    fn is_visible(&self) -> bool {
        !self.places.is_empty() || self.field.is_some()
    }

    fn ground<'d, D>(&self, document: &'d D) -> Ground<'d, D> {
        let parts = self.seal.seal().parts();
        Ground { document, width: Mm(parts.width as f64), height: Mm(parts.height as f64) }
    }

    /// Where it shows, and the signature field that a place named.
    fn places_on<D: Document>(&self, document: &D) -> Result<(Vec<Shown>, Option<String>), Error> {
        let ground = self.ground(document);
        let resolved = ground.resolve(&self.places)?;
        if self.strict {
            place::refuse_broken(&resolved.findings)?;
            place::refuse_broken(&place::survey(&ground, &resolved)?)?;
        }
        match (&resolved.field, &self.field) {
            (Some(slot), Some(field)) if slot != field => Err(Error::new(
                ErrorKind::Misuse,
                format!(
                    "the stamp is to fill the field \"{field}\" and the slot \"{slot}\": a signature has one field"
                ),
            )),
            _ => Ok((resolved.shown, resolved.field)),
        }
    }

    fn algorithm_for(&self, certificate: &Certificate) -> Result<SignatureAlgorithm, Error> {
        let kind = certificate.public_key()?.kind();
        let usual = match kind {
            KeyKind::Ed25519 => SignatureAlgorithm::Ed25519,
            KeyKind::P256 => SignatureAlgorithm::EcdsaSha256,
            KeyKind::P384 => SignatureAlgorithm::EcdsaSha384,
            KeyKind::Rsa(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            KeyKind::Sm2 => SignatureAlgorithm::Sm2Sm3,
        };
        let algorithm = self.algorithm.unwrap_or(usual);
        if !algorithm.fits(kind) {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!("{algorithm} cannot be made with the certificate's key, which is {kind}"),
            ));
        }
        if let KeyKind::Rsa(bits @ ..2048) = kind {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!("the certificate's RSA key has {bits} bits: at least 2048 are needed to sign"),
            ));
        }
        Ok(algorithm)
    }
}
