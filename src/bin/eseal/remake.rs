//! `eseal seal remake`.

use std::path::PathBuf;

use clap::Args;
use eseal::lifecycle::{RemakeReason, evidence};
use eseal::seal::Signatories;
use eseal::{Edition, Picture, Validity, Verifier};

use crate::Failure;
use crate::arguments::{certificates, parse_edition};
use crate::files::read;
use crate::succession::{Opened, SuccessionArgs, finish, new_id, open_old};

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
    let Opened { common, now, maker, trust, seal } = open_old(&args.common)?;
    let old = evidence(&Verifier::new(&trust), &seal, now)?;
    let mut remake = maker.remake(&old, args.reason).id(new_id(common)?);
    if !common.signatory.is_empty() {
        remake = remake.signatories(Signatories::listed(&certificates(&common.signatory)?));
    }
    if let Some(by) = &common.by {
        remake = remake.by(by);
    }
    if let Some(edition) = args.to {
        remake = remake.edition(edition);
    }
    if let Some(years) = args.years {
        remake = remake.validity(Validity::years(now, years));
    }
    if let Some(path) = &args.picture {
        let size = seal.picture()?;
        remake = remake.picture(Picture::sniffed(&read(path)?, size.width(), size.height())?);
    }
    finish(common, "remade", &seal, &remake.make(now)?)
}
