//! Licences: issued, attacked, read back.

#![cfg(feature = "licence")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../../examples/licence/samples.rs"]
mod samples;
#[path = "../../examples/licence/world.rs"]
mod world;

mod behind;
mod copies;
mod covers;
mod edits;
mod frame;
mod pieces;
#[cfg(feature = "cli")]
mod program;
mod refused;
mod round;
mod seen;
