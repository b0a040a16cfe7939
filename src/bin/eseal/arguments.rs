//! Arguments that several commands have, and what is read from the files they name.

use std::path::PathBuf;

use clap::Args;
use eseal::seal::SealKind;
use eseal::{Certificate, Credentials, Edition, Evidence, Limits, Pkcs12, Trust};

use crate::Failure;
use crate::files::read;

/// A key with its certificate: one PKCS#12 file, or a certificate and a key file.
#[derive(Args)]
pub(crate) struct KeyArgs {
    /// PKCS#12 file, or certificate (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// Private key (PEM or DER); not with PKCS#12
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The password of the PKCS#12 file or the key
    #[arg(long, value_name = "TEXT")]
    pub(crate) key_password: Option<String>,
}

pub(crate) fn parse_kind(text: &str) -> Result<SealKind, String> {
    match text {
        "organisation" => Ok(SealKind::Organisation),
        "person" => Ok(SealKind::Person),
        number => number.parse().map(SealKind::Code).map_err(|_| "expected organisation, person or a number".into()),
    }
}

pub(crate) fn parse_edition(text: &str) -> Result<Edition, String> {
    match text {
        "2020" => Ok(Edition::Gbt38540_2020),
        "2025" => Ok(Edition::Gmt0031_2025),
        _ => Err("expected 2020 or 2025; seals of 2014 are no longer made".into()),
    }
}

pub(crate) fn trust(anchors: &[PathBuf], intermediates: &[PathBuf]) -> Result<Trust, Failure> {
    Ok(Trust::new().everything(certificates(anchors)?).intermediates(certificates(intermediates)?))
}

pub(crate) fn evidence(lists: &[PathBuf], answers: &[PathBuf]) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::new();
    let named = |path: &PathBuf| {
        let path = path.display().to_string();
        move |error: eseal::Error| Failure::from(format!("{path}: {error}"))
    };
    for path in lists {
        evidence = evidence.crl(read(path)?).map_err(named(path))?;
    }
    for path in answers {
        evidence = evidence.ocsp(read(path)?).map_err(named(path))?;
    }
    Ok(evidence)
}

pub(crate) fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>, Failure> {
    let mut list = Vec::new();
    for path in paths {
        list.extend(Certificate::list_from_pem(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(list)
}

pub(crate) fn credentials(args: &KeyArgs) -> Result<Credentials, Failure> {
    let certificate = read(&args.certificate)?;
    let password = args.key_password.as_deref();
    let credentials = match (&args.key, password) {
        (None, _) => {
            Pkcs12::open(&certificate, password.unwrap_or_default(), &Limits::default())?.into_credentials()?
        }
        (Some(key), None) => Credentials::from_pem(&certificate, &read(key)?)?,
        (Some(key), Some(password)) => Credentials::from_pem_with_password(&certificate, &read(key)?, password)?,
    };
    Ok(credentials)
}
