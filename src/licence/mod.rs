//! Electronic licences (电子证照): from data to a sealed file, and back to data that can be trusted.

mod annotate;
mod carrier;
pub mod catalogue;
mod composer;
mod data;
mod face;
mod issue;
mod lifecycle;
mod metadata;
mod owner;
mod pixels;
mod profile;
mod reading;
mod remark;
pub mod sharing;

pub use crate::licence::annotate::Annotated;
pub use crate::licence::carrier::Carrier;
pub use crate::licence::composer::{Composer, LaidOut};
pub use crate::licence::face::{Face, FaceValue};
pub use crate::licence::issue::{Composed, Issued};
pub use crate::licence::lifecycle::{Deed, Operation, Record, State, require_link};
pub use crate::licence::metadata::{
    Body, Constraint, CopyNote, Element, Elements, Holder, HolderKind, Metadata, Standing,
};
pub use crate::licence::profile::{
    Block, CatalogueRules, CopyRules, Item, ItemKind, Profile, SCHEMA, SealRules, TypeRules, ValidityRule,
};
pub use crate::licence::reading::{GoodLicence, Licence, Reading};
pub use crate::licence::remark::Remark;
pub use crate::time::Day;
