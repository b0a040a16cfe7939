//! Revisions 5 and 6: the key is random, and lies in the dictionary under each of the two passwords
//! (ISO 32000-2, 7.6.4.3.3, 7.6.4.4.9 and 7.6.4.4.10; revision 5 is Adobe's, with a weaker hash).

use zeroize::Zeroizing;

use crate::crypto::{DigestAlgorithm, digest};
use crate::document::pdf::encryption::cipher;
use crate::document::pdf::encryption::password;
use crate::document::pdf::encryption::{EncryptDictionary, Unlocked, first, same};
use crate::error::Error;
use crate::limits::Limits;

/// Rounds that revision 6 does at least.
const ROUNDS: u32 = 64;

/// `/O` or `/U`: a hash of the password, and the salts for it and for the key.
struct Verifier<'a> {
    hash: &'a [u8],
    validation_salt: &'a [u8],
    key_salt: &'a [u8],
}

/// The key, when `password` is the owner's or the user's (algorithm 2.A).
pub(super) fn unlock(encrypt: &EncryptDictionary, password: &str, limits: &Limits) -> Result<Option<Unlocked>, Error> {
    let user_string = first(&encrypt.u, 48);
    let owner = (Verifier::of(&encrypt.o), user_string, &encrypt.oe);
    let user = (Verifier::of(&encrypt.u), &[][..], &encrypt.ue);
    for candidate in password::modern_forms(password) {
        for (is_owner, (verifier, extra, wrapped)) in [(true, &owner), (false, &user)] {
            let hash = hash(encrypt.r, &candidate, verifier.validation_salt, extra, limits)?;
            if same(&hash, verifier.hash) {
                let wrapping = self::hash(encrypt.r, &candidate, verifier.key_salt, extra, limits)?;
                let key = cipher::aes256_unwrap(&wrapping, first(wrapped, 32))?;
                return Ok(Some(Unlocked { key, owner: is_owner }));
            }
        }
    }
    Ok(None)
}

/// Whether `/Perms` repeats the permissions and the handling of metadata under the key
/// (algorithm 13).
pub(super) fn permissions_hold(encrypt: &EncryptDictionary, permissions: u32, key: &[u8]) -> Result<bool, Error> {
    let clear = cipher::aes256_unwrap(key, first(&encrypt.perms, 16))?;
    let metadata = if encrypt.encrypt_metadata { b'T' } else { b'F' };
    Ok(clear.starts_with(&permissions.to_le_bytes())
        && clear.get(8) == Some(&metadata)
        && clear.get(9..12) == Some(b"adb"))
}

impl<'a> Verifier<'a> {
    /// The 48 bytes; some writers fill the string up with zeros.
    fn of(bytes: &'a [u8]) -> Self {
        let (hash, rest) = bytes.split_at_checked(32).unwrap_or_default();
        let (validation_salt, rest) = rest.split_at_checked(8).unwrap_or_default();
        Verifier { hash, validation_salt, key_salt: first(rest, 8) }
    }
}

/// Algorithm 2.B; `user` is `/U` where the owner's password is hashed.
///
/// A document does not choose the rounds: they end when a byte that every round makes anew is small
/// enough, and that bar has risen above every byte after 287 of them.
fn hash(r: i64, password: &[u8], salt: &[u8], user: &[u8], limits: &Limits) -> Result<Zeroizing<Vec<u8>>, Error> {
    let seed = Zeroizing::new([password, salt, user].concat());
    let mut key = Zeroizing::new(digest(DigestAlgorithm::Sha256, &seed)?);
    if r == 5 {
        return Ok(key);
    }
    let mut rounds: u32 = 0;
    loop {
        if rounds >= limits.password_rounds {
            return Err(Error::too_large(format!(
                "the document's password asks for more than {rounds} rounds of hashing, which is the limit"
            )));
        }
        let unit = Zeroizing::new([password, &key, user].concat());
        let mut block = Zeroizing::new(unit.repeat(64));
        let (aes_key, iv) = first(&key, 32).split_at_checked(16).unwrap_or_default();
        cipher::aes128_encrypt_raw(aes_key, iv, &mut block)?;
        // The first 16 bytes as a number, modulo 3: as 256 leaves 1, so does each power of it.
        let algorithm = match block.iter().take(16).map(|byte| u32::from(*byte)).sum::<u32>() % 3 {
            0 => DigestAlgorithm::Sha256,
            1 => DigestAlgorithm::Sha384,
            _ => DigestAlgorithm::Sha512,
        };
        key = Zeroizing::new(digest(algorithm, &block)?);
        rounds += 1;
        let last = block.last().map_or(0, |byte| u32::from(*byte));
        if rounds >= ROUNDS && last <= rounds - 32 {
            key.truncate(32);
            return Ok(key);
        }
    }
}
