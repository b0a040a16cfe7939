//! Templates: what a form asks, by which rules, and how it looks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::crypto::sm3;
use crate::error::Error;
use crate::finding::{Finding, Verdict};
use crate::form::codes::CodeTable;
use crate::form::compiled::Compiled;
use crate::form::field::{Field, FieldKind};
use crate::form::json::Json;
use crate::form::layout::Layout;
use crate::limits::Limits;

/// What a template's JSON says its own format is.
const FORMAT: &str = "eseal-form/1";

/// The JSON Schema (2020-12) of templates.
///
/// ```
/// assert!(eseal::form::SCHEMA.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
pub const SCHEMA: &str = include_str!("template.schema.json");

/// A form's template: fields, rules and layout, under a name and a version.
///
/// It is read from JSON ([`SCHEMA`]) and not changed; a change makes another version, see
/// [`Versions`](crate::form::Versions). Cloning shares it.
///
/// ```
/// use eseal::form::Template;
///
/// let template = Template::from_json(r#"{
///     "format": "eseal-form/1", "id": "3f0c9d2e-6a51-4a44-9a52-0d6b3c1f2a10", "key": "leave", "name": "请假申请表",
///     "version": 1, "category": ["人事", "考勤", "请假"], "kind": "plain",
///     "fields": [
///         {"key": "days", "label": "天数", "kind": "number", "decimals": 0, "min": 1, "required": true},
///         {"key": "reason", "label": "事由", "kind": "text", "visible-when": "days > 3"}
///     ]
/// }"#.as_bytes())?;
/// assert!(template.check().iter().all(|finding| finding.outcome == eseal::Outcome::Pass));
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone)]
pub struct Template(Arc<Inner>);

struct Inner {
    sheet: Sheet,
    compiled: Compiled,
    findings: Vec<Finding>,
    digest: String,
}

/// A template as its JSON has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Sheet {
    pub(crate) format: String,
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) category: Vec<String>,
    pub(crate) kind: TemplateKind,
    /// The heading that is printed; by default the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// Whose form it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) codes: BTreeMap<String, CodeTable>,
    pub(crate) fields: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<Rule>,
    /// What is printed below the form (填表说明).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) layout: Option<Layout>,
}

/// How a template is laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateKind {
    /// One field below the other.
    Plain,
    /// A ruled table of fields.
    Table,
    /// A page whose every part has its place (套打).
    Layout,
}

/// A step of the workflow that the form goes through.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// By which fields name it.
    pub key: String,
    /// Its Chinese name.
    pub name: String,
}

/// What has to hold between fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) key: String,
    /// Only then; by default always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) when: Option<String>,
    pub(crate) holds: String,
    /// The messages when it does not.
    pub(crate) chinese: String,
    pub(crate) english: String,
    /// The field that the message is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
}

impl Template {
    /// Reads a template.
    ///
    /// Whether its rules make sense is another question, see [`Template::check`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it is no JSON, or has something that templates
    /// have not; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when it is of another format;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when it exceeds the default limits.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        Self::within(json, &Limits::default())
    }

    /// As [`Template::from_json`], within these limits.
    ///
    /// # Errors
    ///
    /// As [`Template::from_json`].
    pub fn within(json: &[u8], limits: &Limits) -> Result<Self, Error> {
        let read = Json::read(json, limits.form_bytes)?;
        if let Some(format) = read.member("format").and_then(Json::text).filter(|format| *format != FORMAT) {
            return Err(Error::unsupported(format!("the template is of format \"{format}\"; \"{FORMAT}\" is known")));
        }
        let canonical = read.canonical();
        let sheet: Sheet = serde_json::from_str(&canonical)
            .map_err(|error| Error::malformed(format!("this is no template: {}", plain(&error))))?;
        let compiled = Compiled::of(&sheet);
        let findings = crate::form::check::examine(&sheet, &compiled);
        let digest = sm3(spelled(&sheet)?.as_bytes())?;
        Ok(Template(Arc::new(Inner { sheet, compiled, findings, digest })))
    }

    /// Its canonical JSON.
    ///
    /// # Errors
    ///
    /// Does not happen with a template that was read.
    pub fn to_json(&self) -> Result<String, Error> {
        spelled(self.sheet())
    }

    /// What speaks for and against it: references, cycles, rules that contradict each other, fields that are not on
    /// the page. One finding passes for each check that found nothing.
    #[must_use]
    pub fn check(&self) -> &[Finding] {
        &self.0.findings
    }

    /// Refuses a template that cannot be filled in.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotValid`](crate::ErrorKind::NotValid) with the findings that say no.
    pub fn require_good(&self) -> Result<&Self, Error> {
        if Verdict::of(&self.0.findings) == Verdict::Valid {
            return Ok(self);
        }
        let bad = |finding: &&Finding| finding.outcome != crate::finding::Outcome::Pass;
        let findings: Vec<_> = self.0.findings.iter().filter(bad).cloned().collect();
        let message = format!("the template {self} cannot be filled in: mend what the findings name");
        Err(Error::not_valid(message, findings))
    }

    /// Its identifier, the same for all versions.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.sheet().id
    }

    /// Its short name for programs.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.sheet().key
    }

    /// Its Chinese name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.sheet().name
    }

    /// Its version, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.sheet().version
    }

    /// Where it belongs, the widest heading first.
    #[must_use]
    pub fn category(&self) -> &[String] {
        &self.sheet().category
    }

    /// How it is laid out.
    #[must_use]
    pub fn kind(&self) -> TemplateKind {
        self.sheet().kind
    }

    /// The steps of its workflow, in their order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.sheet().steps
    }

    /// Its fields, in their order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.sheet().fields
    }

    /// The keys of its places for seals and signatures, in the order of the steps in which they are put there.
    #[must_use]
    pub fn seals(&self) -> Vec<&str> {
        let number = |key: &String| self.steps().iter().position(|step| step.key == *key);
        let seals = self.fields().iter().filter(|field| field.kind == FieldKind::Seal);
        let mut seals: Vec<_> =
            seals.map(|field| (field.edit.iter().filter_map(number).min(), field.key.as_str())).collect();
        // What belongs to no step comes last; within a step the order is the template's.
        seals.sort_by_key(|(step, _)| step.unwrap_or(usize::MAX));
        seals.into_iter().map(|(_, key)| key).collect()
    }

    /// The SM3 digest of its canonical JSON, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    pub(crate) fn sheet(&self) -> &Sheet {
        &self.0.sheet
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        &self.0.compiled
    }

    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.sheet().field(key)
    }
}

impl Sheet {
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub(crate) fn table(&self, field: &Field) -> &[crate::form::codes::Code] {
        field.codes.as_ref().and_then(|name| self.codes.get(name)).map_or(&[], Vec::as_slice)
    }
}

/// The one spelling of a template: what may be left out is.
fn spelled(sheet: &Sheet) -> Result<String, Error> {
    let value = serde_json::to_value(sheet).map_err(|error| Error::malformed(error.to_string()))?;
    Ok(Json::from_serde(&value).canonical())
}

/// Without the place: it would be in the canonical spelling, which nobody wrote.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" version {}", self.name(), self.version())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({self}, {} fields)", self.fields().len())
    }
}
