//! Forms (ISO 32000-2, 12.7): what their fields say, how they look.

#[cfg(feature = "compose")]
pub(super) mod look;
