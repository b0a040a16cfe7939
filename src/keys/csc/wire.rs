//! What goes over the line: the fields of CSC API v2 that are used here.

use serde::{Deserialize, Serialize};

/// `credentials/list`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListRequest<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page_token: Option<&'a str>,
    pub(super) max_results: u32,
}

#[derive(Deserialize)]
pub(super) struct ListAnswer {
    #[serde(rename = "credentialIDs")]
    pub(super) credential_ids: Vec<String>,
    #[serde(rename = "nextPageToken", default)]
    pub(super) next_page_token: Option<String>,
}

/// `credentials/info`.
#[derive(Serialize)]
pub(super) struct CredentialRequest<'a> {
    #[serde(rename = "credentialID")]
    pub(super) credential_id: &'a str,
    pub(super) certificates: &'static str,
    #[serde(rename = "certInfo")]
    pub(super) certificate_info: bool,
    #[serde(rename = "authInfo")]
    pub(super) authorization_info: bool,
}

#[derive(Deserialize)]
pub(super) struct CredentialAnswer {
    pub(super) key: KeyPart,
    pub(super) cert: CertificatePart,
    #[serde(rename = "multisign", default)]
    pub(super) most: Option<usize>,
}

#[derive(Deserialize)]
pub(super) struct KeyPart {
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) algo: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct CertificatePart {
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) certificates: Vec<String>,
}

/// `credentials/authorize`.
#[derive(Serialize)]
pub(super) struct AuthorizeRequest<'a> {
    #[serde(rename = "credentialID")]
    pub(super) credential_id: &'a str,
    #[serde(rename = "numSignatures")]
    pub(super) count: usize,
    pub(super) hashes: &'a [String],
    #[serde(rename = "hashAlgorithmOID")]
    pub(super) hash_algorithm: String,
    #[serde(rename = "authData", skip_serializing_if = "Vec::is_empty")]
    pub(super) proofs: Vec<Proof<'a>>,
}

#[derive(Serialize)]
pub(super) struct Proof<'a> {
    pub(super) id: &'a str,
    pub(super) value: &'a str,
}

#[derive(Deserialize)]
pub(super) struct AuthorizeAnswer {
    #[serde(rename = "SAD")]
    pub(super) sad: String,
}

/// `signatures/signHash`.
#[derive(Serialize)]
pub(super) struct SignRequest<'a> {
    #[serde(rename = "credentialID")]
    pub(super) credential_id: &'a str,
    #[serde(rename = "SAD")]
    pub(super) sad: &'a str,
    pub(super) hashes: &'a [String],
    #[serde(rename = "hashAlgorithmOID")]
    pub(super) hash_algorithm: String,
    #[serde(rename = "signAlgo")]
    pub(super) sign_algorithm: String,
}

#[derive(Deserialize)]
pub(super) struct SignAnswer {
    #[serde(default)]
    pub(super) signatures: Vec<String>,
}

/// The body of an answer that says no.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) error: String,
    #[serde(default)]
    pub(super) error_description: Option<String>,
}
