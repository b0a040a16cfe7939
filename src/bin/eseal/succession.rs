//! What migrating and remaking have in common.

use std::path::PathBuf;

use clap::Args;
use eseal::lifecycle::IdPolicy;
use eseal::{Seal, SealMaker, Time, Trust};

use crate::Failure;
use crate::arguments::{KeyArgs, credentials, trust};
use crate::files::{read, write};

/// What migrating and remaking have in common.
#[derive(Args)]
pub(crate) struct SuccessionArgs {
    /// The old seal
    pub(crate) file: PathBuf,
    /// The seal maker's key
    #[command(flatten)]
    pub(crate) maker: KeyArgs,
    /// Certificates to believe when the old seal is judged, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) trust: Vec<PathBuf>,
    /// A new identifier; default: the old one
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Certificates of those who may stamp with the new seal, PEM or DER; default: the old ones
    #[arg(long, value_name = "FILE")]
    pub(crate) signatory: Vec<PathBuf>,
    /// Who does it, for the record in the new seal; default: the maker
    #[arg(long, value_name = "TEXT")]
    pub(crate) by: Option<String>,
    /// Make it as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    /// Where to write the new seal
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// An old seal, and what is needed to make a new one of it.
pub(crate) struct Opened<'a> {
    pub(crate) common: &'a SuccessionArgs,
    pub(crate) now: Time,
    pub(crate) maker: SealMaker,
    pub(crate) trust: Trust,
    pub(crate) seal: Seal,
}

pub(crate) fn open_old(common: &SuccessionArgs) -> Result<Opened<'_>, Failure> {
    Ok(Opened {
        common,
        now: common.at.unwrap_or_else(Time::now),
        maker: SealMaker::new(credentials(&common.maker)?),
        trust: trust(&common.trust, &[])?,
        seal: Seal::from_der(&read(&common.file)?)?,
    })
}

pub(crate) fn new_id(common: &SuccessionArgs) -> Result<IdPolicy, Failure> {
    Ok(match &common.id {
        Some(id) => IdPolicy::Replace(id.parse()?),
        None => IdPolicy::Keep,
    })
}

pub(crate) fn finish(common: &SuccessionArgs, what: &str, old: &Seal, new: &Seal) -> Result<bool, Failure> {
    write(&common.output, new.der())?;
    println!("{what} {} of {} as {} of {}", old.id(), old.edition(), new.id(), new.edition());
    println!("valid {}; the old seal was valid {}", new.validity(), old.validity());
    println!("The old seal stays in force until it is withdrawn: record it as superseded.");
    Ok(true)
}
