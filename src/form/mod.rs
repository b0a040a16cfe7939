//! Forms: from a template and what somebody filled in to a sealed document, and back to data that can be trusted.
//!
//! 1. A [`Template`] says what is asked, by which rules, and how it looks; [`Template::check`] tells whether its rules
//!    make sense. [`Versions`] keeps what was used from being changed.
//! 2. An [`Instance`] is what somebody filled in; [`Template::judge`] tells, field by field, what is wrong with it,
//!    in Chinese and English. It can be filled in from what was verified: [`Template::prefill`].
//! 3. A [`Renderer`] makes a PDF or an OFD of a [`ValidInstance`], with places for seals and the data inside.
//! 4. Once sealed and verified, [`Renderer::extract`] takes the data out again, and compares them with what the
//!    pages show.

mod check;
mod clock;
mod codes;
mod compare;
mod compiled;
mod expression;
mod extract;
mod face;
mod field;
mod instance;
mod json;
mod judge;
mod layout;
mod number;
mod prefill;
mod read;
mod remark;
mod render;
mod sealing;
mod state;
mod template;
mod value;
mod versions;
mod wrong;

pub use crate::form::clock::Clock;
pub use crate::form::extract::{Extracted, Extraction, Medium};
pub use crate::form::field::{Field, FieldKind, Role};
pub use crate::form::instance::Instance;
pub use crate::form::judge::{Circumstances, InstanceReport, ValidInstance};
pub use crate::form::number::Number;
pub use crate::form::prefill::{Evidence, Source};
pub use crate::form::remark::Remark;
pub use crate::form::render::Renderer;
pub use crate::form::sealing::{DATA_FILE, Particulars};
pub use crate::form::template::{SCHEMA, Step, Template, TemplateKind};
pub use crate::form::value::{HandedIn, Image, Record, Unread, Value};
pub use crate::form::versions::{Version, Versions};
pub use crate::time::Day;
