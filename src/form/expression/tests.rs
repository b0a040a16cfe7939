use std::cell::Cell;

use super::evaluate::Trouble;
use super::{Scope, Sort, Worth, parse, sort_of};
use crate::form::Day;
use crate::form::number::Number;

struct Sample(Cell<usize>);

impl Scope for Sample {
    fn today(&self) -> Day {
        "2024-03-01".parse().unwrap()
    }

    fn name(&self, name: &str) -> Worth {
        match name {
            "age" => Worth::Number(Number::whole(17)),
            "单位" => Worth::Text("甲".into()),
            "born" => Worth::Day("2004-02-29".parse().unwrap()),
            "tags" => Worth::List(vec![Worth::Text("1".into()), Worth::Text("3".into())]),
            "rows" => Worth::Rows(2),
            "id" => Worth::Text("11010519491231002X".into()),
            _ => Worth::Nothing,
        }
    }

    fn rows(&self, _: &str) -> usize {
        3
    }

    fn column(&self, _: &str, column: &str) -> Vec<Worth> {
        let number = |text: &str| Worth::Number(text.parse().unwrap());
        match column {
            "amount" => vec![number("0.1"), Worth::Nothing, number("0.2")],
            _ => Vec::new(),
        }
    }

    fn spend(&self, work: usize) -> Result<(), Trouble> {
        self.0.set(self.0.get().checked_sub(work).ok_or(Trouble::TooMuch)?);
        Ok(())
    }
}

fn worth(text: &str) -> Result<Worth, Trouble> {
    parse(text).unwrap().worth(&Sample(Cell::new(1000)))
}

#[test]
fn conditions() {
    for (text, expected) in [
        ("age < 18 and 单位 == '甲'", true),
        ("not age < 18 or false", false),
        ("not not (age == 17)", true),
        ("单位 in ['甲', '乙']", true),
        ("单位 not in ['甲', '乙']", false),
        ("'3' in tags and not '2' in tags", true),
        ("empty(nobody) and nobody != 'x'", true),
        ("nobody > 3 or nobody < 3", false),
        ("age * 2 - 4 / 2 == 32", true),
        ("sum(rows.amount) == 0.3", true),
        ("count(rows) == 2 and count(rows.amount) == 2", true),
        ("max(rows.amount) == 0.2 and min(1, 2) == 1", true),
        ("years(born, today) == 20 and days(date('2024-02-28'), today) == 2", true),
        ("born(id) == date('1949-12-31') and sex(id) == '2'", true),
        ("if(empty(age), 1, 2) == 2", true),
        ("length(单位) == 1 and words(1.5) == '壹元伍角整'", true),
        ("-age == 0 - 17", true),
        ("'it''s' == 'it''s'", true),
        ("after(date('2024-02-28'), 2) == today", true),
        ("distinct(rows.amount)", true),
    ] {
        assert_eq!(worth(text), Ok(Worth::Flag(expected)), "{text}");
    }
    assert_eq!(worth("nobody + 1"), Ok(Worth::Nothing), "nothing makes nothing");
}

#[test]
fn what_has_no_worth_says_why() {
    let why = |text: &str| worth(text).unwrap_err();
    assert!(matches!(why("1 / (age - 17)"), Trouble::Cannot("it divides by zero", _)));
    assert!(matches!(why("单位 * 2"), Trouble::Cannot(..)));
    assert!(matches!(why("9999999999999999999999999999 * 9999999999"), Trouble::Cannot("the number is too large", _)));
    let small = Sample(Cell::new(3));
    assert_eq!(parse("age + age + age + age").unwrap().worth(&small), Err(Trouble::TooMuch));
}

#[test]
fn what_cannot_be_read_says_where() {
    for (text, part) in [
        ("", "it ends where a value belongs"),
        ("1 +", "it ends"),
        ("age === 3", "\"=\" at 7"),
        ("(1", "\")\""),
        ("'open", "has no end"),
        ("fetch(1)", "no function \"fetch\""),
        ("sum()", "takes 1 to 1"),
        ("a b", "\"b\""),
        ("a and", "ends"),
        ("rows.", "column"),
        ("a not 3", "\"in\""),
        ("and", "value"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
    assert!(parse(&"(".repeat(60)).unwrap_err().contains("deeper"));
    assert!(parse(&"a+".repeat(600)).unwrap_err().contains("more than 512"));
    assert!(parse(&" ".repeat(5000)).unwrap_err().contains("longer"));
    assert!(parse(&format!("a{}", "+a".repeat(255))).is_ok());
}

#[test]
fn sorts_that_do_not_go_together_are_told_beforehand() {
    let known = |name: &str| match name {
        "age" | "rows.amount" => Some(Sort::Number),
        "name" => Some(Sort::Text),
        "born" => Some(Sort::Day),
        "rows" => Some(Sort::Rows),
        "tags" => Some(Sort::Texts),
        _ => None,
    };
    let sort = |text: &str| sort_of(&parse(text).unwrap(), &known);
    assert_eq!(sort("sum(rows.amount) / count(rows)"), Ok(Sort::Number));
    assert_eq!(sort("if(age > 3, 'a', name)"), Ok(Sort::Text));
    assert_eq!(sort("'1' in tags and born <= today"), Ok(Sort::Flag));
    assert_eq!(sort("max(rows.amount)"), Ok(Sort::Number));
    for bad in [
        "age == name",
        "name * 2",
        "not age",
        "sum(age)",
        "rows < 3",
        "age in name",
        "years(age, today)",
        "if(age, 1, 2)",
        "['a', 1] == 3",
        "age in ['a']",
        "if(true, 1, 'a')",
    ] {
        assert!(sort(bad).is_err(), "{bad}");
    }
}
