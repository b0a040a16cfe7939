//! The habits of real products, by the numbers of the list in the manual: what is tolerated and told, what
//! only a strict reader refuses, and what is refused.

#![cfg(all(feature = "sm", feature = "ofd", feature = "authority"))]

mod sealing;

use std::io::{Cursor, Read as _, Write as _};

use eseal::authority::{Profile, Usage};
use eseal::seal::{SealSignature, Signatories};
use eseal::verify::{Encoding, MakerRule, Policy, SignatureKind, SignatureReport};
use eseal::{
    Certificate, DigestAlgorithm, Document as _, Edition, ErrorKind, Finding, Ofd, Outcome, Page, SM2_DEFAULT_ID, Seal,
    SealMaker, Signatory, Stamp, Time, Trust, Validity, Verdict, Verifier, sm2_digest,
};
use sealing::{
    FORM, PROPERTY, SM2_SM3, World, bits, children, content, edit, now, octets, of, package, sample, sequence, silent,
    sm3, time, tlv, told,
};

const ENCODING: &str = "seal.encoding";

fn strict() -> Policy {
    Policy { encoding: Encoding::Strict, ..Policy::default() }
}

/// The findings about a seal, judged some days after it was made.
fn judged(world: &World, seal: &[u8], policy: Policy) -> (Verdict, Vec<Finding>) {
    let seal = Seal::from_der(seal).unwrap();
    let report = Verifier::new(&world.trust).policy(policy).seal(&seal, now().plus_days(3));
    (report.verdict(), report.findings().to_vec())
}

/// A deviation that changes no meaning: told, and refused by a strict reader only where `refused`.
#[track_caller]
fn tolerated(world: &World, seal: &[u8], words: &str, refused: bool) {
    let (verdict, findings) = judged(world, seal, Policy::default());
    told(&findings, ENCODING, Outcome::Pass, words);
    assert_eq!(verdict, Verdict::Valid, "{findings:#?}");
    let (verdict, findings) = judged(world, seal, strict());
    let outcome = if refused { Outcome::Fail } else { Outcome::Pass };
    told(&findings, ENCODING, outcome, words);
    assert_eq!(verdict, if refused { Verdict::Invalid } else { Verdict::Valid }, "{findings:#?}");
}

fn detached(world: &World, signature: &[u8], policy: Policy) -> SignatureReport {
    Verifier::new(&world.trust).policy(policy).detached(signature, FORM, now().plus_days(3))
}

fn v1(world: &World) -> Seal {
    world.maker.prepare(world.content()).edition(Edition::Gmt0031_2014).make(now()).unwrap()
}

const FALSE: &[u8] = &[1, 1, 0];
const OID: &[u8] = &[6, 3, 0x2A, 3, 4];

/// Appends extDatas to a seal and signs it.
fn with_extensions(world: &World, extensions: &[u8]) -> Vec<u8> {
    world.seal_with(&[4], |_| extensions.to_vec())
}

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

/// SM2's `r‖s` out of SEQUENCE { r, s }.
fn raw_value(value: &[u8]) -> Vec<u8> {
    let numbers = children(value);
    let fixed = |number: &[u8]| {
        let digits: Vec<u8> = content(number).iter().copied().skip_while(|octet| *octet == 0).collect();
        [vec![0; 32 - digits.len()], digits].concat()
    };
    [fixed(&numbers[0]), fixed(&numbers[1])].concat()
}

#[test]
fn quirk_12_raw_signature_values() {
    let world = World::new();
    let to_sign = world.to_be_signed(world.seal().der());
    let value = raw_value(&world.signatory.credentials().sign(&to_sign).unwrap());
    assert_eq!(value.len(), 64);
    let signature = world.pack(&to_sign, &value);
    let report = detached(&world, &signature, Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "r‖s in 64 bytes");
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    let report = detached(&world, &signature, strict());
    told(&report.checks, ENCODING, Outcome::Fail, "r‖s in 64 bytes");
    // 63 or 65 bytes are nothing that is guessed at.
    for wrong in [&value[1..], &[&[0], value.as_slice()].concat()] {
        let report = detached(&world, &world.pack(&to_sign, wrong), Policy::default());
        told(&report.checks, "signature.value", Outcome::Fail, "does not verify");
    }
    // The product that does so, and one that does so in GB/T 35275.
    let trust = Trust::new();
    let real = Verifier::new(&trust).detached(&sample("keyword-1.dat"), &sample("keyword-1.xml"), now());
    told(&real.checks, "signature.value", Outcome::Pass, "SM2");
    told(&real.checks, ENCODING, Outcome::Pass, "r‖s in 64 bytes");
    let cms = |policy| {
        Verifier::new(&trust).policy(policy).detached(&sample("keyword-3.dat"), &sample("keyword-3.xml"), now())
    };
    told(&cms(Policy::default()).checks, "signature.format", Outcome::Pass, "r‖s in 64 bytes");
    told(&cms(strict()).checks, "signature.format", Outcome::Fail, "r‖s in 64 bytes");
}

#[test]
fn quirk_13_signature_over_the_digest_alone() {
    let trust = Trust::new();
    let document = Ofd::read(package("n.ofd")).unwrap();
    let report = Verifier::new(&trust).document(&document, now()).unwrap();
    told(&report.signatures()[0].checks, "signature.value", Outcome::Fail, "over dataHash alone");
    assert_eq!(report.verdict(), Verdict::Invalid);
}

#[test]
fn quirk_14_digests_with_the_prefix_of_sm2() {
    let world = World::new();
    let signatory = world.signatory.certificate().der();
    let key = public_point(signatory);
    let prefixed = sm2_digest(&key, SM2_DEFAULT_ID, FORM).unwrap();
    let to_sign = edit(&world.to_be_signed(world.seal().der()), &[3], |_| bits(&prefixed));
    let report = detached(&world, &world.sign(&to_sign), Policy::default());
    told(&report.checks, "document.intact", Outcome::Fail, "SM2's prefix Z");
    told(&report.checks, "signature.value", Outcome::Pass, "");
    // Any other wrong digest is not called so.
    let to_sign = edit(&world.to_be_signed(world.seal().der()), &[3], |_| bits(&sm3(b"another form")));
    let report = detached(&world, &world.sign(&to_sign), Policy::default());
    told(&report.checks, "document.intact", Outcome::Fail, "they were changed");
    // The same in a list of digests.
    let digest = sm2_digest(&key, SM2_DEFAULT_ID, signatory).unwrap();
    let report = detached(&world, &world.sign(&world.to_be_signed(&digest_list(&world, "SM3", &digest))), strict());
    told(&report.checks, "seal.signatory-listed", Outcome::Fail, "SM2's prefix Z");
    let other = sm3(b"another certificate");
    let report = detached(&world, &world.sign(&world.to_be_signed(&digest_list(&world, "SM3", &other))), strict());
    told(&report.checks, "seal.signatory-listed", Outcome::Fail, "not among them");
}

/// The point in a certificate's SubjectPublicKeyInfo.
fn public_point(certificate: &[u8]) -> Vec<u8> {
    let body = children(certificate).remove(0);
    content(&children(&children(&body)[6])[1])[1..].to_vec()
}

fn digest_list(world: &World, label: &str, digest: &[u8]) -> Vec<u8> {
    let object = sequence(&[&tlv(0x13, label.as_bytes()), &octets(digest)]);
    let info = children(world.seal().der()).remove(0);
    let info = edit(&info, &[2, 2], |_| vec![2, 1, 2]);
    world.sign_info(&edit(&info, &[2, 3], |_| sequence(&[&object])))
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
fn quirk_20_made_before_a_certificate_was_valid() {
    let world = World::new();
    let late = Validity { not_before: now().plus_days(2), not_after: now().plus_years(2) };
    let profile = Profile { validity: late, ..world.authority.profile("late") };
    let late = world.authority.issue(&profile).unwrap().credentials;
    // The signatory's: told, no more.
    let mut content = world.content();
    content.signatories = Signatories::listed([late.certificate()]);
    let seal = world.maker.create(content, now()).unwrap();
    let (verdict, findings) = judged(&world, seal.der(), Policy::default());
    told(&findings, "seal.created", Outcome::Pass, "before the certificate of");
    assert_eq!(verdict, Verdict::Valid);
    // The maker's: an error by the rule of 2025, told by that of 2020.
    let info = children(world.seal().der()).remove(0);
    let value = late.sign(&info).unwrap();
    let seal = sequence(&[&info, &octets(late.certificate().der()), SM2_SM3, &bits(&value)]);
    let (verdict, findings) = judged(&world, &seal, Policy::default());
    told(&findings, "seal.maker-validity", Outcome::Fail, "the rule of 2025");
    assert_eq!(verdict, Verdict::Invalid);
    let (verdict, findings) = judged(&world, &seal, Policy { maker: MakerRule::Strict2020, ..Policy::default() });
    told(&findings, "seal.maker-validity", Outcome::Pass, "the rule of 2020");
    told(&findings, "seal.created", Outcome::Pass, "before the certificate of");
    assert_eq!(verdict, Verdict::Valid);
}

#[test]
fn quirk_21_makers_certificate_ended_since() {
    let world = World::new();
    let brief = Validity { not_before: now().plus_days(-1), not_after: now().plus_days(1) };
    let profile = Profile { validity: brief, ..world.authority.profile("brief") };
    let maker = SealMaker::new(world.authority.issue(&profile).unwrap().credentials);
    let seal = maker.create(world.content(), now()).unwrap();
    let (verdict, findings) = judged(&world, seal.der(), Policy::default());
    told(&findings, "seal.maker-validity", Outcome::Pass, "it has ended since");
    assert_eq!(verdict, Verdict::Valid);
    let (verdict, findings) = judged(&world, seal.der(), Policy::strict_2020());
    told(&findings, "seal.maker-validity", Outcome::Fail, "the time of verification (the rule of 2020)");
    assert_eq!(verdict, Verdict::Invalid);
}

#[test]
fn quirk_22_maker_and_signatory_are_one() {
    let world = World::new();
    let mut content = world.content();
    content.signatories = Signatories::listed([world.maker.certificate()]);
    let seal = world.maker.create(content, now()).unwrap();
    let (verdict, findings) = judged(&world, seal.der(), strict());
    told(&findings, "seal.signatory-listed", Outcome::Pass, "lists its own maker");
    assert_eq!(verdict, Verdict::Valid);
}

#[test]
fn quirk_23_certificate_algorithms_with_and_without_null() {
    // Certificates of one product have the NULL, those of another do not: the chain holds for both.
    let trust = Trust::new().everything([Certificate::from_der(&sample("ROOT.cer")).unwrap()]);
    let seal = Seal::from_der(&sample("ofdrw-UserV4.esl")).unwrap();
    let report = Verifier::new(&trust).seal(&seal, time("2021-06-01T00:00:00Z"));
    told(report.findings(), "seal.maker-trusted", Outcome::Pass, "the chain holds");
    let world = World::new();
    let with_null = edit(world.maker.certificate().der(), &[1], |_| sequence(&[SM2_SM3, &[5, 0]]));
    let info = children(world.seal().der()).remove(0);
    let value = world.maker.credentials().sign(&info).unwrap();
    let seal = sequence(&[&info, &octets(&with_null), SM2_SM3, &bits(&value)]);
    let (verdict, findings) = judged(&world, &seal, strict());
    told(&findings, "seal.maker-trusted", Outcome::Pass, "the chain holds");
    assert_eq!(verdict, Verdict::Valid, "{findings:#?}");
}

#[test]
fn quirk_24_certificate_of_an_authority_used_to_sign() {
    let world = World::new();
    let profile = Profile {
        key_usage: vec![Usage::CertificateSigning, Usage::ListSigning],
        authority: true,
        ..world.authority.profile("an authority")
    };
    let by = world.authority.issue(&profile).unwrap().credentials;
    let mut content = world.content();
    content.signatories = Signatories::listed([by.certificate()]);
    let seal = world.maker.create(content, now()).unwrap();
    let to_sign = world.to_be_signed(seal.der());
    let value = by.sign(&to_sign).unwrap();
    let signature = sequence(&[&to_sign, &octets(by.certificate().der()), SM2_SM3, &bits(&value)]);
    let report = detached(&world, &signature, Policy::default());
    told(&report.checks, "certificate.usage", Outcome::Fail, "neither digitalSignature nor nonRepudiation");
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn quirk_25_seal_that_verifies_under_no_reading() {
    let world = World::new();
    let seal = edit(world.seal().der(), &[0, 2, 1], |_| tlv(0x0C, "另一公司".as_bytes()));
    let (verdict, findings) = judged(&world, &seal, Policy::default());
    told(&findings, "seal.maker-signature", Outcome::Fail, "does not verify");
    assert_eq!(verdict, Verdict::Invalid);
    // Signed as in 2014, laid out as in 2020: no second reading is tried.
    let info = children(world.seal().der()).remove(0);
    let certificate = octets(world.maker.certificate().der());
    let value = world.maker.credentials().sign(&sequence(&[&info, &certificate, SM2_SM3])).unwrap();
    let (_, findings) = judged(&world, &sequence(&[&info, &certificate, SM2_SM3, &bits(&value)]), Policy::default());
    told(&findings, "seal.maker-signature", Outcome::Fail, "does not verify");
}

#[test]
fn quirk_26_junk_in_place_of_a_time_stamp() {
    let world = World::new();
    let seal = world.seal();
    for junk in [tlv(0xA0, &bits(b"abc")), tlv(0xA0, b"abc"), tlv(0x80, b"\0ab"), tlv(0xA0, &[]), bits(b"abc")] {
        let stamped = edit(seal.der(), &[4], |_| junk.clone());
        let (verdict, findings) = judged(&world, &stamped, Policy::default());
        assert_eq!(Seal::from_der(&stamped).unwrap().edition(), Edition::Gmt0031_2025);
        told(&findings, "seal.time-stamp", Outcome::Fail, "");
        told(&findings, "seal.maker-signature", Outcome::Pass, "signed by");
        assert_eq!(verdict, Verdict::Invalid);
        let signature = edit(&world.sign(&world.to_be_signed(seal.der())), &[4], |_| junk.clone());
        let report = detached(&world, &signature, Policy::default());
        told(&report.checks, "time.stamp", Outcome::Fail, "");
        told(&report.checks, "signature.value", Outcome::Pass, "signed by");
        assert_eq!((report.times.proven, report.verdict), (None, Verdict::Valid), "{report}");
    }
}

#[test]
fn quirk_27_digest_of_zeros() {
    let trust = Trust::new();
    let signature = sample("ofdrw-SignedValueV4.dat");
    let report = Verifier::new(&trust).detached(&signature, b"anything", now());
    told(&report.checks, "document.intact", Outcome::Fail, &"00".repeat(32));
    told(&report.checks, "signature.value", Outcome::Pass, "");
    assert_eq!(report.verdict, Verdict::Invalid);
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

/// Judges a package with no anchors, which leaves chains unknown and everything else as it is.
fn judged_package(bytes: Vec<u8>, at: Time) -> Vec<SignatureReport> {
    let trust = Trust::new();
    let document = Ofd::read(bytes).unwrap();
    Verifier::new(&trust).document(&document, at).unwrap().signatures().to_vec()
}

/// Rewrites a package, each entry by its name and content; `None` drops it.
fn rewritten(bytes: &[u8], change: impl Fn(&str, Vec<u8>) -> Vec<(String, Vec<u8>)>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        for (name, content) in change(&name, content) {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn replaced(text: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(text).unwrap().replace(from, to).into_bytes()
}

#[test]
fn quirk_29_forms_of_the_description() {
    // No year in a namespace, relative paths; elements in another order; attributes nobody knows.
    for (name, count) in [("testImageNotFound.ofd", 2), ("999.ofd", 1), ("DigitalSign.ofd", 1), ("v4signed.ofd", 1)] {
        let reports = judged_package(package(name), now());
        assert_eq!(reports.len(), count, "{name}");
        for report in reports {
            told(&report.checks, "document.references", Outcome::Pass, "");
        }
    }
    // Provider with elements in place of attributes, and a check method of another number.
    let reports = judged_package(package("n.ofd"), now());
    assert_eq!(reports[0].kind, SignatureKind::SealSignature);
}

#[test]
fn quirk_30_forms_of_identifiers() {
    let open = package("SESV4SignDoc.ofd");
    let list = "Doc_0/Signs/Signatures.xml";
    let forms =
        ["<ofd:MaxSignId>1</ofd:MaxSignId>", "<ofd:MaxSignId>0</ofd:MaxSignId><ofd:MaxSignId>s1</ofd:MaxSignId>", ""];
    let world = World::new();
    let seal = world.seal();
    for form in forms {
        let odd = rewritten(&open, |name, bytes| {
            let bytes = if name == list { with_max_sign_id(&bytes, form) } else { bytes };
            vec![(name.to_owned(), bytes)]
        });
        told(&judged_package(odd.clone(), now())[0].checks, "document.references", Outcome::Pass, "");
        // On writing there is exactly one, and it is the highest in use.
        let valid = Verifier::new(&world.trust).seal(&seal, now().plus_days(1)).require_valid().unwrap();
        let document = Ofd::read(odd).unwrap();
        let stamp = Stamp::of(valid).on(Page(1), eseal::Mm(10.0), eseal::Mm(10.0));
        let stamped = stamp.apply(&document, &world.signatory).unwrap();
        let bytes = stamped.as_bytes().to_vec();
        let text = entry(&bytes, list);
        assert_eq!(text.matches("MaxSignId>").count(), 2, "{text}");
        let reports = judged_package(bytes, now().plus_days(2));
        assert_eq!(reports.len(), 2);
        told(&reports[1].checks, "document.references", Outcome::Pass, "");
    }
}

fn with_max_sign_id(bytes: &[u8], form: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let start = text.find("<ofd:MaxSignId>").unwrap();
    let end = text.find("</ofd:MaxSignId>").unwrap() + "</ofd:MaxSignId>".len();
    format!("{}{form}{}", &text[..start], &text[end..]).into_bytes()
}

fn entry(package: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn quirk_31_no_seal_node_no_type() {
    let reports = judged_package(package("999.ofd"), now());
    assert_eq!(reports[0].kind, SignatureKind::SealSignature);
    told(&reports[0].checks, "seal.maker-signature", Outcome::Pass, "");
    assert!(of(&reports[0].checks, "seal.same").is_empty());
}

#[test]
fn quirk_32_date_of_the_description_is_no_evidence() {
    // v4signed.ofd writes local time there; timeInfo counts.
    let bytes = package("v4signed.ofd");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
    let mut value = Vec::new();
    archive.by_name("Doc_0/Signs/Sign_0/SignedValue.dat").unwrap().read_to_end(&mut value).unwrap();
    let signed = SealSignature::from_der(&value).unwrap();
    assert_eq!(judged_package(bytes, now())[0].times.claimed, Some(signed.time()));
}

#[test]
fn quirk_33_locked_document_signed_again() {
    let locked = package("V4RideRight.ofd");
    let world = World::new();
    let seal = world.seal();
    let valid = Verifier::new(&world.trust).seal(&seal, now().plus_days(1)).require_valid().unwrap();
    let stamp = Stamp::of(valid).on(Page(1), eseal::Mm(10.0), eseal::Mm(10.0));
    let refused = stamp.apply(&Ofd::read(locked.clone()).unwrap(), &world.signatory).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotAllowed, "{refused}");
    // Who does it all the same spoils the first signature, and the report names the list.
    let forced = rewritten(&locked, |name, bytes| {
        let bytes = if name.ends_with("Signatures.xml") { replaced(bytes, "</ofd:Max", " </ofd:Max") } else { bytes };
        vec![(name.to_owned(), bytes)]
    });
    let report = judged_package(forced, now()).remove(0);
    told(&report.checks, "document.references", Outcome::Fail, "Signatures.xml");
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn quirk_34_rebuilt_after_signing() {
    let report = judged_package(package("n.ofd"), now()).remove(0);
    told(&report.checks, "document.references", Outcome::Fail, "");
    let spaced = rewritten(&package("999.ofd"), |name, bytes| {
        let bytes = if name.ends_with("Document.xml") { [bytes.as_slice(), b" "].concat() } else { bytes };
        vec![(name.to_owned(), bytes)]
    });
    let report = judged_package(spaced, now()).remove(0);
    told(&report.checks, "document.references", Outcome::Fail, "Document.xml");
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn quirk_36_habits_of_gbt_35275() {
    // The attribute calls the content by another name than the content itself, which is data in both.
    for report in judged_package(package("testImageNotFound.ofd"), now()) {
        told(&report.checks, "signature.attributes", Outcome::Pass, "tolerated: content-type is");
        told(&report.checks, "signature.value", Outcome::Pass, "");
    }
    // The digest as content, with no attributes.
    let trust = Trust::new();
    let report = Verifier::new(&trust).detached(&sample("keyword-3.dat"), &sample("keyword-3.xml"), now());
    told(&report.checks, "document.intact", Outcome::Pass, "");
    told(&report.checks, "signature.value", Outcome::Pass, "");
    let report = Verifier::new(&trust).detached(&sample("keyword-3.dat"), b"another file", now());
    told(&report.checks, "document.intact", Outcome::Fail, "");
}

const MISSPELT: &[u8] = &[6, 7, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x83, 0x75];

#[test]
fn quirk_37_misspelt_object_identifier() {
    let world = World::new();
    let seal = edit(world.seal().der(), &[2], |_| MISSPELT.to_vec());
    tolerated(&world, &seal, "a misspelt 1.2.156.10197.1.501", false);
    let signature = edit(&world.sign(&world.to_be_signed(world.seal().der())), &[2], |_| MISSPELT.to_vec());
    let report = detached(&world, &signature, Policy::default());
    told(&report.checks, ENCODING, Outcome::Pass, "a misspelt");
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    // Its neighbour is no algorithm, and ours are written right.
    let other = edit(world.seal().der(), &[2], |_| [&MISSPELT[..8], &[0x76]].concat());
    let (verdict, findings) = judged(&world, &other, Policy::default());
    told(&findings, "seal.maker-signature", Outcome::Unknown, "not built in");
    assert_eq!(verdict, Verdict::Indeterminate);
    assert_eq!(children(world.seal().der())[2], SM2_SM3);
}

#[test]
fn quirk_38_two_numbers_for_encryption() {
    // Both 301.2 and 301.3 are met for encryption, which this crate does not do: neither signs.
    let world = World::new();
    for last in [2, 3] {
        let oid = [&[6, 9, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D], &[last][..]].concat();
        let (verdict, findings) = judged(&world, &edit(world.seal().der(), &[2], |_| oid), Policy::default());
        told(&findings, "seal.maker-signature", Outcome::Unknown, "not built in");
        assert_eq!(verdict, Verdict::Indeterminate);
    }
}

#[test]
fn quirk_39_name_that_is_not_utf8() {
    let world = World::new();
    let gbk = [0xCA, 0xBE, 0xC0, 0xFD];
    let seal = world.seal_with(&[2, 1], |_| tlv(0x0C, &gbk));
    tolerated(&world, &seal, "property.name is not UTF-8", true);
    let seal = Seal::from_der(&seal).unwrap();
    assert!(seal.name().contains('\u{FFFD}'));
    assert!(seal.der().windows(4).any(|window| window == gbk));
}

#[test]
fn quirk_40_identifiers_of_platforms() {
    let world = World::new();
    let info = children(world.seal().der()).remove(0);
    let info = edit(&info, &[0, 2], |_| tlv(0x16, b"esign"));
    let seal = world.sign_info(&edit(&info, &[1], |_| tlv(0x16, b"es_1234567890abcdef")));
    let (verdict, findings) = judged(&world, &seal, strict());
    silent(&findings);
    assert_eq!(verdict, Verdict::Valid);
    assert_eq!(Seal::from_der(&seal).unwrap().id(), "es_1234567890abcdef");
}

#[test]
fn quirk_41_no_verifying_by_encoding_anew() {
    // Both hold an extension with FALSE written out, which encoding anew would leave out.
    let trust = Trust::new();
    let report = Verifier::new(&trust).detached(&sample("tax.dat"), &sample("tax.xml"), now());
    told(&report.checks, "seal.maker-signature", Outcome::Pass, "");
    told(&report.checks, "signature.value", Outcome::Pass, "");
    told(&report.checks, "document.intact", Outcome::Pass, "");
    told(&judged_package(package("999.ofd"), now())[0].checks, "seal.maker-signature", Outcome::Pass, "");
}

#[test]
fn quirk_42_digest_lists_are_compared_to_the_end() {
    let world = World::new();
    let certificate = world.signatory.certificate();
    let good = certificate.digest(DigestAlgorithm::Sm3).unwrap();
    let sha = certificate.digest(DigestAlgorithm::Sha256).unwrap();
    let mut wrong = good.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let other = world.maker.certificate().digest(DigestAlgorithm::Sm3).unwrap();
    let cases: [(&str, &[u8], bool); 8] = [
        ("SM3", &good, true),
        ("1.2.156.10197.1.401", &good, true),
        ("whatever", &good, true),
        ("SHA256", &sha, true),
        ("SHA256", &good, false),
        ("SM3", &sha, false),
        ("SM3", &wrong, false),
        ("SM3", &other, false),
    ];
    for (label, digest, listed) in cases {
        let signature = world.sign(&world.to_be_signed(&digest_list(&world, label, digest)));
        let report = detached(&world, &signature, Policy::default());
        let outcome = if listed { Outcome::Pass } else { Outcome::Fail };
        told(&report.checks, "seal.signatory-listed", outcome, "");
    }
    let short = &good[..16];
    let report = detached(&world, &world.sign(&world.to_be_signed(&digest_list(&world, "SM3", short))), strict());
    told(&report.checks, "seal.signatory-listed", Outcome::Fail, "");
}

#[test]
fn quirk_43_every_check_is_made() {
    let world = World::new();
    let report = detached(&world, &world.sign(&world.to_be_signed(world.seal().der())), Policy::default());
    for check in [
        "signature.format",
        "signature.value",
        "signature.algorithm",
        "certificate.usage",
        "certificate.validity",
        "certificate.trusted",
        "certificate.revocation",
        "time.claimed",
        "document.intact",
        "seal.format",
        "seal.maker-signature",
        "seal.maker-algorithm",
        "seal.maker-trusted",
        "seal.maker-validity",
        "seal.maker-usage",
        "seal.maker-revocation",
        "seal.created",
        "seal.in-validity",
        "seal.picture",
        "seal.signatory-listed",
        "seal.status",
    ] {
        assert_eq!(of(&report.checks, check).len(), 1, "{check} in {report}");
    }
    // Outside the validity, by one second: value and digest are good, and it is invalid all the same.
    let late = edit(&world.to_be_signed(world.seal().der()), &[2], |_| tlv(0x18, b"20270301000001Z"));
    let trust = &world.trust;
    let report = Verifier::new(trust).detached(&world.sign(&late), FORM, time("2027-03-02T00:00:00Z"));
    told(&report.checks, "signature.value", Outcome::Pass, "");
    told(&report.checks, "seal.in-validity", Outcome::Fail, "lies outside");
    assert_eq!(report.verdict, Verdict::Invalid);
    let end = edit(&world.to_be_signed(world.seal().der()), &[2], |_| tlv(0x18, b"20270301000000Z"));
    let report = Verifier::new(trust).detached(&world.sign(&end), FORM, time("2027-03-02T00:00:00Z"));
    told(&report.checks, "seal.in-validity", Outcome::Pass, "");
}

#[test]
fn quirk_44_the_reader_is_our_own() {
    let world = World::new();
    let cases: [(&[usize], Vec<u8>, &str); 7] = [
        (&[0, 1], vec![2, 0], "the integer is empty"),
        (&[0, 1], tlv(2, &[1; 9]), "does not fit 64 bits"),
        (&[2, 0], tlv(4, b"1"), "expected INTEGER, found OCTET STRING"),
        (&[2, 2], vec![2, 1, 3], "1 stands for certificates, 2 for digests"),
        (&[2, 7], vec![5, 0], "more elements than the structure has"),
        (&[3, 1], tlv(3, b"\0x"), "expected OCTET STRING, found BIT STRING"),
        (&[4], vec![5, 0], "expected SEQUENCE, found NULL"),
    ];
    for (path, element, words) in cases {
        let error = Seal::from_der(&world.seal_with(path, |_| element)).unwrap_err();
        assert!(error.to_string().contains(words) && error.to_string().contains("at byte"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
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

#[test]
fn quirk_35_paths_in_another_case() {
    let good = package("999.ofd");
    let renamed = rewritten(&good, |name, bytes| {
        let name = if name.ends_with("Content.xml") { name.replace("Content", "CONTENT") } else { name.to_owned() };
        vec![(name, bytes)]
    });
    let report = judged_package(renamed.clone(), now()).remove(0);
    told(&report.checks, "document.references", Outcome::Pass, "tolerated: listed files whose names");
    let document = Ofd::read(renamed).unwrap();
    let anchors = Trust::new();
    let report = Verifier::new(&anchors).policy(strict()).document(&document, now()).unwrap();
    told(&report.signatures()[0].checks, "document.references", Outcome::Fail, "other capitals or slashes");
    assert_eq!(report.verdict(), Verdict::Invalid);
    // Two that differ in nothing else are one too many.
    let doubled = rewritten(&good, |name, bytes| {
        let mut both = vec![(name.to_owned(), bytes.clone())];
        if name.ends_with("Content.xml") {
            both.push((name.replace("Content", "CONTENT"), b"<other/>".to_vec()));
        }
        both
    });
    let trust = Trust::new();
    let doubled = Ofd::read(doubled);
    let refused = match &doubled {
        Err(_) => true,
        Ok(document) => match Verifier::new(&trust).document(document, now()) {
            Err(_) => true,
            Ok(report) => report.verdict() == Verdict::Invalid,
        },
    };
    assert!(refused);
}

#[test]
fn the_signatory_is_a_role() {
    // What the helpers of this file rest on: the good case is good, and says nothing odd.
    let world = World::new();
    let report = detached(&world, &world.sign(&world.to_be_signed(world.seal().der())), strict());
    assert_eq!(report.verdict, Verdict::Valid, "{report}");
    silent(&report.checks);
    let other = Signatory::new(world.authority.signatory("another").unwrap());
    let to_sign = world.to_be_signed(world.seal().der());
    let value = other.credentials().sign(&to_sign).unwrap();
    let signature = sequence(&[&to_sign, &octets(other.certificate().der()), SM2_SM3, &bits(&value)]);
    told(&detached(&world, &signature, strict()).checks, "seal.signatory-listed", Outcome::Fail, "not among them");
}
