//! What shows which field: tags in OFD, marked content in PDF.

use std::sync::Arc;

use crate::document::ofd::{Item, PageId, Tag};

/// An object that shows a field, with the way to it: `members.0.name`.
pub(super) struct Shown<T> {
    pub(super) way: Arc<str>,
    pub(super) object: T,
}

/// Tags nested as the ways lead; each row of a list is an element of its own.
pub(super) fn tree(shown: Vec<Shown<(PageId, Item)>>) -> Tag {
    let mut root = Node::default();
    for Shown { way, object } in shown {
        let mut node = &mut root;
        for step in way.split('.') {
            let place = match node.children.iter().position(|(name, _)| name == step) {
                Some(place) => place,
                None => {
                    node.children.push((step.to_owned(), Node::default()));
                    node.children.len() - 1
                }
            };
            let Some((_, next)) = node.children.get_mut(place) else { break };
            node = next;
        }
        node.objects.push(object);
    }
    let mut tag = Tag::new("Data");
    for (name, node) in root.children {
        tag = node.into_tags(&name).into_iter().fold(tag, Tag::child);
    }
    tag
}

#[derive(Default)]
struct Node {
    objects: Vec<(PageId, Item)>,
    /// In the order in which they were met.
    children: Vec<(String, Node)>,
}

impl Node {
    fn into_tags(self, name: &str) -> Vec<Tag> {
        let is_list = !self.children.is_empty()
            && self.children.iter().all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit()));
        if is_list {
            // Rows: an element of the list's name for each.
            return self.children.into_iter().flat_map(|(_, row)| row.into_tags(name)).collect();
        }
        let mut tag = Tag::new(xml_name(name));
        for (page, item) in self.objects {
            tag = tag.object(page, item);
        }
        for (name, node) in self.children {
            tag = node.into_tags(&name).into_iter().fold(tag, Tag::child);
        }
        vec![tag]
    }
}

/// A name that XML allows; other characters as `_xHHHH_`.
pub(super) fn xml_name(name: &str) -> String {
    let mut out = String::new();
    for (place, character) in name.chars().enumerate() {
        let is_good = character.is_alphabetic()
            || character == '_'
            || (place > 0 && (character.is_alphanumeric() || character == '-'));
        let is_own = character == '_' && name.get(out.len()..).is_some_and(|rest| rest.starts_with("_x"));
        if is_good && !is_own {
            out.push(character);
        } else {
            out.push_str(&format!("_x{:04X}_", u32::from(character)));
        }
    }
    out
}
