//! Deflating and inflating: the files of a package, the streams of a PDF.
//!
//! What the work needs, some hundred kilobytes, is kept by each thread: a document may have thousands of small parts, for each
//! of which making it anew would cost more than the part.

use std::cell::Cell;
use std::thread::LocalKey;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::error::Error;

/// How much is inflated at once.
const CHUNK: usize = 64 << 10;

struct Inflater {
    decoder: Decompress,
    buffer: Vec<u8>,
}

thread_local! {
    static INFLATER: Cell<Option<Inflater>> = const { Cell::new(None) };
    static DEFLATER: Cell<Option<Compress>> = const { Cell::new(None) };
    static ZLIB: Cell<Option<Compress>> = const { Cell::new(None) };
}

/// Unfolds raw deflate data that has to give `size` bytes and to use up all of `data`.
#[cfg(feature = "ofd")]
pub(crate) fn inflate(data: &[u8], size: u64, feed: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
    // Taken, not borrowed: whoever is fed may unfold another file.
    let kept = INFLATER.take();
    let mut inflater = kept.unwrap_or_else(|| Inflater { decoder: Decompress::new(false), buffer: vec![0; CHUNK] });
    inflater.decoder.reset(false);
    let done = inflate_with(&mut inflater, data, size, feed);
    INFLATER.set(Some(inflater));
    done
}

#[cfg(feature = "ofd")]
fn inflate_with(
    Inflater { decoder, buffer }: &mut Inflater,
    mut data: &[u8],
    size: u64,
    feed: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    // One byte more than announced, so that contents which are longer show it.
    let room = usize::try_from(size).unwrap_or(CHUNK).saturating_add(1).min(CHUNK);
    let buffer = buffer.get_mut(..room).unwrap_or_default();
    loop {
        let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
        let status = decoder
            .decompress(data, buffer, FlushDecompress::None)
            .map_err(|source| Error::malformed("the compressed data is broken").caused_by(source))?;
        let taken = usize::try_from(decoder.total_in() - before_in).unwrap_or(usize::MAX);
        let given = usize::try_from(decoder.total_out() - before_out).unwrap_or(usize::MAX);
        data = data.get(taken..).unwrap_or_default();
        feed(buffer.get(..given).unwrap_or_default());
        if decoder.total_out() > size {
            return Err(Error::malformed(format!("the contents are longer than the {size} bytes announced")));
        }
        match status {
            Status::StreamEnd => break,
            _ if taken == 0 && given == 0 => return Err(Error::malformed("the compressed data is cut off")),
            _ => {}
        }
    }
    if decoder.total_out() != size {
        let unfolded = decoder.total_out();
        return Err(Error::malformed(format!("the contents have {unfolded} bytes, {size} are announced")));
    }
    if !data.is_empty() {
        return Err(Error::malformed(format!("{} bytes stand behind the compressed data", data.len())));
    }
    Ok(())
}

/// Raw deflate data of `bytes`, or `None` where that would be no shorter.
///
/// What is large, fonts and pictures, is compressed already: of the rest a better level saves a few hundred bytes, and
/// takes longer than a signature.
pub(crate) fn deflate(bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    with_kept(&DEFLATER, false, |deflater| deflate_with(deflater, bytes))
}

/// The same as small as it gets, for what is compressed once and written many times.
pub(crate) fn deflate_best(bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    deflate_with(&mut Compress::new(Compression::best(), false), bytes)
}

/// `bytes` as a zlib stream, for `/FlateDecode`; quickly, as [`deflate`].
pub(crate) fn zlib(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    with_kept(&ZLIB, true, |deflater| zlib_with(deflater, bytes))
}

/// The same small, for what is compressed once and written many times.
pub(crate) fn zlib_small(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    zlib_with(&mut Compress::new(Compression::default(), true), bytes)
}

/// Works with the tool that this thread keeps.
fn with_kept<T>(
    place: &'static LocalKey<Cell<Option<Compress>>>,
    has_header: bool,
    work: impl FnOnce(&mut Compress) -> T,
) -> T {
    let mut deflater = place.take().unwrap_or_else(|| Compress::new(Compression::fast(), has_header));
    deflater.reset();
    let done = work(&mut deflater);
    place.set(Some(deflater));
    done
}

fn zlib_with(deflater: &mut Compress, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut deflated = Vec::with_capacity(bytes.len() / 2 + 64);
    loop {
        let given = usize::try_from(deflater.total_in()).unwrap_or(usize::MAX);
        let rest = bytes.get(given..).unwrap_or_default();
        let status = deflater.compress_vec(rest, &mut deflated, FlushCompress::Finish);
        if status.map_err(broken)? == Status::StreamEnd {
            return Ok(deflated);
        }
        deflated.reserve(rest.len() / 2 + 64);
    }
}

fn broken(source: flate2::CompressError) -> Error {
    Error::malformed("the contents could not be compressed").caused_by(source)
}

fn deflate_with(deflater: &mut Compress, bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    // With this room the end is reached in one step, unless the result would be useless.
    let mut deflated = Vec::with_capacity(bytes.len());
    let status = deflater.compress_vec(bytes, &mut deflated, FlushCompress::Finish);
    let status = status.map_err(broken)?;
    Ok((status == Status::StreamEnd && deflated.len() < bytes.len()).then_some(deflated))
}

#[cfg(all(test, feature = "ofd"))]
mod tests {
    use std::io::Read as _;

    use super::{deflate, deflate_best, inflate, zlib, zlib_small};

    fn inflated(data: &[u8], size: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        inflate(data, size as u64, &mut |chunk| bytes.extend_from_slice(chunk)).unwrap();
        bytes
    }

    #[test]
    fn what_is_deflated_comes_back_and_what_gets_no_shorter_is_left() {
        let text = "示例市人民政府".repeat(30_000).into_bytes();
        for deflate in [deflate, deflate_best] {
            let short = deflate(&text).unwrap().unwrap();
            assert!(short.len() < text.len() / 50);
            assert_eq!(inflated(&short, text.len()), text);
            // Twice over it does not shrink, and neither does nothing.
            let dense: Vec<u8> =
                (0..3_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
            assert_eq!(deflate(&dense).unwrap(), None);
            assert_eq!(deflate(b"").unwrap(), None);
            assert_eq!(deflate(b"a").unwrap(), None);
        }
        // One tool serves one file after the other.
        assert_eq!(deflate(&text).unwrap(), deflate(&text).unwrap());
    }

    #[test]
    fn a_zlib_stream_holds_whatever_it_is_given() {
        let dense: Vec<u8> =
            (0..30_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        for bytes in [&b""[..], b"a", &[b'a'; 100_000], &dense] {
            for zlib in [zlib, zlib_small] {
                let (made, mut back) = (zlib(bytes).unwrap(), Vec::new());
                flate2::read::ZlibDecoder::new(&made[..]).read_to_end(&mut back).unwrap();
                assert!(back == bytes, "{} bytes", bytes.len());
            }
        }
    }

    #[test]
    fn data_that_are_cut_off_or_longer_than_announced_are_refused() {
        let text = [b'a'; 1000];
        let short = deflate(&text).unwrap().unwrap();
        let told = |data: &[u8], size| inflate(data, size, &mut |_| ()).unwrap_err().to_string();
        assert!(told(&short[..short.len() - 1], 1000).contains("cut off"));
        assert!(told(&short, 999).contains("longer than the 999 bytes"));
        assert!(told(&short, 1001).contains("1000 bytes, 1001 are announced"));
        assert!(told(&[&short[..], b"x"].concat(), 1000).contains("1 bytes stand behind"));
    }
}
