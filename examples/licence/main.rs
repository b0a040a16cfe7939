//! Issues one licence of each of six types as PDF and as OFD, with drawn seals, and verifies them.
//!
//! ```text
//! cargo run --release --example licence [FOLDER]
//! ```
//!
//! Leaves the files in `target/licences`, each beside the data that is embedded in it, an annotated copy, and
//! pictures of the OFD pages.

mod samples;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use eseal::authority::Algorithm;
use eseal::licence::{Carrier, Composed, Licence, Reading};
use eseal::{Ofd, Page, Verdict};

use samples::{Failure, TYPES};
use world::{Office, World};

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/licences".into()));
    fs::create_dir_all(&folder)?;
    // National algorithms in OFD, international ones in PDF, for readers that know no others.
    let (gm, world) = (World::new(Algorithm::Sm2)?, World::new(Algorithm::P256)?);
    fs::write(folder.join("root.pem"), world.authority.root_pem())?;
    for (number, name) in TYPES.iter().enumerate() {
        let composer = samples::composer(name)?;
        let metadata = samples::metadata(name, u32::try_from(number)? + 1)?;
        let laid_out = composer.lay_out(&metadata, &samples::face(name)?)?;
        println!("{}  {}", metadata.id, metadata.name);
        let pdf = issue(&world, laid_out.to_pdf()?, name)?;
        write(&folder, name, "pdf", &pdf)?;
        let ofd = issue(&gm, laid_out.to_ofd()?, name)?;
        write(&folder, name, "ofd", &ofd)?;
        draw(&folder, name, &ofd)?;
        report(&world, &pdf)?;
        let verified = world.verifier().document(&pdf, world.now)?.require_valid()?;
        for file in verified.embedded_files()? {
            fs::write(folder.join(format!("{name}.json")), file.contents)?;
        }
        report(&gm, &ofd)?;
    }
    println!("files: {}", folder.display());
    Ok(())
}

/// Sealed by each of its issuers.
fn issue<D: Carrier>(world: &World, composed: Composed<D>, name: &str) -> Result<D, Failure> {
    let offices = samples::issuers(name).iter().map(|number| world.office(*number));
    let offices = offices.collect::<Result<Vec<Office>, _>>()?;
    let (first, others) = offices.split_first().ok_or("no issuer")?;
    let payload = eseal::Payload::Cms;
    let stamp = |office| -> Result<_, Failure> {
        let stamp = world.stamp(office)?;
        Ok(if D::FORMAT == eseal::Format::Pdf { stamp.payload(payload) } else { stamp })
    };
    let mut issued = composed.issue(stamp(first)?, &first.by)?;
    for office in others {
        issued = issued.seal(stamp(office)?, &office.by)?;
    }
    Ok(issued.finish()?)
}

fn report<D: Carrier>(world: &World, document: &D) -> Result<(), Failure> {
    let licence = Licence::judge(world.verifier().document(document, world.now)?, &Reading::new())?;
    print!("{licence}");
    if licence.verdict() != Verdict::Valid {
        return Err("an issued licence does not hold".into());
    }
    licence.require_good()?;
    Ok(())
}

fn write(folder: &Path, name: &str, ending: &str, document: &impl Carrier) -> Result<(), Failure> {
    fs::write(folder.join(format!("{name}.{ending}")), document.as_bytes())?;
    Ok(())
}

fn draw(folder: &Path, name: &str, ofd: &Ofd) -> Result<(), Failure> {
    fs::write(folder.join(format!("{name}-ofd.png")), ofd.render(Page(1), &[])?.png(100.0)?)?;
    Ok(())
}
