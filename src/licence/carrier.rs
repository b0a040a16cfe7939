//! What a licence needs of a document's format.

use std::borrow::Cow;

use crate::compose::ROOM;
use crate::document::seen::Seen;
use crate::document::{Document, FieldKind, FormField, Ofd, Pdf};
use crate::error::Error;
use crate::seal::Seal;
use crate::stamp::Stamp;
use crate::units::{Area, Page};

/// A format that carries licences: [`Pdf`] or [`Ofd`].
pub trait Carrier: Document {
    /// Names and values that no page shows.
    #[doc(hidden)]
    fn pairs(&self) -> Result<Vec<(String, String)>, Error>;

    /// Whether a signature protects them from every change.
    #[doc(hidden)]
    fn protects_pairs(&self) -> Result<bool, Error>;

    /// The attachments of this name.
    #[doc(hidden)]
    fn files(&self, name: &str) -> Result<Vec<Cow<'_, [u8]>>, Error>;

    /// The pictures of a page.
    #[doc(hidden)]
    fn seen(&self, page: Page) -> Result<Vec<Seen>, Error>;

    /// What a stamp would leave unprotected.
    #[doc(hidden)]
    fn left_out_by(&self, stamp: &Stamp<'_>) -> Vec<String>;

    /// The fields that are kept for a note that is laid over the file: what each says, and where it shows.
    #[doc(hidden)]
    fn notes(&self) -> Result<Vec<(String, Vec<Area>)>, Error>;

    /// Whether a form XObject draws the picture of a seal as this crate draws it; OFD shows what the seal has.
    #[doc(hidden)]
    fn draws(&self, form: u32, seal: &Seal) -> Result<bool, Error>;

    /// Where a page has fields for signatures.
    #[doc(hidden)]
    fn rooms(&self) -> Result<Vec<Area>, Error>;

    /// The words that tags say an item shows, by the tags' names; formats without such tags have none.
    #[doc(hidden)]
    fn tagged(&self) -> Result<Option<Vec<(String, String)>>, Error>;
}

impl Carrier for Ofd {
    fn pairs(&self) -> Result<Vec<(String, String)>, Error> {
        Ok(self.metadata()?.custom_data)
    }

    fn protects_pairs(&self) -> Result<bool, Error> {
        self.protects_metadata()
    }

    fn files(&self, name: &str) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let all = self.attachments()?;
        all.into_iter().filter(|one| one.name == name).map(|one| one.contents()).collect()
    }

    fn seen(&self, page: Page) -> Result<Vec<Seen>, Error> {
        self.pictures(page)
    }

    fn left_out_by(&self, stamp: &Stamp<'_>) -> Vec<String> {
        stamp.chosen().map(|chosen| self.left_out(chosen)).unwrap_or_default()
    }

    fn notes(&self) -> Result<Vec<(String, Vec<Area>)>, Error> {
        Ok(Vec::new())
    }

    fn draws(&self, _: u32, _: &Seal) -> Result<bool, Error> {
        Ok(false)
    }

    fn rooms(&self) -> Result<Vec<Area>, Error> {
        Ok(Vec::new())
    }

    fn tagged(&self) -> Result<Option<Vec<(String, String)>>, Error> {
        let trees = self.tags()?;
        let mut found = Vec::new();
        for (_, tree) in &trees {
            collect(tree, &mut found);
        }
        Ok((!trees.is_empty()).then_some(found))
    }
}

/// The tags of a tree that show something, with their words.
fn collect(tag: &crate::document::ofd::TagNode, found: &mut Vec<(String, String)>) {
    if !tag.shown.is_empty() {
        found.push((tag.name.clone(), tag.shown.clone()));
    }
    tag.children.iter().for_each(|child| collect(child, found));
}

impl Carrier for Pdf {
    fn pairs(&self) -> Result<Vec<(String, String)>, Error> {
        self.custom_data()
    }

    /// A signature covers the whole file; what a later revision may do to the description is told by the changes.
    fn protects_pairs(&self) -> Result<bool, Error> {
        Ok(true)
    }

    fn files(&self, name: &str) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let all = self.embedded_files()?;
        Ok(all.into_iter().filter(|one| one.name == name).map(|one| Cow::Owned(one.contents)).collect())
    }

    fn seen(&self, page: Page) -> Result<Vec<Seen>, Error> {
        self.pictures(page)
    }

    fn left_out_by(&self, _: &Stamp<'_>) -> Vec<String> {
        Vec::new()
    }

    fn notes(&self) -> Result<Vec<(String, Vec<Area>)>, Error> {
        let fields = self.form_fields()?.into_iter().filter(|field| field.name.starts_with(ROOM));
        let areas = |field: &FormField| field.widgets.iter().filter_map(|widget| widget.area).collect();
        Ok(fields.map(|field| (field.values.concat(), areas(&field))).collect())
    }

    fn draws(&self, form: u32, seal: &Seal) -> Result<bool, Error> {
        Pdf::draws(self, form, &seal.picture()?)
    }

    fn rooms(&self) -> Result<Vec<Area>, Error> {
        let fields = self.form_fields()?.into_iter().filter(|field| field.kind == FieldKind::Signature);
        Ok(fields.flat_map(|field| field.widgets).filter_map(|widget| widget.area).collect())
    }

    fn tagged(&self) -> Result<Option<Vec<(String, String)>>, Error> {
        Ok(None)
    }
}
