//! What is on the pages, in absolute places: what both painters paint.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::compose::assets::Assets;
use crate::compose::colour::Colour;
use crate::compose::stock::Stock;
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

/// Words on one line.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "words are shown where they are given to"]
pub struct Words {
    pub(super) text: String,
    pub(super) font: Arc<str>,
    pub(super) size: Mm,
    pub(super) at: (Mm, Mm),
    pub(super) colour: Colour,
    pub(super) opacity: f64,
    pub(super) stretch: f64,
    pub(super) spacing: Mm,
    pub(super) rotation: f64,
    pub(super) advances: Option<Vec<f64>>,
    pub(super) field: Option<Arc<str>>,
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

/// A field that can be filled in: a form field in PDF where such are asked for, otherwise what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name. Buttons of one name belong together.
    pub name: String,
    /// What readers call it.
    pub label: Option<String>,
    /// What kind it is, and its value.
    pub kind: FieldKind,
    /// Left, top, width and height.
    pub area: [Mm; 4],
    /// The font of what is written into it, and its size.
    pub font: (Arc<str>, Mm),
    /// Whether it has to be filled in.
    pub is_required: bool,
    /// Whether it shows its value only.
    pub is_read_only: bool,
    /// What is drawn where the field is no form field.
    pub shown: Vec<Mark>,
}

/// A kind of field, with its value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Text.
    Text {
        /// What stands in it.
        value: String,
        /// Whether it has several lines.
        is_multiline: bool,
        /// How many characters it takes at most.
        most: Option<u32>,
    },
    /// A box that is ticked or not.
    Check {
        /// Whether it is ticked.
        is_on: bool,
    },
    /// One of several buttons.
    Radio {
        /// What choosing it means.
        value: String,
        /// Whether it is chosen.
        is_on: bool,
    },
    /// One of a list.
    Choice {
        /// What was chosen, or typed.
        value: String,
        /// What can be chosen.
        options: Vec<String>,
        /// Whether something else can be typed.
        is_open: bool,
    },
    /// Room for a note that is laid over the document later ([`Draft::keep_room`]): a field in every PDF.
    Room,
}

/// How a text of a layout can be filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// What kind of field it is.
    pub kind: EntryKind,
    /// What readers call it; the field's name by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it has to be filled in.
    pub required: bool,
    /// Whether it shows its value only.
    pub read_only: bool,
    /// How many characters it takes at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// Kinds of fields that a layout asks for. Check boxes come of themselves: `check` elements and `{?field}` in texts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// One line of text.
    #[default]
    Text,
    /// Several lines of text.
    Lines,
    /// One of a list.
    Choice,
    /// One of a list, or something else that is typed.
    Open,
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

impl Words {
    /// Words in a font of the assets; `size` is the side of the em square.
    pub fn new(text: impl Into<String>, font: impl Into<Arc<str>>, size: Mm) -> Self {
        Words {
            text: text.into(),
            font: font.into(),
            size,
            at: (Mm(0.0), Mm(0.0)),
            colour: Colour::BLACK,
            opacity: 1.0,
            stretch: 1.0,
            spacing: Mm(0.0),
            rotation: 0.0,
            advances: None,
            field: None,
        }
    }

    /// Where the first character begins on its base line.
    pub fn at(mut self, left: Mm, baseline: Mm) -> Self {
        self.at = (left, baseline);
        self
    }

    /// In a colour other than black.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// How much it hides what is below, 0 to 1.
    pub fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = opacity;
        self
    }

    /// How wide characters are, 1 as the font has them. What [`Words::advances`] says is not stretched.
    pub fn stretch(mut self, stretch: f64) -> Self {
        self.stretch = stretch;
        self
    }

    /// What is added behind each character.
    pub fn spacing(mut self, spacing: Mm) -> Self {
        self.spacing = spacing;
        self
    }

    /// How far it is turned around where it begins, against the clock, in degrees.
    pub fn rotation(mut self, degrees: f64) -> Self {
        self.rotation = degrees;
        self
    }

    /// How far each character but the last is from the next, in millimetres; by the font otherwise.
    pub fn advances(mut self, advances: impl IntoIterator<Item = f64>) -> Self {
        self.advances = Some(advances.into_iter().collect());
        self
    }

    /// The field that these words show, with rows of lists by their number: `name`, `members.0.name`.
    pub fn field(mut self, path: impl Into<Arc<str>>) -> Self {
        self.field = Some(path.into());
        self
    }

    /// How long the line is up to the beginning of its last character, and an em beyond.
    pub(super) fn length(&self) -> f64 {
        self.advances.as_ref().map_or(0.0, |advances| advances.iter().sum()) + self.size.0 * self.stretch
    }

    /// What they say.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the first character begins on its base line: from the left and the upper edge of the page.
    #[must_use]
    pub fn origin(&self) -> (Mm, Mm) {
        self.at
    }

    /// Where the last character begins, were the line not turned: from the page's left edge. Without advances of their
    /// own, where the first does.
    #[must_use]
    pub fn last_origin(&self) -> Mm {
        self.at.0 + Mm(self.advances.as_ref().map_or(0.0, |advances| advances.iter().sum()))
    }

    /// The side of the em square.
    #[must_use]
    pub fn em(&self) -> Mm {
        self.size
    }

    /// The name of the font.
    #[must_use]
    pub fn font_name(&self) -> &str {
        &self.font
    }

    /// The field that they show.
    #[must_use]
    pub fn shows(&self) -> Option<&str> {
        self.field.as_deref()
    }
}
