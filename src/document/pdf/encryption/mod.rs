//! The standard security handler: from a password to the document's key, strings and streams into
//! cipher and out of it (ISO 32000-2, 7.6).
//!
//! What is signed in an encrypted document are the bytes as they lie in the file, that is, the
//! cipher; nothing here is ever put in their place.

mod cipher;
mod legacy;
mod modern;
mod password;

use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::{DigestAlgorithm, digest};
use crate::error::{Context as _, Error, ErrorKind};
use crate::limits::Limits;

/// What an encryption dictionary says (ISO 32000-2, tables 20 and 21); strings without their cipher,
/// for these are never encrypted.
#[derive(Clone, Debug)]
pub(super) struct EncryptDictionary {
    /// `/Filter`, a name without its slash.
    pub(super) filter: Vec<u8>,
    /// `/V`: how the document is encrypted.
    pub(super) v: i64,
    /// `/R`: how the key follows from a password.
    pub(super) r: i64,
    /// `/Length` in bits; 40 where it is missing.
    pub(super) length: i64,
    /// `/O`.
    pub(super) o: Vec<u8>,
    /// `/U`.
    pub(super) u: Vec<u8>,
    /// `/OE`; empty before revision 5.
    pub(super) oe: Vec<u8>,
    /// `/UE`; empty before revision 5.
    pub(super) ue: Vec<u8>,
    /// `/Perms`; empty before revision 5.
    pub(super) perms: Vec<u8>,
    /// `/P`, written with or without a sign.
    pub(super) p: i64,
    /// `/EncryptMetadata`; true where it is missing.
    pub(super) encrypt_metadata: bool,
    /// What the crypt filter that `/StmF` names does; RC4 where `/V` is below 4.
    pub(super) stream_method: Method,
    /// What the crypt filter that `/StrF` names does; RC4 where `/V` is below 4.
    pub(super) string_method: Method,
}

/// What a crypt filter does (ISO 32000-2, table 25).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Method {
    /// `Identity` or `None`: nothing.
    None,
    /// `V2`.
    Rc4,
    /// `AESV2`.
    Aes128,
    /// `AESV3`.
    Aes256,
}

/// Which of a document's two kinds of bytes: each has its crypt filter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Class {
    String,
    Stream,
}

/// The key of an encrypted document, and what its password allows. It does not print, and is wiped
/// when it is dropped.
#[derive(Clone)]
pub(super) struct Security {
    key: Zeroizing<Vec<u8>>,
    stream_method: Method,
    string_method: Method,
    permissions: u32,
    permissions_confirmed: bool,
    owner: bool,
    encrypts_metadata: bool,
}

/// A document's key as a password gave it.
struct Unlocked {
    key: Zeroizing<Vec<u8>>,
    owner: bool,
}

impl Security {
    /// Takes the document's key out of its encryption dictionary, with the user's or the owner's
    /// password; `id` is the first string of the file identifier, empty where there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAllowed`] when the password is neither, [`ErrorKind::Malformed`] when the
    /// dictionary contradicts itself, [`ErrorKind::Unsupported`] when it asks for another handler.
    pub(super) fn open(
        encrypt: &EncryptDictionary,
        id: &[u8],
        password: &str,
        limits: &Limits,
    ) -> Result<Security, Error> {
        encrypt.check().context("the document's encryption dictionary")?;
        let unlocked = match encrypt.r {
            5 | 6 => modern::unlock(encrypt, password, limits)?,
            _ => legacy::unlock(encrypt, id, password, limits)?,
        };
        let Unlocked { key, owner } = unlocked.ok_or_else(|| refused(password))?;
        let permissions = encrypt.permission_bits()?;
        let permissions_confirmed = encrypt.r < 5 || modern::permissions_hold(encrypt, permissions, &key)?;
        let EncryptDictionary { stream_method, string_method, .. } = *encrypt;
        let encrypts_metadata = encrypt.encrypt_metadata || encrypt.v < 4;
        Ok(Security { key, stream_method, string_method, permissions, permissions_confirmed, owner, encrypts_metadata })
    }

    /// The clear bytes of a string or stream that stands in the object `number generation`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the bytes cannot come from the cipher.
    pub(super) fn decrypt(&self, class: Class, number: u32, generation: u16, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        match self.method(class) {
            Method::None => Ok(bytes.to_vec()),
            Method::Rc4 => cipher::rc4(&self.object_key(number, generation, false)?, bytes),
            Method::Aes128 => cipher::aes_decrypt(&self.object_key(number, generation, true)?, bytes),
            Method::Aes256 => cipher::aes_decrypt(&self.key, bytes),
        }
        .context(format_args!("a {class} of object {number} {generation}"))
    }

    /// The cipher of a string or stream that is to stand in the object `number generation`; under AES
    /// it differs each time.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub(super) fn encrypt(&self, class: Class, number: u32, generation: u16, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        match self.method(class) {
            Method::None => Ok(bytes.to_vec()),
            Method::Rc4 => cipher::rc4(&self.object_key(number, generation, false)?, bytes),
            Method::Aes128 => cipher::aes_encrypt(&self.object_key(number, generation, true)?, bytes),
            Method::Aes256 => cipher::aes_encrypt(&self.key, bytes),
        }
        .context(format_args!("a {class} of object {number} {generation}"))
    }

    /// What the owner allows to those who have the user's password: the bits of `/P`, the lowest of
    /// them bit 1 (ISO 32000-2, table 22). From revision 5 on the dictionary says it a second time
    /// under the key; where the two differ somebody changed them, and nothing is allowed.
    pub(super) fn permissions(&self) -> u32 {
        if self.permissions_confirmed { self.permissions } else { 0 }
    }

    /// Whether `/P` is what was written under the key; always so before revision 5, which has no
    /// such safeguard.
    pub(super) fn permissions_confirmed(&self) -> bool {
        self.permissions_confirmed
    }

    /// Whether the password was the owner's, whom no permission binds.
    pub(super) fn authenticated_as_owner(&self) -> bool {
        self.owner
    }

    /// Whether the document's description is encrypted like everything else (`/EncryptMetadata`).
    pub(super) fn encrypts_metadata(&self) -> bool {
        self.encrypts_metadata
    }

    fn method(&self, class: Class) -> Method {
        match class {
            Class::String => self.string_method,
            Class::Stream => self.stream_method,
        }
    }

    /// The key for one object, algorithm 1: the document's key mixed with the object's number.
    fn object_key(&self, number: u32, generation: u16, aes: bool) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut seed = Zeroizing::new(Vec::with_capacity(self.key.len() + 9));
        seed.extend_from_slice(&self.key);
        seed.extend(number.to_le_bytes().iter().take(3));
        seed.extend_from_slice(&generation.to_le_bytes());
        if aes {
            seed.extend_from_slice(b"sAlT");
        }
        let mut key = Zeroizing::new(digest(DigestAlgorithm::Md5, &seed)?);
        key.truncate(self.key.len().saturating_add(5));
        Ok(key)
    }
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security")
            .field("stream_method", &self.stream_method)
            .field("string_method", &self.string_method)
            .field("permissions", &self.permissions)
            .field("permissions_confirmed", &self.permissions_confirmed)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::String => "string",
            Class::Stream => "stream",
        })
    }
}

impl EncryptDictionary {
    /// That version, revision and methods are known and belong together, and that no value is short.
    fn check(&self) -> Result<(), Error> {
        let EncryptDictionary { v, r, .. } = self;
        if self.filter != b"Standard" {
            let filter = String::from_utf8_lossy(&self.filter);
            return Err(Error::unsupported(format!(
                "it names the security handler /{filter}; only /Standard, which asks for a password, is built in"
            )));
        }
        let (verifier, aes256) = match (v, r) {
            (1 | 2 | 4, 2..=4) => (32, false),
            (5, 5 | 6) => (48, true),
            _ => {
                return Err(Error::unsupported(format!(
                    "/V {v} with /R {r} is not built in: versions 1, 2 and 4 with revisions 2 to 4, and version 5 \
                     with revisions 5 and 6 are"
                )));
            }
        };
        for method in [self.stream_method, self.string_method] {
            if method != Method::None && (method == Method::Aes256) != aes256 {
                return Err(Error::malformed(format!("the crypt filter method {method:?} does not go with /V {v}")));
            }
        }
        long_enough("/O", &self.o, verifier)?;
        long_enough("/U", &self.u, verifier)?;
        if aes256 {
            long_enough("/OE", &self.oe, 32)?;
            long_enough("/UE", &self.ue, 32)?;
            long_enough("/Perms", &self.perms, 16)?;
        }
        Ok(())
    }

    /// `/P` as 32 bits: writers give it with a sign or without.
    fn permission_bits(&self) -> Result<u32, Error> {
        let p = self.p;
        let signed = i32::try_from(p).map(i32::cast_unsigned);
        signed.or_else(|_| u32::try_from(p)).map_err(|_| {
            Error::malformed(format!("the document's encryption dictionary: /P is {p}, which is more than 32 bits"))
        })
    }
}

fn long_enough(name: &str, bytes: &[u8], least: usize) -> Result<(), Error> {
    if bytes.len() < least {
        return Err(Error::malformed(format!("{name} has {} bytes where {least} are prescribed", bytes.len())));
    }
    Ok(())
}

fn refused(password: &str) -> Error {
    Error::new(
        ErrorKind::NotAllowed,
        if password.is_empty() {
            "the document is encrypted and does not open without a password: give the user's or the owner's"
        } else {
            "the document is encrypted, and the password is neither its user's nor its owner's"
        },
    )
}

/// The first `count` bytes, or all there are.
fn first(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(..count).unwrap_or(bytes)
}

/// Compares without telling by its time how far two values agree.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests;
