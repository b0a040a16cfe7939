//! Files that break a rule and leave no doubt about what they say: read, and told. What leaves a doubt is told as
//! such, so that no signature in such a file is valid.

use super::*;
use crate::finding::Finding;

/// The objects of a document of one page, as texts.
const OBJECTS: [&str; 4] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
    "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
    "<< /Length 4 >>\nstream\nq  Q\nendstream",
];

/// What may be written otherwise.
struct Writer {
    end_of_line: &'static str,
    end_of_object: &'static str,
    /// Between the parts of an entry of the table and behind it.
    end_of_entry: &'static str,
    /// The subsection's beginning.
    first: u32,
    trailer: &'static str,
    before: &'static str,
    /// Whether offsets count from the beginning of the file, whatever stands before the header.
    from_start: bool,
}

impl Default for Writer {
    fn default() -> Self {
        Writer {
            end_of_line: "\n",
            end_of_object: "endobj",
            end_of_entry: " \n",
            first: 0,
            trailer: "/Size 5 /Root 1 0 R",
            before: "",
            from_start: false,
        }
    }
}

impl Writer {
    fn write(&self, objects: &[&str]) -> Vec<u8> {
        let eol = self.end_of_line;
        let shift = if self.from_start { 0 } else { self.before.len() };
        let mut text = format!("{}%PDF-1.4{eol}", self.before);
        let mut table =
            format!("xref{eol}{} {}{eol}0000000000 65535 f{}", self.first, objects.len() + 1, self.end_of_entry);
        for (number, body) in (1..).zip(objects) {
            table.push_str(&format!("{:010} 00000 n{}", text.len() - shift, self.end_of_entry));
            text.push_str(&format!("{number} 0 obj{eol}{}{eol}{}{eol}", body.replace('\n', eol), self.end_of_object));
        }
        let start = text.len() - shift;
        text.push_str(&format!("{table}trailer{eol}<< {} >>{eol}startxref{eol}{start}{eol}%%EOF{eol}", self.trailer));
        text.into_bytes()
    }
}

/// Read, with its page and its content; the outcome of what is told, if anything is.
#[track_caller]
fn read(what: &str, bytes: &[u8]) -> Vec<Finding> {
    let pdf = Pdf::read(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(pdf.page_count().unwrap(), 1, "{what}");
    let work = pdf.work();
    let view = work.view();
    let content = view.load(crate::document::pdf::object::Reference { number: 4, generation: 0 }).unwrap().unwrap();
    assert_eq!(view.stream(&content).unwrap(), b"q  Q", "{what}");
    let mut findings = survey(&pdf).findings;
    findings.extend(work.oddities().into_iter().filter(|oddity| !survey(&pdf).findings.contains(oddity)));
    findings
}

#[track_caller]
fn told(what: &str, bytes: &[u8], outcome: Outcome, part: &str) {
    let findings = read(what, bytes);
    let finding = findings.iter().find(|finding| finding.detail.contains(part));
    let finding = finding.unwrap_or_else(|| panic!("{what}: {findings:#?}"));
    assert_eq!((finding.check, finding.outcome), (checks::DOCUMENT_STRUCTURE.name(), outcome), "{what}");
    assert_eq!(finding.needed, outcome != Outcome::Pass, "{what}");
}

#[test]
fn ends_of_lines_and_entries() {
    for end_of_line in ["\n", "\r\n", "\r"] {
        for end_of_entry in [" \n", "\r\n", " \r", "\n", "\r", " \r\n", "  \n"] {
            let bytes = Writer { end_of_line, end_of_entry, ..Writer::default() }.write(&OBJECTS);
            let findings = read(&format!("{end_of_line:?} {end_of_entry:?}"), &bytes);
            let is_odd = end_of_line == "\r";
            assert_eq!(findings.is_empty(), !is_odd, "{end_of_line:?}: {findings:?}");
        }
    }
    let comments = Writer { end_of_line: " % a comment\n", ..Writer::default() };
    let bytes = comments.write(&OBJECTS[..3]);
    // Not within a table, whose entries are counted.
    assert!(Pdf::read(bytes).is_err());
    let blank = "<< /Length 4 >> % a comment\nstream \t\r\nq  Q\nendstream % another";
    told(
        "blanks",
        &Writer::default().write(&[OBJECTS[0], OBJECTS[1], OBJECTS[2], blank]),
        Outcome::Pass,
        "\"stream\" stands",
    );
}

#[test]
fn objects_without_an_end() {
    let missing = Writer { end_of_object: "", ..Writer::default() }.write(&OBJECTS);
    told("no endobj", &missing, Outcome::Pass, "its \"endobj\" is missing");
    let joined = Writer { end_of_object: "endobj% ", ..Writer::default() }.write(&OBJECTS);
    assert!(read("a comment behind", &joined).is_empty());
    let other = Writer { end_of_object: "endob", ..Writer::default() }.write(&OBJECTS);
    assert!(Pdf::read(other).unwrap_err().to_string().contains("\"endobj\" is missing"));
}

#[test]
fn lengths_that_lead_astray() {
    let with = |content: &str| Writer::default().write(&[OBJECTS[0], OBJECTS[1], OBJECTS[2], content]);
    for length in
        ["/Length 3", "/Length 2", "/Length 9999", "/Length -1", "/Length (x)", "", "/Length 9 0 R", "/Length 4 0 R"]
    {
        let bytes = with(&format!("<< {length} >>\nstream\nq  Q\nendstream"));
        told(length, &bytes, Outcome::Unknown, "does not end where its /Length says");
    }
    // In a later object it is where it belongs.
    let objects = [OBJECTS[0], OBJECTS[1], OBJECTS[2], "<< /Length 5 0 R >>\nstream\nq  Q\nendstream", "4"];
    assert!(read("a later object", &Writer::default().write(&objects)).is_empty());
    let endless = with("<< /Length 5 >>\nstream\nq  Q");
    let pdf = Pdf::read(endless).unwrap();
    let work = pdf.work();
    let content =
        work.view().load(crate::document::pdf::object::Reference { number: 4, generation: 0 }).unwrap().unwrap();
    assert!(work.view().stream(&content).unwrap_err().to_string().contains("nor at any \"endstream\""));
}

#[test]
fn tables_that_begin_elsewhere() {
    let shifted = Writer { first: 1, ..Writer::default() }.write(&OBJECTS);
    told("from 1 on", &shifted, Outcome::Unknown, "numbers its objects from 1 on and begins with object 0");
    let nothing = Writer { trailer: "/Size 5 /Root 1 0 R /Prev 0", ..Writer::default() }.write(&OBJECTS);
    told("a /Prev of 0", &nothing, Outcome::Pass, "/Prev of 0, which counts as none");
    let sizeless = Writer { trailer: "/Root 1 0 R", ..Writer::default() }.write(&OBJECTS);
    assert!(read("no /Size", &sizeless).is_empty());
    let real = append(&Writer::default().write(&OBJECTS), &[(9, "null")], "/Root 1 0 R");
    let text = String::from_utf8_lossy(&real).into_owned();
    let at = text.rfind("/Prev ").unwrap();
    let pointed = [&text[..at], text[at..].replacen(" >>", ".0 >>", 1).as_str()].concat();
    assert!(read("a /Prev with a point", pointed.as_bytes()).is_empty());
    // An entry that leads to the header leads nowhere.
    let zero = append(&Writer::default().write(&OBJECTS), &[(9, "null")], "/Root 1 0 R");
    let zero = replaced(&zero, &format!("9 1\n{}", &entry_of(&zero, 9)), "9 1\n0000000000 00000 n ");
    assert!(read("an offset of 0", &zero).is_empty());
}

fn entry_of(bytes: &[u8], number: u32) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    text.rsplit(&format!("\n{number} 1\n")).next().unwrap()[..19].to_owned()
}

/// Whether offsets count from the header or from the beginning, the file reads; readers disagree all the same.
#[test]
fn bytes_before_the_header() {
    for before in ["\n", "\u{FEFF}", "HTTP/1.1 200 OK\r\n\r\n"] {
        for from_start in [false, true] {
            let bytes = Writer { before, from_start, ..Writer::default() }.write(&OBJECTS);
            told(before, &bytes, Outcome::Fail, "stand before the header");
        }
    }
    let far = "x".repeat(2000);
    let bytes = [far.as_bytes(), &Writer::default().write(&OBJECTS)].concat();
    assert!(Pdf::read(bytes).unwrap_err().to_string().contains("%PDF-"));
}

#[test]
fn pages_that_do_not_exist() {
    let kids = [OBJECTS[0], "<< /Type /Pages /Kids [3 0 R 77 0 R] /MediaBox [0 0 595 842] >>", OBJECTS[2], OBJECTS[3]];
    told("a kid that is missing", &Writer::default().write(&kids), Outcome::Pass, "and it does not exist");
    // A tree that is broken is told of, and the signatures are looked at all the same.
    let direct = [OBJECTS[0], "<< /Type /Pages /Kids [3 0 R << /Type /Page >>] >>", OBJECTS[2], OBJECTS[3]];
    let pdf = Pdf::read(Writer::default().write(&direct)).unwrap();
    assert!(pdf.page_count().unwrap_err().to_string().contains("is no reference"));
    let finding = survey(&pdf).findings.remove(0);
    assert_eq!(finding.outcome, Outcome::Fail);
    assert!(finding.detail.contains("the page tree is broken"), "{}", finding.detail);
    let form = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R 6 0 R] >> >>";
    let objects = [form, OBJECTS[1], OBJECTS[2], OBJECTS[3], "<< /T (a) /Kids /None >>", "<< /T (b) /FT /Sig >>"];
    let pdf = Pdf::read(Writer::default().write(&objects)).unwrap();
    assert!(pdf.fields().unwrap_err().to_string().contains("/Kids"));
    assert!(survey(&pdf).findings.iter().any(|finding| finding.detail.contains("the form is broken")));
}

/// Object streams in every filter that may pack one, and one that continues another.
#[test]
fn object_streams_in_every_filter() {
    use std::io::Write as _;
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let index = "2 0 3 66 ";
    let text = format!("{index}{:<66}{}", OBJECTS[1], "<< /Type /Page /Parent 2 0 R >>");
    deflate.write_all(text.as_bytes()).unwrap();
    let lzw = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(text.as_bytes()).unwrap();
    let runs: Vec<u8> = text.bytes().flat_map(|byte| [0, byte]).chain([128]).collect();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x} ")).collect();
    let crypt = text.clone().into_bytes();
    for (filter, data) in [
        ("/FlateDecode", deflate.finish().unwrap()),
        ("/LZWDecode", lzw),
        ("[/RunLengthDecode]", runs),
        ("[/ASCIIHexDecode]", format!("{hex}>").into_bytes()),
        ("[/Crypt] /DecodeParms [<< /Name /Identity >>]", crypt),
    ] {
        let mut bytes = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_vec();
        let pack = bytes.len();
        let head = format!(
            "4 0 obj\n<< /Type /ObjStm /N 2 /First {} /Extends 9 0 R /Filter {filter} /Length {} >>\nstream\n",
            index.len(),
            data.len()
        );
        bytes.extend([head.as_bytes(), &data, b"\nendstream\nendobj\n"].concat());
        let section = bytes.len();
        let rows: [[u32; 3]; 6] =
            [[0, 0, 0], [1, 9, 0], [2, 4, 0], [2, 4, 1], [1, pack as u32, 0], [1, section as u32, 0]];
        let rows: Vec<u8> = rows
            .iter()
            .flat_map(|[kind, one, two]| [vec![*kind as u8], one.to_be_bytes().to_vec(), vec![*two as u8]].concat())
            .collect();
        bytes.extend(
            format!("5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Length {} >>\nstream\n", rows.len())
                .bytes(),
        );
        bytes.extend(rows);
        bytes.extend(format!("\nendstream\nendobj\nstartxref\n{section}\n%%EOF\n").bytes());
        let pdf = Pdf::read(bytes).unwrap();
        assert_eq!(pdf.page_count().unwrap(), 1, "{filter}");
        assert!(survey(&pdf).findings.is_empty(), "{filter}");
    }
}
