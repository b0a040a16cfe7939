//! Reading, writing and printing.

use std::fs::{self, File};
use std::path::Path;

use eseal::{Limits, Pdf};

use crate::Failure;

/// What a file is, by its first bytes.
pub(crate) enum Kind {
    Der,
    Ofd,
    Pdf,
    Unknown,
}

impl Kind {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let head = bytes.get(..1024).unwrap_or(bytes);
        if head.starts_with(b"PK") {
            Kind::Ofd
        } else if head.windows(5).any(|window| window == b"%PDF-") {
            Kind::Pdf
        } else if head.first() == Some(&0x30) {
            Kind::Der
        } else {
            Kind::Unknown
        }
    }
}

pub(crate) fn open_pdf(bytes: Vec<u8>, password: Option<&str>) -> Result<Pdf, eseal::Error> {
    match password {
        Some(password) => Pdf::read_with_password(bytes, password, &Limits::default()),
        None => Pdf::read(bytes),
    }
}

pub(crate) fn print_report<R: serde::Serialize + std::fmt::Display>(report: &R, json: bool) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

pub(crate) fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, Failure> {
    let path = path.as_ref();
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}

pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?).map_err(|_| format!("{} is not text", path.display()))?;
    Ok(text.trim_end().to_owned())
}
