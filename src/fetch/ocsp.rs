//! OCSP requests (RFC 6960, 4.1.1).

use ::der::asn1::{Any, OctetString};
use ::der::{Encode as _, Sequence, Tag};
use spki::AlgorithmIdentifierOwned;

use crate::crypto::{Certificate, DigestAlgorithm, digest};
use crate::error::{Error, ErrorKind};

#[derive(Sequence)]
struct OcspRequest {
    content: TbsRequest,
}

#[derive(Sequence)]
struct TbsRequest {
    list: Vec<Request>,
}

#[derive(Sequence)]
struct Request {
    id: CertId,
}

#[derive(Sequence)]
struct CertId {
    hash: AlgorithmIdentifierOwned,
    issuer_name: OctetString,
    issuer_key: OctetString,
    serial: Any,
}

/// A request about one certificate, without a nonce: answers may be ones that the responder keeps ready. SHA-1 names
/// the issuer here and protects nothing; responders know others less often (RFC 5019, 2.1.1).
pub(super) fn request(certificate: &Certificate, issuer: &Certificate) -> Result<Vec<u8>, Error> {
    let hash = |bytes: &[u8]| -> Result<OctetString, Error> {
        OctetString::new(digest(DigestAlgorithm::Sha1, bytes)?).map_err(unwritable)
    };
    let id = CertId {
        hash: AlgorithmIdentifierOwned { oid: DigestAlgorithm::Sha1.oid(), parameters: Some(Any::null()) },
        issuer_name: hash(certificate.issuer_raw())?,
        issuer_key: hash(issuer.public_key()?.bits())?,
        serial: Any::new(Tag::Integer, certificate.serial_raw()).map_err(unwritable)?,
    };
    OcspRequest { content: TbsRequest { list: vec![Request { id }] } }.to_der().map_err(unwritable)
}

fn unwritable(source: ::der::Error) -> Error {
    Error::new(ErrorKind::Malformed, format!("the OCSP request cannot be written ({source})")).caused_by(source)
}
