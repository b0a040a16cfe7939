//! The catalogue: which types of licences there are, who may issue them, which services take them in place of paper,
//! and the rows under which issued licences are known (GB/T 36902-2018).
//!
//! Two things are called a catalogue. That of *types* ([`TypeEntry`]) is made above; a body below *claims* an entry
//! ([`Claim`]) before it issues under it; a service item links a material to a type ([`MaterialLink`]). That of
//! *instances* ([`Row`]) has one row for each licence. All of it is plain data with checks: whoever runs a
//! registry keeps it.

mod entry;
mod row;
#[cfg(test)]
mod tests;

pub use crate::licence::catalogue::entry::{Catalogue, Claim, EntryState, MaterialLink, Permission, TypeEntry};
pub use crate::licence::catalogue::row::{Operation, Row, RowRemark, check_rows};
