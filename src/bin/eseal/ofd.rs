//! `eseal ofd`: look at OFD documents and take out what is in them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use eseal::ofd::Font;
use eseal::{Ofd, Page, Time, Verified, Verifier};
use serde_json::json;

use crate::Failure;
use crate::arguments::trust;
use crate::files::{read, write};

#[derive(Subcommand)]
pub(crate) enum OfdCommand {
    /// Draw a page with its stamps, judged or not, as SVG or PNG
    Render(RenderArgs),
    /// Print the text of a verified document
    Text(DataArgs),
    /// List the attachments of a verified document, or write them into a folder
    Attachments(AttachmentsArgs),
    /// Print title, author, CustomData and tags of a verified document, as JSON
    Data(DataArgs),
}

#[derive(Args)]
pub(crate) struct RenderArgs {
    /// The OFD
    file: PathBuf,
    /// The page, counted from 1
    #[arg(long, default_value_t = 1)]
    page: u32,
    /// Fonts for what the document does not embed, in the order in which they are tried
    #[arg(long, value_name = "FILE")]
    font: Vec<PathBuf>,
    /// Dots per inch, for PNG
    #[arg(long, default_value_t = 150.0)]
    dpi: f64,
    /// Where to write it; SVG when the name ends so, else PNG
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Args)]
pub(crate) struct DataArgs {
    /// The OFD
    file: PathBuf,
    /// Certificates to believe, PEM or DER
    #[arg(long, value_name = "FILE", required = true)]
    trust: Vec<PathBuf>,
    /// Judge as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
}

#[derive(Args)]
pub(crate) struct AttachmentsArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Where to write them; names that a file cannot have are replaced
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(command: &OfdCommand) -> Result<bool, Failure> {
    match command {
        OfdCommand::Render(args) => render(args),
        OfdCommand::Text(args) => with_verified(args, text),
        OfdCommand::Attachments(args) => with_verified(&args.data, |verified| attachments(verified, args)),
        OfdCommand::Data(args) => with_verified(args, data),
    }
}

fn render(args: &RenderArgs) -> Result<bool, Failure> {
    let ofd = Ofd::read(read(&args.file)?)?;
    let mut fonts = Vec::new();
    for path in &args.font {
        fonts.push(Font::read(read(path)?, 0)?);
    }
    let page = ofd.render(Page(args.page), &fonts)?;
    for note in page.notes() {
        eprintln!("note: {note}");
    }
    let is_svg = args.output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    match is_svg {
        true => write(&args.output, page.svg().as_bytes())?,
        false => write(&args.output, &page.png(args.dpi)?)?,
    }
    println!("drawn {}", args.output.display());
    Ok(true)
}

/// Runs with the document where it is found valid; where not, prints why, and the answer is no.
fn with_verified(
    args: &DataArgs,
    run: impl FnOnce(&Verified<'_, Ofd>) -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    let ofd = Ofd::read(read(&args.file)?)?;
    let trust = trust(&args.trust, &[])?;
    let report = Verifier::new(&trust).document(&ofd, args.at.unwrap_or_else(Time::now))?;
    let told = report.to_string();
    match report.require_valid() {
        Ok(verified) => run(&verified),
        Err(_) => {
            eprint!("{told}");
            Ok(false)
        }
    }
}

fn text(verified: &Verified<'_, Ofd>) -> Result<bool, Failure> {
    for number in 1..=u32::try_from(verified.document().page_count())? {
        let mut last: Option<f64> = None;
        for run in verified.text(Page(number))? {
            let middle = run.area.top.0 + run.area.height.0 / 2.0;
            if last.is_some_and(|last| (middle - last).abs() > run.area.height.0 / 2.0) {
                println!();
            }
            print!("{}", run.text);
            last = Some(middle);
        }
        // A form feed ends a page, as other programs have it.
        println!("\u{C}");
    }
    Ok(true)
}

fn attachments(verified: &Verified<'_, Ofd>, args: &AttachmentsArgs) -> Result<bool, Failure> {
    for (number, attachment) in verified.attachments()?.iter().enumerate() {
        println!("{}\t{} bytes\t{}", attachment.name, attachment.size(), attachment.path);
        if let Some(folder) = &args.folder {
            write(&folder.join(file_name(number, attachment)), &attachment.contents()?)?;
        }
    }
    Ok(true)
}

/// A name that leads nowhere else: a number, and the attachment's own name where it is harmless.
fn file_name(number: usize, attachment: &eseal::ofd::Attachment<'_>) -> String {
    let plain: String = attachment
        .name
        .chars()
        .map(
            |character| {
                if character.is_alphanumeric() || matches!(character, '.' | '-' | '_') { character } else { '_' }
            },
        )
        .collect();
    let ending = Path::new(&attachment.path).extension().and_then(|ending| ending.to_str()).unwrap_or("dat");
    format!("{:02}-{}.{ending}", number + 1, plain.trim_matches('.'))
}

fn data(verified: &Verified<'_, Ofd>) -> Result<bool, Failure> {
    let metadata = verified.metadata()?;
    let custom: Vec<_> =
        metadata.custom_data.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let tags: Vec<_> = verified.tags()?.iter().map(|(kind, tag)| json!({ "kind": kind, "tag": node(tag) })).collect();
    let told = json!({
        "id": metadata.id,
        "title": metadata.title,
        "author": metadata.author,
        "created": metadata.created,
        "custom_data": custom,
        "tags": tags,
    });
    println!("{}", serde_json::to_string_pretty(&told)?);
    Ok(true)
}

fn node(tag: &eseal::ofd::TagNode) -> serde_json::Value {
    let children: Vec<_> = tag.children.iter().map(node).collect();
    json!({ "name": tag.name, "text": tag.text, "shown": tag.shown, "children": children })
}
