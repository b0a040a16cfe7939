//! What can be wrong with one value, said in Chinese and English.

use std::cmp::Ordering;

use regex_lite::Regex;

use crate::finding::{Check, Finding, Outcome, checks};
use crate::form::codes::{Code, way_to};

use crate::form::expression::{Worth, ordered};
use crate::form::field::{Field, FieldKind};
use crate::form::json::Json;
use crate::form::unseen::has_unseen;
use crate::form::value::{HandedIn, Unread, Value, discreet};
use crate::identifier::{CitizenNumber, CreditCode};
use crate::picture::PictureFormat;
use crate::time::Day;

/// Characters of a text without a `max-length` that is held against a pattern; a longer one does not meet it.
const LONGEST_TRIED: usize = 10_000;

/// A sentence in Chinese and in English.
pub(crate) type Said = (String, String);

pub(crate) const REQUIRED: (&str, &str) = ("必填项未填写", "it has to be filled in");
pub(crate) const HIDDEN: (&str, &str) =
    ("按已填内容，此项不适用，不应填写", "by what else was filled in it does not apply");
pub(crate) const NO_VALUE: (&str, &str) = ("此项不填写内容", "nothing is filled in here");
pub(crate) const CALCULATED: (&str, &str) = ("与计算结果不符", "it differs from what is calculated");
pub(crate) const READ_ONLY: (&str, &str) = ("当前环节不得修改此项", "it may not be changed in this step");

pub(crate) const UNBORN: (&str, &str) = (
    "公民身份号码有误：出生日期晚于填表日期",
    "the date of birth in it lies after the day on which the form is filled in",
);

/// Whether the day of birth in a citizen's number is still to come.
pub(crate) fn is_unborn(number: &CitizenNumber, today: Day) -> bool {
    let (year, month, day) = number.born();
    Day::new(year, month, day).is_ok_and(|born| born > today)
}

/// That a value is no longer the one of its source.
pub(crate) fn no_longer(source: &str) -> Said {
    (format!("与来源{source}的内容已不一致"), format!("it is no longer what {source} says"))
}

/// What a value is measured by.
pub(crate) struct Limits<'r> {
    pub(crate) min: Option<Worth>,
    pub(crate) max: Option<Worth>,
    pub(crate) pattern: Option<&'r Regex>,
    pub(crate) table: &'r [Code],
}

/// Everything that is wrong with a value.
pub(crate) fn with_value(field: &Field, value: &Value, limits: &Limits<'_>) -> Vec<(Check, Said)> {
    let mut wrong = Vec::new();
    let mut tell = |check: Check, said: Said| wrong.push((check, said));
    match value {
        Value::Unread(Unread(json)) => {
            let (check, said) = unread(field, json);
            tell(check, said);
        }
        Value::Text(text) => {
            texts(field, text, limits, &mut tell);
        }
        Value::Number(number) => {
            let most = field.most_decimals();
            if number.decimals() > most && field.kind != FieldKind::Calculated {
                let said = match most {
                    0 => ("应为整数".into(), "it has to be a whole number".into()),
                    _ => (format!("小数不得超过{most}位"), format!("it has more than {most} decimals")),
                };
                tell(checks::FORM_VALUE_RANGE, said);
            }
        }
        Value::Span(first, last) if first > last => {
            let said = ("起始日期晚于截止日期".into(), "it ends before it begins".into());
            tell(checks::FORM_VALUE_RANGE, said);
        }
        Value::Code(code) => coded(field, code, limits.table, &mut tell),
        Value::Codes(codes) => codes.iter().for_each(|code| coded(field, code, limits.table, &mut tell)),
        Value::Image(image) => picture(field, &image.bytes, &mut tell),
        Value::Files(files) => handed_in(files, &mut tell),
        _ => {}
    }
    counted(field, value, &mut tell);
    bounded(field, value, limits, &mut tell);
    wrong
}

fn unread(field: &Field, json: &Json) -> (Check, Said) {
    let text = json.text().unwrap_or_default();
    let reason = |findings: Vec<Finding>| {
        let worst = findings.into_iter().find(|finding| finding.outcome == Outcome::Fail && finding.needed);
        worst.map(|finding| (finding.check, finding.detail)).unwrap_or_default()
    };
    let said = |kind: &str, (check, detail): (&str, String)| {
        let chinese = match check {
            "identifier.check-character" => "校验码不符",
            "identifier.parts" => "其中的日期或代码不存在",
            _ => "位数或字符不符",
        };
        (format!("{kind}有误：{chinese}"), detail)
    };
    match field.kind {
        FieldKind::CitizenNumber => {
            (checks::FORM_VALUE_IDENTIFIER, said("公民身份号码", reason(CitizenNumber::examine(text.trim()))))
        }
        FieldKind::CreditCode => {
            (checks::FORM_VALUE_IDENTIFIER, said("统一社会信用代码", reason(CreditCode::examine(text.trim()))))
        }
        kind => {
            let (chinese, english) = wanted(kind);
            let seen = if text.is_empty() { json.sort().to_owned() } else { format!("\"{}\"", discreet(text)) };
            (checks::FORM_VALUE_TYPE, (format!("应为{chinese}"), format!("{english} is wanted, and this is {seen}")))
        }
    }
}

fn wanted(kind: FieldKind) -> (&'static str, &'static str) {
    match kind {
        FieldKind::Number => ("数字", "a number"),
        FieldKind::Amount => ("金额", "an amount"),
        FieldKind::Date => ("日期，如2024-02-29", "a day such as 2024-02-29"),
        FieldKind::DateRange => ("起止日期", "a first and a last day"),
        FieldKind::Time => ("时间，如08:30", "a time of day such as 08:30"),
        FieldKind::Check => ("勾选项", "a choice"),
        FieldKind::Radio | FieldKind::Select | FieldKind::Cascade => ("代码表中的一项", "a code"),
        FieldKind::Image => ("图片", "a picture"),
        FieldKind::Attachments => ("材料清单", "a list of papers"),
        FieldKind::Table => ("表格", "rows"),
        _ => ("文字", "a text"),
    }
}

fn texts(field: &Field, text: &str, limits: &Limits<'_>, tell: &mut impl FnMut(Check, Said)) {
    let one_line = field.kind != FieldKind::Text && field.kind != FieldKind::Calculated;
    if has_unseen(text, !one_line) {
        let said = ("含有换行或不可见字符".into(), "it has line feeds or characters that do not show".into());
        tell(checks::FORM_VALUE_TYPE, said);
    }
    let length = text.chars().count();
    if let Some(most) = field.max_length.filter(|most| length > *most) {
        let said = (
            format!("不得超过{most}个字符，现有{length}个"),
            format!("it has {length} characters; {most} are allowed"),
        );
        tell(checks::FORM_VALUE_LENGTH, said);
    }
    if let Some(least) = field.min_length.filter(|least| length < *least) {
        let said = (
            format!("不得少于{least}个字符，现有{length}个"),
            format!("it has {length} characters; {least} are wanted"),
        );
        tell(checks::FORM_VALUE_LENGTH, said);
    }
    // What is too long is told already, and is not gone through once more.
    let is_long = length > field.max_length.unwrap_or(LONGEST_TRIED);
    let meets = match (limits.pattern, field.kind) {
        (Some(_), _) if is_long => field.max_length.is_some(),
        (Some(pattern), _) => pattern.is_match(text),
        (None, FieldKind::Phone) => is_telephone(text),
        (None, _) => true,
    };
    if !meets {
        let said = match field.kind {
            FieldKind::Phone => ("电话号码有误".into(), "this is no telephone number".into()),
            _ => ("格式不符".into(), "it is not of the form that is wanted".into()),
        };
        tell(checks::FORM_VALUE_PATTERN, said);
    }
}

/// A mobile number, a number with or without the city's, with an extension or not, or a service's number.
fn is_telephone(text: &str) -> bool {
    let plain = text.strip_prefix("+86").unwrap_or(text);
    let figures = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = plain.split('-').collect();
    if !parts.iter().all(|part| figures(part)) {
        return false;
    }
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let starts = |sign: &str| plain.starts_with(sign);
    match lengths.as_slice() {
        [11] => starts("1") || starts("0"),
        [10 | 12] => starts("0") || starts("400") || starts("800"),
        [5 | 7 | 8] => !starts("0"),
        [3 | 4, 7 | 8] | [3 | 4, 7 | 8, 1..=6] => starts("0"),
        [7 | 8, 1..=6] => !starts("0"),
        [3, 3 | 4, 3 | 4] => starts("400") || starts("800"),
        _ => false,
    }
}

fn coded(field: &Field, code: &str, table: &[Code], tell: &mut impl FnMut(Check, Said)) {
    let said = match way_to(table, code).and_then(|way| way.last().copied()) {
        None => {
            let code = discreet(code);
            (format!("代码表中没有“{code}”"), format!("the code table has no \"{code}\""))
        }
        Some(entry) if field.kind == FieldKind::Cascade && !entry.below.is_empty() => {
            let name = &entry.name;
            (format!("“{name}”下还须选择下一级"), format!("\"{name}\" has a level below, of which one is to be chosen"))
        }
        Some(_) => return,
    };
    tell(checks::FORM_VALUE_CODE, said);
}

fn picture(field: &Field, bytes: &[u8], tell: &mut impl FnMut(Check, Said)) {
    if !matches!(PictureFormat::sniff(bytes), Some(PictureFormat::Png | PictureFormat::Jpeg)) {
        let said = ("图片须为PNG或JPEG格式".into(), "the picture is neither PNG nor JPEG".into());
        tell(checks::FORM_VALUE_TYPE, said);
    }
    if let Some(most) = field.max_length.filter(|most| bytes.len() > *most) {
        let said = (
            format!("图片不得超过{most}字节，现有{}字节", bytes.len()),
            format!("the picture has {} bytes; {most} are allowed", bytes.len()),
        );
        tell(checks::FORM_VALUE_LENGTH, said);
    }
}

fn handed_in(files: &[HandedIn], tell: &mut impl FnMut(Check, Said)) {
    if files.iter().any(|file| file.name.is_empty()) {
        tell(checks::FORM_VALUE_REQUIRED, ("材料名称未填写".into(), "a paper has no name".into()));
    }
    if files.iter().any(|file| has_unseen(&file.name, false)) {
        let said = ("材料名称含有换行或不可见字符".into(), "a paper's name has characters that do not show".into());
        tell(checks::FORM_VALUE_TYPE, said);
    }
    let digest = |digest: &String| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !files.iter().filter_map(|file| file.digest.as_ref()).all(digest) {
        let said = ("材料的SM3摘要须为64位十六进制数".into(), "a digest is not of 64 hexadecimal digits".into());
        tell(checks::FORM_VALUE_TYPE, said);
    }
}

/// How many rows or papers there are.
fn counted(field: &Field, value: &Value, tell: &mut impl FnMut(Check, Said)) {
    let count = match value {
        Value::Rows(rows) => rows.len(),
        Value::Files(files) => files.len(),
        Value::Codes(codes) => codes.len(),
        _ => return,
    };
    if let Some(most) = field.max_rows.filter(|most| count > *most) {
        let said = (format!("不得超过{most}项，现有{count}项"), format!("there are {count}; {most} are allowed"));
        tell(checks::FORM_VALUE_ROWS, said);
    }
    if let Some(least) = field.min_rows.filter(|least| count < *least) {
        let said = (format!("不得少于{least}项，现有{count}项"), format!("there are {count}; {least} are wanted"));
        tell(checks::FORM_VALUE_ROWS, said);
    }
}

fn bounded(field: &Field, value: &Value, limits: &Limits<'_>, tell: &mut impl FnMut(Check, Said)) {
    if !field.kind.is_ordered() {
        return;
    }
    let (first, last) = match value {
        Value::Span(first, last) => (Worth::Day(*first), Worth::Day(*last)),
        value => (value.worth(), value.worth()),
    };
    let stands = |one: &Worth, bound: &Option<Worth>, wrong: Ordering| {
        bound.as_ref().is_some_and(|bound| matches!(ordered(one, bound), Ok(Some(found)) if found == wrong))
    };
    if stands(&first, &limits.min, Ordering::Less) {
        let least = limits.min.as_ref().map(said).unwrap_or_default();
        let (chinese, english) = match first {
            Worth::Day(_) => (format!("不得早于{least}"), format!("it is before {least}")),
            _ => (format!("不得小于{least}"), format!("it is less than {least}")),
        };
        tell(checks::FORM_VALUE_RANGE, (chinese, english));
    }
    if stands(&last, &limits.max, Ordering::Greater) {
        let most = limits.max.as_ref().map(said).unwrap_or_default();
        let (chinese, english) = match last {
            Worth::Day(_) => (format!("不得晚于{most}"), format!("it is after {most}")),
            _ => (format!("不得大于{most}"), format!("it is more than {most}")),
        };
        tell(checks::FORM_VALUE_RANGE, (chinese, english));
    }
}

fn said(worth: &Worth) -> String {
    match worth {
        Worth::Number(number) => number.to_string(),
        Worth::Day(day) => day.to_string(),
        Worth::Clock(clock) => clock.to_string(),
        _ => String::new(),
    }
}
