//! The structures of the editions: one file each, and what they share.
//!
//! Each reads into the neutral [`SealParts`] and [`SignatureParts`]; no other room knows how many
//! editions there are.

mod common;
mod gbt38540_2020;
mod gmt0031_2014;
mod gmt0031_2025;

use ::der::asn1::ObjectIdentifier;

use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::seal::Edition;
use crate::seal::content::Signatories;
use crate::time::{Time, Validity};

pub(crate) use crate::seal::asn1::gbt38540_2020::{
    digest_within, encode_info, encode_seal, encode_signature, encode_to_be_signed,
};

/// A way in which a seal departs from its standard, and what is made of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Deviation {
    /// One sentence.
    pub(crate) detail: String,
    /// Whether a strict reader refuses it.
    pub(crate) strict: bool,
}

/// What a seal says, whichever its edition.
#[derive(Clone, Debug)]
pub(crate) struct SealParts {
    pub(crate) edition: Edition,
    pub(crate) version: i64,
    pub(crate) vendor: String,
    pub(crate) id: String,
    pub(crate) kind: i64,
    pub(crate) name: String,
    pub(crate) signatories: Signatories,
    pub(crate) created: Time,
    pub(crate) validity: Validity,
    pub(crate) picture_type: String,
    pub(crate) picture: Vec<u8>,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) extensions: Vec<Extension>,
    /// The bytes that the maker signed.
    pub(crate) signed: Vec<u8>,
    pub(crate) maker: Vec<u8>,
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) value: Vec<u8>,
    pub(crate) time_stamp: Option<Vec<u8>>,
    pub(crate) deviations: Vec<Deviation>,
}

/// `ExtData` (GB/T 38540-2020, 6.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Extension {
    pub(crate) id: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) value: Vec<u8>,
}

/// What a seal signature says, whichever its edition.
#[derive(Clone, Debug)]
pub(crate) struct SignatureParts {
    pub(crate) edition: Edition,
    pub(crate) version: i64,
    /// The seal, byte for byte.
    pub(crate) seal: Vec<u8>,
    pub(crate) time: Time,
    pub(crate) digest: Vec<u8>,
    pub(crate) property: String,
    pub(crate) extensions: Vec<Extension>,
    /// The bytes that the signatory signed.
    pub(crate) signed: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) value: Vec<u8>,
    pub(crate) time_stamp: Option<Vec<u8>>,
    pub(crate) deviations: Vec<Deviation>,
}

/// Reads a seal of any edition. The number of elements decides, and the version only between the
/// two editions that share a layout.
pub(crate) fn read_seal(bytes: &[u8]) -> Result<SealParts, Error> {
    let (outer, trailing) = outer(bytes, "SESeal")?;
    let elements = outer.list("SESeal")?;
    let mut parts = match elements.as_slice() {
        [info, sign_info] => gmt0031_2014::read_seal(info, sign_info),
        [info, maker, algorithm, value] => gbt38540_2020::read_seal(info, maker, algorithm, value),
        [info, maker, algorithm, value, time_stamp] => {
            gmt0031_2025::read_seal(info, maker, algorithm, value, time_stamp)
        }
        other => Err(Error::malformed(format!(
            "SESeal: no edition has {} elements (GM/T 0031-2014 has 2, GB/T 38540-2020 has 4, GM/T 0031-2025 4 or 5), at byte 0",
            other.len()
        ))),
    }?;
    parts.deviations.extend(trailing);
    Ok(parts)
}

/// Reads a seal signature of any edition.
pub(crate) fn read_signature(bytes: &[u8]) -> Result<SignatureParts, Error> {
    let (outer, trailing) = outer(bytes, "SES_Signature")?;
    let elements = outer.list("SES_Signature")?;
    let mut parts = match elements.as_slice() {
        [to_sign, value] => gmt0031_2014::read_signature(to_sign, value),
        [to_sign, certificate, algorithm, value] => {
            gbt38540_2020::read_signature(to_sign, certificate, algorithm, value, None)
        }
        [to_sign, certificate, algorithm, value, time_stamp] => {
            gbt38540_2020::read_signature(to_sign, certificate, algorithm, value, Some(time_stamp))
        }
        other => Err(Error::malformed(format!(
            "SES_Signature: no edition has {} elements (GM/T 0031-2014 has 2, the later ones 4 or 5), at byte 0",
            other.len()
        ))),
    }?;
    parts.deviations.extend(trailing);
    Ok(parts)
}

/// Whether the bytes begin like a seal signature: a SEQUENCE whose first element is a SEQUENCE that
/// begins with an INTEGER.
pub(crate) fn looks_like_signature(bytes: &[u8]) -> bool {
    let first = |bytes| Tlv::first(bytes, "").map(|(element, _)| element).ok();
    first(bytes)
        .filter(|outer| outer.tag == tag::SEQUENCE)
        .and_then(|outer| first(outer.value))
        .is_some_and(|to_sign| to_sign.tag == tag::SEQUENCE && to_sign.value.first() == Some(&tag::INTEGER))
}

/// The outermost SEQUENCE. Zero octets after it are tolerated and told; anything else is refused,
/// and so are lengths that DER forbids (quirks 15 and 45).
fn outer<'a>(bytes: &'a [u8], what: &str) -> Result<(Tlv<'a>, Option<Deviation>), Error> {
    let (outer, rest) = Tlv::first(bytes, what)?;
    outer.expect(tag::SEQUENCE, what)?;
    if !outer.shortest {
        return Err(Error::malformed(format!("{what}: its length is not encoded as DER asks, at byte 0")));
    }
    if rest.iter().any(|octet| *octet != 0) {
        return Err(Error::malformed(format!(
            "{what}: {} bytes follow where it ends, at byte {}",
            rest.len(),
            outer.raw.len()
        )));
    }
    let trailing = (!rest.is_empty())
        .then(|| Deviation { detail: format!("{} zero bytes follow where the {what} ends", rest.len()), strict: true });
    Ok((outer, trailing))
}
