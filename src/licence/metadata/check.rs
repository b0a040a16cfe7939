//! What is wrong with metadata as they arrived.

use crate::finding::{Finding, Outcome, Verdict, checks};
use crate::identifier::{CreditCode, LicenceId, LicenceTypeCode, Region};
use crate::licence::metadata::element::Kind;
use crate::licence::metadata::{Constraint, Element, Elements, HolderKind};
use crate::licence::remark::Remark;
use crate::time::{Day, read_time};

impl Elements {
    /// What can be said about these metadata as a whole: each mandatory element is there, each value is good for
    /// its element, holders and issuers have as many codes as names, the identifier agrees with type, issuer and
    /// version, an annotated copy has all that a copy has. Good metadata give passes alone.
    #[must_use]
    pub fn check(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        self.check_presence(&mut remarks);
        for (element, values) in &self.known {
            for (value, nth) in values.iter().zip(1..) {
                remarks.extend(fault(*element, value, nth));
            }
            if values.len() > 1 && !element.is_repeatable() {
                remarks.push(several(*element, values.len()));
            }
        }
        if let (Some(from), Some(until)) = (self.day(Element::ValidFrom), self.day(Element::ValidUntil))
            && until < from
        {
            remarks.push(wrong(
                format!("the licence is in force until {until}, before it begins on {from}"),
                format!("有效期截止日期 {until} 早于起始日期 {from}"),
            ));
        }
        self.check_unknown(&mut remarks);
        if remarks.iter().all(|remark| !remark.is_fault()) {
            let told = format!("{} elements, each as it should be", self.known.len());
            let chinese = format!("{} 个元素均符合要求", self.known.len());
            remarks.push(Remark::pass(checks::LICENCE_METADATA, told, chinese));
        }
        remarks.extend(self.check_pairs());
        remarks.extend(self.check_identifier());
        remarks.extend(self.check_copy());
        remarks
    }

    pub(super) fn day(&self, element: Element) -> Option<Day> {
        self.first(element).and_then(|value| Day::read(value).ok())
    }

    fn check_presence(&self, remarks: &mut Vec<Remark>) {
        for element in Element::ALL {
            let is_there = !self.values(*element).is_empty();
            if is_there || element.constraint() != Constraint::Mandatory {
                continue;
            }
            // The name of a holder's kind goes without saying where its code is there, and the other way round.
            let said = match element {
                Element::HolderKind => self.first(Element::HolderKindName).and_then(HolderKind::named).is_some(),
                Element::HolderKindName => self.first(Element::HolderKind).and_then(HolderKind::of).is_some(),
                _ => false,
            };
            remarks.push(match said {
                true => Remark::note(
                    checks::LICENCE_METADATA,
                    format!("{element} is missing, and follows from the others"),
                    format!("缺少 {element}，可由其他元素推出"),
                ),
                false => {
                    wrong(format!("{element} is missing, which every licence has"), format!("缺少必填元素 {element}"))
                }
            });
        }
    }

    fn check_unknown(&self, remarks: &mut Vec<Remark>) {
        for name in &self.unknown {
            let shown = name.escape_debug();
            remarks.push(Remark::note(
                checks::LICENCE_METADATA,
                format!("\"{shown}\" is no element of the standard, and no extension (KZ_…)"),
                format!("“{shown}”既不是标准元素也不是扩展元素（KZ_…）"),
            ));
        }
        for name in &self.doubled {
            let shown = name.escape_debug();
            remarks.push(wrong(
                format!("the extension {shown} has several values, and which counts is not said"),
                format!("扩展元素 {shown} 有多个取值，无法确定以哪个为准"),
            ));
        }
    }

    /// Each holder and each issuer has one code, in the same order.
    fn check_pairs(&self) -> Vec<Remark> {
        use Element as E;
        let mut remarks = Vec::new();
        let count = |element| self.values(element).len();
        for (names, codes, check) in
            [(E::Holder, E::HolderCode, checks::LICENCE_HOLDER), (E::Issuer, E::IssuerCode, checks::LICENCE_METADATA)]
        {
            if count(names) != count(codes) {
                let told = format!("{} values of {names}, {} of {codes}: they go in pairs", count(names), count(codes));
                let chinese = format!("{names} 有 {} 个值，{codes} 有 {} 个值，应一一对应", count(names), count(codes));
                remarks.push(Remark::fail(check, told, chinese));
            }
        }
        let (codes, kinds) = (count(E::HolderCode), self.holder_kinds());
        if kinds.len() != codes {
            let told = format!("{codes} codes of holders, {} kinds of them that are known", kinds.len());
            let chinese = format!("持证主体代码 {codes} 个，可识别的代码类型 {} 个", kinds.len());
            remarks.push(Remark::fail(checks::LICENCE_HOLDER, told, chinese));
            return remarks;
        }
        for ((code, kind), nth) in self.values(E::HolderCode).iter().zip(kinds).zip(1..) {
            if let Some(fault) = kind.fault(code) {
                let chinese = format!("第 {nth} 个持证主体的{}不符合要求", kind.chinese());
                let told = format!("the code of holder {nth}, of the kind {kind}: {fault}");
                remarks.push(Remark::fail(checks::LICENCE_HOLDER, told, chinese));
            }
        }
        if remarks.is_empty() && codes > 0 {
            let told = format!("{codes} holders with good codes");
            remarks.push(Remark::pass(checks::LICENCE_HOLDER, told, format!("{codes} 个持证主体，代码均符合要求")));
        }
        remarks
    }

    /// The kind of each holder's code, by its code or by its name. One stands for all.
    pub(super) fn holder_kinds(&self) -> Vec<HolderKind> {
        let by_code = self.values(Element::HolderKind).iter().map(|code| HolderKind::of(code));
        let by_name = self.values(Element::HolderKindName).iter().map(|name| HolderKind::named(name));
        let all: Option<Vec<_>> = by_code.collect();
        let kinds = match all.filter(|kinds| !kinds.is_empty()) {
            Some(kinds) => kinds,
            None => by_name.collect::<Option<Vec<_>>>().unwrap_or_default(),
        };
        match (kinds.as_slice(), self.values(Element::HolderCode).len()) {
            ([only], several) if several > 1 => vec![*only; several],
            _ => kinds,
        }
    }

    /// The identifier by itself, and what it says of type, issuer and version.
    fn check_identifier(&self) -> Vec<Remark> {
        let Some(text) = self.first(Element::Identifier) else { return Vec::new() };
        let mut remarks: Vec<_> = LicenceId::examine(text).into_iter().map(translated).collect();
        let parts: Vec<&str> = text.split('.').collect();
        let [.., kind, issuer, _, version, _] = *parts.as_slice() else { return remarks };
        let mut differs = |element: Element, inside: &str, said: &str| {
            remarks.push(Remark::fail(
                checks::LICENCE_IDENTIFIER,
                format!("the identifier says {inside} where {element} says {said}"),
                format!("证照标识中为 {inside}，而 {element} 为 {said}"),
            ));
        };
        let mut agrees = true;
        for (element, inside) in [(Element::TypeCode, kind), (Element::Version, version)] {
            if let Some(said) = self.first(element).filter(|said| *said != inside) {
                differs(element, inside, said);
                agrees = false;
            }
        }
        // With several issuers the identifier names one of them.
        let issuers = self.values(Element::IssuerCode);
        if !issuers.is_empty() && issuers.iter().all(|said| said != issuer) {
            differs(Element::IssuerCode, issuer, &issuers.join(", "));
            agrees = false;
        }
        if agrees {
            let told = "the identifier says the same type, issuer and version as the other elements";
            remarks.push(Remark::pass(checks::LICENCE_IDENTIFIER, told, "证照标识与类型、颁发机构、版本一致"));
        }
        remarks
    }

    /// A copy has a maker, a purpose and a time; an original has none of them.
    fn check_copy(&self) -> Vec<Remark> {
        let given: Vec<_> = self.known.keys().filter(|element| element.is_of_a_copy()).collect();
        if given.is_empty() {
            return Vec::new();
        }
        let needed = [Element::CopyMadeAt, Element::CopyMaker, Element::CopyPurpose];
        let missing: Vec<_> = needed.iter().filter(|element| self.values(**element).is_empty()).collect();
        missing
            .into_iter()
            .map(|element| {
                let told = format!("{element} is missing, which every annotated copy has");
                Remark::fail(checks::LICENCE_COPY, told, format!("加注件缺少 {element}"))
            })
            .collect()
    }
}

fn wrong(english: impl Into<String>, chinese: impl Into<String>) -> Remark {
    Remark::fail(checks::LICENCE_METADATA, english, chinese)
}

fn several(element: Element, count: usize) -> Remark {
    wrong(format!("{element} has {count} values, and may have one"), format!("{element} 有 {count} 个值，只允许一个"))
}

/// What is wrong with one value by itself.
fn fault(element: Element, value: &str, nth: usize) -> Option<Remark> {
    let length = value.chars().count();
    if length > element.longest() {
        let longest = element.longest();
        return Some(wrong(
            format!("{element} has {length} characters; the most is {longest}"),
            format!("{element} 长度为 {length}，最多 {longest}"),
        ));
    }
    if value.chars().any(char::is_control) {
        let told = format!("{element} has a control character in it");
        return Some(wrong(told, format!("{element} 含有控制字符")));
    }
    let of = |findings: Vec<Finding>| {
        let first = findings.iter().find(|finding| finding.needed && finding.outcome != Outcome::Pass);
        first
            .map(|finding| finding.detail.clone())
            .or_else(|| (Verdict::of(&findings) != Verdict::Valid).then(|| "it cannot be judged".to_owned()))
    };
    let told = match element.kind() {
        // Identifiers and holders have findings of their own.
        Kind::Text | Kind::Identifier => None,
        Kind::Day => Day::read(value).err().map(|error| error.to_string()),
        Kind::Moment => read_time(value).err().map(|error| error.to_string()),
        Kind::Body => of(CreditCode::examine(value)),
        Kind::TypeCode => of(LicenceTypeCode::examine(value)),
        Kind::Region => of(Region::examine(value)),
        Kind::Holder => HolderKind::of(value).is_none().then(|| "it is none of the 16 codes".to_owned()),
        Kind::Version => {
            let good = value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_digit()) && value != "000";
            (!good).then(|| "it is not three digits from 001 on".to_owned())
        }
    }?;
    let which = if nth > 1 { format!("{element}, value {nth}") } else { element.to_string() };
    let chinese = if nth > 1 {
        format!("{element} 第 {nth} 个值不符合要求")
    } else {
        format!("{element} 的值不符合要求")
    };
    Some(wrong(format!("{which}: {told}"), chinese))
}

/// What is found of an identifier, in Chinese too.
fn translated(finding: Finding) -> Remark {
    let is = |check: crate::finding::Check| finding.check == check.name();
    let subject = if is(checks::IDENTIFIER_STRUCTURE) {
        "证照标识结构"
    } else if is(checks::IDENTIFIER_CHECK_CHARACTER) {
        "证照标识校验位"
    } else {
        "证照标识内含代码"
    };
    let told = match finding.outcome {
        Outcome::Pass => "正确",
        Outcome::Unknown => "无法判定",
        Outcome::Fail => "不正确",
    };
    Remark { chinese: format!("{subject}{told}"), finding }
}
