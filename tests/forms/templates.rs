//! The templates of the city, and what their samples are judged.

use std::fs;

use eseal::form::{Circumstances, Day, Instance, Template};
use eseal::{Limits, Outcome, Verdict};

use crate::common::testdata;

/// The day on which the samples are filled in.
pub(crate) fn today() -> Day {
    "2026-03-10".parse().unwrap()
}

/// Every template with the JSON of its sample, by the names of their files.
pub(crate) fn all() -> Vec<(String, Template, Vec<u8>)> {
    let folder = testdata("form-templates");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            Some(name.strip_suffix(".data.json")?.to_owned())
        })
        .map(|name| {
            let template = fs::read(folder.join(format!("{name}.json"))).unwrap();
            let template = Template::from_json(&template).unwrap_or_else(|error| panic!("{name}: {error}"));
            let data = fs::read(folder.join(format!("{name}.data.json"))).unwrap();
            (name, template, data)
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

#[test]
fn the_citys_templates_are_good_and_their_samples_valid() {
    let all = all();
    assert_eq!(all.len(), 30);
    for (name, template, data) in &all {
        let bad: Vec<_> = template.check().iter().filter(|finding| finding.outcome != Outcome::Pass).collect();
        assert!(bad.is_empty(), "{name}: {bad:#?}");
        assert!(template.category().len() >= 3, "{name}");
        let again = Template::from_json(template.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(again.digest(), template.digest(), "{name}: one template has one spelling");
        let instance = Instance::read(template, data, &Limits::default()).unwrap();
        let report = template.judge(&instance, &Circumstances::on(today())).unwrap();
        assert_eq!(report.verdict(), Verdict::Valid, "{name}: {:#?}", report.remarks());
        assert!(report.remarks().is_empty(), "{name}: {:#?}", report.remarks());
    }
}
