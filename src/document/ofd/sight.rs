//! What pages show: text with its places, pictures, annotations, stamps (GB/T 33190-2016, 8 to 11 and 15).
//!
//! Read from the very files that a verifier digests. Characters stand in the file as Unicode, so fonts are not
//! looked at; where nothing says how wide the last character of a text is, an ideograph is as wide as high and
//! others are half of that.

use std::collections::HashMap;

use crate::document::ofd::Ofd;
use crate::document::ofd::description::numbers;
use crate::document::ofd::package::{Package, folder};
use crate::document::ofd::structure::Body;
use crate::document::ofd::survey::stamps_of;
use crate::document::ofd::xml::{Element, Tree};
use crate::document::sight::{Glyph, Sight};
use crate::error::{Context as _, Error, ErrorKind};
use crate::limits::Limits;
use crate::units::{Area, Mm, Page};

/// How far ideographs reach above and below the line that they stand on, in sizes of the font.
const ASCENT: f64 = 0.88;
const DESCENT: f64 = 0.12;

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
}

impl<'o> Reader<'o> {
    pub(super) fn new(ofd: &'o Ofd) -> Result<Self, Error> {
        let body = ofd.structure().first()?;
        let mut reader = Reader {
            ofd,
            body,
            templates: HashMap::new(),
            annotations: HashMap::new(),
            stamps: stamps_of(ofd.package(), body, ofd.limits())?,
            trees: HashMap::new(),
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
        let mut sight = Sight::new(page, self.ofd.page_size(page)?);
        let part = page.index().and_then(|index| self.body.pages.get(index));
        let part = part.ok_or_else(|| Error::new(ErrorKind::Misuse, format!("there is no {page}")))?;
        let (package, limits) = (self.ofd.package(), self.ofd.limits());
        if let Some(index) = part.content() {
            let tree = tree(package, index, limits)?;
            let root = tree.root()?;
            for template in root.all("Template") {
                self.template(template.attribute("TemplateID").unwrap_or_default(), &mut sight)?;
            }
            contents(root, &mut sight)?;
        }
        for index in self.annotations.get(&part.id).into_iter().flatten() {
            let tree = tree(package, *index, limits)?;
            for annotation in tree.root()?.all("Annot").filter(|node| node.attribute("Visible") != Some("false")) {
                upon(annotation, &mut sight)?;
            }
        }
        sight.upon.extend(self.stamps.iter().filter(|stamp| stamp.page == page));
        Ok(sight)
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
            Some(tree) => contents(tree.root()?, sight),
            None => Ok(()),
        }
    }
}

fn tree(package: &Package, index: usize, limits: &Limits) -> Result<Tree, Error> {
    Tree::read(&package.unfold(index)?, limits).context(package.path(index))
}

fn contents(page: Element<'_>, sight: &mut Sight) -> Result<(), Error> {
    for layer in page.all("Content").flat_map(|content| content.all("Layer").collect::<Vec<_>>()) {
        objects(layer, (0.0, 0.0), sight)?;
    }
    Ok(())
}

/// The graphic objects of a layer, a block or an appearance, which stand `from` the page's corner. The nesting
/// is bounded where the XML is read.
fn objects(holder: Element<'_>, from: (f64, f64), sight: &mut Sight) -> Result<(), Error> {
    for node in holder.children().filter(|node| node.attribute("Visible") != Some("false")) {
        match node.name() {
            "PageBlock" | "Layer" => objects(node, from, sight)?,
            "TextObject" => text(node, from, sight)?,
            "PathObject" if is_white(node) => {}
            "PathObject" | "ImageObject" | "CompositeObject" | "VideoObject" => {
                if let Some(area) = boundary(node, from, sight.page) {
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

/// An annotation: its box, and the words in it.
fn upon(annotation: Element<'_>, sight: &mut Sight) -> Result<(), Error> {
    let Some(appearance) = annotation.first("Appearance") else { return Ok(()) };
    let Some(area) = boundary(appearance, (0.0, 0.0), sight.page) else { return Ok(()) };
    if annotation.attribute("Type") != Some("Link") {
        sight.upon.push(area);
    }
    let marks = sight.marks.len();
    objects(appearance, (area.left.0, area.top.0), sight)?;
    sight.marks.truncate(marks);
    Ok(())
}

/// `Boundary`, as an area of the page.
pub(super) fn boundary(node: Element<'_>, from: (f64, f64), page: Page) -> Option<Area> {
    let [left, top, width, height] = numbers(node.attribute("Boundary")?)?;
    Some(Area { page, left: Mm(left + from.0), top: Mm(top + from.1), width: Mm(width), height: Mm(height) })
}

/// A shape that only fills, and with white: on paper it covers, and leaves room. Lines are drawn unless it says
/// otherwise, and surfaces are not (table 35).
fn is_white(path: Element<'_>) -> bool {
    let strokes = path.attribute("Stroke") != Some("false");
    let fills = path.attribute("Fill") == Some("true");
    let colour = path.first("FillColor").and_then(|colour| colour.attribute("Value"));
    !strokes && (!fills || colour.is_some_and(|value| value.split_whitespace().all(|part| part == "255")))
}

/// The places of a text's characters (11.3).
fn text(node: Element<'_>, from: (f64, f64), sight: &mut Sight) -> Result<(), Error> {
    let Some(area) = boundary(node, from, sight.page) else { return Ok(()) };
    let number =
        |name: &str| node.attribute(name).and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
    let size = number("Size").unwrap_or(0.0);
    if size <= 0.0 {
        return Ok(());
    }
    let matrix = node.attribute("CTM").and_then(six).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let frame = Frame { matrix, origin: (area.left.0, area.top.0), size, stretch: number("HScale").unwrap_or(1.0) };
    let reading = match number("ReadDirection").unwrap_or(0.0) as i64 {
        90 => (0.0, 1.0),
        180 => (-1.0, 0.0),
        270 => (0.0, -1.0),
        _ => (1.0, 0.0),
    };
    let mut at = (0.0, 0.0);
    for code in node.all("TextCode") {
        let coordinate = |name: &str| code.attribute(name).and_then(|text| text.parse::<f64>().ok());
        // Where one is left out, the one before holds.
        at = (coordinate("X").unwrap_or(at.0), coordinate("Y").unwrap_or(at.1));
        let characters: Vec<char> = code.whole_text().chars().collect();
        let right = deltas(code.attribute("DeltaX"), characters.len());
        let down = deltas(code.attribute("DeltaY"), characters.len());
        let has_none = right.is_empty() && down.is_empty();
        let mut towards = reading;
        let mut place = at;
        for (index, character) in characters.iter().enumerate() {
            let natural = natural_width(*character) * size;
            let step = match has_none {
                true => Some((reading.0 * natural, reading.1 * natural)),
                false => right
                    .get(index)
                    .copied()
                    .or(down.get(index).map(|_| 0.0))
                    .map(|right| (right, down.get(index).copied().unwrap_or(0.0))),
            };
            if let Some((x, y)) = step
                && x.hypot(y) > 0.0
            {
                towards = (x / x.hypot(y), y / x.hypot(y));
            }
            let reach = step.map_or(natural, |(x, y)| x.hypot(y).min(natural.max(size)));
            frame.note(*character, place, towards, reach, sight)?;
            if let Some((x, y)) = step {
                place = (place.0 + x, place.1 + y);
            }
        }
    }
    Ok(())
}

/// In sizes of the font.
fn natural_width(character: char) -> f64 {
    if character.is_ascii() { 0.5 } else { 1.0 }
}

/// What a text object's coordinates mean.
struct Frame {
    matrix: [f64; 6],
    origin: (f64, f64),
    size: f64,
    stretch: f64,
}

impl Frame {
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.matrix;
        (self.origin.0 + a * x + c * y + e, self.origin.1 + b * x + d * y + f)
    }

    fn note(
        &self,
        character: char,
        (x, y): (f64, f64),
        towards: (f64, f64),
        reach: f64,
        sight: &mut Sight,
    ) -> Result<(), Error> {
        let width = if towards.0.abs() > 0.5 { reach } else { self.size } * self.stretch;
        let (top, bottom) = (y - ASCENT * self.size, y + DESCENT * self.size);
        let corners = [(x, top), (x + width, top), (x, bottom), (x + width, bottom)].map(|corner| self.place(corner));
        let least = |each: fn(&(f64, f64)) -> f64| corners.iter().map(each).fold(f64::INFINITY, f64::min);
        let most = |each: fn(&(f64, f64)) -> f64| corners.iter().map(each).fold(f64::NEG_INFINITY, f64::max);
        let (left, top) = (least(|point| point.0), least(|point| point.1));
        let (wide, high) = (most(|point| point.0) - left, most(|point| point.1) - top);
        let area = Area { page: sight.page, left: Mm(left), top: Mm(top), width: Mm(wide), height: Mm(high) };
        if ![left, top, wide, high].iter().all(|number| number.is_finite()) || !area.overlaps(&sight.area()) {
            return Ok(());
        }
        let (origin, ahead) = (self.place((x, y)), self.place((x + towards.0, y + towards.1)));
        let (right, down) = (ahead.0 - origin.0, ahead.1 - origin.1);
        let length = right.hypot(down);
        if length <= 0.0 {
            return Ok(());
        }
        let [a, b, c, d, ..] = self.matrix;
        sight.add_glyph(Glyph {
            text: character.to_string(),
            area,
            origin,
            towards: (right / length, down / length),
            advance: reach * length,
            em: self.size * (a * d - b * c).abs().sqrt(),
        })
    }
}

fn six(text: &str) -> Option<[f64; 6]> {
    let numbers: Option<Vec<f64>> =
        text.split_whitespace().map(|word| word.parse().ok().filter(|number: &f64| number.is_finite())).collect();
    numbers?.try_into().ok()
}

/// Steps between characters; `g 3 2.5` stands for `2.5 2.5 2.5` (11.3.1). No more than there are characters.
fn deltas(text: Option<&str>, most: usize) -> Vec<f64> {
    let mut steps = Vec::new();
    let mut words = text.unwrap_or_default().split_whitespace();
    while let Some(word) = words.next().filter(|_| steps.len() < most) {
        if word == "g" {
            let count = words.next().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
            let step = words.next().and_then(|step| step.parse::<f64>().ok()).unwrap_or(0.0);
            steps.extend(std::iter::repeat_n(step, count.min(most - steps.len())));
        } else {
            steps.push(word.parse().unwrap_or(0.0));
        }
    }
    steps.iter_mut().filter(|step| !step.is_finite()).for_each(|step| *step = 0.0);
    steps
}

#[cfg(test)]
mod tests {
    use super::{contents, deltas};
    use crate::document::ofd::xml::Tree;
    use crate::document::sight::Sight;
    use crate::limits::Limits;
    use crate::units::{Mm, Page};

    fn page(objects: &str) -> Sight {
        let xml = format!("<Page><Content><Layer>{objects}</Layer></Content></Page>");
        let tree = Tree::read(xml.as_bytes(), &Limits::default()).unwrap();
        let mut sight = Sight::new(Page(1), (Mm(210.0), Mm(297.0)));
        contents(tree.root().unwrap(), &mut sight).unwrap();
        sight
    }

    #[test]
    fn steps_are_repeated_as_often_as_they_say_and_no_more_than_there_are_characters() {
        assert_eq!(deltas(Some("g 3 2.5 1"), 9), [2.5, 2.5, 2.5, 1.0]);
        assert_eq!(deltas(Some("g 4000000000 2.5"), 3), [2.5; 3]);
        assert_eq!(deltas(Some("x NaN g"), 9), [0.0, 0.0]);
        assert!(deltas(None, 9).is_empty());
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
