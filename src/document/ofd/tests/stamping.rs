//! Stamping: what is written, and that nothing else is touched.

use super::{
    ALGORITHM, Raw, area, assert_finding, found, layout, parts, raws, sample, stamp, survey, text, with_files,
    with_text, zip,
};
use crate::crypto::DigestAlgorithm;
use crate::document::ofd::Ofd;
use crate::document::{Announced, Coverage, Document, Layout};
use crate::error::ErrorKind;
use crate::finding::{Outcome, checks};
use crate::limits::Limits;

fn refusal(bytes: &[u8]) -> (ErrorKind, String) {
    let limits = Limits::default();
    let error = Ofd::read(bytes).unwrap().reserve(&layout(vec![], None, &limits)).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn a_second_stamp_leaves_the_first_untouched() {
    let limits = Limits::default();
    for (name, pages) in [("helloworld", 1), ("Page5", 5)] {
        let bytes = sample(name);
        let ofd = Ofd::read(&bytes).unwrap();
        let areas: Vec<_> = (1..=pages).map(|page| area(page, f64::from(page) + 0.1)).collect();
        let once = stamp(&ofd, &layout(areas.clone(), Some(b"seal one"), &limits), b"value one");
        let twice = stamp(&once, &layout(vec![], None, &limits), b"value two");
        let survey = survey(&twice.as_bytes());
        assert_eq!(survey.found.len(), 2);
        for (found, later) in survey.found.iter().zip([1, 0]) {
            assert_eq!((found.coverage, found.later), (Coverage::Whole, later));
            assert_finding(&found.findings, checks::SIGNATURE_FORMAT, Outcome::Pass, "");
            assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, Outcome::Pass, "(SHA-256)");
            assert_finding(&found.findings, checks::DOCUMENT_COVERAGE, Outcome::Pass, "every file");
            assert_finding(&found.findings, checks::DOCUMENT_CHANGES, Outcome::Pass, "");
            assert_eq!(found.claimed.unwrap().to_string(), "2025-03-01T00:00:00Z");
        }
        let first = &survey.found[0];
        assert_eq!((first.payload.as_slice(), first.seal.as_deref()), (&b"value one"[..], Some(&b"seal one"[..])));
        assert_eq!((first.announced, first.areas.clone()), (Announced::Seal, areas));
        let second = &survey.found[1];
        assert_eq!((second.announced, second.areas.len(), second.seal.clone()), (Announced::Sign, 0, None));
        assert_eq!(second.property.as_deref(), Some("/Doc_0/Signs/Sign_1/Signature.xml"));
        // Everything that was there is there, in its place and with its bytes.
        let (before, after) = (parts(&bytes), parts(&twice.as_bytes()));
        for (old, new) in before.iter().zip(&after) {
            assert_eq!(old.0, new.0);
            assert!(old.1 == new.1 || old.0 == "OFD.xml", "{}", old.0);
        }
        for entry in ofd.package().entries().iter().filter(|entry| entry.name() != "OFD.xml") {
            let span = ofd.package().span(entry);
            assert!(twice.as_bytes().windows(span.len()).any(|window| window == span), "{}", entry.name());
        }
    }
}

#[test]
fn the_xml_is_what_the_standard_asks_for() {
    let bytes = super::helloworld_stamped();
    let before = text(&sample("helloworld"), "OFD.xml");
    let named = "</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>";
    assert_eq!(text(&bytes, "OFD.xml"), before.replace("</ofd:DocRoot>", named));
    assert_eq!(
        text(&bytes, "Doc_0/Signs/Signatures.xml"),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\">\
         <ofd:MaxSignId>s002</ofd:MaxSignId><ofd:Signature ID=\"s001\" Type=\"Seal\" \
         BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/></ofd:Signatures>"
    );
    let description = text(&bytes, "Doc_0/Signs/Sign_0/Signature.xml");
    let mut rest = description.as_str();
    for node in [
        "<ofd:SignedInfo><ofd:Provider ProviderName=\"eseal\" Version=",
        "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>",
        "<ofd:SignatureDateTime>20250301000000Z</ofd:SignatureDateTime>",
        "<ofd:References CheckMethod=\"2.16.840.1.101.3.4.2.1\">",
        "<ofd:Reference FileRef=\"/Doc_0/Document.xml\"><ofd:CheckValue>",
        "FileRef=\"/Doc_0/Signs/Sign_0/Seal.esl\"",
        "FileRef=\"/OFD.xml\"",
        "<ofd:StampAnnot ID=\"s002\" PageRef=\"1\" Boundary=\"20 10.5 40 30.25\"/>",
        "<ofd:Seal><ofd:BaseLoc>/Doc_0/Signs/Sign_0/Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>",
        "<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>",
    ] {
        rest = rest.split_once(node).unwrap_or_else(|| panic!("no {node} in {rest}")).1;
    }
    assert!(!description.contains("Signatures.xml") && !description.contains("Sign_0/Signature.xml"));
}

#[test]
fn packages_of_others_are_stamped_in_their_own_manner() {
    let limits = Limits::default();
    // MaxSignId 2 with the one signature 1; the list names no Type; folders by relative paths.
    for (name, earlier, id, stamp_id) in [("999", "1", "3", "4"), ("DigitalSign", "s001", "s002", "s003")] {
        let stamped = stamp(&Ofd::read(sample(name)).unwrap(), &layout(vec![area(1, 5.0)], Some(b"s"), &limits), b"v");
        let survey = survey(&stamped.as_bytes());
        let (first, second) = (found(&survey, earlier), found(&survey, id));
        let list = text(&stamped.as_bytes(), "Doc_0/Signs/Signatures.xml");
        assert_eq!(list.matches("MaxSignId>").count(), 2, "{list}");
        assert!(list.contains(&format!("<ofd:MaxSignId>{stamp_id}</ofd:MaxSignId>")), "{list}");
        assert_eq!(text(&stamped.as_bytes(), "OFD.xml"), text(&sample(name), "OFD.xml"));
        #[cfg(feature = "sm")]
        assert_finding(&first.findings, checks::DOCUMENT_CHANGES, Outcome::Pass, "signatures that follow: 1");
        assert_eq!(first.later, 1);
        assert_finding(&second.findings, checks::DOCUMENT_REFERENCES, Outcome::Pass, "");
        assert_eq!(second.coverage, Coverage::Whole);
    }
}

#[test]
fn ids_keep_their_form() {
    let list = |inside: &str| format!("<Signatures>{inside}</Signatures>");
    for (inside, id) in [
        ("", "s001"),
        ("<MaxSignId>s009</MaxSignId>", "s010"),
        ("<MaxSignId>s4</MaxSignId>", "s5"),
        ("<MaxSignId>009</MaxSignId><MaxSignId>2</MaxSignId>", "010"),
        ("<MaxSignId>x y7</MaxSignId>", "s008"),
        ("<MaxSignId>none</MaxSignId>", "s001"),
    ] {
        let bytes = with_text(&sample("helloworld"), "OFD.xml", |text| {
            text.replace("</ofd:DocRoot>", "</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>")
        });
        for list in [list(inside), list(inside).replace("<Signatures></Signatures>", "<Signatures/>")] {
            let bytes = with_files(&bytes, &[("Doc_0/Signs/Signatures.xml", &list)]);
            let limits = Limits::default();
            let stamped = stamp(&Ofd::read(bytes).unwrap(), &layout(vec![], None, &limits), b"v");
            let list = text(&stamped.as_bytes(), "Doc_0/Signs/Signatures.xml");
            assert!(list.contains(&format!("<Signature ID=\"{id}\" Type=\"Sign\"")), "{list}");
            assert_eq!(list.matches(&format!("<MaxSignId>{id}</MaxSignId>")).count(), 1, "{list}");
            assert_eq!(list.matches("<MaxSignId>").count(), 1, "{list}");
        }
    }
    let (kind, why) = refusal(&with_files(
        &with_text(&sample("helloworld"), "OFD.xml", |text| {
            text.replace("</ofd:DocRoot>", "</ofd:DocRoot><ofd:Signatures>/S.xml</ofd:Signatures>")
        }),
        &[("S.xml", "<Signatures><MaxSignId>s18446744073709551615</MaxSignId></Signatures>")],
    ));
    assert!(kind == ErrorKind::Unsupported && why.contains("no free ID"), "{why}");
}

#[test]
fn a_locked_document_takes_no_further_signature() {
    let limits = Limits::default();
    let open = Ofd::read(super::helloworld_stamped()).unwrap();
    let locked = stamp(&open, &crate::document::Layout { lock: true, ..layout(vec![], None, &limits) }, b"lock");
    let survey = survey(&locked.as_bytes());
    for found in &survey.found {
        assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, Outcome::Pass, "");
    }
    assert!(text(&locked.as_bytes(), "Doc_0/Signs/Sign_1/Signature.xml").contains("/Doc_0/Signs/Signatures.xml\""));
    for bytes in [locked.as_bytes().into_owned(), sample("V4RideRight"), sample("testImageNotFound")] {
        let (kind, why) = refusal(&bytes);
        assert_eq!(kind, ErrorKind::NotAllowed);
        assert!(why.contains("it locked the document"), "{why}");
    }
}

#[test]
fn what_cannot_be_stamped_is_refused_with_the_reason() {
    let (kind, why) = refusal(&sample("hello-integrity"));
    assert!(kind == ErrorKind::NotAllowed && why.contains("OFDEntries.xml"), "{why}");
    let twins = with_files(&sample("helloworld"), &[("doc_0/document.xml", "<a/>")]);
    let (kind, why) = refusal(&twins);
    assert!(kind == ErrorKind::NotAllowed && why.contains("differ only in case"), "{why}");
    let orphan = with_files(&sample("helloworld"), &[("Doc_0/Signs/Signatures.xml", "<Signatures/>")]);
    let (kind, why) = refusal(&orphan);
    assert!(kind == ErrorKind::NotAllowed && why.contains("OFD.xml does not name"), "{why}");
    let broken = with_text(&super::helloworld_stamped(), "Doc_0/Signs/Sign_0/Signature.xml", |_| "<x>".to_owned());
    let (_, why) = refusal(&broken);
    assert!(why.contains("whether the package may be changed is not known"), "{why}");

    let limits = Limits::default();
    let ofd = Ofd::read(sample("helloworld")).unwrap();
    for area in [area(2, 1.0), area(0, 1.0), area(1, f64::NAN)] {
        let error = ofd.reserve(&layout(vec![area], None, &limits)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
    }
    let weak = crate::document::Layout { digest: DigestAlgorithm::Sha1, ..layout(vec![], None, &limits) };
    assert!(ofd.reserve(&weak).unwrap_err().to_string().contains("broken"));
}

#[test]
fn a_room_takes_one_signature_in_its_own_document() {
    let limits = Limits::default();
    let ofd = Ofd::read(sample("helloworld")).unwrap();
    let reserved = ofd.reserve(&layout(vec![], None, &limits)).unwrap();
    let hole = serde_json::from_str(&serde_json::to_string(&reserved.hole).unwrap()).unwrap();
    // Until it is filled, the signature has no value.
    let survey = survey(&reserved.document.as_bytes());
    assert_finding(&survey.found[0].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "not in the package");
    let filled = reserved.document.clone().fill_room(&hole, b"value").unwrap();
    assert_eq!(filled.protected_digest(&hole, ALGORITHM).unwrap(), reserved.digest);
    assert!(filled.as_bytes().starts_with(&reserved.document.as_bytes()[..1000]));
    assert_eq!(filled.fill_room(&hole, b"value").unwrap_err().kind(), ErrorKind::NotAllowed);
    assert_eq!(ofd.fill_room(&hole, b"value").unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn names_in_gbk_survive_and_are_found() {
    let mut parts = parts(&sample("helloworld"));
    let document = parts.iter_mut().find(|(name, _)| name == "Doc_0/Document.xml").unwrap();
    let text = String::from_utf8(document.1.clone()).unwrap();
    let attached = "</ofd:Pages><ofd:Attachments>Attachs.xml</ofd:Attachments>";
    document.1 = text.replace("</ofd:Pages>", attached).into_bytes();
    let mut raws = raws(&parts);
    let list = "<Attachments><Attachment ID='9'><FileLoc>印章.txt</FileLoc></Attachment></Attachments>";
    raws.push(Raw::stored("Doc_0/Attachs.xml", list.as_bytes()));
    let name = [b"Doc_0/", &[0xD3, 0xA1, 0xD5, 0xC2][..], b".txt"].concat();
    raws.push(Raw { name: name.clone(), local_name: name.clone(), ..Raw::stored("x", b"contents") });
    let limits = Limits::default();
    let stamped = stamp(&Ofd::read(zip(&raws)).unwrap(), &layout(vec![], None, &limits), b"v");
    let survey = survey(&stamped.as_bytes());
    assert_eq!(survey.found[0].coverage, Coverage::Whole);
    assert_finding(&survey.found[0].findings, checks::DOCUMENT_REFERENCES, Outcome::Pass, "");
    let copies = stamped.as_bytes().windows(name.len()).filter(|window| *window == name).count();
    assert_eq!(copies, 2, "once before the file and once in the directory");
    assert!(super::text(&stamped.as_bytes(), "Doc_0/Signs/Sign_0/Signature.xml").contains("/Doc_0/印章.txt"));
}

#[test]
fn what_is_written_has_a_plain_end() {
    let limits = Limits::default();
    let plain = super::zip(&super::raws(&super::parts(&sample("helloworld"))));
    let stamped = |bytes: &[u8]| {
        let ofd = Ofd::read(bytes).unwrap();
        stamp(&ofd, &layout(vec![area(1, 5.0)], Some(b"s"), &limits), b"v").as_bytes().into_owned()
    };
    assert!(stamped(&super::zip64(&plain, 0)) == stamped(&plain));
}

#[test]
fn chosen_files_are_protected_and_no_others() {
    let limits = Limits::default();
    let ofd = Ofd::read(sample("helloworld")).unwrap();
    let shown = ["/OFD.xml", "Doc_0/Document.xml", "/Doc_0/Pages/Page_0/Content.xml", "/Doc_0/PublicRes.xml"];
    let chosen = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let all = chosen(&shown);
    let stamped = stamp(&ofd, &Layout { protected: Some(&all), ..layout(vec![], Some(b"seal"), &limits) }, b"v");
    let found = &survey(&stamped.as_bytes()).found[0];
    assert_eq!(found.coverage, Coverage::Whole, "{:#?}", found.findings);
    assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, Outcome::Pass, "5 of 5");
    let page = chosen(&shown[2..3]);
    let stamped = stamp(&ofd, &Layout { protected: Some(&page), ..layout(vec![], Some(b"seal"), &limits) }, b"v");
    let found = &survey(&stamped.as_bytes()).found[0];
    assert_eq!(found.coverage, Coverage::Partial);
    assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, Outcome::Pass, "2 of 2");
    assert_finding(&found.findings, checks::DOCUMENT_COVERAGE, Outcome::Fail, "/Doc_0/Document.xml (a document)");
    // Locking adds the list.
    let locked = Layout { protected: Some(&all), lock: true, ..layout(vec![], None, &limits) };
    let locked = stamp(&ofd, &locked, b"v");
    assert!(text(&locked.as_bytes(), "Doc_0/Signs/Sign_0/Signature.xml").contains("Signatures.xml"));
    for (paths, part) in [(chosen(&[]), "no file was chosen"), (chosen(&["/Doc_0/document.xml"]), "has no file")] {
        let error = ofd.reserve(&Layout { protected: Some(&paths), ..layout(vec![], None, &limits) }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
        assert!(error.to_string().contains(part), "{error}");
    }
}

/// A page that is said to be where a signature's file would come to stand would change by the stamp.
#[test]
fn a_stamp_puts_no_file_in_the_place_of_a_page() {
    for file in ["Signature.xml", "Seal.esl"] {
        let bytes = with_text(&sample("helloworld"), "Doc_0/Document.xml", |text| {
            text.replace("Pages/Page_0/Content.xml", &format!("Signs/Sign_0/{file}"))
        });
        let page = text(&sample("helloworld"), "Doc_0/Pages/Page_0/Content.xml");
        let rooted = format!("Signs/Sign_0/{file}");
        let bytes = with_files(&bytes, &[(rooted.as_str(), &page)]);
        let ofd = Ofd::read(bytes).unwrap();
        assert!(ofd.page_size(crate::units::Page(1)).is_ok());
        let limits = Limits::default();
        let error = ofd.reserve(&layout(vec![], Some(b"seal"), &limits)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        assert!(error.to_string().contains("where a file of the signature would be"), "{error}");
    }
}
