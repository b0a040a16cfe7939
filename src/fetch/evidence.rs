//! Turning what is wanted into evidence.

use crate::crypto::Certificate;
use crate::crypto::cms::SignedData;
use crate::error::{Error, ErrorKind};
use crate::fetch::{Fetcher, ocsp};
use crate::time::Time;
use crate::trust::{Evidence, EvidenceKind, Wanted};

/// How often a judgement is repeated with what was fetched: an issuer's certificate wants its own issuer's.
const ROUNDS: usize = 8;

/// How many things are fetched for one judgement: a stranger's certificates may want any number.
const MOST: usize = 64;

/// How many addresses of one certificate are tried for one thing.
const ADDRESSES: usize = 4;

/// What was fetched, and what could not be.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// For the [`Verifier`](crate::Verifier).
    pub evidence: Evidence,
    /// How many bytes it has.
    bytes: usize,
    /// What was wanted and could not be had.
    pub missed: Vec<Missed>,
}

/// How many of the longest answers all evidence for one judgement may have together.
const LONGEST: usize = 4;

/// Something that was wanted and could not be had.
#[derive(Clone, Debug)]
pub struct Missed {
    /// What.
    pub wanted: Wanted,
    /// Why not, in a sentence.
    pub reason: String,
}

impl Fetcher {
    /// Judges, fetches what was wanted, and judges again, until nothing new is wanted: `judge` judges with the
    /// evidence at hand and returns what it still wants. `now` is the time by which answers that were kept are old.
    ///
    /// # Errors
    ///
    /// Those of `judge`. What cannot be fetched is no error but [`Fetched::missed`].
    pub fn complete(
        &self,
        now: Time,
        mut judge: impl FnMut(&Evidence) -> Result<Vec<Wanted>, Error>,
    ) -> Result<Fetched, Error> {
        let mut fetched = Fetched::default();
        let mut asked: Vec<Wanted> = Vec::new();
        for _ in 0..ROUNDS {
            let wanted: Vec<_> =
                judge(&fetched.evidence)?.into_iter().filter(|wanted| !asked.contains(wanted)).collect();
            if wanted.is_empty() {
                break;
            }
            for one in wanted {
                if asked.contains(&one) {
                    continue;
                }
                let within = asked.len() < MOST && fetched.bytes < self.most().saturating_mul(LONGEST);
                self.fetch(&one, now, within, &mut fetched);
                asked.push(one);
            }
        }
        Ok(fetched)
    }

    fn fetch(&self, wanted: &Wanted, now: Time, within: bool, fetched: &mut Fetched) {
        let mut reason = if wanted.addresses.is_empty() {
            "its certificate gives no address for it".to_owned()
        } else {
            format!("more than {MOST} things, or too many bytes, were wanted for one judgement")
        };
        for address in wanted.addresses.iter().take(if within { ADDRESSES } else { 0 }) {
            match self.fetch_from(address, wanted, now, &fetched.evidence) {
                Ok((evidence, bytes)) => {
                    fetched.evidence = evidence;
                    fetched.bytes += bytes;
                    return;
                }
                Err(error) => reason = error.to_string(),
            }
        }
        fetched.missed.push(Missed { wanted: wanted.clone(), reason });
    }

    /// The evidence with what is at this address, and how many bytes that has.
    fn fetch_from(
        &self,
        address: &str,
        wanted: &Wanted,
        now: Time,
        so_far: &Evidence,
    ) -> Result<(Evidence, usize), Error> {
        let evidence = so_far.clone();
        let bytes = match wanted.kind {
            EvidenceKind::Crl | EvidenceKind::Certificate => self.get(address, now)?,
            EvidenceKind::Ocsp => {
                let issuer = wanted.issuer.as_ref().ok_or_else(|| {
                    let told = "an OCSP request names the issuer's certificate, which is not known";
                    Error::new(ErrorKind::Mismatch, told)
                })?;
                let request = ocsp::request(&wanted.certificate, issuer)?;
                self.ask(address, "application/ocsp-request", &request, now)?
            }
        };
        let evidence = match wanted.kind {
            EvidenceKind::Crl => evidence.crl(bytes.to_vec()),
            EvidenceKind::Certificate => Ok(evidence.certificates(certificates(&bytes)?)),
            EvidenceKind::Ocsp => evidence.ocsp(bytes.to_vec()),
        };
        let fault = |error: Error| error.context(format_args!("what {} gave", address.escape_debug()));
        Ok((evidence.map_err(fault)?, bytes.len()))
    }
}

/// RFC 5280, 4.2.2.1: one certificate in DER, or several in SignedData without signers; PEM is met too.
fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, Error> {
    match SignedData::read(bytes, 100) {
        Ok(signed) => Ok(signed.certificates),
        Err(_) => Certificate::list_from_pem(bytes),
    }
}
