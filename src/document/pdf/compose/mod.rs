//! Making PDF documents: pages of text, paths and pictures, forms, and what belongs to them.
//!
//! What is written is PDF 1.7 (ISO 32000-1) that keeps ISO 19005-3 (PDF/A-3b): all fonts are embedded, colours are
//! sRGB, and metadata say so. The same calls give the same bytes. Colours, lines and outlines are those of the maker of
//! OFD documents, so that one description serves both.

mod attachment;
mod content;
mod face;
mod field;
mod line;
mod metadata;
mod paint;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Chunk, Filter, Finish as _, Name, Pdf as Output, Rect, Ref, Settings, Str, TextStr};

use crate::crypto::{DigestAlgorithm, Digester};
use crate::document::pdf::compose::field::Tree;
use crate::document::pdf::compose::metadata::Description;
use crate::document::pdf::compose::paint::{Known, Used, paint};
use crate::document::pdf::{Pdf, appearance};
use crate::error::{Context as _, Error};
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};
use crate::time::Time;
use crate::units::Mm;

pub use crate::document::pdf::compose::attachment::{NewAttachment, Relationship};
pub use crate::document::pdf::compose::content::{Content, Text};
pub use crate::document::pdf::compose::face::Typeface;
pub(super) use crate::document::pdf::compose::face::{Faces, Glyph, Part};
pub use crate::document::pdf::compose::field::NewField;
pub(super) use crate::document::pdf::compose::line::run;
pub(super) use crate::document::pdf::compose::paint::{Numbers, Painted};

type PageSize = (Mm, Mm);

/// A PDF document in the making.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use eseal::Mm;
/// use eseal::pdf::{Content, Font, NewPdf, Text, Typeface};
///
/// let song = Font::read(include_bytes!("../../../../testdata/fonts/NotoSerifCJKsc-Bold-subset.otf"), 0)?;
/// let mut letter = NewPdf::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
/// letter.title("示例").custom_data("ZZBS", "1.2.156.3005.2.1").created("2025-03-01T00:00:00Z".parse()?);
/// let song = letter.font(Typeface::of(&song));
/// let mut page = Content::new();
/// page.text(Text::new("示例市人民政府", song, Mm(7.76)).at(Mm(80.0), Mm(40.0)));
/// letter.page(page);
/// let letter = letter.finish()?;
/// assert_eq!(letter.page_count()?, 1);
/// # Ok(())
/// # }
/// ```
///
/// # Many documents alike
///
/// What they share is given first: typefaces that are [prepared](Typeface::prepared), pictures, templates. Each document
/// is then a clone with what is its own. A clone shares all that is large, and what was compressed once is copied.
///
/// ```
/// # fn make(song: &eseal::pdf::Font, names: &[&str]) -> Result<Vec<eseal::Pdf>, eseal::Error> {
/// use eseal::Mm;
/// use eseal::pdf::{Content, NewPdf, Text, Typeface};
///
/// let mut master = NewPdf::new("0", Mm(210.0), Mm(297.0));
/// let song = master.font(Typeface::prepared(song, "示例市人民政府姓名：张王李赵")?);
/// let mut fixed = Content::new();
/// fixed.text(Text::new("姓名：", song, Mm(5.0)).at(Mm(30.0), Mm(50.0)));
/// let fixed = master.template(fixed)?;
/// let documents = names.iter().enumerate().map(|(number, name)| {
///     let mut own = master.clone();
///     let mut page = Content::new();
///     page.text(Text::new(*name, song, Mm(5.0)).at(Mm(50.0), Mm(50.0)));
///     own.id(format!("{number:032x}")).page_on(page, &[fixed], &[]);
///     own.finish()
/// });
/// documents.collect()
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct NewPdf {
    id: String,
    size: PageSize,
    description: Description,
    typefaces: Vec<Typeface>,
    images: Vec<Picture>,
    templates: Vec<Template>,
    pages: Vec<Sheet>,
    fields: Vec<NewField>,
    attachments: Vec<NewAttachment>,
}

/// What many pages show alike.
#[derive(Clone, Debug)]
struct Template {
    size: PageSize,
    content: Arc<Content>,
    /// Painted and compressed once, where all its characters are in prepared parts of typefaces.
    ready: Option<Arc<Painted>>,
}

#[derive(Clone, Debug)]
struct Sheet {
    content: Content,
    size: Option<PageSize>,
    below: Vec<TemplateId>,
    above: Vec<TemplateId>,
}

/// A font of a document, for [`Text`] and [`NewField`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FontId(pub(super) usize);

#[cfg(feature = "compose")]
impl FontId {
    /// The font at a place, where fonts are given as a list.
    pub(crate) fn of(place: usize) -> Self {
        FontId(place)
    }
}

/// A picture of a document, for [`Content::image`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ImageId(usize);

/// A template of a document, for [`Content::template`] and [`NewPdf::page_on`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TemplateId(usize);

/// A page of a document in the making.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageId(usize);

impl PageId {
    /// Its number, for places that are told by number.
    #[must_use]
    pub fn page(self) -> crate::units::Page {
        crate::units::Page(u32::try_from(self.0).unwrap_or(u32::MAX).saturating_add(1))
    }
}

impl NewPdf {
    /// A document without pages. `id` tells it from all others: a UUID of 32 hexadecimal digits becomes the file's
    /// identifier as it is, of anything else a digest does. It is the caller's, so that the same calls give the same
    /// bytes. The size is that of pages that do not say their own.
    #[must_use]
    pub fn new(id: impl Into<String>, width: Mm, height: Mm) -> Self {
        NewPdf {
            id: id.into(),
            size: (width, height),
            description: Description::default(),
            typefaces: Vec::new(),
            images: Vec::new(),
            templates: Vec::new(),
            pages: Vec::new(),
            fields: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// Another identifier, for a clone.
    pub fn id(&mut self, id: impl Into<String>) -> &mut Self {
        self.id = id.into();
        self
    }

    /// The document's title, which viewers show in place of the file's name.
    pub fn title(&mut self, title: impl Into<String>) -> &mut Self {
        self.description.title = Some(title.into());
        self
    }

    /// Who wrote it.
    pub fn author(&mut self, author: impl Into<String>) -> &mut Self {
        self.description.author = Some(author.into());
        self
    }

    /// What it is about.
    pub fn subject(&mut self, subject: impl Into<String>) -> &mut Self {
        self.description.subject = Some(subject.into());
        self
    }

    /// When it was made, written as China's clocks show it.
    pub fn created(&mut self, time: Time) -> &mut Self {
        self.description.created = Some(time);
        self
    }

    /// The language of its text, such as `zh-CN`, for those who have it read out.
    pub fn language(&mut self, language: impl Into<String>) -> &mut Self {
        self.description.language = Some(language.into());
        self
    }

    /// A name and a value in the metadata. Names are XML names without a colon; they may occur again.
    pub fn custom_data(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.description.custom_data.push((name.into(), value.into()));
        self
    }

    /// A font.
    pub fn font(&mut self, typeface: Typeface) -> FontId {
        self.typefaces.push(typeface);
        FontId(self.typefaces.len().saturating_sub(1))
    }

    /// A picture: PNG, GIF or BMP, which keep their transparency, or JPEG, taken as it is. It is decoded here; the same
    /// bytes are written once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when it is none of these or in printing inks,
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it does not decode,
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when it exceeds the default [`Limits`].
    pub fn image(&mut self, bytes: &[u8]) -> Result<ImageId, Error> {
        if let Some(known) = self.images.iter().position(|known| known.bytes() == bytes) {
            return Ok(ImageId(known));
        }
        if matches!(PictureFormat::sniff(bytes), None | Some(PictureFormat::Svg | PictureFormat::Ofd)) {
            return Err(Error::unsupported("the picture is neither PNG, JPEG, GIF nor BMP: convert it to PNG"));
        }
        let picture = Picture::sniffed(bytes, Mm(1.0), Mm(1.0))?;
        // Decoded and compressed now, and kept beside the picture for all documents that show it.
        appearance::image_xobject(&picture, &Limits::default(), &mut chunk(), Ref::new(1)).context("the picture")?;
        self.images.push(picture);
        Ok(ImageId(self.images.len().saturating_sub(1)))
    }

    /// A template as large as the document's pages: what many pages show alike. It may show templates that were added
    /// before it.
    ///
    /// # Errors
    ///
    /// As [`NewPdf::finish`] for what stands on it.
    pub fn template(&mut self, content: Content) -> Result<TemplateId, Error> {
        let (width, height) = self.size;
        self.template_sized(content, width, height)
    }

    /// A template of a size of its own; what lies outside is not shown.
    ///
    /// # Errors
    ///
    /// As [`NewPdf::template`].
    pub fn template_sized(&mut self, content: Content, width: Mm, height: Mm) -> Result<TemplateId, Error> {
        check_size(width, height)?;
        let heights = self.template_heights();
        let known = Known { images: self.images.len(), templates: &heights };
        let mut faces = Faces::of(&self.typefaces);
        let mut painted = paint(&[&content], height.0, known, &mut faces)?;
        painted.stream = deflated(&painted.stream)?;
        let is_fixed = painted.used.fonts.iter().all(|part| part.is_fixed);
        let ready = is_fixed.then(|| Arc::new(painted));
        self.templates.push(Template { size: (width, height), content: Arc::new(content), ready });
        Ok(TemplateId(self.templates.len().saturating_sub(1)))
    }

    /// A page of the document's size.
    pub fn page(&mut self, content: Content) -> PageId {
        self.page_on(content, &[], &[])
    }

    /// A page with templates below and above its own content, in the upper left corner.
    pub fn page_on(&mut self, content: Content, below: &[TemplateId], above: &[TemplateId]) -> PageId {
        self.pages.push(Sheet { content, size: None, below: below.to_vec(), above: above.to_vec() });
        PageId(self.pages.len().saturating_sub(1))
    }

    /// Gives the page that was added last a size of its own.
    pub fn sized(&mut self, width: Mm, height: Mm) -> &mut Self {
        if let Some(page) = self.pages.last_mut() {
            page.size = Some((width, height));
        }
        self
    }

    /// Adds a field of a form.
    pub fn field(&mut self, field: NewField) -> &mut Self {
        self.fields.push(field);
        self
    }

    /// Adds a file that travels with the document.
    pub fn attach(&mut self, attachment: NewAttachment) -> &mut Self {
        self.attachments.push(attachment);
        self
    }

    /// Writes the document, and reads it as every other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when there is no page, when something refers to what is not
    /// there, or when a number or a text cannot be written; [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when a
    /// font lacks characters or a field's value does not fit; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when
    /// it exceeds the default [`Limits`].
    pub fn finish(&self) -> Result<Pdf, Error> {
        Pdf::read(self.write()?).context("the document that was composed")
    }

    fn template_heights(&self) -> Vec<f64> {
        self.templates.iter().map(|template| template.size.1.0).collect()
    }

    fn page_size(&self, page: &Sheet) -> PageSize {
        page.size.unwrap_or(self.size)
    }

    fn write(&self) -> Result<Vec<u8>, Error> {
        if self.pages.is_empty() {
            return Err(Error::misuse("a document has at least one page: call NewPdf::page first"));
        }
        let mut faces = Faces::of(&self.typefaces);
        let drawn = self.paint(&mut faces)?;
        let mut output = Output::with_settings(Settings { pretty: false });
        output.set_file_id(self.identifier()?);
        // The catalog, the tree of pages, and three more come first.
        let mut numbers = Numbers::default();
        let mut next = FIRST;
        numbers.fonts = faces.write(&drawn.fonts, next, |font, first| {
            font.write(&mut output, first);
            Ok(())
        })?;
        next = next.saturating_add(crate::font::OBJECTS.saturating_mul(count(numbers.fonts.len())?));
        for (place, image) in self.images.iter().enumerate() {
            numbers.images.push(next);
            if drawn.images.contains(&place) {
                let taken = appearance::image_xobject(image, &Limits::default(), &mut output, Ref::new(next))?;
                next = next.saturating_add(taken);
            }
        }
        for place in 0..self.templates.len() {
            numbers.templates.push(next);
            next = next.saturating_add(i32::from(drawn.templates_used.contains(&place)));
        }
        for (place, (template, painted)) in self.templates.iter().zip(&drawn.templates).enumerate() {
            if drawn.templates_used.contains(&place) {
                let number = numbers.templates.get(place).copied().unwrap_or_default();
                write_template(&mut output, Ref::new(number), template.size, painted, &numbers);
            }
        }
        let roots = self.write_pages(&mut output, &drawn, &numbers, &mut next)?;
        self.write_rest(&mut output, &drawn, &numbers, &roots, next)?;
        Ok(output.finish())
    }

    /// Paints everything, and gathers what it uses.
    fn paint<'s>(&'s self, faces: &mut Faces<'_>) -> Result<Drawn<'s>, Error> {
        let heights = self.template_heights();
        let mut templates = Vec::with_capacity(self.templates.len());
        for (place, template) in self.templates.iter().enumerate() {
            templates.push(match &template.ready {
                Some(ready) => Arc::clone(ready),
                None => {
                    let known =
                        Known { images: self.images.len(), templates: heights.get(..place).unwrap_or_default() };
                    Arc::new(painted(&[&template.content], template.size.1.0, known, faces)?)
                }
            });
        }
        let known = Known { images: self.images.len(), templates: &heights };
        let mut pages = Vec::with_capacity(self.pages.len());
        for (number, page) in (1_usize..).zip(&self.pages) {
            let (width, height) = self.page_size(page);
            let on_page = || format!("page {number}");
            check_size(width, height).context(on_page())?;
            let (mut below, mut above) = (Content::new(), Content::new());
            for (templates, content) in [(&page.below, &mut below), (&page.above, &mut above)] {
                for template in templates {
                    content.template(*template, Mm(0.0), Mm(0.0));
                }
            }
            pages.push(painted(&[&below, &page.content, &above], height.0, known, faces).context(on_page())?);
        }
        let tree = Tree::of(&self.fields)?;
        let mut fields = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            fields.push(field.paint(faces)?);
        }
        let mut fonts = BTreeSet::new();
        let mut field_fonts = BTreeSet::new();
        for field in &fields {
            field_fonts.append(&mut field.fonts(faces)?);
        }
        fonts.extend(&field_fonts);
        let mut drawn = Drawn { templates, pages, tree, fields, fonts, field_fonts, ..Drawn::default() };
        drawn.gather();
        Ok(drawn)
    }

    /// Writes the pages with their fields; gives the form's roots.
    fn write_pages(
        &self,
        output: &mut Output,
        drawn: &Drawn<'_>,
        numbers: &Numbers,
        next: &mut i32,
    ) -> Result<Vec<i32>, Error> {
        let mut places = Vec::with_capacity(self.pages.len());
        for page in &self.pages {
            places.push((*next, self.page_size(page).1.0));
            *next = next.saturating_add(2);
        }
        let (roots, widgets) = field::write(output, next, &drawn.tree, &drawn.fields, &places, numbers)?;
        for (index, ((page, painted), (number, _))) in self.pages.iter().zip(&drawn.pages).zip(&places).enumerate() {
            let stream = Ref::new(number.saturating_add(1));
            output.stream(stream, &painted.stream).filter(Filter::FlateDecode);
            let (width, height) = self.page_size(page);
            let mut dict = output.indirect(Ref::new(*number)).dict();
            dict.pair(Name(b"Type"), Name(b"Page")).pair(Name(b"Parent"), TREE).pair(Name(b"Contents"), stream);
            dict.pair(Name(b"MediaBox"), Rect::new(0.0, 0.0, paint::points(width.0), paint::points(height.0)));
            write_group(&mut dict);
            let mut resources = dict.insert(Name(b"Resources")).dict();
            painted.used.write(&mut resources, numbers);
            resources.finish();
            let mut own = widgets.iter().filter(|(page, _)| *page == index).peekable();
            if own.peek().is_some() {
                dict.insert(Name(b"Annots")).array().items(own.map(|(_, widget)| Ref::new(*widget)));
            }
        }
        let mut tree = output.indirect(TREE).dict();
        tree.pair(Name(b"Type"), Name(b"Pages")).pair(Name(b"Count"), count(self.pages.len())?);
        tree.insert(Name(b"Kids")).array().items(places.iter().map(|(number, _)| Ref::new(*number)));
        tree.finish();
        Ok(roots)
    }

    /// Writes the catalog, and what it leads to beside the pages.
    fn write_rest(
        &self,
        output: &mut Output,
        drawn: &Drawn<'_>,
        numbers: &Numbers,
        roots: &[i32],
        next: i32,
    ) -> Result<(), Error> {
        let mut files = Vec::new();
        for (attachment, number) in self.attachments.iter().zip((next..).step_by(2)) {
            if files.iter().any(|(name, _)| *name == attachment.name) {
                return Err(Error::misuse(format!("two attachments have the name \"{}\"", attachment.name)));
            }
            attachment.write(output, number, self.description.created)?;
            files.push((attachment.name.as_str(), number));
        }
        self.description.info(&mut output.document_info(INFO));
        let xmp = self.description.xmp()?;
        let mut metadata = output.stream(METADATA, xmp.as_bytes());
        metadata.pair(Name(b"Type"), Name(b"Metadata")).pair(Name(b"Subtype"), Name(b"XML"));
        metadata.finish();
        metadata::write_profile(output, PROFILE)?;
        let mut catalog = output.catalog(CATALOG);
        catalog.pair(Name(b"Pages"), TREE).pair(Name(b"Metadata"), METADATA);
        metadata::write_intent(&mut catalog, PROFILE);
        if let Some(language) = &self.description.language {
            catalog.pair(Name(b"Lang"), TextStr(language));
        }
        if self.description.title.is_some() {
            catalog.insert(Name(b"ViewerPreferences")).dict().pair(Name(b"DisplayDocTitle"), true);
        }
        if !files.is_empty() {
            catalog.insert(Name(b"AF")).array().items(files.iter().map(|(_, number)| Ref::new(*number)));
            write_names(&mut catalog, files);
        }
        if !roots.is_empty() {
            let mut form = catalog.insert(Name(b"AcroForm")).dict();
            form.insert(Name(b"Fields")).array().items(roots.iter().map(|root| Ref::new(*root)));
            let fonts = Used { fonts: drawn.field_fonts.clone(), ..Used::default() };
            let mut resources = form.insert(Name(b"DR")).dict();
            fonts.write(&mut resources, numbers);
            resources.finish();
            form.pair(Name(b"DA"), Str(b"0 g"));
        }
        Ok(())
    }

    /// The file's identifier (14.4), twice, for this is its first revision.
    fn identifier(&self) -> Result<(Vec<u8>, Vec<u8>), Error> {
        if self.id.trim().is_empty() {
            return Err(Error::misuse("a document needs an identifier: a UUID of 32 hexadecimal digits"));
        }
        let digits: String = self.id.chars().filter(|one| *one != '-').collect();
        let pairs: Vec<Option<u8>> = digits.as_bytes().chunks(2).map(hexadecimal).collect();
        let id = match pairs.iter().copied().collect::<Option<Vec<u8>>>() {
            Some(bytes) if bytes.len() == 16 => bytes,
            _ => {
                let mut digester = Digester::new(DigestAlgorithm::Sha256)?;
                digester.update(self.id.as_bytes());
                digester.finish().get(..16).unwrap_or_default().to_vec()
            }
        };
        Ok((id.clone(), id))
    }
}

fn hexadecimal(pair: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(pair).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    (pair.len() == 2).then(|| u8::from_str_radix(text, 16).ok())?
}

const CATALOG: Ref = Ref::new(1);
const TREE: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
const METADATA: Ref = Ref::new(4);
const PROFILE: Ref = Ref::new(5);
const FIRST: i32 = 6;

/// What was painted of a document.
#[derive(Debug, Default)]
struct Drawn<'s> {
    templates: Vec<Arc<Painted>>,
    pages: Vec<Painted>,
    tree: Tree<'s>,
    fields: Vec<field::Painted<'s>>,
    /// The fonts, pictures and templates that are shown anywhere.
    fonts: BTreeSet<Part>,
    field_fonts: BTreeSet<Part>,
    images: BTreeSet<usize>,
    templates_used: BTreeSet<usize>,
}

impl Drawn<'_> {
    fn gather(&mut self) {
        let mut open: Vec<&Used> = self.pages.iter().map(|page| &page.used).collect();
        while let Some(used) = open.pop() {
            self.fonts.extend(&used.fonts);
            self.images.extend(&used.images);
            for template in &used.templates {
                if self.templates_used.insert(*template) {
                    open.extend(self.templates.get(*template).map(|painted| &painted.used));
                }
            }
        }
    }
}

/// Painted and compressed.
fn painted(contents: &[&Content], height: f64, known: Known<'_>, faces: &mut Faces<'_>) -> Result<Painted, Error> {
    let mut painted = paint(contents, height, known, faces)?;
    painted.stream = deflated(&painted.stream)?;
    Ok(painted)
}

/// Content that refers to fonts alone, painted for a sheet of a height in millimetres and compressed.
pub(super) fn paint_alone(content: &Content, height: f64, faces: &mut Faces<'_>) -> Result<Painted, Error> {
    painted(&[content], height, Known { images: 0, templates: &[] }, faces)
}

fn write_template(chunk: &mut Chunk, number: Ref, size: PageSize, painted: &Painted, numbers: &Numbers) {
    let mut form = chunk.stream(number, &painted.stream);
    form.filter(Filter::FlateDecode);
    form.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Form"));
    form.pair(Name(b"BBox"), Rect::new(0.0, 0.0, paint::points(size.0.0), paint::points(size.1.0)));
    let mut resources = form.insert(Name(b"Resources")).dict();
    painted.used.write(&mut resources, numbers);
    resources.finish();
}

/// Colours of what is see-through are mixed as sRGB (ISO 19005-3, 6.2.10).
fn write_group(page: &mut pdf_writer::Dict<'_>) {
    let mut group = page.insert(Name(b"Group")).dict();
    group.pair(Name(b"Type"), Name(b"Group")).pair(Name(b"S"), Name(b"Transparency"));
    group.pair(Name(b"CS"), Name(b"DeviceRGB"));
}

/// The tree of names by which viewers list attachments; its keys are in order.
fn write_names(catalog: &mut pdf_writer::Dict<'_>, mut files: Vec<(&str, i32)>) {
    let key = |name: &str| super::text::encode(name);
    files.sort_by_key(|(name, _)| key(name));
    let mut names = catalog.insert(Name(b"Names")).dict();
    let mut tree = names.insert(Name(b"EmbeddedFiles")).dict();
    let mut list = tree.insert(Name(b"Names")).array();
    for (name, number) in files {
        list.item(Str(&key(name))).item(Ref::new(number));
    }
}

fn check_size(width: Mm, height: Mm) -> Result<(), Error> {
    // 3 to 14 400 points (ISO 19005-3, 6.1.13).
    let is_side = |side: Mm| side.0.is_finite() && (3.0..=14_400.0).contains(&side.to_points());
    if is_side(width) && is_side(height) {
        return Ok(());
    }
    Err(Error::misuse(format!("a page of {width} × {height} cannot be: its sides are 1.1 mm to 5 m long")))
}

fn count(length: usize) -> Result<i32, Error> {
    let count = i32::try_from(length).ok().filter(|count| *count < 1_000_000);
    count.ok_or_else(|| Error::too_large(format!("{length} parts are too many for one document")))
}

fn chunk() -> Chunk {
    Chunk::with_settings(Settings { pretty: false })
}

/// The bytes for `/FlateDecode`.
pub(super) fn deflated(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|source| Error::too_large("it does not compress").caused_by(source))
}
