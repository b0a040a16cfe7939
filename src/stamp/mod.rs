//! Putting a seal, a document and a signature together, in phases.
//!
//! A signature lies inside the file it signs, so its size is reserved before its value is known;
//! therefore stamping has phases: *prepare* leaves room and says what is to be signed, a key signs
//! it – here, in a device, on another machine – and *finish* puts the value into its room.

mod payload;
pub mod place;
mod prepared;

use crate::crypto::{Certificate, KeyKind, SignatureAlgorithm};
use crate::document::{Document, FieldLock, Format, Layout, PdfOptions, Permitted, Shown};
use crate::error::{Context, Error, ErrorKind};
use crate::limits::Limits;
use crate::seal::{Seal, Signatory, ValidSeal, require_listed};
use crate::time::Time;
use crate::timestamp::TimeStamper;
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
    /// None for a signature without a seal.
    seal: Option<ValidSeal<'s>>,
    /// The time of signing.
    at: Time,
    places: Vec<Place>,
    strict: bool,
    payload: Payload,
    algorithm: Option<SignatureAlgorithm>,
    chain: Vec<Certificate>,
    field: Option<String>,
    reason: Option<String>,
    location: Option<String>,
    lock: bool,
    protected: Option<Vec<String>>,
    time_stamper: Option<&'s dyn TimeStamper>,
    token_room: usize,
    certify: Option<Permitted>,
    attestation: Option<String>,
    field_lock: Option<FieldLock>,
    on_hybrid: bool,
    room: usize,
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
        let at = seal.at();
        Stamp { seal: Some(seal), payload: Payload::SealSignature, ..Stamp::signature(at) }
    }

    /// A plain digital signature, without a seal and without a picture: the signatory's word alone, such as
    /// the one that closes an OFD ([`Stamp::lock`]). Its payload is [`Payload::Cms`].
    ///
    /// ```no_run
    /// # fn demo(form: &eseal::Ofd, clerk: &eseal::Signatory) -> Result<(), eseal::Error> {
    /// let closed = eseal::Stamp::signature(eseal::Time::now()).lock().apply(form, clerk)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn signature(at: Time) -> Self {
        Stamp {
            seal: None,
            at,
            places: Vec::new(),
            strict: false,
            payload: Payload::Cms,
            algorithm: None,
            chain: Vec::new(),
            field: None,
            reason: None,
            location: None,
            lock: false,
            protected: None,
            time_stamper: None,
            token_room: 0,
            certify: None,
            attestation: None,
            field_lock: None,
            on_hybrid: false,
            room: 0,
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
    /// no such page or slot, or when what is asked for cannot be; also for a signature without a seal.
    pub fn placement<D: Document>(&self, document: &D) -> Result<Placement, Error> {
        let Some(ground) = self.ground(document) else { return Err(without_seal()) };
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

    /// OFD: protects these files of the package alone, by their paths, and the seal's copy; by default every
    /// file is protected. **A verifier says invalid when something that is shown is left out**, and
    /// indeterminate when something else is.
    pub fn protecting(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.protected = Some(paths.into_iter().map(Into::into).collect());
        self
    }

    /// PDF: certifies the document (ISO 32000-2, 12.8.2.2): the signatory answers for it as its first
    /// signature, and says what may still be done to it. Anything else breaks the certification.
    ///
    /// A document that has signatures cannot be certified any more. On a certified one further stamps
    /// go into fields that it has, or stay invisible: to bring a new field that is seen is an attack.
    pub fn certify(mut self, permitted: Permitted) -> Self {
        self.certify = Some(permitted);
        self
    }

    /// PDF: what the certifying signatory attests about content that could change what is seen, such
    /// as scripts (ISO 32000-2, 12.8.7).
    pub fn attest(mut self, attestation: impl Into<String>) -> Self {
        self.attestation = Some(attestation.into());
        self
    }

    /// PDF: locks fields of the form, and on request the whole document. Where the field that is used
    /// has a lock of its own, that one holds, and another is refused.
    pub fn lock_fields(mut self, lock: FieldLock) -> Self {
        self.field_lock = Some(lock);
        self
    }

    /// PDF: stamps a hybrid of cross-reference tables and streams too, in which readers of before
    /// PDF 1.5 may see another document. By default such a file is refused; verifiers take a stamp on it
    /// with doubt when the two differ.
    pub fn on_hybrid(mut self) -> Self {
        self.on_hybrid = true;
        self
    }

    /// PDF: leaves room for a signature of at least so many bytes. Needed only where the value comes
    /// from elsewhere and turns out longer than any that such a key makes: the error of
    /// [`Signed::finish`] says how many there were. [`Stamp::apply`] sees to it by itself.
    pub fn room(mut self, bytes: usize) -> Self {
        self.room = bytes;
        self
    }

    /// For a key elsewhere: the algorithm of the values it makes, where that is not the usual one
    /// for the certificate's key (SM2 with SM3, ECDSA with the digest of the curve's length, RSA
    /// with SHA-256, Ed25519).
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Certificates above the signatory's, to be put into CMS signatures; by default, and with a key at
    /// hand, those that came with it.
    pub fn chain(mut self, chain: impl IntoIterator<Item = Certificate>) -> Self {
        self.chain = chain.into_iter().collect();
        self
    }

    /// Has the signature time-stamped: [`Stamp::apply`] asks for a token over its value and puts it beside it
    /// (`id-aa-timeStampToken` in CMS, PAdES B-T; the field `timeStamp` of a seal signature). The time of
    /// judging the seal counts as the time of asking. With [`Stamp::prepare`] room is left for the token; ask by
    /// [`Signed::time_stamped`] once there is a value.
    ///
    /// ```
    /// # #[cfg(all(feature = "authority", feature = "pdf"))] {
    /// # use eseal::authority::{Algorithm, Authority};
    /// # use eseal::seal::{SealContent, SealKind, Signatories};
    /// # use eseal::{Mm, Payload, Pdf, Picture, SealMaker, Signatory, Stamp, Trust, Validity, Verifier};
    /// # let now: eseal::Time = "2026-08-01T00:00:00Z".parse()?;
    /// # let world = Authority::new(Algorithm::P256, now)?;
    /// # let signatory = Signatory::new(world.signatory("示例有限公司")?);
    /// # let content = SealContent {
    /// #     id: "31010600012345".parse()?,
    /// #     kind: SealKind::Organisation,
    /// #     name: "示例有限公司".into(),
    /// #     picture: Picture::svg(br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"/>"#, Mm(42.0), Mm(42.0))?,
    /// #     signatories: Signatories::listed([signatory.certificate()]),
    /// #     validity: Validity::years(now, 3),
    /// # };
    /// # let seal = SealMaker::new(world.seal_maker()?).create(content, now)?;
    /// # let trust = Trust::new().everything([world.root().clone()]);
    /// # let verifier = Verifier::new(&trust);
    /// # let form = Pdf::read(include_bytes!("../../testdata/forms/form-fill.pdf"))?;
    /// let time_stamper = world.time_stamper()?; // a real one: timestamp::Channel
    /// let stamped = Stamp::of(verifier.seal(&seal, now).require_valid()?)
    ///     .payload(Payload::Cms)
    ///     .time_stamped_by(&time_stamper)
    ///     .apply(&form, &signatory)?;
    /// let report = verifier.document(&stamped, now)?;
    /// assert_eq!(report.signatures()[0].times.proven, Some(now));
    /// # }
    /// # Ok::<(), eseal::Error>(())
    /// ```
    pub fn time_stamped_by(mut self, stamper: &'s dyn TimeStamper) -> Self {
        self.time_stamper = Some(stamper);
        self.token_room = stamper.room();
        self
    }

    /// Leaves room for a time-stamp token of so many bytes, to be added by [`Signed::with_token`] or
    /// [`Signed::time_stamped`]; 0, the default, leaves none.
    pub fn time_stamp_room(mut self, bytes: usize) -> Self {
        self.token_room = bytes;
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
    /// As [`Stamp::prepare`]; [`ErrorKind::Signer`] when the key does not sign, [`ErrorKind::TimeStamp`] when the
    /// time-stamping authority that was named gives no good token.
    pub fn apply<D: Document>(mut self, document: &D, by: &Signatory) -> Result<D, Error> {
        let credentials = by.credentials();
        self.algorithm = Some(credentials.algorithm());
        if self.chain.is_empty() {
            self.chain = credentials.chain().to_vec();
        }
        let signed = |stamp: &Self| {
            let prepared = stamp.laid_out(document, credentials.certificate())?;
            let value = credentials.sign(prepared.to_be_signed())?;
            let signed = prepared.with_checked_value(&value)?;
            match stamp.time_stamper {
                Some(stamper) => signed.time_stamped(stamper, stamp.at),
                None => Ok(signed),
            }
        };
        let once = signed(&self)?;
        let length = once.payload().len();
        if length <= once.room() {
            return once.finish();
        }
        // The next value, and the next token, may be some octets longer than these (ECDSA and SM2 in DER).
        self.room = length.saturating_add(256);
        signed(&self)?.finish()
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
        self.laid_out(document, by)
    }

    fn laid_out<D: Document>(&self, document: &D, by: &Certificate) -> Result<Prepared<D>, Error> {
        let seal = self.seal.as_ref().map(ValidSeal::seal);
        seal.map_or(Ok(()), |seal| require_listed(seal, by))?;
        // GB/T 38540-2020, 7.2: the chain is the business of whoever verifies.
        by.require_usable(self.at)?;
        let algorithm = self.algorithm_for(by)?;
        let draft = Draft {
            payload: self.payload,
            seal,
            format: D::FORMAT,
            time: self.at,
            algorithm,
            certificate: by,
            chain: &self.chain,
            token_room: self.token_room,
        };
        draft.check_format(!self.places.is_empty())?;
        let picture = seal.filter(|_| self.is_visible()).map(Seal::picture).transpose()?;
        let (shown, slot) = self.places_on(document)?;
        let (filter, sub_filter) = self.payload.pdf_names();
        // A file of its own takes what it needs; a hole is measured.
        let room = if D::FORMAT == Format::Pdf { draft.room()?.max(self.room) } else { 0 };
        let pdf = PdfOptions {
            certify: self.certify,
            lock: self.field_lock.as_ref(),
            attestation: self.attestation.as_deref(),
            hybrid: self.on_hybrid,
            time_stamped: self.time_stamper.is_some() || self.token_room > 0,
            certificates: std::iter::once(by).chain(&self.chain).collect(),
        };
        let (digest, beside) = (algorithm.digest(), draft.seal_beside());
        let layout = Layout {
            shown,
            field_stays: slot.is_some(),
            picture: picture.as_ref(),
            field: slot.as_deref().or(self.field.as_deref()),
            seal: beside.map(Seal::der),
            seal_digest: beside.filter(|_| D::FORMAT == Format::Ofd).map(|seal| seal.digest(digest)).transpose()?,
            is_seal: self.payload.is_seal(),
            room,
            digest,
            filter,
            sub_filter,
            method: algorithm.oid().to_string(),
            time: self.at,
            name: seal.map(Seal::name),
            reason: self.reason.as_deref(),
            location: self.location.as_deref(),
            lock: self.lock,
            protected: self.protected.as_deref(),
            pdf,
            limits: &self.limits,
        };
        self.check_options(D::FORMAT)?;
        let reserved = document.reserve(&layout).context(format_args!("stamping the {}", D::FORMAT))?;
        let to_be_signed = draft.to_be_signed(&reserved.digest, &reserved.property)?;
        Ok(Prepared::new(reserved, to_be_signed, room, &draft))
    }

    /// Refuses wishes that the format has no way to fulfil, so that none is lost in silence.
    fn check_options(&self, format: Format) -> Result<(), Error> {
        let is_for_pdf = self.certify.is_some() || self.attestation.is_some() || self.field_lock.is_some();
        if format == Format::Ofd && is_for_pdf {
            let text = "certifying, attesting and locking fields are for PDF: an OFD is closed by `Stamp::lock`";
            return Err(Error::unsupported(text));
        }
        if format == Format::Pdf && self.protected.is_some() {
            let text = "a signature on a PDF protects the whole file: choosing what is protected is for OFD";
            return Err(Error::unsupported(text));
        }
        Ok(())
    }

    /// Whether it is told where it shows.
    #[cfg(feature = "licence")]
    pub(crate) fn has_place(&self) -> bool {
        self.is_visible()
    }

    /// Whether it stamps a seal.
    #[cfg(feature = "licence")]
    pub(crate) fn has_seal(&self) -> bool {
        self.seal.is_some()
    }

    /// The files that it is to protect, where it does not protect all.
    #[cfg(feature = "licence")]
    pub(crate) fn chosen(&self) -> Option<&[String]> {
        self.protected.as_deref()
    }

    /// With a field named and no place, the field's own place shows the picture.
    fn is_visible(&self) -> bool {
        !self.places.is_empty() || self.field.is_some()
    }

    /// The document and the size of the picture; nothing without a seal, which has the picture.
    fn ground<'d, D>(&self, document: &'d D) -> Option<Ground<'d, D>> {
        let parts = self.seal.as_ref()?.seal().parts();
        Some(Ground { document, width: Mm(parts.width as f64), height: Mm(parts.height as f64) })
    }

    /// Where it shows, and the signature field that a place named.
    fn places_on<D: Document>(&self, document: &D) -> Result<(Vec<Shown>, Option<String>), Error> {
        let Some(ground) = self.ground(document) else {
            return match self.places.as_slice() {
                [] => Ok((Vec::new(), None)),
                _ => Err(without_seal()),
            };
        };
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
        let only_verified = || Error::unsupported(format!("stamps are not made with keys of {kind}, only verified"));
        let usual = kind.usual().ok_or_else(only_verified)?;
        let algorithm = self.algorithm.unwrap_or(usual);
        if !algorithm.is_made() {
            return Err(Error::unsupported(format!("signatures by {algorithm} are verified and not made")));
        }
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

/// A place is where a seal shows.
fn without_seal() -> Error {
    Error::new(
        ErrorKind::Misuse,
        "a signature without a seal has no picture to show: give no place, or begin with Stamp::of",
    )
}
