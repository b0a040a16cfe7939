use super::*;
use crate::crypto::{DigestAlgorithm, digest};
use crate::document::pdf::PdfField;
use crate::error::Error;
use crate::units::{Mm, Page};

/// Name, password, and of each signature: field, coverage, later revisions.
type Expected = (&'static str, &'static str, &'static [(&'static str, Coverage, usize)]);

const EXPECTED: &[Expected] = &[
    ("attacks/siwa_C", "", &[("Signature1", Coverage::Unclear, 0)]),
    ("attacks/usf_01_Empty_Contents", "", &[("Signature1", Coverage::None, 1)]),
    ("pyhanko-generated/b-lt", "", &[("Sig1", Coverage::Revision, 1)]),
    ("pyhanko-generated/byte-flipped-in-mediabox", "", &[("Sig1", Coverage::Whole, 0)]),
    ("pyhanko-generated/signature-widget-removed-from-page", "", &[("Sig1", Coverage::Revision, 1)]),
    ("pyhanko-generated/signed-aes256", "usersecret", &[("Sig1", Coverage::Whole, 0)]),
    ("pyhanko-generated/signed-aes256", "ownersecret", &[("Sig1", Coverage::Whole, 0)]),
    ("pyhanko-generated/textfield-filled-after-sign", "", &[("Sig1", Coverage::Revision, 1)]),
    ("pyhanko-generated/xmp-external-entity", "", &[("Sig2", Coverage::Revision, 2), ("Sig1", Coverage::Revision, 1)]),
    ("pyhanko/ed448-shake256-nolen", "", &[("Sig1", Coverage::Whole, 0)]),
    ("pyhanko/extensions-indirect", "", &[("Sig1", Coverage::Revision, 1), ("Sig2", Coverage::Whole, 0)]),
    ("pyhanko/extensions-update-direct", "", &[("Sig1", Coverage::Revision, 1), ("Sig2", Coverage::Whole, 0)]),
    (
        "pyhanko/form-update-override-appearance-stream",
        "",
        &[("Sig1", Coverage::Revision, 1), ("Sig2", Coverage::Whole, 0)],
    ),
    (
        "pyhanko/form-update-override-appearance-stream-sneaky",
        "",
        &[("Sig1", Coverage::Revision, 1), ("Sig2", Coverage::Whole, 0)],
    ),
    (
        "pyhanko/minimal-signed-twice-second-created",
        "",
        &[("Sig1", Coverage::Revision, 1), ("Signature3", Coverage::Whole, 0)],
    ),
    (
        "pyhanko/pades-lta-dss-indirect-arrs-test-2",
        "",
        &[
            ("Sig1", Coverage::Revision, 4),
            ("Timestamp-977301ad-bec9-4cae-a0cd-f6a674c6e465", Coverage::Revision, 3),
            ("Sig2", Coverage::Revision, 1),
        ],
    ),
    ("pyhanko/pades-with-old-style-signing-cert-attr", "", &[("Sig1", Coverage::Whole, 0)]),
    ("pyhanko/sig-with-ski-sid", "", &[("Sig1", Coverage::Whole, 0)]),
    ("pyhanko/tail-uncovered", "", &[("Sig1", Coverage::Partial, 1)]),
    ("pyhanko/weird-byterange", "", &[("Sig1", Coverage::Unclear, 1)]),
    ("unsigned/encrypted-aes256", "usersecret", &[]),
    ("unsigned/form-fill", "", &[]),
    ("unsigned/form-simple", "", &[]),
    ("unsigned/hybrid", "", &[]),
    ("unsigned/linearized", "", &[]),
    ("unsigned/object-streams", "", &[]),
    ("unsigned/pdfa-pdfua", "", &[]),
    ("unsigned/two-empty-signature-fields", "", &[]),
];

fn open(name: &str, password: &str) -> Result<Pdf, Error> {
    Pdf::read_with_password(sample(name), password, &Limits::default())
}

/// Signatures in files of others that are sound in form.
fn is_sound(name: &str) -> bool {
    !name.starts_with("attacks") && !name.contains("weird") && !name.contains("tail")
}

#[test]
fn documents_of_others_are_covered_as_told() {
    for (name, password, expected) in EXPECTED {
        if !password.is_empty() && !cfg!(feature = "encryption") {
            continue;
        }
        let survey = survey(&open(name, password).unwrap());
        let seen: Vec<_> = survey.found.iter().map(|found| (found.id.as_str(), found.coverage, found.later)).collect();
        assert_eq!(&seen, expected, "{name}");
        for found in &survey.found {
            let coverage = outcome(found, checks::DOCUMENT_COVERAGE).unwrap().0;
            let format = outcome(found, checks::SIGNATURE_FORMAT).unwrap();
            let changes = outcome(found, checks::DOCUMENT_CHANGES).unwrap();
            let is_whole = found.coverage >= Coverage::Revision;
            assert_eq!(coverage, if is_whole { Outcome::Pass } else { Outcome::Fail }, "{name}");
            assert_eq!(format.0 == Outcome::Pass, is_sound(name) || name.contains("tail"), "{name}: {}", format.1);
            let is_bad = ["sneaky", "removed", "entity"].iter().any(|word| name.contains(word));
            assert_eq!(changes.0 == Outcome::Pass, is_whole && !(is_bad && found.later > 0), "{name}: {}", changes.1);
            assert_eq!(found.payload.is_empty(), found.coverage == Coverage::None, "{name}");
        }
    }
    assert_eq!(EXPECTED.len(), SAMPLES.len(), "one twice, with both passwords, and one is refused");
}

#[test]
fn what_cannot_be_read_is_refused_with_the_reason() {
    let refused = |bytes: &[u8]| Pdf::read(bytes).unwrap_err();
    let error = refused(sample("attacks/isa_B"));
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().starts_with("the document's last update is broken: the catalog, object 1 0"), "{error}");
    let error = refused(sample("unsigned/encrypted-aes256"));
    let kind = if cfg!(feature = "encryption") { ErrorKind::NotAllowed } else { ErrorKind::Unsupported };
    assert_eq!(error.kind(), kind);
    assert!(refused(b"hello").to_string().contains("%PDF-"));
    assert!(refused(b"%PDF-1.7\n").to_string().contains("startxref"));
    let good = one_page("", "");
    let text = String::from_utf8(good.clone()).unwrap();
    let start = text.rfind("xref\n0").unwrap();
    let moved = text.replace(&format!("startxref\n{start}"), &format!("startxref\n{}", start - 2));
    assert!(refused(moved.as_bytes()).to_string().contains("the file's last update is broken"));
    let circle = append(&good, &[], "/Root 1 0 R");
    let newest = String::from_utf8(circle.clone()).unwrap().rfind("xref\n0").unwrap();
    let circle = replaced(&circle, &format!("/Prev {start}"), &format!("/Prev {newest}"));
    assert!(refused(&circle).to_string().contains(&format!("circle: it returns to byte {newest}")));
    let limits = Limits { document_bytes: 100, ..Limits::default() };
    assert_eq!(Pdf::read_within(&good, &limits).unwrap_err().kind(), ErrorKind::TooLarge);
}

#[test]
fn forged_and_wrapped_signatures_fail_for_their_reasons() {
    let only = |name: &str| survey(&open(name, "").unwrap()).found.remove(0);
    let format = |name: &str| outcome(&only(name), checks::SIGNATURE_FORMAT).unwrap().1;
    assert!(format("attacks/usf_01_Empty_Contents").contains("its /Contents is empty"));
    assert!(format("attacks/siwa_C").contains("leaves out the bytes 1324 to 39792, but its /Contents stands at 1324"));
    assert!(format("pyhanko/weird-byterange").contains("leaves out the bytes 10 to 20"));
    let tail = outcome(&only("pyhanko/tail-uncovered"), checks::DOCUMENT_COVERAGE).unwrap().1;
    assert!(tail.contains("up to 7092, where no revision ends"), "{tail}");
    let removed =
        outcome(&only("pyhanko-generated/signature-widget-removed-from-page"), checks::DOCUMENT_CHANGES).unwrap();
    assert_eq!(removed.0, Outcome::Fail);
    assert!(removed.1.contains("taken from its page"), "{}", removed.1);
}

#[test]
fn digests_in_one_pass_are_those_of_each_signature() {
    for name in ["pyhanko/pades-lta-dss-indirect-arrs-test-2", "pyhanko/minimal-signed-twice-second-created"] {
        let pdf = open(name, "").unwrap();
        let survey = survey(&pdf);
        let wanted: Vec<_> = survey.found.iter().rev().map(|found| (found, DigestAlgorithm::Sha256)).collect();
        let digests = pdf.digests(&wanted).unwrap();
        for ((found, algorithm), seen) in wanted.iter().zip(&digests) {
            let whole = sample(name);
            let Protected::Ranges(ranges) = &found.protected else { unreachable!() };
            let parts: Vec<u8> = ranges
                .iter()
                .flat_map(|(start, length)| whole[*start as usize..(*start + *length) as usize].to_vec())
                .collect();
            assert_eq!(seen, &digest(*algorithm, &parts).unwrap());
            assert_eq!(pdf.protected_bytes(found).unwrap(), parts);
        }
    }
}

#[test]
fn details_of_signatures() {
    let survey = survey(&open("pyhanko/pades-lta-dss-indirect-arrs-test-2", "").unwrap());
    let [first, stamp, _] = survey.found.as_slice() else { unreachable!() };
    assert_eq!((first.announced, stamp.announced), (Announced::Signature, Announced::TimeStamp));
    assert_eq!(first.label, "Adobe.PPKLite ETSI.CAdES.detached");
    assert_eq!(first.claimed.unwrap().to_string(), "2020-11-01T00:00:00Z");
    assert_eq!(stamp.claimed, None);
    assert_eq!(first.areas.len(), 1);
    assert!((first.areas[0].top.0 - 26.1056).abs() < 1e-3, "{}", first.areas[0]);
    assert_eq!(survey.pages, 1);
    let changes = outcome(first, checks::DOCUMENT_CHANGES).unwrap();
    assert_eq!(changes.0, Outcome::Pass);
    assert!(changes.1.starts_with("4 revisions followed with form filling: a signature was added"), "{}", changes.1);
}

#[test]
fn pages_and_fields() {
    let pdf = open("unsigned/linearized", "").unwrap();
    assert_eq!(pdf.page_count().unwrap(), 30);
    let (width, height) = pdf.page_size(Page(30)).unwrap();
    assert!((width.0 - 215.9).abs() < 1e-6 && (height.0 - 279.4).abs() < 1e-6);
    assert_eq!(pdf.page_size(Page(31)).unwrap_err().kind(), ErrorKind::Misuse);
    let turned = Pdf::read(one_page("", "/Rotate -90 /CropBox [100 100 1000 200] /UserUnit 2")).unwrap();
    let (width, height) = turned.page_size(Page(1)).unwrap();
    assert_eq!((width, height), (Mm::from_points(200.0), Mm::from_points(990.0)));
    let fields = open("unsigned/two-empty-signature-fields", "").unwrap().fields().unwrap();
    let field = |name: &str| PdfField { name: name.into(), signed: false };
    assert_eq!(fields, [field("Sig1"), field("Sig2")]);
    let mut written = Vec::new();
    pdf.write_to(&mut written).unwrap();
    assert_eq!((written.as_slice(), pdf.len()), (sample("unsigned/linearized"), written.len() as u64));
}

#[test]
fn hybrid_files_are_told() {
    let survey = survey(&open("unsigned/hybrid", "").unwrap());
    assert!(survey.findings.iter().any(|finding| finding.detail.contains("1 objects are hidden")));
}

#[test]
fn page_trees_that_run_in_circles() {
    let kids = |kids: &str| {
        build(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            &format!("<< /Type /Pages /Kids [{kids}] >>"),
            "<< /Type /Page /Parent 2 0 R >>",
        ])
    };
    assert_eq!(Pdf::read(kids("3 0 R 3 0 R")).unwrap().page_count().unwrap(), 2);
    let error = Pdf::read(kids("3 0 R 2 0 R")).unwrap().page_count().unwrap_err();
    assert!(error.to_string().contains("reaches its node 2 0 twice"), "{error}");
    let limits = Limits { pages: 1, ..Limits::default() };
    let error = Pdf::read_within(kids("3 0 R 3 0 R"), &limits).unwrap().page_count().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn structure_that_readers_may_see_differently_is_told() {
    let fails = |bytes: Vec<u8>, text: &str| {
        let survey = survey(&Pdf::read(bytes).unwrap());
        let finding = survey.findings.iter().find(|finding| finding.detail.contains(text));
        let finding = finding.unwrap_or_else(|| panic!("{text}: {:?}", survey.findings));
        assert_eq!((finding.check, finding.outcome), (checks::DOCUMENT_STRUCTURE.name(), Outcome::Fail));
    };
    let good = one_page("", "");
    assert!(survey(&Pdf::read(&good).unwrap()).findings.is_empty());
    fails(one_page("/Lang (a) /Lang (b)", ""), "the catalog has the key /Lang twice");
    fails(one_page("/AcroForm << /Fields [] /Fields [] >>", ""), "the form's dictionary has the key /Fields twice");
    fails([&b"junk\n"[..], &good].concat(), "5 bytes stand before the header");
    fails([&good, &b"junk"[..]].concat(), "4 bytes follow the last revision");
    let cut = good[..good.len() - 6].to_vec();
    fails(cut, "is not followed by");
    let spare = append(&good, &[(4, "null")], "/Root 1 0 R");
    let later = replaced(&spare, &entry(&spare, 4), "0000009999 00000 n \n");
    fails(later, "lists object 4 at byte 9999, behind its own end");
    let twice = append(&good, &[(4, "null"), (4, "null")], "/Root 1 0 R");
    fails(twice, "lists object 4 twice");
}

/// The table's entry of an object.
fn entry(bytes: &[u8], number: usize) -> String {
    let text = String::from_utf8_lossy(bytes);
    let table = text.rsplit("trailer").nth(1).unwrap();
    let line = table.split(&format!("\n{number} 1\n")).nth(1).unwrap();
    line[..20].to_owned()
}

#[test]
fn removed_signatures_are_told() {
    let signed = sample("pyhanko/sig-with-ski-sid");
    let pdf = Pdf::read(signed).unwrap();
    let work = pdf.work();
    let form = crate::document::pdf::field::form(&work.view()).unwrap();
    let field = form.fields[0].indirect.reference.number;
    let trailer = work.view().trailer().unwrap().clone();
    let root = trailer.reference("Root").unwrap();
    let emptied = append(signed, &[(field, "<< /FT /Sig /T (Sig1) >>")], &format!("/Root {root} R"));
    let survey = survey(&Pdf::read(emptied).unwrap());
    assert!(survey.found.is_empty());
    let finding = survey.findings.iter().find(|finding| finding.check == checks::DOCUMENT_CHANGES.name()).unwrap();
    assert_eq!(finding.outcome, Outcome::Fail);
    assert!(finding.detail.contains("\"Sig1\"") && finding.detail.contains("was removed later"), "{}", finding.detail);
}

#[test]
fn hostile_cuts_and_flips_do_no_harm() {
    let limits = Limits { unfolded_bytes: 8 << 20, stream_bytes: 4 << 20, ..Limits::default() };
    let look = |bytes: Vec<u8>| {
        if let Ok(pdf) = Pdf::read_within(bytes, &limits)
            && let Ok(survey) = pdf.survey(&limits)
        {
            let wanted: Vec<_> = survey
                .found
                .iter()
                .filter(|found| matches!(found.protected, Protected::Ranges(_)))
                .map(|found| (found, DigestAlgorithm::Sha256))
                .collect();
            pdf.digests(&wanted).unwrap();
        }
    };
    for name in ["attacks/usf_01_Empty_Contents", "unsigned/hybrid", "unsigned/two-empty-signature-fields"] {
        let bytes = sample(name);
        for length in 0..bytes.len() {
            look(bytes[..length].to_vec());
        }
        for at in 0..bytes.len() {
            for flip in [0x01, 0x10, 0x80] {
                let mut bytes = bytes.to_vec();
                bytes[at] ^= flip;
                look(bytes);
            }
        }
    }
    for name in ["unsigned/object-streams", "pyhanko/tail-uncovered", "unsigned/linearized"] {
        let bytes = sample(name);
        for at in (0..bytes.len()).step_by(7) {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 0x11;
            look(flipped);
            look(bytes[..at].to_vec());
        }
    }
}

#[test]
#[cfg(feature = "encryption")]
fn encryption_that_leads_nowhere_is_not_taken_for_clear() {
    let text = sample("unsigned/encrypted-aes256").to_vec();
    let at = text.windows(14).rposition(|window| window == b"/Encrypt 6 0 R").unwrap();
    let mut broken = text;
    broken[at + 9] = b'9';
    let error = Pdf::read(broken).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("/Encrypt leads to no object"), "{error}");
}
