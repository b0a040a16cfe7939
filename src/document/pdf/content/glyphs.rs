//! Where fonts have what draws their glyphs (ISO 32000-2, 9.6.4 and 9.9).

use std::collections::HashMap;
use std::rc::Rc;

use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::object::Dictionary;
use crate::error::Error;
#[cfg(feature = "compose")]
use crate::font::Program;

/// The streams that draw the glyphs of a font of Type 3 (9.6.4), by their codes.
pub(super) fn drawings(
    view: &View<'_>,
    font: &Dictionary,
    names: &HashMap<u8, Vec<u8>>,
) -> Result<HashMap<u32, Rc<Indirect>>, Error> {
    let mut drawings = HashMap::new();
    let Some(all) = view.get(font, "CharProcs")? else { return Ok(drawings) };
    let Some(all) = all.as_dictionary() else { return Ok(drawings) };
    for (code, name) in names {
        let Some(drawing) = all.get(&String::from_utf8_lossy(name)) else { continue };
        if let Followed::There(stream) = view.follow(drawing)?
            && stream.is_stream()
        {
            drawings.insert(u32::from(*code), stream);
        }
    }
    Ok(drawings)
}

/// The program of a font whose letters are known by CIDs: those of TrueType are the numbers of glyphs, unless a map
/// says otherwise (9.7.4.2).
#[cfg(feature = "compose")]
pub(super) fn program(view: &View<'_>, descendant: &Dictionary) -> Result<Option<(Rc<Indirect>, Program)>, Error> {
    let Some(descriptor) = view.get(descendant, "FontDescriptor")? else { return Ok(None) };
    let Some(descriptor) = descriptor.as_dictionary() else { return Ok(None) };
    let (file, program) = match (descriptor.get("FontFile2"), descriptor.get("FontFile3")) {
        (Some(file), None) => (file, Program::TrueType),
        (None, Some(file)) => (file, Program::Compact),
        _ => return Ok(None),
    };
    let Followed::There(file) = view.follow(file)? else { return Ok(None) };
    let map = view.get(descendant, "CIDToGIDMap")?;
    let is_plain = map.is_none_or(|map| map.as_name() == Some(b"Identity"));
    let kind = file.dictionary().and_then(|entries| entries.name("Subtype"));
    let is_known = program == Program::TrueType || kind == Some(b"CIDFontType0C");
    Ok((is_plain && is_known && file.is_stream()).then_some((file, program)))
}
