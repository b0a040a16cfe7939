//! Annotated copies: issued again, or laid over the original; and those that may not be.

use eseal::licence::{CopyNote, Face, Licence, Reading};
use eseal::verify::ResultCode;
use eseal::{Document as _, ErrorKind, Outcome, Pdf, Stamp, Verdict};

use crate::common::package::Package;
use crate::frame::{assert_licence, findings, issue, note, ofd, pdf, read, world};
use crate::{common, samples};

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
        let pages: Vec<_> =
            package.names().iter().filter(|one| one.ends_with("Content.xml")).map(|one| one.to_string()).collect();
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
    refused(
        with(|note| note.until = Some("2025-02-28T23:59:59Z".parse().unwrap())),
        &face,
        ErrorKind::Misuse,
        "already",
    );
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

/// A note over the original itself: the issuer's seal still verifies, and the maker seals the note.
#[test]
fn a_note_is_laid_over_a_sealed_original() {
    let world = world();
    let maker = world.office(6).unwrap();
    for name in ["teacher", "birth"] {
        let composer = samples::composer(name).unwrap();
        let original = pdf(&world, name);
        let verified = world.verifier().document(&original, world.now).unwrap().require_valid().unwrap();
        let good = Licence::read(&verified, &Reading::new()).unwrap().require_good().unwrap();
        let note = note(&world);
        let annotated = composer.annotate(&verified, &good, &note, world.now).unwrap();
        let refused = annotated.clone().seal(Stamp::signature(world.now), &maker.by).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotAllowed);
        let copy = annotated.seal(world.stamp(&maker).unwrap(), &maker.by).unwrap();
        assert!(copy.as_bytes().starts_with(&original.as_bytes()));
        let report = world.verifier().document(&copy, world.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        let licence = read(&world, &copy, &Reading::new());
        assert_licence(name, &licence, Verdict::Valid, ResultCode::Valid, &[]);
        common::assert_told(name, &findings(&licence), "licence.copy", Outcome::Pass, "办理示例贷款");
        let read_back = licence.require_good().unwrap();
        assert_eq!(read_back.metadata.copy, Some(note.clone()));
        let later = Reading::new().on(world.now.plus_days(31));
        let licence = read(&world, &copy, &later);
        assert_licence("expired", &licence, Verdict::Invalid, ResultCode::NoLongerValid, &["licence.copy"]);
        // A copy of the copy.
        let verified = world.verifier().document(&copy, world.now).unwrap().require_valid().unwrap();
        assert!(composer.annotate(&verified, &read_back, &note, world.now).is_err());
        let strange = findings(&read(&world, &copy, &Reading::new()));
        common::assert_told("seal", &strange, "licence.copy", Outcome::Pass, "sealed by \"示例市政务服务中心\"");
        // The note alone, which nobody sealed.
        let overlay = eseal::compose::Overlay::new("song")
            .note("加注件\u{3000}用途：示例\u{3000}制作者：示例\u{3000}制作时间：2025-03-01 08:00:00");
        let unsealed = overlay.on_pdf(&original, &samples::assets().unwrap()).unwrap();
        let licence = read(&world, &unsealed, &Reading::new());
        assert_licence("unsealed", &licence, Verdict::Invalid, ResultCode::Wrong, &["licence.protected"]);
        // A note that covers the face with white, sealed all the same by whoever has a seal.
        let bytes = unsealed.as_bytes().into_owned();
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let field = text[text.rfind("/T(eseal_note_1)").unwrap()..].split("/N ").nth(1).unwrap();
        let number: u32 = field.split(' ').next().unwrap().parse().unwrap();
        let look = &text[text.rfind(&format!("\n{number} 0 obj")).unwrap()..];
        let (entries, rest) = look.split_once("stream\n").unwrap();
        let entries = entries.split_once("obj").unwrap().1.trim();
        let length: usize = entries
            .split("/Length ")
            .nth(1)
            .unwrap()
            .split(|each: char| !each.is_ascii_digit())
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let packed: Vec<u8> = rest.chars().take(length).map(|each| u8::try_from(u32::from(each)).unwrap()).collect();
        let mut words = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&packed[..]), &mut words).unwrap();
        let drawn = [b"q 1 g 100 100 300 300 re f Q\n".to_vec(), words].concat();
        let entries = entries.replace(&format!("/Length {length}"), &format!("/Length {}", drawn.len()));
        let entries = entries.replace("/Filter /FlateDecode", "").replace("/Filter/FlateDecode", "");
        let object = [format!("{entries}\nstream\n").into_bytes(), drawn, b"\nendstream".to_vec()].concat();
        let covered = Pdf::read(common::pdf::revised(&bytes, &[(number, object)])).unwrap();
        let covered = world.stamp(&maker).unwrap().apply(&covered, &maker.by).unwrap();
        let licence = read(&world, &covered, &Reading::new());
        assert_eq!(licence.verdict(), Verdict::Invalid, "{licence}");
        common::assert_told("covered", &findings(&licence), "licence.face", Outcome::Fail, "more than words");
    }
}
