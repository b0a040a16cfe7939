//! PDF documents written and cut by the letter.

use std::ops::Range;

/// A document with a cross-reference table: object 1 the catalog, 2 the pages, then for each page its
/// dictionary and its content. `rotations` has one entry for each page.
pub fn minimal(rotations: &[i32]) -> Vec<u8> {
    let kids: String = (0..rotations.len()).map(|index| format!("{} 0 R ", 3 + 2 * index)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [ {kids}] /Count {} /MediaBox [0 0 595 842] >>", rotations.len()),
    ];
    for (index, rotation) in rotations.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /Rotate {rotation} /Resources << >> /Contents {} 0 R >>",
            4 + 2 * index
        ));
        let content = format!("0.5 g {} 10 100 100 re f", 10 + index);
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut bytes = b"%PDF-1.7\n%\xE4\xF6\xFC\n".to_vec();
    let numbered = (1..).zip(objects.into_iter().map(String::into_bytes)).collect::<Vec<(u32, Vec<u8>)>>();
    finish(&mut bytes, &numbered, "/Root 1 0 R", None);
    bytes
}

/// A document with a cross-reference table of these objects; object 1 is the catalog.
pub fn document(objects: &[(u32, &str)]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xE4\xF6\xFC\n".to_vec();
    let objects: Vec<_> = objects.iter().map(|(number, body)| (*number, body.as_bytes().to_vec())).collect();
    finish(&mut bytes, &objects, "/Root 1 0 R", None);
    bytes
}

/// The document with a further revision that writes these objects.
pub fn append(document: &[u8], objects: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = document.to_vec();
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    finish(&mut bytes, objects, "/Root 1 0 R", Some(last_section(document)));
    bytes
}

/// The same, by a trailer that says what the last one said: nothing but these objects changed.
pub fn revised(document: &[u8], objects: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let start = rfind(document, b"trailer").unwrap() + "trailer".len();
    let end = find(document, b"startxref", start).unwrap();
    let text: String = document[start..end].iter().map(|byte| char::from(*byte)).collect();
    let keys = text.trim().trim_start_matches("<<").trim_end_matches(">>");
    let kept: String = keys
        .split('/')
        .filter(|entry| !entry.starts_with("Size") && !entry.starts_with("Prev") && !entry.trim().is_empty())
        .map(|entry| format!("/{entry}"))
        .collect();
    let mut bytes = document.to_vec();
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    finish(&mut bytes, objects, &kept, Some(last_section(document)));
    bytes
}

/// The number after the last `startxref`.
pub fn last_section(document: &[u8]) -> usize {
    let at = rfind(document, b"startxref").unwrap() + "startxref".len();
    let text: String = document[at..].iter().map(|byte| char::from(*byte)).collect();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

fn finish(bytes: &mut Vec<u8>, objects: &[(u32, Vec<u8>)], root: &str, previous: Option<usize>) {
    let mut section = b"xref\n".to_vec();
    if previous.is_none() {
        section.extend(b"0 1\n0000000000 65535 f \n");
    }
    let mut size = previous.map_or(0, |_| 1000);
    for (number, body) in objects {
        section.extend(format!("{number} 1\n{:010} 00000 n \n", bytes.len()).into_bytes());
        bytes.extend(format!("{number} 0 obj\n").into_bytes());
        bytes.extend(body);
        bytes.extend(b"\nendobj\n");
        size = size.max(number + 1);
    }
    let start = bytes.len();
    bytes.extend(section);
    let previous = previous.map(|at| format!(" /Prev {at}")).unwrap_or_default();
    bytes.extend(format!("trailer\n<< /Size {size} {root}{previous} >>\nstartxref\n{start}\n%%EOF\n").into_bytes());
}

pub fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    bytes[from..].windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

pub fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

/// The whole text of an object as it stands last, from its number to `endobj`.
pub fn object(bytes: &[u8], number: u32) -> Range<usize> {
    let start = rfind(bytes, format!("\n{number} 0 obj").as_bytes()).unwrap() + 1;
    start..find(bytes, b"endobj", start).unwrap() + "endobj".len()
}

/// Where a signature's dictionary has what matters.
#[derive(Clone, Debug)]
pub struct Places {
    /// The object's number.
    pub number: u32,
    /// From behind the opening bracket of `/ByteRange` up to the next key.
    pub ranges: Range<usize>,
    /// `/Contents` with `<` and `>`.
    pub contents: Range<usize>,
    /// The four numbers.
    pub numbers: [usize; 4],
}

/// The signatures in the order of their places.
pub fn signatures(bytes: &[u8]) -> Vec<Places> {
    let mut list = Vec::new();
    let mut from = 0;
    while let Some(at) = find(bytes, b"/ByteRange", from) {
        let start = find(bytes, b"[", at).unwrap() + 1;
        let end = find(bytes, b"]", start).unwrap();
        let text: String = bytes[start..end].iter().map(|byte| char::from(*byte)).collect();
        let numbers: Vec<usize> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let key = find(bytes, b"/Contents", end).unwrap();
        let ranges = start..key;
        let start = find(bytes, b"<", key).unwrap();
        let contents = start..find(bytes, b">", start).unwrap() + 1;
        let header = rfind(&bytes[..at], b" 0 obj").unwrap();
        let number: String = bytes[..header]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit())
            .map(|byte| char::from(*byte))
            .collect();
        let number = number.chars().rev().collect::<String>().parse().unwrap();
        from = contents.end;
        list.push(Places { number, ranges, contents, numbers: numbers.try_into().unwrap() });
    }
    list
}

/// Writes another array for `/ByteRange`, from behind its opening bracket on, filled up with spaces.
pub fn set_ranges(bytes: &mut [u8], places: &Places, text: &str) {
    let width = places.ranges.len();
    assert!(text.len() <= width, "{text} is too long for {width}");
    bytes[places.ranges.clone()].copy_from_slice(format!("{text:<width$}").as_bytes());
}

/// The bytes in ranges of (offset, length).
pub fn within(bytes: &[u8], ranges: [usize; 4]) -> Vec<u8> {
    let [start, before, after, rest] = ranges;
    [&bytes[start..start + before], &bytes[after..after + rest]].concat()
}

/// The payload in the hole, without the zeros behind it.
pub fn payload(bytes: &[u8], places: &Places) -> Vec<u8> {
    let digits = &bytes[places.contents.start + 1..places.contents.end - 1];
    let octets: Vec<u8> =
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    let (header, length) = match octets[1] {
        short @ 0..=0x7F => (2, usize::from(short)),
        long => {
            let count = usize::from(long & 0x7F);
            (2 + count, octets[2..2 + count].iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)))
        }
    };
    octets[..header + length].to_vec()
}

/// Writes a payload into the hole.
pub fn set_payload(bytes: &mut [u8], places: &Places, payload: &[u8]) {
    let room = places.contents.start + 1..places.contents.end - 1;
    let width = room.len();
    let digits: String = payload.iter().map(|octet| format!("{octet:02X}")).collect();
    assert!(digits.len() <= width, "{} digits do not fit {width}", digits.len());
    bytes[room].copy_from_slice(format!("{digits:0<width$}").as_bytes());
}
