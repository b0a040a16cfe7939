//! Tests of the whole room, on documents of others and on our own.

use crate::document::pdf::Pdf;
use crate::document::{Announced, Coverage, Document as _, Found, Layout, Protected, Survey};
use crate::error::ErrorKind;
use crate::finding::{Check, Outcome, checks};
use crate::limits::Limits;

mod oddities;
mod reading;
mod stamping;

macro_rules! samples {
    ($($name:literal)*) => {
        /// The documents in `testdata/pdf`, by name.
        const SAMPLES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../../../testdata/pdf/", $name, ".pdf")))),*];
    };
}

samples! {
    "attacks/isa_B"
    "attacks/siwa_C"
    "attacks/usf_01_Empty_Contents"
    "pyhanko-generated/b-lt"
    "pyhanko-generated/byte-flipped-in-mediabox"
    "pyhanko-generated/signature-widget-removed-from-page"
    "pyhanko-generated/signed-aes256"
    "pyhanko-generated/textfield-filled-after-sign"
    "pyhanko-generated/xmp-external-entity"
    "pyhanko/ed448-shake256-nolen"
    "pyhanko/extensions-indirect"
    "pyhanko/extensions-update-direct"
    "pyhanko/form-update-override-appearance-stream"
    "pyhanko/form-update-override-appearance-stream-sneaky"
    "pyhanko/minimal-signed-twice-second-created"
    "pyhanko/pades-lta-dss-indirect-arrs-test-2"
    "pyhanko/pades-with-old-style-signing-cert-attr"
    "pyhanko/sig-with-ski-sid"
    "pyhanko/tail-uncovered"
    "pyhanko/weird-byterange"
    "unsigned/encrypted-aes256"
    "unsigned/form-fill"
    "unsigned/form-simple"
    "unsigned/hybrid"
    "unsigned/linearized"
    "unsigned/object-streams"
    "unsigned/pdfa-pdfua"
    "unsigned/two-empty-signature-fields"
}

fn sample(name: &str) -> &'static [u8] {
    SAMPLES.iter().find(|sample| sample.0 == name).unwrap().1
}

fn survey(pdf: &Pdf) -> Survey {
    pdf.survey(&Limits::default()).unwrap()
}

/// The outcomes of one check, worst first, and the texts.
fn outcome(found: &Found, check: Check) -> Option<(Outcome, String)> {
    let mut of: Vec<_> = found.findings.iter().filter(|finding| finding.check == check.name()).collect();
    of.sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    let text = of.iter().map(|finding| finding.detail.as_str()).collect::<Vec<_>>().join("; ");
    of.first().map(|finding| (finding.outcome, text))
}

/// A document of these objects, numbered from 1 in their order, with a table.
fn build(objects: &[&str]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let numbered: Vec<(u32, &str)> = (1..).zip(objects.iter().copied()).collect();
    update(&mut bytes, &numbered, "/Root 1 0 R", None);
    bytes
}

/// Appends a revision; the last `startxref` becomes its `/Prev`.
fn append(bytes: &[u8], objects: &[(u32, &str)], trailer: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let previous = text.rsplit("startxref").next().unwrap().split_whitespace().next().unwrap().parse().unwrap();
    let mut bytes = bytes.to_vec();
    update(&mut bytes, objects, trailer, Some(previous));
    bytes
}

fn update(bytes: &mut Vec<u8>, objects: &[(u32, &str)], trailer: &str, previous: Option<usize>) {
    let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
    for (number, body) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", bytes.len()));
        bytes.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let start = bytes.len();
    let previous = previous.map(|previous| format!("/Prev {previous}")).unwrap_or_default();
    bytes.extend_from_slice(table.as_bytes());
    bytes.extend_from_slice(
        format!("trailer\n<< /Size 100 {trailer} {previous} >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
}

/// A document of one page, A4 unless `page` says otherwise.
fn one_page(catalog: &str, page: &str) -> Vec<u8> {
    build(&[
        &format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        &format!("<< /Type /Page /Parent 2 0 R {page} >>"),
    ])
}

fn replaced(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len(), "offsets must not move");
    let at = bytes.windows(old.len()).rposition(|window| window == old.as_bytes()).unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
    bytes
}
