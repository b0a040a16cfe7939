//! XML parts as small trees that know where each element stands in the bytes.
//!
//! Elements are found by their local name alone: the namespace of real packages is at times missing
//! or written without its year. A part that one reader could take for another than the next reader
//! does (DOCTYPE, entities of its own, two roots, an attribute given twice) is refused.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding, GB18030};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::Error;
use crate::limits::Limits;

/// Elements that are kept of one part: a description that lists 100 000 files has 200 000.
const MAX_ELEMENTS: usize = 1 << 20;
/// Attributes of one element; OFD defines fewer than 30 for any.
const MAX_ATTRIBUTES: usize = 128;
const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// An XML part.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Whether the text was decoded, so that its offsets are not those of the bytes.
    recoded: bool,
}

#[derive(Debug, Default)]
struct Node {
    /// With its prefix, as written.
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<usize>,
    span: Range<usize>,
    /// Where the start tag ends.
    open_end: usize,
    /// Where the end tag begins; equal to the end of `span` for an element without one.
    close_start: usize,
}

/// One element of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'t> {
    tree: &'t Tree,
    node: &'t Node,
}

impl Tree {
    /// Reads a whole part.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        Self::outline(bytes, limits, &[])
    }

    /// Reads a part without what stands inside the elements called `skipped`.
    pub(super) fn outline(bytes: &[u8], limits: &Limits, skipped: &[&str]) -> Result<Self, Error> {
        let (text, offset, recoded) = decode(bytes)?;
        let mut builder = Builder { skipped, limits, offset, nodes: Vec::new(), open: Vec::new(), hidden: 0 };
        builder.build(&text)?;
        Ok(Tree { nodes: builder.nodes, recoded })
    }

    /// The first element that has this ID, and an attribute of that name, alone; what stands behind it is not read.
    pub(super) fn of_object(bytes: &[u8], limits: &Limits, id: &str, with: &str) -> Result<Option<Self>, Error> {
        let (text, offset, recoded) = decode(bytes)?;
        let mut builder = Builder { skipped: &[], limits, offset, nodes: Vec::new(), open: Vec::new(), hidden: 0 };
        let mut reader = Reader::from_str(&text);
        loop {
            let start = builder.position(&reader);
            let event = reader.read_event().map_err(|source| builder.malformed(&reader, &source))?;
            let end = builder.position(&reader);
            let tag = match event {
                Event::Start(tag) | Event::Empty(tag) => tag,
                Event::Eof => return Ok(None),
                _ => continue,
            };
            // An ID that is written with references is none that programs write.
            if !tag.attributes_raw().contains(id) {
                continue;
            }
            builder.start(&tag, start, end)?;
            builder.end(end, end);
            let tree = Tree { nodes: std::mem::take(&mut builder.nodes), recoded };
            let root = tree.root()?;
            if root.attribute("ID") == Some(id) && root.attribute(with).is_some() {
                return Ok(Some(tree));
            }
        }
    }

    pub(super) fn root(&self) -> Result<Element<'_>, Error> {
        let node = self.nodes.first().ok_or_else(|| Error::malformed("the XML has no element"))?;
        Ok(Element { tree: self, node })
    }

    /// The root, which has to have the local name `name`.
    pub(super) fn rooted(&self, name: &str) -> Result<Element<'_>, Error> {
        let root = self.root()?;
        if root.name() == name {
            return Ok(root);
        }
        Err(Error::malformed(format!("the root element is <{}>, not <{name}>", root.node.name)))
    }

    /// Refuses a part whose offsets do not count its bytes: it cannot be edited in place.
    pub(super) fn editable(&self) -> Result<(), Error> {
        if self.recoded {
            return Err(Error::unsupported("the XML is not in UTF-8, and only UTF-8 is edited in place"));
        }
        Ok(())
    }
}

impl<'t> Element<'t> {
    /// The local name.
    pub(super) fn name(self) -> &'t str {
        local(&self.node.name)
    }

    /// The prefix with its colon, or nothing.
    pub(super) fn prefix(self) -> &'t str {
        self.node.name.strip_suffix(self.name()).unwrap_or("")
    }

    /// The name as written, with its prefix.
    pub(super) fn qualified(self) -> &'t str {
        &self.node.name
    }

    /// An attribute without prefix.
    pub(super) fn attribute(self, name: &str) -> Option<&'t str> {
        self.node.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// The element's own text, without the white space around it.
    pub(super) fn text(self) -> &'t str {
        self.node.text.trim()
    }

    /// The element's own text as it stands, blanks included.
    pub(super) fn whole_text(self) -> &'t str {
        &self.node.text
    }

    pub(super) fn children(self) -> impl Iterator<Item = Element<'t>> {
        let Element { tree, node } = self;
        node.children.iter().filter_map(move |index| Some(Element { tree, node: tree.nodes.get(*index)? }))
    }

    /// The children with this local name.
    pub(super) fn all<'n>(self, name: &'n str) -> impl Iterator<Item = Element<'t>> + use<'t, 'n> {
        self.children().filter(move |child| child.name() == name)
    }

    pub(super) fn first(self, name: &str) -> Option<Element<'t>> {
        self.all(name).next()
    }

    /// The only child with this local name: of two, one reader would take the first, another the last.
    pub(super) fn only(self, name: &str) -> Result<Option<Element<'t>>, Error> {
        let mut found = self.all(name);
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            (_, Some(second)) => Err(Error::malformed(format!(
                "<{}> has a second <{}> at byte {}",
                self.node.name, second.node.name, second.node.span.start
            ))),
        }
    }

    /// From the `<` of the start tag to behind the `>` of the end tag.
    pub(super) fn span(self) -> Range<usize> {
        self.node.span.clone()
    }

    /// What stands between the tags; `None` for `<name/>`.
    pub(super) fn inside(self) -> Option<Range<usize>> {
        let Node { open_end, close_start, span, .. } = self.node;
        (*close_start < span.end).then_some(*open_end..*close_start)
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The text, how many bytes stand before it, and whether it was decoded.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, usize, bool), Error> {
    let body = bytes.strip_prefix(UTF8_MARK);
    let declared = declared_encoding(body.unwrap_or(bytes));
    let chinese = declared.is_some_and(|encoding| encoding == GB18030 || encoding == encoding_rs::GBK);
    if let Some(body) = body {
        return utf8(body).map(|text| (text, UTF8_MARK.len(), false));
    }
    if bytes.is_ascii() || !chinese {
        return utf8(bytes).map(|text| (text, 0, false));
    }
    GB18030
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| (Cow::Owned(text.into_owned()), 0, true))
        .ok_or_else(|| Error::malformed("the XML declares a GB encoding and is not in it"))
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|source| {
        Error::malformed(format!("the XML is not UTF-8 at byte {}", source.valid_up_to())).caused_by(source)
    })
}

/// The encoding that the XML declaration names, read as ASCII.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(256))?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = head.get(..end)?;
    let at = declaration.windows(8).position(|word| word == b"encoding")?;
    let mut quoted = declaration.get(at..)?.split(|byte| matches!(byte, b'"' | b'\''));
    Encoding::for_label(quoted.nth(1)?)
}

struct Builder<'l> {
    skipped: &'l [&'l str],
    limits: &'l Limits,
    offset: usize,
    nodes: Vec<Node>,
    /// The elements that are open, by their index.
    open: Vec<usize>,
    /// How many elements are open within a skipped one.
    hidden: usize,
}

impl Builder<'_> {
    fn build(&mut self, text: &str) -> Result<(), Error> {
        let mut reader = Reader::from_str(text);
        loop {
            let start = self.position(&reader);
            let event = reader.read_event().map_err(|source| self.malformed(&reader, &source))?;
            let end = self.position(&reader);
            match event {
                Event::Start(tag) => self.start(&tag, start, end)?,
                Event::Empty(tag) => {
                    self.start(&tag, start, end)?;
                    self.end(end, end);
                }
                Event::End(_) => self.end(start, end),
                // What is passed over has been read as UTF-8 and parsed; its text is not made.
                Event::Text(_) | Event::CData(_) if self.is_hiding() => {}
                Event::Text(text) => self.text(&text.xml10_content(), start)?,
                Event::CData(text) => self.text(&text.xml10_content(), start)?,
                Event::GeneralRef(reference) => self.reference(&reference, start)?,
                Event::DocType(_) => {
                    return Err(Error::malformed(format!(
                        "the XML has a DOCTYPE at byte {start}; OFD parts have none"
                    )));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return self.finish(end),
            }
        }
    }

    fn malformed(&self, reader: &Reader<&[u8]>, source: &quick_xml::Error) -> Error {
        let at = reader.error_position().saturating_add(self.offset as u64);
        Error::malformed(format!("the XML is not well formed at byte {at}: {source}"))
    }

    fn position(&self, reader: &Reader<&[u8]>) -> usize {
        usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).saturating_add(self.offset)
    }

    fn start(&mut self, tag: &BytesStart<'_>, start: usize, end: usize) -> Result<(), Error> {
        let depth = self.open.len().saturating_add(self.hidden);
        if depth >= self.limits.depth {
            return Err(Error::too_large(format!(
                "the XML is nested deeper than {} elements at byte {start} (Limits::depth)",
                self.limits.depth
            )));
        }
        if self.is_hiding() {
            self.hidden = self.hidden.saturating_add(1);
            return Ok(());
        }
        if self.open.is_empty() && !self.nodes.is_empty() {
            return Err(Error::malformed(format!("the XML has a second root element at byte {start}")));
        }
        if self.nodes.len() >= MAX_ELEMENTS {
            return Err(Error::too_large(format!("the XML has more than {MAX_ELEMENTS} elements")));
        }
        let name = tag.name().as_ref().to_owned();
        let attributes = attributes(tag, start)?;
        let node = Node { name, attributes, span: start..end, open_end: end, close_start: end, ..Node::default() };
        let index = self.nodes.len();
        self.nodes.push(node);
        if let Some(parent) = self.open.last().and_then(|parent| self.nodes.get_mut(*parent)) {
            parent.children.push(index);
        }
        self.open.push(index);
        Ok(())
    }

    /// Whether the innermost kept element is one whose inside is not kept.
    fn is_hiding(&self) -> bool {
        let innermost = self.open.last().and_then(|index| self.nodes.get(*index));
        innermost.is_some_and(|node| self.skipped.contains(&local(&node.name)))
    }

    fn end(&mut self, start: usize, end: usize) {
        if self.hidden > 0 {
            self.hidden -= 1;
            return;
        }
        if let Some(node) = self.open.pop().and_then(|index| self.nodes.get_mut(index)) {
            node.close_start = start;
            node.span.end = end;
        }
    }

    fn text(&mut self, text: &str, start: usize) -> Result<(), Error> {
        if self.is_hiding() {
            return Ok(());
        }
        match self.open.last().and_then(|index| self.nodes.get_mut(*index)) {
            Some(node) => node.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(Error::malformed(format!("the XML has text outside its root at byte {start}"))),
        }
        Ok(())
    }

    /// The five entities that XML defines, and characters by number.
    fn reference(&mut self, reference: &BytesRef<'_>, start: usize) -> Result<(), Error> {
        let by_number = reference.resolve_char_ref().map_err(|source| {
            Error::malformed(format!("the XML has a bad character reference at byte {start}")).caused_by(source)
        })?;
        if let Some(character) = by_number {
            return self.text(character.encode_utf8(&mut [0; 4]), start);
        }
        let meant = match &**reference {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "apos" => "'",
            "quot" => "\"",
            other => {
                return Err(Error::malformed(format!("the XML uses the unknown entity &{other}; at byte {start}")));
            }
        };
        self.text(meant, start)
    }

    fn finish(&self, end: usize) -> Result<(), Error> {
        if !self.open.is_empty() || self.hidden > 0 {
            return Err(Error::malformed(format!("the XML ends at byte {end} with elements still open")));
        }
        if self.nodes.is_empty() {
            return Err(Error::malformed("the XML has no element"));
        }
        Ok(())
    }
}

fn attributes(tag: &BytesStart<'_>, start: usize) -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    for attribute in tag.attributes() {
        if found.len() >= MAX_ATTRIBUTES {
            return Err(Error::too_large(format!(
                "an element has more than {MAX_ATTRIBUTES} attributes at byte {start}"
            )));
        }
        let bad = |what: &dyn std::fmt::Display| {
            Error::malformed(format!("the element at byte {start} has a bad attribute: {what}"))
        };
        let attribute = attribute.map_err(|source| bad(&source))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|source| bad(&source))?;
        found.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(found)
}

/// The local name of the first element, if there is one; the rest is not looked at.
pub(super) fn root_name(bytes: &[u8]) -> Option<String> {
    let (text, ..) = decode(bytes).ok()?;
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => return Some(local(tag.name().as_ref()).to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Text made fit to stand in an element or an attribute value.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(text)
}

#[cfg(test)]
mod tests {
    use super::Tree;
    use crate::error::ErrorKind;
    use crate::limits::Limits;

    fn read(text: &str) -> Tree {
        Tree::read(text.as_bytes(), &Limits::default()).unwrap()
    }

    fn refusal(bytes: &[u8]) -> String {
        Tree::read(bytes, &Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn an_object_is_found_by_its_id_and_its_place() {
        let text = "<P><A ID='12'/><B ID='1'><C ID='12' Boundary='1 2 3 4'/></B><D ID='12' Boundary='5'/></P> <";
        let found = |id: &str| Tree::of_object(text.as_bytes(), &Limits::default(), id, "Boundary");
        let place = |tree: Option<Tree>| Some(tree?.root().unwrap().attribute("Boundary")?.to_owned());
        assert_eq!(place(found("12").unwrap()).as_deref(), Some("1 2 3 4"), "the first that has a place");
        assert!(found("1").is_err(), "\"1\" has no place, and what follows is not well formed");
        let whole = text.trim_end_matches(" <").as_bytes();
        assert!(Tree::of_object(whole, &Limits::default(), "1", "Boundary").unwrap().is_none());
    }

    #[test]
    fn elements_know_their_place() {
        let text = "\u{feff}<?xml version=\"1.0\"?>\n<ofd:A x=' 1 '><!-- c --><ofd:B>a&lt;&#66;<![CDATA[<c>]]></ofd:B>\
                    <C/></ofd:A>\n";
        let tree = read(text);
        let root = tree.rooted("A").unwrap();
        assert_eq!((root.prefix(), root.attribute("x"), root.qualified()), ("ofd:", Some("1"), "ofd:A"));
        let b = root.only("B").unwrap().unwrap();
        assert_eq!(b.text(), "a<B<c>");
        assert_eq!(&text[b.span()], "<ofd:B>a&lt;&#66;<![CDATA[<c>]]></ofd:B>");
        assert_eq!(&text[b.inside().unwrap()], "a&lt;&#66;<![CDATA[<c>]]>");
        let c = root.first("C").unwrap();
        assert_eq!((&text[c.span()], c.inside(), c.prefix()), ("<C/>", None, ""));
        assert_eq!(&text[root.span()], text.trim_start_matches('\u{feff}').split_once('\n').unwrap().1.trim());
    }

    #[test]
    fn skipped_elements_are_read_and_not_kept() {
        let text = "<P><Content><L><Content><X/></Content>t</L></Content><Area>1</Area></P>";
        let tree = Tree::outline(text.as_bytes(), &Limits::default(), &["Content"]).unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.first("Content").unwrap().children().count(), 0);
        assert_eq!(root.first("Area").unwrap().text(), "1");
        let broken = "<P><Content><L></Content></P>";
        assert!(Tree::outline(broken.as_bytes(), &Limits::default(), &["Content"]).is_err());
    }

    #[test]
    fn what_readers_could_take_differently_is_refused() {
        assert!(refusal(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").contains("DOCTYPE"));
        assert!(refusal(b"<a>&b;</a>").contains("unknown entity"));
        assert!(refusal(b"<a x='&b;'/>").contains("bad attribute"));
        assert!(refusal(b"<a x='1' x='2'/>").contains("bad attribute"));
        assert!(refusal(b"<a/><a/>").contains("second root"));
        assert!(refusal(b"<a/>text").contains("outside its root"));
        assert!(refusal(b"<a><b></a>").contains("not well formed"));
        assert!(refusal(b"<a>").contains("still open"));
        assert!(refusal(b"").contains("no element"));
        assert!(refusal(b"<a>\xFF</a>").contains("not UTF-8"));
        let twice = read("<a><b/><b/></a>");
        assert!(twice.root().unwrap().only("b").unwrap_err().to_string().contains("second <b>"));
    }

    #[test]
    fn depth_and_attributes_are_bounded() {
        let limits = Limits { depth: 64, ..Limits::default() };
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(Tree::read(nested(64).as_bytes(), &limits).is_ok());
        for skipped in [&[][..], &["a"]] {
            let error = Tree::outline(nested(65).as_bytes(), &limits, skipped).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
        let many: String = (0..200).map(|i| format!(" a{i}=''")).collect();
        let error = Tree::read(format!("<a{many}/>").as_bytes(), &limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn declared_gb_encodings_are_decoded() {
        let mut bytes = b"<?xml version=\"1.0\" encoding=\"GB18030\"?><a>".to_vec();
        bytes.extend([0xD3, 0xA1, 0xD5, 0xC2]);
        bytes.extend(b"</a>");
        let tree = Tree::read(&bytes, &Limits::default()).unwrap();
        assert_eq!(tree.root().unwrap().text(), "\u{5370}\u{7ae0}");
        assert_eq!(tree.editable().unwrap_err().kind(), ErrorKind::Unsupported);
        assert!(
            Tree::read("<?xml version='1.0' encoding='gbk'?><a/>".as_bytes(), &Limits::default())
                .unwrap()
                .editable()
                .is_ok()
        );
    }
}
