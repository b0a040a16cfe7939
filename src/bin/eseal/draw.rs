//! `eseal seal draw`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use eseal::draw::{Colour, Drawing, Emblem, Ending, Font, Fonts, Form, Oval, Owner, Relief, Round, Square};
use eseal::{Mm, Outcome};

use crate::Failure;
use crate::files::{read, write};

#[derive(Args)]
pub(crate) struct DrawArgs {
    /// The name; only `--owner list` does without
    name: Option<String>,
    /// Whose seal it is, such as `limited-company`: form, size, edge and middle follow; `list` shows all
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// Without an owner: the form
    #[arg(long, value_enum, default_value_t = FormArg::Round, conflicts_with = "owner")]
    form: FormArg,
    /// The diameter of a round seal; without an owner, or against the rule
    #[arg(long, value_name = "MM")]
    diameter: Option<f64>,
    /// The width of an elliptic or square seal without an owner
    #[arg(long, value_name = "MM", conflicts_with = "owner")]
    width: Option<f64>,
    /// Its height; default: that of a square, or of the invoice seal's proportions
    #[arg(long, value_name = "MM", requires = "width")]
    height: Option<f64>,
    /// The font: TrueType, OpenType, or a collection
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// Which font of a collection, from 0 on
    #[arg(long, default_value_t = 0)]
    font_index: u32,
    /// Another font for figures
    #[arg(long, value_name = "FILE")]
    figures_font: Option<PathBuf>,
    /// Round: a row of text below the middle; may be given again. Elliptic: what the seal is for
    #[arg(long, value_name = "TEXT")]
    row: Vec<String>,
    /// Round: the number at the lower rim. Elliptic: the figures in the middle, for invoices the taxpayer's identifier
    #[arg(long, value_name = "TEXT")]
    code: Option<String>,
    /// Elliptic: the number among several of one kind
    #[arg(long)]
    number: Option<u32>,
    /// Round: the name in a second language, on a ring outside the first
    #[arg(long, value_name = "TEXT", requires = "second_font")]
    second_name: Option<String>,
    /// Its font
    #[arg(long, value_name = "FILE", requires = "second_name")]
    second_font: Option<PathBuf>,
    /// Round: an emblem for the middle, SVG
    #[arg(long, value_name = "FILE", conflicts_with_all = ["star", "blank"])]
    emblem: Option<PathBuf>,
    /// Round: the star in the middle
    #[arg(long, conflicts_with = "blank")]
    star: bool,
    /// Round: nothing in the middle
    #[arg(long)]
    blank: bool,
    /// The thickness of the edge
    #[arg(long, value_name = "MM")]
    edge: Option<f64>,
    /// Round: a second, inner edge of this thickness
    #[arg(long, value_name = "MM")]
    inner_edge: Option<f64>,
    /// Round: from the middle of the name's first to the middle of its last character
    #[arg(long, value_name = "DEGREES")]
    sweep: Option<f64>,
    /// A name seal: add 印, or with `--ending=之印` that
    #[arg(long, value_name = "TEXT", num_args = 0..=1, require_equals = true, default_missing_value = "印",
        value_parser = ending)]
    ending: Option<Ending>,
    /// A name seal: red ground
    #[arg(long)]
    yin: bool,
    /// Another colour than #FF0000
    #[arg(long, value_name = "COLOUR")]
    colour: Option<Colour>,
    /// Dots per inch, for PNG
    #[arg(long, default_value_t = 600)]
    dpi: u32,
    /// Where to write it; the ending tells the format: svg, png, pdf, ofd, or xml for OFD's path objects alone
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormArg {
    Round,
    Oval,
    Square,
}

fn ending(text: &str) -> Result<Ending, String> {
    match text {
        "印" => Ok(Ending::Yin),
        "之印" => Ok(Ending::ZhiYin),
        _ => Err("expected 印 or 之印".into()),
    }
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
    let mut fonts = Fonts::new(&Font::read(read(font)?, args.font_index)?);
    if let Some(figures) = &args.figures_font {
        fonts = fonts.figures(&Font::read(read(figures)?, 0)?);
    }
    let drawing = drawing(args, name, &fonts)?;
    let bytes = match output.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => drawing.to_svg().into_bytes(),
        Some("png") => drawing.to_png(args.dpi)?,
        Some("pdf") => drawing.to_pdf()?,
        Some("ofd") => drawing.to_ofd_document()?,
        Some("xml") => drawing.to_ofd(1).into_bytes(),
        _ => return Err(format!("{}: the ending must be svg, png, pdf, ofd or xml", output.display()).into()),
    };
    write(output, &bytes)?;
    println!("drew {} × {}: {}", drawing.width(), drawing.height(), output.display());
    for finding in drawing.findings() {
        println!("  {finding}");
    }
    Ok(drawing.findings().iter().all(|finding| finding.outcome != Outcome::Fail))
}

fn drawing(args: &DrawArgs, name: &str, fonts: &Fonts) -> Result<Drawing, Failure> {
    let owner: Option<Owner> = args.owner.as_deref().map(str::parse).transpose()?;
    let form = owner.map_or(args.form, |owner| match owner.rule().form {
        Form::Oval => FormArg::Oval,
        Form::Square => FormArg::Square,
        _ => FormArg::Round,
    });
    args.check(form)?;
    Ok(match form {
        FormArg::Round => args.round(name, owner)?.draw(fonts),
        FormArg::Oval => args.oval(name, owner)?.draw(fonts),
        FormArg::Square => args.square(name, owner)?.draw(fonts),
    }?)
}

impl DrawArgs {
    /// What was asked for and has no place in the form is not left out in silence.
    fn check(&self, form: FormArg) -> Result<(), Failure> {
        let (round, oval, square) = match form {
            FormArg::Round => (true, false, false),
            FormArg::Oval => (false, true, false),
            FormArg::Square => (false, false, true),
        };
        let given = [
            (self.diameter.is_some(), "diameter", round),
            (self.width.is_some(), "width", oval || square),
            (!self.row.is_empty(), "row", round || oval),
            (self.row.len() > 1, "row given twice", round),
            (self.code.is_some(), "code", round || oval),
            (self.number.is_some(), "number", oval),
            (self.second_name.is_some(), "second-name", round),
            (self.emblem.is_some(), "emblem", round),
            (self.star, "star", round),
            (self.blank, "blank", round),
            (self.inner_edge.is_some(), "inner-edge", round),
            (self.sweep.is_some(), "sweep", round),
            (self.ending.is_some(), "ending", square),
            (self.yin, "yin", square),
        ];
        let form = match form {
            FormArg::Round => "a round",
            FormArg::Oval => "an elliptic",
            FormArg::Square => "a square",
        };
        match given.iter().find(|(is_given, _, fits)| *is_given && !fits) {
            Some((_, option, _)) => Err(format!("--{option} does not go with {form} seal").into()),
            None => Ok(()),
        }
    }

    fn round(&self, name: &str, owner: Option<Owner>) -> Result<Round, Failure> {
        let mut round = match (owner, self.diameter) {
            (Some(owner), _) => Round::of(owner, name),
            (None, Some(diameter)) => Round::new(Mm(diameter), name),
            (None, None) => return Err("give --owner or --diameter".into()),
        };
        if let Some(diameter) = self.diameter {
            round = round.diameter(Mm(diameter));
        }
        if self.star {
            round = round.star();
        }
        if self.blank {
            round = round.blank();
        }
        if let Some(emblem) = &self.emblem {
            round = round.emblem(&Emblem::from_svg(&read(emblem)?)?);
        }
        if let Some(edge) = self.edge {
            round = round.edge(Mm(edge));
        }
        if let Some(edge) = self.inner_edge {
            round = round.inner_edge(Mm(edge));
        }
        if let Some(sweep) = self.sweep {
            round = round.sweep(sweep);
        }
        if let Some(colour) = self.colour {
            round = round.colour(colour);
        }
        if let Some(code) = &self.code {
            round = round.code(code);
        }
        if let Some((second, font)) = self.second_name.as_ref().zip(self.second_font.as_ref()) {
            round = round.second_name(second, &Font::read(read(font)?, 0)?);
        }
        Ok(self.row.iter().fold(round, Round::row))
    }

    fn oval(&self, name: &str, owner: Option<Owner>) -> Result<Oval, Failure> {
        let purpose = self.row.first();
        let mut oval = match (owner, self.width) {
            (Some(Owner::Invoice), _) => Oval::invoice(name, self.code.clone().unwrap_or_default()),
            (Some(Owner::TaxOffice), _) => Oval::tax_office(name, purpose.cloned().unwrap_or_default()),
            (Some(_), _) => Oval::foreign_invested(name),
            (None, Some(width)) => Oval::new(Mm(width), Mm(self.height.unwrap_or(width * 0.75)), name),
            (None, None) => return Err("give --owner or --width".into()),
        };
        if let Some(purpose) = purpose {
            oval = oval.purpose(purpose);
        }
        if let Some(figures) = &self.code {
            oval = oval.figures(figures);
        }
        if let Some(number) = self.number {
            oval = oval.number(number);
        }
        if let Some(edge) = self.edge {
            oval = oval.edge(Mm(edge));
        }
        Ok(self.colour.map_or(oval.clone(), |colour| oval.colour(colour)))
    }

    fn square(&self, name: &str, owner: Option<Owner>) -> Result<Square, Failure> {
        let mut square = match (owner, self.width) {
            (Some(_), _) => Square::legal_representative(name),
            (None, Some(width)) => Square::rectangle(Mm(width), Mm(self.height.unwrap_or(width)), name),
            (None, None) => return Err("give --owner or --width".into()),
        };
        if let Some(ending) = self.ending {
            square = square.ending(ending);
        }
        if self.yin {
            square = square.relief(Relief::Yin);
        }
        if let Some(edge) = self.edge {
            square = square.edge(Mm(edge));
        }
        Ok(self.colour.map_or(square.clone(), |colour| square.colour(colour)))
    }
}
