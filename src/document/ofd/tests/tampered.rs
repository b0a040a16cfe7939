//! Stamped packages that were changed: each change is seen, for its own reason.

use super::{assert_finding, helloworld_stamped, parts, raws, sample, survey, with_files, with_text, zip};
use crate::document::{Announced, Coverage, Document};
use crate::finding::{Check, Outcome, checks};

const DESCRIPTION: &str = "Doc_0/Signs/Sign_0/Signature.xml";
const LIST: &str = "Doc_0/Signs/Signatures.xml";

#[track_caller]
fn assert_first(bytes: &[u8], check: Check, outcome: Outcome, part_of_detail: &str) {
    assert_finding(&survey(bytes).found[0].findings, check, outcome, part_of_detail);
}

/// The stamped package with the description edited; its digest is then no longer the signed one,
/// and what is asked here is what the survey says beside that.
fn described(change: impl Fn(&str) -> String) -> Vec<u8> {
    with_text(&helloworld_stamped(), DESCRIPTION, change)
}

#[test]
fn a_changed_or_missing_file_is_named() {
    let good = helloworld_stamped();
    let changed = with_text(&good, "Doc_0/Pages/Page_0/Content.xml", |text| text.replace("</", " </"));
    assert_first(&changed, checks::DOCUMENT_REFERENCES, Outcome::Fail, "changed: /Doc_0/Pages/Page_0/Content.xml");
    assert_first(&changed, checks::DOCUMENT_CHANGES, Outcome::Fail, "changed or taken out");
    let all = parts(&good);
    let without: Vec<_> = all.iter().filter(|(name, _)| name != "Doc_0/PublicRes.xml").cloned().collect();
    assert_first(&zip(&raws(&without)), checks::DOCUMENT_REFERENCES, Outcome::Fail, "missing: /Doc_0/PublicRes.xml");
    // The same contents in another package are the same document.
    assert_first(&zip(&raws(&all)), checks::DOCUMENT_REFERENCES, Outcome::Pass, "5 of 5");
}

#[test]
fn an_edited_description_has_another_digest() {
    use crate::document::ofd::Ofd;
    let digest = |bytes: &[u8]| {
        let survey = survey(bytes);
        Ofd::read(bytes).unwrap().digests(&[(&survey.found[0], super::ALGORITHM)]).unwrap()
    };
    let moved = described(|text| text.replace("Boundary=\"20 ", "Boundary=\"21 "));
    assert_ne!(digest(&moved), digest(&helloworld_stamped()));
    assert_eq!(survey(&moved).found[0].areas[0].left.0, 21.0);
}

#[test]
fn what_is_shown_and_not_protected_fails() {
    let unlisted = described(|text| {
        let at = text.find("<ofd:Reference FileRef=\"/Doc_0/Pages").unwrap();
        let end = at + text[at..].find("</ofd:Reference>").unwrap() + "</ofd:Reference>".len();
        text[..at].to_owned() + &text[end..]
    });
    assert_first(&unlisted, checks::DOCUMENT_COVERAGE, Outcome::Fail, "/Doc_0/Pages/Page_0/Content.xml (a page)");
    assert_eq!(survey(&unlisted).found[0].coverage, Coverage::Partial);
    assert_first(&unlisted, checks::DOCUMENT_REFERENCES, Outcome::Pass, "4 of 4");

    // A file that the document named and that was not there when it was stamped.
    let limits = crate::limits::Limits::default();
    let ofd = crate::document::ofd::Ofd::read(sample("Page5")).unwrap();
    let named = with_text(&ofd.as_bytes(), "Doc_0/Document.xml", |text| {
        text.replace("</ofd:Pages>", "</ofd:Pages><ofd:Annotations>A/Annotations.xml</ofd:Annotations>")
    });
    let ofd = crate::document::ofd::Ofd::read(named).unwrap();
    let stamped = super::stamp(&ofd, &super::layout(vec![], None, &limits), b"v");
    assert_first(&stamped.as_bytes(), checks::DOCUMENT_COVERAGE, Outcome::Pass, "");
    let list = "<Annotations><Page PageID='1'><FileLoc>1.xml</FileLoc></Page></Annotations>";
    let added =
        with_files(&stamped.as_bytes(), &[("Doc_0/A/Annotations.xml", list), ("Doc_0/A/1.xml", "<PageAnnot/>")]);
    assert_first(&added, checks::DOCUMENT_COVERAGE, Outcome::Fail, "/Doc_0/A/1.xml (annotations)");
    let listed = with_files(&stamped.as_bytes(), &[("Doc_0/A/Annotations.xml", "<Annotations/>")]);
    assert_first(&listed, checks::DOCUMENT_COVERAGE, Outcome::Unknown, "the list of annotations");
    let unreadable = with_files(&stamped.as_bytes(), &[("Doc_0/A/Annotations.xml", "<Annotations>")]);
    assert_finding(&survey(&unreadable).findings, checks::DOCUMENT_STRUCTURE, Outcome::Unknown, "cannot be read");
}

#[test]
fn an_unprotected_entrance_must_leave_no_choice() {
    let without_root = |text: &str| {
        let at = text.find("<ofd:Reference FileRef=\"/OFD.xml").unwrap();
        let end = at + text[at..].find("</ofd:Reference>").unwrap() + "</ofd:Reference>".len();
        text[..at].to_owned() + &text[end..]
    };
    let open = described(without_root);
    assert_first(&open, checks::DOCUMENT_COVERAGE, Outcome::Pass, "the only document there is");
    assert_eq!(survey(&open).found[0].coverage, Coverage::Whole);
    let choice = with_files(&open, &[("Doc_0/Document_1.xml", "<Document/>")]);
    assert_first(&choice, checks::DOCUMENT_COVERAGE, Outcome::Unknown, "/Doc_0/Document_1.xml");
    assert_eq!(survey(&choice).found[0].coverage, Coverage::Partial);
    // A second document in the package is shown too.
    let second = with_text(&open, "OFD.xml", |text| {
        text.replace("</ofd:OFD>", "<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")
    });
    let unread = survey(&second);
    assert_finding(&unread.findings, checks::DOCUMENT_STRUCTURE, Outcome::Fail, "document 2 of the package");
    let second = with_files(&second, &[("Doc_1/Document.xml", "<Document><Pages/></Document>")]);
    assert_first(&second, checks::DOCUMENT_COVERAGE, Outcome::Fail, "/Doc_1/Document.xml");
    assert!(survey(&second).findings.iter().any(|finding| finding.detail.contains("holds 2 documents")));
}

#[test]
fn a_document_locked_and_signed_again_says_so() {
    use crate::document::Layout;
    use crate::document::ofd::Ofd;
    let limits = crate::limits::Limits::default();
    let ofd = Ofd::read(sample("helloworld")).unwrap();
    let locked = super::stamp(&ofd, &Layout { lock: true, ..super::layout(vec![], None, &limits) }, b"lock");
    let again = with_text(&locked.as_bytes(), LIST, |text| {
        text.replace("</ofd:Signatures>", "<ofd:Signature ID=\"s002\" BaseLoc=\"S/1.xml\"/></ofd:Signatures>")
    });
    assert_first(&again, checks::DOCUMENT_REFERENCES, Outcome::Fail, "changed: /Doc_0/Signs/Signatures.xml");
    assert_first(&again, checks::DOCUMENT_CHANGES, Outcome::Fail, "it locked the document");
    let survey = survey(&again);
    assert_finding(
        &survey.found[1].findings,
        checks::SIGNATURE_FORMAT,
        Outcome::Fail,
        "\"S/1.xml\" is not in the package",
    );
    assert_eq!((survey.found[1].announced, survey.found[1].coverage), (Announced::Seal, Coverage::None));
}

#[test]
fn a_signature_taken_out_of_the_list_leaves_traces() {
    use crate::document::ofd::Ofd;
    let limits = crate::limits::Limits::default();
    let once = Ofd::read(helloworld_stamped()).unwrap();
    let twice = super::stamp(&once, &super::layout(vec![], None, &limits), b"v");
    let entry = "<ofd:Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/>";
    let removed = with_text(&twice.as_bytes(), LIST, |text| text.replace(entry, ""));
    let about = survey(&removed);
    assert_eq!(about.found.len(), 1);
    assert_finding(&about.found[0].findings, checks::DOCUMENT_CHANGES, Outcome::Fail, "the list no longer names");
    assert_finding(&about.findings, checks::DOCUMENT_CHANGES, Outcome::Unknown, "may have been taken out");
    // With all signatures gone the document is not simply unsigned.
    let unsigned = with_text(&helloworld_stamped(), LIST, |text| text.replace(entry, ""));
    let about = survey(&unsigned);
    assert!(about.found.is_empty());
    assert_finding(&about.findings, checks::DOCUMENT_CHANGES, Outcome::Unknown, "may have been taken out");
    let all: Vec<_> = parts(&helloworld_stamped()).into_iter().filter(|(name, _)| name != LIST).collect();
    let about = survey(&zip(&raws(&all)));
    assert_finding(&about.findings, checks::DOCUMENT_STRUCTURE, Outcome::Fail, "list of signatures");
    let broken = survey(&with_text(&helloworld_stamped(), LIST, |_| "<Signatures>".to_owned()));
    assert_finding(&broken.findings, checks::DOCUMENT_STRUCTURE, Outcome::Fail, "list of signatures cannot be read");
}

#[test]
fn descriptions_that_say_nothing_fail() {
    let empty = described(|text| {
        let (head, rest) = text.split_once("<ofd:Reference ").unwrap();
        head.to_owned() + "</ofd:References>" + rest.split_once("</ofd:References>").unwrap().1
    });
    assert_first(&empty, checks::DOCUMENT_REFERENCES, Outcome::Fail, "lists no file");
    assert_first(&empty, checks::DOCUMENT_COVERAGE, Outcome::Fail, "no file");
    assert_eq!(survey(&empty).found[0].coverage, Coverage::None);
    let value = "<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue>";
    type Change<'c> = &'c dyn Fn(&str) -> String;
    let cases: [(Change<'_>, &str); 7] = [
        (&|text| text.replace(value, ""), "no SignedValue"),
        (
            &|text| text.replace("SignedValue.dat", "Other.dat"),
            "\"/Doc_0/Signs/Sign_0/Other.dat\" is not in the package",
        ),
        (&|text| text.replace("ofd:References", "ofd:Others"), "no References"),
        (&|text| text.replace("ofd:SignedInfo", "ofd:Other"), "no SignedInfo"),
        (&|text| text.replace(value, &value.repeat(2)), "second <ofd:SignedValue>"),
        (&|text| text.replace("</ofd:Signature>", ""), "cannot be read"),
        (
            &|text| text.replace("ofd:Signature>", "ofd:Signed>").replace("<ofd:Signature ", "<ofd:Signed "),
            "not <Signature>",
        ),
    ];
    for (change, why) in cases {
        let bytes = described(change);
        assert_first(&bytes, checks::SIGNATURE_FORMAT, Outcome::Fail, why);
        assert!(survey(&bytes).found[0].payload.is_empty() || why == "no References" || why == "no SignedInfo");
    }
}

#[test]
fn check_methods_are_known_by_all_their_names() {
    let method = "CheckMethod=\"2.16.840.1.101.3.4.2.1\"";
    let with = |name: &str| described(|text| text.replace(method, &format!("CheckMethod=\"{name}\"")));
    for name in ["SHA256", "sha-256"] {
        assert_first(&with(name), checks::DOCUMENT_REFERENCES, Outcome::Pass, "(SHA-256)");
    }
    for (name, shown) in [("md5", "MD5"), ("SHA1", "SHA-1")] {
        assert_first(&with(name), checks::SIGNATURE_ALGORITHM, Outcome::Unknown, shown);
        assert_first(&with(name), checks::DOCUMENT_REFERENCES, Outcome::Fail, shown);
    }
    // The schema's default.
    let without = described(|text| text.replace(method, ""));
    assert_first(&without, checks::SIGNATURE_ALGORITHM, Outcome::Unknown, "MD5");
    let unheard = with("1.2.3");
    assert_first(&unheard, checks::DOCUMENT_REFERENCES, Outcome::Unknown, "\"1.2.3\"");
    assert_first(&unheard, checks::DOCUMENT_CHANGES, Outcome::Unknown, "not known");
    #[cfg(feature = "sm")]
    for name in ["SM3", "1.2.156.10197.1.401", "1.2.156.10197.1.401.2"] {
        assert_first(&with(name), checks::DOCUMENT_REFERENCES, Outcome::Fail, "(SM3)");
    }
}

#[test]
fn locations_are_found_as_writers_mean_them() {
    let from_root = described(|text| text.replace("FileRef=\"/", "FileRef=\""));
    assert_first(&from_root, checks::DOCUMENT_REFERENCES, Outcome::Pass, "5 of 5");
    let relative = described(|text| text.replace("FileRef=\"/Doc_0/", "FileRef=\"../../"));
    assert_first(&relative, checks::DOCUMENT_REFERENCES, Outcome::Pass, "5 of 5");
    let capitals = described(|text| text.replace("Doc_0/Document.xml", "DOC_0\\document.XML"));
    assert_first(&capitals, checks::DOCUMENT_REFERENCES, Outcome::Pass, "5 of 5");
    assert!(survey(&capitals).found[0].deviations[0].ends_with("other capitals or slashes: 1"));
    assert!([&from_root, &relative].iter().all(|bytes| survey(bytes).found[0].deviations.is_empty()));
    let outside = described(|text| text.replace("FileRef=\"/OFD.xml", "FileRef=\"../../../../OFD.xml"));
    assert_first(&outside, checks::DOCUMENT_REFERENCES, Outcome::Fail, "missing: ../../../../OFD.xml");
}

#[test]
fn signatures_do_not_share_their_parts() {
    let entry = |id: &str, place: &str| format!("<ofd:Signature ID=\"{id}\" BaseLoc=\"{place}\"/></ofd:Signatures>");
    let add = |line: String| move |text: &str| text.replace("</ofd:Signatures>", &line);
    let shared = survey(&with_text(&helloworld_stamped(), LIST, add(entry("s003", "Sign_0/Signature.xml"))));
    assert_finding(&shared.found[1].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "that of another signature");
    assert!(shared.found[1].payload.is_empty());
    let twins = survey(&with_text(&helloworld_stamped(), LIST, add(entry("s001", "X.xml"))));
    assert!(twins.found[1].findings.iter().any(|finding| finding.detail.contains("with the same ID")));
    let description = super::text(&helloworld_stamped(), DESCRIPTION);
    let bytes = with_text(&helloworld_stamped(), LIST, add(entry("s003", "Sign_1/Signature.xml")));
    let value = survey(&with_files(&bytes, &[("Doc_0/Signs/Sign_1/Signature.xml", &description)]));
    assert_finding(&value.found[1].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "value of another signature");
    let kind = survey(&with_text(&helloworld_stamped(), LIST, |text| text.replace("\"Seal\"", "\"Wax\"")));
    assert_finding(&kind.found[0].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "\"Wax\"");
}

#[test]
fn what_a_signature_builds_on_has_to_be_there() {
    let relative = |base: &str| {
        let entry = format!("<ofd:Signature ID=\"s003\" BaseLoc=\"X.xml\" Relative=\"{base}\"/></ofd:Signatures>");
        survey(&with_text(&helloworld_stamped(), LIST, |text| text.replace("</ofd:Signatures>", &entry)))
    };
    let told = |base: &str, outcome, part: &str| {
        let findings = &relative(base).found[1].findings;
        assert_finding(
            &findings.iter().filter(|finding| finding.detail.contains("build")).cloned().collect::<Vec<_>>(),
            checks::SIGNATURE_FORMAT,
            outcome,
            part,
        );
    };
    told("s001", Outcome::Pass, "builds on the signature \"s001\"");
    told("s002", Outcome::Fail, "which the list does not name");
    told("s003", Outcome::Fail, "build on itself");
}

#[test]
fn the_list_of_all_files_shows_smuggled_ones() {
    let added = survey(&with_files(&sample("hello-integrity"), &[("Doc_0/more.xml", "<a/>")]));
    assert_finding(&added.findings, checks::DOCUMENT_STRUCTURE, Outcome::Fail, "does not name /Doc_0/more.xml");
    let all = parts(&sample("hello-integrity"));
    let without: Vec<_> = all.iter().filter(|(name, _)| name != "Doc_0/PublicRes.xml").cloned().collect();
    let missing = survey(&zip(&raws(&without)));
    assert_finding(&missing.findings, checks::DOCUMENT_STRUCTURE, Outcome::Fail, "which the package lacks");
    let without: Vec<_> = all.iter().filter(|(name, _)| name != "signedvalue.dat").cloned().collect();
    let bare = survey(&zip(&raws(&without)));
    assert_finding(&bare.found[0].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "no value file");
    let broken = survey(&with_text(&sample("hello-integrity"), "OFDEntries.xml", |_| "<DocEntries>".to_owned()));
    assert_finding(&broken.found[0].findings, checks::SIGNATURE_FORMAT, Outcome::Fail, "cannot be read");
}
