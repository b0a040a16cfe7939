//! Keys and certificates as they lie in files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::crypto::{PublicKey, SoftwareKey};
use crate::error::Error;

/// One block of a PEM file.
pub(crate) struct PemBlock {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// The blocks of a PEM file (RFC 7468), in their order; text around them is passed over.
pub(crate) fn pem_blocks(pem: &[u8]) -> Result<Vec<PemBlock>, Error> {
    let text = std::str::from_utf8(pem).map_err(|_| Error::malformed("the file is neither PEM nor DER"))?;
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let body = rest.get(start + 11..).unwrap_or_default();
        let (label, body) =
            body.split_once("-----").ok_or_else(|| Error::malformed("a PEM block's first line is cut off"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = body
            .split_once(end.as_str())
            .ok_or_else(|| Error::malformed(format!("the PEM file has no line \"{end}\"")))?;
        let compact: Zeroizing<String> = Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
        let der = STANDARD
            .decode(compact.as_bytes())
            .map_err(|source| Error::malformed(format!("the PEM block \"{label}\" is not base64")).caused_by(source))?;
        blocks.push(PemBlock { label: label.to_owned(), der: Zeroizing::new(der) });
        rest = after;
    }
    Ok(blocks)
}

impl SoftwareKey {
    pub(crate) fn load(_bytes: &[u8], _password: Option<&str>, _public: Option<&PublicKey>) -> Result<Self, Error> {
        Err(Error::unsupported("reading private keys"))
    }
}
