//! What layouts name and do not hold: fonts and fixed pictures.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compose::stock::Stock;
use crate::compose::text::Faces;
use crate::font::Font;

/// Fonts and pictures by the names that layouts use: `song`, `hei`, `fangsong`, `kai` by convention.
///
/// ```
/// # fn demo(song: eseal::draw::Font, hei: eseal::draw::Font, emblem: Vec<u8>) {
/// use eseal::compose::Assets;
///
/// let assets = Assets::new().font("song", song).font("hei", hei).fallback("song").picture("emblem", emblem);
/// # }
/// ```
///
/// Cloning shares everything.
#[derive(Clone, Debug, Default)]
#[must_use = "assets are given to a layout"]
pub struct Assets {
    fonts: BTreeMap<String, Font>,
    fallback: Option<String>,
    pictures: BTreeMap<String, Arc<[u8]>>,
}

impl Assets {
    /// Nothing yet.
    pub fn new() -> Self {
        Assets::default()
    }

    /// A font under a name.
    pub fn font(mut self, role: impl Into<String>, font: Font) -> Self {
        self.fonts.insert(role.into(), font);
        self
    }

    /// Which font shows the characters that another lacks, and stands in for names that have no font.
    pub fn fallback(mut self, role: impl Into<String>) -> Self {
        self.fallback = Some(role.into());
        self
    }

    /// A picture that does not change from record to record, PNG or JPEG, for elements with `"asset"`.
    pub fn picture(mut self, name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.pictures.insert(name.into(), bytes.into());
        self
    }

    pub(super) fn picture_of(&self, name: &str) -> Option<&Arc<[u8]>> {
        self.pictures.get(name)
    }

    pub(super) fn pictures(&self) -> impl Iterator<Item = &Arc<[u8]>> {
        self.pictures.values()
    }

    pub(super) fn faces(&self) -> Faces {
        let faces = self.fonts.iter().map(|(name, font)| (name.as_str().into(), font.clone())).collect();
        Faces::new(faces, self.fallback.as_deref())
    }

    pub(super) fn stock(&self) -> Stock {
        let fonts = self.fonts.iter().map(|(name, font)| (name.clone(), font.clone()));
        Stock::plain(fonts, self.fallback.as_deref())
    }

    /// The name of a font that is there.
    pub(super) fn first_font(&self) -> Arc<str> {
        let first = self.fallback.as_deref().or_else(|| self.fonts.keys().next().map(String::as_str));
        first.unwrap_or_default().into()
    }
}
