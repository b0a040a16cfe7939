//! A throw-away authority for tests and examples.
//!
//! One call makes a root; further calls issue a seal maker's, a signatory's and a time-stamping
//! authority's certificate, and lists of revoked ones. The clock is the caller's. By a [`Profile`] it
//! also issues certificates that are wrong in whichever respect a test wants.
//!
//! **Never for production:** nobody keeps the keys, and those of RSA are published with the source.
//!
//! ```
//! use eseal::authority::{Algorithm, Authority};
//!
//! let authority = Authority::new(Algorithm::P256, "2025-03-01T08:00:00+08:00".parse()?)?;
//! let maker = authority.seal_maker()?;
//! let signatory = authority.signatory("示例有限公司")?;
//! assert_eq!(maker.certificate().issuer(), authority.root().subject());
//! assert!(signatory.certificate().subject().contains("示例有限公司"));
//! # Ok::<(), eseal::Error>(())
//! ```

mod encoding;
mod keys;
mod revocation;
mod time_stamping;

#[cfg(all(test, feature = "sm"))]
mod tests;

pub use crate::authority::revocation::{AnswerProfile, ListProfile, RawExtension, RevokedEntry, StateToTell};

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use ::der::asn1::ObjectIdentifier;

use crate::authority::encoding::{Extension, Name};
use crate::authority::keys::{KeyPair, PublicHalf};
use crate::crypto::{Certificate, Credentials, DigestAlgorithm, Judgement, SigningKey as _, SoftwareKey, digest};
use crate::error::{Error, ErrorKind};
use crate::time::{Time, Validity};
use crate::timestamp;

pub use crate::authority::time_stamping::{Fault, TimeStampingAuthority};

const ORGANISATION: &str = "eseal test authority";

/// Which keys an authority and those certified by it have.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    P256,
    /// RSA of 2048 bits, PKCS#1 v1.5 with SHA-256. The keys are five fixed ones that come with the
    /// source, since making them takes seconds: the root has one, the others take turns.
    Rsa,
    /// SM2 with SM3.
    Sm2,
}

/// A throw-away authority: a root certificate, perhaps an intermediate one, and their keys.
#[derive(Debug)]
pub struct Authority {
    algorithm: Algorithm,
    clock: Time,
    root: Issued,
    intermediate: Option<Issued>,
    /// How many certificates and lists were issued.
    count: AtomicU64,
}

/// What an issued certificate is to say. Begin with [`Authority::profile`] and change what matters.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The subject's common name.
    pub subject: String,
    /// The subject's organisation.
    pub organisation: String,
    /// Which kind of key.
    pub algorithm: Algorithm,
    /// From when to when it is valid; it may lie outside the issuer's validity or be reversed.
    pub validity: Validity,
    /// What the key may do (keyUsage, critical); without any, the extension is left out.
    pub key_usage: Vec<Usage>,
    /// Purposes as OIDs in dots (extendedKeyUsage); without any, the extension is left out.
    pub extended_key_usage: Vec<String>,
    /// Whether that extension is critical; it is where nobody says otherwise.
    pub extended_key_usage_is_critical: bool,
    /// Whether it is an authority's (basicConstraints, critical).
    pub authority: bool,
    /// How many intermediate authorities may follow below.
    pub path_length: Option<u8>,
    /// The OID in dots of a critical extension to add that nobody knows.
    pub unknown_critical: Option<String>,
    /// Extensions to add, whatever they say.
    pub extensions: Vec<RawExtension>,
}

/// What a key may do: the bits of keyUsage (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Usage {
    /// Bit 0.
    DigitalSignature,
    /// Bit 1.
    NonRepudiation,
    /// Bit 2.
    KeyEncipherment,
    /// Bit 3.
    DataEncipherment,
    /// Bit 4.
    KeyAgreement,
    /// Bit 5: certificates may be signed.
    CertificateSigning,
    /// Bit 6: lists of revoked certificates may be signed.
    ListSigning,
}

/// An issued certificate and its private key.
#[derive(Clone)]
pub struct Issued {
    /// Certificate, key and the intermediate certificates above; the root is not among them.
    pub credentials: Credentials,
    /// The certificate and the intermediate ones above it, in PEM.
    pub certificate_pem: String,
    /// The private key in PEM (PKCS#8, not encrypted).
    pub key_pem: String,
}

impl Authority {
    /// Makes a root. It is valid from a day before `clock` on, for ten years.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers, or `clock` lies so far from the present that its
    /// certificates could not be read.
    pub fn new(algorithm: Algorithm, clock: Time) -> Result<Self, Error> {
        let profile =
            Profile { validity: validity(clock, 10), ..Profile::of_authority("eseal test root", algorithm, clock) };
        let key = KeyPair::root(algorithm)?;
        let name = Name::new(&profile.organisation, &profile.subject)?;
        let issuer = Issuer { name, key_id: key.public().id()?, key: key.load()?, chain: Vec::new() };
        let root = issue(&issuer, &profile, &key, 0)?;
        Ok(Authority { algorithm, clock, root, intermediate: None, count: AtomicU64::new(1) })
    }

    /// Puts an intermediate authority below the root; it issues whatever is issued from now on.
    ///
    /// # Errors
    ///
    /// As [`Authority::new`].
    pub fn with_intermediate(mut self) -> Result<Self, Error> {
        let profile = Profile {
            path_length: Some(0),
            ..Profile::of_authority("eseal test intermediate", self.algorithm, self.clock)
        };
        self.intermediate = Some(self.issue_under(&self.root, &profile)?);
        Ok(self)
    }

    /// The root certificate, to be trusted in tests.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        self.root.credentials.certificate()
    }

    /// The root certificate in PEM.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root.certificate_pem
    }

    /// The root with its key, to issue something right below it although there is an intermediate
    /// authority, or to revoke that.
    #[must_use]
    pub fn issued_root(&self) -> &Issued {
        &self.root
    }

    /// Who issues: the intermediate authority if there is one, else the root.
    #[must_use]
    pub fn issuer(&self) -> &Issued {
        self.intermediate.as_ref().unwrap_or(&self.root)
    }

    /// A seal maker, "示例印章制作中心", valid for five years.
    ///
    /// # Errors
    ///
    /// As [`Authority::new`], here and wherever something is issued.
    pub fn seal_maker(&self) -> Result<Credentials, Error> {
        let validity = validity(self.clock, 5);
        Ok(self.issue(&Profile { validity, ..self.profile("示例印章制作中心") })?.credentials)
    }

    /// A signatory of this name, valid for three years.
    ///
    /// # Errors
    ///
    /// As [`Authority::seal_maker`].
    pub fn signatory(&self, name: &str) -> Result<Credentials, Error> {
        Ok(self.issue(&self.profile(name))?.credentials)
    }

    /// A time-stamping authority, valid for five years.
    ///
    /// # Errors
    ///
    /// As [`Authority::seal_maker`].
    pub fn time_stamping(&self) -> Result<Credentials, Error> {
        let profile = Profile {
            validity: validity(self.clock, 5),
            extended_key_usage: vec![timestamp::oid::TIME_STAMPING.into()],
            ..self.profile("eseal test time stamping")
        };
        Ok(self.issue(&profile)?.credentials)
    }

    /// A time-stamping authority that answers requests, by a certificate as [`Authority::time_stamping`] issues
    /// it, at the clock's time.
    ///
    /// # Errors
    ///
    /// As [`Authority::seal_maker`].
    pub fn time_stamper(&self) -> Result<TimeStampingAuthority, Error> {
        Ok(TimeStampingAuthority::new(self.time_stamping()?, self.clock))
    }

    /// What a signatory's certificate says: it may sign, is no authority's, and is valid from a day
    /// before the clock on, for three years.
    #[must_use]
    pub fn profile(&self, subject: &str) -> Profile {
        Profile {
            subject: subject.into(),
            organisation: ORGANISATION.into(),
            algorithm: self.algorithm,
            validity: validity(self.clock, 3),
            key_usage: vec![Usage::DigitalSignature, Usage::NonRepudiation],
            extended_key_usage: Vec::new(),
            extended_key_usage_is_critical: true,
            authority: false,
            path_length: None,
            unknown_critical: None,
            extensions: Vec::new(),
        }
    }

    /// Issues a certificate with a key of its own, right or wrong as `profile` has it.
    ///
    /// ```
    /// use eseal::authority::{Algorithm, Authority, Profile};
    /// use eseal::{Credentials, Time, Validity};
    ///
    /// let clock: Time = "2025-03-01T00:00:00Z".parse()?;
    /// let authority = Authority::new(Algorithm::P256, clock)?;
    /// let expired = Validity { not_before: clock.plus_years(-4), not_after: clock.plus_years(-1) };
    /// let issued = authority.issue(&Profile { validity: expired, ..authority.profile("expired") })?;
    /// let read = Credentials::from_pem(issued.certificate_pem.as_bytes(), issued.key_pem.as_bytes())?;
    /// assert_eq!(read.certificate().validity(), expired);
    /// # Ok::<(), eseal::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Authority::new`]; [`ErrorKind::Misuse`] when an OID cannot be written.
    pub fn issue(&self, profile: &Profile) -> Result<Issued, Error> {
        self.issue_under(self.issuer(), profile)
    }

    /// Issues a certificate under any issuer's, whether or not that is an authority's.
    ///
    /// # Errors
    ///
    /// As [`Authority::issue`].
    pub fn issue_under(&self, issuer: &Issued, profile: &Profile) -> Result<Issued, Error> {
        let count = self.count();
        let key = KeyPair::next(profile.algorithm, count)?;
        issue(&Issuer::new(issuer)?, profile, &key, count)
    }

    /// Certifies a key once more: another certificate for the key of `subject`, under any issuer's. So
    /// authorities certify one another, and keys get new certificates.
    ///
    /// # Errors
    ///
    /// As [`Authority::issue`].
    pub fn certify(&self, issuer: &Issued, subject: &Issued, profile: &Profile) -> Result<Issued, Error> {
        let key = KeyPair::read(profile.algorithm, &subject.key_pem)?;
        issue(&Issuer::new(issuer)?, profile, &key, self.count())
    }

    /// Certifies a key that is elsewhere, in a token or behind a service: `public_key` is what
    /// [`SigningKey::public_key`](crate::SigningKey::public_key) gives, of the kind that `profile` names.
    ///
    /// ```
    /// use eseal::authority::{Algorithm, Authority};
    /// use eseal::{SigningKey as _, SoftwareKey};
    ///
    /// # let pem = include_bytes!("../../testdata/keys/p256.pem");
    /// let authority = Authority::new(Algorithm::P256, "2025-03-01T00:00:00Z".parse()?)?;
    /// let key = SoftwareKey::from_pem(pem)?;
    /// let point = key.public_key().ok_or("no public half")?;
    /// let certificate = authority.certify_public_key(&point, &authority.profile("token"))?;
    /// assert_eq!(certificate.issuer(), authority.root().subject());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Authority::issue`]; when the octets are no key of that kind.
    pub fn certify_public_key(&self, public_key: &[u8], profile: &Profile) -> Result<Certificate, Error> {
        let certificate = certificate(
            &Issuer::new(self.issuer())?,
            profile,
            &PublicHalf::new(profile.algorithm, public_key),
            self.count(),
        )?;
        certificate.public_key()?;
        Ok(certificate)
    }

    /// What an authority's certificate says, to be issued below another one.
    #[must_use]
    pub fn authority_profile(&self, subject: &str) -> Profile {
        Profile::of_authority(subject, self.algorithm, self.clock)
    }

    /// The list (CRL, version 2) of the certificates that [`Authority::issuer`] revoked, each with the
    /// time of its revocation. It is of the clock's time, the next one is due 30 days later.
    ///
    /// # Errors
    ///
    /// As [`Authority::new`].
    pub fn crl(&self, revoked: &[(&Certificate, Time)]) -> Result<Vec<u8>, Error> {
        let span = Validity { not_before: self.clock, not_after: self.clock.plus_days(30) };
        self.crl_by(self.issuer(), revoked, span)
    }

    /// A list by any issuer; `span` gives the times of this list and of the next.
    ///
    /// # Errors
    ///
    /// As [`Authority::new`].
    pub fn crl_by(&self, issuer: &Issued, revoked: &[(&Certificate, Time)], span: Validity) -> Result<Vec<u8>, Error> {
        let issuer = Issuer::new(issuer)?;
        let extensions = vec![encoding::authority_key_id(&issuer.key_id)?, encoding::list_number(self.count())?];
        let revoked: Vec<_> = revoked.iter().map(|(certificate, time)| (certificate.serial_raw(), *time)).collect();
        issuer.sign(&encoding::list(issuer.key.algorithm(), issuer.name.clone(), span, &revoked, extensions)?)
    }

    fn count(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}

/// From a day before the clock, so that clocks which are a little slow do no harm.
fn validity(clock: Time, years: i32) -> Validity {
    Validity { not_before: clock.plus_days(-1), not_after: clock.plus_years(years) }
}

impl Profile {
    fn of_authority(subject: &str, algorithm: Algorithm, clock: Time) -> Self {
        Profile {
            subject: subject.into(),
            organisation: ORGANISATION.into(),
            algorithm,
            validity: validity(clock, 8),
            key_usage: vec![Usage::CertificateSigning, Usage::ListSigning],
            extended_key_usage: Vec::new(),
            extended_key_usage_is_critical: true,
            authority: true,
            path_length: None,
            unknown_critical: None,
            extensions: Vec::new(),
        }
    }

    fn extensions(&self, key_id: &[u8], issuer_key_id: &[u8]) -> Result<Vec<Extension>, Error> {
        let mut extensions = vec![
            encoding::authority_key_id(issuer_key_id)?,
            encoding::subject_key_id(key_id)?,
            encoding::basic_constraints(self.authority, self.path_length)?,
        ];
        if !self.key_usage.is_empty() {
            extensions.push(encoding::key_usage(&self.key_usage)?);
        }
        if !self.extended_key_usage.is_empty() {
            let purposes: Vec<_> = self.extended_key_usage.iter().map(|oid| parse(oid)).collect::<Result<_, _>>()?;
            extensions.push(encoding::extended_key_usage(&purposes, self.extended_key_usage_is_critical)?);
        }
        if let Some(oid) = &self.unknown_critical {
            extensions.push(encoding::unknown(parse(oid)?)?);
        }
        for raw in &self.extensions {
            extensions.push(encoding::raw(parse(&raw.id)?, raw.critical, &raw.value)?);
        }
        Ok(extensions)
    }
}

fn parse(oid: &str) -> Result<ObjectIdentifier, Error> {
    ObjectIdentifier::new(oid).map_err(|source| {
        Error::new(ErrorKind::Misuse, format!("\"{oid}\" is not an object identifier in dots")).caused_by(source)
    })
}

/// Whoever signs a certificate or a list.
struct Issuer {
    name: Name,
    key_id: Vec<u8>,
    key: SoftwareKey,
    /// The intermediate certificates that lead from here to the root, this one included.
    chain: Vec<Certificate>,
}

impl Issuer {
    fn new(issued: &Issued) -> Result<Self, Error> {
        let certificate = issued.credentials.certificate();
        let is_root = matches!(certificate.signed_by(certificate), Judgement::Good { .. });
        let own = if is_root { None } else { Some(certificate) };
        Ok(Issuer {
            name: Name::read(certificate.subject_raw())?,
            key_id: certificate.subject_key_id().unwrap_or_default().to_vec(),
            key: SoftwareKey::from_pem(issued.key_pem.as_bytes())?,
            chain: own.into_iter().chain(issued.credentials.chain()).cloned().collect(),
        })
    }

    /// Signs the encoded content of a certificate or a list and puts all together.
    fn sign(&self, content: &[u8]) -> Result<Vec<u8>, Error> {
        let value = self
            .key
            .sign(content)
            .map_err(|source| Error::new(ErrorKind::Signer, "the authority's key could not sign").caused_by(source))?;
        encoding::signed(content, self.key.algorithm(), &value)
    }
}

fn certificate(issuer: &Issuer, profile: &Profile, key: &PublicHalf, count: u64) -> Result<Certificate, Error> {
    let content = encoding::Content {
        serial: serial(profile, count)?,
        algorithm: issuer.key.algorithm(),
        issuer: issuer.name.clone(),
        validity: profile.validity,
        subject: Name::new(&profile.organisation, &profile.subject)?,
        public_key: key,
        extensions: profile.extensions(&key.id()?, &issuer.key_id)?,
    };
    Certificate::from_der(&issuer.sign(&content.encode()?)?)
}

fn issue(issuer: &Issuer, profile: &Profile, key: &KeyPair, count: u64) -> Result<Issued, Error> {
    let certificate = certificate(issuer, profile, key.public(), count)?;
    let chain: Vec<_> = std::iter::once(certificate).chain(issuer.chain.iter().cloned()).collect();
    let certificate_pem = chain.iter().map(|certificate| encoding::pem("CERTIFICATE", certificate.der())).collect();
    let key_pem = encoding::pem("PRIVATE KEY", key.pkcs8());
    Ok(Issued { credentials: Credentials::new(chain, key.load()?)?, certificate_pem, key_pem })
}

/// 16 bytes that look random and are the same each time; positive, as RFC 5280, 4.1.2.2 asks.
fn serial(profile: &Profile, count: u64) -> Result<Vec<u8>, Error> {
    let seed = format!("{:?}, {}, {}, {count}", profile.algorithm, profile.organisation, profile.subject);
    let mut serial = digest(DigestAlgorithm::Sha256, seed.as_bytes())?;
    serial.truncate(16);
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x3F | 0x40;
    }
    Ok(serial)
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Issued").field(&self.credentials).finish()
    }
}
