//! A layout made ready for many records.

use std::sync::Arc;

use crate::compose::assets::Assets;
use crate::compose::draft::Draft;
use crate::compose::layout::Layout;
use crate::compose::plan::Plan;
use crate::compose::values::Values;
use crate::error::Error;

/// A layout with its fonts and pictures, checked, measured and compressed once, for any number of records.
///
/// It can be shared by threads; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Prepared {
    plan: Arc<Plan>,
}

impl Prepared {
    /// Makes a layout ready.
    ///
    /// # Errors
    ///
    /// As [`Layout::draft`], for what does not depend on the record.
    pub fn new(layout: &Layout, assets: &Assets) -> Result<Self, Error> {
        Ok(Prepared { plan: Arc::new(Plan::of(layout, assets)?) })
    }

    /// The pages of one record.
    ///
    /// # Errors
    ///
    /// As [`Layout::draft`].
    pub fn draft(&self, values: &Values) -> Result<Draft, Error> {
        self.plan.draft(values)
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
