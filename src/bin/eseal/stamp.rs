//! `eseal stamp`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use eseal::{Document, Ofd, Payload, Seal, Signatory, Stamp, Time, Verifier};

use crate::Failure;
use crate::arguments::{KeyArgs, credentials, trust};
use crate::files::{Kind, kind_of, open_pdf, read, write, write_pdf};
use crate::pdf_options::PdfArgs;
use crate::place::{self, PlaceArgs};
use crate::survey;
use crate::time_stamp::TimeStampArgs;

#[derive(Args)]
pub(crate) struct StampArgs {
    /// The PDF or OFD to stamp
    file: PathBuf,
    /// The seal; without one it is a signature, which shows nothing
    #[arg(long, value_name = "FILE", requires = "trust")]
    seal: Option<PathBuf>,
    /// The signatory's key
    #[command(flatten)]
    signatory: KeyArgs,
    /// Certificates to believe when the seal is judged, PEM or DER
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// PDF: the signature field to use, or to make
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// What kind of signature to leave; by default a seal signature, or without a seal CMS
    #[arg(long, value_enum)]
    payload: Option<PayloadArg>,
    /// PDF: why it is stamped
    #[arg(long)]
    reason: Option<String>,
    /// PDF: where it is stamped
    #[arg(long)]
    location: Option<String>,
    #[command(flatten)]
    pdf: PdfArgs,
    #[command(flatten)]
    place: PlaceArgs,
    /// OFD: close the document to further stamps
    #[arg(long)]
    lock: bool,
    /// OFD: protect this file of the package alone, such as /Doc_0/Document.xml; may be given again. What is shown
    /// and left out makes the verdict invalid
    #[arg(long, value_name = "PATH")]
    protect: Vec<String>,
    /// The password of an encrypted PDF
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
    #[command(flatten)]
    time_stamp: TimeStampArgs,
    /// Stamp as of this time (RFC 3339); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<Time>,
    /// Where to write the stamped document
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum PayloadArg {
    /// A seal signature of GB/T 38540
    SealSignature,
    /// CMS with the attributes of PAdES B-B; the seal travels beside it
    Cms,
    /// OFD, SM2: SignedData of GB/T 35275 around the digest, without attributes
    CmsDigest,
}

pub(crate) fn stamp(args: &StampArgs) -> Result<bool, Failure> {
    let now = args.at.unwrap_or_else(Time::now);
    let trust = trust(&args.trust, &[])?;
    let seal = args.seal.as_ref().map(|path| Ok::<_, Failure>(Seal::from_der(&read(path)?)?)).transpose()?;
    let signatory = Signatory::new(credentials(&args.signatory)?);
    let verifier = Verifier::new(&trust);
    let mut stamp = match &seal {
        Some(seal) => Stamp::of(verifier.seal(seal, now).require_valid()?),
        None => Stamp::signature(now),
    };
    if let Some(payload) = args.payload {
        stamp = stamp.payload(match payload {
            PayloadArg::SealSignature => Payload::SealSignature,
            PayloadArg::Cms => Payload::Cms,
            PayloadArg::CmsDigest => Payload::CmsDigest,
        });
    }
    if let Some(field) = &args.field {
        stamp = stamp.in_field(field);
    }
    if let Some(reason) = &args.reason {
        stamp = stamp.reason(reason);
    }
    if let Some(location) = &args.location {
        stamp = stamp.location(location);
    }
    if args.lock {
        stamp = stamp.lock();
    }
    if !args.protect.is_empty() {
        stamp = stamp.protecting(&args.protect);
    }
    stamp = args.place.applied(args.pdf.applied(stamp)?)?;
    let stamper = args.time_stamp.stamper();
    if let Some(stamper) = stamper.as_deref() {
        stamp = stamp.time_stamped_by(stamper);
    }
    match kind_of(&args.file)? {
        Kind::Pdf => {
            let pdf = open_pdf(&args.file, args.password.as_deref())?;
            survey::warn(&pdf);
            warn_of_place(args, &stamp, &pdf)?;
            write_pdf(&args.output, &stamp.apply(&pdf, &signatory)?)?;
        }
        Kind::Ofd => {
            let ofd = Ofd::read(read(&args.file)?)?;
            warn_of_place(args, &stamp, &ofd)?;
            write(&args.output, &stamp.apply(&ofd, &signatory)?.as_bytes())?;
        }
        Kind::Der | Kind::Unknown => return Err(format!("{} is neither PDF nor OFD", args.file.display()).into()),
    }
    println!("stamped {}", args.output.display());
    Ok(true)
}

/// A signature without a seal has no place.
fn warn_of_place<D: Document>(args: &StampArgs, stamp: &Stamp<'_>, document: &D) -> Result<(), Failure> {
    if args.seal.is_some() {
        place::warn(&stamp.placement(document)?.findings);
    }
    Ok(())
}
