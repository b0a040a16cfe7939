//! Fonts as far as they tell what a text says and how wide it is (ISO 32000-2, 9.6 to 9.10). Glyphs are not
//! drawn here, so font programs are read only where letters that lie upon a page are looked at.

use std::collections::HashMap;
use std::rc::Rc;

use encoding_rs::{BIG5, EUC_KR, Encoding as Charset, GB18030, SHIFT_JIS, UTF_16BE};

use crate::document::pdf::content::cmap::{CMap, code_of};
use crate::document::pdf::content::encoding::{Encoding, glyph_name};
use crate::document::pdf::content::glyphs;
use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::content::metrics::standard_width;
use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::object::{Dictionary, Object};
use crate::error::{Error, ErrorKind};
#[cfg(feature = "compose")]
use crate::font::Program;

/// One code of a text that is shown.
#[derive(Debug, PartialEq)]
pub(super) struct Code {
    pub(super) code: u32,
    /// What it means, where the font tells.
    pub(super) text: Option<String>,
    /// How wide the glyph is, in units of text space: 1 is the size of the font.
    pub(super) width: f64,
    /// Whether word spacing applies: code 32 of one byte (9.3.3).
    pub(super) is_space: bool,
}

#[derive(Debug)]
pub(super) struct Font {
    kind: Kind,
    to_unicode: Option<CMap>,
    /// Of a font of Type 3: the streams that draw its glyphs, by their codes, and what they are drawn with.
    drawings: HashMap<u32, Rc<Indirect>>,
    matrix: Matrix,
    /// The stream with its program, and how that is packed, where letters can be found in it by their CIDs.
    #[cfg(feature = "compose")]
    program: Option<(Rc<Indirect>, Program)>,
    pub(super) resources: Option<Dictionary>,
    pub(super) is_vertical: bool,
    /// How far characters reach above and below the baseline, in sizes of the font; upwards is positive.
    pub(super) ascent: f64,
    pub(super) descent: f64,
}

#[derive(Debug)]
enum Kind {
    Simple { widths: Vec<f64>, text: Vec<Option<String>> },
    Composite(Composite),
}

#[derive(Debug)]
struct Composite {
    codes: Codes,
    /// Widths by CID, in sizes of the font.
    widths: HashMap<u32, f64>,
    default_width: f64,
}

/// How bytes become codes.
#[derive(Debug)]
enum Codes {
    /// Two bytes that are the CID.
    Identity,
    /// A predefined CMap whose codes are a known character set.
    Charset(&'static Charset),
    Embedded(CMap),
    /// A predefined CMap that is not known here: two bytes without meaning.
    Unknown,
}

/// Where a font says nothing, ideographs reach so far above and below the baseline.
const ASCENT: f64 = 0.88;
const DESCENT: f64 = -0.12;

/// More widths than there are CIDs serve no purpose.
const WIDTHS: usize = 1 << 16;

impl Font {
    fn plain(kind: Kind, to_unicode: Option<CMap>, (ascent, descent): (f64, f64)) -> Self {
        let (drawings, matrix, resources) = (HashMap::new(), Matrix::IDENTITY, None);
        Font {
            kind,
            to_unicode,
            drawings,
            matrix,
            #[cfg(feature = "compose")]
            program: None,
            resources,
            is_vertical: false,
            ascent,
            descent,
        }
    }

    pub(super) fn read(view: &View<'_>, font: &Dictionary) -> Result<Self, Error> {
        let to_unicode = cmap(view, font.get("ToUnicode"))?;
        match font.name("Subtype") {
            Some(b"Type0") => composite(view, font, to_unicode),
            _ => simple(view, font, to_unicode),
        }
    }

    /// Whether it is made of content streams.
    pub(super) fn is_drawn(&self) -> bool {
        !self.drawings.is_empty()
    }

    /// What draws a glyph of a font that is made of content streams, and from which units.
    pub(super) fn drawing(&self, code: u32) -> Option<(&Rc<Indirect>, Matrix)> {
        self.drawings.get(&code).map(|drawing| (drawing, self.matrix))
    }

    #[cfg(feature = "compose")]
    pub(super) fn program(&self) -> Option<(&Rc<Indirect>, Program)> {
        self.program.as_ref().map(|(file, program)| (file, *program))
    }

    /// The CID of a code, where it has one.
    #[cfg(feature = "compose")]
    pub(super) fn cid(&self, code: u32) -> u32 {
        match &self.kind {
            Kind::Composite(Composite { codes: Codes::Embedded(map), .. }) => map.cid(code).unwrap_or(0),
            _ => code,
        }
    }

    /// The codes of a string.
    pub(super) fn codes(&self, bytes: &[u8]) -> Vec<Code> {
        match &self.kind {
            Kind::Simple { widths, text } => bytes
                .iter()
                .map(|byte| {
                    let index = usize::from(*byte);
                    let mapped = self.to_unicode.as_ref().and_then(|map| map.text(u32::from(*byte)));
                    Code {
                        code: u32::from(*byte),
                        text: mapped.or_else(|| text.get(index).cloned().flatten()),
                        width: widths.get(index).copied().unwrap_or(0.0),
                        is_space: *byte == 32,
                    }
                })
                .collect(),
            Kind::Composite(composite) => self.composite_codes(composite, bytes),
        }
    }

    fn composite_codes(&self, composite: &Composite, bytes: &[u8]) -> Vec<Code> {
        let mut codes = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = composite.codes.length(rest).clamp(1, rest.len());
            let (one, after) = rest.split_at(length);
            rest = after;
            let code = code_of(one);
            let mapped = self.to_unicode.as_ref().and_then(|map| map.text(code));
            codes.push(Code {
                code,
                text: mapped.or_else(|| composite.codes.text(one)),
                width: composite.width(code, one),
                is_space: one == b" ",
            });
        }
        codes
    }
}

impl Codes {
    fn length(&self, bytes: &[u8]) -> usize {
        match self {
            Codes::Identity | Codes::Unknown => 2,
            Codes::Embedded(map) => map.length(bytes).unwrap_or(2),
            Codes::Charset(charset) if *charset == UTF_16BE => match bytes {
                [0xD8..=0xDB, ..] => 4,
                _ => 2,
            },
            // Four bytes of GB 18030 have a digit in second place.
            Codes::Charset(charset) => match bytes {
                [0x00..=0x80, ..] => 1,
                [0xA1..=0xDF, ..] if *charset == SHIFT_JIS => 1,
                [_, b'0'..=b'9', ..] if *charset == GB18030 => 4,
                _ => 2,
            },
        }
    }

    fn text(&self, bytes: &[u8]) -> Option<String> {
        let Codes::Charset(charset) = self else { return None };
        if *charset == UTF_16BE {
            let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
            return String::from_utf16(&units.map(u16::from_be_bytes).collect::<Vec<_>>()).ok();
        }
        charset.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
    }
}

impl Composite {
    fn width(&self, code: u32, bytes: &[u8]) -> f64 {
        let cid = match &self.codes {
            Codes::Identity => Some(code),
            Codes::Embedded(map) => map.cid(code),
            Codes::Charset(_) | Codes::Unknown => None,
        };
        if let Some(cid) = cid {
            return self.widths.get(&cid).copied().unwrap_or(self.default_width);
        }
        // The CIDs of a predefined CMap are not known here: ASCII is half as wide as an ideograph.
        let is_ascii = matches!(bytes, [0x00..=0x7F] | [0, 0x00..=0x7F]);
        if is_ascii { self.default_width / 2.0 } else { self.default_width }
    }
}

/// The character set of a predefined CMap (9.7.5.2), and whether its codes mean characters at all.
fn predefined(name: &[u8]) -> Codes {
    let name = String::from_utf8_lossy(name);
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if starts(&["Identity-"]) {
        Codes::Identity
    } else if name.contains("-UCS2-") || name.contains("-UTF16-") {
        Codes::Charset(UTF_16BE)
    } else if starts(&["GBK", "GB-EUC", "GBKp-EUC", "GBK2K"]) {
        Codes::Charset(GB18030)
    } else if starts(&["B5pc", "ETen-B5", "ETenms-B5", "HKscs-B5"]) {
        Codes::Charset(BIG5)
    } else if name.contains("RKSJ") {
        Codes::Charset(SHIFT_JIS)
    } else if starts(&["KSC-EUC", "KSCms-UHC"]) {
        Codes::Charset(EUC_KR)
    } else {
        Codes::Unknown
    }
}

/// A CMap that is a stream; one that cannot be read says nothing.
fn cmap(view: &View<'_>, object: Option<&Object>) -> Result<Option<CMap>, Error> {
    let Some(object) = object else { return Ok(None) };
    let Followed::There(stream) = view.follow(object)? else { return Ok(None) };
    if !stream.is_stream() {
        return Ok(None);
    }
    match view.stream(&stream).and_then(|bytes| CMap::read(&bytes, &view.work.limits)) {
        Err(error) if error.kind() == ErrorKind::TooLarge => Err(error),
        map => Ok(map.ok()),
    }
}

fn simple(view: &View<'_>, font: &Dictionary, to_unicode: Option<CMap>) -> Result<Font, Error> {
    let mut base = None;
    let mut differences: HashMap<u8, Option<String>> = HashMap::new();
    let mut names: HashMap<u8, Vec<u8>> = HashMap::new();
    if let Some(encoding) = view.get(font, "Encoding")? {
        base = encoding.as_name().and_then(Encoding::named);
        if let Some(dictionary) = encoding.as_dictionary() {
            base = dictionary.name("BaseEncoding").and_then(Encoding::named);
            if let Some(list) = view.get(dictionary, "Differences")? {
                let mut code = 0_i64;
                for item in list.as_array().unwrap_or_default() {
                    if let Some(number) = item.as_integer() {
                        code = number;
                    } else if let Some(name) = item.as_name() {
                        if let Ok(code) = u8::try_from(code) {
                            differences.insert(code, glyph_name(name));
                            names.insert(code, name.to_vec());
                        }
                        code = code.saturating_add(1);
                    }
                }
            }
        }
    }
    // A TrueType font without encoding is mostly read by Windows' table.
    let usual = if font.name("Subtype") == Some(b"TrueType") { Encoding::WinAnsi } else { Encoding::Standard };
    let base = base.unwrap_or(usual);
    let text = (0..=255_u8)
        .map(|code| differences.remove(&code).unwrap_or_else(|| base.text(code).map(String::from)))
        .collect::<Vec<_>>();
    let (ascent, descent) = heights(view, font)?;
    let widths = simple_widths(view, font, &text)?;
    let mut simple = Font::plain(Kind::Simple { widths, text }, to_unicode, (ascent, descent));
    if font.name("Subtype") == Some(b"Type3") {
        simple.matrix = Matrix::of(view, font.get("FontMatrix"))?.unwrap_or(Matrix([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]));
        simple.resources = view.get(font, "Resources")?.and_then(|own| own.as_dictionary().cloned());
        simple.drawings = glyphs::drawings(view, font, &names)?;
    }
    Ok(simple)
}

fn simple_widths(view: &View<'_>, font: &Dictionary, text: &[Option<String>]) -> Result<Vec<f64>, Error> {
    // Widths of a Type 3 font are in its own glyph space.
    let scale = match font.name("Subtype") {
        Some(b"Type3") => Matrix::of(view, font.get("FontMatrix"))?.map_or(0.001, |matrix| matrix.apply((1.0, 0.0)).0),
        _ => 0.001,
    };
    let missing = match view.get(font, "FontDescriptor")? {
        Some(descriptor) => descriptor.as_dictionary().and_then(|entries| entries.get("MissingWidth")?.as_number()),
        None => None,
    };
    let mut widths = vec![missing.unwrap_or(0.0) * scale; 256];
    let Some(list) = view.get(font, "Widths")? else {
        let name = font.name("BaseFont").unwrap_or_default();
        let known = |text: &Option<String>| standard_width(name, text.as_deref().and_then(|text| text.chars().next()));
        return Ok(text.iter().map(known).collect());
    };
    let first = font.integer("FirstChar").and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
    for (width, item) in widths.iter_mut().skip(first).zip(list.as_array().unwrap_or_default()) {
        if let Some(number) = view.follow(item)?.as_number().filter(|number| number.is_finite()) {
            *width = number * scale;
        }
    }
    Ok(widths)
}

fn composite(view: &View<'_>, font: &Dictionary, to_unicode: Option<CMap>) -> Result<Font, Error> {
    let mut is_vertical = false;
    let codes = match view.get(font, "Encoding")? {
        Some(encoding) if encoding.as_name().is_some() => {
            let name = encoding.as_name().unwrap_or_default();
            is_vertical = name.ends_with(b"V");
            predefined(name)
        }
        _ => match cmap(view, font.get("Encoding"))? {
            Some(map) => {
                is_vertical = map.is_vertical;
                Codes::Embedded(map)
            }
            None => Codes::Unknown,
        },
    };
    let mut composite = Composite { codes, widths: HashMap::new(), default_width: 1.0 };
    let (mut ascent, mut descent) = (ASCENT, DESCENT);
    #[cfg(feature = "compose")]
    let mut program = None;
    if let Some(list) = view.get(font, "DescendantFonts")?
        && let Some(descendant) = list.as_array().and_then(<[Object]>::first)
        && let descendant = view.follow(descendant)?
        && let Some(descendant) = descendant.as_dictionary()
    {
        let default = view.get(descendant, "DW")?.and_then(|width| width.as_number());
        composite.default_width = default.filter(|width| width.is_finite()).unwrap_or(1000.0) / 1000.0;
        composite.widths = widths_by_cid(view, descendant)?;
        #[cfg(feature = "compose")]
        if matches!(composite.codes, Codes::Identity | Codes::Embedded(_)) {
            program = glyphs::program(view, descendant)?;
        }
        let told = heights(view, descendant)?;
        // What fonts of ideographs claim beyond their em is room between lines: the same text has the same extent
        // whichever program wrote it.
        (ascent, descent) = (told.0.min(ASCENT), told.1.max(DESCENT));
    }
    let font = Font::plain(Kind::Composite(composite), to_unicode, (ascent, descent));
    Ok(Font {
        is_vertical,
        #[cfg(feature = "compose")]
        program,
        ..font
    })
}

/// `/W`: a CID and a list of widths, or two CIDs and one width (9.7.4.3).
fn widths_by_cid(view: &View<'_>, font: &Dictionary) -> Result<HashMap<u32, f64>, Error> {
    let mut widths = HashMap::new();
    let Some(list) = view.get(font, "W")? else { return Ok(widths) };
    let mut items = list.as_array().unwrap_or_default().iter();
    let cid = |object: &Object| object.as_integer().and_then(|number| u32::try_from(number).ok());
    while let (Some(first), Some(second)) = (items.next(), items.next()) {
        let (first, second) = (view.follow(first)?, view.follow(second)?);
        let Some(from) = cid(&first) else { break };
        if let Some(each) = second.as_array() {
            for (cid, width) in (from..).zip(each).take(WIDTHS) {
                widths.extend(view.follow(width)?.as_number().map(|width| (cid, width / 1000.0)));
            }
        } else if let (Some(to), Some(width)) = (cid(&second), items.next()) {
            let width = view.follow(width)?.as_number().unwrap_or(1000.0) / 1000.0;
            widths.extend((from..=to).take(WIDTHS).map(|cid| (cid, width)));
            view.work.spend(16 * u64::from(to.saturating_sub(from)).min(WIDTHS as u64))?;
        }
        if widths.len() > WIDTHS {
            return Err(Error::too_large(format!("a font has more than {WIDTHS} widths")));
        }
    }
    Ok(widths)
}

/// How far a font reaches above and below its baseline, by its descriptor where that can be.
fn heights(view: &View<'_>, font: &Dictionary) -> Result<(f64, f64), Error> {
    let Some(descriptor) = view.get(font, "FontDescriptor")? else { return Ok((ASCENT, DESCENT)) };
    let Some(descriptor) = descriptor.as_dictionary() else { return Ok((ASCENT, DESCENT)) };
    let number = |key: &str| Ok::<_, Error>(view.get(descriptor, key)?.and_then(|number| number.as_number()));
    let ascent = number("Ascent")?.map(|ascent| ascent / 1000.0).filter(|ascent| (0.3..=1.2).contains(ascent));
    let descent = number("Descent")?.map(|descent| -descent.abs() / 1000.0).filter(|descent| *descent >= -0.5);
    Ok((ascent.unwrap_or(ASCENT), descent.unwrap_or(DESCENT)))
}
