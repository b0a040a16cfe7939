//! Object identifiers of what is encrypted with a password, and of what PKCS#12 files hold.

use ::der::asn1::ObjectIdentifier;

const fn new(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

pub(super) const PBES2: ObjectIdentifier = new("1.2.840.113549.1.5.13");
pub(super) const PBKDF2: ObjectIdentifier = new("1.2.840.113549.1.5.12");
pub(super) const PBMAC1: ObjectIdentifier = new("1.2.840.113549.1.5.14");
/// GM/T 0091-2020 gives PBKDF2, PBES2 and PBMAC1 numbers of its own.
pub(super) const GM_PBKDF: ObjectIdentifier = new("1.2.156.10197.6.1.4.1.5.1");
pub(super) const GM_PBES: ObjectIdentifier = new("1.2.156.10197.6.1.4.1.5.2");
pub(super) const GM_PBMAC: ObjectIdentifier = new("1.2.156.10197.6.1.4.1.5.3");
pub(super) const SCRYPT: ObjectIdentifier = new("1.3.6.1.4.1.11591.4.11");

pub(super) const SHA1_TRIPLE_DES: ObjectIdentifier = new("1.2.840.113549.1.12.1.3");
pub(super) const SHA1_TRIPLE_DES_TWO_KEYS: ObjectIdentifier = new("1.2.840.113549.1.12.1.4");
pub(super) const SHA1_RC2_128: ObjectIdentifier = new("1.2.840.113549.1.12.1.5");
pub(super) const SHA1_RC2_40: ObjectIdentifier = new("1.2.840.113549.1.12.1.6");

pub(super) const HMAC_SHA1: ObjectIdentifier = new("1.2.840.113549.2.7");
pub(super) const HMAC_SHA256: ObjectIdentifier = new("1.2.840.113549.2.9");
pub(super) const HMAC_SHA384: ObjectIdentifier = new("1.2.840.113549.2.10");
pub(super) const HMAC_SHA512: ObjectIdentifier = new("1.2.840.113549.2.11");
/// GM/T 0006: SM3 "with key".
pub(super) const HMAC_SM3: ObjectIdentifier = new("1.2.156.10197.1.401.2");
/// The same under the number of GM/T 0091-2020, table A.1.
pub(super) const HMAC_SM3_OTHER: ObjectIdentifier = new("1.2.156.10197.1.401.3.1");

pub(super) const AES128_CBC: ObjectIdentifier = new("2.16.840.1.101.3.4.1.2");
pub(super) const AES192_CBC: ObjectIdentifier = new("2.16.840.1.101.3.4.1.22");
pub(super) const AES256_CBC: ObjectIdentifier = new("2.16.840.1.101.3.4.1.42");
pub(super) const SM4_CBC: ObjectIdentifier = new("1.2.156.10197.1.104.2");
pub(super) const TRIPLE_DES_CBC: ObjectIdentifier = new("1.2.840.113549.3.7");

pub(super) const DATA: ObjectIdentifier = new("1.2.840.113549.1.7.1");
pub(super) const ENCRYPTED_DATA: ObjectIdentifier = new("1.2.840.113549.1.7.6");
pub(super) const KEY_BAG: ObjectIdentifier = new("1.2.840.113549.1.12.10.1.1");
pub(super) const SHROUDED_KEY_BAG: ObjectIdentifier = new("1.2.840.113549.1.12.10.1.2");
pub(super) const CERTIFICATE_BAG: ObjectIdentifier = new("1.2.840.113549.1.12.10.1.3");
pub(super) const SAFE_CONTENTS_BAG: ObjectIdentifier = new("1.2.840.113549.1.12.10.1.6");
pub(super) const X509_CERTIFICATE: ObjectIdentifier = new("1.2.840.113549.1.9.22.1");
pub(super) const LOCAL_KEY_ID: ObjectIdentifier = new("1.2.840.113549.1.9.21");
