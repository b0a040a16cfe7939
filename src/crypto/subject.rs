//! What a certificate says of its subject beyond its name: asked for by signature fields.

use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::crypto::Certificate;

/// The certificate policies (RFC 5280, 4.2.1.4), in dots.
pub(crate) fn policies(certificate: &Certificate) -> Vec<String> {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate.der()) else { return Vec::new() };
    let mut list = Vec::new();
    for extension in parsed.tbs_certificate.extensions() {
        if let ParsedExtension::CertificatePolicies(policies) = extension.parsed_extension() {
            list.extend(policies.iter().map(|policy| policy.policy_id.to_id_string()));
        }
    }
    list
}

/// Whether the subject has an attribute, named in short (`CN`) or in dots, with this value.
pub(crate) fn subject_says(certificate: &Certificate, attribute: &str, value: &str) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate.der()) else { return false };
    let wanted = ATTRIBUTES.iter().find(|(short, _)| *short == attribute).map_or(attribute, |(_, oid)| oid);
    parsed
        .tbs_certificate
        .subject
        .iter_attributes()
        .any(|one| one.attr_type().to_id_string() == wanted && one.as_str().is_ok_and(|text| text == value))
}

/// Texts that may name the subject's organisation by a number: attributes of its name, and the extensions in which
/// certificates under GM/T 0015 carry numbers of organisations.
#[cfg(feature = "licence")]
pub(crate) fn numbers(certificate: &Certificate) -> Vec<String> {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate.der()) else { return Vec::new() };
    let mut found = Vec::new();
    for attribute in parsed.tbs_certificate.subject.iter_attributes() {
        if ORGANISATION_NUMBERS.contains(&attribute.attr_type().to_id_string().as_str())
            && let Ok(text) = attribute.as_str()
        {
            found.push(text.to_owned());
        }
    }
    for extension in parsed.tbs_certificate.extensions() {
        if ORGANISATION_NUMBERS.contains(&extension.oid.to_id_string().as_str()) {
            // A string of DER, or as some issuers write it, the bare text.
            let value = extension.value;
            let inner = crate::der::Tlv::only(value, "an extension").map_or(value, |element| element.value);
            found.extend(std::str::from_utf8(inner).map(str::to_owned));
        }
    }
    found
}

/// organizationIdentifier, serialNumber, OU and UID of the name; organisation, tax and registration numbers of
/// GM/T 0015.
#[cfg(feature = "licence")]
const ORGANISATION_NUMBERS: [&str; 7] = [
    "2.5.4.97",
    "2.5.4.5",
    "2.5.4.11",
    "0.9.2342.19200300.100.1.1",
    "1.2.156.10260.4.1.3",
    "1.2.156.10260.4.1.4",
    "1.2.156.10260.4.1.5",
];

/// The short names of RFC 4519 and those in use beside them.
const ATTRIBUTES: [(&str, &str); 12] = [
    ("C", "2.5.4.6"),
    ("CN", "2.5.4.3"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("E", "1.2.840.113549.1.9.1"),
    ("GN", "2.5.4.42"),
    ("L", "2.5.4.7"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("SN", "2.5.4.4"),
    ("ST", "2.5.4.8"),
    ("UID", "0.9.2342.19200300.100.1.1"),
];
