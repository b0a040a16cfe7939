//! Digests, fed piece by piece.

use crate::crypto::DigestAlgorithm;
use crate::error::Error;

/// A digest on its way. It can be cloned, so that signatures which share a beginning share its cost.
#[derive(Clone)]
pub(crate) enum Digester {
    Ring(ring::digest::Context),
    #[cfg(feature = "sm")]
    Sm3(sm3::Sm3),
    #[cfg(any(feature = "ofd", feature = "encryption"))]
    Md5(md5::Md5),
    #[cfg(feature = "algorithms")]
    Rare(crate::crypto::rare::Hasher),
}

impl Digester {
    pub(crate) fn new(algorithm: DigestAlgorithm) -> Result<Self, Error> {
        let ring = |algorithm| Ok(Digester::Ring(ring::digest::Context::new(algorithm)));
        match algorithm {
            DigestAlgorithm::Sha1 => ring(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY),
            DigestAlgorithm::Sha256 => ring(&ring::digest::SHA256),
            DigestAlgorithm::Sha384 => ring(&ring::digest::SHA384),
            DigestAlgorithm::Sha512 => ring(&ring::digest::SHA512),
            #[cfg(feature = "sm")]
            DigestAlgorithm::Sm3 => Ok(Digester::Sm3(sm3::Digest::new())),
            #[cfg(not(feature = "sm"))]
            DigestAlgorithm::Sm3 => Err(Error::unsupported("SM3 needs the \"sm\" feature of this crate")),
            #[cfg(any(feature = "ofd", feature = "encryption"))]
            DigestAlgorithm::Md5 => Ok(Digester::Md5(md5::Digest::new())),
            #[cfg(not(any(feature = "ofd", feature = "encryption")))]
            DigestAlgorithm::Md5 => Err(Error::unsupported("MD5 needs the \"ofd\" feature of this crate")),
            #[cfg(feature = "algorithms")]
            other => crate::crypto::rare::Hasher::new(other).map(Digester::Rare),
            #[cfg(not(feature = "algorithms"))]
            other => Err(Error::unsupported(format!("{other} needs the \"algorithms\" feature of this crate"))),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Digester::Ring(context) => context.update(bytes),
            #[cfg(feature = "sm")]
            Digester::Sm3(hasher) => sm3::Digest::update(hasher, bytes),
            #[cfg(any(feature = "ofd", feature = "encryption"))]
            Digester::Md5(hasher) => md5::Digest::update(hasher, bytes),
            #[cfg(feature = "algorithms")]
            Digester::Rare(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Digester::Ring(context) => context.finish().as_ref().to_vec(),
            #[cfg(feature = "sm")]
            Digester::Sm3(hasher) => sm3::Digest::finalize(hasher).to_vec(),
            #[cfg(any(feature = "ofd", feature = "encryption"))]
            Digester::Md5(hasher) => md5::Digest::finalize(hasher).to_vec(),
            #[cfg(feature = "algorithms")]
            Digester::Rare(hasher) => hasher.finish(),
        }
    }
}

/// The digest of bytes that lie in one piece.
pub(crate) fn digest(algorithm: DigestAlgorithm, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut digester = Digester::new(algorithm)?;
    digester.update(bytes);
    Ok(digester.finish())
}

/// Octets as hexadecimal digits, in lower case.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The SM3 digest in hexadecimal digits.
#[cfg(feature = "form")]
pub(crate) fn sm3(bytes: &[u8]) -> Result<String, Error> {
    Ok(hex(&digest(DigestAlgorithm::Sm3, bytes)?))
}

#[cfg(test)]
mod tests {
    use super::{digest, hex};
    use crate::crypto::DigestAlgorithm;

    #[test]
    #[cfg(feature = "sm")]
    fn sm3_vectors() {
        // GB/T 32905-2016, annex A, and the empty message.
        let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        let abcd = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
        let none = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";
        assert_eq!(hex(&digest(DigestAlgorithm::Sm3, b"abc").unwrap()), abc);
        assert_eq!(hex(&digest(DigestAlgorithm::Sm3, &b"abcd".repeat(16)).unwrap()), abcd);
        assert_eq!(hex(&digest(DigestAlgorithm::Sm3, b"").unwrap()), none);
    }

    #[test]
    fn sha_vectors() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&digest(DigestAlgorithm::Sha256, b"abc").unwrap()), abc);
        assert_eq!(hex(&digest(DigestAlgorithm::Sha1, b"abc").unwrap()), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
