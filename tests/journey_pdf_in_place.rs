//! Documents that stay where they are: the same as those in memory, of any size, in little memory.

#![cfg(feature = "pdf")]

mod common;

use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};

use common::pdf::{document, minimal, rfind, signatures};
use common::scene::{Scene, algorithms};
use common::{all_findings, assert_judged, sample};
use eseal::{Coverage, Document as _, ErrorKind, Limits, Mm, Page, Payload, Pdf, Verdict};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One test at a time, for they share the memory that is measured.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const BOTH: [Payload; 2] = [Payload::SealSignature, Payload::Cms];

const UNSIGNED: &[&str] = &[
    "pdf/unsigned/form-simple.pdf",
    "pdf/unsigned/linearized.pdf",
    "pdf/unsigned/object-streams.pdf",
    "pdf/unsigned/pdfa-pdfua.pdf",
    "pdf/unsigned/two-empty-signature-fields.pdf",
];

fn open(bytes: &[u8]) -> Pdf {
    Pdf::open(Cursor::new(bytes.to_vec()), "", &Limits::default()).unwrap()
}

#[test]
fn in_place_and_in_memory_are_one() {
    let _alone = alone();
    let scene = Scene::new(algorithms()[0]);
    for name in UNSIGNED {
        let bytes = sample(name);
        for payload in BOTH {
            let stamp = || scene.stamp().payload(payload).on(Page(1), Mm(10.0), Mm(10.0));
            let held = stamp().prepare(&Pdf::read(&bytes).unwrap(), scene.signatory.credentials.certificate()).unwrap();
            let stored = stamp().prepare(&open(&bytes), scene.signatory.credentials.certificate()).unwrap();
            assert_eq!(held.to_be_signed(), stored.to_be_signed(), "{name}");
            let stamped = stamp().apply(&open(&bytes), &scene.by()).unwrap();
            let report = scene.verifier().document(&stamped, scene.now).unwrap();
            assert_eq!((report.verdict(), report.signatures()[0].coverage), (Verdict::Valid, Coverage::Whole));
            let (mut whole, mut added) = (Vec::new(), bytes.clone());
            stamped.write_to(&mut whole).unwrap();
            stamped.write_added_to(&mut added).unwrap();
            assert!(whole == added && whole == stamped.as_bytes().as_ref(), "{name}");
            // Read again in either way, and with a flipped bit in either way.
            for at in [None, Some(bytes.len() / 2)] {
                let mut bytes = whole.clone();
                at.into_iter().for_each(|at| bytes[at] ^= 1);
                let (Ok(held), Ok(stored)) =
                    (Pdf::read(&bytes), Pdf::open(Cursor::new(bytes.clone()), "", &Limits::default()))
                else {
                    continue;
                };
                // What cannot be looked at is the same in both ways, too.
                let told = |pdf: &Pdf| match scene.verifier().document(pdf, scene.now) {
                    Ok(report) => (Some(report.verdict()), format!("{:?}", all_findings(&report))),
                    Err(error) => (None, error.to_string()),
                };
                assert_eq!(told(&held), told(&stored), "{name}");
                assert_eq!(told(&held).0 == Some(Verdict::Valid), at.is_none(), "{name}: {}", told(&held).1);
            }
        }
    }
}

#[test]
fn a_file_grows_by_its_stamps() {
    let _alone = alone();
    let scene = Scene::new(algorithms()[0]);
    let path = std::env::temp_dir().join(format!("eseal-grows-{}.pdf", std::process::id()));
    std::fs::write(&path, minimal(&[0, 90])).unwrap();
    for count in 1..=3_u32 {
        let pdf = Pdf::open(File::open(&path).unwrap(), "", &Limits::default()).unwrap();
        let place = Mm(f64::from(count) * 20.0);
        let stamped = scene.stamp().on(Page(1), place, place).apply(&pdf, &scene.by()).unwrap();
        stamped.write_added_to(&mut OpenOptions::new().append(true).open(&path).unwrap()).unwrap();
    }
    let pdf = Pdf::open(File::open(&path).unwrap(), "", &Limits::default()).unwrap();
    let report = scene.verifier().document(&pdf, scene.now).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((report.verdict(), report.signatures().len()), (Verdict::Valid, 3), "{report}");
}

/// A file with a long run of one byte that is stored nowhere.
#[derive(Clone)]
struct Vast {
    head: Vec<u8>,
    run: u64,
    tail: Vec<u8>,
    at: u64,
    /// Where the byte stands that is another.
    flaw: Option<u64>,
}

impl Vast {
    /// A document whose object 5 is a stream of `run` bytes.
    fn document(run: u64) -> Self {
        let pattern = document(&[
            (1, "<< /Type /Catalog /Pages 2 0 R >>"),
            (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"),
            (3, "<< /Type /Page /Parent 2 0 R /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>"),
            (4, "<< /Length 0 >>\nstream\n\nendstream"),
        ]);
        let end = rfind(&pattern, b"xref\n0 1").unwrap();
        let mut head = pattern[..end].to_vec();
        let own = head.len();
        head.extend(format!("5 0 obj\n<< /Subtype /Image /Length {run} >>\nstream\n").into_bytes());
        let mut tail = b"\nendstream\nendobj\n".to_vec();
        let section = head.len() as u64 + run + tail.len() as u64;
        let old = String::from_utf8(pattern[end..].to_vec()).unwrap();
        let rows = old.split("trailer").next().unwrap();
        tail.extend(format!("{rows}5 1\n{own:010} 00000 n \n").into_bytes());
        tail.extend(format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{section}\n%%EOF\n").into_bytes());
        Vast { head, run, tail, at: 0, flaw: None }
    }

    fn len(&self) -> u64 {
        self.head.len() as u64 + self.run + self.tail.len() as u64
    }
}

impl Read for Vast {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.head.len() as u64;
        let (part, within) = match self.at {
            at if at < head => (&self.head, at),
            at if at < head + self.run => {
                let count = (head + self.run - at).min(buffer.len() as u64) as usize;
                buffer[..count].fill(b'a');
                if let Some(flaw) = self.flaw.filter(|flaw| (at..at + count as u64).contains(flaw)) {
                    buffer[(flaw - at) as usize] = b'b';
                }
                self.at += count as u64;
                return Ok(count);
            }
            at => (&self.tail, at - head - self.run),
        };
        let rest = &part[(within as usize).min(part.len())..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Vast {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => self.len().checked_add_signed(back).unwrap(),
            SeekFrom::Current(step) => self.at.checked_add_signed(step).unwrap(),
        };
        Ok(self.at)
    }
}

/// More than 32 bits can count, signed and verified in a few megabytes.
#[test]
fn beyond_four_gigabytes() {
    let _alone = alone();
    let scene = Scene::new(algorithms()[0]);
    let vast = Vast::document((1 << 32) + (50 << 20));
    let length = vast.len();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let pdf = Pdf::open(vast.clone(), "", &Limits::default()).unwrap();
    let stamped = scene.stamp().on(Page(1), Mm(10.0), Mm(10.0)).apply(&pdf, &scene.by()).unwrap();
    let mut added = Vec::new();
    stamped.write_added_to(&mut added).unwrap();
    assert_eq!(stamped.len(), length + added.len() as u64);
    let places = signatures(&added).remove(0);
    assert!(places.numbers[1] as u64 > length, "{:?}", places.numbers);
    let mut signed = vast;
    signed.tail.extend_from_slice(&added);
    let again = Pdf::open(signed.clone(), "", &Limits::default()).unwrap();
    let report = scene.verifier().document(&again, scene.now).unwrap();
    let peak = MEMORY.peak_usage().saturating_sub(before);
    assert_eq!((report.verdict(), report.signatures()[0].coverage), (Verdict::Valid, Coverage::Whole), "{report}");
    assert!(peak < 16 << 20, "{peak} bytes");
}

#[test]
fn a_flaw_far_out_is_found() {
    let _alone = alone();
    let scene = Scene::new(algorithms()[0]);
    let vast = Vast::document(100 << 20);
    let pdf = Pdf::open(vast.clone(), "", &Limits::default()).unwrap();
    let stamped = scene.stamp().apply(&pdf, &scene.by()).unwrap();
    let mut signed = vast;
    stamped.write_added_to(&mut signed.tail).unwrap();
    for (flaw, verdict, fails) in
        [(None, Verdict::Valid, &[][..]), (Some(77 << 20), Verdict::Invalid, &["document.intact"][..])]
    {
        let pdf = Pdf::open(Vast { flaw, ..signed.clone() }, "", &Limits::default()).unwrap();
        let report = scene.verifier().document(&pdf, scene.now).unwrap();
        assert_judged("vast", report.verdict(), &all_findings(&report), verdict, fails);
    }
}

/// Gives its bytes a limited number of times.
struct Failing {
    bytes: Cursor<Vec<u8>>,
    reads: usize,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads = self.reads.checked_sub(1).ok_or_else(|| io::Error::other("the disk is gone"))?;
        self.bytes.read(buffer)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// A storage that fails is an error of its own, never a verdict.
#[test]
fn failing_storage_is_told() {
    let _alone = alone();
    let scene = Scene::new(algorithms()[0]);
    let signed = scene.stamped(&Pdf::read(minimal(&[0])).unwrap(), Payload::Cms).as_bytes().into_owned();
    let mut verdicts = Vec::new();
    for reads in 0..200 {
        let source = Failing { bytes: Cursor::new(signed.clone()), reads };
        let outcome = Pdf::open(source, "", &Limits::default())
            .and_then(|pdf| scene.verifier().document(&pdf, scene.now).map(|report| report.verdict()));
        match outcome {
            Ok(verdict) => verdicts.push(verdict),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "after {reads}: {error}"),
        }
    }
    assert!(!verdicts.is_empty() && verdicts.len() < 200, "{}", verdicts.len());
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Valid), "{verdicts:?}");
}
