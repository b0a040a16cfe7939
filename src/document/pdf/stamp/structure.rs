//! A stamp in a tagged file (ISO 32000-2, 14.7 and 14.8): its annotation stands in the structure, so that
//! it is read out where it belongs. An untagged file stays untagged.

use std::rc::Rc;

use crate::document::pdf::file::Indirect;
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::document::pdf::stamp::Stamp;
use crate::document::pdf::text;
use crate::error::Error;

/// An object and the indirect object in which it stands.
type Place = (Rc<Indirect>, Object);

impl Stamp<'_, '_> {
    /// What is read out in place of the picture.
    pub(super) fn spoken(&self) -> &str {
        self.layout.name.unwrap_or("Signature")
    }

    /// Gives the annotation `widget` a place in the structure; its key in the parent tree, or nothing in a
    /// file without structure.
    pub(super) fn tag(&mut self, widget: u32, page: Reference) -> Result<Option<i64>, Error> {
        let catalog = self.view.catalog()?;
        let Some(dictionary) = catalog.dictionary() else { return Ok(None) };
        let Some(root) = self.find(&catalog, dictionary, "StructTreeRoot")? else { return Ok(None) };
        // Elements refer to it, so it has to be an object of its own.
        let is_own = root.0.reference != catalog.reference;
        let Some(entries) = root.1.as_dictionary().filter(|_| is_own) else { return Ok(None) };
        let Some(key) = self.next_key(&root.0, entries)? else { return Ok(None) };
        let element = self.writer.number()?;
        let parent = self.document_element(&root, entries)?;
        let mut body = format!(
            "<< /Type /StructElem /S /Form /P {} R /Pg {page} R /K << /Type /OBJR /Obj {widget} 0 R /Pg {page} R >> /Alt ",
            parent.0.reference
        )
        .into_bytes();
        body.extend_from_slice(&self.writer.string(element, &text::encode(self.spoken()))?);
        body.extend_from_slice(b" >>");
        self.writer.add(element, body);
        self.add_kid(&parent, element)?;
        self.add_to_parent_tree(&root, entries, key, element)?;
        self.writer.set(&root.0, &root.1, "ParentTreeNextKey", &key.saturating_add(1).to_string())?;
        self.order_tabs(page)?;
        Ok(Some(key))
    }

    /// A key that nothing has: behind the last of the tree, and not below what the root says.
    fn next_key(&self, holder: &Rc<Indirect>, root: &Dictionary) -> Result<Option<i64>, Error> {
        let told = self.view.get(root, "ParentTreeNextKey")?.and_then(|key| key.as_integer()).unwrap_or(0);
        let last = match self.find(holder, root, "ParentTree")? {
            Some(tree) => self.way_to_end(tree)?.pop().map_or(Ok(None), |leaf| self.last_key(&leaf))?,
            None => None,
        };
        let key = told.max(last.map_or(0, |last| last.saturating_add(1)));
        Ok((0..i64::from(i32::MAX)).contains(&key).then_some(key))
    }

    fn last_key(&self, leaf: &Place) -> Result<Option<i64>, Error> {
        let Some(dictionary) = leaf.1.as_dictionary() else { return Ok(None) };
        let Some(numbers) = self.view.get(dictionary, "Nums")? else { return Ok(None) };
        let numbers = numbers.as_array().unwrap_or_default();
        Ok(numbers.chunks_exact(2).filter_map(|pair| pair.first()?.as_integer()).max())
    }

    /// The nodes of a number tree from `root` to the leaf that has the highest keys.
    fn way_to_end(&self, root: Place) -> Result<Vec<Place>, Error> {
        let mut way = vec![root];
        while let Some(dictionary) = way.last().and_then(|place| place.1.as_dictionary()) {
            let kids = if dictionary.get("Nums").is_some() { None } else { self.view.get(dictionary, "Kids")? };
            let last = kids.as_ref().and_then(|kids| kids.as_array()?.last()?.as_reference());
            let Some(kid) = last.map(|kid| self.view.load(kid)).transpose()?.flatten() else { break };
            if way.len() > self.view.work.limits.depth {
                let most = self.view.work.limits.depth;
                return Err(Error::too_large(format!("the structure's parent tree is deeper than {most} levels")));
            }
            let object = kid.object.clone();
            way.push((kid, object));
        }
        Ok(way)
    }

    /// The element for the whole document, which holds all others in most files; else the root.
    fn document_element(&self, root: &Place, entries: &Dictionary) -> Result<Place, Error> {
        let Some(kids) = self.view.get(entries, "K")? else { return Ok(root.clone()) };
        let first = match kids.as_array() {
            Some(list) => list.first().and_then(Object::as_reference),
            None => entries.reference("K"),
        };
        let Some(element) = first.map(|first| self.view.load(first)).transpose()?.flatten() else {
            return Ok(root.clone());
        };
        let Some(kind) = element.dictionary().and_then(|element| element.name("S")) else { return Ok(root.clone()) };
        let roles = self.view.get(entries, "RoleMap")?;
        let role = roles.as_ref().and_then(|roles| roles.as_dictionary()?.name(&String::from_utf8_lossy(kind)));
        if kind != b"Document" && role != Some(b"Document") {
            return Ok(root.clone());
        }
        let object = element.object.clone();
        Ok((element, object))
    }

    /// Appends to the kids of an element, which may be none, one, or an array of them.
    fn add_kid(&mut self, (holder, parent): &Place, element: u32) -> Result<(), Error> {
        let entries = parent.as_dictionary().ok_or_else(|| Error::malformed("a structure element is no dictionary"))?;
        let kid = format!("{element} 0 R");
        match (self.find(holder, entries, "K")?, entries.get("K")) {
            (Some((place, kids)), _) if kids.as_array().is_some() => self.writer.append(&place, &kids, &kid),
            (Some(_), Some(one)) => {
                let one = self.view.source_text(holder, &one.span)?;
                let both = format!("[{} {kid}]", String::from_utf8_lossy(&one));
                self.writer.set(holder, parent, "K", &both)
            }
            _ => self.writer.set(holder, parent, "K", &format!("[{kid}]")),
        }
    }

    /// Leads from the annotation's key to its element (14.7.5.4), at the end of the tree.
    fn add_to_parent_tree(&mut self, root: &Place, entries: &Dictionary, key: i64, element: u32) -> Result<(), Error> {
        let pair = format!("{key} {element} 0 R");
        let Some(tree) = self.find(&root.0, entries, "ParentTree")? else {
            let number = self.writer.number()?;
            self.writer.add(number, format!("<< /Nums [{pair}] >>").into_bytes());
            return self.writer.set(&root.0, &root.1, "ParentTree", &format!("{number} 0 R"));
        };
        let way = self.way_to_end(tree)?;
        for (holder, node) in &way {
            let Some(limits) = node.as_dictionary().map(|node| self.view.get(node, "Limits")).transpose()?.flatten()
            else {
                continue;
            };
            if let Some(least) = limits.as_array().and_then(|limits| limits.first()?.as_integer()) {
                self.writer.set(holder, node, "Limits", &format!("[{least} {key}]"))?;
            }
        }
        let (holder, leaf) = way.last().ok_or_else(|| Error::malformed("the structure's parent tree is missing"))?;
        let entries = leaf.as_dictionary().ok_or_else(|| Error::malformed("the parent tree has no dictionary"))?;
        match self.find(holder, entries, "Nums")? {
            Some((place, numbers)) => self.writer.append(&place, &numbers, &pair),
            None => self.writer.set(holder, leaf, "Nums", &format!("[{pair}]")),
        }
    }

    /// Annotations are visited in the order of the structure (14.8.1), unless the page says otherwise.
    fn order_tabs(&mut self, page: Reference) -> Result<(), Error> {
        let Some(page) = self.view.load(page)? else { return Ok(()) };
        match page.dictionary() {
            Some(dictionary) if dictionary.get("Tabs").is_none() => self.writer.set(&page, &page.object, "Tabs", "/S"),
            _ => Ok(()),
        }
    }
}
