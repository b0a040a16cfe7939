//! `eseal verify` and `eseal seal verify`.

use std::path::PathBuf;

use clap::Args;
use eseal::{Document, Ofd, Seal, StatusSource, Time, Trust, Verdict, Verifier};

use crate::Failure;
use crate::arguments::trust;
use crate::files::{Kind, kind_of, open_pdf, print_report, read};
use crate::register;

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The file to verify
    pub(crate) file: PathBuf,
    /// Certificates to believe, PEM or DER; without any, chains are unknown
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) intermediate: Vec<PathBuf>,
    /// Judge as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    pub(crate) password: Option<String>,
    /// For a detached signature: the file that it signs
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// The register to ask whether the seal was in force: a file, or the address of a server
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot")]
    pub(crate) ledger: Option<PathBuf>,
    /// A signed snapshot of a register to ask instead
    #[arg(long, value_name = "FILE", requires = "keeper")]
    pub(crate) snapshot: Option<PathBuf>,
    /// The certificate with which the snapshot was signed, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) keeper: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn verify_seal(args: &VerifyArgs) -> Result<bool, Failure> {
    let trust = trust(&args.trust, &args.intermediate)?;
    let seal = Seal::from_der(&read(&args.file)?)?;
    let status = status(args)?;
    let report = verifier(&trust, status.as_deref()).seal(&seal, args.at.unwrap_or_else(Time::now));
    print_report(&report, args.json)?;
    Ok(report.verdict() == Verdict::Valid)
}

pub(crate) fn verify(args: &VerifyArgs) -> Result<bool, Failure> {
    let trust = trust(&args.trust, &args.intermediate)?;
    let status = status(args)?;
    let verifier = verifier(&trust, status.as_deref());
    let now = args.at.unwrap_or_else(Time::now);
    if let Kind::Pdf = kind_of(&args.file)? {
        return judge(&verifier, &open_pdf(&args.file, args.password.as_deref())?, now, args.json);
    }
    let bytes = read(&args.file)?;
    match Kind::of(&bytes) {
        Kind::Ofd => judge(&verifier, &Ofd::read(bytes)?, now, args.json),
        Kind::Der if args.content.is_some() => {
            let content = args.content.as_deref().map(read).transpose()?.unwrap_or_default();
            let report = verifier.detached(&bytes, &content, now);
            print_report(&report, args.json)?;
            Ok(report.verdict == Verdict::Valid)
        }
        Kind::Der => verify_seal(args),
        Kind::Pdf | Kind::Unknown => Err(format!(
            "{} is neither PDF nor OFD nor a seal: it has {} bytes and begins with none of their signs",
            args.file.display(),
            bytes.len()
        )
        .into()),
    }
}

/// Whom to ask whether a seal was in force.
fn status(args: &VerifyArgs) -> Result<Option<Box<dyn StatusSource>>, Failure> {
    Ok(match (&args.ledger, &args.snapshot, &args.keeper) {
        (Some(path), ..) => Some(Box::new(register::to_read(path)?)),
        (_, Some(path), Some(keeper)) => Some(Box::new(register::snapshot(path, keeper)?)),
        _ => None,
    })
}

fn verifier<'t>(trust: &'t Trust, status: Option<&'t dyn StatusSource>) -> Verifier<'t> {
    match status {
        Some(status) => Verifier::new(trust).knowing(status),
        None => Verifier::new(trust),
    }
}

fn judge<D: Document>(verifier: &Verifier<'_>, document: &D, now: Time, json: bool) -> Result<bool, Failure> {
    let report = verifier.document(document, now)?;
    print_report(&report, json)?;
    Ok(report.verdict() == Verdict::Valid)
}
