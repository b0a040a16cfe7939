//! Text set in lines: from a template and values to words at places.

mod atoms;
mod look;
mod set;
mod template;

pub(super) use crate::compose::text::atoms::{Faces, Piece, Show, Text};
pub(super) use crate::compose::text::look::{Look, Looks};
pub(super) use crate::compose::text::set::{Bounds, Line, Setting};
pub(super) use crate::compose::text::template::{Part, parse};
