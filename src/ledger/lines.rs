//! The ledger as lines of JSON: to hand over, to keep elsewhere, and to check without any database.
//!
//! ```text
//! {"eseal-ledger":1}
//! {"seal":"<SM3>","bytes":"<Base64>"}            before the entry that brings the seal
//! {"entry":{…},"sm3":"<SM3 of the text of {…}>"}  one for each entry, in order
//! {"end":{"length":<entries>,"sm3":"<SM3 of the last>"}}
//! ```

use std::collections::HashMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::error::{Error, ErrorKind};
use crate::ledger::chain::{Broken, Examination, Walk, brings_bytes, keys_of};
use crate::ledger::record::MOST_SEAL_BYTES;
use crate::ledger::{Checkpoint, Entry, Head, Ledger, Line, Sm3, Store};

const FIRST: &str = "{\"eseal-ledger\":1}";

/// How many entries are imported with one stroke.
const BATCH: usize = 500;

/// The most bytes of one line: a seal in Base64 and what stands around it.
const LONGEST: usize = MOST_SEAL_BYTES / 3 * 4 + 1024;

impl<S: Store> Ledger<S> {
    /// Writes the whole ledger, seals included, as lines of JSON.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`]; [`ErrorKind::Store`] when `out` does not take them.
    pub fn export(&self, mut out: impl io::Write) -> Result<Head, Error> {
        let unwritten = |source: io::Error| {
            Error::new(ErrorKind::Store, format!("the export cannot be written: {source}")).caused_by(source)
        };
        writeln!(out, "{FIRST}").map_err(unwritten)?;
        let mut head = Head::EMPTY;
        self.each(|text, sm3| {
            let entry = Entry::from_json(text)?;
            if let Some(seal) = brings_bytes(&entry) {
                let bytes = self.seal_bytes(seal)?.ok_or_else(|| {
                    Error::malformed(format!("the bytes of seal {seal} are missing: verify the ledger"))
                })?;
                writeln!(out, "{{\"seal\":\"{seal}\",\"bytes\":\"{}\"}}", STANDARD.encode(bytes)).map_err(unwritten)?;
            }
            head = Head { length: head.length.saturating_add(1), sm3 };
            writeln!(out, "{}", entry_line(text, sm3)).map_err(unwritten)
        })?;
        writeln!(out, "{}", end_line(head)).map_err(unwritten)?;
        out.flush().map_err(unwritten)?;
        Ok(head)
    }

    /// Takes over an exported ledger. All of it is examined before the first entry is written. A ledger
    /// that holds a beginning of it already – an import that broke off – takes what is missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`] when the lines are broken, [`ErrorKind::NotAllowed`] when this ledger
    /// holds something else, else as [`Ledger::head`].
    pub fn import(&self, lines: &[u8]) -> Result<Head, Error> {
        let examination = examine_lines(lines)?;
        if let Some(Broken { sequence, detail }) = examination.broken {
            return Err(Error::not_valid(format!("not imported: entry {sequence} is broken: {detail}"), Vec::new()));
        }
        let mut held = self.store().head()?;
        let mut batch = Batch::default();
        read(lines, &mut |number, part| {
            match part {
                Part::Seal { sm3, bytes } => batch.blobs.push((sm3, bytes)),
                Part::End(_) => {}
                Part::Entry { text, .. } if number < held.length => {
                    batch.blobs.clear();
                    self.check_same(number, &text)?;
                }
                Part::Entry { text, sm3 } => {
                    let keys = keys_of(&Entry::from_json(&text)?);
                    batch.lines.push(Line { sequence: number, text, sm3, keys });
                    if batch.lines.len() >= BATCH {
                        held = batch.write(self.store(), held)?;
                    }
                }
            }
            Ok(None)
        })?;
        batch.write(self.store(), held)
    }

    fn check_same(&self, number: u64, text: &str) -> Result<(), Error> {
        let held = self.store().read(number, 1)?;
        if held.first().is_some_and(|(held, _)| held == text) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::NotAllowed,
            format!("not imported: this ledger holds another entry {number}; import into an empty one"),
        ))
    }
}

#[derive(Default)]
struct Batch {
    lines: Vec<Line>,
    blobs: Vec<(Sm3, Vec<u8>)>,
}

impl Batch {
    fn write(&mut self, store: &impl Store, held: Head) -> Result<Head, Error> {
        let Some(last) = self.lines.last() else { return Ok(held) };
        let head = Head { length: last.sequence.saturating_add(1), sm3: last.sm3 };
        let blobs: Vec<_> = self.blobs.iter().map(|(sm3, bytes)| (*sm3, bytes.as_slice())).collect();
        if !store.append(&held, &self.lines, &blobs)? {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                "not imported: somebody else wrote into the ledger meanwhile",
            ));
        }
        self.lines.clear();
        self.blobs.clear();
        Ok(head)
    }
}

/// Examines an exported ledger: the digest of each entry, the chain, the legality of each step, the
/// bytes of each seal, and that the end is the announced one. No database is involved.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] when it is no exported ledger at all, [`ErrorKind::Store`] when it cannot be
/// read.
pub fn examine_lines(lines: impl io::BufRead) -> Result<Examination, Error> {
    examine(lines, None)
}

/// As [`examine_lines`], and sees to it that all the checkpoint counted is there: whoever cuts an export and
/// writes a new end under it leaves a chain that holds, and only this shows it.
///
/// # Errors
///
/// As [`examine_lines`].
pub fn examine_lines_against(lines: impl io::BufRead, checkpoint: &Checkpoint) -> Result<Examination, Error> {
    examine(lines, Some(checkpoint))
}

fn examine(lines: impl io::BufRead, checkpoint: Option<&Checkpoint>) -> Result<Examination, Error> {
    let rewritten = |head: Head| {
        let counted = checkpoint.filter(|checkpoint| checkpoint.head().length == head.length);
        counted.and_then(|checkpoint| checkpoint.rewritten(head.sm3))
    };
    let mut walk = Walk::default();
    let mut seals: HashMap<Sm3, bool> = HashMap::new();
    let mut ended = false;
    let broken = read(lines, &mut |number, part| {
        let broken = |detail: String| Ok(Some(Broken { sequence: number, detail }));
        match part {
            _ if ended => broken("something follows the end".into()),
            Part::Seal { sm3, bytes } if Sm3::of(&bytes) != sm3 => {
                broken(format!("the bytes of the seal {sm3} were changed"))
            }
            Part::Seal { sm3, .. } => match seals.insert(sm3, false) {
                Some(_) => broken(format!("the seal {sm3} stands there twice")),
                None => Ok(None),
            },
            Part::Entry { text, sm3 } => match walk.take(&text, sm3) {
                Err(found) => Ok(Some(found)),
                Ok(entry) => match brings_bytes(&entry) {
                    Some(seal) if seals.insert(seal, true) != Some(false) => {
                        broken(format!("the bytes of its seal {seal} do not stand before it"))
                    }
                    _ => Ok(rewritten(walk.head())),
                },
            },
            Part::End(head) if head != walk.head() => {
                broken(format!("the end counts {head}; there are {}", walk.head()))
            }
            Part::End(_) => {
                ended = true;
                Ok(None)
            }
        }
    })?;
    let head = walk.head();
    let left = seals.iter().find(|(_, used)| !**used).map(|(seal, _)| format!("no entry brings the seal {seal}"));
    let cut = (!ended).then(|| "the end is missing: it was cut off".to_owned());
    let broken = broken
        .or(cut.or(left).map(|detail| Broken { sequence: head.length, detail }))
        .or(checkpoint.and_then(|checkpoint| checkpoint.cut(head.length)));
    Ok(Examination { head, broken })
}

/// One line that means something.
enum Part {
    Seal { sm3: Sm3, bytes: Vec<u8> },
    Entry { text: String, sm3: Sm3 },
    End(Head),
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Raw {
    Seal { seal: Sm3, bytes: String },
    Entry { entry: Box<Entry>, sm3: Sm3 },
    End { end: Head },
}

fn entry_line(text: &str, sm3: Sm3) -> String {
    format!("{{\"entry\":{text},\"sm3\":\"{sm3}\"}}")
}

fn end_line(head: Head) -> String {
    format!("{{\"end\":{{\"length\":{},\"sm3\":\"{}\"}}}}", head.length, head.sm3)
}

/// Hands out line by line, with the number of the entry that is next, until something is broken.
fn read(
    mut lines: impl io::BufRead,
    take: &mut dyn FnMut(u64, Part) -> Result<Option<Broken>, Error>,
) -> Result<Option<Broken>, Error> {
    let mut line = Vec::new();
    let mut number = 0;
    if next(&mut lines, &mut line)?.is_none_or(|line| line != FIRST) {
        return Err(Error::malformed(format!("not an exported ledger: the first line is not {FIRST}")));
    }
    while let Some(text) = next(&mut lines, &mut line)? {
        let part = match part(text) {
            Ok(part) => part,
            Err(detail) => return Ok(Some(Broken { sequence: number, detail })),
        };
        let entry = matches!(part, Part::Entry { .. });
        if let Some(broken) = take(number, part)? {
            return Ok(Some(broken));
        }
        number += u64::from(entry);
    }
    Ok(None)
}

/// The next line without its end. A last line that is cut is handed out as it is.
fn next<'l>(lines: &mut impl io::BufRead, line: &'l mut Vec<u8>) -> Result<Option<&'l str>, Error> {
    use std::io::{BufRead as _, Read as _};
    line.clear();
    let mut bounded = lines.by_ref().take(LONGEST as u64);
    let count = bounded.read_until(b'\n', line).map_err(|source| {
        Error::new(ErrorKind::Store, format!("the lines cannot be read: {source}")).caused_by(source)
    })?;
    if count == LONGEST {
        return Err(Error::too_large(format!("a line has more than {LONGEST} bytes")));
    }
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = std::str::from_utf8(text).map_err(|_| Error::malformed("the lines of a ledger are UTF-8"))?;
    Ok((count > 0).then_some(text))
}

/// Reads a line, and refuses one that is not written in the one way: every byte of it counts.
fn part(text: &str) -> Result<Part, String> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| format!("the line is no part of a ledger: {error}"))?;
    let (part, written) = match raw {
        Raw::Seal { seal, bytes } => {
            let written = format!("{{\"seal\":\"{seal}\",\"bytes\":\"{bytes}\"}}");
            let bytes = STANDARD.decode(bytes).map_err(|error| format!("the seal {seal} is not Base64: {error}"))?;
            (Part::Seal { sm3: seal, bytes }, written)
        }
        Raw::Entry { entry, sm3 } => {
            let entry = entry.to_json().map_err(|error| error.to_string())?;
            let written = entry_line(&entry, sm3);
            (Part::Entry { text: entry, sm3 }, written)
        }
        Raw::End { end } => (Part::End(end), end_line(end)),
    };
    if written != text {
        return Err("the line is not written in the canonical way: these fields in this order, without spaces".into());
    }
    Ok(part)
}
