//! Seals and seal signatures of every edition: those of others, and our own there and back.

#![cfg(all(feature = "sm", feature = "ofd", feature = "authority"))]

mod sealing;

use eseal::seal::{SealSignature, SourceFormat, salvage};
use eseal::verify::Policy;
use eseal::{Certificate, Edition, ErrorKind, Outcome, Seal, Time, Trust, Verdict, Verifier};
use sealing::{
    FORM, PROPERTY, SM2_SM3, World, bits, children, content, edit, now, octets, of, sample, sequence, silent, sm3,
    time, tlv, token, told,
};

fn root() -> Trust {
    Trust::new().everything([Certificate::from_der(&sample("ROOT.cer")).unwrap()])
}

#[test]
fn seals_of_others() {
    let trust = root();
    let cases = [
        ("ofdrw-UserV1.esl", Edition::Gmt0031_2014, "2021-06-01T00:00:00Z"),
        ("ofdrw-UserV4.esl", Edition::Gbt38540_2020, "2021-06-01T00:00:00Z"),
        ("v4_seal_digestlist.esl", Edition::Gbt38540_2020, "2021-06-01T00:00:00Z"),
    ];
    for (name, edition, at) in cases {
        let seal = Seal::from_der(&sample(name)).unwrap();
        assert_eq!(seal.edition(), edition, "{name}");
        let report = Verifier::new(&trust).seal(&seal, time(at));
        assert_eq!(report.verdict(), Verdict::Valid, "{name}: {report}");
        told(report.findings(), "seal.maker-validity", Outcome::Pass, "the rule of 2025");
        // Today the maker's certificate is over: only the rule of 2020 minds, and the report says so.
        let report = Verifier::new(&trust).policy(Policy::strict_2020()).seal(&seal, time("2023-01-01T00:00:00Z"));
        told(report.findings(), "seal.maker-validity", Outcome::Fail, "the rule of 2020");
    }
    // Made after its maker's certificate had ended: the value is good, the rule of 2025 refuses it.
    let seal = Seal::from_der(&sample("ofdrw-UserV5.esl")).unwrap();
    assert_eq!(seal.edition(), Edition::Gmt0031_2025);
    let report = Verifier::new(&trust).seal(&seal, time("2026-06-01T00:00:00Z"));
    told(report.findings(), "seal.maker-signature", Outcome::Pass, "signed by");
    told(report.findings(), "seal.maker-validity", Outcome::Fail, "the rule of 2025");
    assert_eq!(report.verdict(), Verdict::Invalid);
}

#[test]
fn signatures_of_others() {
    let trust = root();
    let content = sample("Signature.xml");
    let good = [
        ("v4_signature.dat", Edition::Gbt38540_2020),
        ("v4_signature_digestlist.dat", Edition::Gbt38540_2020),
        ("v4_signature_raw_rs.dat", Edition::Gbt38540_2020),
        ("v1_signature_utctime_der.dat", Edition::Gmt0031_2014),
    ];
    for (name, edition) in good {
        let report = Verifier::new(&trust).detached(&sample(name), &content, now());
        assert_eq!(report.edition, Some(edition), "{name}");
        assert_eq!(report.verdict, Verdict::Valid, "{name}: {report}");
    }
    let bad = [
        ("bad_signature_value_flipped.dat", "signature.value"),
        ("bad_signer_not_in_list.dat", "seal.signatory-listed"),
    ];
    for (name, check) in bad {
        let report = Verifier::new(&trust).detached(&sample(name), &content, now());
        told(&report.checks, check, Outcome::Fail, "");
        assert_eq!(report.verdict, Verdict::Invalid, "{name}");
    }
    let report = Verifier::new(&trust).detached(&sample("v1_signature_utctime_der.dat"), b"another file", now());
    told(&report.checks, "document.intact", Outcome::Fail, "");
}

#[test]
fn own_seals_there_and_back() {
    let world = World::new();
    for edition in [Edition::Gmt0031_2014, Edition::Gbt38540_2020, Edition::Gmt0031_2025] {
        let new = world.maker.prepare(world.content()).edition(edition);
        let seal = new.extension("1.2.3.4", false, b"value").unwrap().make(now()).unwrap();
        let read = Seal::from_der(seal.der()).unwrap();
        assert_eq!(read.edition(), edition);
        assert_eq!((read.id(), read.name(), read.kind_code()), ("31010600012345", "示例有限公司", 1));
        assert_eq!((read.created(), read.validity()), (now(), world.content().validity));
        assert_eq!(read.picture().unwrap(), sealing::picture());
        assert_eq!(read.extension("1.2.3.4"), Some((false, &b"value"[..])));
        let report = Verifier::new(&world.trust).policy(Policy::strict_2020()).seal(&read, now());
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        silent(report.findings());
        // FALSE is written out: some readers drop an extension without it.
        assert!(seal.der().windows(3).any(|window| window == [1, 1, 0]));
        let version = children(&children(&children(seal.der())[0])[0]).remove(1);
        let expected = match edition {
            Edition::Gmt0031_2014 => 1,
            Edition::Gbt38540_2020 => 4,
            _ => 5,
        };
        assert_eq!(version, [2, 1, expected]);
    }
}

#[test]
fn each_edition_signs_its_own_bytes() {
    // The bytes of one edition's signature under another's layout verify under no reading.
    let world = World::new();
    let make = |edition| world.maker.prepare(world.content()).edition(edition).make(now()).unwrap();
    let (old, new) = (make(Edition::Gmt0031_2014), make(Edition::Gbt38540_2020));
    let new_parts = children(new.der());
    let nested = sequence(&[&new_parts[1], &new_parts[2], &new_parts[3]]);
    let old_info = children(old.der()).remove(0);
    let seal = Seal::from_der(&sequence(&[&old_info, &nested])).unwrap();
    let report = Verifier::new(&world.trust).seal(&seal, now());
    told(report.findings(), "seal.maker-signature", Outcome::Fail, "does not verify");
    // A signature of one layout around a seal of another.
    let error = SealSignature::from_der(&world.sign(&world.to_be_signed(old.der()))).unwrap_err();
    assert!(error.to_string().contains("GM/T 0031-2014") && error.to_string().contains("GB/T 38540-2020"), "{error}");
}

#[test]
fn signatures_of_2014_for_tests() {
    let world = World::new();
    let seal = world.maker.prepare(world.content()).edition(Edition::Gmt0031_2014).make(now()).unwrap();
    let signed = SealSignature::sign_as_2014(&seal, &world.signatory, now(), &sm3(FORM), PROPERTY).unwrap();
    assert_eq!((signed.edition(), signed.time()), (Edition::Gmt0031_2014, now()));
    let verifier = Verifier::new(&world.trust);
    let report = verifier.detached(signed.der(), FORM, now().plus_days(1));
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    // Certificate and algorithm are signed here: another one in their place is noticed.
    let other = world.authority.signatory("another").unwrap();
    let swapped = edit(signed.der(), &[0, 5], |_| octets(other.certificate().der()));
    let report = verifier.detached(&swapped, FORM, now().plus_days(1));
    told(&report.checks, "signature.value", Outcome::Fail, "");
    let later = world.seal();
    let error = SealSignature::sign_as_2014(&later, &world.signatory, now(), &sm3(FORM), PROPERTY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

/// A seal of 2025 with its time stamp.
fn stamped(world: &World, at: Time) -> Result<Seal, eseal::Error> {
    let new = world.maker.prepare(world.content()).edition(Edition::Gmt0031_2025);
    new.time_stamp(|value| Ok(world.token(value, at))).make(now())
}

#[test]
fn seals_of_2025_with_their_time_stamp() {
    let world = World::new();
    let seal = stamped(&world, now().plus_seconds(2)).unwrap();
    assert!(seal.time_stamp().is_some());
    let field = children(seal.der()).remove(4);
    assert_eq!((field[0], content(&field)[0]), (0xA0, 3), "[0] EXPLICIT BIT STRING");
    let verifier = Verifier::new(&world.trust);
    let report = verifier.seal(&seal, now().plus_days(1));
    told(report.findings(), "seal.time-stamp", Outcome::Pass, "existed at 2025-03-01T00:00:02Z");
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    // The other tagging is read and told.
    let token = seal.time_stamp().unwrap();
    let implicit = edit(seal.der(), &[4], |_| tlv(0x80, &[&[0], token].concat()));
    let implicit = Seal::from_der(&implicit).unwrap();
    let report = verifier.seal(&implicit, now().plus_days(1));
    told(report.findings(), "seal.encoding", Outcome::Pass, "tagged implicitly");
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
    // No anchor for the clerk: not yes, and not no.
    let trust = Trust::new().seal_makers([world.authority.root().clone()]);
    let report = Verifier::new(&trust).seal(&seal, now().plus_days(1));
    told(report.findings(), "seal.time-stamp", Outcome::Unknown, "no anchors for time-stamping authorities");
    assert_eq!(report.verdict(), Verdict::Indeterminate);
}

#[test]
fn old_time_stamps_do_not_spoil_old_documents() {
    let world = World::new();
    let seal = stamped(&world, now()).unwrap();
    let to_sign = edit(&world.to_be_signed(seal.der()), &[0], |_| vec![2, 1, 5]);
    let signature = world.sign(&to_sign);
    let verifier = Verifier::new(&world.trust);
    let soon = verifier.detached(&signature, FORM, now().plus_days(3));
    assert_eq!((soon.verdict, soon.edition), (Verdict::Valid, Some(Edition::Gmt0031_2025)), "{soon}");
    // The clerk's certificate is over: the time stamp no longer proves its age, and says so.
    let late = verifier.detached(&signature, FORM, now().plus_years(7));
    told(&late.checks, "seal.time-stamp", Outcome::Unknown, "");
    assert_eq!(late.verdict, Verdict::Valid, "{late}");
    // One that never held is another matter.
    let junk = edit(seal.der(), &[4], |_| tlv(0xA0, &bits(b"abc")));
    let signature = world.sign(&edit(&world.to_be_signed(&junk), &[0], |_| vec![2, 1, 5]));
    assert_eq!(verifier.detached(&signature, FORM, now().plus_days(3)).verdict, Verdict::Invalid);
}

#[test]
fn time_stamps_that_do_not_hold() {
    let world = World::new();
    let seal = stamped(&world, now()).unwrap();
    let value = content(&children(seal.der())[3])[1..].to_vec();
    let judged = |token: &[u8]| {
        let seal = edit(seal.der(), &[4], |_| tlv(0xA0, &bits(token)));
        let seal = Seal::from_der(&seal).unwrap();
        let report = Verifier::new(&world.trust).seal(&seal, now().plus_days(1));
        told(report.findings(), "seal.maker-signature", Outcome::Pass, "signed by");
        (report.verdict(), of(report.findings(), "seal.time-stamp")[0].clone())
    };
    let (verdict, finding) = judged(&world.token(b"another value", now()));
    assert!(finding.detail.contains("over another signature"), "{finding}");
    assert_eq!((verdict, finding.outcome), (Verdict::Invalid, Outcome::Fail));
    let (verdict, finding) = judged(&world.token(&value, now().plus_seconds(-1)));
    assert!(finding.detail.contains("before that"), "{finding}");
    assert_eq!((verdict, finding.outcome), (Verdict::Invalid, Outcome::Fail));
    // A signatory is no clerk.
    let (verdict, finding) = judged(&token(world.signatory.credentials(), &value, now()));
    assert!(finding.detail.contains("not certified for time-stamping"), "{finding}");
    assert_eq!((verdict, finding.outcome), (Verdict::Invalid, Outcome::Fail));
    // Each octet of what the token says, and of its signature, counts.
    let good = world.token(&value, now());
    let imprint = sm3(&value);
    let said = good.windows(32).position(|window| window == imprint).unwrap();
    for at in (said..said + 55).step_by(6).chain((good.len() - 60..good.len()).step_by(11)) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let (verdict, finding) = judged(&bad);
        assert_ne!((verdict, finding.outcome), (Verdict::Valid, Outcome::Pass), "octet {at}");
    }
    let (verdict, _) = judged(&good);
    assert_eq!(verdict, Verdict::Valid);
}

#[test]
fn bad_time_stamps_are_never_written() {
    let world = World::new();
    let new = || world.maker.prepare(world.content()).edition(Edition::Gmt0031_2025);
    let refused = |result: Result<Seal, eseal::Error>, words: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimeStamp);
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(new().time_stamp(|_| Err("the line is down".into())).make(now()), "the line is down");
    refused(new().time_stamp(|_| Ok(vec![1, 2, 3])).make(now()), "the time stamp that was given");
    refused(new().time_stamp(|_| Ok(world.token(b"else", now()))).make(now()), "over something else");
    refused(stamped(&world, now().plus_seconds(-1)), "before the date of making");
    let in_2020 = world.maker.prepare(world.content()).time_stamp(|value| Ok(world.token(value, now())));
    let error = in_2020.make(now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert!(error.to_string().contains("no place for a time stamp"), "{error}");
}

#[test]
fn signatures_with_their_time_stamp() {
    let world = World::new();
    let seal = world.seal();
    let signature = world.sign(&world.to_be_signed(seal.der()));
    let value = content(&children(&signature)[3])[1..].to_vec();
    let at = time("2025-03-02T00:00:10Z");
    let explicit = edit(&signature, &[4], |_| tlv(0xA0, &bits(&world.token(&value, at))));
    let implicit = edit(&signature, &[4], |_| tlv(0x80, &[&[0], world.token(&value, at).as_slice()].concat()));
    let verifier = Verifier::new(&world.trust);
    for stamped in [explicit, implicit] {
        let report = verifier.detached(&stamped, FORM, now().plus_days(3));
        told(&report.checks, "time.stamp", Outcome::Pass, "existed at 2025-03-02T00:00:10Z");
        told(&report.checks, "time.claimed", Outcome::Pass, "a time stamp proves");
        assert_eq!((report.times.proven, report.times.counted), (Some(at), at));
        assert_eq!(report.verdict, Verdict::Valid, "{report}");
    }
    // Over another value: it proves nothing, and the signature stands by itself.
    let other = edit(&signature, &[4], |_| tlv(0xA0, &bits(&world.token(b"another", at))));
    let report = verifier.detached(&other, FORM, now().plus_days(3));
    told(&report.checks, "time.stamp", Outcome::Fail, "over another signature");
    assert_eq!((report.times.proven, report.verdict), (None, Verdict::Valid));
    // Older than it claims to be: the proven time is what counts, and the claim is doubted.
    let early = time("2025-03-01T12:00:00Z");
    let early = edit(&signature, &[4], |_| tlv(0xA0, &bits(&world.token(&value, early))));
    let report = verifier.detached(&early, FORM, now().plus_days(3));
    told(&report.checks, "time.claimed", Outcome::Unknown, "proves that it existed at");
    assert_eq!(report.times.counted, time("2025-03-01T12:00:00Z"));
}

#[test]
fn c0119_is_named_and_salvaged() {
    let world = World::new();
    let info = children(world.seal().der()).remove(0);
    let seal = world.sign_info(&edit(&info, &[2, 4], |_| tlv(0x17, b"250301000000Z")));
    let to_sign = sequence(&[
        &[2, 1, 4],
        &seal,
        &bits(b"\x17\x0D250302000000Z"),
        &bits(&sm3(FORM)),
        &tlv(0x16, PROPERTY.as_bytes()),
        &octets(world.signatory.certificate().der()),
        SM2_SM3,
    ]);
    let value = bits(&world.signatory.credentials().sign(&to_sign).unwrap());
    for signature in [sequence(&[&to_sign, &value]), sequence(&[&to_sign, &value, &tlv(0xA0, &bits(b"abc"))])] {
        let error = SealSignature::from_der(&signature).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("C 0119"), "{error}");
        let salvaged = salvage(&signature).unwrap();
        assert_eq!(salvaged.format, SourceFormat::C0119);
        assert_eq!(salvaged.name.as_deref(), Some("示例有限公司"));
        assert_eq!(salvaged.picture.as_deref(), Some(sealing::picture().bytes()));
        let report = Verifier::new(&world.trust).detached(&signature, FORM, now());
        told(&report.checks, "signature.format", Outcome::Fail, "C 0119");
    }
    // A good signature, and a good seal, are not salvaged: they are read.
    assert!(salvage(&world.sign(&world.to_be_signed(&seal))).is_none());
    assert!(salvage(world.seal().der()).is_none());
}

#[test]
fn pictures_alone_are_named_and_salvaged() {
    let picture = sealing::picture();
    let error = Seal::from_der(picture.bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("a picture (PNG), not a seal"), "{error}");
    let salvaged = salvage(picture.bytes()).unwrap();
    assert_eq!((salvaged.format, salvaged.name), (SourceFormat::Picture, None));
    assert_eq!(salvaged.picture.as_deref(), Some(picture.bytes()));
}

#[test]
fn hostile_bytes() {
    let world = World::new();
    let seal = stamped(&world, now()).unwrap();
    let mut content = world.content();
    content.picture = eseal::Picture::svg(b"<svg/>", eseal::Mm(1.0), eseal::Mm(1.0)).unwrap();
    let small = world.maker.prepare(content).edition(Edition::Gmt0031_2014).make(now()).unwrap();
    let signature = world.sign(&world.to_be_signed(small.der()));
    for end in 0..small.der().len() {
        Seal::from_der(&small.der()[..end]).unwrap_err();
        let _ = salvage(&small.der()[..end]);
    }
    for at in 0..small.der().len() {
        for change in [0x01, 0x20, 0x80, 0xFF] {
            let mut bytes = small.der().to_vec();
            bytes[at] ^= change;
            if let Ok(read) = Seal::from_der(&bytes) {
                let _ = (read.picture(), read.signatories().certificates(), read.maker().is_ok());
            }
        }
    }
    for at in (0..signature.len()).step_by(3) {
        let mut bytes = signature.clone();
        bytes[at] = bytes[at].wrapping_mul(2).wrapping_add(1);
        let _ = SealSignature::from_der(&bytes);
        let _ = salvage(&bytes);
    }
    for at in (0..seal.der().len()).step_by(397) {
        let mut bytes = seal.der().to_vec();
        bytes[at] ^= 0x55;
        let Ok(read) = Seal::from_der(&bytes) else { continue };
        let report = Verifier::new(&world.trust).seal(&read, now().plus_days(1));
        assert_ne!(report.verdict(), Verdict::Valid, "octet {at}: {report}");
    }
}
