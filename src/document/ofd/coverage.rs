//! How much of what a package shows its signatures protect.

use std::collections::BTreeSet;

use crate::der::{Tlv, tag};
use crate::document::Coverage;
use crate::document::ofd::reach::{Reach, Role};
use crate::document::ofd::structure::Structure;
use crate::document::ofd::survey::{Desk, Digests, Ground, Signed, few, is_listed};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// Of more documents in one package than this, each signature has to protect all.
const MOST_DOCUMENTS: usize = 16;

/// The documents of a package that holds several. Each may have signatures of its own, which protect its files and
/// not those of the others.
pub(super) struct Elsewhere(Vec<Part>);

struct Part {
    /// What the document leads to.
    files: BTreeSet<usize>,
    /// What the signatures in its list protect, and what is as it was signed.
    vouched: BTreeSet<usize>,
}

impl Elsewhere {
    pub(super) fn of(structure: &Structure, desk: &Desk<'_>, limits: &Limits) -> Option<Self> {
        let count = structure.bodies.len();
        (2..=MOST_DOCUMENTS).contains(&count).then(|| {
            let files = |body| Reach::of_body(body, desk, limits).roles.into_keys().collect();
            let parts = structure.bodies.iter().map(|body| Part { files: files(body), vouched: BTreeSet::new() });
            Elsewhere(parts.collect())
        })
    }

    pub(super) fn vouched_by(mut self, signed: &[Signed<'_>], digests: &Digests) -> Self {
        for one in signed {
            let Some((part, description)) = self.0.get_mut(one.number).zip(one.description.as_ref()) else { continue };
            let Ok(algorithm) = description.digest() else { continue };
            for reference in &description.references {
                let digest =
                    reference.located.and_then(|located| digests.get(&(located.index, algorithm))?.as_ref().ok());
                if digest.is_some() && digest == reference.value.as_ref() {
                    part.vouched.extend(reference.located.map(|located| located.index));
                }
            }
        }
        self
    }

    /// Whether a file is no part of this document, and the signatures of another whose part it is protect it.
    fn answer_for(&self, document: usize, file: usize) -> bool {
        let is_own = self.0.get(document).is_none_or(|own| own.files.contains(&file));
        !is_own && self.0.iter().any(|part| part.files.contains(&file) && part.vouched.contains(&file))
    }
}

/// Whether the value is a seal signature, in which the seal is signed together with the digest. Beside any other value
/// it is a file like others, and readers show its picture.
fn holds_seal(payload: &[u8]) -> bool {
    let first = Tlv::first(payload, "").map(|(value, _)| value.value.first() == Some(&tag::SEQUENCE));
    first.unwrap_or(false)
}

impl Ground<'_> {
    /// How much of what the package leads to is listed.
    pub(super) fn coverage(
        &self,
        one: &Signed<'_>,
        payload: &[u8],
        listed: &[bool],
        findings: &mut Vec<Finding>,
    ) -> Coverage {
        let unlisted = self.reach.roles.iter().filter(|(index, _)| !is_listed(listed, **index));
        let (mut drawn, mut other, mut root, mut apart) = (Vec::new(), Vec::new(), false, 0_usize);
        let is_apart = |index| self.elsewhere.as_ref().is_some_and(|parts| parts.answer_for(one.number, index));
        for (index, role) in unlisted {
            let named = || format!("{} ({})", self.package.path(*index), role.describe());
            match role {
                Role::Root => root = true,
                Role::Signature | Role::Integrity => {}
                _ if is_apart(*index) => apart = apart.saturating_add(1),
                role if role.is_drawn() => drawn.push(named()),
                _ => other.push(named()),
            }
        }
        let seal = one.description.as_ref().and_then(|description| description.seal.as_ref()?.1);
        let is_bare = !payload.is_empty() && !holds_seal(payload);
        if let Some(seal) = seal.filter(|seal| is_bare && !is_listed(listed, seal.index)) {
            drawn.push(format!("{} (the seal, which the value does not hold)", self.package.path(seal.index)));
        }
        let check = checks::DOCUMENT_COVERAGE;
        if !listed.contains(&true) {
            findings.push(Finding::fail(check, "no file of the package is protected"));
            return Coverage::None;
        }
        if !drawn.is_empty() {
            findings.push(Finding::fail(check, format!("shown, but not protected: {}", few(&drawn))));
            return Coverage::Partial;
        }
        if !other.is_empty() {
            let detail = format!("all files that are shown are protected, but not {}", few(&other));
            findings.push(Finding::unknown(check, detail));
            return Coverage::Partial;
        }
        if root {
            return self.entrance(one, findings);
        }
        let detail = match apart {
            0 => "every file that the document consists of is protected".to_owned(),
            _ => format!(
                "every file that document {} of the package consists of is protected; files of the others that only \
                 their own signatures protect: {apart}",
                one.number.saturating_add(1)
            ),
        };
        findings.push(Finding::pass(check, detail));
        Coverage::Whole
    }

    /// OFD.xml is not protected, as with many products: then it must leave no choice.
    fn entrance(&self, one: &Signed<'_>, findings: &mut Vec<Finding>) -> Coverage {
        let others: Vec<_> = self.strays.documents.iter().map(|index| self.package.path(*index)).collect();
        if others.is_empty() && self.structure.bodies.len() == 1 {
            let detail = format!(
                "every file that is shown is protected; OFD.xml is not, which names {}, the only document there is, \
                 and may say other things about it (title, author, metadata)",
                self.package.path(one.body.document)
            );
            findings.push(Finding::pass(checks::DOCUMENT_COVERAGE, detail));
            return Coverage::Whole;
        }
        let detail = if others.is_empty() {
            "OFD.xml is not protected, and it names more than one document".to_owned()
        } else {
            format!("OFD.xml is not protected, and it could as well name {} as the document", few(&others))
        };
        findings.push(Finding::unknown(checks::DOCUMENT_COVERAGE, detail));
        Coverage::Partial
    }
}
