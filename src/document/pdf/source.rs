//! The bytes of a file, in segments: what was read or lies elsewhere, and one segment for each
//! revision added here.
//!
//! What lies elsewhere – in a file of many gigabytes – is read piece by piece: an object through a
//! window that grows until the object's end is seen, protected bytes in one pass through one buffer.

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::document::pdf::lexer::Lexer;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

/// The bytes of a file. Clones share them, and a revision is added without copying what is there.
#[derive(Clone)]
pub(super) struct Source {
    segments: Vec<Segment>,
    length: u64,
}

#[derive(Clone)]
struct Segment {
    start: u64,
    length: u64,
    /// Where it ends when white space at its end is left out; nothing when it holds nothing else.
    text_end: Option<u64>,
    body: Body,
}

#[derive(Clone)]
enum Body {
    Here(Arc<Vec<u8>>),
    There(Arc<Mutex<dyn Stored>>),
}

/// What a document can be read from in place.
pub(super) trait Stored: Read + Seek + Send {}

impl<T: Read + Seek + Send> Stored for T {}

/// The buffer through which bytes pass that are not held.
const PIECE: usize = 256 << 10;

/// The first window for an object that is not held; the most that one is ever widened to.
const WINDOW: u64 = 4 << 10;
const WIDEST: u64 = 1 << 30;

/// How far a reader may look ahead without noting it: longer than any keyword.
const AHEAD: usize = 64;

impl Source {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let segment = Segment::here(0, bytes);
        Source { length: segment.length, segments: vec![segment] }
    }

    /// The bytes of something that can be read anywhere.
    pub(super) fn stored(mut stored: impl Stored + 'static) -> Result<Self, Error> {
        let length = stored.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let text_end = last_text(&mut stored, length).map_err(unreadable)?;
        let body = Body::There(Arc::new(Mutex::new(stored)));
        Ok(Source { segments: vec![Segment { start: 0, length, text_end, body }], length })
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// Whether all bytes are held in memory.
    pub(super) fn is_held(&self) -> bool {
        self.segments.iter().all(|segment| matches!(segment.body, Body::Here(_)))
    }

    /// The same bytes with `revision` behind them.
    pub(super) fn with(&self, revision: Vec<u8>) -> Self {
        let mut segments = self.segments.clone();
        let segment = Segment::here(self.length, revision);
        let length = self.length.saturating_add(segment.length);
        segments.push(segment);
        Source { segments, length }
    }

    /// Where the bytes end that the document was read with.
    pub(super) fn origin(&self) -> u64 {
        self.segments.first().map_or(0, |segment| segment.length)
    }

    /// Reads something that begins at `offset` and does not span segments, as no object does.
    ///
    /// Of bytes that are not held, `read` sees a window; when it comes to the window's end it is called
    /// again with a wider one, so it must begin anew each time.
    pub(super) fn read<T>(
        &self,
        offset: u64,
        limits: &Limits,
        mut read: impl FnMut(&mut Lexer<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some((segment, within)) = self.segment(offset) else {
            return read(&mut Lexer::new(&[], offset, limits));
        };
        let left = segment.length - within;
        let stored = match &segment.body {
            Body::Here(bytes) => {
                let rest = usize::try_from(within).ok().and_then(|within| bytes.get(within..));
                return read(&mut Lexer::new(rest.unwrap_or_default(), offset, limits));
            }
            Body::There(stored) => stored,
        };
        let mut width = WINDOW.min(left);
        let mut window = Vec::new();
        loop {
            extend(stored, within, width, &mut window)?;
            let mut lexer = Lexer::new(&window, offset, limits);
            let result = read(&mut lexer);
            if width == left || lexer.farthest().saturating_add(AHEAD) < window.len() {
                return result;
            }
            if width >= WIDEST.min(limits.stream_bytes) {
                return Err(Error::too_large(format!("what begins at byte {offset} has more than {width} bytes")));
            }
            width = width.saturating_mul(8).min(left);
        }
    }

    /// Passes the bytes of `range` on in pieces, in order; what lies beyond the end is missing.
    pub(super) fn pass(&self, range: Range<u64>, mut to: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut buffer = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let Some((segment, within)) = self.segment(at) else { return Ok(()) };
            let length = (segment.length - within).min(range.end - at);
            match &segment.body {
                Body::Here(bytes) => to(cut(bytes, within, length))?,
                Body::There(stored) => {
                    let mut done = 0;
                    while done < length {
                        let piece = usize::try_from(length - done).unwrap_or(PIECE).min(PIECE);
                        buffer.resize(piece, 0);
                        fetch(stored, within + done, &mut buffer)?;
                        to(&buffer)?;
                        done += piece as u64;
                    }
                }
            }
            at += length;
        }
        Ok(())
    }

    /// The bytes of `range`, all of them; nothing when it reaches beyond the end.
    pub(super) fn slice(&self, range: Range<u64>) -> Result<Option<Cow<'_, [u8]>>, Error> {
        let length = range.end.checked_sub(range.start).and_then(|length| usize::try_from(length).ok());
        let (Some(length), true) = (length, range.end <= self.length) else { return Ok(None) };
        if let Some((Segment { body: Body::Here(bytes), .. }, within)) = self.segment(range.start)
            && let here = cut(bytes, within, length as u64)
            && here.len() == length
        {
            return Ok(Some(Cow::Borrowed(here)));
        }
        let mut joined = Vec::with_capacity(length);
        let join = |piece: &[u8]| {
            joined.extend_from_slice(piece);
            Ok(())
        };
        self.pass(range, join).map_err(unreadable)?;
        Ok(Some(Cow::Owned(joined)))
    }

    /// Whether two ranges of one length hold the same.
    pub(super) fn is_same(&self, one: Range<u64>, two: Range<u64>) -> Result<bool, Error> {
        let (mut at, mut other) = (one.start, two.start);
        while at < one.end {
            let step = (PIECE as u64).min(one.end - at);
            let (first, second) = (self.slice(at..at + step)?, self.slice(other..other.saturating_add(step))?);
            if first.is_none() || first != second {
                return Ok(false);
            }
            (at, other) = (at + step, other + step);
        }
        Ok(true)
    }

    /// The whole file; of one that cannot be read to its end, what comes before the fault.
    pub(super) fn whole(&self) -> Cow<'_, [u8]> {
        if let [Segment { body: Body::Here(bytes), .. }] = self.segments.as_slice() {
            return Cow::Borrowed(bytes.as_slice());
        }
        let mut all = Vec::with_capacity(usize::try_from(self.length).unwrap_or(0));
        let join = |piece: &[u8]| {
            all.extend_from_slice(piece);
            Ok(())
        };
        // A file without its end is refused by whoever reads it.
        let _ = self.pass(0..self.length, join);
        Cow::Owned(all)
    }

    /// Where the bytes end when white space at the end is left out.
    pub(super) fn end_of_text(&self) -> u64 {
        let ends = self.segments.iter().rev().find_map(|segment| Some(segment.start + segment.text_end?));
        ends.unwrap_or(0)
    }

    /// Replaces bytes that lie in one segment held here; others that share it keep the old ones.
    pub(super) fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> bool {
        let after = self.segments.partition_point(|segment| segment.start <= offset);
        let Some(segment) = after.checked_sub(1).and_then(|index| self.segments.get_mut(index)) else { return false };
        let Ok(within) = usize::try_from(offset - segment.start) else { return false };
        let Body::Here(held) = &mut segment.body else { return false };
        let Some(end) = within.checked_add(bytes.len()).filter(|end| *end <= held.len()) else { return false };
        match Arc::make_mut(held).get_mut(within..end) {
            Some(target) => {
                target.copy_from_slice(bytes);
                true
            }
            None => false,
        }
    }

    /// The segment in which the byte at `offset` lies, and where in it.
    fn segment(&self, offset: u64) -> Option<(&Segment, u64)> {
        let after = self.segments.partition_point(|segment| segment.start <= offset);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let within = offset - segment.start;
        (within < segment.length).then_some((segment, within))
    }
}

impl Segment {
    fn here(start: u64, bytes: Vec<u8>) -> Self {
        let text_end = bytes.iter().rposition(|byte| !is_white(*byte)).map(|last| last as u64 + 1);
        Segment { start, length: bytes.len() as u64, text_end, body: Body::Here(Arc::new(bytes)) }
    }
}

/// As many bytes of a segment as there are.
fn cut(bytes: &[u8], within: u64, length: u64) -> &[u8] {
    let start = usize::try_from(within).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    rest.get(..length.min(rest.len())).unwrap_or_default()
}

/// Fills `buffer` from `offset` on. What ends too early has changed since it was opened.
fn fetch(stored: &Mutex<dyn Stored>, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    // A panic elsewhere leaves at most another position, and each read says its own.
    let mut stored = stored.lock().unwrap_or_else(PoisonError::into_inner);
    stored.seek(SeekFrom::Start(offset))?;
    stored.read_exact(buffer)
}

/// Widens a window that begins at `within`.
fn extend(stored: &Mutex<dyn Stored>, within: u64, width: u64, window: &mut Vec<u8>) -> Result<(), Error> {
    let known = window.len();
    let wide = || Error::too_large(format!("{width} bytes in one piece do not fit the memory"));
    window.resize(usize::try_from(width).map_err(|_| wide())?, 0);
    let fresh = window.get_mut(known..).unwrap_or_default();
    fetch(stored, within.saturating_add(known as u64), fresh).map_err(unreadable)
}

/// Right behind the last byte that is no white space.
fn last_text(stored: &mut impl Stored, length: u64) -> io::Result<Option<u64>> {
    let mut end = length;
    let mut buffer = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(WINDOW);
        buffer.resize(usize::try_from(end - start).unwrap_or_default(), 0);
        stored.seek(SeekFrom::Start(start))?;
        stored.read_exact(&mut buffer)?;
        if let Some(last) = buffer.iter().rposition(|byte| !is_white(*byte)) {
            return Ok(Some(start + last as u64 + 1));
        }
        end = start;
    }
    Ok(None)
}

/// The document is there and its storage does not give it.
pub(super) fn unreadable(source: io::Error) -> Error {
    Error::new(ErrorKind::Store, format!("the document's bytes cannot be read: {source}")).caused_by(source)
}

/// White space of PDF syntax (ISO 32000-2, table 1).
pub(super) fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{PIECE, Source, WINDOW};
    use crate::error::ErrorKind;
    use crate::limits::Limits;

    fn pieces(source: &Source, range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
        let mut list = Vec::new();
        let take = |piece: &[u8]| {
            list.push(piece.to_vec());
            Ok(())
        };
        source.pass(range, take).unwrap();
        list
    }

    #[test]
    fn segments_read_as_one() {
        let held = Source::new(b"abcdef".to_vec());
        let stored = Source::stored(Cursor::new(b"abcdef".to_vec())).unwrap();
        assert!(held.is_held() && !stored.is_held());
        for first in [held, stored] {
            let both = first.with(b"ghi  ".to_vec());
            assert_eq!((first.len(), both.len(), both.origin()), (6, 11, 6));
            assert_eq!(both.whole().as_ref(), b"abcdefghi  ");
            assert_eq!(both.slice(4..8).unwrap().unwrap().as_ref(), b"efgh");
            assert_eq!(both.slice(4..12).unwrap(), None);
            assert_eq!((first.end_of_text(), both.end_of_text()), (6, 9));
            assert_eq!(first.with(b" \n".to_vec()).end_of_text(), 6);
            assert_eq!(pieces(&both, 5..7), [b"f", b"g"]);
            assert!(both.is_same(0..3, 0..3).unwrap() && !both.is_same(0..3, 6..9).unwrap());
        }
    }

    #[test]
    fn overwriting_leaves_other_holders_alone() {
        let first = Source::new(b"abc".to_vec()).with(b"def".to_vec());
        let mut second = first.clone();
        assert!(second.overwrite(4, b"XY"));
        assert_eq!((first.whole().as_ref(), second.whole().as_ref()), (&b"abcdef"[..], &b"abcdXY"[..]));
        assert!(!second.overwrite(2, b"XY"), "it would span segments");
        assert!(!second.overwrite(9, b"X"));
        assert!(!Source::stored(Cursor::new(b"abc".to_vec())).unwrap().overwrite(0, b"X"), "it is not held");
    }

    /// Whatever stands across the end of a window is read as if all were there.
    #[test]
    fn windows_grow_until_the_end_is_seen() {
        let limits = Limits::default();
        for fill in (0..200).chain([5000, 40_000, PIECE * 2]) {
            for item in ["(string\\)) ", "<48656C6C6F> ", "12 0 R ", "-123.456 ", "<< /Key [1 2] >> ", "/Name#20 "] {
                let mut text = vec![b' '; WINDOW as usize - 100 + fill];
                text.extend_from_slice(item.as_bytes());
                text.extend_from_slice(&[b'x'; 500]);
                let read = |source: &Source| source.read(0, &limits, |lexer| lexer.object()).unwrap();
                let (held, stored) = (Source::new(text.clone()), Source::stored(Cursor::new(text)).unwrap());
                let (one, two) = (read(&held), read(&stored));
                assert_eq!((one.span.clone(), &one), (two.span.clone(), &two), "{item} after {fill}");
            }
        }
    }

    #[test]
    fn windows_are_bounded_and_shrinking_files_told() {
        let limits = Limits { stream_bytes: 100_000, ..Limits::default() };
        let endless = Source::stored(Cursor::new([b"(".to_vec(), vec![b'a'; 4 << 20]].concat())).unwrap();
        let error = endless.read(0, &limits, |lexer| lexer.object()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let mut shrunk = Source::stored(Cursor::new(vec![b'a'; 100])).unwrap();
        shrunk.segments[0].length = 200;
        shrunk.length = 200;
        assert_eq!(shrunk.slice(50..150).unwrap_err().kind(), ErrorKind::Store);
    }
}
