//! Sheets of drawings, to be looked at and printed at full size.

use png::ColorType;

use crate::draw::drawing::{Colour, Drawing};
use crate::draw::output::{Contents, Placed, document, encode, mask_of, pixels};
use crate::draw::text::{Cells, Measure, Row};
use crate::draw::writing::Writing;
use crate::error::{Error, ErrorKind};
use crate::font::{FACE, Font, Point};
use crate::limits::Limits;
use crate::units::Mm;

/// The most drawings on a sheet, over all pages.
const MOST: usize = 100_000;

/// Pages with drawings in their true size: a gallery to print at 100 %.
///
/// ```
/// # fn example(drawing: eseal::draw::Drawing) -> Result<(), eseal::Error> {
/// use eseal::Mm;
/// use eseal::draw::Sheet;
///
/// let mut sheet = Sheet::new(Mm(210.0), Mm(297.0));
/// sheet.place(drawing, Mm(20.0), Mm(20.0));
/// let pdf = sheet.to_pdf()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sheet {
    width: f64,
    height: f64,
    pages: Vec<SheetPage>,
}

#[derive(Clone, Debug, Default)]
struct SheetPage {
    drawings: Vec<(Drawing, f64, f64)>,
    writings: Vec<Writing>,
}

impl Sheet {
    /// A sheet of one empty page.
    #[must_use]
    pub fn new(width: Mm, height: Mm) -> Self {
        Sheet { width: width.0, height: height.0, pages: vec![SheetPage::default()] }
    }

    /// Puts a drawing on the last page; `left` and `top` lead from the page's upper left corner to the
    /// drawing's.
    pub fn place(&mut self, drawing: Drawing, left: Mm, top: Mm) {
        if let Some(page) = self.pages.last_mut() {
            page.drawings.push((drawing, left.0, top.0));
        }
    }

    /// Writes a paragraph on the last page, in a column that begins `left` and `top` from the page's upper left
    /// corner and is so wide; returns where it ends below. Lines break as Chinese typography has it, and stand
    /// 1.6 times their size apart. In PDF it is text that can be searched, in a font that is made as small as the
    /// text needs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the font lacks characters, [`ErrorKind::Misuse`] when the size or the width is
    /// not above nought.
    pub fn write(&mut self, text: &str, font: &Font, size: Mm, (left, top): (Mm, Mm), width: Mm) -> Result<Mm, Error> {
        if !size.is_positive() || !width.is_positive() || !left.0.is_finite() || !top.0.is_finite() {
            return Err(Error::new(ErrorKind::Misuse, format!("text of {size} in a column of {width} cannot be set")));
        }
        let column = (Point::new(left.0, top.0), width.0);
        let (writing, bottom) = Writing::set(font, text, size.0, column, size.0 * 1.6)?;
        if let Some(page) = self.pages.last_mut() {
            page.writings.push(writing);
        }
        Ok(Mm(bottom))
    }

    /// Begins another page.
    pub fn new_page(&mut self) {
        self.pages.push(SheetPage::default());
    }

    /// The sheet as PDF.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the page has no size, [`ErrorKind::TooLarge`] when there is too much
    /// on it.
    pub fn to_pdf(&self) -> Result<Vec<u8>, Error> {
        self.check()?;
        let pages: Vec<Contents<'_>> = self.pages.iter().map(SheetPage::contents).collect();
        document(self.width, self.height, &pages)
    }

    /// Every page as PNG on white.
    ///
    /// # Errors
    ///
    /// As [`Sheet::to_pdf`] and [`Drawing::to_png`].
    pub fn to_pngs(&self, dpi: u32) -> Result<Vec<Vec<u8>>, Error> {
        self.check()?;
        self.pages.iter().map(|page| self.page_png(page, dpi)).collect()
    }

    fn check(&self) -> Result<(), Error> {
        let positive = Mm(self.width).is_positive() && Mm(self.height).is_positive();
        if !positive || self.width > 5000.0 || self.height > 5000.0 {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("a page of {} × {} mm is none: 5000 mm at most", self.width, self.height),
            ));
        }
        let count: usize = self.pages.iter().map(|page| page.drawings.len() + page.writings.len()).sum();
        if count > MOST || self.pages.len() > MOST {
            return Err(Error::too_large(format!("{count} drawings are too many for a sheet: the limit is {MOST}")));
        }
        Ok(())
    }

    fn page_png(&self, page: &SheetPage, dpi: u32) -> Result<Vec<u8>, Error> {
        let (width, height) = (pixels(self.width, dpi)?, pixels(self.height, dpi)?);
        let dots = u64::from(width) * u64::from(height);
        if dots > Limits::default().pixels {
            return Err(Error::too_large(format!("{dots} dots are too many for a page: take fewer dpi")));
        }
        let mut page_dots = vec![255_u8; usize::try_from(dots * 3).unwrap_or_default()];
        let written: Vec<(Drawing, f64, f64)> = page
            .writings
            .iter()
            .map(|writing| Ok((writing.drawing(self.width, self.height)?, 0.0, 0.0)))
            .collect::<Result<_, Error>>()?;
        for (drawing, left, top) in page.drawings.iter().chain(&written) {
            let mask = mask_of(drawing, pixels(drawing.width, dpi)?, pixels(drawing.height, dpi)?)?;
            let offset = |length: f64| (length * f64::from(dpi) / 25.4).round() as i64;
            blend(&mut page_dots, (width, height), &mask, (offset(*left), offset(*top)), drawing.colour);
        }
        encode(width, height, ColorType::Rgb, &page_dots, dpi)
    }
}

impl SheetPage {
    fn contents(&self) -> Contents<'_> {
        Contents {
            drawings: self
                .drawings
                .iter()
                .map(|(drawing, left, top)| Placed { drawing, left: *left, top: *top })
                .collect(),
            writings: &self.writings,
        }
    }
}

/// Lays ink on paper, dot by dot; what leaves the page is lost.
fn blend(page: &mut [u8], (width, height): (u32, u32), mask: &tiny_skia::Mask, at: (i64, i64), colour: Colour) {
    let columns = mask.width().max(1);
    for (index, opacity) in mask.data().iter().enumerate().filter(|(_, opacity)| **opacity > 0) {
        let index = index as u64;
        let x = at.0 + (index % u64::from(columns)) as i64;
        let y = at.1 + (index / u64::from(columns)) as i64;
        if x < 0 || y < 0 || x >= i64::from(width) || y >= i64::from(height) {
            continue;
        }
        let start = usize::try_from((y * i64::from(width) + x) * 3).unwrap_or(usize::MAX);
        let Some(dot) = page.get_mut(start..start.saturating_add(3)) else { continue };
        for (part, ink) in dot.iter_mut().zip([colour.red, colour.green, colour.blue]) {
            let mixed = u32::from(ink) * u32::from(*opacity) + u32::from(*part) * (255 - u32::from(*opacity));
            *part = ((mixed + 127) / 255) as u8;
        }
    }
}

/// A line of text as a drawing, for captions: as high as the face of its characters, as wide as it
/// comes.
///
/// # Errors
///
/// [`ErrorKind::Mismatch`] when the font lacks characters, [`ErrorKind::Misuse`] when the height is not
/// above zero or the text is empty.
pub fn line_of_text(text: &str, font: &Font, height: Mm, colour: Colour) -> Result<Drawing, Error> {
    if !height.is_positive() || height.0 > 500.0 || text.trim().is_empty() {
        return Err(Error::new(ErrorKind::Misuse, format!("\"{text}\" of {height} is no line of text")));
    }
    let cells = Cells::of(font, text, Measure::Face)?;
    let slots: f64 = cells.cells.iter().map(|cell| cell.slot).sum();
    let pitch = height.0 / FACE;
    let row = Row {
        top: Point::new(slots * pitch / 2.0, 0.0),
        height: height.0,
        width: height.0,
        pitch,
        room: f64::INFINITY,
    };
    // The row is centred on its first and last middle; letters of unequal width shift it a little.
    let set = row.set(&cells);
    let mut drawing = Drawing::new((slots * pitch).max(0.1), height.0, colour);
    drawing.add(&set.path);
    Ok(drawing)
}
