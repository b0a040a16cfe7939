//! Statements signed by whoever keeps the ledger.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::crypto::{Certificate, Credentials, Judgement, SignatureAlgorithm, verify};
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::time::Time;

/// A statement as it travels: one line of JSON. What is signed is a line that names the kind of
/// statement, and behind it the statement in canonical JSON.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signed<T> {
    pub(super) statement: T,
    algorithm: SignatureAlgorithm,
    certificate: String,
    value: String,
}

impl<T: Serialize + DeserializeOwned> Signed<T> {
    pub(super) fn sign(kind: &str, statement: T, keeper: &Credentials) -> Result<Self, Error> {
        let value = keeper.sign(&to_be_signed(kind, &statement)?)?;
        Ok(Signed {
            statement,
            algorithm: keeper.algorithm(),
            certificate: STANDARD.encode(keeper.certificate().der()),
            value: STANDARD.encode(value),
        })
    }

    /// Reads a statement and believes it if `keeper`'s key signed it. `at` tells when it says that it
    /// was signed.
    pub(super) fn open(
        kind: &str,
        json: &str,
        keeper: &Certificate,
        at: impl FnOnce(&T) -> Time,
    ) -> Result<Self, Error> {
        let signed: Self = serde_json::from_str(json)
            .map_err(|source| Error::malformed(format!("not a signed {kind}: {source}")).caused_by(source))?;
        let refuse = |detail: String| {
            let findings = vec![Finding::fail(checks::LEDGER_STATEMENT, detail.clone())];
            Err(Error::not_valid(format!("the {kind} is not to be believed: {detail}"), findings))
        };
        let certificate = decode("certificate", &signed.certificate)?;
        if certificate != keeper.der() {
            return refuse(format!("it was not signed with the certificate of {}", keeper.subject()));
        }
        let (validity, at) = (keeper.validity(), at(&signed.statement));
        if !validity.contains(at) {
            return refuse(format!("it is of {at}, and the keeper's certificate is valid {validity}"));
        }
        let message = to_be_signed(kind, &signed.statement)?;
        match verify(signed.algorithm, keeper.public_key()?, &message, &decode("value", &signed.value)?) {
            Judgement::Good { .. } => Ok(signed),
            Judgement::Bad => refuse("its value does not verify: it was changed, or another key signed it".into()),
            Judgement::Unsupported(reason) => Err(Error::unsupported(reason)),
        }
    }

    pub(super) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(cannot_write)
    }
}

fn to_be_signed<T: Serialize>(kind: &str, statement: &T) -> Result<Vec<u8>, Error> {
    Ok(format!("eseal {kind} 1\n{}", serde_json::to_string(statement).map_err(cannot_write)?).into_bytes())
}

fn cannot_write(source: serde_json::Error) -> Error {
    Error::new(ErrorKind::Misuse, "the statement cannot be written as JSON").caused_by(source)
}

fn decode(what: &str, text: &str) -> Result<Vec<u8>, Error> {
    STANDARD
        .decode(text)
        .map_err(|source| Error::malformed(format!("\"{what}\" of the statement is not Base64")).caused_by(source))
}
