//! Reading ASN.1 that others encoded.
//!
//! Strict decoders refuse what real seals hold (a UTCTime where a GeneralizedTime belongs, UTF-8 in
//! an IA5String) and re-encoding changes what was signed. So this walker hands out slices of the
//! bytes that arrived, each with its place in them, and leaves the judgement to its callers. Writing
//! is the `der` crate's.

use std::borrow::Cow;

use ::der::asn1::ObjectIdentifier;

use crate::error::Error;
use crate::time::Time;

/// Universal tags, class and form included.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0C;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// A context-specific tag.
    pub(crate) const fn context(number: u8, constructed: bool) -> u8 {
        0x80 | number | if constructed { 0x20 } else { 0 }
    }
}

/// How deep indefinite lengths may nest: each level is a step of recursion.
const DEPTH: usize = 32;

/// One element: tag, content, and the bytes of both as they arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    /// Tag, length and content (and the end-of-contents octets of an indefinite length).
    pub(crate) raw: &'a [u8],
    pub(crate) value: &'a [u8],
    /// Where `raw` begins in the outermost input.
    pub(crate) at: usize,
    /// Whether the length was definite and in its shortest form, as DER asks.
    pub(crate) shortest: bool,
}

impl<'a> Tlv<'a> {
    /// Reads the one element that `bytes` consist of.
    pub(crate) fn only(bytes: &'a [u8], what: &str) -> Result<Self, Error> {
        let (element, rest) = Self::first(bytes, what)?;
        if rest.is_empty() {
            return Ok(element);
        }
        Err(fault(what, element.raw.len(), &format!("{} bytes follow where it ends", rest.len())))
    }

    /// Reads the element that `bytes` begin with and returns what follows it.
    pub(crate) fn first(bytes: &'a [u8], what: &str) -> Result<(Self, &'a [u8]), Error> {
        Self::read(bytes, 0, what, DEPTH)
    }

    fn read(bytes: &'a [u8], at: usize, what: &str, depth: usize) -> Result<(Self, &'a [u8]), Error> {
        let cut = || fault(what, at, "the data ends inside it");
        let (&tag, after_tag) =
            bytes.split_first().ok_or_else(|| fault(what, at, "it is missing: the data ends here"))?;
        if tag & 0x1F == 0x1F {
            return Err(fault(what, at, "it has a tag number above 30, which nothing here uses"));
        }
        let (&first, after_length) = after_tag.split_first().ok_or_else(cut)?;
        let (length, body, shortest) = match first {
            0..=0x7F => (usize::from(first), after_length, true),
            0x80 => return Self::read_indefinite(bytes, after_length, tag, at, what, depth),
            0xFF => return Err(fault(what, at, "its length octet 0xFF is reserved")),
            _ => {
                let count = usize::from(first & 0x7F);
                if count > 8 || after_length.len() < count {
                    return Err(cut());
                }
                let (octets, body) = after_length.split_at(count);
                let length = octets.iter().fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet));
                let shortest = length > 0x7F && octets.first() != Some(&0);
                (usize::try_from(length).map_err(|_| cut())?, body, shortest)
            }
        };
        let value = body.get(..length).ok_or_else(cut)?;
        let rest = body.get(length..).ok_or_else(cut)?;
        let raw = bytes.get(..bytes.len() - rest.len()).ok_or_else(cut)?;
        Ok((Tlv { tag, raw, value, at, shortest }, rest))
    }

    /// BER's indefinite length: elements up to two zero octets.
    fn read_indefinite(
        bytes: &'a [u8],
        body: &'a [u8],
        tag: u8,
        at: usize,
        what: &str,
        depth: usize,
    ) -> Result<(Self, &'a [u8]), Error> {
        if tag & 0x20 == 0 {
            return Err(fault(what, at, "a primitive element has an indefinite length"));
        }
        let depth = depth.checked_sub(1).ok_or_else(|| fault(what, at, "indefinite lengths nest too deep"))?;
        let header = bytes.len() - body.len();
        let mut rest = body;
        loop {
            if let [0, 0, after @ ..] = rest {
                let value = body.get(..body.len() - rest.len()).unwrap_or_default();
                let raw = bytes.get(..bytes.len() - after.len()).unwrap_or_default();
                return Ok((Tlv { tag, raw, value, at, shortest: false }, after));
            }
            let here = at + header + (body.len() - rest.len());
            rest = Self::read(rest, here, what, depth)?.1;
        }
    }

    /// Where the content begins in the outermost input.
    fn value_at(&self) -> usize {
        let header = self.value.as_ptr() as usize - self.raw.as_ptr() as usize;
        self.at + header
    }

    /// Steps into a constructed element.
    pub(crate) fn children(&self) -> Reader<'a> {
        Reader { rest: self.value, at: self.value_at() }
    }

    /// Refuses another tag than the one expected.
    pub(crate) fn expect(self, tag: u8, what: &str) -> Result<Self, Error> {
        if self.tag == tag {
            return Ok(self);
        }
        Err(fault(what, self.at, &format!("expected {}, found {}", name(tag), name(self.tag))))
    }

    /// The elements of a constructed element, all of them.
    pub(crate) fn list(&self, what: &str) -> Result<Vec<Tlv<'a>>, Error> {
        let mut reader = self.children();
        let mut list = Vec::new();
        while !reader.is_empty() {
            list.push(reader.next(what)?);
        }
        Ok(list)
    }

    /// A BIT STRING's octets; whole octets only, as signatures and digests have them.
    pub(crate) fn bits(&self, what: &str) -> Result<&'a [u8], Error> {
        match self.value.split_first() {
            Some((0, octets)) => Ok(octets),
            Some(_) => Err(fault(what, self.at, "the bit string does not end on a whole octet")),
            None => Err(fault(what, self.at, "the bit string has no octet that counts its unused bits")),
        }
    }

    /// An OCTET STRING's octets; the pieces of a constructed one are joined.
    pub(crate) fn octets(&self, what: &str) -> Result<Cow<'a, [u8]>, Error> {
        if self.tag & 0x20 == 0 {
            return Ok(Cow::Borrowed(self.value));
        }
        // Piece by piece: a list of empty ones would take many times their bytes.
        let mut joined = Vec::with_capacity(self.value.len());
        let mut pieces = self.children();
        while !pieces.is_empty() {
            joined.extend_from_slice(pieces.next(what)?.expect(tag::OCTET_STRING, what)?.value);
        }
        Ok(Cow::Owned(joined))
    }

    /// An INTEGER that fits 64 bits.
    pub(crate) fn small_integer(&self, what: &str) -> Result<i64, Error> {
        let (&first, _) = self.value.split_first().ok_or_else(|| fault(what, self.at, "the integer is empty"))?;
        if self.value.len() > 8 {
            return Err(fault(what, self.at, "the integer does not fit 64 bits"));
        }
        let start = if first & 0x80 == 0 { 0 } else { -1 };
        Ok(self.value.iter().fold(start, |sum: i64, octet| sum << 8 | i64::from(*octet)))
    }

    /// An OBJECT IDENTIFIER.
    pub(crate) fn oid(&self, what: &str) -> Result<ObjectIdentifier, Error> {
        self.expect(tag::OID, what)?;
        ObjectIdentifier::from_bytes(self.value)
            .map_err(|source| fault(what, self.at, "it is not an object identifier").caused_by(source))
    }

    /// A string of any of the usual kinds, and whether it was UTF-8 (and hence lost nothing).
    pub(crate) fn text(&self) -> (String, bool) {
        match std::str::from_utf8(self.value) {
            Ok(text) => (text.to_owned(), true),
            Err(_) => (String::from_utf8_lossy(self.value).into_owned(), false),
        }
    }

    /// A UTCTime or GeneralizedTime, whichever it is.
    pub(crate) fn time(&self, what: &str) -> Result<Time, Error> {
        let parsed = match self.tag {
            tag::UTC_TIME => parse_time(self.value, 2),
            tag::GENERALIZED_TIME => parse_time(self.value, 4),
            other => {
                return Err(fault(what, self.at, &format!("expected GeneralizedTime, found {}", name(other))));
            }
        };
        parsed.ok_or_else(|| fault(what, self.at, &format!("\"{}\" is not a time", self.text().0.escape_debug())))
    }

    /// Whether the element and all within it are DER in form: definite, shortest lengths.
    pub(crate) fn is_der(&self) -> bool {
        fn walk(element: &Tlv<'_>, depth: usize) -> bool {
            if !element.shortest || depth == 0 {
                return false;
            }
            if element.tag & 0x20 == 0 {
                return true;
            }
            element.list("").is_ok_and(|list| list.iter().all(|child| walk(child, depth - 1)))
        }
        walk(self, DEPTH)
    }
}

/// Walks the elements of one constructed element.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element; `what` names it in the error.
    pub(crate) fn next(&mut self, what: &str) -> Result<Tlv<'a>, Error> {
        let (element, rest) = Tlv::read(self.rest, self.at, what, DEPTH)?;
        self.at += self.rest.len() - rest.len();
        self.rest = rest;
        Ok(element)
    }

    /// The next element, which has to have this tag.
    pub(crate) fn take(&mut self, tag: u8, what: &str) -> Result<Tlv<'a>, Error> {
        self.next(what)?.expect(tag, what)
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, what: &str) -> Result<Option<Tlv<'a>>, Error> {
        if self.rest.first() == Some(&tag) { self.next(what).map(Some) } else { Ok(None) }
    }

    /// Refuses elements that nobody has read.
    pub(crate) fn finish(&self, what: &str) -> Result<(), Error> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(fault(what, self.at, "there are more elements than the structure has"))
    }
}

fn fault(what: &str, at: usize, problem: &str) -> Error {
    Error::malformed(format!("{what}: {problem}, at byte {at}"))
}

fn name(tag: u8) -> Cow<'static, str> {
    Cow::Borrowed(match tag {
        tag::BOOLEAN => "BOOLEAN",
        tag::INTEGER => "INTEGER",
        tag::BIT_STRING => "BIT STRING",
        tag::OCTET_STRING => "OCTET STRING",
        tag::NULL => "NULL",
        tag::OID => "OBJECT IDENTIFIER",
        tag::UTF8_STRING => "UTF8String",
        tag::PRINTABLE_STRING => "PrintableString",
        tag::IA5_STRING => "IA5String",
        tag::UTC_TIME => "UTCTime",
        tag::GENERALIZED_TIME => "GeneralizedTime",
        tag::SEQUENCE => "SEQUENCE",
        tag::SET => "SET",
        other => return Cow::Owned(format!("tag 0x{other:02X}")),
    })
}

/// Reads `YY[YY]MMDDhhmm[ss[.f…]](Z|±hhmm)`; seconds and zone may be missing in what others wrote,
/// and then count as zero and as UTC.
fn parse_time(text: &[u8], year_digits: usize) -> Option<Time> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, mut rest) = text.split_at(digits);
    let field = |from: usize, count: usize| -> Option<i64> {
        let digits = number.get(from..from + count)?;
        Some(digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let mut year = field(0, year_digits)?;
    if year_digits == 2 {
        // RFC 5280, 4.1.2.5.1: two digits stand for 1950 to 2049.
        year += if year < 50 { 2000 } else { 1900 };
    }
    let at = year_digits;
    let seconds = if number.len() == at + 8 { 0 } else { field(at + 8, 2)? };
    if number.len() > at + 10 {
        return None;
    }
    if let [b'.' | b',', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = fraction.get(digits..)?;
    }
    let offset = match rest {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 4 && zone.iter().all(u8::is_ascii_digit) => {
            let [h1, h0, m1, m0] = <[u8; 4]>::try_from(zone).ok()?.map(|digit| i64::from(digit - b'0'));
            let seconds = (h1 * 10 + h0) * 3600 + (m1 * 10 + m0) * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    let parts = [year, field(at, 2)?, field(at + 2, 2)?, field(at + 4, 2)?, field(at + 6, 2)?, seconds];
    Time::from_parts(parts, offset)
}

#[cfg(test)]
mod tests {
    use super::{Tlv, parse_time, tag};

    #[test]
    fn lengths_short_long_and_indefinite() {
        let short = Tlv::only(&[0x30, 3, 2, 1, 5], "x").unwrap();
        assert_eq!((short.tag, short.value, short.shortest), (tag::SEQUENCE, &[2, 1, 5][..], true));
        let long = Tlv::only(&[0x04, 0x81, 2, 7, 7], "x").unwrap();
        assert_eq!((long.value, long.shortest), (&[7, 7][..], false));
        let open = [0x24, 0x80, 4, 1, 8, 4, 1, 9, 0, 0];
        let joined = Tlv::only(&open, "x").unwrap();
        assert_eq!(joined.octets("x").unwrap().as_ref(), [8, 9]);
        assert!(!joined.is_der());
    }

    #[test]
    fn errors_name_the_element_and_the_byte() {
        let bytes = [0x30, 4, 2, 1, 5, 0x17];
        let mut children = Tlv::only(&bytes, "outer").unwrap().children();
        children.take(tag::INTEGER, "outer.version").unwrap();
        let error = children.next("outer.date").unwrap_err().to_string();
        assert_eq!(error, "outer.date: the data ends inside it, at byte 5");
        let error = Tlv::only(&[2, 1, 1, 0], "number").unwrap_err().to_string();
        assert_eq!(error, "number: 1 bytes follow where it ends, at byte 3");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let mut bytes = [0x30, 0x80].repeat(100_000);
        bytes.extend([0; 8]);
        assert!(Tlv::only(&bytes, "bomb").unwrap_err().to_string().contains("too deep"));
    }

    #[test]
    fn times_of_others() {
        let time = |text: &str, digits| parse_time(text.as_bytes(), digits).map(|time| time.to_string());
        assert_eq!(time("20210601000000Z", 4).unwrap(), "2021-06-01T00:00:00Z");
        assert_eq!(time("20210601080000.123+0800", 4).unwrap(), "2021-06-01T00:00:00Z");
        assert_eq!(time("500101000000Z", 2).unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(time("4912312359Z", 2).unwrap(), "2049-12-31T23:59:00Z");
        for bad in ["", "Z", "20210230000000Z", "20210601000000Q", "2021060100000012Z", "20210601246060Z"] {
            assert_eq!(time(bad, 4), None, "{bad}");
        }
    }
}
