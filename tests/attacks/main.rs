//! Every attack that is known upon signed PDF documents, made by the letter upon each kind of document: tables,
//! cross-reference streams and object streams; uncertified and certified at each level; seal signatures and CMS;
//! one signature and two. Each has to be told by the check whose question it is, and each honest twin has to stay
//! valid.

#![cfg(all(feature = "pdf", feature = "sm"))]

#[path = "../common/mod.rs"]
mod common;
mod cover;
mod document;
mod forgery;
mod mutation;
mod saving;
mod shadow;
mod wrapping;

use eseal::authority::Algorithm;
use eseal::{Finding, Outcome, Pdf, Verdict, checks};

use common::scene::Scene;
use common::{all_findings, failed};
use document::{Doc, Way};

/// What became of a document.
pub(crate) enum Seen {
    /// Verdict, findings, and how far the first signature says that later revisions went.
    Judged(Verdict, Vec<Finding>, String),
    /// It cannot be read, and why.
    Refused(String),
}

pub(crate) fn look(scene: &Scene, bytes: &[u8]) -> Seen {
    let report = Pdf::read(bytes).and_then(|pdf| {
        let report = scene.verifier().document(&pdf, scene.now)?;
        Ok((report.verdict(), all_findings(&report), report.to_string()))
    });
    match report {
        Ok((verdict, findings, text)) => Seen::Judged(verdict, findings, text),
        Err(error) => Seen::Refused(error.to_string()),
    }
}

/// Runs `of` on every way to write and sign a document.
pub(crate) fn upon_all(mut of: impl FnMut(&Scene, Way, &Doc)) {
    let scene = Scene::new(Algorithm::P256);
    for way in Way::all() {
        of(&scene, way, &way.document(&scene));
    }
}

/// Invalid, for this check alone; `part` stands in what it says.
#[track_caller]
pub(crate) fn caught(what: &str, way: Way, scene: &Scene, bytes: &[u8], check: eseal::Check, part: &str) {
    match look(scene, bytes) {
        Seen::Refused(error) => panic!("{what}, {way:?}: refused: {error}"),
        Seen::Judged(verdict, findings, text) => {
            assert_eq!(verdict, Verdict::Invalid, "{what}, {way:?}: {text}");
            assert_eq!(failed(&findings), [check.name()], "{what}, {way:?}: {text}");
            let told = |finding: &&Finding| {
                finding.check == check.name() && finding.outcome == Outcome::Fail && finding.detail.contains(part)
            };
            assert!(findings.iter().any(|finding| told(&finding)), "{what}, {way:?}: no \"{part}\": {text}");
        }
    }
}

/// Invalid, and this check is among those that say so.
#[track_caller]
pub(crate) fn caught_among_others(what: &str, way: Way, scene: &Scene, bytes: &[u8], check: eseal::Check, part: &str) {
    match look(scene, bytes) {
        Seen::Refused(error) => panic!("{what}, {way:?}: refused: {error}"),
        Seen::Judged(verdict, findings, text) => {
            assert_eq!(verdict, Verdict::Invalid, "{what}, {way:?}: {text}");
            let told = |finding: &&Finding| {
                finding.check == check.name() && finding.outcome == Outcome::Fail && finding.detail.contains(part)
            };
            assert!(findings.iter().any(|finding| told(&finding)), "{what}, {way:?}: no \"{part}\": {text}");
        }
    }
}

/// As a letter for each: valid, invalid, indeterminate – uncertified, and certified at the levels 1 to 3.
#[track_caller]
pub(crate) fn comes_out(what: &str, way: Way, scene: &Scene, bytes: &[u8], by_level: &str, part: &str) {
    let index = usize::from(way.level.unwrap_or(0));
    let (expected, outcome) = match by_level.as_bytes()[index] {
        b'v' => (Verdict::Valid, Outcome::Pass),
        b'?' => (Verdict::Indeterminate, Outcome::Unknown),
        _ => return caught(what, way, scene, bytes, checks::DOCUMENT_CHANGES, part),
    };
    match look(scene, bytes) {
        Seen::Refused(error) => panic!("{what}, {way:?}: refused: {error}"),
        Seen::Judged(verdict, findings, text) => {
            assert_eq!(verdict, expected, "{what}, {way:?}: {text}");
            assert!(failed(&findings).is_empty(), "{what}, {way:?}: {text}");
            let told = |finding: &&Finding| {
                finding.check == checks::DOCUMENT_CHANGES.name() && finding.needed && finding.outcome == outcome
            };
            assert!(findings.iter().any(|finding| told(&finding)), "{what}, {way:?}: {text}");
        }
    }
}

/// The last update is broken, and nothing is repaired.
#[track_caller]
pub(crate) fn refused(what: &str, way: Way, scene: &Scene, bytes: &[u8], part: &str) {
    match look(scene, bytes) {
        Seen::Refused(error) => assert!(error.contains(part), "{what}, {way:?}: {error}"),
        Seen::Judged(_, _, text) => panic!("{what}, {way:?}: {text}"),
    }
}

#[test]
fn the_documents_are_good() {
    upon_all(|scene, way, doc| match look(scene, &doc.bytes) {
        Seen::Judged(verdict, _, text) => assert_eq!(verdict, Verdict::Valid, "{way:?}: {text}"),
        Seen::Refused(error) => panic!("{way:?}: {error}"),
    });
}
