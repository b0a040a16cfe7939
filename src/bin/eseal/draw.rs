//! `eseal seal draw`.

use std::path::{Path, PathBuf};

use clap::Args;
use eseal::draw::{Drawing, Emblem, Ending, Font, Fonts, Form, Oval, Owner, Relief, Round, Square};
use eseal::{Mm, Outcome};

use crate::Failure;
use crate::files::{read, write};

#[derive(Args)]
pub(crate) struct DrawArgs {
    /// The name; only `--owner list` does without
    name: Option<String>,
    /// Whose seal it is, such as `limited-company`: size, edge and middle follow; `list` shows all
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// Without an owner, or against the rule: the diameter of a round seal
    #[arg(long, value_name = "MM")]
    diameter: Option<f64>,
    /// The font: TrueType, OpenType, or a collection
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
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
    output: Option<PathBuf>,
}

/// Exits with 1 when the seal is drawn and a rule is broken.
pub(crate) fn draw(args: &DrawArgs) -> Result<bool, Failure> {
    if args.owner.as_deref() == Some("list") {
        for owner in Owner::ALL {
            let rule = owner.rule();
            println!("{:<28} {:<20} {} ({})", rule.id, rule.sizes.to_string(), rule.chinese, rule.source);
        }
        return Ok(true);
    }
    let Some(((name, font), output)) = args.name.as_deref().zip(args.font.as_ref()).zip(args.output.as_ref()) else {
        return Err("give a name, --font and --output; `eseal seal draw --owner list` shows the owners".into());
    };
    let drawing = drawing(args, name, font)?;
    let bytes = match output.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => drawing.to_svg().into_bytes(),
        Some("png") => drawing.to_png(args.dpi)?,
        Some("pdf") => drawing.to_pdf()?,
        Some("ofd") => drawing.to_ofd(1).into_bytes(),
        _ => return Err(format!("{}: the ending must be svg, png, pdf or ofd", output.display()).into()),
    };
    write(output, &bytes)?;
    println!("drew {} × {}: {}", drawing.width(), drawing.height(), output.display());
    for finding in drawing.findings() {
        println!("  {finding}");
    }
    Ok(drawing.findings().iter().all(|finding| finding.outcome != Outcome::Fail))
}

fn drawing(args: &DrawArgs, name: &str, font: &Path) -> Result<Drawing, Failure> {
    let mut fonts = Fonts::new(&Font::read(read(font)?, args.font_index)?);
    if let Some(figures) = &args.figures_font {
        fonts = fonts.figures(&Font::read(read(figures)?, 0)?);
    }
    let owner: Option<Owner> = args.owner.as_deref().map(str::parse).transpose()?;
    let figures = args.code.clone().unwrap_or_default();
    let purpose = args.row.first().cloned();
    let drawing = match owner.map(|owner| (owner, owner.rule().form)) {
        Some((Owner::Invoice, _)) => Oval::invoice(name, figures).draw(&fonts),
        Some((owner, Form::Oval)) => {
            let oval = if owner == Owner::TaxOffice {
                Oval::tax_office(name, purpose.unwrap_or_default())
            } else {
                let oval = Oval::foreign_invested(name);
                purpose.map_or(oval.clone(), |purpose| oval.purpose(purpose))
            };
            oval.draw(&fonts)
        }
        Some((_, Form::Square)) => {
            let square = Square::legal_representative(name);
            let square = if args.ending { square.ending(Ending::Yin) } else { square };
            let square = if args.yin { square.relief(Relief::Yin) } else { square };
            square.draw(&fonts)
        }
        owner => round(args, name, owner.map(|(owner, _)| owner))?.draw(&fonts),
    };
    Ok(drawing?)
}

fn round(args: &DrawArgs, name: &str, owner: Option<Owner>) -> Result<Round, Failure> {
    let mut round = match (owner, args.diameter) {
        (Some(owner), _) => Round::of(owner, name),
        (None, Some(diameter)) => Round::new(Mm(diameter), name),
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
