//! `eseal ledger`: verify, export and import registers, and sign where they end.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use eseal::ledger::{Checkpoint, Examination, examine_lines, examine_lines_against};
use eseal::{Certificate, Time};

use crate::Failure;
use crate::arguments::{KeyArgs, credentials};
use crate::files::{open, read, text, write};
use crate::register::{Register, is_server, to_read, to_write_or_make};

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// Verify a register or its export, and name the first entry that is broken
    Verify(LedgerVerifyArgs),
    /// Write a register, seals included, as lines of JSON
    Export(ExportArgs),
    /// Take over an exported register
    Import(ImportArgs),
    /// Sign where a register ends, so that it shows if entries are cut off or rewritten
    Checkpoint(SignArgs),
    /// Sign the states of all seals, for verifiers that cannot ask
    Snapshot(SignArgs),
}

#[derive(Args)]
pub(crate) struct LedgerVerifyArgs {
    /// The register (a file, or the address of a server), or its export
    file: PathBuf,
    /// A signed checkpoint: all that it counts has to be there
    #[arg(long, value_name = "FILE", requires = "keeper")]
    checkpoint: Option<PathBuf>,
    /// The certificate with which the checkpoint was signed, PEM or DER
    #[arg(long, value_name = "FILE")]
    keeper: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// The register: a file, or the address of a server
    file: PathBuf,
    /// Where to write the lines
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The exported register
    file: PathBuf,
    /// The register that takes it over: a file, made if there is none, or the address of a server
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
}

#[derive(Args)]
pub(crate) struct SignArgs {
    /// The register: a file, or the address of a server
    file: PathBuf,
    /// The key of whoever keeps the register
    #[command(flatten)]
    keeper: KeyArgs,
    /// Sign as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write it
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub(crate) fn ledger(command: &LedgerCommand) -> Result<bool, Failure> {
    match command {
        LedgerCommand::Verify(args) => verify(args),
        LedgerCommand::Export(args) => export(args),
        LedgerCommand::Import(args) => import(args),
        LedgerCommand::Checkpoint(args) => {
            sign(args, |ledger, args, now| Ok(ledger.checkpoint(&credentials(&args.keeper)?, now)?.to_json()?))
        }
        LedgerCommand::Snapshot(args) => {
            sign(args, |ledger, args, now| Ok(ledger.snapshot(&credentials(&args.keeper)?, now)?.to_json()?))
        }
    }
}

fn verify(args: &LedgerVerifyArgs) -> Result<bool, Failure> {
    let checkpoint = match (&args.checkpoint, &args.keeper) {
        (Some(file), Some(keeper)) => Some(Checkpoint::open(&text(file)?, &Certificate::from_pem(&read(keeper)?)?)?),
        _ => None,
    };
    let examination = if is_export(&args.file)? {
        let lines = BufReader::new(open(&args.file)?);
        match &checkpoint {
            Some(checkpoint) => examine_lines_against(lines, checkpoint)?,
            None => examine_lines(lines)?,
        }
    } else {
        let ledger = to_read(&args.file)?;
        match &checkpoint {
            Some(checkpoint) => ledger.verify_against(checkpoint)?,
            None => ledger.verify()?,
        }
    };
    print_examination(&examination, args.json)?;
    Ok(examination.is_sound())
}

fn print_examination(examination: &Examination, json: bool) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string_pretty(examination)?);
    } else {
        println!("{examination}");
    }
    Ok(())
}

fn export(args: &ExportArgs) -> Result<bool, Failure> {
    let out = File::create(&args.output).map_err(|error| format!("cannot write {}: {error}", args.output.display()))?;
    let head = to_read(&args.file)?.export(BufWriter::new(&out))?;
    out.sync_all()?;
    println!("exported {head}");
    Ok(true)
}

fn import(args: &ImportArgs) -> Result<bool, Failure> {
    let lines = read(&args.file)?;
    // Before a register is made for them.
    let examination = examine_lines(lines.as_slice())?;
    if !examination.is_sound() {
        return Err(format!("{} is not imported: {examination}", args.file.display()).into());
    }
    let head = to_write_or_make(&args.ledger)?.import(&lines)?;
    println!("imported {head}");
    Ok(true)
}

fn sign(
    args: &SignArgs,
    statement: impl FnOnce(&Register, &SignArgs, Time) -> Result<String, Failure>,
) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let signed = statement(&to_read(&args.file)?, args, now)?;
    write(&args.output, format!("{signed}\n").as_bytes())?;
    println!("signed {}", args.output.display());
    Ok(true)
}

fn is_export(path: &Path) -> Result<bool, Failure> {
    if is_server(path) {
        return Ok(false);
    }
    let mut head = Vec::new();
    open(path)?.take(1).read_to_end(&mut head)?;
    Ok(head == b"{")
}
