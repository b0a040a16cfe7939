//! The blocks of a PEM file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::Error;

/// One block of a PEM file.
pub(crate) struct PemBlock {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// The header says `Proc-Type: 4,ENCRYPTED` (RFC 1421, 4.6.1.1): `der` is no DER yet.
    pub(crate) encrypted: bool,
}

/// The most blocks in one file: the largest collections of roots have a few hundred.
const MOST_BLOCKS: usize = 10_000;

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";

/// The blocks of a PEM file (RFC 7468), in their order; text around them is passed over, in whichever
/// encoding it is.
pub(crate) fn pem_blocks(pem: &[u8]) -> Result<Vec<PemBlock>, Error> {
    let mut blocks = Vec::new();
    let mut rest = pem;
    while let Some((_, block)) = split(rest, BEGIN) {
        let (label, body) =
            split(block, DASHES).ok_or_else(|| Error::malformed("a PEM block's first line is cut off"))?;
        let label = std::str::from_utf8(label)
            .ok()
            .filter(|label| !label.contains(char::is_control))
            .ok_or_else(|| Error::malformed("a PEM block's first line is cut off"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = split(body, end.as_bytes())
            .ok_or_else(|| Error::malformed(format!("the PEM file has no line \"{end}\"")))?;
        if blocks.len() == MOST_BLOCKS {
            return Err(Error::too_large(format!("a PEM file of more than {MOST_BLOCKS} blocks is not read")));
        }
        blocks.push(read_block(label, body)?);
        rest = after;
    }
    Ok(blocks)
}

fn read_block(label: &str, body: &[u8]) -> Result<PemBlock, Error> {
    // All the room at once: growing would leave copies of a key behind.
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    let mut encrypted = false;
    for line in body.split(|byte| *byte == b'\n') {
        if line.contains(&b':') {
            encrypted |= line.starts_with(b"Proc-Type:") && split(line, b"ENCRYPTED").is_some();
        } else {
            base64.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
    }
    let der = STANDARD
        .decode(base64.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| Error::malformed(format!("the PEM block \"{label}\" is not base64")))?;
    Ok(PemBlock { label: label.to_owned(), der, encrypted })
}

/// What stands before and after the first `mark`.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::pem_blocks;

    const TWO: &str = "Bag Attributes\n\
        -----BEGIN ONE-----\nAQ\r\nID\n-----END ONE-----\n\
        text between\n\
        -----BEGIN TWO-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nBAUG\n-----END TWO-----\n";

    #[test]
    fn blocks_in_their_order_with_text_around() {
        let blocks = pem_blocks(TWO.as_bytes()).unwrap();
        let seen: Vec<_> = blocks.iter().map(|b| (b.label.as_str(), b.der.as_slice(), b.encrypted)).collect();
        assert_eq!(seen, [("ONE", &[1, 2, 3][..], false), ("TWO", &[4, 5, 6][..], true)]);
        let foreign = [b"\xC3\xFB\xD7\xD6: GBK\n", TWO.as_bytes()].concat();
        assert_eq!(pem_blocks(&foreign).unwrap().len(), 2);
        assert!(pem_blocks(b"").unwrap().is_empty());
    }

    #[test]
    fn a_file_of_nothing_but_blocks_has_an_end() {
        let many = |count| "-----BEGIN A-----\n-----END A-----\n".repeat(count);
        assert_eq!(pem_blocks(many(10_000).as_bytes()).unwrap().len(), 10_000);
        let error = pem_blocks(many(10_001).as_bytes()).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), crate::error::ErrorKind::TooLarge);
    }

    #[test]
    fn broken_blocks_are_told() {
        for (bad, words) in [
            ("-----BEGIN ONE", "first line"),
            ("-----BEGIN ONE\nAQID\n-----END ONE-----", "first line"),
            ("-----BEGIN ONE-----\nAQID\n-----END TWO-----", "-----END ONE-----"),
            ("-----BEGIN ONE-----\nAQ!D\n-----END ONE-----", "not base64"),
        ] {
            let error = pem_blocks(bad.as_bytes()).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(words), "{bad}: {error}");
        }
    }
}
