//! Text strings and dates (ISO 32000-2, 7.9.2 and 7.9.4).

use crate::time::Time;

/// A text string: UTF-16 or UTF-8 with their marks, PDFDocEncoding otherwise.
pub(super) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        // Not in the standard, and written by some.
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| document_encoding(*byte)).collect(),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
    char::decode_utf16(units).map(|result| result.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// PDFDocEncoding (annex D.3): Latin-1 but for two stretches.
fn document_encoding(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const SIGNS: [char; 33] = [
        '•',
        '†',
        '‡',
        '…',
        '—',
        '–',
        'ƒ',
        '⁄',
        '‹',
        '›',
        '−',
        '‰',
        '„',
        '“',
        '”',
        '‘',
        '’',
        '‚',
        '™',
        'ﬁ',
        'ﬂ',
        'Ł',
        'Œ',
        'Š',
        'Ÿ',
        'Ž',
        'ı',
        'ł',
        'œ',
        'š',
        'ž',
        char::REPLACEMENT_CHARACTER,
        '€',
    ];
    let table = |table: &[char], first: u8| table.get(usize::from(byte - first)).copied().unwrap_or('\u{FFFD}');
    match byte {
        0x18..=0x1F => table(&ACCENTS, 0x18),
        0x80..=0xA0 => table(&SIGNS, 0x80),
        _ => char::from(byte),
    }
}

/// A text string's bytes: plain where ASCII suffices, else UTF-16.
pub(super) fn encode(text: &str) -> Vec<u8> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.as_bytes().to_vec();
    }
    [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// `D:YYYYMMDDHHmmSSOHH'mm'`; what is missing behind the year counts as its first value, a missing
/// zone as UTC.
pub(super) fn decode_date(bytes: &[u8]) -> Option<Time> {
    let text = decode(bytes);
    let text = text.trim();
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, zone) = text.split_at_checked(digits)?;
    if !matches!(digits, 4 | 6 | 8 | 10 | 12 | 14) {
        return None;
    }
    let field = |from: usize, to: usize, default: i64| match number.get(from..to) {
        Some(part) => part.parse().ok(),
        None => Some(default),
    };
    let parts =
        [field(0, 4, 0)?, field(4, 6, 1)?, field(6, 8, 1)?, field(8, 10, 0)?, field(10, 12, 0)?, field(12, 14, 0)?];
    Time::from_parts(parts, offset(zone)?)
}

fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next() {
        None | Some('Z') => return Some(0),
        Some('+') => 1,
        Some('-') => -1,
        Some(_) => return None,
    };
    let digits: String = zone.chars().skip(1).filter(|sign| *sign != '\'').collect();
    let number = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<i64>().ok());
    (matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(sign * (number(0, 2)? * 3600 + number(2, 4)? * 60))
}

/// The date as it is written here: in UTC.
pub(super) fn encode_date(time: Time) -> String {
    let digits = time.to_generalized();
    format!("D:{}+00'00'", digits.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_date, encode, encode_date};

    #[test]
    fn text_of_every_encoding() {
        assert_eq!(decode(b"\xFE\xFF\x53\x70\x7A\xE0"), "印章");
        assert_eq!(decode(b"\xEF\xBB\xBF\xE5\x8D\xB0"), "印");
        assert_eq!(decode(b"a\xA0\xFC\x8D"), "a€ü“");
        for text in ["plain", "合同专用章", "𠮷", ""] {
            assert_eq!(decode(&encode(text)), text);
        }
    }

    #[test]
    fn dates() {
        let date = |text: &str| decode_date(text.as_bytes()).map(|time| time.to_string());
        assert_eq!(date("D:20180525100307+02'00'").unwrap(), "2018-05-25T08:03:07Z");
        assert_eq!(date("20180525100307-0230").unwrap(), "2018-05-25T12:33:07Z");
        assert_eq!(date("D:2018").unwrap(), "2018-01-01T00:00:00Z");
        assert_eq!(date("D:20180525100307Z00'00'").unwrap(), "2018-05-25T10:03:07Z");
        for bad in ["", "D:", "D:201805251", "D:20181301", "D:20180525100307*", "D:2018052510030799"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        let time = "2025-03-01T08:00:00+08:00".parse().unwrap();
        assert_eq!(encode_date(time), "D:20250301000000+00'00'");
        assert_eq!(decode_date(encode_date(time).as_bytes()), Some(time));
    }
}
