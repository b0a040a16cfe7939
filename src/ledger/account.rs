//! From a plan that is carried out to the deeds that account for it.

use crate::error::{Error, ErrorKind};
use crate::ledger::{Deed, Ledger, Lookup, Sm3, Store};
use crate::lifecycle::{Candidate, Carried, Operation, PlanItem, Provenance, State, Step, Workshop};
use crate::seal::Seal;

/// The most bytes of a reason taken from findings; what a reader says of a broken file may be longer.
const LONGEST_REASON: usize = 1000;

impl<S: Store> Ledger<S> {
    /// Whether the ledger accounts for a line of a plan already, so that a run that was broken off goes on
    /// where it was: a seal that is kept is on record, one that is migrated or remade has its successor, and
    /// one that is skipped or refused is on record as an application that was rejected.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`]; [`ErrorKind::Malformed`] when the plan's digest is none.
    pub fn accounts_for(&self, item: &PlanItem) -> Result<bool, Error> {
        let source: Sm3 = item.source_sm3.parse()?;
        Ok(match item.step {
            Step::Keep => !self.history(Lookup::Seal(source))?.is_empty(),
            Step::Migrate { .. } | Step::Remake { .. } => self.successor(source)?.is_some(),
            Step::Skip { .. } | Step::Refuse { .. } => {
                let history = self.history(Lookup::Id(&item.label))?;
                history.iter().any(|entry| {
                    entry.after == State::Rejected && entry.evidence.iter().any(|paper| paper.sm3 == source)
                })
            }
        })
    }

    /// The seal that took the place of this one, if one did.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`].
    pub fn successor(&self, seal: Sm3) -> Result<Option<Sm3>, Error> {
        let history = self.history(Lookup::Seal(seal))?;
        Ok(history.iter().rev().find(|entry| entry.operation == Operation::Supersede).and_then(|one| one.counterpart))
    }

    /// The deeds that account for a line of a plan that was carried out, to be recorded with one stroke by
    /// [`Ledger::record`].
    ///
    /// An old seal that is not on record yet is taken over first, as made and issued on the day that it
    /// tells. A new seal comes into force with the stroke with which the old one goes out of it, so that
    /// the two are never both out of force. What was skipped or refused is put on record under the
    /// candidate's label, with the reason and the digest of its bytes.
    ///
    /// # Errors
    ///
    /// As [`Ledger::history`]; [`ErrorKind::Misuse`] when nobody says who the owner is.
    pub fn account(
        &self,
        item: &PlanItem,
        candidate: &Candidate<'_>,
        carried: &Carried,
        workshop: &Workshop<'_>,
    ) -> Result<Vec<Deed>, Error> {
        let line =
            Account { item, candidate, workshop, source: Sm3::of(candidate.bytes), owner: owner(item, candidate) };
        let known = !self.history(Lookup::Seal(line.source))?.is_empty();
        match carried {
            Carried::Kept if known => Ok(Vec::new()),
            Carried::Kept => Ok(line.taken_over()?.into()),
            Carried::Made(new) => {
                let mut deeds = if known { Vec::new() } else { Vec::from(line.taken_over()?) };
                deeds.extend(line.succeeded(new)?);
                Ok(deeds)
            }
            Carried::Skipped(other) => Ok(line.rejected(&format!("duplicate of {other}")).into()),
            Carried::Refused(findings) => {
                let told: Vec<_> = findings.iter().map(|one| format!("{}: {}", one.check, one.detail)).collect();
                Ok(line.rejected(&shortened(&told.join("; "))).into())
            }
        }
    }
}

fn owner(item: &PlanItem, candidate: &Candidate<'_>) -> Option<String> {
    candidate.owner.clone().or_else(|| item.owner.clone())
}

/// One line, and what its deeds need.
struct Account<'a> {
    item: &'a PlanItem,
    candidate: &'a Candidate<'a>,
    workshop: &'a Workshop<'a>,
    source: Sm3,
    owner: Option<String>,
}

impl Account<'_> {
    fn owner(&self) -> Result<&str, Error> {
        self.owner.as_deref().ok_or_else(|| {
            Error::new(
                ErrorKind::Misuse,
                format!("{}: say whose seal it is, as the register needs it", self.item.label),
            )
        })
    }

    fn taken_over(&self) -> Result<[Deed; 2], Error> {
        let (made, since) = match Seal::from_der(self.candidate.bytes) {
            Ok(seal) => (Deed::made(Operation::Make, &seal, self.owner()?), Some(seal.created())),
            Err(_) => {
                let id = self.item.id.as_ref().unwrap_or(&self.item.label);
                let made = Deed::kept(Operation::Make, id, self.owner()?, self.candidate.bytes);
                (made, self.candidate.content.as_ref().map(|content| content.validity.not_before))
            }
        };
        let told = |deed: Deed| {
            let deed = deed.by(&self.workshop.by).because(format!("taken over as {}", self.item.label));
            match since {
                Some(since) => deed.at(since),
                None => deed,
            }
        };
        Ok([told(made), told(Deed::known(Operation::Issue, self.source))])
    }

    fn succeeded(&self, seal: &Seal) -> Result<[Deed; 3], Error> {
        let new = Sm3::of(seal.der());
        let operation = match &self.item.step {
            Step::Remake { reason, .. } => Operation::Remake(*reason),
            _ => Operation::Migrate,
        };
        let mut made = Deed::made(operation, seal, self.owner()?).counterpart(self.source);
        if let Some(record) = Provenance::of(seal, &self.workshop.provenance_oid)?.into_iter().next() {
            made = made.provenance(record);
        }
        let by = &self.workshop.by;
        Ok([
            made.by(by),
            Deed::known(Operation::Issue, new).by(by),
            Deed::known(Operation::Supersede, self.source).by(by).counterpart(new),
        ])
    }

    /// Nobody has to own what is refused.
    fn rejected(&self, why: &str) -> [Deed; 2] {
        let owner = self.owner.as_deref().unwrap_or("unknown");
        let deed = |operation| {
            Deed::applied(operation, &self.item.label, owner).by(&self.workshop.by).evidence("old seal", self.source)
        };
        [deed(Operation::Apply), deed(Operation::Reject).because(why)]
    }
}

fn shortened(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let lengths = clean.scan(0, |length, c| {
        *length += c.len_utf8();
        Some((*length, c))
    });
    lengths.take_while(|(length, _)| *length <= LONGEST_REASON).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn reasons_are_cut_between_characters() {
        let long = "章".repeat(400);
        let cut = shortened(&long);
        assert_eq!(cut.chars().count(), 333);
        assert_eq!(shortened("a\nb"), "a b");
    }
}
