//! Pictures as pages hold them.

use crate::units::Area;

/// A picture on a page.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Seen {
    /// Where it stands, where that is known without drawing the page.
    pub(crate) area: Option<Area>,
    pub(crate) dots: Dots,
}

/// What it is made of.
#[derive(Clone, Debug)]
pub(crate) enum Dots {
    /// A PNG or JPEG file, as it is.
    File(Vec<u8>),
    /// Eight bits for each component, line by line from the top.
    Raw {
        width: u32,
        height: u32,
        /// 1 or 3.
        components: usize,
        colours: Vec<u8>,
        /// One byte for each dot, where some show through.
        opacity: Option<Vec<u8>>,
    },
    /// Something that this crate does not write.
    Other,
}
