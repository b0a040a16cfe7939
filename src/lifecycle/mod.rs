//! What is done with seals: creating them, and the states through which they go.

mod create;
mod status;

pub use crate::lifecycle::status::{
    CancelReason, Operation, Provenance, RemakeReason, SourceFormat, State, cancel, freeze, supersede, transition,
    unfreeze,
};
