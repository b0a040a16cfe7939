//! The data that travel in a rendered form: its canonical JSON, and the digest of that.

use crate::crypto::sm3;
use crate::error::Error;
use crate::form::instance::Instance;
use crate::form::json::Json;
use crate::form::judge::ValidInstance;
use crate::form::value::record_json;
use crate::time::Time;

/// The name of the file in a document that holds a form's data.
pub const DATA_FILE: &str = "form-data.json";
/// The names of the metadata that say which template it was and what the data's SM3 digest is.
pub(crate) const TEMPLATE_NAME: &str = "FormTemplate";
pub(crate) const DIGEST_NAME: &str = "FormDigest";

const FORMAT: &str = "eseal-form-data/1";

/// How a document is made of an instance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Particulars {
    /// The document's identifier: a UUID of 32 hexadecimal digits. It is the caller's, so that the same calls give
    /// the same bytes.
    pub id: String,
    /// When it is made.
    pub at: Time,
    /// Whether a PDF has fields that can be filled in; otherwise its words are drawn.
    pub is_interactive: bool,
}

impl Particulars {
    /// A document of this identifier, made at this time, whose words are drawn.
    #[must_use]
    pub fn new(id: impl Into<String>, at: Time) -> Self {
        Particulars { id: id.into(), at, is_interactive: false }
    }

    /// With fields that can be filled in, in PDF.
    #[must_use]
    pub fn interactive(mut self) -> Self {
        self.is_interactive = true;
        self
    }
}

/// Everything that is needed to make the same document again, beside the template and its fonts.
pub(crate) fn data_json(valid: &ValidInstance<'_>, particulars: &Particulars) -> String {
    let ValidInstance { template, instance, today } = valid;
    let text = |text: &dyn std::fmt::Display| Json::Text(text.to_string());
    let object = |members: &[(&str, Json)]| {
        Json::Object(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    };
    let mut members = vec![
        ("format", text(&FORMAT)),
        (
            "template",
            object(&[
                ("digest", text(&template.digest())),
                ("id", text(&template.id())),
                ("key", text(&template.key())),
                ("name", text(&template.name())),
                ("version", Json::Number(template.version().to_string())),
            ]),
        ),
        (
            "document",
            object(&[
                ("at", text(&particulars.at)),
                ("id", text(&particulars.id)),
                ("interactive", Json::Flag(particulars.is_interactive)),
            ]),
        ),
        ("today", text(today)),
        ("values", record_json(&instance.values)),
    ];
    if !instance.evidence.is_empty() {
        members.push(("evidence", Json::List(instance.evidence.iter().map(|one| one.json()).collect())));
    }
    object(&members).canonical()
}

/// What the data say about themselves.
pub(crate) struct Said {
    pub(crate) template: (String, u32, String),
    pub(crate) particulars: Particulars,
    pub(crate) today: crate::form::Day,
    /// Whether they are in the canonical spelling.
    pub(crate) is_canonical: bool,
}

/// Reads what the data say about themselves.
pub(crate) fn said(bytes: &[u8], most: usize) -> Result<Said, Error> {
    let json = Json::read(bytes, most)?;
    let wrong = |what: &str| Error::malformed(format!("the data of the form have no good \"{what}\""));
    let text =
        |json: Option<&Json>, what: &str| json.and_then(Json::text).map(str::to_owned).ok_or_else(|| wrong(what));
    let format = text(json.member("format"), "format")?;
    if format != FORMAT {
        return Err(Error::unsupported(format!("the data are of format \"{format}\"; \"{FORMAT}\" is known")));
    }
    let (template, document) = (json.member("template"), json.member("document"));
    let of = |object: Option<&Json>, name: &str| text(object.and_then(|object| object.member(name)), name);
    let version = match template.and_then(|template| template.member("version")) {
        Some(Json::Number(digits)) => digits.parse().map_err(|_| wrong("version"))?,
        _ => return Err(wrong("version")),
    };
    Ok(Said {
        template: (of(template, "id")?, version, of(template, "digest")?),
        particulars: Particulars {
            id: of(document, "id")?,
            at: of(document, "at")?.parse()?,
            is_interactive: document.and_then(|object| object.member("interactive")) == Some(&Json::Flag(true)),
        },
        today: text(json.member("today"), "today")?.parse()?,
        is_canonical: json.canonical().as_bytes() == bytes,
    })
}

impl Instance {
    /// The SM3 digest of the canonical JSON of its values, in hexadecimal digits.
    ///
    /// # Errors
    ///
    /// Does not happen while SM3 is built in.
    pub fn digest(&self) -> Result<String, Error> {
        sm3(self.to_json().as_bytes())
    }
}
