//! Judgements that can be used again: a batch of documents by one signatory asks for its chain once.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::crypto::{Certificate, DigestAlgorithm, Digester};
use crate::error::Error;
use crate::time::Time;
use crate::trust::evidence::{Carried, Evidence};
use crate::trust::path::Question;
use crate::trust::watch::Watch;
use crate::trust::{Chain, Role};

/// The most judgements that are kept.
const MOST: usize = 4096;

/// The chains that were judged, each with the span of time in which it would be judged the same. One
/// memory serves one set of anchors, rules and evidence.
#[derive(Default)]
pub(crate) struct Memory {
    kept: Mutex<Kept>,
    judged: AtomicUsize,
}

#[derive(Default)]
struct Kept {
    chains: HashMap<Vec<u8>, Vec<Remembered>>,
    /// The keys in the order in which they came.
    order: VecDeque<Vec<u8>>,
}

struct Remembered {
    at: (i64, i64),
    now: (i64, i64),
    chain: Chain,
}

impl Memory {
    /// The chain of `leaf`, remembered or judged. `help` is what the caller always has, `carried` what
    /// came with this signature.
    pub(crate) fn chain(
        &self,
        question: &Question<'_>,
        leaf: &Certificate,
        help: &Evidence,
        carried: &Carried,
        (at, now): (Time, Time),
    ) -> Chain {
        let key = key(question.role, leaf, carried).ok();
        if let Some(chain) = key.as_ref().and_then(|key| self.recall(key, at, now)) {
            return chain;
        }
        self.judged.fetch_add(1, Ordering::Relaxed);
        let own = carried.read(question.limits);
        let (at, now) = (Watch::new(at), Watch::new(now));
        let chain = question.ask(leaf, &[&own, help], &at, &now);
        if let Some(key) = key {
            self.keep(key, Remembered { at: at.span(), now: now.span(), chain: chain.clone() });
        }
        chain
    }

    /// How many chains were judged and not remembered.
    #[cfg(test)]
    pub(crate) fn judged(&self) -> usize {
        self.judged.load(Ordering::Relaxed)
    }

    fn recall(&self, key: &[u8], at: Time, now: Time) -> Option<Chain> {
        let within = |time: Time, (from, until): (i64, i64)| (from..=until).contains(&time.unix_seconds());
        let kept = self.lock();
        let found = kept.chains.get(key)?.iter().find(|one| within(at, one.at) && within(now, one.now))?;
        Some(Chain { at, ..found.chain.clone() })
    }

    fn keep(&self, key: Vec<u8>, remembered: Remembered) {
        let mut kept = self.lock();
        if kept.order.len() >= MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.chains.remove(&oldest);
        }
        kept.order.push_back(key.clone());
        kept.chains.entry(key).or_default().push(remembered);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} judged)", self.judged.load(Ordering::Relaxed))
    }
}

/// The digest of all that a judgement rests on, beside what the memory is for.
fn key(role: Role, leaf: &Certificate, carried: &Carried) -> Result<Vec<u8>, Error> {
    let mut digester = Digester::new(DigestAlgorithm::Sha256)?;
    let mut feed = |kind: u8, octets: &[u8]| {
        digester.update(&[kind]);
        digester.update(&(octets.len() as u64).to_be_bytes());
        digester.update(octets);
    };
    feed(role as u8, leaf.der());
    carried.certificates.iter().for_each(|certificate| feed(16, certificate.der()));
    carried.items.iter().for_each(|(origin, der)| feed(32 + *origin as u8, der));
    Ok(digester.finish())
}

#[cfg(all(test, feature = "authority", feature = "sm"))]
mod tests {
    use super::Memory;
    use crate::authority::{Algorithm, Authority, ListProfile, RevokedEntry};
    use crate::limits::Limits;
    use crate::time::{Time, Validity};
    use crate::trust::evidence::{Carried, Evidence};
    use crate::trust::{ChainState, Freshness, PolicyRules, Question, Revocation, Role, Trust};

    #[test]
    fn a_batch_of_ten_thousand_asks_once_for_each_span_of_time() {
        let now: Time = "2025-03-01T00:00:00Z".parse().unwrap();
        let authority = Authority::new(Algorithm::Sm2, now).unwrap();
        let us = authority.issue(&authority.profile("us")).unwrap();
        let leaf = us.credentials.certificate();
        let since = now.plus_days(10);
        let entry = RevokedEntry { certificate: leaf, since, reason: None, extensions: Vec::new() };
        let span = Validity { not_before: now, not_after: now.plus_days(30) };
        let list = ListProfile { span, number: None, revoked: vec![entry], extensions: Vec::new() };
        let help = Evidence::new().crl(authority.list(authority.issued_root(), &list).unwrap()).unwrap();
        let trust = Trust::new().signatories([authority.root().clone()]);
        let (policies, limits) = (PolicyRules::default(), Limits::default());
        let role = Role::Signatory;
        let freshness = Freshness::NextUpdate;
        let question = Question { role, trust: &trust, policies: &policies, freshness, strict: true, limits: &limits };
        let memory = Memory::default();
        let ask = |at: Time| memory.chain(&question, leaf, &help, &Carried::default(), (at, now.plus_days(99)));
        for second in 0..10_000 {
            let at = now.plus_seconds(second);
            let chain = ask(at);
            assert_eq!((chain.state, chain.at), (ChainState::Holds, at));
            assert!(matches!(chain.links[0].revocation, Revocation::RevokedLater { .. }));
        }
        assert_eq!(memory.judged(), 1);
        // The second before the revocation is still of that span; the second of it begins another.
        assert!(matches!(ask(since.plus_seconds(-1)).links[0].revocation, Revocation::RevokedLater { .. }));
        assert_eq!(memory.judged(), 1);
        assert!(matches!(ask(since).links[0].revocation, Revocation::Revoked { .. }));
        assert_eq!(memory.judged(), 2);
        assert!(matches!(ask(since.plus_days(900)).links[0].revocation, Revocation::Revoked { .. }));
        assert_eq!(memory.judged(), 2);
        // What came with a signature is part of the question.
        let carried = Carried { certificates: vec![authority.root().clone()], items: Vec::new() };
        let _ = memory.chain(&question, leaf, &help, &carried, (now, now.plus_days(99)));
        assert_eq!(memory.judged(), 3);
    }
}
