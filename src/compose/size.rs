//! Sizes of type by the names of the trade (字号).

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::units::Mm;

/// The sizes that have names, in points. Documents of government bodies are set in these (GB/T 9704-2012, 5.2.2).
const NAMED: &[(&str, f64)] = &[
    ("初号", 42.0),
    ("小初", 36.0),
    ("一号", 26.0),
    ("小一", 24.0),
    ("二号", 22.0),
    ("小二", 18.0),
    ("三号", 16.0),
    ("小三", 15.0),
    ("四号", 14.0),
    ("小四", 12.0),
    ("五号", 10.5),
    ("小五", 9.0),
    ("六号", 7.5),
    ("小六", 6.5),
    ("七号", 5.5),
    ("八号", 5.0),
];

/// The size of a font, in points (1/72 inch). In JSON a number, or a name such as `"三号"`.
///
/// ```
/// use eseal::compose::Size;
///
/// assert_eq!(Size::named("三号")?, Size(16.0));
/// assert_eq!(serde_json::from_str::<Size>("\"小四\"")?, Size(12.0));
/// assert_eq!(serde_json::to_string(&Size(10.5))?, "10.5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Size(pub f64);

impl Size {
    /// The size of that name, from 初号 (42 points) to 八号 (5).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when no size is called so.
    pub fn named(name: &str) -> Result<Self, Error> {
        let found = NAMED.iter().find(|(own, _)| *own == name);
        found.map(|(_, points)| Size(*points)).ok_or_else(|| {
            let names: Vec<_> = NAMED.iter().map(|(own, _)| *own).collect();
            Error::malformed(format!(
                "\"{}\" is no size: write points as a number, or one of {}",
                name.escape_debug(),
                names.join("、")
            ))
        })
    }

    /// The side of the em square.
    #[must_use]
    pub fn to_mm(self) -> Mm {
        Mm::from_points(self.0)
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = Size;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("points, or the name of a size such as 三号")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Size, E> {
        Size::named(name).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, points: f64) -> Result<Size, E> {
        Ok(Size(points))
    }

    fn visit_u64<E: de::Error>(self, points: u64) -> Result<Size, E> {
        u32::try_from(points).map(|points| Size(f64::from(points))).map_err(E::custom)
    }
}
