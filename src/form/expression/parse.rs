//! From text to an expression.

use std::iter::Peekable;
use std::str::CharIndices;

use crate::form::expression::{DEEPEST, Expression, Function, LONGEST, Operator};
use crate::form::number::Number;

/// Words and signs an expression may have: a chain of operators is a tree as deep as it is long.
const MOST_TOKENS: usize = 512;

/// Reads an expression; what is wrong is said with the character at which it is.
pub(crate) fn parse(text: &str) -> Result<Expression, String> {
    if text.chars().count() > LONGEST {
        return Err(format!("the expression is longer than {LONGEST} characters"));
    }
    let tokens = tokens(text)?;
    if tokens.len() > MOST_TOKENS {
        return Err(format!("the expression has more than {MOST_TOKENS} words and signs"));
    }
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expression = parser.or()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.wrong("the end or an operator")),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(Number),
    Text(String),
    Word(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", "."];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    let mut found = Vec::new();
    let mut left = text.char_indices().peekable();
    while let Some((at, character)) = left.peek().copied() {
        if character.is_whitespace() {
            left.next();
            continue;
        }
        let token = if character == '\'' {
            quoted(&mut left)
                .ok_or_else(|| format!("the text that begins at {} has no end: close it with '", at + 1))?
        } else if character.is_ascii_digit() {
            let digits = taken(&mut left, |c| c.is_ascii_digit() || c == '.');
            Number::of_people(&digits).map(Token::Number).ok_or_else(|| format!("\"{digits}\" is no number"))?
        } else if is_letter(character) {
            Token::Word(taken(&mut left, |c| is_letter(c) || c.is_ascii_digit()))
        } else {
            let rest = text.get(at..).unwrap_or_default();
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("the character \"{character}\" at {} means nothing here", at + 1))?;
            for _ in sign.chars() {
                left.next();
            }
            Token::Sign(sign)
        };
        found.push((at, token));
    }
    Ok(found)
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

fn taken(left: &mut Peekable<CharIndices<'_>>, wanted: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some((_, character)) = left.next_if(|(_, character)| wanted(*character)) {
        text.push(character);
    }
    text
}

/// A text between single quotes; two of them inside stand for one.
fn quoted(left: &mut Peekable<CharIndices<'_>>) -> Option<Token> {
    left.next();
    let mut text = String::new();
    loop {
        let (_, character) = left.next()?;
        if character != '\'' {
            text.push(character);
        } else if left.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Some(Token::Text(text));
        }
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn sign(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(sign)) if *sign == wanted);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(self.wrong(&format!("\"{sign}\""))) }
    }

    fn wrong(&self, wanted: &str) -> String {
        match self.tokens.get(self.at) {
            Some((at, token)) => {
                let seen = match token {
                    Token::Number(number) => number.to_string(),
                    Token::Text(text) => format!("'{text}'"),
                    Token::Word(word) => word.clone(),
                    Token::Sign(sign) => (*sign).to_owned(),
                };
                format!("at byte {at} stands \"{seen}\" where {wanted} belongs")
            }
            None => format!("it ends where {wanted} belongs"),
        }
    }

    fn or(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("the expression is nested deeper than {DEEPEST}"));
        }
        let mut left = self.and()?;
        while self.word("or") {
            left = two(Operator::Or, left, self.and()?);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut left = self.not()?;
        while self.word("and") {
            left = two(Operator::And, left, self.not()?);
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expression, String> {
        let mut negated = 0_usize;
        while self.word("not") {
            negated += 1;
        }
        let inner = self.compare()?;
        Ok(if negated % 2 == 1 { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn compare(&mut self) -> Result<Expression, String> {
        let left = self.sum()?;
        let found = [
            ("==", Operator::Equal),
            ("!=", Operator::Unequal),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Less),
            (">", Operator::More),
        ];
        for (sign, operator) in found {
            if self.sign(sign) {
                return Ok(two(operator, left, self.sum()?));
            }
        }
        if self.word("in") {
            return Ok(two(Operator::In, left, self.sum()?));
        }
        let not_in = matches!(self.peek(), Some(Token::Word(word)) if word == "not");
        if not_in {
            self.at += 1;
            if !self.word("in") {
                return Err(self.wrong("\"in\""));
            }
            return Ok(two(Operator::NotIn, left, self.sum()?));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.term()?;
        loop {
            let operator = match () {
                () if self.sign("+") => Operator::Plus,
                () if self.sign("-") => Operator::Minus,
                () => return Ok(left),
            };
            left = two(operator, left, self.term()?);
        }
    }

    fn term(&mut self) -> Result<Expression, String> {
        let mut left = self.factor()?;
        loop {
            let operator = match () {
                () if self.sign("*") => Operator::Times,
                () if self.sign("/") => Operator::By,
                () => return Ok(left),
            };
            left = two(operator, left, self.factor()?);
        }
    }

    fn factor(&mut self) -> Result<Expression, String> {
        let mut negated = 0_usize;
        while self.sign("-") {
            negated += 1;
        }
        let inner = self.primary()?;
        Ok(if negated % 2 == 1 { Expression::Minus(Box::new(inner)) } else { inner })
    }

    fn primary(&mut self) -> Result<Expression, String> {
        let begin = self.at;
        match self.next() {
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Text(text)) => Ok(Expression::Text(text)),
            Some(Token::Word(word)) if word == "true" => Ok(Expression::Flag(true)),
            Some(Token::Word(word)) if word == "false" => Ok(Expression::Flag(false)),
            Some(Token::Word(word)) if self.sign("(") => self.call(&word),
            Some(Token::Word(word)) if self.sign(".") => match self.next() {
                Some(Token::Word(column)) => Ok(Expression::Column(word, column)),
                _ => {
                    self.at = self.at.saturating_sub(1);
                    Err(self.wrong("a column's name"))
                }
            },
            Some(Token::Word(word)) if !["and", "or", "not", "in"].contains(&word.as_str()) => {
                Ok(Expression::Name(word))
            }
            Some(Token::Sign("(")) => {
                let inner = self.or()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Token::Sign("[")) => self.items("]").map(Expression::List),
            _ => {
                self.at = begin;
                Err(self.wrong("a value"))
            }
        }
    }

    fn call(&mut self, name: &str) -> Result<Expression, String> {
        let function = Function::named(name).ok_or_else(|| {
            let known: Vec<&str> = Function::names().collect();
            format!("there is no function \"{name}\"; there are {}", known.join(", "))
        })?;
        let arguments = self.items(")")?;
        let (least, most) = function.arguments();
        if !(least..=most).contains(&arguments.len()) {
            return Err(format!("{name} takes {least} to {most} arguments, not {}", arguments.len()));
        }
        Ok(Expression::Call(function, arguments))
    }

    fn items(&mut self, end: &str) -> Result<Vec<Expression>, String> {
        let mut items = Vec::new();
        if self.sign(end) {
            return Ok(items);
        }
        loop {
            items.push(self.or()?);
            if self.sign(end) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }
}

fn two(operator: Operator, left: Expression, right: Expression) -> Expression {
    Expression::Two(operator, Box::new(left), Box::new(right))
}
