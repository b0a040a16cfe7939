//! `eseal id check`.

use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use eseal::identifier::{
    BasicItemCode, CitizenNumber, CreditCode, ItemCode, LicenceId, LicenceTypeCode, Region, SealCode,
};
use eseal::{Finding, Outcome};
use serde_json::json;

use crate::Failure;
use crate::files::text;

#[derive(Subcommand)]
pub(crate) enum IdCommand {
    /// Check identifiers of licences, bodies, citizens, regions, seals and service items
    Check(CheckArgs),
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The identifiers; without any, those of --list or standard input, one on each line
    ids: Vec<String>,
    /// What they are; default: told by their shape
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// A file with one identifier on each line
    #[arg(long, value_name = "FILE", conflicts_with = "ids")]
    list: Option<PathBuf>,
    /// Print as JSON, one object on each line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A licence's identifier (ZZBS)
    Licence,
    /// A licence type's code, 21 characters
    LicenceType,
    /// A unified social credit code, 18 characters
    Credit,
    /// A citizen's number, 18 characters; it is shown masked
    Citizen,
    /// A region's code, 6 digits
    Region,
    /// A seal's code, 13 or 14 digits
    Seal,
    /// A service item's code, 31 characters
    Item,
    /// A service item's code in the basic catalogue, 12 digits
    BasicItem,
}

impl Kind {
    /// What a text is meant to be, by its shape. 18 characters are a unified social credit code if that is good;
    /// otherwise, where nearly all are digits with a year in the middle, a citizen's number.
    fn of(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.chars().count() {
            _ if text.contains('.') => Some(Kind::Licence),
            6 if digits => Some(Kind::Region),
            12 if digits => Some(Kind::BasicItem),
            13 | 14 if digits => Some(Kind::Seal),
            15 if digits => Some(Kind::Citizen),
            18 if text.parse::<CreditCode>().is_ok() => Some(Kind::Credit),
            18 if looks_like_a_citizen(text) => Some(Kind::Citizen),
            18 => Some(Kind::Credit),
            21 => Some(Kind::LicenceType),
            31 => Some(Kind::Item),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Licence => "licence identifier",
            Kind::LicenceType => "licence type's code",
            Kind::Credit => "unified social credit code",
            Kind::Citizen => "citizen's number",
            Kind::Region => "region's code",
            Kind::Seal => "seal's code",
            Kind::Item => "service item's code",
            Kind::BasicItem => "service item's code in the basic catalogue",
        }
    }

    fn examine(self, text: &str) -> Vec<Finding> {
        match self {
            Kind::Licence => LicenceId::examine(text),
            Kind::LicenceType => LicenceTypeCode::examine(text),
            Kind::Credit => CreditCode::examine(text),
            Kind::Citizen => CitizenNumber::examine(text),
            Kind::Region => Region::examine(text),
            Kind::Seal => SealCode::examine(text),
            Kind::Item => ItemCode::examine(text),
            Kind::BasicItem => BasicItemCode::examine(text),
        }
    }

    /// The text as it may be shown.
    fn shown(self, text: &str) -> String {
        match self {
            Kind::Citizen => {
                text.chars().enumerate().map(|(at, each)| if (3..14).contains(&at) { '*' } else { each }).collect()
            }
            _ => text.to_owned(),
        }
    }
}

/// A full-width figure as the usual one.
fn narrow(each: char) -> char {
    match each {
        '０'..='９' => char::from_u32(u32::from(each) - 0xFEE0).unwrap_or(each),
        other => other,
    }
}

fn looks_like_a_citizen(text: &str) -> bool {
    // Nearly all of it figures, whatever their width: somebody's number with a slip in it is not to be shown either.
    let figures: Vec<Option<u32>> = text.chars().map(|each| narrow(each).to_digit(10)).collect();
    let count = figures.iter().take(17).flatten().count();
    count >= 15 && matches!(figures.get(6..8), Some([Some(1), Some(8 | 9)] | [Some(2), Some(0)]))
}

pub(crate) fn id(command: &IdCommand) -> Result<bool, Failure> {
    let IdCommand::Check(args) = command;
    let listed = match &args.list {
        Some(path) => text(path)?,
        None if args.ids.is_empty() => {
            let mut all = String::new();
            io::stdin().read_to_string(&mut all).map_err(|error| format!("cannot read standard input: {error}"))?;
            all
        }
        None => String::new(),
    };
    let lines = listed.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut good = true;
    for text in args.ids.iter().map(String::as_str).chain(lines) {
        good &= check(text, args)?;
    }
    Ok(good)
}

fn check(text: &str, args: &CheckArgs) -> Result<bool, Failure> {
    let Some(kind) = args.kind.or_else(|| Kind::of(text)) else {
        let length = text.chars().count();
        let sentence = format!("no identifier known here has this shape ({length} characters): say --kind");
        if args.json {
            println!("{}", json!({ "good": false, "error": sentence }));
        } else {
            println!("BAD   {sentence}");
        }
        return Ok(false);
    };
    let findings = kind.examine(text);
    let good = findings.iter().all(|finding| !finding.needed || finding.outcome == Outcome::Pass);
    if args.json {
        let told = json!({ "id": kind.shown(text), "kind": kind.name(), "good": good, "findings": findings });
        println!("{told}");
        return Ok(good);
    }
    println!("{}  {} ({})", if good { "good" } else { "BAD " }, kind.shown(text), kind.name());
    for finding in findings.iter().filter(|finding| finding.outcome != Outcome::Pass) {
        println!("      {finding}");
    }
    Ok(good)
}
