//! A stamp with a key in a smart key (GM/T 0016), and one with a key in a cryptographic device (GM/T 0018).
//!
//! ```sh
//! cargo run --example devices
//! ```

mod stand_ins;

use std::error::Error;
use std::fs;
use std::path::Path;

use eseal::authority::{Algorithm, Authority};
use eseal::keys::{SdfKey, Secret, SkfKey};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Credentials, Mm, Page, Pdf, Picture, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};
use stand_ins::{Chip, SoftContainer, SoftDevice};

fn main() -> Result<(), Box<dyn Error>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let now = Time::now();
    let authority = Authority::new(Algorithm::Sm2, now)?;
    let issued = authority.issue(&authority.profile("示例市人民政府"))?;
    let certificate = issued.credentials.certificate();
    let chip = || Chip::new(&issued.key_pem, certificate, "12345678");

    let in_smart_key = SkfKey::open(SoftContainer(chip()), Secret::new("12345678"))?.into_credentials([])?;
    let in_device = SdfKey::open(SoftDevice(chip()), 1, Secret::new("12345678"), certificate)?;
    let in_device = Credentials::new(vec![certificate.clone()], in_device)?;

    let content = SealContent {
        id: "31010600012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
        signatories: Signatories::listed([certificate]),
        validity: Validity::years(now, 3),
    };
    let seal = SealMaker::new(authority.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([authority.root().clone()]);
    let verifier = Verifier::new(&trust);
    let mut form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;
    for (top, credentials) in [(100.0, in_smart_key), (200.0, in_device)] {
        form = Stamp::of(verifier.seal(&seal, now).require_valid()?)
            .on(Page(1), Mm(140.0), Mm(top))
            .apply(&form, &Signatory::new(credentials))?;
    }
    println!("{}", verifier.document(&form, now)?);
    Ok(())
}
