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
use crate::seal::content::{SealContent, Signatories};
use crate::time::{Time, Validity};

pub(crate) use crate::seal::asn1::gbt38540_2020::{digest_within, encode_signature, encode_to_be_signed, seal_within};
#[cfg(any(test, feature = "authority"))]
pub(crate) use crate::seal::asn1::gmt0031_2014::{
    encode_signature as encode_signature_2014, encode_to_be_signed as encode_to_be_signed_2014,
};

/// How deep the lengths of a structure are looked at; seals nest less than ten levels.
const DEPTH: usize = 32;

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
    pub(crate) extensions: Extensions,
    /// Whether the name was UTF-8, so that nothing of it was lost.
    pub(crate) name_is_whole: bool,
    /// The bytes that the maker signed.
    pub(crate) signed: Vec<u8>,
    pub(crate) maker: Vec<u8>,
    /// `None`: the seal carries no maker's signature at all (quirk 9).
    pub(crate) algorithm: Option<ObjectIdentifier>,
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

/// `ExtensionDatas`, none of it lost.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Extensions {
    pub(crate) list: Vec<Extension>,
    /// Elements of another shape, as they arrived.
    pub(crate) foreign: Vec<Vec<u8>>,
    /// Whether not even the elements could be told apart.
    pub(crate) unreadable: bool,
}

/// All that a new seal says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealDraft<'a> {
    pub(crate) edition: Edition,
    pub(crate) content: &'a SealContent,
    pub(crate) created: Time,
    pub(crate) extensions: &'a [Extension],
    /// Elements of an older seal's extensions that have a shape of their own.
    pub(crate) foreign: &'a [Vec<u8>],
}

/// SES_SealInfo for new content, in the draft's edition.
pub(crate) fn encode_info(draft: &SealDraft<'_>) -> Result<Vec<u8>, Error> {
    match draft.edition {
        #[cfg(any(test, feature = "authority"))]
        Edition::Gmt0031_2014 => gmt0031_2014::encode_info(draft),
        #[cfg(not(any(test, feature = "authority")))]
        Edition::Gmt0031_2014 => Err(superseded()),
        Edition::Gbt38540_2020 => gbt38540_2020::encode_info(draft, 4),
        Edition::Gmt0031_2025 => gbt38540_2020::encode_info(draft, 5),
    }
}

/// The bytes that a maker signs, in each edition.
pub(crate) fn encode_to_be_made(
    edition: Edition,
    info: &[u8],
    maker: &[u8],
    algorithm: ObjectIdentifier,
) -> Result<Vec<u8>, Error> {
    match edition {
        #[cfg(any(test, feature = "authority"))]
        Edition::Gmt0031_2014 => gmt0031_2014::encode_to_be_made(info, maker, algorithm),
        #[cfg(not(any(test, feature = "authority")))]
        Edition::Gmt0031_2014 => {
            let _ = (maker, algorithm);
            Err(superseded())
        }
        Edition::Gbt38540_2020 | Edition::Gmt0031_2025 => Ok(info.to_vec()),
    }
}

/// The seal around its signed information. Only GM/T 0031-2025 has a place for a time stamp.
pub(crate) fn encode_seal(
    edition: Edition,
    info: &[u8],
    maker: &[u8],
    algorithm: ObjectIdentifier,
    value: &[u8],
    time_stamp: Option<&[u8]>,
) -> Result<Vec<u8>, Error> {
    match edition {
        #[cfg(any(test, feature = "authority"))]
        Edition::Gmt0031_2014 => gmt0031_2014::encode_seal(info, maker, algorithm, value),
        #[cfg(not(any(test, feature = "authority")))]
        Edition::Gmt0031_2014 => Err(superseded()),
        Edition::Gbt38540_2020 => gbt38540_2020::encode_seal(info, maker, algorithm, value, None),
        Edition::Gmt0031_2025 => gbt38540_2020::encode_seal(info, maker, algorithm, value, time_stamp),
    }
}

#[cfg(not(any(test, feature = "authority")))]
fn superseded() -> Error {
    Error::unsupported("seals of GM/T 0031-2014 are no longer made: it is superseded by GB/T 38540-2020")
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
        [info] => gmt0031_2014::read_seal(info, None),
        [info, sign_info] => gmt0031_2014::read_seal(info, Some(sign_info)),
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
    if elements.first().is_some_and(is_c0119) {
        return Err(Error::unsupported(
            "it is a seal signature of C 0119, an interim standard that was given up: what was signed has the seven elements of GM/T 0031-2014 around a seal in the form of GB/T 38540-2020. Have the seal remade; its name and picture can be salvaged",
        ));
    }
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

/// C 0119: a TBS_Sign of seven elements whose second is a flat seal of four or five elements.
pub(crate) fn is_c0119(to_sign: &Tlv<'_>) -> bool {
    let Ok(fields) = to_sign.list("TBS_Sign") else { return false };
    let flat = |seal: &Tlv<'_>| seal.tag == tag::SEQUENCE && seal.list("SESeal").is_ok_and(|list| list.len() >= 4);
    to_sign.tag == tag::SEQUENCE && fields.len() == 7 && fields.get(1).is_some_and(flat)
}

/// Where the first length stands that DER forbids: an indefinite one, or one that is not the shortest.
fn first_not_der(element: &Tlv<'_>, depth: usize) -> Option<usize> {
    if !element.shortest {
        return Some(element.at);
    }
    let depth = depth.checked_sub(1)?;
    let mut children = element.children();
    while element.tag & 0x20 != 0 && !children.is_empty() {
        // What cannot be read at all is judged by whoever reads it for its meaning.
        let child = children.next("").ok()?;
        if let Some(at) = first_not_der(&child, depth) {
            return Some(at);
        }
    }
    None
}

/// The outermost SEQUENCE. Zero octets after it are tolerated and told; anything else is refused,
/// and so are lengths that DER forbids (quirks 15 and 45).
fn outer<'a>(bytes: &'a [u8], what: &str) -> Result<(Tlv<'a>, Option<Deviation>), Error> {
    let (outer, rest) = Tlv::first(bytes, what)?;
    outer.expect(tag::SEQUENCE, what)?;
    if let Some(at) = first_not_der(&outer, DEPTH) {
        return Err(Error::malformed(format!("{what}: a length is not encoded as DER asks, at byte {at}")));
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
