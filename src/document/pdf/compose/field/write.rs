//! Fields in the making as objects: the tree of their names, and their widgets.

use std::collections::BTreeMap;

use pdf_writer::{Chunk, Dict, Filter, Finish as _, Name, Rect, Ref, Str, TextStr};

use crate::document::pdf::compose::field::look::{Look, Painted};
use crate::document::pdf::compose::field::{Kind, NewField, flag};
use crate::document::pdf::compose::paint::{Numbers, colour};
use crate::error::Error;
use crate::units::{Area, Mm};

/// The form of a document in the making: its tree of names.
#[derive(Debug, Default)]
pub(in crate::document::pdf::compose) struct Tree<'f> {
    /// Nodes by their full names; leaves have a field.
    nodes: BTreeMap<Vec<&'f str>, Option<usize>>,
}

impl<'f> Tree<'f> {
    pub(in crate::document::pdf::compose) fn of(fields: &'f [NewField]) -> Result<Self, Error> {
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
pub(in crate::document::pdf::compose) type Widgets = Vec<(usize, i32)>;

/// Writes fields and their looks from `next` on; `pages` are the pages' numbers and heights in millimetres. Gives the
/// numbers of the roots, and the widgets with their pages.
pub(in crate::document::pdf::compose) fn write(
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
