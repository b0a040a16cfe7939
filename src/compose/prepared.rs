//! A layout made ready for many records.

use std::sync::Arc;

use crate::compose::assets::Assets;
use crate::compose::draft::Draft;
use crate::compose::layout::Layout;
use crate::compose::plan::Plan;
use crate::compose::stock::Stock;
use crate::compose::values::Values;
use crate::error::Error;

/// A layout with its fonts and pictures, checked, measured and compressed once, for any number of records.
///
/// It can be shared by threads; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Prepared {
    plan: Arc<Plan>,
    stock: Arc<Stock>,
}

impl Prepared {
    /// Makes a layout ready.
    ///
    /// # Errors
    ///
    /// As [`Layout::draft`], for what does not depend on the record.
    pub fn new(layout: &Layout, assets: &Assets) -> Result<Self, Error> {
        Self::with_samples(layout, assets, &[])
    }

    /// Makes a layout ready for records like these: what they show of the fonts is embedded in every document, made
    /// small and compressed once, where otherwise each document makes its own small font of what the layout itself
    /// does not say. Choose samples whose words come again and again: names of bodies, places and kinds.
    ///
    /// # Errors
    ///
    /// As [`Layout::draft`], for the samples too.
    pub fn with_samples(layout: &Layout, assets: &Assets, samples: &[Values]) -> Result<Self, Error> {
        let plan = Plan::of(layout, assets)?;
        let drafts = samples.iter().map(|values| plan.draft(values)).collect::<Result<Vec<_>, _>>()?;
        let stock = Arc::new(plan.stock(&drafts)?);
        Ok(Prepared { plan: Arc::new(plan), stock })
    }

    /// The pages of one record.
    ///
    /// # Errors
    ///
    /// As [`Layout::draft`].
    pub fn draft(&self, values: &Values) -> Result<Draft, Error> {
        let mut draft = self.plan.draft(values)?;
        draft.stock = Some(Arc::clone(&self.stock));
        Ok(draft)
    }
}

impl Layout {
    /// The pages of one record. Give the draft its identifier and its metadata before it is painted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when text does not fit its place, a placeholder has no
    /// value, a value is of the wrong kind, or no font has a character: the message names the element, the field and
    /// the text. [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when the layout contradicts itself.
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when it asks for more pages or marks than documents may
    /// have.
    pub fn draft(&self, assets: &Assets, values: &Values) -> Result<Draft, Error> {
        Plan::of(self, assets)?.draft(values)
    }
}
