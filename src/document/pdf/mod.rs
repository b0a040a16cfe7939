//! PDF documents (ISO 32000): where signatures stand in them, and room for new ones.
//!
//! The reader is this crate's own, for three reasons. What a signature protects are bytes, so the
//! place of each object in the file has to be known; a signature closes a revision, so the document
//! has to be seen as of each of them; and who judges a signature must not repair: a file whose last
//! update has no usable cross-reference section is refused, where viewers would rebuild one and show
//! what nobody signed.
//!
//! Nothing that is there is ever changed. A stamp is a new revision behind the old bytes, written in
//! the manner of the newest one.

mod appearance;
mod changes;
#[cfg(feature = "compose")]
mod compose;
mod content;
#[cfg(feature = "compose")]
mod data;
mod digest;
#[cfg(feature = "compose")]
mod drawn;
mod dss;
#[cfg(feature = "encryption")]
mod encryption;
mod extent;
mod field;
mod file;
mod filter;
mod form;
mod lexer;
#[cfg(feature = "encryption")]
mod locked;
mod object;
mod page;
mod seed;
mod signature;
mod source;
mod stamp;
mod suspicion;
mod text;
mod writer;
mod xref;

#[cfg(test)]
mod tests;

#[cfg(feature = "compose")]
pub use crate::document::pdf::compose::{
    Content, FontId, ImageId, NewAttachment, NewField, NewPdf, PageId, Relationship, TemplateId, Text, Typeface,
};
#[cfg(feature = "compose")]
pub use crate::document::pdf::data::EmbeddedFile;
#[cfg(feature = "compose")]
pub use crate::document::pdf::form::FieldValue;
#[cfg(feature = "compose")]
pub use crate::document::pdf::form::look::Align;
pub use crate::document::pdf::form::{FieldKind, FieldOption, FieldWidget, FormField};

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::crypto::DigestAlgorithm;
use crate::document::pdf::digest::Question;
use crate::document::pdf::file::{File, Work};
use crate::document::pdf::source::Source;
use crate::document::sight::{Sight, Slot};
use crate::document::{Addition, Bytes, Document, Format, Found, Layout, Protected, Reserved, Survey};
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::limits::Limits;
use crate::units::{Mm, Page};

/// A PDF document, unchanged as it was read or with stamps added behind it.
///
/// Clones share the bytes, and a stamp adds its own bytes only, however large the document is.
#[derive(Clone)]
pub struct Pdf {
    file: Arc<File>,
}

/// A signature field of a PDF form.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PdfField {
    /// The full name: partial names from the root of the form on, joined by periods.
    pub name: String,
    /// Whether it has a value, good or bad.
    pub signed: bool,
}

impl Pdf {
    /// Reads a document, taking over a `Vec<u8>` or copying a slice. Only its cross-reference
    /// sections are looked at; everything else is read when it is needed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when there is no usable cross-reference chain (nothing is repaired),
    /// [`ErrorKind::NotAllowed`] when the document is encrypted and needs a password,
    /// [`ErrorKind::TooLarge`] when it exceeds the default [`Limits`].
    pub fn read(bytes: impl Into<Bytes>) -> Result<Self, Error> {
        Self::read_within(bytes, &Limits::default())
    }

    /// Reads a document within `limits`, which hold for all that is done with it.
    ///
    /// # Errors
    ///
    /// As [`Pdf::read`].
    pub fn read_within(bytes: impl Into<Bytes>, limits: &Limits) -> Result<Self, Error> {
        Self::read_with_password(bytes, "", limits)
    }

    /// Reads an encrypted document with the user's or the owner's password.
    ///
    /// # Errors
    ///
    /// As [`Pdf::read`]; [`ErrorKind::NotAllowed`] when the password is neither,
    /// [`ErrorKind::Unsupported`] without the `encryption` feature.
    pub fn read_with_password(bytes: impl Into<Bytes>, password: &str, limits: &Limits) -> Result<Self, Error> {
        let file = File::open(Source::new(bytes.into().0), password, limits)?;
        Ok(Pdf { file: Arc::new(file) })
    }

    /// Opens a document that stays where it is, such as a [`File`](std::fs::File), of any size: objects
    /// are read when they are needed, protected bytes pass through one small buffer, and a stamp is
    /// held as the few bytes that it adds. [`Limits::document_bytes`] does not hold here.
    ///
    /// The bytes must not change as long as this document or a clone of it is in use: a file on which
    /// others may write is to be copied first, for what is judged and what is digested are read one
    /// after the other.
    ///
    /// ```
    /// use std::fs::{File, OpenOptions};
    /// # use eseal::{Limits, Pdf};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/forms/form-fill.pdf");
    /// let pdf = Pdf::open(File::open(path)?, "", &Limits::default())?;
    /// assert_eq!(pdf.page_count()?, 1);
    /// // A stamped one goes to a new file by `write_to`; or, where the old file is to grow, only
    /// // what was added goes behind it:
    /// # let stamped = pdf.clone();
    /// # let path = std::env::temp_dir().join(format!("eseal-open-{}.pdf", std::process::id()));
    /// # std::fs::write(&path, b"")?;
    /// let mut end = OpenOptions::new().append(true).open(path)?;
    /// stamped.write_added_to(&mut end)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Pdf::read_with_password`]; [`ErrorKind::Store`] when the bytes cannot be read.
    pub fn open(
        source: impl io::Read + io::Seek + Send + 'static,
        password: &str,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let file = File::open(Source::stored(source)?, password, limits)?;
        Ok(Pdf { file: Arc::new(file) })
    }

    /// How many pages there are; the page tree is walked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the page tree is broken.
    pub fn page_count(&self) -> Result<usize, Error> {
        let work = self.work();
        Ok(page::pages(&work.view())?.len())
    }

    /// Width and height of a page as it is displayed: rotated, cropped, in its own unit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when there is no such page, [`ErrorKind::Malformed`] when the page tree
    /// is broken.
    pub fn page_size(&self, page: Page) -> Result<(Mm, Mm), Error> {
        let work = self.work();
        let view = work.view();
        Ok(page::page(&page::pages(&view)?, page)?.geometry(&view)?.size())
    }

    /// The signature fields of the form, signed or not, in the form's order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the form is broken.
    pub fn fields(&self) -> Result<Vec<PdfField>, Error> {
        let work = self.work();
        let form = field::form(&work.view())?;
        let signatures = form.fields.into_iter().filter(field::Field::is_signature);
        Ok(signatures.map(|field| PdfField { name: field.name, signed: field.value.is_some() }).collect())
    }

    /// All fields of the form, in its order: what they are called, what they say and take, where they show.
    ///
    /// ```
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/forms/form-fill.pdf");
    /// let pdf = eseal::Pdf::read(std::fs::read(path)?)?;
    /// for field in pdf.form_fields()? {
    ///     println!("{} ({:?}): {:?}", field.name, field.kind, field.values);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the form is broken, as a tree that reaches a field twice is;
    /// [`ErrorKind::TooLarge`] when it exceeds a limit.
    pub fn form_fields(&self) -> Result<Vec<FormField>, Error> {
        let work = self.work();
        form::fields(&work.view())
    }

    /// Fills in fields of the form, by their full names, in a revision behind the file: values, and what shows them,
    /// drawn with `font`, of which the characters in use are embedded.
    ///
    /// Text keeps the size that the field asks for and shrinks where it would not fit, down to five points. Lists take
    /// the values or the texts of their options, buttons the values that they stand for, check boxes `true` and
    /// `false` as well. Where the form tells readers to draw its fields anew (`/NeedAppearances`), all of them are
    /// drawn here, and readers are not told so any more: each would do it in its own way, and some hide stamps then.
    ///
    /// A document that was signed is filled in as far as its signatures permit it, which verification confirms.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/forms/form-fill.pdf");
    /// use eseal::Pdf;
    /// use eseal::pdf::Font;
    ///
    /// let song = Font::read(include_bytes!("../../../testdata/letters/LetterSong-subset.otf"), 0)?;
    /// let pdf = Pdf::read(std::fs::read(path)?)?;
    /// let name = pdf.form_fields()?.into_iter().find(|field| !field.read_only).unwrap().name;
    /// let filled = pdf.fill(&[(&name, "印章".into())], &song)?;
    /// assert_eq!(filled.form_fields()?.iter().find(|field| field.name == name).unwrap().values, ["印章"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Each names the field. [`ErrorKind::Mismatch`] when the form has no such field, when the value is none of its
    /// options or too long, when the text does not fit or the font lacks characters; [`ErrorKind::NotAllowed`] when the
    /// field is read-only, when signatures forbid it, or when the form is in XFA as well ([`Pdf::without_xfa`]);
    /// [`ErrorKind::Misuse`] when a field is named twice; and as [`Pdf::form_fields`].
    #[cfg(feature = "compose")]
    pub fn fill(&self, values: &[(&str, FieldValue)], font: &crate::font::Font) -> Result<Self, Error> {
        let work = self.work();
        self.behind(form::fill(&work.view(), values, font)?)
    }

    /// Draws fields that have no appearance, and all that readers are told to draw anew. Nothing else is changed.
    ///
    /// # Errors
    ///
    /// As [`Pdf::fill`].
    #[cfg(feature = "compose")]
    pub fn draw_missing(&self, font: &crate::font::Font) -> Result<Self, Error> {
        let work = self.work();
        self.behind(form::draw_missing(&work.view(), font)?)
    }

    /// Makes what fields show a part of their pages and takes the fields away, but for empty signature fields, which
    /// wait for their stamps. Fields without appearance are to be drawn before ([`Pdf::draw_missing`]).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when the document has signatures, which this would break, or fields that are not
    /// drawn; [`ErrorKind::Malformed`] when the form or a page is broken.
    #[cfg(feature = "compose")]
    pub fn flatten(&self) -> Result<Self, Error> {
        let work = self.work();
        self.behind(form::flatten(&work.view())?)
    }

    /// Takes the XFA out of a form that is in XFA as well as in fields: what readers that know XFA would show in place
    /// of the fields.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when the form is in XFA alone, or the document has signatures.
    #[cfg(feature = "compose")]
    pub fn without_xfa(&self) -> Result<Self, Error> {
        let work = self.work();
        self.behind(form::without_xfa(&work.view())?)
    }

    /// What the pages say of fields of the data, each with its name, in the order in which it is shown: the marked
    /// content that [`Text::shows`](crate::pdf::Text::shows) writes.
    #[cfg(feature = "compose")]
    pub(crate) fn shown_fields(&self) -> Result<Vec<(String, String)>, Error> {
        let work = self.work();
        let view = work.view();
        let pages = page::pages(&view)?;
        let mut reader = content::Reader::new(view, &pages);
        let mut fields = Vec::new();
        for number in 1..=pages.len() {
            fields.append(&mut reader.look(Page(u32::try_from(number).unwrap_or(u32::MAX)), false)?.fields);
        }
        Ok(joined(fields))
    }

    /// Lays words over every page: fills the empty fields called `room` and a page's number, or adds annotations where
    /// nobody signed. `said` is for those who cannot see them.
    #[cfg(feature = "compose")]
    pub(crate) fn lay_over(
        &self,
        room: &str,
        said: &str,
        typefaces: &[Typeface],
        contents: &[Content],
    ) -> Result<Self, Error> {
        let work = self.work();
        self.behind(Some(form::lay_over(&work.view(), &form::Over { room, said, typefaces, contents })?))
    }

    #[cfg(feature = "compose")]
    fn behind(&self, revision: Option<Vec<u8>>) -> Result<Self, Error> {
        match revision {
            Some(revision) => Ok(Pdf { file: Arc::new(self.file.with(revision)?) }),
            None => Ok(self.clone()),
        }
    }

    /// What a signatory should know before signing: content that is there and not seen, fonts and values
    /// that each reader shows in its own way, scripts, actions, and what is taken from other files. Each is
    /// a finding with one of the checks [`DOCUMENT_HIDDEN`](crate::checks::DOCUMENT_HIDDEN) and
    /// [`DOCUMENT_ACTIVE`](crate::checks::DOCUMENT_ACTIVE); a plain document has none.
    ///
    /// None of it is an error, and honest documents have some of it. But a signature covers the unseen as
    /// well, and who prepared the document may count on that. Every object is looked at once.
    ///
    /// ```
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/forms/form-fill.pdf");
    /// let pdf = eseal::Pdf::read(std::fs::read(path)?)?;
    /// for finding in pdf.suspicions()? {
    ///     println!("{}: {}", finding.check, finding.detail);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the catalog or the form is broken, [`ErrorKind::TooLarge`] when a limit
    /// is exceeded, [`ErrorKind::Store`] when the bytes cannot be read.
    pub fn suspicions(&self) -> Result<Vec<Finding>, Error> {
        let work = self.work();
        suspicion::suspicions(&work.view())
    }

    /// Writes the document.
    ///
    /// # Errors
    ///
    /// Whatever the writer has to say.
    pub fn write_to(&self, target: &mut impl io::Write) -> io::Result<()> {
        self.file.source.pass(0..self.file.source.len(), |piece| target.write_all(piece))
    }

    /// Writes only what was added since the document was read or opened: to be appended to what is
    /// there.
    ///
    /// # Errors
    ///
    /// Whatever the writer has to say.
    pub fn write_added_to(&self, target: &mut impl io::Write) -> io::Result<()> {
        let source = &self.file.source;
        source.pass(source.origin()..source.len(), |piece| target.write_all(piece))
    }

    /// The length in bytes.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "no document is empty")]
    pub fn len(&self) -> u64 {
        self.file.source.len()
    }

    /// The document with more validation data in its security store; unchanged when it has all of it.
    pub(crate) fn keeping(&self, addition: &Addition, limits: &Limits) -> Result<Self, Error> {
        match dss::revision(&self.file, addition, limits)? {
            Some(revision) => Ok(Pdf { file: Arc::new(self.file.with(revision)?) }),
            None => Ok(self.clone()),
        }
    }

    fn work(&self) -> Work<'_> {
        Work::new(&self.file, &self.file.limits)
    }
}

impl fmt::Debug for Pdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let revisions = self.file.chain.revisions.len();
        write!(f, "Pdf({} bytes, {revisions} revisions)", self.file.source.len())
    }
}

/// Where a signature is to be put: the hexadecimal string of `/Contents`, its brackets included.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[doc(hidden)]
pub struct Hole {
    offset: u64,
    length: u64,
    /// What is protected, as (offset, length).
    ranges: Vec<(u64, u64)>,
}

impl Document for Pdf {
    const FORMAT: Format = Format::Pdf;

    type Hole = Hole;

    fn reserve(&self, layout: &Layout<'_>) -> Result<Reserved<Self>, Error> {
        let (revision, hole) = stamp::revision(&self.file, layout)?;
        let document = Pdf { file: Arc::new(self.file.with(revision)?) };
        let digest = document.protected_digest(&hole, layout.digest)?;
        let property = format!("/ByteRange {}", stamp::byte_range(&hole.ranges));
        Ok(Reserved { document, hole, digest, property })
    }

    fn protected_digest(&self, hole: &Hole, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        let question = Question { ranges: &hole.ranges, algorithm };
        let digests = digest::digests(&self.file.source, &[question], &self.file.limits)?;
        Ok(digests.into_iter().next().unwrap_or_default())
    }

    fn fill_room(self, hole: &Hole, payload: &[u8]) -> Result<Self, Error> {
        let digits = stamp::contents(&self.file.source, hole, payload)?;
        let mut file = Arc::unwrap_or_clone(self.file);
        if !file.source.overwrite(hole.offset.saturating_add(1), &digits) {
            return Err(Error::new(ErrorKind::Mismatch, "the room for the signature is not in this document"));
        }
        Ok(Pdf { file: Arc::new(file) })
    }

    fn survey(&self, limits: &Limits) -> Result<Survey, Error> {
        signature::survey(&self.file, limits)
    }

    fn digests(&self, wanted: &[(&Found, DigestAlgorithm)]) -> Result<Vec<Vec<u8>>, Error> {
        let mut questions = Vec::with_capacity(wanted.len());
        for (found, algorithm) in wanted {
            questions.push(Question { ranges: ranges(found)?, algorithm: *algorithm });
        }
        digest::digests(&self.file.source, &questions, &self.file.limits)
    }

    fn protected_bytes(&self, found: &Found) -> Result<Cow<'_, [u8]>, Error> {
        digest::protected(&self.file.source, ranges(found)?, &self.file.limits)
    }

    fn count(&self) -> Result<usize, Error> {
        self.page_count()
    }

    fn sizes(&self, pages: &[Page]) -> Result<Vec<(Mm, Mm)>, Error> {
        let work = self.work();
        let view = work.view();
        let nodes = page::pages(&view)?;
        pages.iter().map(|page| Ok(page::page(&nodes, *page)?.geometry(&view)?.size())).collect()
    }

    fn show_pages(
        &self,
        pages: &mut dyn Iterator<Item = Page>,
        visit: &mut dyn FnMut(Sight) -> Result<bool, Error>,
        closely: bool,
    ) -> Result<(), Error> {
        let work = self.work();
        let nodes = page::pages(&work.view())?;
        let mut reader = content::Reader::new(work.view(), &nodes);
        for page in pages {
            if !visit(reader.look(page, closely)?)? {
                break;
            }
        }
        Ok(())
    }

    fn slot(&self, name: &str) -> Result<Slot, Error> {
        let work = self.work();
        let view = work.view();
        content::slot(&view, &page::pages(&view)?, name)
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        self.file.source.whole()
    }

    fn from_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        Self::read_within(bytes, limits)
    }
}

fn ranges(found: &Found) -> Result<&[(u64, u64)], Error> {
    match &found.protected {
        Protected::Ranges(ranges) => Ok(ranges),
        _ => Err(Error::malformed(format!("the signature \"{}\" protects no range of bytes", found.id))),
    }
}

/// One entry for each name, at its first place, with all that was shown of it: a text on several lines or sheets.
#[cfg(feature = "compose")]
fn joined(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, said) in fields {
        match places.get(&name).and_then(|place| joined.get_mut(*place)) {
            Some((_, all)) => all.push_str(&said),
            None => {
                places.insert(name.clone(), joined.len());
                joined.push((name, said));
            }
        }
    }
    joined
}
