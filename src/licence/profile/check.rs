//! Whether a profile is good by itself, and whether a licence keeps it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::compose::Fault;
use crate::finding::checks;
use crate::licence::metadata::Element;
use crate::licence::profile::{Item, ItemKind, Profile, ValidityRule, last_day};
use crate::licence::remark::Remark;
use crate::licence::{Face, FaceValue, Metadata};

/// The most items of a profile, and columns of a list.
const MOST_ITEMS: usize = 500;

impl Profile {
    /// What is wrong with the profile by itself: keys that come twice, sources that are no elements, placeholders of
    /// the face that no item has, items that the face shows nowhere, seals without a slot. Good ones give one pass.
    #[must_use]
    pub fn check(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut add = |english: String, chinese: String| remarks.push(fault(english, chinese));
        if self.version == 0 {
            add("a profile's version begins with 1".into(), "规范版本从 1 开始".into());
        }
        if self.kind.code.definer() != &self.kind.definer.code {
            let (code, definer) = (&self.kind.code, &self.kind.definer.code);
            add(
                format!("the type's code {code} does not begin with its defining body's, {definer}"),
                format!("类型代码 {code} 与定义机构代码 {definer} 不一致"),
            );
        }
        if self.kind.holder_kinds.is_empty() {
            add("the type says of no kind of holder that it may hold it".into(), "未规定持证主体代码类型".into());
        }
        if self.kind.most_holders == 0 || self.kind.most_issuers == 0 {
            add("a licence has one holder and one issuer at least".into(), "持证主体和颁发机构数量至少为 1".into());
        }
        if self.validity == ValidityRule::Years(0) {
            add("it is in force for no years, so never".into(), "有效期年数不能为 0".into());
        }
        check_items(&self.items, "", &mut add);
        self.check_face(&mut add);
        self.check_seals(&mut add);
        if !self.copy.watermark.contains("{purpose}") {
            let told = "the watermark of copies does not show their purpose: put {purpose} into it";
            add(told.into(), "加注件水印未包含使用事由 {purpose}".into());
        }
        if remarks.is_empty() {
            let told = format!("{} items, {} seals, and a face that shows them", self.items.len(), self.seals.len());
            let chinese = format!("{} 个信息项、{} 个印章位，版式与其一致", self.items.len(), self.seals.len());
            remarks.push(Remark::pass(checks::LICENCE_PROFILE, told, chinese));
        }
        remarks
    }

    fn check_face(&self, add: &mut dyn FnMut(String, String)) {
        let own = self.names();
        let mut all = own.clone();
        all.extend(Element::ALL.iter().map(|element| element.short_name().to_owned()));
        for fault in self.face.check(&all) {
            match fault {
                // Metadata need not be on the face, and items may be for the data alone.
                Fault::NotShown { field } if !own.contains(&field) => {}
                Fault::NotShown { field } => {
                    let key = field.split('.').next().unwrap_or_default();
                    let required = self.item(key).is_some_and(|item| item.required);
                    if required {
                        add(
                            format!("the face shows the item \"{field}\" nowhere"),
                            format!("版式未显示信息项 {field}"),
                        );
                    }
                }
                other => add(other.to_string(), "版式与信息项不一致".into()),
            }
        }
    }

    /// The names of all items, and those of lists with their columns'.
    fn names(&self) -> Vec<String> {
        let columns =
            |item: &Item| item.columns.iter().map(|column| format!("{}.{}", item.key, column.key)).collect::<Vec<_>>();
        self.items.iter().flat_map(|item| std::iter::once(item.key.clone()).chain(columns(item))).collect()
    }

    fn check_seals(&self, add: &mut dyn FnMut(String, String)) {
        if self.seals.is_empty() {
            add("the profile has no seal: a licence without one proves nothing".into(), "没有规定印章".into());
        }
        let slots = self.slots();
        let mut seen = BTreeSet::new();
        for seal in &self.seals {
            let slot = &seal.slot;
            if !slots.contains(slot) {
                add(format!("the face has no slot \"{slot}\" for a seal"), format!("版式中没有印章位 {slot}"));
            }
            if !seen.insert(slot) {
                add(format!("two seals have the slot \"{slot}\""), format!("印章位 {slot} 重复"));
            }
            if !(1..=self.kind.most_issuers).contains(&seal.issuer) {
                let most = self.kind.most_issuers;
                add(
                    format!("the seal \"{slot}\" is of issuer {}, and there are {most} at most", seal.issuer),
                    format!("印章位 {slot} 对应的颁发机构序号 {} 超出范围", seal.issuer),
                );
            }
        }
    }

    /// The names of the face's slots for seals.
    pub(crate) fn slots(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if let Ok(value) = serde_json::to_value(&self.face) {
            find_slots(&value, &mut found);
        }
        found
    }

    /// What speaks against a licence of this type with these data: its type, its issuers and holders, its days, the
    /// rules of each item. Good ones give one pass. No value is shown.
    #[must_use]
    pub fn check_licence(&self, metadata: &Metadata, face: &Face) -> Vec<Remark> {
        self.check_with(metadata, face, true)
    }

    /// The same for a licence that was read: its pictures are on its pages, and compared there.
    pub(crate) fn check_read(&self, metadata: &Metadata, face: &Face) -> Vec<Remark> {
        self.check_with(metadata, face, false)
    }

    fn check_with(&self, metadata: &Metadata, face: &Face, with_pictures: bool) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut add = |english: String, chinese: String| remarks.push(fault(english, chinese));
        let kind = &self.kind;
        if metadata.type_code() != &kind.code {
            let (said, code) = (metadata.type_code(), &kind.code);
            add(
                format!("the licence is of the type {said}, the profile of {code}"),
                format!("类型代码 {said} 与规范 {code} 不一致"),
            );
        }
        if metadata.type_name != kind.name {
            let (said, name) = (metadata.type_name.escape_debug(), &kind.name);
            add(
                format!("the type is called \"{said}\", by the profile \"{name}\""),
                format!("类型名称与规范“{name}”不一致"),
            );
        }
        for (count, most, english, chinese) in [
            (metadata.holders.len(), kind.most_holders, "holders", "持证主体"),
            (metadata.issuers.len(), kind.most_issuers, "issuers", "颁发机构"),
        ] {
            if !(1..=most).contains(&count) {
                add(
                    format!("the licence has {count} {english}; it may have 1 to {most}"),
                    format!("{chinese}数量为 {count}，应为 1 至 {most}"),
                );
            }
        }
        for holder in metadata.holders.iter().filter(|holder| !kind.holder_kinds.contains(&holder.kind)) {
            add(
                format!("licences of this type are not for holders with a {}", holder.kind),
                format!("不适用于{}", holder.kind.chinese()),
            );
        }
        if self.catalogue.needs_region && metadata.region.is_none() {
            add(
                "the region (GXSDBM 管辖属地编码) is missing, which the catalogue needs".into(),
                "缺少管辖属地编码".into(),
            );
        }
        if self.catalogue.needs_item && metadata.item.is_none() {
            add("the service item (GLSX 关联事项) is missing, which the catalogue needs".into(), "缺少关联事项".into());
        }
        self.check_days(metadata, &mut add);
        for item in self.items.iter().filter(|item| with_pictures || item.kind != ItemKind::Picture) {
            check_value(item, item.value(metadata, face).as_ref(), &mut add);
        }
        for key in face.keys().filter(|key| self.item(key).is_none_or(|item| item.source.is_some())) {
            let shown = key.escape_debug();
            add(
                format!("\"{shown}\" is no item of the face that is given"),
                format!("“{shown}”不是该证照的照面信息项"),
            );
        }
        if remarks.is_empty() {
            let told = format!("it keeps version {} of the profile of {}", self.version, kind.name);
            let chinese = format!("符合{}规范第 {} 版", kind.name, self.version);
            remarks.push(Remark::pass(checks::LICENCE_PROFILE, told, chinese));
        }
        remarks
    }

    fn check_days(&self, metadata: &Metadata, add: &mut dyn FnMut(String, String)) {
        let until = metadata.valid_until;
        match self.validity {
            ValidityRule::Free => {}
            ValidityRule::LongTerm => {
                if let Some(until) = until {
                    add(
                        format!("it is in force for good, and says until {until}"),
                        format!("应为长期有效，但截止日期为 {until}"),
                    );
                }
            }
            ValidityRule::Stated => {
                if until.is_none() {
                    add("its last day (ZZYXQJZRQ) is missing".into(), "缺少有效期截止日期".into());
                }
            }
            ValidityRule::Years(years) => {
                let expected = last_day(metadata.valid_from.unwrap_or(metadata.issued), years);
                if until != Some(expected) {
                    let said = until.map_or("no last day".to_owned(), |until| until.to_string());
                    add(
                        format!("it is in force for {years} years, until {expected}, and says {said}"),
                        format!("有效期应为 {years} 年，至 {expected}"),
                    );
                }
            }
        }
    }
}

fn check_items(items: &[Item], within: &str, add: &mut dyn FnMut(String, String)) {
    let mut seen = BTreeSet::new();
    if items.len() > MOST_ITEMS {
        add(format!("there are {} items; the most is {MOST_ITEMS}", items.len()), "信息项过多".into());
        return;
    }
    for item in items {
        let key = format!("{within}{}", item.key.escape_debug());
        if !is_key(&item.key) {
            let told = format!("\"{key}\" is no key: letters first, then letters, digits, - and _");
            add(told, format!("信息项标识“{key}”不符合要求"));
        }
        if !seen.insert(&item.key) || Element::of(&item.key).is_some() {
            add(format!("the key \"{key}\" is taken"), format!("信息项标识“{key}”重复"));
        }
        if let Some(source) = &item.source
            && Element::of(source).is_none()
            && !source.starts_with("KZ_")
        {
            let shown = source.escape_debug();
            add(
                format!("the source \"{shown}\" of \"{key}\" is no element"),
                format!("信息项“{key}”的来源“{shown}”不是元数据元素"),
            );
        }
        let is_list = item.kind == ItemKind::List;
        if is_list == item.columns.is_empty() {
            add(
                format!("\"{key}\" has columns without being a list, or is one without columns"),
                format!("信息项“{key}”的列与类型不一致"),
            );
        }
        if is_list && !within.is_empty() {
            add(format!("\"{key}\" is a list in a list"), format!("信息项“{key}”为列表中的列表"));
        }
        if item.source.is_some() && matches!(item.kind, ItemKind::Picture | ItemKind::List) {
            add(
                format!("\"{key}\" comes from the metadata, which have no pictures or lists"),
                format!("信息项“{key}”的来源与类型不一致"),
            );
        }
        if item.least.zip(item.most).is_some_and(|(least, most)| least > most) {
            add(format!("\"{key}\" has at least more than it has at most"), format!("信息项“{key}”的长度范围矛盾"));
        }
        if item.most == Some(0) {
            add(format!("\"{key}\" may have nothing at all"), format!("信息项“{key}”不允许有任何内容"));
        }
        if !within.is_empty() && item.source.is_some() {
            add(
                format!("\"{key}\" is a column, and comes from the metadata"),
                format!("列表中的列“{key}”不能取自元数据"),
            );
        }
        let shown = |text: &str| text.chars().take(40).collect::<String>().escape_debug().to_string();
        if let Some((choice, (english, _))) = item.choices.iter().find_map(|choice| Some((choice, item.fault(choice)?)))
        {
            let choice = shown(choice);
            add(
                format!("the choice \"{choice}\" of \"{key}\" {english}"),
                format!("信息项“{key}”的可选值“{choice}”不符合其自身要求"),
            );
        }
        if is_list && within.is_empty() {
            check_items(&item.columns, &format!("{}.", item.key.escape_debug()), add);
        }
    }
}

fn is_key(key: &str) -> bool {
    let mut letters = key.chars();
    letters.next().is_some_and(char::is_alphabetic)
        && letters.all(|each| each.is_alphanumeric() || matches!(each, '-' | '_'))
        && key.chars().count() <= 64
}

fn check_value(item: &Item, value: Option<&FaceValue>, add: &mut dyn FnMut(String, String)) {
    let (key, name) = (&item.key, &item.name);
    let mut say = |english: String, chinese: String| add(format!("the item \"{key}\", {name}, {english}"), chinese);
    match value {
        None | Some(FaceValue::Text(_)) if value.is_none_or(FaceValue::is_blank) && item.required => {
            say("is missing".into(), format!("缺少“{name}”"));
        }
        None => {}
        Some(value) if value.is_blank() => {}
        Some(FaceValue::Text(text)) => {
            if let Some((english, chinese)) = item.fault(text) {
                say(english, chinese);
            }
        }
        Some(FaceValue::Picture(_)) if item.kind == ItemKind::Picture => {}
        Some(FaceValue::Rows(rows)) if item.kind == ItemKind::List => {
            let count = rows.len();
            if item.least.is_some_and(|least| count < least) || item.most.is_some_and(|most| count > most) {
                say(
                    format!("has {count} rows, more or fewer than it may have"),
                    format!("“{name}”行数为 {count}，不在规定范围内"),
                );
            }
            for (row, number) in rows.iter().zip(1..) {
                for column in &item.columns {
                    let value = row.get(&column.key).map(|text| FaceValue::Text(text.clone()));
                    check_value(column, value.as_ref(), &mut |english, chinese| {
                        add(
                            format!("row {number} of \"{key}\": {english}"),
                            format!("“{name}”第 {number} 行：{chinese}"),
                        );
                    });
                }
                for extra in row.keys().filter(|key| item.columns.iter().all(|column| column.key != **key)) {
                    let shown = extra.escape_debug();
                    add(
                        format!("row {number} of \"{key}\" has \"{shown}\", which is no column"),
                        format!("“{name}”第 {number} 行有多余的列"),
                    );
                }
            }
        }
        Some(_) => say("has a value of another kind".into(), format!("“{name}”的值类型不符")),
    }
}

/// Objects of the kind `seal` anywhere in a layout.
fn find_slots(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if members.get("kind").and_then(Value::as_str) == Some("seal")
                && let Some(name) = members.get("name").and_then(Value::as_str)
            {
                found.insert(name.to_owned());
            }
            members.values().for_each(|member| find_slots(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| find_slots(item, found)),
        _ => {}
    }
}

fn fault(english: String, chinese: String) -> Remark {
    Remark::fail(checks::LICENCE_PROFILE, english, chinese)
}
