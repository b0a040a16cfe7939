//! What speaks against a place: the edge of the page, other stamps, text that would be cut.

use crate::document::{Document, Sight};
use crate::error::{Error, ErrorKind};
use crate::finding::{Check, Finding, Outcome, checks};
use crate::stamp::place::{Ground, Resolved};
use crate::units::{Area, Page};

/// The first failing finding as an error.
pub(in crate::stamp) fn refuse_broken(findings: &[Finding]) -> Result<(), Error> {
    match findings.iter().find(|finding| finding.outcome == Outcome::Fail) {
        Some(broken) => Err(Error::new(
            ErrorKind::NotAllowed,
            format!("{} ({}): choose another place, or stamp without being strict", broken.detail, broken.check),
        )),
        None => Ok(()),
    }
}

/// Looks at every page that the stamp shows on.
pub(in crate::stamp) fn survey<D: Document>(
    ground: &Ground<'_, D>,
    resolved: &Resolved,
) -> Result<Vec<Finding>, Error> {
    let mut areas: Vec<Area> = resolved.shown.iter().map(crate::document::Shown::visible).collect();
    areas.extend(resolved.field_area);
    let mut findings = overlapping(&areas);
    let mut pages: Vec<Page> = areas.iter().map(|area| area.page).collect();
    pages.sort_unstable();
    pages.dedup();
    ground.look(&pages, |sight| {
        for area in areas.iter().filter(|area| area.page == sight.page) {
            leaves_page(&sight, area, &mut findings);
            covers(&sight, area, resolved.field_area, &mut findings);
            cuts(&sight, area, &resolved.pressed, &mut findings);
        }
        Ok(())
    })?;
    for (check, text) in [
        (checks::PLACEMENT_PAGE, "all of it lies on its pages"),
        (checks::PLACEMENT_OVERLAP, "it covers no other stamp and no annotation"),
        (checks::PLACEMENT_TEXT, "it cuts no text but what it is to press"),
    ] {
        if !areas.is_empty() && findings.iter().all(|finding| finding.check != check.name()) {
            findings.push(Finding::pass(check, text));
        }
    }
    Ok(findings)
}

fn fail(findings: &mut Vec<Finding>, check: Check, detail: String) {
    findings.push(Finding::fail(check, detail));
}

/// The pictures of one stamp among themselves.
fn overlapping(areas: &[Area]) -> Vec<Finding> {
    let mut sorted: Vec<&Area> = areas.iter().collect();
    sorted.sort_by_key(|area| area.page);
    let mut findings = Vec::new();
    for page in sorted.chunk_by(|one, two| one.page == two.page) {
        for (index, one) in page.iter().enumerate() {
            if let Some(two) = page.iter().skip(index + 1).find(|two| one.overlaps(two)) {
                fail(&mut findings, checks::PLACEMENT_OVERLAP, format!("the stamp on {one} covers itself on {two}"));
            }
        }
    }
    findings
}

fn leaves_page(sight: &Sight, area: &Area, findings: &mut Vec<Finding>) {
    // A hundredth of a millimetre is rounding.
    const ROUNDING: f64 = 0.01;
    let is_within = area.left.0 >= -ROUNDING
        && area.top.0 >= -ROUNDING
        && area.right().0 <= sight.width.0 + ROUNDING
        && area.bottom().0 <= sight.height.0 + ROUNDING;
    if !is_within {
        let (width, height) = (sight.width.0, sight.height.0);
        let detail = format!("the stamp on {area} leaves its page of {width:.2} mm × {height:.2} mm");
        fail(findings, checks::PLACEMENT_PAGE, detail);
    }
}

fn covers(sight: &Sight, area: &Area, own: Option<Area>, findings: &mut Vec<Finding>) {
    let is_own = |other: &&Area| own.is_some_and(|own| own == **other);
    if let Some(other) = sight.upon.iter().filter(|other| !is_own(other)).find(|other| other.overlaps(area)) {
        let detail = format!("the stamp on {area} covers what lies upon {other}: a stamp, a field or an annotation");
        fail(findings, checks::PLACEMENT_OVERLAP, detail);
    }
}

fn cuts(sight: &Sight, area: &Area, pressed: &[Area], findings: &mut Vec<Finding>) {
    let is_pressed = |glyph: &Area| pressed.iter().any(|word| word.overlaps(glyph));
    let mut cut = sight.glyphs.iter().filter(|glyph| !glyph.is_blank() && glyph.area.overlaps(area));
    if let Some(glyph) = cut.find(|glyph| !is_pressed(&glyph.area)) {
        let detail = format!("the stamp on {area} cuts the text \"{}\" on {}", glyph.text, glyph.area);
        fail(findings, checks::PLACEMENT_TEXT, detail);
    }
}
