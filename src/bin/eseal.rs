//! The `eseal` program: make, remake, show and verify seals, stamp documents, verify what others stamped.
//!
//! All it does goes through the crate's public API. It exits with 0 when what it judged is valid (or
//! what it was to make is made), with 1 when it looked and the answer is anything else, and with 2
//! when it could not look.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use eseal::draw::{Drawing, Emblem, Ending, Font, Fonts, Form, Oval, Owner, Relief, Round, Square};
use eseal::lifecycle::{Candidate, IdPolicy, PlanPolicy, Provenance, RemakeReason, Step, evidence, plan};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Certificate, Credentials, Document, Edition, Limits, Mm, Ofd, Outcome, Page, Payload, Pdf, Picture, Pkcs12, Seal,
    SealMaker, Signatory, Stamp, StatusSource, Time, Trust, Validity, Verdict, Verifier,
};
use serde_json::json;

#[path = "eseal/ledger.rs"]
mod ledger;

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
    Stamp(StampArgs),
    /// Verify a PDF, an OFD, a seal, or a detached signature with its content
    Verify(VerifyArgs),
    /// Decide for many old seals what is to become of each; no key is needed
    Plan(PlanArgs),
}

#[derive(Subcommand)]
enum SealCommand {
    /// Draw a seal's picture
    Draw(DrawArgs),
    /// Make a seal
    Make(MakeArgs),
    /// Show what a seal says, believed or not
    Show(ShowArgs),
    /// Verify a seal
    Verify(VerifyArgs),
    /// Make a seal of another edition of an old one
    Migrate(MigrateArgs),
    /// Make a seal in place of an old one: same owner, same name
    Remake(RemakeArgs),
    /// Put a seal on record in a register, as made and in force
    Register(ledger::RegisterArgs),
    /// Suspend a seal on record
    Freeze(ledger::DeedArgs),
    /// Lift the suspension of a seal on record
    Unfreeze(ledger::DeedArgs),
    /// Give up a seal on record for good
    Cancel(ledger::CancelArgs),
    /// List the seals on record and where each stands
    List(ledger::ListArgs),
    /// Tell what happened to a seal on record
    History(ledger::HistoryArgs),
}

#[derive(Args)]
struct VerifyArgs {
    /// The file to verify
    file: PathBuf,
    /// Certificates to believe, PEM or DER; without any, chains are unknown
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// Judge as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    /// For a detached signature: the file that it signs
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    /// The register to ask whether the seal was in force
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot")]
    ledger: Option<PathBuf>,
    /// A signed snapshot of a register to ask instead
    #[arg(long, value_name = "FILE", requires = "keeper")]
    snapshot: Option<PathBuf>,
    /// The certificate with which the snapshot was signed, PEM or DER
    #[arg(long, value_name = "FILE")]
    keeper: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// A key with its certificate: one PKCS#12 file, or a certificate and a key file.
#[derive(Args)]
struct KeyArgs {
    /// PKCS#12 file, or certificate (PEM or DER)
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// Private key (PEM or DER); not with PKCS#12
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The password of the PKCS#12 file or the key
    #[arg(long, value_name = "TEXT")]
    key_password: Option<String>,
}

#[derive(Args)]
struct MakeArgs {
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
    /// The picture: PNG, JPEG, GIF, BMP or SVG
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
    /// Make it as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the seal
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// What migrating and remaking have in common.
#[derive(Args)]
struct SuccessionArgs {
    /// The old seal
    file: PathBuf,
    /// The seal maker's key
    #[command(flatten)]
    maker: KeyArgs,
    /// Certificates to believe when the old seal is judged, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// A new identifier; default: the old one
    #[arg(long)]
    id: Option<String>,
    /// Certificates of those who may stamp with the new seal, PEM or DER; default: the old ones
    #[arg(long, value_name = "FILE")]
    signatory: Vec<PathBuf>,
    /// Who does it, for the record in the new seal; default: the maker
    #[arg(long, value_name = "TEXT")]
    by: Option<String>,
    /// Make it as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the new seal
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args)]
struct MigrateArgs {
    #[command(flatten)]
    common: SuccessionArgs,
    /// The new seal's edition: 2020 (GB/T 38540) or 2025 (GM/T 0031)
    #[arg(long, value_name = "YEAR", default_value = "2020", value_parser = parse_edition)]
    to: Edition,
}

#[derive(Args)]
struct RemakeArgs {
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

#[derive(Args)]
struct PlanArgs {
    /// The old seals: files, or directories of files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// The oldest edition that is good enough: 2020 (GB/T 38540) or 2025 (GM/T 0031)
    #[arg(long, value_name = "YEAR", default_value = "2020", value_parser = parse_edition)]
    to: Edition,
    /// Seals and certificates that end within this many days are to be remade
    #[arg(long, default_value_t = 30)]
    days: i64,
    /// Plan as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct DrawArgs {
    /// The name
    name: String,
    /// Whose seal it is, such as `limited-company`: size, edge and middle follow; `list` shows all
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// Without an owner, or against the rule: the diameter of a round seal
    #[arg(long, value_name = "MM")]
    diameter: Option<f64>,
    /// The font: TrueType, OpenType, or a collection
    #[arg(long, value_name = "FILE")]
    font: PathBuf,
    /// Which font of a collection, from 0 on
    #[arg(long, default_value_t = 0)]
    font_index: u32,
    /// Another font for figures
    #[arg(long, value_name = "FILE")]
    figures_font: Option<PathBuf>,
    /// A row of text below the middle; may be given again
    #[arg(long, value_name = "TEXT")]
    row: Vec<String>,
    /// The number at the lower rim; for an invoice seal the taxpayer's identifier
    #[arg(long, value_name = "TEXT")]
    code: Option<String>,
    /// An emblem for the middle, SVG
    #[arg(long, value_name = "FILE")]
    emblem: Option<PathBuf>,
    /// The star in the middle
    #[arg(long)]
    star: bool,
    /// A name seal: add 印
    #[arg(long)]
    ending: bool,
    /// A name seal: red ground
    #[arg(long)]
    yin: bool,
    /// Dots per inch, for PNG
    #[arg(long, default_value_t = 600)]
    dpi: u32,
    /// Where to write it; the ending tells the format: svg, png, pdf, or ofd for path objects
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args)]
struct ShowArgs {
    /// The seal
    file: PathBuf,
    /// Write the picture to this file
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct StampArgs {
    /// The PDF or OFD to stamp
    file: PathBuf,
    /// The seal
    #[arg(long, value_name = "FILE")]
    seal: PathBuf,
    /// The signatory's key
    #[command(flatten)]
    signatory: KeyArgs,
    /// Certificates to believe when the seal is judged, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// The page, counted from 1; without page and field the stamp is invisible
    #[arg(long)]
    page: Option<u32>,
    /// From the page's left edge to the picture's, in millimetres
    #[arg(long, value_name = "MM", default_value_t = 0.0)]
    left: f64,
    /// From the page's upper edge to the picture's, in millimetres
    #[arg(long, value_name = "MM", default_value_t = 0.0)]
    top: f64,
    /// PDF: the signature field to use, or to make
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// What kind of signature to leave
    #[arg(long, value_enum, default_value_t = PayloadArg::SealSignature)]
    payload: PayloadArg,
    /// PDF: why it is stamped
    #[arg(long)]
    reason: Option<String>,
    /// PDF: where it is stamped
    #[arg(long)]
    location: Option<String>,
    /// OFD: close the document to further stamps
    #[arg(long)]
    lock: bool,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    /// Stamp as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the stamped document
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum PayloadArg {
    /// A seal signature of GB/T 38540
    SealSignature,
    /// CMS with the attributes of PAdES B-B; the seal travels beside it
    Cms,
}

fn parse_kind(text: &str) -> Result<SealKind, String> {
    match text {
        "organisation" => Ok(SealKind::Organisation),
        "person" => Ok(SealKind::Person),
        number => number.parse().map(SealKind::Code).map_err(|_| "expected organisation, person or a number".into()),
    }
}

fn parse_edition(text: &str) -> Result<Edition, String> {
    match text {
        "2020" => Ok(Edition::Gbt38540_2020),
        "2025" => Ok(Edition::Gmt0031_2025),
        _ => Err("expected 2020 or 2025; seals of 2014 are no longer made".into()),
    }
}

fn parse_reason(text: &str) -> Result<RemakeReason, String> {
    let names = || RemakeReason::ALL.map(RemakeReason::name).join(", ");
    RemakeReason::ALL
        .into_iter()
        .find(|reason| reason.name() == text)
        .ok_or_else(|| format!("expected one of {}", names()))
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = match &cli.command {
        Command::Seal(SealCommand::Verify(args)) | Command::Verify(args) => args.json,
        Command::Seal(SealCommand::Show(args)) => args.json,
        Command::Plan(args) => args.json,
        _ => false,
    };
    let done = match cli.command {
        Command::Seal(SealCommand::Draw(args)) => draw(&args),
        Command::Seal(SealCommand::Make(args)) => make(&args),
        Command::Seal(SealCommand::Show(args)) => show(&args),
        Command::Seal(SealCommand::Verify(args)) => verify_seal(&args),
        Command::Seal(SealCommand::Migrate(args)) => migrate(&args),
        Command::Seal(SealCommand::Remake(args)) => remake(&args),
        Command::Plan(args) => make_plan(&args),
        Command::Seal(SealCommand::Register(args)) => ledger::register(&args),
        Command::Seal(SealCommand::Freeze(args)) => ledger::freeze(&args),
        Command::Seal(SealCommand::Unfreeze(args)) => ledger::unfreeze(&args),
        Command::Seal(SealCommand::Cancel(args)) => ledger::cancel(&args),
        Command::Seal(SealCommand::List(args)) => ledger::list(&args),
        Command::Seal(SealCommand::History(args)) => ledger::history(&args),
        Command::Ledger(command) => ledger::ledger(&command),
        Command::Stamp(args) => stamp(&args),
        Command::Verify(args) => verify(&args),
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

fn make(args: &MakeArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let maker = SealMaker::new(credentials(&args.maker)?);
    let signatories = certificates(&args.signatory)?;
    let (width, height) = (f64::from(args.width), f64::from(args.height.unwrap_or(args.width)));
    let seal = maker.create(
        SealContent {
            id: args.id.parse()?,
            kind: args.kind,
            name: args.name.clone(),
            picture: Picture::sniffed(&read(&args.picture)?, Mm(width), Mm(height))?,
            signatories: Signatories::listed(&signatories),
            validity: Validity::years(now, args.years),
        },
        now,
    )?;
    write(&args.output, seal.der())?;
    println!("made {} \"{}\", valid {}", seal.id(), seal.name(), seal.validity());
    Ok(true)
}

fn migrate(args: &MigrateArgs) -> Result<bool, Failure> {
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

fn remake(args: &RemakeArgs) -> Result<bool, Failure> {
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

/// An old seal, and what is needed to make a new one of it.
struct Opened<'a> {
    common: &'a SuccessionArgs,
    now: Time,
    maker: SealMaker,
    trust: Trust,
    seal: Seal,
}

fn open_old(common: &SuccessionArgs) -> Result<Opened<'_>, Failure> {
    Ok(Opened {
        common,
        now: common.at.unwrap_or_else(Time::now),
        maker: SealMaker::new(credentials(&common.maker)?),
        trust: trust(&common.trust, &[])?,
        seal: Seal::from_der(&read(&common.file)?)?,
    })
}

fn new_id(common: &SuccessionArgs) -> Result<IdPolicy, Failure> {
    Ok(match &common.id {
        Some(id) => IdPolicy::Replace(id.parse()?),
        None => IdPolicy::Keep,
    })
}

fn finish(common: &SuccessionArgs, what: &str, old: &Seal, new: &Seal) -> Result<bool, Failure> {
    write(&common.output, new.der())?;
    println!("{what} {} of {} as {} of {}", old.id(), old.edition(), new.id(), new.edition());
    println!("valid {}; the old seal was valid {}", new.validity(), old.validity());
    println!("The old seal stays in force until it is withdrawn: record it as superseded.");
    Ok(true)
}

fn make_plan(args: &PlanArgs) -> Result<bool, Failure> {
    let trust = trust(&args.trust, &args.intermediate)?;
    let policy = PlanPolicy { to: args.to, days: args.days, ..PlanPolicy::new(Verifier::new(&trust)) };
    let mut files = Vec::new();
    for path in list_files(&args.files)? {
        files.push((path.display().to_string(), read(&path)?));
    }
    let candidates: Vec<_> = files.iter().map(|(label, bytes)| Candidate::new(label, bytes)).collect();
    let plan = plan(&candidates, &policy, args.at.unwrap_or_else(Time::now))?;
    print_report(&plan, args.json)?;
    Ok(!plan.items.iter().any(|item| matches!(item.step, Step::Refuse { .. })))
}

/// The files themselves, and those right in the directories, by their names.
fn list_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed = |error: std::io::Error| format!("cannot list {}: {error}", path.display());
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            inside.push(entry.map_err(failed)?.path());
        }
        inside.retain(|path| path.is_file());
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

/// Exits with 1 when the seal is drawn and a rule is broken.
fn draw(args: &DrawArgs) -> Result<bool, Failure> {
    if args.owner.as_deref() == Some("list") {
        for owner in Owner::ALL {
            let rule = owner.rule();
            println!("{:<28} {:<20} {} ({})", rule.id, rule.sizes.to_string(), rule.chinese, rule.source);
        }
        return Ok(true);
    }
    let drawing = drawing(args)?;
    let bytes = match args.output.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => drawing.to_svg().into_bytes(),
        Some("png") => drawing.to_png(args.dpi)?,
        Some("pdf") => drawing.to_pdf()?,
        Some("ofd") => drawing.to_ofd(1).into_bytes(),
        _ => return Err(format!("{}: the ending must be svg, png, pdf or ofd", args.output.display()).into()),
    };
    write(&args.output, &bytes)?;
    println!("drew {} × {}: {}", drawing.width(), drawing.height(), args.output.display());
    for finding in drawing.findings() {
        println!("  {finding}");
    }
    Ok(drawing.findings().iter().all(|finding| finding.outcome != Outcome::Fail))
}

fn drawing(args: &DrawArgs) -> Result<Drawing, Failure> {
    let mut fonts = Fonts::new(&Font::read(read(&args.font)?, args.font_index)?);
    if let Some(figures) = &args.figures_font {
        fonts = fonts.figures(&Font::read(read(figures)?, 0)?);
    }
    let owner: Option<Owner> = args.owner.as_deref().map(str::parse).transpose()?;
    let figures = args.code.clone().unwrap_or_default();
    let purpose = args.row.first().cloned();
    let drawing = match owner.map(|owner| (owner, owner.rule().form)) {
        Some((Owner::Invoice, _)) => Oval::invoice(&args.name, figures).draw(&fonts),
        Some((owner, Form::Oval)) => {
            let oval = if owner == Owner::TaxOffice {
                Oval::tax_office(&args.name, purpose.unwrap_or_default())
            } else {
                let oval = Oval::foreign_invested(&args.name);
                purpose.map_or(oval.clone(), |purpose| oval.purpose(purpose))
            };
            oval.draw(&fonts)
        }
        Some((_, Form::Square)) => {
            let square = Square::legal_representative(&args.name);
            let square = if args.ending { square.ending(Ending::Yin) } else { square };
            let square = if args.yin { square.relief(Relief::Yin) } else { square };
            square.draw(&fonts)
        }
        owner => round(args, owner.map(|(owner, _)| owner))?.draw(&fonts),
    };
    Ok(drawing?)
}

fn round(args: &DrawArgs, owner: Option<Owner>) -> Result<Round, Failure> {
    let mut round = match (owner, args.diameter) {
        (Some(owner), _) => Round::of(owner, &args.name),
        (None, Some(diameter)) => Round::new(Mm(diameter), &args.name),
        (None, None) => return Err("give --owner or --diameter".into()),
    };
    if let Some(diameter) = args.diameter {
        round = round.diameter(Mm(diameter));
    }
    if args.star {
        round = round.star();
    }
    if let Some(emblem) = &args.emblem {
        round = round.emblem(&Emblem::from_svg(&read(emblem)?)?);
    }
    if let Some(code) = &args.code {
        round = round.code(code);
    }
    Ok(args.row.iter().fold(round, Round::row))
}

fn show(args: &ShowArgs) -> Result<bool, Failure> {
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

fn verify_seal(args: &VerifyArgs) -> Result<bool, Failure> {
    let trust = trust(&args.trust, &args.intermediate)?;
    let seal = Seal::from_der(&read(&args.file)?)?;
    let status = status(args)?;
    let report = verifier(&trust, status.as_deref()).seal(&seal, args.at.unwrap_or_else(Time::now));
    print_report(&report, args.json)?;
    Ok(report.verdict() == Verdict::Valid)
}

fn verify(args: &VerifyArgs) -> Result<bool, Failure> {
    let bytes = read(&args.file)?;
    let trust = trust(&args.trust, &args.intermediate)?;
    let status = status(args)?;
    let verifier = verifier(&trust, status.as_deref());
    let now = args.at.unwrap_or_else(Time::now);
    match Kind::of(&bytes) {
        Kind::Pdf => judge(&verifier, &open_pdf(bytes, args.password.as_deref())?, now, args.json),
        Kind::Ofd => judge(&verifier, &Ofd::read(bytes)?, now, args.json),
        Kind::Der if args.content.is_some() => {
            let content = args.content.as_deref().map(read).transpose()?.unwrap_or_default();
            let report = verifier.detached(&bytes, &content, now);
            print_report(&report, args.json)?;
            Ok(report.verdict == Verdict::Valid)
        }
        Kind::Der => verify_seal(args),
        Kind::Unknown => Err(format!(
            "{} is neither PDF nor OFD nor a seal: it has {} bytes and begins with none of their signs",
            args.file.display(),
            bytes.len()
        )
        .into()),
    }
}

/// Whom to ask whether a seal was in force.
fn status(args: &VerifyArgs) -> Result<Option<Box<dyn StatusSource>>, Failure> {
    Ok(match (&args.ledger, &args.snapshot, &args.keeper) {
        (Some(path), ..) => Some(Box::new(ledger::to_read(path)?)),
        (_, Some(path), Some(keeper)) => Some(Box::new(ledger::snapshot(path, keeper)?)),
        _ => None,
    })
}

fn verifier<'t>(trust: &'t Trust, status: Option<&'t dyn StatusSource>) -> Verifier<'t> {
    match status {
        Some(status) => Verifier::new(trust).knowing(status),
        None => Verifier::new(trust),
    }
}

fn judge<D: Document>(verifier: &Verifier<'_>, document: &D, now: Time, json: bool) -> Result<bool, Failure> {
    let report = verifier.document(document, now)?;
    print_report(&report, json)?;
    Ok(report.verdict() == Verdict::Valid)
}

fn stamp(args: &StampArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let trust = trust(&args.trust, &[])?;
    let seal = Seal::from_der(&read(&args.seal)?)?;
    let signatory = Signatory::new(credentials(&args.signatory)?);
    let mut stamp = Stamp::of(Verifier::new(&trust).seal(&seal, now).require_valid()?).payload(match args.payload {
        PayloadArg::SealSignature => Payload::SealSignature,
        PayloadArg::Cms => Payload::Cms,
    });
    if let Some(page) = args.page {
        stamp = stamp.on(Page(page), Mm(args.left), Mm(args.top));
    }
    if let Some(field) = &args.field {
        stamp = stamp.in_field(field);
    }
    if let Some(reason) = &args.reason {
        stamp = stamp.reason(reason);
    }
    if let Some(location) = &args.location {
        stamp = stamp.location(location);
    }
    if args.lock {
        stamp = stamp.lock();
    }
    let bytes = read(&args.file)?;
    match Kind::of(&bytes) {
        Kind::Pdf => apply(stamp, &open_pdf(bytes, args.password.as_deref())?, &signatory, &args.output),
        Kind::Ofd => apply(stamp, &Ofd::read(bytes)?, &signatory, &args.output),
        Kind::Der | Kind::Unknown => Err(format!("{} is neither PDF nor OFD", args.file.display()).into()),
    }
}

fn apply<D: Document>(stamp: Stamp<'_>, document: &D, by: &Signatory, output: &Path) -> Result<bool, Failure> {
    let stamped = stamp.apply(document, by)?;
    write(output, &stamped.as_bytes())?;
    println!("stamped {}", output.display());
    Ok(true)
}

/// What a file is, by its first bytes.
enum Kind {
    Der,
    Ofd,
    Pdf,
    Unknown,
}

impl Kind {
    fn of(bytes: &[u8]) -> Self {
        let head = bytes.get(..1024).unwrap_or(bytes);
        if head.starts_with(b"PK") {
            Kind::Ofd
        } else if head.windows(5).any(|window| window == b"%PDF-") {
            Kind::Pdf
        } else if head.first() == Some(&0x30) {
            Kind::Der
        } else {
            Kind::Unknown
        }
    }
}

fn open_pdf(bytes: Vec<u8>, password: Option<&str>) -> Result<Pdf, eseal::Error> {
    match password {
        Some(password) => Pdf::read_with_password(bytes, password, &Limits::default()),
        None => Pdf::read(bytes),
    }
}

fn trust(anchors: &[PathBuf], intermediates: &[PathBuf]) -> Result<Trust, Failure> {
    Ok(Trust::new().everything(certificates(anchors)?).intermediates(certificates(intermediates)?))
}

fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>, Failure> {
    let mut list = Vec::new();
    for path in paths {
        list.extend(Certificate::list_from_pem(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(list)
}

fn credentials(args: &KeyArgs) -> Result<Credentials, Failure> {
    let certificate = read(&args.certificate)?;
    let password = args.key_password.as_deref();
    let credentials = match (&args.key, password) {
        (None, _) => {
            Pkcs12::open(&certificate, password.unwrap_or_default(), &Limits::default())?.into_credentials()?
        }
        (Some(key), None) => Credentials::from_pem(&certificate, &read(key)?)?,
        (Some(key), Some(password)) => Credentials::from_pem_with_password(&certificate, &read(key)?, password)?,
    };
    Ok(credentials)
}

fn print_report<R: serde::Serialize + std::fmt::Display>(report: &R, json: bool) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, Failure> {
    let path = path.as_ref();
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}
