//! Seed values: what a signature field asks of whoever signs it (ISO 32000-2, 12.7.5.5, tables 237 to
//! 239). The same rule refuses a stamp that does not comply and tells of a signature that did not.

use crate::crypto::{Certificate, DigestAlgorithm, policies, subject_says};
use crate::finding::{Finding, checks};

/// What a field asks for, as far as it is binding; what it merely prefers is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SeedValues {
    pub(crate) filter: Option<String>,
    pub(crate) sub_filters: Option<Vec<String>>,
    /// The least version of seed values that a signer has to know.
    pub(crate) version: Option<f64>,
    pub(crate) digests: Option<Vec<String>>,
    pub(crate) reasons: Option<Vec<String>>,
    pub(crate) attestations: Option<Vec<String>>,
    pub(crate) revocation: bool,
    /// `/P`: 0 for no certification.
    pub(crate) certification: Option<i64>,
    /// The server of the time stamp that is asked for, as far as it is named.
    pub(crate) time_stamp: Option<String>,
    pub(crate) lock_document: Option<String>,
    pub(crate) appearance: Option<String>,
    pub(crate) certificate: CertificateSeed,
    /// What is binding and not understood.
    pub(crate) unknown: Vec<String>,
}

/// Attributes of a subject and their values.
pub(crate) type NameSet = Vec<(String, String)>;

/// What it asks of the certificate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CertificateSeed {
    /// DER of the certificates of which the signatory's is one.
    pub(crate) subjects: Option<Vec<Vec<u8>>>,
    /// DER of the certificates of which one is above the signatory's.
    pub(crate) issuers: Option<Vec<Vec<u8>>>,
    /// Certificate policies in dots, of which it has one.
    pub(crate) policies: Option<Vec<String>>,
    /// Sets of attributes and values, of which its subject has one whole set.
    pub(crate) names: Option<Vec<NameSet>>,
    /// Nine of `0`, `1` and `X` each; its key usage is as one of them says.
    pub(crate) usages: Option<Vec<String>>,
    /// Where a certificate that complies is to be had.
    pub(crate) url: Option<String>,
}

/// What a signature offers. What is not known yet is none, and not judged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offer<'a> {
    pub(crate) filter: String,
    pub(crate) sub_filter: String,
    pub(crate) digest: Option<DigestAlgorithm>,
    pub(crate) reason: Option<String>,
    pub(crate) attestation: Option<String>,
    /// `/P` of the certification; 0 for none.
    pub(crate) certification: i64,
    /// Whether nothing may be changed after it.
    pub(crate) locks_document: bool,
    pub(crate) time_stamped: Option<bool>,
    /// The signatory's certificate first.
    pub(crate) certificates: Option<Vec<&'a Certificate>>,
}

/// The seed values of a signed field, and what its signature dictionary offers.
#[derive(Debug)]
pub(crate) struct Seeded {
    pub(crate) values: SeedValues,
    pub(crate) offer: Offer<'static>,
}

impl Seeded {
    /// Whether the signature is what its field asked for, with what is known of its inside.
    pub(crate) fn judge(
        &self,
        digest: Option<DigestAlgorithm>,
        certificates: Vec<&Certificate>,
        time_stamped: bool,
    ) -> Finding {
        let offer = Offer {
            digest,
            certificates: Some(certificates),
            time_stamped: Some(time_stamped),
            filter: self.offer.filter.clone(),
            sub_filter: self.offer.sub_filter.clone(),
            reason: self.offer.reason.clone(),
            attestation: self.offer.attestation.clone(),
            ..self.offer
        };
        let problems = self.values.problems(&offer);
        if problems.is_empty() {
            return Finding::pass(checks::SIGNATURE_SEED_VALUES, "it is what its field asked for");
        }
        let text = format!("it is not what its field asked for: {}", problems.join("; "));
        Finding::unknown(checks::SIGNATURE_SEED_VALUES, text)
    }
}

/// The newest version of seed values, that of PDF 2.0.
const VERSION: f64 = 3.0;

impl SeedValues {
    /// Each entry that `offer` does not comply with, and what it wants.
    pub(crate) fn problems(&self, offer: &Offer<'_>) -> Vec<String> {
        let mut problems: Vec<String> = self.unknown.clone();
        let mut note = |problem: Option<String>| problems.extend(problem);
        note(one_of("/Filter", self.filter.as_slice(), &offer.filter));
        if let Some(wanted) = &self.sub_filters {
            note(one_of("/SubFilter", wanted, &offer.sub_filter));
        }
        if let Some(version) = self.version.filter(|version| *version > VERSION) {
            note(Some(format!("/V wants seed values of version {version} to be known, and {VERSION} is")));
        }
        if let (Some(wanted), Some(digest)) = (&self.digests, offer.digest) {
            note(one_of("/DigestMethod", wanted, digest_name(digest)));
        }
        note(self.reason(offer.reason.as_deref()));
        note(self.certification(offer.certification));
        if let Some(wanted) = &self.attestations {
            note(match &offer.attestation {
                Some(told) => one_of("/LegalAttestation", wanted, told),
                None => Some(format!("/LegalAttestation wants one of {}, and none is given", listed(wanted))),
            });
        }
        if self.revocation {
            note(Some("/AddRevInfo wants revocation data within the signature, which no stamp puts there".into()));
        }
        if let (Some(url), Some(false)) = (&self.time_stamp, offer.time_stamped) {
            let from = if url.is_empty() { String::new() } else { format!(" from {url}") };
            note(Some(format!("/TimeStamp wants a time stamp{from}, and there is none")));
        }
        note(self.lock(offer.locks_document));
        if let Some(name) = &self.appearance {
            note(Some(format!("/AppearanceFilter wants the appearance \"{name}\", and the seal's picture is another")));
        }
        if let Some(certificates) = &offer.certificates {
            problems.extend(self.certificate.problems(certificates));
        }
        problems
    }

    /// An empty list, or a period alone, asks for no reason at all.
    fn reason(&self, given: Option<&str>) -> Option<String> {
        let wanted = self.reasons.as_ref()?;
        let wants_none = matches!(wanted.as_slice(), [] | [_]) && wanted.iter().all(|reason| reason == ".");
        match given {
            Some(given) if wants_none => Some(format!("/Reasons wants no reason, and \"{given}\" is given")),
            None if wants_none => None,
            Some(given) => one_of("/Reasons", wanted, given),
            None => Some(format!("/Reasons wants one of {}, and none is given", listed(wanted))),
        }
    }

    fn certification(&self, given: i64) -> Option<String> {
        let wanted = self.certification.filter(|wanted| *wanted != given)?;
        let told = |level: i64| match level {
            0 => "no certification".to_owned(),
            level => format!("a certification with /P {level}"),
        };
        Some(format!("/MDP wants {}, and this is {}", told(wanted), told(given)))
    }

    fn lock(&self, locks: bool) -> Option<String> {
        match (self.lock_document.as_deref()?, locks) {
            ("true", false) => Some("/LockDocument wants that nothing may be changed after it".into()),
            ("false", true) => Some("/LockDocument wants that the document is not locked".into()),
            ("true" | "false" | "auto", _) => None,
            (other, _) => Some(format!("/LockDocument is /{other}, which is not known")),
        }
    }
}

impl CertificateSeed {
    fn problems(&self, certificates: &[&Certificate]) -> Vec<String> {
        let mut problems = Vec::new();
        let advice = match &self.url {
            Some(url) => format!(" (certificates: {url})"),
            None => String::new(),
        };
        let Some((own, above)) = certificates.split_first() else {
            let asks = *self != CertificateSeed { url: self.url.clone(), ..Self::default() };
            problems.extend(asks.then(|| "/Cert wants something of a certificate that is not known".to_owned()));
            return problems;
        };
        let is = |list: &Vec<Vec<u8>>, one: &Certificate| list.iter().any(|der| der == one.der());
        if self.subjects.as_ref().is_some_and(|list| !is(list, own)) {
            problems.push(format!("/Cert wants another certificate than that of {}{advice}", own.subject()));
        }
        if self.issuers.as_ref().is_some_and(|list| !above.iter().any(|one| is(list, one))) {
            problems.push(format!(
                "/Cert wants one of certain issuers above the certificate of {}, and none is among those given{advice}",
                own.subject()
            ));
        }
        if let Some(wanted) = &self.policies {
            let has = policies(own);
            if !wanted.iter().any(|policy| has.contains(policy)) {
                problems.push(format!("/Cert wants one of the certificate policies {}{advice}", listed(wanted)));
            }
        }
        if let Some(sets) = &self.names {
            let has = |set: &NameSet| set.iter().all(|(key, value)| subject_says(own, key, value));
            if !sets.iter().any(has) {
                let told = |(key, value): &(String, String)| format!("{key}={value}");
                let sets = sets.iter().map(|set| set.iter().map(told).collect::<Vec<_>>().join(", "));
                let sets = sets.collect::<Vec<_>>().join(" or ");
                problems.push(format!("/Cert wants a subject with {sets}, not {}{advice}", own.subject()));
            }
        }
        if let Some(wanted) = &self.usages
            && !wanted.iter().any(|usage| has_usage(own, usage))
        {
            problems.push(format!("/Cert wants a key usage of {}{advice}", listed(wanted)));
        }
        problems
    }
}

/// `1` for a bit that has to be set, `0` for one that must not be, `X` for either; missing ones are `X`.
fn has_usage(certificate: &Certificate, wanted: &str) -> bool {
    let is_set = |bit: u32| certificate.key_usage().is_some_and(|usage| usage.has(bit));
    (0..).zip(wanted.chars()).all(|(bit, wish)| match wish {
        '0' => !is_set(bit),
        '1' => is_set(bit),
        _ => true,
    })
}

/// As `/DigestMethod` names them (ISO 32000-2, table 237; ISO/TS 32001 for SHA-3); SM3 has no name there.
pub(crate) fn digest_name(digest: DigestAlgorithm) -> &'static str {
    match digest {
        DigestAlgorithm::Md5 => "MD5",
        DigestAlgorithm::Sha1 => "SHA1",
        DigestAlgorithm::Sha256 => "SHA256",
        DigestAlgorithm::Sha384 => "SHA384",
        DigestAlgorithm::Sha512 => "SHA512",
        DigestAlgorithm::Sha224 => "SHA224",
        DigestAlgorithm::Sha3_224 => "SHA3-224",
        DigestAlgorithm::Sha3_256 => "SHA3-256",
        DigestAlgorithm::Sha3_384 => "SHA3-384",
        DigestAlgorithm::Sha3_512 => "SHA3-512",
        DigestAlgorithm::Shake256 => "SHAKE256",
        DigestAlgorithm::Sm3 => "SM3",
    }
}

fn one_of(entry: &str, wanted: &[String], given: &str) -> Option<String> {
    if wanted.is_empty() || wanted.iter().any(|one| one == given) {
        return None;
    }
    Some(format!("{entry} wants {}, not \"{given}\"", listed(wanted)))
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::{Offer, SeedValues};
    use crate::crypto::DigestAlgorithm;

    fn list(values: &[&str]) -> Option<Vec<String>> {
        Some(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn told(values: SeedValues, offer: &Offer<'_>) -> String {
        values.problems(offer).join("; ")
    }

    #[test]
    fn each_entry_is_named_with_what_it_wants() {
        let offer = Offer {
            filter: "Adobe.PPKLite".into(),
            sub_filter: "ETSI.CAdES.detached".into(),
            digest: Some(DigestAlgorithm::Sha256),
            reason: Some("agreed".into()),
            time_stamped: Some(false),
            ..Offer::default()
        };
        let none = SeedValues::default();
        assert_eq!(told(none.clone(), &offer), "");
        for (values, wanted) in [
            (SeedValues { filter: Some("Other".into()), ..none.clone() }, "/Filter wants \"Other\", not"),
            (SeedValues { sub_filters: list(&["a", "b"]), ..none.clone() }, "/SubFilter wants \"a\" or \"b\", not"),
            (SeedValues { version: Some(4.0), ..none.clone() }, "/V wants seed values of version 4"),
            (
                SeedValues { digests: list(&["SHA512"]), ..none.clone() },
                "/DigestMethod wants \"SHA512\", not \"SHA256\"",
            ),
            (SeedValues { reasons: list(&["seen"]), ..none.clone() }, "/Reasons wants \"seen\", not \"agreed\""),
            (SeedValues { reasons: list(&[]), ..none.clone() }, "/Reasons wants no reason"),
            (SeedValues { reasons: list(&["."]), ..none.clone() }, "/Reasons wants no reason"),
            (SeedValues { attestations: list(&["x"]), ..none.clone() }, "/LegalAttestation wants one of \"x\""),
            (SeedValues { revocation: true, ..none.clone() }, "/AddRevInfo"),
            (SeedValues { certification: Some(2), ..none.clone() }, "/MDP wants a certification with /P 2"),
            (SeedValues { time_stamp: Some("http://t".into()), ..none.clone() }, "a time stamp from http://t"),
            (SeedValues { lock_document: Some("true".into()), ..none.clone() }, "/LockDocument wants that nothing"),
            (SeedValues { appearance: Some("A".into()), ..none.clone() }, "/AppearanceFilter wants"),
            (SeedValues { unknown: vec!["bit 12".into()], ..none.clone() }, "bit 12"),
        ] {
            let told = told(values, &offer);
            assert!(told.starts_with(wanted) || told.contains(wanted), "{wanted}: {told}");
        }
        let compliant = SeedValues {
            filter: Some("Adobe.PPKLite".into()),
            sub_filters: list(&["GM.sm2seal", "ETSI.CAdES.detached"]),
            version: Some(3.0),
            digests: list(&["SHA256"]),
            reasons: list(&["seen", "agreed"]),
            certification: Some(0),
            lock_document: Some("false".into()),
            ..none
        };
        assert_eq!(told(compliant, &offer), "");
    }
}
