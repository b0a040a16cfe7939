//! What pages show: text with its places, pictures, annotations, stamps (GB/T 33190-2016, 8 to 11 and 15).
//!
//! Read from the very files that a verifier digests.

mod paint;
mod text;

use std::collections::HashMap;

use crate::document::ofd::Ofd;
use crate::document::ofd::description::numbers;
use crate::document::ofd::package::{Package, folder};
use crate::document::ofd::sight::paint::Styles;
use crate::document::ofd::sight::text::text;
use crate::document::ofd::structure::Body;
use crate::document::ofd::survey::stamps_of;
use crate::document::ofd::xml::{Element, Tree};
use crate::document::sight::{Laid, Sight, WORK_OF_ALL};
use crate::error::{Context as _, Error, ErrorKind};
use crate::limits::Limits;
use crate::units::{Area, Mm, Page};

/// Looks at one page after the other; templates are read once.
pub(super) struct Reader<'o> {
    ofd: &'o Ofd,
    body: &'o Body,
    /// Where template pages stand, by their ID.
    templates: HashMap<String, usize>,
    /// Files of annotations, by the ID of their page.
    annotations: HashMap<String, Vec<usize>>,
    /// Stamps that are there, with the index of their page.
    stamps: Vec<Area>,
    trees: HashMap<usize, Tree>,
    /// Whether what hides what is told too, and what that takes.
    closely: bool,
    styles: Styles,
    /// What may still be done for that.
    work: usize,
}

/// What objects stand in.
struct Scope<'s> {
    /// Where their coordinates count from, on the page.
    pub(super) from: (f64, f64),
    /// The drawing parameters of their layer.
    pub(super) layer: Option<&'s str>,
    pub(super) styles: &'s Styles,
    pub(super) package: &'s Package,
}

impl<'o> Reader<'o> {
    pub(super) fn new(ofd: &'o Ofd, closely: bool) -> Result<Self, Error> {
        let body = ofd.structure().first()?;
        let mut reader = Reader {
            ofd,
            body,
            templates: HashMap::new(),
            annotations: HashMap::new(),
            stamps: stamps_of(ofd.package(), body, ofd.limits())?,
            trees: HashMap::new(),
            closely,
            styles: Styles::default(),
            work: WORK_OF_ALL,
        };
        reader.find_parts().context(ofd.package().path(body.document))?;
        Ok(reader)
    }

    fn find_parts(&mut self) -> Result<(), Error> {
        let (package, limits) = (self.ofd.package(), self.ofd.limits());
        let tree = tree(package, self.body.document, limits)?;
        let root = tree.root()?;
        let located = |location: &str| package.locate(&self.body.folder, location).map(|located| located.index);
        for template in root.first("CommonData").into_iter().flat_map(|data| data.all("TemplatePage")) {
            let place = template.attribute("BaseLoc").and_then(located);
            self.templates.extend(template.attribute("ID").map(str::to_owned).zip(place));
        }
        if self.closely {
            let data = root.first("CommonData").into_iter().flat_map(|data| data.children().collect::<Vec<_>>());
            for list in data.filter(|node| matches!(node.name(), "PublicRes" | "DocumentRes")) {
                self.styles.add(self.ofd, &self.body.folder, list.text())?;
            }
        }
        let Some(list) = root.first("Annotations").and_then(|node| located(node.text())) else { return Ok(()) };
        let within = folder(package.path(list).trim_start_matches('/')).to_owned();
        let tree = self::tree(package, list, limits)?;
        for page in tree.root()?.all("Page") {
            let Some(id) = page.attribute("PageID") else { continue };
            let files = page.all("FileLoc").filter_map(|file| Some(package.locate(&within, file.text())?.index));
            self.annotations.entry(id.to_owned()).or_default().extend(files);
        }
        Ok(())
    }

    pub(super) fn look(&mut self, page: Page) -> Result<Sight, Error> {
        let sight = Sight::new(page, self.ofd.page_size(page)?);
        let mut sight = if self.closely { sight.closely(self.work) } else { sight };
        let part = page.index().and_then(|index| self.body.pages.get(index));
        let part = part.ok_or_else(|| Error::new(ErrorKind::Misuse, format!("there is no {page}")))?;
        let (package, limits) = (self.ofd.package(), self.ofd.limits());
        if let Some(index) = part.content() {
            let tree = tree(package, index, limits)?;
            let root = tree.root()?;
            if self.closely {
                let within = folder(package.path(index).trim_start_matches('/')).to_owned();
                root.all("PageRes").try_for_each(|list| self.styles.add(self.ofd, &within, list.text()))?;
            }
            // Templates lie below the page unless it says otherwise.
            let (above, below): (Vec<_>, Vec<_>) =
                root.all("Template").partition(|template| template.attribute("ZOrder") == Some("Foreground"));
            for template in below {
                self.template(template.attribute("TemplateID").unwrap_or_default(), &mut sight)?;
            }
            contents(root, &self.scope(), &mut sight)?;
            for template in above {
                self.template(template.attribute("TemplateID").unwrap_or_default(), &mut sight)?;
            }
        }
        sight.settle(0);
        let own = sight.glyphs.len();
        for index in self.annotations.get(&part.id).into_iter().flatten() {
            sight.hides(own);
            let tree = tree(package, *index, limits)?;
            for annotation in tree.root()?.all("Annot").filter(|node| node.attribute("Visible") != Some("false")) {
                self.upon(annotation, &mut sight)?;
            }
        }
        self.work = sight.left_of(self.work);
        sight.upon.extend(self.stamps.iter().filter(|stamp| stamp.page == page));
        Ok(sight)
    }

    fn scope(&self) -> Scope<'_> {
        Scope { from: (0.0, 0.0), layer: None, styles: &self.styles, package: self.ofd.package() }
    }

    fn template(&mut self, id: &str, sight: &mut Sight) -> Result<(), Error> {
        let Some(index) = self.templates.get(id).copied() else { return Ok(()) };
        if !self.trees.contains_key(&index) {
            let tree = tree(self.ofd.package(), index, self.ofd.limits())?;
            // Templates are few; should they be many, they are read anew instead of kept.
            if self.trees.len() > 16 {
                self.trees.clear();
            }
            self.trees.insert(index, tree);
        }
        match self.trees.get(&index) {
            Some(tree) => contents(tree.root()?, &self.scope(), sight),
            None => Ok(()),
        }
    }

    /// An annotation: its box, and the words in it. A link shows nothing of its
    /// own, unless something is drawn in it.
    fn upon(&self, annotation: Element<'_>, sight: &mut Sight) -> Result<(), Error> {
        let Some(appearance) = annotation.first("Appearance") else { return Ok(()) };
        let area = boundary(appearance, (0.0, 0.0), sight.page).unwrap_or_else(|| sight.area());
        let (marks, painted, first) = (sight.marks.len(), sight.painted, sight.glyphs.len());
        objects(appearance, &Scope { from: (area.left.0, area.top.0), ..self.scope() }, sight)?;
        sight.marks.truncate(marks);
        let painted = sight.painted.saturating_sub(painted);
        let is_blank = painted == 0 && sight.glyphs.len() == first;
        if is_blank && annotation.attribute("Type") == Some("Link") {
            return Ok(());
        }
        sight.upon.push(area);
        if self.closely {
            let hides = if painted > 0 { sight.hides(first) } else { (0, 0) };
            sight.settle(first);
            let words = first..sight.glyphs.len();
            sight.laid.push(Laid { area, words, painted, forms: Vec::new(), changes: false, hides });
        }
        Ok(())
    }
}

fn tree(package: &Package, index: usize, limits: &Limits) -> Result<Tree, Error> {
    Tree::read(&package.unfold(index)?, limits).context(package.path(index))
}

/// The layers of a page: those called background first, those called foreground last.
fn contents(page: Element<'_>, scope: &Scope<'_>, sight: &mut Sight) -> Result<(), Error> {
    let place = |layer: &Element<'_>| match layer.attribute("Type") {
        Some("Background") => 0,
        Some("Foreground") => 2,
        _ => 1,
    };
    let mut layers: Vec<_> = page.all("Content").flat_map(|content| content.all("Layer").collect::<Vec<_>>()).collect();
    layers.sort_by_key(place);
    for layer in layers {
        objects(layer, &Scope { layer: layer.attribute("DrawParam"), ..*scope }, sight)?;
    }
    Ok(())
}

/// The graphic objects of a layer, a block or an appearance. The nesting is bounded where the XML is read.
fn objects(holder: Element<'_>, scope: &Scope<'_>, sight: &mut Sight) -> Result<(), Error> {
    for node in holder.children().filter(|node| node.attribute("Visible") != Some("false")) {
        match node.name() {
            "PageBlock" | "Layer" => objects(node, scope, sight)?,
            "TextObject" => text(node, scope, sight)?,
            "PathObject" | "ImageObject" | "CompositeObject" | "VideoObject" => {
                sight.painted = sight.painted.saturating_add(1);
                if sight.is_close() {
                    paint::object(node, scope, sight)?;
                }
                if let Some(area) = boundary(node, scope.from, sight.page).filter(|_| !is_white(node)) {
                    mark(area, sight)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn mark(area: Area, sight: &mut Sight) -> Result<(), Error> {
    match area.intersection(&sight.area()) {
        Some(seen) => sight.add_mark(seen),
        None => Ok(()),
    }
}

/// `Boundary`, as an area of the page.
pub(super) fn boundary(node: Element<'_>, from: (f64, f64), page: Page) -> Option<Area> {
    let [left, top, width, height] = numbers(node.attribute("Boundary")?)?;
    Some(Area { page, left: Mm(left + from.0), top: Mm(top + from.1), width: Mm(width), height: Mm(height) })
}

/// A shape that only fills, and with white: on paper it covers, and leaves room. Lines are drawn unless it says
/// otherwise, and surfaces are not (table 35).
fn is_white(path: Element<'_>) -> bool {
    if path.name() != "PathObject" {
        return false;
    }
    let strokes = path.attribute("Stroke") != Some("false");
    let fills = path.attribute("Fill") == Some("true");
    let colour = path.first("FillColor").and_then(|colour| colour.attribute("Value"));
    !strokes && (!fills || colour.is_some_and(|value| value.split_whitespace().all(|part| part == "255")))
}

pub(super) fn six(text: &str) -> Option<[f64; 6]> {
    let numbers: Option<Vec<f64>> =
        text.split_whitespace().map(|word| word.parse().ok().filter(|number: &f64| number.is_finite())).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::paint::Styles;
    use super::{Scope, contents};
    use crate::document::ofd::Ofd;
    use crate::document::ofd::xml::Tree;
    use crate::document::sight::{Sight, Visibility, WORK_OF_ALL};
    use crate::limits::Limits;
    use crate::units::{Mm, Page};

    fn page(objects: &str) -> Sight {
        layers(&format!("<Layer>{objects}</Layer>"))
    }

    fn layers(layers: &str) -> Sight {
        let xml = format!("<Page><Content>{layers}</Content></Page>");
        let tree = Tree::read(xml.as_bytes(), &Limits::default()).unwrap();
        let mut sight = Sight::new(Page(1), (Mm(210.0), Mm(297.0))).closely(WORK_OF_ALL);
        let ofd = Ofd::read(include_bytes!("../../../../testdata/ofd/999.ofd").to_vec()).unwrap();
        let scope = Scope { from: (0.0, 0.0), layer: None, styles: &Styles::default(), package: ofd.package() };
        contents(tree.root().unwrap(), &scope, &mut sight).unwrap();
        sight.settle(0);
        sight
    }

    /// Whether a word of black is seen below what is drawn later.
    #[track_caller]
    fn below(shape: &str, seen: Visibility) {
        let word =
            "<TextObject Boundary=\"50 50 10 10\" Size=\"5\"><TextCode X=\"0\" Y=\"5\">章</TextCode></TextObject>";
        assert_eq!(page(&format!("{word}{shape}")).glyphs[0].seen, seen, "{shape}");
        assert_eq!(page(&format!("{shape}{word}")).glyphs[0].seen, Visibility::Seen, "over {shape}");
    }

    #[test]
    fn shapes_over_words_hide_them() {
        let fill = "Fill=\"true\" Stroke=\"false\"><FillColor Value=\"255 255 255\"";
        let path = |entries: &str, data: &str| {
            format!(
                "<PathObject Boundary=\"45 45 20 20\" {entries}/><AbbreviatedData>{data}</AbbreviatedData></PathObject>"
            )
        };
        let square = "M 0 0 L 20 0 L 20 20 L 0 20 C";
        below(&path(fill, square), Visibility::Unseen);
        below(&path(fill, "M 0 10 A 10 10 0 1 1 20 10 A 10 10 0 1 1 0 10 C"), Visibility::Unseen);
        below(&path(fill, "M 0 10 B 0 -3 20 -3 20 10 Q 10 30 0 10 C"), Visibility::Unseen);
        below(&path(fill, "M 0 0 L 3 0 L 3 20 L 0 20 C"), Visibility::Seen);
        below(&path(&format!("Alpha=\"60\" {fill}"), square), Visibility::Seen);
        below(&path(&format!("{fill} Alpha=\"60\""), square), Visibility::Seen);
        below(&path("Fill=\"false\" Stroke=\"false\"><FillColor Value=\"255 255 255\"", square), Visibility::Seen);
        let line = "Stroke=\"true\" LineWidth=\"8\"><StrokeColor Value=\"250 250 250\"";
        below(&path(line, "M 0 8 L 20 8"), Visibility::Unseen);
        let clipped = path(fill, square).replace("<Abb", "<Clips/><Abb");
        let word =
            "<TextObject Boundary=\"50 50 10 10\" Size=\"5\"><TextCode X=\"0\" Y=\"5\">章</TextCode></TextObject>";
        assert_eq!(page(&format!("{word}{clipped}")).glyphs[0].seen, Visibility::Doubtful);
        assert_eq!(
            page(&format!("{word}<ImageObject Boundary=\"45 45 20 20\"/>")).glyphs[0].seen,
            Visibility::Doubtful
        );
        // A layer that is called foreground lies above, wherever it stands.
        let layered = format!("<Layer Type=\"Foreground\">{}</Layer><Layer>{word}</Layer>", path(fill, square));
        assert_eq!(layers(&layered).glyphs[0].seen, Visibility::Unseen);
        let pale = word.replace("<TextCode", "<FillColor Value=\"255 255 253\"/><TextCode");
        assert_eq!(page(&pale).glyphs[0].seen, Visibility::Unseen);
        let faded = word.replace("Size", "Alpha=\"3\" Size");
        assert_eq!(page(&faded).glyphs[0].seen, Visibility::Unseen);
    }

    #[test]
    fn characters_stand_where_deltas_and_transformations_say() {
        let sight = page(
            "<TextObject Boundary=\"20 30 50 10\" Size=\"5\"><TextCode X=\"1\" Y=\"5\" DeltaX=\"g 2 6\">盖章处</TextCode>\
             </TextObject>",
        );
        let area = sight.find("章处")[0];
        assert!((area.left.0 - 27.0).abs() < 1e-9 && (area.right().0 - 38.0).abs() < 1e-9, "{area}");
        assert!((area.top.0 - 30.6).abs() < 1e-9 && (area.bottom().0 - 35.6).abs() < 1e-9, "{area}");
        // A quarter turn: the text runs downwards.
        let turned = page(
            "<PageBlock><TextObject Boundary=\"100 50 40 40\" CTM=\"0 2 -2 0 0 0\" Size=\"5\">\
             <TextCode X=\"0\" Y=\"0\" DeltaX=\"5\">盖章</TextCode></TextObject></PageBlock>",
        );
        let area = turned.find("盖章")[0];
        assert!((area.top.0 - 50.0).abs() < 1e-9 && (area.height.0 - 20.0).abs() < 1e-9, "{area}");
        assert!((turned.glyphs[0].em - 10.0).abs() < 1e-9);
        let down = page(
            "<TextObject Boundary=\"100 50 40 40\" Size=\"5\"><TextCode X=\"0\" Y=\"5\" DeltaY=\"6\">盖章</TextCode>\
             </TextObject>",
        );
        assert_eq!(down.find("盖章").len(), 1);
    }

    #[test]
    fn what_is_seen_is_marked() {
        let sight = page(
            "<PathObject Boundary=\"0 0 210 297\" Stroke=\"false\" Fill=\"true\"><FillColor Value=\"255 255 255\"/></PathObject>\
             <PathObject Boundary=\"10 10 20 0\"/><ImageObject Boundary=\"200 10 40 40\"/>\
             <ImageObject Visible=\"false\" Boundary=\"1 1 1 1\"/>",
        );
        let marks: Vec<_> = sight.marks.iter().map(|mark| (mark.left.0, mark.width.0)).collect();
        assert_eq!(marks, [(10.0, 20.0), (200.0, 10.0)]);
    }
}
