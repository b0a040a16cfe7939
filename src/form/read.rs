//! From JSON to values: tolerant, since people and other systems write the same thing in many ways.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::Error;
use crate::form::clock::{Clock, day_of_people};
use crate::form::codes::{Code, all, by_way, named, way_to};
use crate::form::expression::Sort;
use crate::form::field::{Field, FieldKind};
use crate::form::json::Json;
use crate::form::number::{Number, narrow};
use crate::form::template::Template;
use crate::form::value::{HandedIn, Image, Record, Unread, Value};
use crate::limits::Limits;

/// Reads values for the fields of one level. What no field is called is kept apart for the judgement.
pub(crate) struct Reader<'t> {
    pub(crate) template: &'t Template,
    pub(crate) limits: &'t Limits,
    /// Paths that no field has.
    pub(crate) unknown: Vec<String>,
}

impl Reader<'_> {
    pub(crate) fn form(&mut self, json: &Json) -> Result<Record, Error> {
        let template = self.template;
        self.record(json, template.fields(), "")
    }

    fn record(&mut self, json: &Json, fields: &[Field], path: &str) -> Result<Record, Error> {
        let Json::Object(members) = json else {
            let what = if path.is_empty() { "the form's values" } else { path };
            return Err(Error::malformed(format!("{what} are {} where an object belongs", json.sort())));
        };
        let mut record = Record::new();
        for (key, json) in members {
            match fields.iter().find(|field| field.key == *key) {
                Some(field) => {
                    let value = self.value(json, field, path)?;
                    record.extend(value.map(|value| (key.clone(), value)));
                }
                None if self.unknown.len() < MOST_UNKNOWN => self.unknown.push(format!("{path}{key}")),
                None => {}
            }
        }
        Ok(record)
    }

    /// Nothing for what is not filled in.
    fn value(&mut self, json: &Json, field: &Field, path: &str) -> Result<Option<Value>, Error> {
        if *json == Json::Null || matches!(json, Json::Text(text) if text.trim().is_empty()) {
            return Ok(None);
        }
        if field.kind == FieldKind::Table
            && let Json::List(rows) = json
        {
            return self.rows(rows, field, path).map(Some);
        }
        let read = read_one(json, field, self.template);
        Ok(Some(read.unwrap_or_else(|| Value::Unread(Unread(json.clone())))))
    }

    fn rows(&mut self, rows: &[Json], field: &Field, path: &str) -> Result<Value, Error> {
        if rows.len() > self.limits.rows {
            let (label, most) = (&field.label, self.limits.rows);
            return Err(Error::too_large(format!(
                "{label} ({path}{}) has {} rows; the limit is {most}",
                field.key,
                rows.len()
            )));
        }
        let read = |(at, row): (usize, &Json)| {
            self.record(row, &field.columns, &format!("{path}{}[{}].", field.key, at.saturating_add(1)))
        };
        rows.iter().enumerate().map(read).collect::<Result<_, _>>().map(Value::Rows)
    }
}

/// Names that no field has and that are told one by one.
const MOST_UNKNOWN: usize = 100;

/// The value of a field that is no table.
pub(crate) fn read_one(json: &Json, field: &Field, template: &Template) -> Option<Value> {
    if field.kind == FieldKind::Calculated {
        let sort = template.compiled().sorts.get(&path_of(template, field));
        return calculated(json, sort.copied());
    }
    read_alone(json, field, template.sheet().table(field))
}

/// The value of a field that is neither a table nor calculated.
pub(crate) fn read_alone(json: &Json, field: &Field, table: &[Code]) -> Option<Value> {
    use FieldKind::{
        Amount, Attachments, Calculated, Cascade, Check, CitizenNumber, CreditCode, Date, DateRange, Line, Phone,
        Radio, Seal, Select, Static, Table, Text, Time,
    };
    match field.kind {
        Line | Phone => text(json).map(|text| Value::Text(text.trim().nfc().collect())),
        // Lines end in one way, whatever system they were typed on.
        Text => text(json).map(|text| Value::Text(text.replace("\r\n", "\n").trim_end().nfc().collect())),
        FieldKind::Number | Amount => number(json).map(Value::Number),
        Date => day_of_people(&text(json)?).map(Value::Day),
        DateRange => span(json),
        Time => Clock::of_people(&text(json)?).map(Value::Clock),
        Radio | Select => {
            let text = text(json)?;
            let text = text.trim();
            Some(Value::Code(named(table, text).filter(|_| way_to(table, text).is_none()).unwrap_or(text).to_owned()))
        }
        Check if field.codes.is_none() => flag(json).map(Value::Flag),
        Check => codes(json, table).map(Value::Codes),
        Cascade => cascade(json, table),
        CitizenNumber => shaped(json)?.parse().ok().map(Value::Citizen),
        CreditCode => shaped(json)?.parse().ok().map(Value::Credit),
        FieldKind::Image => image(json),
        Attachments => files(json),
        Table | Seal | Static | Calculated => None,
    }
}

/// The path of a field or column, by its identity in the template.
fn path_of(template: &Template, wanted: &Field) -> String {
    let mut paths = crate::form::compiled::paths(template.sheet());
    paths.find(|(_, field, _)| std::ptr::eq(*field, wanted)).map_or_else(|| wanted.key.clone(), |(path, ..)| path)
}

fn text(json: &Json) -> Option<String> {
    match json {
        Json::Text(text) => Some(text.clone()),
        Json::Number(digits) => Some(digits.clone()),
        _ => None,
    }
}

fn number(json: &Json) -> Option<Number> {
    match json {
        Json::Number(digits) => Number::of_json(digits),
        Json::Text(text) => Number::of_people(text),
        _ => None,
    }
}

fn flag(json: &Json) -> Option<bool> {
    match json {
        Json::Flag(flag) => Some(*flag),
        _ => match text(json)?.trim() {
            "true" | "1" | "是" | "有" | "√" => Some(true),
            "false" | "0" | "否" | "无" => Some(false),
            _ => None,
        },
    }
}

fn span(json: &Json) -> Option<Value> {
    let (first, last) = match json {
        Json::Object(_) => (text(json.member("from")?)?, text(json.member("to")?)?),
        Json::List(items) => match items.as_slice() {
            [first, last] => (text(first)?, text(last)?),
            _ => return None,
        },
        Json::Text(whole) => ["至", "~", "—", "/"].iter().find_map(|sign| {
            let (first, last) = whole.split_once(sign)?;
            // A stroke may also part years from months.
            (day_of_people(first).is_some()).then(|| (first.to_owned(), last.to_owned()))
        })?,
        _ => return None,
    };
    Some(Value::Span(day_of_people(&first)?, day_of_people(&last)?))
}

/// In the order of the table, so that one choice is written in one way. Codes that the table has not come last, for
/// the judgement.
fn codes(json: &Json, table: &[Code]) -> Option<Vec<String>> {
    let given: Vec<String> = match json {
        Json::List(items) => items.iter().map(text).collect::<Option<_>>()?,
        _ => text(json)?.split([',', '，', '、', ';', '；']).map(str::to_owned).collect(),
    };
    let mut given: Vec<String> = given
        .into_iter()
        .map(|text| text.trim().to_owned())
        .map(|text| named(table, &text).map_or(text.clone(), str::to_owned))
        .filter(|text| !text.is_empty())
        .collect();
    let mut known = Vec::new();
    all(table, &mut known);
    let place = |code: &String| known.iter().position(|own| own.code == *code).unwrap_or(known.len());
    given.sort_by(|one, other| place(one).cmp(&place(other)).then_with(|| one.cmp(other)));
    given.dedup();
    Some(given)
}

fn cascade(json: &Json, table: &[Code]) -> Option<Value> {
    let way: Vec<String> = match json {
        Json::List(items) => items.iter().map(text).collect::<Option<_>>()?,
        _ => {
            let text = text(json)?;
            let text = text.trim();
            if way_to(table, text).is_some() {
                return Some(Value::Code(text.to_owned()));
            }
            text.split(['/', '>', '-']).map(|part| part.trim().to_owned()).collect()
        }
    };
    let parts: Vec<&str> = way.iter().map(String::as_str).collect();
    let code = by_way(table, &parts).or_else(|| match parts.as_slice() {
        [one] => named(table, one),
        _ => None,
    });
    // A list of codes from the highest level down ends in the code itself.
    let code = code.map(str::to_owned).or_else(|| way.last().cloned())?;
    Some(Value::Code(code))
}

/// Narrow capitals without spaces, as numbers of citizens and bodies are printed.
fn shaped(json: &Json) -> Option<String> {
    Some(text(json)?.chars().map(narrow).filter(|character| *character != ' ').collect::<String>().to_ascii_uppercase())
}

fn image(json: &Json) -> Option<Value> {
    let (name, data) = match json {
        Json::Object(_) => (json.member("name").and_then(Json::text).unwrap_or_default(), json.member("data")?.text()?),
        _ => ("", json.text()?),
    };
    let data = data.split_once(";base64,").map_or(data, |(_, data)| data);
    let bytes = STANDARD.decode(data.trim()).ok()?;
    Some(Value::Image(Image { name: name.to_owned(), bytes }))
}

fn files(json: &Json) -> Option<Value> {
    let Json::List(items) = json else { return None };
    let handed_in = |item: &Json| {
        Some(match item {
            Json::Text(name) => HandedIn { name: name.trim().nfc().collect(), copies: None, digest: None },
            Json::Object(_) => HandedIn {
                name: item.member("name")?.text()?.trim().nfc().collect(),
                copies: item.member("copies").and_then(number),
                digest: item.member("sm3").and_then(Json::text).map(str::to_ascii_lowercase),
            },
            _ => return None,
        })
    };
    items.iter().map(handed_in).collect::<Option<_>>().map(Value::Files)
}

fn calculated(json: &Json, sort: Option<Sort>) -> Option<Value> {
    match sort? {
        Sort::Number => number(json).map(Value::Number),
        Sort::Day => day_of_people(&text(json)?).map(Value::Day),
        Sort::Flag => flag(json).map(Value::Flag),
        Sort::Clock => Clock::of_people(&text(json)?).map(Value::Clock),
        Sort::Span => span(json),
        _ => text(json).map(|text| Value::Text(text.trim().nfc().collect())),
    }
}
