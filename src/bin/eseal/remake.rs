//! `eseal seal remake`.

use std::path::PathBuf;

use clap::Args;
use eseal::lifecycle::{Candidate, RemakeReason, Step, evidence};
use eseal::seal::Signatories;
use eseal::{Edition, Picture, Seal, Validity, Verifier};

use crate::Failure;
use crate::arguments::{certificates, parse_edition};
use crate::files::read;
use crate::succession::{Opened, SuccessionArgs};

#[derive(Args)]
pub(crate) struct RemakeArgs {
    #[command(flatten)]
    common: SuccessionArgs,
    /// Why: expiry, certificate-renewed, maker-certificate-changed, carrier-damaged, carrier-lost,
    /// key-compromised, picture-changed or signatories-changed
    #[arg(long, value_parser = parse_reason)]
    reason: RemakeReason,
    /// The new seal's edition: 2020 (GB/T 38540) or 2025 (GM/T 0031); default: the old one's
    #[arg(long, value_name = "YEAR", value_parser = parse_edition)]
    to: Option<Edition>,
    /// How many years the new seal is valid, for the reason expiry
    #[arg(long)]
    years: Option<u16>,
    /// The new picture, for the reason picture-changed; shown as large as the old one
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

fn parse_reason(text: &str) -> Result<RemakeReason, String> {
    let names = || RemakeReason::ALL.map(RemakeReason::name).join(", ");
    RemakeReason::ALL
        .into_iter()
        .find(|reason| reason.name() == text)
        .ok_or_else(|| format!("expected one of {}", names()))
}

pub(crate) fn remake(args: &RemakeArgs) -> Result<bool, Failure> {
    let opened = Opened::open(&args.common)?;
    let (common, now) = (opened.common, opened.now);
    let seal = Seal::from_der(&opened.bytes)?;
    let old = evidence(&Verifier::new(&opened.trust), &seal, now)?;
    let validity = args.years.map(|years| Validity::years(now, years));
    let to = args.to.unwrap_or(seal.edition().max(Edition::Gbt38540_2020));
    let item = opened.item(Step::Remake { reason: args.reason, to, validity })?;
    let workshop = opened.workshop();
    let mut remake = opened.maker.remake(&old, args.reason).edition(to).id(item.new_id.clone()).by(&workshop.by);
    if !common.signatory.is_empty() {
        remake = remake.signatories(Signatories::listed(&certificates(&common.signatory)?));
    }
    if let Some(validity) = validity {
        remake = remake.validity(validity);
    }
    if let Some(path) = &args.picture {
        let size = seal.picture()?;
        remake = remake.picture(Picture::sniffed(&read(path)?, size.width(), size.height())?);
    }
    if let Some(stamper) = opened.stamper.as_deref() {
        remake = remake.time_stamped_by(stamper);
    }
    let new = remake.make(now)?;
    let candidate = Candidate { owner: common.owner.clone(), ..Candidate::new(&item.label, &opened.bytes) };
    opened.finish(&item, &candidate, &new)
}
