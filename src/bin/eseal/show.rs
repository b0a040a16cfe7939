//! `eseal seal show`.

use std::path::PathBuf;

use clap::Args;
use eseal::Seal;
use eseal::lifecycle::Provenance;
use serde_json::json;

use crate::Failure;
use crate::files::{read, write};

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The seal
    pub(crate) file: PathBuf,
    /// Write the picture to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn show(args: &ShowArgs) -> Result<bool, Failure> {
    let seal = Seal::from_der(&read(&args.file)?)?;
    let maker = seal.maker().map_or_else(|error| error.to_string(), |maker| maker.subject().to_owned());
    if let Some(path) = &args.picture {
        write(path, seal.picture()?.bytes())?;
    }
    let parts = seal.picture().map(|picture| format!("{picture:?}")).unwrap_or_else(|error| error.to_string());
    let signatories: Vec<String> =
        seal.signatories().certificates().iter().map(|certificate| certificate.subject().to_owned()).collect();
    let provenance = Provenance::of(&seal, Provenance::DEFAULT_OID).unwrap_or_default();
    if args.json {
        let shown = json!({
            "edition": seal.edition(), "id": seal.id(), "name": seal.name(), "kind_code": seal.kind_code(),
            "vendor": seal.vendor(), "created": seal.created(), "validity": seal.validity(), "maker": maker,
            "signatories": seal.signatories().len(), "signatory_subjects": signatories,
            "picture_type": seal.picture_type(), "time_stamp": seal.time_stamp().is_some(), "provenance": provenance,
        });
        println!("{shown:#}");
        return Ok(true);
    }
    println!("seal        {} \"{}\"", seal.id(), seal.name());
    println!("edition     {}, kind {}, made with software of \"{}\"", seal.edition(), seal.kind_code(), seal.vendor());
    println!("made        {} by {maker}", seal.created());
    println!("valid       {}", seal.validity());
    println!("picture     {parts}");
    println!("signatories {}", seal.signatories().len());
    for subject in signatories {
        println!("            {subject}");
    }
    for record in provenance {
        let id = record.source_id.unwrap_or_else(|| "no identifier".into());
        println!("made of     {} ({id}), at {} by {}", record.source_format, record.migrated_at, record.by);
    }
    println!("This is what the seal says; whether to believe it, ask \"eseal seal verify\".");
    Ok(true)
}
