//! Room for a signature: the revision that a stamp adds (ISO 32000-2, 12.7.5.5 and 12.8).

mod conformance;
mod extension;
mod permission;
mod promise;
mod structure;

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::rc::Rc;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Chunk, Finish as _, Name, Ref, Settings, Str};

use crate::document::pdf::Hole;
use crate::document::pdf::appearance;
use crate::document::pdf::field::{self, Field, Form};
use crate::document::pdf::file::{File, Indirect, View, Work};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::document::pdf::page::{self, Geometry, PageNode, Rectangle};
use crate::document::pdf::source::Source;
use crate::document::pdf::stamp::conformance::Conformance;
pub(super) use crate::document::pdf::stamp::permission::refuse_broken;
use crate::document::pdf::stamp::permission::refuse_forbidden;
use crate::document::pdf::stamp::promise::Promise;
use crate::document::pdf::text;
use crate::document::pdf::writer::{Writer, hex_digits, number};
use crate::document::{Layout, Shown, is_dense};
use crate::error::{Error, ErrorKind};
use crate::picture::Picture;
use crate::units::Area;

/// Print and Locked (ISO 32000-2, table 167): shown on paper, not to be moved.
const FLAGS: i64 = 4 | 128;
/// Invisible, Hidden, NoView and ToggleNoView, which no shown signature may have.
const HIDING_FLAGS: i64 = 1 | 2 | 32 | 256;

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
    /// A new field that is its own annotation, on the page of the area or, if there is none, on the
    /// first.
    fn make_field(&mut self, form: &Form, signature: u32) -> Result<(), Error> {
        let name = self.new_name(form)?;
        let own = self.own;
        let page = match own {
            Some(own) => page::page(self.pages, own.area.page)?,
            None => self.pages.first().ok_or_else(|| Error::new(ErrorKind::NotAllowed, "the document has no page"))?,
        };
        let number = self.writer.number()?;
        let (rectangle, appearance) = match own {
            Some(own) => {
                let geometry = page.geometry(&self.view)?;
                let look = Look::of(&own, &geometry)?;
                (written(&look.rectangle), self.appearance(Some(look), self.seal)?)
            }
            None => ("[0 0 0 0]".to_owned(), self.appearance(None, self.seal)?),
        };
        let mut body = format!(
            "<< /Type /Annot /Subtype /Widget /FT /Sig /F {FLAGS} /Rect {rectangle} /P {} R /V {signature} 0 R",
            page.reference
        )
        .into_bytes();
        if let Some(appearance) = appearance {
            body.extend_from_slice(format!(" /AP << /N {appearance} 0 R >>").as_bytes());
        }
        body.extend_from_slice(b" /T ");
        body.extend_from_slice(&self.writer.string(number, &text::encode(&name))?);
        if let Some(lock) = self.add_lock()? {
            body.extend_from_slice(format!(" /Lock {lock} 0 R").as_bytes());
        }
        // Readers take a changed structure tree for forgery where somebody signed before: a stamp goes untagged then.
        if !self.is_signed
            && let Some(key) = self.tag(number, page.reference)?
        {
            // What is read out for those who do not see the picture.
            body.extend_from_slice(format!(" /StructParent {key} /TU ").as_bytes());
            body.extend_from_slice(&self.writer.string(number, &text::encode(self.spoken()))?);
        }
        body.extend_from_slice(b" >>");
        self.writer.add(number, body);
        self.annotations.entry(page.reference).or_default().push(number);
        self.list_field(Some(number))
    }

    /// The name asked for, or the next that is free.
    fn new_name(&self, form: &Form) -> Result<String, Error> {
        let roots: HashSet<&str> = form.fields.iter().filter_map(|field| field.name.split('.').next()).collect();
        if let Some(name) = self.layout.field {
            if name.is_empty() || name.contains('.') {
                let text = format!("\"{name}\" cannot be the name of a new field: it is empty or holds a period");
                return Err(Error::new(ErrorKind::Misuse, text));
            }
            if roots.contains(name) {
                let text = format!("the form has a field \"{name}\" that holds other fields");
                return Err(Error::new(ErrorKind::Mismatch, text));
            }
            return Ok(name.to_owned());
        }
        let free = (1..=roots.len().saturating_add(1)).map(|index| format!("Signature{index}"));
        let mut free = free.filter(|name| !roots.contains(name.as_str()));
        free.next().ok_or_else(|| Error::malformed("the form leaves no name free for a signature field"))
    }

    /// Fills an empty field: where it is, unless an area on the same page is given.
    fn use_field(&mut self, field: &Field, signature: u32) -> Result<(), Error> {
        let object = &field.indirect.object;
        self.writer.set(&field.indirect, object, "V", &format!("{signature} 0 R"))?;
        // A field of a signed document is filled in, not changed.
        if !self.is_signed
            && let Some(lock) = self.add_lock()?
        {
            self.writer.set(&field.indirect, object, "Lock", &format!("{lock} 0 R"))?;
        }
        self.list_field(None)?;
        if field.widgets.len() > 1 {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                format!(
                    "the field \"{}\" shows at {} places; a signature field has one",
                    field.name,
                    field.widgets.len()
                ),
            ));
        }
        let widget = match field.widgets.first() {
            Some(widget) => self.view.load(*widget)?,
            None => None,
        };
        match widget {
            Some(widget) => self.use_widget(field, &widget),
            None if self.own.is_none() => Ok(()),
            None => Err(Error::new(
                ErrorKind::Mismatch,
                format!("the field \"{}\" shows nowhere: leave the area out or take another field", field.name),
            )),
        }
    }

    fn use_widget(&mut self, field: &Field, widget: &Rc<Indirect>) -> Result<(), Error> {
        let dictionary = widget.dictionary().ok_or_else(|| Error::malformed("a widget is no dictionary"))?;
        let old = match dictionary.get("Rect") {
            Some(rectangle) => Rectangle::of(&self.view, rectangle)?,
            None => None,
        };
        let index = self.page_of(widget)?;
        let page = index.and_then(|index| self.pages.get(index));
        let mut look = None;
        let rectangle = match (self.own, page) {
            (None, _) => old,
            (Some(own), Some(page)) if own.area.page.index() == index => {
                let geometry = page.geometry(&self.view)?;
                let new = Look::of(&own, &geometry)?;
                let rectangle = new.rectangle;
                look = Some(new);
                if self.is_signed {
                    return Err(Error::new(
                        ErrorKind::NotAllowed,
                        format!(
                            "moving the field \"{}\" would break the signatures that are there: leave the area out to \
                             use the field's own place",
                            field.name
                        ),
                    ));
                }
                self.writer.set(widget, &widget.object, "Rect", &written(&rectangle))?;
                Some(rectangle)
            }
            (Some(own), _) => {
                let text = format!(
                    "the field \"{}\" is not on {}: leave the area out to use the field's own place",
                    field.name, own.area.page
                );
                return Err(Error::new(ErrorKind::Mismatch, text));
            }
        };
        let flags = dictionary.integer("F").unwrap_or(0) & !HIDING_FLAGS | FLAGS;
        self.writer.set(widget, &widget.object, "F", &flags.to_string())?;
        let shown = rectangle.filter(|rectangle| rectangle.width() > 0.0 && rectangle.height() > 0.0);
        let shown = match (shown, page) {
            (Some(rectangle), Some(page)) => {
                let turns = page.geometry(&self.view)?.turns;
                Some(look.unwrap_or(Look { rectangle, turns, part: None }))
            }
            _ => None,
        };
        if let Some(page) = page.filter(|_| !self.is_signed && dictionary.get("StructParent").is_none())
            && let Some(key) = self.tag(widget.reference.number, page.reference)?
        {
            self.writer.set(widget, &widget.object, "StructParent", &key.to_string())?;
        }
        if let Some(appearance) = self.appearance(shown, self.seal)? {
            self.writer.set(widget, &widget.object, "AP", &format!("<< /N {appearance} 0 R >>"))?;
        }
        Ok(())
    }

    /// The page that lists a widget: the one it names, if that is true.
    fn page_of(&self, widget: &Indirect) -> Result<Option<usize>, Error> {
        let named = widget.dictionary().and_then(|widget| widget.reference("P"));
        let position = |reference| self.pages.iter().position(|page| page.reference == reference);
        if let Some(index) = named.and_then(position)
            && self.lists(index, widget.reference)?
        {
            return Ok(Some(index));
        }
        for index in 0..self.pages.len() {
            if self.lists(index, widget.reference)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn lists(&self, index: usize, annotation: Reference) -> Result<bool, Error> {
        match self.pages.get(index) {
            Some(page) => Ok(page::annotations(&self.view, page.reference)?.contains(&annotation)),
            None => Ok(false),
        }
    }

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
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let failed = |source| Error::malformed("the seal could not be compressed").caused_by(source);
        encoder.write_all(seal).map_err(failed)?;
        let data = encoder.finish().map_err(failed)?;
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

/// Where the placeholders stand in the text of the signature dictionary.
struct Template {
    ranges: (usize, usize),
    contents: (usize, usize),
}

/// The signature dictionary, still open, as far as its placeholders. Their numbers have ten digits
/// each, enough for offsets of 9 GB.
fn template(layout: &Layout<'_>) -> Result<(Vec<u8>, Template), Error> {
    let mut chunk = Chunk::with_settings(Settings { pretty: false });
    let kind: &[u8] = if layout.sub_filter == "ETSI.RFC3161" { b"DocTimeStamp" } else { b"Sig" };
    let mut dictionary = chunk.indirect(Ref::new(1)).dict();
    dictionary.pair(Name(b"Type"), Name(kind));
    dictionary.pair(Name(b"Filter"), Name(layout.filter.as_bytes()));
    dictionary.pair(Name(b"SubFilter"), Name(layout.sub_filter.as_bytes()));
    dictionary.insert(Name(b"ByteRange")).array().items([i32::MAX; 4]);
    // A byte above 0x7F makes a hexadecimal string, which gives way to the room.
    dictionary.pair(Name(b"Contents"), Str(&[0x80]));
    dictionary.finish();
    let odd = || Error::malformed("the signature dictionary could not be laid out");
    let bytes = chunk.as_bytes();
    let start = find(bytes, b"<<", 0).ok_or_else(odd)?;
    let contents = find(bytes, b"/Contents", start).and_then(|at| find(bytes, b"<", at)).ok_or_else(odd)?;
    let ranges = find(bytes, b"/ByteRange", start).and_then(|at| find(bytes, b"[", at)).ok_or_else(odd)?;
    let ranges_end = find(bytes, b"]", ranges).ok_or_else(odd)? + 1;
    let digits = layout.room.checked_mul(2).ok_or_else(odd)?;
    let mut body = Vec::with_capacity(digits.saturating_add(1024));
    body.extend_from_slice(bytes.get(start..=contents).ok_or_else(odd)?);
    body.resize(body.len().saturating_add(digits), b'0');
    body.push(b'>');
    let template = Template { ranges: (ranges - start, ranges_end - start), contents: (contents - start, body.len()) };
    Ok((body, template))
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    Some(from + bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?)
}

/// Closes the revision and writes the ranges into their room.
fn finish(writer: Writer<'_>, signature: u32, template: &Template, before: u64) -> Result<(Vec<u8>, Hole), Error> {
    let mut written = writer.finish()?;
    let odd = || Error::malformed("the signature dictionary was not written");
    let body = written.bodies.get(&signature).copied().ok_or_else(odd)?;
    let total = before.saturating_add(written.bytes.len() as u64);
    let start = body.saturating_add(template.contents.0 as u64);
    let end = body.saturating_add(template.contents.1 as u64);
    let ranges = vec![(0, start), (end, total.saturating_sub(end))];
    let (from, to) = template.ranges;
    let text = format!("{:<1$}", byte_range(&ranges), to - from);
    let place = usize::try_from(body.saturating_sub(before)).map_err(|_| odd())?.saturating_add(from);
    match written.bytes.get_mut(place..place.saturating_add(to - from)) {
        Some(room) if room.len() == text.len() => room.copy_from_slice(text.as_bytes()),
        _ => return Err(Error::too_large("the offsets of this file do not fit their room in /ByteRange")),
    }
    Ok((written.bytes, Hole { offset: start, length: end - start, ranges }))
}

/// Ranges as `/ByteRange` says them.
pub(super) fn byte_range(ranges: &[(u64, u64)]) -> String {
    let numbers: Vec<String> = ranges.iter().map(|(start, length)| format!("{start} {length}")).collect();
    format!("[{}]", numbers.join(" "))
}

/// The digits to put into the room, which has to be there and still empty.
pub(super) fn contents(source: &Source, hole: &Hole, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let mismatch = |problem: &str| {
        Error::new(ErrorKind::Mismatch, format!("this is not the document that was prepared: {problem}"))
    };
    let end = hole.offset.checked_add(hole.length).filter(|end| *end <= source.len());
    let end = end.ok_or_else(|| mismatch("the room for the signature lies beyond its end"))?;
    if hole.ranges != [(0, hole.offset), (end, source.len() - end)] {
        return Err(mismatch("its length is another"));
    }
    let room = source.slice(hole.offset..end)?.unwrap_or_default();
    match room.as_ref() {
        [b'<', digits @ .., b'>'] if digits.iter().all(|digit| *digit == b'0') => {
            let most = digits.len() / 2;
            if payload.len() > most {
                return Err(Error::too_large(format!(
                    "the signature has {} bytes, and the room left for it has {most}: prepare it again with room for \
                     {} (`Stamp::room`)",
                    payload.len(),
                    payload.len()
                )));
            }
            let mut filled = hex_digits(payload);
            filled.resize(digits.len(), b'0');
            Ok(filled)
        }
        _ => Err(mismatch("there is no empty room where the signature belongs")),
    }
}
