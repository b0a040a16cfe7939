use x509_parser::prelude::{CertificateRevocationList, FromDer as _, ParsedExtension};

use crate::authority::{Algorithm, Authority, Profile, Usage};
use crate::crypto::{Certificate, Credentials, Judgement, PublicKey, SignatureAlgorithm, verify};
use crate::der::{Tlv, tag};
use crate::error::ErrorKind;
use crate::time::{Time, Validity};

const ALL: [Algorithm; 3] = [Algorithm::P256, Algorithm::Rsa, Algorithm::Sm2];

fn clock() -> Time {
    "2025-03-01T08:00:00+08:00".parse().unwrap()
}

fn authority(algorithm: Algorithm) -> Authority {
    Authority::new(algorithm, clock()).unwrap()
}

fn good(judgement: &Judgement) -> bool {
    matches!(judgement, Judgement::Good { .. })
}

fn bits(certificate: &Certificate) -> &[u8] {
    certificate.public_key().unwrap().bits()
}

#[test]
fn the_root_signs_itself_and_nothing_of_others() {
    for algorithm in ALL {
        let first = authority(algorithm);
        let root = first.root();
        assert_eq!(root.subject(), "C=CN, O=eseal test authority, CN=eseal test root");
        assert!(good(&root.signed_by(root)));
        assert!(root.is_authority());
        assert!(root.key_usage().is_some_and(|usage| usage.may_certify()));
        assert_eq!(root.validity().not_before, clock().plus_days(-1));
        assert_eq!(root.validity().not_after, clock().plus_years(10));
        assert_eq!(Certificate::from_pem(first.root_pem().as_bytes()).unwrap(), *root);
        let other = authority(if algorithm == Algorithm::Sm2 { Algorithm::P256 } else { Algorithm::Sm2 });
        assert_eq!(root.signed_by(other.root()), Judgement::Bad);
    }
    // Same name, same serial number, other key.
    let (first, second) = (authority(Algorithm::Sm2), authority(Algorithm::Sm2));
    assert_eq!(first.root().subject_raw(), second.root().subject_raw());
    assert_eq!(first.root().serial_number(), second.root().serial_number());
    assert_eq!(first.root().signed_by(second.root()), Judgement::Bad);
}

#[test]
fn what_is_issued_leads_to_the_root() {
    for (algorithm, signature) in ALL.into_iter().zip([
        SignatureAlgorithm::EcdsaSha256,
        SignatureAlgorithm::RsaPkcs1Sha256,
        SignatureAlgorithm::Sm2Sm3,
    ]) {
        let authority = authority(algorithm);
        let root = authority.root();
        let roles = [
            (authority.seal_maker().unwrap(), "CN=示例印章制作中心", 5),
            (authority.signatory("示例有限公司").unwrap(), "CN=示例有限公司", 3),
            (authority.time_stamping().unwrap(), "CN=eseal test time stamping", 5),
        ];
        for (credentials, name, years) in &roles {
            let certificate = credentials.certificate();
            assert!(certificate.subject().ends_with(name), "{}", certificate.subject());
            assert_eq!(certificate.issuer_raw(), root.subject_raw());
            assert_eq!(certificate.authority_key_id(), root.subject_key_id());
            assert!(certificate.subject_key_id().is_some());
            assert!(good(&certificate.signed_by(root)));
            assert_eq!(certificate.signed_by(certificate), Judgement::Bad);
            assert_eq!(certificate.validity().not_after, clock().plus_years(*years));
            assert!(!certificate.is_authority());
            assert!(certificate.key_usage().is_some_and(|usage| usage.may_sign() && !usage.may_certify()));
            assert!(certificate.unknown_critical().is_empty());
            assert_eq!(credentials.chain(), []);
            assert_eq!(credentials.algorithm(), signature);
            credentials.sign(b"form").unwrap();
        }
        let [maker, signatory, time_stamping] = roles.map(|(credentials, _, _)| credentials.certificate().clone());
        assert_eq!(maker.extended_key_usage(), None);
        assert_eq!(signatory.extended_key_usage(), None);
        assert_eq!(time_stamping.extended_key_usage(), Some(&["1.3.6.1.5.5.7.3.8".to_owned()][..]));
        assert_ne!(bits(&maker), bits(root));
        assert_ne!(bits(&maker), bits(&signatory));
    }
}

#[test]
fn serial_numbers_are_positive_distinct_and_the_same_each_time() {
    let (first, second) = (authority(Algorithm::P256), authority(Algorithm::P256));
    let serial = |authority: &Authority| authority.signatory("same").unwrap().certificate().serial_raw().to_vec();
    let numbers = [serial(&first), serial(&first)];
    assert_ne!(numbers[0], numbers[1]);
    assert_eq!(numbers, [serial(&second), serial(&second)]);
    assert!(numbers.iter().all(|number| number.len() == 16 && (0x40..0x80).contains(&number[0])));
}

#[test]
fn an_intermediate_authority() {
    let authority = authority(Algorithm::Sm2).with_intermediate().unwrap();
    let signatory = authority.signatory("示例有限公司").unwrap();
    let [intermediate] = signatory.chain() else { panic!("{:?}", signatory.chain()) };
    assert_eq!(intermediate, authority.issuer().credentials.certificate());
    assert_eq!(intermediate.path_length(), Some(0));
    assert!(intermediate.is_authority());
    assert!(good(&signatory.certificate().signed_by(intermediate)));
    assert!(good(&intermediate.signed_by(authority.root())));
    assert_eq!(signatory.certificate().signed_by(authority.root()), Judgement::Bad);
    let direct = authority.issue_under(authority.issued_root(), &authority.profile("direct")).unwrap();
    assert!(good(&direct.credentials.certificate().signed_by(authority.root())));
    // A signatory is no authority, and yet a certificate under it can be had.
    let signatory = authority.issue(&authority.profile("signatory")).unwrap();
    let below = authority.issue_under(&signatory, &authority.profile("below")).unwrap();
    let [issuer, _] = below.credentials.chain() else { panic!("{:?}", below.credentials.chain()) };
    assert!(!issuer.is_authority());
    assert!(good(&below.credentials.certificate().signed_by(issuer)));
}

#[test]
fn bad_twins() {
    let authority = authority(Algorithm::P256);
    let issue = |profile| authority.issue(&profile).unwrap().credentials.certificate().clone();
    let expired = Validity { not_before: clock().plus_years(-90), not_after: clock().plus_years(40) };
    let usual = authority.profile("twin");
    assert_eq!(issue(Profile { validity: expired, ..usual.clone() }).validity(), expired);
    let usage = issue(Profile { key_usage: vec![Usage::KeyEncipherment], ..usual.clone() }).key_usage();
    assert!(usage.is_some_and(|usage| !usage.may_sign() && !usage.may_certify()));
    assert_eq!(issue(Profile { key_usage: vec![], ..usual.clone() }).key_usage(), None);
    let lower = issue(Profile { authority: true, path_length: Some(3), ..usual.clone() });
    assert_eq!((lower.is_authority(), lower.path_length()), (true, Some(3)));
    let unknown = issue(Profile { unknown_critical: Some("1.2.3.4".into()), ..usual.clone() });
    assert_eq!(unknown.unknown_critical(), ["1.2.3.4"]);
    let other = issue(Profile { algorithm: Algorithm::Sm2, ..usual.clone() });
    assert_eq!(other.public_key().unwrap().kind().to_string(), "SM2");
    assert!(good(&other.signed_by(authority.root())));
    let error = authority.issue(&Profile { extended_key_usage: vec!["x".into()], ..usual }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert!(error.to_string().contains("\"x\""), "{error}");
}

#[test]
fn keys_and_certificates_in_pem() {
    for algorithm in ALL {
        let authority = authority(algorithm).with_intermediate().unwrap();
        let issue = |name| authority.issue(&authority.profile(name)).unwrap();
        let (first, second) = (issue("first"), issue("second"));
        let read = Credentials::from_pem(first.certificate_pem.as_bytes(), first.key_pem.as_bytes()).unwrap();
        assert_eq!(read.certificate(), first.credentials.certificate());
        assert_eq!(read.chain(), first.credentials.chain());
        let error = Credentials::from_pem(first.certificate_pem.as_bytes(), second.key_pem.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(first.key_pem.lines().all(|line| line.len() <= 64));
        assert!(!format!("{first:?}").contains("PRIVATE"));
    }
}

#[test]
fn lists_of_revoked_certificates() {
    for algorithm in ALL {
        let authority = authority(algorithm);
        let signatory = authority.signatory("revoked").unwrap();
        let time = clock().plus_days(3);
        let der = authority.crl(&[(signatory.certificate(), time)]).unwrap();
        let (rest, list) = CertificateRevocationList::from_der(&der).unwrap();
        assert!(rest.is_empty());
        assert_eq!(list.issuer().as_raw(), authority.root().subject_raw());
        assert_eq!(list.last_update().timestamp(), clock().unix_seconds());
        assert_eq!(list.next_update().unwrap().timestamp(), clock().plus_days(30).unix_seconds());
        let [entry] = list.tbs_cert_list.revoked_certificates.as_slice() else { panic!("not one entry") };
        assert_eq!(entry.raw_serial(), signatory.certificate().serial_raw());
        assert_eq!(entry.revocation_date.timestamp(), time.unix_seconds());
        assert!(list.crl_number().is_some());
        let key_id = list.extensions().iter().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(id) => id.key_identifier.as_ref().map(|id| id.0),
            _ => None,
        });
        assert_eq!(key_id, authority.root().subject_key_id());
        assert!(good(&list_signed_by(&der, authority.root())));
        assert_eq!(list_signed_by(&der, signatory.certificate()), Judgement::Bad);
        let later = authority.crl(&[]).unwrap();
        let (_, later) = CertificateRevocationList::from_der(&later).unwrap();
        assert_eq!(later.iter_revoked_certificates().count(), 0);
        assert!(later.crl_number() > list.crl_number());
    }
}

fn list_signed_by(der: &[u8], issuer: &Certificate) -> Judgement {
    let [content, algorithm, value] = Tlv::only(der, "list").unwrap().list("list").unwrap().try_into().unwrap();
    let algorithm = SignatureAlgorithm::from_identifier(&algorithm, None).unwrap();
    let key: &PublicKey = issuer.public_key().unwrap();
    verify(algorithm, key, content.raw, value.expect(tag::BIT_STRING, "value").unwrap().bits("value").unwrap())
}

#[test]
fn times_before_and_after_two_digits_of_a_year() {
    for text in ["1950-01-01T00:00:00Z", "2024-02-29T00:00:00Z", "2049-12-31T23:59:59Z", "2199-07-01T00:00:00Z"] {
        let clock: Time = text.parse().unwrap();
        let root = Authority::new(Algorithm::P256, clock).unwrap().root().clone();
        let expected = Validity { not_before: clock.plus_days(-1), not_after: clock.plus_years(10) };
        assert_eq!(root.validity(), expected);
    }
}

#[test]
fn authorities_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Authority>();
    shared::<super::Issued>();
}
