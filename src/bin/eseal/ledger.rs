//! The commands about a register of seals.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use eseal::ledger::{Checkpoint, Deed, Examination, FileStore, Lookup, Sm3, Snapshot, Standing, Store, examine_lines};
use eseal::lifecycle::{CancelReason, Operation, State};
use eseal::{Certificate, Ledger, Seal, Time};

use crate::{Failure, KeyArgs, credentials, read, write};

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
    /// The register, or its export
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
    /// The register
    file: PathBuf,
    /// Where to write the lines
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The exported register
    file: PathBuf,
    /// The register that takes it over; it is made if there is none
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
}

#[derive(Args)]
pub(crate) struct SignArgs {
    /// The register
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

/// A deed done to a seal on record.
#[derive(Args)]
pub(crate) struct DeedArgs {
    /// The seal: its file, the SM3 digest of its bytes, or its identifier if only one seal has it
    seal: String,
    /// The register
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Who does it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// When it took effect (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
}

#[derive(Args)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    deed: DeedArgs,
    /// The reason's code
    #[arg(long, value_enum)]
    reason: ReasonArg,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReasonArg {
    /// The owner has a new name
    Renamed,
    /// The owner was dissolved
    Dissolved,
    /// The owner, or its authority for this seal, was withdrawn
    Withdrawn,
    /// The owner's licence was revoked
    LicenceRevoked,
    /// The owner is bankrupt
    Bankrupt,
    /// The owner was split
    Split,
    /// The owner was merged into another
    Merged,
    /// The owner asked for it
    Requested,
    /// The issuing department decided
    Ordered,
}

impl ReasonArg {
    fn reason(self) -> CancelReason {
        match self {
            ReasonArg::Renamed => CancelReason::Renamed,
            ReasonArg::Dissolved => CancelReason::Dissolved,
            ReasonArg::Withdrawn => CancelReason::Withdrawn,
            ReasonArg::LicenceRevoked => CancelReason::LicenceRevoked,
            ReasonArg::Bankrupt => CancelReason::Bankrupt,
            ReasonArg::Split => CancelReason::Split,
            ReasonArg::Merged => CancelReason::Merged,
            ReasonArg::Requested => CancelReason::Requested,
            ReasonArg::Ordered => CancelReason::Ordered,
        }
    }
}

#[derive(Args)]
pub(crate) struct RegisterArgs {
    /// The seal's file
    seal: PathBuf,
    /// The register; it is made if there is none
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// The owner's code, such as the unified social credit code
    #[arg(long, value_name = "CODE")]
    owner: String,
    /// Who does it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Since when it is in force (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// The register
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Only seals of this owner
    #[arg(long, value_name = "CODE")]
    owner: Option<String>,
    /// Only seals with this identifier
    #[arg(long)]
    id: Option<String>,
    /// Only seals in force or frozen that end within so many days
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["owner", "id"])]
    expiring: Option<u32>,
    /// As of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct HistoryArgs {
    /// The seal: its file, the SM3 digest of its bytes, or its identifier
    seal: String,
    /// The register
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Print as JSON
    #[arg(long)]
    json: bool,
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
        if checkpoint.is_some() {
            return Err("an export has its end in itself; give the register to compare it with a checkpoint".into());
        }
        examine_lines(BufReader::new(open(&args.file)?))?
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
    let ledger = Ledger::new(FileStore::open_or_create(&args.ledger)?);
    let head = ledger.import(&lines)?;
    ledger.into_store().close()?;
    println!("imported {head}");
    Ok(true)
}

type Readable = Ledger<Box<dyn Store>>;

fn sign(
    args: &SignArgs,
    statement: impl FnOnce(&Readable, &SignArgs, Time) -> Result<String, Failure>,
) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let signed = statement(&to_read(&args.file)?, args, now)?;
    write(&args.output, format!("{signed}\n").as_bytes())?;
    println!("signed {}", args.output.display());
    Ok(true)
}

pub(crate) fn freeze(args: &DeedArgs) -> Result<bool, Failure> {
    record(args, Operation::Freeze)
}

pub(crate) fn unfreeze(args: &DeedArgs) -> Result<bool, Failure> {
    record(args, Operation::Unfreeze)
}

pub(crate) fn cancel(args: &CancelArgs) -> Result<bool, Failure> {
    record(&args.deed, Operation::Cancel(args.reason.reason()))
}

fn record(args: &DeedArgs, operation: Operation) -> Result<bool, Failure> {
    let now = Time::now();
    let ledger = to_write(&args.ledger)?;
    let seal = one_seal(&ledger, &args.seal, now)?;
    let mut deed = Deed::known(operation, seal).by(&args.by);
    if let Some(reason) = &args.because {
        deed = deed.because(reason);
    }
    if let Some(at) = args.at {
        deed = deed.at(at);
    }
    for entry in ledger.record(&[deed], now)? {
        println!("{entry}");
    }
    Ok(true)
}

pub(crate) fn register(args: &RegisterArgs) -> Result<bool, Failure> {
    let now = Time::now();
    let at = args.at.unwrap_or(now);
    let seal = Seal::from_der(&read(&args.seal)?)?;
    let ledger = Ledger::new(FileStore::open_or_create(&args.ledger)?);
    let deeds = [
        Deed::made(Operation::Make, &seal, &args.owner).by(&args.by).at(at),
        Deed::known(Operation::Issue, Sm3::of(seal.der())).by(&args.by).at(at),
    ];
    for entry in ledger.record(&deeds, now)? {
        println!("{entry}");
    }
    ledger.into_store().close()?;
    Ok(true)
}

pub(crate) fn list(args: &ListArgs) -> Result<bool, Failure> {
    let at = args.at.unwrap_or_else(Time::now);
    let ledger = to_read(&args.ledger)?;
    let mut found = match (&args.expiring, &args.id, &args.owner) {
        (Some(days), ..) => ledger.expiring(at, *days)?,
        (_, Some(id), _) => ledger.standings(Lookup::Id(id), at)?,
        (_, _, Some(owner)) => ledger.standings(Lookup::Owner(owner), at)?,
        _ => ledger.list(at)?,
    };
    if let Some(owner) = &args.owner {
        found.retain(|standing| standing.seal.owner == *owner);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
        return Ok(true);
    }
    for standing in &found {
        println!("{}", line(standing));
    }
    let active = found.iter().filter(|standing| standing.state == State::Active).count();
    println!("{} seals, {active} in force at {at}", found.len());
    Ok(true)
}

fn line(standing: &Standing) -> String {
    let Standing { seal, state, since, until, .. } = standing;
    let until = until.map_or_else(|| "-".to_owned(), |until| until.to_string());
    let sm3 = seal.sm3.map(|sm3| sm3.to_string()).unwrap_or_default();
    let short = sm3.get(..16).unwrap_or_default();
    format!("{state:<12} {} {}  since {since}  ends {until}  {short}", seal.id, seal.owner)
}

pub(crate) fn history(args: &HistoryArgs) -> Result<bool, Failure> {
    let ledger = to_read(&args.ledger)?;
    let entries = match digest(&args.seal)? {
        Some(seal) => ledger.history(Lookup::Seal(seal))?,
        None => ledger.history(Lookup::Id(&args.seal))?,
    };
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

/// The seal that a word on the command line means.
fn one_seal(ledger: &Readable, word: &str, now: Time) -> Result<Sm3, Failure> {
    if let Some(seal) = digest(word)? {
        return Ok(seal);
    }
    let mut found = ledger.standings(Lookup::Id(word), now)?;
    if found.is_empty() {
        return Err(format!("no seal {word} is on record, and there is no file of that name").into());
    }
    // Those that were given up are meant only where nothing else has the identifier.
    if found.iter().any(|standing| is_live(standing.state)) {
        found.retain(|standing| is_live(standing.state));
    }
    match found.as_slice() {
        [one] => one.seal.sm3.ok_or_else(|| "the seal is not made yet".into()),
        _ => Err(format!("{} seals have the identifier {word}: name one by its file or digest", found.len()).into()),
    }
}

fn is_live(state: State) -> bool {
    matches!(state, State::Active | State::Frozen)
}

/// A word that is a digest, or names a file.
fn digest(word: &str) -> Result<Option<Sm3>, Failure> {
    if let Ok(digest) = word.parse() {
        return Ok(Some(digest));
    }
    let path = Path::new(word);
    if path.is_file() { Ok(Some(Sm3::of(&read(path)?))) } else { Ok(None) }
}

/// A register to ask. One whose process died while it was in use is checked first, which needs the
/// permission to write.
pub(crate) fn to_read(path: &Path) -> Result<Readable, Failure> {
    #[cfg(feature = "postgres")]
    if let Some(store) = server(path)? {
        return Ok(Ledger::new(store));
    }
    let store = FileStore::open_read_only(path).or_else(|refused| FileStore::open(path).map_err(|_| refused))?;
    Ok(Ledger::new(Box::new(store)))
}

fn to_write(path: &Path) -> Result<Readable, Failure> {
    #[cfg(feature = "postgres")]
    if let Some(store) = server(path)? {
        return Ok(Ledger::new(store));
    }
    Ok(Ledger::new(Box::new(FileStore::open(path)?)))
}

#[cfg(feature = "postgres")]
fn server(path: &Path) -> Result<Option<Box<dyn Store>>, Failure> {
    let address = path.to_str().filter(|text| text.starts_with("postgresql://") || text.starts_with("postgres://"));
    Ok(match address {
        Some(address) => Some(Box::new(eseal::ledger::PostgresStore::connect(address)?)),
        None => None,
    })
}

pub(crate) fn snapshot(file: &Path, keeper: &Path) -> Result<Snapshot, Failure> {
    Ok(Snapshot::open(&text(file)?, &Certificate::from_pem(&read(keeper)?)?)?)
}

fn is_export(path: &Path) -> Result<bool, Failure> {
    #[cfg(feature = "postgres")]
    if path.to_str().is_some_and(|text| text.contains("://")) {
        return Ok(false);
    }
    let mut head = Vec::new();
    open(path)?.take(1).read_to_end(&mut head)?;
    Ok(head == b"{")
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

fn text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?).map_err(|_| format!("{} is not text", path.display()))?;
    Ok(text.trim_end().to_owned())
}
