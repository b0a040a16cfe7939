//! Annotated copies (加注件): what a document is copied for, over every page.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compose::assets::Assets;
use crate::compose::draft::{Draft, Mark};
use crate::compose::field::{Field, FieldKind};
use crate::compose::layout::{Valign, Watermark};
use crate::compose::stock::{Stock, opacity};
use crate::compose::text::{Bounds, Faces, Look, Piece, Show, Text};
use crate::compose::words::Words;
use crate::compose::{shapes, watermark};
use crate::document::ofd::{self, NewFont};
use crate::document::pdf;
use crate::document::{Ofd, Pdf};
use crate::error::{Context as _, Error};
use crate::time::Time;
use crate::units::{Mm, Page};

/// The beginning of the names of the fields that a PDF keeps for a note; the number of the page follows.
pub(crate) const ROOM: &str = "eseal_note_";

/// A watermark and a line of text, to be laid over every page.
///
/// There are two ways to an annotated copy:
///
/// - **Over the original** ([`Overlay::on_pdf`]): a revision behind the file that leaves every signature whole. A document
///   that was signed takes it only if it kept room when it was made ([`Draft::keep_room`]): the note is then a field that
///   is filled in, which whoever signed without further words allows (ISO 32000-2, 12.8.2.2). OFD has no such thing: a
///   signature protects all files of its package.
/// - **Anew** ([`Draft::lay_over`]): the same pages are made again with the note, and sealed by whoever makes the copy.
///
/// ```
/// use eseal::compose::{Overlay, Watermark};
///
/// let overlay = Overlay::new("song").watermark(Watermark::new("仅用于医师执业注册")).note("加注件　仅用于医师执业注册");
/// # let _ = overlay;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an overlay is laid over a document"]
pub struct Overlay {
    font: String,
    watermark: Option<Watermark>,
    note: Option<String>,
}

impl Overlay {
    /// Nothing yet, in a font of the assets.
    pub fn new(font: impl Into<String>) -> Self {
        Overlay { font: font.into(), watermark: None, note: None }
    }

    /// A word across each page. It is taken as it is: there are no placeholders.
    pub fn watermark(mut self, watermark: Watermark) -> Self {
        self.watermark = Some(watermark);
        self
    }

    /// A line at the lower edge of each page: purpose, maker, date, expiry.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Lays it over every page of a PDF document, by a revision behind it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when the document is signed and keeps no room, when its
    /// signatures forbid that fields are filled in, or when it is an annotated copy already;
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when the note does not fit the page, or no font has a
    /// character.
    pub fn on_pdf(&self, document: &Pdf, assets: &Assets) -> Result<Pdf, Error> {
        let (stock, faces) = (assets.stock(), assets.faces());
        let mut contents = Vec::new();
        let typefaces: Vec<_> = stock.faces().cloned().collect();
        for number in 1..=document.page_count()? {
            let page = Page(u32::try_from(number).unwrap_or(u32::MAX));
            let mut content = pdf::Content::new();
            for words in self.words(document.page_size(page)?, &faces).context(page)? {
                let place = stock.place(&words.font)?;
                let advances = stock.advances(&words, place)?;
                let count = advances.len().saturating_sub(1);
                let text = pdf::Text::new(&words.text, pdf::FontId::of(place), words.size)
                    .at(words.at.0, words.at.1)
                    .advances(advances.into_iter().take(count))
                    .ink(shapes::ink(words.colour).alpha(opacity(words.opacity)?))
                    .turned(words.rotation);
                content.text(text);
            }
            contents.push(content);
        }
        document.lay_over(ROOM, &self.said(), &typefaces, &contents)
    }

    /// Lays it over every page of an OFD document that nobody signed, as annotations in files of their own; `creator`
    /// and `time` say who did it and when.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when the document is signed: make the copy anew
    /// ([`Draft::lay_over`]). [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when it has annotations already.
    /// Else as [`Overlay::on_pdf`].
    pub fn on_ofd(&self, document: &Ofd, assets: &Assets, creator: &str, time: Time) -> Result<Ofd, Error> {
        let (stock, faces) = (assets.stock(), assets.faces());
        let mut pages: Vec<Vec<Words>> = Vec::new();
        for number in 1..=document.page_count() {
            let page = Page(u32::try_from(number).unwrap_or(u32::MAX));
            pages.push(self.words(document.page_size(page)?, &faces).context(page)?);
        }
        let (fonts, places) = embedded(&stock, pages.iter().flatten())?;
        let mut contents = Vec::new();
        for page in &pages {
            let mut content = ofd::Content::new();
            for words in page {
                let place = stock.place(&words.font)?;
                let own = places.iter().position(|known| *known == place).unwrap_or_default();
                let advances = stock.advances(words, place)?;
                let count = advances.len().saturating_sub(1);
                let text = ofd::Text::new(&words.text, ofd::FontId::of(own), words.size)
                    .at(words.at.0, words.at.1)
                    .advances(advances.into_iter().take(count))
                    .ink(shapes::ink(words.colour).alpha(opacity(words.opacity)?))
                    .turned(words.rotation);
                content.text(text);
            }
            contents.push(content);
        }
        let said = self.said();
        document.lay_over(ofd::Over { creator, time, said: &said, fonts: &fonts, contents })
    }

    fn said(&self) -> String {
        let watermark = self.watermark.as_ref().map(|mark| mark.text.as_str());
        let words: Vec<&str> = watermark.into_iter().chain(self.note.as_deref()).collect();
        words.join("\n")
    }

    /// What is seen on a page of this size.
    fn words(&self, (width, height): (Mm, Mm), faces: &Faces) -> Result<Vec<Words>, Error> {
        let mut marks = Vec::new();
        if let Some(mark) = &self.watermark {
            let look = Look {
                font: mark.font.as_deref().unwrap_or(&self.font).into(),
                size: mark.size.to_mm().0,
                colour: mark.colour,
                opacity: mark.opacity,
                ..Look::default()
            };
            let repeat = mark.repeat.filter(|step| step.iter().all(|length| (5.0..=5000.0).contains(length)));
            if repeat.is_none() && mark.repeat.is_some() || !mark.angle.is_finite() {
                return Err(Error::misuse("watermarks stand 5 to 5000 mm from one another, at an angle in degrees"));
            }
            let setting = set(&mark.text, look, Bounds { width: 4000.0, height: None }, faces)?;
            let words: Vec<Mark> = setting.lines.into_iter().flat_map(|line| line.marks).collect();
            marks.append(&mut watermark::turned(&words, mark.angle, repeat, (width.0, height.0)));
        }
        if let Some(note) = &self.note {
            // 小五, and down to 5 points where it is long.
            let (size, least) = (Mm::from_points(9.0).0, Some(Mm::from_points(5.0).0));
            let look = Look {
                font: self.font.as_str().into(),
                size,
                least,
                align: crate::compose::Align::Centre,
                ..Look::default()
            };
            let area = [8.0, height.0 - 11.0, width.0 - 16.0, 8.0];
            let setting =
                set(note, look, Bounds { width: area[2], height: Some(area[3]) }, faces).context("the note")?;
            marks.append(&mut setting.into_marks(area[3], Valign::Bottom, (area[0], area[1])));
        }
        let words = marks.into_iter().filter_map(|mark| if let Mark::Words(words) = mark { Some(words) } else { None });
        Ok(words.collect())
    }
}

fn set(text: &str, look: Look, bounds: Bounds, faces: &Faces) -> Result<crate::compose::text::Setting, Error> {
    Text::of(vec![Piece { show: Show::Text(text), look: Arc::new(look), field: None }], faces)?.set(bounds, faces)
}

/// Small fonts of the words, with their places in the stock.
fn embedded<'w>(stock: &Stock, words: impl Iterator<Item = &'w Words>) -> Result<(Vec<NewFont>, Vec<usize>), Error> {
    let mut used: std::collections::BTreeMap<usize, BTreeSet<char>> = std::collections::BTreeMap::new();
    for words in words {
        used.entry(stock.place(&words.font)?).or_default().extend(words.text.chars());
    }
    let mut fonts = Vec::new();
    for (place, characters) in &used {
        let font = stock.font(*place)?;
        fonts.push(NewFont::embedded(font.name(), font.subset(&String::from_iter(characters))?));
    }
    Ok((fonts, used.into_keys().collect()))
}

impl Draft {
    /// Keeps room for a note that is laid over a PDF after it was sealed ([`Overlay::on_pdf`]): an empty field as large
    /// as each page, which nobody sees. To be called when all pages are there.
    pub fn keep_room(&mut self) -> &mut Self {
        let font = self.assets.first_font();
        for (number, sheet) in (1_usize..).zip(&mut self.sheets) {
            let kind = FieldKind::Room;
            sheet.mark(Mark::Field(Field {
                name: format!("{ROOM}{number}"),
                label: None,
                kind,
                area: [Mm(0.0), Mm(0.0), sheet.width, sheet.height],
                font: (Arc::clone(&font), Mm(3.0)),
                is_required: false,
                is_read_only: true,
                shown: Vec::new(),
            }));
        }
        self
    }

    /// Lays a watermark and a note over every page, before it is painted.
    ///
    /// # Errors
    ///
    /// As [`Overlay::on_pdf`].
    pub fn lay_over(&mut self, overlay: &Overlay) -> Result<&mut Self, Error> {
        let faces = self.assets.faces();
        for (number, sheet) in (1_usize..).zip(&mut self.sheets) {
            let words = overlay.words(sheet.size(), &faces).context(format_args!("page {number}"))?;
            sheet.marks.extend(words.into_iter().map(Mark::Words));
        }
        Ok(self)
    }
}
