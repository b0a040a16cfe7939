//! Pictures: the bytes of an image and its size in millimetres.
//!
//! A room of its own below `seal` and `document`, because both speak of pictures and neither may
//! know the other: a seal carries one, a document shows one.

#[cfg(feature = "svg")]
pub(crate) mod svg;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::units::Mm;

/// The picture of a seal (印章图像) and the size at which it is to be shown.
///
/// The bytes are kept as they are; nothing is scaled or encoded again.
///
/// ```
/// use eseal::{Mm, Picture, PictureFormat};
///
/// let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"/>"#;
/// let picture = Picture::svg(svg, Mm(42.0), Mm(42.0))?;
/// assert_eq!(picture.format(), PictureFormat::Svg);
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone)]
pub struct Picture {
    format: PictureFormat,
    bytes: Arc<[u8]>,
    width: Side,
    height: Side,
    prepared: Arc<OnceLock<Arc<dyn Any + Send + Sync>>>,
}

/// A length that was checked to be finite, so that pictures can be compared.
#[derive(Clone, Copy, PartialEq)]
struct Side(Mm);

impl Eq for Side {}

/// The format of a picture, as its first bytes tell.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PictureFormat {
    /// Windows bitmap.
    Bmp,
    /// Graphics Interchange Format.
    Gif,
    /// JPEG File Interchange Format.
    Jpeg,
    /// An OFD package whose first page is the picture, as tax seals have it.
    Ofd,
    /// Portable Network Graphics.
    Png,
    /// Scalable Vector Graphics.
    Svg,
}

impl PictureFormat {
    /// Tells the format by the bytes, whatever name they carry.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(PictureFormat::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(PictureFormat::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(PictureFormat::Gif),
            [b'B', b'M', ..] => Some(PictureFormat::Bmp),
            [b'P', b'K', 3, 4, ..] => Some(PictureFormat::Ofd),
            _ => looks_like_svg(bytes).then_some(PictureFormat::Svg),
        }
    }

    /// The name that a seal gives the format (GB/T 38540-2020, 6.1).
    #[must_use]
    pub fn seal_name(self) -> &'static str {
        match self {
            PictureFormat::Bmp => "BMP",
            PictureFormat::Gif => "GIF",
            PictureFormat::Jpeg => "JPG",
            PictureFormat::Ofd => "OFD",
            PictureFormat::Png => "PNG",
            PictureFormat::Svg => "SVG",
        }
    }
}

/// Text in which an `<svg` element stands near the beginning, after a prologue and comments.
fn looks_like_svg(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    head.starts_with(b"<") && head.windows(4).any(|window| window == b"<svg")
}

impl Picture {
    /// A PNG picture, shown `width` × `height` large.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the bytes are not PNG, [`ErrorKind::Misuse`] when a side is not
    /// above zero. The same holds for the other formats.
    pub fn png(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        Self::of(PictureFormat::Png, bytes, width, height)
    }

    /// A JPEG picture.
    ///
    /// # Errors
    ///
    /// As [`Picture::png`].
    pub fn jpeg(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        Self::of(PictureFormat::Jpeg, bytes, width, height)
    }

    /// A GIF picture; the first image counts.
    ///
    /// # Errors
    ///
    /// As [`Picture::png`].
    pub fn gif(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        Self::of(PictureFormat::Gif, bytes, width, height)
    }

    /// A BMP picture.
    ///
    /// # Errors
    ///
    /// As [`Picture::png`].
    pub fn bmp(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        Self::of(PictureFormat::Bmp, bytes, width, height)
    }

    /// An SVG picture.
    ///
    /// # Errors
    ///
    /// As [`Picture::png`].
    pub fn svg(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        Self::of(PictureFormat::Svg, bytes, width, height)
    }

    /// A picture as an OFD document, of which the first page counts: vectors, as tax seals have them.
    ///
    /// # Errors
    ///
    /// As [`Picture::png`].
    pub fn ofd(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        Self::of(PictureFormat::Ofd, bytes, width, height)
    }

    /// A picture of whichever format its first bytes tell.
    ///
    /// # Errors
    ///
    /// As [`Picture::png`]; [`ErrorKind::Unsupported`] when the format is none that a seal may carry.
    pub fn sniffed(bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        let format = PictureFormat::sniff(bytes).ok_or_else(|| {
            Error::unsupported("the picture is neither PNG, JPEG, GIF, BMP, SVG nor OFD: convert it to PNG")
        })?;
        Self::of(format, bytes, width, height)
    }

    fn of(format: PictureFormat, bytes: &[u8], width: Mm, height: Mm) -> Result<Self, Error> {
        if !width.is_positive() || !height.is_positive() {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("a picture of {width} × {height} cannot be shown: both sides must be above zero"),
            ));
        }
        let found = PictureFormat::sniff(bytes);
        if found != Some(format) {
            let found = found.map_or("something else", PictureFormat::seal_name);
            return Err(Error::malformed(format!(
                "the picture's {} bytes are not {}: they begin like {found}",
                bytes.len(),
                format.seal_name(),
            )));
        }
        Ok(Picture { format, bytes: bytes.into(), width: Side(width), height: Side(height), prepared: Arc::default() })
    }

    /// What `prepare` makes of this picture, made once for the picture and all its clones: a seal
    /// stamps many documents, and its picture is the same in all of them.
    pub(crate) fn prepared<T: Any + Send + Sync>(
        &self,
        prepare: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let known = self.prepared.get().and_then(|known| Arc::clone(known).downcast().ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let fresh = Arc::new(prepare()?);
        // Who comes second, or makes something of another type, keeps its own.
        let _ = self.prepared.set(Arc::clone(&fresh) as Arc<dyn Any + Send + Sync>);
        Ok(fresh)
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> PictureFormat {
        self.format
    }

    /// The bytes, as they were given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How wide it is shown.
    #[must_use]
    pub fn width(&self) -> Mm {
        self.width.0
    }

    /// How high it is shown.
    #[must_use]
    pub fn height(&self) -> Mm {
        self.height.0
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        let said = |picture: &Self| (picture.format, picture.width, picture.height);
        said(self) == said(other) && self.bytes == other.bytes
    }
}

impl Eq for Picture {}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Picture { format, bytes, width, height, .. } = self;
        write!(f, "Picture({format:?}, {} bytes, {} × {})", bytes.len(), width.0, height.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Picture, PictureFormat};
    use crate::error::ErrorKind;
    use crate::units::Mm;

    #[test]
    fn formats_by_their_first_bytes() {
        assert_eq!(PictureFormat::sniff(b"\x89PNG\r\n\x1A\n...."), Some(PictureFormat::Png));
        assert_eq!(PictureFormat::sniff(b"<?xml version='1.0'?>\n<!-- c --><svg/>"), Some(PictureFormat::Svg));
        assert_eq!(PictureFormat::sniff(b"<html></html>"), None);
        assert_eq!(PictureFormat::sniff(b""), None);
    }

    #[test]
    fn a_picture_is_what_it_is_called_and_has_a_size() {
        let error = Picture::png(b"GIF89a", Mm(42.0), Mm(42.0)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains("begin like GIF"), "{error}");
        for side in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Picture::gif(b"GIF89a", Mm(42.0), Mm(side)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misuse);
        }
    }

    #[test]
    fn what_is_made_of_a_picture_is_made_once() {
        let picture = Picture::gif(b"GIF89a", Mm(1.0), Mm(1.0)).unwrap();
        let failed = picture.prepared::<u8>(|| Err(crate::error::Error::malformed("not yet")));
        assert!(failed.is_err(), "a failure is not kept");
        assert_eq!(*picture.prepared(|| Ok(1_u8)).unwrap(), 1);
        assert_eq!(*picture.clone().prepared(|| Ok(2_u8)).unwrap(), 1, "a clone has it too");
        assert_eq!(*picture.prepared(|| Ok("other")).unwrap(), "other", "another type is another thing");
        assert_eq!(picture, Picture::gif(b"GIF89a", Mm(1.0), Mm(1.0)).unwrap(), "it is not part of the picture");
    }
}
