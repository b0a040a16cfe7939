//! DER written by the letter, apart from the crate's own writer, and edited as a tree.

use eseal::Time;

/// One element: its tag, and its octets or its elements.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    pub tag: u8,
    pub body: Body,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body {
    Octets(Vec<u8>),
    Nodes(Vec<Node>),
}

impl Node {
    /// Reads one element; what is constructed becomes a tree. For good DER only.
    pub fn read(der: &[u8]) -> Self {
        let (node, rest) = Self::first(der);
        assert!(rest.is_empty(), "{} octets follow", rest.len());
        node
    }

    fn first(der: &[u8]) -> (Self, &[u8]) {
        let tag = der[0];
        let (length, header) = match der[1] {
            short @ 0..=0x7F => (usize::from(short), 2),
            long => {
                let count = usize::from(long & 0x7F);
                let length = der[2..2 + count].iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
                (length, 2 + count)
            }
        };
        let (value, rest) = der[header..].split_at(length);
        let body = if tag & 0x20 == 0 {
            Body::Octets(value.to_vec())
        } else {
            let mut nodes = Vec::new();
            let mut inside = value;
            while !inside.is_empty() {
                let (node, after) = Self::first(inside);
                nodes.push(node);
                inside = after;
            }
            Body::Nodes(nodes)
        };
        (Node { tag, body }, rest)
    }

    /// The element in DER.
    pub fn der(&self) -> Vec<u8> {
        let value = match &self.body {
            Body::Octets(octets) => octets.clone(),
            Body::Nodes(nodes) => nodes.iter().flat_map(Node::der).collect(),
        };
        let mut der = vec![self.tag];
        match value.len() {
            short @ 0..=0x7F => der.push(u8::try_from(short).unwrap()),
            long => {
                let octets: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
                der.push(0x80 | u8::try_from(octets.len()).unwrap());
                der.extend(octets);
            }
        }
        der.extend(value);
        der
    }

    /// The elements of a constructed element.
    pub fn nodes(&self) -> &[Node] {
        match &self.body {
            Body::Nodes(nodes) => nodes,
            Body::Octets(_) => panic!("tag 0x{:02X} is not constructed", self.tag),
        }
    }

    /// The element at a path of positions.
    pub fn at(&self, path: &[usize]) -> &Node {
        path.iter().fold(self, |node, index| &node.nodes()[*index])
    }

    /// The element at a path of positions, to be changed.
    pub fn at_mut(&mut self, path: &[usize]) -> &mut Node {
        path.iter().fold(self, |node, index| &mut node.nodes_mut()[*index])
    }

    /// Where the element at a path stands in [`Node::der`].
    pub fn place(&self, path: &[usize]) -> std::ops::Range<usize> {
        let Some((index, rest)) = path.split_first() else { return 0..self.der().len() };
        let inside: usize = self.nodes().iter().map(|node| node.der().len()).sum();
        let header = self.der().len() - inside;
        let before: usize = self.nodes()[..*index].iter().map(|node| node.der().len()).sum();
        let place = self.nodes()[*index].place(rest);
        header + before + place.start..header + before + place.end
    }

    pub fn nodes_mut(&mut self) -> &mut Vec<Node> {
        match &mut self.body {
            Body::Nodes(nodes) => nodes,
            Body::Octets(_) => panic!("tag 0x{:02X} is not constructed", self.tag),
        }
    }

    /// The octets of a primitive element.
    pub fn octets(&self) -> &[u8] {
        match &self.body {
            Body::Octets(octets) => octets,
            Body::Nodes(_) => panic!("tag 0x{:02X} is constructed", self.tag),
        }
    }

    pub fn octets_mut(&mut self) -> &mut Vec<u8> {
        match &mut self.body {
            Body::Octets(octets) => octets,
            Body::Nodes(_) => panic!("tag 0x{:02X} is constructed", self.tag),
        }
    }
}

pub fn primitive(tag: u8, octets: &[u8]) -> Node {
    Node { tag, body: Body::Octets(octets.to_vec()) }
}

pub fn constructed(tag: u8, nodes: Vec<Node>) -> Node {
    Node { tag, body: Body::Nodes(nodes) }
}

pub fn sequence(nodes: impl IntoIterator<Item = Node>) -> Node {
    constructed(0x30, nodes.into_iter().collect())
}

/// A SET OF, sorted as DER asks.
pub fn set(nodes: impl IntoIterator<Item = Node>) -> Node {
    let mut nodes: Vec<_> = nodes.into_iter().collect();
    nodes.sort_by_key(Node::der);
    constructed(0x31, nodes)
}

/// `[number]` EXPLICIT.
pub fn explicit(number: u8, inner: Node) -> Node {
    constructed(0xA0 | number, vec![inner])
}

pub fn integer(value: u32) -> Node {
    let octets: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    let sign = octets.first().is_none_or(|first| first & 0x80 != 0);
    primitive(0x02, &[if sign { vec![0] } else { Vec::new() }, octets].concat())
}

pub fn octet_string(octets: &[u8]) -> Node {
    primitive(0x04, octets)
}

pub fn bit_string(octets: &[u8]) -> Node {
    primitive(0x03, &[&[0], octets].concat())
}

pub fn utf8(text: &str) -> Node {
    primitive(0x0C, text.as_bytes())
}

pub fn ia5(text: &str) -> Node {
    primitive(0x16, text.as_bytes())
}

pub fn oid(dotted: &str) -> Node {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut octets = Vec::new();
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let mut groups = vec![u8::try_from(arc & 0x7F).unwrap()];
        let mut rest = arc >> 7;
        while rest > 0 {
            groups.push(u8::try_from(rest & 0x7F).unwrap() | 0x80);
            rest >>= 7;
        }
        octets.extend(groups.into_iter().rev());
    }
    primitive(0x06, &octets)
}

/// `20250301000000Z`.
pub fn generalized_time(time: Time) -> Node {
    let digits: String = time.to_string().chars().filter(|character| !"-T:".contains(*character)).collect();
    primitive(0x18, digits.as_bytes())
}

/// `250301000000Z`.
pub fn utc_time(time: Time) -> Node {
    primitive(0x17, &generalized_time(time).octets()[2..])
}
