//! What a caller asks the ledger to record.

use crate::error::{Error, ErrorKind};
use crate::ledger::{Evidence, SealRef, Sm3};
use crate::lifecycle::{Operation, Provenance};
use crate::seal::Seal;
use crate::time::Time;

/// The most bytes of a name, a code or a reason.
const LONGEST_TEXT: usize = 1024;

/// The most papers beside one deed.
const MOST_EVIDENCE: usize = 64;

/// Something that was done to a seal, to be recorded by [`Ledger::record`](crate::Ledger::record).
///
/// ```
/// use eseal::ledger::{Deed, Sm3};
/// use eseal::lifecycle::Operation;
///
/// let seal = Sm3::of(b"the bytes of a seal");
/// let deed = Deed::known(Operation::Freeze, seal).by("王工").because("失窃待查");
/// # let _ = deed;
/// ```
#[derive(Clone, Debug)]
#[must_use = "a deed is recorded by Ledger::record"]
pub struct Deed {
    pub(super) operation: Operation,
    pub(super) subject: Subject,
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) at: Option<Time>,
    pub(super) by: String,
    pub(super) reason: Option<String>,
    pub(super) until: Option<Time>,
    pub(super) counterpart: Option<Sm3>,
    pub(super) provenance: Option<Provenance>,
    pub(super) evidence: Vec<Evidence>,
}

/// How a deed names its seal.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// In full.
    Told(SealRef),
    /// By its digest; identifier and owner are in the ledger.
    Known(Sm3),
}

impl Deed {
    /// A deed that brings a seal onto the record: [`Operation::Make`], [`Operation::Migrate`] or
    /// [`Operation::Remake`]. The ledger keeps the seal's bytes, and the earlier end of the seal's
    /// validity and its certificates'.
    pub fn made(operation: Operation, seal: &Seal, owner: impl Into<String>) -> Self {
        let mut deed = Self::kept(operation, seal.id(), owner, seal.der().to_vec());
        deed.until = Some(last_use(seal));
        deed
    }

    /// As [`Deed::made`] for bytes that are no readable seal: a picture, or another system's structure,
    /// taken over so that its digest and its end stay on record.
    pub fn kept(
        operation: Operation,
        id: impl Into<String>,
        owner: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let bytes = bytes.into();
        let subject = SealRef { id: id.into(), owner: owner.into(), sm3: Some(Sm3::of(&bytes)) };
        Deed { bytes: Some(bytes), ..Self::new(operation, Subject::Told(subject)) }
    }

    /// A deed done to a seal that is not made yet: [`Operation::Apply`], [`Operation::Approve`] or
    /// [`Operation::Reject`].
    pub fn applied(operation: Operation, id: impl Into<String>, owner: impl Into<String>) -> Self {
        Self::new(operation, Subject::Told(SealRef { id: id.into(), owner: owner.into(), sm3: None }))
    }

    /// A deed done to a seal on record, named by the digest of its bytes.
    pub fn known(operation: Operation, seal: Sm3) -> Self {
        Self::new(operation, Subject::Known(seal))
    }

    fn new(operation: Operation, subject: Subject) -> Self {
        Deed {
            operation,
            subject,
            bytes: None,
            at: None,
            by: String::new(),
            reason: None,
            until: None,
            counterpart: None,
            provenance: None,
            evidence: Vec::new(),
        }
    }

    /// Who did it: a person or a system. Every deed needs one.
    pub fn by(mut self, who: impl Into<String>) -> Self {
        self.by = who.into();
        self
    }

    /// Why, in words.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// When it took effect, where that is not the time at which it is recorded.
    pub fn at(mut self, at: Time) -> Self {
        self.at = Some(at);
        self
    }

    /// The seal that this one was made of; for [`Operation::Supersede`] the one that takes its place.
    pub fn counterpart(mut self, other: Sm3) -> Self {
        self.counterpart = Some(other);
        self
    }

    /// Where a migrated or remade seal comes from.
    pub fn provenance(mut self, provenance: Provenance) -> Self {
        self.provenance = Some(provenance);
        self
    }

    /// The digest of a paper that is kept elsewhere.
    pub fn evidence(mut self, what: impl Into<String>, sm3: Sm3) -> Self {
        self.evidence.push(Evidence { what: what.into(), sm3 });
        self
    }

    /// Refuses texts that are missing, too long or would break a line.
    pub(super) fn check(&self) -> Result<(), Error> {
        check_text("who did it", &self.by)?;
        if let Some(reason) = &self.reason {
            check_text("the reason", reason)?;
        }
        if let Subject::Told(seal) = &self.subject {
            check_text("the seal's identifier", &seal.id)?;
            check_text("the owner's code", &seal.owner)?;
        }
        for paper in &self.evidence {
            check_text("the name of a paper", &paper.what)?;
        }
        if self.evidence.len() > MOST_EVIDENCE {
            return Err(Error::too_large(format!("a deed has at most {MOST_EVIDENCE} papers beside it")));
        }
        self.check_shape()
    }

    /// Which operations come with bytes, which without a seal, and which with a counterpart.
    fn check_shape(&self) -> Result<(), Error> {
        let misuse = |told: &str| Err(Error::new(ErrorKind::Misuse, format!("\"{}\": {told}", self.operation)));
        let makes = matches!(self.operation, Operation::Make | Operation::Migrate | Operation::Remake(_));
        let applies = matches!(self.operation, Operation::Apply | Operation::Approve | Operation::Reject);
        let without = matches!(&self.subject, Subject::Told(SealRef { sm3: None, .. }));
        if makes && self.bytes.is_none() {
            return misuse("a seal is made of bytes; use Deed::made or Deed::kept");
        }
        if !makes && self.bytes.is_some() {
            return misuse("the ledger keeps a seal's bytes when it is made; name it by its digest, Deed::known");
        }
        if applies != without {
            return misuse("applications have no seal yet, use Deed::applied; all else has one, use Deed::known");
        }
        if self.operation == Operation::Supersede && self.counterpart.is_none() {
            return misuse("say with Deed::counterpart which seal takes its place");
        }
        Ok(())
    }
}

fn check_text(what: &str, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::new(
            ErrorKind::Misuse,
            format!("{what} is missing: a ledger without it accounts for nothing"),
        ));
    }
    if text.len() > LONGEST_TEXT || text.chars().any(char::is_control) {
        return Err(Error::new(
            ErrorKind::Misuse,
            format!("{what} has to be at most {LONGEST_TEXT} bytes without control characters"),
        ));
    }
    Ok(())
}

/// The last instant at which the seal can be used: its own end, or that of the last certificate that it
/// lists, whichever is earlier.
fn last_use(seal: &Seal) -> Time {
    let end = seal.validity().not_after;
    let certificates = seal.signatories().certificates();
    let listed = certificates.iter().map(|certificate| certificate.validity().not_after).max();
    listed.map_or(end, |listed| listed.min(end))
}
