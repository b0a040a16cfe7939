//! What a signature lets others change after it (ISO 32000-2, 12.8.2 and 12.7.5.5).

use crate::document::change::ModificationLevel;
use crate::document::pdf::field::is_within;
use crate::document::pdf::file::{Indirect, View, Work, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::error::Error;

/// What one signature lays down.
#[derive(Debug, Default)]
pub(in crate::document::pdf) struct Restriction {
    /// The revision that it closed.
    pub(in crate::document::pdf) revision: usize,
    /// Whether it certifies the document.
    pub(in crate::document::pdf) certifies: bool,
    /// Whether it says so without being the one that the catalog names.
    pub(in crate::document::pdf) claims_only: bool,
    /// `/P` of its certification, of its field's lock: none, or a number of which only 1 to 3 mean
    /// something.
    limits: Vec<Option<i64>>,
    locks: Vec<Lock>,
}

#[derive(Debug)]
struct Lock {
    kind: LockKind,
    names: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum LockKind {
    All,
    Include,
    Exclude,
}

impl Restriction {
    /// Reads what a signature dictionary and its fields say, as of the revision that it closed.
    pub(in crate::document::pdf) fn read(
        view: &View<'_>,
        signature: &Indirect,
        fields: &[Reference],
    ) -> Result<Self, Error> {
        let mut restriction = Restriction { revision: view.revision, ..Restriction::default() };
        let Some(dictionary) = signature.dictionary() else { return Ok(restriction) };
        let certifications = transforms(view, dictionary, b"DocMDP")?;
        if !certifications.is_empty() {
            let is_named = certified_by(view)? == Some(signature.reference);
            (restriction.certifies, restriction.claims_only) = (is_named, !is_named);
        }
        if restriction.certifies {
            for parameters in &certifications {
                // The level is 2 where none is given.
                let level = view.get(parameters, "P")?;
                restriction.limits.push(level.map_or(Some(2), |level| level.as_integer()));
            }
        }
        for parameters in transforms(view, dictionary, b"FieldMDP")? {
            restriction.locks.push(Lock::read(view, signature, &parameters)?);
        }
        for field in fields {
            restriction.add_lock(view, *field)?;
        }
        Ok(restriction)
    }

    /// A field's lock may limit the whole document.
    fn add_lock(&mut self, view: &View<'_>, field: Reference) -> Result<(), Error> {
        let Some(field) = readable(view.load(field))? else { return Ok(()) };
        let Some(dictionary) = field.dictionary() else { return Ok(()) };
        let Some(lock) = view.get(dictionary, "Lock")? else { return Ok(()) };
        let Some(lock) = lock.as_dictionary() else { return Ok(()) };
        if let Some(level) = view.get(lock, "P")? {
            self.limits.push(level.as_integer());
        }
        Ok(())
    }

    /// The most that it allows; an error when that cannot be told.
    fn allows(&self) -> Result<Option<ModificationLevel>, String> {
        let mut least = None;
        for limit in &self.limits {
            let level = match limit {
                Some(1) => ModificationLevel::LtaUpdate,
                Some(2) => ModificationLevel::FormFilling,
                Some(3) => ModificationLevel::Annotations,
                _ => return Err("a certification or a lock has a /P that is none of 1, 2 and 3".into()),
            };
            least = Some(least.map_or(level, |least: ModificationLevel| least.min(level)));
        }
        Ok(least)
    }

    /// `/P` of its certification; 0 when it certifies nothing.
    pub(in crate::document::pdf) fn certification(&self) -> i64 {
        // The certification's own limits stand before those of locks.
        let level = if self.certifies { self.limits.first().copied().flatten() } else { None };
        level.unwrap_or(0)
    }

    /// Whether it allows no change at all.
    pub(in crate::document::pdf) fn locks_document(&self) -> bool {
        self.limits.contains(&Some(1))
    }

    fn has_locks(&self) -> bool {
        !self.locks.is_empty()
    }

    /// How many names there are to compare with.
    fn size(&self) -> usize {
        self.locks.iter().map(|lock| lock.names.len()).sum()
    }

    /// Whether it locked the field with this full name.
    fn locks(&self, name: &str) -> bool {
        self.locks.iter().any(|lock| {
            let is_named = lock.names.iter().any(|locked| is_within(name, locked));
            match lock.kind {
                LockKind::All => true,
                LockKind::Include => is_named,
                LockKind::Exclude => !is_named,
            }
        })
    }
}

/// What all signatures lay down together, revision by revision: no signature gives back what one before it took.
pub(in crate::document::pdf) struct Permissions<'r> {
    /// In the order of their revisions, each with what is in force from there on.
    steps: Vec<(usize, Result<Force, String>)>,
    /// Those that lock fields, in the same order.
    locking: Vec<&'r Restriction>,
}

/// What is in force.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Force {
    /// The most that may change, where any signatory said so.
    pub(super) allowed: Option<ModificationLevel>,
    pub(super) is_certified: bool,
}

impl<'r> Permissions<'r> {
    pub(in crate::document::pdf) fn of(restrictions: impl Iterator<Item = &'r Restriction>) -> Self {
        let mut sorted: Vec<_> = restrictions.collect();
        sorted.sort_by_key(|restriction| restriction.revision);
        let (mut steps, mut force) = (Vec::with_capacity(sorted.len()), Ok(Force::default()));
        for restriction in &sorted {
            force = force.and_then(|before| before.with(restriction));
            steps.push((restriction.revision, force.clone()));
        }
        sorted.retain(|restriction| restriction.has_locks());
        Permissions { steps, locking: sorted }
    }

    /// What is in force for those who come after a revision; an error when that cannot be told.
    pub(super) fn after(&self, revision: usize) -> Result<Force, String> {
        let count = self.steps.partition_point(|step| step.0 <= revision);
        let last = count.checked_sub(1).and_then(|index| self.steps.get(index));
        last.map_or(Ok(Force::default()), |step| step.1.clone())
    }

    /// Whether a signature says that it allows more than those before it do: that cannot be.
    pub(in crate::document::pdf) fn is_exceeded_by(&self, restriction: &Restriction) -> bool {
        let before = restriction.revision.checked_sub(1).map(|before| self.after(before));
        match (before, restriction.allows()) {
            (Some(Ok(Force { allowed: Some(before), .. })), Ok(Some(own))) => own > before,
            _ => false,
        }
    }

    /// The revision of the first signature that locks a field with this full name.
    pub(super) fn locked_since(&self, work: &Work<'_>, name: &str) -> Result<Option<usize>, Error> {
        for restriction in &self.locking {
            work.spend(1 + restriction.size() as u64)?;
            if restriction.locks(name) {
                return Ok(Some(restriction.revision));
            }
        }
        Ok(None)
    }

    /// The revision of the first signature that locks any field.
    pub(super) fn any_locked_since(&self) -> Option<usize> {
        self.locking.first().map(|restriction| restriction.revision)
    }
}

impl Force {
    /// What is in force once a further signature is there.
    fn with(self, restriction: &Restriction) -> Result<Self, String> {
        let least = |own: ModificationLevel| self.allowed.map_or(own, |before| before.min(own));
        Ok(Force {
            allowed: restriction.allows()?.map(least).or(self.allowed),
            is_certified: self.is_certified || restriction.certifies,
        })
    }
}

impl Lock {
    /// Of unknown actions the strictest is taken.
    fn read(view: &View<'_>, holder: &Indirect, parameters: &Dictionary) -> Result<Self, Error> {
        let kind = match parameters.name("Action") {
            Some(b"Include") => LockKind::Include,
            Some(b"Exclude") => LockKind::Exclude,
            _ => LockKind::All,
        };
        let mut names = Vec::new();
        if let Some(fields) = view.get(parameters, "Fields")? {
            for name in fields.as_array().unwrap_or_default().iter().filter_map(Object::as_string) {
                names.push(view.text(holder, name)?);
            }
        }
        Ok(Lock { kind, names })
    }
}

/// The signature that certifies the document.
fn certified_by(view: &View<'_>) -> Result<Option<Reference>, Error> {
    let catalog = view.catalog()?;
    let Some(catalog) = catalog.dictionary() else { return Ok(None) };
    let Some(permissions) = view.get(catalog, "Perms")? else { return Ok(None) };
    Ok(permissions.as_dictionary().and_then(|permissions| permissions.reference("DocMDP")))
}

/// The parameters of a signature's transforms with this method.
pub(in crate::document::pdf) fn transforms(
    view: &View<'_>,
    signature: &Dictionary,
    method: &[u8],
) -> Result<Vec<Dictionary>, Error> {
    let mut list = Vec::new();
    let Some(references) = view.get(signature, "Reference")? else { return Ok(list) };
    for item in references.as_array().unwrap_or_default() {
        let item = view.follow(item)?;
        let Some(reference) = item.as_dictionary() else { continue };
        if reference.name("TransformMethod") != Some(method) {
            continue;
        }
        let parameters = view.get(reference, "TransformParams")?;
        list.push(parameters.and_then(|parameters| parameters.as_dictionary().cloned()).unwrap_or_default());
    }
    Ok(list)
}
