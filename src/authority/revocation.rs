//! Lists of revoked certificates with all their letters, and OCSP answers (RFC 5280, 5; RFC 6960).

use crate::authority::encoding::{self, AlgorithmIdentifier};
use crate::authority::{Authority, Issued, Issuer, parse};
use crate::crypto::{Certificate, DigestAlgorithm, SigningKey as _, digest};
use crate::der::tag;
use crate::error::{Error, ErrorKind};
use crate::time::{Time, Validity};

const ENUMERATED: u8 = 0x0A;

/// An extension of whatever content.
#[derive(Clone, Debug)]
pub struct RawExtension {
    /// Its object identifier in dots.
    pub id: String,
    /// Whether it is critical.
    pub critical: bool,
    /// Its content in DER.
    pub value: Vec<u8>,
}

/// What a list of revoked certificates is to say.
#[derive(Clone, Debug)]
pub struct ListProfile<'a> {
    /// The times of this list and of the next.
    pub span: Validity,
    /// Its number (cRLNumber); without one, the extension is left out.
    pub number: Option<u64>,
    /// Who is on it.
    pub revoked: Vec<RevokedEntry<'a>>,
    /// Extensions to add: a scope, the number of the list that a delta builds on.
    pub extensions: Vec<RawExtension>,
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct RevokedEntry<'a> {
    /// Which certificate.
    pub certificate: &'a Certificate,
    /// Since when.
    pub since: Time,
    /// The number of the reason (CRLReason); without one, the extension is left out.
    pub reason: Option<u8>,
    /// Extensions to add: an invalidity date, the certificate's issuer.
    pub extensions: Vec<RawExtension>,
}

/// One answer in an OCSP response.
#[derive(Clone, Debug)]
pub struct AnswerProfile<'a> {
    /// About which certificate.
    pub certificate: &'a Certificate,
    /// Who issued it.
    pub issuer: &'a Certificate,
    /// By which digest name and key of the issuer are named.
    pub digest: DigestAlgorithm,
    /// What is told.
    pub state: StateToTell,
    /// As of when.
    pub this_update: Time,
    /// When there will be news.
    pub next_update: Option<Time>,
    /// Extensions to add: an archive cutoff.
    pub extensions: Vec<RawExtension>,
}

/// What an OCSP answer tells.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum StateToTell {
    /// The certificate was not revoked.
    Good,
    /// It was, since then, for a reason (CRLReason).
    Revoked(Time, Option<u8>),
    /// The responder does not know it.
    Unknown,
}

impl Authority {
    /// A list (CRL, version 2) by any issuer, right or wrong as `profile` has it.
    ///
    /// # Errors
    ///
    /// As [`Authority::new`]; [`ErrorKind::Misuse`] when an OID cannot be written.
    pub fn list(&self, issuer: &Issued, profile: &ListProfile<'_>) -> Result<Vec<u8>, Error> {
        let issuer = Issuer::new(issuer)?;
        let algorithm = encoding::encode(&AlgorithmIdentifier::of_signature(issuer.key.algorithm()))?;
        let entries = profile.revoked.iter().map(entry).collect::<Result<Vec<_>, _>>()?.concat();
        let key_id = element(tag::SEQUENCE, &[&element(tag::context(0, false), &[&issuer.key_id])]);
        let mut list = vec![extension("2.5.29.35", false, &key_id)?];
        if let Some(number) = profile.number {
            list.push(extension("2.5.29.20", false, &encoding::encode(&number)?)?);
        }
        for raw in &profile.extensions {
            list.push(extension(&raw.id, raw.critical, &raw.value)?);
        }
        let content = element(
            tag::SEQUENCE,
            &[
                &[2, 1, 1],
                &algorithm,
                &issuer.name.der()?,
                &time(profile.span.not_before),
                &time(profile.span.not_after),
                // Without entries there is no list of them either (RFC 5280, 5.1.2.6).
                &if entries.is_empty() { Vec::new() } else { element(tag::SEQUENCE, &[&entries]) },
                &element(tag::context(0, true), &[&element(tag::SEQUENCE, &[&list.concat()])]),
            ],
        );
        issuer.sign(&content)
    }

    /// An OCSP response that `responder` signs, whoever that is. It names itself by its key or else by
    /// its name, and encloses its own certificate.
    ///
    /// # Errors
    ///
    /// As [`Authority::list`].
    pub fn ocsp(
        &self,
        responder: &Issued,
        by_key: bool,
        produced: Time,
        answers: &[AnswerProfile<'_>],
    ) -> Result<Vec<u8>, Error> {
        let own = responder.credentials.certificate();
        let issuer = Issuer::new(responder)?;
        let id = if by_key {
            let hash = digest(DigestAlgorithm::Sha1, own.public_key()?.bits())?;
            element(tag::context(2, true), &[&element(tag::OCTET_STRING, &[&hash])])
        } else {
            element(tag::context(1, true), &[own.subject_raw()])
        };
        let answers = answers.iter().map(answer).collect::<Result<Vec<_>, _>>()?.concat();
        let data = element(tag::SEQUENCE, &[&id, &generalized(produced), &element(tag::SEQUENCE, &[&answers])]);
        let value = issuer
            .key
            .sign(&data)
            .map_err(|source| Error::new(ErrorKind::Signer, "the responder's key could not sign").caused_by(source))?;
        let algorithm = encoding::encode(&AlgorithmIdentifier::of_signature(issuer.key.algorithm()))?;
        let value = element(tag::BIT_STRING, &[&[0], &value]);
        let enclosed = element(tag::context(0, true), &[&element(tag::SEQUENCE, &[own.der()])]);
        let basic = element(tag::SEQUENCE, &[&data, &algorithm, &value, &enclosed]);
        let kind = oid("1.3.6.1.5.5.7.48.1.1")?;
        let bytes = element(tag::SEQUENCE, &[&kind, &element(tag::OCTET_STRING, &[&basic])]);
        let wrapper = element(tag::context(0, true), &[&bytes]);
        Ok(element(tag::SEQUENCE, &[&[ENUMERATED, 1, 0], &wrapper]))
    }
}

fn entry(revoked: &RevokedEntry<'_>) -> Result<Vec<u8>, Error> {
    let mut extensions = Vec::new();
    if let Some(reason) = revoked.reason {
        extensions.push(extension("2.5.29.21", false, &[ENUMERATED, 1, reason])?);
    }
    for raw in &revoked.extensions {
        extensions.push(extension(&raw.id, raw.critical, &raw.value)?);
    }
    let extensions = extensions.concat();
    let list = if extensions.is_empty() { Vec::new() } else { element(tag::SEQUENCE, &[&extensions]) };
    let serial = element(tag::INTEGER, &[revoked.certificate.serial_raw()]);
    Ok(element(tag::SEQUENCE, &[&serial, &time(revoked.since), &list]))
}

fn answer(profile: &AnswerProfile<'_>) -> Result<Vec<u8>, Error> {
    let algorithm = element(tag::SEQUENCE, &[&oid_of(profile.digest)?]);
    let name = digest(profile.digest, profile.issuer.subject_raw())?;
    let key = digest(profile.digest, profile.issuer.public_key()?.bits())?;
    let serial = element(tag::INTEGER, &[profile.certificate.serial_raw()]);
    let octets = |octets: &[u8]| element(tag::OCTET_STRING, &[octets]);
    let id = element(tag::SEQUENCE, &[&algorithm, &octets(&name), &octets(&key), &serial]);
    let state = match profile.state {
        StateToTell::Good => element(tag::context(0, false), &[]),
        StateToTell::Unknown => element(tag::context(2, false), &[]),
        StateToTell::Revoked(since, reason) => {
            let reason = reason.map(|reason| element(tag::context(0, true), &[&[ENUMERATED, 1, reason]]));
            element(tag::context(1, true), &[&generalized(since), &reason.unwrap_or_default()])
        }
    };
    let next = profile.next_update.map(|next| element(tag::context(0, true), &[&generalized(next)]));
    let mut extensions = Vec::new();
    for raw in &profile.extensions {
        extensions.extend(extension(&raw.id, raw.critical, &raw.value)?);
    }
    let extensions = if extensions.is_empty() {
        Vec::new()
    } else {
        element(tag::context(1, true), &[&element(tag::SEQUENCE, &[&extensions])])
    };
    let parts: [&[u8]; 5] = [&id, &state, &generalized(profile.this_update), &next.unwrap_or_default(), &extensions];
    Ok(element(tag::SEQUENCE, &parts))
}

fn extension(id: &str, critical: bool, value: &[u8]) -> Result<Vec<u8>, Error> {
    let flag: &[u8] = if critical { &[tag::BOOLEAN, 1, 0xFF] } else { &[] };
    Ok(element(tag::SEQUENCE, &[&oid(id)?, flag, &element(tag::OCTET_STRING, &[value])]))
}

fn oid(dotted: &str) -> Result<Vec<u8>, Error> {
    Ok(element(tag::OID, &[parse(dotted)?.as_bytes()]))
}

fn oid_of(algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
    encoding::encode(&algorithm.oid())
}

fn generalized(time: Time) -> Vec<u8> {
    element(tag::GENERALIZED_TIME, &[time.to_generalized().as_bytes()])
}

/// UTCTime until 2049, GeneralizedTime afterwards (RFC 5280, 5.1.2.4).
fn time(time: Time) -> Vec<u8> {
    let text = time.to_generalized();
    match text.strip_prefix("20") {
        Some(short) if short < "50" => element(tag::UTC_TIME, &[short.as_bytes()]),
        _ => generalized(time),
    }
}

/// One element in DER.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut der = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            let octets = content.len().to_be_bytes();
            let octets = octets.iter().skip_while(|octet| **octet == 0).copied().collect::<Vec<_>>();
            der.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
            der.extend(octets);
        }
    }
    der.extend(content);
    der
}
