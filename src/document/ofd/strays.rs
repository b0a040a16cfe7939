//! Files of a package that nothing leads to, and what they may be left from.

use crate::crypto::cms::{SignedData, oid};
use crate::der::{Tlv, tag};
use crate::document::ofd::package::Package;
use crate::document::ofd::reach::{Reach, Role, could_be_document};
use crate::document::ofd::structure::Structure;
use crate::document::ofd::survey::few;
use crate::document::ofd::xml::{Tree, root_name};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// Files that nothing leads to.
#[derive(Default)]
pub(super) struct Strays {
    /// Descriptions of signatures that no list names, and values that no description names.
    pub(super) signatures: Vec<usize>,
    /// Documents that OFD.xml does not name, but could.
    pub(super) documents: Vec<usize>,
}

impl Strays {
    /// `is_open` says that some signature does not protect OFD.xml, which could then lead to any document.
    pub(super) fn among(
        (package, structure): (&Package, &Structure),
        reach: &Reach<'_>,
        is_open: bool,
        limits: &Limits,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut strays = Strays::default();
        let (mut names, mut described, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (name, index) in package.files() {
            let is_named = structure.bodies.iter().any(|body| body.document == *index);
            match reach.roles.get(index) {
                _ if is_named => continue,
                Some(Role::Version) => {}
                Some(_) => {
                    let is_document = reach.documents.get(index).copied();
                    if is_document.unwrap_or_else(|| is_open && is_document_in(package, *index, limits)) {
                        strays.documents.push(*index);
                    }
                    continue;
                }
                None => names.push(format!("/{name}")),
            }
            // By what they are: a name says nothing.
            let Ok(bytes) = package.unfold(*index) else { continue };
            match root_name(&bytes).as_deref() {
                Some("Signature") => described.push(*index),
                Some("Document") => strays.documents.push(*index),
                None if is_value(&bytes, limits) => values.push(*index),
                _ => {}
            }
        }
        if !names.is_empty() {
            let detail = format!("nothing in the package leads to {}", few(&names));
            findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, detail));
        }
        let mut doubt = |told: &str, indices: &[usize]| {
            if !indices.is_empty() {
                let paths: Vec<_> = indices.iter().map(|index| package.path(*index)).collect();
                let detail = format!("{told} {}: a signature may have been taken out", few(&paths));
                findings.push(Finding::unknown(checks::DOCUMENT_CHANGES, detail));
            }
        };
        doubt("no list names the signature described in", &described);
        doubt("no description names the value of a signature", &values);
        strays.signatures = [described, values].concat();
        strays
    }
}

/// Whether a file that something leads to, but not as a document, is one all the same.
fn is_document_in(package: &Package, index: usize, limits: &Limits) -> bool {
    let Ok(bytes) = package.unfold(index) else { return false };
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii_start();
    text.starts_with(b"<")
        && Tree::outline(&bytes, limits, &["Pages"]).is_ok_and(|tree| tree.root().is_ok_and(could_be_document))
}

/// Whether it is a signature's value: SES_Signature of any edition, or CMS over data.
fn is_value(bytes: &[u8], limits: &Limits) -> bool {
    if bytes.len() > limits.seal_bytes {
        return false;
    }
    if SignedData::looks_like(bytes) {
        let is_of_data = |signed: SignedData<'_>| [oid::DATA, oid::GM_DATA].contains(&signed.content_type);
        return SignedData::read(bytes, limits.certificates).is_ok_and(is_of_data);
    }
    // TBS_Sign begins with its version and the seal, and the value or the certificate follows it.
    let tags = |element: &Tlv<'_>| element.list("").map(|list| list.iter().map(|one| one.tag).collect::<Vec<_>>());
    let Ok(list) = Tlv::only(bytes, "").and_then(|whole| whole.list("")) else { return false };
    let [to_sign, next, ..] = list.as_slice() else { return false };
    to_sign.tag == tag::SEQUENCE
        && matches!(next.tag, tag::OCTET_STRING | tag::BIT_STRING)
        && tags(to_sign).is_ok_and(|tags| tags.starts_with(&[tag::INTEGER, tag::SEQUENCE]) && tags.len() >= 5)
}
