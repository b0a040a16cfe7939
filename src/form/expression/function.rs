//! What an expression may call.

/// A function of the language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Function {
    /// Whether there is no value.
    Empty,
    /// The sum of a column.
    Sum,
    /// How many rows a table has, or how many values a column or a list.
    Count,
    Min,
    Max,
    Round,
    /// One of two, by a condition.
    If,
    /// A day by its text.
    Date,
    /// Days, whole months and whole years from one day to another.
    Days,
    Months,
    Years,
    /// The day so many days later.
    After,
    /// The ends of a span of days.
    Start,
    End,
    /// The day of birth in a citizen's number.
    Born,
    /// `'1'` for men and `'2'` for women, by a citizen's number (GB/T 2261.1).
    Sex,
    /// How many characters a text has.
    Length,
    /// An amount in words.
    Words,
    /// Whether no value of a column occurs twice.
    Distinct,
}

const ALL: &[(&str, Function, (usize, usize))] = &[
    ("empty", Function::Empty, (1, 1)),
    ("sum", Function::Sum, (1, 1)),
    ("count", Function::Count, (1, 1)),
    ("min", Function::Min, (1, 16)),
    ("max", Function::Max, (1, 16)),
    ("round", Function::Round, (1, 2)),
    ("if", Function::If, (3, 3)),
    ("date", Function::Date, (1, 1)),
    ("days", Function::Days, (2, 2)),
    ("months", Function::Months, (2, 2)),
    ("years", Function::Years, (2, 2)),
    ("after", Function::After, (2, 2)),
    ("start", Function::Start, (1, 1)),
    ("end", Function::End, (1, 1)),
    ("born", Function::Born, (1, 1)),
    ("sex", Function::Sex, (1, 1)),
    ("length", Function::Length, (1, 1)),
    ("words", Function::Words, (1, 1)),
    ("distinct", Function::Distinct, (1, 1)),
];

impl Function {
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(own, ..)| *own == name).map(|(_, function, _)| *function)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|(name, ..)| *name)
    }

    /// The fewest and the most arguments.
    pub(crate) fn arguments(self) -> (usize, usize) {
        ALL.iter().find(|(_, own, _)| *own == self).map_or((0, 0), |(.., bounds)| *bounds)
    }
}
