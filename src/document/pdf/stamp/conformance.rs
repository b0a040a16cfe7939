//! What a file says of itself that a stamp must not make untrue: PDF/A (ISO 19005).

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use crate::document::pdf::appearance::Style;
use crate::document::pdf::file::View;
use crate::error::Error;

/// The part of ISO 19005 that a file claims to keep, and how it says that its colours are meant.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Conformance {
    part: Option<u8>,
    /// The number of components of the output intent's profile.
    intent: Option<i64>,
}

/// The namespace in which a description says which part it is (ISO 19005-1, 6.7.11).
const NAMESPACE: &str = "http://www.aiim.org/pdfa/ns/id/";

impl Conformance {
    pub(super) fn of(view: &View<'_>) -> Result<Self, Error> {
        let catalog = view.catalog()?;
        let Some(dictionary) = catalog.dictionary() else { return Ok(Self::default()) };
        let Some(metadata) = dictionary.reference("Metadata") else { return Ok(Self::default()) };
        let Some(metadata) = view.load(metadata)?.filter(|metadata| metadata.is_stream()) else {
            return Ok(Self::default());
        };
        // A description that cannot be read claims nothing; limits and storage have their say.
        let text = match view.stream(&metadata) {
            Ok(text) => text,
            Err(error) if error.ends_the_work() => return Err(error),
            Err(_) => return Ok(Self::default()),
        };
        let Some(part) = part(&text) else { return Ok(Self::default()) };
        Ok(Conformance { part: Some(part), intent: intent(view)? })
    }

    /// How a picture may be drawn.
    ///
    /// PDF/A-1 knows no transparency (6.4), and where no intent says how colours blend, later parts allow
    /// it only on pages that say so themselves. Colours of a device need an intent for that device.
    pub(super) fn style(self) -> Style {
        let Some(part) = self.part else { return Style::default() };
        Style {
            opaque: part == 1 || self.intent.is_none(),
            calibrated_rgb: self.intent != Some(3),
            calibrated_gray: self.intent.is_none(),
            no_inks: self.intent != Some(4),
        }
    }
}

/// `pdfaid:part`, an attribute or an element.
fn part(text: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(text).ok()?;
    let mut reader = NsReader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    let mut is_inside = false;
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let is_ours = matches!(namespace, ResolveResult::Bound(uri) if uri.as_ref() == NAMESPACE);
        match event {
            Event::Eof | Event::DocType(_) => return None,
            Event::Start(element) | Event::Empty(element) => {
                is_inside = is_ours && element.local_name().as_ref() == "part";
                for attribute in element.attributes().flatten() {
                    let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
                    let is_ours = matches!(namespace, ResolveResult::Bound(uri) if uri.as_ref() == NAMESPACE);
                    if is_ours && name.as_ref() == "part" {
                        return attribute.value.trim().parse().ok();
                    }
                }
            }
            Event::Text(text) if is_inside => return text.trim().parse().ok(),
            Event::End(_) => is_inside = false,
            _ => {}
        }
    }
}

/// How many components the profile of the output intent for PDF/A has.
fn intent(view: &View<'_>) -> Result<Option<i64>, Error> {
    let catalog = view.catalog()?;
    let Some(dictionary) = catalog.dictionary() else { return Ok(None) };
    let Some(intents) = view.get(dictionary, "OutputIntents")? else { return Ok(None) };
    for one in intents.as_array().unwrap_or_default() {
        let one = view.follow(one)?;
        let Some(intent) = one.as_dictionary().filter(|intent| intent.name("S") == Some(b"GTS_PDFA1")) else {
            continue;
        };
        let Some(profile) = view.get(intent, "DestOutputProfile")? else { continue };
        if let Some(count) = profile.as_dictionary().and_then(|profile| profile.integer("N")) {
            return Ok(Some(count));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{Conformance, part};

    #[test]
    fn the_part_as_attribute_and_as_element() {
        let wrap = |inner: &str| {
            format!(
                "<?xpacket begin='' id='x'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF xmlns:r=\
                 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{inner}</r:RDF></x:xmpmeta>"
            )
        };
        let ours = "xmlns:p='http://www.aiim.org/pdfa/ns/id/'";
        let element = wrap(&format!(
            "<r:Description {ours}><p:conformance>B</p:conformance><p:part> 1 </p:part></r:Description>"
        ));
        assert_eq!(part(element.as_bytes()), Some(1));
        let attribute = wrap(&format!("<r:Description {ours} p:part='3' p:conformance='A'/>"));
        assert_eq!(part(attribute.as_bytes()), Some(3));
        let other = wrap("<r:Description xmlns:p='http://example.com/' p:part='1'><p:part>1</p:part></r:Description>");
        assert_eq!(part(other.as_bytes()), None);
        assert_eq!(part(b"\xFF\xFE<"), None);
        assert_eq!(part(b"<!DOCTYPE x><x/>"), None);
    }

    #[test]
    fn what_each_part_asks_of_pictures() {
        let style = |part, intent| Conformance { part, intent }.style();
        assert!(!style(None, None).opaque && !style(None, None).calibrated_rgb && !style(None, None).no_inks);
        assert!(style(Some(1), Some(3)).opaque && !style(Some(1), Some(3)).calibrated_rgb);
        assert!(!style(Some(2), Some(3)).opaque && style(Some(2), None).opaque);
        let inks = style(Some(2), Some(4));
        assert!(inks.calibrated_rgb && !inks.calibrated_gray && !inks.no_inks);
    }
}
