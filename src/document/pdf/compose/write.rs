//! A document in the making as objects.

use std::collections::BTreeSet;
use std::sync::Arc;

use pdf_writer::{Chunk, Dict, Filter, Finish as _, Name, Pdf as Output, Rect, Ref, Settings, Str, TextStr};

use crate::crypto::{DigestAlgorithm, Digester};
use crate::deflate::zlib;
use crate::document::pdf::appearance;
use crate::document::pdf::compose::field::{self, Tree};
use crate::document::pdf::compose::paint::{self, Known, Numbers, Painted, Used, paint};
use crate::document::pdf::compose::{Content, Faces, NewPdf, PageSize, Part, Sheet, check_size, metadata};
use crate::error::{Context as _, Error};
use crate::limits::Limits;
use crate::units::Mm;

impl NewPdf {
    pub(super) fn template_heights(&self) -> Vec<f64> {
        self.templates.iter().map(|template| template.size.1.0).collect()
    }

    fn page_size(&self, page: &Sheet) -> PageSize {
        page.size.unwrap_or(self.size)
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, Error> {
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
    painted.stream = zlib(&painted.stream)?;
    Ok(painted)
}

/// Content that refers to fonts alone, painted for a sheet of a height in millimetres and compressed.
pub(in crate::document::pdf) fn paint_alone(
    content: &Content,
    height: f64,
    faces: &mut Faces<'_>,
) -> Result<Painted, Error> {
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
fn write_group(page: &mut Dict<'_>) {
    let mut group = page.insert(Name(b"Group")).dict();
    group.pair(Name(b"Type"), Name(b"Group")).pair(Name(b"S"), Name(b"Transparency"));
    group.pair(Name(b"CS"), Name(b"DeviceRGB"));
}

/// The tree of names by which viewers list attachments; its keys are in order.
fn write_names(catalog: &mut Dict<'_>, mut files: Vec<(&str, i32)>) {
    let key = |name: &str| crate::document::pdf::text::encode(name);
    files.sort_by_key(|(name, _)| key(name));
    let mut names = catalog.insert(Name(b"Names")).dict();
    let mut tree = names.insert(Name(b"EmbeddedFiles")).dict();
    let mut list = tree.insert(Name(b"Names")).array();
    for (name, number) in files {
        list.item(Str(&key(name))).item(Ref::new(number));
    }
}

fn count(length: usize) -> Result<i32, Error> {
    let count = i32::try_from(length).ok().filter(|count| *count < 1_000_000);
    count.ok_or_else(|| Error::too_large(format!("{length} parts are too many for one document")))
}
