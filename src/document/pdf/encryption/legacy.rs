//! Revisions 2 to 4: the key follows from the password by MD5 and RC4 (ISO 32000-2, 7.6.4.3.2,
//! 7.6.4.4; deprecated there, and still in most encrypted files).

use zeroize::Zeroizing;

use crate::crypto::{DigestAlgorithm, digest};
use crate::document::pdf::encryption::cipher;
use crate::document::pdf::encryption::password;
use crate::document::pdf::encryption::{EncryptDictionary, Unlocked, first, same};
use crate::error::Error;
use crate::limits::Limits;

/// What fills a password up to 32 bytes (algorithm 2, step a).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// How often revisions 3 and 4 digest again.
const ROUNDS: u32 = 50;

/// How often revisions 3 and 4 encrypt again, each time with another key.
const PASSES: u8 = 20;

/// The key, when `password` is the owner's or the user's.
pub(super) fn unlock(
    encrypt: &EncryptDictionary,
    id: &[u8],
    password: &str,
    limits: &Limits,
) -> Result<Option<Unlocked>, Error> {
    if encrypt.r > 2 && limits.password_rounds < ROUNDS {
        return Err(Error::too_large(format!(
            "the document's password asks for {ROUNDS} rounds of hashing; the limit is {}",
            limits.password_rounds
        )));
    }
    let handler = Handler { encrypt, id, length: key_length(encrypt)? };
    for candidate in password::legacy_forms(password) {
        let user = handler.user_password(&candidate)?;
        if let Some(key) = handler.authenticate(&user)? {
            return Ok(Some(Unlocked { key, owner: true }));
        }
        if let Some(key) = handler.authenticate(&padded(&candidate))? {
            return Ok(Some(Unlocked { key, owner: false }));
        }
    }
    Ok(None)
}

struct Handler<'a> {
    encrypt: &'a EncryptDictionary,
    id: &'a [u8],
    /// The key's length in bytes.
    length: usize,
}

impl Handler<'_> {
    /// The document's key, when the padded user password is right (algorithms 6, 4 and 5).
    fn authenticate(&self, padded: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let key = self.document_key(padded)?;
        let right = if self.encrypt.r == 2 {
            same(&cipher::rc4(&key, &PADDING)?, first(&self.encrypt.u, 32))
        } else {
            let mut verifier = digest(DigestAlgorithm::Md5, &[&PADDING, self.id].concat())?;
            for pass in 0..PASSES {
                verifier = cipher::rc4(&turned(&key, pass), &verifier)?;
            }
            same(&verifier, first(&self.encrypt.u, 16))
        };
        Ok(right.then_some(key))
    }

    /// Algorithm 2.
    fn document_key(&self, padded: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let permissions = self.encrypt.permission_bits()?.to_le_bytes();
        let plain_metadata: &[u8] =
            if self.encrypt.r >= 4 && !self.encrypt.encrypt_metadata { &[0xFF; 4] } else { &[] };
        let seed = Zeroizing::new([padded, first(&self.encrypt.o, 32), &permissions, self.id, plain_metadata].concat());
        let mut key = Zeroizing::new(digest(DigestAlgorithm::Md5, &seed)?);
        key.truncate(self.length);
        if self.encrypt.r > 2 {
            for _ in 0..ROUNDS {
                key = Zeroizing::new(digest(DigestAlgorithm::Md5, &key)?);
                key.truncate(self.length);
            }
        }
        Ok(key)
    }

    /// The user password, padded, that the owner password keeps in `/O` (algorithm 7).
    fn user_password(&self, owner: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut key = Zeroizing::new(digest(DigestAlgorithm::Md5, &padded(owner))?);
        if self.encrypt.r > 2 {
            for _ in 0..ROUNDS {
                key = Zeroizing::new(digest(DigestAlgorithm::Md5, &key)?);
            }
        }
        key.truncate(self.length);
        let mut user = Zeroizing::new(first(&self.encrypt.o, 32).to_vec());
        let passes = if self.encrypt.r == 2 { 1 } else { PASSES };
        for pass in (0..passes).rev() {
            user = Zeroizing::new(cipher::rc4(&turned(&key, pass), &user)?);
        }
        Ok(user)
    }
}

/// The length of the key in bytes: version 1 has 40 bits, version 2 says it, version 4 has 128
/// whatever its `/Length` says, which speaks of filters of the past.
fn key_length(encrypt: &EncryptDictionary) -> Result<usize, Error> {
    let bits = match (encrypt.v, encrypt.r) {
        (1, _) | (_, 2) => 40,
        (4, _) => 128,
        _ => encrypt.length,
    };
    match usize::try_from(bits) {
        Ok(bits) if (40..=128).contains(&bits) && bits.is_multiple_of(8) => Ok(bits / 8),
        _ => Err(Error::malformed(format!(
            "the document's encryption dictionary: /Length is {bits}; a multiple of 8 from 40 to 128 is prescribed"
        ))),
    }
}

/// The first 32 bytes of a password, filled up.
fn padded(password: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(password.iter().chain(&PADDING).copied().take(PADDING.len()).collect())
}

/// The key of the given pass: each byte with the number of the pass over it.
fn turned(key: &[u8], pass: u8) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(key.iter().map(|byte| byte ^ pass).collect())
}
