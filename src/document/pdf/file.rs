//! A file that was opened: its chain of revisions, and what holds for the whole of it.

mod view;

use std::ops::Range;
use std::sync::Arc;

pub(super) use crate::document::pdf::file::view::{Followed, Indirect, View, Work, readable};
use crate::document::pdf::object::{Dictionary, Reference};
use crate::document::pdf::source::Source;
use crate::document::pdf::xref::{Chain, Revision};
use crate::error::{Context as _, Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

#[cfg(feature = "encryption")]
pub(super) use crate::document::pdf::encryption::Class;
#[cfg(feature = "encryption")]
use crate::document::pdf::encryption::Security;

/// Without the feature there is no such file: reading it was refused.
#[cfg(not(feature = "encryption"))]
#[derive(Clone, Copy, Debug)]
pub(super) enum Class {
    String,
    Stream,
}

/// Cheap to clone: all that is large is shared.
#[derive(Clone)]
pub(super) struct File {
    pub(super) source: Source,
    /// Where `%PDF-` stands.
    head: u64,
    /// Where offsets in the file count from: the header, or the beginning of the file.
    pub(super) shift: u64,
    /// The version in the header, such as `1.7`.
    pub(super) version: String,
    pub(super) chain: Arc<Chain>,
    pub(super) limits: Limits,
    #[cfg(feature = "encryption")]
    pub(super) security: Option<Arc<Security>>,
}

/// How far into the file the header is looked for, as readers have always done.
const HEAD: u64 = 1024;

impl File {
    pub(super) fn open(source: Source, password: &str, limits: &Limits) -> Result<Self, Error> {
        if source.is_held() && source.len() > limits.document_bytes {
            return Err(Error::too_large(format!(
                "the document has {} bytes, and the limit is {}",
                source.len(),
                limits.document_bytes
            )));
        }
        let (head, version) = find_header(&source)?;
        let (shift, chain) = read_chain(&source, head, limits)?;
        let file = File {
            source,
            head,
            shift,
            version,
            chain: Arc::new(chain),
            limits: limits.clone(),
            #[cfg(feature = "encryption")]
            security: None,
        };
        file.root()?;
        let file = file.unlock(password)?;
        Work::new(&file, limits).view().catalog().context("the document's last update is broken")?;
        Ok(file)
    }

    /// The file with a revision behind it that was written here.
    pub(super) fn with(&self, revision: Vec<u8>) -> Result<Self, Error> {
        let source = self.source.with(revision);
        let chain = Arc::new(Chain::read(&source, self.shift, &self.limits)?);
        Ok(File { source, chain, ..self.clone() })
    }

    #[cfg(feature = "encryption")]
    fn unlock(mut self, password: &str) -> Result<Self, Error> {
        self.security = crate::document::pdf::locked::security(&self, password)?.map(Arc::new);
        Ok(self)
    }

    #[cfg(not(feature = "encryption"))]
    fn unlock(self, _password: &str) -> Result<Self, Error> {
        if self.trailer()?.get("Encrypt").is_some() {
            return Err(Error::unsupported(
                "the document is encrypted; that needs the \"encryption\" feature of this crate",
            ));
        }
        Ok(self)
    }

    pub(super) fn newest(&self) -> Result<&Revision, Error> {
        self.chain.revisions.last().ok_or_else(|| Error::malformed("the file has no cross-reference section"))
    }

    pub(super) fn trailer(&self) -> Result<&Dictionary, Error> {
        Ok(&self.newest()?.trailer)
    }

    fn root(&self) -> Result<Reference, Error> {
        self.trailer()?.reference("Root").ok_or_else(|| {
            Error::malformed("the newest trailer has no /Root that refers to the catalog: the last update is broken")
        })
    }

    /// What is not white space behind the last revision, as a range. Of a revision without
    /// `%%EOF`, which fails anyway, the end is not known.
    pub(super) fn trailing(&self) -> Option<Range<u64>> {
        let end = self.chain.revisions.last().map_or(0, |revision| revision.end);
        let text = self.source.end_of_text();
        (end > 0 && text > end).then_some(end..text)
    }

    /// Oddities of the file as a whole.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = self.chain.findings.clone();
        if self.head > 0 {
            let text =
                format!("{} bytes stand before the header \"%PDF-\": readers disagree on all offsets", self.head);
            findings.push(Finding::fail(checks::DOCUMENT_STRUCTURE, text));
        }
        if let Some(trailing) = self.trailing() {
            let text = format!(
                "{} bytes follow the last revision, which ends at byte {}",
                trailing.end - trailing.start,
                trailing.start
            );
            findings.push(Finding::fail(checks::DOCUMENT_STRUCTURE, text));
        }
        #[cfg(feature = "encryption")]
        if self.security.as_ref().is_some_and(|security| !security.permissions_confirmed()) {
            let text = "the permissions in /P of the encryption dictionary are not those that were sealed in /Perms";
            findings.push(Finding::unknown(checks::DOCUMENT_STRUCTURE, text));
        }
        findings
    }

    #[cfg(feature = "encryption")]
    pub(super) fn is_encrypted(&self) -> bool {
        self.security.is_some()
    }

    #[cfg(not(feature = "encryption"))]
    pub(super) fn is_encrypted(&self) -> bool {
        false
    }

    #[cfg(feature = "encryption")]
    fn encrypts_metadata(&self) -> bool {
        self.security.as_ref().is_none_or(|security| security.encrypts_metadata())
    }

    #[cfg(not(feature = "encryption"))]
    fn encrypts_metadata(&self) -> bool {
        true
    }

    /// What is to stand in a new object in place of `bytes`.
    #[cfg(feature = "encryption")]
    pub(super) fn encrypt(&self, class: Class, of: Reference, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        match &self.security {
            Some(security) => security.encrypt(class, of.number, of.generation, &bytes),
            None => Ok(bytes),
        }
    }

    #[cfg(not(feature = "encryption"))]
    pub(super) fn encrypt(&self, _class: Class, _of: Reference, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        Ok(bytes)
    }

    /// Whether the owner lets holders of the user's password sign: bits 4, 6 or 9 of `/P`.
    #[cfg(feature = "encryption")]
    pub(super) fn may_be_signed(&self) -> bool {
        const MODIFY_ANNOTATE_OR_FILL: u32 = 1 << 3 | 1 << 5 | 1 << 8;
        self.security.as_ref().is_none_or(|security| {
            security.authenticated_as_owner() || security.permissions() & MODIFY_ANNOTATE_OR_FILL != 0
        })
    }

    #[cfg(not(feature = "encryption"))]
    pub(super) fn may_be_signed(&self) -> bool {
        true
    }

    #[cfg(feature = "encryption")]
    fn decrypt(&self, class: Class, of: Reference, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.security {
            Some(security) => security.decrypt(class, of.number, of.generation, bytes),
            None => Ok(bytes.to_vec()),
        }
    }

    #[cfg(not(feature = "encryption"))]
    fn decrypt(&self, _class: Class, _of: Reference, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(bytes.to_vec())
    }
}

/// The chain of revisions, and where its offsets count from: the header, as readers have always done it, or
/// else the beginning of the file, as who wrote something before the header may have counted.
fn read_chain(source: &Source, head: u64, limits: &Limits) -> Result<(u64, Chain), Error> {
    match Chain::read(source, head, limits) {
        Err(error) if head > 0 && error.kind() == ErrorKind::Malformed => {
            Chain::read(source, 0, limits).map(|chain| (0, chain)).map_err(|_| error)
        }
        read => Ok((head, read?)),
    }
}

fn find_header(source: &Source) -> Result<(u64, String), Error> {
    let head = source.slice(0..HEAD.min(source.len()))?.unwrap_or_default();
    let at = head
        .windows(5)
        .position(|window| window == b"%PDF-")
        .ok_or_else(|| Error::malformed("this is no PDF: there is no \"%PDF-\" in its first 1024 bytes"))?;
    let version = head.get(at + 5..).unwrap_or_default();
    let version = version.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').take(8);
    Ok((at as u64, version.map(|byte| char::from(*byte)).collect()))
}
