//! Random changes, the same each time: nothing panics or hangs, and what was signed is never valid with a change.
//!
//! `ESEAL_MUTATIONS` says how many, by default few; a night's run takes millions.

use eseal::{Limits, Pdf, Verdict};

use crate::common::scene::Scene;
use crate::common::{Numbers, sample};
use crate::document::{Doc, Way, new_field, stream};
use eseal::authority::Algorithm;

/// What stands in PDF files, to be put where it does not belong.
const TOKENS: [&str; 30] = [
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "%",
    "R ",
    " obj",
    "endobj",
    "stream\n",
    "endstream",
    "xref\n",
    "trailer",
    "startxref\n",
    "%%EOF",
    "null",
    "true",
    "/Prev ",
    "/Kids ",
    "/V ",
    "/AP ",
    "/Length ",
    "/Root ",
    "/Size ",
    "/Annots ",
    "/Type ",
    "/ByteRange ",
];

const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "65535",
    "65536",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "1.5",
    "99999999",
];

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    if bytes.is_empty() {
        return;
    }
    let at = numbers.below(bytes.len());
    let length = numbers.below(120).min(bytes.len() - at);
    match numbers.below(9) {
        0 => bytes[at] ^= 1 << numbers.below(8),
        1 => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
        2 => drop(bytes.drain(at..at + length)),
        3 => {
            let copy = bytes[at..at + length].to_vec();
            let to = numbers.below(bytes.len());
            drop(bytes.splice(to..to, copy));
        }
        4 | 5 => {
            let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit).map(|digit| at + digit) else { return };
            let count = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let text = match numbers.below(3) {
                0 => NUMBERS[numbers.below(NUMBERS.len())].to_owned(),
                other => {
                    let old: String = bytes[from..from + count].iter().map(|byte| char::from(*byte)).collect();
                    let old: u64 = old.parse().unwrap_or(0);
                    format!("{:0count$}", old.saturating_add(1).saturating_sub(2 * (other as u64 - 1)))
                }
            };
            drop(bytes.splice(from..from + count, text.bytes()));
        }
        6 => {
            let token = TOKENS[numbers.below(TOKENS.len())].as_bytes();
            let end = bytes.len().min(at + token.len());
            bytes[at..end].copy_from_slice(&token[..end - at]);
        }
        7 => {
            let token = TOKENS[numbers.below(TOKENS.len())];
            drop(bytes.splice(at..at, token.bytes()));
        }
        _ => {
            let (first, second) = bytes.split_at_mut(at);
            let length = length.min(first.len()).min(second.len());
            let from = numbers.below(first.len() - length + 1);
            first[from..from + length].swap_with_slice(&mut second[..length]);
        }
    }
}

/// The bytes that a signature protects or that lie around it, without the value and white space at the end.
fn protected(bytes: &[u8], hole: &std::ops::Range<usize>) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(hole) = bytes.get_mut(hole.start + 1..hole.end - 1) {
        hole.fill(b'0');
    }
    let text = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(text);
    bytes
}

/// Documents with later revisions of every kind.
fn with_later_revisions(doc: &Doc) -> Vec<u8> {
    let drawn = stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Bob) Tj ET");
    let field = doc.body(6).replace("(Alice)", "(Bob)").replace("/N 11 0 R", "/N 62 0 R");
    let once = doc.with(&[(6, field), (62, drawn)]);
    let catalog =
        once.body(1).replacen("/Pages", "/DSS << /Certs [64 0 R] /VRI << /AA << /Cert [64 0 R] >> >> >> /Pages", 1);
    let twice = once.with(&[(1, catalog), (64, stream("", "a certificate"))]);
    twice.with(&new_field(&twice, "/T (x) /Rect [0 0 9 9]")).bytes
}

#[test]
fn random_changes() {
    let rounds = std::env::var("ESEAL_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(600_usize);
    let scene = Scene::new(Algorithm::P256);
    let ways: Vec<Way> = Way::all().into_iter().filter(|way| way.level != Some(3)).collect();
    // Whoever can change bytes can cut off a second signature; the first says nothing of that.
    let (twice, once): (Vec<Way>, Vec<Way>) = ways.into_iter().partition(|way| way.is_twice);
    let documents: Vec<Doc> = once.iter().map(|way| way.document(&scene)).collect();
    let mut others: Vec<Vec<u8>> = documents.iter().map(with_later_revisions).collect();
    others.extend(twice.iter().map(|way| way.document(&scene).bytes));
    for name in [
        "pyhanko/pades-lta-dss-indirect-arrs-test-2",
        "unsigned/hybrid",
        "unsigned/object-streams",
        "unsigned/linearized",
    ] {
        others.push(sample(&format!("pdf/{name}.pdf")));
    }
    let limits = Limits { unfolded_bytes: 64 << 20, stream_bytes: 8 << 20, objects: 100_000, ..Limits::default() };
    let verifier = scene.verifier().limits(limits.clone());
    let mut numbers = Numbers(0x5EA1);
    for round in 0..rounds {
        let own = (round % 2 == 0).then(|| &documents[numbers.below(documents.len())]);
        let good = own.map_or_else(|| others[numbers.below(others.len())].clone(), |doc| doc.bytes.clone());
        let mut bytes = good.clone();
        for _ in 0..=numbers.below(4) {
            mutate(&mut bytes, &mut numbers);
        }
        let Ok(pdf) = Pdf::read_within(bytes.as_slice(), &limits) else { continue };
        let Ok(report) = verifier.document(&pdf, scene.now) else { continue };
        let text = report.to_string();
        if let (Some(doc), Verdict::Valid) = (own, report.verdict()) {
            let hole = doc.hole(doc.signature);
            assert!(protected(&bytes, &hole) == protected(&good, &hole), "round {round}: {text}");
        }
    }
}
