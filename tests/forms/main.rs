//! Forms: templates, what is filled in, documents and back.

#[path = "../common/mod.rs"]
mod common;

mod planted;
#[cfg(feature = "cli")]
mod program;
mod round;
mod templates;
mod values;
