//! Metadata as they arrive: names and values, read from whatever carries them, and not believed yet.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;

use crate::error::{Context as _, Error};
use crate::form::Json;
use crate::licence::metadata::Element;
use crate::licence::metadata::holder::mask;

/// The most values that one licence's metadata may have.
const MOST: usize = 4096;

/// The most bytes of metadata that come as JSON.
const MOST_BYTES: usize = 64 << 20;

/// The most characters of one value.
const LONGEST: usize = 1 << 20;

/// Metadata as some system hands them over: each element with its values in their order, extensions (`KZ_…`), and
/// what nobody knows.
///
/// Reading is tolerant: it takes other spellings of names, empty values, values joined by commas, dates in any
/// spelling. [`Elements::check`] tells what is wrong with what was read, and
/// [`Metadata::of`](super::Metadata::of) makes good metadata of it.
///
/// ```
/// use eseal::licence::{Element, Elements};
///
/// let elements = Elements::from_pairs([("ZZMC", "示例证"), ("zzyxqqssj", "20250301"), ("KZ_DZ", "示例路 1 号")])?;
/// assert_eq!(elements.values(Element::ValidFrom), ["20250301"]);
/// assert_eq!(elements.extensions().get("KZ_DZ").map(String::as_str), Some("示例路 1 号"));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Elements {
    pub(super) known: BTreeMap<Element, Vec<String>>,
    pub(super) extensions: BTreeMap<String, String>,
    /// Extensions that came with several values, of which the first is kept.
    pub(super) doubled: Vec<String>,
    pub(super) unknown: Vec<String>,
    count: usize,
}

impl Elements {
    /// Reads names and values, such as the `CustomData` of an OFD. A name that comes again adds a value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than 4096 values or a value of more than a
    /// million characters.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error> {
        let mut elements = Elements::default();
        for (name, value) in pairs {
            elements.add(name.as_ref(), value.as_ref())?;
        }
        elements.part_joined();
        Ok(elements)
    }

    /// Reads a JSON object: a value is a text, a number (of milliseconds for dates), a list of these, or null,
    /// which says nothing. An object inside is an extension's, and kept as its text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it is no JSON object, or has a name twice; as
    /// [`Elements::from_pairs`].
    pub fn from_json(text: &[u8]) -> Result<Self, Error> {
        // A name that comes twice in one object says two things, of which each reader takes another.
        Json::read(text, MOST_BYTES).context("the metadata")?;
        let value: Value = serde_json::from_slice(text)
            .map_err(|source| Error::malformed("the metadata are no JSON").caused_by(source))?;
        Self::from_value(&value)
    }

    pub(crate) fn from_value(value: &Value) -> Result<Self, Error> {
        let Value::Object(members) = value else {
            return Err(Error::malformed("the metadata are no JSON object of names and values"));
        };
        let mut elements = Elements::default();
        for (name, value) in members {
            elements.add_json(name, value)?;
        }
        elements.part_joined();
        Ok(elements)
    }

    /// Reads the stand-alone XML that lies beside some licences: elements `CustomData` (one product writes
    /// `CuslomData`) with a `Name`, or elements that are called as the metadata are, under any root. Base64 around
    /// it is taken off.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it is neither XML nor base64 of XML; as
    /// [`Elements::from_pairs`].
    pub fn from_xml(text: &[u8]) -> Result<Self, Error> {
        let plain = text.trim_ascii();
        let bare = plain.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(plain);
        if bare.starts_with(b"<") {
            return Self::from_plain_xml(bare);
        }
        let joined: Vec<u8> = bare.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let decoded = STANDARD.decode(&joined).ok().filter(|decoded| decoded.trim_ascii_start().starts_with(b"<"));
        match decoded {
            Some(decoded) => Self::from_plain_xml(&decoded),
            None => Err(Error::malformed("the metadata are neither XML nor base64 of XML")),
        }
    }

    fn from_plain_xml(text: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(text)
            .map_err(|source| Error::malformed("the metadata's XML is not UTF-8").caused_by(source))?;
        let mut reader = Reader::from_str(text);
        let mut elements = Elements::default();
        // The names of the elements that are open, as far as they are metadata, each with its text so far.
        let mut open: Vec<Option<(String, String)>> = Vec::new();
        loop {
            let at = reader.buffer_position();
            let wrong = |source: quick_xml::Error| {
                Error::malformed(format!("the metadata's XML is not well formed at byte {at}")).caused_by(source)
            };
            match reader.read_event().map_err(wrong)? {
                Event::Start(tag) => open.push(data_name(&tag)?.map(|name| (name, String::new()))),
                Event::Empty(tag) => {
                    if let Some(name) = data_name(&tag)? {
                        elements.add(&name, attribute(&tag, "Value")?.unwrap_or_default().as_str())?;
                    }
                }
                Event::Text(text) => extend(&mut open, &text.xml10_content())?,
                Event::CData(text) => extend(&mut open, &text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().ok().flatten();
                    let named = quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
                    if let Some(text) = character.map(String::from).or(named) {
                        extend(&mut open, &text)?;
                    }
                }
                Event::End(_) => {
                    if let Some((name, value)) = open.pop().flatten() {
                        elements.add(&name, value.trim())?;
                    }
                }
                Event::Eof if open.is_empty() => break,
                Event::Eof => return Err(Error::malformed("the metadata's XML ends inside an element")),
                _ => {}
            }
            if open.len() > 64 {
                return Err(Error::too_large("the metadata's XML is nested deeper than 64"));
            }
        }
        elements.part_joined();
        Ok(elements)
    }

    /// The values of an element, in their order.
    #[must_use]
    pub fn values(&self, element: Element) -> &[String] {
        self.known.get(&element).map_or(&[], Vec::as_slice)
    }

    /// The first value of an element.
    #[must_use]
    pub fn first(&self, element: Element) -> Option<&str> {
        self.values(element).first().map(String::as_str)
    }

    /// The extensions (`KZ_…`), by their names.
    #[must_use]
    pub fn extensions(&self) -> &BTreeMap<String, String> {
        &self.extensions
    }

    /// The names that are neither elements nor extensions.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    pub(crate) fn doubled(&self) -> &[String] {
        &self.doubled
    }

    /// Puts in a value behind others of its element. An empty one says nothing.
    pub(super) fn add(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.count = self.count.saturating_add(1);
        if self.count > MOST || value.len() > LONGEST {
            return Err(Error::too_large(format!(
                "the metadata have more than {MOST} values, or one of more than {LONGEST} characters"
            )));
        }
        let (name, value) = (name.trim(), value.trim());
        if value.is_empty() {
            return Ok(());
        }
        if let Some(element) = Element::of(name) {
            self.known.entry(element).or_default().push(value.to_owned());
        } else if name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("KZ_")) {
            let name = name.to_ascii_uppercase();
            match self.extensions.entry(name) {
                Entry::Occupied(known) => self.doubled.push(known.key().clone()),
                Entry::Vacant(room) => {
                    room.insert(value.to_owned());
                }
            }
        } else {
            self.unknown.push(name.chars().take(64).collect());
        }
        Ok(())
    }

    fn add_json(&mut self, name: &str, value: &Value) -> Result<(), Error> {
        match value {
            Value::Null => Ok(()),
            Value::String(text) => self.add(name, text),
            Value::Array(items) if Element::of(name).is_some() => {
                items.iter().try_for_each(|item| self.add(name, &plain(item)))
            }
            other => self.add(name, &plain(other)),
        }
    }

    /// Holders and issuers that came joined by commas are taken apart, where each of the lists that go together
    /// falls into as many parts: a name may have a comma in it.
    fn part_joined(&mut self) {
        use Element as E;
        for (codes, with) in
            [(E::HolderCode, &[E::Holder, E::HolderKind, E::HolderKindName][..]), (E::IssuerCode, &[E::Issuer][..])]
        {
            let [joined] = self.values(codes) else { continue };
            let parts = split(joined);
            if parts.len() < 2 {
                continue;
            }
            let names: Vec<_> = with.iter().map(|element| (*element, self.values(*element))).collect();
            // The names have to fall apart as the codes do; one kind may stand for all.
            let fits = |(element, values): &(Element, &[String])| match values {
                [value] => split(value).len() == parts.len() || is_kind(*element) && split(value).len() == 1,
                other => is_kind(*element) && other.is_empty(),
            };
            if !names.iter().all(fits) {
                continue;
            }
            let names: Vec<_> = names
                .into_iter()
                .filter_map(|(element, values)| Some((element, split(values.first()?))))
                .map(|(element, one)| match one.as_slice() {
                    [only] => (element, vec![only.clone(); parts.len()]),
                    _ => (element, one),
                })
                .collect();
            self.known.insert(codes, parts);
            self.known.extend(names);
        }
    }
}

fn is_kind(element: Element) -> bool {
    matches!(element, Element::HolderKind | Element::HolderKindName)
}

fn split(joined: &str) -> Vec<String> {
    let separators: &[_] = &[',', ';', '，', '；', '、', '^', '|'];
    joined.split(separators).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What the datum is called that an XML element holds, if it holds one.
fn data_name(tag: &BytesStart<'_>) -> Result<Option<String>, Error> {
    let local = tag.local_name();
    let local: &str = local.as_ref();
    if matches!(local, "CustomData" | "CuslomData") {
        return Ok(attribute(tag, "Name")?.or(attribute(tag, "name")?));
    }
    let is_known = Element::of(local).is_some() || local.starts_with("KZ_");
    Ok(is_known.then(|| local.to_owned()))
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Error> {
    let wrong = |told: String| Error::malformed(format!("an attribute in the metadata's XML: {told}"));
    let found = tag.try_get_attribute(name).map_err(|source| wrong(source.to_string()))?;
    let Some(found) = found else { return Ok(None) };
    let value = found.normalized_value(XmlVersion::Implicit1_0).map_err(|source| wrong(source.to_string()))?;
    Ok(Some(value.into_owned()))
}

fn extend(open: &mut [Option<(String, String)>], text: &str) -> Result<(), Error> {
    let Some(Some((_, value))) = open.last_mut() else { return Ok(()) };
    if value.len().saturating_add(text.len()) > LONGEST {
        return Err(Error::too_large(format!("a value of the metadata has more than {LONGEST} characters")));
    }
    value.push_str(text);
    Ok(())
}

/// Codes of holders are masked, and of extensions, which may hold anything, only the lengths are told.
impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (element, values) in &self.known {
            let shown: Vec<_> = match element.is_secret() {
                true => values.iter().map(|value| mask(value)).collect(),
                false => values.clone(),
            };
            map.entry(&element.short_name(), &shown);
        }
        let told = self.extensions.iter().map(|(name, value)| (name, format!("{} characters", value.chars().count())));
        map.entries(told).finish()
    }
}
