//! Pages as SVG: what a reader of OFD shows, good enough to look at (GB/T 33190-2016, 7 to 15).
//!
//! Glyphs are drawn as outlines, so that the picture is the same wherever it is shown. Nothing is judged
//! here, and nothing outside the package is asked for.

mod colour;
mod outline;
mod paint;
mod resources;
mod svg;
mod text;

use crate::document::ofd::description::{Description, List, numbers};
use crate::document::ofd::package::folder;
use crate::document::ofd::render::paint::Painter;
use crate::document::ofd::render::resources::Resources;
use crate::document::ofd::render::svg::Svg;
use crate::document::ofd::structure::Body;
use crate::document::ofd::xml::{Element, Tree};
use crate::document::ofd::{Ofd, package};
use crate::document::page_index;
use crate::error::{Context, Error};
use crate::font::Font;
use crate::picture::Picture;
use crate::units::Page;

/// A page as SVG.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    pub(crate) svg: String,
    /// In millimetres.
    pub(crate) size: (f64, f64),
    /// What could not be shown, in sentences.
    pub(crate) notes: Vec<String>,
}

/// A stamp that a signature puts on a page.
#[derive(Debug)]
pub(crate) struct Mark {
    /// The signature's value.
    pub(crate) value: Vec<u8>,
    /// The copy of the seal beside it.
    pub(crate) seal: Option<Vec<u8>>,
    area: [f64; 4],
    clip: Option<[f64; 4]>,
}

/// What shows the stamp of a signature, as far as it can be read.
pub(crate) type Pictures<'p> = &'p dyn Fn(&Mark) -> Option<Picture>;

/// How deep an OFD may stand as a picture in another.
const NESTING: usize = 1;

impl Ofd {
    /// Draws a page with its annotations and stamps. Characters that the document's own fonts lack are taken
    /// from `fonts`, the first that has them.
    pub(crate) fn draw(&self, page: Page, fonts: &[Font], pictures: Pictures<'_>) -> Result<Drawn, Error> {
        self.draw_nested(page, fonts, pictures, 0)
    }

    fn draw_nested(&self, page: Page, fonts: &[Font], pictures: Pictures<'_>, nesting: usize) -> Result<Drawn, Error> {
        let body = self.structure().first()?;
        let index = page_index(page, body.pages.len())?;
        let part = body.pages.get(index).ok_or_else(|| Error::malformed("the document has no such page"))?;
        let content = part.content.ok_or_else(|| Error::malformed(format!("{page} is said to be where no file is")))?;
        let (width, height) = self.structure().page_size(index, self.package(), self.limits())?;
        let sheet = Sheet::read(self, content)?;
        let mut common = Common::read(self, body)?;
        let mut resources = std::mem::take(&mut common.resources);
        resources.add_all(self, &sheet.folder, &sheet.resources)?;
        let origin = sheet.origin.or(common.origin).unwrap_or_default();
        let mut painter = Painter::new(self, resources, fonts, Svg::new(self.limits().stream_bytes));
        // Templates that the page does not order lie below it.
        for (template, is_above) in &sheet.templates {
            if !is_above {
                common.template(template, self, &mut painter)?;
            }
        }
        painter.layers(&sheet.tree)?;
        for (template, is_above) in &sheet.templates {
            if *is_above {
                common.template(template, self, &mut painter)?;
            }
        }
        for location in &common.annotations {
            annotations(self, &body.folder, location, &part.id, &mut painter)?;
        }
        for mark in self.marks(body, &part.id, &mut painter.notes)? {
            match pictures(&mark) {
                Some(picture) => stamp(self, &mark, &picture, fonts, nesting, &mut painter)?,
                None => painter.note("a stamp has no picture that can be read"),
            }
        }
        let svg = painter.svg.finish(origin, (width.0, height.0))?;
        Ok(Drawn { svg, size: (width.0, height.0), notes: painter.notes })
    }

    /// The stamps on a page, in the order of their signatures.
    fn marks(&self, body: &Body, page: &str, notes: &mut Vec<String>) -> Result<Vec<Mark>, Error> {
        let (package, limits) = (self.package(), self.limits());
        let mut marks = Vec::new();
        let located = body.signatures.as_ref().and_then(|location| package.locate("", location));
        let Some(list) = located else { return Ok(marks) };
        let entries = List::read(package, list.index, limits)?.entries;
        for entry in entries {
            let path = package.path(list.index);
            let location = entry.location.unwrap_or_default();
            let located = package.locate(folder(path.trim_start_matches('/')), &location);
            let read = located.map(|located| Description::read(package, located.index, limits));
            let Some(Ok(description)) = read else {
                notes.push(format!("the signature at \"{location}\" cannot be read, nor where it shows"));
                continue;
            };
            let contents = |place: &Option<(String, Option<package::Located>)>| {
                let index = place.as_ref()?.1?.index;
                let entry = package.entry(index).ok().filter(|entry| entry.size() <= limits.seal_bytes as u64);
                entry.and_then(|_| package.unfold(index).ok()).map(|bytes| bytes.into_owned())
            };
            for stamp in description.stamps.iter().filter(|stamp| stamp.page.as_deref() == Some(page)) {
                let Some(area) = stamp.boundary else { continue };
                let (value, seal) = (contents(&description.value).unwrap_or_default(), contents(&description.seal));
                marks.push(Mark { value, seal, area, clip: stamp.clip });
            }
        }
        Ok(marks)
    }
}

/// A page or a template, read.
struct Sheet {
    tree: Tree,
    folder: String,
    /// Identifiers, and whether they lie above.
    templates: Vec<(String, bool)>,
    resources: Vec<String>,
    origin: Option<(f64, f64)>,
}

impl Sheet {
    fn read(ofd: &Ofd, index: usize) -> Result<Self, Error> {
        let path = ofd.package().path(index);
        let tree = Tree::read(&ofd.package().unfold(index)?, ofd.limits()).context(&path)?;
        let root = tree.root()?;
        let templates = root
            .all("Template")
            .filter_map(|node| {
                Some((node.attribute("TemplateID")?.to_owned(), node.attribute("ZOrder") == Some("Foreground")))
            })
            .collect();
        let resources = root.all("PageRes").map(|node| node.text().to_owned()).collect();
        let origin = origin(root.first("Area"));
        Ok(Sheet { folder: folder(path.trim_start_matches('/')).to_owned(), templates, resources, origin, tree })
    }
}

/// Where the page's upper left corner is in its own coordinates.
fn origin(area: Option<Element<'_>>) -> Option<(f64, f64)> {
    let [x, y, ..] = numbers(area?.first("PhysicalBox")?.text())?;
    Some((x, y))
}

/// What all pages of a document share.
struct Common {
    resources: Resources,
    /// Identifiers and files.
    templates: Vec<(String, usize)>,
    annotations: Vec<String>,
    origin: Option<(f64, f64)>,
}

impl Common {
    fn read(ofd: &Ofd, body: &Body) -> Result<Self, Error> {
        let package = ofd.package();
        let skipped = &["Outlines", "Bookmarks", "Actions", "Pages"];
        let tree = Tree::outline(&package.unfold(body.document)?, ofd.limits(), skipped)?;
        let root = tree.root()?;
        let mut common = Common {
            resources: Resources::default(),
            templates: Vec::new(),
            annotations: root.all("Annotations").map(|node| node.text().to_owned()).collect(),
            origin: None,
        };
        let Some(data) = root.first("CommonData") else { return Ok(common) };
        common.origin = origin(data.first("PageArea"));
        common.resources.default_space = data.first("DefaultCS").map(|node| node.text().to_owned());
        for node in data.children() {
            match node.name() {
                "PublicRes" | "DocumentRes" => common.resources.add(ofd, &body.folder, node.text())?,
                "TemplatePage" => {
                    let location = node.attribute("BaseLoc").unwrap_or_default();
                    let located = package.locate(&body.folder, location);
                    common.templates.extend(node.attribute("ID").map(str::to_owned).zip(located.map(|one| one.index)));
                }
                _ => {}
            }
        }
        Ok(common)
    }

    fn template(&self, id: &str, ofd: &Ofd, painter: &mut Painter<'_>) -> Result<(), Error> {
        let Some((_, index)) = self.templates.iter().find(|(own, _)| own == id) else {
            painter.note(&format!("the template {id} is not there"));
            return Ok(());
        };
        let sheet = Sheet::read(ofd, *index)?;
        painter.resources.add_all(ofd, &sheet.folder, &sheet.resources)?;
        painter.layers(&sheet.tree)
    }
}

/// The annotations of a page.
fn annotations(ofd: &Ofd, document: &str, location: &str, page: &str, painter: &mut Painter<'_>) -> Result<(), Error> {
    let package = ofd.package();
    let Some(list) = package.locate(document, location) else { return Ok(()) };
    let path = package.path(list.index);
    let inner = folder(path.trim_start_matches('/'));
    let tree = Tree::read(&package.unfold(list.index)?, ofd.limits()).context(&path)?;
    for node in tree.root()?.all("Page").filter(|node| node.attribute("PageID") == Some(page)) {
        for file in node.all("FileLoc") {
            let Some(located) = package.locate(inner, file.text()) else {
                painter.note(&format!("the annotations \"{}\" are not there", file.text()));
                continue;
            };
            let path = package.path(located.index);
            let tree = Tree::read(&package.unfold(located.index)?, ofd.limits()).context(&path)?;
            for annotation in tree.root()?.all("Annot").filter(|node| node.attribute("Visible") != Some("false")) {
                if let Some(appearance) = annotation.first("Appearance") {
                    painter.appearance(appearance)?;
                }
            }
        }
    }
    Ok(())
}

/// Shows a seal's picture in its area; of a strip of it, what the clip leaves (18.2.4).
fn stamp(
    ofd: &Ofd,
    mark: &Mark,
    picture: &Picture,
    fonts: &[Font],
    nesting: usize,
    painter: &mut Painter<'_>,
) -> Result<(), Error> {
    use crate::picture::PictureFormat;
    let [left, top, width, height] = mark.area;
    if width <= 0.0 || height <= 0.0 {
        return Ok(());
    }
    let mut nested = None;
    if picture.format() == PictureFormat::Ofd {
        let drawn = (nesting < NESTING)
            .then(|| Ofd::read_within(picture.bytes(), ofd.limits()))
            .and_then(Result::ok)
            .and_then(|inner| inner.draw_nested(Page(1), fonts, &|_| None, nesting.saturating_add(1)).ok());
        let Some(drawn) = drawn else {
            painter.note("the picture of a seal is an OFD that cannot be shown");
            return Ok(());
        };
        nested = Some(drawn.svg);
    }
    painter.svg.open_moved(left, top, mark.clip.or(Some([0.0, 0.0, width, height])))?;
    match nested {
        Some(svg) => painter.svg.image("image/svg+xml", svg.as_bytes(), Some((width, height)))?,
        None => painter.picture(picture.bytes(), Some((width, height)))?,
    }
    painter.svg.close();
    Ok(())
}
