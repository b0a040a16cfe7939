//! Tests of the whole room, on documents of others and on our own.

use crate::document::pdf::Pdf;
use crate::document::{Announced, Coverage, Document as _, Found, Layout, Protected, Survey};
use crate::error::ErrorKind;
use crate::finding::{Check, Outcome, checks};
use crate::limits::Limits;

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
