use super::verify;
use crate::crypto::algorithm::{Judgement, PublicKey};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, digest};
use crate::der::Tlv;

const MESSAGE: &[u8] = b"what was signed\n";

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// OpenSSL's values, each verified by this room even where `ring` could; and each with its bad twins.
#[test]
fn values_of_others_verify_and_their_twins_do_not() {
    let text = include_str!("../../../testdata/algorithms/vectors.txt");
    let mut count = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<_> = line.split(" | ").collect();
        let [name, key, identifier, value] = parts.as_slice() else { panic!("{line}") };
        let (key, identifier, value) = (octets(key), octets(identifier), octets(value));
        let key = PublicKey::from_spki(&Tlv::only(&key, "key").unwrap()).unwrap();
        let identifier = Tlv::only(&identifier, "identifier").unwrap();
        let algorithm = SignatureAlgorithm::from_identifier(&identifier, None).unwrap();
        assert!(algorithm.fits(key.kind()), "{name}");
        if algorithm == SignatureAlgorithm::Ed25519 {
            continue;
        }
        let good = verify(algorithm, &key, MESSAGE, &value);
        assert_eq!(good, Judgement::Good { raw: false }, "{name}");
        assert_eq!(crate::crypto::verify(algorithm, &key, MESSAGE, &value), good, "{name}");
        assert_eq!(verify(algorithm, &key, b"something else", &value), Judgement::Bad, "{name}");
        for at in [0, value.len() / 2, value.len() - 1] {
            let mut twin = value.clone();
            twin[at] ^= 1;
            assert_eq!(verify(algorithm, &key, MESSAGE, &twin), Judgement::Bad, "{name}, octet {at}");
        }
        for twin in [&value[1..], &value[..value.len() - 1], &[], &vec![0; value.len()], &vec![0xFF; value.len()]] {
            assert_eq!(verify(algorithm, &key, MESSAGE, twin), Judgement::Bad, "{name}, {} octets", twin.len());
        }
        count += 1;
    }
    assert!(count > 90, "only {count} values");
}

/// A value of one salt does not verify under parameters with another, nor one scheme's under the other's.
#[test]
fn parameters_are_not_guessed() {
    let text = include_str!("../../../testdata/algorithms/vectors.txt");
    let line = text.lines().find(|line| line.starts_with("RSA 2048 PSS sha256 sha256 20 ")).unwrap();
    let parts: Vec<_> = line.split(" | ").map(|part| part.to_owned()).collect();
    let (key, value) = (octets(&parts[1]), octets(&parts[3]));
    let key = PublicKey::from_spki(&Tlv::only(&key, "key").unwrap()).unwrap();
    let sha256 = DigestAlgorithm::Sha256;
    let others = [
        SignatureAlgorithm::RsaPssSha256,
        SignatureAlgorithm::RsaPkcs1Sha256,
        SignatureAlgorithm::RsaPssOther { digest: sha256, mask: sha256, salt: 19 },
        SignatureAlgorithm::RsaPssOther { digest: sha256, mask: DigestAlgorithm::Sha1, salt: 20 },
        SignatureAlgorithm::RsaPssOther { digest: sha256, mask: sha256, salt: u16::MAX },
    ];
    for other in others {
        assert_eq!(verify(other, &key, MESSAGE, &value), Judgement::Bad, "{other}");
    }
}

/// FIPS 202 and FIPS 180-4, the digests of "abc".
#[test]
fn digests_of_abc() {
    let rows = [
        (DigestAlgorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        (DigestAlgorithm::Sha3_224, "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"),
        (DigestAlgorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
    ];
    for (algorithm, hex) in rows {
        assert_eq!(digest(algorithm, b"abc").unwrap(), octets(hex), "{algorithm}");
        assert_eq!(algorithm.length(), octets(hex).len());
    }
    let long = digest(DigestAlgorithm::Shake256, b"abc").unwrap();
    assert_eq!(long[..8], octets("483366601360a877"));
    assert_eq!(long.len(), DigestAlgorithm::Shake256.length());
}

/// Keys that no honest person has: even and tiny moduli, exponents of one, points off the curve.
#[test]
fn odd_keys_are_told_and_do_no_harm() {
    let integer = |value: &[u8]| [&[2, u8::try_from(value.len()).unwrap()], value].concat();
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let content = [integer(modulus), integer(exponent)].concat();
        [&[0x30, 0x81, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
    };
    let odd = [&[0x7F][..], &[1; 100]].concat();
    let even = [&[0x7F][..], &[2; 100]].concat();
    for (modulus, exponent) in [(&even, &[3][..]), (&odd, &[1]), (&odd, &[2]), (&odd, &[0]), (&odd, &[7; 9])] {
        let key = PublicKey::new(crate::crypto::KeyKind::Rsa(808), &rsa(modulus, exponent)).unwrap();
        let judged = verify(SignatureAlgorithm::RsaPkcs1Sha256, &key, MESSAGE, &[1; 101]);
        assert!(matches!(judged, Judgement::Unsupported(_)), "{judged:?}");
    }
    for kind in [crate::crypto::KeyKind::P521, crate::crypto::KeyKind::Brainpool256, crate::crypto::KeyKind::Ed448] {
        for bits in [&[][..], &[4; 57], &[0xFF; 133], &[0; 65]] {
            let key = PublicKey::new(kind, bits).unwrap();
            let algorithm = match kind {
                crate::crypto::KeyKind::Ed448 => SignatureAlgorithm::Ed448,
                _ => SignatureAlgorithm::EcdsaSha256,
            };
            let judged = verify(algorithm, &key, MESSAGE, &[0x30, 6, 2, 1, 1, 2, 1, 1]);
            assert_eq!(judged, Judgement::Bad, "{kind} {}", bits.len());
        }
    }
}
