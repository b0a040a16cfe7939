//! OFD packages (GB/T 33190-2016) and the signatures in them.
//!
//! A signature's description lists files of the package with their digests; the description's own
//! digest is what is signed. So the signed bytes are those of `Signature.xml`, and what they protect
//! is found by following the list.

mod compose;
mod coverage;
mod data;
mod description;
mod integrity;
mod package;
mod path_data;
#[cfg(feature = "compose")]
mod pictures;
mod reach;
#[cfg(feature = "render")]
mod render;
mod sight;
mod slot;
mod stamp;
mod strays;
mod structure;
mod survey;
mod write;
mod xml;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::crypto::DigestAlgorithm;
use crate::document::ofd::package::Package;
use crate::document::ofd::stamp::Hole;
use crate::document::ofd::structure::Structure;
use crate::document::ofd::write::{ZipTime, append};
use crate::document::sight::{Sight, Slot};
use crate::document::{Bytes, Document, Format, Found, Layout, Protected, Reserved, Survey, page_index};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::units::{Mm, Page};

pub use crate::document::ofd::compose::{
    Annotation, AnnotationKind, Cap, ColourSpaceId, Content, Destination, Figure, FontId, Heading, ImageId, Ink, Item,
    Join, NewAttachment, NewColourSpace, NewFont, NewOfd, Outline, PageId, Stroke, Tag, TemplateId, Text,
};

#[cfg(feature = "compose")]
pub(crate) use crate::document::ofd::compose::Over;
#[cfg(feature = "compose")]
pub(in crate::document) use crate::document::ofd::compose::Step;
#[cfg(feature = "render")]
pub(crate) use crate::document::ofd::render::Mark;

pub use crate::document::ofd::data::{Attachment, Metadata, TagNode, TextRun};

/// An OFD document: a package that was read and checked, unchangeable. Clones share it.
#[derive(Clone)]
pub struct Ofd(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    package: Package,
    structure: Structure,
    limits: Limits,
}

impl Ofd {
    /// Reads a package, within the default [`Limits`]. A `Vec<u8>` is taken over without a copy.
    ///
    /// # Errors
    ///
    /// When the bytes are no OFD package, when readers could find different files in it (entries that
    /// overlap or share a name, names that lead out of it), or when it exceeds a limit.
    pub fn read(bytes: impl Into<Bytes>) -> Result<Self, Error> {
        Self::read_within(bytes, &Limits::default())
    }

    /// Reads a package, within `limits`, which also bound all later work with it.
    ///
    /// # Errors
    ///
    /// As [`Ofd::read`].
    pub fn read_within(bytes: impl Into<Bytes>, limits: &Limits) -> Result<Self, Error> {
        Self::assemble(bytes.into().0, limits)
    }

    /// How many pages there are; of several documents in one package, the first is meant.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.structure().first().map_or(0, |body| body.pages.len())
    }

    /// The width and the height of a page in millimetres.
    ///
    /// # Errors
    ///
    /// When there is no such page, or when nothing says how large it is.
    pub fn page_size(&self, page: Page) -> Result<(Mm, Mm), Error> {
        let index = page_index(page, self.page_count())?;
        self.structure().page_size(index, self.package(), self.limits())
    }

    /// How many bytes the package has.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a package is never empty")]
    pub fn len(&self) -> usize {
        self.package().bytes().len()
    }

    /// Writes the package.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, writer: &mut impl io::Write) -> io::Result<()> {
        writer.write_all(self.package().bytes())
    }

    fn assemble(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        Self::of(Package::read(bytes, limits)?, limits)
    }

    /// A document in a package whose entries are known.
    fn of(package: Package, limits: &Limits) -> Result<Self, Error> {
        let structure = Structure::read(&package, limits)?;
        Ok(Ofd(Arc::new(Inner { package, structure, limits: limits.clone() })))
    }

    /// The same document in a package that was written from this one, with what is known kept.
    fn rebuilt(&self, package: Package, structure: Structure) -> Result<Self, Error> {
        structure.require_same_pages(&package)?;
        Ok(Ofd(Arc::new(Inner { package, structure, limits: self.limits().clone() })))
    }

    /// The document with one more file behind all others. Where nobody else holds the document, its bytes
    /// are not copied.
    fn with_file(self, name: &str, contents: &[u8], time: ZipTime) -> Result<Self, Error> {
        let Inner { package, structure, limits } = Arc::unwrap_or_clone(self.0);
        let package = append(package, name, contents, time, &limits)?;
        structure.require_same_pages(&package)?;
        Ok(Ofd(Arc::new(Inner { package, structure, limits })))
    }

    fn package(&self) -> &Package {
        &self.0.package
    }

    fn structure(&self) -> &Structure {
        &self.0.structure
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The digest of a file of the package: for descriptions, what signatures sign.
    fn digest_of(&self, name: &str, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        self.package().digest_bytes(self.index_of(name)?, algorithm)
    }

    fn index_of(&self, name: &str) -> Result<usize, Error> {
        let name = name.trim_start_matches('/');
        let index = self.package().files().get(name).copied();
        index.ok_or_else(|| Error::new(ErrorKind::Mismatch, format!("the package has no /{name}")))
    }
}

impl fmt::Debug for Ofd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ofd({} bytes, {} pages)", self.len(), self.page_count())
    }
}

impl Document for Ofd {
    const FORMAT: Format = Format::Ofd;
    type Hole = Hole;

    fn reserve(&self, layout: &Layout<'_>) -> Result<Reserved<Self>, Error> {
        stamp::reserve(self, layout)
    }

    fn protected_digest(&self, hole: &Hole, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        self.digest_of(&hole.description, algorithm)
    }

    fn fill_room(self, hole: &Hole, payload: &[u8]) -> Result<Self, Error> {
        stamp::fill(self, hole, payload)
    }

    fn survey(&self, limits: &Limits) -> Result<Survey, Error> {
        survey::survey(self.package(), self.structure(), limits)
    }

    fn digests(&self, wanted: &[(&Found, DigestAlgorithm)]) -> Result<Vec<Vec<u8>>, Error> {
        wanted.iter().map(|(found, algorithm)| self.digest_of(part(found)?, *algorithm)).collect()
    }

    fn protected_bytes(&self, found: &Found) -> Result<Cow<'_, [u8]>, Error> {
        self.package().unfold(self.index_of(part(found)?)?)
    }

    fn count(&self) -> Result<usize, Error> {
        Ok(self.page_count())
    }

    fn sizes(&self, pages: &[Page]) -> Result<Vec<(Mm, Mm)>, Error> {
        pages.iter().map(|page| self.page_size(*page)).collect()
    }

    fn show_pages(
        &self,
        pages: &mut dyn Iterator<Item = Page>,
        visit: &mut dyn FnMut(Sight) -> Result<bool, Error>,
        closely: bool,
    ) -> Result<(), Error> {
        let mut reader = sight::Reader::new(self, closely)?;
        for page in pages {
            if !visit(reader.look(page)?)? {
                break;
            }
        }
        Ok(())
    }

    fn slot(&self, name: &str) -> Result<Slot, Error> {
        slot::slot(self, name)
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.package().bytes())
    }

    fn from_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        Self::assemble(bytes, limits)
    }
}

/// The path of the description that a signature signs.
fn part(found: &Found) -> Result<&str, Error> {
    match &found.protected {
        Protected::Part(path) => Ok(path),
        _ => Err(Error::malformed(format!("the signature \"{}\" protects no description", found.id))),
    }
}
