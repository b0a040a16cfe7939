//! Keys in a token with PKCS#11. `ESEAL_PKCS11` names a module, `ESEAL_PKCS11_PIN` the user's PIN of its token "eseal";
//! the token holds the pairs "rsa" (01), "p256" (02) and "p384" (03). Without them the test has nothing to say.
//! `.ci/softhsm` makes such a token.

mod common;

use std::sync::Arc;
use std::thread;

use common::sample;
use common::scene::{Scene, content};
use eseal::authority::{Algorithm, Issued};
use eseal::keys::{KeyName, Pkcs11Key, Pkcs11Token, Secret, Sm2Mechanism, TokenName, ValueForm};
use eseal::{
    Certificate, Credentials, ErrorKind, Mm, Page, Payload, Pdf, SealMaker, Signatory, SignatureAlgorithm,
    SigningKey as _, Stamp, Verdict,
};

fn module() -> Option<(String, Secret)> {
    let (Ok(module), Ok(pin)) = (std::env::var("ESEAL_PKCS11"), std::env::var("ESEAL_PKCS11_PIN")) else {
        eprintln!("ESEAL_PKCS11 names no module: nothing is tested");
        return None;
    };
    Some((module, Secret::new(pin)))
}

fn token() -> Option<Pkcs11Token> {
    let (module, pin) = module()?;
    Some(Pkcs11Token::open(&module, TokenName::Label("eseal".into()), pin).unwrap())
}

fn named(label: &str) -> KeyName {
    KeyName::Label(label.into())
}

/// A certificate over the token's own public key, signed by nobody whom anyone believes: the value is what is tested.
fn certificate(key: &Pkcs11Key, pattern: &Issued, kind: &str) -> Certificate {
    use common::der::{Node, bit_string, oid, sequence};
    let mut certificate = Node::read(pattern.credentials.certificate().der());
    let algorithm = match kind {
        "rsa" => sequence([oid("1.2.840.113549.1.1.1"), Node::read(&[5, 0])]),
        "p256" => sequence([oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")]),
        _ => sequence([oid("1.2.840.10045.2.1"), oid("1.3.132.0.34")]),
    };
    *certificate.at_mut(&[0, 6]) = sequence([algorithm, bit_string(&key.public_key().unwrap())]);
    Certificate::from_der(&certificate.der()).unwrap()
}

#[test]
fn each_kind_of_key_signs_and_stamps() {
    let Some(token) = token() else { return };
    let scene = Scene::new(Algorithm::P256);
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    for (name, algorithm) in [
        ("rsa", SignatureAlgorithm::RsaPkcs1Sha256),
        ("rsa", SignatureAlgorithm::RsaPkcs1Sha512),
        ("rsa", SignatureAlgorithm::RsaPssSha256),
        ("p256", SignatureAlgorithm::EcdsaSha256),
        ("p384", SignatureAlgorithm::EcdsaSha384),
    ] {
        let key = token.key(named(name)).unwrap().algorithm(algorithm);
        let certificate = certificate(&key, &scene.signatory, name);
        let credentials = Credentials::new(vec![certificate.clone()], key).unwrap();
        let issued = Issued { credentials: credentials.clone(), ..scene.signatory.clone() };
        let seal =
            SealMaker::new(scene.maker.credentials.clone()).create(content(&issued, scene.now), scene.now).unwrap();
        let trust = eseal::Trust::new().seal_makers([scene.authority.root().clone()]).signatories([certificate]);
        let verifier = eseal::Verifier::new(&trust);
        let stamped = Stamp::of(verifier.seal(&seal, scene.now).require_valid().unwrap())
            .payload(Payload::Cms)
            .on(Page(1), Mm(20.0), Mm(30.0))
            .apply(&form, &Signatory::new(credentials))
            .unwrap();
        let report = verifier.document(&stamped, scene.now).unwrap();
        common::assert_told(name, &report.signatures()[0].checks, "signature.value", eseal::Outcome::Pass, "signed by");
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        if let Ok(folder) = std::env::var("ESEAL_PKCS11_OUT") {
            let path = std::path::Path::new(&folder).join(format!("{algorithm:?}.pdf"));
            std::fs::write(path, eseal::Document::as_bytes(&stamped)).unwrap();
        }
    }
}

#[test]
fn many_threads_share_a_token() {
    let Some(token) = token() else { return };
    let scene = Scene::new(Algorithm::P256);
    let key = token.key(KeyName::Id(vec![2])).unwrap();
    let certificate = certificate(&key, &scene.signatory, "p256");
    let credentials = Arc::new(Credentials::new(vec![certificate], key).unwrap());
    let threads: Vec<_> = (0..8_u8)
        .map(|number| {
            let credentials = credentials.clone();
            thread::spawn(move || (0..20).for_each(|_| drop(credentials.sign(&[number; 50]).unwrap())))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn what_is_not_there_is_told() {
    let Some((module, pin)) = module() else { return };
    let kind = |result: Result<Pkcs11Token, eseal::Error>, words: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer);
        assert!(error.to_string().contains(words), "{error}");
    };
    kind(Pkcs11Token::open("/no/module.so", TokenName::Label("eseal".into()), pin.clone()), "cannot be loaded");
    kind(Pkcs11Token::open(&module, TokenName::Label("other".into()), pin.clone()), "\"eseal\"");
    kind(Pkcs11Token::open(&module, TokenName::Serial("0".into()), pin.clone()), "no token");
    let token = token().unwrap();
    let error = token.key(named("nobody")).unwrap_err();
    assert!(error.to_string().contains("0 private keys"), "{error}");
    let key = token.key(named("p256")).unwrap();
    assert!(key.certificate().unwrap_err().to_string().contains("no certificate"));
    // SM2 by a vendor's number: this token has none, and says so in its own words.
    let sm2 = |number| key.clone().sm2(Sm2Mechanism { number, hashes: true, form: ValueForm::Raw });
    let error = sm2(0x8001_0001).sign(b"message").unwrap_err().to_string();
    assert!(error.to_lowercase().contains("mechanism"), "{error}");
    assert!(sm2(3).sign(b"message").unwrap_err().to_string().contains("no vendor's mechanism"));
    assert!(!format!("{key:?}").contains(pin.reveal()));
}
