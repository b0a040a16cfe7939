//! From a password to keys: PBKDF2 and the derivation of PKCS#12.

use hmac::{Hmac, KeyInit as _, Mac as _};
use pbkdf2::pbkdf2_hmac;
use zeroize::Zeroizing;

use crate::crypto::{DigestAlgorithm, Digester};
use crate::der::Tlv;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

/// A password in the two forms in which it is hashed.
pub(super) struct Password<'a> {
    /// UTF-8, as PBES2 and PBMAC1 have it.
    pub(super) text: &'a str,
    /// UTF-16 with a terminating zero, as the derivation of PKCS#12 has it (RFC 7292, B.1).
    pub(super) wide: Zeroizing<Vec<u8>>,
}

impl<'a> Password<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut wide = Zeroizing::new(Vec::with_capacity(text.len() * 2 + 2));
        for unit in text.encode_utf16().chain([0]) {
            wide.extend_from_slice(&unit.to_be_bytes());
        }
        Password { text, wide }
    }

    /// The other reading of an empty password: no terminating zero either, as some products write.
    pub(super) fn none() -> Password<'static> {
        Password { text: "", wide: Zeroizing::new(Vec::new()) }
    }
}

/// Said of every password that does not open what it should.
pub(super) fn wrong_password(of: &str) -> Error {
    Error::new(ErrorKind::Mismatch, format!("the password does not open {of}"))
}

/// How many rounds of hashing one file may still ask for, all its parts together.
pub(super) struct Rounds {
    left: u32,
    limit: u32,
}

impl Rounds {
    pub(super) fn new(limits: &Limits) -> Self {
        Rounds { left: limits.password_rounds, limit: limits.password_rounds }
    }

    /// Reads a number of rounds and takes it from what is left.
    pub(super) fn spend(&mut self, rounds: &Tlv<'_>, what: &str) -> Result<u32, Error> {
        let rounds = rounds.small_integer(what)?;
        if rounds < 1 {
            return Err(Error::malformed(format!("{what}: {rounds} rounds of password hashing are none")));
        }
        let left = u32::try_from(rounds).ok().and_then(|rounds| Some((rounds, self.left.checked_sub(rounds)?)));
        let Some((rounds, left)) = left else {
            return Err(Error::too_large(format!(
                "{what}: {rounds} rounds of password hashing are asked for, where the file may have {} in all \
                 (Limits::password_rounds)",
                self.limit
            )));
        };
        self.left = left;
        Ok(rounds)
    }
}

/// PBKDF2 (RFC 8018, 5.2) with HMAC.
pub(super) fn pbkdf2(
    digest: DigestAlgorithm,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut key = Zeroizing::new(vec![0; length]);
    match digest {
        DigestAlgorithm::Sha1 => pbkdf2_hmac::<sha1::Sha1>(password, salt, rounds, &mut key),
        DigestAlgorithm::Sha256 => pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, &mut key),
        DigestAlgorithm::Sha384 => pbkdf2_hmac::<sha2::Sha384>(password, salt, rounds, &mut key),
        DigestAlgorithm::Sha512 => pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, &mut key),
        #[cfg(feature = "sm")]
        DigestAlgorithm::Sm3 => pbkdf2_hmac::<sm3::Sm3>(password, salt, rounds, &mut key),
        other => return Err(not_built_in(other)),
    }
    Ok(key)
}

/// Whether `value` is the HMAC of `message`, compared in constant time.
pub(super) fn hmac_agrees(digest: DigestAlgorithm, key: &[u8], message: &[u8], value: &[u8]) -> Result<bool, Error> {
    macro_rules! agrees {
        ($digest:ty) => {
            Hmac::<$digest>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(message).verify_slice(value).is_ok())
        };
    }
    Ok(match digest {
        DigestAlgorithm::Sha1 => agrees!(sha1::Sha1),
        DigestAlgorithm::Sha256 => agrees!(sha2::Sha256),
        DigestAlgorithm::Sha384 => agrees!(sha2::Sha384),
        DigestAlgorithm::Sha512 => agrees!(sha2::Sha512),
        #[cfg(feature = "sm")]
        DigestAlgorithm::Sm3 => agrees!(sm3::Sm3),
        other => return Err(not_built_in(other)),
    })
}

fn not_built_in(digest: DigestAlgorithm) -> Error {
    let hint = if digest == DigestAlgorithm::Sm3 { ": it needs the \"sm\" feature of this crate" } else { "" };
    Error::unsupported(format!("HMAC with {digest} is not built in{hint}"))
}

/// What a value derived for PKCS#12 serves for (RFC 7292, B.3).
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Key = 1,
    InitialVector = 2,
    Mac = 3,
}

/// The derivation of PKCS#12 (RFC 7292, B.2), with the names of its steps.
pub(super) fn pkcs12_derive(
    digest: DigestAlgorithm,
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let v = match digest {
        DigestAlgorithm::Sha384 | DigestAlgorithm::Sha512 => 128,
        _ => 64,
    };
    let d = vec![purpose as u8; v];
    let mut i = Zeroizing::new(filled(salt, v));
    i.extend_from_slice(&Zeroizing::new(filled(password, v)));
    let mut derived = Zeroizing::new(Vec::with_capacity(length + v));
    loop {
        let mut a = Zeroizing::new(hash(digest, &[&d, &i])?);
        for _ in 1..rounds {
            a = Zeroizing::new(hash(digest, &[&a])?);
        }
        derived.extend_from_slice(&a);
        if derived.len() >= length {
            derived.truncate(length);
            return Ok(derived);
        }
        let b = Zeroizing::new(filled(&a, v));
        i.chunks_mut(v).for_each(|block| add_with_one(block, &b));
    }
}

/// `bytes` repeated up to the next multiple of `v`; nothing stays nothing.
fn filled(bytes: &[u8], v: usize) -> Vec<u8> {
    let length = bytes.len().div_ceil(v) * v;
    // Room for salt and password at once, so that growing leaves no copy behind.
    let mut filled = Vec::with_capacity(length * 2 + v);
    filled.extend(bytes.iter().cycle().take(length));
    filled
}

fn hash(digest: DigestAlgorithm, parts: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let mut digester = Digester::new(digest)?;
    parts.iter().for_each(|part| digester.update(part));
    Ok(digester.finish())
}

/// `block + b + 1` as big-endian numbers, the carry out of the top lost.
fn add_with_one(block: &mut [u8], b: &[u8]) {
    let mut carry = 1_u16;
    for (left, right) in block.iter_mut().zip(b).rev() {
        let sum = u16::from(*left) + u16::from(*right) + carry;
        let [high, low] = sum.to_be_bytes();
        *left = low;
        carry = u16::from(high);
    }
}

#[cfg(test)]
mod tests {
    use super::{Password, Purpose, add_with_one, filled, hmac_agrees, pbkdf2, pkcs12_derive};
    use crate::crypto::DigestAlgorithm;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn pbkdf2_vectors() {
        // RFC 6070.
        let key = pbkdf2(DigestAlgorithm::Sha1, b"password", b"salt", 4096, 20).unwrap();
        assert_eq!(hex(&key), "4b007901b765489abead49d926f721d065a429c1");
        // RFC 7914, 11.
        let key = pbkdf2(DigestAlgorithm::Sha256, b"passwd", b"salt", 1, 64).unwrap();
        assert!(hex(&key).starts_with("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"));
        assert!(pbkdf2(DigestAlgorithm::Md5, b"a", b"b", 1, 16).is_err());
    }

    #[test]
    #[cfg(feature = "sm")]
    fn pbkdf2_with_sm3() {
        // Computed with OpenSSL 3.
        let key = pbkdf2(DigestAlgorithm::Sm3, b"a", b"b", 1, 32).unwrap();
        assert_eq!(hex(&key), "3001087470d2e00c788c8088926770e013005fdd1f5a6bd2680e24f30f61a4f8");
    }

    #[test]
    fn hmac_vectors() {
        // RFC 4231, case 2.
        let (key, message) = (b"Jefe", b"what do ya want for nothing?");
        let value = hmac_value("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(hmac_agrees(DigestAlgorithm::Sha256, key, message, &value).unwrap());
        assert!(!hmac_agrees(DigestAlgorithm::Sha256, b"jefe", message, &value).unwrap());
        assert!(!hmac_agrees(DigestAlgorithm::Sha256, key, message, &value[..31]).unwrap());
        assert!(!hmac_agrees(DigestAlgorithm::Sha256, key, message, b"").unwrap());
    }

    fn hmac_value(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn the_derivation_of_pkcs12() {
        // A vector that several implementations share: password "smeg".
        let password = Password::new("smeg");
        let salt = hmac_value("0a58cf64530d823f");
        let derive = |purpose, length| {
            hex(&pkcs12_derive(DigestAlgorithm::Sha1, purpose, &password.wide, &salt, 1, length).unwrap())
        };
        assert_eq!(derive(Purpose::Key, 24), "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3");
        assert_eq!(derive(Purpose::InitialVector, 8), "79993dfe048d3b76");
        assert_eq!(password.wide.as_slice(), b"\0s\0m\0e\0g\0\0");
    }

    #[test]
    fn blocks() {
        assert_eq!(filled(b"abc", 8), b"abcabcab");
        assert_eq!(filled(b"", 8), b"");
        let mut block = [0xFF, 0xFF];
        add_with_one(&mut block, &[0, 0]);
        assert_eq!(block, [0, 0]);
    }
}
