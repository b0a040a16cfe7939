use super::{Element, Elements, HolderKind, Metadata, Standing};
use crate::finding::Outcome;
use crate::licence::remark::Remark;

const ID: &str = "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1";

/// Good metadata as one system spells them.
fn pairs() -> Vec<(&'static str, &'static str)> {
    vec![
        ("ZZMC", "示例许可证"),
        ("ZZLXMC", "示例许可证"),
        ("ZZLXDM", "11100000000013338W001"),
        ("ZZBH", "2023000000001"),
        ("ZZBS", ID),
        ("ZZBFJG", "示例市人民政府"),
        ("ZZBFJGDM", "11621000MB0000019T"),
        ("ZZBFRQ", "2023-06-01 08:00:00"),
        ("CZZT", "张示例"),
        ("CZZTDM", "11010519491231002X"),
        ("CZZTDMLX", "公民身份号码"),
        ("CZZTDMLXDM", "111"),
        ("ZZYXQQSSJ", "20230601"),
        ("ZZYXQJZRQ", "2028-05-31"),
        ("KZ_FWDZ", "示例路 1 号"),
    ]
}

fn read(pairs: &[(&str, &str)]) -> Elements {
    Elements::from_pairs(pairs.iter().copied()).unwrap()
}

fn faults(elements: &Elements) -> Vec<Remark> {
    elements.check().into_iter().filter(Remark::is_fault).collect()
}

#[test]
fn the_writer_is_strict_and_the_reader_reads_it() {
    let metadata = Metadata::of(&read(&pairs())).unwrap();
    let written = metadata.pairs();
    assert!(written.contains(&("ZZBFRQ".into(), "2023-06-01".into())));
    assert!(written.contains(&("ZZYXQQSRQ".into(), "2023-06-01".into())));
    assert!(written.contains(&("ZZBBH".into(), "001".into())));
    assert_eq!(Metadata::of(&Elements::from_pairs(written).unwrap()).unwrap(), metadata);
    let again = Elements::from_json(metadata.to_json().as_bytes()).unwrap();
    assert_eq!(Metadata::of(&again).unwrap(), metadata);
}

#[test]
fn the_stand_alone_xml_is_read_with_its_misspelling_and_in_base64() {
    use base64::Engine as _;
    let data: String = pairs()
        .iter()
        .map(|(name, value)| format!("<ofd:CuslomData Name=\"{name}\">{value}</ofd:CuslomData>"))
        .collect();
    let xml = format!("<?xml version=\"1.0\"?><xmi:XMI xmlns:xmi=\"x\" xmlns:ofd=\"y\"><a>&amp;</a>{data}</xmi:XMI>");
    let expected = Metadata::of(&read(&pairs())).unwrap();
    assert_eq!(Metadata::of(&Elements::from_xml(xml.as_bytes()).unwrap()).unwrap(), expected);
    let encoded = base64::engine::general_purpose::STANDARD.encode(&xml);
    let broken: String =
        encoded.as_bytes().chunks(76).map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap())).collect();
    assert_eq!(Metadata::of(&Elements::from_xml(broken.as_bytes()).unwrap()).unwrap(), expected);
    let named: String = pairs().iter().map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
    assert_eq!(Metadata::of(&Elements::from_xml(format!("<r>{named}</r>").as_bytes()).unwrap()).unwrap(), expected);
    let escaped =
        Elements::from_xml(b"<r><ZZMC>A &amp; &#66;</ZZMC><CustomData Name=\"ZZBH\"><![CDATA[<1>]]></CustomData></r>")
            .unwrap();
    assert_eq!((escaped.first(Element::Name), escaped.first(Element::Number)), (Some("A & B"), Some("<1>")));
    for bad in ["", "neither", "<r><ZZMC>a", "<r></s>", "AAAA"] {
        assert!(Elements::from_xml(bad.as_bytes()).is_err(), "{bad}");
    }
    let deep = "<a>".repeat(1000);
    assert!(Elements::from_xml(deep.as_bytes()).unwrap_err().to_string().contains("nested deeper"));
}

#[test]
fn json_of_interfaces_is_read() {
    let elements = Elements::from_json(
        br#"{"certificate_issuing_authority_date": 1685577600000, "certificate_holder_name": ["A", "B"],
             "certificate_validate_end": null, "KZ_X": {"a": 1}}"#,
    )
    .unwrap();
    assert_eq!(elements.day(Element::Issued).unwrap().to_string(), "2023-06-01");
    assert_eq!(elements.values(Element::Holder), ["A", "B"]);
    assert!(elements.values(Element::ValidUntil).is_empty());
    assert_eq!(elements.extensions()["KZ_X"], "{\"a\":1}");
    for bad in ["[]", "1", "{", ""] {
        assert!(Elements::from_json(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn each_fault_is_found_where_it_is() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("ZZMC", "", "licence.metadata", "ZZMC 证照名称 is missing"),
        ("ZZLXDM", "11100000000013338W002", "licence.identifier", "where ZZLXDM"),
        ("ZZLXDM", "11100000000013339W001", "licence.metadata", "has to be"),
        ("ZZBFJGDM", "11621002MB0000027J", "licence.identifier", "where ZZBFJGDM"),
        ("ZZBFJGDM", "11621000MB0000019X", "licence.metadata", "ZZBFJGDM"),
        ("ZZBFRQ", "20230631", "licence.metadata", "no date"),
        ("ZZYXQJZRQ", "2022-01-01", "licence.metadata", "before it begins"),
        ("CZZTDM", "110105194912310021", "licence.holder", "holder 1"),
        ("CZZTDMLXDM", "112", "licence.metadata", "16 codes"),
        ("CZZTDMLX", "普通护照", "licence.holder", "names another kind"),
        // Born after the licence was issued.
        ("CZZTDM", "110105202502190026", "licence.holder", "date of birth of holder 1"),
        ("CZZT", "张\u{200B}示例", "licence.metadata", "does not show"),
        ("ZZBH", "20230000\u{202E}00001", "licence.metadata", "does not show"),
        ("KZ_FWDZ", "示例\u{FEFF}路", "licence.metadata", "KZ_FWDZ"),
        (
            "ZZBS",
            "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.2",
            "identifier.check-character",
            "has to be 1",
        ),
        ("ZZBS", "1.2.156.3005.2.11100000000013338W001.340100.2023000000001.001.1", "identifier.structure", "issuer"),
    ];
    for (name, value, check, part) in cases {
        let mut changed = pairs();
        changed.iter_mut().filter(|(own, _)| own == name).for_each(|pair| pair.1 = value);
        let found = faults(&read(&changed));
        let hit = found.iter().find(|one| one.check() == *check && one.finding.detail.contains(part));
        assert!(hit.is_some_and(|one| !one.chinese.is_empty()), "{name}={value}: {found:#?}");
        assert!(Metadata::of(&read(&changed)).is_err(), "{name}={value}");
        let text = format!("{found:?}");
        assert!(!text.contains("110105194912310021"), "{text}");
    }
    assert!(faults(&read(&pairs())).is_empty());
    for extra in [
        ("ZZMC", "另一"),
        ("KZ_FWDZ", "b"),
        ("CZZT", "李示例"),
        ("JZJZZZ", "某"),
        ("ZZBBH", "002"),
        ("GXSDBM", "990000"),
        ("ZZDYJGDM", "11621000MB0000019T"),
    ] {
        let mut changed = pairs();
        changed.push(extra);
        assert!(!faults(&read(&changed)).is_empty(), "{extra:?}");
    }
    for twice in [r#"{"ZZBH": "1", "ZZBH": "2"}"#, r#"{"KZ_A": {"a": 1, "a": 2}}"#] {
        let error = Elements::from_json(twice.as_bytes()).unwrap_err();
        assert!(format!("{error}").contains("occurs twice"), "{error}");
    }
    let mut odd = pairs();
    odd.push(("XYZ", "1"));
    assert!(faults(&read(&odd)).is_empty());
    assert!(read(&odd).check().iter().any(|one| !one.finding.needed && one.finding.detail.contains("XYZ")));
}

#[test]
fn holders_go_in_pairs_however_they_come() {
    let with = |names: &'static str, codes: &'static str, kinds: &'static str| {
        let mut changed = pairs();
        changed.retain(|(name, _)| !name.starts_with("CZZTDMLX"));
        changed.iter_mut().for_each(|pair| match pair.0 {
            "CZZT" => pair.1 = names,
            "CZZTDM" => pair.1 = codes,
            _ => {}
        });
        changed.push(("CZZTDMLXDM", kinds));
        read(&changed)
    };
    let two = Metadata::of(&with("张示例,李示例", "11010519491231002X,440524188001010014", "111")).unwrap();
    assert_eq!(two.holders.len(), 2);
    assert_eq!((two.holders[1].name.as_str(), two.holders[1].kind), ("李示例", HolderKind::CitizenNumber));
    let mixed = Metadata::of(&with("张示例、示例公司", "11010519491231002X、91350100M000100Y43", "111、001")).unwrap();
    assert_eq!(mixed.holders[1].kind, HolderKind::CreditCode);
    let again = Metadata::of(&Elements::from_pairs(mixed.pairs()).unwrap()).unwrap();
    assert_eq!(again, mixed);
    // A comma in a name is no separator where there is one code.
    let comma = Metadata::of(&with("甲,乙（合伙）", "91350100M000100Y43", "001")).unwrap();
    assert_eq!(comma.holders[0].name, "甲,乙（合伙）");
    assert!(Metadata::of(&with("张示例,李示例,王示例", "11010519491231002X,440524188001010014", "111")).is_err());
    assert!(Metadata::of(&with("示例公司,张示例", "11010519491231002X,91350100M000100Y43", "001,111")).is_err());
}

#[test]
fn sixteen_kinds_of_holders_are_told_apart() {
    assert_eq!(HolderKind::ALL.len(), 16);
    for kind in HolderKind::ALL {
        assert_eq!(HolderKind::of(kind.code()), Some(kind));
        assert_eq!(HolderKind::named(kind.chinese()), Some(kind));
        assert_eq!(kind.is_person(), kind.code() >= "111");
        let good = match kind {
            HolderKind::CreditCode => "91350100M000100Y43",
            HolderKind::CitizenNumber => "11010519491231002X",
            HolderKind::ArmyOfficer => "军字第2001988号",
            _ => "E12345678",
        };
        assert_eq!(kind.fault(good), None, "{kind}");
        for bad in ["", "a b", "E1234;5678", &"9".repeat(65)] {
            assert!(kind.fault(bad).is_some(), "{kind} {bad}");
        }
    }
    assert!(HolderKind::CreditCode.fault("11010519491231002X").is_some());
    assert!(HolderKind::CitizenNumber.fault("91350100M000100Y43").is_some());
    assert_eq!(HolderKind::of("112"), None);
}

#[test]
fn persons_numbers_are_masked() {
    let elements = read(&pairs());
    let metadata = Metadata::of(&elements).unwrap();
    for text in [format!("{elements:?}"), format!("{metadata:?}"), format!("{:?}", elements.check())] {
        assert!(!text.contains("11010519491231002X"), "{text}");
    }
    assert!(format!("{metadata:?}").contains("110***********002X"));
    assert_eq!(super::holder::mask("E1234567"), "******67");
}

#[test]
fn standing_follows_the_days() {
    let metadata = Metadata::of(&read(&pairs())).unwrap();
    let on = |day: &str| metadata.standing(day.parse().unwrap());
    assert_eq!(on("2023-05-31"), Standing::NotYet);
    assert_eq!((on("2023-06-01"), on("2028-05-31")), (Standing::InForce, Standing::InForce));
    assert_eq!(on("2028-06-01"), Standing::Ended);
    let mut lasting = metadata.clone();
    (lasting.valid_from, lasting.valid_until) = (None, None);
    assert_eq!(lasting.standing("2999-01-01".parse().unwrap()), Standing::InForce);
    assert_eq!(lasting.standing("2023-05-31".parse().unwrap()), Standing::NotYet);
}

#[test]
fn there_are_26_elements_and_each_is_found_by_all_its_names() {
    // The 26th is the extensions.
    let numbers: std::collections::BTreeSet<_> = Element::ALL.iter().map(|element| element.number()).collect();
    assert_eq!(numbers, (1..=25).collect());
    for element in Element::ALL {
        for name in [element.short_name(), element.english_name(), element.chinese()] {
            assert_eq!(Element::of(name), Some(*element), "{name}");
        }
    }
    assert_eq!(Element::of("ZZYXQJZSJ"), Some(Element::ValidUntil));
    assert_eq!(Element::of("nonsense"), None);
    assert!(Elements::from_pairs((0..5000).map(|_| ("CZZT", "a"))).is_err());
    let passes = read(&pairs()).check();
    assert!(passes.iter().all(|one| one.outcome() == Outcome::Pass));
}
