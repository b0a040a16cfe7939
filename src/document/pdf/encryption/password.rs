//! From what a person types to the bytes that a revision hashes.

use zeroize::Zeroizing;

/// A password in bytes.
pub(super) type Password = Zeroizing<Vec<u8>>;

/// The characters of PDFDocEncoding from 0x18 (ISO 32000-2, annex D.3).
const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];

/// The characters of PDFDocEncoding from 0x80.
const UPPER: [char; 31] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ',
    'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž',
];

/// How revisions 2 to 4 may have written a password: in PDFDocEncoding as prescribed, and, as writers
/// do that take the bytes they are given, in UTF-8.
pub(super) fn legacy_forms(password: &str) -> Vec<Password> {
    let prescribed = password.chars().map(pdf_doc_byte).collect::<Option<Vec<u8>>>().map(Zeroizing::new);
    distinct(prescribed, utf8(password))
}

/// How revisions 5 and 6 may have written a password: prepared as prescribed, and as it is typed.
pub(super) fn modern_forms(password: &str) -> Vec<Password> {
    distinct(Some(prepared(password)), utf8(password)).into_iter().map(shortened).collect()
}

fn distinct(prescribed: Option<Password>, typed: Password) -> Vec<Password> {
    match prescribed {
        Some(prescribed) if prescribed == typed => vec![typed],
        Some(prescribed) => vec![prescribed, typed],
        None => vec![typed],
    }
}

fn utf8(password: &str) -> Password {
    Zeroizing::new(password.as_bytes().to_vec())
}

/// What SASLprep does to a password that is normalized already (RFC 4013, 2.1): unusual spaces become
/// spaces, invisible marks vanish. Systems for input hand out composed characters, so that
/// normalization would change nothing that is met.
fn prepared(password: &str) -> Password {
    let mut bytes = Zeroizing::new(Vec::with_capacity(password.len()));
    for character in password.chars().filter(|character| !vanishes(*character)) {
        let character = if is_space(character) { ' ' } else { character };
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    bytes
}

/// RFC 3454, table C.1.2.
fn is_space(character: char) -> bool {
    matches!(character, '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

/// RFC 3454, table B.1, but for what counts as a space above.
fn vanishes(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{1806}'
            | '\u{180B}'..='\u{180D}'
            | '\u{200C}'
            | '\u{200D}'
            | '\u{2060}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}

/// At most 127 bytes (algorithm 2.A, step a).
fn shortened(mut password: Password) -> Password {
    password.truncate(127);
    password
}

fn pdf_doc_byte(character: char) -> Option<u8> {
    let from = |start: u8, table: &[char]| {
        let place = table.iter().position(|entry| *entry == character)?;
        start.checked_add(u8::try_from(place).ok()?)
    };
    match character {
        '€' => Some(0xA0),
        '\0'..='\x17' | ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{FF}' => u8::try_from(character).ok(),
        _ => from(0x18, &ACCENTS).or_else(|| from(0x80, &UPPER)),
    }
}

#[cfg(test)]
mod tests {
    use super::{legacy_forms, modern_forms};

    fn bytes(forms: Vec<super::Password>) -> Vec<Vec<u8>> {
        forms.into_iter().map(|form| form.to_vec()).collect()
    }

    #[test]
    fn old_passwords_are_in_the_encoding_of_pdf_and_as_typed() {
        assert_eq!(bytes(legacy_forms("abc")), [b"abc".to_vec()]);
        assert_eq!(bytes(legacy_forms("ü€Ł˘ž")), [vec![0xFC, 0xA0, 0x95, 0x18, 0x9E], "ü€Ł˘ž".as_bytes().to_vec()]);
        assert_eq!(bytes(legacy_forms("印")), ["印".as_bytes().to_vec()]);
        assert_eq!(bytes(legacy_forms("")), [Vec::<u8>::new()]);
    }

    #[test]
    fn new_passwords_are_prepared_and_cut() {
        assert_eq!(bytes(modern_forms("用户")), ["用户".as_bytes().to_vec()]);
        let forms = bytes(modern_forms("a\u{3000}b\u{AD}c"));
        assert_eq!(forms, [b"a bc".to_vec(), "a\u{3000}b\u{AD}c".as_bytes().to_vec()]);
        assert_eq!(bytes(modern_forms(&"x".repeat(200))), [vec![b'x'; 127]]);
    }
}
