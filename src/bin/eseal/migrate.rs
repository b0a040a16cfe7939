//! `eseal seal migrate`.

use clap::Args;
use eseal::lifecycle::{Carried, PlanPolicy, Step, carry_out};
use eseal::{Edition, Seal, Verifier};

use crate::Failure;
use crate::about::About;
use crate::arguments::parse_edition;
use crate::succession::{Opened, SuccessionArgs};

#[derive(Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    common: SuccessionArgs,
    /// The new seal's edition: 2020 (GB/T 38540) or 2025 (GM/T 0031)
    #[arg(long, value_name = "YEAR", default_value = "2020", value_parser = parse_edition)]
    to: Edition,
    /// For a picture, or where an old product's data do not say it: the name
    #[arg(long)]
    name: Option<String>,
    /// For what is no seal: `organisation`, `person`, or a number of the register's
    #[arg(long)]
    kind: Option<String>,
    /// For what is no seal: the picture's width in whole millimetres
    #[arg(long, value_name = "MM")]
    width: Option<u16>,
    /// For what is no seal: the picture's height; default: the width
    #[arg(long, value_name = "MM")]
    height: Option<u16>,
    /// For what is no seal: how many years the new seal is valid
    #[arg(long)]
    years: Option<u16>,
}

pub(crate) fn migrate(args: &MigrateArgs) -> Result<bool, Failure> {
    let opened = Opened::open(&args.common)?;
    let about = About {
        owner: args.common.owner.clone(),
        id: args.common.id.clone(),
        name: args.name.clone(),
        kind: args.kind.clone(),
        width: args.width,
        height: args.height,
        signatories: args.common.signatory.clone(),
        from: None,
        until: args.years.map(|years| opened.now.plus_years(i32::from(years))),
    };
    if opened.stamper.is_some() && args.to != Edition::Gmt0031_2025 {
        return Err("a time stamp goes into seals of 2025 only: add --to 2025".into());
    }
    let item = opened.item(Step::Migrate { to: args.to })?;
    let candidate = about.candidate(&item.label, &opened.bytes, opened.now)?;
    if let (Err(error), None) = (Seal::from_der(&opened.bytes), &candidate.content) {
        let advice = "to make a seal of a picture or of an old product's data, give --id, --name and --signatory";
        return Err(format!("{}: {error}; {advice}", item.label).into());
    }
    let policy = PlanPolicy::new(Verifier::new(&opened.trust));
    match carry_out(&item, &candidate, &policy, &opened.workshop(), opened.now)? {
        Carried::Made(seal) => opened.finish(&item, &candidate, &seal),
        other => Err(format!("nothing was made: {other:?}").into()),
    }
}
