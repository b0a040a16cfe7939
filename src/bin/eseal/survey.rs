//! `eseal survey`: what to know before signing a PDF.

use std::path::PathBuf;

use clap::Args;
use eseal::Pdf;

use crate::Failure;
use crate::files::open_pdf;

#[derive(Args)]
pub(crate) struct SurveyArgs {
    /// The PDF
    file: PathBuf,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Exits with 1 when there is something to know.
pub(crate) fn survey(args: &SurveyArgs) -> Result<bool, Failure> {
    let findings = open_pdf(&args.file, args.password.as_deref())?.suspicions()?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        findings.iter().for_each(|finding| println!("{}: {}", finding.check, finding.detail));
    }
    Ok(findings.is_empty())
}

/// Tells whoever stamps, and does not hold them up: what cannot be surveyed may be stamped all the same.
pub(crate) fn warn(pdf: &Pdf) {
    match pdf.suspicions() {
        Ok(findings) => findings.iter().for_each(|finding| eprintln!("eseal: before you sign: {}", finding.detail)),
        Err(error) => eprintln!("eseal: before you sign: the document cannot be looked through: {error}"),
    }
}
