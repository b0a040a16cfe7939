//! A credential: a key behind the service, and its certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::crypto::{Certificate, Credentials, SignatureAlgorithm, SigningKey, check_value};
use crate::error::{BoxError, Context, Error};
use crate::keys::Secret;
use crate::keys::csc::Service;
use crate::keys::csc::service::signer;
use crate::keys::csc::wire::{
    AuthorizeAnswer, AuthorizeRequest, CredentialAnswer, CredentialRequest, Proof, SignAnswer, SignRequest,
};
use crate::keys::function::{digest_to_sign, is_on_curve};
use crate::keys::value::{ValueForm, raw_to_der};

/// A key behind a service, with its certificates.
///
/// Each signature is authorised by itself (`credentials/authorize`), bound to the digests that it is for; with
/// [`Credential::sign_all`] several at once, as for a batch of documents that were prepared together.
#[derive(Clone, Debug)]
pub struct Credential {
    service: Service,
    id: String,
    chain: Vec<Certificate>,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
    form: ValueForm,
    /// How many digests one authorisation may be for.
    most: usize,
    proofs: Vec<(String, Secret)>,
}

impl Credential {
    pub(super) fn open(service: Service, id: &str) -> Result<Self, Error> {
        let request = CredentialRequest {
            credential_id: id,
            certificates: "chain",
            certificate_info: true,
            authorization_info: true,
        };
        let answer: CredentialAnswer = service.call("credentials/info", &request)?;
        if let Some(status) = answer.key.status.filter(|status| status != "enabled") {
            return Err(signer(format!("the key of the credential {id} is {}", status.escape_debug())));
        }
        if let Some(status) = answer.cert.status.filter(|status| status != "valid") {
            return Err(signer(format!("the certificate of the credential {id} is {}", status.escape_debug())));
        }
        let mut chain = Vec::new();
        for text in &answer.cert.certificates {
            let der = STANDARD.decode(text).map_err(|source| {
                signer("the signature service: a certificate in its answer is not base64".into()).caused_by(source)
            })?;
            chain.push(Certificate::from_der(&der).context("the signature service's certificate")?);
        }
        let Some(certificate) = chain.first().cloned() else {
            return Err(signer(format!("the signature service gives no certificate for the credential {id}")));
        };
        let algorithm = algorithm(&certificate, &answer.key.algo)?;
        let most = answer.most.unwrap_or(1).max(1);
        let proofs = Vec::new();
        Ok(Credential { service, id: id.into(), chain, certificate, algorithm, form: ValueForm::Der, most, proofs })
    }

    /// Authorises signatures with this proof: an `id` as the service names it (`PIN`, `OTP`) and its value. May be
    /// called again.
    #[must_use]
    pub fn authorized_by(mut self, id: impl Into<String>, value: Secret) -> Self {
        self.proofs.push((id.into(), value));
        self
    }

    /// How the service writes ECDSA and SM2 values; without it in DER.
    #[must_use]
    pub fn form(mut self, form: ValueForm) -> Self {
        self.form = form;
        self
    }

    /// Signs by another algorithm than the first of the service's list that fits the key.
    #[must_use]
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The key's certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The key's certificate and those above it, as the service gave them.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Pairs the key with its certificates.
    ///
    /// # Errors
    ///
    /// As [`Credentials::new`].
    pub fn into_credentials(self) -> Result<Credentials, Error> {
        // An anchor at the end is of no use to whoever verifies: he has his own.
        let own_issuer = |one: &Certificate| one.subject_raw() == one.issuer_raw();
        let last = self.chain.len().saturating_sub(1);
        let kept = self.chain.iter().enumerate().filter(|(at, one)| *at == 0 || *at < last || !own_issuer(one));
        let chain = kept.map(|(_, one)| one.clone()).collect();
        Credentials::new(chain, self)
    }

    /// Signs several messages with one authorisation, and as many calls as the service's limit asks for. The values
    /// stand in the messages' order; each was checked with the certificate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`](crate::ErrorKind::Signer) when the service says no, gives another number of values than
    /// was asked for, or one that does not verify.
    pub fn sign_all(&self, messages: &[&[u8]]) -> Result<Vec<Vec<u8>>, Error> {
        let mut values = Vec::with_capacity(messages.len());
        for batch in messages.chunks(self.most) {
            values.extend(self.sign_batch(batch)?);
        }
        Ok(values)
    }

    fn sign_batch(&self, messages: &[&[u8]]) -> Result<Vec<Vec<u8>>, Error> {
        let mut hashes = Vec::with_capacity(messages.len());
        for message in messages {
            hashes.push(STANDARD.encode(digest_to_sign(self.algorithm, &self.certificate, message)?));
        }
        let sad = self.authorize(&hashes)?;
        let request = SignRequest {
            credential_id: &self.id,
            sad: sad.reveal(),
            hashes: &hashes,
            hash_algorithm: self.algorithm.digest().oid().to_string(),
            sign_algorithm: self.algorithm.oid().to_string(),
        };
        let answer: SignAnswer = self.service.call("signatures/signHash", &request)?;
        if answer.signatures.len() != messages.len() {
            let (given, asked) = (answer.signatures.len(), messages.len());
            return Err(signer(format!("the signature service gave {given} values for {asked} digests")));
        }
        let pairs = answer.signatures.iter().zip(messages);
        pairs.map(|(text, message)| self.value(text, message)).collect()
    }

    /// The data that activate the signature (SAD), for these digests.
    fn authorize(&self, hashes: &[String]) -> Result<Secret, Error> {
        let request = AuthorizeRequest {
            credential_id: &self.id,
            count: hashes.len(),
            hashes,
            hash_algorithm: self.algorithm.digest().oid().to_string(),
            proofs: self.proofs.iter().map(|(id, value)| Proof { id, value: value.reveal() }).collect(),
        };
        let answer: AuthorizeAnswer = self.service.call("credentials/authorize", &request)?;
        Ok(Secret::new(answer.sad))
    }

    fn value(&self, text: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
        let value = STANDARD.decode(text).map_err(|source| {
            signer("the signature service: a value in its answer is not base64".into()).caused_by(source)
        })?;
        let value =
            if self.form == ValueForm::Raw && is_on_curve(self.algorithm) { raw_to_der(&value)? } else { value };
        check_value(self.algorithm, &self.certificate, message, &value)?;
        Ok(value)
    }
}

impl SigningKey for Credential {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        self.certificate.public_key().ok().map(|key| key.bits().to_vec())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.sign_all(&[message])?.pop().ok_or_else(|| "the signature service gave no value".into())
    }
}

/// The first of the algorithms that the service lists, among those that fit the certificate's key; the usual one
/// where it lists the key's algorithm only.
fn algorithm(certificate: &Certificate, listed: &[String]) -> Result<SignatureAlgorithm, Error> {
    let kind = certificate.public_key()?.kind();
    let usual = kind.usual().filter(|usual| *usual != SignatureAlgorithm::Ed25519).ok_or_else(|| {
        Error::unsupported(format!("keys of {kind} do not sign digests here, and signHash is given digests"))
    })?;
    let known = listed.iter().filter_map(|text| ::der::asn1::ObjectIdentifier::new(text).ok());
    let mut known = known.filter_map(|oid| SignatureAlgorithm::from_oid(&oid, None).ok());
    Ok(known.find(|one| one.fits(kind) && one.is_made()).unwrap_or(usual))
}
