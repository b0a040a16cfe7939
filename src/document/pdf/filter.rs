//! Decoding of streams that hold structure: cross-reference streams, object streams, seals
//! (ISO 32000-2, 7.4). Filters of pictures are not needed here.

use flate2::{Decompress, FlushDecompress, Status};
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use crate::document::pdf::lexer::hex_value;
use crate::document::pdf::object::Dictionary;
use crate::document::pdf::source::is_white;
use crate::error::Error;
use crate::limits::Limits;

/// One step of decoding: the filter's name and its parameters.
pub(super) struct Filter {
    pub(super) name: Vec<u8>,
    pub(super) parameters: Option<Dictionary>,
}

/// More filters than this on one stream serve no purpose but to multiply.
const FILTERS: usize = 8;

/// Undoes the filters in order; `left` bytes may come out of all of them together.
pub(super) fn decode(filters: &[Filter], data: &[u8], limits: &Limits, left: u64) -> Result<Vec<u8>, Error> {
    if filters.len() > FILTERS {
        return Err(Error::too_large(format!("a stream with {} filters is refused", filters.len())));
    }
    let mut bytes = data.to_vec();
    for filter in filters {
        let room = room(bytes.len(), limits).min(left);
        bytes = match filter.name.as_slice() {
            b"FlateDecode" | b"Fl" => unpredict(inflate(&bytes, room)?, filter.parameters.as_ref())?,
            b"LZWDecode" | b"LZW" => {
                let parameters = filter.parameters.as_ref();
                let is_early = parameters.and_then(|entries| entries.integer("EarlyChange")) != Some(0);
                unpredict(unzip_lzw(&bytes, is_early, room)?, parameters)?
            }
            b"RunLengthDecode" | b"RL" => run_lengths(&bytes, room)?,
            b"ASCIIHexDecode" | b"AHx" => ascii_hex(&bytes)?,
            b"ASCII85Decode" | b"A85" => ascii_85(&bytes)?,
            // Decryption has happened before; the identity changes nothing.
            b"Crypt" => bytes,
            other => {
                let name = String::from_utf8_lossy(other).into_owned();
                return Err(Error::unsupported(format!("streams with the filter /{name} are not read here")));
            }
        };
    }
    Ok(bytes)
}

/// How many bytes may come out of so many.
fn room(packed: usize, limits: &Limits) -> u64 {
    (packed as u64).saturating_mul(limits.ratio).max(1 << 20).min(limits.stream_bytes)
}

/// Of the zlib format around the data only the header is looked at (RFC 1950, 2.2): some writers leave
/// out the checksum or get it wrong, and what guards a signed file are its signatures. Others leave out
/// the mark that ends the data; whether all that is needed came, whoever reads the structure sees.
fn inflate(data: &[u8], room: u64) -> Result<Vec<u8>, Error> {
    let deflated = match data {
        [] => return Ok(Vec::new()),
        [method, flags, rest @ ..]
            if method & 0x0F == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31) && flags & 0x20 == 0 =>
        {
            rest
        }
        _ => return Err(Error::malformed("the deflated data have no header of the zlib format")),
    };
    let mut decoder = Decompress::new(false);
    let (mut bytes, mut chunk, mut rest) = (Vec::new(), vec![0_u8; 1 << 15], deflated);
    loop {
        let (read, written) = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(rest, &mut chunk, FlushDecompress::None);
        let status = status.map_err(|source| Error::malformed("the deflated data are broken").caused_by(source))?;
        let consumed = usize::try_from(decoder.total_in() - read).unwrap_or(usize::MAX);
        let produced = usize::try_from(decoder.total_out() - written).unwrap_or(usize::MAX);
        rest = rest.get(consumed..).unwrap_or_default();
        bytes.extend(chunk.iter().take(produced));
        if bytes.len() as u64 > room {
            return Err(unfolds_beyond(room));
        }
        if status == Status::StreamEnd || (consumed == 0 && produced == 0) {
            return Ok(bytes);
        }
    }
}

fn unfolds_beyond(room: u64) -> Error {
    Error::too_large(format!("a stream unfolds to more than {room} bytes"))
}

/// Undoes LZW, whose codes grow one code early unless the parameters say otherwise (7.4.4.3).
fn unzip_lzw(data: &[u8], is_early: bool, room: u64) -> Result<Vec<u8>, Error> {
    let configuration = match is_early {
        true => Configuration::with_tiff_size_switch(BitOrder::Msb, 8),
        false => Configuration::new(BitOrder::Msb, 8),
    };
    let mut decoder = configuration.build();
    let (mut bytes, mut chunk, mut rest) = (Vec::new(), vec![0_u8; 1 << 14], data);
    loop {
        let result = decoder.decode_bytes(rest, &mut chunk);
        rest = rest.get(result.consumed_in..).unwrap_or_default();
        bytes.extend(chunk.iter().take(result.consumed_out));
        if bytes.len() as u64 > room {
            return Err(unfolds_beyond(room));
        }
        match result.status {
            Ok(LzwStatus::Ok) if result.consumed_in > 0 || result.consumed_out > 0 => {}
            // Some writers leave out the code that ends the data.
            Ok(_) => return Ok(bytes),
            Err(source) => return Err(Error::malformed("the LZW data are broken").caused_by(source)),
        }
    }
}

/// Undoes run lengths (7.4.5); data without the mark at their end just end.
fn run_lengths(data: &[u8], room: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut rest = data;
    while let [length, after @ ..] = rest {
        match usize::from(*length) {
            128 => break,
            run @ 129.. => {
                let (byte, after) = after.split_first().ok_or_else(cut_off)?;
                bytes.extend(std::iter::repeat_n(*byte, 257 - run));
                rest = after;
            }
            copied => {
                let (copy, after) = after.split_at_checked(copied + 1).ok_or_else(cut_off)?;
                bytes.extend_from_slice(copy);
                rest = after;
            }
        }
        if bytes.len() as u64 > room {
            return Err(unfolds_beyond(room));
        }
    }
    Ok(bytes)
}

fn cut_off() -> Error {
    Error::malformed("the RunLengthDecode data end within a run")
}

fn ascii_hex(data: &[u8]) -> Result<Vec<u8>, Error> {
    let mut digits: Vec<u8> = Vec::new();
    for byte in data.iter().copied().take_while(|byte| *byte != b'>').filter(|byte| !is_white(*byte)) {
        if !byte.is_ascii_hexdigit() {
            return Err(Error::malformed("ASCIIHexDecode data hold something else than digits"));
        }
        digits.push(hex_value(byte));
    }
    Ok(digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit) << (8 - 4 * pair.len()))
        .collect())
}

fn ascii_85(data: &[u8]) -> Result<Vec<u8>, Error> {
    let fault = || Error::malformed("ASCII85Decode data hold something that is none of its digits");
    let mut bytes = Vec::new();
    let mut group: Vec<u32> = Vec::with_capacity(5);
    let mut flush = |group: &mut Vec<u32>| -> Option<()> {
        let count = group.len();
        group.resize(5, 84);
        let word = group.iter().try_fold(0_u32, |sum, digit| sum.checked_mul(85)?.checked_add(*digit))?;
        bytes.extend(word.to_be_bytes().iter().take(count.checked_sub(1)?));
        group.clear();
        Some(())
    };
    for byte in data.iter().copied().filter(|byte| !is_white(*byte)) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => {
                group.extend([0; 5]);
                flush(&mut group).ok_or_else(fault)?;
            }
            b'!'..=b'u' => {
                group.push(u32::from(byte - b'!'));
                if group.len() == 5 {
                    flush(&mut group).ok_or_else(fault)?;
                }
            }
            _ => return Err(fault()),
        }
    }
    if !group.is_empty() {
        flush(&mut group).ok_or_else(fault)?;
    }
    Ok(bytes)
}

/// Undoes a predictor (7.4.4.4): TIFF's, or those of PNG, which name themselves on each row.
fn unpredict(data: Vec<u8>, parameters: Option<&Dictionary>) -> Result<Vec<u8>, Error> {
    let number = |key: &str, default: i64| parameters.and_then(|entries| entries.integer(key)).unwrap_or(default);
    let predictor = number("Predictor", 1);
    if predictor <= 1 {
        return Ok(data);
    }
    let side = |key: &str, default: i64, most: i64| {
        let value = number(key, default);
        let odd = || Error::malformed(format!("a predictor with /{key} {value} cannot be"));
        usize::try_from(value).ok().filter(|_| (1..=most).contains(&value)).ok_or_else(odd)
    };
    let (colors, bits, columns) =
        (side("Colors", 1, 32)?, side("BitsPerComponent", 8, 16)?, side("Columns", 1, 1 << 30)?);
    let pixel = (colors * bits).div_ceil(8);
    let row = (colors * bits * columns).div_ceil(8);
    match predictor {
        2 if bits == 8 => Ok(tiff(data, row, colors)),
        10..=15 => png(&data, row, pixel),
        _ => Err(Error::unsupported(format!("predictor {predictor} with {bits} bits is not read here"))),
    }
}

fn tiff(mut data: Vec<u8>, row: usize, colors: usize) -> Vec<u8> {
    for line in data.chunks_mut(row) {
        let mut left = vec![0_u8; colors];
        for pixel in line.chunks_mut(colors) {
            for (byte, before) in pixel.iter_mut().zip(left.iter_mut()) {
                *byte = byte.wrapping_add(*before);
                *before = *byte;
            }
        }
    }
    data
}

pub(super) fn png(data: &[u8], row: usize, pixel: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut above: Vec<u8> = Vec::new();
    for line in data.chunks(row.saturating_add(1)) {
        let Some((kind, line)) = line.split_first() else { break };
        let mut current: Vec<u8> = Vec::with_capacity(line.len());
        for (index, byte) in line.iter().enumerate() {
            let back = |from: &[u8]| index.checked_sub(pixel).and_then(|at| from.get(at)).copied().unwrap_or(0);
            let (left, corner) = (back(&current), back(&above));
            let up = above.get(index).copied().unwrap_or(0);
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                other => return Err(Error::malformed(format!("a row names the PNG predictor {other}"))),
            };
            current.push(byte.wrapping_add(guess));
        }
        bytes.extend_from_slice(&current);
        above = current;
    }
    Ok(bytes)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let distance = |value: i16| (a + b - c - value).abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        left
    } else if distance(b) <= distance(c) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::{Filter, ascii_85, ascii_hex, decode, png, tiff};
    use crate::document::pdf::lexer::Lexer;
    use crate::error::ErrorKind;
    use crate::limits::Limits;

    fn flate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn filter(name: &[u8]) -> Filter {
        Filter { name: name.to_vec(), parameters: None }
    }

    #[test]
    fn text_filters() {
        assert_eq!(ascii_hex(b"48 65 6C6c 7>zz").unwrap(), b"Hellp");
        assert_eq!(ascii_85(b"87cUR D]i,\"Ebo80~>").unwrap(), b"Hello World!");
        assert_eq!(ascii_85(b"z87cUR~>").unwrap(), b"\0\0\0\0Hell");
        assert!(ascii_hex(b"4x").is_err());
        assert!(ascii_85(b"\x7F").is_err());
        assert!(ascii_85(b"uuuuu").is_err());
    }

    #[test]
    fn runs_and_codes() {
        let run = |data: &[u8]| decode(&[filter(b"RL")], data, &Limits::default(), 1000);
        assert_eq!(run(&[2, b'a', b'b', b'c', 254, b'd', 128, 9]).unwrap(), b"abcddd");
        assert_eq!(run(&[255, b'x']).unwrap(), b"xx", "without an end");
        assert_eq!(run(&[5, b'a']).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(run(&[129, 0].repeat(9)).unwrap_err().kind(), ErrorKind::TooLarge);
        // The example of ISO 32000-2, 7.4.4.2.
        let lzw = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        let told = [45, 45, 45, 45, 45, 65, 45, 45, 45, 66];
        for name in [&b"LZWDecode"[..], b"LZW"] {
            assert_eq!(decode(&[filter(name)], &lzw, &Limits::default(), 1000).unwrap(), told);
        }
        assert_eq!(decode(&[filter(b"LZW")], &lzw, &Limits::default(), 9).unwrap_err().kind(), ErrorKind::TooLarge);
        assert_eq!(
            decode(&[filter(b"LZW")], &[0xFF; 9], &Limits::default(), 9).unwrap_err().kind(),
            ErrorKind::Malformed
        );
        // Codes grow one code later where the parameters say so: enough of them to tell the ways apart.
        let text: Vec<u8> = (0..3000_u32).map(|at| (at * at % 251) as u8).collect();
        for early in [0, 1] {
            let configuration = match early {
                1 => weezl::encode::Configuration::with_tiff_size_switch(weezl::BitOrder::Msb, 8),
                _ => weezl::encode::Configuration::new(weezl::BitOrder::Msb, 8),
            };
            let data = configuration.build().encode(&text).unwrap();
            let entry = format!("<< /EarlyChange {early} >>");
            let object = Lexer::new(entry.as_bytes(), 0, &Limits::default()).object().unwrap();
            let good = Filter { name: b"LZWDecode".to_vec(), parameters: object.as_dictionary().cloned() };
            assert_eq!(decode(&[good], &data, &Limits::default(), 9999).unwrap(), text, "{early}");
        }
    }

    /// A zlib stream without its checksum, with another one, and one that is cut off.
    #[test]
    fn checksums_of_deflate_are_not_needed() {
        let inflate = |data: &[u8]| decode(&[filter(b"Fl")], data, &Limits::default(), 1000);
        let whole = flate(b"some text, some text");
        let (bare, _) = whole.split_at(whole.len() - 4);
        assert_eq!(inflate(bare).unwrap(), b"some text, some text");
        assert_eq!(inflate(&[bare, b"\0\0\0\0\n"].concat()).unwrap(), b"some text, some text");
        assert_eq!(inflate(b"").unwrap(), b"");
        // Cut off, as much comes as there is; what is no deflated data is none.
        assert!(b"some text, some text".starts_with(&inflate(&bare[..bare.len() - 3]).unwrap()));
        assert_eq!(inflate(&[bare[0], bare[1], 0xFF, 0xFF]).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(inflate(&bare[1..]).unwrap_err().kind(), ErrorKind::Malformed);
    }

    #[test]
    fn predictors() {
        assert_eq!(tiff(vec![1, 2, 3, 4, 1, 1, 1, 1], 4, 2), [1, 2, 4, 6, 1, 1, 2, 2]);
        assert_eq!(png(&[2, 1, 2, 2, 1, 1, 1, 5, 1, 0, 3, 4], 2, 1).unwrap(), [1, 2, 2, 3, 5, 6, 3, 4]);
        assert!(png(&[9, 1, 2], 2, 1).is_err());
    }

    #[test]
    fn chains_and_bombs() {
        let hex: String = flate(b"text").iter().map(|byte| format!("{byte:02x}")).collect();
        let chain = [filter(b"AHx"), filter(b"FlateDecode")];
        assert_eq!(decode(&chain, hex.as_bytes(), &Limits::default(), 100).unwrap(), b"text");
        let bomb = flate(&vec![0; 4 << 20]);
        let small = Limits { stream_bytes: 2 << 20, ..Limits::default() };
        assert_eq!(decode(&[filter(b"Fl")], &bomb, &small, u64::MAX).unwrap_err().kind(), ErrorKind::TooLarge);
        assert_eq!(decode(&[filter(b"Fl")], b"junk", &small, 9).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(decode(&[filter(b"JPXDecode")], b"", &small, 9).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
