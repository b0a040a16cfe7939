//! `eseal seal migrate`.

use clap::Args;
use eseal::lifecycle::evidence;
use eseal::seal::Signatories;
use eseal::{Edition, Verifier};

use crate::Failure;
use crate::arguments::{certificates, parse_edition};
use crate::succession::{Opened, SuccessionArgs, finish, new_id, open_old};

#[derive(Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    common: SuccessionArgs,
    /// The new seal's edition: 2020 (GB/T 38540) or 2025 (GM/T 0031)
    #[arg(long, value_name = "YEAR", default_value = "2020", value_parser = parse_edition)]
    to: Edition,
}

pub(crate) fn migrate(args: &MigrateArgs) -> Result<bool, Failure> {
    let Opened { common, now, maker, trust, seal } = open_old(&args.common)?;
    let old = evidence(&Verifier::new(&trust), &seal, now)?;
    let mut migration = maker.migrate(&old, args.to).id(new_id(common)?);
    if !common.signatory.is_empty() {
        migration = migration.signatories(Signatories::listed(&certificates(&common.signatory)?));
    }
    if let Some(by) = &common.by {
        migration = migration.by(by);
    }
    finish(common, "migrated", &seal, &migration.make(now)?)
}
