//! The language of conditions and calculations: small, total, without loops.
//!
//! ```text
//! or  := and { "or" and }            and := not { "and" not }         not := "not" not | compare
//! compare := sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in") sum ]
//! sum := term { ("+" | "-") term }   term := factor { ("*" | "/") factor }   factor := "-" factor | primary
//! primary := number | 'text' | true | false | name | name "." column | function "(" … ")" | "(" or ")" | "[" … "]"
//! ```

mod evaluate;
mod function;
mod parse;
#[cfg(test)]
mod tests;
mod typing;

use std::collections::BTreeSet;

pub(crate) use crate::form::expression::evaluate::{Scope, Trouble, Worth, ordered, over};
pub(crate) use crate::form::expression::function::Function;
pub(crate) use crate::form::expression::parse::parse;
pub(crate) use crate::form::expression::typing::{Sort, sort_of};

use crate::form::number::Number;

/// Characters an expression may have.
const LONGEST: usize = 4096;
/// How deep it may be nested.
const DEEPEST: usize = 32;

/// An expression that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Number(Number),
    Text(String),
    Flag(bool),
    List(Vec<Expression>),
    /// A field, `today`, or in a table's row a column.
    Name(String),
    /// A column of a table in all its rows.
    Column(String, String),
    Not(Box<Expression>),
    Minus(Box<Expression>),
    Two(Operator, Box<Expression>, Box<Expression>),
    Call(Function, Vec<Expression>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    NotIn,
    Plus,
    Minus,
    Times,
    By,
}

/// Whoever fills a form in, does it on this day; not a field.
pub(crate) const TODAY: &str = "today";

impl Expression {
    /// The fields that it reads, `table.column` for columns.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut BTreeSet<String>) {
        match self {
            Expression::Name(name) if name == TODAY => {}
            Expression::Name(name) => {
                found.insert(name.clone());
            }
            Expression::Column(table, column) => {
                found.insert(format!("{table}.{column}"));
            }
            Expression::Not(one) | Expression::Minus(one) => one.collect(found),
            Expression::Two(_, left, right) => {
                left.collect(found);
                right.collect(found);
            }
            Expression::List(all) | Expression::Call(_, all) => all.iter().for_each(|one| one.collect(found)),
            Expression::Number(_) | Expression::Text(_) | Expression::Flag(_) => {}
        }
    }
}
