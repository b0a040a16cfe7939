//! PDF documents built revision by revision, signed by the letter.

/// A document in the making.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub bytes: Vec<u8>,
}

/// A row of a cross-reference table that is written as it is said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Row {
    At(u32, usize, u16),
    Free(u32),
}

/// A one-element SEQUENCE: what the value says is not what is tested with it.
const VALUE: &str = "3003020107";

impl File {
    /// A first revision.
    pub(crate) fn new(objects: &[(u32, String)]) -> Self {
        File { bytes: b"%PDF-1.7\n".to_vec() }.with(objects)
    }

    /// A further revision that writes these objects.
    pub(crate) fn with(&self, objects: &[(u32, String)]) -> Self {
        self.revision(objects, &[], "/Root 1 0 R /Info 16 0 R")
    }

    pub(crate) fn one(&self, number: u32, body: impl Into<String>) -> Self {
        self.with(&[(number, body.into())])
    }

    /// A further revision with rows of its own.
    pub(crate) fn revision(&self, objects: &[(u32, String)], rows: &[Row], trailer: &str) -> Self {
        let mut bytes = self.bytes.clone();
        let previous = find_last(&bytes, "startxref").map(|at| {
            let text = String::from_utf8_lossy(&bytes[at + 9..]).into_owned();
            format!(" /Prev {}", text.split_whitespace().next().unwrap())
        });
        let mut table = if previous.is_none() { "0 1\n0000000000 65535 f \n".to_owned() } else { String::new() };
        for (number, body) in objects {
            table.push_str(&format!("{number} 1\n{:010} 00000 n \n", bytes.len()));
            bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
        }
        for row in rows {
            match row {
                Row::At(number, offset, generation) => {
                    table.push_str(&format!("{number} 1\n{offset:010} {generation:05} n \n"));
                }
                Row::Free(number) => table.push_str(&format!("{number} 1\n0000000000 00001 f \n")),
            }
        }
        let start = bytes.len();
        let previous = previous.unwrap_or_default();
        let end = format!("xref\n{table}trailer\n<< /Size 900 {trailer}{previous} >>\nstartxref\n{start}\n%%EOF\n");
        bytes.extend(end.into_bytes());
        File { bytes }
    }

    /// A further revision with a signature dictionary, `extra` in it.
    pub(crate) fn signed(&self, number: u32, extra: &str, objects: &[(u32, String)]) -> Self {
        let kind = if extra.contains("RFC3161") { "" } else { "/Type /Sig /SubFilter /ETSI.CAdES.detached" };
        let ranges = "/ByteRange [0 0000000000 0000000000 0000000000]";
        let hole = format!("<{VALUE}{}>", "0".repeat(20));
        let body = format!("<< {kind} /Filter /Adobe.PPKLite {extra} {ranges} /Contents {hole} >>");
        let objects: Vec<_> = objects.iter().cloned().chain([(number, body)]).collect();
        let mut file = self.with(&objects);
        let start = find_last(&file.bytes, &hole).unwrap();
        let end = start + hole.len();
        let text = format!("/ByteRange [0 {start:010} {end:010} {:010}]", file.bytes.len() - end);
        let at = find_last(&file.bytes, ranges).unwrap();
        file.bytes[at..at + ranges.len()].copy_from_slice(text.as_bytes());
        file
    }

    /// The body of an object as it was written last.
    pub(crate) fn body(&self, number: u32) -> String {
        let start = self.offset(number) + format!("{number} 0 obj\n").len();
        let text = String::from_utf8_lossy(&self.bytes[start..]).into_owned();
        text.split("\nendobj").next().unwrap().to_owned()
    }

    /// Where an object was written last.
    pub(crate) fn offset(&self, number: u32) -> usize {
        find_last(&self.bytes, &format!("\n{number} 0 obj\n")).unwrap() + 1
    }

    /// Where it was written first.
    pub(crate) fn first_offset(&self, number: u32) -> usize {
        let wanted = format!("\n{number} 0 obj\n");
        self.bytes.windows(wanted.len()).position(|window| window == wanted.as_bytes()).unwrap() + 1
    }

    /// A further revision with an object changed in its text.
    pub(crate) fn edited(&self, number: u32, old: &str, new: &str) -> Self {
        let body = self.body(number);
        assert!(body.contains(old), "object {number} has no {old}: {body}");
        self.one(number, body.replacen(old, new, 1))
    }
}

pub(crate) fn find_last(bytes: &[u8], wanted: &str) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted.as_bytes())
}

pub(crate) fn stream(entries: &str, data: &str) -> String {
    format!("<< {entries} /Length {} >>\nstream\n{data}\nendstream", data.len())
}
