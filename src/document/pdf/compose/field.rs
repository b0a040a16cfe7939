//! Fields of forms in the making (ISO 32000-1, 12.7; ISO 19005-3, 6.3 and 6.4).

use std::collections::{BTreeMap, BTreeSet};

use pdf_writer::{Chunk, Dict, Filter, Finish as _, Name, Rect, Ref, Str, TextStr};

use crate::document::ofd::Ink;
use crate::document::pdf::compose::paint::{Numbers, Used, colour};
use crate::document::pdf::compose::{Faces, FontId, Part, deflated};
use crate::document::pdf::form::look::{self, Align, Frame, Mark, Setting, Words};
use crate::error::{Context as _, Error};
use crate::units::{Area, Mm};

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

/// A look of a widget, to be written as a form XObject.
#[derive(Debug)]
struct Look {
    size: (f32, f32),
    /// Deflated.
    stream: Vec<u8>,
    used: Used,
}

/// A field whose looks were drawn.
#[derive(Debug)]
pub(super) struct Painted<'f> {
    field: &'f NewField,
    /// For each widget the looks: of a button off and on, else one.
    looks: Vec<Vec<Look>>,
    /// `/DA`, for those who write into it.
    style: Option<String>,
}

impl NewField {
    pub(super) fn paint<'f>(&'f self, faces: &mut Faces<'_>) -> Result<Painted<'f>, Error> {
        self.paint_unnamed(faces).context(format_args!("the field \"{}\"", self.name))
    }

    fn paint_unnamed<'f>(&'f self, faces: &mut Faces<'_>) -> Result<Painted<'f>, Error> {
        self.check()?;
        let mut looks = Vec::new();
        let mut style = None;
        for area in self.areas() {
            if ![area.width, area.height].into_iter().all(Mm::is_positive) || !(area.left.0 + area.top.0).is_finite() {
                return Err(Error::misuse("it has no place or no size: give finite distances and sides above zero"));
            }
            let frame = self.frame(&area)?;
            looks.push(match &self.kind {
                Kind::Text { style: text, value, most, .. } => {
                    let setting = match most {
                        Some(most) if self.flags & flag::COMB != 0 => Setting::Comb(*most),
                        _ if self.flags & flag::MULTI_LINE != 0 => Setting::Lines,
                        _ => Setting::Line,
                    };
                    style = Some(text.appearance(faces)?);
                    vec![text.look(&frame, value, setting, faces)?]
                }
                Kind::Choice { style: text, options, chosen, .. } => {
                    style = Some(text.appearance(faces)?);
                    vec![self.choice_look(&frame, text, options, chosen, faces)?]
                }
                Kind::Check { .. } | Kind::Radio { .. } => {
                    let is_radio = matches!(self.kind, Kind::Radio { .. });
                    let mark = if is_radio { Mark::Circle } else { Mark::Tick };
                    let look = |mark| plain_look(&frame, look::button(&frame, mark, &[0.0]));
                    vec![look(None)?, look(Some(mark))?]
                }
                Kind::Signature { .. } => vec![plain_look(&frame, look::button(&frame, None, &[]))?],
            });
        }
        Ok(Painted { field: self, looks, style })
    }

    fn choice_look(
        &self,
        frame: &Frame,
        style: &Style,
        options: &[(String, String)],
        chosen: &[String],
        faces: &mut Faces<'_>,
    ) -> Result<Look, Error> {
        if self.flags & flag::COMBO != 0 {
            let value = chosen.first().map(String::as_str).unwrap_or_default();
            let option = options.iter().find(|(export, _)| export == value);
            return style.look(frame, option.map_or(value, |(_, shown)| shown), Setting::Line, faces);
        }
        let marked: Vec<(String, bool)> =
            options.iter().map(|(export, shown)| (shown.clone(), chosen.contains(export))).collect();
        style.look(frame, "", Setting::List(&marked), faces)
    }
}

fn plain_look(frame: &Frame, stream: Vec<u8>) -> Result<Look, Error> {
    let size = (frame.width as f32, frame.height as f32);
    Ok(Look { size, stream: deflated(&stream)?, used: Used::default() })
}

impl Style {
    fn look(&self, frame: &Frame, text: &str, setting: Setting<'_>, faces: &mut Faces<'_>) -> Result<Look, Error> {
        let (parts, _) = colour(&self.ink)?;
        let size = self.points()?;
        let words = Words { text, size, colour: parts.to_vec(), align: self.align, setting };
        let drawn = look::text(frame, &words, self.font.0, faces)?;
        let used = Used { fonts: drawn.fonts, ..Used::default() };
        Ok(Look { used, ..plain_look(frame, drawn.stream)? })
    }

    fn points(&self) -> Result<f64, Error> {
        let size = self.size.to_points();
        if size.is_finite() && size >= 0.0 {
            Ok(size)
        } else {
            Err(Error::misuse("its font has no size: give 0 or more"))
        }
    }

    fn appearance(&self, faces: &mut Faces<'_>) -> Result<String, Error> {
        let part = faces.first_part(self.font.0)?;
        let ([red, green, blue], _) = colour(&self.ink)?;
        let size = (self.points()? * 1e2).round() / 1e2;
        Ok(format!("/{} {size} Tf {red} {green} {blue} rg", part.name()))
    }

    fn align(&self) -> i32 {
        match self.align {
            Align::Left => 0,
            Align::Centre => 1,
            Align::Right => 2,
        }
    }
}

impl Painted<'_> {
    /// The fonts that its looks use, and that whoever writes into it will.
    pub(super) fn fonts(&self, faces: &mut Faces<'_>) -> Result<BTreeSet<Part>, Error> {
        let mut fonts: BTreeSet<Part> =
            self.looks.iter().flatten().flat_map(|look| &look.used.fonts).copied().collect();
        if let Kind::Text { style, .. } | Kind::Choice { style, .. } = &self.field.kind {
            fonts.insert(faces.first_part(style.font.0)?);
        }
        Ok(fonts)
    }
}

/// The form of a document in the making: its tree of names.
#[derive(Debug, Default)]
pub(super) struct Tree<'f> {
    /// Nodes by their full names; leaves have a field.
    nodes: BTreeMap<Vec<&'f str>, Option<usize>>,
}

impl<'f> Tree<'f> {
    pub(super) fn of(fields: &'f [NewField]) -> Result<Self, Error> {
        let mut tree = Tree::default();
        for (place, field) in fields.iter().enumerate() {
            let misuse = |detail: &str| Error::misuse(format!("the field \"{}\" {detail}", field.name));
            let parts: Vec<&str> = field.name.split('.').collect();
            if parts.iter().any(|part| part.is_empty()) {
                return Err(misuse("has a name of which a part is empty"));
            }
            for depth in 1..parts.len() {
                let above = tree.nodes.entry(parts.iter().take(depth).copied().collect()).or_insert(None);
                if above.is_some() {
                    return Err(misuse("has a name that begins with the whole name of another"));
                }
            }
            if tree.nodes.insert(parts, Some(place)).is_some() {
                return Err(misuse("has a name that another has, or begins with"));
            }
        }
        Ok(tree)
    }
}

/// A widget that a page lists.
pub(super) type Widgets = Vec<(usize, i32)>;

/// Writes fields and their looks from `next` on; `pages` are the pages' numbers and heights in millimetres. Gives the
/// numbers of the roots, and the widgets with their pages.
pub(super) fn write(
    chunk: &mut Chunk,
    next: &mut i32,
    tree: &Tree<'_>,
    painted: &[Painted<'_>],
    pages: &[(i32, f64)],
    numbers: &Numbers,
) -> Result<(Vec<i32>, Widgets), Error> {
    let mut places: BTreeMap<&[&str], i32> = BTreeMap::new();
    for name in tree.nodes.keys() {
        places.insert(name, *next);
        *next = next.saturating_add(1);
    }
    let mut kids: BTreeMap<&[&str], Vec<i32>> = BTreeMap::new();
    let mut leaves: Vec<(usize, &[&str])> = Vec::new();
    for (name, field) in &tree.nodes {
        let above = name.split_last().map(|(_, above)| above).unwrap_or_default();
        kids.entry(above).or_default().extend(places.get(name.as_slice()));
        leaves.extend(field.map(|field| (field, name.as_slice())));
    }
    for (name, _) in tree.nodes.iter().filter(|(_, field)| field.is_none()) {
        let number = places.get(name.as_slice()).copied().unwrap_or_default();
        let mut node = chunk.indirect(Ref::new(number)).dict();
        name_entries(&mut node, name, &places);
        let below = kids.get(name.as_slice()).map(Vec::as_slice).unwrap_or_default();
        node.insert(Name(b"Kids")).array().items(below.iter().map(|kid| Ref::new(*kid)));
    }
    leaves.sort_unstable();
    let mut widgets = Vec::new();
    for (place, name) in &leaves {
        let Some(painted) = painted.get(*place) else { continue };
        let number = places.get(name).copied().unwrap_or_default();
        let mut leaf = Leaf { painted, number, name, places: &places, pages, numbers, widgets: &mut widgets };
        leaf.write(chunk, next)?;
    }
    // In the order in which they were given, so that those who walk through the form go that way.
    let mut roots: Vec<i32> = Vec::new();
    for (_, name) in &leaves {
        let root = name.get(..1).and_then(|root| places.get(root)).copied().unwrap_or_default();
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    Ok((roots, widgets))
}

fn name_entries(node: &mut Dict<'_>, name: &[&str], places: &BTreeMap<&[&str], i32>) {
    let Some((own, above)) = name.split_last() else { return };
    node.pair(Name(b"T"), TextStr(own));
    if let Some(parent) = places.get(above) {
        node.pair(Name(b"Parent"), Ref::new(*parent));
    }
}

/// A field with its widgets.
struct Leaf<'l> {
    painted: &'l Painted<'l>,
    number: i32,
    name: &'l [&'l str],
    places: &'l BTreeMap<&'l [&'l str], i32>,
    pages: &'l [(i32, f64)],
    numbers: &'l Numbers,
    widgets: &'l mut Widgets,
}

impl Leaf<'_> {
    fn write(&mut self, chunk: &mut Chunk, next: &mut i32) -> Result<(), Error> {
        let field = self.painted.field;
        let areas = field.areas();
        let mut looks = Vec::new();
        for look in &self.painted.looks {
            let first = *next;
            for one in look {
                self.write_look(chunk, *next, one);
                *next = next.saturating_add(1);
            }
            looks.push(first);
        }
        let Kind::Radio { choices, chosen } = &field.kind else {
            let (Some(area), Some(look)) = (areas.first(), looks.first()) else { return Ok(()) };
            let mut dict = chunk.indirect(Ref::new(self.number)).dict();
            self.field_entries(&mut dict);
            let state = match &field.kind {
                Kind::Check { export, is_on, .. } => Some((export.as_str(), *is_on)),
                _ => None,
            };
            return self.widget_entries(&mut dict, self.number, area, *look, state);
        };
        let first = *next;
        *next = next.saturating_add(i32::try_from(choices.len()).unwrap_or(i32::MAX));
        for (kid, ((export, area), look)) in (first..).zip(choices.iter().zip(&looks)) {
            let mut dict = chunk.indirect(Ref::new(kid)).dict();
            dict.pair(Name(b"Parent"), Ref::new(self.number));
            let is_on = chosen.as_ref() == Some(export);
            self.widget_entries(&mut dict, kid, area, *look, Some((export, is_on)))?;
        }
        let mut dict = chunk.indirect(Ref::new(self.number)).dict();
        self.field_entries(&mut dict);
        dict.insert(Name(b"Kids")).array().items((first..*next).map(Ref::new));
        Ok(())
    }

    fn write_look(&self, chunk: &mut Chunk, number: i32, look: &Look) {
        let mut form = chunk.stream(Ref::new(number), &look.stream);
        form.filter(Filter::FlateDecode);
        form.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Form"));
        form.pair(Name(b"BBox"), Rect::new(0.0, 0.0, look.size.0, look.size.1));
        let mut resources = form.insert(Name(b"Resources")).dict();
        look.used.write(&mut resources, self.numbers);
        resources.finish();
    }

    fn field_entries(&self, dict: &mut Dict<'_>) {
        let field = self.painted.field;
        name_entries(dict, self.name, self.places);
        let kind: &[u8] = match &field.kind {
            Kind::Text { .. } => b"Tx",
            Kind::Check { .. } | Kind::Radio { .. } => b"Btn",
            Kind::Choice { .. } => b"Ch",
            Kind::Signature { .. } => b"Sig",
        };
        dict.pair(Name(b"FT"), Name(kind));
        if field.flags != 0 {
            dict.pair(Name(b"Ff"), field.flags);
        }
        if let Some(tip) = &field.tip {
            dict.pair(Name(b"TU"), TextStr(tip));
        }
        if let Some(style) = &self.painted.style {
            dict.pair(Name(b"DA"), Str(style.as_bytes()));
        }
        self.value_entries(dict);
    }

    fn value_entries(&self, dict: &mut Dict<'_>) {
        match &self.painted.field.kind {
            Kind::Text { style, value, most, .. } => {
                if !value.is_empty() {
                    dict.pair(Name(b"V"), TextStr(value)).pair(Name(b"DV"), TextStr(value));
                }
                if let Some(most) = most {
                    dict.pair(Name(b"MaxLen"), i32::try_from(*most).unwrap_or(i32::MAX));
                }
                dict.pair(Name(b"Q"), style.align());
            }
            Kind::Check { export, is_on, .. } => {
                dict.pair(Name(b"V"), Name(if *is_on { export.as_bytes() } else { b"Off" }));
            }
            Kind::Radio { chosen, .. } => {
                dict.pair(Name(b"V"), Name(chosen.as_ref().map_or(b"Off", |chosen| chosen.as_bytes())));
            }
            Kind::Choice { style, options, chosen, .. } => {
                let mut list = dict.insert(Name(b"Opt")).array();
                for (export, shown) in options {
                    if export == shown {
                        list.item(TextStr(shown));
                    } else {
                        list.push().array().item(TextStr(export)).item(TextStr(shown));
                    }
                }
                list.finish();
                match chosen.as_slice() {
                    [] => {}
                    [one] => drop(dict.pair(Name(b"V"), TextStr(one))),
                    several => {
                        dict.insert(Name(b"V")).array().items(several.iter().map(|one| TextStr(one)));
                    }
                }
                let places = options.iter().enumerate().filter(|(_, (export, _))| chosen.contains(export));
                let places: Vec<i32> = places.filter_map(|(place, _)| i32::try_from(place).ok()).collect();
                if !places.is_empty() && self.painted.field.flags & flag::COMBO == 0 {
                    dict.insert(Name(b"I")).array().items(places);
                }
                dict.pair(Name(b"Q"), style.align());
            }
            Kind::Signature { .. } => {}
        }
    }

    /// The entries of a widget; `state` is the value of a button and whether it is on.
    fn widget_entries(
        &mut self,
        dict: &mut Dict<'_>,
        number: i32,
        area: &Area,
        look: i32,
        state: Option<(&str, bool)>,
    ) -> Result<(), Error> {
        let page = area.page.index();
        let Some((index, (page, height))) = page.and_then(|index| Some((index, *self.pages.get(index)?))) else {
            let name = &self.painted.field.name;
            return Err(Error::misuse(format!("the field \"{name}\" is on {}, which the document has not", area.page)));
        };
        self.widgets.push((index, number));
        let (left, upper) = (area.left.to_points(), Mm(height - area.top.0).to_points());
        let (right, lower) = (left + area.width.to_points(), upper - area.height.to_points());
        let [left, lower, right, upper] = [left, lower, right, upper].map(|side| ((side * 1e3).round() / 1e3) as f32);
        dict.pair(Name(b"Type"), Name(b"Annot")).pair(Name(b"Subtype"), Name(b"Widget"));
        // Print (ISO 19005-3, 6.3.2).
        dict.pair(Name(b"F"), 4).pair(Name(b"P"), Ref::new(page));
        dict.pair(Name(b"Rect"), Rect::new(left, lower, right, upper));
        self.dress(dict, state.is_some())?;
        let mut appearance = dict.insert(Name(b"AP")).dict();
        let Some((export, is_on)) = state else {
            appearance.pair(Name(b"N"), Ref::new(look));
            return Ok(());
        };
        let mut states = appearance.insert(Name(b"N")).dict();
        states.pair(Name(b"Off"), Ref::new(look));
        states.pair(Name(export.as_bytes()), Ref::new(look.saturating_add(1)));
        states.finish();
        appearance.finish();
        dict.pair(Name(b"AS"), Name(if is_on { export.as_bytes() } else { b"Off" }));
        Ok(())
    }

    /// Border and background, for those who draw the field anew.
    fn dress(&self, dict: &mut Dict<'_>, is_button: bool) -> Result<(), Error> {
        let field = self.painted.field;
        if field.frame.is_none() && field.background.is_none() && !is_button {
            return Ok(());
        }
        let mut look = dict.insert(Name(b"MK")).dict();
        if let Some((ink, _)) = &field.frame {
            look.insert(Name(b"BC")).array().items(colour(ink)?.0);
        }
        if let Some(ink) = &field.background {
            look.insert(Name(b"BG")).array().items(colour(ink)?.0);
        }
        if is_button {
            // The signs of ZapfDingbats for a tick and a circle (table 192).
            look.pair(Name(b"CA"), Str(if matches!(field.kind, Kind::Radio { .. }) { b"l" } else { b"4" }));
        }
        look.finish();
        if let Some((_, width)) = &field.frame {
            dict.insert(Name(b"BS")).dict().pair(Name(b"W"), *width as f32).pair(Name(b"S"), Name(b"S"));
        }
        Ok(())
    }
}
