//! What is signed, and how the signature is packed: the two payloads.

use ::der::asn1::Any;
use ::der::{Encode as _, Tag};
use serde::{Deserialize, Serialize};

use crate::crypto::cms::{Message, signature_room};
use crate::crypto::{Certificate, SignatureAlgorithm};
use crate::document::Format;
use crate::error::{Error, ErrorKind};
use crate::seal::{Seal, SealSignature, encode_signature, require_listed};
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
    /// How many bytes a time-stamp token may have; 0 where none is to come.
    pub(super) token_room: usize,
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
        let needs_parameters = self.algorithm.oid() == crate::crypto::oid::RSA_PSS;
        if self.payload == Payload::SealSignature && needs_parameters {
            return Err(Error::unsupported(
                "a seal signature names its algorithm by number alone (GB/T 38540-2020, 7.1), and RSASSA-PSS has \
                 parameters: sign by RSASSA-PKCS1-v1_5, or choose Payload::Cms",
            ));
        }
        Ok(())
    }

    /// The most bytes the payload can have: the size of one filled by the very code that will fill
    /// the real one, with the longest value, the longest property and the longest token.
    pub(super) fn room(&self) -> Result<usize, Error> {
        let digest = self.certificate.digest(self.algorithm.digest())?;
        let longest_property = "x".repeat(128);
        let to_be_signed = self.to_be_signed(&digest, &longest_property)?;
        let value = vec![0; signature_room(self.certificate.public_key()?.kind())];
        let token = (self.token_room > 0).then(|| blank_token(self.token_room)).transpose()?;
        Ok(self.parts(&to_be_signed).assemble(&value, token.as_deref())?.len())
    }

    fn parts(&self, to_be_signed: &[u8]) -> Parts {
        Parts {
            payload: self.payload,
            algorithm: self.algorithm,
            certificate: self.certificate.clone(),
            chain: self.chain.to_vec(),
            to_be_signed: to_be_signed.to_vec(),
        }
    }

    /// What the key signs.
    pub(super) fn to_be_signed(&self, digest: &[u8], property: &str) -> Result<Vec<u8>, Error> {
        match self.payload {
            Payload::SealSignature => SealSignature::to_be_signed(self.seal, self.time, digest, property),
            Payload::Cms => Message::new(self.algorithm, self.certificate, self.chain, digest)?.to_be_signed(),
        }
    }
}

/// An element with this much content, in place of a token that is still to come.
fn blank_token(room: usize) -> Result<Vec<u8>, Error> {
    let too_long = |source: ::der::Error| {
        let told = format!("room for a time-stamp token of {room} bytes is more than can be written");
        Error::new(ErrorKind::Misuse, told).caused_by(source)
    };
    Any::new(Tag::Sequence, vec![0; room]).and_then(|token| token.to_der()).map_err(too_long)
}

/// All that a payload is packed of, but the value and the time-stamp token.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) payload: Payload,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) certificate: Certificate,
    pub(super) chain: Vec<Certificate>,
    pub(super) to_be_signed: Vec<u8>,
}

impl Parts {
    pub(super) fn of(draft: &Draft<'_>, to_be_signed: Vec<u8>) -> Self {
        Parts { to_be_signed, ..draft.parts(&[]) }
    }

    /// Packs the value, what it signs, and a token over it.
    pub(super) fn assemble(&self, value: &[u8], token: Option<&[u8]>) -> Result<Vec<u8>, Error> {
        let Parts { payload, algorithm, certificate, chain, to_be_signed } = self;
        match payload {
            Payload::SealSignature => encode_signature(to_be_signed, certificate.der(), algorithm.oid(), value, token),
            Payload::Cms => Message::resumed(*algorithm, certificate, chain, to_be_signed)?.assemble(value, token),
        }
    }

    /// Refuses what was stored and came back as something else: what is to be signed has to be about this
    /// digest of the document, and to name this certificate.
    pub(super) fn check_resumed(&self, digest: &[u8]) -> Result<(), Error> {
        let mismatch = |told: &str| Err(Error::new(ErrorKind::Mismatch, told));
        let within = match self.payload {
            Payload::SealSignature => SealSignature::digest_within(&self.to_be_signed)?,
            Payload::Cms => Message::digest_within(&self.to_be_signed)?,
        };
        if within != digest {
            return mismatch("what was to be signed is not about this document: one of them was changed");
        }
        if !self.algorithm.fits(self.certificate.public_key()?.kind()) {
            return mismatch("the algorithm is not one of the certificate's key: one of them was changed");
        }
        match self.payload {
            Payload::SealSignature => {
                require_listed(&SealSignature::seal_within(&self.to_be_signed)?, &self.certificate)
            }
            Payload::Cms if Message::names(&self.to_be_signed, &self.certificate)? => Ok(()),
            Payload::Cms => mismatch("what was to be signed names another certificate: one of them was changed"),
        }
    }
}
