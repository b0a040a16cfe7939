//! CMaps: which codes a text has, and what they mean (ISO 32000-2, 9.7.5 and 9.10.3).

use std::collections::HashMap;

use crate::document::pdf::content::tokens::Tokens;
use crate::document::pdf::object::Object;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

/// A CMap that came as a stream: of a composite font's encoding, or to Unicode.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// Codes of a length in bytes, from and to.
    spaces: Vec<(usize, u32, u32)>,
    /// Single codes and their meaning.
    text: HashMap<u32, String>,
    /// Ranges, whose last character counts on.
    text_ranges: Vec<(u32, u32, String)>,
    /// Ranges of codes with the first one's CID.
    cids: Vec<(u32, u32, u32)>,
    pub(super) is_vertical: bool,
}

/// More entries than codes of three bytes serve no purpose.
const ENTRIES: usize = 1 << 20;

impl CMap {
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let mut map = CMap::default();
        let mut tokens = Tokens::new(bytes, limits);
        // A section has up to 100 entries of up to three operands; some writers exceed that, so sections are
        // read operand by operand.
        let mut section = Vec::new();
        while let Some(operator) = tokens.operator()? {
            section.append(&mut tokens.operands);
            match operator {
                b"endcodespacerange" => map.spaces.extend(section.chunks_exact(2).filter_map(|pair| match pair {
                    [from, to] => Some((from.as_string()?.len(), code(from)?, code(to)?)),
                    _ => None,
                })),
                b"endbfchar" => {
                    let pairs = section.chunks_exact(2).filter_map(|pair| match pair {
                        [from, to] => Some((code(from)?, meaning(to)?)),
                        _ => None,
                    });
                    map.text.extend(pairs);
                }
                b"endbfrange" => section.chunks_exact(3).for_each(|entry| map.add_text_range(entry)),
                b"endcidchar" => map.cids.extend(section.chunks_exact(2).filter_map(|pair| match pair {
                    [from, cid] => code(from).zip(number(cid)).map(|(from, cid)| (from, from, cid)),
                    _ => None,
                })),
                b"endcidrange" => map.cids.extend(section.chunks_exact(3).filter_map(|entry| match entry {
                    [from, to, cid] => Some((code(from)?, code(to)?, number(cid)?)),
                    _ => None,
                })),
                b"def" if matches!(section.as_slice(), [.., key, _] if key.as_name() == Some(b"WMode")) => {
                    map.is_vertical = section.last().and_then(Object::as_integer) == Some(1);
                }
                _ => {}
            }
            section.clear();
            if map.text.len() + map.text_ranges.len() + map.cids.len() + map.spaces.len() > ENTRIES {
                return Err(Error::new(ErrorKind::TooLarge, format!("a CMap has more than {ENTRIES} entries")));
            }
        }
        map.text_ranges.sort_by_key(|range| range.0);
        map.cids.sort_by_key(|range| range.0);
        Ok(map)
    }

    fn add_text_range(&mut self, entry: &[Object]) {
        let [from, to, target] = entry else { return };
        let Some((from, to)) = code(from).zip(code(to)) else { return };
        match target.as_array() {
            Some(items) => {
                self.text.extend((from..=to).zip(items).filter_map(|(code, item)| Some((code, meaning(item)?))))
            }
            None => self.text_ranges.extend(meaning(target).map(|text| (from, to, text))),
        }
    }

    /// What a code means.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        if let Some(text) = self.text.get(&code) {
            return Some(text.clone());
        }
        let (from, _, text) = within(&self.text_ranges, code, |range| (range.0, range.1))?;
        let mut characters: Vec<char> = text.chars().collect();
        let last = characters.pop()?;
        characters.push(char::from_u32(u32::from(last).checked_add(code - from)?)?);
        Some(characters.into_iter().collect())
    }

    pub(super) fn cid(&self, code: u32) -> Option<u32> {
        let (from, _, cid) = within(&self.cids, code, |range| (range.0, range.1))?;
        cid.checked_add(code - from)
    }

    /// The length of the code that begins `bytes`, where the CMap says it.
    pub(super) fn length(&self, bytes: &[u8]) -> Option<usize> {
        let is_in = |(length, from, to): &&(usize, u32, u32)| {
            let Some(start) = bytes.get(..*length) else { return false };
            // Byte by byte, for a space is a rectangle (9.7.6.3).
            start.iter().enumerate().all(|(index, byte)| {
                let shift = 8 * (length - 1 - index);
                (from >> shift & 0xFF..=to >> shift & 0xFF).contains(&u32::from(*byte))
            })
        };
        self.spaces.iter().filter(|space| (1..=4).contains(&space.0)).find(is_in).map(|space| space.0)
    }
}

/// The last range that begins at or before `code`, if it holds it.
fn within<T>(ranges: &[T], code: u32, ends: impl Fn(&T) -> (u32, u32)) -> Option<&T> {
    let after = ranges.partition_point(|range| ends(range).0 <= code);
    ranges.get(after.checked_sub(1)?).filter(|range| code <= ends(range).1)
}

pub(super) fn code_of(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn code(object: &Object) -> Option<u32> {
    object.as_string().filter(|bytes| bytes.len() <= 4).map(code_of)
}

fn number(object: &Object) -> Option<u32> {
    u32::try_from(object.as_integer()?).ok()
}

/// A string of UTF-16BE.
fn meaning(object: &Object) -> Option<String> {
    let bytes = object.as_string()?;
    // One byte alone is written by some.
    if let [byte] = bytes {
        return Some(char::from(*byte).to_string());
    }
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_be_bytes);
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let known = !text.is_empty() && !text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    known.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::CMap;
    use crate::limits::Limits;

    #[test]
    fn to_unicode() {
        let text = b"/CIDInit /ProcSet findresource begin begincmap /CMapName /X def 1 begincodespacerange \
            <0000> <FFFF> endcodespacerange 2 beginbfchar <0003> <5370> <0004> <D842DFB7> endbfchar \
            2 beginbfrange <0010> <0012> <4E00> <0020> <0021> [<7AE0> <00660069>] endbfrange endcmap";
        let map = CMap::read(text, &Limits::default()).unwrap();
        let meanings: Vec<_> = [3, 4, 0x10, 0x12, 0x13, 0x20, 0x21].map(|code| map.text(code)).into();
        let expected = [Some("印"), Some("𠮷"), Some("一"), Some("丂"), None, Some("章"), Some("fi")];
        assert_eq!(meanings, expected.map(|text| text.map(str::to_owned)));
        assert_eq!((map.length(b"ab"), map.length(b"a")), (Some(2), None));
    }

    #[test]
    fn codes_of_mixed_length() {
        let text = b"2 begincodespacerange <00> <80> <8140> <FEFE> endcodespacerange /WMode 1 def \
            1 begincidrange <B0A1> <B0A9> 500 endcidrange 1 begincidchar <41> 34 endcidchar";
        let map = CMap::read(text, &Limits::default()).unwrap();
        assert_eq!((map.length(b"A\xB0"), map.length(b"\xB0\xA1"), map.length(b"\x90\x10")), (Some(1), Some(2), None));
        assert_eq!((map.cid(0xB0A3), map.cid(0x41), map.cid(0x42)), (Some(502), Some(34), None));
        assert!(map.is_vertical);
    }
}
