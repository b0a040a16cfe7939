//! What is signed, and how the signature is packed: the two payloads.

use serde::{Deserialize, Serialize};

use crate::crypto::cms::{Message, signature_room};
use crate::crypto::{Certificate, SignatureAlgorithm};
use crate::document::Format;
use crate::error::Error;
use crate::seal::{Seal, SealSignature, encode_signature};
use crate::time::Time;

/// What kind of signature a stamp leaves.
///
/// | payload | PDF `/Filter` `/SubFilter` | who reads it |
/// | --- | --- | --- |
/// | [`Payload::SealSignature`] | `Gomain.GMPkiLite` `GM.sm2seal` | readers of Chinese seals; OFD readers |
/// | [`Payload::Cms`] | `Adobe.PPKLite` `ETSI.CAdES.detached` | every PDF reader, with RSA and ECDSA |
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Payload {
    /// A seal signature of GB/T 38540: the seal, the document's digest and the time, signed together.
    #[default]
    SealSignature,
    /// CMS SignedData with the attributes of PAdES B-B (EN 319 142-1); with SM2 in the form of
    /// GB/T 35275. The seal travels beside it, in a stream that the signature dictionary names under
    /// `/ESEAL_Seal` and that the signature covers, so that the seal's checks can be made.
    Cms,
}

impl Payload {
    /// `/Filter` and `/SubFilter` (seal-format practice; EN 319 142-1, 6.3).
    pub(super) fn pdf_names(self) -> (&'static str, &'static str) {
        match self {
            Payload::SealSignature => ("Gomain.GMPkiLite", "GM.sm2seal"),
            Payload::Cms => ("Adobe.PPKLite", "ETSI.CAdES.detached"),
        }
    }
}

/// All that goes into a payload but the digest and the value.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) payload: Payload,
    pub(super) seal: &'a Seal,
    pub(super) time: Time,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) certificate: &'a Certificate,
    pub(super) chain: &'a [Certificate],
}

impl Draft<'_> {
    /// Whether the seal lies beside the signature too: always in OFD (`Seal.esl`), in PDF only where
    /// the payload does not hold it.
    pub(super) fn carries_seal(&self, format: Format) -> bool {
        format == Format::Ofd || self.payload == Payload::Cms
    }

    pub(super) fn check_format(&self, format: Format) -> Result<(), Error> {
        if format == Format::Ofd && self.payload == Payload::Cms {
            return Err(Error::unsupported(
                "a stamp on an OFD is a seal signature (GB/T 33190-2016, 18.2): leave the payload at its default",
            ));
        }
        Ok(())
    }

    /// The most bytes the payload can have: the size of one filled by the very code that will fill
    /// the real one, with the longest value and the longest property.
    pub(super) fn room(&self) -> Result<usize, Error> {
        let digest = self.certificate.digest(self.algorithm.digest())?;
        let longest_property = "x".repeat(128);
        let to_be_signed = self.to_be_signed(&digest, &longest_property)?;
        let value = vec![0; signature_room(self.certificate.public_key()?.kind())];
        Ok(assemble(self.payload, self.algorithm, self.certificate, self.chain, &to_be_signed, &value)?.len())
    }

    /// What the key signs.
    pub(super) fn to_be_signed(&self, digest: &[u8], property: &str) -> Result<Vec<u8>, Error> {
        match self.payload {
            Payload::SealSignature => SealSignature::to_be_signed(self.seal, self.time, digest, property),
            Payload::Cms => Message::new(self.algorithm, self.certificate, self.chain, digest)?.to_be_signed(),
        }
    }
}

/// Packs the value and what it signs.
pub(super) fn assemble(
    payload: Payload,
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    chain: &[Certificate],
    to_be_signed: &[u8],
    value: &[u8],
) -> Result<Vec<u8>, Error> {
    match payload {
        Payload::SealSignature => encode_signature(to_be_signed, certificate.der(), algorithm.oid(), value),
        Payload::Cms => Message::resumed(algorithm, certificate, chain, to_be_signed)?.assemble(value),
    }
}

/// The digest of the document inside what is to be signed, to check that the two belong together.
pub(super) fn digest_within(payload: Payload, to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
    match payload {
        Payload::SealSignature => SealSignature::digest_within(to_be_signed),
        Payload::Cms => Message::digest_within(to_be_signed),
    }
}
