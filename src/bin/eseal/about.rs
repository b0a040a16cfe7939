//! What a register knows of old seals beside their bytes, in a file of JSON.
//!
//! ```json
//! { "old/round.png": { "owner": "91310000MA1FL0000X", "id": "31010600012345", "name": "示例有限公司",
//!                      "signatories": ["us.pem"], "from": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z" },
//!   "old/seal.esl":  { "owner": "91310000MA1FL0000Y", "signatories": ["renewed.pem"] } }
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eseal::lifecycle::Candidate;
use eseal::seal::{SealContent, Signatories, salvage};
use eseal::{Mm, Picture, Seal, Time, Validity};
use serde::Deserialize;

use crate::Failure;
use crate::arguments::{certificates, parse_kind};
use crate::files::{read, text};

/// What is known of each old seal, by the name of its file.
#[derive(Default)]
pub(crate) struct Book(BTreeMap<String, About>);

/// What is known of one.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// The owner's code.
    pub(crate) owner: Option<String>,
    /// For what is no seal: the new seal's identifier.
    pub(crate) id: Option<String>,
    /// For what is no seal: its name, where the data do not say it.
    pub(crate) name: Option<String>,
    /// For what is no seal: `organisation`, `person`, or a number.
    pub(crate) kind: Option<String>,
    /// For what is no seal: the picture's width and height in whole millimetres.
    pub(crate) width: Option<u16>,
    pub(crate) height: Option<u16>,
    /// Files with the certificates of those who stamp today.
    #[serde(default)]
    pub(crate) signatories: Vec<PathBuf>,
    /// For what is no seal: since when and until when it is valid.
    pub(crate) from: Option<Time>,
    pub(crate) until: Option<Time>,
}

impl Book {
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Book::default()) };
        let known = serde_json::from_str(&text(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Book(known))
    }

    /// An old seal with what is known of it. `now` is when it begins to be valid, where nothing else is said.
    pub(crate) fn candidate<'b>(&self, label: &str, bytes: &'b [u8], now: Time) -> Result<Candidate<'b>, Failure> {
        match self.0.get(label) {
            Some(about) => about.candidate(label, bytes, now),
            None => Ok(Candidate::new(label, bytes)),
        }
    }

    /// A name in the book that is the name of no file was misspelt.
    pub(crate) fn check(&self, labels: &[String]) -> Result<(), Failure> {
        match self.0.keys().find(|name| !labels.contains(name)) {
            Some(name) => Err(format!("something is told about {name}, and that is none of the files").into()),
            None => Ok(()),
        }
    }
}

impl About {
    pub(crate) fn candidate<'b>(&self, label: &str, bytes: &'b [u8], now: Time) -> Result<Candidate<'b>, Failure> {
        let listed = certificates(&self.signatories)?;
        Ok(Candidate {
            owner: self.owner.clone(),
            signatories: (!listed.is_empty()).then(|| listed.clone()),
            content: self
                .content(bytes, Signatories::listed(&listed), now)
                .map_err(|error| format!("{label}: {error}"))?,
            ..Candidate::new(label, bytes)
        })
    }

    /// What a new seal is to say that is made of something that is no seal.
    fn content(&self, bytes: &[u8], signatories: Signatories, now: Time) -> Result<Option<SealContent>, Failure> {
        if Seal::from_der(bytes).is_ok() {
            let told = self.name.is_some() || self.width.is_some() || self.until.is_some();
            return if told {
                Err("it is a seal, and keeps the name, the picture and the validity that it has".into())
            } else {
                Ok(None)
            };
        }
        let Some(salvaged) = salvage(bytes) else { return Ok(None) };
        let (Some(id), Some(name)) = (&self.id, self.name.clone().or(salvaged.name)) else { return Ok(None) };
        let Some(picture) = salvaged.picture else { return Ok(None) };
        let width = self.width.unwrap_or(42);
        let height = self.height.unwrap_or(width);
        let from = self.from.unwrap_or(now);
        Ok(Some(SealContent {
            id: id.parse()?,
            kind: parse_kind(self.kind.as_deref().unwrap_or("organisation"))?,
            name,
            picture: Picture::sniffed(&picture, Mm(f64::from(width)), Mm(f64::from(height)))?,
            signatories,
            validity: Validity { not_before: from, not_after: self.until.unwrap_or_else(|| now.plus_years(5)) },
        }))
    }
}

/// The files that were named, each under its name.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
}
