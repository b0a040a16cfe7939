//! Documents under a good seal whose parts do not say the same: each is told by the finding that catches it.
//!
//! Whoever holds a seal can put it on anything, so what is compared are documents that were composed wrongly and
//! sealed rightly: the seal holds in all of them.

use eseal::compose::{Attachment, Draft, PdfOptions};
use eseal::form::{DATA_FILE, Extraction, Instance, Renderer, Template, ValidInstance};
use eseal::ofd::{Figure, Ink, Outline};
use eseal::{Finding, Outcome, Verdict};
use serde_json::Value as Json;

use crate::common::{assert_told, failed, sample};
use crate::round::{Office, assets, now, office, particulars, valid};

/// A form with a tick, a table, amounts and a picture.
const SAMPLE: &str = "school_admission";

struct Desk {
    office: Office,
    renderer: Renderer,
    template: Template,
    values: Json,
}

/// What is put into a document.
#[derive(Clone)]
struct Parts {
    pages: Draft,
    files: Vec<Vec<u8>>,
    digests: Vec<String>,
    template: String,
}

impl Desk {
    fn new() -> Self {
        let template = Template::from_json(&sample(&format!("form-templates/{SAMPLE}.json"))).unwrap();
        let mut values: Json = serde_json::from_slice(&sample(&format!("form-templates/{SAMPLE}.data.json"))).unwrap();
        values["photo"] = picture("pictures/small/rgba.png");
        let renderer = Renderer::new(&template, &assets()).unwrap();
        Desk { office: office(), renderer, template, values }
    }

    fn valid(&self, change: impl FnOnce(&mut Json)) -> ValidInstance<'_> {
        let mut values = self.values.clone();
        change(&mut values);
        valid(&self.template, values.to_string().as_bytes())
    }

    /// The data and the pages of a form.
    fn parts(&self, valid: &ValidInstance<'_>) -> Parts {
        let genuine = self.renderer.ofd(valid, &particulars(7)).unwrap();
        let json = self.office.extracted(&self.renderer, &self.office.sealed(&genuine, &["apply_sign"]));
        let json = json.require_good().unwrap().json.into_bytes();
        Parts {
            pages: self.renderer.draft(valid, &particulars(7)).unwrap(),
            digests: vec![sm3(&json)],
            files: vec![json],
            template: format!("{}/{}", self.template.id(), self.template.version()),
        }
    }

    /// Composes, seals, and reads both formats.
    fn read(&self, parts: &Parts) -> [Extraction; 2] {
        self.read_by(parts, &self.renderer)
    }

    fn read_by(&self, parts: &Parts, renderer: &Renderer) -> [Extraction; 2] {
        let mut draft = Draft::new(format!("{:032x}", 7), assets());
        draft.created(now()).data("FormTemplate", &parts.template);
        for digest in &parts.digests {
            draft.data("FormDigest", digest);
        }
        for file in &parts.files {
            draft.attach(Attachment::new(DATA_FILE, "application/json", file.clone()));
        }
        for sheet in parts.pages.sheets() {
            draft.page(sheet.clone());
        }
        let pdf = self.office.sealed(&draft.to_pdf(&PdfOptions::default()).unwrap(), &["apply_sign"]);
        let ofd = self.office.sealed(&draft.to_ofd().unwrap(), &["apply_sign"]);
        [self.office.extracted(renderer, &pdf), self.office.extracted(renderer, &ofd)]
    }

    #[track_caller]
    fn assert_caught(&self, what: &str, parts: &Parts, check: &str, told: &[&str]) {
        for extraction in self.read(parts) {
            let findings = extraction.findings().to_vec();
            assert_eq!(failed(&findings), [check], "{what}: {findings:#?}");
            told.iter().for_each(|part| assert_told(what, &findings, check, Outcome::Fail, part));
            assert!(extraction.require_good().is_err());
        }
    }
}

fn picture(name: &str) -> Json {
    use base64::Engine as _;
    Json::String(base64::engine::general_purpose::STANDARD.encode(sample(name)))
}

fn sm3(bytes: &[u8]) -> String {
    use sm3::Digest as _;
    sm3::Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn names(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.check).collect()
}

#[test]
fn parts_that_say_the_same_are_good_whoever_put_them_together() {
    let desk = Desk::new();
    for extraction in desk.read(&desk.parts(&desk.valid(|_| {}))) {
        let findings = extraction.findings().to_vec();
        assert_eq!(extraction.verdict(), Verdict::Valid, "{findings:#?}");
        let all = ["protected", "embedded", "digest", "template", "valid", "face", "picture"]
            .map(|name| format!("form.data.{name}"));
        assert_eq!(names(&findings), all.each_ref().map(String::as_str));
    }
}

#[test]
fn data_swapped_or_pages_edited() {
    let desk = Desk::new();
    let good = desk.parts(&desk.valid(|_| {}));
    let pages_of = |change: fn(&mut Json)| Parts { pages: desk.parts(&desk.valid(change)).pages, ..good.clone() };
    let face = "form.data.face";
    desk.assert_caught("a name", &pages_of(|json| json["name"] = "李小示".into()), face, &["学生姓名 (name)"]);
    desk.assert_caught("a tick", &pages_of(|json| json["stage"] = "2".into()), face, &["申请学段 (stage)"]);
    desk.assert_caught("a code", &pages_of(|json| json["school"] = "2".into()), face, &["申请学校 (school)"]);
    let row = pages_of(|json| json["guardians"][1]["guardian_phone"] = "13900000009".into());
    desk.assert_caught("a cell", &row, face, &["监护人[2].联系电话 (guardians[2].guardian_phone)"]);
    let gone = pages_of(|json| drop(json["guardians"].as_array_mut().unwrap().pop()));
    desk.assert_caught("a row", &gone, face, &["监护人[2].姓名 (guardians[2].guardian)"]);
    // What is told is masked: the pages show somebody's number.
    let number =
        pages_of(|json| json["guardians"][0]["guardian_number"] = json["guardians"][1]["guardian_number"].clone());
    for extraction in desk.read(&number) {
        let told = format!("{:?}", extraction.findings());
        assert!(told.contains("guardian_number") && !told.contains("19850312") && !told.contains("19870726"), "{told}");
    }
}

#[test]
fn pictures_swapped() {
    let desk = Desk::new();
    let good = desk.parts(&desk.valid(|_| {}));
    let other = desk.parts(&desk.valid(|json| json["photo"] = picture("pictures/small/rgb.png"))).pages;
    let swapped = Parts { pages: other, ..good.clone() };
    desk.assert_caught(
        "a photo",
        &swapped,
        "form.data.picture",
        &["does not show a picture", "that the data do not have"],
    );
}

/// A white box over what was filled in, which is there all the same; and one beside it.
#[test]
fn words_covered() {
    let desk = Desk::new();
    let good = desk.parts(&desk.valid(|_| {}));
    let with = |left: f64, ink: Ink| {
        let mut pages = Draft::new(format!("{:032x}", 7), assets());
        for sheet in good.pages.sheets() {
            let mut sheet = sheet.clone();
            sheet.figure(Figure::of(Outline::rectangle(left, 50.0, 60.0, 60.0)).fill(ink.clone()));
            pages.page(sheet);
        }
        Parts { pages, ..good.clone() }
    };
    let white = Ink::rgb(255, 255, 255);
    desk.assert_caught("covered", &with(40.0, white.clone()), "form.data.face", &["does not show"]);
    for extraction in desk.read(&with(-59.0, white)) {
        assert_eq!(extraction.verdict(), Verdict::Valid, "{:#?}", extraction.findings());
    }
}

#[test]
fn digests_and_files() {
    let desk = Desk::new();
    let good = desk.parts(&desk.valid(|_| {}));
    let other = desk.parts(&desk.valid(|json| json["house"] = "西峰区示例路2号".into()));
    let digest = "form.data.digest";
    let told = [good.digests[0].as_str(), other.digests[0].as_str()];
    desk.assert_caught("another digest", &Parts { digests: other.digests.clone(), ..good.clone() }, digest, &told);
    desk.assert_caught("no digest", &Parts { digests: vec![], ..good.clone() }, digest, &["0 values"]);
    desk.assert_caught(
        "two digests",
        &Parts { digests: [good.digests.clone(), good.digests.clone()].concat(), ..good.clone() },
        digest,
        &["2 values"],
    );
    let embedded = "form.data.embedded";
    desk.assert_caught("no data", &Parts { files: vec![], ..good.clone() }, embedded, &["0 attachments"]);
    let spaced = [good.files[0].as_slice(), b"\n"].concat();
    let spaced = Parts { digests: vec![sm3(&spaced)], files: vec![spaced], ..good.clone() };
    desk.assert_caught("another spelling", &spaced, embedded, &["canonical"]);
    let broken = Parts { digests: vec![sm3(b"{}")], files: vec![b"{}".to_vec()], ..good.clone() };
    desk.assert_caught("no form's data", &broken, embedded, &["format"]);
}

#[test]
fn data_that_break_the_rules_or_are_of_another_template() {
    let desk = Desk::new();
    let good = desk.parts(&desk.valid(|_| {}));
    let text = String::from_utf8(good.files[0].clone()).unwrap();
    let edited = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        let file = text.replace(from, to).into_bytes();
        Parts { digests: vec![sm3(&file)], files: vec![file], ..good.clone() }
    };
    let calculated = edited("\"birth\":\"2019-05-14\"", "\"birth\":\"2019-05-15\"");
    desk.assert_caught("a calculated field", &calculated, "form.data.valid", &["[birth]"]);
    desk.assert_caught("a code", &edited("\"stage\":\"1\"", "\"stage\":\"7\""), "form.data.valid", &["[stage]"]);

    let named = Parts { template: format!("{}/2", desk.template.id()), ..good.clone() };
    desk.assert_caught("metadata", &named, "form.data.template", &["do not name"]);
    let mut json: Json = serde_json::from_slice(&sample(&format!("form-templates/{SAMPLE}.json"))).unwrap();
    let mut by_another = |change: fn(&mut Json), told: &str| {
        change(&mut json);
        let renderer = Renderer::new(&Template::from_json(json.to_string().as_bytes()).unwrap(), &assets()).unwrap();
        for extraction in desk.read_by(&good, &renderer) {
            assert_eq!(failed(extraction.findings()), ["form.data.template"]);
            assert_told("another template", extraction.findings(), "form.data.template", Outcome::Fail, told);
        }
    };
    by_another(|json| json["fields"][1]["max-length"] = 29.into(), "was another template");
    by_another(|json| json["version"] = 2.into(), "version 2");
}

#[test]
fn what_was_filled_in_from_a_licence_stays_with_its_evidence() {
    let desk = Desk::new();
    let source = eseal::form::Source {
        identifier: "1.2.156.3005.2.11100000000013338W001.11621000MB0000019T.2023000000001.001.1".into(),
        digest: "0f".repeat(32),
        at: now(),
        values: [("licence.CZZT".to_owned(), "张小示".to_owned())].into(),
    };
    let mut values = desk.values.clone();
    values.as_object_mut().unwrap().remove("name");
    let mut instance =
        Instance::read(&desk.template, values.to_string().as_bytes(), &eseal::Limits::default()).unwrap();
    assert_eq!(desk.template.prefill(&mut instance, &source).unwrap(), ["name"]);
    let under = eseal::form::Circumstances::on(crate::templates::today());
    let valid = desk.template.judge(&instance, &under).unwrap().require_valid().unwrap();
    let sealed = desk.office.sealed(&desk.renderer.pdf(&valid, &particulars(9)).unwrap(), &["apply_sign"]);
    let extracted = desk.office.extracted(&desk.renderer, &sealed).require_good().unwrap();
    assert_eq!(extracted.instance.evidence(), instance.evidence());
    assert_eq!(extracted.instance.evidence()[0].identifier, source.identifier);
}
