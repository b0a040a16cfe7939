//! What lies upon the pages: the seals, and the note of a copy. Whoever makes a copy puts both there, so that neither
//! may change what the issuer's pages say.

use crate::document::{Laid, Sight};
use crate::error::Error;
use crate::finding::checks;
use crate::licence::carrier::Carrier;
use crate::licence::reading::face::{are_near, extra, plain, sides};
use crate::licence::reading::issuer::is_issuers;
use crate::licence::reading::letters;
use crate::licence::reading::note::Notes;
use crate::licence::{Elements, Remark};
use crate::seal::Seal;
use crate::units::Area;
use crate::verify::{SignatureReport, Verified};

/// What may lie upon the pages of one licence.
pub(super) struct Upon<'n> {
    notes: &'n Notes,
    /// Where something may lie, once for each thing.
    known: Vec<Area>,
    seals: Vec<Area>,
    /// The seals of others than the issuers, on a copy, by where they show.
    strange: Vec<(Area, Seal)>,
}

/// What asks whether a form XObject draws a seal's picture.
type Draws<'d> = &'d dyn Fn(u32, &Seal) -> Result<bool, Error>;

impl<'n> Upon<'n> {
    pub(super) fn of<D: Carrier>(
        verified: &Verified<'_, D>,
        elements: &Elements,
        notes: &'n Notes,
        is_copy: bool,
    ) -> Result<Self, Error> {
        let signatures = verified.signatures();
        let seals: Vec<Area> = signatures.iter().flat_map(|signature| signature.places.iter().copied()).collect();
        let fields = verified.document().rooms()?;
        let is_strange = |signature: &&SignatureReport| is_copy && !is_issuers(signature, elements);
        let shown = |signature: &SignatureReport| {
            let seal = signature.seal.as_ref().map(|seal| seal.judged.clone());
            let places: Vec<_> = signature.places.iter().copied().zip(seal.into_iter().cycle()).collect();
            places
        };
        let strange = signatures.iter().filter(is_strange).flat_map(shown).collect();
        // A signature's field is where it shows.
        let mut known = fields.clone();
        let mut left = fields;
        known.extend(seals.iter().filter(|seal| take(&mut left, seal).is_none()));
        known.extend(notes.areas());
        Ok(Upon { notes, known, seals, strange })
    }

    /// What lies upon a page.
    pub(super) fn judge(&self, sight: &Sight, pictures: &[Area], draws: Draws<'_>) -> Result<Vec<Remark>, Error> {
        let mut left: Vec<Area> = self.known.iter().filter(|area| area.page == sight.page).copied().collect();
        let unknown = sight.upon.iter().filter(|area| take(&mut left, area).is_none());
        let mut remarks: Vec<Remark> = unknown.map(upon).collect();
        let mut notes = Vec::new();
        for (number, laid) in sight.laid.iter().enumerate() {
            let is_seal = is_known(&laid.area, self.seals.iter());
            if !is_seal && is_known(&laid.area, self.notes.areas()) {
                remarks.extend(self.notes.judge(sight, laid, pictures));
                remarks.extend(letters::judge(sight, number));
                notes.push(laid);
                continue;
            }
            let words = sight.glyphs.get(laid.words.clone()).unwrap_or_default();
            let words = plain(&words.iter().map(|glyph| glyph.text.as_str()).collect::<String>());
            remarks.extend((!words.is_empty()).then(|| extra(sight.page, &words)));
            remarks.extend(self.seal_of_another(sight, laid, draws)?);
        }
        remarks.extend(self.notes.missing(sight, &notes));
        remarks.extend(self.larger(sight));
        Ok(remarks)
    }

    /// A seal that is no issuer's: the one of who made a copy. It shows its own picture, which its maker vouches for; and
    /// as seals do, it lets most words through.
    fn seal_of_another(&self, sight: &Sight, laid: &Laid, draws: Draws<'_>) -> Result<Vec<Remark>, Error> {
        let here = |(area, _): &&(Area, Seal)| is_known(&laid.area, std::iter::once(area));
        let Some((area, seal)) = self.strange.iter().find(here) else { return Ok(Vec::new()) };
        let page = area.page.0;
        let mut is_own = false;
        for (form, painted) in &laid.forms {
            is_own |= *painted == laid.painted && draws(*form, seal)?;
        }
        let mut remarks = Vec::new();
        let below = sight.own().iter().filter(|glyph| !glyph.is_blank() && glyph.area.overlaps(area)).count();
        let (surely, perhaps) = laid.hides;
        if surely > if is_own { (below / 3).max(2) } else { 0 } {
            let told = format!("the seal of who made the copy hides {surely} characters or pictures on {area}");
            remarks.push(fault(told, format!("第 {page} 页制作者印章遮盖原文 {surely} 处")));
        } else if perhaps > 0 {
            let told = format!("whether the seal of who made the copy hides words on {area} cannot be told");
            remarks.push(doubt(told, format!("第 {page} 页制作者印章是否遮盖原文无法判定")));
        }
        if laid.changes {
            let told = format!("the seal of who made the copy shows something else at other times, on {area}");
            remarks.push(fault(told, format!("第 {page} 页制作者印章在不同情况下显示不同内容")));
        }
        if !is_own {
            let told =
                format!("whether what shows on {area} is the picture of the seal of who made the copy cannot be told");
            remarks.push(doubt(told, format!("第 {page} 页所示是否为制作者印章的印模无法判定")));
        }
        Ok(remarks)
    }

    /// The seals of others on a page that are shown larger than they are.
    fn larger(&self, sight: &Sight) -> impl Iterator<Item = Remark> {
        let strange = self.strange.iter().filter(|(area, seal)| area.page == sight.page && is_larger(area, seal));
        strange.map(|(area, _)| {
            let told = format!("the seal of who made the copy is shown larger than it is, on {area}");
            doubt(told, format!("第 {} 页制作者印章显示尺寸大于印章本身", area.page.0))
        })
    }
}

/// Whether it is shown larger than a seal of this size, by more than a tenth, in either position.
fn is_larger(area: &Area, seal: &Seal) -> bool {
    let Ok(picture) = seal.picture() else { return true };
    let fits = |wide: f64, high: f64| area.width.0 <= wide * 1.1 + 1.0 && area.height.0 <= high * 1.1 + 1.0;
    let (width, height) = (picture.width().0, picture.height().0);
    !(fits(width, height) || fits(height, width))
}

/// Takes one of the places out, if there is one near.
fn take(places: &mut Vec<Area>, area: &Area) -> Option<Area> {
    let at = places.iter().position(|place| is_known(area, std::iter::once(place)))?;
    Some(places.swap_remove(at))
}

fn is_known<'a>(area: &Area, mut known: impl Iterator<Item = &'a Area>) -> bool {
    known.any(|one| one.page == area.page && are_near(sides(one), sides(area)))
}

fn upon(area: &Area) -> Remark {
    let told = format!("an annotation lies upon {area} that the issuer did not put there: it may hide the face");
    fault(told, format!("第 {} 页有签发时没有的批注，可能遮盖内容", area.page.0))
}

fn fault(english: String, chinese: String) -> Remark {
    Remark::fail(checks::LICENCE_FACE, english, chinese)
}

fn doubt(english: String, chinese: String) -> Remark {
    Remark::unknown(checks::LICENCE_FACE, english, chinese)
}
