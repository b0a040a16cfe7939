//! The `eseal` program: make, remake, show and verify seals, stamp documents, verify what others stamped.
//!
//! All it does goes through the crate's public API. It exits with 0 when what it judged is valid (or
//! what it was to make is made), with 1 when it looked and the answer is anything else, and with 2
//! when it could not look.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde_json::json;

mod about;
mod archive;
mod arguments;
mod carry_out;
mod deed;
mod draw;
mod fetching;
mod files;
mod form;
mod form_extract;
mod form_fill;
mod history;
mod id;
mod json;
mod ledger;
mod licence;
mod list;
mod make;
mod migrate;
mod ofd;
mod pdf_form;
mod pdf_options;
mod place;
mod plan;
mod register;
mod remake;
mod show;
mod stamp;
mod succession;
mod survey;
mod time_stamp;
mod verify;

type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(version, about = "Electronic seals: make them, stamp PDF and OFD with them, verify what others stamped")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make, show and verify seals
    #[command(subcommand)]
    Seal(SealCommand),
    /// Verify, export and import registers of seals, and sign where they end
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Put a stamp on a PDF or an OFD
    Stamp(stamp::StampArgs),
    /// Tell what to know before signing a PDF: hidden content, scripts, fonts that are not in it
    Survey(survey::SurveyArgs),
    /// Verify a PDF, an OFD, a seal, or a detached signature with its content
    Verify(verify::VerifyArgs),
    /// Look at OFD documents, and take out what is in those that are verified
    #[command(subcommand)]
    Ofd(ofd::OfdCommand),
    /// Forms: list their fields, fill them in
    #[command(subcommand)]
    Form(form::FormCommand),
    /// Issue licences, read them back, make annotated copies
    #[command(subcommand)]
    Licence(licence::LicenceCommand),
    /// Check identifiers
    #[command(subcommand)]
    Id(id::IdCommand),
    /// Put into a PDF what its signatures will be judged by later (PAdES B-LT)
    Archive(archive::ArchiveArgs),
    /// Decide for many old seals what is to become of each; no key is needed
    Plan(plan::PlanArgs),
    /// Carry out a plan, and account for each line of it in a register
    CarryOut(carry_out::CarryOutArgs),
}

#[derive(Subcommand)]
enum SealCommand {
    /// Draw a seal's picture
    Draw(draw::DrawArgs),
    /// Make a seal
    Make(make::MakeArgs),
    /// Show what a seal says, believed or not
    Show(show::ShowArgs),
    /// Verify a seal
    Verify(verify::VerifyArgs),
    /// Make a seal of another edition of an old one, or a seal of a picture or an old product's data
    Migrate(migrate::MigrateArgs),
    /// Make a seal in place of an old one: same owner, same name
    Remake(remake::RemakeArgs),
    /// Put a seal on record in a register, as made and in force
    Register(register::RegisterArgs),
    /// Suspend a seal on record
    Freeze(deed::DeedArgs),
    /// Lift the suspension of a seal on record
    Unfreeze(deed::DeedArgs),
    /// Give up a seal on record for good
    Cancel(deed::CancelArgs),
    /// List the seals on record and where each stands
    List(list::ListArgs),
    /// Tell what happened to a seal on record
    History(history::HistoryArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = match &cli.command {
        Command::Seal(SealCommand::Verify(args)) | Command::Verify(args) => args.json,
        Command::Seal(SealCommand::Show(args)) => args.json,
        Command::Plan(args) => args.json,
        Command::Licence(command) => command.is_json(),
        Command::Survey(args) => args.json,
        Command::Form(command) => command.is_json(),
        _ => false,
    };
    let done = match cli.command {
        Command::Seal(SealCommand::Draw(args)) => draw::draw(&args),
        Command::Seal(SealCommand::Make(args)) => make::make(&args),
        Command::Seal(SealCommand::Show(args)) => show::show(&args),
        Command::Seal(SealCommand::Verify(args)) => verify::verify_seal(&args),
        Command::Seal(SealCommand::Migrate(args)) => migrate::migrate(&args),
        Command::Seal(SealCommand::Remake(args)) => remake::remake(&args),
        Command::Plan(args) => plan::make_plan(&args),
        Command::CarryOut(args) => carry_out::carry_out_plan(&args),
        Command::Seal(SealCommand::Register(args)) => register::register(&args),
        Command::Seal(SealCommand::Freeze(args)) => deed::freeze(&args),
        Command::Seal(SealCommand::Unfreeze(args)) => deed::unfreeze(&args),
        Command::Seal(SealCommand::Cancel(args)) => deed::cancel(&args),
        Command::Seal(SealCommand::List(args)) => list::list(&args),
        Command::Seal(SealCommand::History(args)) => history::history(&args),
        Command::Ofd(command) => ofd::run(&command),
        Command::Form(command) => form::run(&command),
        Command::Licence(command) => licence::run(&command),
        Command::Id(command) => id::id(&command),
        Command::Ledger(command) => ledger::ledger(&command),
        Command::Stamp(args) => stamp::stamp(&args),
        Command::Survey(args) => survey::survey(&args),
        Command::Verify(args) => verify::verify(&args),
        Command::Archive(args) => archive::archive(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            if json {
                println!("{:#}", json!({ "error": failure.to_string() }));
            }
            eprintln!("eseal: {failure}");
            for finding in failure.downcast_ref::<eseal::Error>().map_or(&[][..], eseal::Error::findings) {
                eprintln!("  {finding}");
            }
            ExitCode::from(2)
        }
    }
}
