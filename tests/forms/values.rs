//! What is told of values, each with the field's name, in Chinese and English.

use eseal::form::{Circumstances, Instance, InstanceReport, Source, Template, Value, Version, Versions};
use eseal::{ErrorKind, Limits, Verdict};
use serde_json::{Value as Json, json};

use crate::templates::today;

const CITIZEN: &str = "11010519491231002X";

fn template() -> Template {
    template_of(1, |_| {})
}

fn template_of(version: u32, change: impl FnOnce(&mut Json)) -> Template {
    let mut json = json!({
        "format": "eseal-form/1", "id": "3f0c9d2e-6a51-4a44-9a52-0d6b3c1f2a10", "key": "sample", "name": "示例表",
        "version": version, "category": ["甲", "乙", "丙"], "kind": "plain",
        "steps": [{"key": "apply", "name": "申请"}, {"key": "approve", "name": "审批"}],
        "codes": {
            "kind": [{"code": "1", "name": "一类"}, {"code": "2", "name": "二类"}, {"code": "3", "name": "三类"}],
            "region": [{"code": "62", "name": "甘肃省", "below": [{"code": "621000", "name": "庆阳市", "below": [{"code": "621002", "name": "西峰区"}]}]}]
        },
        "fields": [
            {"key": "name", "label": "姓名", "english": "name", "kind": "line", "required": true, "max-length": 5, "prefill": ["licence.CZZT"], "edit": ["apply"]},
            {"key": "number", "label": "身份证号", "kind": "citizen-number", "prefill": ["licence.CZZTDM"]},
            {"key": "body", "label": "单位代码", "kind": "credit-code"},
            {"key": "kind", "label": "类别", "kind": "radio", "codes": "kind", "default": "1"},
            {"key": "wishes", "label": "意愿", "kind": "check", "codes": "kind", "max-rows": 2},
            {"key": "agreed", "label": "同意", "kind": "check"},
            {"key": "place", "label": "地区", "kind": "cascade", "codes": "region"},
            {"key": "phone", "label": "电话", "kind": "phone"},
            {"key": "code", "label": "编号", "kind": "line", "pattern": "[A-Z]{2}[0-9]{3}"},
            {"key": "amount", "label": "金额", "kind": "amount", "min": 0, "max": "limit"},
            {"key": "limit", "label": "限额", "kind": "number", "default": "1000"},
            {"key": "day", "label": "日期", "kind": "date", "max": "today"},
            {"key": "span", "label": "期限", "kind": "date-range"},
            {"key": "hour", "label": "时间", "kind": "time"},
            {"key": "reason", "label": "原因", "kind": "text", "min-length": 4, "visible-when": "kind == '2'", "required-when": "kind == '2'"},
            {"key": "photo", "label": "照片", "kind": "image", "max-length": 5000},
            {"key": "papers", "label": "材料", "kind": "attachments", "max-rows": 2},
            {"key": "members", "label": "家庭成员", "english": "family", "kind": "table", "max-rows": 10000, "columns": [
                {"key": "who", "label": "姓名", "english": "name", "kind": "line", "required": true},
                {"key": "id", "label": "身份证号", "english": "citizen number", "kind": "citizen-number"},
                {"key": "income", "label": "收入", "kind": "amount", "min": 0},
                {"key": "share", "label": "占比", "kind": "calculated", "calculate": "round(income / sum(members.income) * 100, 1)"}
            ]},
            {"key": "total", "label": "合计", "kind": "calculated", "calculate": "sum(members.income)", "decimals": 2},
            {"key": "opinion", "label": "意见", "kind": "line", "required": true, "edit": ["approve"]}
        ],
        "rules": [{"key": "poor", "when": "kind == '3'", "holds": "total < 100", "field": "total", "chinese": "收入过高", "english": "the income is too high"}]
    });
    change(&mut json);
    Template::from_json(json.to_string().as_bytes()).unwrap()
}

fn good() -> Json {
    json!({"name": "甲", "opinion": "同意"})
}

fn judged<'t>(template: &'t Template, values: &Json) -> InstanceReport<'t> {
    let instance = Instance::read(template, values.to_string().as_bytes(), &Limits::default()).unwrap();
    template.judge(&instance, &Circumstances::on(today())).unwrap()
}

fn with(key: &str, value: Json) -> Json {
    let mut values = good();
    values[key] = value;
    values
}

/// One remark, with this check, this path, and these words in both languages.
#[track_caller]
fn assert_remark(values: &Json, check: &str, path: &str, [chinese, english]: [&str; 2]) {
    let template = template();
    let report = judged(&template, values);
    let told = format!("{:#?}", report.remarks());
    let [remark] = report.remarks() else { panic!("one remark was expected: {told}") };
    assert_eq!((remark.check, remark.path.as_str()), (check, path), "{told}");
    assert!(remark.chinese.contains(chinese) && remark.english.contains(english), "{told}");
    assert_eq!(report.verdict(), Verdict::Invalid);
    let error = report.require_valid().unwrap_err();
    assert_eq!((error.kind(), error.findings()[0].check), (ErrorKind::NotValid, check));
}

#[test]
fn a_good_form_is_completed() {
    let template = template();
    let mut values = good();
    values["members"] = json!([{"who": "乙", "income": "100.10"}, {"who": "丙", "income": 0.2}]);
    let report = judged(&template, &values);
    assert_eq!(report.remarks(), []);
    let instance = report.require_valid().unwrap().instance().clone();
    assert_eq!(instance.value("kind"), Some(&Value::Code("1".into())), "by default");
    assert_eq!(instance.value("total"), Some(&Value::Number("100.3".parse().unwrap())));
    assert_eq!(
        instance.to_json(),
        "{\"kind\":\"1\",\"limit\":1000,\"members\":[{\"income\":100.1,\"share\":99.8,\"who\":\"乙\"},\
         {\"income\":0.2,\"share\":0.2,\"who\":\"丙\"}],\"name\":\"甲\",\"opinion\":\"同意\",\"total\":100.3}"
    );
}

#[test]
fn reading_is_tolerant_and_writes_one_spelling() {
    let template = template();
    let loose = json!({
        "name": " 甲 ", "opinion": "同意", "number": "1101 0519 4912 3100 2x", "kind": "二类", "wishes": "三类、一类", "agreed": "是",
        "place": "甘肃省/庆阳市/西峰区", "amount": "￥１，０００.00", "day": "2026年3月1日", "span": "2026-01-01至2026/12/31", "hour": "8:05",
        "reason": "一二\r\n三四", "papers": ["身份证", {"name": "照片", "copies": "2"}], "phone": 13900000001_u64
    });
    let strict = json!({
        "name": "甲", "opinion": "同意", "number": CITIZEN, "kind": "2", "wishes": ["1", "3"], "agreed": true, "place": "621002", "amount": 1000,
        "day": "20260301", "span": {"from": "2026-01-01", "to": "2026-12-31"}, "hour": "08:05", "reason": "一二\n三四",
        "papers": [{"name": "身份证"}, {"name": "照片", "copies": 2}], "phone": "13900000001"
    });
    let (loose, strict) = (judged(&template, &loose), judged(&template, &strict));
    assert_eq!((loose.remarks(), strict.remarks()), (&[][..], &[][..]));
    assert_eq!(loose.instance().to_json(), strict.instance().to_json());
    // What was written is read again as it was.
    let again = Instance::read(&template, strict.instance().to_json().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(again.values(), strict.instance().values());
}

#[test]
fn every_rule_is_told_with_the_fields_name() {
    let remark = |key: &str, value: Json, check: &str, words| assert_remark(&with(key, value), check, key, words);
    assert_remark(
        &json!({"opinion": "同意"}),
        "form.value.required",
        "name",
        ["姓名：必填项未填写", "name: it has to be filled in"],
    );
    remark("name", json!("一二三四五六"), "form.value.length", ["姓名：不得超过5个字符", "6 characters"]);
    for unseen in ["一\u{200B}二", "一\u{202E}二", "一\u{2028}二", "\u{FEFF}一", "一\u{200D}二"] {
        remark("name", json!(unseen), "form.value.type", ["不可见字符", "do not show"]);
    }
    remark("reason", json!("一二三四"), "form.value.hidden", ["不适用", "does not apply"]);
    remark("papers", json!(["一\u{200B}"]), "form.value.type", ["材料名称", "paper's name"]);
    // Born after the form is filled in; long before; on no day.
    remark("number", json!("110105202603110021"), "form.value.identifier", ["出生日期晚于填表日期", "date of birth"]);
    remark("number", json!("110105202602300026"), "form.value.identifier", ["日期或代码不存在", "no day"]);
    remark("day", json!("0000-01-01"), "form.value.type", ["应为日期", ""]);
    remark("day", json!("99999-01-01"), "form.value.type", ["应为日期", ""]);
    remark("code", json!("A".repeat(20_000)), "form.value.pattern", ["编号：格式不符", ""]);
    remark("name", json!("一\n二"), "form.value.type", ["换行", "line feeds"]);
    remark(
        "number",
        json!("110105194912310021"),
        "form.value.identifier",
        ["身份证号：公民身份号码有误：校验码不符", "last character"],
    );
    remark("number", json!("11010519491331002"), "form.value.identifier", ["位数或字符不符", "18 characters"]);
    remark(
        "body",
        json!("91350100M000100Y44"),
        "form.value.identifier",
        ["单位代码：统一社会信用代码有误：校验码不符", ""],
    );
    remark("kind", json!("9"), "form.value.code", ["类别：代码表中没有“9”", "no \"9\""]);
    remark("wishes", json!(["1", "2", "3"]), "form.value.rows", ["意愿：不得超过2项", "2 are allowed"]);
    remark("wishes", json!(["4"]), "form.value.code", ["代码表中没有“4”", ""]);
    remark("agreed", json!("perhaps"), "form.value.type", ["应为勾选项", "a choice is wanted"]);
    remark("place", json!("621000"), "form.value.code", ["“庆阳市”下还须选择下一级", "level below"]);
    remark("phone", json!("12345678901234"), "form.value.pattern", ["电话：电话号码有误", "telephone"]);
    remark("code", json!("AB12"), "form.value.pattern", ["编号：格式不符", ""]);
    remark("code", json!("xAB123"), "form.value.pattern", ["编号：格式不符", ""]);
    remark("amount", json!("-1"), "form.value.range", ["金额：不得小于0", "less than 0"]);
    remark("amount", json!("1000.01"), "form.value.range", ["金额：不得大于1000", "more than 1000"]);
    remark("amount", json!("1.001"), "form.value.range", ["小数不得超过2位", "more than 2 decimals"]);
    remark("amount", json!("viel"), "form.value.type", ["应为金额", "\"viel\""]);
    remark("day", json!("2026-03-11"), "form.value.range", ["日期：不得晚于2026-03-10", "after 2026-03-10"]);
    remark("day", json!("2026-02-30"), "form.value.type", ["应为日期", "a day"]);
    remark(
        "span",
        json!({"from": "2026-02-02", "to": "2026-02-01"}),
        "form.value.range",
        ["起始日期晚于截止日期", "ends before"],
    );
    remark("hour", json!("25:00"), "form.value.type", ["应为时间", "time of day"]);
    remark("photo", json!("AAAA"), "form.value.type", ["PNG或JPEG", "neither PNG nor JPEG"]);
    remark("papers", json!(["一", "二", "三"]), "form.value.rows", ["材料：不得超过2项", ""]);
    remark("papers", json!([{"name": "一", "sm3": "00"}]), "form.value.type", ["64位", "64 hexadecimal"]);
    remark("reason", json!("一二三四"), "form.value.hidden", ["原因：按已填内容，此项不适用", "does not apply"]);
    remark("total", json!(5), "form.value.calculated", ["合计：与计算结果不符", "differs from what is calculated"]);
    remark("nobody", json!(5), "form.value.unknown", ["表单中没有这一项", "no such field"]);
    let mut second = good();
    second["kind"] = json!("2");
    assert_remark(&second, "form.value.required", "reason", ["原因：必填项未填写", ""]);
    let mut third = good();
    (third["kind"], third["members"]) = (json!("3"), json!([{"who": "乙", "income": 100}]));
    assert_remark(&third, "form.value.rule", "total", ["合计：收入过高", "the income is too high"]);
}

#[test]
fn rows_are_told_with_their_numbers_and_nothing_personal_is() {
    let rows = json!([{"who": "乙"}, {"who": "丙", "id": CITIZEN}, {"who": "丁", "id": "110105194912310021"}]);
    let words = ["家庭成员[3].身份证号：公民身份号码有误", "family[3].citizen number: the last character"];
    assert_remark(&with("members", rows), "form.value.identifier", "members[3].id", words);
    assert_remark(
        &with("members", json!([{"income": 3}])),
        "form.value.required",
        "members[1].who",
        ["家庭成员[1].姓名：必填项未填写", "family[1].name"],
    );
    let wrong = with("members", json!([{"who": "乙", "income": 3, "share": 99}]));
    assert_remark(&wrong, "form.value.calculated", "members[1].share", ["家庭成员[1].占比：与计算结果不符", ""]);
    assert_remark(
        &with("members", json!([{"who": "乙", "no": 3}])),
        "form.value.unknown",
        "members[1].no",
        ["没有这一项", ""],
    );

    // Neither in the number's own field nor in one where it does not belong.
    let template = template();
    for key in ["number", "code", "day", "kind", "amount"] {
        let report = judged(&template, &with(key, json!("110105194912310021")));
        let told = format!("{:?} {:?} {:?}", report.remarks(), report.findings(), report.instance());
        assert_eq!(report.verdict(), Verdict::Invalid, "{key}");
        assert!(!told.contains("19491231"), "{key}: {told}");
    }
}

#[test]
fn ten_thousand_rows_are_judged_and_one_more_is_refused() {
    let template = template();
    let rows = |count: usize| with("members", json!(vec![json!({"who": "乙", "income": "1.01"}); count]));
    let report = judged(&template, &rows(10_000));
    assert_eq!(report.remarks(), []);
    assert_eq!(report.instance().value("total"), Some(&Value::Number("10100".parse().unwrap())));
    let text = rows(10_001).to_string();
    let error = Instance::read(&template, text.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().contains("家庭成员"), "{error}");
    let more = Limits { rows: 20_000, ..Limits::default() };
    assert!(Instance::read(&template, text.as_bytes(), &more).is_ok());
    let small = Limits { form_bytes: 1000, ..Limits::default() };
    assert_eq!(Instance::read(&template, text.as_bytes(), &small).unwrap_err().kind(), ErrorKind::TooLarge);
}

#[test]
fn work_without_end_is_refused() {
    // Each row looks for its own value among all of them.
    let template = template_of(1, |json| {
        let columns = json["fields"][17]["columns"].as_array_mut().unwrap();
        columns.push(json!({"key": "again", "label": "重复", "kind": "calculated", "calculate": "who in members.who"}));
    });
    let rows = json!(vec![json!({"who": "乙"}); 10_000]);
    let report = judged(&template, &with("members", rows));
    let told = report.remarks().iter().any(|remark| remark.english.contains("more work than a form may"));
    assert!(told, "{:#?}", &report.remarks()[..1]);
}

#[test]
fn what_cannot_be_calculated_is_told() {
    let template = template();
    let report = judged(&template, &with("members", json!([{"who": "乙", "income": 0}])));
    let [remark] = report.remarks() else { panic!("{:#?}", report.remarks()) };
    assert_eq!((remark.check, remark.path.as_str()), ("form.value.calculated", "members[1].share"));
    assert!(remark.chinese.contains("除数为零") && remark.english.contains("divides by zero"));
}

#[test]
fn steps_ask_for_their_fields_and_keep_the_others() {
    let template = template();
    let read = |values: &Json| Instance::read(&template, values.to_string().as_bytes(), &Limits::default()).unwrap();
    let first = read(&json!({"name": "甲"}));
    let apply = Circumstances { step: Some("apply"), ..Circumstances::on(today()) };
    assert_eq!(template.judge(&first, &apply).unwrap().remarks(), [], "the opinion comes later");
    let early = template.judge(&read(&good()), &apply).unwrap();
    assert_eq!((early.remarks()[0].check, early.remarks()[0].path.as_str()), ("form.value.read-only", "opinion"));

    let approve = Circumstances { step: Some("approve"), before: Some(&first), ..Circumstances::on(today()) };
    assert_eq!(template.judge(&read(&good()), &approve).unwrap().remarks(), []);
    let changed = template.judge(&read(&json!({"name": "乙", "opinion": "同意"})), &approve).unwrap();
    assert_eq!((changed.remarks()[0].check, changed.remarks()[0].path.as_str()), ("form.value.read-only", "name"));
    let missing = template.judge(&first, &approve).unwrap();
    assert_eq!((missing.remarks()[0].check, missing.remarks()[0].path.as_str()), ("form.value.required", "opinion"));
    let nowhere = Circumstances { step: Some("nowhere"), ..Circumstances::on(today()) };
    assert_eq!(template.judge(&first, &nowhere).unwrap_err().kind(), ErrorKind::Misuse);
}

#[test]
fn a_verified_source_fills_in_and_is_kept_as_evidence() {
    let template = template();
    let source = |name: &str, number: &str| Source {
        identifier: "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1".into(),
        digest: "ab".repeat(32),
        at: "2026-03-01T00:00:00Z".parse().unwrap(),
        values: [("licence.CZZT".to_owned(), name.to_owned()), ("licence.CZZTDM".to_owned(), number.to_owned())].into(),
    };
    let mut instance = Instance::read(&template, br#"{"opinion": "x"}"#, &Limits::default()).unwrap();
    let filled = template.prefill(&mut instance, &source("甲", CITIZEN)).unwrap();
    assert_eq!(filled, ["name", "number"]);
    let report = template.judge(&instance, &Circumstances::on(today())).unwrap();
    assert_eq!(report.remarks(), []);
    assert_eq!(instance.evidence()[0].identifier, source("甲", CITIZEN).identifier);
    assert!(!format!("{instance:?} {:?}", source("甲", CITIZEN)).contains("19491231"));

    // What is there already stays; what does not fit is refused; what is changed later is told and does not harm.
    assert_eq!(template.prefill(&mut instance, &source("乙", CITIZEN)).unwrap(), Vec::<String>::new());
    let error = template.prefill(&mut Instance::new(), &source("甲", "12")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    instance.set("name", Value::Text("乙".into()));
    let report = template.judge(&instance, &Circumstances::on(today())).unwrap();
    assert_eq!((report.verdict(), report.remarks()[0].check), (Verdict::Valid, "form.value.evidence"));
}

/// Numbers that are none, or larger than any, and lists without end.
#[test]
fn odd_numbers_and_long_lists_are_told() {
    let template = template();
    let read = |text: &str| Instance::read(&template, text.as_bytes(), &Limits::default());
    for text in
        ["{\"amount\": NaN}", "{\"amount\": Infinity}", "{\"amount\": 01}", "{\"amount\": +1}", "{\"amount\": .5}"]
    {
        assert_eq!(read(text).unwrap_err().kind(), ErrorKind::Malformed, "{text}");
    }
    for number in ["1e999", "-1e999", "1e-400", "99999999999999999999999999999999", "\"NaN\"", "\"1e3\"", "\"0x10\""] {
        let text = format!("{{\"name\": \"甲\", \"opinion\": \"同意\", \"limit\": {number}}}");
        let report = template.judge(&read(&text).unwrap(), &Circumstances::on(today())).unwrap();
        let [remark] = report.remarks() else { panic!("{number}: {:#?}", report.remarks()) };
        assert_eq!((remark.check, remark.path.as_str()), ("form.value.type", "limit"), "{number}");
    }
    let exact = read("{\"name\": \"甲\", \"opinion\": \"同意\", \"limit\": 1.20e3, \"amount\": 1199.99}").unwrap();
    assert_eq!(template.judge(&exact, &Circumstances::on(today())).unwrap().remarks(), []);
    assert_eq!(read("{\"name\": \"甲\", \"name\": \"乙\"}").unwrap_err().kind(), ErrorKind::Malformed);
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(read(&deep).unwrap_err().kind(), ErrorKind::TooLarge);
    // Beside the values of a form that is wrapped up.
    let report = template.judge(
        &read("{\"values\": {\"name\": \"甲\", \"opinion\": \"同意\"}, \"name\": \"乙\"}").unwrap(),
        &Circumstances::on(today()),
    );
    let report = report.unwrap();
    let [remark] = report.remarks() else { panic!("{:#?}", report.remarks()) };
    assert_eq!((remark.check, remark.path.as_str()), ("form.value.unknown", "name"));
    // A million ticks.
    let ticks = format!("{{\"wishes\": [{}\"1\"]}}", "\"3\", \"2\", ".repeat(500_000));
    let report = template.judge(&read(&ticks).unwrap(), &Circumstances::on(today())).unwrap();
    assert!(report.remarks().iter().any(|one| one.check == "form.value.rows"), "{:#?}", report.remarks());
}

/// Texts that double each other end.
#[test]
fn texts_that_grow_without_end_are_told() {
    let template = template_of(1, |json| {
        let fields = json["fields"].as_array_mut().unwrap();
        for at in 0..60 {
            let (own, next) = (format!("t{at}"), if at == 59 { "name".to_owned() } else { format!("t{}", at + 1) });
            fields.push(
                json!({"key": own, "label": "长", "kind": "calculated", "calculate": format!("{next} + {next}")}),
            );
        }
    });
    let report = judged(&template, &good());
    let told =
        report.remarks().iter().any(|one| one.check == "form.value.calculated" && one.english.contains("too long"));
    assert!(told && report.verdict() == Verdict::Invalid, "{:#?}", report.remarks());
}

#[test]
fn a_form_of_another_version_is_told() {
    let (first, second) = (template(), template_of(2, |_| {}));
    let wrapped = json!({"template": {"id": first.id(), "version": 1}, "values": good()}).to_string();
    let read = |template: &Template| Instance::read(template, wrapped.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(first.judge(&read(&first), &Circumstances::on(today())).unwrap().remarks(), []);
    let report = second.judge(&read(&second), &Circumstances::on(today())).unwrap();
    assert_eq!(report.remarks()[0].check, "form.value.template");
}

#[test]
fn used_versions_are_frozen() {
    let (first, second) = (template(), template_of(2, |_| {}));
    let mut versions = Versions::new(first.clone());
    versions.replace(template_of(1, |json| json["name"] = json!("另名"))).unwrap();
    versions.mark_used(1).unwrap();
    assert_eq!(versions.replace(first.clone()).unwrap_err().kind(), ErrorKind::NotAllowed);
    assert_eq!(versions.delete(1).unwrap_err().kind(), ErrorKind::NotAllowed);
    assert_eq!(versions.upgrade(template_of(3, |_| {})).unwrap_err().kind(), ErrorKind::Mismatch);
    let other = template_of(2, |json| json["id"] = json!("3f0c9d2e-6a51-4a44-9a52-0d6b3c1f2a11"));
    assert_eq!(versions.upgrade(other).unwrap_err().kind(), ErrorKind::Mismatch);
    let broken = template_of(2, |json| json["category"] = json!([]));
    assert_eq!(versions.upgrade(broken).unwrap_err().kind(), ErrorKind::NotValid);
    versions.upgrade(second).unwrap();
    assert_eq!(versions.current().unwrap().version(), 2);
    assert!(!versions.get(1).unwrap().is_enabled && versions.get(1).unwrap().is_used);
    let stored = Versions::stored(versions.all().iter().cloned()).unwrap();
    assert_eq!(stored.current().unwrap().version(), 2);
    let twice = [Version::new(first.clone(), false, true), Version::new(first, false, false)];
    assert_eq!(Versions::stored(twice).unwrap_err().kind(), ErrorKind::Mismatch);
    versions.delete(2).unwrap();
    assert_eq!(versions.current().unwrap().version(), 1, "the one before is in force again");
}
