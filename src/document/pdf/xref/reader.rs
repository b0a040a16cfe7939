//! Reading sections, one after the other (ISO 32000-2, 7.5.4 and 7.5.8).

use std::collections::HashSet;

use crate::document::pdf::extent::{self, Extent};
use crate::document::pdf::filter::{self, Filter};
use crate::document::pdf::lexer::Lexer;
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::document::pdf::source::Source;
use crate::document::pdf::xref::{Kind, Mark, Place, Rows, Section};
use crate::error::{Context as _, Error};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

pub(super) fn hybrid_finding(reader: &Reader<'_>) -> Finding {
    let text = format!(
        "the file is a hybrid of cross-reference tables and streams: {} objects are hidden from readers of before \
         PDF 1.5, and {} are others to them",
        reader.hidden, reader.conflicts
    );
    if reader.conflicts > 0 {
        Finding::unknown(checks::DOCUMENT_STRUCTURE, text)
    } else {
        Finding::note(checks::DOCUMENT_STRUCTURE, text)
    }
}

/// How far before the end the last `startxref` is looked for.
const TAIL: u64 = 2048;

/// The offset that the last `startxref` names.
pub(super) fn last_start(source: &Source) -> Result<u64, Error> {
    let end = source.end_of_text();
    let start = end.saturating_sub(TAIL);
    let tail = source.slice(start..end)?.unwrap_or_default();
    let at = tail.windows(9).rposition(|window| window == b"startxref").ok_or_else(|| {
        Error::malformed(format!(
            "there is no \"startxref\" in the last {TAIL} bytes: the file is cut off or is no PDF"
        ))
    })?;
    let mut lexer = Lexer::new(tail.get(at + 9..).unwrap_or_default(), start + at as u64 + 9, &Limits::default());
    lexer.skip_white();
    lexer.digits().ok_or_else(|| lexer.fault("\"startxref\" is not followed by an offset"))
}

pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) shift: u64,
    pub(super) limits: &'a Limits,
    pub(super) entries: usize,
    pub(super) unfolded: u64,
    /// Hybrid files: objects that older readers see otherwise, and those they do not see.
    pub(super) conflicts: usize,
    pub(super) hidden: usize,
    pub(super) findings: Vec<Finding>,
}

impl Reader<'_> {
    /// All sections, newest first.
    pub(super) fn sections(&mut self, start: u64) -> Result<Vec<Section>, Error> {
        let mut visited = HashSet::new();
        let mut sections = Vec::new();
        let mut next = Some(start);
        while let Some(offset) = next {
            if !visited.insert(offset) {
                return Err(Error::malformed(format!(
                    "the chain of cross-reference sections runs in a circle: it returns to byte {offset}"
                )));
            }
            if visited.len() > self.limits.revisions {
                return Err(Error::too_large(format!(
                    "the file has more than {} cross-reference sections",
                    self.limits.revisions
                )));
            }
            let section = self.section(offset)?;
            next = offset_of(&section.trailer, "Prev")?;
            if next == Some(0) {
                // Some writers have one where there is no section before; the header stands at that place.
                next = None;
                let text =
                    format!("the trailer of the section at byte {offset} has a /Prev of 0, which counts as none");
                self.findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, text));
            }
            sections.push(section);
        }
        Ok(sections)
    }

    /// Where a section stands that is said to be at `offset`.
    fn place(&self, offset: u64) -> Result<u64, Error> {
        offset.checked_add(self.shift).filter(|at| *at < self.source.len()).ok_or_else(|| {
            Error::malformed(format!("a cross-reference section is said to stand at byte {offset}, beyond the end"))
        })
    }

    fn section(&mut self, offset: u64) -> Result<Section, Error> {
        let is_table = self.source.read(self.place(offset)?, self.limits, |lexer| {
            lexer.skip_white();
            Ok(lexer.keyword(b"xref"))
        })?;
        if is_table { self.table(offset) } else { self.stream(offset, true) }
    }

    fn count(&mut self, entries: usize) -> Result<(), Error> {
        self.entries = self.entries.saturating_add(entries);
        if self.entries > self.limits.objects {
            return Err(Error::too_large(format!("the file lists more than {} objects", self.limits.objects)));
        }
        Ok(())
    }

    /// Counts bytes that were looked through or unfolded.
    fn unfold(&mut self, bytes: u64) -> Result<(), Error> {
        self.unfolded = self.unfolded.saturating_add(bytes);
        let most = self.limits.unfolded_bytes;
        match self.unfolded <= most {
            true => Ok(()),
            false => {
                Err(Error::too_large(format!("reading the cross-references takes more than {most} bytes of work")))
            }
        }
    }

    fn table(&mut self, offset: u64) -> Result<Section, Error> {
        let what = format!("the cross-reference table at byte {offset}");
        let at = offset.saturating_add(self.shift);
        let (source, limits, entries) = (self.source, self.limits, self.entries);
        let (rows, trailer, mark) = source.read(at, limits, |lexer| {
            self.entries = entries;
            let (rows, trailer) = self.rows(lexer).context(&what)?;
            Ok((rows, trailer, mark_after(lexer)))
        })?;
        if rows.is_shifted {
            let text = format!("{what} numbers its objects from 1 on and begins with object 0, as if it began at 0");
            self.findings.push(Finding::unknown(checks::DOCUMENT_STRUCTURE, text));
        }
        let mut rows = rows.list;
        let Value::Dictionary(trailer) = trailer.value else {
            return Err(Error::malformed(format!("{what}: its trailer is {}", trailer.kind())));
        };
        refuse_repeated(&trailer, &what)?;
        if let Some(stream) = offset_of(&trailer, "XRefStm")? {
            let extra = self.stream(stream, false).context(&what)?;
            self.merge(&mut rows, extra.rows);
        }
        Ok(Section { at, kind: Kind::Table, trailer, rows, mark })
    }

    /// All subsections, and the trailer behind them.
    fn rows(&mut self, lexer: &mut Lexer<'_>) -> Result<(Rows, Object), Error> {
        lexer.skip_white();
        lexer.keyword(b"xref");
        let mut rows = Rows { list: Vec::new(), is_shifted: false };
        loop {
            lexer.skip_space();
            if lexer.keyword(b"trailer") {
                return Ok((rows, lexer.object()?));
            }
            self.subsection(lexer, &mut rows)?;
        }
    }

    fn subsection(&mut self, lexer: &mut Lexer<'_>, rows: &mut Rows) -> Result<(), Error> {
        let number = |lexer: &mut Lexer<'_>, what: &str| {
            lexer.skip_white();
            lexer.digits().ok_or_else(|| lexer.fault(format!("{what} is missing")))
        };
        let first = number(lexer, "the first number of a subsection, or \"trailer\",")?;
        let count = number(lexer, "the length of a subsection")?;
        // An entry has 20 bytes; some writers' have 18.
        if count > self.source.len().saturating_sub(lexer.position()) / 18 {
            return Err(lexer.fault(format!("a subsection of {count} entries does not fit the file")));
        }
        self.count(usize::try_from(count).unwrap_or(usize::MAX))?;
        let may_be_shifted = rows.list.is_empty() && first == 1 && count > 1;
        let mut first = first;
        for index in 0..count {
            let offset = number(lexer, "an entry's offset")?;
            let generation = number(lexer, "an entry's generation")?;
            lexer.skip_white();
            let place = match (lexer.keyword(b"n"), lexer.keyword(b"f")) {
                (true, _) => at(offset, generation).map_err(|problem| lexer.fault(problem))?,
                (_, true) => Place::Free,
                _ => return Err(lexer.fault("an entry is neither \"n\" nor \"f\"")),
            };
            if may_be_shifted && index == 0 && place == Place::Free && (offset, generation) == (0, 65535) {
                (rows.is_shifted, first) = (true, 0);
            }
            let number = first.checked_add(index).and_then(|number| u32::try_from(number).ok());
            rows.list.push((number.ok_or_else(|| lexer.fault("an object number above 32 bits"))?, place));
        }
        Ok(())
    }

    /// A hybrid file's stream fills what its table leaves free (7.5.8.4).
    fn merge(&mut self, rows: &mut Vec<(u32, Place)>, extra: Vec<(u32, Place)>) {
        let used: HashSet<u32> = rows.iter().filter(|row| row.1 != Place::Free).map(|row| row.0).collect();
        let (known, shown): (Vec<_>, Vec<_>) = extra.into_iter().partition(|row| used.contains(&row.0));
        self.conflicts += known.len();
        let shown: Vec<_> = shown.into_iter().filter(|row| row.1 != Place::Free).collect();
        self.hidden += shown.len();
        let numbers: HashSet<u32> = shown.iter().map(|row| row.0).collect();
        rows.retain(|row| !numbers.contains(&row.0));
        rows.extend(shown);
    }

    fn stream(&mut self, offset: u64, chained: bool) -> Result<Section, Error> {
        let what = format!("the cross-reference section at byte {offset}");
        let at = self.place(offset)?;
        let (object, start) = self.source.read(at, self.limits, |lexer| {
            if header(lexer).is_none() {
                return Err(Error::malformed(format!(
                    "{what}: neither \"xref\" nor an object begins there; the file's last update is broken"
                )));
            }
            let object = lexer.object().context(&what)?;
            Ok((object, stream_start(lexer)))
        })?;
        let Value::Dictionary(trailer) = object.value else {
            return Err(Error::malformed(format!("{what}: it is {}, not a stream", object.kind())));
        };
        refuse_repeated(&trailer, &what)?;
        if trailer.name("Type") != Some(b"XRef") {
            return Err(Error::malformed(format!("{what}: its /Type is not /XRef")));
        }
        let length = trailer.integer("Length").and_then(|length| u64::try_from(length).ok());
        let (source, limits) = (self.source, self.limits);
        let spend = |bytes| self.unfold(bytes);
        let extent = start.and_then(|start| extent::end(source, start, length, limits, spend));
        let Extent { span, oddity } = extent.context(&what)?;
        self.findings.extend(oddity);
        if span.end - span.start > self.limits.stream_bytes {
            let most = self.limits.stream_bytes;
            return Err(Error::too_large(format!("{what}: its stream has more bytes than the limit of {most}")));
        }
        let data = self.source.slice(span.clone())?.unwrap_or_default();
        let mark = self.source.read(span.end, self.limits, |lexer| stream_end(lexer, chained)).context(&what)?;
        let filters = direct_filters(&trailer).context(&what)?;
        let left = self.limits.unfolded_bytes.saturating_sub(self.unfolded);
        let data = filter::decode(&filters, &data, self.limits, left).context(&what)?;
        self.unfolded = self.unfolded.saturating_add(data.len() as u64);
        let rows = self.stream_rows(&trailer, &data).context(&what)?;
        Ok(Section { at, kind: Kind::Stream, trailer, rows, mark })
    }

    fn stream_rows(&mut self, trailer: &Dictionary, data: &[u8]) -> Result<Vec<(u32, Place)>, Error> {
        let numbers = |key: &str| -> Option<Vec<u64>> {
            let items = trailer.get(key)?.as_array()?;
            items.iter().map(|item| u64::try_from(item.as_integer()?).ok()).collect()
        };
        let widths = numbers("W").and_then(|widths| <[u64; 3]>::try_from(widths).ok());
        let widths = widths.filter(|widths| widths.iter().all(|width| *width <= 8) && widths.iter().sum::<u64>() > 0);
        let [w0, w1, w2] =
            widths.ok_or_else(|| Error::malformed("its /W is not three small numbers"))?.map(|w| w as usize);
        let size = trailer.integer("Size").and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
        let index = if trailer.get("Index").is_some() { numbers("Index") } else { Some(vec![0, size]) };
        let index = index
            .filter(|index| index.len().is_multiple_of(2))
            .ok_or_else(|| Error::malformed("its /Index is not an array of pairs of numbers"))?;
        let mut entries = data.chunks_exact(w0 + w1 + w2);
        let mut rows = Vec::new();
        for pair in index.chunks_exact(2) {
            let &[first, count] = pair else { continue };
            if count > entries.len() as u64 {
                return Err(Error::malformed(format!(
                    "its /Index promises {count} entries from number {first} on, and {} are left",
                    entries.len()
                )));
            }
            self.count(count as usize)?;
            for (step, entry) in (0..count).zip(entries.by_ref()) {
                let (kind, rest) = entry.split_at(w0);
                let (one, two) = rest.split_at(w1);
                let kind = if w0 == 0 { 1 } else { big_endian(kind) };
                let number = first.checked_add(step).and_then(|number| u32::try_from(number).ok());
                let number = number.ok_or_else(|| Error::malformed("it lists an object number above 32 bits"))?;
                if let Some(place) = place(kind, big_endian(one), big_endian(two))? {
                    rows.push((number, place));
                }
            }
        }
        Ok(rows)
    }
}

/// Table 18; of unknown kinds 7.5.8.3 says that they stand for null.
fn place(kind: u64, one: u64, two: u64) -> Result<Option<Place>, Error> {
    let wide = || Error::malformed("it lists a generation or an object number that is too large");
    Ok(match kind {
        1 => Some(at(one, two).map_err(|_| wide())?),
        2 => Some(Place::Packed {
            stream: u32::try_from(one).map_err(|_| wide())?,
            index: u32::try_from(two).map_err(|_| wide())?,
        }),
        _ => Some(Place::Free),
    })
}

/// The place of an object in the file. At byte 0 stands the header: some writers list so what they never
/// wrote, and a reference to it leads to nothing.
fn at(offset: u64, generation: u64) -> Result<Place, &'static str> {
    let generation = u16::try_from(generation).map_err(|_| "a generation above 65535")?;
    Ok(if offset == 0 { Place::Free } else { Place::At { offset, generation } })
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// An offset in a trailer: a direct whole number, which some writers give a decimal point.
fn offset_of(trailer: &Dictionary, key: &str) -> Result<Option<u64>, Error> {
    let Some(value) = trailer.get(key) else { return Ok(None) };
    let whole =
        |number: f64| (0.0..1e15).contains(&number).then_some(number as u64).filter(|whole| *whole as f64 == number);
    let offset = match value.as_integer() {
        Some(offset) => u64::try_from(offset).ok(),
        None => value.as_number().and_then(whole),
    };
    match offset {
        Some(offset) => Ok(Some(offset)),
        None => Err(Error::malformed(format!(
            "the trailer's /{key} at byte {} is {}, not an offset",
            value.span.start,
            value.kind()
        ))),
    }
}

fn refuse_repeated(trailer: &Dictionary, what: &str) -> Result<(), Error> {
    match trailer.repeated() {
        Some(key) => Err(Error::malformed(format!("{what}: its trailer has the key /{key} twice"))),
        None => Ok(()),
    }
}

/// The filters of a stream whose dictionary refers to nothing.
fn direct_filters(dictionary: &Dictionary) -> Result<Vec<Filter>, Error> {
    filters(dictionary, |object| Ok(object.clone()))
}

/// The filters of a stream, by `follow` for what is referred to.
pub(in crate::document::pdf) fn filters(
    dictionary: &Dictionary,
    follow: impl Fn(&Object) -> Result<Object, Error>,
) -> Result<Vec<Filter>, Error> {
    let list = |key: &str| -> Result<Vec<Object>, Error> {
        let Some(value) = dictionary.get(key) else { return Ok(Vec::new()) };
        let value = follow(value)?;
        match value.value {
            Value::Array(items) => items.iter().map(&follow).collect(),
            _ => Ok(vec![value]),
        }
    };
    let parameters = list("DecodeParms")?;
    let mut filters = Vec::new();
    for (index, name) in list("Filter")?.iter().enumerate() {
        let name = name.as_name().ok_or_else(|| Error::malformed("a stream's /Filter is no name"))?.to_vec();
        let parameters = parameters.get(index).and_then(Object::as_dictionary).cloned();
        filters.push(Filter { name, parameters });
    }
    Ok(filters)
}

/// `number generation obj`.
pub(in crate::document::pdf) fn header(lexer: &mut Lexer<'_>) -> Option<Reference> {
    lexer.skip_white();
    let number = u32::try_from(lexer.digits()?).ok()?;
    lexer.skip_white();
    let generation = u16::try_from(lexer.digits()?).ok()?;
    lexer.skip_white();
    lexer.keyword(b"obj").then_some(Reference { number, generation })
}

/// Where the data of a stream begin, of which the dictionary was read.
fn stream_start(lexer: &mut Lexer<'_>) -> Result<u64, Error> {
    lexer.skip_space();
    if !lexer.keyword(b"stream") {
        return Err(lexer.fault("\"stream\" is missing"));
    }
    extent::begin(lexer)?;
    Ok(lexer.position())
}

/// Reads over what ends a stream object, and the mark behind it if it is one of the chain.
fn stream_end(lexer: &mut Lexer<'_>, chained: bool) -> Result<Option<Mark>, Error> {
    lexer.skip_white();
    lexer.take(b"endstream");
    lexer.skip_space();
    lexer.take(b"endobj");
    Ok(if chained { mark_after(lexer) } else { None })
}

/// What ends a revision: `startxref`, a number, `%%EOF` and the end of its line.
fn mark_after(lexer: &mut Lexer<'_>) -> Option<Mark> {
    lexer.skip_space();
    if !lexer.keyword(b"startxref") {
        return None;
    }
    lexer.skip_white();
    let number = lexer.digits()?;
    lexer.skip_white();
    if !lexer.take(b"%%EOF") {
        return None;
    }
    let mark = lexer.position();
    lexer.skip_line_end();
    Some(Mark { number, mark, end: lexer.position() })
}
