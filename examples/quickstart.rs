//! The main job from end to end: a throw-away authority, a seal, a stamped form, a stamped OFD, and
//! the verification of both – with SM2, with ECDSA and with RSA.
//!
//! ```sh
//! cargo run --release --example quickstart
//! ```

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Document, Mm, Ofd, Page, Payload, Pdf, Picture, Seal, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier,
};

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let testdata = here.join("testdata");
    let output = here.join("target/quickstart");
    fs::create_dir_all(&output)?;
    let now = Time::now();

    for algorithm in [Algorithm::Sm2, Algorithm::P256, Algorithm::Rsa] {
        println!("==== {algorithm:?} ====\n");
        let scene = Scene::set(algorithm, &testdata, &output, now)?;
        scene.write("seal.esl", scene.seal.der())?;
        println!("{}", scene.verifier().seal(&scene.seal, now));

        let form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;
        let stamped = scene.stamp(&form, Payload::SealSignature, Mm(130.0), Mm(200.0))?;
        scene.show("form-seal.pdf", &stamped)?;
        let stamped = scene.stamp(&form, Payload::Cms, Mm(130.0), Mm(200.0))?;
        scene.show("form-cms.pdf", &stamped)?;

        let report = Ofd::read(fs::read(testdata.join("ofd/helloworld.ofd"))?)?;
        let stamped = scene.stamp(&report, Payload::SealSignature, Mm(130.0), Mm(220.0))?;
        scene.show("pages-seal.ofd", &stamped)?;
    }
    println!("The files lie in {}", output.display());
    Ok(())
}

/// One world: an authority, whom it certified, and the seal.
struct Scene {
    trust: Trust,
    signatory: Signatory,
    seal: Seal,
    now: Time,
    output: PathBuf,
    prefix: String,
}

impl Scene {
    fn set(algorithm: Algorithm, testdata: &Path, output: &Path, now: Time) -> Result<Self, Box<dyn Error>> {
        let authority = Authority::new(algorithm, now)?;
        // Certificates and keys are written too, so that the `eseal` program can be tried with them.
        let maker = authority.issue(&authority.profile("示例印章制作中心"))?;
        let us = authority.issue(&authority.profile("示例市人民政府"))?;
        let prefix = format!("{algorithm:?}").to_lowercase();
        for (name, pem) in [
            ("ca.pem", authority.root_pem()),
            ("maker.pem", &maker.certificate_pem),
            ("maker.key", &maker.key_pem),
            ("us.pem", &us.certificate_pem),
            ("us.key", &us.key_pem),
        ] {
            fs::write(output.join(format!("{prefix}-{name}")), pem)?;
        }
        let maker = SealMaker::new(maker.credentials);
        let signatory = Signatory::new(us.credentials);
        let content = SealContent {
            id: "31010600012345".parse()?,
            kind: SealKind::Organisation,
            name: "示例市人民政府".into(),
            picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
            signatories: Signatories::listed([signatory.certificate()]),
            validity: Validity::years(now, 3),
        };
        let seal = maker.create(content, now)?;
        let trust = Trust::new().seal_makers([authority.root().clone()]).signatories([authority.root().clone()]);
        Ok(Scene { trust, signatory, seal, now, output: output.to_owned(), prefix })
    }

    fn verifier(&self) -> Verifier<'_> {
        Verifier::new(&self.trust)
    }

    /// Judges the seal, stamps the document with it, and judges the result.
    fn stamp<D: Document>(&self, document: &D, payload: Payload, left: Mm, top: Mm) -> Result<D, eseal::Error> {
        let valid = self.verifier().seal(&self.seal, self.now).require_valid()?;
        Stamp::of(valid).on(Page(1), left, top).payload(payload).apply(document, &self.signatory)
    }

    fn show<D: Document>(&self, name: &str, stamped: &D) -> Result<(), Box<dyn Error>> {
        let path = self.write(name, &stamped.as_bytes())?;
        let report = self.verifier().document(stamped, self.now)?;
        println!("{}\n{report}", path.display());
        report.require_valid()?;
        Ok(())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Box<dyn Error>> {
        let path = self.output.join(format!("{}-{name}", self.prefix));
        fs::write(&path, bytes)?;
        Ok(path)
    }
}
