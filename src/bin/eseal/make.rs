//! `eseal seal make`.

use std::path::PathBuf;

use clap::Args;
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Edition, Mm, Picture, SealMaker, Time, Validity};

use crate::Failure;
use crate::arguments::{KeyArgs, certificates, credentials, parse_edition, parse_kind};
use crate::files::{read, write};
use crate::time_stamp::TimeStampArgs;

#[derive(Args)]
pub(crate) struct MakeArgs {
    /// The seal maker's key
    #[command(flatten)]
    maker: KeyArgs,
    /// Certificates of those who may stamp, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    signatory: Vec<PathBuf>,
    /// The seal's identifier
    #[arg(long)]
    id: String,
    /// The seal's name
    #[arg(long)]
    name: String,
    /// `organisation`, `person`, or a number of the register's
    #[arg(long, default_value = "organisation", value_parser = parse_kind)]
    kind: SealKind,
    /// The picture: PNG, JPEG, GIF, BMP, SVG or OFD
    #[arg(long, value_name = "FILE")]
    picture: PathBuf,
    /// The picture's width in whole millimetres
    #[arg(long, value_name = "MM", default_value_t = 42)]
    width: u16,
    /// The picture's height in whole millimetres; default: the width
    #[arg(long, value_name = "MM")]
    height: Option<u16>,
    /// How many years the seal is valid, from the time of making on
    #[arg(long, default_value_t = 5)]
    years: u16,
    /// The edition: 2020 (GB/T 38540) or 2025 (GM/T 0031)
    #[arg(long, value_name = "YEAR", default_value = "2020", value_parser = parse_edition)]
    to: Edition,
    #[command(flatten)]
    time_stamp: TimeStampArgs,
    /// Make it as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the seal
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub(crate) fn make(args: &MakeArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let maker = SealMaker::new(credentials(&args.maker)?);
    let signatories = certificates(&args.signatory)?;
    let (width, height) = (f64::from(args.width), f64::from(args.height.unwrap_or(args.width)));
    let content = SealContent {
        id: args.id.parse()?,
        kind: args.kind,
        name: args.name.clone(),
        picture: Picture::sniffed(&read(&args.picture)?, Mm(width), Mm(height))?,
        signatories: Signatories::listed(&signatories),
        validity: Validity::years(now, args.years),
    };
    let stamper = args.time_stamp.stamper();
    let mut new = maker.prepare(content).edition(args.to);
    if let Some(stamper) = stamper.as_deref() {
        new = new.time_stamped_by(stamper);
    }
    let seal = new.make(now)?;
    write(&args.output, seal.der())?;
    println!("made {} \"{}\", valid {}", seal.id(), seal.name(), seal.validity());
    Ok(true)
}
