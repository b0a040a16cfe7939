//! What a signatory should know before signing: content that is there and not seen, and what could act
//! or change by itself. Whoever prepared the file may count on a signature over it (shadow attacks,
//! NDSS 2021), and a signature covers the unseen as well as the seen.

use std::collections::{BTreeMap, HashSet};

use crate::document::pdf::field;
use crate::document::pdf::file::{Indirect, View, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::error::Error;
use crate::finding::{Check, Finding, checks};

/// Something to be told; the order is that of the report.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Oddity {
    Layers,
    Unreachable,
    Unreadable,
    Cover,
    Unseen,
    Redrawn,
    Undrawn,
    Font,
    Script,
    Action,
    Elsewhere,
    Xfa,
}

impl Oddity {
    fn check(self) -> Check {
        match self {
            Oddity::Script | Oddity::Action | Oddity::Elsewhere | Oddity::Xfa => checks::DOCUMENT_ACTIVE,
            _ => checks::DOCUMENT_HIDDEN,
        }
    }

    fn told(self) -> &'static str {
        match self {
            Oddity::Layers => "content stands on layers that are switched off, or that switch by themselves",
            Oddity::Unreachable => {
                "nothing leads to pages, fonts or drawings that the file holds: an update could bring them in with a \
                 single reference"
            }
            Oddity::Unreadable => "what is referred to cannot be read",
            Oddity::Cover => "annotations can lie over the content, and removing one would show what is below",
            Oddity::Unseen => "annotations are marked not to be seen",
            Oddity::Redrawn => {
                "the form tells readers to draw its fields anew (/NeedAppearances), and some then draw no stamp: \
                 stamping takes that back only where every value has an appearance; save the form in a program that \
                 draws its values, and stamp it then"
            }
            Oddity::Undrawn => "fields have values and no appearance: each reader draws them in its own way",
            Oddity::Font => "fonts are named and not embedded: each reader shows the text in a font of its own",
            Oddity::Script => "scripts stand in the document",
            Oddity::Action => "actions start something, or show and hide parts of the document",
            Oddity::Elsewhere => "content is taken from other files",
            Oddity::Xfa => "the form is drawn anew from an XFA template by readers that know how",
        }
    }
}

/// Actions that do more than lead to a place in the document or to a page of the web (table 201).
const ACTIONS: [&[u8]; 13] = [
    b"GoTo3DView",
    b"GoToE",
    b"GoToR",
    b"Hide",
    b"ImportData",
    b"Launch",
    b"Movie",
    b"Rendition",
    b"ResetForm",
    b"RichMediaExecute",
    b"SetOCGState",
    b"Sound",
    b"SubmitForm",
];

/// Annotations that cover what is below them (table 171).
const COVERS: [&[u8]; 9] =
    [b"Circle", b"FreeText", b"Ink", b"Line", b"Polygon", b"Redact", b"Square", b"Stamp", b"Watermark"];

/// Fonts that every reader has (9.6.2.2).
const STANDARD: [&[u8]; 4] = [b"Courier", b"Helvetica", b"Times-", b"Symbol"];

/// Invisible, Hidden and NoView.
const UNSEEN: i64 = 1 | 2 | 32;

/// The objects of one kind that are named in a finding.
const NAMED: usize = 8;

/// All that is odd, most telling first; nothing for a plain document.
pub(super) fn suspicions(view: &View<'_>) -> Result<Vec<Finding>, Error> {
    let mut search = Search { view: *view, seen: HashSet::new(), open: Vec::new(), found: BTreeMap::new() };
    search.layers()?;
    search.reach()?;
    search.unreachable()?;
    search.form()?;
    Ok(search.found.into_iter().map(|(oddity, places)| finding(oddity, &places)).collect())
}

fn finding(oddity: Oddity, places: &[String]) -> Finding {
    let named = places.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = match places.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Finding::unknown(oddity.check(), format!("{} ({named}{more})", oddity.told()))
}

struct Search<'w> {
    view: View<'w>,
    seen: HashSet<Reference>,
    open: Vec<Reference>,
    found: BTreeMap<Oddity, Vec<String>>,
}

impl Search<'_> {
    fn note(&mut self, oddity: Oddity, place: String) {
        let places = self.found.entry(oddity).or_default();
        if places.last() != Some(&place) {
            places.push(place);
        }
    }

    /// An object; of one that is broken only that.
    fn load(&mut self, reference: Reference) -> Result<Option<std::rc::Rc<Indirect>>, Error> {
        match self.view.load(reference) {
            Err(error) if error.ends_the_work() => Err(error),
            Err(_) => {
                self.note(Oddity::Unreadable, format!("object {reference}"));
                Ok(None)
            }
            loaded => loaded,
        }
    }

    /// Follows every reference from the trailer on.
    fn reach(&mut self) -> Result<(), Error> {
        for entry in self.view.trailer().map(|trailer| trailer.entries.as_slice()).unwrap_or_default() {
            references(&entry.value, &mut self.open);
        }
        while let Some(reference) = self.open.pop() {
            if !self.seen.insert(reference) {
                continue;
            }
            if let Some(indirect) = self.load(reference)? {
                references(&indirect.object, &mut self.open);
                self.inspect(&indirect, &indirect.object, indirect.is_stream())?;
            }
        }
        Ok(())
    }

    fn inspect(&mut self, holder: &Indirect, object: &Object, is_stream: bool) -> Result<(), Error> {
        match &object.value {
            Value::Array(items) => items.iter().try_for_each(|item| self.inspect(holder, item, false)),
            Value::Dictionary(dictionary) => {
                for oddity in self.oddities(dictionary, is_stream)? {
                    self.note(oddity, format!("object {}", holder.reference));
                }
                dictionary.entries.iter().try_for_each(|entry| self.inspect(holder, &entry.value, false))
            }
            _ => Ok(()),
        }
    }

    fn oddities(&self, dictionary: &Dictionary, is_stream: bool) -> Result<Vec<Oddity>, Error> {
        let mut list = Vec::new();
        let kind = dictionary.name("Type");
        let sub_kind = dictionary.name("Subtype");
        if let Some(action) = dictionary.name("S").filter(|_| !matches!(kind, Some(b"StructElem"))) {
            if action == b"JavaScript" {
                list.push(Oddity::Script);
            } else if ACTIONS.contains(&action) {
                list.push(Oddity::Action);
            }
        }
        let is_reference = sub_kind == Some(b"Form") && dictionary.get("Ref").is_some();
        if is_reference || is_stream && dictionary.get("F").is_some() {
            list.push(Oddity::Elsewhere);
        }
        if dictionary.get("Rect").is_some()
            && let Some(sub_kind) = sub_kind
        {
            if COVERS.contains(&sub_kind) {
                list.push(Oddity::Cover);
            }
            // A widget without a place is unseen in any case, as invisible signatures are.
            if dictionary.integer("F").unwrap_or(0) & UNSEEN != 0 && sub_kind != b"Popup" {
                list.push(Oddity::Unseen);
            }
        }
        if kind == Some(b"Font") && !self.is_embedded(dictionary)? {
            list.push(Oddity::Font);
        }
        Ok(list)
    }

    fn is_embedded(&self, font: &Dictionary) -> Result<bool, Error> {
        // Type 3 draws for itself, Type 0 through its descendant.
        if matches!(font.name("Subtype"), Some(b"Type3" | b"Type0")) {
            return Ok(true);
        }
        let name = font.name("BaseFont").unwrap_or_default();
        if STANDARD.iter().any(|standard| name.starts_with(standard)) || name == b"ZapfDingbats" {
            return Ok(true);
        }
        let Some(descriptor) = readable(self.view.get(font, "FontDescriptor"))? else { return Ok(false) };
        let keys = ["FontFile", "FontFile2", "FontFile3"];
        Ok(descriptor.as_dictionary().is_some_and(|entries| keys.iter().any(|key| entries.get(key).is_some())))
    }

    /// Optional content (8.11): off by default, off by another configuration, or by use.
    fn layers(&mut self) -> Result<(), Error> {
        let catalog = self.view.catalog()?;
        let Some(dictionary) = catalog.dictionary() else { return Ok(()) };
        let Some(properties) = readable(self.view.get(dictionary, "OCProperties"))? else { return Ok(()) };
        let Some(properties) = properties.as_dictionary() else { return Ok(()) };
        let default = self.view.get(properties, "D")?;
        let mut places = Vec::new();
        if let Some(default) = default.as_ref().and_then(|default| default.as_dictionary()) {
            if !matches!(default.name("BaseState"), None | Some(b"ON")) {
                places.push("all layers by default".to_owned());
            }
            if let Some(off) = self.view.get(default, "OFF")? {
                let off = off.as_array().unwrap_or_default().iter().filter_map(Object::as_reference);
                places.extend(off.map(|layer| format!("layer {layer}")));
            }
            if self.view.get(default, "AS")?.is_some_and(|uses| uses.as_array().is_some_and(|uses| !uses.is_empty())) {
                places.push("layers that switch by use".to_owned());
            }
        }
        if let Some(others) = self.view.get(properties, "Configs")? {
            let count = others.as_array().map_or(0, <[Object]>::len);
            places.extend((count > 0).then(|| format!("{count} further configurations")));
        }
        places.into_iter().for_each(|place| self.note(Oddity::Layers, place));
        Ok(())
    }

    /// Objects that would show something, and that nothing leads to.
    fn unreachable(&mut self) -> Result<(), Error> {
        let reached: HashSet<u32> = self.seen.iter().map(|reference| reference.number).collect();
        for reference in self.view.work.file.chain.present(self.view.revision) {
            if reached.contains(&reference.number) {
                continue;
            }
            let Some(indirect) = readable(self.view.load(reference))? else { continue };
            let Some(dictionary) = indirect.dictionary() else { continue };
            let kind = dictionary.name("Type");
            let shows = matches!(kind, Some(b"Page" | b"Pages" | b"Catalog" | b"Font" | b"XObject" | b"Annot"))
                || indirect.is_stream() && matches!(dictionary.name("Subtype"), Some(b"Form" | b"Image"));
            if shows {
                let kind = kind.or(dictionary.name("Subtype")).unwrap_or_default();
                self.note(Oddity::Unreachable, format!("/{} {reference}", String::from_utf8_lossy(kind)));
            }
        }
        Ok(())
    }

    /// Values that no appearance shows.
    fn form(&mut self) -> Result<(), Error> {
        let Some(dictionary) = field::form_dictionary(&self.view)? else { return Ok(()) };
        if dictionary.get("XFA").is_some() {
            self.note(Oddity::Xfa, "the form".to_owned());
        }
        let undrawn = field::undrawn(&self.view, &field::form(&self.view)?)?;
        if !undrawn.is_empty() && field::is_redrawn(&self.view, &dictionary)? {
            self.note(Oddity::Redrawn, "the form".to_owned());
        }
        for name in undrawn {
            self.note(Oddity::Undrawn, format!("\"{name}\""));
        }
        Ok(())
    }
}

/// Every reference within an object.
fn references(object: &Object, into: &mut Vec<Reference>) {
    match &object.value {
        Value::Reference(reference) => into.push(*reference),
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        Value::Dictionary(dictionary) => dictionary.entries.iter().for_each(|entry| references(&entry.value, into)),
        _ => {}
    }
}
