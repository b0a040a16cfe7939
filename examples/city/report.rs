//! What became of each: read from the register, not from memory.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eseal::ledger::{Entry, Lookup, Sm3};
use eseal::lifecycle::{Operation, State};
use eseal::seal::salvage;
use eseal::{PictureFormat, Seal, Verdict};
use serde::Serialize;

use crate::page;
use crate::run::Run;
use crate::stamps::Judged;
use crate::world::{Failure, World};

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) counts: BTreeMap<&'static str, usize>,
    pub(crate) lines: Vec<Outcome>,
    pub(crate) documents: Vec<Judged>,
    #[serde(skip)]
    expected: usize,
}

/// What became of one seal.
#[derive(Serialize)]
pub(crate) struct Outcome {
    pub(crate) label: String,
    pub(crate) outcome: &'static str,
    pub(crate) reason: String,
    pub(crate) owner: String,
    pub(crate) old: Option<Side>,
    pub(crate) new: Option<Side>,
    pub(crate) differences: Vec<[String; 3]>,
}

/// One side of the comparison.
#[derive(Serialize)]
pub(crate) struct Side {
    pub(crate) sm3: Sm3,
    pub(crate) fields: BTreeMap<&'static str, String>,
    pub(crate) picture: Option<String>,
}

impl Report {
    pub(crate) fn of(world: &World, run: &Run<'_>, documents: Vec<Judged>) -> Result<Self, Failure> {
        let mut lines = Vec::new();
        for old in &world.old {
            let refused = run.ledger.history(Lookup::Id(&old.label))?;
            let source = Sm3::of(&old.bytes);
            let mut line = match refused.iter().find(|entry| entry.after == State::Rejected) {
                Some(entry) => Outcome::refused(entry),
                None => {
                    let successor = run.ledger.history(Lookup::Source(source))?;
                    Outcome::succeeded(run, successor.first())?
                }
            };
            line.label.clone_from(&old.label);
            line.owner.clone_from(&old.owner);
            line.old = Some(Side::of(source, &old.bytes));
            line.compare();
            lines.push(line);
        }
        for new in &world.new {
            let made = run.ledger.history(Lookup::Id(new.content.id.as_str()))?;
            let mut line = Outcome::succeeded(run, made.first())?;
            line.label.clone_from(&new.label);
            line.owner.clone_from(&new.owner);
            lines.push(line);
        }
        let mut counts = BTreeMap::new();
        for line in &lines {
            *counts.entry(line.outcome).or_default() += 1;
        }
        Ok(Report { counts, lines, documents, expected: world.old.len() + world.new.len() })
    }

    /// As many outcomes as seals, none unknown, and each document judged as it has to be.
    pub(crate) fn is_whole(&self) -> bool {
        self.lines.len() == self.expected
            && self.lines.iter().all(|line| line.outcome != "LOST")
            && self.documents.iter().all(|document| document.as_expected)
    }

    /// How many outcomes have which reason; digests and labels in it are left out, so that like counts as like.
    pub(crate) fn reasons(&self) -> BTreeMap<(&'static str, String), usize> {
        let mut reasons = BTreeMap::new();
        for line in &self.lines {
            let reason = match line.outcome {
                "made" => "a new request".to_owned(),
                "skipped" => "the same seal was there twice".to_owned(),
                "migrated" => line
                    .differences
                    .iter()
                    .find(|[name, ..]| name == "edition")
                    .map_or_else(String::new, |[_, old, new]| format!("from {old} to {new}")),
                _ => line.reason.clone(),
            };
            *reasons.entry((line.outcome, reason)).or_default() += 1;
        }
        reasons
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        fs::write(folder.join("report.json"), serde_json::to_string_pretty(self)?)?;
        fs::write(folder.join("report.html"), page::html(self))?;
        Ok(())
    }
}

impl Outcome {
    fn blank(outcome: &'static str, reason: String) -> Self {
        Outcome {
            label: String::new(),
            outcome,
            reason,
            owner: String::new(),
            old: None,
            new: None,
            differences: Vec::new(),
        }
    }

    fn refused(entry: &Entry) -> Self {
        let reason = entry.reason.clone().unwrap_or_default();
        Self::blank(if reason.starts_with("duplicate of") { "skipped" } else { "refused" }, reason)
    }

    fn succeeded(run: &Run<'_>, made: Option<&Entry>) -> Result<Self, Failure> {
        let Some(entry) = made else { return Ok(Self::blank("LOST", "nothing is on record".into())) };
        let (outcome, reason) = match entry.operation {
            Operation::Make => ("made", String::new()),
            Operation::Migrate => ("migrated", String::new()),
            Operation::Remake(reason) => ("remade", reason.to_string()),
            _ => ("LOST", format!("the register begins with \"{}\"", entry.operation)),
        };
        let mut line = Self::blank(outcome, reason);
        let sm3 = entry.seal.sm3.ok_or("the entry names no seal")?;
        let standing = run.ledger.status_at(sm3, entry.recorded)?;
        if standing.is_none_or(|standing| standing.state != State::Active) {
            return Ok(Self::blank("LOST", "the new seal is not in force".into()));
        }
        let bytes = run.ledger.seal_bytes(sm3)?.ok_or("the new seal's bytes are missing")?;
        line.new = Some(Side::of(sm3, &bytes));
        Ok(line)
    }

    fn compare(&mut self) {
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return };
        for (name, after) in &new.fields {
            let before = old.fields.get(name).cloned().unwrap_or_default();
            if before != *after {
                self.differences.push([(*name).to_owned(), before, after.clone()]);
            }
        }
    }
}

impl Side {
    fn of(sm3: Sm3, bytes: &[u8]) -> Self {
        let mut fields = BTreeMap::new();
        let picture = match Seal::from_der(bytes) {
            Ok(seal) => {
                fields.insert("edition", seal.edition().to_string());
                fields.insert("id", seal.id().to_owned());
                fields.insert("name", seal.name().to_owned());
                fields.insert("kind", seal.kind_code().to_string());
                fields.insert("created", seal.created().to_string());
                fields.insert("validity", seal.validity().to_string());
                let listed = seal.signatories().certificates();
                let serials = listed.iter().map(|one| format!("{} ({})", one.subject(), one.serial_number()));
                fields.insert("signatories", serials.collect::<Vec<_>>().join(", "));
                seal.picture().ok().map(|picture| picture.bytes().to_vec())
            }
            Err(_) => salvage(bytes).and_then(|salvaged| {
                fields.insert("edition", salvaged.format.to_string());
                fields.insert("name", salvaged.name.unwrap_or_default());
                salvaged.picture
            }),
        };
        if let Some(picture) = &picture {
            fields.insert("picture", Sm3::of(picture).to_string());
        }
        Side { sm3, fields, picture: picture.as_deref().and_then(data_uri) }
    }
}

fn data_uri(picture: &[u8]) -> Option<String> {
    let media = match PictureFormat::sniff(picture)? {
        PictureFormat::Png => "image/png",
        PictureFormat::Jpeg => "image/jpeg",
        PictureFormat::Gif => "image/gif",
        PictureFormat::Bmp => "image/bmp",
        PictureFormat::Svg => "image/svg+xml",
        _ => return None,
    };
    Some(format!("data:{media};base64,{}", STANDARD.encode(picture)))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (outcome, count) in &self.counts {
            writeln!(f, "{count:>6}  {outcome}")?;
        }
        writeln!(f, "{:>6}  in, {} accounted for", self.expected, self.lines.len())?;
        for ((outcome, reason), count) in self.reasons() {
            writeln!(f, "        {outcome} × {count}: {reason}")?;
        }
        let good = self.documents.iter().filter(|document| document.verdict == Verdict::Valid).count();
        writeln!(
            f,
            "{:>6}  documents stamped with old seals in time, {good} valid; {} stamped too late, {} of them refused",
            self.documents.len() / 2,
            self.documents.len() / 2,
            self.documents.iter().filter(|document| document.verdict == Verdict::Invalid).count()
        )?;
        for document in self.documents.iter().filter(|document| !document.as_expected) {
            writeln!(f, "        {}: {}, WRONG: {}", document.name, document.verdict, document.status)?;
        }
        Ok(())
    }
}
