//! The places for seals in a page description.

use crate::compose::{Block, Cell, Element, Layout, Table};

/// Their names, in the order of the pages.
pub(super) fn of(layout: &Layout) -> Vec<String> {
    let mut found = Vec::new();
    for page in &layout.pages {
        page.fixed.iter().for_each(|element| in_element(element, &mut found));
        page.flow.iter().for_each(|block| in_block(block, &mut found));
    }
    layout.every.iter().flat_map(|running| &running.elements).for_each(|element| in_element(element, &mut found));
    found
}

fn in_block(block: &Block, found: &mut Vec<String>) {
    match block {
        Block::Table(table) => in_table(table, found),
        Block::Canvas(canvas) => canvas.elements.iter().for_each(|element| in_element(element, found)),
        Block::Repeat(repeat) => repeat.blocks.iter().for_each(|block| in_block(block, found)),
        _ => {}
    }
}

fn in_table(table: &Table, found: &mut Vec<String>) {
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    cells.flat_map(|cell: &Cell| &cell.elements).for_each(|element| in_element(element, found));
}

fn in_element(element: &Element, found: &mut Vec<String>) {
    match element {
        Element::Seal(slot) => found.push(slot.name.clone()),
        Element::Table(table) => in_table(table, found),
        _ => {}
    }
}
