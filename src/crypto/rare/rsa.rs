//! RSA's public operation and both of its signature schemes (RFC 8017), for the keys, digests and
//! parameters that `ring` leaves out. Nothing here is secret.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, digest};
use crate::der::{Tlv, tag};
use crate::error::Error;

/// The longest modulus, in bytes: 16 384 bits. The work grows with its cube.
const LONGEST: usize = 2048;

/// Whether `value` is a signature of `message` by the RSAPublicKey `key`.
pub(super) fn verify(algorithm: SignatureAlgorithm, key: &[u8], message: &[u8], value: &[u8]) -> Result<bool, Error> {
    let hash = digest(algorithm.digest(), message)?;
    let key = Key::read(key)?;
    let Some(encoded) = key.open(value) else { return Ok(false) };
    let own = algorithm.digest();
    let (mask, salt) = match algorithm {
        SignatureAlgorithm::RsaPssSha256 | SignatureAlgorithm::RsaPssSha384 | SignatureAlgorithm::RsaPssSha512 => {
            (own, hash.len())
        }
        SignatureAlgorithm::RsaPssOther { mask, salt, .. } => (mask, usize::from(salt)),
        _ => return Ok(pkcs1(&encoded, own, &hash)),
    };
    let Some(opened) = pss(&encoded, key.bits - 1, hash.len(), mask, salt)? else { return Ok(false) };
    Ok(opened.hash == digest(own, &[&[0; 8], hash.as_slice(), &opened.salt].concat())?)
}

struct Key {
    modulus: Odd<BoxedUint>,
    exponent: BoxedUint,
    /// The modulus's length in bits.
    bits: usize,
}

impl Key {
    fn read(der: &[u8]) -> Result<Self, Error> {
        let what = "RSAPublicKey";
        let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
        let modulus = significant(parts.take(tag::INTEGER, what)?.value);
        let exponent = significant(parts.take(tag::INTEGER, what)?.value);
        parts.finish(what)?;
        let odd = |octets: &[u8]| octets.last().is_some_and(|last| last % 2 == 1);
        if modulus.len() < 64 || modulus.len() > LONGEST || !odd(modulus) {
            let told = format!(
                "{what}: a modulus of {} bytes is not built in: odd ones of 64 to {LONGEST} are",
                modulus.len()
            );
            return Err(Error::unsupported(told));
        }
        if exponent.len() > 8 || !odd(exponent) || exponent == [1] {
            return Err(Error::unsupported(format!("{what}: such a public exponent is not built in")));
        }
        let leading = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
        let number = Odd::new(BoxedUint::from_be_slice_vartime(modulus)).into_option();
        Ok(Key {
            modulus: number.ok_or_else(|| Error::malformed(format!("{what}: the modulus is even")))?,
            exponent: BoxedUint::from_be_slice_vartime(exponent),
            bits: modulus.len() * 8 - leading,
        })
    }

    fn bytes(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// RSAVP1 (5.2.2): the encoded message, as long as the modulus.
    fn open(&self, value: &[u8]) -> Option<Vec<u8>> {
        if value.len() != self.bytes() {
            return None;
        }
        let precision = self.modulus.bits_precision();
        let value = BoxedUint::from_be_slice(value, precision).ok().filter(|value| value < self.modulus.as_ref())?;
        let params = BoxedMontyParams::new_vartime(self.modulus.clone());
        let opened = BoxedMontyForm::new(value, &params).pow(&self.exponent).retrieve().to_be_bytes();
        opened.get(opened.len().checked_sub(self.bytes())?..).map(<[u8]>::to_vec)
    }
}

fn significant(octets: &[u8]) -> &[u8] {
    let first = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len());
    octets.get(first..).unwrap_or_default()
}

/// EMSA-PKCS1-v1_5 (9.2), built and compared whole, so that nothing can hide in it. The NULL that belongs
/// into the identifier is missing in some old signatures (RFC 8017, appendix B.1 note 2).
fn pkcs1(encoded: &[u8], algorithm: DigestAlgorithm, hash: &[u8]) -> bool {
    [&[tag::NULL, 0][..], &[]].iter().any(|parameters| {
        let oid = element(tag::OID, algorithm.oid().as_bytes());
        let identifier = element(tag::SEQUENCE, &[&oid, *parameters].concat());
        let info = element(tag::SEQUENCE, &[identifier, element(tag::OCTET_STRING, hash)].concat());
        let Some(padding) = encoded.len().checked_sub(info.len() + 3).filter(|padding| *padding >= 8) else {
            return false;
        };
        encoded == [&[0, 1][..], &vec![0xFF; padding], &[0], &info].concat()
    })
}

/// An element of less than 128 bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length][..], content].concat()
}

/// What an encoded message of RSASSA-PSS holds.
struct Opened {
    hash: Vec<u8>,
    salt: Vec<u8>,
}

/// EMSA-PSS-VERIFY (9.1.2) as far as its step 11: H and the salt, if all around them is as it should be.
fn pss(encoded: &[u8], bits: usize, hash: usize, mask: DigestAlgorithm, salt: usize) -> Result<Option<Opened>, Error> {
    let length = bits.div_ceil(8);
    // Where the modulus has one bit more than whole octets, the first octet of the opened value is zero.
    let (zeros, encoded) = encoded.split_at_checked(encoded.len().saturating_sub(length)).unwrap_or_default();
    let parts = || {
        let block = length.checked_sub(hash + 1).filter(|block| *block > salt)?;
        let (masked, rest) = encoded.split_at_checked(block)?;
        let (seed, trailer) = rest.split_at_checked(hash)?;
        (trailer == [0xBC] && zeros.iter().all(|zero| *zero == 0)).then_some((block, masked, seed))
    };
    let Some((block, masked, seed)) = parts() else { return Ok(None) };
    let kept = 0xFF_u8 >> (length * 8 - bits);
    let mut opened: Vec<u8> = masked.iter().zip(mgf1(seed, block, mask)?).map(|(left, right)| left ^ right).collect();
    if let Some(first) = opened.first_mut() {
        *first &= kept;
    }
    let is_clear = masked.first().is_some_and(|first| first & !kept == 0);
    Ok(opened.split_at_checked(block - salt).filter(|_| is_clear).and_then(|(padding, salt)| {
        let (one, zeros) = padding.split_last()?;
        (*one == 1 && zeros.iter().all(|zero| *zero == 0)).then(|| Opened { hash: seed.to_vec(), salt: salt.to_vec() })
    }))
}

/// MGF1 (appendix B.2.1).
fn mgf1(seed: &[u8], length: usize, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
    let mut mask = Vec::with_capacity(length + 64);
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend(digest(algorithm, &[seed, &counter.to_be_bytes()].concat())?);
    }
    mask.truncate(length);
    Ok(mask)
}
