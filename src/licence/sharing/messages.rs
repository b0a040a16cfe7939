//! What is asked, and what is answered.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::licence::metadata::Element;
use crate::licence::sharing::HeadStatus;
use crate::licence::sharing::envelope::masked;
use crate::licence::sharing::tolerant;
use crate::verify::ResultCode;

/// The most characters of a purpose.
const LONGEST_CAUSE: usize = 200;

fn needed(texts: &[&str]) -> Result<(), HeadStatus> {
    match texts.iter().any(|text| text.trim().is_empty()) {
        true => Err(HeadStatus::MissingParameter),
        false => Ok(()),
    }
}

/// A purpose has to be there, and is not too long.
fn cause(text: &str) -> Result<(), HeadStatus> {
    needed(&[text])?;
    if text.chars().count() > LONGEST_CAUSE { Err(HeadStatus::Other) } else { Ok(()) }
}

/// `queryCertInfo`: a licence's data by its identifier.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub struct QueryByIdentifier {
    /// The licence's identifier.
    #[serde(deserialize_with = "tolerant::text")]
    pub cert_identifier: String,
    /// What for, up to 200 characters.
    #[serde(deserialize_with = "tolerant::text")]
    pub use_cause: String,
}

impl QueryByIdentifier {
    /// Whether all is there that an answer needs.
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub fn check(&self) -> Result<(), HeadStatus> {
        needed(&[&self.cert_identifier])?;
        cause(&self.use_cause)
    }
}

/// `queryCertInfoByHolderCode`: a licence's data by its holder. `Debug` masks the holder's code.
#[derive(Clone, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryByHolder {
    /// The holder's code.
    #[serde(deserialize_with = "tolerant::text")]
    pub holder_code: String,
    /// What kind of code it is: three digits of [`HolderKind`](crate::licence::HolderKind).
    #[serde(deserialize_with = "tolerant::text")]
    pub holder_type_code: String,
    /// The licence's type.
    #[serde(deserialize_with = "tolerant::text")]
    pub cert_type_code: String,
    /// The licence's number.
    #[serde(deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub cert_no: Option<String>,
    /// What for, up to 200 characters.
    #[serde(deserialize_with = "tolerant::text")]
    pub use_cause: String,
}

impl QueryByHolder {
    /// As [`QueryByIdentifier::check`].
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub fn check(&self) -> Result<(), HeadStatus> {
        if self.holder_code.trim().is_empty() {
            return Err(HeadStatus::MissingHolderCode);
        }
        needed(&[&self.holder_type_code, &self.cert_type_code])?;
        cause(&self.use_cause)
    }
}

impl fmt::Debug for QueryByHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryByHolder")
            .field("holder_code", &masked(&self.holder_code))
            .field("holder_type_code", &self.holder_type_code)
            .field("cert_type_code", &self.cert_type_code)
            .field("cert_no", &self.cert_no)
            .field("use_cause", &self.use_cause)
            .finish()
    }
}

/// `queryCertInfoByQRcode`: a licence's data by the code on its face.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryByQrCode {
    /// What the code says.
    #[serde(deserialize_with = "tolerant::text")]
    pub qrcode: String,
    /// What for, up to 200 characters.
    #[serde(deserialize_with = "tolerant::text")]
    pub use_cause: String,
}

impl QueryByQrCode {
    /// As [`QueryByIdentifier::check`].
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub fn check(&self) -> Result<(), HeadStatus> {
        needed(&[&self.qrcode])?;
        cause(&self.use_cause)
    }
}

/// `downloadUrl` and `downloadFile` by an identifier.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DownloadByIdentifier {
    /// The licence and the purpose.
    #[serde(flatten)]
    pub query: QueryByIdentifier,
    /// Until when a copy may be used.
    #[serde(deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub expiry_time: Option<String>,
}

/// `downloadUrlsByHolderCode` and `downloadFile` by a holder.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DownloadByHolder {
    /// The holder, the type and the purpose.
    #[serde(flatten)]
    pub query: QueryByHolder,
    /// Until when a copy may be used.
    #[serde(deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub expiry_time: Option<String>,
}

/// The data of a licence as names and values: metadata and what the face shows. `Debug` masks holders' codes.
#[derive(Clone, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertData(#[serde(deserialize_with = "tolerant::texts")] pub BTreeMap<String, String>);

impl fmt::Debug for CertData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_secret = |name: &str| {
            Element::of(name).is_some_and(Element::is_secret) || name.eq_ignore_ascii_case("holderCode")
        };
        let shown = self.0.iter().map(|(name, value)| match is_secret(name) {
            true => (name, masked(value)),
            false => (name, value.clone()),
        });
        f.debug_map().entries(shown).finish()
    }
}

/// How contents come.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ContentType {
    /// In the message, in base64.
    #[serde(alias = "Base64", alias = "BASE64")]
    Base64,
    /// At an address.
    #[serde(alias = "https", alias = "HTTP", alias = "url")]
    Http,
}

/// What a download answers. `Debug` shows no contents.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The licence's identifier.
    #[serde(default, deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub cert_identifier: Option<String>,
    /// How it comes.
    pub content_type: ContentType,
    /// The file in base64, or where to get it.
    #[serde(deserialize_with = "tolerant::text")]
    pub content: String,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Content { cert_identifier, content_type, content } = self;
        let (id, size) = (cert_identifier, content.len());
        f.debug_struct("Content").field("cert_identifier", id).field("content_type", content_type).field("size", &size).finish()
    }
}

/// `verifyCertInfo`: whether these data are a licence's.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VerifyData {
    /// The licence's type.
    #[serde(deserialize_with = "tolerant::text")]
    pub cert_type_code: String,
    /// `certNo`, `holder`, `holderCode`, and whatever else is to be verified.
    pub cert_data: CertData,
    /// What for, up to 200 characters.
    #[serde(deserialize_with = "tolerant::text")]
    pub use_cause: String,
}

impl VerifyData {
    /// As [`QueryByIdentifier::check`].
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub fn check(&self) -> Result<(), HeadStatus> {
        needed(&[&self.cert_type_code])?;
        for (name, status) in [
            ("certNo", HeadStatus::MissingNumber),
            ("holderCode", HeadStatus::MissingHolderCode),
            ("holder", HeadStatus::MissingHolder),
        ] {
            if self.cert_data.0.get(name).is_none_or(|value| value.trim().is_empty()) {
                return Err(status);
            }
        }
        cause(&self.use_cause)
    }
}

/// `verifyFile`: whether this file is a good licence. `Debug` shows no contents.
#[derive(Clone, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VerifyFile {
    /// The licence's type.
    #[serde(deserialize_with = "tolerant::text")]
    pub cert_type_code: String,
    /// `base64`.
    #[serde(deserialize_with = "tolerant::text")]
    pub content_type: String,
    /// The file.
    #[serde(deserialize_with = "tolerant::text")]
    pub content: String,
    /// What for, up to 200 characters.
    #[serde(deserialize_with = "tolerant::text")]
    pub use_cause: String,
}

impl VerifyFile {
    /// As [`QueryByIdentifier::check`].
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub fn check(&self) -> Result<(), HeadStatus> {
        if !self.content_type.eq_ignore_ascii_case("base64") {
            return Err(HeadStatus::NotBase64);
        }
        needed(&[&self.cert_type_code, &self.content])?;
        cause(&self.use_cause)
    }
}

impl fmt::Debug for VerifyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VerifyFile { cert_type_code, content, use_cause, .. } = self;
        f.debug_struct("VerifyFile")
            .field("cert_type_code", cert_type_code)
            .field("size", &content.len())
            .field("use_cause", use_cause)
            .finish_non_exhaustive()
    }
}

/// What both verifications answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// The result, 0 to 7.
    pub result: ResultCode,
    /// In words.
    #[serde(default, deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl From<ResultCode> for Verification {
    fn from(result: ResultCode) -> Self {
        Verification { result, message: Some(result.chinese().into()) }
    }
}

/// `getCertRemarkInfo`: what a type's face shows.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FaceItemsQuery {
    /// The licence's type.
    #[serde(deserialize_with = "tolerant::text")]
    pub cert_type_code: String,
}

/// The answer: the items of a face by their keys, with what they are called.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaceItems(#[serde(deserialize_with = "tolerant::texts")] pub BTreeMap<String, String>);
