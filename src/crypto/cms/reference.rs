//! The signing-certificate attributes: which certificate a signature names as its own.

use crate::crypto::cms::{Attributes, oid};
use crate::crypto::{Certificate, DigestAlgorithm};
use crate::der::tag;

/// The certificate that a signing-certificate attribute names.
pub(crate) struct Reference {
    algorithm: DigestAlgorithm,
    digest: Vec<u8>,
}

impl Reference {
    pub(crate) fn is(&self, certificate: &Certificate) -> bool {
        certificate.digest(self.algorithm).is_ok_and(|digest| digest == self.digest)
    }
}

/// Reads signing-certificate-v2, or the first version where that is all there is (RFC 5035).
pub(crate) fn reference(attributes: &Attributes<'_>) -> Option<Reference> {
    let second = attributes.single(&oid::SIGNING_CERTIFICATE_V2);
    let (value, default) = match second {
        Some(value) => (value, DigestAlgorithm::Sha256),
        None => (attributes.single(&oid::SIGNING_CERTIFICATE)?, DigestAlgorithm::Sha1),
    };
    let what = "SigningCertificate";
    let mut id = value.children().take(tag::SEQUENCE, what).ok()?.children().take(tag::SEQUENCE, what).ok()?.children();
    let algorithm = match id.optional(tag::SEQUENCE, what).ok()? {
        Some(identifier) => DigestAlgorithm::from_oid(&identifier.children().next(what).ok()?.oid(what).ok()?).ok()?,
        None => default,
    };
    let digest = id.take(tag::OCTET_STRING, what).ok()?.value.to_vec();
    Some(Reference { algorithm, digest })
}
