//! Bad twins: something good with one thing changed. Each says what the verdict is then and which
//! check answers; a twin that failed for another reason would prove nothing.

#[path = "../common/mod.rs"]
mod common;

mod cms;
#[cfg(feature = "ofd")]
mod ofd;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "ofd")]
mod products;
mod seal;
mod signature;
