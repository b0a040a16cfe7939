//! Reading time-stamp tokens.

use std::borrow::Cow;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::cms::{SignedData, SignerInfo, reference};
use crate::crypto::{Certificate, DigestAlgorithm, Judgement, verify};
use crate::der::{Reader, Tlv, tag};
use crate::error::{Context, Error};
use crate::time::Time;
use crate::timestamp::oid;

/// A time-stamp token (RFC 3161, 2.4.2; GB/T 20520 has the same shape), read and not believed.
///
/// ```text
/// TSTInfo ::= SEQUENCE {
///     version         INTEGER { v1(1) },
///     policy          OBJECT IDENTIFIER,
///     messageImprint  SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING },
///     serialNumber    INTEGER,
///     genTime         GeneralizedTime,
///     accuracy        SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER OPTIONAL,
///                                micros [1] INTEGER OPTIONAL } OPTIONAL,
///     ordering        BOOLEAN DEFAULT FALSE,
///     nonce           INTEGER OPTIONAL,
///     tsa             [0] EXPLICIT GeneralName OPTIONAL,
///     extensions      [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Debug)]
pub(crate) struct Token<'a> {
    pub(crate) signed: SignedData<'a>,
    pub(crate) policy: ObjectIdentifier,
    pub(crate) imprint_algorithm: Result<DigestAlgorithm, String>,
    pub(crate) imprint: Vec<u8>,
    /// The content octets of the serial number.
    pub(crate) serial: Vec<u8>,
    /// The stamped time, fractions of a second cut off.
    pub(crate) time: Time,
    /// How far the true time may lie from the stamped one, if that is told.
    pub(crate) accuracy: Option<Accuracy>,
    /// The content octets of the nonce.
    pub(crate) nonce: Option<Vec<u8>>,
    /// The DER of the Name by which the token calls its authority, where it is a directory name.
    pub(crate) authority: Option<Vec<u8>>,
    /// Critical extensions of the TSTInfo; none is known here.
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
}

/// The accuracy of a stamped time (RFC 3161, 2.4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Accuracy {
    micros: u64,
}

impl Accuracy {
    /// In whole seconds, rounded up: a bound must not become smaller than it was told.
    pub(crate) fn seconds(self) -> i64 {
        i64::try_from(self.micros.div_ceil(1_000_000)).unwrap_or(i64::MAX)
    }
}

impl<'a> Token<'a> {
    pub(crate) fn read(bytes: &'a [u8], most_certificates: usize) -> Result<Self, Error> {
        let signed = SignedData::read(bytes, most_certificates).context("a time-stamp token")?;
        if signed.content_type != oid::TST_INFO {
            return Err(Error::malformed(format!(
                "a time-stamp token holds TSTInfo ({}), this holds {}",
                oid::TST_INFO,
                signed.content_type
            )));
        }
        let content: Cow<'_, [u8]> =
            signed.content.clone().ok_or_else(|| Error::malformed("the time-stamp token holds no TSTInfo"))?;
        let mut fields = Tlv::only(&content, "TSTInfo")?.expect(tag::SEQUENCE, "TSTInfo")?.children();
        let version = fields.take(tag::INTEGER, "TSTInfo.version")?.small_integer("TSTInfo.version")?;
        if version != 1 {
            return Err(Error::unsupported(format!("a time-stamp token has version 1, this has {version}")));
        }
        let policy = fields.next("TSTInfo.policy")?.oid("TSTInfo.policy")?;
        let (imprint_algorithm, imprint) = read_imprint(&fields.next("TSTInfo.messageImprint")?)?;
        let serial = fields.take(tag::INTEGER, "TSTInfo.serialNumber")?.value.to_vec();
        let time = read_time(&fields.next("TSTInfo.genTime")?)?;
        let accuracy = fields.optional(tag::SEQUENCE, "TSTInfo.accuracy")?;
        let accuracy = accuracy.as_ref().map(read_accuracy).transpose()?;
        fields.optional(tag::BOOLEAN, "TSTInfo.ordering")?;
        let nonce = fields.optional(tag::INTEGER, "TSTInfo.nonce")?.map(|nonce| nonce.value.to_vec());
        let authority = match fields.optional(tag::context(0, true), "TSTInfo.tsa")? {
            Some(name) => read_authority(&mut name.children())?,
            None => None,
        };
        let extensions = fields.optional(tag::context(1, true), "TSTInfo.extensions")?;
        let unknown_critical = extensions.as_ref().map(read_critical).transpose()?.unwrap_or_default();
        fields.finish("TSTInfo")?;
        Ok(Token {
            policy,
            imprint_algorithm,
            imprint,
            serial,
            time,
            accuracy,
            nonce,
            authority,
            unknown_critical,
            signed,
        })
    }

    /// The serial number, time and accuracy, to be told.
    pub(crate) fn told(&self) -> String {
        let serial: String = self.serial.iter().map(|octet| format!("{octet:02X}")).collect();
        match self.accuracy {
            Some(accuracy) => format!("{} (accurate to {} s; number {serial})", self.time, accuracy.seconds()),
            None => format!("{} (number {serial})", self.time),
        }
    }

    /// What is wrong with the token by itself, whoever its authority is: what whoever asked for it refuses
    /// before it gets anywhere. The verifier asks the same, check by check.
    pub(crate) fn fault(&self) -> Option<String> {
        let [signer] = self.signed.signers.as_slice() else {
            let count = self.signed.signers.len();
            return Some(format!("it has {count} signers, where a token has exactly one (RFC 3161, 2.4.2)"));
        };
        match self.certificate(signer) {
            Err(reason) => Some(reason),
            Ok(certificate) => purpose_fault(certificate).or_else(|| self.value_fault(signer, certificate)),
        }
    }

    /// The authority's certificate: the one in the token that the signed attributes name.
    fn certificate(&self, signer: &SignerInfo<'_>) -> Result<&Certificate, String> {
        let attributes = signer.signed.as_ref().ok_or("it has no signed attributes (RFC 3161, 2.4.2)")?;
        let reference = reference(attributes).ok_or(
            "no signing-certificate attribute (ESSCertID) names its authority's certificate (RFC 3161, 2.4.2)",
        )?;
        let mut named = self.signed.certificates.iter().filter(|one| signer.id.names(one));
        named.find(|one| reference.is(one)).ok_or_else(|| "it does not hold its authority's certificate".to_owned())
    }

    fn value_fault(&self, signer: &SignerInfo<'_>, certificate: &Certificate) -> Option<String> {
        use crate::crypto::cms::oid::{CONTENT_TYPE, MESSAGE_DIGEST};
        let attributes = signer.signed.as_ref()?;
        let content = self.signed.content.as_deref()?;
        let digest = signer
            .digest
            .clone()
            .and_then(|algorithm| crate::crypto::digest(algorithm, content).map_err(|error| error.to_string()));
        match (digest, attributes.single(&MESSAGE_DIGEST)) {
            (Err(reason), _) => return Some(reason),
            (Ok(own), Some(told)) if told.value == own => {}
            _ => return Some("its message-digest is not the digest of its TSTInfo".into()),
        }
        let kind = attributes.single(&CONTENT_TYPE).and_then(|value| value.oid("content-type").ok());
        if kind != Some(oid::TST_INFO) {
            return Some("its content-type attribute does not say TSTInfo".into());
        }
        let judgement = match (&signer.algorithm, certificate.public_key()) {
            (Ok(algorithm), Ok(key)) => verify(*algorithm, key, &attributes.to_be_signed(), &signer.value),
            (Err(reason), _) => Judgement::Unsupported(reason.clone()),
            (_, Err(error)) => Judgement::Unsupported(error.to_string()),
        };
        match judgement {
            Judgement::Good { .. } => None,
            Judgement::Bad => {
                Some(format!("its value does not verify with the certificate of {}", certificate.subject()))
            }
            Judgement::Unsupported(reason) => Some(reason),
        }
    }
}

/// RFC 3161, 2.3: the certificate's one purpose is time-stamping, and the extension that says so is critical.
pub(crate) fn purpose_fault(certificate: &Certificate) -> Option<String> {
    let subject = certificate.subject();
    match certificate.extended_key_usage() {
        Some([only]) if only == oid::TIME_STAMPING => (!certificate.extended_key_usage_is_critical()).then(|| {
            format!(
                "{subject} is certified for time-stamping, but by an extension that is not critical (RFC 3161, 2.3)"
            )
        }),
        _ => Some(format!("{subject} is not certified for time-stamping, and for that alone (RFC 3161, 2.3)")),
    }
}

/// `MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }`
pub(super) fn read_imprint(element: &Tlv<'_>) -> Result<(Result<DigestAlgorithm, String>, Vec<u8>), Error> {
    let mut parts = element.expect(tag::SEQUENCE, "messageImprint")?.children();
    let algorithm = parts.take(tag::SEQUENCE, "messageImprint.hashAlgorithm")?.children().next("hashAlgorithm")?;
    let algorithm = DigestAlgorithm::from_oid(&algorithm.oid("hashAlgorithm")?).map_err(|error| error.to_string());
    let hashed = parts.take(tag::OCTET_STRING, "messageImprint.hashedMessage")?.value.to_vec();
    parts.finish("messageImprint")?;
    Ok((algorithm, hashed))
}

/// RFC 3161, 2.4.2: UTC with seconds, ending in Z. A local time without a zone would be off by hours.
fn read_time(element: &Tlv<'_>) -> Result<Time, Error> {
    let what = "TSTInfo.genTime";
    let element = element.expect(tag::GENERALIZED_TIME, what)?;
    let seconds = element.value.iter().take_while(|octet| octet.is_ascii_digit()).count() == 14;
    if !seconds || element.value.last() != Some(&b'Z') {
        let text = element.text().0;
        let told = format!("{what} is \"{}\": it has to be UTC with seconds, ending in Z", text.escape_debug());
        return Err(Error::malformed(told));
    }
    element.time(what)
}

fn read_accuracy(element: &Tlv<'_>) -> Result<Accuracy, Error> {
    let what = "TSTInfo.accuracy";
    let mut parts = element.children();
    let mut micros = 0_u64;
    for (tag, unit, most) in
        [(tag::INTEGER, 1_000_000, 1 << 40), (tag::context(0, false), 1000, 999), (tag::context(1, false), 1, 999)]
    {
        let Some(part) = parts.optional(tag, what)? else { continue };
        let number = u64::try_from(part.small_integer(what)?).ok().filter(|number| *number <= most);
        let number = number.ok_or_else(|| Error::malformed(format!("{what}: a part of it is out of range")))?;
        micros = micros.saturating_add(number.saturating_mul(unit));
    }
    parts.finish(what)?;
    Ok(Accuracy { micros })
}

/// `directoryName [4]` is EXPLICIT, since Name is a CHOICE; other kinds of names are not compared.
fn read_authority(parts: &mut Reader<'_>) -> Result<Option<Vec<u8>>, Error> {
    let what = "TSTInfo.tsa";
    let name = parts.next(what)?;
    parts.finish(what)?;
    if name.tag != tag::context(4, true) {
        return Ok(None);
    }
    Ok(Some(name.children().take(tag::SEQUENCE, what)?.raw.to_vec()))
}

fn read_critical(extensions: &Tlv<'_>) -> Result<Vec<ObjectIdentifier>, Error> {
    let what = "TSTInfo.extensions";
    let mut critical = Vec::new();
    for extension in extensions.list(what)? {
        let mut parts = extension.expect(tag::SEQUENCE, what)?.children();
        let id = parts.next(what)?.oid(what)?;
        if parts.optional(tag::BOOLEAN, what)?.is_some_and(|flag| flag.value != [0]) {
            critical.push(id);
        }
    }
    Ok(critical)
}
