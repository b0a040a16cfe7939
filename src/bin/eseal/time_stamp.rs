//! Time stamps for seals of GM/T 0031-2025, from a command.

use std::io::Write as _;
use std::process::{Command, Stdio};

use clap::Args;
use eseal::BoxError;
use eseal::timestamp::{Channel, TimeStamper};

#[derive(Args)]
pub(crate) struct TimeStampArgs {
    /// For seals of 2025: a shell command that reads a time-stamp request (RFC 3161, DER) and writes the authority's
    /// answer, such as "curl -sS --data-binary @- -H 'Content-Type: application/timestamp-query' https://…"
    #[arg(long, value_name = "COMMAND")]
    time_stamp_by: Option<String>,
}

impl TimeStampArgs {
    pub(crate) fn stamper(&self) -> Option<Box<dyn TimeStamper>> {
        let command = self.time_stamp_by.clone()?;
        Some(Box::new(Channel::new(move |request: &[u8]| exchange(&command, request))))
    }
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
