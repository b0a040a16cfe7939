//! Reads the seed values of a signature field (ISO 32000-2, tables 237 to 239).

use crate::document::pdf::field::Field;
use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::seed::{CertificateSeed, NameSet, SeedValues};
use crate::error::Error;

/// Bits of `/Ff` that make an entry binding.
const FILTER: i64 = 1;
const SUB_FILTER: i64 = 1 << 1;
const VERSION: i64 = 1 << 2;
const REASONS: i64 = 1 << 3;
const LEGAL_ATTESTATION: i64 = 1 << 4;
const ADD_REV_INFO: i64 = 1 << 5;
const DIGEST_METHOD: i64 = 1 << 6;
const LOCK_DOCUMENT: i64 = 1 << 7;
const APPEARANCE_FILTER: i64 = 1 << 8;
const KNOWN: i64 = (1 << 9) - 1;

/// Bits of `/Ff` of the certificate's seed values; bit 5 is reserved.
const SUBJECT: i64 = 1;
const ISSUER: i64 = 1 << 1;
const OID: i64 = 1 << 2;
const SUBJECT_DN: i64 = 1 << 3;
const KEY_USAGE: i64 = 1 << 5;
const URL: i64 = 1 << 6;
const KNOWN_OF_CERTIFICATE: i64 = SUBJECT | ISSUER | OID | SUBJECT_DN | KEY_USAGE | URL;

/// The binding seed values of a field, if it has any dictionary of such.
pub(super) fn seed_values(view: &View<'_>, field: &Field) -> Result<Option<SeedValues>, Error> {
    let Some(dictionary) = field.dictionary() else { return Ok(None) };
    let Some(seed) = view.get(dictionary, "SV")? else { return Ok(None) };
    let Some(entries) = seed.as_dictionary() else {
        return Err(Error::malformed(format!("the /SV of the field \"{}\" is {}", field.name, seed.kind())));
    };
    let holder = match &seed {
        Followed::There(indirect) => indirect,
        _ => &field.indirect,
    };
    Reading { view, holder, entries }.values().map(Some)
}

/// A dictionary of seed values, and the object in which it stands.
struct Reading<'r> {
    view: &'r View<'r>,
    holder: &'r Indirect,
    entries: &'r Dictionary,
}

impl Reading<'_> {
    fn values(&self) -> Result<SeedValues, Error> {
        let flags = self.integer("Ff")?.unwrap_or(0);
        let mut values = SeedValues::default();
        if flags & FILTER != 0 {
            values.filter = self.name("Filter")?;
        }
        if flags & SUB_FILTER != 0 {
            values.sub_filters = self.list("SubFilter")?;
        }
        if flags & VERSION != 0 {
            values.version = self.view.get(self.entries, "V")?.and_then(|version| version.as_number());
        }
        if flags & REASONS != 0 {
            // Without the array, whoever made the field wants no reason (table 237).
            values.reasons = Some(self.list("Reasons")?.unwrap_or_default());
        }
        if flags & LEGAL_ATTESTATION != 0 {
            values.attestations = self.list("LegalAttestation")?;
        }
        if flags & ADD_REV_INFO != 0 {
            let wants = self.view.get(self.entries, "AddRevInfo")?.and_then(|value| value.as_boolean());
            values.revocation = wants.unwrap_or(false);
        }
        if flags & DIGEST_METHOD != 0 {
            values.digests = self.list("DigestMethod")?;
        }
        if flags & LOCK_DOCUMENT != 0 {
            values.lock_document = self.name("LockDocument")?;
        }
        if flags & APPEARANCE_FILTER != 0 {
            values.appearance = self.name("AppearanceFilter")?;
        }
        if flags & !KNOWN != 0 {
            values.unknown.push(format!("/Ff {flags} makes something binding that is not known"));
        }
        // These two have no bit: they always bind.
        values.certification = self.within("MDP", |one| Ok(Some(one.integer("P")?.unwrap_or(0))))?;
        values.time_stamp = self.within("TimeStamp", |one| {
            let is_asked_for = one.integer("Ff")?.unwrap_or(0) & 1 != 0;
            Ok(if is_asked_for { Some(one.name("URL")?.unwrap_or_default()) } else { None })
        })?;
        let unknown = &mut values.unknown;
        let certificate = self.within("Cert", |one| one.certificate(unknown).map(Some))?;
        values.certificate = certificate.unwrap_or_default();
        Ok(values)
    }

    fn certificate(&self, unknown: &mut Vec<String>) -> Result<CertificateSeed, Error> {
        let flags = self.integer("Ff")?.unwrap_or(0);
        let mut seed = CertificateSeed { url: self.name("URL")?, ..CertificateSeed::default() };
        if flags & SUBJECT != 0 {
            seed.subjects = self.strings("Subject")?;
        }
        if flags & ISSUER != 0 {
            seed.issuers = self.strings("Issuer")?;
        }
        if flags & OID != 0 {
            seed.policies = self.list("OID")?;
        }
        if flags & SUBJECT_DN != 0 {
            seed.names = self.names()?;
        }
        if flags & KEY_USAGE != 0 {
            seed.usages = self.list("KeyUsage")?;
        }
        if flags & !KNOWN_OF_CERTIFICATE != 0 {
            unknown.push(format!("/Cert with /Ff {flags} makes something binding that is not known"));
        }
        for key in ["SignaturePolicyOID", "SignaturePolicyHashValue", "SignaturePolicyCommitmentType"] {
            if self.view.get(self.entries, key)?.is_some() {
                unknown.push(format!("/Cert asks for a signature policy by /{key}, which no stamp names"));
            }
        }
        Ok(seed)
    }

    fn integer(&self, key: &str) -> Result<Option<i64>, Error> {
        Ok(self.view.get(self.entries, key)?.and_then(|value| value.as_integer()))
    }

    /// A name, or a string as text.
    fn name(&self, key: &str) -> Result<Option<String>, Error> {
        match self.view.get(self.entries, key)? {
            Some(value) => self.text(&value, self.holder_of(&value)),
            None => Ok(None),
        }
    }

    /// The names or texts of an array, or of one that stands alone.
    fn list(&self, key: &str) -> Result<Option<Vec<String>>, Error> {
        let Some(value) = self.view.get(self.entries, key)? else { return Ok(None) };
        let holder = self.holder_of(&value);
        let mut list = Vec::new();
        for item in value.as_array().unwrap_or(std::slice::from_ref(&*value)) {
            let item = self.view.follow(item)?;
            let holder = match &item {
                Followed::There(indirect) => indirect,
                _ => holder,
            };
            list.extend(self.text(&item, holder)?);
        }
        Ok(Some(list))
    }

    fn strings(&self, key: &str) -> Result<Option<Vec<Vec<u8>>>, Error> {
        let Some(value) = self.view.get(self.entries, key)? else { return Ok(None) };
        let holder = self.holder_of(&value);
        let mut list = Vec::new();
        for item in value.as_array().unwrap_or_default() {
            let item = self.view.follow(item)?;
            let holder = match &item {
                Followed::There(indirect) => indirect,
                _ => holder,
            };
            if let Some(bytes) = item.as_string() {
                list.push(self.view.decrypted(holder, bytes)?);
            }
        }
        Ok(Some(list))
    }

    /// Dictionaries of attributes and their values.
    fn names(&self) -> Result<Option<Vec<NameSet>>, Error> {
        let Some(value) = self.view.get(self.entries, "SubjectDN")? else { return Ok(None) };
        let holder = self.holder_of(&value);
        let mut sets = Vec::new();
        for item in value.as_array().unwrap_or_default() {
            let item = self.view.follow(item)?;
            let holder = match &item {
                Followed::There(indirect) => indirect,
                _ => holder,
            };
            let Some(dictionary) = item.as_dictionary() else { continue };
            let mut set = Vec::new();
            for entry in &dictionary.entries {
                let key = String::from_utf8_lossy(&entry.key).into_owned();
                set.extend(self.text(&*self.view.follow(&entry.value)?, holder)?.map(|value| (key, value)));
            }
            sets.push(set);
        }
        Ok(Some(sets))
    }

    /// Reads what a dictionary within says, if it is there.
    fn within<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Reading<'_>) -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.view.get(self.entries, key)? else { return Ok(None) };
        let Some(entries) = value.as_dictionary() else {
            return Err(Error::malformed(format!("/{key} of the seed values is {}", value.kind())));
        };
        read(&Reading { view: self.view, holder: self.holder_of(&value), entries })
    }

    fn holder_of<'h>(&'h self, value: &'h Followed<'_>) -> &'h Indirect {
        match value {
            Followed::There(indirect) => indirect,
            _ => self.holder,
        }
    }

    fn text(&self, value: &Object, holder: &Indirect) -> Result<Option<String>, Error> {
        if let Some(name) = value.as_name() {
            return Ok(Some(String::from_utf8_lossy(name).into_owned()));
        }
        value.as_string().map(|bytes| self.view.text(holder, bytes)).transpose()
    }
}
