//! Data out of documents that were found valid, and out of no others.

#[cfg(feature = "compose")]
use crate::document::Pdf;
#[cfg(feature = "compose")]
use crate::document::pdf::EmbeddedFile;
use crate::document::Ofd;
use crate::document::ofd::{Attachment, Metadata, TagNode, TextRun};
use crate::error::{Error, ErrorKind};
use crate::units::Page;
use crate::verify::Verified;

impl<'d> Verified<'d, Ofd> {
    /// Title, author and `CustomData`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`] when no signature protects OFD.xml, where they stand: the pages are then what was
    /// signed, and the metadata may be anybody's. Else as reading the document.
    pub fn metadata(&self) -> Result<Metadata, Error> {
        if !self.document().protects_metadata()? {
            let detail = "no signature protects OFD.xml: what stands in it (title, author, CustomData) may have been \
                          changed under a good seal";
            return Err(Error::new(ErrorKind::NotValid, detail));
        }
        self.document().metadata()
    }

    /// The attachments, all of which are protected.
    ///
    /// # Errors
    ///
    /// When the document names attachments that are not there, or their list cannot be read.
    pub fn attachments(&self) -> Result<Vec<Attachment<'d>>, Error> {
        self.document().attachments()
    }

    /// The trees of tags, each with the convention that it follows (`TypeID` or `NameSpace`): what the objects
    /// on the pages mean, with their words.
    ///
    /// # Errors
    ///
    /// When the document names tags that are not there, or they cannot be read.
    pub fn tags(&self) -> Result<Vec<(String, TagNode)>, Error> {
        self.document().tags()
    }

    /// The text of a page and its templates, object by object, in the order in which the page has them.
    ///
    /// # Errors
    ///
    /// When there is no such page, or it cannot be read.
    pub fn text(&self, page: Page) -> Result<Vec<TextRun>, Error> {
        self.document().text(page)
    }

    /// What the pages say of the fields of the data, each with the way to it (`members.0.name`), by the tags of a
    /// convention ([`Draft::tag_namespace`](crate::compose::Draft::tag_namespace)). Rows of lists are counted as they
    /// are met.
    ///
    /// # Errors
    ///
    /// As [`Verified::tags`].
    #[cfg(feature = "compose")]
    pub fn shown_fields(&self, namespace: &str) -> Result<Vec<(String, String)>, Error> {
        self.document().shown_fields(namespace)
    }
}

#[cfg(feature = "compose")]
impl Verified<'_, crate::document::Pdf> {
    /// What the pages say of the fields of the data, each with the way to it (`members.0.name`), as documents that
    /// were composed here mark it.
    ///
    /// # Errors
    ///
    /// When a page cannot be read.
    pub fn shown_fields(&self) -> Result<Vec<(String, String)>, Error> {
        self.document().shown_fields()
    }
}

#[cfg(feature = "compose")]
impl Verified<'_, Pdf> {
    /// The names and values that [`NewPdf::custom_data`](crate::pdf::NewPdf::custom_data) put into the description.
    /// A later revision may have changed them under a good seal, for a description is no page: compare them with
    /// what is embedded.
    ///
    /// # Errors
    ///
    /// When the description cannot be read.
    pub fn custom_data(&self) -> Result<Vec<(String, String)>, Error> {
        self.document().custom_data()
    }

    /// The files that travel with the document.
    ///
    /// # Errors
    ///
    /// When the document names files that are not there, or they cannot be read.
    pub fn embedded_files(&self) -> Result<Vec<EmbeddedFile>, Error> {
        self.document().embedded_files()
    }
}
