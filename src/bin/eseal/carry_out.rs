//! `eseal carry-out`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use eseal::lifecycle::{Carried, Plan, PlanItem, PlanPolicy, Step, Workshop, carry_out};
use eseal::{ErrorKind, SealMaker, Time, Verifier};

use crate::Failure;
use crate::about::Book;
use crate::arguments::{KeyArgs, credentials, trust};
use crate::files::{read, text, write};
use crate::register::{Register, to_write_or_make};
use crate::time_stamp::TimeStampArgs;

#[derive(Args)]
pub(crate) struct CarryOutArgs {
    /// The plan, as "eseal plan --out" wrote it
    plan: PathBuf,
    /// The seal maker's key
    #[command(flatten)]
    maker: KeyArgs,
    /// Certificates to believe when the old seals are judged again, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// What the register knows of the old seals, as for "eseal plan"
    #[arg(long, value_name = "FILE")]
    about: Option<PathBuf>,
    /// The register that accounts for each line: a file, made if there is none, or the address of a server. What it
    /// accounts for already is not done again
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Who does it, for the record; default: the maker
    #[arg(long, value_name = "TEXT")]
    by: Option<String>,
    #[command(flatten)]
    time_stamp: TimeStampArgs,
    /// Carry it out as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// The folder for the new seals
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
}

/// Exits with 1 when a line could not be carried out; the others are, and the same command goes on with it.
pub(crate) fn carry_out_plan(args: &CarryOutArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let plan: Plan = serde_json::from_str(&text(&args.plan)?)
        .map_err(|error| format!("{} is not a plan: {error}", args.plan.display()))?;
    let maker = SealMaker::new(credentials(&args.maker)?);
    let stamper = args.time_stamp.stamper();
    let mut workshop = Workshop { time_stamp: stamper.as_deref(), ..Workshop::new(&maker) };
    if let Some(by) = &args.by {
        workshop.by.clone_from(by);
    }
    let trust = trust(&args.trust, &args.intermediate)?;
    let ledger = to_write_or_make(&args.ledger)?;
    let book = Book::read(args.about.as_deref())?;
    book.check(&plan.items.iter().map(|item| item.label.clone()).collect::<Vec<_>>())?;
    fs::create_dir_all(&args.output).map_err(|error| format!("cannot make {}: {error}", args.output.display()))?;
    let run = Run {
        policy: PlanPolicy::new(Verifier::new(&trust).knowing(&ledger)),
        ledger: &ledger,
        book,
        workshop,
        folder: &args.output,
        planned: plan.at,
        now,
    };
    let (mut done, mut before, mut failed) = (0, 0, 0);
    for item in &plan.items {
        let known = ledger.accounts_for(item)?;
        match run.line(item, known) {
            Ok(told) => println!("{}  {told}", item.label),
            Err(failure) if is_of_the_register(&failure) => return Err(failure),
            Err(failure) => {
                println!("{}  FAILED: {failure}", item.label);
                failed += 1;
                continue;
            }
        }
        *(if known { &mut before } else { &mut done }) += 1;
    }
    println!("{} lines: {done} done now, {before} before, {failed} failed", plan.items.len());
    Ok(failed == 0)
}

/// Without its register a plan is not carried out any further.
fn is_of_the_register(failure: &Failure) -> bool {
    failure.downcast_ref::<eseal::Error>().is_some_and(|error| error.kind() == ErrorKind::Store)
}

/// All that the lines have in common.
struct Run<'a> {
    policy: PlanPolicy<'a>,
    ledger: &'a Register,
    book: Book,
    workshop: Workshop<'a>,
    folder: &'a Path,
    planned: Time,
    now: Time,
}

impl Run<'_> {
    fn line(&self, item: &PlanItem, known: bool) -> Result<String, Failure> {
        if known {
            return self.known(item);
        }
        let bytes = read(&item.label)?;
        let candidate = self.book.candidate(&item.label, &bytes, self.planned)?;
        let carried = carry_out(item, &candidate, &self.policy, &self.workshop, self.now)?;
        let deeds = self.ledger.account(item, &candidate, &carried, &self.workshop)?;
        // The register comes first: what it does not know of is not handed out.
        self.ledger.record(&deeds, self.now)?;
        Ok(match carried {
            Carried::Made(seal) => {
                let path = self.path(item);
                write(&path, seal.der())?;
                format!("{}: {} ({}), {}", item.step, seal.id(), seal.edition(), path.display())
            }
            _ => item.step.to_string(),
        })
    }

    /// The new seal's file is written again if it is missing: the register has its bytes.
    fn known(&self, item: &PlanItem) -> Result<String, Failure> {
        if !matches!(item.step, Step::Migrate { .. } | Step::Remake { .. }) {
            return Ok(format!("{}, on record before", item.step));
        }
        let path = self.path(item);
        if !path.exists() {
            let successor = self.ledger.successor(item.source_sm3.parse()?)?;
            let bytes = successor.map(|seal| self.ledger.seal_bytes(seal)).transpose()?.flatten();
            write(&path, &bytes.ok_or("the register does not have the new seal's bytes: verify it")?)?;
        }
        Ok(format!("{}: on record before, {}", item.step, path.display()))
    }

    /// Files of one name in several folders are told apart by their digests.
    fn path(&self, item: &PlanItem) -> PathBuf {
        let stem = Path::new(&item.label).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let short: String = item.source_sm3.chars().take(8).collect();
        self.folder.join(format!("{}-{short}.esl", stem.unwrap_or_default()))
    }
}
