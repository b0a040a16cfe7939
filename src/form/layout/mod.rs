//! How a form looks: a page description of its own, or a ruled table made from its fields.

mod grid;
mod slots;

use serde::{Deserialize, Serialize};

use crate::compose;
use crate::form::compiled::paths;
use crate::form::field::{FieldKind, Role};
use crate::form::template::{Sheet, TemplateKind};

pub(crate) use crate::form::layout::grid::{Grid, blank};

/// The layout of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Layout {
    /// A ruled table.
    Grid(Grid),
    /// Pages in the language of [`crate::compose`].
    Pages(Box<compose::Layout>),
}

/// The pages of a template, in the language of [`crate::compose`].
pub(crate) fn pages(sheet: &Sheet) -> compose::Layout {
    match &sheet.layout {
        Some(Layout::Pages(pages)) => (**pages).clone(),
        Some(Layout::Grid(grid)) => grid.pages(sheet),
        None => Grid::plain(sheet).pages(sheet),
    }
}

/// What does not fit between a template's fields and its pages.
pub(crate) fn examine(sheet: &Sheet, tell: &mut dyn FnMut(String)) {
    match (sheet.kind, &sheet.layout) {
        (TemplateKind::Plain, Some(_)) => tell("a plain form is laid out by itself: leave its layout out".into()),
        (TemplateKind::Table, None | Some(Layout::Pages(_))) => tell("a table form has a layout of kind grid".into()),
        (TemplateKind::Layout, None | Some(Layout::Grid(_))) => tell("a layout form has a layout of kind pages".into()),
        _ => {}
    }
    if let Some(Layout::Grid(grid)) = &sheet.layout {
        grid.examine(sheet, tell);
    }
    let layout = pages(sheet);
    let shown = |role: Role| role != Role::Hidden;
    let (mut names, mut optional) = (Vec::new(), Vec::new());
    for (path, field, table) in paths(sheet) {
        if field.kind == FieldKind::Seal {
            continue;
        }
        let seen = shown(field.role) && table.is_none_or(|table| shown(table.role));
        let all = if seen { &mut names } else { &mut optional };
        all.push(path);
    }
    let known: Vec<&String> = names.iter().chain(&optional).collect();
    for fault in layout.check(&known) {
        match &fault {
            compose::Fault::NotShown { field } if optional.contains(field) => {}
            fault => tell(fault.to_string()),
        }
    }
    let slots = slots::of(&layout);
    for field in sheet.fields.iter().filter(|field| field.kind == FieldKind::Seal) {
        match slots.iter().filter(|slot| **slot == field.key).count() {
            1 => {}
            0 => tell(format!("the layout has no place for the seal \"{}\"", field.key)),
            _ => tell(format!("the layout has several places for the seal \"{}\"", field.key)),
        }
    }
    for slot in &slots {
        if !sheet.field(slot).is_some_and(|field| field.kind == FieldKind::Seal) {
            tell(format!("the layout has a place for the seal \"{slot}\", and no such field is there"));
        }
    }
}
