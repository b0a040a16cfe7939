//! Reading, writing and printing.

use std::fs::{self, File};
use std::io::{BufWriter, Read};
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

/// What the file at a path is; no more than its beginning is read.
pub(crate) fn kind_of(path: &Path) -> Result<Kind, Failure> {
    let mut head = Vec::new();
    let read = open(path)?.take(1024).read_to_end(&mut head);
    read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(Kind::of(&head))
}

/// A PDF that stays in its file, whatever its size.
pub(crate) fn open_pdf(path: &Path, password: Option<&str>) -> Result<Pdf, Failure> {
    Ok(Pdf::open(open(path)?, password.unwrap_or_default(), &Limits::default())?)
}

/// Writes a PDF by way of a file beside the target, since the target may be the very file it is read from.
pub(crate) fn write_pdf(target: &Path, pdf: &Pdf) -> Result<(), Failure> {
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", target.display());
    if target.exists() && !target.is_file() {
        // A pipe or a device.
        return File::create(target).and_then(|mut file| pdf.write_to(&mut file)).map_err(|error| failed(error).into());
    }
    let name = target.file_name().ok_or_else(|| format!("{} is no name for a file", target.display()))?;
    let beside = target.with_file_name(format!("{}.{}.part", name.to_string_lossy(), std::process::id()));
    let written = File::create_new(&beside).and_then(|file| {
        let mut out = BufWriter::new(file);
        pdf.write_to(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&beside, target)) {
        let _ = fs::remove_file(&beside);
        return Err(failed(error).into());
    }
    Ok(())
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
