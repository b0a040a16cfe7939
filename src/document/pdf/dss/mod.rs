//! The document security store: what a document carries so that its signatures can be judged later
//! (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4).

mod read;
mod write;

pub(super) use crate::document::pdf::dss::read::kept;
pub(super) use crate::document::pdf::dss::write::revision;

use std::rc::Rc;

use crate::document::KeptKind;
use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::object::{Dictionary, Object};
use crate::error::Error;

/// The arrays of the store and what is in them.
const ARRAYS: [(&str, KeptKind); 3] =
    [("Certs", KeptKind::Certificate), ("CRLs", KeptKind::Crl), ("OCSPs", KeptKind::Ocsp)];

/// The value of a key together with the indirect object in which it stands.
fn locate(
    view: &View<'_>,
    holder: &Rc<Indirect>,
    dictionary: &Dictionary,
    key: &str,
) -> Result<Option<(Rc<Indirect>, Object)>, Error> {
    let Some(value) = dictionary.get(key) else { return Ok(None) };
    Ok(match view.follow(value)? {
        Followed::Here(object) => Some((Rc::clone(holder), object.clone())),
        Followed::There(indirect) => {
            let object = indirect.object.clone();
            Some((indirect, object)).filter(|(_, object)| object.kind() != "null")
        }
        Followed::Nothing(_) => None,
    })
}
