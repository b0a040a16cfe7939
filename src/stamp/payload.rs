//! What is signed, and how the signature is packed: the payloads.

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
/// | payload | PDF `/Filter` `/SubFilter` | OFD `Type` | who reads it |
/// | --- | --- | --- | --- |
/// | [`Payload::SealSignature`] | `Gomain.GMPkiLite` `GM.sm2seal` | `Seal` | readers of Chinese seals; OFD readers |
/// | [`Payload::Cms`] | `Adobe.PPKLite` `ETSI.CAdES.detached` | `Sign` | every PDF reader, with RSA and ECDSA |
/// | [`Payload::CmsDigest`] | none | `Sign` | OFD readers, with SM2 |
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Payload {
    /// A seal signature of GB/T 38540: the seal, the document's digest and the time, signed together.
    #[default]
    SealSignature,
    /// CMS SignedData with the attributes of PAdES B-B (EN 319 142-1); with SM2 in the form of
    /// GB/T 35275. In PDF the seal travels beside it and is covered by it, so that the seal's checks can be
    /// made: in a stream that the signature dictionary names under `/ESEAL_Seal`. In OFD such a signature is
    /// a digital one (`Sign`), which shows no picture and holds no seal
    /// (GB/T 33190-2016, 18.1; GM/T 0099-2020, 7.2.2), and tells its time in an attribute.
    Cms,
    /// OFD with SM2 only: SignedData of GB/T 35275 whose content is the digest, signed without
    /// attributes. The elder of the two forms in use, for readers that know no other; it tells no
    /// time but the claim in the description.
    CmsDigest,
}

impl Payload {
    /// `/Filter` and `/SubFilter` (seal-format practice; EN 319 142-1, 6.3).
    pub(super) fn pdf_names(self) -> (&'static str, &'static str) {
        match self {
            Payload::SealSignature => ("Gomain.GMPkiLite", "GM.sm2seal"),
            Payload::Cms | Payload::CmsDigest => ("Adobe.PPKLite", "ETSI.CAdES.detached"),
        }
    }

    /// Whether the signature holds a seal, as OFD's `Type="Seal"` promises.
    pub(super) fn is_seal(self) -> bool {
        self == Payload::SealSignature
    }
}

/// All that goes into a payload but the digest and the value.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) payload: Payload,
    /// None for a plain signature.
    pub(super) seal: Option<&'a Seal>,
    pub(super) format: Format,
    pub(super) time: Time,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) certificate: &'a Certificate,
    pub(super) chain: &'a [Certificate],
    /// How many bytes a time-stamp token may have; 0 where none is to come.
    pub(super) token_room: usize,
}

impl Draft<'_> {
    /// The seal that lies beside the signature too. In OFD (`Seal.esl`) it is the copy that readers take the picture
    /// from, so a digital signature, which shows none, has none: readers compare it with the seal that was signed. In
    /// PDF it is there where the payload does not hold it.
    pub(super) fn seal_beside(&self) -> Option<&Seal> {
        let is_beside = (self.format == Format::Ofd) == self.payload.is_seal();
        self.seal.filter(|_| is_beside)
    }

    /// Refuses what the document's format does not know.
    pub(super) fn check_format(&self, has_places: bool) -> Result<(), Error> {
        match (self.format, self.payload) {
            (Format::Ofd, Payload::Cms | Payload::CmsDigest) if has_places => Err(Error::new(
                ErrorKind::Misuse,
                "a digital signature on an OFD (Sign) shows no picture: give no place, or leave the payload at its \
                 default, which is a seal signature",
            )),
            (Format::Pdf, Payload::CmsDigest) => {
                Err(Error::unsupported("Payload::CmsDigest is a form of OFD: in PDF use Payload::Cms"))
            }
            (_, Payload::CmsDigest) if self.algorithm != SignatureAlgorithm::Sm2Sm3 => {
                Err(Error::unsupported(format!(
                    "Payload::CmsDigest is a form of GB/T 35275, which is for SM2; with {} use Payload::Cms",
                    self.algorithm
                )))
            }
            // A seal signature names its algorithm by number alone (GB/T 38540-2020, 7.1).
            (_, Payload::SealSignature) if self.algorithm.oid() == crate::crypto::oid::RSA_PSS => {
                Err(Error::unsupported(
                    "a seal signature names its algorithm by number alone (GB/T 38540-2020, 7.1), and RSASSA-PSS has \
                     parameters: sign by RSASSA-PKCS1-v1_5, or choose Payload::Cms",
                ))
            }
            _ => Ok(()),
        }
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
        match (self.payload, self.seal) {
            (Payload::SealSignature, Some(seal)) => SealSignature::to_be_signed(seal, self.time, digest, property),
            (Payload::SealSignature, None) => Err(Error::new(
                ErrorKind::Misuse,
                "a seal signature needs a seal: begin with Stamp::of, or choose Payload::Cms",
            )),
            (Payload::Cms, _) => {
                // PAdES keeps the time in the dictionary; OFD readers look for it in the attributes.
                let time = Some(self.time).filter(|_| self.format == Format::Ofd);
                Message::new(self.algorithm, self.certificate, self.chain, digest, time)?.to_be_signed()
            }
            (Payload::CmsDigest, _) => {
                Message::of_digest(self.algorithm, self.certificate, self.chain, digest).to_be_signed()
            }
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
            Payload::CmsDigest => {
                Message::of_digest(*algorithm, certificate, chain, to_be_signed).assemble(value, token)
            }
        }
    }

    /// Refuses what was stored and came back as something else: what is to be signed has to be about this
    /// digest of the document, and to name this certificate.
    pub(super) fn check_resumed(&self, digest: &[u8]) -> Result<(), Error> {
        let mismatch = |told: &str| Err(Error::new(ErrorKind::Mismatch, told));
        let within = match self.payload {
            Payload::SealSignature => SealSignature::digest_within(&self.to_be_signed)?,
            Payload::Cms => Message::digest_within(&self.to_be_signed)?,
            Payload::CmsDigest => self.to_be_signed.clone(),
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
            // Without attributes nothing names the certificate; the value has to verify with it.
            Payload::CmsDigest => Ok(()),
            Payload::Cms if Message::names(&self.to_be_signed, &self.certificate)? => Ok(()),
            Payload::Cms => mismatch("what was to be signed names another certificate: one of them was changed"),
        }
    }
}
