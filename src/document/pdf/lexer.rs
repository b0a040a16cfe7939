//! Reads objects from their text (ISO 32000-2, 7.2 and 7.3), strictly and with their places.

use std::ops::Range;

use crate::document::pdf::object::{Dictionary, Entry, Object, Reference, Value};
use crate::document::pdf::source::is_white;
use crate::error::Error;
use crate::limits::Limits;

/// Reads from `bytes`, whose first stands at `base`.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    base: u64,
    /// How far it has looked when it went back.
    farthest: usize,
    /// How much deeper arrays and dictionaries may nest.
    depth: usize,
    /// How many more values may come.
    values: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], base: u64, limits: &Limits) -> Self {
        Lexer { bytes, at: 0, base, farthest: 0, depth: limits.depth, values: limits.objects }
    }

    /// Where the next byte stands.
    pub(super) fn position(&self) -> u64 {
        self.base.saturating_add(self.at as u64)
    }

    /// How many bytes were read.
    pub(super) fn consumed(&self) -> usize {
        self.at
    }

    /// How many bytes the reading depends on, but for the few of a keyword.
    pub(super) fn farthest(&self) -> usize {
        self.farthest.max(self.at)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Reads over `text` if it comes next.
    pub(super) fn take(&mut self, text: &[u8]) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Reads over `word` if it comes next and ends there.
    pub(super) fn keyword(&mut self, word: &[u8]) -> bool {
        let ends = self.rest().get(word.len()).is_none_or(|byte| !is_regular(*byte));
        ends && self.take(word)
    }

    pub(super) fn skip_white(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_white(**byte)).count();
    }

    /// Skips white space and comments, but not the comment that ends a revision.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_white();
            if self.peek() != Some(b'%') || self.rest().starts_with(b"%%EOF") {
                return;
            }
            self.at += self.rest().iter().take_while(|byte| !matches!(byte, b'\r' | b'\n')).count();
        }
    }

    /// Reads over one end of line: CR LF, LF or CR.
    pub(super) fn skip_line_end(&mut self) {
        let _ = self.take(b"\r\n") || self.take(b"\n") || self.take(b"\r");
    }

    /// An unsigned number of plain digits, if one comes next.
    pub(super) fn digits(&mut self) -> Option<u64> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = self.rest().get(..count).filter(|digits| !digits.is_empty() && digits.len() <= 19)?;
        self.at += count;
        digits.iter().try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
    }

    pub(super) fn fault(&self, problem: impl std::fmt::Display) -> Error {
        Error::malformed(format!("{problem}, at byte {}", self.position()))
    }

    /// The object that comes next.
    pub(super) fn object(&mut self) -> Result<Object, Error> {
        self.skip_space();
        self.values = self.values.checked_sub(1).ok_or_else(|| {
            Error::too_large(format!(
                "the object around byte {} has more values than the limit allows",
                self.position()
            ))
        })?;
        let start = self.position();
        let value = match self.peek() {
            None => return Err(self.fault("an object is missing: the data ends here")),
            Some(b'/') => Value::Name(self.name()?),
            Some(b'(') => Value::String(self.literal_string()?),
            Some(b'<') if self.rest().starts_with(b"<<") => Value::Dictionary(self.dictionary()?),
            Some(b'<') => Value::String(self.hex_string()?),
            Some(b'[') => Value::Array(self.array()?),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.number_or_reference()?,
            Some(_) if self.keyword(b"null") => Value::Null,
            Some(_) if self.keyword(b"true") => Value::Boolean(true),
            Some(_) if self.keyword(b"false") => Value::Boolean(false),
            Some(_) => return Err(self.fault("no object begins like this")),
        };
        Ok(Object { value, span: start..self.position() })
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| {
            Error::too_large(format!("arrays and dictionaries nest deeper than the limit, at byte {}", self.position()))
        })?;
        let result = read(self);
        self.depth += 1;
        result
    }

    fn array(&mut self) -> Result<Vec<Object>, Error> {
        self.at += 1;
        self.nested(|lexer| {
            let mut items = Vec::new();
            loop {
                lexer.skip_space();
                if lexer.take(b"]") {
                    return Ok(items);
                }
                items.push(lexer.object()?);
            }
        })
    }

    fn dictionary(&mut self) -> Result<Dictionary, Error> {
        self.at += 2;
        self.nested(|lexer| {
            let mut dictionary = Dictionary::default();
            loop {
                lexer.skip_space();
                if lexer.take(b">>") {
                    return Ok(dictionary);
                }
                if lexer.peek() != Some(b'/') {
                    return Err(lexer.fault("a dictionary needs a name as key or \">>\""));
                }
                let at = lexer.position();
                let key = lexer.name()?;
                let value = lexer.object()?;
                dictionary.entries.push(Entry { key, at, value });
            }
        })
    }

    fn name(&mut self) -> Result<Vec<u8>, Error> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            if byte != b'#' {
                name.push(byte);
                continue;
            }
            match self.rest() {
                [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    name.push(hex_value(*high) << 4 | hex_value(*low));
                    self.at += 2;
                }
                // PDF 1.1 had no such notation; there the sign stood for itself.
                _ => name.push(b'#'),
            }
        }
        Ok(name)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, Error> {
        let start = self.position();
        self.at += 1;
        let mut open = 1_usize;
        let mut bytes = Vec::new();
        while let Some(byte) = self.next() {
            match byte {
                b'(' => open += 1,
                b')' if open == 1 => return Ok(bytes),
                b')' => open -= 1,
                b'\\' => {
                    bytes.extend(self.escape());
                    continue;
                }
                b'\r' => {
                    // 7.3.4.2: an end of line within a string counts as LF, however it is written.
                    self.take(b"\n");
                    bytes.push(b'\n');
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
        Err(Error::malformed(format!("the string that begins at byte {start} has no end")))
    }

    /// What follows a backslash (ISO 32000-2, table 3); nothing for a line that is continued.
    fn escape(&mut self) -> Option<u8> {
        let byte = self.next()?;
        Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return None,
            b'\r' => {
                self.take(b"\n");
                return None;
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                // A high overflow is ignored, says 7.3.4.2.
                (code & 0xFF) as u8
            }
            other => other,
        })
    }

    fn hex_string(&mut self) -> Result<Vec<u8>, Error> {
        let start = self.position();
        self.at += 1;
        let mut bytes = self.hex_blocks();
        let mut half = None;
        while let Some(byte) = self.next() {
            match (byte, half) {
                (b'>', None) => return Ok(bytes),
                (b'>', Some(high)) => {
                    bytes.push(high << 4);
                    return Ok(bytes);
                }
                (digit, None) if digit.is_ascii_hexdigit() => half = Some(hex_value(digit)),
                (digit, Some(high)) if digit.is_ascii_hexdigit() => {
                    bytes.push(high << 4 | hex_value(digit));
                    half = None;
                }
                (white, _) if is_white(white) => {}
                _ => {
                    self.at -= 1;
                    return Err(self.fault("a hexadecimal string holds something else than digits"));
                }
            }
        }
        Err(Error::malformed(format!("the hexadecimal string that begins at byte {start} has no end")))
    }

    /// Takes digits in blocks as far as nothing else stands between them: signatures are long.
    fn hex_blocks(&mut self) -> Vec<u8> {
        const BLOCK: usize = 64;
        let (blocks, _) = self.rest().as_chunks::<BLOCK>();
        let mut bytes = Vec::new();
        for block in blocks {
            // Without a way out in between, so that the block is looked at as a whole.
            if !block.iter().fold(true, |plain, byte| plain & byte.is_ascii_hexdigit()) {
                break;
            }
            let (pairs, _) = block.as_chunks::<2>();
            bytes.extend(pairs.iter().map(|[high, low]| hex_value(*high) << 4 | hex_value(*low)));
            self.at += BLOCK;
        }
        bytes
    }

    fn number_or_reference(&mut self) -> Result<Value, Error> {
        let number = self.number()?;
        let Value::Integer(first) = number else { return Ok(number) };
        let before = self.at;
        match self.reference_after(first) {
            Some(reference) => Ok(Value::Reference(reference)),
            None => {
                self.farthest = self.farthest();
                self.at = before;
                Ok(number)
            }
        }
    }

    fn reference_after(&mut self, first: i64) -> Option<Reference> {
        let number = u32::try_from(first).ok()?;
        let white = self.at;
        self.skip_space();
        if self.at == white {
            return None;
        }
        let generation = u16::try_from(self.digits()?).ok()?;
        let white = self.at;
        self.skip_space();
        (self.at > white && self.keyword(b"R")).then_some(Reference { number, generation })
    }

    fn number(&mut self) -> Result<Value, Error> {
        let count = self.rest().iter().take_while(|byte| is_regular(**byte)).count();
        let token = self.rest().get(..count).unwrap_or_default();
        let value = parse_number(token);
        let value = value.ok_or_else(|| {
            self.fault(format!("\"{}\" is not a number", String::from_utf8_lossy(token).escape_debug()))
        })?;
        self.at += count;
        Ok(value)
    }
}

fn parse_number(token: &[u8]) -> Option<Value> {
    let unsigned = token.strip_prefix(b"+").or_else(|| token.strip_prefix(b"-")).unwrap_or(token);
    let points = unsigned.iter().filter(|byte| **byte == b'.').count();
    let digits = unsigned.iter().filter(|byte| byte.is_ascii_digit()).count();
    if points > 1 || digits == 0 || points + digits != unsigned.len() {
        return None;
    }
    let text = std::str::from_utf8(token).ok()?;
    // A whole number beyond 64 bits counts as real: nothing here takes one where it matters.
    match text.parse::<i64>() {
        Ok(number) if points == 0 => Some(Value::Integer(number)),
        _ => text.parse().ok().map(Value::Real),
    }
}

/// Whether a byte is neither white space nor a delimiter (ISO 32000-2, 7.2.3).
pub(super) fn is_regular(byte: u8) -> bool {
    !is_white(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// The value of a hexadecimal digit; of anything else, nothing that means something.
pub(super) fn hex_value(digit: u8) -> u8 {
    // Letters have bit 6, and their low bits count from 1.
    (digit & 15) + 9 * (digit >> 6 & 1)
}

/// The part of `text`, which begins at `base`, that a span names.
pub(super) fn cut(text: &[u8], base: u64, span: &Range<u64>) -> Option<Vec<u8>> {
    let start = usize::try_from(span.start.checked_sub(base)?).ok()?;
    let end = usize::try_from(span.end.checked_sub(base)?).ok()?;
    text.get(start..end).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::Lexer;
    use crate::document::pdf::object::{Object, Reference, Value};
    use crate::error::{Error, ErrorKind};
    use crate::limits::Limits;

    fn read(text: &[u8]) -> Result<Object, Error> {
        Lexer::new(text, 100, &Limits::default()).object()
    }

    #[test]
    fn values_and_their_places() {
        let object = read(b" << /A#20B [1 -2.5 3 0 R true null] % note\n /C (x\\(\\101\\\r\n(y)) >>rest").unwrap();
        assert_eq!(object.span, 101..165);
        let dictionary = object.as_dictionary().unwrap();
        let items = dictionary.get("A B").unwrap().as_array().unwrap();
        assert_eq!(items[0].value, Value::Integer(1));
        assert_eq!(items[1].value, Value::Real(-2.5));
        assert_eq!(items[2].value, Value::Reference(Reference { number: 3, generation: 0 }));
        assert_eq!(items[2].span, 119..124);
        assert_eq!(items.len(), 5);
        assert_eq!(dictionary.get("C").unwrap().as_string().unwrap(), b"x(A(y)");
        assert_eq!(read(b"<48 4>").unwrap().as_string().unwrap(), b"H@");
        for white in ["", " ", "\n"] {
            // Some blocks, white space in the middle, and half a byte at the end.
            let text = format!("<{}{white}{}4>", "00afAF9f".repeat(50), "12".repeat(70));
            let wanted = [[0, 0xAF, 0xAF, 0x9F].repeat(50), vec![0x12; 70], vec![0x40]].concat();
            assert_eq!(read(text.as_bytes()).unwrap().as_string().unwrap(), wanted);
        }
        assert_eq!(read(b"1 2 Rx").unwrap().as_integer(), Some(1));
    }

    #[test]
    fn faults_name_the_byte() {
        for (text, fault) in [
            (&b""[..], "an object is missing: the data ends here, at byte 100"),
            (b"(abc", "the string that begins at byte 100 has no end"),
            (b"<4x>", "a hexadecimal string holds something else than digits, at byte 102"),
            (b"<< 1 2 >>", "a dictionary needs a name as key or \">>\", at byte 103"),
            (b"--5", "\"--5\" is not a number, at byte 100"),
            (b"endobj", "no object begins like this, at byte 100"),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), fault);
        }
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        let deep = b"[".repeat(1_000_000);
        assert_eq!(read(&deep).unwrap_err().kind(), ErrorKind::TooLarge);
        let limits = Limits { objects: 10, ..Limits::default() };
        let wide = [&b"["[..], &b"0 ".repeat(20), b"]"].concat();
        assert_eq!(Lexer::new(&wide, 0, &limits).object().unwrap_err().kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn repeated_keys_and_equality() {
        let one = read(b"<< /A 1 /B 2 /A 3 >>").unwrap();
        assert_eq!(one.as_dictionary().unwrap().repeated().as_deref(), Some("A"));
        assert_eq!(one.as_dictionary().unwrap().integer("A"), Some(3));
        assert_eq!(read(b"<< /A 1 /B 2>>").unwrap(), read(b"<</B 2/A  1>>").unwrap());
        assert_ne!(read(b"<< /A 1 /B 2>>").unwrap(), read(b"<</B 2/A  2>>").unwrap());
    }
}
