//! The description of the document in XMP (14.3.2): another one may be written, as long as reading
//! it does no harm.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::Part;
use crate::document::pdf::changes::step::{At, Step};
use crate::document::pdf::file::readable;
use crate::error::Error;

/// The namespaces and names that the root of a description may have.
const ROOTS: [(&str, &str); 2] =
    [("adobe:ns:meta/", "xmpmeta"), ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "RDF")];

/// Entities that every reader knows.
const ENTITIES: [&str; 5] = ["lt", "gt", "amp", "apos", "quot"];

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn metadata(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let (kind, text) = (ChangeKind::Metadata, "the description of the document, /Metadata, was changed");
        let Some(new) = new else {
            self.refuse(at, kind, "the description of the document, /Metadata, was removed", old, None);
            return Ok(());
        };
        for part in old.into_iter().chain([new]) {
            if let Err(problem) = self.check_description(part)? {
                self.refuse(at, kind, format!("{text}, and {problem}"), None, None);
                return Ok(());
            }
        }
        self.record(at, ModificationLevel::LtaUpdate, kind, text);
        Ok(())
    }

    fn check_description(&self, part: &Part<'w>) -> Result<Result<(), String>, Error> {
        if !part.is_stream() {
            return Ok(Err("it is no stream".into()));
        }
        let Some(text) = readable(part.view.stream(&part.holder).map(Some))? else {
            return Ok(Err("it cannot be decoded".into()));
        };
        match decoded(&text) {
            Some(text) => Ok(check(&text, part.view.work.limits.depth)),
            None => Ok(Err("it is neither UTF-8 nor UTF-16".into())),
        }
    }
}

/// The text, in UTF-8 or in UTF-16.
fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let units = |of: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(of);
        char::decode_utf16(units).collect::<Result<String, _>>().ok().map(Cow::Owned)
    };
    match bytes {
        [0xFE, 0xFF, ..] | [0, b'<', ..] => units(u16::from_be_bytes),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => units(u16::from_le_bytes),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

/// Well formed, with the root of a description, and without declarations that could pull in or
/// unfold anything.
fn check(text: &str, depth: usize) -> Result<(), String> {
    let mut reader = NsReader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    reader.config_mut().check_comments = true;
    let (mut open, mut roots) = (0_usize, 0_usize);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|error| format!("its XML is broken: {error}"))?;
        match event {
            Event::Eof => break,
            Event::DocType(_) => return Err("it declares a document type".into()),
            Event::GeneralRef(entity) if !entity.is_char_ref() && !ENTITIES.contains(&entity.as_ref()) => {
                return Err("it refers to an entity".into());
            }
            Event::Start(ref element) | Event::Empty(ref element) => {
                if open == 0 {
                    roots += 1;
                    let name = element.local_name();
                    let is_root = matches!(namespace, ResolveResult::Bound(uri)
                        if ROOTS.contains(&(uri.as_ref(), name.as_ref())));
                    if !is_root {
                        return Err("its root is neither xmpmeta nor RDF".into());
                    }
                }
                if element.attributes().any(|attribute| attribute.is_err()) {
                    return Err("its XML has a broken attribute".into());
                }
                if matches!(event, Event::Start(_)) {
                    open += 1;
                }
                if open > depth {
                    return Err(format!("its XML nests deeper than {depth} levels"));
                }
            }
            Event::End(_) => open = open.saturating_sub(1),
            _ => {}
        }
    }
    if roots != 1 || open != 0 { Err("its XML has not one root that ends".into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::check;

    const GOOD: &str = "<?xpacket begin='' id='W5M0'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><a b='1'>&lt;&#65;</a>\
        </x:xmpmeta><?xpacket end='w'?>";

    #[test]
    fn descriptions_that_do_harm_are_told() {
        let check = |text: &str| check(text, 64);
        assert_eq!(check(GOOD), Ok(()));
        assert_eq!(check("<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"), Ok(()));
        for (old, new, reason) in [
            ("<x:xmpmeta", "<!DOCTYPE x><x:xmpmeta", "declares a document type"),
            ("&lt;", "&xxe;", "refers to an entity"),
            ("</a>", "", "broken"),
            ("adobe:ns:meta/", "adobe:ns:other/", "neither xmpmeta nor RDF"),
            ("</x:xmpmeta>", "</x:xmpmeta><x:xmpmeta xmlns:x='adobe:ns:meta/'/>", "not one root"),
            ("</x:xmpmeta>", "", "not one root"),
            ("b='1'", "b='1' b='2'", "broken attribute"),
        ] {
            let told = check(&GOOD.replace(old, new)).unwrap_err();
            assert!(told.contains(reason), "{reason}: {told}");
        }
        let deep = format!("<x:xmpmeta xmlns:x='adobe:ns:meta/'>{}", "<a>".repeat(100));
        assert!(super::check(&deep, 64).unwrap_err().contains("deeper"));
    }
}
