//! Documents that were stamped with old seals, before the run and after it.
//!
//! What was stamped while the old seal was in force stays valid for ever: it is judged as of its time, with the
//! register as the source of states. What is stamped with an old seal that was replaced is not, however good
//! the signature.

use std::fs;
use std::path::Path;

use eseal::ledger::{Sm3, Store};
use eseal::seal::SealSignature;
use eseal::{
    Document, Edition, Finding, Ledger, Mm, Ofd, Page, Payload, Pdf, Seal, Signatory, Stamp, Time, Verdict, Verifier,
};
use serde::Serialize;

use crate::world::{Condition, Failure, Old, World, now};

/// The conditions whose seals can stamp, and of each so many do.
const STAMPING: [Condition; 3] = [Condition::Old2014, Condition::Ending, Condition::Renewed];
const EACH: usize = 2;

/// A document, stamped while its seal was in force.
pub(crate) struct Stamped<'w> {
    old: &'w Old,
    format: Format,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Format {
    Pdf,
    Ofd,
    /// A seal signature of 2014 beside the form, as old systems left them.
    Beside,
}

/// What the verifier says of one document.
#[derive(Serialize)]
pub(crate) struct Judged {
    pub(crate) name: String,
    pub(crate) stamped_at: Time,
    pub(crate) judged_at: Time,
    pub(crate) verdict: Verdict,
    pub(crate) status: String,
    /// Whether it is what it has to be.
    pub(crate) as_expected: bool,
}

/// Stamps documents with some of the old seals, 40 days before the run; those that are there already are read.
pub(crate) fn before<'w>(world: &'w World, folder: &Path) -> Result<Vec<Stamped<'w>>, Failure> {
    let folder = folder.join("documents");
    fs::create_dir_all(&folder)?;
    let then = now()?.plus_days(-40);
    let mut stamped = Vec::new();
    for condition in STAMPING {
        let able = world.old.iter().filter(|old| old.condition == condition && old.holder.is_some());
        for old in able.take(EACH) {
            for format in formats(old)? {
                let path = folder.join(format.name(old));
                let bytes = match fs::read(&path) {
                    Ok(bytes) => bytes,
                    Err(_) => {
                        let bytes = stamp(world, old, *format, then)?;
                        // Whoever kills this finds no half of a document.
                        fs::write(path.with_extension("new"), &bytes)?;
                        fs::rename(path.with_extension("new"), &path)?;
                        bytes
                    }
                };
                stamped.push(Stamped { old, format: *format, bytes });
            }
        }
    }
    Ok(stamped)
}

/// Judges them after the run, and beside each one that is stamped with the same seal only then.
pub(crate) fn after(
    world: &World,
    ledger: &Ledger<impl Store>,
    stamped: &[Stamped<'_>],
) -> Result<Vec<Judged>, Failure> {
    let verifier = Verifier::new(&world.trust).knowing(ledger);
    let (then, late, today) = (now()?.plus_days(-40), now()?.plus_days(1), now()?.plus_days(2));
    let mut judged = Vec::new();
    for Stamped { old, format, bytes } in stamped {
        judged.push(judge(&verifier, &format.name(old), *format, bytes, [then, today], Verdict::Valid)?);
        let bytes = stamp(world, old, *format, late)?;
        let name = format!("late-{}", format.name(old));
        judged.push(judge(&verifier, &name, *format, &bytes, [late, today], Verdict::Invalid)?);
    }
    Ok(judged)
}

/// With seals of 2014 nothing is stamped any more but PDF with CMS; what old systems left is made as they made it.
fn formats(old: &Old) -> Result<&'static [Format], Failure> {
    let edition = Seal::from_der(&old.bytes)?.edition();
    Ok(if edition == Edition::Gmt0031_2014 { &[Format::Pdf, Format::Beside] } else { &[Format::Pdf, Format::Ofd] })
}

impl Format {
    fn name(self, old: &Old) -> String {
        match self {
            Format::Pdf => format!("{}.pdf", old.label),
            Format::Ofd => format!("{}.ofd", old.label),
            Format::Beside => format!("{}.sig", old.label),
        }
    }
}

fn stamp(world: &World, old: &Old, format: Format, at: Time) -> Result<Vec<u8>, Failure> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let by = Signatory::new(old.holder.clone().ok_or("nobody holds the key of this seal")?);
    let seal = Seal::from_der(&old.bytes)?;
    // Without the register, as somebody does who kept an old carrier.
    let stamp =
        Stamp::of(Verifier::new(&world.trust).seal(&seal, at).require_valid()?).on(Page(1), Mm(120.0), Mm(200.0));
    let form = || fs::read(testdata.join("forms/form-fill.pdf"));
    Ok(match format {
        Format::Beside => {
            let digest = Sm3::of(&form()?);
            SealSignature::sign_as_2014(&seal, &by, at, digest.octets(), "form-fill.pdf")?.der().to_vec()
        }
        Format::Pdf if seal.edition() == Edition::Gmt0031_2014 => {
            stamp.payload(Payload::Cms).apply(&Pdf::read(form()?)?, &by)?.as_bytes().into_owned()
        }
        Format::Pdf => stamp.apply(&Pdf::read(form()?)?, &by)?.as_bytes().into_owned(),
        Format::Ofd => {
            let pages = Ofd::read(fs::read(testdata.join("ofd/helloworld.ofd"))?)?;
            stamp.apply(&pages, &by)?.as_bytes().into_owned()
        }
    })
}

fn judge(
    verifier: &Verifier<'_>,
    name: &str,
    format: Format,
    bytes: &[u8],
    [stamped_at, judged_at]: [Time; 2],
    expected: Verdict,
) -> Result<Judged, Failure> {
    let (verdict, status) = match format {
        Format::Pdf => told(verifier, &Pdf::read(bytes)?, judged_at)?,
        Format::Ofd => told(verifier, &Ofd::read(bytes)?, judged_at)?,
        Format::Beside => {
            let form = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/forms/form-fill.pdf"))?;
            let report = verifier.detached(bytes, &form, judged_at);
            (report.verdict, status_in(&report.checks))
        }
    };
    // An invalid one has to be so by the seal's state.
    let told_why = expected == Verdict::Valid || status.contains("superseded");
    let as_expected = verdict == expected && told_why;
    Ok(Judged { name: name.to_owned(), stamped_at, judged_at, verdict, status, as_expected })
}

fn told<D: Document>(verifier: &Verifier<'_>, document: &D, at: Time) -> Result<(Verdict, String), Failure> {
    let report = verifier.document(document, at)?;
    Ok((report.verdict(), report.signatures().first().map(|one| status_in(&one.checks)).unwrap_or_default()))
}

fn status_in(findings: &[Finding]) -> String {
    findings.iter().find(|one| one.check == "seal.status").map(|one| one.detail.clone()).unwrap_or_default()
}
