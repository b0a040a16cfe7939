//! Which sort of value an expression has, told before anything is filled in.

use crate::form::expression::{Expression, Function, Operator, TODAY};

/// The sort of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sort {
    Flag,
    Number,
    Text,
    Day,
    Span,
    Clock,
    /// Several texts.
    Texts,
    /// Rows of a table, or files.
    Rows,
    /// Values of a column.
    Column(Inner),
    /// Cannot be told, as the smallest of an empty list.
    Any,
}

/// The sort of a column's values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Inner {
    Flag,
    Number,
    Text,
    Day,
    Other,
}

impl Sort {
    /// The sort of a column of such values.
    pub(crate) fn in_column(self) -> Sort {
        Sort::Column(match self {
            Sort::Flag => Inner::Flag,
            Sort::Number => Inner::Number,
            Sort::Text => Inner::Text,
            Sort::Day => Inner::Day,
            _ => Inner::Other,
        })
    }

    fn of_one(self) -> Sort {
        match self {
            Sort::Column(Inner::Flag) => Sort::Flag,
            Sort::Column(Inner::Number) => Sort::Number,
            Sort::Column(Inner::Text) | Sort::Texts => Sort::Text,
            Sort::Column(Inner::Day) => Sort::Day,
            _ => Sort::Any,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Sort::Flag => "a condition",
            Sort::Number => "a number",
            Sort::Text => "a text",
            Sort::Day => "a day",
            Sort::Span => "a span of days",
            Sort::Clock => "a time of day",
            Sort::Texts => "a list of texts",
            Sort::Rows => "a table",
            Sort::Column(_) => "a column",
            Sort::Any => "anything",
        }
    }

    pub(crate) fn fits(self, wanted: Sort) -> bool {
        self == wanted || self == Sort::Any || wanted == Sort::Any
    }
}

/// The sort of an expression, where `known` tells those of names and, as `table.column`, of columns. Names that are
/// not known are of any sort: they are told elsewhere.
pub(crate) fn sort_of(expression: &Expression, known: &dyn Fn(&str) -> Option<Sort>) -> Result<Sort, String> {
    let of = |one: &Expression| sort_of(one, known);
    Ok(match expression {
        Expression::Number(_) => Sort::Number,
        Expression::Text(_) => Sort::Text,
        Expression::Flag(_) => Sort::Flag,
        Expression::Name(name) if name == TODAY => Sort::Day,
        Expression::Name(name) => known(name).unwrap_or(Sort::Any),
        Expression::Column(table, column) => known(&format!("{table}.{column}")).map_or(Sort::Any, Sort::in_column),
        Expression::List(items) => {
            let sorts = items.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            let first = sorts.first().copied().unwrap_or(Sort::Any);
            match sorts.iter().find(|sort| !sort.fits(first)) {
                Some(other) => return Err(format!("a list holds {} and {}", first.name(), other.name())),
                None => first.in_column(),
            }
        }
        Expression::Not(inner) => wanted(of(inner)?, Sort::Flag, "\"not\"")?,
        Expression::Minus(inner) => wanted(of(inner)?, Sort::Number, "\"-\"")?,
        Expression::Two(operator, left, right) => two(*operator, of(left)?, of(right)?)?,
        Expression::Call(function, arguments) => {
            call(*function, &arguments.iter().map(of).collect::<Result<Vec<_>, _>>()?)?
        }
    })
}

fn wanted(sort: Sort, wanted: Sort, by: &str) -> Result<Sort, String> {
    if sort.fits(wanted) { Ok(wanted) } else { Err(format!("{by} takes {}, not {}", wanted.name(), sort.name())) }
}

fn two(operator: Operator, left: Sort, right: Sort) -> Result<Sort, String> {
    let alike = || match left.fits(right) {
        true => Ok(Sort::Flag),
        false => Err(format!("{} is compared with {}", left.name(), right.name())),
    };
    match operator {
        Operator::Or | Operator::And => {
            wanted(left, Sort::Flag, "\"and\" and \"or\"")?;
            wanted(right, Sort::Flag, "\"and\" and \"or\"")
        }
        Operator::Equal | Operator::Unequal => alike(),
        Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => {
            let ordered = [Sort::Number, Sort::Day, Sort::Clock, Sort::Text, Sort::Any];
            match ordered.contains(&left) {
                true => alike(),
                false => Err(format!("{} has no order", left.name())),
            }
        }
        Operator::In | Operator::NotIn => match right {
            Sort::Texts | Sort::Column(_) if left.fits(right.of_one()) => Ok(Sort::Flag),
            Sort::Any => Ok(Sort::Flag),
            _ => Err(format!("{} is looked for in {}", left.name(), right.name())),
        },
        Operator::Plus if left == Sort::Text => wanted(right, Sort::Text, "\"+\" behind a text"),
        Operator::Plus | Operator::Minus | Operator::Times | Operator::By => {
            wanted(left, Sort::Number, "arithmetic")?;
            wanted(right, Sort::Number, "arithmetic")
        }
    }
}

fn call(function: Function, arguments: &[Sort]) -> Result<Sort, String> {
    let first = arguments.first().copied().unwrap_or(Sort::Any);
    let all = |sort: Sort, by: &str| arguments.iter().try_for_each(|own| wanted(*own, sort, by).map(|_| ()));
    match function {
        Function::Empty => Ok(Sort::Flag),
        Function::Sum => match first {
            Sort::Column(Inner::Number) | Sort::Any => Ok(Sort::Number),
            other => Err(format!("sum takes a column of numbers, not {}", other.name())),
        },
        Function::Count => match first {
            Sort::Column(_) | Sort::Rows | Sort::Texts | Sort::Any => Ok(Sort::Number),
            other => Err(format!("count takes a table or a list, not {}", other.name())),
        },
        Function::Distinct => match first {
            Sort::Column(_) | Sort::Texts | Sort::Any => Ok(Sort::Flag),
            other => Err(format!("distinct takes a column, not {}", other.name())),
        },
        Function::Min | Function::Max => match arguments {
            [one @ Sort::Column(_)] => Ok(one.of_one()),
            _ => all(first, "min or max").map(|()| first),
        },
        Function::Round => all(Sort::Number, "round").map(|()| Sort::Number),
        Function::If => {
            wanted(first, Sort::Flag, "if")?;
            match arguments {
                [_, yes, no] if yes.fits(*no) => Ok(if *yes == Sort::Any { *no } else { *yes }),
                _ => Err("the two results of if are of different sorts".into()),
            }
        }
        Function::Date => all(Sort::Text, "date").map(|()| Sort::Day),
        Function::Days | Function::Months | Function::Years => all(Sort::Day, "a span").map(|()| Sort::Number),
        Function::After => {
            wanted(first, Sort::Day, "after")?;
            wanted(arguments.get(1).copied().unwrap_or(Sort::Any), Sort::Number, "after").map(|_| Sort::Day)
        }
        Function::Start | Function::End => all(Sort::Span, "start or end").map(|()| Sort::Day),
        Function::Born => all(Sort::Text, "born").map(|()| Sort::Day),
        Function::Sex => all(Sort::Text, "sex").map(|()| Sort::Text),
        Function::Length => all(Sort::Text, "length").map(|()| Sort::Number),
        Function::Words => all(Sort::Number, "words").map(|()| Sort::Text),
    }
}
