//! What came after a signature: honest revisions stay valid, each attack is caught by its check.

#![cfg(feature = "pdf")]

mod file;
mod forbidden;
mod permissions;
mod permitted;
mod stamps;

use eseal::{Change, Finding, ModificationLevel, Outcome, Pdf, Trust, Verifier, checks};

use eseal::verify::SignatureReport;

use file::{File, stream};

/// What was found about changes after one signature.
#[derive(Debug)]
pub(crate) struct Judged {
    pub outcome: Outcome,
    pub level: Option<ModificationLevel>,
    pub text: String,
    pub changes: Vec<Change>,
    pub findings: Vec<Finding>,
}

pub(crate) fn all(bytes: &[u8]) -> Vec<Judged> {
    let trust = Trust::new();
    let pdf = Pdf::read(bytes).unwrap();
    let report = Verifier::new(&trust).document(&pdf, "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
    report.signatures().iter().map(|one| judged(one, report.findings())).collect()
}

fn judged(one: &SignatureReport, document: &[Finding]) -> Judged {
    let mut of: Vec<_> =
        one.checks.iter().filter(|finding| finding.check == checks::DOCUMENT_CHANGES.name()).cloned().collect();
    of.sort_by_key(|finding| (!finding.needed, std::cmp::Reverse(finding.outcome)));
    Judged {
        outcome: of[0].outcome,
        level: one.modification_level,
        text: of.iter().map(|finding| finding.detail.as_str()).collect::<Vec<_>>().join("; "),
        changes: one.changes.clone(),
        findings: one.checks.iter().chain(document).cloned().collect(),
    }
}

pub(crate) fn first(file: &File) -> Judged {
    all(&file.bytes).remove(0)
}

/// The first signature, in the field "sig", is judged so.
#[track_caller]
pub(crate) fn expect(what: &str, file: &File, outcome: Outcome, level: ModificationLevel, part: &str) -> Judged {
    let judged = first(file);
    assert_eq!(
        (judged.outcome, judged.level),
        (outcome, Some(level)),
        "{what}: {}\n{:#?}",
        judged.text,
        judged.changes
    );
    assert!(judged.text.contains(part), "{what}: {part}: {}", judged.text);
    judged
}

#[track_caller]
pub(crate) fn fails(what: &str, file: &File, part: &str) -> Judged {
    expect(what, file, Outcome::Fail, ModificationLevel::Other, part)
}

#[track_caller]
pub(crate) fn passes(what: &str, file: &File, level: ModificationLevel) -> Judged {
    expect(what, file, Outcome::Pass, level, "")
}

const XMP: &str = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>one</a></x:xmpmeta>";

/// A form with two text fields and two signature fields, with much else that an attacker would like.
pub(crate) fn form(catalog: &str, lock: &str) -> File {
    let page = "<< /Type /Page /Parent 2 0 R /Contents [4 0 R 18 0 R] /Annots [6 0 R 7 0 R 8 0 R 13 0 R 31 0 R] \
                /Hidden 40 0 R /Resources << /Font << /F1 9 0 R >> /XObject << /Over 10 0 R /Both 21 0 R >> >> >>";
    let widget = "/Type /Annot /Subtype /Widget /F 4 /P 3 0 R";
    let objects: Vec<(u32, String)> = vec![
        (
            1,
            format!(
                "<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Metadata 17 0 R /StructTreeRoot 50 0 R /Extensions << \
                 /ADBE << /BaseVersion /1.7 /ExtensionLevel 8 >> >> /Outlines 22 0 R /Version /1.7 {catalog} >>"
            ),
        ),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".into()),
        (3, page.into()),
        (4, stream("", "BT /F1 12 Tf (old) Tj ET")),
        (
            5,
            "<< /Fields [6 0 R 7 0 R 8 0 R 31 0 R] /SigFlags 3 /DA (/Helv 0 Tf) /DR << /Font << /Helv 9 0 R >> >> >>"
                .into(),
        ),
        (6, format!("<< {widget} /FT /Tx /T (name) /V (Alice) /Rect [10 10 100 30] /AP << /N 11 0 R >> >>")),
        (7, format!("<< {widget} /FT /Sig /T (sig) /Rect [10 40 100 60] {lock} >>")),
        (8, format!("<< {widget} /FT /Sig /T (spare) /Rect [10 70 100 90] >>")),
        (9, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into()),
        (10, stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "0 0 100 100 re f")),
        (11, stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (Alice) Tj ET")),
        (12, stream("", "BT /F1 12 Tf (hidden) Tj ET")),
        (13, "<< /Type /Annot /Subtype /Square /Rect [200 200 300 300] /AP << /N 19 0 R >> >>".into()),
        (14, "<< /Type /Page /Parent 2 0 R /Contents 12 0 R >>".into()),
        (15, "<< /Type /Pages /Kids [14 0 R] /Count 1 /MediaBox [0 0 595 842] >>".into()),
        (16, "<< /Title (one) >>".into()),
        (17, stream("/Type /Metadata /Subtype /XML", XMP)),
        (18, "<< /Length 23 0 R >>\nstream\n1 0 0 rg 0 0 9 9 re f\nendstream".into()),
        (19, stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "0 0 1 1 re f")),
        (21, stream("/Type /XObject /Subtype /Form /BBox [0 0 90 20]", "BT (both) Tj ET")),
        (22, "<< /First 24 0 R /Last 24 0 R >>".into()),
        (23, "21".into()),
        (24, "<< /Title (here) /Parent 22 0 R /Dest [3 0 R /Fit] >>".into()),
        (31, format!("<< {widget} /FT /Tx /T (name2) /Rect [10 100 100 130] /AP << /N 21 0 R >> >>")),
        (50, "<< /Type /StructTreeRoot /K [51 0 R] /ParentTree 52 0 R /ParentTreeNextKey 1 >>".into()),
        (51, "<< /Type /StructElem /S /P /P 50 0 R /Pg 3 0 R /K [0] /ActualText (old) >>".into()),
        (52, "<< /Nums [0 [51 0 R]] >>".into()),
    ];
    File::new(&objects)
}

/// The form signed in the field "sig" by object 20.
pub(crate) fn signed() -> File {
    signed_with("", "", "")
}

pub(crate) fn signed_with(catalog: &str, lock: &str, extra: &str) -> File {
    let form = form(catalog, lock);
    // The page's content was another before, and the old one still lies in the file.
    let form = form.one(4, stream("", "BT /F1 12 Tf (new) Tj ET"));
    let field = form.body(7).replace("/T (sig)", "/T (sig) /V 20 0 R");
    form.signed(20, extra, &[(7, field)])
}
