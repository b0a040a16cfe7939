//! The data that stamping leaves behind.

use std::fmt;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::Certificate;
use crate::error::{Context, Error};
use crate::seal::asn1::{self, Extension, SignatureParts};
use crate::seal::{Deviation, Edition, Seal};
use crate::time::Time;

/// A seal signature (电子签章数据): a seal, a digest of what was stamped, a time, and the signatory's
/// signature over them.
///
/// Read and well formed, but not believed; [`Verifier::document`](crate::Verifier::document) judges it
/// together with its document.
#[derive(Clone)]
pub struct SealSignature {
    der: Vec<u8>,
    parts: SignatureParts,
    seal: Seal,
    certificate: Result<Certificate, String>,
}

impl SealSignature {
    /// Reads a seal signature of any edition.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the element and the byte at which
    /// the structure breaks.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let mut parts = asn1::read_signature(bytes).context("not a seal signature")?;
        let seal = Seal::from_der(&parts.seal).context("reading the seal in the signature")?;
        match (parts.edition, seal.edition()) {
            (Edition::Gmt0031_2014, Edition::Gmt0031_2014) => {}
            (Edition::Gmt0031_2014, other) | (other, Edition::Gmt0031_2014) => {
                return Err(Error::malformed(format!(
                    "not a seal signature: its own structure is of {}, that of the seal in it of {}; no product was seen to do so",
                    parts.edition,
                    if other == parts.edition { Edition::Gmt0031_2014 } else { other },
                )));
            }
            (_, of_the_seal) => parts.edition = of_the_seal,
        }
        if parts.version != seal.parts().version {
            parts.deviations.push(Deviation {
                detail: format!(
                    "TBS_Sign.version is {}, the seal's version is {}",
                    parts.version,
                    seal.parts().version
                ),
                // Plug-in interfaces write one version for all seals (quirk 16).
                strict: false,
            });
        }
        let certificate = Certificate::from_der(&parts.certificate).map_err(|error| error.to_string());
        Ok(SealSignature { der: bytes.to_vec(), parts, seal, certificate })
    }

    /// Whether the bytes begin like a seal signature of any edition.
    pub(crate) fn looks_like(bytes: &[u8]) -> bool {
        asn1::looks_like_signature(bytes)
    }

    /// The bytes that arrived.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The standard whose structure it has.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.parts.edition
    }

    /// The seal it was made with.
    #[must_use]
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// When it was made, by the signatory's word.
    #[must_use]
    pub fn time(&self) -> Time {
        self.parts.time
    }

    /// The digest of what was stamped (`dataHash`).
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.parts.digest
    }

    /// What the signature says about what it protects (`propertyInfo`); in OFD a path.
    #[must_use]
    pub fn property(&self) -> &str {
        &self.parts.property
    }

    /// The signatory's certificate.
    ///
    /// # Errors
    ///
    /// When the bytes in its place are no certificate.
    pub fn certificate(&self) -> Result<&Certificate, Error> {
        self.certificate
            .as_ref()
            .map_err(|reason| Error::malformed(reason.clone()).context("the signatory's certificate"))
    }

    /// Makes a signature of GM/T 0031-2014 around a seal of that edition, as old systems did.
    ///
    /// **For tests, never for production:** the edition is superseded, and nothing is judged here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when the seal is of a later edition;
    /// [`ErrorKind::Signer`](crate::ErrorKind::Signer) when the key does not sign.
    #[cfg(any(test, feature = "authority"))]
    pub fn sign_as_2014(
        seal: &Seal,
        by: &crate::seal::Signatory,
        time: Time,
        digest: &[u8],
        property: &str,
    ) -> Result<Self, Error> {
        if seal.edition() != Edition::Gmt0031_2014 {
            let message = format!("the seal {} is of {}, not of GM/T 0031-2014", seal.id(), seal.edition());
            return Err(Error::new(crate::error::ErrorKind::Mismatch, message));
        }
        let algorithm = by.credentials().algorithm().oid();
        let certificate = by.certificate().der();
        let to_sign = asn1::encode_to_be_signed_2014(seal.der(), time, digest, property, certificate, algorithm)?;
        let value = by.credentials().sign(&to_sign)?;
        Self::from_der(&asn1::encode_signature_2014(&to_sign, &value)?)
    }

    pub(crate) fn algorithm(&self) -> ObjectIdentifier {
        self.parts.algorithm
    }

    /// The bytes that the signatory signed.
    pub(crate) fn signed(&self) -> &[u8] {
        &self.parts.signed
    }

    pub(crate) fn value(&self) -> &[u8] {
        &self.parts.value
    }

    /// The time stamp over the signature's value, as it stands there.
    #[must_use]
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.parts.time_stamp.as_deref()
    }

    pub(crate) fn extensions(&self) -> &[Extension] {
        &self.parts.extensions
    }

    pub(crate) fn deviations(&self) -> &[Deviation] {
        &self.parts.deviations
    }

    /// What a signatory is to sign: the seal, the digest and the time in one structure. The function
    /// that writes is [`asn1`]'s, and so is the one that reads it back.
    pub(crate) fn to_be_signed(seal: &Seal, time: Time, digest: &[u8], property: &str) -> Result<Vec<u8>, Error> {
        let version = match seal.edition() {
            Edition::Gbt38540_2020 => 4,
            Edition::Gmt0031_2025 => 5,
            Edition::Gmt0031_2014 => {
                return Err(Error::unsupported(format!(
                    "the seal {} is of {}, which is superseded: have it migrated before stamping with it",
                    seal.id(),
                    seal.edition()
                )));
            }
        };
        asn1::encode_to_be_signed(version, seal.der(), time, digest, property)
    }

    /// The seal inside a message that [`SealSignature::to_be_signed`] made.
    pub(crate) fn seal_within(to_be_signed: &[u8]) -> Result<Seal, Error> {
        Seal::from_der(asn1::seal_within(to_be_signed)?)
    }

    /// The digest inside a message that [`SealSignature::to_be_signed`] made.
    pub(crate) fn digest_within(to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
        asn1::digest_within(to_be_signed)
    }
}

impl fmt::Debug for SealSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealSignature({:?}, {}, {})", self.seal, self.time(), self.edition())
    }
}
