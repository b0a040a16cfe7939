//! `eseal verify` and `eseal seal verify`.

use std::path::PathBuf;

use clap::Args;
use eseal::trust::Wanted;
use eseal::verify::Need;
use eseal::{Document, Evidence, Ofd, Policy, Seal, StatusSource, Time, Trust, Verdict, Verifier};

use crate::Failure;
use crate::arguments::{evidence, trust};
use crate::fetching::{FetchArgs, wanted};
use crate::files::{Kind, kind_of, open_pdf, print_report, read, write};
use crate::register;

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The file to verify
    pub(crate) file: PathBuf,
    /// Certificates to believe, PEM or DER; without any, chains are unknown
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Vec<PathBuf>,
    /// Certificates that may lead to those believed, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) intermediate: Vec<PathBuf>,
    /// Judge as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Time>,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    pub(crate) password: Option<String>,
    /// For a detached signature: the file that it signs
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// The register to ask whether the seal was in force: a file, or the address of a server
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot")]
    pub(crate) ledger: Option<PathBuf>,
    /// A signed snapshot of a register to ask instead
    #[arg(long, value_name = "FILE", requires = "keeper")]
    pub(crate) snapshot: Option<PathBuf>,
    /// The certificate with which the snapshot was signed, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(crate) keeper: Option<PathBuf>,
    /// The policy: default, strict-2020, gm-only, etsi-like, or a file with one in JSON
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: Option<String>,
    /// Lists of revoked certificates (CRL), DER or PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// OCSP answers, DER
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) fetch: FetchArgs,
    /// Leave it open whether a signature is valid unless it is known that no certificate was revoked
    #[arg(long)]
    pub(crate) require_revocation: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the report as XML (ETSI TS 119 102-2) to this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) xml: Option<PathBuf>,
}

pub(crate) fn verify_seal(args: &VerifyArgs) -> Result<bool, Failure> {
    let seal = Seal::from_der(&read(&args.file)?)?;
    let means = Means::of(args)?.complete(args, |verifier, now| Ok(wanted(verifier.seal(&seal, now).chains())))?;
    let report = means.verifier(&means.evidence).seal(&seal, means.now);
    print_report(&report, args.json)?;
    Ok(report.verdict() == Verdict::Valid)
}

pub(crate) fn verify(args: &VerifyArgs) -> Result<bool, Failure> {
    if let Kind::Pdf = kind_of(&args.file)? {
        return judge(&open_pdf(&args.file, args.password.as_deref())?, args);
    }
    let bytes = read(&args.file)?;
    match Kind::of(&bytes) {
        Kind::Ofd => judge(&Ofd::read(bytes)?, args),
        Kind::Der if args.content.is_some() => {
            let content = args.content.as_deref().map(read).transpose()?.unwrap_or_default();
            let report = |verifier: &Verifier<'_>, now| verifier.detached(&bytes, &content, now);
            let means = Means::of(args)?.complete(args, |verifier, now| Ok(wanted(&report(verifier, now).chains)))?;
            let report = report(&means.verifier(&means.evidence), means.now);
            print_report(&report, args.json)?;
            Ok(report.verdict == Verdict::Valid)
        }
        Kind::Der => verify_seal(args),
        Kind::Pdf | Kind::Unknown => Err(format!(
            "{} is neither PDF nor OFD nor a seal: it has {} bytes and begins with none of their signs",
            args.file.display(),
            bytes.len()
        )
        .into()),
    }
}

/// What is judged with.
struct Means {
    trust: Trust,
    evidence: Evidence,
    policy: Policy,
    status: Option<Box<dyn StatusSource>>,
    now: Time,
}

impl Means {
    fn of(args: &VerifyArgs) -> Result<Self, Failure> {
        let mut policy = policy(args.policy.as_deref())?;
        if args.require_revocation {
            policy.revocation = Need::Required;
        }
        Ok(Means {
            trust: trust(&args.trust, &args.intermediate)?,
            evidence: evidence(&args.crl, &args.ocsp)?,
            policy,
            status: status(args)?,
            now: args.at.unwrap_or_else(Time::now),
        })
    }

    fn verifier<'m>(&'m self, evidence: &'m Evidence) -> Verifier<'m> {
        let verifier = Verifier::new(&self.trust).evidence(evidence).policy(self.policy.clone());
        match self.status.as_deref() {
            Some(status) => verifier.knowing(status),
            None => verifier,
        }
    }

    /// With what `judge` still wants, where it is to be fetched.
    fn complete(
        mut self,
        args: &VerifyArgs,
        judge: impl Fn(&Verifier<'_>, Time) -> Result<Vec<Wanted>, eseal::Error>,
    ) -> Result<Self, Failure> {
        let evidence = self.evidence.clone();
        self.evidence = args.fetch.complete(evidence, |evidence| judge(&self.verifier(evidence), self.now))?;
        Ok(self)
    }
}

/// Whom to ask whether a seal was in force.
fn status(args: &VerifyArgs) -> Result<Option<Box<dyn StatusSource>>, Failure> {
    Ok(match (&args.ledger, &args.snapshot, &args.keeper) {
        (Some(path), ..) => Some(Box::new(register::to_read(path)?)),
        (_, Some(path), Some(keeper)) => Some(Box::new(register::snapshot(path, keeper)?)),
        _ => None,
    })
}

/// A policy by its name, or from a file.
fn policy(named: Option<&str>) -> Result<Policy, Failure> {
    match named {
        None => Ok(Policy::default()),
        Some(name) if Policy::NAMES.contains(&name) => Ok(Policy::named(name)?),
        Some(path) => serde_json::from_slice(&read(path)?).map_err(|error| format!("{path}: {error}").into()),
    }
}

fn judge<D: Document>(document: &D, args: &VerifyArgs) -> Result<bool, Failure> {
    let means = Means::of(args)?.complete(args, |verifier, now| {
        let report = verifier.document(document, now)?;
        Ok(wanted(report.signatures().iter().flat_map(|signature| &signature.chains)))
    })?;
    let report = means.verifier(&means.evidence).document(document, means.now)?;
    print_report(&report, args.json)?;
    if let Some(path) = &args.xml {
        write(path, report.to_xml()?.as_bytes())?;
    }
    Ok(report.verdict() == Verdict::Valid)
}
