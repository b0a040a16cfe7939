//! Fields of forms in the making (ISO 32000-1, 12.7; ISO 19005-3, 6.3 and 6.4).

mod look;
mod write;

use std::collections::BTreeSet;

use crate::document::ofd::Ink;
use crate::document::pdf::compose::FontId;
use crate::document::pdf::compose::paint::colour;
use crate::document::pdf::form::frame::Frame;
use crate::document::pdf::form::look::Align;
use crate::error::Error;
use crate::units::{Area, Mm};

pub(super) use crate::document::pdf::compose::field::look::Painted;
pub(super) use crate::document::pdf::compose::field::write::{Tree, write};

/// `/Ff` (tables 227 to 230).
mod flag {
    pub(super) const READ_ONLY: i32 = 1;
    pub(super) const REQUIRED: i32 = 1 << 1;
    pub(super) const MULTI_LINE: i32 = 1 << 12;
    pub(super) const NO_TOGGLE_TO_OFF: i32 = 1 << 14;
    pub(super) const RADIO: i32 = 1 << 15;
    pub(super) const COMBO: i32 = 1 << 17;
    pub(super) const EDIT: i32 = 1 << 18;
    pub(super) const MULTI_SELECT: i32 = 1 << 21;
    pub(super) const COMB: i32 = 1 << 24;
}

/// A field of a form in the making, with its value.
///
/// Its name may have parts, separated by periods. What it shows is drawn when the document is made, so that it looks
/// the same in every reader; a value that does not fit shrinks down to five points, and is an error then.
///
/// ```
/// # fn demo(form: &mut eseal::pdf::NewPdf, song: eseal::pdf::FontId) {
/// use eseal::pdf::NewField;
/// use eseal::{Area, Mm, Page};
///
/// let area = |top: f64| Area { page: Page(1), left: Mm(50.0), top: Mm(top), width: Mm(60.0), height: Mm(7.0) };
/// form.field(NewField::text("applicant.name", area(40.0), song, Mm(4.2)).value("张示例").tool_tip("姓名").required());
/// form.field(NewField::signature("seal", area(230.0)));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a field is shown by the document that it is given to"]
pub struct NewField {
    name: String,
    kind: Kind,
    tip: Option<String>,
    flags: i32,
    frame: Option<(Ink, f64)>,
    background: Option<Ink>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Text { area: Area, style: Style, value: String, most: Option<usize> },
    Check { area: Area, export: String, is_on: bool },
    Radio { choices: Vec<(String, Area)>, chosen: Option<String> },
    Choice { area: Area, style: Style, options: Vec<(String, String)>, chosen: Vec<String> },
    Signature { area: Area },
}

/// How text of a field is set.
#[derive(Clone, Debug, PartialEq)]
struct Style {
    font: FontId,
    size: Mm,
    ink: Ink,
    align: Align,
}

impl NewField {
    fn of(name: impl Into<String>, kind: Kind) -> Self {
        NewField { name: name.into(), kind, tip: None, flags: 0, frame: None, background: None }
    }

    /// A field for text. `size` is the side of the em square; 0 lets the text be as large as it fits, up to 12 points.
    pub fn text(name: impl Into<String>, area: Area, font: FontId, size: Mm) -> Self {
        let style = Style { font, size, ink: Ink::BLACK, align: Align::Left };
        Self::of(name, Kind::Text { area, style, value: String::new(), most: None })
    }

    /// A box to be ticked. Its value when it is on is `Yes`, unless [`NewField::export`] says another.
    pub fn check_box(name: impl Into<String>, area: Area) -> Self {
        Self::of(name, Kind::Check { area, export: "Yes".into(), is_on: false })
    }

    /// Buttons of which one is on: each is added by [`NewField::choice`].
    pub fn radio(name: impl Into<String>) -> Self {
        let mut field = Self::of(name, Kind::Radio { choices: Vec::new(), chosen: None });
        field.flags |= flag::RADIO | flag::NO_TOGGLE_TO_OFF;
        field
    }

    /// A list of options that opens; each is added by [`NewField::option`].
    pub fn drop_down(name: impl Into<String>, area: Area, font: FontId, size: Mm) -> Self {
        let mut field = Self::list(name, area, font, size);
        field.flags |= flag::COMBO;
        field
    }

    /// A list of options that is open; each is added by [`NewField::option`].
    pub fn list(name: impl Into<String>, area: Area, font: FontId, size: Mm) -> Self {
        let style = Style { font, size, ink: Ink::BLACK, align: Align::Left };
        Self::of(name, Kind::Choice { area, style, options: Vec::new(), chosen: Vec::new() })
    }

    /// Room for a seal: an empty signature field, which [`Stamp::in_field`](crate::Stamp::in_field) fills.
    pub fn signature(name: impl Into<String>, area: Area) -> Self {
        Self::of(name, Kind::Signature { area })
    }

    /// What it says: a text, or what is chosen by its exported value. Of lists several may be.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        let given = value.into();
        match &mut self.kind {
            Kind::Text { value, .. } => *value = given,
            Kind::Check { export, is_on, .. } => *is_on = *export == given,
            Kind::Radio { chosen, .. } => *chosen = Some(given),
            Kind::Choice { chosen, .. } => chosen.push(given),
            Kind::Signature { .. } => {}
        }
        self
    }

    /// The value of a check box that is on.
    pub fn export(mut self, value: impl Into<String>) -> Self {
        if let Kind::Check { export, .. } = &mut self.kind {
            *export = value.into();
        }
        self
    }

    /// A check box that is on.
    pub fn checked(mut self) -> Self {
        if let Kind::Check { is_on, .. } = &mut self.kind {
            *is_on = true;
        }
        self
    }

    /// A button of a group, by the value that the group has when it is on.
    pub fn choice(mut self, export: impl Into<String>, area: Area) -> Self {
        if let Kind::Radio { choices, .. } = &mut self.kind {
            choices.push((export.into(), area));
        }
        self
    }

    /// An option of a list: its value, and what is shown.
    pub fn option(mut self, export: impl Into<String>, shown: impl Into<String>) -> Self {
        if let Kind::Choice { options, .. } = &mut self.kind {
            options.push((export.into(), shown.into()));
        }
        self
    }

    /// What assistive technology calls it, and viewers show beside the pointer.
    pub fn tool_tip(mut self, tip: impl Into<String>) -> Self {
        self.tip = Some(tip.into());
        self
    }

    /// To be filled in before the form is handed in.
    pub fn required(mut self) -> Self {
        self.flags |= flag::REQUIRED;
        self
    }

    /// Not to be changed by whoever fills the form in.
    pub fn read_only(mut self) -> Self {
        self.flags |= flag::READ_ONLY;
        self
    }

    /// Text of several lines.
    pub fn multi_line(mut self) -> Self {
        self.flags |= flag::MULTI_LINE;
        self
    }

    /// The most characters that a text may have.
    pub fn max_length(mut self, characters: usize) -> Self {
        if let Kind::Text { most, .. } = &mut self.kind {
            *most = Some(characters);
        }
        self
    }

    /// One cell for each character, as many as [`NewField::max_length`] says.
    pub fn comb(mut self) -> Self {
        self.flags |= flag::COMB;
        self
    }

    /// An open list of which several options may be chosen.
    pub fn multiple(mut self) -> Self {
        self.flags |= flag::MULTI_SELECT;
        self
    }

    /// A drop-down list into which other values may be written.
    pub fn editable(mut self) -> Self {
        self.flags |= flag::EDIT;
        self
    }

    /// Where its lines stand.
    pub fn align(mut self, align: Align) -> Self {
        if let Kind::Text { style, .. } | Kind::Choice { style, .. } = &mut self.kind {
            style.align = align;
        }
        self
    }

    /// In a colour other than black.
    pub fn ink(mut self, ink: Ink) -> Self {
        if let Kind::Text { style, .. } | Kind::Choice { style, .. } = &mut self.kind {
            style.ink = ink;
        }
        self
    }

    /// A line around it.
    pub fn border(mut self, ink: Ink, width: Mm) -> Self {
        self.frame = Some((ink, width.to_points()));
        self
    }

    /// A colour behind it.
    pub fn background(mut self, ink: Ink) -> Self {
        self.background = Some(ink);
        self
    }

    /// Where it shows.
    pub(super) fn areas(&self) -> Vec<Area> {
        match &self.kind {
            Kind::Text { area, .. } | Kind::Check { area, .. } | Kind::Choice { area, .. } => vec![*area],
            Kind::Signature { area } => vec![*area],
            Kind::Radio { choices, .. } => choices.iter().map(|(_, area)| *area).collect(),
        }
    }

    fn frame(&self, area: &Area) -> Result<Frame, Error> {
        let solid = |ink: &Ink| colour(ink).map(|(parts, _)| parts.to_vec());
        let is_radio = matches!(self.kind, Kind::Radio { .. });
        let (border, line) = match &self.frame {
            Some((ink, width)) => (solid(ink)?, *width),
            None => (Vec::new(), 0.0),
        };
        let background = self.background.as_ref().map(solid).transpose()?.unwrap_or_default();
        let (width, height) = (area.width.to_points(), area.height.to_points());
        Ok(Frame { width, height, background, border, line, is_round: is_radio, ..Frame::default() })
    }

    /// Refuses what no reader could make sense of.
    fn check(&self) -> Result<(), Error> {
        let misuse = |detail: String| Err(Error::misuse(detail));
        match &self.kind {
            Kind::Text { value, most, .. } => {
                let count = value.chars().count();
                match most {
                    Some(most) if count > *most => {
                        misuse(format!("its value has {count} characters, of {most} at most"))
                    }
                    None | Some(0) if self.flags & flag::COMB != 0 => {
                        misuse("a comb has as many cells as max_length says: say how many".into())
                    }
                    _ => Ok(()),
                }
            }
            Kind::Check { export, .. } => is_state(export),
            Kind::Radio { choices, chosen } => {
                let names: BTreeSet<&String> = choices.iter().map(|(export, _)| export).collect();
                if choices.is_empty() || names.len() != choices.len() {
                    return misuse("a group of buttons has at least one, and each has a value of its own".into());
                }
                choices.iter().try_for_each(|(export, _)| is_state(export))?;
                match chosen.as_ref().filter(|chosen| !names.contains(chosen)) {
                    Some(chosen) => misuse(format!("no button of it has the value \"{chosen}\"")),
                    None => Ok(()),
                }
            }
            Kind::Choice { options, chosen, .. } => {
                let is_open = self.flags & flag::EDIT != 0 && self.flags & flag::COMBO != 0;
                let is_option = |one: &String| options.iter().any(|(export, _)| export == one);
                if chosen.len() > 1 && self.flags & flag::MULTI_SELECT == 0 {
                    return misuse("several options are chosen, and it is not for several".into());
                }
                match chosen.iter().find(|one| !is_open && !is_option(one)) {
                    Some(chosen) => misuse(format!("\"{chosen}\" is none of its options")),
                    None => Ok(()),
                }
            }
            Kind::Signature { .. } => Ok(()),
        }
    }
}

/// A value of a button is the name of an appearance (12.7.4.2.3), where `Off` is taken.
fn is_state(export: &str) -> Result<(), Error> {
    if export.is_empty() || export == "Off" || export.len() > 127 || export.chars().any(char::is_control) {
        let detail = "cannot be the value of a button that is on: it is empty, too long, or says Off";
        return Err(Error::misuse(format!("\"{}\" {detail}", export.escape_debug())));
    }
    Ok(())
}
