//! Habits of how seals and signatures are encoded.

use crate::sealing::{
    FORM, PROPERTY, SM2_SM3, World, bits, children, content, edit, now, octets, of, sequence, silent, sm3, time, tlv,
    told,
};
use crate::*;
use eseal::seal::SealSignature;
use eseal::verify::Policy;
use eseal::{Edition, Outcome, Seal, Verdict, Verifier};

#[test]
fn quirk_01_critical_false_written_out() {
    let world = World::new();
    let seal = with_extensions(&world, &sequence(&[&sequence(&[OID, FALSE, &octets(b"x")])]));
    let (verdict, findings) = judged(&world, &seal, strict());
    assert_eq!(verdict, Verdict::Valid);
    silent(&findings);
    assert_eq!(Seal::from_der(&seal).unwrap().extension("1.2.3.4"), Some((false, &b"x"[..])));
}

#[test]
fn quirk_02_critical_left_out() {
    let world = World::new();
    let seal = with_extensions(&world, &sequence(&[&sequence(&[OID, &octets(b"x")])]));
    let (verdict, findings) = judged(&world, &seal, strict());
    assert_eq!(verdict, Verdict::Valid);
    silent(&findings);
    assert_eq!(Seal::from_der(&seal).unwrap().extension("1.2.3.4"), Some((false, &b"x"[..])));
}

#[test]
fn quirk_03_extension_of_a_foreign_shape() {
    let world = World::new();
    let foreign = sequence(&[&tlv(0x0C, "自定义".as_bytes()), &[2, 1, 9]]);
    let seal = with_extensions(&world, &sequence(&[&foreign, &sequence(&[OID, FALSE, &octets(b"x")])]));
    tolerated(&world, &seal, "a shape of its own", false);
    assert!(Seal::from_der(&seal).unwrap().extension("1.2.3.4").is_some());
}

#[test]
fn quirk_04_extensions_in_a_wrapper() {
    let world = World::new();
    let list = sequence(&[&sequence(&[OID, FALSE, &octets(b"x")])]);
    for wrapped in [octets(&list), tlv(0xA0, &list)] {
        let seal = with_extensions(&world, &wrapped);
        tolerated(&world, &seal, "in a wrapper", true);
        assert!(Seal::from_der(&seal).unwrap().extension("1.2.3.4").is_some());
    }
    Seal::from_der(&with_extensions(&world, &tlv(0x31, &[]))).unwrap_err();
}

#[test]
fn quirk_05_one_kind_of_time_for_the_other() {
    let world = World::new();
    let seal = world.seal_with(&[2, 4], |_| tlv(0x17, b"250301000000Z"));
    tolerated(&world, &seal, "createDate is a UTCTime", true);
    assert_eq!(Seal::from_der(&seal).unwrap().created(), now());
    // The reverse, in a seal of 2014: its signed bytes hold the maker's certificate too.
    let info = edit(&children(v1(&world).der())[0], &[2, 3], |_| tlv(0x18, b"20250301000000Z"));
    tolerated(&world, &sign_v1(&world, &info), "createDate is a GeneralizedTime", true);
    let bad = world.seal_with(&[2, 4], |_| tlv(0x17, b"251301000000Z"));
    assert!(Seal::from_der(&bad).unwrap_err().to_string().contains("not a time"));
}

fn sign_v1(world: &World, info: &[u8]) -> Vec<u8> {
    let certificate = octets(world.maker.certificate().der());
    let value = world.maker.credentials().sign(&sequence(&[info, &certificate, SM2_SM3])).unwrap();
    sequence(&[info, &sequence(&[&certificate, SM2_SM3, &bits(&value)])])
}

/// A seal of C 0119 alone differs from one of GB/T 38540-2020 in nothing but its dates, as far as is known.
#[test]
fn a_lone_seal_of_c0119_is_named() {
    let world = World::new();
    let utc = |element: &[u8]| tlv(0x17, &content(element)[2..]);
    let info = children(world.seal().der()).remove(0);
    let one = edit(&info, &[2, 4], utc);
    let all = edit(&edit(&one, &[2, 5], utc), &[2, 6], utc);
    for (info, named) in [(&one, false), (&all, true)] {
        let seal = Seal::from_der(&world.sign_info(info)).unwrap();
        let report = Verifier::new(&world.trust).seal(&seal, now());
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        assert_eq!(of(report.findings(), "seal.encoding").iter().any(|one| one.detail.contains("C 0119")), named);
        let strictly = Verifier::new(&world.trust).policy(strict()).seal(&seal, now()).verdict();
        assert_eq!(strictly, Verdict::Invalid);
    }
}

#[test]
fn quirk_06_octet_string_for_bit_string() {
    let world = World::new();
    let to_sign = world.to_be_signed(world.seal().der());
    let signature = world.sign(&edit(&to_sign, &[3], |_| octets(&sm3(FORM))));
    let report = detached(&world, &signature, Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "TBS_Sign.dataHash is an OCTET STRING");
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    assert_eq!(detached(&world, &signature, strict()).verdict, Verdict::Invalid);
    // timeInfo, in the edition that has a BIT STRING there.
    let report = detached(&world, &sign_v1_form(&world, |_| octets(b"2025-03-02 08:00:00")), Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "TBS_Sign.timeInfo is an OCTET STRING");
    assert_eq!(report.times.claimed, Some(time("2025-03-02T00:00:00Z")));
}

/// A signature of 2014 over the form, with its timeInfo changed.
fn sign_v1_form(world: &World, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let signed =
        SealSignature::sign_as_2014(&v1(world), &world.signatory, now().plus_days(1), &sm3(FORM), PROPERTY).unwrap();
    let to_sign = edit(&children(signed.der())[0], &[2], change);
    let value = world.signatory.credentials().sign(&to_sign).unwrap();
    sequence(&[&to_sign, &bits(&value)])
}

#[test]
fn quirk_07_text_in_time_info() {
    let world = World::new();
    let cases: [(&[u8], &str, bool); 3] = [
        (b"2025-03-02 08:00:00", "2025-03-02T00:00:00Z", true),
        (b"2025-03-02T00:00:00.377Z", "2025-03-02T00:00:00Z", true),
        (b"\x17\x0D250302000000Z", "2025-03-02T00:00:00Z", false),
    ];
    for (text, expected, noted) in cases {
        let report = detached(&world, &sign_v1_form(&world, |_| bits(text)), strict());
        assert_eq!(report.times.claimed, Some(time(expected)));
        assert_eq!(report.verdict, Verdict::Valid, "{report}");
        assert_eq!(!of(&report.checks, ENCODING).is_empty(), noted);
    }
    // A token in its place: its time is read and proves nothing.
    let token = world.token(b"something made before", now().plus_days(1));
    let report = detached(&world, &sign_v1_form(&world, |_| bits(&token)), Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "proves nothing");
    assert_eq!((report.times.claimed, report.times.proven), (Some(now().plus_days(1)), None));
    let bad = SealSignature::from_der(&sign_v1_form(&world, |_| bits(b"yesterday")));
    assert!(bad.unwrap_err().to_string().contains("no time that is known"));
}

#[test]
fn quirk_08_seal_in_an_octet_string() {
    let world = World::new();
    let signature = world.sign(&world.to_be_signed(&octets(world.seal().der())));
    let report = detached(&world, &signature, Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "TBS_Sign.eseal stands in an OCTET STRING");
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    assert_eq!(detached(&world, &signature, strict()).verdict, Verdict::Invalid);
}

#[test]
fn quirk_09_seal_without_its_makers_signature() {
    let world = World::new();
    let info = children(v1(&world).der()).remove(0);
    let sign_info = children(v1(&world).der()).remove(1);
    for seal in [sequence(&[&info]), sequence(&[&info, &bits(&sign_info)])] {
        let (verdict, findings) = judged(&world, &seal, Policy::default());
        told(&findings, "seal.maker-signature", Outcome::Fail, "not signed");
        assert_eq!(verdict, Verdict::Invalid);
        assert_eq!(Seal::from_der(&seal).unwrap().name(), "示例有限公司");
    }
}

#[test]
fn quirk_10_list_item_that_is_no_octet_string() {
    let world = World::new();
    let seal = world.seal_with(&[2, 3], |_| sequence(&[&tlv(0x16, b"1")]));
    tolerated(&world, &seal, "it names nobody", false);
    let report = detached(&world, &world.sign(&world.to_be_signed(&seal)), Policy::default());
    told(&report.checks, "seal.signatory-listed", Outcome::Fail, "not among them");
    // Not even when the string holds the very certificate.
    let seal = world.seal_with(&[2, 3], |_| sequence(&[&tlv(0x16, world.signatory.certificate().der())]));
    let report = detached(&world, &world.sign(&world.to_be_signed(&seal)), Policy::default());
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn quirk_11_one_certificate_twice() {
    let world = World::new();
    let one = octets(world.signatory.certificate().der());
    let other = octets(world.maker.certificate().der());
    let seal = world.seal_with(&[2, 3], |_| sequence(&[&one, &other, &one]));
    tolerated(&world, &seal, "names one certificate twice", false);
}

#[test]
fn quirk_15_zeros_at_the_end() {
    let world = World::new();
    let seal = world.seal();
    tolerated(&world, &[seal.der(), &[0; 5]].concat(), "5 zero bytes follow", true);
    let error = Seal::from_der(&[seal.der(), &[0, 7]].concat()).unwrap_err();
    assert!(error.to_string().contains("2 bytes follow where it ends"), "{error}");
    let signature = world.sign(&world.to_be_signed(seal.der()));
    let report = detached(&world, &[signature.as_slice(), &[0]].concat(), Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "zero bytes follow");
}

#[test]
fn quirk_16_version_that_does_not_match_the_layout() {
    let world = World::new();
    for version in [1, 2, 11] {
        let seal = world.seal_with(&[0, 1], |_| vec![2, 1, version]);
        assert_eq!(Seal::from_der(&seal).unwrap().edition(), Edition::Gbt38540_2020);
        tolerated(&world, &seal, "where this layout has 4 or 5", false);
    }
    let to_sign = edit(&world.to_be_signed(world.seal().der()), &[0], |_| vec![2, 1, 5]);
    let report = detached(&world, &world.sign(&to_sign), strict());
    told(&report.checks, ENCODING, Outcome::Pass, "TBS_Sign.version is 5, the seal's version is 4");
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    let info = edit(&children(v1(&world).der())[0], &[0, 1], |_| vec![2, 1, 11]);
    assert_eq!(Seal::from_der(&sign_v1(&world, &info)).unwrap().edition(), Edition::Gmt0031_2014);
}

#[test]
fn quirk_17_field_names_in_the_fields() {
    let world = World::new();
    let seal = world.seal_with(&[0, 2], |_| tlv(0x16, b"Vid example"));
    tolerated(&world, &seal, "Vid repeats its own field's name", false);
    let seal = world.seal_with(&[1], |_| tlv(0x16, b"esID0001"));
    tolerated(&world, &seal, "esID repeats its own field's name", false);
    assert_eq!(Seal::from_der(&seal).unwrap().id(), "esID0001");
}

#[test]
fn quirk_18_names_of_picture_types() {
    let world = World::new();
    for name in ["png", "ofd", "", "object"] {
        let seal = world.seal_with(&[3, 0], |_| tlv(0x16, name.as_bytes()));
        let (verdict, findings) = judged(&world, &seal, strict());
        told(&findings, "seal.picture", Outcome::Pass, &format!("calls itself \"{name}\" and is PNG"));
        assert_eq!(verdict, Verdict::Valid);
        let seal = Seal::from_der(&seal).unwrap();
        assert_eq!((seal.picture_type(), seal.picture().unwrap().bytes()), (name, sealing::picture().bytes()));
    }
    let (verdict, findings) = judged(&world, &world.seal_with(&[3, 1], |_| octets(b"?")), Policy::default());
    told(&findings, "seal.picture", Outcome::Unknown, "no known format");
    assert_eq!(verdict, Verdict::Valid);
}

#[test]
fn quirk_19_sizes_in_pixels() {
    let world = World::new();
    let seal = world.seal_with(&[3, 2], |_| vec![2, 2, 0, 250]);
    let (verdict, findings) = judged(&world, &seal, strict());
    told(&findings, "seal.picture", Outcome::Pass, "probably in pixels");
    assert_eq!(verdict, Verdict::Valid);
    let (_, findings) = judged(&world, &world.seal_with(&[3, 2], |_| vec![2, 1, 0]), Policy::default());
    told(&findings, "seal.picture", Outcome::Fail, "impossible size");
}

#[test]
fn quirk_28_unknown_critical_extensions() {
    let world = World::new();
    let critical = sequence(&[&sequence(&[OID, &[1, 1, 0xFF], &octets(b"x")])]);
    tolerated(&world, &with_extensions(&world, &critical), "critical extension 1.2.3.4", true);
    let to_sign = edit(&world.to_be_signed(world.seal().der()), &[5], |_| tlv(0xA0, &critical));
    let report = detached(&world, &world.sign(&to_sign), Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "critical extension 1.2.3.4");
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    assert_eq!(detached(&world, &world.sign(&to_sign), strict()).verdict, Verdict::Invalid);
}

#[test]
fn quirk_45_lengths_that_der_forbids() {
    let world = World::new();
    let seal = world.seal();
    let long = |element: &[u8]| [&[element[0], 0x84, 0, 0, 0], &element[1..]].concat();
    let open = |element: &[u8]| [&[element[0], 0x80], content(element), &[0, 0]].concat();
    let outer = [&[0x30, 0x80], content(seal.der()), &[0, 0]].concat();
    let cases = [
        world.seal_with(&[1], long),
        world.seal_with(&[2], open),
        world.seal_with(&[3, 0], long),
        edit(seal.der(), &[2], long),
        outer,
    ];
    for bytes in cases {
        let error = Seal::from_der(&bytes).unwrap_err();
        assert!(error.to_string().contains("not encoded as DER asks, at byte"), "{error}");
    }
    let to_sign = edit(&world.to_be_signed(seal.der()), &[4], long);
    let error = SealSignature::from_der(&world.sign(&to_sign)).unwrap_err();
    assert!(error.to_string().contains("not encoded as DER asks"), "{error}");
}
