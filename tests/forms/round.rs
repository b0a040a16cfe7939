//! From data to a sealed file and back, each template in both formats.

use eseal::authority::{Algorithm, Authority};
use eseal::compose::Assets;
use eseal::draw::Font;
use eseal::form::{Circumstances, Extraction, Instance, Medium, Particulars, Renderer, Template, ValidInstance};
use eseal::seal::{SealContent, SealKind, Signatories};
use eseal::{Document, Limits, Mm, Picture, Place, Seal, SealMaker, Signatory, Stamp, Time, Trust, Validity, Verifier};

use crate::common::sample;
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
    /// PEM.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the program alone reads a file of anchors"))]
    pub(crate) root: String,
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
    let root = world.root_pem().to_owned();
    Office { trust: Trust::new().everything([world.root().clone()]), us, seal, root }
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
        let slots = template.seals();
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

#[test]
fn a_form_that_can_be_filled_in_goes_the_same_way() {
    let office = office();
    let template = Template::from_json(&sample("form-templates/resident_pension.json")).unwrap();
    let renderer = Renderer::new(&template, &assets()).unwrap();
    let valid = valid(&template, &sample("form-templates/resident_pension.data.json"));
    assert_eq!(template.seals(), ["apply_sign", "accept_seal", "approve_seal"], "as the steps come");
    let pdf = renderer.pdf(&valid, &particulars(3).interactive()).unwrap();
    let fields = pdf.form_fields().unwrap();
    let field =
        |name: &str| fields.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("{name}: {fields:#?}"));
    assert_eq!(field("name").values, ["张示例"]);
    assert!(field("name").required && !field("name").read_only && field("subsidy").read_only);
    keep("interactive.pdf", &pdf.as_bytes());
    let sealed = office.sealed(&pdf, &template.seals());
    let extracted = office.extracted(&renderer, &sealed).require_good().unwrap();
    assert_eq!(extracted.instance.values(), valid.instance().values());
}

/// What samples show is made ready once; a form with characters that no sample had is as good, to any renderer.
#[test]
fn forms_of_a_renderer_that_was_made_ready_with_samples_are_the_same() {
    let office = office();
    let (name, data) = ("form-templates/receipt", sample("form-templates/receipt.data.json"));
    let template = Template::from_json(&sample(&format!("{name}.json"))).unwrap();
    let plain = Renderer::new(&template, &assets()).unwrap();
    let ready = Renderer::with_samples(&template, &assets(), &[valid(&template, &data)]).unwrap();
    let other = String::from_utf8(data.clone()).unwrap().replace("王示例", "欧阳谨娟");
    assert_ne!(other.as_bytes(), data);
    for data in [data.as_slice(), other.as_bytes()] {
        let valid = valid(&template, data);
        let pdf = office.sealed(&ready.pdf(&valid, &particulars(1)).unwrap(), &template.seals());
        let ofd = office.sealed(&ready.ofd(&valid, &particulars(1)).unwrap(), &template.seals());
        for renderer in [&plain, &ready] {
            for extraction in [office.extracted(renderer, &pdf), office.extracted(renderer, &ofd)] {
                let told = format!("{:#?}", extraction.findings());
                let extracted = extraction.require_good().unwrap_or_else(|_| panic!("{told}"));
                assert_eq!(extracted.instance.values(), valid.instance().values());
            }
        }
    }
    // A sample of another template is none.
    let another = Template::from_json(&sample("form-templates/resident_pension.json")).unwrap();
    let strange = valid(&another, &sample("form-templates/resident_pension.data.json"));
    let refused = Renderer::with_samples(&template, &assets(), &[strange]).unwrap_err();
    assert_eq!(refused.kind(), eseal::ErrorKind::Mismatch);
    assert!(format!("{refused:?}").contains("a sample"), "{refused:?}");
}

#[test]
fn a_batch_of_forms_is_sealed_in_order_with_one_judgement_a_second() {
    let office = office();
    let verifier = Verifier::new(&office.trust);
    let standing = verifier.standing(&office.seal);
    let template = Template::from_json(&sample("form-templates/receipt.json")).unwrap();
    let renderer = Renderer::new(&template, &assets()).unwrap();
    let data = String::from_utf8(sample("form-templates/receipt.data.json")).unwrap();
    let records = (0..12).map(|number| match number {
        // One that cannot be taken.
        5 => data.replace("13900000005", "nobody"),
        number => data.replace("000456", &format!("{number:06}")),
    });
    let mut sealed = Vec::new();
    let summary = eseal::batch::Batch::new()
        .threads(2)
        .run(
            records,
            |number, data| {
                let instance = Instance::read(&template, data.as_bytes(), &Limits::default())?;
                let valid = template.judge(&instance, &Circumstances::on(today()))?.require_valid()?;
                let form = renderer.ofd(&valid, &particulars(number))?;
                Stamp::of(standing.at(now())?).at(Place::slot("window_seal")).apply(&form, &office.us)
            },
            |number, result| {
                sealed.push((number, result.map_err(|error| error.findings()[0].check)));
                Ok(())
            },
        )
        .unwrap();
    assert_eq!((summary.worked, summary.failed, summary.done.to_string()), (12, 1, "0-4,6-11".to_owned()));
    for (number, sealed) in sealed {
        match sealed {
            Ok(sealed) => {
                let good = office.extracted(&renderer, &sealed).require_good().unwrap();
                assert!(good.json.contains(&format!("621000-2026-{number:06}")), "{number}");
            }
            Err(check) => assert_eq!((number, check), (5, "form.value.pattern")),
        }
    }
    assert_eq!(standing.at(now().plus_years(9)).unwrap_err().kind(), eseal::ErrorKind::NotValid);
}

#[test]
fn text_that_does_not_fit_is_an_error_that_names_its_field() {
    let template = Template::from_json(&sample("form-templates/receipt.json")).unwrap();
    let renderer = Renderer::new(&template, &assets()).unwrap();
    let data = String::from_utf8(sample("form-templates/receipt.data.json")).unwrap();
    let with = |name: &str| {
        let papers = data.replace("职工档案", name);
        renderer.ofd(&valid(&template, papers.as_bytes()), &particulars(1))
    };
    assert!(with("档案").is_ok());
    let error = with(&"很长的材料名称".repeat(60)).unwrap_err();
    assert_eq!(error.kind(), eseal::ErrorKind::Mismatch);
    assert!(error.to_string().contains("papers") && error.to_string().contains("does not fit"), "{error}");
}
