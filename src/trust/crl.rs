//! Lists of revoked certificates (RFC 5280, 5), read over the bytes that arrived.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use ::der::asn1::ObjectIdentifier;

use crate::crypto::{Judgement, Name, PublicKey, SignatureAlgorithm, algorithm_of, verify};
use crate::der::{Reader, Tlv, tag};
use crate::error::{Context, Error};
use crate::time::Time;
use crate::trust::general::{ALL_REASONS, Extension, GeneralName, PointName, oid, reasons};
use crate::trust::{Origin, Reason};

/// A list of revoked certificates, read and not believed.
pub(crate) struct Crl {
    der: Arc<Vec<u8>>,
    pub(crate) origin: Origin,
    /// How much of `der` is signed: from its outer header on.
    signed: std::ops::Range<usize>,
    algorithm: Result<SignatureAlgorithm, String>,
    value: Vec<u8>,
    pub(crate) issuer: Name,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) number: Vec<u8>,
    /// The number of the list that this one, a delta, builds on.
    pub(crate) base: Option<Vec<u8>>,
    pub(crate) scope: Scope,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    /// Since when certificates that have ended stay on the list.
    pub(crate) keeps_since: Option<Time>,
    /// A critical extension, of the list or of an entry, that nobody knows here.
    pub(crate) unknown_critical: Option<ObjectIdentifier>,
    entries: std::ops::Range<usize>,
    count: usize,
    /// In an indirect list: from which entry on certificates are of which issuer.
    issuers: Vec<(usize, Name)>,
    index: OnceLock<Vec<u64>>,
    /// By which keys it has been checked, and what came of it.
    checked: Mutex<Vec<(Vec<u8>, Judgement)>>,
}

/// What a list is about (IssuingDistributionPoint; RFC 5280, 5.2.5).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scope {
    /// The distribution points' names; none for a list that is about all that its issuer issued.
    pub(crate) names: Option<Vec<GeneralName>>,
    pub(crate) users_only: bool,
    pub(crate) authorities_only: bool,
    pub(crate) attributes_only: bool,
    pub(crate) indirect: bool,
    pub(crate) reasons: u16,
    /// Whether there is such an extension at all.
    pub(crate) told: bool,
}

/// What a list says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) since: Time,
    pub(crate) reason: Reason,
    pub(crate) invalid_since: Option<Time>,
}

/// The most keys of which is kept whether they signed a list.
const KEYS: usize = 16;

impl Crl {
    /// Reads a CertificateList. Every entry is walked once, none is kept.
    pub(crate) fn read(der: Vec<u8>, origin: Origin) -> Result<Self, Error> {
        let context = "reading a list of revoked certificates";
        if u32::try_from(der.len()).is_err() {
            return Err(Error::too_large(format!("{context}: it has 4 GiB or more")));
        }
        let mut crl = Self::read_fields(&der, origin).context(context)?;
        crl.der = Arc::new(der);
        Ok(crl)
    }

    fn read_fields(der: &[u8], origin: Origin) -> Result<Self, Error> {
        let what = "CertificateList";
        let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
        let tbs = parts.take(tag::SEQUENCE, "tbsCertList")?;
        let algorithm = parts.take(tag::SEQUENCE, "CertificateList.signatureAlgorithm")?;
        let value =
            parts.take(tag::BIT_STRING, "CertificateList.signatureValue")?.bits(what).unwrap_or_default().to_vec();
        parts.finish(what)?;
        let mut fields = tbs.children();
        fields.optional(tag::INTEGER, "tbsCertList.version")?;
        fields.take(tag::SEQUENCE, "tbsCertList.signature")?;
        let issuer = Name::read(&fields.take(tag::SEQUENCE, "tbsCertList.issuer")?)?;
        let this_update = fields.next("thisUpdate")?.time("thisUpdate")?;
        let next_update = match fields.optional(tag::UTC_TIME, "nextUpdate")? {
            Some(time) => Some(time),
            None => fields.optional(tag::GENERALIZED_TIME, "nextUpdate")?,
        };
        let next_update = next_update.map(|time| time.time("nextUpdate")).transpose()?;
        let entries = fields.optional(tag::SEQUENCE, "revokedCertificates")?;
        let extensions = fields.optional(tag::context(0, true), "crlExtensions")?;
        fields.finish("tbsCertList")?;
        let mut crl = Crl {
            der: Arc::default(),
            origin,
            signed: tbs.at..tbs.at + tbs.raw.len(),
            algorithm: algorithm_of(&tbs, &algorithm).map_err(|error| error.to_string()),
            value,
            issuer,
            this_update,
            next_update,
            number: Vec::new(),
            base: None,
            scope: Scope { reasons: ALL_REASONS, ..Scope::default() },
            authority_key_id: None,
            keeps_since: None,
            unknown_critical: None,
            entries: 0..0,
            count: 0,
            issuers: Vec::new(),
            index: OnceLock::new(),
            checked: Mutex::new(Vec::new()),
        };
        if let Some(wrapper) = extensions {
            let list = wrapper.children().take(tag::SEQUENCE, "crlExtensions")?;
            Extension::list(&list)?.iter().try_for_each(|extension| crl.take_extension(extension))?;
        }
        if let Some(entries) = entries {
            let end = entries.at + entries.raw.len();
            crl.entries = end - entries.value.len()..end;
            crl.walk(&entries)?;
        }
        Ok(crl)
    }

    fn take_extension(&mut self, extension: &Extension<'_>) -> Result<(), Error> {
        let value = &extension.value;
        match extension.id {
            oid::CRL_NUMBER => self.number = plain(value.expect(tag::INTEGER, "cRLNumber")?.value).to_vec(),
            oid::DELTA_INDICATOR => {
                self.base = Some(plain(value.expect(tag::INTEGER, "deltaCRLIndicator")?.value).to_vec());
            }
            oid::ISSUING_DISTRIBUTION_POINT => self.scope = Scope::read(value, &self.issuer)?,
            oid::AUTHORITY_KEY_ID => {
                self.authority_key_id = value
                    .children()
                    .optional(tag::context(0, false), "authorityKeyIdentifier")?
                    .map(|id| id.value.to_vec());
            }
            oid::EXPIRED_ON_CRL => self.keeps_since = Some(value.time("expiredCertsOnCRL")?),
            other if extension.critical => self.unknown_critical = Some(other),
            _ => {}
        }
        Ok(())
    }

    /// Looks at each entry once: that it can be read, and what is to be known before any is looked up.
    fn walk(&mut self, entries: &Tlv<'_>) -> Result<(), Error> {
        let what = "revokedCertificates";
        let mut reader = entries.children();
        while !reader.is_empty() {
            let entry = reader.take(tag::SEQUENCE, what)?;
            let mut parts = entry.children();
            parts.take(tag::INTEGER, what)?;
            parts.next(what)?.time(what)?;
            if let Some(extensions) = parts.optional(tag::SEQUENCE, what)? {
                self.look_at_extensions(entry.at, &extensions)?;
            }
            parts.finish(what)?;
            self.count += 1;
        }
        Ok(())
    }

    fn look_at_extensions(&mut self, at: usize, extensions: &Tlv<'_>) -> Result<(), Error> {
        let mut reader = extensions.children();
        while !reader.is_empty() {
            let (id, critical, value) = entry_extension(&mut reader)?;
            if id == oid::CERTIFICATE_ISSUER {
                let names = GeneralName::list(&Tlv::only(value, "certificateIssuer")?)?;
                let name = names.into_iter().find_map(|name| match name {
                    GeneralName::Directory(name) => Some(name),
                    _ => None,
                });
                let name = name.unwrap_or_default();
                if self.issuers.last().is_none_or(|(_, last)| *last != name) {
                    self.issuers.push((at, name));
                }
            } else if critical && ![oid::REASON_CODE, oid::INVALIDITY_DATE].contains(&id) {
                self.unknown_critical = Some(id);
            }
        }
        Ok(())
    }

    /// The bytes that arrived.
    pub(crate) fn der(&self) -> &Arc<Vec<u8>> {
        &self.der
    }

    /// Whether this key signed the list. The list is hashed once for each key.
    pub(crate) fn signed_with(&self, key: &PublicKey) -> Judgement {
        let algorithm = match &self.algorithm {
            Ok(algorithm) => *algorithm,
            Err(reason) => return Judgement::Unsupported(reason.clone()),
        };
        let lock = || self.checked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, judgement)) = lock().iter().find(|(bits, _)| bits == key.bits()) {
            return judgement.clone();
        }
        let judgement = verify(algorithm, key, self.der.get(self.signed.clone()).unwrap_or_default(), &self.value);
        let mut checked = lock();
        if checked.len() < KEYS {
            checked.push((key.bits().to_vec(), judgement.clone()));
        }
        judgement
    }

    /// What the list says of the certificate with this serial number by this issuer. Of several entries
    /// the one with the earliest date counts.
    pub(crate) fn find(&self, serial: &[u8], issuer: &Name) -> Option<Entry> {
        let serial = plain(serial);
        let hash = hash(serial);
        let index = self.index.get_or_init(|| self.make_index());
        let start = index.partition_point(|item| item >> 32 < hash);
        let same = index.get(start..).unwrap_or_default().iter().take_while(|item| *item >> 32 == hash);
        let entries = same.filter_map(|item| {
            let at = usize::try_from(item & u64::from(u32::MAX)).ok()?;
            if self.issuer_at(at) != issuer {
                return None;
            }
            self.entry(at, serial)
        });
        entries.min_by_key(|entry| entry.since)
    }

    /// Hash and place of each entry, sorted: eight octets for each.
    fn make_index(&self) -> Vec<u64> {
        let mut index = Vec::with_capacity(self.count);
        let mut rest = self.der.get(self.entries.clone()).unwrap_or_default();
        while let Ok((entry, after)) = Tlv::first(rest, "revokedCertificates") {
            let at = self.entries.end - rest.len();
            if let (Ok(serial), Ok(at)) = (entry.children().next("userCertificate"), u32::try_from(at)) {
                index.push(hash(plain(serial.value)) << 32 | u64::from(at));
            }
            rest = after;
        }
        index.sort_unstable();
        index
    }

    /// Whose certificate the entry at this place is about.
    fn issuer_at(&self, at: usize) -> &Name {
        let later = self.issuers.partition_point(|(from, _)| *from <= at);
        match later.checked_sub(1).and_then(|last| self.issuers.get(last)) {
            Some((_, name)) if self.scope.indirect => name,
            _ => &self.issuer,
        }
    }

    fn entry(&self, at: usize, serial: &[u8]) -> Option<Entry> {
        let what = "revokedCertificates";
        let (entry, _) = Tlv::first(self.der.get(at..)?, what).ok()?;
        let mut parts = entry.children();
        if plain(parts.next(what).ok()?.value) != serial {
            return None;
        }
        let since = parts.next(what).ok()?.time(what).ok()?;
        let mut found = Entry { since, reason: Reason::Unspecified, invalid_since: None };
        if let Some(extensions) = parts.optional(tag::SEQUENCE, what).ok()? {
            let mut reader = extensions.children();
            while !reader.is_empty() {
                let (id, _, value) = entry_extension(&mut reader).ok()?;
                let value = Tlv::only(value, what).ok()?;
                match id {
                    oid::REASON_CODE => found.reason = Reason::from_code(value.value.first().copied().unwrap_or(0)),
                    oid::INVALIDITY_DATE => found.invalid_since = value.time(what).ok(),
                    _ => {}
                }
            }
        }
        Some(found)
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl(of {}, {} entries)", self.this_update, self.count)
    }
}

impl Scope {
    fn read(value: &Tlv<'_>, issuer: &Name) -> Result<Self, Error> {
        let what = "issuingDistributionPoint";
        let mut parts = value.expect(tag::SEQUENCE, what)?.children();
        let name = parts.optional(tag::context(0, true), what)?.map(|name| PointName::read(&name)).transpose()?;
        let names = name.map(|name| name.names(issuer));
        let mut flag = |number| -> Result<bool, Error> {
            Ok(parts.optional(tag::context(number, false), what)?.is_some_and(|flag| flag.value != [0]))
        };
        let (users_only, authorities_only) = (flag(1)?, flag(2)?);
        let reasons = parts.optional(tag::context(3, false), what)?.map_or(ALL_REASONS, |flags| reasons(&flags));
        let mut flag = |number| -> Result<bool, Error> {
            Ok(parts.optional(tag::context(number, false), what)?.is_some_and(|flag| flag.value != [0]))
        };
        let (indirect, attributes_only) = (flag(4)?, flag(5)?);
        parts.finish(what)?;
        Ok(Scope { names, users_only, authorities_only, attributes_only, indirect, reasons, told: true })
    }
}

fn entry_extension<'a>(reader: &mut Reader<'a>) -> Result<(ObjectIdentifier, bool, &'a [u8]), Error> {
    let what = "crlEntryExtensions";
    let mut parts = reader.take(tag::SEQUENCE, what)?.children();
    let id = parts.next(what)?.oid(what)?;
    let critical = parts.optional(tag::BOOLEAN, what)?.is_some_and(|flag| flag.value != [0]);
    let value = parts.take(tag::OCTET_STRING, what)?.value;
    parts.finish(what)?;
    Ok((id, critical, value))
}

/// An INTEGER's content without zeros that need not be there.
pub(crate) fn plain(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets {
        match rest.first() {
            Some(next) if next & 0x80 == 0 => octets = rest,
            _ => break,
        }
    }
    octets
}

/// 32 bits of a serial number (FNV-1a); those that meet are told apart by looking.
fn hash(serial: &[u8]) -> u64 {
    let mixed = serial
        .iter()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01B3));
    (mixed >> 32) ^ (mixed & u64::from(u32::MAX))
}
