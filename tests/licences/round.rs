//! What is issued is read back, by whichever payload, key and reader.

use eseal::authority::Algorithm;
use eseal::licence::{Carrier, Composed, Composer, Elements, Issued, Metadata, Reading};
use eseal::verify::{LicenceState, ResultCode};
use eseal::{Document as _, Error, ErrorKind, Payload, Verdict};

use crate::common::package::Package;
use crate::frame::{assert_licence, issue, laid_out, laid_out_with, ofd, offices, pdf, read, sm3, world};
use crate::samples::{self, TYPES};
use crate::world::World;

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
            let (pdf, ofd) =
                (issue(&world, laid_out.to_pdf().unwrap(), name), issue(&world, laid_out.to_ofd().unwrap(), name));
            for licence in [read(&world, &pdf, &reading), read(&world, &ofd, &reading)] {
                assert_licence(name, &licence, Verdict::Valid, ResultCode::Valid, &[]);
                let passed = |check: &str| licence.findings().iter().any(|one| one.check() == check);
                for check in
                    ["licence.protected", "licence.data", "licence.data-same", "licence.face", "licence.issuer"]
                {
                    assert!(passed(check), "{name} {check}");
                }
                let good = licence.require_good().unwrap();
                assert_eq!(good.metadata, metadata, "{name}");
                for (key, value) in face.iter() {
                    match value {
                        eseal::licence::FaceValue::Picture(bytes) => {
                            assert!(good.has_picture(key, bytes).unwrap(), "{name} {key}");
                            assert!(
                                !good
                                    .has_picture(key, &samples::portrait(usize::from(name != "teacher")).unwrap())
                                    .unwrap()
                            );
                        }
                        value => assert_eq!(good.face.get(key), Some(value), "{name} {key}"),
                    }
                }
            }
        }
    }
}

/// What samples show is made ready once; a licence with characters that no sample had is as good.
#[test]
fn licences_of_a_composer_that_was_made_ready_with_samples_are_the_same() {
    let world = world();
    let (mut metadata, face) = (samples::metadata("teacher", 7).unwrap(), samples::face("teacher").unwrap());
    let composer = |sample: &Metadata| {
        let (profile, assets) = (samples::profile("teacher").unwrap(), samples::assets().unwrap());
        Composer::with_samples(profile, assets, &[(sample.clone(), face.clone())])
    };
    let ready = composer(&metadata).unwrap();
    for holder in ["张示例", "欧阳谨娟"] {
        metadata.holders[0].name = holder.into();
        let laid_out = ready.lay_out(&metadata, &face).unwrap();
        let pdf = issue(&world, laid_out.to_pdf().unwrap(), "teacher");
        let ofd = issue(&world, laid_out.to_ofd().unwrap(), "teacher");
        for licence in [read(&world, &pdf, &Reading::new()), read(&world, &ofd, &Reading::new())] {
            assert_licence(holder, &licence, Verdict::Valid, ResultCode::Valid, &[]);
            assert_eq!(licence.require_good().unwrap().metadata, metadata);
        }
    }
    // A sample is as good as a licence, or refused like one.
    metadata.number = "1".into();
    let refused = composer(&metadata).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotValid);
    let told = format!("{refused:?}");
    assert!(told.contains("a sample") && told.contains("\"number\""), "{told}");
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
    let licence =
        composed.issue(world.stamp(&office).unwrap().payload(Payload::Cms), &office.by).unwrap().finish().unwrap();
    assert_licence("cms", &read(&world, &licence, &Reading::new()), Verdict::Valid, ResultCode::Valid, &[]);
}
