//! From data to a sealed file and back, each template in both formats.

use std::collections::BTreeMap;

use eseal::authority::{Algorithm, Authority};
use eseal::compose::{Assets, Attachment, Draft, PdfOptions};
use eseal::draw::Font;
use eseal::form::{
    Circumstances, DATA_FILE, Extraction, Instance, Medium, Particulars, Renderer, Template, ValidInstance,
};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{
    Document, Finding, Limits, Mm, Ofd, Outcome, Pdf, Picture, Place, Seal, SealMaker, Signatory, Stamp, Time, Trust,
    Validity, Verdict, Verifier,
};

use crate::common::{assert_judged, assert_told, sample};
use crate::templates::{all, today};

pub(crate) fn assets() -> Assets {
    let font = |name: &str| Font::read(sample(name), 0).unwrap();
    Assets::new().font("song", font("fonts/FormSong.otf")).font("hei", font("fonts/FormHei.otf")).fallback("song")
}

pub(crate) fn now() -> Time {
    "2026-03-10T02:00:00Z".parse().unwrap()
}

/// A body with its seal, and who is believed.
pub(crate) struct Office {
    pub(crate) trust: Trust,
    pub(crate) us: Signatory,
    pub(crate) seal: Seal,
}

pub(crate) fn office() -> Office {
    let world = Authority::new(Algorithm::Sm2, now()).unwrap();
    let us = Signatory::new(world.signatory("示例市政务服务中心").unwrap());
    let content = SealContent {
        id: "62100000012345".parse().unwrap(),
        kind: SealKind::Organisation,
        name: "示例市政务服务中心".into(),
        picture: Picture::png(&sample("pictures/round.png"), Mm(40.0), Mm(40.0)).unwrap(),
        signatories: Signatories::listed([us.certificate()]),
        validity: Validity::years(now(), 3),
    };
    let seal = SealMaker::new(world.seal_maker().unwrap()).create(content, now()).unwrap();
    Office { trust: Trust::new().everything([world.root().clone()]), us, seal }
}

impl Office {
    pub(crate) fn sealed<D: Document>(&self, document: &D, slots: &[&str]) -> D {
        let verifier = Verifier::new(&self.trust);
        let mut document = document.clone();
        for slot in slots {
            let valid = verifier.seal(&self.seal, now()).require_valid().unwrap();
            document = Stamp::of(valid).at(Place::slot(*slot)).apply(&document, &self.us).unwrap();
        }
        document
    }

    pub(crate) fn extracted<D: Medium>(&self, renderer: &Renderer, document: &D) -> Extraction {
        let verifier = Verifier::new(&self.trust);
        let verified = verifier.document(document, now()).unwrap().require_valid().unwrap();
        renderer.extract(&verified).unwrap()
    }
}

pub(crate) fn valid<'t>(template: &'t Template, data: &[u8]) -> ValidInstance<'t> {
    let instance = Instance::read(template, data, &Limits::default()).unwrap();
    template.judge(&instance, &Circumstances::on(today())).unwrap().require_valid().unwrap()
}

pub(crate) fn particulars(number: usize) -> Particulars {
    Particulars::new(format!("{number:032x}"), now())
}

/// The places for seals, in the order of the template.
fn slots(template: &Template) -> Vec<&str> {
    let seals = template.fields().iter().filter(|field| field.kind() == eseal::form::FieldKind::Seal);
    seals.map(|field| field.key()).collect()
}

fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("ESEAL_KEEP_FORMS") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn thirty_forms_go_to_sealed_files_and_back() {
    let office = office();
    let assets = assets();
    for (number, (name, template, data)) in all().iter().enumerate() {
        let renderer = Renderer::new(template, &assets).unwrap();
        let valid = valid(template, data);
        let slots = slots(template);
        let particulars = particulars(number);
        let pdf = renderer.pdf(&valid, &particulars).unwrap_or_else(|error| panic!("{name}: {error}"));
        let pdf = office.sealed(&pdf, &slots);
        keep(&format!("{name}.pdf"), &pdf.as_bytes());
        let ofd = renderer.ofd(&valid, &particulars).unwrap_or_else(|error| panic!("{name}: {error}"));
        let ofd = office.sealed(&ofd, &slots);
        keep(&format!("{name}.ofd"), &ofd.as_bytes());
        for (format, extraction) in
            [("PDF", office.extracted(&renderer, &pdf)), ("OFD", office.extracted(&renderer, &ofd))]
        {
            let told = format!("{name} {format}: {:#?}", extraction.findings());
            let extracted = extraction.require_good().unwrap_or_else(|_| panic!("{told}"));
            assert_eq!(extracted.instance.values(), valid.instance().values(), "{name} {format}");
            assert_eq!(extracted.instance.digest().unwrap(), valid.instance().digest().unwrap());
        }
    }
}
