//! The files of a package that is composed, in the order and with the attributes of the standard's schema.

use std::sync::Arc;

use crate::document::ofd::compose::content::Known;
use crate::document::ofd::compose::extras::{day, write_area};
use crate::document::ofd::compose::xml::{self, Part};
use crate::document::ofd::compose::{Item, NewOfd, PageId, Sheet};
use crate::document::ofd::write::Contents;
use crate::error::{Error, ErrorKind};
use crate::picture::PictureFormat;

/// How deep headings and tags may be nested.
const DEPTH: usize = 32;

impl NewOfd {
    pub(super) fn write_entrance(&self, files: &mut Files) -> Result<(), Error> {
        if self.id.trim().is_empty() {
            return Err(Error::new(ErrorKind::Misuse, "a document needs a DocID: a UUID of 32 hexadecimal digits"));
        }
        let mut part = Part::new("OFD", &[("Version", "1.0"), ("DocType", "OFD")]);
        part.open("DocBody", &[]);
        part.open("DocInfo", &[]);
        part.leaf("DocID", &[], &self.id);
        part.leaf_if("Title", self.title.as_deref());
        part.leaf_if("Author", self.author.as_deref());
        part.leaf_if("Subject", self.subject.as_deref());
        part.leaf_if("CreationDate", self.created.map(day).as_deref());
        part.leaf("Creator", &[], "eseal");
        part.leaf("CreatorVersion", &[], env!("CARGO_PKG_VERSION"));
        if !self.custom_data.is_empty() {
            part.open("CustomDatas", &[]);
            for (name, value) in &self.custom_data {
                part.leaf("CustomData", &[("Name", name)], value);
            }
            part.close();
        }
        part.close();
        part.leaf("DocRoot", &[], "Doc_0/Document.xml");
        files.add("OFD.xml".to_owned(), part.finish()?);
        Ok(())
    }

    pub(super) fn write_document(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        let mut part = Part::new("Document", &[]);
        part.open("CommonData", &[]);
        part.leaf("MaxUnitID", &[], &numbers.highest.to_string());
        write_area(&mut part, "PageArea", self.size)?;
        if self.has_public_resources() {
            part.leaf("PublicRes", &[], "PublicRes.xml");
        }
        if !self.images.is_empty() {
            part.leaf("DocumentRes", &[], "DocumentRes.xml");
        }
        for (number, (id, _)) in numbers.templates.iter().enumerate() {
            let location = format!("Tpls/Tpl_{number}/Content.xml");
            part.empty("TemplatePage", &[("ID", &id.to_string()), ("BaseLoc", &location)]);
        }
        part.close();
        part.open("Pages", &[]);
        for (number, (id, ..)) in numbers.pages.0.iter().enumerate() {
            let location = format!("Pages/Page_{number}/Content.xml");
            part.empty("Page", &[("ID", &id.to_string()), ("BaseLoc", &location)]);
        }
        part.close();
        if !self.headings.is_empty() {
            part.open("Outlines", &[]);
            self.headings.iter().try_for_each(|heading| heading.write(&mut part, &numbers.pages, DEPTH))?;
            part.close();
        }
        if !self.bookmarks.is_empty() {
            part.open("Bookmarks", &[]);
            for (name, to) in &self.bookmarks {
                part.open("Bookmark", &[("Name", name)]);
                to.write(&mut part, &numbers.pages)?;
                part.close();
            }
            part.close();
        }
        for (name, is_there, location) in [
            ("Annotations", !self.annotations.is_empty(), "Annots/Annotations.xml"),
            ("CustomTags", !self.tags.is_empty(), "Tags/CustomTags.xml"),
            ("Attachments", !self.attachments.is_empty(), "Attachs/Attachments.xml"),
        ] {
            if is_there {
                part.leaf(name, &[], location);
            }
        }
        files.add("Doc_0/Document.xml".to_owned(), part.finish()?);
        Ok(())
    }

    fn has_public_resources(&self) -> bool {
        !self.fonts.is_empty() || !self.spaces.is_empty()
    }

    pub(super) fn write_resources(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        if self.has_public_resources() {
            let mut part = Part::new("Res", &[("BaseLoc", "Res")]);
            let mut own = Vec::new();
            self.write_spaces(&mut part, &mut own, numbers);
            self.write_fonts(&mut part, &mut own, numbers);
            files.add("Doc_0/PublicRes.xml".to_owned(), part.finish()?);
            files.list.append(&mut own);
        }
        if !self.images.is_empty() {
            let mut part = Part::new("Res", &[("BaseLoc", "Res")]);
            let mut own = Vec::new();
            part.open("MultiMedias", &[]);
            for (number, ((format, bytes), id)) in self.images.iter().zip(&numbers.known.images).enumerate() {
                let (word, ending) = if *format == PictureFormat::Jpeg { ("JPEG", "jpg") } else { ("PNG", "png") };
                let file = format!("Image_{number}.{ending}");
                part.open("MultiMedia", &[("ID", &id.to_string()), ("Type", "Image"), ("Format", word)]);
                part.leaf("MediaFile", &[], &file);
                part.close();
                own.push((format!("Doc_0/Res/{file}"), Contents::Plain(Arc::clone(bytes))));
            }
            files.add("Doc_0/DocumentRes.xml".to_owned(), part.finish()?);
            files.list.append(&mut own);
        }
        Ok(())
    }

    fn write_spaces(&self, part: &mut Part, own: &mut Vec<(String, Contents)>, numbers: &Numbers) {
        if self.spaces.is_empty() {
            return;
        }
        part.open("ColorSpaces", &[]);
        for (number, (space, (id, _))) in self.spaces.iter().zip(&numbers.known.spaces).enumerate() {
            let (id, file) = (id.to_string(), format!("Profile_{number}.icc"));
            let mut attributes = vec![("ID", id.as_str()), ("Type", space.kind), ("BitsPerComponent", "8")];
            if let Some(profile) = &space.profile {
                attributes.push(("Profile", &file));
                own.push((format!("Doc_0/Res/{file}"), Contents::plain(profile.clone())));
            }
            part.empty("ColorSpace", &attributes);
        }
        part.close();
    }

    fn write_fonts(&self, part: &mut Part, own: &mut Vec<(String, Contents)>, numbers: &Numbers) {
        if self.fonts.is_empty() {
            return;
        }
        part.open("Fonts", &[]);
        for (number, (font, id)) in self.fonts.iter().zip(&numbers.known.fonts).enumerate() {
            if let Some(file) = font.write(part, *id, number) {
                own.push((format!("Doc_0/Res/{file}"), font.contents()));
            }
        }
        part.close();
    }

    /// A page or a template; its layer has the number before its first object's.
    pub(super) fn write_sheet(&self, sheet: &Sheet, first: u32, numbers: &Numbers) -> Result<Vec<u8>, Error> {
        let mut part = Part::new("Page", &[]);
        for (templates, order) in [(&sheet.below, "Background"), (&sheet.above, "Foreground")] {
            for template in templates {
                let id = numbers.templates.get(template.0).map(|(id, _)| id.to_string());
                let id =
                    id.ok_or_else(|| Error::new(ErrorKind::Misuse, "a page stands on a template of another document"))?;
                part.empty("Template", &[("TemplateID", &id), ("ZOrder", order)]);
            }
        }
        if let Some(size) = sheet.size {
            write_area(&mut part, "Area", size)?;
        }
        part.open("Content", &[]);
        part.open("Layer", &[("ID", &first.saturating_sub(1).to_string())]);
        sheet.content.write(&mut part, first, (0.0, 0.0), &numbers.known)?;
        part.finish()
    }

    pub(super) fn write_annotations(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        if self.annotations.is_empty() {
            return Ok(());
        }
        let misuse = || Error::new(ErrorKind::Misuse, "an annotation is on a page of another document");
        let mut list = Part::new("Annotations", &[]);
        let mut parts = Vec::new();
        let mut next = numbers.annotations;
        if self.annotations.iter().any(|(page, _)| page.0 >= self.pages.len()) {
            return Err(misuse());
        }
        for number in 0..self.pages.len() {
            let mut own = self.annotations.iter().filter(|(page, _)| page.0 == number).peekable();
            if own.peek().is_none() {
                continue;
            }
            let mut part = Part::new("PageAnnot", &[]);
            for (_, annotation) in own {
                next = annotation.write(&mut part, next, &numbers.known)?;
            }
            let id = numbers.pages.page(PageId(number)).ok_or_else(misuse)?;
            list.open("Page", &[("PageID", &id.to_string())]);
            list.leaf("FileLoc", &[], &format!("Page_{number}/Annotation.xml"));
            list.close();
            parts.push((format!("Doc_0/Annots/Page_{number}/Annotation.xml"), Contents::plain(part.finish()?)));
        }
        files.add("Doc_0/Annots/Annotations.xml".to_owned(), list.finish()?);
        files.list.append(&mut parts);
        Ok(())
    }

    pub(super) fn write_attachments(&self, files: &mut Files) -> Result<(), Error> {
        if self.attachments.is_empty() {
            return Ok(());
        }
        let mut list = Part::new("Attachments", &[]);
        for (number, attachment) in self.attachments.iter().enumerate() {
            attachment.write(&mut list, number);
        }
        files.add("Doc_0/Attachs/Attachments.xml".to_owned(), list.finish()?);
        for (number, attachment) in self.attachments.iter().enumerate() {
            files.add(format!("Doc_0/Attachs/{}", attachment.file(number)), attachment.contents.clone());
        }
        Ok(())
    }

    pub(super) fn write_tags(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        if self.tags.is_empty() {
            return Ok(());
        }
        let mut list = Part::new("CustomTags", &[]);
        let mut parts = Vec::new();
        for (number, (namespace, tag)) in self.tags.iter().enumerate() {
            let file = format!("Tag_{number}.xml");
            list.open("CustomTag", &[("TypeID", namespace), ("NameSpace", namespace)]);
            list.leaf("FileLoc", &[], &file);
            list.close();
            let mut text = String::new();
            tag.write(&mut text, &numbers.pages, DEPTH)?;
            // The root declares both prefixes.
            let declared = format!(
                " xmlns:ofd=\"{}\" xmlns:tag=\"{}\">",
                xml::NAMESPACE,
                crate::document::ofd::xml::escape(namespace)
            );
            let text = text.replacen('>', &declared, 1);
            let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
            parts.push((format!("Doc_0/Tags/{file}"), Contents::plain(text.into_bytes())));
        }
        files.add("Doc_0/Tags/CustomTags.xml".to_owned(), list.finish()?);
        files.list.append(&mut parts);
        Ok(())
    }
}

/// The files of the package, in their order.
pub(super) struct Files {
    pub(super) list: Vec<(String, Contents)>,
}

impl Files {
    pub(super) fn add(&mut self, name: String, contents: Vec<u8>) {
        self.list.push((name, Contents::plain(contents)));
    }
}

/// The numbers of a document's objects, which share one space (GB/T 33190-2016, 7.3).
pub(super) struct Numbers {
    pub(super) known: Known,
    /// Of each template its own, and that of its first object.
    pub(super) templates: Vec<(u32, u32)>,
    pub(super) pages: PageNumbers,
    /// The first annotation's.
    annotations: u32,
    highest: u32,
}

/// Of each page its own number, that of its first object, and how many it has.
pub(super) struct PageNumbers(pub(super) Vec<(u32, u32, usize)>);

impl PageNumbers {
    pub(super) fn page(&self, page: PageId) -> Option<u32> {
        self.0.get(page.0).map(|(id, ..)| *id)
    }

    pub(super) fn object(&self, page: PageId, item: Item) -> Option<(u32, u32)> {
        let (id, first, count) = self.0.get(page.0)?;
        let at = u32::try_from(item.0).ok().filter(|_| item.0 < *count)?;
        Some((*id, first.checked_add(at)?))
    }
}

impl Numbers {
    pub(super) fn give(document: &NewOfd) -> Result<Self, Error> {
        let mut next = 1_u32;
        let mut take = |count: usize| {
            let first = next;
            let after = u32::try_from(count).ok().and_then(|count| next.checked_add(count));
            next = after.ok_or_else(|| Error::too_large("the document has more objects than it can number"))?;
            Ok::<_, Error>(first)
        };
        let mut known = Known::default();
        for space in &document.spaces {
            known.spaces.push((take(1)?, space.components));
        }
        for _ in &document.fonts {
            known.fonts.push(take(1)?);
        }
        for _ in &document.images {
            known.images.push(take(1)?);
        }
        // Each sheet and its layer have numbers before those of its objects.
        let mut templates = Vec::new();
        for template in &document.templates {
            let own = take(template.content.len().saturating_add(2))?;
            templates.push((own, own.saturating_add(2)));
        }
        let mut pages = Vec::new();
        for page in &document.pages {
            let own = take(page.content.len().saturating_add(2))?;
            pages.push((own, own.saturating_add(2), page.content.len()));
        }
        let objects = document.annotations.iter().map(|(_, one)| one.appearance.len().saturating_add(1));
        let annotations = take(objects.sum())?;
        Ok(Numbers { known, templates, pages: PageNumbers(pages), annotations, highest: next.saturating_sub(1) })
    }
}
