//! Asking and checking, in one call.

use crate::crypto::{DigestAlgorithm, digest};
use crate::error::{Error, ErrorKind};
use crate::time::Time;
use crate::timestamp::{CERTIFICATES, Request, Response, TimeStamper, Token};

/// Has `value` stamped: makes the request, has it carried, and checks the answer as
/// [`Response::token_for`] does. Returns the token in DER.
///
/// `usual` is the digest by which to ask where the stamper wants no other; `now` is the time of asking.
///
/// # Errors
///
/// [`ErrorKind::TimeStamp`] when the request was not carried or not granted, or the answer is not what was
/// asked for; [`ErrorKind::Misuse`] for a policy that is no object identifier or a broken digest.
pub fn ask(stamper: &dyn TimeStamper, value: &[u8], usual: DigestAlgorithm, now: Time) -> Result<Vec<u8>, Error> {
    send(stamper, Request::over(value, stamper.digest().unwrap_or(usual))?, now)
}

/// As [`ask`], over a digest that was made by `algorithm` already, such as a document's.
///
/// # Errors
///
/// As [`ask`]; [`ErrorKind::Misuse`] when the digest has another length than the algorithm's.
pub fn ask_for_digest(
    stamper: &dyn TimeStamper,
    digest: Vec<u8>,
    algorithm: DigestAlgorithm,
    now: Time,
) -> Result<Vec<u8>, Error> {
    send(stamper, Request::over_digest(digest, algorithm)?, now)
}

fn send(stamper: &dyn TimeStamper, mut request: Request, now: Time) -> Result<Vec<u8>, Error> {
    request = request.nonce(stamper.nonce())?;
    if let Some(policy) = stamper.policy() {
        request = request.policy(policy)?;
    }
    let answer = stamper.exchange(&request.to_der()?).map_err(|source| {
        let told = format!("the time-stamping authority was not reached: {source}");
        Error::new(ErrorKind::TimeStamp, told).caused_by(source)
    })?;
    let refused = |error: Error| Error::new(ErrorKind::TimeStamp, error.to_string()).caused_by(error);
    Response::from_der(&answer).map_err(refused)?.token_for(&request, now, stamper.tolerance())
}

/// Refuses a token that somebody else asked for unless it is over `value`, and such as an authority gives it.
/// Whether the authority is believed is not asked here.
pub(crate) fn check_token(token: &[u8], value: &[u8]) -> Result<Time, Error> {
    let refuse = |message: String| Error::new(ErrorKind::TimeStamp, format!("the time stamp that was given {message}"));
    let token = Token::read(token, CERTIFICATES)
        .map_err(|error| refuse(format!("cannot be used: {error}")).caused_by(error))?;
    let algorithm = token.imprint_algorithm.clone().map_err(|reason| refuse(format!("cannot be used: {reason}")))?;
    if algorithm.is_broken() {
        return Err(refuse(format!("is over a digest by {algorithm}, which proves little")));
    }
    if digest(algorithm, value)? != token.imprint {
        return Err(refuse("is over something else than this signature".into()));
    }
    match token.fault() {
        None => Ok(token.time),
        Some(reason) => Err(refuse(format!("is not used: {reason}"))),
    }
}
