//! Name constraints (RFC 5280, 4.2.1.10).

use crate::crypto::{Certificate, mailboxes};
use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::trust::general::{GeneralName, oid};

/// Which names may stand in the certificates below an authority.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameConstraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

impl NameConstraints {
    /// Those in a certificate, if it has any.
    pub(crate) fn of(certificate: &Certificate) -> Result<Option<Self>, Error> {
        certificate.extension(&oid::NAME_CONSTRAINTS).map(Self::from_der).transpose()
    }

    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Error> {
        let what = "NameConstraints";
        let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
        let mut subtrees = |number| -> Result<Vec<GeneralName>, Error> {
            let list = parts.optional(tag::context(number, true), what)?;
            list.map_or(Ok(Vec::new()), |list| list.list(what)?.iter().map(subtree).collect())
        };
        let constraints = NameConstraints { permitted: subtrees(0)?, excluded: subtrees(1)? };
        parts.finish(what)?;
        Ok(constraints)
    }

    /// Refuses a certificate with a name that does not belong below; the sentence says which.
    pub(crate) fn check(&self, certificate: &Certificate) -> Result<(), String> {
        let names = names(certificate).map_err(|error| error.to_string())?;
        names.iter().try_for_each(|name| self.check_name(name))
    }

    fn check_name(&self, name: &GeneralName) -> Result<(), String> {
        for tree in self.excluded.iter().filter(|tree| reaches(tree, name)) {
            if lies_within(tree, name)? {
                return Err(format!("{} lies where its authorities exclude names", told(name)));
            }
        }
        let mut trees = self.permitted.iter().filter(|tree| reaches(tree, name)).peekable();
        if trees.peek().is_none() {
            return Ok(());
        }
        for tree in trees {
            if lies_within(tree, name)? {
                return Ok(());
            }
        }
        Err(format!("{} lies outside the names that its authorities permit", told(name)))
    }
}

/// Reads a GeneralSubtree, whose minimum is zero and which has no maximum (RFC 5280 knows no others).
fn subtree(element: &Tlv<'_>) -> Result<GeneralName, Error> {
    let what = "GeneralSubtree";
    let mut parts = element.expect(tag::SEQUENCE, what)?.children();
    let base = GeneralName::one(&parts.next(what)?)?;
    if parts.optional(tag::context(0, false), what)?.is_some_and(|minimum| minimum.value != [0]) {
        return Err(Error::unsupported("GeneralSubtree: a minimum other than zero is not processed"));
    }
    parts.finish(what)?;
    Ok(base)
}

/// The names that constraints are about: the subject, what else it is called, and mailboxes in the
/// subject where no alternative name is one.
fn names(certificate: &Certificate) -> Result<Vec<GeneralName>, Error> {
    let mut names = match certificate.extension(&oid::SUBJECT_ALTERNATIVE_NAME) {
        Some(value) => GeneralName::list(&Tlv::only(value, "subjectAltName")?)?,
        None => Vec::new(),
    };
    if !names.iter().any(|name| matches!(name, GeneralName::Mailbox(_))) {
        let subject = Tlv::only(certificate.subject_raw(), "subject")?;
        names.extend(mailboxes(&subject)?.into_iter().map(|mailbox| GeneralName::Mailbox(mailbox.to_vec())));
    }
    if !certificate.subject_name().is_empty() {
        names.push(GeneralName::Directory(certificate.subject_name().clone()));
    }
    Ok(names)
}

/// Whether a subtree says anything about names of this kind.
fn reaches(tree: &GeneralName, name: &GeneralName) -> bool {
    match (tree, name) {
        (GeneralName::Other(one, _), GeneralName::Other(other, _)) => one == other,
        _ => std::mem::discriminant(tree) == std::mem::discriminant(name),
    }
}

/// Whether a name lies within a subtree of its kind. An error tells why that cannot be said, which
/// refuses the certificate.
fn lies_within(tree: &GeneralName, name: &GeneralName) -> Result<bool, String> {
    match (tree, name) {
        (GeneralName::Directory(tree), GeneralName::Directory(name)) => Ok(name.is_within(tree)),
        (GeneralName::Host(tree), GeneralName::Host(name)) => Ok(host_lies_within(tree, name)),
        (GeneralName::Mailbox(tree), GeneralName::Mailbox(name)) => mailbox_lies_within(tree, name),
        (GeneralName::Uri(tree), GeneralName::Uri(name)) => uri_lies_within(tree, name),
        (GeneralName::Address(tree), GeneralName::Address(name)) => address_lies_within(tree, name),
        _ => Err(format!("{} is of a kind whose constraints are not processed", told(name))),
    }
}

/// `example.com` takes in itself and all below; a leading dot is tolerated and means below only.
fn host_lies_within(tree: &[u8], name: &[u8]) -> bool {
    let Some(front) = name.len().checked_sub(tree.len()) else { return false };
    let (before, end) = name.split_at(front);
    let bounded = before.is_empty() || tree.is_empty() || tree.first() == Some(&b'.') || before.last() == Some(&b'.');
    bounded && end.eq_ignore_ascii_case(tree) && !(before.is_empty() && tree.first() == Some(&b'.'))
}

/// A mailbox, all of a host, or with a leading dot all hosts below.
fn mailbox_lies_within(tree: &[u8], name: &[u8]) -> Result<bool, String> {
    let split = |mailbox: &[u8]| {
        let at = mailbox.iter().rposition(|octet| *octet == b'@')?;
        Some((mailbox.get(..at)?.to_vec(), mailbox.get(at + 1..)?.to_vec()))
    };
    let Some((local, host)) = split(name) else { return Err("a mailbox in it has no host".into()) };
    Ok(match split(tree) {
        // The part before the host is compared by the letter (RFC 5280, 7.5).
        Some((wanted, at)) => local == wanted && host.eq_ignore_ascii_case(&at),
        None => host_of_constraint(tree, &host),
    })
}

/// The rule for mailboxes and addresses: a host means itself, with a leading dot all below.
fn host_of_constraint(tree: &[u8], host: &[u8]) -> bool {
    match tree.first() {
        Some(b'.') => host.len() > tree.len() && host_lies_within(tree, host),
        _ => host.eq_ignore_ascii_case(tree),
    }
}

fn uri_lies_within(tree: &[u8], name: &[u8]) -> Result<bool, String> {
    let text = std::str::from_utf8(name).map_err(|_| "an address in it is no text")?;
    let none = || format!("the address \"{}\" in it has no host to compare", text.escape_debug());
    let authority = text.split_once("://").ok_or_else(none)?.1;
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    let is_number = host.starts_with('[') || host.chars().all(|c| c.is_ascii_digit() || c == '.');
    if host.is_empty() || is_number {
        return Err(none());
    }
    Ok(host_of_constraint(tree, host.as_bytes()))
}

/// An address and a mask of the same length (RFC 4632).
fn address_lies_within(tree: &[u8], name: &[u8]) -> Result<bool, String> {
    if ![8, 32].contains(&tree.len()) || ![4, 16].contains(&name.len()) {
        return Err("an IP address or a range of them has an impossible length".into());
    }
    let (base, mask) = tree.split_at(tree.len() / 2);
    Ok(base.len() == name.len()
        && base.iter().zip(mask).zip(name).all(|((base, mask), octet)| base & mask == octet & mask))
}

fn told(name: &GeneralName) -> String {
    let text = |octets: &[u8]| format!("\"{}\"", String::from_utf8_lossy(octets).escape_debug());
    match name {
        GeneralName::Directory(_) => "its subject's or another directory name".into(),
        GeneralName::Mailbox(octets) => format!("the mailbox {}", text(octets)),
        GeneralName::Host(octets) => format!("the host {}", text(octets)),
        GeneralName::Uri(octets) => format!("the address {}", text(octets)),
        GeneralName::Address(octets) => format!("the IP address {octets:?}"),
        GeneralName::Other(kind, _) => format!("a name of kind {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{address_lies_within, host_lies_within, mailbox_lies_within, uri_lies_within};

    #[test]
    fn hosts() {
        for (tree, name, within) in [
            ("example.com", "example.com", true),
            ("example.com", "a.b.EXAMPLE.com", true),
            ("example.com", "badexample.com", false),
            ("example.com", "com", false),
            (".example.com", "a.example.com", true),
            (".example.com", "example.com", false),
            ("", "anything", true),
        ] {
            assert_eq!(host_lies_within(tree.as_bytes(), name.as_bytes()), within, "{tree} {name}");
        }
    }

    #[test]
    fn mailboxes() {
        for (tree, name, within) in [
            ("us@example.com", "us@EXAMPLE.com", true),
            ("us@example.com", "Us@example.com", false),
            ("example.com", "us@example.com", true),
            ("example.com", "us@mail.example.com", false),
            (".example.com", "us@mail.example.com", true),
            (".example.com", "us@example.com", false),
        ] {
            assert_eq!(mailbox_lies_within(tree.as_bytes(), name.as_bytes()), Ok(within), "{tree} {name}");
        }
        assert!(mailbox_lies_within(b"example.com", b"nobody").is_err());
    }

    #[test]
    fn addresses() {
        for (tree, name, within) in [
            ("example.com", "https://example.com:8080/x", true),
            ("example.com", "https://a.example.com/", false),
            (".example.com", "ftp://us@a.example.com?q", true),
            (".example.com", "https://example.com/.example.com", false),
        ] {
            assert_eq!(uri_lies_within(tree.as_bytes(), name.as_bytes()), Ok(within), "{tree} {name}");
        }
        for bad in ["urn:example", "https://10.0.0.1/", "https://[::1]/", "https:///x"] {
            assert!(uri_lies_within(b"example.com", bad.as_bytes()).is_err(), "{bad}");
        }
        assert_eq!(address_lies_within(&[10, 0, 0, 0, 255, 0, 0, 0], &[10, 9, 8, 7]), Ok(true));
        assert_eq!(address_lies_within(&[10, 0, 0, 0, 255, 0, 0, 0], &[11, 9, 8, 7]), Ok(false));
        assert_eq!(address_lies_within(&[0; 32], &[11, 9, 8, 7]), Ok(false));
        assert!(address_lies_within(&[0; 7], &[11, 9, 8, 7]).is_err());
    }
}
