//! A stamp with a key in a PKCS#11 token, whose private half never leaves it. SoftHSM serves as the token:
//!
//! ```sh
//! .ci/softhsm cargo run --features pkcs11 --example pkcs11
//! ```
//!
//! Leaves `by-token.pdf` in `target/`, or in the folder that `ESEAL_PKCS11_OUT` names.
//!
//! With a token of one's own: `ESEAL_PKCS11` names its vendor's module, `ESEAL_PKCS11_PIN` its PIN, the first
//! argument the token's label, the second one the key's (on P-256). A key that lies beside its certificate needs no
//! more than `token.key(…)?.into_credentials([])`; here a throw-away authority certifies the key first.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use eseal::authority::{Algorithm, Authority};
use eseal::keys::{KeyName, Pkcs11Token, Secret, TokenName};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Credentials, Document as _, Mm, Page, Payload, Pdf, Picture, SealMaker, Signatory, SigningKey as _, Stamp, Time,
    Trust, Validity, Verifier,
};

fn main() -> Result<(), Box<dyn Error>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let told = |name| env::var(name).map_err(|_| format!("{name} is not set: see the head of this example"));
    let (module, pin) = (told("ESEAL_PKCS11")?, Secret::new(told("ESEAL_PKCS11_PIN")?));
    let mut arguments = env::args().skip(1);
    let label = arguments.next().unwrap_or_else(|| "eseal".into());
    let name = arguments.next().unwrap_or_else(|| "p256".into());

    let token = Pkcs11Token::open(&module, TokenName::Label(label), pin)?;
    let key = token.key(KeyName::Label(name))?;

    let now = Time::now();
    let authority = Authority::new(Algorithm::P256, now)?;
    let public = key.public_key().ok_or("the token keeps the public key to itself")?;
    let certificate = authority.certify_public_key(&public, &authority.profile("示例市人民政府"))?;
    let signatory = Signatory::new(Credentials::new(vec![certificate.clone()], key)?);

    let content = SealContent {
        id: "31010600012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
        signatories: Signatories::listed([&certificate]),
        validity: Validity::years(now, 3),
    };
    let seal = SealMaker::new(authority.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([authority.root().clone()]);
    let verifier = Verifier::new(&trust);
    let form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;
    let stamped = Stamp::of(verifier.seal(&seal, now).require_valid()?)
        .payload(Payload::Cms)
        .on(Page(1), Mm(140.0), Mm(200.0))
        .apply(&form, &signatory)?;
    let target = env::var_os("ESEAL_PKCS11_OUT").unwrap_or_else(|| "target".into());
    fs::write(Path::new(&target).join("by-token.pdf"), stamped.as_bytes())?;
    println!("{}", verifier.document(&stamped, now)?);
    Ok(())
}
