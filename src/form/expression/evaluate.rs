//! What an expression is worth. What is not filled in is nothing: sums leave it out, comparisons with it are
//! false, and what is calculated from it is nothing too.

use std::cmp::Ordering;

use crate::form::clock::{Clock, day_of_people};
use crate::form::expression::{Expression, Function, Operator, TODAY};
use crate::form::number::Number;
use crate::identifier::CitizenNumber;
use crate::time::Day;

/// A value while it is calculated with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Worth {
    Nothing,
    Flag(bool),
    Number(Number),
    Text(String),
    Day(Day),
    Span(Day, Day),
    Clock(Clock),
    List(Vec<Worth>),
    /// A table, by how many rows it has; also a list of files.
    Rows(usize),
}

/// Where an expression's names lead.
pub(crate) trait Scope {
    fn today(&self) -> Day;
    fn name(&self, name: &str) -> Worth;
    /// How many rows a table has.
    fn rows(&self, table: &str) -> usize;
    /// The values of a column, row by row, `Nothing` for those that are not filled in.
    fn column(&self, table: &str, column: &str) -> Vec<Worth>;
    /// The worth of a function over a column; asked once for each row, so whoever can, remembers it.
    fn over_column(&self, function: Function, table: &str, column: &str) -> Result<Worth, Trouble> {
        over(function, self.column(table, column))
    }
    /// Takes so much from the work that is allowed.
    fn spend(&self, work: usize) -> Result<(), Trouble>;
}

/// Why there is no worth.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// Said in one sentence, in English and Chinese.
    Cannot(&'static str, &'static str),
    /// More work than a form may ask for.
    TooMuch,
}

const WRONG_SORT: Trouble = Trouble::Cannot("its parts do not go together", "运算对象类型不符");
const TOO_LARGE: Trouble = Trouble::Cannot("the number is too large", "数值过大");

impl Worth {
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Worth::Nothing | Worth::Rows(0) => true,
            Worth::Text(text) => text.is_empty(),
            Worth::List(items) => items.is_empty(),
            _ => false,
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Worth::Flag(true))
    }
}

impl Expression {
    /// Evaluates it.
    pub(crate) fn worth(&self, scope: &dyn Scope) -> Result<Worth, Trouble> {
        scope.spend(1)?;
        Ok(match self {
            Expression::Number(number) => Worth::Number(*number),
            Expression::Text(text) => Worth::Text(text.clone()),
            Expression::Flag(flag) => Worth::Flag(*flag),
            Expression::Name(name) if name == TODAY => Worth::Day(scope.today()),
            Expression::Name(name) => scope.name(name),
            Expression::Column(table, column) => {
                scope.spend(scope.rows(table))?;
                Worth::List(scope.column(table, column))
            }
            Expression::List(items) => {
                Worth::List(items.iter().map(|item| item.worth(scope)).collect::<Result<_, _>>()?)
            }
            Expression::Not(inner) => Worth::Flag(!inner.worth(scope)?.is_true()),
            Expression::Minus(inner) => match inner.worth(scope)? {
                Worth::Number(number) => number_or(Number::ZERO.minus(number), TOO_LARGE)?,
                Worth::Nothing => Worth::Nothing,
                _ => return Err(WRONG_SORT),
            },
            Expression::Two(operator, left, right) => two(*operator, left, right, scope)?,
            Expression::Call(function, arguments) => call(*function, arguments, scope)?,
        })
    }
}

fn two(operator: Operator, left: &Expression, right: &Expression, scope: &dyn Scope) -> Result<Worth, Trouble> {
    let first = left.worth(scope)?;
    match operator {
        Operator::Or if first.is_true() => return Ok(Worth::Flag(true)),
        Operator::And if !first.is_true() => return Ok(Worth::Flag(false)),
        _ => {}
    }
    let second = right.worth(scope)?;
    Ok(match operator {
        Operator::Or | Operator::And => Worth::Flag(second.is_true()),
        Operator::Equal => Worth::Flag(equal(&first, &second)),
        Operator::Unequal => Worth::Flag(!equal(&first, &second)),
        Operator::In => Worth::Flag(contains(&second, &first, scope)?),
        Operator::NotIn => Worth::Flag(!contains(&second, &first, scope)?),
        Operator::Less => Worth::Flag(ordered(&first, &second)? == Some(Ordering::Less)),
        Operator::More => Worth::Flag(ordered(&first, &second)? == Some(Ordering::Greater)),
        Operator::AtMost => Worth::Flag(ordered(&first, &second)?.is_some_and(Ordering::is_le)),
        Operator::AtLeast => Worth::Flag(ordered(&first, &second)?.is_some_and(Ordering::is_ge)),
        Operator::Plus | Operator::Minus | Operator::Times | Operator::By => calculated(operator, first, second)?,
    })
}

fn equal(first: &Worth, second: &Worth) -> bool {
    first == second || (first.is_nothing() && second.is_nothing())
}

fn contains(list: &Worth, wanted: &Worth, scope: &dyn Scope) -> Result<bool, Trouble> {
    match list {
        Worth::Nothing => Ok(false),
        Worth::List(items) => {
            scope.spend(items.len())?;
            Ok(!wanted.is_nothing() && items.contains(wanted))
        }
        _ => Err(WRONG_SORT),
    }
}

/// How two values of one sort stand; nothing stands nowhere.
pub(crate) fn ordered(first: &Worth, second: &Worth) -> Result<Option<Ordering>, Trouble> {
    Ok(match (first, second) {
        (Worth::Nothing, _) | (_, Worth::Nothing) => None,
        (Worth::Number(first), Worth::Number(second)) => Some(first.cmp(second)),
        (Worth::Day(first), Worth::Day(second)) => Some(first.cmp(second)),
        (Worth::Clock(first), Worth::Clock(second)) => Some(first.cmp(second)),
        (Worth::Text(first), Worth::Text(second)) => Some(first.cmp(second)),
        _ => return Err(WRONG_SORT),
    })
}

fn calculated(operator: Operator, first: Worth, second: Worth) -> Result<Worth, Trouble> {
    let (left, right) = match (first, second) {
        (Worth::Nothing, _) | (_, Worth::Nothing) => return Ok(Worth::Nothing),
        (Worth::Number(left), Worth::Number(right)) => (left, right),
        (Worth::Text(left), Worth::Text(right)) if operator == Operator::Plus => {
            return Ok(Worth::Text(left + &right));
        }
        _ => return Err(WRONG_SORT),
    };
    match operator {
        Operator::Plus => number_or(left.plus(right), TOO_LARGE),
        Operator::Minus => number_or(left.minus(right), TOO_LARGE),
        Operator::Times => number_or(left.times(right), TOO_LARGE),
        _ if right.is_zero() => Err(Trouble::Cannot("it divides by zero", "除数为零")),
        _ => number_or(left.by(right), TOO_LARGE),
    }
}

fn number_or(number: Option<Number>, trouble: Trouble) -> Result<Worth, Trouble> {
    number.map(Worth::Number).ok_or(trouble)
}

fn call(function: Function, arguments: &[Expression], scope: &dyn Scope) -> Result<Worth, Trouble> {
    if let ([Expression::Column(table, column)], true) = (arguments, function != Function::Empty) {
        return scope.over_column(function, table, column);
    }
    // Only the branch that is taken is looked at.
    if let (Function::If, [condition, yes, no]) = (function, arguments) {
        return if condition.worth(scope)?.is_true() { yes.worth(scope) } else { no.worth(scope) };
    }
    let mut worths = arguments.iter().map(|one| one.worth(scope)).collect::<Result<Vec<_>, _>>()?;
    match (function, worths.as_mut_slice()) {
        (Function::Empty, [one]) => Ok(Worth::Flag(match one {
            Worth::List(items) => items.iter().all(Worth::is_nothing),
            one => one.is_nothing(),
        })),
        (Function::Count, [Worth::Rows(rows)]) => Ok(Worth::Number(Number::count(*rows))),
        (Function::Sum | Function::Count | Function::Distinct, [Worth::List(items)]) => {
            over(function, std::mem::take(items))
        }
        (Function::Count, [Worth::Nothing]) => Ok(Worth::Number(Number::ZERO)),
        (Function::Min | Function::Max, [Worth::List(items)]) => over(function, std::mem::take(items)),
        (Function::Min | Function::Max, _) => over(function, worths),
        (_, all) if all.iter().any(|one| matches!(one, Worth::Nothing)) => Ok(Worth::Nothing),
        (Function::Round, [Worth::Number(number)]) => Ok(Worth::Number(number.rounded(0))),
        (Function::Round, [Worth::Number(number), Worth::Number(decimals)]) => {
            let decimals = decimals.as_whole().and_then(|decimals| u32::try_from(decimals).ok());
            let decimals = decimals.filter(|decimals| *decimals <= 10);
            let wrong = Trouble::Cannot("it rounds to less than 0 or more than 10 decimals", "舍入位数须为0至10");
            Ok(Worth::Number(number.rounded(decimals.ok_or(wrong)?)))
        }
        (Function::Date, [Worth::Text(text)]) => {
            day_of_people(text).map(Worth::Day).ok_or(Trouble::Cannot("the text is no day", "文本不是日期"))
        }
        (Function::Days, [Worth::Day(from), Worth::Day(to)]) => Ok(whole(from.days_to(*to))),
        (Function::Months, [Worth::Day(from), Worth::Day(to)]) => Ok(whole(from.months_to(*to))),
        (Function::Years, [Worth::Day(from), Worth::Day(to)]) => Ok(whole(from.months_to(*to) / 12)),
        (Function::After, [Worth::Day(day), Worth::Number(days)]) => {
            let later = days.as_whole().and_then(|days| day.checked_plus_days(days));
            later.map(Worth::Day).ok_or(Trouble::Cannot("there is no such day", "没有这一天"))
        }
        (Function::Start, [Worth::Span(first, _)]) => Ok(Worth::Day(*first)),
        (Function::End, [Worth::Span(_, last)]) => Ok(Worth::Day(*last)),
        (Function::Born | Function::Sex, [Worth::Text(number)]) => Ok(of_citizen(function, number)),
        (Function::Length, [Worth::Text(text)]) => Ok(Worth::Number(Number::count(text.chars().count()))),
        (Function::Words, [Worth::Number(number)]) => {
            let none = Trouble::Cannot("the amount has no words", "金额无法转为大写");
            number.in_words().map(Worth::Text).ok_or(none)
        }
        _ => Err(WRONG_SORT),
    }
}

fn whole(value: i64) -> Worth {
    Worth::Number(Number::whole(value))
}

/// Nothing while the number is not a good one: that is told where it is filled in.
fn of_citizen(function: Function, number: &str) -> Worth {
    let Ok(number) = number.parse::<CitizenNumber>() else { return Worth::Nothing };
    if function == Function::Born {
        let (year, month, day) = number.born();
        return Day::new(year, month, day).map_or(Worth::Nothing, Worth::Day);
    }
    let odd = number.as_str().as_bytes().get(16).is_some_and(|figure| figure % 2 == 1);
    Worth::Text(if odd { "1" } else { "2" }.into())
}

/// A function over the values of a column; those that are not filled in are left out.
pub(crate) fn over(function: Function, values: Vec<Worth>) -> Result<Worth, Trouble> {
    let mut values: Vec<Worth> = values.into_iter().filter(|value| !value.is_nothing()).collect();
    match function {
        Function::Count => Ok(Worth::Number(Number::count(values.len()))),
        Function::Sum => values.iter().try_fold(Worth::Number(Number::ZERO), |sum, value| match (sum, value) {
            (Worth::Number(sum), Worth::Number(value)) => number_or(sum.plus(*value), TOO_LARGE),
            _ => Err(WRONG_SORT),
        }),
        Function::Min | Function::Max => {
            let wanted = if function == Function::Min { Ordering::Less } else { Ordering::Greater };
            let mut values = values.into_iter();
            let Some(mut best) = values.next() else { return Ok(Worth::Nothing) };
            for value in values {
                if ordered(&value, &best)? == Some(wanted) {
                    best = value;
                }
            }
            Ok(best)
        }
        Function::Distinct => {
            let before = values.len();
            let mut keys: Vec<String> = values.drain(..).map(|value| format!("{value:?}")).collect();
            keys.sort_unstable();
            keys.dedup();
            Ok(Worth::Flag(keys.len() == before))
        }
        _ => Err(WRONG_SORT),
    }
}
