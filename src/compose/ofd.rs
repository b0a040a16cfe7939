//! A draft as an OFD document.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::draft::{Draft, Mark, Photo};
use crate::compose::shapes;
use crate::compose::stock::{Stock, opacity};
use crate::compose::tags::{self, Shown};
use crate::compose::words::Words;
use crate::document::Ofd;
use crate::document::ofd::{
    Content, Figure, FontId, Ink, Item, NewAttachment, NewFont, NewOfd, Outline, PageId, Tag, Text,
};
use crate::error::{Context as _, Error};
use crate::units::Mm;

/// The tags that name places of seals.
const SLOTS: &str = "urn:eseal:slots";

impl Draft {
    /// Paints the pages as an OFD document, and reads it as every other.
    ///
    /// # Errors
    ///
    /// As [`Draft::to_pdf`].
    pub fn to_ofd(&self) -> Result<Ofd, Error> {
        let sheet = self.first_sheet()?;
        let mut ofd = NewOfd::new(&self.id, sheet.width, sheet.height);
        self.describe(&mut ofd);
        let stock = self.stock()?;
        let mut painter =
            Painter { draft: self, stock: &stock, fonts: BTreeMap::new(), shown: Vec::new(), slots: Vec::new() };
        painter.give_fonts(&mut ofd)?;
        for (number, sheet) in (1_usize..).zip(&self.sheets) {
            let mut content = Content::new();
            let (mut shown, mut slots) = (Vec::new(), Vec::new());
            for mark in &sheet.marks {
                painter
                    .mark(mark, &mut ofd, &mut content, &mut shown, &mut slots)
                    .context(format_args!("page {number}"))?;
            }
            let page = ofd.page(content);
            ofd.sized(sheet.width, sheet.height);
            painter.shown.extend(shown.into_iter().map(|(way, item)| Shown { way, object: (page, item) }));
            painter.slots.extend(slots.into_iter().map(|(name, item)| (name, page, item)));
        }
        painter.tag(&mut ofd);
        ofd.finish()
    }

    fn describe(&self, ofd: &mut NewOfd) {
        if let Some(title) = &self.title {
            ofd.title(title);
        }
        if let Some(author) = &self.author {
            ofd.author(author);
        }
        if let Some(subject) = &self.subject {
            ofd.subject(subject);
        }
        if let Some(created) = self.created {
            ofd.created(created);
        }
        for (name, value) in &self.data {
            ofd.custom_data(name, value);
        }
        for attachment in &self.attachments {
            let mut own = NewAttachment::new(&attachment.name, attachment.contents.as_ref());
            own.format = attachment.name.rsplit_once('.').map(|(_, ending)| ending.to_owned());
            own.created = self.created;
            own.usage.clone_from(&attachment.description);
            ofd.attach(own);
        }
    }
}

struct Painter<'d> {
    draft: &'d Draft,
    stock: &'d Stock,
    /// The fonts of the document, by their place in the stock and whether they are the part of all documents alike.
    fonts: BTreeMap<(usize, bool), FontId>,
    shown: Vec<Shown>,
    slots: Vec<(String, PageId, Item)>,
}

impl Painter<'_> {
    /// The fonts that the words of the draft are in.
    fn give_fonts(&mut self, ofd: &mut NewOfd) -> Result<(), Error> {
        let mut used: BTreeMap<(usize, bool), BTreeSet<char>> = BTreeMap::new();
        for words in self.draft.sheets.iter().flat_map(|sheet| &sheet.marks).flat_map(Mark::all_words) {
            let place = self.stock.place(&words.font)?;
            for character in words.text.chars() {
                let is_fixed = self.stock.is_fixed(place, character);
                used.entry((place, is_fixed)).or_default().insert(character);
            }
        }
        for ((place, is_fixed), characters) in used {
            let name = self.stock.font(place)?.name().to_owned();
            let font = match is_fixed {
                true => self.stock.ofd_font(place)?,
                false => NewFont::embedded(name, self.stock.font(place)?.subset(&String::from_iter(characters))?),
            };
            self.fonts.insert((place, is_fixed), ofd.font(font)?);
        }
        Ok(())
    }

    fn mark(
        &self,
        mark: &Mark,
        ofd: &mut NewOfd,
        content: &mut Content,
        shown: &mut Vec<(std::sync::Arc<str>, Item)>,
        slots: &mut Vec<(String, Item)>,
    ) -> Result<(), Error> {
        match mark {
            Mark::Words(words) => self.words(words, content, shown),
            Mark::Figure(figure) => {
                content.figure(figure.clone());
                Ok(())
            }
            Mark::Image(Photo { bytes, area: [left, top, width, height], field }) => {
                let image = ofd.image(bytes.as_ref())?;
                let item = content.image(image, *left, *top, *width, *height);
                shown.extend(field.iter().map(|field| (field.clone(), item)));
                Ok(())
            }
            Mark::Field(field) => field.shown.iter().try_for_each(|mark| self.mark(mark, ofd, content, shown, slots)),
            Mark::Seal { name, area: [left, top, width, height] } => {
                // Nothing is seen of it: the tag needs an object with this place.
                let outline = Outline::rectangle(left.0, top.0, width.0, height.0);
                slots.push((name.clone(), content.figure(Figure::of(outline).fill(Ink::rgb(255, 255, 255).alpha(0)))));
                Ok(())
            }
        }
    }

    /// Words whose characters are in one font file each.
    fn words(
        &self,
        words: &Words,
        content: &mut Content,
        shown: &mut Vec<(std::sync::Arc<str>, Item)>,
    ) -> Result<(), Error> {
        let place = self.stock.place(&words.font)?;
        let advances = self.stock.advances(words, place)?;
        let (sine, cosine) = words.rotation.to_radians().sin_cos();
        let ink = shapes::ink(words.colour).alpha(opacity(words.opacity)?);
        let characters: Vec<char> = words.text.chars().collect();
        let mut at = 0;
        let mut along = 0.0;
        for run in
            characters.chunk_by(|one, other| self.stock.is_fixed(place, *one) == self.stock.is_fixed(place, *other))
        {
            let is_fixed = run.first().is_some_and(|first| self.stock.is_fixed(place, *first));
            let font = self.fonts.get(&(place, is_fixed)).copied();
            let font = font.ok_or_else(|| Error::misuse("words are in a font that was not gathered"))?;
            let own = advances.get(at..at + run.len()).unwrap_or_default();
            let (left, baseline) = (words.at.0.0 + along * cosine, words.at.1.0 - along * sine);
            let text = Text::new(String::from_iter(run), font, words.size)
                .at(Mm(left), Mm(baseline))
                .advances(own.iter().copied().take(run.len() - 1))
                .ink(ink.clone())
                .stretch(words.stretch)
                .turned(words.rotation);
            let item = content.text(text);
            shown.extend(words.field.iter().map(|field| (field.clone(), item)));
            along += own.iter().sum::<f64>();
            at += run.len();
        }
        Ok(())
    }

    /// What shows which field, and where seals go; these first, since a place is looked for in the first that has it.
    fn tag(self, ofd: &mut NewOfd) {
        if !self.slots.is_empty() {
            let mut root = Tag::new("Slots");
            for (name, page, item) in self.slots {
                root = root.child(Tag::new(name).object(page, item));
            }
            ofd.tag(SLOTS, root);
        }
        if !self.shown.is_empty() {
            ofd.tag(&self.draft.namespace, tags::tree(self.shown));
        }
    }
}
