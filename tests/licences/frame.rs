//! What all of these tests do: issue a licence, take its seals off, seal it again, read it.

use eseal::authority::Algorithm;
use eseal::licence::{Carrier, Composed, CopyNote, Face, Licence, Metadata, Reading};
use eseal::verify::ResultCode;
use eseal::{Finding, Mm, Ofd, Page, Pdf, Verdict};

use crate::common::package::Package;
use crate::world::{Office, World};
use crate::{common, samples};

pub(crate) fn world() -> World {
    World::new(Algorithm::P256).unwrap()
}

pub(crate) fn offices(world: &World, name: &str) -> Vec<Office> {
    samples::issuers(name).iter().map(|number| world.office(*number).unwrap()).collect()
}

pub(crate) fn issue<D: Carrier>(world: &World, composed: Composed<D>, name: &str) -> D {
    let offices = offices(world, name);
    let mut issued = composed.issue(world.stamp(&offices[0]).unwrap(), &offices[0].by).unwrap();
    for office in &offices[1..] {
        issued = issued.seal(world.stamp(office).unwrap(), &office.by).unwrap();
    }
    issued.finish().unwrap()
}

pub(crate) fn laid_out(name: &str) -> eseal::licence::LaidOut {
    laid_out_with(name, &samples::metadata(name, 7).unwrap(), &samples::face(name).unwrap())
}

pub(crate) fn laid_out_with(name: &str, metadata: &Metadata, face: &Face) -> eseal::licence::LaidOut {
    samples::composer(name).unwrap().lay_out(metadata, face).unwrap()
}

pub(crate) fn pdf(world: &World, name: &str) -> Pdf {
    issue(world, laid_out(name).to_pdf().unwrap(), name)
}

pub(crate) fn ofd(world: &World, name: &str) -> Ofd {
    issue(world, laid_out(name).to_ofd().unwrap(), name)
}

pub(crate) fn read<D: Carrier>(world: &World, document: &D, reading: &Reading<'_>) -> Licence {
    Licence::judge(world.verifier().document(document, world.now).unwrap(), reading).unwrap()
}

pub(crate) fn findings(licence: &Licence) -> Vec<Finding> {
    licence.findings().iter().map(|remark| remark.finding.clone()).collect()
}

/// Asserts the verdict, the result code, and that exactly these checks of the licence fail.
#[track_caller]
pub(crate) fn assert_licence(what: &str, licence: &Licence, verdict: Verdict, code: ResultCode, fails: &[&str]) {
    common::assert_judged(what, licence.verdict(), &findings(licence), verdict, fails);
    assert_eq!(licence.result_code(), code, "{what}");
    for remark in licence.findings() {
        assert!(!remark.chinese.is_empty(), "{remark}");
    }
    let told = format!("{licence} {licence:?} {}", serde_json::to_string(licence).unwrap());
    for number in samples::CITIZENS {
        assert!(!told.contains(number), "{what}: a citizen's number is shown\n{told}");
    }
}

/// Takes the seals off an OFD, so that another may be put on.
pub(crate) fn unsealed(package: Package) -> Package {
    let mut plain = package.clone();
    for name in package.names().iter().filter(|name| name.contains("Signs/")) {
        plain = plain.without(name);
    }
    let text = plain.text("OFD.xml");
    let Some((head, rest)) = text.split_once("<ofd:Signatures>") else { return plain };
    let tail = rest.split_once("</ofd:Signatures>").unwrap().1;
    plain.with("OFD.xml", format!("{head}{tail}"))
}

/// Sealed again by whoever has a key that is trusted.
pub(crate) fn resealed(world: &World, package: Package, office: &Office) -> Ofd {
    let ofd = Ofd::read(unsealed(package).write()).unwrap();
    let stamp = world.stamp(office).unwrap().on(Page(1), Mm(200.0), Mm(120.0));
    stamp.apply(&ofd, &office.by).unwrap()
}

pub(crate) fn sm3(bytes: &[u8]) -> String {
    use ::sm3::Digest as _;
    ::sm3::Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn note(world: &World) -> CopyNote {
    CopyNote {
        made_at: world.now,
        maker: "示例银行股份有限公司".into(),
        purpose: "办理示例贷款".into(),
        until: Some(world.now.plus_days(30)),
    }
}
