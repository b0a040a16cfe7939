//! `eseal form`: forms, and what is written into them.

use clap::Subcommand;

use crate::Failure;
use crate::form_extract::{self, ExtractArgs};
use crate::form_fill::{self, RenderArgs, ValidateArgs};
use crate::pdf_form::{self, FieldsArgs, FillArgs};

#[derive(Subcommand)]
pub(crate) enum FormCommand {
    /// Check a template, and tell what is wrong with what was filled in
    Validate(ValidateArgs),
    /// Make a PDF or an OFD of what was filled in, with places for seals and the data inside
    Render(RenderArgs),
    /// Take the data of a form out of a sealed PDF or OFD, compared with what its pages show
    Extract(ExtractArgs),
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
            FormCommand::Validate(args) => args.json,
            FormCommand::Extract(args) => args.json,
            FormCommand::Fill(_) | FormCommand::Render(_) => false,
        }
    }
}

pub(crate) fn run(command: &FormCommand) -> Result<bool, Failure> {
    match command {
        FormCommand::Validate(args) => form_fill::validate(args),
        FormCommand::Render(args) => form_fill::render(args),
        FormCommand::Extract(args) => form_extract::extract(args),
        FormCommand::Fields(args) => pdf_form::fields(args),
        FormCommand::Fill(args) => pdf_form::fill(args),
    }
}
