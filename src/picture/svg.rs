//! What an SVG picture asks for, looked at before anything is built from it.
//!
//! A small file can ask for much: links that unfold a thousandfold at each step, arcs as large as a
//! planet that take a million curves each, clip paths that clip each other in a ring. All of that is
//! bounded or refused here, so that reading and drawing cost what the file's own size suggests.

use std::collections::HashMap;

use usvg::roxmltree::{Document, Node, ParsingOptions};
use usvg::{ImageHrefResolver, Options, Tree};

use crate::error::Error;
use crate::limits::Limits;

/// Elements when all links are followed. A seal traced from paper has some thousands.
const ELEMENTS: usize = 200_000;

/// Attributes of one element; a reader compares each with each.
const ATTRIBUTES: usize = 256;

/// Elements times bytes of style sheets: each rule is held against each element.
const STYLE_WORK: usize = 1 << 29;

/// The largest number in a measure. The number of curves that an arc takes grows with its size.
const MEASURE: f64 = 1e6;

/// Elements that paths cannot show, that show something else each time, or that only serve such.
const REFUSED: &[&str] = &[
    "animate",
    "animateMotion",
    "animateTransform",
    "filter",
    "foreignObject",
    "image",
    "marker",
    "mask",
    "pattern",
    "script",
    "set",
    "text",
];

/// Attributes whose numbers give an arc its size; style sheets cannot.
const MEASURES: &[&str] = &["cx", "cy", "d", "height", "r", "rx", "ry", "viewBox", "width", "x", "y"];

/// The namespaces whose elements and attributes are read.
const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Reads a picture that [`refused`] and the limits let pass, without looking at any other file.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Tree, Error> {
    let text = text(bytes, limits)?;
    let allowance = ParsingOptions {
        // Needed for the document type that many programs write; entities were refused already.
        allow_dtd: true,
        nodes_limit: u32::try_from(ELEMENTS.saturating_mul(4)).unwrap_or(u32::MAX),
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, allowance).map_err(|error| {
        let position = error.pos();
        let (row, column) = (position.row, position.col);
        Error::malformed(format!("it is no XML at line {row}, column {column}")).caused_by(error)
    })?;
    survey(&document, limits)?;
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_xmltree(&document, &options)
        .map_err(|error| Error::malformed(format!("it is no SVG: {error}")).caused_by(error))
}

/// The refusal of an element, with what to do.
pub(crate) fn refused(element: &str) -> Error {
    let advice = match element {
        "text" => "convert text to paths",
        "image" => "give the picture itself as PNG, or trace it to paths",
        "animate" | "animateMotion" | "animateTransform" | "script" | "set" => "remove it: a seal does not change",
        _ => "convert it to plain paths, or give the picture as PNG",
    };
    Error::unsupported(format!("it has a <{element}> element, which is not drawn: {advice}"))
}

/// The text, when its size, entities and tags are harmless to read.
fn text<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, Error> {
    if bytes.len() > limits.seal_bytes {
        return Err(Error::too_large(format!(
            "it has {} bytes; the limit for seals is {}",
            bytes.len(),
            limits.seal_bytes
        )));
    }
    let text = str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Error::malformed(format!("it is not UTF-8 at byte {at}: save it as UTF-8")).caused_by(error)
    })?;
    if text.contains("<!ENTITY") {
        return Err(Error::unsupported("it defines entities: save it without them"));
    }
    check_tags(text, limits)?;
    Ok(text.trim_start_matches('\u{FEFF}'))
}

/// Bounds nesting and attributes before anything is built: a reader keeps the namespaces of every
/// level at every level.
fn check_tags(text: &str, limits: &Limits) -> Result<(), Error> {
    let mut depth: usize = 0;
    let mut rest = text;
    while let Some(tag) = rest.find('<').and_then(|start| rest.get(start..)) {
        // What is not closed ends the look; the reader will tell.
        let Some((tag, after)) = tag_length(tag).and_then(|length| tag.split_at_checked(length)) else { break };
        rest = after;
        if tag.starts_with("<!") || tag.starts_with("<?") {
            continue;
        }
        let attributes = tag.bytes().filter(|byte| *byte == b'=').count();
        if attributes > ATTRIBUTES {
            return Err(Error::too_large(format!("an element has {attributes} attributes; the limit is {ATTRIBUTES}")));
        }
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.ends_with("/>") {
            depth = depth.saturating_add(1);
        }
        if depth > limits.depth {
            return Err(Error::too_large(format!("its elements are nested deeper than {}", limits.depth)));
        }
    }
    Ok(())
}

/// The length of a tag, comment, section or instruction with its brackets.
fn tag_length(text: &str) -> Option<usize> {
    let until = |end: &str| text.find(end).map(|start| start.saturating_add(end.len()));
    if text.starts_with("<!--") {
        return until("-->");
    }
    if text.starts_with("<![CDATA[") {
        return until("]]>");
    }
    if text.starts_with("<?") {
        return until("?>");
    }
    let mut quote = None;
    for (place, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(place.saturating_add(1)),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Looks at every element, following links as often as a drawing would.
fn survey(document: &Document<'_>, limits: &Limits) -> Result<(), Error> {
    let mut by_id = HashMap::new();
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            by_id.entry(id).or_insert(node);
        }
    }
    let mut elements: usize = 0;
    let mut open = vec![(document.root_element(), 1_usize)];
    while let Some((node, depth)) = open.pop() {
        elements = elements.saturating_add(1);
        if elements > ELEMENTS {
            return Err(Error::too_large(format!("it has more than {ELEMENTS} elements, links followed")));
        }
        if depth > limits.depth {
            return Err(Error::too_large(format!(
                "its elements are nested deeper than {}, links followed: is there a ring of links?",
                limits.depth
            )));
        }
        let link = (node.tag_name().name() == "use").then(|| by_id.get(link(node)?).copied()).flatten();
        open.extend(node.children().filter(Node::is_element).chain(link).map(|node| (node, depth.saturating_add(1))));
    }
    document.descendants().try_for_each(check_element)?;
    check_styles(document, elements)
}

fn check_element(node: Node<'_, '_>) -> Result<(), Error> {
    if !node.is_element() || !matches!(node.tag_name().namespace(), None | Some(SVG)) {
        return Ok(());
    }
    let name = node.tag_name().name();
    if let Some(element) = REFUSED.iter().find(|element| **element == name) {
        return Err(refused(element));
    }
    if name == "clipPath" {
        check_clip_path(node)?;
    }
    for attribute in node.attributes().filter(|attribute| MEASURES.contains(&attribute.name())) {
        if matches!(attribute.namespace(), None | Some(SVG)) {
            check_measures(attribute.value(), attribute.name())?;
        }
    }
    Ok(())
}

/// A clip path has shapes of its own and nothing that leads elsewhere: clip paths that clip one
/// another can form rings.
fn check_clip_path(node: Node<'_, '_>) -> Result<(), Error> {
    for inner in node.descendants().filter(Node::is_element) {
        let clips = inner.attributes().any(|attribute| {
            attribute.name() == "clip-path" || attribute.name() == "style" && attribute.value().contains("clip-path")
        });
        if clips {
            return Err(refused("clipPath of a clipPath"));
        }
        if inner.tag_name().name() == "use" {
            return Err(Error::unsupported("it has a <use> element in a <clipPath>: put the shape itself there"));
        }
    }
    Ok(())
}

fn check_styles(document: &Document<'_>, elements: usize) -> Result<(), Error> {
    let mut length: usize = 0;
    for text in document.descendants().filter(|node| node.tag_name().name() == "style").flat_map(|node| node.children())
    {
        let sheet = text.text().unwrap_or_default();
        // See check_clip_path: which element a rule meets is not known here.
        if sheet.contains("clip-path") {
            return Err(Error::unsupported("its style sheet clips: write clip-path as an attribute"));
        }
        length = length.saturating_add(sheet.len());
    }
    if length.saturating_mul(elements) > STYLE_WORK {
        return Err(Error::too_large(format!("it has {length} bytes of style sheets for {elements} elements")));
    }
    Ok(())
}

/// What a `use` element names.
fn link<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let href = node.attribute("href").or_else(|| node.attribute((XLINK, "href")))?;
    href.trim().strip_prefix('#')
}

/// Refuses numbers that are too large, and units by which measures could grow from element to
/// element.
fn check_measures(value: &str, name: &str) -> Result<(), Error> {
    let mut rest = value;
    while let Some(character) = rest.chars().next() {
        let length = number_length(rest);
        let (number, after) = rest.split_at_checked(length.max(character.len_utf8())).unwrap_or_default();
        rest = after;
        if length == 0 {
            continue;
        }
        let value = number.parse::<f64>().unwrap_or(f64::INFINITY);
        if value > MEASURE || (value > 100.0 && after.starts_with('%')) {
            return Err(Error::too_large(format!(
                "the number {number} in the attribute {name} is beyond any seal: the limit is {MEASURE}, or 100%"
            )));
        }
        if name != "d" && ["em", "ex"].iter().any(|unit| after.starts_with(unit)) {
            return Err(Error::unsupported(format!(
                "the attribute {name} measures by letters (em, ex): give the length in mm"
            )));
        }
    }
    Ok(())
}

/// The length of the unsigned number at the beginning: digits, a fraction, an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let fraction = if bytes.get(whole) == Some(&b'.') { digits(whole.saturating_add(1)) } else { 0 };
    if whole == 0 && fraction == 0 {
        return 0;
    }
    let point = usize::from(bytes.get(whole) == Some(&b'.'));
    let mantissa = whole.saturating_add(point).saturating_add(fraction);
    if !matches!(bytes.get(mantissa), Some(b'e' | b'E')) {
        return mantissa;
    }
    let sign = usize::from(matches!(bytes.get(mantissa.saturating_add(1)), Some(b'+' | b'-')));
    let exponent = digits(mantissa.saturating_add(1).saturating_add(sign));
    if exponent == 0 { mantissa } else { mantissa.saturating_add(1).saturating_add(sign).saturating_add(exponent) }
}
