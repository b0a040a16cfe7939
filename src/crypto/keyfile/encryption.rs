//! What is encrypted with a password: PBES2 (RFC 8018, 6.2) and the schemes of PKCS#12 (RFC 7292, C).

use ::der::asn1::ObjectIdentifier;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit};
use zeroize::Zeroizing;

use crate::crypto::DigestAlgorithm;
use crate::crypto::keyfile::oid;
use crate::crypto::keyfile::password::{Password, Purpose, Rounds, pbkdf2, pkcs12_derive, wrong_password};
use crate::der::{Tlv, tag};
use crate::error::Error;

/// Opens an EncryptedPrivateKeyInfo (RFC 5958, 3) and returns the PrivateKeyInfo within.
pub(super) fn open_private_key(
    der: &[u8],
    password: &Password<'_>,
    rounds: &mut Rounds,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let what = "EncryptedPrivateKeyInfo";
    let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
    let algorithm = parts.take(tag::SEQUENCE, "EncryptedPrivateKeyInfo.encryptionAlgorithm")?;
    let encrypted = parts.next("EncryptedPrivateKeyInfo.encryptedData")?;
    let encrypted = encrypted.octets("EncryptedPrivateKeyInfo.encryptedData")?;
    decrypt(&algorithm, &encrypted, password, rounds, "the private key")
}

/// Decrypts what `algorithm` says. Whatever does not come out as one SEQUENCE was opened with a wrong
/// password: padding alone lets one wrong password in 256 through.
pub(super) fn decrypt(
    algorithm: &Tlv<'_>,
    encrypted: &[u8],
    password: &Password<'_>,
    rounds: &mut Rounds,
    of: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let plain = Scheme::read(algorithm, password, rounds)?.decrypt(encrypted).ok_or_else(|| wrong_password(of))?;
    Tlv::only(&plain, of).and_then(|element| element.expect(tag::SEQUENCE, of)).map_err(|_| wrong_password(of))?;
    Ok(plain)
}

#[derive(Clone, Copy, Debug)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    Rc2,
    Sm4,
    TripleDes,
}

/// A cipher with all that it needs.
struct Scheme {
    cipher: Cipher,
    key: Zeroizing<Vec<u8>>,
    initial_vector: Vec<u8>,
}

impl Scheme {
    fn read(algorithm: &Tlv<'_>, password: &Password<'_>, rounds: &mut Rounds) -> Result<Self, Error> {
        let what = "encryption AlgorithmIdentifier";
        let mut parts = algorithm.expect(tag::SEQUENCE, what)?.children();
        let name = parts.next(what)?.oid(what)?;
        let (cipher, length) = match name {
            oid::PBES2 | oid::GM_PBES => {
                return Self::pbes2(&parts.take(tag::SEQUENCE, "PBES2-params")?, password, rounds);
            }
            oid::SHA1_TRIPLE_DES => (Cipher::TripleDes, 24),
            oid::SHA1_TRIPLE_DES_TWO_KEYS => (Cipher::TripleDes, 16),
            oid::SHA1_RC2_128 => (Cipher::Rc2, 16),
            oid::SHA1_RC2_40 => (Cipher::Rc2, 5),
            other => return Err(convert(&format!("the encryption scheme {other}"))),
        };
        Self::pkcs12(cipher, length, &parts.take(tag::SEQUENCE, "pkcs-12PbeParams")?, password, rounds)
    }

    /// pkcs-12PbeParams: salt and rounds; key and initial vector are both derived from the password.
    fn pkcs12(
        cipher: Cipher,
        length: usize,
        parameters: &Tlv<'_>,
        password: &Password<'_>,
        rounds: &mut Rounds,
    ) -> Result<Self, Error> {
        let mut parts = parameters.children();
        let salt = parts.take(tag::OCTET_STRING, "pkcs-12PbeParams.salt")?.value;
        let what = "pkcs-12PbeParams.iterations";
        let count = rounds.spend(&parts.take(tag::INTEGER, what)?, what)?;
        let derive =
            |purpose, length| pkcs12_derive(DigestAlgorithm::Sha1, purpose, &password.wide, salt, count, length);
        let mut key = derive(Purpose::Key, length)?;
        if matches!(cipher, Cipher::TripleDes) && length == 16 {
            // Two keys: the third is the first again.
            let twice = Zeroizing::new([key.as_slice(), key.as_slice()].concat());
            key = Zeroizing::new(twice.iter().copied().take(24).collect());
        }
        let initial_vector = derive(Purpose::InitialVector, 8)?.to_vec();
        Ok(Scheme { cipher, key, initial_vector })
    }

    fn pbes2(parameters: &Tlv<'_>, password: &Password<'_>, rounds: &mut Rounds) -> Result<Self, Error> {
        let mut parts = parameters.children();
        let derivation = parts.take(tag::SEQUENCE, "PBES2-params.keyDerivationFunc")?;
        let what = "PBES2-params.encryptionScheme";
        let mut scheme = parts.take(tag::SEQUENCE, what)?.children();
        let (cipher, length) = match scheme.next(what)?.oid(what)? {
            oid::AES128_CBC => (Cipher::Aes128, 16),
            oid::AES192_CBC => (Cipher::Aes192, 24),
            oid::AES256_CBC => (Cipher::Aes256, 32),
            oid::SM4_CBC => (Cipher::Sm4, 16),
            oid::TRIPLE_DES_CBC => (Cipher::TripleDes, 24),
            other => return Err(convert(&format!("the cipher {other}"))),
        };
        let initial_vector = scheme.take(tag::OCTET_STRING, what)?.value.to_vec();
        let block = if matches!(cipher, Cipher::TripleDes) { 8 } else { 16 };
        if initial_vector.len() != block {
            return Err(Error::malformed(format!(
                "{what}: the initial vector has {} bytes where {cipher:?} needs {block}",
                initial_vector.len()
            )));
        }
        let derivation = Pbkdf2::read(&derivation, rounds)?;
        if derivation.length.is_some_and(|told| told != length) {
            return Err(Error::malformed(format!("PBKDF2-params.keyLength: {cipher:?} needs {length} bytes")));
        }
        Ok(Scheme { cipher, key: derivation.derive(password, length)?, initial_vector })
    }

    fn decrypt(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self.cipher {
            Cipher::Aes128 => self.decrypt_with::<aes::Aes128>(encrypted),
            Cipher::Aes192 => self.decrypt_with::<aes::Aes192>(encrypted),
            Cipher::Aes256 => self.decrypt_with::<aes::Aes256>(encrypted),
            Cipher::Rc2 => self.decrypt_with::<rc2::Rc2>(encrypted),
            Cipher::Sm4 => self.decrypt_with::<sm4::Sm4>(encrypted),
            Cipher::TripleDes => self.decrypt_with::<des::TdesEde3>(encrypted),
        }
    }

    fn decrypt_with<C: BlockCipherDecrypt + KeyInit>(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let cipher = C::new_from_slice(&self.key).ok()?;
        let decryptor = cbc::Decryptor::inner_iv_slice_init(cipher, &self.initial_vector).ok()?;
        let mut buffer = Zeroizing::new(encrypted.to_vec());
        let length = decryptor.decrypt_padded::<Pkcs7>(&mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

/// PBKDF2-params (RFC 8018, A.2).
pub(super) struct Pbkdf2<'a> {
    salt: &'a [u8],
    rounds: u32,
    digest: DigestAlgorithm,
    pub(super) length: Option<usize>,
}

impl<'a> Pbkdf2<'a> {
    /// Reads the AlgorithmIdentifier of a key derivation; only PBKDF2 is built in.
    pub(super) fn read(identifier: &Tlv<'a>, rounds: &mut Rounds) -> Result<Self, Error> {
        let what = "PBKDF2-params";
        let mut parts = identifier.children();
        let usual = match parts.next(what)?.oid(what)? {
            oid::PBKDF2 => DigestAlgorithm::Sha1,
            oid::GM_PBKDF => DigestAlgorithm::Sm3,
            oid::SCRYPT => return Err(convert("the key derivation scrypt")),
            other => return Err(convert(&format!("the key derivation {other}"))),
        };
        let mut parts = parts.take(tag::SEQUENCE, what)?.children();
        let salt = parts.take(tag::OCTET_STRING, "PBKDF2-params.salt")?.value;
        let count = parts.take(tag::INTEGER, "PBKDF2-params.iterationCount")?;
        let rounds = rounds.spend(&count, "PBKDF2-params.iterationCount")?;
        let length = match parts.optional(tag::INTEGER, "PBKDF2-params.keyLength")? {
            Some(length) => Some(key_length(&length)?),
            None => None,
        };
        let digest = match parts.optional(tag::SEQUENCE, "PBKDF2-params.prf")? {
            Some(function) => hmac_digest(&function, "PBKDF2-params.prf")?,
            None => usual,
        };
        Ok(Pbkdf2 { salt, rounds, digest, length })
    }

    pub(super) fn derive(&self, password: &Password<'_>, length: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        pbkdf2(self.digest, password.text.as_bytes(), self.salt, self.rounds, length)
    }
}

/// No cipher and no HMAC here takes a longer key; each further digest's length costs all rounds again.
const LONGEST_KEY: usize = 64;

fn key_length(length: &Tlv<'_>) -> Result<usize, Error> {
    let what = "PBKDF2-params.keyLength";
    let length = length.small_integer(what)?;
    usize::try_from(length)
        .ok()
        .filter(|length| (1..=LONGEST_KEY).contains(length))
        .ok_or_else(|| Error::malformed(format!("{what}: {length} bytes are no key's length")))
}

/// The digest of the HMAC that an AlgorithmIdentifier names.
pub(super) fn hmac_digest(identifier: &Tlv<'_>, what: &str) -> Result<DigestAlgorithm, Error> {
    let name: ObjectIdentifier = identifier.expect(tag::SEQUENCE, what)?.children().next(what)?.oid(what)?;
    match name {
        oid::HMAC_SHA1 => Ok(DigestAlgorithm::Sha1),
        oid::HMAC_SHA256 => Ok(DigestAlgorithm::Sha256),
        oid::HMAC_SHA384 => Ok(DigestAlgorithm::Sha384),
        oid::HMAC_SHA512 => Ok(DigestAlgorithm::Sha512),
        oid::HMAC_SM3 | oid::HMAC_SM3_OTHER => Ok(DigestAlgorithm::Sm3),
        other => Err(convert(&format!("the HMAC {other}"))),
    }
}

fn convert(thing: &str) -> Error {
    Error::unsupported(format!(
        "{thing} is not built in: encrypt the file anew with AES-256-CBC and PBKDF2, as OpenSSL does by itself"
    ))
}
