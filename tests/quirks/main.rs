//! The habits of real products, by the numbers of the list in the manual: what is tolerated and told, what
//! only a strict reader refuses, and what is refused.

#![cfg(all(feature = "sm", feature = "ofd", feature = "authority"))]

mod encoding;
mod packages;
#[path = "../sealing/mod.rs"]
mod sealing;
mod values;

use eseal::verify::{Encoding, Policy, SignatureReport};
use eseal::{Edition, Finding, Ofd, Outcome, Seal, Time, Trust, Verdict, Verifier};
use sealing::{FORM, World, now, told};

const ENCODING: &str = "seal.encoding";

fn strict() -> Policy {
    Policy { encoding: Encoding::Strict, ..Policy::default() }
}

/// The findings about a seal, judged some days after it was made.
fn judged(world: &World, seal: &[u8], policy: Policy) -> (Verdict, Vec<Finding>) {
    let seal = Seal::from_der(seal).unwrap();
    let report = Verifier::new(&world.trust).policy(policy).seal(&seal, now().plus_days(3));
    (report.verdict(), report.findings().to_vec())
}

/// A deviation that changes no meaning: told, and refused by a strict reader only where `refused`.
#[track_caller]
fn tolerated(world: &World, seal: &[u8], words: &str, refused: bool) {
    let (verdict, findings) = judged(world, seal, Policy::default());
    told(&findings, ENCODING, Outcome::Pass, words);
    assert_eq!(verdict, Verdict::Valid, "{findings:#?}");
    let (verdict, findings) = judged(world, seal, strict());
    let outcome = if refused { Outcome::Fail } else { Outcome::Pass };
    told(&findings, ENCODING, outcome, words);
    assert_eq!(verdict, if refused { Verdict::Invalid } else { Verdict::Valid }, "{findings:#?}");
}

fn detached(world: &World, signature: &[u8], policy: Policy) -> SignatureReport {
    Verifier::new(&world.trust).policy(policy).detached(signature, FORM, now().plus_days(3))
}

fn v1(world: &World) -> Seal {
    world.maker.prepare(world.content()).edition(Edition::Gmt0031_2014).make(now()).unwrap()
}

const FALSE: &[u8] = &[1, 1, 0];
const OID: &[u8] = &[6, 3, 0x2A, 3, 4];

/// Appends extDatas to a seal and signs it.
fn with_extensions(world: &World, extensions: &[u8]) -> Vec<u8> {
    world.seal_with(&[4], |_| extensions.to_vec())
}

/// Judges a package with no anchors, which leaves chains unknown and everything else as it is.
fn judged_package(bytes: Vec<u8>, at: Time) -> Vec<SignatureReport> {
    let trust = Trust::new();
    let document = Ofd::read(bytes).unwrap();
    Verifier::new(&trust).document(&document, at).unwrap().signatures().to_vec()
}
