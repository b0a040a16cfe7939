//! Packages made to mislead or to exhaust: each is refused or told, for its own reason.

use super::{Raw, assert_finding, helloworld_stamped, parts, raws, sample, survey, with_files, with_text, zip, zip64};
use crate::document::Document;
use crate::document::ofd::Ofd;
use crate::error::ErrorKind;
use crate::finding::{Outcome, checks};
use crate::limits::Limits;

fn good() -> Vec<Raw> {
    raws(&parts(&sample("helloworld")))
}

/// A good package with one more entry.
fn with(raw: Raw) -> Vec<u8> {
    let mut raws = good();
    raws.push(raw);
    zip(&raws)
}

#[track_caller]
fn assert_refused(bytes: &[u8], limits: &Limits, kind: ErrorKind, part_of_message: &str) {
    let error = Ofd::read_within(bytes, limits).map(|ofd| ofd.survey(limits)).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(part_of_message), "{error}");
}

#[track_caller]
fn assert_malformed(bytes: &[u8], part_of_message: &str) {
    assert_refused(bytes, &Limits::default(), ErrorKind::Malformed, part_of_message);
}

#[track_caller]
fn assert_told(bytes: &[u8], outcome: Outcome, part_of_detail: &str) {
    let survey = survey(bytes);
    let told = survey.findings.iter().any(|finding| {
        finding.check == checks::DOCUMENT_STRUCTURE.name()
            && finding.outcome == outcome
            && finding.detail.contains(part_of_detail)
    });
    assert!(told, "{:#?}", survey.findings);
}

#[test]
fn names_that_mislead_are_refused() {
    assert!(Ofd::read(zip(&good())).is_ok());
    assert_malformed(&with(Raw::stored("OFD.xml", b"<OFD/>")), "two entries called /OFD.xml");
    assert_malformed(&with(Raw::stored("/OFD.xml", b"<OFD/>")), "two entries called /OFD.xml");
    assert_malformed(&with(Raw::stored("Doc_0\\Document.xml", b"<OFD/>")), "two entries called /Doc_0/Document.xml");
    assert_malformed(&with(Raw::stored("a/../OFD.xml", b"")), "leads out of its folder");
    assert_malformed(&with(Raw::stored("../x", b"")), "leads out of its folder");
    assert_malformed(&with(Raw::stored("./x", b"")), "leads out of its folder");
    assert_malformed(&with(Raw::stored("//x", b"")), "empty part");
    assert_malformed(&with(Raw::stored("a//x", b"")), "empty part");
    assert_malformed(&with(Raw::stored("", b"")), "empty part");
    assert_malformed(&with(Raw::stored("a\0.xml", b"")), "control character");
}

#[test]
fn names_that_only_look_odd_are_told() {
    assert_told(&with(Raw::stored("ofd.XML", b"<OFD/>")), Outcome::Fail, "differ only in case");
    assert_told(&with(Raw::stored("Doc_0\\a.xml", b"<a/>")), Outcome::Pass, "\\ where / belongs");
    assert_told(&with(Raw::stored("/Doc_0/a.xml", b"<a/>")), Outcome::Pass, "begins with /");
    let bad = vec![b'a', 0xFF, 0xFF];
    let raw = Raw { name: bad.clone(), local_name: bad, ..Raw::stored("", b"") };
    assert_told(&with(raw), Outcome::Unknown, "neither UTF-8 nor GBK");
    assert_told(&with(Raw::stored("OFD.xml/", b"")), Outcome::Fail, "both a file and a folder");
    let folder = with(Raw::stored("Folder/", b"contents"));
    assert_told(&folder, Outcome::Fail, "has 8 bytes of contents");
    let other = Raw { local_name: b"b.xml".to_vec(), ..Raw::stored("a.xml", b"<a/>") };
    assert_told(&with(other), Outcome::Fail, "differ in the name");
    let extra = b"\x75\x70\x0a\0\x01\0\0\0\0b.xml".to_vec();
    let other = Raw { extra, ..Raw::stored("a.xml", b"<a/>") };
    assert_told(&with(other.clone()), Outcome::Fail, "a second name in its extra field, \"b.xml\"");
    let same = Raw { name: b"b.xml".to_vec(), local_name: b"b.xml".to_vec(), ..other };
    assert_told(&with(same), Outcome::Pass, "each under one name");
}

#[test]
fn entries_are_what_they_say() {
    let mut lying = Raw::stored("a.xml", b"<a/>");
    lying.size = 5;
    assert_malformed(&with(lying), "stored in 4 bytes, and said to have 5");
    let lying = Raw { local_size: 9, ..Raw::stored("a.xml", b"<a/>") };
    assert_told(&with(lying), Outcome::Fail, "differ in size or checksum");
    let mut packed = zip(&good());
    packed[8] ^= 8;
    assert_told(&packed, Outcome::Fail, "differ in the method of compression");
    let encrypted = Raw { flags: 1, ..Raw::stored("a.xml", b"<a/>") };
    assert_refused(&with(encrypted), &Limits::default(), ErrorKind::Unsupported, "encrypted");
    let packed = Raw { method: 14, ..Raw::stored("a.xml", b"<a/>") };
    assert_refused(&with(packed), &Limits::default(), ErrorKind::Unsupported, "method 14");
    let link = Raw { attributes: 0o120_777 << 16, ..Raw::stored("a.xml", b"/etc/passwd") };
    assert_malformed(&with(link), "symbolic link");
    let hidden = Raw { is_hidden: true, ..Raw::stored("Doc_0/Document.xml", b"<Document/>") };
    assert_told(&with(hidden), Outcome::Fail, "the directory does not list");
    let overlapping = Raw { at: Some(0), ..Raw::stored("copy.xml", &good()[0].data) };
    assert_malformed(&with(overlapping), "overlaps");
    let inner = Raw { at: Some(1), ..Raw::stored("copy.xml", b"") };
    assert_malformed(&with(inner), "does not lie at byte 1");
}

#[test]
fn descriptors_say_the_same_in_one_of_their_forms() {
    let raw = Raw { flags: 8, local_size: 0, ..Raw::stored("a.xml", b"<a/>") };
    let (crc, long) = (raw.crc.to_le_bytes(), 4_u64.to_le_bytes());
    let short = [4, 0, 0, 0];
    for mark in [&b"PK\x07\x08"[..], b""] {
        let of = |sizes: &[u8]| Raw { behind: [mark, &crc[..], sizes].concat(), ..raw.clone() };
        assert_told(&with(of(&[short, short].concat())), Outcome::Pass, "each under one name");
        assert_told(&with(of(&[long, long].concat())), Outcome::Pass, "each under one name");
        assert_told(&with(of(&[short, [5, 0, 0, 0]].concat())), Outcome::Fail, "/a.xml differ in size or checksum");
        assert_told(&with(of(&[long, [0xFF; 8]].concat())), Outcome::Fail, "/a.xml differ in size or checksum");
        let other = Raw { behind: [mark, &[0; 4], &short, &short].concat(), ..raw.clone() };
        assert_told(&with(other), Outcome::Fail, "/a.xml differ in size or checksum");
    }
    assert_told(&with(raw), Outcome::Fail, "/a.xml differ in size or checksum");
}

#[test]
fn the_end_of_zip64_says_the_same() {
    assert_told(&zip64(&zip(&good()), 0), Outcome::Pass, "each under one name");
    assert_told(&zip64(&zip(&good()), 1), Outcome::Fail, "its end says");
    // One whose own length is wrong is none.
    let mut wrong = zip64(&zip(&good()), 0);
    let at = wrong.len() - 22 - 20 - 56;
    wrong[at + 4] += 1;
    assert_malformed(&wrong, "it has no zip directory");
}

#[test]
fn contents_are_checked_when_they_are_read() {
    let mut wrong = good();
    wrong.iter_mut().find(|raw| raw.name == b"OFD.xml").unwrap().crc ^= 1;
    assert_malformed(&zip(&wrong), "the checksum of the contents");
    for (data, size, why) in [
        // One stored block of four bytes, as deflate has it.
        (&b"\x01\x04\0\xFB\xFF<a/>"[..], 3, "longer than the 3 bytes announced"),
        (b"\x01\x04\0\xFB\xFF<a/>", 5, "have 4 bytes, 5 are announced"),
        (b"\x01\x04\0\xFB\xFF<a/>more", 4, "4 bytes stand behind the compressed data"),
        (b"\x01\x04\0\xFB\xFF<a", 4, "cut off"),
        (b"\x07", 4, "broken"),
    ] {
        let mut wrong = good();
        let raw = wrong.iter_mut().find(|raw| raw.name == b"OFD.xml").unwrap();
        *raw = Raw { method: 8, size, local_size: size, data: data.to_owned(), ..raw.clone() };
        assert_malformed(&zip(&wrong), why);
    }
}

#[test]
fn parts_of_a_signature_that_cannot_be_unfolded_are_told() {
    for (name, part) in [
        ("SignedValue.dat", "its value cannot be read"),
        ("Seal.esl", "the copy of the seal cannot be read"),
        ("Signature.xml", "its description cannot be read"),
    ] {
        let mut wrong = raws(&parts(&helloworld_stamped()));
        let is_it = |raw: &&mut Raw| String::from_utf8_lossy(&raw.name).ends_with(name);
        wrong.iter_mut().find(is_it).unwrap().crc ^= 1;
        let survey = survey(&zip(&wrong));
        assert_finding(&survey.found[0].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, part);
    }
    let mut wrong = raws(&parts(&helloworld_stamped()));
    wrong.iter_mut().find(|raw| raw.name.ends_with(b"Content.xml")).unwrap().crc ^= 1;
    let survey = survey(&zip(&wrong));
    let found = &survey.found[0].findings;
    assert_finding(
        found,
        checks::DOCUMENT_REFERENCES,
        Outcome::Unknown,
        "not readable: /Doc_0/Pages/Page_0/Content.xml",
    );
    assert_finding(&survey.findings, checks::DOCUMENT_STRUCTURE, Outcome::Unknown, "cannot be read");
}

#[test]
fn ends_that_mislead_are_told() {
    let bytes = sample("helloworld");
    assert_told(&[b"#!/bin/sh\n", &bytes[..]].concat(), Outcome::Pass, "10 bytes stand before the first entry");
    assert_told(&[&bytes[..], b"\0\0"].concat(), Outcome::Pass, "2 bytes stand behind the end");
    // Two packages in one file: which one counts depends on how a reader looks for the end.
    let other = sample("Page5");
    assert_told(
        &[&bytes[..], &other].concat(),
        Outcome::Fail,
        "before the first entry of the package, a zip entry among",
    );
    let length = u16::try_from(other.len()).unwrap().to_le_bytes();
    let two = [&bytes[..bytes.len() - 2], &length, &other].concat();
    assert_told(&two, Outcome::Fail, &format!("a second end-of-directory record at byte {}", bytes.len() - 22));
    let mut more = bytes.clone();
    let at = more.len() - 22;
    more[at + 10] += 1;
    more[at + 8] += 1;
    assert_told(&more, Outcome::Fail, "the zip directory lists 7 entries, its end says 8");
    let mut longer = bytes.clone();
    longer[at + 12] += 1;
    assert_told(&longer, Outcome::Fail, "its end says");
}

#[test]
fn costs_are_bounded() {
    let zeros = vec![0; 300 << 20];
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &zeros).unwrap();
    let data = encoder.finish().unwrap();
    let size = zeros.len() as u32;
    let mut crc = flate2::Crc::new();
    crc.update(&zeros);
    let bomb = with(Raw { method: 8, size, local_size: size, crc: crc.sum(), data, ..Raw::stored("bomb", b"") });
    let refuse = |limits: Limits, why: &str| assert_refused(&bomb, &limits, ErrorKind::TooLarge, why);
    refuse(Limits { ratio: 100, ..Limits::default() }, "Limits::ratio");
    refuse(Limits { stream_bytes: 100 << 20, ..Limits::default() }, "Limits::stream_bytes");
    refuse(Limits { unfolded_bytes: 299 << 20, ..Limits::default() }, "Limits::unfolded_bytes");
    refuse(Limits { entries: 7, ..Limits::default() }, "Limits::entries");
    refuse(Limits { document_bytes: 1000, ..Limits::default() }, "Limits::document_bytes");
    // As a file that nothing asks for it costs nothing.
    assert!(survey(&bomb).found.is_empty());
    let limits = Limits { pages: 4, ..Limits::default() };
    assert_refused(&sample("Page5"), &limits, ErrorKind::TooLarge, "Limits::pages");
    let limits = Limits { signatures: 0, ..Limits::default() };
    let error = Ofd::read(helloworld_stamped()).unwrap().survey(&limits).unwrap_err();
    assert!(error.kind() == ErrorKind::TooLarge && error.to_string().contains("Limits::signatures"), "{error}");
    let limits = Limits { seal_bytes: 7, ..Limits::default() };
    let survey = Ofd::read(helloworld_stamped()).unwrap().survey(&limits).unwrap();
    assert_finding(&survey.found[0].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "Limits::seal_bytes");
}

#[test]
fn xml_that_misleads_is_refused() {
    let root = |change: &dyn Fn(&str) -> String| with_text(&sample("helloworld"), "OFD.xml", change);
    let doctype = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><ofd:OFD";
    assert_malformed(&root(&|text| text.replace("<ofd:OFD", doctype)), "DOCTYPE");
    assert_malformed(&root(&|_| "<Other/>".to_owned()), "not <OFD>");
    assert_malformed(&root(&|_| "<OFD/>".to_owned()), "names no document");
    assert_malformed(&root(&|text| text.replace("Doc_0/Document.xml", "Doc_9/Document.xml")), "which is not there");
    let two = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>";
    assert_malformed(&root(&|text| text.replace(two, &two.repeat(2))), "second <ofd:DocRoot>");
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    let nested = root(&|text| text.replace("<ofd:DocInfo>", &format!("<ofd:DocInfo>{deep}")));
    assert_refused(&nested, &Limits::default(), ErrorKind::TooLarge, "Limits::depth");
    let pages = with_text(&sample("Page5"), "Doc_0/Document.xml", |text| text.replace("ID=\"21\"", "ID=\"1\""));
    assert_malformed(&pages, "two pages have the ID");
    let encrypted = with_text(&sample("helloworld"), "Doc_0/Document.xml", |_| "\u{1}\u{2}".to_owned());
    assert_malformed(&encrypted, "/Doc_0/Document.xml");
    let encrypted = with_files(&encrypted, &[("Encryptions.xml", "<Encryptions/>")]);
    assert_refused(&encrypted, &Limits::default(), ErrorKind::Unsupported, "encrypted");
    assert_malformed(b"", "no OFD package");
    assert_malformed(&zip(&[Raw::stored("a", b"")]), "no file OFD.xml");
}

#[test]
fn files_that_name_each_other_come_to_an_end() {
    let bytes = with_text(&sample("helloworld"), "Doc_0/Document.xml", |text| {
        text.replace("</ofd:Pages>", "</ofd:Pages><ofd:Annotations>Document.xml</ofd:Annotations>")
            .replace("<ofd:PublicRes>PublicRes.xml", "<ofd:PublicRes>Document.xml")
    });
    let bytes = with_text(&bytes, "Doc_0/Pages/Page_0/Content.xml", |text| {
        text.replace("<ofd:Content", "<ofd:PageRes>Content.xml</ofd:PageRes><ofd:Content")
    });
    assert!(survey(&bytes).found.is_empty());
}

/// Whatever is done to a package, reading and surveying it ends, without a panic.
fn look(bytes: &[u8]) {
    let limits = Limits { stream_bytes: 1 << 20, unfolded_bytes: 4 << 20, ..Limits::default() };
    if let Ok(ofd) = Ofd::read_within(bytes, &limits) {
        let survey = ofd.survey(&limits);
        let found = survey.iter().flat_map(|survey| &survey.found);
        found.for_each(|found| drop((ofd.protected_bytes(found), ofd.digests(&[(found, super::ALGORITHM)]))));
        drop(ofd.page_size(crate::units::Page(1)));
        drop(ofd.reserve(&super::layout(vec![super::area(1, 1.0)], Some(b"s"), &limits)));
    }
}

#[test]
fn every_prefix_is_refused() {
    for bytes in [sample("DigitalSign"), helloworld_stamped()] {
        for end in 0..bytes.len() {
            assert!(Ofd::read(&bytes[..end]).is_err(), "{end}");
        }
    }
}

#[test]
fn every_changed_byte_is_survived() {
    let bytes = helloworld_stamped();
    for at in 0..bytes.len() {
        for change in [0x01, 0xFF] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            look(&changed);
        }
    }
}

#[test]
fn every_changed_byte_of_the_xml_is_survived() {
    let stamped = helloworld_stamped();
    let all = parts(&stamped);
    for name in ["OFD.xml", "Doc_0/Document.xml", "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml"] {
        let place = all.iter().position(|(other, _)| other == name).unwrap();
        let contents = all[place].1.clone();
        for at in 0..contents.len() {
            let mut changed = all.clone();
            changed[place].1[at] = b"<>/\"&0\xFF"[at % 7];
            look(&zip(&raws(&changed)));
            changed[place].1.truncate(at);
            look(&zip(&raws(&changed)));
        }
    }
}
