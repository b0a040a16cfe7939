//! Forms: templates, what is filled in, documents and back.

#[path = "../common/mod.rs"]
mod common;

mod planted;
mod round;
mod templates;
mod values;
