//! What shows which field, as tags of OFD.

use std::sync::Arc;

use crate::document::ofd::{Item, PageId, Tag};

/// An object that shows a field, with the way to it: `members.0.name`.
pub(super) struct Shown {
    pub(super) way: Arc<str>,
    pub(super) object: (PageId, Item),
}

/// Tags nested as the ways lead; each row of a list is an element of its own.
pub(super) fn tree(shown: Vec<Shown>) -> Tag {
    let mut root = Node::default();
    for Shown { way, object } in shown {
        let steps: Vec<&str> = way.splitn(DEEPEST, '.').collect();
        root.add(&steps, object);
    }
    root.into_tag(Tag::new("Data"))
}

/// Names with more periods than groups within groups have are one name.
const DEEPEST: usize = 16;

#[derive(Default)]
struct Node {
    objects: Vec<(PageId, Item)>,
    /// In the order in which they were met.
    children: Vec<(String, Node)>,
    places: std::collections::HashMap<String, usize>,
}

impl Node {
    fn add(&mut self, way: &[&str], object: (PageId, Item)) {
        let Some((name, rest)) = way.split_first() else {
            self.objects.push(object);
            return;
        };
        let next = self.children.len();
        let place = *self.places.entry((*name).to_owned()).or_insert(next);
        if place == next {
            self.children.push(((*name).to_owned(), Node::default()));
        }
        if let Some((_, child)) = self.children.get_mut(place) {
            child.add(rest, object);
        }
    }

    fn into_tag(self, tag: Tag) -> Tag {
        let tag = self.objects.into_iter().fold(tag, |tag, (page, item)| tag.object(page, item));
        self.children.into_iter().fold(tag, |tag, (name, child)| {
            // Ways name rows by their numbers.
            let is_row = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
            let own = if is_row { Tag::row() } else { Tag::of_field(&name) };
            tag.child(child.into_tag(own))
        })
    }
}
