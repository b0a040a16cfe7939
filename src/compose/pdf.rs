//! A draft as a PDF document.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compose::draft::{Draft, Mark, PdfFields, PdfOptions, Photo};
use crate::compose::field::{Field, FieldKind};
use crate::compose::shapes;
use crate::compose::stock::{Stock, opacity};
use crate::compose::words::Words;
use crate::document::Pdf;
use crate::document::pdf::{Content, FontId, NewAttachment, NewField, NewPdf, Relationship, Text};
use crate::error::{Context as _, Error};
use crate::units::{Area, Mm, Page};

impl Draft {
    /// Paints the pages as a PDF document (PDF/A-3b), and reads it as every other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when no font has a character;
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when there is no page, a number is none, or a name cannot be
    /// written; also when there are attachments and no time ([`Draft::created`]).
    pub fn to_pdf(&self, options: &PdfOptions) -> Result<Pdf, Error> {
        self.first_sheet()?;
        let stock = self.stock()?;
        let mut pdf = stock.pdf(&self.id);
        self.describe_pdf(&mut pdf);
        let mut painter =
            Painter { stock: &stock, options, decoded: &self.decoded, radios: BTreeMap::new(), page: Page(0) };
        for (number, sheet) in (1_u32..).zip(&self.sheets) {
            painter.page = Page(number);
            let mut content = Content::new();
            for mark in &sheet.marks {
                painter.mark(mark, &mut pdf, &mut content).context(painter.page)?;
            }
            pdf.page(content);
            pdf.sized(sheet.width, sheet.height);
        }
        for field in painter.radios.into_values() {
            pdf.field(field);
        }
        pdf.finish()
    }

    fn describe_pdf(&self, pdf: &mut NewPdf) {
        if let Some(title) = &self.title {
            pdf.title(title);
        }
        if let Some(author) = &self.author {
            pdf.author(author);
        }
        if let Some(subject) = &self.subject {
            pdf.subject(subject);
        }
        if let Some(created) = self.created {
            pdf.created(created);
        }
        pdf.language(&self.language);
        for (name, value) in &self.data {
            pdf.custom_data(name, value);
        }
        for attachment in &self.attachments {
            let own = NewAttachment::new(&attachment.name, &attachment.media_type, attachment.contents.as_ref());
            let mut own = own.relationship(Relationship::Data);
            own.description.clone_from(&attachment.description);
            pdf.attach(own);
        }
    }
}

struct Painter<'d> {
    stock: &'d Stock,
    options: &'d PdfOptions,
    /// Pictures that somebody has decoded already.
    decoded: &'d [Arc<[u8]>],
    /// Buttons of one name belong to one field.
    radios: BTreeMap<String, NewField>,
    page: Page,
}

impl Painter<'_> {
    fn mark(&mut self, mark: &Mark, pdf: &mut NewPdf, content: &mut Content) -> Result<(), Error> {
        match mark {
            Mark::Words(words) => self.words(words, content)?,
            Mark::Figure(figure) => drop(content.figure(figure.clone())),
            Mark::Image(Photo { bytes, area: [left, top, width, height], .. }) => {
                let is_decoded = self.decoded.iter().any(|known| Arc::ptr_eq(known, bytes));
                let image = if is_decoded { pdf.decoded_image(bytes)? } else { pdf.image(bytes)? };
                content.image(image, *left, *top, *width, *height);
            }
            Mark::Field(field) if field.kind == FieldKind::Room => self.field(field, pdf)?,
            Mark::Field(field) if self.options.fields == PdfFields::Interactive => self.field(field, pdf)?,
            Mark::Field(field) => field.shown.iter().try_for_each(|mark| self.mark(mark, pdf, content))?,
            Mark::Seal { name, area } => drop(pdf.field(NewField::signature(name, self.area(*area)))),
        }
        Ok(())
    }

    fn area(&self, [left, top, width, height]: [Mm; 4]) -> Area {
        Area { page: self.page, left, top, width, height }
    }

    fn font(&self, name: &str) -> Result<FontId, Error> {
        Ok(FontId::of(self.stock.place(name)?))
    }

    fn words(&self, words: &Words, content: &mut Content) -> Result<(), Error> {
        let place = self.stock.place(&words.font)?;
        let advances = self.stock.advances(words, place)?;
        let count = advances.len().saturating_sub(1);
        let mut text = Text::new(&words.text, self.font(&words.font)?, words.size)
            .at(words.at.0, words.at.1)
            .advances(advances.into_iter().take(count))
            .ink(shapes::ink(words.colour).alpha(opacity(words.opacity)?))
            .stretch(words.stretch)
            .turned(words.rotation);
        if let Some(field) = &words.field {
            text = text.shows(&**field);
        }
        content.text(text);
        Ok(())
    }

    fn field(&mut self, field: &Field, pdf: &mut NewPdf) -> Result<(), Error> {
        let area = self.area(field.area);
        let (font, size) = (self.font(&field.font.0)?, field.font.1);
        let mut own = match &field.kind {
            FieldKind::Text { value, is_multiline, most } => {
                let own = NewField::text(&field.name, area, font, size).value(value);
                let own = if *is_multiline { own.multi_line() } else { own };
                match most.and_then(|most| usize::try_from(most).ok()) {
                    Some(most) => own.max_length(most),
                    None => own,
                }
            }
            FieldKind::Check { is_on } => {
                let own = NewField::check_box(&field.name, area).border(shapes::ink(Default::default()), LINE);
                if *is_on { own.checked() } else { own }
            }
            FieldKind::Choice { value, options, is_open } => {
                let own = NewField::drop_down(&field.name, area, font, size);
                let own = options.iter().fold(own, |own, option| own.option(option, option));
                let own = if *is_open { own.editable() } else { own };
                if value.is_empty() { own } else { own.value(value) }
            }
            FieldKind::Room => NewField::text(&field.name, area, font, size),
            FieldKind::Radio { value, is_on } => {
                let known = self.radios.remove(&field.name);
                let own =
                    known.unwrap_or_else(|| NewField::radio(&field.name).border(shapes::ink(Default::default()), LINE));
                let own = own.choice(value, area);
                let own = if *is_on { own.value(value) } else { own };
                self.radios.insert(field.name.clone(), own);
                return Ok(());
            }
        };
        own = own.tool_tip(field.label.as_deref().unwrap_or(&field.name));
        if field.is_required {
            own = own.required();
        }
        if field.is_read_only {
            own = own.read_only();
        }
        pdf.field(own);
        Ok(())
    }
}

/// The line around boxes to be ticked.
const LINE: Mm = Mm(0.25);
