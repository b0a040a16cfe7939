//! PKCS#12 files (RFC 7292): a private key with its certificates, under a password.

use std::fmt;

use ::der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use crate::crypto::key::{SigningKey as _, SoftwareKey};
use crate::crypto::keyfile::encryption::{Pbkdf2, decrypt, hmac_digest, open_private_key};
use crate::crypto::keyfile::oid;
use crate::crypto::keyfile::password::{Password, Purpose, Rounds, hmac_agrees, pkcs12_derive, wrong_password};
use crate::crypto::keyfile::private_key::{self, Hints};
use crate::crypto::{Certificate, Credentials, DigestAlgorithm};
use crate::der::{Tlv, tag};
use crate::error::{Context, Error, ErrorKind};
use crate::limits::Limits;

/// A PKCS#12 file (`.p12`, `.pfx`), opened: a private key and the certificates beside it.
///
/// ```no_run
/// use eseal::{Limits, Pkcs12};
///
/// let file = std::fs::read("us.p12")?;
/// let credentials = Pkcs12::open(&file, "password", &Limits::default())?.into_credentials()?;
/// println!("{}", credentials.certificate().subject());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Pkcs12 {
    key: SoftwareKey,
    certificates: Vec<Certificate>,
    /// Whether the first certificate is the key's.
    paired: bool,
}

impl Pkcs12 {
    /// Opens a PKCS#12 file, in DER or BER.
    ///
    /// The code that protects the file against changes is checked before anything in it is used; a
    /// file without one is read too. When the file holds several keys, the first one whose certificate
    /// may sign is taken: files with a pair for signing and a pair for encryption are common.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the password does not open the file, [`ErrorKind::TooLarge`] when
    /// it is larger than a seal may be, asks for more rounds of password hashing or holds more
    /// certificates than `limits` admit, [`ErrorKind::Unsupported`] when it is encrypted by a scheme or
    /// holds a kind of key that is not built in, [`ErrorKind::Malformed`] when it is damaged or holds no
    /// private key.
    pub fn open(bytes: &[u8], password: &str, limits: &Limits) -> Result<Self, Error> {
        open(bytes, password, limits).context("opening a PKCS#12 file")
    }

    /// The certificates in the file: the key's own first, if it is there, the others as they stand.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The key with its certificate and those above it. Certificates that lead nowhere from there are
    /// left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the file holds no certificate for its key.
    pub fn into_credentials(self) -> Result<Credentials, Error> {
        let Pkcs12 { key, certificates, paired } = self;
        if !paired {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!("none of the file's {} certificates belongs to its private key", certificates.len()),
            ));
        }
        Credentials::new(path(certificates), key)
    }
}

impl fmt::Debug for Pkcs12 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs12").field("key", &self.key).field("certificates", &self.certificates).finish()
    }
}

/// The first certificate and those above it, as names and key identifiers tell. Nothing is proved by
/// that and nothing has to be: whoever verifies builds a path anew.
fn path(certificates: Vec<Certificate>) -> Vec<Certificate> {
    let mut others = certificates;
    let mut path = Vec::new();
    let mut next = if others.is_empty() { None } else { Some(0) };
    while let Some(at) = next {
        let lower = others.remove(at);
        next = others.iter().position(|upper| may_have_issued(upper, &lower));
        path.push(lower);
    }
    path
}

fn may_have_issued(upper: &Certificate, lower: &Certificate) -> bool {
    let same_key = match (upper.subject_key_id(), lower.authority_key_id()) {
        (Some(upper), Some(told)) => upper == told,
        _ => true,
    };
    let is_root = lower.issuer_raw() == lower.subject_raw();
    !is_root && same_key && upper.subject_raw() == lower.issuer_raw()
}

fn open(bytes: &[u8], password: &str, limits: &Limits) -> Result<Pkcs12, Error> {
    let what = "PFX";
    if bytes.len() > limits.seal_bytes {
        return Err(Error::too_large(format!(
            "the file has {} bytes, {} are admitted (Limits::seal_bytes)",
            bytes.len(),
            limits.seal_bytes
        )));
    }
    let mut parts = Tlv::only(bytes, what)?.expect(tag::SEQUENCE, what)?.children();
    let version = parts.take(tag::INTEGER, "PFX.version")?.small_integer("PFX.version")?;
    if version != 3 {
        return Err(Error::unsupported(format!("PFX.version: {version} is not built in, 3 is")));
    }
    let (kind, content) = content_info(&parts.take(tag::SEQUENCE, "PFX.authSafe")?, "PFX.authSafe")?;
    if kind != oid::DATA {
        return Err(Error::unsupported(format!(
            "PFX.authSafe: content of type {kind} is not built in: only files under a password are"
        )));
    }
    let safe = Zeroizing::new(octet_string(&content, "PFX.authSafe")?.octets("PFX.authSafe")?.into_owned());
    let mut rounds = Rounds::new(limits);
    let mut password = Password::new(password);
    if let Some(mac) = parts.optional(tag::SEQUENCE, "PFX.macData")? {
        password = check_mac(&mac, &safe, password, &mut rounds)?;
    }
    let mut contents = Contents { password: &password, rounds, limits, keys: Vec::new(), certificates: Vec::new() };
    contents.read_authenticated_safe(&safe)?;
    contents.finish()
}

/// An OCTET STRING, in one piece or in several as BER allows.
fn octet_string<'a>(element: &Tlv<'a>, what: &str) -> Result<Tlv<'a>, Error> {
    const IN_PIECES: u8 = tag::OCTET_STRING | 0x20;
    if element.tag == IN_PIECES { Ok(*element) } else { element.expect(tag::OCTET_STRING, what) }
}

/// Reads ContentInfo (RFC 5652, 3).
fn content_info<'a>(info: &Tlv<'a>, what: &str) -> Result<(ObjectIdentifier, Tlv<'a>), Error> {
    let mut parts = info.expect(tag::SEQUENCE, what)?.children();
    let kind = parts.next(what)?.oid(what)?;
    let content = parts.take(tag::context(0, true), what)?.children().next(what)?;
    Ok((kind, content))
}

/// Checks the code over the content and returns the password in the form that opened it.
fn check_mac<'a>(
    mac: &Tlv<'_>,
    safe: &[u8],
    password: Password<'a>,
    rounds: &mut Rounds,
) -> Result<Password<'a>, Error> {
    let mut parts = mac.children();
    let mut info = parts.take(tag::SEQUENCE, "MacData.mac")?.children();
    let algorithm = info.take(tag::SEQUENCE, "MacData.mac.digestAlgorithm")?;
    let value = info.take(tag::OCTET_STRING, "MacData.mac.digest")?.value;
    let mut identifier = algorithm.children();
    let name = identifier.next("MacData.mac.digestAlgorithm")?.oid("MacData.mac.digestAlgorithm")?;
    if matches!(name, oid::PBMAC1 | oid::GM_PBMAC) {
        let parameters = identifier.take(tag::SEQUENCE, "PBMAC1-params")?;
        return if pbmac1_agrees(&parameters, safe, &password, value, rounds)? {
            Ok(password)
        } else {
            Err(wrong_password("the file, or the file was changed"))
        };
    }
    let digest = DigestAlgorithm::from_oid(&name)?;
    let salt = parts.take(tag::OCTET_STRING, "MacData.macSalt")?.value;
    let count = match parts.optional(tag::INTEGER, "MacData.iterations")? {
        Some(count) => rounds.spend(&count, "MacData.iterations")?,
        None => 1,
    };
    let length = digest_length(digest)?;
    let agrees = |wide: &[u8]| {
        let key = pkcs12_derive(digest, Purpose::Mac, wide, salt, count, length)?;
        hmac_agrees(digest, &key, safe, value)
    };
    if agrees(&password.wide)? {
        return Ok(password);
    }
    if password.text.is_empty() && agrees(&[])? {
        return Ok(Password::none());
    }
    Err(wrong_password("the file, or the file was changed"))
}

/// The code's key is as long as its digest (RFC 7292, B.4).
fn digest_length(digest: DigestAlgorithm) -> Result<usize, Error> {
    match digest {
        DigestAlgorithm::Sha1 => Ok(20),
        DigestAlgorithm::Sha256 | DigestAlgorithm::Sm3 => Ok(32),
        DigestAlgorithm::Sha384 => Ok(48),
        DigestAlgorithm::Sha512 => Ok(64),
        other => Err(Error::unsupported(format!("PKCS#12 files whose MAC is an HMAC with {other} are not built in"))),
    }
}

/// PBMAC1 (RFC 8018, 7.1) as RFC 9579 puts it into PKCS#12: salt and rounds stand in the parameters,
/// those of MacData do not count, and the key's length has to be told.
fn pbmac1_agrees(
    parameters: &Tlv<'_>,
    safe: &[u8],
    password: &Password<'_>,
    value: &[u8],
    rounds: &mut Rounds,
) -> Result<bool, Error> {
    let mut parts = parameters.children();
    let derivation = parts.take(tag::SEQUENCE, "PBMAC1-params.keyDerivationFunc")?;
    let what = "PBMAC1-params.messageAuthScheme";
    let digest = hmac_digest(&parts.take(tag::SEQUENCE, what)?, what)?;
    let derivation = Pbkdf2::read(&derivation, rounds)?;
    let length = derivation.length.filter(|length| *length >= 20).ok_or_else(|| {
        Error::malformed("PBMAC1-params: the key's length has to be told and to be 20 bytes or more (RFC 9579)")
    })?;
    hmac_agrees(digest, &derivation.derive(password, length)?, safe, value)
}

/// A private key on its way, with the mark that leads to its certificate.
struct FoundKey {
    der: Zeroizing<Vec<u8>>,
    local_id: Option<Vec<u8>>,
}

struct FoundCertificate {
    certificate: Certificate,
    local_id: Option<Vec<u8>>,
}

/// What was found so far.
struct Contents<'a> {
    password: &'a Password<'a>,
    rounds: Rounds,
    limits: &'a Limits,
    keys: Vec<FoundKey>,
    certificates: Vec<FoundCertificate>,
}

impl Contents<'_> {
    fn read_authenticated_safe(&mut self, safe: &[u8]) -> Result<(), Error> {
        let what = "AuthenticatedSafe";
        let mut infos = Tlv::only(safe, what)?.expect(tag::SEQUENCE, what)?.children();
        while !infos.is_empty() {
            let (kind, content) = content_info(&infos.next(what)?, what)?;
            match kind {
                oid::DATA => {
                    let octets = octet_string(&content, what)?.octets(what)?.into_owned();
                    self.read_safe_contents(&Zeroizing::new(octets), self.limits.depth)?;
                }
                oid::ENCRYPTED_DATA => {
                    let plain = self.open_encrypted_data(&content)?;
                    self.read_safe_contents(&plain, self.limits.depth)?;
                }
                other => {
                    return Err(Error::unsupported(format!(
                        "{what}: content of type {other} is not built in: only content under a password is"
                    )));
                }
            }
        }
        Ok(())
    }

    /// Opens EncryptedData (RFC 5652, 8).
    fn open_encrypted_data(&mut self, data: &Tlv<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
        let what = "EncryptedData";
        let mut parts = data.expect(tag::SEQUENCE, what)?.children();
        parts.take(tag::INTEGER, "EncryptedData.version")?;
        let mut info = parts.take(tag::SEQUENCE, "EncryptedData.encryptedContentInfo")?.children();
        info.take(tag::OID, "EncryptedData.encryptedContentInfo.contentType")?;
        let algorithm = info.take(tag::SEQUENCE, "EncryptedData.contentEncryptionAlgorithm")?;
        let encrypted = info.next("EncryptedData.encryptedContent")?;
        if encrypted.tag != tag::context(0, true) {
            encrypted.expect(tag::context(0, false), "EncryptedData.encryptedContent")?;
        }
        let encrypted = encrypted.octets("EncryptedData.encryptedContent")?;
        decrypt(&algorithm, &encrypted, self.password, &mut self.rounds, "the certificates")
    }

    fn read_safe_contents(&mut self, der: &[u8], depth: usize) -> Result<(), Error> {
        let what = "SafeContents";
        let depth = depth.checked_sub(1).ok_or_else(|| Error::too_large("SafeContents: bags nest too deep"))?;
        let mut bags = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
        while !bags.is_empty() {
            self.read_bag(&bags.next("SafeBag")?, depth)?;
        }
        Ok(())
    }

    fn read_bag(&mut self, bag: &Tlv<'_>, depth: usize) -> Result<(), Error> {
        let mut parts = bag.expect(tag::SEQUENCE, "SafeBag")?.children();
        let kind = parts.next("SafeBag.bagId")?.oid("SafeBag.bagId")?;
        let value = parts.take(tag::context(0, true), "SafeBag.bagValue")?.children().next("SafeBag.bagValue")?;
        let attributes = parts.optional(tag::SET, "SafeBag.bagAttributes")?;
        match kind {
            oid::KEY_BAG => self.add_key(Zeroizing::new(value.raw.to_vec()), attributes),
            oid::SHROUDED_KEY_BAG => {
                let der = open_private_key(value.raw, self.password, &mut self.rounds)?;
                self.add_key(der, attributes)
            }
            oid::CERTIFICATE_BAG => self.add_certificate(&value, attributes),
            oid::SAFE_CONTENTS_BAG => self.read_safe_contents(value.raw, depth),
            // Lists of revoked certificates and secrets: nothing that is asked for here.
            _ => Ok(()),
        }
    }

    fn add_key(&mut self, der: Zeroizing<Vec<u8>>, attributes: Option<Tlv<'_>>) -> Result<(), Error> {
        self.room_for(self.keys.len(), "private keys")?;
        self.keys.push(FoundKey { der, local_id: local_key_id(attributes)? });
        Ok(())
    }

    fn add_certificate(&mut self, bag: &Tlv<'_>, attributes: Option<Tlv<'_>>) -> Result<(), Error> {
        self.room_for(self.certificates.len(), "certificates")?;
        let mut parts = bag.expect(tag::SEQUENCE, "CertBag")?.children();
        if parts.next("CertBag.certId")?.oid("CertBag.certId")? != oid::X509_CERTIFICATE {
            return Ok(());
        }
        let value = parts.take(tag::context(0, true), "CertBag.certValue")?.children().next("CertBag.certValue")?;
        let der = octet_string(&value, "CertBag.certValue")?.octets("CertBag.certValue")?;
        let certificate = Certificate::from_der(&der)?;
        self.certificates.push(FoundCertificate { certificate, local_id: local_key_id(attributes)? });
        Ok(())
    }

    fn room_for(&self, count: usize, of: &str) -> Result<(), Error> {
        if count < self.limits.certificates {
            return Ok(());
        }
        Err(Error::too_large(format!("there are more than {count} {of} in the file (Limits::certificates)")))
    }

    /// Picks the key and puts its certificate first.
    fn finish(self) -> Result<Pkcs12, Error> {
        let Contents { keys, certificates, .. } = self;
        let mut candidates = Vec::new();
        let mut trouble = Error::malformed("there is no private key in the file");
        for found in keys.iter().rev() {
            match pair(found, &certificates) {
                Ok(pair) => candidates.insert(0, pair),
                Err(error) => trouble = error,
            }
        }
        let best = candidates.iter().position(|(_, at)| at.is_some_and(|at| may_sign(&certificates, at)));
        let best = best.or_else(|| candidates.iter().position(|(_, at)| at.is_some())).unwrap_or(0);
        let Some((key, at)) = candidates.into_iter().nth(best) else { return Err(trouble) };
        let mut certificates: Vec<_> = certificates.into_iter().map(|found| found.certificate).collect();
        if let Some(own) = at.and_then(|at| certificates.get_mut(..=at)) {
            own.rotate_right(1);
        }
        Ok(Pkcs12 { key, certificates, paired: at.is_some() })
    }
}

fn may_sign(certificates: &[FoundCertificate], at: usize) -> bool {
    certificates.get(at).is_some_and(|found| found.certificate.key_usage().is_none_or(|usage| usage.may_sign()))
}

/// Loads a key and finds its certificate by the public key; of several for the same key, the one that
/// the file marks as the key's.
fn pair(found: &FoundKey, certificates: &[FoundCertificate]) -> Result<(SoftwareKey, Option<usize>), Error> {
    let belongs = |key: &SoftwareKey, certificate: &Certificate| {
        let bits = key.public_key();
        certificate
            .public_key()
            .is_ok_and(|public| key.algorithm().fits(public.kind()) && bits.as_deref() == Some(public.bits()))
    };
    let marked = |other: &FoundCertificate| found.local_id.is_some() && other.local_id == found.local_id;
    let without = match private_key::read(&found.der, Hints::default()) {
        Ok(key) => {
            let at = certificates.iter().position(|other| marked(other) && belongs(&key, &other.certificate));
            let at = at.or_else(|| certificates.iter().position(|other| belongs(&key, &other.certificate)));
            return Ok((key, at));
        }
        Err(error) => error,
    };
    // An ECDSA key without its public half: whichever certificate's half fits is its own.
    for (at, other) in certificates.iter().enumerate() {
        let hints = Hints { public: other.certificate.public_key().ok(), curve: None };
        match private_key::read(&found.der, hints) {
            Ok(key) if belongs(&key, &other.certificate) => return Ok((key, Some(at))),
            _ => {}
        }
    }
    Err(without)
}

/// The attribute localKeyId (RFC 2985, 5.5.2).
fn local_key_id(attributes: Option<Tlv<'_>>) -> Result<Option<Vec<u8>>, Error> {
    let what = "SafeBag.bagAttributes";
    let Some(attributes) = attributes else { return Ok(None) };
    let mut attributes = attributes.children();
    while !attributes.is_empty() {
        let mut parts = attributes.take(tag::SEQUENCE, what)?.children();
        if parts.next(what)?.oid(what)? == oid::LOCAL_KEY_ID {
            let value = parts.take(tag::SET, what)?.children().next(what)?;
            return Ok(Some(octet_string(&value, what)?.octets(what)?.into_owned()));
        }
    }
    Ok(None)
}
