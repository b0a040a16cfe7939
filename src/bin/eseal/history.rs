//! `eseal seal history`.

use std::path::PathBuf;

use clap::Args;
use eseal::ledger::Lookup;

use crate::Failure;
use crate::register::{digest, to_read};

#[derive(Args)]
pub(crate) struct HistoryArgs {
    /// The seal: its file, the SM3 digest of its bytes, or its identifier
    seal: String,
    /// The register: a file, or the address of a server (postgresql://…)
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn history(args: &HistoryArgs) -> Result<bool, Failure> {
    let ledger = to_read(&args.ledger)?;
    let mut entries = match digest(&args.seal)? {
        Some(seal) => ledger.history(Lookup::Seal(seal))?,
        None => Vec::new(),
    };
    // What was refused is on record by the name of its file.
    if entries.is_empty() {
        entries = ledger.history(Lookup::Id(&args.seal))?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&entries)?);
    } else {
        entries.iter().for_each(|entry| println!("{entry}"));
        if entries.is_empty() {
            println!("nothing is on record of {}", args.seal);
        }
    }
    Ok(!entries.is_empty())
}
