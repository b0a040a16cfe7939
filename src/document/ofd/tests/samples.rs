//! Packages of other products; where each comes from stands in `testdata/ofd/README.md`.

use super::{assert_finding, found, sample, survey};
use crate::document::ofd::Ofd;
use crate::document::{Announced, Coverage, Document, Protected};
use crate::error::ErrorKind;
use crate::finding::{Outcome, checks};
use crate::units::{Mm, Page};

/// Package, ID, kind, references, coverage and its outcome, changes.
#[cfg(feature = "sm")]
#[test]
fn references_and_coverage_are_as_computed_elsewhere() {
    use Announced::{Seal, Sign};
    use Outcome::{Fail, Pass, Unknown};
    for (name, id, announced, references, matching, coverage, covered, changes) in [
        ("999", "1", Seal, Pass, "20 of 20", Coverage::Whole, Pass, Pass),
        ("v4signed", "1", Seal, Pass, "13 of 13", Coverage::Whole, Pass, Pass),
        ("V4RideRight", "s001", Seal, Pass, "9 of 9", Coverage::Whole, Pass, Pass),
        ("SESV4SignDoc", "1", Seal, Pass, "5 of 5", Coverage::Whole, Pass, Pass),
        ("gen_14_digital_sign", "s001", Seal, Pass, "6 of 6", Coverage::Whole, Pass, Pass),
        ("DigitalSign", "s001", Sign, Pass, "4 of 4", Coverage::Whole, Pass, Pass),
        // The list of annotations was added to the protected files by the second signature only.
        ("testImageNotFound", "1", Sign, Pass, "14 of 14", Coverage::Partial, Unknown, Pass),
        ("testImageNotFound", "2", Sign, Pass, "19 of 19", Coverage::Whole, Pass, Pass),
        ("n", "0", Seal, Fail, "0 of 6", Coverage::Whole, Pass, Fail),
    ] {
        let survey = survey(&sample(name));
        let found = found(&survey, id);
        assert_eq!((found.announced, found.coverage), (announced, coverage), "{name} {id}");
        assert_finding(&found.findings, checks::SIGNATURE_FORMAT, Pass, "files that the description lists");
        assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, references, matching);
        assert_finding(&found.findings, checks::DOCUMENT_COVERAGE, covered, "");
        assert_finding(&found.findings, checks::DOCUMENT_CHANGES, changes, "");
        assert_finding(&survey.findings, checks::DOCUMENT_STRUCTURE, Pass, "");
        let property = found.property.clone().unwrap();
        assert!(matches!(&found.protected, Protected::Part(path) if *path == property));
        assert!(property.ends_with("/Signature.xml") && property.starts_with("/Doc_0/"), "{property}");
        assert!(!found.payload.is_empty());
    }
}

#[cfg(not(feature = "sm"))]
#[test]
fn without_sm3_nothing_is_said() {
    let survey = survey(&sample("999"));
    let found = found(&survey, "1");
    assert_finding(&found.findings, checks::DOCUMENT_REFERENCES, Outcome::Unknown, "needs the \"sm\" feature");
    assert_finding(&found.findings, checks::DOCUMENT_CHANGES, Outcome::Unknown, "not known");
}

#[test]
fn particulars_are_as_written() {
    let survey = survey(&sample("V4RideRight"));
    let found = &survey.found[0];
    assert_eq!(found.label, "Seal 1.2.156.10197.1.501");
    assert_eq!(found.claimed.unwrap().to_string(), "2021-05-19T12:53:44Z");
    assert_eq!((found.payload.len(), found.seal.as_ref().map(Vec::len), found.later), (17726, Some(17011), 0));
    // The seal as it lies beside the signature is the one within it.
    let seal = found.seal.as_ref().unwrap();
    assert!(found.payload.windows(seal.len()).any(|window| window == seal));
    let lefts: Vec<f64> = found.areas.iter().map(|area| area.left.0).collect();
    // A straddling seal: the five strips, each at its page's right edge, as wide as what its clip lets show.
    assert_eq!(lefts, [202.0; 5]);
    assert!(found.areas.iter().all(|area| (area.width.0 - 8.0).abs() < 0.01), "{:?}", found.areas);
    assert!(found.areas.iter().zip(1..).all(|(area, page)| area.page == Page(page) && area.height == Mm(40.0)));
    assert_eq!(super::survey(&sample("999")).found[0].seal, None);
}

#[cfg(feature = "sm")]
#[test]
fn the_signed_digest_is_that_of_the_description() {
    use crate::crypto::{DigestAlgorithm, digest};
    // The value of 999.ofd holds this digest as its dataHash.
    let ofd = Ofd::read(sample("999")).unwrap();
    let survey = survey(&sample("999"));
    let found = &survey.found[0];
    let digests = ofd.digests(&[(found, DigestAlgorithm::Sm3), (found, DigestAlgorithm::Sha256)]).unwrap();
    assert!(found.payload.windows(32).any(|window| window == digests[0]));
    let bytes = ofd.protected_bytes(found).unwrap();
    assert_eq!(digest(DigestAlgorithm::Sha256, &bytes).unwrap(), digests[1]);
}

#[test]
fn the_list_of_all_files_is_a_signature_of_names() {
    let survey = survey(&sample("hello-integrity"));
    let found = found(&survey, "OFDEntries");
    assert_eq!((found.announced, found.coverage, found.property.clone()), (Announced::Sign, Coverage::Partial, None));
    assert!(matches!(&found.protected, Protected::Part(path) if path == "/OFDEntries.xml"));
    assert_finding(&found.findings, checks::SIGNATURE_FORMAT, Outcome::Pass, "names 5");
    assert_finding(&found.findings, checks::DOCUMENT_COVERAGE, Outcome::Unknown, "not what is in them");
    assert_finding(&survey.findings, checks::DOCUMENT_STRUCTURE, Outcome::Pass, "");
}

#[test]
fn pages_are_counted_and_measured() {
    let ofd = Ofd::read(sample("Page5")).unwrap();
    assert_eq!(ofd.page_count(), 5);
    assert_eq!(ofd.page_size(Page(5)).unwrap(), (Mm(210.0), Mm(297.0)));
    for page in [0, 6] {
        assert_eq!(ofd.page_size(Page(page)).unwrap_err().kind(), ErrorKind::Misuse);
    }
    assert_eq!(survey(&sample("Page5")).pages, 5);
    // The page's own area goes before the document's.
    let invoice = Ofd::read(sample("999")).unwrap();
    assert_eq!(invoice.page_size(Page(1)).unwrap(), (Mm(210.0), Mm(140.0)));
}

#[test]
fn bytes_are_taken_in_every_form() {
    let bytes = sample("helloworld");
    let fixed: &[u8; 4] = b"PK\x03\x04";
    assert!(Ofd::read(fixed).is_err());
    assert!(Ofd::read(&bytes).is_ok());
    let ofd = Ofd::read(&bytes[..]).unwrap();
    let mut written = Vec::new();
    ofd.write_to(&mut written).unwrap();
    assert_eq!((written.len(), ofd.len()), (bytes.len(), bytes.len()));
    assert_eq!(written, bytes);
    assert_eq!(format!("{ofd:?}"), "Ofd(1656 bytes, 1 pages)");
    assert!(Ofd::from_bytes(bytes, &crate::limits::Limits::default()).is_ok());
}
