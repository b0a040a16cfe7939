//! OFD

/// An OFD package.
#[derive(Clone, Debug)]
pub struct Ofd;
