//! Where values are looked for: in the row of a list first, then around it.

use std::sync::Arc;

use crate::compose::text::Part;
use crate::compose::values::{Value, Values};
use crate::error::{Error, ErrorKind};

/// The values that a part of a layout sees.
#[derive(Clone, Debug)]
pub(in crate::compose) struct Scope<'v> {
    /// None in a row that only fills up a table.
    values: Option<&'v Values>,
    row: Option<(&'v str, usize)>,
    around: Option<Arc<Scope<'v>>>,
}

impl<'v> Scope<'v> {
    pub(in crate::compose) fn of(values: &'v Values) -> Self {
        Scope { values: Some(values), row: None, around: None }
    }

    /// A row of a list; none that is blank.
    pub(super) fn row(&self, list: &'v str, number: usize, values: Option<&'v Values>) -> Scope<'v> {
        Scope { values, row: Some((list, number)), around: Some(Arc::new(self.clone())) }
    }

    /// The value of a name with its way: `members.0.name`. A blank row has none, and does not show those around it.
    pub(super) fn find(&self, name: &str) -> Option<(&'v Value, Arc<str>)> {
        if let Some(value) = self.values?.get(name) {
            return Some((value, self.way(name)));
        }
        self.around.as_ref()?.find(name)
    }

    /// The way to a value of this name here, whether there is one or not.
    pub(super) fn way(&self, name: &str) -> Arc<str> {
        let mut way = name.to_owned();
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((list, number)) = here.row {
                way = format!("{list}.{number}.{way}");
            }
            scope = here.around.as_deref();
        }
        way.into()
    }

    /// As [`Scope::find`]; nothing for what a blank row does not have.
    pub(super) fn value(&self, name: &str) -> Result<Option<(&'v Value, Arc<str>)>, Error> {
        match self.find(name) {
            None if self.is_blank() => Ok(None),
            None => Err(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "there is no value \"{}\": give it, and an empty one for what stays blank",
                    name.escape_debug()
                ),
            )),
            found => Ok(found),
        }
    }

    /// The rows of a list.
    pub(super) fn list(&self, name: &str) -> Result<&'v [Values], Error> {
        match self.value(name)? {
            None => Ok(&[]),
            Some((Value::List(rows), _)) => Ok(rows),
            Some(_) => Err(wrong(name, "no list of rows, as what repeats needs")),
        }
    }

    /// Whether what has this name is left out.
    pub(super) fn hides(&self, id: Option<&str>) -> bool {
        let Some(id) = id else { return false };
        let here = self.values.is_some_and(|values| values.hides(id));
        here || self.around.as_ref().is_some_and(|around| around.hides(Some(id)))
    }

    /// The number of the row, from 1 on.
    pub(super) fn number(&self) -> Option<usize> {
        self.row.map(|(_, number)| number.saturating_add(1)).or_else(|| self.around.as_ref()?.number())
    }

    /// Which row it is, for messages.
    pub(super) fn told(&self) -> String {
        match self.row {
            Some((list, number)) => format!(" in row {} of \"{list}\"", number.saturating_add(1)),
            None => String::new(),
        }
    }

    fn is_blank(&self) -> bool {
        self.values.is_none()
    }
}

/// What a value says as text.
pub(super) fn said(name: &str, value: &Value) -> Result<String, Error> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Choices(chosen) => Ok(chosen.join("、")),
        Value::Flag(_) => Err(wrong(name, "yes or no, and no text: show it as {?…}")),
        Value::Image(_) => Err(wrong(name, "a picture, and no text")),
        Value::List(_) => Err(wrong(name, "a list, and no text")),
    }
}

/// Whether a check box is ticked, and whether it is one of several of which one is.
pub(super) fn ticked(name: &str, value: Option<&Value>, equals: Option<&str>) -> Result<(bool, bool), Error> {
    match (value, equals) {
        (None, _) => Ok((false, equals.is_some())),
        (Some(Value::Flag(is_set)), None) => Ok((*is_set, false)),
        (Some(Value::Text(text)), Some(wanted)) => Ok((text == wanted, true)),
        (Some(Value::Choices(chosen)), Some(wanted)) => Ok((chosen.iter().any(|one| one == wanted), false)),
        (Some(Value::Flag(_)), Some(_)) => Err(wrong(name, "yes or no: a check box for it compares it with nothing")),
        (Some(Value::Text(_) | Value::Choices(_)), None) => {
            Err(wrong(name, "text: a check box for it says with what it is compared, {?name=value}"))
        }
        (Some(Value::Image(_) | Value::List(_)), _) => Err(wrong(name, "nothing that a check box can show")),
    }
}

fn wrong(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Mismatch, format!("the value \"{}\" is {what}", name.escape_debug()))
}

/// Whether parts of a text are the same for all records.
pub(super) fn is_static(parts: &[Part]) -> bool {
    parts.iter().all(|part| matches!(part, Part::Literal(_)))
}
