//! `eseal seal list`.

use std::path::PathBuf;

use clap::Args;
use eseal::Time;
use eseal::ledger::{Lookup, Standing};
use eseal::lifecycle::State;

use crate::Failure;
use crate::register::to_read;

#[derive(Args)]
pub(crate) struct ListArgs {
    /// The register: a file, or the address of a server (postgresql://…)
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
