//! What a stranger's file may cost.

use serde::{Deserialize, Serialize};

/// How much work and memory an input from outside may ask for.
///
/// Every reader takes one. The defaults admit each honest file that was met while this crate was
/// written, by a factor of ten or more; the reason of each stands beside it.
///
/// ```
/// use eseal::Limits;
///
/// let limits = Limits { document_bytes: 10 << 20, ..Limits::default() };
/// assert!(limits.document_bytes < Limits::default().document_bytes);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Bytes of a whole document that is read into memory. Default 4 GiB: an archive's scans in one
    /// file; larger documents do not fit the memory of the services that link this crate, and are opened
    /// in place by `Pdf::open`.
    pub document_bytes: u64,
    /// Bytes of a seal or of a seal signature. Default 16 MiB: real ones have 2 kB to 2 MB.
    pub seal_bytes: usize,
    /// Nesting of structures: ASN.1, PDF arrays and dictionaries, XML elements. Default 64: ASN.1
    /// of certificates stays below 16, OFD pages below 20.
    pub depth: usize,
    /// Objects of a PDF, entries of all its cross-reference sections counted. Default 8 million.
    pub objects: usize,
    /// Revisions of a PDF and cross-reference sections on its chain. Default 4096: a form that was
    /// saved every day for ten years.
    pub revisions: usize,
    /// Entries of an OFD package. Default 100 000: a volume of 10 000 pages has about 40 000.
    pub entries: usize,
    /// Bytes that one compressed stream or package entry may unfold to. Default 512 MiB.
    pub stream_bytes: u64,
    /// Bytes that all compressed parts of one document together may unfold to. Default 4 GiB.
    pub unfolded_bytes: u64,
    /// How many times larger than itself a compressed part may unfold, once it exceeds one
    /// mebibyte. Default 1100: deflate cannot do more than 1032.
    pub ratio: u64,
    /// Signatures in one document. Default 2000: a register stamped by every organ of a province.
    pub signatures: usize,
    /// Pages of a document. Default 200 000.
    pub pages: usize,
    /// Certificates tried while a path is built. Default 200.
    pub certificates: usize,
    /// Lists of revoked certificates and OCSP answers that one signature or document may carry.
    /// Default 1000.
    pub revocation_items: usize,
    /// Bytes of all those together. Default 256 MiB: the largest lists of public authorities have 50 MB.
    pub revocation_bytes: usize,
    /// Pixels of a picture that is decoded. Default 100 million: A4 at 900 dpi.
    pub pixels: u64,
    /// Bytes of a form's template or of what was filled in, as JSON. Default 16 MiB: ten thousand rows of
    /// ten fields have 5 MB.
    pub form_bytes: usize,
    /// Rows of a table of a form. Default 10 000: the staff of a large employer.
    pub rows: usize,
    /// Rounds of password hashing that a key file or an encrypted document may ask for. Default
    /// 10 million: some seconds.
    pub password_rounds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            document_bytes: 4 << 30,
            seal_bytes: 16 << 20,
            depth: 64,
            objects: 8_000_000,
            revisions: 4096,
            entries: 100_000,
            stream_bytes: 512 << 20,
            unfolded_bytes: 4 << 30,
            ratio: 1100,
            signatures: 2000,
            pages: 200_000,
            certificates: 200,
            revocation_items: 1000,
            revocation_bytes: 256 << 20,
            pixels: 100_000_000,
            form_bytes: 16 << 20,
            rows: 10_000,
            password_rounds: 10_000_000,
        }
    }
}
