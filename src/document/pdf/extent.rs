//! Where the data of a stream begin and end (ISO 32000-2, 7.3.8).
//!
//! What honest writers get wrong is read all the same, and told: where `/Length` leads astray, readers
//! disagree on the data, so that nobody may call such a file valid.

use std::ops::Range;

use crate::document::pdf::lexer::Lexer;
use crate::document::pdf::source::Source;
use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// The data of a stream, and what is odd about their place.
#[derive(Debug)]
pub(super) struct Extent {
    pub(super) span: Range<u64>,
    pub(super) oddity: Option<Finding>,
}

/// Reads over the end of the line on which `stream` stands: CR LF or LF, says the clause. Others leave
/// blanks before it or write CR alone. Whether it was one of them is told.
pub(super) fn begin(lexer: &mut Lexer<'_>) -> Result<bool, Error> {
    if lexer.take(b"\r\n") || lexer.take(b"\n") {
        return Ok(false);
    }
    let before = lexer.consumed();
    while lexer.take(b" ") || lexer.take(b"\t") {}
    let blanks = lexer.consumed();
    lexer.skip_line_end();
    if lexer.consumed() == blanks {
        return Err(lexer.fault("\"stream\" is not followed by an end of line"));
    }
    Ok(lexer.consumed() > before)
}

/// Where data end that begin at `start`: where `/Length` says when `endstream` stands there, else at
/// the first `endstream` that ends an object. What is looked through is told to `spend`, which may refuse.
pub(super) fn end(
    source: &Source,
    start: u64,
    length: Option<u64>,
    limits: &Limits,
    spend: impl FnMut(u64) -> Result<(), Error>,
) -> Result<Extent, Error> {
    let told = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= source.len());
    if let Some(end) = told
        && source.read(end, limits, |lexer| Ok(is_end(lexer)))?
    {
        return Ok(Extent { span: start..end, oddity: None });
    }
    let end = search(source, start, limits, spend)?.ok_or_else(|| {
        let text =
            format!("the data that begin at byte {start} do not end where /Length says, nor at any \"endstream\"");
        Error::malformed(text)
    })?;
    let text = format!(
        "the stream at byte {start} does not end where its /Length says, and is read up to the \"endstream\" at byte \
         {end}: readers may see other data"
    );
    Ok(Extent { span: start..end, oddity: Some(Finding::unknown(checks::DOCUMENT_STRUCTURE, text)) })
}

fn is_end(lexer: &mut Lexer<'_>) -> bool {
    lexer.skip_white();
    lexer.take(END)
}

const END: &[u8] = b"endstream";

/// How much is looked through at a time.
const PIECE: u64 = 64 << 10;

/// Where the first `endstream` stands that `endobj` follows; the end of the line before belongs to it.
fn search(
    source: &Source,
    start: u64,
    limits: &Limits,
    mut spend: impl FnMut(u64) -> Result<(), Error>,
) -> Result<Option<u64>, Error> {
    let last = source.len().min(start.saturating_add(limits.stream_bytes));
    let mut at = start;
    while at < last {
        let piece = source.slice(at..last.min(at.saturating_add(PIECE)))?.unwrap_or_default();
        spend(piece.len() as u64)?;
        if let Some(found) = piece.windows(END.len()).position(|window| window == END) {
            let end = at.saturating_add(found as u64);
            let closes = source.read(end, limits, |lexer| {
                is_end(lexer);
                lexer.skip_space();
                Ok(lexer.take(b"endobj"))
            })?;
            return if closes { before_line_end(source, start, end).map(Some) } else { Ok(None) };
        }
        let seen = (piece.len() as u64).saturating_sub(END.len() as u64 - 1);
        if seen == 0 || at.saturating_add(piece.len() as u64) >= last {
            return Ok(None);
        }
        at = at.saturating_add(seen);
    }
    Ok(None)
}

fn before_line_end(source: &Source, start: u64, end: u64) -> Result<u64, Error> {
    let tail = source.slice(end.saturating_sub(2).max(start)..end)?.unwrap_or_default();
    let width = match tail.as_ref() {
        [b'\r', b'\n'] => 2,
        [.., b'\r' | b'\n'] => 1,
        _ => 0,
    };
    Ok(end - width)
}

#[cfg(test)]
mod tests {
    use super::{begin, end};
    use crate::document::pdf::lexer::Lexer;
    use crate::document::pdf::source::Source;
    use crate::error::{Error, ErrorKind};
    use crate::limits::Limits;

    #[test]
    fn lines_of_stream() {
        let read = |text: &[u8]| {
            let limits = Limits::default();
            let mut lexer = Lexer::new(text, 0, &limits);
            begin(&mut lexer).map(|odd| (odd, lexer.consumed())).ok()
        };
        assert_eq!(read(b"\r\nx"), Some((false, 2)));
        assert_eq!(read(b"\n\nx"), Some((false, 1)));
        assert_eq!(read(b"\rx"), Some((true, 1)));
        assert_eq!(read(b" \t\r\nx"), Some((true, 4)));
        assert_eq!(read(b"x\n"), None);
        assert_eq!(read(b"  x\n"), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn data_end_where_it_is_said_or_where_it_is_plain() {
        let limits = Limits::default();
        let look = |text: &[u8], length: Option<u64>| {
            let source = Source::new(text.to_vec());
            end(&source, 0, length, &limits, |_| Ok(())).map(|extent| (extent.span.end, extent.oddity.is_some()))
        };
        let text = b"data\r\nendstream\nendobj\n";
        assert_eq!(look(text, Some(4)).unwrap(), (4, false));
        assert_eq!(look(text, Some(6)).unwrap(), (6, false), "the end of the line may be data");
        for wrong in [None, Some(0), Some(3), Some(7), Some(u64::MAX)] {
            assert_eq!(look(text, wrong).unwrap(), (4, true), "{wrong:?}");
        }
        // Where data hold the word itself, it takes the right length to tell.
        let text = b"an endstream in it\nendstream endobj";
        assert_eq!(look(text, Some(18)).unwrap(), (18, false));
        assert_eq!(look(text, Some(17)).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(look(b"no end", Some(2)).unwrap_err().kind(), ErrorKind::Malformed);
        // Looking for it costs, found or not.
        let source = Source::new(vec![b'x'; 300_000]);
        let mut left = 200_000_u64;
        let spend = |bytes: u64| {
            left = left.checked_sub(bytes).ok_or_else(|| Error::too_large("enough"))?;
            Ok(())
        };
        assert_eq!(end(&source, 0, None, &limits, spend).unwrap_err().kind(), ErrorKind::TooLarge);
        // Across the pieces in which it is looked for.
        for length in [65_530_usize, 65_535, 65_536, 131_072] {
            let text = [vec![b'x'; length], b"endstream endobj".to_vec()].concat();
            assert_eq!(look(&text, None).unwrap(), (length as u64, true));
        }
    }
}
