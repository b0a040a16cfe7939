//! What a seal says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, DigestAlgorithm};
use crate::error::{Error, ErrorKind};
use crate::picture::Picture;
use crate::time::Validity;

/// All that a seal maker puts into a new seal; each field is mandatory in GB/T 38540-2020, 6.1.
#[derive(Clone, Debug)]
pub struct SealContent {
    /// The seal's identifier (`esID`), unique at its maker.
    pub id: SealId,
    /// What kind of seal it is (`type`).
    pub kind: SealKind,
    /// The seal's name; for an organisation's seal its registered name.
    pub name: String,
    /// The picture with its size. Sides are whole millimetres, as the structure has integers.
    pub picture: Picture,
    /// Who may stamp with it.
    pub signatories: Signatories,
    /// When it may be used, both ends included.
    pub validity: Validity,
}

/// A seal's identifier, `esID`: 1 to 128 printable ASCII characters.
///
/// Registers hand out 13 or 14 digits, other makers UUIDs; any of them is taken.
///
/// ```
/// use eseal::seal::SealId;
///
/// let id: SealId = "31010600012345".parse()?;
/// assert_eq!(id.as_str(), "31010600012345");
/// assert!("印章".parse::<SealId>().is_err());
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealId(String);

impl SealId {
    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SealId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.len() > 128 || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
            return Err(Error::malformed(format!(
                "\"{}\" cannot be a seal's identifier: it has 1 to 128 printable ASCII characters",
                text.escape_debug()
            )));
        }
        Ok(SealId(text.to_owned()))
    }
}

impl TryFrom<String> for SealId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<SealId> for String {
    fn from(id: SealId) -> String {
        id.0
    }
}

impl fmt::Display for SealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kind of a seal that is to be made.
///
/// GM/T 0031-2014 fixes 1 for a unit and 2 for a person; GB/T 38540-2020 leaves the number to the
/// business, and registers use others. So a seal that was read shows its number
/// ([`Seal::kind_code`](crate::Seal::kind_code)) and no translation of it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SealKind {
    /// An organisation's seal, written as 1.
    Organisation,
    /// A person's seal, written as 2.
    Person,
    /// Any other number, as the register that receives the seal prescribes.
    Code(u16),
}

impl SealKind {
    /// The number that is written into the seal.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            SealKind::Organisation => 1,
            SealKind::Person => 2,
            SealKind::Code(code) => i64::from(code),
        }
    }

    /// The kind that is written as this number; `None` beyond 65535, which no register uses.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(SealKind::Organisation),
            2 => Some(SealKind::Person),
            other => u16::try_from(other).ok().map(SealKind::Code),
        }
    }
}

/// Who may stamp with a seal: `SES_CertList` (GB/T 38540-2020, 6.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signatories(pub(crate) List);

/// The two forms of the list. They have no tags of their own: certListType tells them apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum List {
    /// `CertInfoList`: the certificates. An item that is no certificate matches nobody.
    Certificates(Vec<Vec<u8>>),
    /// `CertDigestList`: a text that names the digest, and the digest.
    Digests(Vec<(String, Vec<u8>)>),
}

impl Signatories {
    /// The certificates themselves (certListType 1): what every reader understands.
    #[must_use]
    pub fn listed<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> Self {
        Signatories(List::Certificates(certificates.into_iter().map(|one| one.der().to_vec()).collect()))
    }

    /// Digests of the certificates (certListType 2), each labelled with the algorithm's name.
    ///
    /// # Errors
    ///
    /// When the algorithm belongs to a feature that is switched off.
    pub fn digested<'c>(
        certificates: impl IntoIterator<Item = &'c Certificate>,
        algorithm: DigestAlgorithm,
    ) -> Result<Self, Error> {
        let label = label(algorithm);
        let digests = certificates.into_iter().map(|one| Ok((label.clone(), one.digest(algorithm)?)));
        Ok(Signatories(List::Digests(digests.collect::<Result<_, Error>>()?)))
    }

    /// Whether the list names this certificate. Bytes or digests are compared, never names.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match &self.0 {
            List::Certificates(list) => list.iter().any(|der| der == certificate.der()),
            List::Digests(list) => list.iter().any(|(label, value)| is_digest(certificate, label, value)),
        }
    }

    /// The digests in the list, where it holds digests.
    pub(crate) fn digests(&self) -> impl Iterator<Item = &[u8]> {
        let list = match &self.0 {
            List::Certificates(_) => &[][..],
            List::Digests(list) => list,
        };
        list.iter().map(|(_, value)| value.as_slice())
    }

    /// How many entries the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            List::Certificates(list) => list.len(),
            List::Digests(list) => list.len(),
        }
    }

    /// Whether the list names nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The certificates in the list, as far as it holds certificates and they can be read.
    #[must_use]
    pub fn certificates(&self) -> Vec<Certificate> {
        match &self.0 {
            List::Certificates(list) => list.iter().filter_map(|der| Certificate::from_der(der).ok()).collect(),
            List::Digests(_) => Vec::new(),
        }
    }

    /// Whether every entry is one by which a signatory can be known.
    pub(crate) fn is_whole(&self) -> bool {
        match &self.0 {
            List::Certificates(list) => list.iter().all(|der| Certificate::from_der(der).is_ok()),
            List::Digests(list) => list.iter().all(|(_, value)| value.len() >= 32),
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_empty() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "a seal that lists no signatory can never be used: name at least one certificate",
            ));
        }
        Ok(())
    }
}

/// `SHA256` and not `SHA-256`, as seals write it.
fn label(algorithm: DigestAlgorithm) -> String {
    algorithm.to_string().replace('-', "")
}

/// The standard leaves the label open, so it is believed where it names an algorithm, and the length
/// decides where it does not.
fn is_digest(certificate: &Certificate, label: &str, value: &[u8]) -> bool {
    let name: String = label.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let algorithms: &[DigestAlgorithm] = match (name.as_str(), value.len()) {
        ("SM3" | "121561019714011" | "12156101971401", _) => &[DigestAlgorithm::Sm3],
        ("SHA256", _) => &[DigestAlgorithm::Sha256],
        ("SHA384", _) => &[DigestAlgorithm::Sha384],
        ("SHA512", _) => &[DigestAlgorithm::Sha512],
        (_, 32) => &[DigestAlgorithm::Sm3, DigestAlgorithm::Sha256],
        (_, 48) => &[DigestAlgorithm::Sha384],
        (_, 64) => &[DigestAlgorithm::Sha512],
        _ => &[],
    };
    algorithms.iter().any(|algorithm| certificate.digest(*algorithm).is_ok_and(|digest| digest == value))
}
