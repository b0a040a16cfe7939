//! 11 482 rows with planted errors, each found and nothing else.

use super::{Catalogue, Claim, EntryState, MaterialLink, Operation, Row, TypeEntry, check_rows};
use crate::identifier::{BasicItemCode, CreditCode, ItemCode, ItemLevel, LicenceId, LicenceTypeCode};
use crate::licence::{Body, Elements, HolderKind, Metadata};

const ROWS: usize = 11_482;

fn body(name: &str, code: &str) -> Body {
    Body { name: name.into(), code: code.parse().unwrap() }
}

fn kind(sequence: u16) -> LicenceTypeCode {
    LicenceTypeCode::new("11100000000013338W".parse().unwrap(), sequence).unwrap()
}

fn issuers() -> [Body; 2] {
    [body("示例市人民政府", "11621000MB0000019T"), body("示例区自然资源局", "11621002MB0000027J")]
}

fn catalogue() -> Catalogue {
    let entry = |sequence: u16| TypeEntry {
        name: format!("示例证{sequence}"),
        code: kind(sequence),
        definer: body("示例部", "11100000000013338W"),
        holder_kinds: vec![HolderKind::CreditCode, HolderKind::CitizenNumber],
        validity_range: Some("2年".into()),
        shared_with: Vec::new(),
        version: 1,
        state: EntryState::Published,
        is_enabled: true,
        changed: None,
        is_single: sequence == 2,
    };
    let claims = (1..=8).flat_map(|sequence| {
        issuers().map(|issuer| Claim {
            entry: kind(sequence),
            claimant: issuer.code,
            claimed: "2020-01-01".parse().unwrap(),
            until: None,
        })
    });
    Catalogue { entries: (1..=9).map(entry).collect(), claims: claims.collect(), links: Vec::new() }
}

/// A row that is good, and another for each number.
fn row(number: usize) -> Row {
    let (issuer, sequence) = (&issuers()[number % 2], u16::try_from(number % 8 + 1).unwrap());
    let id = LicenceId::new(kind(sequence), issuer.code.clone(), &format!("2025{number:07}"), 1).unwrap();
    Row {
        certificate_source_id: id.to_string(),
        certificate_name: format!("示例证{sequence}"),
        certificate_number: format!("示证字第{number}号"),
        certificate_type: format!("示例证{sequence}"),
        certificate_type_code: kind(sequence).to_string(),
        certificate_holder: "示例".into(),
        certificate_holder_code: if number.is_multiple_of(3) { "11010519491231002X" } else { "91350100M000100Y43" }
            .into(),
        certificate_holder_type: Some(if number.is_multiple_of(3) { "111" } else { "001" }.into()),
        issue_date: "2025-03-01".into(),
        issue_dept: issuer.name.clone(),
        issue_dept_code: issuer.code.to_string(),
        certificate_area_code: "621000".into(),
        cd_batch: "20250302".into(),
        cd_operation: "I".into(),
        cd_time: "2025-03-02 01:00:00".into(),
        data_source: "示例平台".into(),
        version: "001".into(),
        ..Row::default()
    }
}

/// What is done to a row, and what has to be told of it.
type Plant = (fn(&mut Row), &'static str);

const PLANTS: [Plant; 20] = [
    (|row| row.certificate_name.clear(), "certificate_name is empty"),
    (|row| flip_last(&mut row.certificate_source_id), "certificate_source_id: the check character"),
    (
        |row| row.certificate_source_id = row.certificate_source_id.replace("1.2.156.3005.2", "1.2.156.3003.2"),
        "older software",
    ),
    (|row| row.certificate_source_id.truncate(30), "certificate_source_id: "),
    (|row| flip_last(&mut row.issue_dept_code), "issue_dept_code: "),
    (|row| row.issue_dept_code = "11620000MB00000354".into(), "issue_dept_code: the identifier says"),
    (|row| row.certificate_type_code = kind(99).to_string(), "no type 11100000000013338W099"),
    (|row| row.certificate_type = "另一证".into(), "the row says \"另一证\""),
    (|row| row.certificate_holder_code = "110105194912310021".into(), "certificate_holder_code: "),
    (|row| row.certificate_holder_type = Some("123".into()), "none of the 16 codes"),
    (|row| row.certificate_holder_type = Some("414".into()), "not for holders with a 414"),
    (|row| row.issue_date = "2025-02-30".into(), "issue_date: "),
    (|row| row.issue_date = "2025-03-03".into(), "after the row was made"),
    (|row| row.issue_date = "2019-03-01".into(), "had not claimed the type"),
    (|row| row.certificate_area_code = "990000".into(), "certificate_area_code: "),
    (|row| row.cd_operation = "X".into(), "cd_operation: it is I, U or D"),
    (|row| row.cd_time = "yesterday".into(), "cd_time: "),
    (|row| row.version = "002".into(), "version: the identifier says 001"),
    (|row| row.certificate_holder = "示\u{7}例".into(), "control character"),
    (|row| row.archived = Some("2".into()), "archived: it is 0 or 1"),
];

fn flip_last(text: &mut String) {
    let last = text.pop().unwrap();
    text.push(if last == 'A' { 'B' } else { 'A' });
}

#[test]
fn each_planted_error_of_11_482_rows_is_found_and_no_other() {
    let mut rows: Vec<_> = (0..ROWS).map(row).collect();
    let mut expected = Vec::new();
    for (nth, at) in (7..ROWS).step_by(97).enumerate() {
        let (plant, told) = PLANTS[nth % PLANTS.len()];
        // Persons' numbers are planted in rows of persons.
        let at = if told == "certificate_holder_code: " { at - at % 3 } else { at };
        plant(&mut rows[at]);
        expected.push((at + 1, told));
    }
    // A licence that is inserted twice.
    rows[5001] = rows[5000].clone();
    expected.push((5002, "row 5001 has inserted"));
    let found = check_rows(&rows, &catalogue());
    for (at, told) in &expected {
        let hits: Vec<_> = found.iter().filter(|one| one.row == *at).collect();
        assert!(hits.iter().any(|one| one.remark.finding.detail.contains(told)), "row {at}, {told}: {hits:#?}");
        assert!(hits.iter().all(|one| !one.remark.chinese.is_empty()));
    }
    for one in &found {
        assert!(expected.iter().any(|(at, _)| *at == one.row), "{one:?}");
        assert!(!one.remark.finding.detail.contains("110105194912310021"), "{one:?}");
    }
    assert!(expected.len() > 100);
}

/// As many items as a city has in use, with planted errors.
#[test]
fn each_planted_error_of_1_169_item_codes_is_found_and_no_other() {
    let bodies = ["11621000MB0000019T", "11621002MB0000027J", "11620000MB00000354"];
    let levels = [ItemLevel::Province, ItemLevel::City, ItemLevel::County];
    let good = |number: usize| {
        let body: CreditCode = bodies[number % 3].parse().unwrap();
        let basic: BasicItemCode = format!("{:012}", 370_117_000_000_u64 + number as u64).parse().unwrap();
        ItemCode::new(body, levels[number % 3], basic).to_string()
    };
    let plants: [fn(&mut String); 6] = [
        |code| *code = code.replacen("MB", "MC", 1),
        |code| code.truncate(30),
        |code| code.push('0'),
        |code| code.replace_range(18..19, "7"),
        |code| code.replace_range(25..26, "O"),
        |code| code.replace_range(2..3, "X"),
    ];
    let mut found = Vec::new();
    for number in 0..1169 {
        let mut code = good(number);
        let planted = number % 13 == 5;
        if planted {
            plants[number % plants.len()](&mut code);
        }
        let is_bad = code.parse::<ItemCode>().is_err();
        assert_eq!(is_bad, planted, "{code}");
        if is_bad {
            found.push(number);
        }
        let link = MaterialLink { item: code, material: "营业执照".into(), entry: kind(1), is_exempt: true };
        let faults = link.check().into_iter().filter(|one| one.is_fault()).count();
        // What is not of 31 characters is taken for a local code, and told.
        assert_eq!(faults > 0, planted && link.item.len() == 31, "{link:?}");
    }
    assert_eq!(found.len(), 90);
}

fn metadata(sequence: u16, holder: &str, holder_kind: &str) -> Metadata {
    let issuer = &issuers()[0];
    let id = LicenceId::new(kind(sequence), issuer.code.clone(), "20250000001", 1).unwrap();
    let (name, code) = (issuer.name.clone(), issuer.code.to_string());
    let pairs = [
        ("ZZMC", "示例证".to_owned()),
        ("ZZLXMC", "示例证".to_owned()),
        ("ZZLXDM", kind(sequence).to_string()),
        ("ZZBH", "1".to_owned()),
        ("ZZBS", id.to_string()),
        ("ZZBFJG", name),
        ("ZZBFJGDM", code),
        ("ZZBFRQ", "2025-03-01".to_owned()),
        ("CZZT", "示例".to_owned()),
        ("CZZTDM", holder.to_owned()),
        ("CZZTDMLXDM", holder_kind.to_owned()),
        ("GXSDBM", "621000".to_owned()),
    ];
    Metadata::of(&Elements::from_pairs(pairs).unwrap()).unwrap()
}

#[test]
fn only_claimed_and_enabled_types_are_issued() {
    let company = |sequence| metadata(sequence, "91350100M000100Y43", "001");
    let refused = |catalogue: &Catalogue, metadata: &Metadata, part: &str| {
        let error = catalogue.permit(metadata, |_, _| false).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::NotAllowed);
        assert!(error.to_string().contains(part), "{error}");
    };
    let good = catalogue();
    assert_eq!(good.permit(&company(1), |_, _| false).unwrap().entry(), &kind(1));
    refused(&good, &company(9), "has not claimed");
    refused(&good, &company(10), "no type");
    refused(&good, &metadata(1, "E1234567", "414"), "not for holders with a 414");
    let changed = |change: fn(&mut TypeEntry)| {
        let mut catalogue = catalogue();
        change(&mut catalogue.entries[0]);
        catalogue
    };
    refused(&changed(|entry| entry.is_enabled = false), &company(1), "disabled");
    refused(&changed(|entry| entry.state = EntryState::Unpublished), &company(1), "not published");
    refused(&changed(|entry| entry.state = EntryState::Cancelled), &company(1), "not published");
    let mut late = catalogue();
    late.claims.iter_mut().for_each(|claim| claim.claimed = "2025-03-02".parse().unwrap());
    refused(&late, &company(1), "does not hold on 2025-03-01");
    // One of this type for each holder.
    assert!(good.permit(&company(2), |_, _| false).is_ok());
    assert!(good.permit(&company(1), |_, _| true).is_ok());
    let person = metadata(2, "11010519491231002X", "111");
    let told = good.permit(&person, |_, _| true).unwrap_err().to_string();
    assert!(told.contains("may have one") && !told.contains("11010519491231002X"), "{told}");
    // A newer version of an entry counts.
    let mut newer = catalogue();
    newer.entries.push(TypeEntry { version: 2, is_enabled: false, ..newer.entries[0].clone() });
    refused(&newer, &company(1), "disabled");
}

#[test]
fn catalogues_are_checked_as_a_whole() {
    let link = MaterialLink {
        item: "11370800MB285591843370117002011".into(),
        material: "证".into(),
        entry: kind(1),
        is_exempt: false,
    };
    let mut good = catalogue();
    good.links.push(link.clone());
    assert!(good.check().iter().all(|one| !one.is_fault()));
    assert_eq!(good.materials(&link.item, &kind(1)).count(), 1);
    let stored = serde_json::to_string(&good).unwrap();
    assert!(stored.contains("\"state\":2"));
    assert_eq!(serde_json::from_str::<Catalogue>(&stored).unwrap(), good);
    type Harm = fn(&mut Catalogue);
    let cases: [(Harm, &str); 8] = [
        (|all| all.entries[0].definer.code = "11621000MB0000019T".parse().unwrap(), "does not begin with"),
        (|all| all.entries[0].holder_kinds.clear(), "no kind of holder"),
        (|all| all.entries[0].version = 0, "begins with 1"),
        (|all| all.entries[0].state = EntryState::Cancelled, "enabled and not published"),
        (|all| all.entries.push(all.entries[0].clone()), "is there twice"),
        (|all| all.claims[0].entry = kind(77), "claims the type"),
        (|all| all.claims[0].until = Some("2019-01-01".parse().unwrap()), "ends before it begins"),
        (|all| all.links[0].entry = kind(77), "is linked to the type"),
    ];
    for (change, part) in cases {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(bad.check().iter().any(|one| one.is_fault() && one.finding.detail.contains(part)), "{part}");
    }
    assert!(serde_json::from_str::<EntryState>("1").is_err());
}

#[test]
fn a_licence_makes_a_good_row() {
    let now = "2025-03-02T00:00:00Z".parse().unwrap();
    let metadata = metadata(1, "11010519491231002X", "111");
    let row = Row::of(&metadata, "1", "示例平台", now).unwrap();
    assert_eq!(row.check(), []);
    assert_eq!(row.cd_operation, Operation::Insert.code());
    assert!(!format!("{row:?}").contains("11010519491231002X"));
    let stored = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Row>(&stored).unwrap(), row);
    let mut without = metadata;
    without.region = None;
    assert!(Row::of(&without, "1", "示例平台", now).is_err());
}
