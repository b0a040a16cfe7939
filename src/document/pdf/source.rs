//! The bytes of a file, in segments: what was read, and one segment for each revision added here.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The bytes of a file. Clones share them, and a revision is added without copying what is there.
#[derive(Clone)]
pub(super) struct Source {
    segments: Vec<Segment>,
    length: u64,
}

#[derive(Clone)]
struct Segment {
    start: u64,
    bytes: Arc<Vec<u8>>,
}

impl Source {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Source { segments: vec![Segment { start: 0, bytes: Arc::new(bytes) }], length }
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// The same bytes with `revision` behind them.
    pub(super) fn with(&self, revision: Vec<u8>) -> Self {
        let mut segments = self.segments.clone();
        let length = self.length.saturating_add(revision.len() as u64);
        segments.push(Segment { start: self.length, bytes: Arc::new(revision) });
        Source { segments, length }
    }

    /// From `offset` to the end of the segment it lies in; objects never span segments.
    pub(super) fn from(&self, offset: u64) -> &[u8] {
        let after = self.segments.partition_point(|segment| segment.start <= offset);
        let Some(segment) = after.checked_sub(1).and_then(|index| self.segments.get(index)) else { return &[] };
        let within = usize::try_from(offset - segment.start).unwrap_or(usize::MAX);
        segment.bytes.get(within..).unwrap_or_default()
    }

    /// The bytes of `range` in pieces, in order; what lies beyond the end is missing.
    pub(super) fn pieces(&self, range: Range<u64>) -> impl Iterator<Item = &[u8]> {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let left = usize::try_from(range.end.checked_sub(at)?).unwrap_or(usize::MAX);
            let rest = self.from(at);
            let piece = rest.get(..left.min(rest.len())).filter(|piece| !piece.is_empty())?;
            at += piece.len() as u64;
            Some(piece)
        })
    }

    /// The bytes of `range`, all of them.
    pub(super) fn slice(&self, range: Range<u64>) -> Option<Cow<'_, [u8]>> {
        let length = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
        if range.end > self.length {
            return None;
        }
        let here = self.from(range.start);
        if let Some(slice) = here.get(..length) {
            return Some(Cow::Borrowed(slice));
        }
        let mut joined = Vec::with_capacity(length);
        self.pieces(range).for_each(|piece| joined.extend_from_slice(piece));
        Some(Cow::Owned(joined))
    }

    /// The byte at `offset`.
    pub(super) fn byte(&self, offset: u64) -> Option<u8> {
        self.from(offset).first().copied()
    }

    /// The whole file.
    pub(super) fn whole(&self) -> Cow<'_, [u8]> {
        match self.segments.as_slice() {
            [only] => Cow::Borrowed(only.bytes.as_slice()),
            _ => Cow::Owned(self.segments.iter().flat_map(|segment| segment.bytes.iter().copied()).collect()),
        }
    }

    /// Where the bytes end when white space at the end is left out.
    pub(super) fn end_of_text(&self) -> u64 {
        let mut end = self.length;
        for segment in self.segments.iter().rev() {
            match segment.bytes.iter().rposition(|byte| !is_white(*byte)) {
                Some(last) => return segment.start + last as u64 + 1,
                None => end = segment.start,
            }
        }
        end
    }

    /// Replaces bytes that lie in one segment; others that share the segment keep the old ones.
    pub(super) fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> bool {
        let after = self.segments.partition_point(|segment| segment.start <= offset);
        let Some(segment) = after.checked_sub(1).and_then(|index| self.segments.get_mut(index)) else { return false };
        let Ok(within) = usize::try_from(offset - segment.start) else { return false };
        let Some(end) = within.checked_add(bytes.len()).filter(|end| *end <= segment.bytes.len()) else { return false };
        match Arc::make_mut(&mut segment.bytes).get_mut(within..end) {
            Some(target) => {
                target.copy_from_slice(bytes);
                true
            }
            None => false,
        }
    }
}

/// White space of PDF syntax (ISO 32000-2, table 1).
pub(super) fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn segments_read_as_one() {
        let first = Source::new(b"abcdef".to_vec());
        let both = first.with(b"ghi  ".to_vec());
        assert_eq!((first.len(), both.len()), (6, 11));
        assert_eq!(both.whole().as_ref(), b"abcdefghi  ");
        assert_eq!(both.slice(4..8).unwrap().as_ref(), b"efgh");
        assert_eq!(both.slice(4..12), None);
        assert_eq!(both.from(7), b"hi  ");
        assert_eq!(both.from(11), b"");
        assert_eq!(both.end_of_text(), 9);
        assert_eq!(both.pieces(5..7).collect::<Vec<_>>(), [b"f", b"g"]);
    }

    #[test]
    fn overwriting_leaves_other_holders_alone() {
        let first = Source::new(b"abc".to_vec()).with(b"def".to_vec());
        let mut second = first.clone();
        assert!(second.overwrite(4, b"XY"));
        assert_eq!((first.whole().as_ref(), second.whole().as_ref()), (&b"abcdef"[..], &b"abcdXY"[..]));
        assert!(!second.overwrite(2, b"XY"), "it would span segments");
        assert!(!second.overwrite(9, b"X"));
    }
}
