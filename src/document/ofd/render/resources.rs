//! What objects refer to by number: fonts, pictures, colour spaces, ways to draw (GB/T 33190-2016, 7.9).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::document::ofd::Ofd;
use crate::document::ofd::package::{folder, resolve};
use crate::document::ofd::xml::{Element, Tree};
use crate::error::{Context, Error};

/// How long a chain of `Relative` drawing parameters is followed.
const CHAIN: usize = 16;

/// The resources of a document and of a page, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Resources {
    trees: Vec<Rc<Tree>>,
    found: BTreeMap<String, Found>,
    pub(super) default_space: Option<String>,
}

#[derive(Clone, Debug)]
enum Found {
    /// The file, if it is there.
    File(Option<usize>),
    Space(Space),
    /// A place in one of the trees: group and element by their numbers.
    Node(usize, usize, usize),
}

/// A colour space, as far as it matters for looking.
#[derive(Clone, Debug)]
pub(super) struct Space {
    bits: u32,
    pub(super) palette: Vec<String>,
}

impl Space {
    /// The highest value of a component.
    pub(super) fn most(&self) -> f64 {
        f64::from((1_u32 << self.bits.clamp(1, 16)) - 1)
    }
}

impl Resources {
    pub(super) fn add_all(&mut self, ofd: &Ofd, folder: &str, locations: &[String]) -> Result<(), Error> {
        locations.iter().try_for_each(|location| self.add(ofd, folder, location))
    }

    /// Reads a list of resources; one that is not there adds nothing.
    pub(super) fn add(&mut self, ofd: &Ofd, from: &str, location: &str) -> Result<(), Error> {
        let package = ofd.package();
        let Some(located) = package.locate(from, location) else { return Ok(()) };
        let path = package.path(located.index);
        let own = folder(path.trim_start_matches('/'));
        let tree = Tree::read(&package.unfold(located.index)?, ofd.limits()).context(&path)?;
        let number = self.trees.len();
        let root = tree.root()?;
        let base = root.attribute("BaseLoc").unwrap_or_default();
        let inner = resolve(own, base).unwrap_or_else(|| own.to_owned());
        let file = |location: &str| package.locate(&inner, location).or_else(|| package.locate(own, location));
        for (group_number, group) in root.children().enumerate() {
            for (place, node) in group.children().enumerate() {
                let Some(id) = node.attribute("ID") else { continue };
                let location = |name| node.first(name).map(Element::text).and_then(file).map(|one| one.index);
                let found = match node.name() {
                    "Font" => Found::File(location("FontFile")),
                    "MultiMedia" => Found::File(location("MediaFile")),
                    "ColorSpace" => Found::Space(Space {
                        bits: node.attribute("BitsPerComponent").and_then(|bits| bits.parse().ok()).unwrap_or(8),
                        palette: node.first("Palette").map_or_else(Vec::new, |palette| {
                            palette.all("CV").map(|value| value.text().to_owned()).collect()
                        }),
                    }),
                    _ => Found::Node(number, group_number, place),
                };
                self.found.insert(id.to_owned(), found);
            }
        }
        self.trees.push(Rc::new(tree));
        Ok(())
    }

    /// The file of a font or a picture.
    pub(super) fn file(&self, id: &str) -> Option<usize> {
        match self.found.get(id)? {
            Found::File(index) => *index,
            _ => None,
        }
    }

    pub(super) fn space(&self, id: &str) -> Option<Space> {
        match self.found.get(id)? {
            Found::Space(space) => Some(space.clone()),
            _ => None,
        }
    }

    /// A drawing parameter or a composite object, with the tree that it stands in.
    pub(super) fn node(&self, id: &str) -> Option<(Rc<Tree>, usize, usize)> {
        match self.found.get(id)? {
            Found::Node(tree, group, place) => Some((Rc::clone(self.trees.get(*tree)?), *group, *place)),
            _ => None,
        }
    }

    /// The drawing parameters that one leads to, the nearest first.
    pub(super) fn parameters(&self, id: &str) -> Vec<(Rc<Tree>, usize, usize)> {
        let mut chain = Vec::new();
        let mut next = Some(id.to_owned());
        while let Some(id) = next.take().filter(|_| chain.len() < CHAIN) {
            let Some(place) = self.node(&id) else { break };
            next = element(&place).and_then(|node| node.attribute("Relative")).map(str::to_owned);
            chain.push(place);
        }
        chain
    }
}

/// The element at a place that [`Resources::node`] gave.
pub(super) fn element((tree, group, place): &(Rc<Tree>, usize, usize)) -> Option<Element<'_>> {
    tree.root().ok()?.children().nth(*group)?.children().nth(*place)
}
