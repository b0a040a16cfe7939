//! Longer reading: why the crate is as it is, how to do particular things, what each check asks.

#[doc = include_str!("design.md")]
pub mod design {}

#[doc = include_str!("howto.md")]
pub mod howto {}

#[cfg(feature = "form")]
#[doc = include_str!("forms.md")]
pub mod forms {}

#[cfg(feature = "licence")]
#[doc = include_str!("licences.md")]
pub mod licences {}

#[doc = include_str!("ofd.md")]
pub mod ofd {}

#[cfg(feature = "compose")]
#[doc = include_str!("composing.md")]
pub mod composing {}

#[cfg(feature = "ledger")]
#[doc = include_str!("register.md")]
pub mod register {}

#[doc = include_str!("pdf.md")]
pub mod pdf {}

#[cfg(feature = "draw")]
#[doc = include_str!("placing.md")]
pub mod placing {}

#[doc = include_str!("pdf-reading.md")]
pub mod pdf_reading {}

#[doc = include_str!("trust.md")]
pub mod trust {}

#[cfg_attr(feature = "pdf", doc = include_str!("verdicts.md"))]
#[cfg_attr(
    not(feature = "pdf"),
    doc = "With the feature \"pdf\" this page tells how verdicts, time and levels hang together."
)]
pub mod verdicts {}

#[doc = include_str!("keys.md")]
pub mod keys {}

#[doc = include_str!("time.md")]
pub mod time {}

#[doc = include_str!("standards.md")]
pub mod standards {}

#[doc = include_str!("checks.md")]
pub mod checks {}

#[doc = include_str!("../../CHANGELOG.md")]
pub mod changes {}
