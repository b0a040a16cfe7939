//! What may be changed in which role (the rules of ISO 32000-2, 12.8.2.2, and of careful validators).

mod catalog;
mod evidence;
mod field;
mod form;
mod metadata;
mod page;
mod structure;
