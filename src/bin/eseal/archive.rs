//! `eseal archive`.

use std::path::PathBuf;

use clap::Args;
use eseal::archive::Archive;
use eseal::{Time, Verifier};

use crate::Failure;
use crate::arguments::{evidence, trust};
use crate::fetching::{FetchArgs, wanted};
use crate::files::{open_pdf, write_pdf};

/// Put into a PDF what its signatures will be judged by later (PAdES B-LT).
#[derive(Args)]
pub(crate) struct ArchiveArgs {
    /// The PDF
    file: PathBuf,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// Lists of revoked certificates (CRL), DER or PEM
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// OCSP answers, DER
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    #[command(flatten)]
    fetch: FetchArgs,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    /// Judge as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the document
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub(crate) fn archive(args: &ArchiveArgs) -> Result<bool, Failure> {
    let trust = trust(&args.trust, &args.intermediate)?;
    let document = open_pdf(&args.file, args.password.as_deref())?;
    let now = args.at.unwrap_or_else(Time::now);
    let evidence = args.fetch.complete(evidence(&args.crl, &args.ocsp)?, |evidence| {
        let report = Verifier::new(&trust).evidence(evidence).document(&document, now)?;
        Ok(wanted(report.signatures().iter().flat_map(|signature| &signature.chains)))
    })?;
    let verifier = Verifier::new(&trust).evidence(&evidence);
    let verified = verifier.document(&document, now)?.require_valid()?;
    let kept = Archive::of(&verified).evidence(&evidence).keep()?;
    write_pdf(&args.output, &kept)?;
    println!("written: {}", args.output.display());
    Ok(true)
}
