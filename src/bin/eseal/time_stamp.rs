//! Time stamps, from a command or over HTTP: for stamps, and for seals of GM/T 0031-2025.

use std::io::Write as _;
use std::process::{Command, Stdio};

use clap::Args;
use eseal::BoxError;
use eseal::timestamp::{Channel, TimeStamper};

#[derive(Args)]
pub(crate) struct TimeStampArgs {
    /// Have it time-stamped (stamps, and seals of 2025): a shell command that reads a time-stamp request (RFC 3161, DER) and writes the authority's
    /// answer, such as "curl -sS --data-binary @- -H 'Content-Type: application/timestamp-query' https://…"
    #[arg(long, value_name = "COMMAND")]
    time_stamp_by: Option<String>,
    /// Have it time-stamped by the authority at this address of HTTP
    #[cfg(feature = "fetch")]
    #[arg(long, value_name = "URL", conflicts_with = "time_stamp_by")]
    time_stamp_at: Option<String>,
}

impl TimeStampArgs {
    pub(crate) fn stamper(&self) -> Option<Box<dyn TimeStamper>> {
        #[cfg(feature = "fetch")]
        if let Some(address) = &self.time_stamp_at {
            return Some(over_http(address));
        }
        let command = self.time_stamp_by.clone()?;
        Some(Box::new(Channel::new(move |request: &[u8]| exchange(&command, request))))
    }
}

/// Whoever runs the program named the host: it may be one of his own network, and it is the only one.
#[cfg(feature = "fetch")]
fn over_http(address: &str) -> Box<dyn TimeStamper> {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.split_once(']') {
        Some((v6, _)) => format!("{v6}]"),
        None => authority.split(':').next().unwrap_or_default().to_owned(),
    };
    let fetcher = eseal::fetch::Fetcher::new().only_hosts([host]).admit_private_addresses();
    Box::new(std::sync::Arc::new(fetcher).time_stamper(address))
}

fn exchange(command: &str, request: &[u8]) -> Result<Vec<u8>, BoxError> {
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = shell.spawn()?;
    // A command that reads nothing may have its reasons; its answer is looked at, not its manners.
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(request);
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("the command ended with {}: {told}", output.status).into())
}
