//! Stamps with a time stamp (PAdES B-T), and the request and answer of a time-stamping authority, for others to judge:
//! all in `target/time-stamps`.
//!
//! ```sh
//! cargo run --example time_stamp
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::timestamp::{Channel, Request};
use eseal::{
    DigestAlgorithm, Document, Mm, Page, Payload, Pdf, Picture, SealMaker, Signatory, Stamp, Time, Trust, Validity,
    Verifier,
};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (testdata, folder) = (root.join("testdata"), root.join("target/time-stamps"));
    fs::create_dir_all(&folder)?;
    let now = Time::now();
    for (name, algorithm) in [("sm2", Algorithm::Sm2), ("p256", Algorithm::P256), ("rsa", Algorithm::Rsa)] {
        let world = Authority::new(algorithm, now)?;
        let signatory = Signatory::new(world.signatory("示例市人民政府")?);
        let content = SealContent {
            id: "31010600012345".parse()?,
            kind: SealKind::Organisation,
            name: "示例市人民政府".into(),
            picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
            signatories: Signatories::listed([signatory.certificate()]),
            validity: Validity::years(now, 3),
        };
        let seal = SealMaker::new(world.seal_maker()?).create(content, now)?;
        let trust = Trust::new().everything([world.root().clone()]);
        let verifier = Verifier::new(&trust);
        let form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;

        // A real authority is reached by the closure: it would post the request.
        // Under the outer identifier of RFC 5652, which every reader knows, with SM2 too.
        let authority = world.time_stamper()?.in_gm_form(false);
        let channel = Channel::new(|request: &[u8]| Ok(authority.answer(request)?)).room(8_000);
        let stamped = Stamp::of(verifier.seal(&seal, now).require_valid()?)
            .payload(Payload::Cms)
            .on(Page(1), Mm(140.0), Mm(200.0))
            .time_stamped_by(&channel)
            .apply(&form, &signatory)?;
        println!("{}", verifier.document(&stamped, now)?);

        let request = Request::over(b"a value", DigestAlgorithm::Sha256)?.to_der()?;
        fs::write(folder.join(format!("{name}.pdf")), stamped.as_bytes())?;
        fs::write(folder.join(format!("{name}-ca.pem")), world.root_pem())?;
        fs::write(folder.join(format!("{name}.tsr")), authority.answer(&request)?)?;
        fs::write(folder.join(format!("{name}.tsq")), request)?;
    }
    Ok(())
}
