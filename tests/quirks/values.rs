//! Habits of values, certificates, times and names, and of who verifies.

use crate::sealing::{
    FORM, SM2_SM3, World, bits, children, content, edit, now, octets, of, package, sample, sequence, silent, sm3, time,
    tlv, told,
};
use crate::*;
use eseal::authority::{Profile, Usage};
use eseal::seal::Signatories;
use eseal::verify::{MakerRule, Policy};
use eseal::{
    Certificate, DigestAlgorithm, Edition, ErrorKind, Ofd, Outcome, SM2_DEFAULT_ID, Seal, SealMaker, Signatory, Trust,
    Validity, Verdict, Verifier, sm2_digest,
};

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
