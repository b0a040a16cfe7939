//! Forms: templates, what is filled in, documents and back.

#[path = "../common/mod.rs"]
mod common;

mod templates;
