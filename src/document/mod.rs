//! Documents that carry stamps: where bytes go, what is protected, how much of it.
//!
//! A document knows *where* a signature stands and what it protects; it does not know what the
//! signature says, nor whether to believe it. The function that tells the stamper what to sign is
//! the one that tells the verifier what was signed.

mod change;
mod kept;
#[cfg(feature = "ofd")]
pub(crate) mod ofd;
mod options;
#[cfg(feature = "pdf")]
pub(crate) mod pdf;
mod seed;
#[cfg(feature = "compose")]
pub(crate) mod seen;
mod sight;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::crypto::DigestAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::limits::Limits;
use crate::picture::Picture;
use crate::time::Time;
use crate::units::{Area, Mm, Page};

#[cfg(all(test, feature = "licence"))]
pub(crate) use crate::document::sight::Look;
pub(crate) use crate::document::sight::{Glyph, Laid, Letter, Line, Sight, Slot, Visibility};

pub use crate::document::change::{Change, ChangeKind, ModificationLevel};
pub(crate) use crate::document::kept::{Addition, Hint, Kept, KeptKind};
#[cfg(feature = "ofd")]
pub use crate::document::ofd::Ofd;
pub use crate::document::options::{FieldLock, Permitted};
#[cfg(feature = "pdf")]
pub use crate::document::pdf::{FieldKind, FieldOption, FieldWidget, FormField, Pdf, PdfField};

pub(crate) use crate::document::options::PdfOptions;
pub(crate) use crate::document::seed::Seeded;

mod sealed {
    /// Only this crate knows how to leave room in a document.
    pub trait Sealed {}
    #[cfg(feature = "pdf")]
    impl Sealed for super::Pdf {}
    #[cfg(feature = "ofd")]
    impl Sealed for super::Ofd {}
}

/// A document that can carry stamps: [`Pdf`] or [`Ofd`].
///
/// Its methods serve stamping and verification inside this crate; from outside it is a bound that
/// [`Stamp::apply`](crate::Stamp::apply) and [`Verifier::document`](crate::Verifier::document) name.
pub trait Document: sealed::Sealed + Clone + fmt::Debug + Send + Sync {
    /// Which format it is.
    const FORMAT: Format;

    /// Where the signature is to be put once it is known; plain data.
    #[doc(hidden)]
    type Hole: Clone + fmt::Debug + Serialize + DeserializeOwned + Send + Sync;

    /// Leaves room for a signature and digests everything that it is to protect.
    #[doc(hidden)]
    fn reserve(&self, layout: &Layout<'_>) -> Result<Reserved<Self>, Error>;

    /// Digests what the signature in `hole` is to protect: the very function that `reserve` and
    /// `digests` use.
    #[doc(hidden)]
    fn protected_digest(&self, hole: &Self::Hole, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error>;

    /// Puts the signature into its room. Nothing outside the room changes.
    #[doc(hidden)]
    fn fill_room(self, hole: &Self::Hole, payload: &[u8]) -> Result<Self, Error>;

    /// Finds every signature: its payload, what it protects, how much that covers.
    #[doc(hidden)]
    fn survey(&self, limits: &Limits) -> Result<Survey, Error>;

    /// Digests what each signature protects, reading each byte once where the format allows it.
    /// The answers stand in the order of the questions.
    #[doc(hidden)]
    fn digests(&self, wanted: &[(&Found, DigestAlgorithm)]) -> Result<Vec<Vec<u8>>, Error>;

    /// The protected bytes themselves, for signatures that sign them directly.
    #[doc(hidden)]
    fn protected_bytes(&self, found: &Found) -> Result<Cow<'_, [u8]>, Error>;

    /// How many pages there are.
    #[doc(hidden)]
    fn count(&self) -> Result<usize, Error>;

    /// How large these pages are as they are displayed.
    #[doc(hidden)]
    fn sizes(&self, pages: &[Page]) -> Result<Vec<(Mm, Mm)>, Error>;

    /// Shows pages one after the other, while `visit` wants to see more, within the limits that the document was
    /// read with.
    #[doc(hidden)]
    fn look(
        &self,
        pages: &mut dyn Iterator<Item = Page>,
        visit: &mut dyn FnMut(Sight) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.show_pages(pages, visit, false)
    }

    /// As [`Document::look`], closely: which words a person sees, and what hides others.
    #[doc(hidden)]
    fn watch(
        &self,
        pages: &mut dyn Iterator<Item = Page>,
        visit: &mut dyn FnMut(Sight) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.show_pages(pages, visit, true)
    }

    /// What both of these do.
    #[doc(hidden)]
    fn show_pages(
        &self,
        pages: &mut dyn Iterator<Item = Page>,
        visit: &mut dyn FnMut(Sight) -> Result<bool, Error>,
        closely: bool,
    ) -> Result<(), Error>;

    /// A place that the document names.
    #[doc(hidden)]
    fn slot(&self, name: &str) -> Result<Slot, Error>;

    /// The whole document as it stands. One that was opened in place is read into memory for that, and
    /// ends early where its storage fails: `Pdf::write_to` writes any size and tells what failed.
    fn as_bytes(&self) -> Cow<'_, [u8]>;

    /// Reads a document from its bytes, within `limits`.
    ///
    /// # Errors
    ///
    /// When the bytes are no document of this format, or exceed a limit.
    fn from_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Error>;
}

/// The bytes of a document: a `Vec<u8>` is taken over, a slice is copied.
#[derive(Clone)]
#[doc(hidden)]
pub struct Bytes(pub(crate) Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Bytes(bytes.to_vec())
    }
}

impl From<&Vec<u8>> for Bytes {
    fn from(bytes: &Vec<u8>) -> Self {
        Bytes(bytes.clone())
    }
}

impl<const N: usize> From<&[u8; N]> for Bytes {
    fn from(bytes: &[u8; N]) -> Self {
        Bytes(bytes.to_vec())
    }
}

impl From<Cow<'_, [u8]>> for Bytes {
    fn from(bytes: Cow<'_, [u8]>) -> Self {
        Bytes(bytes.into_owned())
    }
}

/// A document format.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// GB/T 33190-2016.
    Ofd,
    /// ISO 32000.
    Pdf,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Ofd => "OFD",
            Format::Pdf => "PDF",
        })
    }
}

/// All that a document must be told to leave room for a signature.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Layout<'a> {
    /// Where the picture is shown, on the same page or on many; nowhere for an invisible stamp.
    pub(crate) shown: Vec<Shown>,
    /// PDF: the field that exists shows the picture where it is, and all of `shown` come besides.
    pub(crate) field_stays: bool,
    /// The picture to show (PDF draws it; OFD readers take it from the seal).
    pub(crate) picture: Option<&'a Picture>,
    /// PDF: the name of an existing empty signature field to use, or of the one to make.
    pub(crate) field: Option<&'a str>,
    /// The seal's bytes to lay beside the signature: a stream in PDF, `Seal.esl` in OFD.
    pub(crate) seal: Option<&'a [u8]>,
    /// OFD: the digest of those bytes, which many stamps of one seal share.
    pub(crate) seal_digest: Option<Vec<u8>>,
    /// OFD: whether the payload is a seal signature, `Seal` rather than `Sign`.
    pub(crate) is_seal: bool,
    /// The largest payload in bytes.
    pub(crate) room: usize,
    /// How to digest.
    pub(crate) digest: DigestAlgorithm,
    /// PDF: the handler and the format that the signature dictionary names.
    pub(crate) filter: &'static str,
    pub(crate) sub_filter: &'static str,
    /// OFD: `SignatureMethod`, an OID in dots.
    pub(crate) method: String,
    /// The claimed time of signing.
    pub(crate) time: Time,
    /// PDF: what the signature dictionary tells about the signing.
    pub(crate) name: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    /// OFD: protect the list of signatures too, so that none can be added.
    pub(crate) lock: bool,
    /// OFD: the files to protect, where not all.
    pub(crate) protected: Option<&'a [String]>,
    pub(crate) pdf: PdfOptions<'a>,
    pub(crate) limits: &'a Limits,
}

/// A picture on a page, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shown {
    /// The whole picture, which may reach beyond the page.
    pub(crate) area: Area,
    /// The part that shows, where that is not the whole.
    pub(crate) clip: Option<Area>,
}

impl Shown {
    pub(crate) fn whole(area: Area) -> Self {
        Shown { area, clip: None }
    }

    /// What shows.
    pub(crate) fn visible(&self) -> Area {
        self.clip.unwrap_or(self.area)
    }

    /// Refuses what is no area: a place that is nowhere, sides without length.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for area in [Some(self.area), self.clip].into_iter().flatten() {
            let is_placed = area.left.0.is_finite() && area.top.0.is_finite();
            if !is_placed || !area.width.is_positive() || !area.height.is_positive() {
                let detail = format!("{area} is no area: its place has to be finite, and its sides above zero");
                return Err(Error::new(ErrorKind::Misuse, detail));
            }
        }
        Ok(())
    }
}

impl<'a> Layout<'a> {
    /// Of a document time stamp in PDF: an invisible field with a token of at most `room` bytes.
    pub(crate) fn of_time_stamp(room: usize, digest: DigestAlgorithm, time: Time, limits: &'a Limits) -> Self {
        Layout {
            shown: Vec::new(),
            field_stays: false,
            picture: None,
            field: None,
            seal: None,
            seal_digest: None,
            is_seal: false,
            room,
            digest,
            filter: "Adobe.PPKLite",
            sub_filter: "ETSI.RFC3161",
            method: String::new(),
            time,
            name: None,
            reason: None,
            location: None,
            pdf: PdfOptions::default(),
            lock: false,
            protected: None,
            limits,
        }
    }
}

/// A document with room for a signature.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Reserved<D: Document> {
    pub(crate) document: D,
    pub(crate) hole: D::Hole,
    /// The digest of what is protected.
    pub(crate) digest: Vec<u8>,
    /// What a seal signature says about what it protects (`propertyInfo`).
    pub(crate) property: String,
}

/// What a document was found to hold.
#[derive(Debug)]
#[doc(hidden)]
pub struct Survey {
    pub(crate) found: Vec<Found>,
    /// About the document as a whole, signed or not.
    pub(crate) findings: Vec<Finding>,
    pub(crate) pages: usize,
    /// Validation data that the document carries for all its signatures.
    pub(crate) kept: Vec<Kept>,
}

/// A signature as the document keeps it. By default nothing is known of it, and it protects nothing.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Found {
    /// PDF: the field's full name; OFD: the signature's ID.
    pub(crate) id: String,
    /// What kind of signature its surroundings say it is.
    pub(crate) announced: Announced,
    /// PDF: `/Filter` and `/SubFilter`; OFD: `Type` and `SignatureMethod`. As written.
    pub(crate) label: String,
    /// The bytes of the signature; empty when there are none to be had (a finding says why).
    pub(crate) payload: Vec<u8>,
    /// The seal that lies beside the signature.
    pub(crate) seal: Option<Vec<u8>>,
    /// PDF: certificates in the signature dictionary's `/Cert`.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// What the signature dictionary or description claims about the time, as far as readable.
    pub(crate) claimed: Option<Time>,
    /// What `propertyInfo` has to say, where the format prescribes it (OFD).
    pub(crate) property: Option<String>,
    pub(crate) coverage: Coverage,
    /// PDF: the revision that it closed, counted from 0.
    pub(crate) revision: usize,
    /// How many revisions (PDF) or signatures (OFD) were added after it.
    pub(crate) later: usize,
    /// PDF: how far they went, and what they did.
    pub(crate) modification_level: Option<ModificationLevel>,
    pub(crate) changes: Vec<Change>,
    /// Where it shows.
    pub(crate) areas: Vec<Area>,
    /// What is tolerated unless the policy is strict, a sentence each.
    pub(crate) deviations: Vec<String>,
    /// OFD: the algorithm that the description names (`SignatureMethod`), as written.
    pub(crate) method: Option<String>,
    /// PDF: what its field asks of whoever signs it, where it asks for something.
    pub(crate) seeded: Option<Seeded>,
    /// Format, references, coverage, changes: all that can be said without its payload.
    pub(crate) findings: Vec<Finding>,
    pub(crate) protected: Protected,
}

impl Found {
    /// PDF: the contents of the room that the signature has, the zeros behind it included.
    pub(crate) fn contents(&self) -> Option<Vec<u8>> {
        let Protected::Ranges(ranges) = &self.protected else { return None };
        let [(0, start), (end, _)] = ranges.as_slice() else { return None };
        // Two digits for each octet, between brackets.
        let room = usize::try_from(end.checked_sub(*start)?.checked_sub(2)? / 2).ok()?;
        let mut contents = self.payload.clone();
        contents.resize(room.max(contents.len()), 0);
        Some(contents)
    }
}

/// What kind of signature a document announces.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Announced {
    /// A signature or a stamp of a person or an organisation.
    #[default]
    Signature,
    /// OFD: `Type="Seal"`.
    Seal,
    /// OFD: `Type="Sign"`.
    Sign,
    /// PDF: a document time stamp.
    TimeStamp,
}

/// What a signature protects, as its format says it.
#[derive(Clone, Debug, Default)]
pub(crate) enum Protected {
    /// Nothing that could be made out.
    #[default]
    Nothing,
    /// PDF: the ranges of `/ByteRange` as (offset, length).
    Ranges(Vec<(u64, u64)>),
    /// OFD: the path of the description file.
    Part(String),
}

/// How much of a document a signature protects; later variants protect more.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Coverage {
    /// Nothing that could be made out.
    #[default]
    None,
    /// Something, by ranges that are not what a signature's ranges must be.
    Unclear,
    /// From the beginning, but not up to the end of a revision; or not all that is drawn.
    Partial,
    /// A whole revision; later revisions exist.
    Revision,
    /// The whole document.
    Whole,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Coverage::None => "nothing",
            Coverage::Unclear => "unclear",
            Coverage::Partial => "a part of the document",
            Coverage::Revision => "a revision of the document",
            Coverage::Whole => "the whole document",
        })
    }
}

/// Whether compressing these bytes would cost time and gain nothing, by those in the middle: a seal is
/// mostly its picture, and most pictures are compressed already.
pub(crate) fn is_dense(bytes: &[u8]) -> bool {
    const SAMPLE: usize = 4096;
    let Some(middle) = bytes.len().checked_sub(2 * SAMPLE).map(|spare| SAMPLE / 2 + spare / 2) else { return false };
    let sample = bytes.get(middle..middle.saturating_add(SAMPLE)).unwrap_or_default();
    let mut counts = [0_usize; 256];
    for byte in sample {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    // How often two of the sample's bytes are equal: 1 in 256 where they tell nothing of each other.
    let pairs: usize = counts.iter().map(|count| count * count).sum();
    pairs < SAMPLE * SAMPLE / 256 * 3 / 2
}

/// Refuses a page that the document does not have.
pub(crate) fn page_index(page: Page, count: usize) -> Result<usize, Error> {
    page.index().filter(|index| *index < count).ok_or_else(|| {
        Error::new(ErrorKind::Misuse, format!("there is no {page}: the document has {count} pages, counted from 1"))
    })
}

#[cfg(test)]
mod tests {
    use super::is_dense;

    #[test]
    fn what_is_compressed_already_is_dense() {
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(50_000)
        .collect();
        assert!(is_dense(&noise));
        assert!(!is_dense(&noise[..5000]), "short files are tried");
        assert!(!is_dense(&[0; 50_000]));
        let text: Vec<u8> = noise.iter().map(|byte| b'A' + byte % 64).collect();
        assert!(!is_dense(&text), "base64 has six bits in a byte");
    }
}
