//! Messages of the sharing interface (GB/T 36906-2018): what is asked of a sharing service and what it answers, in
//! the two envelopes in use. Types for serde alone: nothing here opens a socket.
//!
//! Reading is tolerant: numbers may come as texts and texts as numbers, and unknown fields are kept out of the way.
//! What an answer is worth is told by [`ResultCode`](crate::verify::ResultCode), which
//! [`Licence::result_code`](crate::licence::Licence::result_code) gives.
//!
//! ```
//! use eseal::licence::sharing::{HeadStatus, QueryByIdentifier, Request, Response, Verification};
//! use eseal::verify::ResultCode;
//!
//! let asked = r#"{"accessId": "a", "accessToken": "t",
//!                 "data": {"certIdentifier": "1.2.156.3005.2.1", "useCause": "申请示例"}}"#;
//! let request: Request<QueryByIdentifier> = serde_json::from_str(asked)?;
//! assert_eq!(request.data.check(), Ok(()));
//!
//! let answer = Response::ok(Verification { result: ResultCode::Valid, message: None });
//! assert_eq!(serde_json::to_string(&answer)?, r#"{"head":{"status":0,"message":""},"data":{"result":0}}"#);
//! assert_eq!(HeadStatus::from(12), HeadStatus::MissingParameter);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod envelope;
mod messages;
#[cfg(test)]
mod tests;
mod tolerant;

pub use crate::licence::sharing::envelope::{
    Head, HeadStatus, Request, Response, Sealed, VendorAnswer, VendorQuery, VendorRequest,
};
pub use crate::licence::sharing::messages::{
    CertData, Content, ContentType, DownloadByHolder, DownloadByIdentifier, FaceItems, FaceItemsQuery, QueryByHolder,
    QueryByIdentifier, QueryByQrCode, Verification, VerifyData, VerifyFile,
};
