//! What a seal and a seal signature *say*, in every edition. Whether to believe it is decided in
//! `verify`; this room needs no anchors and, to read, no features.

mod asn1;
mod content;
mod edition;
mod role;
mod salvage;
mod signature;

use std::fmt;
use std::sync::{Arc, OnceLock};

use ::der::asn1::ObjectIdentifier;

use crate::crypto::{Certificate, DigestAlgorithm, digest};
use crate::error::{Context, Error, ErrorKind};
use crate::picture::{Picture, PictureFormat};
use crate::time::{Time, Validity};
use crate::units::Mm;

pub use crate::seal::content::{SealContent, SealId, SealKind, Signatories};
pub use crate::seal::edition::{Edition, SourceFormat};
pub use crate::seal::role::{SealMaker, Signatory};
pub use crate::seal::salvage::{Salvaged, salvage};
pub use crate::seal::signature::SealSignature;

pub(crate) use crate::seal::asn1::{
    Deviation, Extension, SealDraft, SealParts, encode_info, encode_seal, encode_signature, encode_to_be_made,
};

/// An electronic seal (电子印章): data signed by a seal maker. Not the picture, not the act.
///
/// Read and well formed, but not believed: only [`Verifier::seal`](crate::Verifier::seal) turns it
/// into a [`ValidSeal`], which is what stamping asks for. The bytes that arrived are kept and are
/// what is verified.
#[derive(Clone)]
pub struct Seal(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    parts: SealParts,
    maker: Result<Certificate, String>,
    /// Kept from the first time it is asked for, so that what is made of it is made once.
    picture: OnceLock<Picture>,
    /// The digest by the algorithm that was asked for first, as a rule the only one: each stamp on an OFD needs it.
    digest: OnceLock<(DigestAlgorithm, Vec<u8>)>,
}

impl Seal {
    /// Reads a seal of any edition: GM/T 0031-2014, GB/T 38540-2020 or GM/T 0031-2025.
    ///
    /// Real seals depart from their standards in many small ways; those that change no meaning are
    /// tolerated and come up as notes when the seal is verified.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] with the element and the byte at which the structure breaks;
    /// [`ErrorKind::Unsupported`] for data that are recognised and are no such seal (a packed
    /// structure from before 2014, a picture alone), of which [`salvage`] saves what it can.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        if let Some(refusal) = salvage::refuse(bytes) {
            return Err(refusal.context("not a seal"));
        }
        let parts = asn1::read_seal(bytes).context("not a seal")?;
        let maker = match parts.algorithm {
            Some(_) => Certificate::from_der(&parts.maker).map_err(|error| error.to_string()),
            None => Err("there is none: no maker ever signed this seal".into()),
        };
        let (picture, digest) = (OnceLock::new(), OnceLock::new());
        Ok(Seal(Arc::new(Inner { der: bytes.to_vec(), parts, maker, picture, digest })))
    }

    /// The bytes that arrived.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The standard whose structure it has.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.0.parts.edition
    }

    /// The identifier (`esID`), as written.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.parts.id
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.parts.name
    }

    /// The number of its kind (`type`), which each register defines for itself.
    #[must_use]
    pub fn kind_code(&self) -> i64 {
        self.0.parts.kind
    }

    /// Whose software made it (`Vid`).
    #[must_use]
    pub fn vendor(&self) -> &str {
        &self.0.parts.vendor
    }

    /// Who may stamp with it.
    #[must_use]
    pub fn signatories(&self) -> &Signatories {
        &self.0.parts.signatories
    }

    /// When it was made, by its maker's word.
    #[must_use]
    pub fn created(&self) -> Time {
        self.0.parts.created
    }

    /// When it may be used, both ends included.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.0.parts.validity
    }

    /// The maker's certificate.
    ///
    /// # Errors
    ///
    /// When the bytes in its place are no certificate.
    pub fn maker(&self) -> Result<&Certificate, Error> {
        self.0.maker.as_ref().map_err(|reason| Error::malformed(reason.clone()).context("the seal maker's certificate"))
    }

    /// The picture, its format told by its bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when the bytes are of no known format,
    /// [`ErrorKind::Malformed`] when the seal gives it no size.
    pub fn picture(&self) -> Result<Picture, Error> {
        let parts = &self.0.parts;
        if parts.width <= 0 || parts.height <= 0 {
            return Err(Error::malformed(format!("the seal gives its picture {} × {} mm", parts.width, parts.height)));
        }
        if let Some(known) = self.0.picture.get() {
            return Ok(known.clone());
        }
        let picture = Picture::sniffed(&parts.picture, Mm(parts.width as f64), Mm(parts.height as f64))
            .context("the seal's picture")?;
        Ok(self.0.picture.get_or_init(|| picture).clone())
    }

    /// The picture's type as the seal writes it, such as `PNG` or `ofd`.
    #[must_use]
    pub fn picture_type(&self) -> &str {
        &self.0.parts.picture_type
    }

    /// The digest of the whole seal, by which registers and ledgers name it.
    ///
    /// # Errors
    ///
    /// When the algorithm belongs to a feature that is switched off.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        if let Some((_, known)) = self.0.digest.get().filter(|(known, _)| *known == algorithm) {
            return Ok(known.clone());
        }
        let digest = digest(algorithm, &self.0.der)?;
        let _ = self.0.digest.set((algorithm, digest.clone()));
        Ok(digest)
    }

    /// The extension with this object identifier (in dots): whether it is critical, and its value.
    #[must_use]
    pub fn extension(&self, id: &str) -> Option<(bool, &[u8])> {
        let wanted = ObjectIdentifier::new(id).ok()?;
        let found = self.0.parts.extensions.list.iter().find(|extension| extension.id == wanted)?;
        Some((found.critical, &found.value))
    }

    /// The time stamp over the maker's signature value, as it stands in the seal (GM/T 0031-2025).
    #[must_use]
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.0.parts.time_stamp.as_deref()
    }

    pub(crate) fn parts(&self) -> &SealParts {
        &self.0.parts
    }

    /// The format that the picture's bytes have, if any known one.
    pub(crate) fn picture_format(&self) -> Option<PictureFormat> {
        PictureFormat::sniff(&self.0.parts.picture)
    }
}

impl PartialEq for Seal {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Seal {}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seal({}, {:?}, {})", self.id(), self.name(), self.edition())
    }
}

/// A seal that was found valid, and when that was: what stamping asks for.
///
/// It is spent on use and cannot be copied, so the time of stamping *is* the time of judgement. Only
/// the verifier makes one:
///
/// ```compile_fail,E0624
/// # fn never(seal: &eseal::Seal, now: eseal::Time) {
/// let forged = eseal::seal::ValidSeal::assertion(seal, now);
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a judgement says nothing until a stamp is made of it"]
pub struct ValidSeal<'s> {
    seal: &'s Seal,
    at: Time,
}

impl<'s> ValidSeal<'s> {
    /// States that `seal` was found valid at `at`. Only the verifier says so.
    pub(crate) fn assertion(seal: &'s Seal, at: Time) -> Self {
        ValidSeal { seal, at }
    }

    /// The seal.
    #[must_use]
    pub fn seal(&self) -> &'s Seal {
        self.seal
    }

    /// When it was found valid.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }
}

/// Refuses signatories whom the seal does not list; the usual cause is a renewed certificate.
pub(crate) fn require_listed(seal: &Seal, certificate: &Certificate) -> Result<(), Error> {
    if seal.signatories().names(certificate) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Mismatch,
        format!(
            "the seal {} does not list the certificate of {} (serial {}); if the certificate was renewed, have the seal remade (GB/T 38540-2020, 7.2)",
            seal.id(),
            certificate.subject(),
            certificate.serial_number()
        ),
    ))
}
