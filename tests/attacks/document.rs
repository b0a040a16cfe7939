//! Documents written by the letter, in each of the ways in which PDF lists its objects, and truly signed.

use std::collections::BTreeMap;

use eseal::Payload;

use crate::common::pdf::find;
use crate::common::scene::{CmsDraft, SIGNING_TIME, Scene};

/// How a document lists its objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Table,
    /// A cross-reference stream.
    Stream,
    /// A cross-reference stream, and what is no stream itself in object streams.
    Packed,
}

/// Where a revision says an object is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry {
    Free,
    At(usize, u16),
    Packed(u32, usize),
}

/// A document, with the newest body of each object and all the places where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    bodies: BTreeMap<u32, String>,
    offsets: BTreeMap<u32, Vec<usize>>,
    /// Where the newest section stands.
    pub section: Option<usize>,
    /// The next number for a section or an object stream.
    next: u32,
    /// The object of the newest signature.
    pub signature: u32,
}

/// Digits that a signature may take.
const ROOM: usize = 8000;

pub(crate) type Objects = Vec<(u32, String)>;

impl Doc {
    pub(crate) fn new(kind: Kind, objects: &[(u32, String)]) -> Self {
        let empty = Doc {
            kind,
            bytes: b"%PDF-1.7\n%\xE4\xF6\xFC\n".to_vec(),
            bodies: BTreeMap::new(),
            offsets: BTreeMap::new(),
            section: None,
            next: 500,
            signature: 0,
        };
        empty.with(objects)
    }

    pub(crate) fn body(&self, number: u32) -> String {
        self.bodies[&number].clone()
    }

    /// Where an object was written, the first place first.
    pub(crate) fn places(&self, number: u32) -> &[usize] {
        &self.offsets[&number]
    }

    /// A further revision.
    pub(crate) fn with(&self, objects: &[(u32, String)]) -> Self {
        self.revised(objects, &[], "/Root 1 0 R")
    }

    /// A further revision with one object changed in its text.
    pub(crate) fn edited(&self, number: u32, old: &str, new: &str) -> Self {
        let body = self.body(number);
        assert!(body.contains(old), "object {number} has no {old}: {body}");
        self.with(&[(number, body.replacen(old, new, 1))])
    }

    /// A further revision with entries of its own.
    pub(crate) fn revised(&self, objects: &[(u32, String)], extra: &[(u32, Entry)], trailer: &str) -> Self {
        let mut doc = self.clone();
        let mut entries = BTreeMap::new();
        if self.section.is_none() {
            entries.insert(0, Entry::Free);
        }
        let is_packed = |body: &str| {
            self.kind == Kind::Packed && !["stream\n", "/ByteRange"].iter().any(|word| body.contains(word))
        };
        let (packed, plain): (Objects, Objects) = objects.iter().cloned().partition(|(_, body)| is_packed(body));
        for (number, body) in &plain {
            entries.insert(*number, Entry::At(doc.write(*number, body), 0));
        }
        if !packed.is_empty() {
            let stream = doc.take_number();
            for (index, (number, body)) in packed.iter().enumerate() {
                entries.insert(*number, Entry::Packed(stream, index));
                doc.bodies.insert(*number, body.clone());
            }
            let at = doc.write(stream, &object_stream(&packed));
            entries.insert(stream, Entry::At(at, 0));
        }
        entries.extend(extra.iter().copied());
        let trailer = match self.section {
            Some(section) => format!("{trailer} /Prev {section}"),
            None => trailer.to_owned(),
        };
        match self.kind {
            Kind::Table => doc.write_table(&entries, &trailer),
            _ => doc.write_stream(entries, &trailer),
        }
        doc
    }

    fn take_number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn write(&mut self, number: u32, body: &str) -> usize {
        let at = self.bytes.len();
        self.bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
        self.bodies.insert(number, body.to_owned());
        self.offsets.entry(number).or_default().push(at);
        at
    }

    fn write_table(&mut self, entries: &BTreeMap<u32, Entry>, trailer: &str) {
        let start = self.bytes.len();
        let mut table = String::from("xref\n");
        for (number, entry) in entries {
            let (offset, generation, letter) = match entry {
                Entry::Free => (0, 65535, 'f'),
                Entry::At(offset, generation) => (*offset, *generation, 'n'),
                Entry::Packed(..) => panic!("a table has no objects in streams"),
            };
            table.push_str(&format!("{number} 1\n{offset:010} {generation:05} {letter} \n"));
        }
        table.push_str(&format!("trailer\n<< /Size 900 {trailer} >>\nstartxref\n{start}\n%%EOF\n"));
        self.bytes.extend(table.into_bytes());
        self.section = Some(start);
    }

    fn write_stream(&mut self, mut entries: BTreeMap<u32, Entry>, trailer: &str) {
        let (number, start) = (self.take_number(), self.bytes.len());
        entries.insert(number, Entry::At(start, 0));
        let index: String = entries.keys().map(|number| format!("{number} 1 ")).collect();
        let mut data = Vec::new();
        for entry in entries.values() {
            let (kind, one, two) = match *entry {
                Entry::Free => (0, 0, 65535),
                Entry::At(offset, generation) => (1, offset, usize::from(generation)),
                Entry::Packed(stream, index) => (2, stream as usize, index),
            };
            data.push(kind);
            data.extend(u32::try_from(one).unwrap().to_be_bytes());
            data.extend(u16::try_from(two).unwrap().to_be_bytes());
        }
        let head = format!(
            "{number} 0 obj\n<< /Type /XRef /Size 900 /W [1 4 2] /Index [{index}] /Length {} {trailer} >>\nstream\n",
            data.len()
        );
        self.bytes.extend(head.into_bytes());
        self.bytes.extend(data);
        self.bytes.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").into_bytes());
        self.section = Some(start);
    }

    /// A further revision with a signature dictionary `number`, `extra` in it, that closes it.
    pub(crate) fn signed(
        &self,
        scene: &Scene,
        payload: Payload,
        number: u32,
        extra: &str,
        objects: &[(u32, String)],
    ) -> Self {
        const RANGES: &str = "/ByteRange [0 0000000000 0000000000 0000000000]";
        let format = match payload {
            Payload::Cms => "ETSI.CAdES.detached",
            _ => "GM.sm2seal",
        };
        let body = format!(
            "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /{format} /M (D:20250301000000Z) {extra} {RANGES} /Contents <{}> >>",
            "0".repeat(ROOM)
        );
        let objects: Objects = objects.iter().cloned().chain([(number, body)]).collect();
        let mut doc = self.with(&objects);
        doc.signature = number;
        let hole = doc.hole(number);
        let end = hole.end;
        let text = format!("/ByteRange [0 {:010} {end:010} {:010}]", hole.start, doc.bytes.len() - end);
        let at = find(&doc.bytes, RANGES.as_bytes(), doc.places(number)[0]).unwrap();
        doc.bytes[at..at + RANGES.len()].copy_from_slice(text.as_bytes());
        let content = [&doc.bytes[..hole.start], &doc.bytes[end..]].concat();
        let value = match payload {
            Payload::Cms => {
                let mut draft = CmsDraft::new(scene, &content);
                draft.without(SIGNING_TIME);
                draft.der()
            }
            _ => scene.signature_draft(&content).der(),
        };
        let digits: String = value.iter().map(|octet| format!("{octet:02X}")).collect();
        doc.bytes[hole.start + 1..hole.start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
        doc
    }

    /// `/Contents` of a signature, with its brackets.
    pub(crate) fn hole(&self, number: u32) -> std::ops::Range<usize> {
        let at = find(&self.bytes, b"/Contents <", self.places(number)[0]).unwrap() + "/Contents ".len();
        at..at + ROOM + 2
    }

    /// The bytes with a text in the place of another, filled up with blanks, from `start` on.
    pub(crate) fn overwritten(&self, start: usize, old: &str, new: &str) -> Vec<u8> {
        let at = find(&self.bytes, old.as_bytes(), start).unwrap_or_else(|| panic!("no {old}"));
        assert!(new.len() <= old.len(), "{new} is longer than {old}");
        let mut bytes = self.bytes.clone();
        bytes[at..at + old.len()].copy_from_slice(format!("{new:<width$}", width = old.len()).as_bytes());
        bytes
    }
}

fn object_stream(objects: &[(u32, String)]) -> String {
    let (mut index, mut text) = (String::new(), String::new());
    for (number, body) in objects {
        index.push_str(&format!("{number} {} ", text.len()));
        text.push_str(body);
        text.push('\n');
    }
    stream(&format!("/Type /ObjStm /N {} /First {}", objects.len(), index.len()), &format!("{index}{text}"))
}

pub(crate) fn stream(entries: &str, data: &str) -> String {
    format!("<< {entries} /Length {} >>\nstream\n{data}\nendstream", data.len())
}

const WIDGET: &str = "/Type /Annot /Subtype /Widget /F 4 /P 3 0 R";
pub(crate) const XMP: &str = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>one</a></x:xmpmeta>";

/// A form with much that an attacker would like: hidden pages and contents, a picture over the text, an
/// appearance that the page draws too.
fn form(kind: Kind, level: Option<u8>) -> Doc {
    let perms = level.map(|_| "/Perms << /DocMDP 20 0 R >>").unwrap_or_default();
    let page = "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [6 0 R 7 0 R 8 0 R 13 0 R 16 0 R 17 0 R] /Resources << \
                /Font << /F1 9 0 R >> /XObject << /Over 10 0 R /Both 18 0 R >> >> >>";
    Doc::new(
        kind,
        &[
            (1, format!("<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Metadata 19 0 R {perms} >>")),
            (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".into()),
            (3, page.into()),
            (4, stream("", "BT /F1 12 Tf (old) Tj ET")),
            (5, "<< /Fields [6 0 R 7 0 R 8 0 R 16 0 R 17 0 R] /SigFlags 3 /DA (/Helv 0 Tf) /DR << /Font << /Helv 9 0 R >> >> >>".into()),
            (6, format!("<< {WIDGET} /FT /Tx /T (name) /V (Alice) /Rect [10 10 100 30] /AP << /N 11 0 R >> >>")),
            (7, format!("<< {WIDGET} /FT /Sig /T (sig) /Rect [10 40 100 60] >>")),
            (8, format!("<< {WIDGET} /FT /Sig /T (spare) /Rect [10 70 100 90] >>")),
            (9, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into()),
            (10, stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "0 0 100 100 re f")),
            (11, stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Alice) Tj ET")),
            (12, stream("", "BT /F1 12 Tf (hidden) Tj ET")),
            (13, "<< /Type /Annot /Subtype /Square /Rect [200 200 300 300] >>".into()),
            (14, "<< /Type /Page /Parent 2 0 R /Contents 12 0 R >>".into()),
            (15, "<< /Type /Pages /Kids [14 0 R] /Count 1 /MediaBox [0 0 595 842] >>".into()),
            (16, format!("<< {WIDGET} /FT /Sig /T (second) /Rect [10 100 100 120] >>")),
            (17, format!("<< {WIDGET} /FT /Tx /T (drawn) /Rect [10 130 100 150] /AP << /N 18 0 R >> >>")),
            (18, stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (both) Tj ET")),
            (19, stream("/Type /Metadata /Subtype /XML", XMP)),
        ],
    )
}

/// One way to write and sign the document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub kind: Kind,
    /// The level of its certification.
    pub level: Option<u8>,
    pub payload: Payload,
    pub is_twice: bool,
}

impl Way {
    /// Every way there is; where nothing may change, nobody signs a second time.
    pub(crate) fn all() -> Vec<Self> {
        let mut list = Vec::new();
        for kind in [Kind::Table, Kind::Stream, Kind::Packed] {
            for level in [None, Some(1), Some(2), Some(3)] {
                for payload in [Payload::Cms, Payload::SealSignature] {
                    for is_twice in [false, true] {
                        if !(is_twice && level == Some(1)) {
                            list.push(Way { kind, level, payload, is_twice });
                        }
                    }
                }
            }
        }
        list
    }

    /// The document, signed in the field "sig" by object 20, and in "second" by object 21.
    pub(crate) fn document(self, scene: &Scene) -> Doc {
        let extra = match self.level {
            Some(level) => format!(
                "/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P \
                 {level} /V /1.2 >> >>]"
            ),
            None => String::new(),
        };
        // The page's content was another before, and the old one still lies in the file.
        let form = form(self.kind, self.level).with(&[(4, stream("", "BT /F1 12 Tf (new) Tj ET"))]);
        let signing = |doc: &Doc, field: u32, value: u32| {
            (field, doc.body(field).replacen("/FT", &format!("/V {value} 0 R /FT"), 1))
        };
        let once = form.signed(scene, self.payload, 20, &extra, &[signing(&form, 7, 20)]);
        if self.is_twice { once.signed(scene, Payload::Cms, 21, "", &[signing(&once, 16, 21)]) } else { once }
    }
}

/// A new field, object 60, on the page and in the form.
pub(crate) fn new_field(doc: &Doc, text: &str) -> Objects {
    vec![
        (5, doc.body(5).replacen(" 17 0 R]", " 17 0 R 60 0 R]", 1)),
        (3, doc.body(3).replacen(" 17 0 R]", " 17 0 R 60 0 R]", 1)),
        (60, format!("<< {WIDGET} /FT /Sig {text} >>")),
    ]
}
