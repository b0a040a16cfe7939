//! What is to be written into a field: checked against what the field takes.

use crate::document::pdf::form::FieldKind;
use crate::document::pdf::form::read::{On, State, flag};
use crate::document::pdf::form::{FieldOption, FormField};
use crate::error::{Error, ErrorKind};

/// What a field is to say.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// A text, the value or the text of an option, the value of a button. The empty text clears a field.
    Text(String),
    /// Whether a check box is ticked. `false` puts all buttons of a group off.
    On(bool),
    /// Several options of a list.
    Several(Vec<String>),
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        FieldValue::Text(text.to_owned())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        FieldValue::Text(text)
    }
}

impl From<bool> for FieldValue {
    fn from(is_on: bool) -> Self {
        FieldValue::On(is_on)
    }
}

impl From<Vec<String>> for FieldValue {
    fn from(texts: Vec<String>) -> Self {
        FieldValue::Several(texts)
    }
}

/// A value that a field takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Taken {
    Text(String),
    /// The name of the state of buttons; none for off.
    State(Option<Vec<u8>>),
    /// Places of options, or a text of one's own.
    Chosen {
        places: Vec<usize>,
        own: Option<String>,
    },
}

/// Whether the field takes the value, and as what.
pub(super) fn take(field: &FormField, states: &[State], value: &FieldValue, flags: i64) -> Result<Taken, Error> {
    if field.read_only {
        return Err(refused("is read-only: whoever made the form does not want it changed"));
    }
    match field.kind {
        FieldKind::Text => text(field, value, flags),
        FieldKind::CheckBox | FieldKind::Radio => button(field, states, value),
        FieldKind::DropDown | FieldKind::List => choice(field, value),
        FieldKind::Password => Err(refused("is for a password, which a document does not store")),
        FieldKind::File => Err(refused("is for the name of a file to be sent, which a document does not store")),
        FieldKind::PushButton => Err(refused("is a button that does something and has no value")),
        FieldKind::Signature => Err(refused("is a signature field: put a stamp into it by Stamp::in_field")),
        FieldKind::Unknown => Err(refused("is of no kind that the standard knows")),
    }
}

fn refused(reason: &str) -> Error {
    Error::new(ErrorKind::NotAllowed, format!("it {reason}"))
}

fn mismatch(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Mismatch, reason)
}

fn text(field: &FormField, value: &FieldValue, flags: i64) -> Result<Taken, Error> {
    let FieldValue::Text(text) = value else { return Err(mismatch("it takes a text")) };
    let count = text.chars().count();
    if let Some(most) = field.max_length.filter(|most| count > *most) {
        return Err(mismatch(format!("the text has {count} characters, and the field takes {most}")));
    }
    if flags & flag::MULTI_LINE == 0 && text.contains(['\n', '\r']) {
        return Err(mismatch("the text has several lines, and the field has one"));
    }
    Ok(Taken::Text(text.clone()))
}

fn button(field: &FormField, states: &[State], value: &FieldValue) -> Result<Taken, Error> {
    let known: Vec<&On> = states.iter().flatten().collect();
    match value {
        FieldValue::On(false) => Ok(Taken::State(None)),
        FieldValue::Text(text) if text.is_empty() || text == "Off" => Ok(Taken::State(None)),
        FieldValue::On(true) => match known.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other.name == first.name) => {
                Ok(Taken::State(Some(first.name.clone())))
            }
            Some(_) => Err(mismatch(format!("it has several buttons: say which, {}", list(&field.options)))),
            // A box that nobody drew has no name for being on yet.
            None if field.kind == FieldKind::CheckBox => Ok(Taken::State(Some(b"Yes".to_vec()))),
            None => Err(mismatch("its buttons have no appearances, so that none can be on")),
        },
        FieldValue::Text(text) => match known.iter().find(|state| state.value == *text) {
            Some(state) => Ok(Taken::State(Some(state.name.clone()))),
            None => Err(mismatch(format!("\"{text}\" is none of its values: {}", list(&field.options)))),
        },
        FieldValue::Several(_) => Err(mismatch("it takes one value")),
    }
}

fn choice(field: &FormField, value: &FieldValue) -> Result<Taken, Error> {
    let place = |text: &String| {
        let options = || field.options.iter();
        options().position(|one| one.value == *text).or_else(|| options().position(|one| one.shown == *text))
    };
    let texts = match value {
        FieldValue::Text(text) if text.is_empty() && place(text).is_none() => {
            return Ok(Taken::Chosen { places: Vec::new(), own: None });
        }
        FieldValue::Text(text) => std::slice::from_ref(text),
        FieldValue::Several(texts) => texts,
        FieldValue::On(_) => return Err(mismatch("it takes one of its options")),
    };
    if texts.len() > 1 && !(field.kind == FieldKind::List && field.multiple) {
        return Err(mismatch(format!("{} options are chosen, and it takes one", texts.len())));
    }
    let mut places = Vec::new();
    for text in texts {
        match place(text) {
            Some(place) => places.push(place),
            None if field.editable => return Ok(Taken::Chosen { places, own: Some(text.clone()) }),
            None => return Err(mismatch(format!("\"{text}\" is none of its options: {}", list(&field.options)))),
        }
    }
    places.sort_unstable();
    places.dedup();
    Ok(Taken::Chosen { places, own: None })
}

/// The first options, for messages.
fn list(options: &[FieldOption]) -> String {
    let named: Vec<String> = options.iter().take(20).map(|option| format!("\"{}\"", option.value)).collect();
    let more = if options.len() > named.len() { " and more" } else { "" };
    if named.is_empty() { "it has none".to_owned() } else { format!("{}{more}", named.join(", ")) }
}
