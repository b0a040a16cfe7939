//! One thing at once: one form, filled in from several licences that are verified; several results, each sealed by
//! the body that answers for it.
//!
//! ```text
//! cargo run --release --example bundle [FOLDER]
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

/// What the case needs to know of whoever applies for a loan: the account, the employer, the house.
const HANDED_IN: [&str; 3] = ["housing-fund", "social-security", "real-estate"];

/// What comes of it.
const RESULTS: [&str; 3] = ["social-security", "housing-fund", "real-estate"];

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/bundle".into()));
    fs::create_dir_all(&folder)?;
    let world = World::new(Algorithm::Sm2)?;

    let mut sources = Vec::new();
    for (name, number) in HANDED_IN.iter().zip(20..) {
        let licence = desk::issued(&world, name, number)?;
        let (good, source) = desk::handed_in(&world, &licence)?;
        println!("verified: {} {}", good.metadata.name, good.metadata.id);
        sources.push(source);
    }

    println!("the form:");
    let template = desk::template("fund_loan")?;
    let instance = desk::filled(&world, &template, "fund_loan", &sources)?;
    // Each licence vouches for fields of its own, and the form keeps the identifiers of all.
    for source in &sources {
        if !instance.evidence().iter().any(|evidence| evidence.identifier == source.identifier) {
            return Err(format!("the form keeps no evidence of {}", source.identifier).into());
        }
    }
    let offices = [("accept_seal", world.office_of("示例银行", None, 50)?), ("approve_seal", world.office(4)?)];
    let form = desk::sealed_form(&world, &offices, &template, &instance)?;
    fs::write(folder.join("form.ofd"), form.as_bytes())?;
    fs::write(folder.join("form.png"), form.render(eseal::Page(1), &[])?.png(100.0)?)?;

    println!("the results:");
    for (name, number) in RESULTS.iter().zip(40..) {
        let result = desk::issued(&world, name, number)?;
        let (good, _) = desk::handed_in(&world, &result)?;
        let issuers: Vec<_> = good.metadata.issuers.iter().map(|body| body.name.as_str()).collect();
        println!("  {} {}, sealed by {}", good.metadata.name, good.metadata.id, issuers.join("、"));
        fs::write(folder.join(format!("{}.ofd", good.metadata.id)), result.as_bytes())?;
    }
    println!("files: {}", folder.display());
    Ok(())
}
