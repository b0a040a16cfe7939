//! Places that a form names: its fields (ISO 32000-2, 12.7).

use crate::document::pdf::field;
use crate::document::pdf::file::View;
use crate::document::pdf::page::{self, PageNode, Rectangle};
use crate::document::sight::Slot;
use crate::error::{Error, ErrorKind};
use crate::units::Page;

/// The place of the field with this full name: an empty signature field, or any other that shows at one place.
pub(in crate::document::pdf) fn slot(view: &View<'_>, pages: &[PageNode], name: &str) -> Result<Slot, Error> {
    let form = field::form(view)?;
    let mut named = form.fields.iter().filter(|field| field.name == name);
    let Some(field) = named.next() else {
        let known: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).take(20).collect();
        let known = if known.is_empty() { "no field".to_owned() } else { format!("the fields {}", known.join(", ")) };
        return Err(Error::new(ErrorKind::Misuse, format!("the form has no field \"{name}\"; it has {known}")));
    };
    let [widget] = field.widgets.as_slice() else {
        let count = field.widgets.len();
        return Err(Error::new(
            ErrorKind::Mismatch,
            format!("the field \"{name}\" shows at {count} places, and a stamp's place has to be one"),
        ));
    };
    let nowhere = || Error::new(ErrorKind::Mismatch, format!("the field \"{name}\" shows on no page"));
    let dictionary = view.load(*widget)?;
    let rectangle = match dictionary.as_ref().and_then(|widget| widget.dictionary()?.get("Rect")) {
        Some(rectangle) => Rectangle::of(view, rectangle)?,
        None => None,
    };
    let rectangle = rectangle.ok_or_else(nowhere)?;
    for (number, node) in (1..).zip(pages) {
        if page::annotations(view, node.reference)?.contains(widget) {
            let area = node.geometry(view)?.area(Page(number), &rectangle);
            return Ok(Slot { area, is_field: field.is_signature() });
        }
    }
    Err(nowhere())
}
