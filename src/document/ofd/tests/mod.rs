//! Whole packages: samples, what is stamped here, and what strangers may send.

mod composing;
mod hostile;
mod samples;
mod schema;
mod stamping;
mod tampered;

use std::io::{Cursor, Read};

use crate::crypto::DigestAlgorithm;
use crate::document::ofd::Ofd;
use crate::document::{Document, Found, Layout, Shown, Survey};
use crate::finding::{Check, Finding, Outcome};
use crate::limits::Limits;
use crate::units::{Area, Mm, Page};

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/testdata/ofd/{name}.ofd", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn survey(bytes: &[u8]) -> Survey {
    Ofd::read(bytes).unwrap().survey(&Limits::default()).unwrap()
}

/// That the worst answer to a check is `outcome`, and that one such answer says so.
#[track_caller]
fn assert_finding(findings: &[Finding], check: Check, outcome: Outcome, part_of_detail: &str) {
    let of_check = || findings.iter().filter(|finding| finding.check == check.name());
    assert_eq!(of_check().map(|finding| finding.outcome).max(), Some(outcome), "{findings:#?}");
    let is_meant = |finding: &Finding| finding.outcome == outcome && finding.detail.contains(part_of_detail);
    assert!(of_check().any(is_meant), "{findings:#?}");
}

/// An algorithm that is there with every set of features.
const ALGORITHM: DigestAlgorithm = DigestAlgorithm::Sha256;

fn area(page: u32, left: f64) -> Area {
    Area { page: Page(page), left: Mm(left), top: Mm(10.5), width: Mm(40.0), height: Mm(30.25) }
}

fn layout<'a>(areas: Vec<Area>, seal: Option<&'a [u8]>, limits: &'a Limits) -> Layout<'a> {
    Layout {
        shown: areas.into_iter().map(Shown::whole).collect(),
        field_stays: false,
        picture: None,
        field: None,
        seal,
        seal_digest: None,
        is_seal: seal.is_some(),
        room: 0,
        digest: ALGORITHM,
        filter: "",
        sub_filter: "",
        method: "1.2.156.10197.1.501".to_owned(),
        time: "2025-03-01T08:00:00+08:00".parse().unwrap(),
        name: None,
        reason: None,
        location: None,
        lock: false,
        protected: None,
        pdf: crate::document::PdfOptions::default(),
        limits,
    }
}

/// Stamps with a payload that is no signature.
fn stamp(ofd: &Ofd, layout: &Layout<'_>, payload: &[u8]) -> Ofd {
    let reserved = ofd.reserve(layout).unwrap();
    assert_eq!(reserved.document.protected_digest(&reserved.hole, layout.digest).unwrap(), reserved.digest);
    assert_as_read(&reserved.document);
    let document = reserved.document.fill_room(&reserved.hole, payload).unwrap();
    assert_as_read(&document);
    let survey = document.survey(&Limits::default()).unwrap();
    let last = survey.found.last().unwrap();
    assert_eq!(last.property.as_deref(), Some(reserved.property.as_str()));
    assert_eq!(document.digests(&[(last, layout.digest)]).unwrap(), [reserved.digest]);
    document
}

fn helloworld_stamped() -> Vec<u8> {
    let limits = Limits::default();
    let ofd = Ofd::read(sample("helloworld")).unwrap();
    let stamped = stamp(&ofd, &layout(vec![area(1, 20.0)], Some(b"a seal"), &limits), b"a signature");
    stamped.as_bytes().into_owned()
}

fn found<'s>(survey: &'s Survey, id: &str) -> &'s Found {
    survey.found.iter().find(|found| found.id == id).unwrap()
}

/// All files of a package, read by another implementation, which checks sizes and checksums.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut contents = Vec::new();
        file.read_to_end(&mut contents).unwrap();
        let name = file.name().unwrap().into_owned();
        parts.push((name, contents));
    }
    parts
}

fn text(bytes: &[u8], name: &str) -> String {
    let parts = parts(bytes);
    let part = parts.iter().find(|(other, _)| other == name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(part.1.clone()).unwrap()
}

/// An entry of a package in which anything may be a lie.
#[derive(Clone)]
struct Raw {
    name: Vec<u8>,
    local_name: Vec<u8>,
    data: Vec<u8>,
    method: u16,
    flags: u16,
    crc: u32,
    size: u32,
    local_size: u32,
    attributes: u32,
    /// The extra field in the directory.
    extra: Vec<u8>,
    /// The offset to tell instead of the true one; the entry itself is then not written.
    at: Option<u32>,
    /// Not told in the directory.
    is_hidden: bool,
    /// What stands behind the data: a descriptor, or anything.
    behind: Vec<u8>,
}

impl Raw {
    fn stored(name: &str, data: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let size = data.len() as u32;
        Raw {
            name: name.as_bytes().to_owned(),
            local_name: name.as_bytes().to_owned(),
            data: data.to_owned(),
            method: 0,
            flags: 0,
            crc: crc.sum(),
            size,
            local_size: size,
            attributes: 0,
            extra: Vec::new(),
            at: None,
            is_hidden: false,
            behind: Vec::new(),
        }
    }
}

fn zip(entries: &[Raw]) -> Vec<u8> {
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for raw in entries {
        let offset = raw.at.unwrap_or(out.len() as u32);
        let fields = |name: &[u8], size: u32, extra: &[u8]| {
            let mut bytes = Vec::new();
            [20, raw.flags, raw.method, 0, 0x5A61].iter().for_each(|word: &u16| bytes.extend(word.to_le_bytes()));
            [raw.crc, raw.data.len() as u32, size].iter().for_each(|word| bytes.extend(word.to_le_bytes()));
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend((extra.len() as u16).to_le_bytes());
            bytes
        };
        if raw.at.is_none() {
            let header = fields(&raw.local_name, raw.local_size, &[]);
            out.extend([b"PK\x03\x04", &header[..], &raw.local_name, &raw.data, &raw.behind].concat());
        }
        if !raw.is_hidden {
            count += 1;
            let (made_by, header) = ([20, 3], fields(&raw.name, raw.size, &raw.extra));
            directory.extend([b"PK\x01\x02", &made_by[..], &header, &[0; 6]].concat());
            directory.extend(raw.attributes.to_le_bytes());
            directory.extend(offset.to_le_bytes());
            directory.extend(&raw.name);
            directory.extend(&raw.extra);
        }
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// The package with an end as zip64 has it, which says that the directory is longer by so many bytes.
fn zip64(bytes: &[u8], longer: u64) -> Vec<u8> {
    let end = bytes.len() - 22;
    let word = |at: usize| u32::from_le_bytes(*bytes[end + at..].first_chunk().unwrap());
    let count = u64::from(u16::from_le_bytes(*bytes[end + 10..].first_chunk().unwrap()));
    let mut out = bytes[..end].to_vec();
    out.extend([&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8]].concat());
    [count, count, u64::from(word(12)) + longer, u64::from(word(16))]
        .iter()
        .for_each(|one| out.extend(one.to_le_bytes()));
    out.extend([&b"PK\x06\x07\0\0\0\0"[..], &(end as u64).to_le_bytes(), &1_u32.to_le_bytes()].concat());
    out.extend([&b"PK\x05\x06\0\0\0\0"[..], &[0xFF; 12], &[0; 2]].concat());
    out
}

fn raws(parts: &[(String, Vec<u8>)]) -> Vec<Raw> {
    parts.iter().map(|(name, contents)| Raw::stored(name, contents)).collect()
}

/// The package with one file's text changed.
fn with_text(bytes: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut parts = parts(bytes);
    let part = parts.iter_mut().find(|(other, _)| other == name).unwrap_or_else(|| panic!("no {name}"));
    let changed = change(std::str::from_utf8(&part.1).unwrap());
    assert_ne!(changed.as_bytes(), part.1, "nothing was changed in {name}");
    part.1 = changed.into_bytes();
    zip(&raws(&parts))
}

/// The package with further files.
fn with_files(bytes: &[u8], files: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = parts(bytes);
    parts.extend(files.iter().map(|(name, contents)| ((*name).to_owned(), contents.as_bytes().to_owned())));
    zip(&raws(&parts))
}

/// What was written and is known is what is read again.
#[track_caller]
fn assert_as_read(ofd: &Ofd) {
    let read = Ofd::read(ofd.as_bytes()).unwrap();
    assert!(*ofd.package() == *read.package(), "{ofd:?}");
    assert_eq!(format!("{:?}", ofd.structure()), format!("{:?}", read.structure()));
}
