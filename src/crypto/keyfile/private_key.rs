//! Private keys in clear: PKCS#8, SEC 1 and PKCS#1.

use zeroize::Zeroizing;

use crate::crypto::algorithm::curve;
use crate::crypto::key::{SigningKey as _, SoftwareKey};
use crate::crypto::{KeyKind, PublicKey, oid};
use crate::der::{Tlv, tag};
use crate::error::{Error, ErrorKind};

/// Which structure a private key comes in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// EncryptedPrivateKeyInfo (RFC 5958, 3).
    Encrypted,
    /// RSAPrivateKey (RFC 8017, A.1.2).
    Pkcs1,
    /// PFX (RFC 7292, 4): not a key but a container of keys.
    Pkcs12,
    /// PrivateKeyInfo and OneAsymmetricKey (RFC 5958, 2).
    Pkcs8,
    /// ECPrivateKey (RFC 5915, 3).
    Sec1,
}

/// Tells the structure by its first two elements.
pub(super) fn shape(der: &[u8]) -> Result<Shape, Error> {
    let what = "private key";
    let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
    let (first, second) = (parts.next(what)?, parts.next(what)?);
    match (first.tag, second.tag) {
        (tag::INTEGER, tag::SEQUENCE) if first.small_integer(what)? == 3 => Ok(Shape::Pkcs12),
        (tag::INTEGER, tag::SEQUENCE) => Ok(Shape::Pkcs8),
        (tag::INTEGER, tag::OCTET_STRING) => Ok(Shape::Sec1),
        (tag::INTEGER, tag::INTEGER) => Ok(Shape::Pkcs1),
        (tag::SEQUENCE, tag::OCTET_STRING) => Ok(Shape::Encrypted),
        (tag::SEQUENCE, tag::SEQUENCE | tag::BIT_STRING) => {
            Err(Error::malformed("this is a certificate or a public key, not a private key"))
        }
        _ => Err(Error::malformed("this is none of the structures of a private key: PKCS#8, SEC 1, PKCS#1")),
    }
}

/// What the surroundings of a key tell about it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hints<'a> {
    /// The curve that a block `EC PARAMETERS` or the label names.
    pub(super) curve: Option<KeyKind>,
    /// The public half, out of the certificate.
    pub(super) public: Option<&'a PublicKey>,
}

/// Reads a private key that is not encrypted.
pub(super) fn read(der: &[u8], hints: Hints<'_>) -> Result<SoftwareKey, Error> {
    match shape(der)? {
        Shape::Pkcs8 => read_pkcs8(der, hints),
        Shape::Sec1 => read_sec1(der, hints, None),
        Shape::Pkcs1 => SoftwareKey::rsa(der),
        Shape::Encrypted => Err(Error::malformed("the private key is encrypted where one in clear is expected")),
        Shape::Pkcs12 => {
            Err(Error::unsupported("this is a PKCS#12 file, which holds certificates too: open it with Pkcs12::open"))
        }
    }
}

fn read_pkcs8(der: &[u8], hints: Hints<'_>) -> Result<SoftwareKey, Error> {
    let what = "PrivateKeyInfo";
    let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
    let version = parts.take(tag::INTEGER, "PrivateKeyInfo.version")?.small_integer("PrivateKeyInfo.version")?;
    if !matches!(version, 0 | 1) {
        return Err(Error::unsupported(format!("PrivateKeyInfo.version: {version} is not built in, 0 and 1 are")));
    }
    let mut algorithm = parts.take(tag::SEQUENCE, "PrivateKeyInfo.privateKeyAlgorithm")?.children();
    let key = parts.take(tag::OCTET_STRING, "PrivateKeyInfo.privateKey")?.value;
    parts.optional(tag::context(0, true), "PrivateKeyInfo.attributes")?;
    let public = match parts.optional(tag::context(1, false), "PrivateKeyInfo.publicKey")? {
        Some(public) => Some(public.bits("PrivateKeyInfo.publicKey")?),
        None => None,
    };
    match algorithm.next("PrivateKeyInfo.privateKeyAlgorithm")?.oid("PrivateKeyInfo.privateKeyAlgorithm")? {
        oid::EC_PUBLIC_KEY => {
            let kind = named_curve(&algorithm.next("PrivateKeyInfo.privateKeyAlgorithm.parameters")?)?;
            read_sec1(key, Hints { curve: Some(kind), ..hints }, public)
        }
        oid::RSA => SoftwareKey::rsa(key),
        oid::RSA_PSS => Err(Error::unsupported(
            "the RSA key is restricted to RSASSA-PSS, by which nothing is signed here: use a key of rsaEncryption",
        )),
        oid::ED25519 => read_ed25519(key, public),
        other => Err(Error::unsupported(format!(
            "private keys of algorithm {other} are not built in: SM2, P-256, P-384, RSA and Ed25519 are"
        ))),
    }
}

/// Reads an ECPrivateKey; within PKCS#8 the curve and the public half may stand outside of it.
fn read_sec1(der: &[u8], hints: Hints<'_>, outer: Option<&[u8]>) -> Result<SoftwareKey, Error> {
    let what = "ECPrivateKey";
    let mut parts = Tlv::only(der, what)?.expect(tag::SEQUENCE, what)?.children();
    let version = parts.take(tag::INTEGER, "ECPrivateKey.version")?.small_integer("ECPrivateKey.version")?;
    if version != 1 {
        return Err(Error::unsupported(format!("ECPrivateKey.version: {version} is not built in, 1 is")));
    }
    let secret = parts.take(tag::OCTET_STRING, "ECPrivateKey.privateKey")?.value;
    let written = match parts.optional(tag::context(0, true), "ECPrivateKey.parameters")? {
        Some(parameters) => Some(named_curve(&parameters.children().next("ECPrivateKey.parameters")?)?),
        None => None,
    };
    let point = match parts.optional(tag::context(1, true), "ECPrivateKey.publicKey")? {
        Some(public) => {
            let bits = public.children().take(tag::BIT_STRING, "ECPrivateKey.publicKey")?;
            Some(bits.bits("ECPrivateKey.publicKey")?)
        }
        None => outer,
    };
    let kind = match (hints.curve, written) {
        (Some(outer), Some(inner)) if outer != inner => {
            return Err(Error::malformed(format!("the key is said to be {outer} outside and {inner} inside")));
        }
        (Some(kind), _) | (None, Some(kind)) => kind,
        (None, None) => curve_of(hints.public)?,
    };
    on_curve(kind, secret, point, hints.public)
}

/// The curve of the certificate's key, when the file names none.
fn curve_of(public: Option<&PublicKey>) -> Result<KeyKind, Error> {
    public.map(PublicKey::kind).filter(|kind| side(*kind).is_some()).ok_or_else(|| {
        Error::unsupported("the file does not name the private key's curve: convert it to PKCS#8, which does")
    })
}

/// Reads ECParameters: a curve's name. Curves spelt out in numbers are not compared with known ones.
pub(super) fn named_curve(parameters: &Tlv<'_>) -> Result<KeyKind, Error> {
    if parameters.tag == tag::SEQUENCE {
        return Err(Error::unsupported(
            "the private key's curve is spelt out in numbers instead of named: \
             convert the key with \"openssl ec -param_enc named_curve\"",
        ));
    }
    curve(&parameters.oid("private key's curve")?)
}

/// How many bytes a secret number on this curve has.
fn side(kind: KeyKind) -> Option<usize> {
    match kind {
        KeyKind::P256 | KeyKind::Brainpool256 | KeyKind::Sm2 => Some(32),
        KeyKind::P384 | KeyKind::Brainpool384 => Some(48),
        KeyKind::P521 => Some(66),
        KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::Rsa(_) => None,
    }
}

fn on_curve(
    kind: KeyKind,
    secret: &[u8],
    written: Option<&[u8]>,
    public: Option<&PublicKey>,
) -> Result<SoftwareKey, Error> {
    let secret = padded(secret, side(kind).unwrap_or(32))?;
    // A compressed point is of no use: what computes with it here asks for both coordinates.
    let written = written.filter(|point| point.first() == Some(&4));
    if kind == KeyKind::Sm2 {
        let key = SoftwareKey::on_curve(kind, &secret, None)?;
        return if written.is_none() { Ok(key) } else { halves_agree(key, written) };
    }
    match (written, public) {
        (None, Some(public)) if public.kind() != kind => Err(Error::new(
            ErrorKind::Mismatch,
            format!("the private key is {kind}, the certificate's is {}: they do not belong together", public.kind()),
        )),
        (None, Some(public)) => SoftwareKey::on_curve(kind, &secret, Some(public.bits())).map_err(|source| {
            Error::new(ErrorKind::Mismatch, "the private key is not that of the certificate").caused_by(source)
        }),
        _ => SoftwareKey::on_curve(kind, &secret, written),
    }
}

/// A number as exactly `length` bytes: some writers drop its leading zeros, some add one.
fn padded(number: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let first = number.iter().position(|octet| *octet != 0).unwrap_or(number.len());
    let digits = number.get(first..).unwrap_or_default();
    let zeros = length
        .checked_sub(digits.len())
        .ok_or_else(|| Error::malformed(format!("the private key has {} bytes, its curve {length}", digits.len())))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    bytes.resize(zeros, 0);
    bytes.extend_from_slice(digits);
    Ok(bytes)
}

/// Reads a CurvePrivateKey (RFC 8410, 7).
fn read_ed25519(key: &[u8], public: Option<&[u8]>) -> Result<SoftwareKey, Error> {
    let what = "CurvePrivateKey";
    let seed = Tlv::only(key, what)?.expect(tag::OCTET_STRING, what)?.value;
    if seed.len() != 32 {
        return Err(Error::malformed(format!("{what}: an Ed25519 key has 32 bytes, not {}", seed.len())));
    }
    halves_agree(SoftwareKey::ed25519(seed)?, public)
}

/// Refuses a key whose file states another public half than the private one has.
fn halves_agree(key: SoftwareKey, public: Option<&[u8]>) -> Result<SoftwareKey, Error> {
    match public {
        Some(public) if key.public_key().is_some_and(|own| own != public) => {
            Err(Error::malformed("the private key's file is damaged: its two halves do not belong together"))
        }
        _ => Ok(key),
    }
}
