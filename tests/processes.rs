//! A stamp that one process prepares, another signs, and a third finishes, with the prepared document on disk between
//! them. The program starts itself for each step: no step has more than its file.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Certificate, Credentials, Mm, Page, Payload, Pdf, Picture, Prepared, SealMaker, SigningKey as _, SoftwareKey,
    Stamp, Time, Trust, Validity, Verdict, Verifier,
};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "sign", folder] => sign(Path::new(folder)),
        [_, "finish", folder] => finish(Path::new(folder)),
        _ => all(),
    }
}

/// The key's process: sees what is to be signed, and nothing of the document.
fn sign(folder: &Path) -> Outcome {
    let key = SoftwareKey::from_pem(&fs::read(folder.join("key.pem"))?)?;
    let value = key.sign(&fs::read(folder.join("to-be-signed"))?).map_err(|error| error.to_string())?;
    fs::write(folder.join("value"), value)?;
    Ok(())
}

/// The last process: has the prepared stamp and the value.
fn finish(folder: &Path) -> Outcome {
    let prepared: Prepared<Pdf> = serde_json::from_slice(&fs::read(folder.join("prepared.json"))?)?;
    let stamped = prepared.signed(&fs::read(folder.join("value"))?)?.finish()?;
    fs::write(folder.join("stamped.pdf"), eseal::Document::as_bytes(&stamped))?;
    Ok(())
}

fn step(name: &str, folder: &Path) -> Result<bool, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).arg(name).arg(folder).output()?;
    Ok(output.status.success())
}

fn all() -> Outcome {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let now: Time = "2026-08-01T00:00:00Z".parse()?;
    for (algorithm, payload) in [(Algorithm::Sm2, Payload::SealSignature), (Algorithm::P256, Payload::Cms)] {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("processes-{}-{algorithm:?}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let authority = Authority::new(algorithm, now)?;
        let issued = authority.issue(&authority.profile("示例市人民政府"))?;
        let certificate: Certificate = issued.credentials.certificate().clone();
        fs::write(folder.join("key.pem"), &issued.key_pem)?;
        let content = SealContent {
            id: "31010600012345".parse()?,
            kind: SealKind::Organisation,
            name: "示例市人民政府".into(),
            picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
            signatories: Signatories::listed([&certificate]),
            validity: Validity::years(now, 2),
        };
        let seal = SealMaker::new(authority.seal_maker()?).create(content, now)?;
        let trust = Trust::new().everything([authority.root().clone()]);
        let verifier = Verifier::new(&trust);
        let form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;
        let stamp = Stamp::of(verifier.seal(&seal, now).require_valid()?).payload(payload);
        let prepared = stamp.on(Page(1), Mm(140.0), Mm(200.0)).prepare(&form, &certificate)?;
        fs::write(folder.join("prepared.json"), serde_json::to_vec(&prepared)?)?;
        fs::write(folder.join("to-be-signed"), prepared.to_be_signed())?;

        assert!(step("sign", &folder)?, "the key's process");
        assert!(step("finish", &folder)?, "the last process");
        let stamped = Pdf::read(fs::read(folder.join("stamped.pdf"))?)?;
        let report = verifier.document(&stamped, now)?;
        assert_eq!(report.verdict(), Verdict::Valid, "{report}");
        assert_eq!(report.signatures().len(), 1);

        // A value of another message, and a stored document that was changed: neither comes out.
        let value = fs::read(folder.join("value"))?;
        let credentials: &Credentials = &issued.credentials;
        fs::write(folder.join("value"), credentials.sign(b"another message")?)?;
        assert!(!step("finish", &folder)?, "another message's value");
        fs::write(folder.join("value"), value)?;
        let mut stored: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("prepared.json"))?)?;
        stored["document"] = changed(stored["document"].as_str().unwrap_or_default()).into();
        fs::write(folder.join("prepared.json"), serde_json::to_vec(&stored)?)?;
        assert!(!step("finish", &folder)?, "a document that was changed on disk");
        fs::remove_dir_all(&folder)?;
    }
    println!("three processes: what was prepared, signed and finished apart is valid");
    Ok(())
}

/// The document with one octet of its header comment changed.
fn changed(base64: &str) -> String {
    use ::base64::Engine as _;
    let engine = ::base64::engine::general_purpose::STANDARD;
    let mut document = engine.decode(base64).unwrap_or_default();
    if let Some(octet) = document.get_mut(12) {
        *octet ^= 1;
    }
    engine.encode(document)
}
