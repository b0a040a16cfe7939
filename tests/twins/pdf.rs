//! Stamped PDF documents with one thing changed, and signed anew where the signature would give it away.

use eseal::authority::Algorithm;
use eseal::{Coverage, Document as _, ErrorKind, Outcome, Payload, Pdf, Report, Verdict};

use crate::common::pdf::{Places, append, find, minimal, object, payload, set_payload, set_ranges, signatures, within};
use crate::common::scene::{CmsDraft, List, SIGNING_TIME, Scene, SealDraft, SignatureDraft, algorithms, digest};
use crate::common::{all_findings, assert_judged, assert_told};

const BOTH: [Payload; 2] = [Payload::SealSignature, Payload::Cms];

fn stamped(scene: &Scene, payload: Payload) -> Vec<u8> {
    let pdf = Pdf::read(minimal(&[0])).unwrap();
    scene.stamped(&pdf, payload).as_bytes().into_owned()
}

/// A document, where its only signature stands, and whose it is.
struct Draft<'s> {
    scene: &'s Scene,
    bytes: Vec<u8>,
    places: Places,
    payload: Payload,
}

impl<'s> Draft<'s> {
    fn new(scene: &'s Scene, payload: Payload) -> Self {
        let bytes = stamped(scene, payload);
        let places = signatures(&bytes).remove(0);
        Draft { scene, bytes, places, payload }
    }

    /// Other ranges, by name and then signed over what they name.
    fn with_ranges(mut self, text: &str, numbers: [usize; 4]) -> Self {
        set_ranges(&mut self.bytes, &self.places, text);
        self.signed(numbers)
    }

    /// A value over the bytes in these ranges as they stand now.
    fn signed(mut self, numbers: [usize; 4]) -> Self {
        let content = within(&self.bytes, numbers);
        let own = self.signature(&content);
        set_payload(&mut self.bytes, &self.places, &own);
        self
    }

    fn signature(&self, content: &[u8]) -> Vec<u8> {
        match self.payload {
            Payload::Cms => {
                let mut draft = CmsDraft::new(self.scene, content);
                draft.without(SIGNING_TIME);
                draft.der()
            }
            _ => self.scene.signature_draft(content).der(),
        }
    }

    #[track_caller]
    fn judged(&self, what: &str, verdict: Verdict, fails: &[&str]) {
        judged(what, self.scene, &self.bytes, verdict, fails);
    }
}

#[track_caller]
fn judged(what: &str, scene: &Scene, bytes: &[u8], verdict: Verdict, fails: &[&str]) {
    look(scene, bytes, |report| assert_judged(what, report.verdict(), &all_findings(report), verdict, fails));
}

#[track_caller]
fn look(scene: &Scene, bytes: &[u8], then: impl FnOnce(&Report<'_, Pdf>)) {
    let pdf = Pdf::read(bytes).unwrap();
    then(&scene.verifier().document(&pdf, scene.now).unwrap());
}

#[test]
fn good_and_signed_by_the_letter() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        for payload in BOTH {
            let draft = Draft::new(&scene, payload);
            draft.judged("good", Verdict::Valid, &[]);
            let numbers = draft.places.numbers;
            draft.signed(numbers).judged("by the letter", Verdict::Valid, &[]);
        }
    }
}

#[test]
fn a_byte_of_each_part() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        for payload in BOTH {
            let Draft { bytes, .. } = Draft::new(&scene, payload);
            for part in [b"10 10 100 100 re".as_slice(), b"0 0 595 842", b"/M <443A3230323530", b"/F 132"] {
                let mut changed = bytes.clone();
                let at = find(&bytes, part, 0).unwrap() + part.len() - 1;
                changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
                judged(&String::from_utf8_lossy(part), &scene, &changed, Verdict::Invalid, &["document.intact"]);
            }
        }
    }
}

/// BR-1: exactly four direct whole numbers from 0 on.
#[test]
fn ranges_that_are_not_four_numbers() {
    let scene = Scene::new(Algorithm::P256);
    let Places { numbers, .. } = Draft::new(&scene, Payload::SealSignature).places;
    let [_, before, after, rest] = numbers;
    for text in [
        format!("0 {before} {after}]"),
        format!("0 {before} {after} {rest} 0]"),
        format!("0.0 {before} {after} {rest}]"),
        format!("0 {before} {after} {rest}.0]"),
        format!("-0 {before} {after} -{rest}]"),
        format!("1 0 R {before} {after} {rest}]"),
        format!("null {before} {after} {rest}]"),
        format!("(0) {before} {after} {rest}]"),
        "]".to_owned(),
    ] {
        let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
        let fails = &["document.coverage", "document.intact", "signature.format"];
        draft.judged(&text, Verdict::Invalid, fails);
    }
    // One range and three: what they name can be digested, and is what was signed; it closes no revision.
    for text in [format!("0 {before} {after} {rest} 0 0]"), format!("0 {before} {after} {rest} 0 0 0 0]")] {
        let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
        draft.judged(&text, Verdict::Invalid, &["document.coverage", "signature.format"]);
    }
}

/// BR-2 and BR-3: from the beginning, two ranges with something between them, within the file.
#[test]
fn ranges_that_lie_elsewhere() {
    let scene = Scene::new(Algorithm::P256);
    let Places { numbers, .. } = Draft::new(&scene, Payload::SealSignature).places;
    let [_, before, after, rest] = numbers;
    let format = &["document.coverage", "signature.format"];
    for numbers in [
        [1, before - 1, after, rest],
        [before, 0, after, rest],
        [0, 0, after, rest],
        [0, before, after, 0],
        [0, 10, 20, 30],
    ] {
        let [start, before, after, rest] = numbers;
        let text = format!("{start} {before} {after} {rest}]");
        let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
        draft.judged(&text, Verdict::Invalid, format);
    }
    // Ranges with the value inside cannot be digested before it is known.
    for numbers in [[0, after, after, rest], [0, after, before, rest]] {
        let text = format!("0 {} {} {rest}]", numbers[1], numbers[2]);
        let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
        draft.judged(&text, Verdict::Invalid, &["document.coverage", "document.intact", "signature.format"]);
    }
    for text in [
        format!("0 {before} {after} {}]", rest + 1),
        format!("0 {before} {after} 99999999]"),
        "0 1 18446744073709551615 1]".to_owned(),
        "0 1 9223372036854775807 1]".to_owned(),
        format!("18446744073709551615 1 {after} 1]"),
    ] {
        let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
        draft.judged(&text, Verdict::Invalid, &["document.coverage", "document.intact", "signature.format"]);
    }
}

/// BR-4 to BR-6: the hole is the string `/Contents` with its brackets, and nothing else.
#[test]
fn holes_that_are_not_the_value() {
    let scene = Scene::new(Algorithm::P256);
    let good = Draft::new(&scene, Payload::SealSignature);
    let [_, before, after, rest] = good.places.numbers;
    let fails = &["document.coverage", "signature.format"];
    for [less, more] in [[1, 0], [0, 1], [10, 0], [0, 3]] {
        let numbers = [0, before - less, after + more, rest - more];
        let text = format!("0 {} {} {}]", numbers[1], numbers[2], numbers[3]);
        let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
        draft.judged(&format!("wider by {less} and {more}"), Verdict::Invalid, fails);
        assert_eq!(coverage(&draft), [Coverage::Unclear]);
    }
    // The brackets inside the ranges, as some write it, are not what ISO 32000 says.
    let numbers = [0, before + 1, after - 1, rest + 1];
    let text = format!("0 {} {} {}]", numbers[1], numbers[2], numbers[3]);
    let draft = Draft::new(&scene, Payload::SealSignature).with_ranges(&text, numbers);
    draft.judged("without the brackets", Verdict::Invalid, fails);

    // Something else in the hole behind the value.
    let mut draft = Draft::new(&scene, Payload::SealSignature);
    let end = draft.places.contents.end;
    let value = payload(&draft.bytes, &draft.places);
    let room = draft.places.contents.start + 1 + 2 * value.len();
    assert!(room + 12 < end, "the longest property leaves room");
    draft.bytes[room..room + 5].copy_from_slice(b"> /X ");
    draft.bytes[room + 5] = b'<';
    draft.judged("another key in the hole", Verdict::Invalid, fails);
}

fn coverage(draft: &Draft<'_>) -> Vec<Coverage> {
    let mut list = Vec::new();
    look(draft.scene, &draft.bytes, |report| list.extend(report.signatures().iter().map(|one| one.coverage)));
    list
}

/// BR-6 and BR-7: each signature has a hole of its own.
#[test]
fn the_hole_of_another_signature() {
    let scene = Scene::new(Algorithm::P256);
    let once = stamped(&scene, Payload::SealSignature);
    let pdf = Pdf::read(once).unwrap();
    let twice = scene.stamped(&pdf, Payload::SealSignature).as_bytes().into_owned();
    let places = signatures(&twice);
    judged("two", &scene, &twice, Verdict::Valid, &[]);

    let [first, second] = [&places[0], &places[1]];
    let numbers = [0, first.contents.start, first.contents.end, twice.len() - first.contents.end];
    let text = format!("0 {} {} {}]", numbers[1], numbers[2], numbers[3]);
    let mut bytes = twice.clone();
    set_ranges(&mut bytes, second, &text);
    look(&scene, &bytes, |report| {
        assert_eq!(report.verdict(), Verdict::Invalid);
        let part = "overlap those of another signature";
        for signature in report.signatures() {
            assert_told("shared", &signature.checks, "signature.format", Outcome::Fail, part);
        }
    });

    // The value of one in the place of the other.
    let mut bytes = twice.clone();
    set_payload(&mut bytes, first, &payload(&twice, second));
    set_payload(&mut bytes, second, &payload(&twice, first));
    judged("exchanged", &scene, &bytes, Verdict::Invalid, &["document.intact"]);
    let mut bytes = twice.clone();
    set_payload(&mut bytes, second, &payload(&twice, first));
    look(&scene, &bytes, |report| {
        let verdicts: Vec<_> = report.signatures().iter().map(|one| one.verdict).collect();
        assert_eq!(verdicts, [Verdict::Valid, Verdict::Invalid]);
    });
}

/// BR-8 to BR-10: up to the end of a revision, and nothing behind the last.
#[test]
fn ends_that_are_no_revisions_end() {
    let scene = Scene::new(Algorithm::P256);
    for payload in BOTH {
        let Draft { bytes, places, .. } = Draft::new(&scene, payload);
        let [_, before, after, rest] = places.numbers;
        for less in [7, 30, rest - 1] {
            let numbers = [0, before, after, rest - less];
            let draft =
                Draft::new(&scene, payload).with_ranges(&format!("0 {before} {after} {}]", rest - less), numbers);
            let fails: &[&str] = match payload {
                Payload::Cms if less == rest - 1 => &["document.coverage", "seal.same"],
                _ => &["document.coverage"],
            };
            draft.judged(&format!("{less} bytes short"), Verdict::Invalid, fails);
            assert_eq!(coverage(&draft), [Coverage::Partial]);
        }
        let white = [bytes.as_slice(), b"\r\n \n"].concat();
        judged("white space behind", &scene, &white, Verdict::Valid, &[]);
        for tail in [b"x".as_slice(), b"\n% a comment\n", b"\n9 0 obj\n<< >>\nendobj\n", b"\n%%EOF\n"] {
            let longer = [bytes.as_slice(), tail].concat();
            match Pdf::read(longer.as_slice()) {
                Ok(_) => judged(
                    &String::from_utf8_lossy(tail),
                    &scene,
                    &longer,
                    Verdict::Invalid,
                    &["document.changes", "document.structure"],
                ),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Malformed, "{error}"),
            }
        }
    }
}

/// CT-1 to CT-3.
#[test]
fn contents_that_are_no_value() {
    let scene = Scene::new(Algorithm::P256);
    let good = Draft::new(&scene, Payload::SealSignature);
    let Places { contents, numbers, .. } = good.places.clone();
    let value = payload(&good.bytes, &good.places);
    let behind = contents.start + 1 + 2 * value.len();
    let edited = |change: &dyn Fn(&mut [u8])| {
        let mut draft = Draft::new(&scene, Payload::SealSignature).signed(numbers);
        change(&mut draft.bytes[contents.clone()]);
        draft
    };
    let nothing = &["document.coverage", "document.intact", "signature.format", "signature.value"];
    let nothing_at_all: &[&str] = &nothing[..];
    let zeros = edited(&|text| {
        let end = text.len() - 1;
        text[1..end].fill(b'0');
    });
    look(&scene, &zeros.bytes, |report| {
        assert_eq!(report.verdict(), Verdict::Invalid, "{nothing_at_all:?}");
        let findings = all_findings(report);
        assert_told("zeros", &findings, "signature.format", Outcome::Fail, "empty");
        assert_told("zeros", &findings, "signature.value", Outcome::Fail, "no signature value");
    });
    for (what, octet) in [("an INTEGER", b"02"), ("a SET", b"31"), ("a NULL", b"05")] {
        let draft = edited(&|text| text[1..3].copy_from_slice(octet));
        look(&scene, &draft.bytes, |report| {
            assert_eq!(report.verdict(), Verdict::Invalid);
            assert_told(what, &all_findings(report), "signature.format", Outcome::Fail, "");
        });
    }
    let long = edited(&|text| text[3..9].copy_from_slice(b"83FFFF"));
    look(&scene, &long.bytes, |report| {
        assert_eq!(report.verdict(), Verdict::Invalid);
        assert_told("longer than its room", &all_findings(report), "signature.format", Outcome::Fail, "");
    });
    let hidden = edited(&|text| text[behind - contents.start + 20] = b'7');
    hidden.judged("hidden behind the value", Verdict::Invalid, &["signature.format"]);
    let odd = edited(&|text| {
        let end = text.len() - 2;
        text[end] = b' ';
    });
    odd.judged("an odd number of digits", Verdict::Invalid, &["signature.format"]);
    let spaces = edited(&|text| {
        let end = text.len() - 1;
        text[end - 2..end].fill(b' ');
    });
    spaces.judged("white space among the digits", Verdict::Valid, &[]);
    let word = edited(&|text| {
        let end = text.len() - 1;
        text[end - 1] = b'G';
    });
    match Pdf::read(word.bytes.as_slice()).and_then(|pdf| {
        let verdict = scene.verifier().document(&pdf, scene.now)?.verdict();
        Ok(verdict)
    }) {
        Ok(verdict) => assert_eq!(verdict, Verdict::Invalid),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Malformed),
    }
}

#[test]
fn keys_that_stand_twice() {
    let scene = Scene::new(Algorithm::P256);
    for (from, to) in [("/Filter", "/Contents <00> /Filter"), ("/Filter", "/ByteRange[0 1 2 3] /Filter")] {
        // The dictionary grows, so the signature is placed by the letter: the room of /ByteRange shrinks.
        let mut draft = Draft::new(&scene, Payload::SealSignature);
        let grown = to.len() - from.len();
        let at = find(&draft.bytes, from.as_bytes(), draft.places.ranges.start - 80).unwrap();
        let gap = draft.places.ranges.end - grown..draft.places.ranges.end;
        assert!(draft.bytes[gap.clone()].iter().all(|byte| *byte == b' '), "room for {to}");
        draft.bytes.drain(gap);
        draft.bytes.splice(at..at + from.len(), to.bytes());
        let numbers = draft.places.numbers;
        let draft = draft.signed(numbers);
        look(&scene, &draft.bytes, |report| {
            assert_eq!(report.verdict(), Verdict::Invalid, "{to}: {report}");
            assert_told(to, &all_findings(report), "signature.format", Outcome::Fail, "twice");
        });
    }
}

#[test]
fn a_further_revision() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        for payload in BOTH {
            let Draft { bytes, places, .. } = Draft::new(&scene, payload);
            let new = append(&bytes, &[(900, b"<< /Nothing true >>".to_vec())]);
            judged("an object that nothing leads to", &scene, &new, Verdict::Valid, &[]);
            look(&scene, &new, |report| {
                assert_eq!(report.signatures()[0].coverage, Coverage::Revision);
                assert_told("added", &all_findings(report), "document.changes", Outcome::Pass, "1 revision followed");
            });
            let page = String::from_utf8(bytes[object(&bytes, 4)].to_vec()).unwrap();
            let page = page.replace("10 10 100", "90 90 100");
            let body = page["4 0 obj\n".len()..].strip_suffix("\nendobj").unwrap();
            let fails = &["document.changes"];
            judged("the page", &scene, &append(&bytes, &[(4, body.into())]), Verdict::Invalid, fails);

            // The dictionary written anew with another reason; the old one is what is judged.
            let old = &bytes[object(&bytes, places.number)];
            let text: Vec<u8> = old.split(|byte| *byte == b'\n').skip(1).collect::<Vec<_>>().join(&b'\n');
            let body = text.strip_suffix(b"\nendobj").unwrap();
            let at = find(body, b"/M <", 0).unwrap();
            let body = [&body[..at], b"/Reason (Paid) ", &body[at..]].concat();
            let new = append(&bytes, &[(places.number, body)]);
            judged("another reason", &scene, &new, Verdict::Invalid, &["document.changes"]);
        }
    }
}

#[test]
fn the_field_of_the_signature() {
    let scene = Scene::new(Algorithm::P256);
    for payload in BOTH {
        let Draft { bytes, places, .. } = Draft::new(&scene, payload);
        let body = |number: u32| {
            let text = String::from_utf8_lossy(&bytes[object(&bytes, number)]).into_owned();
            let text = text.split_once('\n').unwrap().1.to_owned();
            text.strip_suffix("\nendobj").unwrap().to_owned()
        };
        let fields = body(1);
        let field: u32 = fields.split("/Fields [").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let fails = &["document.changes"];
        let moved = body(field).replace("/Rect [56", "/Rect [66");
        assert_ne!(moved, body(field));
        judged("moved", &scene, &append(&bytes, &[(field, moved.into())]), Verdict::Invalid, fails);
        let page = body(3).replace(&format!("/Annots [{field} 0 R]"), "/Annots []");
        judged("taken from its page", &scene, &append(&bytes, &[(3, page.into())]), Verdict::Invalid, fails);

        // Taken from the form: there is no signature any more, and the traces are told.
        let catalog = body(1).replace(&format!("/Fields [{field} 0 R]"), "/Fields []");
        let new = append(&bytes, &[(1, catalog.into())]);
        look(&scene, &new, |report| {
            assert_ne!(report.verdict(), Verdict::Valid);
            assert_told("removed", &all_findings(report), "document.changes", Outcome::Fail, "removed");
        });
        let emptied = body(field).replace(&format!("/V {} 0 R", places.number), "");
        look(&scene, &append(&bytes, &[(field, emptied.into())]), |report| {
            assert_ne!(report.verdict(), Verdict::Valid);
            assert_told("emptied", &all_findings(report), "document.changes", Outcome::Fail, "removed");
        });

        // Another field that shows the same signature.
        let second = body(field).replace("5369676E617475726531", "5369676E617475726532");
        let catalog = body(1).replace(&format!("/Fields [{field} 0 R]"), &format!("/Fields [{field} 0 R 900 0 R]"));
        let new = append(&bytes, &[(1, catalog.into()), (900, second.into())]);
        judged("shown by another field", &scene, &new, Verdict::Invalid, fails);
    }
}

#[test]
fn the_seal_beside_cms() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        let namesake = scene.issue(|_| ());
        let list = List::Certificates(vec![namesake.credentials.certificate().clone()]);
        let strange = SealDraft { list, ..scene.seal_draft() }.der();
        let Draft { bytes, places, .. } = Draft::new(&scene, Payload::Cms);
        let text = String::from_utf8_lossy(&bytes[object(&bytes, places.number)]).into_owned();
        let number: u32 = text.split("/ESEAL_Seal ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let stream = |seal: &[u8]| {
            [format!("<< /Type /ESEAL_Seal /Length {} >>\nstream\n", seal.len()).as_bytes(), seal, b"\nendstream"]
                .concat()
        };
        // In a later revision: the seal as it was signed is judged, and the change is told.
        let new = append(&bytes, &[(number, stream(&strange))]);
        judged("in a later revision", &scene, &new, Verdict::Invalid, &["document.changes"]);
        look(&scene, &new, |report| {
            let seal = report.signatures()[0].seal.as_ref().unwrap();
            assert_eq!(seal.verdict, Verdict::Valid);
        });
        // In the signed bytes.
        let mut changed = bytes.clone();
        let at = object(&bytes, number);
        let at = find(&bytes, b"stream\n", at.start).unwrap() + 60;
        changed[at] ^= 1;
        look(&scene, &changed, |report| {
            assert_eq!(report.verdict(), Verdict::Invalid);
            assert_told("in the signed bytes", &all_findings(report), "document.intact", Outcome::Fail, "");
        });
    }
}

/// A seal that does not list the signer, signed with the document by that signer.
#[test]
fn a_borrowed_seal() {
    for algorithm in algorithms() {
        let scene = Scene::new(algorithm);
        // The room is measured for the signatory's own certificate; one that is longer would not fit.
        let own = scene.signatory.credentials.certificate().der().len();
        let mut others = (0..100).map(|_| scene.issue(|_| ()));
        let namesake = others.find(|other| other.credentials.certificate().der().len() <= own).unwrap();
        let mut draft = Draft::new(&scene, Payload::SealSignature);
        let content = within(&draft.bytes, draft.places.numbers);
        let own = SignatureDraft { signer: &namesake, ..scene.signature_draft(&content) }.der();
        set_payload(&mut draft.bytes, &draft.places, &own);
        draft.judged("a seal signature", Verdict::Invalid, &["seal.signatory-listed"]);
        let own = SignatureDraft { digest: digest(algorithm, b"other"), ..scene.signature_draft(&content) }.der();
        set_payload(&mut draft.bytes, &draft.places, &own);
        draft.judged("of another document", Verdict::Invalid, &["document.intact"]);

        let mut draft = Draft::new(&scene, Payload::Cms);
        let certificate = namesake.credentials.certificate();
        let mut cms = CmsDraft { signer: &namesake, ..CmsDraft::new(&scene, &content) };
        let content = within(&draft.bytes, draft.places.numbers);
        cms.certificates = vec![certificate.clone()];
        cms.replace(crate::common::scene::attribute(
            crate::common::scene::MESSAGE_DIGEST,
            [crate::common::der::octet_string(&digest(algorithm, &content))],
        ));
        cms.replace(crate::common::scene::signing_certificate(algorithm, certificate));
        cms.without(SIGNING_TIME);
        set_payload(&mut draft.bytes, &draft.places, &cms.der());
        draft.judged("CMS", Verdict::Invalid, &["seal.signatory-listed"]);
    }
}
