//! Names as certificates compare them (RFC 5280, 7.1).

use crate::der::{Tlv, tag};
use crate::error::Error;

/// emailAddress (PKCS#9), which name constraints on mailboxes reach too.
const EMAIL: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01];

/// A distinguished name in the form in which it is compared: letters without case, spaces folded,
/// whatever kind of string they stand in.
///
/// One relative name follows another with its length in front, so a name that lies below another
/// begins with that one's octets.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Name(Vec<u8>);

impl Name {
    /// Reads a Name, a SEQUENCE OF RelativeDistinguishedName.
    pub(crate) fn read(name: &Tlv<'_>) -> Result<Self, Error> {
        let mut form = Vec::with_capacity(name.value.len());
        for relative in name.expect(tag::SEQUENCE, "Name")?.list("Name")? {
            append(&mut form, &relative)?;
        }
        Ok(Name(form))
    }

    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(&Tlv::only(der, "Name")?)
    }

    /// The name that a `nameRelativeToCRLIssuer` stands for: this one with one more relative name.
    pub(crate) fn joined(&self, relative: &Tlv<'_>) -> Result<Self, Error> {
        let mut form = self.0.clone();
        append(&mut form, &Tlv { tag: tag::SET, ..*relative })?;
        Ok(Name(form))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is `above` or lies below it.
    pub(crate) fn is_within(&self, above: &Name) -> bool {
        self.0.starts_with(&above.0)
    }
}

/// The mailboxes in a subject's emailAddress attributes.
pub(crate) fn mailboxes<'a>(name: &Tlv<'a>) -> Result<Vec<&'a [u8]>, Error> {
    let mut found = Vec::new();
    for relative in name.list("Name")? {
        for attribute in relative.list("RelativeDistinguishedName")? {
            let mut parts = attribute.children();
            if parts.take(tag::OID, "AttributeType")?.value == EMAIL {
                found.push(parts.next("AttributeValue")?.value);
            }
        }
    }
    Ok(found)
}

fn append(form: &mut Vec<u8>, relative: &Tlv<'_>) -> Result<(), Error> {
    let what = "RelativeDistinguishedName";
    let mut attributes = Vec::new();
    for attribute in relative.expect(tag::SET, what)?.list(what)? {
        let mut parts = attribute.expect(tag::SEQUENCE, what)?.children();
        let kind = parts.take(tag::OID, what)?.value;
        let value = parts.next(what)?;
        parts.finish(what)?;
        let mut one = Vec::with_capacity(attribute.value.len() + 8);
        counted(&mut one, kind);
        match text(&value) {
            Some(text) => counted(&mut one, folded(&text).as_bytes()),
            // What is no string is compared as it stands; its tag keeps it apart from text.
            None => counted(&mut one, value.raw),
        }
        attributes.push(one);
    }
    attributes.sort_unstable();
    counted(form, &attributes.concat());
    Ok(())
}

fn counted(form: &mut Vec<u8>, octets: &[u8]) {
    form.extend((octets.len() as u64).to_be_bytes());
    form.extend_from_slice(octets);
}

/// The text of a DirectoryString, of an IA5String or of what else people put there.
fn text(value: &Tlv<'_>) -> Option<String> {
    match value.tag {
        tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | 0x12 | 0x1A => {
            std::str::from_utf8(value.value).ok().map(str::to_owned)
        }
        // TeletexString: what is found in certificates is ISO 8859-1.
        0x14 => Some(value.value.iter().map(|octet| char::from(*octet)).collect()),
        // BMPString.
        0x1E => {
            let units = value.value.chunks_exact(2);
            if !units.remainder().is_empty() {
                return None;
            }
            let units = units.map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        // UniversalString.
        0x1C => {
            let points = value.value.chunks_exact(4);
            if !points.remainder().is_empty() {
                return None;
            }
            points
                .map(|four| char::from_u32(four.iter().fold(0, |point, octet| point << 8 | u32::from(*octet))))
                .collect()
        }
        _ => None,
    }
}

/// Without case; without spaces at either end, with single ones between (RFC 4518, 2).
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
        } else {
            folded.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::Name;

    /// C=CN, then a common name of this kind of string.
    fn name(tag: u8, text: &[u8]) -> Name {
        let wrap = |tag: u8, body: Vec<u8>| [vec![tag, u8::try_from(body.len()).unwrap()], body].concat();
        let relative = |kind: u8, tag, text: &[u8]| {
            let attribute = [wrap(6, vec![0x55, 4, kind]), wrap(tag, text.to_vec())].concat();
            wrap(0x31, wrap(0x30, attribute))
        };
        Name::from_der(&wrap(0x30, [relative(6, 0x13, b"CN"), relative(3, tag, text)].concat())).unwrap()
    }

    #[test]
    fn kinds_of_strings_case_and_spaces_do_not_count() {
        let plain = name(0x13, b"Example Co");
        for same in
            [name(0x0C, b" example  CO "), name(0x1E, b"\0E\0x\0a\0m\0p\0l\0e\0 \0c\0o"), name(0x14, b"EXAMPLE co")]
        {
            assert_eq!(plain, same);
        }
        assert_eq!(name(0x0C, "示例".as_bytes()), name(0x1E, &[0x79, 0x3A, 0x4F, 0x8B]));
        for other in [name(0x13, b"ExampleCo"), name(0x04, b"Example Co"), name(0x13, b"Example Co.")] {
            assert_ne!(plain, other);
        }
    }

    #[test]
    fn below_is_by_whole_relative_names() {
        let long = name(0x13, b"abc");
        assert!(long.is_within(&Name::default()) && long.is_within(&long));
        assert!(!long.is_within(&name(0x13, b"ab")) && !name(0x13, b"ab").is_within(&long));
    }
}
