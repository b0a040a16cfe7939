//! What is remembered, and how long it holds.

use crate::authority::{Algorithm, Authority, ListProfile, RevokedEntry};
use crate::limits::Limits;
use crate::time::{Time, Validity};
use crate::trust::evidence::{Carried, Evidence};
use crate::trust::{ChainState, Freshness, Memory, PolicyRules, Question, Revocation, Role, Trust};

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
