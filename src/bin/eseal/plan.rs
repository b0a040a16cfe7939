//! `eseal plan`.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use eseal::lifecycle::{PlanPolicy, Step, plan};
use eseal::{Edition, Time, Verifier};

use crate::Failure;
use crate::about::{Book, read_all};
use crate::arguments::{parse_edition, trust};
use crate::files::{print_report, write};
use crate::register::to_read;

#[derive(Args)]
pub(crate) struct PlanArgs {
    /// The old seals: files, or directories of files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) intermediate: Vec<PathBuf>,
    /// The oldest edition that is good enough: 2020 (GB/T 38540) or 2025 (GM/T 0031)
    #[arg(long, value_name = "YEAR", default_value = "2020", value_parser = parse_edition)]
    pub(crate) to: Edition,
    /// Seals and certificates that end within this many days are to be remade
    #[arg(long, default_value_t = 30)]
    pub(crate) days: i64,
    /// Plan as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    /// What the register knows of the old seals beside their bytes: a JSON object, the files' names its keys, with
    /// "owner" and "signatories" (files), and for what is no seal "id", "name", "kind", "width", "height", "from"
    /// and "until"
    #[arg(long, value_name = "FILE")]
    pub(crate) about: Option<PathBuf>,
    /// The register to ask whether the old seals are in force
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Write the plan to this file, to be reviewed and given to "eseal carry-out"
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn make_plan(args: &PlanArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let trust = trust(&args.trust, &args.intermediate)?;
    let ledger = args.ledger.as_deref().map(to_read).transpose()?;
    let mut verifier = Verifier::new(&trust);
    if let Some(ledger) = &ledger {
        verifier = verifier.knowing(ledger);
    }
    let policy = PlanPolicy { to: args.to, days: args.days, ..PlanPolicy::new(verifier) };
    let files = read_all(&list_files(&args.files)?)?;
    let book = Book::read(args.about.as_deref())?;
    book.check(&files.iter().map(|(label, _)| label.clone()).collect::<Vec<_>>())?;
    let candidates: Vec<_> =
        files.iter().map(|(label, bytes)| book.candidate(label, bytes, now)).collect::<Result<_, _>>()?;
    let plan = plan(&candidates, &policy, now)?;
    print_report(&plan, args.json)?;
    if let Some(path) = &args.out {
        write(path, serde_json::to_string_pretty(&plan)?.as_bytes())?;
    }
    Ok(!plan.items.iter().any(|item| matches!(item.step, Step::Refuse { .. })))
}

/// The files themselves, and those right in the directories, by their names.
fn list_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed = |error: std::io::Error| format!("cannot list {}: {error}", path.display());
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            inside.push(entry.map_err(failed)?.path());
        }
        inside.retain(|path| path.is_file());
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}
