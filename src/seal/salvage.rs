//! Seal data that cannot be read as a seal: what they are, and what can be saved of them.

use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::picture::PictureFormat;
use crate::seal::SourceFormat;
use crate::seal::asn1::is_c0119;

/// What could be saved of data that are no seal of an edition that is read.
///
/// Nothing of it was signed in a way that is checked here: compare it with the register's record
/// before a new seal is made of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Salvaged {
    /// What the data are.
    pub format: SourceFormat,
    /// The seal's name, where there is one and its bytes are text.
    pub name: Option<String>,
    /// The bytes of the picture, where it could be found; [`Picture::sniffed`](crate::Picture::sniffed)
    /// makes a picture of them.
    pub picture: Option<Vec<u8>>,
}

/// Saves name and picture of data that [`Seal::from_der`](crate::Seal::from_der) refuses: a packed
/// structure from before 2014, a seal signature of C 0119, a picture alone. `None` for anything else,
/// seals that can be read included.
///
/// ```
/// use eseal::seal::{SourceFormat, salvage};
///
/// let picture = b"GIF89a\x01\x00\x01\x00";
/// let salvaged = salvage(picture).unwrap();
/// assert_eq!(salvaged.format, SourceFormat::Picture);
/// assert_eq!(salvaged.picture.as_deref(), Some(&picture[..]));
/// assert!(salvage(b"nothing of the kind").is_none());
/// ```
#[must_use]
pub fn salvage(bytes: &[u8]) -> Option<Salvaged> {
    if let Some(packed) = Packed::read(bytes) {
        return Some(packed.salvage());
    }
    if bytes.first() == Some(&tag::SEQUENCE) {
        return salvage_c0119(bytes);
    }
    PictureFormat::sniff(bytes)?;
    Some(Salvaged { format: SourceFormat::Picture, name: None, picture: Some(bytes.to_vec()) })
}

/// The refusal of data that are recognised without being read, if they are.
pub(super) fn refuse(bytes: &[u8]) -> Option<Error> {
    if Packed::read(bytes).is_some() {
        return Some(Error::unsupported(
            "it is a seal from before GM/T 0031-2014: a packed structure that begins with \"ES\" and has no signature of a seal format. Have the seal made anew; its name and picture can be salvaged",
        ));
    }
    let found = PictureFormat::sniff(bytes)?;
    Some(Error::unsupported(format!(
        "it is a picture ({}), not a seal: a seal maker makes a seal of it",
        found.seal_name()
    )))
}

/// The packed structure of products from before 2014, all in one block in front of the picture:
///
/// ```text
/// "ES"  id u32  picture format [4]  picture size u32  made u32  valid from u32  valid to u32
/// signing policy u8  signing limit i32  offline signing from, to u32
/// verification policy u8  offline verification from, to u32
/// certificate's identity [30]  name [40]  verification address [100]  reserved [100]
/// ```
///
/// Compilers laid it out with gaps or without, so there are two sets of offsets.
struct Packed<'a> {
    name: &'a [u8],
    size: &'a [u8],
    rest: &'a [u8],
}

/// Offsets of picture format, picture size, name, and the length of the whole.
const LAYOUTS: [[usize; 4]; 2] = [[6, 10, 78, 318], [8, 12, 86, 328]];

impl<'a> Packed<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(b"ES") {
            return None;
        }
        LAYOUTS.iter().find_map(|[format, size, name, length]| {
            let format = trimmed(bytes.get(*format..format + 4)?);
            let known = ["GIF", "BMP", "JPG", "JPEG", "PNG"];
            let format = std::str::from_utf8(format).ok()?;
            known.iter().any(|one| one.eq_ignore_ascii_case(format.trim_start_matches('.'))).then_some(())?;
            Some(Packed {
                name: trimmed(bytes.get(*name..name + 40)?),
                size: bytes.get(*size..size + 4)?,
                rest: bytes.get(*length..)?,
            })
        })
    }

    fn salvage(&self) -> Salvaged {
        Salvaged {
            format: SourceFormat::PackedStructure,
            name: decode(self.name).filter(|name| !name.is_empty()),
            picture: self.picture().map(<[u8]>::to_vec),
        }
    }

    /// The picture follows the structure; in which order of octets its size is written depends on the
    /// machine, and the picture's own first bytes have the last word.
    fn picture(&self) -> Option<&'a [u8]> {
        let size = <[u8; 4]>::try_from(self.size).ok()?;
        let sizes = [u32::from_le_bytes(size), u32::from_be_bytes(size)];
        let fitting = sizes.iter().find_map(|size| self.rest.get(..usize::try_from(*size).ok()?));
        fitting.filter(|bytes| PictureFormat::sniff(bytes).is_some())
    }
}

/// Up to the first NUL, without blanks around.
fn trimmed(field: &[u8]) -> &[u8] {
    field.split(|octet| *octet == 0).next().unwrap_or_default().trim_ascii()
}

/// UTF-8, or GBK as the systems of that time had it.
fn decode(bytes: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    #[cfg(feature = "ofd")]
    if let Some(text) = encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes) {
        return Some(text.into_owned());
    }
    None
}

/// The seal inside a signature of C 0119 has the structure of GB/T 38540: name and picture stand where
/// they stand there.
fn salvage_c0119(bytes: &[u8]) -> Option<Salvaged> {
    let (outer, _) = Tlv::first(bytes, "SES_Signature").ok()?;
    let to_sign = outer.children().next("TBS_Sign").ok()?;
    if !is_c0119(&to_sign) {
        return None;
    }
    let seal = *to_sign.list("TBS_Sign").ok()?.get(1)?;
    let info = seal.children().next("SESeal.eSealInfo").ok()?.list("SES_SealInfo").ok()?;
    let name = info.get(2).and_then(|property| property.list("SES_SealInfo.property").ok()?.get(1).copied());
    let picture = info.get(3).and_then(|picture| picture.list("SES_SealInfo.picture").ok()?.get(1).copied());
    Some(Salvaged {
        format: SourceFormat::C0119,
        name: name.and_then(|name| decode(name.value)),
        picture: picture.filter(|picture| picture.tag == tag::OCTET_STRING).map(|picture| picture.value.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::{SourceFormat, salvage};
    use crate::error::ErrorKind;
    use crate::seal::Seal;

    const PICTURE: &[u8] = b"GIF89a\x02\x00\x02\x00\x00\x00\x00;";

    /// The structure, laid out without gaps (318 bytes) or with them (328).
    fn packed(gaps: bool, big_endian: bool, name: &[u8]) -> Vec<u8> {
        let [format, size, at, length] = if gaps { super::LAYOUTS[1] } else { super::LAYOUTS[0] };
        let mut bytes = vec![0; length];
        bytes[..2].copy_from_slice(b"ES");
        bytes[format..format + 3].copy_from_slice(b"GIF");
        let count = PICTURE.len() as u32;
        let count = if big_endian { count.to_be_bytes() } else { count.to_le_bytes() };
        bytes[size..size + 4].copy_from_slice(&count);
        bytes[at..at + name.len()].copy_from_slice(name);
        bytes.extend_from_slice(PICTURE);
        bytes.extend_from_slice(b"certificate and signature");
        bytes
    }

    #[test]
    fn packed_structures_are_named_and_salvaged() {
        for (gaps, big_endian) in [(false, false), (false, true), (true, false), (true, true)] {
            let bytes = packed(gaps, big_endian, "示例公司".as_bytes());
            let error = Seal::from_der(&bytes).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.to_string().contains("before GM/T 0031-2014"), "{error}");
            let salvaged = salvage(&bytes).unwrap();
            assert_eq!(salvaged.format, SourceFormat::PackedStructure);
            assert_eq!(salvaged.name.as_deref(), Some("示例公司"));
            assert_eq!(salvaged.picture.as_deref(), Some(PICTURE));
        }
    }

    #[test]
    #[cfg(feature = "ofd")]
    fn names_of_old_systems_are_gbk() {
        let gbk = [0xCA, 0xBE, 0xC0, 0xFD];
        assert_eq!(salvage(&packed(false, false, &gbk)).unwrap().name.as_deref(), Some("示例"));
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut bytes = packed(false, false, b"name");
        bytes[10..14].copy_from_slice(&[0xFF; 4]);
        let salvaged = salvage(&bytes).unwrap();
        assert_eq!((salvaged.name.as_deref(), salvaged.picture), (Some("name"), None));
        bytes[6..9].copy_from_slice(b"XYZ");
        assert!(salvage(&bytes).is_none());
        assert_eq!(Seal::from_der(&bytes).unwrap_err().kind(), ErrorKind::Malformed);
    }

    #[test]
    fn cuts_do_no_harm() {
        let bytes = packed(true, false, b"name");
        for end in 0..bytes.len() {
            let _ = salvage(&bytes[..end]);
            let _ = Seal::from_der(&bytes[..end]).unwrap_err();
        }
    }
}
