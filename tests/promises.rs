//! What users may rely on without reading it anywhere: threads, sizes, what cannot be copied, what is
//! never printed.

mod common;

use std::marker::PhantomData;
use std::mem::size_of;

#[cfg(any(feature = "ofd", feature = "pkcs12"))]
use common::sample;
use common::scene::{Scene, algorithms};
use eseal::authority::{Algorithm, Authority, Issued, Profile};
use eseal::seal::{SealContent, SealSignature, Signatories, ValidSeal};
use eseal::verify::{SealSummary, SignatureReport};
use eseal::{
    Certificate, Credentials, Error, Finding, Limits, Picture, Policy, Report, Seal, SealMaker, SealReport, Signatory,
    SigningKey, SoftwareKey, Stamp, Time, Trust, Validity, Verdict, Verified, Verifier,
};

fn is_sent_and_shared<T: Send + Sync>() {}

#[test]
fn every_type_can_go_to_another_thread() {
    is_sent_and_shared::<Authority>();
    is_sent_and_shared::<Box<dyn SigningKey>>();
    is_sent_and_shared::<Certificate>();
    is_sent_and_shared::<Credentials>();
    is_sent_and_shared::<Error>();
    is_sent_and_shared::<Finding>();
    is_sent_and_shared::<Issued>();
    is_sent_and_shared::<Limits>();
    is_sent_and_shared::<Picture>();
    is_sent_and_shared::<Policy>();
    is_sent_and_shared::<Profile>();
    is_sent_and_shared::<Seal>();
    is_sent_and_shared::<SealContent>();
    is_sent_and_shared::<SealMaker>();
    is_sent_and_shared::<SealReport<'_>>();
    is_sent_and_shared::<SealSignature>();
    is_sent_and_shared::<SealSummary>();
    is_sent_and_shared::<Signatories>();
    is_sent_and_shared::<Signatory>();
    is_sent_and_shared::<SignatureReport>();
    is_sent_and_shared::<SoftwareKey>();
    is_sent_and_shared::<Stamp<'_>>();
    is_sent_and_shared::<Time>();
    is_sent_and_shared::<Trust>();
    is_sent_and_shared::<Validity>();
    is_sent_and_shared::<ValidSeal<'_>>();
    is_sent_and_shared::<Verdict>();
    is_sent_and_shared::<Verifier<'_>>();
    #[cfg(feature = "pkcs12")]
    is_sent_and_shared::<eseal::Pkcs12>();
    #[cfg(feature = "ofd")]
    documents::<eseal::Ofd>();
    #[cfg(feature = "pdf")]
    documents::<eseal::Pdf>();
}

#[allow(dead_code, reason = "only where a document format is built in")]
fn documents<D: eseal::Document + 'static>() {
    is_sent_and_shared::<D>();
    is_sent_and_shared::<eseal::Prepared<D>>();
    is_sent_and_shared::<eseal::Signed<D>>();
    is_sent_and_shared::<Report<'_, D>>();
    is_sent_and_shared::<Verified<'_, D>>();
    assert_eq!((IsClone::<Verified<'_, D>>(PhantomData)).answer(), "no");
}

/// `Result<T, Error>` stays small, and an error implements what errors implement.
#[test]
fn an_error_is_one_word() {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Time>>(), 2 * size_of::<Time>());
}

/// Asks whether a type is `Clone`: its own method is found before that of the trait.
struct IsClone<T>(PhantomData<T>);

impl<T: Clone> IsClone<T> {
    fn answer(&self) -> &'static str {
        "yes"
    }
}

trait Otherwise {
    fn answer(&self) -> &'static str {
        "no"
    }
}

impl<T> Otherwise for IsClone<T> {}

/// A judgement is spent on use: whoever could copy it could use it later than it holds.
#[test]
fn evidence_cannot_be_copied() {
    assert_eq!((IsClone::<Seal>(PhantomData)).answer(), "yes");
    assert_eq!((IsClone::<ValidSeal<'static>>(PhantomData)).answer(), "no");
    assert_eq!((IsClone::<Stamp<'static>>(PhantomData)).answer(), "no");
    assert_eq!((IsClone::<Verified<'static, ()>>(PhantomData)).answer(), "no");
    assert_eq!((IsClone::<SoftwareKey>(PhantomData)).answer(), "no");
}

/// Every run of eight octets of the private key's file, as any of the usual ways to print would show it.
#[track_caller]
fn keeps_secret(shown: &str, key: &[u8]) {
    let shown = shown.to_lowercase().replace(", ", "").replace([' ', '\n', ':'], "");
    for window in key.windows(8) {
        let hex: String = window.iter().map(|octet| format!("{octet:02x}")).collect();
        let decimal: String = window.iter().map(u8::to_string).collect();
        assert!(!shown.contains(&hex) && !shown.contains(&decimal), "{shown} shows {hex}");
    }
}

#[test]
fn keys_do_not_print() {
    use base64::Engine as _;
    let mut all = algorithms();
    all.push(Algorithm::Rsa);
    for algorithm in all {
        let scene = Scene::new(algorithm);
        let issued = &scene.signatory;
        let text: String = issued.key_pem.lines().filter(|line| !line.starts_with('-')).collect();
        let key = base64::engine::general_purpose::STANDARD.decode(&text).unwrap();
        // Behind the header, which names the algorithm and tells nothing.
        let secret = &key[32..64];
        let software = SoftwareKey::from_pem(issued.key_pem.as_bytes()).unwrap();
        let by = scene.by();
        let maker = SealMaker::new(issued.credentials.clone());
        for shown in [
            format!("{software:?}"),
            format!("{software:#?}"),
            format!("{:?}", issued.credentials),
            format!("{by:?}"),
            format!("{maker:#?}"),
            format!("{issued:?}"),
            format!("{:#?}", scene.authority),
        ] {
            keeps_secret(&shown, secret);
            assert!(!shown.contains("BEGIN") && !shown.contains(&text[40..60]), "{shown}");
        }
    }
}

#[cfg(feature = "pkcs12")]
#[test]
fn key_files_do_not_print() {
    let opened = eseal::Pkcs12::open(&sample("keys/modern.p12"), "secret", &Limits::default()).unwrap();
    let shown = format!("{opened:?} {opened:#?}");
    assert!(shown.contains("secret)"), "{shown}");
    assert!(shown.len() < 2000, "{shown}");
}

/// A message about a wrong password does not repeat it.
#[cfg(feature = "pkcs12")]
#[test]
fn passwords_do_not_print() {
    let password = "tr0ub4dor&3";
    let error = eseal::Pkcs12::open(&sample("keys/modern.p12"), password, &Limits::default()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(password));
    let error = SoftwareKey::from_encrypted(&sample("keys/encrypted-aes256-sha256.pem"), password).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(password));
    #[cfg(feature = "encryption")]
    {
        let file = sample("pdf/unsigned/encrypted-aes256.pdf");
        let error = eseal::Pdf::read_with_password(file, password, &Limits::default()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(password));
    }
}

/// Reports are stored and read by programs for years: the names of their fields only ever grow.
#[cfg(feature = "ofd")]
#[test]
fn the_names_in_a_reports_json() {
    let scene = Scene::new(Algorithm::P256);
    let ofd = eseal::Ofd::read(sample("ofd/helloworld.ofd")).unwrap();
    let stamped = scene.stamped(&ofd, eseal::Payload::SealSignature);
    let report = serde_json::to_value(scene.verifier().document(&stamped, scene.now).unwrap()).unwrap();
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let has = |value: &serde_json::Value, wanted: &[&str]| {
        for name in wanted {
            assert!(names(value).iter().any(|own| own == name), "no {name} in {:?}", names(value));
        }
    };
    has(&report, &["verdict", "answer", "format", "at", "pages", "signatures", "checks"]);
    assert_eq!(report["verdict"], "valid");
    let signature = &report["signatures"][0];
    let wanted =
        ["verdict", "kind", "id", "label", "edition", "signer", "times", "coverage", "places", "seal", "checks"];
    has(signature, &wanted);
    assert_eq!((&signature["kind"], &signature["coverage"]), (&"seal-signature".into(), &"whole".into()));
    has(&signature["signer"], &["subject", "issuer", "serial_number", "validity"]);
    has(&signature["times"], &["claimed", "proven", "counted"]);
    has(&signature["seal"], &["verdict", "id", "name", "edition", "created", "validity", "maker", "signatories"]);
    has(&signature["checks"][0], &["check", "outcome", "clause", "detail", "needed"]);
    assert_eq!(signature["times"]["claimed"], "2025-03-01T00:00:00Z");
}
