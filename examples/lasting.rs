//! One form at every level of PAdES, from B-B to a renewed B-LTA: what to do year after year.
//!
//! `cargo run --example lasting` writes the documents, their reports and the root to `target/lasting`.

use std::fs;
use std::path::Path;

use eseal::archive::Archive;
use eseal::authority::{Algorithm, Authority};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Evidence, Mm, Page, Payload, Pdf, Picture, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let target = Path::new("target/lasting");
    fs::create_dir_all(target)?;
    let now = Time::now();
    // The certificates were issued a month ago; the revocation data is of today.
    let world = Authority::new(Algorithm::P256, now.plus_days(-30))?;
    let signatory = Signatory::new(world.signatory("示例有限公司")?);
    let seal = SealMaker::new(world.seal_maker()?).create(
        SealContent {
            id: "31010600012345".parse()?,
            kind: SealKind::Organisation,
            name: "示例有限公司".into(),
            picture: Picture::png(include_bytes!("../testdata/pictures/round.png"), Mm(42.0), Mm(42.0))?,
            signatories: Signatories::listed([signatory.certificate()]),
            validity: Validity::years(now, 2),
        },
        now,
    )?;
    let trust = Trust::new().everything([world.root().clone()]);
    let span = Validity { not_before: now, not_after: now.plus_days(30) };
    let evidence = Evidence::new().crl(world.crl_by(world.issued_root(), &[], span)?)?;
    let verifier = Verifier::new(&trust).evidence(&evidence);
    // A real one: `eseal::timestamp::Channel` with a closure that posts to the authority's address.
    let clerk = world.time_stamper()?.at(now);

    let form = Pdf::read(include_bytes!("../testdata/forms/form-fill.pdf"))?;
    let stamp = || -> Result<Stamp<'_>, Failure> {
        let valid = verifier.seal(&seal, now).require_valid()?;
        Ok(Stamp::of(valid).payload(Payload::Cms).on(Page(1), Mm(140.0), Mm(200.0)))
    };
    let basic = stamp()?.apply(&form, &signatory)?;
    let timed = stamp()?.time_stamped_by(&clerk).apply(&form, &signatory)?;
    let verified = verifier.document(&timed, now)?.require_valid()?;
    let kept = Archive::of(&verified).evidence(&evidence).keep()?;
    let archived = Archive::of(&verified).evidence(&evidence).stamped(&clerk, now)?;
    // Before the time-stamping authority's certificate ends: what proves the last time stamp, and another one.
    let verified = verifier.document(&archived, now)?.require_valid()?;
    let renewed = Archive::of(&verified).evidence(&evidence).stamped(&clerk, now)?;

    fs::write(target.join("root.pem"), world.root_pem())?;
    let all = [("b-b", basic), ("b-t", timed), ("b-lt", kept), ("b-lta", archived), ("renewed", renewed)];
    for (name, document) in all {
        // By what the file carries alone.
        let report = Verifier::new(&trust).document(&document, now)?;
        let level = report.signatures().first().and_then(|one| one.level.as_ref()?.level);
        println!("{name:8} {} {}", report.conclusion(), level.map(|level| level.to_string()).unwrap_or_default());
        fs::write(target.join(format!("{name}.xml")), report.to_xml()?)?;
        document.write_to(&mut fs::File::create(target.join(format!("{name}.pdf")))?)?;
    }
    Ok(())
}
