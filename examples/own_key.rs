//! A key of one's own behind the narrow trait: here a closure that stands for a device or a service.
//!
//! ```sh
//! cargo run --example own_key
//! ```

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    BoxError, Credentials, Mm, Page, Pdf, Picture, SealMaker, Signatory, SignatureAlgorithm, SigningKey, Stamp, Time,
    Trust, Validity, Verifier,
};

/// Whatever makes a signature of a message.
struct Elsewhere<F>(SignatureAlgorithm, F);

impl<F> fmt::Debug for Elsewhere<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Elsewhere({})", self.0)
    }
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync> SigningKey for Elsewhere<F> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        None
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        (self.1)(message)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let now = Time::now();
    let authority = Authority::new(Algorithm::Sm2, now)?;
    let device = authority.signatory("示例市人民政府")?;
    let certificate = device.certificate().clone();

    // The closure would ask the device; the key itself never comes here.
    let key = Elsewhere(SignatureAlgorithm::Sm2Sm3, move |message: &[u8]| Ok(device.sign(message)?));
    let signatory = Signatory::new(Credentials::new(vec![certificate], key)?);

    let content = SealContent {
        id: "31010600012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
        signatories: Signatories::listed([signatory.certificate()]),
        validity: Validity::years(now, 3),
    };
    let seal = SealMaker::new(authority.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([authority.root().clone()]);
    let verifier = Verifier::new(&trust);
    let form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;
    let stamped = Stamp::of(verifier.seal(&seal, now).require_valid()?)
        .on(Page(1), Mm(140.0), Mm(200.0))
        .apply(&form, &signatory)?;
    println!("{}", verifier.document(&stamped, now)?);
    Ok(())
}
