//! A form that somebody filled in.

use std::fmt;

use crate::error::Error;
use crate::finding::checks;
use crate::form::json::Json;
use crate::form::prefill::Evidence;
use crate::form::read::Reader;
use crate::form::remark::{Place, Remark};
use crate::form::template::Template;
use crate::form::value::{Record, Value, discreet, record_json};
use crate::limits::Limits;

/// What stands beside the values where they are embedded in a document.
const BESIDE: [&str; 6] = ["values", "template", "evidence", "format", "document", "today"];

/// Other names there that are told one by one.
const MOST_BESIDE: usize = 100;

/// A form filled in by somebody, read and not yet judged: [`Template::judge`] does that.
#[derive(Clone, PartialEq)]
pub struct Instance {
    pub(crate) values: Record,
    pub(crate) evidence: Vec<Evidence>,
    /// What was said about the template that it was filled in under: id and version.
    pub(crate) under: Option<(String, u32)>,
    /// What was given and no field is called.
    pub(crate) unknown: Vec<String>,
}

impl Instance {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Instance { values: Record::new(), evidence: Vec::new(), under: None, unknown: Vec::new() }
    }

    /// Reads what was filled in: an object of values by the keys of their fields, or one with that as `values`
    /// beside `template` (`id` and `version`) and `evidence`, as it is embedded in documents.
    ///
    /// Reading is tolerant: numbers and days as people write them, the names of code tables' entries for their
    /// codes, full-width figures. What cannot be read as its field's kind is kept, and told by the judgement.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it is no such JSON, or a name occurs twice in one
    /// object; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when it exceeds the limits;
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) when the template cannot be filled in.
    pub fn read(template: &Template, json: &[u8], limits: &Limits) -> Result<Self, Error> {
        template.require_good()?;
        let json = Json::read(json, limits.form_bytes)?;
        let wrapped = json.member("values").filter(|_| template.field("values").is_none());
        let mut reader = Reader { template, limits, unknown: Vec::new() };
        let values = reader.form(wrapped.unwrap_or(&json))?;
        let mut instance = Instance { values, evidence: Vec::new(), under: None, unknown: reader.unknown };
        if let (Some(_), Json::Object(members)) = (wrapped, &json) {
            let beside = members.keys().filter(|name| !BESIDE.contains(&name.as_str()));
            instance.unknown.extend(beside.take(MOST_BESIDE).cloned());
            instance.under = json.member("template").and_then(under);
            if let Some(Json::List(items)) = json.member("evidence") {
                instance.evidence = items.iter().map(Evidence::read).collect::<Result<_, _>>()?;
            }
        }
        Ok(instance)
    }

    /// The values by the keys of their fields.
    #[must_use]
    pub fn values(&self) -> &Record {
        &self.values
    }

    /// The value of a field.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// Puts a value in. Whether it is one for its field is told by the judgement.
    pub fn set(&mut self, key: impl Into<String>, value: Value) -> &mut Self {
        self.values.insert(key.into(), value);
        self
    }

    /// Where values were filled in from.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// The values as canonical JSON: names in order, no spaces, texts in Unicode's normal form C, numbers without
    /// zeros that say nothing, and nothing for what is empty.
    #[must_use]
    pub fn to_json(&self) -> String {
        record_json(&self.values).canonical()
    }

    /// What is wrong before any field is looked at.
    pub(crate) fn remarks(&self, template: &Template) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if let Some((id, version)) = &self.under
            && (id != template.id() || *version != template.version())
        {
            remarks.push(Remark::new(
                checks::FORM_VALUE_TEMPLATE,
                &Place::default(),
                format!("本表按模板{id}第{version}版填写，现用模板为{}第{}版", template.id(), template.version()),
                format!(
                    "the form was filled in under version {version} of {id}, and this is version {} of {}",
                    template.version(),
                    template.id()
                ),
            ));
        }
        for path in &self.unknown {
            let path = discreet(path);
            remarks.push(Remark::new(
                checks::FORM_VALUE_UNKNOWN,
                &Place::default().named(&path, &path, &path),
                "表单中没有这一项",
                "the form has no such field",
            ));
        }
        remarks
    }
}

impl Default for Instance {
    fn default() -> Self {
        Instance::new()
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("values", &self.values).field("evidence", &self.evidence).finish()
    }
}

fn under(json: &Json) -> Option<(String, u32)> {
    let Some(Json::Number(version)) = json.member("version") else { return None };
    Some((json.member("id")?.text()?.to_owned(), version.parse().ok()?))
}
