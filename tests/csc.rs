//! A signature service of the Cloud Signature Consortium, against one on loopback that looks at every field of what it
//! is asked and signs with a key.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::http::{Asked, Said, Server, ok};
use common::sample;
use common::scene::Scene;
use eseal::authority::{Algorithm, Issued};
use eseal::fetch::Fetcher;
use eseal::keys::Secret;
use eseal::keys::csc::{Credential, Service};
use eseal::{ErrorKind, Mm, Page, Payload, Pdf, Signatory, Verdict};
use serde_json::{Value, json};

const TOKEN: &str = "4/CKN69L8gdSYp5_pwH3XlFQZ3ndFhkXf9P2_TiHRG-bA";
const PIN: &str = "12345678";
const ID: &str = "GX0112348";

/// How the service misbehaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Good,
    OneValueLess,
    AnotherKey,
    ExpiredSad,
    NoCertificate,
    Disabled,
    Revoked,
    NotJson,
    Down,
    NotBase64,
}

struct Mock {
    issued: Issued,
    root: Vec<u8>,
    other: Issued,
    mood: Mood,
    /// The digests that were authorised last.
    authorised: Mutex<Option<(String, Value)>>,
    count: AtomicUsize,
}

/// The mock's key signs messages, as software keys do, and a service is given digests: so it knows the messages that
/// the test is going to have signed, and finds them by their digests.
type Messages = Arc<Mutex<Vec<Vec<u8>>>>;

fn refuse(status: u16, error: &str, description: &str) -> Said {
    let body = json!({ "error": error, "error_description": description });
    Said(status, Vec::new(), serde_json::to_vec(&body).unwrap())
}

fn answer(value: &Value) -> Said {
    ok(serde_json::to_vec(value).unwrap())
}

/// The names of an object's fields.
fn fields(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

impl Mock {
    fn answer(&self, asked: &Asked, messages: &Messages) -> Said {
        assert_eq!(asked.method, "POST");
        assert_eq!(asked.header("content-type"), Some("application/json"));
        if asked.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return refuse(401, "invalid_token", "the access token is not known");
        }
        if self.mood == Mood::Down {
            return Said(502, Vec::new(), b"<html>Bad Gateway</html>".to_vec());
        }
        if self.mood == Mood::NotJson {
            return ok(b"{\"name\": ".as_slice());
        }
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        match asked.path.as_str() {
            "/csc/v2/info" => {
                assert_eq!(body, json!({}));
                answer(&json!({ "specs": "2.0.0.2", "name": "mock", "logo": "x", "methods": ["signatures/signHash"] }))
            }
            "/csc/v2/credentials/list" => match body.get("pageToken") {
                None => answer(&json!({ "credentialIDs": ["other"], "nextPageToken": "2" })),
                Some(token) => {
                    assert_eq!(token, "2");
                    answer(&json!({ "credentialIDs": [ID] }))
                }
            },
            "/csc/v2/credentials/info" => self.info(&body),
            "/csc/v2/credentials/authorize" => self.authorize(&body),
            "/csc/v2/signatures/signHash" => self.sign(&body, messages),
            _ => refuse(404, "invalid_request", "no such method"),
        }
    }

    fn info(&self, body: &Value) -> Said {
        assert_eq!(fields(body), ["authInfo", "certInfo", "certificates", "credentialID"]);
        assert_eq!(body["certificates"], "chain");
        if body["credentialID"] != ID {
            return refuse(400, "invalid_request", "Invalid parameter credentialID");
        }
        let certificates = match self.mood {
            Mood::NoCertificate => Vec::new(),
            Mood::NotBase64 => vec!["***".to_owned()],
            _ => vec![STANDARD.encode(self.issued.credentials.certificate().der()), STANDARD.encode(&self.root)],
        };
        answer(&json!({
            "key": {
                "status": if self.mood == Mood::Disabled { "disabled" } else { "enabled" },
                "algo": ["1.2.840.113549.1.1.1", "1.2.840.10045.4.3.2"], "len": 256,
            },
            "cert": {
                "status": if self.mood == Mood::Revoked { "revoked" } else { "valid" },
                "certificates": certificates,
            },
            "auth": { "mode": "explicit" }, "SCAL": "2", "multisign": 2,
        }))
    }

    fn authorize(&self, body: &Value) -> Said {
        assert_eq!(fields(body), ["authData", "credentialID", "hashAlgorithmOID", "hashes", "numSignatures"]);
        assert_eq!((&body["credentialID"], &body["hashAlgorithmOID"]), (&json!(ID), &json!("2.16.840.1.101.3.4.2.1")));
        assert_eq!(body["numSignatures"], body["hashes"].as_array().unwrap().len());
        if body["authData"] != json!([{ "id": "PIN", "value": PIN }]) {
            return refuse(400, "invalid_pin", "Invalid PIN");
        }
        let sad = format!("sad-{}", self.count.fetch_add(1, Ordering::Relaxed));
        *self.authorised.lock().unwrap() = Some((sad.clone(), body["hashes"].clone()));
        answer(&json!({ "SAD": sad, "expiresIn": 60 }))
    }

    fn sign(&self, body: &Value, messages: &Messages) -> Said {
        assert_eq!(fields(body), ["SAD", "credentialID", "hashAlgorithmOID", "hashes", "signAlgo"]);
        assert_eq!(body["signAlgo"], "1.2.840.10045.4.3.2");
        let authorised = self.authorised.lock().unwrap().take();
        if self.mood == Mood::ExpiredSad
            || authorised != Some((body["SAD"].as_str().unwrap().into(), body["hashes"].clone()))
        {
            return refuse(400, "invalid_request", "Expired SAD");
        }
        let by = if self.mood == Mood::AnotherKey { &self.other } else { &self.issued };
        let known = messages.lock().unwrap();
        let mut values: Vec<_> = body["hashes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| {
                let digest = STANDARD.decode(hash.as_str().unwrap()).unwrap();
                let message = known.iter().find(|one| common::scene::digest(Algorithm::P256, one) == digest);
                STANDARD.encode(common::scene::sign(by, message.expect("a message with this digest")))
            })
            .collect();
        if self.mood == Mood::OneValueLess {
            values.pop();
        }
        answer(&json!({ "signatures": values }))
    }
}

fn service(scene: &Scene, mood: Mood, messages: &Messages) -> (Server, Service) {
    let mock = Mock {
        issued: scene.signatory.clone(),
        root: scene.authority.root().der().to_vec(),
        other: scene.issue(|_| ()),
        mood,
        authorised: Mutex::new(None),
        count: AtomicUsize::new(0),
    };
    let messages = messages.clone();
    let server = Server::new(move |asked: &Asked| mock.answer(asked, &messages));
    let fetcher = Arc::new(Fetcher::new().admit_private_addresses());
    let transport = fetcher.signature_service(format!("{}/csc/v2/", server.address));
    (server, Service::new(transport).bearer(Secret::new(TOKEN)))
}

fn credential(service: &Service) -> Result<Credential, eseal::Error> {
    Ok(service.credential(ID)?.authorized_by("PIN", Secret::new(PIN)))
}

#[test]
fn a_stamp_by_a_service() {
    let scene = Scene::new(Algorithm::P256);
    let messages = Messages::default();
    let (server, service) = service(&scene, Mood::Good, &messages);
    let info = service.info().unwrap();
    assert_eq!((info.specs.as_str(), info.methods[0].as_str()), ("2.0.0.2", "signatures/signHash"));
    assert_eq!(service.credentials().unwrap(), ["other", ID]);
    let key = credential(&service).unwrap();
    assert_eq!((key.certificate(), key.chain().len()), (scene.signatory.credentials.certificate(), 2));

    let form = Pdf::read(sample("forms/form-fill.pdf")).unwrap();
    let stamp = scene.stamp().payload(Payload::Cms).on(Page(1), Mm(20.0), Mm(30.0));
    let prepared = stamp.prepare(&form, key.certificate()).unwrap();
    messages.lock().unwrap().push(prepared.to_be_signed().to_vec());
    let value = key.sign_all(&[prepared.to_be_signed()]).unwrap().remove(0);
    let stamped = prepared.signed(&value).unwrap().finish().unwrap();
    let report = scene.verifier().document(&stamped, scene.now).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report}");

    // As a key like any other, with the certificates that came with it but the root.
    messages.lock().unwrap().push(b"a message".to_vec());
    let signatory = Signatory::new(key.into_credentials().unwrap());
    assert!(signatory.credentials().chain().is_empty());
    signatory.credentials().sign(b"a message").unwrap();
    let said = format!("{service:?} {signatory:?}");
    assert!(!said.contains(PIN) && !said.contains(TOKEN), "{said}");
    drop(server);
}

#[test]
fn several_digests_with_one_authorisation() {
    let scene = Scene::new(Algorithm::P256);
    let all: Vec<Vec<u8>> = (0..5_u8).map(|number| vec![number; 40]).collect();
    let messages = Arc::new(Mutex::new(all.clone()));
    let (server, service) = service(&scene, Mood::Good, &messages);
    let key = credential(&service).unwrap();
    let before = server.count();
    let slices: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    let values = key.sign_all(&slices).unwrap();
    assert_eq!(values.len(), 5);
    // Two at a time, as the credential allows: three times authorize and signHash.
    assert_eq!(server.count() - before, 6);
    assert!(key.sign_all(&[]).unwrap().is_empty());
}

#[test]
fn services_that_answer_wrongly() {
    let scene = Scene::new(Algorithm::P256);
    let messages = Arc::new(Mutex::new(vec![b"one".to_vec(), b"two".to_vec()]));
    for (mood, words) in [
        (Mood::OneValueLess, "gave 1 values for 2 digests"),
        (Mood::AnotherKey, "does not verify"),
        (Mood::ExpiredSad, "\"Expired SAD\""),
        (Mood::NoCertificate, "gives no certificate"),
        (Mood::NotBase64, "not base64"),
        (Mood::Disabled, "disabled"),
        (Mood::Revoked, "revoked"),
        (Mood::NotJson, "not what the method gives"),
        (Mood::Down, "the status 502 and no reason"),
    ] {
        let (_server, service) = service(&scene, mood, &messages);
        let error = credential(&service).and_then(|key| key.sign_all(&[b"one", b"two"])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signer, "{mood:?}: {error}");
        assert!(error.to_string().contains(words), "{mood:?}: {error}");
    }
}

#[test]
fn access_and_pins() {
    let scene = Scene::new(Algorithm::P256);
    let messages = Arc::new(Mutex::new(vec![b"one".to_vec()]));
    let (server, service) = service(&scene, Mood::Good, &messages);
    let wrong = service.credential(ID).unwrap().authorized_by("PIN", Secret::new("0000"));
    let error = wrong.sign_all(&[b"one"]).unwrap_err().to_string();
    assert!(error.contains("the PIN or one-time password is wrong") && !error.contains("0000"), "{error}");
    let error = service.clone().bearer(Secret::new("stale")).info().unwrap_err().to_string();
    assert!(error.contains("get another one"), "{error}");
    assert!(service.credential("unknown").unwrap_err().to_string().contains("Invalid parameter credentialID"));
    // Secrets do not go over plain HTTP, unless to one's own network.
    let public = Arc::new(Fetcher::new());
    let before = server.count();
    let error = Service::new(public.signature_service(server.address.clone())).info().unwrap_err().to_string();
    assert!(error.contains("https only"), "{error}");
    assert_eq!(server.count(), before);
}
