//! From an instance that was found valid to a document with its data in it.

use crate::compose::{Assets, Attachment, Draft, PdfFields, PdfOptions, Prepared};
use crate::crypto::sm3;
use crate::document::{Ofd, Pdf};
use crate::error::{Context, Error, ErrorKind};
use crate::form::face;
use crate::form::judge::ValidInstance;
use crate::form::layout::pages;
use crate::form::sealing::{DATA_FILE, DIGEST_NAME, Particulars, TEMPLATE_NAME, data_json};
use crate::form::template::Template;

/// The convention of the tags that say which words of a page show which field.
pub(crate) const NAMESPACE: &str = "urn:eseal:form";

/// A template with its fonts and pictures made ready, for any number of documents. It can be shared by threads.
#[derive(Clone, Debug)]
pub struct Renderer {
    pub(crate) template: Template,
    prepared: Prepared,
}

impl Renderer {
    /// Makes a template ready. The layouts that are made from fields ask for the fonts `song` and `hei`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`] when the template cannot be filled in; else as [`Prepared::new`].
    pub fn new(template: &Template, assets: &Assets) -> Result<Self, Error> {
        Self::with_samples(template, assets, &[])
    }

    /// Makes a template ready for forms like these. What the samples show of the fonts is embedded in every document,
    /// made small once; of other characters each document makes its own small font. So give a few with the places and
    /// kinds that come again and again, and made-up persons.
    ///
    /// # Errors
    ///
    /// As [`Renderer::new`]; for samples as [`Renderer::draft`].
    pub fn with_samples(template: &Template, assets: &Assets, samples: &[ValidInstance<'_>]) -> Result<Self, Error> {
        template.require_good()?;
        samples.iter().try_for_each(|sample| require_of(sample, template)).context("a sample")?;
        let samples: Vec<_> = samples.iter().map(face::values).collect();
        let prepared = Prepared::with_samples(&pages(template.sheet()), assets, &samples).context(template)?;
        Ok(Renderer { template: template.clone(), prepared })
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The pages of an instance, with its data: to be painted, or to be added to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the instance is of another template, when text does not fit its place or no font
    /// has a character: the message names the field.
    pub fn draft(&self, valid: &ValidInstance<'_>, particulars: &Particulars) -> Result<Draft, Error> {
        require_of(valid, &self.template)?;
        let mut draft = self.prepared.draft(&face::values(valid)).context(&self.template)?;
        let data = data_json(valid, particulars);
        let sheet = self.template.sheet();
        draft.id(particulars.id.clone()).title(sheet.name.clone()).created(particulars.at).tag_namespace(NAMESPACE);
        if let Some(issuer) = &sheet.issuer {
            draft.author(issuer.clone());
        }
        draft.data(TEMPLATE_NAME, format!("{}/{}", sheet.id, sheet.version));
        draft.data(DIGEST_NAME, sm3(data.as_bytes())?);
        let description = Some("the data of the form".to_owned());
        draft.attach(Attachment { description, ..Attachment::new(DATA_FILE, "application/json", data.into_bytes()) });
        Ok(draft)
    }

    /// A PDF of an instance. Its data are attached, their digest stands in its metadata; a seal protects both.
    ///
    /// # Errors
    ///
    /// As [`Renderer::draft`].
    pub fn pdf(&self, valid: &ValidInstance<'_>, particulars: &Particulars) -> Result<Pdf, Error> {
        let mut options = PdfOptions::default();
        if particulars.is_interactive {
            options.fields = PdfFields::Interactive;
        }
        self.draft(valid, particulars)?.to_pdf(&options)
    }

    /// An OFD of an instance, as [`Renderer::pdf`].
    ///
    /// # Errors
    ///
    /// As [`Renderer::draft`].
    pub fn ofd(&self, valid: &ValidInstance<'_>, particulars: &Particulars) -> Result<Ofd, Error> {
        // An OFD has no fields that can be filled in.
        let drawn = Particulars { is_interactive: false, ..particulars.clone() };
        self.draft(valid, &drawn)?.to_ofd()
    }
}

fn require_of(valid: &ValidInstance<'_>, template: &Template) -> Result<(), Error> {
    if valid.template.digest() == template.digest() {
        return Ok(());
    }
    let detail = format!("the form was judged by {}, and this renders {template}", valid.template);
    Err(Error::new(ErrorKind::Mismatch, detail))
}
