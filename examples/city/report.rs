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
use eseal::{PictureFormat, Seal};
use serde::Serialize;

use crate::run::Run;
use crate::world::{Failure, World};

pub(crate) struct Report {
    lines: Vec<Outcome>,
    expected: usize,
}

/// What became of one seal.
#[derive(Serialize)]
struct Outcome {
    label: String,
    outcome: &'static str,
    reason: String,
    owner: String,
    old: Option<Side>,
    new: Option<Side>,
    differences: Vec<[String; 3]>,
}

/// One side of the comparison.
#[derive(Serialize)]
struct Side {
    sm3: Sm3,
    fields: BTreeMap<&'static str, String>,
    picture: Option<String>,
}

impl Report {
    pub(crate) fn of(world: &World, run: &Run<'_>) -> Result<Self, Failure> {
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
        Ok(Report { lines, expected: world.old.len() + world.new.len() })
    }

    /// As many outcomes as seals, and none unknown.
    pub(crate) fn is_whole(&self) -> bool {
        self.lines.len() == self.expected && self.lines.iter().all(|line| line.outcome != "LOST")
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        fs::write(folder.join("report.json"), serde_json::to_string_pretty(&self.lines)?)?;
        fs::write(folder.join("report.html"), self.html())?;
        Ok(())
    }

    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for line in &self.lines {
            *counts.entry(line.outcome).or_default() += 1;
        }
        counts
    }

    fn html(&self) -> String {
        let rows: String = self.lines.iter().map(Outcome::html).collect();
        let counts: String =
            self.counts().iter().map(|(outcome, count)| format!("<li>{count} {outcome}</li>")).collect();
        format!(
            "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>The city's seals</title><style>body{{font:14px sans-serif;margin:2em}}table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;padding:4px 8px;vertical-align:top;text-align:left}}img{{width:80px;height:80px}}del{{color:#a00}}ins{{color:#070}}</style><h1>{} seals</h1><ul>{counts}</ul><table><tr><th>Seal<th>Outcome<th>Old<th>New<th>Differences</tr>{rows}</table></html>\n",
            self.lines.len()
        )
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

    fn html(&self) -> String {
        let side = |side: &Option<Side>| {
            let Some(side) = side else { return String::new() };
            let picture = side.picture.as_deref().map(|uri| format!("<img alt=\"\" src=\"{uri}\">"));
            let short = side.sm3.to_string().chars().take(16).collect::<String>();
            format!("{}<br><small>{short}…</small>", picture.unwrap_or_default())
        };
        let differences: String = self
            .differences
            .iter()
            .map(|[name, old, new]| format!("{name}: <del>{}</del> <ins>{}</ins><br>", escape(old), escape(new)))
            .collect();
        format!(
            "<tr><td>{}<br><small>{}</small><td>{} {}<td>{}<td>{}<td>{differences}</tr>\n",
            escape(&self.label),
            escape(&self.owner),
            self.outcome,
            escape(&self.reason),
            side(&self.old),
            side(&self.new),
        )
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (outcome, count) in self.counts() {
            writeln!(f, "{count:>6}  {outcome}")?;
        }
        writeln!(f, "{:>6}  in, {} accounted for", self.expected, self.lines.len())?;
        for line in self.lines.iter().filter(|line| line.outcome == "refused" || line.outcome == "LOST") {
            writeln!(f, "        {} {}: {}", line.label, line.outcome, line.reason)?;
        }
        Ok(())
    }
}
