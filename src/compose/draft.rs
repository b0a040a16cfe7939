//! What is on the pages, in absolute places: what both painters paint.

use std::sync::Arc;

use crate::compose::assets::Assets;
use crate::compose::field::Field;
use crate::compose::stock::Stock;
use crate::compose::words::Words;
use crate::document::ofd::Figure;
use crate::time::Time;
use crate::units::Mm;

/// Pages in absolute places, with what belongs to them.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use eseal::Mm;
/// use eseal::compose::{Assets, Draft, Sheet, Words};
/// use eseal::draw::Font;
///
/// let song = Font::read(include_bytes!("../../testdata/fonts/FormSong.otf"), 0)?;
/// let mut draft = Draft::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Assets::new().font("song", song));
/// draft.title("示例").data("ZZMC", "示例证");
/// let mut page = Sheet::new(Mm(210.0), Mm(297.0));
/// page.words(Words::new("示例市人民政府", "song", Mm(7.76)).at(Mm(80.0), Mm(40.0)));
/// page.seal("issuer", [Mm(120.0), Mm(200.0), Mm(42.0), Mm(42.0)]);
/// draft.page(page);
/// assert_eq!(draft.sheets().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) assets: Assets,
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) created: Option<Time>,
    pub(super) language: String,
    pub(super) sheets: Vec<Sheet>,
    pub(super) data: Vec<(String, String)>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) namespace: String,
    /// Fonts that were made ready for many documents.
    pub(super) stock: Option<Arc<Stock>>,
    /// Pictures that somebody has decoded already.
    pub(super) decoded: Vec<Arc<[u8]>>,
}

/// A page of a draft. What is added later lies above.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub(super) width: Mm,
    pub(super) height: Mm,
    pub(super) marks: Vec<Mark>,
}

/// Something on a page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Mark {
    /// Words on one line.
    Words(Words),
    /// A figure: a line, a frame, a path.
    Figure(Figure),
    /// A picture.
    Image(Photo),
    /// A field that can be filled in.
    Field(Field),
    /// Where a seal goes.
    Seal {
        /// The name of the place.
        name: String,
        /// Left, top, width and height.
        area: [Mm; 4],
    },
}

/// A picture on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// The bytes of a PNG or JPEG file.
    pub bytes: Arc<[u8]>,
    /// Left, top, width and height; the picture fills it.
    pub area: [Mm; 4],
    /// The field whose value it is.
    pub field: Option<Arc<str>>,
}

/// A file that travels with the document: an attachment in OFD, an associated file (ISO 32000-2, 14.13) in PDF.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Its name, with the ending of its format: `data.json`.
    pub name: String,
    /// Its media type: `application/json`.
    pub media_type: String,
    /// Its contents.
    pub contents: Arc<[u8]>,
    /// What it is, for people.
    pub description: Option<String>,
}

/// How a PDF is painted.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PdfOptions {
    /// What becomes of fields.
    pub fields: PdfFields,
}

/// What becomes of the fields of a draft.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PdfFields {
    /// Their values are drawn, and cannot be changed.
    #[default]
    Drawn,
    /// They are fields of a form.
    Interactive,
}

impl Attachment {
    /// A file of that name, media type and contents.
    #[must_use]
    pub fn new(name: impl Into<String>, media_type: impl Into<String>, contents: impl Into<Arc<[u8]>>) -> Self {
        Attachment { name: name.into(), media_type: media_type.into(), contents: contents.into(), description: None }
    }
}

impl Draft {
    /// A draft without pages. `id` is by the standard a UUID of 32 hexadecimal digits (`DocID` of OFD, and the
    /// identifier of PDF); it is the caller's, so that the same calls give the same bytes.
    #[must_use]
    pub fn new(id: impl Into<String>, assets: Assets) -> Self {
        Draft {
            assets,
            id: id.into(),
            title: None,
            author: None,
            subject: None,
            created: None,
            language: "zh-CN".to_owned(),
            sheets: Vec::new(),
            data: Vec::new(),
            attachments: Vec::new(),
            namespace: "urn:eseal:data".to_owned(),
            stock: None,
            decoded: Vec::new(),
        }
    }

    /// The document's identifier, as for [`Draft::new`].
    pub fn id(&mut self, id: impl Into<String>) -> &mut Self {
        self.id = id.into();
        self
    }

    /// The document's title.
    pub fn title(&mut self, title: impl Into<String>) -> &mut Self {
        self.title = Some(title.into());
        self
    }

    /// Who wrote it.
    pub fn author(&mut self, author: impl Into<String>) -> &mut Self {
        self.author = Some(author.into());
        self
    }

    /// What it is about.
    pub fn subject(&mut self, subject: impl Into<String>) -> &mut Self {
        self.subject = Some(subject.into());
        self
    }

    /// When it was made.
    pub fn created(&mut self, time: Time) -> &mut Self {
        self.created = Some(time);
        self
    }

    /// Its language (RFC 5646), `zh-CN` by default.
    pub fn language(&mut self, language: impl Into<String>) -> &mut Self {
        self.language = language.into();
        self
    }

    /// A name and a value that no page shows: `CustomData` in OFD, a property of the metadata (XMP) in PDF.
    pub fn data(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.data.push((name.into(), value.into()));
        self
    }

    /// Adds a file.
    pub fn attach(&mut self, attachment: Attachment) -> &mut Self {
        self.attachments.push(attachment);
        self
    }

    /// By which convention the tags are named that tell what shows which field: `TypeID` of the custom tags in OFD.
    pub fn tag_namespace(&mut self, namespace: impl Into<String>) -> &mut Self {
        self.namespace = namespace.into();
        self
    }

    /// Says that a picture was decoded without a fault, so that painting it need not try.
    pub(crate) fn know_decoded(&mut self, picture: Arc<[u8]>) {
        self.decoded.push(picture);
    }

    /// Adds a page.
    pub fn page(&mut self, sheet: Sheet) -> &mut Self {
        self.sheets.push(sheet);
        self
    }

    /// The pages.
    #[must_use]
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }
}

impl Sheet {
    /// An empty page of that width and height.
    #[must_use]
    pub fn new(width: Mm, height: Mm) -> Self {
        Sheet { width, height, marks: Vec::new() }
    }

    /// Adds words.
    pub fn words(&mut self, words: Words) -> &mut Self {
        self.mark(Mark::Words(words))
    }

    /// Adds a figure.
    pub fn figure(&mut self, figure: Figure) -> &mut Self {
        self.mark(Mark::Figure(figure))
    }

    /// Adds a picture: PNG or JPEG, stretched to left, top, width and height.
    pub fn image(&mut self, bytes: impl Into<Arc<[u8]>>, area: [Mm; 4]) -> &mut Self {
        self.mark(Mark::Image(Photo { bytes: bytes.into(), area, field: None }))
    }

    /// Adds a field.
    pub fn field(&mut self, field: Field) -> &mut Self {
        self.mark(Mark::Field(field))
    }

    /// Adds a place for a seal: left, top, width and height.
    pub fn seal(&mut self, name: impl Into<String>, area: [Mm; 4]) -> &mut Self {
        self.mark(Mark::Seal { name: name.into(), area })
    }

    /// Adds a mark of any kind.
    pub fn mark(&mut self, mark: Mark) -> &mut Self {
        self.marks.push(mark);
        self
    }

    /// What is on the page, from the bottom to the top.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (Mm, Mm) {
        (self.width, self.height)
    }
}

impl Mark {
    /// The words in it, as they are drawn.
    pub(super) fn all_words(&self) -> Vec<&Words> {
        match self {
            Mark::Words(words) => vec![words],
            Mark::Field(field) => field.shown.iter().flat_map(Mark::all_words).collect(),
            Mark::Figure(_) | Mark::Image(_) | Mark::Seal { .. } => Vec::new(),
        }
    }

    /// The mark at another place: so many millimetres to the right and downwards.
    #[must_use]
    pub fn moved(self, right: f64, down: f64) -> Self {
        let shifted = |[left, top, width, height]: [Mm; 4]| [left + Mm(right), top + Mm(down), width, height];
        match self {
            Mark::Words(mut words) => {
                words.at = (words.at.0 + Mm(right), words.at.1 + Mm(down));
                Mark::Words(words)
            }
            Mark::Figure(figure) => Mark::Figure(figure.moved(right, down)),
            Mark::Image(photo) => Mark::Image(Photo { area: shifted(photo.area), ..photo }),
            Mark::Field(field) => {
                let shown = field.shown.into_iter().map(|mark| mark.moved(right, down)).collect();
                Mark::Field(Field { area: shifted(field.area), shown, ..field })
            }
            Mark::Seal { name, area } => Mark::Seal { name, area: shifted(area) },
        }
    }
}
