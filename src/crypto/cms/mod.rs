//! CMS SignedData (RFC 5652) and its Chinese sibling (GB/T 35275): the structures, reading and
//! writing. What makes a good signature is judged in `verify`.

mod read;
mod reference;
mod write;

pub(crate) use crate::crypto::cms::read::{Attributes, SignedData, SignerInfo};
pub(crate) use crate::crypto::cms::reference::reference;
pub(crate) use crate::crypto::cms::write::{Message, signature_room};

/// Object identifiers of content and attributes.
pub(crate) mod oid {
    use ::der::asn1::ObjectIdentifier;

    const fn new(dotted: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(dotted)
    }

    pub(crate) const DATA: ObjectIdentifier = new("1.2.840.113549.1.7.1");
    pub(crate) const SIGNED_DATA: ObjectIdentifier = new("1.2.840.113549.1.7.2");
    /// GB/T 35275: data and signedData.
    pub(crate) const GM_DATA: ObjectIdentifier = new("1.2.156.10197.6.1.4.2.1");
    pub(crate) const GM_SIGNED_DATA: ObjectIdentifier = new("1.2.156.10197.6.1.4.2.2");

    pub(crate) const CONTENT_TYPE: ObjectIdentifier = new("1.2.840.113549.1.9.3");
    pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = new("1.2.840.113549.1.9.4");
    pub(crate) const SIGNING_TIME: ObjectIdentifier = new("1.2.840.113549.1.9.5");
    pub(crate) const ALGORITHM_PROTECTION: ObjectIdentifier = new("1.2.840.113549.1.9.52");
    pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = new("1.2.840.113549.1.9.16.2.12");
    pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = new("1.2.840.113549.1.9.16.2.47");
    pub(crate) const SIGNATURE_POLICY: ObjectIdentifier = new("1.2.840.113549.1.9.16.2.15");
    pub(crate) const CONTENT_TIME_STAMP: ObjectIdentifier = new("1.2.840.113549.1.9.16.2.20");
    pub(crate) const TIME_STAMP_TOKEN: ObjectIdentifier = new("1.2.840.113549.1.9.16.2.14");
}
