//! The versions of one template: a used one is frozen, the newest is in force.

use crate::error::{Error, ErrorKind};
use crate::form::template::Template;

/// All versions of one template.
///
/// ```
/// # fn demo(first: eseal::form::Template, better: eseal::form::Template) -> Result<(), eseal::Error> {
/// use eseal::form::Versions;
///
/// let mut versions = Versions::new(first);
/// versions.mark_used(1)?;
/// assert!(versions.delete(1).is_err(), "somebody filled it in");
/// versions.upgrade(better)?;
/// assert_eq!(versions.current().map(|template| template.version()), Some(2));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Versions {
    list: Vec<Version>,
}

/// A version and where it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Version {
    /// The template.
    pub template: Template,
    /// Whether somebody filled it in: it is frozen, and stays.
    pub is_used: bool,
    /// Whether it is to be filled in from now on: the newest is, the older ones are read only.
    pub is_enabled: bool,
}

impl Versions {
    /// Begins with a first version, which is enabled.
    #[must_use]
    pub fn new(first: Template) -> Self {
        Versions { list: vec![Version { template: first, is_used: false, is_enabled: true }] }
    }

    /// Takes over versions with their standing, as they were stored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when they are of different templates, a version occurs twice, or several are enabled.
    pub fn stored(stored: impl IntoIterator<Item = Version>) -> Result<Self, Error> {
        let mut list: Vec<Version> = stored.into_iter().collect();
        list.sort_by_key(|version| version.template.version());
        let wrong = |detail: &str| Err(Error::new(ErrorKind::Mismatch, detail.to_owned()));
        for (one, next) in list.iter().zip(list.iter().skip(1)) {
            if one.template.id() != next.template.id() {
                return wrong("these are versions of different templates: their ids differ");
            }
            if one.template.version() == next.template.version() {
                return wrong("one version occurs twice");
            }
        }
        if list.iter().filter(|version| version.is_enabled).count() > 1 {
            return wrong("several versions are enabled: one template has one version in force");
        }
        Ok(Versions { list })
    }

    /// The version in force.
    #[must_use]
    pub fn current(&self) -> Option<&Template> {
        self.list.iter().find(|version| version.is_enabled).map(|version| &version.template)
    }

    /// A version with its standing.
    #[must_use]
    pub fn get(&self, version: u32) -> Option<&Version> {
        self.list.iter().find(|own| own.template.version() == version)
    }

    /// All of them, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Version] {
        &self.list
    }

    /// Says that somebody filled a version in: from now on it is frozen.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when there is no such version, [`ErrorKind::NotAllowed`] when it is disabled and was
    /// never used, so that nobody can have filled it in.
    pub fn mark_used(&mut self, version: u32) -> Result<(), Error> {
        let own = self.found(version)?;
        if !own.is_enabled && !own.is_used {
            return Err(not_allowed(format!("version {version} is disabled: fill in the one in force")));
        }
        own.is_used = true;
        Ok(())
    }

    /// Replaces a version that nobody used yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when it was used and so is frozen; [`ErrorKind::Mismatch`] when there is no such
    /// version, or it is another template.
    pub fn replace(&mut self, template: Template) -> Result<(), Error> {
        self.same(&template)?;
        let version = template.version();
        let own = self.found(version)?;
        if own.is_used {
            return Err(not_allowed(format!("version {version} was used and is frozen: upgrade it instead")));
        }
        own.template = template;
        Ok(())
    }

    /// Puts the next version in force; the one before is disabled.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when it is another template or not the next version,
    /// [`ErrorKind::NotValid`] when it cannot be filled in.
    pub fn upgrade(&mut self, template: Template) -> Result<(), Error> {
        self.same(&template)?;
        template.require_good()?;
        let next = self.list.iter().map(|own| own.template.version()).max().unwrap_or(0).saturating_add(1);
        if template.version() != next {
            let detail = format!("the next version is {next}, and this says that it is {}", template.version());
            return Err(Error::new(ErrorKind::Mismatch, detail));
        }
        self.list.iter_mut().for_each(|own| own.is_enabled = false);
        self.list.push(Version { template, is_used: false, is_enabled: true });
        Ok(())
    }

    /// Deletes a version that nobody used; the newest of the others is then in force if it was.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when it was used; [`ErrorKind::Mismatch`] when there is no such version.
    pub fn delete(&mut self, version: u32) -> Result<Template, Error> {
        if self.found(version)?.is_used {
            let detail = format!("version {version} was used: what was filled in refers to it, so it stays");
            return Err(not_allowed(detail));
        }
        let Some(at) = self.list.iter().position(|own| own.template.version() == version) else {
            return Err(missing(version));
        };
        let deleted = self.list.remove(at);
        if let (true, Some(last)) = (deleted.is_enabled, self.list.last_mut()) {
            last.is_enabled = true;
        }
        Ok(deleted.template)
    }

    fn same(&self, template: &Template) -> Result<(), Error> {
        match self.list.first() {
            Some(own) if own.template.id() != template.id() => Err(Error::new(
                ErrorKind::Mismatch,
                format!("{template} is another template than {}: their ids differ", own.template),
            )),
            _ => Ok(()),
        }
    }

    fn found(&mut self, version: u32) -> Result<&mut Version, Error> {
        self.list.iter_mut().find(|own| own.template.version() == version).ok_or_else(|| missing(version))
    }
}

impl Version {
    /// A version as it was stored.
    #[must_use]
    pub fn new(template: Template, is_used: bool, is_enabled: bool) -> Self {
        Version { template, is_used, is_enabled }
    }
}

fn missing(version: u32) -> Error {
    Error::new(ErrorKind::Mismatch, format!("there is no version {version}"))
}

fn not_allowed(detail: String) -> Error {
    Error::new(ErrorKind::NotAllowed, detail)
}
