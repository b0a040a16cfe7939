//! `eseal licence issue`, `read` and `annotate`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use eseal::compose::Assets;
use eseal::draw::Font;
use eseal::licence::catalogue::Catalogue;
use eseal::licence::{
    Carrier, Composed, Composer, CopyNote, Elements, Face, LaidOut, Licence, Metadata, Profile, Reading,
};
use eseal::verify::LicenceState;
use eseal::{Document, Ofd, Payload, Seal, Signatory, Stamp, Time, Verdict, Verifier};
use serde_json::Value;

use crate::Failure;
use crate::arguments::{KeyArgs, credentials, trust};
use crate::files::{Kind, kind_of, open_pdf, read, write, write_pdf};
use crate::json::json;

#[derive(Subcommand)]
pub(crate) enum LicenceCommand {
    /// Compose a licence of a type, and seal it
    Issue(IssueArgs),
    /// Verify a licence, compare all that says the same, and print its data
    Read(ReadArgs),
    /// Make an annotated copy of a licence for a purpose, sealed by its issuer
    Annotate(AnnotateArgs),
}

impl LicenceCommand {
    /// Whether a failure is told as JSON too.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self, LicenceCommand::Read(args) if args.json)
    }
}

/// What a face is composed with, and who seals it.
#[derive(Args)]
struct SealingArgs {
    /// The profile of the licence's type
    #[arg(long, value_name = "FILE")]
    profile: PathBuf,
    /// A font of the face by its name there, such as song=FormSong.otf; the first stands in for what others lack
    #[arg(long, value_name = "NAME=FILE", required = true)]
    font: Vec<String>,
    /// A fixed picture of the face by its name there
    #[arg(long, value_name = "NAME=FILE")]
    asset: Vec<String>,
    /// The issuer's seal
    #[arg(long, value_name = "FILE")]
    seal: PathBuf,
    /// The signatory's key
    #[command(flatten)]
    signatory: KeyArgs,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// PDF: leave CMS with the attributes of PAdES B-B in place of a seal signature
    #[arg(long)]
    cms: bool,
    /// As of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the licence; its ending says the format, .pdf or .ofd
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args)]
pub(crate) struct IssueArgs {
    /// The data in JSON: "metadata" by short names, "face" by the keys of its items
    data: PathBuf,
    /// A picture of the face by its key, PNG or JPEG
    #[arg(long, value_name = "KEY=FILE")]
    picture: Vec<String>,
    /// The catalogue of types with their claims, in JSON: what it does not permit is not issued
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    #[command(flatten)]
    sealing: SealingArgs,
}

#[derive(Args)]
pub(crate) struct ReadArgs {
    /// The licence
    file: PathBuf,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// The profile of its type, which it has to keep
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Where it stands by the record of its issuer
    #[arg(long, value_enum)]
    state: Option<StateArg>,
    /// Take licences of other products, which have no data to compare the face with
    #[arg(long)]
    bare: bool,
    /// As of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// Write the data of a licence that holds to this file, in JSON
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum StateArg {
    InForce,
    Inactive,
    Suspended,
    Ended,
    NotOnRecord,
    Unknown,
}

#[derive(Args)]
pub(crate) struct AnnotateArgs {
    /// The original
    file: PathBuf,
    /// What the copy may be used for
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    /// Who makes it
    #[arg(long, value_name = "TEXT")]
    maker: String,
    /// Until when it may be used (RFC 3339)
    #[arg(long, value_name = "TIME")]
    until: Option<Time>,
    /// A picture of the face by its key, as the original was issued with it
    #[arg(long, value_name = "KEY=FILE")]
    picture: Vec<String>,
    #[command(flatten)]
    sealing: SealingArgs,
}

pub(crate) fn run(command: &LicenceCommand) -> Result<bool, Failure> {
    match command {
        LicenceCommand::Issue(args) => issue(args),
        LicenceCommand::Read(args) => read_licence(args),
        LicenceCommand::Annotate(args) => annotate(args),
    }
}

fn issue(args: &IssueArgs) -> Result<bool, Failure> {
    let composer = composer(&args.sealing)?;
    let (metadata, mut face) = data(&args.data, composer.profile())?;
    add_pictures(&mut face, &args.picture)?;
    if let Some(path) = &args.catalogue {
        permit(path, &metadata)?;
    }
    seal(&args.sealing, &composer.lay_out(&metadata, &face)?)
}

/// Refuses what the catalogue does not permit. Which licences are in force the record of the issuer knows, not this
/// program.
fn permit(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let catalogue: Catalogue =
        serde_json::from_slice(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    let remarks = catalogue.check();
    if let Some(fault) = remarks.iter().find(|remark| remark.is_fault()) {
        return Err(format!("{}: {fault}", path.display()).into());
    }
    catalogue.permit(metadata, |_, _| false)?;
    Ok(())
}

fn annotate(args: &AnnotateArgs) -> Result<bool, Failure> {
    let composer = composer(&args.sealing)?;
    let now = args.sealing.at.unwrap_or_else(Time::now);
    let trust = trust(&args.sealing.trust, &[])?;
    let verifier = Verifier::new(&trust);
    let good = match kind_of(&args.file)? {
        Kind::Pdf => judged(&verifier, &open_pdf(&args.file, None)?, now, &Reading::new())?,
        Kind::Ofd => judged(&verifier, &Ofd::read(read(&args.file)?)?, now, &Reading::new())?,
        Kind::Der | Kind::Unknown => return Err(format!("{} is neither PDF nor OFD", args.file.display()).into()),
    };
    let good = good.require_good()?;
    let mut face = good.face.clone();
    add_pictures(&mut face, &args.picture)?;
    let note = CopyNote { made_at: now, maker: args.maker.clone(), purpose: args.purpose.clone(), until: args.until };
    seal(&args.sealing, &composer.lay_out_copy(&good, &face, &note, now)?)
}

fn read_licence(args: &ReadArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let trust = trust(&args.trust, &[])?;
    let verifier = Verifier::new(&trust);
    let profile = args.profile.as_deref().map(profile).transpose()?;
    let mut reading = Reading::new();
    if let Some(profile) = &profile {
        reading = reading.profile(profile);
    }
    if let Some(state) = args.state {
        reading = reading.state(match state {
            StateArg::InForce => LicenceState::InForce,
            StateArg::Inactive => LicenceState::Inactive,
            StateArg::Suspended => LicenceState::Suspended,
            StateArg::Ended => LicenceState::Ended,
            StateArg::NotOnRecord => LicenceState::NotOnRecord,
            StateArg::Unknown => LicenceState::Unknown,
        });
    }
    if args.bare {
        reading = reading.tolerate_bare();
    }
    let licence = match kind_of(&args.file)? {
        Kind::Pdf => judged(&verifier, &open_pdf(&args.file, None)?, now, &reading)?,
        Kind::Ofd => judged(&verifier, &Ofd::read(read(&args.file)?)?, now, &reading)?,
        Kind::Der | Kind::Unknown => return Err(format!("{} is neither PDF nor OFD", args.file.display()).into()),
    };
    if args.json {
        println!("{:#}", serde_json::to_value(&licence)?);
    } else {
        print!("{licence}");
    }
    let holds = licence.verdict() == Verdict::Valid;
    if let (true, Some(output)) = (holds, &args.output) {
        let good = licence.require_good()?;
        let mut whole = BTreeMap::new();
        whole.insert("metadata", serde_json::from_str(&good.metadata.to_json())?);
        whole.insert("face", serde_json::to_value(&good.face)?);
        write(output, &serde_json::to_vec_pretty(&whole)?)?;
    }
    Ok(holds)
}

fn judged<D: Carrier>(
    verifier: &Verifier<'_>,
    document: &D,
    now: Time,
    reading: &Reading<'_>,
) -> Result<Licence, eseal::Error> {
    Licence::judge(verifier.document(document, now)?, reading)
}

fn profile(path: &Path) -> Result<Profile, Failure> {
    Profile::from_json(read(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn composer(args: &SealingArgs) -> Result<Composer, Failure> {
    let mut assets = Assets::new();
    for (number, font) in args.font.iter().enumerate() {
        let (name, path) = pair(font)?;
        assets = assets.font(name, Font::read(read(Path::new(path))?, 0)?);
        if number == 0 {
            assets = assets.fallback(name);
        }
    }
    for asset in &args.asset {
        let (name, path) = pair(asset)?;
        assets = assets.picture(name, read(Path::new(path))?);
    }
    Ok(Composer::new(profile(&args.profile)?, assets)?)
}

fn pair(text: &str) -> Result<(&str, &str), Failure> {
    text.split_once('=').ok_or_else(|| format!("\"{text}\" is no NAME=FILE").into())
}

fn add_pictures(face: &mut Face, pictures: &[String]) -> Result<(), Failure> {
    for picture in pictures {
        let (key, path) = pair(picture)?;
        face.picture(key, read(Path::new(path))?);
    }
    Ok(())
}

/// Metadata and face of a file; days that follow from the profile's rule are put in.
fn data(path: &Path, profile: &Profile) -> Result<(Metadata, Face), Failure> {
    let value = json(path)?;
    let wrong = |what: &str| Failure::from(format!("{}: {what}", path.display()));
    let strange = value
        .as_object()
        .and_then(|members| members.keys().find(|name| !["metadata", "face"].contains(&name.as_str())));
    if let Some(name) = strange {
        return Err(wrong(&format!("it has \"{name}\", and may have \"metadata\" and \"face\" alone")));
    }
    let metadata = value.get("metadata").ok_or_else(|| wrong("it has no \"metadata\""))?;
    let mut metadata = Metadata::of(&Elements::from_json(metadata.to_string().as_bytes())?)?;
    profile.date(&mut metadata);
    let mut face = Face::new();
    for (key, value) in value.get("face").and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::String(text) => face.text(key, text),
            Value::Array(rows) => {
                let row = |row: &Value| -> Option<BTreeMap<String, String>> {
                    let texts = row.as_object()?.iter();
                    texts.map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned()))).collect()
                };
                let rows = rows.iter().map(row).collect::<Option<_>>();
                face.rows(key, rows.ok_or_else(|| wrong(&format!("\"{key}\": its rows are not objects of texts")))?)
            }
            _ => return Err(wrong(&format!("\"{key}\" is neither a text nor a list of rows"))),
        };
    }
    Ok((metadata, face))
}

/// Paints, seals and writes it.
fn seal(args: &SealingArgs, laid_out: &LaidOut) -> Result<bool, Failure> {
    let ending = args.output.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "pdf" => write_pdf(&args.output, &sealed(args, laid_out.to_pdf()?)?)?,
        "ofd" => write(&args.output, &sealed(args, laid_out.to_ofd()?)?.as_bytes())?,
        _ => return Err(format!("{}: a licence is a .pdf or an .ofd", args.output.display()).into()),
    }
    println!("{} {}", laid_out.metadata().id, args.output.display());
    Ok(true)
}

fn sealed<D: Carrier>(args: &SealingArgs, composed: Composed<D>) -> Result<D, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let trust = trust(&args.trust, &[])?;
    let seal = Seal::from_der(&read(&args.seal)?)?;
    let signatory = Signatory::new(credentials(&args.signatory)?);
    let mut stamp = Stamp::of(Verifier::new(&trust).seal(&seal, now).require_valid()?);
    if args.cms && D::FORMAT == eseal::Format::Pdf {
        stamp = stamp.payload(Payload::Cms);
    }
    let issued = composed.issue(stamp, &signatory)?;
    for title in issued.missing() {
        eprintln!("eseal: the seal \"{title}\" is missing: stamp it into its slot by eseal stamp");
    }
    Ok(issued.document().clone())
}
