//! What is done to a seal on record: `eseal seal freeze | unfreeze | cancel`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use eseal::Time;
use eseal::ledger::Deed;
use eseal::lifecycle::{CancelReason, Operation};

use crate::Failure;
use crate::register::{one_seal, to_write};

/// A deed done to a seal on record.
#[derive(Args)]
pub(crate) struct DeedArgs {
    /// The seal: its file, the SM3 digest of its bytes, or its identifier if only one seal has it
    pub(crate) seal: String,
    /// The register: a file, or the address of a server (postgresql://…)
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// Who does it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    pub(crate) because: Option<String>,
    /// When it took effect (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
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
