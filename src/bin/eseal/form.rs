//! `eseal form`: forms, and what is written into them.

use clap::Subcommand;

use crate::Failure;
use crate::pdf_form::{self, FieldsArgs, FillArgs};

#[derive(Subcommand)]
pub(crate) enum FormCommand {
    /// List the fields of a PDF form: names, kinds, values, options, places
    Fields(FieldsArgs),
    /// Fill in the fields of a PDF form
    Fill(FillArgs),
}

impl FormCommand {
    /// Whether a failure is told as JSON too.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            FormCommand::Fields(args) => args.json,
            FormCommand::Fill(_) => false,
        }
    }
}

pub(crate) fn run(command: &FormCommand) -> Result<bool, Failure> {
    match command {
        FormCommand::Fields(args) => pdf_form::fields(args),
        FormCommand::Fill(args) => pdf_form::fill(args),
    }
}
