use serde_json::{Value, json};

use crate::finding::{Outcome, Verdict};
use crate::form::Template;

/// A good template of a few fields.
fn good() -> Value {
    json!({
        "format": "eseal-form/1", "id": "3f0c9d2e-6a51-4a44-9a52-0d6b3c1f2a10", "key": "sample", "name": "示例表",
        "version": 1, "category": ["甲", "乙", "丙"], "kind": "plain",
        "steps": [{"key": "apply", "name": "申请"}, {"key": "approve", "name": "审批"}],
        "codes": {"kind": [{"code": "1", "name": "一"}, {"code": "2", "name": "二"}]},
        "fields": [
            {"key": "name", "label": "姓名", "kind": "line", "required": true},
            {"key": "kind", "label": "类别", "kind": "radio", "codes": "kind"},
            {"key": "amount", "label": "金额", "kind": "amount", "min": 0, "max": 100},
            {"key": "half", "label": "一半", "kind": "calculated", "calculate": "amount / 2"},
            {"key": "why", "label": "原因", "kind": "text", "visible-when": "kind == '2'", "required-when": "kind == '2'"},
            {"key": "rows", "label": "明细", "kind": "table", "columns": [
                {"key": "item", "label": "项目", "kind": "line"},
                {"key": "fee", "label": "费用", "kind": "number"},
                {"key": "share", "label": "占比", "kind": "calculated", "calculate": "fee / sum(rows.fee)"}
            ]}
        ],
        "rules": [{"key": "most", "holds": "sum(rows.fee) <= amount", "field": "amount", "chinese": "超出", "english": "too much"}]
    })
}

/// What fails when this is changed, as check names, with the sentences.
fn failing(change: impl FnOnce(&mut Value)) -> Vec<(&'static str, String)> {
    let mut json = good();
    change(&mut json);
    let template = Template::from_json(json.to_string().as_bytes()).unwrap();
    let bad = template.check().iter().filter(|finding| finding.outcome != Outcome::Pass && finding.needed);
    let bad: Vec<_> = bad.map(|finding| (finding.check, finding.detail.clone())).collect();
    assert_eq!(template.require_good().is_err(), !bad.is_empty());
    bad
}

#[track_caller]
fn assert_fails(check: &str, part: &str, change: impl FnOnce(&mut Value)) {
    let bad = failing(change);
    assert!(!bad.is_empty(), "nothing was found; {check} was expected");
    assert!(bad.iter().all(|(own, _)| *own == check), "{check} was expected alone: {bad:#?}");
    assert!(bad.iter().any(|(_, detail)| detail.contains(part)), "\"{part}\" is not told: {bad:#?}");
}

fn field<'j>(json: &'j mut Value, key: &str) -> &'j mut Value {
    json["fields"].as_array_mut().unwrap().iter_mut().find(|field| field["key"] == key).unwrap()
}

#[test]
fn a_good_template_passes_every_check() {
    assert_eq!(failing(|_| {}), []);
    let template = Template::from_json(good().to_string().as_bytes()).unwrap();
    assert_eq!(template.check().len(), super::CHECKS.len());
    assert_eq!(Verdict::of(template.check()), Verdict::Valid);
}

#[test]
fn identity() {
    let check = "form.template.identity";
    assert_fails(check, "UUID", |json| json["id"] = json!("1"));
    assert_fails(check, "count from 1", |json| json["version"] = json!(0));
    assert_fails(check, "2 levels", |json| json["category"] = json!(["甲", "乙"]));
    assert_fails(check, "no name", |json| json["name"] = json!(" "));
    assert_fails(check, "no name: ", |json| json["key"] = json!("Ä"));
}

#[test]
fn keys() {
    let check = "form.template.key";
    assert_fails(check, "twice", |json| {
        let again = json["fields"][0].clone();
        json["fields"].as_array_mut().unwrap().push(again);
    });
    assert_fails(check, "no name", |json| field(json, "name")["key"] = json!("Name"));
    assert_fails(check, "language of rules", |json| field(json, "name")["key"] = json!("today"));
    assert_fails(check, "outside of its table", |json| field(json, "rows")["columns"][0]["key"] = json!("name"));
    assert_fails(check, "characters that do not show", |json| json["codes"]["kind"][1]["code"] = json!("1\u{200B}"));
    assert_fails(check, "the code \"1\" occurs twice", |json| json["codes"]["kind"][1]["code"] = json!("1"));
}

#[test]
fn attributes() {
    let check = "form.template.attribute";
    assert_fails(check, "needs a code table", |json| {
        drop(field(json, "kind").as_object_mut().unwrap().remove("codes"))
    });
    assert_fails(check, "a pattern goes", |json| field(json, "amount")["pattern"] = json!("1"));
    assert_fails(check, "min and max", |json| field(json, "name")["min"] = json!("'a'"));
    assert_fails(check, "lengths", |json| field(json, "amount")["max-length"] = json!(3));
    assert_fails(check, "can be required", |json| field(json, "half")["required"] = json!(true));
    assert_fails(check, "characters that do not show", |json| field(json, "name")["label"] = json!("姓\u{202E}名"));
    assert_fails(check, "no label", |json| field(json, "name")["label"] = json!(""));
    assert_fails(check, "a column cannot be", |json| field(json, "rows")["columns"][0]["kind"] = json!("image"));
    assert_fails(check, "edited in a step", |json| field(json, "half")["edit"] = json!(["apply"]));
    assert_fails(check, "no rectangle", |json| {
        field(json, "name")["at"] = json!({"left": 1.0, "top": 1.0, "width": 0.0, "height": 3.0});
    });
}

#[test]
fn references() {
    let check = "form.template.reference";
    assert_fails(check, "no code table \"no\"", |json| field(json, "kind")["codes"] = json!("no"));
    assert_fails(check, "no step \"no\"", |json| field(json, "name")["edit"] = json!(["no"]));
    assert_fails(check, "half, calculate: there is no field \"no\"", |json| {
        field(json, "half")["calculate"] = json!("no + 1")
    });
    assert_fails(check, "\"rows.no\"", |json| json["rules"][0]["holds"] = json!("sum(rows.no) > 1"));
    assert_fails(check, "no field \"no\"", |json| json["rules"][0]["field"] = json!("no"));
}

#[test]
fn expressions() {
    let check = "form.template.expression";
    assert_fails(check, "half, calculate: it ends", |json| field(json, "half")["calculate"] = json!("amount /"));
    assert_fails(check, "a text", |json| field(json, "half")["calculate"] = json!("amount + name"));
    assert_fails(check, "a condition is wanted", |json| field(json, "why")["visible-when"] = json!("amount"));
    assert_fails(check, "a number is wanted", |json| field(json, "amount")["max"] = json!("today"));
    assert_fails(check, "a list is no value", |json| field(json, "half")["calculate"] = json!("rows.fee"));
    assert_fails(check, "name, pattern", |json| field(json, "name")["pattern"] = json!("(["));
    assert_fails(check, "name, pattern", |json| field(json, "name")["pattern"] = json!("((a{1000}){1000}){1000}"));
    assert_fails(check, "rule most, holds", |json| json["rules"][0]["holds"] = json!("amount"));
}

#[test]
fn cycles_are_named_with_their_way() {
    let check = "form.template.cycle";
    let calculated =
        |key: &str, calculate: &str| json!({"key": key, "label": key, "kind": "calculated", "calculate": calculate});
    let add = |json: &mut Value, fields: Vec<Value>| json["fields"].as_array_mut().unwrap().extend(fields);
    assert_fails(check, "a → b → c → a", |json| {
        add(json, vec![calculated("a", "b + 1"), calculated("b", "c + 1"), calculated("c", "a + 1")]);
    });
    assert_fails(check, "a → a", |json| add(json, vec![calculated("a", "a + 1")]));
    assert_fails(check, "rows.share → rows.share", |json| {
        field(json, "rows")["columns"][2]["calculate"] = json!("share + 1");
    });
    // Each is seen when the other has a value.
    assert_fails(check, "kind → name → kind", |json| {
        field(json, "name")["visible-when"] = json!("not empty(kind)");
        field(json, "kind")["visible-when"] = json!("not empty(name)");
    });
    // A long chain is no circle, and no deep recursion.
    let chain: Vec<Value> = (0..1500).map(|at| calculated(&format!("n{at}"), &format!("n{} + 1", at + 1))).collect();
    let bad = failing(|json| {
        add(json, chain);
        add(json, vec![json!({"key": "n1500", "label": "n", "kind": "number"})]);
    });
    assert_eq!(bad, []);
}

#[test]
fn ranges_and_defaults() {
    let check = "form.template.range";
    assert_fails(check, "amount: min is more than max", |json| field(json, "amount")["min"] = json!(200));
    assert_fails(check, "min-length", |json| {
        field(json, "name")["min-length"] = json!(5);
        field(json, "name")["max-length"] = json!(4);
    });
    assert_fails(check, "min-rows", |json| {
        field(json, "rows")["min-rows"] = json!(5);
        field(json, "rows")["max-rows"] = json!(4);
    });
    assert_fails(check, "its pattern takes 5 characters at least, and its max-length is 4", |json| {
        field(json, "name")["pattern"] = json!("[A-Z]{2}[0-9]{3}");
        field(json, "name")["max-length"] = json!(4);
    });
    assert_fails(check, "its pattern takes 5 characters at most, and its min-length is 6", |json| {
        field(json, "name")["pattern"] = json!("[A-Z]{2}[0-9]{1,3}");
        field(json, "name")["min-length"] = json!(6);
    });
    let check = "form.template.default";
    assert_fails(check, "amount: the default is no good value: it is more than 100", |json| {
        field(json, "amount")["default"] = json!(101)
    });
    assert_fails(check, "an amount is wanted", |json| field(json, "amount")["default"] = json!("viel"));
    assert_fails(check, "\"9\"", |json| field(json, "kind")["default"] = json!("9"));
}

#[test]
fn patterns_that_options_do_not_meet() {
    let check = "form.template.pattern";
    assert_fails(check, "kind: these options do not meet its pattern: 1, 2", |json| {
        field(json, "kind")["pattern"] = json!("[3-9]")
    });
    assert_fails(check, "pattern: 2", |json| field(json, "kind")["pattern"] = json!("1"));
}

#[test]
fn fields_that_nobody_can_see() {
    let check = "form.template.visibility";
    for never in [
        "false",
        "kind == '3'",
        "kind == '1' and kind == '2'",
        "kind not in ['1', '2'] and not empty(kind)",
        "amount > 60 and amount < 18",
        "1 > 2",
        "not (kind == '1' or kind != '1')",
        "amount == 5 and amount + 1 != 6",
        "amount > half and half > amount",
        "amount > half and half > 7 and amount < 7",
        "name == '甲' and length(name) > 5",
        "name > '甲' and name < '甲'",
    ] {
        assert_fails(check, "why has to be filled in", |json| field(json, "why")["visible-when"] = json!(never));
    }
    for sometimes in [
        "kind == '1' or false",
        "amount > 18 and amount < 20",
        "amount > 18 and amount < 60",
        "today > date('2020-01-01')",
        "amount > 60 and amount < 61",
        "amount / 12 > 5000",
        "amount > half",
        "amount < half and half < 3",
        "length(name) > 5",
        "name > '甲' and name < '乙' or name > '乙'",
        "name + '1' == '甲1'",
        "days(date('2024-01-01'), after(today, amount)) > 30",
        "years(born(name), today) >= 60",
        "kind in ['1'] or kind == name",
        "sum(rows.fee) > 100",
        "count(rows) > 3 and max(rows.fee) > 5",
        "name == '甲'",
    ] {
        let bad = failing(|json| {
            let why = field(json, "why");
            (why["visible-when"], why["required-when"]) = (json!(sometimes), json!(sometimes));
        });
        assert_eq!(bad, [], "{sometimes}");
    }
    // Seen only when a field has a value that is itself never seen.
    assert_fails(check, "why has to be filled in", |json| {
        field(json, "kind")["visible-when"] = json!("false");
    });
}

#[test]
fn fields_that_no_step_may_edit() {
    let closed = |json: &mut Value| field(json, "name")["read-only"] = json!(["apply", "approve"]);
    assert_fails("form.template.visibility", "name has to be filled in, and no step may edit it", closed);
    let given = |json: &mut Value| {
        closed(json);
        field(json, "name")["default"] = json!("甲");
    };
    assert_eq!(failing(given), []);
}

#[test]
fn rules_that_contradict_each_other() {
    let check = "form.template.contradiction";
    let rule = |key: &str, when: &str, holds: &str| {
        let mut rule = json!({"key": key, "holds": holds, "chinese": "错", "english": "wrong"});
        if !when.is_empty() {
            rule["when"] = json!(when);
        }
        rule
    };
    let with = |rules: &[Value]| {
        let rules = rules.to_vec();
        move |json: &mut Value| json["rules"].as_array_mut().unwrap().extend(rules)
    };
    assert_fails(check, "rule a: no form keeps it", with(&[rule("a", "", "amount > 60 and amount < 18")]));
    assert_fails(check, "rule a: no form keeps it", with(&[rule("a", "kind == '1'", "kind == '2'")]));
    // Beyond the field's own range.
    assert_fails(check, "rule a: no form keeps it", with(&[rule("a", "", "amount > 100")]));
    assert_fails(
        check,
        "rules a and b: no form keeps both",
        with(&[rule("a", "", "amount > 60"), rule("b", "", "amount < 18")]),
    );
    assert_fails(
        check,
        "rules a and b: no form keeps both",
        with(&[rule("a", "not empty(amount)", "amount > 60"), rule("b", "kind == '1'", "amount < 18")]),
    );
    assert_fails(check, "why has to be filled in only when it is not seen", |json| {
        field(json, "why")["required-when"] = json!("kind == '1'");
    });
    for good in [
        vec![rule("a", "kind == '1'", "amount > 60"), rule("b", "kind == '2'", "amount < 18")],
        vec![rule("a", "", "amount > 60"), rule("b", "", "amount < 61")],
        vec![rule("a", "", "empty(amount) or amount > 60"), rule("b", "", "empty(amount) or amount < 18")],
        vec![rule("a", "", "amount >= 100"), rule("b", "", "sum(rows.fee) > 7"), rule("c", "", "sum(rows.fee) < 7")],
        vec![rule("a", "false", "false")],
    ] {
        assert_eq!(failing(with(&good)), [], "{good:?}");
    }
}

/// What is small to write and large to look at is refused, or looked at within bounds.
#[test]
fn greedy_templates_end_soon() {
    let fields = |json: &mut Value, count: usize, made: &dyn Fn(usize) -> Value| {
        json["fields"].as_array_mut().unwrap().extend((0..count).map(made));
    };
    let mut large = good();
    fields(&mut large, 50_000, &|at| json!({"key": format!("f{at}"), "label": "f", "kind": "line"}));
    let error = Template::from_json(large.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::TooLarge, "{error}");
    assert!(error.to_string().contains("fields and columns"), "{error}");
    // Two thousand conditions, each with many fields and many values.
    let numbers: Vec<String> = (0..8).map(|at| format!("n{at} > {at} and n{at} < 100")).collect();
    let condition = numbers.join(" and ");
    let bad = failing(|json| {
        fields(json, 8, &|at| json!({"key": format!("n{at}"), "label": "n", "kind": "number"}));
        fields(json, 1900, &|at| {
            let names =
                format!("n{} > 1 and n{} < 9 and n{} > 3 and n{} < 7", at % 8, (at + 1) % 8, (at + 2) % 8, at % 7);
            json!({"key": format!("f{at}"), "label": "f", "kind": "line", "visible-when": format!("{names} and {condition}")})
        });
    });
    assert!(bad.iter().all(|(check, _)| *check == "form.template.layout"), "{bad:#?}");
    // Each is seen only when the next is, and the last is never: as many rounds as there are fields.
    let bad = failing(|json| {
        fields(
            json,
            1900,
            &|at| json!({"key": format!("f{at}"), "label": "f", "kind": "line", "visible-when": format!("not empty(f{})", at + 1)}),
        );
        fields(json, 1, &|_| json!({"key": "f1900", "label": "f", "kind": "line", "visible-when": "false"}));
    });
    assert_eq!(bad, []);
}

#[test]
fn layouts() {
    let check = "form.template.layout";
    let table = |json: &mut Value, rows: Value| {
        json["kind"] = json!("table");
        json["layout"] =
            json!({"grid": {"blocks": [{"kind": "rows", "rows": rows}, {"kind": "table", "field": "rows"}]}});
    };
    assert_eq!(failing(|json| table(json, json!([["name", "kind"], ["amount", "half"], ["why"]]))), []);
    assert_fails(check, "\"why\"", |json| table(json, json!([["name", "kind"], ["amount", "half"]])));
    assert_fails(check, "no field is called", |json| {
        table(json, json!([["name", "kind"], ["amount", "half"], ["why", "no"]]))
    });
    assert_fails(check, "no place of a field", |json| {
        table(json, json!([["name:x", "name", "kind"], ["amount", "half"], ["why"]]))
    });
    assert_fails(check, "a table form has", |json| json["kind"] = json!("table"));
    assert_fails(check, "no place for the seal \"stamp\"", |json| {
        table(json, json!([["name", "kind"], ["amount", "half"], ["why"]]));
        json["fields"].as_array_mut().unwrap().push(json!({"key": "stamp", "label": "印章", "kind": "seal"}));
    });
}

#[test]
fn what_is_no_template_is_refused() {
    use crate::ErrorKind;
    let refused = |text: &str| Template::from_json(text.as_bytes()).unwrap_err();
    assert_eq!(refused("{").kind(), ErrorKind::Malformed);
    assert!(refused("{}").to_string().contains("missing field"));
    let mut json = good();
    json["fields"][0]["requird"] = json!(true);
    assert!(refused(&json.to_string()).to_string().contains("requird"), "a misspelt attribute is told");
    // With its place in what was written.
    let text = serde_json::to_string_pretty(&good()).unwrap();
    let line = text.lines().position(|line| line.contains("\"max\": 100")).unwrap() + 1;
    let told = refused(&text.replace("\"max\": 100", "\"min-rows\": -3")).to_string();
    assert!(told.contains("-3") && told.contains(&format!("at line {line} ")), "{line}: {told}");
    // Twice in one object, numbers that are none, and those that would be others.
    for (from, to, part) in [
        ("\"max\": 100", "\"max\": 100, \"max\": 200", "\"max\" occurs twice"),
        ("\"max\": 100", "\"max\": NaN", "no good JSON"),
        ("\"max\": 100", "\"max\": 1e999", "1e999"),
        ("\"max\": 100", "\"max\": 12345678901234567.89", "12345678901234567.89"),
        ("\"max\": 100", "\"max\": 1e30", "quotation marks"),
        ("\"max\": 100", "\"max\": true", "no bound"),
    ] {
        let told = refused(&text.replace(from, to)).to_string();
        assert!(told.contains(part), "{to}: {told}");
    }
    let exact = text.replace("\"max\": 100", "\"max\": \"12345678901234567.89\"");
    assert!(Template::from_json(exact.as_bytes()).unwrap().require_good().is_ok());
    let mut json = good();
    json["format"] = json!("eseal-form/9");
    assert_eq!(refused(&json.to_string()).kind(), ErrorKind::Unsupported);
    let limits = crate::Limits { form_bytes: 100, ..crate::Limits::default() };
    assert_eq!(Template::within(good().to_string().as_bytes(), &limits).unwrap_err().kind(), ErrorKind::TooLarge);
}
