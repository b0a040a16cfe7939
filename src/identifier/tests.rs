use proptest::prelude::*;

use super::{
    BasicItemCode, CitizenNumber, CreditCode, ItemCode, ItemLevel, LicenceId, LicenceIdRule, Region, SealCode,
};
use super::{IssuerRule, LicenceTypeCode, RegionLevel, SealCodeRule, checksum};
use crate::error::ErrorKind;
use crate::finding::{Finding, Outcome};

/// The outcome of the needed findings of one check: the worst.
fn outcome(findings: &[Finding], check: &str) -> Option<Outcome> {
    findings.iter().filter(|finding| finding.check == check && finding.needed).map(|finding| finding.outcome).max()
}

const STRUCTURE: &str = "identifier.structure";
const CHECK: &str = "identifier.check-character";
const PARTS: &str = "identifier.parts";

#[test]
fn published_licence_identifiers_come_out_as_they_should() {
    use Outcome::{Fail, Pass};
    let known = [
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000000013338W011.11110000000021135M.20230329701.003.Y", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", Fail, Pass, Pass),
        ("1.2.156.3005.2.062301.1101101102.0624_001.001.U", Fail, Pass, Pass),
        (
            "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
            Pass,
            Fail,
            Pass,
        ),
        ("1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.002.0", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000039.001.0", Pass, Pass, Pass),
        ("1.2.156.3005.2.11100000MB03271699001.11621000MB0000019T.QY0000000000000000A1.001.T", Pass, Pass, Pass),
    ];
    for (text, structure, check, parts) in known {
        let findings = LicenceId::examine(text);
        assert_eq!(outcome(&findings, STRUCTURE), Some(structure), "{text}: {findings:#?}");
        assert_eq!(outcome(&findings, CHECK), Some(check), "{text}: {findings:#?}");
        let told = outcome(&findings, PARTS).unwrap_or(Pass);
        assert_eq!(told, parts, "{text}: {findings:#?}");
        let parsed = text.parse::<LicenceId>();
        if [structure, check, parts] == [Pass; 3] {
            assert_eq!(parsed.unwrap().to_string(), text);
        } else {
            let error = parsed.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed);
            assert!(!error.findings().is_empty());
        }
    }
}

#[test]
fn wrongly_built_licence_identifiers_are_told_apart() {
    let good = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    for (bad, told) in [
        (good.replace("3005", "3003"), "older software"),
        (good.replace("1.2.156.3005.2.", ""), "begins with"),
        (format!("{good}.U"), "five parts"),
        (good.replace(".001.", "."), "five parts"),
        (good.replace(".001.", ".000."), "version"),
        (good.replace(".001.", ".1."), "version"),
        (good.replace("20230000403", ""), "1 to 64"),
        (good.replace("20230000403", "2023000040a"), "capital letters"),
        (good.replace("20230000403", &"7".repeat(65)), "65"),
        (good.replace("W011", "W0A1"), "type"),
        (good.replace("L.2023", "I.2023"), "issuer"),
        (good.replace("1.2.156", "１.2.156"), "begins with"),
        (good.to_lowercase(), "small letter"),
        (good.replace(".001.", ".００1."), "version"),
        (format!("{good} "), "not one character"),
        (good.replace(".U", "."), "not one character"),
        (good.replace("1.2.156.3005.2.", "1.2.156.3005.2.."), "five parts"),
    ] {
        let findings = LicenceId::examine(&bad);
        assert_eq!(outcome(&findings, STRUCTURE), Some(Outcome::Fail), "{bad}: {findings:#?}");
        let detail = findings.iter().find(|finding| finding.outcome == Outcome::Fail).unwrap().detail.clone();
        assert!(detail.contains(told), "{bad}: {detail}");
    }
    // Another body's code, and a check character that goes with it: the code inside is wrong.
    let forged = LicenceId::examine("1.2.156.3005.2.11100000000013338W011.11430000006122244M.20230000403.001.S");
    assert_eq!(outcome(&forged, STRUCTURE), Some(Outcome::Pass));
    assert_eq!(outcome(&forged, PARTS), Some(Outcome::Fail));
}

#[test]
fn a_region_in_the_issuers_place_can_be_tolerated() {
    let rule = LicenceIdRule { issuer: IssuerRule::CreditCodeOrRegion, ..LicenceIdRule::default() };
    let text = "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9";
    assert_eq!(outcome(&LicenceId::examine_by(text, &rule), STRUCTURE), Some(Outcome::Pass));
    assert!(text.parse::<LicenceId>().is_err());
    let long = LicenceId::new(kind(), issuer(), &"A".repeat(40), 1).unwrap().to_string();
    let findings = LicenceId::examine(&long);
    assert!(findings.iter().any(|finding| !finding.needed && finding.detail.contains("40 characters")));
}

fn kind() -> LicenceTypeCode {
    "11100000000013338W001".parse().unwrap()
}

fn issuer() -> CreditCode {
    "11621000MB0000019T".parse().unwrap()
}

#[test]
fn licence_identifiers_are_built() {
    let first = LicenceId::new(kind(), issuer(), "2023000000001", 1).unwrap();
    assert_eq!(first.to_string(), "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1");
    let second = first.next().unwrap();
    assert_eq!((second.version(), second.check_character()), (2, '0'));
    for (serial, version) in [("", 1), ("2023 1", 1), ("a", 1), ("1", 0), ("1", 1000)] {
        let error = LicenceId::new(kind(), issuer(), serial, version).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "{serial} {version}");
    }
    assert_eq!(LicenceTypeCode::new(issuer(), 1000).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(LicenceTypeCode::new(issuer(), 7).unwrap().to_string(), "11621000MB0000019T007");
    let json = serde_json::to_string(&first).unwrap();
    assert_eq!(json, format!("\"{first}\""));
    assert_eq!(serde_json::from_str::<LicenceId>(&json).unwrap(), first);
    assert!(serde_json::from_str::<LicenceId>(&json.replace(".001.1", ".001.2")).is_err());
}

#[test]
fn credit_codes_are_checked() {
    for good in [
        "91350100M000100Y43",
        "11100000000013338W",
        "11100000MB03271699",
        "11330105002500287C",
        "91370406L24894136J",
        "11621000MB0000019T",
        "11621002MB0000027J",
        "11620000MB00000354",
    ] {
        let findings = CreditCode::examine(good);
        assert!(findings.iter().all(|finding| finding.outcome == Outcome::Pass), "{good}: {findings:#?}");
        assert_eq!(good.parse::<CreditCode>().unwrap().to_string(), good);
    }
    let code: CreditCode = "91350100M000100Y43".parse().unwrap();
    assert_eq!((code.category(), code.organisation()), ("91", "M000100Y4"));
    for (bad, check) in [
        ("91350100M000100Y44", CHECK),
        ("91350100M000100Y4", STRUCTURE),
        ("91350100M000100Y433", STRUCTURE),
        ("91350100M000100y43", STRUCTURE),
        ("91350100M00O100Y43", STRUCTURE),
        ("9135010AM000100Y43", STRUCTURE),
        ("９1350100M000100Y43", STRUCTURE),
        (" 91350100M000100Y43", STRUCTURE),
        ("91350100М000100Y43", STRUCTURE),
        ("91350100I000100Y43", STRUCTURE),
        ("91350100O000100Y43", STRUCTURE),
        ("91350100S000100Y43", STRUCTURE),
        ("91350100V000100Y43", STRUCTURE),
        ("91350100Z000100Y43", STRUCTURE),
        ("", STRUCTURE),
    ] {
        assert_eq!(outcome(&CreditCode::examine(bad), check), Some(Outcome::Fail), "{bad}");
        assert!(bad.parse::<CreditCode>().is_err());
    }
    // The inner check character is told and does not count.
    let inner = format!("91350100M000100Y{}", '5');
    let last = checksum::unified(inner.chars()).unwrap();
    let findings = CreditCode::examine(&format!("{inner}{last}"));
    assert!(findings.iter().any(|finding| finding.outcome == Outcome::Fail && !finding.needed), "{findings:#?}");
    assert!(format!("{inner}{last}").parse::<CreditCode>().is_ok());
}

#[test]
fn citizens_numbers_are_checked_and_masked() {
    for good in ["11010519491231002X", "440524188001010014"] {
        let number: CitizenNumber = good.parse().unwrap();
        assert_eq!(number.as_str(), good);
        let shown = format!("{number:?}");
        assert!(!shown.contains(&good[4..14]), "{shown}");
    }
    for (bad, check) in [
        ("110105194912310021", CHECK),
        ("11010519491231002x", STRUCTURE),
        ("110105491231002", STRUCTURE),
        ("1101051949123100", STRUCTURE),
        ("1101051949A231002X", STRUCTURE),
        ("１10105194912310021", STRUCTURE),
        ("11010519491231002Ｘ", STRUCTURE),
        (" 1010519491231002X", STRUCTURE),
        ("11010519491231002X\u{200B}", STRUCTURE),
        // 30 February, with the check character that goes with it.
        ("110105194902300027", PARTS),
    ] {
        let findings = CitizenNumber::examine(bad);
        assert_eq!(outcome(&findings, check), Some(Outcome::Fail), "{bad}: {findings:#?}");
        let error = bad.parse::<CitizenNumber>().unwrap_err();
        assert!(!format!("{error:?}").contains(bad), "{error:?}");
    }
    assert!(CitizenNumber::examine("110105491231002")[0].detail.contains("15 digits"));
    let number: CitizenNumber = "11010519491231002X".parse().unwrap();
    assert_eq!(number.region().unwrap().to_string(), "110105");
    let json = serde_json::to_string(&number).unwrap();
    assert_eq!(serde_json::from_str::<CitizenNumber>(&json).unwrap(), number);
}

#[test]
fn regions_nest() {
    let [county, city, province, country] =
        ["621002", "621000", "620000", "100000"].map(|text| text.parse::<Region>().unwrap());
    assert_eq!([county, city, province].map(Region::parent), [Some(city), Some(province), Some(country)]);
    assert_eq!(country.parent(), None);
    assert_eq!(country.level(), RegionLevel::Country);
    assert!(country.contains(&county) && city.contains(&county) && !county.contains(&city));
    for bad in ["990000", "620002", "62100", "6210021", "62100A", "100001", "０10000", ""] {
        assert_eq!(outcome(&Region::examine(bad), STRUCTURE), Some(Outcome::Fail), "{bad}");
        assert!(bad.parse::<Region>().is_err());
    }
}

#[test]
fn seal_codes_follow_their_registers_rule() {
    for good in ["6210020000001", "51010409013105"] {
        assert_eq!(good.parse::<SealCode>().unwrap().as_str(), good);
    }
    for (bad, check) in [
        ("621002000001", STRUCTURE),
        ("621002000000012", STRUCTURE),
        ("6210020000A01", STRUCTURE),
        ("9910020000001", PARTS),
        ("6210020000000", PARTS),
    ] {
        assert_eq!(outcome(&SealCode::examine(bad), check), Some(Outcome::Fail), "{bad}");
        assert!(bad.parse::<SealCode>().is_err());
    }
    fn odd(code: &str) -> Result<(), String> {
        if code.ends_with(['1', '3', '5', '7', '9']) { Ok(()) } else { Err("this register's numbers are odd".into()) }
    }
    let rule = SealCodeRule { lengths: vec![8], begins_with_region: false, further: Some(odd) };
    assert!(SealCode::parse_by("00000017", &rule).is_ok());
    let error = SealCode::parse_by("00000018", &rule).unwrap_err();
    assert!(error.to_string().contains("odd"), "{error}");
}

#[test]
fn item_codes_are_taken_apart() {
    let text = "11370800MB285591843370117002011";
    let code: ItemCode = text.parse().unwrap();
    assert_eq!(code.to_string(), text);
    assert_eq!((code.level(), code.basic().as_str()), (ItemLevel::City, "370117002011"));
    assert_eq!(ItemCode::new(code.body().clone(), code.level(), code.basic().clone()), code);
    for (bad, check) in [
        ("11370800MB285591843370117002", STRUCTURE),
        ("11370800MB285591847370117002011", STRUCTURE),
        ("11370800MB28559184337011700201A", STRUCTURE),
        ("11370800MB285591853370117002011", CHECK),
        ("11370800MB2855918４3701170020", STRUCTURE),
    ] {
        assert_eq!(outcome(&ItemCode::examine(bad), check), Some(Outcome::Fail), "{bad}");
        assert!(bad.parse::<ItemCode>().is_err());
    }
    assert!("37011700201".parse::<BasicItemCode>().is_err());
}

proptest! {
    /// No text makes any of them panic, and what is admitted prints as it was read.
    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}|[0-9A-Z.]{0,80}|1\\.2\\.156\\.3005\\.2\\.[0-9A-Z._]{0,60}") {
        if let Ok(id) = text.parse::<LicenceId>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<CreditCode>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<CitizenNumber>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<Region>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<ItemCode>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<SealCode>() { prop_assert_eq!(id.to_string(), text); }
    }

    /// Whatever single character is changed is found. Of characters that changed places the check finds nearly all.
    #[test]
    fn every_single_error_is_found(serial in "[0-9A-Z]{1,20}", at in 15usize..70, with in "[0-9A-Z]") {
        let text = LicenceId::new(kind(), issuer(), &serial, 1).unwrap().to_string();
        let at = at % text.len();
        let mut changed = text.clone();
        if at >= 15 && text[at..=at] != with && &text[at..=at] != "." {
            changed.replace_range(at..=at, &with);
            prop_assert!(changed.parse::<LicenceId>().is_err(), "{}", changed);
        }
    }
}
