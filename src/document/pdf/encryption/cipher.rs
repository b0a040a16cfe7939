//! RC4 and AES in cipher block chaining, over whole strings and streams.

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, InvalidLength, KeyIvInit as _};
use cbc::{Decryptor, Encryptor};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// The length of an AES block, and of the initialization vector in front of the cipher.
const BLOCK: usize = 16;

/// RC4, which undoes itself.
pub(super) fn rc4(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Error> {
    use rc4::{KeyInit as _, Rc4, StreamCipher as _};

    let mut cipher = Rc4::new_from_slice(key).map_err(|_| wrong_key(key))?;
    let mut bytes = bytes.to_vec();
    cipher.apply_keystream(&mut bytes);
    Ok(bytes)
}

/// AES with the initialization vector in front and padding at the end (algorithms 1 and 1.A). The key
/// has 16 or 32 bytes.
///
/// No bytes at all, or a vector and nothing else, are what some writers make of nothing.
pub(super) fn aes_decrypt(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Error> {
    if bytes.is_empty() || bytes.len() == BLOCK {
        return Ok(Vec::new());
    }
    let (iv, body) = bytes.split_at_checked(BLOCK).unwrap_or_default();
    if body.is_empty() || !body.len().is_multiple_of(BLOCK) {
        return Err(Error::malformed(format!(
            "{} bytes are no AES cipher, which has a multiple of {BLOCK}",
            bytes.len()
        )));
    }
    let clear = match key.len() {
        16 => decryptor128(key, iv)?.decrypt_padded_vec::<Pkcs7>(body),
        _ => decryptor256(key, iv)?.decrypt_padded_vec::<Pkcs7>(body),
    };
    clear.map_err(|_| Error::malformed("the padding under the AES cipher is broken: the bytes were damaged"))
}

/// The reverse of [`aes_decrypt`], with a fresh initialization vector.
pub(super) fn aes_encrypt(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut iv = [0; BLOCK];
    SystemRandom::new()
        .fill(&mut iv)
        .map_err(|_| Error::new(ErrorKind::Signer, "the system gives no random bytes for the initialization vector"))?;
    let body = match key.len() {
        16 => encryptor128(key, &iv)?.encrypt_padded_vec::<Pkcs7>(bytes),
        _ => {
            let encryptor = Encryptor::<Aes256>::new_from_slices(key, &iv).map_err(|_| wrong_key(key))?;
            encryptor.encrypt_padded_vec::<Pkcs7>(bytes)
        }
    };
    Ok([iv.as_slice(), &body].concat())
}

/// AES-256 without padding from a vector of zeros: `/OE`, `/UE`, and `/Perms`, whose single block is
/// the same under any chaining.
pub(super) fn aes256_unwrap(key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    decryptor256(key, &[0; BLOCK])?
        .decrypt_padded_vec::<NoPadding>(wrapped)
        .map(Zeroizing::new)
        .map_err(|_| Error::malformed(format!("{} bytes are no whole AES blocks", wrapped.len())))
}

/// AES-128 without padding, in place; the bytes are whole blocks.
pub(super) fn aes128_encrypt_raw(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Result<(), Error> {
    let length = bytes.len();
    encryptor128(key, iv)?
        .encrypt_padded::<NoPadding>(bytes, length)
        .map(|_| ())
        .map_err(|_| Error::malformed(format!("{length} bytes are no whole AES blocks")))
}

fn decryptor128(key: &[u8], iv: &[u8]) -> Result<Decryptor<Aes128>, Error> {
    Decryptor::new_from_slices(key, iv).map_err(|_: InvalidLength| wrong_key(key))
}

fn decryptor256(key: &[u8], iv: &[u8]) -> Result<Decryptor<Aes256>, Error> {
    Decryptor::new_from_slices(key, iv).map_err(|_: InvalidLength| wrong_key(key))
}

fn encryptor128(key: &[u8], iv: &[u8]) -> Result<Encryptor<Aes128>, Error> {
    Encryptor::new_from_slices(key, iv).map_err(|_: InvalidLength| wrong_key(key))
}

fn wrong_key(key: &[u8]) -> Error {
    Error::malformed(format!("a key of {} bytes does not fit the cipher", key.len()))
}
