use crate::crypto::{Certificate, Credentials, SignatureAlgorithm, SigningKey, SoftwareKey};
use crate::error::ErrorKind;

/// A file of `testdata/keys`.
macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/keys/", $name)).as_slice()
    };
}

/// Asserts that reading fails, of which kind, and with which words.
fn refused(bytes: &[u8], kind: ErrorKind, words: &str) {
    let error = SoftwareKey::from_pem(bytes).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

/// Pairing with the certificate proves that the key is the certificate's; signing checks the value.
fn signs(certificate: &[u8], key: &[u8]) -> SignatureAlgorithm {
    let credentials = Credentials::from_pem(certificate, key).unwrap();
    credentials.sign(b"form").unwrap();
    credentials.algorithm()
}

#[test]
fn every_structure_of_a_p256_key() {
    let certificate = file!("p256-certificate.pem");
    for key in [
        file!("p256.pem"),
        file!("p256.der"),
        file!("p256-sec1.pem"),
        file!("p256-sec1-parameters.pem"),
        // The rest lack a usable public half: the certificate's serves.
        file!("p256-sec1-private-only.pem"),
        file!("p256-private-only.der"),
        file!("p256-compressed.pem"),
    ] {
        assert_eq!(signs(certificate, key), SignatureAlgorithm::EcdsaSha256);
    }
    for key in [file!("p256.pem"), file!("p256.der"), file!("p256-sec1.pem")] {
        assert_eq!(SoftwareKey::from_pem(key).unwrap().algorithm(), SignatureAlgorithm::EcdsaSha256);
    }
    SoftwareKey::from_der(file!("p256.der")).unwrap();
    let error = SoftwareKey::from_der(file!("p256.pem")).unwrap_err();
    assert!(error.to_string().contains("not DER"), "{error}");
}

#[test]
fn other_kinds_of_keys() {
    let rsa = file!("rsa2048-certificate.pem");
    assert_eq!(signs(rsa, file!("rsa2048.pem")), SignatureAlgorithm::RsaPkcs1Sha256);
    assert_eq!(signs(rsa, file!("rsa2048-pkcs1.pem")), SignatureAlgorithm::RsaPkcs1Sha256);
    let ed25519 = file!("ed25519-certificate.pem");
    assert_eq!(signs(ed25519, file!("ed25519.pem")), SignatureAlgorithm::Ed25519);
    assert_eq!(signs(ed25519, file!("ed25519-public.der")), SignatureAlgorithm::Ed25519);
    for key in [file!("p384.pem"), file!("p384-sec1.pem")] {
        assert_eq!(SoftwareKey::from_pem(key).unwrap().algorithm(), SignatureAlgorithm::EcdsaSha384);
    }
}

#[test]
#[cfg(feature = "sm")]
fn sm2_keys() {
    let certificate = file!("sm2-certificate.pem");
    for key in [file!("sm2.pem"), file!("sm2-sec1.pem")] {
        assert_eq!(signs(certificate, key), SignatureAlgorithm::Sm2Sm3);
        SoftwareKey::from_pem(key).unwrap();
    }
}

#[test]
#[cfg(not(feature = "sm"))]
fn sm2_keys_name_the_feature() {
    refused(file!("sm2.pem"), ErrorKind::Unsupported, "\"sm\" feature");
}

#[test]
fn files_that_are_not_usable_keys() {
    refused(file!("rsa1024.pem"), ErrorKind::Unsupported, "at least 2048 bits");
    refused(file!("secp256k1.pem"), ErrorKind::Unsupported, "1.3.132.0.10");
    refused(file!("p256-explicit.pem"), ErrorKind::Unsupported, "-param_enc named_curve");
    refused(file!("p256-sec1-private-only.pem"), ErrorKind::Unsupported, "together with its certificate");
    refused(file!("p256-compressed.pem"), ErrorKind::Unsupported, "together with its certificate");
    refused(file!("rsa-pss.pem"), ErrorKind::Unsupported, "RSASSA-PSS");
    refused(file!("rsa2048-proc-type.pem"), ErrorKind::Unsupported, "openssl pkcs8 -topk8");
    refused(file!("modern.p12"), ErrorKind::Unsupported, "Pkcs12::open");
    refused(file!("p256-certificate.pem"), ErrorKind::Malformed, "no private key");
    let certificate = Certificate::from_pem(file!("p256-certificate.pem")).unwrap();
    refused(certificate.der(), ErrorKind::Malformed, "a certificate or a public key");
    let fields = crate::der::Tlv::only(certificate.der(), "").unwrap().list("").unwrap()[0].list("").unwrap();
    refused(fields[6].raw, ErrorKind::Malformed, "a certificate or a public key");
    refused(b"", ErrorKind::Malformed, "no private key");
    refused(&[0x30, 0], ErrorKind::Malformed, "it is missing");
    refused(&[0x30, 4, 4, 0, 4, 0], ErrorKind::Malformed, "none of the structures");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let mismatch = |certificate: &[u8], key: &[u8], words: &str| {
        let error = Credentials::from_pem(certificate, key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    };
    mismatch(file!("rsa2048-certificate.pem"), file!("p256.pem"), "holds a key of RSA of 2048 bits");
    mismatch(file!("rsa2048-certificate.pem"), file!("p256-private-only.der"), "they do not belong together");
    let stranger = SoftwareKey::from_pem(file!("ed25519.pem")).unwrap();
    let stranger = stranger.public_key().unwrap();
    assert_eq!(stranger.len(), 32);
    // Another secret in the file without a public half: the certificate's half does not fit it.
    let mut other = file!("p256-private-only.der").to_vec();
    let last = other.len() - 1;
    other[last] ^= 1;
    mismatch(file!("p256-certificate.pem"), &other, "not that of the certificate");
}

#[test]
fn halves_that_do_not_belong_together() {
    for good in [file!("p256.der"), file!("ed25519-public.der")] {
        SoftwareKey::from_der(good).unwrap();
        // The last byte belongs to the public half.
        let mut bad = good.to_vec();
        *bad.last_mut().unwrap() ^= 1;
        assert_eq!(SoftwareKey::from_der(&bad).unwrap_err().kind(), ErrorKind::Malformed);
    }
}

#[test]
fn keys_do_not_print() {
    let key = SoftwareKey::from_pem(file!("p256.pem")).unwrap();
    assert_eq!(format!("{key:?}"), "SoftwareKey(ECDSA with SHA-256, secret)");
}

#[test]
fn hostile_bytes() {
    let files = [file!("p256.der"), file!("p256-private-only.der"), file!("ed25519-public.der")];
    for file in files {
        every_damage(file, |bytes| drop(SoftwareKey::from_pem(bytes)));
    }
    every_damage(file!("p256-sec1-parameters.pem"), |bytes| drop(SoftwareKey::from_pem(bytes)));
}

/// Every prefix, every byte flipped in three ways, every byte doubled as a length would be.
pub(super) fn every_damage(file: &[u8], read: impl Fn(&[u8])) {
    for end in 0..file.len() {
        read(&file[..end]);
    }
    for at in 0..file.len() {
        for change in [|byte: u8| byte ^ 1, |byte: u8| !byte, |byte: u8| byte.wrapping_mul(2)] {
            let mut damaged = file.to_vec();
            damaged[at] = change(damaged[at]);
            read(&damaged);
        }
    }
}

#[cfg(feature = "pkcs12")]
mod encrypted {
    use super::every_damage;
    use crate::crypto::keyfile::encryption::open_private_key;
    use crate::crypto::keyfile::password::{Password, Rounds};
    use crate::crypto::{Certificate, Credentials, Pkcs12, SignatureAlgorithm, SoftwareKey};
    use crate::error::{Error, ErrorKind};
    use crate::limits::Limits;

    fn fails<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, words: &str) {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn encrypted_pkcs8() {
        for key in [
            file!("encrypted-aes128-sha1.der"),
            file!("encrypted-aes192-sha512.pem"),
            file!("encrypted-aes256-sha256.pem"),
            file!("encrypted-aes256-sha384.pem"),
            file!("encrypted-des3-sha256.pem"),
            file!("encrypted-pbe-sha1-3des.pem"),
        ] {
            let certificate = file!("p256-certificate.pem");
            let credentials = Credentials::from_pem_with_password(certificate, key, "secret").unwrap();
            credentials.sign(b"form").unwrap();
            SoftwareKey::from_encrypted(key, "secret").unwrap();
            fails(SoftwareKey::from_encrypted(key, "Secret"), ErrorKind::Mismatch, "the password does not open");
            fails(SoftwareKey::from_encrypted(key, ""), ErrorKind::Mismatch, "the password does not open");
            fails(SoftwareKey::from_pem(key), ErrorKind::Mismatch, "together with its password");
        }
        SoftwareKey::from_encrypted(file!("p256.pem"), "whatever").unwrap();
    }

    #[test]
    #[cfg(feature = "sm")]
    fn encrypted_sm2_keys() {
        let certificate = file!("sm2-certificate.pem");
        for key in [file!("encrypted-sm4-sha256.pem"), file!("encrypted-sm4-sm3.der")] {
            let credentials = Credentials::from_pem_with_password(certificate, key, "secret").unwrap();
            assert_eq!(credentials.algorithm(), SignatureAlgorithm::Sm2Sm3);
            fails(SoftwareKey::from_encrypted(key, "Secret"), ErrorKind::Mismatch, "does not open");
        }
    }

    #[test]
    fn schemes_that_are_not_built_in_or_cost_too_much() {
        let load = |bytes| SoftwareKey::from_encrypted(bytes, "secret");
        fails(load(file!("encrypted-scrypt.pem")), ErrorKind::Unsupported, "scrypt");
        fails(load(file!("encrypted-costly.pem")), ErrorKind::TooLarge, "20000000 rounds");
    }

    fn open(file: &[u8]) -> Result<Pkcs12, Error> {
        Pkcs12::open(file, "secret", &Limits::default())
    }

    #[test]
    fn files_of_every_make() {
        for (file, subject) in [
            (file!("modern.p12"), "CN=p256"),
            (file!("legacy.p12"), "CN=p256"),
            (file!("rc2-128.p12"), "CN=p256"),
            (file!("3des2.p12"), "CN=p256"),
            (file!("no-mac.p12"), "CN=p256"),
            (file!("in-clear.p12"), "CN=p256"),
            (file!("pbmac1-sha256.p12"), "CN=p256"),
            (file!("pbmac1-sha512.p12"), "CN=p256"),
            (file!("ber.p12"), "CN=p256"),
            (file!("private-only.p12"), "CN=p256"),
            (file!("nested.p12"), "CN=p256"),
            (file!("rsa.p12"), "CN=rsa2048"),
            (file!("java.p12"), "CN=java"),
            (file!("java-legacy.p12"), "CN=java legacy"),
        ] {
            let credentials = open(file).unwrap().into_credentials().unwrap();
            assert!(credentials.certificate().subject().contains(subject), "{credentials:?}");
            credentials.sign(b"form").unwrap();
            assert_eq!(credentials.chain(), []);
        }
    }

    #[test]
    fn a_wrong_password_is_told_by_the_code() {
        for file in [file!("modern.p12"), file!("legacy.p12"), file!("pbmac1-sha256.p12"), file!("in-clear.p12")] {
            let wrong = Pkcs12::open(file, "Secret", &Limits::default());
            fails(wrong, ErrorKind::Mismatch, "the password does not open the file, or the file was changed");
        }
        let wrong = Pkcs12::open(file!("no-mac.p12"), "Secret", &Limits::default());
        fails(wrong, ErrorKind::Mismatch, "the password does not open the private key");
    }

    #[test]
    fn a_change_in_clear_content_is_told_by_the_code() {
        let mut changed = file!("in-clear.p12").to_vec();
        let at = changed.windows(10).position(|window| window == b"eseal test").unwrap();
        changed[at] = b'E';
        fails(open(&changed), ErrorKind::Mismatch, "the file was changed");
    }

    #[test]
    fn passwords_that_are_empty_or_chinese() {
        let limits = Limits::default();
        Pkcs12::open(file!("empty-password.p12"), "", &limits).unwrap();
        fails(Pkcs12::open(file!("empty-password.p12"), " ", &limits), ErrorKind::Mismatch, "does not open");
        Pkcs12::open(file!("unicode-password.p12"), "密码", &limits).unwrap();
        fails(Pkcs12::open(file!("unicode-password.p12"), "密碼", &limits), ErrorKind::Mismatch, "does not open");
    }

    #[test]
    #[cfg(feature = "sm")]
    fn sm2_files() {
        for (file, password) in [
            (file!("sm2.p12"), "secret"),
            (file!("USER.p12"), "777777"),
            (file!("SealBuilder.p12"), "777777"),
            (file!("ROOT.p12"), "123456"),
        ] {
            let credentials = Pkcs12::open(file, password, &Limits::default()).unwrap().into_credentials().unwrap();
            assert_eq!(credentials.algorithm(), SignatureAlgorithm::Sm2Sm3);
            credentials.sign(b"form").unwrap();
            fails(Pkcs12::open(file, "7", &Limits::default()), ErrorKind::Mismatch, "does not open");
        }
    }

    #[test]
    #[cfg(feature = "sm")]
    fn of_two_pairs_the_one_that_may_sign() {
        let opened = open(file!("two-pairs.p12")).unwrap();
        let subjects: Vec<_> = opened.certificates().iter().map(Certificate::subject).collect();
        assert_eq!(subjects, ["C=CN, O=eseal test, CN=sm2", "C=CN, O=eseal test, CN=sm2 encryption"]);
        opened.into_credentials().unwrap().sign(b"form").unwrap();
    }

    #[test]
    fn the_path_stands_above_the_key_s_certificate() {
        let opened = open(file!("chain.p12")).unwrap();
        assert_eq!(opened.certificates().len(), 3);
        let credentials = opened.into_credentials().unwrap();
        assert!(credentials.certificate().subject().contains("CN=leaf"));
        let chain: Vec<_> = credentials.chain().iter().map(Certificate::subject).collect();
        assert_eq!(chain, ["C=CN, O=eseal test, CN=rsa2048"]);
    }

    #[test]
    fn files_without_a_key_or_a_certificate() {
        fails(open(file!("no-key.p12")), ErrorKind::Malformed, "no private key");
        let opened = open(file!("no-certificate.p12")).unwrap();
        assert_eq!(opened.certificates(), []);
        fails(opened.into_credentials(), ErrorKind::Mismatch, "none of the file's 0 certificates");
        fails(open(file!("pbmac1-no-length.p12")), ErrorKind::Malformed, "key's length");
        fails(open(file!("p256.der")), ErrorKind::Unsupported, "PFX.version: 0");
    }

    #[test]
    fn rounds_and_certificates_are_limited() {
        fails(open(file!("costly.p12")), ErrorKind::TooLarge, "2000000000 rounds");
        // The code alone takes 2048; the parts take as many again each.
        let limits = Limits { password_rounds: 4096, ..Limits::default() };
        fails(Pkcs12::open(file!("modern.p12"), "secret", &limits), ErrorKind::TooLarge, "4096 in all");
        let limits = Limits { password_rounds: 3 * 2048, ..Limits::default() };
        Pkcs12::open(file!("modern.p12"), "secret", &limits).unwrap();
        let limits = Limits { certificates: 2, ..Limits::default() };
        fails(Pkcs12::open(file!("chain.p12"), "secret", &limits), ErrorKind::TooLarge, "more than 2 certificates");
        let limits = Limits { seal_bytes: 1000, ..Limits::default() };
        fails(Pkcs12::open(file!("modern.p12"), "secret", &limits), ErrorKind::TooLarge, "1000 are admitted");
        let limits = Limits { depth: 1, ..Limits::default() };
        fails(Pkcs12::open(file!("nested.p12"), "", &limits), ErrorKind::TooLarge, "nest too deep");
    }

    #[test]
    fn the_opened_file_does_not_print_its_key() {
        let printed = format!("{:?}", open(file!("modern.p12")).unwrap());
        assert!(printed.starts_with("Pkcs12 { key: SoftwareKey(ECDSA with SHA-256, secret)"), "{printed}");
    }

    #[test]
    fn hostile_bytes() {
        let limits = Limits { password_rounds: 3000, ..Limits::default() };
        for file in [file!("private-only.p12"), file!("nested.p12"), file!("one-round.p12")] {
            every_damage(file, |bytes| drop(Pkcs12::open(bytes, "secret", &limits)));
        }
        every_damage(file!("encrypted-one-round.der"), |bytes| {
            drop(open_private_key(bytes, &Password::new("secret"), &mut Rounds::new(&limits)));
        });
        let no_rounds = Limits { password_rounds: 0, ..Limits::default() };
        for file in [file!("modern.p12"), file!("ber.p12"), file!("pbmac1-sha256.p12")] {
            every_damage(file, |bytes| drop(Pkcs12::open(bytes, "secret", &no_rounds)));
        }
    }
}
