//! The check characters of the national standards.

/// The value of a digit or capital letter: `0` to `9`, then `A` to `Z` as 10 to 35.
pub(super) fn value(character: char) -> Option<u32> {
    match character {
        '0'..='9' | 'A'..='Z' => character.to_digit(36),
        _ => None,
    }
}

fn character(value: u32) -> Option<char> {
    char::from_digit(value, 36).map(|digit| digit.to_ascii_uppercase())
}

/// ISO/IEC 7064 MOD 37,36, the hybrid system over digits and capital letters (GB/T 17710-2008). `None` if the
/// body has another character.
pub(super) fn mod_37_36(body: impl IntoIterator<Item = char>) -> Option<char> {
    let mut product = 36;
    for each in body {
        let sum = (product + value(each)?) % 36;
        product = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    // A product of 1 leads to 36, which is 0 again.
    character((37 - product) % 36)
}

/// ISO/IEC 7064 MOD 11-2 (GB 11643-1999, 4.2.2), over digits.
pub(super) fn mod_11_2(body: impl IntoIterator<Item = char>) -> Option<char> {
    let mut product = 0;
    for each in body {
        product = (product + each.to_digit(10)?) * 2 % 11;
    }
    match (12 - product) % 11 {
        10 => Some('X'),
        digit => char::from_digit(digit, 10),
    }
}

/// The 31 characters of a unified code: no I, O, S, V or Z, which look like others (GB 32100-2015, 4.2).
const UNIFIED: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

pub(super) fn is_unified(character: char) -> bool {
    UNIFIED.contains(character)
}

/// The last character of a unified social credit code from the 17 before it (GB 32100-2015, annex A): weights
/// are the powers of 3 modulo 31.
pub(super) fn unified(body: impl IntoIterator<Item = char>) -> Option<char> {
    let (mut sum, mut weight) = (0, 1);
    for each in body {
        let value = UNIFIED.chars().position(|known| known == each)?;
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    UNIFIED.chars().nth((31 - sum) % 31)
}

/// The last character of an organisation's code from the 8 before it (GB 11714-1997, 4).
pub(super) fn organisation(body: impl IntoIterator<Item = char>) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (each, weight) in body.into_iter().zip(WEIGHTS) {
        sum += value(each)? * weight;
    }
    match (11 - sum % 11) % 11 {
        10 => Some('X'),
        digit => char::from_digit(digit, 10),
    }
}
