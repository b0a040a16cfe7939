//! Words laid over every page by a revision behind the file: into the room that the document keeps for them, or as
//! annotations of a document that nobody signed.
//!
//! Whoever signed a document without further words lets others fill in its fields, and nothing else (ISO 32000-2,
//! 12.8.2.2): so a document that is to be copied with a note after it was signed keeps empty fields as large as its
//! pages, and the note is what is filled in. An annotation would be seen as a change that nobody allowed.

use std::collections::BTreeMap;
use std::rc::Rc;

use pdf_writer::{Finish as _, Name, Rect};

use crate::document::pdf::appearance::dictionary;
use crate::document::pdf::compose::{Content, Faces, Numbers, Painted, Typeface, paint_alone};
use crate::document::pdf::field::{Field, Form};
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::form::fill::{is_signed, refuse, write_fonts};
use crate::document::pdf::form::read;
use crate::document::pdf::page::{self, Geometry, PageNode};
use crate::document::pdf::stamp::refuse_filling;
use crate::document::pdf::text;
use crate::document::pdf::writer::{Writer, number};
use crate::error::{Context as _, Error, ErrorKind};
use crate::units::{Area, Mm, Page};

/// What is laid over a document.
pub(in crate::document::pdf) struct Over<'o> {
    /// The beginning of the names of the fields that are kept for it; a page's number follows.
    pub(in crate::document::pdf) room: &'o str,
    /// What it says, for those who cannot see it.
    pub(in crate::document::pdf) said: &'o str,
    pub(in crate::document::pdf) typefaces: &'o [Typeface],
    /// What is drawn on each page, from its upper left corner as it is displayed.
    pub(in crate::document::pdf) contents: &'o [Content],
}

/// The revision that lays words over every page.
pub(in crate::document::pdf) fn lay_over(view: &View<'_>, over: &Over<'_>) -> Result<Vec<u8>, Error> {
    refuse(view)?;
    let form = read::sound_form(view)?;
    let pages = page::pages(view)?;
    let room = |number: usize| {
        let name = format!("{}{number}", over.room);
        form.fields.iter().find(|field| field.name == name && !field.is_signature())
    };
    let rooms: Option<Vec<&Field>> = (1..=pages.len()).map(room).collect();
    let mut faces = Faces::of(over.typefaces);
    let mut drawn = Vec::with_capacity(pages.len());
    for (number, (node, content)) in (1_u32..).zip(pages.iter().zip(over.contents)) {
        let geometry = node.geometry(view)?;
        let painted = paint_alone(content, geometry.size().1.0, &mut faces).context(Page(number))?;
        drawn.push(Drawn { geometry, painted });
    }
    let mut writer = Writer::new(*view)?;
    let parts = drawn.iter().flat_map(|one| one.painted.used.fonts.iter().copied()).collect();
    let fonts = write_fonts(&mut writer, faces, &parts)?;
    let numbers = Numbers { fonts, ..Numbers::default() };
    match rooms {
        Some(rooms) => fill(view, &form, &rooms, &drawn, over, &mut writer, &numbers)?,
        None if is_signed(&form) => {
            let detail = format!(
                "the document is signed and keeps no room for a note (fields called {}1 and so on), so that one would \
                 count as a change that nobody allowed: make the copy anew from its data, sealed by whoever makes it",
                over.room
            );
            return Err(Error::new(ErrorKind::NotAllowed, detail));
        }
        None => annotate(view, &pages, &drawn, over, &mut writer, &numbers)?,
    }
    Ok(writer.finish()?.bytes)
}

struct Drawn {
    geometry: Geometry,
    painted: Painted,
}

impl Drawn {
    /// Adds the form XObject; its number.
    fn add(&self, writer: &mut Writer<'_>, numbers: &Numbers) -> Result<u32, Error> {
        let own = writer.number()?;
        let (width, height) = self.geometry.size();
        let entries = dictionary(|dict| {
            dict.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Form"));
            dict.pair(Name(b"BBox"), Rect::new(0.0, 0.0, width.to_points() as f32, height.to_points() as f32));
            // The page is turned with the clock when it is displayed, so what lies on it is turned against it.
            let matrix: Option<[f32; 6]> = match self.geometry.turns {
                1 => Some([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]),
                2 => Some([-1.0, 0.0, 0.0, -1.0, 0.0, 0.0]),
                3 => Some([0.0, -1.0, 1.0, 0.0, 0.0, 0.0]),
                _ => None,
            };
            if let Some(matrix) = matrix {
                dict.insert(Name(b"Matrix")).array().items(matrix);
            }
            let mut resources = dict.insert(Name(b"Resources")).dict();
            self.painted.used.write(&mut resources, numbers);
            resources.finish();
            dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
        });
        writer.add_stream(own, &entries, self.painted.stream.clone())?;
        Ok(own)
    }
}

/// Fills in the fields that are kept for it, once.
fn fill(
    view: &View<'_>,
    form: &Form,
    rooms: &[&Field],
    drawn: &[Drawn],
    over: &Over<'_>,
    writer: &mut Writer<'_>,
    numbers: &Numbers,
) -> Result<(), Error> {
    refuse_filling(view, form, rooms.iter().copied())?;
    for (field, drawn) in rooms.iter().zip(drawn) {
        let told = || format!("the field \"{}\"", field.name);
        let is_filled = field.value.as_ref().is_some_and(|value| value.as_string().is_none_or(|text| !text.is_empty()));
        if is_filled {
            let detail = "it is filled in already: a copy is made of the original, and not of a copy";
            return Err(Error::new(ErrorKind::NotAllowed, detail)).context(told());
        }
        let look = drawn.add(writer, numbers)?;
        let string = writer.string_in(field.indirect.reference, &text::encode(over.said))?;
        writer.set(&field.indirect, &field.indirect.object, "V", &String::from_utf8_lossy(&string))?;
        let [widget] = field.widgets.as_slice() else {
            return Err(Error::malformed("it shows in several places, or in none")).context(told());
        };
        let widget = view.load(*widget)?.ok_or_else(|| Error::malformed("its widget is missing")).context(told())?;
        writer.set(&widget, &widget.object, "AP", &format!("<< /N {look} 0 R >>"))?;
    }
    Ok(())
}

/// Adds an annotation to each page.
fn annotate(
    view: &View<'_>,
    pages: &[PageNode],
    drawn: &[Drawn],
    over: &Over<'_>,
    writer: &mut Writer<'_>,
    numbers: &Numbers,
) -> Result<(), Error> {
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, (node, drawn)) in pages.iter().zip(drawn).enumerate() {
        if seen.insert(node.reference.number, index).is_some() {
            return Err(Error::malformed("a page is in the document twice, so that notes would be on it twice"));
        }
        let page = view.load(node.reference)?.ok_or_else(|| Error::malformed("a page is missing"))?;
        let look = drawn.add(writer, numbers)?;
        let own = writer.number()?;
        let (width, height) = drawn.geometry.size();
        let area = Area { page: Page(1), left: Mm(0.0), top: Mm(0.0), width, height };
        let rectangle = drawn.geometry.rectangle(&area);
        let corners = [rectangle.left, rectangle.lower, rectangle.right, rectangle.upper].map(number).join(" ");
        let mut body = format!(
            "<< /Type /Annot /Subtype /Stamp /F 196 /Rect [{corners}] /P {} R /AP << /N {look} 0 R >> /Contents ",
            node.reference
        )
        .into_bytes();
        body.extend(writer.string(own, &text::encode(over.said))?);
        body.extend_from_slice(b" >>");
        writer.add(own, body);
        list(view, &page, own, writer)?;
    }
    Ok(())
}

/// Adds an annotation to the list of a page.
fn list(view: &View<'_>, page: &Rc<Indirect>, own: u32, writer: &mut Writer<'_>) -> Result<(), Error> {
    let dictionary = page.dictionary().ok_or_else(|| Error::malformed("a page is no dictionary"))?;
    match read::find(view, page, dictionary, "Annots")? {
        Some((holder, array)) if array.as_array().is_some() => writer.append(&holder, &array, &format!("{own} 0 R")),
        Some(_) => Err(Error::malformed("the annotations of a page are no list")),
        None => writer.set(page, &page.object, "Annots", &format!("[{own} 0 R]")),
    }
}
