//! Answers about the state of a certificate (OCSP, RFC 6960), read over the bytes that arrived.

use std::fmt;
use std::sync::Arc;

use ::der::asn1::ObjectIdentifier;

use crate::crypto::{Certificate, DigestAlgorithm, Judgement, Name, PublicKey, SignatureAlgorithm, digest, verify};
use crate::der::{Tlv, tag};
use crate::error::{Context, Error};
use crate::time::Time;
use crate::trust::crl::{Entry, plain};
use crate::trust::general::{Extension, oid};
use crate::trust::{Origin, Reason};

/// The most certificates and the most answers in one response that are looked at.
const MOST: usize = 256;

const ENUMERATED: u8 = 0x0A;

/// A BasicOCSPResponse, read and not believed.
pub(crate) struct OcspResponse {
    der: Arc<Vec<u8>>,
    pub(crate) origin: Origin,
    signed: Vec<u8>,
    algorithm: Result<SignatureAlgorithm, String>,
    value: Vec<u8>,
    pub(crate) responder: Responder,
    pub(crate) produced: Time,
    pub(crate) answers: Vec<Answer>,
    pub(crate) certificates: Vec<Certificate>,
    unknown_critical: Option<ObjectIdentifier>,
}

/// Who answered, by the answer's own word.
#[derive(Debug)]
pub(crate) enum Responder {
    Named(Name),
    /// SHA-1 of the key's bits.
    Keyed(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Debug)]
pub(crate) struct Answer {
    algorithm: Result<DigestAlgorithm, String>,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial: Vec<u8>,
    pub(crate) state: AnswerState,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) archive_cutoff: Option<Time>,
    unknown_critical: Option<ObjectIdentifier>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AnswerState {
    Good,
    Revoked(Entry),
    Unknown,
}

impl OcspResponse {
    /// Reads an OCSPResponse, or the BasicOCSPResponse in it, which signatures carry bare.
    pub(crate) fn read(der: Vec<u8>, origin: Origin) -> Result<Self, Error> {
        let mut response = Self::read_any(&der, origin).context("reading an OCSP response")?;
        response.der = Arc::new(der);
        Ok(response)
    }

    fn read_any(der: &[u8], origin: Origin) -> Result<Self, Error> {
        let what = "OCSPResponse";
        let outer = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?;
        let mut parts = outer.children();
        let Some(status) = parts.optional(ENUMERATED, "responseStatus")? else {
            return Self::read_basic(&outer, origin);
        };
        if status.value != [0] {
            let told = match status.value {
                [1] => "the request was malformed",
                [2] => "it had an internal error",
                [3] => "it should be asked again later",
                [5] => "the request has to be signed",
                [6] => "it does not answer this asker",
                _ => "it gave no reason that is known",
            };
            return Err(Error::malformed(format!("it holds no answer; the responder says: {told}")));
        }
        let bytes = parts.take(tag::context(0, true), "responseBytes")?;
        let mut bytes = bytes.children().take(tag::SEQUENCE, "responseBytes")?.children();
        let kind = bytes.next("responseType")?.oid("responseType")?;
        if kind != oid::OCSP_BASIC {
            return Err(Error::unsupported(format!("the kind of response {kind} is not built in")));
        }
        let basic = bytes.take(tag::OCTET_STRING, "response")?;
        parts.finish(what)?;
        Self::read_basic(&Tlv::only(basic.value, "BasicOCSPResponse")?, origin)
    }

    fn read_basic(basic: &Tlv<'_>, origin: Origin) -> Result<Self, Error> {
        let what = "BasicOCSPResponse";
        let mut parts = basic.expect(tag::SEQUENCE, what)?.children();
        let data = parts.take(tag::SEQUENCE, "tbsResponseData")?;
        let algorithm = parts.take(tag::SEQUENCE, "signatureAlgorithm")?;
        let value = parts.take(tag::BIT_STRING, "signature")?.bits("signature")?.to_vec();
        let mut certificates = Vec::new();
        if let Some(wrapper) = parts.optional(tag::context(0, true), "certs")? {
            let list = wrapper.children().take(tag::SEQUENCE, "certs")?.list("certs")?;
            certificates = list.iter().take(MOST).filter_map(|one| Certificate::from_der(one.raw).ok()).collect();
        }
        parts.finish(what)?;
        let mut fields = data.children();
        fields.optional(tag::context(0, true), "version")?;
        let id = fields.next("responderID")?;
        let responder = match id.tag & 0x1F {
            1 => Responder::Named(Name::read(&id.children().next("byName")?)?),
            2 => Responder::Keyed(id.children().take(tag::OCTET_STRING, "byKey")?.value.to_vec()),
            _ => return Err(Error::malformed("responderID: it is neither a name nor a key's digest")),
        };
        let produced = fields.take(tag::GENERALIZED_TIME, "producedAt")?.time("producedAt")?;
        let answers = fields.take(tag::SEQUENCE, "responses")?.list("responses")?;
        if answers.len() > MOST {
            return Err(Error::too_large(format!(
                "it has {} answers, more than the {MOST} that are read",
                answers.len()
            )));
        }
        let answers = answers.iter().map(Answer::read).collect::<Result<_, _>>()?;
        let mut unknown_critical = None;
        if let Some(wrapper) = fields.optional(tag::context(1, true), "responseExtensions")? {
            let known = [oid::OCSP_NONCE];
            unknown_critical = unknown(&Extension::list(&wrapper.children().next("responseExtensions")?)?, &known);
        }
        fields.finish("tbsResponseData")?;
        Ok(OcspResponse {
            der: Arc::default(),
            origin,
            signed: data.raw.to_vec(),
            algorithm: SignatureAlgorithm::from_identifier(&algorithm, None).map_err(|error| error.to_string()),
            value,
            responder,
            produced,
            answers,
            certificates,
            unknown_critical,
        })
    }

    /// The bytes that arrived.
    pub(crate) fn der(&self) -> &Arc<Vec<u8>> {
        &self.der
    }

    /// The OCSPResponse, put around the bare answer where that is what arrived: documents keep it whole.
    pub(crate) fn whole(&self) -> Vec<u8> {
        let outer = Tlv::only(&self.der, "").ok();
        if outer.and_then(|outer| outer.children().next("").ok()).is_some_and(|first| first.tag == ENUMERATED) {
            return self.der.to_vec();
        }
        let basic = element(tag::OCTET_STRING, &self.der);
        let kind = element(tag::OID, oid::OCSP_BASIC.as_bytes());
        let bytes = element(tag::context(0, true), &element(tag::SEQUENCE, &[kind, basic].concat()));
        element(tag::SEQUENCE, &[vec![ENUMERATED, 1, 0], bytes].concat())
    }

    pub(crate) fn signed_with(&self, key: &PublicKey) -> Judgement {
        match &self.algorithm {
            Ok(algorithm) => verify(*algorithm, key, &self.signed, &self.value),
            Err(reason) => Judgement::Unsupported(reason.clone()),
        }
    }

    /// A critical extension that nobody knows here, of the response or of this answer.
    pub(crate) fn unknown_critical(&self, answer: &Answer) -> Option<ObjectIdentifier> {
        self.unknown_critical.or(answer.unknown_critical)
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspResponse(of {}, {} answers)", self.produced, self.answers.len())
    }
}

impl Responder {
    /// Whether a name and a key are those of this responder.
    pub(crate) fn is(&self, name: &Name, key: &PublicKey) -> bool {
        match self {
            Responder::Named(own) => own == name,
            Responder::Keyed(own) => digest(DigestAlgorithm::Sha1, key.bits()).is_ok_and(|hash| hash == *own),
        }
    }
}

impl Answer {
    fn read(single: &Tlv<'_>) -> Result<Self, Error> {
        let what = "SingleResponse";
        let mut parts = single.expect(tag::SEQUENCE, what)?.children();
        let mut id = parts.take(tag::SEQUENCE, "certID")?.children();
        let algorithm = id.take(tag::SEQUENCE, "hashAlgorithm")?.children().next("hashAlgorithm")?;
        let algorithm = DigestAlgorithm::from_oid(&algorithm.oid("hashAlgorithm")?).map_err(|error| error.to_string());
        let issuer_name_hash = id.take(tag::OCTET_STRING, "issuerNameHash")?.value.to_vec();
        let issuer_key_hash = id.take(tag::OCTET_STRING, "issuerKeyHash")?.value.to_vec();
        let serial = plain(id.take(tag::INTEGER, "serialNumber")?.value).to_vec();
        id.finish("certID")?;
        let status = parts.next("certStatus")?;
        let state = match status.tag & 0x1F {
            0 => AnswerState::Good,
            1 => {
                let mut told = status.children();
                let since = told.next("revocationTime")?.time("revocationTime")?;
                let reason = match told.optional(tag::context(0, true), "revocationReason")? {
                    Some(wrapper) => wrapper.children().take(ENUMERATED, "revocationReason")?.value.first().copied(),
                    None => None,
                };
                let reason = reason.map_or(Reason::Unspecified, Reason::from_code);
                AnswerState::Revoked(Entry { since, reason, invalid_since: None })
            }
            _ => AnswerState::Unknown,
        };
        let this_update = parts.take(tag::GENERALIZED_TIME, "thisUpdate")?.time("thisUpdate")?;
        let next_update = parts.optional(tag::context(0, true), "nextUpdate")?;
        let next_update = next_update.map(|time| time.children().next("nextUpdate")?.time("nextUpdate")).transpose()?;
        let (mut archive_cutoff, mut unknown_critical) = (None, None);
        if let Some(wrapper) = parts.optional(tag::context(1, true), "singleExtensions")? {
            let list = Extension::list(&wrapper.children().next("singleExtensions")?)?;
            unknown_critical = unknown(&list, &[oid::OCSP_ARCHIVE_CUTOFF]);
            let cutoff = list.iter().find(|extension| extension.id == oid::OCSP_ARCHIVE_CUTOFF);
            archive_cutoff = cutoff.map(|extension| extension.value.time("archiveCutoff")).transpose()?;
        }
        parts.finish(what)?;
        Ok(Answer {
            algorithm,
            issuer_name_hash,
            issuer_key_hash,
            serial,
            state,
            this_update,
            next_update,
            archive_cutoff,
            unknown_critical,
        })
    }

    /// Whether the answer is about the certificate with this serial number by this issuer: name and
    /// key have to be the issuer's (RFC 6960, 4.1.1).
    pub(crate) fn is_about(&self, serial: &[u8], issuer_name: &[u8], issuer_key: &PublicKey) -> bool {
        let Ok(algorithm) = self.algorithm else { return false };
        self.serial == plain(serial)
            && digest(algorithm, issuer_name).is_ok_and(|hash| hash == self.issuer_name_hash)
            && digest(algorithm, issuer_key.bits()).is_ok_and(|hash| hash == self.issuer_key_hash)
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ ..0x80) => der.push(short),
        _ => {
            let octets: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
            der.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
            der.extend(octets);
        }
    }
    der.extend_from_slice(content);
    der
}

fn unknown(list: &[Extension<'_>], known: &[ObjectIdentifier]) -> Option<ObjectIdentifier> {
    list.iter().find(|extension| extension.critical && !known.contains(&extension.id)).map(|extension| extension.id)
}
