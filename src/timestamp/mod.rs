//! Time-stamp tokens: reading them. Carrying them is the caller's business.

use std::borrow::Cow;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::DigestAlgorithm;
use crate::crypto::cms::SignedData;
use crate::der::{Tlv, tag};
use crate::error::{Context, Error};
use crate::time::Time;

/// id-ct-TSTInfo.
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A time-stamp token (RFC 3161; GB/T 20520 has the same shape), read and not believed.
///
/// ```text
/// TSTInfo ::= SEQUENCE {
///     version         INTEGER { v1(1) },
///     policy          OBJECT IDENTIFIER,
///     messageImprint  SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING },
///     serialNumber    INTEGER,
///     genTime         GeneralizedTime,
///     … }
/// ```
#[derive(Debug)]
pub(crate) struct Token<'a> {
    pub(crate) signed: SignedData<'a>,
    pub(crate) imprint_algorithm: Result<DigestAlgorithm, String>,
    pub(crate) imprint: Vec<u8>,
    pub(crate) time: Time,
}

impl<'a> Token<'a> {
    pub(crate) fn read(bytes: &'a [u8], most_certificates: usize) -> Result<Self, Error> {
        let signed = SignedData::read(bytes, most_certificates).context("a time-stamp token")?;
        if signed.content_type != TST_INFO {
            return Err(Error::malformed(format!(
                "a time-stamp token holds TSTInfo ({TST_INFO}), this holds {}",
                signed.content_type
            )));
        }
        let content: Cow<'_, [u8]> =
            signed.content.clone().ok_or_else(|| Error::malformed("the time-stamp token holds no TSTInfo"))?;
        let mut fields = Tlv::only(&content, "TSTInfo")?.expect(tag::SEQUENCE, "TSTInfo")?.children();
        fields.take(tag::INTEGER, "TSTInfo.version")?;
        fields.take(tag::OID, "TSTInfo.policy")?;
        let mut imprint = fields.take(tag::SEQUENCE, "TSTInfo.messageImprint")?.children();
        let algorithm =
            imprint.take(tag::SEQUENCE, "messageImprint.hashAlgorithm")?.children().next("hashAlgorithm")?;
        let algorithm = DigestAlgorithm::from_oid(&algorithm.oid("hashAlgorithm")?).map_err(|error| error.to_string());
        let hashed = imprint.take(tag::OCTET_STRING, "messageImprint.hashedMessage")?.value.to_vec();
        fields.take(tag::INTEGER, "TSTInfo.serialNumber")?;
        let time = fields.take(tag::GENERALIZED_TIME, "TSTInfo.genTime")?.time("TSTInfo.genTime")?;
        Ok(Token { signed, imprint_algorithm: algorithm, imprint: hashed, time })
    }
}
