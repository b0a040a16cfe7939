//! A city's job: 507 old seals brought into order, 363 new ones made, for 30 signatories – each of the
//! 870 accounted for in a register.
//!
//! ```sh
//! cargo run --release --example city
//! ```
//!
//! Kill it whenever you like and start it again: it goes on where it was, and the register it ends with
//! is the same, byte for byte of every entry. Everything is derived from the keys in `testdata/city` and a
//! fixed date, so it is even the same on every machine.

mod page;
mod report;
mod run;
mod stamps;
mod world;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::report::Report;
use crate::run::Run;
use crate::world::{Failure, World};

/// What the command line may say.
struct Arguments {
    folder: PathBuf,
    old: usize,
    new: usize,
    threads: usize,
    /// Tell on standard output what is on stable storage, for those who kill this.
    acknowledge: bool,
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| city(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("city: {error}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Arguments, Failure> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/city");
    let mut arguments = Arguments { folder, old: 507, new: 363, threads, acknowledge: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--folder" => arguments.folder = value()?.into(),
            "--old" => arguments.old = value()?.parse()?,
            "--new" => arguments.new = value()?.parse()?,
            "--threads" => arguments.threads = value()?.parse()?,
            "--acknowledge" => arguments.acknowledge = true,
            "--make-keys" => {
                world::make_keys(&PathBuf::from(value()?))?;
                std::process::exit(0);
            }
            _ => return Err(format!("{word} is not known").into()),
        }
    }
    Ok(arguments)
}

fn city(arguments: &Arguments) -> Result<bool, Failure> {
    fs::create_dir_all(&arguments.folder)?;
    let begun = Instant::now();
    let world = World::new(arguments.old, arguments.new, arguments.threads)?;
    let built = begun.elapsed();
    let stamped = stamps::before(&world, &arguments.folder)?;
    let run = Run::prepare(&world, &arguments.folder)?;
    let begun = Instant::now();
    let done = run.carry_out(arguments.threads, arguments.acknowledge)?;
    let took = begun.elapsed();
    let judged = stamps::after(&world, &run.ledger, &stamped)?;
    let report = Report::of(&world, &run, judged)?;
    report.write(&arguments.folder)?;
    print!("{report}");
    let examination = run.ledger.verify()?;
    println!("{examination}");
    let checkpoint = run.ledger.checkpoint(world.maker.credentials(), world::now()?)?;
    fs::write(arguments.folder.join("checkpoint.json"), checkpoint.to_json()?)?;
    let whole = report.is_whole() && examination.is_sound();
    run.ledger.into_store().close()?;
    println!(
        "{done} done in {took:.2?}, after {built:.2?} of making the old world; see {}",
        arguments.folder.display()
    );
    Ok(whole)
}
