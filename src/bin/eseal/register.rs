//! Opening a register, and putting a seal on record in it: `eseal seal register`.

use std::path::{Path, PathBuf};

use clap::Args;
use eseal::ledger::{Deed, FileStore, Lookup, Sm3, Snapshot, Store};
use eseal::lifecycle::{Operation, State};
use eseal::{Certificate, Ledger, Seal, Time};

use crate::Failure;
use crate::files::{read, text};

#[derive(Args)]
pub(crate) struct RegisterArgs {
    /// The seal's file
    seal: PathBuf,
    /// The register: a file, made if there is none, or the address of a server (postgresql://…)
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

pub(crate) fn register(args: &RegisterArgs) -> Result<bool, Failure> {
    let now = Time::now();
    let at = args.at.unwrap_or(now);
    let seal = Seal::from_der(&read(&args.seal)?)?;
    let ledger = to_write_or_make(&args.ledger)?;
    let deeds = [
        Deed::made(Operation::Make, &seal, &args.owner).by(&args.by).at(at),
        Deed::known(Operation::Issue, Sm3::of(seal.der())).by(&args.by).at(at),
    ];
    for entry in ledger.record(&deeds, now)? {
        println!("{entry}");
    }
    Ok(true)
}

pub(crate) type Register = Ledger<Box<dyn Store>>;

/// The seal that a word on the command line means.
pub(crate) fn one_seal(ledger: &Register, word: &str, now: Time) -> Result<Sm3, Failure> {
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
pub(crate) fn digest(word: &str) -> Result<Option<Sm3>, Failure> {
    if let Ok(digest) = word.parse() {
        return Ok(Some(digest));
    }
    let path = Path::new(word);
    if path.is_file() { Ok(Some(Sm3::of(&read(path)?))) } else { Ok(None) }
}

/// A register to ask. One whose process died while it was in use is checked first, which needs the
/// permission to write.
pub(crate) fn to_read(path: &Path) -> Result<Register, Failure> {
    opened(path, |path| FileStore::open_read_only(path).or_else(|refused| FileStore::open(path).map_err(|_| refused)))
}

pub(crate) fn to_write(path: &Path) -> Result<Register, Failure> {
    opened(path, |path| FileStore::open(path))
}

/// A file that is not there yet is made; so are a server's tables, whenever one connects.
pub(crate) fn to_write_or_make(path: &Path) -> Result<Register, Failure> {
    opened(path, |path| FileStore::open_or_create(path))
}

fn opened(path: &Path, open: impl FnOnce(&Path) -> Result<FileStore, eseal::Error>) -> Result<Register, Failure> {
    let store: Box<dyn Store> = match path.to_str().filter(|_| is_server(path)) {
        Some(address) => server(address)?,
        None => Box::new(open(path)?),
    };
    Ok(Ledger::new(store))
}

/// Whether a register is named by the address of a server.
pub(crate) fn is_server(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with("postgresql://") || text.starts_with("postgres://"))
}

#[cfg(feature = "postgres")]
fn server(address: &str) -> Result<Box<dyn Store>, Failure> {
    Ok(Box::new(eseal::ledger::PostgresStore::connect(address)?))
}

#[cfg(not(feature = "postgres"))]
fn server(_: &str) -> Result<Box<dyn Store>, Failure> {
    Err("this program was built without PostgreSQL: build it with the feature \"postgres\"".into())
}

pub(crate) fn snapshot(file: &Path, keeper: &Path) -> Result<Snapshot, Failure> {
    Ok(Snapshot::open(&text(file)?, &Certificate::from_pem(&read(keeper)?)?)?)
}
