//! The field of a signature and the annotation that shows it (ISO 32000-2, 12.7.5.5): a new one, or one that waits.

use std::collections::HashSet;
use std::rc::Rc;

use crate::document::pdf::field::{Field, Form};
use crate::document::pdf::file::Indirect;
use crate::document::pdf::object::Reference;
use crate::document::pdf::page::{self, Rectangle};
use crate::document::pdf::stamp::{FLAGS, Look, Stamp, written};
use crate::document::pdf::text;
use crate::error::{Error, ErrorKind};

/// Invisible, Hidden, NoView and ToggleNoView, which no shown signature may have.
const HIDING_FLAGS: i64 = 1 | 2 | 32 | 256;

impl Stamp<'_, '_> {
    /// A new field that is its own annotation, on the page of the area or, if there is none, on the
    /// first.
    pub(super) fn make_field(&mut self, form: &Form, signature: u32) -> Result<(), Error> {
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
    pub(super) fn use_field(&mut self, field: &Field, signature: u32) -> Result<(), Error> {
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
}
