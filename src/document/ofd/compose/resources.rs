//! What pages of a document refer to: fonts, colour spaces, pictures, templates and each other.

use std::sync::Arc;

use crate::document::ofd::compose::xml::Part;
use crate::document::ofd::write::{Contents, Packed};
use crate::error::Error;

/// A font of a document, for [`Text`](crate::ofd::Text).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FontId(pub(super) usize);

#[cfg(feature = "compose")]
impl FontId {
    /// The font at a place, where fonts are given as a list.
    pub(crate) fn of(place: usize) -> Self {
        FontId(place)
    }
}

/// A picture of a document, for [`Content::image`](crate::ofd::Content::image).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ImageId(pub(super) usize);

/// A colour space of a document, for [`Ink::within`](crate::ofd::Ink::within).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ColourSpaceId(pub(super) usize);

/// A template of a document, for [`NewOfd::page_on`](crate::ofd::NewOfd::page_on).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TemplateId(pub(super) usize);

/// A page of a document in the making.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageId(pub(super) usize);

/// A font to be used in a document (GB/T 33190-2016, 11.1).
#[derive(Clone, Debug, PartialEq)]
pub struct NewFont {
    name: String,
    family: Option<String>,
    pub(super) file: Option<Vec<u8>>,
    /// The file compressed, where that was done once for many documents.
    packed: Option<Arc<Packed>>,
}

impl NewFont {
    /// A font that readers are to have, such as `宋体`: what they lack they replace. For documents that are
    /// to look the same everywhere, embed it.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        NewFont { name: name.into(), family: None, file: None, packed: None }
    }

    /// A font whose file travels in the package: TrueType or OpenType, taken as it is. Whoever writes many
    /// documents embeds a subset.
    #[must_use]
    pub fn embedded(name: impl Into<String>, file: impl Into<Vec<u8>>) -> Self {
        NewFont { name: name.into(), family: None, file: Some(file.into()), packed: None }
    }

    /// The family it belongs to; without one, its own name.
    #[must_use]
    pub fn family(mut self, family: impl Into<String>) -> Self {
        self.family = Some(family.into());
        self
    }

    /// Compresses the file now, as small as it gets: for a font that many documents embed. Clones share it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when its file is neither TrueType nor OpenType, or there is none.
    pub fn packed(mut self) -> Result<Self, Error> {
        let file = self.file.as_deref().filter(|_| self.ending().is_some());
        let file = file.ok_or_else(|| self.unusable())?;
        self.packed = Some(Arc::new(Packed::of(file)?));
        // Its first bytes tell what it is.
        self.file = self.file.as_ref().and_then(|file| file.get(..4)).map(<[u8]>::to_vec);
        Ok(self)
    }

    pub(super) fn unusable(&self) -> Error {
        Error::unsupported(format!(
            "the file of the font \"{}\" is neither TrueType nor OpenType; take a font out of a collection first",
            self.name
        ))
    }

    /// Writes `Font`; gives the name of its file, if it has one.
    pub(super) fn write(&self, part: &mut Part, id: u32, number: usize) -> Option<String> {
        let id = id.to_string();
        let family = self.family.as_ref().unwrap_or(&self.name);
        let attributes = [("ID", id.as_str()), ("FontName", &self.name), ("FamilyName", family)];
        let Some(ending) = self.ending() else {
            part.empty("Font", &attributes);
            return None;
        };
        let file = format!("Font_{number}.{ending}");
        part.open("Font", &attributes);
        part.leaf("FontFile", &[], &file);
        part.close();
        Some(file)
    }

    pub(super) fn contents(&self) -> Contents {
        match &self.packed {
            Some(packed) => Contents::Packed(Arc::clone(packed)),
            None => Contents::plain(self.file.clone().unwrap_or_default()),
        }
    }

    pub(super) fn ending(&self) -> Option<&'static str> {
        match self.file.as_deref()? {
            [b'O', b'T', b'T', b'O', ..] => Some("otf"),
            [0, 1, 0, 0, ..] | [b't', b'r', b'u', b'e', ..] => Some("ttf"),
            _ => None,
        }
    }
}

/// A colour space (GB/T 33190-2016, 8.3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct NewColourSpace {
    pub(super) kind: &'static str,
    pub(super) components: usize,
    pub(super) profile: Option<Vec<u8>>,
}

impl NewColourSpace {
    /// One component, 0 for black.
    #[must_use]
    pub fn grey() -> Self {
        NewColourSpace { kind: "GRAY", components: 1, profile: None }
    }

    /// Red, green and blue.
    #[must_use]
    pub fn rgb() -> Self {
        NewColourSpace { kind: "RGB", components: 3, profile: None }
    }

    /// Cyan, magenta, yellow and black, for print.
    #[must_use]
    pub fn cmyk() -> Self {
        NewColourSpace { kind: "CMYK", components: 4, profile: None }
    }

    /// By an ICC profile, which travels in the package.
    #[must_use]
    pub fn profile(mut self, icc: impl Into<Vec<u8>>) -> Self {
        self.profile = Some(icc.into());
        self
    }
}
