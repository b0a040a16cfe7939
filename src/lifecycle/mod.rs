//! What is done with seals, and the states through which they go.
//!
//! - From nothing: [`SealMaker::create`](crate::SealMaker::create), and
//!   [`SealMaker::prepare`](crate::SealMaker::prepare) for more than the content.
//! - From an older seal: [`SealMaker::migrate`](crate::SealMaker::migrate) and
//!   [`SealMaker::remake`](crate::SealMaker::remake); both leave a [`Provenance`] in the new one.
//! - For hundreds at once: [`plan`], which decides without a key, and [`carry_out`].
//! - [`State`] and [`transition`] say what may follow what; a register keeps which it is.

mod create;
mod plan;
mod provenance;
mod status;
mod succeed;

pub use crate::lifecycle::create::NewSeal;
pub use crate::lifecycle::plan::{
    Candidate, Carried, NewId, Objection, Plan, PlanItem, PlanPolicy, Step, Workshop, carry_out, evidence, plan,
};
pub use crate::lifecycle::status::{
    CancelReason, Operation, Provenance, RemakeReason, State, cancel, freeze, supersede, transition, unfreeze,
};
pub use crate::lifecycle::succeed::{IdPolicy, Migration, Remake};
pub use crate::seal::SourceFormat;
