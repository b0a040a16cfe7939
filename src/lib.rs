#![cfg_attr(all(feature = "pdf", feature = "ofd", feature = "sm", feature = "authority"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "pdf", feature = "ofd", feature = "sm", feature = "authority")),
    doc = "Electronic seals (GB/T 38540): make them, stamp PDF and OFD documents with them, verify what others stamped."
)]
//!
//! # Where to begin
//!
//! - To put a seal on a form: [`Stamp`].
//! - To tell whether a stamped form holds: [`Verifier::document`].
//! - Where it shows: [`Place`].
//! - With a key in a device or on another machine: [`Stamp::prepare`].
//! - To make seals: [`SealMaker::create`].
//! - To draw a seal's picture: `draw` (feature `draw`).
//! - To take forms from data to sealed documents and back: `form` (feature `form`).
//! - To issue licences, and to read them back: `licence` (feature `licence`).
//! - To make documents, PDF and OFD from one description: `compose` (feature `compose`).
//! - To bring old seals forward: [`SealMaker::migrate`], [`SealMaker::remake`], and for hundreds at once
//!   [`lifecycle::plan`](fn@lifecycle::plan).
//! - To check identifiers of licences, bodies, citizens, seals and service items: [`identifier`].
//! - To read seal data only: [`Seal::from_der`], which needs no features and no anchors.
//! - Why it is as it is, and how to do particular things: [`manual`].

// What nothing uses is judged with the uppermost room built: the rooms below serve it.
#![cfg_attr(not(feature = "licence"), allow(dead_code, unreachable_pub, unused_imports))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

#[cfg(feature = "pdf")]
pub mod archive;
#[cfg(feature = "authority")]
pub mod authority;
pub mod batch;
#[cfg(feature = "compose")]
pub mod compose;
mod crypto;
#[cfg(any(feature = "pdf", feature = "ofd", feature = "draw"))]
mod deflate;
mod der;
mod document;
#[cfg(feature = "draw")]
pub mod draw;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
mod finding;
#[cfg(any(feature = "draw", feature = "render"))]
mod font;
#[cfg(feature = "form")]
pub mod form;
pub mod identifier;
pub mod keys;
#[cfg(feature = "ledger")]
pub mod ledger;
#[cfg(feature = "licence")]
pub mod licence;
pub mod lifecycle;
mod limits;
pub mod manual;
mod picture;
#[cfg(feature = "render")]
mod render;
pub mod seal;
mod stamp;
mod time;
pub mod timestamp;
pub mod trust;
mod units;
pub mod verify;

/// Making OFD documents, and taking out what is in them (GB/T 33190-2016).
#[cfg(feature = "ofd")]
pub mod ofd {
    pub use crate::document::ofd::{
        Annotation, AnnotationKind, Attachment, Cap, ColourSpaceId, Content, Destination, Figure, FontId, Heading,
        ImageId, Ink, Item, Join, Metadata, NewAttachment, NewColourSpace, NewFont, NewOfd, Outline, PageId, Stroke,
        Tag, TagNode, TemplateId, Text, TextRun,
    };
    #[cfg(feature = "render")]
    pub use crate::font::Font;
    #[cfg(feature = "render")]
    pub use crate::render::Rendered;
}

/// Making PDF documents (ISO 32000-1 and ISO 19005-3), and filling the forms of others.
#[cfg(feature = "compose")]
pub mod pdf {
    pub use crate::document::ofd::{Cap, Figure, Ink, Join, Outline, Stroke};
    pub use crate::document::pdf::{
        Align, Content, EmbeddedFile, FieldValue, FontId, ImageId, NewAttachment, NewField, NewPdf, PageId,
        Relationship, TemplateId, Text, Typeface,
    };
    pub use crate::font::Font;
}

#[cfg(feature = "pkcs12")]
pub use crate::crypto::Pkcs12;
pub use crate::crypto::{Certificate, Credentials, DigestAlgorithm, SignatureAlgorithm, SigningKey, SoftwareKey};
#[cfg(feature = "sm")]
pub use crate::crypto::{SM2_DEFAULT_ID, sm2_digest, sm2_value_to_der};
#[cfg(feature = "ofd")]
pub use crate::document::Ofd;
pub use crate::document::{Change, ChangeKind, Coverage, Document, FieldLock, Format, ModificationLevel, Permitted};
#[cfg(feature = "pdf")]
pub use crate::document::{FieldKind, FieldOption, FieldWidget, FormField, Pdf, PdfField};
pub use crate::error::{BoxError, Error, ErrorKind};
pub use crate::finding::{Check, Conclusion, Finding, Indication, Outcome, Standard, SubIndication, Verdict, checks};
#[cfg(feature = "ledger")]
pub use crate::ledger::Ledger;
pub use crate::limits::Limits;
pub use crate::picture::{Picture, PictureFormat};
pub use crate::seal::{Edition, Seal, SealMaker, Signatory};
pub use crate::stamp::{Payload, Place, Placement, Prepared, Signed, Stamp, place};
pub use crate::time::{Day, Time, Validity};
pub use crate::timestamp::TimeStamper;
pub use crate::trust::{Anchor, Evidence, Role, SealStatus, StatusSource, Trust};
pub use crate::units::{Area, Mm, Page};
pub use crate::verify::{Policy, Report, SealReport, Verified, Verifier};
