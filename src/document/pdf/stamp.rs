//! Room for a signature: the revision that a stamp adds (ISO 32000-2, 12.7.5.5 and 12.8).

mod conformance;
mod extension;
mod hole;
mod permission;
mod promise;
mod structure;
mod widget;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::deflate::zlib;
use crate::document::pdf::Hole;
use crate::document::pdf::appearance;
use crate::document::pdf::field::{self, Field, Form};
use crate::document::pdf::file::{File, Indirect, View, Work};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::document::pdf::page::{self, Geometry, PageNode, Rectangle};
use crate::document::pdf::stamp::conformance::Conformance;
use crate::document::pdf::stamp::hole::{Template, finish, template};
pub(super) use crate::document::pdf::stamp::hole::{byte_range, contents};
pub(super) use crate::document::pdf::stamp::permission::refuse_broken;
#[cfg(feature = "compose")]
pub(super) use crate::document::pdf::stamp::permission::refuse_filling;
use crate::document::pdf::stamp::permission::refuse_forbidden;
use crate::document::pdf::stamp::promise::Promise;
use crate::document::pdf::text;
use crate::document::pdf::writer::{Writer, number};
use crate::document::{Layout, Shown, is_dense};
use crate::error::{Error, ErrorKind};
use crate::picture::Picture;
use crate::units::Area;

/// Print and Locked (ISO 32000-2, table 167): shown on paper, not to be moved.
const FLAGS: i64 = 4 | 128;

/// The revision with room for a signature, and where the room is.
pub(super) fn revision(file: &File, layout: &Layout<'_>) -> Result<(Vec<u8>, Hole), Error> {
    check(layout)?;
    let work = Work::new(file, layout.limits);
    let view = work.view();
    let form = field::form(&view)?;
    let target = target(layout, &form)?;
    refuse_broken(&view, layout.pdf.hybrid)?;
    // A document time stamp changes nothing that a certification or a lock could forbid (12.8.2.2).
    if layout.sub_filter != "ETSI.RFC3161" {
        refuse_forbidden(&view, &form, target, layout)?;
    }
    let is_signed = form.fields.iter().any(|field| field.is_signature() && field.value.is_some());
    let promise = Promise::of(&view, layout, &form, target)?;
    if let Some(field) = target {
        promise::refuse_unasked(&view, field, layout, &promise)?;
    }
    let pages = page::pages(&view)?;
    let conformance = Conformance::of(&view)?;
    let (own, further) = layout.shown.split_at(usize::from(!layout.field_stays).min(layout.shown.len()));
    let mut stamp = Stamp {
        view,
        layout,
        own: own.first().copied(),
        pages: &pages,
        writer: Writer::new(view)?,
        seal: None,
        drawn: None,
        annotations: BTreeMap::new(),
        is_signed,
        conformance,
        promise,
    };
    let signature = stamp.writer.number()?;
    stamp.add_seal()?;
    let further = stamp.show_further(further)?;
    match target {
        Some(field) => stamp.use_field(field, signature)?,
        None => stamp.make_field(&form, signature)?,
    }
    stamp.list_annotations()?;
    stamp.declare_extensions()?;
    stamp.certify(signature)?;
    let template = stamp.signature(signature, &further)?;
    finish(stamp.writer, signature, &template, file.source.len())
}

fn check(layout: &Layout<'_>) -> Result<(), Error> {
    layout.shown.iter().try_for_each(Shown::check)?;
    if layout.room == 0 || layout.room > layout.limits.seal_bytes {
        let (room, most) = (layout.room, layout.limits.seal_bytes);
        let text = format!("room for a signature of {room} bytes was asked for; 1 to {most} can be left");
        return Err(Error::new(ErrorKind::Misuse, text));
    }
    Ok(())
}

/// How a seal's picture is drawn in this file.
#[cfg(feature = "compose")]
pub(super) fn style_of(view: &View<'_>) -> Result<appearance::Style, Error> {
    Ok(Conformance::of(view)?.style())
}

/// The existing field that is asked for.
fn target<'f>(layout: &Layout<'_>, form: &'f Form) -> Result<Option<&'f Field>, Error> {
    let Some(name) = layout.field else { return Ok(None) };
    let mut named = form.fields.iter().filter(|field| field.name == name);
    let (found, other) = (named.next(), named.next());
    if other.is_some() {
        return Err(Error::new(ErrorKind::NotAllowed, format!("the form has several fields with the name \"{name}\"")));
    }
    let Some(found) = found else { return Ok(None) };
    if !found.is_signature() {
        return Err(Error::new(ErrorKind::Mismatch, format!("the field \"{name}\" is no signature field")));
    }
    if found.value.is_some() {
        return Err(Error::new(ErrorKind::NotAllowed, format!("the field \"{name}\" is signed already")));
    }
    Ok(Some(found))
}

struct Stamp<'a, 'v> {
    view: View<'v>,
    layout: &'a Layout<'a>,
    /// Where the field's own annotation shows the picture.
    own: Option<Shown>,
    pages: &'a [PageNode],
    writer: Writer<'v>,
    /// The number of the stream that holds the seal.
    seal: Option<u32>,
    /// The number of the form that draws the picture.
    drawn: Option<u32>,
    /// The numbers of new annotations, by their pages.
    annotations: BTreeMap<Reference, Vec<u32>>,
    /// Whether there are signatures, which allow fields to be filled in and not to be moved.
    is_signed: bool,
    /// What the file promises its readers about itself.
    conformance: Conformance,
    /// What the signature lays down.
    promise: Promise,
}

impl Stamp<'_, '_> {
    /// The form that the annotation shows, when there is a picture or a seal; its number.
    ///
    /// The form refers to the seal, as the signature dictionary does: who compares revisions knows
    /// what an appearance leads to as part of a new signature, but not private keys elsewhere.
    fn appearance(&mut self, shown: Option<Look>, seal: Option<u32>) -> Result<Option<u32>, Error> {
        let drawn = self.layout.picture.zip(shown);
        if drawn.is_none() && seal.is_none() {
            return Ok(None);
        }
        let form = self.writer.number()?;
        let mut dictionary = "<< /Type /XObject /Subtype /Form".to_owned();
        let mut content = String::new();
        match drawn {
            Some((picture, Look { rectangle, turns, part })) => {
                let first = self.draw(picture)?;
                // The page is turned clockwise to be displayed, so the picture is turned the other way.
                let (width, height, matrix) = match turns {
                    0 => (rectangle.width(), rectangle.height(), ""),
                    1 => (rectangle.height(), rectangle.width(), " /Matrix [0 1 -1 0 0 0]"),
                    2 => (rectangle.width(), rectangle.height(), " /Matrix [-1 0 0 -1 0 0]"),
                    _ => (rectangle.height(), rectangle.width(), " /Matrix [0 -1 1 0 0 0]"),
                };
                dictionary.push_str(&format!(" /BBox [0 0 {} {}]{matrix}", number(width), number(height)));
                dictionary.push_str(&format!(" /Resources << /XObject << /P {first} 0 R >> >>"));
                content = match part {
                    Some(part) => part.placed(picture, width),
                    None => placed(picture, width, height),
                };
            }
            None => dictionary.push_str(" /BBox [0 0 0 0]"),
        }
        if let Some(seal) = seal {
            dictionary.push_str(&format!(" /ESEAL_Seal {seal} 0 R"));
        }
        dictionary.push_str(" >>");
        self.writer.add_stream(form, dictionary.as_bytes(), content.into_bytes())?;
        Ok(Some(form))
    }

    /// Adds the objects that draw the picture in its own size; the number of the first.
    fn draw(&mut self, picture: &Picture) -> Result<u32, Error> {
        if let Some(drawn) = self.drawn {
            return Ok(drawn);
        }
        let first = self.writer.upcoming();
        self.drawn = Some(first);
        let signed = i32::try_from(first).map_err(|_| Error::malformed("object numbers are too large"))?;
        let style = self.conformance.style();
        for object in appearance::form_xobject(picture, self.layout.limits, signed, style)?.objects {
            let number = u32::try_from(object.number).map_err(|_| Error::malformed("an object number is negative"))?;
            self.writer.add_stream(number, &object.dictionary, object.stream)?;
        }
        Ok(first)
    }

    /// Puts the new annotations on their pages: into the array of annotations, wherever that stands.
    fn list_annotations(&mut self) -> Result<(), Error> {
        for (page, annotations) in std::mem::take(&mut self.annotations) {
            self.list_on_page(page, &annotations)?;
        }
        Ok(())
    }

    fn list_on_page(&mut self, page: Reference, annotations: &[u32]) -> Result<(), Error> {
        let references: Vec<String> = annotations.iter().map(|number| format!("{number} 0 R")).collect();
        let references = references.join(" ");
        let missing = || Error::malformed(format!("the page {page} is missing"));
        let page = self.view.load(page)?.ok_or_else(missing)?;
        let dictionary = page.dictionary().ok_or_else(missing)?;
        match self.find(&page, dictionary, "Annots")? {
            Some((holder, array)) => self.writer.append(&holder, &array, &references),
            None => self.writer.set(&page, &page.object, "Annots", &format!("[{references}]")),
        }
    }

    /// Shows the picture, or parts of it, at further places. A signature field has one annotation only (12.7.5.5),
    /// so these are annotations of their own, which come in the revision that is signed: one signature covers
    /// all. Its dictionary names them, so that they count as parts of it when later revisions are judged.
    fn show_further(&mut self, further: &[Shown]) -> Result<Vec<u32>, Error> {
        /// Print, ReadOnly, Locked and LockedContents (table 167).
        const FLAGS: i64 = 4 | 64 | 128 | 512;
        if self.is_signed && !further.is_empty() {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                "the document has signatures, which further pictures on its pages would break: put the stamp that shows \
                 at several places on it first, or show this one at one place",
            ));
        }
        let mut numbers = Vec::with_capacity(further.len());
        for shown in further {
            let page = page::page(self.pages, shown.area.page)?;
            let look = Look::of(shown, &page.geometry(&self.view)?)?;
            let rectangle = written(&look.rectangle);
            let number = self.writer.number()?;
            let Some(appearance) = self.appearance(Some(look), None)? else { continue };
            let mut body =
                format!("<< /Type /Annot /Subtype /Stamp /F {FLAGS} /Rect {rectangle} /AP << /N {appearance} 0 R >>")
                    .into_bytes();
            if let Some(name) = self.layout.name {
                body.extend_from_slice(b" /Contents ");
                body.extend_from_slice(&self.writer.string(number, &text::encode(name))?);
            }
            body.extend_from_slice(b" >>");
            self.writer.add(number, body);
            self.annotations.entry(page.reference).or_default().push(number);
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// Says in the form that there are signatures, and lists a new field.
    fn list_field(&mut self, new: Option<u32>) -> Result<(), Error> {
        let catalog = self.view.catalog()?;
        let dictionary = catalog.dictionary().ok_or_else(|| Error::malformed("the catalog is no dictionary"))?;
        let Some((holder, form)) = self.find(&catalog, dictionary, "AcroForm")? else {
            let fields = new.map(|number| format!("{number} 0 R")).unwrap_or_default();
            let text = format!("<< /Fields [{fields}] /SigFlags 3 >>");
            return self.writer.set(&catalog, &catalog.object, "AcroForm", &text);
        };
        let entries = form.as_dictionary().ok_or_else(|| Error::malformed("the form is no dictionary"))?;
        let flags = self.view.get(entries, "SigFlags")?.and_then(|flags| flags.as_integer()).unwrap_or(0);
        if flags & 3 != 3 {
            self.writer.set(&holder, &form, "SigFlags", &(flags | 3).to_string())?;
        }
        // Readers that draw fields anew could show something else than was signed; but a value without an
        // appearance would vanish if they did not.
        let is_redrawn = field::is_redrawn(&self.view, entries)?;
        if is_redrawn && field::undrawn(&self.view, &field::form(&self.view)?)?.is_empty() {
            self.writer.set(&holder, &form, "NeedAppearances", "false")?;
        }
        let Some(number) = new else { return Ok(()) };
        match self.find(&holder, entries, "Fields")? {
            Some((holder, fields)) => self.writer.append(&holder, &fields, &format!("{number} 0 R")),
            None => self.writer.set(&holder, &form, "Fields", &format!("[{number} 0 R]")),
        }
    }

    /// The value of a key together with the indirect object in which it stands.
    fn find(
        &self,
        holder: &Rc<Indirect>,
        dictionary: &Dictionary,
        key: &str,
    ) -> Result<Option<(Rc<Indirect>, Object)>, Error> {
        use crate::document::pdf::file::Followed;
        let Some(value) = dictionary.get(key) else { return Ok(None) };
        Ok(match self.view.follow(value)? {
            Followed::Here(object) => Some((Rc::clone(holder), object.clone())),
            Followed::There(indirect) => {
                let object = indirect.object.clone();
                Some((indirect, object)).filter(|(_, object)| object.kind() != "null")
            }
            Followed::Nothing(_) => None,
        })
    }

    /// Adds the signature dictionary with its room.
    fn signature(&mut self, number: u32, further: &[u32]) -> Result<Template, Error> {
        let (mut body, template) = template(self.layout)?;
        let mut entry = |key: &str, text: Vec<u8>| {
            body.extend_from_slice(format!("\n/{key} ").as_bytes());
            body.extend_from_slice(&text);
        };
        if self.layout.sub_filter != "ETSI.RFC3161" {
            let date = text::encode_date(self.layout.time);
            entry("M", self.writer.string(number, date.as_bytes())?);
            let told = [("Name", self.layout.name), ("Reason", self.layout.reason), ("Location", self.layout.location)];
            for (key, value) in told {
                if let Some(value) = value {
                    entry(key, self.writer.string(number, &text::encode(value))?);
                }
            }
        }
        if let Some(seal) = self.seal {
            entry("ESEAL_Seal", format!("{seal} 0 R").into_bytes());
        }
        if !further.is_empty() {
            let references: Vec<String> = further.iter().map(|number| format!("{number} 0 R")).collect();
            entry("ESEAL_Shown", format!("[{}]", references.join(" ")).into_bytes());
        }
        if let Some(references) = self.promise.references(&self.writer, number)? {
            entry("Reference", references);
        }
        body.extend_from_slice(b" >>");
        self.writer.add(number, body);
        Ok(template)
    }

    /// Lays the seal beside the signature, where there is one.
    fn add_seal(&mut self) -> Result<(), Error> {
        let Some(seal) = self.layout.seal else { return Ok(()) };
        let number = self.writer.number()?;
        self.seal = Some(number);
        if is_dense(seal) {
            return self.writer.add_stream(number, b"<< /Type /ESEAL_Seal >>", seal.to_vec());
        }
        let data = zlib(seal)?;
        self.writer.add_stream(number, b"<< /Type /ESEAL_Seal /Filter /FlateDecode >>", data)
    }
}

/// A rectangle as an array.
fn written(rectangle: &Rectangle) -> String {
    let Rectangle { left, lower, right, upper } = *rectangle;
    format!("[{} {} {} {}]", number(left), number(lower), number(right), number(upper))
}

/// Draws the picture in the middle of a field, as large as fits.
fn placed(picture: &Picture, width: f64, height: f64) -> String {
    let (own_width, own_height) = (picture.width().to_points(), picture.height().to_points());
    let scale = (width / own_width).min(height / own_height);
    // Where the sizes agree but for rounding, nothing is scaled.
    let scale = if (scale - 1.0).abs() < 1e-9 { 1.0 } else { scale };
    let (right, up) = ((width - scale * own_width) / 2.0, (height - scale * own_height) / 2.0);
    let scale = format!("{scale:.9}");
    let scale = scale.trim_end_matches('0').trim_end_matches('.');
    format!("q {scale} 0 0 {scale} {} {} cm /P Do Q", number(right), number(up))
}

/// How a picture shows on a page.
#[derive(Clone, Copy)]
struct Look {
    rectangle: Rectangle,
    turns: u8,
    /// Which part of it, where that is not the whole.
    part: Option<Part>,
}

/// A part of a picture, in parts of its width: the sides of the whole, and how far the part's lower left corner
/// stands from the whole's.
#[derive(Clone, Copy)]
struct Part {
    whole: f64,
    right: f64,
    up: f64,
}

impl Look {
    fn of(shown: &Shown, geometry: &Geometry) -> Result<Self, Error> {
        let seen = shown.visible();
        refuse_outside(&seen, geometry)?;
        let part = shown.clip.map(|clip| Part {
            whole: shown.area.width.0 / clip.width.0,
            right: (clip.left - shown.area.left).0 / clip.width.0,
            up: (shown.area.bottom() - clip.bottom()).0 / clip.width.0,
        });
        Ok(Look { rectangle: geometry.rectangle(&seen), turns: geometry.turns, part })
    }
}

impl Part {
    /// Draws the whole picture so that the part of it fills a form of this width, whose box cuts off the rest.
    fn placed(&self, picture: &Picture, width: f64) -> String {
        let scale = self.whole * width / picture.width().to_points();
        let scale = if (scale - 1.0).abs() < 1e-6 { "1".to_owned() } else { number(scale) };
        format!("q {scale} 0 0 {scale} {} {} cm /P Do Q", number(-self.right * width), number(-self.up * width))
    }
}

/// A stamp that lies wholly beside its page shows nowhere; across the edge it may lie.
fn refuse_outside(area: &Area, geometry: &Geometry) -> Result<(), Error> {
    let (width, height) = geometry.size();
    let is_beside = area.left >= width || area.top >= height;
    if is_beside || (area.left + area.width).0 <= 0.0 || (area.top + area.height).0 <= 0.0 {
        let text = format!("the area {area} lies beside the page of {:.2} mm × {:.2} mm", width.0, height.0);
        return Err(Error::new(ErrorKind::Misuse, text));
    }
    Ok(())
}
