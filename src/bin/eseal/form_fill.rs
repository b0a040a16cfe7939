//! `eseal form validate` and `eseal form render`: from a template and data to a document.

use std::path::{Path, PathBuf};

use clap::Args;
use eseal::compose::Assets;
use eseal::draw::Font;
use eseal::form::{Circumstances, Day, Instance, InstanceReport, Particulars, Renderer, Template};
use eseal::{Document as _, Limits, Outcome, Time};
use serde_json::json;

use crate::Failure;
use crate::files::{read, write};

#[derive(Args)]
pub(crate) struct ValidateArgs {
    /// The template, JSON
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    /// What was filled in, JSON; without it the template is checked alone
    data: Option<PathBuf>,
    /// The step of the workflow; without it the form is judged as a whole
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    /// The form as it came into the step, JSON
    #[arg(long, value_name = "FILE", requires = "step")]
    before: Option<PathBuf>,
    /// The day on which it is filled in (YYYY-MM-DD); default: today, in China
    #[arg(long, value_name = "DAY")]
    today: Option<Day>,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Fonts for what is laid out, by the names that layouts use.
#[derive(Args)]
pub(crate) struct FontArgs {
    /// Fonts by the names that layouts use: song=FILE, hei=FILE; the first also shows what others lack
    #[arg(long, value_name = "NAME=FILE", required = true, value_parser = parse_font)]
    font: Vec<(String, PathBuf)>,
}

fn parse_font(text: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = text.split_once('=').ok_or("expected a name and a file, such as song=FILE")?;
    Ok((name.to_owned(), file.into()))
}

impl FontArgs {
    pub(crate) fn assets(&self) -> Result<Assets, Failure> {
        let mut assets = Assets::new();
        for (name, path) in &self.font {
            assets = assets.font(name, Font::read(read(path)?, 0)?);
        }
        Ok(match self.font.first() {
            Some((name, _)) => assets.fallback(name),
            None => assets,
        })
    }
}

#[derive(Args)]
pub(crate) struct RenderArgs {
    /// The template, JSON
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    /// What was filled in, JSON
    data: PathBuf,
    #[command(flatten)]
    fonts: FontArgs,
    /// The document's identifier: 32 hexadecimal digits
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    id: String,
    /// When it is made (RFC 3339); default: now. What is filled in is judged as of that day in China
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// With fields that can be filled in, in PDF
    #[arg(long)]
    interactive: bool,
    /// Where to write it; its ending says which format, .pdf or .ofd
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

fn parse_id(text: &str) -> Result<String, String> {
    let good = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if good { Ok(text.to_owned()) } else { Err("expected 32 hexadecimal digits".into()) }
}

pub(crate) fn template(path: &Path) -> Result<Template, Failure> {
    Template::from_json(&read(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn instance(template: &Template, path: &Path) -> Result<Instance, Failure> {
    let read = Instance::read(template, &read(path)?, &Limits::default());
    // The findings on a template are told whole, so the error stays what it is.
    Ok(read?)
}

pub(crate) fn validate(args: &ValidateArgs) -> Result<bool, Failure> {
    let template = template(&args.template)?;
    let is_good = template.require_good().is_ok();
    let Some(data) = args.data.as_ref().filter(|_| is_good) else {
        if args.json {
            println!("{:#}", json!({ "valid": is_good, "template": template.check(), "remarks": [] }));
        } else {
            let told = template.check().iter().filter(|finding| !is_good || finding.outcome != Outcome::Pass);
            told.for_each(|finding| println!("{finding}"));
            println!("{template}: {}", if is_good { "good" } else { "NOT to be filled in" });
        }
        return Ok(is_good);
    };
    let before = args.before.as_ref().map(|path| instance(&template, path)).transpose()?;
    let today = args.today.unwrap_or_else(|| Day::of(Time::now()));
    let under = Circumstances { today, step: args.step.as_deref(), before: before.as_ref() };
    let report = template.judge(&instance(&template, data)?, &under)?;
    let is_valid = report.remarks().iter().all(|remark| !remark.needed);
    if args.json {
        println!("{:#}", json!({ "valid": is_valid, "template": template.check(), "remarks": report.remarks() }));
    } else {
        tell(&report);
        println!("{template}: {}", if is_valid { "valid" } else { "INVALID" });
    }
    Ok(is_valid)
}

fn tell(report: &InstanceReport<'_>) {
    for remark in report.remarks() {
        println!("{:<24} {remark}", remark.check);
    }
}

pub(crate) fn render(args: &RenderArgs) -> Result<bool, Failure> {
    let template = template(&args.template)?;
    let at = args.at.unwrap_or_else(Time::now);
    let report = template.judge(&instance(&template, &args.data)?, &Circumstances::on(Day::of(at)))?;
    if report.remarks().iter().any(|remark| remark.needed) {
        tell(&report);
        return Ok(false);
    }
    let valid = report.require_valid()?;
    let renderer = Renderer::new(&template, &args.fonts.assets()?)?;
    let particulars = Particulars { is_interactive: args.interactive, ..Particulars::new(args.id.as_str(), at) };
    match args.output.extension().and_then(|ending| ending.to_str()) {
        Some("pdf") => write(&args.output, &renderer.pdf(&valid, &particulars)?.as_bytes())?,
        Some("ofd") if args.interactive => return Err("an OFD has no fields that can be filled in".into()),
        Some("ofd") => write(&args.output, &renderer.ofd(&valid, &particulars)?.as_bytes())?,
        _ => return Err(format!("{} says no format: let it end in .pdf or .ofd", args.output.display()).into()),
    }
    Ok(true)
}
