//! What several extensions of certificates and lists share (RFC 5280, 4.2.1.6, 4.2.1.13, 5.2.5).

use ::der::asn1::ObjectIdentifier;

use crate::crypto::{Certificate, Name};
use crate::der::{Tlv, tag};
use crate::error::Error;

/// Object identifiers of extensions and of what is in them.
pub(crate) mod oid {
    use ::der::asn1::ObjectIdentifier;

    const fn new(dotted: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(dotted)
    }

    pub(crate) const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = new("2.5.29.17");
    pub(crate) const CRL_NUMBER: ObjectIdentifier = new("2.5.29.20");
    pub(crate) const REASON_CODE: ObjectIdentifier = new("2.5.29.21");
    pub(crate) const INVALIDITY_DATE: ObjectIdentifier = new("2.5.29.24");
    pub(crate) const DELTA_INDICATOR: ObjectIdentifier = new("2.5.29.27");
    pub(crate) const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = new("2.5.29.28");
    pub(crate) const CERTIFICATE_ISSUER: ObjectIdentifier = new("2.5.29.29");
    pub(crate) const NAME_CONSTRAINTS: ObjectIdentifier = new("2.5.29.30");
    pub(crate) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = new("2.5.29.31");
    pub(crate) const CERTIFICATE_POLICIES: ObjectIdentifier = new("2.5.29.32");
    pub(crate) const ANY_POLICY: ObjectIdentifier = new("2.5.29.32.0");
    pub(crate) const POLICY_MAPPINGS: ObjectIdentifier = new("2.5.29.33");
    pub(crate) const AUTHORITY_KEY_ID: ObjectIdentifier = new("2.5.29.35");
    pub(crate) const POLICY_CONSTRAINTS: ObjectIdentifier = new("2.5.29.36");
    pub(crate) const INHIBIT_ANY_POLICY: ObjectIdentifier = new("2.5.29.54");
    /// noRevAvail (RFC 9608).
    pub(crate) const NO_REVOCATION_AVAILABLE: ObjectIdentifier = new("2.5.29.56");
    pub(crate) const EXPIRED_ON_CRL: ObjectIdentifier = new("2.5.29.60");
    /// validity assured, short term (EN 319 412-1, 5.2).
    pub(crate) const SHORT_TERM: ObjectIdentifier = new("0.4.0.194121.2.1");
    pub(crate) const AUTHORITY_INFORMATION_ACCESS: ObjectIdentifier = new("1.3.6.1.5.5.7.1.1");
    pub(crate) const OCSP: ObjectIdentifier = new("1.3.6.1.5.5.7.48.1");
    pub(crate) const OCSP_BASIC: ObjectIdentifier = new("1.3.6.1.5.5.7.48.1.1");
    pub(crate) const OCSP_NONCE: ObjectIdentifier = new("1.3.6.1.5.5.7.48.1.2");
    pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = new("1.3.6.1.5.5.7.48.1.5");
    pub(crate) const OCSP_ARCHIVE_CUTOFF: ObjectIdentifier = new("1.3.6.1.5.5.7.48.1.6");
    pub(crate) const CA_ISSUERS: ObjectIdentifier = new("1.3.6.1.5.5.7.48.2");
}

/// A GeneralName, as far as names are compared here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum GeneralName {
    Mailbox(Vec<u8>),
    Host(Vec<u8>),
    Directory(Name),
    Uri(Vec<u8>),
    Address(Vec<u8>),
    /// otherName, x400Address, ediPartyName, registeredID: by tag number and content.
    Other(u8, Vec<u8>),
}

impl GeneralName {
    fn read(element: &Tlv<'_>) -> Result<Self, Error> {
        let value = || element.value.to_vec();
        Ok(match element.tag & 0x1F {
            1 => GeneralName::Mailbox(value()),
            2 => GeneralName::Host(value()),
            4 => GeneralName::Directory(Name::read(&element.children().next("directoryName")?)?),
            6 => GeneralName::Uri(value()),
            7 => GeneralName::Address(value()),
            other => GeneralName::Other(other, value()),
        })
    }

    pub(crate) fn list(names: &Tlv<'_>) -> Result<Vec<Self>, Error> {
        names.list("GeneralNames")?.iter().map(Self::read).collect()
    }

    /// One name by itself, as the base of a subtree.
    pub(crate) fn one(element: &Tlv<'_>) -> Result<Self, Error> {
        Self::read(element)
    }
}

/// An Extension of a list or an answer, which certificates keep in another place.
pub(crate) struct Extension<'a> {
    pub(crate) id: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) value: Tlv<'a>,
}

impl<'a> Extension<'a> {
    /// Reads Extensions, a SEQUENCE OF Extension.
    pub(crate) fn list(extensions: &Tlv<'a>) -> Result<Vec<Self>, Error> {
        let what = "Extensions";
        let mut list = Vec::new();
        for extension in extensions.expect(tag::SEQUENCE, what)?.list(what)? {
            let mut parts = extension.expect(tag::SEQUENCE, what)?.children();
            let id = parts.next(what)?.oid(what)?;
            let critical = parts.optional(tag::BOOLEAN, what)?.is_some_and(|flag| flag.value != [0]);
            let value = parts.take(tag::OCTET_STRING, what)?;
            parts.finish(what)?;
            list.push(Extension { id, critical, value: Tlv::only(value.value, what)? });
        }
        Ok(list)
    }
}

/// Bits 1 to 8 of ReasonFlags, bit 0 being the highest: each reason that a certificate can be revoked for.
pub(crate) const ALL_REASONS: u16 = 0x7F80;

/// Reads ReasonFlags under whatever tag it has.
pub(crate) fn reasons(flags: &Tlv<'_>) -> u16 {
    let octet = |at| flags.value.get(at).copied().map_or(0, u16::from);
    (octet(1) << 8 | octet(2)) & ALL_REASONS
}

/// A DistributionPointName.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PointName<'a> {
    Full(Vec<GeneralName>),
    /// The octets of one RelativeDistinguishedName's content, to be put behind the issuer's name.
    Relative(&'a [u8]),
}

impl<'a> PointName<'a> {
    /// Reads the content of a `distributionPoint [0]`.
    pub(crate) fn read(wrapper: &Tlv<'a>) -> Result<Self, Error> {
        let name = wrapper.children().next("DistributionPointName")?;
        Ok(match name.tag & 0x1F {
            0 => PointName::Full(GeneralName::list(&name)?),
            _ => PointName::Relative(name.value),
        })
    }

    /// The names that it stands for below this issuer.
    pub(crate) fn names(&self, issuer: &Name) -> Vec<GeneralName> {
        match self {
            PointName::Full(names) => names.clone(),
            PointName::Relative(content) => {
                let relative = Tlv { tag: tag::SET, raw: content, value: content, at: 0, shortest: true };
                issuer.joined(&relative).map(GeneralName::Directory).into_iter().collect()
            }
        }
    }
}

/// One DistributionPoint of a certificate (RFC 5280, 4.2.1.13).
#[derive(Clone, Debug)]
pub(crate) struct Point<'a> {
    pub(crate) name: Option<PointName<'a>>,
    pub(crate) reasons: u16,
    pub(crate) issuers: Vec<GeneralName>,
}

impl<'a> Point<'a> {
    /// The distribution points of a certificate; none where the extension is missing.
    pub(crate) fn list(certificate: &'a Certificate) -> Result<Vec<Self>, Error> {
        let what = "cRLDistributionPoints";
        let Some(value) = certificate.extension(&oid::CRL_DISTRIBUTION_POINTS) else { return Ok(Vec::new()) };
        let points = Tlv::only(value, what)?.expect(tag::SEQUENCE, what)?.list(what)?;
        points.iter().map(Self::read).collect()
    }

    fn read(point: &Tlv<'a>) -> Result<Self, Error> {
        let what = "DistributionPoint";
        let mut parts = point.expect(tag::SEQUENCE, what)?.children();
        let name = parts.optional(tag::context(0, true), what)?.map(|name| PointName::read(&name)).transpose()?;
        let reasons = parts.optional(tag::context(1, false), what)?.map_or(ALL_REASONS, |flags| reasons(&flags));
        let issuers = parts.optional(tag::context(2, true), what)?;
        let issuers = issuers.map(|names| GeneralName::list(&names)).transpose()?.unwrap_or_default();
        parts.finish(what)?;
        Ok(Point { name, reasons, issuers })
    }
}

/// The addresses at which a certificate says that lists of revoked ones can be had.
pub(crate) fn list_addresses(certificate: &Certificate) -> Vec<String> {
    let points = Point::list(certificate).unwrap_or_default();
    let names = points.into_iter().filter_map(|point| match point.name {
        Some(PointName::Full(names)) => Some(names),
        _ => None,
    });
    names.flatten().filter_map(address).collect()
}

/// The addresses of one kind in authorityInfoAccess.
pub(crate) fn access_addresses(certificate: &Certificate, method: &ObjectIdentifier) -> Vec<String> {
    let read = || -> Result<Vec<String>, Error> {
        let what = "authorityInfoAccess";
        let Some(value) = certificate.extension(&oid::AUTHORITY_INFORMATION_ACCESS) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for description in Tlv::only(value, what)?.list(what)? {
            let mut parts = description.children();
            if parts.next(what)?.oid(what)? == *method {
                found.extend(address(GeneralName::read(&parts.next(what)?)?));
            }
        }
        Ok(found)
    };
    read().unwrap_or_default()
}

fn address(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::Uri(octets) => String::from_utf8(octets).ok(),
        _ => None,
    }
}
