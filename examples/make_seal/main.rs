//! Draws every seal of a list and shows them together:
//! `cargo run --release --example make_seal --features draw,svg`.
//!
//! Writes `target/gallery/`: `gallery.html` and `sheet.pdf` to be printed at 100 %, `contact-sheet.png`, and each
//! seal as SVG, PNG and PDF. Another list can be given as the first argument; see
//! `testdata/seals-list.json`.

mod gallery;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use eseal::Mm;
use eseal::draw::{Drawing, Emblem, Ending, Font, Fonts, Oval, Owner, Relief, Round, Square};
use serde_json::Value;

use crate::gallery::Gallery;

fn main() -> Result<(), Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let list = std::env::args().nth(1).map_or_else(|| data.join("seals-list.json"), PathBuf::from);
    let target = Path::new("target/gallery");
    fs::create_dir_all(target)?;

    let kit = Kit::read(&data)?;
    let list: Vec<Value> = serde_json::from_slice(&fs::read(list)?)?;
    let mut gallery = Gallery::new(&kit.song);
    for (at, wish) in list.iter().enumerate() {
        let drawing = kit.draw(wish).map_err(|error| format!("seal {at}, {}: {error}", wish["name"]))?;
        let stem = format!("{at:02}");
        fs::write(target.join(format!("{stem}.svg")), drawing.to_svg())?;
        fs::write(target.join(format!("{stem}.png")), drawing.to_png(600)?)?;
        fs::write(target.join(format!("{stem}.pdf")), drawing.to_pdf()?)?;
        gallery.add(&stem, wish["owner"].as_str().and_then(|owner| owner.parse().ok()), drawing)?;
    }
    gallery.write(target)?;
    println!("{} seals: {}", list.len(), target.join("gallery.html").display());
    Ok(())
}

/// Fonts and artwork.
struct Kit {
    song: Font,
    figures: Font,
    arabic: Font,
    tibetan: Font,
    mongolian: Font,
    emblem: Emblem,
}

impl Kit {
    fn read(data: &Path) -> Result<Self, Box<dyn Error>> {
        let font = |name: &str| -> Result<Font, Box<dyn Error>> {
            Ok(Font::read(fs::read(data.join("fonts").join(name))?, 0)?)
        };
        Ok(Kit {
            song: font("NotoSerifCJKsc-Bold-subset.otf")?,
            figures: font("SealFigures.ttf")?,
            arabic: font("NotoNaskhArabic-Bold-subset.ttf")?,
            tibetan: font("NotoSerifTibetan-Bold-subset.ttf")?,
            mongolian: font("NotoSansMongolian-subset.ttf")?,
            emblem: Emblem::from_svg(&fs::read(data.join("seals/emblem.svg"))?)?,
        })
    }

    fn fonts(&self) -> Fonts {
        Fonts::new(&self.song).figures(&self.figures)
    }

    fn draw(&self, wish: &Value) -> Result<Drawing, Box<dyn Error>> {
        let owner = wish["owner"].as_str().map(str::parse).transpose()?;
        match wish["form"].as_str() {
            Some("round") => self.round(wish, owner),
            Some("oval") => self.oval(wish, owner),
            Some("square") => self.square(wish, owner),
            _ => Err("form is round, oval or square".into()),
        }
    }

    fn round(&self, wish: &Value, owner: Option<Owner>) -> Result<Drawing, Box<dyn Error>> {
        let name = wish["name"].as_str().ok_or("no name")?;
        let mut round = match owner {
            Some(owner) => Round::of(owner, name),
            None => Round::new(Mm(wish["diameter"].as_f64().ok_or("neither owner nor diameter")?), name),
        };
        if wish["star"] == true {
            round = round.star();
        }
        if wish["emblem"] == true {
            round = round.emblem(&self.emblem);
        }
        for row in wish["rows"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            round = round.row(row);
        }
        if let Some(code) = wish["code"].as_str() {
            round = round.code(code);
        }
        if let Some(second) = wish["second"].as_str() {
            round = match wish["script"].as_str() {
                Some("arabic") => round.second_name(second, &self.arabic),
                Some("tibetan") => round.second_name(second, &self.tibetan),
                Some("mongolian") => round.second_name(second, &self.mongolian),
                _ => round.second_name(second, &self.song),
            };
        }
        Ok(round.draw(self.fonts())?)
    }

    fn oval(&self, wish: &Value, owner: Option<Owner>) -> Result<Drawing, Box<dyn Error>> {
        let text = |key: &str| wish[key].as_str().unwrap_or_default();
        let mut oval = match owner {
            Some(Owner::Invoice) => Oval::invoice(text("name"), text("figures")),
            Some(Owner::TaxOffice) => Oval::tax_office(text("name"), text("purpose")),
            _ => Oval::foreign_invested(text("name")).purpose(text("purpose")),
        };
        if let Some(number) = wish["number"].as_u64() {
            oval = oval.number(u32::try_from(number)?);
        }
        Ok(oval.draw(self.fonts())?)
    }

    fn square(&self, wish: &Value, owner: Option<Owner>) -> Result<Drawing, Box<dyn Error>> {
        let name = wish["name"].as_str().ok_or("no name")?;
        let mut square = match (owner, wish["width"].as_f64(), wish["height"].as_f64()) {
            (None, Some(width), Some(height)) => Square::rectangle(Mm(width), Mm(height), name),
            _ => Square::legal_representative(name),
        };
        square = match wish["ending"].as_str() {
            Some("印") => square.ending(Ending::Yin),
            Some("之印") => square.ending(Ending::ZhiYin),
            _ => square,
        };
        if wish["relief"] == "yin" {
            square = square.relief(Relief::Yin);
        }
        Ok(square.draw(self.fonts())?)
    }
}
