//! Keys in tokens with PKCS#11.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as TokenError, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use crate::crypto::{Certificate, Credentials, KeyKind, SignatureAlgorithm, SigningKey, curve, digest};
use crate::der::{Tlv, tag};
use crate::error::{BoxError, Error, ErrorKind};
use crate::keys::function::{digest_to_sign, is_on_curve};
use crate::keys::value::raw_to_der;
use crate::keys::{Secret, ValueForm};

/// Which token of a module is meant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TokenName {
    /// The one with this label.
    Label(String),
    /// The one with this serial number.
    Serial(String),
}

/// Which private key of a token is meant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyName {
    /// The one with this label (`CKA_LABEL`).
    Label(String),
    /// The one with this identifier (`CKA_ID`).
    Id(Vec<u8>),
}

/// How a token signs by SM2, for which PKCS#11 has no mechanism: each vendor numbers his own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sm2Mechanism {
    /// The mechanism's number (`CKM_VENDOR_DEFINED` or above, by the vendor's manual).
    pub number: u64,
    /// Whether the token takes the message and makes e = SM3(Z ‖ message) itself; else it is given e.
    pub hashes: bool,
    /// How it writes the value.
    pub form: ValueForm,
}

/// An open token: its module, which token, and the PIN to log in again when the token was away.
///
/// It can be cloned and shared by threads: each signature takes a session of its own from a pool.
///
/// ```no_run
/// use eseal::keys::{KeyName, Pkcs11Token, Secret, TokenName};
/// use eseal::Signatory;
///
/// let pin = Secret::new(std::env::var("PIN")?);
/// let module = "/usr/lib/softhsm/libsofthsm2.so";
/// let token = Pkcs11Token::open(module, TokenName::Label("seals".into()), pin)?;
/// let key = token.key(KeyName::Label("示例市人民政府".into()))?;
/// let signatory = Signatory::new(key.into_credentials([])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Pkcs11Token(Arc<Token>);

struct Token {
    module: Pkcs11,
    name: TokenName,
    pin: Secret,
    idle: Mutex<Vec<Session>>,
}

impl Pkcs11Token {
    /// Loads the module (a shared library of the token's vendor, which runs with all rights of this process),
    /// finds the token and logs in as its user.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the module cannot be loaded, there is no such token, or the PIN is refused.
    pub fn open(module: &str, token: TokenName, pin: Secret) -> Result<Self, Error> {
        let token = Token { module: loaded(module)?, name: token, pin, idle: Mutex::new(Vec::new()) };
        let session = token.log_in()?;
        token.give_back(session);
        Ok(Pkcs11Token(Arc::new(token)))
    }

    /// The private key of this name. Its algorithm is the usual one for its kind; see
    /// [`Pkcs11Key::algorithm`] and [`Pkcs11Key::sm2`] for others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when there is no such key, or more than one.
    pub fn key(&self, name: KeyName) -> Result<Pkcs11Key, Error> {
        let session = self.0.session()?;
        let handle = find_key(&session, &name)?;
        let described = describe(&session, handle);
        self.0.give_back(session);
        let (id, kind) = described?;
        // A key of SM2, or one that only its vendor can name: the caller says by `sm2` how it signs.
        let algorithm = kind.and_then(KeyKind::usual).unwrap_or(SignatureAlgorithm::Sm2Sm3);
        Ok(Pkcs11Key { token: self.clone(), name, id, algorithm, sm2: None })
    }

    /// The certificates that lie in the token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when the token refuses.
    pub fn certificates(&self) -> Result<Vec<Certificate>, Error> {
        self.0.certificates(&[Attribute::Class(ObjectClass::CERTIFICATE)])
    }
}

/// The module of this path, loaded and begun. `C_Initialize` is the process's affair and need not bear two threads
/// at once (PKCS #11, 5.4): each module is begun once, by one thread, and stays until the process ends.
fn loaded(path: &str) -> Result<Pkcs11, Error> {
    static LOADED: Mutex<BTreeMap<String, Pkcs11>> = Mutex::new(BTreeMap::new());
    let mut modules = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(path) {
        return Ok(module.clone());
    }
    let module = Pkcs11::new(path).map_err(|error| refused("the module cannot be loaded", error))?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(TokenError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(refused("the module cannot be begun", error)),
    }
    modules.insert(path.into(), module.clone());
    Ok(module)
}

impl fmt::Debug for Pkcs11Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs11Token({:?})", self.0.name)
    }
}

impl Token {
    /// A session that is logged in: an idle one, or a new one.
    fn session(&self) -> Result<Session, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.log_in(), Ok)
    }

    fn give_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }

    /// Opens a session. Logging in is the token's affair, not the session's: once is enough for all.
    fn log_in(&self) -> Result<Session, Error> {
        let slot = self.slot()?;
        let session =
            self.module.open_ro_session(slot).map_err(|error| refused("no session with the token opens", error))?;
        let pin = AuthPin::new(self.pin.reveal().into());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(TokenError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(error) => Err(refused("the token does not take the PIN", error)),
        }
    }

    fn slot(&self) -> Result<Slot, Error> {
        let failed = |error| refused("the module does not list its tokens", error);
        let mut labels = Vec::new();
        for slot in self.module.get_slots_with_token().map_err(failed)? {
            // A slot that says nothing of its token is not the one that was asked for.
            let Ok(info) = self.module.get_token_info(slot) else { continue };
            let found = match &self.name {
                TokenName::Label(label) => info.label() == label,
                TokenName::Serial(serial) => info.serial_number() == serial,
            };
            if found {
                return Ok(slot);
            }
            labels.push(format!("\"{}\"", info.label().escape_debug()));
        }
        let told = format!("the module has no token with {:?}; those it has: {}", self.name, labels.join(", "));
        Err(Error::new(ErrorKind::Signer, told))
    }

    fn certificates(&self, template: &[Attribute]) -> Result<Vec<Certificate>, Error> {
        let session = self.session()?;
        let read = || -> Result<Vec<Vec<u8>>, TokenError> {
            let mut found = Vec::new();
            for handle in session.find_objects(template)? {
                for attribute in session.get_attributes(handle, &[AttributeType::Value])? {
                    if let Attribute::Value(der) = attribute {
                        found.push(der);
                    }
                }
            }
            Ok(found)
        };
        let found = read().map_err(|error| refused("the token does not show its certificates", error));
        self.give_back(session);
        Ok(found?.iter().filter_map(|der| Certificate::from_der(der).ok()).collect())
    }

    /// Does `work` with a session. When the token was away meanwhile, the sessions are let go, the PIN is given
    /// again, and the work is done once more.
    fn with_session<T>(&self, work: impl Fn(&Session) -> Result<T, BoxError>) -> Result<T, BoxError> {
        let session = self.session()?;
        match work(&session) {
            Ok(done) => {
                self.give_back(session);
                Ok(done)
            }
            Err(error) if was_away(&error) => {
                drop(session);
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
                let session = self.log_in()?;
                let done = work(&session)?;
                self.give_back(session);
                Ok(done)
            }
            Err(error) => {
                // An operation may hang in the session: it is closed, not reused.
                drop(session);
                Err(error)
            }
        }
    }
}

/// A private key in a token.
#[derive(Clone, Debug)]
pub struct Pkcs11Key {
    token: Pkcs11Token,
    name: KeyName,
    /// `CKA_ID`, which the key's certificate shares.
    id: Vec<u8>,
    algorithm: SignatureAlgorithm,
    sm2: Option<Sm2Mechanism>,
}

impl Pkcs11Key {
    /// Signs by another algorithm than the usual one for the key's kind, such as RSASSA-PSS. Whether it fits the
    /// key shows when key and certificate are paired.
    #[must_use]
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Signs by SM2, as the token's vendor does it.
    #[must_use]
    pub fn sm2(mut self, mechanism: Sm2Mechanism) -> Self {
        self.algorithm = SignatureAlgorithm::Sm2Sm3;
        self.sm2 = Some(mechanism);
        self
    }

    /// The certificate in the token that has the key's identifier.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signer`] when there is none.
    pub fn certificate(&self) -> Result<Certificate, Error> {
        let template = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::Id(self.id.clone())];
        self.token.0.certificates(&template)?.into_iter().next().ok_or_else(|| {
            let told = "the token holds no certificate under the key's identifier: hand it in with Credentials::new";
            Error::new(ErrorKind::Signer, told)
        })
    }

    /// Pairs the key with its certificate in the token; `above` are the certificates of the authorities.
    ///
    /// # Errors
    ///
    /// As [`Pkcs11Key::certificate`] and [`Credentials::new`].
    pub fn into_credentials(self, above: impl IntoIterator<Item = Certificate>) -> Result<Credentials, Error> {
        let chain = std::iter::once(self.certificate()?).chain(above).collect();
        Credentials::new(chain, self)
    }

    /// The mechanism, and what it is given: the message, or its digest where tokens differ in what they hash.
    fn operation(&self, message: &[u8]) -> Result<(Mechanism<'static>, Vec<u8>), BoxError> {
        use SignatureAlgorithm as Algorithm;
        let pss = |hash, mgf, salt: u8| PkcsPssParams { hash_alg: hash, mgf, s_len: u64::from(salt).into() };
        let (sha256, sha384, sha512) = (MechanismType::SHA256, MechanismType::SHA384, MechanismType::SHA512);
        let mechanism = match self.algorithm {
            Algorithm::EcdsaSha256 | Algorithm::EcdsaSha384 => {
                return Ok((Mechanism::Ecdsa, digest(self.algorithm.digest(), message)?));
            }
            Algorithm::RsaPkcs1Sha256 => Mechanism::Sha256RsaPkcs,
            Algorithm::RsaPkcs1Sha384 => Mechanism::Sha384RsaPkcs,
            Algorithm::RsaPkcs1Sha512 => Mechanism::Sha512RsaPkcs,
            Algorithm::RsaPssSha256 => Mechanism::Sha256RsaPkcsPss(pss(sha256, PkcsMgfType::MGF1_SHA256, 32)),
            Algorithm::RsaPssSha384 => Mechanism::Sha384RsaPkcsPss(pss(sha384, PkcsMgfType::MGF1_SHA384, 48)),
            Algorithm::RsaPssSha512 => Mechanism::Sha512RsaPkcsPss(pss(sha512, PkcsMgfType::MGF1_SHA512, 64)),
            Algorithm::Sm2Sm3 => return self.sm2_operation(message),
            other => return Err(format!("signing by {other} in a token is not built in").into()),
        };
        Ok((mechanism, message.to_vec()))
    }

    fn sm2_operation(&self, message: &[u8]) -> Result<(Mechanism<'static>, Vec<u8>), BoxError> {
        let Some(sm2) = self.sm2 else {
            return Err("PKCS#11 has no mechanism for SM2: name the vendor's by Pkcs11Key::sm2".into());
        };
        let kind = MechanismType::new_vendor_defined(sm2.number)
            .map_err(|_| format!("0x{:X} is no vendor's mechanism: those begin at 0x80000000", sm2.number))?;
        let mechanism = Mechanism::VendorDefined(VendorDefinedMechanism::new::<u8>(kind, None));
        let data = match sm2.hashes {
            true => message.to_vec(),
            false => digest_to_sign(self.algorithm, &self.certificate()?, message)?,
        };
        Ok((mechanism, data))
    }
}

impl SigningKey for Pkcs11Key {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        let session = self.token.0.session().ok()?;
        let public = public_key(&session, &self.id);
        self.token.0.give_back(session);
        public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BoxError> {
        let (mechanism, data) = self.operation(message)?;
        let value = self.token.0.with_session(|session| {
            let key = find_key(session, &self.name)?;
            Ok(session.sign(&mechanism, key, &data)?)
        })?;
        let raw = self.sm2.is_none_or(|sm2| sm2.form == ValueForm::Raw);
        if raw && is_on_curve(self.algorithm) { Ok(raw_to_der(&value)?) } else { Ok(value) }
    }
}

/// Whether a token says that it was away: taken out, restarted, logged out elsewhere.
fn was_away(error: &BoxError) -> bool {
    let own = error.downcast_ref::<Error>().and_then(std::error::Error::source);
    let below = own.and_then(|source| source.downcast_ref::<TokenError>());
    let Some(TokenError::Pkcs11(code, _)) = error.downcast_ref::<TokenError>().or(below) else { return false };
    matches!(
        code,
        RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::UserNotLoggedIn
            | RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::KeyHandleInvalid
    )
}

fn find_key(session: &Session, name: &KeyName) -> Result<ObjectHandle, Error> {
    let named = match name {
        KeyName::Label(label) => Attribute::Label(label.as_bytes().to_vec()),
        KeyName::Id(id) => Attribute::Id(id.clone()),
    };
    let found = session
        .find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), named])
        .map_err(|error| refused("the token does not look for keys", error))?;
    match found.as_slice() {
        [key] => Ok(*key),
        several => {
            let told = format!("the token holds {} private keys with {name:?}, where one is needed", several.len());
            Err(Error::new(ErrorKind::Signer, told))
        }
    }
}

/// The key's identifier and kind; no kind for one that only its vendor can name.
fn describe(session: &Session, key: ObjectHandle) -> Result<(Vec<u8>, Option<KeyKind>), Error> {
    let ask = [AttributeType::Id, AttributeType::KeyType, AttributeType::EcParams];
    let attributes =
        session.get_attributes(key, &ask).map_err(|error| refused("the token does not describe the key", error))?;
    let (mut id, mut kind) = (Vec::new(), None);
    for attribute in attributes {
        match attribute {
            Attribute::Id(own) => id = own,
            Attribute::KeyType(KeyType::RSA) => kind = Some(KeyKind::Rsa(0)),
            Attribute::EcParams(parameters) => {
                kind = Tlv::only(&parameters, "CKA_EC_PARAMS")
                    .and_then(|named| named.oid("CKA_EC_PARAMS"))
                    .and_then(|named| curve(&named))
                    .ok();
            }
            _ => {}
        }
    }
    Ok((id, kind))
}

/// The public half, if the token holds it beside the private one.
fn public_key(session: &Session, id: &[u8]) -> Option<Vec<u8>> {
    let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(id.to_vec())];
    let handle = *session.find_objects(&template).ok()?.first()?;
    let ask = [AttributeType::EcPoint, AttributeType::Modulus, AttributeType::PublicExponent];
    let (mut modulus, mut exponent) = (None, None);
    for attribute in session.get_attributes(handle, &ask).ok()? {
        match attribute {
            // The point stands in an OCTET STRING (PKCS#11, 6.3.3), which some tokens leave out.
            Attribute::EcPoint(point) => {
                let inner = Tlv::only(&point, "").ok().filter(|element| element.tag == tag::OCTET_STRING);
                return Some(inner.map_or(point.clone(), |element| element.value.to_vec()));
            }
            Attribute::Modulus(number) => modulus = Some(number),
            Attribute::PublicExponent(number) => exponent = Some(number),
            _ => {}
        }
    }
    rsa_public_key(&modulus?, &exponent?)
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn rsa_public_key(modulus: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
    use ::der::asn1::UintRef;
    use ::der::{Encode as _, Sequence};

    #[derive(Sequence)]
    struct RsaPublicKey<'n> {
        modulus: UintRef<'n>,
        exponent: UintRef<'n>,
    }
    RsaPublicKey { modulus: UintRef::new(modulus).ok()?, exponent: UintRef::new(exponent).ok()? }.to_der().ok()
}

fn refused(doing: &str, error: TokenError) -> Error {
    Error::new(ErrorKind::Signer, format!("{doing}: {error}")).caused_by(error)
}
