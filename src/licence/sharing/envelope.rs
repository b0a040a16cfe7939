//! The two envelopes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::licence::metadata::holder_mask;
use crate::licence::sharing::messages::ContentType;
use crate::licence::sharing::tolerant;

macro_rules! statuses {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $chinese:literal;)*) => {
        /// What the head of an answer says. Serialised as its number.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum HeadStatus {
            $($(#[$doc])* $variant,)*
            /// A number that is not known here.
            Unknown(i64),
        }

        impl HeadStatus {
            /// Those that are known.
            pub const ALL: &[HeadStatus] = &[$(HeadStatus::$variant),*];

            /// The number that goes over the wire.
            #[must_use]
            pub fn number(self) -> i64 {
                match self {
                    $(HeadStatus::$variant => $number,)*
                    HeadStatus::Unknown(number) => number,
                }
            }

            /// What it means.
            #[must_use]
            pub fn chinese(self) -> &'static str {
                match self {
                    $(HeadStatus::$variant => $chinese,)*
                    HeadStatus::Unknown(_) => "未知状态",
                }
            }
        }

        impl From<i64> for HeadStatus {
            fn from(number: i64) -> Self {
                match number {
                    $($number => HeadStatus::$variant,)*
                    other => HeadStatus::Unknown(other),
                }
            }
        }
    };
}

statuses! {
    /// 0: done.
    Ok = 0, "成功";
    /// 2: the source offers no such service.
    NoSuchService = 2, "数据源未提供该服务";
    /// 10: no licence matches.
    NoLicence = 10, "没有匹配的证照";
    /// 11: who asks could not be told.
    AuthenticationFailed = 11, "身份认证失败";
    /// 12: a parameter is missing.
    MissingParameter = 12, "缺少必填参数";
    /// 99: something else.
    Other = 99, "其他错误";
    /// 100: who asks may not see licences of this type.
    NoPermission = 100, "没有该证照类型的权限";
    /// 102: `contentType` has to be `base64`.
    NotBase64 = 102, "contentType 应为 base64";
    /// 109: `certNo` is missing.
    MissingNumber = 109, "缺少证照编号";
    /// 110: `holderCode` is missing.
    MissingHolderCode = 110, "缺少持证主体代码";
    /// 111: `holder` is missing.
    MissingHolder = 111, "缺少持证主体";
}

impl Serialize for HeadStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.number())
    }
}

impl<'de> Deserialize<'de> for HeadStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tolerant::number(deserializer).map(HeadStatus::from)
    }
}

impl fmt::Display for HeadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.chinese())
    }
}

/// The envelope of a question: `{accessId, accessToken, data}`. `Debug` does not show the token.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<T> {
    /// Who asks.
    #[serde(deserialize_with = "tolerant::text")]
    pub access_id: String,
    /// What proves it.
    #[serde(deserialize_with = "tolerant::text")]
    pub access_token: String,
    /// What is asked; [`Sealed`] where it is encrypted.
    pub data: T,
}

impl<T: fmt::Debug> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { access_id, data, .. } = self;
        f.debug_struct("Request").field("access_id", access_id).field("data", data).finish_non_exhaustive()
    }
}

/// The envelope of an answer: `{head: {status, message}, data}`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Response<T> {
    /// Whether it was done.
    pub head: Head,
    /// What is answered, where it was; [`Sealed`] where it is encrypted.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub data: Option<T>,
}

fn none<T>() -> Option<T> {
    None
}

/// The head of an answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Whether it was done.
    pub status: HeadStatus,
    /// In words.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub message: String,
}

impl<T> Response<T> {
    /// It was done.
    #[must_use]
    pub fn ok(data: T) -> Self {
        Response { head: Head { status: HeadStatus::Ok, message: String::new() }, data: Some(data) }
    }

    /// It was not.
    #[must_use]
    pub fn refused(status: HeadStatus) -> Self {
        Response { head: Head { status, message: status.chinese().into() }, data: None }
    }
}

/// Data that are encrypted by an agreement between two systems: kept as they are.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);

/// The other envelope of a question: `{head, data: {zzbs, …}}`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct VendorRequest {
    /// Names and values by agreement.
    #[serde(default, deserialize_with = "tolerant::texts")]
    pub head: std::collections::BTreeMap<String, String>,
    /// What is asked.
    pub data: VendorQuery,
}

/// A licence, or an annotated copy of it where a purpose is given.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct VendorQuery {
    /// The licence's identifier.
    #[serde(deserialize_with = "tolerant::text")]
    pub zzbs: String,
    /// What it is to be used for (电子证照使用目的).
    #[serde(default, deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub dzzzsymd: Option<String>,
    /// Who makes the copy.
    #[serde(default, deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub jzjzzz: Option<String>,
    /// Until when the copy may be used.
    #[serde(default, deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub jzjyxqjzsj: Option<String>,
}

impl VendorQuery {
    /// Whether all is there that an answer needs.
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub fn check(&self) -> Result<(), HeadStatus> {
        if self.zzbs.trim().is_empty() { Err(HeadStatus::MissingParameter) } else { Ok(()) }
    }
}

/// The other envelope's answer. `Debug` shows no contents.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VendorAnswer {
    /// How the content comes.
    pub content_type: ContentType,
    /// The licence's identifier.
    #[serde(deserialize_with = "tolerant::text")]
    pub zzbs: String,
    /// The file in base64, or where to get it.
    #[serde(deserialize_with = "tolerant::text")]
    pub content: String,
    /// The face's data as XML in base64 (证照照面信息), which [`Elements::from_xml`](crate::licence::Elements::from_xml)
    /// reads.
    #[serde(default, deserialize_with = "tolerant::optional", skip_serializing_if = "Option::is_none")]
    pub zzzmxx: Option<String>,
}

impl fmt::Debug for VendorAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VendorAnswer { content_type, zzbs, content, .. } = self;
        let size = content.len();
        f.debug_struct("VendorAnswer").field("content_type", content_type).field("zzbs", zzbs).field("size", &size).finish_non_exhaustive()
    }
}

/// The text as reports may show it, for codes of holders.
pub(super) fn masked(text: &str) -> String {
    holder_mask(text)
}
