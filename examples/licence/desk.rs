//! What a service counter does with forms: fills them in from verified licences, seals them, reads them back.

#![allow(dead_code, unreachable_pub, reason = "each program uses its own part")]

use std::path::Path;

use eseal::form::{Circumstances, Day, Instance, Particulars, Renderer, Source, Template};
use eseal::licence::{Carrier, Composed, GoodLicence, Licence, Reading};
use eseal::verify::LicenceState;
use eseal::{Limits, Ofd, Place};
use serde_json::Value;

use super::samples::{self, Failure};
use super::world::{Office, World};

/// A licence of a type, issued by its bodies.
pub fn issued(world: &World, name: &str, number: u32) -> Result<Ofd, Failure> {
    let laid_out = samples::composer(name)?.lay_out(&samples::metadata(name, number)?, &samples::face(name)?)?;
    sealed(world, laid_out.to_ofd()?, name)
}

fn sealed<D: Carrier>(world: &World, composed: Composed<D>, name: &str) -> Result<D, Failure> {
    let offices = samples::issuers(name).iter().map(|number| world.office(*number));
    let offices = offices.collect::<Result<Vec<Office>, _>>()?;
    let (first, others) = offices.split_first().ok_or("no issuer")?;
    let mut issued = composed.issue(world.stamp(first)?, &first.by)?;
    for office in others {
        issued = issued.seal(world.stamp(office)?, &office.by)?;
    }
    Ok(issued.finish()?)
}

/// A licence that was handed in: verified, asked about at its issuer, read; and what forms take from it.
pub fn handed_in(world: &World, licence: &Ofd) -> Result<(GoodLicence, Source), Failure> {
    let reading = Reading::new().state(LicenceState::InForce);
    let good = Licence::judge(world.verifier().document(licence, world.now)?, &reading)?.require_good()?;
    let source = good.source(licence)?;
    Ok((good, source))
}

/// A form of the city, filled in from licences where it asks for what they say, and otherwise as the sample is.
pub fn filled(world: &World, template: &Template, name: &str, sources: &[Source]) -> Result<Instance, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/form-templates/{name}.data.json"));
    let mut data: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    let text = std::fs::read(path.with_file_name(format!("{name}.json")))?;
    let described: Value = serde_json::from_slice(&text)?;
    for field in described["fields"].as_array().into_iter().flatten() {
        // It is filled in today.
        if let (Some("date"), Some(day)) =
            (field["kind"].as_str(), field["key"].as_str().and_then(|key| data.get_mut(key)))
        {
            *day = Day::of(world.now).to_string().into();
        }
        // Nobody types what a licence says.
        let mut asked = field["prefill"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let known = |name: &str| sources.iter().any(|source| source.values.contains_key(name));
        if let (true, Some(key), Some(members)) = (asked.any(known), field["key"].as_str(), data.as_object_mut()) {
            members.remove(key);
        }
    }
    if let (Some(sex), Some(number)) =
        (data.get_mut("sex"), sources.iter().find_map(|one| one.values.get("licence.CZZTDM")))
    {
        let is_odd = number.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1);
        *sex = if is_odd { "1" } else { "2" }.into();
    }
    let mut instance = Instance::read(template, data.to_string().as_bytes(), &Limits::default())?;
    for source in sources {
        for key in template.prefill(&mut instance, source)? {
            println!("  {key} comes from {}", source.identifier);
        }
    }
    Ok(instance)
}

pub fn template(name: &str) -> Result<Template, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/form-templates/{name}.json"));
    Ok(Template::from_json(&std::fs::read(path)?)?)
}

/// The form as OFD, with each office's seal at its place, verified and read back. Places of others stay open.
pub fn sealed_form(
    world: &World,
    offices: &[(&str, Office)],
    template: &Template,
    instance: &Instance,
) -> Result<Ofd, Failure> {
    let valid = template.judge(instance, &Circumstances::on(Day::of(world.now)))?.require_valid()?;
    let renderer = Renderer::new(template, &samples::assets()?)?;
    let mut form = renderer.ofd(&valid, &Particulars::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", world.now))?;
    for (place, office) in offices {
        form = world.stamp(office)?.at(Place::slot(*place)).apply(&form, &office.by)?;
    }
    let verified = world.verifier().document(&form, world.now)?.require_valid()?;
    let extracted = renderer.extract(&verified)?.require_good()?;
    if extracted.instance.evidence() != instance.evidence() {
        return Err("the form lost the evidence of what it was filled in from".into());
    }
    let names: Vec<_> = offices.iter().map(|(_, office)| office.seal.name()).collect();
    println!("  sealed by {}, read back with its evidence:", names.join("、"));
    for evidence in extracted.instance.evidence() {
        let fields: Vec<_> = evidence.fields.keys().map(String::as_str).collect();
        println!("    {} for {}", evidence.identifier, fields.join(", "));
    }
    Ok(form)
}
