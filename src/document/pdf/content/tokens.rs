//! The words of content streams and of CMaps: operands, then an operator (ISO 32000-2, 7.8.2).

use crate::document::pdf::lexer::{Lexer, is_regular};
use crate::document::pdf::object::Object;
use crate::document::pdf::source::is_white;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

/// More operands before one operator mean nothing, and the first of them are forgotten. Sections of CMaps
/// have 300, and those of careless writers some ten thousand.
const OPERANDS: usize = 1 << 17;

pub(super) struct Tokens<'a> {
    lexer: Lexer<'a>,
    pub(super) operands: Vec<Object>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Tokens { lexer: Lexer::new(bytes, 0, limits), operands: Vec::new() }
    }

    /// The next operator, with its operands in `operands`. What is no token is passed over, as viewers do:
    /// nothing that is decided here makes a signature good or bad.
    pub(super) fn operator(&mut self) -> Result<Option<&'a [u8]>, Error> {
        self.operands.clear();
        loop {
            self.lexer.skip_space();
            let rest = self.lexer.rest();
            let Some(first) = rest.first() else { return Ok(None) };
            if matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.' | b'/' | b'(' | b'<' | b'[') {
                match self.lexer.object() {
                    Ok(operand) => self.push(operand),
                    Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
                    Err(_) => self.pass(),
                }
                continue;
            }
            let length = rest.iter().take_while(|byte| is_regular(**byte)).count();
            let word = rest.get(..length).unwrap_or_default();
            if matches!(word, b"true" | b"false" | b"null") {
                let operand = self.lexer.object()?;
                self.push(operand);
            } else if self.lexer.take(word) && !word.is_empty() {
                return Ok(Some(word));
            } else {
                self.pass();
            }
        }
    }

    fn push(&mut self, operand: Object) {
        if self.operands.len() >= OPERANDS {
            self.operands.drain(..OPERANDS / 2);
        }
        self.operands.push(operand);
    }

    fn pass(&mut self) {
        let rest = self.lexer.rest();
        let _ = self.lexer.take(rest.get(..1).unwrap_or_default());
    }

    /// Passes over the data of an inline image: after `ID` and one blank, up to an `EI` of its own (8.9.7).
    pub(super) fn skip_image_data(&mut self) {
        let rest = self.lexer.rest();
        let ends = |window: &[u8]| match window {
            [before, b'E', b'I', after] => is_white(*before) && is_white(*after),
            _ => false,
        };
        let length = match rest.windows(4).position(ends) {
            Some(at) => at + 3,
            None => rest.len(),
        };
        let _ = self.lexer.take(rest.get(..length).unwrap_or_default());
    }

    /// The operand so many places from the last, as a number.
    pub(super) fn number(&self, from_last: usize) -> Option<f64> {
        let index = self.operands.len().checked_sub(from_last.checked_add(1)?)?;
        self.operands.get(index)?.as_number().filter(|number| number.is_finite())
    }

    /// The last `N` operands as numbers.
    pub(super) fn numbers<const N: usize>(&self) -> Option<[f64; N]> {
        let mut numbers = [0.0; N];
        for (index, number) in numbers.iter_mut().rev().enumerate() {
            *number = self.number(index)?;
        }
        Some(numbers)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        self.operands.last()?.as_name()
    }
}

#[cfg(test)]
mod tests {
    use super::Tokens;
    use crate::limits::Limits;

    #[test]
    fn operands_and_what_is_none() {
        let text = b"1 2 3 rg % note\n(a\\)b) Tj ] } [1 (x)] TJ 5 --3 Td %%EOF\n 1 0 0 RG /N Do true x";
        let limits = Limits::default();
        let mut tokens = Tokens::new(text, &limits);
        let mut seen = Vec::new();
        while let Some(operator) = tokens.operator().unwrap() {
            seen.push((String::from_utf8_lossy(operator).into_owned(), tokens.operands.len()));
        }
        let expected = [("rg", 3), ("Tj", 1), ("TJ", 1), ("Td", 2), ("RG", 3), ("Do", 1), ("x", 1)];
        let seen: Vec<_> = seen.iter().map(|(word, count)| (word.as_str(), *count)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn image_data_is_passed_over() {
        let limits = Limits::default();
        let mut tokens = Tokens::new(b"BI /W 1 ID \x00(EI[<\xFF\nEI Q", &limits);
        assert_eq!(tokens.operator().unwrap(), Some(b"BI".as_slice()));
        assert_eq!(tokens.operator().unwrap(), Some(b"ID".as_slice()));
        tokens.skip_image_data();
        assert_eq!(tokens.operator().unwrap(), Some(b"Q".as_slice()));
    }
}
