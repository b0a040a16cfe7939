//! All seals together: as a page for browsers, as pages to be printed, and on one contact sheet.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use eseal::draw::{Colour, Drawing, Font, Owner, Sheet, line_of_text};
use eseal::{Mm, Outcome};

/// A4, the contact sheet's width, and the distance from their sides, in millimetres.
const PAGE: (f64, f64) = (210.0, 297.0);
const WIDE: f64 = 420.0;
const MARGIN: f64 = 12.0;
const CAPTION: f64 = 2.6;
const CONTACT_DPI: u32 = 150;

/// A browser that prints at 100 % shows the seals in their millimetres; the bar tells whether it did.
const HEAD: &str = "<!doctype html>\n<html lang=\"zh\">\n<meta charset=\"utf-8\">\n<title>Seals</title>\n<style>\n\
    @page { size: A4; margin: 10mm }\n\
    body { font-family: serif; margin: 0 }\n\
    .bar { width: 100mm; border-bottom: 0.3mm solid; font-size: 9pt; margin-bottom: 8mm }\n\
    figure { display: inline-block; vertical-align: top; width: 60mm; margin: 0 2mm 8mm 0; break-inside: avoid }\n\
    img { display: block; max-width: none }\n\
    figcaption { font-size: 7pt; color: #333; margin-top: 2mm }\n\
    .fail { color: #b00 }\n\
    </style>\n<div class=\"bar\">100 mm</div>\n";

pub(crate) struct Gallery {
    html: String,
    caption: Font,
    shown: Vec<(Drawing, String)>,
}

/// Seals beside one another, each by its number and its distance from the left.
struct Row {
    seals: Vec<(usize, f64)>,
    height: f64,
}

impl Gallery {
    pub(crate) fn new(caption: &Font) -> Self {
        Gallery { html: HEAD.into(), caption: caption.clone(), shown: Vec::new() }
    }

    pub(crate) fn add(&mut self, stem: &str, owner: Option<Owner>, drawing: Drawing) -> Result<(), Box<dyn Error>> {
        let about = owner.map_or("", |owner| owner.rule().chinese);
        let (width, height) = (drawing.width().0, drawing.height().0);
        writeln!(
            self.html,
            "<figure><img src=\"{stem}.svg\" alt=\"\" style=\"width:{width}mm;height:{height}mm\">\
             <figcaption>{stem} {about} {width} × {height} mm<br>"
        )?;
        for finding in drawing.findings() {
            let class = if finding.outcome == Outcome::Fail { " class=\"fail\"" } else { "" };
            writeln!(self.html, "<span{class}>{}</span><br>", finding.to_string().replace('<', "&lt;"))?;
        }
        self.html.push_str("</figcaption></figure>\n");
        self.shown.push((drawing, format!("{stem} {width} x {height}")));
        Ok(())
    }

    pub(crate) fn write(&self, target: &Path) -> Result<(), Box<dyn Error>> {
        fs::write(target.join("gallery.html"), &self.html)?;
        fs::write(target.join("sheet.pdf"), self.pages()?.to_pdf()?)?;
        for page in self.contact_sheet()?.to_pngs(CONTACT_DPI)? {
            fs::write(target.join("contact-sheet.png"), page)?;
        }
        Ok(())
    }

    /// A4, to be printed at 100 %.
    fn pages(&self) -> Result<Sheet, Box<dyn Error>> {
        let mut sheet = Sheet::new(Mm(PAGE.0), Mm(PAGE.1));
        let mut top = MARGIN;
        for row in self.rows(PAGE.0) {
            if top + row.height > PAGE.1 - MARGIN {
                sheet.new_page();
                top = MARGIN;
            }
            self.place(&mut sheet, &row, top)?;
            top += row.height;
        }
        Ok(sheet)
    }

    fn contact_sheet(&self) -> Result<Sheet, Box<dyn Error>> {
        let rows = self.rows(WIDE);
        let height: f64 = rows.iter().map(|row| row.height).sum();
        let mut sheet = Sheet::new(Mm(WIDE), Mm(height + 2.0 * MARGIN));
        let mut top = MARGIN;
        for row in rows {
            self.place(&mut sheet, &row, top)?;
            top += row.height;
        }
        Ok(sheet)
    }

    fn rows(&self, width: f64) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let mut left = f64::INFINITY;
        for (number, (drawing, _)) in self.shown.iter().enumerate() {
            if left + drawing.width().0 > width - MARGIN {
                rows.push(Row { seals: Vec::new(), height: 0.0 });
                left = MARGIN;
            }
            if let Some(row) = rows.last_mut() {
                row.seals.push((number, left));
                row.height = row.height.max(drawing.height().0 + 3.0 * CAPTION);
            }
            left += drawing.width().0.max(20.0) + 4.0;
        }
        rows
    }

    fn place(&self, sheet: &mut Sheet, row: &Row, top: f64) -> Result<(), Box<dyn Error>> {
        for (number, left) in &row.seals {
            let Some((drawing, caption)) = self.shown.get(*number) else { continue };
            let caption = line_of_text(caption, &self.caption, Mm(CAPTION), Colour::BLACK)?;
            sheet.place(caption, Mm(*left), Mm(top + drawing.height().0 + 1.0));
            sheet.place(drawing.clone(), Mm(*left), Mm(top));
        }
        Ok(())
    }
}
