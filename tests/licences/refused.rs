//! What is not issued, and what is read with doubt.

use std::collections::BTreeMap;

use eseal::licence::{Day, Face, Licence, Metadata, Profile, Reading, State};
use eseal::verify::{LicenceState, ResultCode};
use eseal::{Document as _, ErrorKind, Mm, Ofd, Page, Pdf, Stamp, Verdict};

use crate::common;
use crate::common::package::Package;
use crate::frame::{assert_licence, laid_out, ofd, read, resealed, world};
use crate::samples::{self, TYPES};

/// A seal that would leave something out is refused, and so is one of another body.
#[test]
fn seals_that_leave_something_out_are_refused() {
    let world = world();
    let office = world.office(2).unwrap();
    let refused = |stamp: Stamp<'_>, kind: ErrorKind, part: &str| {
        let error = laid_out("teacher").to_ofd().unwrap().issue(stamp, &office.by).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    };
    let composed = laid_out("teacher").to_ofd().unwrap();
    let names: Vec<_> =
        Package::read(&composed.document().as_bytes()).names().iter().map(|name| name.to_string()).collect();
    for left in ["OFD.xml", "licence.json", "Attachments.xml", "CustomTags.xml", "Content.xml"] {
        let left = names
            .iter()
            .find(|name| name.ends_with(left) || (left == "licence.json" && name.ends_with(".json")))
            .unwrap();
        let all_but = names.iter().filter(|name| *name != left).cloned();
        refused(world.stamp(&office).unwrap().protecting(all_but), ErrorKind::NotAllowed, left);
    }
    refused(Stamp::signature(world.now), ErrorKind::NotAllowed, "sealed with a seal");
    // All of them by name is as good as all.
    let all = world.stamp(&office).unwrap().protecting(names);
    let sealed = composed.issue(all, &office.by).unwrap().finish().unwrap();
    assert_licence("all", &read(&world, &sealed, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
    let other = world.office(6).unwrap();
    for error in [
        laid_out("teacher").to_ofd().unwrap().issue(world.stamp(&other).unwrap(), &other.by).unwrap_err(),
        laid_out("teacher").to_pdf().unwrap().issue(world.stamp(&other).unwrap(), &other.by).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("wrong issuer code for the seal's owner"), "{error}");
    }
}

/// Days and the issuer's record, by the codes of the sharing interface.
#[test]
fn days_and_records_are_told_by_their_codes() {
    let world = world();
    let document = ofd(&world, "medical-institution");
    let on = |day: &str| Reading::new().on(day.parse::<Day>().unwrap().start());
    for (day, verdict, code, fails) in [
        ("2025-02-17", Verdict::Invalid, ResultCode::NotYetActive, &["licence.in-force"][..]),
        ("2025-02-18", Verdict::Valid, ResultCode::Valid, &[]),
        ("2030-02-17", Verdict::Valid, ResultCode::Valid, &[]),
        ("2030-02-18", Verdict::Invalid, ResultCode::NoLongerValid, &["licence.in-force"]),
    ] {
        assert_licence(day, &read(&world, &document, &on(day)), verdict, code, fails);
    }
    for (state, code) in [
        (LicenceState::from(&State::Valid), ResultCode::Valid),
        (LicenceState::from(&State::Inactive), ResultCode::NotYetActive),
        (LicenceState::from(&State::Suspended), ResultCode::Suspended),
        (LicenceState::from(&State::Revoked), ResultCode::NoLongerValid),
        (LicenceState::from(&State::Superseded), ResultCode::NoLongerValid),
        (LicenceState::NotOnRecord, ResultCode::NotFound),
        (LicenceState::Unknown, ResultCode::Insufficient),
    ] {
        let licence = read(&world, &document, &Reading::new().state(state));
        assert_eq!(licence.result_code(), code, "{state:?}");
        assert_eq!(licence.verdict() == Verdict::Valid, code == ResultCode::Valid, "{state:?}");
        assert_eq!(licence.require_good().is_ok(), code == ResultCode::Valid, "{state:?}");
    }
    // What is wrong stays wrong, whatever else has ended.
    let office = world.office(6).unwrap();
    let attacked = resealed(&world, Package::read(&document.as_bytes()), &office);
    let licence = read(&world, &attacked, &on("2030-02-18"));
    assert_licence("both", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.in-force", "licence.issuer"]);
}

/// Data that are not what the profile asks for are not laid out; the error names the item and shows no number.
#[test]
fn data_that_break_the_profile_are_refused() {
    let refused = |name: &str, change: &dyn Fn(&mut Metadata, &mut Face), part: &str| {
        let (mut metadata, mut face) = (samples::metadata(name, 7).unwrap(), samples::face(name).unwrap());
        change(&mut metadata, &mut face);
        let error = samples::composer(name).unwrap().lay_out(&metadata, &face).unwrap_err();
        let told = format!("{error:?}");
        assert!(told.contains(part), "{part}: {told}");
        assert!(!format!("{error:?}").contains("110105194912310021"), "{error:?}");
    };
    let text = |name: &str, key: &str, value: &str, part: &str| {
        let change = |_: &mut Metadata, face: &mut Face| {
            face.text(key, value);
        };
        refused(name, &change, part);
    };
    text("teacher", "subject", "", "\"subject\", 任教学科, is missing");
    text("teacher", "kind", "大学教师", "is none of");
    text("teacher", "born", "1949-02-30", "\"born\"");
    text("teacher", "photo", "none", "\"photo\"");
    text("teacher", "extra", "x", "is no item");
    text("teacher", "name", "x", "is no item");
    refused("teacher", &|metadata, _| metadata.region = None, "region");
    refused("teacher", &|metadata, _| metadata.number = "1".into(), "\"number\"");
    refused("teacher", &|metadata, _| metadata.valid_until = Some("2030-01-01".parse().unwrap()), "for good");
    refused("teacher", &|metadata, _| metadata.type_name = "另一证".into(), "is called");
    refused("teacher", &|metadata, _| metadata.holders[0].code = "110105194912310021".into(), "holder 1");
    refused("teacher", &|metadata, _| metadata.holders.push(metadata.holders[0].clone()), "2 holders");
    text("birth", "mother_citizen", "110105194912310021", "\"mother_citizen\"");
    text("birth", "weight", "3.2千克", "\"weight\"");
    refused("housing-fund", &|metadata, _| metadata.valid_until = None, "last day");
    refused(
        "housing-fund",
        &|_, face| {
            face.rows("payments", Vec::new());
        },
        "rows",
    );
    refused(
        "housing-fund",
        &|_, face| {
            face.rows("payments", vec![BTreeMap::from([("month".to_owned(), "2024-06".to_owned())])]);
        },
        "row 1 of \"payments\"",
    );
    refused("medical-institution", &|metadata, _| metadata.valid_until = None, "5 years");
    // Text that does not fit its place is never cut off.
    refused("teacher", &|metadata, _| metadata.holders[0].name = "示".repeat(200), "name");
}

/// Each profile is good, and each fault of one is told.
#[test]
fn profiles_are_checked() {
    for name in TYPES {
        let profile = samples::profile(name).unwrap();
        assert!(profile.check().iter().all(|one| !one.is_fault()), "{name}");
        let stored = serde_json::to_string(&profile).unwrap();
        assert_eq!(Profile::from_json(stored).unwrap(), profile, "{name}");
    }
    let good: serde_json::Value = serde_json::from_slice(&common::sample("licence-profiles/teacher.json")).unwrap();
    let faulty = |pointer: &str, value: serde_json::Value, part: &str| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let error = Profile::from_json(changed.to_string()).unwrap_err();
        assert!(format!("{error:?}").contains(part), "{pointer}: {error:?}");
    };
    use serde_json::json;
    faulty("/version", json!(0), "begins with 1");
    faulty("/type/definer/code", json!("11621000MB0000019T"), "defining body");
    faulty("/type/holder_kinds", json!([]), "no kind of holder");
    faulty("/items/0/key", json!("1name"), "is no key");
    faulty("/items/1/key", json!("name"), "is taken");
    faulty("/items/0/source", json!("ZZZZ"), "is no element");
    faulty("/items/7/kind", json!("list"), "columns");
    faulty("/items/6/key", json!("other"), "asks for");
    faulty("/seals/0/slot", json!("nowhere"), "no slot");
    faulty("/seals/0/issuer", json!(2), "issuer 2");
    faulty("/seals", json!([]), "no seal");
    faulty("/copy/watermark", json!("copy"), "{purpose}");
    faulty("/items/8/least", json!(18), "at least more");
    faulty("/type", json!({}), "cannot be read");
    // Rules that contradict each other.
    let with = |pointer: &str, key: &str, value: serde_json::Value| {
        let mut part = good.pointer(pointer).unwrap().clone();
        part[key] = value;
        part
    };
    faulty("/type", with("/type", "most_holders", json!(0)), "one holder");
    faulty("/validity", json!({"years": 0}), "never");
    faulty("/items/6", with("/items/6", "most", json!(0)), "nothing at all");
    let choices = good["items"].as_array().unwrap().iter().position(|item| item.get("choices").is_some()).unwrap();
    let pointer = format!("/items/{choices}");
    faulty(&pointer, with(&pointer, "least", json!(9)), "the choice ");
    faulty(&pointer, with(&pointer, "kind", json!("integer")), "the choice ");
    faulty(&format!("/items/{choices}/choices"), json!(["幼儿园", "小\u{200B}学"]), "does not show");
    assert_eq!(Profile::from_json(vec![b' '; 5 << 20]).unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(Profile::from_json("[".repeat(100_000)).is_err());
}

/// Licences of others have metadata, and no data to compare them with: that is told, and tolerated on request.
#[test]
fn licences_of_other_products_are_read_with_doubt() {
    use eseal::ofd::{Content, NewFont, NewOfd, Text};
    let world = world();
    let office = world.office(2).unwrap();
    let mut new = NewOfd::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
    let song = new.font(NewFont::named("宋体")).unwrap();
    let mut page = Content::new();
    page.text(Text::new("教师资格证书", song, Mm(8.0)).at(Mm(60.0), Mm(60.0)));
    new.page(page);
    for (name, value) in samples::metadata("teacher", 7).unwrap().pairs() {
        new.custom_data(name.replace("ZZYXQ", "zzyxq"), value.replace("2025-02-18", "20250218"));
    }
    let bare = new.finish().unwrap();
    let sealed = world.stamp(&office).unwrap().on(Page(1), Mm(100.0), Mm(200.0)).apply(&bare, &office.by).unwrap();
    let licence = read(&world, &sealed, &Reading::new());
    assert_licence("bare", &licence, Verdict::Indeterminate, ResultCode::Insufficient, &[]);
    let licence = read(&world, &sealed, &Reading::new().tolerate_bare());
    assert_licence("tolerated", &licence, Verdict::Valid, ResultCode::Valid, &[]);
    assert_eq!(licence.require_good().unwrap().metadata.issued.to_string(), "2025-02-18");
    // Metadata outside of what is sealed.
    let names: Vec<_> = Package::read(&bare.as_bytes()).names().iter().map(|name| name.to_string()).collect();
    let all_but = names.into_iter().filter(|name| name != "OFD.xml");
    let stamp = world.stamp(&office).unwrap().protecting(all_but).on(Page(1), Mm(100.0), Mm(200.0));
    let loose = stamp.apply(&bare, &office.by).unwrap();
    let forged = Package::read(&loose.as_bytes()).edited("OFD.xml", "张示例", "王示例").write();
    let forged = Ofd::read(forged).unwrap();
    let report = world.verifier().document(&forged, world.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid);
    let licence = read(&world, &forged, &Reading::new().tolerate_bare());
    assert_licence("loose", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.protected"]);
    // And what is no licence at all.
    let plain = Pdf::read(common::sample("forms/form-fill.pdf")).unwrap();
    let stamped = world.stamp(&office).unwrap().on(Page(1), Mm(100.0), Mm(200.0)).apply(&plain, &office.by).unwrap();
    let error = Licence::judge(world.verifier().document(&stamped, world.now).unwrap(), &Reading::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let unsigned = read(&world, &bare, &Reading::new());
    assert_eq!((unsigned.verdict(), unsigned.result_code()), (Verdict::Unsigned, ResultCode::NotFound));
}
