//! Paths from a certificate to an anchor (RFC 5280, 6.1), with SM2 among the algorithms.
//!
//! The search goes up from the certificate in question, by names and signatures; what can only be said
//! of a whole path, names and policies and revocation, is judged once an anchor is reached.

use std::cell::{Cell, RefCell};

use crate::crypto::{Certificate, Judgement, Name, PublicKey};
use crate::limits::Limits;
use crate::trust::constraints::NameConstraints;
use crate::trust::crl::Crl;
use crate::trust::evidence::Evidence;
use crate::trust::ocsp::OcspResponse;
use crate::trust::watch::Watch;
use crate::trust::{
    Anchor, Chain, ChainState, Freshness, Link, Obstacle, PolicyRules, Problem, Revocation, Role, Trust, policy,
};

/// The most certificates in a path, anchor included.
const LONGEST: usize = 12;

/// How many signatures of lists and answers may be checked for each certificate that may be tried.
const CHECKS: usize = 4;

/// What is asked about certificates: for which role, by whose word, and by which rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) role: Role,
    pub(crate) trust: &'a Trust,
    pub(crate) policies: &'a PolicyRules,
    pub(crate) freshness: Freshness,
    /// Whether those who sign lists and answers have to be known not to be revoked themselves.
    pub(crate) strict: bool,
    pub(crate) limits: &'a Limits,
}

impl Question<'_> {
    /// Looks for a path that holds as of `at`, with what is known at `now`. Of what helps nothing is
    /// believed.
    pub(crate) fn ask(&self, leaf: &Certificate, help: &[&Evidence], at: &Watch, now: &Watch) -> Chain {
        let context = Context {
            question: self,
            certificates: help.iter().flat_map(|evidence| &evidence.certificates).chain(self.trust.helpers()).collect(),
            crls: help.iter().flat_map(|evidence| &evidence.crls).map(AsRef::as_ref).collect(),
            ocsps: help.iter().flat_map(|evidence| &evidence.ocsps).map(AsRef::as_ref).collect(),
            now,
            budget: Cell::new(self.limits.certificates),
            checks: Cell::new(self.limits.certificates.saturating_mul(CHECKS)),
            stack: RefCell::new(Vec::new()),
        };
        Search::new(&context, at).run(leaf)
    }
}

/// What all searches for one answer share.
pub(super) struct Context<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) certificates: Vec<&'a Certificate>,
    pub(super) crls: Vec<&'a Crl>,
    pub(super) ocsps: Vec<&'a OcspResponse>,
    pub(super) now: &'a Watch,
    /// How many more signatures of certificates may be checked.
    budget: Cell<usize>,
    /// How many more signatures of lists and answers may be checked.
    checks: Cell<usize>,
    /// Whose trustworthiness is being looked into: nobody vouches for itself.
    pub(super) stack: RefCell<Vec<Certificate>>,
}

impl Context<'_> {
    fn may_try(&self) -> bool {
        take_one(&self.budget)
    }

    pub(super) fn may_check(&self) -> bool {
        take_one(&self.checks)
    }
}

fn take_one(budget: &Cell<usize>) -> bool {
    let left = budget.get().checked_sub(1);
    budget.set(left.unwrap_or(0));
    left.is_some()
}

/// Whoever signed a certificate.
#[derive(Clone, Copy)]
pub(super) enum Issuer<'a> {
    Certificate(&'a Certificate),
    Anchor(&'a Anchor),
}

impl<'a> Issuer<'a> {
    pub(super) fn name(self) -> &'a Name {
        match self {
            Issuer::Certificate(certificate) => certificate.subject_name(),
            Issuer::Anchor(anchor) => anchor.name(),
        }
    }

    pub(super) fn name_der(self) -> &'a [u8] {
        match self {
            Issuer::Certificate(certificate) => certificate.subject_raw(),
            Issuer::Anchor(anchor) => anchor.name_der(),
        }
    }

    pub(super) fn subject(self) -> &'a str {
        match self {
            Issuer::Certificate(certificate) => certificate.subject(),
            Issuer::Anchor(anchor) => anchor.subject(),
        }
    }

    pub(super) fn key(self) -> Option<&'a PublicKey> {
        match self {
            Issuer::Certificate(certificate) => certificate.public_key().ok(),
            Issuer::Anchor(anchor) => anchor.key().ok(),
        }
    }

    pub(super) fn certificate(self) -> Option<&'a Certificate> {
        match self {
            Issuer::Certificate(certificate) => Some(certificate),
            Issuer::Anchor(anchor) => anchor.certificate(),
        }
    }

    /// Whether its key may sign lists; of an anchor that goes without saying.
    pub(super) fn may_sign_lists(self) -> bool {
        match self {
            Issuer::Certificate(certificate) => certificate.key_usage().is_none_or(|usage| usage.may_sign_lists()),
            Issuer::Anchor(_) => true,
        }
    }
}

/// Why a path did not hold. Of several the longest path's is told: a person can act on that one.
struct Failure {
    broken: bool,
    obstacle: Obstacle,
    path: Vec<Certificate>,
}

pub(super) struct Search<'a> {
    context: &'a Context<'a>,
    at: &'a Watch,
    worst: Option<Failure>,
    /// A path that holds and on which a certificate is revoked; another one may do better.
    revoked: Option<Chain>,
}

impl<'a> Search<'a> {
    pub(super) fn new(context: &'a Context<'a>, at: &'a Watch) -> Self {
        Search { context, at, worst: None, revoked: None }
    }

    pub(super) fn run(mut self, leaf: &Certificate) -> Chain {
        let anchors = self.context.question.trust.anchors(self.context.question.role);
        if anchors.is_empty() {
            let role = self.context.question.role;
            let detail = format!("no anchors for {role} were given, so the chain cannot be judged");
            return self.chain(not_found(Problem::NoAnchors, detail), std::slice::from_ref(leaf), None);
        }
        if let Some(anchor) = anchors.iter().find(|anchor| anchor.certificate() == Some(leaf)) {
            let mut chain = self.chain(ChainState::Holds, &[], Some(anchor));
            chain.links.push(Link { certificate: leaf.clone(), revocation: Revocation::Anchor });
            return chain;
        }
        let mut path = vec![leaf.clone()];
        if let Some(chain) = self.extend(&mut path) {
            return chain;
        }
        if let Some(chain) = self.revoked.take() {
            return chain;
        }
        let (state, path) = match self.worst.take() {
            Some(Failure { broken: true, obstacle, path }) => (ChainState::Broken(obstacle), path),
            Some(Failure { obstacle, path, .. }) => (ChainState::NotFound(obstacle), path),
            None => (not_found(Problem::NoIssuer, no_issuer(leaf)), vec![leaf.clone()]),
        };
        self.chain(state, &path, None)
    }

    fn chain(&self, state: ChainState, path: &[Certificate], anchor: Option<&Anchor>) -> Chain {
        let unknown = || Revocation::Unknown {
            why: crate::trust::Doubt::NotUsable,
            detail: "no path leads to an anchor, so nobody's word on revocation counts".into(),
        };
        let links = path.iter().map(|one| Link { certificate: one.clone(), revocation: unknown() }).collect();
        let mut chain = Chain {
            role: self.context.question.role,
            at: self.at.time(),
            state,
            links,
            anchor: anchor.map(|anchor| anchor.subject().to_owned()),
            wanted: Vec::new(),
        };
        if let ChainState::NotFound(Obstacle { problem: Problem::NoIssuer, .. }) = chain.state {
            chain.wanted.extend(path.last().map(super::revocation::wanted_issuer));
        }
        chain
    }

    /// Tries every issuer of the path's last certificate, anchors first.
    fn extend(&mut self, path: &mut Vec<Certificate>) -> Option<Chain> {
        let subject = path.last()?.clone();
        if let Err((problem, reason)) = self.check(path) {
            self.note(path, true, problem, reason);
            return None;
        }
        let question = self.context.question;
        let named = |anchor: &&Anchor| anchor.name() == subject.issuer_name();
        for anchor in question.trust.anchors(question.role).iter().filter(named) {
            if let Some(chain) = self.end(path, &subject, anchor) {
                return Some(chain);
            }
        }
        if path.len() >= LONGEST {
            let told = format!("the path is longer than {LONGEST} certificates");
            self.note(path, true, Problem::PathLength, told);
            return None;
        }
        let certificates = &self.context.certificates;
        let mut issuers: Vec<&Certificate> =
            certificates.iter().copied().filter(|issuer| issuer.subject_name() == subject.issuer_name()).collect();
        // Key identifiers are a help, no proof: those that match are tried first.
        issuers.sort_by_key(|issuer| subject.authority_key_id() != issuer.subject_key_id());
        issuers.dedup();
        for issuer in issuers {
            // A name and a key once more make a loop, whatever else the certificate says.
            let again = |one: &Certificate| one.subject_name() == issuer.subject_name() && one.spki() == issuer.spki();
            if path.iter().any(again) {
                continue;
            }
            if !self.context.may_try() {
                self.note_limit(path);
                return None;
            }
            match subject.signed_by(issuer) {
                Judgement::Good { .. } => {
                    path.push(issuer.clone());
                    if let Some(chain) = self.extend(path) {
                        return Some(chain);
                    }
                    path.pop();
                }
                Judgement::Bad => self.note(path, true, Problem::Signature, wrong_key(&subject, issuer)),
                Judgement::Unsupported(reason) => self.note(path, false, Problem::Unsupported, reason),
            }
        }
        self.note(path, false, Problem::NoIssuer, no_issuer(&subject));
        None
    }

    /// The path has reached an anchor of the right name.
    fn end(&mut self, path: &[Certificate], subject: &Certificate, anchor: &Anchor) -> Option<Chain> {
        if !self.context.may_try() {
            self.note_limit(path);
            return None;
        }
        let judgement = match anchor.key() {
            Ok(key) => subject.signed_with(key),
            Err(reason) => Judgement::Unsupported(reason.clone()),
        };
        match judgement {
            Judgement::Good { .. } => {}
            Judgement::Bad => {
                let told = format!(
                    "the certificate of {} names the anchor {} as its issuer, but was not signed by that one's key",
                    subject.subject(),
                    anchor.subject()
                );
                self.note(path, true, Problem::Signature, told);
                return None;
            }
            Judgement::Unsupported(reason) => {
                self.note(path, false, Problem::Unsupported, reason);
                return None;
            }
        }
        if anchor.ends().is_some_and(|last| self.at.passed(last)) {
            let told = format!("the anchor {} is no longer believed", anchor.subject());
            self.note(path, false, Problem::AnchorEnded, told);
            return None;
        }
        if let Err((problem, reason)) = self.check_whole(path, anchor) {
            self.note(path, true, problem, reason);
            return None;
        }
        let mut chain = self.chain(ChainState::Holds, &[], Some(anchor));
        for (at, certificate) in path.iter().enumerate() {
            let issuer = path.get(at + 1).map_or(Issuer::Anchor(anchor), Issuer::Certificate);
            let revocation = self.context.state_of(certificate, issuer, anchor, self.at);
            chain.wanted.extend(super::revocation::wanted(certificate, issuer, &revocation));
            chain.links.push(Link { certificate: certificate.clone(), revocation });
        }
        if let Some(certificate) = anchor.certificate() {
            chain.links.push(Link { certificate: certificate.clone(), revocation: Revocation::Anchor });
        }
        if chain.revoked().is_none() {
            return Some(chain);
        }
        self.revoked.get_or_insert(chain);
        None
    }

    /// The rules for the path's last certificate: validity for all, authority for all but the first.
    fn check(&self, path: &[Certificate]) -> Result<(), (Problem, String)> {
        let Some(last) = path.last() else { return Ok(()) };
        let subject = last.subject();
        if !last.unknown_critical().is_empty() {
            let list = last.unknown_critical().join(", ");
            let told = format!("the certificate of {subject} has critical extensions that are not processed: {list}");
            return Err((Problem::Extension, told));
        }
        if let Some(doubled) = last.doubled_extension() {
            return Err((
                Problem::Extension,
                format!("the certificate of {subject} has the extension {doubled} twice"),
            ));
        }
        if path.len() == 1 {
            // The leaf's own validity is a check of its own, at the time that counts for it.
            return Ok(());
        }
        let validity = last.validity();
        if !self.at.reached(validity.not_before) {
            let told = format!("the certificate of the authority {subject} is valid {validity}, not yet at that time");
            return Err((Problem::NotYetValid, told));
        }
        if self.at.passed(validity.not_after) {
            let told = format!("the certificate of the authority {subject} is valid {validity}, and had ended by then");
            return Err((Problem::Expired, told));
        }
        if !last.is_authority() {
            let told = format!("{subject} is not an authority, but issued the certificate of {}", below(path));
            return Err((Problem::NotAuthority, told));
        }
        if last.key_usage().is_some_and(|usage| !usage.may_certify()) {
            let told = format!("the key of {subject} may not sign certificates, but signed that of {}", below(path));
            return Err((Problem::KeyUsage, told));
        }
        check_length(subject, last.path_length(), path.get(1..path.len() - 1).unwrap_or_default())
    }

    /// What can be said of a whole path only. An anchor is a name and a key (RFC 5280, 6.1.1 d) within
    /// its own bounds.
    fn check_whole(&self, path: &[Certificate], anchor: &Anchor) -> Result<(), (Problem, String)> {
        check_length(anchor.subject(), anchor.longest(), path.get(1..).unwrap_or_default())?;
        if let Some(defect) = anchor.defect() {
            return Err((Problem::Extension, format!("the anchor {}: {defect}", anchor.subject())));
        }
        let mut above = anchor.constraints().to_vec();
        for (at, certificate) in path.iter().enumerate().rev() {
            let subject = certificate.subject();
            // RFC 5280, 6.1.3 b: self-issued certificates are exempt, but for the last.
            if at == 0 || !certificate.is_self_issued() {
                let name = |reason| (Problem::Name, format!("the certificate of {subject}: {reason}"));
                above.iter().try_for_each(|constraints| constraints.check(certificate)).map_err(name)?;
            }
            let own = NameConstraints::of(certificate);
            above.extend(own.map_err(|error| (Problem::Extension, format!("the certificate of {subject}: {error}")))?);
        }
        let down: Vec<_> = path.iter().rev().collect();
        policy::check(&down, self.context.question.policies).map_err(|reason| (Problem::Policy, reason))
    }

    fn note_limit(&mut self, path: &[Certificate]) {
        // Whatever else was in the way: that the search was given up matters more.
        self.worst = None;
        let told = "more certificates than the limits allow would have to be tried".to_owned();
        self.note(path, false, Problem::Limits, told);
    }

    fn note(&mut self, path: &[Certificate], broken: bool, problem: Problem, detail: String) {
        let rank =
            |failure: &Failure| (failure.obstacle.problem == Problem::Limits, failure.broken, failure.path.len());
        let failure = Failure { broken, obstacle: Obstacle { problem, detail }, path: path.to_vec() };
        if self.worst.as_ref().is_none_or(|worst| rank(&failure) > rank(worst)) {
            self.worst = Some(failure);
        }
    }
}

fn not_found(problem: Problem, detail: String) -> ChainState {
    ChainState::NotFound(Obstacle { problem, detail })
}

fn no_issuer(subject: &Certificate) -> String {
    format!("no certificate at hand leads from {} to an anchor (its issuer: {})", subject.subject(), subject.issuer())
}

fn wrong_key(subject: &Certificate, issuer: &Certificate) -> String {
    format!(
        "the certificate of {} names {} as its issuer, but was not signed by that one's key (serial {})",
        subject.subject(),
        issuer.subject(),
        issuer.serial_number()
    )
}

/// The subject of the certificate below the last one.
fn below(path: &[Certificate]) -> &str {
    path.iter().rev().nth(1).map_or("", Certificate::subject)
}

/// RFC 5280, 4.2.1.9: how many authorities may follow below this one; self-issued ones do not count.
fn check_length(subject: &str, most: Option<u32>, between: &[Certificate]) -> Result<(), (Problem, String)> {
    let Some(most) = most else { return Ok(()) };
    let count = between.iter().filter(|one| !one.is_self_issued()).count();
    if count > most as usize {
        let told = format!("{subject} allows {most} authorities below itself, the path has {count}");
        return Err((Problem::PathLength, told));
    }
    Ok(())
}
