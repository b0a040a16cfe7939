//! Licences: issued, attacked, read back.

#![cfg(feature = "licence")]

mod common;
#[path = "../examples/licence/samples.rs"]
mod samples;
#[path = "../examples/licence/world.rs"]
mod world;

use std::collections::BTreeMap;

use common::package::Package;
use eseal::authority::Algorithm;
use eseal::licence::{
    Carrier, Composed, CopyNote, Day, Elements, Face, Issued, Licence, Metadata, Profile, Reading, State,
};
use eseal::verify::{LicenceState, ResultCode};
use eseal::{
    Document, Error, ErrorKind, Finding, Mm, Ofd, Outcome, Page, Payload, Pdf, Stamp, Verdict,
};
use samples::TYPES;
use world::{Office, World};

fn world() -> World {
    World::new(Algorithm::P256).unwrap()
}

fn offices(world: &World, name: &str) -> Vec<Office> {
    samples::issuers(name).iter().map(|number| world.office(*number).unwrap()).collect()
}

fn issue<D: Carrier>(world: &World, composed: Composed<D>, name: &str) -> D {
    let offices = offices(world, name);
    let mut issued = composed.issue(world.stamp(&offices[0]).unwrap(), &offices[0].by).unwrap();
    for office in &offices[1..] {
        issued = issued.seal(world.stamp(office).unwrap(), &office.by).unwrap();
    }
    issued.finish().unwrap()
}

fn laid_out(name: &str) -> eseal::licence::LaidOut {
    laid_out_with(name, &samples::metadata(name, 7).unwrap(), &samples::face(name).unwrap())
}

fn laid_out_with(name: &str, metadata: &Metadata, face: &Face) -> eseal::licence::LaidOut {
    samples::composer(name).unwrap().lay_out(metadata, face).unwrap()
}

fn pdf(world: &World, name: &str) -> Pdf {
    issue(world, laid_out(name).to_pdf().unwrap(), name)
}

fn ofd(world: &World, name: &str) -> Ofd {
    issue(world, laid_out(name).to_ofd().unwrap(), name)
}

fn read<D: Carrier>(world: &World, document: &D, reading: &Reading<'_>) -> Licence {
    Licence::judge(world.verifier().document(document, world.now).unwrap(), reading).unwrap()
}

fn findings(licence: &Licence) -> Vec<Finding> {
    licence.findings().iter().map(|remark| remark.finding.clone()).collect()
}

/// Asserts the verdict, the result code, and that exactly these checks of the licence fail.
#[track_caller]
fn assert_licence(what: &str, licence: &Licence, verdict: Verdict, code: ResultCode, fails: &[&str]) {
    common::assert_judged(what, licence.verdict(), &findings(licence), verdict, fails);
    assert_eq!(licence.result_code(), code, "{what}");
    for remark in licence.findings() {
        assert!(!remark.chinese.is_empty(), "{remark}");
    }
    let told = format!("{licence} {licence:?} {}", serde_json::to_string(licence).unwrap());
    for number in samples::CITIZENS {
        assert!(!told.contains(number), "{what}: a citizen's number is shown\n{told}");
    }
}

/// Each of six types, in both formats, by both algorithms: what was given comes back.
#[test]
fn what_is_issued_is_read_back_equal() {
    for algorithm in [Algorithm::P256, Algorithm::Sm2] {
        let world = World::new(algorithm).unwrap();
        for name in TYPES {
            let (metadata, face) = (samples::metadata(name, 7).unwrap(), samples::face(name).unwrap());
            let laid_out = laid_out_with(name, &metadata, &face);
            let profile = samples::profile(name).unwrap();
            let reading = Reading::new().profile(&profile).state(LicenceState::InForce);
            let (pdf, ofd) = (
                issue(&world, laid_out.to_pdf().unwrap(), name),
                issue(&world, laid_out.to_ofd().unwrap(), name),
            );
            for licence in [read(&world, &pdf, &reading), read(&world, &ofd, &reading)] {
                assert_licence(name, &licence, Verdict::Valid, ResultCode::Valid, &[]);
                let passed = |check: &str| licence.findings().iter().any(|one| one.check() == check);
                for check in ["licence.protected", "licence.data", "licence.data-same", "licence.face", "licence.issuer"] {
                    assert!(passed(check), "{name} {check}");
                }
                let good = licence.require_good().unwrap();
                assert_eq!(good.metadata, metadata, "{name}");
                for (key, value) in face.iter() {
                    match value {
                        eseal::licence::FaceValue::Picture(bytes) => {
                            assert!(good.has_picture(key, bytes).unwrap(), "{name} {key}");
                            assert!(!good.has_picture(key, &samples::portrait(usize::from(name != "teacher")).unwrap()).unwrap());
                        }
                        value => assert_eq!(good.face.get(key), Some(value), "{name} {key}"),
                    }
                }
            }
        }
    }
}

/// The file as an attacker edits it: what the seal protects cannot be changed, and nothing is read out of it.
#[test]
fn edits_of_a_sealed_ofd_are_found_and_nothing_is_read() {
    let world = world();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let photo = package.names().iter().find(|name| name.ends_with(".png") && name.contains("Res")).unwrap().to_string();
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let tags = package.names().iter().filter(|name| name.contains("Tags/Tag_")).map(|name| name.to_string()).collect::<Vec<_>>();
    let mut attacks = vec![
        ("metadata edited", package.clone().edited("OFD.xml", "20256210", "20256211"), "OFD.xml".to_owned()),
        ("face edited", package.clone().edited(page, "张示例", "王示例"), page.to_owned()),
        ("data edited", package.clone().edited(&data, "高级中学", "初级中学"), data.clone()),
        ("photo swapped", package.clone().with(&photo, samples::portrait(0).unwrap()), photo.clone()),
    ];
    for tag in &tags {
        attacks.push(("tags edited", package.clone().edited(tag, "</", " </"), tag.clone()));
    }
    for (what, attacked, part) in attacks {
        let attacked = Ofd::read(attacked.write()).unwrap();
        let licence = read(&world, &attacked, &Reading::new());
        assert_eq!((licence.verdict(), licence.result_code()), (Verdict::Invalid, ResultCode::Wrong), "{what}");
        common::assert_told(what, &findings(&licence), "document.references", Outcome::Fail, &part);
        assert!(licence.elements().values(eseal::licence::Element::Name).is_empty(), "{what}");
        let error = licence.require_good().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotValid, "{what}");
    }
}

#[test]
fn edits_of_a_sealed_pdf_are_found_and_nothing_is_read() {
    let world = world();
    let bytes = pdf(&world, "teacher").as_bytes().into_owned();
    // Anywhere within what was signed.
    for at in [200, bytes.len() / 3, bytes.len() / 2] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let Ok(changed) = Pdf::read(changed) else { continue };
        let Ok(report) = world.verifier().document(&changed, world.now) else { continue };
        let licence = Licence::judge(report, &Reading::new()).unwrap();
        assert_ne!(licence.verdict(), Verdict::Valid, "byte {at}");
        assert!(licence.require_good().is_err());
    }
}

/// Takes the seals off an OFD, so that another may be put on.
fn unsealed(package: Package) -> Package {
    let mut plain = package.clone();
    for name in package.names().iter().filter(|name| name.contains("Signs/")) {
        plain = plain.without(name);
    }
    let text = plain.text("OFD.xml");
    let Some((head, rest)) = text.split_once("<ofd:Signatures>") else { return plain };
    let tail = rest.split_once("</ofd:Signatures>").unwrap().1;
    plain.with("OFD.xml", format!("{head}{tail}"))
}

/// Sealed again by whoever has a key that is trusted.
fn resealed(world: &World, package: Package, office: &Office) -> Ofd {
    let ofd = Ofd::read(unsealed(package).write()).unwrap();
    let stamp = world.stamp(office).unwrap().on(Page(1), Mm(200.0), Mm(120.0));
    stamp.apply(&ofd, &office.by).unwrap()
}

/// The same edits, sealed again by another key that verifiers trust: the licence contradicts itself, or its issuer.
#[test]
fn edits_that_are_sealed_again_contradict_the_data_or_the_issuer() {
    let world = world();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let photo = package.names().iter().find(|name| name.ends_with(".png") && name.contains("Res")).unwrap().to_string();
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let (own, other) = (world.office(2).unwrap(), world.office(6).unwrap());
    let unknown = world.office_of("示例协会", None, 77).unwrap();
    let attacks = [
        ("nothing edited", package.clone(), vec![]),
        ("metadata edited", package.clone().edited("OFD.xml", "张示例", "王示例"), vec!["licence.data-same"]),
        ("face edited", package.clone().edited(page, "高级中学", "幼儿园的"), vec!["licence.face"]),
        ("data edited", package.clone().edited(&data, "\"subject\":\"语文\"", "\"subject\":\"数学\""), vec!["licence.data"]),
        ("photo swapped", package.clone().with(&photo, samples::portrait(0).unwrap()), vec!["licence.picture"]),
    ];
    for (what, attacked, fails) in attacks {
        // By the issuer's own office: what contradicts itself is told.
        let verdict = if fails.is_empty() { Verdict::Valid } else { Verdict::Invalid };
        let code = if fails.is_empty() { ResultCode::Valid } else { ResultCode::Wrong };
        let licence = read(&world, &resealed(&world, attacked.clone(), &own), &Reading::new());
        assert_licence(what, &licence, verdict, code, &fails);
        // By another body's.
        let mut more = fails.clone();
        more.push("licence.issuer");
        let licence = read(&world, &resealed(&world, attacked.clone(), &other), &Reading::new());
        assert_licence(what, &licence, Verdict::Invalid, ResultCode::Wrong, &more);
        common::assert_told(what, &findings(&licence), "licence.issuer", Outcome::Fail, "wrong issuer code for the seal's owner");
        // By one whose certificate names no body: that cannot be told, and does not count.
        let licence = read(&world, &resealed(&world, attacked, &unknown), &Reading::new());
        assert_licence(what, &licence, verdict, code, &fails);
        common::assert_told(what, &findings(&licence), "licence.issuer", Outcome::Pass, "cannot be told");
    }
}

/// Data, digest and metadata changed together, and sealed again: the face tells.
#[test]
fn data_that_agree_with_each_other_have_to_agree_with_the_face() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    let before = package.text(&data);
    // The number in the metadata and on the face's line both.
    let after = before.replace("20256210", "20256211");
    let digest = |text: &str| sm3(text.as_bytes());
    let entrance = package.text("OFD.xml").replace("20256210", "20256211").replace(&digest(&before), &digest(&after));
    let attacked = package.clone().with(&data, after).with("OFD.xml", entrance);
    let licence = read(&world, &resealed(&world, attacked, &own), &Reading::new());
    assert_licence("number", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.face"]);
    // A wrong check character of the identifier, everywhere.
    let id = samples::metadata("teacher", 7).unwrap().id.to_string();
    let bad = format!("{}{}", &id[..id.len() - 1], if id.ends_with('A') { 'B' } else { 'A' });
    let after = before.replace(&id, &bad);
    let entrance = package.text("OFD.xml").replace(&id, &bad).replace(&digest(&before), &digest(&after));
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let attacked = package.clone().with(&data, after).with("OFD.xml", entrance);
    let shown = attacked.text(page).replace(&id, &bad);
    let licence = read(&world, &resealed(&world, attacked.with(page, shown), &own), &Reading::new());
    assert_licence("check", &licence, Verdict::Invalid, ResultCode::Wrong, &["identifier.check-character"]);
    assert!(licence.require_good().is_err());
}

fn sm3(bytes: &[u8]) -> String {
    use ::sm3::Digest as _;
    ::sm3::Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Words that the data do not have, and words that are gone.
#[test]
fn words_put_onto_the_face_or_taken_off_it_are_found() {
    let world = world();
    let own = world.office(2).unwrap();
    let package = Package::read(&ofd(&world, "teacher").as_bytes());
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let text = package.text(page);
    let start = text.rfind("<ofd:TextObject").unwrap();
    let end = start + text[start..].find("</ofd:TextObject>").unwrap() + "</ofd:TextObject>".len();
    let gone = format!("{}{}", &text[..start], &text[end..]);
    let more = text[start..end].replacen("Boundary=\"", "Boundary=\"10 10 10 10\" Old=\"", 1);
    let more = format!("{}{more}{}", &text[..end], &text[end..]);
    for (what, changed, part) in
        [("taken off", gone, "does not show"), ("put onto", more, "that the data do not have")]
    {
        let attacked = resealed(&world, package.clone().with(page, changed), &own);
        let licence = read(&world, &attacked, &Reading::new());
        assert_eq!(licence.verdict(), Verdict::Invalid, "{what}: {licence}");
        common::assert_told(what, &findings(&licence), "licence.face", Outcome::Fail, part);
    }
}

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
        let left = names.iter().find(|name| name.ends_with(left) || (left == "licence.json" && name.ends_with(".json"))).unwrap();
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

/// Two bodies issue one licence: each in its slot, and it is not finished before both have.
#[test]
fn licences_of_several_issuers_have_all_their_seals() {
    fn check<D: Carrier>(world: &World, composed: impl Fn() -> Composed<D>) {
        let offices = offices(world, "birth");
        // In any order: each finds its slot by its code.
        let issued = composed().issue(world.stamp(&offices[1]).unwrap(), &offices[1].by).unwrap();
        assert_eq!(issued.missing().collect::<Vec<_>>(), ["签发机构"]);
        let half = issued.document().clone();
        let error = issued.clone().finish().unwrap_err();
        assert!(error.to_string().contains("签发机构"), "{error}");
        let licence = read(world, &half, &Reading::new());
        assert_licence("half", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.issuer"]);
        let twice: Result<Issued<D>, Error> = issued.clone().seal(world.stamp(&offices[1]).unwrap(), &offices[1].by);
        assert_eq!(twice.unwrap_err().kind(), ErrorKind::Mismatch);
        let whole = issued.seal(world.stamp(&offices[0]).unwrap(), &offices[0].by).unwrap();
        assert!(whole.file_name().starts_with("1.2.156.3005.2.") && whole.file_name().contains(".001."));
        let whole = whole.finish().unwrap();
        assert_licence("whole", &read(world, &whole, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
        let report = world.verifier().document(&whole, world.now).unwrap();
        assert_eq!(report.signatures().len(), 2);
    }
    let world = world();
    check(&world, || laid_out("birth").to_ofd().unwrap());
    check(&world, || laid_out("birth").to_pdf().unwrap());
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

fn note(world: &World) -> CopyNote {
    CopyNote {
        made_at: world.now,
        maker: "示例银行股份有限公司".into(),
        purpose: "办理示例贷款".into(),
        until: Some(world.now.plus_days(30)),
    }
}

/// A copy that the issuer seals again: its purpose over the face, and what it says in its metadata.
#[test]
fn copies_are_issued_again_with_their_purpose() {
    let world = world();
    for name in ["teacher", "real-estate"] {
        let composer = samples::composer(name).unwrap();
        let face = samples::face(name).unwrap();
        let original = pdf(&world, name);
        let good = read(&world, &original, &Reading::new()).require_good().unwrap();
        let note = note(&world);
        let copy = composer.lay_out_copy(&good, &face, &note, world.now).unwrap();
        let (pdf, ofd) = (issue(&world, copy.to_pdf().unwrap(), name), issue(&world, copy.to_ofd().unwrap(), name));
        for licence in [read(&world, &pdf, &Reading::new()), read(&world, &ofd, &Reading::new())] {
            assert_licence(name, &licence, Verdict::Valid, ResultCode::Valid, &[]);
            common::assert_told(name, &findings(&licence), "licence.copy", Outcome::Pass, "办理示例贷款");
            assert_eq!(licence.require_good().unwrap().metadata.copy, Some(note.clone()));
        }
        let later = Reading::new().on(world.now.plus_days(31));
        let licence = read(&world, &ofd, &later);
        assert_licence("expired", &licence, Verdict::Invalid, ResultCode::NoLongerValid, &["licence.copy"]);
        let before = Reading::new().on(world.now.plus_days(-1));
        let licence = read(&world, &ofd, &before);
        assert_licence("early", &licence, Verdict::Invalid, ResultCode::NotYetActive, &["licence.copy"]);
        // The purpose is seen on every page, and taking it off is found.
        let package = Package::read(&ofd.as_bytes());
        let pages: Vec<_> = package.names().iter().filter(|one| one.ends_with("Content.xml")).map(|one| one.to_string()).collect();
        assert!(pages.iter().any(|page| package.text(page).contains("办理示例贷款")), "{name}");
    }
}

#[test]
fn copies_that_may_not_be_are_refused() {
    let world = world();
    let name = "teacher";
    let composer = samples::composer(name).unwrap();
    let face = samples::face(name).unwrap();
    let good = read(&world, &ofd(&world, name), &Reading::new()).require_good().unwrap();
    let refused = |note: CopyNote, face: &Face, kind: ErrorKind, part: &str| {
        let error = composer.lay_out_copy(&good, face, &note, world.now).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    };
    let good_note = note(&world);
    let with = |change: fn(&mut CopyNote)| {
        let mut note = good_note.clone();
        change(&mut note);
        note
    };
    refused(with(|note| note.until = Some("2025-02-28T23:59:59Z".parse().unwrap())), &face, ErrorKind::Misuse, "already");
    refused(with(|note| note.purpose = " ".into()), &face, ErrorKind::Misuse, "no purpose");
    refused(with(|note| note.maker.clear()), &face, ErrorKind::Misuse, "no maker");
    let mut changed = face.clone();
    changed.text("subject", "数学");
    refused(good_note.clone(), &changed, ErrorKind::Mismatch, "\"subject\"");
    let mut changed = face.clone();
    changed.picture("photo", samples::portrait(0).unwrap());
    refused(good_note.clone(), &changed, ErrorKind::Mismatch, "\"photo\"");
    refused(good_note.clone(), &Face::new(), ErrorKind::Mismatch, "not what the original");
    // Braces in a purpose are words.
    let braces = with(|note| note.purpose = "{name}".into());
    let laid_out = composer.lay_out_copy(&good, &face, &braces, world.now).unwrap();
    let copied = issue(&world, laid_out.to_ofd().unwrap(), name);
    let copy = read(&world, &copied, &Reading::new()).require_good().unwrap();
    let error = composer.lay_out_copy(&copy, &face, &good_note, world.now).unwrap_err();
    assert!(error.to_string().contains("copy of a copy"), "{error}");
    // A new original says nothing of copies.
    let error = composer.lay_out(&copy.metadata, &face).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    // A type of which a copy may be used for a year at most.
    let composer = samples::composer("real-estate").unwrap();
    let face = samples::face("real-estate").unwrap();
    let good = read(&world, &ofd(&world, "real-estate"), &Reading::new()).require_good().unwrap();
    let long = CopyNote { until: Some(world.now.plus_days(400)), ..good_note };
    let error = composer.lay_out_copy(&good, &face, &long, world.now).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed, "{error}");
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
    refused("teacher", &|_, face| drop(face.text("subject", "")), "\"subject\", 任教学科, is missing");
    refused("teacher", &|_, face| drop(face.text("kind", "大学教师")), "is none of");
    refused("teacher", &|_, face| drop(face.text("born", "1949-02-30")), "\"born\"");
    refused("teacher", &|_, face| drop(face.text("photo", "none")), "\"photo\"");
    refused("teacher", &|_, face| drop(face.text("extra", "x")), "is no item");
    refused("teacher", &|_, face| drop(face.text("name", "x")), "is no item");
    refused("teacher", &|metadata, _| metadata.region = None, "region");
    refused("teacher", &|metadata, _| metadata.number = "1".into(), "\"number\"");
    refused("teacher", &|metadata, _| metadata.valid_until = Some("2030-01-01".parse().unwrap()), "for good");
    refused("teacher", &|metadata, _| metadata.type_name = "另一证".into(), "is called");
    refused("teacher", &|metadata, _| metadata.holders[0].code = "110105194912310021".into(), "holder 1");
    refused("teacher", &|metadata, _| metadata.holders.push(metadata.holders[0].clone()), "2 holders");
    refused("birth", &|_, face| drop(face.text("mother_citizen", "110105194912310021")), "\"mother_citizen\"");
    refused("birth", &|_, face| drop(face.text("weight", "3.2千克")), "\"weight\"");
    refused("housing-fund", &|metadata, _| metadata.valid_until = None, "last day");
    refused("housing-fund", &|_, face| drop(face.rows("payments", Vec::new())), "rows");
    refused(
        "housing-fund",
        &|_, face| drop(face.rows("payments", vec![BTreeMap::from([("month".to_owned(), "2024-06".to_owned())])])),
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
    let good: serde_json::Value =
        serde_json::from_slice(&common::sample("licence-profiles/teacher.json")).unwrap();
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

/// A description may be changed under a good PDF signature, by the rules of PDF: not a licence's.
#[test]
fn a_description_changed_after_sealing_is_found() {
    let world = world();
    let sealed = pdf(&world, "teacher");
    let bytes = sealed.as_bytes().into_owned();
    let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&bytes[range]).into_owned();
    // The metadata stream's number, by the catalog.
    let all = text(0..bytes.len());
    let number: u32 = all.split("/Metadata ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let verified = world.verifier().document(&sealed, world.now).unwrap().require_valid().unwrap();
    let pairs = verified.custom_data().unwrap();
    let data: String = pairs
        .iter()
        .map(|(name, value)| format!("<d:{name}>{}</d:{name}>", value.replace("张示例", "王示例")))
        .collect();
    let xmp = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:d=\"urn:x-eseal:data#\">{data}</rdf:Description></rdf:RDF></x:xmpmeta>"
    );
    let object = format!("<< /Type /Metadata /Subtype /XML /Length {} >>\nstream\n{xmp}\nendstream", xmp.len());
    let changed = common::pdf::append(&bytes, &[(number, object.into_bytes())]);
    let changed = Pdf::read(changed).unwrap();
    let report = world.verifier().document(&changed, world.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    let licence = read(&world, &changed, &Reading::new());
    assert_licence("xmp", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.protected", "licence.data-same"]);
}

/// A key elsewhere signs what was prepared.
#[test]
fn a_licence_is_issued_with_a_key_elsewhere() {
    let world = world();
    let office = world.office(2).unwrap();
    let composed = laid_out("teacher").to_ofd().unwrap();
    let prepared = composed.prepare(world.stamp(&office).unwrap(), office.by.certificate()).unwrap();
    let value = office.by.credentials().sign(prepared.to_be_signed()).unwrap();
    let licence = prepared.signed(&value).unwrap().finish().unwrap();
    assert_licence("remote", &read(&world, &licence, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
}

/// The data are canonical JSON, and the digest is SM3's.
#[test]
fn embedded_data_are_canonical() {
    let world = world();
    let document = pdf(&world, "housing-fund");
    let verified = world.verifier().document(&document, world.now).unwrap().require_valid().unwrap();
    let files = verified.embedded_files().unwrap();
    let file = files.iter().find(|file| file.name == "licence.json").unwrap();
    assert_eq!(file.media_type.as_deref(), Some("application/json"));
    let value: serde_json::Value = serde_json::from_slice(&file.contents).unwrap();
    assert_eq!(value.to_string().as_bytes(), file.contents);
    let pairs = verified.custom_data().unwrap();
    assert!(pairs.contains(&("KZ_SJZY".into(), sm3(&file.contents))));
    let elements = Elements::from_json(value["metadata"].to_string().as_bytes()).unwrap();
    assert_eq!(Metadata::of(&elements).unwrap(), samples::metadata("housing-fund", 7).unwrap());
    // The same in both formats.
    let ofd = ofd(&world, "housing-fund");
    let package = Package::read(&ofd.as_bytes());
    let data = package.names().iter().find(|name| name.ends_with(".json")).unwrap().to_string();
    assert_eq!(package.text(&data).as_bytes(), file.contents);
}

/// Payloads of other readers: PDF licences sealed as CMS hold as well.
#[test]
fn licences_sealed_as_cms_hold() {
    let world = world();
    let office = world.office(2).unwrap();
    let composed = laid_out("teacher").to_pdf().unwrap();
    let licence = composed.issue(world.stamp(&office).unwrap().payload(Payload::Cms), &office.by).unwrap().finish().unwrap();
    assert_licence("cms", &read(&world, &licence, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
}
