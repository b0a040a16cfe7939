//! A stamp with a key behind a signature service (Cloud Signature Consortium, API version 2). A small service on
//! loopback stands for it:
//!
//! ```sh
//! cargo run --features csc,fetch --example csc
//! ```
//!
//! A real service has an address of `https`, a token of access that its operator's OAuth gives, and a PIN or a
//! one-time password for each signature.

mod service;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use eseal::authority::{Algorithm, Authority};
use eseal::fetch::Fetcher;
use eseal::keys::Secret;
use eseal::keys::csc::Service;
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Mm, Page, Payload, Pdf, Picture, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};
use service::{PIN, TOKEN};

fn main() -> Result<(), Box<dyn Error>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let now = Time::now();
    let authority = Authority::new(Algorithm::P256, now)?;
    let address = service::run(&authority.issue(&authority.profile("示例市人民政府"))?)?;

    // A service within one's own network is named and admitted; others are reached over TLS alone.
    let fetcher = Arc::new(Fetcher::new().only_hosts(["127.0.0.1"]).admit_private_addresses());
    let service = Service::new(fetcher.signature_service(address)).bearer(Secret::new(TOKEN));
    let info = service.info()?;
    println!("{} speaks version {} and knows {}", info.name, info.specs, info.methods.join(", "));
    let known = service.credentials()?;
    let id = known.first().ok_or("the service keeps no key for us")?;
    let key = service.credential(id)?.authorized_by("PIN", Secret::new(PIN));
    println!("{id}: {}", key.certificate().subject());

    let content = SealContent {
        id: "31010600012345".parse()?,
        kind: SealKind::Organisation,
        name: "示例市人民政府".into(),
        picture: Picture::png(&fs::read(testdata.join("pictures/round.png"))?, Mm(42.0), Mm(42.0))?,
        signatories: Signatories::listed([key.certificate()]),
        validity: Validity::years(now, 3),
    };
    let seal = SealMaker::new(authority.seal_maker()?).create(content, now)?;
    let trust = Trust::new().everything([authority.root().clone()]);
    let verifier = Verifier::new(&trust);
    let form = Pdf::read(fs::read(testdata.join("forms/form-fill.pdf"))?)?;
    let stamped = Stamp::of(verifier.seal(&seal, now).require_valid()?)
        .payload(Payload::Cms)
        .on(Page(1), Mm(140.0), Mm(200.0))
        .apply(&form, &Signatory::new(key.into_credentials()?))?;
    println!("{}", verifier.document(&stamped, now)?);
    Ok(())
}
