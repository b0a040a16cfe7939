//! What a document carries so that its signatures can be judged later, and what is to be added to that.

use crate::crypto::{DigestAlgorithm, digest};
use crate::error::Error;
use crate::time::Time;

/// A kind of validation data.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum KeptKind {
    Certificate,
    Crl,
    /// An OCSPResponse, the outer structure.
    Ocsp,
}

/// A piece of validation data in a document.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) kind: KeptKind,
    pub(crate) der: Vec<u8>,
    /// The first revision that has it.
    pub(crate) since: usize,
}

/// What is to be added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addition {
    pub(crate) pieces: Vec<(KeptKind, Vec<u8>)>,
    pub(crate) hints: Vec<Hint>,
}

/// What belongs to one signature (`/VRI`).
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    /// The signature's name there: the SHA-1 of its contents in hexadecimal.
    pub(crate) key: String,
    pub(crate) pieces: Vec<(KeptKind, Vec<u8>)>,
    /// When it was put together, by the writer's word.
    pub(crate) time: Option<Time>,
    /// A time stamp of when it was put together.
    pub(crate) token: Option<Vec<u8>>,
}

impl Hint {
    /// The name under which hints about a signature stand: the SHA-1 of its contents, padding included.
    pub(crate) fn key_of(contents: &[u8]) -> Result<String, Error> {
        Ok(digest(DigestAlgorithm::Sha1, contents)?.iter().map(|octet| format!("{octet:02X}")).collect())
    }
}
