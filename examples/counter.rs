//! A counter: a licence is handed in and verified, the receipt is filled in from it and stamped.
//!
//! ```text
//! cargo run --release --example counter [FOLDER]
//! ```

#[path = "licence/desk.rs"]
mod desk;
#[path = "licence/samples.rs"]
mod samples;
#[path = "licence/world.rs"]
mod world;

use std::fs;
use std::path::PathBuf;

use eseal::Document as _;
use eseal::authority::Algorithm;

use samples::Failure;
use world::World;

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/counter".into()));
    fs::create_dir_all(&folder)?;
    let world = World::new(Algorithm::Sm2)?;

    let licence = desk::issued(&world, "social-security", 12)?;
    fs::write(folder.join("licence.ofd"), licence.as_bytes())?;
    let (good, source) = desk::handed_in(&world, &licence)?;
    println!("handed in: {} {}, good as of {}", good.metadata.name, good.metadata.id, good.at);

    println!("the receipt:");
    let template = desk::template("receipt")?;
    let instance = desk::filled(&world, &template, "receipt", &[source])?;
    let receipt = desk::sealed_form(&world, &[("window_seal", world.office(6)?)], &template, &instance)?;
    fs::write(folder.join("receipt.ofd"), receipt.as_bytes())?;
    fs::write(folder.join("receipt.png"), receipt.render(eseal::Page(1), &[])?.png(100.0)?)?;
    println!("files: {}", folder.display());
    Ok(())
}
