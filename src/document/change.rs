//! What came into a document after a signature.

use std::fmt;

use serde::Serialize;

use crate::units::{Area, Page};

/// How far later revisions went beyond what a signature closed; later variants go further.
///
/// What a level takes in is told by the changes that make it up. Whether it is allowed is told by
/// the finding [`DOCUMENT_CHANGES`](crate::checks::DOCUMENT_CHANGES).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ModificationLevel {
    /// Nothing was added.
    None,
    /// What makes signatures last, and what nobody sees: validation data, document time stamps,
    /// invisible signature fields, descriptions of the document.
    LtaUpdate,
    /// Fields were filled in, or signature fields were added and signed.
    FormFilling,
    /// Annotations were added, changed or removed.
    Annotations,
    /// Anything else: no signature allows it.
    Other,
}

impl fmt::Display for ModificationLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ModificationLevel::None => "nothing",
            ModificationLevel::LtaUpdate => "updates for long-term validation",
            ModificationLevel::FormFilling => "form filling",
            ModificationLevel::Annotations => "annotations",
            ModificationLevel::Other => "changes that no signature allows",
        })
    }
}

/// What a change was made to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// An action or a script.
    Action,
    /// An annotation that shows no form field, or its appearance.
    Annotation,
    /// The catalog, or what only the catalog leads to.
    Catalog,
    /// Data for validation (`/DSS`).
    Evidence,
    /// The extensions or the version that the document declares.
    Extension,
    /// The value or the appearance of a form field.
    FieldValue,
    /// The form as a whole, or the nature of a field.
    Form,
    /// The document's description: `/Info` or `/Metadata`.
    Metadata,
    /// A page or what it draws.
    Page,
    /// The order or the number of pages.
    PageTree,
    /// The permissions that a certification lays down.
    Permissions,
    /// A signature that was there, its field or its appearance.
    Signature,
    /// A signature field that was not there.
    SignatureField,
    /// A signature that was not there, in a field that was.
    Signing,
    /// The logical structure (tags).
    Structure,
    /// A document time stamp.
    TimeStamp,
    /// The trailer, object streams, or bytes outside of all revisions.
    File,
}

/// One thing that a later revision changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// How far it goes.
    pub level: ModificationLevel,
    /// What it was made to.
    pub kind: ChangeKind,
    /// The revision that made it; the first is 1.
    pub revision: usize,
    /// The object's number and generation, such as `12 0`.
    pub object: Option<String>,
    /// How the trailer leads there: keys, with the numbers of items left out.
    pub path: String,
    /// The page that it concerns.
    pub page: Option<Page>,
    /// Where it shows.
    pub area: Option<Area>,
    /// What stood there, shortened.
    pub old: Option<String>,
    /// What stands there now, shortened.
    pub new: Option<String>,
    /// One sentence.
    pub detail: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "revision {}: {}", self.revision, self.detail)?;
        if let Some(area) = &self.area {
            write!(f, ", {area}")?;
        } else if let Some(page) = &self.page {
            write!(f, ", {page}")?;
        }
        match (&self.old, &self.new) {
            (None, None) => Ok(()),
            (old, new) => {
                let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".into());
                write!(f, ": {} became {}", told(old), told(new))
            }
        }
    }
}
