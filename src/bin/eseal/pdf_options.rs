//! What a stamp on a PDF may lay down for what comes after it.

use clap::{Args, ValueEnum};
use eseal::{FieldLock, Permitted, Stamp};

use crate::Failure;

#[derive(Args)]
pub(crate) struct PdfArgs {
    /// PDF: certify the document, as its first signature, and permit no more than this afterwards
    #[arg(long, value_enum, value_name = "PERMITTED")]
    certify: Option<PermittedArg>,
    /// PDF: what the certifying signatory attests
    #[arg(long, value_name = "TEXT", requires = "certify")]
    attest: Option<String>,
    /// PDF: lock the form's field of this name and those below it; may be given again
    #[arg(long, value_name = "NAME", conflicts_with_all = ["lock_all_fields", "lock_all_but"])]
    lock_field: Vec<String>,
    /// PDF: lock every field but the one of this name and those below it; may be given again
    #[arg(long, value_name = "NAME", conflicts_with = "lock_all_fields")]
    lock_all_but: Vec<String>,
    /// PDF: lock every field
    #[arg(long)]
    lock_all_fields: bool,
    /// PDF: with a lock, permit no more than this for the whole document afterwards
    #[arg(long, value_enum, value_name = "PERMITTED")]
    then_permit: Option<PermittedArg>,
    /// PDF: stamp a hybrid file too, in which old and new readers may see different documents
    #[arg(long)]
    hybrid: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum PermittedArg {
    /// No change
    Nothing,
    /// Form filling and signing
    FormFilling,
    /// Form filling, signing and annotations
    Annotations,
}

impl From<PermittedArg> for Permitted {
    fn from(permitted: PermittedArg) -> Self {
        match permitted {
            PermittedArg::Nothing => Permitted::Nothing,
            PermittedArg::FormFilling => Permitted::FormFilling,
            PermittedArg::Annotations => Permitted::Annotations,
        }
    }
}

impl PdfArgs {
    pub(crate) fn applied<'s>(&self, mut stamp: Stamp<'s>) -> Result<Stamp<'s>, Failure> {
        if let Some(permitted) = self.certify {
            stamp = stamp.certify(permitted.into());
        }
        if let Some(attestation) = &self.attest {
            stamp = stamp.attest(attestation);
        }
        if let Some(lock) = self.lock()? {
            stamp = stamp.lock_fields(lock);
        }
        Ok(if self.hybrid { stamp.on_hybrid() } else { stamp })
    }

    fn lock(&self) -> Result<Option<FieldLock>, Failure> {
        let lock = if self.lock_all_fields {
            FieldLock::all()
        } else if !self.lock_field.is_empty() {
            FieldLock::only(&self.lock_field)
        } else if !self.lock_all_but.is_empty() {
            FieldLock::all_but(&self.lock_all_but)
        } else if self.then_permit.is_some() {
            return Err("--then-permit goes with a lock: add --lock-all-fields, --lock-field or --lock-all-but".into());
        } else {
            return Ok(None);
        };
        Ok(Some(match self.then_permit {
            Some(permitted) => lock.permitting(permitted.into()),
            None => lock,
        }))
    }
}
