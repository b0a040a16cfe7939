//! Getting over HTTP what a judgement lacks, for those who ask for it (feature `fetch`).

use clap::Args;
use eseal::Evidence;
use eseal::trust::{Chain, Wanted};

use crate::Failure;

#[derive(Args)]
pub(crate) struct FetchArgs {
    /// Fetch the lists of revoked certificates, OCSP answers and certificates that are missing, from the addresses
    /// that the certificates give
    #[cfg(feature = "fetch")]
    #[arg(long)]
    fetch: bool,
    /// With --fetch: go to this host and no other, even within one's own network; may be given again. Without it,
    /// any host with a public address will do
    #[cfg(feature = "fetch")]
    #[arg(long, value_name = "HOST", requires = "fetch")]
    fetch_from: Vec<String>,
    /// With --fetch: wait so many seconds for each answer
    #[cfg(feature = "fetch")]
    #[arg(long, value_name = "SECONDS", default_value_t = 15, requires = "fetch")]
    fetch_seconds: u64,
    /// With --fetch: read so many megabytes of each answer
    #[cfg(feature = "fetch")]
    #[arg(long, value_name = "MB", default_value_t = 64, requires = "fetch")]
    fetch_megabytes: usize,
}

impl FetchArgs {
    /// The evidence at hand, with what `judge` says is missing fetched beside it, where that was asked for. What
    /// cannot be had is told on standard error.
    #[cfg(feature = "fetch")]
    pub(crate) fn complete(
        &self,
        evidence: Evidence,
        judge: impl Fn(&Evidence) -> Result<Vec<Wanted>, eseal::Error>,
    ) -> Result<Evidence, Failure> {
        if !self.fetch {
            return Ok(evidence);
        }
        let fetcher = eseal::fetch::Fetcher::new().timeout(self.fetch_seconds).most_bytes(self.fetch_megabytes << 20);
        let fetcher = match self.fetch_from.as_slice() {
            [] => fetcher,
            hosts => fetcher.only_hosts(hosts).admit_private_addresses(),
        };
        let fetched = fetcher.complete(eseal::Time::now(), |more| judge(&evidence.clone().and(more)))?;
        for missed in &fetched.missed {
            eprintln!("eseal: not fetched: {}: {}", missed.wanted, missed.reason);
        }
        Ok(evidence.and(&fetched.evidence))
    }

    /// Built without `fetch`, the program opens no socket.
    #[cfg(not(feature = "fetch"))]
    pub(crate) fn complete(
        &self,
        evidence: Evidence,
        _judge: impl Fn(&Evidence) -> Result<Vec<Wanted>, eseal::Error>,
    ) -> Result<Evidence, Failure> {
        Ok(evidence)
    }
}

/// All that is missing on these paths.
pub(crate) fn wanted<'c>(chains: impl IntoIterator<Item = &'c Chain>) -> Vec<Wanted> {
    chains.into_iter().flat_map(|chain| chain.wanted.clone()).collect()
}
