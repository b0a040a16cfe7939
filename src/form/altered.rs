//! What came after the seals into a document that says what data say.

use crate::document::{Change, ChangeKind, ModificationLevel};
use crate::units::Area;
use crate::verify::SignatureReport;

/// Nearer than that is the same place, in millimetres.
const NEAR: f64 = 0.1;

/// The changes that go beyond further seals and what makes signatures last. PDF lets descriptions, annotations and
/// fields be changed under a good signature, and lets an empty signature field show whatever it likes: a document
/// whose pages have to say what its data say does not.
pub(crate) fn alterations(signatures: &[SignatureReport]) -> impl Iterator<Item = &Change> {
    let places: Vec<&Area> = signatures.iter().flat_map(|signature| &signature.places).collect();
    let changes = signatures.iter().flat_map(|signature| &signature.changes);
    changes.filter(move |change| alters(change, &places))
}

fn alters(change: &Change, places: &[&Area]) -> bool {
    use ChangeKind as K;
    let is_at_a_seal = |area: &Area| places.iter().any(|place| is_same(place, area));
    match change.kind {
        _ if change.level == ModificationLevel::Other => true,
        K::Evidence | K::Extension | K::Form | K::Permissions | K::File => false,
        // What shows nowhere hides nothing.
        K::SignatureField | K::Signing | K::TimeStamp => change.area.as_ref().is_some_and(|area| !is_at_a_seal(area)),
        // A later seal fills a field that was empty, and brings its picture.
        K::FieldValue => !change.area.as_ref().is_some_and(is_at_a_seal),
        _ => true,
    }
}

fn is_same(one: &Area, other: &Area) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= NEAR;
    one.page == other.page
        && close(one.left.0, other.left.0)
        && close(one.top.0, other.top.0)
        && close(one.width.0, other.width.0)
        && close(one.height.0, other.height.0)
}

/// A signature that shows on a page without a seal: what it shows is whatever its maker put there.
pub(crate) fn shown_without_seal(signatures: &[SignatureReport]) -> Option<&SignatureReport> {
    signatures.iter().find(|signature| signature.seal.is_none() && !signature.places.is_empty())
}
