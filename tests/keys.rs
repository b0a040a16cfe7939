//! Keys elsewhere: behind functions, and in devices by the shapes of GM/T 0016 and GM/T 0018.

mod common;
#[path = "../examples/devices/stand_ins.rs"]
mod stand_ins;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::sample;
use common::scene::{Scene, raw};
use eseal::authority::Algorithm;
use eseal::keys::{
    DigestKey, EccPublicKey, EccSignature, MessageKey, SdfError, SdfKey, Secret, SkfContainer, SkfError, SkfKey,
    ValueForm, digest_info, digest_to_sign,
};
use eseal::{
    Certificate, Credentials, DigestAlgorithm, ErrorKind, Mm, Page, Pdf, Signatory, SignatureAlgorithm,
    SigningKey as _, SoftwareKey, Verdict,
};
use stand_ins::{Chip, SoftContainer, SoftDevice};

const PIN: &str = "12345678";

fn certificate(scene: &Scene) -> Certificate {
    scene.signatory.credentials.certificate().clone()
}

/// A stamp by these credentials is what the verifier calls valid.
#[track_caller]
fn stamps(scene: &Scene, credentials: Credentials) {
    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let stamp = scene.stamp().on(Page(1), Mm(20.0), Mm(30.0));
    let stamped = stamp.apply(&form, &Signatory::new(credentials)).unwrap();
    let report = scene.verifier().document(&stamped, scene.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");
}

fn chip(scene: &Scene) -> Chip {
    Chip::new(&scene.signatory.key_pem, &certificate(scene), PIN)
}

#[test]
fn functions_of_messages() {
    for algorithm in [Algorithm::P256, Algorithm::Rsa, Algorithm::Sm2] {
        let scene = Scene::new(algorithm);
        let own = scene.signatory.credentials.clone();
        let key = MessageKey::new(own.algorithm(), move |message: &[u8]| Ok(own.sign(message)?));
        stamps(&scene, Credentials::new(vec![certificate(&scene)], key).unwrap());
        // Another key's value, and a device that says no.
        let other = scene.issue(|_| ()).credentials;
        let wrong = MessageKey::new(other.algorithm(), move |message: &[u8]| Ok(other.sign(message)?));
        let error = Credentials::new(vec![certificate(&scene)], wrong).unwrap().sign(b"m").unwrap_err();
        let same_key = algorithm == Algorithm::Rsa;
        assert!(same_key || error.to_string().contains("does not verify"), "{error}");
        let silent = MessageKey::new(scene.signatory.credentials.algorithm(), |_: &[u8]| Err("no paper left".into()));
        let error = Credentials::new(vec![certificate(&scene)], silent).unwrap().sign(b"m").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer);
        assert!(error.to_string().contains("no paper left"), "{error}");
    }
}

#[test]
fn functions_of_digests() {
    let scene = Scene::new(Algorithm::Sm2);
    let own = chip(&scene);
    let sign = std::sync::Mutex::new(own.sign);
    let key = DigestKey::new(SignatureAlgorithm::Sm2Sm3, &certificate(&scene), ValueForm::Raw, move |e: &[u8]| {
        Ok(sign.lock().unwrap()(e.try_into()?).to_vec())
    });
    stamps(&scene, Credentials::new(vec![certificate(&scene)], key).unwrap());

    // A device that hashes once more, or leaves out Z, is caught.
    let own = chip(&scene);
    let sign = std::sync::Mutex::new(own.sign);
    let key = DigestKey::new(SignatureAlgorithm::Sm2Sm3, &certificate(&scene), ValueForm::Raw, move |e: &[u8]| {
        Ok(sign.lock().unwrap()(&common::scene::digest(Algorithm::Sm2, e).try_into().unwrap()).to_vec())
    });
    let error = Credentials::new(vec![certificate(&scene)], key).unwrap().sign(b"message").unwrap_err();
    assert!(error.to_string().contains("does not verify"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Signer);

    // r ‖ s where DER was promised, and values that are neither.
    for (form, value, words) in [
        (ValueForm::Der, vec![1; 64], "make DER of it"),
        (ValueForm::Raw, vec![1; 63], "no r ‖ s"),
        (ValueForm::Raw, vec![0; 64], "does not verify"),
    ] {
        let key =
            DigestKey::new(SignatureAlgorithm::Sm2Sm3, &certificate(&scene), form, move |_: &[u8]| Ok(value.clone()));
        let error = Credentials::new(vec![certificate(&scene)], key).unwrap().sign(b"message").unwrap_err().to_string();
        assert!(error.contains(words) || error.contains("does not verify"), "{error}");
    }
    let p256 = Scene::new(Algorithm::P256);
    let digest = digest_to_sign(SignatureAlgorithm::EcdsaSha256, &certificate(&p256), b"message").unwrap();
    assert_eq!(digest, common::scene::digest(Algorithm::P256, b"message"));
    let error = digest_to_sign(SignatureAlgorithm::Ed25519, &certificate(&p256), b"message").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(digest_info(DigestAlgorithm::Sha256, &[1; 31]).unwrap_err().kind(), ErrorKind::Misuse);
    let value = SoftwareKey::from_pem(p256.signatory.key_pem.as_bytes()).unwrap().sign(b"x").unwrap();
    assert_eq!(raw(&value).len(), 64);
}

#[test]
fn smart_keys() {
    let scene = Scene::new(Algorithm::Sm2);
    let key = SkfKey::open(SoftContainer(chip(&scene)), Secret::new(PIN)).unwrap();
    assert_eq!(*key.certificate(), certificate(&scene));
    stamps(&scene, key.into_credentials([]).unwrap());

    let error = SkfKey::open(SoftContainer(chip(&scene)), Secret::new("87654321")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signer);
    assert!(error.to_string().contains("the PIN is wrong (SKF 0x0A000024); 2 tries are left"), "{error}");
    let locked = Chip { tries: 0, ..chip(&scene) };
    let error = SkfKey::open(SoftContainer(locked), Secret::new(PIN)).unwrap_err();
    assert!(error.to_string().contains("locked"), "{error}");
    let other = scene.issue(|_| ());
    let swapped = Chip { certificate: other.credentials.certificate().clone(), ..chip(&scene) };
    let error = SkfKey::open(SoftContainer(swapped), Secret::new(PIN)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(!format!("{:?}", SkfKey::open(SoftContainer(chip(&scene)), Secret::new(PIN)).unwrap()).contains(PIN));
}

/// A container that forgets its PIN, answers wrongly, or aligns numbers otherwise.
#[derive(Debug)]
struct Moody {
    inner: SoftContainer,
    mood: Mood,
    asked: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Forgets,
    LeftAligned,
    OtherCurve,
    AnotherDigest,
}

impl SkfContainer for Moody {
    fn verify_pin(&mut self, pin: &str) -> Result<(), SkfError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.inner.verify_pin(pin)
    }

    fn export_certificate(&mut self) -> Result<Vec<u8>, SkfError> {
        self.inner.export_certificate()
    }

    fn export_public_key(&mut self) -> Result<EccPublicKey, SkfError> {
        let key = self.inner.export_public_key()?;
        Ok(if self.mood == Mood::OtherCurve { EccPublicKey { bits: 384, ..key } } else { key })
    }

    fn ecc_sign_data(&mut self, digest: &[u8; 32]) -> Result<EccSignature, SkfError> {
        let signature = match self.mood {
            Mood::AnotherDigest => self.inner.ecc_sign_data(&[7; 32])?,
            _ => self.inner.ecc_sign_data(digest)?,
        };
        if self.mood == Mood::Forgets {
            self.inner.0.open = false;
        }
        let shifted = |blob: [u8; 64]| <[u8; 64]>::try_from([&blob[32..], &[0; 32]].concat()).unwrap();
        Ok(match self.mood {
            Mood::LeftAligned => EccSignature { r: shifted(signature.r), s: shifted(signature.s) },
            _ => signature,
        })
    }
}

#[test]
fn wrong_devices_are_caught_before_anything_is_written() {
    let scene = Scene::new(Algorithm::Sm2);
    let asked = Arc::new(AtomicUsize::new(0));
    let moody = |mood| Moody { inner: SoftContainer(chip(&scene)), mood, asked: asked.clone() };
    let credentials = |mood| SkfKey::open(moody(mood), Secret::new(PIN)).unwrap().into_credentials([]).unwrap();
    let forgetful = credentials(Mood::Forgets);
    for _ in 0..3 {
        forgetful.sign(b"message").unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3, "the PIN is given anew when the device forgot it");
    for (mood, words) in [(Mood::LeftAligned, "right-aligned"), (Mood::AnotherDigest, "does not verify")] {
        let error = credentials(mood).sign(b"message").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer);
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = SkfKey::open(moody(Mood::OtherCurve), Secret::new(PIN)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[test]
fn cryptographic_devices() {
    let scene = Scene::new(Algorithm::Sm2);
    let open = |index, password: &str| {
        SdfKey::open(SoftDevice(chip(&scene)), index, Secret::new(password), &certificate(&scene))
    };
    let key = open(1, PIN).unwrap();
    stamps(&scene, Credentials::new(vec![certificate(&scene)], key).unwrap());
    let error = open(1, "guessed").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signer);
    assert!(error.to_string().contains("no right to use this private key"), "{error}");
    assert!(open(2, PIN).unwrap_err().to_string().contains(&SdfError::NO_SUCH_KEY.to_string()));
    let other = scene.issue(|_| ());
    let error =
        SdfKey::open(SoftDevice(chip(&scene)), 1, Secret::new(PIN), other.credentials.certificate()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}
