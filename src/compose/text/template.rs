//! Texts with placeholders.

use std::sync::Arc;

use crate::error::Error;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compose) enum Part {
    /// As it stands.
    Literal(Arc<str>),
    /// `{name}`: a value.
    Value(Arc<str>),
    /// `{@page}`.
    Page,
    /// `{@pages}`.
    Pages,
    /// `{@row}`.
    Row,
    /// `{?name}` or `{?name=value}`: a check box.
    Check { field: Arc<str>, equals: Option<Arc<str>> },
}

/// Reads a text with placeholders.
pub(in crate::compose) fn parse(text: &str) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        let brace = rest.get(before.len()..).and_then(|rest| rest.chars().next()).unwrap_or('{');
        literal.push_str(before);
        if let Some(after) = after.strip_prefix(brace) {
            literal.push(brace);
            rest = after;
            continue;
        }
        let inside = if brace == '{' { after.split_once('}') } else { None };
        let Some((inside, after)) = inside else {
            return Err(Error::malformed(format!(
                "the text \"{}\" has a lone brace: write {{{{ or }}}} for a brace that is shown",
                shortened(text)
            )));
        };
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal).into()));
        }
        parts.push(placeholder(inside)?);
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.into()));
    }
    Ok(parts)
}

fn placeholder(inside: &str) -> Result<Part, Error> {
    let named = |name: &str| -> Result<Arc<str>, Error> {
        let name = name.trim();
        if name.is_empty() || name.contains(['{', '@', '?', '=']) {
            let shown = shortened(inside);
            return Err(Error::malformed(format!("the placeholder \"{{{shown}}}\" names no field")));
        }
        Ok(name.into())
    };
    if let Some(check) = inside.strip_prefix('?') {
        return Ok(match check.split_once('=') {
            Some((field, value)) => Part::Check { field: named(field)?, equals: Some(value.trim().into()) },
            None => Part::Check { field: named(check)?, equals: None },
        });
    }
    match inside {
        "@page" => Ok(Part::Page),
        "@pages" => Ok(Part::Pages),
        "@row" => Ok(Part::Row),
        name => Ok(Part::Value(named(name)?)),
    }
}

/// The beginning of a text, for messages. Long rows of digits may be somebody's number: most of them is left out.
pub(in crate::compose) fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    /// A citizen number has 18 characters, a bank card 16 to 19; a date and a telephone number fewer.
    const NUMBER: usize = 15;
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (piece, after) = rest.split_at(if digits == 0 { first.len_utf8() } else { digits });
        if digits >= NUMBER && piece.bytes().filter(u8::is_ascii_digit).count() >= NUMBER - 3 {
            out.push_str(piece.get(..3).unwrap_or_default());
            out.push_str("***");
        } else {
            out.extend(piece.chars().map(|one| if one.is_control() { ' ' } else { one }));
        }
        if out.chars().count() > SHOWN {
            out = out.chars().take(SHOWN).collect();
            out.push('…');
            break;
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Part, parse, shortened};

    #[test]
    fn placeholders_are_told_from_braces() {
        let parts = parse("姓名：{ name }，{{第}} {@page}/{@pages} {?sex=女}女{?agree}{@row}").unwrap();
        let check =
            |field: &str, equals: Option<&str>| Part::Check { field: field.into(), equals: equals.map(Into::into) };
        let expected = [
            Part::Literal("姓名：".into()),
            Part::Value("name".into()),
            Part::Literal("，{第} ".into()),
            Part::Page,
            Part::Literal("/".into()),
            Part::Pages,
            Part::Literal(" ".into()),
            check("sex", Some("女")),
            Part::Literal("女".into()),
            check("agree", None),
            Part::Row,
        ];
        assert_eq!(parts, expected);
        assert_eq!(parse("").unwrap(), []);
        for bad in ["{", "}", "{name", "name}", "{}", "{ }", "{?}", "{?=女}", "{@pgae}", "{a{b}}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_of_people_are_not_shown() {
        assert_eq!(shortened("身份证11010519491231002X号"), "身份证110***号");
        assert_eq!(shortened("电话13800000000"), "电话13800000000");
        assert_eq!(shortened(&"长".repeat(100)).chars().count(), 41);
        assert_eq!(shortened("甲\n乙"), "甲 乙");
    }
}
