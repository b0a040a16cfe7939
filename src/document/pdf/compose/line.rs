//! A line of text: where each of its glyphs stands (ISO 32000-2, 9.4).

use std::collections::BTreeSet;

use pdf_writer::types::TextRenderingMode;
use pdf_writer::{Content as Operators, Name, Str, TextStr};

use crate::document::pdf::compose::content::Text;
use crate::document::pdf::compose::face::{Glyph, Part};
use crate::document::pdf::compose::paint::{Painter, colour, points, round};
use crate::error::Error;
use crate::font::{Script, is_invisible, script_of};
use crate::units::Mm;

/// The tag of marked content that shows a field of the data, and the entry that names it.
const FIELD: Name<'_> = Name(b"Field");
const FIELD_NAME: Name<'_> = Name(b"Name");

pub(super) fn show(painter: &mut Painter<'_, '_>, text: &Text) -> Result<(), Error> {
    check(text)?;
    let line = place(text, painter.faces.set(text.font.0, &text.text)?)?;
    let ([red, green, blue], opacity) = colour(&text.ink)?;
    if let Some(field) = &text.field {
        let mut marked = painter.operators.begin_marked_content_with_properties(FIELD);
        marked.properties().pair(FIELD_NAME, TextStr(field));
    }
    painter.operators.save_state();
    painter.opacity(opacity);
    painter.operators.set_fill_rgb(red, green, blue);
    if text.is_bold {
        painter.operators.set_stroke_rgb(red, green, blue).set_line_width(points(text.size / 30.0));
    }
    painter.operators.begin_text();
    if text.is_bold {
        painter.operators.set_text_rendering_mode(TextRenderingMode::FillStroke);
    }
    if text.stretch != 1.0 {
        painter.operators.set_horizontal_scaling(round(text.stretch * 100.0));
    }
    if text.is_vertical {
        downwards(painter, text, &line);
    } else {
        let matrix = matrix(painter, text, text.at);
        painter.operators.set_text_matrix(matrix);
        run(&mut painter.operators, &mut painter.used.fonts, Mm(text.size).to_points(), &line);
    }
    painter.operators.end_text().restore_state();
    if text.field.is_some() {
        painter.operators.end_marked_content();
    }
    Ok(())
}

fn check(text: &Text) -> Result<(), Error> {
    let numbers = [text.at.0, text.at.1, text.spacing, text.angle];
    if text.text.is_empty() || !(text.size.is_finite() && text.size > 0.0) {
        return Err(Error::misuse(format!("{} mm large, it shows nothing: give characters and a size", text.size)));
    }
    if text.text.chars().any(char::is_control) {
        return Err(Error::misuse("it has control characters: a line of text has no breaks and no tabs"));
    }
    if !numbers.iter().all(|value| value.is_finite()) {
        return Err(Error::misuse("it has no place: give finite distances and angles"));
    }
    if !(0.01..=100.0).contains(&text.stretch) {
        return Err(Error::misuse(format!("{} is no ratio to stretch it by: 1 is as the font has it", text.stretch)));
    }
    Ok(())
}

/// Says how far the pen moves behind each glyph: ems as they are shown.
fn place(text: &Text, glyphs: Vec<Glyph>) -> Result<Vec<(Glyph, f64)>, Error> {
    let em = text.size * text.stretch;
    let Some(advances) = &text.advances else {
        let natural = |glyph: &Glyph| if text.is_vertical { text.size / em } else { glyph.advance };
        return Ok(glyphs.into_iter().map(|glyph| (glyph, natural(&glyph) + text.spacing / em)).collect());
    };
    if script_of(&text.text) != Script::Plain {
        return Err(Error::misuse("its letters join, so that they cannot be given advances of their own"));
    }
    let count = text.text.chars().count().saturating_sub(1);
    if advances.len() != count || !advances.iter().all(|value| value.is_finite()) {
        let given = advances.len();
        return Err(Error::misuse(format!("it needs {count} finite advances, one less than characters, not {given}")));
    }
    // Characters that are not shown have advances and no glyphs.
    let mut glyphs = glyphs.into_iter();
    let mut line: Vec<(Glyph, f64)> = Vec::new();
    for (character, advance) in text.text.chars().zip(advances.iter().chain(&[0.0])) {
        let step = (advance + text.spacing) / em;
        match line.last_mut().filter(|_| is_invisible(character)) {
            Some(last) => last.1 += step,
            None if is_invisible(character) => {}
            None => line.extend(glyphs.next().map(|glyph| (glyph, step))),
        }
    }
    Ok(line)
}

/// `[a b c d e f]` of a text that begins at a place and is turned.
fn matrix(painter: &Painter<'_, '_>, text: &Text, at: (f64, f64)) -> [f32; 6] {
    let (sine, cosine) = text.angle.to_radians().sin_cos();
    let (x, y) = painter.at(at.0, at.1);
    [round(cosine), round(sine), round(-sine), round(cosine), x, y]
}

/// Shows glyphs along a line from where the text matrix says on, each with how far the pen is moved behind it, in
/// ems; `size` is in points. The glyphs of one font on one height are shown by one operator, moved apart where the
/// font would not.
pub(in crate::document::pdf) fn run(
    operators: &mut Operators,
    fonts: &mut BTreeSet<Part>,
    size: f64,
    line: &[(Glyph, f64)],
) {
    let mut font = None;
    let mut raised = 0.0;
    // How far the pen is behind where it should be, in ems.
    let mut behind = 0.0;
    for run in line.chunk_by(|one, two| key(one) == key(two)) {
        let Some((first, _)) = run.first() else { continue };
        if font != Some(first.part) {
            fonts.insert(first.part);
            operators.set_font(Name(first.part.name().as_bytes()), round(size));
            font = Some(first.part);
        }
        if raised != first.offset.1 {
            raised = first.offset.1;
            operators.set_rise(round(raised * size));
        }
        let mut shown = operators.show_positioned();
        let mut items = shown.items();
        let mut codes = Vec::new();
        for (glyph, step) in run {
            let shift: f64 = behind + glyph.offset.0;
            if shift.abs() > 5e-5 {
                if !codes.is_empty() {
                    items.show(Str(&std::mem::take(&mut codes)));
                }
                items.adjust(round(-shift * 1000.0));
                behind -= shift;
            }
            codes.extend(glyph.code.to_be_bytes());
            behind += step - glyph.natural;
        }
        if !codes.is_empty() {
            items.show(Str(&codes));
        }
    }
}

/// Glyphs of one part on one height go together.
fn key((glyph, _): &(Glyph, f64)) -> (Part, f64) {
    (glyph.part, glyph.offset.1)
}

/// Each glyph below the one before.
fn downwards(painter: &mut Painter<'_, '_>, text: &Text, line: &[(Glyph, f64)]) {
    let (sine, cosine) = text.angle.to_radians().sin_cos();
    let mut down = 0.0;
    for (glyph, step) in line {
        // Turned against the clock, down leads to the right.
        let at = (text.at.0 + down * sine, text.at.1 + down * cosine);
        let matrix = matrix(painter, text, at);
        painter.operators.set_text_matrix(matrix);
        let one = [(Glyph { offset: (0.0, 0.0), ..*glyph }, glyph.natural)];
        run(&mut painter.operators, &mut painter.used.fonts, Mm(text.size).to_points(), &one);
        down += step * text.size * text.stretch;
    }
}
