//! `eseal form extract`: from a sealed document back to its data.

use std::path::PathBuf;

use clap::Args;
use eseal::form::{Medium, Renderer};
use eseal::{Document, Limits, Ofd, Pdf, Time, Verdict, Verifier};
use serde_json::json;

use crate::Failure;
use crate::arguments::trust;
use crate::files::{Kind, read, write};
use crate::form_fill::{FontArgs, template};

#[derive(Args)]
pub(crate) struct ExtractArgs {
    /// The sealed PDF or OFD
    file: PathBuf,
    /// The template that it was made by, JSON
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    #[command(flatten)]
    fonts: FontArgs,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// Certificates on the way to those, PEM or DER
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// Judge as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the data; default: they are printed
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the findings and the data as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn extract(args: &ExtractArgs) -> Result<bool, Failure> {
    let bytes = read(&args.file)?;
    match Kind::of(&bytes) {
        Kind::Pdf => extracted::<Pdf>(bytes, args),
        Kind::Ofd => extracted::<Ofd>(bytes, args),
        _ => Err(format!("{} is neither a PDF nor an OFD", args.file.display()).into()),
    }
}

fn extracted<D: Document + Medium>(bytes: Vec<u8>, args: &ExtractArgs) -> Result<bool, Failure> {
    let document = D::from_bytes(bytes, &Limits::default())?;
    let trust = trust(&args.trust, &args.intermediate)?;
    let verifier = Verifier::new(&trust);
    let report = verifier.document(&document, args.at.unwrap_or_else(Time::now))?;
    if report.verdict() != Verdict::Valid {
        // Nothing is read out of a document that is not valid.
        if args.json {
            println!("{:#}", json!({ "valid": false, "findings": [], "verification": report }));
        } else {
            print!("{report}");
        }
        return Ok(false);
    }
    let renderer = Renderer::new(&template(&args.template)?, &args.fonts.assets()?)?;
    let extraction = renderer.extract(&report.require_valid()?)?;
    let findings = extraction.findings().to_vec();
    let good = extraction.require_good().ok();
    if let (Some(good), Some(path)) = (&good, &args.output) {
        write(path, good.json.as_bytes())?;
    }
    if args.json {
        let data = good.as_ref().map(|good| serde_json::from_str::<serde_json::Value>(&good.json)).transpose()?;
        println!("{:#}", json!({ "valid": good.is_some(), "findings": findings, "data": data }));
    } else if let (Some(good), None) = (&good, &args.output) {
        println!("{}", good.json);
    } else {
        findings.iter().for_each(|finding| println!("{finding}"));
    }
    Ok(good.is_some())
}
