//! What migrating and remaking have in common.

use std::path::PathBuf;

use clap::Args;
use eseal::ledger::Sm3;
use eseal::lifecycle::{Candidate, Carried, IdPolicy, PlanItem, Step, Workshop};
use eseal::timestamp::TimeStamper;
use eseal::{Seal, SealMaker, Time, Trust};

use crate::Failure;
use crate::arguments::{KeyArgs, credentials, trust};
use crate::files::{read, write};
use crate::register::to_write_or_make;
use crate::time_stamp::TimeStampArgs;

/// What migrating and remaking have in common.
#[derive(Args)]
pub(crate) struct SuccessionArgs {
    /// The old seal; for migrating also the structure of an old product, or a picture
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
    /// A register to record it in: the new seal comes into force and the old one is superseded with one stroke
    #[arg(long, value_name = "FILE", requires = "owner")]
    pub(crate) ledger: Option<PathBuf>,
    /// The owner's code, for the register
    #[arg(long, value_name = "CODE")]
    pub(crate) owner: Option<String>,
    #[command(flatten)]
    pub(crate) time_stamp: TimeStampArgs,
    /// Make it as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    /// Where to write the new seal
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// An old seal, or what is left of one, and what is needed to make a new one of it.
pub(crate) struct Opened<'a> {
    pub(crate) common: &'a SuccessionArgs,
    pub(crate) now: Time,
    pub(crate) maker: SealMaker,
    pub(crate) trust: Trust,
    pub(crate) bytes: Vec<u8>,
    pub(crate) stamper: Option<Box<dyn TimeStamper>>,
}

impl<'a> Opened<'a> {
    pub(crate) fn open(common: &'a SuccessionArgs) -> Result<Self, Failure> {
        Ok(Opened {
            common,
            now: common.at.unwrap_or_else(Time::now),
            maker: SealMaker::new(credentials(&common.maker)?),
            trust: trust(&common.trust, &[])?,
            bytes: read(&common.file)?,
            stamper: common.time_stamp.stamper(),
        })
    }

    pub(crate) fn workshop(&self) -> Workshop<'_> {
        let mut workshop = Workshop { time_stamp: self.stamper.as_deref(), ..Workshop::new(&self.maker) };
        if let Some(by) = &self.common.by {
            workshop.by.clone_from(by);
        }
        workshop
    }

    /// The line of a plan that this one command is.
    pub(crate) fn item(&self, step: Step) -> Result<PlanItem, Failure> {
        Ok(PlanItem {
            label: self.common.file.display().to_string(),
            source_sm3: Sm3::of(&self.bytes).to_string(),
            source_format: None,
            id: self.common.id.clone(),
            name: None,
            owner: None,
            new_id: match &self.common.id {
                Some(id) => IdPolicy::Replace(id.parse()?),
                None => IdPolicy::Keep,
            },
            step,
        })
    }

    /// Records the succession, if there is a register, and writes the new seal.
    pub(crate) fn finish(&self, item: &PlanItem, candidate: &Candidate<'_>, new: &Seal) -> Result<bool, Failure> {
        let common = self.common;
        // The register comes first: what it does not know of is not handed out.
        if let Some(path) = &common.ledger {
            let ledger = to_write_or_make(path)?;
            let deeds = ledger.account(item, candidate, &Carried::Made(new.clone()), &self.workshop())?;
            for entry in ledger.record(&deeds, self.now)? {
                println!("{entry}");
            }
        }
        write(&common.output, new.der())?;
        let what = if matches!(item.step, Step::Remake { .. }) { "remade" } else { "migrated" };
        match Seal::from_der(&self.bytes) {
            Ok(old) => {
                println!("{what} {} of {} as {} of {}", old.id(), old.edition(), new.id(), new.edition());
                println!("valid {}; the old seal was valid {}", new.validity(), old.validity());
            }
            Err(_) => println!("{what} {} as {} of {}, valid {}", item.label, new.id(), new.edition(), new.validity()),
        }
        if common.ledger.is_none() {
            println!("The old seal stays in force until it is withdrawn; with --ledger that is recorded along.");
        }
        Ok(true)
    }
}
