//! Chains of certificates, right and wrong, with what this crate says of each: for others to judge.
//!
//! ```sh
//! cargo run --release --example chains
//! ```
//!
//! Each chain has a folder below `target/chains`: `root.pem`, `middle.pem`, `leaf.pem`, the lists of
//! revoked certificates `lists.pem`, in some an OCSP response `answer.der`, and `verdict.txt`.

use std::error::Error;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eseal::authority::{
    Algorithm, AnswerProfile, Authority, Issued, ListProfile, Profile, RawExtension, RevokedEntry, StateToTell, Usage,
};
use eseal::verify::Need;
use eseal::{Certificate, DigestAlgorithm, Evidence, Policy, Role, Time, Trust, Validity, Verifier};

fn main() -> Result<(), Box<dyn Error>> {
    let output = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/chains");
    let _ = fs::remove_dir_all(&output);
    let now = Time::now();
    for algorithm in [Algorithm::Sm2, Algorithm::P256, Algorithm::Rsa] {
        for fault in FAULTS {
            let chain = Chain::make(algorithm, fault, now)?;
            let folder = output.join(format!("{algorithm:?}-{fault}").to_lowercase());
            fs::create_dir_all(&folder)?;
            let verdict = chain.write(&folder, now)?;
            println!("{verdict:13} {}", folder.display());
        }
    }
    Ok(())
}

/// What is wrong with a chain.
const FAULTS: [&str; 12] = [
    "nothing",
    "leaf-revoked",
    "middle-revoked",
    "list-expired",
    "list-missing",
    "list-by-another",
    "middle-no-authority",
    "middle-expired",
    "path-too-long",
    "name-outside",
    "unknown-critical",
    "leaf-by-another",
];

struct Chain {
    authority: Authority,
    middle: Issued,
    leaf: Issued,
    lists: Vec<Vec<u8>>,
    answer: Vec<u8>,
}

impl Chain {
    fn make(algorithm: Algorithm, fault: &str, now: Time) -> Result<Self, Box<dyn Error>> {
        let authority = Authority::new(algorithm, now)?;
        let root = authority.issued_root();
        let mut profile = Profile { path_length: Some(0), ..authority.authority_profile("middle") };
        match fault {
            "middle-no-authority" => (profile.authority, profile.path_length) = (false, None),
            "middle-expired" => profile.validity.not_after = now.plus_days(-1),
            // permittedSubtrees with one directory name, C=DE.
            "name-outside" => profile.extensions.push(RawExtension {
                id: "2.5.29.30".into(),
                critical: true,
                value: b"\x30\x15\xA0\x13\x30\x11\xA4\x0F\x30\x0D\x31\x0B\x30\x09\x06\x03\x55\x04\x06\x13\x02DE"
                    .to_vec(),
            }),
            _ => {}
        }
        profile.validity.not_before = now.plus_days(-2);
        let middle = authority.issue_under(root, &profile)?;
        let issuer = match fault {
            "path-too-long" => authority.issue_under(&middle, &authority.authority_profile("deeper"))?,
            "leaf-by-another" => authority.issue_under(root, &profile)?,
            _ => middle.clone(),
        };
        let mut profile = authority.profile("示例市人民政府");
        if fault == "unknown-critical" {
            profile.unknown_critical = Some("1.2.156.99999.1".into());
        }
        let leaf = authority.issue_under(&issuer, &profile)?;
        let mut chain = Chain { authority, middle, leaf, lists: Vec::new(), answer: Vec::new() };
        chain.make_lists(fault, &issuer, now)?;
        chain.make_answer(&issuer, now)?;
        Ok(chain)
    }

    fn make_lists(&mut self, fault: &str, issuer: &Issued, now: Time) -> Result<(), Box<dyn Error>> {
        let usual = Validity { not_before: now.plus_days(-1), not_after: now.plus_days(9) };
        let expired = Validity { not_before: now.plus_days(-9), not_after: now.plus_days(-1) };
        let middle = self.middle.credentials.certificate();
        let leaf = self.leaf.credentials.certificate();
        let make = |by: &Issued, revoked: Option<&Certificate>, span| {
            let revoked = revoked.map(|certificate| RevokedEntry {
                certificate,
                since: now.plus_days(-1),
                reason: Some(1),
                extensions: Vec::new(),
            });
            let list =
                ListProfile { span, number: Some(1), revoked: revoked.into_iter().collect(), extensions: Vec::new() };
            self.authority.list(by, &list)
        };
        let root = self.authority.issued_root();
        let mut lists = vec![make(root, Some(middle).filter(|_| fault == "middle-revoked"), usual)?];
        let revoked = Some(leaf).filter(|_| fault == "leaf-revoked");
        match fault {
            "list-missing" => {}
            "list-expired" => lists.push(make(issuer, None, expired)?),
            "list-by-another" => {
                // The same name, another key; nobody whom the root certified.
                let other = Authority::new(Algorithm::P256, now)?;
                let twin = Profile { key_usage: vec![Usage::ListSigning], ..other.authority_profile("middle") };
                lists.push(make(&other.issue(&twin)?, None, usual)?);
            }
            _ => lists.push(make(issuer, revoked, usual)?),
        }
        if issuer.credentials.certificate() != middle {
            lists.push(make(&self.middle, None, usual)?);
        }
        self.lists = lists;
        Ok(())
    }

    /// The authority's own answer about the leaf.
    fn make_answer(&mut self, issuer: &Issued, now: Time) -> Result<(), Box<dyn Error>> {
        let answer = AnswerProfile {
            certificate: self.leaf.credentials.certificate(),
            issuer: issuer.credentials.certificate(),
            digest: DigestAlgorithm::Sha1,
            state: StateToTell::Good,
            this_update: now.plus_seconds(-60),
            next_update: Some(now.plus_days(1)),
            extensions: Vec::new(),
        };
        self.answer = self.authority.ocsp(issuer, false, now, &[answer])?;
        Ok(())
    }

    /// Writes the files, and says what this crate thinks.
    fn write(&self, folder: &Path, now: Time) -> Result<String, Box<dyn Error>> {
        let lists: String = self.lists.iter().map(|list| pem("X509 CRL", list)).collect();
        let leaf = self.leaf.credentials.certificate();
        let above: String = self.leaf.credentials.chain().iter().map(|one| pem("CERTIFICATE", one.der())).collect();
        let middle = pem("CERTIFICATE", self.middle.credentials.certificate().der());
        let middle = if above.is_empty() || !above.contains(&middle) { middle } else { above };
        fs::write(folder.join("root.pem"), self.authority.root_pem())?;
        fs::write(folder.join("middle.pem"), &middle)?;
        fs::write(folder.join("leaf.pem"), pem("CERTIFICATE", leaf.der()))?;
        fs::write(folder.join("lists.pem"), &lists)?;
        fs::write(folder.join("answer.der"), &self.answer)?;
        let trust = Trust::new().signatories([self.authority.root().clone()]);
        let evidence = Evidence::new().certificates_pem(middle.as_bytes())?.crl(lists)?;
        let policy = Policy { revocation: Need::Required, ..Policy::default() };
        let verifier = Verifier::new(&trust).evidence(&evidence).policy(policy);
        let verdict = verifier.certificate(leaf, Role::Signatory, now, now).verdict.to_string();
        fs::write(folder.join("verdict.txt"), &verdict)?;
        Ok(verdict)
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
