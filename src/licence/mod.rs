//! Electronic licences (电子证照): from data to a sealed file, and back to data that can be trusted.

pub mod catalogue;
mod day;
mod lifecycle;
mod metadata;
mod remark;
pub mod sharing;

pub use crate::licence::day::Day;
pub use crate::licence::lifecycle::{Deed, Operation, Record, State, require_link};
pub use crate::licence::metadata::{
    Body, Constraint, CopyNote, Element, Elements, Holder, HolderKind, Metadata, Standing,
};
pub use crate::licence::remark::Remark;
