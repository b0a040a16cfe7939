//! What helps to judge certificates: other certificates, lists of revoked ones, and OCSP answers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, pem_blocks};
use crate::der::tag;
use crate::error::Error;
use crate::limits::Limits;
use crate::trust::crl::Crl;
use crate::trust::ocsp::OcspResponse;

/// Where a piece of evidence comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Origin {
    /// The caller handed it in.
    Caller,
    /// The signature carries it.
    Signature,
    /// The document carries it beside the signature: in PDF the document security store.
    Document,
}

/// Certificates, lists of revoked certificates and OCSP answers that the caller has at hand.
///
/// None of it is believed: each piece proves itself by its signature, and a path to an anchor has to
/// lead to whoever made that. What documents and signatures carry is used beside it.
///
/// ```no_run
/// use eseal::{Evidence, Trust, Verifier};
///
/// let trust = Trust::new().signatories_pem(&std::fs::read("ca.pem")?)?;
/// let evidence = Evidence::new().crl(std::fs::read("ca.crl")?)?.ocsp(std::fs::read("us.ors")?)?;
/// let verifier = Verifier::new(&trust).evidence(&evidence);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) crls: Vec<Arc<Crl>>,
    pub(crate) ocsps: Vec<Arc<OcspResponse>>,
}

impl Evidence {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Certificates that may stand on a path, beside [`Trust::intermediates`](crate::Trust::intermediates).
    #[must_use]
    pub fn certificates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.certificates.extend(certificates);
        self
    }

    /// The certificates in a PEM (or a single DER) file.
    ///
    /// # Errors
    ///
    /// When there is none, or one cannot be read.
    pub fn certificates_pem(self, pem: &[u8]) -> Result<Self, Error> {
        Ok(self.certificates(Certificate::list_from_pem(pem)?))
    }

    /// A list of revoked certificates (CRL, RFC 5280) in DER, or all those in a PEM file. The bytes are
    /// kept, and eight more for each entry once the list is asked; every entry is read once.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or has 4 GiB or more.
    pub fn crl(mut self, bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let bytes = bytes.into();
        if bytes.first() == Some(&tag::SEQUENCE) {
            self.crls.push(Arc::new(Crl::read(bytes, Origin::Caller)?));
            return Ok(self);
        }
        let before = self.crls.len();
        for block in pem_blocks(&bytes)?.iter().filter(|block| block.label == "X509 CRL") {
            self.crls.push(Arc::new(Crl::read(block.der.to_vec(), Origin::Caller)?));
        }
        if self.crls.len() == before {
            return Err(Error::malformed("there is no list of revoked certificates in the file: expected DER or PEM"));
        }
        Ok(self)
    }

    /// An OCSP response (RFC 6960) in DER.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or its responder says that it has no answer.
    pub fn ocsp(mut self, bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        self.ocsps.push(Arc::new(OcspResponse::read(bytes.into(), Origin::Caller)?));
        Ok(self)
    }

    /// This and all of another's.
    #[must_use]
    pub fn and(mut self, other: &Evidence) -> Self {
        self.certificates.extend_from_slice(&other.certificates);
        self.crls.extend_from_slice(&other.crls);
        self.ocsps.extend_from_slice(&other.ocsps);
        self
    }

    /// The lists and answers that are about a certificate by the names in them; whether they hold is not
    /// asked here.
    pub(crate) fn about(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> (Vec<&Arc<Crl>>, Vec<&Arc<OcspResponse>>) {
        let lists = self.crls.iter().filter(|crl| crl.issuer == *certificate.issuer_name());
        let key = issuer.public_key();
        let is_about = |response: &&Arc<OcspResponse>| {
            let about = |key| {
                let mut answers = response.answers.iter();
                answers.any(|answer| answer.is_about(certificate.serial_raw(), certificate.issuer_raw(), key))
            };
            key.as_ref().is_ok_and(|key| about(key))
        };
        (lists.collect(), self.ocsps.iter().filter(is_about).collect())
    }

    /// Whether any list or answer is about the certificate.
    pub(crate) fn tells_about(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let (lists, answers) = self.about(certificate, issuer);
        !lists.is_empty() || !answers.is_empty()
    }

    /// This and what a document carries.
    pub(crate) fn with_carried(self, carried: &Carried, limits: &Limits) -> Self {
        self.and(&carried.read(limits))
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }
}

/// What a signature or a document carries for its own judgement, not read yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried {
    pub(crate) certificates: Vec<Certificate>,
    /// CertificateLists and OCSP responses in DER, in whatever order.
    pub(crate) items: Vec<(Origin, Vec<u8>)>,
}

impl Carried {
    /// Reads what can be read, within the limits; what cannot proves nothing and is left out.
    pub(crate) fn read(&self, limits: &Limits) -> Evidence {
        let mut evidence = Evidence { certificates: self.certificates.clone(), ..Evidence::default() };
        let mut room = limits.revocation_bytes;
        for (origin, der) in self.items.iter().take(limits.revocation_items) {
            let Some(left) = room.checked_sub(der.len()) else { break };
            room = left;
            if is_list(der) {
                evidence.crls.extend(Crl::read(der.clone(), *origin).ok().map(Arc::new));
            } else {
                evidence.ocsps.extend(OcspResponse::read(der.clone(), *origin).ok().map(Arc::new));
            }
        }
        evidence
    }
}

/// A CertificateList has three parts and begins with a SEQUENCE that holds no responder: that tells it
/// from an OCSPResponse, which begins with its status, and from a BasicOCSPResponse.
fn is_list(der: &[u8]) -> bool {
    use crate::der::Tlv;
    let looks = || -> Result<bool, Error> {
        let mut parts = Tlv::only(der, "")?.children();
        let first = parts.next("")?;
        if first.tag != tag::SEQUENCE {
            return Ok(false);
        }
        // tbsCertList: version or algorithm; ResponseData: [0] version, [1] or [2] responder.
        Ok([tag::INTEGER, tag::SEQUENCE].contains(&first.children().next("")?.tag))
    };
    looks().unwrap_or(false)
}
