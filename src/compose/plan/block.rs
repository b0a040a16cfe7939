//! Blocks of the flow, worked out.

use crate::compose::layout::Block;
use crate::compose::plan::element::Placed;
use crate::compose::plan::table::PlanTable;
use crate::compose::plan::text::{PlanText, Source};
use crate::compose::plan::{Compiler, named};
use crate::compose::text::{Bounds, Look};
use crate::error::Error;

/// A block of a plan.
#[derive(Clone, Debug)]
pub(super) enum PlanBlock {
    Text { label: String, id: Option<String>, text: PlanText, before: f64, after: f64, keep: bool, is_entry: bool },
    Table(Box<PlanTable>),
    Canvas { label: String, id: Option<String>, height: f64, elements: Vec<Placed>, keep: bool },
    Repeat { label: String, id: Option<String>, list: String, blocks: Vec<PlanBlock> },
    Space(f64),
    Break,
}

impl<'l> Compiler<'l> {
    pub(super) fn blocks(
        &self,
        list: &'l [Block],
        width: f64,
        look: &Look,
        place: &str,
    ) -> Result<Vec<PlanBlock>, Error> {
        let mut blocks = Vec::with_capacity(list.len());
        for (number, block) in list.iter().enumerate() {
            let id = match block {
                Block::Text(one) => one.id.as_deref(),
                Block::Table(one) => one.id.as_deref(),
                Block::Canvas(one) => one.id.as_deref(),
                Block::Repeat(one) => one.id.as_deref(),
                Block::Space(_) | Block::Break => None,
            };
            let label = named(&format!("{place}[{number}]"), id);
            blocks.extend(self.keep(&label, self.block(block, width, look, &label))?);
        }
        Ok(blocks)
    }

    fn block(&self, block: &'l Block, width: f64, look: &Look, label: &str) -> Result<PlanBlock, Error> {
        let length = |what: &str, value: f64| {
            if (0.0..=5000.0).contains(&value) {
                Ok(value)
            } else {
                Err(Error::malformed(format!("{what} of {value} mm is none")))
            }
        };
        let label_of = || label.to_owned();
        Ok(match block {
            Block::Text(block) => {
                if block.area.is_some() {
                    return Err(Error::malformed(
                        "a text of the flow has no \"box\": it stands where the flow leads it",
                    ));
                }
                let mut text = PlanText::compile(&Source::of(block), look, self)?;
                self.note_text(label, &text);
                if let Some(faces) = self.faces {
                    text.prepare(Bounds { width, height: None }, faces)?;
                }
                PlanBlock::Text {
                    label: label_of(),
                    id: block.id.clone(),
                    text,
                    before: length("room above", block.before)?,
                    after: length("room below", block.after)?,
                    keep: block.keep,
                    is_entry: block.entry.is_some(),
                }
            }
            Block::Table(table) => {
                if table.area.is_some() {
                    return Err(Error::malformed(
                        "a table of the flow has no \"box\": it stands where the flow leads it",
                    ));
                }
                PlanBlock::Table(Box::new(self.deeper(|| self.table(table, Some(width), look, label))?))
            }
            Block::Canvas(canvas) => PlanBlock::Canvas {
                label: label_of(),
                id: canvas.id.clone(),
                height: length("the height", canvas.height)?,
                elements: self.deeper(|| self.elements(&canvas.elements, look, &format!("{label}.elements")))?,
                keep: canvas.keep,
            },
            Block::Repeat(repeat) => PlanBlock::Repeat {
                label: label_of(),
                id: repeat.id.clone(),
                list: repeat.list.clone(),
                blocks: self.within_list(label, &repeat.list, || {
                    self.blocks(&repeat.blocks, width, look, &format!("{label}.blocks"))
                })?,
            },
            Block::Space(space) => PlanBlock::Space(length("the height", space.height)?),
            Block::Break => PlanBlock::Break,
        })
    }
}
