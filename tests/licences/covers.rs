//! What a machine takes for valid while a person sees something else: things that whoever makes a copy lays over the
//! issuer's pages, and words that are on a page and not seen.

use std::io::Read as _;

use eseal::compose::{Overlay, Watermark};
use eseal::licence::{Licence, Reading};
use eseal::verify::ResultCode;
use eseal::{Document as _, Mm, Outcome, Page, Pdf, Verdict};

use crate::common::package::Package;
use crate::frame::{assert_licence, findings, laid_out, ofd, pdf, read, resealed, world};
use crate::world::World;
use crate::{common, samples};

/// The text of a PDF, byte by byte.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The newest object with this number.
fn object(bytes: &[u8], number: u32) -> Vec<u8> {
    let head = format!("\n{number} 0 obj");
    let from = common::pdf::rfind(bytes, head.as_bytes()).unwrap() + head.len();
    let end = common::pdf::find(bytes, b"endobj", from).unwrap();
    bytes[from..end].trim_ascii().to_vec()
}

/// The number that follows a part of a text.
fn number_after(text: &str, part: &str) -> u32 {
    let rest = text.rsplit_once(part).unwrap_or_else(|| panic!("no {part} in {text}")).1;
    rest.split(' ').next().unwrap().parse().unwrap()
}

/// The entries of a stream, and what is in it.
fn stream(object: &[u8]) -> (String, Vec<u8>) {
    let at = common::pdf::find(object, b"stream\n", 0).unwrap();
    let end = common::pdf::rfind(object, b"endstream").unwrap();
    let entries = text(&object[..at]).trim().to_owned();
    let data = &object[at + "stream\n".len()..end];
    let mut content = Vec::new();
    if entries.contains("FlateDecode") {
        flate2::read::ZlibDecoder::new(data).read_to_end(&mut content).unwrap();
    } else {
        content = data.to_vec();
    }
    (entries, content)
}

/// A stream with these entries, unpacked.
fn plain(entries: &str, content: &[u8]) -> Vec<u8> {
    let (head, rest) = entries.split_once("/Length ").unwrap_or((entries.trim_end_matches(">>"), ">>"));
    let rest = rest.trim_start_matches(|each: char| each.is_ascii_digit());
    let entries = format!("{head}/Length {}{rest}", content.len());
    let entries = entries.replace("/Filter /FlateDecode", "").replace("/Filter/FlateDecode", "");
    [format!("{entries}\nstream\n").as_bytes(), content, b"\nendstream"].concat()
}

const NOTE: &str = "加注件\u{3000}用途：办理示例贷款\u{3000}制作者：示例市政务服务中心\u{3000}制作时间：2025-03-01 08:00:00";

/// A good original with a good note over it, which nobody sealed yet.
struct Copy {
    world: World,
    bytes: Vec<u8>,
    /// The field that holds the note, what it shows, and how.
    field: u32,
    look: u32,
    entries: String,
    words: String,
}

impl Copy {
    fn new() -> Self {
        let mark = Watermark { size: eseal::compose::Size(36.0), ..Watermark::new("仅供办理示例贷款使用") };
        Copy::of(Overlay::new("song").watermark(mark).note(NOTE))
    }

    fn of(overlay: Overlay) -> Self {
        let world = world();
        let original = pdf(&world, "teacher");
        let bytes = overlay.on_pdf(&original, &samples::assets().unwrap()).unwrap().as_bytes().into_owned();
        let all = text(&bytes);
        let at = all.rfind("/T(eseal_note_1)").unwrap();
        let look = number_after(all[at..].split(" 0 R >>").next().unwrap(), "/N ");
        let head = all[..at].rfind(" 0 obj").unwrap();
        let field = all[..head].rsplit(|each: char| !each.is_ascii_digit()).next().unwrap().parse().unwrap();
        let (entries, words) = stream(&object(&bytes, look));
        let words = text(&words);
        Copy { world, bytes, field, look, entries, words }
    }

    /// The look of the note with this content.
    fn drawn(&self, content: &str) -> (u32, Vec<u8>) {
        (self.look, plain(&self.entries, content.as_bytes()))
    }

    /// With these objects written anew, sealed by a body that verifiers trust, and read.
    fn sealed_with(&self, objects: &[(u32, Vec<u8>)]) -> Licence {
        let bytes = if objects.is_empty() { self.bytes.clone() } else { common::pdf::revised(&self.bytes, objects) };
        let maker = self.world.office(6).unwrap();
        let copy = self.world.stamp(&maker).unwrap().apply(&Pdf::read(bytes).unwrap(), &maker.by).unwrap();
        let report = self.world.verifier().document(&copy, self.world.now).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "as a document: {report}");
        read(&self.world, &copy, &Reading::new())
    }

    fn sealed(&self, content: &str) -> Licence {
        self.sealed_with(&[self.drawn(content)])
    }
}

/// Asserts the verdict, and that this check says so with these words.
#[track_caller]
fn assert_says(what: &str, licence: Licence, (check, outcome): (&str, Outcome), english: &str) {
    let verdict = if outcome == Outcome::Fail { Verdict::Invalid } else { Verdict::Indeterminate };
    assert_eq!(licence.verdict(), verdict, "{what}: {licence}");
    common::assert_told(what, &findings(&licence), check, outcome, english);
    let is_meant = |one: &&eseal::licence::Remark| one.check() == check && one.outcome() == outcome;
    assert!(licence.findings().iter().find(is_meant).is_some_and(|one| !one.chinese.is_empty()), "{what}");
    assert!(licence.require_good().is_err(), "{what}");
}

#[test]
fn notes_of_copies_draw_words_and_nothing_else() {
    let copy = Copy::new();
    let words = copy.words.clone();
    eprintln!("{} {words:?}", copy.entries);
    assert_licence("good", &copy.sealed(&words), Verdict::Valid, ResultCode::Valid, &[]);
}
